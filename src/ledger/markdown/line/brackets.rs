//! Brackets: links, pictures, calls of notes, citations, names of a wiki.

use std::ops::Range;

use super::super::super::stream::{Gap, Labelled, Markup};
use super::super::known::Known;
use super::{Bracket, Scanner};

/// The endings of pictures, which a wiki embeds as such.
pub(super) const PICTURES: [&str; 10] = [".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".bmp", ".tif", ".tiff", ".avif"];

impl Scanner<'_, '_> {
    /// `{number}` in the words of a link: what a cross reference fills in.
    pub(super) fn is_hole(&self) -> bool {
        const HOLES: &[&str] = &["{label}", "{number}", "{title}", "{name}", "{page}", "{folio}"];
        !self.open.is_empty() && HOLES.iter().any(|hole| self.rest().starts_with(hole))
    }

    /// `[[page]]`, `[[page|words]]`, `![[picture.png]]`, `![[page]]`: `open` bytes stand before the name.
    pub(super) fn wiki(&mut self, open: usize) {
        let line = self.find("\n", 0).unwrap_or(self.text.len() - self.at);
        let close = self.find("]]", 0).filter(|close| *close > open && *close < line);
        // The next brackets that open stand behind those that close, or this is no name.
        let again = self.find("[[", open);
        let close = close.filter(|close| again.is_none_or(|again| open + again >= *close));
        let rest = self.rest();
        let name = close.map(|close| &rest[open..close]);
        // What goes on behind the brackets makes a link or a stretch of them.
        let in_note = self.open.last() == Some(&Bracket::Note);
        let goes_on = |inner: &str| {
            let behind = &rest[open + inner.len() + 2..];
            behind.starts_with(['(', '[', '{', ':']) || behind.starts_with(']') && !in_note
        };
        let Some(inner) = name.filter(|inner| !inner.contains("[[") && !inner.contains("](") && !goes_on(inner)) else {
            // Two brackets, each for itself.
            self.mark(open, Markup::Mark);
            self.open.push(if open == 3 { Bracket::Image } else { Bracket::Link });
            return self.open.push(Bracket::Link);
        };
        let bar = inner.find('|').map(|at| (at, if at > 0 && inner.as_bytes()[at - 1] == b'\\' { 2 } else { 1 }));
        let construct = self.out.construct();
        let page = inner.split('|').next().unwrap_or("").trim_end_matches('\\').trim().to_ascii_lowercase();
        // Another page that a page embeds is told by its name.
        let is_picture = open == 3 && PICTURES.iter().any(|ending| page.ends_with(ending));
        match bar {
            // The backslash is the table's.
            Some((at, 2)) => {
                self.part(construct, open + at - 1, Markup::Address, Gap::Close);
                self.mark(1, Markup::Escape);
                self.part(construct, 1, Markup::Address, Gap::Close);
                let words = &inner[at + 1..];
                let said = if is_picture { words_of_picture(words).trim_end_matches('\\') } else { words };
                self.flush(self.at + said.len());
                self.at = self.from;
            }
            Some((at, _)) if is_picture => {
                let said = words_of_picture(&inner[at + 1..]);
                self.part(construct, open + at + 1, Markup::Address, Gap::Close);
                self.flush(self.at + said.len());
                self.at = self.from;
            }
            Some((at, _)) => {
                self.part(construct, open + at + 1, Markup::Address, Gap::Close);
                let length = inner.len() - at - 1;
                self.flush(self.at + length);
                self.at = self.from;
            }
            None if is_picture => self.part(construct, open + inner.len(), Markup::Address, Gap::Close),
            None => {
                // `[[#Heading]]` leads to a place in the same note.
                let hash = if inner.starts_with("#^") { 2 } else { usize::from(inner.starts_with('#')) };
                self.part(construct, open + hash, Markup::Mark, Gap::Close);
                let inner = &inner[hash..];
                self.flush(self.at + inner.len());
                self.at = self.from;
            }
        }
        let left = self.rest().find("]]").unwrap_or(0);
        self.part(construct, left + 2, Markup::Mark, Gap::Close);
    }

    pub(super) fn bracket(&mut self) {
        if self.rest().starts_with("[[") {
            return self.wiki(2);
        }
        // The caption of a picture of WordPress.
        let inner = self.rest();
        let is_caption = inner.starts_with("[caption ") || inner.starts_with("[caption]") || inner.starts_with("[/caption]");
        if let Some(end) = inner.find(']').filter(|_| is_caption) {
            return self.whole(end + 1, Markup::Attribute);
        }
        if let Some(label) = call(self.rest()) {
            let length = label.len() + 3;
            // One that stands as text may have a space behind it.
            let behind = self.lines.place(self.at + length - 1) + 1;
            self.out.loosen(behind);
            if self.known.notes.contains(&label.to_lowercase()) {
                let range = self.lines.place(self.at)..self.lines.place(self.at + length - 1) + 1;
                self.out.calls.push(Labelled { label: label.to_lowercase(), range });
                return self.whole(length, Markup::Label);
            }
        }
        // A remark beside the text of a Word file, as pandoc has it.
        let inner = &self.rest()[1..];
        if let Some(end) = inner.find(['[', ']'])
            && inner[end..].starts_with("]{.comment-start")
        {
            self.whole(end + 2, Markup::Comment);
            return self.attributes();
        }
        self.mark(1, Markup::Mark);
        self.citation_to = self.citation_to.max(self.cited());
        self.open.push(Bracket::Link);
    }

    /// Where a citation ends whose opening bracket was just passed: its keys are words of ours, its signs are marks.
    pub(super) fn cited(&self) -> usize {
        let end = self.rest().find([']', '[']).filter(|end| self.rest().as_bytes()[*end] == b']');
        let inner = end.map_or("", |end| &self.rest()[..end]);
        if inner.match_indices('@').any(|(at, _)| self.is_key(self.at + at)) { self.at + inner.len() } else { 0 }
    }

    /// Whether all keys of the citation at hand are those of things in the work: they are said one behind the other, between commas.
    pub(super) fn leads_into_work(&self) -> bool {
        let open = self.text[..self.at].rfind('[').unwrap_or(self.at);
        let inner = &self.text[open..self.citation_to];
        inner.match_indices('@').filter(|(at, _)| self.is_key(open + at)).all(|(at, _)| {
            let key = &inner[at + 1..];
            cross_kind(key).is_some_and(|length| key[length..].starts_with([':', '-']))
        })
    }

    /// Whether an at sign begins a key: an address has a name before it.
    pub(super) fn is_key(&self, at: usize) -> bool {
        let before = self.text[..at].chars().next_back();
        let next = self.text[at + 1..].chars().next();
        before.is_none_or(|c| !c.is_alphanumeric() && !"@_.".contains(c))
            && next.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '{')
    }

    /// A stop behind a key in the sentence may stand before the call of the note that it became.
    pub(super) fn stop_behind_key(&mut self) {
        let rest = self.rest();
        let is_inner = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_:./".contains(byte);
        let key = &rest[..rest.bytes().take_while(is_inner).count()];
        let key = key.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        let has_stop = rest[key.len()..].starts_with(['.', ',', ';', ':', '!', '?']);
        if has_stop && self.at >= self.citation_to && cross_kind(key).is_none() {
            self.at += key.len();
            self.mark(1, Markup::Mark);
        }
    }

    /// The next `length` bytes are a picture's title, in which a backslash takes the next sign's meaning away.
    fn title(&mut self, length: usize) {
        let end = self.at + length;
        while let Some(found) = self.text[self.at..end].find('\\') {
            self.at += found;
            if self.byte(self.at + 1).is_ascii_punctuation() && self.at + 1 < end {
                self.mark(1, Markup::Escape);
            }
            self.at += 1;
        }
        self.flush(end);
        self.at = end;
    }

    /// The next `length` bytes are of an address. Where it is none, a backslash in it escapes.
    fn address(&mut self, construct: u32, length: usize, parts: Gap) {
        let end = self.at + length;
        let mut from = self.at;
        while let Some(at) = self.text[from..end].find('\\').map(|found| from + found) {
            from = at + 1;
            if from < end && self.byte(from).is_ascii_punctuation() {
                from += 1;
                self.part(construct, at - self.at, Markup::Address, parts);
                self.mark(1, Markup::Escape);
            }
        }
        self.part(construct, end - self.at, Markup::Address, parts);
    }

    pub(super) fn close(&mut self) {
        let Some(kind) = self.open.pop() else { return self.mark(1, Markup::Mark) };
        let behind = &self.rest()[1..];
        if kind == Bracket::Note {
            return self.mark(1, Markup::Mark);
        }
        // What a generator of sites makes an address of.
        if let Some(length) = named_by_generator(behind) {
            return self.whole(1 + length, Markup::Address);
        }
        if let Some(target) = target(behind).filter(|target| !self.is_cut(1 + target.length)) {
            if kind == Bracket::Image {
                // Obsidian's size of a picture stands at the end of its description.
                let said = &self.text[self.from..self.at];
                let bar = said.rfind('|').filter(|bar| said.len() > bar + 1 && words_of_picture(&said[bar + 1..]).is_empty());
                if let Some(bar) = bar {
                    let length = said.len() - bar;
                    self.at -= length;
                    self.whole(length, Markup::Attribute);
                }
            }
            let construct = self.out.construct();
            match target.title.filter(|title| kind == Bracket::Image && !title.is_empty()) {
                // A picture's title is shown, as its caption.
                Some(title) => {
                    let end = self.at + 1 + target.length;
                    self.address(construct, 1 + title.start, Gap::Space);
                    self.title(title.len());
                    self.part(construct, end - self.at, Markup::Address, Gap::Space);
                }
                None => self.address(construct, 1 + target.length, Gap::Close),
            }
            return self.attributes();
        }
        if let Some(length) = reference(behind, self.known) {
            // `[[1]][1]`: where a link stands inside, what would be this one's label is a link by itself.
            self.mark(2, Markup::Mark);
            if length > 2 {
                self.whole(length - 2, Markup::Label);
            }
            self.mark(1, Markup::Mark);
            return self.attributes();
        }
        let cited = self.at > 0 && self.at == self.citation_to;
        self.mark(1, Markup::Mark);
        // A stop behind a citation may stand before the call of the note that it became.
        if cited && self.rest().starts_with(['.', ',', ';', ':', '!', '?']) {
            self.mark(1, Markup::Mark);
        }
        self.attributes();
    }

    /// ` ^name` at a block's end, by which other notes name the block.
    pub(super) fn address_of_block(&mut self) -> bool {
        let name = self.rest()[1..].trim_end();
        let fits = self.text[..self.at].ends_with(' ')
            && !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if fits {
            self.whole(1 + name.len(), Markup::Label);
        }
        fits
    }
}

/// The words that stand for a picture behind the first bar of its name: a size may stand in their place, or behind them.
fn words_of_picture(words: &str) -> &str {
    let is_size = |text: &str| {
        let text = text.trim();
        text.starts_with(|c: char| c.is_ascii_digit()) && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'x')
    };
    match words.rsplit_once('|') {
        _ if is_size(words) => "",
        Some((before, last)) if is_size(last) => before,
        _ => words,
    }
}

/// How long the word is at the front of a key that says of what kind the thing is that it names (pandoc-crossref, Quarto).
pub(super) fn cross_kind(key: &str) -> Option<usize> {
    const KINDS: [&str; 15] =
        ["fig", "tbl", "sec", "eq", "lst", "thm", "lem", "cor", "prp", "cnj", "def", "exm", "exr", "rem", "sol"];
    let kind = &key[..key.bytes().take_while(u8::is_ascii_alphabetic).count()];
    KINDS.iter().any(|known| known.eq_ignore_ascii_case(kind)).then_some(kind.len())
}

/// How long an address is that a generator of sites makes of a name: `({{< ref "other.md" >}})`.
fn named_by_generator(behind: &str) -> Option<usize> {
    const LONGEST: usize = 600;
    const FORMS: [(&str, &str); 7] = [
        ("({{< ref ", ">}})"),
        ("({{< relref ", ">}})"),
        ("({{% ref ", "%}})"),
        ("({{% relref ", "%}})"),
        ("({{<ref ", ">}})"),
        ("({{<relref ", ">}})"),
        ("({% link ", "%})"),
    ];
    let (open, close) = FORMS.iter().find(|(open, _)| behind.starts_with(open))?;
    let line = behind.bytes().take(LONGEST).position(|byte| byte == b'\n').unwrap_or(behind.len().min(LONGEST));
    let end = behind.get(open.len()..line)?.find(close)?;
    Some(open.len() + end + close.len())
}

/// The label of `[^label]`.
pub(super) fn call(text: &str) -> Option<&str> {
    let inner = text.strip_prefix("[^")?;
    let end = inner.find([']', '[', '\n', '^'])?;
    let label = &inner[..end];
    (inner.as_bytes()[end] == b']' && !label.trim().is_empty()).then_some(label)
}

/// Where a link leads, behind its text.
pub(super) struct Target {
    length: usize,
    /// Of the title's words.
    title: Option<Range<usize>>,
}

/// `(address "title"){…}`.
pub(super) fn target(text: &str) -> Option<Target> {
    let bytes = text.as_bytes();
    if bytes.first() != Some(&b'(') {
        return None;
    }
    let space = |at: usize| at + bytes[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let mut at = space(1);
    if bytes.get(at) == Some(&b'<') {
        let is_end = |(from, _): &(usize, &str)| !text[..at + from].ends_with('\\');
        at += text[at..].match_indices('>').find(is_end)?.0 + 1;
    } else {
        let (mut depth, mut spaced) = (0usize, false);
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'\\' => at += 1,
                // CommonMark has no deeper ones (section 6.3).
                b'(' if depth > 32 => return None,
                b'(' => depth += 1,
                b')' if depth == 0 => break,
                b')' => depth -= 1,
                // A name with spaces, as people write it, goes on; a title begins with a quote.
                b' ' | b'\n' | b'\t' if matches!(bytes.get(space(at)), Some(b'"' | b'\'' | b'(' | b')' | b'=') | None) => break,
                b'\n' => return None,
                b' ' | b'\t' => spaced = true,
                // No name: mark-up stands there.
                b'<' | b'>' if spaced => return None,
                _ => {}
            }
            at += 1;
        }
    }
    at = space(at.min(bytes.len()));
    let mut title = None;
    // The width that some write behind the address: `=300x200`.
    if bytes.get(at) == Some(&b'=') {
        at += bytes[at..].iter().take_while(|byte| !matches!(byte, b')' | b'\n' | b' ')).count();
        at = space(at);
    }
    if let Some(quote @ (b'"' | b'\'' | b'(')) = bytes.get(at) {
        let close = if *quote == b'(' { b')' } else { *quote };
        let start = at + 1;
        let mut end = start;
        while bytes.get(end).is_some_and(|byte| *byte != close) {
            end += if bytes[end] == b'\\' { 2 } else { 1 };
        }
        bytes.get(end)?;
        // pandoc marks so that a picture's description is its caption.
        let is_mark = bytes[start..end.min(bytes.len())].starts_with(b"fig:");
        title = (!is_mark || end > start + 4).then(|| if is_mark { start + 4 } else { start }..end);
        at = space(end + 1);
    }
    // The width that some write behind the address: `=300x200`.
    if bytes.get(at) == Some(&b'=') {
        at += bytes[at..].iter().take_while(|byte| !matches!(byte, b')' | b'\n')).count();
    }
    (bytes.get(at) == Some(&b')')).then_some(Target { length: at + 1, title })
}

/// `[label]` of a link that is defined, or `[]`.
pub(super) fn reference(text: &str, known: &Known) -> Option<usize> {
    let inner = text.strip_prefix('[')?;
    let end = inner.find([']', '['])?;
    let label = &inner[..end];
    let is_known = || known.links.contains(&Known::key(label)) || known.headings.contains(&Known::key(label));
    (inner.as_bytes()[end] == b']' && (label.trim().is_empty() || is_known())).then_some(end + 2)
}
