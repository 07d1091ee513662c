//! How long a block will be once it is written, near enough to decide where a long chapter is cut.

use crate::tree::{Block, Inline, Node, Part, Section, inline_children, parts, short_name};

/// About how many bytes `blocks` take as XHTML, notes counted where they are called if `notes` stand in the same file.
pub(super) fn blocks(inner: &[Node<Block>], notes: bool) -> usize {
    inner.iter().map(|node| block(node, notes)).sum()
}

/// A section with all that is in it.
pub(super) fn section(section: &Section, notes: bool) -> usize {
    let own = blocks(section.lead, notes) + inlines(section.title, notes) + 120 + blocks(section.body, notes);
    own + section.sections.iter().map(|inner| self::section(inner, notes)).sum::<usize>()
}

fn block(node: &Node<Block>, notes: bool) -> usize {
    let own = match &node.kind {
        Block::Code { text, .. } => text.len() + text.len() / 16 + 40,
        Block::Math(tex) => formula(tex),
        Block::Table(table) => 60 + 16 * table.cells().count(),
        Block::Verse(stanzas) => 40 + 40 * stanzas.iter().map(Vec::len).sum::<usize>(),
        Block::Figure(_) => 100,
        Block::Title(_)
        | Block::Heading { .. }
        | Block::Paragraph(_)
        | Block::Quote(_)
        | Block::Group(_)
        | Block::List(_)
        | Block::Definitions(_)
        | Block::Bibliography(_)
        | Block::Index(_)
        | Block::Rule
        | Block::PageBreak(_)
        | Block::Comment(_) => 30,
    };
    let mut all = own;
    parts(&node.kind, &mut |part| {
        all += match part {
            Part::Line(text) => inlines(text, notes),
            Part::Blocks(inner) => 20 + blocks(inner, notes),
            Part::Cell(cell) => blocks(&cell.kind.body, notes),
            Part::Image(image) => short_name(&image.kind.target).len() + image.kind.alt.len(),
        }
    });
    all
}

fn inlines(inner: &[Node<Inline>], notes: bool) -> usize {
    inner.iter().map(|node| inline(node, notes)).sum()
}

fn inline(node: &Node<Inline>, notes: bool) -> usize {
    let own = match &node.kind {
        Inline::Text(text) => return text.len() + text.len() / 64,
        Inline::Code(text) => text.len() + 20,
        Inline::Math(tex) => formula(tex),
        Inline::Link(link) => link.target.len() + link.title.len() + 40,
        Inline::Image(image) => short_name(&image.target).len() + image.alt.len() + 60,
        Inline::Note(note) => 110 + if notes { 160 + blocks(&note.body, true) } else { 0 },
        Inline::NoteCall(_) | Inline::PageBreak(_) => 110,
        Inline::Ruby { reading, .. } => reading.len() + 40,
        Inline::Reference(reference) => reference.target.len() + 40,
        Inline::LineBreak | Inline::Styled(..) | Inline::Span(_) | Inline::Citation(_) | Inline::IndexTerm(_) => 40,
        Inline::LineEnd | Inline::Comment(_) => 0,
    };
    own + inlines(inline_children(&node.kind), notes)
}

/// MathML takes some 25 bytes for a letter of TeX.
fn formula(tex: &str) -> usize {
    150 + 26 * tex.len()
}
