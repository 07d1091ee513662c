//! The words that metadata may use: names of fields, roles, editions, and what a misspelt one most likely means.

use crate::tree::{Medium, Role};

/// The fields of a work.
pub const FIELDS: &[&str] = &[
    "title",
    "subtitle",
    "author",
    "authors",
    "creator",
    "editor",
    "translator",
    "illustrator",
    "annotator",
    "compiler",
    "introduction",
    "contributor",
    "people",
    "language",
    "lang",
    "date",
    "publisher",
    "place",
    "edition",
    "identifier",
    "identifiers",
    "isbn",
    "issn",
    "doi",
    "urn",
    "uuid",
    "rights",
    "copyright",
    "licence",
    "license",
    "source",
    "subject",
    "subjects",
    "keywords",
    "description",
    "abstract",
    "series",
    "cover",
    "cover-image",
    "notes-by-chapter",
    "imprint",
    "dedication",
    "epigraph",
    "colophon",
    "dialect",
];

/// The fields of the print that a text was taken from.
pub const SOURCE_FIELDS: &[&str] =
    &["title", "author", "editor", "people", "edition", "place", "publisher", "date", "pages", "identifiers", "isbn", "note"];

/// An identifier without its scheme's name, or its resolver's address, before it: `doi:10.…`, `https://doi.org/10.…`.
pub fn bare(scheme: &str, value: &str) -> String {
    let mut rest = value.trim();
    let resolvers: &[&str] = match scheme {
        "doi" => &["https://doi.org/", "http://doi.org/", "https://dx.doi.org/", "http://dx.doi.org/", "doi.org/"],
        "hdl" => &["https://hdl.handle.net/", "http://hdl.handle.net/"],
        "orcid" => &["https://orcid.org/", "http://orcid.org/", "orcid.org/"],
        "isbn" | "issn" => &[],
        _ => return rest.to_owned(),
    };
    let front = |text: &str, prefix: &str| text.get(..prefix.len()).is_some_and(|own| own.eq_ignore_ascii_case(prefix));
    if let Some(prefix) = resolvers.iter().find(|prefix| front(rest, prefix)) {
        rest = &rest[prefix.len()..];
    } else if front(rest, scheme) && rest[scheme.len()..].starts_with(':') {
        rest = rest[scheme.len() + 1..].trim_start();
    }
    rest.to_owned()
}

/// Whether a field names people.
pub fn is_of_people(name: &str) -> bool {
    let plural = name.strip_suffix('s').unwrap_or(name);
    matches!(plural, "creator" | "people") || Role::ALL.iter().any(|role| role.name() == plural)
}

/// The known name that a misspelt one most likely means. Short ones have many neighbours, so they must be nearer.
pub fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let least = if name.chars().count() < 5 { 1 } else { 2 };
    let near = known.iter().map(|known| (strsim::damerau_levenshtein(name, known), *known));
    near.filter(|(distance, _)| (1..=least).contains(distance)).min_by_key(|(distance, _)| *distance).map(|(_, known)| known)
}

/// The role of a name, a code of MARC, or a word that means the same.
pub fn role(said: &str) -> Option<Role> {
    let said = said.trim().to_lowercase();
    let own = Role::ALL.into_iter().find(|role| said == role.name() || said == role.marc());
    own.or(match said.as_str() {
        "writer" | "creator" | "authors" => Some(Role::Author),
        "ed" | "ed." | "editors" => Some(Role::Editor),
        "trans" | "trans." | "transl." | "translators" => Some(Role::Translator),
        "illus" | "illus." | "artist" | "illustrators" => Some(Role::Illustrator),
        _ => None,
    })
}

/// The edition that a word means.
pub fn medium(word: &str) -> Option<Medium> {
    match word.trim().trim_end_matches('.').to_lowercase().replace(['-', '_', ' '], "").as_str() {
        "print" | "printed" | "paper" | "paperback" | "pbk" | "softcover" | "hardback" | "hbk" | "hardcover" | "book" => {
            Some(Medium::Print)
        }
        "ebook" | "epub" | "epub3" | "electronic" | "digital" | "online" | "pdf" => Some(Medium::Ebook),
        _ => None,
    }
}

/// `978-… (paperback)`: the number, and what it is for.
pub fn without_medium(line: &str) -> (String, Option<Medium>) {
    let inner = line.trim_end().strip_suffix(')').and_then(|rest| rest.rsplit_once('('));
    match inner.and_then(|(number, word)| Some((number.trim().to_owned(), medium(word)?))) {
        Some((number, medium)) => (number, Some(medium)),
        None => (line.to_owned(), None),
    }
}

/// Whether a field's name says a scheme, and for what: `isbn`, `isbn-13`, `isbn-print`, `print-isbn`, `eisbn`.
pub fn scheme(name: &str, scheme: &str) -> Option<Option<Medium>> {
    if name == scheme {
        return Some(None);
    }
    if scheme != "isbn" {
        return None;
    }
    if matches!(name, "isbn-13" | "isbn13" | "isbn-10" | "isbn10" | "isbns") {
        return Some(None);
    }
    if matches!(name, "eisbn" | "e-isbn") {
        return Some(Some(Medium::Ebook));
    }
    let rest = name.strip_prefix("isbn").or(name.strip_suffix("isbn"))?;
    medium(rest).map(Some)
}

const MONTHS: &[&str] =
    &["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];

/// A date as W3C-DTF has it, from what can't mean anything else: `2026-5-3`, `2026/05/03`, `3 May 2026`, `May 3, 2026`, a moment.
pub fn date(said: &str) -> Option<String> {
    let said = said.trim();
    // An hour behind the day is no book's.
    let hour = |day: &&str| day.len() == 10 && day.len() < said.len() && day.starts_with(|c: char| c.is_ascii_digit());
    let ends = if said.contains(':') { ['T', 't', ' '] } else { ['T', 't', 't'] };
    let day = said.split(ends).next().filter(hour).unwrap_or(said);
    let of_words = || {
        let words: Vec<_> = said.split([' ', ',', '.']).filter(|word| !word.is_empty()).collect();
        let month = |word: &str| {
            let at = MONTHS.iter().position(|month| word.len() >= 3 && month.starts_with(&word.to_lowercase()))?;
            Some(format!("{:02}", at + 1))
        };
        let day = |word: &str| {
            word.trim_end_matches(|c: char| c.is_ascii_lowercase()).parse::<u8>().ok().map(|day| format!("{day:02}"))
        };
        match words[..] {
            [named, year] => Some(format!("{year}-{}", month(named)?)),
            [first, second, year] => match month(second) {
                Some(month) => Some(format!("{year}-{month}-{}", day(first)?)),
                None => Some(format!("{year}-{}-{}", month(first)?, day(second)?)),
            },
            _ => None,
        }
    };
    let of_numbers = || {
        let parts: Vec<_> = day.split(['-', '/']).collect();
        let number = |part: &str| part.parse::<u8>().ok().filter(|_| part.len() <= 2).map(|number| format!("{number:02}"));
        let (year, rest) = parts.split_first().filter(|(year, rest)| year.len() == 4 && rest.len() <= 2)?;
        let rest: Option<Vec<_>> = rest.iter().map(|part| number(part)).collect();
        Some([(*year).to_owned()].into_iter().chain(rest?).collect::<Vec<_>>().join("-"))
    };
    of_numbers().or_else(of_words).filter(|date| is_date(date))
}

/// Whether a date is one of W3C-DTF's that a book can have, and in the calendar.
fn is_date(date: &str) -> bool {
    let shape: String = date.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let padded = match shape.as_str() {
        "0000" => format!("{date}-01-01"),
        "0000-00" => format!("{date}-01"),
        "0000-00-00" => date.to_owned(),
        _ => return false,
    };
    padded.parse::<jiff::civil::Date>().is_ok()
}

/// Whether a name reads as those of several people: `Ada Bell and Tom Clerk`. A society may have such a name, so it is only said.
pub fn looks_like_several(name: &str) -> bool {
    let is_person = |part: &str| {
        let words: Vec<_> = part.split_whitespace().collect();
        let capital = |word: &&str| word.chars().next().is_some_and(char::is_uppercase);
        (2..=4).contains(&words.len()) && words.first().is_some_and(capital) && words.last().is_some_and(capital)
    };
    let parted = |mark: &str| {
        let parts: Vec<_> = name.split(mark).collect();
        parts.len() > 1 && parts.iter().all(|part| is_person(part))
    };
    let alone = |part: &str| part.split_whitespace().count() >= 1;
    [" and ", " & ", " und ", " et ", " y ", ", "].into_iter().any(parted)
        || name.split_once(';').is_some_and(|(first, rest)| alone(first) && alone(rest))
        || name.split_once(" and ").is_some_and(|(first, rest)| first.split(", ").all(is_person) && is_person(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_one_meaning_are_understood() {
        for (said, want) in [
            ("1952", Some("1952")),
            ("1952-03", Some("1952-03")),
            ("2026-5-3", Some("2026-05-03")),
            ("2026/05/03", Some("2026-05-03")),
            ("2026-05-03T10:00:00Z", Some("2026-05-03")),
            ("3 May 2026", Some("2026-05-03")),
            ("May 3rd, 2026", Some("2026-05-03")),
            ("May 2026", Some("2026-05")),
            ("03.05.2026", None),
            ("03/05/2026", None),
            ("2026-02-30", None),
            ("c. 1901", None),
            ("", None),
        ] {
            assert_eq!(date(said).as_deref(), want, "{said}");
        }
    }

    #[test]
    fn several_people_are_seen() {
        for name in [
            "Ada Bell and Tom Clerk",
            "Ada Bell & Tom Clerk",
            "Ada Bell, Tom Clerk",
            "Bell; Clerk",
            "Ada Bell, Tom Clerk and Eve Dyer",
        ] {
            assert!(looks_like_several(name), "{name}");
        }
        for name in [
            "Ada Bell",
            "Bell, Ada",
            "Simon and Schuster",
            "Society for Wool and Salt",
            "Martin Luther King, Jr.",
            "Ludwig van Beethoven",
        ] {
            assert!(!looks_like_several(name), "{name}");
        }
    }

    #[test]
    fn misspelt_names_are_near() {
        assert_eq!(nearest("titel", FIELDS), Some("title"));
        assert_eq!(nearest("langauge", FIELDS), Some("language"));
        assert_eq!(nearest("layout", FIELDS), None);
        assert_eq!(nearest("toc", FIELDS), None);
    }

    #[test]
    fn editions_are_named() {
        assert_eq!(scheme("isbn-print", "isbn"), Some(Some(Medium::Print)));
        assert_eq!(scheme("epub-isbn", "isbn"), Some(Some(Medium::Ebook)));
        assert_eq!(scheme("isbn-13", "isbn"), Some(None));
        assert_eq!(scheme("isbn-of-my-cat", "isbn"), None);
        assert_eq!(without_medium("978-3 (pbk.)"), ("978-3".to_owned(), Some(Medium::Print)));
    }
}
