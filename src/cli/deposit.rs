//! `tetrapla deposit`: one folder that a repository takes in as it is, and the check of such a folder.

use std::path::{Path, PathBuf};

use super::Outcome;
use super::args::{self, DepositArgs};
use super::print::{self, Printer, Said};
use crate::budget::Budget;
use crate::deposit;
use crate::driver::Order;
use crate::report::{Report, Severity};
use crate::span::Sources;
use crate::{Kit, driver};

pub fn run(args: &DepositArgs, kit: Kit) -> Outcome {
    let printer = Printer::new(args.reading.telling.message_format);
    if args.verify {
        let budget = match args.reading.telling.budget() {
            Ok(budget) => budget,
            Err(message) => return print::usage(&message),
        };
        return print::all(args.reading.sources.iter().map(|folder| verify(folder, &budget, &printer)).collect());
    }
    let order = match args.order(kit) {
        Ok(order) => order,
        Err(message) => return print::usage(&message),
    };
    let mut report = Report::default();
    let mut works = driver::find(&args.reading.sources, &mut report);
    if works.len() > 1 {
        let names: Vec<_> = works.iter().map(|work| work.path.display().to_string()).collect();
        return print::usage(&format!("a deposit is one work; deposit them one by one: {}", names.join(", ")));
    }
    let mut said = vec![printer.report(&report, &Sources::default())];
    if let Some(work) = works.pop() {
        let out = args.output.clone().unwrap_or_else(|| PathBuf::from("output").join(format!("{}.bag", work.stem)));
        let finished = driver::deposit(work, &Order { out, ..order }, args.lenient);
        let mut one = printer.report(&finished.report, &finished.manuscript.sources);
        one.add(printer.outputs(&finished.written));
        if finished.written.is_empty() {
            one.add(printer.refused(&finished.work.path));
        }
        said.push(one);
    }
    print::all(said)
}

/// What is wrong with the bag at `folder`, or that nothing is.
fn verify(folder: &Path, budget: &Budget, printer: &Printer) -> Said {
    let (report, files, bytes) = driver::verify_deposit(folder, budget);
    let mut said = printer.report(&report, &Sources::default());
    let refused = said.worst == Some(Severity::Error);
    said.add(printer.bag(folder, (!refused).then_some((files, bytes))));
    said
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
