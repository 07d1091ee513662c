//! TEI is read back: our own gives the tree that it was written from, that of others loses no word.

#![allow(clippy::disallowed_methods, reason = "files for the validators are written where they look")]

// By itself: no other chapter needs proptest.
#[path = "../support/trees.rs"]
pub mod trees;

use std::collections::BTreeMap;

use crate::support::same::{depth, difference};
use crate::support::{emit, files, read, root, texts};
use tetrapla::Kit;
use tetrapla::emit::{Backend, Output, Tei};
use tetrapla::env::Env;
use tetrapla::read::Manuscript;
use tetrapla::report::{Report, Severity};
use tetrapla::settings::{RestoreSettings, TeiProfile};
use tetrapla::span::{Source, Sources};
use tetrapla::tree::{Block, Document, Inline, MAX_DEPTH, Node, Part, inline_children, parts, walk_blocks};
use trees::document;

fn read_tei(text: &str, report: &mut Report) -> (Document, Manuscript) {
    let mut sources = Sources::default();
    sources.add(Source { name: "work.tei.xml".to_owned(), text: text.to_owned() });
    let manuscript = Manuscript { sources, stem: "work".to_owned(), ..Manuscript::default() };
    let doc = tetrapla::read::read(&manuscript, Kit::BUILTIN.dialects, None, &RestoreSettings::default(), report);
    (doc, manuscript)
}

fn write_tei(doc: &Document, env: &Env) -> String {
    match Tei.emit(doc, env, &mut Report::default()) {
        Ok(Output::File { bytes, .. }) => String::from_utf8(bytes).expect("text"),
        other => panic!("{other:?}"),
    }
}

/// Spans lie in the source, on its characters.
fn places_hold(doc: &Document, manuscript: &Manuscript) {
    walk_blocks(&doc.body, &mut |visit| {
        let span = visit.span();
        assert!(manuscript.sources.get(span.file).text.get(span.range()).is_some(), "{span:?}");
    });
}

#[test]
fn our_own_is_read_back_as_the_same_work() {
    let mut wrong = Vec::new();
    // What stands as deep as may be in Markdown loses its innermost group in TEI, where a group takes more levels.
    for path in texts().into_iter().filter(|path| !path.ends_with("block/too-deep.md")) {
        for work in read(&path) {
            let Some(doc) = &work.doc else { continue };
            for line_breaks in [false, true] {
                let mut env = work.env.clone();
                env.settings.tei.line_breaks = line_breaks;
                let tei = write_tei(doc, &env);
                let (again, manuscript) = read_tei(&tei, &mut Report::default());
                places_hold(&again, &manuscript);
                wrong.extend(difference(doc, &again).map(|said| format!("{} {said}", work.work.path.display())));
            }
        }
    }
    assert!(wrong.is_empty(), "{} works:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_second_reading_writes_the_same_file() {
    for work in read(&root().join("tests/cases/block/all.md")) {
        let first = String::from_utf8(emit("tei", &work)).expect("text");
        let (again, _) = read_tei(&first, &mut Report::default());
        let second = write_tei(&again, &work.env);
        assert_eq!(first, second);
    }
}

/// The words of a text as a bag, so that what moves (a note to its call) is not lost.
fn bag(text: &str) -> BTreeMap<String, usize> {
    let mut bag = BTreeMap::new();
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        *bag.entry(word.to_lowercase()).or_default() += 1;
    }
    bag
}

/// All words of a tree, as they stand in its lines, notes, comments, code and descriptions.
fn words_of(doc: &Document) -> String {
    fn line(inlines: &[Node<Inline>], out: &mut String) {
        for node in inlines {
            match &node.kind {
                Inline::Text(text) | Inline::Code(text) | Inline::Math(text) => out.push_str(text),
                Inline::LineBreak => out.push(' '),
                Inline::Image(image) => *out += &format!(" {} ", image.alt),
                Inline::Comment(text) => out.insert_str(0, &format!(" {text} ")),
                Inline::PageBreak(page) => {
                    page.furniture.iter().for_each(|one| out.insert_str(0, &format!(" {} ", one.text)));
                    out.push_str(if page.space { " " } else { "" });
                }
                // Apart from the words around its call.
                Inline::Note(note) => {
                    let mut inner = format!(" {} ", note.mark);
                    blocks(&note.body, &mut inner);
                    out.insert_str(0, &(inner + " "));
                }
                Inline::Styled(..) | Inline::Span(_) | Inline::Link(_) | Inline::Citation(_) | Inline::Reference(_) => {
                    line(inline_children(&node.kind), out)
                }
                Inline::IndexTerm(term) => term.path.iter().for_each(|entry| *out += &format!(" {entry} ")),
                Inline::Ruby { reading, .. } => {
                    line(inline_children(&node.kind), out);
                    *out += &format!(" {reading} ");
                }
                Inline::NoteCall(_) | Inline::LineEnd => {}
            }
        }
    }
    fn blocks(all: &[Node<Block>], out: &mut String) {
        for node in all {
            match &node.kind {
                Block::Code { text, .. } | Block::Math(text) | Block::Comment(text) => *out += text,
                Block::PageBreak(page) => page.furniture.iter().for_each(|one| *out += &format!(" {} ", one.text)),
                _ => {}
            }
            parts(&node.kind, &mut |part| {
                let mut own = String::new();
                match part {
                    Part::Line(text) => line(text, &mut own),
                    Part::Blocks(inner) => blocks(inner, &mut own),
                    Part::Cell(cell) => blocks(&cell.kind.body, &mut own),
                    Part::Image(image) => own += &format!(" {} ", image.kind.alt),
                }
                *out += &format!(" {own} ");
            });
            out.push(' ');
        }
    }
    let mut out = String::new();
    blocks(&doc.body, &mut out);
    out
}

/// What a file's `text` elements say, words joined across breaks that are no space.
fn words_of_xml(text: &str) -> String {
    fn gather(node: roxmltree::Node, out: &mut String) {
        let no = node.attribute("break") == Some("no");
        let parent = node.parent().map_or("", |parent| parent.tag_name().name());
        match node.tag_name().name() {
            // Their words go to the metadata, or are no text.
            "teiHeader" | "facsimile" | "metamark" | "mei" | "index" | "interp" => return,
            // Of its levels a book shows one.
            "facs" | "dipl" => return,
            "lb" | "pb" if no || out.ends_with('⸗') => {
                let kept = out.trim_end().trim_end_matches(['-', '⸗']).len();
                out.truncate(kept);
            }
            name if matches!((name, parent), ("fw" | "note", _) | ("orig" | "sic" | "abbr", "choice") | ("rdg", "app")) => {
                let mut inner = String::new();
                node.children().for_each(|child| gather(child, &mut inner));
                return out.insert_str(0, &format!(" {inner} "));
            }
            "corr" | "expan" if parent == "choice" => {}
            "del" | "add" | "p" | "l" | "head" | "item" | "cell" | "label" | "lb" | "pb" | "castItem" | "titlePart"
            | "salute" | "dateline" | "signed" | "speaker" | "stage" | "addrLine" | "figDesc" | "bibl" | "trailer"
            | "byline" | "list" | "corr" | "sic" | "abbr" | "expan" | "quote" | "role" | "docImprint" | "floatingText"
            | "unknownThing" | "ref" | "def" | "line" => out.push(' '),
            _ => {}
        }
        if let Some(text) = node.text().filter(|_| node.is_text() || node.is_comment()) {
            *out += text;
        }
        node.children().for_each(|child| gather(child, out));
        if matches!(node.tag_name().name(), "del" | "add" | "p" | "l" | "head" | "item" | "salute" | "quote" | "label") {
            out.push(' ');
        }
    }
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    let document = roxmltree::Document::parse_with_options(text, options).expect("well-formed XML");
    let mut out = String::new();
    gather(document.root(), &mut out);
    out
}

/// Files of which the letters alone don't say the words: signs are described in the header, tokens joined by attributes, words go on
/// across the ends of lines and of elements, a document's lines say the text again, annotations stand beside the words, notes bear the numbers of their calls, an apparatus
/// repeats its words.
const ELSEWHERE: [&str; 18] = [
    "apparatus-by-place.xml",
    "document-pages.xml",
    "document-points.xml",
    "document-and-text.xml",
    "edges.xml",
    "heads-of-notes.xml",
    "in-the-sentence.xml",
    "line-ends.xml",
    "lines-without-spaces.xml",
    "paragraphs-go-on.xml",
    "points-and-lone-parts.xml",
    "signs.xml",
    "tokens.xml",
    "voices.xml",
    "words-cut-elsewhere.xml",
    "ways-back.xml",
    "works-by-fields.xml",
    "zones.xml",
];

#[test]
fn of_tei_that_others_wrote_no_word_is_lost() {
    let paths = files(&root().join("tests/tei"), ".xml");
    assert!(paths.len() >= 10, "the files are not where they should be");
    let mut wrong = String::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("a file");
        let mut report = Report::default();
        let (doc, manuscript) = read_tei(&text, &mut report);
        places_hold(&doc, &manuscript);
        assert!(depth(&doc.body) <= MAX_DEPTH);
        assert!(report.worst() < Some(Severity::Error), "{}: {report:?}", path.display());
        let have = bag(&(words_of(&doc) + " " + &doc.meta.title + " " + &doc.meta.authors()));
        let is_told_elsewhere = ELSEWHERE.iter().any(|name| path.ends_with(name));
        let words = if is_told_elsewhere { BTreeMap::new() } else { bag(&words_of_xml(&text)) };
        for (word, count) in words {
            let found = have.get(&word).copied().unwrap_or(0);
            // A mark that only called a note is the note's.
            if found < count && !(word.len() == 1 && found > 0) {
                wrong += &format!("{}: {word} {found} of {count}\n", path.display());
            }
        }
        // What was read can be written as our own and read again.
        let tei = write_tei(&doc, &Env::default());
        let (again, _) = read_tei(&tei, &mut Report::default());
        wrong.extend(difference(&doc, &again).map(|said| format!("{}: {said}\n", path.display())));
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn what_is_not_xml_is_one_error_with_its_place() {
    let broken =
        "<TEI xmlns=\"http://www.tei-c.org/ns/1.0\">\n<text><body>\n<p>open <hi>and not closed</p>\n</body></text></TEI>";
    for text in
        [broken, "<TEI><text><body><p>cut off", "<TEI><text a=1></text></TEI>", "<TEI><text><p>a < b</p></text></TEI>", "<TEI>"]
    {
        let mut report = Report::default();
        let (_, manuscript) = read_tei(text, &mut report);
        let errors: Vec<_> = report.diagnostics.iter().filter(|found| found.severity == Severity::Error).collect();
        assert_eq!(errors.len(), 1, "{text}: {errors:?}");
        let place = errors[0].span.expect("a place");
        assert!(manuscript.sources.line_column(place).0 <= text.lines().count(), "{text}");
    }
    let mut report = Report::default();
    let (_, manuscript) = read_tei(broken, &mut report);
    let place = report.diagnostics.iter().find_map(|found| found.span).expect("a place");
    assert_eq!(manuscript.sources.line_column(place).0, 3, "{report:?}");
}

#[test]
fn hostile_entities_and_nesting_do_no_harm() {
    let mut bomb = "<!DOCTYPE TEI [<!ENTITY a0 \"ha\">".to_owned();
    (1..40).for_each(|n| bomb += &format!("<!ENTITY a{n} \"&a{};&a{};&a{};\">", n - 1, n - 1, n - 1));
    bomb += "<!ENTITY outside SYSTEM \"/etc/passwd\"><!ENTITY own \"my&#233; word\">]>";
    bomb += "<TEI><text><body><p>&a39; &outside; &own; &a3; &eacute; &nobody;</p></body></text></TEI>";
    let mut report = Report::default();
    let (doc, _) = read_tei(&bomb, &mut report);
    let words = words_of(&doc);
    assert!(words.len() < 2_000_000 && !words.contains("root:"), "{}", words.len());
    assert!(words.contains("&outside;") && words.contains("myé word") && words.contains("&nobody;"), "{words}");
    assert!(words.contains(&"ha".repeat(27)));
    for name in ["quote", "hi", "note", "div", "list><item", "q", "lg"] {
        let close: String = name.split('<').rev().map(|part| format!("</{}>", part.trim_end_matches('>'))).collect();
        let inner = "<".to_owned() + name + ">";
        let text =
            format!("<TEI><text><body><p>{}deep words{}</p></body></text></TEI>", inner.repeat(10_000), close.repeat(10_000));
        let mut report = Report::default();
        let (doc, _) = read_tei(&text, &mut report);
        assert!(depth(&doc.body) <= MAX_DEPTH, "{name}: {}", depth(&doc.body));
        assert!(words_of(&doc).contains("deep words"), "{name}");
    }
}

/// For `.ci/run`: what the generated trees look like in the words of each profile, for the official validators to look at.
#[test]
#[ignore = "writes files for the validators"]
fn trees_for_the_validators() {
    use proptest::strategy::{Strategy, ValueTree};
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("tei");
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for number in 0..12 {
        let doc = document().new_tree(&mut runner).expect("a tree").current();
        for (name, profile) in TeiProfile::NAMES.into_iter().zip(TeiProfile::ALL) {
            let mut env = Env::default();
            env.settings.tei.profile = profile;
            std::fs::create_dir_all(folder.join(name)).expect("a folder");
            std::fs::write(folder.join(name).join(format!("{number}.tei.xml")), write_tei(&doc, &env)).expect("a file");
        }
    }
}

/// Trees are made as deep as the format takes them: without optimisation that fills the two megabytes that a test has of a stack.
const STACK: usize = 16 << 20;

#[test]
fn every_tree_is_read_back() {
    let run = || {
        let config = proptest::prelude::ProptestConfig { cases: 120, failure_persistence: None, ..Default::default() };
        let done = proptest::test_runner::TestRunner::new(config).run(&document(), |doc| {
            for line_breaks in [false, true] {
                let mut env = Env::default();
                env.settings.tei.line_breaks = line_breaks;
                let tei = write_tei(&doc, &env);
                let (again, manuscript) = read_tei(&tei, &mut Report::default());
                places_hold(&again, &manuscript);
                let said = difference(&doc, &again);
                proptest::prop_assert!(said.is_none(), "{said:?}\n{tei}");
            }
            Ok(())
        });
        done.unwrap_or_else(|failure| panic!("{failure}"));
    };
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(run).expect("a thread");
    assert!(thread.join().is_ok(), "a tree was read back as another");
}

/// Elements with their attributes, in order, as anybody's reader of XML sees them.
fn encoding_of(text: &str) -> Vec<String> {
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    let document = roxmltree::Document::parse_with_options(text, options).expect("well-formed XML");
    let said = |node: roxmltree::Node| {
        let attributes: Vec<_> = node.attributes().map(|one| format!("{}={:?}", one.name(), one.value())).collect();
        let own: String = node.children().filter(roxmltree::Node::is_text).filter_map(|text| text.text()).collect();
        let own = own.split_whitespace().collect::<Vec<_>>().join(" ");
        format!("{} {} {}", node.tag_name().name(), attributes.join(" "), own)
    };
    document.root().descendants().filter(roxmltree::Node::is_element).map(said).collect()
}

#[test]
fn an_edition_comes_back_as_it_was_encoded() {
    for path in files(&root().join("tests/tei"), ".xml") {
        let text = std::fs::read_to_string(&path).expect("a file");
        let (doc, _) = read_tei(&text, &mut Report::default());
        let again = write_tei(&doc, &Env::default());
        let (want, got) = (encoding_of(&text), encoding_of(&again));
        if let Some(at) = (0..want.len().max(got.len())).find(|at| want.get(*at) != got.get(*at)) {
            panic!("{}: {:?} became {:?}", path.display(), want.get(at), got.get(at));
        }
    }
}

/// The fourth edition points by ids alone, and joins files by entities.
#[test]
fn pointers_of_p4_lead_as_those_of_p5_do() {
    let text = r#"<?xml version="1.0"?><!DOCTYPE TEI.2 SYSTEM "teixlite.dtd" [<!ENTITY ch2 SYSTEM "chapter-2.xml">]>
        <TEI.2 lang="en"><teiHeader><fileDesc><titleStmt><title>The Log</title></titleStmt></fileDesc></teiHeader>
        <text><body><div1 id="c1"><head>Outward</head><p>We sailed<ref target="n1">1</ref> at dawn, as <ptr target="c2"/>
        tells, and <ref target="c2">home</ref>.</p></div1><div1 id="c2"><head>Homeward</head><p>We were late.</p></div1>&ch2;
        </body><back><div1><note id="n1"><p>By the old chart.</p></note></div1></back></text></TEI.2>"#;
    let mut report = Report::default();
    let (doc, _) = read_tei(text, &mut report);
    let tei = write_tei(&doc, &Env::default());
    for wanted in
        [r##"<ref target="#c2">Homeward</ref>"##, r##"<ref target="#c2">home</ref>"##, "By the old chart.</note> at dawn"]
    {
        assert!(tei.contains(wanted), "{wanted} in {tei}");
    }
    assert_eq!(doc.meta.language, "en");
    assert!(report.diagnostics.iter().any(|one| one.message.contains("stands for the file chapter-2.xml")), "{report:?}");
}

#[test]
fn a_division_without_a_heading_is_numbered_and_a_reading_stands_in_the_apparatus() {
    let text = "<TEI xmlns=\"http://www.tei-c.org/ns/1.0\"><text><body><div n=\"3\"><p>Arma <app><lem>virumque</lem>\
                <rdg wit=\"#B\">virosque</rdg></app> cano<lb break=\"no\"/><fw>x</fw> <pb n=\"4\"/> rum <space/>et\
                <choice><sic>teh</sic><corr>the</corr></choice> h<del>o</del>er</p></div></body></text></TEI>";
    let (doc, _) = read_tei(text, &mut Report::default());
    let dump = tetrapla::emit::dump(&doc);
    for said in ["\"3\"", "in the apparatus", "virosque B", "\"Arma virumque\""] {
        assert!(dump.contains(said), "{said} in {dump}");
    }
    let words = words_of(&doc);
    assert!(words.contains("Arma virumque canorum et") && words.contains("the h"), "{words}");
}
