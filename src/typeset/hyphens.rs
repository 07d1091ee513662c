//! Where a language lets its words be cut.

use hypher::Lang;

/// Shorter words are not worth a hyphen.
const SHORTEST: usize = 5;

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
pub fn points(word: &str, language: Lang) -> impl Iterator<Item = usize> {
    let letter = |c: char| c.is_alphabetic();
    let start = word.find(letter).unwrap_or(word.len());
    let end = word.rfind(letter).map_or(start, |last| last + word[last..].chars().next().map_or(0, char::len_utf8));
    let core = &word[start..end];
    // A compound with a hyphen of its own is cut there and nowhere else; figures and addresses are not words.
    let whole = core.chars().count() >= SHORTEST && core.chars().all(|c| c.is_alphabetic() || matches!(c, '’' | '\''));
    let (left, right) = language.bounds();
    let mut at = start;
    let syllables = whole.then(|| hypher::hyphenate_bounded(core, language, left.max(2), right.max(2)));
    let mut points: Vec<usize> = syllables
        .into_iter()
        .flatten()
        .map(|syllable| {
            at += syllable.len();
            at
        })
        .collect();
    points.pop();
    points.into_iter()
}
