//! Fields as a file says them, and what they mean.

use std::collections::BTreeSet;

use super::said::{Entry, Said, Value};
use super::{checks, known, languages, licences, prose};
use crate::read::{clean, language};
use crate::report::Report;
use crate::span::{FileId, Span};
use crate::tree::{Identifier, Medium, Metadata, Person, PrintedSource, Role, Series};

/// Fields as they were found. Of two of the same name the first counts: `tetrapla.toml` speaks for the whole work, then its
/// first file.
#[derive(Clone, Debug, Default)]
pub struct Fields {
    entries: Vec<Entry>,
    span: Option<Span>,
    title_settled: bool,
    /// The language of the file that is read, where it has one of its own.
    language: Option<String>,
    /// What the text of the first file that was asked looked to be in.
    guess: Option<language::Guess>,
}

/// Schemes of identifiers that are fields by themselves: `isbn: 978-…`.
const SCHEMES: &[&str] = &["isbn", "issn", "eissn", "doi", "urn", "uuid", "uri", "url", "lccn", "oclc", "ark", "hdl"];

/// Authority files that know people.
const AUTHORITIES: &[&str] = &["orcid", "viaf", "gnd", "isni", "wikidata", "lccn"];

/// What the text itself begins with, where the metadata say it.
#[derive(Debug)]
pub struct Preliminary {
    pub kind: PreliminaryKind,
    /// Paragraphs, each where it is said.
    pub texts: Vec<(String, Span)>,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PreliminaryKind {
    Imprint,
    Dedication,
    Epigraph,
    Abstract,
    Colophon,
}

/// What a field says that is either on or off, in YAML's words or in TOML's.
pub(in crate::read) fn switch(said: &str) -> Option<bool> {
    match said.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" => Some(true),
        "false" | "no" | "off" | "" => Some(false),
        _ => None,
    }
}

/// The fields that are either on or off.
const SWITCHES: [&str; 5] =
    ["notes-by-chapter", "number-sections", "numbersections", "number-by-chapter", "bibliography-by-chapter"];

/// Says what is meant to be on or off and is neither.
fn tell_of_switches(entries: &[Entry], report: &mut Report) {
    for entry in entries.iter().filter(|entry| SWITCHES.contains(&entry.name.as_str())) {
        if let Some(said) = entry.said.line().filter(|said| switch(said).is_none()) {
            let message = format!("{} is neither true nor false but {said:?}; it is left off", entry.name);
            report.warn("metadata-malformed", entry.said.span, message).hint("write true or false");
        }
    }
}

impl Fields {
    /// Takes over the fields of a table that a program says, with one place for all of it.
    pub(in crate::read) fn add(&mut self, table: serde_json::Value, span: Span) {
        if let Value::Table(entries) = Said::of_json(table, span).value {
            drop(self.add_entries(entries, span));
        }
    }

    /// Takes over fields, and hands back those that are said already.
    pub(in crate::read) fn add_entries(&mut self, entries: Vec<Entry>, span: Span) -> Vec<Entry> {
        self.span = self.span.or(Some(span));
        let said: Vec<_> = self.entries.iter().map(|entry| entry.name.clone()).collect();
        let (known, new): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| said.contains(&entry.name));
        self.entries.extend(new);
        self.language = self.said_language();
        known
    }

    fn said_language(&self) -> Option<String> {
        let entry = ["language", "lang"].into_iter().find_map(|name| self.entries.iter().find(|entry| entry.name == name))?;
        languages::tag(&entry.said.clone().each().first()?.line()?)
    }

    /// The language of what is read, as a tag.
    pub fn language(&self) -> Option<&str> {
        self.language.as_deref()
    }

    /// The language of a file's text: the named one, else the one that it looks to be in.
    pub(in crate::read) fn tongue(&mut self, file: FileId, text: &str) -> Option<String> {
        self.language.clone().or_else(|| match self.guess {
            Some((known, tag)) if known == file => tag.map(str::to_owned),
            _ => {
                let tag = language::of_text(text);
                self.guess.get_or_insert((file, tag));
                tag.map(str::to_owned)
            }
        })
    }

    /// What [`Fields::tongue`] has guessed, and of which file's text.
    pub(in crate::read) fn guess(&self) -> Option<language::Guess> {
        self.guess
    }

    /// The file that is read next is in this language; without one, in the work's.
    pub(in crate::read) fn read_in(&mut self, language: Option<String>) {
        self.language = language.or_else(|| self.said_language());
    }

    pub(in crate::read) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The names of the fields in a line, and the place of the first. None where there are none.
    pub(in crate::read) fn named(&self) -> Option<(Span, String)> {
        let own: Vec<_> = self.entries.iter().filter(|entry| !crate::read::APPARATUS.contains(&entry.name.as_str())).collect();
        let names: Vec<_> = own.iter().map(|entry| super::clean::line(&entry.name)).collect();
        own.first().map(|first| (first.key, names.join(", ")))
    }

    /// Whether one of the names is said.
    pub(in crate::read) fn says(&self, names: &[&str]) -> bool {
        self.entries.iter().any(|entry| names.contains(&entry.name.as_str()) && !entry.said.is_nothing())
    }

    /// The words of a field.
    pub(in crate::read) fn words(&self, name: &str) -> Option<String> {
        self.entries.iter().find(|entry| entry.name == name)?.said.line()
    }

    /// Whether the work is by these people, and nobody else needs to be named over a part of it.
    pub(in crate::read) fn names_people(&self, people: &[Person]) -> bool {
        let mut entries: Vec<_> = self.entries.iter().filter(|entry| known::is_of_people(&entry.name)).cloned().collect();
        let all = Self::people_of(&mut entries, &mut Report::default());
        people.iter().all(|person| all.iter().any(|known| known.name == person.name))
    }

    /// Takes note that the text itself says which of its words are the title, or that none are: nobody has to look for them.
    pub(in crate::read) fn settle_title(&mut self) {
        self.title_settled = true;
    }

    pub(in crate::read) fn title_is_settled(&self) -> bool {
        self.title_settled
    }

    /// What the fields mean. The title and the language may still be empty.
    pub(in crate::read) fn metadata(self, report: &mut Report) -> (Metadata, Vec<Preliminary>) {
        // Asked for by those who resolve citations.
        tell_of_switches(&self.entries, report);
        let entries = self.entries.into_iter().filter(|entry| !crate::read::APPARATUS.contains(&entry.name.as_str())).collect();
        let mut reader = Reader { entries, within: "", span: self.span, report };
        reader.parts_of_title();
        let (licence, stated) = reader.licence();
        let mut meta = Metadata {
            title: reader.text(&["title"]).unwrap_or_default(),
            subtitle: reader.text(&["subtitle"]),
            people: reader.people(),
            language: reader.language(),
            date: reader.date(&["date"]),
            publisher: reader.named_text(&["publisher"]),
            place: reader.text(&["place"]),
            edition: reader.text(&["edition"]),
            identifiers: reader.identifiers(),
            rights: reader.rights(),
            licence,
            source: reader.source(),
            subjects: reader.texts(&["subjects", "subject", "keywords", "tags"]),
            description: reader.text(&["description", "summary"]),
            series: reader.series(),
            cover: reader.plain(&["cover", "cover-image"]),
            notes_by_chapter: reader.plain(&["notes-by-chapter"]).and_then(|said| switch(&said)) == Some(true),
        };
        if let Some(stated) = stated {
            meta.rights = Some(meta.rights.map_or(stated.clone(), |rights| format!("{rights} {stated}")));
        }
        // Rights that are nothing but a licence's name say the licence, too.
        let named = || meta.rights.as_deref().and_then(licences::address);
        meta.licence = meta.licence.take().or_else(named);
        let preliminaries = reader.preliminaries();
        // Catalogues want to be told, and an abstract tells: the books print it.
        meta.description = meta.description.take().or_else(|| abstract_in(&preliminaries));
        reader.unknown(known::FIELDS);
        (meta, preliminaries)
    }

    /// The people whom a chapter's own front matter names, taken out of it.
    pub(in crate::read) fn people_of(entries: &mut Vec<Entry>, report: &mut Report) -> Vec<Person> {
        let (theirs, rest) = std::mem::take(entries).into_iter().partition(|entry: &Entry| known::is_of_people(&entry.name));
        *entries = rest;
        Reader { entries: theirs, within: "", span: None, report }.people()
    }
}

/// What an abstract says, in plain words on one line, as all that describes a work.
fn abstract_in(preliminaries: &[Preliminary]) -> Option<String> {
    let said = preliminaries.iter().find(|one| one.kind == PreliminaryKind::Abstract)?;
    let line = clean::line(&said.texts.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>().join(" "));
    let plain = prose::plain(&line).map_or(line, |plain| clean::line(&plain));
    Some(plain).filter(|text| !text.is_empty())
}

struct Reader<'a> {
    entries: Vec<Entry>,
    /// The table that this one stands in, for remarks: `source`.
    within: &'static str,
    span: Option<Span>,
    report: &'a mut Report,
}

impl Reader<'_> {
    fn warn(&mut self, span: Span, message: String, hint: &str) {
        self.report.warn("metadata-malformed", span, message).hint(hint);
    }

    /// The first value under one of the names. Another one is in no output, which is said.
    fn take(&mut self, names: &[&str]) -> Option<Entry> {
        let mut found: Vec<Entry> = Vec::new();
        for name in names {
            while let Some(at) = self.entries.iter().position(|entry| entry.name == *name) {
                found.push(self.entries.remove(at));
            }
        }
        found.retain(|entry| !entry.said.is_nothing());
        let mut found = found.into_iter();
        let first = found.next()?;
        for other in found {
            if other.said.line() != first.said.line() || other.said.line().is_none() {
                let message = format!("\"{}\" is not used: \"{}\" says it already", other.name, first.name);
                self.report.warn("metadata-unused", other.key, message).hint("leave one of them");
            }
        }
        Some(first)
    }

    /// One line of text, without the marks of Markdown, which no catalogue knows.
    fn text(&mut self, names: &[&str]) -> Option<String> {
        let entry = self.take(names)?;
        self.words_of(&entry)
    }

    fn words_of(&mut self, entry: &Entry) -> Option<String> {
        let said = self.line_of(entry)?;
        let Value::Text(whole, _) = &entry.said.value else { return Some(said) };
        // What a header says, which has one place for all of it, is no Markdown.
        if entry.key == entry.said.span {
            return Some(said);
        }
        let Some(plain) = prose::plain(whole) else { return Some(said) };
        self.report
            .remark(
                "metadata-plain",
                entry.said.span,
                format!("the {} stands without the marks of Markdown: metadata are plain text", entry.name),
            )
            .hint("take them out, or put words that need them into the text");
        Some(clean::line(&plain)).filter(|text| !text.is_empty())
    }

    /// One line of text as it is written.
    fn plain(&mut self, names: &[&str]) -> Option<String> {
        let entry = self.take(names)?;
        self.line_of(&entry)
    }

    fn line_of(&mut self, entry: &Entry) -> Option<String> {
        let text = entry.said.line();
        if text.is_none() {
            self.warn(entry.key, format!("{} is no text", entry.name), "write one value");
        }
        text
    }

    /// One line, or a table that has it as its name.
    fn named_text(&mut self, names: &[&'static str]) -> Option<String> {
        let entry = self.take(names)?;
        match entry.said.value {
            Value::Table(entries) => {
                let mut inner = self.inner(entries, names[0]);
                let text = inner.text(&["name", "text", "title"]);
                inner.unknown(&["name"]);
                text
            }
            _ => self.words_of(&entry),
        }
    }

    /// A list of lines; one line with commas in it is a list, too.
    fn texts(&mut self, names: &[&'static str]) -> Vec<String> {
        let mut all = Vec::new();
        for name in names {
            let Some(entry) = self.take(&[name]) else { continue };
            match entry.said.value {
                Value::List(values) => {
                    for value in values {
                        let line = match value.value {
                            Value::Table(entries) => self.inner(entries, names[0]).text(&["name", "text", "title"]),
                            _ => value.line(),
                        };
                        match line {
                            Some(line) => all.push(line),
                            None => self.warn(value.span, format!("one of the {} is no text", entry.name), "write one value"),
                        }
                    }
                }
                Value::Text(text, _) => {
                    all.extend(text.split([',', ';']).map(clean::line).filter(|text| !text.is_empty()));
                }
                Value::Table(_) | Value::Nothing => {
                    self.warn(entry.key, format!("{} is no list", entry.name), "write a list of words")
                }
            }
        }
        let mut seen = Vec::new();
        all.retain(|text| {
            !seen.contains(text) && {
                seen.push(text.clone());
                true
            }
        });
        all
    }

    fn language(&mut self) -> String {
        let Some(entry) = self.take(&["language", "lang"]) else { return String::new() };
        let mut tags = entry.said.each().into_iter();
        let Some(first) = tags.next() else { return String::new() };
        for other in tags {
            self.report
                .warn("metadata-unused", other.span, "a work has one language; this one is not used")
                .hint("mark the passages in other languages in the text: [mot]{lang=fr}");
        }
        let said = first.line().unwrap_or_default();
        languages::tag(&said).unwrap_or_else(|| {
            self.report
                .warn("language-malformed", first.span, format!("\"{said}\" is no language tag"))
                .hint("write a tag of BCP 47, such as en, fr-CA or grc");
            String::new()
        })
    }

    fn date(&mut self, names: &[&str]) -> Option<String> {
        let entry = self.take(names)?;
        let date = self.line_of(&entry)?;
        let known = known::date(&date);
        if known.is_none() {
            let within = if self.within.is_empty() { String::new() } else { format!("{}.", self.within) };
            self.warn(
                entry.said.span,
                format!("the {within}{} \"{date}\" is not YYYY, YYYY-MM or YYYY-MM-DD", entry.name),
                "write it so; what is less certain goes into source.note",
            );
        }
        known
    }

    /// The licence's address; where none is known, the words that say it.
    fn licence(&mut self) -> (Option<String>, Option<String>) {
        let Some(entry) = self.take(&["licence", "license"]) else { return (None, None) };
        let words = match entry.said.value {
            Value::Table(entries) => {
                let mut inner = self.inner(entries, "licence");
                let address = inner.plain(&["url", "link", "uri", "address"]);
                let name = inner.text(&["id", "type", "name", "text"]);
                inner.unknown(&["url", "name"]);
                address.or(name)
            }
            _ => self.words_of(&entry),
        };
        let Some(words) = words else { return (None, None) };
        if words.contains("://") {
            return (Some(words), None);
        }
        if let Some(address) = licences::address(&words) {
            return (Some(address), None);
        }
        self.warn(
            entry.said.span,
            format!("the licence \"{words}\" is no address, and no name that SPDX knows"),
            "give the licence's web address, or a name such as CC-BY-4.0; it was taken for the rights",
        );
        (None, Some(words))
    }

    fn rights(&mut self) -> Option<String> {
        let entry = self.take(&["rights", "copyright"])?;
        match entry.said.value {
            Value::Table(entries) => {
                let mut inner = self.inner(entries, "rights");
                let statement = inner.text(&["statement", "text", "name"]);
                let (year, holder) = (inner.text(&["year"]), inner.text(&["holder", "owner"]));
                inner.unknown(&["statement", "year", "holder"]);
                let said = [year, holder].into_iter().flatten().collect::<Vec<_>>().join(" ");
                statement.or((!said.is_empty()).then(|| format!("© {said}")))
            }
            Value::List(list) => {
                Some(list.iter().filter_map(Said::line).collect::<Vec<_>>().join(" ")).filter(|all| !all.is_empty())
            }
            _ => self.words_of(&entry),
        }
    }

    /// What stands before the text in a book.
    fn preliminaries(&mut self) -> Vec<Preliminary> {
        let kinds = [
            ("imprint", PreliminaryKind::Imprint),
            ("dedication", PreliminaryKind::Dedication),
            ("epigraph", PreliminaryKind::Epigraph),
            ("abstract", PreliminaryKind::Abstract),
            ("colophon", PreliminaryKind::Colophon),
        ];
        let mut found = Vec::new();
        for (name, kind) in kinds {
            let Some(entry) = self.take(&[name]) else { continue };
            let span = entry.said.span;
            match &entry.said.value {
                Value::Text(text, _) => found.push(Preliminary { kind, texts: vec![(text.clone(), span)], span }),
                Value::List(list) => {
                    let texts = list.iter().filter_map(|said| Some((said.line()?, said.span))).collect();
                    found.push(Preliminary { kind, texts, span });
                }
                Value::Table(_) | Value::Nothing => self.warn(entry.key, format!("{name} is no text"), "write one value"),
            }
        }
        found
    }

    /// People under `people`, or under the name of their role.
    fn people(&mut self) -> Vec<Person> {
        let mut people = Vec::new();
        for name in ["creator", "creators", "author", "authors"] {
            self.people_in(name, Role::Author, &mut people);
        }
        for role in Role::ALL {
            self.people_in(role.name(), role, &mut people);
            self.people_in(&format!("{}s", role.name()), role, &mut people);
        }
        for name in ["people", "contributors"] {
            self.people_in(name, Role::Contributor, &mut people);
        }
        people
    }

    fn people_in(&mut self, name: &str, role: Role, people: &mut Vec<Person>) {
        let Some(entry) = self.take(&[name]) else { return };
        let mut known: BTreeSet<(String, Role)> = people.iter().map(|person| (person.name.clone(), person.role)).collect();
        for value in entry.said.each() {
            let span = value.span;
            match self.person(value, name, role) {
                Some(person) => {
                    if known::looks_like_several(&person.name) {
                        self.report
                            .warn(
                                "metadata-people",
                                span,
                                format!("\"{}\" looks like several people, and was taken as one name", person.name),
                            )
                            .hint(format!("write them as a list: {name}: [Ada Bell, Tom Clerk]"));
                    }
                    // The same person in the same part is named once.
                    if known.insert((person.name.clone(), person.role)) {
                        people.push(person);
                    }
                }
                None => self.warn(
                    span,
                    format!("somebody under {name} has no name"),
                    "write name = \"Simone Weil\", role = \"author\"",
                ),
            }
        }
    }

    fn person(&mut self, value: Said, under: &str, role: Role) -> Option<Person> {
        let Value::Table(entries) = value.value else {
            return Some(Person { name: value.line()?, sort: None, role, identifiers: Vec::new() });
        };
        let mut inner = self.inner(called(entries), "people");
        let (name, parts) = inner.name();
        let sort = inner.text(&["sort", "file-as", "sort-as"]).or(parts);
        let said = inner.take(&["role"]);
        let identifiers = inner.identifiers_with(AUTHORITIES);
        inner.unknown(&["name", "sort", "role", "orcid", "viaf", "gnd", "isni", "wikidata", "identifiers"]);
        let name = name?;
        let role = match said {
            // A list under a role's name says the role; `people` says none.
            None if matches!(under, "people") => {
                self.report
                    .warn("metadata-malformed", value.span, format!("{name} has no role, and is named as a contributor"))
                    .hint(format!("say it: role: author; roles are {}", Role::ALL.map(Role::name).join(", ")));
                role
            }
            None => role,
            Some(said) => self.role(&said),
        };
        Some(Person { name, sort, role, identifiers })
    }

    /// A name in one, or in its parts, which say how it is sorted, too.
    fn name(&mut self) -> (Option<String>, Option<String>) {
        let entry = self.take(&["name", "text", "literal"]);
        let of_parts = |given: Option<String>, family: Option<String>| match (given, family) {
            (Some(given), Some(family)) => (Some(format!("{given} {family}")), Some(format!("{family}, {given}"))),
            (given, family) => (family.or(given), None),
        };
        match entry {
            Some(Entry { said: Said { value: Value::Table(entries), .. }, .. }) => {
                let mut inner = self.inner(entries, "name");
                let literal = inner.text(&["literal", "text", "full"]);
                let (name, sort) = of_parts(inner.text(&["given", "first"]), inner.text(&["family", "last"]));
                inner.unknown(&["given", "family", "literal"]);
                (literal.or(name), sort)
            }
            Some(entry) => (self.words_of(&entry), None),
            None => of_parts(
                self.text(&["given", "given-name", "first", "forename"]),
                self.text(&["family", "family-name", "last", "surname"]),
            ),
        }
    }

    fn role(&mut self, entry: &Entry) -> Role {
        let said = entry.said.line().unwrap_or_default();
        let known = known::role(&said);
        if known.is_none() {
            let names = Role::ALL.map(Role::name);
            let meant = known::nearest(&said.to_lowercase(), &names);
            let hint = meant.map(|meant| format!("did you mean \"{meant}\"? ")).unwrap_or_default();
            let hint = format!("{hint}roles are {}", names.join(", "));
            self.warn(entry.said.span, format!("\"{said}\" is no role: named as a contributor"), &hint);
        }
        known.unwrap_or(Role::Contributor)
    }

    fn identifiers(&mut self) -> Vec<Identifier> {
        self.identifiers_with(SCHEMES)
    }

    /// Identifiers under `identifiers`, or under the names of their `schemes`.
    fn identifiers_with(&mut self, schemes: &[&str]) -> Vec<Identifier> {
        let mut found = Vec::new();
        for name in ["identifier", "identifiers"] {
            let Some(entry) = self.take(&[name]) else { continue };
            for value in entry.said.each() {
                match self.identifier(&value) {
                    Some(id) => found.push((id, value.span)),
                    None => {
                        self.warn(value.span, "this is no identifier".to_owned(), "write scheme = \"isbn\", value = \"978-…\"")
                    }
                }
            }
        }
        for scheme in schemes {
            // `isbn`, `isbn-13`, `isbn-print`, `print-isbn`, `eisbn`.
            while let Some((at, medium)) =
                self.entries.iter().enumerate().find_map(|(at, entry)| Some((at, known::scheme(&entry.name, scheme)?)))
            {
                let entry = self.entries.remove(at);
                self.identifiers_of(scheme, medium, entry, &mut found);
            }
        }
        found.iter_mut().for_each(|(id, _)| id.value = known::bare(&id.scheme, &id.value));
        for (id, span) in &found {
            if let Some(fault) = checks::fault(&id.scheme, &id.value) {
                self.report
                    .warn("identifier-malformed", *span, fault)
                    .hint("compare it with where you have it from: shops and libraries refuse such a number");
            }
        }
        found.into_iter().map(|(id, _)| id).collect()
    }

    /// A title in parts, each with what it is (pandoc's EPUB metadata): `- {type: main, text: …}`.
    fn parts_of_title(&mut self) {
        let Some(at) = self.entries.iter().position(|entry| entry.name == "title") else { return };
        let is_part =
            |said: &Said| matches!(&said.value, Value::Table(entries) if entries.iter().any(|own| own.name == "text"));
        let parts = self.entries[at].said.clone().each();
        if parts.is_empty() || !parts.iter().all(is_part) {
            return;
        }
        let key = self.entries.remove(at).key;
        for part in parts {
            let Value::Table(mut own) = part.value else { continue };
            let sort = own.iter().find(|entry| entry.name == "type").and_then(|entry| entry.said.line());
            let Some(text) = own.iter().position(|entry| entry.name == "text").map(|at| own.remove(at).said) else { continue };
            let name = match sort.as_deref() {
                None | Some("main") => "title",
                Some("subtitle") => "subtitle",
                Some("collection") => "series",
                Some("edition") => "edition",
                Some(_) => "title-part",
            };
            self.entries.push(Entry::new(name, key, text));
        }
    }

    /// One value, a list of them, or a table of them by what they are for.
    fn identifiers_of(&mut self, scheme: &str, medium: Option<Medium>, entry: Entry, found: &mut Vec<(Identifier, Span)>) {
        for value in entry.said.each() {
            match value.value {
                Value::Table(entries) => {
                    for inner in entries {
                        match known::medium(&inner.name) {
                            Some(medium) => self.identifiers_of(scheme, Some(medium), inner, found),
                            None => self.warn(
                                inner.key,
                                format!("\"{}\" is no edition that has an {scheme} of its own", inner.name),
                                "write print or ebook",
                            ),
                        }
                    }
                }
                _ => match value.line() {
                    Some(line) => {
                        let (value_of, said) = known::without_medium(&line);
                        let id = Identifier { scheme: scheme.to_owned(), value: value_of, medium: said.or(medium) };
                        found.push((id, value.span));
                    }
                    None => self.warn(value.span, format!("the {scheme} is no text"), "write one value"),
                },
            }
        }
    }

    /// `{scheme, value}`, or `scheme:value` in one.
    fn identifier(&mut self, value: &Said) -> Option<Identifier> {
        if let Value::Table(entries) = &value.value {
            let said = |names: &[&str]| {
                entries.iter().find(|entry| names.contains(&entry.name.as_str())).and_then(|entry| entry.said.line())
            };
            let (scheme, text) = (said(&["scheme", "type"])?, said(&["value", "text", "id"])?);
            let scheme = scheme.to_lowercase();
            let (scheme, named) =
                SCHEMES.iter().find_map(|known| Some((*known, known::scheme(&scheme, known)?))).unwrap_or((&scheme, None));
            let (text, written) = known::without_medium(&text);
            let medium = said(&["medium", "for", "format", "edition"]).and_then(|word| known::medium(&word));
            return Some(Identifier { scheme: scheme.to_owned(), value: text, medium: medium.or(named).or(written) });
        }
        let text = value.line()?;
        let (text, medium) = known::without_medium(&text);
        let known = text.split_once(':').filter(|(scheme, _)| SCHEMES.contains(&scheme.to_lowercase().as_str()));
        let (scheme, value) = match known {
            Some((scheme, value)) => (scheme.to_lowercase(), value.trim().to_owned()),
            None if text.contains("://") => ("uri".to_owned(), text),
            None => ("local".to_owned(), text),
        };
        Some(Identifier { scheme, value, medium })
    }

    fn source(&mut self) -> Option<PrintedSource> {
        let entry = self.take(&["source"])?;
        let entries = match entry.said.value {
            Value::Table(entries) => entries,
            _ => {
                let note = self.words_of(&entry)?;
                return Some(PrintedSource { note: Some(note), ..PrintedSource::default() });
            }
        };
        let mut inner = self.inner(entries, "source");
        let source = PrintedSource {
            title: inner.text(&["title"]),
            people: inner.people(),
            edition: inner.text(&["edition"]),
            place: inner.text(&["place"]),
            publisher: inner.named_text(&["publisher"]),
            date: inner.date(&["date", "year"]),
            pages: inner.text(&["pages", "extent"]),
            identifiers: inner.identifiers(),
            note: inner.text(&["note", "notes"]),
        };
        inner.unknown(known::SOURCE_FIELDS);
        Some(source)
    }

    fn series(&mut self) -> Option<Series> {
        let entry = self.take(&["series", "collection", "belongs-to-collection"])?;
        match entry.said.value {
            Value::Table(entries) => {
                let mut inner = self.inner(entries, "series");
                let name = inner.text(&["name", "title", "text"]);
                let position = inner.text(&["position", "number", "volume"]);
                inner.unknown(&["name", "position"]);
                if name.is_none() {
                    self.warn(entry.key, "the series has no name".to_owned(), "write series: {name: …, position: 3}");
                }
                Some(Series { name: name?, position })
            }
            _ => Some(Series {
                name: self.words_of(&entry)?,
                position: self.text(&["series-position", "series-number", "series-index", "group-position", "volume"]),
            }),
        }
    }

    /// A table inside this one.
    fn inner(&mut self, entries: Vec<Entry>, within: &'static str) -> Reader<'_> {
        let span = entries.first().map(|entry| entry.key).or(self.span);
        Reader { entries, within, span, report: self.report }
    }

    /// Remarks the fields that nothing has taken; `known` are the names that would have been.
    fn unknown(&mut self, known: &[&str]) {
        for entry in std::mem::take(&mut self.entries) {
            unused(&entry, self.within, known, self.report);
        }
    }
}

/// The fields of somebody whom a table calls by name, `Ada Bell: {orcid: …}`, as filters for scholarly metadata have it.
fn called(entries: Vec<Entry>) -> Vec<Entry> {
    let is_name = |entry: &Entry| {
        let is_written_so = entry.written.starts_with(char::is_uppercase) && entry.written.contains(' ');
        let is_field = matches!(entry.name.as_str(), "name" | "literal" | "given-name" | "family-name");
        match entry.said.value {
            Value::Table(_) => !is_field,
            Value::Nothing | Value::Text(..) | Value::List(_) => is_written_so && !is_field,
        }
    };
    match <[Entry; 1]>::try_from(entries) {
        Ok([entry]) if is_name(&entry) => {
            let name = Entry::new("name", entry.key, Said::text(entry.written, entry.key));
            let inner = match entry.said.value {
                Value::Table(inner) => inner,
                Value::Nothing => Vec::new(),
                value => vec![Entry::new("affiliation", entry.key, Said { value, span: entry.said.span })],
            };
            std::iter::once(name).chain(inner).collect()
        }
        Ok(one) => one.into(),
        Err(entries) => entries,
    }
}

/// Remarks a field that is in no output.
pub(in crate::read) fn unused(entry: &Entry, within: &str, known: &[&str], report: &mut Report) {
    let name = clean::line(&entry.name);
    let whole = if within.is_empty() { name.clone() } else { format!("{within}.{name}") };
    match known::nearest(&name, known) {
        Some(meant) => report
            .warn("metadata-unknown", entry.key, format!("no output has room for the field \"{whole}\""))
            .hint(format!("did you mean \"{meant}\"?")),
        None => report
            .remark("metadata-unknown", entry.key, format!("no output has room for the field \"{whole}\""))
            .hint("see the README for the fields that are known"),
    };
}
