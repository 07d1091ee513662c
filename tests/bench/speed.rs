//! What a page costs in books of ten to five thousand pages, and what proving a book costs beside building it: `cargo bench`.
//! Figures are printed, none is judged: a machine's mood is no test.

#![allow(clippy::disallowed_methods, reason = "it measures, and lays out its own books")]

mod chance;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use chance::Chance;

/// Each command is run so often, and its best time counts: everything that disturbs a measurement makes it longer.
const RUNS: usize = 5;

fn main() {
    let folder = tempfile::tempdir().expect("a folder for the books");
    let folder = folder.path();
    let pdf = ["build", "--to", "pdf", "--jobs", "1"];
    write(folder, "One line.\n");
    let start = best(folder, &pdf);
    println!("one line: {:.0} ms", start.as_secs_f64() * 1e3);
    println!("{:>9} {:>6} {:>9} {:>13} {:>13}", "bytes", "pages", "seconds", "ms a page", "less start");
    for chapters in [1, 4, 20, 80, 200, 420] {
        let text = book(chapters);
        write(folder, &text);
        let time = best(folder, &pdf);
        let pages = pages(folder);
        let page = |time: Duration| time.as_secs_f64() * 1e3 / pages as f64;
        let (all, own) = (page(time), page(time.saturating_sub(start)));
        println!("{:>9} {pages:>6} {:>9.3} {all:>13.3} {own:>13.3}", text.len(), time.as_secs_f64());
    }
    write(folder, &book(200));
    let [build, verify] = ["build", "verify"].map(|command| best(folder, &[command]).as_secs_f64());
    println!("200 chapters in all formats: built in {build:.3} s, proved in {verify:.3} s: {:.2} of it", verify / build);
}

fn write(folder: &Path, text: &str) {
    std::fs::write(folder.join("book.md"), text).expect("a writable folder");
}

/// The shortest time that a command takes over the book. On one thread, where the arguments say so: what a second one saves is another
/// question.
fn best(folder: &Path, arguments: &[&str]) -> Duration {
    let run = || {
        let start = Instant::now();
        let mut tool = Command::new(env!("CARGO_BIN_EXE_tetrapla"));
        tool.args(arguments).arg("-o").arg(folder).arg(folder.join("book.md"));
        let status = tool.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("the program starts");
        assert!(status.success());
        start.elapsed()
    };
    (0..RUNS).map(|_| run()).min().expect("it ran")
}

fn pages(folder: &Path) -> usize {
    lopdf::Document::load(folder.join("book.pdf")).expect("a PDF").get_pages().len()
}

/// So many chapters of some twelve pages, alike in kind and no two the same: prose with emphasis and notes, sections, quotations,
/// lists and a table.
fn book(chapters: usize) -> String {
    let (mut out, mut chance) = (String::new(), Chance(1));
    for chapter in 1..=chapters {
        out += &format!("# {}\n\n", chance.sentence(4));
        let mut notes = String::new();
        for number in 1..=20 {
            out += &match number % 20 {
                0 => format!("## {}\n\n", chance.sentence(3)),
                5 => format!("> {}\n\n", chance.paragraph(3)),
                10 => (0..4).map(|_| format!("- {}\n", chance.sentence(9))).collect(),
                15 => {
                    let rows = (0..6).map(|_| format!("| {} | {} |\n", 1500 + chance.below(400), chance.word()));
                    format!("\n| Year | Place |\n|---|---|\n{}\n", rows.collect::<String>())
                }
                _ => {
                    notes += &format!("[^{chapter}-{number}]: {}\n\n", chance.sentence(14));
                    format!("{}[^{chapter}-{number}] *{}*\n\n", chance.paragraph(6), chance.sentence(12))
                }
            };
        }
        out += &notes;
    }
    out
}
