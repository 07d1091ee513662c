//! `tetrapla check`: what there is to say about a text. No book is made.

use super::Outcome;
use super::args::CheckArgs;
use super::print::{self, Printer};
use super::repairs;
use crate::record::Record;
use crate::report::Report;
use crate::{Kit, driver};

pub fn run(args: &CheckArgs, kit: Kit) -> Outcome {
    let order = match args.reading.order(kit) {
        Ok(order) => order,
        Err(message) => return print::usage(&message),
    };
    let printer = Printer::new(&args.reading.telling);
    let mut found = Report::default();
    let works = driver::find(&args.reading.sources, &mut found);
    printer.remarks(&found);
    let repaired = driver::batch(
        works,
        |work| {
            let mut finished = driver::check(work, &order);
            driver::account(&mut finished, &order);
            finished
        },
        |finished| {
            printer.work(Record { changes: driver::changes(&finished), ..driver::record(&finished, &order) });
            args.repairs.repairs.as_ref().map(|_| repairs::of(&finished))
        },
    );
    repairs::write_asked(repaired, &args.repairs, &printer);
    printer.end()
}
