//! The tree written as clean Markdown and read again is the same tree, but for its places in the source and its repairs, which
//! have been made.

use tetrapla::emit::dump;
use tetrapla::report::Report;
use tetrapla::tree::{
    Attrs, Block, Document, Inline, Inlines, Node, NotePlace, PartMut, Visit, VisitMut, inline_children_mut, parts_mut,
    walk_blocks, walk_blocks_mut,
};

use crate::support::{emit, first_difference, read, read_text, texts};

#[test]
fn clean_markdown_is_read_back_as_the_same_tree() {
    let mut wrong = Vec::new();
    for path in texts() {
        for work in read(&path) {
            let Some(doc) = work.doc.as_ref().filter(|doc| !is_made(doc)) else { continue };
            let written = String::from_utf8(emit("md", &work)).expect("Markdown is text");
            if let Some(difference) = difference(doc, &written) {
                wrong.push(format!("{}: {difference}", work.work.path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether a work has parts that are made from a library that is not written with it, or by settings that are not.
fn is_made(doc: &Document) -> bool {
    let mut made = false;
    walk_blocks(&doc.body, &mut |visit| match visit {
        Visit::Inline(node) => made |= matches!(node.kind, Inline::Citation(_)),
        Visit::Block(node) => match &node.kind {
            Block::Bibliography(_) | Block::Index(_) => made = true,
            Block::Heading { text, .. } => made |= matches!(text.first().map(|node| &node.kind), Some(Inline::Reference(_))),
            _ => {}
        },
        Visit::Cell(_) | Visit::Image(_) => {}
    });
    made
}

/// Where the tree that `written` is read into differs from `doc`.
pub fn difference(doc: &Document, written: &str) -> Option<String> {
    let mut again = read_text(written, &mut Report::default());
    assert_eq!(again.repairs, [], "clean Markdown needs no repair");
    let mut doc = doc.clone();
    plain(&mut doc);
    plain(&mut again);
    (doc != again).then(|| first_difference(&dump(&doc), &dump(&again)))
}

/// Takes away what may differ: places, repairs, and how a run of text is cut into nodes.
fn plain(doc: &mut Document) {
    doc.repairs.clear();
    walk_blocks_mut(&mut doc.body, &mut |visit| match visit {
        VisitMut::Block(node) => {
            node.span = Default::default();
            no_attributes(&mut node.attrs);
            // Nor are lines of verse counted or set in.
            if let Block::Verse(stanzas) = &mut node.kind {
                stanzas.iter_mut().flatten().for_each(|line| (line.number, line.indent) = (None, 0));
            }
            parts_mut(&mut node.kind, &mut |part| match part {
                PartMut::Line(line) => {
                    one_run(line);
                    trim(line);
                }
                PartMut::Blocks(_) | PartMut::Cell(_) | PartMut::Image(_) => {}
            });
        }
        VisitMut::Inline(node) => {
            node.span = Default::default();
            // Markdown has no words for the margin.
            if let Inline::Note(note) = &mut node.kind {
                note.place = NotePlace::Foot;
                // Nor for a note without a mark.
                if note.mark.is_empty() {
                    note.mark = format!("n{}", note.id.0);
                }
            }
            no_attributes(&mut node.attrs);
            inline_children_mut(&mut node.kind).into_iter().for_each(one_run);
        }
        VisitMut::Cell(node) => node.span = Default::default(),
        VisitMut::Image(node) => node.span = Default::default(),
    });
    doc.body.retain(|node| !matches!(&node.kind, Block::Paragraph(text) if text.is_empty()));
}

fn no_attributes(attrs: &mut Option<Box<Attrs>>) {
    attrs.take_if(|attrs| **attrs == Attrs::default());
}

/// White space at the end of a line is nothing to a reader.
fn trim(line: &mut Inlines) {
    if let Some(Node { kind: Inline::Text(text), .. }) = line.last_mut() {
        text.truncate(text.trim_end_matches([' ', '\n', '\t']).len());
    }
    one_run(line);
}

fn one_run(line: &mut Inlines) {
    let mut whole: Inlines = Vec::new();
    for node in line.drain(..) {
        match (whole.last_mut(), node) {
            (Some(Node { kind: Inline::Text(text), .. }), Node { kind: Inline::Text(more), .. }) => text.push_str(&more),
            (_, node) => whole.push(node),
        }
    }
    whole.retain(|node| !matches!(&node.kind, Inline::Text(text) if text.is_empty()));
    // White space beside a page break is what it stands for.
    for at in 1..whole.len() {
        match &mut whole[at - 1..=at] {
            [Node { kind: Inline::Text(text), .. }, Node { kind: Inline::PageBreak(page), .. }] => {
                let rest = text.trim_end_matches([' ', '\n', '\t']).len();
                page.space |= rest < text.len();
                text.truncate(rest);
            }
            [Node { kind: Inline::PageBreak(page), .. }, Node { kind: Inline::Text(text), .. }] => {
                let rest = text.trim_start_matches([' ', '\n', '\t']).len();
                page.space |= rest < text.len();
                text.drain(..text.len() - rest);
            }
            _ => {}
        }
    }
    whole.retain(|node| !matches!(&node.kind, Inline::Text(text) if text.is_empty()));
    // Page breaks in a row stand for one space together.
    for at in 1..whole.len() {
        if let [Node { kind: Inline::PageBreak(first), .. }, Node { kind: Inline::PageBreak(next), .. }] =
            &mut whole[at - 1..=at]
        {
            first.space |= std::mem::take(&mut next.space);
        }
    }
    *line = whole;
}
