//! Read, emit, write: the one place that touches the disk. Readers and backends know nothing of files; a batch is the same
//! work done many times, side by side.

mod apart;
mod collections;
mod decode;
mod deposit;
mod door;
mod fonts;
mod foreign;
mod images;
mod manifest;
mod output;
mod proof;
mod record;
mod watch;
mod works;

pub use apart::{Apart, limit_memory};
pub use decode::Encoding;
pub use deposit::{deposit, verify_deposit};
pub use manifest::{Manifest, Shard, key};
pub use output::{abandon, save, write_file};
pub use proof::{account, editions, prove, rehearse};
pub use record::{begin_peak, changes, guarded, note_panic, peak, record, record_for_people};
pub use watch::{file_of, pages_of, refuse, watch};
pub use works::{Work, enclosing_work, find, read_list, templates, texts_apart};

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::Kit;
use crate::deposit::Files;
use crate::emit::{Backend, EmitError, Output};
use crate::env::Env;
use crate::ledger::Ledger;
use crate::read::{self, Dialect, Manuscript};
use crate::record::{OutputFile, Record, Status};
use crate::report::{Report, Severity};
use crate::settings::Tables;
use crate::tree::{Document, for_output};
use crate::typeset::Book;
use crate::verify::Proof;

/// What the user asks for, the same for every work of a batch.
pub struct Order<'a> {
    pub kit: Kit<'a>,
    /// The outputs wanted, in order.
    pub to: Vec<&'a dyn Backend>,
    /// The dialect that the user names; none: each file's own.
    pub from: Option<Dialect>,
    /// How the files are encoded, where the user says it; none: each is looked at.
    pub encoding: Option<Encoding>,
    /// Where the outputs go.
    pub out: PathBuf,
    /// Whether a warning stops a work.
    pub strict: bool,
    /// The settings that flags say; they speak after the work's own.
    pub settings: Tables,
    /// Whether the pages that are set for a book are kept with what is told of it.
    pub keep_pages: bool,
    /// Templates and date; the settings and images of each work are added to it.
    pub env: Env,
}

/// A work after it was read and, if that was asked, emitted and written.
pub struct Finished {
    pub work: Work,
    pub manuscript: Manuscript,
    /// None where the work was refused.
    pub doc: Option<Document>,
    /// What the backends saw beside the tree: the order's, with the work's images.
    pub env: Env,
    pub report: Report,
    /// The outputs, in the order of [`Order::to`].
    pub written: Vec<PathBuf>,
    /// What there is to say of each.
    pub outputs: Vec<OutputFile>,
    /// The record of a work that stands as it was made before.
    pub kept: Option<Box<Record>>,
    /// What became of the work, where that is not to be seen from the rest.
    pub status: Option<Status>,
    /// How long it took, in milliseconds.
    pub ms: u64,
    /// The printed book's pages, where they were set and are to be kept.
    pub book: Option<Book<'static>>,
    /// What the source and the tree have of each other, where that was asked.
    pub ledger: Option<Ledger>,
    /// What reading the outputs back showed, where that was asked.
    pub proof: Proof,
}

/// Does `act` for every work, side by side, and keeps of each what `tell` says of it: memory follows threads, not works. The
/// answers are in the order of the works. A panic ends its work alone.
pub fn batch<T: Send>(works: Vec<Work>, act: impl Fn(Work) -> Finished + Sync, tell: impl Fn(Finished) -> T + Sync) -> Vec<T> {
    works.into_par_iter().map(|work| tell(guarded(work, &act))).collect()
}

/// Reads a work.
pub fn check(work: Work, order: &Order) -> Finished {
    open(work, order)
}

/// Reads a work, emits it in every format that is wanted, and writes what comes out.
pub fn build(work: Work, order: &Order) -> Finished {
    let mut finished = open(work, order);
    let Some(doc) = &finished.doc else { return finished };
    if finished.report.worst() == Some(Severity::Error) {
        return finished;
    }
    let mut outputs = Vec::new();
    for (output, found) in emit_each(doc, &finished.env, order) {
        finished.report.absorb(found);
        match output {
            Ok((output, book)) => {
                finished.book = book.or_else(|| finished.book.take());
                outputs.push(output);
            }
            Err(failed) => drop(finished.report.error("emit-failed", None, failed.to_string())),
        }
    }
    harden(&mut finished.report, order.strict);
    if order.strict && finished.report.worst() == Some(Severity::Error) {
        return finished;
    }
    let folder = order.out.join(&finished.work.under);
    if let Some(path) = output::source_among(&outputs, &folder, &finished.work) {
        let message = format!("{} is the source, and would be written over", path.display());
        finished.report.error("output-is-source", None, message).hint("choose another folder with -o");
        return finished;
    }
    let free = door::no_link(&order.out, &finished.work.under).map_err(|reason| (folder.clone(), reason));
    match free.and_then(|()| output::write(&outputs, &folder, &finished.work.stem)) {
        Ok(paths) => {
            finished.outputs = paths.iter().zip(&outputs).map(|(path, output)| record::output_file(path, output)).collect();
            finished.written = paths;
        }
        Err((path, reason)) => {
            let message = format!("{} can't be written: {reason}", path.display());
            finished.report.error("output-unwritable", None, message).hint("choose another folder with -o, or make room");
        }
    }
    finished
}

/// How books are made, beside the order.
#[derive(Default)]
pub struct Making {
    /// Whether they are read back and compared with the source.
    pub verify: bool,
    /// What stands as it would be made is kept by this; none: everything is made.
    pub manifest: Option<Manifest>,
}

/// Makes the books of a work, where they don't stand already.
pub fn make(work: Work, order: &Order, how: &Making) -> Finished {
    output::sweep_once(&order.out.join(&work.under));
    if let Some(kept) = how.manifest.as_ref().and_then(|manifest| manifest.standing(&work, order, how.verify)) {
        return Finished { kept: Some(Box::new(kept)), ..Finished::of(work) };
    }
    let mut finished = build(work, order);
    if how.verify && !finished.written.is_empty() {
        account(&mut finished, order);
        prove(&mut finished, order);
    }
    finished
}

/// Reads a work and holds the tree to the source.
pub fn look(work: Work, order: &Order) -> Finished {
    let mut finished = check(work, order);
    account(&mut finished, order);
    finished
}

/// Reads a work and its finished files, and compares them.
pub fn read_again(work: Work, order: &Order) -> Finished {
    let mut finished = look(work, order);
    // What there is to say of the source was said when it was built.
    finished.report.diagnostics.retain(|found| found.severity == Severity::Error);
    prove(&mut finished, order);
    finished
}

/// Ends the process while works are done: what is half written is taken away.
pub fn abandon_and_exit(code: i32) -> ! {
    abandon();
    std::process::exit(code)
}

/// The record of a work whose books were made, noted in the manifest.
pub fn noted(finished: &Finished, order: &Order, how: &Making) -> Record {
    let record = record(finished, order);
    if let Some(manifest) = &how.manifest {
        manifest.note(finished, &record, order, how.verify);
    }
    record
}

/// Reads a work and its images.
fn open(work: Work, order: &Order) -> Finished {
    let mut report = Report::default();
    let manuscript = works::load(&work, order, &mut report);
    let readable = report.worst() != Some(Severity::Error);
    let dialects = order.kit.dialects;
    let mut env = order.env.clone();
    let project = manuscript.project.as_ref();
    let tables = project.map(|project| project.settings.clone()).unwrap_or_default();
    let beside = works::settings_beside(&work, &env.budget, &mut report);
    let tables = tables.then(&beside).then(&read::settings_in_front(&manuscript)).then(&order.settings);
    env.settings = tables.read(&mut report);
    let doc = readable.then(|| {
        let mut doc = read::read(&manuscript, dialects, order.from.as_ref(), &env.settings.restore, &mut report);
        images::place(&mut doc, &manuscript, &work.folder);
        env.images = images::load(&doc, &work.folder, &env.budget, &mut report);
        env.fonts = fonts::load(&doc, &env, &mut report);
        doc
    });
    harden(&mut report, order.strict);
    Finished { manuscript, doc, env, report, ..Finished::of(work) }
}

impl Finished {
    /// A work of which nothing is known yet.
    pub fn of(work: Work) -> Self {
        Self {
            work,
            manuscript: Manuscript::default(),
            doc: None,
            env: Env::default(),
            report: Report::default(),
            written: Vec::new(),
            outputs: Vec::new(),
            kept: None,
            status: None,
            ms: 0,
            book: None,
            ledger: None,
            proof: Proof::default(),
        }
    }
}

/// Hands the tree to every backend, side by side. Each has a report of its own; the answers are in the backends' order.
///
/// A backend that panics has a defect, but is not to take the other formats and works with it.
pub fn emit_all(doc: &Document, env: &Env, backends: &[&dyn Backend]) -> Vec<(Result<Output, EmitError>, Report)> {
    let emit =
        |backend: &&dyn Backend| guarded_emit(*backend, |report| backend.emit(&for_output(doc, backend.name()), env, report));
    let Some(at) = backends.iter().position(|backend| backend.goes_first()) else {
        return backends.par_iter().map(emit).collect();
    };
    let (first, before, behind) = (backends[at], &backends[..at], &backends[at + 1..]);
    let mut made = Vec::new();
    let mut others = Some(|| made = before.par_iter().chain(behind).map(emit).collect());
    let own = rayon::scope(|scope| {
        let mut begin = || {
            if let Some(mut others) = others.take() {
                scope.spawn(move |_| others());
            }
        };
        let own = guarded_emit(first, |report| first.emit_first(&for_output(doc, first.name()), env, report, &mut begin));
        // It may have failed before.
        begin();
        own
    });
    made.insert(at, own);
    made
}

/// As [`emit_all`], with the pages that were set, where the order keeps them.
fn emit_each(doc: &Document, env: &Env, order: &Order) -> Vec<Emitted<(Output, Option<Book<'static>>)>> {
    if !order.keep_pages {
        let alone = |(output, report): Emitted<Output>| (output.map(|output| (output, None)), report);
        return emit_all(doc, env, &order.to).into_iter().map(alone).collect();
    }
    let emit = |backend: &&dyn Backend| {
        guarded_emit(*backend, |report| backend.emit_set(&for_output(doc, backend.name()), env, report))
    };
    order.to.par_iter().map(emit).collect()
}

/// What a backend gave, and what it has to say of it.
type Emitted<T> = (Result<T, EmitError>, Report);

fn guarded_emit<T>(backend: &dyn Backend, emit: impl FnOnce(&mut Report) -> Result<T, EmitError>) -> Emitted<T> {
    let mut report = Report::default();
    let output = catch_unwind(AssertUnwindSafe(|| emit(&mut report)));
    let defect = || EmitError::Format(format!("the backend {} has a defect: please report it", backend.name()));
    (output.unwrap_or_else(|_| Err(defect())), report)
}

/// What one backend makes of a work that was read; none where the work is refused, or the backend fails. What it says is in the work's
/// report then.
pub fn emit_one(finished: &mut Finished, backend: &dyn Backend) -> Option<Output> {
    let doc = finished.doc.as_ref().filter(|_| !finished.report.is_refused())?;
    let (output, remarks) = emit_all(doc, &finished.env, &[backend]).pop()?;
    finished.report.absorb(remarks);
    output.map_err(|failed| finished.report.error("emit-failed", None, failed.to_string())).ok()
}

/// Writes the one file that a work became to a place that the user names, and notes it.
pub fn save_output(path: &Path, output: Output, finished: &mut Finished) {
    let Output::File { bytes, .. } = &output else { return };
    let mut found = Report::default();
    save(path, bytes, &mut found);
    if !found.is_refused() {
        finished.outputs.push(record::output_file(path, &output));
    }
    finished.report.absorb(found);
}

/// The files that were written for a work, read back from the disk: the path below the output folder, and the bytes.
///
/// # Errors
/// The path that can't be read, and why.
pub fn read_back(finished: &Finished) -> Result<Files, (PathBuf, std::io::Error)> {
    let mut files = Files::new();
    for path in &finished.written {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            let inner = output::read_folder(path, &finished.env.budget)?;
            files.extend(inner.into_iter().map(|(inner, bytes)| (format!("{name}/{inner}"), bytes)));
        } else {
            let bytes = door::named(path, finished.env.budget.file).map_err(|reason| (path.clone(), reason))?;
            files.insert(name, bytes);
        }
    }
    Ok(files)
}

/// The files of a work's source, by their paths below its folder, in the order in which spans count them.
pub fn source_names(finished: &Finished) -> Vec<String> {
    works::names(&finished.work, &finished.manuscript)
}

/// Under `--strict`, makes every warning an error.
fn harden(report: &mut Report, strict: bool) {
    let warnings = report.diagnostics.iter_mut().filter(|found| strict && found.severity == Severity::Warning);
    warnings.for_each(|found| found.severity = Severity::Error);
}
