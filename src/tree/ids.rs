//! Ids: what may be one, those of headings, and those that outputs make up, none of which the source has already.

use std::collections::{BTreeMap, BTreeSet};

use super::{Blocks, walk_blocks};

/// The ids that are taken in a work.
#[derive(Clone, Debug, Default)]
pub struct Ids(BTreeSet<String>);

impl Ids {
    /// Those that the source gives.
    pub fn of(body: &Blocks) -> Self {
        let mut taken = BTreeSet::new();
        walk_blocks(body, &mut |visit| {
            taken.extend(visit.id().map(str::to_owned));
        });
        Self(taken)
    }

    /// The id `wanted`, with underscores behind it until nobody else has it. It is taken from now on.
    pub fn fresh(&mut self, mut wanted: String) -> String {
        while !self.0.insert(wanted.clone()) {
            wanted.push('_');
        }
        wanted
    }
}

/// An id made of words: lower case, hyphens for all that is not a letter or a digit.
pub fn slug(words: &str) -> String {
    let mut slug = String::new();
    for c in words.chars().flat_map(char::to_lowercase) {
        if is_name(c) && c.is_alphanumeric() {
            slug.push(c);
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
