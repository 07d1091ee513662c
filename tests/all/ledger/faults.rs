//! Faults of old: trees as an earlier version read them, kept as the TEI that it wrote of them, are held to their sources. Each fault is
//! named. `LEDGER_OLD` names a folder of more: sources, and beside each its `.tei.xml`; what is found there is told.

use std::path::Path;

use crate::support::{files, read, root};
use tetrapla::driver::Finished;
use tetrapla::ledger::account;
use tetrapla::report::{Repair, RepairKind, Report};
use tetrapla::span::{FileId, Span};
use tetrapla::tree::{Block, Document, FurnitureKind, Inline, Node, Part, VisitMut, plain_text, walk_blocks_mut};

#[test]
fn faults_of_old_are_named() {
    let folder = root().join("tests/damage/old");
    let wanted = [
        ("cells.md", "source-glued", 6),
        ("cells.md", "source-glued", 7),
        ("lists.md", "source-glued", 8),
        ("picture.md", "source-lost", 4),
        ("chapters", "source-metadata-lost", 2),
        ("speakers.xml", "source-element-changed", 2),
    ];
    let mut missed = Vec::new();
    for (name, code, line) in wanted {
        let found = told(&folder.join(name), &folder.join(was(name, "was.tei.xml")));
        if !found.iter().any(|(own, place, _)| *own == code && *place == line) {
            missed.push(format!("{name}: wanted {code} in line {line}, got {found:#?}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
    let Ok(more) = std::env::var("LEDGER_OLD") else { return };
    for source in files(Path::new(&more), ".md") {
        let name = source.file_name().expect("a file").to_string_lossy().into_owned();
        let found = told(&source, &source.with_file_name(was(&name, "tei.xml")));
        println!("{name}: {} differences", found.len());
        found.iter().for_each(|(code, line, message)| println!("    {line} {code} {message}"));
    }
}

/// Entries of an index that were taken for their pages' folios, which a repair says: they are taken out on no evidence, though their
/// numbers go on.
#[test]
fn entries_of_an_index_are_no_folios() {
    let entries = ["Quay, 88", "Rope, 89"];
    let work = read(&root().join("tests/damage/old/index.md")).remove(0);
    let mut doc = work.doc.clone().expect("a work that is read");
    assert!(account(&doc, &work.manuscript, &[]).holds());
    for entry in entries {
        let at = doc.body.iter().position(|node| words(node) == entry).expect("an entry of the index");
        let (id, span) = (format!("head-dropped-{at}"), doc.body.remove(at).span);
        let (kind, after) = (RepairKind::HeadDropped, format!("[{}]", FurnitureKind::Folio.name()));
        doc.repairs.push(Repair { id, kind, span, before: entry.to_owned(), after, confidence: 0.9 });
    }
    let found = account(&doc, &work.manuscript, &[]);
    let doubtful: Vec<_> =
        found.taken.iter().filter(|taken| taken.evidence.is_none()).map(|taken| taken.text.as_str()).collect();
    assert_eq!(doubtful, entries);
    let mut report = Report::default();
    found.report(&mut report);
    let line = |span: Option<Span>| span.map(|span| work.manuscript.sources.line_column(span).0);
    assert!(report.diagnostics.iter().any(|found| found.code == "furniture-doubtful" && line(found.span) == Some(16)));
    // Where no repair says so, each is lost.
    doc.repairs.clear();
    let lost = account(&doc, &work.manuscript, &[]).differences;
    assert!(lost.iter().any(|found| found.code == "source-lost" && line(Some(found.span)) == Some(16)), "{lost:#?}");
}

fn was(name: &str, ending: &str) -> String {
    format!("{}.{ending}", name.split('.').next().unwrap_or(name))
}

/// What the ledger says of the tree that a file of ours keeps, held to its source.
fn told(source: &Path, was: &Path) -> Vec<(&'static str, usize, String)> {
    if !was.exists() {
        return Vec::new();
    }
    let work = read(source).remove(0);
    let mut doc = read(was).remove(0).doc.expect("a tree that was written");
    place(&mut doc, &work);
    let sources = &work.manuscript.sources;
    let found = account(&doc, &work.manuscript, &[]).differences;
    found.into_iter().map(|found| (found.code, sources.line_column(found.span).0, found.message)).collect()
}

/// Nobody knows where in the source a node was read: anywhere in the file that says its words.
fn place(doc: &mut Document, work: &Finished) {
    let sources: Vec<(FileId, String)> = work.manuscript.sources.iter().map(|(id, source)| (id, source.text.clone())).collect();
    let file = |words: &str| {
        let start: String = words.trim().chars().take(12).collect();
        let found = sources.iter().find(|(_, text)| !start.is_empty() && text.contains(&start)).or(sources.last());
        let (id, text) = found.expect("a file");
        Span::new(*id, 0..text.len())
    };
    let nowhere = Span::new(sources[0].0, 0..0);
    walk_blocks_mut(&mut doc.body, &mut |visit| match visit {
        VisitMut::Block(node) => node.span = file(&words(node)),
        VisitMut::Inline(node) => {
            node.span = match &node.kind {
                Inline::Note(_) | Inline::NoteCall(_) => nowhere,
                Inline::Text(text) | Inline::Code(text) | Inline::Math(text) => file(text),
                _ => file(""),
            }
        }
        _ => {}
    });
}

fn words(node: &Node<Block>) -> String {
    let mut said = String::new();
    if let Block::Code { text, .. } | Block::Math(text) = &node.kind {
        said.push_str(text);
    }
    tetrapla::tree::parts(&node.kind, &mut |part| {
        if let Part::Line(line) = part {
            said.push_str(&plain_text(line));
        }
    });
    said
}
