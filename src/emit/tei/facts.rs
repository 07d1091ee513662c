//! What the header says of the text, counted in it.

use std::collections::BTreeMap;

use crate::tree::{Block, Document, Inline, Node, Part, inline_children, parts};

#[derive(Default)]
pub struct Facts<'a> {
    /// Words by language, the work's own included, even if it has none.
    pub languages: BTreeMap<&'a str, usize>,
    /// The printed pages that the text names. None where it has no page breaks.
    pub pages: usize,
    /// Whether the pages bear labels.
    pub labels: bool,
    pub notes: usize,
    pub formulas: bool,
    pub line_ends: bool,
    pub furniture: bool,
}

impl<'a> Facts<'a> {
    pub fn of(doc: &'a Document) -> Self {
        let mut facts = Facts::default();
        facts.languages.insert(&doc.meta.language, 0);
        facts.blocks(&doc.body, &doc.meta.language);
        facts
    }

    pub fn words(&self) -> usize {
        self.languages.values().sum()
    }

    fn blocks(&mut self, blocks: &'a [Node<Block>], lang: &'a str) {
        for node in blocks {
            let lang = node.lang().unwrap_or(lang);
            match &node.kind {
                Block::PageBreak(page) => self.page(page),
                Block::Math(_) => self.formulas = true,
                Block::Title(_)
                | Block::Heading { .. }
                | Block::Paragraph(_)
                | Block::Quote(_)
                | Block::Group(_)
                | Block::Verse(_)
                | Block::List(_)
                | Block::Definitions(_)
                | Block::Table(_)
                | Block::Code { .. }
                | Block::Figure(_)
                | Block::Bibliography(_)
                | Block::Index(_)
                | Block::Rule
                | Block::Comment(_) => {}
            }
            parts(&node.kind, &mut |part| match part {
                Part::Line(line) => self.line(line, lang, &mut false),
                Part::Blocks(inner) => self.blocks(inner, lang),
                Part::Cell(cell) => self.blocks(&cell.kind.body, cell.lang().unwrap_or(lang)),
                Part::Image(_) => {}
            });
        }
    }

    fn page(&mut self, page: &crate::tree::PageBreak) {
        self.pages += 1;
        self.labels |= page.label.is_some();
        self.furniture |= !page.furniture.is_empty();
    }

    /// `within`: whether a word has begun that may go on in the next node.
    fn line(&mut self, inlines: &'a [Node<Inline>], lang: &'a str, within: &mut bool) {
        for node in inlines {
            let lang = node.lang().unwrap_or(lang);
            match &node.kind {
                Inline::Text(text) | Inline::Code(text) => self.text(text, lang, within),
                Inline::LineBreak => *within = false,
                Inline::PageBreak(page) => {
                    self.page(page);
                    *within &= !page.space;
                }
                Inline::Note(note) => {
                    self.notes += 1;
                    self.blocks(&note.body, lang);
                }
                Inline::Math(_) => self.formulas = true,
                Inline::LineEnd => self.line_ends = true,
                Inline::Styled(..)
                | Inline::Span(_)
                | Inline::Link(_)
                | Inline::Citation(_)
                | Inline::Reference(_)
                | Inline::Ruby { .. } => self.line(inline_children(&node.kind), lang, within),
                Inline::Image(_) | Inline::IndexTerm(_) | Inline::NoteCall(_) | Inline::Comment(_) => {}
            }
        }
    }

    fn text(&mut self, text: &str, lang: &'a str, within: &mut bool) {
        if text.is_empty() {
            return;
        }
        let goes_on = *within && !text.starts_with(char::is_whitespace);
        *within = !text.ends_with(char::is_whitespace);
        *self.languages.entry(lang).or_default() += text.split_whitespace().count().saturating_sub(usize::from(goes_on));
    }
}
