//! Headings as the work means them: a tool gives them the level that their type size suggests to it, cuts long ones in two, and
//! takes an author's name for a chapter.

use std::collections::BTreeMap;

use super::guesses::Guesses;
use super::numbers;
use crate::report::RepairKind;
use crate::tree::{Block, Blocks, Inline, Node, Style, plain_text};

/// A heading cannot end in such a word: it goes on in the next.
const UNFINISHED: &[&str] = &[
    "of", "the", "and", "a", "an", "in", "on", "to", "for", "with", "by", "from", "de", "la", "le", "les", "des", "du", "et",
    "à", "der", "die", "das", "den", "dem", "des", "und", "von", "zur", "zum", "im", "el", "los", "las", "y", "del", "di",
    "della", "e", "τοῦ", "του", "της", "τῆς", "των", "τῶν", "και", "καὶ", "ὁ", "ἡ", "и", "в", "о", "об", "من", "في", "على",
];

/// Words before an author's name.
const BY: &[&str] = &["by", "par", "von", "por", "di", "door", "af", "av", "ὑπὸ", "υπό", "του", "от", "بقلم", "تأليف"];

const GOES_ON: f32 = 0.8;
const LIGHT: f32 = 0.8;
const SAME_LEVEL: f32 = 0.8;
const BYLINE: f32 = 0.75;
/// From so many headings of one kind on, their usual level is known.
const KIND: usize = 3;
/// Within so many blocks of the front an author's name is looked for.
const FRONT: usize = 5;

/// Mends the headings of a text.
pub fn mend(blocks: &mut Blocks, guesses: &mut Guesses) {
    light(blocks, guesses);
    together(blocks, guesses);
    numbered(blocks, guesses);
    levels(blocks, guesses);
    byline(blocks, guesses);
}

/// Takes the bold off headings that have nothing else, where several have it: a tool says twice there what it saw once.
fn light(blocks: &mut Blocks, guesses: &mut Guesses) {
    let is_bold = |node: &&mut Node<Block>| matches!(&node.kind, Block::Heading { text, .. } if is_bold(text));
    let bold: Vec<_> = blocks.iter_mut().filter(is_bold).collect();
    if bold.len() < KIND {
        return;
    }
    for node in bold {
        if let Block::Heading { text, .. } = &mut node.kind
            && guesses.make(RepairKind::HeadingMended, node.span, LIGHT, || plain_text(text))
        {
            *text = std::mem::take(text)
                .into_iter()
                .flat_map(|piece| match piece.kind {
                    Inline::Styled(Style::Strong, inner) => inner,
                    _ => vec![piece],
                })
                .collect();
        }
    }
}

/// Whether every word of a line is bold.
fn is_bold(line: &[Node<Inline>]) -> bool {
    let is_word = |node: &&Node<Inline>| !plain_text(std::slice::from_ref(*node)).trim().is_empty();
    line.iter().any(|node| is_word(&node))
        && line.iter().filter(is_word).all(|node| node.attrs.is_none() && matches!(node.kind, Inline::Styled(Style::Strong, _)))
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
        append(blocks, at, Inline::Text(" ".to_owned()));
    }
}

/// Puts the heading at `at` behind the one before it.
fn append(blocks: &mut Blocks, at: usize, between: Inline) {
    let removed = blocks.remove(at);
    let first = &mut blocks[at - 1];
    first.span = first.span.to(removed.span);
    if let (Block::Heading { text, .. }, Block::Heading { text: more, .. }) = (&mut first.kind, removed.kind) {
        text.push(Node::new(between, removed.span));
        text.extend(more);
    }
}

/// Puts `Chapter 1` and the chapter's title below it into one heading of two lines, where a work has its chapters so, one number
/// behind the other.
fn numbered(blocks: &mut Blocks, guesses: &mut Guesses) {
    let mut pairs: BTreeMap<(String, u8), Vec<(usize, u32)>> = BTreeMap::new();
    for (at, pair) in blocks.windows(2).enumerate() {
        let [Block::Heading { level, text, .. }, Block::Heading { level: other, text: title, .. }] =
            [&pair[0].kind, &pair[1].kind]
        else {
            continue;
        };
        if let Some((named, number)) = number_alone(&plain_text(text))
            && level == other
            && kind(&plain_text(title)).is_none()
        {
            pairs.entry((named, *level)).or_default().push((at, number));
        }
    }
    pairs.retain(|_, pairs| pairs.len() >= KIND && pairs.windows(2).all(|pair| pair[0].1 < pair[1].1));
    let mut found: Vec<_> = pairs.into_values().flatten().map(|(at, _)| at).collect();
    found.sort_unstable();
    for at in found.into_iter().rev() {
        let said =
            |node: &Node<Block>| if let Block::Heading { text, .. } = &node.kind { plain_text(text) } else { String::new() };
        let span = blocks[at].span.to(blocks[at + 1].span);
        if guesses
            .make(RepairKind::HeadingMended, span, GOES_ON, || format!("{}<br>{}", said(&blocks[at]), said(&blocks[at + 1])))
        {
            append(blocks, at + 1, Inline::LineBreak);
        }
    }
}

/// What a heading is called that is nothing but a number, and the number: `chapter` and 4 for `Chapter IV.`, nothing and 4 for `4`.
fn number_alone(said: &str) -> Option<(String, u32)> {
    let said = said.trim_end_matches(['.', ':']);
    let (named, number) = said.rsplit_once(' ').unwrap_or(("", said));
    let is_word = !named.contains(' ') && named.chars().all(char::is_alphabetic);
    Some((named.to_lowercase(), numbers::value(number).filter(|_| is_word)?))
}

/// Gives headings of one kind, such as `Chapter I` and `Chapter II`, the level that most of them have; those that decimals number
/// (`2.1`, `2.1.3`) stand deeper than those with a part less.
fn levels(blocks: &mut Blocks, guesses: &mut Guesses) {
    let mut kinds: BTreeMap<Kind, Vec<(usize, u8)>> = BTreeMap::new();
    // The last number of so many parts, and how many of those with a part more go on with it.
    let (mut last, mut within): (BTreeMap<usize, String>, BTreeMap<usize, usize>) = Default::default();
    for (at, node) in blocks.iter().enumerate() {
        let Block::Heading { level, text, .. } = &node.kind else { continue };
        let said = plain_text(text);
        let Some(kind) = kind(&said) else { continue };
        if let Kind::Numbered(parts) = kind {
            let number = number_of(&said).to_owned();
            let outer = number.rsplit_once('.').map(|(outer, _)| outer);
            *within.entry(parts).or_default() +=
                usize::from(outer.is_some() && outer == last.get(&(parts - 1)).map(String::as_str));
            last.insert(parts, number);
        }
        kinds.entry(kind).or_default().push((at, *level));
    }
    // The level of the headings with a part less.
    let mut above = None;
    for (kind, heads) in kinds {
        let least = match kind {
            // Else what has a part less counts something else, such as steps.
            Kind::Numbered(parts) if parts > 1 && within.get(&parts).is_some_and(|within| within * 3 >= heads.len() * 2) => {
                above.map_or(1, |above: u8| (above + 1).min(6))
            }
            _ => 1,
        };
        let count = |wanted: u8| heads.iter().filter(|(_, level)| *level == wanted).count();
        let Some(usual) = (1..=6).max_by_key(|&level| (count(level), 6 - level)) else { continue };
        let is_usual = heads.len() >= KIND && (count(usual) * 3 >= heads.len() * 2 || matches!(kind, Kind::Numbered(2..)));
        let wanted = usual.max(least);
        above = is_usual.then_some(wanted).or(above.filter(|_| least > 1).map(|_| wanted));
        for (at, own) in heads.into_iter().filter(|(_, level)| if is_usual { *level != wanted } else { *level < least }) {
            let node = &mut blocks[at];
            let level_meant = if is_usual { wanted } else { least };
            if let Block::Heading { level, text, .. } = &mut node.kind
                && guesses.make(RepairKind::HeadingMended, node.span, SAME_LEVEL, || {
                    format!("{} {} [level {own} → {level_meant}]", "#".repeat(level_meant.into()), plain_text(text))
                })
            {
                *level = level_meant;
            }
        }
    }
}

/// What headings of one level have in common.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// A number before the words, of so many parts: one in `IV. Of Thought`, two in `2.1 Scope`.
    Numbered(usize),
    /// A word before a number: `chapter` in `Chapter IV. Of Thought`.
    Named(String),
}

/// The number before a heading's words, without the stop behind it.
fn number_of(said: &str) -> &str {
    said.split_whitespace().next().unwrap_or_default().trim_end_matches(['.', ':', ')'])
}

fn kind(said: &str) -> Option<Kind> {
    let parts: Vec<_> = number_of(said).split('.').collect();
    let is_part = |part: &&str| matches!(part.len(), 1..=3) && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_appendix = |part: &str| part.len() == 1 && part.starts_with(|c: char| c.is_ascii_uppercase());
    if let [first, rest @ ..] = &parts[..]
        && !rest.is_empty()
        && (is_part(first) || is_appendix(first))
        && rest.iter().all(is_part)
    {
        return Some(Kind::Numbered(parts.len()));
    }
    let mut words = said.split([' ', '.', ':', '—']).filter(|word| !word.is_empty());
    let first = words.next()?;
    if numbers::value(first).is_some() {
        return Some(Kind::Numbered(1));
    }
    let number = words.next().is_some_and(|word| numbers::value(word).is_some());
    number.then(|| Kind::Named(first.to_lowercase()))
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
