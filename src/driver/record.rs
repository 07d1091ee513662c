//! A work's record is taken: what it was read from, what came of it, how long that took and how much memory.

#![allow(clippy::disallowed_methods, reason = "a record says how long its work took; no output is made from a record")]

use std::any::Any;
use std::fs;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::path::Path;
use std::sync::Mutex;
use std::time::Instant;

use sha2::{Digest, Sha256};

use super::{Finished, Order, Work, works};
use crate::deposit::Files;
use crate::emit::Output;
use crate::format::Format;
use crate::record::{Account, Change, OutputFile, Record, Remark, SourceFile, Status, VERSION};
use crate::report::{RepairKind, Severity};

/// Remarks that are on the making, not on the source.
const FAILURES: [&str; 4] = ["emit-failed", "output-unwritable", "output-unreadable", "output-missing"];

/// Does `act` for a work, and takes the time. A defect of the program that shows in this work ends this work alone.
pub fn guarded(work: Work, act: impl FnOnce(Work) -> Finished) -> Finished {
    let start = Instant::now();
    let done = catch_unwind(AssertUnwindSafe(|| act(work.clone())));
    let mut finished = done.unwrap_or_else(|payload| crashed(work, &*payload));
    finished.ms = start.elapsed().as_millis() as u64;
    finished
}

/// Where the last defect showed.
static PLACE: Mutex<Option<String>> = Mutex::new(None);

/// Keeps the place of a panic for the remark on it; to be called by the program's panic hook.
pub fn note_panic(info: &PanicHookInfo) {
    if let (Some(place), Ok(mut known)) = (info.location(), PLACE.lock()) {
        *known = Some(format!("{}:{}", place.file(), place.line()));
    }
}

fn crashed(work: Work, payload: &(dyn Any + Send)) -> Finished {
    let said = payload.downcast_ref::<String>().map(String::as_str).or(payload.downcast_ref::<&str>().copied());
    let place = PLACE.lock().ok().and_then(|mut place| place.take()).map(|place| format!(" at {place}")).unwrap_or_default();
    let message = format!("the program has a defect{place}: {}", said.unwrap_or("nothing more is known"));
    let mut finished = Finished { status: Some(Status::Crashed), ..Finished::of(work) };
    finished.report.error("work-crashed", None, message).hint("please report it, with this text; the other works are made");
    finished
}

/// The record of a work that is done with.
pub fn record(finished: &Finished, order: &Order) -> Record {
    let sources = || source_files(finished, order);
    told(finished, sources)
}

/// The record of a work that is told to people alone: it doesn't say what the bytes of its sources are.
pub fn record_for_people(finished: &Finished) -> Record {
    told(finished, Vec::new)
}

fn told(finished: &Finished, source_files: impl FnOnce() -> Vec<SourceFile>) -> Record {
    if let Some(kept) = &finished.kept {
        return Record { ms: finished.ms, ..Record::clone(kept) };
    }
    let sources = &finished.manuscript.sources;
    let doc = finished.doc.as_ref();
    let repairs = doc.map(|doc| &doc.repairs[..]).unwrap_or_default();
    let counts = RepairKind::ALL.map(|kind| (kind.name(), repairs.iter().filter(|repair| repair.kind == kind).count()));
    Record {
        v: VERSION,
        id: finished.work.id(),
        source: finished.work.path.display().to_string(),
        title: doc.map(|doc| doc.meta.title.clone()),
        status: status(finished),
        sources: source_files(),
        outputs: finished.outputs.clone(),
        ledger: finished.ledger.as_ref().map(|ledger| Account::of(ledger, sources)),
        proof: finished.proof.files.iter().map(Into::into).collect(),
        repairs: counts.into_iter().filter(|(_, count)| *count > 0).map(|(name, count)| (name.to_owned(), count)).collect(),
        changes: Vec::new(),
        remarks: finished.report.diagnostics.iter().map(|found| Remark::of(found, sources)).collect(),
        ms: finished.ms,
        peak: None,
    }
}

/// Each repair of a work.
pub fn changes(finished: &Finished) -> Vec<Change> {
    let repairs = finished.doc.iter().flat_map(|doc| &doc.repairs);
    repairs.map(|repair| Change::of(repair, &finished.manuscript.sources)).collect()
}

fn status(finished: &Finished) -> Status {
    if let Some(status) = finished.status {
        return status;
    }
    let fails = |code: &str| FAILURES.contains(&code);
    let astray = !finished.proof.holds() || finished.ledger.as_ref().is_some_and(|ledger| !ledger.holds());
    match finished.report.worst() {
        Some(Severity::Error) if astray || finished.report.diagnostics.iter().any(|found| fails(found.code)) => Status::Failed,
        Some(Severity::Error) if !finished.outputs.is_empty() => Status::Failed,
        Some(Severity::Error) => Status::Refused,
        _ if finished.outputs.is_empty() => Status::Checked,
        _ => Status::Made,
    }
}

/// The files that a work was read from, each once. None where one has changed since: then nobody can say what was read.
fn source_files(finished: &Finished, order: &Order) -> Vec<SourceFile> {
    let originals =
        works::originals(&finished.work, &finished.manuscript, order.encoding, &finished.env.budget).unwrap_or_default();
    let file = |path: String, bytes: &[u8]| SourceFile { path, bytes: bytes.len() as u64, sha256: sum(bytes) };
    let mut files: Vec<_> = originals.iter().map(|source| file(source.path.clone(), &source.bytes)).collect();
    let pictures = finished.env.images.iter().filter(|(target, _)| !target.starts_with("data:"));
    files.extend(pictures.map(|(target, picture)| file(super::images::percent_decoded(target), &picture.bytes)));
    files.sort();
    files.dedup();
    files
}

/// What there is to say of an output that was written to `path`.
pub fn output_file(path: &Path, output: &Output) -> OutputFile {
    let (bytes, sha256) = match output {
        Output::File { bytes, .. } => (bytes.len(), sum(bytes)),
        Output::Folder { files, .. } => {
            let files = files.iter().map(|(path, bytes)| (path.clone(), bytes.clone())).collect();
            (size(&files), sum_of_folder(&files))
        }
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let ends = |format: &Format| name.ends_with(&format!(".{}", format.extension()));
    let format = Format::ALL.into_iter().find(ends).map(|format| format.name().to_owned());
    OutputFile { path: path.display().to_string(), format, bytes: bytes as u64, sha256 }
}

/// What there is to say of a deposit that was written to `path`.
pub fn output_folder(path: &Path, files: &Files) -> OutputFile {
    let (bytes, sha256) = (size(files) as u64, sum_of_folder(files));
    OutputFile { path: path.display().to_string(), format: None, bytes, sha256 }
}

fn size(files: &Files) -> usize {
    files.values().map(Vec::len).sum()
}

/// The sum of the lines `SUM  PATH` of a folder's files.
pub fn sum_of_folder(files: &Files) -> String {
    let lines: String = files.iter().map(|(path, bytes)| format!("{}  {path}\n", sum(bytes))).collect();
    sum(lines.as_bytes())
}

/// SHA-256 in lower case hexadecimal digits.
pub fn sum(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Begins to measure the most memory that this process holds, where the system can (Linux: `proc_pid_clear_refs(5)`).
pub fn begin_peak() {
    #[allow(clippy::disallowed_methods, reason = "no file: a word to the system")]
    drop(fs::write("/proc/self/clear_refs", "5"));
}

/// The most memory that this process has held since, in bytes (Linux: `proc_pid_status(5)`, `VmHWM`).
pub fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes << 10)
}
