//! What a whole file says that a line must know: labels of links and notes, headings, numbered examples.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::line::attributes;

/// What the whole file says, which a line must know.
#[derive(Debug, Default)]
pub struct Known {
    /// The labels of links and images that the file defines, as CommonMark compares them.
    pub links: BTreeSet<String>,
    pub notes: BTreeSet<String>,
    /// Headings, by which links may name them.
    pub headings: BTreeSet<String>,
    /// The numbers of examples, by their labels.
    pub examples: BTreeMap<String, usize>,
    /// Where the last line of nothing but so many slashes stands.
    pub slashes: BTreeMap<usize, usize>,
}

impl Known {
    pub fn key(label: &str) -> String {
        label.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// The labels that a text defines.
pub(super) fn defined(source: &str, range: Range<usize>) -> Known {
    let text = &source[range.clone()];
    let mut known = Known { examples: examples(text), ..Known::default() };
    if text.contains("///") {
        let mut at = range.start;
        for line in text.split_inclusive('\n') {
            let own = line.trim_matches([' ', '\t', '\r', '\n', '>']);
            if own.len() > 2 && own.bytes().all(|byte| byte == b'/') {
                known.slashes.insert(own.len(), at);
            }
            at += line.len();
        }
    }
    if text.contains('[') {
        let mut above = "";
        for line in text.lines() {
            // Headings are references of their own (pandoc).
            let heading = line.trim_start_matches('#');
            let drawn = line.len() > 1 && (line.bytes().all(|byte| byte == b'=') || line.bytes().all(|byte| byte == b'-'));
            let said = if heading.len() < line.len() { heading } else { above };
            if heading.len() < line.len() && heading.starts_with(' ') || drawn && !above.is_empty() {
                let said = said.split(" {").next().unwrap_or(said).trim().trim_end_matches('#');
                known.headings.insert(Known::key(said));
            }
            above = line;
        }
    }
    if !text.contains("]:") {
        return known;
    }
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at + line.len() - line.trim_start_matches([' ', '\t', '>']).len();
        at += line.len();
        if let Some(label) = note_label(&text[start..at]) {
            known.notes.insert(label.to_lowercase());
        } else if let Some(found) = definition(&text[start..]) {
            known.links.insert(Known::key(&text[start..][found.label]));
        }
    }
    known
}

/// The numbers of the examples that a text counts, by their labels (pandoc).
pub(super) fn examples(text: &str) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    let (mut count, mut code) = (0, false);
    for line in text.lines() {
        let own = line.trim_start_matches(['>', ' ', '\t']);
        code ^= own.starts_with("```") || own.starts_with("~~~");
        let Some((label, _)) = own.strip_prefix("(@").and_then(|rest| rest.split_once(") ")).filter(|_| !code) else {
            continue;
        };
        if label.len() < 22 && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')) {
            count += 1;
            found.entry(label.to_owned()).or_insert(count);
        }
    }
    found.remove("");
    found
}

/// The label of `[^label]:`.
pub(super) fn note_label(text: &str) -> Option<&str> {
    let inner = text.strip_prefix("[^")?;
    let (label, _) = inner.split_once("]:")?;
    (!label.is_empty() && !label.contains(['[', ']']) && !label.ends_with('\\')).then_some(label)
}

/// `[label]: address "title"`.
pub(super) struct Definition {
    pub length: usize,
    label: Range<usize>,
    /// Of the title's words.
    pub title: Option<Range<usize>>,
}

/// A link's definition at the front of `text`, by CommonMark 0.31, section 4.7: address and title may stand on lines of their own.
pub(super) fn definition(text: &str) -> Option<Definition> {
    let bytes = text.as_bytes();
    if bytes.first() != Some(&b'[')
        || bytes.get(1) == Some(&b'^') && !bytes.get(2).is_some_and(|byte| *byte == b']' || byte.is_ascii_whitespace())
    {
        return None;
    }
    let close = closing(text, 1, |byte| byte == b']').filter(|at| bytes.get(at + 1) == Some(&b':'))?;
    let label = &text[1..close];
    if label.trim().is_empty() || closing(label, 0, |byte| byte == b'[').is_some() {
        return None;
    }
    let address = behind_white(text, close + 2)?;
    let end = match bytes.get(address)? {
        b'<' => address + text[address..].split('\n').next()?.find('>')? + 1,
        _ => address + text[address..].find(char::is_whitespace).unwrap_or(text.len() - address),
    };
    // Attributes may stand behind it (pandoc).
    let ends = |at: usize| {
        let rest = text[at..].split('\n').next().unwrap_or("").trim_end();
        let own = rest.trim_start();
        // Behind a title, MultiMarkdown's have no braces.
        let is_spoken = |word: &str| {
            word.split_once('=').is_some_and(|(key, value)| {
                !value.is_empty() && !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
            })
        };
        let spoken = || text[..at].ends_with(['"', '\'', ')']) && own.split_whitespace().all(is_spoken);
        let is_whole = own.is_empty() || rest.len() > own.len() && (attributes(own) == Some(own.len()) || spoken());
        is_whole.then_some(if own.is_empty() { at } else { at + rest.len() })
    };
    let found = |length, title| (end > address).then_some(Definition { length, label: 1..close, title });
    if let Some(start) = behind_white(text, end).filter(|start| *start > end)
        && let Some(quote @ (b'"' | b'\'' | b'(')) = bytes.get(start)
    {
        let mark = if *quote == b'(' { b')' } else { *quote };
        if let Some(close) = closing(text, start + 1, |byte| byte == mark)
            && let Some(length) = ends(close + 1)
        {
            return found(length, Some(start + 1..close));
        }
    }
    found(ends(end)?, None)
}

/// Where a mark that no backslash stands before closes what begins at `from`, before the next empty line.
pub(super) fn closing(text: &str, from: usize, closes: impl Fn(u8) -> bool) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = from;
    let mut is_blank = false;
    while let Some(byte) = bytes.get(at) {
        match byte {
            byte if closes(*byte) => return Some(at),
            b'\\' => at += 1,
            b'\n' if is_blank => return None,
            b'\n' => is_blank = true,
            b' ' | b'\t' | b'\r' => {}
            _ => is_blank = false,
        }
        at += 1;
    }
    None
}

/// What follows white space that has one line's end at most.
pub(super) fn behind_white(text: &str, from: usize) -> Option<usize> {
    let rest = text.get(from..)?;
    let white = rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
    (rest[..white].matches('\n').count() <= 1).then_some(from + white)
}
