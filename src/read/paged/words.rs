//! Words that a line's end has cut. The text's own vocabulary says whether the hyphen is the printer's or the word's; where it
//! doesn't know the word, the language's rules decide.

use super::calls::part;
use super::guesses::Guesses;
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
const AND: &[&str] = &["und", "oder", "bis", "and", "or", "et", "ou", "y", "o", "e", "en", "of", "och", "og", "sowie", "to"];

/// What becomes of the hyphen at the end of `first`, which goes on with `second`, and how sure that is.
pub fn decide(first: &str, second: &str, words: &Vocabulary, language: Option<hypher::Lang>) -> (Hyphen, f32) {
    let Some(sign) = first.chars().next_back().filter(|c| HYPHENS.contains(c)) else { return (Hyphen::None, 0.0) };
    let stem = first.trim_end_matches(HYPHENS);
    let left = last_word(stem);
    let right = &second[..second.find(|c| !is_of_word(c)).unwrap_or(second.len())];
    if left.is_empty() {
        return (Hyphen::None, 0.0);
    }
    if matches!(sign, '\u{AD}' | '¬' | '⸗') && !right.is_empty() {
        return (Hyphen::Dropped, PRINTERS_SIGN);
    }
    let Some(begins) = second.chars().next() else { return (Hyphen::None, 0.0) };
    if AND.contains(&right) && words.word(&format!("{left}{right}")) == 0 {
        return (Hyphen::None, 0.0);
    }
    if right.is_empty() || begins.is_uppercase() {
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

/// Whether the language's rules divide the word behind so many bytes.
fn divides(word: &str, at: usize, language: hypher::Lang) -> bool {
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

/// What becomes of a hyphen at a page's end.
pub fn at_page_end(first: &str, second: &str, words: &Vocabulary, language: Option<hypher::Lang>) -> Hyphen {
    decide(first.trim_end(), second.trim_start(), words, language).0
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
                Inline::Text(text) if text.contains(HYPHENS) => {
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
        let (mut from, mut so_far) = (0, String::new());
        for (at, _) in text.match_indices('\n') {
            let line_start = text[..at].rfind('\n').map_or(0, |start| start + 1);
            let first = text[line_start..at].trim_end();
            let behind = text[at + 1..].trim_start();
            let (hyphen, confidence) = decide(first, behind, self.words, self.language);
            if hyphen == Hyphen::None || at < from {
                continue;
            }
            let end = line_start + first.len();
            let next = text.len() - behind.len();
            let stem = without_hyphen(first);
            let (left, right) = (word_before(stem), word_behind(behind));
            let place = part(text, span, end - (first.len() - stem.len()) - left.len()..next + right.len());
            let joined = if hyphen == Hyphen::Dropped { format!("{left}{right}") } else { format!("{left}-{right}") };
            let cut = first[stem.len()..].to_owned();
            let said = || (format!("{left}{cut}/{right}"), joined);
            if !self.guesses.make_of(RepairKind::WordJoined, place, confidence, said) {
                continue;
            }
            if hyphen == Hyphen::Kept {
                so_far.push_str(&text[from..end]);
            } else {
                so_far.push_str(&text[from..line_start + stem.len()]);
                push_text(&mut pieces, std::mem::take(&mut so_far), part(text, span, from..end));
                pieces.push(Node::new(Inline::LineEnd, part(text, span, line_start + stem.len()..next)));
            }
            from = next;
        }
        if from == 0 {
            return None;
        }
        so_far.push_str(&text[from..]);
        push_text(&mut pieces, so_far, part(text, span, from..text.len()));
        Some(pieces)
    }
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
