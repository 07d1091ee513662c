//! What CommonMark's parser doesn't know, or gets wrong, is hidden from it: the bytes of a mark are replaced by as many that say
//! nothing to it, so that every place stays the source's, and the builder answers the mark when its place comes by. Sources are
//! cleaned, so that the control characters used for it never stand in them.
//!
//! A mark that the parser sees in code, in HTML or in an address after all comes back as the source wrote it
//! ([`Masked::restore`]): a wrong guess of the scanner costs a mark, never a letter.

mod attributes;
mod edges;
mod emoji;
mod formula;
mod inlines;
mod lines;
mod lists;
mod roles;
mod told;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

pub use attributes::{Attributes, braces};
pub use formula::{first as first_formula, is_on_own_lines};
pub use lines::BIBLIOGRAPHY;
pub use lists::Style as Counting;
pub use told::{Kind as Told, remark};

use crate::bytes;
use crate::tree::Style;

/// The first byte of a mark.
pub const MARK: u8 = 0x04;
/// A byte of a mark that says no more.
pub const VOID: u8 = 0x03;
/// The class of a group that was one of several tabs, of which a page on a screen shows one at a time (MkDocs).
pub const TAB: &str = "tab";
/// The source's own byte, as text.
pub const TEXT: u8 = 0x05;
/// A byte of a mark that is a space to the parser, but to no line: cleaned texts have none (a vertical tab).
const SPACE: u8 = 0x0B;
/// The most bytes that are looked through for what may never come.
const LONGEST: usize = 500;

/// What stands at a [`MARK`], or on a line that was replaced by a rule.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    Open(Opening),
    /// Closes the innermost opening of its kind.
    Close(Opening),
    /// Attributes of the inline before.
    Attributes(Attributes),
    /// Attributes of the block that holds the place.
    BlockAttributes(Attributes),
    /// Attributes of the list that holds the place.
    ListAttributes(Attributes),
    Formula {
        tex: String,
        displayed: bool,
        /// What braces behind a displayed one say of it.
        attributes: Option<Attributes>,
    },
    /// The number of an example that the text counts.
    Count(u64),
    /// What a MyST role makes of its words: `` {ref}`words <target>` ``.
    Role {
        name: String,
        inner: String,
    },
    /// Words and how they are read: all of them, or one by one.
    Ruby {
        base: String,
        readings: Vec<String>,
    },
    /// How wide the picture is in which the mark stands.
    Width(String),
    /// A sign that is written by its name.
    Sign(&'static str),
    Comment(String),
    /// A citation, or references of the same form, as it is written.
    Citation(String),
    /// A field of the metadata by its name: `{{title}}`.
    Variable(String),
    /// The call of a note in the description of a picture, where the parser takes none.
    NoteCall(String),
    /// `[[page|words]]`, or a picture by `![[file]]`.
    Wiki {
        inner: String,
        embeds: bool,
    },
    /// A line of a line block begins, so many spaces further in.
    Line(usize),
    /// A cell ends that the head of the table has no column for.
    Bar,
    /// A quotation or an item is an admonition; its title is the rest of the line.
    Admonition(String),
    /// The quotation that begins here is a group of this class.
    Lettered(&'static str),
    /// The paragraph is the caption of the table beside it.
    Caption,
    /// The number of a list's item in letters or Roman numerals.
    Enumerator(lists::Enumerator),
    DivOpen(Div),
    DivClose,
    /// The place of a list of what has captions: `figures` or `tables`.
    ListOf(&'static str),
    /// What an abbreviation stands for: `*[HTML]: Hypertext Markup Language`.
    Abbreviation,
}

/// A stretch that opens and closes in a line.
#[derive(Clone, Debug, PartialEq)]
pub enum Opening {
    Style(Style),
    Highlight,
    Span(Attributes),
    Note,
    /// Code, as far as it is words.
    Mono,
    /// Words as they are.
    Plain,
    /// A link to what is named.
    Link(String),
}

impl Opening {
    pub fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Style(own), Self::Style(other)) => own == other,
            (Self::Highlight, Self::Highlight)
            | (Self::Span(_), Self::Span(_))
            | (Self::Note, Self::Note)
            | (Self::Mono, Self::Mono)
            | (Self::Plain, Self::Plain)
            | (Self::Link(_), Self::Link(_)) => true,
            (Self::Style(_) | Self::Highlight | Self::Span(_) | Self::Note | Self::Mono | Self::Plain | Self::Link(_), _) => {
                false
            }
        }
    }
}

/// What a fence of colons opens.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Div {
    pub attributes: Attributes,
    /// The name of a directive, in braces.
    pub directive: Option<String>,
    pub title: String,
}

/// How much of the dialects a stretch of text may have.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known {
    /// Whether `^x^` is raised.
    pub carets: bool,
    /// Whether lines stand as the author set them, so that what they begin with says something: line blocks, lettered lists,
    /// captions. Not where lines end only because the page does.
    pub lines: bool,
}

/// A text as the parser sees it.
pub struct Masked<'a> {
    source: &'a str,
    text: Cow<'a, str>,
    /// By their places, from front to back.
    marks: Vec<(usize, Mark)>,
    /// What was seen and is not read, with its places.
    pub told: Vec<(Told, Range<usize>)>,
    /// What the definitions of links say of each link, by their labels.
    defined: BTreeMap<String, Attributes>,
}

/// A change of the text: bytes that get another.
struct Edits<'a> {
    source: &'a str,
    bytes: Option<Vec<u8>>,
    marks: Vec<(usize, Mark)>,
    told: Vec<(Told, Range<usize>)>,
    defined: Vec<(String, Attributes)>,
}

impl<'a> Edits<'a> {
    fn fill(&mut self, range: Range<usize>, byte: u8) {
        let bytes = self.bytes.get_or_insert_with(|| self.source.as_bytes().to_vec());
        bytes[range].fill(byte);
    }

    /// The bytes of `range` are a mark.
    fn mark(&mut self, range: Range<usize>, mark: Mark) {
        self.fill(range.clone(), VOID);
        self.fill(range.start..range.start + 1, MARK);
        self.marks.push((range.start, mark));
    }

    /// The bytes of `range` are text, whatever they look like.
    fn text(&mut self, range: Range<usize>) {
        self.fill(range, TEXT);
    }

    /// The bytes of `range` become `with` and then spaces.
    fn write(&mut self, range: Range<usize>, with: &str) {
        self.fill(range.clone(), b' ');
        let bytes = self.bytes.get_or_insert_with(|| self.source.as_bytes().to_vec());
        bytes[range.start..range.start + with.len()].copy_from_slice(with.as_bytes());
    }

    /// Whether a byte is still the source's.
    fn is_own(&self, at: usize) -> bool {
        self.bytes.as_ref().is_none_or(|bytes| bytes[at] == self.source.as_bytes()[at])
    }

    fn tell(&mut self, kind: Told, range: Range<usize>) {
        self.told.push((kind, range));
    }
}

impl<'a> Masked<'a> {
    /// Looks through `source` once.
    pub fn new(source: &'a str, known: Known) -> Self {
        let mut edits = Edits { source, bytes: None, marks: Vec::new(), told: Vec::new(), defined: Vec::new() };
        // A text that was not cleaned is left alone.
        if bytes::all(source.as_bytes(), |byte| (byte >= 9) & (byte != SPACE)) {
            lines::scan(source, known, &mut edits);
            edges::smooth(&mut edits);
        }
        let Edits { bytes, mut marks, told, defined, .. } = edits;
        marks.sort_by_key(|(at, _)| *at);
        let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        let (text, marks) = match text {
            Some(text) => (Cow::Owned(text), marks),
            None => (Cow::Borrowed(source), Vec::new()),
        };
        // The first definition of a label counts.
        let defined = defined.into_iter().rev().collect();
        Self { source, text, marks, told, defined }
    }

    pub fn source(&self) -> &'a str {
        self.source
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether there is nothing to answer.
    pub fn is_plain(&self) -> bool {
        matches!(self.text, Cow::Borrowed(_))
    }

    /// What the definition of a link says of each link by its label.
    pub fn defined(&self, key: &str) -> Option<&Attributes> {
        self.defined.get(key)
    }

    /// The mark at a place.
    pub fn at(&self, place: usize) -> Option<&Mark> {
        let found = self.marks.binary_search_by_key(&place, |(at, _)| *at).ok()?;
        Some(&self.marks[found].1)
    }

    /// What the quotation at a place is, where a letter before its mark says it.
    pub fn lettered(&self, place: usize) -> Option<&'static str> {
        self.within(place.saturating_sub(1)..place + 1).iter().find_map(|(_, mark)| match mark {
            Mark::Lettered(class) => Some(*class),
            _ => None,
        })
    }

    /// The marks that stand in `range`.
    pub fn within(&self, range: Range<usize>) -> &[(usize, Mark)] {
        let from = self.marks.partition_point(|(at, _)| *at < range.start);
        let to = self.marks.partition_point(|(at, _)| *at < range.end);
        &self.marks[from..to.max(from)]
    }

    /// What the source says where the parser gives `text` of the bytes `range`, in code or in HTML: the parser may have taken
    /// other bytes away, but those of marks come in order.
    pub fn restore<'t>(&'t self, text: &'t str, range: Range<usize>, from_end: bool) -> Cow<'t, str> {
        // A stretch as it stands: bytes that others were written for have no sign of it.
        if !self.is_plain() && self.text.get(range.clone()) == Some(text) {
            return Cow::Borrowed(self.source.get(range).unwrap_or(text));
        }
        if self.is_plain() || bytes::all(text.as_bytes(), |byte| !is_hidden(byte)) {
            return Cow::Borrowed(text);
        }
        let hidden: Vec<usize> = range.filter(|&at| is_hidden(self.text.as_bytes()[at])).collect();
        let count = text.bytes().filter(|byte| is_hidden(*byte)).count();
        let skip = if from_end { hidden.len().saturating_sub(count) } else { 0 };
        let mut places = hidden.into_iter().skip(skip);
        let bytes: Vec<u8> = text
            .bytes()
            .filter_map(|byte| match is_hidden(byte) {
                true => places.next().map(|at| self.source.as_bytes()[at]),
                false => Some(byte),
            })
            .collect();
        String::from_utf8_lossy(&bytes).into_owned().into()
    }

    /// The pieces of a text that the parser gives of `range`: what is text, and marks, each with its place.
    pub fn pieces(&self, text: &str, range: Range<usize>) -> Option<Vec<(Range<usize>, Piece<'_>)>> {
        if self.is_plain() || bytes::all(text.as_bytes(), |byte| !is_hidden(byte)) {
            return None;
        }
        let bytes = self.text.as_bytes();
        // Such a text is a stretch of the source as it stands.
        if self.text.get(range.clone()) != Some(text) {
            return None;
        }
        let mut pieces = Vec::new();
        let mut at = range.start;
        while at < range.end {
            let is_more = |at: usize, byte: u8| byte == VOID || byte == SPACE && self.at(at).is_none();
            let mark = if matches!(bytes[at], MARK | SPACE) { self.at(at) } else { None };
            let end = match mark {
                Some(_) => at + 1 + (at + 1..range.end).take_while(|at| is_more(*at, bytes[*at])).count(),
                None if is_of_mark(bytes[at]) => at + 1,
                None => at + bytes[at..range.end].iter().take_while(|byte| !is_of_mark(**byte)).count(),
            };
            match mark {
                Some(mark) => pieces.push((at..end, Piece::Mark(mark))),
                None if is_of_mark(bytes[at]) => {}
                None => pieces.push((at..end, Piece::Text(&self.source[at..end]))),
            }
            at = end;
        }
        Some(pieces)
    }
}

/// A piece of text between or at marks.
pub enum Piece<'m> {
    Text(&'m str),
    Mark(&'m Mark),
}

fn is_of_mark(byte: u8) -> bool {
    (byte == MARK) | (byte == VOID) | (byte == SPACE)
}

fn is_hidden(byte: u8) -> bool {
    is_of_mark(byte) | (byte == TEXT)
}
