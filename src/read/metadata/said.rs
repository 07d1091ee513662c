//! What a file's metadata say, each value with its place: a remark points at the line that it is about, and nowhere else.

use serde_json::{Map, Value as Json};

use crate::read::clean;
use crate::span::Span;

/// A value and where it stands.
#[derive(Clone, Debug)]
pub struct Said {
    pub value: Value,
    pub span: Span,
}

/// What may be said.
#[derive(Clone, Debug)]
pub enum Value {
    Nothing,
    /// Words as they are written: `0-19-852663-6`, `1.10` and `yes` are no numbers, and what they would be to a program.
    Text(String, Json),
    List(Vec<Said>),
    Table(Vec<Entry>),
}

/// A name with its value.
#[derive(Clone, Debug)]
pub struct Entry {
    /// In lower case, with hyphens for underscores.
    pub name: String,
    /// As it is written.
    pub written: String,
    /// Where the name stands.
    pub key: Span,
    pub said: Said,
}

impl Entry {
    pub fn new(name: &str, key: Span, said: Said) -> Self {
        let written = name.trim().to_owned();
        Self { name: written.to_lowercase().replace(['_', ' '], "-"), written, key, said }
    }
}

impl Said {
    pub fn text(text: impl Into<String>, span: Span) -> Self {
        let text = text.into();
        Self { value: Value::Text(text.clone(), Json::String(text)), span }
    }

    /// What a program says, which has one place for all of it.
    pub fn of_json(json: Json, span: Span) -> Self {
        let value = match json {
            Json::Null => Value::Nothing,
            Json::String(text) => Value::Text(text.clone(), Json::String(text)),
            Json::Bool(_) | Json::Number(_) => Value::Text(json.to_string(), json),
            Json::Array(list) => Value::List(list.into_iter().map(|one| Self::of_json(one, span)).collect()),
            Json::Object(table) => {
                let entry = |(name, value): (String, Json)| Entry::new(&name, span, Self::of_json(value, span));
                Value::Table(table.into_iter().map(entry).collect())
            }
        };
        Self { value, span }
    }

    /// One line of text; none for a table, a list, or nothing.
    pub fn line(&self) -> Option<String> {
        match &self.value {
            Value::Text(text, _) => Some(clean::line(text)).filter(|text| !text.is_empty()),
            Value::Nothing | Value::List(_) | Value::Table(_) => None,
        }
    }

    pub fn is_nothing(&self) -> bool {
        match &self.value {
            Value::Nothing => true,
            Value::Text(text, _) => text.trim().is_empty(),
            Value::List(list) => list.iter().all(Self::is_nothing),
            Value::Table(entries) => entries.is_empty(),
        }
    }

    /// The values of a list; a single value is a list of one.
    pub fn each(self) -> Vec<Said> {
        match self.value {
            Value::List(list) => list,
            Value::Nothing => Vec::new(),
            value @ (Value::Text(..) | Value::Table(_)) => vec![Self { value, span: self.span }],
        }
    }

    /// As a program understands it.
    pub fn json(&self) -> Json {
        match &self.value {
            Value::Nothing => Json::Null,
            Value::Text(_, json) => json.clone(),
            Value::List(list) => list.iter().map(Self::json).collect(),
            Value::Table(entries) => {
                Json::Object(entries.iter().map(|entry| (entry.name.clone(), entry.said.json())).collect::<Map<_, _>>())
            }
        }
    }

    /// Tells the place of every name in it, by the names that lead there: `margins.inner`.
    pub fn places(&self, prefix: &str, tell: &mut impl FnMut(String, Span)) {
        match &self.value {
            Value::Nothing | Value::Text(..) => {}
            Value::List(list) => list.iter().enumerate().for_each(|(at, one)| one.places(&format!("{prefix}.{at}"), tell)),
            Value::Table(entries) => {
                for entry in entries {
                    let path = format!("{prefix}.{}", entry.name);
                    entry.said.places(&path, tell);
                    tell(path, entry.key);
                }
            }
        }
    }
}
