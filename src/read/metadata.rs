//! Metadata in the words that people use: YAML, TOML or JSON at the front of a file, pandoc's title block, or a `tetrapla.toml` beside
//! the files. Names are forgiving (`author`, `authors` and `creator` are one), values are not: what can't be understood is
//! remarked at its own line.

mod checks;
mod fields;
mod front;
mod known;
mod languages;
mod later;
mod licences;
mod prose;
mod said;
mod toml_source;
mod yaml;

pub(in crate::read) use fields::switch;
pub(super) use fields::unused;
pub use fields::{Fields, Preliminary, PreliminaryKind};
pub(super) use front::{Opening, front_matter, settings_in_front};
pub use known::FIELDS;
pub(super) use known::is_of_people;
pub(crate) use languages::tag as language_tag;
pub(super) use prose::plain;
pub(in crate::read) use said::Entry;

use said::{Said, Value};

use super::clean;
use crate::report::Report;
use crate::settings::Tables;
use crate::span::{FileId, Sources, Span};

/// The name of the file that makes a folder one work.
pub const PROJECT_FILE: &str = "tetrapla.toml";

/// The name of the file by which mdBook knows a book.
pub const MDBOOK_FILE: &str = "book.toml";

/// What a work's `tetrapla.toml` says.
#[derive(Clone, Debug)]
pub struct Project {
    /// The file itself, for remarks.
    pub file: FileId,
    /// The work's files in reading order, relative to its folder: names and patterns. None: all its Markdown files, sorted as people
    /// count.
    pub files: Option<Vec<FileName>>,
    /// The tables of settings that it has.
    pub settings: Tables,
    /// Where the text lies in an mdBook, below its folder.
    pub text_folder: Option<String>,
    pub(super) metadata: Fields,
}

/// A name or a pattern that a project gives, and where.
#[derive(Clone, Debug)]
pub struct FileName {
    pub name: String,
    pub span: Span,
}

impl Project {
    /// Reads a `tetrapla.toml`.
    pub fn read(sources: &Sources, file: FileId, report: &mut Report) -> Self {
        let mut project =
            Self { file, files: None, settings: Tables::default(), text_folder: None, metadata: Fields::default() };
        for Entry { name, key, said, .. } in entries(sources, file, report) {
            match (name.as_str(), said.value) {
                ("files" | "file", value) => project.files = Some(file_names(Said { value, span: said.span }, report)),
                ("metadata", Value::Table(entries)) => drop(project.metadata.add_entries(entries, key)),
                (table, Value::Table(entries)) if Tables::NAMES.contains(&table) => {
                    settings(&mut project.settings, table, Said { value: Value::Table(entries), span: said.span });
                }
                ("metadata", _) => misplaced(&name, key, report),
                (table, _) if Tables::NAMES.contains(&table) => misplaced(&name, key, report),
                (_, value) => unknown(&name, key, &value, report),
            }
        }
        project
    }

    /// Reads the `book.toml` of an mdBook, as far as it describes the book.
    pub fn read_mdbook(sources: &Sources, file: FileId, report: &mut Report) -> Self {
        let mut project =
            Self { file, files: None, settings: Tables::default(), text_folder: None, metadata: Fields::default() };
        let mut others = Vec::new();
        for Entry { name, key, said, .. } in entries(sources, file, report) {
            match (name.as_str(), said.value) {
                ("book", Value::Table(mut entries)) => {
                    let own = |entry: &Entry| matches!(entry.name.as_str(), "title" | "authors" | "description" | "language");
                    let folder = entries.iter().find(|entry| entry.name == "src").and_then(|entry| entry.said.line());
                    project.text_folder = folder;
                    entries.retain(own);
                    drop(project.metadata.add_entries(entries, key));
                }
                _ => others.push((name, key)),
            }
        }
        if let Some((_, key)) = others.first() {
            let names: Vec<_> = others.iter().map(|(name, _)| format!("[{name}]")).collect();
            report
                .remark(
                    "project-unknown",
                    *key,
                    format!("of book.toml, [book] is read; not {}", clean::line(&names.join(", "))),
                )
                .hint(format!("settings for the outputs stand in a {PROJECT_FILE} in the same folder"));
        }
        project
    }
}

/// What a TOML file says; what can't be read is remarked.
fn entries(sources: &Sources, file: FileId, report: &mut Report) -> Vec<Entry> {
    let (entries, problems) = toml_source::parse(file, 0, &sources.get(file).text);
    problems.into_iter().take(MOST_PROBLEMS).for_each(|problem| broken(problem, report));
    entries
}

/// More remarks on one file's metadata tell nobody more.
const MOST_PROBLEMS: usize = 20;

/// Takes over a table of settings with the places of its names.
fn settings(tables: &mut Tables, table: &str, said: Said) {
    said.places(table, &mut |path, span| tables.place(path, span));
    tables.add(table, said.json());
}

fn misplaced(name: &str, key: Span, report: &mut Report) {
    report
        .warn("project-malformed", key, format!("{name} is no table"))
        .hint(format!("write [{name}] on a line of its own, and its fields below"));
}

/// Remarks what a `tetrapla.toml` has no room for. Metadata outside their table are the usual case.
fn unknown(name: &str, key: Span, value: &Value, report: &mut Report) {
    let tables: Vec<_> = ["files", "metadata"].into_iter().chain(Tables::NAMES).collect();
    let name = clean::line(name);
    let hint = match known::nearest(&name, &tables) {
        Some(meant) if matches!(value, Value::Table(_)) => format!("did you mean [{meant}]?"),
        Some(meant) => format!("did you mean {meant}?"),
        None if FIELDS.contains(&name.as_str()) => "it belongs below the line [metadata]".to_owned(),
        None => format!("it has files, [metadata], [{}]", Tables::NAMES.join("], [")),
    };
    report.warn("project-unknown", key, format!("{PROJECT_FILE} has no setting \"{name}\"")).hint(hint);
}

fn file_names(files: Said, report: &mut Report) -> Vec<FileName> {
    let mut known = Vec::new();
    for name in files.each() {
        match name.value {
            Value::Text(text, serde_json::Value::String(_)) => known.push(FileName { name: text, span: name.span }),
            _ => {
                report
                    .warn("project-malformed", name.span, "this is no file's name")
                    .hint("write files = [\"one.md\", \"part-*.md\"]");
            }
        }
    }
    known
}

fn broken(problem: toml_source::Problem, report: &mut Report) {
    let reason = clean::line(&problem.reason);
    if problem.is_mended {
        report.warn("metadata-mended", problem.span, reason).hint("put the words in double quotes");
    } else {
        report
            .warn("metadata-broken", problem.span, format!("the metadata can't be read here: {reason}"))
            .hint("mend this line, or take it out; the rest is read without it");
    }
}
