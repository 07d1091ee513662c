//! Reads an EPUB back as a reading system does (EPUB 3.3): container, package, spine, and each document of the spine in its order;
//! then what leads into them: contents, page list, and the NCX of old readers.

mod nav;
mod package;
mod page;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use super::reading::{Column, FoundNote, Place, Reading};
use super::script::Which;
use super::words::Cut;
use crate::budget::Budget;
use package::Package;
use page::Reader;

/// Reads an EPUB.
pub fn read(bytes: &[u8], budget: &Budget) -> Reading {
    let mut shelf = Shelf::default();
    match open(bytes, budget) {
        Ok((files, package)) => shelf.walk(&files, &package),
        Err(reason) => shelf.reading.fault("file-unreadable", reason),
    }
    shelf.finish()
}

/// The files of the archive, by path.
type Files = BTreeMap<String, Vec<u8>>;

fn open(bytes: &[u8], budget: &Budget) -> Result<(Files, Package), String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|reason| format!("it is no ZIP archive: {reason}"))?;
    let (mut files, unpacking) = (Files::new(), budget.unpacking(bytes.len()));
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).map_err(|reason| format!("entry {at}: {reason}"))?;
        let name = entry.name().to_owned();
        // What an entry says of its size is no reason to reserve it.
        let content = unpacking.read(&mut entry).ok_or_else(|| match unpacking.breach() {
            Some(breach) => format!("the archive {}; {}", breach.message, breach.cure()),
            None => format!("{name} is damaged"),
        })?;
        files.insert(name, content);
    }
    let container = text(&files, "META-INF/container.xml")?;
    let root = package::root(container)?;
    let package = Package::read(text(&files, &root)?, &root)?;
    Ok((files, package))
}

fn text<'f>(files: &'f Files, path: &str) -> Result<&'f str, String> {
    let bytes = files.get(path).ok_or(format!("{path} is not there"))?;
    std::str::from_utf8(bytes).map_err(|reason| format!("{path} is not UTF-8: {reason}"))
}

/// What was read so far.
struct Shelf {
    reading: Reading,
    title: Column,
    body: Column,
    notes: Vec<(FoundNote, Column)>,
    /// The marks of printed pages: key and label, in order.
    pages: Vec<(String, String)>,
}

impl Default for Shelf {
    fn default() -> Self {
        let (title, body) = (Column::new(Cut::default()), Column::new(Cut::default()));
        Self { reading: Reading::default(), title, body, notes: Vec::new(), pages: Vec::new() }
    }
}

impl Shelf {
    fn walk(&mut self, files: &Files, package: &Package) {
        for path in package.items.iter().map(|item| &item.path).filter(|path| !files.contains_key(*path)) {
            self.reading.fault("file-missing", format!("the manifest names {path}, which is not there"));
        }
        let in_spine: BTreeSet<_> = package.spine.iter().filter_map(|id| package.item(id)).map(|item| &item.path).collect();
        for item in package.items.iter().filter(|item| item.is_page() && !item.is_nav) {
            if !in_spine.contains(&item.path) {
                self.reading
                    .fault("spine-incomplete", format!("{} is in no place of the spine: nobody comes to read it", item.path));
            }
        }
        for id in &package.spine {
            match package.item(id) {
                None => self.reading.fault("spine-broken", format!("the spine names {id}, which is not in the manifest")),
                // What an output adds.
                Some(item) if item.is_nav => {}
                Some(item) => match text(files, &item.path) {
                    Ok(text) => self.page(text, &item.path, files),
                    Err(reason) => self.reading.fault("file-unreadable", reason),
                },
            }
        }
        nav::check(files, package, self);
    }

    fn page(&mut self, text: &str, path: &str, files: &Files) {
        let spot = (Which::Body, self.body.lexer.count());
        self.reading.anchors.entry(path.to_owned()).or_insert(spot);
        self.body.at(Place::Epub { href: path.into(), id: "".into() });
        Reader::new(self, path, files).read(text);
        for column in [&mut self.title, &mut self.body] {
            column.lexer.close();
        }
    }

    fn finish(mut self) -> Reading {
        self.reading.title = self.title.finish();
        self.reading.body = self.body.finish();
        self.reading.notes =
            self.notes.into_iter().map(|(note, column)| FoundNote { found: column.finish(), ..note }).collect();
        self.reading
    }
}

/// The path that `href` means in the file at `base`: folders and `..` resolved, escapes undone. With a fragment behind `#`, where
/// it has one.
fn resolve(base: &str, href: &str) -> String {
    let href = super::script::address(href);
    let (path, fragment) = href.split_once('#').map_or((href.as_str(), None), |(path, fragment)| (path, Some(fragment)));
    let whole = if path.is_empty() {
        base.to_owned()
    } else {
        let mut parts: Vec<_> = base.split('/').collect();
        parts.pop();
        for part in path.split('/') {
            match part {
                "." | "" => {}
                ".." => drop(parts.pop()),
                part => parts.push(part),
            }
        }
        parts.join("/")
    };
    fragment.map_or(whole.clone(), |fragment| format!("{whole}#{fragment}"))
}
