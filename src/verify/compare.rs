//! The tree's flows against a file's: what is lost, added, moved, changed, and whether everything that leads somewhere gets there.

mod beside;
mod drawing;
mod leads;
mod notes;
mod runs;

use std::collections::{BTreeMap, BTreeSet};

use super::reading::{Found, Place, Reading};
use super::script::{Beginning, Lines, Script, Spot, Which};
use super::words::{Flow, Kind};
use super::{Difference, FileProof, Landmark, Tally};
use crate::align::{Shared, Texts, align};
use crate::env::Env;
use crate::span::Span;

/// How many differences of one kind are told; the others are counted.
const TOLD: usize = 100;

/// A flow of the tree and the same flow of the file, item for item.
pub struct Pair<'a> {
    pub which: Which,
    pub want: &'a Lines<'a>,
    pub have: &'a Found,
    pub shared: Vec<Shared>,
}

impl<'a> Pair<'a> {
    fn new(which: Which, want: &'a Lines<'a>, have: &'a Found) -> Self {
        let texts = Both { want: &want.flow, have: &have.flow };
        let shared = align(&texts, want.flow.len(), have.flow.len());
        Self { which, want, have, shared }
    }

    /// Which item of the file the item `at` of the tree is.
    pub fn found(&self, at: usize) -> Option<usize> {
        let next = self.shared.partition_point(|shared| shared.a <= at);
        let shared = self.shared.get(next.checked_sub(1)?)?;
        (at < shared.a + shared.len).then(|| shared.b + at - shared.a)
    }

    /// What lies between the shared stretches: ranges of the tree's items and of the file's.
    fn gaps(&self) -> Vec<(std::ops::Range<usize>, std::ops::Range<usize>)> {
        let end = Shared { a: self.want.flow.len(), b: self.have.flow.len(), len: 0 };
        let (mut a, mut b) = (0, 0);
        let mut gaps = Vec::new();
        for shared in self.shared.iter().chain([&end]) {
            if a < shared.a || b < shared.b {
                gaps.push((a..shared.a, b..shared.b));
            }
            (a, b) = (shared.a + shared.len, shared.b + shared.len);
        }
        gaps
    }

    /// The source of an item of the tree, as near as the tree knows it.
    fn span(&self, at: usize) -> Option<Span> {
        let flow = &self.want.flow;
        let (at, span) = (0..=at).rev().filter(|at| *at < flow.len()).find_map(|at| Some((at, (*flow.place(at)?)?)))?;
        let start = (span.start + flow.offset(at)).min(span.end);
        let length = flow.said(at).len() as u32;
        Some(Span { start, end: (start + length).min(span.end.max(start)), ..span })
    }

    /// Where an item of the file stands, or the last one before it.
    fn place(&self, at: usize) -> Option<Place> {
        let last = self.have.flow.len().checked_sub(1)?;
        self.have.flow.place(at.min(last)).cloned()
    }
}

struct Both<'a> {
    want: &'a Flow<Option<Span>>,
    have: &'a Flow<Place>,
}

impl Texts for Both<'_> {
    fn same(&self, a: usize, b: usize) -> bool {
        self.want.same(a, self.have, b)
    }

    fn hash(&self, a: bool, at: usize) -> u64 {
        if a { self.want.hash(at) } else { self.have.hash(at) }
    }
}

/// Everything that is found out about one file.
pub struct Findings<'a> {
    pub env: &'a Env,
    pub differences: Vec<Difference>,
    told: BTreeMap<&'static str, usize>,
}

impl Findings<'_> {
    pub fn tell(&mut self, code: &'static str, span: Option<Span>, place: Option<Place>, message: impl Into<String>) {
        let told = self.told.entry(code).or_default();
        *told += 1;
        if *told <= TOLD {
            self.differences.push(Difference { code, span, place, message: message.into() });
        }
    }

    fn close(&mut self) {
        for (code, told) in std::mem::take(&mut self.told) {
            if told > TOLD {
                let message = format!("{} more differences of this kind", told - TOLD);
                self.differences.push(Difference { code, span: None, place: None, message });
            }
        }
    }
}

/// Compares what must be found with what was.
pub fn compare(script: &Script, mut reading: Reading, env: &Env) -> FileProof {
    let mut findings = Findings { env, differences: Vec::new(), told: BTreeMap::new() };
    for fault in std::mem::take(&mut reading.faults) {
        findings.tell(fault.code, None, None, fault.message);
    }
    let numbers = notes::number(script, &mut reading);
    let pairs = pairs(script, &reading, &numbers, &mut findings);
    let mut proof = runs::runs(&pairs, &mut findings);
    proof.notes = notes::check(script, &reading, &numbers, &pairs, &mut findings);
    proof.pages = tally(&pairs, Kind::Page);
    if reading.paged {
        proof.pages = beside::check(script, &reading, &pairs, &mut findings);
    }
    proof.images = leads::images(&pairs, &mut findings);
    proof.links = leads::links(script, &reading, &numbers, &pairs, &mut findings);
    proof.landmarks = script.beginnings.iter().map(|beginning| landmark(beginning, &pairs)).collect();
    findings.close();
    proof.differences = findings.differences;
    proof
}

/// The flows that are compared. A note that only one side has is told at once.
fn pairs<'a>(
    script: &'a Script,
    reading: &'a Reading,
    numbers: &BTreeMap<u32, usize>,
    findings: &mut Findings,
) -> Vec<Pair<'a>> {
    let mut pairs = Vec::new();
    for (which, want) in &script.flows {
        match which {
            Which::Title => pairs.push(Pair::new(*which, want, &reading.title)),
            Which::Body => pairs.push(Pair::new(*which, want, &reading.body)),
            Which::Note(number) => match numbers.get(number) {
                Some(at) => pairs.push(Pair::new(*which, want, &reading.notes[*at].found)),
                None => {
                    let span = want.flow.first_place().copied().flatten();
                    let said = want.flow.quote(0..want.flow.len());
                    findings.tell("note-lost", span, None, format!("note {number} is not there: \"{said}\""));
                }
            },
        }
    }
    let known: BTreeSet<_> = numbers.values().copied().collect();
    for (at, note) in reading.notes.iter().enumerate().filter(|(at, _)| !known.contains(at)) {
        let flow = &note.found.flow;
        let said = flow.quote(0..flow.len());
        let place = note.place.clone();
        findings.tell("note-added", None, place, format!("a note that the tree does not have, the {}th: \"{said}\"", at + 1));
    }
    pairs
}

/// The pair of a flow. Pairs stand in the order of the tree's flows.
fn pair_of<'p, 'a>(pairs: &'p [Pair<'a>], which: Which) -> Option<&'p Pair<'a>> {
    pairs.binary_search_by_key(&which, |pair| pair.which).ok().map(|at| &pairs[at])
}

/// How many items of a kind the tree has, and how many of them the file has at their places.
fn tally(pairs: &[Pair], kind: Kind) -> Tally {
    let mut tally = Tally::default();
    for pair in pairs {
        for at in pair.want.flow.of_kind(kind) {
            tally.expected += usize::from(pair.want.flow.place(at).is_some_and(Option::is_some));
            tally.found += usize::from(pair.found(at).is_some());
        }
    }
    tally
}

/// Where a page or chapter begins in the file.
fn landmark(beginning: &Beginning, pairs: &[Pair]) -> Landmark {
    let (which, at) = beginning.spot;
    let place = pair_of(pairs, which).and_then(|pair| {
        let flow = &pair.want.flow;
        // The mark of a page that begins inside a word may stand before the word or behind it.
        let mark = (at..flow.len().min(at + 3)).find(|at| beginning.level.is_none() && flow.kind(*at) == Kind::Page);
        let near = mark.into_iter().chain(at..flow.len().min(at + 40)).chain((0..at).rev().take(40));
        near.filter_map(|at| pair.found(at)).find_map(|found| pair.place(found))
    });
    Landmark { name: beginning.name.clone(), level: beginning.level, span: beginning.span, place }
}

/// The item of the file at which a spot of the tree begins, where it can be told.
fn spot_found(spot: Spot, pairs: &[Pair]) -> Option<(Which, usize)> {
    let pair = pair_of(pairs, spot.0)?;
    pair.found(word_from(&pair.want.flow, spot.1)?).map(|found| (spot.0, found))
}

/// The first word or image at or behind an item.
fn word_from<P>(flow: &Flow<P>, at: usize) -> Option<usize> {
    (at..flow.len()).find(|at| matches!(flow.kind(*at), Kind::Word | Kind::Image | Kind::Formula))
}
