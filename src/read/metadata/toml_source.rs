//! TOML with its places. A line that can't be read costs that line: the parser goes on behind it.

use serde_json::{Value as Json, json};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::said::{Entry, Said, Value};
use crate::span::{FileId, Span};

/// A line that is not as its format has it.
#[derive(Debug)]
pub struct Problem {
    pub span: Span,
    pub reason: String,
    /// Whether its words were understood all the same.
    pub is_mended: bool,
}

impl Problem {
    pub fn new(span: Span, reason: impl Into<String>) -> Self {
        Self { span, reason: reason.into(), is_mended: false }
    }
}

/// Reads `text`, which begins at byte `base` of its file.
pub fn parse(file: FileId, base: usize, text: &str) -> (Vec<Entry>, Vec<Problem>) {
    let (table, errors) = DeTable::parse_recoverable(text);
    let places = Places { file, base };
    let problem = |error: toml::de::Error| Problem::new(places.at(error.span().unwrap_or(0..0)), error.message());
    (places.table(table.get_ref()), errors.into_iter().map(problem).collect())
}

#[derive(Clone, Copy)]
struct Places {
    file: FileId,
    base: usize,
}

impl Places {
    fn at(self, range: std::ops::Range<usize>) -> Span {
        Span::new(self.file, self.base + range.start..self.base + range.end)
    }

    /// In the order of the source, which is that of people on a title page.
    fn table(self, table: &DeTable) -> Vec<Entry> {
        let mut entries: Vec<_> =
            table.iter().map(|(name, value)| Entry::new(name.get_ref(), self.at(name.span()), self.said(value))).collect();
        entries.sort_by_key(|entry| entry.key.start);
        entries
    }

    fn said(self, value: &Spanned<DeValue>) -> Said {
        let word = |text: String, json: Json| Value::Text(text, json);
        let value_of = match value.get_ref() {
            DeValue::String(text) => word(text.to_string(), json!(text)),
            DeValue::Integer(number) => {
                let read = i64::from_str_radix(number.as_str(), number.radix()).map_or(Json::Null, |number| json!(number));
                word(number.to_string(), read)
            }
            DeValue::Float(number) => {
                word(number.as_str().to_owned(), number.as_str().parse::<f64>().map_or(Json::Null, |number| json!(number)))
            }
            DeValue::Boolean(known) => word(known.to_string(), json!(known)),
            DeValue::Datetime(date) => word(date.to_string(), json!(date.to_string())),
            DeValue::Array(list) => Value::List(list.iter().map(|one| self.said(one)).collect()),
            DeValue::Table(table) => Value::Table(self.table(table)),
        };
        Said { value: value_of, span: self.at(value.span()) }
    }
}
