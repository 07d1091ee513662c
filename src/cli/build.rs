//! `tetrapla build`: the main job.

use std::path::Path;

use super::Outcome;
use super::apart::Asked;
use super::args::{self, BuildArgs, Works};
use super::print::{self, Printer};
use super::repairs;
use super::report;
use crate::Kit;
use crate::driver::{self, Making, Manifest, Order};
use crate::emit::Output;
use crate::record::{Record, Task};
use crate::report::Report;

pub fn run(args: &BuildArgs, kit: Kit) -> Outcome {
    let order = match args::order(kit, &args.reading, &args.making, &args.to) {
        Ok(order) => Order { out: args.output.clone(), keep_pages: args.report.is_some(), ..order },
        Err(message) => return print::usage(&message),
    };
    let mut found = Report::default();
    let Works { works, keys } = match args.sources.works(&mut found) {
        Ok(works) => works,
        Err(message) => return print::usage(&message),
    };
    if args.output == Path::new("-") {
        return to_standard_output(args, works, &found, &order);
    }
    if args.report.is_some() && args.limits.is_said() {
        return print::usage(report::ALONE);
    }
    let printer = Printer::new(&args.reading.telling).of_books(works.len());
    printer.remarks(&found);
    let listed = args.repairs.repairs.is_some();
    // A report and a list of repairs tell of works as they are read.
    let again = args.force || args.report.is_some() || listed;
    let verify = args.verify || args.report.is_some();
    let shard = args.sources.shard;
    let repaired = if args.limits.is_said() {
        let asked = Asked {
            task: Task::Build,
            reading: &args.reading,
            making: &args.making,
            limits: &args.limits,
            out: &args.output,
            verify,
            force: again,
            changes: listed,
        };
        let repaired = repairs::Gathered::default();
        asked.run(works, &order, &|record| {
            if listed {
                repaired.add(&record);
            }
            printer.work(Record { changes: Vec::new(), ..record });
        });
        let manifest = Manifest::open(&args.output, None);
        manifest.touched();
        close(&manifest, &keys, &printer);
        repaired.sorted()
    } else {
        let manifest = Manifest::open(&args.output, shard);
        let how = Making { verify, manifest: Some(manifest) };
        let forced = Making { verify, manifest: None };
        let way = if again { &forced } else { &how };
        let pages = args.report.as_deref().map(|path| report::Pages::new(path, works.len()));
        let done = driver::batch(
            works,
            |work| driver::make(work, &order, way),
            |finished| {
                let record = driver::noted(&finished, &order, &how);
                let chapter = pages.as_ref().and_then(|pages| pages.of(&finished, &record, &order.env.templates));
                let repaired = listed.then(|| repairs::of_finished(&finished, &record));
                printer.work(record);
                (repaired, chapter)
            },
        );
        how.manifest.iter().for_each(|manifest| close(manifest, &keys, &printer));
        let (repaired, chapters): (Vec<_>, Vec<_>) = done.into_iter().unzip();
        if let Some(pages) = pages {
            pages.write(chapters.into_iter().flatten().collect(), &order.env.templates, &printer);
        }
        repaired.into_iter().flatten().collect()
    };
    repairs::write_asked(repaired, &args.repairs, &printer);
    printer.end()
}

fn close(manifest: &Manifest, keys: &[(String, String)], printer: &Printer) {
    let mut report = Report::default();
    manifest.close(keys, &mut report);
    printer.remarks(&report);
}

/// The one output of one work, on standard output.
fn to_standard_output(args: &BuildArgs, mut works: Vec<driver::Work>, found: &Report, order: &Order) -> Outcome {
    if works.len() > 1 || order.to.len() != 1 {
        return print::usage("standard output takes one output of one work: name one SOURCE, and one format with --to");
    }
    let printer = Printer::new(&args.reading.telling).beside_content();
    printer.remarks(found);
    if let Some(work) = works.pop() {
        let mut finished = driver::guarded(work, |work| driver::check(work, order));
        match driver::emit_one(&mut finished, order.to[0]) {
            Some(Output::File { bytes, .. }) => printer.product(&bytes),
            Some(Output::Folder { .. }) => {
                finished.report.error("output-unwritable", None, "a folder of files can't go to standard output");
            }
            None => {}
        }
        printer.work(driver::record(&finished, order));
    }
    printer.end()
}
