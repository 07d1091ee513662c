//! Galleys become pages in one forward pass, with the notes that a page's lines call at its foot.

use std::collections::VecDeque;

use super::column::{Column, NEARLY, Numbered, Pen};
use super::design::Design;
use super::ends::{self, LEAST_LINES, NOTE_ROOM, Start};
use super::galley::{Galley, Opens};
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
    let (mut at, mut facing) = (0, None);
    while at < column.slugs.len() {
        filler.open(column.slugs[at].slug.opens);
        let recto = filler.leaves.len() % 2 == 1;
        let start = Start { at, carried: &filler.carried, recto, facing: facing.filter(|_| recto) };
        let end = ends::choose(&column, &start, frame);
        facing = (!end.closes).then_some(end.short);
        let until = column.move_behind(&end.moved, end.at);
        filler.place(&mut column, at, until);
        at = until;
        // Notes never run on into the next chapter's page.
        while column.slugs.get(at).is_none_or(|next| next.slug.opens != Opens::Nothing) && !filler.carried.is_empty() {
            filler.open(Opens::Nothing);
            filler.place(&mut column, at, at);
        }
    }
    filler.leaves
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

impl Filler<'_> {
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
        let mut cells = Vec::new();
        for at in start..end {
            let Numbered { slug, start } = &mut column.slugs[at];
            let baseline = frame.top + pen.pass(slug, frame.leading);
            if slug.row != row.0 {
                in_reading_order(&mut leaf.page.items, row, &cells);
                row = (slug.row, leaf.page.items.len());
                cells.clear();
            }
            let mut items = std::mem::take(&mut slug.items);
            shift(&mut items, *start);
            slug.cells.resize(items.len(), u32::MAX - *start);
            cells.extend(slug.cells.iter().map(|cell| cell + *start));
            leaf.page.items.extend(items.into_iter().map(|item| Placed { x: item.x + left, y: item.y + baseline, ..item }));
            leaf.marks.extend(slug.marks.drain(..).map(|label| (baseline, label)));
            leaf.sections.extend(slug.section);
            let slug = &column.slugs[at].slug;
            column.note_lines(slug, &mut |note, line| self.carried.push_back((note, line)));
        }
        in_reading_order(&mut leaf.page.items, row, &cells);
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
fn in_reading_order(items: &mut Vec<Placed>, row: (Option<u32>, usize), cells: &[u32]) {
    if row.0.is_some() {
        let mut placed: Vec<_> = cells.iter().copied().zip(items.drain(row.1..)).collect();
        placed.sort_by_key(|(cell, placed)| match placed.part {
            Part::Content { after, .. } => (*cell, after),
            Part::Furniture(_) => (u32::MAX, 0),
        });
        items.extend(placed.into_iter().map(|(_, placed)| placed));
    }
}

/// The length of the rule above the notes, as a share of the measure.
const NOTE_RULE: f32 = 0.2;
