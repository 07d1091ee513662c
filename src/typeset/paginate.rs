//! Galleys become pages in one forward pass, with the notes that a page's lines call at its foot.

use super::column::{Column, Numbered, Pen};
use super::design::Design;
use super::ends::{self, Cost, Start};
use super::foot::{Carried, Foot, NOTE_ROOM, NoteLine, Waiting};
use super::galley::{Galley, Opens, Slug};
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
    /// Whether the page begins with the first of them.
    pub begins: bool,
    /// Whether a chapter opens the page, or nothing stands on it.
    pub opens: bool,
    pub blank: bool,
    /// What it costs that the page ends where it does.
    pub cost: Cost,
}

impl Frame {
    pub fn new(design: &Design, inner: f32, right_to_left: bool) -> Self {
        let (trim, margins, leading) = (design.trim, design.margins, design.text.leading);
        let all = (trim.width - inner - margins.outer).max(72.0);
        // What squares leave over goes to the outer margin.
        let width = if design.squares { (all / design.text.size + 0.01).floor() * design.text.size } else { all };
        let outer = margins.outer + all - width;
        Self { inner, outer, top: margins.top, width, height: Self::height(design), leading, right_to_left }
    }

    /// How high the text's room is in a design: so many whole lines of the grid as its page has room for.
    pub fn height(design: &Design) -> f32 {
        let (page, margins, leading) = (design.trim.height, design.margins, design.text.leading);
        ((page - margins.top - margins.bottom) / leading + 0.01).floor().max(4.0) * leading
    }

    /// Where the text begins on a page, which counts from 0: the first is a recto.
    pub fn left(&self, page: usize) -> f32 {
        if page.is_multiple_of(2) != self.right_to_left { self.inner } else { self.outer }
    }
}

/// Fills pages. `starts` says which number the first element of each galley has.
pub fn pages(galleys: Vec<Galley>, starts: &[u32], frame: &Frame) -> Vec<Leaf> {
    fill(Vec::new(), Column::new(galleys, starts), (0, usize::MAX), frame).0
}

/// As [`pages`], with how many of them end before the slug `watched`, where that begins a page and nothing before it bears on what
/// follows.
pub fn pages_with(watched: usize, galleys: Vec<Galley>, starts: &[u32], frame: &Frame) -> (Vec<Leaf>, Option<usize>) {
    fill(Vec::new(), Column::new(galleys, starts), (0, watched), frame)
}

/// Fills pages behind `leaves`, from the slug `from` of the galleys on.
pub fn go_on(leaves: Vec<Leaf>, galleys: Vec<Galley>, starts: &[u32], from: usize, frame: &Frame) -> Vec<Leaf> {
    fill(leaves, Column::new(galleys, starts), (from, usize::MAX), frame).0
}

fn fill(leaves: Vec<Leaf>, mut column: Column, (from, watched): (usize, usize), frame: &Frame) -> (Vec<Leaf>, Option<usize>) {
    let mut filler = Filler { frame, leaves };
    let (mut at, mut carried) = (from, Carried::default());
    let (mut facing, mut before) = (None, None);
    while at < column.slugs.len() {
        if at == watched && facing.is_none() && carried.is_empty() {
            before = Some(filler.leaves.len());
        }
        filler.open(column.slugs[at].slug.opens);
        let mut recto = filler.leaves.len() % 2 == 1;
        let start = Start { at, carried: &carried, recto, facing: facing.filter(|_| recto) };
        for (number, end) in ends::choose(&column, &start, frame).into_iter().enumerate() {
            if number > 0 {
                filler.open(Opens::Nothing);
                recto = !recto;
            }
            end.flex.iter().for_each(|flex| flex.take(&mut column, frame));
            let until = column.move_behind(&end.moved, end.at);
            filler.place(&mut column, at..until, &mut carried, end.foot);
            filler.leaves.last_mut().expect("a page was placed").cost = end.cost;
            facing = (!end.closes && !recto).then_some(end.short);
            at = until;
        }
        // Notes never run on into the next chapter's page.
        while column.slugs.get(at).is_none_or(|next| next.slug.opens != Opens::Nothing) && !carried.is_empty() {
            filler.open(Opens::Nothing);
            let foot = Waiting::carried(&carried, frame).foot(frame.height, true, frame);
            filler.place(&mut column, at..at, &mut carried, foot);
        }
    }
    (filler.leaves, before)
}

/// How deep a galley would be if no page ended in it, its notes included, in points.
pub fn depth(galley: &Galley, frame: &Frame) -> f32 {
    let (mut pen, mut depth) = (Pen::TOP, 0.0);
    for slug in &galley.slugs {
        if slug.opens != Opens::Nothing {
            depth += pen.y;
            pen = Pen::TOP;
        }
        pen.pass(slug, frame.leading);
    }
    let notes: f32 = galley.notes.iter().flatten().map(|slug| slug.space + slug.height()).sum();
    depth + pen.y + notes
}

/// Moves items into the whole row of elements, or back (by what is missing to 2^32).
pub fn shift(items: &mut [Placed], by: u32) {
    for placed in items {
        if let Part::Content { element, after } = &mut placed.part {
            element.0 = element.0.wrapping_add(by);
            *after = after.wrapping_add(by);
        }
    }
}

struct Filler<'f> {
    frame: &'f Frame,
    leaves: Vec<Leaf>,
}

impl Filler<'_> {
    /// Begins a page, and before it an empty one where a chapter wants a recto.
    fn open(&mut self, opens: Opens) {
        if opens == Opens::Recto && self.leaves.len() % 2 == 1 {
            self.leaves.push(Leaf { blank: true, ..Leaf::default() });
        }
        let left = self.frame.left(self.leaves.len());
        self.leaves.push(Leaf { left, opens: opens != Opens::Nothing, ..Leaf::default() });
    }

    /// Places a page's slugs, and at its foot so many lines of the notes that wait; the others go on waiting.
    fn place(&mut self, column: &mut Column, slugs: std::ops::Range<usize>, carried: &mut Carried, foot: Foot) {
        let (mut at, end) = (slugs.start, slugs.end);
        let mut waiting = Waiting::carried(carried, self.frame);
        let leaf = self.leaves.pop().expect("a page was opened");
        let (left, frame) = (self.frame.left(self.leaves.len()), self.frame);
        let mut text = Text { frame, left, pen: Pen::TOP, leaf, row: (None, 0), cells: Vec::new() };
        if at < end {
            column.head(at).iter().for_each(|slug| text.repeat(slug));
        }
        while at < end {
            let Numbered { slug, start } = &mut column.slugs[at];
            let start = *start;
            match slug.elastic.take().and_then(|elastic| elastic.taken()) {
                Some((lines, slugs)) => {
                    for mut slug in slugs {
                        text.place(&mut slug, start);
                        waiting.call(column, &slug);
                    }
                    at += lines;
                }
                None => {
                    text.place(slug, start);
                    waiting.call(column, &column.slugs[at].slug);
                    at += 1;
                }
            }
        }
        text.end_row();
        let mut leaf = text.leaf;
        self.foot(column, &mut leaf, waiting.first(foot.lines), foot.height);
        *carried = waiting.rest(foot.lines);
        self.leaves.push(leaf);
    }

    /// Lines of notes at the foot of the page, so high with the white above them.
    fn foot<'l>(&self, column: &mut Column, leaf: &mut Leaf, lines: impl Iterator<Item = &'l NoteLine>, height: f32) {
        let (frame, mut lines) = (self.frame, lines.collect::<Vec<_>>());
        if lines.is_empty() {
            return;
        }
        // The apparatus is a series of its own, over the other notes, on a page on which every note begins and ends.
        let slugs = &column.notes;
        let whole = lines.chunk_by(|a, b| a.note == b.note).all(|note| {
            note[0].line == 0 && note.last().is_some_and(|last| last.line as usize + 1 == slugs[last.note as usize].len())
        });
        if whole {
            lines.sort_by_key(|line| !slugs[line.note as usize][line.line as usize].apparatus);
        }
        let mut y = frame.top + frame.height - height + frame.leading * NOTE_ROOM;
        let item = Item::Rule { width: frame.width * NOTE_RULE, height: 0.4 };
        let x = if frame.right_to_left { leaf.left + frame.width * (1.0 - NOTE_RULE) } else { leaf.left };
        let rule = Placed { x, y: y - frame.leading * NOTE_ROOM * 0.35, item, part: Part::Furniture(Furniture::Decoration) };
        leaf.page.items.push(rule);
        for (number, line) in lines.into_iter().enumerate() {
            let slug = &mut column.notes[line.note as usize][line.line as usize];
            y += if number == 0 { 0.0 } else { slug.space } + slug.ascent;
            let items = std::mem::take(&mut slug.items);
            leaf.page.items.extend(items.into_iter().map(|item| Placed { x: item.x + leaf.left, y: item.y + y, ..item }));
            leaf.marks.extend(slug.marks.drain(..).map(|label| (y, label)));
            y += slug.descent;
        }
    }
}

/// The text of a page while it is placed.
struct Text<'f> {
    frame: &'f Frame,
    left: f32,
    pen: Pen,
    leaf: Leaf,
    /// The row of a table that is being placed, and its first item; whose cell each of its items is.
    row: (Option<u32>, usize),
    cells: Vec<u32>,
}

impl Text<'_> {
    /// A slug that stands elsewhere, too.
    fn repeat(&mut self, slug: &Slug) {
        let (baseline, left) = (self.frame.top + self.pen.pass(slug, self.frame.leading), self.left);
        let items = slug.items.iter().cloned();
        self.leaf.page.items.extend(items.map(|item| Placed { x: item.x + left, y: item.y + baseline, ..item }));
    }

    /// A slug of a galley whose first element has this number.
    fn place(&mut self, slug: &mut Slug, start: u32) {
        let (baseline, left) = (self.frame.top + self.pen.pass(slug, self.frame.leading), self.left);
        if slug.row != self.row.0 {
            self.end_row();
            self.row = (slug.row, self.leaf.page.items.len());
        }
        self.leaf.begins |= slug.section.is_some() && self.leaf.page.items.is_empty();
        let mut items = std::mem::take(&mut slug.items);
        shift(&mut items, start);
        slug.cells.resize(items.len(), u32::MAX - start);
        self.cells.extend(slug.cells.iter().map(|cell| cell + start));
        self.leaf.page.items.extend(items.into_iter().map(|item| Placed { x: item.x + left, y: item.y + baseline, ..item }));
        self.leaf.marks.extend(slug.marks.drain(..).map(|label| (baseline, label)));
        self.leaf.sections.extend(slug.section);
    }

    /// The cells of a row one after the other, though their lines were set side by side.
    fn end_row(&mut self) {
        let cells = std::mem::take(&mut self.cells);
        if self.row.0.is_some() {
            let mut placed: Vec<_> = cells.into_iter().zip(self.leaf.page.items.drain(self.row.1..)).collect();
            placed.sort_by_key(|(cell, placed)| match placed.part {
                Part::Content { after, .. } => (*cell, after),
                Part::Furniture(_) => (u32::MAX, 0),
            });
            self.leaf.page.items.extend(placed.into_iter().map(|(_, placed)| placed));
        }
        self.row = (None, 0);
    }
}

/// The length of the rule above the notes, as a share of the measure.
const NOTE_RULE: f32 = 0.2;
