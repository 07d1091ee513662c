//! `build --report`: pages for people on what a build made of its works.

use std::path::{Path, PathBuf};

use super::print::Printer;
use crate::driver::{self, Finished};
use crate::emit;
use crate::env::Templates;
use crate::record::Record;
use crate::report::Report;
use crate::report_page::{self, Account, Chapter, Made};

/// Up to so many works are told on one page: it stays small enough to be opened.
const ON_ONE_PAGE: usize = 8;

/// Why a report and limits don't go together.
pub const ALONE: &str = "a report is made of works that are done in one process: leave the limits out, or the report";

/// Where a report goes: one page, or an index with a page for each work beside it.
pub struct Pages {
    path: PathBuf,
    /// The folder of the works' pages; none where there is one page for all.
    beside: Option<PathBuf>,
}

/// What is kept of a work until the end.
pub enum Told {
    Chapter(Chapter),
    Row(report_page::Row),
    /// Its page can't be written.
    Failed(String),
}

impl Pages {
    pub fn new(path: &Path, works: usize) -> Self {
        let beside = (works > ON_ONE_PAGE).then(|| path.with_extension("pages"));
        Self { path: path.to_owned(), beside }
    }

    /// Tells of a work. One that could not be read has nothing to tell but its remarks: it has a line in the index.
    pub fn of(&self, finished: &Finished, record: &Record, templates: &Templates) -> Option<Told> {
        let chapter = chapter(finished);
        let Some(folder) = &self.beside else { return chapter.map(Told::Chapter) };
        let name = format!("{}.html", record.id);
        let written = chapter.map(|chapter| {
            let page = report_page::page(vec![chapter], templates)?;
            driver::write_file(&folder.join(&name), page.as_bytes()).map_err(|reason| reason.to_string())
        });
        let folder = folder.file_name().unwrap_or_default().to_string_lossy();
        match written {
            Some(Err(reason)) => Some(Told::Failed(reason)),
            Some(Ok(())) => Some(Told::Row(report_page::row(record, Some(&format!("{folder}/{name}"))))),
            None => Some(Told::Row(report_page::row(record, None))),
        }
    }

    /// Writes the report, when all works are told of.
    pub fn write(&self, told: Vec<Told>, templates: &Templates, printer: &Printer) {
        let (mut chapters, mut rows, mut failed) = (Vec::new(), Vec::new(), None);
        for one in told {
            match one {
                Told::Chapter(chapter) => chapters.push(chapter),
                Told::Row(row) => rows.push(row),
                Told::Failed(reason) => failed = Some(reason),
            }
        }
        let page = match self.beside {
            Some(_) => report_page::index(rows, templates),
            None => report_page::page(chapters, templates),
        };
        let write = |page: String| driver::write_file(&self.path, page.as_bytes()).map_err(|reason| reason.to_string());
        let mut report = Report::default();
        match failed.map_or(page, Err).and_then(write) {
            Ok(()) => printer.note(&format!("{}\n", self.path.display())),
            Err(reason) => {
                let message = format!("the report {} can't be written: {reason}", self.path.display());
                report.error("output-unwritable", None, message).hint("choose another place with --report");
            }
        }
        printer.remarks(&report);
    }
}

/// Tells of a work that was read. One that could not be read has nothing to tell but its remarks, which are printed.
fn chapter(finished: &Finished) -> Option<Chapter> {
    let doc = finished.doc.as_ref()?;
    // What can't be read back is missing from the report's outputs, and so is seen there.
    let files = driver::read_back(finished).unwrap_or_default();
    let made: Vec<_> = files.into_iter().map(|(name, bytes)| Made { name, bytes }).collect();
    let printed = made.iter().any(|file| file.name.ends_with(".pdf"));
    let set = (printed && finished.book.is_none()).then(|| emit::set(doc, &finished.env));
    let book = finished.book.as_ref().filter(|_| printed).or(set.as_ref());
    Some(report_page::chapter(&Account {
        doc,
        env: &finished.env,
        made: &made,
        ledger: finished.ledger.as_ref(),
        proof: &finished.proof,
        remarks: &finished.report.diagnostics,
        sources: &finished.manuscript.sources,
        names: driver::source_names(finished),
        book,
    }))
}
