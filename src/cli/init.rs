//! `tetrapla init`: a work from a folder of chapters. It asks nothing that it can see.

use std::fmt::Write as _;
use std::path::Path;

use super::Outcome;
use super::args::{InitArgs, ReadingArgs};
use super::print::{self, Printer};
use crate::Kit;
use crate::driver::{self, Work};
use crate::read::PROJECT_FILE;
use crate::report::Report;

/// Fields that shops and libraries ask for, with an example each.
const FIELDS: [(&str, &str); 7] = [
    ("subtitle", "\"…\""),
    ("author", "\"Ada Writer\""),
    ("date", "\"2026\""),
    ("publisher", "\"…\""),
    ("isbn", "\"978-…\""),
    ("rights", "\"© 2026 …\""),
    ("licence", "\"CC-BY-4.0\""),
];

pub fn run(args: &InitArgs, kit: Kit) -> Outcome {
    let folder = &args.folder;
    let file = folder.join(PROJECT_FILE);
    if !folder.is_dir() {
        return print::usage(&format!("{} is no folder: make it, and put the chapters there", folder.display()));
    }
    if file.exists() {
        return print::usage(&format!("{} is there already", file.display()));
    }
    let reading = ReadingArgs { telling: args.telling.clone(), ..ReadingArgs::default() };
    let order = match reading.order(kit) {
        Ok(order) => order,
        Err(message) => return print::usage(&message),
    };
    let printer = Printer::new(&args.telling);
    let finished = driver::guarded(Work::of_folder(folder), |work| driver::check(work, &order));
    let mut report = Report::default();
    match finished.doc.as_ref().filter(|_| !finished.report.is_refused()) {
        Some(doc) => {
            let text = project(&driver::source_names(&finished), &doc.meta.title, &doc.meta.language);
            driver::save(&file, text.as_bytes(), &mut report);
            if !report.is_refused() {
                printer.note(&format!("{}\n", file.display()));
                printer.note(&format!("say in it who wrote the work, then: tetrapla build {}\n", folder.display()));
            }
        }
        None => report.absorb(finished.report),
    }
    printer.remarks(&report);
    printer.end()
}

/// The text of a `tetrapla.toml` that says what can be seen, and names what can be said.
fn project(files: &[String], title: &str, language: &str) -> String {
    // A string of JSON is one of TOML.
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let is_text = |name: &&String| Path::new(name).extension().is_some_and(|ending| ending != "toml");
    let mut text = "# The order of the chapters. Patterns such as \"part-*/*.md\" do as well.\nfiles = [\n".to_owned();
    for name in files.iter().filter(is_text) {
        let _ = writeln!(text, "    {},", quoted(name));
    }
    let _ = writeln!(text, "]\n\n[metadata]\ntitle = {}", quoted(title));
    let known = language != "und";
    let _ = writeln!(text, "{}language = {}", if known { "" } else { "# " }, quoted(if known { language } else { "en" }));
    for (field, example) in FIELDS {
        let _ = writeln!(text, "# {field} = {example}");
    }
    text + "\n# How the books are made: tetrapla schema settings prints all that there is.\n# [pdf]\n# design = \"novel\"\n"
}
