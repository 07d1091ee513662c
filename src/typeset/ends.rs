//! Where a page ends: of all places where it could, the one that costs least, the left page of an opening seen together with the
//! right one. Figures that a page has no room for are let go to the top of the next, and text behind them fills the page.

use std::collections::VecDeque;

use super::column::{Column, Floating, NEARLY, Pen};
use super::galley::{HYPHEN_AT_END, NEVER, Opens, Slug};
use super::paginate::Frame;

/// An end of a page.
#[derive(Clone, Debug)]
pub struct End {
    /// The first slug that is not on the page, as the column is before figures are moved.
    pub at: usize,
    /// Figures before that which are not on the page either.
    pub moved: Vec<Floating>,
    /// By how many lines the page looks shorter than a full one: none, where notes stand at its foot.
    pub short: f32,
    /// Whether a chapter ends here, so that nobody expects a full page.
    pub closes: bool,
    /// Whether all notes have room, so that the next page begins with nothing carried over.
    settled: bool,
    cost: f32,
}

/// A page that is to be filled.
pub struct Start<'a> {
    pub at: usize,
    /// Lines of notes that the pages so far had no room for: the note and the line.
    pub carried: &'a VecDeque<(u32, usize)>,
    pub recto: bool,
    /// On a right-hand page: by how many lines the page on its left looks short.
    pub facing: Option<f32>,
}

/// Chooses the end of a page.
pub fn choose(column: &Column, start: &Start, frame: &Frame) -> End {
    let mut ends = ends(column, start, frame);
    // Of two places that cost the same, the later: it fills the page.
    let best = (0..ends.len()).rev().min_by(|a, b| ends[*a].cost.total_cmp(&ends[*b].cost));
    let Some(best) = best else {
        return End { at: start.at + 1, moved: Vec::new(), short: 0.0, closes: false, settled: false, cost: 0.0 };
    };
    let own = |end: &End| end.settled && !end.closes && end.moved.is_empty();
    if start.recto || !own(&ends[best]) {
        return ends.swap_remove(best);
    }
    let limit = ends[best].cost + WORTH_A_LOOK;
    let mut worth: Vec<End> = ends.into_iter().filter(|end| own(end) && end.cost <= limit).collect();
    worth.sort_by(|a, b| a.cost.total_cmp(&b.cost).then(b.at.cmp(&a.at)));
    worth.truncate(LOOKS);
    let opening = |end: &End| {
        let right = Start { at: end.at, carried: &VecDeque::new(), recto: true, facing: Some(end.short) };
        let costs = self::ends(column, &right, frame).into_iter().map(|end| end.cost);
        end.cost + costs.min_by(f32::total_cmp).unwrap_or(0.0)
    };
    let costs: Vec<f32> = worth.iter().map(opening).collect();
    let best = (0..worth.len()).min_by(|a, b| costs[*a].total_cmp(&costs[*b])).unwrap_or(0);
    worth.swap_remove(best)
}

/// All places where a page may end that begins at `start`. Only one, where what is left of a chapter has room.
fn ends(column: &Column, start: &Start, frame: &Frame) -> Vec<End> {
    let mut pen = Pen::TOP;
    for slug in column.head(start.at) {
        pen.pass(slug, frame.leading);
    }
    let mut notes = Foot::new(start.carried.iter().map(|(note, line)| &column.notes[*note as usize][*line]), frame);
    let (mut ends, mut moved, mut at) = (Vec::new(), Vec::new(), start.at);
    while let Some(numbered) = column.slugs.get(at) {
        let slug = &numbered.slug;
        let behind = at > start.at;
        // A figure stays before the next chapter and in its section.
        if behind && (slug.opens != Opens::Nothing || slug.section.is_some() && !moved.is_empty()) {
            break;
        }
        if let Some(figure) = column.floating(at).filter(|_| behind)
            && (!moved.is_empty() || !fits(column, figure, pen, &notes, frame))
        {
            moved.push(figure);
            at += figure.slugs;
            continue;
        }
        pen.pass(slug, frame.leading);
        notes.add(column, slug);
        let room = frame.height - pen.y + NEARLY;
        if behind && room < notes.least() {
            break;
        }
        at += 1;
        let next = column.slugs.get(at).map(|next| &next.slug).filter(|next| next.opens == Opens::Nothing);
        let whole = notes.whole();
        if next.is_none() && moved.is_empty() && whole <= room {
            let end = End { at, moved, short: 0.0, closes: true, settled: true, cost: 0.0 };
            return vec![end];
        }
        let price = next.map_or(0, |next| next.price);
        if price == NEVER {
            continue;
        }
        let short = (room - whole).max(0.0) / frame.leading;
        let looks = if whole > 0.0 { 0.0 } else { short };
        let turns = if start.recto && slug.hyphen { HYPHEN_AT_END as f32 } else { 0.0 };
        let cost = price as f32
            + short * short * SHORT
            + turns
            + if whole > room { SPLIT_NOTE } else { 0.0 }
            // What stands far apart anyhow need not be brought nearer.
            + start.facing.map_or(0.0, |facing| (looks - facing).abs().min(MOST_UNEVEN).powi(2) * UNEVEN)
            + moved.len() as f32 * MOVED
            + left_over(column, at) as f32 * FEW_LEFT;
        ends.push(End { at, moved: moved.clone(), short: looks, closes: false, settled: whole <= room, cost });
    }
    ends
}

/// Whether a figure has room below what stands on the page so far.
fn fits(column: &Column, figure: Floating, mut pen: Pen, notes: &Foot, frame: &Frame) -> bool {
    for numbered in &column.slugs[figure.at..figure.at + figure.slugs] {
        pen.pass(&numbered.slug, frame.leading);
    }
    frame.height - pen.y + NEARLY >= notes.least()
}

/// How many lines fewer than are seemly would stand on a chapter's last page, if it began with this slug.
fn left_over(column: &Column, at: usize) -> usize {
    let rest = column.slugs[at..].iter().take(FEWEST_ON_LAST).take_while(|next| next.slug.opens == Opens::Nothing).count();
    if rest == 0 { 0 } else { FEWEST_ON_LAST - rest }
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

/// The white above the notes, in lines.
pub const NOTE_ROOM: f32 = 1.0;
/// How many lines of a note must at least stand on the page that calls it.
pub const LEAST_LINES: usize = 2;
/// How much of a page notes from the last one may take.
const MOST_CARRIED: f32 = 0.6;
/// What a missing line costs, by the square of how many: one is hardly seen, three are.
const SHORT: f32 = 12.0;
/// What two facing pages cost that differ by a line, by the square of how many: rather are both a line short.
const UNEVEN: f32 = 16.0;
const MOST_UNEVEN: f32 = 2.0;
/// An end that costs so much more than the best of a left-hand page is not looked at with the page that faces it, nor are more
/// than so many: a pass over a page for each.
const WORTH_A_LOOK: f32 = 100.0;
const LOOKS: usize = 4;
/// A figure at the top of the next page, where the reader has to look for it: less than a missing line.
const MOVED: f32 = 8.0;
/// The lines that a chapter's last page should at least have, and what each that is missing costs: less than a page three lines
/// short for two of them.
const FEWEST_ON_LAST: usize = 4;
const FEW_LEFT: f32 = 40.0;
/// A note that runs on to the next page: dearer than two missing lines, cheaper than three.
const SPLIT_NOTE: f32 = 70.0;
