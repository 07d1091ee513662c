//! `--repairs FILE`: every repair of every work, as JSON for machines.

use std::path::Path;

use serde_json::{Value, json};

use super::args::RepairsArgs;
use super::print::{Printer, Said};
use crate::driver::{self, Finished};
use crate::report::Report;
use crate::span::Sources;

/// The repairs of one work, each with its place.
pub fn of(finished: &Finished) -> Value {
    let sources = &finished.manuscript.sources;
    let repairs = finished.doc.iter().flat_map(|doc| &doc.repairs).map(|repair| {
        let (line, column) = sources.line_column(repair.span);
        json!({
            "id": repair.id, "kind": repair.kind.name(), "file": sources.get(repair.span.file).name, "line": line,
            "column": column, "before": repair.before, "after": repair.after,
            "confidence": f64::from((repair.confidence * 100.0).round()) / 100.0,
        })
    });
    json!({
        "source": finished.work.path.display().to_string(),
        "title": finished.doc.as_ref().map(|doc| doc.meta.title.as_str()),
        "repairs": repairs.collect::<Vec<_>>(),
    })
}

/// What was said of each work, and then of the file of their repairs, where one is wanted.
pub fn told(works: Vec<(Said, Option<Value>)>, args: &RepairsArgs, printer: &Printer) -> Vec<Said> {
    let (mut said, repairs): (Vec<_>, Vec<_>) = works.into_iter().unzip();
    if let Some(path) = &args.repairs {
        let repairs: Vec<_> = repairs.into_iter().flatten().collect();
        said.push(write(&repairs, path, printer));
    }
    said
}

/// Writes the repairs of all works to `path`; what is said of it when that fails.
pub fn write(works: &[Value], path: &Path, printer: &Printer) -> Said {
    let whole = json!({ "program": concat!("tetrapla ", env!("CARGO_PKG_VERSION")), "works": works });
    let mut text = serde_json::to_string_pretty(&whole).expect("values are JSON");
    text.push('\n');
    let mut report = Report::default();
    driver::save(path, text.as_bytes(), &mut report);
    printer.report(&report, &Sources::default())
}
