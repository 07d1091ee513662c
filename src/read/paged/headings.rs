//! Headings as the work means them: a tool gives them the level that their type size suggests to it, cuts long ones in two, and
//! takes an author's name for a chapter.

use std::collections::BTreeMap;

use super::guesses::Guesses;
use super::numbers;
use crate::report::RepairKind;
use crate::tree::{Block, Blocks, Inline, Node, plain_text};

/// A heading cannot end in such a word: it goes on in the next.
const UNFINISHED: &[&str] = &[
    "of", "the", "and", "a", "an", "in", "on", "to", "for", "with", "by", "from", "de", "la", "le", "les", "des", "du", "et",
    "à", "der", "die", "das", "den", "dem", "des", "und", "von", "zur", "zum", "im", "el", "los", "las", "y", "del", "di",
    "della", "e", "τοῦ", "του", "της", "τῆς", "των", "τῶν", "και", "καὶ", "ὁ", "ἡ", "и", "в", "о", "об", "من", "في", "على",
];

/// Words before an author's name.
const BY: &[&str] = &["by", "par", "von", "por", "di", "door", "af", "av", "ὑπὸ", "υπό", "του", "от", "بقلم", "تأليف"];

const GOES_ON: f32 = 0.8;
const SAME_LEVEL: f32 = 0.8;
const BYLINE: f32 = 0.75;
/// From so many headings of one kind on, their usual level is known.
const KIND: usize = 3;
/// Within so many blocks of the front an author's name is looked for.
const FRONT: usize = 5;

/// Mends the headings of a text.
pub fn mend(blocks: &mut Blocks, guesses: &mut Guesses) {
    together(blocks, guesses);
    levels(blocks, guesses);
    byline(blocks, guesses);
}

/// Puts together a heading that stands on two lines.
fn together(blocks: &mut Blocks, guesses: &mut Guesses) {
    let mut at = 1;
    while at < blocks.len() {
        let [first, second] = &blocks[at - 1..=at] else { return };
        let (Block::Heading { level, text, .. }, Block::Heading { level: other, text: more, .. }) = (&first.kind, &second.kind)
        else {
            at += 1;
            continue;
        };
        let (said, rest) = (plain_text(text), plain_text(more));
        let last = said.rsplit(' ').next().unwrap_or("");
        let unfinished = UNFINISHED.contains(&last.to_lowercase().as_str()) || said.ends_with([',', '-', '—', '–', '&']);
        let goes_on = level == other && (unfinished || rest.starts_with(char::is_lowercase));
        let span = first.span.to(second.span);
        if !goes_on || !guesses.make(RepairKind::HeadingMended, span, GOES_ON, || format!("{said} {rest}")) {
            at += 1;
            continue;
        }
        let removed = blocks.remove(at);
        if let (Block::Heading { text, .. }, Block::Heading { text: more, .. }) = (&mut blocks[at - 1].kind, removed.kind) {
            text.push(Node::new(Inline::Text(" ".to_owned()), removed.span));
            text.extend(more);
        }
        blocks[at - 1].span = span;
    }
}

/// Gives headings of one kind, such as `Chapter I` and `Chapter II`, the level that most of them have.
fn levels(blocks: &mut Blocks, guesses: &mut Guesses) {
    let mut kinds: BTreeMap<String, Vec<(usize, u8)>> = BTreeMap::new();
    for (at, node) in blocks.iter().enumerate() {
        if let Block::Heading { level, text, .. } = &node.kind
            && let Some(kind) = kind(&plain_text(text))
        {
            kinds.entry(kind).or_default().push((at, *level));
        }
    }
    for heads in kinds.into_values().filter(|heads| heads.len() >= KIND) {
        let count = |wanted: u8| heads.iter().filter(|(_, level)| *level == wanted).count();
        let Some(usual) = (1..=6).max_by_key(|&level| (count(level), 6 - level)) else { continue };
        if count(usual) * 3 < heads.len() * 2 {
            continue;
        }
        for (at, own) in heads.into_iter().filter(|(_, level)| *level != usual) {
            let node = &mut blocks[at];
            if let Block::Heading { level, text, .. } = &mut node.kind
                && guesses.make(RepairKind::HeadingMended, node.span, SAME_LEVEL, || {
                    format!("{} {} [level {own} → {usual}]", "#".repeat(usual.into()), plain_text(text))
                })
            {
                *level = usual;
            }
        }
    }
}

/// `chapter` for `Chapter IV. Of Thought`: a word and a number behind it; `#` for a number alone.
fn kind(said: &str) -> Option<String> {
    let mut words = said.split([' ', '.', ':', '—']).filter(|word| !word.is_empty());
    let first = words.next()?;
    if numbers::value(first).is_some() {
        return Some("#".to_owned());
    }
    let number = words.next().is_some_and(|word| numbers::value(word).is_some());
    number.then(|| first.to_lowercase())
}

/// An author's name that a tool took for a heading is no chapter.
fn byline(blocks: &mut Blocks, guesses: &mut Guesses) {
    let title = blocks.iter().position(|node| matches!(node.kind, Block::Heading { .. }));
    let Some(title) = title else { return };
    for node in blocks.iter_mut().take(FRONT).skip(title + 1) {
        let Block::Heading { text, .. } = &node.kind else { return };
        let said = plain_text(text);
        let Some((by, name)) = said.split_once(' ') else { continue };
        let named = BY.contains(&by.to_lowercase().as_str())
            && name.split(' ').count() <= 6
            && name.chars().next().is_some_and(|c| !c.is_lowercase())
            && !name.chars().any(|c| c.is_ascii_digit());
        if named && guesses.make(RepairKind::HeadingMended, node.span, BYLINE, || said.clone()) {
            let Block::Heading { text, .. } = &mut node.kind else { return };
            node.kind = Block::Paragraph(std::mem::take(text));
        }
    }
}
