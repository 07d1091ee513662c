//! `tetrapla tree`: the tree as text, on standard output.

use super::Outcome;
use super::args::TreeArgs;
use super::print::{self, Printer};
use crate::report::Report;
use crate::span::Sources;
use crate::{Kit, driver, emit};

pub fn run(args: &TreeArgs, kit: Kit) -> Outcome {
    let order = match args.reading.order(kit) {
        Ok(order) => order,
        Err(message) => return print::usage(&message),
    };
    let printer = Printer::new(args.reading.telling.message_format);
    let mut report = Report::default();
    let works = driver::find(&args.reading.sources, &mut report);
    let mut said = vec![printer.report(&report, &Sources::default())];
    let dumps = driver::batch(
        works,
        |work| driver::check(work, &order),
        |finished| {
            let remarks = printer.report(&finished.report, &finished.manuscript.sources);
            (remarks, finished.doc.as_ref().map(emit::dump).unwrap_or_default())
        },
    );
    let mut unwritten = Report::default();
    for (remarks, dump) in dumps {
        said.push(remarks);
        if !unwritten.is_refused() {
            print::product(dump.as_bytes(), &mut unwritten);
        }
    }
    said.push(printer.report(&unwritten, &Sources::default()));
    print::all(said)
}
