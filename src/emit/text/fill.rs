//! Lines are filled: words are set as far as the measure goes, by Unicode's line breaking (UAX 14) and by the width that a
//! terminal gives each character (UAX 11).

use icu_segmenter::options::LineBreakOptions;
use icu_segmenter::{LineSegmenter, LineSegmenterBorrowed};
use unicode_width::UnicodeWidthStr;

use crate::bytes;

/// Fills lines of one measure.
pub struct Filler {
    segmenter: LineSegmenterBorrowed<'static>,
}

/// How a paragraph is set.
#[derive(Clone, Copy, Default)]
pub struct Indent<'a> {
    /// What stands before the first line.
    pub first: &'a str,
    /// What stands before the others.
    pub rest: &'a str,
}

impl Filler {
    pub fn new() -> Self {
        Self { segmenter: LineSegmenter::new_dictionary(LineBreakOptions::default()) }
    }

    /// Sets `text` in lines of at most `width` columns, the indent counted in, and adds them to `out`. A newline in `text` ends a
    /// line. A width of 0 breaks nowhere else.
    pub fn fill(&self, text: &str, indent: Indent, width: usize, out: &mut String) {
        let mut lead = indent.first;
        for line in text.split('\n') {
            self.line(line, Indent { first: lead, rest: indent.rest }, width, out);
            lead = indent.rest;
        }
    }

    fn line(&self, text: &str, indent: Indent, width: usize, out: &mut String) {
        let start = out.len();
        out.push_str(indent.first);
        let mut column = self::columns(indent.first);
        let mut empty = true;
        let narrow = is_narrow(text);
        let columns = |word: &str| if narrow { word.len() } else { columns(word) };
        let mut words = words(text).peekable();
        while let Some(word) = words.next() {
            // What may not be torn from its neighbour is set together with it.
            let mut bound = String::new();
            let mut piece = word;
            while let Some(next) = words.next_if(|next| binds(piece, next)) {
                if bound.is_empty() {
                    bound.push_str(piece);
                }
                bound.push(' ');
                bound.push_str(next);
                piece = next;
            }
            let word = if bound.is_empty() { word } else { &bound };
            let wide = columns(word);
            if !empty && (width == 0 || column + 1 + wide <= width) {
                out.push(' ');
                out.push_str(word);
                column += 1 + wide;
            } else if empty && (width == 0 || column + wide <= width) {
                out.push_str(word);
                column += wide;
            } else {
                column = self.break_word(word, !empty, column, indent.rest, width, out);
            }
            empty = false;
        }
        let trimmed = out[start..].trim_end().len();
        out.truncate(start + trimmed);
        out.push('\n');
    }

    /// Sets a word that does not fit on the line, broken where it may be. Gives the column where it ends.
    fn break_word(&self, word: &str, space: bool, mut column: usize, lead: &str, width: usize, out: &mut String) -> usize {
        let whole = word.bytes().all(|byte| byte.is_ascii_alphanumeric()) || is_address(word);
        let parts = if whole { vec![word] } else { self.parts(word) };
        for (count, part) in parts.iter().enumerate() {
            let gap = usize::from(space && count == 0);
            let wide = columns(part.trim_end());
            if column + gap + wide <= width {
                out.extend(std::iter::repeat_n(' ', gap));
                out.push_str(part);
                column += gap + columns(part);
                continue;
            }
            let fresh = columns(lead);
            if column > fresh || count > 0 || space {
                let kept = out.trim_end().len();
                out.truncate(kept);
                out.push('\n');
                out.push_str(lead);
            }
            out.push_str(part);
            column = fresh + columns(part);
        }
        column
    }

    /// The pieces of a word between which a line may end.
    fn parts<'a>(&self, word: &'a str) -> Vec<&'a str> {
        let mut ends: Vec<_> = self.segmenter.segment_str(word).collect();
        ends.retain(|end| *end == 0 || !is_call(&word[*end..]));
        ends.windows(2).map(|pair| &word[pair[0]..pair[1]]).collect()
    }
}

/// Whether a word has an address in it, which nobody can follow or copy once it is cut: better a line that is too long.
fn is_address(word: &str) -> bool {
    let word = word.trim_start_matches(['<', '(', '[', '"', '“', '«', '_']);
    let has_scheme = word.split_once("://").is_some_and(|(scheme, rest)| {
        let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
        !rest.is_empty() && scheme.rsplit(|c: char| !known(c)).next().is_some_and(|scheme| !scheme.is_empty())
    });
    let mail = word.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    has_scheme || mail || word.starts_with("www.") || word.starts_with("doi:") || word.starts_with("urn:")
}

/// Whether `text` begins with the call of a note, which stays at its word.
fn is_call(text: &str) -> bool {
    let inner = text.strip_prefix('[').map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
    inner.is_some_and(|rest| rest.len() + 1 < text.len() && rest.starts_with(']'))
}

/// What stands between spaces.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let is_white = |byte: u8| matches!(byte, b' ' | b'\t');
    let mut rest = text;
    // Words are too short for a search that asks many bytes at once.
    std::iter::from_fn(move || {
        let start = rest.bytes().position(|byte| !is_white(byte))?;
        let length = rest[start..].bytes().position(is_white);
        let end = length.map_or(rest.len(), |length| start + length);
        let word = &rest[start..end];
        rest = &rest[end..];
        Some(word)
    })
}

/// The columns that `text` takes.
pub fn columns(text: &str) -> usize {
    if is_narrow(text) { text.len() } else { text.width() }
}

/// Whether each byte is a character that takes a column.
fn is_narrow(text: &str) -> bool {
    bytes::all(text.as_bytes(), |byte| (b' '..0x7F).contains(&byte))
}

/// Whether the space between two words is no place for a line's end: before closing marks, as French sets them, and after
/// opening ones (UAX 14, LB 13 to 17).
pub fn binds(word: &str, next: &str) -> bool {
    // Most words end and begin with letters.
    let is_plain = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b',' | b'.'));
    if is_plain(word.as_bytes().last()) && next.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric) {
        return false;
    }
    let closes = |c: char| matches!(c, '!' | '?' | ';' | ':' | '»' | ')' | ']' | '}' | '%' | '/');
    let alone = next.chars().all(|c| closes(c) || matches!(c, '.' | ',' | '…'));
    alone || next.starts_with('»') || word.ends_with(['«', '(', '[', '{']) || word.ends_with('—') && next.starts_with('—')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, width: usize, want: &[&str]) {
        let mut out = String::new();
        Filler::new().fill(text, Indent { first: "", rest: "  " }, width, &mut out);
        assert_eq!(out.lines().collect::<Vec<_>>(), want);
    }

    #[test]
    fn lines_are_filled_and_broken_where_they_may_be() {
        check("one two three", 7, &["one two", "  three"]);
        check("one two three", 0, &["one two three"]);
        check("a\nb", 7, &["a", "  b"]);
        check("well-known words", 7, &["well-", "  known", "  words"]);
        check("quoi donc ?", 9, &["quoi", "  donc ?"]);
        check("漢字漢字漢字", 6, &["漢字漢", "  字漢", "  字"]);
        check("unbreakablelongword x", 6, &["unbreakablelongword", "  x"]);
        check("the end.[12] Then", 9, &["the", "  end.[12]", "  Then"]);
        check("cited again [1].", 11, &["cited again", "  [1]."]);
        check("see <https://a.example/b-c/d> now", 12, &["see", "  <https://a.example/b-c/d>", "  now"]);
        check("at a.b@c-d.example now", 8, &["at", "  a.b@c-d.example", "  now"]);
        check("", 6, &[""]);
    }
}
