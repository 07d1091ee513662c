//! Where a language lets its words be cut.

use std::sync::LazyLock;

use hyphenation::{Hyphenator, Language, Load, Standard};
use hypher::Lang;

/// Shorter words are not worth a hyphen.
const SHORTEST: usize = 5;
/// So many letters stand at least before a hyphen, and on the next line: two behind it say nothing, and cost a look.
const LEAST_BEFORE: usize = 2;
const LEAST_BEHIND: usize = 3;

/// By which a language parts its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patterns {
    Of(Lang),
    /// British English parts by where words come from, American English by how they sound.
    British,
    Irish,
}

/// Lands whose English is parted as the British is.
const BRITISH: &[&str] = &["gb", "uk", "ie", "au", "nz", "za", "in", "mt"];

/// Patterns that the program carries itself, read when they are first asked for.
macro_rules! carried {
    ($name:ident, $language:ident, $file:literal) => {
        static $name: LazyLock<Option<Standard>> = LazyLock::new(|| {
            let mut bytes: &[u8] = include_bytes!(concat!("../../templates/hyphens/", $file));
            Standard::from_reader(Language::$language, &mut bytes).ok()
        });
    };
}

carried!(BRITISH_PATTERNS, EnglishGB, "en-gb.bincode");
carried!(IRISH_PATTERNS, Irish, "ga.bincode");

/// The patterns for a BCP 47 tag, where there are any.
pub fn language(tag: &str) -> Option<Patterns> {
    let mut parts = tag.split('-');
    let own = parts.next()?.to_ascii_lowercase();
    if own == "en" && parts.any(|part| BRITISH.contains(&part.to_ascii_lowercase().as_str())) {
        return Some(Patterns::British);
    }
    let code: [u8; 2] = match own.as_str() {
        "ga" | "gle" => return Some(Patterns::Irish),
        // Norwegian is written in two standards with one set of patterns.
        "nb" | "nn" => *b"no",
        "lat" => *b"la",
        // Ancient Greek has the syllables of Greek.
        "grc" | "ell" => *b"el",
        own => own.as_bytes().try_into().ok()?,
    };
    let found = Lang::from_iso(code)?;
    // Scripts that show no hyphen have breaks of their own in Unicode's rules.
    found.hyphenation_character().map(|_| Patterns::Of(found))
}

/// The bytes of `word` before which a hyphen may be put in.
pub fn points(word: &str, patterns: Patterns) -> Vec<usize> {
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
        syllables(part.trim_end_matches(is_apostrophe), patterns, |point| points.push(at + point));
        at += part.len();
    }
    points
}

/// Calls `see` with the points of a word of nothing but letters.
fn syllables(word: &str, patterns: Patterns, mut see: impl FnMut(usize)) {
    if word.chars().count() < SHORTEST {
        return;
    }
    let (language, carried) = match patterns {
        Patterns::Of(language) => (Some(language), None),
        Patterns::British => (None, BRITISH_PATTERNS.as_ref()),
        Patterns::Irish => (None, IRISH_PATTERNS.as_ref()),
    };
    let Some(language) = language else {
        let far = |at: &usize| {
            let letters = |part: Option<&str>| part.map_or(0, |part| part.chars().count());
            letters(word.get(..*at)) >= LEAST_BEFORE && letters(word.get(*at..)) >= LEAST_BEHIND
        };
        let found = carried.into_iter().flat_map(|patterns| patterns.hyphenate(word).breaks);
        return found.filter(far).for_each(see);
    };
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

#[cfg(test)]
mod tests {
    use super::*;

    fn parted(word: &str, tag: &str) -> String {
        let mut out = word.to_owned();
        for at in points(word, language(tag).expect("patterns")).into_iter().rev() {
            out.insert(at, '-');
        }
        out
    }

    #[test]
    fn words_are_parted_as_their_land_does() {
        assert_eq!(parted("knowledge", "en-US"), "knowl-edge");
        assert_eq!(parted("knowledge", "en-GB"), "know-ledge");
        assert_eq!(parted("photographer", "en-US"), "pho-tog-ra-pher");
        assert_eq!(parted("photographer", "en-GB"), "pho-to-grapher");
        assert_eq!(parted("l’amour", "fr"), "l’amour");
        assert_eq!(parted("foclóireacht", "ga"), "foc-lóir-eacht");
    }
}
