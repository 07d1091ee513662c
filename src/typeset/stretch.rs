//! The work cut into stretches of like size that can be set side by side, whatever its chapters are like.

use super::design::{Design, Opening};
use super::front::Entry;
use super::galley::{Galley, Opens};
use super::page::Role;
use super::paginate::Leaf;
use super::setter::{Place, Setter};
use super::structure::{Parent, Structure};
use crate::tree::{Block, Document, Inlines, Node, Outline, Section, outline};

/// How much of the source a stretch holds, in bytes: small enough for an essay to keep two threads busy, large enough that
/// cutting costs nothing.
const STRETCH: usize = 24 * 1024;

/// What a table of contents and the pages before it come to, about: for a first guess at the number of pages.
const ENTRIES_ON_PAGE: f32 = 30.0;
const FRONT_PAGES: f32 = 6.0;

/// The work as a row of steps, and its headings.
pub struct Plan<'a> {
    steps: Vec<Step<'a>>,
    /// By the number of their section.
    pub headings: Vec<Heading>,
    opening: Opening,
}

pub struct Heading {
    pub depth: usize,
    pub title: String,
    /// The section of the first depth that it is in.
    chapter: u32,
}

/// What one thread sets at a time.
pub struct Stretch<'p, 'a> {
    steps: &'p [Step<'a>],
    /// Whether a paragraph at its start needs no indent.
    first: bool,
}

/// What is set in one go.
#[derive(Clone, Copy)]
pub enum Step<'a> {
    /// A section begins, with its heading.
    Section {
        number: u32,
        parent: Parent,
        depth: usize,
        heading: &'a Node<Block>,
        title: &'a Inlines,
        opens: Opens,
    },
    Block(&'a Node<Block>, Parent),
}

impl<'a> Plan<'a> {
    pub fn of(doc: &'a Document, design: &Design) -> Self {
        let view: Outline<'a> = outline(&doc.body);
        let mut plan = Self { steps: Vec::new(), headings: Vec::new(), opening: design.chapters };
        let said = |node: &&Node<Block>| !design.front.title_page || !matches!(node.kind, Block::Title(_));
        plan.steps.extend(view.preamble.iter().filter(said).map(|node| Step::Block(node, Parent::Root)));
        let chapter = plan.headings.len() as u32;
        view.sections.iter().for_each(|section| plan.section(section, Parent::Root, chapter));
        plan
    }

    fn section(&mut self, section: &Section<'a>, parent: Parent, chapter: u32) {
        let number = self.headings.len() as u32;
        let chapter = if section.depth == 1 { number } else { chapter };
        let (depth, heading, title) = (section.depth, section.heading, section.title);
        self.headings.push(Heading { depth, title: section.name(), chapter });
        let opens = match self.opening {
            _ if self.labels(depth) => Opens::Nothing,
            Opening::Recto if depth == 1 => Opens::Recto,
            Opening::Page if depth == 1 => Opens::Page,
            _ => Opens::Nothing,
        };
        let own = Parent::Section(number);
        self.steps.extend(section.lead.iter().map(|node| Step::Block(node, parent)));
        self.steps.push(Step::Section { number, parent, depth, heading, title, opens });
        self.steps.extend(section.body.iter().map(|node| Step::Block(node, own)));
        section.sections.iter().for_each(|inner| self.section(inner, own, chapter));
    }

    /// Whether what stands right before is a heading of the same depth and nothing else: a label (`Chapter I`), whose title comes
    /// now. Both are one opening.
    fn labels(&self, depth: usize) -> bool {
        let aside = |step: &&Step| matches!(step, Step::Block(Node { kind: Block::PageBreak(_) | Block::Comment(_), .. }, _));
        let before = self.steps.iter().rev().find(|step| !aside(step));
        matches!(before, Some(Step::Section { depth: known, .. }) if *known == depth)
    }

    /// The steps in stretches of like size. Page breaks stay with what they stand before.
    pub fn stretches(&self) -> Vec<Stretch<'_, 'a>> {
        let (mut all, mut start, mut size) = (Vec::new(), 0, 0);
        let cut = |range: std::ops::Range<usize>| {
            // A figure is no part of the row of paragraphs.
            let figure = |step: &&Step| matches!(step, Step::Block(Node { kind: Block::Figure(_), .. }, _));
            let before = self.steps[..range.start].iter().rev().find(|step| !figure(step));
            let first = !matches!(before, Some(Step::Block(Node { kind: Block::Paragraph(_), .. }, _)));
            Stretch { steps: &self.steps[range], first }
        };
        for (at, step) in self.steps.iter().enumerate() {
            let leads = at > start && matches!(self.steps[at - 1], Step::Block(Node { kind: Block::PageBreak(_), .. }, _));
            let follows = at > start && matches!(self.steps[at - 1], Step::Section { .. });
            if size > STRETCH && !leads && !follows {
                all.push(cut(start..at));
                (start, size) = (at, 0);
            }
            size += step.size();
        }
        all.push(cut(start..self.steps.len()));
        all
    }

    /// The title of the chapter that a section is in.
    pub fn chapter(&self, section: u32) -> &str {
        &self.headings[self.headings[section as usize].chapter as usize].title
    }

    /// How many pages there may be, from the size of the source.
    pub fn guess(&self, design: &Design) -> usize {
        let size: usize = self.steps.iter().map(Step::size).sum();
        let width = design.trim.width - design.margins.inner - design.margins.outer;
        let height = design.trim.height - design.margins.top - design.margins.bottom;
        // A letter is about 0.43 em wide; nine tenths of a page is text.
        let letters = width / (design.text.size * 0.43) * height / design.text.leading * 0.9;
        (size as f32 / letters.max(1.0) + self.other_pages()) as usize
    }

    /// How many pages there are besides those that the text fills, as likely as not: half a page at each chapter's end, and half
    /// of the next where a chapter opens on a recto; the contents; the title and what stands around it.
    pub fn other_pages(&self) -> f32 {
        let white = |step: &Step| match step {
            Step::Section { opens: Opens::Page, .. } => 0.5,
            Step::Section { opens: Opens::Recto, .. } => 1.0,
            Step::Section { opens: Opens::Nothing, .. } | Step::Block(..) => 0.0,
        };
        self.steps.iter().map(white).sum::<f32>() + self.headings.len() as f32 / ENTRIES_ON_PAGE + FRONT_PAGES
    }

    /// The contents of the work.
    pub fn entries(&self, leaves: &[Leaf]) -> Vec<Entry> {
        let mut pages = vec![String::new(); self.headings.len()];
        for leaf in leaves {
            leaf.sections.iter().for_each(|section| pages[*section as usize].clone_from(&leaf.page.label));
        }
        let entries = self.headings.iter().zip(pages).enumerate();
        entries
            .map(|(section, (heading, page))| Entry {
                depth: heading.depth,
                title: heading.title.clone(),
                section: section as u32,
                page,
            })
            .collect()
    }
}

impl Stretch<'_, '_> {
    /// In bytes of the source.
    pub fn size(&self) -> usize {
        self.steps.iter().map(Step::size).sum()
    }
}

impl Step<'_> {
    fn size(&self) -> usize {
        let (Self::Block(node, _) | Self::Section { heading: node, .. }) = self;
        node.span.range().len()
    }
}

/// Sets a stretch.
pub fn set<'a>(stretch: &Stretch<'_, 'a>, lang: &'a str, setter: &mut Setter<'a>) -> (Galley, Structure) {
    let (design, measure) = (setter.design, setter.measure);
    setter.first = stretch.first;
    for step in stretch.steps {
        match *step {
            Step::Block(node, parent) => setter.block(node, &Place::text(design, measure, parent, lang)),
            Step::Section { number, parent, depth, heading, title, opens } => {
                let section = setter.structure.begin(Role::Section, parent);
                setter.structure.sections.push((number, section));
                let place = Place::text(design, measure, Parent::Element(section), heading.lang().unwrap_or(lang));
                let start = setter.slugs.len();
                let element = setter.heading(title, heading, depth, &place);
                setter.structure.headings.push((number, element));
                if let Some(slug) = setter.slugs.get_mut(start) {
                    slug.section = Some(number);
                }
                if opens != Opens::Nothing {
                    setter.opens(start, opens, design.sink);
                }
            }
        }
    }
    setter.take()
}
