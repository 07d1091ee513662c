//! Where the parts of compounds meet. A long German word is read part by part: a hyphen at a joint costs the reader nothing, one
//! inside a part does. No list of words tells the joints; the work itself does, since most parts of its compounds stand in it as words
//! of their own, and what compounds put between their parts follows few endings.

use std::collections::BTreeSet;

use crate::tree::{Document, texts};

/// The languages that write compounds as one word, by the first part of their tags.
const COMPOUNDING: &[&str] = &["de", "gsw", "nds", "nl", "af", "sv", "da", "no", "nb", "nn", "fi", "et", "hu", "is"];

/// Endings before which a German part never ends, so that a joint stands behind them: what makes nouns of other words, with the `s`
/// that such nouns take in compounds.
const ENDINGS: &[&str] = &["ungs", "heits", "keits", "schafts", "tions", "täts", "lings", "tums", "ions"];

/// What may stand between two parts.
const LINKS: &[&str] = &["s", "es", "n", "en", "er", "e", "ns"];

/// Fewer letters make no part: too many words begin or end with them by chance.
const SHORTEST_PART: usize = 4;

/// The words of a work that compounds may be made of.
#[derive(Debug, Default)]
pub struct Joints {
    words: BTreeSet<String>,
}

impl Joints {
    /// Those of a work in a language that writes compounds as one word; else none.
    pub fn of(doc: &Document) -> Self {
        let mut joints = Self::default();
        if !is_compounding(&doc.meta.language) {
            return joints;
        }
        texts(&doc.body, &mut |text, _| {
            for word in text.split(|c: char| !c.is_alphabetic()) {
                let long = word.len() < LONGEST_PART && word.chars().count() >= SHORTEST_PART;
                let word = word.to_lowercase();
                if long && !joints.words.contains(&word) {
                    joints.words.insert(word);
                }
            }
        });
        joints
    }

    /// Which of the places where `word` may be parted are joints.
    pub fn among(&self, word: &str, points: &[usize], lang: &str) -> Vec<bool> {
        if self.words.is_empty() || points.len() < 2 || !is_compounding(lang) {
            return vec![false; points.len()];
        }
        let lower = word.to_lowercase();
        // Letters whose small form has another length are rare enough to go without.
        let same = lower.len() == word.len();
        points.iter().map(|point| same && self.is_joint(&lower, *point)).collect()
    }

    fn is_joint(&self, word: &str, at: usize) -> bool {
        let Some((before, behind)) = word.split_at_checked(at) else { return false };
        let (before, behind) = (trimmed(before), trimmed(behind));
        if before.chars().count() < SHORTEST_PART || behind.chars().count() < SHORTEST_PART {
            return false;
        }
        let linked = || LINKS.iter().filter_map(|link| before.strip_suffix(link)).any(|stem| self.knows(stem));
        ENDINGS.iter().any(|ending| before.ends_with(ending)) || self.knows(behind) && (self.knows(before) || linked())
    }

    fn knows(&self, part: &str) -> bool {
        part.chars().count() >= SHORTEST_PART && self.words.contains(part)
    }
}

/// Longer words, in bytes, are compounds themselves.
const LONGEST_PART: usize = 16;

fn is_compounding(tag: &str) -> bool {
    COMPOUNDING.contains(&tag.split('-').next().unwrap_or(""))
}

fn trimmed(part: &str) -> &str {
    part.trim_matches(|c: char| !c.is_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joints_are_found_by_the_words_of_the_work() {
        let words = ["haus", "türen", "regierung", "bezirk", "arbeit", "geber"].map(str::to_owned);
        let joints = Joints { words: words.into_iter().collect() };
        let found = |parts: &[&str]| {
            let word = parts.concat();
            let mut at = 0;
            let points: Vec<usize> = parts[..parts.len() - 1].iter().map(|part| (at += part.len(), at).1).collect();
            joints.among(&word, &points, "de")
        };
        assert_eq!(found(&["Haus", "tü", "ren"]), [true, false]);
        assert_eq!(found(&["Re", "gie", "rungs", "be", "zirk"]), [false, false, true, false]);
        assert_eq!(found(&["Ar", "beit", "ge", "ber"]), [false, true, false]);
        assert_eq!(found(&["Frei", "heits", "kampf"]), [false, true]);
        assert_eq!(joints.among("Haustüren", &[4, 7], "en"), [false, false]);
    }
}
