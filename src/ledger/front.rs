//! The front matter of a file, as lines that say `name: value`: every value must be in the work's metadata, or be remarked.

use std::collections::BTreeSet;
use std::ops::Range;

use super::cut::{cut, is_word};
use crate::tree::{Identifier, Metadata, Person};

/// Where the text begins, behind what describes it.
pub fn end(text: &str) -> usize {
    let Some(first) = text.lines().next() else { return 0 };
    if first.starts_with("% ") {
        return title_block(text);
    }
    let fence = first.trim_end();
    if fence != "---" && fence != "+++" {
        return 0;
    }
    let mut at = first.len() + 1;
    let mut is_fields = None;
    for line in text.get(at..).unwrap_or("").split_inclusive('\n') {
        let mark = line.trim_end();
        at += line.len();
        if mark == fence || fence == "---" && mark == "..." {
            return if is_fields == Some(true) { at } else { 0 };
        }
        if is_fields.is_none() && !mark.trim().is_empty() && !mark.starts_with('#') {
            is_fields = Some(name(mark.trim()).is_some() || mark.starts_with('['));
        }
    }
    0
}

/// A title block of pandoc: title, people and date, each on a line that begins with a per cent sign and may go on indented; behind
/// them an empty line.
fn title_block(text: &str) -> usize {
    let (mut end, mut marks) = (0, 0);
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end();
        if bare == "%" || bare.starts_with("% ") {
            marks += 1;
        } else if bare.is_empty() {
            break;
        } else if !line.starts_with([' ', '\t']) {
            return 0;
        }
        end += line.len();
    }
    if marks <= 3 { end } else { 0 }
}

/// One value, and what it is the value of.
pub struct Value<'a> {
    pub name: &'a str,
    /// The field of the front matter that it is part of.
    pub field: &'a str,
    pub range: Range<usize>,
}

/// The values of a front matter that ends at `end`, or of a file that is nothing else.
pub fn values(text: &str, end: usize) -> Vec<Value<'_>> {
    let mut values = Vec::new();
    let (mut at, mut last, mut field, mut settings) = (0, "", "", false);
    for line in text[..end].split_inclusive('\n') {
        let start = at;
        at += line.len();
        let bare = line.trim();
        settings = opens_settings(line, text.starts_with("---")).unwrap_or(settings);
        if settings {
            continue;
        }
        if matches!(bare, "---" | "+++" | "...")
            || bare.starts_with('#')
            || bare.is_empty()
            || bare.starts_with('[') && bare.ends_with(']')
        {
            continue;
        }
        let lead = line.len() - line.trim_start().len();
        let item = bare.len() - bare.trim_start_matches(['-', ' ', '%']).len();
        let rest = &bare[item..];
        let from = start + lead + item;
        let value = match name(rest) {
            Some(own) => {
                last = own;
                if lead == 0 && item == 0 {
                    field = own;
                }
                let length = rest.find([':', '=']).map_or(0, |at| at + 1);
                from + length..start + lead + bare.len()
            }
            None => from..start + lead + bare.len(),
        };
        // A comment behind the value.
        let said = &text[value.clone()];
        let quoted = said.trim_start().starts_with(['"', '\'']);
        let length = if quoted { said.len() } else { said.find(" #").unwrap_or(said.len()) };
        fields(text, (last, field), value.start..value.start + length, &mut values);
    }
    values
}

/// Whether a line opens a table of settings, which is about the outputs and not about the work; none: it opens nothing. In YAML
/// each field at the margin does, in TOML only a name in brackets.
fn opens_settings(line: &str, yaml: bool) -> Option<bool> {
    let own = match line.strip_prefix('[') {
        Some(table) => table.split(['.', ']']).next(),
        None if yaml && !line.starts_with([' ', '\t', '-', '#', '\n']) => name(line.trim_end()),
        None => None,
    };
    own.map(|own| matches!(own.trim(), "restore" | "epub" | "pdf" | "tei" | "text"))
}

/// A value, or those of the fields that it has in braces.
fn fields<'a>(text: &'a str, (own, field): (&'a str, &'a str), range: Range<usize>, values: &mut Vec<Value<'a>>) {
    let said = text[range.clone()].trim();
    if !(said.starts_with('{') && said.ends_with('}')) {
        return values.push(Value { name: own, field, range });
    }
    let base = range.start + text[range.clone()].find('{').unwrap_or(0) + 1;
    let inner = &said[1..said.len() - 1];
    let (mut start, mut quote) = (0, None);
    for (at, byte) in inner.bytes().enumerate().chain([(inner.len(), b',')]) {
        match (quote, byte) {
            (None, b',') => {
                let inside = &inner[start..at];
                let lead = inside.len() - inside.trim_start().len();
                let named = name(inside.trim_start()).map_or(0, |_| inside.find([':', '=']).map_or(0, |at| at + 1));
                let from = base + start + named.max(lead);
                values.push(Value { name: name(inside.trim_start()).unwrap_or(own), field, range: from..base + at });
                start = (at + 1).min(inner.len());
            }
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
}

/// The name before a colon or an equals sign.
fn name(line: &str) -> Option<&str> {
    let end = line.find([':', '='])?;
    let own = line[..end].trim().trim_matches(['"', '\'']);
    let behind = &line[end + 1..];
    let fits = !own.is_empty()
        && own.chars().all(|c| c.is_alphanumeric() || "_-. ".contains(c))
        && own.split_whitespace().count() <= 2;
    (fits && (behind.is_empty() || behind.starts_with([' ', '\t', '"', '\'', '[', '{']) || line.as_bytes()[end] == b'='))
        .then_some(own)
}

/// A value's letters and digits, in lower case: how a number is divided may differ.
pub fn squeezed(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Every word of the metadata, in lower case.
pub fn words(meta: &Metadata) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    let mut say = |text: &str| {
        words.insert(squeezed(text));
        cut(text, false, &mut |range, said| {
            let said = said.unwrap_or_else(|| text[range].to_owned());
            if is_word(&said) {
                words.insert(said.to_lowercase());
            }
        });
    };
    let Metadata {
        title,
        subtitle,
        people,
        language,
        date,
        publisher,
        place,
        edition,
        identifiers,
        rights,
        licence,
        source,
        subjects,
        description,
        series,
        cover,
    } = meta;
    say(title);
    say(language);
    [subtitle, date, publisher, place, edition, rights, licence, description, cover]
        .into_iter()
        .flatten()
        .for_each(|text| say(text));
    subjects.iter().for_each(|subject| say(subject));
    let of_people = |people: &[Person], say: &mut dyn FnMut(&str)| {
        for person in people {
            say(&person.name);
            say(person.role.name());
            person.sort.iter().for_each(|sort| say(sort));
            person.identifiers.iter().for_each(|id| of_identifier(id, say));
        }
    };
    of_people(people, &mut say);
    identifiers.iter().for_each(|id| of_identifier(id, &mut say));
    if let Some(series) = series {
        say(&series.name);
        series.position.iter().for_each(|position| say(position));
    }
    if let Some(source) = source {
        of_people(&source.people, &mut say);
        source.identifiers.iter().for_each(|id| of_identifier(id, &mut say));
        [&source.title, &source.edition, &source.place, &source.publisher, &source.date, &source.pages, &source.note]
            .into_iter()
            .flatten()
            .for_each(|text| say(text));
    }
    words
}

fn of_identifier(id: &Identifier, say: &mut dyn FnMut(&str)) {
    say(&id.scheme);
    say(&id.value);
    id.uri().iter().for_each(|uri| say(uri));
}
