//! Which piece of the source is which of the tree. Nodes know their places, so that each is held to the few bytes that it was read
//! from; where a place is wrong or wide, what is left over is sought in the whole file.

use std::ops::Range;

use super::copy::Copy;
use super::stream::{Markup, Stream};
use crate::align::{Texts, align};
use crate::span::{FileId, Span};

pub const NONE: u32 = u32::MAX;

#[derive(Debug)]
pub struct Pairs {
    /// For each piece of the source the piece of the tree.
    pub source: Vec<u32>,
    /// For each piece of the tree the first and the last piece of the source: where a word is cut by mark-up, several.
    pub copy: Vec<(u32, u32)>,
}

/// How often what is left is compared once more: what was moved is found in the second round.
const ROUNDS: usize = 4;

/// What is known of the pieces of the source.
pub struct Known {
    /// Which may be missing in the tree.
    pub soft: Vec<bool>,
    /// Of which a remark says something.
    pub told: Vec<bool>,
    /// Which a repair took out of the text.
    pub taken: Vec<bool>,
}

/// Pairs the pieces.
pub fn pair(stream: &Stream, copy: &Copy, own: &Own, known: &Known) -> Pairs {
    let Known { soft, told, taken } = known;
    let pairs = Pairs { source: vec![NONE; stream.pieces.len()], copy: vec![(NONE, NONE); copy.pieces.len()] };
    let mut sizes = vec![0; stream.constructs()];
    stream.pieces.iter().for_each(|piece| sizes[piece.construct as usize] += 1);
    let mut pairing = Pairing { stream, copy, soft, told, taken, sizes, pairs };
    for window in windows(copy, own) {
        let first = stream.pieces.partition_point(|piece| piece.start < window.range.start);
        let last = stream.pieces.partition_point(|piece| piece.start < window.range.end);
        pairing.window(first..last, &window.pieces);
    }
    // A text's place may cover mark-up that says the same as the text right behind it.
    pairing.constructs();
    pairing.near(own);
    pairing.left_over(own, &[]);
    // What was found in the whole file has neighbours, too.
    pairing.near(own);
    pairing.settle();
    let torn = pairing.constructs();
    if !torn.is_empty() {
        // What the parts of these said one of them says as a whole, or it stands elsewhere.
        pairing.wholly(own, &torn);
        pairing.left_over(own, &torn);
        pairing.constructs();
    }
    pairing.pairs
}

/// Which pieces of the tree may be of a file.
pub struct Own<'a> {
    pub file: FileId,
    /// Where it is set into others: a node that began there has its place in the other file.
    pub hosts: Vec<Span>,
    /// Which pieces of the tree another file answers.
    pub answered: &'a [bool],
}

impl Own<'_> {
    /// Whether a piece of the tree has its place in the file.
    fn is_here(&self, copy: &Copy, at: usize) -> bool {
        copy.leaf(at).span.file == self.file && !self.answered[at]
    }

    /// Whether it has, or is of a node around the place where the file is set in.
    fn may_be(&self, copy: &Copy, at: usize) -> bool {
        let span = copy.leaf(at).span;
        let holds = |host: &Span| host.file == span.file && span.start <= host.start && host.end <= span.end;
        !self.answered[at] && (span.file == self.file || self.hosts.iter().any(holds))
    }
}

/// A stretch of the source and the pieces that the tree read from it.
struct Window {
    range: Range<u32>,
    pieces: Vec<u32>,
}

fn windows(copy: &Copy, own: &Own) -> Vec<Window> {
    let mut leaves: Vec<(Range<u32>, Range<u32>)> = Vec::new();
    let mut last = NONE;
    for (at, piece) in (0..).zip(&copy.pieces) {
        let span = copy.leaves[piece.leaf as usize].span;
        if !own.is_here(copy, at as usize) {
            continue;
        }
        if piece.leaf == last {
            leaves.last_mut().expect("a leaf was begun").1.end = at + 1;
        } else {
            leaves.push((span.start..span.end, at..at + 1));
            last = piece.leaf;
        }
    }
    leaves.sort_by_key(|(range, pieces)| (range.start, pieces.start));
    // A note that stands inside the place of a text comes first, by itself: what is left there is the text's.
    let mut inner: Vec<Window> = Vec::new();
    let mut windows: Vec<Window> = Vec::new();
    let mut outer = (0..0, NONE);
    for (range, pieces) in leaves {
        let flow = copy.leaf(pieces.start as usize).flow;
        if flow != outer.1 && range.start > outer.0.start && range.end <= outer.0.end {
            inner.push(Window { range, pieces: pieces.collect() });
            continue;
        }
        if range.end > outer.0.end {
            outer = (range.clone(), flow);
        }
        match windows.last_mut() {
            Some(window) if range.start < window.range.end => {
                window.range.end = window.range.end.max(range.end);
                window.pieces.extend(pieces);
            }
            _ => windows.push(Window { range, pieces: pieces.collect() }),
        }
    }
    inner.append(&mut windows);
    inner
}

/// How a piece is part of a construct that stands among others as a whole.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whole {
    None,
    /// It is the first of so many.
    Begins(usize),
    Inside,
}

struct Pairing<'s, 'a> {
    stream: &'s Stream<'a>,
    copy: &'s Copy<'s>,
    soft: &'s [bool],
    /// Of which a remark says something.
    told: &'s [bool],
    /// Which a repair took out of the text.
    taken: &'s [bool],
    /// How many pieces each construct has.
    sizes: Vec<usize>,
    pairs: Pairs,
}

impl Pairing<'_, '_> {
    fn join(&mut self, source: u32, copy: u32) {
        self.pairs.source[source as usize] = copy;
        let own = &mut self.pairs.copy[copy as usize];
        if own.0 == NONE {
            own.0 = source;
        }
        own.1 = source;
    }

    fn window(&mut self, source: Range<usize>, copy: &[u32]) {
        let free: Vec<u32> = source.map(|at| at as u32).filter(|at| self.pairs.source[*at as usize] == NONE).collect();
        if !self.walk(&free, copy) {
            self.compare(&free, copy);
        }
    }

    /// Goes through both side by side, letter by letter; false, and nothing is paired, where text is left over on a side.
    fn walk(&mut self, source: &[u32], copy: &[u32]) -> bool {
        // What repairs took out is not there, if the rest is.
        let left: Vec<u32> = source.iter().copied().filter(|at| !self.taken[*at as usize]).collect();
        left.len() < source.len() && self.walk_by(&left, copy, true)
            || self.walk_by(source, copy, true)
            || self.walk_by(source, copy, false)
    }

    /// `escaped`: a backslash before another is the other's.
    fn walk_by(&mut self, source: &[u32], copy: &[u32], escaped: bool) -> bool {
        let mut found = Vec::with_capacity(copy.len());
        let (mut i, mut j) = (0, 0);
        let (mut from, mut there) = (0, 0);
        while i < source.len() && j < copy.len() {
            let soft = self.soft[source[i] as usize];
            let said = &self.stream.said(source[i] as usize)[from..];
            let wanted = &self.copy.said(copy[j] as usize)[there..];
            if escaped && from == 0 && self.escapes_another(&source[i..]) {
                i += 1;
            } else if said == wanted {
                found.push((source[i], copy[j]));
                (i, j, from, there) = (i + 1, j + 1, 0, 0);
            } else if soft && from == 0 && !self.begins_word(&source[i..], wanted) {
                i += 1;
            } else if wanted.starts_with(said) {
                found.push((source[i], copy[j]));
                (i, from, there) = (i + 1, 0, there + said.len());
            } else if said.starts_with(wanted) {
                found.push((source[i], copy[j]));
                (j, there, from) = (j + 1, 0, from + wanted.len());
            } else {
                return false;
            }
        }
        let whole = from == 0
            && there == 0
            && j == copy.len()
            && source[i..].iter().all(|at| self.soft[*at as usize])
            && !self.is_torn(source, &found);
        if whole {
            found.into_iter().for_each(|(source, copy)| self.join(source, copy));
        }
        whole
    }

    /// Whether the first piece is a backslash that takes the meaning of another away.
    fn escapes_another(&self, source: &[u32]) -> bool {
        let [first, next, ..] = source else { return false };
        self.stream.pieces[*first as usize].markup == Some(Markup::Escape) && self.stream.said(*next as usize) == "\\"
    }

    /// Whether the first piece, which may be missing, is the beginning of a word that the next ones end, as a reading inside a word is.
    fn begins_word(&self, source: &[u32], wanted: &str) -> bool {
        // A word of more pieces than these is told apart by the pieces around it.
        const LONGEST: usize = 8;
        let Some((first, rest)) = source.split_first() else { return false };
        let said = self.stream.said(*first as usize);
        let Some(wanted) = wanted.strip_prefix(said).filter(|wanted| !wanted.is_empty()) else { return false };
        for (at, next) in rest.iter().enumerate().take(LONGEST) {
            let said = self.stream.said(*next as usize);
            if !self.soft[*next as usize] {
                return wanted.starts_with(said) || said.starts_with(wanted);
            }
            if wanted == said || self.begins_word(&rest[at..], wanted) {
                return true;
            }
        }
        false
    }

    /// Whether a piece is a sign of which a remark says something.
    fn is_mute(&self, at: usize) -> bool {
        self.told[at] && !super::cut::is_word(self.stream.said(at))
    }

    /// Whether a construct that stands among some pieces as a whole would have a part of its own paired, and a part not.
    fn is_torn(&self, source: &[u32], found: &[(u32, u32)]) -> bool {
        let construct = |at: &u32| self.stream.pieces[*at as usize].construct;
        let mut found = found.iter().peekable();
        source.chunk_by(|a, b| construct(a) == construct(b)).any(|run| {
            let mut paired = Vec::new();
            while let Some((at, _)) = found.next_if(|(at, _)| *at <= run[run.len() - 1]) {
                paired.push(*at);
            }
            paired.dedup();
            let construct = construct(&run[0]) as usize;
            // The signs of one that is no use as mark-up may be missing.
            let mute = run.iter().filter(|at| self.is_mute(**at as usize) && paired.binary_search(at).is_err()).count();
            construct > 0 && run.len() == self.sizes[construct] && (1..run.len() - mute).contains(&paired.len())
        })
    }

    /// Pairs what both have in the same order: text first, then what may be mark-up between.
    fn compare(&mut self, source: &[u32], copy: &[u32]) {
        let hard: Vec<u32> = source.iter().copied().filter(|at| !self.soft[*at as usize]).collect();
        let shared = align(&Sides { stream: self.stream, copy: self.copy, a: &hard, b: copy }, hard.len(), copy.len());
        // Between one stretch that both have and the next.
        let (mut from, mut there) = (0, 0);
        for stretch in shared {
            let end = source.partition_point(|at| *at < hard[stretch.a]);
            self.between(&source[from..end], &copy[there..stretch.b]);
            for step in 0..stretch.len {
                self.join(hard[stretch.a + step], copy[stretch.b + step]);
            }
            from = source.partition_point(|at| *at <= hard[stretch.a + stretch.len - 1]);
            // Mark-up inside the stretch stays unpaired: the tree has nothing between.
            there = stretch.b + stretch.len;
        }
        self.between(&source[from..], &copy[there..]);
    }

    fn between(&mut self, source: &[u32], copy: &[u32]) {
        if copy.is_empty() || self.walk(source, copy) {
            return;
        }
        let wholes = self.wholes(source);
        let (mut rest, mut at) = (source, 0);
        while let Some(&own) = copy.get(at) {
            let said = self.copy.said(own as usize);
            let wholes = &wholes[source.len() - rest.len()..];
            // A construct that stands as text does so as a whole.
            let is_same = |(at, own): (&u32, &u32)| self.stream.said(*at as usize) == self.copy.said(*own as usize);
            let whole = (0..rest.len()).find_map(|from| {
                let Whole::Begins(size) = wholes[from] else { return None };
                let fits = size <= copy.len() - at && self.soft[rest[from] as usize];
                (fits && rest[from..from + size].iter().zip(&copy[at..]).all(is_same)).then_some((from, size))
            });
            let part = (0..whole.map_or(rest.len(), |(from, _)| from)).find_map(|from| {
                let run = if wholes[from] == Whole::None { self.soft_run(&rest[from..], said) } else { None };
                Some(from..from + run?)
            });
            // The words of one that is no use as mark-up may stand without their marks.
            let any = || (0..rest.len()).find_map(|from| Some(from..from + self.soft_run(&rest[from..], said)?));
            let part = if part.is_none() && whole.is_none() { any() } else { part };
            match (part, whole) {
                (Some(found), _) => {
                    rest[found.clone()].iter().for_each(|at| self.join(*at, own));
                    rest = &rest[found.end..];
                    at += 1;
                }
                (None, Some((from, count))) => {
                    (0..count).for_each(|step| self.join(rest[from + step], copy[at + step]));
                    rest = &rest[from + count..];
                    at += count;
                }
                (None, None) => at += 1,
            }
        }
        self.cut_otherwise(source, copy);
    }

    /// For each of some pieces, whether it is of a construct that stands among them as a whole.
    fn wholes(&self, pieces: &[u32]) -> Vec<Whole> {
        let construct = |at: &u32| self.stream.pieces[*at as usize].construct;
        let mut wholes = Vec::with_capacity(pieces.len());
        for run in pieces.chunk_by(|a, b| construct(a) == construct(b)) {
            let is_whole = construct(&run[0]) > 0 && run.len() == self.sizes[construct(&run[0]) as usize];
            let (first, inner) = if is_whole { (Whole::Begins(run.len()), Whole::Inside) } else { (Whole::None, Whole::None) };
            wholes.push(first);
            wholes.resize(wholes.len() + run.len() - 1, inner);
        }
        wholes
    }

    /// How many pieces at the front, all of one construct that may be missing, say a word together: mark-up may cut it.
    fn soft_run(&self, pieces: &[u32], said: &str) -> Option<usize> {
        let construct = self.stream.pieces[*pieces.first()? as usize].construct;
        let mut rest = said;
        for (count, at) in pieces.iter().enumerate() {
            let at = *at as usize;
            if !self.soft[at] || self.stream.pieces[at].construct != construct {
                return None;
            }
            rest = rest.strip_prefix(self.stream.said(at))?;
            if rest.is_empty() {
                return Some(count + 1);
            }
        }
        None
    }

    /// Letters that are the same, and cut otherwise: what parts them is judged later.
    fn cut_otherwise(&mut self, source: &[u32], copy: &[u32]) {
        let hard: Vec<u32> =
            source.iter().copied().filter(|at| !self.soft[*at as usize] && self.pairs.source[*at as usize] == NONE).collect();
        let free: Vec<u32> = copy.iter().copied().filter(|at| self.pairs.copy[*at as usize].0 == NONE).collect();
        if hard.is_empty() || free.is_empty() || self.walk(&hard, &free) {
            return;
        }
        // Signs that an edition puts beside a word are no letters of it.
        let words: Vec<u32> = free.into_iter().filter(|at| super::cut::is_word(self.copy.said(*at as usize))).collect();
        if !words.is_empty() {
            self.walk(&hard, &words);
        }
    }

    /// What is left of the tree between two neighbours is sought between theirs.
    fn near(&mut self, own: &Own) {
        const FAR: u32 = 2000;
        let mut at = 0;
        while at < self.copy.pieces.len() {
            let free = |at: &usize| self.pairs.copy[*at].0 == NONE && own.may_be(self.copy, *at);
            let run: Vec<u32> = (at..self.copy.pieces.len()).take_while(free).map(|at| at as u32).collect();
            if run.is_empty() {
                at += 1;
                continue;
            }
            let before = at.checked_sub(1).map_or(NONE, |before| self.pairs.copy[before].1);
            let behind = self.pairs.copy.get(at + run.len()).map_or(NONE, |pair| pair.0);
            at += run.len();
            if before != NONE && behind != NONE && before < behind && behind - before < FAR {
                let source: Vec<u32> = (before + 1..behind).filter(|at| self.pairs.source[*at as usize] == NONE).collect();
                if !self.walk(&source, &run) {
                    self.compare(&source, &run);
                }
            }
        }
    }

    /// What is left of the file is sought wherever it may be: text first, then mark-up; in none of some constructs, in their order.
    fn left_over(&mut self, own: &Own, but: &[u32]) {
        for round in 0..ROUNDS {
            let free: Vec<u32> = (0..self.copy.pieces.len() as u32)
                .filter(|at| self.pairs.copy[*at as usize].0 == NONE && own.may_be(self.copy, *at as usize))
                .collect();
            let all = round + 1 == ROUNDS;
            let source: Vec<u32> = (0..self.stream.pieces.len() as u32)
                .filter(|at| {
                    let at = *at as usize;
                    // What describes the work stands in the text where it says so, and nowhere else.
                    self.pairs.source[at] == NONE
                        && (all || !self.soft[at])
                        && !self.stream.is_field(at)
                        && but.binary_search(&self.stream.pieces[at].construct).is_err()
                })
                .collect();
            if free.is_empty() || source.is_empty() {
                continue;
            }
            let shared = align(&Sides { stream: self.stream, copy: self.copy, a: &source, b: &free }, source.len(), free.len());
            // A mark alone is found everywhere.
            let has_word = |stretch: &&crate::align::Shared| {
                let is_word = |step: usize| super::cut::is_word(self.copy.said(free[stretch.b + step] as usize));
                // But in the place of its own text.
                let is_own = |step: usize| {
                    let span = self.copy.leaf(free[stretch.b + step] as usize).span;
                    (span.start..span.end).contains(&self.stream.pieces[source[stretch.a + step] as usize].start)
                };
                (0..stretch.len).any(is_word) || all && (0..stretch.len).all(is_own)
            };
            let shared: Vec<_> = shared.iter().filter(has_word).copied().collect();
            for stretch in &shared {
                for step in 0..stretch.len {
                    self.join(source[stretch.a + step], free[stretch.b + step]);
                }
            }
            if shared.is_empty() && !all {
                continue;
            }
        }
    }

    /// What is left of the tree is sought among some constructs, in their order, each as a whole.
    fn wholly(&mut self, own: &Own, constructs: &[u32]) {
        const MOST: usize = 2000;
        let is_of = |at: &u32| constructs.binary_search(&self.stream.pieces[*at as usize].construct).is_ok();
        let source: Vec<u32> = (0..self.stream.pieces.len() as u32).filter(is_of).take(MOST).collect();
        let free = |at: &u32| self.pairs.copy[*at as usize].0 == NONE && own.may_be(self.copy, *at as usize);
        let free: Vec<u32> = (0..self.copy.pieces.len() as u32).filter(free).take(MOST).collect();
        for run in free.chunk_by(|a, b| a + 1 == *b) {
            let is_free = |at: &u32| self.pairs.source[*at as usize] == NONE;
            let left: Vec<u32> = source.iter().copied().filter(is_free).collect();
            let says = |pieces: &[u32]| {
                pieces.len() == run.len()
                    && pieces.iter().zip(run).all(|(at, own)| self.stream.said(*at as usize) == self.copy.said(*own as usize))
            };
            let construct = |at: &u32| self.stream.pieces[*at as usize].construct;
            let whole = left.chunk_by(|a, b| construct(a) == construct(b)).find(|pieces| says(pieces));
            whole.into_iter().flatten().zip(run).for_each(|(at, own)| self.join(*at, *own));
        }
    }

    /// Text is found before mark-up: where text was left over because the tree's piece went to mark-up that says the same, it is
    /// given back.
    fn settle(&mut self) {
        for at in 1..self.stream.pieces.len() {
            if self.soft[at] || self.pairs.source[at] != NONE || self.pairs.source[at - 1] == NONE {
                continue;
            }
            let own = self.pairs.source[at - 1] + 1;
            let Some(&(first, last)) = self.pairs.copy.get(own as usize) else { continue };
            if self.copy.said(own as usize) != self.stream.said(at) {
                continue;
            }
            if first == NONE || first == last && self.soft[first as usize] {
                if first != NONE {
                    self.pairs.source[first as usize] = NONE;
                }
                self.pairs.copy[own as usize] = (NONE, NONE);
                self.join(at as u32, own);
            } else if let Some(chain) = self.chain(at, own) {
                for (_, own) in &chain {
                    self.pairs.copy[*own as usize] = (NONE, NONE);
                }
                chain.into_iter().for_each(|(at, own)| self.join(at as u32, own));
            }
        }
    }

    /// Flows that end with the same mark may have one another's: each gets the one behind its own neighbour, if that leaves none over.
    fn chain(&self, at: usize, own: u32) -> Option<Vec<(usize, u32)>> {
        const LONGEST: usize = 64;
        let mut chain = vec![(at, own)];
        while chain.len() < LONGEST {
            let (first, last) = self.pairs.copy[chain.last()?.1 as usize];
            if first == NONE {
                return Some(chain);
            }
            let other = self.behind_neighbour(first as usize).filter(|_| first == last)?;
            if chain.iter().any(|(_, own)| *own == other) {
                return None;
            }
            chain.push((first as usize, other));
        }
        None
    }

    /// The tree's piece behind the neighbour of a piece of the source, where it says the same.
    fn behind_neighbour(&self, at: usize) -> Option<u32> {
        let before = self.pairs.source[at.checked_sub(1)?];
        let own = if before == NONE { return None } else { before as usize + 1 };
        (own < self.copy.pieces.len() && self.copy.said(own) == self.stream.said(at)).then_some(own as u32)
    }

    /// Where a part of a construct stands in the tree and the rest of it beside, paired with mark-up elsewhere that says the same, all
    /// of it is the construct's.
    fn claim(&mut self) {
        let mut end = 0;
        for run in self.stream.pieces.chunk_by(|a, b| a.construct == b.construct) {
            let pieces = end..end + run.len() as u32;
            end = pieces.end;
            if run[0].construct == 0 || run.len() == 1 || run.len() != self.sizes[run[0].construct as usize] {
                continue;
            }
            let paired = |at: u32| self.pairs.source[at as usize] != NONE;
            let Some(part) = pieces.clone().find(|at| paired(*at)).filter(|_| !pieces.clone().all(paired)) else { continue };
            let Some(start) = self.pairs.source[part as usize].checked_sub(part - pieces.start) else { continue };
            let fits = pieces.clone().zip(start..).all(|(at, own)| {
                let Some(&(first, last)) = self.pairs.copy.get(own as usize) else { return false };
                let is_free = first == NONE || first == at || first == last && self.soft[first as usize];
                is_free && self.copy.said(own as usize) == self.stream.said(at as usize)
            });
            for (at, own) in pieces.zip(start..).filter(|_| fits) {
                let (first, _) = std::mem::replace(&mut self.pairs.copy[own as usize], (NONE, NONE));
                if first != NONE {
                    self.pairs.source[first as usize] = NONE;
                }
                self.join(at, own);
            }
        }
    }

    /// A construct of which a part stands in the tree was not read and not left: that part is nothing that the source says. Gives
    /// those of which it is so, in their order.
    fn constructs(&mut self) -> Vec<u32> {
        self.claim();
        let mut count = vec![(0_u32, 0_u32); self.stream.constructs()];
        for (at, (piece, paired)) in self.stream.pieces.iter().zip(&self.pairs.source).enumerate() {
            // Of one that is no use as mark-up the words may stand without their marks, where a remark says so.
            let is_mute = self.told[at] && *paired == NONE && !super::cut::is_word(self.stream.said(at));
            let own = &mut count[piece.construct as usize];
            own.0 += u32::from(!is_mute);
            own.1 += u32::from(*paired != NONE);
        }
        for (at, piece) in self.stream.pieces.iter().enumerate() {
            let (all, paired) = count[piece.construct as usize];
            if piece.construct != 0 && paired > 0 && paired < all {
                let own = std::mem::replace(&mut self.pairs.source[at], NONE);
                if own != NONE {
                    self.pairs.copy[own as usize] = (NONE, NONE);
                }
            }
        }
        let is_torn = |at: &u32| *at != 0 && (1..count[*at as usize].0).contains(&count[*at as usize].1);
        (0..count.len() as u32).filter(is_torn).collect()
    }
}

/// Two texts for [`align`].
struct Sides<'s, 'a> {
    stream: &'s Stream<'a>,
    copy: &'s Copy<'s>,
    a: &'s [u32],
    b: &'s [u32],
}

impl Texts for Sides<'_, '_> {
    fn same(&self, a: usize, b: usize) -> bool {
        self.stream.said(self.a[a] as usize) == self.copy.said(self.b[b] as usize)
    }

    fn hash(&self, a: bool, at: usize) -> u64 {
        let said = if a { self.stream.said(self.a[at] as usize) } else { self.copy.said(self.b[at] as usize) };
        said.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
    }
}
