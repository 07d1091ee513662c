//! `tetrapla restore`: a work as clean Markdown, for an editor to go on from.

use std::path::Path;

use super::Outcome;
use super::args::RestoreArgs;
use super::print::{self, Printer};
use super::repairs;
use crate::emit::{Markdown, Output};
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
        match (driver::emit_one(&mut finished, &Markdown), &args.output) {
            (Some(output), Some(path)) if path != Path::new("-") => driver::save_output(path, output, &mut finished),
            (Some(Output::File { bytes, .. }), _) => printer.product(&bytes),
            (Some(Output::Folder { .. }), _) => unreachable!("Markdown is one file"),
            (None, _) => {}
        }
        let record = driver::record(&finished, &order);
        let repaired = repairs::of_finished(&finished, &record);
        printer.work(record);
        repairs::write_asked(vec![repaired], &args.repairs, &printer);
    }
    printer.end()
}

fn is_same(a: &Path, b: &Path) -> bool {
    matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}
