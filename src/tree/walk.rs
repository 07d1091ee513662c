//! Walks over the tree in reading order. A closure is all the visitor that a closed tree needs.

use super::{Attrs, Block, Blocks, Cell, Image, Inline, Inlines, Node};
use crate::span::Span;

/// One node on the way.
#[derive(Clone, Copy, Debug)]
pub enum Visit<'a> {
    Block(&'a Node<Block>),
    Inline(&'a Node<Inline>),
    /// A cell of a table, before what it holds.
    Cell(&'a Node<Cell>),
    /// An image of a figure.
    Image(&'a Node<Image>),
}

impl<'a> Visit<'a> {
    /// Where the node stands in the source.
    pub fn span(self) -> Span {
        match self {
            Self::Block(node) => node.span,
            Self::Inline(node) => node.span,
            Self::Cell(node) => node.span,
            Self::Image(node) => node.span,
        }
    }

    pub fn attrs(self) -> Option<&'a Attrs> {
        match self {
            Self::Block(node) => node.attrs.as_deref(),
            Self::Inline(node) => node.attrs.as_deref(),
            Self::Cell(node) => node.attrs.as_deref(),
            Self::Image(node) => node.attrs.as_deref(),
        }
    }

    /// The id that the source gives the node.
    pub fn id(self) -> Option<&'a str> {
        self.attrs()?.id.as_deref()
    }
}

/// A [`Visit`] that may change the node.
#[derive(Debug)]
pub enum VisitMut<'a> {
    Block(&'a mut Node<Block>),
    Inline(&'a mut Node<Inline>),
    Cell(&'a mut Node<Cell>),
    Image(&'a mut Node<Image>),
}

impl VisitMut<'_> {
    /// Where the node stands in the source.
    pub fn span_mut(&mut self) -> &mut Span {
        match self {
            Self::Block(node) => &mut node.span,
            Self::Inline(node) => &mut node.span,
            Self::Cell(node) => &mut node.span,
            Self::Image(node) => &mut node.span,
        }
    }

    pub fn attrs_mut(&mut self) -> &mut Option<Box<Attrs>> {
        match self {
            Self::Block(node) => &mut node.attrs,
            Self::Inline(node) => &mut node.attrs,
            Self::Cell(node) => &mut node.attrs,
            Self::Image(node) => &mut node.attrs,
        }
    }
}

/// What lies inside a block: its lines, blocks, cells and images.
#[derive(Clone, Copy, Debug)]
pub enum Part<'a> {
    Line(&'a Inlines),
    Blocks(&'a Blocks),
    Cell(&'a Node<Cell>),
    Image(&'a Node<Image>),
}

/// A [`Part`] that may be changed.
#[derive(Debug)]
pub enum PartMut<'a> {
    Line(&'a mut Inlines),
    Blocks(&'a mut Blocks),
    Cell(&'a mut Node<Cell>),
    Image(&'a mut Node<Image>),
}

/// Calls `see` with every part of a block, in reading order.
pub fn parts<'a>(kind: &'a Block, see: &mut impl FnMut(Part<'a>)) {
    match kind {
        Block::Title(text) | Block::Heading { text, .. } | Block::Paragraph(text) => see(Part::Line(text)),
        Block::Figure(figure) => {
            figure.images.iter().for_each(|image| see(Part::Image(image)));
            see(Part::Line(&figure.caption));
        }
        Block::Quote(inner) => see(Part::Blocks(inner)),
        Block::Group(group) => {
            see(Part::Line(&group.title));
            see(Part::Blocks(&group.body));
        }
        Block::Verse(stanzas) => stanzas.iter().flatten().for_each(|line| see(Part::Line(&line.text))),
        Block::List(list) => list.items.iter().for_each(|item| see(Part::Blocks(&item.body))),
        Block::Definitions(entries) => {
            for entry in entries {
                see(Part::Line(&entry.term));
                entry.meanings.iter().for_each(|meaning| see(Part::Blocks(meaning)));
            }
        }
        Block::Table(table) => {
            see(Part::Line(&table.caption));
            table.cells().for_each(|cell| see(Part::Cell(cell)));
        }
        Block::Bibliography(bibliography) => bibliography.entries.iter().for_each(|work| see(Part::Line(&work.text))),
        Block::Index(index) => index.entries.iter().for_each(|entry| see(Part::Line(&entry.text))),
        Block::Code { .. } | Block::Math(_) | Block::Rule | Block::PageBreak(_) | Block::Comment(_) => {}
    }
}

/// Calls `see` with each line in reading order, outer lines before those in them, and says whether it is in a note.
pub fn lines_mut(blocks: &mut Blocks, in_note: bool, see: &mut dyn FnMut(&mut Inlines, bool)) {
    blocks.iter_mut().for_each(|node| lines_of_mut(node, in_note, see));
}

/// [`lines_mut`] of one block.
pub fn lines_of_mut(node: &mut Node<Block>, in_note: bool, see: &mut dyn FnMut(&mut Inlines, bool)) {
    block_lines_mut(node, &mut |text| line_mut(text, in_note, see));
}

/// Calls `see` with each line of a block and of those in it, but for what stands in the lines: whoever goes on into them has a way of
/// his own.
pub fn block_lines_mut(node: &mut Node<Block>, see: &mut dyn FnMut(&mut Inlines)) {
    parts_mut(&mut node.kind, &mut |part| match part {
        PartMut::Line(text) => see(text),
        PartMut::Blocks(inner) => inner.iter_mut().for_each(|node| block_lines_mut(node, see)),
        PartMut::Cell(cell) => cell.kind.body.iter_mut().for_each(|node| block_lines_mut(node, see)),
        PartMut::Image(_) => {}
    });
}

fn line_mut(inlines: &mut Inlines, in_note: bool, see: &mut dyn FnMut(&mut Inlines, bool)) {
    see(inlines, in_note);
    for node in inlines {
        match &mut node.kind {
            Inline::Note(note) => lines_mut(&mut note.body, true, see),
            kind => inline_children_mut(kind).into_iter().for_each(|inner| line_mut(inner, in_note, see)),
        }
    }
}

/// [`parts`], for a reader that still changes them.
pub fn parts_mut(kind: &mut Block, see: &mut impl FnMut(PartMut)) {
    match kind {
        Block::Title(text) | Block::Heading { text, .. } | Block::Paragraph(text) => see(PartMut::Line(text)),
        Block::Figure(figure) => {
            figure.images.iter_mut().for_each(|image| see(PartMut::Image(image)));
            see(PartMut::Line(&mut figure.caption));
        }
        Block::Quote(inner) => see(PartMut::Blocks(inner)),
        Block::Group(group) => {
            see(PartMut::Line(&mut group.title));
            see(PartMut::Blocks(&mut group.body));
        }
        Block::Verse(stanzas) => stanzas.iter_mut().flatten().for_each(|line| see(PartMut::Line(&mut line.text))),
        Block::List(list) => list.items.iter_mut().for_each(|item| see(PartMut::Blocks(&mut item.body))),
        Block::Definitions(entries) => {
            for entry in entries {
                see(PartMut::Line(&mut entry.term));
                entry.meanings.iter_mut().for_each(|meaning| see(PartMut::Blocks(meaning)));
            }
        }
        Block::Table(table) => {
            see(PartMut::Line(&mut table.caption));
            let rows = table.head.iter_mut().chain(&mut table.rows);
            rows.flatten().for_each(|cell| see(PartMut::Cell(cell)));
        }
        Block::Bibliography(works) => works.entries.iter_mut().for_each(|work| see(PartMut::Line(&mut work.text))),
        Block::Index(index) => index.entries.iter_mut().for_each(|entry| see(PartMut::Line(&mut entry.text))),
        Block::Code { .. } | Block::Math(_) | Block::Rule | Block::PageBreak(_) | Block::Comment(_) => {}
    }
}

/// Calls `see` with every node below `blocks`, parents before children, notes where they are called.
pub fn walk_blocks<'a>(blocks: &'a [Node<Block>], see: &mut impl FnMut(Visit<'a>)) {
    for block in blocks {
        see(Visit::Block(block));
        parts(&block.kind, &mut |part| part.walk(see));
    }
}

impl<'a> Part<'a> {
    fn walk(self, see: &mut impl FnMut(Visit<'a>)) {
        match self {
            Part::Line(text) => walk_inlines(text, see),
            Part::Blocks(inner) => walk_blocks(inner, see),
            Part::Cell(cell) => {
                see(Visit::Cell(cell));
                walk_blocks(&cell.kind.body, see);
            }
            Part::Image(image) => see(Visit::Image(image)),
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

/// [`walk_blocks`], for a reader that still changes the tree. What `see` puts in a node's place is walked.
pub fn walk_blocks_mut(blocks: &mut Blocks, see: &mut dyn FnMut(VisitMut)) {
    for block in blocks {
        see(VisitMut::Block(block));
        parts_mut(&mut block.kind, &mut |part| match part {
            PartMut::Line(text) => walk_inlines_mut(text, see),
            PartMut::Blocks(inner) => walk_blocks_mut(inner, see),
            PartMut::Cell(cell) => {
                see(VisitMut::Cell(cell));
                walk_blocks_mut(&mut cell.kind.body, see);
            }
            PartMut::Image(image) => see(VisitMut::Image(image)),
        });
    }
}

fn walk_inlines_mut(inlines: &mut Inlines, see: &mut dyn FnMut(VisitMut)) {
    for inline in inlines {
        see(VisitMut::Inline(inline));
        match &mut inline.kind {
            Inline::Note(note) => walk_blocks_mut(&mut note.body, see),
            kind => inline_children_mut(kind).into_iter().for_each(|inner| walk_inlines_mut(inner, see)),
        }
    }
}

/// The inlines that stand inside an inline. A note's body is not among them: it is no part of the line.
pub fn inline_children(kind: &Inline) -> &[Node<Inline>] {
    match kind {
        Inline::Styled(_, inner) | Inline::Span(inner) | Inline::Ruby { base: inner, .. } => inner,
        Inline::Link(link) => &link.text,
        Inline::Citation(citation) => &citation.text,
        Inline::Reference(reference) => &reference.text,
        Inline::Text(_)
        | Inline::LineBreak
        | Inline::Code(_)
        | Inline::Math(_)
        | Inline::Image(_)
        | Inline::IndexTerm(_)
        | Inline::Note(_)
        | Inline::NoteCall(_)
        | Inline::PageBreak(_)
        | Inline::LineEnd
        | Inline::Comment(_) => &[],
    }
}

/// [`inline_children`], for a reader that still changes them.
pub fn inline_children_mut(kind: &mut Inline) -> Option<&mut Inlines> {
    match kind {
        Inline::Styled(_, inner) | Inline::Span(inner) | Inline::Ruby { base: inner, .. } => Some(inner),
        Inline::Link(link) => Some(&mut link.text),
        Inline::Citation(citation) => Some(&mut citation.text),
        Inline::Reference(reference) => Some(&mut reference.text),
        Inline::Text(_)
        | Inline::LineBreak
        | Inline::Code(_)
        | Inline::Math(_)
        | Inline::Image(_)
        | Inline::IndexTerm(_)
        | Inline::Note(_)
        | Inline::NoteCall(_)
        | Inline::PageBreak(_)
        | Inline::LineEnd
        | Inline::Comment(_) => None,
    }
}

/// What a bookmark or an entry in the contents says of a line: its words without notes, styles and milestones, every run of
/// white space one space, none at the ends.
pub fn plain_text(inlines: &[Node<Inline>]) -> String {
    fn say(inlines: &[Node<Inline>], out: &mut String) {
        for inline in inlines {
            match &inline.kind {
                Inline::Text(text) | Inline::Code(text) => out.push_str(text),
                Inline::Math(tex) => out.push_str(&super::formula_words(tex)),
                Inline::LineBreak => out.push(' '),
                Inline::PageBreak(page) if page.space => out.push(' '),
                Inline::Image(image) => out.push_str(&image.alt),
                // One that says nothing yet, or whose work nobody knows.
                Inline::Citation(citation) if citation.text.is_empty() => out.push_str(&citation.source()),
                Inline::Styled(..)
                | Inline::Span(_)
                | Inline::Link(_)
                | Inline::Citation(_)
                | Inline::Reference(_)
                | Inline::Ruby { .. } => say(inline_children(&inline.kind), out),
                Inline::IndexTerm(_)
                | Inline::Note(_)
                | Inline::NoteCall(_)
                | Inline::PageBreak(_)
                | Inline::LineEnd
                | Inline::Comment(_) => {}
            }
        }
    }
    let mut out = String::new();
    say(inlines, &mut out);
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// How many levels stand in each other below `blocks`, those of notes included: a block and each line and inline in it are one
/// each. What readers hold against [`super::MAX_DEPTH`] before they set a note into a line.
pub fn height(blocks: &Blocks) -> usize {
    fn line(inlines: &[Node<Inline>]) -> usize {
        let inner = inlines.iter().map(|node| match &node.kind {
            Inline::Note(note) => height(&note.body),
            kind => line(inline_children(kind)),
        });
        1 + inner.max().unwrap_or(0)
    }
    let mut deepest = 0;
    for node in blocks {
        parts(&node.kind, &mut |part| {
            deepest = deepest.max(match part {
                Part::Line(text) => line(text),
                Part::Blocks(inner) => height(inner),
                Part::Cell(cell) => height(&cell.kind.body),
                Part::Image(_) => 1,
            });
        });
    }
    deepest + 2
}
