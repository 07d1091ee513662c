//! Furniture is a claim: what is taken out of the text as a running head, a folio, a signature or a catchword is accounted for only
//! where other pages confirm it. The evidence is looked for anew, in the source alone.

use std::collections::BTreeMap;

use super::Taken;
use super::cut::{cut, is_word};
use crate::report::{Repair, RepairKind};
use crate::span::Sources;
use crate::tree::{Document, FurnitureKind};

/// On how many pages a head must stand to be one.
const PAGES: usize = 3;

/// Everything that repairs took out, with what confirms it.
pub fn taken(doc: &Document, sources: &Sources) -> Vec<Taken> {
    let repairs: Vec<_> = doc.repairs.iter().filter(|repair| repair.kind == RepairKind::HeadDropped).collect();
    let texts: Vec<_> = repairs.iter().map(|repair| sources.slice(repair.span)).collect();
    let names: Vec<_> = texts.iter().map(|text| head(text)).collect();
    let mut heads: BTreeMap<&str, usize> = BTreeMap::new();
    names.iter().for_each(|name| *heads.entry(name).or_insert(0) += 1);
    let headings = headings(doc);
    let numbers: Vec<_> = texts.iter().map(|text| number(text)).collect();
    // The number in `Chapter 1: Of Salt` is no page's, where that stands above a folio.
    let alone: Vec<_> = numbers.iter().zip(&names).map(|(number, name)| number.filter(|_| name.is_empty())).collect();
    (0..repairs.len())
        .filter_map(|at| {
            let repair = repairs[at];
            let kind = kind(repair)?;
            let name = names[at].as_str();
            let evidence = match () {
                () if marked(texts[at]) => Some("the source marks it"),
                () if !name.is_empty() && heads.get(name).is_some_and(|count| *count >= PAGES) => {
                    Some("it stands on other pages, too")
                }
                () if !name.is_empty() && headings.iter().any(|heading| alike(heading, name)) => Some("it repeats a title"),
                () if name.is_empty() && rises(&alone, at) => Some("its number goes on"),
                // A folio has no words: an index's entry, which ends in a number, would be one by chance.
                () if rises(&numbers, at) && (kind != FurnitureKind::Folio || name.is_empty()) => Some("its number goes on"),
                () if kind == FurnitureKind::Catchword && is_next(sources, repair, texts[at]) => {
                    Some("the next page begins with it")
                }
                () if kind == FurnitureKind::Signature && in_series(&repairs, &texts, at) => Some("the gatherings go on"),
                () => None,
            };
            Some(Taken { kind, span: repair.span, text: shown(texts[at]), evidence })
        })
        .collect()
}

fn kind(repair: &Repair) -> Option<FurnitureKind> {
    FurnitureKind::ALL.into_iter().find(|kind| repair.after.contains(kind.name()))
}

/// A head's words without its number, in lower case.
fn head(text: &str) -> String {
    let mut words = Vec::new();
    cut(text, false, &mut |range, _| {
        let said = &text[range];
        if is_word(said) && said.chars().any(char::is_alphabetic) && !is_numeral(said) {
            words.push(said.to_lowercase());
        }
    });
    words.join(" ")
}

fn is_numeral(word: &str) -> bool {
    word.chars().all(|c| "ivxlcdmIVXLCDM".contains(c))
}

fn number(text: &str) -> Option<i64> {
    let mut found = Vec::new();
    cut(text, false, &mut |range, _| {
        let said = &text[range];
        if let Some(value) = decimal(said).or_else(|| roman(said)) {
            found.push(value);
        }
    });
    // At a head's beginning or end.
    found.first().copied().filter(|_| found.len() == 1).or(found.last().copied())
}

fn decimal(text: &str) -> Option<i64> {
    let digits: Option<String> = text.chars().map(|c| c.to_digit(10).map_or_else(|| other_digit(c), |_| Some(c))).collect();
    digits?.parse().ok()
}

/// The digits of Arabic and of Persian.
fn other_digit(c: char) -> Option<char> {
    let value = match c {
        '\u{660}'..='\u{669}' => c as u32 - 0x660,
        '\u{6F0}'..='\u{6F9}' => c as u32 - 0x6F0,
        _ => return None,
    };
    char::from_digit(value, 10)
}

fn roman(text: &str) -> Option<i64> {
    let value = |c: char| {
        Some(match c.to_ascii_lowercase() {
            'i' => 1,
            'v' => 5,
            'x' => 10,
            'l' => 50,
            'c' => 100,
            'd' => 500,
            'm' => 1000,
            _ => return None,
        })
    };
    let values: Option<Vec<i64>> = text.chars().map(value).collect();
    let values = values.filter(|values| !values.is_empty())?;
    let sum = |(at, own): (usize, &i64)| if values.get(at + 1).is_some_and(|next| next > own) { -own } else { *own };
    Some(values.iter().enumerate().map(sum).sum())
}

/// Whether a number is one more than the last or one less than the next; a page may be without.
fn rises(numbers: &[Option<i64>], at: usize) -> bool {
    const FAR: i64 = 3;
    let Some(own) = numbers[at] else { return false };
    let before = numbers[..at].iter().rev().flatten().find(|number| **number != own);
    let behind = numbers[at + 1..].iter().flatten().find(|number| **number != own);
    before.is_some_and(|number| (1..=FAR).contains(&(own - number)))
        || behind.is_some_and(|number| (1..=FAR).contains(&(number - own)))
}

/// Whether the source itself says that it is no text: a comment, a tag of its own.
fn marked(text: &str) -> bool {
    let text = text.trim();
    text.starts_with("<!--") || text.starts_with('<') || text.starts_with("{{")
}

fn headings(doc: &Document) -> Vec<String> {
    let mut headings = vec![head(&doc.meta.title)];
    headings.extend(doc.meta.people.iter().map(|person| head(&person.name)));
    crate::tree::walk_blocks(&doc.body, &mut |visit| {
        if let crate::tree::Visit::Block(node) = visit
            && let crate::tree::Block::Heading { text, .. } | crate::tree::Block::Title(text) = &node.kind
        {
            headings.push(head(&crate::tree::plain_text(text)));
        }
    });
    headings.retain(|heading| !heading.is_empty());
    headings
}

fn alike(heading: &str, name: &str) -> bool {
    // `Chapter 3: Of Salt` names what its number counts.
    let behind = || name.split_once(' ').map_or("", |(_, title)| title);
    heading == name
        || heading.len() > name.len() && name.len() > 8 && heading.contains(name)
        || behind().len() > 3 && heading == behind()
}

/// Whether the text goes on with a catchword.
fn is_next(sources: &Sources, repair: &Repair, text: &str) -> bool {
    let word = text.trim().trim_end_matches(['-', '.', ',']);
    let source = &sources.get(repair.span.file).text;
    let behind = source.get(repair.span.end as usize..).unwrap_or("");
    !word.is_empty()
        && behind.lines().filter(|line| !line.trim().is_empty()).take(6).any(|line| line.trim_start().starts_with(word))
}

/// Whether another signature has the letter before, behind, or the same.
fn in_series(repairs: &[&Repair], texts: &[&str], at: usize) -> bool {
    let letter = |text: &str| text.trim().chars().next().map(|c| c.to_ascii_uppercase() as i64);
    let own = letter(texts[at]);
    repairs.iter().zip(texts).enumerate().any(|(n, (repair, text))| {
        let near = letter(text).zip(own).is_some_and(|(a, b)| (a - b).abs() <= 2);
        n != at && kind(repair) == Some(FurnitureKind::Signature) && near
    })
}

fn shown(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
