//! What holds for every text that the tests have: XML is well-formed, no word of the tree is lost in any output, one thread and many
//! give the same bytes, places lie in the source, and the tree keeps its promises.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use rayon::prelude::*;
use tetrapla::driver::Finished;
use tetrapla::emit::{Backend, Output};
use tetrapla::report::Report;
use tetrapla::span::Span;
use tetrapla::tree::{Block, Blocks, Document, Inline, MAX_DEPTH, Node, Part, Visit, inline_children, parts, walk_blocks};
use tetrapla::verify::{File, verify};
use tetrapla::{Kit, tree};

use crate::support::{files, read, root, texts, unpack};

/// Every text, read once.
fn works() -> &'static [Finished] {
    static WORKS: LazyLock<Vec<Finished>> =
        LazyLock::new(|| texts().iter().flat_map(|path| read(path)).filter(|work| work.doc.is_some()).collect());
    &WORKS
}

fn doc(work: &Finished) -> &Document {
    work.doc.as_ref().expect("a work that is read")
}

/// The name of a backend's file, and its bytes.
fn file(backend: &dyn Backend, work: &Finished) -> (String, Vec<u8>) {
    match backend.emit(doc(work), &work.env, &mut Report::default()) {
        Ok(Output::File { extension, bytes }) => (format!("{}.{extension}", work.work.stem), bytes),
        other => panic!("{}: {} gives {other:?}", work.work.path.display(), backend.name()),
    }
}

fn backends<'a>(names: &'a [&str]) -> impl Iterator<Item = &'static dyn Backend> + 'a {
    Kit::BUILTIN.backends.iter().copied().filter(|backend| names.contains(&backend.name()))
}

#[test]
fn xml_is_well_formed_and_says_every_run_of_words() {
    works().par_iter().for_each(|work| {
        let name = work.work.path.display().to_string();
        // The plain text sets tables in columns; the proof below knows how to read them.
        for backend in backends(&["epub", "tei"]) {
            let (file, bytes) = file(backend, work);
            let text = match backend.name() {
                "epub" => unpack(&bytes).iter().map(|(path, text)| xml_text(&name, path, text)).collect(),
                _ => xml_text(&name, &file, &String::from_utf8(bytes).expect("UTF-8")),
            };
            let said = letters(&text);
            let lost: Vec<_> = runs(doc(work)).into_iter().filter(|run| !said.contains(&letters(run))).take(3).collect();
            assert!(lost.is_empty(), "{name}: {file} has not {lost:?}");
        }
    });
}

/// The text of an XML file; nothing of other files.
fn xml_text(name: &str, path: &str, text: &str) -> String {
    if ![".xhtml", ".opf", ".ncx", ".xml"].iter().any(|ending| path.ends_with(ending)) {
        return String::new();
    }
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    let parsed = roxmltree::Document::parse_with_options(text, options);
    let parsed = parsed.unwrap_or_else(|reason| panic!("{name}: {path}: {reason}"));
    parsed.descendants().filter(|node| node.is_text()).filter_map(|node| node.text()).collect()
}

/// Letters and digits alone: outputs may break lines, and set headings in capitals.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// What stands in one run in the tree stands so in every output.
fn runs(doc: &Document) -> BTreeSet<&str> {
    let mut runs = BTreeSet::new();
    walk_blocks(&doc.body, &mut |visit| match visit {
        Visit::Block(Node { kind: Block::Code { text, .. }, .. }) => drop(runs.insert(text.as_str())),
        Visit::Inline(Node { kind: Inline::Text(text) | Inline::Code(text), .. }) => drop(runs.insert(text.as_str())),
        Visit::Block(_) | Visit::Inline(_) | Visit::Cell(_) | Visit::Image(_) => {}
    });
    runs
}

/// The proof that the program itself offers, on texts that its own tests do not have.
#[test]
fn scans_are_whole_in_every_format() {
    let scans = ["../shared/samples", "../shared/restore/dev"].map(|folder| files(&root().join(folder), ".md")).concat();
    let works: Vec<_> = scans.iter().flat_map(|path| read(path)).collect();
    works.par_iter().for_each(|work| {
        let files: Vec<_> = backends(&["epub", "tei", "txt"]).map(|backend| file(backend, work)).collect();
        let files: Vec<_> = files.iter().map(|(name, bytes)| File { name, bytes }).collect();
        for proof in verify(doc(work), &work.env, &files).files {
            let first: Vec<_> = proof.differences.iter().take(3).collect();
            assert!(first.is_empty(), "{}: {first:?}", proof.name);
        }
    });
}

#[test]
fn one_thread_and_many_give_the_same_bytes() {
    // The printed book's pages are compared in the command line's tests: setting all of these twice takes too long.
    let names = ["epub", "tei", "txt", "md", "tree"];
    let works: Vec<_> = works().iter().step_by(3).collect();
    let emit = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        let all = |work: &&Finished| backends(&names).map(|one| file(one, work)).collect::<Vec<_>>();
        pool.install(|| works.par_iter().map(all).collect::<Vec<_>>())
    };
    let (one, many) = (emit(1), emit(4));
    for (one, many) in one.iter().flatten().zip(many.iter().flatten()) {
        assert!(one == many, "{} differs", one.0);
    }
}

#[test]
fn places_lie_in_the_source() {
    for work in works() {
        let sources = &work.manuscript.sources;
        let check = |span: Span, what: &str| {
            let text = &sources.get(span.file).text;
            let whole = text.get(span.range()).is_some();
            assert!(whole, "{}: {what} at {span:?} of {} bytes", work.work.path.display(), text.len());
        };
        walk_blocks(&doc(work).body, &mut |visit| check(visit.span(), "a node"));
        work.report
            .diagnostics
            .iter()
            .filter_map(|found| Some((found.span?, found.code)))
            .for_each(|(span, code)| check(span, code));
        doc(work).repairs.iter().for_each(|repair| check(repair.span, &repair.id));
    }
}

#[test]
fn the_tree_keeps_its_promises() {
    for work in works() {
        let name = work.work.path.display();
        let (mut ids, mut notes, mut calls, mut links) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        walk_blocks(&doc(work).body, &mut |visit| {
            if let Some(id) = visit.id() {
                assert!(ids.insert(id), "{name}: two nodes have the id {id}");
                let mut chars = id.chars();
                assert!(chars.next().is_some_and(tree::is_name_start) && chars.all(tree::is_name), "{name}: {id} is no name");
            }
            match visit {
                Visit::Block(Node { kind: Block::Table(table), .. }) => {
                    let tree::Table { caption, columns, head, rows } = table.clone();
                    assert_eq!(tree::Table::new(caption, columns, head, rows), *table, "{name}: a ragged table");
                }
                Visit::Inline(Node { kind: Inline::Note(note), .. }) => {
                    assert!(notes.insert(note.id), "{name}: two notes have the number {}", note.id.0);
                }
                Visit::Inline(Node { kind: Inline::NoteCall(id), .. }) => drop(calls.insert(*id)),
                Visit::Inline(Node { kind: Inline::Link(link), .. }) => drop(links.insert(link.target.as_str())),
                Visit::Inline(Node { kind: Inline::Text(text), .. }) => {
                    assert!(text.chars().all(|c| !c.is_control() || c == '\n' || c == '\t'), "{name}: {text:?}");
                }
                Visit::Block(_) | Visit::Inline(_) | Visit::Cell(_) | Visit::Image(_) => {}
            }
        });
        assert!(calls.is_subset(&notes), "{name}: a call answers to no note");
        let broken: Vec<_> = links.iter().filter_map(|link| link.strip_prefix('#')).filter(|id| !ids.contains(id)).collect();
        assert!(broken.is_empty(), "{name}: links to {broken:?} lead nowhere");
        assert!(depth(&doc(work).body) <= MAX_DEPTH, "{name}: nested too deep");
    }
}

/// How many nodes stand in each other.
fn depth(blocks: &Blocks) -> usize {
    fn line(inlines: &[Node<Inline>]) -> usize {
        let inner = inlines.iter().map(|node| match &node.kind {
            Inline::Note(note) => depth(&note.body),
            kind => line(inline_children(kind)),
        });
        inner.max().map_or(0, |inner| inner + 1)
    }
    let mut deepest = 0;
    for node in blocks {
        let mut inner = 0;
        parts(&node.kind, &mut |part| {
            inner = inner.max(match part {
                Part::Line(text) => line(text),
                Part::Blocks(blocks) => depth(blocks),
                Part::Cell(cell) => 1 + depth(&cell.kind.body),
                Part::Image(_) => 1,
            });
        });
        deepest = deepest.max(inner + 1);
    }
    deepest
}
