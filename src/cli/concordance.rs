//! `tetrapla concordance`: where printed pages and chapters begin in all four outputs.

use std::path::Path;

use super::Outcome;
use super::args::{self, ConcordanceArgs, ConcordanceFormat};
use super::print::{self, Printer};
use crate::Kit;
use crate::concordance::{concordance, csv, json};
use crate::driver::{self, Finished};
use crate::report::Report;
use crate::span::Span;

pub fn run(args: &ConcordanceArgs, kit: Kit) -> Outcome {
    let order = match args::order(kit, &args.reading, &args.making, &args::books()) {
        Ok(order) => order,
        Err(message) => return print::usage(&message),
    };
    let printer = Printer::new(&args.reading.telling);
    let printer =
        if args.output.as_deref().is_none_or(|path| path == Path::new("-")) { printer.beside_content() } else { printer };
    let mut report = Report::default();
    let mut works = match args.sources.works(&mut report) {
        Ok(found) => found.works,
        Err(message) => return print::usage(&message),
    };
    if works.len() > 1 {
        let names: Vec<_> = works.iter().map(|work| work.path.display().to_string()).collect();
        return print::usage(&format!("a concordance is of one work; name one of: {}", names.join(", ")));
    }
    printer.remarks(&report);
    if let Some(work) = works.pop() {
        let mut finished = driver::guarded(work, |work| driver::rehearse(work, &order));
        if !finished.proof.holds() {
            let message = "the outputs do not say all that the source says, so places may be missing";
            finished.report.warn("concordance-doubtful", None, message).hint("tetrapla verify names what differs");
        }
        let text = told(&finished, args.format);
        if let (Some(path), Some(text)) = (args.output.as_ref().filter(|path| *path != Path::new("-")), &text) {
            if let Err(reason) = driver::write_file(path, text.as_bytes()) {
                let message = format!("{} can't be written: {reason}", path.display());
                finished.report.error("output-unwritable", None, message).hint("choose another file with -o");
            }
        } else if let Some(text) = text {
            printer.answer(&text);
        }
        let mut record = driver::record(&finished, &order);
        // What was proved serves the concordance alone.
        record.proof.clear();
        printer.work(record);
    }
    printer.end()
}

fn told(finished: &Finished, format: ConcordanceFormat) -> Option<String> {
    let entries = concordance(finished.doc.as_ref()?, &finished.proof);
    let names = driver::source_names(finished);
    let source = |span: Span| {
        let name = names.get(usize::from(span.file.0)).cloned().unwrap_or_default();
        (name, finished.manuscript.sources.line_column(span).0)
    };
    Some(match format {
        ConcordanceFormat::Csv => csv(&entries, source),
        ConcordanceFormat::Json => json(&entries, source),
    })
}
