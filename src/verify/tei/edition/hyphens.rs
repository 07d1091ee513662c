//! Hyphens of the print at the ends of its lines, where the encoder doesn't say whether a word goes on. Before a small letter one does,
//! unless the word has its hyphen elsewhere, too, or what follows links two words that share their end.

use std::collections::BTreeSet;

use super::{Child, Node, Token};

pub(super) const HYPHENS: [char; 5] = ['-', '‐', '¬', '\u{AD}', '⸗'];

/// What stands between two halves, and is none.
const LINKS: &str = " und oder bis bzw als wie noch and or to nor et ou en of och og e o y u i a ";

/// The words of an element's own text that have a hyphen inside.
pub(super) fn compounds(node: &Node) -> Vec<String> {
    let mut all = Vec::new();
    for child in &node.children {
        let Child::Text(text, _) = child else { continue };
        for word in text.split(|c: char| !c.is_alphabetic() && !HYPHENS.contains(&c)) {
            let word = word.trim_matches(HYPHENS);
            if word.contains(HYPHENS) {
                all.push(word.replace(HYPHENS, "-").to_lowercase());
            }
        }
    }
    all
}

/// Makes joins of the line ends inside words.
pub(super) fn settle(tokens: &mut [Token], hyphenated: &BTreeSet<String>) {
    let is_between = |token: &Token| match token {
        Token::Line | Token::Page(..) | Token::Call(_) => true,
        Token::Text(text, _) => text.trim().is_empty(),
        Token::Close | Token::Join | Token::Image(..) | Token::Formula => false,
    };
    for at in 0..tokens.len() {
        if !matches!(tokens[at], Token::Line) {
            continue;
        }
        let before = tokens[..at].iter().rev().find(|token| !is_between(token));
        let behind = tokens[at + 1..].iter().find(|token| !is_between(token));
        let (Some(Token::Text(before, _)), Some(Token::Text(behind, _))) = (before, behind) else { continue };
        let first = before.trim_end_matches(HYPHENS);
        let start = first.char_indices().rev().find(|(_, c)| !c.is_alphabetic() && !HYPHENS.contains(c));
        let first = &first[start.map_or(0, |(at, c)| at + c.len_utf8())..];
        let behind = behind.trim_start();
        let second = &behind[..behind.find(|c: char| !c.is_alphabetic()).unwrap_or(behind.len())];
        let is_cut =
            before.ends_with(HYPHENS) && first.ends_with(char::is_alphabetic) && second.starts_with(char::is_lowercase);
        let whole = format!("{}-{}", first.to_lowercase(), second.to_lowercase());
        if is_cut && !LINKS.contains(&format!(" {second} ")) && !hyphenated.contains(&whole) {
            tokens[at] = Token::Join;
        }
    }
}
