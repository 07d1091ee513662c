//! What each mark of a line is, as far as the line tells.

use std::ops::Range;

use super::flow::{Flow, Setting};
use super::{languages, quotes};

/// How sure we are, by what shows it.
const ELLIPSIS: f32 = 0.97;
const LONG_DASH: f32 = 0.95;
const RANGE: f32 = 0.9;
const SPACED_DASH: f32 = 0.9;
const SPACE: f32 = 0.95;
const ABBREVIATION: f32 = 0.9;

/// How far braces and tags are looked for that hold no text, in characters.
const FAR: usize = 400;

/// What was found in a line.
#[derive(Debug, Default)]
pub struct Found {
    /// In the line's order, none over another.
    pub settings: Vec<Setting>,
    /// Signs that nothing tells.
    pub doubts: Vec<usize>,
    /// Quotation marks of languages that we don't know.
    pub strange: Vec<usize>,
}

/// Looks at a line. `goes_on`: the paragraph behind it opens a quotation, too.
pub fn of(flow: &Flow, goes_on: bool) -> Found {
    let mut found = Found::default();
    if !(0..flow.len()).any(|at| matches!(flow.at(at), '"' | '\'' | '-' | '.' | ':' | ';' | '!' | '?' | '«' | '»')) {
        return found;
    }
    let closed = closed(flow);
    dashes(flow, &closed, &mut found);
    dots(flow, &closed, &mut found);
    spaces(flow, &closed, &mut found);
    quotes::find(flow, &closed, goes_on, &mut found);
    found.settings.sort_by_key(|setting| setting.signs.start);
    let mut end = 0;
    found.settings.retain(|setting| {
        let apart = setting.signs.start >= end;
        end = end.max(setting.signs.end);
        apart
    });
    found
}

impl Found {
    pub fn set(&mut self, signs: Range<usize>, with: impl Into<String>, sure: f32) {
        self.settings.push(Setting { signs, with: with.into(), sure });
    }
}

/// The signs that are read by programs: addresses, attributes, tags, commands, what stands in braces. No mark of theirs is set.
fn closed(flow: &Flow) -> Vec<bool> {
    let mut closed = vec![false; flow.len()];
    let mut at = 0;
    while at < flow.len() {
        let end = (at..flow.len()).find(|end| flow.at(*end).is_whitespace()).unwrap_or(flow.len());
        if is_of_program(&flow.said(at..end)) {
            let edge = |at: &usize| flow.at(*at).is_alphanumeric() || matches!(flow.at(*at), '/' | '\\' | '-');
            let first = (at..end).find(edge).unwrap_or(at);
            let last = (first..end).rev().find(edge).unwrap_or(first);
            closed[first..=last].fill(true);
        }
        at = end + 1;
    }
    for at in 0..flow.len() {
        let far = flow.len().min(at + FAR);
        let until = |end: char| (at + 1..far).find(|at| flow.at(*at) == end);
        let end = match flow.at(at) {
            '{' => until('}'),
            '<' if flow.at(at + 1).is_ascii_alphabetic() || matches!(flow.at(at + 1), '/' | '!' | '?' | '%') => until('>'),
            '[' if flow.at(at + 1) == '[' => until(']'),
            // The value of an attribute.
            '"' | '\'' if flow.before(at) == '=' => until(flow.at(at)),
            _ => None,
        };
        if let Some(end) = end {
            closed[at..=end].fill(true);
        }
    }
    closed
}

fn is_of_program(word: &str) -> bool {
    let command = word.match_indices('\\').any(|(at, _)| word[at + 1..].starts_with(|c: char| c.is_ascii_alphabetic()));
    let address = word.contains("://") || word.contains("www.") || word.contains("mailto:");
    let mail = word.split_once('@').is_some_and(|(name, host)| name.ends_with(char::is_alphanumeric) && host.contains('.'));
    command || address || mail
}

/// How many signs alike begin at `at`, if none stands before it.
fn run(flow: &Flow, at: usize) -> usize {
    let c = flow.at(at);
    if flow.before(at) == c && at > 0 {
        return 0;
    }
    (at..flow.len()).take_while(|at| flow.at(*at) == c).count()
}

fn dashes(flow: &Flow, closed: &[bool], found: &mut Found) {
    for at in 0..flow.len() {
        let count = if flow.at(at) == '-' && !closed[at] { run(flow, at) } else { 0 };
        if !matches!(count, 2 | 3) || flow.place(at..at + count).is_none() {
            continue;
        }
        let (before, behind) = (flow.before(at), flow.at(at + count));
        // Arrows, drawn tables, comments, switches of programs.
        let drawn = |c: char| matches!(c, '|' | '+' | '=' | ':' | '<' | '>' | '*' | '_' | '~' | '/' | '\\' | '`' | '#');
        let (front, back) = (before.is_whitespace(), behind.is_whitespace());
        let alone = before == '\n' && behind == '\n';
        if drawn(before) || drawn(behind) || alone {
            continue;
        }
        let signs = at..at + count;
        match count {
            3 => found.set(signs, "—", LONG_DASH),
            _ if before.is_ascii_digit() && behind.is_ascii_digit() => found.set(signs, "–", RANGE),
            _ if front && back => found.set(signs, languages::spaced_dash(flow.tongue(at)), SPACED_DASH),
            _ => found.doubts.push(at),
        }
    }
}

fn dots(flow: &Flow, closed: &[bool], found: &mut Found) {
    for at in 0..flow.len() {
        let count = if flow.at(at) == '.' && !closed[at] { run(flow, at) } else { 0 };
        let (before, behind) = (flow.before(at), flow.at(at + count.max(1)));
        // A path of files; a range of numbers in a program.
        if before == '/' || behind == '/' || before == '\\' {
            continue;
        }
        match count {
            3 if flow.place(at..at + 3).is_some() => found.set(at..at + 3, "…", ELLIPSIS),
            // A full stop and an ellipsis, in an order that only the writer knows.
            4 if flow.place(at..at + 4).is_some() => found.doubts.push(at),
            _ => {}
        }
    }
}

/// The spaces that belong to a mark.
fn spaces(flow: &Flow, closed: &[bool], found: &mut Found) {
    for at in (0..flow.len()).filter(|at| !closed[*at]) {
        match flow.at(at) {
            ';' | '!' | '?' | ':' => before_mark(flow, at, found),
            '«' | '»' => guillemet(flow, at, found),
            '.' => abbreviation(flow, at, found),
            _ => {}
        }
    }
}

fn before_mark(flow: &Flow, at: usize, found: &mut Found) {
    let Some(space) = languages::space_before(flow.tongue(at), flow.at(at)) else { return };
    let behind = flow.at(at + 1);
    let ends = behind.is_whitespace()
        || matches!(behind, '"' | '\'' | '”' | '’' | '»' | ')' | ']' | '…' | '!' | '?' | ';' | ',' | '.');
    let only_space = flow.at(at) == ':' && !behind.is_whitespace();
    if !ends || only_space {
        return;
    }
    let before = flow.before(at);
    let word =
        |c: char| c.is_alphanumeric() || matches!(c, ')' | ']' | '»' | '”' | '’' | '"' | '\'' | '%' | '€' | '°' | '\u{FFFC}');
    if before == ' ' && at > 1 && word(flow.before(at - 1)) {
        own(flow, at - 1..at, space, found);
    } else if word(before) {
        own(flow, at..at + 1, &format!("{space}{}", flow.at(at)), found);
    }
}

fn guillemet(flow: &Flow, at: usize, found: &mut Found) {
    let Some(space) = languages::space_inside(flow.tongue(at)) else { return };
    let opens = flow.at(at) == '«';
    let beside = if opens { flow.at(at + 1) } else { flow.before(at) };
    match beside {
        ' ' if opens => own(flow, at + 1..at + 2, space, found),
        ' ' => own(flow, at - 1..at, space, found),
        c if c.is_whitespace() => {}
        _ if opens => own(flow, at..at + 1, &format!("«{space}"), found),
        _ => own(flow, at..at + 1, &format!("{space}»"), found),
    }
}

/// `z. B.`: the space between does not part the two.
fn abbreviation(flow: &Flow, at: usize, found: &mut Found) {
    let (first, second) = (flow.before(at), flow.at(at + 2));
    let alone = at > 0 && !flow.before(at - 1).is_alphanumeric() || at == 1;
    if flow.at(at + 1) == ' '
        && flow.at(at + 3) == '.'
        && alone
        && languages::is_abbreviation(flow.tongue(at), first, second)
        && flow.place(at + 1..at + 2).is_some()
    {
        found.set(at + 1..at + 2, "\u{202F}", ABBREVIATION);
    }
}

fn own(flow: &Flow, signs: Range<usize>, with: &str, found: &mut Found) {
    if flow.place(signs.clone()).is_some() {
        found.set(signs, with, SPACE);
    }
}
