//! The ledger is no rubber stamp: trees are damaged between reading and proving, sources are changed under a tree that is kept, and
//! each is caught and named with its line. And it raises no alarm where reading lost nothing.

mod accidents;
mod editions;
mod faults;

use std::path::Path;

use crate::support::{read, root, texts};
use tetrapla::driver::Finished;
use tetrapla::ledger::{Ledger, account};
use tetrapla::report::{Repair, RepairKind};
use tetrapla::span::{Source, Sources};
use tetrapla::tree::{
    Block, Blocks, Document, Inline, Inlines, Node, NoteId, VerseLine, Visit, VisitMut, walk_blocks, walk_blocks_mut,
};

#[test]
fn no_word_of_any_text_is_lost() {
    let mut wrong = Vec::new();
    for path in texts() {
        for work in read(&path) {
            for found in ledger(&work).differences {
                let line = work.manuscript.sources.line_column(found.span).0;
                wrong.push(format!("{}:{line}: {}: {}", path.display(), found.code, found.message));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A damage: what is done, how, and the code and the line by which it must be named.
type Damage<T> = (&'static str, fn(&mut T), &'static str, usize);

#[test]
fn no_damage_to_a_tree_is_missed() {
    let damages: &[Damage<Document>] = &[
        ("a word is dropped", |doc| swap(doc, "counted ", ""), "source-lost", 10),
        ("a word is doubled", |doc| swap(doc, "slept", "slept slept"), "source-added", 10),
        ("two words are swapped", |doc| swap(doc, "slept until", "until slept"), "source-", 10),
        ("a letter is another", |doc| swap(doc, "keeper", "keaper"), "source-changed", 10),
        ("a digit is another", |doc| swap(doc, "1842", "1843"), "source-changed", 10),
        ("a comma is dropped", |doc| swap(doc, "boats,", "boats"), "source-lost", 10),
        ("a quotation mark is another", |doc| swap(doc, "“so", "\"so"), "source-changed", 44),
        ("two words are glued", |doc| swap(doc, "until noon", "untilnoon"), "source-glued", 10),
        ("a word is cut in two", |doc| swap(doc, "keeper", "kee per"), "source-split", 10),
        ("a paragraph is dropped", |doc| drop(cut(doc, "second paragraph")), "source-lost", 12),
        (
            "a paragraph is doubled",
            |doc| {
                let at = find(doc, "second paragraph");
                let copy = doc.body[at].clone();
                doc.body.insert(at, copy);
            },
            "source-added",
            12,
        ),
        (
            "a paragraph is moved",
            |doc| {
                let moved = cut(doc, "second paragraph");
                doc.body.push(moved);
            },
            "source-moved",
            12,
        ),
        (
            "two paragraphs run together",
            |doc| {
                let more = cut(doc, "second paragraph");
                let at = find(doc, "keeper");
                let (Block::Paragraph(first), Block::Paragraph(more)) = (&mut doc.body[at].kind, more.kind) else { panic!() };
                first.push(Node::new(Inline::Text(" ".into()), more[0].span));
                first.extend(more);
            },
            "source-joined",
            10,
        ),
        (
            "a paragraph is cut in two",
            |doc| {
                let at = find(doc, "keeper");
                let Block::Paragraph(line) = &mut doc.body[at].kind else { panic!() };
                let place = line.iter().position(|node| matches!(node.kind, Inline::Styled(..))).expect("emphasis");
                let rest = line.split_off(place);
                let span = rest[0].span;
                doc.body.insert(at + 1, Node::new(Block::Paragraph(rest), span));
            },
            "source-parted",
            10,
        ),
        (
            "a heading is emptied",
            |doc| {
                let at = find(doc, "At anchor");
                let Block::Heading { text, .. } = &mut doc.body[at].kind else { panic!() };
                text.clear();
            },
            "source-lost",
            31,
        ),
        (
            "a heading is said twice",
            |doc| {
                let at = find(doc, "At anchor");
                let copy = doc.body[at].clone();
                doc.body.insert(at, copy);
            },
            "source-added",
            31,
        ),
        ("a cell is dropped", |doc| cells(doc, |rows| rows[0][1].clear()), "source-lost", 18),
        ("two cells are glued", |doc| swap_cells(doc, "Hay12"), "source-glued", 18),
        ("two cells became one", |doc| swap_cells(doc, "Hay 12"), "source-joined", 18),
        (
            "a column is read before its neighbour",
            |doc| cells(doc, |rows| rows.iter_mut().for_each(|row| row.swap(1, 2))),
            "source-moved",
            18,
        ),
        ("a row is dropped", |doc| cells(doc, |rows| rows[1].iter_mut().for_each(Vec::clear)), "source-lost", 19),
        ("two rows are swapped", |doc| cells(doc, |rows| rows.swap(0, 1)), "source-moved", 19),
        ("a line of verse is dropped", |doc| verse(doc, |lines| drop(lines.remove(1))), "source-lost", 22),
        ("a line of verse is moved", |doc| verse(doc, |lines| lines.swap(1, 2)), "source-moved", 23),
        (
            "two lines of verse run together",
            |doc| {
                verse(doc, |lines| {
                    let more = lines.remove(1);
                    let span = more.text[0].span;
                    lines[0].text.push(Node::new(Inline::Text(" ".into()), span));
                    lines[0].text.extend(more.text);
                })
            },
            "source-joined",
            21,
        ),
        ("an item is dropped", |doc| items(doc, |items| drop(items.remove(1))), "source-lost", 26),
        ("two items are swapped", |doc| items(doc, |items| items.swap(0, 1)), "source-moved", 26),
        (
            "two items became one",
            |doc| {
                items(doc, |items| {
                    let more = items.remove(1);
                    let (Block::Paragraph(first), Block::Paragraph(more)) = (&mut items[0][0].kind, more[0].kind.clone())
                    else {
                        panic!()
                    };
                    first.push(Node::new(Inline::Text(" ".into()), more[0].span));
                    first.extend(more);
                })
            },
            "source-joined",
            25,
        ),
        ("a note's second block is lost", |doc| note(doc, 1, |body| body.truncate(1)), "source-lost", 48),
        ("a word of a note is lost", |doc| swap(doc, "Another note", "Another"), "source-lost", 50),
        (
            "a note is dropped with its call",
            |doc| lines(doc, |line| line.retain(|node| !matches!(node.kind, Inline::Note(_)))),
            "source-call-lost",
            10,
        ),
        (
            "two notes are exchanged",
            |doc| {
                let mut first = Blocks::new();
                note(doc, 1, |body| first = std::mem::take(body));
                note(doc, 2, |body| std::mem::swap(body, &mut first));
                note(doc, 1, |body| *body = std::mem::take(&mut first));
            },
            "source-note-astray",
            10,
        ),
        (
            "a page has another label",
            |doc| {
                pages(doc, |page| {
                    page.label.as_mut().filter(|label| *label == "2").into_iter().for_each(|label| *label = "3".into())
                })
            },
            "source-page-changed",
            29,
        ),
        (
            "a page is dropped",
            |doc| doc.body.retain(|node| !matches!(node.kind, Block::PageBreak(_))),
            "source-page-changed",
            29,
        ),
        (
            "a link's words are dropped",
            |doc| lines(doc, |line| line.retain(|node| !matches!(node.kind, Inline::Link(_)))),
            "source-lost",
            12,
        ),
        ("a formula is another", |doc| swap(doc, "a + b", "a - b"), "source-changed", 12),
        ("a word of code is lost", |doc| swap(doc, "code here", "code"), "source-lost", 12),
        ("a line of code is another", |doc| swap(doc, "fenced", "fancied"), "source-changed", 39),
        ("an address is printed", |doc| swap(doc, "Then", "example.org Then"), "source-added", 10),
        ("an attribute is printed", |doc| swap(doc, " in it", " fr in it"), "source-added", 42),
        ("a comment is printed", |doc| swap(doc, " in it.", " in it. nobody reads"), "source-added", 42),
        ("a language behind a fence is printed", |doc| swap(doc, "let fenced", "rust let fenced"), "source-added", 38),
        ("a note's label is printed", |doc| swap(doc, "calls again", "calls again b"), "source-added", 44),
        ("a quotation is dropped", |doc| doc.body.retain(|node| !matches!(node.kind, Block::Quote(_))), "source-lost", 14),
        (
            "a picture's description is another",
            |doc| figure(doc, |figure| figure.images[0].kind.alt = "A wide bar".into()),
            "source-changed",
            33,
        ),
        ("a caption is dropped", |doc| figure(doc, |figure| figure.caption.clear()), "source-lost", 33),
        ("a term is dropped", |doc| swap(doc, "Term", ""), "source-lost", 35),
        ("a meaning is dropped", |doc| swap(doc, "its meaning", ""), "source-lost", 36),
        ("the end is cut off", |doc| drop(cut(doc, "last paragraph")), "source-lost", 44),
        ("the title is another", |doc| doc.meta.title = "The Tide".into(), "source-metadata-lost", 2),
        ("the author is dropped", |doc| doc.meta.people.clear(), "source-metadata-lost", 3),
        ("the year is another", |doc| doc.meta.date = Some("1902".into()), "source-metadata-lost", 4),
        ("the publisher is dropped", |doc| doc.meta.publisher = None, "source-metadata-lost", 5),
    ];
    let whole = work("source.md");
    check(damages, &whole, |work, act| act(work.doc.as_mut().expect("a work that is read")));
}

#[test]
fn no_change_of_a_source_is_missed() {
    let damages: &[Damage<String>] = &[
        ("a word more", |text| edit(text, "boats, and", "boats, old and"), "source-lost", 10),
        ("a word less", |text| edit(text, "slept until noon", "slept noon"), "source-added", 10),
        ("another digit", |text| edit(text, "1842", "1844"), "source-changed", 10),
        ("a paragraph more", |text| edit(text, "> A quot", "A third one.\n\n> A quot"), "source-lost", 14),
        ("a cell more", |text| edit(text, "| 30     | blue  |", "| 30     | blue black |"), "source-lost", 19),
        ("a line of verse more", |text| edit(text, "the third line", "a line between  \nthe third line"), "source-lost", 23),
        ("a note more", |text| text.push_str("\n[^c]: Nobody calls it.\n"), "source-lost", 52),
        ("a page with another label", |text| edit(text, "pb n=\"2\"", "pb n=\"7\""), "source-page-changed", 29),
        ("another author", |text| edit(text, "Ada Writer", "Eva Writer"), "source-metadata-lost", 3),
        ("a block's end", |text| edit(text, "Then she", "\n\nhen she"), "source-", 12),
        ("a heading more", |text| edit(text, "## At anchor", "## Lost\n\n## At anchor"), "source-lost", 31),
        ("a word in code", |text| edit(text, "= text;", "= more;"), "source-changed", 39),
        ("another letter", |text| edit(text, "keeper", "keener"), "source-changed", 10),
        ("a letter of another case", |text| edit(text, "boats, and", "Boats, and"), "source-changed", 10),
        ("an accent", |text| edit(text, "until noon", "until noôn"), "source-changed", 10),
        ("a comma less", |text| edit(text, "boats, and", "boats and"), "source-added", 10),
        ("a full stop more", |text| edit(text, "plums", "plums."), "source-lost", 27),
        ("another mark", |text| edit(text, "until noon.", "until noon!"), "source-changed", 10),
        ("straight quotation marks", |text| edit(text, "“so”", "\"so”"), "source-changed", 44),
        ("two words as one", |text| edit(text, "slept until", "sleptuntil"), "source-split", 10),
        ("one word as two", |text| edit(text, "keeper", "kee per"), "source-glued", 10),
        ("two words the other way round", |text| edit(text, "she slept", "slept she"), "source-", 10),
        ("a sentence twice", |text| edit(text, "Then she", "Then she slept until noon. Then she"), "source-lost", 10),
        ("a paragraph less", |text| edit(text, "> A quotation of seven words stands here.\n\n", ""), "source-added", 14),
        (
            "a paragraph moved",
            |text| {
                edit(text, "> A quotation of seven words stands here.\n\n", "");
                edit(text, "The first line", "> A quotation of seven words stands here.\n\nThe first line");
            },
            "source-moved",
            19,
        ),
        ("a heading of another name", |text| edit(text, "At anchor", "At sea"), "source-changed", 31),
        ("a heading less", |text| edit(text, "## At anchor\n\n", ""), "source-added", 31),
        ("a cell less", |text| edit(text, "12 ", "   "), "source-added", 18),
        ("another cell", |text| edit(text, "| 30 ", "| 31 "), "source-changed", 19),
        ("two cells as one", |text| edit(text, "12     | red   |", "12 red |"), "source-", 18),
        ("a row more", |text| edit(text, "| Oats", "| Rye  | 7      | none  |\n| Oats"), "source-lost", 19),
        (
            "two columns exchanged",
            |text| {
                edit(text, "| Hay  | 12     |", "| 12   | Hay    |");
                edit(text, "| Oats | 30     |", "| 30   | Oats   |");
            },
            "source-moved",
            18,
        ),
        ("a line of verse less", |text| edit(text, "the second line of it  \n", ""), "source-added", 22),
        ("two lines of verse as one", |text| edit(text, "song  \nthe", "song the"), "source-parted", 21),
        ("a line of verse in two", |text| edit(text, "the third line at", "the third  \nline at"), "source-joined", 23),
        ("an item more", |text| edit(text, "- pears", "- figs\n- pears"), "source-lost", 26),
        ("an item less", |text| edit(text, "- pears\n", ""), "source-added", 26),
        ("two items exchanged", |text| edit(text, "- apples\n- pears", "- pears\n- apples"), "source-moved", 26),
        ("another description of a picture", |text| edit(text, "A wide bay", "A deep bay"), "source-changed", 33),
        ("another title of a picture", |text| edit(text, "in May", "in June"), "source-changed", 33),
        ("another term", |text| edit(text, "Term\n", "Word\n"), "source-changed", 35),
        ("a meaning more", |text| edit(text, ": its meaning", ": its meaning\n: another one"), "source-lost", 37),
        ("another formula", |text| edit(text, "a + b", "a + c"), "source-changed", 12),
        ("another word of code", |text| edit(text, "`code here`", "`code there`"), "source-changed", 12),
        ("a line of code more", |text| edit(text, "= text;\n", "= text;\nlet more = 1;\n"), "source-lost", 40),
        ("another word of a link", |text| edit(text, "[almanac]", "[calendar]"), "source-changed", 12),
        ("another word of a note", |text| edit(text, "A note of one", "A note of two"), "source-changed", 46),
        ("a block of a note less", |text| edit(text, "\n    Its second block.\n", ""), "source-added", 48),
        (
            "the labels of notes exchanged",
            |text| {
                edit(text, "[^a]: A", "[^c]: A");
                edit(text, "[^b]: Another", "[^a]: Another");
                edit(text, "[^c]: A", "[^b]: A");
            },
            "source-note-astray",
            10,
        ),
        ("a call more", |text| edit(text, "until noon.", "until noon.[^b]"), "source-call-lost", 10),
        ("a page more", |text| edit(text, "> A quot", "<pb n=\"1b\"/>\n\n> A quot"), "source-page-changed", 14),
        ("a page without its label", |text| edit(text, "<pb n=\"2\"/>", "<pb/>"), "source-page-changed", 29),
        ("a comment as text", |text| edit(text, "<!-- nobody reads this -->", "Somebody reads this"), "source-lost", 42),
        ("text as a comment", |text| edit(text, "and ends “so”.", "<!-- and ends “so”. -->"), "source-added", 44),
        ("another word in a span", |text| edit(text, "mot juste", "mot faux"), "source-changed", 42),
        ("a title more", |text| edit(text, "date: 1901", "subtitle: A Story\ndate: 1901"), "source-metadata-lost", 4),
        ("another publisher", |text| edit(text, "Wool Press", "Silk Press"), "source-metadata-lost", 5),
        ("text behind the end", |text| text.push_str("\nAnd one paragraph more.\n"), "source-lost", 52),
    ];
    let whole = work("source.md");
    check(damages, &whole, |work, act| {
        let mut text = work.manuscript.sources.iter().next().expect("a file").1.text.clone();
        act(&mut text);
        let mut sources = Sources::default();
        sources.add(Source { name: "source.md".into(), text });
        work.manuscript.sources = sources;
    });
}

#[test]
fn repairs_are_the_only_excuse_of_broken_pages() {
    let damages: &[Damage<Document>] = &[
        (
            "heads are taken out and no repair says so",
            |doc| doc.repairs.retain(|repair| repair.kind != RepairKind::HeadDropped),
            "source-lost",
            11,
        ),
        (
            "a cut paragraph is joined and no repair says so",
            |doc| doc.repairs.retain(|repair| repair.kind != RepairKind::ParagraphJoined),
            "source-joined",
            5,
        ),
        (
            "a cut word is joined and no repair says so",
            |doc| doc.repairs.retain(|repair| repair.kind != RepairKind::WordJoined),
            "source-lost",
            3,
        ),
        ("a word goes with the head", |doc| swap(doc, "rope of", "of"), "source-lost", 13),
        (
            "a page has a label that is nowhere",
            |doc| pages(doc, |page| page.label = Some("77".into())),
            "source-page-unfounded",
            9,
        ),
        ("a note's words go with its mark", |doc| swap(doc, "Ninety", ""), "source-lost", 7),
    ];
    let whole = work("paged.md");
    check(damages, &whole, |work, act| act(work.doc.as_mut().expect("a work that is read")));
}

#[test]
fn a_mark_is_set_by_a_repair_or_is_another() {
    let set = |repair: &Repair| repair.kind == RepairKind::PunctuationSet;
    assert_eq!(work("smart.md").doc.iter().flat_map(|doc| &doc.repairs).filter(|repair| set(repair)).count(), 8);
    let damages: &[Damage<Document>] = &[
        (
            "a mark is set and no repair says so",
            |doc| doc.repairs.retain(|repair| repair.after != "—" && repair.after != "–"),
            "source-changed",
            9,
        ),
        (
            "quotation marks are set and no repair says so",
            |doc| doc.repairs.retain(|repair| repair.before != "\""),
            "source-changed",
            9,
        ),
        ("a space is set and no repair says so", |doc| doc.repairs.retain(|repair| repair.before != ";"), "source-split", 9),
        ("a repair says another mark", |doc| swap(doc, "“mot", "‘mot"), "source-changed", 11),
        ("a repair says so, and nothing is set", |doc| swap(doc, "…", "..."), "source-", 9),
        ("a mark that no repair is about is another", |doc| swap(doc, "reste.", "reste!"), "source-changed", 9),
        (
            "a repair of marks is about a word",
            |doc| {
                let span = doc.repairs.iter().find(|repair| repair.after == "…").expect("an ellipsis").span;
                doc.repairs
                    .iter_mut()
                    .filter(|repair| repair.after == "…")
                    .for_each(|repair| repair.span.start = span.start - 4);
                swap(doc, "rien…", "…");
            },
            "source-",
            9,
        ),
    ];
    let whole = work("smart.md");
    check(damages, &whole, |work, act| act(work.doc.as_mut().expect("a work that is read")));
}

fn work(name: &str) -> Finished {
    read(&root().join("tests/damage").join(Path::new(name))).remove(0)
}

fn ledger(work: &Finished) -> Ledger {
    let doc = work.doc.as_ref().expect("a work that is read");
    account(doc, &work.manuscript, &work.report.diagnostics)
}

fn check<T>(damages: &[Damage<T>], whole: &Finished, damage: fn(&mut Finished, fn(&mut T))) {
    assert_eq!(ledger(whole).differences, [], "what is whole");
    let mut missed = Vec::new();
    for (name, act, code, line) in damages {
        let mut work = Finished {
            manuscript: whole.manuscript.clone(),
            doc: whole.doc.clone(),
            env: whole.env.clone(),
            report: whole.report.clone(),
            ..Finished::of(whole.work.clone())
        };
        damage(&mut work, *act);
        let sources = &work.manuscript.sources;
        let found: Vec<_> = ledger(&work)
            .differences
            .iter()
            .map(|found| (found.code, sources.line_column(found.span).0, found.message.clone()))
            .collect();
        if !found.iter().any(|(own, place, _)| own.starts_with(code) && place == line) {
            missed.push(format!("{name}: wanted {code} in line {line}, got {found:#?}"));
        }
    }
    assert!(missed.is_empty(), "{} of {}\n{}", missed.len(), damages.len(), missed.join("\n"));
}

#[track_caller]
fn edit(text: &mut String, from: &str, to: &str) {
    assert!(text.contains(from), "\"{from}\" is not there");
    *text = text.replacen(from, to, 1);
}

/// Puts `to` in the place of the first `from` that a text of the tree says.
#[track_caller]
fn swap(doc: &mut Document, from: &str, to: &str) {
    let mut done = false;
    walk_blocks_mut(&mut doc.body, &mut |visit| {
        let text = match visit {
            VisitMut::Block(Node { kind: Block::Code { text, .. }, .. }) => text,
            VisitMut::Inline(Node { kind: Inline::Text(text) | Inline::Code(text) | Inline::Math(text), .. }) => text,
            _ => return,
        };
        if !done && text.contains(from) {
            done = true;
            *text = text.replacen(from, to, 1);
        }
    });
    assert!(done, "\"{from}\" is not there");
}

/// The block that says something.
#[track_caller]
fn find(doc: &Document, words: &str) -> usize {
    let says = |node: &Node<Block>| {
        let mut found = false;
        walk_blocks(std::slice::from_ref(node), &mut |visit| {
            found |= matches!(visit, Visit::Inline(Node { kind: Inline::Text(text), .. }) if text.contains(words));
        });
        found
    };
    doc.body.iter().position(says).expect("a block that says it")
}

#[track_caller]
fn cut(doc: &mut Document, words: &str) -> Node<Block> {
    let at = find(doc, words);
    doc.body.remove(at)
}

/// Changes the bodies of the cells of the first table, row by row.
fn cells(doc: &mut Document, act: fn(&mut Vec<Vec<Blocks>>)) {
    let table = doc.body.iter_mut().find_map(|node| match &mut node.kind {
        Block::Table(table) => Some(table),
        _ => None,
    });
    let table = table.expect("a table");
    let mut bodies: Vec<Vec<Blocks>> =
        table.rows.iter().map(|row| row.iter().map(|cell| cell.kind.body.clone()).collect()).collect();
    act(&mut bodies);
    for (row, bodies) in table.rows.iter_mut().zip(bodies) {
        row.iter_mut().zip(bodies).for_each(|(cell, body)| cell.kind.body = body);
    }
}

/// The first two cells become one, which says this.
fn swap_cells(doc: &mut Document, said: &str) {
    cells(doc, |rows| {
        let (first, second) = (rows[0][0][0].span, rows[0][1][0].span);
        rows[0][1].clear();
        rows[0][0][0].span = first.to(second);
    });
    let span = std::cell::Cell::new(None);
    walk_blocks(&doc.body, &mut |visit| {
        if let Visit::Cell(cell) = visit
            && span.get().is_none()
            && cell.kind.body.first().is_some_and(|node| node.span.end - node.span.start > 6)
        {
            span.set(cell.kind.body.first().map(|node| node.span));
        }
    });
    let span = span.get().expect("a cell");
    walk_blocks_mut(&mut doc.body, &mut |visit| {
        if let VisitMut::Block(node) = visit
            && node.span == span
            && let Block::Paragraph(line) = &mut node.kind
        {
            *line = vec![Node::new(Inline::Text(said.to_owned()), span)];
        }
    });
}

fn verse(doc: &mut Document, act: fn(&mut Vec<VerseLine>)) {
    let stanzas = doc.body.iter_mut().find_map(|node| match &mut node.kind {
        Block::Verse(stanzas) => Some(stanzas),
        _ => None,
    });
    act(&mut stanzas.expect("verse")[0]);
}

fn items(doc: &mut Document, act: fn(&mut Vec<Blocks>)) {
    let list = doc.body.iter_mut().find_map(|node| match &mut node.kind {
        Block::List(list) => Some(list),
        _ => None,
    });
    let list = list.expect("a list");
    let mut bodies: Vec<Blocks> = list.items.iter().map(|item| item.body.clone()).collect();
    act(&mut bodies);
    list.items.truncate(bodies.len());
    list.items.iter_mut().zip(bodies).for_each(|(item, body)| item.body = body);
}

fn note(doc: &mut Document, number: u32, mut act: impl FnMut(&mut Blocks)) {
    walk_blocks_mut(&mut doc.body, &mut |visit| {
        if let VisitMut::Inline(Node { kind: Inline::Note(note), .. }) = visit
            && note.id == NoteId(number)
        {
            act(&mut note.body);
        }
    });
}

fn lines(doc: &mut Document, act: fn(&mut Inlines)) {
    walk_blocks_mut(&mut doc.body, &mut |visit| {
        if let VisitMut::Block(Node { kind: Block::Paragraph(line), .. }) = visit {
            act(line);
        }
    });
}

fn pages(doc: &mut Document, act: fn(&mut tetrapla::tree::PageBreak)) {
    walk_blocks_mut(&mut doc.body, &mut |visit| match visit {
        VisitMut::Block(Node { kind: Block::PageBreak(page), .. })
        | VisitMut::Inline(Node { kind: Inline::PageBreak(page), .. }) => act(page),
        _ => {}
    });
}

fn figure(doc: &mut Document, act: fn(&mut tetrapla::tree::Figure)) {
    let figure = doc.body.iter_mut().find_map(|node| match &mut node.kind {
        Block::Figure(figure) => Some(figure),
        _ => None,
    });
    act(figure.expect("a figure"));
}
