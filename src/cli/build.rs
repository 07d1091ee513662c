//! `tetrapla build`: the main job.

use super::Outcome;
use super::args::{self, BuildArgs};
use super::print::{self, Printer};
use super::repairs;
use super::report;
use crate::Kit;
use crate::driver::{self, Order};
use crate::report::Report;

pub fn run(args: &BuildArgs, kit: Kit) -> Outcome {
    let order = match args::order(kit, &args.reading, &args.making, &args.to) {
        Ok(order) => Order { out: args.output.clone(), ..order },
        Err(message) => return print::usage(&message),
    };
    let mut found = Report::default();
    let works = driver::find(&args.reading.sources, &mut found);
    let printer = Printer::new(&args.reading.telling).of_books(works.len());
    printer.remarks(&found);
    let done = driver::batch(
        works,
        |work| {
            let mut finished = driver::build(work, &order);
            if (args.verify || args.report.is_some()) && !finished.written.is_empty() {
                driver::account(&mut finished, &order);
                driver::prove(&mut finished, &order);
            }
            finished
        },
        |finished| {
            printer.work(driver::record(&finished, &order));
            let chapter = args.report.is_some().then(|| report::chapter(&finished)).flatten();
            (args.repairs.repairs.as_ref().map(|_| repairs::of(&finished)), chapter)
        },
    );
    let (repaired, chapters): (Vec<_>, Vec<_>) = done.into_iter().unzip();
    repairs::write_asked(repaired, &args.repairs, &printer);
    if let Some(path) = &args.report {
        report::write(path, chapters.into_iter().flatten().collect(), &order.env.templates, &printer);
    }
    printer.end()
}
