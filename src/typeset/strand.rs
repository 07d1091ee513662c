//! A paragraph's text as the line breaker wants it: one row of pieces that are never cut but by a hyphen, and what may stand
//! or happen between them.

use std::sync::{Arc, LazyLock};

use icu_segmenter::{LineSegmenter, LineSegmenterBorrowed, options::LineBreakOptions};
use unicode_bidi::{BidiInfo, Level};

use super::address;
use super::formula::Formula;
use super::page::FontId;
use super::pairs::{self, Tongue};
use super::shape::{self, LookId, Shaper, WordId};
use super::squares;

/// Text and what is known of each stretch of it, before it is cut into pieces.
#[derive(Clone, Debug, Default)]
pub struct Copy {
    /// White space is single spaces; a line break that the author asked for is `\n`, a picture [`PICTURE`].
    pub text: String,
    /// From which byte on which mark holds. The first starts at 0.
    pub marks: Vec<(usize, Mark)>,
    pub anchors: Vec<(usize, Anchor)>,
    /// Stretches that run in a direction of their own, whatever stands around them: code, formulas, words in another language. By their
    /// ends, and those within others before these.
    pub isolates: Vec<Isolate>,
    /// Whether white space before the call of a note was taken away, so that a word that begins right behind it is still apart.
    pub owed: bool,
}

/// A stretch that runs in a direction of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Isolate {
    pub start: usize,
    pub end: usize,
    pub right_to_left: bool,
}

impl Copy {
    /// What was written since `start` runs in this direction in itself.
    pub fn isolate(&mut self, start: usize, right_to_left: bool) {
        if start < self.text.len() {
            self.isolates.push(Isolate { start, end: self.text.len(), right_to_left });
        }
    }

    /// Takes white space away at the end. What was to begin behind it, or in it, begins where the text ends now.
    pub fn trim_end(&mut self, white: &[char]) {
        let end = self.text.trim_end_matches(white).len();
        self.text.truncate(end);
        self.isolates.iter_mut().rev().take_while(|isolate| isolate.end > end).for_each(|isolate| isolate.end = end);
        self.isolates.retain(|isolate| isolate.start < isolate.end);
        let first = self.marks.partition_point(|(start, _)| *start < end);
        if let Some((_, mark)) = self.marks.get(first..).and_then(<[_]>::last).cloned() {
            self.marks.truncate(first);
            self.marks.push((end, mark));
        }
        // They stand in the text's order.
        self.anchors.iter_mut().rev().take_while(|(at, _)| *at > end).for_each(|(at, _)| *at = end);
    }
}

/// Stands for a picture in the text.
pub const PICTURE: char = '\u{fffc}';

/// What is the same for a stretch of text.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    pub look: LookId,
    /// The face that the look asks for.
    pub font: FontId,
    pub size: f32,
    pub underline: bool,
    pub strike: bool,
    /// The element that it belongs to, and how many had begun when it was said.
    pub element: u32,
    pub after: u32,
    /// Whether it stays on the line of what stands before it: the call of a note.
    pub clings: bool,
    /// Whether it is only there for the eye: what parts two calls.
    pub furniture: bool,
    /// French spaces its punctuation.
    pub french: bool,
    /// Which words it keeps together.
    pub tongue: Tongue,
    pub picture: Option<Picture>,
    /// A formula that stands where the text has [`PICTURE`].
    pub formula: Option<Arc<Formula>>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    pub target: String,
    pub width: f32,
    pub height: f32,
}

/// What hangs on a place in the text and must come to the page on which that place comes to stand.
#[derive(Clone, Debug, PartialEq)]
pub enum Anchor {
    /// A note, by its number in the galley.
    Note(u32),
    /// The printed source's page that begins here.
    Page(String),
}

/// See the module's page.
#[derive(Clone, Debug)]
pub struct Strand {
    pub pieces: Vec<Piece>,
    pub marks: Vec<Mark>,
    /// By the piece on whose line they must be, ascending.
    pub anchors: Vec<(u32, Anchor)>,
    pub right_to_left: bool,
}

#[derive(Clone, Copy, Debug)]
pub struct Piece {
    pub word: WordId,
    pub mark: u32,
    pub width: f32,
    /// How wide the widest of its parts is that no line's end should go through: an address has several.
    pub least: f32,
    pub glue: Glue,
    pub after: After,
    pub level: u8,
}

/// White behind a piece.
#[derive(Clone, Copy, Debug, Default)]
pub struct Glue {
    pub width: f32,
    /// Whether justification may change it.
    pub flexible: bool,
    /// The face whose space it is.
    pub font: FontId,
    /// The character that it says; none where the language asks for white that the text does not write.
    pub says: Option<char>,
    pub mark: u32,
    pub level: u8,
}

/// What a line may do behind a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// It goes on.
    Nothing,
    /// It may end; glue vanishes.
    Break,
    /// It may end if it can't be helped: two words that belong together.
    Bound,
    /// It may end behind a hyphen or dash that the text has.
    Dash,
    /// It may end with a hyphen that is put in.
    Soft,
    /// It must end.
    End,
}

/// Spaces of a fixed width, in ems.
const THIN: f32 = 0.125;

impl Strand {
    /// Cuts `copy` into pieces and shapes them.
    pub fn new(copy: Copy, right_to_left: bool, shaper: &mut Shaper) -> Self {
        let levels = levels(&copy.text, &copy.isolates, right_to_left);
        let sign = address::next_sign(&copy.text, 0);
        let mut cutter = Cutter { breaks: breaks(&copy.text), copy: &copy, levels, mark: 0, at: 0, sign, shaper };
        let mut pieces = Vec::with_capacity(copy.text.len() / 5 + 1);
        let mut starts = Vec::with_capacity(copy.anchors.len());
        let mut waiting = copy.anchors.iter().peekable();
        while let Some(piece) = cutter.next_piece() {
            while let Some((_, anchor)) = waiting.next_if(|(at, _)| *at < cutter.at) {
                starts.push((pieces.len() as u32, anchor.clone()));
            }
            pieces.push(piece);
        }
        let last = pieces.len().saturating_sub(1) as u32;
        starts.extend(waiting.map(|(_, anchor)| (last, anchor.clone())));
        let marks = copy.marks.into_iter().map(|(_, mark)| mark).collect();
        Self { pieces, marks, anchors: starts, right_to_left }
    }

    pub fn mark(&self, index: u32) -> &Mark {
        &self.marks[index as usize]
    }
}

struct Cutter<'c, 's, 'f> {
    copy: &'c Copy,
    /// Where Unicode lets a line end, ascending.
    breaks: std::iter::Peekable<std::vec::IntoIter<usize>>,
    /// One for each byte; empty where all text runs from left to right.
    levels: Vec<Level>,
    mark: usize,
    at: usize,
    /// Where the next sign of an address stands.
    sign: usize,
    shaper: &'s mut Shaper<'f>,
}

impl Cutter<'_, '_, '_> {
    fn next_piece(&mut self) -> Option<Piece> {
        let text = &self.copy.text;
        let start = self.at;
        let first = text[start..].chars().next()?;
        self.find_mark(start);
        let end = if first == '\n' || is_space(first) { start } else { self.end_of_word(start, first) };
        let mark = &self.copy.marks[self.mark].1;
        let (number, size, level) = (self.mark as u32, mark.size, self.level(start));
        let look = self.shaper.at_level(mark.look, level);
        let word = self.shaper.word(look, text[start..end].trim_end_matches('\u{ad}').trim_matches(PICTURE));
        let width = match (&mark.picture, &mark.formula) {
            (Some(picture), _) => picture.width,
            (None, Some(formula)) => formula.width,
            (None, None) => self.shaper.get(word).width * size,
        };
        self.at = end;
        let least = if self.shaper.get(word).address { self.shaper.get(word).widest_part() * size } else { width };
        let mut piece = Piece { word, mark: number, width, least, glue: Glue::default(), after: After::Nothing, level };
        self.behind(&mut piece, text[start..end].chars().next_back());
        Some(piece)
    }

    fn find_mark(&mut self, at: usize) {
        while self.copy.marks.get(self.mark + 1).is_some_and(|(start, _)| *start <= at) {
            self.mark += 1;
        }
    }

    fn level(&self, at: usize) -> u8 {
        self.levels.get(at).map_or(0, |level| level.number())
    }

    fn end_of_word(&mut self, start: usize, first: char) -> usize {
        let text = &self.copy.text;
        if first == PICTURE {
            return start + first.len_utf8();
        }
        let level = self.level(start);
        while self.breaks.next_if(|at| *at <= start).is_some() {}
        let next_mark = self.copy.marks.get(self.mark + 1).map_or(text.len(), |(at, _)| (*at).min(text.len()));
        if self.sign < start {
            self.sign = address::next_sign(text, start);
        }
        // An address is one piece, whatever Unicode's rules say of the signs in it.
        let near = self.sign < next_mark.min(start + address::LONGEST);
        let limit = match if near { address::length(&text[start..next_mark]) } else { 0 } {
            0 => self.breaks.peek().map_or(text.len(), |at| *at).min(next_mark),
            length => start + length,
        };
        let french = self.copy.marks[self.mark].1.french;
        for (at, c) in text[start..limit].char_indices().skip(1) {
            let here = start + at;
            let cut = is_space(c)
                || c == '\n'
                || c == PICTURE
                || (!self.levels.is_empty() && self.level(here) != level)
                || at > shape::LONGEST - 4
                || (french && (first == '«' || high(c, &text[here + c.len_utf8()..])));
            if cut {
                return here;
            }
        }
        limit.max(start + first.len_utf8())
    }

    /// What stands behind the piece that ends here: glue, a place where the line may end.
    fn behind(&mut self, piece: &mut Piece, last: Option<char>) {
        let text = &self.copy.text;
        let mut rest = text[self.at..].chars();
        let next = rest.next();
        let french = self.copy.marks[self.mark].1.french;
        match next {
            None => piece.after = After::End,
            Some('\n') => {
                // Unseen, but without it whoever takes the text out again would join two words.
                let mark = &self.copy.marks[self.mark].1;
                let width = self.shaper.fonts().get(mark.font).space * mark.size;
                let (font, says) = (mark.font, Some(' '));
                piece.glue = Glue { width, flexible: false, font, says, mark: piece.mark, level: piece.level };
                self.at += 1;
                piece.after = After::End;
            }
            Some(c) if is_space(c) => {
                self.find_mark(self.at);
                // White behind a word of another face is that face's, so that both are one run.
                let font = (self.shaper.get(piece.word).parts.last())
                    .filter(|part| piece.mark == self.mark as u32 && part.scale == 1.0)
                    .map_or(self.copy.marks[self.mark].1.font, |part| part.font);
                let bound = french && (last == Some('«') || rest.next().is_some_and(|c| high(c, rest.as_str())));
                let own = self.shaper.fonts().get(font).space;
                // Beside signs in squares a space is as wide as the white that there would be without it.
                let square = |c: Option<char>| c.is_some_and(squares::is_letter);
                let beside = c == ' ' && (square(last) || square(text[self.at..].chars().nth(1)));
                let (width, flexible) = match c {
                    _ if beside => (squares::BESIDE_OTHERS, true),
                    _ if bound => (french_width(last, own, text[self.at..].trim_start().chars().next()), false),
                    ' ' | '\u{a0}' => (own, true),
                    '\u{2003}' => (1.0, false),
                    '\u{2002}' => (0.5, false),
                    '\u{3000}' => (1.0, false),
                    _ => (THIN, false),
                };
                let (mark, level) = (self.mark as u32, self.level(self.at));
                let size = self.copy.marks[self.mark].1.size;
                piece.glue = Glue { width: width * size, flexible, font, says: Some(c), mark, level };
                let before = &text[..self.at];
                self.at += c.len_utf8();
                if goes_on_white(before, &text[self.at..]) {
                    piece.after = After::Break;
                } else if !bound && self.may_break() {
                    let tongue = self.copy.marks[self.mark].1.tongue;
                    let pair = pairs::bound(before, &text[self.at..], tongue);
                    piece.after = if pair { After::Bound } else { After::Break };
                }
            }
            Some(c) => {
                if french && (last == Some('«') || high(c, rest.as_str()) && last.is_some_and(|c| !is_high(c))) {
                    let size = self.copy.marks[self.mark].1.size;
                    let own = self.shaper.space(self.copy.marks[self.mark].1.look);
                    let width = french_width(last, own, Some(c)) * size;
                    piece.glue = Glue { width, mark: piece.mark, level: piece.level, ..Glue::default() };
                    return;
                }
                let white = last.map_or(0.0, |last| self.between(piece, last, c));
                if white != 0.0 {
                    let width = white * self.copy.marks[self.mark].1.size;
                    piece.glue = Glue { width, mark: piece.mark, level: piece.level, ..Glue::default() };
                }
                if self.may_break() {
                    piece.after = match last {
                        Some('\u{ad}') => After::Soft,
                        Some('-' | '\u{2010}' | '–' | '—') => After::Dash,
                        _ => After::Break,
                    };
                }
            }
        }
    }

    /// The white between a piece that ends in `last` and `next`, where either stands in a square, in ems.
    fn between(&self, piece: &Piece, last: char, next: char) -> f32 {
        if last < '\u{2e80}' && next < '\u{2e80}' || piece.level > 0 {
            return 0.0;
        }
        if squares::closes(last) && squares::opens(next) && self.shaper.get(piece.word).last.closer > 0.0 {
            return -squares::HALF;
        }
        let other = |c: char| c.is_alphanumeric() && c < '\u{1100}';
        let beside = squares::is_letter(last) && other(next) || other(last) && squares::is_letter(next);
        if beside { squares::BESIDE_OTHERS } else { 0.0 }
    }

    /// Whether a line may end where the cutter stands.
    fn may_break(&mut self) -> bool {
        let at = self.at;
        while self.breaks.next_if(|opportunity| *opportunity < at).is_some() {}
        let clings = self.copy.marks.get(self.mark + 1).is_some_and(|(start, mark)| *start == at && mark.clings);
        self.breaks.peek() == Some(&at) && at < self.copy.text.len() && !clings
    }
}

/// Where Unicode's rules let a line end (UAX 14).
fn breaks(text: &str) -> std::iter::Peekable<std::vec::IntoIter<usize>> {
    // Thai and its neighbours write no spaces: their words are found by dictionaries.
    static RULES: LazyLock<LineSegmenterBorrowed<'static>> =
        LazyLock::new(|| LineSegmenter::new_dictionary(LineBreakOptions::default()));
    let mut all = Vec::with_capacity(text.len() / 5 + 1);
    let by_rules = |all: &mut Vec<usize>, from: usize, to: usize| {
        all.extend(RULES.segment_str(&text[from..to]).skip(1).map(|at| from + at));
    };
    // Of plain words none is parted, and a line may end behind the space between two: the rules are asked of what stands between such
    // places, where they start anew.
    let (mut from, mut at) = (0, 0);
    while at < text.len() {
        match plain_word(&text.as_bytes()[at..]) {
            Some(length) => {
                if from == at {
                    all.push(at + length);
                } else {
                    by_rules(&mut all, from, at + length);
                }
                at += length;
                from = at;
            }
            None => at = text[at..].find(' ').map_or(text.len(), |space| at + space + 1),
        }
    }
    if from < text.len() {
        by_rules(&mut all, from, text.len());
    }
    all.into_iter().peekable()
}

/// How long the word is that a text begins with, with the space behind it: one of nothing but letters of ASCII and a point or comma,
/// before another that begins with such a letter.
fn plain_word(text: &[u8]) -> Option<usize> {
    let letters = text.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let signs = usize::from(matches!(text.get(letters), Some(b'.' | b',' | b';' | b':' | b'!' | b'?')));
    let end = letters + signs;
    let plain = letters > 0 && text.get(end) == Some(&b' ') && text.get(end + 1).is_some_and(u8::is_ascii_alphabetic);
    plain.then_some(end + 1)
}

/// Whether a line may end within white space: in code, a program's table may have more of it than a line is wide, and a line ends only
/// behind all of it else (UAX 14, LB7).
fn goes_on_white(before: &str, behind: &str) -> bool {
    const LONG: [u8; 24] = [b' '; 24];
    behind.starts_with(' ') && before.as_bytes().ends_with(&LONG)
}

/// The direction of each byte (UAX 9); nothing where it is the same for all.
fn levels(text: &str, isolates: &[Isolate], right_to_left: bool) -> Vec<Level> {
    if !right_to_left && !text.chars().any(may_turn) {
        return Vec::new();
    }
    let base = if right_to_left { Level::rtl() } else { Level::ltr() };
    if isolates.is_empty() {
        let found = BidiInfo::new(text, Some(base));
        return if found.has_rtl() || right_to_left { found.levels } else { Vec::new() };
    }
    // As if each stood between signs that say so (UAX 9, X5a to X6a).
    let mut begins: Vec<&Isolate> = isolates.iter().collect();
    begins.sort_by_key(|isolate| (isolate.start, usize::MAX - isolate.end));
    let (mut begins, mut ends) = (begins.into_iter().peekable(), isolates.iter().peekable());
    let (mut marked, mut kept, mut at) = (String::with_capacity(text.len() + isolates.len() * 6), Vec::new(), 0);
    loop {
        let begin = begins.peek().map_or(usize::MAX, |isolate| isolate.start);
        let end = ends.peek().map_or(usize::MAX, |isolate| isolate.end);
        let to = begin.min(end).min(text.len());
        kept.push((marked.len(), to - at));
        marked.push_str(&text[at..to]);
        at = to;
        let sign = match (ends.next_if(|_| end <= begin), begin) {
            (Some(_), _) => '\u{2069}',
            (None, usize::MAX) => break,
            (None, _) if begins.next().is_some_and(|isolate| isolate.right_to_left) => '\u{2067}',
            (None, _) => '\u{2066}',
        };
        marked.push(sign);
    }
    let found = BidiInfo::new(&marked, Some(base)).levels;
    kept.into_iter().flat_map(|(from, length)| &found[from..from + length]).copied().collect()
}

/// Whether a character may run from right to left, or says that others do: the blocks of UAX 9's table 4.
fn may_turn(c: char) -> bool {
    c >= '\u{590}'
        && matches!(c, '\u{590}'..='\u{8ff}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
            | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

fn is_space(c: char) -> bool {
    matches!(
        c,
        ' ' | '\u{85}' | '\u{a0}' | '\u{2028}' | '\u{2029}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}

fn is_high(c: char) -> bool {
    matches!(c, ';' | ':' | '!' | '?' | '»' | '«')
}

/// Whether `c` is punctuation that French sets off, and not a part of an address or a time of day.
fn high(c: char, rest: &str) -> bool {
    is_high(c) && c != '«' && !rest.starts_with(|c: char| c.is_alphanumeric() || c == '/')
}

/// The white that French puts between two characters: a word space inside guillemets and before a colon, else a thin one
/// (Lexique des règles typographiques en usage à l'Imprimerie nationale).
fn french_width(last: Option<char>, space: f32, next: Option<char>) -> f32 {
    if last == Some('«') || matches!(next, Some('»' | ':')) { space * 0.8 } else { THIN }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the rules say of a text as a whole.
    fn whole(text: &str) -> Vec<usize> {
        LineSegmenter::new_dictionary(LineBreakOptions::default()).segment_str(text).skip(1).collect()
    }

    #[test]
    fn lines_may_end_where_the_rules_say() {
        let texts = [
            "",
            "one",
            "Plain words, one after the other; and some more. So it goes on! Is it so? Yes: it is.",
            "A word ( in brackets ) and \u{ab} one \u{bb} with spaces, a well-known one, 3.5 km/h, $ 5 and 5 % of it.",
            "He said: \u{201c}Go on,\u{201d} and went \u{2014} so they say \u{2014} to e.g. Rome, etc., by A.D. 1000 .. and . then",
            "caf\u{e9} au lait, e\u{301} and a\u{ad}b, \u{2060}x, to\u{a0}day and www.a.org/b?c=d or -x and - y, \u{6f22}\u{5b57} and \u{e01}\u{e32} too",
            "ends in a space ",
            "two  spaces and\na line  . , and ! more / or [ x ] { y } a- b -c",
            include_str!("../../tests/cases/pages/pairs.md"),
            include_str!("../../tests/cases/pages/addresses.md"),
            include_str!("../../tests/cases/pages/total-fit.md"),
            include_str!("../../tests/cases/pages/french.md"),
            include_str!("../../tests/cases/pages/mixed-directions.md"),
            include_str!("../../input/guide/91-settings.md"),
        ];
        for text in texts {
            assert_eq!(breaks(text).collect::<Vec<_>>(), whole(text), "{text}");
        }
    }
}
