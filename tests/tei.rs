//! TEI is read back: our own gives the tree that it was written from, that of others loses no word.

#![allow(clippy::disallowed_methods, reason = "files for the validators are written where they look")]

mod support;

use std::collections::BTreeMap;

use support::same::{depth, difference};
use support::{emit, files, read, root, texts};
use tetrapla::Kit;
use tetrapla::emit::{Backend, Output, Tei};
use tetrapla::env::Env;
use tetrapla::read::Manuscript;
use tetrapla::report::{Report, Severity};
use tetrapla::settings::{RestoreSettings, TeiProfile};
use tetrapla::span::{Source, Sources};
use tetrapla::tree::{Block, Document, Inline, MAX_DEPTH, Node, Part, Visit, inline_children, parts, walk_blocks};

fn read_tei(text: &str, report: &mut Report) -> (Document, Manuscript) {
    let mut sources = Sources::default();
    sources.add(Source { name: "work.tei.xml".to_owned(), text: text.to_owned() });
    let manuscript = Manuscript { sources, project: None, stem: "work".to_owned() };
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
        let span = match visit {
            Visit::Block(node) => node.span,
            Visit::Inline(node) => node.span,
        };
        assert!(manuscript.sources.get(span.file).text.get(span.range()).is_some(), "{span:?}");
    });
}

#[test]
fn our_own_is_read_back_as_the_same_work() {
    let mut wrong = Vec::new();
    for path in texts() {
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
                Inline::Comment(text) => *out += &format!(" {text} "),
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
                Inline::Styled(..) | Inline::Span(_) | Inline::Link(_) => line(inline_children(&node.kind), out),
                Inline::NoteCall(_) | Inline::LineEnd => {}
            }
        }
    }
    fn blocks(all: &[Node<Block>], out: &mut String) {
        for node in all {
            match &node.kind {
                Block::Code { text, .. } | Block::Math(text) | Block::Comment(text) => *out += text,
                Block::Figure { image, .. } => *out += &format!(" {} ", image.alt),
                Block::PageBreak(page) => page.furniture.iter().for_each(|one| *out += &format!(" {} ", one.text)),
                _ => {}
            }
            parts(&node.kind, &mut |part| {
                let mut own = String::new();
                match part {
                    Part::Line(text) => line(text, &mut own),
                    Part::Blocks(inner) => blocks(inner, &mut own),
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
        match node.tag_name().name() {
            // Their words go to the metadata, or are no text.
            "teiHeader" | "facsimile" => return,
            "lb" | "pb" if no => {
                let kept = out.trim_end().trim_end_matches('-').len();
                out.truncate(kept);
            }
            "fw" | "note" => {
                let mut inner = String::new();
                node.children().for_each(|child| gather(child, &mut inner));
                return out.insert_str(0, &format!(" {inner} "));
            }
            "p" | "l" | "head" | "item" | "cell" | "label" | "lb" | "pb" | "castItem" | "titlePart" | "salute" | "dateline"
            | "signed" | "speaker" | "stage" | "addrLine" | "figDesc" | "bibl" | "trailer" | "byline" | "list" | "corr"
            | "sic" | "abbr" | "expan" | "quote" | "role" | "docImprint" | "floatingText" | "unknownThing" | "ref" => {
                out.push(' ')
            }
            _ => {}
        }
        if let Some(text) = node.text().filter(|_| node.is_text() || node.is_comment()) {
            *out += text;
        }
        node.children().for_each(|child| gather(child, out));
        if matches!(
            node.tag_name().name(),
            "p" | "l" | "head" | "item" | "salute" | "quote" | "corr" | "sic" | "abbr" | "expan" | "label"
        ) {
            out.push(' ');
        }
    }
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    let document = roxmltree::Document::parse_with_options(text, options).expect("well-formed XML");
    let mut out = String::new();
    gather(document.root(), &mut out);
    out
}

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
        for (word, count) in bag(&words_of_xml(&text)) {
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

mod generated {
    //! Trees that no source has: every kind of node in every place where it may stand.

    use proptest::collection::vec;
    use proptest::prelude::*;
    use tetrapla::span::Span;
    use tetrapla::tree::*;

    fn node<K>(kind: K, attrs: Option<Box<Attrs>>) -> Node<K> {
        Node { kind, span: Span::default(), attrs }
    }

    fn plain<K>(kind: K) -> Node<K> {
        node(kind, None)
    }

    fn words() -> impl Strategy<Value = String> {
        // Letters of several scripts, marks that XML has to escape, white space of both kinds.
        "[a-zéλж<>&\"'|@][a-zéλж<>&\"' \n.!-]{0,10}[a-zéλж;]".prop_map(|text| text)
    }

    fn line_of_text() -> impl Strategy<Value = String> {
        "[a-zéλ<&\"]{1,6}( [a-zéλ>&']{1,5}){0,2}"
    }

    fn attrs() -> impl Strategy<Value = Option<Box<Attrs>>> {
        let one = (prop::option::of(prop::sample::select(vec!["fr", "grc", "ar"])), vec("[a-z]{2,6}", 0..2)).prop_map(
            |(lang, classes)| {
                let attrs = Attrs { id: None, lang: lang.map(str::to_owned), classes };
                Some(Box::new(attrs)).filter(|attrs| **attrs != Attrs::default())
            },
        );
        prop_oneof![4 => Just(None), 1 => one]
    }

    fn style() -> impl Strategy<Value = Style> {
        use Style::*;
        prop::sample::select(vec![Emphasis, Strong, Strikethrough, Superscript, Subscript, Underline, Small, SmallCaps])
    }

    fn image() -> impl Strategy<Value = Image> {
        ("[a-z]{1,5}( [a-z])?\\.png", prop_oneof![Just(String::new()), line_of_text()], line_of_text())
            .prop_map(|(target, title, alt)| Image { target, title, alt })
    }

    fn furniture() -> impl Strategy<Value = Furniture> {
        (prop::sample::select(FurnitureKind::ALL.to_vec()), line_of_text()).prop_map(|(kind, text)| Furniture { kind, text })
    }

    fn page(inline: bool) -> impl Strategy<Value = PageBreak> {
        (prop::option::of("[0-9xiv]{1,3}"), any::<bool>(), prop::option::of("[a-z]{1,4}\\.jpg"), vec(furniture(), 0..3))
            .prop_map(move |(label, space, facsimile, furniture)| PageBreak {
                label,
                space: space && inline,
                facsimile,
                furniture,
            })
    }

    fn leaf() -> impl Strategy<Value = Node<Inline>> {
        prop_oneof![
            6 => words().prop_map(|text| plain(Inline::Text(text))),
            1 => Just(plain(Inline::LineBreak)),
            1 => (line_of_text(), attrs()).prop_map(|(text, attrs)| node(Inline::Code(text), attrs)),
            1 => line_of_text().prop_map(|tex| plain(Inline::Math(tex))),
            1 => (image(), attrs()).prop_map(|(image, attrs)| node(Inline::Image(image), attrs)),
            1 => page(true).prop_map(|page| plain(Inline::PageBreak(page))),
            1 => Just(plain(Inline::LineEnd)),
            1 => line_of_text().prop_map(|text| plain(Inline::Comment(text))),
            // Numbered when the tree is whole; the second of two bodies is a further call.
            1 => (0..4_u32).prop_map(|id| plain(Inline::NoteCall(NoteId(id)))),
        ]
    }

    fn inline(blocks: BoxedStrategy<Blocks>) -> BoxedStrategy<Node<Inline>> {
        leaf()
            .prop_recursive(3, 12, 4, move |inner| {
                let blocks = blocks.clone();
                prop_oneof![
                    2 => (style(), vec(inner.clone(), 1..3), attrs()).prop_map(|(style, text, attrs)| node(Inline::Styled(style, text), attrs)),
                    1 => (vec(inner.clone(), 1..3), attrs()).prop_map(|(text, attrs)| node(Inline::Span(text), attrs)),
                    1 => (vec(inner, 1..3), attrs(), prop_oneof![Just(String::new()), line_of_text()]).prop_map(|(text, attrs, title)| {
                        node(Inline::Link(Link { target: "https://example.org/a?b=c&d".to_owned(), title, text }), attrs)
                    }),
                    1 => (blocks, "[0-9a-z*†]{0,2}").prop_map(|(body, mark)| plain(Inline::Note(Note { id: NoteId(0), mark, body }))),
                ]
            })
            .boxed()
    }

    fn line(blocks: BoxedStrategy<Blocks>) -> BoxedStrategy<Inlines> {
        vec(inline(blocks), 1..5).boxed()
    }

    fn align() -> impl Strategy<Value = Align> {
        prop::sample::select(vec![Align::Natural, Align::Left, Align::Centre, Align::Right])
    }

    fn table(text: BoxedStrategy<Inlines>) -> impl Strategy<Value = Table> {
        let cell = prop_oneof![1 => Just(Vec::new()), 3 => text];
        (vec(align(), 1..4), 0..3_usize).prop_flat_map(move |(columns, rows)| {
            let width = columns.len();
            (Just(columns), vec(cell.clone(), width), vec(vec(cell.clone(), width), rows))
                .prop_map(|(columns, head, rows)| Table { columns, head, rows })
        })
    }

    /// Blocks that may stand anywhere; `depth` levels of others may stand in them.
    fn block(depth: u32) -> BoxedStrategy<Node<Block>> {
        let inner: BoxedStrategy<Blocks> = match depth {
            0 => vec(words().prop_map(|text| plain(Block::Paragraph(vec![plain(Inline::Text(text))]))), 1..2).boxed(),
            depth => vec(block(depth - 1), 1..4).boxed(),
        };
        let notes: BoxedStrategy<Blocks> = match depth {
            0 => inner.clone(),
            depth => vec(block(depth - 1), 1..3).boxed(),
        };
        let text = line(notes);
        let item = (prop::option::of(any::<bool>()), inner.clone()).prop_map(|(task, body)| Item { task, body });
        let entry = (text.clone(), vec(inner.clone(), 0..3)).prop_map(|(term, meanings)| Definition { term, meanings });
        prop_oneof![
            8 => (text.clone(), attrs()).prop_map(|(text, attrs)| node(Block::Paragraph(text), attrs)),
            2 => (inner, attrs()).prop_map(|(inner, attrs)| node(Block::Quote(inner), attrs)),
            1 => (vec(vec(text.clone(), 1..3), 1..3), attrs()).prop_map(|(stanzas, attrs)| node(Block::Verse(stanzas), attrs)),
            2 => (prop::option::of(0..50_u64), any::<bool>(), vec(item, 1..3), attrs())
                .prop_map(|(start, tight, items, attrs)| node(Block::List(List { start, tight, items }), attrs)),
            1 => (vec(entry, 1..3), attrs()).prop_map(|(entries, attrs)| node(Block::Definitions(entries), attrs)),
            1 => (table(text.clone()), attrs()).prop_map(|(table, attrs)| node(Block::Table(table), attrs)),
            1 => ("[a-z]{0,4}", "[a-z<& \n]{0,12}", attrs()).prop_map(|(language, text, attrs)| node(Block::Code { language, text }, attrs)),
            1 => (line_of_text(), attrs()).prop_map(|(tex, attrs)| node(Block::Math(tex), attrs)),
            1 => (image(), prop_oneof![Just(Vec::new()), text], attrs())
                .prop_map(|(image, caption, attrs)| node(Block::Figure { image, caption }, attrs)),
            1 => attrs().prop_map(|attrs| node(Block::Rule, attrs)),
            1 => page(false).prop_map(|page| plain(Block::PageBreak(page))),
            1 => line_of_text().prop_map(|text| plain(Block::Comment(text))),
        ]
        .boxed()
    }

    fn heading() -> BoxedStrategy<Node<Block>> {
        let notes = vec(words().prop_map(|text| plain(Block::Paragraph(vec![plain(Inline::Text(text))]))), 1..2).boxed();
        let matter = prop::sample::select(vec!["Preface", "Appendix B", "Index", "Part I", ""]);
        (1..=6_u8, line(notes), matter, attrs())
            .prop_map(|(level, mut text, words, attrs)| {
                if !words.is_empty() {
                    text = vec![plain(Inline::Text(words.to_owned()))];
                }
                node(Block::Heading { level, text }, attrs)
            })
            .boxed()
    }

    fn identifier() -> impl Strategy<Value = Identifier> {
        ("(doi|isbn|urn|uuid|local)", "[0-9a-z.:-]{1,12}").prop_map(|(scheme, value)| Identifier { scheme, value })
    }

    fn person() -> impl Strategy<Value = Person> {
        let ids = vec(("(orcid|viaf|gnd|lccn)", "[0-9]{4,8}").prop_map(|(scheme, value)| Identifier { scheme, value }), 0..3);
        (
            line_of_text(),
            prop::option::of("[A-Z][a-z]{1,5}, [A-Z][a-z]{1,4}"),
            prop::sample::select(Role::ALL.to_vec()),
            ids,
            any::<bool>(),
        )
            .prop_map(|(name, sort, role, identifiers, alike)| {
                let parts = sort.as_deref().and_then(|sort| sort.split_once(", "));
                let name = parts.filter(|_| alike).map_or(name, |(surname, forename)| format!("{forename} {surname}"));
                Person { name, sort, role, identifiers }
            })
    }

    fn maybe() -> impl Strategy<Value = Option<String>> {
        prop::option::of(line_of_text())
    }

    fn date() -> impl Strategy<Value = Option<String>> {
        prop::option::of(prop::sample::select(vec!["1851", "1851-10", "1851-10-18"]).prop_map(str::to_owned))
    }

    fn printed() -> impl Strategy<Value = PrintedSource> {
        let first = (maybe(), vec(person(), 0..2), maybe(), maybe(), maybe());
        (first, date(), maybe(), vec(identifier(), 0..2), line_of_text()).prop_map(
            |((title, people, edition, place, publisher), date, pages, identifiers, note)| PrintedSource {
                title,
                people,
                edition,
                place,
                publisher,
                date,
                pages,
                identifiers,
                note: Some(note),
            },
        )
    }

    fn metadata() -> impl Strategy<Value = Metadata> {
        let first = (line_of_text(), maybe(), vec(person(), 0..4), date(), maybe(), maybe(), maybe());
        let licence = prop::option::of(Just("https://creativecommons.org/licenses/by/4.0/".to_owned()));
        let series = prop::option::of((line_of_text(), maybe()).prop_map(|(name, position)| Series { name, position }));
        let second = (
            vec(identifier(), 0..3),
            maybe(),
            licence,
            prop::option::of(printed()),
            vec(line_of_text(), 0..3),
            maybe(),
            series,
        );
        (first, second, prop::option::of("[a-z]{1,4}\\.png")).prop_map(
            |(
                (title, subtitle, people, date, publisher, place, edition),
                (identifiers, rights, licence, source, subjects, description, series),
                cover,
            )| Metadata {
                title,
                subtitle,
                people,
                language: "en".to_owned(),
                date,
                publisher,
                place,
                edition,
                identifiers,
                rights,
                licence,
                source,
                subjects,
                description,
                series,
                cover,
            },
        )
    }

    pub fn document() -> impl Strategy<Value = Document> {
        let title = prop::option::of((words(), attrs(), vec(block(1), 0..2)));
        let body = vec(prop_oneof![3 => block(2), 1 => heading()], 0..8);
        (metadata(), title, vec(block(1), 0..3), body).prop_map(|(meta, title, preamble, rest)| {
            let mut body = Vec::new();
            if let Some((words, attrs, before)) = title {
                body.extend(before);
                body.push(node(Block::Title(vec![plain(Inline::Text(words))]), attrs));
            }
            body.extend(preamble);
            body.extend(rest);
            let mut doc = Document { meta, body, repairs: Vec::new() };
            keep_promises(&mut doc);
            doc
        })
    }

    /// Numbers the notes in reading order, gives every heading an id, and makes calls of none but notes that are there already.
    fn keep_promises(doc: &mut Document) {
        let mut notes = 0;
        let mut headings = 0;
        let first = doc.body.first().map(|node| node.span);
        walk_blocks_mut(&mut doc.body, &mut |visit| match visit {
            VisitMut::Inline(Node { kind: Inline::Note(note), .. }) => {
                notes += 1;
                note.id = NoteId(notes);
            }
            VisitMut::Inline(node) => {
                if let Inline::NoteCall(id) = &mut node.kind {
                    match notes {
                        0 => node.kind = Inline::LineBreak,
                        notes => *id = NoteId(1 + id.0 % notes),
                    }
                }
            }
            VisitMut::Block(Node { kind: Block::Heading { .. }, attrs, .. }) => {
                headings += 1;
                attrs.get_or_insert_default().id = Some(format!("heading-{headings}"));
            }
            VisitMut::Block(_) => {}
        });
        let _ = first;
    }
}

/// For `.ci/run`: what the generated trees look like in the words of each profile, for the official validators to look at.
#[test]
#[ignore = "writes files for the validators"]
fn trees_for_the_validators() {
    use proptest::strategy::{Strategy, ValueTree};
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("tei");
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for number in 0..40 {
        let doc = generated::document().new_tree(&mut runner).expect("a tree").current();
        for (name, profile) in TeiProfile::NAMES.into_iter().zip(TeiProfile::ALL) {
            let mut env = Env::default();
            env.settings.tei.profile = profile;
            std::fs::create_dir_all(folder.join(name)).expect("a folder");
            std::fs::write(folder.join(name).join(format!("{number}.tei.xml")), write_tei(&doc, &env)).expect("a file");
        }
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 200, failure_persistence: None, ..Default::default() })]

    #[test]
    fn every_tree_is_read_back(doc in generated::document()) {
        for line_breaks in [false, true] {
            let mut env = Env::default();
            env.settings.tei.line_breaks = line_breaks;
            let tei = write_tei(&doc, &env);
            let (again, manuscript) = read_tei(&tei, &mut Report::default());
            places_hold(&again, &manuscript);
            if let Some(said) = difference(&doc, &again) {
                panic!("{said}\n{tei}");
            }
        }
    }
}
