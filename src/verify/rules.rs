//! What a format may say otherwise than the tree, and which scripts of a work that makes: a text of millions of words is cut up once
//! for all formats that say it alike.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use super::script::Script;
use crate::env::Env;
use crate::tree::{Block, Document, Image, Inline, Node, PageBreak, ReferenceForm, Visit, walk_blocks};

/// Which pages that begin inside notes a format marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum InNotes {
    No,
    /// Those that begin nowhere else.
    Alone,
    All,
}

/// What a format may say otherwise than the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rules {
    /// Whether zero width joiners are text: in a PDF, glyphs were chosen by them and they are gone.
    pub joiners: bool,
    /// Whether it marks where printed pages begin.
    pub pages: bool,
    /// Which it marks of those that begin inside a note: the list of pages of an EPUB has one place for each.
    pub pages_in_notes: InNotes,
    /// Whether a page without a label is marked, too.
    pub unlabelled: bool,
    /// Whether an image that could not be loaded is an image all the same; else its alt text stands for it.
    pub missing_images: bool,
    /// Whether it has links: what is made for a print shop has none.
    pub links: bool,
    /// Whether it says with words what TEI says with attributes: the titles of images side by side.
    pub panels: bool,
    /// Whether it says by elements of its editors what books say by marks: quotations, gaps. Its title stands in its text, and where its
    /// pointers lead is its editors' word.
    pub encoded: bool,
    /// Whether it says by pages of its own what the tree says by sections.
    pub folios: bool,
}

/// The scripts of a work, each written once for all formats whose rules make no difference to it.
pub struct Scripts<'a> {
    doc: &'a Document,
    env: &'a Env,
    traits: Rules,
    written: Vec<(Rules, OnceLock<Script<'a>>)>,
}

impl<'a> Scripts<'a> {
    /// For formats with these rules.
    pub fn new(doc: &'a Document, env: &'a Env, rules: impl Iterator<Item = Rules>) -> Self {
        let traits = traits(doc, env);
        let needed: BTreeSet<_> = rules.map(|rules| rules.of_work(traits)).collect();
        Self { doc, env, traits, written: needed.into_iter().map(|rules| (rules, OnceLock::new())).collect() }
    }

    pub fn by(&self, rules: Rules) -> Option<&Script<'a>> {
        let rules = rules.of_work(self.traits);
        let (_, script) = self.written.iter().find(|(own, _)| *own == rules)?;
        Some(script.get_or_init(|| Script::of(self.doc, self.env, rules)))
    }
}

impl Rules {
    /// The rules, where those that a work has nothing for are all alike.
    fn of_work(self, traits: Rules) -> Self {
        Self {
            joiners: self.joiners || !traits.joiners,
            pages: self.pages && traits.pages,
            pages_in_notes: if self.pages { self.pages_in_notes.min(traits.pages_in_notes) } else { InNotes::No },
            unlabelled: self.pages && self.unlabelled && traits.unlabelled,
            missing_images: self.missing_images || !traits.missing_images,
            links: self.links && traits.links,
            panels: self.panels && traits.panels,
            folios: self.folios && traits.folios,
            encoded: self.encoded,
        }
    }

    fn page(&mut self, page: &PageBreak) {
        self.pages = true;
        self.unlabelled |= page.label.is_none();
    }

    fn image(&mut self, image: &Image, env: &Env) {
        self.missing_images |= !env.images.contains_key(&image.target);
        self.joiners |= image.alt.contains(JOINERS);
    }
}

/// Which rules can make a difference to a work.
fn traits(doc: &Document, env: &Env) -> Rules {
    let mut traits = Rules {
        joiners: false,
        pages: false,
        pages_in_notes: InNotes::No,
        unlabelled: false,
        missing_images: false,
        links: false,
        panels: false,
        encoded: false,
        folios: false,
    };
    let joins = |text: &str| !text.is_ascii() && text.contains(JOINERS);
    walk_blocks(&doc.body, &mut |visit| match visit {
        Visit::Block(node) => match &node.kind {
            Block::PageBreak(page) => traits.page(page),
            Block::Code { text, .. } => traits.joiners |= joins(text),
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
            | Block::Math(_)
            | Block::Rule
            | Block::Comment(_) => {}
        },
        Visit::Inline(node) => match &node.kind {
            Inline::Text(text) | Inline::Code(text) => traits.joiners |= joins(text),
            Inline::Ruby { reading, .. } => traits.joiners |= joins(reading),
            Inline::PageBreak(page) => traits.page(page),
            Inline::Image(image) => traits.image(image, env),
            Inline::Link(_) => traits.links = true,
            Inline::Reference(reference) => {
                traits.links = true;
                traits.folios |= matches!(reference.form, ReferenceForm::Page | ReferenceForm::Folio);
            }
            Inline::Note(note) if has_pages(&note.body) => traits.pages_in_notes = InNotes::All,
            Inline::LineBreak
            | Inline::LineEnd
            | Inline::Math(_)
            | Inline::Styled(..)
            | Inline::Span(_)
            | Inline::Citation(_)
            | Inline::IndexTerm(_)
            | Inline::Note(_)
            | Inline::NoteCall(_)
            | Inline::Comment(_) => {}
        },
        Visit::Image(node) => {
            traits.image(&node.kind, env);
            traits.panels = true;
        }
        Visit::Cell(_) => {}
    });
    traits
}

/// Characters that join or part others, or choose between their shapes.
const JOINERS: fn(char) -> bool = |c| matches!(c, '\u{200C}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}');

fn has_pages(blocks: &[Node<Block>]) -> bool {
    let mut found = false;
    walk_blocks(blocks, &mut |visit| match visit {
        Visit::Block(node) => found |= matches!(node.kind, Block::PageBreak(_)),
        Visit::Inline(node) => found |= matches!(node.kind, Inline::PageBreak(_)),
        Visit::Cell(_) | Visit::Image(_) => {}
    });
    found
}
