//! `tetrapla tree`: the tree as text, on standard output.

use super::Outcome;
use super::args::TreeArgs;
use super::print::{self, Printer};
use crate::{Kit, driver, emit};

pub fn run(args: &TreeArgs, kit: Kit) -> Outcome {
    let order = match args.reading.order(kit) {
        Ok(order) => order,
        Err(message) => return print::usage(&message),
    };
    let printer = Printer::new(&args.reading.telling).beside_content();
    let works = match args.sources.told(&printer) {
        Ok(works) => works,
        Err(outcome) => return outcome,
    };
    let dumps = driver::batch(
        works,
        |work| driver::check(work, &order),
        |finished| {
            printer.work(printer.record(&finished, &order));
            finished.doc.as_ref().map(emit::dump).unwrap_or_default()
        },
    );
    dumps.iter().for_each(|dump| printer.answer(dump));
    printer.end()
}
