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
    (
        "dedication",
        Matter::Front,
        &[
            "dedication",
            "dédicace",
            "widmung",
            "zueignung",
            "dedica",
            "dedicatoria",
            "dedicatória",
            "opdracht",
            "посвящение",
            "αφιέρωση",
            "dedykacja",
            "dedikation",
            "tilegnelse",
            "tilegning",
            "tileinking",
            "věnování",
            "omistus",
            "dedicatòria",
            "присвята",
            "dedicatio",
            "献词",
        ],
    ),
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
            "zum geleit",
            "prefazione",
            "premessa",
            "prefacio",
            "prefácio",
            "prólogo",
            "prefaci",
            "pròleg",
            "voorwoord",
            "woord vooraf",
            "предисловие",
            "от автора",
            "πρόλογος",
            "praefatio",
            "przedmowa",
            "słowo wstępne",
            "förord",
            "forord",
            "předmluva",
            "esipuhe",
            "alkusanat",
            "передмова",
            "前言",
            "序",
            "序言",
            "まえがき",
            "はじめに",
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
            "tabla de contenido",
            "tabla de contenidos",
            "tabela de conteúdos",
            "indice",
            "índice",
            "sommaire",
            "sumario",
            "sumário",
            "índex",
            "inhoud",
            "inhoudsopgave",
            "содержание",
            "оглавление",
            "περιεχόμενα",
            "spis treści",
            "innehåll",
            "innehållsförteckning",
            "indhold",
            "indholdsfortegnelse",
            "innhold",
            "innhald",
            "innholdsfortegnelse",
            "obsah",
            "sisällys",
            "sisällysluettelo",
            "зміст",
            "目录",
            "目次",
        ],
    ),
    (
        "acknowledgements",
        Matter::Around,
        &[
            "acknowledgement",
            "acknowledgment",
            "acknowledgements",
            "acknowledgments",
            "remerciements",
            "danksagung",
            "dank",
            "ringraziamenti",
            "agradecimientos",
            "agradecimentos",
            "agraïments",
            "dankwoord",
            "благодарности",
            "ευχαριστίες",
            "podziękowania",
            "podziękowanie",
            "tack",
            "tak",
            "takk",
            "poděkování",
            "kiitokset",
            "подяки",
            "подяка",
            "致谢",
            "謝辞",
        ],
    ),
    (
        "abbreviations",
        Matter::Around,
        &[
            "abbreviations",
            "list of abbreviations",
            "abréviations",
            "liste des abréviations",
            "abkürzungen",
            "abkürzungsverzeichnis",
            "abbreviazioni",
            "abreviaturas",
            "lista de abreviaturas",
            "abreviatures",
            "afkortingen",
            "lijst van afkortingen",
            "список сокращений",
            "сокращения",
            "συντομογραφίες",
            "wykaz skrótów",
            "förkortningar",
            "forkortelser",
            "forkortingar",
            "seznam zkratek",
            "zkratky",
            "lyhenteet",
            "перелік скорочень",
            "список скорочень",
        ],
    ),
    (
        "introduction",
        Matter::Body,
        &[
            "introduction",
            "einleitung",
            "einführung",
            "introduzione",
            "introducción",
            "introdução",
            "introducció",
            "inleiding",
            "введение",
            "вступление",
            "εισαγωγή",
            "wstęp",
            "wprowadzenie",
            "inledning",
            "indledning",
            "innledning",
            "innleiing",
            "úvod",
            "johdanto",
            "вступ",
            "introductio",
            "引言",
            "序論",
        ],
    ),
    (
        "part",
        Matter::Body,
        &[
            "part ",
            "partie ",
            "première partie",
            "erster teil",
            "teil ",
            "parte ",
            "часть ",
            "deel ",
            "μέρος ",
            "pars ",
            "część ",
            "del ",
            "část ",
            "osa ",
            "частина ",
        ],
    ),
    (
        "afterword",
        Matter::Back,
        &[
            "afterword",
            "postface",
            "nachwort",
            "schlusswort",
            "postfazione",
            "epílogo",
            "posfácio",
            "nawoord",
            "послесловие",
            "επίμετρο",
            "posłowie",
            "efterord",
            "efterskrift",
            "etterord",
            "doslov",
            "jälkisanat",
            "післямова",
            "后记",
            "あとがき",
        ],
    ),
    (
        "epilogue",
        Matter::Back,
        &["epilogue", "épilogue", "epilog", "epilogo", "epíleg", "epiloog", "эпилог", "επίλογος", "epilogi", "епілог"],
    ),
    (
        "appendix",
        Matter::Back,
        &[
            "appendix",
            "appendices",
            "annexe",
            "annexes",
            "appendice",
            "anhang",
            "apéndice",
            "apèndix",
            "apêndice",
            "anexo",
            "bijlage",
            "bijlagen",
            "приложение",
            "приложения",
            "παράρτημα",
            "dodatek",
            "aneks",
            "załącznik",
            "bilaga",
            "bilag",
            "tillegg",
            "vedlegg",
            "příloha",
            "liite",
            "додаток",
            "附录",
            "付録",
        ],
    ),
    (
        "notes",
        Matter::Back,
        &[
            "notes",
            "endnotes",
            "anmerkungen",
            "note",
            "fußnoten",
            "notas",
            "noten",
            "eindnoten",
            "примечания",
            "σημειώσεις",
            "przypisy",
            "noter",
            "anteckningar",
            "poznámky",
            "viitteet",
            "примітки",
            "adnotationes",
            "注释",
        ],
    ),
    (
        "glossary",
        Matter::Back,
        &[
            "glossary",
            "glossaire",
            "glossar",
            "glossario",
            "glosario",
            "glossário",
            "glossari",
            "woordenlijst",
            "verklarende woordenlijst",
            "глоссарий",
            "γλωσσάρι",
            "γλωσσάριο",
            "słowniczek",
            "glosariusz",
            "ordlista",
            "ordliste",
            "glosář",
            "slovníček",
            "sanasto",
            "глосарій",
            "术语表",
            "用語集",
        ],
    ),
    (
        "bibliography",
        Matter::Back,
        &[
            "bibliography",
            "bibliographie",
            "bibliografia",
            "bibliografía",
            "bibliografie",
            "references",
            "list of references",
            "reference list",
            "works cited",
            "literature cited",
            "cited literature",
            "sources",
            "literatur",
            "literaturverzeichnis",
            "literaturangaben",
            "quellen",
            "quellenverzeichnis",
            "quellen und literatur",
            "références",
            "références bibliographiques",
            "ouvrages cités",
            "referencias",
            "referencias bibliográficas",
            "riferimenti",
            "riferimenti bibliografici",
            "opere citate",
            "referências",
            "referências bibliográficas",
            "literatura",
            "literatuur",
            "literatuurlijst",
            "bronnen",
            "библиография",
            "литература",
            "список литературы",
            "источники",
            "βιβλιογραφία",
            "bibliographia",
            "referenser",
            "litteratur",
            "litteraturförteckning",
            "litteraturliste",
            "källor",
            "referanser",
            "referencer",
            "seznam literatury",
            "použitá literatura",
            "kirjallisuus",
            "lähteet",
            "lähdeluettelo",
            "література",
            "список літератури",
            "referències",
            "المراجع",
            "کتاب‌نامه",
            "ביבליוגרפיה",
            "参考文献",
            "參考文獻",
        ],
    ),
    (
        "index",
        Matter::Back,
        &[
            "index",
            "register",
            "указатель",
            "ευρετήριο",
            "indeks",
            "skorowidz",
            "indice analitico",
            "indice dei nomi",
            "índice analítico",
            "índice alfabético",
            "índice onomástico",
            "índice remissivo",
            "zakenregister",
            "personenregister",
            "namensregister",
            "sachregister",
            "stichwortverzeichnis",
            "registro",
            "rejstřík",
            "hakemisto",
            "покажчик",
            "предметный указатель",
            "именной указатель",
            "general index",
            "index of names",
            "index of subjects",
            "index of persons",
            "index des noms",
            "索引",
        ],
    ),
    ("errata", Matter::Back, &["errata", "corrigenda", "druckfehler", "druckfehlerverzeichnis", "fe de erratas", "опечатки"]),
    (
        "colophon",
        Matter::Back,
        &["colophon", "kolophon", "impressum", "colofón", "colofon", "cólofon", "colofone", "kolofon", "kolofoni"],
    ),
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
            "o autorze",
            "om författaren",
            "om forfatteren",
            "o autorovi",
            "kirjailijasta",
            "про автора",
            "sobre l’autor",
            "σχετικά με τον συγγραφέα",
        ],
    ),
    (
        "chapter",
        Matter::Body,
        &[
            "chapter ",
            "chapitre ",
            "kapitel ",
            "capitolo ",
            "capítulo ",
            "capítol ",
            "hoofdstuk ",
            "глава ",
            "κεφάλαιο ",
            "caput ",
            "rozdział ",
            "kapittel ",
            "kapitola ",
            "luku ",
            "розділ ",
        ],
    ),
];

/// Kinds that one word more does not change: `Appendix B`, `Notes to the text`, but not `Index finger`.
const OPEN: &[&str] = &["appendix", "part", "chapter", "dedication", "preface"];

/// Words that are others in other languages (`Del amor`): only a number behind them makes a part.
const SHORT: &[&str] = &["del ", "osa "];

fn begins_with_number(text: &str) -> bool {
    let word = text.trim_start().split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    !word.is_empty() && (word.chars().all(|c| c.is_ascii_digit()) || word.chars().all(|c| "ivxlc".contains(c)))
}

/// The kind of the section under a heading with these `classes` and `words`, at `depth` (from 1), and where it belongs.
pub fn division(classes: &[String], words: &str, depth: usize) -> (&'static str, Matter) {
    let named = |class: &String| KINDS.iter().find(|(name, ..)| class == name);
    let words = words.trim().to_lowercase();
    let said = || {
        KINDS.iter().find(|(name, _, beginnings)| {
            beginnings.iter().any(|beginning| {
                let Some(rest) = words.strip_prefix(beginning) else { return false };
                let whole = rest.trim_matches(|c: char| !c.is_alphanumeric()).is_empty();
                let counted = || !SHORT.contains(beginning) || begins_with_number(rest);
                whole
                    || OPEN.contains(name) && (beginning.ends_with(' ') && counted() || !rest.starts_with(char::is_alphabetic))
            })
        })
    };
    match classes.iter().find_map(named).or_else(said) {
        Some((name, matter, _)) => (name, *matter),
        None if depth == 1 => ("chapter", Matter::Body),
        None => ("section", Matter::Body),
    }
}

/// Whether words, in lower case, are what stands above a list of works.
pub fn is_bibliography(words: &str) -> bool {
    KINDS.iter().any(|(name, _, titles)| *name == "bibliography" && titles.contains(&words))
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
        assert_eq!(kind("", "Del 2. Hjemme", 1), "part");
        assert_eq!(kind("", "Del amor", 1), "chapter");
    }
}
