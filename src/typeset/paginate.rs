//! Galleys become pages in one forward pass: of all places where a page may end, the cheapest, with the notes that its lines
//! call at its foot.

use std::collections::VecDeque;

use super::design::Design;
use super::galley::{ASCENT, Galley, NEVER, Opens, Slug};
use super::page::{Furniture, Item, Page, Part, Placed};

/// The text's room on a page.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    pub inner: f32,
    pub outer: f32,
    pub top: f32,
    pub width: f32,
    /// A whole number of lines of the grid.
    pub height: f32,
    pub leading: f32,
    /// Whether the book opens to the right.
    pub right_to_left: bool,
}

/// A page before heads and folios.
#[derive(Clone, Debug, Default)]
pub struct Leaf {
    pub page: Page,
    /// Where the text begins, from the left.
    pub left: f32,
    /// The printed source's pages that begin here, with the baselines of their lines.
    pub marks: Vec<(f32, String)>,
    /// Sections whose headings stand here, in order.
    pub sections: Vec<u32>,
    /// Whether a chapter opens the page, or nothing stands on it.
    pub opens: bool,
    pub blank: bool,
}

impl Frame {
    pub fn new(design: &Design, inner: f32, right_to_left: bool) -> Self {
        let (trim, margins, leading) = (design.trim, design.margins, design.text.leading);
        let lines = ((trim.height - margins.top - margins.bottom) / leading + 0.01).floor().max(4.0);
        let width = (trim.width - inner - margins.outer).max(72.0);
        Self { inner, outer: margins.outer, top: margins.top, width, height: lines * leading, leading, right_to_left }
    }

    /// Where the text begins on a page, which counts from 0: the first is a recto.
    pub fn left(&self, page: usize) -> f32 {
        if page.is_multiple_of(2) != self.right_to_left { self.inner } else { self.outer }
    }
}

/// Fills pages. `starts` says which number the first element of each galley has.
pub fn pages(galleys: Vec<Galley>, starts: &[u32], frame: &Frame) -> Vec<Leaf> {
    let mut filler = Filler { frame, leaves: Vec::new(), carried: VecDeque::new() };
    let mut column = Column::new(galleys, starts);
    let mut at = 0;
    while at < column.slugs.len() {
        let end = filler.choose(&column, at);
        filler.open(column.slugs[at].slug.opens);
        filler.place(&mut column, at, end);
        at = end;
        // Notes never run on into the next chapter's page.
        while column.slugs.get(at).is_none_or(|next| next.slug.opens != Opens::Nothing) && !filler.carried.is_empty() {
            filler.open(Opens::Nothing);
            filler.place(&mut column, at, at);
        }
    }
    filler.leaves
}

/// All galleys as one column.
struct Column {
    slugs: Vec<Numbered>,
    notes: Vec<Vec<Slug>>,
    heads: Vec<Vec<Slug>>,
}

struct Numbered {
    slug: Slug,
    /// The number of its galley's first element.
    start: u32,
}

impl Column {
    fn new(galleys: Vec<Galley>, starts: &[u32]) -> Self {
        let mut column = Self { slugs: Vec::new(), notes: Vec::new(), heads: Vec::new() };
        let (mut white, mut price) = (0.0_f32, 0);
        for (mut galley, &start) in galleys.into_iter().zip(starts) {
            if let Some(first) = galley.slugs.first_mut() {
                (first.space, first.price) = (first.space.max(white), first.price.max(price));
                (white, price) = (galley.white, galley.price);
            }
            let (notes, heads) = (column.notes.len() as u32, column.heads.len() as u32);
            let renumber = |mut slug: Slug| {
                slug.notes.iter_mut().for_each(|note| *note += notes);
                slug.head = slug.head.map(|head| head + heads);
                slug.row = slug.row.map(|row| row + start);
                slug
            };
            let shifted = |slug: Slug| {
                let mut slug = renumber(slug);
                shift(&mut slug.items, start);
                slug
            };
            column.notes.extend(galley.notes.into_iter().map(|note| note.into_iter().map(shifted).collect()));
            column.heads.extend(galley.heads);
            column.slugs.extend(galley.slugs.into_iter().map(|slug| Numbered { slug: renumber(slug), start }));
        }
        column
    }

    /// How many lines fewer than are seemly would stand on a chapter's last page, if it began with this slug.
    fn left_over(&self, at: usize) -> usize {
        let rest = self.slugs[at..].iter().take(FEWEST_ON_LAST).take_while(|next| next.slug.opens == Opens::Nothing).count();
        if rest == 0 { 0 } else { FEWEST_ON_LAST - rest }
    }

    /// The table head that a page which begins with this slug repeats.
    fn head(&self, at: usize) -> &[Slug] {
        let slug = &self.slugs[at].slug;
        match slug.head {
            Some(head) if at > 0 && self.slugs[at - 1].slug.head == Some(head) => &self.heads[head as usize],
            _ => &[],
        }
    }

    /// The lines of the notes that a slug calls, and of those that are called in them.
    fn note_lines(&self, slug: &Slug, see: &mut impl FnMut(u32, usize)) {
        for &note in &slug.notes {
            (0..self.notes[note as usize].len()).for_each(|line| see(note, line));
            self.notes[note as usize].iter().for_each(|line| self.note_lines(line, see));
        }
    }
}

/// Moves items into the whole row of elements.
pub fn shift(items: &mut [Placed], by: u32) {
    for placed in items {
        if let Part::Content { element, after } = &mut placed.part {
            element.0 += by;
            *after += by;
        }
    }
}

struct Filler<'f> {
    frame: &'f Frame,
    leaves: Vec<Leaf>,
    /// Lines of notes that the pages so far had no room for: the note and the line.
    carried: VecDeque<(u32, usize)>,
}

/// A page on its way down.
#[derive(Clone, Copy)]
struct Pen {
    y: f32,
    fresh: bool,
    /// Whether nothing but what stands between the lines of the grid has come so far: it begins on the first line all the same.
    between: bool,
}

impl Pen {
    const TOP: Self = Self { y: 0.0, fresh: true, between: true };

    /// Goes down by a slug; gives its baseline.
    fn pass(&mut self, slug: &Slug, leading: f32) -> f32 {
        let space = if self.fresh { slug.sink } else { slug.space };
        let mut baseline = self.y + space + slug.ascent;
        if let Some(offset) = slug.grid {
            self.between &= offset > 0.0 && slug.sink == 0.0;
            let first = leading * ASCENT - if self.between { 0.0 } else { offset };
            baseline = first + ((baseline - first - NEARLY) / leading).ceil().max(0.0) * leading;
        }
        (self.y, self.fresh) = (baseline + slug.descent, false);
        baseline
    }
}

impl Filler<'_> {
    /// Where the page that begins at `start` ends: the first slug that is not on it.
    fn choose(&self, column: &Column, start: usize) -> usize {
        let mut pen = Pen::TOP;
        for slug in column.head(start) {
            pen.pass(slug, self.frame.leading);
        }
        let mut notes = Foot::new(self.carried.iter().map(|(note, line)| &column.notes[*note as usize][*line]), self.frame);
        let mut best = (f32::INFINITY, start + 1);
        for (at, numbered) in column.slugs.iter().enumerate().skip(start) {
            let slug = &numbered.slug;
            if at > start && slug.opens != Opens::Nothing {
                return if notes.whole() <= self.frame.height - pen.y + NEARLY { at } else { best.1 };
            }
            pen.pass(slug, self.frame.leading);
            notes.add(column, slug);
            let room = self.frame.height - pen.y + NEARLY;
            if at > start && room < notes.least() {
                break;
            }
            let next =
                column.slugs.get(at + 1).map_or(0, |next| if next.slug.opens == Opens::Nothing { next.slug.price } else { 0 });
            if next != NEVER {
                let whole = notes.whole();
                let short = (room - whole).max(0.0) / self.frame.leading;
                let split = if whole > room { SPLIT_NOTE } else { 0.0 };
                let cost = next as f32 + short * short * SHORT + split + column.left_over(at + 1) as f32 * FEW_LEFT;
                // Of two places that cost the same, the later: it fills the page.
                if cost <= best.0 {
                    best = (cost, at + 1);
                }
            }
            if at + 1 == column.slugs.len() && whole_fits(&notes, room) {
                return at + 1;
            }
        }
        best.1
    }

    /// Begins a page, and before it an empty one where a chapter wants a recto.
    fn open(&mut self, opens: Opens) {
        if opens == Opens::Recto && self.leaves.len() % 2 == 1 {
            self.leaves.push(Leaf { blank: true, ..Leaf::default() });
        }
        let left = self.frame.left(self.leaves.len());
        self.leaves.push(Leaf { left, opens: opens != Opens::Nothing, ..Leaf::default() });
    }

    fn place(&mut self, column: &mut Column, start: usize, end: usize) {
        let (frame, left) = (self.frame, self.frame.left(self.leaves.len() - 1));
        let mut pen = Pen::TOP;
        let mut leaf = self.leaves.pop().expect("a page was opened");
        if start < end {
            for slug in column.head(start) {
                let baseline = frame.top + pen.pass(slug, frame.leading);
                let items = slug.items.iter().cloned();
                leaf.page.items.extend(items.map(|item| Placed { x: item.x + left, y: item.y + baseline, ..item }));
            }
        }
        let mut row = (None, 0);
        for at in start..end {
            let Numbered { slug, start } = &mut column.slugs[at];
            let baseline = frame.top + pen.pass(slug, frame.leading);
            if slug.row != row.0 {
                in_reading_order(&mut leaf.page.items, row);
                row = (slug.row, leaf.page.items.len());
            }
            let mut items = std::mem::take(&mut slug.items);
            shift(&mut items, *start);
            leaf.page.items.extend(items.into_iter().map(|item| Placed { x: item.x + left, y: item.y + baseline, ..item }));
            leaf.marks.extend(slug.marks.drain(..).map(|label| (baseline, label)));
            leaf.sections.extend(slug.section);
            let slug = &column.slugs[at].slug;
            column.note_lines(slug, &mut |note, line| self.carried.push_back((note, line)));
        }
        in_reading_order(&mut leaf.page.items, row);
        self.foot(column, &mut leaf, frame.height - pen.y);
        self.leaves.push(leaf);
    }

    /// As many lines of notes as there is room for, at the foot of the page.
    fn foot(&mut self, column: &mut Column, leaf: &mut Leaf, room: f32) {
        if self.carried.is_empty() {
            return;
        }
        let (frame, mut height, mut taken) = (self.frame, 0.0, 0);
        for (note, line) in &self.carried {
            let slug = &column.notes[*note as usize][*line];
            let own = if taken == 0 { frame.leading * NOTE_ROOM } else { slug.space } + slug.height();
            // A page of nothing but notes takes at least a line of them, or it would never end.
            let least = taken == 0 && leaf.page.items.is_empty();
            if height + own > room + NEARLY && !least {
                break;
            }
            height += own;
            taken += 1;
        }
        if taken == 0 {
            return;
        }
        // A note that runs on leaves more than one line for the next page, if it has them.
        while taken > LEAST_LINES && self.divides_badly(column, taken) {
            let (note, line) = self.carried[taken - 1];
            let slug = &column.notes[note as usize][line];
            height -= slug.space + slug.height();
            taken -= 1;
        }
        let mut y = frame.top + frame.height - height + frame.leading * NOTE_ROOM;
        let item = Item::Rule { width: frame.width * NOTE_RULE, height: 0.4 };
        let x = if frame.right_to_left { leaf.left + frame.width * (1.0 - NOTE_RULE) } else { leaf.left };
        let rule = Placed { x, y: y - frame.leading * NOTE_ROOM * 0.35, item, part: Part::Furniture(Furniture::Decoration) };
        leaf.page.items.push(rule);
        for (number, (note, line)) in self.carried.drain(..taken).enumerate() {
            let slug = &mut column.notes[note as usize][line];
            y += if number == 0 { 0.0 } else { slug.space } + slug.ascent;
            let items = std::mem::take(&mut slug.items);
            leaf.page.items.extend(items.into_iter().map(|item| Placed { x: item.x + leaf.left, y: item.y + y, ..item }));
            leaf.marks.extend(slug.marks.drain(..).map(|label| (y, label)));
            y += slug.descent;
        }
    }
}

impl Filler<'_> {
    /// Whether only one line of a paragraph would stand on one of the two pages that the carried lines are divided between.
    fn divides_badly(&self, column: &Column, at: usize) -> bool {
        let next = self.carried.get(at).map(|(note, line)| &column.notes[*note as usize][*line]);
        next.is_some_and(|slug| slug.price >= super::galley::WIDOW)
    }
}

/// The cells of a row one after the other, though their lines were set side by side.
fn in_reading_order(items: &mut [Placed], row: (Option<u32>, usize)) {
    if row.0.is_some() {
        items[row.1..].sort_by_key(|placed| match placed.part {
            Part::Content { after, .. } => after,
            Part::Furniture(_) => u32::MAX,
        });
    }
}

/// What the notes at a page's foot need.
struct Foot {
    /// Lines before the last note, and the lines of the last one: how high both are.
    before: f32,
    last: f32,
    /// The part of the last note that must stand on the page that calls it.
    least: f32,
    gap: f32,
}

impl Foot {
    /// Those that were carried over, though they may take no more than their share of the page.
    fn new<'s>(carried: impl Iterator<Item = &'s Slug>, frame: &Frame) -> Self {
        let height: f32 = carried.map(|slug| slug.space + slug.height()).sum();
        let least = height.min(frame.height * MOST_CARRIED);
        Self { before: 0.0, last: height, least, gap: frame.leading * NOTE_ROOM }
    }

    fn add(&mut self, column: &Column, slug: &Slug) {
        let mut known = None;
        column.note_lines(slug, &mut |note, line| {
            let slug = &column.notes[note as usize][line];
            if known != Some(note) {
                known = Some(note);
                self.before += self.last;
                (self.last, self.least) = (0.0, 0.0);
            }
            self.last += slug.space + slug.height();
            if line < LEAST_LINES {
                self.least = self.last;
            }
        });
    }

    fn whole(&self) -> f32 {
        let height = self.before + self.last;
        if height > 0.0 { height + self.gap } else { 0.0 }
    }

    fn least(&self) -> f32 {
        let height = self.before + self.least;
        if height > 0.0 { height + self.gap } else { 0.0 }
    }
}

fn whole_fits(notes: &Foot, room: f32) -> bool {
    notes.whole() <= room
}

/// Sums of floating point are not exact: so much is no difference, in points.
const NEARLY: f32 = 0.05;
/// The white above the notes, in lines.
const NOTE_ROOM: f32 = 1.0;
/// The length of the rule above the notes, as a share of the measure.
const NOTE_RULE: f32 = 0.2;
/// How many lines of a note must at least stand on the page that calls it.
const LEAST_LINES: usize = 2;
/// How much of a page notes from the last one may take.
const MOST_CARRIED: f32 = 0.6;
/// What a missing line costs, by the square of how many: one is hardly seen, three are.
const SHORT: f32 = 12.0;
/// The lines that a chapter's last page should at least have, and what each that is missing costs: less than a page three lines
/// short for two of them.
const FEWEST_ON_LAST: usize = 4;
const FEW_LEFT: f32 = 40.0;
/// A note that runs on to the next page: dearer than two missing lines, cheaper than three.
const SPLIT_NOTE: f32 = 70.0;
