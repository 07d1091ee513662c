//! Where each printed page and each chapter begins in all four outputs, as their readers found it in the finished files: so that a
//! citation of the printed edition can be found in any of them.

use serde_json::{Value, json};

use crate::span::Span;
use crate::tree::{Block, Document, Inline, Visit, heading_name, walk_blocks};
use crate::verify::{Landmark, Place, Proof};

/// A printed page or a chapter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The page's label, empty where it has none, or the heading's words.
    pub name: String,
    /// None for a page, else the level of the heading.
    pub level: Option<u8>,
    /// Which of the work's pages or of its chapters it is, from 1: by it, pages without a label can be told apart.
    pub n: usize,
    pub span: Span,
    /// Where it begins, in each file that was read back and still has it.
    pub places: Vec<Place>,
}

/// The pages and chapters of a work, in its order, with their places in the files that `proof` has read.
pub fn concordance(doc: &Document, proof: &Proof) -> Vec<Entry> {
    let mut entries = beginnings(doc);
    for file in &proof.files {
        // Pages without a label can begin at one place of the source: of equal ones, each landmark is taken once.
        let mut landmarks: Vec<_> = file.landmarks.iter().map(Some).collect();
        for entry in &mut entries {
            let found = landmarks.iter_mut().find(|landmark| landmark.is_some_and(|landmark| entry.is_at(landmark)));
            let place = found.and_then(Option::take).and_then(|landmark| landmark.place.clone());
            entry.places.extend(place);
        }
    }
    entries
}

impl Entry {
    fn is_at(&self, landmark: &Landmark) -> bool {
        (self.span, self.level, self.name.trim()) == (landmark.span, landmark.level, landmark.name.trim())
    }
}

fn beginnings(doc: &Document) -> Vec<Entry> {
    let mut entries = Vec::new();
    let (mut pages, mut chapters) = (0, 0);
    let mut add = |name: &str, level: Option<u8>, span| {
        let count = if level.is_some() { &mut chapters } else { &mut pages };
        *count += 1;
        entries.push(Entry { name: name.to_owned(), level, n: *count, span, places: Vec::new() });
    };
    walk_blocks(&doc.body, &mut |visit| match visit {
        Visit::Block(node) => match &node.kind {
            Block::Heading { level, number, text } => add(&heading_name(number.as_deref(), text), Some(*level), node.span),
            Block::PageBreak(page) => add(page.label.as_deref().unwrap_or(""), None, node.span),
            Block::Title(_)
            | Block::Paragraph(_)
            | Block::Quote(_)
            | Block::Group(_)
            | Block::Verse(_)
            | Block::List(_)
            | Block::Definitions(_)
            | Block::Table(_)
            | Block::Code { .. }
            | Block::Math(_)
            | Block::Figure(_)
            | Block::Bibliography(_)
            | Block::Index(_)
            | Block::Rule
            | Block::Comment(_) => {}
        },
        Visit::Inline(node) => {
            if let Inline::PageBreak(page) = &node.kind {
                add(page.label.as_deref().unwrap_or(""), None, node.span);
            }
        }
        Visit::Cell(_) | Visit::Image(_) => {}
    });
    entries
}

/// What a line of the concordance says, by column.
const COLUMNS: [&str; 13] = [
    "kind",
    "n",
    "name",
    "level",
    "source_file",
    "source_line",
    "pdf_page",
    "pdf_label",
    "epub_href",
    "epub_id",
    "tei_id",
    "tei_line",
    "text_line",
];

/// The concordance as a table (RFC 4180, but for its line ends), with a line that names the columns. `source` names the file and
/// line of a span.
pub fn csv(entries: &[Entry], source: impl Fn(Span) -> (String, usize)) -> String {
    let line = |cells: &[String]| cells.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(",") + "\n";
    let head = line(&COLUMNS.map(ToOwned::to_owned));
    entries.iter().fold(head, |table, entry| table + &line(&cells(entry, source(entry.span))))
}

fn cells(entry: &Entry, (file, line): (String, usize)) -> [String; 13] {
    let level = entry.level.map(|level| level.to_string()).unwrap_or_default();
    let mut cells = <[String; 13]>::default();
    [cells[0], cells[1], cells[2], cells[3]] = [kind(entry).to_owned(), entry.n.to_string(), entry.name.clone(), level];
    [cells[4], cells[5]] = [file, line.to_string()];
    for place in &entry.places {
        match place {
            Place::Pdf { page, label } => [cells[6], cells[7]] = [page.to_string(), label.to_string()],
            Place::Epub { href, id } => [cells[8], cells[9]] = [href.to_string(), id.to_string()],
            Place::Tei { line, id } => [cells[10], cells[11]] = [id.to_string(), line.to_string()],
            Place::Text { line } => cells[12] = line.to_string(),
        }
    }
    cells
}

fn kind(entry: &Entry) -> &'static str {
    if entry.level.is_some() { "chapter" } else { "page" }
}

fn quoted(cell: &str) -> String {
    if cell.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
}

/// The concordance for machines: a list, in which a format that has lost a place is missing.
pub fn json(entries: &[Entry], source: impl Fn(Span) -> (String, usize)) -> String {
    let entries = entries.iter().map(|entry| {
        let (file, line) = source(entry.span);
        let mut told = json!({
            "kind": kind(entry), "n": entry.n, "name": entry.name, "level": entry.level, "source": { "file": file, "line": line },
        });
        for place in &entry.places {
            let (format, place) = object(place);
            told[format] = place;
        }
        told
    });
    format!("{:#}\n", Value::Array(entries.collect()))
}

fn object(place: &Place) -> (&'static str, Value) {
    match place {
        Place::Pdf { page, label } => ("pdf", json!({ "page": page, "label": **label })),
        Place::Epub { href, id } => ("epub", json!({ "href": **href, "id": **id })),
        Place::Tei { line, id } => ("tei", json!({ "id": **id, "line": line })),
        Place::Text { line } => ("text", json!({ "line": line })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_that_need_it_are_quoted() {
        let places = vec![Place::Text { line: 7 }, Place::Epub { href: "one.xhtml".into(), id: "c".into() }];
        let entry = Entry { name: "One, \"two\"".into(), level: Some(1), n: 2, span: Span::default(), places };
        let table = csv(&[entry], |_| ("a.md".into(), 3));
        let want = "chapter,2,\"One, \"\"two\"\"\",1,a.md,3,,,one.xhtml,c,,,7\n";
        assert_eq!(table.split_once('\n').expect("two lines").1, want);
    }
}
