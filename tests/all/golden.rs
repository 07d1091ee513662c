//! `tests/cases/GROUP/NAME.md` is a source; `NAME.tree`, `.repairs`, `.remarks`, `.clean`, `.tei.xml`, `.txt`, `.xhtml`, `.pages` and so on
//! (see `KINDS`) beside it say what must come out of it. What is absent is not checked. `UPDATE=1 cargo test --test all golden` writes those that
//! are there anew; an empty file asks for one.

#![allow(clippy::disallowed_methods, reason = "golden files are written where they stand")]

use std::fmt::Write;

use crate::support::{emit, emit_in, files, first_difference, read, root, unpack};
use tetrapla::Kit;
use tetrapla::driver::Finished;
use tetrapla::env::{Env, Family};
use tetrapla::report::Report;
use tetrapla::settings::{Emphasis, EpubSettings, NotePlace, NotesAt, TextSettings};
use tetrapla::typeset::{Book, Design, Front, Item, LeadIn, Part, Role, Size, typeset};

/// A kind of golden file: its ending, and what makes it.
type Kind = (&'static str, fn(&Finished) -> String);

const KINDS: &[Kind] = &[
    ("tree", |work| output("tree", work)),
    ("repairs", repairs),
    ("remarks", remarks),
    ("tei.xml", |work| output("tei", work)),
    ("txt", |work| output("txt", work)),
    ("40.txt", |work| text(work, |text| text.width = 40)),
    ("0.txt", |work| text(work, |text| text.width = 0)),
    ("ascii.txt", |work| text(work, |text| text.ascii = true)),
    ("end.txt", |work| text(work, |text| (text.notes, text.pages, text.emphasis) = (NotePlace::End, true, Emphasis::Marked))),
    ("paragraph.txt", |work| text(work, |text| text.notes = NotePlace::Paragraph)),
    ("clean", |work| output("md", work)),
    ("xhtml", |work| book(work, |_| ())),
    ("epub.remarks", |work| remarks_on(&emitted("epub", work), work)),
    ("end.xhtml", |work| book(work, |epub| (epub.notes, epub.toc_depth) = (NotesAt::End, 1))),
    ("pages", pages),
    ("initial.pages", |work| pages_in(Design { opening: LeadIn::Initial, ..small() }, work)),
    ("raised.pages", |work| {
        pages_in(Design { opening: LeadIn::Initial, initial_lines: 1, ornament: "❦".to_owned(), ..small() }, work)
    }),
    ("squares.pages", squares),
    ("front.pages", |work| pages_in(Design { front: Design::default().front, ..small() }, work)),
];

#[test]
fn cases_come_out_as_they_must() {
    let cases = files(&root().join("tests/cases"), ".md");
    assert!(cases.len() > 10, "the cases are not where they should be");
    come_out(&cases, KINDS);
}

/// Works of several files: `tests/cases/works/NAME` is one, its golden files stand beside it.
#[test]
fn works_come_out_as_they_must() {
    let folder = std::fs::read_dir(root().join("tests/cases/works")).expect("the works");
    let mut works: Vec<_> = folder.map(|entry| entry.expect("a readable folder").path()).filter(|path| path.is_dir()).collect();
    works.sort();
    assert!(works.len() > 5, "the works are not where they should be");
    come_out(
        &works,
        &[("tree", |work| output("tree", work)), ("remarks", remarks_by_file), ("xhtml", |work| book(work, |_| ()))],
    );
}

/// What is said of a work of several files, each remark with the file that it is about.
fn remarks_by_file(work: &Finished) -> String {
    let sources = &work.manuscript.sources;
    let names = tetrapla::driver::source_names(work);
    work.report.diagnostics.iter().fold(String::new(), |mut all, found| {
        let place = found.span.map(|span| (sources.line_column(span), &names[usize::from(span.file.0)]));
        let place = place.map_or("-".to_owned(), |((row, column), name)| format!("{name}:{row}:{column}"));
        let hint = found.hint.as_deref().unwrap_or("");
        let _ = writeln!(all, "{place} {} {} ({hint})", found.code, found.message);
        all
    })
}

/// Editions of others, `tests/tei/NAME.xml`: what their readers see, and what is said of them.
#[test]
fn editions_come_out_as_they_must() {
    let editions = files(&root().join("tests/tei"), ".xml");
    assert!(editions.len() > 15, "the editions are not where they should be");
    come_out(
        &editions,
        &[("tree", |work| output("tree", work)), ("txt", |work| output("txt", work)), ("remarks", remarks), ("pages", pages)],
    );
}

fn come_out(cases: &[std::path::PathBuf], kinds: &[Kind]) {
    let mut wrong = Vec::new();
    for case in cases {
        let finished = read(case).remove(0);
        for (kind, make) in kinds {
            let golden = case.with_extension(kind);
            let Ok(want) = std::fs::read_to_string(&golden) else { continue };
            let got = make(&finished);
            if got == want {
                continue;
            }
            if std::env::var_os("UPDATE").is_some() {
                std::fs::write(&golden, got).expect("the golden file can be written");
            } else {
                wrong.push(format!("{}: {}", golden.display(), first_difference(&want, &got)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}\n(UPDATE=1 writes them anew: read what changed)", wrong.join("\n"));
}

fn output(name: &str, work: &Finished) -> String {
    String::from_utf8(emit(name, work)).expect("a text format")
}

/// The plain text with other settings.
fn text(work: &Finished, set: impl FnOnce(&mut TextSettings)) -> String {
    let mut env = work.env.clone();
    set(&mut env.settings.text);
    String::from_utf8(emit_in("txt", work, &env)).expect("a text format")
}

fn repairs(work: &Finished) -> String {
    let doc = work.doc.as_ref().expect("a case that is read");
    doc.repairs.iter().fold(String::new(), |mut all, repair| {
        let (row, column) = work.manuscript.sources.line_column(repair.span);
        let _ = writeln!(
            all,
            "{row}:{column} {} {:.2}\n  - {}\n  + {}",
            repair.kind.name(),
            repair.confidence,
            repair.before,
            repair.after
        );
        all
    })
}

fn remarks(work: &Finished) -> String {
    remarks_on(&work.report, work)
}

/// What a backend says of a work.
fn emitted(name: &str, work: &Finished) -> Report {
    let mut report = Report::default();
    let backend = Kit::BUILTIN.backends.iter().find(|backend| backend.name() == name).expect("a backend of that name");
    backend.emit(work.doc.as_ref().expect("a work that is read"), &work.env, &mut report).expect("an output");
    report
}

fn remarks_on(report: &Report, work: &Finished) -> String {
    report.diagnostics.iter().fold(String::new(), |mut all, found| {
        let place = found.span.map(|span| work.manuscript.sources.line_column(span));
        let place = place.map_or("-".to_owned(), |(row, column)| format!("{row}:{column}"));
        let _ = writeln!(all, "{place} {} {}", found.code, found.message);
        all
    })
}

/// The files of an EPUB that are XML, one behind the other.
fn book(work: &Finished, set: impl FnOnce(&mut EpubSettings)) -> String {
    let mut env = work.env.clone();
    set(&mut env.settings.epub);
    // What isn't dated bears a moment that any change of the book changes, those of the style sheet among them.
    env.source_date = Some("2024-01-01T00:00:00Z".parse().expect("a moment"));
    let wanted = |name: &str| [".xhtml", ".opf", ".ncx", ".svg"].iter().any(|ending| name.ends_with(ending));
    unpack(&emit_in("epub", work, &env)).into_iter().filter(|(name, _)| wanted(name)).fold(
        String::new(),
        |mut all, (name, text)| {
            let _ = writeln!(all, "==> {name}\n{}\n", text.trim_end());
            all
        },
    )
}

/// Pages as text: each item with its place, what it is part of, and what it is. Without front matter, on a small page.
fn pages(work: &Finished) -> String {
    pages_in(small(), work)
}

/// Pages of a script that none of the built-in fonts has, set in the signs of a font that the system would give.
fn squares(work: &Finished) -> String {
    let signs = std::fs::read(root().join("tests/fonts/NotoSerifCJK-subset.otf")).expect("the signs of a font");
    let family = Family { regular: signs.into(), italic: None, bold: None, bold_italic: None };
    let env = Env { fonts: vec![family], ..work.env.clone() };
    let doc = work.doc.as_ref().expect("a case that is read");
    pages_of(&typeset(doc, &small(), &env, &mut Report::default()))
}

fn small() -> Design {
    Design { trim: Size { width: 320.0, height: 420.0 }, front: Front::NONE, ..Design::default() }
}

fn pages_in(design: Design, work: &Finished) -> String {
    let doc = work.doc.as_ref().expect("a case that is read");
    pages_of(&typeset(doc, &design, &work.env, &mut Report::default()))
}

fn pages_of(book: &Book) -> String {
    let mut all = String::new();
    for page in &book.pages {
        let _ = writeln!(all, "page {}", page.label);
        for placed in &page.items {
            let what = match &placed.item {
                Item::Run(run) => {
                    let face = &book.faces[usize::from(run.font.0)].name;
                    let marks = if run.right_to_left { " rtl" } else { "" };
                    format!("{face}/{:.2}{marks} {:?}", run.size, run.text)
                }
                Item::Rule { width, height } => format!("rule {width:.2} {height:.2}"),
                Item::Image { target, width, height } => format!("image {width:.2} {height:.2} {target:?}"),
            };
            let part = match placed.part {
                Part::Content { element, .. } => role(book.elements[element.0 as usize].role),
                Part::Furniture(kind) => format!("({kind:?})"),
            };
            let _ = writeln!(all, "  {:6.2} {:6.2}  {part:<20} {what}", placed.x, placed.y);
        }
    }
    all
}

/// A role's name; of a plain cell, no more than that.
fn role(role: Role) -> String {
    match role {
        Role::HeadCell { of_row: false, cols: 1, rows: 1 } => "HeadCell".to_owned(),
        Role::Cell { cols: 1, rows: 1 } => "Cell".to_owned(),
        role => format!("{role:?}"),
    }
}
