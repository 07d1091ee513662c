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

/// One word in so many is cut at a line's end, roughly.
const CUT: f32 = 0.05;
/// How much likelier it must be that a word was cut than that its halves stand side by side, as words of their own.
const LIKELIER: f32 = 20.0;
const FAR_LIKELIER: f32 = 100.0;
/// Second halves of so few letters are endings: as words of their own they would stand inside lines, too.
const ENDING: usize = 3;
/// First halves of fewer letters are seldom words that stand nowhere else.
const FRONT: usize = 5;

/// Words that no longer word ends in, in English, French and German: behind a line's end they stand for themselves, though the text has
/// them nowhere else.
const WHOLE: &[&str] = &[
    "into", "from", "that", "this", "than", "them", "they", "their", "these", "those", "have", "been", "were", "will", "would",
    "could", "should", "shall", "which", "when", "what", "while", "your", "only", "very", "such", "must", "each", "between",
    "through", "dans", "pour", "avec", "cette", "mais", "leur", "leurs", "nous", "vous", "sans", "comme", "quand", "dont",
    "nicht", "auch", "aber", "wird", "werden", "wurde", "wurden", "sind", "sich", "oder", "wenn", "dass", "daß", "noch",
    "zwischen", "gegen", "ohne",
];

/// How sure it is that two halves are one word, where the file is known to have lost its hyphens; none: they are two.
pub fn are_one(left: &str, right: &str, words: &Vocabulary, language: Option<hypher::Lang>) -> Option<f32> {
    let whole = format!("{left}{right}");
    let (joined, first, second) = (words.whole_or_cut(&whole), words.inside(left), words.inside(right));
    // How often the halves would follow each other by chance, were they words.
    let chance = first as f32 * second as f32 / words.all().max(1) as f32;
    let likelier = joined as f32 * CUT / chance.max(f32::MIN_POSITIVE);
    // The shortest are cut less often than they stand side by side.
    let least = if joined >= 3 && likelier >= FAR_LIKELIER { 4 } else { 5 };
    if whole.chars().count() < least || AND.contains(&right) && first > 0 {
        return None;
    }
    if joined == 0 && WHOLE.contains(&right) {
        return None;
    }
    let divides = language.is_some_and(|language| super::words::divides(&whole, left.len(), language));
    let (front, end) = (left.chars().count(), right.chars().count());
    // Where the first half is long, its own inflections are kin of the whole.
    let kin = front < super::vocabulary::STEM && words.has_kin(&whole);
    match (joined, first, second) {
        (1.., 0, _) | (1.., _, 0) => Some(0.95),
        (1.., ..) if likelier >= FAR_LIKELIER => Some(0.9),
        (1.., ..) if likelier >= LIKELIER && divides => Some(0.85),
        (0, 0, 0) if kin && (divides || language.is_none()) => Some(0.9),
        (0, 0, 0) if divides && (front < FRONT - 1 || end <= ENDING && front >= FRONT) => Some(0.85),
        (0, _, 0) if kin && divides => Some(0.8),
        (0, 0, _) if kin && divides && front < FRONT => Some(0.8),
        _ => None,
    }
}

/// The places in a line where a hyphen and a space cut a word: the byte of the hyphen.
pub fn inner_cuts(line: &str) -> impl Iterator<Item = usize> + '_ {
    spaced_hyphens(line).filter(|(_, behind)| behind.starts_with(char::is_lowercase)).map(|(at, _)| at)
}

/// The hyphens in a line that stand between a small letter and a space: their byte, and what begins behind the space. Before a capital
/// it may be the hyphen of a name, which only the text itself can say: `Nischne- Tagilsk`.
pub fn spaced_hyphens(line: &str) -> impl Iterator<Item = (usize, &str)> + '_ {
    let spaced = move |at: &usize| line.as_bytes().get(at + 1) == Some(&b' ');
    memchr::memchr_iter(b'-', line.as_bytes()).filter(spaced).filter_map(move |at| {
        let before = line[..at].chars().next_back();
        let behind = line[at + 1..].trim_start_matches(' ');
        let right = &behind[..behind.find(|c| !is_of_word(c)).unwrap_or(behind.len())];
        let spaces = line[at + 1..].len() - behind.len();
        let cuts = before.is_some_and(char::is_lowercase)
            && right.starts_with(|c: char| c.is_lowercase() || c.is_uppercase())
            && !AND.contains(&right)
            && spaces <= 2;
        cuts.then_some((at, behind))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_a_word_by_itself_ends_no_other() {
        let words = Vocabulary::of("A hanging indent. The lines\nwill hang\ninto the left margin; we\nread them from there.");
        assert_eq!(are_one("hang", "into", &words, None), None);
        assert_eq!(are_one("hang", "ingly", &words, None), Some(0.9));
    }
}
