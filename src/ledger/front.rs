//! The front matter of a file, as lines that say `name: value`: every value must be in the work's metadata, or be remarked.

use std::collections::BTreeSet;
use std::ops::Range;

use super::cut::{cut, is_word};
use crate::read::{APPARATUS, language_tag};
use crate::settings::Tables;
use crate::tree::{Document, Identifier, Metadata, Person, Visit, walk_blocks};

/// The lines of YAML that belong to the field that begins at `at`: those that are indented deeper, and items beside it.
pub fn below(text: &str, at: usize) -> Range<usize> {
    let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let column = at - line;
    let start = text[at..].find('\n').map_or(text.len(), |end| at + end + 1);
    let mut end = start;
    for line in text[start..].split_inclusive('\n') {
        let own = line.trim_start();
        let indent = line.len() - own.len();
        if !own.is_empty() && indent <= column && !(indent == column && own.starts_with("- ")) {
            break;
        }
        end += line.len();
    }
    start..end
}

/// Where the text begins, behind what describes it. `is_text`: whether what begins at a place stands in the text; its values are held to
/// the metadata otherwise.
pub fn end(text: &str, is_text: impl Fn(usize) -> bool) -> usize {
    // Empty lines before a fence are nobody's text.
    let lead = text.len() - text.trim_start_matches(['\n', ' ', '\t']).len();
    let lead = text[..lead].rfind('\n').map_or(0, |at| at + 1);
    match fenced(&text[lead..], is_text(lead)).max(braced(&text[lead..])) {
        0 if lead == 0 => bare_fields(text),
        0 => 0,
        length => lead + length,
    }
}

/// How long what describes the text is that stands between fences, or behind signs of per cent, at its front.
fn fenced(text: &str, is_text: bool) -> usize {
    let Some(first) = text.lines().next() else { return 0 };
    if first.starts_with("% ") {
        return title_block(text);
    }
    let fence = first.trim_end();
    if fence != "---" && fence != "+++" || fence == "---" && is_text {
        return 0;
    }
    let mut at = first.len() + 1;
    let mut is_fields = None;
    for line in text.get(at..).unwrap_or("").split_inclusive('\n') {
        let mark = line.trim_end();
        at += line.len();
        if mark == fence || fence == "---" && mark == "..." {
            let inner = &text[first.len() + 1..at - line.len()];
            if fence == "---" && mark == fence && inner.trim().is_empty() {
                return at;
            }
            return if is_fields == Some(true) || is_fields.is_some() && fence == "---" && is_mapping(inner) { at } else { 0 };
        }
        if is_fields.is_none() && !mark.trim().is_empty() && !mark.starts_with('#') {
            is_fields = Some(name(mark.trim()).is_some() || mark.starts_with('[') || is_meant_as_field(mark));
        }
    }
    0
}

/// Whether a line begins with a word and a sign behind which a value stands, if only by a space that is missing.
fn is_meant_as_field(line: &str) -> bool {
    let name = line.split([':', '=']).next().unwrap_or("").trim();
    name.len() < line.trim().len() && !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "_-.\"'".contains(c))
}

/// How long a table of JSON at the front is, with the end of its last line.
fn braced(text: &str) -> usize {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if at == 0 && byte != b'{' => return 0,
            _ if std::mem::take(&mut escaped) => {}
            b'\\' => escaped = quoted,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => depth += 1,
            b'}' | b']' if !quoted && depth == 1 => {
                let line = text[at..].find('\n').map_or(text.len(), |length| at + length + 1);
                let is_whole = text[at + 1..line].trim().is_empty();
                let mut names = text[..at].split('"').skip(1).step_by(2);
                let is_front = is_whole && names.any(|name| is_of_header(&name.to_ascii_lowercase()));
                return if is_front { line } else { 0 };
            }
            b'}' | b']' if !quoted => depth -= 1,
            _ => {}
        }
    }
    0
}

/// Blocks of metadata behind `from`: YAML between a rule that an empty line or a comment's end stands before, and another or three
/// stops. Every line at the margin names a field in lower case, one of which works have.
pub fn later(text: &str, from: usize) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let (mut at, mut free) = (from, true);
    // Where a block begins that is open, and whether a field of works was met in it.
    let mut open: Option<(usize, bool)> = None;
    let mut fence: Option<&str> = None;
    for line in text[from..].split_inclusive('\n') {
        let (start, said) = (at, line.trim_end());
        at += line.len();
        let own = said.trim_start();
        let ticks = if own.starts_with("```") { Some("```") } else { own.starts_with("~~~").then_some("~~~") };
        if open.is_none() && ticks.is_some() {
            fence = match fence {
                None => ticks,
                Some(open) if Some(open) == ticks && own.bytes().all(|byte| byte == own.as_bytes()[0]) => None,
                other => other,
            };
        }
        open = match open {
            Some(_) if said.starts_with('#') => None,
            Some((begin, true)) if matches!(said, "---" | "...") => {
                found.push(begin..at);
                None
            }
            Some((begin, known)) if is_margin(said) => match field(said) {
                Some(name) => Some((begin, known || is_of_header(name) || is_of_citations(name))),
                None if said == "---" && free => Some((start, false)),
                None => None,
            },
            Some(inner) => Some(inner),
            None if said == "---" && free && fence.is_none() => Some((start, false)),
            None => None,
        };
        free = said.is_empty() || said.ends_with("-->");
    }
    found
}

/// Whether a line of YAML begins at the margin, and is no item.
fn is_margin(line: &str) -> bool {
    !line.is_empty() && !line.starts_with([' ', '\t', '#']) && !line.starts_with("- ") && line != "-"
}

/// The name of a field in lower case.
fn field(line: &str) -> Option<&str> {
    let (name, value) = line.split_once(':')?;
    let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    let fits = name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(is_name);
    (fits && (value.is_empty() || value.starts_with([' ', '\t']))).then_some(name)
}

/// Whether a field says how works are cited and things counted.
fn is_of_citations(name: &str) -> bool {
    APPARATUS.contains(&name) || matches!(name, "tags" | "categories" | "notes-by-chapter")
}

/// Whether every line can be of a mapping in YAML, whatever signs the names have.
fn is_mapping(text: &str) -> bool {
    let is_field = |line: &str| line.trim_end().ends_with(':') || line.contains(": ");
    let is_item = |line: &str| line.trim_end() == "-" || line.starts_with("- ");
    let said = || text.lines().filter(|line| !line.trim().is_empty());
    said().any(is_field) && said().all(|line| line.starts_with([' ', '\t', '#']) || is_item(line) || is_field(line))
}

/// The names of fields in a header without fences: those of a work, and MultiMarkdown's own.
const HEADER: &[&str] = &[
    "abstract",
    "address",
    "affiliation",
    "annotator",
    "author",
    "authors",
    "base header level",
    "bibliography",
    "bibtex",
    "colophon",
    "comment",
    "compiler",
    "contributor",
    "copyright",
    "cover",
    "cover-image",
    "creator",
    "csl",
    "css",
    "date",
    "dedication",
    "description",
    "dialect",
    "doi",
    "edition",
    "editor",
    "email",
    "epigraph",
    "format",
    "html header",
    "html header level",
    "identifier",
    "identifiers",
    "illustrator",
    "imprint",
    "introduction",
    "isbn",
    "issn",
    "keywords",
    "lang",
    "language",
    "latex config",
    "latex footer",
    "latex header level",
    "latex input",
    "latex mode",
    "latex title",
    "licence",
    "license",
    "mmd footer",
    "mmd header",
    "people",
    "phone",
    "place",
    "publisher",
    "quotes language",
    "rights",
    "series",
    "source",
    "subject",
    "subjects",
    "subtitle",
    "title",
    "transclude base",
    "translator",
    "urn",
    "uuid",
    "web",
];

/// Whether headers have a field of that name: spaces in it say nothing.
fn is_of_header(name: &str) -> bool {
    let own = name.replace(' ', "");
    HEADER.iter().any(|known| known.replace(' ', "") == own)
}

/// Lines of `Name: value` at the front, without fences (MultiMarkdown): two or more, each under a name that such headers have, the
/// title among them, and an empty line behind. A value may go on indented.
fn bare_fields(text: &str) -> usize {
    let (mut end, mut fields, mut titled) = (0, 0, false);
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end();
        if bare.is_empty() {
            return if fields > 1 && titled { end + line.len() } else { 0 };
        }
        if !line.starts_with([' ', '\t']) {
            let Some((own, value)) = bare.split_once(':') else { return 0 };
            let own = own.to_ascii_lowercase();
            if !is_of_header(&own) || !(value.is_empty() || value.starts_with([' ', '\t'])) {
                return 0;
            }
            titled |= own == "title" && !value.trim().is_empty();
            fields += 1;
        } else if fields == 0 {
            return 0;
        }
        end += line.len();
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
    /// The table of a TOML file that it stands in.
    pub table: &'a str,
    pub range: Range<usize>,
}

impl Value<'_> {
    /// What the value says, without the escapes of double quotation marks: in them a backslash and a letter are a line's end or a tab
    /// (YAML 1.2, 5.7).
    pub fn parts(&self, source: &str) -> Vec<Range<usize>> {
        let said = &source[self.range.clone()];
        let mut parts = Vec::new();
        let mut from = self.range.start;
        if said.trim_start().starts_with('"') {
            for at in memchr::memchr_iter(b'\\', said.as_bytes()) {
                let place = self.range.start + at;
                if place >= from && said[at + 1..].starts_with(['n', 't']) {
                    parts.push(from..place);
                    from = place + 2;
                }
            }
        }
        parts.push(from..self.range.end);
        parts
    }
}

/// The values with which a project's file describes the work.
pub fn project(text: &str) -> Vec<Value<'_>> {
    let is_table = |line: &str, name: &str| {
        line.trim_start_matches('[')
            .trim_start()
            .strip_prefix(name)
            .is_some_and(|rest| rest.trim_start().starts_with([']', '.']))
    };
    let mut values = Vec::new();
    let (mut at, mut start) = (0, None);
    for line in text.split_inclusive('\n').chain(["["]) {
        if line.starts_with('[') {
            if let Some(start) = start.take() {
                in_range(text, start..at, name, &mut values);
            }
            start = is_table(line, "metadata").then_some(at);
        }
        at += line.len();
    }
    values
}

/// The values of a front matter that ends at `end`.
pub fn values(text: &str, end: usize) -> Vec<Value<'_>> {
    let mut values = Vec::new();
    let is_bare = !text.trim_start().starts_with(['-', '+', '%', '{']);
    in_range(text, 0..end, if is_bare { name_of_header } else { name }, &mut values);
    values
}

/// The values of a block behind the front.
pub fn values_within(text: &str, range: Range<usize>) -> Vec<Value<'_>> {
    let mut values = Vec::new();
    in_range(text, range, name, &mut values);
    values
}

/// The name of a field in a header without fences.
fn name_of_header(line: &str) -> Option<&str> {
    line.split_once(':').map(|(name, _)| name).filter(|name| is_of_header(&name.to_ascii_lowercase()))
}

/// `name`: what name a line begins with.
fn in_range<'a>(text: &'a str, range: Range<usize>, name: fn(&str) -> Option<&str>, values: &mut Vec<Value<'a>>) {
    let (mut at, mut last, mut field, mut table) = (range.start, "", "", "");
    // Whether a table of settings is open, and how far what is in it is indented at least.
    let mut settings = None;
    for line in text[range].split_inclusive('\n') {
        let start = at;
        at += line.len();
        let bare = line.trim();
        let indent = line.len() - line.trim_start().len();
        if let Some(named) = bare.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            settings = is_settings(named).then_some(0);
            table = named.trim_matches(['[', ']', ' ']);
        } else if !bare.is_empty() && settings.is_some_and(|column| indent < column) {
            settings = None;
        }
        if let Some((_, inner)) = bare.split_once(':').filter(|(table, _)| is_settings(table) && indent == 0)
            && (inner.trim().is_empty() || inner.trim_start().starts_with('{'))
        {
            settings = Some(1);
        }
        if settings.is_some() {
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
            // A name with signs in it that has no value.
            None if lead == 0 && item == 0 && rest.ends_with(':') => continue,
            None => from..start + lead + bare.len(),
        };
        // A comment behind the value.
        let said = &text[value.clone()];
        let quoted = said.trim_start().starts_with(['"', '\'']);
        let length = if quoted { said.len() } else { said.find(" #").unwrap_or(said.len()) };
        fields(text, (last, field, table), value.start..value.start + length, values);
    }
}

/// Whether a table has settings: they say how the work is made, and nothing that an output must say.
fn is_settings(table: &str) -> bool {
    Tables::NAMES.contains(&table.split('.').next().unwrap_or(table).trim())
}

/// A value, or those of the fields that it has in braces.
fn fields<'a>(
    text: &'a str,
    (own, field, table): (&'a str, &'a str, &'a str),
    range: Range<usize>,
    values: &mut Vec<Value<'a>>,
) {
    let said = text[range.clone()].trim();
    // A value that is called by a name, or that stands where it was called by one (YAML 1.2, 3.2.2.2); and none at all.
    if said.starts_with('*') && said.len() > 1 && !said[1..].contains(|c: char| c.is_whitespace() || c == '*')
        || matches!(said, "null" | "Null" | "NULL" | "~")
    {
        return;
    }
    let range = match said.strip_prefix('&').and_then(|rest| rest.split_once(' ')) {
        Some((_, rest)) => range.end - text[range.clone()].trim_start().len() + (said.len() - rest.len())..range.end,
        None => range,
    };
    let said = text[range.clone()].trim();
    if !(said.starts_with('{') && said.ends_with('}')) {
        return values.push(Value { name: own, field, table, range });
    }
    let base = range.start + text[range.clone()].find('{').unwrap_or(0) + 1;
    let inner = &said[1..said.len() - 1];
    let (mut start, mut quote, mut depth) = (0, None, 0_usize);
    for (at, byte) in inner.bytes().enumerate().chain([(inner.len(), b',')]) {
        match (quote, byte) {
            (None, b'{' | b'[') => depth += 1,
            (None, b'}' | b']') => depth = depth.saturating_sub(1),
            (None, b',') if depth == 0 || at == inner.len() => {
                let inside = &inner[start..at];
                let lead = inside.len() - inside.trim_start().len();
                let named = name(inside.trim_start()).map_or(0, |_| inside.find([':', '=']).map_or(0, |at| at + 1));
                let from = base + start + named.max(lead);
                let (own, range) = (name(inside.trim_start()).unwrap_or(own), from..base + at);
                // A table in it has values of its own.
                match text[range.clone()].trim_start().starts_with('{') && range.len() < said.len() {
                    true => fields(text, (own, field, table), range, values),
                    false => values.push(Value { name: own, field, table, range }),
                }
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
        notes_by_chapter,
    } = meta;
    say(title);
    say(language);
    say(if *notes_by_chapter { "true yes" } else { "false no" });
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

const MONTHS: [&str; 12] =
    ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];

/// Whether the metadata say a word, as it is written or in the form that outputs want: dates in numbers, licences as addresses.
pub fn says(known: &BTreeSet<String>, word: &str) -> bool {
    let word = word.to_lowercase();
    if known.contains(&word) {
        return true;
    }
    let month = MONTHS.iter().position(|month| word.len() >= 3 && month.starts_with(&word)).map(|at| at + 1);
    // `3rd` is a day, too.
    let day =
        || word.trim_end_matches(|c: char| c.is_ascii_lowercase()).parse::<usize>().ok().filter(|day| (1..=31).contains(day));
    if month.or_else(day).is_some_and(|number| known.contains(&format!("{number:02}"))) {
        return true;
    }
    let address = match word.as_str() {
        "cc" => "creativecommons",
        "cc0" => "zero",
        "pdm" => "mark",
        _ => return false,
    };
    known.contains(address)
}

/// The roles that MARC's codes stand for (id.loc.gov/vocabulary/relators), which people write as well.
const CODES: &[(&str, &str)] = &[
    ("aui", "introduction"),
    ("aut", "author"),
    ("com", "compiler"),
    ("ctb", "contributor"),
    ("edt", "editor"),
    ("ill", "illustrator"),
    ("trl", "translator"),
];

/// The role that a code stands for.
pub fn role(code: &str) -> Option<&'static str> {
    CODES.iter().find(|(known, _)| *known == code).map(|(_, role)| *role)
}

/// Whether a value is a language's name, and the work or a part of it is in that language.
pub fn is_language(doc: &Document, said: &str) -> bool {
    let Some(tag) = language_tag(said.trim().trim_matches(['"', '\''])) else { return false };
    let mut found = doc.meta.language == tag;
    walk_blocks(&doc.body, &mut |visit| {
        if let Visit::Block(node) = visit {
            found |= node.attrs.as_ref().is_some_and(|attrs| attrs.lang.as_ref() == Some(&tag));
        }
    });
    found
}

fn of_identifier(id: &Identifier, say: &mut dyn FnMut(&str)) {
    say(&id.scheme);
    say(&id.value);
    id.uri().iter().for_each(|uri| say(uri));
}

/// The day of a value that says an hour, too: `2026-05-04T10:00:00Z`, `2026-05-04 10:00 +0200`.
pub fn day(said: &str) -> Option<&str> {
    let (day, rest) = said.trim().trim_matches(['"', '\'']).split_at_checked(10)?;
    let is_day =
        day.bytes().enumerate().all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() });
    (is_day && rest.starts_with(['T', 't', ' ']) && rest.contains(':')).then_some(day)
}
