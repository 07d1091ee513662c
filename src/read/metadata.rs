//! Metadata in the words that people use: YAML or TOML at the front of a file, or a `tetrapla.toml` beside the files. Names
//! are forgiving (`author`, `authors` and `creator` are one), values are not: what can't be understood is remarked.

mod fields;

pub use fields::Fields;

use serde_json::Value;

use super::clean;
use crate::report::Report;
use crate::settings::Tables;
use crate::span::{FileId, Sources, Span};

/// The name of the file that makes a folder one work.
pub const PROJECT_FILE: &str = "tetrapla.toml";

/// What a work's `tetrapla.toml` says.
#[derive(Clone, Debug)]
pub struct Project {
    /// The file itself, for remarks.
    pub file: FileId,
    /// The work's files in reading order, relative to its folder. None: all its Markdown files, sorted by name.
    pub files: Option<Vec<String>>,
    /// The tables of settings that it has.
    pub settings: Tables,
    pub(super) metadata: Fields,
}

impl Project {
    /// Reads a `tetrapla.toml`.
    pub fn read(sources: &Sources, file: FileId, report: &mut Report) -> Self {
        let text = &sources.get(file).text;
        let span = Span::new(file, 0..0);
        let mut fields = Fields::default();
        let mut files = None;
        let mut settings = Tables::default();
        match toml::from_str::<Value>(text) {
            Ok(Value::Object(mut table)) => {
                files = table.remove("files").map(|files| file_names(files, span, report));
                let metadata = table.remove("metadata").unwrap_or(Value::Null);
                for name in Tables::NAMES {
                    table.remove(name).into_iter().for_each(|fields| settings.add(name, fields));
                }
                for name in table.keys() {
                    report
                        .warn("project-unknown", span, format!("{PROJECT_FILE} has no setting \"{}\"", clean::line(name)))
                        .hint("it has files, [metadata], [restore], [epub], [pdf], [tei] and [text]");
                }
                fields.add(metadata, span, report);
            }
            Ok(_) => {}
            Err(error) => broken(&error.to_string(), error.span().map_or(span, |range| Span::new(file, range)), report),
        }
        Self { file, files, settings, metadata: fields }
    }
}

fn file_names(files: Value, span: Span, report: &mut Report) -> Vec<String> {
    let names = match files {
        Value::Array(names) => names,
        one => vec![one],
    };
    let mut known = Vec::new();
    for name in names {
        match name {
            Value::String(name) => known.push(name),
            other => {
                report
                    .warn("project-malformed", span, format!("{other} is no file's name"))
                    .hint("write files = [\"one.md\", \"two.md\"]");
            }
        }
    }
    known
}

/// What a file's front matter says of the file itself.
#[derive(Debug, Default)]
pub(super) struct Opening {
    /// Where the text begins, in bytes.
    pub text: usize,
    /// The dialect that the file says it is written in.
    pub dialect: Option<String>,
    pub span: Span,
}

/// Reads the front matter of a file, if it has some, into `fields`.
pub(super) fn front_matter(sources: &Sources, file: FileId, fields: &mut Fields, report: &mut Report) -> Opening {
    let text = &sources.get(file).text;
    let Some(front) = Front::find(text) else { return Opening::default() };
    let span = Span::new(file, 0..front.end);
    let mut opening = Opening { text: front.end, dialect: None, span };
    let value = match front.fence {
        "+++" => toml::from_str::<Value>(front.inner).map_err(|error| error.to_string()),
        _ => serde_saphyr::from_str::<Value>(front.inner).map_err(|error| error.to_string()),
    };
    match value {
        Ok(Value::Object(mut table)) => {
            opening.dialect = table.remove("dialect").map(|name| name.as_str().unwrap_or_default().to_owned());
            fields.add(Value::Object(table), span, report);
        }
        // Three hyphens are a rule, too: what is no mapping is text.
        Ok(_) => return Opening::default(),
        Err(_) if !front.looks_like_fields() => return Opening::default(),
        Err(reason) => broken(&reason, span, report),
    }
    opening
}

fn broken(reason: &str, span: Span, report: &mut Report) {
    let first = reason.lines().find(|line| !line.trim().is_empty()).unwrap_or("");
    report
        .warn("metadata-broken", span, format!("the metadata can't be read: {}", clean::line(first)))
        .hint("mend them, or take them out; the work is made without them");
}

/// A block of metadata at the front of a file.
struct Front<'a> {
    fence: &'static str,
    inner: &'a str,
    /// Where the text after it begins, in bytes.
    end: usize,
}

impl<'a> Front<'a> {
    fn find(text: &'a str) -> Option<Self> {
        let fence =
            ["---", "+++"].into_iter().find(|fence| text.lines().next().is_some_and(|line| line.trim_end() == *fence))?;
        let start = text.find('\n')? + 1;
        let mut at = start;
        for line in text[start..].split_inclusive('\n') {
            let mark = line.trim_end();
            if mark == fence || fence == "---" && mark == "..." {
                return Some(Self { fence, inner: &text[start..at], end: at + line.len() });
            }
            at += line.len();
        }
        None
    }

    /// Whether the first line says `name: value` or `name = value`, so that it is meant as metadata.
    fn looks_like_fields(&self) -> bool {
        let line = self.inner.lines().find(|line| !line.trim().is_empty() && !line.starts_with('#')).unwrap_or("");
        let name = line.split([':', '=']).next().unwrap_or("").trim();
        name.len() < line.trim().len() && !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "_-.\"'".contains(c))
    }
}
