//! The one document tree. Readers build it, nobody changes it afterwards, every backend says it in its format's words.
//!
//! [`Block`] and [`Inline`] are closed enums and are matched without a wildcard arm everywhere: a new kind of node fails to
//! compile in each backend until that backend has answered it.
//!
//! Promises that a reader keeps, so that no backend checks them again:
//! - no character that XML 1.0 forbids stands anywhere in the tree, metadata included;
//! - nesting is at most [`MAX_DEPTH`] deep;
//! - every [`Note`] has a number of its own, and every [`Inline::NoteCall`] names a note that is in the tree;
//! - ids in [`Attrs`] are unique in the work and are XML names without a colon.

mod addresses;
mod conditions;
mod direction;
mod division;
mod encoding;
mod figure;
mod formula;
mod formula_words;
mod group;
mod ids;
mod metadata;
mod note_marks;
mod outline;
mod queries;
mod scholar;
mod table;
mod title_runs;
mod verse;
mod walk;

pub use addresses::links_as_notes;
pub use conditions::for_output;
pub use direction::{Direction, is_right_to_left};
pub use division::{Matter, chapter_level, division, division_of, is_bibliography, top_level};
pub use encoding::{Content, Element, Encoding, Sign, Witness};
pub use figure::{Figure, Image, Length, short_name};
pub use formula::{
    formula_and_number, formula_as_text, formula_for_layout, has_bare_lines, is_formula_balanced, is_formula_too_deep,
    with_command,
};
pub use formula_words::{FORMULA_LETTERS, formula_words};
pub use group::{ABBREVIATIONS, Admonition, FIGURE, Group, GroupRole, LISTING, TERM};
pub use ids::{Ids, Slugs, is_name, is_name_start, portable, slug};
pub use metadata::{Identifier, Medium, Metadata, Person, PrintedSource, Role, Series};
pub use note_marks::NoteMarks;
pub use outline::{Outline, Section, heading_name, outline};
pub use queries::{Kinds, abbreviations, images, is_term, kinds, pages, texts};
pub use scholar::{
    Bibliography, Citation, Cite, CiteForm, CitedWork, Field, Index, IndexEntry, IndexRole, IndexTerm, Locator, PATH_MARK,
    Reference, ReferenceForm, cross_target, folio, folio_run, is_theorem,
};
pub use table::{Align, Cell, MOST_COLS, Row, Table, places};
pub use title_runs::{TitleRun, title_runs};
pub use verse::VerseLine;
pub use walk::{
    Part, PartMut, Visit, VisitMut, block_lines_mut, height, inline_children, inline_children_mut, lines_mut, lines_of_mut,
    parts, parts_mut, plain_text, walk_blocks, walk_blocks_mut, walk_inlines,
};

use crate::report::Repair;
use crate::span::Span;

/// How deep blocks and inlines may stand in each other.
pub const MAX_DEPTH: usize = crate::budget::NESTING;

/// One work.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    pub meta: Metadata,
    pub body: Blocks,
    /// What restoring the text changed, in the order of the source.
    pub repairs: Vec<Repair>,
    /// Where the source is a TEI edition of others: all that its editors wrote, for an archive.
    pub encoding: Option<Box<Encoding>>,
}

pub type Blocks = Vec<Node<Block>>;
pub type Inlines = Vec<Node<Inline>>;

/// A block or an inline, with its place in the source.
#[derive(Clone, Debug, PartialEq)]
pub struct Node<K> {
    pub kind: K,
    pub span: Span,
    pub attrs: Option<Box<Attrs>>,
}

impl<K> Node<K> {
    pub fn new(kind: K, span: Span) -> Self {
        Self { kind, span, attrs: None }
    }

    /// The id that the source gives this node.
    pub fn id(&self) -> Option<&str> {
        self.attrs.as_ref()?.id.as_deref()
    }

    /// The language that the source gives this node, a BCP 47 tag.
    pub fn lang(&self) -> Option<&str> {
        self.attrs.as_ref()?.lang.as_deref()
    }

    /// Which way this node runs where the source says it, by itself or by its language.
    pub fn direction(&self) -> Option<Direction> {
        self.attrs.as_ref()?.direction()
    }
}

/// What few nodes carry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attrs {
    pub id: Option<String>,
    /// A BCP 47 tag.
    pub lang: Option<String>,
    /// Which way the text runs, where the source says so: its language mostly tells.
    pub dir: Option<Direction>,
    pub classes: Vec<String>,
    /// Of a heading: what it is called where there is little room, as over printed pages and in their contents. Of a term, while the
    /// work is read: what its entry in the glossary is called.
    pub short: Option<String>,
    /// Of a span: what its words are short for.
    pub expansion: Option<String>,
}

impl Attrs {
    /// Which way the text runs: as the source says, else as the language does that it names.
    pub fn direction(&self) -> Option<Direction> {
        self.dir.or_else(|| self.lang.as_deref().map(Direction::of))
    }
}

/// What stands on lines of its own.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// The work's own title where the text carries it. At most one in a work, before any heading.
    Title(Inlines),
    /// Headings are flat; [`outline()`] shows the sections that they open. Levels run from 1 to 6.
    Heading {
        level: u8,
        /// By which the division is cited, where the source gives it one: `3`, `iv`, `1.3`. A canonical text has divisions that
        /// have a number and no words.
        number: Option<String>,
        text: Inlines,
    },
    Paragraph(Inlines),
    Quote(Blocks),
    /// Blocks that belong together and play a part: an epigraph, a box, a letter's opener, whatever the user's own class says.
    Group(Group),
    /// Stanzas of lines.
    Verse(Vec<Vec<VerseLine>>),
    List(List),
    Definitions(Vec<Definition>),
    Table(Table),
    Code {
        /// What the source says behind the fence, often empty.
        language: String,
        text: String,
    },
    /// A displayed formula, as TeX.
    Math(String),
    /// Images that stand alone, with their caption.
    Figure(Figure),
    /// The works that are cited.
    Bibliography(Bibliography),
    /// A list of places in the work, made of what is marked in it.
    Index(Index),
    /// A rule or ornament that marks a change of scene or thought.
    Rule,
    /// The end of a page of the printed source, between blocks.
    PageBreak(PageBreak),
    /// A comment of the source. TEI keeps it; no reader of a book sees it.
    Comment(String),
}

/// What stands inside a line.
#[derive(Clone, Debug, PartialEq)]
pub enum Inline {
    /// White space in it is one space to a reader; `\n` says that the source's line ended there.
    Text(String),
    /// A line break that the author asked for.
    LineBreak,
    Styled(Style, Inlines),
    /// A stretch that only carries [`Attrs`]: a language, an id.
    Span(Inlines),
    /// A stretch with its reading beside it, as East Asian print sets small signs above the line.
    Ruby {
        base: Inlines,
        reading: String,
    },
    Code(String),
    /// A formula in the line, as TeX.
    Math(String),
    Link(Link),
    Image(Image),
    /// Works that the text cites here.
    Citation(Citation),
    /// Words that the work itself knows: a number, a page.
    Reference(Reference),
    /// A place that an index leads to.
    IndexTerm(IndexTerm),
    /// A note stands where it is first called.
    Note(Note),
    /// A further call to a note that stands elsewhere.
    NoteCall(NoteId),
    /// The end of a page of the printed source, inside a paragraph or inside a word.
    PageBreak(PageBreak),
    /// The end of a line of the printed source inside a word: the hyphen that stood there was taken out and the word joined.
    /// The reader of a book sees nothing of it.
    LineEnd,
    /// A comment of the source.
    Comment(String),
}

/// How a stretch of text is set off from the text around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Style {
    Emphasis,
    Strong,
    Strikethrough,
    Superscript,
    Subscript,
    Underline,
    Small,
    SmallCaps,
    /// Marked, as with a highlighter.
    Highlight,
}

/// A list. `start` is the number of the first item of a numbered list, none for a bulleted one.
#[derive(Clone, Debug, PartialEq)]
pub struct List {
    pub start: Option<u64>,
    /// How its numbers are written, where it has them.
    pub numbering: Numbering,
    /// Items of a tight list stand without space between them.
    pub tight: bool,
    pub items: Vec<Item>,
}

/// How the numbers of a list are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Numbering {
    #[default]
    Decimal,
    LowerAlpha,
    UpperAlpha,
    LowerRoman,
    UpperRoman,
}

impl Numbering {
    pub const ALL: [Self; 5] = [Self::Decimal, Self::LowerAlpha, Self::UpperAlpha, Self::LowerRoman, Self::UpperRoman];

    /// The name that CSS gives it (CSS Counter Styles 3, section 6).
    pub fn name(self) -> &'static str {
        match self {
            Self::Decimal => "decimal",
            Self::LowerAlpha => "lower-alpha",
            Self::UpperAlpha => "upper-alpha",
            Self::LowerRoman => "lower-roman",
            Self::UpperRoman => "upper-roman",
        }
    }

    /// The number as a reader sees it, without a stop behind it. What letters can't say (none), and Roman numerals only at length
    /// (from 4,000 on), stands in digits.
    pub fn say(self, number: u64) -> String {
        let (upper, said) = match self {
            Self::Decimal => (false, None),
            Self::LowerAlpha | Self::UpperAlpha => (self == Self::UpperAlpha, letters(number)),
            Self::LowerRoman | Self::UpperRoman => (self == Self::UpperRoman, roman(number)),
        };
        let said = said.unwrap_or_else(|| number.to_string());
        if upper { said.to_uppercase() } else { said }
    }
}

/// `a` for 1, `z` for 26, `aa` for 27.
fn letters(number: u64) -> Option<String> {
    let (mut rest, mut said) = (number, Vec::new());
    while rest > 0 {
        rest -= 1;
        said.push(b'a' + (rest % 26) as u8);
        rest /= 26;
    }
    said.reverse();
    String::from_utf8(said).ok().filter(|said| !said.is_empty())
}

fn roman(number: u64) -> Option<String> {
    const SIGNS: [(u64, &str); 13] = [
        (1000, "m"),
        (900, "cm"),
        (500, "d"),
        (400, "cd"),
        (100, "c"),
        (90, "xc"),
        (50, "l"),
        (40, "xl"),
        (10, "x"),
        (9, "ix"),
        (5, "v"),
        (4, "iv"),
        (1, "i"),
    ];
    if !(1..4000).contains(&number) {
        return None;
    }
    let (mut rest, mut said) = (number, String::new());
    for (worth, sign) in SIGNS {
        while rest >= worth {
            said.push_str(sign);
            rest -= worth;
        }
    }
    Some(said)
}

#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// In a list of tasks: whether this one is done.
    pub task: Option<bool>,
    pub body: Blocks,
}

/// Terms and what each of them means.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    pub term: Inlines,
    pub meanings: Vec<Blocks>,
}

/// Where a link leads.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// `#id` for a place in this work, else an address. Never a scheme that runs code.
    pub target: String,
    /// What the source says beside the address, often empty.
    pub title: String,
    pub text: Inlines,
}

/// The number of a note: from 1, in the order of first calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NoteId(pub u32);

#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    pub id: NoteId,
    /// The mark that the note bore in print or in the source: `4`, `*`, `a`.
    pub mark: String,
    /// Where the source has it.
    pub place: NotePlace,
    pub body: Blocks,
}

/// Where a note stands on the source's page. Outputs set all notes at the foot or the end, as their formats do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum NotePlace {
    #[default]
    Foot,
    Margin,
    /// In the critical apparatus: what other witnesses read here.
    Apparatus,
}

/// A milestone: here a page of the printed source ends and another begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageBreak {
    /// The label of the page that begins here (`12`, `xiv`), where the source has one.
    pub label: Option<String>,
    /// Whether the break stands between words, in place of a space. False inside a word, and between blocks.
    pub space: bool,
    /// An image of the page that begins here: its path or address.
    pub facsimile: Option<String>,
    /// What stood at the head or foot of the pages beside the break and was taken out of the text, in the source's order.
    pub furniture: Vec<Furniture>,
}

/// What a printed page bears beside its text. TEI keeps it (`fw`); no reader of a book sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Furniture {
    pub kind: FurnitureKind,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FurnitureKind {
    RunningHead,
    Folio,
    /// A binder's mark at the foot of a gathering's first page.
    Signature,
    /// The next page's first word, at the foot of this one.
    Catchword,
}

impl FurnitureKind {
    pub const ALL: [Self; 4] = [Self::RunningHead, Self::Folio, Self::Signature, Self::Catchword];

    /// The name in dumps and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::RunningHead => "running-head",
            Self::Folio => "folio",
            Self::Signature => "signature",
            Self::Catchword => "catchword",
        }
    }
}
