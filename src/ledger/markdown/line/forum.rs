//! Marks in brackets that neither Markdown nor wikis have: those of forums (BBCode), and notes of a reader of scans.

use super::super::super::stream::Markup;
use super::Scanner;

/// What opens, up to its value, and what closes it.
const PAIRS: [(&str, &str); 15] = [
    ("[b", "[/b]"),
    ("[i", "[/i]"),
    ("[u", "[/u]"),
    ("[s", "[/s]"),
    ("[sup", "[/sup]"),
    ("[sub", "[/sub]"),
    ("[url", "[/url]"),
    ("[color", "[/color]"),
    ("[size", "[/size]"),
    ("[font", "[/font]"),
    ("[center", "[/center]"),
    ("[left", "[/left]"),
    ("[right", "[/right]"),
    ("[justify", "[/justify]"),
    ("[FOOTNOTE:", "[ENDFOOTNOTE]"),
];

/// So far at most the other half is looked for.
const REACH: usize = 4_000;

impl Scanner<'_, '_> {
    /// Whether a mark of a pair stands here, whose other half stands in the same block.
    pub(super) fn forum(&mut self) -> bool {
        let rest = self.rest();
        let is = |mark: &str| rest.get(..mark.len()).is_some_and(|own| own.eq_ignore_ascii_case(mark));
        if let Some((open, close)) = PAIRS.iter().find(|(_, close)| is(close)) {
            let before = &self.text.as_bytes()[self.at.saturating_sub(REACH + 400)..self.at];
            let opened = memchr::memmem::rfind(before, &cased(open, rest)).is_some();
            if opened {
                self.whole(close.len(), Markup::Mark);
            }
            return opened;
        }
        let Some(length) = rest.bytes().take(400).position(|byte| matches!(byte, b']' | b'\n')) else { return false };
        let fits = |open: &str| is(open) && (open.ends_with(':') || rest[open.len()..].starts_with([']', '=']));
        let Some((_, close)) = PAIRS.iter().find(|(open, _)| fits(open)) else { return false };
        let behind = &rest.as_bytes()[length..rest.len().min(length + REACH)];
        let closed = memchr::memmem::find(behind, &cased(close, rest)).is_some();
        if closed && behind.starts_with(b"]") {
            self.whole(length + 1, Markup::Mark);
        }
        closed && behind.starts_with(b"]")
    }
}

/// One half of a pair in the case in which the other is written.
fn cased(half: &str, other: &str) -> Vec<u8> {
    let is_capital = other.bytes().find(u8::is_ascii_alphabetic).is_some_and(|byte| byte.is_ascii_uppercase());
    if is_capital { half.to_ascii_uppercase().into_bytes() } else { half.as_bytes().to_vec() }
}
