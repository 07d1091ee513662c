//! Words that were cut and lost their hyphen, or kept it in the midst of a line: `pro ceeds` over a line's end, `ran- dom` in one.
//! Only the text's own words, and the language's rules, can tell such halves from words.

use super::vocabulary::{Vocabulary, is_of_word};

/// Words before which a hyphen hangs.
use super::words::AND;

/// The last word of a line and the first of the next, where both are of small letters: what may be halves of one.
pub fn pair<'t>(line: &'t str, next: &'t str) -> Option<(&'t str, &'t str)> {
    let line = line.trim_end();
    let left = &line[line.char_indices().rev().take_while(|(_, c)| is_of_word(*c)).last()?.0..];
    let next = next.trim_start();
    let right = &next[..next.find(|c| !is_of_word(c)).unwrap_or(next.len())];
    let before = line[..line.len() - left.len()].chars().next_back();
    let apart =
        before.is_none_or(|c| c.is_whitespace() || matches!(c, '(' | '"' | '“' | '«' | '[' | '‘' | '’' | '\'' | '—' | '*'));
    let small = |word: &str| word.chars().next().is_some_and(char::is_lowercase);
    (apart && !right.is_empty() && small(right) && left.chars().skip(1).all(|c| !c.is_uppercase())).then_some((left, right))
}

/// Whether a line's end cuts a word of which the text itself speaks: both halves are no words of it, or one is none and the whole
/// stands elsewhere.
pub fn is_known_cut(line: &str, next: &str, words: &Vocabulary) -> bool {
    let Some((left, right)) = pair(line, next) else { return false };
    let joined = words.word(&format!("{left}{right}"));
    joined > 0 && (words.inside(left) == 0 || words.inside(right) == 0) && left.chars().count() + right.chars().count() >= 5
}

/// How sure it is that two halves are one word, where the file is known to have lost its hyphens; none: they are two.
pub fn are_one(left: &str, right: &str, words: &Vocabulary, language: Option<hypher::Lang>) -> Option<f32> {
    let whole = format!("{left}{right}");
    if whole.chars().count() < 5 || AND.contains(&right) {
        return None;
    }
    let (joined, first, second) = (words.word(&whole), words.inside(left), words.inside(right));
    let divides = language.is_some_and(|language| super::words::divides(&whole, left.len(), language));
    // Where the first half is long, its own inflections are kin of the whole.
    let kin = left.chars().count() < super::vocabulary::STEM && words.has_kin(&whole);
    let unknown = |word: &str| words.word(word) == 0 && !words.has_kin(word);
    let short = left.chars().count() <= 4;
    match (joined, first, second) {
        (1.., 0, _) | (1.., _, 0) => Some(0.95),
        // The whole is the commoner word by far, and one half hardly ever stands alone.
        (joined, first, second) if joined >= 3 && joined > 4 * first.min(second) && divides && short => Some(0.8),
        (0, 0, 0) if kin && (divides || language.is_none()) && unknown(right) => Some(0.9),
        (0, 0, _) if kin && divides && (unknown(right) || short) => Some(0.85),
        (0, 0, 0) if divides && short && unknown(right) => Some(0.85),
        (0, _, 0) if kin && divides && unknown(right) => Some(0.8),
        _ => None,
    }
}

/// The places in a line where a hyphen and a space cut a word: the byte of the hyphen.
pub fn inner_cuts(line: &str) -> impl Iterator<Item = usize> + '_ {
    line.match_indices("- ").map(|(at, _)| at).filter(move |&at| {
        let before = line[..at].chars().next_back();
        let behind = line[at + 1..].trim_start_matches(' ');
        let right = &behind[..behind.find(|c| !is_of_word(c)).unwrap_or(behind.len())];
        let spaces = line[at + 1..].len() - behind.len();
        before.is_some_and(char::is_lowercase)
            && right.chars().next().is_some_and(char::is_lowercase)
            && !AND.contains(&right)
            && spaces <= 2
    })
}
