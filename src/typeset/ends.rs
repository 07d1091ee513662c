//! Where pages end: of all ways to cut a chapter into pages, the one that costs least, pages that face each other seen together.
//! Figures that a page has no room for are let go to the top of the next, and text behind them fills the page.

use super::column::{Column, Floating, NEARLY, Pen};
use super::foot::{Carried, Foot, Waiting};
use super::galley::{HYPHEN_AT_END, NEVER, Opens, Slug, WIDOW};
use super::paginate::Frame;

/// An end of a page, and with it what the page holds: it is priced and placed by the same count.
#[derive(Clone, Debug, Default)]
pub struct End {
    /// The first slug that is not on the page, as the column is before figures are moved.
    pub at: usize,
    /// Figures before that which are not on the page either.
    pub moved: Vec<Floating>,
    /// What stands at the foot.
    pub foot: Foot,
    /// The lines of notes that the page leaves to the next, until that has been looked at.
    pub left: Carried,
    /// By how many lines the page looks shorter than a full one: none, where notes stand at its foot.
    pub short: f32,
    /// Whether it should end as high as the page that faces it.
    pub should_be_even: bool,
    /// Whether a chapter ends here, so that nobody expects a full page.
    pub closes: bool,
    /// Where the page is a line longer or shorter than its text is by itself.
    pub flex: Vec<Flex>,
    /// What the page costs, told apart for whoever hunts a fault.
    pub cost: Cost,
}

/// A place where a page may win or lose lines.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Flex {
    /// Its first slug.
    at: usize,
    kind: FlexKind,
    /// How many lines.
    lines: i32,
    price: f32,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum FlexKind {
    /// A paragraph that is set in another number of lines, by the number of the way.
    Paragraph(usize),
    /// More white above a heading.
    White,
    /// A chapter's heading that stands a line higher or lower than others.
    Sink,
}

impl Flex {
    /// Makes it so.
    pub fn take(&self, column: &mut Column, frame: &Frame) {
        let slug = &mut column.slugs[self.at].slug;
        match self.kind {
            FlexKind::Paragraph(way) => {
                slug.elastic.iter_mut().for_each(|elastic| elastic.chosen = Some(way));
            }
            FlexKind::White => slug.space += frame.leading * self.lines as f32,
            FlexKind::Sink => slug.sink += frame.leading * self.lines as f32,
        }
    }
}

/// The cheapest flexes that a page has so far, those that lengthen it and those that shorten it, so many as may be taken.
#[derive(Clone, Debug, Default)]
struct Flexes {
    longer: Vec<Flex>,
    shorter: Vec<Flex>,
    /// A paragraph that ends with this slug can, when all of it stands on the page.
    waiting: Option<(usize, usize)>,
}

impl Flexes {
    /// Goes by a slug of the page, which isn't its first if `within`.
    fn pass(&mut self, column: &Column, at: usize, within: bool, frame: &Frame) {
        let slug = &column.slugs[at].slug;
        if !within && slug.section.is_some() && slug.sink > frame.leading * LEAST_SINK {
            let sink = Flex { at, kind: FlexKind::Sink, lines: 1, price: OTHER_SINK };
            keep(sink, &mut self.longer);
            keep(Flex { lines: -1, ..sink }, &mut self.shorter);
        }
        if let Some(elastic) = &slug.elastic {
            self.waiting = Some((at, at + elastic.lines - 1));
        }
        if within && slug.section.is_some() && slug.opens == Opens::Nothing {
            keep(Flex { at, kind: FlexKind::White, lines: 1, price: MORE_WHITE }, &mut self.longer);
        }
        let Some((first, last)) = self.waiting.filter(|(_, last)| *last == at) else { return };
        self.waiting = None;
        let Some(elastic) = column.slugs.get(first).and_then(|known| known.slug.elastic.as_ref()) else { return };
        debug_assert!(last < column.slugs.len());
        for (way, other) in elastic.others.iter().enumerate() {
            let lines = other.slugs.len() as i32 - elastic.lines as i32;
            let flex = Flex { at: first, kind: FlexKind::Paragraph(way), lines, price: other.price as f32 };
            keep(flex, if lines > 0 { &mut self.longer } else { &mut self.shorter });
        }
    }

    /// By how many lines the page can be shortened.
    fn most_shorter(&self) -> usize {
        self.shorter.len()
    }

    /// The cheapest ways to so many lines more (or fewer, below 0), where there are enough.
    fn find(&self, lines: i32) -> Option<Vec<Flex>> {
        let all = if lines > 0 { &self.longer } else { &self.shorter };
        all.get(..lines.unsigned_abs() as usize).map(<[Flex]>::to_vec)
    }
}

/// Keeps a flex among the cheapest, behind those that cost the same.
fn keep(flex: Flex, cheapest: &mut Vec<Flex>) {
    let at = cheapest.partition_point(|known| known.price <= flex.price);
    if at < MOST_FLEXED {
        cheapest.truncate(MOST_FLEXED - 1);
        cheapest.insert(at, flex);
    }
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
    /// Lines that are won or lost.
    pub flexed: f32,
}

impl Cost {
    /// What costs something, in words, with what it costs.
    pub fn told(&self) -> Vec<(&'static str, f32)> {
        let all = [
            ("the next page begins where none should", self.price),
            ("a word goes on over leaf", self.hyphen),
            ("white at the foot", self.short),
            ("the page beside it ends elsewhere", self.uneven),
            ("notes run on", self.notes),
            ("figures moved behind it", self.moved),
            ("few lines left for the chapter's last page", self.left_over),
            ("lines won or lost", self.flexed),
        ];
        all.into_iter().filter(|(_, cost)| *cost >= 1.0).collect()
    }

    fn sum(&self) -> f32 {
        self.price + self.hyphen + self.short + self.uneven + self.notes + self.moved + self.left_over + self.flexed
    }
}

/// A page that is to be filled.
pub struct Start<'a> {
    pub at: usize,
    pub carried: &'a Carried,
    pub recto: bool,
    /// On a right-hand page: by how many lines the page on its left looks short.
    pub facing: Option<f32>,
}

/// A way to cut the pages so far: its last end, the place in the trail of the one before it, and what all its pages cost.
struct Way {
    end: End,
    before: Option<usize>,
    cost: f64,
}

/// Ways whose next page begins with the same lines of text and of notes: it can end in the same places, whichever way led there.
struct Meeting {
    at: usize,
    carried: Carried,
    ways: Vec<Met>,
}

/// A way that ends there: its place in the trail, what it costs, and by how many lines its last page looks short.
struct Met {
    way: Option<usize>,
    cost: f64,
    facing: Option<f32>,
}

impl Way {
    /// Whether no page is looked at behind it.
    fn halts(&self) -> bool {
        self.end.closes || !self.end.moved.is_empty()
    }
}

/// The ends of the pages from `start` on, up to the chapter's end or to a page that a figure leaves.
pub fn choose(column: &Column, start: &Start, frame: &Frame) -> Vec<End> {
    // What was gone on from, each with the one before it. What was not is forgotten at once: a chapter may be a library.
    let mut trail: Vec<(End, Option<usize>)> = Vec::new();
    let first = Met { way: None, cost: 0.0, facing: start.facing };
    let mut ways = extend(column, start, frame, &[first]);
    let (mut recto, mut done): (bool, Option<Way>) = (start.recto, None);
    loop {
        let (halted, going): (Vec<Way>, Vec<Way>) = ways.into_iter().partition(Way::halts);
        done = halted.into_iter().chain(done).min_by(|a, b| a.cost.total_cmp(&b.cost));
        ways = pruned(going);
        let limit = done.as_ref().map_or(f64::INFINITY, |way| way.cost);
        ways.retain(|way| way.cost < limit);
        if ways.is_empty() {
            break;
        }
        recto = !recto;
        for Meeting { at, carried, ways: met } in meetings(std::mem::take(&mut ways), recto, &mut trail) {
            let start = Start { at, carried: &carried, recto, facing: None };
            ways.append(&mut extend(column, &start, frame, &met));
        }
    }
    let Some(Way { end, mut before, .. }) = done else { return Vec::new() };
    let mut ends = vec![end];
    while let Some((end, further)) = before.map(|at| &mut trail[at]) {
        ends.push(std::mem::take(end));
        before = *further;
    }
    ends.reverse();
    ends
}

/// Ways by where they meet, the cheapest of each meeting first; each is a part of the trail from now on.
fn meetings(ways: Vec<Way>, recto: bool, trail: &mut Vec<(End, Option<usize>)>) -> Vec<Meeting> {
    let mut all: Vec<Meeting> = Vec::new();
    for Way { mut end, before, cost } in ways {
        let carried = std::mem::take(&mut end.left);
        let met = Met { way: Some(trail.len()), cost, facing: recto.then_some(end.short) };
        // Notes wait in their order: so many that wait behind the same line are the same.
        match all.iter_mut().find(|known| known.at == end.at && known.carried.len() == carried.len()) {
            // A left-hand page doesn't care how the one before it ends.
            Some(_) if !recto => continue,
            Some(known) => known.ways.push(met),
            None => all.push(Meeting { at: end.at, carried, ways: vec![met] }),
        }
        trail.push((end, before));
    }
    all
}

/// Every end of the next page, each by the way that leads there for the least.
fn extend(column: &Column, start: &Start, frame: &Frame, met: &[Met]) -> Vec<Way> {
    let cheapest = |mut end: End| {
        let uneven = |facing: Option<f32>| {
            let beside = facing.filter(|_| end.should_be_even);
            beside.map_or(0.0, |facing| uneven(end.short - facing))
        };
        let all = met.iter().map(|met| {
            let cost = Cost { uneven: uneven(met.facing), ..end.cost };
            (met.cost + f64::from(cost.sum()), met.way, cost)
        });
        let (cost, before, own) = all.min_by(|a, b| a.0.total_cmp(&b.0))?;
        end.cost = own;
        Some(Way { end, before, cost })
    };
    ends(column, start, frame).into_iter().filter_map(cheapest).collect()
}

/// The ways that are worth going on from: of those that the next page begins alike for, the one that costs least; the later of two
/// that cost the same, since it fills the page.
fn pruned(ways: Vec<Way>) -> Vec<Way> {
    // A page has hundreds of ways to end, and each is large: their numbers are sorted.
    let mut order: Vec<u32> = (0..ways.len() as u32).collect();
    order.sort_by(|a, b| {
        let (a, b) = (&ways[*a as usize], &ways[*b as usize]);
        a.cost.total_cmp(&b.cost).then(b.end.at.cmp(&a.end.at))
    });
    let mut ways: Vec<Option<Way>> = ways.into_iter().map(Some).collect();
    let mut kept: Vec<Way> = Vec::with_capacity(WAYS);
    for way in order.into_iter().filter_map(|at| ways[at as usize].take()) {
        if kept.len() == WAYS {
            break;
        }
        let same = |known: &Way| {
            let (a, b) = (&known.end, &way.end);
            a.at == b.at && a.left.len() == b.left.len() && (a.short - b.short).abs() < 0.1
        };
        if !kept.iter().any(same) {
            kept.push(way);
        }
    }
    kept
}

/// So many figures wait for the next pages at most.
const MOST_MOVED: usize = 16;

/// All places where a page may end that begins at `start`. Only one, where what is left of a chapter has room, or where notes fill it.
fn ends(column: &Column, start: &Start, frame: &Frame) -> Vec<End> {
    let mut waiting = Waiting::carried(start.carried, frame);
    if waiting.fills_pages(frame) {
        let foot = waiting.foot(frame.height, true, frame);
        return vec![End { at: start.at, foot, left: waiting.rest(foot.lines), ..End::default() }];
    }
    let mut pen = Pen::TOP;
    for slug in column.head(start.at) {
        pen.pass(slug, frame.leading);
    }
    let (mut ends, mut moved, mut at): (Vec<End>, Vec<Floating>, usize) = (Vec::new(), Vec::new(), start.at);
    let mut flexes = Flexes::default();
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
            // A thousand in a row would be looked at for every page that they wait for.
            if moved.len() == MOST_MOVED {
                break;
            }
            moved.push(figure);
            at += figure.slugs;
            continue;
        }
        flexes.pass(column, at, behind, frame);
        pen.pass(slug, frame.leading);
        waiting.call(column, slug);
        let room = frame.height - pen.y;
        let lost = flexes.most_shorter();
        if behind && room + NEARLY + lost as f32 * frame.leading < 0.0 {
            break;
        }
        at += 1;
        let next = column.slugs.get(at).map(|next| &next.slug).filter(|next| next.opens == Opens::Nothing);
        let foot = waiting.foot(room, false, frame);
        let over = room + NEARLY < 0.0;
        if next.is_none() && moved.is_empty() && !foot.rest && (!over || !behind) {
            let page = End { at, closes: true, foot, ..End::default() };
            return vec![page];
        }
        // Nothing behind has more room: a note that begins behind its page here would do so on any longer page.
        let most_room = room + MOST_FLEXED as f32 * frame.leading;
        if !ends.is_empty() && foot.behind > 0 && waiting.foot(most_room, false, frame).behind > 0 {
            break;
        }
        let price = next.map_or(0, |next| next.price);
        if price == NEVER {
            continue;
        }
        let bad = |foot: Foot| foot.behind > 0 || foot.late;
        let closes = next.is_none() && moved.is_empty();
        let end = |room: f32, foot: Foot, flex: Vec<Flex>| {
            let cost = Cost {
                price: price as f32,
                moved: moved.len() as f32 * MOVED,
                left_over: left_over(column, at) as f32 * FEW_LEFT,
                flexed: flex.iter().map(|flex| flex.price).sum(),
                ..page_cost(start, slug, (room, foot), frame)
            };
            let alone = if closes && foot.rest { NOTES_ALONE } else { 0.0 };
            let cost = Cost { notes: cost.notes + alone, ..cost };
            let left = waiting.rest(foot.lines);
            let short = looks_short((room, foot), frame);
            End { at, moved: moved.clone(), foot, left, short, should_be_even: true, closes, flex, cost }
        };
        let first = ends.is_empty();
        let good = !(behind && over) && (first || !bad(foot));
        if good {
            ends.push(end(room, foot, Vec::new()));
        }
        // Lines are won or lost only where the page is nearly full, and no widow comes of it.
        if !behind || price >= WIDOW || room > MOST_FLEXED as f32 * frame.leading + NEARLY {
            continue;
        }
        for lines in (1..=MOST_FLEXED as i32).flat_map(|lines| [lines, -lines]) {
            let room = room - lines as f32 * frame.leading;
            // Where notes stand at the foot, it is even anyhow.
            if room + NEARLY < 0.0 || lines > 0 && foot.lines > 0 {
                continue;
            }
            let foot = waiting.foot(room, false, frame);
            if bad(foot) || lines < 0 && good && foot.lines > 0 {
                continue;
            }
            ends.extend(flexes.find(lines).map(|flex| end(room, foot, flex)));
        }
        if !good && ends.len() > 1 && lost == 0 {
            break;
        }
    }
    if ends.is_empty() {
        // Nothing may be parted, or what there is is higher than a page.
        let at = at.max(start.at + 1);
        let closes = column.slugs.get(at).is_none_or(|next| next.slug.opens != Opens::Nothing);
        ends.push(End { at, moved, closes, ..End::default() });
    }
    ends
}

/// By how many lines a page looks short.
fn looks_short((room, foot): (f32, Foot), frame: &Frame) -> f32 {
    if foot.lines > 0 { 0.0 } else { (room + NEARLY).max(0.0) / frame.leading }
}

/// What a page costs by what it holds, but for the page that faces it.
fn page_cost(start: &Start, last: &Slug, (room, foot): (f32, Foot), frame: &Frame) -> Cost {
    let short = (room + NEARLY - foot.height).max(0.0) / frame.leading;
    Cost {
        hyphen: if start.recto && last.hyphen { HYPHEN_AT_END as f32 } else { 0.0 },
        short: short * short * SHORT,
        notes: if foot.rest { SPLIT_NOTE } else { 0.0 }
            + if foot.alone { LONE_NOTE_LINE } else { 0.0 }
            + (foot.behind + usize::from(foot.late)) as f32 * NOTE_BEHIND,
        ..Cost::default()
    }
}

/// What two facing pages cost that differ by so many lines.
fn uneven(lines: f32) -> f32 {
    // What stands far apart anyhow need not be brought nearer.
    let apart = lines.abs().min(MOST_UNEVEN).powi(2);
    // Tables and figures keep to no grid: nobody expects that they end with the lines beside them.
    let on_grid = (lines - lines.round()).abs() < 0.1;
    apart * if on_grid { UNEVEN } else { OFF_GRID }
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
const WAYS: usize = 16;
/// What a missing line costs, by the square of how many: one is hardly seen, three are.
const SHORT: f32 = 12.0;
/// What two facing pages cost that differ by a line, by the square of how many: rather are both two lines short.
const UNEVEN: f32 = 300.0;
const MOST_UNEVEN: f32 = 2.0;
const OFF_GRID: f32 = 40.0;
/// A figure at the top of the next page, where the reader has to look for it: less than a missing line.
const MOVED: f32 = 8.0;
/// The lines that a chapter's last page should at least have, and what each that is missing costs: rather are some pages before it
/// a line or two short.
const FEWEST_ON_LAST: usize = 5;
const FEW_LEFT: f32 = 130.0;
/// So many lines at most are won or lost on a page.
const MOST_FLEXED: usize = 2;
/// A line more above a heading.
const MORE_WHITE: f32 = 34.0;
/// A chapter's heading a line higher or lower: seen by nobody who doesn't lay chapters beside each other. It stands so many lines
/// below the top of its page at least.
const OTHER_SINK: f32 = 40.0;
const LEAST_SINK: f32 = 2.5;
/// A note that runs on to the next page: dearer than two missing lines, cheaper than three.
const SPLIT_NOTE: f32 = 70.0;
/// One line of a note alone on a page: as bad as a widow, but that many notes have no more than three lines.
const LONE_NOTE_LINE: f32 = 2_000.0;
/// A chapter's last page that has nothing but what is left of a note: rather do the last lines of its text stand there, too, however few.
const NOTES_ALONE: f32 = 900.0;
/// A note that begins behind the page of its call: only where nothing else is left.
const NOTE_BEHIND: f32 = 400_000.0;
