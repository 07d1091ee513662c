//! `--repairs FILE`: every repair of every work, as JSON for machines.

use serde_json::{Value, json};

use super::args::RepairsArgs;
use super::print::Printer;
use crate::driver::{self, Finished};
use crate::report::Report;

/// The repairs of one work, each with its place.
pub fn of(finished: &Finished) -> Value {
    json!({
        "source": finished.work.path.display().to_string(),
        "title": finished.doc.as_ref().map(|doc| doc.meta.title.as_str()),
        "repairs": driver::changes(finished),
    })
}

/// Writes the repairs of all works, where a file of them is wanted.
pub fn write_asked(works: Vec<Option<Value>>, args: &RepairsArgs, printer: &Printer) {
    let Some(path) = &args.repairs else { return };
    let works: Vec<_> = works.into_iter().flatten().collect();
    let whole = json!({ "program": concat!("tetrapla ", env!("CARGO_PKG_VERSION")), "works": works });
    let mut report = Report::default();
    driver::save(path, format!("{whole:#}\n").as_bytes(), &mut report);
    printer.remarks(&report);
}
