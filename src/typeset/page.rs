//! What the typesetter gives: a book as pages of placed items, and the logical structure that the items belong to. It knows
//! nothing of PDF: a backend for screens could draw the same pages.
//!
//! Lengths are in points (1/72 in), `x` from the left edge of the trimmed page, `y` down from its top edge.

use crate::tree::Numbering;
use std::borrow::Cow;

/// A work set in type.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Book<'a> {
    /// The trimmed page, in points.
    pub width: f32,
    pub height: f32,
    pub pages: Vec<Page>,
    /// The logical structure, in reading order: a parent stands before its children, siblings in their order, a note right
    /// after its call. The first is the root and is never absent.
    pub elements: Vec<Element>,
    /// What [`FontId`] counts.
    pub faces: Vec<Face<'a>>,
    /// One for every heading, in order.
    pub bookmarks: Vec<Bookmark>,
}

impl Book<'_> {
    /// With its faces copied, so that it outlives what it was set with.
    pub fn into_owned(self) -> Book<'static> {
        let own = |face: Face| Face { bytes: Cow::Owned(face.bytes.into_owned()), ..face };
        let faces = self.faces.into_iter().map(own).collect();
        let Self { width, height, pages, elements, bookmarks, .. } = self;
        Book { width, height, pages, elements, faces, bookmarks }
    }
}

/// One page, its items in the order in which they are read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// The folio as a reader would cite it: `iv`, `12`. Pages that bear no folio have a label, too.
    pub label: String,
    pub items: Vec<Placed>,
}

/// Something that leaves ink, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    /// The left edge.
    pub x: f32,
    /// The baseline of a run, the top edge of anything else.
    pub y: f32,
    pub item: Item,
    pub part: Part,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    Run(Run),
    /// A filled box: a rule, a line of a table.
    Rule {
        width: f32,
        height: f32,
    },
    /// A picture of [`crate::env::Env::images`], by its path there.
    Image {
        target: String,
        width: f32,
        height: f32,
    },
}

/// What an item is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Content. `after` is how many elements had begun when this was said: among the children of `element`, the item stands
    /// behind those with a smaller number and before the others.
    Content { element: ElementId, after: u32 },
    /// What a reader aloud skips: running heads, folios, rules, repeated table heads, marks in the margin.
    Furniture(Furniture),
}

/// The kinds of furniture that a page carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Furniture {
    RunningHead,
    Folio,
    /// Rules and everything else that is only there for the eye.
    Decoration,
}

/// Glyphs of one face and size on one baseline.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    pub font: FontId,
    /// The type size.
    pub size: f32,
    /// The words that the glyphs stand for, in logical order. A hyphen that only the line's end asks for says U+00AD.
    pub text: String,
    /// In visual order, left to right.
    pub glyphs: Vec<Glyph>,
    /// Whether the text runs from right to left, so that the last glyph stands for its first letter.
    pub right_to_left: bool,
    /// What justification adds to every glyph that says a space, in points; may be negative.
    pub word_space: f32,
    /// What tracking adds to every glyph, in points.
    pub letter_space: f32,
    /// How much wider than drawn all glyphs are shown, as a factor: a line's letters give, as its spaces do.
    pub expansion: f32,
}

/// One glyph. None is `.notdef`: characters that no face has are remarked and stand as a replacement glyph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glyph {
    /// The glyph's index in the face as it was loaded.
    pub id: u16,
    /// How many bytes of the run's text this glyph stands for; 0 for the further glyphs of a cluster.
    pub text_bytes: u8,
    /// Whether it says a space that justification may widen.
    pub space: bool,
    /// In font units.
    pub advance: i16,
    /// Offsets from the pen, in font units, up and to the right.
    pub dx: i16,
    pub dy: i16,
}

/// The position of a face in [`Book::faces`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FontId(pub u16);

/// A font as it was loaded.
#[derive(Clone, Debug, PartialEq)]
pub struct Face<'a> {
    /// Its PostScript name.
    pub name: String,
    /// A TrueType or OpenType file.
    pub bytes: Cow<'a, [u8]>,
    pub units_per_em: u16,
}

/// The position of an element in [`Book::elements`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ElementId(pub u32);

/// A part of the work, as a reader aloud tells parts apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Element {
    pub role: Role,
    /// None for the root alone.
    pub parent: Option<ElementId>,
    /// A BCP 47 tag, where it differs from the parent's.
    pub lang: Option<String>,
    /// What is said in place of a picture or a formula; may be empty.
    pub alt: Option<String>,
    /// Where a link, a call or an entry of the contents leads.
    pub target: Option<Target>,
}

/// Where a link leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    Element(ElementId),
    /// A web address.
    Address(String),
}

/// What an element is. The nesting is that of tagged documents (ISO 32000-1, 14.8.4), the names are the trade's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Document,
    /// What an output adds before the text: half-title, title page, imprint.
    Front,
    Section,
    /// The work's own title.
    Title,
    /// From 1.
    Heading(u8),
    Paragraph,
    Quote,
    /// Blocks with a role.
    Group,
    /// Entries with the numbers of pages, which may stand in columns.
    Index,
    /// A poem or a part of one; its lines are [`Role::Line`]s.
    Verse,
    Line,
    /// As what its items are numbered; none where they have bullets.
    List(Option<Numbering>),
    /// A list of terms, each with what it means.
    Definitions,
    Item,
    /// An item's number or bullet, a note's mark.
    Label,
    /// What follows the label.
    ItemBody,
    Table,
    TableHead,
    TableBody,
    Row,
    /// Heads its column, or its row.
    HeadCell {
        of_row: bool,
        cols: u16,
        rows: u16,
    },
    Cell {
        cols: u16,
        rows: u16,
    },
    CodeBlock,
    Code,
    Formula,
    Figure,
    Caption,
    /// A call to a note; the note itself, [`Role::Note`], is the next element with the same parent, unless it was called before.
    NoteCall,
    Note,
    Link,
    /// Numbers of pages, each a [`Role::Link`]: an index has them where the tree names sections.
    Folios,
    Contents,
    ContentsEntry,
    /// A stretch with a language of its own.
    Span,
    /// A stretch and its reading: a [`Role::RubyBase`] and a [`Role::RubyText`].
    Ruby,
    RubyBase,
    RubyText,
    Emphasis,
    Strong,
}

/// An entry of the outline that a reader opens beside the pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bookmark {
    /// From 1.
    pub depth: usize,
    pub title: String,
    pub element: ElementId,
}
