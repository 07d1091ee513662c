//! The numbers of printed pages that a PDF has in its margin. Nobody has them read aloud, so they stand in no flow: each must stand
//! beside the line in which its page begins.

use std::collections::{BTreeMap, BTreeSet};

use super::{Findings, Pair, pair_of};
use crate::verify::Tally;
use crate::verify::reading::{Height, Place, Reading};
use crate::verify::script::{Beginning, Script, squeezed};

/// Compares them with the tree's, if the book's design has them.
pub fn check(script: &Script, reading: &Reading, pairs: &[Pair], findings: &mut Findings) -> Tally {
    let wanted: Vec<_> = script.beginnings.iter().filter(|page| page.level.is_none() && !page.name.is_empty()).collect();
    let mut tally = Tally::default();
    if wanted.is_empty() || !findings.env.page_marks() {
        return tally;
    }
    // By the book's pages: a mark stands on the page of its line.
    let mut free: BTreeMap<usize, Vec<Mark>> = BTreeMap::new();
    for beside in &reading.beside {
        free.entry(beside.0).or_default().push(Mark::new(beside));
    }
    for page in wanted {
        tally.expected += 1;
        let lines = lines(page, pairs);
        let label = squeezed(&page.name);
        let near: Vec<_> = lines.iter().copied().chain(between(page, pairs)).chain(above(page, pairs)).collect();
        let here = |mark: &Mark| near.iter().any(|line| line.page == mark.page && beside(line, mark.height));
        let sheets: BTreeSet<_> = near.iter().map(|line| line.page).collect();
        let mut found = false;
        for sheet in &sheets {
            let marks = free.get_mut(sheet).map_or(&mut [][..], Vec::as_mut_slice);
            found = found || marks.iter_mut().any(|mark| here(mark) && mark.take(&label));
        }
        match found {
            true => tally.found += 1,
            false => {
                let mut marks = sheets.iter().filter_map(|sheet| free.get(sheet)).flatten();
                let (other, place) = (marks.find(|mark| here(mark) && !mark.labels.is_empty()), place(page, pairs));
                let message = match other {
                    Some(other) => {
                        format!("the label of page \"{label}\" in the margin became \"{}\"", other.labels.join(", "))
                    }
                    None => format!("the label of page \"{label}\" is not in the margin beside its line"),
                };
                let code = if other.is_some() { "page-changed" } else { "page-lost" };
                findings.tell(code, Some(page.span), place, message);
            }
        }
    }
    tally
}

/// A mark in the margin. Pages that begin in one line share one; where there is no room for all, it says that it goes on.
struct Mark<'r> {
    page: usize,
    height: f32,
    labels: Vec<&'r str>,
    goes_on: bool,
}

impl<'r> Mark<'r> {
    fn new((page, text, height): &'r (usize, String, f32)) -> Self {
        let whole = text.trim_end_matches('…');
        Self { page: *page, height: *height, labels: whole.split(", ").collect(), goes_on: whole.len() < text.len() }
    }

    fn take(&mut self, label: &str) -> bool {
        let whole = self.labels.join(", ") == label;
        let found = self.labels.iter().position(|own| *own == label);
        match found {
            _ if whole => self.labels.clear(),
            Some(at) => drop(self.labels.remove(at)),
            None => {}
        }
        whole || found.is_some() || self.goes_on
    }
}

/// How far from its line a mark may stand, in points: it is set smaller, on the same line.
const NEAR: f32 = 3.0;

fn beside(line: &Height, height: f32) -> bool {
    line.last - NEAR <= height && height <= line.first + NEAR
}

/// The stretches in which the last word of the page before and the first of the page stand: a page can begin inside a word.
fn lines(page: &Beginning, pairs: &[Pair]) -> Vec<Height> {
    let Some(pair) = pair_of(pairs, page.spot.0) else { return Vec::new() };
    let near = page.spot.1.saturating_sub(1)..page.spot.1 + 2;
    let of = |word: usize| {
        let heights = &pair.have.heights;
        let end = heights.partition_point(|height| height.item <= word);
        let first = heights[..end].last().map_or(0, |last| heights.partition_point(|height| height.item < last.item));
        heights[first..end].to_vec()
    };
    near.filter_map(|at| pair.found(at)).flat_map(of).collect()
}

/// The white between the last word of the page before and the first of the page, where both stand on one page of the book: an
/// ornament or a picture with which the page begins has no words, but the mark stands beside it.
fn between(page: &Beginning, pairs: &[Pair]) -> Option<Height> {
    let lines = lines(page, pairs);
    let (before, at) =
        (lines.iter().max_by(|a, b| a.last.total_cmp(&b.last))?, lines.iter().min_by(|a, b| a.last.total_cmp(&b.last))?);
    (before.page == at.page).then_some(Height { first: before.last, last: at.first, ..*at })
}

/// All that stands over the first word of the page, where no word of the page before stands on that page of the book: a division's
/// number or a picture.
fn above(page: &Beginning, pairs: &[Pair]) -> Option<Height> {
    let pair = pair_of(pairs, page.spot.0)?;
    let heights = &pair.have.heights;
    let of = |word: usize| heights[..heights.partition_point(|height| height.item <= word)].last();
    let here = of((page.spot.1..page.spot.1 + 2).find_map(|at| pair.found(at))?)?;
    let before = page.spot.1.checked_sub(1).and_then(|at| of(pair.found(at)?));
    before.is_none_or(|before| before.page != here.page).then_some(Height { first: f32::INFINITY, ..*here })
}

fn place(page: &Beginning, pairs: &[Pair]) -> Option<Place> {
    let pair = pair_of(pairs, page.spot.0)?;
    pair.place(pair.found(page.spot.1)?)
}
