//! What a section is in a book: EPUB's structural semantics and the DPUB-ARIA role that says the same to a screen reader
//! (<https://www.w3.org/TR/epub-ssv-11/>, <https://www.w3.org/TR/dpub-aria-1.1/>).

use std::collections::BTreeMap;

use crate::env::Words;
use crate::tree::{Outline, Section, division, plain_text};

/// What a heading's class may say of its section: `# Preface {.preface}`. Behind each, its role.
const KINDS: &[(&str, &str)] = &[
    ("abstract", "doc-abstract"),
    ("acknowledgments", "doc-acknowledgments"),
    ("afterword", "doc-afterword"),
    ("appendix", "doc-appendix"),
    ("bibliography", "doc-bibliography"),
    ("chapter", "doc-chapter"),
    ("colophon", "doc-colophon"),
    ("conclusion", "doc-conclusion"),
    ("dedication", "doc-dedication"),
    ("epigraph", "doc-epigraph"),
    ("epilogue", "doc-epilogue"),
    ("errata", "doc-errata"),
    ("foreword", "doc-foreword"),
    ("glossary", "doc-glossary"),
    ("index", "doc-index"),
    ("introduction", "doc-introduction"),
    ("part", "doc-part"),
    ("preface", "doc-preface"),
    ("prologue", "doc-prologue"),
];

/// The semantics of a section and its role, where the plan knows what stands in parts. A section of the first level is a chapter
/// where nothing else is said of it, and so is one of the second in a part.
pub(super) fn of(section: &Section, divisions: &Divisions) -> Option<(&'static str, &'static str)> {
    let named = |name: &str| KINDS.iter().find(|(kind, _)| *kind == name).copied();
    let own = divisions.get(section.id);
    let is_chapter = own == Some(&Division::Chapter) || own.is_none() && section.depth == 1;
    said(section).or_else(|| match own {
        Some(Division::Part) => named("part"),
        _ if is_chapter => by_words(section).and_then(named).or_else(|| named("chapter")),
        _ => None,
    })
}

/// What a piece of a book is by the words of its heading, such as a preface or an index; none of what is counted.
fn by_words(section: &Section) -> Option<&'static str> {
    let title = plain_text(section.title);
    match division(&[], &title, section.depth).0 {
        "preface" if is_foreword(&title) => Some("foreword"),
        "acknowledgements" => Some("acknowledgments"),
        "part" | "chapter" | "section" => None,
        kind => Some(kind),
    }
}

/// Whether somebody else than the author speaks before the book.
fn is_foreword(title: &str) -> bool {
    let title = title.trim().to_lowercase();
    ["foreword", "geleitwort", "zum geleit"].iter().any(|word| title.starts_with(word))
}

/// What the heading's classes say.
fn said(section: &Section) -> Option<(&'static str, &'static str)> {
    let classes = section.heading.attrs.iter().flat_map(|attrs| &attrs.classes);
    classes.filter_map(|class| KINDS.iter().find(|(kind, _)| kind == class)).next().copied()
}

/// What the sections are that a book with parts is told apart by, by their ids.
pub(super) type Divisions<'a> = BTreeMap<&'a str, Division>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Division {
    Part,
    /// In a part.
    Chapter,
}

/// Tells parts with their chapters from chapters with their sections.
pub(super) fn divisions<'a>(view: &'a Outline<'a>, words: &Words) -> Divisions<'a> {
    let mut all = Divisions::new();
    for section in view.sections.iter().filter(|section| is_part(section, words)) {
        all.insert(section.id, Division::Part);
        all.extend(section.sections.iter().map(|inner| (inner.id, Division::Chapter)));
    }
    all
}

/// Whether a section of the first level is a part: its class says so, or that of a section in it says that those are the chapters,
/// or its heading counts it as one.
fn is_part(section: &Section, words: &Words) -> bool {
    if section.sections.is_empty() {
        return false;
    }
    match said(section) {
        Some((kind, _)) => kind == "part",
        None => {
            let holds_chapters = section.sections.iter().any(|inner| said(inner).is_some_and(|(kind, _)| kind == "chapter"));
            holds_chapters || counts_parts(&section.name(), words)
        }
    }
}

/// Whether a title begins with a word for a part and a number, in either order: `Part II`, `Book the First`, `Erster Teil`.
fn counts_parts(title: &str, words: &Words) -> bool {
    let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let first: Vec<String> = title.split_whitespace().map(bare).filter(|word| word != "the").take(2).collect();
    let [one, two] = &first[..] else { return false };
    let any = |key: &str, word: &str| words.get(key).split_whitespace().any(|known| known == word);
    let is_number = |word: &str| {
        let roman = !word.is_empty() && word.chars().all(|c| "ivxlc".contains(c));
        roman || word.chars().all(|c| c.is_ascii_digit()) && !word.is_empty() || any("number-words", word)
    };
    any("part-words", one) && is_number(two) || is_number(one) && any("part-words", two)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::Templates;

    #[test]
    fn parts_are_counted_in_the_language_of_the_work() {
        let words = |language| Words::of(language, &Templates::default());
        for (language, title) in [
            ("en", "Part II"),
            ("en", "PART ONE: The Mill"),
            ("en", "Book the First"),
            ("de", "Erster Teil"),
            ("fr", "Livre IV"),
        ] {
            assert!(counts_parts(title, &words(language)), "{title}");
        }
        for title in ["Part of the Way", "The Book", "Books", "Civil Parts", "I", "One Morning"] {
            assert!(!counts_parts(title, &words("en")), "{title}");
        }
    }
}
