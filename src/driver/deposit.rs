//! A deposit is made: the work is read and emitted like any other, and packed with its source into one folder.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Encoding, Finished, Order, Work, emit_all, harden, images, open, output, record, works};
use crate::budget::Budget;
use crate::deposit::{self, Files, Gap, Material, Original};
use crate::emit::{EmitError, Output};
use crate::report::{Report, Severity};

/// Reads a work, emits it in the formats of `order`, and writes a bag of it all as the folder `bag`. What the metadata lack is one
/// error, before anything is made; under `lenient` a warning, and the gaps are named in the deposit.
pub fn deposit(work: Work, order: &Order, bag: &Path, lenient: bool) -> Finished {
    let mut finished = open(work, order);
    let Some(doc) = &finished.doc else { return finished };
    tell_gaps(&deposit::gaps(&doc.meta), lenient, &mut finished.report);
    harden(&mut finished.report, order.strict);
    if finished.report.worst() == Some(Severity::Error) {
        return finished;
    }
    let packed = pack(&mut finished, order);
    harden(&mut finished.report, order.strict);
    let Some(files) = packed.filter(|_| finished.report.worst() != Some(Severity::Error)) else { return finished };
    match output::write_folder(&files, bag, |folder| is_deposit(folder, &order.env.budget)) {
        Ok(()) => {
            finished.outputs = vec![record::output_folder(bag, &files)];
            finished.written = vec![bag.to_owned()];
        }
        Err((path, reason)) => {
            let message = format!("{} can't be written: {reason}", path.display());
            finished.report.error("output-unwritable", None, message).hint("choose another folder with -o, or make room");
        }
    }
    finished
}

/// The files of the bag; none where something failed, which is in the report then.
fn pack(finished: &mut Finished, order: &Order) -> Option<Files> {
    let doc = finished.doc.as_ref()?;
    // The TEI points to its pictures; in the bag they are the source's.
    let (moved, moved_env) = deposit::rebased(doc, &finished.env);
    let (pointing, others): (Vec<_>, Vec<_>) = order.to.iter().copied().partition(|backend| backend.name() == "tei");
    let (first, rest) = rayon::join(|| emit_all(&moved, &moved_env, &pointing), || emit_all(doc, &finished.env, &others));
    let mut outputs = Vec::new();
    for (output, found) in first.into_iter().chain(rest) {
        finished.report.absorb(found);
        outputs.push(output);
    }
    let scans = images::facsimiles(doc, &finished.work.folder, &finished.env.budget, &mut finished.report);
    let packed = outputs.into_iter().collect::<Result<Vec<Output>, EmitError>>().and_then(|outputs| {
        let sources = sources(finished, order.encoding, scans)?;
        let places = doc.repairs.iter().map(|repair| finished.manuscript.sources.line_column(repair.span)).collect();
        deposit::pack(&Material { doc, env: &finished.env, stem: &finished.work.stem, sources, outputs: &outputs, places })
    });
    packed.map_err(|failed| finished.report.error("emit-failed", None, failed.to_string())).ok()
}

/// The source's files as they were, then its images and those of the printed pages.
fn sources(
    finished: &Finished,
    encoding: Option<Encoding>,
    scans: BTreeMap<String, Vec<u8>>,
) -> Result<Vec<Original>, EmitError> {
    let mut files = works::originals(&finished.work, &finished.manuscript, encoding, &finished.env.budget)
        .map_err(|(path, reason)| EmitError::Format(format!("{} can't be packed: {reason}", path.display())))?;
    let pictures = finished.env.images.iter().map(|(target, picture)| (target.clone(), picture.bytes.to_vec()));
    for (target, bytes) in pictures.chain(scans) {
        files.push(Original { path: resolved(&images::percent_decoded(&target)), bytes });
    }
    Ok(files)
}

/// `a/../b.png` is `b.png`. The driver has seen to it that an image lies in the work's folder.
fn resolved(path: &str) -> String {
    let mut parts = Vec::new();
    for part in path.split(['/', std::path::MAIN_SEPARATOR]) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    parts.join("/")
}

fn tell_gaps(gaps: &[Gap], lenient: bool, report: &mut Report) {
    if gaps.is_empty() {
        return;
    }
    let names: Vec<_> = gaps.iter().map(|gap| gap.name).collect();
    let message = format!("a repository asks for what the metadata do not say: {}", names.join(", "));
    let cures: Vec<_> = gaps.iter().map(|gap| format!("\n    {}", gap.cure)).collect();
    if lenient {
        report.warn("deposit-incomplete", None, message);
    } else {
        report.error("deposit-incomplete", None, message).hint(format!(
            "say it in the front matter, such as{}\nor write the deposit with its gaps: --lenient",
            cures.concat()
        ));
    }
}

/// Whether a folder is a deposit of this program's, which a new one may replace.
fn is_deposit(folder: &Path, budget: &Budget) -> bool {
    output::read_folder(folder, budget).is_ok_and(|files| deposit::is_ours(&files))
}

/// Checks the bag at `folder`. What is wrong with it is in the report; how many files it has, and their bytes, are the answer.
pub fn verify_deposit(folder: &Path, budget: &Budget) -> (Report, usize, usize) {
    let mut report = Report::default();
    match output::read_folder(folder, budget) {
        Ok(files) => {
            deposit::verify(&files, budget, &mut report);
            (report, files.len(), files.values().map(Vec::len).sum())
        }
        Err((path, reason)) => {
            report.error("bag-unreadable", None, format!("{} can't be read: {reason}", path.display()));
            (report, 0, 0)
        }
    }
}
