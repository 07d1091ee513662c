//! When two trees are the same work: what TEI keeps of a tree is all but the places in the source, the repairs, and what no
//! reader of a book or a file can tell apart.

use tetrapla::emit::dump;
use tetrapla::span::Span;
use tetrapla::tree::{
    Attrs, Block, Document, Inline, Inlines, Node, Part, PartMut, VisitMut, inline_children_mut, parts, parts_mut,
    walk_blocks_mut,
};

/// The first line in which the dumps of two trees differ, if they are not the same work.
pub fn difference(want: &Document, got: &Document) -> Option<String> {
    let (want, got) = (canonical(want), canonical(got));
    if want == got {
        return None;
    }
    let difference = super::first_difference(&dump(&want), &dump(&got));
    Some(if dump(&want) == dump(&got) { format!("{want:?}\n{got:?}") } else { difference })
}

/// The tree without places and repairs, in the one form of several that say the same.
fn canonical(doc: &Document) -> Document {
    let mut doc = doc.clone();
    doc.repairs.clear();
    walk_blocks_mut(&mut doc.body, &mut |visit| match visit {
        VisitMut::Block(node) => {
            node.span = Span::default();
            node.attrs.take_if(|attrs| **attrs == Attrs::default());
            block(&mut node.kind);
        }
        VisitMut::Inline(node) => {
            node.span = Span::default();
            node.attrs.take_if(|attrs| **attrs == Attrs::default());
            inline(&mut node.kind);
        }
        VisitMut::Cell(node) => {
            node.span = Span::default();
            node.attrs.take_if(|attrs| **attrs == Attrs::default());
            blocks(&mut node.kind.body);
        }
        VisitMut::Image(node) => {
            node.span = Span::default();
            node.attrs.take_if(|attrs| **attrs == Attrs::default());
            node.kind.target = decoded(&node.kind.target);
        }
    });
    blocks(&mut doc.body);
    doc
}

fn blocks(all: &mut Vec<Node<Block>>) {
    for node in all.iter_mut() {
        let trimmed = !matches!(node.kind, Block::Code { .. });
        parts_mut(&mut node.kind, &mut |part| match part {
            PartMut::Line(text) if trimmed => line(text),
            PartMut::Line(_) => {}
            PartMut::Blocks(inner) => blocks(inner),
            PartMut::Cell(_) | PartMut::Image(_) => {}
        });
    }
    // A paragraph without a word, a list without an item, a poem without a line.
    all.retain(|node| match &node.kind {
        Block::Paragraph(text) => !text.is_empty(),
        Block::Verse(stanzas) => !stanzas.is_empty(),
        Block::List(list) => !list.items.is_empty(),
        Block::Definitions(entries) => !entries.is_empty(),
        Block::Table(table) => !table.columns.is_empty(),
        Block::Bibliography(bibliography) => !bibliography.entries.is_empty(),
        Block::Index(index) => !index.entries.is_empty(),
        _ => true,
    });
}

fn block(kind: &mut Block) {
    match kind {
        Block::Verse(stanzas) => stanzas.retain(|stanza| !stanza.is_empty()),
        Block::Definitions(entries) => {
            entries.iter_mut().for_each(|entry| entry.meanings.retain(|meaning| !meaning.is_empty()))
        }
        Block::Comment(text) => *text = calm(text),
        Block::PageBreak(page) => page.facsimile = page.facsimile.as_deref().map(decoded),
        _ => {}
    }
}

fn inline(kind: &mut Inline) {
    match kind {
        Inline::Image(image) => image.target = decoded(&image.target),
        Inline::Comment(text) => *text = calm(text),
        Inline::Note(note) => blocks(&mut note.body),
        Inline::Citation(citation) => {
            let affixes = citation.cites.iter_mut().flat_map(|cite| cite.prefix.iter_mut().chain(&mut cite.suffix));
            affixes.for_each(|node| {
                node.span = Span::default();
                let inner = inline_children_mut(&mut node.kind).into_iter().flatten();
                inner.for_each(|node| node.span = Span::default());
            });
        }
        Inline::PageBreak(page) => page.facsimile = page.facsimile.as_deref().map(decoded),
        _ => {}
    }
}

/// A line with runs of text put together, every run of white space one character, none at the ends.
fn line(text: &mut Inlines) {
    run(text);
    while let Some(Node { kind: Inline::Text(first), attrs: None, .. }) = text.first_mut() {
        *first = first.trim_start_matches([' ', '\n', '\t']).to_owned();
        if !first.is_empty() {
            break;
        }
        text.remove(0);
    }
    while let Some(Node { kind: Inline::Text(last), attrs: None, .. }) = text.last_mut() {
        *last = last.trim_end_matches([' ', '\n', '\t']).to_owned();
        if !last.is_empty() {
            break;
        }
        text.pop();
    }
}

fn run(inlines: &mut Inlines) {
    let mut out: Inlines = Vec::new();
    for mut node in std::mem::take(inlines) {
        if let Some(inner) = inline_children_mut(&mut node.kind) {
            run(inner);
        }
        match (&mut node, out.last_mut()) {
            (
                Node { kind: Inline::Text(text), attrs: None, .. },
                Some(Node { kind: Inline::Text(before), attrs: None, .. }),
            ) => {
                before.push_str(text);
                *before = squeezed(before);
            }
            (Node { kind: Inline::Text(text), attrs: None, .. }, _) if text.is_empty() => {}
            (Node { kind: Inline::Text(text), attrs: None, .. }, before) => {
                *text = squeezed(text);
                // Behind a break that stands for a space there is no other.
                if matches!(before.map(|node| &node.kind), Some(Inline::PageBreak(_) | Inline::LineEnd | Inline::LineBreak)) {
                    *text = text.trim_start_matches([' ', '\n']).to_owned();
                }
                if !text.is_empty() {
                    out.push(node);
                }
            }
            (
                Node { kind: Inline::PageBreak(_) | Inline::LineEnd, .. },
                Some(Node { kind: Inline::Text(before), attrs: None, .. }),
            ) => {
                *before = before.trim_end_matches([' ', '\n']).to_owned();
                if before.is_empty() {
                    out.pop();
                }
                out.push(node);
            }
            _ => out.push(node),
        }
    }
    *inlines = out;
}

fn squeezed(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match (c, out.chars().next_back()) {
            ('\n', Some(' ')) => {
                out.pop();
                out.push('\n');
            }
            ('\n' | ' ' | '\t', Some('\n' | ' ')) => {}
            ('\t', _) => out.push(' '),
            _ => out.push(c),
        }
    }
    out
}

/// What XML can say of a comment: no two hyphens in a row, none at the end.
fn calm(text: &str) -> String {
    let mut text = text.trim().to_owned();
    while text.contains("--") {
        text = text.replace("--", "- -");
    }
    text
}

/// A path with `%20` and the like read.
fn decoded(path: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = path.as_bytes();
    while let [first, behind @ ..] = rest {
        let hex = behind.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match hex.and_then(|digits| u8::from_str_radix(digits, 16).ok()).filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &behind[2..];
            }
            None => {
                bytes.push(*first);
                rest = behind;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// How many levels stand in each other.
pub fn depth(all: &[Node<Block>]) -> usize {
    fn inline(node: &Node<Inline>) -> usize {
        1 + match &node.kind {
            Inline::Note(note) => depth(&note.body),
            kind => tetrapla::tree::inline_children(kind).iter().map(inline).max().unwrap_or(0),
        }
    }
    let mut deepest = 0;
    for node in all {
        let mut inner = 0;
        parts(&node.kind, &mut |part| {
            inner = inner.max(match part {
                Part::Line(text) => text.iter().map(inline).max().unwrap_or(0),
                Part::Blocks(blocks) => 1 + depth(blocks),
                Part::Cell(cell) => 1 + depth(&cell.kind.body),
                Part::Image(_) => 1,
            })
        });
        deepest = deepest.max(1 + inner);
    }
    deepest
}
