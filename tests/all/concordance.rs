//! A concordance is right when whoever follows it finds the page there: each place is looked up in the finished file by means of
//! the tests' own.

use std::collections::BTreeMap;

use crate::support::{order, root, unpack};
use serde_json::Value;
use tetrapla::concordance::{Entry, concordance, csv, json};
use tetrapla::driver;
use tetrapla::emit::Output;
use tetrapla::report::Report;
use tetrapla::verify::Place;

/// The entries of the case for page breaks, and the outputs that they are to be found in.
fn case() -> (Vec<Entry>, BTreeMap<&'static str, Vec<u8>>) {
    let mut report = Report::default();
    let work = driver::find(&[root().join("tests/cases/pages/tags.md")], &mut report).remove(0);
    let finished = driver::rehearse(work, &order(std::path::Path::new(".")));
    let doc = finished.doc.as_ref().expect("a case that is read");
    let mut outputs = BTreeMap::new();
    for (output, _) in driver::emit_all(doc, &finished.env, &order(std::path::Path::new(".")).to) {
        if let Ok(Output::File { extension, bytes }) = output {
            outputs.insert(extension, bytes);
        }
    }
    (concordance(doc, &finished.proof), outputs)
}

#[test]
fn every_page_is_where_the_concordance_says() {
    let (entries, outputs) = case();
    let pages: Vec<_> = entries.iter().filter(|entry| entry.level.is_none()).collect();
    assert!(pages.len() >= 6, "{pages:?}");
    let text = |name| std::str::from_utf8(&outputs[name]).expect("UTF-8");
    let (tei, plain) = (text("tei.xml"), text("txt"));
    let epub = unpack(&outputs["epub"]);
    for page in pages {
        let label = page.name.as_str();
        let mut formats = Vec::new();
        for place in &page.places {
            match place {
                Place::Tei { line, id } => {
                    formats.push("tei");
                    let line = tei.lines().nth(line - 1).expect("a line of the TEI");
                    assert!(line.contains(&format!("<pb n=\"{label}\"")), "page {label}: {line}");
                    assert!(id.is_empty() || tei.contains(&format!("xml:id=\"{id}\"")), "page {label}: no {id}");
                }
                Place::Epub { href, id } => {
                    formats.push("epub");
                    let (_, xhtml) = epub.iter().find(|(name, _)| **name == **href).unwrap_or_else(|| panic!("no {href}"));
                    let at = xhtml.find(&format!("id=\"{id}\"")).unwrap_or_else(|| panic!("page {label}: no {id} in {href}"));
                    let element = xhtml[..at].rfind('<').map_or("", |start| &xhtml[start..]);
                    let element = &element[..element.find('>').expect("an element's end")];
                    // The case's last page begins in a note: an EPUB marks pages in its text alone.
                    let marked = element.contains("doc-pagebreak") && element.contains(label);
                    assert!(marked || label == "22" && **id == *"note-1", "page {label}: {element}");
                }
                Place::Text { line } => {
                    formats.push("txt");
                    assert!(plain.lines().nth(line - 1).is_some_and(|line| !line.is_empty()), "page {label}: line {line}");
                }
                Place::Pdf { page, .. } => {
                    formats.push("pdf");
                    let document = lopdf::Document::load_mem(&outputs["pdf"]).expect("a PDF");
                    assert!(document.get_pages().contains_key(&u32::try_from(*page).expect("a number")), "page {label}");
                }
            }
        }
        formats.sort_unstable();
        assert_eq!(formats, FORMATS, "page {label}");
    }
}

/// The formats in which each page must be found.
const FORMATS: &[&str] = &["epub", "pdf", "tei", "txt"];

#[test]
fn chapters_of_the_example_are_found_by_their_words() {
    let mut report = Report::default();
    let work = driver::find(&[root().join("input/the-fourfold-page")], &mut report).remove(0);
    let finished = driver::rehearse(work, &order(std::path::Path::new(".")));
    let doc = finished.doc.as_ref().expect("the example is read");
    let text = crate::support::emit("txt", &finished);
    let lines: Vec<_> = std::str::from_utf8(&text).expect("UTF-8").lines().collect();
    let entries = concordance(doc, &finished.proof);
    assert!(entries.len() > 8);
    for entry in &entries {
        let line = entry.places.iter().find_map(|place| match place {
            Place::Text { line } => Some(lines[line - 1]),
            _ => None,
        });
        let first = entry.name.split_whitespace().next().expect("a heading has words");
        let found = line.is_some_and(|line| line.to_lowercase().contains(&first.to_lowercase()));
        assert!(found, "{}: {line:?}", entry.name);
    }
}

#[test]
fn both_forms_say_the_same() {
    let (entries, _) = case();
    let source = |_| ("tags.md".to_owned(), 1);
    let table = csv(&entries, source);
    let list: Vec<Value> = serde_json::from_str(&json(&entries, source)).expect("JSON");
    assert_eq!(table.lines().count(), list.len() + 1);
    for (row, told) in table.lines().skip(1).zip(&list) {
        let cells: Vec<_> = row.split(',').collect();
        assert_eq!(cells.len(), 13, "{row}");
        assert_eq!((cells[0], cells[2]), (told["kind"].as_str().expect("a kind"), told["name"].as_str().expect("a name")));
        assert_eq!(cells[12], told["text"]["line"].to_string());
        assert_eq!(cells[8], told["epub"]["href"].as_str().unwrap_or_default());
    }
}
