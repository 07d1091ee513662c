//! Furniture at the edges of pages whose ends are marked: the first and last lines between two marks.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::super::lines::{Lines, Role};
use super::super::marks;
use super::super::numbers;
use super::{FurnitureKind, Guess, HeadLine, Headings, tally};

// How sure we are.
/// It repeats, and its number counts the pages.
const REPEATED_AND_COUNTED: f32 = 0.98;
const COUNTED: f32 = 0.95;
const REPEATED: f32 = 0.9;
/// It says what a heading says.
const NAMED: f32 = 0.8;
/// Only its place and its capitals speak for it, where most pages have a head.
const IN_PLACE: f32 = 0.6;
const LONE_FOLIO: f32 = 0.6;
const SIGNATURE: f32 = 0.7;
const CATCHWORD: f32 = 0.85;

/// How many lines at the head and at the foot of a page may be furniture.
const DEPTH: usize = 2;

/// A line at the edge of a page.
struct Edge {
    leaf: usize,
    line: usize,
    top: bool,
    head: HeadLine,
    /// Whether it stands alone, blank lines or the page's end around it.
    alone: bool,
}

pub fn guess(lines: &Lines, leaves: &[Range<usize>], known: &Headings, guessed: &mut Vec<Guess>) {
    let edges = edges(lines, leaves, known);
    let offset = offset(&edges);
    let tops: Vec<&Edge> = edges.iter().filter(|edge| edge.top).collect();
    let repeated = tally(tops.iter().map(|edge| edge.head.key.as_str()));
    let headings = tally(tops.iter().filter(|edge| edge.head.heading).map(|edge| edge.head.key.as_str()));
    let at_foot = tally(edges.iter().filter(|edge| !edge.top).map(|edge| edge.head.key.as_str()));
    let counts = |edge: &Edge| {
        let value = edge.head.folio.as_ref().map(|(_, value)| i64::from(*value));
        value.is_some_and(|value| offset.contains(&(value - edge.leaf as i64)))
    };
    let times = |edge: &Edge| {
        let keys = if edge.top { &repeated } else { &at_foot };
        keys.get(edge.head.key.as_str()).copied().unwrap_or(0)
    };
    let numbered: BTreeSet<&str> = edges.iter().filter(|edge| counts(edge)).map(|edge| edge.head.key.as_str()).collect();
    let mut seen_headings = BTreeMap::<&str, usize>::new();
    let sure: Vec<Option<f32>> = edges
        .iter()
        .map(|edge| {
            let head = &edge.head;
            if head.heading {
                // A running head that a tool took for a heading comes again and again; the first is the heading itself.
                let times = headings.get(head.key.as_str()).copied().unwrap_or(0);
                let seen = seen_headings.entry(&head.key).or_insert(0);
                *seen += 1;
                return (times >= 3 && *seen > 1).then_some(REPEATED);
            }
            // Lines of text repeat as well, the last of paragraphs above all: a head has capitals, a number, or a heading's words.
            let says_heading = known.is_named(lines.line(edge.line));
            let named = head.capitals || says_heading;
            let like_a_head = named || numbered.contains(head.key.as_str());
            match (counts(edge), times(edge) >= 2) {
                (true, true) => Some(REPEATED_AND_COUNTED),
                (true, false) if head.is_folio() || edge.alone && (named || !head.is_numbered_text()) => Some(COUNTED),
                (false, true) if like_a_head && (edge.alone || times(edge) >= 3) => Some(REPEATED),
                (false, true) if edge.alone && times(edge) * 4 >= leaves.len() && times(edge) >= 3 => Some(REPEATED),
                _ if edge.leaf > 0 && edge.top && edge.alone && says_heading => Some(NAMED),
                _ if head.is_folio() && edge.alone && offset.is_empty() => Some(LONE_FOLIO),
                _ => None,
            }
        })
        .collect();
    let headed = edges.iter().zip(&sure).filter(|(edge, sure)| edge.top && sure.is_some()).count();
    let most = headed * 2 >= leaves.len() && headed >= 3;
    let in_place =
        |edge: &Edge| (most && edge.top && edge.alone && edge.head.capitals && !edge.head.heading).then_some(IN_PLACE);
    let mut stops: BTreeMap<(usize, bool), bool> = BTreeMap::new();
    for (edge, sure) in edges.iter().zip(sure) {
        // What stands inside of a line of text is text.
        let stopped = stops.entry((edge.leaf, edge.top)).or_insert(false);
        match sure.or_else(|| in_place(edge)).filter(|_| !*stopped) {
            Some(confidence) => {
                let kind = if edge.head.is_folio() { FurnitureKind::Folio } else { FurnitureKind::RunningHead };
                let folio =
                    edge.head.folio.as_ref().filter(|_| counts(edge) || edge.head.is_folio()).map(|(said, _)| said.clone());
                guessed.push(Guess { line: edge.line, kind, folio, confidence });
            }
            None => *stopped = true,
        }
    }
    signatures(lines, leaves, guessed);
    catchwords(lines, leaves, guessed);
}

/// The lines at the edges of pages that could be furniture: from the edge inwards.
fn edges(lines: &Lines, leaves: &[Range<usize>], known: &Headings) -> Vec<Edge> {
    let mut edges = Vec::new();
    for (leaf, within) in leaves.iter().enumerate() {
        let body: Vec<usize> = within.clone().filter(|&at| lines.role(at) == Role::Body && !lines.all[at].code).collect();
        let blank = |at: usize| !within.contains(&at) || lines.role(at) != Role::Body;
        let mut edge = |line: usize, top: bool| {
            let alone = line.checked_sub(1).is_none_or(blank) && blank(line + 1);
            let Some(head) = HeadLine::of(lines.line(line), known) else { return false };
            if !top && !head.is_folio() && is_called(lines, within, lines.line(line)) {
                return false;
            }
            // In the middle of a paragraph only a bare number, or a head that the lines beside it repeat, can be furniture.
            edges.push(Edge { leaf, line, top, head, alone });
            true
        };
        let top = body.iter().take(DEPTH.min(body.len())).take_while(|&&line| edge(line, true)).count();
        let rest = &body[top.min(body.len())..];
        rest.iter().rev().take(DEPTH).take_while(|&&line| edge(line, false)).for_each(drop);
    }
    edges
}

/// Whether a line at the foot of a page opens with the number of a note that the page calls.
fn is_called(lines: &Lines, leaf: &Range<usize>, line: &str) -> bool {
    let Some(opening) = marks::opening(line) else { return false };
    let calls = marks::calls(&lines.text[lines.bytes(leaf)]);
    calls.iter().any(|call| call.mark.key == opening.mark.key && opening.mark.form.answers(call.mark.form))
}

/// By how much the folios differ from the count of the pages: a book counts its plates and its front matter otherwise, so that
/// there may be several differences, each of which must come more than once.
fn offset(edges: &[Edge]) -> Vec<i64> {
    let mut counts = BTreeMap::<i64, usize>::new();
    for edge in edges {
        if let Some((_, value)) = &edge.head.folio {
            *counts.entry(i64::from(*value) - edge.leaf as i64).or_insert(0) += 1;
        }
    }
    let most = counts.values().copied().max().unwrap_or(0);
    counts.into_iter().filter(|(_, count)| *count >= 2 && *count * 4 >= most).map(|(offset, _)| offset).collect()
}

/// A binder's marks: a letter, perhaps with a number, rising through the alphabet.
fn signatures(lines: &Lines, leaves: &[Range<usize>], guessed: &mut Vec<Guess>) {
    let claimed: BTreeSet<usize> = guessed.iter().map(|guess| guess.line).collect();
    let last = |leaf: &Range<usize>| leaf.clone().rev().find(|at| lines.role(*at) == Role::Body && !claimed.contains(at));
    let signs: Vec<(usize, String)> =
        leaves.iter().filter_map(last).filter_map(|line| Some((line, signature(lines.line(line))?))).collect();
    let rising = signs.len() >= 2 && signs.windows(2).all(|pair| pair[0].1 <= pair[1].1);
    if rising {
        guessed.extend(signs.into_iter().map(|(line, _)| Guess {
            line,
            kind: FurnitureKind::Signature,
            folio: None,
            confidence: SIGNATURE,
        }));
    }
}

/// `B`, `C 2`, `Dd3`, `A iij`, as a key by which they rise.
fn signature(line: &str) -> Option<String> {
    let bare: String = line.chars().filter(|c| !c.is_whitespace() && !matches!(c, '*' | '.')).collect();
    let letters = bare.chars().take_while(char::is_ascii_uppercase).count().max(1);
    let first = bare.chars().next().filter(char::is_ascii_uppercase)?;
    let rest = bare.get(letters..).unwrap_or("");
    let rest = rest.trim_start_matches(first.to_ascii_lowercase()).replace('j', "i");
    let fits = bare.len() <= 5 && letters <= 2 && (rest.is_empty() || numbers::value(&rest).is_some_and(|number| number <= 8));
    fits.then(|| format!("{letters}{}{}", &bare[..letters], numbers::value(&rest).unwrap_or(1)))
}

/// The next page's first word at the foot of this one.
fn catchwords(lines: &Lines, leaves: &[Range<usize>], guessed: &mut Vec<Guess>) {
    let claimed: BTreeSet<usize> = guessed.iter().map(|guess| guess.line).collect();
    let free = |at: &usize| lines.role(*at) == Role::Body && !claimed.contains(at);
    for pair in leaves.windows(2) {
        let (Some(line), Some(next)) = (pair[0].clone().rev().find(free), pair[1].clone().find(free)) else { continue };
        let word = lines.line(line).trim().trim_matches(['*', '_', '-', '.', ',', ';', ':', '\u{AD}']);
        let above = line.checked_sub(1).filter(|at| pair[0].contains(at));
        // On a page of one line the word is the text.
        if above.is_none() || word.is_empty() || word.split_whitespace().count() > 2 || word.chars().count() < 2 {
            continue;
        }
        let front = lines.line(next).trim_start_matches(['#', '*', '_', '>', ' ']).to_lowercase();
        let behind = front.strip_prefix(&word.to_lowercase());
        let whole =
            behind.is_some_and(|rest| lines.line(line).trim_end().ends_with('-') || !rest.starts_with(char::is_alphabetic));
        if whole && word.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '\'' | '’')) {
            guessed.push(Guess { line, kind: FurnitureKind::Catchword, folio: None, confidence: CATCHWORD });
        }
    }
}
