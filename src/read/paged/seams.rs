//! Seams in a text without page marks: where a paragraph of prose stops in mid-sentence and another, behind it or behind a figure,
//! goes on. One such place is anybody's slip; several, pages apart, are a tool's, which lost the pages.

use std::ops::Range;

use super::dress::{Dress, Setting};
use super::evidence::{self, Ending};
use super::floats;
use super::lines::{Lines, Role};
use super::marks::{self, Form};
use super::vocabulary::HYPHENS;

/// How many seams show a tool's work; a comma counts half, since laws and letters break sentences there.
const ENOUGH: f32 = 3.0;
/// And a single one, in a text that a tool has left: a cut word, or a sentence that goes on behind a figure.
const SURE: f32 = 1.5;
/// How far apart they stand, in bytes: a small page's text. Careless prose has them closer.
const PAGE: usize = 500;
/// How many words prose has on each side; a word that is cut in two needs fewer.
const PROSE: usize = 11;
const CUT_PROSE: usize = 4;
/// Over how many groups of lines a sentence goes on at most.
const OVER: usize = 6;

/// And over how many words out of a picture.
const LABELS: usize = 16;

/// A place where a paragraph goes on in a later one.
#[derive(Clone, Debug)]
pub struct Seam {
    /// Where the second half begins, in bytes.
    pub below: usize,
    weight: f32,
}

/// What shows the seams of a text beside themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Nothing: they must show that the text is page-broken.
    Alone,
    /// The text is known for page-broken, not where its pages end.
    Restored,
    /// Some page ends are known.
    Broken,
}

/// The seams of a text.
pub fn find(lines: &Lines, dress: &Dress, shown: Shown) -> Vec<Seam> {
    if dress.setting == Setting::Solid {
        return Vec::new();
    }
    let groups = lines.groups(0..lines.len());
    let mut seams = Vec::new();
    for (n, above) in groups.iter().enumerate() {
        let Some(ending) = ends_open(lines, above, dress) else { continue };
        let Some((below, over)) = next_text(lines, &groups[n + 1..]) else { continue };
        let noted = groups[n + 1..].iter().take_while(|group| group.start < below.start).any(|group| is_note(lines, group));
        if goes_on(lines, above, below, ending) {
            let noted = noted || (above.end..below.start).any(|at| matches!(lines.role(at), Role::Note(_)));
            let weight = match ending {
                // Nor one that goes on behind notes.
                Ending::NoStop | Ending::Hyphen if noted => ENOUGH,
                Ending::Hyphen => 1.5,
                Ending::HalfStop => 0.5,
                // A sentence that goes on behind a figure and its caption was not broken by its author.
                _ if over => 1.5,
                _ => 1.0,
            };
            seams.push(Seam { below: lines.all[below.start].start, weight });
        }
    }
    match shown {
        Shown::Broken => {}
        _ if are_enough(&seams) => {}
        Shown::Restored => seams.retain(|seam| seam.weight >= SURE),
        Shown::Alone => seams.clear(),
    }
    seams
}

fn are_enough(seams: &[Seam]) -> bool {
    let (mut sum, mut whole, mut last) = (0.0, 0, None);
    for seam in seams {
        if last.is_none_or(|last| seam.below >= last + PAGE) {
            sum += seam.weight;
            whole += if seam.weight >= ENOUGH { 2 } else { usize::from(seam.weight >= 1.0) };
            last = Some(seam.below);
        }
    }
    sum >= ENOUGH && whole >= 2
}

/// The first group that does not float, and whether others do before it.
fn next_text<'g>(lines: &Lines, groups: &'g [Range<usize>]) -> Option<(&'g Range<usize>, bool)> {
    let (mut pictured, mut labels) = (false, 0);
    for (n, group) in groups.iter().enumerate() {
        if n - labels >= OVER {
            break;
        }
        let (line, lone) = (lines.line(group.start), group.len() == 1);
        let noted = marks::opening(line).is_some_and(|opening| {
            opening.mark.form.is_strong() || line.trim_start().starts_with("<span id=") && opening.mark.form == Form::Bare
        });
        let floats = floats::is_float(line, lone);
        pictured |= floats && (floats::is_caption(line) || floats::is_image(line));
        if noted || floats || is_table(lines, group) {
            continue;
        }
        if lone && labels < LABELS && floats::is_label(line) {
            labels += 1;
            continue;
        }
        // Words stand in a picture only where one is, or its caption.
        return (labels == 0 || pictured).then_some((group, n > 0));
    }
    None
}

/// Whether a group opens with a note's mark that no author of Markdown writes there.
fn is_note(lines: &Lines, group: &Range<usize>) -> bool {
    let line = lines.line(group.start);
    let found =
        marks::opening(line).filter(|found| matches!(found.mark.form, Form::Raised | Form::Sup | Form::Tex | Form::Named));
    found.is_some_and(|found| line[..found.text].ends_with(char::is_whitespace) || found.mark.form == Form::Named)
}

fn is_table(lines: &Lines, group: &Range<usize>) -> bool {
    group.clone().all(|at| lines.line(at).contains('|'))
}

/// How a group of lines ends, if it is prose that stops in mid-sentence.
fn ends_open(lines: &Lines, group: &Range<usize>, dress: &Dress) -> Option<Ending> {
    let text = lines.text[lines.bytes(group)].trim_end();
    let last = text.chars().next_back()?;
    // Most groups end in a stop that says at once that the sentence has ended.
    if matches!(last, '.' | '!' | '?' | ':' | ';') {
        return None;
    }
    // Whether a call ends the group is asked of prose alone: that costs the most.
    if !last.is_alphanumeric() && !is_prose(lines, group, true) {
        return None;
    }
    let ending = evidence::ending(text);
    let open = match ending {
        Ending::Hyphen => !text.ends_with("--"),
        Ending::NoStop => last.is_alphanumeric() || evidence::ends_in_call(text),
        Ending::HalfStop => matches!(last, ',' | '،' | '，' | '、'),
        Ending::Colon | Ending::Abbreviation | Ending::Initial | Ending::Stop | Ending::Empty => false,
    };
    (open && is_prose(lines, group, true) && fills(lines, group, dress, ending)).then_some(ending)
}

/// Whether a page's end could have cut the last line: it fills the measure, as those above it do. Verse doesn't.
fn fills(lines: &Lines, group: &Range<usize>, dress: &Dress, ending: Ending) -> bool {
    let length = |at: usize| lines.line(at).trim().chars().count();
    if group.len() < 2 || !dress.is_wrapped() {
        return group.len() < 2 || dress.setting == Setting::Long;
    }
    let long = |at: usize, share: usize| length(at) * 100 >= dress.measure * share;
    (group.start..group.end - 1).all(|at| long(at, 65)) && (ending == Ending::Hyphen || long(group.end - 1, 70))
}

/// Whether the sentence of one group goes on in another.
fn goes_on(lines: &Lines, above: &Range<usize>, below: &Range<usize>, ending: Ending) -> bool {
    let first = lines.text[lines.bytes(above)].trim_end();
    let second = floats::strip_anchors(lines.text[lines.bytes(below)].trim_start());
    let small = second.starts_with(char::is_lowercase);
    let words = |text: &str, least: usize| text.split_whitespace().nth(least).is_some();
    let item = marks::opening(second).is_some_and(|opening| opening.mark.form != Form::Letter)
        || second.get(1..2).is_some_and(|next| matches!(next, ")" | "."));
    let least = if ending == Ending::Hyphen && !first.ends_with(|c| HYPHENS[1..].contains(&c)) { CUT_PROSE } else { PROSE };
    small && !item && is_prose(lines, below, false) && words(first, least) && words(second, least.min(PROSE - 3))
}

/// Whether a group of lines is prose: no code, formula, table, list, heading, address, quotation, or whatever else has marks.
fn is_prose(lines: &Lines, group: &Range<usize>, first: bool) -> bool {
    let text = floats::strip_anchors(lines.text[lines.bytes(group)].trim_start());
    let indented = lines.line(group.start).starts_with("    ");
    let listed = first && text.starts_with(['-', '*']) && text[1..].starts_with(' ')
        || first && marks::opening(text).is_some_and(|opening| matches!(opening.mark.form, Form::Dot | Form::Bracket));
    let begins = text.starts_with(|c: char| {
        c.is_alphabetic() || matches!(c, '"' | '“' | '«' | '„' | '(' | '*' | '_' | '¿' | '¡' | '<' | '[')
    });
    let marked = |line: &str| {
        let line = line.trim_start();
        line.contains('|')
            || line.starts_with(['#', '>', '`', '+', '\\', '=', '%', '{', '}', '~'])
            || line.starts_with("$$")
            || line.ends_with(['{', '}', '\\'])
    };
    let signs = text.chars().filter(|c| matches!(c, '{' | '}' | '=' | '\\' | '<' | '>' | '`' | '/' | '_')).count();
    !lines.all[group.start].code
        && !indented
        && (begins || listed)
        && !floats::is_caption(text)
        && !group.clone().any(|at| marked(lines.line(at)))
        && signs * 14 < text.chars().count().max(1)
}
