//! `tetrapla deposit`: one folder that a repository takes in as it is, and the check of such a folder.

use std::path::{Path, PathBuf};

use super::Outcome;
use super::args::{self, DepositArgs};
use super::print::{self, Printer};
use crate::budget::Budget;
use crate::deposit;
use crate::driver::Order;
use crate::report::Report;
use crate::{Kit, driver};

pub fn run(args: &DepositArgs, kit: Kit) -> Outcome {
    let printer = Printer::new(&args.reading.telling).of_books(1);
    if args.verify {
        let budget = match args.reading.telling.budget() {
            Ok(budget) => budget,
            Err(message) => return print::usage(&message),
        };
        args.sources.sources.iter().for_each(|folder| verify(folder, &budget, &printer));
        return printer.end();
    }
    let order = match args.order(kit) {
        Ok(order) => order,
        Err(message) => return print::usage(&message),
    };
    let mut report = Report::default();
    let mut works = match args.sources.works(&mut report) {
        Ok(found) => found.works,
        Err(message) => return print::usage(&message),
    };
    if works.len() > 1 {
        let names: Vec<_> = works.iter().map(|work| work.path.display().to_string()).collect();
        return print::usage(&format!("a deposit is one work; deposit them one by one: {}", names.join(", ")));
    }
    printer.remarks(&report);
    if let Some(work) = works.pop() {
        let out = args.output.clone().unwrap_or_else(|| PathBuf::from("output").join(format!("{}.bag", work.stem)));
        let order = Order { out, ..order };
        let finished = driver::guarded(work, |work| driver::deposit(work, &order, args.lenient));
        printer.work(driver::record(&finished, &order));
    }
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
