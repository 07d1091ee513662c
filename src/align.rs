//! Which item of one text is which item of another. Texts that should be equal mostly are: equal beginnings and ends are taken off
//! first; what is left is cut at stretches that stand once in both (patience diff), and what is left then is small enough for the
//! longest common subsequence.

use std::collections::BTreeMap;
use std::ops::Range;

/// A stretch that both texts have: `len` items from `a` in the first and from `b` in the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shared {
    pub a: usize,
    pub b: usize,
    pub len: usize,
}

/// Two texts as positions that can be compared.
pub trait Texts {
    fn same(&self, a: usize, b: usize) -> bool;
    /// Equal for items that are the same; `a` for the first text.
    fn hash(&self, a: bool, at: usize) -> u64;
}

/// The largest table of the longest common subsequence: 4 MiB of memory, some milliseconds.
const TABLE: usize = 1 << 21;

/// How many items in a row are looked for as a landmark: first what can hardly stand twice.
const LANDMARKS: [usize; 3] = [8, 3, 1];

/// The stretches that both texts have, in order.
pub fn align(texts: &impl Texts, a: usize, b: usize) -> Vec<Shared> {
    let mut shared = Vec::new();
    between(texts, 0..a, 0..b, &mut shared);
    shared.dedup_by(|next, last| {
        let joined = last.a + last.len == next.a && last.b + last.len == next.b;
        last.len += if joined { next.len } else { 0 };
        joined
    });
    shared
}

fn between(texts: &impl Texts, mut a: Range<usize>, mut b: Range<usize>, shared: &mut Vec<Shared>) {
    let most = a.len().min(b.len());
    let before = (0..most).take_while(|at| texts.same(a.start + at, b.start + at)).count();
    if before > 0 {
        shared.push(Shared { a: a.start, b: b.start, len: before });
    }
    (a.start, b.start) = (a.start + before, b.start + before);
    let behind = (0..most - before).take_while(|at| texts.same(a.end - 1 - at, b.end - 1 - at)).count();
    (a.end, b.end) = (a.end - behind, b.end - behind);
    if !a.is_empty() && !b.is_empty() {
        middle(texts, a.clone(), b.clone(), shared);
    }
    if behind > 0 {
        shared.push(Shared { a: a.end, b: b.end, len: behind });
    }
}

fn middle(texts: &impl Texts, a: Range<usize>, b: Range<usize>, shared: &mut Vec<Shared>) {
    if a.len().saturating_mul(b.len()) <= TABLE {
        return longest(texts, a, b, shared);
    }
    let marks = LANDMARKS.iter().map(|size| landmarks(texts, &a, &b, *size)).find(|marks| !marks.is_empty());
    // Without a single landmark the texts have nothing to do with each other.
    let (mut from_a, mut from_b) = (a.start, b.start);
    for (at_a, at_b) in marks.unwrap_or_default() {
        if at_a < from_a || at_b < from_b {
            continue;
        }
        between(texts, from_a..at_a, from_b..at_b, shared);
        let (rest_a, rest_b) = (a.end - at_a, b.end - at_b);
        let len = (0..rest_a.min(rest_b)).take_while(|step| texts.same(at_a + step, at_b + step)).count();
        if len > 0 {
            shared.push(Shared { a: at_a, b: at_b, len });
        }
        (from_a, from_b) = (at_a + len, at_b + len);
    }
    if (from_a, from_b) != (a.start, b.start) {
        between(texts, from_a..a.end, from_b..b.end, shared);
    }
}

/// Where stretches of `size` items begin that stand once in each text, as many as keep one order.
fn landmarks(texts: &impl Texts, a: &Range<usize>, b: &Range<usize>, size: usize) -> Vec<(usize, usize)> {
    let once = |first: bool, range: &Range<usize>| {
        let hashes: Vec<_> = range.clone().map(|at| texts.hash(first, at)).collect();
        let mut seen = BTreeMap::new();
        for (at, window) in hashes.windows(size).enumerate() {
            let key = window.iter().fold(0, |key: u64, hash| key.rotate_left(9).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ hash);
            seen.entry(key).and_modify(|place| *place = None).or_insert(Some(range.start + at));
        }
        seen
    };
    let (in_a, in_b) = (once(true, a), once(false, b));
    let mut pairs: Vec<_> = in_a.iter().filter_map(|(key, at)| Some(((*at)?, (*in_b.get(key)?)?))).collect();
    pairs.sort_unstable();
    rising(&pairs)
}

/// The longest run of pairs whose second numbers rise, too.
fn rising(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // For each length, the pair with the smallest second number at which such a run ends.
    let mut ends: Vec<usize> = Vec::new();
    let mut before = vec![None; pairs.len()];
    for (at, (_, b)) in pairs.iter().enumerate() {
        let len = ends.partition_point(|end| pairs[*end].1 < *b);
        before[at] = len.checked_sub(1).map(|last| ends[last]);
        match ends.get_mut(len) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut run = Vec::new();
    let mut next = ends.last().copied();
    while let Some(at) = next {
        run.push(pairs[at]);
        next = before[at];
    }
    run.reverse();
    run
}

/// The longest common subsequence, by the table.
fn longest(texts: &impl Texts, a: Range<usize>, b: Range<usize>, shared: &mut Vec<Shared>) {
    let columns = b.len() + 1;
    let mut table = vec![0_u16; (a.len() + 1) * columns];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            table[i * columns + j] = if texts.same(a.start + i, b.start + j) {
                table[(i + 1) * columns + j + 1].saturating_add(1)
            } else {
                table[(i + 1) * columns + j].max(table[i * columns + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        if texts.same(a.start + i, b.start + j) {
            shared.push(Shared { a: a.start + i, b: b.start + j, len: 1 });
            (i, j) = (i + 1, j + 1);
        } else if table[(i + 1) * columns + j] >= table[i * columns + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Letters(Vec<char>, Vec<char>);

    impl Texts for Letters {
        fn same(&self, a: usize, b: usize) -> bool {
            self.0[a] == self.1[b]
        }
        fn hash(&self, a: bool, at: usize) -> u64 {
            u64::from(u32::from(if a { self.0[at] } else { self.1[at] })) * 0x1234_5677
        }
    }

    #[track_caller]
    fn check(a: &str, b: &str, want: &str) {
        let texts = Letters(a.chars().collect(), b.chars().collect());
        let said: String =
            align(&texts, texts.0.len(), texts.1.len()).iter().flat_map(|one| texts.0[one.a..one.a + one.len].iter()).collect();
        assert_eq!(said, want);
    }

    #[test]
    fn what_two_texts_share() {
        check("abc", "abc", "abc");
        check("abcd", "abxd", "abd");
        check("abcdef", "bcdefa", "bcdef");
        check("", "a", "");
    }

    #[test]
    fn long_texts_are_cut_at_landmarks() {
        let letters: String = (0..20_000).map(|n| char::from_u32(0x4E00 + n * 7919 % 20_000).unwrap()).collect();
        let moved: String = letters.chars().skip(9_000).take(2_000).chain(letters.chars().take(9_000)).collect();
        let want: String = letters.chars().take(9_000).collect();
        check(&letters, &moved, &want);
    }
}
