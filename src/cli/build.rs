//! `tetrapla build`: the main job.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};

use super::Outcome;
use super::args::{self, BuildArgs, MessageFormat};
use super::print::{self, Printer, Said};
use super::repairs;
use super::report;
use crate::driver::{self, Finished, Order};
use crate::report::{Report, Severity};
use crate::{Kit, span::Sources};

/// From how many works on a batch takes long enough for a bar.
const MANY: usize = 8;

pub fn run(args: &BuildArgs, kit: Kit) -> Outcome {
    let order = match args::order(kit, &args.reading, &args.making, &args.to) {
        Ok(order) => Order { out: args.output.clone(), ..order },
        Err(message) => return print::usage(&message),
    };
    let printer = Printer::new(args.reading.telling.message_format);
    let mut report = Report::default();
    let works = driver::find(&args.reading.sources, &mut report);
    let bar = progress(works.len(), &args.reading.telling.message_format);
    let mut said = vec![printer.report(&report, &Sources::default())];
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
            bar.inc(1);
            let chapter = args.report.is_some().then(|| report::chapter(&finished)).flatten();
            let repairs = args.repairs.repairs.as_ref().map(|_| repairs::of(&finished));
            ((told(&printer, &finished), repairs), chapter)
        },
    );
    bar.finish_and_clear();
    let (told, chapters): (Vec<_>, Vec<_>) = done.into_iter().unzip();
    said.extend(repairs::told(told, &args.repairs, &printer));
    if let Some(path) = &args.report {
        said.push(report::write(path, chapters.into_iter().flatten().collect(), &order.env.templates, &printer));
    }
    print::all(said)
}

/// The remarks on a work and the names of its outputs.
fn told(printer: &Printer, finished: &Finished) -> Said {
    let mut said = printer.report(&finished.report, &finished.manuscript.sources);
    if let Some(doc) = &finished.doc {
        said.add(printer.repairs_summed(&finished.work.stem, doc));
    }
    said.add(printer.outputs(&finished.written));
    said.add(super::verify::accounted(finished, printer.format()));
    said.add(super::verify::told(&finished.proof, printer.format()));
    if said.worst == Some(Severity::Error) && finished.written.is_empty() {
        said.add(printer.refused(&finished.work.path));
    }
    said
}

fn progress(works: usize, format: &MessageFormat) -> ProgressBar {
    if works < MANY || *format == MessageFormat::Json || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style =
        ProgressStyle::with_template("{bar:40} {pos} of {len} works, {eta} to go").expect("a template that is written here");
    ProgressBar::new(works as u64).with_style(style)
}
