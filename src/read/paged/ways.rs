//! The ways in which a file calls its notes where the calls have lost their raised place: numbers glued to words, numbers with a
//! bracket, numbers set apart by spaces, letters behind a stop. Any of them stands in texts for other things as well, so that a
//! file is first asked whether such calls and the marks of its notes answer each other by counting.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::lines::{Lines, Role};
use super::marks::{self, Call, Form};
use crate::bytes;

/// Which of the weak forms call notes in this file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ways {
    /// `foundationalism2`, `itself.1`
    pub glued: bool,
    /// `Annalen 1)`
    pub half_paren: bool,
    /// `SynthTabNet 1 .`
    pub spaced: bool,
    /// `from May. 1 The`
    pub parted: bool,
    /// `to decide 12 whether`
    pub between: bool,
    /// `rescibe.d`
    pub letters: bool,
    /// `les habitans (a)`
    pub apart: bool,
    /// `[4]` names an entry of a bibliography, not a note.
    pub citations: bool,
}

impl Ways {
    /// Whether a call of this form may be one in this file.
    pub fn allow(&self, form: Form) -> bool {
        match form {
            Form::Glued => self.glued,
            Form::HalfParen => self.half_paren,
            Form::Spaced => self.spaced,
            Form::Parted => self.parted,
            Form::Between => self.between,
            Form::Letter => self.letters,
            Form::Apart => self.apart,
            Form::Bracket => !self.citations,
            Form::Sup
            | Form::Raised
            | Form::Tex
            | Form::Caret
            | Form::Link
            | Form::Named
            | Form::Symbol
            | Form::Paren
            | Form::Dot
            | Form::Bare => true,
        }
    }
}

impl Ways {
    /// Whether any of the weak forms calls notes.
    pub fn has_weak(&self) -> bool {
        self.glued || self.half_paren || self.spaced || self.parted || self.between || self.letters || self.apart
    }

    /// What the pages show that heads and folios have set apart.
    pub fn on_pages(self, lines: &Lines, pages: &[Range<usize>]) -> Self {
        if pages.len() < 3 || self.apart && self.glued {
            return self;
        }
        let found = of(lines, pages);
        Self { apart: self.apart || found.apart, glued: self.glued || found.glued, ..self }
    }
}

/// The forms that call notes only in files where counting shows it.
const WEAK: [Form; 7] = [Form::Glued, Form::HalfParen, Form::Spaced, Form::Parted, Form::Between, Form::Letter, Form::Apart];

/// Those of a number that stands apart: in one file all of them call notes, by what stands around the number.
const SET_OFF: [Form; 3] = [Form::Spaced, Form::Parted, Form::Between];

/// In a text without pages, notes stand at most so many lines behind their calls.
const REACH: usize = 240;

/// Asks the file.
pub fn of(lines: &Lines, leaves: &[Range<usize>]) -> Ways {
    let mut ways = Ways { citations: !lines.entries.is_empty() || cites(lines), ..Ways::default() };
    let mut counts: BTreeMap<Form, Answered> = BTreeMap::new();
    // Notes that are called by a number which stands apart, and how many of these numbers may count what is named behind them.
    let (mut set_off, mut counting) = (Answered::default(), 0);
    let mut places: BTreeMap<(usize, String), usize> = BTreeMap::new();
    // Lines whose marks nothing answers are asked for no calls: of all that is looked at, those cost the most.
    let body = |at: usize| lines.role(at) == Role::Body && !lines.all[at].code;
    let openings = leaves.iter().flat_map(Range::clone).filter(|at| body(*at)).filter_map(|at| lines.opening(at));
    let wanted: BTreeSet<Form> =
        openings.filter(|found| found.mark.form != Form::Symbol).map(|found| found.mark.form).collect();
    let answers = |call: Form| wanted.iter().any(|form| form.answers(call));
    if !WEAK.into_iter().any(answers) {
        return ways;
    }
    let (letters, bare) = (answers(Form::Letter), wanted.contains(&Form::Bare));
    // Of a list with stops only figures that hang on a word can be calls.
    let only_glued = ![Form::HalfParen, Form::Spaced, Form::Apart].into_iter().any(answers);
    let may_call = |line: &str| match (letters, only_glued) {
        (true, _) => true,
        (false, true) => bytes::places(line.as_bytes(), |byte| byte.is_ascii_digit()).any(|at| may_hang(line.as_bytes(), at)),
        (false, false) => bytes::any(line.as_bytes(), |byte| byte.is_ascii_digit() | (byte == b'(') | (byte >= 0x80)),
    };
    if !leaves.iter().flat_map(Range::clone).any(|at| body(at) && may_call(lines.line(at))) {
        return ways;
    }
    for leaf in leaves {
        let mut called: BTreeMap<(Form, String), usize> = BTreeMap::new();
        // The word behind a number that stands between words.
        let mut behind: BTreeMap<String, &str> = BTreeMap::new();
        let mut last_call = (0, 0);
        let mut used: BTreeSet<(Form, String, usize)> = BTreeSet::new();
        let top = leaf.clone().find(|&at| body(at)).filter(|_| leaves.len() > 1);
        for at in leaf.clone() {
            if lines.role(at) != Role::Body || lines.all[at].code {
                continue;
            }
            let line = lines.line(at);
            let opening = lines.opening(at).filter(|_| !lines.entries.contains(&at));
            let anchored = line.trim_start().starts_with("<span id=");
            // No note stands at the head of a page, where folios do, and none is a number alone.
            let folio = |found: &marks::Opening| {
                let alone =
                    found.text >= line.trim_end().len() && lines.all.get(at + 1).is_none_or(|next| next.role != Role::Body);
                found.mark.form == Form::Bare && (alone || top == Some(at))
            };
            if let Some(opening) = opening.as_ref().filter(|found| !folio(found)) {
                if opening.mark.form == Form::Bare {
                    let key = &opening.mark.key;
                    let call = SET_OFF.iter().filter_map(|form| Some((called.get(&(*form, key.clone()))?, form))).max();
                    let place = call.and_then(|(line, _)| Some((*line, *places.get(&(*line, key.clone()))?)));
                    let hit = place.is_some_and(|place| {
                        at - place.0 <= REACH && place > last_call && used.insert((Form::Bare, key.clone(), place.0))
                    });
                    last_call = place.filter(|_| hit).unwrap_or(last_call);
                    set_off.add(opening.mark.number(), hit);
                    if hit && call.is_some_and(|(_, form)| *form == Form::Between) {
                        counting += usize::from(!behind.get(key).is_some_and(|word| goes_on(word)));
                        set_off.proven += 1;
                    }
                }
                for form in WEAK {
                    if !opening.mark.form.answers(form) || opening.mark.form == Form::Symbol {
                        continue;
                    }
                    let known = called.get(&(form, opening.mark.key.clone())).copied();
                    let near = known.filter(|call| at - call <= REACH && used.insert((form, opening.mark.key.clone(), *call)));
                    let found = counts.entry(form).or_default();
                    found.add(opening.mark.number(), near.is_some());
                    found.proven += usize::from(
                        (anchored && opening.mark.form != Form::Letter || opening.mark.form == Form::Named) && near.is_some(),
                    );
                }
            }
            if !may_call(line) {
                continue;
            }
            for call in marks::calls(line).into_iter().filter(is_weak) {
                if call.mark.form == Form::Between {
                    behind.insert(call.mark.key.clone(), first_word(&line[call.end..]));
                }
                if bare && SET_OFF.contains(&call.mark.form) {
                    places.insert((at, call.mark.key.clone()), call.start);
                }
                called.insert((call.mark.form, call.mark.key), at);
            }
        }
    }
    let enough = |form: Form, least: usize| counts.get(&form).is_some_and(|found| found.is_enough(least));
    // Two are enough where pages are known and every number that opens a line there is called.
    let all = |form: Form| {
        counts.get(&form).is_some_and(|found| found.hit >= 2 && found.hit == found.all && found.counting == found.hit)
    };
    ways.glued = enough(Form::Glued, 3) || leaves.len() > 1 && all(Form::Glued);
    ways.half_paren = enough(Form::HalfParen, 2);
    ways.spaced = enough(Form::Spaced, 1);
    ways.parted = enough(Form::Parted, 3);
    // A number in a sentence counts things as well: each note must be called so, one behind the other.
    let all_called = set_off.hit >= 3 && set_off.hit == set_off.all && set_off.counting == set_off.hit;
    ways.between = all_called && counting * 3 <= set_off.proven;
    ways.parted |= ways.between;
    ways.spaced |= ways.between;
    ways.letters = enough(Form::Letter, 4);
    // Laws count so, too, in lines below each other.
    ways.apart = leaves.len() > 1 && enough(Form::Apart, 2);
    ways
}

/// Whether a number that begins at `at` may hang on a word, by the two bytes before it: a letter whose word goes back further, or a
/// stop, quote or bracket behind one. What is not ASCII may be any of them.
fn may_hang(line: &[u8], at: usize) -> bool {
    let [second, last] = match at.checked_sub(2).map(|from| &line[from..at]) {
        Some(&[second, last]) => [second, last],
        _ => return false,
    };
    let letter = |byte: u8| byte.is_ascii_alphabetic() || byte >= 0x80;
    let stop = |byte: u8| matches!(byte, b'.' | b',' | b':' | b';' | b'!' | b'?' | b'"' | b')' | b']');
    letter(second) && (letter(last) || stop(last)) || stop(second) && stop(last) || last >= 0x80
}

fn first_word(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or("").trim_end_matches([',', '.', ';', ':'])
}

/// Words with which a sentence goes on behind a note's call, and that no number counts.
const GO_ON: &[&str] = &[
    "a", "an", "and", "are", "as", "at", "be", "been", "but", "by", "for", "from", "had", "has", "have", "he", "in", "is",
    "it", "nor", "of", "on", "or", "she", "so", "than", "that", "the", "they", "this", "to", "was", "were", "when", "where",
    "whether", "which", "while", "who", "whose", "with", "au", "aux", "avec", "ce", "dans", "de", "des", "dont", "du", "elle",
    "en", "est", "et", "fut", "il", "la", "le", "les", "mais", "ne", "ou", "par", "pour", "que", "qui", "sont", "sur", "un",
    "une", "à", "était", "aber", "als", "am", "auf", "aus", "das", "dass", "daß", "dem", "den", "der", "des", "die", "ein",
    "eine", "für", "hat", "im", "ist", "mit", "nicht", "oder", "sich", "sind", "und", "vom", "von", "war", "wie", "wird", "zu",
    "zum", "zur", "al", "con", "che", "del", "della", "di", "e", "el", "era", "fu", "gli", "i", "lo", "los", "las", "ma", "no",
    "non", "o", "para", "per", "pero", "por", "se", "si", "una", "uno", "y", "é", "è", "ao", "com", "da", "do", "dos", "em",
    "foi", "mas", "na", "não", "os", "um", "uma", "dat", "en", "het", "maar", "met", "niet", "of", "op", "te", "van", "voor",
    "zijn",
];

fn goes_on(word: &str) -> bool {
    word.starts_with(['(', '“', '"', '«']) || GO_ON.contains(&word.to_lowercase().as_str())
}

fn is_weak(call: &Call) -> bool {
    WEAK.contains(&call.mark.form)
}

/// Openings of lines that something before them calls.
#[derive(Default)]
struct Answered {
    all: usize,
    hit: usize,
    /// Steps from one answered number to the next that count: by one, or anew from one.
    counting: usize,
    last: Option<u32>,
    /// How many a tool's anchor shows to be something that is called.
    proven: usize,
}

impl Answered {
    fn add(&mut self, number: Option<u32>, hit: bool) {
        self.all += 1;
        if !hit {
            return;
        }
        self.hit += 1;
        let counts = match (number, self.last) {
            (Some(number), Some(last)) => number == last + 1 || number == 1,
            _ => true,
        };
        self.counting += usize::from(counts);
        self.last = number;
    }

    fn is_enough(&self, least: usize) -> bool {
        self.proven > 0
            || self.hit >= least
                && self.counting * 4 >= self.hit * 3
                && (self.hit * 2 >= self.all || self.hit >= 6 && self.hit * 4 >= self.all)
    }
}

/// Whether bracketed numbers cite entries of a list: several in one bracket, or numbers that come again and again in no order.
fn cites(lines: &Lines) -> bool {
    let (mut several, mut rising, mut pairs, mut last) = (0usize, 0usize, 0usize, None);
    let may_cite = |line: &[u8]| memchr::memchr_iter(b'[', line).any(|at| line.get(at + 1).is_some_and(u8::is_ascii_digit));
    if !may_cite(lines.text.as_bytes()) {
        return false;
    }
    for at in (0..lines.len()).filter(|&at| lines.role(at) == Role::Body && !lines.all[at].code) {
        let line = lines.line(at);
        if !may_cite(line.as_bytes()) {
            continue;
        }
        several += brackets(line).filter(|inner| inner.contains([',', '–', '-', ';'])).count();
        for inner in brackets(line) {
            let Ok(number) = inner.trim().parse::<u32>() else { continue };
            if let Some(last) = last {
                pairs += 1;
                rising += usize::from(number == last + 1 || number == 1 || number == last);
            }
            last = Some(number);
        }
    }
    several >= 2 || pairs >= 5 && rising * 3 < pairs * 2
}

/// What stands in the square brackets of a line that hold numbers alone.
fn brackets(line: &str) -> impl Iterator<Item = &str> {
    line.split('[').skip(1).filter_map(|rest| rest.split_once(']')).map(|(inner, _)| inner.trim_end_matches('\\')).filter(
        |inner| {
            !inner.is_empty()
                && inner.len() <= 24
                && inner.starts_with(|c: char| c.is_ascii_digit())
                && inner.chars().all(|c| c.is_ascii_digit() || matches!(c, ',' | ' ' | '-' | '–' | ';'))
        },
    )
}
