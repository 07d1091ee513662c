//! `tetrapla verify`: reads finished files back and shows that no word was lost on the way.

use super::Outcome;
use super::args::{self, VerifyArgs};
use super::print::{self, Printer};
use crate::driver::Order;
use crate::report::{Report, Severity};
use crate::{Kit, driver};

pub fn run(args: &VerifyArgs, kit: Kit) -> Outcome {
    let order = match args::order(kit, &args.reading, &args.making, &args.to) {
        Ok(order) => Order { out: args.output.clone(), ..order },
        Err(message) => return print::usage(&message),
    };
    let printer = Printer::new(&args.reading.telling);
    let mut found = Report::default();
    let works = driver::find(&args.reading.sources, &mut found);
    printer.remarks(&found);
    driver::batch(
        works,
        |work| {
            let mut finished = driver::check(work, &order);
            driver::account(&mut finished, &order);
            // What there is to say of the source was said when it was built.
            finished.report.diagnostics.retain(|found| found.severity == Severity::Error);
            driver::prove(&mut finished, &order);
            finished
        },
        |finished| printer.work(driver::record(&finished, &order)),
    );
    printer.end()
}
