//! Lines of scripts that write no spaces: between two Han or kana a line's end of the file, of the print or of a page is none (CSS
//! Text 3, 4.1.3, "segment break transformation").

use std::collections::BTreeSet;

use super::dom::{Child, Element};
use super::{is_blank, phrase};

/// Takes the ends of the file's lines out between letters that write none, and says which breaks of the print stand so.
pub fn close(root: &mut Element) -> Vec<usize> {
    let mut reader = Lines::default();
    reader.read(root);
    let Lines { breaks, heads, tails, .. } = reader;
    shorten(root, &heads, &tails);
    breaks
}

/// Whether a letter, or its punctuation, stands without spaces beside its like.
pub fn is_spaceless(c: char) -> bool {
    matches!(c,
        '\u{2E80}'..='\u{2FFF}' | '\u{3001}'..='\u{312F}' | '\u{3190}'..='\u{A4CF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{FE30}'..='\u{FE4F}' | '\u{FF01}'..='\u{FF9F}' | '\u{1AFF0}'..='\u{1B16F}' | '\u{20000}'..='\u{3FFFF}')
}

#[derive(Default)]
struct Lines {
    /// Whether the last letter writes no spaces.
    spaceless: bool,
    /// Breaks that wait for the letter behind them, and texts that end, or begin, in white space that does.
    waiting: Waiting,
    breaks: Vec<usize>,
    /// Where texts begin that lose the white space at their beginning; where those end that lose it at their end.
    heads: BTreeSet<usize>,
    tails: BTreeSet<usize>,
}

#[derive(Default)]
struct Waiting {
    breaks: Vec<usize>,
    heads: Vec<usize>,
    tails: Vec<usize>,
    /// Whether a line ends there.
    line_ends: bool,
}

impl Lines {
    fn read(&mut self, element: &Element) {
        for child in &element.children {
            match child {
                Child::Text(text, range) => {
                    let edge = |c: Option<char>| c.is_some_and(char::is_whitespace);
                    if edge(text.chars().next()) {
                        self.waiting.heads.push(range.start);
                        let lead = text.len() - text.trim_start().len();
                        self.waiting.line_ends |= text[..lead].contains('\n');
                    }
                    if is_blank(text) {
                        continue;
                    }
                    self.behind(text.trim_start().chars().next().is_some_and(is_spaceless));
                    self.spaceless = text.trim_end().chars().next_back().is_some_and(is_spaceless);
                    if edge(text.chars().next_back()) {
                        self.waiting.tails.push(range.end);
                        self.waiting.line_ends = text[text.trim_end().len()..].contains('\n');
                    }
                }
                Child::Comment(..) | Child::Instruction(_) => {}
                Child::Element(inner) if matches!(inner.name, "lb" | "pb" | "cb") => {
                    self.waiting.line_ends = true;
                    if inner.attribute("break").is_none() {
                        self.waiting.breaks.push(inner.range.start);
                    }
                }
                Child::Element(inner) if inner.name == "fw" || phrase::is_apart(inner.name) => {}
                // The text goes on behind a note.
                Child::Element(inner) if inner.name == "note" => {
                    let (spaceless, waiting) = (std::mem::take(&mut self.spaceless), std::mem::take(&mut self.waiting));
                    self.read(inner);
                    (self.spaceless, self.waiting) = (spaceless, waiting);
                }
                // What stands for a letter that has no code.
                Child::Element(inner) if inner.name == "g" && inner.line().is_empty() => {
                    let spaceless = self.spaceless;
                    self.behind(spaceless);
                }
                Child::Element(inner) if phrase::is_phrase(inner.name) => self.read(inner),
                Child::Element(inner) => {
                    self.behind(false);
                    self.spaceless = false;
                    self.read(inner);
                    self.behind(false);
                    self.spaceless = false;
                }
            }
        }
    }

    /// A letter comes next.
    fn behind(&mut self, spaceless: bool) {
        let waiting = std::mem::take(&mut self.waiting);
        if self.spaceless && spaceless && waiting.line_ends {
            self.breaks.extend(waiting.breaks);
            self.heads.extend(waiting.heads);
            self.tails.extend(waiting.tails);
        }
    }
}

/// Takes the white space out of the texts that lose it, and the ends of lines between two letters of one text.
fn shorten(element: &mut Element, heads: &BTreeSet<usize>, tails: &BTreeSet<usize>) {
    for child in &mut element.children {
        match child {
            Child::Element(inner) => shorten(inner, heads, tails),
            Child::Text(text, range) => {
                if heads.contains(&range.start) {
                    text.drain(..text.len() - text.trim_start().len());
                }
                if tails.contains(&range.end) {
                    text.truncate(text.trim_end().len());
                }
                if text.contains('\n') && text.contains(is_spaceless) {
                    *text = closed(text);
                }
            }
            Child::Comment(..) | Child::Instruction(_) => {}
        }
    }
}

fn closed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(char::is_whitespace) {
        out.push_str(&rest[..at]);
        let behind = rest[at..].trim_start();
        let white = &rest[at..rest.len() - behind.len()];
        let between = out.chars().next_back().is_some_and(is_spaceless) && behind.chars().next().is_some_and(is_spaceless);
        out.push_str(if between && white.contains('\n') { "" } else { white });
        rest = behind;
    }
    out.push_str(rest);
    out
}
