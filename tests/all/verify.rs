//! Every output of every case holds every word of its tree: the proof passes on what it should pass on. What it must not pass on is
//! in `mutations.rs`.

use std::path::Path;

use crate::support::{emit_in, files, read, root};
use tetrapla::driver::Finished;
use tetrapla::settings::{Emphasis, Links, NotePlace, NotesAt, PdfProfile, Settings};
use tetrapla::verify::{File, Format, verify};

/// The names of the backends whose files are read back.
const BACKENDS: [(&str, Format); 4] =
    [("epub", Format::Epub), ("pdf", Format::Pdf), ("tei", Format::Tei), ("txt", Format::Text)];

#[test]
fn every_case_is_whole_in_every_format() {
    let mut wrong = Vec::new();
    for case in files(&root().join("tests/cases"), ".md") {
        for work in read(&case) {
            wrong.extend(BACKENDS.iter().flat_map(|(backend, format)| differences(&work, backend, *format, |_| ())));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_works_that_ship_are_whole_in_every_format() {
    let mut wrong = Vec::new();
    for work in read(&root().join("input")) {
        wrong.extend(BACKENDS.iter().flat_map(|(backend, format)| differences(&work, backend, *format, |_| ())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_plain_text_is_whole_however_it_is_set() {
    let settings: [fn(&mut Settings); 5] = [
        |settings| settings.text.width = 40,
        |settings| settings.text.width = 0,
        |settings| settings.text.ascii = true,
        |settings| {
            settings.text.notes = NotePlace::End;
            settings.text.emphasis = Emphasis::Marked;
            settings.text.pages = true;
        },
        |settings| {
            settings.text.notes = NotePlace::Paragraph;
            settings.text.width = 24;
            settings.text.pages = true;
        },
    ];
    whole_however_set("txt", Format::Text, &settings);
}

#[test]
fn the_e_book_is_whole_however_it_is_set() {
    let settings: [fn(&mut Settings); 2] = [
        |settings| settings.epub.notes = NotesAt::End,
        |settings| {
            settings.epub.toc_depth = 1;
            settings.epub.draw_cover = false;
            settings.epub.fonts = true;
        },
    ];
    whole_however_set("epub", Format::Epub, &settings);
}

#[test]
fn the_printed_book_is_whole_however_it_is_set() {
    let settings: [fn(&mut Settings); 3] = [
        |settings| {
            settings.pdf.profile = PdfProfile::Print;
            settings.pdf.design = Some("monograph".into());
        },
        |settings| settings.pdf.design = Some("large-print".into()),
        |settings| {
            settings.pdf.design = Some("novel".into());
            settings.pdf.page_marks = Some(true);
            settings.pdf.justify = Some(false);
            settings.pdf.links = Links::Notes;
        },
    ];
    whole_however_set("pdf", Format::Pdf, &settings);
}

fn whole_however_set(backend: &str, format: Format, settings: &[fn(&mut Settings)]) {
    let mut wrong = Vec::new();
    for case in files(&root().join("tests/cases"), ".md") {
        for work in read(&case) {
            wrong.extend(settings.iter().flat_map(|set| differences(&work, backend, format, set)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn differences(work: &Finished, backend: &str, format: Format, set: impl FnOnce(&mut Settings)) -> Vec<String> {
    let Some(doc) = &work.doc else { return Vec::new() };
    let mut env = work.env.clone();
    set(&mut env.settings);
    let bytes = emit_in(backend, work, &env);
    let name = format!("{}.{}", work.work.stem, format.extension());
    let proof = verify(doc, &env, &[File { name: &name, bytes: &bytes }]);
    let said = |at: tetrapla::span::Span| work.manuscript.sources.line_column(at).0;
    let shown = |path: &Path| path.strip_prefix(root()).unwrap_or(path).display().to_string();
    proof
        .files
        .iter()
        .flat_map(|file| &file.differences)
        .map(|one| {
            let line = one.span.map_or("-".to_owned(), |span| said(span).to_string());
            let place = one.place.as_ref().map(ToString::to_string).unwrap_or_default();
            format!("{}:{line} {name} {place} {}: {}", shown(&work.work.path), one.code, one.message)
        })
        .collect()
}
