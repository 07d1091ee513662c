//! The characters of a line, whatever nodes they stand in: what a mark means is told by its neighbours, and these may be in bold.

use std::collections::BTreeMap;
use std::ops::Range;

use super::places;
use crate::tree::{Inline, Node, Style, inline_children, plain_text};

/// Stands for what is no text: a formula, code, an image. It is like a word.
const OBJECT: char = '\u{FFFC}';

/// A character of the line.
#[derive(Clone, Copy, Debug)]
struct Sign {
    c: char,
    /// Which of the line's texts it stands in, and at which byte; none for what is no text.
    text: Option<(u32, u32)>,
    /// Its byte in the source.
    place: u32,
    tongue: u16,
}

/// A change of some signs.
#[derive(Clone, Debug)]
pub struct Setting {
    pub signs: Range<usize>,
    pub with: String,
    pub sure: f32,
}

/// The changes of each text, in order.
pub type Edits = BTreeMap<usize, Vec<(Range<usize>, String)>>;

/// A line, or lines that are read as one.
pub struct Flow<'a> {
    source: &'a str,
    signs: Vec<Sign>,
    tongues: Vec<String>,
    texts: u32,
}

impl<'a> Flow<'a> {
    pub fn new(source: &'a str) -> Self {
        Self { source, signs: Vec::new(), tongues: Vec::new(), texts: 0 }
    }

    pub fn line(&mut self, line: &[Node<Inline>], tongue: &str) {
        for node in line {
            let tongue = node.lang().unwrap_or(tongue);
            match &node.kind {
                Inline::Text(text) => self.text(text, node, tongue),
                Inline::LineBreak => self.object('\n'),
                Inline::Code(_) | Inline::Math(_) | Inline::Image(_) => self.object(OBJECT),
                Inline::PageBreak(page) if page.space => self.object(' '),
                Inline::Citation(_) | Inline::Reference(_) => self.object(OBJECT),
                Inline::IndexTerm(_)
                | Inline::Note(_)
                | Inline::NoteCall(_)
                | Inline::PageBreak(_)
                | Inline::LineEnd
                | Inline::Comment(_) => {}
                Inline::Styled(..) | Inline::Span(_) | Inline::Ruby { .. } | Inline::Link(_) => match is_closed(&node.kind) {
                    true => self.object(OBJECT),
                    false => self.line(inline_children(&node.kind), tongue),
                },
            }
        }
    }

    /// The line's end.
    pub fn end(&mut self) {
        self.object('\n');
    }

    fn text(&mut self, text: &str, node: &Node<Inline>, tongue: &str) {
        let number = self.tongues.iter().position(|own| own == tongue).unwrap_or_else(|| {
            self.tongues.push(tongue.to_owned());
            self.tongues.len() - 1
        });
        let source = self.source.get(node.span.range()).unwrap_or("");
        let places = places::of(text, source, node.span.start as usize);
        for ((at, c), place) in text.char_indices().zip(places) {
            self.signs.push(Sign { c, text: Some((self.texts, at as u32)), place, tongue: number as u16 });
        }
        self.texts += 1;
    }

    fn object(&mut self, c: char) {
        self.signs.push(Sign { c, text: None, place: places::NONE, tongue: 0 });
    }

    pub fn len(&self) -> usize {
        self.signs.len()
    }

    /// The character at `at`; outside of the line, white space.
    pub fn at(&self, at: usize) -> char {
        self.signs.get(at).map_or('\n', |sign| sign.c)
    }

    /// The character before `at`.
    pub fn before(&self, at: usize) -> char {
        at.checked_sub(1).map_or('\n', |at| self.at(at))
    }

    pub fn said(&self, signs: Range<usize>) -> String {
        self.signs[signs].iter().map(|sign| sign.c).collect()
    }

    /// In which language a sign stands.
    pub fn tongue(&self, at: usize) -> &str {
        self.tongues.get(usize::from(self.signs[at].tongue)).map_or("und", String::as_str)
    }

    /// Where some signs stand in the source, if they stand there as they are, side by side.
    pub fn place(&self, signs: Range<usize>) -> Option<Range<usize>> {
        let own = &self.signs[signs];
        let (first, last) = (own.first()?, own.last()?);
        let text = first.text?.0;
        let mut next = first.place;
        for sign in own {
            if sign.place == places::NONE || sign.place != next || sign.text?.0 != text {
                return None;
            }
            next += sign.c.len_utf8() as u32;
        }
        Some(first.place as usize..last.place as usize + last.c.len_utf8())
    }

    /// Changes, by the texts that they change.
    pub fn edits(&self, settings: &[Setting]) -> Edits {
        let mut edits = Edits::new();
        for setting in settings {
            let own = &self.signs[setting.signs.clone()];
            let (Some(first), Some(last)) = (own.first(), own.last()) else { continue };
            let (Some((text, start)), Some((_, end))) = (first.text, last.text) else { continue };
            let range = start as usize..end as usize + last.c.len_utf8();
            edits.entry(text as usize).or_default().push((range, setting.with.clone()));
        }
        edits
    }
}

/// Whether no mark inside an inline is set: an address that is its own text, a number or a sign set high or low.
pub fn is_closed(kind: &Inline) -> bool {
    match kind {
        Inline::Link(link) => {
            let text = plain_text(&link.text);
            link.target.ends_with(&text) || text.contains("://")
        }
        Inline::Styled(style, _) => matches!(style, Style::Superscript | Style::Subscript),
        Inline::Text(_)
        | Inline::LineBreak
        | Inline::Span(_)
        | Inline::Ruby { .. }
        | Inline::Code(_)
        | Inline::Math(_)
        | Inline::Image(_)
        | Inline::Citation(_)
        | Inline::Reference(_)
        | Inline::IndexTerm(_)
        | Inline::Note(_)
        | Inline::NoteCall(_)
        | Inline::PageBreak(_)
        | Inline::LineEnd
        | Inline::Comment(_) => false,
    }
}
