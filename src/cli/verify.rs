//! `tetrapla verify`: reads finished files back and shows that no word was lost on the way.

use super::Outcome;
use super::apart::Asked;
use super::args::{self, VerifyArgs};
use super::print::{self, Printer};
use super::{repairs, report};
use crate::driver::Order;
use crate::record::{Record, Task};
use crate::{Kit, driver};

pub fn run(args: &VerifyArgs, kit: Kit) -> Outcome {
    let order = match args::order(kit, &args.reading, &args.making, &args.to) {
        Ok(order) => Order { out: args.output.clone(), ..order },
        Err(message) => return print::usage(&message),
    };
    if args.report.is_some() && args.limits.is_said() {
        return print::usage(report::ALONE);
    }
    let printer = Printer::new(&args.reading.telling);
    let works = match args.sources.told(&printer) {
        Ok(works) => works,
        Err(outcome) => return outcome,
    };
    let listed = args.repairs.repairs.is_some();
    let repaired = if args.limits.is_said() {
        let (reading, making, limits, out) = (&args.reading, &args.making, &args.limits, args.output.as_path());
        let task = Task::Verify;
        let asked = Asked { task, reading, making, limits, out, verify: true, force: false, changes: listed };
        let repaired = repairs::Gathered::default();
        asked.run(works, &order, &|record| {
            if listed {
                repaired.add(&record);
            }
            printer.work(Record { changes: Vec::new(), ..record });
        });
        repaired.sorted()
    } else {
        let pages = args.report.as_deref().map(|path| report::Pages::new(path, works.len()));
        let done = driver::batch(
            works,
            |work| driver::read_again(work, &order),
            |finished| {
                let record = driver::record(&finished, &order);
                let chapter = pages.as_ref().and_then(|pages| pages.of(&finished, &record, &order.env.templates));
                let repaired = listed.then(|| repairs::of_finished(&finished, &record));
                printer.work(record);
                (repaired, chapter)
            },
        );
        let (repaired, chapters): (Vec<_>, Vec<_>) = done.into_iter().unzip();
        if let Some(pages) = pages {
            pages.write(chapters.into_iter().flatten().collect(), &order.env.templates, &printer);
        }
        repaired.into_iter().flatten().collect()
    };
    repairs::write_asked(repaired, &args.repairs, &printer);
    printer.end()
}
