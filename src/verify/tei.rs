//! Reads a TEI file back (TEI P5, chapters 1 to 4, 6, 8, 11 and 14): the text of `front`, `body` and `back`, notes where they are
//! called. The header is about the text; it is not read.

mod edition;

use std::sync::Arc;

use super::reading::{Call, Column, FoundNote, Picture, Place, Reading, Target};
use super::script::{Which, address, squeezed};
use super::words::{Cut, Kind};
use super::xml::{Element, Piece, walk};
use crate::settings::RestoreSettings;

/// Elements that stand inside a line, so that a word can go on across their ends (TEI P5, model.phrase).
const INLINE: &[&str] = &[
    "hi",
    "emph",
    "foreign",
    "seg",
    "ref",
    "code",
    "c",
    "w",
    "pc",
    "sic",
    "corr",
    "orig",
    "reg",
    "choice",
    "supplied",
    "unclear",
    "add",
    "del",
    "subst",
    "gap",
    "term",
    "mentioned",
    "soCalled",
    "name",
    "persName",
    "placeName",
    "title",
    "date",
    "num",
    "pb",
    "lb",
    "cb",
    "gb",
    "note",
    "graphic",
    "formula",
    "anchor",
    "index",
    "ptr",
    "ruby",
    "rb",
    "q",
    "quote_",
    "distinct",
    "gloss",
    "abbr",
    "expan",
    "fw",
];

/// Elements that are about the text, or that no reader of the text sees.
const SKIPPED: &[&str] = &[
    "teiHeader",
    "facsimile",
    "standOff",
    "fw",
    "figDesc",
    "desc",
    "formula",
    "index",
    "analytic",
    "monogr",
    "series",
    "idno",
    // What an abbreviation stands for, beside it.
    "expan",
];

/// Reads a TEI file. One that is handed on as others encoded it says two forms of some words, of which books show one.
pub fn read(bytes: &[u8], handed_on: Option<&RestoreSettings>) -> Reading {
    if let Some(settings) = handed_on {
        return edition::read(bytes, settings);
    }
    let mut reader = Reader::new();
    match std::str::from_utf8(bytes) {
        Err(reason) => reader.reading.fault("file-unreadable", format!("it is not UTF-8: {reason}")),
        Ok(text) => {
            if let Err(reason) = walk(text, |piece, line| reader.piece(&piece, line)) {
                reader.reading.fault("file-unreadable", format!("it is not well-formed: {reason}"));
            }
        }
    }
    reader.finish()
}

/// Where text goes.
#[derive(Clone, Copy, PartialEq)]
enum To {
    Nowhere,
    /// An element whose text is kept by itself: [`Reader::aside`].
    Aside,
    Title,
    Body,
    /// Among notes that stand at the end, paragraph after paragraph.
    Left,
    /// The note at this position.
    Note(usize),
}

/// What an element is, as far as its end asks.
#[derive(Clone, Copy, PartialEq)]
enum What {
    Formula,
    Graphic,
    Figure,
    /// An image of which only a reference tells, by its words.
    Shown,
    Inline,
    Block,
}

impl What {
    fn of(element: &Element) -> Self {
        match element.name {
            "formula" => Self::Formula,
            "hi" if element.get("rend") == Some("formula") => Self::Formula,
            "ref" if element.get("type") == Some("graphic") => Self::Shown,
            "graphic" => Self::Graphic,
            "figure" => Self::Figure,
            name if INLINE.contains(&name) => Self::Inline,
            _ => Self::Block,
        }
    }
}

/// An element that is open.
struct Open {
    what: What,
    to: To,
    /// Where text goes inside the element around it.
    around: To,
    /// The id of the nearest element that has one, itself first.
    id: Arc<str>,
    /// The column has a link waiting for its first word.
    is_link: bool,
    /// The item of a figure's image, which is described behind its caption.
    image: Option<usize>,
    alt: Option<String>,
}

struct Reader {
    reading: Reading,
    title: Column,
    body: Column,
    notes: Vec<(FoundNote, Column)>,
    open: Vec<Open>,
    aside: String,
}

impl Reader {
    fn new() -> Self {
        let (title, body) = (Column::new(Cut::default()), Column::new(Cut::default()));
        Self { reading: Reading::default(), title, body, notes: Vec::new(), open: Vec::new(), aside: String::new() }
    }

    fn finish(mut self) -> Reading {
        self.reading.title = self.title.finish();
        self.reading.body = self.body.finish();
        self.reading.notes =
            self.notes.into_iter().map(|(note, column)| FoundNote { found: column.finish(), ..note }).collect();
        self.reading
    }

    fn to(&self) -> To {
        self.open.last().map_or(To::Nowhere, |open| open.to)
    }

    fn column(&mut self, to: To) -> Option<&mut Column> {
        match to {
            To::Nowhere | To::Aside | To::Left => None,
            To::Title => Some(&mut self.title),
            To::Body => Some(&mut self.body),
            To::Note(at) => self.notes.get_mut(at).map(|(_, column)| column),
        }
    }

    fn piece(&mut self, piece: &Piece, line: usize) {
        match piece {
            Piece::Open(element) => self.open(element, line),
            Piece::Close => self.close(),
            Piece::Text(text) => self.text(text, line),
        }
    }

    fn text(&mut self, text: &str, line: usize) {
        let to = self.to();
        if to == To::Aside {
            self.aside.push_str(text);
        }
        let id = self.id();
        let Some(column) = self.column(to) else { return };
        for (count, part) in text.split('\n').enumerate() {
            if count > 0 {
                column.lexer.close();
            }
            if !part.is_empty() {
                column.at(Place::Tei { line: line + count, id: id.clone() });
                column.text(part);
            }
        }
    }

    fn id(&self) -> Arc<str> {
        self.open.last().map_or_else(|| "".into(), |open| open.id.clone())
    }

    fn open(&mut self, element: &Element, line: usize) {
        let around = self.to();
        let name = element.name;
        let id: Option<Arc<str>> = element.get("xml:id").map(Arc::from);
        let nearest = id.clone().unwrap_or_else(|| self.id());
        let mut open =
            Open { what: What::of(element), to: around, around, id: nearest.clone(), is_link: false, image: None, alt: None };
        open.to = match name {
            "text" => To::Body,
            "titlePage" => To::Title,
            // As ELTeC has them, in few words.
            "div" if element.get("type") == Some("titlepage") => To::Title,
            "div" if element.get("type") == Some("notes") && element.get("rend") == Some("called") => To::Left,
            "p" if around == To::Left && element.get("rend") == Some("note") => self.left_note(id.as_deref(), line),
            // What goes on with the note before it.
            _ if around == To::Left => self.notes.len().checked_sub(1).map_or(To::Nowhere, To::Note),
            _ if matches!(open.what, What::Formula | What::Shown) => To::Aside,
            "figDesc" | "desc" | "formula" if around != To::Nowhere => To::Aside,
            name if SKIPPED.contains(&name) => To::Nowhere,
            // Of a work cited: what its style makes of it, and a word of the library's.
            "note" if element.get("type") == Some("formatted") => around,
            "note" if element.get("type") == Some("annotation") => To::Nowhere,
            "note" if around != To::Nowhere => self.note(around, id.as_deref(), line),
            _ => around,
        };
        if open.to == To::Aside {
            self.aside.clear();
        }
        let place = Place::Tei { line, id: nearest };
        if let Some(column) = self.column(around) {
            column.at(place);
            if !INLINE.contains(&name) || name == "lb" && element.get("break") != Some("no") {
                column.lexer.close();
            }
        }
        if let Some(id) = id {
            // A term of an index marks the place at which it stands.
            self.anchor(&id, if name == "index" { around } else { open.to });
        }
        match name {
            "pb" => self.page(element),
            "ref" if open.what == What::Shown => {
                let url = element.get("target").unwrap_or("").to_owned();
                self.column(around).into_iter().for_each(|column| column.images.push(Picture::Address(url.clone())));
            }
            "ref" => self.reference(element, &mut open),
            "graphic" => self.graphic(element),
            _ => {}
        }
        self.open.push(open);
    }

    fn anchor(&mut self, id: &str, to: To) {
        let which = match to {
            To::Nowhere | To::Aside | To::Left => return,
            To::Title => Which::Title,
            To::Body => Which::Body,
            To::Note(at) => Which::Note(at as u32),
        };
        let at = self.column(to).map_or(0, |column| column.lexer.count());
        if self.reading.anchors.insert(id.to_owned(), (which, at)).is_some() {
            self.reading.fault("id-twice", format!("the xml:id {id} stands twice"));
        }
    }

    /// A note that stands at the end, where calls lead to it.
    fn left_note(&mut self, id: Option<&str>, line: usize) -> To {
        let key = id.unwrap_or_default().to_owned();
        let place = Some(Place::Tei { line, id: key.as_str().into() });
        self.notes.push((FoundNote { key, place, ..FoundNote::default() }, Column::new(Cut::default())));
        To::Note(self.notes.len() - 1)
    }

    fn note(&mut self, around: To, id: Option<&str>, line: usize) -> To {
        let key = id.map_or_else(|| format!("(note {})", self.notes.len() + 1), str::to_owned);
        if let Some(column) = self.column(around) {
            column.call(Call { note: key.clone(), key: String::new() });
        }
        let place = Some(Place::Tei { line, id: key.as_str().into() });
        self.notes.push((FoundNote { key, place, ..FoundNote::default() }, Column::new(Cut::default())));
        To::Note(self.notes.len() - 1)
    }

    fn page(&mut self, element: &Element) {
        let label = element.get("n").unwrap_or("").trim().to_owned();
        let whole = element.get("break") != Some("no") && element.get("rend") != Some("inside-word");
        let to = self.to();
        let Some(column) = self.column(to) else { return };
        if whole {
            column.lexer.close();
        }
        column.lexer.put(Kind::Page, &label);
    }

    fn reference(&mut self, element: &Element, open: &mut Open) {
        let target = element.get("target").unwrap_or("");
        let to = self.to();
        let Some(column) = self.column(to) else { return };
        let inner = target.strip_prefix('#');
        if let (Some("noteAnchor"), Some(note)) = (element.get("type"), inner) {
            column.call(Call { note: note.to_owned(), key: String::new() });
            // What it says is the mark of the note, not a word of the text.
            open.to = To::Nowhere;
            return;
        }
        column.link(match inner {
            Some(key) => Target::Key(key.to_owned()),
            None => Target::Address(address(target)),
        });
        open.is_link = true;
    }

    fn graphic(&mut self, element: &Element) {
        let url = element.get("url").unwrap_or("").to_owned();
        let in_figure = self.open.last().is_some_and(|open| open.what == What::Figure);
        let to = self.to();
        let Some(column) = self.column(to) else { return };
        column.images.push(Picture::Address(url));
        if in_figure {
            column.lexer.close();
            column.lexer.put(Kind::Image, "");
            let at = column.lexer.count() - 1;
            if let Some(figure) = self.open.last_mut() {
                figure.image = Some(at);
            }
        }
    }

    fn close(&mut self) {
        let Some(open) = self.open.pop() else { return };
        let (to, what) = (open.around, open.what);
        let said = if open.to == To::Aside { squeezed(&std::mem::take(&mut self.aside)) } else { String::new() };
        if open.to == To::Aside && !matches!(what, What::Formula | What::Shown) {
            self.describe(&said);
            return;
        }
        let in_figure = self.open.last().is_some_and(|open| open.what == What::Figure);
        let inside = open.to;
        if let Some(column) = self.column(to) {
            match what {
                What::Formula => {
                    column.lexer.close();
                    column.formula(&said);
                }
                What::Shown => column.image(&said),
                What::Graphic if !in_figure => column.image(open.alt.as_deref().unwrap_or("")),
                _ if open.is_link => column.link_ends(),
                What::Figure | What::Block => column.lexer.close(),
                What::Graphic | What::Inline => {}
            }
        }
        if let (To::Note(_), Some(column)) = (inside, self.column(inside))
            && inside != to
        {
            column.lexer.close();
        }
    }

    /// Gives the image of the figure, or of the graphic, that is open its description.
    fn describe(&mut self, said: &str) {
        let Some(holder) = self.open.last_mut() else { return };
        holder.alt = Some(said.to_owned());
        let (image, to) = (holder.image, holder.to);
        if let (Some(at), Some(column)) = (image, self.column(to)) {
            column.lexer.rename(at, said);
        }
    }
}
