//! Editions in TEI: what an element is in the source, it is in the tree.

use super::{Damage, check, edit, lines, note, pages, swap, verse, work};
use tetrapla::span::{Source, Sources};
use tetrapla::tree::{Block, Blocks, Document, Group, GroupRole, Inline, Node};

#[test]
fn no_damage_to_the_tree_of_an_edition_is_missed() {
    let damages: &[Damage<Document>] = &[
        ("a word is dropped", |doc| swap(doc, "late", ""), "source-lost", 4),
        ("another reading is printed", |doc| swap(doc, "received", "received recieved"), "source-", 19),
        ("a note stands in the text", |doc| lines(doc, |line| unfold(line, "It had rained")), "source-element-changed", 4),
        (
            "a note bears another number",
            |doc| note_at(doc, "custom", |own| own.mark = "3".into()),
            "source-element-changed",
            22,
        ),
        (
            "two notes are one",
            |doc| {
                let mut more = Blocks::new();
                note_at(doc, "custom", |own| more = std::mem::take(&mut own.body));
                note_at(doc, "rained", |own| own.body.append(&mut more));
            },
            "source-element-changed",
            22,
        ),
        ("a note's words are lost", |doc| note(doc, 1, Vec::clear), "source-lost", 4),
        (
            "a line of verse is prose",
            |doc| {
                let at = block(doc, |kind| matches!(kind, Block::Verse(_)));
                let Block::Verse(stanzas) = &doc.body[at].kind else { panic!() };
                let lines = stanzas[0].iter().map(|line| Node::new(Block::Paragraph(line.text.clone()), line.text[0].span));
                let lines: Blocks = lines.collect();
                doc.body.splice(at..=at, lines);
            },
            "source-element-changed",
            12,
        ),
        (
            "two lines of verse are one",
            |doc| {
                verse(doc, |lines| {
                    let more = lines.remove(1).text;
                    lines[0].text.push(Node::new(Inline::LineBreak, more[0].span));
                    lines[0].text.extend(more);
                })
            },
            "source-element-changed",
            13,
        ),
        (
            "a line of verse is two",
            |doc| {
                verse(doc, |lines| {
                    let mut more = lines[0].clone();
                    let Inline::Text(text) = &mut lines[0].text[0].kind else { panic!() };
                    let rest = text.split_off("Over the river".len());
                    more.text[0].kind = Inline::Text(rest);
                    lines.insert(1, more);
                })
            },
            "source-element-changed",
            12,
        ),
        (
            "a speech is no speech",
            |doc| {
                let at = speech(doc);
                let Block::Group(group) = std::mem::replace(&mut doc.body[at].kind, Block::Rule) else { panic!() };
                let title = Node::new(Block::Paragraph(group.title), doc.body[at].span);
                doc.body.splice(at..=at, std::iter::once(title).chain(group.body));
            },
            "source-element-changed",
            7,
        ),
        (
            "two speeches are one",
            |doc| {
                let at = speech(doc);
                let Block::Group(more) = doc.body.remove(at + 1).kind else { panic!() };
                let span = doc.body[at].span;
                let Block::Group(first) = &mut doc.body[at].kind else { panic!() };
                first.body.push(Node::new(Block::Paragraph(more.title), span));
                first.body.extend(more.body);
            },
            "source-element-changed",
            9,
        ),
        (
            "a speaker's name is the first words of what is said",
            |doc| {
                let at = speech(doc);
                let span = doc.body[at].span;
                let Block::Group(group) = &mut doc.body[at].kind else { panic!() };
                let title = std::mem::take(&mut group.title);
                group.body.insert(0, Node::new(Block::Paragraph(title), span));
            },
            "source-element-changed",
            7,
        ),
        (
            "a speech has another's name",
            |doc| {
                let at = speech(doc);
                let title = title(doc, at + 1);
                let first = std::mem::replace(&mut group(doc, at).title, title);
                group(doc, at + 1).title = first;
            },
            "source-",
            7,
        ),
        (
            "cells are paragraphs",
            |doc| {
                let at = block(doc, |kind| matches!(kind, Block::Table(_)));
                let Block::Table(table) = &doc.body[at].kind else { panic!() };
                let cells = table.rows.iter().flatten().flat_map(|cell| cell.kind.body.clone());
                let cells: Blocks = cells.collect();
                doc.body.splice(at..=at, cells);
            },
            "source-element-changed",
            16,
        ),
        (
            "two cells are one",
            |doc| {
                let at = block(doc, |kind| matches!(kind, Block::Table(_)));
                let Block::Table(table) = &mut doc.body[at].kind else { panic!() };
                let more = std::mem::take(&mut table.rows[1][1].kind.body);
                table.rows[1][0].kind.body.extend(more);
            },
            "source-element-changed",
            17,
        ),
        ("a page has another label", |doc| pages(doc, |page| page.label = Some("8".into())), "source-page-changed", 6),
        (
            "a call is lost",
            |doc| lines(doc, |line| line.retain(|node| !matches!(node.kind, Inline::Note(_)))),
            "source-lost",
            4,
        ),
    ];
    let whole = work("edition.tei.xml");
    check(damages, &whole, |work, act| act(work.doc.as_mut().expect("a work that is read")));
}

#[test]
fn no_change_of_an_edition_under_its_tree_is_missed() {
    let damages: &[Damage<String>] = &[
        ("another word", |text| edit(text, "rope was", "mast was"), "source-changed", 4),
        ("a note more", |text| edit(text, "late.", "late<note n=\"9\">Or never.</note>."), "source-lost", 4),
        ("a note of another number", |text| edit(text, "n=\"1\"", "n=\"5\""), "source-element-changed", 4),
        (
            "text as a note",
            |text| edit(text, "Nobody asked why", "<note n=\"4\">Nobody asked why</note>"),
            "source-element-changed",
            5,
        ),
        ("prose as verse", |text| edit(text, "<p>A friend.</p>", "<l>A friend.</l>"), "source-element-changed", 10),
        (
            "a speech less",
            |text| edit(text, "<p>Who calls?</p></sp>\n<sp>", "<p>Who calls?</p>\n"),
            "source-element-changed",
            7,
        ),
        ("a speaker less", |text| edit(text, "<speaker>Miller.</speaker>", ""), "source-added", 10),
        ("a cell in two", |text| edit(text, "<cell>oars</cell>", "<cell>oa</cell><cell>rs</cell>"), "source-", 17),
        ("a page of another label", |text| edit(text, "n=\"7\"", "n=\"9\""), "source-page-changed", 6),
        ("another reading", |text| edit(text, "<lem>May", "<lem>April"), "source-changed", 19),
    ];
    let whole = work("edition.tei.xml");
    check(damages, &whole, |work, act| {
        let mut text = work.manuscript.sources.iter().next().expect("a file").1.text.clone();
        act(&mut text);
        let mut sources = Sources::default();
        sources.add(Source { name: "edition.tei.xml".into(), text });
        work.manuscript.sources = sources;
    });
}

/// Puts the words of the notes of a line that say something into the line.
fn unfold(line: &mut tetrapla::tree::Inlines, words: &str) {
    for node in line {
        if let Inline::Note(own) = &node.kind
            && let Some(Block::Paragraph(text)) = own.body.first().map(|node| &node.kind)
            && tetrapla::tree::plain_text(text).contains(words)
        {
            node.kind = Inline::Span(text.clone());
        }
    }
}

fn note_at(doc: &mut Document, words: &str, mut act: impl FnMut(&mut tetrapla::tree::Note)) {
    tetrapla::tree::walk_blocks_mut(&mut doc.body, &mut |visit| {
        if let tetrapla::tree::VisitMut::Inline(Node { kind: Inline::Note(own), .. }) = visit
            && let Some(Block::Paragraph(text)) = own.body.first().map(|node| &node.kind)
            && tetrapla::tree::plain_text(text).contains(words)
        {
            act(own);
        }
    });
}

#[track_caller]
fn block(doc: &Document, is_it: fn(&Block) -> bool) -> usize {
    doc.body.iter().position(|node| is_it(&node.kind)).expect("a block of that kind")
}

fn speech(doc: &Document) -> usize {
    block(doc, |kind| matches!(kind, Block::Group(Group { role: GroupRole::Speech, .. })))
}

#[track_caller]
fn group(doc: &mut Document, at: usize) -> &mut Group {
    match &mut doc.body[at].kind {
        Block::Group(group) => group,
        other => panic!("{other:?} is no group"),
    }
}

fn title(doc: &mut Document, at: usize) -> tetrapla::tree::Inlines {
    group(doc, at).title.clone()
}
