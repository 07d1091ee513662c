//! What leads into the book: contents and page list of the navigation document (EPUB 3.3, chapter 7), and the NCX of old readers.

use super::package::Package;
use super::{Files, Shelf, resolve, text};
use crate::verify::xml::{Element, Piece, walk};

/// An entry: where it leads, and what it says.
struct Entry {
    key: String,
    said: String,
}

/// Checks that every entry leads somewhere, and that the page list has the pages that the text marks.
pub fn check(files: &Files, package: &Package, shelf: &mut Shelf) {
    let nav = package.items.iter().find(|item| item.is_nav);
    let Some(nav) = nav else { return shelf.reading.fault("nav-missing", "there is no navigation document") };
    let lists = text(files, &nav.path).and_then(|text| lists(text, &nav.path));
    match lists {
        Err(reason) => shelf.reading.fault("file-unreadable", reason),
        Ok((contents, pages)) => {
            leads(shelf, &contents, "the contents");
            page_list(shelf, &pages);
        }
    }
    for ncx in package.items.iter().filter(|item| item.is_ncx()) {
        match text(files, &ncx.path).and_then(|text| points(text, &ncx.path)) {
            Err(reason) => shelf.reading.fault("file-unreadable", reason),
            Ok(points) => leads(shelf, &points, "the NCX"),
        }
    }
}

fn leads(shelf: &mut Shelf, entries: &[Entry], name: &str) {
    if entries.is_empty() {
        shelf.reading.fault("nav-broken", format!("{name} have no entry"));
    }
    for entry in entries {
        if !shelf.reading.anchors.contains_key(&entry.key) && !shelf.reading.anchors.contains_key(&format!("{}#", entry.key)) {
            let message = format!("the entry \"{}\" of {name} leads to {}, which is not there", entry.said, entry.key);
            shelf.reading.fault("nav-broken", message);
        }
    }
}

fn page_list(shelf: &mut Shelf, entries: &[Entry]) {
    if entries.is_empty() && !shelf.pages.is_empty() {
        return shelf.reading.fault("page-list-wrong", "there is no page list, but there are printed pages");
    }
    for entry in entries {
        match shelf.pages.iter().find(|(key, _)| *key == entry.key) {
            None => {
                let message = format!("the page list has the page \"{}\" at {}, where none begins", entry.said, entry.key);
                shelf.reading.fault("page-list-wrong", message);
            }
            Some((_, label)) if *label != entry.said => {
                let message = format!("the page list says \"{}\" where the text says \"{label}\"", entry.said);
                shelf.reading.fault("page-list-wrong", message);
            }
            Some(_) => {}
        }
    }
    let listed: std::collections::BTreeSet<_> = entries.iter().map(|entry| &entry.key).collect();
    let lost: Vec<_> = shelf.pages.iter().filter(|(key, _)| !listed.contains(key)).cloned().collect();
    for (key, label) in lost {
        shelf.reading.fault("page-list-wrong", format!("the page list lacks the page \"{label}\" at {key}"));
    }
}

/// The entries of the contents and of the page list.
fn lists(text: &str, path: &str) -> Result<(Vec<Entry>, Vec<Entry>), String> {
    let (mut contents, mut pages) = (Vec::new(), Vec::new());
    // Of each element that is open: whether it is a link, and which list it is.
    let mut open: Vec<(bool, Option<&str>)> = Vec::new();
    let list_of = |element: &Element| ["toc", "page-list"].into_iter().find(|kind| element.has("epub:type", kind));
    walk(text, |piece, _| {
        let kind = |open: &[(bool, Option<&str>)], kind: &str| open.iter().any(|(_, list)| *list == Some(kind));
        match piece {
            Piece::Open(element) => {
                open.push((element.name == "a", list_of(element).filter(|_| element.name == "nav")));
                if let ("a", Some(href)) = (element.name, element.get("href")) {
                    let entry = Entry { key: resolve(path, href), said: String::new() };
                    if kind(&open, "toc") {
                        contents.push(entry);
                    } else if kind(&open, "page-list") {
                        pages.push(entry);
                    }
                }
            }
            Piece::Close => drop(open.pop()),
            Piece::Text(text) if open.iter().any(|(is_link, _)| *is_link) => {
                let list = if kind(&open, "page-list") { &mut pages } else { &mut contents };
                if let Some(entry) = list.last_mut() {
                    entry.said.push_str(text);
                }
            }
            Piece::Text(_) => {}
        }
    })
    .map_err(|reason| format!("{path}: {reason}"))?;
    Ok((contents, pages))
}

/// The entries of an NCX.
fn points(text: &str, path: &str) -> Result<Vec<Entry>, String> {
    let mut points = Vec::new();
    walk(text, |piece, _| {
        if let Piece::Open(element) = piece
            && element.name == "content"
        {
            points.push(Entry { key: resolve(path, element.get("src").unwrap_or("")), said: String::new() });
        }
    })
    .map_err(|reason| format!("{path}: {reason}"))?;
    Ok(points)
}
