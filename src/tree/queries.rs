//! Questions that many ask of a tree, answered in one place, so that a new kind of node is thought of once.

use std::collections::BTreeMap;

use super::{
    ABBREVIATIONS, Attrs, Block, Blocks, Group, Image, Inline, Inlines, Node, PageBreak, TERM, Visit, plain_text, walk_blocks,
};
use crate::span::Span;

/// Which kinds of nodes a tree has that few trees have: whoever looks for some of them need not go through a book without any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kinds {
    pub citations: bool,
    pub references: bool,
    /// Links whose words leave something open: nothing at all, or names in braces.
    pub open_links: bool,
    /// Links, and those that may lead to a place of the work.
    pub links: bool,
    pub inner_links: bool,
    /// Text that looks like a note's call, `[^4]`.
    pub open_calls: bool,
    pub index_terms: bool,
    pub pages: bool,
    /// Stretches that are terms of a glossary.
    pub terms: bool,
}

/// The kinds of nodes below `body`.
pub fn kinds(body: &Blocks) -> Kinds {
    let mut kinds = Kinds::default();
    walk_blocks(body, &mut |visit| match visit {
        Visit::Block(node) => kinds.pages |= matches!(node.kind, Block::PageBreak(_)),
        Visit::Inline(node) => {
            kinds.terms |= node.attrs.as_deref().is_some_and(is_term);
            kinds.see(&node.kind);
        }
        Visit::Cell(_) | Visit::Image(_) => {}
    });
    kinds
}

impl Kinds {
    fn see(&mut self, inline: &Inline) {
        match inline {
            Inline::Citation(_) => self.citations = true,
            Inline::Reference(_) => self.references = true,
            Inline::Link(link) => {
                self.links = true;
                self.open_links |= leaves_open(&link.text);
                self.inner_links |= !["https://", "http://"].iter().any(|scheme| link.target.starts_with(scheme));
            }
            Inline::Text(text) => {
                self.open_calls |=
                    !self.open_calls && memchr::memchr_iter(b'[', text.as_bytes()).any(|at| text[at..].starts_with("[^"));
            }
            Inline::IndexTerm(_) => self.index_terms = true,
            Inline::PageBreak(_) => self.pages = true,
            Inline::LineBreak
            | Inline::Styled(..)
            | Inline::Span(_)
            | Inline::Code(_)
            | Inline::Math(_)
            | Inline::Image(_)
            | Inline::Ruby { .. }
            | Inline::Note(_)
            | Inline::NoteCall(_)
            | Inline::LineEnd
            | Inline::Comment(_) => {}
        }
    }
}

/// Whether a stretch is a term of a glossary.
pub fn is_term(attrs: &Attrs) -> bool {
    attrs.classes.iter().any(|class| class == TERM)
}

fn leaves_open(text: &Inlines) -> bool {
    let has_brace = |node: &Node<Inline>| matches!(&node.kind, Inline::Text(text) if text.contains('{'));
    text.is_empty() || text.iter().any(has_brace)
}

/// The pages of the printed source that begin in `body`, in reading order, those in notes among them.
pub fn pages(body: &Blocks) -> Vec<(&PageBreak, Span)> {
    let mut pages = Vec::new();
    walk_blocks(body, &mut |visit| match visit {
        Visit::Block(Node { kind: Block::PageBreak(page), span, .. }) => pages.push((page, *span)),
        Visit::Inline(Node { kind: Inline::PageBreak(page), span, .. }) => pages.push((page, *span)),
        Visit::Block(_) | Visit::Inline(_) | Visit::Cell(_) | Visit::Image(_) => {}
    });
    pages
}

/// The images of `body`, in reading order, in figures as in lines.
pub fn images(body: &Blocks) -> Vec<(&Image, Span)> {
    let mut images = Vec::new();
    walk_blocks(body, &mut |visit| match visit {
        Visit::Image(node) => images.push((&node.kind, node.span)),
        Visit::Inline(Node { kind: Inline::Image(image), span, .. }) => images.push((image, *span)),
        Visit::Block(_) | Visit::Inline(_) | Visit::Cell(_) => {}
    });
    images
}

/// Calls `see` with each stretch of letters that a reader of `body` may see, formulas and what stands for images among them, in
/// reading order.
pub fn texts<'a>(body: &'a Blocks, see: &mut impl FnMut(&'a str, Span)) {
    walk_blocks(body, &mut |visit| match visit {
        Visit::Block(node) => match &node.kind {
            Block::Code { text, .. } | Block::Math(text) => see(text, node.span),
            Block::Heading { number: Some(number), .. } => see(number, node.span),
            Block::Title(_)
            | Block::Heading { .. }
            | Block::Paragraph(_)
            | Block::Quote(_)
            | Block::Group(_)
            | Block::Verse(_)
            | Block::List(_)
            | Block::Definitions(_)
            | Block::Table(_)
            | Block::Figure(_)
            | Block::Bibliography(_)
            | Block::Index(_)
            | Block::Rule
            | Block::PageBreak(_)
            | Block::Comment(_) => {}
        },
        Visit::Inline(node) => match &node.kind {
            Inline::Text(text) | Inline::Code(text) | Inline::Math(text) => see(text, node.span),
            Inline::Image(image) => see(&image.alt, node.span),
            Inline::Ruby { reading, .. } => see(reading, node.span),
            Inline::LineBreak
            | Inline::Styled(..)
            | Inline::Span(_)
            | Inline::Link(_)
            | Inline::Citation(_)
            | Inline::Reference(_)
            | Inline::IndexTerm(_)
            | Inline::Note(_)
            | Inline::NoteCall(_)
            | Inline::PageBreak(_)
            | Inline::LineEnd
            | Inline::Comment(_) => {}
        },
        Visit::Image(node) => see(&node.kind.alt, node.span),
        Visit::Cell(_) => {}
    });
}

/// What the work's abbreviations stand for, by the lists that `body` has of them: the first meaning of each.
pub fn abbreviations(body: &Blocks) -> BTreeMap<String, String> {
    let mut known = BTreeMap::new();
    walk_blocks(body, &mut |visit| {
        let Visit::Block(Node { kind: Block::Group(Group { body, .. }), attrs: Some(attrs), .. }) = visit else { return };
        if !attrs.classes.iter().any(|class| class == ABBREVIATIONS) {
            return;
        }
        let entries =
            body.iter().filter_map(|node| if let Block::Definitions(entries) = &node.kind { Some(entries) } else { None });
        for entry in entries.flatten() {
            let term = plain_text(&entry.term);
            if let Some([Node { kind: Block::Paragraph(line), .. }]) = entry.meanings.first().map(Vec::as_slice)
                && !term.is_empty()
                && !line.is_empty()
            {
                known.entry(term).or_insert_with(|| plain_text(line));
            }
        }
    });
    known
}
