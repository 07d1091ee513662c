//! The finished files are read from the disk again and compared with the tree: what counts is what others will open.

use std::path::PathBuf;

use super::{Finished, Order, Work, door, emit_all, harden, open};
use crate::emit::Output;
use crate::ledger;
use crate::report::Report;
use crate::verify::{File, Format, Proof, verify};

/// Holds the tree to the source: the first line of the proof. Each difference is an error, and `--strict` refuses doubtful furniture.
pub fn account(finished: &mut Finished, order: &Order) {
    let Some(doc) = &finished.doc else { return };
    let ledger = ledger::account(doc, &finished.manuscript, &finished.report.diagnostics);
    let mut report = Report::default();
    ledger.report(&mut report);
    harden(&mut report, order.strict);
    finished.report.absorb(report);
    finished.ledger = Some(ledger);
}

/// Verifies the files of a work that was read or built. A file that is wanted and not there, or holds something else than the tree,
/// is an error.
pub fn prove(finished: &mut Finished, order: &Order) {
    let Some(doc) = &finished.doc else { return };
    let (mut files, mut there) = (Vec::new(), Vec::new());
    for path in paths(finished, order) {
        match door::named(&path, finished.env.budget.file) {
            Ok(bytes) => {
                files.push((path.file_name().unwrap_or_default().to_string_lossy().into_owned(), bytes));
                there.push(path);
            }
            Err(reason) => {
                let message = format!("{} can't be read back: {reason}", path.display());
                finished.report.error("output-unreadable", None, message).hint("build the work first, with the same -o");
            }
        }
    }
    if files.is_empty() && finished.report.worst() != Some(crate::report::Severity::Error) {
        let message = format!("there is no output of {} to verify", finished.work.stem);
        finished.report.error("output-missing", None, message).hint("build the work first, with the same -o");
    }
    let files: Vec<_> = files.iter().map(|(name, bytes)| File { name, bytes }).collect();
    let proof = verify(doc, &finished.env, &files);
    proof.report(&mut finished.report);
    finished.proof = proof;
    // A report tells of files that were made before, too.
    if finished.written.is_empty() {
        finished.written = there;
    }
}

/// Reads a work and makes its outputs in memory: their names, and their bytes. Writes nothing.
pub fn editions(work: Work, order: &Order) -> (Finished, Vec<(String, Vec<u8>)>) {
    let mut finished = open(work, order);
    let mut files = Vec::new();
    let Some(doc) = &finished.doc else { return (finished, files) };
    for (output, found) in emit_all(doc, &finished.env, &order.to) {
        finished.report.absorb(found);
        match output {
            Ok(Output::File { extension, bytes }) => files.push((format!("{}.{extension}", finished.work.stem), bytes)),
            // No format that can be read back is a folder.
            Ok(Output::Folder { .. }) => {}
            Err(failed) => drop(finished.report.error("emit-failed", None, failed.to_string())),
        }
    }
    (finished, files)
}

/// Reads a work, makes its outputs in memory, reads their bytes back and compares them with the tree. Writes nothing.
pub fn rehearse(work: Work, order: &Order) -> Finished {
    let (mut finished, files) = editions(work, order);
    let Some(doc) = &finished.doc else { return finished };
    let files: Vec<_> = files.iter().map(|(name, bytes)| File { name, bytes }).collect();
    finished.proof = verify(doc, &finished.env, &files);
    finished
}

/// The files to be read back: those that were just written; else those of the wanted formats; else those that are there.
fn paths(finished: &Finished, order: &Order) -> Vec<PathBuf> {
    let of_format = |path: &PathBuf| path.file_name().is_some_and(|name| Format::of(&name.to_string_lossy()).is_some());
    if !finished.written.is_empty() {
        return finished.written.iter().filter(|path| of_format(path)).cloned().collect();
    }
    let folder = order.out.join(&finished.work.under);
    let path = |format: &Format| folder.join(format!("{}.{}", finished.work.stem, format.extension()));
    let wanted = |format: &Format| order.to.iter().any(|backend| backend.name() == format.name());
    let paths: Vec<_> = Format::BOOKS.iter().filter(|format| order.to.is_empty() || wanted(format)).map(path).collect();
    paths.into_iter().filter(|path| !order.to.is_empty() || path.exists()).collect()
}

impl Finished {
    /// Whether every file that was read back holds the whole work.
    pub fn is_proved(&self) -> bool {
        self.proof != Proof::default() && self.proof.holds() && self.ledger.as_ref().is_some_and(ledger::Ledger::holds)
    }
}
