//! A line of a paragraph, from where it was broken to glyphs in their places: hyphens put in, spaces set, directions turned.

use unicode_bidi::{BidiInfo, Level};

use super::breaker::{Break, Kind, Measure};
use super::fonts::Fonts;
use super::hang;
use super::letters::{self, Means, Room, Setting};
use super::page::{ElementId, FontId, Furniture, Glyph, Item, Part, Placed, Run};
use super::shape::{Bars, LONGEST, Shaper, Word, WordId, WordPart};
use super::squares;
use super::strand::{Anchor, Glue, Mark, Strand};

/// On which side lines that don't fill their measure stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Where the text begins.
    Start,
    Centre,
    End,
}

/// A line, its items placed from the left of its measure and from its baseline.
#[derive(Clone, Debug, Default)]
pub struct Line {
    pub items: Vec<Placed>,
    pub anchors: Vec<Anchor>,
    /// Whether it ends in a hyphen.
    pub hyphen: bool,
    /// How far its pictures and formulas stand above the baseline, and hang below it.
    pub rises: f32,
    pub drops: f32,
    /// How much wider than drawn its letters are, as a share of their width, where it reaches from margin to margin.
    pub widened: Option<f64>,
}

/// The lines of a strand.
pub fn build(strand: &Strand, breaks: &[Break], measure: &Measure, side: Side, shaper: &mut Shaper) -> Vec<Line> {
    let mut lines = Vec::with_capacity(breaks.len());
    let mut anchors = strand.anchors.iter().peekable();
    let mut from = Break { piece: 0, byte: None, kind: Kind::End };
    let mut rows = Vec::with_capacity(breaks.len());
    let mut blank = Blank { text: String::with_capacity(RUN), glyphs: Vec::with_capacity(RUN) };
    for (number, to) in breaks.iter().enumerate() {
        let fragments = fragments(strand, if number == 0 { None } else { Some(from) }, *to, shaper);
        let indent = measure.inset(number);
        rows.push(Builder { strand, measure, side, shaper }.row(fragments, indent, to.kind == Kind::End));
        from = *to;
    }
    let rooms: Vec<Option<Room>> = rows.iter().map(|row| row.fills).collect();
    let shares = letters::share(&rooms, measure.letters, measure.above);
    for ((row, widened), to) in rows.iter_mut().zip(shares).zip(breaks) {
        let setting = row.fills.map_or(Setting::PLAIN, |room| measure.letters.setting(room.means, widened));
        row.spread(strand, setting, shaper);
        let mut line = Builder { strand, measure, side, shaper }.line(row, setting, &mut blank);
        // A word that is cut keeps what hangs on it where it begins.
        while let Some((_, anchor)) = anchors.next_if(|(piece, _)| *piece <= to.piece) {
            line.anchors.push(anchor.clone());
        }
        line.hyphen = matches!(to.kind, Kind::Hyphen | Kind::Dash);
        line.widened = row.is_full(measure).then_some(widened);
        // Not of an address: what is copied from the page must lead somewhere.
        if to.kind == Kind::Cut {
            line.goes_on();
        }
        lines.push(line);
    }
    lines
}

impl Placed {
    /// How wide it is, as long as no justification has touched it.
    pub(super) fn width(&self, shaper: &Shaper) -> f32 {
        match &self.item {
            Item::Run(run) => {
                let units = shaper.fonts().get(run.font).units;
                run.glyphs.iter().map(|glyph| f32::from(glyph.advance)).sum::<f32>() / units * run.size
            }
            Item::Rule { width, .. } | Item::Image { width, .. } => *width,
        }
    }
}

/// A last line that lacks less of its measure looks full.
const NEARLY_FULL: f32 = 0.03;

impl Line {
    /// Says to whoever takes the text out again that the last word goes on in the next line, though no hyphen is seen.
    fn goes_on(&mut self) {
        let last = self.items.iter_mut().rev().find_map(|placed| match &mut placed.item {
            Item::Run(run) => Some(run),
            Item::Rule { .. } | Item::Image { .. } => None,
        });
        if let Some(run) = last {
            run.text.push('\u{AD}');
        }
    }
}

/// A piece, or what a break leaves of it.
#[derive(Clone, Copy)]
struct Fragment {
    word: WordId,
    mark: u32,
    level: u8,
    width: f32,
    glue: Glue,
    /// Whether its letters may be moved and widened.
    gives: bool,
    /// Whether it is the hyphen that the line's end asks for.
    hyphen: bool,
    /// What else fills its line.
    fills: Fills,
}

/// How signs that are not letters of their own fill a line.
#[derive(Clone, Copy)]
enum Fills {
    Nothing,
    /// Signs in squares: the white behind each, what is taken from the white of closing punctuation, in ems, and whether its last ends
    /// the line.
    Squares {
        apart: f32,
        close: f32,
        last: bool,
    },
    /// Letters that hold together, drawn apart.
    Bars(Bars),
}

/// What stands between two breaks.
fn fragments(strand: &Strand, from: Option<Break>, to: Break, shaper: &mut Shaper) -> Vec<Fragment> {
    let (mut first, mut cut) = (0, 0);
    if let Some(from) = from {
        (first, cut) = match from.byte {
            Some(byte) => (from.piece, usize::from(byte)),
            None => (from.piece + 1, 0),
        };
    }
    let mut all = Vec::with_capacity((to.piece - first + 2) as usize);
    for number in first..=to.piece {
        let piece = &strand.pieces[number as usize];
        let (mut word, mut width, mut glue) = (piece.word, piece.width, piece.glue);
        let start = if number == first { cut } else { 0 };
        let end = if number == to.piece { to.byte.map(usize::from) } else { None };
        if start > 0 || end.is_some() {
            let mark = strand.mark(piece.mark);
            let text: Box<str> = shaper.get(piece.word).text.clone();
            let look = shaper.at_level(mark.look, piece.level);
            word = shaper.word(look, &text[start..end.unwrap_or(text.len())]);
            width = shaper.get(word).width * mark.size;
        }
        if end.is_some() {
            glue = Glue::default();
        }
        let gives = letters::gives(piece, shaper.get(word));
        all.push(Fragment {
            word,
            mark: piece.mark,
            level: piece.level,
            width,
            glue,
            gives,
            hyphen: false,
            fills: Fills::Nothing,
        });
    }
    if to.kind == Kind::Hyphen {
        let last = *all.last().expect("a line has a piece");
        let mark = strand.mark(last.mark);
        let (character, _) = shaper.fonts().get(shaper.font(mark.look)).hyphen;
        let word = shaper.word(mark.look, character.encode_utf8(&mut [0; 4]));
        let width = shaper.get(word).width * mark.size;
        all.push(Fragment { word, width, glue: Glue::default(), hyphen: true, ..last });
    }
    all
}

struct Builder<'b, 'f> {
    strand: &'b Strand,
    measure: &'b Measure,
    side: Side,
    shaper: &'b Shaper<'f>,
}

impl Builder<'_, '_> {
    /// What a line has to do with its measure.
    fn row(&self, fragments: Vec<Fragment>, indent: f32, last: bool) -> Row {
        let (before, behind) = if self.measure.protrude { self.hang(&fragments) } else { (0.0, 0.0) };
        let natural = self.natural(&fragments);
        let room = self.measure.width - indent - (natural - before - behind);
        let inner = &fragments[..fragments.len() - 1];
        let spaces = inner.iter().filter(|fragment| fragment.glue.flexible).count();
        let white: f32 = inner.iter().map(|fragment| if fragment.glue.flexible { fragment.glue.width } else { 0.0 }).sum();
        // A line before what can't be parted isn't torn: it ends where its words end.
        let means = self.means(&fragments);
        let by_letters = white * MOST_WHITE_BESIDE + self.measure.letters.most(means) as f32;
        let torn = room > by_letters.max(white * MOST_WHITE) + means.wide as f32 * MOST_WIDE;
        let gives = spaces > 0 || means.wide > 0.0;
        let fill = self.measure.justify && gives && (!last && !torn || room < 0.0);
        let fills = fill.then(|| Room { missing: f64::from(room), means });
        Row { fragments, indent, before, behind, room, spaces, fills, taken: 0.0 }
    }

    fn line(&self, row: &Row, setting: Setting, blank: &mut Blank) -> Line {
        let Row { fragments, indent, before, behind, room, spaces, fills, taken } = row;
        let letters = Spacing::of(setting);
        let word = if fills.is_some() && *spaces > 0 { (room - taken) / *spaces as f32 } else { 0.0 };
        let slack = if fills.is_some() { 0.0 } else { *room };
        let offset = match self.side {
            Side::Start => 0.0,
            Side::Centre => slack / 2.0,
            Side::End => slack,
        };
        // From the left: a line that runs from right to left has its start and its indent on the right.
        let x = if self.strand.right_to_left { slack - offset - behind } else { indent + offset - before };
        self.place(fragments, x, Spacing { word, ..letters }, blank)
    }

    /// What the breaker reckoned that the line can give.
    fn means(&self, fragments: &[Fragment]) -> Means {
        let mut means = Means::default();
        for (number, fragment) in fragments.iter().enumerate() {
            let size = f64::from(self.strand.mark(fragment.mark).size);
            let last = number + 1 == fragments.len();
            if fragment.gives {
                let word = self.shaper.get(fragment.word);
                let gap = if last || fragment.glue.says.is_some() { size } else { 0.0 };
                means.gaps += f64::from(word.glyphs) * size - gap;
                means.ink += f64::from(fragment.width);
            }
            if !last && fragment.glue.flexible {
                means.glue += f64::from(fragment.glue.width);
            }
            let word = self.shaper.get(fragment.word);
            if word.wider > 0.0 {
                let gone = if last { word.last } else { Default::default() };
                means.wide += f64::from(word.wider - gone.wider) * size_of(self.strand, fragment);
                means.close += f64::from(word.closer - gone.closer) * size_of(self.strand, fragment);
            }
        }
        means
    }

    fn natural(&self, fragments: &[Fragment]) -> f32 {
        let glue: f32 = fragments[..fragments.len() - 1].iter().map(|fragment| fragment.glue.width).sum();
        fragments.iter().map(|fragment| fragment.width).sum::<f32>() + glue
    }

    fn hang(&self, fragments: &[Fragment]) -> (f32, f32) {
        let reach = |fragment: &Fragment, end: bool| {
            let word = self.shaper.get(fragment.word);
            let (before, behind) = if fragment.hyphen { (0.0, word.width * hang::HYPHEN) } else { word.hang };
            (if end { behind } else { before }) * self.strand.mark(fragment.mark).size
        };
        (reach(&fragments[0], false), reach(&fragments[fragments.len() - 1], true))
    }

    /// Fragments in the order in which the eye meets them.
    fn place(&self, fragments: &[Fragment], x: f32, spacing: Spacing, blank: &mut Blank) -> Line {
        let mut pen = Pen {
            x,
            spacing,
            number: 0,
            order: Vec::new(),
            strand: self.strand,
            fonts: self.shaper.fonts(),
            line: Line::default(),
            open: None,
            blank,
        };
        let word = |fragment: &Fragment, pen: &mut Pen| pen.fragment(fragment, self.shaper.get(fragment.word));
        // The space that a line ends in reaches into the margin on its left.
        if let (true, Some(last)) = (self.strand.right_to_left, fragments.last()) {
            pen.x -= pen.glue_width(last);
        }
        if fragments.iter().all(|fragment| fragment.level == 0) && !self.strand.right_to_left {
            for fragment in fragments {
                word(fragment, &mut pen);
                pen.glue(fragment);
            }
            pen.close();
        } else {
            let base = u8::from(self.strand.right_to_left);
            for (number, glue) in visual_order(fragments, base) {
                let fragment = &fragments[number];
                pen.number = (number * 2 + usize::from(glue)) * PARTS;
                match glue {
                    true => pen.glue(&Fragment {
                        glue: Glue { level: glue_level(fragments, number, base), ..fragment.glue },
                        ..*fragment
                    }),
                    false => word(fragment, &mut pen),
                }
            }
            pen.close();
            pen.in_reading_order();
        }
        pen.line
    }
}

/// A line before it is set: its text, and what it has to do with its measure.
struct Row {
    fragments: Vec<Fragment>,
    indent: f32,
    /// How far it reaches into the margins.
    before: f32,
    behind: f32,
    /// What is missing to its measure.
    room: f32,
    /// How many spaces it has that may be changed.
    spaces: usize,
    /// The same, where it is to be filled.
    fills: Option<Room>,
    /// What of that all but spaces take.
    taken: f32,
}

/// How much wider the line becomes by how its letters are set. Spaces move with the letters around them.
fn taken(strand: &Strand, fragments: &[Fragment], letters: Spacing, shaper: &Shaper) -> f32 {
    let mut taken = 0.0;
    for (number, fragment) in fragments.iter().enumerate().filter(|(_, fragment)| fragment.gives) {
        let last = number + 1 == fragments.len();
        let glued = !last && fragment.glue.says.is_some() && fragment.glue.level == 0;
        let glyphs = f32::from(shaper.get(fragment.word).glyphs) + if glued { 1.0 } else { 0.0 } - if last { 1.0 } else { 0.0 };
        let ink = fragment.width + if glued { fragment.glue.width } else { 0.0 };
        taken += glyphs * letters.between(strand.mark(fragment.mark).size) + ink * (letters.expansion - 1.0);
    }
    taken
}

fn size_of(strand: &Strand, fragment: &Fragment) -> f64 {
    f64::from(strand.mark(fragment.mark).size)
}

impl Row {
    /// Whether it reaches from margin to margin, or so nearly that it looks so: a paragraph's last line may.
    fn is_full(&self, measure: &Measure) -> bool {
        measure.justify && (self.fills.is_some() || self.room < measure.width * NEARLY_FULL)
    }

    /// Shares out what letters leave between spaces and signs of another kind.
    fn spread(&mut self, strand: &Strand, setting: Setting, shaper: &mut Shaper) {
        let Some(room) = self.fills else { return };
        self.taken = taken(strand, &self.fragments, Spacing::of(setting), shaper);
        let by = room.means.others_take(f64::from(self.room - self.taken)) as f32;
        if by == 0.0 {
            return;
        }
        let count = self.fragments.len();
        let mut joined = Vec::new();
        for (number, fragment) in self.fragments.iter_mut().enumerate() {
            let word = shaper.get(fragment.word);
            if word.bar > 0 {
                joined.push(number);
            } else if word.wider > 0.0 {
                let last = number + 1 == count;
                let gone = if last { word.last } else { Default::default() };
                let (apart, close) = if by > 0.0 { (squares::APART * by, 0.0) } else { (0.0, -squares::CLOSER * by) };
                let size = strand.mark(fragment.mark).size;
                self.taken += if by > 0.0 { word.wider - gone.wider } else { word.closer - gone.closer } * by * size;
                fragment.fills = Fills::Squares { apart, close, last };
            }
        }
        if by > 0.0 {
            self.draw_apart(&joined, by, strand, shaper);
        }
    }

    /// Draws words of joined letters apart: rather a few by bars that are seen to be meant than all by a hair.
    fn draw_apart(&mut self, joined: &[usize], by: f32, strand: &Strand, shaper: &mut Shaper) {
        let sum: f32 = joined.iter().map(|at| shaper.get(self.fragments[*at].word).wider * by).sum();
        let count = ((sum / BAR).round() as usize).clamp(1, joined.len().max(1));
        let each = sum / count as f32;
        if each < LEAST_BAR {
            return;
        }
        // Spread over the line.
        for number in 0..count {
            let at = joined[(number * 2 + 1) * joined.len() / (count * 2)];
            let fragment = &mut self.fragments[at];
            let mark = strand.mark(fragment.mark);
            let look = shaper.at_level(mark.look, fragment.level);
            if let Some(drawn) = shaper.drawn_out(look, fragment.word, each) {
                (fragment.word, fragment.fills) = (drawn.word, Fills::Bars(drawn.bars));
                self.taken += each * mark.size;
            }
        }
    }
}

/// How a line's glyphs are set apart.
#[derive(Clone, Copy, PartialEq)]
struct Spacing {
    /// What spaces are wider than their face's, in points.
    word: f32,
    /// Tracking, in ems, before the letters are widened; the glyphs' width, as a factor.
    tracking: f32,
    expansion: f32,
}

impl Spacing {
    fn of(setting: Setting) -> Self {
        Self { word: 0.0, tracking: setting.tracking, expansion: setting.expansion }
    }

    /// The white between two letters of this size, in points: so that it can be said in thousandths, as what letters are widened
    /// by widens it, too.
    fn between(self, size: f32) -> f32 {
        (self.tracking * size * 1000.0).round() / 1000.0 * self.expansion
    }

    /// For what gives nothing.
    fn rigid(self) -> Self {
        Self { word: self.word, ..Self::of(Setting::PLAIN) }
    }
}

/// A line whose spaces would be so much wider than they are, as a factor, is left as it is.
const MOST_WHITE: f32 = 1.8;
/// The same beside what letters take. They take most of what is missing, so that a line of few long words, which the breaker reckoned
/// to be good, is filled with spaces under half an em.
const MOST_WHITE_BESIDE: f32 = 1.2;
/// The same for what else gives, as a factor of what that gives in a loose line.
const MOST_WIDE: f32 = 3.0;
/// How long bars between letters are, about, and at least, in ems.
const BAR: f32 = 0.4;
const LEAST_BAR: f32 = 0.08;

/// Glue at a line's end runs with the paragraph (UAX 9, L1).
fn glue_level(fragments: &[Fragment], number: usize, base: u8) -> u8 {
    if number == fragments.len() - 1 { base } else { fragments[number].glue.level }
}

/// The number of each fragment, and whether its glue is meant, from left to right.
fn visual_order(fragments: &[Fragment], base: u8) -> Vec<(usize, bool)> {
    let mut parts = Vec::new();
    let mut levels = Vec::new();
    for (number, fragment) in fragments.iter().enumerate() {
        parts.push((number, false));
        levels.push(fragment.level);
        if fragment.glue.width > 0.0 {
            parts.push((number, true));
            levels.push(glue_level(fragments, number, base));
        }
    }
    let levels: Vec<Level> = levels.into_iter().map(|level| Level::new(level).unwrap_or(Level::ltr())).collect();
    BidiInfo::reorder_visual(&levels).into_iter().map(|at| parts[at]).collect()
}

/// So many letters most runs have at most.
const RUN: usize = 96;

/// How far a formula may reach beyond its own line, in ems.
const INTO_OTHER_LINES: f32 = 0.4;

/// So many places in the reading order are a fragment's: one for each byte of the longest word, at least.
const PARTS: usize = 2 * LONGEST;

/// Writes runs from left to right; what can stand in one run does.
struct Pen<'p, 'f> {
    x: f32,
    spacing: Spacing,
    /// The place in the reading order of what is being written.
    number: usize,
    /// For each item the place of what is read first in it.
    order: Vec<usize>,
    strand: &'p Strand,
    fonts: &'f Fonts<'f>,
    line: Line,
    open: Option<Open>,
    blank: &'p mut Blank,
}

/// Room for the letters and glyphs of the next run, had again from the last to spare the allocator.
#[derive(Default)]
struct Blank {
    text: String,
    glyphs: Vec<Glyph>,
}

impl Blank {
    fn of(Run { mut text, mut glyphs, .. }: Run) -> Self {
        text.clear();
        glyphs.clear();
        Self { text, glyphs }
    }
}

/// A run that is being written.
struct Open {
    run: Run,
    x: f32,
    rise: f32,
    mark: u32,
    spacing: Spacing,
    number: usize,
}

impl Pen<'_, '_> {
    /// Items were placed from left to right, and are read from their first fragment on.
    fn in_reading_order(&mut self) {
        let mut items: Vec<(usize, Placed)> = self.order.drain(..).zip(self.line.items.drain(..)).collect();
        items.sort_by_key(|(number, _)| *number);
        self.line.items = items.into_iter().map(|(_, item)| item).collect();
    }

    fn fragment(&mut self, fragment: &Fragment, word: &Word) {
        let mark = self.strand.mark(fragment.mark);
        if let Some(picture) = &mark.picture {
            self.close();
            let item = Item::Image { target: picture.target.clone(), width: picture.width, height: picture.height };
            self.line.items.push(Placed { x: self.x, y: -picture.height, item, part: part(mark) });
            self.order.push(self.number);
            self.line.rises = self.line.rises.max(picture.height);
            self.x += picture.width;
            return;
        }
        if let Some(formula) = &mark.formula {
            self.close();
            for (number, (x, y, item)) in formula.items.iter().cloned().enumerate() {
                let part = formula.parts.get(number).copied().unwrap_or(part(mark));
                self.line.items.push(Placed { x: self.x + x, y, item, part });
                self.order.push(self.number);
            }
            // Between two lines there is room that letters leave.
            let size = mark.size;
            self.line.rises = self.line.rises.max(formula.height - size * INTO_OTHER_LINES);
            self.line.drops = self.line.drops.max(formula.depth - size * INTO_OTHER_LINES);
            self.x += formula.width;
            return;
        }
        let number = self.number;
        for piece in &word.parts {
            // Of a word in two faces the part that is read first may stand on the right.
            self.number = number + usize::from(piece.text.start);
            let (start, end) = (usize::from(piece.text.start), usize::from(piece.text.end));
            let text = if fragment.hyphen { "\u{ad}" } else { &word.text[start..end] };
            self.glyphs(piece, text, fragment, word);
        }
    }

    fn glyphs(&mut self, piece: &WordPart, text: &str, fragment: &Fragment, word: &Word) {
        let units = self.fonts.get(piece.font).units;
        let size = self.strand.mark(fragment.mark).size;
        let rtl = fragment.level % 2 == 1;
        let spacing = if fragment.gives { self.spacing } else { self.spacing.rigid() };
        let run = self.run(piece.font, size * piece.scale, piece.rise * size, fragment.mark, (rtl, spacing));
        let before = run.glyphs.len();
        run.glyphs.extend_from_slice(&piece.glyphs);
        let mut wider = 0.0;
        let mut text = std::borrow::Cow::Borrowed(text);
        match fragment.fills {
            Fills::Nothing => {}
            Fills::Squares { apart, close, last } => {
                let end = last && usize::from(piece.text.end) == word.text.len();
                wider = spread_squares(piece, word, (apart, close, end), units, &mut run.glyphs[before..]);
            }
            Fills::Bars(bars) => {
                let (by, count) = narrow_bars(piece, bars, units, &mut run.glyphs[before..]);
                let inside = |at: u16| usize::from(at.clamp(piece.text.start, piece.text.end) - piece.text.start);
                text.to_mut().replace_range(inside(bars.from)..inside(bars.to), &BAR_SAYS.repeat(count));
                wider = by;
            }
        }
        let text = &*text;
        if fragment.hyphen {
            run.glyphs[before..].iter_mut().for_each(|glyph| glyph.text_bytes = 0);
            run.glyphs[before].text_bytes = text.len() as u8;
        }
        if rtl {
            run.text.insert_str(0, text)
        } else {
            run.text.push_str(text)
        }
        self.x += piece.width * size * spacing.expansion + spacing.between(size) * piece.glyphs.len() as f32;
        self.x += wider * size;
    }

    /// A space: a glyph where the text says one, else a gap. At a line's end it reaches into the margin and is not seen, but
    /// says to whoever takes the text out again that a word ends there.
    fn glue(&mut self, fragment: &Fragment) {
        let glue = fragment.glue;
        let Some(says) = glue.says else {
            if glue.width != 0.0 {
                self.close();
                self.x += glue.width;
            }
            return;
        };
        let mark = self.strand.mark(glue.mark);
        let font = glue.font;
        let Some((glyph, own)) = self.space(font) else {
            self.close();
            return self.x += glue.width;
        };
        let units = self.fonts.get(font).units;
        // A space of another width than the face's is made of the face's.
        let as_own = glue.flexible && (glue.width - own * mark.size).abs() < 0.01;
        let advance = if as_own { glyph.advance } else { (glue.width / mark.size * units) as i16 };
        let rtl = glue.level % 2 == 1;
        let spacing = self.spacing_of(fragment);
        let run = self.run(font, mark.size, 0.0, glue.mark, (rtl, spacing));
        run.glyphs.push(Glyph { advance, space: glue.flexible, text_bytes: says.len_utf8() as u8, ..glyph });
        if rtl {
            run.text.insert(0, says)
        } else {
            run.text.push(says)
        }
        let width = if as_own { own * mark.size } else { f32::from(advance) / units * mark.size };
        self.x += width * spacing.expansion + spacing.between(mark.size) + if glue.flexible { spacing.word } else { 0.0 };
    }

    /// How what is white behind a fragment is set: with its letters, if they give.
    fn spacing_of(&self, fragment: &Fragment) -> Spacing {
        if fragment.gives && fragment.glue.level == 0 { self.spacing } else { self.spacing.rigid() }
    }

    /// How far [`Pen::glue`] moves the pen.
    fn glue_width(&self, fragment: &Fragment) -> f32 {
        let (glue, spacing) = (fragment.glue, self.spacing_of(fragment));
        let size = self.strand.mark(glue.mark).size;
        match glue.says.and_then(|_| self.space(glue.font)) {
            Some((_, own)) if glue.flexible => own * size * spacing.expansion + spacing.word + spacing.between(size),
            Some(_) => glue.width * spacing.expansion + spacing.between(size),
            None => glue.width,
        }
    }

    /// A face's space, and how wide it is in ems.
    fn space(&self, font: FontId) -> Option<(Glyph, f32)> {
        let loaded = self.fonts.get(font);
        let id = loaded.space_glyph?;
        let advance = (loaded.space * loaded.units).round() as i16;
        Some((Glyph { id, text_bytes: 1, space: true, advance, dx: 0, dy: 0 }, loaded.space))
    }

    /// The open run, if it is of this kind, else a new one.
    fn run(&mut self, font: FontId, size: f32, rise: f32, mark: u32, (rtl, spacing): (bool, Spacing)) -> &mut Run {
        let strand = self.strand;
        let fits = self.open.as_ref().is_some_and(|open| {
            let same =
                open.mark == mark || part(strand.mark(open.mark)) == part(strand.mark(mark)) && plain(strand, open.mark, mark);
            same && open.run.font == font
                && open.run.size == size
                && open.rise == rise
                && open.run.right_to_left == rtl
                && open.spacing == spacing
        });
        if !fits {
            self.close();
            let Blank { text, glyphs } = std::mem::take(self.blank);
            let (word_space, letter_space, expansion) =
                (spacing.word, spacing.between(strand.mark(mark).size), spacing.expansion);
            let run = Run { font, size, text, glyphs, right_to_left: rtl, word_space, letter_space, expansion };
            self.open = Some(Open { run, x: self.x, rise, mark, spacing, number: self.number });
        }
        let number = self.number;
        if let Some(open) = &mut self.open {
            open.number = open.number.min(number);
        }
        &mut self.open.as_mut().expect("a run is open").run
    }

    fn close(&mut self) {
        let Some(open) = self.open.take() else { return };
        let mark = self.strand.mark(open.mark);
        let (size, width) = (open.run.size, self.x - open.x);
        // Runs are kept to the end, a hundred thousand in a large book: each with the room that it needs.
        let run = Run { text: open.run.text.as_str().to_owned(), glyphs: open.run.glyphs.as_slice().to_owned(), ..open.run };
        self.line.items.push(Placed { x: open.x, y: -open.rise, item: Item::Run(run), part: part(mark) });
        *self.blank = Blank::of(open.run);
        self.order.push(open.number);
        let rules = [(mark.underline, 0.16), (mark.strike, -0.24)];
        for (_, drop) in rules.into_iter().filter(|(drawn, _)| *drawn) {
            let item = Item::Rule { width, height: size * 0.045 };
            let part = Part::Furniture(Furniture::Decoration);
            self.line.items.push(Placed { x: open.x, y: size * drop - open.rise, item, part });
            self.order.push(open.number);
        }
    }
}

/// Sets signs in squares apart, or takes from the white of closing punctuation: not behind the last that ends its line. Gives how
/// much wider they become, in ems.
fn spread_squares(
    part: &WordPart,
    word: &Word,
    (apart, close, end): (f32, f32, bool),
    units: f32,
    glyphs: &mut [Glyph],
) -> f32 {
    let (mut wider, last) = (0.0, glyphs.len() - 1);
    Word::each_square(part, &word.text, units, |number, c, square| {
        if square && !(end && number == last) {
            let by = ((apart - if squares::closes(c) && !(word.centred && squares::is_stop(c)) { close } else { 0.0 }) * units)
                .round();
            glyphs[number].advance += by as i16;
            wider += by / units;
        }
    });
    wider * part.scale
}

/// What a bar says that the text does not have: a joiner without width, which leaves a word whole for whoever takes it out again. A
/// glyph that said nothing would be white to them.
const BAR_SAYS: &str = "\u{2060}";

/// Lays bars over each other. Gives how much wider the part becomes, in ems, and how many glyphs the bars are.
fn narrow_bars(part: &WordPart, bars: Bars, units: f32, glyphs: &mut [Glyph]) -> (f32, usize) {
    let (mut byte, mut wider, mut count) = (part.text.start, 0.0, 0);
    // Read from the right.
    for glyph in glyphs.iter_mut().rev() {
        let own = byte;
        byte += u16::from(glyph.text_bytes);
        if glyph.text_bytes > 0 && (bars.from..bars.to).contains(&own) {
            let less = (bars.less * units).round();
            glyph.text_bytes = BAR_SAYS.len() as u8;
            count += 1;
            glyph.advance -= less as i16;
            wider -= less / units;
        }
    }
    (wider, count)
}

fn part(mark: &Mark) -> Part {
    if mark.furniture {
        return Part::Furniture(Furniture::Decoration);
    }
    Part::Content { element: ElementId(mark.element), after: mark.after }
}

/// Whether two marks draw the same lines along their text: none.
fn plain(strand: &Strand, a: u32, b: u32) -> bool {
    let bare = |mark: &Mark| !mark.underline && !mark.strike;
    bare(strand.mark(a)) && bare(strand.mark(b))
}
