//! Words that a line's end has cut. The text's own vocabulary says whether the hyphen is the printer's or the word's; where it
//! doesn't know the word, the language's rules decide.

use super::compounds;
use super::dress::Dress;
use super::guesses::{Guesses, Places};
use super::halves;
use super::vocabulary::{HYPHENS, Vocabulary, is_of_word};
use crate::report::RepairKind;
use crate::tree::{Block, Blocks, Inline, Inlines, Node, PartMut, inline_children_mut, parts_mut};

/// What becomes of a hyphen at a line's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hyphen {
    /// There is none, or it hangs: `Haupt- und Nebensache`.
    None,
    /// It was the printer's.
    Dropped,
    /// It is the word's own.
    Kept,
}

// How sure the reader is of a joined word.
/// The word stands elsewhere as it was joined.
const KNOWN: f32 = 0.98;
/// The compound stands elsewhere with its hyphen.
const KNOWN_COMPOUND: f32 = 0.95;
/// The word is one of those whose hyphen is their own.
const OF_ITS_OWN: f32 = 0.93;
/// A sign that only printers set at a line's end.
const PRINTERS_SIGN: f32 = 0.97;
/// The language divides the joined word where the line did.
const DIVIDED_SO: f32 = 0.9;
/// Nothing is known of the word.
const UNKNOWN: f32 = 0.75;
/// A capital or a digit behind the hyphen.
const CAPITAL_BEHIND: f32 = 0.85;

/// First parts of compounds that keep their hyphen, in English and French.
const COMPOUNDING: &[&str] =
    &["self", "non", "ex", "vice", "quasi", "well", "demi", "mi", "semi", "anti", "pseudo", "half", "ultra"];

/// Words before which a hyphen hangs: it stands for a part that comes later.
pub const AND: &[&str] =
    &["und", "oder", "bis", "and", "or", "et", "ou", "y", "o", "e", "en", "of", "och", "og", "sowie", "to"];

/// Words of German that no long word ends in, and that set two halves against each other: `bald Octaëder- bald Hexaëderflächen`.
const AGAINST: &[&str] = &["als", "bald"];

/// What becomes of the hyphen at the end of `first`, which goes on with `second`, and how sure that is.
pub fn decide(first: &str, second: &str, words: &Vocabulary, language: Option<hypher::Lang>) -> (Hyphen, f32) {
    let Some(sign) = first.chars().next_back().filter(|c| HYPHENS.contains(c)) else { return (Hyphen::None, 0.0) };
    let stem = first.trim_end_matches(HYPHENS);
    if first.chars().count() > stem.chars().count() + 1 {
        // `--` is a dash.
        return (Hyphen::None, 0.0);
    }
    let left = last_word(stem);
    let right = &second[..second.find(|c| !is_of_word(c)).unwrap_or(second.len())];
    if left.is_empty() {
        return (Hyphen::None, 0.0);
    }
    if matches!(sign, '\u{AD}' | '¬' | '⸗' | '⹀') && !right.is_empty() {
        return (Hyphen::Dropped, PRINTERS_SIGN);
    }
    let Some(begins) = second.chars().next() else { return (Hyphen::None, 0.0) };
    let before = &stem[..stem.len() - left.len()];
    let is_known = || words.word(&format!("{left}{right}")) > 0 || words.word(&format!("{left}-{right}")) > 0;
    if compounds::keeps(left, right, before, language) && !is_known() {
        return (Hyphen::Kept, OF_ITS_OWN);
    }
    if AND.contains(&right) && words.word(&format!("{left}{right}")) == 0 {
        return (Hyphen::None, 0.0);
    }
    if AGAINST.contains(&right) && left.chars().count() > 4 && words.word(&format!("{left}{right}")) == 0 {
        return (Hyphen::None, 0.0);
    }
    // Capitals on both sides are no name's: they go on as small letters do.
    let capitals =
        left.chars().count() >= 2 && right.chars().count() >= 2 && [left, right].iter().all(|half| is_capitals(half));
    if right.is_empty() || begins.is_uppercase() && !capitals {
        let kept = begins.is_uppercase() || begins.is_numeric();
        return if kept { (Hyphen::Kept, CAPITAL_BEHIND) } else { (Hyphen::None, 0.0) };
    }
    let (joined, compound) = (format!("{left}{right}"), format!("{left}-{right}"));
    let (as_word, as_compound) = (words.word(&joined), words.word(&compound));
    if as_word > 0 && as_word >= as_compound {
        return (Hyphen::Dropped, KNOWN);
    }
    if as_compound > 0 {
        return (Hyphen::Kept, KNOWN_COMPOUND);
    }
    // The second half is the first part of a compound itself, or the count goes on: not-|so-rich, quatre-vingt-|quatorze.
    let mut rest = second[right.len()..].chars();
    if words.leads_compounds(&joined) {
        return (Hyphen::Dropped, KNOWN_COMPOUND);
    }
    let hyphen = rest.next().is_some_and(|c| matches!(c, '-' | '\u{2010}'));
    let behind = rest.next().filter(|c| hyphen && c.is_alphabetic());
    let leads = behind.is_some();
    // The hyphen before a noun's capital is the compound's; the other is the printer's: Maschi-|nen-Fabrik.
    let half_word = |half: &str| words.word(half) == 0 && !words.leads_compounds(half);
    let divided = || language.is_some_and(|language| divides(&joined, left.len(), language));
    if behind.is_some_and(char::is_uppercase) && half_word(left) && half_word(right) && divided() {
        return (Hyphen::Dropped, UNKNOWN);
    }
    if leads || matches!(left, "vingt" | "vingts" | "soixante" | "cent") && stem.contains("-") {
        return (Hyphen::Kept, UNKNOWN);
    }
    let stand_alone = words.word(left) > 0 && words.word(right) > 0;
    let lower = left.to_lowercase();
    // A compound that is cut a second time keeps the hyphen that it has: mother-in-|law.
    let again = stem.len() > left.len() && stem[..stem.len() - left.len()].ends_with('-');
    if stand_alone && (again || COMPOUNDING.contains(&lower.as_str()) || words.leads_compounds(left)) {
        return (Hyphen::Kept, UNKNOWN);
    }
    match language.is_some_and(|language| divides(&joined, left.len(), language)) {
        true => (Hyphen::Dropped, DIVIDED_SO),
        false => (Hyphen::Dropped, UNKNOWN),
    }
}

fn is_capitals(word: &str) -> bool {
    word.chars().all(|c| !c.is_lowercase())
}

/// Whether the language's rules divide the word behind so many bytes.
pub fn divides(word: &str, at: usize, language: hypher::Lang) -> bool {
    // Longer words are no words; the patterns take memory for each letter.
    word.len() <= 64
        && hypher::hyphenate(word, language)
            .scan(0, |end, part| {
                *end += part.len();
                Some(*end)
            })
            .any(|end| end == at)
}

fn last_word(text: &str) -> &str {
    let from = text.char_indices().rev().take_while(|(_, c)| is_of_word(*c)).last().map_or(text.len(), |(at, _)| at);
    &text[from..]
}

/// What becomes of a hyphen at a page's end; where the text has `lost` its hyphens, of one that isn't there.
pub fn at_page_end((first, second): (&str, &str), words: &Vocabulary, language: Option<hypher::Lang>, lost: bool) -> Hyphen {
    let (first, second) = (first.trim_end(), second.trim_start());
    let (hyphen, _) = decide(first, second, words, language);
    let halves =
        || halves::pair(first, second).is_some_and(|(left, right)| halves::are_one(left, right, words, language).is_some());
    match hyphen {
        // Behind a dash nothing was lost.
        Hyphen::None if lost && !first.ends_with(HYPHENS) && halves() => Hyphen::Dropped,
        known => known,
    }
}

pub fn without_hyphen(text: &str) -> &str {
    text.trim_end().trim_end_matches(HYPHENS)
}

/// Takes the hyphen from the end of a line's last text.
pub fn drop_last_hyphen(line: &mut Inlines) {
    let Some(node) = line.last_mut() else { return };
    match &mut node.kind {
        Inline::Text(text) => text.truncate(without_hyphen(text).len()),
        kind => inline_children_mut(kind).into_iter().for_each(drop_last_hyphen),
    }
}

/// What mending words looks at.
pub struct Mending<'a, 'g> {
    pub words: &'a Vocabulary,
    pub guesses: &'a mut Guesses<'g>,
    pub language: Option<hypher::Lang>,
    pub dress: &'a Dress,
}

impl Mending<'_, '_> {
    /// Joins the words that line ends have cut, in every paragraph.
    pub fn blocks(&mut self, blocks: &mut Blocks) {
        for node in blocks {
            if matches!(node.kind, Block::Verse(_)) {
                continue;
            }
            parts_mut(&mut node.kind, &mut |part| match part {
                PartMut::Line(line) => self.line(line),
                PartMut::Blocks(inner) => self.blocks(inner),
                PartMut::Cell(cell) => self.blocks(&mut cell.kind.body),
                PartMut::Image(_) => {}
            });
        }
    }

    fn line(&mut self, line: &mut Inlines) {
        let mut at = 0;
        while at < line.len() {
            let node = &mut line[at];
            match &mut node.kind {
                Inline::Text(text) if text.contains(HYPHENS) || self.dress.lost_hyphens && text.contains('\n') => {
                    if let Some(pieces) = self.text(text, node.span) {
                        let count = pieces.len();
                        line.splice(at..at + 1, pieces);
                        at += count;
                        continue;
                    }
                }
                kind => inline_children_mut(kind).into_iter().for_each(|inner| self.line(inner)),
            }
            at += 1;
        }
    }

    /// The pieces of a text whose cut words were joined, if any were.
    fn text(&mut self, text: &str, span: crate::span::Span) -> Option<Inlines> {
        let mut pieces = Vec::new();
        let places = Places::of(self.guesses.text(), text, span);
        // What was gathered begins before the last cut where that keeps its hyphen.
        let (mut from, mut start, mut so_far) = (0, 0, String::new());
        for cut in self.cuts(text) {
            if cut.left.start < from {
                continue;
            }
            let place = places.part(cut.left.start..cut.right.end);
            let (left, right) = (&text[cut.left.clone()], &text[cut.right.clone()]);
            let joined = if cut.hyphen == Hyphen::Dropped { format!("{left}{right}") } else { format!("{left}-{right}") };
            let said = || (format!("{left}{}/{right}", text[cut.left.end..cut.right.start].trim()), joined);
            if !self.guesses.make_of(RepairKind::WordJoined, place, cut.confidence, said) {
                continue;
            }
            if cut.hyphen == Hyphen::Kept {
                so_far.push_str(text[from..cut.right.start].trim_end());
            } else {
                so_far.push_str(&text[from..cut.left.end]);
                push_text(&mut pieces, std::mem::take(&mut so_far), places.part(start..cut.left.end));
                start = cut.right.start;
                pieces.push(Node::new(Inline::LineEnd, places.part(cut.left.end..cut.right.start)));
            }
            from = cut.right.start;
        }
        if from == 0 {
            return None;
        }
        so_far.push_str(&text[from..]);
        push_text(&mut pieces, so_far, places.part(start..text.len()));
        Some(pieces)
    }

    /// The words of a text that are cut: at its line ends, with a hyphen or without, and inside its lines.
    fn cuts(&self, text: &str) -> Vec<Cut> {
        let mut cuts: Vec<Cut> = text.match_indices('\n').filter_map(|(at, _)| self.cut_at(text, at)).collect();
        if self.dress.inner_hyphens {
            cuts.extend(halves::spaced_hyphens(text).filter_map(|(at, behind)| self.inner_cut(text, at, behind)));
            cuts.sort_by_key(|cut| cut.left.start);
        }
        cuts
    }

    fn cut_at(&self, text: &str, at: usize) -> Option<Cut> {
        let line_start = text[..at].rfind('\n').map_or(0, |start| start + 1);
        let first = text[line_start..at].trim_end();
        let behind = text[at + 1..].trim_start();
        let next = text.len() - behind.len();
        let (hyphen, confidence) = decide(first, behind, self.words, self.language);
        if hyphen != Hyphen::None {
            let stem = without_hyphen(first);
            let end = line_start + stem.len();
            let (left, right) = (word_before(stem).len(), word_behind(behind).len());
            let (hyphen, confidence) = match hyphen {
                Hyphen::Dropped if confidence < KNOWN && self.is_compound(stem, behind, confidence) => (Hyphen::Kept, UNKNOWN),
                _ => (hyphen, confidence),
            };
            return Some(Cut { left: end - left..end, right: next..next + right, hyphen, confidence });
        }
        if !self.dress.lost_hyphens {
            return None;
        }
        let (left, right) = halves::pair(first, behind)?;
        let confidence = halves::are_one(left, right, self.words, self.language)?;
        let end = line_start + first.len();
        Some(Cut { left: end - left.len()..end, right: next..next + right.len(), hyphen: Hyphen::Dropped, confidence })
    }

    /// Whether two halves are words that a hyphen of their own ties, in a text that nobody hyphenated.
    fn is_compound(&self, stem: &str, behind: &str, confidence: f32) -> bool {
        let left = last_word(stem);
        let right = &behind[..behind.find(|c| !is_of_word(c)).unwrap_or(behind.len())];
        let alone = self.words.word(left) > 0 && self.words.word(right) > 0;
        self.dress.keeps_hyphens() && (alone || confidence <= UNKNOWN)
    }

    fn inner_cut(&self, text: &str, at: usize, behind: &str) -> Option<Cut> {
        let next = text.len() - behind.len();
        let (hyphen, mut confidence) = decide(&text[..at + 1], behind, self.words, self.language);
        if behind.starts_with(char::is_uppercase) {
            let right = &behind[..behind.find(|c| !is_of_word(c)).unwrap_or(behind.len())];
            let is_known = self.words.word(&format!("{}-{right}", last_word(&text[..at]))) > 0;
            confidence = is_known.then_some(KNOWN_COMPOUND)?;
        }
        let (left, right) = (word_before(&text[..at]).len(), word_behind(behind).len());
        let place = Cut { left: at - left..at, right: next..next + right, hyphen, confidence };
        (hyphen != Hyphen::None).then_some(place)
    }
}

/// A word that is cut: its halves, in bytes of the text.
struct Cut {
    left: std::ops::Range<usize>,
    right: std::ops::Range<usize>,
    hyphen: Hyphen,
    confidence: f32,
}

fn push_text(pieces: &mut Inlines, text: String, span: crate::span::Span) {
    if !text.is_empty() {
        pieces.push(Node::new(Inline::Text(text), span));
    }
}

fn word_before(text: &str) -> &str {
    text.rsplit(char::is_whitespace).next().unwrap_or("")
}

fn word_behind(text: &str) -> &str {
    text.split(char::is_whitespace).next().unwrap_or("")
}
