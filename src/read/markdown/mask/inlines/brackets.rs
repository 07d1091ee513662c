//! Square brackets: links, stretches with attributes, changes, citations, cross references, links of wikis.

use std::ops::Range;

use super::{Bracket, Scanner, address, code_end};
use crate::read::cites;
use crate::read::markdown::mask::attributes::braces;
use crate::read::markdown::mask::lines::says_words;
use crate::read::markdown::mask::{Attributes, LONGEST, Mark, Opening, Told, VOID};
use crate::span::Span;

/// The inside of a wiki link, whose opening brackets stand before `rest`. Numbers are calls of notes, and editors set what is
/// struck out in double brackets, with spaces or more than a name.
/// `in_note`: whether a bracket behind it closes what holds the link.
pub(super) fn wiki(rest: &str, in_note: bool) -> Option<&str> {
    let end = rest.bytes().take(200).position(|byte| matches!(byte, b']' | b'[' | b'\n'))?;
    let inner = &rest[..end];
    let goes_on = |behind: &str| behind.starts_with(['(', '[', '{', ':']) || behind.starts_with(']') && !in_note;
    let closes = rest[end..].starts_with("]]") && !goes_on(&rest[end + 2..]);
    let fits = !inner.starts_with([' ', '^', '@']) && !inner.ends_with(' ') && inner.contains(char::is_alphabetic);
    (closes && fits).then_some(inner)
}

/// Whether an at sign among the first `length` bytes stands in code, which may go on behind them.
fn holds_key_in_code(text: &str, length: usize) -> bool {
    let mut at = 0;
    while let Some(found) = text[at..length].find('`') {
        if text[..at + found].ends_with('\\') {
            at += found + 1;
            continue;
        }
        let ticks = text[at + found..].bytes().take_while(|byte| *byte == b'`').count();
        let from = at + found + ticks;
        at = match code_end(text, from, text.len().min(from + LONGEST), ticks) {
            Some(close) if text[from..close.clamp(from, length.max(from))].contains('@') => return true,
            Some(close) => close + ticks,
            None => from,
        };
        if at >= length {
            break;
        }
    }
    false
}

impl Scanner<'_, '_> {
    pub(super) fn open_bracket(&mut self, at: usize, end: usize) -> usize {
        let is_image = at > 0 && self.text.as_bytes()[at - 1] == b'!';
        if let Some(to) = self.named_note(at, end) {
            return to;
        }
        if self.known.lines
            && !is_image
            && let Some(to) = self.forum(at, end)
        {
            return to;
        }
        if !self.edits.is_own(at) && self.text[at..end].starts_with("[ENDFOOTNOTE]") {
            return at + "[ENDFOOTNOTE]".len();
        }
        if self.known.lines
            && self.byte(at + 1, end) == Some(b'[')
            && let Some(inner) = wiki(&self.text[at + 2..end], self.brackets.last().is_some_and(|around| around.is_note))
        {
            let to = at + inner.len() + 4;
            let from = at - usize::from(is_image);
            self.edits.mark(from..to, Mark::Wiki { inner: inner.replace("\\|", "|"), embeds: is_image });
            return to;
        }
        self.tell_brackets(at, end);
        if let Some(to) = self.cited(at, end).filter(|_| !is_image) {
            self.edits.mark(at..to, Mark::Citation(self.text[at..to].to_owned()));
            return to;
        }
        if self.brackets.last().is_some_and(|around| around.is_image)
            && let Some(label) =
                self.text[at + 1..end].strip_prefix('^').and_then(|rest| rest.split_once(']')).map(|found| found.0)
            && self.is_defined(label)
        {
            let to = at + label.len() + 3;
            self.edits.mark(at..to, Mark::NoteCall(label.to_owned()));
            return to;
        }
        self.brackets.push(Bracket { at, is_note: false, is_image });
        at + 1
    }

    /// Says of marks of WordPress and of MultiMarkdown's citations that they stay.
    fn tell_brackets(&mut self, at: usize, end: usize) {
        let rest = &self.text[at + 1..end];
        if !self.known.lines {
            return;
        }
        if let Some(rest) = rest.strip_prefix('#') {
            let length = rest.bytes().take(80).position(|byte| matches!(byte, b']' | b' ' | b'\n' | b'['));
            let key = length.filter(|length| rest.as_bytes()[*length] == b']').map_or("", |length| &rest[..length]);
            let key = key.trim_end_matches(';');
            let text = self.text;
            let keys = self.keys.get_or_insert_with(|| {
                let lines = text.lines().filter_map(|line| line.strip_prefix("[#")?.split_once("]:"));
                lines.filter(|(_, behind)| says_words(behind)).map(|(key, _)| key).collect()
            });
            if keys.contains(key) {
                self.edits.tell(Told::BracketCitation, at..at + key.len() + 3);
            }
            return;
        }
        let own = rest.strip_prefix('/').unwrap_or(rest);
        let name = &own[..own.bytes().take_while(|byte| byte.is_ascii_lowercase() || *byte == b'_').count()];
        if !WORDPRESS.contains(&name) {
            return;
        }
        let Some(length) = rest.bytes().take(LONGEST).position(|byte| matches!(byte, b']' | b'[')) else { return };
        let text = self.text;
        let closed = self.closed.get_or_insert_with(|| {
            let is_closed = |name: &&&str| text.contains(&format!("[/{name}]"));
            WORDPRESS.iter().filter(is_closed).copied().collect()
        });
        // Those of captions around a picture are read.
        let (is_end, is_closed) = (own.len() < rest.len(), closed.contains(name));
        let is_read = name == "caption" && is_closed && (is_end || rest[length + 1..].starts_with(['!', '<']));
        let is_mark = is_end || is_closed || rest[..length].contains("=\"");
        if rest[length..].starts_with(']') && is_mark && !is_read {
            self.edits.tell(Told::Shortcode, at..at + length + 2);
        }
    }

    /// Whether a line of the text defines the note of a label.
    pub(super) fn is_defined(&mut self, label: &str) -> bool {
        let text = self.text;
        let labels = self.notes.get_or_insert_with(|| {
            let lines = text.lines().filter_map(|line| line.trim_start_matches([' ', '>']).strip_prefix("[^"));
            lines.filter_map(|rest| rest.split_once("]:")).map(|(label, _)| label).collect()
        });
        labels.contains(label)
    }

    /// Where a group of citations in brackets ends.
    pub(super) fn cited(&self, at: usize, end: usize) -> Option<usize> {
        let rest = &self.text[at + 1..end];
        let mut depth = 0_u32;
        let mut is_escaped = false;
        let length = rest.bytes().take(LONGEST).position(|byte| {
            if std::mem::take(&mut is_escaped) {
                return false;
            }
            is_escaped = byte == b'\\';
            depth = match byte {
                b'{' => depth + 1,
                b'}' => depth.saturating_sub(1),
                _ => depth,
            };
            byte == b'[' || byte == b']' && depth == 0
        })?;
        let inner = &rest[..length];
        let behind = rest[length..].strip_prefix(']')?;
        // What a program is called stands in code: [`@scope/name`].
        let is_code = inner.contains('`') && holds_key_in_code(rest, length);
        let fits = self.known.lines
            && inner.contains('@')
            && !is_code
            && !inner.contains("\n\n")
            && (!behind.starts_with(['(', '[', '{', ':']) || behind.starts_with("[@") || behind.starts_with("[-@"));
        // The labels of numbered examples are another's.
        let is_example = |cite: &crate::tree::Cite| self.examples.contains_key(cite.key.as_str());
        let cites = cites::group(inner, Span::default()).filter(|_| fits)?;
        (!cites.iter().any(is_example)).then_some(at + length + 2)
    }

    pub(super) fn close_bracket(&mut self, at: usize, end: usize) -> usize {
        let Some(open) = self.brackets.pop() else { return at + 1 };
        let rest = &self.text[at + 1..end];
        if open.is_note {
            if !self.text[open.at + 2..at].trim().is_empty() {
                self.edits.mark(open.at..open.at + 2, Mark::Open(Opening::Note));
                self.edits.mark(at..at + 1, Mark::Close(Opening::Note));
            }
            return at + 1;
        }
        if let Some(behind) = self.reference_of_generator(at + 1, end).filter(|_| !open.is_image) {
            return behind;
        }
        match rest.as_bytes().first() {
            Some(b'(') => match address(rest) {
                Some(length) => {
                    self.flatten_link(&open, at, &rest[..length]);
                    self.attributes(at + 1 + length, end)
                }
                None if open.is_image => self.sized(at + 1, end).unwrap_or(at + 1),
                None => at + 1,
            },
            Some(b'[') => {
                let label = rest[1..].bytes().take(400).position(|byte| matches!(byte, b']' | b'['));
                match label.filter(|length| rest.as_bytes()[length + 1] == b']') {
                    Some(length) if self.byte(at + length + 3, end) == Some(b'{') => self.attributes(at + length + 3, end),
                    _ => at + 1,
                }
            }
            Some(b'{') if open.is_image => self.attributes(at + 1, end),
            Some(b'{') => match braces(rest) {
                Some((found, length)) => {
                    self.edits.mark(open.at..open.at + 1, Mark::Open(Opening::Span(found)));
                    self.edits.mark(at..at + 1 + length, Mark::Close(Opening::Span(Attributes::default())));
                    at + 1 + length
                }
                None => at + 1,
            },
            _ => at + 1,
        }
    }

    /// `({{< ref "other.md" >}})` of Hugo, `({% link other.md %})` of Jekyll: what they name is the address. Gives where it ends.
    fn reference_of_generator(&mut self, at: usize, end: usize) -> Option<usize> {
        let rest = &self.text[at..end];
        let forms = [
            ("({{< ref ", ">}})"),
            ("({{< relref ", ">}})"),
            ("({{% ref ", "%}})"),
            ("({{% relref ", "%}})"),
            ("({{<ref ", ">}})"),
            ("({{<relref ", ">}})"),
            ("({% link ", "%})"),
        ];
        let (open, close) = forms.iter().find(|(open, _)| rest.starts_with(open))?;
        let length = rest.bytes().take(LONGEST).position(|byte| byte == b'\n').unwrap_or(rest.len().min(LONGEST));
        let inner = rest.get(open.len()..length)?;
        let inner = &inner[..inner.find(close)?];
        let name = inner.trim().trim_matches(['"', '`']);
        (!name.is_empty() && !name.contains(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '\\')))
            .then_some(())?;
        let to = at + open.len() + inner.len() + close.len();
        self.edits.write(at..to - 1, &format!("(<{name}>"));
        Some(to)
    }

    /// A picture's size behind its address, `(tree.png =200x150)` or `=50%x` (markdown-it, HackMD): gives where the address ends.
    fn sized(&mut self, at: usize, end: usize) -> Option<usize> {
        let rest = &self.text[at..end];
        let line = &rest[..rest.find('\n').unwrap_or(rest.len()).min(LONGEST * 4)];
        let from = line.find(" =").filter(|from| *from > 1 && !line[..*from].contains([')', ' ']))?;
        let said = &line[from + 2..];
        let said = &said[..said.find([' ', ')'])?];
        let (width, height) = said.split_once('x')?;
        let is_size = |text: &str| text.trim_end_matches('%').bytes().all(|byte| byte.is_ascii_digit()) && text.len() < 6;
        (is_size(width) && is_size(height) && (width.is_empty() || width.starts_with(|c: char| c != '%')) && said.len() > 1)
            .then_some(())?;
        let place = at + from + 1..at + from + 2 + said.len();
        let whole = format!("{}{}{}", &rest[..from], " ".repeat(said.len() + 2), &line[from + 2 + said.len()..]);
        let length = address(&whole)?;
        self.edits.fill(place.clone(), b' ');
        match width.is_empty() {
            true => self.edits.tell(Told::Attribute, place),
            false => self.edits.marks.push((place.start, Mark::Width(width.to_owned()))),
        }
        Some(self.attributes(at + length, end))
    }

    /// A link within another that leads to the same place, as pandoc makes them of a Word file's contents: the outer holds its words.
    pub(super) fn flatten_link(&mut self, open: &Bracket, close: usize, address: &str) {
        let link = open.at..close + 1 + address.len();
        if open.is_image {
            return;
        }
        if let Some((inner, closing)) = self.last_link.replace((link.clone(), close))
            && open.at < inner.start
            && inner.end <= close
            && self.text[closing + 1..inner.end] == *address
            && address.starts_with("(#")
        {
            self.edits.fill(inner.start..inner.start + 1, VOID);
            self.edits.fill(closing..inner.end, VOID);
        }
    }

    /// `@key` of a citation or a cross reference: another's address has a name before the sign.
    pub(super) fn citation(&mut self, at: usize, range: Range<usize>) -> usize {
        // The label of a list's item.
        if self.edits.bytes.as_ref().is_some_and(|bytes| bytes[at] != b'@') {
            return at + 1;
        }
        let key = &self.text[at + 1..range.end];
        // A key in braces has whatever signs it likes.
        if key.starts_with('{')
            && self.known.lines
            && !self.before(at, range.start).is_some_and(|c| c.is_alphanumeric() || "@_.{".contains(c))
            && let Some((length, _)) = cites::key(key)
        {
            let end = at + 1 + length;
            let end = self.cited_place(end, range.end).unwrap_or(end);
            self.edits.mark(at..end, Mark::Citation(self.text[at..end].to_owned()));
            return end;
        }
        let length = key.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b"-_:./".contains(byte)).count();
        let key = key[..length].trim_end_matches(['.', ':', '-', '/']);
        let joined = self.before(at, range.start).is_some_and(|c| c.is_alphanumeric() || "@_.".contains(c));
        if key.starts_with(|c: char| c.is_ascii_alphabetic()) && !joined && self.known.lines {
            if let Some(number) = self.examples.get(key) {
                self.edits.mark(at..at + 1 + key.len(), Mark::Count(*number));
                return at + 1 + key.len();
            }
            let end = at + 1 + key.len();
            let end = self.cited_place(end, range.end).unwrap_or(end);
            self.edits.mark(at..end, Mark::Citation(self.text[at..end].to_owned()));
            return end;
        }
        at + 1 + key.len()
    }

    /// Where brackets end that say which part of a work is cited: `@doe99 [p. 33]`.
    pub(super) fn cited_place(&self, at: usize, end: usize) -> Option<usize> {
        let rest = self.text[at..end].strip_prefix(" [")?;
        let length = rest.bytes().take(LONGEST).position(|byte| matches!(byte, b'[' | b']'))?;
        let behind = rest[length..].strip_prefix(']')?;
        let inner = &rest[..length];
        let has_place = || cites::narrative("x", inner, Span::default()).locator.is_some();
        let has_more = || cites::read(&format!("@x [{inner}]"), Span::default()).is_some_and(|cites| cites.len() > 1);
        let is_word = ["s.v. ", "s.vv. ", "sub verbo "].iter().any(|word| inner.starts_with(word));
        ((is_word || has_place() || inner.contains('@') && has_more()) && !behind.starts_with(['(', '[', '{', ':']))
            .then_some(at + 3 + length)
    }
}

/// Marks of WordPress between brackets.
const WORDPRESS: &[&str] =
    &["caption", "gallery", "embed", "audio", "video", "playlist", "youtube", "vimeo", "wp_caption", "vc_row", "vc_column"];
