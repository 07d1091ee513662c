//! What the user decides: the tables `[restore]`, `[epub]`, `[pdf]`, `[tei]` and `[text]` of a `tetrapla.toml`, and the flags of
//! the command line, which say the same and speak last. One file a table; every field has a default that needs no thought.

mod epub;
mod pdf;
mod restore;
mod tei;
mod text;

pub use epub::{EpubSettings, NotesAt};
pub use pdf::{Cut, Folios, FontSettings, HeadSettings, Length, Opening, PdfProfile, PdfSettings, TRIMS, Trim, TypeSettings};
pub use pdf::{FrontSettings, MarginSettings};
pub use restore::RestoreSettings;
pub use tei::{TeiProfile, TeiSettings};
pub use text::{Emphasis, NotePlace, TextSettings};

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::report::Report;
use crate::span::Span;

/// The settings of one work.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    pub restore: RestoreSettings,
    pub epub: EpubSettings,
    pub pdf: PdfSettings,
    pub tei: TeiSettings,
    pub text: TextSettings,
}

/// Settings as they are written: tables by name, each with its fields. Later ones speak last.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tables(Map<String, Value>);

impl Tables {
    /// The names of the tables that there are.
    pub const NAMES: [&str; 5] = ["restore", "epub", "pdf", "tei", "text"];

    /// Sets one field: `set("pdf", "design", "novel")`.
    pub fn set(&mut self, table: &str, field: &str, value: impl Into<Value>) {
        let fields = self.0.entry(table).or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(fields) = fields {
            fields.insert(field.to_owned(), value.into());
        }
    }

    /// Takes over a whole table of a file.
    pub fn add(&mut self, table: &str, fields: Value) {
        match fields {
            Value::Object(fields) => fields.into_iter().for_each(|(name, value)| self.set(table, &name, value)),
            other => drop(self.0.insert(table.to_owned(), other)),
        }
    }

    /// These tables with those of `later` over them.
    pub fn then(mut self, later: &Self) -> Self {
        later.0.iter().for_each(|(table, fields)| self.add(table, fields.clone()));
        self
    }

    /// What the tables mean. One that can't be understood is remarked at `span` and stands at its defaults.
    pub fn read(&self, span: Option<Span>, report: &mut Report) -> Settings {
        Settings {
            restore: self.table("restore", span, report),
            epub: self.table("epub", span, report),
            pdf: self.table("pdf", span, report),
            tei: self.table("tei", span, report),
            text: self.table("text", span, report),
        }
    }

    fn table<T: DeserializeOwned + Default>(&self, name: &str, span: Option<Span>, report: &mut Report) -> T {
        let Some(fields) = self.0.get(name) else { return T::default() };
        serde_json::from_value(fields.clone()).unwrap_or_else(|reason| {
            report
                .warn("settings-malformed", span, format!("the settings [{name}] can't be understood: {reason}"))
                .hint("mend them, or take them out; the work is made with this table's defaults");
            T::default()
        })
    }
}
