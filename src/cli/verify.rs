//! `tetrapla verify`: reads finished files back and shows that no word was lost on the way.

use std::fmt::Write;

use serde_json::json;

use super::Outcome;
use super::args::{MessageFormat, VerifyArgs};
use super::print::{self, Printer};
use super::{repairs, report};
use crate::driver::Finished;
use crate::ledger::Ledger;
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
    let mut found = Report::default();
    let works = driver::find(&args.reading.sources, &mut found);
    let mut said = vec![printer.report(&found, &Sources::default())];
    let proved = driver::batch(
        works,
        |work| {
            let mut finished = driver::check(work, &order);
            driver::account(&mut finished, &order);
            driver::prove(&mut finished, &order);
            finished
        },
        |mut finished| {
            let chapter = args.report.is_some().then(|| report::chapter(&finished)).flatten();
            let repairs = args.repairs.repairs.as_ref().map(|_| repairs::of(&finished));
            let told = accounted(&finished, format) + &told(&finished.proof, format);
            // What there is to say of the source was said when it was built.
            finished.report.diagnostics.retain(|found| found.severity == Severity::Error);
            ((printer.report(&finished.report, &finished.manuscript.sources), repairs), told, chapter)
        },
    );
    let (mut remarks, mut chapters) = (Vec::new(), Vec::new());
    for (remark, proof, chapter) in proved {
        remarks.push(remark);
        chapters.extend(chapter);
        print::answer(&proof);
    }
    said.extend(repairs::told(remarks, &args.repairs, &printer));
    if let Some(path) = &args.report {
        said.push(report::write(path, chapters, &order.env.templates, &printer));
    }
    print::all(said)
}

/// The proof's first line: what of the source is in the tree, and by which right the rest is not.
pub fn accounted(finished: &Finished, format: MessageFormat) -> String {
    let Some(ledger) = &finished.ledger else { return String::new() };
    let stem = &finished.work.stem;
    match format {
        MessageFormat::Human => source_for_people(stem, ledger) + "\n",
        MessageFormat::Json => source_for_machines(stem, ledger) + "\n",
    }
}

fn source_for_people(stem: &str, ledger: &Ledger) -> String {
    let mut line = format!("{stem}: source: {}", if ledger.holds() { "whole" } else { "NOT whole" });
    let _ = write!(line, ", {} words, {} found", ledger.words, ledger.found);
    let counts: Vec<_> = ledger.accounted.iter().map(|(right, count)| format!("{count} {}", right.name())).collect();
    if !counts.is_empty() {
        let all: usize = ledger.accounted.iter().map(|(_, count)| count).sum();
        let _ = write!(line, ", {all} accounted for ({})", counts.join(", "));
    }
    let kinds = [(ledger.lost, "lost"), (ledger.added, "added"), (ledger.glued, "glued"), (ledger.split, "split")];
    for (count, name) in kinds.into_iter().chain([(ledger.moved, "moved")]) {
        if count > 0 {
            let _ = write!(line, ", {count} {name}");
        }
    }
    line
}

fn source_for_machines(stem: &str, ledger: &Ledger) -> String {
    let accounted: serde_json::Map<_, _> =
        ledger.accounted.iter().map(|(right, count)| (right.name().to_owned(), json!(count))).collect();
    let taken =
        ledger.taken.iter().map(|taken| json!({ "kind": taken.kind.name(), "text": taken.text, "evidence": taken.evidence }));
    let said = if ledger.holds() { "every word of the source is accounted for" } else { "the source is not whole in the tree" };
    json!({
        "severity": "proof", "code": "source", "file": stem, "line": null, "column": null, "message": said, "hint": null,
        "source": stem, "whole": ledger.holds(), "words": ledger.words, "found": ledger.found, "accounted": accounted,
        "lost": ledger.lost, "added": ledger.added, "glued": ledger.glued, "split": ledger.split, "moved": ledger.moved,
        "taken": taken.collect::<Vec<_>>(),
    })
    .to_string()
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
