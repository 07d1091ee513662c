//! Punctuation that reaches into the margin, so that the edge of the text looks straight.

use super::shape::Word;
use super::squares;

/// How far the first and the last character of a word may reach into the margin, in ems.
pub fn both(word: &Word) -> (f32, f32) {
    let end = |c: Option<char>, table: fn(char) -> f32, first: bool| {
        let c = c?;
        let share = table(c);
        (share > 0.0).then(|| share * width(word, c, first))
    };
    let mut chars = word.text.chars();
    let (first, last) = (chars.next(), chars.next_back().or(first_of(word)));
    (end(first, before, true).unwrap_or(0.0), end(last, behind, false).unwrap_or(0.0))
}

fn first_of(word: &Word) -> Option<char> {
    word.text.chars().next()
}

fn width(word: &Word, c: char, first: bool) -> f32 {
    let length = word.text.len();
    if first { word.width_before(c.len_utf8()) } else { word.width - word.width_before(length - c.len_utf8()) }
}

/// The share of a character's width that hangs out at a line's start. Shares as pdfTeX's microtype has them for Garamond, a
/// little less: a line that begins with a quotation mark must not look out of place.
fn before(c: char) -> f32 {
    match c {
        // White: its ink stands at the edge (JLREQ 3.1.5).
        c if squares::opens(c) => squares::HALF,
        '"' | '\'' | '“' | '‘' | '„' | '‚' => 0.5,
        // As wide as letters and in the middle of their height: what hangs further is missed in the line.
        '«' | '‹' | '»' | '›' => GUILLEMETS,
        '(' | '[' => 0.1,
        _ => 0.0,
    }
}

/// The share that hangs out at a line's end.
fn behind(c: char) -> f32 {
    match c {
        c if squares::closes(c) => squares::HALF,
        '.' | ',' => 0.7,
        '-' | '\u{2010}' => HYPHEN,
        ':' | ';' => 0.4,
        '"' | '\'' | '”' | '’' | '“' | '‘' => 0.5,
        '»' | '›' | '«' | '‹' => GUILLEMETS,
        '–' | '—' => 0.2,
        '!' | '?' | ')' | ']' => 0.15,
        _ => 0.0,
    }
}

/// The share of a guillemet that hangs out.
const GUILLEMETS: f32 = 0.2;
/// The share of a hyphen that hangs out.
pub const HYPHEN: f32 = 0.6;
