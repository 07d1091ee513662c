//! Braces: attributes, roles, marks of editors, calls of templates.

use std::ops::Range;

use super::super::super::stream::{Gap, Markup};
use super::super::html;
use super::brackets::cross_kind;
use super::tex::{SHORT_SIGNS, SWITCHES};
use super::{Mode, Scanner};

/// Roles of MyST whose words name something, which takes their place.
pub(super) const NAMING: &[&str] = &["ref", "numref", "eq", "doc"];

/// Roles whose words are code: MyST's, and Sphinx's for the names of programs.
const CODE: &[&str] = &[
    "kbd", "command", "program", "file", "code", "literal", "samp", "envvar", "option", "func", "class", "meth", "mod", "attr",
    "obj", "data", "exc", "const", "type", "any",
];

/// Where the words of a role end before `<target>`, white space between.
fn target(inner: &str) -> Option<usize> {
    let open = inner.strip_suffix('>')?.rfind('<')?;
    let words = inner[..open].trim_end();
    (!words.is_empty() && words.len() < open && open + 2 < inner.len()).then_some(words.len())
}

impl Scanner<'_, '_> {
    /// Attributes in braces right here.
    pub(super) fn attributes(&mut self) {
        // A bar parts cells wherever it stands.
        let is_whole = |length: &usize| self.mode != Mode::Table || !self.rest()[..*length].contains('|');
        let Some(length) = attributes(self.rest()).filter(is_whole) else { return };
        if self.is_cut(length) {
            return;
        }
        let (construct, start, end) = (self.out.construct(), self.at, self.at + length);
        for range in shown(&self.rest()[..length]) {
            self.part(construct, start + range.start - self.at, Markup::Attribute, Gap::Close);
            self.whole(range.len(), Markup::Attribute);
        }
        self.part(construct, end - self.at, Markup::Attribute, Gap::Close);
    }

    /// Marks of editors (CriticMarkup), kramdown's options and comments, MyST's roles.
    pub(super) fn braced(&mut self) -> bool {
        let rest = self.rest();
        if rest.starts_with("{>>")
            && let Some(end) = self.find("<<}", 3)
        {
            self.whole(end + 6, Markup::Comment);
            return true;
        }
        if rest.starts_with("{/*")
            && let Some(end) = self.find("*/}", 3)
        {
            self.whole(end + 6, Markup::Comment);
            return true;
        }
        for (open, close) in [("{++", "++}"), ("{--", "--}"), ("{==", "==}"), ("{~~", "~~}")] {
            if rest.starts_with(open) && self.find(close, 3).is_some() {
                self.mark(3, Markup::Mark);
                return true;
            }
        }
        if rest.starts_with("{::comment}") {
            let end = self.find("{:/", 11);
            let close = end.and_then(|end| rest[11 + end..].find('}').map(|length| 11 + end + length + 1));
            if let Some(length) = close {
                self.whole(length, Markup::Comment);
                return true;
            }
        }
        if let Some(length) = rest.strip_prefix("{:").and_then(|inner| inner.find('}')).filter(|length| *length < 200) {
            let inner = &rest[2..2 + length];
            let is_option = inner.starts_with([':', '/']) || inner == "toc" || inner.split_once(": ").is_some();
            if is_option && !inner.contains(['{', '\n']) {
                self.whole(length + 3, Markup::Attribute);
                return true;
            }
        }
        // A role of MyST.
        let name = &rest[1..];
        let length = name.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b"-_:".contains(byte)).count();
        if length == 0 || !name[length..].starts_with("}`") {
            return false;
        }
        let name = &name[..length];
        self.whole(length + 2, Markup::Attribute);
        let ticks = self.run_of(b'`');
        let Some(close) = self.places.ticks(self.text, ticks, self.at + ticks) else { return true };
        let inner = &self.text[self.at + ticks..close];
        match name {
            name if NAMING.contains(&name) => {
                self.mark(ticks, Markup::Mark);
                let words = inner.rfind('<').filter(|_| inner.ends_with('>')).unwrap_or(0);
                let said = inner[..words].trim_end().len();
                // The place of the number is the book's.
                let hole = ["%s", "{number}"].iter().filter_map(|hole| Some((inner[..said].find(hole)?, hole.len()))).min();
                let (before, length) = hole.unwrap_or((said, 0));
                self.literal(before);
                if length > 0 {
                    self.whole(length, Markup::Mark);
                    self.literal(said - before - length);
                }
                if said > 0 {
                    // The space before the name is the mark's.
                    self.swallow(words - said);
                }
                self.skip(words - said);
                if words > 0 {
                    self.whole(inner.len() - words, Markup::Address);
                } else {
                    // Keys of cross references are written with a colon, too.
                    let is_key = cross_kind(inner).is_some_and(|length| inner[length..].starts_with(':'));
                    let first = self.out.pieces.len();
                    self.literal(inner.len());
                    for at in (first..self.out.pieces.len()).filter(|_| is_key) {
                        if self.out.said(at) == ":" {
                            self.out.say(at, "-".to_owned());
                        }
                    }
                }
                self.mark(ticks, Markup::Mark);
            }
            "math" => self.code(),
            // What code holds is read as text.
            name if CODE.contains(&name) || name.contains(':') && !name.starts_with("cite:") => {
                self.mark(ticks, Markup::Mark);
                let sign = inner.bytes().take_while(|byte| matches!(byte, b'~' | b'!')).count();
                self.mark(sign, Markup::Mark);
                let words = target(inner).unwrap_or(inner.len());
                self.literal(words - sign);
                if words < inner.len() {
                    let white = inner[words..].len() - inner[words..].trim_start().len();
                    self.swallow(white);
                    self.skip(white);
                    self.out.loosen(self.lines.place(self.at));
                    self.whole(inner.len() - words - white, Markup::Address);
                }
                self.mark(ticks, Markup::Mark);
            }
            _ => {
                self.mark(ticks, Markup::Mark);
                self.role_to = close;
                let words = target(inner);
                self.role_target =
                    words.map(|words| self.at + words + inner[words..].len() - inner[words..].trim_start().len());
            }
        }
        true
    }

    pub(super) fn brace(&mut self) {
        if self.braced() {
            return;
        }
        let rest = self.rest();
        let template = [("{{", "}}"), ("{%", "%}")].iter().find(|(open, _)| rest.starts_with(open));
        if let Some((_, close)) = template
            && let Some(end) = self.find(close, 0)
            && !self.is_cut(end + 2)
        {
            return self.whole(end + 2, Markup::Code);
        }
        // A cross reference that braces hold together.
        if rest.starts_with("{@")
            && let Some(end) =
                rest.find('}').filter(|end| rest[..*end].contains(':') && !rest[1..*end].contains(['{', ' ', '\n']))
        {
            self.citation_to = self.citation_to.max(self.at + end + 1);
            return self.mark(1, Markup::Mark);
        }
        if self.ruby() {
            return;
        }
        // What an index says of a place is said there.
        if rest.starts_with("{i: \"")
            && let Some(end) = rest.find("\"}").filter(|end| !rest[..*end].contains('\n'))
        {
            return self.whole(end + 2, Markup::Label);
        }
        let switch = rest.strip_prefix("{\\").map(|inner| inner.bytes().take_while(u8::is_ascii_alphabetic).count());
        if let Some(length) = switch.filter(|length| rest[2 + length..].starts_with('}'))
            && let Some((_, sign)) = SHORT_SIGNS.iter().find(|(name, _)| *name == &rest[2..2 + length])
        {
            return self.says(2 + length + 1, (*sign).to_owned());
        }
        if let Some(length) = switch.filter(|length| SWITCHES.contains(&&rest[2..2 + length]))
            && rest[2 + length..].starts_with(' ')
        {
            self.whole(2 + length + 1, Markup::Mark);
            return self.braces.push(true);
        }
        let before = self.at;
        self.attributes();
        if self.at == before && !self.braces.is_empty() {
            self.braces.push(false);
        }
    }

    /// `{漢字|かんじ}`: words of Chinese letters and how they are read, in one or letter by letter.
    fn ruby(&mut self) -> bool {
        const LONGEST: usize = 120;
        let rest = self.rest();
        let Some(end) = rest.bytes().take(LONGEST).position(|byte| matches!(byte, b'}' | b'\n')) else { return false };
        let inner = &rest[1..end];
        let is_letter = |c: char| !c.is_ascii() && (c.is_alphabetic() || matches!(c, '・' | 'ー' | '々' | '|'));
        let fits = inner.contains('|') && inner.chars().all(|c| c == '|' || is_letter(c));
        if !fits || !rest[end..].starts_with('}') {
            return false;
        }
        let mut parts = inner.split('|');
        let base = parts.next().unwrap_or_default();
        let readings: Vec<&str> = parts.collect();
        let letters: Vec<(usize, char)> = base.char_indices().collect();
        if readings.len() != letters.len() || letters.len() < 2 {
            self.mark(1, Markup::Mark);
            self.literal(base.len());
            for reading in readings {
                self.mark(1, Markup::Mark);
                self.literal(reading.len());
            }
            self.mark(1, Markup::Mark);
            return true;
        }
        // Each letter is said with its own.
        let mut said = String::new();
        letters.iter().zip(&readings).for_each(|((_, c), reading)| {
            said.push(*c);
            said.push_str(reading);
        });
        self.mark(1, Markup::Mark);
        self.says(inner.len(), said);
        self.mark(1, Markup::Mark);
        true
    }

    /// The end of what an editor marked.
    pub(super) fn ends_edit(&self) -> bool {
        ["++}", "--}", "==}", "~~}"].iter().any(|close| self.rest().starts_with(close))
    }
}

/// The values of attributes that are words for readers: each may be shown.
pub fn shown(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<_> = ["title", "alt", "caption", "fig-alt", "fig-cap", "lst-cap", "name"]
        .iter()
        .filter_map(|name| html::value(text, name).map(|(_, range)| range))
        .collect();
    found.sort_by_key(|range| range.start);
    found.dedup_by(|next, last| next.start < last.end);
    found
}

/// Attributes in braces: `{#id .class key=value}`, `{: …}`, `{=html}`, `{width=50%}`, `{-}`.
pub fn attributes(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('{')?;
    let end = inner.find(['}', '{']).filter(|end| inner.as_bytes()[*end] == b'}')?;
    // They may go on in the next line, as pandoc wraps them.
    let is_parted = inner[..end].lines().any(|line| line.trim_matches([' ', '\t', '>']).is_empty() && end > 0);
    let words = inner[..end].trim();
    if is_parted && !words.is_empty() && inner[..end].contains('\n') {
        return None;
    }
    let words = words.strip_prefix(':').unwrap_or(words).trim();
    let mut rest = words;
    let mut any = false;
    // kramdown names lists of attributes by bare words.
    let named = inner[..end].starts_with(": ");
    let bare = |text: &str| {
        let word = text.split_whitespace().next().unwrap_or("");
        let is_name = word.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        (named && is_name && word.starts_with(|c: char| c.is_ascii_lowercase())).then_some(word.len())
    };
    while !rest.is_empty() {
        let length = attribute(rest).or_else(|| bare(rest))?;
        any = true;
        rest = rest[length..].trim_start();
        rest = rest.strip_prefix(',').map_or(rest, str::trim_start);
    }
    (any || inner[..end].trim() == ":").then_some(end + 2)
}

pub(super) fn attribute(text: &str) -> Option<usize> {
    let name =
        |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || "-_:.".contains(*c)).map(char::len_utf8).sum::<usize>();
    if matches!(text.split_whitespace().next(), Some("-" | "_")) {
        return Some(1);
    }
    // Whether it can be an id or a class is asked after it was taken for one.
    if let Some(rest) = text.strip_prefix(['#', '.']) {
        let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '=' | '`' | '\\');
        let length = rest.find(ends).unwrap_or(rest.len());
        return (length > 0).then_some(length + 1);
    }
    if let Some(rest) = text.strip_prefix(['=', '@', '^']) {
        let length = name(rest);
        return (length > 0).then_some(length + 1);
    }
    let length = name(text);
    let behind = text[length..].strip_prefix('=').filter(|_| length > 0)?;
    let value = match behind.chars().next() {
        Some(quote @ ('"' | '\'')) => behind[1..].find(quote)? + 2,
        _ => behind.find(char::is_whitespace).unwrap_or(behind.len()),
    };
    Some(length + 1 + value)
}
