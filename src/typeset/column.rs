//! All galleys as one column, and the pen that goes down it: what the pages are cut from.

use super::galley::{ASCENT, Galley, Slug};
use super::paginate::shift;

/// All galleys as one column.
pub struct Column {
    pub slugs: Vec<Numbered>,
    pub notes: Vec<Vec<Slug>>,
    heads: Vec<Vec<Slug>>,
}

pub struct Numbered {
    pub slug: Slug,
    /// The number of its galley's first element.
    pub start: u32,
}

/// A figure in the column: its first slug and how many it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Floating {
    pub at: usize,
    pub slugs: usize,
}

impl Column {
    pub fn new(galleys: Vec<Galley>, starts: &[u32]) -> Self {
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
                let others = slug.elastic.iter_mut().flat_map(|elastic| &mut elastic.others);
                let called = others.flat_map(|other| &mut other.slugs).flat_map(|slug| &mut slug.notes);
                called.for_each(|note| *note += notes);
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

    /// The figure that begins here, if it may move.
    pub fn floating(&self, at: usize) -> Option<Floating> {
        let slugs = self.slugs[at].slug.floats as usize;
        (slugs > 0).then_some(Floating { at, slugs })
    }

    /// Takes figures out of the text that ends at `end`, and puts them behind it in their order. Gives the end that is left.
    pub fn move_behind(&mut self, figures: &[Floating], end: usize) -> usize {
        figures.iter().rev().fold(end, |end, figure| {
            self.slugs[figure.at..end].rotate_left(figure.slugs);
            end - figure.slugs
        })
    }

    /// The table head that a page which begins with this slug repeats.
    pub fn head(&self, at: usize) -> &[Slug] {
        let slug = &self.slugs[at].slug;
        match slug.head {
            Some(head) if at > 0 && self.slugs[at - 1].slug.head == Some(head) => &self.heads[head as usize],
            _ => &[],
        }
    }

    /// The lines of the notes that a slug calls, and of those that are called in them.
    pub fn note_lines(&self, slug: &Slug, see: &mut impl FnMut(u32, usize)) {
        for &note in &slug.notes {
            (0..self.notes[note as usize].len()).for_each(|line| see(note, line));
            self.notes[note as usize].iter().for_each(|line| self.note_lines(line, see));
        }
    }
}

/// A page on its way down.
#[derive(Clone, Copy)]
pub struct Pen {
    pub y: f32,
    fresh: bool,
    /// White that the last slug wants below it.
    below: f32,
    /// Whether nothing but what stands between the lines of the grid has come so far: it begins on the first line all the same.
    between: bool,
}

impl Pen {
    pub const TOP: Self = Self { y: 0.0, fresh: true, below: 0.0, between: true };

    /// Goes down by a slug; gives its baseline.
    pub fn pass(&mut self, slug: &Slug, leading: f32) -> f32 {
        let space = if self.fresh { slug.sink } else { slug.space.max(self.below) };
        let mut baseline = self.y + space + slug.ascent;
        if let Some(offset) = slug.grid {
            self.between &= offset > 0.0 && slug.sink == 0.0;
            let first = leading * ASCENT - if self.between { 0.0 } else { offset };
            baseline = first + ((baseline - first - NEARLY) / leading).ceil().max(0.0) * leading;
        }
        (self.y, self.fresh, self.below) = (baseline + slug.descent, false, slug.below);
        baseline
    }
}

/// Sums of floating point are not exact: so much is no difference, in points.
pub const NEARLY: f32 = 0.05;
