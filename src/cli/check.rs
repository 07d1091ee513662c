//! `tetrapla check`: what there is to say about a text. No book is made.

use super::Outcome;
use super::apart::Asked;
use super::args::{self, CheckArgs, MakingArgs};
use super::print::{self, Printer};
use super::repairs;
use crate::record::{Record, Task};
use crate::{Kit, driver};

pub fn run(args: &CheckArgs, kit: Kit) -> Outcome {
    let making = MakingArgs::default();
    let order = match args::order(kit, &args.reading, &making, &[""; 0]) {
        Ok(order) => order,
        Err(message) => return print::usage(&message),
    };
    let printer = Printer::new(&args.reading.telling);
    let works = match args.sources.told(&printer) {
        Ok(works) => works,
        Err(outcome) => return outcome,
    };
    let listed = args.repairs.repairs.is_some();
    let repaired = if args.limits.is_said() {
        let (out, reading, limits) = (order.out.as_path(), &args.reading, &args.limits);
        let (task, making) = (Task::Check, &making);
        let asked = Asked { task, reading, making, limits, out, verify: false, force: false, changes: true };
        let repaired = repairs::Gathered::default();
        asked.run(works, &order, &|record| {
            if listed {
                repaired.add(&record);
            }
            printer.work(record);
        });
        repaired.sorted()
    } else {
        let done = driver::batch(
            works,
            |work| driver::look(work, &order),
            |finished| {
                let record = Record { changes: driver::changes(&finished), ..driver::record(&finished, &order) };
                let repaired = listed.then(|| repairs::of(&record));
                printer.work(record);
                repaired
            },
        );
        done.into_iter().flatten().collect()
    };
    repairs::write_asked(repaired, &args.repairs, &printer);
    printer.end()
}
