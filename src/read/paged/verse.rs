//! Verse in a text whose lines are the measure's: lines that end long before the measure does end where the poet says.

use std::ops::Range;

use super::guesses::Guesses;
use super::lines::{Lines, Role};
use crate::report::RepairKind;
use crate::tree::{Block, Blocks, Inline, Inlines, Node, VerseLine, plain_text};

/// How much of the measure a line of verse fills at most. Prose fills all but its last line.
const FILLS: f32 = 0.78;
/// How many lines make verse; two in a quotation.
const LINES: usize = 3;
const QUOTED_LINES: usize = 2;
/// How many of the lines must begin like a line of verse, with a capital.
const CAPITALS: f32 = 0.6;
const SURE: f32 = 0.8;
/// The measure, in characters, of a text whose paragraphs stand on one line each.
const UNKNOWN_MEASURE: usize = 64;

/// What lines of prose are like in a text.
#[derive(Clone, Copy, Debug)]
pub struct Measure {
    /// How long they are, in characters.
    pub length: usize,
    /// Whether so many of them begin with a capital that nouns must have one.
    pub nouns: bool,
}

/// From so many lines on that all begin with a capital, they are verse.
const ALL_LINES: usize = 4;
const NOUN_LINES: usize = 8;

/// What the lines of the text are like.
pub fn measure(lines: &Lines) -> Measure {
    let (mut all, mut capitals) = (0, 0);
    for group in lines.groups(0..lines.len()).into_iter().filter(|group| group.len() >= 3) {
        let inner = (group.start + 1..group.end).filter(|&at| lines.role(at) == Role::Body);
        let own = inner.clone().filter(|&at| lines.line(at).trim_start().starts_with(char::is_uppercase)).count();
        // What may be verse itself says nothing of prose.
        if own < inner.clone().count() {
            all += inner.count();
            capitals += own;
        }
    }
    // One line of prose in seven begins a sentence or with a name; a noun, one in three.
    let nouns = capitals * 4 >= all && capitals * 2 <= all;
    Measure { length: length(lines), nouns }
}

/// How long the lines are that end only because the page does, in characters.
fn length(lines: &Lines) -> usize {
    let mut lengths: Vec<usize> = lines
        .groups(0..lines.len())
        .into_iter()
        .filter(|group| group.len() >= 3)
        .flat_map(|group| group.start..group.end - 1)
        .filter(|&at| lines.role(at) == Role::Body)
        .map(|at| lines.line(at).trim().chars().count())
        .collect();
    lengths.sort_unstable();
    // A page's verse must not make the measure its own: the longer lines are prose.
    lengths.get(lengths.len() * 4 / 5).copied().filter(|_| lengths.len() >= 20).unwrap_or(UNKNOWN_MEASURE).max(40)
}

/// Makes verse of the paragraphs whose lines are too short for prose.
pub fn keep(blocks: &mut Blocks, measure: Measure, quoted: bool, guesses: &mut Guesses) {
    for node in blocks.iter_mut() {
        match &mut node.kind {
            Block::Quote(inner) => keep(inner, measure, true, guesses),
            Block::Paragraph(line) if is_verse(line, measure, quoted) => {
                let after = || plain_text(line).to_string();
                if guesses.make(RepairKind::VerseKept, node.span, SURE, after) {
                    node.kind = Block::Verse(vec![split(std::mem::take(line)).into_iter().map(VerseLine::from).collect()]);
                }
            }
            _ => {}
        }
    }
    merge(blocks);
}

/// Stanzas that follow each other are one poem.
fn merge(blocks: &mut Blocks) {
    let mut merged: Blocks = Vec::with_capacity(blocks.len());
    for mut node in blocks.drain(..) {
        match (merged.last_mut(), &mut node.kind) {
            (Some(Node { kind: Block::Verse(stanzas), span, .. }), Block::Verse(more)) => {
                stanzas.append(more);
                *span = span.to(node.span);
            }
            _ => merged.push(node),
        }
    }
    *blocks = merged;
}

fn is_verse(line: &Inlines, measure: Measure, quoted: bool) -> bool {
    let mut text = String::new();
    lines_of(line, &mut text);
    let lines: Vec<&str> = text.split('\n').map(str::trim).collect();
    let least = if quoted { QUOTED_LINES } else { LINES };
    if lines.len() < least || lines.iter().any(|line| line.is_empty()) {
        return false;
    }
    let longest = lines[..lines.len() - 1].iter().map(|line| line.chars().count()).max().unwrap_or(0);
    let begins = |line: &&&str| {
        let first = line.trim_start_matches(['*', '_', '"', '“', '«', '„', '‘', '’', '(', '—', '–', ' ']).chars().next();
        first.is_some_and(|c| !c.is_lowercase() && !c.is_numeric())
    };
    let capitals = lines.iter().filter(begins).count();
    // A formula that stands on lines of its own is no verse, nor are numbers.
    let worded =
        lines.iter().filter(|line| line.chars().filter(|c| c.is_alphabetic()).count() * 2 >= line.chars().count()).count();
    if text.contains(['\\', '{', '=']) || worded * 4 < lines.len() * 3 {
        return false;
    }
    // What bullets stand before is a list.
    if lines.iter().any(|line| super::bullets::is_signed(line)) {
        return false;
    }
    let cut = lines[..lines.len() - 1].iter().any(|line| line.ends_with(super::vocabulary::HYPHENS));
    // Where every line begins with a capital, no measure broke them, though they may be as long as it is. Nouns have capitals in
    // some languages: there it takes more lines.
    let all = capitals == lines.len() && lines.len() >= if measure.nouns { NOUN_LINES } else { ALL_LINES };
    !cut && (all || longest as f32 <= measure.length as f32 * FILLS && capitals as f32 >= lines.len() as f32 * CAPITALS)
}

/// Reads lines that plain text sets in: as verse, where they are short and begin as verse does, else as a quotation. `read` reads a
/// stretch of the source.
pub fn set_in(text: &str, range: Range<usize>, measure: usize, read: &mut dyn FnMut(Range<usize>) -> Blocks) -> Blocks {
    let whole = &text[range.clone()];
    let mut lines = Vec::new();
    let mut at = range.start;
    for line in whole.split_inclusive('\n') {
        let bare = line.trim_end();
        let indent = bare.len() - bare.trim_start().len();
        if !bare.trim().is_empty() {
            lines.push((at + indent..at + bare.len(), indent));
        }
        at += line.len();
    }
    let Some((first, _)) = lines.first().cloned() else { return Blocks::new() };
    let begins =
        |line: &Range<usize>| text[line.clone()].chars().find(|c| c.is_alphanumeric()).is_some_and(|c| !c.is_lowercase());
    let capitals = lines.iter().filter(|(line, _)| begins(line)).count();
    let short = lines.iter().all(|(line, _)| text[line.clone()].chars().count() * 100 <= measure * 95);
    let span = |blocks: &Blocks| blocks.first().map(|node| node.span);
    if lines.len() >= 2 && short && capitals * 3 >= lines.len() * 2 {
        let mut verses = Vec::new();
        let mut place = None;
        for (line, _) in &lines {
            let read = read(line.clone());
            place = place
                .map_or_else(|| span(&read), |known: crate::span::Span| span(&read).map(|own| known.to(own)).or(Some(known)));
            for node in read {
                if let Block::Paragraph(words) = node.kind {
                    verses.push(VerseLine::from(words));
                }
            }
        }
        if let (Some(place), true) = (place, verses.len() == lines.len()) {
            return vec![Node::new(Block::Verse(vec![verses]), place)];
        }
    }
    let body = read(first.start..range.end);
    match span(&body) {
        Some(place) => vec![Node::new(Block::Quote(body), place)],
        None => body,
    }
}

/// What a paragraph says, with its line ends.
pub fn lines_of(line: &[Node<Inline>], out: &mut String) {
    for node in line {
        match &node.kind {
            Inline::Text(text) | Inline::Code(text) | Inline::Math(text) => out.push_str(text),
            kind => lines_of(crate::tree::inline_children(kind), out),
        }
    }
}

/// The lines of a paragraph; a style that runs over several is one on each.
fn split(line: Inlines) -> Vec<Inlines> {
    let mut lines = vec![Vec::new()];
    for node in line {
        let Node { kind, span, attrs } = node;
        let pieces: Vec<Option<Inline>> = match kind {
            Inline::Text(text) => {
                text.split('\n').map(|piece| Some(Inline::Text(piece.trim_matches('\n').to_owned()))).collect()
            }
            Inline::Styled(style, inner) => split(inner).into_iter().map(|piece| Some(Inline::Styled(style, piece))).collect(),
            // An end that the author asked for ends the line as well, and is no part of it.
            Inline::LineBreak => vec![None, None],
            kind => vec![Some(kind)],
        };
        for (n, piece) in pieces.into_iter().enumerate() {
            if n > 0 {
                lines.push(Vec::new());
            }
            let empty = matches!(&piece, Some(Inline::Text(text)) if text.is_empty())
                || matches!(&piece, Some(Inline::Styled(_, inner)) if inner.is_empty());
            if let (Some(kind), false, Some(last)) = (piece, empty, lines.last_mut()) {
                last.push(Node { kind, span, attrs: attrs.clone() });
            }
        }
    }
    lines.retain(|line| !line.is_empty());
    lines
}
