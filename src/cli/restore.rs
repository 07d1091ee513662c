//! `tetrapla restore`: a work as clean Markdown, for an editor to go on from.

use std::path::Path;

use super::Outcome;
use super::args::RestoreArgs;
use super::print::{self, Printer};
use super::repairs;
use crate::emit::{Markdown, Output};
use crate::report::Report;
use crate::span::Sources;
use crate::{Kit, driver};

pub fn run(args: &RestoreArgs, kit: Kit) -> Outcome {
    let order = match args.reading.order(kit) {
        Ok(order) => order,
        Err(message) => return print::usage(&message),
    };
    let printer = Printer::new(args.reading.telling.message_format);
    let mut report = Report::default();
    let mut works = driver::find(&args.reading.sources, &mut report);
    if works.len() > 1 {
        return print::usage("restore writes one work; restore them one by one");
    }
    let mut said = vec![printer.report(&report, &Sources::default())];
    if let Some(work) = works.pop() {
        if args.output.as_ref().is_some_and(|out| is_same(out, &work.path)) {
            return print::usage("-o names the source itself; the scan is worth keeping, so name another file");
        }
        let mut finished = driver::check(work, &order);
        if let Some(doc) = finished.doc.as_ref().filter(|_| !finished.report.is_refused()) {
            let mut found = Report::default();
            let emitted = driver::emit_all(doc, &finished.env, &[&Markdown]).pop();
            if let Some((output, remarks)) = emitted {
                found.absorb(remarks);
                match (output, &args.output) {
                    (Ok(Output::File { bytes, .. }), Some(path)) => driver::save(path, &bytes, &mut found),
                    (Ok(Output::File { bytes, .. }), None) => print::product(&bytes, &mut found),
                    (Ok(Output::Folder { .. }), _) => unreachable!("Markdown is one file"),
                    (Err(failed), _) => drop(found.error("emit-failed", None, failed.to_string())),
                }
            }
            finished.report.absorb(found);
        }
        let mut one = printer.report(&finished.report, &finished.manuscript.sources);
        if let Some(doc) = &finished.doc {
            one.add(printer.repairs_summed(&finished.work.stem, doc));
        }
        if let Some(path) = args.output.as_ref().filter(|_| !finished.report.is_refused()) {
            one.add(printer.outputs(std::slice::from_ref(path)));
        }
        said.push(one);
        if let Some(path) = &args.repairs.repairs {
            said.push(repairs::write(&[repairs::of(&finished)], path, &printer));
        }
    }
    print::all(said)
}

fn is_same(a: &Path, b: &Path) -> bool {
    matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}
