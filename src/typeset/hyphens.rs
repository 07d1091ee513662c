//! Where a language lets its words be cut.

use hypher::Lang;

/// Shorter words are not worth a hyphen.
const SHORTEST: usize = 5;
/// So many letters stand at least before a hyphen, and on the next line: two behind it say nothing, and cost a look.
const LEAST_BEFORE: usize = 2;
const LEAST_BEHIND: usize = 3;

/// The patterns for a BCP 47 tag, where there are any.
pub fn language(tag: &str) -> Option<Lang> {
    let own = tag.split('-').next()?.to_ascii_lowercase();
    let code: [u8; 2] = match own.as_str() {
        // Norwegian is written in two standards with one set of patterns.
        "nb" | "nn" => *b"no",
        "lat" => *b"la",
        // Ancient Greek has the syllables of Greek.
        "grc" | "ell" => *b"el",
        own => own.as_bytes().try_into().ok()?,
    };
    let found = Lang::from_iso(code)?;
    // Scripts that show no hyphen have breaks of their own in Unicode's rules.
    found.hyphenation_character().map(|_| found)
}

/// The bytes of `word` before which a hyphen may be put in.
pub fn points(word: &str, language: Lang) -> Vec<usize> {
    let letter = |c: char| c.is_alphabetic();
    let start = word.find(letter).unwrap_or(word.len());
    let end = word.rfind(letter).map_or(start, |last| last + word[last..].chars().next().map_or(0, char::len_utf8));
    let core = &word[start..end];
    // A compound with a hyphen of its own is cut there and nowhere else; figures are not words, and a name in capitals is looked
    // at letter by letter.
    let whole = core.chars().all(|c| c.is_alphabetic() || is_apostrophe(c)) && core.chars().any(char::is_lowercase);
    if !whole {
        return Vec::new();
    }
    // What stands before an apostrophe or behind it is a word of its own: neither `l’a-mour` nor `Steu-art’s` by the `s`.
    let mut points = Vec::new();
    let mut at = start;
    for part in core.split_inclusive(is_apostrophe) {
        syllables(part.trim_end_matches(is_apostrophe), language, |point| points.push(at + point));
        at += part.len();
    }
    points
}

/// Calls `see` with the points of a word of nothing but letters.
fn syllables(word: &str, language: Lang, mut see: impl FnMut(usize)) {
    if word.chars().count() < SHORTEST {
        return;
    }
    let (left, right) = language.bounds();
    let mut at = 0;
    for syllable in hypher::hyphenate_bounded(word, language, left.max(LEAST_BEFORE), right.max(LEAST_BEHIND)) {
        if at > 0 {
            see(at);
        }
        at += syllable.len();
    }
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '’' | '\'' | 'ʼ')
}
