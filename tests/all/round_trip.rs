//! The tree written as clean Markdown and read again is the same tree, but for its places in the source and its repairs, which
//! have been made.

use tetrapla::emit::dump;
use tetrapla::report::Report;
use tetrapla::tree::{
    Attrs, Block, Document, Inline, Inlines, Node, PartMut, VisitMut, inline_children_mut, parts_mut, walk_blocks_mut,
};

use crate::support::{emit, first_difference, read, read_text, texts};

#[test]
fn clean_markdown_is_read_back_as_the_same_tree() {
    let mut wrong = Vec::new();
    for path in texts() {
        for work in read(&path) {
            let Some(doc) = &work.doc else { continue };
            let written = String::from_utf8(emit("md", &work)).expect("Markdown is text");
            if let Some(difference) = difference(doc, &written) {
                wrong.push(format!("{}: {difference}", work.work.path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
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
            parts_mut(&mut node.kind, &mut |part| match part {
                PartMut::Line(line) => one_run(line),
                PartMut::Blocks(_) => {}
            });
        }
        VisitMut::Inline(node) => {
            node.span = Default::default();
            no_attributes(&mut node.attrs);
            inline_children_mut(&mut node.kind).into_iter().for_each(one_run);
        }
    });
    doc.body.retain(|node| !matches!(&node.kind, Block::Paragraph(text) if text.is_empty()));
}

fn no_attributes(attrs: &mut Option<Box<Attrs>>) {
    attrs.take_if(|attrs| **attrs == Attrs::default());
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
    *line = whole;
}
