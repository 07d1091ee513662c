//! Paragraphs are broken into lines by total fit (Knuth and Plass, "Breaking Paragraphs into Lines", 1981): of all ways to cut
//! a paragraph, the one whose lines together look best.

use std::ops::Range;

use super::address::{self, Joint};
use super::letters::{Letters, Means};
use super::shape::{Shaper, Word};
use super::squares;
use super::strand::{After, Piece, Strand};

/// The room that lines have, and what they may do in it.
#[derive(Clone, Copy, Debug)]
pub struct Measure {
    pub width: f32,
    /// How far the first line stands in.
    pub indent: f32,
    /// How many lines stand beside an initial, and how far they stand in for it: the first, too, besides its indent.
    pub beside: Beside,
    pub justify: bool,
    /// Punctuation may reach into the margin.
    pub protrude: bool,
    /// A last line that is shorter is a runt.
    pub runt: f32,
    /// What letters may give to fill a line.
    pub letters: Letters,
    /// How much wider than drawn the letters of the line right above are ([`super::line::Line::widened`]), where it is full: the
    /// first line is seen beside it.
    pub above: Option<f64>,
}

/// Lines at a paragraph's start that make room.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Beside {
    pub lines: usize,
    pub width: f32,
}

impl Measure {
    /// How far a line stands in; lines count from 0.
    pub fn inset(&self, line: usize) -> f32 {
        (if line == 0 { self.indent } else { 0.0 }) + if line < self.beside.lines { self.beside.width } else { 0.0 }
    }
}

/// Where a line ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Break {
    pub piece: u32,
    /// The byte of the piece before which it is cut; none: behind the piece.
    pub byte: Option<u16>,
    pub kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Free,
    /// A hyphen is put in.
    Hyphen,
    /// Behind a hyphen or dash of the text.
    Dash,
    /// The text ends, or the author asked for it.
    End,
    /// In a word that no line can hold.
    Cut,
    /// In an address: no sign says so, so that what is copied leads somewhere.
    Address,
}

/// Every line costs this much to begin with, so that fewer lines win (TeX: \linepenalty).
const LINE: f64 = 10.0;
/// What a hyphen costs (TeX: \hyphenpenalty 50). More: letters take most of what lines are stretched by, so that few are needed,
/// and each is a look back.
const HYPHEN: f64 = 300.0;
/// Inside a part of a compound that could be parted at its joint.
const HYPHEN_WITHIN: f64 = 370.0;
/// Behind a hyphen of the text.
const DASH: f64 = 30.0;
/// A word that is cut anywhere is the last resort.
const CUT: f64 = 3000.0;
/// A second hyphen in a row (TeX: \doublehyphendemerits 10000). A third is not allowed but in
/// the last attempts.
const LADDER: f64 = 9000.0;
/// A hyphen before the last line (TeX: \finalhyphendemerits 5000).
const LAST_HYPHEN: f64 = 5000.0;
/// What two lines beside each other cost whose ratios differ by one, by the square of the difference. TeX asks for 10000 where a tight
/// line stands beside a loose one (\adjdemerits), and nothing where it is a hair less; letters that give are seen sooner than
/// spaces, and here their difference is what tells. Tried on German, Greek, Spanish, Portuguese, French and English: beside none it
/// takes a tenth off the spread of the spaces and as much off the difference of the letters, for a hyphen in 200 lines.
const UNLIKE: f64 = 43_000.0;
/// Ratios differ by no more than this between lines that anybody would set.
const MOST_UNLIKE: f64 = 2.0;
/// A last line that hardly holds a word.
const RUNT: f64 = 26_000.0;
/// A last line of fewer letters, or of a word's tail: rather a line whose ratio is three and a half, if there is no other way.
const SCRAP: f64 = 18_000_000.0;
const FEWEST_ON_LAST: usize = 4;
/// Between two words that belong together.
const BOUND: f64 = 400.0;
/// In an address: behind a sign that parts it in thought it costs less than a hyphen, anywhere else so much that only a line
/// whose spaces would be twice as wide as they are is dearer.
const GOOD_JOINT: f64 = 60.0;
const FAIR_JOINT: f64 = 120.0;
const ANY_JOINT: f64 = 1200.0;
/// Where lines may be no looser than this, an address is not parted just anywhere.
const LAST_RESORT: f64 = 2.0;
/// TeX's limit: beyond it, bad is bad.
const WORST: f64 = 10_000.0;
/// The stretch of a ragged line, as a share of its measure.
const RAG: f64 = 0.2;

/// The attempts: whether words may be hyphenated, whether they may be cut anywhere, and the worst ratio that a line may have.
/// The first suffices for most paragraphs and is the quickest. At eight tenths instead of a half, it kept French from hyphens that
/// would have made its lines alike.
const ATTEMPTS: [Attempt; 6] = [
    Attempt { hyphens: false, cuts: f32::INFINITY, worst: 0.5, ladder: 2, strict: true },
    Attempt { hyphens: true, cuts: f32::INFINITY, worst: 1.6, ladder: 2, strict: true },
    Attempt { hyphens: true, cuts: f32::INFINITY, worst: 2.3, ladder: 2, strict: true },
    Attempt { hyphens: true, cuts: f32::INFINITY, worst: f64::INFINITY, ladder: 2, strict: false },
    Attempt { hyphens: true, cuts: 0.5, worst: f64::INFINITY, ladder: u8::MAX, strict: false },
    Attempt { hyphens: true, cuts: 0.0, worst: f64::INFINITY, ladder: u8::MAX, strict: false },
];

/// Where words can't be parted, or lines end raggedly and show no difference in their letters, hyphens gain nothing: lines may be
/// looser at the first attempt.
const WITHOUT_HYPHENS: f64 = 0.8;

/// Another way for a paragraph may look a little worse than the best, so that pages end alike; not so much that anybody sees it.
const OTHER: Attempt = Attempt { hyphens: true, cuts: f32::INFINITY, worst: 1.15, ladder: 1, strict: true };
/// The share of what all lines can give that another way may ask for: lines never are all at their limit.
const MOST_GIVEN: f64 = 0.7;
/// How much dearer another way may be, by paragraph and by line: about two thirds of what a hyphen costs, and a ratio of nine tenths.
const WORSE: f64 = 65_000.0;
const WORSE_LINE: f64 = 5_000.0;

#[derive(Clone, Copy)]
struct Attempt {
    hyphens: bool,
    /// Words wider than this share of the measure may be cut anywhere.
    cuts: f32,
    worst: f64,
    /// How many lines in a row may end in hyphens.
    ladder: u8,
    /// Whether words that belong together stay so, and no last line is a scrap: where a good way is left. A ban that forced a wide
    /// line would be worse than what it forbids.
    strict: bool,
}

/// How many pieces of a paragraph are weighed against each other: some 1,500 lines. A text without one line's end, of millions of words,
/// must not have all its places in memory at a time.
const STRETCH: usize = 20_000;

/// The last lines of a stretch, which would be others if the text went on: the next stretch has them again.
const AGAIN: usize = 3;

/// Cuts a strand into lines. The last break ends its last piece.
pub fn lines(strand: &Strand, measure: &Measure, shaper: &Shaper, scratch: &mut Scratch) -> Vec<Break> {
    let whole = strand.pieces.len();
    let (mut breaks, mut from) = (Vec::new(), 0);
    while from < whole {
        let own = if from == 0 { *measure } else { Measure { indent: 0.0, beside: Beside::default(), ..*measure } };
        let mut to = if whole - from > STRETCH { from + STRETCH } else { whole };
        let mut found = stretch(strand, from..to, &own, shaper, scratch);
        if to < whole {
            found.truncate(found.len().saturating_sub(AGAIN));
            // The next stretch begins with a piece.
            while found.last().is_some_and(|last| last.byte.is_some()) {
                found.pop();
            }
        }
        if found.is_empty() {
            to = whole;
            found = stretch(strand, from..to, &own, shaper, scratch);
        }
        from = if to == whole { whole } else { found.last().map_or(whole, |last| last.piece as usize + 1) };
        breaks.append(&mut found);
    }
    breaks
}

/// Cuts the pieces `range` of a strand into lines.
fn stretch(strand: &Strand, range: Range<usize>, measure: &Measure, shaper: &Shaper, scratch: &mut Scratch) -> Vec<Break> {
    let pieces = &strand.pieces[range.clone()];
    let gains = measure.justify && pieces.iter().any(|piece| !shaper.get(piece.word).hyphens.is_empty());
    for attempt in ATTEMPTS {
        let attempt = if gains { attempt } else { Attempt { worst: attempt.worst.max(WITHOUT_HYPHENS), ..attempt } };
        scratch.list_stops(strand, range.clone(), measure, shaper, attempt);
        if let Some(end) = scratch.fit(measure, attempt) {
            return scratch.trace(end);
        }
    }
    scratch.one_by_one(measure)
}

/// The same text in a line fewer or a line more, where that looks hardly worse.
#[derive(Clone, Debug)]
pub struct Other {
    pub breaks: Vec<Break>,
    /// How much worse it looks: 1 is a hyphen.
    pub worse: f64,
}

/// Other ways for a paragraph that [`lines`] has just cut into `count` lines.
pub fn others(strand: &Strand, measure: &Measure, shaper: &Shaper, scratch: &mut Scratch, count: usize) -> Vec<Other> {
    let (least, best) = (count.saturating_sub(1), scratch.demerits);
    let Some(whole) = scratch.stops.last() else { return Vec::new() };
    if !(FEWEST_LINES..=MOST_LINES).contains(&count) || !measure.justify {
        return Vec::new();
    }
    // All that lies between line ends vanishes there.
    let (means, space) = (whole.means_end, whole.means_end.glue / strand.pieces.len() as f64);
    let (width, natural) = (f64::from(measure.width), whole.end + f64::from(measure.indent));
    let excess = natural - least as f64 * (width + space) + space;
    let lack = count as f64 * (width + space) + f64::from(measure.runt) - natural;
    let shorter = excess <= measure.letters.shrink(means) * MOST_GIVEN;
    let longer = lack <= measure.letters.stretch(means) * MOST_GIVEN;
    if !shorter && !longer {
        return Vec::new();
    }
    scratch.list_stops(strand, 0..strand.pieces.len(), measure, shaper, OTHER);
    scratch.counts = true;
    let found = scratch.fit(measure, OTHER).is_some();
    scratch.counts = false;
    if !found {
        return Vec::new();
    }
    let limit = best + WORSE + WORSE_LINE * count as f64;
    let ways = [(shorter, least), (longer, count + 1)];
    let wanted = ways.into_iter().filter(|(may, _)| *may).map(|(_, lines)| lines);
    let way = |lines: usize| {
        let end = scratch.active.iter().copied().filter(|end| usize::from(scratch.nodes[*end as usize].lines) == lines);
        let end = end.min_by(|a, b| scratch.nodes[*a as usize].demerits.total_cmp(&scratch.nodes[*b as usize].demerits))?;
        let demerits = scratch.nodes[end as usize].demerits;
        (demerits <= limit).then(|| Other { breaks: scratch.trace(end), worse: ((demerits - best) / HYPHEN.powi(2)).max(0.0) })
    };
    wanted.filter_map(way).collect()
}

/// A paragraph of more lines is seldom all on one page, which it must be to be set otherwise; and to follow all numbers of lines side by
/// side costs their square.
const MOST_LINES: usize = 18;

/// Fewer lines give nothing away.
const FEWEST_LINES: usize = 3;

/// What the breaker works with, kept from one paragraph to the next to spare the allocator.
#[derive(Default)]
pub struct Scratch {
    stops: Vec<Stop>,
    nodes: Vec<Node>,
    active: Vec<u32>,
    /// The best ways to the stop that is tried, by the number of lines before it where that is told apart.
    ways: Vec<Ways>,
    /// A last line that begins here or behind has too few letters.
    scrap: f64,
    /// Whether the stops lead to the text's end.
    ends: bool,
    /// What the best way cost.
    demerits: f64,
    /// Whether ways of so many lines and of so many are told apart.
    counts: bool,
}

/// A place where a line may end, with sums from the paragraph's start: what a line that ends here reaches to, where one that
/// starts behind it begins, and what lines could give up to both.
#[derive(Clone, Copy)]
struct Stop {
    at: Break,
    end: f64,
    next: f64,
    means_end: Means,
    means_next: Means,
    cost: f64,
}

/// A line's end on the best way to it.
#[derive(Clone, Copy)]
struct Node {
    /// The stop that the line ends at; the paragraph's start has none.
    stop: u32,
    before: u32,
    demerits: f64,
    /// That of the line that ends here.
    ratio: f64,
    /// How many lines up to here end in hyphens.
    ladder: u8,
    /// How many lines there are up to here.
    lines: u16,
    next: f64,
    means_next: Means,
}

const START: u32 = u32::MAX;

/// The best ways to a line's end, by the fitness of that line and by how many before it end in hyphens, two and more in one: later
/// lines care for nothing else. What each costs, the node before it, and its line's ratio.
type Ways = [[(f64, u32, f64); 3]; 4];

const NO_WAYS: Ways = [[(f64::INFINITY, START, 0.0); 3]; 4];

impl Stop {
    /// How many lines in a row end in hyphens up to one that begins behind `from` and ends here.
    fn ladder(&self, from: &Node) -> u8 {
        if matches!(self.at.kind, Kind::Hyphen | Kind::Dash) { from.ladder.saturating_add(1) } else { 0 }
    }
}

impl Scratch {
    fn list_stops(&mut self, strand: &Strand, range: Range<usize>, measure: &Measure, shaper: &Shaper, attempt: Attempt) {
        self.stops.clear();
        let (mut x, mut means) = (0.0, Means::default());
        let last = strand.pieces.len() - 1;
        self.ends = range.end > last;
        for (number, piece) in strand.pieces.iter().enumerate().take(range.end).skip(range.start) {
            let word = shaper.get(piece.word);
            let size = strand.mark(piece.mark).size;
            if attempt.hyphens && !word.hyphens.is_empty() {
                let (hyphen, hang) = hyphen(piece, size, measure, shaper, strand);
                for parting in &word.hyphens {
                    let at = Break { piece: number as u32, byte: Some(parting.byte), kind: Kind::Hyphen };
                    let end = x + f64::from(parting.reach * size);
                    let (means_end, means_next) = means.parted(parting, f64::from(size), word.gives && piece.level == 0);
                    let cost = if parting.within { HYPHEN_WITHIN } else { HYPHEN };
                    self.stops.push(Stop { at, end: end - hang, next: end - hyphen, means_end, means_next, cost });
                }
            }
            if word.address {
                self.list_joints(number as u32, x, means, (word, f64::from(size), attempt));
            } else if piece.width > measure.width * attempt.cuts {
                for parting in word.cuts() {
                    let end = x + f64::from(parting.reach * size);
                    let at = Break { piece: number as u32, byte: Some(parting.byte), kind: Kind::Cut };
                    let (means_end, means_next) = means.parted(&parting, f64::from(size), word.gives && piece.level == 0);
                    self.stops.push(Stop { at, end, next: end, means_end, means_next, cost: CUT });
                }
            }
            x += f64::from(piece.width);
            means += Means::of(piece, word, f64::from(size));
            let end = x;
            let means_end = means.ending(piece, word, f64::from(size));
            x += f64::from(piece.glue.width);
            means += Means::behind(piece, word, f64::from(size));
            let (kind, cost) = match piece.after {
                After::Nothing if number < last => continue,
                After::Bound if attempt.strict => continue,
                After::Bound => (Kind::Free, BOUND),
                After::Break => (Kind::Free, 0.0),
                After::Dash => (Kind::Dash, DASH),
                After::Soft => (Kind::Hyphen, HYPHEN),
                After::End | After::Nothing => (Kind::End, 0.0),
            };
            let hang = if measure.protrude { f64::from(word.hang.1 * size) } else { 0.0 };
            let next_hang = strand
                .pieces
                .get(number + 1)
                .filter(|_| measure.protrude)
                .map_or(0.0, |next| f64::from(shaper.get(next.word).hang.0 * strand.mark(next.mark).size));
            let extra = if piece.after == After::Soft { hyphen(piece, size, measure, shaper, strand).0 } else { 0.0 };
            let at = Break { piece: number as u32, byte: None, kind };
            let stop = Stop { at, end: end - hang + extra, next: x + next_hang, means_end, means_next: means, cost };
            self.stops.push(stop);
        }
        self.scrap = if self.ends { x } else { f64::INFINITY };
        let mut letters = 0;
        for piece in strand.pieces.iter().rev() {
            // A sign in a square is a word.
            let counts = |c: char| usize::from(c.is_alphanumeric()) + usize::from(squares::is_letter(c));
            letters += shaper.get(piece.word).text.chars().map(counts).sum::<usize>();
            if letters >= FEWEST_ON_LAST {
                break;
            }
            self.scrap -= f64::from(piece.width + piece.glue.width);
        }
        // Sums of floating point are not exact.
        self.scrap -= 0.01;
    }

    /// Where an address may be parted.
    fn list_joints(&mut self, piece: u32, x: f64, means: Means, (word, size, attempt): (&Word, f64, Attempt)) {
        for parting in word.cuts() {
            let cost = match address::joint(&word.text, usize::from(parting.byte)) {
                Some(Joint::Good) => GOOD_JOINT,
                Some(Joint::Fair) => FAIR_JOINT,
                Some(Joint::Any) if attempt.worst > LAST_RESORT => ANY_JOINT,
                Some(Joint::Any) | None => continue,
            };
            let end = x + f64::from(parting.reach) * size;
            let at = Break { piece, byte: Some(parting.byte), kind: Kind::Address };
            let (means_end, means_next) = means.parted(&parting, size, word.gives);
            self.stops.push(Stop { at, end, next: end, means_end, means_next, cost });
        }
    }

    /// Whether a text that ends in `to` would end in a line of too few letters (1), in nothing but a word's tail (1), in both (2).
    fn scraps(&self, from: &Node, to: &Stop) -> u8 {
        let Some(before) = self.stops.get(from.stop as usize) else { return 0 };
        let tail = matches!(before.at.kind, Kind::Hyphen | Kind::Cut) && to.means_end.glue - from.means_next.glue < 0.01;
        u8::from(tail) + u8::from(from.next >= self.scrap)
    }

    /// The node that ends the best way through all stops, where there is one.
    fn fit(&mut self, measure: &Measure, attempt: Attempt) -> Option<u32> {
        self.nodes.clear();
        self.active.clear();
        let start = Node {
            stop: START,
            before: START,
            demerits: 0.0,
            ratio: 0.0,
            ladder: 0,
            lines: 0,
            next: -f64::from(measure.inset(0)),
            means_next: Means::default(),
        };
        self.nodes.push(start);
        self.active.push(0);
        for number in 0..self.stops.len() {
            self.try_stop(number as u32, measure, attempt);
            if self.active.is_empty() {
                return None;
            }
        }
        let end = self.active.iter().copied().min_by(|a, b| {
            let demerits = |node: &u32| self.nodes[*node as usize].demerits;
            demerits(a).total_cmp(&demerits(b))
        });
        self.demerits = end.map_or(0.0, |end| self.nodes[end as usize].demerits);
        end
    }

    /// Looks for the best ways that end a line here.
    fn try_stop(&mut self, number: u32, measure: &Measure, attempt: Attempt) {
        let stop = self.stops[number as usize];
        let ends_text = self.ends && number as usize == self.stops.len() - 1;
        let must_end = stop.at.kind == Kind::End;
        let (mut active, mut ways) = (std::mem::take(&mut self.active), std::mem::take(&mut self.ways));
        // Most places are too near to a line's start or too far from it; those behind one that is much too near are nearer still.
        let (mut found, mut near): (Option<(usize, usize)>, bool) = (None, false);
        active.retain(|&from| {
            if near {
                return true;
            }
            let node = &self.nodes[from as usize];
            let line = Line { from: node, to: &stop, last: must_end };
            if !must_end && line.is_much_too_short(measure, attempt.worst) {
                near = measure.beside.lines == 0;
                return true;
            }
            let ratio = match line.fit(measure, attempt.worst) {
                Fit::TooLong => return false,
                Fit::TooShort => return !must_end,
                Fit::Ratio(ratio) => ratio,
            };
            let scraps = if ends_text { self.scraps(node, &stop) } else { 0 };
            if scraps > 0 && attempt.strict {
                return !must_end;
            }
            let (fitness, ladder, mut demerits) = line.judge(ratio, measure, ends_text, self.stops.get(node.stop as usize));
            demerits += SCRAP * f64::from(scraps);
            if ladder <= attempt.ladder {
                let lines = if self.counts { usize::from(node.lines) } else { 0 };
                if ways.len() <= lines {
                    ways.resize(lines + 1, NO_WAYS);
                }
                let place = &mut ways[lines][usize::from(fitness)][usize::from(ladder.min(2))];
                if demerits < place.0 {
                    *place = (demerits, from, ratio);
                    let (first, last) = found.unwrap_or((lines, lines));
                    found = Some((first.min(lines), last.max(lines)));
                }
            }
            !must_end
        });
        self.active = active;
        for lines in found.into_iter().flat_map(|(first, last)| first..=last) {
            self.go_on(number, std::mem::replace(&mut ways[lines], NO_WAYS), measure);
        }
        self.ways = ways;
    }

    /// Keeps the ways to a stop that are worth going on from: those beside which no other that ends in no more hyphens costs less
    /// whatever comes; of the same fitness at all, of another by what the next line may cost beside it.
    fn go_on(&mut self, number: u32, ways: Ways, measure: &Measure) {
        let stop = &self.stops[number as usize];
        let least: [f64; 3] = std::array::from_fn(|ladder| {
            ways.iter().flat_map(|ways| &ways[..=ladder]).map(|(demerits, ..)| *demerits).fold(f64::INFINITY, f64::min)
        });
        for ways in ways {
            let mut limit = f64::INFINITY;
            for ((demerits, before, ratio), least) in ways.into_iter().zip(least) {
                if demerits < limit.min(least + UNLIKE * MOST_UNLIKE) {
                    limit = demerits;
                    let ladder = stop.ladder(&self.nodes[before as usize]);
                    let lines = self.nodes[before as usize].lines.saturating_add(1);
                    let next = stop.next - f64::from(measure.inset(usize::from(lines)));
                    let means_next = stop.means_next;
                    self.active.push(self.nodes.len() as u32);
                    self.nodes.push(Node { stop: number, before, demerits, ratio, ladder, lines, next, means_next });
                }
            }
        }
    }

    /// Where something is wider than its line and nobody may part it: each line as full as it can be, and that one alone too wide.
    fn one_by_one(&self, measure: &Measure) -> Vec<Break> {
        let mut breaks: Vec<Break> = Vec::new();
        let mut from = -f64::from(measure.inset(0));
        let mut last: Option<&Stop> = None;
        for stop in self.stops.iter().filter(|stop| stop.at.kind != Kind::Hyphen) {
            let full = last.filter(|last| last.at.kind == Kind::End || stop.end - from > f64::from(measure.width));
            if let Some(full) = full {
                breaks.push(full.at);
                from = full.next - f64::from(measure.inset(breaks.len()));
            }
            last = Some(stop);
        }
        breaks.extend(last.map(|stop| stop.at));
        breaks
    }

    fn trace(&self, end: u32) -> Vec<Break> {
        let mut breaks = Vec::new();
        let mut node = &self.nodes[end as usize];
        while node.stop != START {
            breaks.push(self.stops[node.stop as usize].at);
            node = &self.nodes[node.before as usize];
        }
        breaks.reverse();
        breaks
    }
}

/// How wide the hyphen behind a piece would be, and how far it would reach into the margin.
fn hyphen(piece: &Piece, size: f32, measure: &Measure, shaper: &Shaper, strand: &Strand) -> (f64, f64) {
    let font = shaper.font(strand.mark(piece.mark).look);
    let width = f64::from(shaper.fonts().get(font).hyphen.1 * size);
    (width, if measure.protrude { width * f64::from(super::hang::HYPHEN) } else { 0.0 })
}

enum Fit {
    /// However its spaces shrink.
    TooLong,
    TooShort,
    /// How far its spaces must be stretched (up to 1: well) or shrunk (down to -1).
    Ratio(f64),
}

/// A line that is thought of.
struct Line<'a> {
    from: &'a Node,
    to: &'a Stop,
    /// Whether it need not be filled.
    last: bool,
}

impl Line<'_> {
    /// Whether it would be too short even if all of it were spaces, which give most: told at a glance. Signs that give by other means
    /// are reckoned with one by one.
    fn is_much_too_short(&self, measure: &Measure, worst: f64) -> bool {
        let natural = self.to.end - self.from.next;
        f64::from(measure.width) - natural > natural * worst && self.to.means_end.wide == self.from.means_next.wide
    }

    /// How its text fits the measure, its spaces stretched no further than `worst`.
    fn fit(&self, measure: &Measure, worst: f64) -> Fit {
        let room = f64::from(measure.width) - (self.to.end - self.from.next);
        let means = self.to.means_end - self.from.means_next;
        if room < 0.0 {
            let shrink = if measure.justify { measure.letters.shrink(means) } else { 0.0 };
            // Sums of floating point are not exact: a hair over is nothing that anyone sees.
            return if -room <= shrink + 0.02 { Fit::Ratio(room / shrink.max(0.02)) } else { Fit::TooLong };
        }
        if self.last {
            return Fit::Ratio(0.0);
        }
        let stretch = if measure.justify { measure.letters.stretch(means).max(0.01) } else { f64::from(measure.width) * RAG };
        if room <= stretch * worst { Fit::Ratio(room / stretch) } else { Fit::TooShort }
    }

    /// Its fitness, how many hyphens end lines up to it, and the demerits of all lines up to it.
    fn judge(&self, ratio: f64, measure: &Measure, ends_text: bool, before: Option<&Stop>) -> (u8, u8, f64) {
        let fitness: u8 = match ratio {
            _ if ratio < -0.5 => 0,
            _ if ratio <= 0.5 => 1,
            _ if ratio <= 1.0 => 2,
            _ => 3,
        };
        let bad = (100.0 * ratio.abs().powi(3)).min(WORST);
        let mut demerits = (LINE + bad).powi(2) + self.to.cost.powi(2);
        // Beyond the limit, TeX can't tell worse from bad; a loose line must still be better than a looser one.
        if bad >= WORST {
            demerits += ratio * 1000.0;
        }
        let ladder = self.to.ladder(self.from);
        if ladder >= 2 {
            demerits += LADDER * f64::from(ladder - 1);
        }
        // The last line is as drawn, and need not fill its measure.
        if !self.last && self.from.stop != START {
            demerits += UNLIKE * (ratio - self.from.ratio).powi(2);
        }
        if ends_text {
            let width = self.to.end - self.from.next;
            if self.from.stop != START && width < f64::from(measure.runt) {
                demerits += RUNT;
            }
            if before.is_some_and(|stop| stop.at.kind == Kind::Hyphen) {
                demerits += LAST_HYPHEN;
            }
        }
        (fitness, ladder, self.from.demerits + demerits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::Env;
    use crate::report::Report;
    use crate::typeset::fonts::Fonts;
    use crate::typeset::pairs::Tongue;
    use crate::typeset::shape::{Look, Placement};
    use crate::typeset::strand::{Copy, Mark};
    use crate::typeset::{Faces, FontId};

    /// The frog king, as Knuth and Plass set him.
    const TEXT: &str = "In olden times when wishing still helped one, there lived a king whose daughters were all beautiful; \
        and the youngest was so beautiful that the sun itself, which has seen so much, was astonished whenever it shone in her \
        face. Close by the king's castle lay a great dark forest, and under an old lime-tree in the forest was a well, and when \
        the day was very warm, the king's child went out into the forest and sat down by the side of the cool fountain.";

    fn with_strand(act: impl FnOnce(&Strand, &Shaper)) {
        let env = Env::default();
        let fonts = Fonts::load(&Faces::default(), &env, &mut Report::default());
        let mut shaper = Shaper::new(&fonts);
        let look = Look {
            code: false,
            bold: false,
            italic: false,
            small_caps: false,
            script: Placement::Line,
            old_style_figures: true,
            right_to_left: false,
            hyphenate: false,
        };
        let look = shaper.look(look, "en");
        let mark = Mark {
            look,
            font: FontId(0),
            size: 10.0,
            underline: false,
            strike: false,
            element: 0,
            after: 0,
            clings: false,
            furniture: false,
            french: false,
            tongue: Tongue::English,
            picture: None,
            formula: None,
        };
        let copy = Copy { text: TEXT.to_owned(), marks: vec![(0, mark)], ..Copy::default() };
        let strand = Strand::new(copy, false, &mut shaper);
        act(&strand, &shaper);
    }

    /// How far the spaces of each line but the last are from their width, as ratios.
    fn ratios(strand: &Strand, ends: &[u32], measure: f32) -> Vec<f64> {
        let mut from = 0;
        let mut ratios = Vec::new();
        for end in &ends[..ends.len() - 1] {
            let pieces = &strand.pieces[from..=*end as usize];
            let glue: f32 = pieces[..pieces.len() - 1].iter().map(|piece| piece.glue.width).sum();
            let room = measure - pieces.iter().map(|piece| piece.width).sum::<f32>() - glue;
            let glue = Means { glue: f64::from(glue), ..Means::default() };
            let flex = if room < 0.0 { Letters::RIGID.shrink(glue) } else { Letters::RIGID.stretch(glue) };
            ratios.push(f64::from(room) / flex);
            from = *end as usize + 1;
        }
        ratios
    }

    /// As many words on each line as it holds.
    fn greedy(strand: &Strand, measure: f32) -> Vec<u32> {
        let (mut ends, mut x, mut last) = (Vec::new(), 0.0, 0);
        for (number, piece) in (0..).zip(&strand.pieces) {
            if x + piece.width > measure {
                ends.push(last);
                x = 0.0;
            }
            x += piece.width + piece.glue.width;
            last = number;
        }
        ends.push(last);
        ends
    }

    #[test]
    fn total_fit_is_more_even_than_greedy() {
        with_strand(|strand, shaper| {
            let measure = Measure {
                width: 190.0,
                indent: 0.0,
                beside: Beside::default(),
                justify: true,
                protrude: false,
                runt: 0.0,
                letters: Letters::RIGID,
                above: None,
            };
            let found = lines(strand, &measure, shaper, &mut Scratch::default());
            let ends: Vec<u32> = found.iter().map(|end| end.piece).collect();
            let simple = greedy(strand, measure.width);
            assert_ne!(ends, simple);
            let worst = |ends: &[u32]| ratios(strand, ends, measure.width).into_iter().fold(0.0, f64::max);
            assert!(worst(&ends) < worst(&simple), "{} and {}", worst(&ends), worst(&simple));
            assert!(ratios(strand, &ends, measure.width).iter().all(|ratio| *ratio > -1.01));
        });
    }

    #[test]
    fn no_line_is_wider_than_its_measure_however_narrow() {
        with_strand(|strand, shaper| {
            let measure = Measure {
                width: 12.0,
                indent: 0.0,
                beside: Beside::default(),
                justify: true,
                protrude: false,
                runt: 0.0,
                letters: Letters::RIGID,
                above: None,
            };
            let found = lines(strand, &measure, shaper, &mut Scratch::default());
            assert!(found.iter().any(|end| end.kind == Kind::Cut));
            assert_eq!(found.last().map(|end| end.piece), Some(strand.pieces.len() as u32 - 1));
        });
    }
}
