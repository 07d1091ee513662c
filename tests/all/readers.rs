//! Other readers find the same words as ours: an XML parser in the TEI and in the XHTML of the EPUB. (`pdftotext` is asked by the
//! gate, `.ci/run`.) They are as simple as can be, so that what they say can be believed.

use crate::support::{emit, read, root, unpack};
use roxmltree::{Document, Node, ParsingOptions};
use tetrapla::driver::Finished;
use tetrapla::verify::{File, words};

fn works() -> Vec<Finished> {
    let mut works = read(&root().join("input"));
    works.extend(read(&root().join("tests/damage/work.md")));
    works.extend(read(&root().join("tests/cases/notes/all.md")));
    assert!(works.len() > 3, "the works are there");
    works
}

/// Parses a file of ours; a document type is not refused.
fn parse(text: &str) -> Document<'_> {
    Document::parse_with_options(text, ParsingOptions { allow_dtd: true, ..ParsingOptions::default() }).expect("XML")
}

/// Whether an element of a kind is no part of the running text.
type Skips = fn(Node) -> bool;

/// The text below a node: elements that end a line are followed by a space, notes are left for later.
fn text(node: Node, inline: &[&str], skips: Skips, is_note: Skips, out: &mut String, notes: &mut Vec<String>) {
    for child in node.children() {
        if let Some(said) = child.text().filter(|_| child.is_text()) {
            out.push_str(said);
        } else if is_note(child) {
            let at = notes.len();
            notes.push(String::new());
            let mut own = String::new();
            text(child, inline, skips, is_note, &mut own, notes);
            notes[at] = own;
        } else if child.is_element() && !skips(child) {
            let ends = !inline.contains(&child.tag_name().name());
            out.push_str(if ends { " " } else { "" });
            text(child, inline, skips, is_note, out, notes);
            out.push_str(if ends { " " } else { "" });
        }
    }
}

fn split(texts: impl IntoIterator<Item = String>) -> Vec<String> {
    let words = texts.into_iter().flat_map(|text| {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned);
        words.collect::<Vec<_>>()
    });
    words.collect()
}

/// Whether an element stands right in the description of a work cited.
fn in_work(node: Node) -> bool {
    node.parent().is_some_and(|parent| parent.tag_name().name() == "biblStruct")
}

/// Whether an element is what the style says of a work cited.
fn is_entry(node: Node) -> bool {
    node.tag_name().name() == "note" && node.attribute("type") == Some("formatted")
}

#[test]
fn an_xml_parser_finds_the_words_of_the_tei() {
    for work in works() {
        let bytes = emit("tei", &work);
        let xml = String::from_utf8(bytes.clone()).expect("UTF-8");
        let tree = parse(&xml);
        let body = tree.descendants().find(|node| node.has_tag_name(("http://www.tei-c.org/ns/1.0", "text"))).expect("a text");
        let inline = ["hi", "foreign", "seg", "ref", "code", "c", "w", "pb", "graphic", "supplied", "note"];
        let skips: Skips = |node| {
            let name = node.tag_name().name();
            let marks_note = name == "ref" && node.attribute("type") == Some("noteAnchor");
            // Of a work cited only what its style says is read; a term of an index stands beside the words.
            let is_field = in_work(node) && !is_entry(node);
            marks_note || is_field || ["titlePage", "figDesc", "desc", "formula", "fw", "index"].contains(&name)
        };
        let is_note: Skips = |node| node.tag_name().name() == "note" && !in_work(node);
        let (mut running, mut notes) = (String::new(), Vec::new());
        text(body, &inline, skips, is_note, &mut running, &mut notes);
        let theirs = split(std::iter::once(running).chain(notes));
        assert_eq!(words(&File { name: "x.tei.xml", bytes: &bytes }, &work.env), theirs, "{}", work.work.stem);
        assert!(theirs.len() > 60, "there are words");
    }
}

#[test]
fn a_small_reader_finds_the_words_of_the_epub() {
    for work in works() {
        let bytes = emit("epub", &work);
        let files = unpack(&bytes);
        let of = |path: &str| &files.iter().find(|(name, _)| name.ends_with(path)).expect("a file").1;
        let package = parse(of("content.opf"));
        let (mut running, mut notes) = (String::new(), Vec::new());
        for item in package.descendants().filter(|node| node.tag_name().name() == "itemref") {
            let id = item.attribute("idref").expect("an id");
            let item = package.descendants().find(|node| node.attribute("id") == Some(id)).expect("an item");
            page(of(item.attribute("href").expect("a path")), &mut running, &mut notes);
        }
        let theirs = split(std::iter::once(running).chain(notes));
        assert_eq!(words(&File { name: "x.epub", bytes: &bytes }, &work.env), theirs, "{}", work.work.stem);
    }
}

fn kind<'a>(node: Node<'a, '_>) -> &'a str {
    node.attribute(("http://www.idpf.org/2007/ops", "type")).unwrap_or("")
}

fn page(xhtml: &str, running: &mut String, notes: &mut Vec<String>) {
    let tree = parse(xhtml);
    let body = tree.descendants().find(|node| node.tag_name().name() == "body").expect("a body");
    let inline = ["a", "b", "cite", "code", "em", "i", "img", "s", "small", "span", "strong", "sub", "sup", "u"];
    let skips: Skips = |node| {
        let added =
            ["cover", "titlepage", "copyright-page", "toc", "landmarks", "page-list", "noteref", "backlink", "pagebreak"];
        added.contains(&kind(node)) || node.tag_name().name() == "math"
    };
    text(body, &inline, skips, |node| kind(node) == "footnote", running, notes);
    running.push(' ');
}
