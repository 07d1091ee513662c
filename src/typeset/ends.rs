//! Where pages end: of all ways to cut a chapter into pages, the one that costs least, pages that face each other seen together.
//! Figures that a page has no room for are let go to the top of the next, and text behind them fills the page.

use super::column::{Column, Floating, NEARLY, Pen};
use super::foot::{Foot, NoteLine, Waiting};
use super::galley::{HYPHEN_AT_END, NEVER, Opens, Slug};
use super::paginate::Frame;

/// An end of a page, and with it what the page holds: it is priced and placed by the same count.
#[derive(Clone, Debug)]
pub struct End {
    /// The first slug that is not on the page, as the column is before figures are moved.
    pub at: usize,
    /// Figures before that which are not on the page either.
    pub moved: Vec<Floating>,
    /// What stands at the foot.
    pub foot: Foot,
    /// The lines of notes that the page leaves to the next.
    pub left: Vec<NoteLine>,
    /// By how many lines the page looks shorter than a full one: none, where notes stand at its foot.
    pub short: f32,
    /// Whether a chapter ends here, so that nobody expects a full page.
    pub closes: bool,
    /// What the page costs, told apart for whoever hunts a fault.
    pub cost: Cost,
}

/// What a page costs, by what for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    /// What it costs to begin the next page where it begins.
    pub price: f32,
    /// A word that goes on over leaf.
    pub hyphen: f32,
    /// White left at the foot.
    pub short: f32,
    /// The page that faces it ends elsewhere.
    pub uneven: f32,
    /// Notes that run on, or begin behind their calls.
    pub notes: f32,
    /// Figures that stand later than they are announced.
    pub moved: f32,
    /// Too few lines on a chapter's last page.
    pub left_over: f32,
}

impl Cost {
    fn sum(&self) -> f32 {
        self.price + self.hyphen + self.short + self.uneven + self.notes + self.moved + self.left_over
    }
}

/// A page that is to be filled.
pub struct Start<'a> {
    pub at: usize,
    pub carried: &'a [NoteLine],
    pub recto: bool,
    /// On a right-hand page: by how many lines the page on its left looks short.
    pub facing: Option<f32>,
}

/// A way to cut the pages so far: its last end, by its place in the trail, and what all its pages cost.
#[derive(Clone, Copy)]
struct Way {
    last: usize,
    cost: f64,
}

/// The ends of the pages from `start` on, up to the chapter's end or to a page that a figure leaves.
pub fn choose(column: &Column, start: &Start, frame: &Frame) -> Vec<End> {
    let mut trail: Vec<(End, Option<usize>)> = Vec::new();
    let mut ways = extend(column, start, frame, None, &mut trail);
    let (mut recto, mut done): (bool, Option<Way>) = (start.recto, None);
    loop {
        let halts = |way: &Way| {
            let end = &trail[way.last].0;
            end.closes || !end.moved.is_empty()
        };
        let cheaper = |a: &Way, b: &Way| a.cost.total_cmp(&b.cost);
        done = ways.iter().filter(|way| halts(way)).copied().chain(done).min_by(cheaper);
        ways.retain(|way| !halts(way));
        prune(&mut ways, &trail);
        let limit = done.map_or(f64::INFINITY, |way| way.cost);
        ways.retain(|way| way.cost < limit);
        if ways.is_empty() {
            break;
        }
        recto = !recto;
        let pages = std::mem::take(&mut ways);
        for way in pages {
            let (end, carried) = (&trail[way.last].0, trail[way.last].0.left.clone());
            let facing = recto.then_some(end.short);
            let start = Start { at: end.at, carried: &carried, recto, facing };
            ways.extend(extend(column, &start, frame, Some(way), &mut trail));
        }
    }
    let mut at = done.map(|way| way.last);
    let mut ends = Vec::new();
    while let Some((end, before)) = at.map(|at| &trail[at]) {
        ends.push(end.clone());
        at = *before;
    }
    ends.reverse();
    ends
}

/// Every way on from one by a page.
fn extend(column: &Column, start: &Start, frame: &Frame, way: Option<Way>, trail: &mut Vec<(End, Option<usize>)>) -> Vec<Way> {
    let (before, cost) = (way.map(|way| way.last), way.map_or(0.0, |way| way.cost));
    let mut ways = Vec::new();
    for end in ends(column, start, frame) {
        ways.push(Way { last: trail.len(), cost: cost + f64::from(end.cost.sum()) });
        trail.push((end, before));
    }
    ways
}

/// Keeps the ways that are worth going on from: of those that the next page begins alike for, the one that costs least; the later
/// of two that cost the same, since it fills the page.
fn prune(ways: &mut Vec<Way>, trail: &[(End, Option<usize>)]) {
    let end = |way: &Way| &trail[way.last].0;
    ways.sort_by(|a, b| a.cost.total_cmp(&b.cost).then(end(b).at.cmp(&end(a).at)));
    let mut kept: Vec<Way> = Vec::with_capacity(WAYS);
    for way in ways.drain(..) {
        if kept.len() == WAYS {
            break;
        }
        let same = |known: &&Way| {
            let (a, b) = (end(known), end(&way));
            a.at == b.at && a.left.len() == b.left.len() && (a.short - b.short).abs() < 0.1
        };
        if !kept.iter().any(|known| same(&known)) {
            kept.push(way);
        }
    }
    *ways = kept;
}

/// All places where a page may end that begins at `start`. Only one, where what is left of a chapter has room.
fn ends(column: &Column, start: &Start, frame: &Frame) -> Vec<End> {
    let mut pen = Pen::TOP;
    for slug in column.head(start.at) {
        pen.pass(slug, frame.leading);
    }
    let mut waiting = Waiting::carried(start.carried);
    let (mut ends, mut moved, mut at): (Vec<End>, Vec<Floating>, usize) = (Vec::new(), Vec::new(), start.at);
    while let Some(numbered) = column.slugs.get(at) {
        let slug = &numbered.slug;
        let behind = at > start.at;
        // A figure stays before the next chapter and in its section.
        if behind && (slug.opens != Opens::Nothing || slug.section.is_some() && !moved.is_empty()) {
            break;
        }
        if let Some(figure) = column.floating(at).filter(|_| behind)
            && (!moved.is_empty() || !fits(column, figure, pen, &waiting, frame))
        {
            moved.push(figure);
            at += figure.slugs;
            continue;
        }
        pen.pass(slug, frame.leading);
        waiting.call(column, slug);
        let room = frame.height - pen.y;
        let foot = waiting.foot(room, false, frame);
        if behind && (room + NEARLY < 0.0 || !ends.is_empty() && (foot.behind > 0 || foot.late)) {
            break;
        }
        at += 1;
        let next = column.slugs.get(at).map(|next| &next.slug).filter(|next| next.opens == Opens::Nothing);
        if next.is_none() && moved.is_empty() && !foot.rest {
            let cost = Cost::default();
            return vec![End { at, moved, foot, left: Vec::new(), short: 0.0, closes: true, cost }];
        }
        let price = next.map_or(0, |next| next.price);
        if price == NEVER {
            continue;
        }
        let cost = page_cost(start, slug, (room, foot), frame);
        let cost = Cost {
            price: price as f32,
            moved: moved.len() as f32 * MOVED,
            left_over: left_over(column, at) as f32 * FEW_LEFT,
            ..cost
        };
        let left = waiting.lines()[foot.lines..].to_vec();
        let closes = next.is_none() && moved.is_empty();
        let short = looks_short((room, foot), frame);
        ends.push(End { at, moved: moved.clone(), foot, left, short, closes, cost });
    }
    if ends.is_empty() {
        // Nothing may be parted, or what there is is higher than a page.
        let at = at.max(start.at + 1);
        let end = End { at, moved, foot: Foot::default(), left: Vec::new(), short: 0.0, closes: false, cost: Cost::default() };
        ends.push(End { closes: column.slugs.get(at).is_none_or(|next| next.slug.opens != Opens::Nothing), ..end });
    }
    ends
}

/// By how many lines a page looks short.
fn looks_short((room, foot): (f32, Foot), frame: &Frame) -> f32 {
    if foot.lines > 0 { 0.0 } else { (room + NEARLY).max(0.0) / frame.leading }
}

/// What a page costs by what it holds.
fn page_cost(start: &Start, last: &Slug, (room, foot): (f32, Foot), frame: &Frame) -> Cost {
    let short = (room + NEARLY - foot.height).max(0.0) / frame.leading;
    let looks = looks_short((room, foot), frame);
    Cost {
        hyphen: if start.recto && last.hyphen { HYPHEN_AT_END as f32 } else { 0.0 },
        short: short * short * SHORT,
        // What stands far apart anyhow need not be brought nearer.
        uneven: start.facing.map_or(0.0, |facing| (looks - facing).abs().min(MOST_UNEVEN).powi(2) * UNEVEN),
        notes: if foot.rest { SPLIT_NOTE } else { 0.0 }
            + if foot.alone { LONE_NOTE_LINE } else { 0.0 }
            + (foot.behind + usize::from(foot.late)) as f32 * NOTE_BEHIND,
        ..Cost::default()
    }
}

/// Whether a figure has room below what stands on the page so far.
fn fits(column: &Column, figure: Floating, mut pen: Pen, waiting: &Waiting, frame: &Frame) -> bool {
    for numbered in &column.slugs[figure.at..figure.at + figure.slugs] {
        pen.pass(&numbered.slug, frame.leading);
    }
    let room = frame.height - pen.y;
    let foot = waiting.foot(room, false, frame);
    room + NEARLY >= 0.0 && foot.behind == 0 && !foot.late
}

/// How many lines fewer than are seemly would stand on a chapter's last page, if it began with this slug.
fn left_over(column: &Column, at: usize) -> usize {
    let rest = column.slugs[at..].iter().take(FEWEST_ON_LAST).take_while(|next| next.slug.opens == Opens::Nothing).count();
    if rest == 0 { 0 } else { FEWEST_ON_LAST - rest }
}

/// How many ways are kept from page to page.
const WAYS: usize = 12;
/// What a missing line costs, by the square of how many: one is hardly seen, three are.
const SHORT: f32 = 12.0;
/// What two facing pages cost that differ by a line, by the square of how many: rather are both two lines short.
const UNEVEN: f32 = 110.0;
const MOST_UNEVEN: f32 = 2.0;
/// A figure at the top of the next page, where the reader has to look for it: less than a missing line.
const MOVED: f32 = 8.0;
/// The lines that a chapter's last page should at least have, and what each that is missing costs: rather are some pages before it
/// a line or two short.
const FEWEST_ON_LAST: usize = 5;
const FEW_LEFT: f32 = 130.0;
/// A note that runs on to the next page: dearer than two missing lines, cheaper than three.
const SPLIT_NOTE: f32 = 70.0;
/// One line of a note alone on a page: as bad as a widow, but that many notes have no more than three lines.
const LONE_NOTE_LINE: f32 = 2_000.0;
/// A note that begins behind the page of its call: only where nothing else is left.
const NOTE_BEHIND: f32 = 400_000.0;
