//! `tetrapla deposit`: a folder for each work that a repository takes in as it is, and the check of such folders.

use std::path::Path;

use super::Outcome;
use super::args::{self, DepositArgs};
use super::print::{self, Printer};
use super::repairs;
use crate::budget::Budget;
use crate::deposit;
use crate::driver::{Order, Work};
use crate::{Kit, driver};

pub fn run(args: &DepositArgs, kit: Kit) -> Outcome {
    let printer = Printer::new(&args.reading.telling);
    if args.verify {
        let budget = match args.reading.telling.budget() {
            Ok(budget) => budget,
            Err(message) => return print::usage(&message),
        };
        let printer = printer.of_books(1);
        args.sources.sources.iter().for_each(|folder| verify(folder, &budget, &printer));
        return printer.end();
    }
    let order = match args.order(kit) {
        Ok(order) => order,
        Err(message) => return print::usage(&message),
    };
    let works = match args.sources.told(&printer) {
        Ok(works) => works,
        Err(outcome) => return outcome,
    };
    let printer = printer.of_books(works.len());
    let many = works.len() > 1;
    let bag = |work: &Work| match &args.output {
        Some(bag) if !many => bag.clone(),
        folder => folder.as_deref().unwrap_or(Path::new("output")).join(&work.under).join(format!("{}.bag", work.stem)),
    };
    let listed = args.repairs.repairs.is_some();
    let repaired = driver::batch(
        works,
        |work| {
            let bag = bag(&work);
            driver::deposit(work, &order, &bag, args.lenient)
        },
        |finished| {
            let record = driver::record(&finished, &order);
            let repaired = listed.then(|| repairs::of_finished(&finished, &record));
            printer.work(record);
            repaired
        },
    );
    repairs::write_asked(repaired.into_iter().flatten().collect(), &args.repairs, &printer);
    printer.end()
}

/// What is wrong with the bag at `folder`, or that nothing is.
fn verify(folder: &Path, budget: &Budget, printer: &Printer) {
    let (report, files, bytes) = driver::verify_deposit(folder, budget);
    printer.remarks(&report);
    match report.is_refused() {
        false => printer.note(&format!("{}: whole and unchanged: {files} files, {bytes} bytes\n", folder.display())),
        true => printer.complain(&format!("{}: refused\n", folder.display())),
    }
}

impl DepositArgs {
    fn order<'a>(&self, kit: Kit<'a>) -> Result<Order<'a>, String> {
        if self.making.pdf.pdf_profile.as_deref().is_some_and(|profile| profile != "archive") {
            return Err("a deposit holds the PDF for archives, PDF/A; a print shop's is made by build".to_owned());
        }
        let mut order = args::order(kit, &self.reading, &self.making, &args::books())?;
        // Whatever the work's own settings say.
        order.settings.set("pdf", "profile", "archive");
        let missing =
            deposit::FORMATS.into_iter().find(|format| order.to.iter().all(|backend| backend.name() != format.name()));
        if let Some(format) = missing {
            return Err(format!("a deposit holds {}, which this program can't make", format.name()));
        }
        // The most durable first.
        let place = |name: &str| deposit::FORMATS.into_iter().position(|format| format.name() == name);
        order.to.sort_by_key(|backend| place(backend.name()));
        Ok(order)
    }
}
