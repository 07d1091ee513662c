//! Commands of TeX that are signs, in texts and in bibliographies.

/// Those that are what they say wherever they stand.
const SIGNS: &[(&str, &str)] = &[
    ("ldots", "…"),
    ("dots", "…"),
    ("textellipsis", "…"),
    ("textemdash", "—"),
    ("textendash", "–"),
    ("LaTeX", "LaTeX"),
    ("TeX", "TeX"),
    ("copyright", "©"),
    ("textregistered", "®"),
    ("textdegree", "°"),
    ("pounds", "£"),
    ("texteuro", "€"),
    ("euro", "€"),
    ("dag", "†"),
    ("textbackslash", "\\"),
    ("textasciitilde", "~"),
    ("textquoteleft", "‘"),
    ("textquoteright", "’"),
    ("textquotedblleft", "“"),
    ("textquotedblright", "”"),
    ("guillemotleft", "«"),
    ("guillemotright", "»"),
];

/// Those of few letters, which a path may have, too.
const SHORT_SIGNS: &[(&str, &str)] = &[
    ("S", "§"),
    ("P", "¶"),
    ("ss", "ß"),
    ("ae", "æ"),
    ("oe", "œ"),
    ("AE", "Æ"),
    ("OE", "Œ"),
    ("o", "ø"),
    ("O", "Ø"),
    ("aa", "å"),
    ("AA", "Å"),
    ("l", "ł"),
    ("L", "Ł"),
];

/// The sign of a command, of these or of `others`.
pub fn sign(name: &str, others: &[(&str, &'static str)]) -> Option<&'static str> {
    SIGNS.iter().chain(others).find(|(known, _)| *known == name).map(|(_, sign)| *sign)
}

/// The sign of a command of few letters.
pub fn short_sign(name: &str) -> Option<&'static str> {
    SHORT_SIGNS.iter().find(|(known, _)| *known == name).map(|(_, sign)| *sign)
}
