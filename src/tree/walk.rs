//! Walks over the tree in reading order. A closure is all the visitor that a closed tree needs.

use super::{Block, Inline, Node};

/// One node on the way.
#[derive(Clone, Copy, Debug)]
pub enum Visit<'a> {
    Block(&'a Node<Block>),
    Inline(&'a Node<Inline>),
}

/// Calls `see` with every node below `blocks`, parents before children, notes where they are called.
pub fn walk_blocks<'a>(blocks: &'a [Node<Block>], see: &mut impl FnMut(Visit<'a>)) {
    for block in blocks {
        see(Visit::Block(block));
        match &block.kind {
            Block::Title(text) | Block::Heading { text, .. } | Block::Paragraph(text) | Block::Figure { caption: text, .. } => {
                walk_inlines(text, see)
            }
            Block::Quote(inner) => walk_blocks(inner, see),
            Block::Verse(stanzas) => stanzas.iter().flatten().for_each(|line| walk_inlines(line, see)),
            Block::List(list) => list.items.iter().for_each(|item| walk_blocks(&item.body, see)),
            Block::Definitions(entries) => {
                for entry in entries {
                    walk_inlines(&entry.term, see);
                    entry.meanings.iter().for_each(|meaning| walk_blocks(meaning, see));
                }
            }
            Block::Table(table) => {
                table.head.iter().chain(table.rows.iter().flatten()).for_each(|cell| walk_inlines(cell, see))
            }
            Block::Code { .. } | Block::Math(_) | Block::Rule | Block::PageBreak(_) | Block::Comment(_) => {}
        }
    }
}

/// Calls `see` with every node below `inlines`, the blocks of notes among them.
pub fn walk_inlines<'a>(inlines: &'a [Node<Inline>], see: &mut impl FnMut(Visit<'a>)) {
    for inline in inlines {
        see(Visit::Inline(inline));
        match &inline.kind {
            Inline::Note(note) => walk_blocks(&note.body, see),
            kind => walk_inlines(inline_children(kind), see),
        }
    }
}

/// The inlines that stand inside an inline. A note's body is not among them: it is no part of the line.
pub fn inline_children(kind: &Inline) -> &[Node<Inline>] {
    match kind {
        Inline::Styled(_, inner) | Inline::Span(inner) => inner,
        Inline::Link(link) => &link.text,
        Inline::Text(_)
        | Inline::LineBreak
        | Inline::Code(_)
        | Inline::Math(_)
        | Inline::Image(_)
        | Inline::Note(_)
        | Inline::NoteCall(_)
        | Inline::PageBreak(_)
        | Inline::Comment(_) => &[],
    }
}

/// What a bookmark or an entry in the contents says of a line: its words without notes, styles and milestones, every run of
/// white space one space, none at the ends.
pub fn plain_text(inlines: &[Node<Inline>]) -> String {
    fn say(inlines: &[Node<Inline>], out: &mut String) {
        for inline in inlines {
            match &inline.kind {
                Inline::Text(text) | Inline::Code(text) | Inline::Math(text) => out.push_str(text),
                Inline::LineBreak => out.push(' '),
                Inline::PageBreak(page) if page.space => out.push(' '),
                Inline::Image(image) => out.push_str(&image.alt),
                Inline::Styled(..) | Inline::Span(_) | Inline::Link(_) => say(inline_children(&inline.kind), out),
                Inline::Note(_) | Inline::NoteCall(_) | Inline::PageBreak(_) | Inline::Comment(_) => {}
            }
        }
    }
    let mut out = String::new();
    say(inlines, &mut out);
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}
