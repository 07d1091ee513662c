//! Words that no line's end parts, though a space stands between them: a name and its number, a number and its unit, an
//! abbreviation and what it counts, initials. By language where languages differ.

/// The languages whose pairs are known, and that of all others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tongue {
    English,
    French,
    German,
    /// Czech, Slovak, Polish: a preposition of one letter never ends a line.
    WestSlavonic,
    #[default]
    Other,
}

impl Tongue {
    /// By a BCP 47 tag.
    pub fn of(tag: &str) -> Self {
        match tag.split('-').next().unwrap_or("") {
            "en" => Self::English,
            "fr" => Self::French,
            "de" | "gsw" | "nds" => Self::German,
            "cs" | "sk" | "pl" => Self::WestSlavonic,
            _ => Self::Other,
        }
    }
}

/// Whether the last word of `before` and the first of `behind` stay on one line.
pub fn bound(before: &str, behind: &str, tongue: Tongue) -> bool {
    let (Some(end), Some(start)) = (before.chars().next_back(), behind.chars().next()) else { return false };
    // Asked of every space of a book: most stand between a letter and a small letter.
    let may = end.is_ascii_digit()
        || start.is_ascii_digit()
        || start.is_uppercase()
        || matches!(end, '.' | ',' | ';' | ')' | ':')
        || tongue == Tongue::WestSlavonic;
    if !may {
        return false;
    }
    let last = before.rsplit(is_gap).next().unwrap_or("");
    let next = behind.split(is_gap).next().unwrap_or("");
    let last = last.trim_start_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '§' | '¶' | '№'));
    let (Some(end), Some(start)) = (last.chars().next_back(), next.chars().next()) else { return false };
    let counts = start.is_ascii_digit() || is_roman(next);
    if end.is_ascii_digit() {
        return is_unit(next);
    }
    let named = is_name(last) && counts && !start.is_ascii_digit() && !(tongue == Tongue::English && bare(next) == "I");
    named
        || counts && COUNTED.contains(&last)
        || start.is_uppercase() && (is_initial(last) || TITLES.contains(&last))
        || is_short_form(last) && is_short_form(next)
        || tongue == Tongue::WestSlavonic && last.chars().count() == 1 && end.is_alphabetic()
}

/// What is counted by the number or the numeral behind it.
const COUNTED: &[&str] = &[
    "§",
    "§§",
    "¶",
    "№",
    "S.",
    "p.",
    "pp.",
    "P.",
    "pag.",
    "pág.",
    "págs.",
    "Seite",
    "page",
    "pages",
    "Nr.",
    "Nrn.",
    "no.",
    "No.",
    "nos.",
    "Nos.",
    "n.",
    "n°",
    "N°",
    "nº",
    "Nº",
    "núm.",
    "vol.",
    "Vol.",
    "vols.",
    "t.",
    "T.",
    "tome",
    "tomo",
    "Bd.",
    "Bde.",
    "Band",
    "Kap.",
    "Kapitel",
    "ch.",
    "Ch.",
    "chap.",
    "Chap.",
    "cap.",
    "Cap.",
    "chapter",
    "Chapter",
    "chapitre",
    "Chapitre",
    "capítulo",
    "Capítulo",
    "fig.",
    "Fig.",
    "figs.",
    "Abb.",
    "Tab.",
    "Taf.",
    "pl.",
    "Pl.",
    "art.",
    "Art.",
    "Abs.",
    "Anm.",
    "note",
    "fol.",
    "fols.",
    "f.",
    "ff.",
    "l.",
    "ll.",
    "v.",
    "vv.",
    "V.",
    "Z.",
    "sec.",
    "Sec.",
    "lib.",
    "book",
    "Book",
    "livre",
    "ed.",
    "MS.",
    "c.",
    "ca.",
    "σ.",
    "σσ.",
    "с.",
    "ca",
    "circa",
    "anno",
];

/// What stands before a name.
const TITLES: &[&str] = &[
    "Mr", "Mr.", "Mrs", "Mrs.", "Ms.", "Dr", "Dr.", "Prof.", "St", "St.", "Sr.", "Sra.", "Rev.", "Hon.", "Capt.", "Col.",
    "Gen.", "Lt.", "Mme", "Mlle", "MM.", "Mgr", "Hr.", "Fr.", "Frl.", "Hl.", "hl.", "Don", "Doña", "Dom", "D.", "Sto.", "Sta.",
];

/// Units and signs behind a number.
const UNITS: &[&str] = &[
    "%", "‰", "°", "°C", "°F", "€", "$", "£", "¢", "kg", "g", "mg", "t", "km", "m", "cm", "mm", "µm", "nm", "ha", "l", "ml",
    "h", "min", "s", "W", "kW", "V", "A", "Hz", "kHz", "MHz", "K", "J", "kJ", "MB", "GB", "kB", "lb", "lbs", "oz", "ft", "in",
    "mi", "pt", "Uhr", "Mio.", "Mrd.", "Mill.", "Mk.", "M.", "Fr.", "fr.", "ff.", "f.", "sqq.", "sq.", "a.m.", "p.m.", "A.D.",
    "B.C.", "n.", "v.",
];

fn is_gap(c: char) -> bool {
    c.is_whitespace() || matches!(c, '—' | '–')
}

/// Without the signs behind it.
fn bare(word: &str) -> &str {
    word.trim_end_matches(|c: char| !c.is_alphanumeric())
}

fn is_unit(word: &str) -> bool {
    let signs = |c: char| matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | ')' | ']' | '»' | '”' | '’');
    UNITS.contains(&word) || UNITS.contains(&word.trim_end_matches(signs))
}

/// A capital and small letters.
fn is_name(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next().is_some_and(char::is_uppercase)
        && letters.clone().count() > 1
        && letters.all(|c| c.is_lowercase() || c == '’')
}

/// A number in Roman capitals. `MIX` is one, too; nothing is lost by it.
fn is_roman(word: &str) -> bool {
    let word = bare(word);
    !word.is_empty() && word.len() < 9 && word.bytes().all(|byte| b"IVXLC".contains(&byte)) && !matches!(word, "C" | "L")
}

/// `J.` or `J.S.`
fn is_initial(word: &str) -> bool {
    let mut letters = word.chars().peekable();
    let mut any = false;
    while letters.next_if(|c| c.is_uppercase()).is_some() {
        any = true;
        if letters.next() != Some('.') {
            return false;
        }
        letters.next_if_eq(&'-');
    }
    any && letters.next().is_none()
}

/// `z.` of `z. B.`
fn is_short_form(word: &str) -> bool {
    let word = word.trim_end_matches([',', ';', ')', ':']);
    let mut letters = word.chars();
    letters.next().is_some_and(char::is_alphabetic) && letters.next() == Some('.') && letters.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_bound_by_language() {
        let all = [
            ("under Louis", "XIV, who"),
            ("um 25", "% mehr"),
            ("siehe S.", "12."),
            ("(p.", "4)"),
            ("nach §", "3 gilt"),
            ("J.", "S. Bach"),
            ("J. S.", "Bach"),
            ("Dr.", "Johnson"),
            ("z.", "B. dort"),
            ("12", "km weit"),
        ];
        for (before, behind) in all {
            for tongue in [Tongue::English, Tongue::French, Tongue::German, Tongue::Other] {
                assert!(bound(before, behind, tongue), "{before} {behind}");
            }
        }
        assert!(bound("Charles", "I", Tongue::German) && !bound("Charles", "I", Tongue::English));
        assert!(bound("šel v", "lese", Tongue::WestSlavonic) && !bound("šel v", "lese", Tongue::Other));
    }

    #[test]
    fn other_words_are_free() {
        for (before, behind) in
            [("Then", "I said"), ("in 1848", "and"), ("the", "king"), ("end.", "Then"), ("of the", "% sign"), ("a", "man")]
        {
            assert!(!bound(before, behind, Tongue::English), "{before} {behind}");
        }
    }
}
