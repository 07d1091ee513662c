//! Words and marks that a linguist cut a text into: where `@join` says which of them stand close to each other, the file's white
//! space says it no more (TEI P5, att.segLike; ParlaMint).

use std::collections::BTreeSet;

use super::dom::{Child, Element};
use super::{is_blank, phrase};

/// Closes up the tokens that are joined to their neighbours, and parts words that stand close and are not.
pub fn join(root: &mut Element) {
    let Some(text) = root.find("text") else { return };
    let says_joins = uses_join(text);
    if !says_joins && text.find("pc").is_none() && text.find("w").is_none() {
        return;
    }
    let in_french = [Some(text), root.elements().next()]
        .into_iter()
        .flatten()
        .any(|one| one.attribute("xml:lang").is_some_and(|lang| lang.starts_with("fr")));
    let mut reader = Tokens { says_joins, in_french, ..Tokens::default() };
    reader.read(root);
    let Tokens { closed, mut parted, close, spaced, .. } = reader;
    // Who writes no white space at all between words leaves it to their elements.
    if !says_joins && !spaced && close.len() >= FEWEST {
        parted.extend(close);
    }
    apply(root, &closed, &parted);
}

/// How many words stand close to others in a file whose words do so.
const FEWEST: usize = 3;

fn is_token(element: &Element) -> bool {
    matches!(element.name, "w" | "pc")
}

fn joins(element: &Element, side: &str) -> bool {
    element.attribute("join").is_some_and(|said| said == side || said == "both")
}

fn uses_join(element: &Element) -> bool {
    let own = matches!(element.name, "w" | "pc" | "seg") && (joins(element, "right") || joins(element, "left"));
    own || element.elements().any(uses_join)
}

#[derive(Default)]
struct Tokens {
    /// Whether the file says which tokens are joined. Where it does not, a mark on a line of the file of its own closes up.
    says_joins: bool,
    /// Whether spaces stand before some marks, as in French.
    in_french: bool,
    /// Whether a line of the file ended behind the token before.
    line_ended: bool,
    /// The token before: whether it is joined to the next, or opens a bracket, and is a word.
    before: Option<(bool, bool)>,
    /// White space behind it.
    white: Vec<usize>,
    /// Where white space stands that is none.
    closed: BTreeSet<usize>,
    /// Where words stand that are apart from those right before them.
    parted: BTreeSet<usize>,
    /// Words that stand close to a word, or a mark behind one, and whether white space stands between any two.
    close: Vec<usize>,
    spaced: bool,
    /// The last letter of the token before.
    last: Option<char>,
}

impl Tokens {
    fn read(&mut self, element: &Element) {
        for child in &element.children {
            match child {
                Child::Text(text, range) if is_blank(text) => {
                    self.line_ended |= text.contains('\n');
                    self.white.push(range.start);
                }
                Child::Text(..) => self.over(),
                Child::Comment(..) | Child::Instruction(_) => {}
                Child::Element(inner) if is_token(inner) => self.token(inner),
                Child::Element(inner) if inner.name == "seg" && inner.attribute("join").is_some() => {
                    let left = joins(inner, "left");
                    if let Some(before) = self.before.as_mut().filter(|_| left) {
                        before.0 = true;
                    }
                    self.read(inner);
                    if let Some(before) = self.before.as_mut().filter(|_| joins(inner, "right")) {
                        before.0 = true;
                    }
                }
                Child::Element(inner) if inner.name == "note" || phrase::is_apart(inner.name) => {}
                Child::Element(inner) if matches!(inner.name, "lb" | "pb" | "cb") => self.over(),
                Child::Element(inner) if phrase::is_phrase(inner.name) => self.read(inner),
                Child::Element(inner) => {
                    self.over();
                    self.read(inner);
                    self.over();
                }
            }
        }
    }

    fn token(&mut self, token: &Element) {
        let is_word = token.name == "w";
        let (white, line_ended) = (std::mem::take(&mut self.white), std::mem::take(&mut self.line_ended));
        if !self.says_joins {
            let said = token.line();
            let opened = self.before.is_some_and(|(opened, _)| opened);
            let closes = line_ended && self.before.is_some() && (opened || !is_word && closing(&said, self.in_french));
            let apart = self.before.is_some_and(|_| is_apart_from(self.last, &said)) && is_word;
            let goes_on = matches!(token.attribute("part"), Some("M" | "F"));
            match white.is_empty() {
                true => self.close.extend((apart && !goes_on).then_some(token.range.start)),
                false => self.spaced |= self.before.is_some() && is_word,
            }
            self.last = said.chars().next_back();
            self.closed.extend(white.into_iter().filter(|_| closes));
            self.before = Some((!is_word && matches!(said.as_str(), "(" | "["), is_word));
            return;
        }
        if let Some((joined, behind_word)) = self.before {
            if joined || joins(token, "left") {
                self.closed.extend(white);
            } else if white.is_empty() && behind_word && is_word {
                self.parted.insert(token.range.start);
            }
        }
        let goes_on = is_word && matches!(token.attribute("part"), Some("I" | "M"));
        self.before = Some((joins(token, "right") || goes_on, is_word));
    }

    /// Something stands behind the last token that is none.
    fn over(&mut self) {
        self.before = None;
        self.line_ended = false;
        self.white.clear();
    }
}

/// Whether a word is none with what ends in the letter `last`, where no file says it: not behind a mark that opens or joins, nor between
/// letters that are written without spaces.
fn is_apart_from(last: Option<char>, word: &str) -> bool {
    let spaceless = |c: Option<char>| c.is_some_and(super::spaceless::is_spaceless);
    let ends = last.is_some_and(|c| c.is_alphanumeric() || ".,;:!?)]”»".contains(c));
    ends && word.starts_with(char::is_alphanumeric) && !(spaceless(last) && spaceless(word.chars().next()))
}

/// Whether a token is a mark that stands close to the word before it.
fn closing(said: &str, in_french: bool) -> bool {
    let is_mark = |c: char| matches!(c, '.' | ',' | ')' | ']') || !in_french && matches!(c, ';' | ':' | '!' | '?');
    !said.is_empty() && said.chars().all(is_mark)
}

fn apply(element: &mut Element, closed: &BTreeSet<usize>, parted: &BTreeSet<usize>) {
    let children = std::mem::take(&mut element.children);
    for mut child in children {
        match &mut child {
            Child::Text(text, range) if is_blank(text) && closed.contains(&range.start) => continue,
            Child::Element(inner) => {
                let at = inner.range.start;
                if is_token(inner) && parted.contains(&at) {
                    element.children.push(Child::Text(" ".to_owned(), at..at));
                }
                apply(inner, closed, parted);
            }
            Child::Text(..) | Child::Comment(..) | Child::Instruction(_) => {}
        }
        element.children.push(child);
    }
}
