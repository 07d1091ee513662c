//! `tetrapla verify`: reads finished files back and shows that no word was lost on the way.

use super::Outcome;
use super::apart::Asked;
use super::args::{self, VerifyArgs};
use super::print::{self, Printer};
use crate::driver::Order;
use crate::record::Task;
use crate::{Kit, driver};

pub fn run(args: &VerifyArgs, kit: Kit) -> Outcome {
    let order = match args::order(kit, &args.reading, &args.making, &args.to) {
        Ok(order) => Order { out: args.output.clone(), ..order },
        Err(message) => return print::usage(&message),
    };
    let printer = Printer::new(&args.reading.telling);
    let works = match args.sources.told(&printer) {
        Ok(works) => works,
        Err(outcome) => return outcome,
    };
    if args.limits.is_said() {
        let (reading, making, limits, out) = (&args.reading, &args.making, &args.limits, args.output.as_path());
        let task = Task::Verify;
        let asked = Asked { task, reading, making, limits, out, verify: true, force: false, changes: false };
        asked.run(works, &order, &|record| printer.work(record));
    } else {
        let tell = |finished| printer.work(driver::record(&finished, &order));
        driver::batch(works, |work| driver::read_again(work, &order), tell);
    }
    printer.end()
}
