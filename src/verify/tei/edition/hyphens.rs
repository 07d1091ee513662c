//! Hyphens of the print at the ends of its lines, where the encoder doesn't say whether a word goes on. One does, unless what follows
//! links two words that share their end. The hyphen stays where the word has it elsewhere, too, and before a capital, if the word is
//! not all in capitals; a mark that is no hyphen never does.

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

/// Has a hyphen that is a token by itself be one of the word before it.
pub(super) fn attach(tokens: &mut [Token]) {
    for at in 1..tokens.len() {
        let (before, behind) = tokens.split_at_mut(at);
        if let (Some(Token::Text(word, _)), Some(Token::Text(hyphen, _))) = (before.last_mut(), behind.first_mut())
            && word.ends_with(char::is_alphabetic)
            && hyphen.starts_with(HYPHENS)
            && hyphen.trim_end().chars().all(|c| HYPHENS.contains(&c))
        {
            word.push_str(hyphen.trim_end());
            hyphen.clear();
        }
    }
}

/// Makes joins of the line ends inside words.
pub(super) fn settle(tokens: &mut [Token], hyphenated: &BTreeSet<String>) {
    let is_between = |token: &Token| match token {
        Token::Line | Token::Page(..) | Token::Call(_) => true,
        Token::Text(text, _) => text.trim().is_empty(),
        Token::Close | Token::Join | Token::Keep | Token::Image(..) | Token::Formula => false,
    };
    for at in 0..tokens.len() {
        if !matches!(tokens[at], Token::Line) {
            continue;
        }
        let before = tokens[..at].iter().rev().find(|token| !is_between(token));
        let behind = tokens[at + 1..].iter().find(|token| !is_between(token));
        let (Some(Token::Text(before, _)), Some(Token::Text(behind, _))) = (before, behind) else { continue };
        // A line of the file may end before the line of the print does.
        let (whole, before) = (before, before.trim_end());
        let white = &whole[before.len()..];
        if !white.is_empty() && !white.contains('\n') && !before.ends_with(['¬', '\u{AD}', '⸗']) {
            continue;
        }
        let first = before.trim_end_matches(HYPHENS);
        let start = first.char_indices().rev().find(|(_, c)| !c.is_alphabetic() && !HYPHENS.contains(c));
        let first = &first[start.map_or(0, |(at, c)| at + c.len_utf8())..];
        let behind = behind.trim_start();
        let second = &behind[..behind.find(|c: char| !c.is_alphabetic()).unwrap_or(behind.len())];
        let goes_on = before.ends_with(HYPHENS) && first.ends_with(char::is_alphabetic) && !second.is_empty();
        let (whole, link) = (format!("{first}-{second}").to_lowercase(), format!(" {} ", second.to_lowercase()));
        if !goes_on || LINKS.contains(&link) {
            continue;
        }
        let capitals = |word: &str| word.chars().count() > 1 && word.chars().all(char::is_uppercase);
        let is_cut =
            second.starts_with(char::is_lowercase) || before.ends_with(['¬', '\u{AD}']) || capitals(first) && capitals(second);
        tokens[at] = if is_cut && !hyphenated.contains(&whole) { Token::Join } else { Token::Keep };
    }
}
