//! What a section of a book is: a preface, a chapter, an appendix. Authors say it by a class of the heading, or by its words.

use super::{Block, Document, Node, plain_text};

/// Where a kind of section belongs in a book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matter {
    Front,
    Body,
    Back,
    /// Before or behind the body, as the book has it.
    Around,
}

/// The kind's name, its place, and the words by which headings in several languages begin, in lower case.
type Kind = (&'static str, Matter, &'static [&'static str]);

const KINDS: &[Kind] = &[
    ("dedication", Matter::Front, &["dedication", "dédicace", "widmung", "zueignung", "dedica", "dedicatoria", "opdracht"]),
    (
        "preface",
        Matter::Front,
        &[
            "preface",
            "foreword",
            "préface",
            "avant-propos",
            "vorwort",
            "vorrede",
            "geleitwort",
            "prefazione",
            "prefacio",
            "prefácio",
            "prólogo",
            "voorwoord",
            "предисловие",
            "πρόλογος",
            "praefatio",
            "przedmowa",
            "förord",
            "forord",
        ],
    ),
    (
        "contents",
        Matter::Around,
        &[
            "contents",
            "table of contents",
            "table des matières",
            "inhalt",
            "inhaltsverzeichnis",
            "indice",
            "índice",
            "sommaire",
            "inhoud",
            "содержание",
            "оглавление",
        ],
    ),
    (
        "acknowledgements",
        Matter::Around,
        &[
            "acknowledgement",
            "acknowledgment",
            "remerciements",
            "danksagung",
            "ringraziamenti",
            "agradecimientos",
            "agradecimentos",
        ],
    ),
    (
        "abbreviations",
        Matter::Around,
        &["abbreviations", "list of abbreviations", "abréviations", "abkürzungen", "abbreviazioni"],
    ),
    ("introduction", Matter::Body, &["introduction", "einleitung", "einführung", "introduzione", "introducción", "введение"]),
    ("part", Matter::Body, &["part ", "partie ", "première partie", "erster teil", "teil ", "parte ", "часть "]),
    ("afterword", Matter::Back, &["afterword", "postface", "nachwort", "postfazione", "epílogo", "послесловие"]),
    ("epilogue", Matter::Back, &["epilogue", "épilogue", "epilog", "epilogo"]),
    (
        "appendix",
        Matter::Back,
        &["appendix", "appendices", "annexe", "appendice", "anhang", "apéndice", "bijlage", "приложение"],
    ),
    ("notes", Matter::Back, &["notes", "endnotes", "anmerkungen", "note", "notas", "примечания"]),
    ("glossary", Matter::Back, &["glossary", "glossaire", "glossar", "glossario", "glosario"]),
    (
        "bibliography",
        Matter::Back,
        &[
            "bibliography",
            "bibliographie",
            "bibliografia",
            "bibliografía",
            "references",
            "works cited",
            "literatur",
            "literaturverzeichnis",
            "библиография",
            "литература",
        ],
    ),
    ("index", Matter::Back, &["index", "register", "указатель"]),
    ("errata", Matter::Back, &["errata", "corrigenda", "druckfehler"]),
    ("colophon", Matter::Back, &["colophon", "kolophon", "impressum"]),
    (
        "about",
        Matter::Back,
        &[
            "about the author",
            "about the authors",
            "über den autor",
            "über die autorin",
            "über die autoren",
            "à propos de l’auteur",
            "à propos de l'auteur",
            "sobre el autor",
            "sobre la autora",
            "sobre o autor",
            "sobre a autora",
            "sull’autore",
            "sull'autore",
            "over de auteur",
            "об авторе",
        ],
    ),
    ("chapter", Matter::Body, &["chapter ", "chapitre ", "kapitel ", "capitolo ", "capítulo ", "глава "]),
];

/// Kinds that one word more does not change: `Appendix B`, `Notes to the text`, but not `Index finger`.
const OPEN: &[&str] = &["appendix", "part", "chapter", "dedication", "preface"];

/// The kind of the section under a heading with these `classes` and `words`, at `depth` (from 1), and where it belongs.
pub fn division(classes: &[String], words: &str, depth: usize) -> (&'static str, Matter) {
    let named = |class: &String| KINDS.iter().find(|(name, ..)| class == name);
    let words = words.trim().to_lowercase();
    let said = || {
        KINDS.iter().find(|(name, _, beginnings)| {
            beginnings.iter().any(|beginning| {
                let Some(rest) = words.strip_prefix(beginning) else { return false };
                let whole = rest.trim_matches(|c: char| !c.is_alphanumeric()).is_empty();
                whole || OPEN.contains(name) && (beginning.ends_with(' ') || !rest.starts_with(char::is_alphabetic))
            })
        })
    };
    match classes.iter().find_map(named).or_else(said) {
        Some((name, matter, _)) => (name, *matter),
        None if depth == 1 => ("chapter", Matter::Body),
        None => ("section", Matter::Body),
    }
}

/// The highest level of a work's headings; 0 where it has none.
pub fn top_level(doc: &Document) -> u8 {
    let levels =
        doc.body.iter().filter_map(|node| if let Block::Heading { level, .. } = node.kind { Some(level) } else { None });
    levels.min().unwrap_or(0)
}

/// The level of the headings that open a work's chapters: the highest, or the one below it where the highest open parts.
pub fn chapter_level(doc: &Document) -> u8 {
    let top = top_level(doc);
    let is_part = |node: &Node<Block>| {
        matches!(node.kind, Block::Heading { level, .. } if level == top) && division_of(node) == Some("part")
    };
    top + u8::from(doc.body.iter().any(is_part))
}

/// The kind of the section under a heading, at depth 1; none of what is no heading.
pub fn division_of(node: &Node<Block>) -> Option<&'static str> {
    let Block::Heading { text, .. } = &node.kind else { return None };
    let classes = node.attrs.as_ref().map(|attrs| &attrs.classes[..]).unwrap_or_default();
    Some(division(classes, &plain_text(text), 1).0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_class_then_by_words_then_by_depth() {
        let kind = |class: &str, words: &str, depth| division(&[class.to_owned()], words, depth).0;
        assert_eq!(kind("appendix", "Preface", 1), "appendix");
        assert_eq!(kind("wide", "Vorwort.", 1), "preface");
        assert_eq!(kind("", "Appendix B: Letters", 2), "appendix");
        assert_eq!(kind("", "Index finger", 1), "chapter");
        assert_eq!(kind("", "Prefaces", 2), "section");
        assert_eq!(kind("", "Part II", 1), "part");
    }
}
