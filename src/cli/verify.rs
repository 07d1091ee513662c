//! `tetrapla verify`: reads finished files back and shows that no word was lost on the way.

use std::fmt::Write;

use serde_json::json;

use super::Outcome;
use super::args::{MessageFormat, VerifyArgs};
use super::print::{self, Printer};
use crate::report::{Report, Severity};
use crate::span::Sources;
use crate::verify::{FileProof, Proof, Tally};
use crate::{Kit, driver};

pub fn run(args: &VerifyArgs, kit: Kit) -> Outcome {
    let order = match args.order(kit) {
        Ok(order) => order,
        Err(message) => return print::usage(&message),
    };
    let format = args.reading.message_format;
    let printer = Printer::new(format);
    let mut report = Report::default();
    let works = driver::find(&args.reading.sources, &mut report);
    let mut said = vec![printer.report(&report, &Sources::default())];
    let proved = driver::batch(
        works,
        |work| {
            let mut finished = driver::check(work, &order);
            // What there is to say of the source was said when it was built.
            finished.report.diagnostics.retain(|found| found.severity == Severity::Error);
            driver::prove(&mut finished, &order);
            finished
        },
        |finished| (printer.report(&finished.report, &finished.manuscript.sources), told(&finished.proof, format)),
    );
    for (remarks, proof) in proved {
        said.push(remarks);
        print::answer(&proof);
    }
    print::all(said)
}

/// One line for each file: for people, or a JSON object.
pub fn told(proof: &Proof, format: MessageFormat) -> String {
    let line = match format {
        MessageFormat::Human => for_people,
        MessageFormat::Json => for_machines,
    };
    proof.files.iter().map(|file| line(file) + "\n").collect()
}

fn for_people(file: &FileProof) -> String {
    let holds = file.differences.is_empty();
    let mut line = format!("{}: {}", file.name, if holds { "whole" } else { "NOT whole" });
    let _ = write!(line, ", {} of {} words", file.words.expected.saturating_sub(file.lost), file.words.expected);
    for (count, name) in [(file.lost, "lost"), (file.added, "added"), (file.moved, "moved")] {
        if count > 0 {
            let _ = write!(line, ", {count} {name}");
        }
    }
    for (tally, name) in [(file.notes, "notes"), (file.pages, "printed pages"), (file.links, "links"), (file.images, "images")]
    {
        match tally {
            Tally { expected: 0, .. } => {}
            Tally { expected, found } if expected == found => drop(write!(line, ", {found} {name}")),
            Tally { expected, found } => drop(write!(line, ", {found} of {expected} {name}")),
        }
    }
    line
}

fn for_machines(file: &FileProof) -> String {
    let tally = |tally: Tally| json!({ "expected": tally.expected, "found": tally.found });
    json!({
        "file": file.name, "whole": file.differences.is_empty(), "words": tally(file.words),
        "lost": file.lost, "added": file.added, "moved": file.moved,
        "notes": tally(file.notes), "pages": tally(file.pages), "links": tally(file.links), "images": tally(file.images),
    })
    .to_string()
}
