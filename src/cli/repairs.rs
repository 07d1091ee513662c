//! `--repairs FILE`: every repair of every work, as JSON for machines.

use std::sync::Mutex;

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

/// The repairs of works that are done side by side.
#[derive(Default)]
pub struct Gathered(Mutex<Vec<Value>>);

impl Gathered {
    pub fn add(&self, record: &Record) {
        if let Ok(mut gathered) = self.0.lock() {
            gathered.push(of(record));
        }
    }

    /// Those of all works, in the order of their sources.
    pub fn sorted(self) -> Vec<Value> {
        let mut gathered = self.0.into_inner().unwrap_or_default();
        gathered.sort_by_key(|work| work["source"].to_string());
        gathered
    }
}

/// Writes the repairs of all works, where a file of them is wanted.
pub fn write_asked(works: Vec<Value>, args: &RepairsArgs, printer: &Printer) {
    let Some(path) = &args.repairs else { return };
    let whole = json!({ "program": concat!("tetrapla ", env!("CARGO_PKG_VERSION")), "works": works });
    let mut report = Report::default();
    driver::save(path, format!("{whole:#}\n").as_bytes(), &mut report);
    printer.remarks(&report);
}
