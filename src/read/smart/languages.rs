//! Which marks a language is printed with, as the Unicode CLDR and the languages' own rules of spelling have them.

/// The quotation marks of a language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quotes {
    /// Outside: the mark that opens and the mark that closes.
    pub outer: [&'static str; 2],
    /// Inside of these.
    pub inner: [&'static str; 2],
}

const ENGLISH: Quotes = Quotes { outer: ["“", "”"], inner: ["‘", "’"] };
const BRITISH: Quotes = Quotes { outer: ["‘", "’"], inner: ["“", "”"] };
const GERMAN: Quotes = Quotes { outer: ["„", "“"], inner: ["‚", "‘"] };
const SWISS: Quotes = Quotes { outer: ["«", "»"], inner: ["‹", "›"] };
const FRENCH: Quotes = Quotes { outer: ["«\u{202F}", "\u{202F}»"], inner: ["“", "”"] };
const CANADIAN: Quotes = Quotes { outer: ["«\u{A0}", "\u{A0}»"], inner: ["“", "”"] };
const ROMANCE: Quotes = Quotes { outer: ["«", "»"], inner: ["“", "”"] };
const RUSSIAN: Quotes = Quotes { outer: ["«", "»"], inner: ["„", "“"] };
const NORWEGIAN: Quotes = Quotes { outer: ["«", "»"], inner: ["‘", "’"] };
const SWEDISH: Quotes = Quotes { outer: ["”", "”"], inner: ["’", "’"] };
const POLISH: Quotes = Quotes { outer: ["„", "”"], inner: ["«", "»"] };
const HUNGARIAN: Quotes = Quotes { outer: ["„", "”"], inner: ["»", "«"] };
const CROATIAN: Quotes = Quotes { outer: ["„", "”"], inner: ["‚", "’"] };
const SERBIAN: Quotes = Quotes { outer: ["„", "“"], inner: ["’", "’"] };

/// The language of a tag and its region: `en-Latn-GB` is `en` and `GB`.
fn parts(tag: &str) -> (String, String) {
    let mut subtags = tag.split('-');
    let language = subtags.next().unwrap_or("").to_ascii_lowercase();
    let is_region = |part: &&str| match part.len() {
        2 => part.bytes().all(|byte| byte.is_ascii_alphabetic()),
        3 => part.bytes().all(|byte| byte.is_ascii_digit()),
        _ => false,
    };
    (language, subtags.find(is_region).unwrap_or("").to_ascii_uppercase())
}

/// The quotation marks of a language, if they are known.
pub fn quotes(tag: &str) -> Option<Quotes> {
    let (language, region) = parts(tag);
    Some(match (language.as_str(), region.as_str()) {
        ("en", "GB" | "AU" | "NZ" | "IE") => BRITISH,
        ("de" | "it" | "rm", "CH" | "LI") | ("fr", "CH") | ("rm", _) => SWISS,
        ("fr", "CA") => CANADIAN,
        ("pt", "BR") => ENGLISH,
        // Spain prints guillemets, the Americas what their neighbours do.
        ("es", region) if !matches!(region, "" | "ES") => ENGLISH,
        ("en" | "nl" | "af" | "la" | "tr" | "ga" | "gd" | "cy" | "eo" | "lv" | "zh", _) => ENGLISH,
        ("de" | "lb" | "cs" | "sk" | "sl" | "et" | "lt" | "is" | "bg" | "mk" | "ka", _) => GERMAN,
        ("fr" | "br", _) => FRENCH,
        ("es" | "it" | "pt" | "el" | "grc" | "ca" | "gl" | "eu" | "oc" | "hy", _) => ROMANCE,
        ("ru" | "uk" | "be", _) => RUSSIAN,
        ("nb" | "nn" | "no", _) => NORWEGIAN,
        ("sv" | "fi" | "da", _) => SWEDISH,
        ("pl" | "ro", _) => POLISH,
        ("hu", _) => HUNGARIAN,
        ("hr" | "bs", _) => CROATIAN,
        ("sr", _) => SERBIAN,
        _ => return None,
    })
}

/// The dash that stands between spaces where a typewriter has two hyphens.
pub fn spaced_dash(tag: &str) -> &'static str {
    match parts(tag).0.as_str() {
        "ru" | "uk" | "be" | "bg" | "mk" | "sr" | "es" => "—",
        _ => "–",
    }
}

/// The space that a language has before a mark of punctuation.
pub fn space_before(tag: &str, mark: char) -> Option<&'static str> {
    match (parts(tag), mark) {
        ((language, _), ':') if language == "fr" => Some("\u{A0}"),
        // Canada has none before these (Office québécois de la langue française).
        ((language, region), ';' | '!' | '?') if language == "fr" && region != "CA" => Some("\u{202F}"),
        _ => None,
    }
}

/// The space inside of guillemets.
pub fn space_inside(tag: &str) -> Option<&'static str> {
    match quotes(tag)? {
        FRENCH => Some("\u{202F}"),
        CANADIAN => Some("\u{A0}"),
        _ => None,
    }
}

/// Words whose first letters an apostrophe stands for.
pub fn is_clipped(tag: &str, word: &str) -> bool {
    let word = word.to_lowercase();
    let known: &[&str] = match parts(tag).0.as_str() {
        "en" => &[
            "tis", "twas", "twere", "twill", "twould", "twixt", "tween", "tisn", "twasn", "em", "til", "till", "cause", "cos",
            "coz", "bout", "round", "neath", "gainst", "pon", "mongst", "midst", "n", "nuff", "tude", "ere", "scuse",
        ],
        "de" => &["s", "n", "ne", "nen", "nem", "ner", "rum", "raus", "rein", "runter", "ran", "nauf", "naus"],
        "nl" | "af" => &["t", "s", "n", "k", "m", "r"],
        _ => &[],
    };
    known.contains(&word.as_str())
}

/// Abbreviations of two words, which German sets with a narrow space between (DIN 5008).
pub fn is_abbreviation(tag: &str, first: char, second: char) -> bool {
    const KNOWN: &[&str] = &[
        "zB", "zT", "zZ", "dh", "di", "ua", "uä", "uÄ", "uU", "uE", "oä", "oÄ", "oa", "va", "mE", "iA", "iV", "eV", "id", "dR",
        "so", "su",
    ];
    parts(tag).0 == "de" && KNOWN.iter().any(|known| known.chars().eq([first, second]))
}
