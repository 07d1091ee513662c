//! `tetrapla check`: what there is to say about a text. No book is made.

use super::Outcome;
use super::args::CheckArgs;
use super::print::{self, Printer};
use super::repairs;
use crate::report::Report;
use crate::span::Sources;
use crate::{Kit, driver};

pub fn run(args: &CheckArgs, kit: Kit) -> Outcome {
    let order = match args.reading.order(kit) {
        Ok(order) => order,
        Err(message) => return print::usage(&message),
    };
    let printer = Printer::new(args.reading.telling.message_format);
    let mut report = Report::default();
    let works = driver::find(&args.reading.sources, &mut report);
    let mut said = vec![printer.report(&report, &Sources::default())];
    let told = driver::batch(
        works,
        |work| {
            let mut finished = driver::check(work, &order);
            driver::account(&mut finished, &order);
            finished
        },
        |finished| {
            let mut said = printer.report(&finished.report, &finished.manuscript.sources);
            if let Some(doc) = &finished.doc {
                said.add(printer.repairs(&doc.repairs, &finished.manuscript.sources));
                said.add(printer.repairs_summed(&finished.work.stem, doc));
            }
            said.add(super::verify::accounted(&finished, printer.format()));
            (said, args.repairs.repairs.as_ref().map(|_| repairs::of(&finished)))
        },
    );
    said.extend(repairs::told(told, &args.repairs, &printer));
    print::all(said)
}
