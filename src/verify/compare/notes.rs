//! Which note of a file is which of the tree's: by what they say, so that a call that leads to a wrong note shows as one.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{Findings, Pair};
use crate::align::{Texts, align};
use crate::verify::Tally;
use crate::verify::reading::{Found, Reading};
use crate::verify::script::{Script, Which};
use crate::verify::words::{Flow, Kind};

/// Finds for each note of the tree, by number, its position in the file, and gives the file's calls the numbers of their notes.
pub fn number(script: &Script, reading: &mut Reading) -> BTreeMap<u32, usize> {
    let wanted: Vec<_> = script
        .flows
        .iter()
        .filter_map(|(which, lines)| match which {
            Which::Note(number) => Some((*number, said(&lines.flow))),
            Which::Title | Which::Body => None,
        })
        .collect();
    let found: Vec<_> = reading.notes.iter().map(|note| said(&note.found.flow)).collect();
    let mut numbers = BTreeMap::new();
    let both = Both { wanted: &wanted, found: &found };
    for shared in align(&both, wanted.len(), found.len()) {
        numbers.extend((0..shared.len).map(|step| (wanted[shared.a + step].0, shared.b + step)));
    }
    leftovers(&wanted, &found, &mut numbers);
    let by_key: BTreeMap<_, _> =
        numbers.iter().map(|(number, at)| (reading.notes[*at].key.clone(), number.to_string())).collect();
    for found in std::iter::once(&mut reading.title).chain([&mut reading.body]) {
        rename(found, &by_key);
    }
    reading.notes.iter_mut().for_each(|note| rename(&mut note.found, &by_key));
    numbers
}

/// What a note says, its own calls aside, as hashes.
fn said<P>(flow: &Flow<P>) -> Vec<u64> {
    (0..flow.len()).filter(|at| flow.kind(*at) != Kind::Call).map(|at| flow.hash(at)).collect()
}

struct Both<'a> {
    wanted: &'a [(u32, Vec<u64>)],
    found: &'a [Vec<u64>],
}

impl Texts for Both<'_> {
    fn same(&self, a: usize, b: usize) -> bool {
        self.wanted[a].1 == self.found[b]
    }

    fn hash(&self, a: bool, at: usize) -> u64 {
        let said = if a { &self.wanted[at].1 } else { &self.found[at] };
        said.iter().fold(7, |all, one| all.rotate_left(5).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ one)
    }
}

/// Notes that stand in another order, and notes whose words were changed: each goes to the one that says the same, else to the one
/// that says most of its words. Which those can be is looked up by the words that few notes have, so that thousands of notes in another
/// order are no matter of each with each.
fn leftovers(wanted: &[(u32, Vec<u64>)], found: &[Vec<u64>], numbers: &mut BTreeMap<u32, usize>) {
    let taken: BTreeSet<_> = numbers.values().copied().collect();
    let mut free: BTreeSet<_> = (0..found.len()).filter(|at| !taken.contains(at)).collect();
    let mut alike: BTreeMap<&[u64], VecDeque<usize>> = BTreeMap::new();
    free.iter().for_each(|at| alike.entry(&found[*at]).or_default().push_back(*at));
    for (number, words) in wanted {
        if numbers.contains_key(number) {
            continue;
        }
        if let Some(at) = alike.get_mut(words.as_slice()).and_then(VecDeque::pop_front) {
            numbers.insert(*number, at);
            free.remove(&at);
        }
    }
    let mut having: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for at in &free {
        let own: BTreeSet<_> = found[*at].iter().collect();
        own.into_iter().for_each(|word| having.entry(*word).or_default().push(*at));
    }
    let mut behind = 0;
    for (number, words) in wanted {
        if let Some(at) = numbers.get(number) {
            behind = at + 1;
            continue;
        }
        let own: BTreeSet<_> = words.iter().collect();
        let rare = own.iter().filter_map(|word| having.get(word)).filter(|places| places.len() <= COMMON).flatten();
        // Beside them those that stand where the note should.
        let next = free.range(behind..).take(NEXT);
        let near: BTreeSet<_> = rare.filter(|at| free.contains(at)).chain(next).chain(free.first()).copied().collect();
        let shares = |at: usize| {
            let there: BTreeSet<_> = found[at].iter().collect();
            (own.intersection(&there).count() * 1000).checked_div(own.union(&there).count()).unwrap_or(1000)
        };
        let best = near.into_iter().map(|at| (shares(at), Reverse(at))).max();
        if let Some((share, Reverse(at))) = best
            && (share >= 300 || free.len() == 1 && wanted.len() == found.len())
        {
            numbers.insert(*number, at);
            free.remove(&at);
            behind = at + 1;
        }
    }
}

/// In how many notes a word may stand to say which note it is.
const COMMON: usize = 20;

/// How many notes behind the one before are looked at, whatever they say.
const NEXT: usize = 4;

/// Lets calls say the number of their note instead of its key.
fn rename(found: &mut Found, by_key: &BTreeMap<String, String>) {
    let calls: Vec<_> = found.flow.of_kind(Kind::Call).collect();
    for (at, call) in calls.into_iter().zip(&found.calls) {
        found.flow.rename(at, by_key.get(&call.note).map_or("?", String::as_str));
    }
}

/// Checks that every note that is called leads back to its calls.
pub fn check(
    script: &Script,
    reading: &Reading,
    numbers: &BTreeMap<u32, usize>,
    pairs: &[Pair],
    findings: &mut Findings,
) -> Tally {
    let mut called = BTreeMap::<&str, Vec<&str>>::new();
    let calls = [&reading.title, &reading.body].into_iter().chain(reading.notes.iter().map(|note| &note.found));
    calls.flat_map(|found| &found.calls).for_each(|call| called.entry(&call.note).or_default().push(&call.key));
    let mut tally = Tally::default();
    for (which, lines) in &script.flows {
        let Which::Note(number) = which else { continue };
        tally.expected += 1;
        let Some(note) = numbers.get(number).and_then(|at| reading.notes.get(*at)) else { continue };
        let span = lines.flow.first_place().copied().flatten();
        let calls = called.get(note.key.as_str()).map_or(&[][..], Vec::as_slice);
        let lost: Vec<_> =
            note.back.iter().flat_map(|back| calls.iter().filter(move |call| !back.iter().any(|one| one == *call))).collect();
        if calls.is_empty() {
            findings.tell("note-unreachable", span, note.place.clone(), format!("no call leads to note {number}"));
        } else if !lost.is_empty() {
            findings.tell(
                "note-no-way-back",
                span,
                note.place.clone(),
                format!("no way leads back from note {number} to its call"),
            );
        } else {
            tally.found += 1;
        }
    }
    if tally.expected == 0 { labels(pairs) } else { tally }
}

/// In a format without flows for notes, the numbers before them, which an output adds.
fn labels(pairs: &[Pair]) -> Tally {
    let mut tally = Tally::default();
    for pair in pairs {
        let flow = &pair.want.flow;
        for at in flow.of_kind(Kind::Call).filter(|at| flow.place(*at).is_some_and(Option::is_none)) {
            tally.expected += 1;
            tally.found += usize::from(pair.found(at).is_some());
        }
    }
    tally
}
