//! What the user decides: the tables `[restore]`, `[epub]`, `[pdf]`, `[tei]` and `[text]` of a `tetrapla.toml`, and the flags of
//! the command line, which say the same and speak last. One file a table; every field has a default that needs no thought.

mod epub;
mod pdf;
mod restore;
mod tei;
mod text;

pub use epub::{EpubSettings, NotesAt};
pub use pdf::{
    Cut, Folios, FontSettings, HeadSettings, LeadIn, Length, Links, Opening, PdfProfile, PdfSettings, TRIMS, Trim, TypeSettings,
};
pub use pdf::{FrontSettings, MarginSettings, RunningTextSettings};
pub use restore::{Punctuation, RestoreSettings, Spelling};
pub use tei::{TeiProfile, TeiSettings};
pub use text::{Emphasis, NotePlace, TextSettings};

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::report::Report;
use crate::span::Span;

/// The settings of one work.
#[derive(Clone, Debug, Default, PartialEq, JsonSchema)]
pub struct Settings {
    pub restore: RestoreSettings,
    pub epub: EpubSettings,
    pub pdf: PdfSettings,
    pub tei: TeiSettings,
    pub text: TextSettings,
}

/// The JSON Schema (draft 2020-12) of the tables.
pub fn schema() -> Value {
    let mut schema = schemars::schema_for!(Settings).to_value();
    // Each table can be left out.
    schema.as_object_mut().map(|schema| schema.remove("required"));
    schema
}

/// Settings as they are written: tables by name, each with its fields. Later ones speak last.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tables {
    fields: Map<String, Value>,
    /// Where a file says them, by the names that lead there: `pdf.margins.inner`.
    places: BTreeMap<String, Span>,
}

impl Tables {
    /// The names of the tables that there are.
    pub const NAMES: [&str; 5] = ["restore", "epub", "pdf", "tei", "text"];

    /// The tables as they are said, without their places.
    pub fn fields(&self) -> &Map<String, Value> {
        &self.fields
    }

    /// Sets one field: `set("pdf", "design", "novel")`.
    pub fn set(&mut self, table: &str, field: &str, value: impl Into<Value>) {
        let fields = self.fields.entry(table).or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(fields) = fields {
            fields.insert(field.to_owned(), value.into());
        }
    }

    /// Takes over a whole table of a file.
    pub fn add(&mut self, table: &str, fields: Value) {
        if let Value::Object(fields) = fields {
            fields.into_iter().for_each(|(name, value)| self.set(table, &name, value));
        }
    }

    /// Says where a field stands, by the names that lead there.
    pub fn place(&mut self, path: String, span: Span) {
        self.places.insert(path, span);
    }

    /// These tables with those of `later` over them.
    pub fn then(mut self, later: &Self) -> Self {
        later.fields.iter().for_each(|(table, fields)| self.add(table, fields.clone()));
        self.places.extend(later.places.clone());
        self
    }

    /// What the tables mean. A field that can't be understood is remarked where it stands, and is as if it were not said; the
    /// others of its table count.
    pub fn read(&self, report: &mut Report) -> Settings {
        Settings {
            restore: self.table("restore", report),
            epub: self.table("epub", report),
            pdf: self.table("pdf", report),
            tei: self.table("tei", report),
            text: self.table("text", report),
        }
    }

    fn table<T: DeserializeOwned + Default>(&self, name: &str, report: &mut Report) -> T {
        let Some(fields) = self.fields.get(name) else { return T::default() };
        let fits = |value: Value| serde_json::from_value::<T>(value).map_err(|reason| reason.to_string());
        fits(fields.clone()).unwrap_or_else(|_| {
            let mut kept = fields.clone();
            let mut faults = Vec::new();
            prune(&mut kept, name, &|value| fits(value).map(drop), &mut faults);
            for (path, reason) in faults {
                self.remark(&path, &reason, report);
            }
            // Fields that fit each by itself and not together are no field's fault.
            fits(kept).unwrap_or_else(|reason| {
                self.remark(name, &reason, report);
                T::default()
            })
        })
    }

    /// Remarks one field, with the name that was meant where there is one near.
    fn remark(&self, path: &str, reason: &str, report: &mut Report) {
        let (table, field) = path.rsplit_once('.').unwrap_or(("", path));
        let known: Vec<_> = reason.split_once("expected ").map_or("", |(_, rest)| rest).split('`').skip(1).step_by(2).collect();
        let span = self.places.get(path).copied();
        let wrong = reason.split('`').nth(1).unwrap_or(field);
        let near =
            known.iter().map(|known| (strsim::damerau_levenshtein(&wrong.to_lowercase(), &known.to_lowercase()), *known));
        let near = near.filter(|(distance, _)| *distance <= 2).min_by_key(|(distance, _)| *distance);
        let message = if reason.starts_with("unknown field") {
            format!("[{table}] has no setting \"{wrong}\"")
        } else {
            format!("the setting {path} can't be understood: {reason}")
        };
        let hint = match near {
            Some((_, meant)) => format!("did you mean \"{meant}\"?"),
            None if known.is_empty() => "mend it, or take it out; the work is made without it".to_owned(),
            None => format!("it knows {}; the work is made without it", known.join(", ")),
        };
        report.warn("settings-malformed", span, message).hint(hint);
    }
}

/// A wrapping of a value into the tables around it.
type Fits<'a> = &'a dyn Fn(Value) -> Result<(), String>;

/// Takes out of `value` what doesn't fit, as little as can be; `faults` gets its path, and why.
fn prune(value: &mut Value, path: &str, fits: Fits, faults: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => {
            for name in fields.keys().cloned().collect::<Vec<_>>() {
                let within = |inner: Value| fits(Value::Object(Map::from_iter([(name.clone(), inner)])));
                let Some(inner) = fields.get_mut(&name) else { continue };
                let Err(reason) = within(inner.clone()) else { continue };
                let path = format!("{path}.{name}");
                if holds_tables(inner) && !reason.starts_with(&format!("unknown field `{name}`")) {
                    prune(inner, &path, &within, faults);
                    if within(inner.clone()).is_ok() {
                        continue;
                    }
                }
                faults.push((path, reason));
                fields.remove(&name);
            }
        }
        Value::Array(list) => {
            for (at, inner) in list.iter_mut().enumerate() {
                prune(inner, &format!("{path}.{at}"), &|one| fits(Value::Array(vec![one])), faults);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn holds_tables(value: &Value) -> bool {
    match value {
        Value::Object(_) => true,
        Value::Array(list) => list.iter().any(Value::is_object),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_bad_field_costs_that_field() {
        let mut tables = Tables::default();
        tables.add(
            "pdf",
            serde_json::json!({
                "trimm": "a5", "justify": false, "chapters": "rectoo", "margins": {"inner": "20mm", "outer": "wide"},
                "heads": [{"size": 20, "cutt": "bold"}, {"size": 15}],
            }),
        );
        tables.place("pdf.trimm".to_owned(), Span { start: 7, end: 12, ..Span::default() });
        let mut report = Report::default();
        let pdf = tables.read(&mut report).pdf;
        assert_eq!(pdf.justify, Some(false));
        assert_eq!(pdf.margins.and_then(|margins| margins.inner).map(|inner| inner.0.round()), Some(57.0));
        assert_eq!(
            pdf.heads.map(|heads| heads.iter().map(|head| head.size.map(|size| size.0)).collect()),
            Some(vec![Some(20.0), Some(15.0)])
        );
        let said: Vec<_> =
            report.diagnostics.iter().map(|found| (found.message.as_str(), found.hint.as_deref().unwrap_or(""))).collect();
        assert_eq!(said.len(), 4, "{said:?}");
        assert!(said.contains(&("[pdf] has no setting \"trimm\"", "did you mean \"trim\"?")), "{said:?}");
        assert!(said.iter().any(|(message, hint)| message.contains("pdf.chapters") && hint.contains("recto")), "{said:?}");
        assert_eq!(report.diagnostics.iter().filter_map(|found| found.span).map(|span| span.start).collect::<Vec<_>>(), [7]);
    }
}
