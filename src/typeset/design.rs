//! What a page is to look like: every length and choice that a design makes. Designs are told apart by these values alone;
//! nothing else in the typesetter knows one from another.
//!
//! Lengths are in points (1/72 in), factors say so.

use super::letters::Letters;
use super::squares;
use crate::tree;

/// How much larger type and how much further apart lines are than those of Latin script. Arabic letters have deep tails, high
/// stems and marks above and below; Hebrew ones may bear points.
const ARABIC: (f32, f32) = (1.12, 1.28);
const HEBREW: (f32, f32) = (1.0, 1.12);
/// Signs that fill squares are large in their size and ask for half a line of white or more between lines (JLREQ 2.4.2).
const SQUARES: (f32, f32) = (0.95, 1.2);

/// The look of a book. [`Design::default`] is the essay.
#[derive(Clone, Debug, PartialEq)]
pub struct Design {
    pub trim: Size,
    pub margins: Margins,
    /// How wide the inner margin must at least be for a book of so many pages: the last page count and the margin, ascending.
    /// A book above the last count takes the last margin. Empty: [`Margins::inner`] is enough for any book.
    pub gutters: Vec<(usize, f32)>,
    pub faces: Faces,
    /// The running text. Its leading is the grid that all lines of text stand on.
    pub text: Type,
    /// Notes at the foot.
    pub note: Type,
    /// Cells of tables and their heads.
    pub table: Type,
    /// Captions of figures.
    pub caption: Type,
    /// The size of code beside that of the text around it, as a factor: monospaced faces look large.
    pub code: f32,
    /// Headings by depth, from the chapter down; deeper ones look like the last.
    pub heads: [Head; 4],
    /// The indent of a paragraph's first line.
    pub indent: f32,
    /// How far quotations, lists and verse stand in.
    pub inset: f32,
    pub chapters: Opening,
    /// How far a chapter's heading stands below the top of the page that it opens.
    pub sink: f32,
    pub justify: bool,
    /// Whether lines are a whole number of squares wide.
    pub squares: bool,
    /// What letters may give to fill a line.
    pub letters: Letters,
    pub hyphenate: bool,
    /// Punctuation at a line's ends reaches into the margin.
    pub protrude: bool,
    pub old_style_figures: bool,
    /// Naught in the digits of what is counted: folios, notes.
    pub naught: char,
    /// How a chapter's text begins.
    pub opening: LeadIn,
    /// How many lines an initial stands beside; 1: it rises above the first.
    pub initial_lines: usize,
    /// A sign below a chapter's heading; none where it is empty.
    pub ornament: String,
    /// What stands for a change of scene.
    pub scene: String,
    /// Sections of the first depth that hold nothing but chapters have pages of their own.
    pub parts: bool,
    pub running_heads: bool,
    pub folios: Folios,
    /// The printed source's page numbers in the outer margin.
    pub page_marks: bool,
    /// Whether remarks tell what each page costs by where it ends.
    pub explain: bool,
    pub front: Front,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Size {
    pub width: f32,
    pub height: f32,
}

/// The white around the text. `inner` is the least; the gutter may ask for more, which the outer margin does not give back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Margins {
    pub inner: f32,
    pub outer: f32,
    /// To the top of the text; the running head stands in it.
    pub top: f32,
    /// To the foot of the text; a folio may stand in it.
    pub bottom: f32,
}

/// Type size and line distance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Type {
    pub size: f32,
    pub leading: f32,
}

/// Templates of the faces, by their path under `templates/`.
#[derive(Clone, Debug, PartialEq)]
pub struct Faces {
    pub regular: String,
    pub italic: String,
    pub bold: String,
    pub bold_italic: String,
    pub code: String,
    /// For characters that these have not, asked in order, before the program's own for other scripts.
    pub others: Vec<String>,
}

/// How headings of one depth look.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Head {
    pub size: f32,
    pub cut: Cut,
    pub centred: bool,
    /// The white above and below, in lines of the text's grid.
    pub above: f32,
    pub below: f32,
}

/// The cut of a face.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    Regular,
    Italic,
    Bold,
    SmallCaps,
}

/// Where chapters, the sections of the first depth, begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// On a right-hand page.
    Recto,
    /// On a new page.
    Page,
    /// Where the last one ended.
    RunOn,
}

/// How a chapter's text begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeadIn {
    Plain,
    /// Its first words are in small capitals.
    SmallCaps,
    /// Its first letter is large, and the words behind it are in small capitals.
    Initial,
}

/// Where page numbers stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Folios {
    /// In the running head's line, at the outer edge; at the foot of pages that bear no running head.
    Head,
    /// Centred at the foot.
    Foot,
    None,
}

/// What stands before the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Front {
    pub half_title: bool,
    pub title_page: bool,
    pub imprint: bool,
    /// Down to which depth the contents list headings; 0: there are none. One with fewer than three entries is left out.
    pub contents: usize,
    /// Whether figures and tables that have captions are listed behind the contents.
    pub figures: bool,
    pub tables: bool,
}

impl Front {
    /// Text from the first page on.
    pub const NONE: Self =
        Self { half_title: false, title_page: false, imprint: false, contents: 0, figures: false, tables: false };
}

impl Default for Design {
    /// The essay: A5, chapters run on, notes and headings quiet.
    fn default() -> Self {
        Self {
            trim: Size { width: 419.528, height: 595.276 },
            margins: Margins { inner: 51.0, outer: 57.0, top: 62.0, bottom: 68.0 },
            gutters: Vec::new(),
            faces: Faces::default(),
            text: Type { size: 10.5, leading: 13.5 },
            note: Type { size: 8.5, leading: 10.5 },
            table: Type { size: 9.0, leading: 11.5 },
            caption: Type { size: 9.0, leading: 11.5 },
            code: 0.78,
            heads: [
                Head { size: 17.0, cut: Cut::Regular, centred: true, above: 3.0, below: 2.0 },
                Head { size: 11.5, cut: Cut::SmallCaps, centred: true, above: 2.0, below: 1.0 },
                Head { size: 10.5, cut: Cut::Italic, centred: false, above: 1.0, below: 0.5 },
                Head { size: 10.5, cut: Cut::Italic, centred: false, above: 0.5, below: 0.0 },
            ],
            indent: 13.5,
            inset: 18.0,
            chapters: Opening::Page,
            sink: 54.0,
            justify: true,
            squares: false,
            letters: Letters { tracking: true, expansion: true, kashida: true },
            hyphenate: true,
            protrude: true,
            old_style_figures: true,
            naught: '0',
            opening: LeadIn::Plain,
            initial_lines: 2,
            ornament: String::new(),
            scene: "*\u{2003}*\u{2003}*".to_owned(),
            parts: true,
            running_heads: true,
            folios: Folios::Head,
            page_marks: true,
            explain: false,
            front: Front { half_title: true, title_page: true, imprint: true, contents: 2, figures: false, tables: false },
        }
    }
}

impl Default for Faces {
    fn default() -> Self {
        let garamond = |cut| format!("fonts/EBGaramond-{cut}.ttf");
        Self {
            regular: garamond("Regular"),
            italic: garamond("Italic"),
            bold: garamond("Bold"),
            bold_italic: garamond("BoldItalic"),
            code: "fonts/SourceCodePro-Regular.ttf".to_owned(),
            others: Vec::new(),
        }
    }
}

impl Design {
    /// The inner margin of a book of so many pages.
    pub fn inner(&self, pages: usize) -> f32 {
        let asked = self.gutters.iter().find(|(last, _)| pages <= *last).or(self.gutters.last());
        asked.map_or(self.margins.inner, |(_, gutter)| gutter.max(self.margins.inner))
    }

    /// The design for works in a language: every script wants its own distance from line to line, and some want larger type to be
    /// as easy to read. Heads, notes and all else follow the text.
    pub fn for_language(&self, language: &str) -> Self {
        let mut own = self.clone();
        own.squares = squares::is_language(language);
        if !own.squares && !tree::is_right_to_left(language) {
            return own;
        }
        let hebrew = ["he", "iw", "yi", "ji", "lad"].contains(&language.split('-').next().unwrap_or(""));
        let (size, leading) = match own.squares {
            true => SQUARES,
            false if hebrew => HEBREW,
            false => ARABIC,
        };
        for kind in [&mut own.text, &mut own.note, &mut own.table, &mut own.caption] {
            kind.size *= size;
            kind.leading *= leading;
        }
        own.indent *= size;
        if own.squares {
            own.indent = own.text.size * if squares::is_chinese(language) { 2.0 } else { 1.0 };
            own.inset = own.text.size * 2.0;
        }
        // Figures stand among letters of one height.
        own.old_style_figures = false;
        own
    }

    /// How headings of a depth look; depths count from 1.
    pub fn head(&self, depth: usize) -> &Head {
        &self.heads[depth.clamp(1, self.heads.len()) - 1]
    }
}
