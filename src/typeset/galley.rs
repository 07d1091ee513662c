//! Galleys: lines of type one below the other, not yet divided into pages, with what each line needs of the page that it comes
//! to stand on.

use super::design::Type;
use super::page::{Furniture, Part, Placed};

/// A stretch of a work in lines, and the notes that its lines call.
#[derive(Clone, Debug, Default)]
pub struct Galley {
    pub slugs: Vec<Slug>,
    /// Notes in lines of their own, by the number that [`Slug::notes`] names.
    pub notes: Vec<Vec<Slug>>,
    /// What the last slug asks of whatever comes below it: white, and what it costs to begin a page there.
    pub white: f32,
    pub price: u32,
    /// Heads of tables, repeated where their table goes on on another page.
    pub heads: Vec<Vec<Slug>>,
}

/// A line of type, or anything else that no page break goes through.
#[derive(Clone, Debug, Default)]
pub struct Slug {
    /// The white above it, which vanishes at the top of a page.
    pub space: f32,
    /// The white that it wants below it, whatever comes there.
    pub below: f32,
    /// Where a figure begins that may move to the top of the next page: how many slugs it has.
    pub floats: u32,
    /// White that stays even there: the sink of a chapter's heading.
    pub sink: f32,
    pub ascent: f32,
    pub descent: f32,
    /// How far above a line of the page's grid its baseline stands; none: it keeps to no grid.
    pub grid: Option<f32>,
    /// What it costs to begin a page with it.
    pub price: u32,
    /// Placed from the left of the text and from the baseline.
    pub items: Vec<Placed>,
    pub notes: Vec<u32>,
    /// Whether it is a line of the critical apparatus, which stands over the other notes of its page.
    pub apparatus: bool,
    /// Labels of the printed source's pages that begin in it.
    pub marks: Vec<String>,
    /// The section of the outline whose heading begins with it.
    pub section: Option<u32>,
    /// A row of a table: which, so that its cells can be read one after the other.
    pub row: Option<u32>,
    /// The cell of each of its items there, by the cell's element: blocks in a cell begin their elements only when they are set,
    /// behind those of the cells beside.
    pub cells: Vec<u32>,
    /// The table head to repeat where a page begins with it.
    pub head: Option<u32>,
    pub opens: Opens,
    pub hyphen: bool,
    /// Where a paragraph begins that can do with a line fewer or more.
    pub elastic: Option<Box<Elastic>>,
}

/// A paragraph of so many lines, and the same in other numbers of lines.
#[derive(Clone, Debug)]
pub struct Elastic {
    pub lines: usize,
    pub others: Vec<Other>,
    /// Which of them is placed, if one is.
    pub chosen: Option<usize>,
}

impl Elastic {
    /// The way that was chosen, with how many lines it stands for.
    pub fn taken(mut self) -> Option<(usize, Vec<Slug>)> {
        self.chosen.map(|way| (self.lines, self.others.swap_remove(way).slugs))
    }
}

/// A paragraph in another number of lines.
#[derive(Clone, Debug)]
pub struct Other {
    pub slugs: Vec<Slug>,
    /// What it costs to take it.
    pub price: u32,
}

/// What page a slug must begin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Opens {
    #[default]
    Nothing,
    Page,
    Recto,
}

/// No page begins here.
pub const NEVER: u32 = u32::MAX;
/// A page that begins with a paragraph's last line (a widow) or ends with its first (an orphan) is all but forbidden.
pub const WIDOW: u32 = 1_000_000;
/// A page that ends in a hyphen makes the reader turn over in the middle of a word.
pub const HYPHEN_AT_END: u32 = 40;
/// A page that begins within a list item, between a quotation's paragraphs and the like.
pub const WITHIN: u32 = 10;

impl Slug {
    /// An empty line of this type.
    pub fn of(kind: Type) -> Self {
        Self { ascent: kind.leading * ASCENT, descent: kind.leading * (1.0 - ASCENT), ..Self::default() }
    }

    pub fn height(&self) -> f32 {
        self.ascent + self.descent
    }
}

/// The share of the leading that is above the baseline: where the eye takes the letters to stand in the middle of their line.
pub const ASCENT: f32 = 0.74;

/// Makes furniture of slugs: what they say stands elsewhere, too.
pub fn decorate(slugs: &mut [Slug]) {
    for placed in slugs.iter_mut().flat_map(|slug| &mut slug.items) {
        placed.part = Part::Furniture(Furniture::Decoration);
    }
}
