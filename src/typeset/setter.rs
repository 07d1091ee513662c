//! The setter takes a stretch of the work and makes a galley of it, keeping account of the work's logical structure on the way.

use std::collections::BTreeMap;

use super::breaker::{self, Beside, Measure, Scratch};
use super::design::{Design, Type};
use super::galley::{Elastic, Galley, HYPHEN_AT_END, NEVER, Opens, Other, Slug, WIDOW};
use super::letters::Letters;
use super::line::{self, Line, Side};
use super::shape::{Look, Placement, Shaper};
use super::strand::{Anchor, Copy, Strand};
use super::structure::{Parent, Structure};
use crate::env::Env;
use crate::span::Span;
use crate::tree;

/// Sets one stretch after the other. One for each thread.
pub struct Setter<'a> {
    pub design: &'a Design,
    pub env: &'a Env,
    /// The width of the text.
    pub measure: f32,
    /// The pages of what the text names by its page.
    pub folios: std::sync::Arc<super::folios::PagesOf>,
    /// What calls each note.
    pub note_marks: std::sync::Arc<tree::NoteMarks>,
    pub shaper: Shaper<'a>,
    pub scratch: Scratch,
    pub structure: Structure,
    pub galley: Galley,
    /// Where slugs go: the galley's, a note's, a cell's.
    pub slugs: Vec<Slug>,
    /// What one block leaves to the next.
    pub flow: Flow,
    /// Characters that no face has, with the first place where each was met.
    pub lacking: BTreeMap<char, Span>,
    /// Formulas that stand as their TeX.
    pub unset: Vec<Span>,
    /// Tables that are wider than the page however small they are set, and of how many columns.
    pub wide: Vec<(Span, usize)>,
    /// Tables that are set smaller than they should be, so that no word in them is cut; of how many columns, and in which size.
    pub small: Vec<(Span, usize, f32)>,
}

/// What one block leaves to the next: the white, what a page's end costs there, what the next paragraph is.
#[derive(Debug)]
pub struct Flow {
    /// White that the next slug has above it.
    pub white: f32,
    /// What it costs at least to begin a page with the next slug.
    pub price: u32,
    /// Labels of printed pages that begin with the next slug.
    pub marks: Vec<String>,
    /// Whether the next paragraph is the first after something that sets it off, so that no indent need do so.
    pub first: bool,
    /// Whether what was set last ends in a colon, so that what comes next belongs to it; and whether that is so of what is being
    /// set.
    pub announces: bool,
    pub announced: bool,
    /// Whether a quotation was set last.
    pub quoted: bool,
    /// Whether who speaks has been named, close below whom verse stands.
    pub spoken: bool,
    /// How many more lines belong on the page of the heading above them.
    pub under_head: u32,
    /// Stands before the next paragraph's text: a note's number.
    pub prefix: Option<Prefix>,
    /// Whether what is set next stands at the top of a page.
    pub turns: bool,
    /// Whether a chapter's text begins with the next paragraph.
    pub leads: bool,
    /// How much wider than drawn the letters of the line are that was set last, where it is full ([`Line::widened`]).
    pub above: Option<f64>,
}

impl Default for Flow {
    /// At the beginning of a text.
    fn default() -> Self {
        Self {
            white: 0.0,
            price: 0,
            marks: Vec::new(),
            first: true,
            announces: false,
            announced: false,
            quoted: false,
            spoken: false,
            under_head: 0,
            prefix: None,
            turns: false,
            leads: false,
            above: None,
        }
    }
}

#[derive(Clone, Debug)]
pub struct Prefix {
    pub text: String,
    pub element: u32,
    pub after: u32,
}

/// Where text stands and what it is like: handed down by value.
#[derive(Clone, Debug)]
pub struct Place<'a> {
    /// From the left of the text.
    pub x: f32,
    pub width: f32,
    pub kind: Type,
    pub parent: Parent,
    pub lang: &'a str,
    pub voice: Voice,
    pub justify: bool,
    /// How far above the lines of the page's grid baselines stand; none: they keep to no grid.
    pub grid: Option<f32>,
    pub side: Side,
}

/// How text sounds: its style, sizes aside.
#[derive(Clone, Debug, PartialEq)]
pub struct Voice {
    pub bold: bool,
    pub italic: bool,
    pub small_caps: bool,
    /// Whether these small capitals name who speaks: what is emphasised among them is a direction, in italics alone.
    pub speaker: bool,
    pub code: bool,
    pub script: Placement,
    pub underline: bool,
    pub strike: bool,
    /// The size beside that of the place, as a factor.
    pub scale: f32,
    pub hyphenate: bool,
    pub old_style_figures: bool,
}

impl Voice {
    pub const PLAIN: Self = Self {
        bold: false,
        italic: false,
        small_caps: false,
        speaker: false,
        code: false,
        script: Placement::Line,
        underline: false,
        strike: false,
        scale: 1.0,
        hyphenate: true,
        old_style_figures: true,
    };
}

impl<'a> Place<'a> {
    /// The running text of a work.
    pub fn text(design: &Design, width: f32, parent: Parent, lang: &'a str) -> Self {
        let voice = Voice { hyphenate: design.hyphenate, old_style_figures: design.old_style_figures, ..Voice::PLAIN };
        let (kind, justify) = (design.text, design.justify);
        Self { x: 0.0, width, kind, parent, lang, voice, justify, grid: Some(0.0), side: Side::Start }
    }

    pub fn right_to_left(&self) -> bool {
        tree::is_right_to_left(self.lang)
    }

    /// Further in, on the side where its text begins.
    pub fn inset(&self, by: f32) -> Self {
        // However deep it stands, text keeps room for some words.
        let by = by.min(self.width - self.kind.size * LEAST_ROOM).max(0.0);
        let x = if self.right_to_left() { self.x } else { self.x + by };
        Self { x, width: self.width - by, ..self.clone() }
    }
}

impl<'a> Setter<'a> {
    pub fn new(design: &'a Design, env: &'a Env, measure: f32, shaper: Shaper<'a>) -> Self {
        Self {
            design,
            env,
            measure,
            folios: std::sync::Arc::default(),
            note_marks: std::sync::Arc::default(),
            shaper,
            scratch: Scratch::default(),
            structure: Structure::default(),
            galley: Galley::default(),
            slugs: Vec::new(),
            flow: Flow::default(),
            lacking: BTreeMap::new(),
            unset: Vec::new(),
            wide: Vec::new(),
            small: Vec::new(),
        }
    }

    /// The galley of what was set, and its structure. The setter is as new, but for the words it remembers.
    pub fn take(&mut self) -> (Galley, Structure) {
        let mut galley = std::mem::take(&mut self.galley);
        galley.slugs = std::mem::take(&mut self.slugs);
        if let (Some(last), false) = (galley.slugs.last_mut(), self.flow.marks.is_empty()) {
            last.marks.append(&mut self.flow.marks);
        }
        let marks = std::mem::take(&mut self.flow.marks);
        (galley.white, galley.price) = (self.flow.white, self.flow.price);
        self.flow = Flow { marks, ..Flow::default() };
        (galley, std::mem::take(&mut self.structure))
    }

    /// Adds a slug below what there is.
    pub fn push(&mut self, mut slug: Slug) {
        slug.space = slug.space.max(self.flow.white);
        slug.price = slug.price.max(self.flow.price);
        // Pages that began between blocks come before those that begin in the line.
        slug.marks.splice(0..0, self.flow.marks.drain(..));
        if self.flow.under_head > 0 {
            slug.price = slug.price.max(UNDER_HEAD);
            self.flow.under_head -= 1;
        }
        if std::mem::take(&mut self.flow.turns) {
            (slug.opens, slug.space) = (Opens::Page, 0.0);
        }
        (self.flow.white, self.flow.price, self.flow.above) = (0.0, 0, None);
        self.slugs.push(slug);
    }

    /// What is counted, in the work's digits.
    pub fn counted(&self, text: &str) -> String {
        super::digits::say(text, self.design.naught)
    }

    /// At least so much white before the next slug.
    pub fn space(&mut self, white: f32) {
        self.flow.white = self.flow.white.max(white);
    }

    /// No page break before the next slug.
    pub fn keep(&mut self) {
        self.flow.price = NEVER;
    }

    pub fn look(&mut self, voice: &Voice, place: &Place, lang: &str) -> super::shape::LookId {
        let look = Look {
            code: voice.code,
            bold: voice.bold,
            italic: voice.italic,
            // What a program reads keeps its case.
            small_caps: voice.small_caps && !voice.code,
            script: voice.script,
            old_style_figures: voice.old_style_figures,
            right_to_left: false,
            hyphenate: voice.hyphenate && place.voice.hyphenate,
        };
        self.shaper.look(look, lang)
    }

    /// Breaks a text into lines of the place's width.
    pub fn lines(&mut self, copy: Copy, place: &Place, indent: f32) -> Vec<Line> {
        self.carry(&copy);
        let strand = Strand::new(copy, place.right_to_left(), &mut self.shaper);
        self.lines_of(&strand, place, indent)
    }

    pub fn lines_of(&mut self, strand: &Strand, place: &Place, indent: f32) -> Vec<Line> {
        self.lines_beside(strand, place, indent, Beside::default())
    }

    /// As [`Setter::lines_of`], the first lines beside an initial.
    pub fn lines_beside(&mut self, strand: &Strand, place: &Place, indent: f32, beside: Beside) -> Vec<Line> {
        let measure = Measure { beside, ..self.measure_of(place, indent) };
        let breaks = breaker::lines(strand, &measure, &self.shaper, &mut self.scratch);
        line::build(strand, &breaks, &measure, place.side, &mut self.shaper)
    }

    fn measure_of(&self, place: &Place, indent: f32) -> Measure {
        Measure {
            width: place.width,
            indent,
            beside: Beside::default(),
            justify: place.justify,
            protrude: self.design.protrude && place.justify,
            runt: place.kind.size * RUNT,
            letters: self.design.letters,
            above: self.flow.above.filter(|_| self.flow.white == 0.0),
        }
    }

    /// Sets a paragraph of the running text: where it has slack, in other numbers of lines, too, so that pages can end alike.
    pub fn set_elastic(&mut self, copy: Copy, place: &Place, indent: f32) {
        if place.grid != Some(0.0) || place.width < self.measure || place.kind != self.design.text {
            return self.set(copy, place, indent);
        }
        self.carry(&copy);
        let strand = Strand::new(copy, place.right_to_left(), &mut self.shaper);
        let measure = self.measure_of(place, indent);
        let breaks = breaker::lines(&strand, &measure, &self.shaper, &mut self.scratch);
        let others = breaker::others(&strand, &measure, &self.shaper, &mut self.scratch, breaks.len());
        let lines = line::build(&strand, &breaks, &measure, place.side, &mut self.shaper);
        let (start, marks) = (self.slugs.len(), self.flow.marks.clone());
        self.push_lines(lines, place);
        let others: Vec<Other> = others
            .into_iter()
            .map(|other| {
                let lines = line::build(&strand, &other.breaks, &measure, place.side, &mut self.shaper);
                let mut slugs: Vec<Slug> = lines.into_iter().map(|line| self.slug(line, place)).collect();
                let (own, first) = (&self.slugs[start], &mut slugs[0]);
                (first.space, first.price, first.opens) = (own.space, own.price, own.opens);
                first.marks.splice(0..0, marks.iter().cloned());
                Other { slugs, price: (OTHER_LINES + other.worse * WORSE_LINES) as u32 }
            })
            .collect();
        if !others.is_empty() {
            self.slugs[start].elastic = Some(Box::new(Elastic { lines: breaks.len(), others, chosen: None }));
        }
    }

    /// Breaks a text that is not justified into as few lines as it needs, all of about the same length: a heading whose last line
    /// is a single word looks like a mistake.
    pub fn balanced(&mut self, copy: Copy, place: &Place) -> Vec<Line> {
        self.carry(&copy);
        let strand = Strand::new(copy, place.right_to_left(), &mut self.shaper);
        let whole = Measure {
            width: place.width,
            indent: 0.0,
            beside: Beside::default(),
            justify: false,
            protrude: false,
            runt: 0.0,
            letters: Letters::RIGID,
            above: None,
        };
        let mut breaks = breaker::lines(&strand, &whole, &self.shaper, &mut self.scratch);
        let (mut narrow, mut wide) = (place.width * 0.4, place.width);
        while breaks.len() > 1 && wide - narrow > place.kind.size * 0.5 {
            let width = (narrow + wide) / 2.0;
            let tried = breaker::lines(&strand, &Measure { width, ..whole }, &self.shaper, &mut self.scratch);
            // No word is cut for it.
            if tried.len() == breaks.len() && tried.iter().all(|line| line.kind != breaker::Kind::Cut) {
                (breaks, wide) = (tried, width);
            } else {
                narrow = width;
            }
        }
        line::build(&strand, &breaks, &whole, place.side, &mut self.shaper)
    }

    /// Pages that begin in a text without words are marked beside the next line.
    pub fn carry(&mut self, copy: &Copy) {
        if copy.text.is_empty() {
            self.flow.marks.extend(copy.anchors.iter().filter_map(|(_, anchor)| match anchor {
                Anchor::Page(label) => Some(label.clone()),
                Anchor::Note(_) => None,
            }));
        }
    }

    pub fn set_balanced(&mut self, copy: Copy, place: &Place) {
        let lines = self.balanced(copy, place);
        self.push_lines(lines, place);
    }

    /// Sets a text as slugs of a paragraph, the first line indented.
    pub fn set(&mut self, copy: Copy, place: &Place, indent: f32) {
        let lines = self.lines(copy, place, indent);
        self.push_lines(lines, place);
    }

    pub fn push_lines(&mut self, lines: Vec<Line>, place: &Place) {
        let (count, above) = (lines.len(), lines.last().and_then(|line| line.widened));
        let mut hyphen = false;
        for (number, line) in lines.into_iter().enumerate() {
            let mut slug = self.slug(line, place);
            // A page begins neither with a paragraph's last line nor after its first; one of three lines is not divided.
            if number == 1 || number + 1 == count && number > 0 {
                slug.price = WIDOW;
            } else if hyphen {
                slug.price = HYPHEN_AT_END;
            }
            hyphen = slug.hyphen;
            self.push(slug);
        }
        self.flow.above = above;
    }

    /// A line as a slug of the place.
    pub fn slug(&mut self, line: Line, place: &Place) -> Slug {
        let mut slug = Slug { items: line.items, grid: place.grid, hyphen: line.hyphen, ..Slug::of(place.kind) };
        slug.items.iter_mut().for_each(|item| item.x += place.x);
        slug.ascent = slug.ascent.max(line.rises + place.kind.size * 0.2);
        slug.descent = slug.descent.max(line.drops + place.kind.size * 0.1);
        for anchor in line.anchors {
            match anchor {
                Anchor::Note(note) => slug.notes.push(note),
                Anchor::Page(label) => slug.marks.push(label),
            }
        }
        slug
    }

    /// Does `act`, and gives the slugs that it set apart from the others.
    pub fn apart(&mut self, act: impl FnOnce(&mut Self)) -> Vec<Slug> {
        let slugs = std::mem::take(&mut self.slugs);
        let flow = std::mem::take(&mut self.flow);
        // A note or a cell in a quotation is still in it, and so on; what white and pages' ends cost is its own.
        let Flow { quoted, turns, leads, .. } = flow;
        self.flow = Flow { quoted, turns, leads, prefix: flow.prefix.clone(), ..Flow::default() };
        act(self);
        let inner = std::mem::replace(&mut self.slugs, slugs);
        let Flow { mut marks, quoted, turns, leads, prefix, .. } = std::mem::replace(&mut self.flow, flow);
        self.flow.marks.append(&mut marks);
        (self.flow.quoted, self.flow.turns, self.flow.leads, self.flow.prefix) = (quoted, turns, leads, prefix);
        inner
    }
}

/// A page that ends right behind the first line below a heading: dearer than any white that keeping it off leaves.
const UNDER_HEAD: u32 = 3_000;

/// What a page costs for a paragraph in another number of lines than looks best: more than both of two pages that face each other
/// cost when they are a line short, less than when only one is; and what it costs more for each hyphen that it looks worse by.
const OTHER_LINES: f64 = 26.0;
const WORSE_LINES: f64 = 30.0;

/// The width that no indent takes away, in ems.
const LEAST_ROOM: f32 = 9.0;

/// A last line of fewer ems is a runt: hardly longer than the next paragraph's indent, it would leave a hole.
const RUNT: f32 = 3.2;
