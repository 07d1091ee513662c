//! Where the end tags of a text stand. A tag for which none is left would hold the rest of the text, and forty of them would nest too
//! deep for any: so it must be known when it opens.

use std::collections::BTreeMap;

/// The end tags of a text, by name in lower case.
pub(in crate::read::markdown) struct Ends {
    places: BTreeMap<String, Vec<usize>>,
}

/// Longer than the name of any element.
const LONGEST: usize = 40;

impl Ends {
    pub fn of(text: &str) -> Self {
        let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for at in memchr::memmem::find_iter(text.as_bytes(), b"</") {
            let rest = &text.as_bytes()[at + 2..];
            let rest = &rest[..rest.len().min(LONGEST)];
            let length = rest.iter().take_while(|byte| !byte.is_ascii_whitespace() && !b">/<".contains(byte)).count();
            let Ok(name) = std::str::from_utf8(&rest[..length]) else { continue };
            if name.starts_with(|c: char| c.is_ascii_alphabetic()) {
                match places.get_mut(name) {
                    Some(known) => known.push(at),
                    None if name.bytes().any(|byte| byte.is_ascii_uppercase()) => {
                        places.entry(name.to_ascii_lowercase()).or_default().push(at);
                    }
                    None => drop(places.insert(name.to_owned(), vec![at])),
                }
            }
        }
        Self { places }
    }

    /// How many end tags of `name` stand behind `at`.
    pub fn behind(&self, name: &str, at: usize) -> usize {
        self.places.get(name).map_or(0, |places| places.len() - places.partition_point(|place| *place < at))
    }
}

/// How raw text in a block of HTML begins and ends (CommonMark, 4.6, kinds 1 to 5). Where the end never comes, the parser takes all
/// that follows for HTML.
const SECTIONS: [(&[&str], &[&str]); 5] = [
    (&["<script", "<pre", "<style", "<textarea"], &["</script>", "</pre>", "</style>", "</textarea>"]),
    (&["<!--"], &["-->"]),
    (&["<?"], &["?>"]),
    (&["<![CDATA["], &["]]>"]),
    (&["<!"], &[">"]),
];

/// Stands for the `<` of a tag or comment that never ends. Sources are cleaned, so that no text has it.
pub const MASK: char = '\u{1F}';

/// The places, in `text`, of each sign that begins a block of HTML which would never end.
pub fn endless(text: &str) -> Vec<usize> {
    let mut begun: [Vec<usize>; SECTIONS.len()] = Default::default();
    for at in memchr::memchr_iter(b'<', text.as_bytes()) {
        let kind = SECTIONS.iter().position(|(begins, _)| begins.iter().any(|begin| begins_with(&text[at..], begin)));
        if let Some(kind) = kind
            && opens_line(text, at)
        {
            begun[kind].push(at);
        }
    }
    let mut found = Vec::new();
    for (places, (_, ends)) in begun.into_iter().zip(SECTIONS) {
        if let Some(newest) = places.last() {
            let last = ends.iter().filter_map(|end| last(&text[*newest..], end)).max();
            // Where the newest ends, all do.
            if last.is_none() {
                let last = ends.iter().filter_map(|end| self::last(text, end)).max().unwrap_or(0);
                found.extend(places.into_iter().filter(|at| *at >= last));
            }
        }
    }
    found.sort_unstable();
    found
}

/// Whether nothing but marks of quotations and items stands on the line before `at`.
fn opens_line(text: &str, at: usize) -> bool {
    let before = text.as_bytes()[..at].iter().rev().take_while(|byte| **byte != b'\n');
    before.take(200).all(|byte| byte.is_ascii_digit() || b" \t>-*+.):".contains(byte))
}

/// Whether `text` begins with a tag or a section; a tag's name must end there.
fn begins_with(text: &str, begin: &str) -> bool {
    let Some(found) = text.get(..begin.len()).filter(|found| found.eq_ignore_ascii_case(begin)) else { return false };
    let next = text.as_bytes().get(found.len());
    match begin {
        "<!" => next.is_some_and(u8::is_ascii_alphabetic),
        "<!--" | "<?" | "<![CDATA[" => true,
        _ => next.is_none_or(|byte| byte.is_ascii_whitespace() || *byte == b'>'),
    }
}

/// The last place of `end` in `text`, without a difference of case.
fn last(text: &str, end: &str) -> Option<usize> {
    let sign = if end.starts_with("</") { "</" } else { end };
    text.rmatch_indices(sign)
        .map(|(at, _)| at)
        .find(|at| text.get(*at..at + end.len()).is_some_and(|found| found.eq_ignore_ascii_case(end)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn end_tags_are_counted() {
        let ends = Ends::of("<div></DIV ></div><p></p>");
        assert_eq!((ends.behind("div", 0), ends.behind("div", 6), ends.behind("p", 0), ends.behind("b", 0)), (2, 1, 1, 0));
    }

    #[test]
    fn what_never_ends() {
        assert_eq!(endless("<!-- a -->\n\n<!-- b\n\nc"), [12]);
        assert_eq!(endless("a <!-- b"), [0; 0]);
        assert_eq!(endless("> - <PRE class=x>\n\ntext"), [4]);
        assert_eq!(endless("<pre>x</pre>\n<prefix>"), [0; 0]);
        assert_eq!(endless("<script>\n</pre>\n"), [0; 0]);
        assert_eq!(endless("<?php\nx\n<!DOCTYPE html>\n"), [0]);
    }
}
