//! The digits of what the program counts by itself: folios, notes, items of lists. Works in Arabic script have their own.

use crate::tree::{Document, texts};

/// Naught in the digits of the Arab East, and in those of Persian and Urdu.
const ARABIC: char = '\u{660}';
const PERSIAN: char = '\u{6f0}';

/// Naught in a work's own digits: those that its text writes most; where it writes none, those of its language.
pub fn naught(doc: &Document) -> char {
    let language = doc.meta.language.split('-').next().unwrap_or("");
    let usual = match language {
        "ar" | "ckb" | "sd" => ARABIC,
        "fa" | "ur" | "ps" | "prs" | "ug" => PERSIAN,
        _ => return '0',
    };
    let mut counts = [(usual, 1_usize), (ARABIC, 0), (PERSIAN, 0), ('0', 0)];
    texts(&doc.body, &mut |text, _| {
        for c in text.chars() {
            let naught = match c {
                '0'..='9' => '0',
                '\u{660}'..='\u{669}' => ARABIC,
                '\u{6f0}'..='\u{6f9}' => PERSIAN,
                _ => continue,
            };
            counts.iter_mut().filter(|(known, _)| *known == naught).for_each(|(_, count)| *count += 1);
        }
    });
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map_or(usual, |(naught, _)| naught)
}

/// What is counted, in these digits.
pub fn say(text: &str, naught: char) -> String {
    let own = |c: char| c.to_digit(10).and_then(|digit| char::from_u32(naught as u32 + digit)).unwrap_or(c);
    text.chars().map(own).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_those_of_the_work() {
        assert_eq!(say("iv 120", '0'), "iv 120");
        assert_eq!(say("120", ARABIC), "١٢٠");
        let mut doc = Document::default();
        doc.meta.language = "fa".to_owned();
        assert_eq!(naught(&doc), PERSIAN);
        doc.meta.language = "he".to_owned();
        assert_eq!(naught(&doc), '0');
    }
}
