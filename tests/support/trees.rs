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
    "[a-zéλж<>&\"'|@][a-zéλж<>&\"' \n.!-]{0,10}[a-zéλж;]"
}

fn line_of_text() -> impl Strategy<Value = String> {
    "[a-zéλ<&\"]{1,6}( [a-zéλ>&']{1,5}){0,2}"
}

fn attrs() -> impl Strategy<Value = Option<Box<Attrs>>> {
    let dir = prop::option::weighted(0.2, prop::sample::select(vec![Direction::LeftToRight, Direction::RightToLeft]));
    let one = (prop::option::of(prop::sample::select(vec!["fr", "grc", "ar"])), dir, vec("[a-z]{2,6}", 0..2)).prop_map(
        |(lang, dir, classes)| {
            let attrs = Attrs { id: None, lang: lang.map(str::to_owned), dir, classes, ..Attrs::default() };
            Some(Box::new(attrs)).filter(|attrs| **attrs != Attrs::default())
        },
    );
    prop_oneof![4 => Just(None), 1 => one]
}

fn style() -> impl Strategy<Value = Style> {
    use Style::*;
    prop::sample::select(vec![Emphasis, Strong, Strikethrough, Superscript, Subscript, Underline, Small, SmallCaps, Highlight])
}

fn image() -> impl Strategy<Value = Image> {
    let width = prop::option::of(prop::sample::select(vec![Length::Percent(50.0), Length::Points(72.25)]));
    ("[a-z]{1,5}( [a-z])?\\.png", prop_oneof![Just(String::new()), line_of_text()], line_of_text(), width)
        .prop_map(|(target, title, alt, width)| Image { target, title, alt, width })
}

fn furniture() -> impl Strategy<Value = Furniture> {
    (prop::sample::select(FurnitureKind::ALL.to_vec()), line_of_text()).prop_map(|(kind, text)| Furniture { kind, text })
}

fn page(inline: bool) -> impl Strategy<Value = PageBreak> {
    (prop::option::of("[0-9xiv]{1,3}"), any::<bool>(), prop::option::of("[a-z]{1,4}\\.jpg"), vec(furniture(), 0..3))
        .prop_map(move |(label, space, facsimile, furniture)| PageBreak { label, space: space && inline, facsimile, furniture })
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
        1 => index_term().prop_map(|term| plain(Inline::IndexTerm(term))),
    ]
}

fn index_term() -> impl Strategy<Value = IndexTerm> {
    let path = vec("[a-z]{1,8}", 1..3);
    let role = prop_oneof![
        Just(IndexRole::Place),
        Just(IndexRole::Main),
        Just(IndexRole::From),
        Just(IndexRole::To),
        path.clone().prop_map(IndexRole::See),
        path.clone().prop_map(IndexRole::SeeAlso),
    ];
    ("[a-z]{0,3}", path, role).prop_map(|(index, path, role)| IndexTerm { index, path, role })
}

fn cites() -> impl Strategy<Value = Vec<Cite>> {
    let words = |word: &str| vec![plain(Inline::Text(word.to_owned()))];
    let cite = ("[a-z]{1,6}", any::<[bool; 4]>()).prop_map(move |(key, [named, before, part, behind])| Cite {
        key,
        form: if named { CiteForm::AuthorNamed } else { CiteForm::Apart },
        prefix: if before { words("see") } else { Vec::new() },
        locator: part.then(|| Locator { kind: "page".to_owned(), value: "3".to_owned(), said: "p. 3".to_owned() }),
        suffix: if behind { words(", passim") } else { Vec::new() },
    });
    vec(cite, 1..3)
}

/// No style sets a formula among the fields of a work.
fn without_formulas(text: &mut Inlines) {
    for node in text {
        if let Inline::Math(_) = node.kind {
            node.kind = Inline::Text("said".to_owned());
        }
        inline_children_mut(&mut node.kind).into_iter().for_each(without_formulas);
    }
}

fn cited_work(text: BoxedStrategy<Inlines>) -> impl Strategy<Value = CitedWork> {
    let fields = prop::collection::btree_set(prop::sample::select(Field::ALL.to_vec()), 0..6);
    ("[a-z]{1,6}", fields, text).prop_map(|(key, fields, mut text)| {
        without_formulas(&mut text);
        CitedWork {
            key,
            kind: "book".to_owned(),
            fields: fields.into_iter().map(|field| (field, "said".to_owned())).collect(),
            text: vec![plain(Inline::Span(text))],
        }
    })
}

fn inline(blocks: BoxedStrategy<Blocks>) -> BoxedStrategy<Node<Inline>> {
    leaf()
        .prop_recursive(3, 12, 4, move |inner| {
            let blocks = blocks.clone();
            prop_oneof![
                2 => (style(), vec(inner.clone(), 1..3), attrs()).prop_map(|(style, text, attrs)| node(Inline::Styled(style, text), attrs)),
                1 => (vec(inner.clone(), 1..3), attrs()).prop_map(|(text, attrs)| node(Inline::Span(text), attrs)),
                1 => (vec(inner.clone(), 1..3), attrs(), line_of_text()).prop_map(|(text, attrs, expansion)| {
                    let attrs = Attrs { expansion: Some(expansion), ..attrs.map(|attrs| *attrs).unwrap_or_default() };
                    node(Inline::Span(text), Some(Box::new(attrs)))
                }),
                1 => (vec(inner.clone(), 1..2), line_of_text(), attrs())
                    .prop_map(|(base, reading, attrs)| node(Inline::Ruby { base, reading }, attrs)),
                1 => (vec(inner.clone(), 1..3), attrs(), prop_oneof![Just(String::new()), line_of_text()]).prop_map(|(text, attrs, title)| {
                    node(Inline::Link(Link { target: "https://example.org/a?b=c&d".to_owned(), title, text }), attrs)
                }),
                1 => (cites(), vec(inner.clone(), 1..3)).prop_map(|(cites, text)| plain(Inline::Citation(Citation { cites, text }))),
                // It leads to a heading where there is one.
                1 => (prop::sample::select(ReferenceForm::ALL.to_vec()), vec(inner.clone(), 1..2)).prop_map(|(form, text)| {
                    plain(Inline::Reference(Reference { target: "heading-1".to_owned(), through: None, form, text }))
                }),
                1 => (blocks, "[0-9a-z*†]{0,2}").prop_map(|(body, mark)| plain(Inline::Note(Note { id: NoteId(0), mark, place: NotePlace::Foot, body }))),
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

/// Tables with cells of lines and of blocks, over one place or several. How the cells of a column are set, TEI says in its first row.
fn table(text: BoxedStrategy<Inlines>, blocks: BoxedStrategy<Blocks>) -> impl Strategy<Value = Table> {
    let body = prop_oneof![
        2 => Just(Vec::new()),
        6 => text.clone().prop_map(|line| Cell::of(line).body),
        1 => blocks,
    ];
    let spans = (prop_oneof![4 => Just(1_u16), 1 => 1..4_u16], prop_oneof![4 => Just(1_u16), 1 => 1..4_u16]);
    let cell = (body, spans, prop::bool::weighted(0.1), attrs())
        .prop_map(|(body, (cols, rows), is_head, attrs)| node(Cell { body, cols, rows, is_head, align: None }, attrs));
    let cell = cell.boxed();
    let caption = prop_oneof![2 => Just(Vec::new()), 1 => text];
    let first = vec(align(), 1..4);
    let rows = |count: std::ops::Range<usize>| vec(vec(cell.clone(), 1..4), count);
    (caption, first, rows(0..3), rows(1..4)).prop_map(|(caption, columns, head, mut rows)| {
        // A row of plain cells in front says how each column is set.
        let plain = columns.iter().map(|_| plain(Cell::of(Vec::new()))).collect();
        let head = if head.is_empty() {
            rows.insert(0, plain);
            head
        } else {
            let mut all = vec![plain];
            all.extend(head);
            all
        };
        let mut table = Table::new(caption, columns.clone(), head, rows);
        // The columns that only wide cells have are set as they are by themselves.
        let width = columns.len();
        table.columns.iter_mut().skip(width).for_each(|align| *align = Align::Natural);
        table
    })
}

fn verse_line(text: BoxedStrategy<Inlines>) -> impl Strategy<Value = VerseLine> {
    let number = prop_oneof![3 => Just(None), 1 => "[1-9][0-9]{0,2}[a-z]?".prop_map(Some)];
    (text, number, 0..=VerseLine::MOST_INDENT).prop_map(|(text, number, indent)| VerseLine { text, number, indent })
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
        2 => (inner.clone(), attrs()).prop_map(|(inner, attrs)| node(Block::Quote(inner), attrs)),
        1 => (prop::sample::select(GroupRole::ALL.to_vec()), prop_oneof![Just(Vec::new()), text.clone()], inner.clone(), attrs())
            .prop_map(|(role, title, body, attrs)| node(Block::Group(Group { role, title, body }), attrs)),
        1 => (vec(vec(verse_line(text.clone()), 1..3), 1..3), attrs()).prop_map(|(stanzas, attrs)| node(Block::Verse(stanzas), attrs)),
        2 => (prop::option::of((0..50_u64, prop::sample::select(Numbering::ALL.to_vec()))), any::<bool>(), vec(item, 1..3), attrs())
            .prop_map(|(numbers, tight, items, attrs)| {
                let numbering = numbers.map(|(_, numbering)| numbering).unwrap_or_default();
                node(Block::List(List { start: numbers.map(|(start, _)| start), numbering, tight, items }), attrs)
            }),
        1 => (vec(entry, 1..3), attrs()).prop_map(|(entries, attrs)| node(Block::Definitions(entries), attrs)),
        1 => (table(text.clone(), inner.clone()), attrs()).prop_map(|(table, attrs)| node(Block::Table(table), attrs)),
        1 => ("[a-z]{0,4}", "[a-z<& \n]{0,12}", attrs()).prop_map(|(language, text, attrs)| node(Block::Code { language, text }, attrs)),
        1 => (line_of_text(), attrs()).prop_map(|(tex, attrs)| node(Block::Math(tex), attrs)),
        1 => (vec((image(), attrs()), 1..3), prop_oneof![Just(Vec::new()), text.clone()], attrs()).prop_map(|(images, caption, attrs)| {
            let images = images.into_iter().map(|(image, attrs)| node(image, attrs)).collect();
            node(Block::Figure(Figure { images, caption }), attrs)
        }),
        1 => vec(cited_work(text.clone()), 1..3).prop_map(|entries| plain(Block::Bibliography(Bibliography { entries }))),
        1 => ("[a-z]{0,4}", vec((1..4_u8, text.clone()), 1..4)).prop_map(|(name, entries)| {
            let entries = entries.into_iter().map(|(depth, text)| IndexEntry { depth, text }).collect();
            plain(Block::Index(Index { name, entries }))
        }),
        1 => attrs().prop_map(|attrs| node(Block::Rule, attrs)),
        1 => page(false).prop_map(|page| plain(Block::PageBreak(page))),
        1 => line_of_text().prop_map(|text| plain(Block::Comment(text))),
    ]
    .boxed()
}

fn heading() -> BoxedStrategy<Node<Block>> {
    let notes = vec(words().prop_map(|text| plain(Block::Paragraph(vec![plain(Inline::Text(text))]))), 1..2).boxed();
    let matter = prop::sample::select(vec!["Preface", "Appendix B", "Index", "Part I", ""]);
    (1..=6_u8, line(notes), matter, prop::option::weighted(0.2, ("[0-9iv]{1,3}", any::<bool>())), attrs())
        .prop_map(|(level, mut text, words, number, attrs)| {
            if !words.is_empty() {
                text = vec![plain(Inline::Text(words.to_owned()))];
            }
            if number.as_ref().is_some_and(|(_, is_silent)| *is_silent) {
                text.clear();
            }
            node(Block::Heading { level, number: number.map(|(number, _)| number), text }, attrs)
        })
        .boxed()
}

fn identifier() -> impl Strategy<Value = Identifier> {
    ("(doi|isbn|urn|uuid|local)", "[0-9a-z.:-]{1,12}", prop::option::of(prop::sample::select(Medium::ALL.to_vec())))
        .prop_map(|(scheme, value, medium)| Identifier { scheme, value, medium })
}

fn person() -> impl Strategy<Value = Person> {
    let ids = vec(
        ("(orcid|viaf|gnd|lccn)", "[0-9]{4,8}").prop_map(|(scheme, value)| Identifier { scheme, value, medium: None }),
        0..3,
    );
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
    let second =
        (vec(identifier(), 0..3), maybe(), licence, prop::option::of(printed()), vec(line_of_text(), 0..3), maybe(), series);
    (first, second, prop::option::of("[a-z]{1,4}\\.png"), prop::bool::weighted(0.2)).prop_map(
        |(
            (title, subtitle, people, date, publisher, place, edition),
            (identifiers, rights, licence, source, subjects, description, series),
            cover,
            notes_by_chapter,
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
            notes_by_chapter,
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
        let mut doc = Document { meta, body, ..Document::default() };
        keep_promises(&mut doc);
        doc
    })
}

/// Numbers the notes in reading order, gives every heading an id, and makes calls of none but notes that are there already. Whoever has a
/// part in a work has it once, and a subject is named once, as headers are read.
fn keep_promises(doc: &mut Document) {
    let mut named = Vec::new();
    doc.meta.people.retain(|person| {
        let known = (person.role, person.name.clone());
        let is_new = !named.contains(&known);
        named.push(known);
        is_new
    });
    doc.meta.subjects.sort();
    doc.meta.subjects.dedup();
    let mut notes = 0;
    let mut headings = 0;
    let mut works = 0;
    let mut places = 0;
    walk_blocks_mut(&mut doc.body, &mut |visit| match visit {
        VisitMut::Inline(Node { kind: Inline::Note(note), .. }) => {
            notes += 1;
            note.id = NoteId(notes);
        }
        VisitMut::Inline(Node { kind: Inline::IndexTerm(term), attrs, .. }) if term.role.other().is_none() => {
            places += 1;
            attrs.get_or_insert_default().id = Some(format!("place-{places}"));
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
        VisitMut::Block(Node { kind: Block::Bibliography(bibliography), .. }) => {
            for work in &mut bibliography.entries {
                works += 1;
                let id = Some(format!("ref-{works}"));
                work.text[0].attrs = Some(Box::new(Attrs { id, ..Attrs::default() }));
            }
        }
        VisitMut::Block(_) | VisitMut::Cell(_) | VisitMut::Image(_) => {}
    });
    // References to nothing lead nowhere.
    walk_blocks_mut(&mut doc.body, &mut |visit| {
        if let VisitMut::Inline(Node { kind: Inline::Reference(reference), .. }) = visit
            && headings == 0
            && reference.form.leads()
        {
            reference.form = ReferenceForm::Missing;
        }
    });
}
