//! What the reader of a file found in it: the same flows as the tree's [`super::script`], and what else there is to check. The
//! readers know the formats' standards, not the backends.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::script::Spot;
use super::words::{Cut, Flow, Kind, Lexer};

/// A place in a finished file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A file of the EPUB, and the id that stands there or last before it.
    Epub { href: Arc<str>, id: Arc<str> },
    /// The page's number, from 1, and its label.
    Pdf { page: usize, label: Arc<str> },
    /// The line, from 1, and the `xml:id` of the element or of the one around it.
    Tei { line: usize, id: Arc<str> },
    /// The line, from 1.
    Text { line: usize },
}

impl std::fmt::Display for Place {
    fn fmt(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            Self::Epub { href, id } if id.is_empty() => write!(out, "{href}"),
            Self::Epub { href, id } => write!(out, "{href}#{id}"),
            Self::Pdf { page, label } if page.to_string() == **label || label.is_empty() => write!(out, "page {page}"),
            Self::Pdf { page, label } => write!(out, "page {page} ({label})"),
            Self::Tei { line, id } if id.is_empty() => write!(out, "line {line}"),
            Self::Tei { line, id } => write!(out, "line {line} (#{id})"),
            Self::Text { line } => write!(out, "line {line}"),
        }
    }
}

/// Where a link leads.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// An address outside.
    Address(String),
    /// A place in the file, by a key of [`Reading::anchors`].
    Key(String),
    /// A page of the PDF, from 1, and the height on it at which a reader arrives.
    Page(usize, f32),
}

/// A call to a note.
#[derive(Clone, Debug, Default)]
pub struct Call {
    /// The key of the note; empty where the call leads nowhere.
    pub note: String,
    /// The call's own key, where a way back can lead.
    pub key: String,
}

/// An image that the reader of the file sees.
#[derive(Clone, Debug)]
pub enum Picture {
    /// Its bytes as they are kept.
    Bytes(Vec<u8>),
    /// Its pixels: width, height, and grey values of eight bits.
    Pixels(u32, u32, Vec<u8>),
    /// Lines and areas, which are not looked into.
    Drawing,
    /// Only an address, as TEI has it.
    Address(String),
    /// Its file is not there, or can't be read.
    Missing,
}

/// A flow of a file, being read or read.
#[derive(Debug, Default)]
pub struct Found {
    pub flow: Flow<Place>,
    /// In the order of the flow's items of that kind, as the others.
    pub calls: Vec<Call>,
    pub images: Vec<Picture>,
    pub links: Vec<Target>,
    /// In a PDF, from which item on words stand at which height.
    pub heights: Vec<Height>,
}

/// Where on a page a stretch of words stands: from `item` on, on the page, from 1, from the baseline of the first word down to that of
/// the last, in points from the sheet's lower edge. The size is that of the first letter.
#[derive(Clone, Copy, Debug)]
pub struct Height {
    pub item: usize,
    pub page: usize,
    pub first: f32,
    pub last: f32,
    pub size: f32,
}

/// Whether whoever is led to a height sees a line right below: a destination is the top of its first letter.
pub fn arrives(top: f32, baseline: f32, size: f32) -> bool {
    baseline <= top && top - baseline < 1.2 * size
}

/// A flow being read.
#[derive(Debug)]
pub struct Column {
    pub lexer: Lexer<Place>,
    pub calls: Vec<Call>,
    pub images: Vec<Picture>,
    pub links: Vec<Target>,
    pub heights: Vec<Height>,
    /// A link that began, and no word of it was read: one without words is none.
    waiting: Option<Target>,
}

impl Column {
    pub fn new(cut: Cut) -> Self {
        Self {
            lexer: Lexer::new(cut),
            calls: Vec::new(),
            images: Vec::new(),
            links: Vec::new(),
            heights: Vec::new(),
            waiting: None,
        }
    }

    /// What follows stands at `place`.
    pub fn at(&mut self, place: Place) {
        if self.lexer.place() != Some(&place) {
            self.lexer.at(place);
        }
    }

    pub fn text(&mut self, text: &str) {
        if self.waiting.is_some() && !text.trim().is_empty() {
            // White space before the link's first word is not the link's.
            let words = text.trim_start();
            self.lexer.text(&text[..text.len() - words.len()]);
            self.put_link();
            return self.lexer.text(words);
        }
        self.lexer.text(text);
    }

    pub fn call(&mut self, call: Call) {
        self.calls.push(call);
        self.lexer.put(Kind::Call, "");
    }

    /// Puts an image whose picture is already among the images.
    pub fn image(&mut self, alt: &str) {
        if !alt.is_empty() {
            self.put_link();
        }
        self.lexer.put(Kind::Image, alt);
    }

    pub fn formula(&mut self, said: &str) {
        self.put_link();
        self.lexer.put(Kind::Formula, said);
    }

    pub fn link(&mut self, target: Target) {
        self.waiting = Some(target);
    }

    pub fn link_ends(&mut self) {
        self.waiting = None;
    }

    fn put_link(&mut self) {
        let Some(target) = self.waiting.take() else { return };
        let said = match &target {
            Target::Address(address) => address,
            Target::Key(_) | Target::Page(..) => "#",
        };
        self.lexer.put(Kind::Link, said);
        self.links.push(target);
    }

    pub fn finish(self) -> Found {
        Found { flow: self.lexer.finish(), calls: self.calls, images: self.images, links: self.links, heights: self.heights }
    }
}

/// A note of a file.
#[derive(Debug, Default)]
pub struct FoundNote {
    /// By which calls lead to it.
    pub key: String,
    pub found: Found,
    /// The keys of calls to which it leads back; none where the format needs no way back.
    pub back: Option<Vec<String>>,
    pub place: Option<Place>,
}

/// What is wrong with a file by itself, whatever the tree says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub code: &'static str,
    pub message: String,
}

/// A file as its reader found it.
#[derive(Debug, Default)]
pub struct Reading {
    /// Title pages and what stands on them.
    pub title: Found,
    pub body: Found,
    /// In the order of the file.
    pub notes: Vec<FoundNote>,
    /// Places that links can lead to: for the flow of a note, the number is its position in `notes` until the notes are matched.
    pub anchors: BTreeMap<String, Spot>,
    /// What stands beside the text of a PDF, as the numbers of printed pages do: the page, from 1, the words and their height.
    pub beside: Vec<(usize, String, f32)>,
    /// Whether it has pages, and the numbers of printed ones beside its text.
    pub paged: bool,
    pub faults: Vec<Fault>,
}

impl Reading {
    pub fn fault(&mut self, code: &'static str, message: impl Into<String>) {
        self.faults.push(Fault { code, message: message.into() });
    }
}
