//! What stands between the stretches that both sides have: words lost, added, moved or changed, calls, pages, images and links
//! that are not where they should be.

use std::ops::Range;

use super::{Findings, Pair};
use crate::verify::words::{Flow, Kind};
use crate::verify::{FileProof, Which};

/// Items of one side that the other does not have at that place.
struct Gap<'p, 'a> {
    pair: &'p Pair<'a>,
    want: Range<usize>,
    have: Range<usize>,
}

/// Tells every difference between the pairs, and counts words.
pub fn runs(pairs: &[Pair], findings: &mut Findings) -> FileProof {
    let mut gaps: Vec<_> =
        pairs.iter().flat_map(|pair| pair.gaps().into_iter().map(move |(want, have)| Gap { pair, want, have })).collect();
    // A title page says more than the title.
    gaps.iter_mut().filter(|gap| gap.pair.which == Which::Title).for_each(|gap| gap.have.end = gap.have.start);
    let mut proof = FileProof::default();
    proof.words.expected = pairs.iter().map(|pair| of_source(pair)).sum();
    moved(&mut gaps, &mut proof, findings);
    for gap in &gaps {
        one(gap, &mut proof, findings);
    }
    proof.words.found = proof.words.expected + proof.added - proof.lost.min(proof.words.expected + proof.added);
    proof
}

/// The words of the tree in a flow; what an output adds by a rule is not counted.
fn of_source(pair: &Pair) -> usize {
    let flow = &pair.want.flow;
    flow.of_kind(Kind::Word).filter(|at| flow.place(*at).is_some_and(Option::is_some)).count()
}

/// Tells what is lost in one place and added in another, and takes it out of the gaps.
fn moved(gaps: &mut [Gap], proof: &mut FileProof, findings: &mut Findings) {
    let lost: Vec<_> = gaps.iter().enumerate().filter(|(_, gap)| !gap.want.is_empty()).collect();
    let keys: Vec<_> = lost.iter().map(|(at, gap)| (bag(&gap.pair.want.flow, &gap.want), *at)).collect();
    let mut by_key = std::collections::BTreeMap::<_, Vec<usize>>::new();
    keys.into_iter().filter(|(key, _)| !key.is_empty()).for_each(|(key, at)| by_key.entry(key).or_default().push(at));
    for to in 0..gaps.len() {
        if gaps[to].have.is_empty() {
            continue;
        }
        let key = bag(&gaps[to].pair.have.flow, &gaps[to].have);
        let Some(from) =
            by_key.get_mut(&key).and_then(|places| places.iter().position(|at| *at != to).map(|at| places.remove(at)))
        else {
            continue;
        };
        let (source, target) = (&gaps[from], &gaps[to]);
        let words = words_in(&source.pair.want.flow, &source.want);
        let said = source.pair.want.flow.quote(source.want.clone());
        let place = target.pair.place(target.have.start);
        findings.tell(
            "words-moved",
            source.pair.span(source.want.start),
            place,
            format!("moved: \"{said}\"{} ({}), found {}", flow_name(source.pair.which), counted(words), after(target)),
        );
        proof.moved += words;
        gaps[from].want.end = gaps[from].want.start;
        gaps[to].have.end = gaps[to].have.start;
    }
}

/// The words of a run in an order that does not depend on where a difference is cut. Empty where there are none.
fn bag<'f, P>(flow: &'f Flow<P>, range: &Range<usize>) -> Vec<&'f str> {
    let mut said: Vec<_> =
        range.clone().filter(|at| matches!(flow.kind(*at), Kind::Word | Kind::Mark)).map(|at| flow.said(at)).collect();
    said.sort_unstable();
    said
}

fn one(gap: &Gap, proof: &mut FileProof, findings: &mut Findings) {
    let (want, have) = (&gap.pair.want.flow, &gap.pair.have.flow);
    let (span, place) = (gap.pair.span(gap.want.start), gap.pair.place(gap.have.start));
    let (lost, added) = (said(want, &gap.want), said(have, &gap.have));
    let name = flow_name(gap.pair.which);
    proof.lost += lost.1;
    proof.added += added.1;
    match (lost.0.is_empty(), added.0.is_empty()) {
        (true, true) => {}
        (false, true) => {
            let message = format!("lost{name}: \"{}\" ({}), {}", lost.0, counted(lost.1), after(gap));
            findings.tell("words-lost", span, place.clone(), message);
        }
        (true, false) => {
            let message = format!("added{name}: \"{}\" ({}), {}", added.0, counted(added.1), after(gap));
            findings.tell("words-added", span, place.clone(), message);
        }
        (false, false) => {
            let message = format!("changed{name}: \"{}\" became \"{}\"", lost.0, added.0);
            findings.tell("words-changed", span, place.clone(), message);
        }
    }
    for (kind, codes, name) in [
        (Kind::Call, ["note-uncalled", "note-call-added", "note-call-changed"], "the call of note"),
        (Kind::Page, ["page-lost", "page-added", "page-changed"], "the label of page"),
        (Kind::Image, ["image-lost", "image-added", "image-alt-changed"], "the image"),
        (Kind::Link, ["link-lost", "link-added", "link-changed"], "the link to"),
    ] {
        let (lost, added) = (of_kind(want, &gap.want, kind), of_kind(have, &gap.have, kind));
        for at in 0..lost.len().max(added.len()) {
            let (span, place) = (lost.get(at).map_or(span, |(at, _)| gap.pair.span(*at)), place.clone());
            match (lost.get(at), added.get(at)) {
                (Some((_, lost)), Some((_, added))) => {
                    findings.tell(codes[2], span, place, format!("{name} \"{lost}\" became \"{added}\""))
                }
                (Some((at, lost)), None) if kind == Kind::Call && want.place(*at).is_some_and(Option::is_none) => {
                    findings.tell("note-label-lost", span, place, format!("the number before note \"{lost}\" is not there"))
                }
                (Some((_, lost)), None) => findings.tell(codes[0], span, place, format!("{name} \"{lost}\" is not there")),
                (None, Some((_, added))) => {
                    findings.tell(codes[1], span, place, format!("{name} \"{added}\" stands where the tree has none"))
                }
                (None, None) => {}
            }
        }
    }
}

/// The words, marks and formulas of a run, to be shown, and how many words they are.
fn said<P>(flow: &Flow<P>, range: &Range<usize>) -> (String, usize) {
    let is_text = |at: &usize| matches!(flow.kind(*at), Kind::Word | Kind::Mark | Kind::Formula);
    if !range.clone().any(|at| is_text(&at)) {
        return (String::new(), 0);
    }
    (flow.quote(range.clone()), words_in(flow, range))
}

fn words_in<P>(flow: &Flow<P>, range: &Range<usize>) -> usize {
    range.clone().filter(|at| flow.kind(*at) == Kind::Word).count()
}

fn of_kind<'f, P>(flow: &'f Flow<P>, range: &Range<usize>, kind: Kind) -> Vec<(usize, &'f str)> {
    range.clone().filter(|at| flow.kind(*at) == kind).map(|at| (at, flow.said(at))).collect()
}

/// What the file says right before a gap.
fn after(gap: &Gap) -> String {
    const SHOWN: usize = 4;
    let flow = &gap.pair.have.flow;
    match gap.have.start {
        0 => "at the beginning".to_owned(),
        at => format!("after \"{}\"", flow.quote(at.saturating_sub(SHOWN)..at).trim_start()),
    }
}

fn flow_name(which: Which) -> String {
    match which {
        Which::Title => " in the title".to_owned(),
        Which::Body => String::new(),
        Which::Note(number) => format!(" in note {number}"),
    }
}

fn counted(words: usize) -> String {
    match words {
        0 => "no word".to_owned(),
        1 => "1 word".to_owned(),
        words => format!("{words} words"),
    }
}
