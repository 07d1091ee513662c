//! Fields as a file says them, and what they mean.

use serde_json::{Map, Value};

use crate::read::clean;
use crate::report::Report;
use crate::span::Span;
use crate::tree::{Identifier, Metadata, Person, PrintedSource, Role, Series};

/// Fields as they were found. Of two of the same name the first counts: `tetrapla.toml` speaks for the whole work, then its
/// first file, then the others.
#[derive(Clone, Debug, Default)]
pub struct Fields {
    values: Map<String, Value>,
    span: Option<Span>,
    title_settled: bool,
}

/// Schemes of identifiers that are fields by themselves: `isbn: 978-…`.
const SCHEMES: &[&str] = &["isbn", "issn", "doi", "urn", "uuid", "uri", "url", "lccn", "oclc", "ark", "hdl"];

impl Fields {
    /// Takes over the fields of a table.
    pub(in crate::read) fn add(&mut self, table: Value, span: Span, report: &mut Report) {
        match table {
            Value::Object(table) => {
                self.span = self.span.or(Some(span));
                for (name, value) in table {
                    self.values.entry(name.to_lowercase().replace('_', "-")).or_insert(value);
                }
            }
            Value::Null => {}
            _ => {
                report.warn("metadata-malformed", span, "the metadata are no table").hint("write them as name = value");
            }
        }
    }

    /// The language, as it is written.
    pub fn language(&self) -> Option<&str> {
        let value = ["language", "lang"].into_iter().find_map(|name| self.values.get(name))?;
        value.as_str()
    }

    /// Takes note that the text itself says which of its words are the title, or that none are: nobody has to look for them.
    pub(in crate::read) fn settle_title(&mut self) {
        self.title_settled = true;
    }

    pub(in crate::read) fn title_is_settled(&self) -> bool {
        self.title_settled
    }

    /// What the fields mean. The title and the language may still be empty.
    pub(in crate::read) fn metadata(self, report: &mut Report) -> Metadata {
        let mut reader = Reader { values: self.values, span: self.span, report };
        let mut meta = Metadata {
            title: reader.text(&["title"]).unwrap_or_default(),
            subtitle: reader.text(&["subtitle"]),
            people: reader.people(),
            language: reader.language(),
            date: reader.date("date"),
            publisher: reader.text(&["publisher"]),
            place: reader.text(&["place"]),
            edition: reader.text(&["edition"]),
            identifiers: reader.identifiers(),
            rights: reader.text(&["rights", "copyright"]),
            licence: reader.text(&["licence", "license"]),
            source: reader.source(),
            subjects: reader.texts(&["subjects", "subject", "keywords", "tags"]),
            description: reader.text(&["description", "abstract", "summary"]),
            series: reader.series(),
            cover: reader.text(&["cover", "cover-image"]),
        };
        reader.unknown();
        if let Some(licence) = meta.licence.take_if(|licence| !licence.contains("://")) {
            reader.warn(
                format!("the licence \"{licence}\" is no address"),
                "give the licence's web address; it was taken for the rights",
            );
            meta.rights = Some(meta.rights.map_or(licence.clone(), |rights| format!("{rights} {licence}")));
        }
        meta
    }
}

struct Reader<'a> {
    values: Map<String, Value>,
    span: Option<Span>,
    report: &'a mut Report,
}

impl Reader<'_> {
    fn warn(&mut self, message: String, hint: &str) {
        self.report.warn("metadata-malformed", self.span, message).hint(hint);
    }

    fn take(&mut self, names: &[&str]) -> Option<Value> {
        let found: Vec<_> = names.iter().filter_map(|name| self.values.remove(*name)).collect();
        found.into_iter().find(|value| !value.is_null())
    }

    /// One line of text.
    fn text(&mut self, names: &[&str]) -> Option<String> {
        let value = self.take(names)?;
        let text = scalar(&value);
        if text.is_none() {
            self.warn(format!("{} is no text", names[0]), "write one value");
        }
        text
    }

    /// A list of lines; one line with commas in it is a list, too.
    fn texts(&mut self, names: &[&str]) -> Vec<String> {
        match self.take(names) {
            Some(Value::Array(values)) => values.iter().filter_map(scalar).collect(),
            Some(value) => {
                let all = scalar(&value).unwrap_or_default();
                all.split([',', ';']).map(clean::line).filter(|text| !text.is_empty()).collect()
            }
            None => Vec::new(),
        }
    }

    fn language(&mut self) -> String {
        let tag = self.text(&["language", "lang"]);
        tag.and_then(|tag| clean::language(&tag, self.span, self.report)).unwrap_or_default()
    }

    fn date(&mut self, name: &str) -> Option<String> {
        let date = self.text(&[name])?;
        if !is_date(&date) {
            self.warn(
                format!("the {name} \"{date}\" is not YYYY, YYYY-MM or YYYY-MM-DD"),
                "write it so; what is less certain goes into source.note",
            );
            return None;
        }
        Some(date)
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
        let values = match self.take(&[name]) {
            Some(Value::Array(values)) => values,
            Some(value) => vec![value],
            None => return,
        };
        for value in values {
            match self.person(value, role) {
                Some(person) => people.push(person),
                None => {
                    self.warn(format!("somebody under {name} has no name"), "write name = \"Simone Weil\", role = \"author\"")
                }
            }
        }
    }

    fn person(&mut self, value: Value, role: Role) -> Option<Person> {
        let Value::Object(values) = value else {
            return Some(Person { name: scalar(&value)?, sort: None, role, identifiers: Vec::new() });
        };
        let mut inner = self.inner(values);
        let name = inner.text(&["name"]);
        let sort = inner.text(&["sort", "file-as"]);
        let said = inner.text(&["role"]);
        let identifiers = inner.identifiers_with(&["orcid", "viaf", "gnd", "isni", "wikidata", "lccn"]);
        inner.unknown();
        let role = match said.map(|said| (Role::ALL.into_iter().find(|role| said == role.name() || said == role.marc()), said))
        {
            None => role,
            Some((Some(role), _)) => role,
            Some((None, said)) => {
                let known = Role::ALL.map(Role::name).join(", ");
                self.warn(format!("\"{said}\" is no role"), &format!("roles are {known}"));
                Role::Contributor
            }
        };
        Some(Person { name: name?, sort, role, identifiers })
    }

    fn identifiers(&mut self) -> Vec<Identifier> {
        self.identifiers_with(SCHEMES)
    }

    /// Identifiers under `identifiers`, or under the names of their `schemes`.
    fn identifiers_with(&mut self, schemes: &[&str]) -> Vec<Identifier> {
        let mut identifiers = Vec::new();
        for name in ["identifier", "identifiers"] {
            let values = match self.take(&[name]) {
                Some(Value::Array(values)) => values,
                Some(value) => vec![value],
                None => continue,
            };
            for value in values {
                match self.identifier(&value) {
                    Some(id) => identifiers.push(id),
                    None => self.warn(format!("{value} is no identifier"), "write scheme = \"isbn\", value = \"978-…\""),
                }
            }
        }
        for scheme in schemes {
            if let Some(value) = self.text(&[scheme]) {
                identifiers.push(Identifier { scheme: (*scheme).to_owned(), value });
            }
        }
        identifiers
    }

    /// `{scheme, value}`, or `scheme:value` in one.
    fn identifier(&mut self, value: &Value) -> Option<Identifier> {
        if let Value::Object(table) = value {
            let said = |name: &str| table.get(name).and_then(scalar);
            return Some(Identifier { scheme: said("scheme")?.to_lowercase(), value: said("value").or_else(|| said("text"))? });
        }
        let text = scalar(value)?;
        let known = text.split_once(':').filter(|(scheme, _)| SCHEMES.contains(&scheme.to_lowercase().as_str()));
        Some(match known {
            Some((scheme, value)) => Identifier { scheme: scheme.to_lowercase(), value: value.trim().to_owned() },
            None if text.contains("://") => Identifier { scheme: "uri".to_owned(), value: text },
            None => Identifier { scheme: "local".to_owned(), value: text },
        })
    }

    fn source(&mut self) -> Option<PrintedSource> {
        let values = match self.take(&["source"])? {
            Value::Object(values) => values,
            value => return scalar(&value).map(|note| PrintedSource { note: Some(note), ..PrintedSource::default() }),
        };
        let mut inner = self.inner(values);
        let source = PrintedSource {
            title: inner.text(&["title"]),
            people: inner.people(),
            edition: inner.text(&["edition"]),
            place: inner.text(&["place"]),
            publisher: inner.text(&["publisher"]),
            date: inner.date("date"),
            pages: inner.text(&["pages", "extent"]),
            identifiers: inner.identifiers(),
            note: inner.text(&["note", "notes"]),
        };
        inner.unknown();
        Some(source)
    }

    fn series(&mut self) -> Option<Series> {
        match self.take(&["series", "collection"])? {
            Value::Object(values) => {
                let mut inner = self.inner(values);
                let name = inner.text(&["name", "title"]);
                let position = inner.text(&["position", "number", "volume"]);
                inner.unknown();
                Some(Series { name: name?, position })
            }
            value => Some(Series { name: scalar(&value)?, position: self.text(&["series-position", "volume"]) }),
        }
    }

    /// A table inside this one.
    fn inner(&mut self, values: Map<String, Value>) -> Reader<'_> {
        let values = values.into_iter().map(|(name, value)| (name.to_lowercase().replace('_', "-"), value)).collect();
        Reader { values, span: self.span, report: self.report }
    }

    /// Remarks the fields that nothing has taken.
    fn unknown(&mut self) {
        for (name, _) in std::mem::take(&mut self.values) {
            self.report
                .remark("metadata-unknown", self.span, format!("no output has room for the field \"{}\"", clean::line(&name)))
                .hint("see the README for the fields that are known");
        }
    }
}

/// A value as one line of text; none for a table, a list, or nothing.
fn scalar(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => clean::line(text),
        Value::Number(number) => number.to_string(),
        Value::Bool(known) => known.to_string(),
        // How the toml crate hands over a date.
        Value::Object(date) if date.len() == 1 => clean::line(date.get("$__toml_private_datetime")?.as_str()?),
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    };
    (!text.is_empty()).then_some(text)
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
