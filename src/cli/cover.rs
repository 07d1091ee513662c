//! `tetrapla cover`: the cover sheet of a printed book.

use super::Outcome;
use super::args::{self, CoverArgs};
use super::print::{self, Printer};
use crate::emit::CoverSheet;
use crate::report::Report;
use crate::{Kit, driver};

pub fn run(args: &CoverArgs, kit: Kit) -> Outcome {
    let order = match args::order(kit, &args.reading, &args.making, &[""; 0]) {
        Ok(order) => order,
        Err(message) => return print::usage(&message),
    };
    let printer = Printer::new(&args.reading.telling);
    let mut report = Report::default();
    let mut works = match args.sources.works(&mut report) {
        Ok(found) => found.works,
        Err(message) => return print::usage(&message),
    };
    if works.len() > 1 {
        return print::usage("a cover sheet is of one work; make them one by one");
    }
    printer.remarks(&report);
    if let Some(work) = works.pop() {
        let mut finished = driver::guarded(work, |work| driver::check(work, &order));
        if let Some(output) = driver::emit_one(&mut finished, &CoverSheet) {
            driver::save_output(&args.output, output, &mut finished);
        }
        printer.work(driver::record(&finished, &order));
    }
    printer.end()
}
