//! Ids: what may be one, those of headings, and those that outputs make up, none of which the source has already.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::{Blocks, walk_blocks};

/// The ids that are taken in a work.
#[derive(Clone, Debug, Default)]
pub struct Ids {
    taken: BTreeSet<String>,
    /// How often each name was asked for that was taken: thousands of pages may bear one label.
    asked: BTreeMap<String, usize>,
}

impl Ids {
    /// Those that the source gives.
    pub fn of(body: &Blocks) -> Self {
        let mut taken = BTreeSet::new();
        walk_blocks(body, &mut |visit| {
            taken.extend(visit.id().map(str::to_owned));
        });
        Self { taken, ..Self::default() }
    }

    /// The id `wanted`; where somebody else has it, with an underscore behind it, and a number from the third on. It is taken from
    /// now on.
    pub fn fresh(&mut self, wanted: String) -> String {
        if self.taken.insert(wanted.clone()) {
            return wanted;
        }
        let asked = self.asked.entry(wanted.clone()).or_insert(1);
        loop {
            *asked += 1;
            let number = if *asked > 2 { asked.to_string() } else { String::new() };
            let id = format!("{wanted}_{number}");
            if self.taken.insert(id.clone()) {
                return id;
            }
        }
    }
}

/// An id made of words: lower case, hyphens for all that is not a letter or a digit.
pub fn slug(words: &str) -> String {
    let mut slug = String::new();
    for c in words.chars().flat_map(char::to_lowercase) {
        if is_name(c) && c.is_alphanumeric() {
            push_portable(c, &mut slug);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug: String = slug.chars().take(60).collect();
    let slug = slug.trim_end_matches('-');
    match slug.chars().next() {
        None => "section".to_owned(),
        Some(first) if is_name_start(first) => slug.to_owned(),
        Some(_) => format!("section-{slug}"),
    }
}

/// The ids of headings that the source gives none: made of their words, the second of two equal ones with a number.
#[derive(Clone, Debug, Default)]
pub struct Slugs {
    taken: BTreeSet<String>,
    /// The number to try next for each name: a novel has hundreds of headings that say the same.
    next: BTreeMap<String, usize>,
}

impl Slugs {
    /// `taken` are the ids that the source gives.
    pub fn new(taken: BTreeSet<String>) -> Self {
        Self { taken, next: BTreeMap::new() }
    }

    /// The id of the next heading, by its words.
    pub fn next(&mut self, words: &str) -> String {
        let slug = slug(words);
        let number = self.next.entry(slug.clone()).or_insert(1);
        let mut id = slug.clone();
        while !self.taken.insert(id.clone()) {
            *number += 1;
            id = format!("{slug}-{number}");
        }
        id
    }
}

/// An id in letters that every XML parser takes. The first four editions of XML 1.0 list the letters of names one by one, the fifth
/// takes nearly all; libxml2 and jing hold `xml:id` to the lists, which lack the long s, the Romanian comma below and many scripts.
pub fn portable(id: &str) -> Cow<'_, str> {
    if id.chars().all(is_listed) {
        return id.into();
    }
    let mut made = String::new();
    id.chars().for_each(|c| push_portable(c, &mut made));
    match made.chars().next() {
        Some(first) if is_name_start(first) => made.into(),
        _ => format!("_{made}").into(),
    }
}

/// Adds a letter of a name as it is, or as the Latin letters that stand for it.
fn push_portable(c: char, name: &mut String) {
    if is_listed(c) {
        return name.push(c);
    }
    let latin = deunicode::deunicode_char(c).unwrap_or_default();
    name.extend(latin.chars().filter(|c| is_name(*c) && c.is_ascii()).map(|c| c.to_ascii_lowercase()));
}

/// Whether the first editions of XML 1.0 list `c`, a character of names.
fn is_listed(c: char) -> bool {
    let code = u32::from(c);
    c.is_ascii() || c == '\u{B7}' || {
        let after = FIRST_EDITIONS.partition_point(|(first, _)| u32::from(*first) <= code);
        after > 0 && code <= u32::from(FIRST_EDITIONS[after - 1].1)
    }
}

/// The letters above ASCII of XML 1.0's first four editions (appendix B), with the marks that combine with them; without the single
/// letters of Hangul.
#[rustfmt::skip]
const FIRST_EDITIONS: &[(u16, u16)] = &[
    (0xC0, 0x131), (0x134, 0x13E), (0x141, 0x148), (0x14A, 0x17E), (0x180, 0x1C3), (0x1CD, 0x1F0), (0x1F4, 0x1F5),
    (0x1FA, 0x217), (0x250, 0x2A8), (0x2BB, 0x2C1), (0x2D0, 0x2D1), (0x300, 0x345), (0x360, 0x361), (0x386, 0x3CE),
    (0x3D0, 0x3D6), (0x3DA, 0x3DA), (0x3DC, 0x3DC), (0x3DE, 0x3DE), (0x3E0, 0x3E0), (0x3E2, 0x3F3), (0x401, 0x40C),
    (0x40E, 0x44F), (0x451, 0x45C), (0x45E, 0x486), (0x490, 0x4C4), (0x4C7, 0x4C8), (0x4CB, 0x4CC), (0x4D0, 0x4EB),
    (0x4EE, 0x4F5), (0x4F8, 0x4F9), (0x531, 0x559), (0x561, 0x586), (0x591, 0x5A1), (0x5A3, 0x5B9), (0x5BB, 0x5C4),
    (0x5D0, 0x5EA), (0x5F0, 0x5F2), (0x621, 0x63A), (0x640, 0x652), (0x670, 0x6B7), (0x6BA, 0x6BE), (0x6C0, 0x6CE),
    (0x6D0, 0x6ED), (0x901, 0x903), (0x905, 0x939), (0x93C, 0x94D), (0x951, 0x954), (0x958, 0x963), (0x981, 0x9BC),
    (0x9BE, 0x9CD), (0x9D7, 0x9F1), (0xA02, 0xA02), (0xA05, 0xA4D), (0xA59, 0xA74), (0xA81, 0xA8B), (0xA8D, 0xACD),
    (0xAE0, 0xAE0), (0xB01, 0xB33), (0xB36, 0xB43), (0xB47, 0xB4D), (0xB56, 0xB61), (0xB82, 0xBB5), (0xBB7, 0xBCD),
    (0xBD7, 0xBD7), (0xC01, 0xC03), (0xC05, 0xC33), (0xC35, 0xC39), (0xC3E, 0xC56), (0xC60, 0xC61), (0xC82, 0xCB9),
    (0xCBE, 0xCD6), (0xCDE, 0xCE1), (0xD02, 0xD03), (0xD05, 0xD28), (0xD2A, 0xD39), (0xD3E, 0xD43), (0xD46, 0xD4D),
    (0xD57, 0xD57), (0xD60, 0xD61), (0xE01, 0xE2E), (0xE30, 0xE84), (0xE87, 0xE88), (0xE8A, 0xE8A), (0xE8D, 0xE8D),
    (0xE94, 0xE97), (0xE99, 0xE9F), (0xEA1, 0xEA7), (0xEAA, 0xEAB), (0xEAD, 0xEAE), (0xEB0, 0xEB9), (0xEBB, 0xECD),
    (0xF18, 0xF69), (0xF71, 0xF8B), (0xF90, 0xF95), (0xF97, 0xFAD), (0xFB1, 0xFB7), (0xFB9, 0xFB9), (0x10A0, 0x10C5),
    (0x10D0, 0x10F6), (0x1E00, 0x1E9B), (0x1EA0, 0x1EF9), (0x1F00, 0x1FFC), (0x20D0, 0x20DC), (0x20E1, 0x20E1),
    (0x2126, 0x2126), (0x212A, 0x212B), (0x3005, 0x3005), (0x302A, 0x3035), (0x3041, 0x3094), (0x3099, 0x309E),
    (0x30A1, 0x30FE), (0x3105, 0x312C), (0x4E00, 0x9FA5), (0xAC00, 0xD7A3),
];

/// Whether a name may begin with `c` (Namespaces in XML, `NCName`).
pub fn is_name_start(c: char) -> bool {
    c == '_' || c.is_ascii_alphabetic() || (!c.is_ascii() && c.is_alphabetic() && in_names(c))
}

/// Whether `c` may stand in a name.
pub fn is_name(c: char) -> bool {
    is_name_start(c) || c.is_ascii_digit() || matches!(c, '-' | '.' | '\u{B7}')
}

/// The ranges of `NameStartChar` above ASCII (XML 1.0, section 2.3).
fn in_names(c: char) -> bool {
    matches!(c,
        '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}' | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}'
        | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}'
        | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_made_of_letters_that_every_parser_takes() {
        assert_eq!(slug("Deutſche Zeitung"), "deutsche-zeitung");
        assert_eq!(slug("Și Țara"), "si-tara");
        assert_eq!(slug("Größe der Œuvre Ωδή"), "größe-der-œuvre-ωδή");
        assert_eq!(slug("ሰላም"), "salaame");
        assert_eq!(portable("și"), "si");
        assert_eq!(portable("größe"), "größe");
    }
}
