//! One document of the spine: the words that its reader sees, the notes, the marks of printed pages. What an element is, its
//! `epub:type` says, or its ARIA role (EPUB Structural Semantics Vocabulary, DPUB-ARIA).

use std::sync::Arc;

use super::{Files, Shelf, resolve};
use crate::verify::reading::{Call, Column, FoundNote, Picture, Place, Target};
use crate::verify::script::{Which, address, squeezed};
use crate::verify::words::{Cut, Kind};
use crate::verify::xml::{Element, Piece, walk};

/// Elements inside a line, so that a word can go on across their ends (HTML, phrasing content).
const INLINE: &[&str] = &[
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "i", "img", "ins", "kbd", "mark", "math", "q",
    "ruby", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr",
];

/// Parts that an output adds, by `epub:type`.
const ADDED: &[&str] = &["cover", "copyright-page", "imprint", "preamble", "toc", "landmarks", "page-list", "loi", "lot"];

/// Where text goes.
#[derive(Clone, Copy, PartialEq)]
enum To {
    Nowhere,
    /// A formula in MathML, whose TeX is its alternative text.
    Formula,
    Tex,
    Title,
    Body,
    /// The note at this position.
    Note(usize),
}

struct Open {
    inline: bool,
    /// Whether it may hold a formula.
    math: bool,
    to: To,
    around: To,
    is_link: bool,
}

/// What an element says that it is.
struct Kinds<'e> {
    types: Option<&'e str>,
    role: Option<&'e str>,
}

impl<'e> Kinds<'e> {
    fn of(element: &'e Element) -> Self {
        Self { types: element.get("epub:type"), role: element.get("role").and_then(|role| role.strip_prefix("doc-")) }
    }

    fn any(&self) -> bool {
        self.types.is_some() || self.role.is_some()
    }

    fn is(&self, kind: &str) -> bool {
        self.role == Some(kind) || self.types.is_some_and(|types| types.split_whitespace().any(|one| one == kind))
    }
}

pub struct Reader<'s> {
    shelf: &'s mut Shelf,
    path: &'s str,
    /// The path again, for places.
    href: Arc<str>,
    files: &'s Files,
    open: Vec<Open>,
    /// The id that stands here or stood last.
    id: Arc<str>,
    tex: String,
    /// Whether nothing stands in the item of a list yet: a box that says whether a task is done is no word.
    item_begins: bool,
}

impl<'s> Reader<'s> {
    pub fn new(shelf: &'s mut Shelf, path: &'s str, files: &'s Files) -> Self {
        let href = path.into();
        Self { shelf, path, href, files, open: Vec::new(), id: "".into(), tex: String::new(), item_begins: false }
    }

    pub fn read(mut self, text: &str) {
        if let Err(reason) = walk(text, |piece, _| self.piece(&piece)) {
            self.shelf.reading.fault("file-unreadable", format!("{} is not well-formed: {reason}", self.path));
        }
    }

    fn piece(&mut self, piece: &Piece) {
        match piece {
            Piece::Open(element) => self.open(element),
            Piece::Close => self.close(),
            Piece::Text(text) => self.text(text),
        }
    }

    /// Where we are.
    fn place(&self) -> Place {
        Place::Epub { href: self.href.clone(), id: self.id.clone() }
    }

    fn to(&self) -> To {
        self.open.last().map_or(To::Nowhere, |open| open.to)
    }

    fn column(&mut self, to: To) -> Option<&mut Column> {
        match to {
            To::Nowhere | To::Formula | To::Tex => None,
            To::Title => Some(&mut self.shelf.title),
            To::Body => Some(&mut self.shelf.body),
            To::Note(at) => self.shelf.notes.get_mut(at).map(|(_, column)| column),
        }
    }

    fn text(&mut self, text: &str) {
        let mut text = text;
        match self.to() {
            To::Nowhere | To::Formula => return,
            To::Tex => return self.tex.push_str(text),
            To::Title | To::Body | To::Note(_) => {}
        }
        if std::mem::take(&mut self.item_begins) {
            text = text.strip_prefix(['☐', '☑']).unwrap_or(text);
        }
        let place = self.place();
        let to = self.to();
        if let Some(column) = self.column(to) {
            column.at(place);
            column.text(text);
        }
    }

    fn open(&mut self, element: &Element) {
        let (around, name) = (self.to(), element.name);
        let kind = Kinds::of(element);
        let key = element.get("id").map(|id| format!("{}#{id}", self.path));
        let inline = INLINE.contains(&name);
        let mut open = Open { inline, math: matches!(name, "math" | "code"), to: around, around, is_link: false };
        open.to = match name {
            "body" => To::Body,
            "head" | "script" | "style" => To::Nowhere,
            _ if matches!(around, To::Nowhere | To::Formula | To::Tex) && name != "html" => around,
            "math" => To::Formula,
            _ => around,
        };
        if kind.any() && !matches!(open.to, To::Nowhere | To::Formula | To::Tex) {
            if ADDED.iter().any(|added| kind.is(added)) {
                open.to = To::Nowhere;
            } else if kind.is("titlepage") || kind.is("halftitlepage") {
                open.to = To::Title;
            } else if kind.is("footnotes") || kind.is("endnotes") || kind.is("rearnotes") {
                // Only the notes in it are the work's; its heading is not.
                open.to = To::Nowhere;
            }
        }
        // A note stands among what is added: in the section of notes.
        if (kind.is("footnote") || kind.is("endnote") || kind.is("rearnote")) && !self.open.is_empty() {
            open.to = self.note(key.clone());
        }
        if !inline && let Some(column) = self.column(around) {
            column.lexer.close();
        }
        if name == "br"
            && let Some(column) = self.column(around)
        {
            column.lexer.close();
        }
        if let Some(key) = &key {
            self.id = element.get("id").unwrap_or("").into();
            self.anchor(key.clone(), open.to);
        }
        self.item_begins = name == "li" || self.item_begins && name == "p";
        self.special(element, &kind, key, &mut open);
        self.open.push(open);
    }

    /// Elements that are more than the text in them.
    fn special(&mut self, element: &Element, kind: &Kinds, key: Option<String>, open: &mut Open) {
        let href = element.get("href");
        if kind.is("pagebreak") {
            let label = ["aria-label", "title"].iter().find_map(|name| element.get(name)).unwrap_or("").trim().to_owned();
            self.shelf.pages.push((key.unwrap_or_default(), label.clone()));
            let place = self.place();
            if let Some(column) = self.column(open.to) {
                column.at(place);
                column.lexer.put(Kind::Page, &label);
            }
            open.to = To::Nowhere;
        } else if kind.is("noteref") {
            let note = href.map(|href| resolve(self.path, href)).unwrap_or_default();
            if let Some(column) = self.column(open.to) {
                column.call(Call { note, key: key.unwrap_or_default() });
            }
            open.to = To::Nowhere;
        } else if kind.is("backlink") {
            let target = href.map(|href| resolve(self.path, href)).unwrap_or_default();
            if let To::Note(at) = open.to {
                self.shelf.notes[at].0.back.get_or_insert_default().push(target);
            }
            open.to = To::Nowhere;
        } else if let ("a", Some(href)) = (element.name, href) {
            let target = match href.split_once(':') {
                Some(_) => Target::Address(address(href)),
                None => Target::Key(resolve(self.path, href)),
            };
            if let Some(column) = self.column(open.to) {
                column.link(target);
                open.is_link = true;
            }
        } else if element.name == "math" {
            self.tex = element.get("alttext").unwrap_or("").to_owned();
        } else if element.name == "img" {
            let path = resolve(self.path, element.get("src").unwrap_or(""));
            let picture = self.files.get(&path).map_or(Picture::Missing, |bytes| Picture::Bytes(bytes.clone()));
            let alt = squeezed(element.get("alt").unwrap_or(""));
            let place = self.place();
            if let Some(column) = self.column(open.to) {
                column.at(place);
                column.images.push(picture);
                column.image(&alt);
            }
        } else if element.name == "code" && element.has("class", "tex") && !matches!(open.to, To::Nowhere) {
            // A formula that MathML can't say.
            open.to = To::Tex;
        }
    }

    fn anchor(&mut self, key: String, to: To) {
        let (which, at) = match to {
            To::Nowhere | To::Formula | To::Tex => (Which::Body, self.shelf.body.lexer.count()),
            To::Title => (Which::Title, self.shelf.title.lexer.count()),
            To::Body => (Which::Body, self.shelf.body.lexer.count()),
            To::Note(at) => (Which::Note(at as u32), self.column(to).map_or(0, |column| column.lexer.count())),
        };
        if self.shelf.reading.anchors.insert(key.clone(), (which, at)).is_some() {
            self.shelf.reading.fault("id-twice", format!("the id {key} stands twice"));
        }
    }

    fn note(&mut self, key: Option<String>) -> To {
        let key = key.unwrap_or_else(|| format!("(note {})", self.shelf.notes.len() + 1));
        let id = key.split_once('#').map_or("", |(_, id)| id).into();
        let place = Some(Place::Epub { href: self.href.clone(), id });
        let note = FoundNote { key, place, back: Some(Vec::new()), ..FoundNote::default() };
        self.shelf.notes.push((note, Column::new(Cut::default())));
        To::Note(self.shelf.notes.len() - 1)
    }

    fn close(&mut self) {
        let Some(open) = self.open.pop() else { return };
        let inline = open.inline;
        let tex = open.math && matches!(open.to, To::Formula | To::Tex);
        let said = if tex { squeezed(&std::mem::take(&mut self.tex)) } else { String::new() };
        if let Some(column) = self.column(open.around) {
            if tex {
                column.lexer.close();
                column.formula(&said);
            }
            if open.is_link {
                column.link_ends();
            }
            if !inline {
                column.lexer.close();
            }
        }
        if open.to != open.around
            && let Some(column) = self.column(open.to)
        {
            column.lexer.close();
        }
    }
}
