//! Marks of forums (BBCode), and a reader of scans that writes notes in the same dress: `[b]words[/b]`, `[FOOTNOTE:3]words[ENDFOOTNOTE]`.

use super::{End, Scanner};
use crate::read::markdown::mask::{Mark, Opening, Told, VOID};
use crate::tree::Style;

/// Marks that say how words look.
const STYLES: [(&str, Style); 6] = [
    ("b", Style::Strong),
    ("i", Style::Emphasis),
    ("u", Style::Underline),
    ("s", Style::Strikethrough),
    ("sup", Style::Superscript),
    ("sub", Style::Subscript),
];

/// Those that a book's design decides on.
const LOOKS: [&str; 7] = ["color", "size", "font", "center", "left", "right", "justify"];

/// Those of blocks, which stay as they are written.
const BLOCKS: [&str; 5] = ["quote", "list", "code", "img", "spoiler"];

/// So far at most a mark is looked for that closes another.
const REACH: usize = 4_000;

impl Scanner<'_, '_> {
    /// Takes a mark that another closes in the same stretch; gives where to go on.
    pub(super) fn forum(&mut self, at: usize, end: usize) -> Option<usize> {
        let rest = &self.text[at + 1..end];
        if !self.edits.is_own(at) && rest.starts_with('/') {
            // It was answered where it opened.
            return Some(at + 2 + rest.find(']')?);
        }
        let said = &rest[..rest.bytes().take_while(u8::is_ascii_alphabetic).take(8).count()];
        if said.is_empty() || !rest[said.len()..].starts_with([']', '=']) {
            return None;
        }
        let name = said.to_ascii_lowercase();
        let style = STYLES.iter().find(|(known, _)| *known == name).map(|(_, style)| *style);
        let (looks, block) = (LOOKS.contains(&name.as_str()), BLOCKS.contains(&name.as_str()));
        (style.is_some() || looks || block || name == "url").then_some(())?;
        let length = rest.bytes().take(400).position(|byte| matches!(byte, b']' | b'[' | b'\n'))?;
        rest[length..].starts_with(']').then_some(())?;
        let value = rest[said.len()..length].strip_prefix('=').map(|value| value.trim_matches('"'));
        let from = at + length + 2;
        let near = &self.text.as_bytes()[from..end.min(from + REACH)];
        let closing = format!("[/{said}]");
        let close = from + memchr::memmem::find(near, closing.as_bytes())?;
        let (open, closed) = (at..from, close..close + closing.len());
        (!self.text[from..close].trim().is_empty()).then_some(())?;
        match (style, value) {
            (Some(style), None) => {
                self.edits.mark(open, Mark::Open(Opening::Style(style)));
                self.edits.mark(closed, Mark::Close(Opening::Style(style)));
            }
            (None, Some(target)) if name == "url" => {
                let is_address = !target.is_empty() && !target.contains(|c: char| c.is_whitespace() || matches!(c, '<' | '>'));
                is_address.then_some(())?;
                self.edits.mark(open, Mark::Open(Opening::Link(target.to_owned())));
                self.edits.mark(closed, Mark::Close(Opening::Link(String::new())));
            }
            (None, None) if name == "url" => {
                let address = &self.text[from..close];
                let fits = address.starts_with("http") && !address.contains(|c: char| c.is_whitespace() || "<>\\[".contains(c));
                fits.then_some(())?;
                // An address stands between angles.
                self.edits.fill(at..from - 1, VOID);
                self.edits.fill(from - 1..from, b'<');
                self.edits.fill(close..close + 1, b'>');
                self.edits.fill(close + 1..closed.end, VOID);
                return Some(closed.end);
            }
            (None, _) if looks => {
                self.edits.tell(Told::Forum, open.clone());
                self.edits.fill(open, VOID);
                self.edits.fill(closed, VOID);
            }
            (None, _) if block => {
                self.edits.tell(Told::Forum, open);
                // An item's star opens no emphasis.
                let stars = self.text[from..close].match_indices("[*]").map(|(star, _)| from + star + 1);
                stars.for_each(|star| self.edits.text(star..star + 1));
                return None;
            }
            _ => return None,
        }
        Some(from)
    }

    /// A note that stands where it is called (Nougat). At the front of a paragraph it is one at the foot.
    pub(super) fn named_note(&mut self, at: usize, end: usize) -> Option<usize> {
        const OPEN: &str = "[FOOTNOTE:";
        const CLOSE: &str = "[ENDFOOTNOTE]";
        let rest = self.text[at..end].strip_prefix(OPEN)?;
        let label = rest.bytes().take(8).position(|byte| byte == b']')?;
        self.before(at, 0).is_some_and(|c| c != '\n').then_some(())?;
        let from = at + OPEN.len() + label + 1;
        let close = self.find(End::Footnote, from, end, CLOSE)?;
        (close - from <= REACH && !self.text[from..close].trim().is_empty()).then_some(())?;
        self.edits.mark(at..from, Mark::Open(Opening::Note));
        self.edits.mark(close..close + CLOSE.len(), Mark::Close(Opening::Note));
        Some(from)
    }
}
