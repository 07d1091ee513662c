//! `tetrapla restore`: a work as clean Markdown, for an editor to go on from.

use std::path::Path;

use super::Outcome;
use super::args::RestoreArgs;
use super::print::{self, Printer};
use super::repairs;
use crate::emit::{Markdown, Output};
use crate::record::Record;
use crate::report::Report;
use crate::{Kit, driver};

pub fn run(args: &RestoreArgs, kit: Kit) -> Outcome {
    let order = match args.reading.order(kit) {
        Ok(order) => order,
        Err(message) => return print::usage(&message),
    };
    let printer = Printer::new(&args.reading.telling);
    let printer =
        if args.output.as_deref().is_none_or(|path| path == Path::new("-")) { printer.beside_content() } else { printer };
    let mut report = Report::default();
    let mut works = match args.sources.works(&mut report) {
        Ok(found) => found.works,
        Err(message) => return print::usage(&message),
    };
    if works.len() > 1 {
        return print::usage("restore writes one work; restore them one by one");
    }
    printer.remarks(&report);
    if let Some(work) = works.pop() {
        if args.output.as_ref().is_some_and(|out| is_same(out, &work.path)) {
            return print::usage("-o names the source itself; the scan is worth keeping, so name another file");
        }
        let mut finished = driver::guarded(work, |work| driver::check(work, &order));
        let refused = finished.report.is_refused();
        let doc = finished.doc.as_ref().filter(|_| !refused);
        let emitted = doc.and_then(|doc| driver::emit_all(doc, &finished.env, &[&Markdown]).pop());
        if let Some((output, remarks)) = emitted {
            finished.report.absorb(remarks);
            match (output, &args.output) {
                (Ok(output), Some(path)) if path != Path::new("-") => driver::save_output(path, output, &mut finished),
                (Ok(Output::File { bytes, .. }), _) => printer.product(&bytes),
                (Ok(Output::Folder { .. }), _) => unreachable!("Markdown is one file"),
                (Err(failed), _) => drop(finished.report.error("emit-failed", None, failed.to_string())),
            }
        }
        printer.work(driver::record(&finished, &order));
        let record = Record { changes: driver::changes(&finished), ..driver::record(&finished, &order) };
        repairs::write_asked(vec![repairs::of(&record)], &args.repairs, &printer);
    }
    printer.end()
}

fn is_same(a: &Path, b: &Path) -> bool {
    matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}
