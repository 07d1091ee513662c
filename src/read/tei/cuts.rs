//! Words that the print's hyphen cuts at the end of a line or a page, where nobody said `break="no"`: a letter and a hyphen, the
//! break, a small letter. Many encode so (DTABf among them). A word that the text writes with a hyphen elsewhere keeps it, and so
//! does one that goes on with a capital (`Handels-Kammer`), unless it is all in capitals or the mark is none that a word can have.
//! The first half of two words that share their second (`Vor-` in "Vor- und Nachteile") ends there.

use std::collections::{BTreeMap, BTreeSet};

use super::dom::{Child, Element};
use super::phrase;

/// Behind them stands no second half of a word.
const LINKS: &[&str] = &[
    "und", "oder", "bis", "bzw", "als", "wie", "noch", "and", "or", "to", "nor", "et", "ou", "en", "of", "och", "og", "e", "o",
    "y", "u", "i", "a",
];

/// Marks by which print cuts a word.
pub const HYPHENS: [char; 5] = ['-', '\u{2010}', '\u{AC}', '\u{AD}', '\u{2E17}'];

/// Marks that say that a word goes on, and are none of its own.
const CUTS_ALONE: [char; 2] = ['\u{AC}', '\u{AD}'];

/// What becomes of the hyphen before a break inside a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hyphen {
    Dropped,
    Kept,
}

/// The places of the breaks that cut words.
pub fn of(root: &Element) -> BTreeMap<usize, Hyphen> {
    let mut reader = Cuts {
        found: Vec::new(),
        compounds: BTreeSet::new(),
        before: String::new(),
        waiting: Vec::new(),
        behind: None,
        white: None,
    };
    reader.read(root);
    reader.settle();
    let Cuts { found, compounds, .. } = reader;
    let hyphen = |found: &Found| match found.hyphen {
        Hyphen::Dropped if compounds.contains(&found.word) => Hyphen::Kept,
        hyphen => hyphen,
    };
    found.iter().flat_map(|found| found.places.iter().map(move |place| (*place, hyphen(found)))).collect()
}

/// A word that breaks cut.
struct Found {
    /// With its hyphen, in small letters.
    word: String,
    hyphen: Hyphen,
    places: Vec<usize>,
}

struct Cuts {
    found: Vec<Found>,
    /// Words that have a hyphen where no line ends.
    compounds: BTreeSet<String>,
    /// The word that is being read.
    before: String,
    /// Breaks behind a hyphen.
    waiting: Vec<usize>,
    /// What stands of the word behind them.
    behind: Option<String>,
    /// White space behind a hyphen: whether a line of the file ends in it.
    white: Option<bool>,
}

/// A word, as far as it was read.
#[derive(Clone)]
struct Word {
    before: String,
    waiting: Vec<usize>,
    behind: Option<String>,
    white: Option<bool>,
}

impl Cuts {
    fn read(&mut self, element: &Element) {
        self.parts_of_words(element);
        for (at, child) in element.children.iter().enumerate() {
            match child {
                Child::Text(text, _) => text.chars().for_each(|c| self.letter(c)),
                // Of a document: a word may go on in the next one.
                Child::Element(line) if line.name == "line" => {
                    self.read(line);
                    let next = element.children[at + 1..].iter().find(|next| !super::is_space(next) && !is_point(next));
                    match next {
                        Some(Child::Element(next)) if next.name == "line" => self.at_break(next),
                        _ => self.settle(),
                    }
                }
                Child::Comment(..) | Child::Instruction(_) => {}
                Child::Element(inner) if matches!(inner.name, "lb" | "pb" | "cb") => self.at_break(inner),
                Child::Element(inner) if inner.name == "fw" || phrase::is_apart(inner.name) => {}
                // A word goes on behind the one form that is read of it; in each it may be cut.
                Child::Element(inner) if inner.name == "choice" => self.forms(inner),
                // A word goes on behind a note, too, and behind what was deleted.
                Child::Element(inner) if matches!(inner.name, "note" | "del") => {
                    let around = self.word();
                    self.read(inner);
                    self.settle();
                    self.go_on(around);
                }
                Child::Element(inner) => {
                    let apart = !phrase::is_phrase(inner.name);
                    if apart {
                        self.settle();
                    }
                    self.read(inner);
                    if apart {
                        self.settle();
                    }
                }
            }
        }
    }

    /// Forms of the same words, of which one is read.
    fn forms(&mut self, choice: &Element) {
        let around = self.word();
        let read =
            ["reg", "corr", "expan"].into_iter().find_map(|name| choice.child(name)).or_else(|| choice.elements().next());
        for form in choice.elements().filter(|form| read.is_some_and(|read| !std::ptr::eq(*form, read))) {
            self.go_on(Word { waiting: Vec::new(), ..around.clone() });
            self.read(form);
            self.settle();
        }
        self.go_on(around);
        read.into_iter().for_each(|form| self.read(form));
    }

    /// The word that is being read, which is set aside.
    fn word(&mut self) -> Word {
        let (before, waiting) = (std::mem::take(&mut self.before), std::mem::take(&mut self.waiting));
        Word { before, waiting, behind: self.behind.take(), white: self.white.take() }
    }

    fn go_on(&mut self, word: Word) {
        Word { before: self.before, waiting: self.waiting, behind: self.behind, white: self.white } = word;
    }

    /// Breaks between two parts of a word that its encoder marks as such.
    fn parts_of_words(&mut self, element: &Element) {
        let is_part = |word: &Element, parts: [&str; 2]| {
            word.name == "w" && word.attribute("part").is_some_and(|part| parts.contains(&part))
        };
        let (mut begun, mut places) = (false, Vec::new());
        for child in &element.children {
            match child {
                Child::Element(inner) if matches!(inner.name, "lb" | "pb" | "cb") => places.push(inner.range.start),
                // So does a sign for the hyphen.
                Child::Element(inner) if matches!(inner.name, "fw" | "g") => {}
                Child::Element(inner) => {
                    if begun && is_part(inner, ["M", "F"]) {
                        self.found.push(Found {
                            word: String::new(),
                            hyphen: Hyphen::Dropped,
                            places: std::mem::take(&mut places),
                        });
                    }
                    begun = is_part(inner, ["I", "M"]);
                    places.clear();
                }
                Child::Text(text, _) => begun &= super::is_blank(text),
                Child::Comment(..) | Child::Instruction(_) => {}
            }
        }
    }

    fn letter(&mut self, c: char) {
        match &mut self.behind {
            Some(word) if c.is_alphabetic() => word.push(c),
            Some(word) if word.is_empty() && c.is_whitespace() => {}
            Some(_) => {
                self.settle();
                self.letter(c);
            }
            // A line of the file may end before the line of the print does.
            None if c.is_whitespace() && self.before.ends_with(HYPHENS) => {
                self.white = Some(self.white.unwrap_or_default() || c == '\n');
            }
            None if self.white.is_some() => {
                self.settle();
                self.letter(c);
            }
            None if c.is_alphabetic() || HYPHENS.contains(&c) => self.before.push(c),
            None => self.settle(),
        }
    }

    fn at_break(&mut self, element: &Element) {
        let said = element.attribute("break").is_some();
        let cut = self.before.trim_end_matches(HYPHENS);
        let is_close =
            self.white.is_none_or(|line_ended| line_ended) || self.before.ends_with(['\u{AC}', '\u{AD}', '\u{2E17}']);
        let is_cut = !said && is_close && cut.len() < self.before.len() && cut.ends_with(char::is_alphabetic);
        if self.behind.as_ref().is_some_and(String::is_empty) && !said {
            self.waiting.push(element.range.start);
        } else if is_cut && self.behind.is_none() {
            self.waiting.push(element.range.start);
            self.behind = Some(String::new());
            self.white = None;
        } else {
            self.settle();
        }
    }

    /// The word is over.
    fn settle(&mut self) {
        let (before, places) = (std::mem::take(&mut self.before), std::mem::take(&mut self.waiting));
        self.white = None;
        match self.behind.take() {
            Some(behind) if !behind.is_empty() && !LINKS.contains(&behind.to_lowercase().as_str()) => {
                let first = before.trim_end_matches(HYPHENS);
                let is_cut = before.ends_with(CUTS_ALONE) || behind.starts_with(char::is_lowercase);
                let hyphen = match is_cut || is_in_capitals(first) && is_in_capitals(&behind) {
                    true => Hyphen::Dropped,
                    false => Hyphen::Kept,
                };
                self.found.push(Found { word: format!("{first}-{behind}").to_lowercase(), hyphen, places });
            }
            Some(_) => {}
            None => {
                let word = before.trim_matches(HYPHENS);
                if word.contains(HYPHENS) {
                    self.compounds.insert(word.replace(HYPHENS, "-").to_lowercase());
                }
            }
        }
    }
}

/// Whether a child is a point in the text, which parts no lines.
fn is_point(child: &Child) -> bool {
    matches!(child, Child::Element(point) if matches!(point.name, "anchor" | "gb" | "handShift" | "milestone"))
}

/// Whether a word is set in capitals.
fn is_in_capitals(word: &str) -> bool {
    word.chars().count() > 1 && word.chars().all(char::is_uppercase)
}
