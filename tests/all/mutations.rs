//! The proof is no rubber stamp: finished files are damaged in every way that we could think of, one at a time, and each damage is
//! caught and called by its name.

/// A list of damages, one a line.
macro_rules! damages {
    ($($name:literal, $act:expr, $code:literal, $says:literal;)*) => {
        [$(Damage { name: $name, act: $act, code: $code, says: $says }),*]
    };
}

#[path = "../damage/pdf.rs"]
mod pdf;

use std::io::{Cursor, Write};

use crate::support::{emit_in, read, root};
use tetrapla::driver::Finished;
use tetrapla::env::Env;
use tetrapla::verify::{Difference, File, verify};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// A damage: what is done, how, the code by which it must be named, and a word that must be in the message.
struct Damage<T> {
    name: &'static str,
    act: fn(&mut T),
    code: &'static str,
    says: &'static str,
}

fn work() -> (Finished, Env) {
    let work = read(&root().join("tests/damage/work.md")).remove(0);
    let mut env = work.env.clone();
    env.settings.text.pages = true;
    assert_eq!(env.images.len(), 1, "the picture is there");
    (work, env)
}

fn differences(work: &Finished, env: &Env, name: &str, bytes: &[u8]) -> Vec<Difference> {
    let doc = work.doc.as_ref().expect("a work that is read");
    verify(doc, env, &[File { name, bytes }]).files.remove(0).differences
}

/// Damages the file that `backend` makes in every way of the list.
fn check<T>(backend: &str, name: &str, list: &[Damage<T>], open: fn(&[u8]) -> T, close: fn(T) -> Vec<u8>) {
    let (work, env) = work();
    let whole = emit_in(backend, &work, &env);
    assert_eq!(differences(&work, &env, name, &whole), [], "the whole file");
    let untouched = close(open(&whole));
    assert_eq!(differences(&work, &env, name, &untouched), [], "opened and closed");
    let mut missed = Vec::new();
    for damage in list {
        let mut opened = open(&whole);
        (damage.act)(&mut opened);
        let damaged = close(opened);
        assert_ne!(damaged, untouched, "{}: nothing was damaged", damage.name);
        let found = differences(&work, &env, name, &damaged);
        if !found.iter().any(|one| one.code == damage.code && one.message.contains(damage.says)) {
            let found: Vec<_> = found.iter().map(|one| format!("{}: {}", one.code, one.message)).collect();
            missed.push(format!("{name}: {}: wanted {} \"{}\", got {found:#?}", damage.name, damage.code, damage.says));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

/// Puts `to` in the place of `from`, which must be there.
#[track_caller]
fn swap(text: &mut String, from: &str, to: &str) {
    assert!(text.contains(from), "\"{from}\" is not there");
    *text = text.replacen(from, to, 1);
}

/// Takes a paragraph away and gives it back.
#[track_caller]
fn cut(text: &mut String, from: &str, to: &str) -> String {
    let start = text.find(from).expect("a beginning");
    let end = start + text[start..].find(to).expect("an end") + to.len();
    text.drain(start..end).collect()
}

fn string(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("a text format")
}

#[test]
fn no_damage_to_a_plain_text_is_missed() {
    let list = damages! {
        "a word is dropped", |text: &mut String| swap(text, " sails ", " "), "words-lost", "\"sails\" (1 word)";
        "a word is doubled", |text| swap(text, "captain", "captain captain"), "words-added", "captain";
        "two words are swapped", |text| swap(text, "crew had", "had crew"), "words-moved", "";
        "a letter is another", |text| swap(text, "fifth officer", "fifth offiser"), "words-changed", "offiser";
        "a comma is dropped", |text| swap(text, "star,", "star"), "words-lost", ",";
        "a hyphen of three is dropped", |text| swap(text, "read --- twice", "read -- twice"), "words-changed", "\"---\" became \"--\"";
        "two words are joined", |text| swap(text, "brought fog", "broughtfog"), "words-changed", "broughtfog";
        "a line of a poem is dropped", |text| swap(text, "    the lamp is a star,\n", ""), "words-lost", "lamp";
        "a paragraph is moved", |text| {
            let moved = cut(text, "The second morning", "chapter.\n\n");
            swap(text, "The bell was our own", &format!("{moved}The bell was our own"));
        }, "words-moved", "The second morning";
        "a heading is dropped", |text| swap(text, "At anchor\n", ""), "words-lost", "At anchor";
        "a note is not called", |text| swap(text, "turned.[1]", "turned."), "note-uncalled", "\"1\"";
        "a note is called by a wrong number", |text| swap(text, "flooded.[2]", "flooded.[3]"), "note-call-changed", "\"2\" became \"3\"";
        "a note has no number", |text| swap(text, "[5] On a buoy", "On a buoy"), "note-label-lost", "\"5\"";
        "a note is dropped", |text| drop(cut(text, "[4] A hundred", "it.\n")), "words-lost", "hundred";
        "a page has another label", |text| swap(text, "{2}", "{4}"), "page-changed", "\"2\" became \"4\"";
        "a page is not marked", |text| swap(text, " {3}", ""), "page-lost", "\"3\"";
        "a cell of a table is dropped", |text| swap(text, "Vinegar", "       "), "words-lost", "Vinegar";
        "a picture's description is dropped", |text| swap(text, ": The bay, from the west", ""), "words-lost", "west";
        "a line ends with a space", |text| swap(text, "At anchor\n", "At anchor \n"), "text-untidy", "white space";
        "the end is cut off", |text| text.truncate(text.len() - 10), "words-lost", "drifted";
    };
    check("txt", "work.txt", &list, string, String::into_bytes);
}

#[test]
fn no_damage_to_a_tei_file_is_missed() {
    let list = damages! {
        "a word is dropped", |text: &mut String| swap(text, "the sails to", "the to"), "words-lost", "sails";
        "a word is doubled", |text| swap(text, "The captain", "The captain captain"), "words-added", "captain";
        "two words are swapped", |text| swap(text, "crew had", "had crew"), "words-moved", "";
        "a word is cut in two", |text| swap(text, "flooded", "floo ded"), "words-changed", "floo";
        "a word is not joined across its page", |text| swap(text, "<pb n=\"3\" break=\"no\"", "<pb n=\"3\""), "words-changed", "diffi";
        "a paragraph is moved", |text| {
            let moved = cut(text, "<p xml:id=\"outward-bound-p2\"", "</p>");
            swap(text, "<p xml:id=\"homeward-p1\"", &format!("{moved}<p xml:id=\"homeward-p1\""));
        }, "words-moved", "The second morning";
        "an item is dropped", |text| swap(text, "<item>biscuit</item>", ""), "words-lost", "biscuit";
        "a note is dropped", |text| drop(cut(text, "<note place=\"foot\" n=\"line\"", "</note>")), "note-lost", "note 4";
        "a word of a note is dropped", |text| swap(text, "within a week", "within week"), "words-lost", "in note 2";
        "a second call leads to another note", |text| swap(text, "target=\"#note-1\"", "target=\"#note-2\""), "note-call-changed", "\"1\" became \"2\"";
        "a second call is dropped", |text| drop(cut(text, "<ref type=\"noteAnchor\"", "</ref>")), "note-uncalled", "\"1\"";
        "a page has another label", |text| swap(text, "<pb n=\"2\"", "<pb n=\"12\""), "page-changed", "\"2\" became \"12\"";
        "a page is dropped", |text| swap(text, "<pb n=\"1\"/>", ""), "page-lost", "\"1\"";
        "a link leads to another chapter", |text| swap(text, "<ref target=\"#homeward\"", "<ref target=\"#at-anchor\""), "link-astray", "at-anchor";
        "a link's goal is not there", |text| swap(text, "xml:id=\"homeward\"", "xml:id=\"homewards\""), "link-broken", "homeward";
        "a link leads to another address", |text| swap(text, "example.org/almanac", "example.com/almanac"), "link-changed", "example.com";
        "a link is dropped", |text| swap(text, "<ref target=\"https://example.org/almanac\">the almanac</ref>", "the almanac"), "link-lost", "almanac";
        "a picture is another", |text| swap(text, "url=\"bay.png\"", "url=\"bar.png\""), "image-changed", "bay.png";
        "a picture's description is another", |text| swap(text, "from the west<", "from the east<"), "image-alt-changed", "east";
        "a formula is another", |text| swap(text, ">a + b<", ">a - b<"), "words-changed", "a - b";
        "an id stands twice", |text| swap(text, "xml:id=\"note-2\"", "xml:id=\"note-1\""), "id-twice", "note-1";
        "the end is cut off", |text| text.truncate(text.len() * 9 / 10), "file-unreadable", "well-formed";
    };
    check("tei", "work.tei.xml", &list, string, String::into_bytes);
}

/// The files of an EPUB.
struct Book(Vec<(String, Vec<u8>)>);

impl Book {
    fn open(bytes: &[u8]) -> Self {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).expect("an archive");
        let files = (0..archive.len()).map(|at| {
            let mut entry = archive.by_index(at).expect("an entry");
            let mut content = Vec::new();
            std::io::Read::read_to_end(&mut entry, &mut content).expect("an entry that can be unpacked");
            (entry.name().to_owned(), content)
        });
        Self(files.collect())
    }

    fn close(self) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in self.0 {
            writer.start_file(name, SimpleFileOptions::default()).expect("an entry");
            writer.write_all(&content).expect("memory");
        }
        writer.finish().expect("an archive").into_inner()
    }

    #[track_caller]
    fn file(&mut self, name: &str) -> &mut Vec<u8> {
        &mut self.0.iter_mut().find(|(own, _)| own.ends_with(name)).expect("a file of that name").1
    }

    #[track_caller]
    fn swap(&mut self, name: &str, from: &str, to: &str) {
        let file = self.file(name);
        let mut text = string(file);
        swap(&mut text, from, to);
        *file = text.into_bytes();
    }
}

#[test]
fn no_damage_to_an_epub_is_missed() {
    let list = damages! {
        "a word is dropped", |book: &mut Book| book.swap("outward-bound.xhtml", " sails ", " "), "words-lost", "sails";
        "a word is doubled", |book| book.swap("at-anchor.xhtml", "the chart", "the the chart"), "words-added", "the";
        "two words are swapped", |book| book.swap("outward-bound.xhtml", "crew had", "had crew"), "words-moved", "";
        "two paragraphs run together", |book| book.swap("outward-bound.xhtml", "<p>The second", "<p>second"), "words-lost", "The";
        "a chapter is left out of the spine", |book| book.swap("content.opf", "<itemref idref=\"page-at-anchor\"/>", ""), "spine-incomplete", "at-anchor.xhtml";
        "the words of a chapter that is left out are told", |book| book.swap("content.opf", "<itemref idref=\"page-at-anchor\"/>", ""), "words-lost", "At anchor";
        "two chapters are swapped", |book| {
            book.swap("content.opf", "<itemref idref=\"page-at-anchor\"/>", "");
            book.swap("content.opf", "</spine>", "<itemref idref=\"page-at-anchor\"/></spine>");
        }, "words-moved", "";
        "the spine names what is not there", |book| book.swap("content.opf", "<itemref idref=\"page-homeward\"/>", "<itemref idref=\"page-homewards\"/>"), "spine-broken", "page-homewards";
        "a file is missing", |book| book.0.retain(|(name, _)| !name.ends_with("homeward.xhtml")), "file-missing", "homeward.xhtml";
        "a file is not well-formed", |book| book.swap("homeward.xhtml", "</p>", ""), "file-unreadable", "homeward.xhtml";
        "a call leads to another note", |book| book.swap("outward-bound.xhtml", "href=\"#note-2\"", "href=\"#note-1\""), "note-call-changed", "\"2\" became \"1\"";
        "a call leads nowhere", |book| book.swap("homeward.xhtml", "href=\"#note-5\"", "href=\"#note-55\""), "note-unreachable", "note 5";
        "a call is dropped", |book| {
            let mut text = string(book.file("homeward.xhtml"));
            cut(&mut text, "<sup><a id=\"call-5\"", "</sup>");
            *book.file("homeward.xhtml") = text.into_bytes();
        }, "note-uncalled", "\"5\"";
        "a note leads back to another call", |book| book.swap("outward-bound.xhtml", "href=\"#call-2\"", "href=\"#call-1\""), "note-no-way-back", "note 2";
        "a word of a note is dropped", |book| book.swap("homeward.xhtml", "On a buoy", "On buoy"), "words-lost", "in note 5";
        "a page has another label", |book| book.swap("outward-bound.xhtml", "aria-label=\"2\"", "aria-label=\"7\""), "page-changed", "\"2\" became \"7\"";
        "the page list has another label", |book| book.swap("nav.xhtml", ">3</a>", ">4</a>"), "page-list-wrong", "\"4\"";
        "the page list leads to nothing", |book| book.swap("nav.xhtml", "#page-2", "#page-9"), "page-list-wrong", "page-9";
        "the contents lead to nothing", |book| book.swap("nav.xhtml", "at-anchor.xhtml#at-anchor", "at-anchor.xhtml#at-sea"), "nav-broken", "at-sea";
        "a link's goal is not there", |book| book.swap("outward-bound.xhtml", "homeward.xhtml#homeward", "homeward.xhtml#home"), "link-broken", "#home";
        "a link leads to another place", |book| book.swap("outward-bound.xhtml", "homeward.xhtml#homeward", "at-anchor.xhtml#at-anchor"), "link-astray", "at-anchor";
        "a link leads to another address", |book| book.swap("at-anchor.xhtml", "example.org", "example.net"), "link-changed", "example.net";
        "a picture is another", |book| {
            let other = book.file("images/cover.png").clone();
            *book.file("images/bay.png") = other;
        }, "image-changed", "bay.png";
        "a picture is no picture", |book| book.file("images/bay.png").truncate(100), "image-changed", "bay.png";
        "a picture's file is not there", |book| book.swap("at-anchor.xhtml", "images/bay.png", "images/bar.png"), "image-changed", "nothing that can be shown";
        "a picture's description is dropped", |book| book.swap("at-anchor.xhtml", "alt=\"The bay, from the west\"", "alt=\"\""), "image-alt-changed", "west";
        "a formula is another", |book| book.swap("at-anchor.xhtml", "alttext=\"a + b\"", "alttext=\"a - b\""), "words-changed", "a - b";
        "it is no archive", |book| book.0.clear(), "file-unreadable", "";
    };
    check("epub", "work.epub", &list, Book::open, Book::close);
}

#[test]
fn no_damage_to_a_drawing_is_missed() {
    let work = read(&root().join("tests/cases/epub/drawings.md")).remove(0);
    let whole = emit_in("epub", &work, &work.env);
    assert_eq!(differences(&work, &work.env, "work.epub", &whole), [], "the whole file");
    type Act = fn(&mut Book);
    let damages: [(&str, Act); 7] = [
        ("a word is dropped", |book| book.swap("chart.svg", "1820", "")),
        ("a word is added", |book| book.swap("chart.svg", "1820", "1820 BC")),
        ("its description is dropped", |book| book.swap("chart.svg", "Two bars: 12 ships in 1820, 30 in 1840.", "")),
        ("it runs something", |book| book.swap("chart.svg", "<defs>", "<script>alert(1)</script><defs>")),
        ("it listens", |book| book.swap("chart.svg", "<defs>", "<defs onload=\"alert(1)\">")),
        ("it loads something", |book| {
            book.swap("chart.svg", "<defs>", "<image xlink:href=\"https://example.org/a.png\"/><defs>")
        }),
        ("it is no drawing", |book| book.file("chart.svg").truncate(200)),
    ];
    for (name, act) in damages {
        let mut book = Book::open(&whole);
        act(&mut book);
        let found = differences(&work, &work.env, "work.epub", &book.close());
        assert!(found.iter().any(|one| one.code == "image-changed" && one.message.contains("chart.svg")), "{name}: {found:?}");
    }
}

#[test]
fn no_damage_to_a_pdf_is_missed() {
    check("pdf", "work.pdf", &pdf::damages(), pdf::open, pdf::close);
}

#[test]
fn no_damage_to_the_bytes_of_a_pdf_is_missed() {
    let list = damages! {
        "the end is cut off", |bytes: &mut Vec<u8>| bytes.truncate(bytes.len() * 9 / 10), "file-unreadable", "its end is missing";
        "the table of objects is elsewhere", |bytes| {
            let at = bytes.windows(9).rposition(|window| window == b"startxref").expect("an end");
            bytes[at + 10] = if bytes[at + 10] == b'9' { b'1' } else { bytes[at + 10] + 1 };
        }, "file-unreadable", "table of objects";
        "an object stream is damaged", |bytes| {
            let at = bytes.windows(7).position(|window| window == b"/ObjStm").expect("an object stream");
            bytes[at + 200] ^= 0x55;
        }, "file-unreadable", "1 of its object streams";
    };
    check("pdf", "work.pdf", &list, <[u8]>::to_vec, |bytes| bytes);
}
