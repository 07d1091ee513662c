//! The words of a line: styles, links, notes and pages as plain text says them.

use super::Galley;
use crate::settings::Emphasis;
use crate::tree::{Inline, Node, PageBreak, Style, inline_children, plain_text};

/// The styles that are already shown around a stretch: a mark in a mark says nothing.
#[derive(Clone, Copy, Default)]
struct Around {
    emphasis: bool,
    strong: bool,
}

/// How plain text shows a style.
enum Shown {
    /// By a mark before and one behind.
    Between(char),
    /// By a mark before it.
    Before(char),
    /// By the signs that Unicode has for raised figures.
    Raised,
    Plain,
}

impl<'a> Galley<'a> {
    /// The words of a line, notes called by their number. A newline in it ends a line.
    pub(super) fn flow(&mut self, inlines: &'a [Node<Inline>]) -> String {
        let mut said = String::new();
        self.say(inlines, Around::default(), &mut said);
        said.push_str(&std::mem::take(&mut self.waiting));
        said
    }

    fn say(&mut self, inlines: &'a [Node<Inline>], around: Around, said: &mut String) {
        for (at, node) in inlines.iter().enumerate() {
            match &node.kind {
                Inline::Text(text) | Inline::Code(text) | Inline::Math(text) => self.push(text, said),
                Inline::LineBreak => {
                    said.push_str(&std::mem::take(&mut self.waiting));
                    said.push('\n');
                }
                Inline::Styled(style, inner) => self.styled(*style, inner, around, said),
                Inline::Span(_) | Inline::Citation(_) | Inline::Reference(_) => {
                    self.say(inline_children(&node.kind), around, said)
                }
                // As newspapers set what has no room beside the line.
                Inline::Ruby { base, reading } => {
                    self.say(base, around, said);
                    said.push_str(&format!("（{reading}）"));
                }
                Inline::Link(link) => {
                    self.say(&link.text, around, said);
                    let shown = plain_text(&link.text);
                    let address = link.target.strip_prefix("mailto:").unwrap_or(&link.target);
                    if !link.target.starts_with('#') && shown != address && shown != link.target {
                        // The address of half a word stands behind the whole: `[Sender](…)s`.
                        let into = if goes_on(inlines.get(at + 1)) { &mut self.waiting } else { &mut *said };
                        into.push_str(&format!(" <{address}>"));
                    }
                }
                Inline::Image(image) if image.alt.is_empty() => {}
                Inline::Image(image) => said.push_str(&self.illustration(&image.alt)),
                Inline::Note(note) => {
                    self.notes.push(note);
                    call(&self.marks.mark(note.id), inlines.get(at + 1), said);
                }
                Inline::NoteCall(id) => call(&self.marks.mark(*id), inlines.get(at + 1), said),
                Inline::PageBreak(page) => {
                    if let Some(mark) = self.page_mark(page) {
                        self.waiting.push(' ');
                        self.waiting.push_str(&mark);
                    }
                    if page.space {
                        said.push_str(&std::mem::take(&mut self.waiting));
                        said.push(' ');
                    }
                }
                Inline::IndexTerm(_) | Inline::LineEnd | Inline::Comment(_) => {}
            }
        }
    }

    /// Text of the source. What waits for the end of its first word stands behind it: an address before the word's comma, a page's mark
    /// behind.
    fn push(&mut self, text: &str, said: &mut String) {
        let mut rest = text;
        let is_address = self.waiting.starts_with(" <");
        let ends = |c: char| c.is_whitespace() || is_address && !c.is_alphanumeric();
        if let (false, Some(end)) = (self.waiting.is_empty(), text.find(ends)) {
            let (word, behind) = text.split_at(end);
            push_plain(word, said);
            said.push_str(&std::mem::take(&mut self.waiting));
            rest = behind;
        }
        push_plain(rest, said);
    }

    fn styled(&mut self, style: Style, inner: &'a [Node<Inline>], around: Around, said: &mut String) {
        let marked = self.settings.emphasis == Emphasis::Marked;
        let shown = match style {
            Style::Emphasis | Style::Underline | Style::Highlight if marked && !around.emphasis => Shown::Between('_'),
            // Struck words are no style, but what the author took back: without a mark they would say the contrary.
            Style::Strikethrough => Shown::Between('~'),
            Style::Strong if marked && !around.strong => Shown::Between('='),
            Style::Superscript if is_number(inner) && self.settings.ascii => Shown::Before('^'),
            Style::Superscript if is_number(inner) => Shown::Raised,
            Style::Emphasis
            | Style::Strong
            | Style::Superscript
            | Style::Subscript
            | Style::Underline
            | Style::Small
            | Style::SmallCaps
            | Style::Highlight => Shown::Plain,
        };
        let around = Around {
            emphasis: around.emphasis || matches!(style, Style::Emphasis | Style::Underline | Style::Highlight),
            strong: around.strong || style == Style::Strong,
        };
        let from = said.len();
        self.say(inner, around, said);
        match shown {
            Shown::Between(mark) => {
                // The marks stand close to the words, whatever space the stretch begins or ends with.
                let text = &said[from..];
                let (start, end) = (from + text.len() - text.trim_start().len(), from + text.trim_end().len());
                if start < end {
                    said.insert(end, mark);
                    said.insert(start, mark);
                }
            }
            Shown::Before(mark) => said.insert(from, mark),
            Shown::Raised => {
                let raised: String = said[from..].chars().map(raised).collect();
                said.replace_range(from.., &raised);
            }
            Shown::Plain => {}
        }
    }

    /// What stands where a printed page begins, where the user wants it: braces, since brackets call notes.
    pub(super) fn page_mark(&self, page: &PageBreak) -> Option<String> {
        page.label.as_ref().filter(|_| self.settings.pages).map(|label| format!("{{{}}}", label.replace(' ', "\u{A0}")))
    }

    /// What stands for an image.
    pub(super) fn illustration(&self, alt: &str) -> String {
        let label = self.words.get("illustration");
        if alt.trim().is_empty() { format!("[{label}]") } else { format!("[{label}: {alt}]") }
    }
}

/// The call of a note. Before a number it stands apart from it: close to it, it would seem to be of it.
fn call(mark: &str, next: Option<&Node<Inline>>, said: &mut String) {
    let parted = said.is_empty() || said.ends_with(char::is_whitespace);
    said.push_str(&format!("[{mark}]"));
    if parted && next.is_some_and(begins_with_figure) {
        said.push(' ');
    }
}

/// Whether a figure stands first in what is said.
fn begins_with_figure(node: &Node<Inline>) -> bool {
    match &node.kind {
        Inline::Text(text) | Inline::Code(text) => text.starts_with(char::is_numeric),
        kind => inline_children(kind).first().is_some_and(begins_with_figure),
    }
}

/// Whether a word goes on in what stands behind a link.
fn goes_on(next: Option<&Node<Inline>>) -> bool {
    matches!(next.map(|node| &node.kind), Some(Inline::Text(text)) if text.starts_with(char::is_alphanumeric))
}

/// Text as lines are filled from it: the source's line ends are spaces, and a soft hyphen, which shows nothing until a line ends
/// at it, is left out.
fn push_plain(text: &str, said: &mut String) {
    const SOFT: &[u8] = "\u{AD}".as_bytes();
    let mut from = 0;
    for at in memchr::memchr2_iter(b'\n', SOFT[0], text.as_bytes()) {
        let (instead, length) = match &text.as_bytes()[at..] {
            [b'\n', ..] => (" ", 1),
            rest if rest.starts_with(SOFT) => ("", SOFT.len()),
            _ => continue,
        };
        said.push_str(&text[from..at]);
        said.push_str(instead);
        from = at + length;
    }
    said.push_str(&text[from..]);
}

/// Whether a superscript is a number, which plain letters would join to what stands before it.
fn is_number(inner: &[Node<Inline>]) -> bool {
    let text = plain_text(inner);
    inner.iter().all(|node| matches!(node.kind, Inline::Text(_)))
        && !text.is_empty()
        && text.chars().all(|c| c.is_ascii_digit() || "+-−".contains(c))
}

/// The raised form of a figure or a sign (Unicode, "Superscripts and Subscripts").
fn raised(c: char) -> char {
    match c {
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '+' => '⁺',
        '-' | '−' => '⁻',
        '0' | '4'..='9' => char::from_u32(0x2070 + u32::from(c) - u32::from('0')).unwrap_or(c),
        c => c,
    }
}
