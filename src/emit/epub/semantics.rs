//! What a section is in a book: EPUB's structural semantics and the DPUB-ARIA role that says the same to a screen reader
//! (<https://www.w3.org/TR/epub-ssv-11/>, <https://www.w3.org/TR/dpub-aria-1.1/>).

use crate::tree::Section;

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

/// The semantics of a section and its role. A section of the first level is a chapter where its heading says nothing else.
pub(super) fn of(section: &Section) -> Option<(&'static str, &'static str)> {
    let classes = section.heading.attrs.iter().flat_map(|attrs| &attrs.classes);
    let said = classes.filter_map(|class| KINDS.iter().find(|(kind, _)| kind == class)).next();
    said.copied().or((section.depth == 1).then_some(("chapter", "doc-chapter")))
}
