//! A line of a paragraph, from where it was broken to glyphs in their places: hyphens put in, spaces set, directions turned.

use unicode_bidi::{BidiInfo, Level};

use super::breaker::{Break, Kind, Measure};
use super::fonts::Fonts;
use super::hang;
use super::page::{ElementId, FontId, Furniture, Glyph, Item, Part, Placed, Run};
use super::shape::{LONGEST, Shaper, Word, WordId, WordPart};
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
}

/// The lines of a strand.
pub fn build(strand: &Strand, breaks: &[Break], measure: &Measure, side: Side, shaper: &mut Shaper) -> Vec<Line> {
    let mut lines = Vec::with_capacity(breaks.len());
    let mut anchors = strand.anchors.iter().peekable();
    let mut from = Break { piece: 0, byte: None, kind: Kind::End };
    for (number, to) in breaks.iter().enumerate() {
        let fragments = fragments(strand, if number == 0 { None } else { Some(from) }, *to, shaper);
        let indent = if number == 0 { measure.indent } else { 0.0 };
        let mut line = Builder { strand, measure, side, shaper }.line(&fragments, indent, to.kind == Kind::End);
        // A word that is cut keeps what hangs on it where it begins.
        while let Some((_, anchor)) = anchors.next_if(|(piece, _)| *piece <= to.piece) {
            line.anchors.push(anchor.clone());
        }
        line.hyphen = matches!(to.kind, Kind::Hyphen | Kind::Dash);
        if to.kind == Kind::Cut {
            line.goes_on();
        }
        lines.push(line);
        from = *to;
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
    /// Whether it is the hyphen that the line's end asks for.
    hyphen: bool,
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
        all.push(Fragment { word, mark: piece.mark, level: piece.level, width, glue, hyphen: false });
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
    fn line(&self, fragments: &[Fragment], indent: f32, last: bool) -> Line {
        let (before, behind) = if self.measure.protrude { self.hang(fragments) } else { (0.0, 0.0) };
        let natural = self.natural(fragments);
        let room = self.measure.width - indent - (natural - before - behind);
        let spaces = fragments[..fragments.len() - 1].iter().filter(|fragment| fragment.glue.flexible).count();
        let fill = self.measure.justify && spaces > 0 && (!last || room < 0.0);
        let tracking = if fill { self.tracking(fragments, room) } else { Tracking::default() };
        let word_space = if fill { (room - tracking.takes) / spaces as f32 } else { 0.0 };
        let slack = if fill { 0.0 } else { room };
        let offset = match self.side {
            Side::Start => 0.0,
            Side::Centre => slack / 2.0,
            Side::End => slack,
        };
        // From the left: a line that runs from right to left has its start and its indent on the right.
        let x = if self.strand.right_to_left { slack - offset - behind } else { indent + offset - before };
        self.place(fragments, x, Spacing { word: word_space, letter: tracking.each })
    }

    /// What letters take of the room, so that words are not too far from each other, or too near.
    fn tracking(&self, fragments: &[Fragment], room: f32) -> Tracking {
        let inner = &fragments[..fragments.len() - 1];
        let glue: f32 = inner.iter().map(|fragment| if fragment.glue.flexible { fragment.glue.width } else { 0.0 }).sum();
        // Letters of Arabic hold together.
        if fragments.iter().any(|fragment| fragment.level > 0) {
            return Tracking::default();
        }
        let wanted = match room / glue {
            ratio if ratio > EASY_STRETCH => room - glue * EASY_STRETCH,
            ratio if ratio < -EASY_SHRINK => room + glue * EASY_SHRINK,
            _ => return Tracking::default(),
        };
        let size = self.strand.mark(fragments[0].mark).size;
        let glyphs =
            |fragment: &Fragment| self.shaper.get(fragment.word).parts.iter().map(|part| part.glyphs.len()).sum::<usize>();
        let glued = inner.iter().filter(|fragment| fragment.glue.says.is_some()).count();
        // None behind the last.
        let count = (fragments.iter().map(glyphs).sum::<usize>() + glued).saturating_sub(1).max(1) as f32;
        let each = (wanted / count).clamp(LEAST_TRACKING * size, MOST_TRACKING * size);
        Tracking { each, takes: each * count }
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
    fn place(&self, fragments: &[Fragment], x: f32, spacing: Spacing) -> Line {
        let mut pen = Pen {
            x,
            spacing,
            number: 0,
            order: Vec::new(),
            strand: self.strand,
            fonts: self.shaper.fonts(),
            line: Line::default(),
            open: None,
        };
        let word = |fragment: &Fragment, pen: &mut Pen| pen.fragment(fragment, self.shaper.get(fragment.word));
        // The space that a line ends in reaches into the margin on its left.
        if let (true, Some(last)) = (self.strand.right_to_left, fragments.last()) {
            pen.x -= pen.glue_width(&last.glue);
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

/// White that a line adds, in points.
#[derive(Clone, Copy)]
struct Spacing {
    word: f32,
    letter: f32,
}

#[derive(Clone, Copy, Default)]
struct Tracking {
    /// To every glyph, in points.
    each: f32,
    /// In all.
    takes: f32,
}

/// Up to here, as shares of their width, spaces are stretched and shrunk alone; beyond, letters take their part.
const EASY_STRETCH: f32 = 0.4;
const EASY_SHRINK: f32 = 0.2;
/// The most and the least that letters are moved, in ems. Nobody sees a fiftieth; more would show as spaced type (Bringhurst,
/// The Elements of Typographic Style, 2.1.9).
const MOST_TRACKING: f32 = 0.02;
const LEAST_TRACKING: f32 = -0.008;

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
}

/// A run that is being written.
struct Open {
    run: Run,
    x: f32,
    rise: f32,
    mark: u32,
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
            for (x, y, item) in formula.items.iter().cloned() {
                self.line.items.push(Placed { x: self.x + x, y, item, part: part(mark) });
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
            self.glyphs(piece, text, fragment);
        }
    }

    fn glyphs(&mut self, piece: &WordPart, text: &str, fragment: &Fragment) {
        let size = self.strand.mark(fragment.mark).size;
        let rtl = fragment.level % 2 == 1;
        let run = self.run(piece.font, size * piece.scale, piece.rise * size, fragment.mark, rtl);
        let before = run.glyphs.len();
        run.glyphs.extend_from_slice(&piece.glyphs);
        if fragment.hyphen {
            run.glyphs[before..].iter_mut().for_each(|glyph| glyph.text_bytes = 0);
            run.glyphs[before].text_bytes = text.len() as u8;
        }
        if rtl {
            run.text.insert_str(0, text)
        } else {
            run.text.push_str(text)
        }
        self.x += piece.width * size + self.spacing.letter * piece.glyphs.len() as f32;
    }

    /// A space: a glyph where the text says one, else a gap. At a line's end it reaches into the margin and is not seen, but
    /// says to whoever takes the text out again that a word ends there.
    fn glue(&mut self, fragment: &Fragment) {
        let glue = fragment.glue;
        let Some(says) = glue.says else {
            if glue.width > 0.0 {
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
        let advance = if glue.flexible { glyph.advance } else { (glue.width / mark.size * units) as i16 };
        let rtl = glue.level % 2 == 1;
        let run = self.run(font, mark.size, 0.0, glue.mark, rtl);
        run.glyphs.push(Glyph { advance, space: glue.flexible, text_bytes: says.len_utf8() as u8, ..glyph });
        if rtl {
            run.text.insert(0, says)
        } else {
            run.text.push(says)
        }
        self.x += self.spacing.letter;
        self.x += if glue.flexible { own * mark.size + self.spacing.word } else { f32::from(advance) / units * mark.size };
    }

    /// How far [`Pen::glue`] moves the pen.
    fn glue_width(&self, glue: &Glue) -> f32 {
        match glue.says.and_then(|_| self.space(glue.font)) {
            Some((_, own)) if glue.flexible => own * self.strand.mark(glue.mark).size + self.spacing.word + self.spacing.letter,
            Some(_) => glue.width + self.spacing.letter,
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
    fn run(&mut self, font: FontId, size: f32, rise: f32, mark: u32, rtl: bool) -> &mut Run {
        let strand = self.strand;
        let fits = self.open.as_ref().is_some_and(|open| {
            let same =
                open.mark == mark || part(strand.mark(open.mark)) == part(strand.mark(mark)) && plain(strand, open.mark, mark);
            same && open.run.font == font && open.run.size == size && open.rise == rise && open.run.right_to_left == rtl
        });
        if !fits {
            self.close();
            let (text, glyphs) = (String::new(), Vec::new());
            let Spacing { word: word_space, letter: letter_space } = self.spacing;
            let run = Run { font, size, text, glyphs, right_to_left: rtl, word_space, letter_space };
            self.open = Some(Open { run, x: self.x, rise, mark, number: self.number });
        }
        let number = self.number;
        if let Some(open) = &mut self.open {
            open.number = open.number.min(number);
        }
        &mut self.open.as_mut().expect("a run is open").run
    }

    fn close(&mut self) {
        let Some(mut open) = self.open.take() else { return };
        // Runs are kept to the end: a large book has a hundred thousand.
        open.run.glyphs.shrink_to_fit();
        open.run.text.shrink_to_fit();
        let mark = self.strand.mark(open.mark);
        let (size, width) = (open.run.size, self.x - open.x);
        self.line.items.push(Placed { x: open.x, y: -open.rise, item: Item::Run(open.run), part: part(mark) });
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

fn part(mark: &Mark) -> Part {
    Part::Content { element: ElementId(mark.element), after: mark.after }
}

/// Whether two marks draw the same lines along their text: none.
fn plain(strand: &Strand, a: u32, b: u32) -> bool {
    let bare = |mark: &Mark| !mark.underline && !mark.strike;
    bare(strand.mark(a)) && bare(strand.mark(b))
}
