//! Straight quotation marks and apostrophes: which open, which close, which belong together, and which stand for a letter.

use super::flow::Flow;
use super::languages::{self, Quotes};
use super::marks::Found;

/// How sure we are, by what shows it.
const IN_WORD: f32 = 0.98;
const CLIPPED: f32 = 0.9;
const WORD_END: f32 = 0.85;
const DOUBLE: f32 = 0.95;
const SINGLE: f32 = 0.88;
const GOES_ON: f32 = 0.85;

/// What a mark may be, by its neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Opens,
    Closes,
    Either,
    /// It stands for letters.
    Apostrophe,
    /// Feet, inches, minutes, a mark of some program: right as it is.
    Plain,
    Doubtful,
}

#[derive(Clone, Copy, Debug)]
struct Mark {
    at: usize,
    c: char,
    kind: Kind,
}

/// Two marks that belong together; one that goes on in the next paragraph closes behind the line.
#[derive(Clone, Copy, Debug)]
struct Pair {
    open: usize,
    close: usize,
    double: bool,
}

/// Finds what the straight marks of a line are.
pub fn find(flow: &Flow, closed: &[bool], goes_on: bool, found: &mut Found) {
    let mut marks = Vec::new();
    for at in (0..flow.len()).filter(|at| matches!(flow.at(*at), '"' | '\'') && !closed[*at]) {
        if flow.place(at..at + 1).is_none() {
            continue;
        }
        match languages::quotes(flow.tongue(at)) {
            Some(_) => marks.push(Mark { at, c: flow.at(at), kind: kind(flow, at) }),
            None => found.strange.push(at),
        }
    }
    let mut matching = Matching { flow, marks: &marks, open: Vec::new(), pairs: Vec::new(), found };
    (0..marks.len()).for_each(|at| matching.mark(at));
    let pairs = matching.finish(goes_on);
    dress(flow, pairs, found);
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '\u{FFFC}' || unicode_width::UnicodeWidthChar::width(c) == Some(0)
}

/// Whether a quotation may begin behind such a character.
fn leads(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '(' | '[' | '{' | '-' | '–' | '—' | '/' | '“' | '‘' | '„' | '«' | '‹' | '¡' | '¿' | '"' | '\'' | '’' | '…'
        )
}

/// Whether one may end before such a character.
fn trails(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '.' | ','
                | ';'
                | ':'
                | '!'
                | '?'
                | ')'
                | ']'
                | '}'
                | '-'
                | '–'
                | '—'
                | '/'
                | '…'
                | '”'
                | '’'
                | '»'
                | '›'
                | '"'
                | '\''
        )
}

fn kind(flow: &Flow, at: usize) -> Kind {
    let (c, before, behind) = (flow.at(at), flow.before(at), flow.at(at + 1));
    let single = c == '\'';
    if before == '`' || behind == '`' || single && (before == '\'' || behind == '\'') {
        // ``TeX's own''.
        return Kind::Plain;
    }
    if is_word(before) && is_word(behind) {
        return match single {
            true if before.is_numeric() && behind.is_numeric() => Kind::Plain,
            true => Kind::Apostrophe,
            false if before.is_numeric() => Kind::Plain,
            false => Kind::Doubtful,
        };
    }
    if single && is_clipped(flow, at) {
        return Kind::Apostrophe;
    }
    let dots = (0..3).all(|step| flow.at(at + 1 + step) == '.');
    let opens = leads(before)
        && !behind.is_whitespace()
        && (!trails(behind) || dots || matches!(behind, '"' | '\'' | '-' | '–' | '—' | '…'));
    let closes = trails(behind) && !before.is_whitespace() && !matches!(before, '(' | '[' | '{');
    match (opens, closes) {
        (true, true) => Kind::Either,
        (true, false) => Kind::Opens,
        (false, true) => Kind::Closes,
        (false, false) => Kind::Doubtful,
    }
}

/// Whether an apostrophe at a word's front stands for letters or for a century: 'tis, '90s, rock 'n' roll.
fn is_clipped(flow: &Flow, at: usize) -> bool {
    let (before, behind) = (flow.before(at), flow.at(at + 1));
    // The second one of 'n'.
    if matches!(before, 'n' | 'N') && flow.before(at - 1) == '\'' && at > 2 && flow.at(at - 3) == ' ' && behind == ' ' {
        return true;
    }
    if is_word(before) || !is_word(behind) {
        return false;
    }
    let end = (at + 1..flow.len()).find(|end| !is_word(flow.at(*end))).unwrap_or(flow.len());
    let word = flow.said(at + 1..end);
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 2 && matches!(&word[2..], "" | "s" | "er" | "ern") {
        return flow.at(end) != '\'';
    }
    languages::is_clipped(flow.tongue(at), &word) && !quotation_ends(flow, end)
}

/// Whether a mark behind the words from `at` on can only end a quotation: it stands behind a mark of punctuation.
fn quotation_ends(flow: &Flow, at: usize) -> bool {
    for at in at..flow.len() {
        if flow.at(at) != '\'' {
            continue;
        }
        let (before, behind) = (flow.before(at), flow.at(at + 1));
        if leads(before) && is_word(behind) {
            return false;
        }
        if matches!(before, '.' | ',' | '!' | '?' | ';' | '…' | '—' | '–') && trails(behind) {
            return true;
        }
    }
    false
}

struct Matching<'a, 'b> {
    flow: &'a Flow<'a>,
    marks: &'a [Mark],
    /// Those that wait for their closing ones.
    open: Vec<usize>,
    pairs: Vec<Pair>,
    found: &'b mut Found,
}

impl Matching<'_, '_> {
    fn mark(&mut self, number: usize) {
        let mark = self.marks[number];
        match mark.kind {
            Kind::Apostrophe => self.apostrophe(mark.at),
            Kind::Plain => {}
            Kind::Doubtful => self.found.doubts.push(mark.at),
            Kind::Opens => self.open.push(number),
            Kind::Closes => self.close(number),
            Kind::Either if self.last_open(mark.c).is_some() => self.close(number),
            Kind::Either => self.open.push(number),
        }
    }

    fn apostrophe(&mut self, at: usize) {
        let sure = if is_word(self.flow.before(at)) { IN_WORD } else { CLIPPED };
        self.found.set(at..at + 1, "’", sure);
    }

    /// Where the last open mark of a kind waits.
    fn last_open(&self, c: char) -> Option<usize> {
        let place = self.open.iter().rposition(|number| self.marks[*number].c == c)?;
        // A single mark doesn't close over a double one.
        (c == '"' || place + 1 == self.open.len()).then_some(place)
    }

    fn close(&mut self, number: usize) {
        let mark = self.marks[number];
        let before = self.flow.before(mark.at);
        let waiting = self.last_open(mark.c);
        if before.is_numeric() && (waiting.is_none() || self.closes_later(number)) {
            // Inches, feet.
            return;
        }
        match waiting {
            Some(place) if mark.c == '"' || !self.is_possessive(mark.at) => {
                for lost in self.open.drain(place + 1..) {
                    self.found.doubts.push(self.marks[lost].at);
                }
                let open = self.open.pop().map_or(mark.at, |open| self.marks[open].at);
                self.pairs.push(Pair { open, close: mark.at, double: mark.c == '"' });
            }
            _ if mark.c == '\'' && is_word(before) => self.found.set(mark.at..mark.at + 1, "’", WORD_END),
            _ => self.found.doubts.push(mark.at),
        }
    }

    /// Whether a later mark of the same kind closes what is open, before another opens.
    fn closes_later(&self, number: usize) -> bool {
        let mut later = self.marks[number + 1..].iter().filter(|mark| mark.c == self.marks[number].c);
        later.find(|mark| !matches!(mark.kind, Kind::Apostrophe | Kind::Plain)).is_some_and(|mark| mark.kind == Kind::Closes)
    }

    /// Whether a mark behind an s is no quotation's end, since that is still to come: 'The boys' hats,' he said.
    fn is_possessive(&self, at: usize) -> bool {
        let (before, behind) = (self.flow.before(at), self.flow.at(at + 1));
        matches!(before, 's' | 'S' | 'x' | 'z') && behind == ' ' && quotation_ends(self.flow, at + 1)
    }

    /// The pairs, in the line's order. Of what is still open only a mark at the front may be in order.
    fn finish(mut self, goes_on: bool) -> Vec<Pair> {
        for (place, number) in std::mem::take(&mut self.open).into_iter().enumerate() {
            let mark = self.marks[number];
            if place == 0 && goes_on && mark.at == 0 {
                self.pairs.push(Pair { open: mark.at, close: self.flow.len(), double: mark.c == '"' });
            } else {
                self.found.doubts.push(mark.at);
            }
        }
        self.pairs.sort_by_key(|pair| pair.open);
        self.pairs
    }
}

/// Gives each pair the marks of its language and depth.
fn dress(flow: &Flow, pairs: Vec<Pair>, found: &mut Found) {
    // The pairs around: where each closes, and whether it has the outer marks.
    let mut around: Vec<(usize, bool)> = Vec::new();
    for pair in pairs {
        around.retain(|(close, _)| *close > pair.open);
        let Some(quotes) = languages::quotes(flow.tongue(pair.open)) else { continue };
        let outer = match around.last() {
            Some((_, outer)) => !outer,
            None => pair.double || is_single(quotes),
        };
        around.push((pair.close, outer));
        let [open, close] = if outer { quotes.outer } else { quotes.inner };
        let sure = if pair.double { DOUBLE } else { SINGLE };
        if pair.close < flow.len() {
            found.set(pair.open..pair.open + 1, open, sure);
            found.set(pair.close..pair.close + 1, close, sure);
        } else {
            found.set(pair.open..pair.open + 1, open, sure.min(GOES_ON));
        }
    }
}

/// Whether a language has single marks outside. Elsewhere a writer who typed single ones wants the inner marks.
fn is_single(quotes: Quotes) -> bool {
    quotes.outer[0].starts_with(['‘', '‚', '‹'])
}
