//! Notes that raised marks call, in texts without pages. Their own marks are raised as well, or have lost that (`$^{1}$` in the text,
//! `1 The note.` below it).

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::lines::Lines;
use super::marks::{self, Form, Mark};
use super::numbers;

/// A paragraph of fewer words is no prose: a verse, an address, an item.
const PROSE: usize = 12;
/// In so many places stand notes whose marks are tags of HTML, where a tool has left them.
const TAGGED: usize = 2;

/// What a text shows of such notes.
#[derive(Default)]
pub struct Raised {
    /// Whether a tool has left them.
    pub shown: bool,
    /// The lines on which notes begin whose own marks are bare.
    pub bare: BTreeSet<usize>,
}

/// Finds the notes that stand together, each called once in prose above and in its order: names of authors, whose places of work are
/// marked so, are no prose. One mark that is no formula may be an author's own asterisk.
pub fn found(lines: &Lines, groups: &[Range<usize>]) -> Raised {
    let mut raised = Raised::default();
    let mut called: Vec<Mark> = Vec::new();
    let (mut at, mut tagged) = (0, 0);
    // Most texts have none, and looking for calls costs as much as all other questions together.
    let opens: Vec<bool> = groups.iter().map(|group| mark(lines, group.start).is_some()).collect();
    let Some(last) = opens.iter().rposition(|opens| *opens) else { return raised };
    while at <= last {
        let run = opens[at..].iter().take_while(|opens| **opens).count();
        if run == 0 {
            if is_prose(lines, &groups[at]) {
                called.append(&mut calls(lines, &groups[at]));
            }
            at += 1;
            continue;
        }
        let notes: Vec<(usize, Mark)> =
            groups[at..at + run].iter().flat_map(Range::clone).filter_map(|at| Some((at, mark(lines, at)?))).collect();
        if let Some(form) = answered(&notes, &called) {
            // Authors write tags by hand, and their notes at the end.
            tagged += usize::from(form == Form::Sup);
            raised.shown |= form != Form::Sup || tagged >= TAGGED;
            raised.bare.extend(notes.iter().filter(|(_, mark)| !is_raised(mark.form)).map(|(at, _)| *at));
        }
        called.clear();
        at += run;
    }
    if !raised.shown {
        raised.bare.clear();
    }
    raised
}

/// The form in which the first of some notes is called, if the text above calls all of them once and they count.
fn answered(notes: &[(usize, Mark)], called: &[Mark]) -> Option<Form> {
    let (_, first) = notes.first()?;
    let counts = notes.windows(2).all(|pair| pair[1].1.follows(&pair[0].1));
    let mut by_key: BTreeMap<&str, Vec<&Mark>> = BTreeMap::new();
    for call in called {
        by_key.entry(&call.key).or_default().push(call);
    }
    let call = |mark: &Mark| {
        let mut fitting = by_key.get(mark.key.as_str())?.iter().filter(|call| !is_raised(mark.form) || **call == mark);
        fitting.next().map(|call| call.form).filter(|_| fitting.next().is_none())
    };
    let form = call(first).filter(|_| counts && notes.iter().all(|(_, mark)| call(mark).is_some()))?;
    let enough = matches!(form, Form::Tex | Form::Sup) || notes.len() >= 2 || first.number() > Some(1);
    enough.then_some(form)
}

fn is_raised(form: Form) -> bool {
    matches!(form, Form::Tex | Form::Raised | Form::Sup)
}

/// The mark with which a line begins a note, if it is set off from it: an isotope's number stands right before its letter.
fn mark(lines: &Lines, at: usize) -> Option<Mark> {
    let line = lines.line(at);
    let found = lines.opening(at).filter(|found| !lines.all[at].code && found.mark.number().is_some())?;
    let text = &line[found.text..];
    let fits = match found.mark.form {
        form if is_raised(form) => line[..found.text].ends_with(char::is_whitespace) || begins_sentence(text),
        Form::Bare => begins_sentence(text) || begins_caseless(text),
        Form::Bracket => line.trim_start().starts_with(|c| numbers::circled(c).is_some()),
        _ => false,
    };
    fits.then(|| found.mark.clone())
}

fn is_prose(lines: &Lines, group: &Range<usize>) -> bool {
    let text = &lines.text[lines.bytes(group)];
    !text.contains('|') && (text.split_whitespace().nth(PROSE).is_some() || super::evidence::is_unspaced(text))
}

/// The raised calls of a paragraph.
pub fn calls(lines: &Lines, group: &Range<usize>) -> Vec<Mark> {
    let text = &lines.text[lines.bytes(group)];
    let text_of_work = !lines.all[group.start].code && !text.starts_with('#');
    let all = if text_of_work { marks::calls(text) } else { Vec::new() };
    let ends = |call: &marks::Call| !text[call.end..].starts_with(|c: char| c.is_ascii_alphanumeric() || c.is_lowercase());
    all.into_iter().filter(|call| is_raised(call.mark.form) && ends(call)).map(|call| call.mark).collect()
}

/// Whether a text begins with a word of three letters or more, the first a capital: the sign of an element has two at most.
fn begins_sentence(text: &str) -> bool {
    let bare = text.trim_start_matches(['“', '„', '«', '"', '*', '_']);
    let mut letters = bare.chars().filter(|c| !matches!(c, '’' | '\''));
    letters.next().is_some_and(char::is_uppercase) && letters.by_ref().take(2).filter(|c| c.is_lowercase()).count() == 2
}

/// Whether a text begins with a letter of a script that has no capitals.
fn begins_caseless(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() && !c.is_lowercase() && !c.is_uppercase())
}
