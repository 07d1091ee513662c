//! Page ends of which nothing is left but the cut that they made in a paragraph, in a text of which notes or folios show that it
//! is page-broken. Pages of a book are of one size, more or less: that tells a cut from a list, a letter's head, or a speech,
//! which only look like one.

use std::collections::BTreeSet;

use super::Sheet;
use super::join::score;
use super::vocabulary::Vocabulary;
use crate::tree::{Block, Node, Visit, walk_blocks};

/// What the evidence must overcome to see a page end where nothing but a cut shows it.
pub const PRIOR: f32 = -1.0;
/// From this sum of weights on, a cut needs no page's size to be believed.
const STRONG: f32 = 4.0;
/// How near the next page end a cut may stand, in pages: a weak one, and a strong one.
const NEAR_WEAK: f32 = 0.5;
const NEAR_STRONG: f32 = 0.2;
/// A page of a book in words, where the text has too few page ends to tell.
const USUAL_PAGE: usize = 250;

/// A place where a page may end: before a block of a sheet.
struct Place {
    sheet: usize,
    block: usize,
    score: f32,
    /// How many words of the text stand before it.
    at: usize,
}

/// In a text whose lines a tool has torn from each other, so many cuts stand at least, and nearer to each other than this, in words.
const TORN: usize = 8;
const LINES: usize = 60;

/// Whether cuts stand so near to each other, as a rule, that they are those of lines: no page is as short.
fn are_of_lines(cuts: &[usize]) -> bool {
    let mut gaps: Vec<usize> = cuts.windows(2).map(|pair| pair[1] - pair[0]).collect();
    gaps.sort_unstable();
    cuts.len() >= TORN && gaps[gaps.len() / 2] < LINES
}

/// The blocks before which a page has ended unmarked, by sheet and place in it; and whether that is no page's end, since lines are torn from
/// each other all over the text.
pub type PageEnds = (BTreeSet<(usize, usize)>, bool);

/// Finds them.
pub fn page_ends(sheets: &[Sheet], words: &Vocabulary) -> PageEnds {
    let (mut places, mut known, mut at) = (Vec::new(), BTreeSet::new(), 0);
    for (n, sheet) in sheets.iter().enumerate() {
        if !sheet.breaks.is_empty() {
            known.insert(at);
        }
        for (block, node) in sheet.body.iter().enumerate() {
            let score = block.checked_sub(1).map_or(-9.0, |before| score(&sheet.body[before], node, words) + PRIOR);
            if score > 0.0 {
                places.push(Place { sheet: n, block, score, at });
            }
            at += count_words(node);
        }
    }
    let strong = places.iter().filter(|place| place.score >= STRONG).map(|place| place.at);
    if are_of_lines(&strong.clone().collect::<Vec<_>>()) {
        return (places.into_iter().map(|place| (place.sheet, place.block)).collect(), true);
    }
    let page = page_size(known.iter().copied().chain(strong).collect()) as f32;
    places.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.at.cmp(&b.at)));
    let mut ends = BTreeSet::new();
    for place in places {
        let least = page * if place.score >= STRONG { NEAR_STRONG } else { NEAR_WEAK };
        let above = known.range(..=place.at).next_back().is_some_and(|end| ((place.at - end) as f32) < least);
        let below = known.range(place.at..).next().is_some_and(|end| ((end - place.at) as f32) < least);
        if !above && !below {
            known.insert(place.at);
            ends.insert((place.sheet, place.block));
        }
    }
    (ends, false)
}

/// The usual size of a page, in words: the middle one of the distances between page ends.
fn page_size(ends: BTreeSet<usize>) -> usize {
    let ends: Vec<usize> = ends.into_iter().collect();
    let mut gaps: Vec<usize> = ends.windows(2).map(|pair| pair[1] - pair[0]).collect();
    gaps.sort_unstable();
    if gaps.len() < 4 { USUAL_PAGE } else { gaps[gaps.len() / 2].min(2 * USUAL_PAGE) }
}

fn count_words(node: &Node<Block>) -> usize {
    let mut count = 0;
    walk_blocks(std::slice::from_ref(node), &mut |visit| {
        if let Visit::Inline(Node { kind: crate::tree::Inline::Text(text), .. }) = visit {
            count += text.split_whitespace().count();
        }
    });
    count
}
