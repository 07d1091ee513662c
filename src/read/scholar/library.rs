//! The works that a text may cite: files of BibLaTeX, CSL JSON and Hayagriva's YAML.

use std::collections::{BTreeMap, BTreeSet};

use hayagriva::citationberg::json::Item;
use serde_json::Value as Json;

use super::{bibtex, items};
use crate::read::{Manuscript, clean};
use crate::report::Report;
use crate::span::{FileId, Span};

/// A work that is cited.
pub struct Work {
    pub item: Item,
    /// Where its library has it.
    pub span: Span,
}

/// The works that are wanted, by their keys.
#[derive(Default)]
pub struct Library {
    pub works: BTreeMap<String, Work>,
    /// The keys in the order of the files.
    pub order: Vec<String>,
    /// Every key that the files have.
    pub keys: BTreeSet<String>,
    /// Whether works that name no language are English.
    english: bool,
    /// The language of the text.
    language: String,
}

/// More remarks of one kind tell nobody more.
const MOST: usize = 20;

impl Library {
    /// Reads the libraries of a work, and of them the works that are `wanted`, or all.
    /// `described`: works that the metadata describe. `language`: the work's, which records of BibLaTeX are in that name none.
    pub fn load(
        manuscript: &Manuscript,
        described: &[(Json, Span)],
        language: &str,
        wanted: &BTreeSet<String>,
        all: bool,
        report: &mut Report,
    ) -> Self {
        let english = language.is_empty() || language.starts_with("en");
        let mut library = Self { english, language: language.to_owned(), ..Self::default() };
        let mut teller = Teller { report, told: BTreeMap::new() };
        for (value, span) in described {
            let key = match value.get("id") {
                Some(Json::String(key)) => clean::line(key),
                Some(Json::Number(key)) => key.to_string(),
                _ => continue,
            };
            let item = (all || wanted.contains(&key)).then(|| items::of_metadata(value)).flatten();
            library.add(&key, item, *span, &mut teller);
        }
        for &file in &manuscript.library {
            let source = manuscript.sources.get(file);
            let text = source.text.as_str();
            let wants = |key: &str| all || wanted.contains(key);
            let trimmed = text.trim_start();
            let name = source.name.to_lowercase();
            if name.ends_with(".json") || trimmed.starts_with('[') && serde_json::from_str::<Json>(text).is_ok() {
                library.json(text, file, &wants, &mut teller);
            } else if name.ends_with(".yaml") || name.ends_with(".yml") {
                library.yaml(text, file, &wants, &mut teller);
            } else {
                library.bib(text, file, &wants, &mut teller);
            }
        }
        library
    }

    fn add(&mut self, key: &str, item: Option<Item>, span: Span, teller: &mut Teller) {
        if !self.keys.insert(key.to_owned()) {
            if item.is_some() {
                teller.tell(
                    "bibliography-twice",
                    span,
                    format!("the key {key} is there already: the first record counts"),
                    "give one of them another key, or take it out",
                );
            }
            return;
        }
        if let Some(item) = item {
            self.order.push(key.to_owned());
            self.works.insert(key.to_owned(), Work { item, span });
        }
    }

    fn bib(&mut self, text: &str, file: FileId, wants: &dyn Fn(&str) -> bool, teller: &mut Teller) {
        let (mut records, problems) = bibtex::records(text);
        for problem in problems {
            let span = Span::new(file, problem.range);
            teller.tell("bibliography-broken", span, problem.what.to_owned(), "mend it; the other records are read");
        }
        for (at, what) in bibtex::inherit(&mut records) {
            let record = &records[at];
            let start = Span::new(file, record.range.start..record.range.start + 1 + record.kind.len());
            if wants(&record.key) {
                teller.tell(
                    "bibliography-crossref",
                    start,
                    format!("{}: {what}", record.key),
                    "look at its crossref and xdata",
                );
            }
        }
        for record in &records {
            if matches!(record.kind.as_str(), "xdata" | "set") {
                continue;
            }
            let names = std::iter::once(record.key.as_str())
                .chain(record.fields.get("ids").into_iter().flat_map(|ids| ids.split(',').map(str::trim)));
            let span = Span::new(file, record.range.clone());
            for key in names.filter(|key| !key.is_empty()).take(MOST) {
                let item = wants(key).then(|| items::of_record(record, self.english, &self.language)).flatten();
                self.add(key, item, span, teller);
            }
        }
    }

    fn json(&mut self, text: &str, file: FileId, wants: &dyn Fn(&str) -> bool, teller: &mut Teller) {
        let found: Json = match serde_json::from_str(text) {
            Ok(found) => found,
            Err(reason) => {
                let start = text.split_inclusive('\n').take(reason.line().saturating_sub(1)).map(str::len).sum::<usize>();
                let end = text[start.min(text.len())..].find('\n').map_or(text.len(), |length| start + length);
                let message = format!("this is no JSON: {}", clean::line(&reason.to_string()));
                return teller.tell(
                    "bibliography-broken",
                    Span::new(file, start..end),
                    message,
                    "mend it; none of its works are read",
                );
            }
        };
        let list = match &found {
            Json::Array(list) => list.as_slice(),
            Json::Object(object) => {
                object.get("items").or(object.get("references")).and_then(Json::as_array).map_or(&[][..], Vec::as_slice)
            }
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => &[],
        };
        if list.is_empty() {
            teller.tell(
                "bibliography-broken",
                Span::new(file, 0..0),
                "it is no list of works".to_owned(),
                "write the items of CSL JSON in a list: [{\"id\": …}]",
            );
        }
        let mut from = 0;
        for value in list {
            let key = match value.get("id") {
                Some(Json::String(key)) => clean::line(key),
                Some(Json::Number(key)) => key.to_string(),
                _ => {
                    teller.tell(
                        "bibliography-broken",
                        Span::new(file, from..from),
                        "a work without an id".to_owned(),
                        "give it an id: by that it is cited",
                    );
                    continue;
                }
            };
            let at = text[from..].find(&format!("\"{key}\"")).map_or(from, |length| from + length);
            from = at;
            let span = Span::new(file, at..(at + key.len() + 2).min(text.len()));
            let item = wants(&key).then(|| items::of_json(value)).flatten();
            self.add(&key, item, span, teller);
        }
    }

    fn yaml(&mut self, text: &str, file: FileId, wants: &dyn Fn(&str) -> bool, teller: &mut Teller) {
        match hayagriva::io::from_yaml_str(text) {
            Ok(found) => {
                for entry in found.iter() {
                    let key = entry.key();
                    let at = text.find(&format!("{key}:")).unwrap_or(0);
                    let span = Span::new(file, at..(at + key.len()).min(text.len()));
                    let item = wants(key).then(|| items::of_entry(entry)).flatten();
                    self.add(key, item, span, teller);
                }
            }
            Err(reason) => {
                let line = reason.location().map_or(0, |place| place.line());
                let start = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum::<usize>();
                let end = text[start.min(text.len())..].find('\n').map_or(text.len(), |length| start + length);
                let message = format!("this is no library of Hayagriva's: {}", clean::line(&reason.to_string()));
                teller.tell("bibliography-broken", Span::new(file, start..end), message, "mend it; none of its works are read");
            }
        }
    }
}

/// Says the first few of each kind.
struct Teller<'r> {
    report: &'r mut Report,
    told: BTreeMap<&'static str, usize>,
}

impl Teller<'_> {
    fn tell(&mut self, code: &'static str, span: Span, message: String, hint: &'static str) {
        let told = self.told.entry(code).or_default();
        *told += 1;
        match *told {
            count if count < MOST => drop(self.report.warn(code, span, message).hint(hint)),
            MOST => drop(self.report.warn(code, span, "and more of this kind".to_owned()).hint(hint)),
            _ => {}
        }
    }
}
