//! `--repairs FILE`: every repair of every work, as JSON for machines.

use serde_json::{Value, json};

use super::args::RepairsArgs;
use super::print::Printer;
use crate::driver::{self, Finished};
use crate::record::Record;
use crate::report::Report;

/// The repairs of one work, each with its place.
pub fn of(record: &Record) -> Value {
    json!({ "source": record.source, "title": record.title, "repairs": record.changes })
}

/// The repairs of a work that was read here, told beside its record.
pub fn of_finished(finished: &Finished, record: &Record) -> Value {
    of(&Record { changes: driver::changes(finished), ..record.clone() })
}

/// Writes the repairs of all works, where a file of them is wanted.
pub fn write_asked(works: Vec<Value>, args: &RepairsArgs, printer: &Printer) {
    let Some(path) = &args.repairs else { return };
    let whole = json!({ "program": concat!("tetrapla ", env!("CARGO_PKG_VERSION")), "works": works });
    let mut report = Report::default();
    driver::save(path, format!("{whole:#}\n").as_bytes(), &mut report);
    printer.remarks(&report);
}
