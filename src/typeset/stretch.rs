//! The work cut into stretches of like size that can be set side by side, whatever its chapters are like.

use super::design::{Design, Opening};
use super::folios;
use super::front::{self, Entry};
use super::galley::{Galley, Opens};
use super::page::Role;
use super::paginate::Leaf;
use super::setter::{Place, Setter};
use super::structure::{Aim, Parent, Structure};
use crate::tree::{Block, Document, GroupRole, Inlines, Node, Outline, Section, TitleRun, outline, title_runs, walk_blocks};

/// So many parts make a work one in parts: a single heading over all chapters is its title.
const FEWEST_PARTS: usize = 2;

/// Whether a work has parts: most of the sections that hold others hold nothing else. One chapter that begins with a section among
/// many that begin with words is none.
fn has_parts(sections: &[Section]) -> bool {
    let parts = sections.iter().filter(|section| is_part(section)).count();
    let chapters = sections.iter().filter(|section| !section.sections.is_empty()).count() - parts;
    parts >= FEWEST_PARTS && parts > chapters
}

/// Whether a section holds nothing but sections, and these aren't numbered as sections of a chapter (`2.1`).
fn is_part(section: &Section) -> bool {
    let silent = |node: &Node<Block>| matches!(node.kind, Block::PageBreak(_) | Block::Comment(_));
    let is_numbered_within = |section: &Section| {
        let name = section.name();
        let number = name.split_whitespace().next().unwrap_or_default().trim_end_matches('.');
        let parts = number.split('.').take_while(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
        number.contains('.') && parts.count() == number.split('.').count()
    };
    // Numbers without words are those by which a text is cited, unless pages stand below each.
    let cited = section.sections.iter().all(|inner| inner.title.is_empty())
        && section.sections.iter().map(size).sum::<usize>() < section.sections.len() * LEAST_CHAPTER;
    !section.sections.is_empty()
        && section.body.iter().all(silent)
        && !section.sections.iter().any(is_numbered_within)
        && !cited
}

/// How much of the source a section is, in bytes.
fn size(section: &Section) -> usize {
    let own: usize = section.body.iter().map(|node| node.span.range().len()).sum();
    own + section.sections.iter().map(size).sum::<usize>()
}

/// Chapters of less than a page have names.
const LEAST_CHAPTER: usize = 2_000;

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
    /// Whether sections of the first depth may be parts.
    parts: bool,
    /// What stands in front of the contents on pages of its own: dedication, mottoes.
    pub preliminaries: Vec<&'a Node<Block>>,
    /// What the page behind the title says in the work's own words.
    pub imprint: Vec<&'a Node<Block>>,
}

pub struct Heading {
    pub depth: usize,
    pub title: String,
    /// The same with what is emphasised, raised or lowered in it.
    pub runs: Vec<TitleRun>,
    /// What it is called over pages and in the contents, where the source says so.
    pub short: Option<String>,
    /// The chapter that it is in.
    chapter: u32,
    /// Whether it is a part of the work, which has a page of its own.
    pub part: bool,
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
        /// As what it looks: the chapters of parts look as those of books without parts.
        look: Look,
        heading: &'a Node<Block>,
        title: &'a Inlines,
        opens: Opens,
    },
    Block(&'a Node<Block>, Parent),
}

/// What a section looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    Part,
    /// Of this depth, from the chapter down.
    Depth(usize),
}

impl<'a> Plan<'a> {
    pub fn of(doc: &'a Document, design: &Design) -> Self {
        let view: Outline<'a> = outline(&doc.body);
        let parts = design.parts && has_parts(&view.sections);
        let (opening, preliminaries) = (design.chapters, Vec::new());
        let mut plan = Self { steps: Vec::new(), headings: Vec::new(), opening, parts, preliminaries, imprint: Vec::new() };
        let mut front = design.front.title_page;
        for node in view.preamble {
            match &node.kind {
                Block::Title(_) if design.front.title_page => {}
                Block::PageBreak(_) | Block::Comment(_) => plan.steps.push(Step::Block(node, Parent::Root)),
                Block::Group(group)
                    if front && design.front.imprint && group.role == GroupRole::Imprint && plan.preliminaries.is_empty() =>
                {
                    plan.imprint.push(node);
                }
                Block::Group(group) if front && matches!(group.role, GroupRole::Dedication | GroupRole::Epigraph) => {
                    plan.preliminaries.push(node);
                }
                _ => {
                    // Behind the text's first words they belong to these.
                    front = false;
                    plan.steps.push(Step::Block(node, Parent::Root));
                }
            }
        }
        view.sections.iter().for_each(|section| plan.section(section, Parent::Root, (0, Look::Depth(1))));
        plan
    }

    /// A section in a chapter, and as what those look that stand beside it.
    fn section(&mut self, section: &Section<'a>, parent: Parent, (chapter, beside): (u32, Look)) {
        let number = self.headings.len() as u32;
        let part = self.parts && section.depth == 1 && is_part(section);
        let look = if part { Look::Part } else { beside };
        let chapter = if matches!(look, Look::Part | Look::Depth(1)) { number } else { chapter };
        let (depth, heading, title) = (section.depth, section.heading, section.title);
        let short = section.short().map(str::to_owned);
        self.headings.push(Heading { depth, title: section.name(), runs: title_runs(title), short, chapter, part });
        let behind_part = matches!(self.said_last(), Some(Step::Section { look: Look::Part, .. }));
        let opens = match (look, self.opening) {
            (Look::Part, _) => Opens::Recto,
            (Look::Depth(_), _) if self.labels(depth) => Opens::Nothing,
            // The page behind a part's is left white.
            (Look::Depth(1), Opening::Recto | Opening::Page) if behind_part => Opens::Recto,
            (Look::Depth(1), Opening::Recto) => Opens::Recto,
            (Look::Depth(1), Opening::Page) => Opens::Page,
            (Look::Depth(1), Opening::RunOn) if behind_part => Opens::Page,
            (Look::Depth(_), _) => Opens::Nothing,
        };
        let own = Parent::Section(number);
        self.steps.extend(section.lead.iter().map(|node| Step::Block(node, parent)));
        self.steps.push(Step::Section { number, parent, depth, look, heading, title, opens });
        self.steps.extend(section.body.iter().map(|node| Step::Block(node, own)));
        let inside = match look {
            Look::Part => Look::Depth(1),
            Look::Depth(depth) => Look::Depth(depth + 1),
        };
        section.sections.iter().for_each(|inner| self.section(inner, own, (chapter, inside)));
    }

    /// The last step, but for what nobody sees.
    fn said_last(&self) -> Option<&Step<'a>> {
        let aside = |step: &&Step| matches!(step, Step::Block(Node { kind: Block::PageBreak(_) | Block::Comment(_), .. }, _));
        self.steps.iter().rev().find(|step| !aside(step))
    }

    /// Whether what stands right before is a heading of the same depth and nothing else: a label (`Chapter I`), whose title comes
    /// now. Both are one opening.
    fn labels(&self, depth: usize) -> bool {
        matches!(self.said_last(), Some(Step::Section { depth: known, .. }) if *known == depth)
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

    /// Whether the work has parts above its chapters.
    pub fn has_parts(&self) -> bool {
        self.parts
    }

    /// The heading of the chapter that a section is in.
    pub fn chapter(&self, section: u32) -> &Heading {
        &self.headings[self.headings[section as usize].chapter as usize]
    }

    /// How many pages there may be, from the size of the source.
    pub fn guess(&self, design: &Design, title: &str) -> usize {
        let size: usize = self.steps.iter().map(Step::size).sum();
        let width = design.trim.width - design.margins.inner - design.margins.outer;
        let height = design.trim.height - design.margins.top - design.margins.bottom;
        // A letter is about 0.43 em wide; nine tenths of a page is text.
        let letters = width / (design.text.size * 0.43) * height / design.text.leading * 0.9;
        // A title may be a book: what stands of it on more pages than one is counted.
        let front = [(design.front.half_title, front::HALF_TITLE), (design.front.title_page, front::TITLE)];
        let shown = front.into_iter().filter(|(stands, _)| *stands);
        let title: f32 = shown.map(|(_, size)| (title.len() as f32 * size * size / letters.max(1.0) - 1.0).max(0.0)).sum();
        (size as f32 / letters.max(1.0) + title + self.other_pages()) as usize
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
                title: heading.short.as_ref().unwrap_or(&heading.title).clone(),
                runs: if heading.short.is_none() { heading.runs.clone() } else { Vec::new() },
                page,
                aim: Aim::Heading(section as u32),
            })
            .collect()
    }
}

impl Stretch<'_, '_> {
    /// Whether it names pages, so that it is set anew when these are known.
    pub fn names_pages(&self) -> bool {
        self.steps.iter().any(|step| {
            let (Step::Block(node, _) | Step::Section { heading: node, .. }) = step;
            let mut names = false;
            walk_blocks(std::slice::from_ref(*node), &mut |visit| names |= !folios::named(&visit).is_empty());
            names
        })
    }

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
    setter.flow.first = stretch.first;
    for step in stretch.steps {
        match *step {
            Step::Block(node, parent) => setter.block(node, &Place::text(design, measure, parent, lang)),
            Step::Section { number, parent, depth, look, heading, title, opens } => {
                let section = setter.structure.begin(Role::Section, parent);
                setter.structure.sections.push((number, section));
                let place = Place::text(design, measure, Parent::Element(section), heading.lang().unwrap_or(lang));
                let start = setter.slugs.len();
                let element = setter.heading(title, heading, depth, look, &place);
                setter.structure.headings.push((number, element));
                if let Some(slug) = setter.slugs.get_mut(start) {
                    slug.section = Some(number);
                }
                let sink = if look == Look::Part { setter.part_sink() } else { design.sink };
                if opens != Opens::Nothing {
                    setter.opens(start, opens, sink);
                }
                if look == Look::Depth(1) {
                    setter.begin_chapter(&place);
                }
            }
        }
    }
    setter.take()
}
