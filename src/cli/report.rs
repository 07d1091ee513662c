//! `build --report`: one page for people on what a build made of its works.

use std::path::Path;

use super::print::Printer;
use crate::driver::{self, Finished};
use crate::emit;
use crate::env::Templates;
use crate::report::Report;
use crate::report_page::{self, Account, Chapter, Made};

/// Tells of a work that was read. One that could not be read has nothing to tell but its remarks, which are printed.
pub fn chapter(finished: &Finished) -> Option<Chapter> {
    let doc = finished.doc.as_ref()?;
    // What can't be read back is missing from the report's outputs, and so is seen there.
    let files = driver::read_back(finished).unwrap_or_default();
    let made: Vec<_> = files.into_iter().map(|(name, bytes)| Made { name, bytes }).collect();
    let printed = made.iter().any(|file| file.name.ends_with(".pdf"));
    let book = printed.then(|| emit::set(doc, &finished.env));
    Some(report_page::chapter(&Account {
        doc,
        env: &finished.env,
        made: &made,
        ledger: finished.ledger.as_ref(),
        proof: &finished.proof,
        remarks: &finished.report.diagnostics,
        sources: &finished.manuscript.sources,
        names: driver::source_names(finished),
        book: book.as_ref(),
    }))
}

/// Writes the report on all works to `path`.
pub fn write(path: &Path, chapters: Vec<Chapter>, templates: &Templates, printer: &Printer) {
    let mut report = Report::default();
    let written = report_page::page(chapters, templates)
        .and_then(|page| driver::write_file(path, page.as_bytes()).map_err(|reason| reason.to_string()));
    match written {
        Ok(()) => printer.note(&format!("{}\n", path.display())),
        Err(reason) => {
            let message = format!("the report {} can't be written: {reason}", path.display());
            report.error("output-unwritable", None, message).hint("choose another place with --report");
        }
    }
    printer.remarks(&report);
}
