//! The report of a build, for people: one page that holds all it needs, from the template `report.html`. What the work is, what was
//! made of it, whether every word is there, what was repaired, what there is to say, and how some pages look.

mod change;
mod leaves;

pub use leaves::leaf;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::env::{Env, Templates};
use crate::ledger::Ledger;
use crate::record::{Record, Weight};
use crate::report::{Diagnostic, Repair, RepairKind, Severity};
use crate::span::{Sources, Span};
use crate::tree::{Document, Metadata};
use crate::typeset::Book;
use crate::verify::{FileProof, Proof};

const PROGRAM: &str = concat!("Tetrapla ", env!("CARGO_PKG_VERSION"));

const TEMPLATE: &str = "report.html";

const INDEX: &str = "report-index.html";

/// A file that was made.
pub struct Made {
    /// As it lies in the output folder.
    pub name: String,
    pub bytes: Vec<u8>,
}

/// What a report on one work is made from.
pub struct Account<'a> {
    pub doc: &'a Document,
    pub env: &'a Env,
    pub made: &'a [Made],
    /// What the source and the tree have of each other, where it was asked.
    pub ledger: Option<&'a Ledger>,
    /// What reading the files back showed.
    pub proof: &'a Proof,
    pub remarks: &'a [Diagnostic],
    pub sources: &'a Sources,
    /// What each file of the source is called in the report. No machine's path is among them.
    pub names: Vec<String>,
    /// The printed book, for pictures of its pages.
    pub book: Option<&'a Book<'a>>,
}

/// The part of the report that tells of one work, for [`page`].
pub struct Chapter(Value);

/// Tells of one work.
pub fn chapter(account: &Account) -> Chapter {
    let doc = account.doc;
    let people = doc.meta.people.iter().map(|person| json!({ "name": person.name, "role": person.role.name() }));
    let mut told = json!({
        "title": doc.meta.title, "subtitle": doc.meta.subtitle, "people": people.collect::<Vec<_>>(),
        "lang": if doc.meta.language == "und" { "" } else { &doc.meta.language },
        "facts": facts(&doc.meta),
        "outputs": account.made.iter().map(made).collect::<Vec<_>>(),
        "proof": account.lines(),
        "proof_holds": account.proof.holds() && account.ledger.is_none_or(Ledger::holds),
        "accounted": account.ledger.map(rights),
        "taken": account.ledger.map(|ledger| account.taken(ledger)),
        "repairs": doc.repairs.iter().map(|repair| account.repair(repair)).collect::<Vec<_>>(),
        "kinds": counts(&RepairKind::ALL, doc.repairs.iter().map(|repair| repair.kind), RepairKind::name),
        "remarks": account.remarks.iter().map(|found| account.remark(found)).collect::<Vec<_>>(),
        "severities": counts(&SEVERITIES, account.remarks.iter().map(|found| found.severity), severity),
    });
    if let Some(book) = account.book {
        let leaves = leaves::draw(book, account.env);
        told["pages"] = json!(book.pages.len());
        told["glyphs"] = json!(leaves.glyphs);
        told["leaves"] = leaves.pages.iter().map(|leaf| json!({ "label": leaf.label, "svg": leaf.svg })).collect();
    }
    Chapter(told)
}

/// The whole report.
///
/// # Errors
/// Why a template of the user's can't be used.
pub fn page(chapters: Vec<Chapter>, templates: &Templates) -> Result<String, String> {
    let works: Vec<_> = chapters.into_iter().map(|Chapter(told)| told).collect();
    let context = json!({ "program": PROGRAM, "works": works });
    templates.render(TEMPLATE, &context).map_err(|reason| format!("template {TEMPLATE}: {reason}"))
}

/// A line of an index, for [`index`].
pub struct Row(Value);

/// Tells of one work in a line; `page` is the address of its own page.
pub fn row(record: &Record, page: Option<&str>) -> Row {
    let whole = record.ledger.as_ref().map(|account| account.whole && record.proof.iter().all(|file| file.whole));
    let count = |weight: Weight| record.remarks.iter().filter(|remark| remark.severity == weight).count();
    Row(json!({
        "id": record.id, "title": record.title, "href": page.map(address), "status": record.status.name(),
        "good": record.status.is_good(), "whole": whole, "words": record.ledger.as_ref().map(|account| account.words),
        "outputs": record.outputs.len(), "repairs": record.repairs.values().sum::<usize>(),
        "errors": count(Weight::Error), "warnings": count(Weight::Warning), "remarks": count(Weight::Remark),
    }))
}

/// A relative address of a file: what means something in an address is written out.
fn address(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    path.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// The index of a report that has a page for each work.
///
/// # Errors
/// Why a template of the user's can't be used.
pub fn index(rows: Vec<Row>, templates: &Templates) -> Result<String, String> {
    let mut statuses: Vec<(String, usize)> = Vec::new();
    for Row(row) in &rows {
        let status = row["status"].as_str().unwrap_or_default();
        match statuses.iter_mut().find(|(known, _)| known == status) {
            Some((_, count)) => *count += 1,
            None => statuses.push((status.to_owned(), 1)),
        }
    }
    statuses.sort();
    let works: Vec<_> = rows.into_iter().map(|Row(row)| row).collect();
    let context = json!({ "program": PROGRAM, "works": works, "statuses": statuses });
    templates.render(INDEX, &context).map_err(|reason| format!("template {INDEX}: {reason}"))
}

/// What the metadata say, with a label for each.
fn facts(meta: &Metadata) -> Vec<Value> {
    let mut facts = Vec::new();
    let mut say = |label: &str, value: Option<&str>| {
        if let Some(value) = value {
            let link = value.starts_with("https://") || value.starts_with("http://");
            facts.push(json!({ "label": label, "value": value, "link": link }));
        }
    };
    say("Date", meta.date.as_deref());
    say("Publisher", meta.publisher.as_deref());
    say("Place", meta.place.as_deref());
    say("Edition", meta.edition.as_deref());
    say("Language", Some(meta.language.as_str()).filter(|lang| *lang != "und"));
    for id in &meta.identifiers {
        say(&id.scheme.to_uppercase(), Some(id.uri().as_ref().unwrap_or(&id.value)));
    }
    let series = meta.series.as_ref();
    let position = |found: &crate::tree::Series| found.position.as_ref().map(|at| format!(", {at}")).unwrap_or_default();
    say("Series", series.map(|found| found.name.clone() + &position(found)).as_deref());
    say("Rights", meta.rights.as_deref());
    say("Licence", meta.licence.as_deref());
    say("Subjects", Some(meta.subjects.join("; ")).filter(|text| !text.is_empty()).as_deref());
    say("Description", meta.description.as_deref());
    if let Some(source) = &meta.source {
        let parts = [&source.title, &source.place, &source.publisher, &source.date, &source.pages];
        let cited = parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(", ");
        say("Printed source", Some(cited).filter(|text| !text.is_empty()).as_deref());
    }
    facts
}

fn made(file: &Made) -> Value {
    let sum = Sha256::digest(&file.bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    json!({ "name": file.name, "said": size(file.bytes.len()), "sha256": sum })
}

/// A size for people: `40 323 bytes` as `40.3 kB`, in steps of a thousand.
fn size(bytes: usize) -> String {
    match bytes {
        0..1000 => format!("{bytes} bytes"),
        1000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

const SEVERITIES: [Severity; 3] = [Severity::Error, Severity::Warning, Severity::Remark];

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Remark => "remark",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

/// How many there are of each kind, of those that there are.
fn counts<K: Copy + PartialEq>(kinds: &[K], found: impl Iterator<Item = K> + Clone, name: fn(K) -> &'static str) -> Vec<Value> {
    let count = |kind: &K| (name(*kind), found.clone().filter(|one| one == kind).count());
    let counted = kinds.iter().map(count).filter(|(_, count)| *count > 0);
    counted.map(|(name, count)| json!({ "name": name, "count": count })).collect()
}

/// By which right how many words of the source are not in the text.
fn rights(ledger: &Ledger) -> Vec<Value> {
    ledger.accounted.iter().map(|(right, count)| json!({ "name": right.name(), "count": count })).collect()
}

impl Account<'_> {
    fn repair(&self, repair: &Repair) -> Value {
        let (before, after) = change::between(&repair.before, &repair.after);
        json!({
            "id": repair.id, "kind": repair.kind.name(), "place": self.place(repair.span), "order": order(repair.span),
            "before": before, "after": after, "percent": (repair.confidence * 100.0).round() as u32,
        })
    }

    /// The lines of the proof's table: the source's first.
    fn lines(&self) -> Vec<Value> {
        let source = self.ledger.map(|ledger| self.source(ledger));
        source.into_iter().chain(self.proof.files.iter().map(|file| self.proved(file))).collect()
    }

    /// What the source and the tree have of each other.
    fn source(&self, ledger: &Ledger) -> Value {
        let counts = [
            ("Words expected", ledger.words.to_string()),
            ("Found", ledger.found.to_string()),
            ("Lost", ledger.lost.to_string()),
            ("Added", ledger.added.to_string()),
            ("Moved", ledger.moved.to_string()),
        ];
        let none = ["Notes", "Pages", "Links", "Images"].map(|label| (label, "–".to_owned()));
        let cells = counts.into_iter().chain(none).map(|(label, said)| json!({ "label": label, "said": said }));
        let differences = ledger
            .differences
            .iter()
            .map(|found| json!({ "code": found.code, "place": self.place(found.span), "message": found.message }));
        json!({
            "name": "source", "holds": ledger.holds(), "cells": cells.collect::<Vec<_>>(),
            "differences": differences.collect::<Vec<_>>(),
        })
    }

    /// What was taken out of the text as furniture of its pages.
    fn taken(&self, ledger: &Ledger) -> Vec<Value> {
        let told = ledger.taken.iter().map(|taken| {
            let place = self.place(taken.span);
            json!({ "place": place, "kind": taken.kind.name(), "text": taken.text, "evidence": taken.evidence })
        });
        told.collect()
    }

    /// A line of the proof's table, and what differs.
    fn proved(&self, file: &FileProof) -> Value {
        let tallies = [("Notes", file.notes), ("Pages", file.pages), ("Links", file.links), ("Images", file.images)];
        let words = [
            ("Words expected", file.words.expected),
            ("Found", file.words.found),
            ("Lost", file.lost),
            ("Added", file.added),
            ("Moved", file.moved),
        ];
        let cells = words.into_iter().map(|(label, count)| json!({ "label": label, "said": count.to_string() }));
        let kept = tallies.into_iter().map(|(label, tally)| {
            let counted = || format!("{} of {}", tally.found, tally.expected);
            json!({ "label": label, "said": if tally.expected == 0 { "none".to_owned() } else { counted() } })
        });
        let differences = file.differences.iter().map(|found| {
            let source = found.span.map(|span| format!("source {}", self.place(span)));
            let places = source.into_iter().chain(found.place.as_ref().map(|place| format!("file {place}")));
            json!({ "code": found.code, "place": places.collect::<Vec<_>>().join(", "), "message": found.message })
        });
        json!({
            "name": file.name, "holds": file.differences.is_empty(), "cells": cells.chain(kept).collect::<Vec<_>>(),
            "differences": differences.collect::<Vec<_>>(),
        })
    }

    fn remark(&self, found: &Diagnostic) -> Value {
        let class = match found.severity {
            Severity::Remark => "",
            Severity::Warning => "warn",
            Severity::Error => "bad",
        };
        json!({
            "severity": severity(found.severity), "rank": found.severity as u8, "class": class, "code": found.code,
            "place": found.span.map(|span| self.place(span)), "order": found.span.map_or(0, order),
            "message": found.message, "hint": found.hint,
        })
    }

    /// File, line and column; the file only where there are several.
    fn place(&self, span: Span) -> String {
        let (line, column) = self.sources.line_column(span);
        match self.names.get(usize::from(span.file.0)) {
            Some(name) if self.names.len() > 1 => format!("{name}:{line}:{column}"),
            _ => format!("{line}:{column}"),
        }
    }
}

/// Where a span stands in the work, as one number: files after each other. The page sorts by it.
fn order(span: Span) -> u64 {
    (u64::from(span.file.0) << 32) + u64::from(span.start) + 1
}
