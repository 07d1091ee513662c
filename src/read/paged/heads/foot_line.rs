//! The last line of a printed page of old: the binder's mark of its sheet, the next page's first word, or both on one line.

use std::collections::BTreeSet;
use std::ops::Range;

use super::super::lines::{Lines, Role};
use super::super::numbers;
use super::edges::distance;
use super::{FurnitureKind, Guess};

// How sure we are.
/// Marks of sheets rise through the alphabet.
const SIGNATURE: f32 = 0.75;
const CATCHWORD: f32 = 0.88;
/// But for a letter it is the next page's first word.
const MISREAD: f32 = 0.75;

/// A last line, parted.
struct Foot {
    leaf: usize,
    line: usize,
    /// The order of the sheet's mark: letters, then the leaf in the sheet.
    signature: Option<(String, u32)>,
    /// How sure the rest is the next page's first word; none: it isn't, or there is no rest.
    catchword: Option<f32>,
    /// Whether anything stands beside the mark.
    rest: bool,
}

/// Finds the marks of sheets and the catch-words at the feet of pages.
pub fn guess(lines: &Lines, leaves: &[Range<usize>], guessed: &mut Vec<Guess>) {
    let claimed: BTreeSet<usize> = guessed.iter().map(|guess| guess.line).collect();
    let free = |at: &usize| lines.role(*at) == Role::Body && !claimed.contains(at) && !lines.all[*at].code;
    let mut feet = Vec::new();
    for (leaf, range) in leaves.iter().enumerate() {
        let next: Vec<&str> = leaves
            .get(leaf + 1)
            .into_iter()
            .flat_map(|next| next.clone().filter(free).take(2))
            .map(|at| lines.line(at))
            .collect();
        let body: Vec<usize> = range.clone().rev().filter(free).take(3).collect();
        // On a page of one line the line is the text.
        for &line in body.iter().take(body.len().saturating_sub(1).min(2)) {
            let Some(foot) = parse(lines.line(line), &next) else { break };
            let done = foot.catchword.is_some();
            feet.push(Foot { leaf, line, ..foot });
            if done && feet.last().is_some_and(|foot| foot.rest) {
                // A mark of the sheet may stand above the catch-word.
                continue;
            }
        }
    }
    let rising = rising(&feet);
    for (n, foot) in feet.iter().enumerate() {
        let signed = rising.contains(&n);
        let (kind, confidence) = match (foot.catchword, signed) {
            (Some(sure), _) => (FurnitureKind::Catchword, sure),
            (None, true) if !foot.rest => (FurnitureKind::Signature, SIGNATURE),
            (None, _) => continue,
        };
        guessed.push(Guess { line: foot.line, kind, folio: None, confidence });
    }
}

/// Reads a line as a mark, a catch-word, or both. None: it is text.
fn parse(line: &str, next: &[&str]) -> Option<Foot> {
    let tokens: Vec<&str> = line.split_whitespace().collect();
    if tokens.is_empty() || tokens.len() > 5 || tokens.iter().map(|token| token.chars().count() + 1).sum::<usize>() > 33 {
        return None;
    }
    let foot = |signature, catchword, rest| Some(Foot { leaf: 0, line: 0, signature, catchword, rest });
    if let Some(sure) = is_first_word(&tokens, next) {
        return foot(None, Some(sure), true);
    }
    if let Some(mark) = signature(&tokens) {
        return foot(Some(mark), None, false);
    }
    for split in 1..tokens.len() {
        let (front, back) = tokens.split_at(split);
        for (mark, word) in [(front, back), (back, front)] {
            if let (Some(mark), Some(sure)) = (signature(mark), is_first_word(word, next)) {
                return foot(Some(mark), Some(sure), true);
            }
        }
    }
    None
}

/// Whether some words are the first of the next page: whole ones, or the front of a longer word that a hyphen cuts.
pub fn is_first_word(tokens: &[&str], next: &[&str]) -> Option<f32> {
    let said = tokens.join(" ");
    let cut = said.ends_with(['-', '¬', '\u{AD}', '⸗']);
    let key = plain(&said);
    let count = key.chars().count();
    if tokens.len() > 3 || count < 2 || said.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    // A title in capitals above a text that begins with its words.
    let capitals = |text: &str| !text.contains(char::is_lowercase);
    let is_title = |line: &str| tokens.len() > 1 && capitals(&said) && !capitals(line);
    next.iter().enumerate().filter(|(_, line)| !is_title(line)).find_map(|(n, line)| {
        let mut front = line.trim_start_matches(['#', '*', '_', '>', ' ']).split_whitespace();
        let words: Vec<String> = front.by_ref().take(tokens.len() + 1).map(plain).collect();
        let first: String = words.iter().take(tokens.len()).map(String::as_str).collect();
        let head: Vec<char> = words.concat().chars().take(count).collect();
        // Only the first line of a page answers; the second does where the first may be a head.
        if n > 0 && (count < 4 || next[0].split_whitespace().count() > 6) {
            return None;
        }
        if first == key || cut && words.concat().starts_with(&key) {
            return Some(CATCHWORD);
        }
        let own: Vec<char> = key.chars().collect();
        let near = count >= 5 && distance(&own, &head) <= 1 && (cut || first.chars().count().abs_diff(count) <= 1);
        near.then_some(MISREAD)
    })
}

/// The letters of a text in lower case, the long s as any other.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).map(|c| if c == 'ſ' { 's' } else { c }).flat_map(char::to_lowercase).collect()
}

/// `B`, `C 2`, `Dd3`, `A iij`, `* 3`, `ee3`: the letters, and the leaf in the sheet.
pub fn signature(tokens: &[&str]) -> Option<(String, u32)> {
    if tokens.len() > 2 {
        return None;
    }
    let bare: String = tokens.concat().trim_matches(['.', ',', '[', ']', '(', ')', ':']).to_owned();
    let first = bare.chars().next()?;
    let same = |c: char| c.to_lowercase().eq(first.to_lowercase());
    let letters = match first {
        '*' | '†' | '¶' | '§' => bare.chars().take_while(|c| *c == first).count(),
        c if c.is_alphabetic() => bare.chars().take_while(|c| same(*c)).count().min(3),
        _ => return None,
    };
    // `Div` is leaf four of sheet D, `iij` leaf three of none.
    let letters = if letters > 1 && matches!(first, 'i' | 'x' | 'v') { 1 } else { letters };
    let rest: String = bare.chars().skip(letters).collect();
    let rest = rest.trim_matches(['.', ',', ' ']).replace(['ü', 'Ü'], "ii").replace(['j', 'J', 'í', 'ï', 'ì', 'l'], "i");
    let capital = first.is_uppercase() || !first.is_alphabetic() || letters >= 2;
    let leaf = match rest.as_str() {
        "" => Some(1),
        rest => numbers::value(rest).filter(|leaf| *leaf <= 12),
    }?;
    let fits = bare.chars().count() <= 6 && capital && !(letters == 1 && leaf == 1 && !first.is_uppercase() && rest.is_empty());
    // Letters that printers leave out of the alphabet: J and U, or I and V, and W.
    let letter = match first.to_ascii_uppercase() {
        'J' => 'I',
        'U' => 'V',
        c => c,
    };
    fits.then(|| (format!("{letters}{letter}"), leaf))
}

/// The marks that belong to the longest row that rises through the alphabet.
fn rising(feet: &[Foot]) -> BTreeSet<usize> {
    let marks: Vec<(usize, &(String, u32))> =
        feet.iter().enumerate().filter_map(|(n, foot)| Some((n, foot.signature.as_ref()?))).collect();
    let mut best: Vec<(usize, Option<usize>)> = Vec::new();
    for (n, (own, mark)) in marks.iter().enumerate() {
        let mut found = (1, None);
        for m in (n.saturating_sub(32)..n).rev() {
            let (before, earlier) = marks[m];
            if earlier < mark && feet[before].leaf < feet[*own].leaf && best[m].0 + 1 > found.0 {
                found = (best[m].0 + 1, Some(m));
            }
        }
        best.push(found);
    }
    let mut at = (0..best.len()).max_by_key(|&n| (best[n].0, best.len() - n));
    let length = at.map_or(0, |n| best[n].0);
    let mut row = BTreeSet::new();
    while let Some(n) = at {
        row.insert(marks[n].0);
        at = best[n].1;
    }
    if length >= 2 && length * 5 >= marks.len() * 3 { row } else { BTreeSet::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, next: &str, want: &str) {
        let found = parse(line, &[next]).map(|foot| {
            let mark = foot.signature.map_or(String::new(), |(letters, leaf)| format!("{letters}/{leaf}"));
            format!("{mark} {}", foot.catchword.map_or(0.0, f32::ceil))
        });
        assert_eq!(found.unwrap_or_default(), want, "{line}");
    }

    #[test]
    fn marks_and_catchwords() {
        check("B 2", "and so", "1B/2 0");
        check("D üj", "la chose", "1D/3 0");
        check("Div", "la chose", "1D/4 0");
        check("ee3 Cankred", "Cankred with peace", "2E/3 1");
        check("A 2 Felix", "Felix Malleolus dans", "1A/2 1");
        check("Galinée A", "dans la", "");
        check("éton-", "étonnantes, que", " 1");
        check("Mer. Tnt,", "Mer. Tut, duns the", " 1");
        check("the end of it.", "Another page", "");
    }
}
