//! Front matter: a work's metadata as YAML, in strings that need no thought about YAML's other forms.

use std::fmt::Write;

use super::escape::{self, Place};
use crate::tree::{Document, Identifier, Medium, Metadata, Person, PrintedSource};

/// The front matter of a work, fences and all. The dialect stands in it, so that nobody takes the text for a scan again.
pub fn front_matter(doc: &Document, with_title: bool) -> String {
    let mut yaml = Yaml(String::from("---\ndialect: markdown\n"));
    yaml.metadata(&doc.meta, with_title);
    yaml.0 + "---\n"
}

struct Yaml(String);

impl Yaml {
    /// A field, where it has a value. JSON's strings are YAML's, too.
    fn field(&mut self, indent: &str, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            let _ = writeln!(self.0, "{indent}{name}: {}", quoted(value));
        }
    }

    /// The same for words, of which the reader takes the marks of Markdown away: what is none of them is escaped.
    fn words(&mut self, indent: &str, name: &str, value: Option<&str>) {
        let said = value.map(|value| {
            let mut said = String::new();
            escape::push(&mut said, value, None, Place { one_line: true, ..Place::default() });
            // The reader sees none where none of these stands.
            let is_escaped = ["\\*", "\\_", "\\`", "\\[", "\\<", "&#91;"].iter().any(|mark| said.contains(mark));
            if is_escaped { said } else { value.to_owned() }
        });
        self.field(indent, name, said.as_deref());
    }

    fn metadata(&mut self, meta: &Metadata, with_title: bool) {
        self.words("", "title", Some(meta.title.as_str()).filter(|_| with_title));
        self.words("", "subtitle", meta.subtitle.as_deref());
        self.people("", &meta.people);
        self.field("", "language", Some(&meta.language));
        self.field("", "date", meta.date.as_deref());
        self.words("", "publisher", meta.publisher.as_deref());
        self.words("", "place", meta.place.as_deref());
        self.words("", "edition", meta.edition.as_deref());
        self.identifiers("", &meta.identifiers);
        self.field("", "rights", meta.rights.as_deref());
        self.field("", "licence", meta.licence.as_deref());
        if let Some(source) = &meta.source {
            self.source(source);
        }
        if !meta.subjects.is_empty() {
            self.0.push_str("subjects:\n");
            for subject in &meta.subjects {
                let _ = writeln!(self.0, "  - {}", quoted(subject));
            }
        }
        self.words("", "description", meta.description.as_deref());
        if let Some(series) = &meta.series {
            self.0.push_str("series:\n");
            self.words("  ", "name", Some(&series.name));
            self.words("  ", "position", series.position.as_deref());
        }
        self.field("", "cover", meta.cover.as_deref());
        self.field("", "notes-by-chapter", meta.notes_by_chapter.then_some("true"));
    }

    fn people(&mut self, indent: &str, people: &[Person]) {
        if people.is_empty() {
            return;
        }
        let inner = format!("{indent}    ");
        let _ = writeln!(self.0, "{indent}people:");
        for person in people {
            self.field(&format!("{indent}  - "), "name", Some(&person.name));
            self.field(&inner, "sort", person.sort.as_deref());
            self.field(&inner, "role", Some(person.role.name()));
            self.identifiers(&inner, &person.identifiers);
        }
    }

    fn identifiers(&mut self, indent: &str, identifiers: &[Identifier]) {
        if identifiers.is_empty() {
            return;
        }
        let _ = writeln!(self.0, "{indent}identifiers:");
        for id in identifiers {
            self.field(&format!("{indent}  - "), "scheme", Some(&id.scheme));
            self.field(&format!("{indent}    "), "value", Some(&id.value));
            self.field(&format!("{indent}    "), "medium", id.medium.map(Medium::name));
        }
    }

    fn source(&mut self, source: &PrintedSource) {
        if *source == PrintedSource::default() {
            return;
        }
        self.0.push_str("source:\n");
        self.words("  ", "title", source.title.as_deref());
        self.people("  ", &source.people);
        self.words("  ", "edition", source.edition.as_deref());
        self.words("  ", "place", source.place.as_deref());
        self.words("  ", "publisher", source.publisher.as_deref());
        self.field("  ", "date", source.date.as_deref());
        self.words("  ", "pages", source.pages.as_deref());
        self.identifiers("  ", &source.identifiers);
        self.words("  ", "note", source.note.as_deref());
    }
}

fn quoted(value: &str) -> String {
    serde_json::Value::from(value).to_string()
}
