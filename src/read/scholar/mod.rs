//! What scholars add to a text, resolved when the whole work is read: citations by a style, and the bibliography.

mod abbreviations;
mod bibtex;
mod citations;
mod glossary;
mod index;
mod items;
mod library;
mod mend;
mod printed;
mod prune;
mod references;
mod style;
mod terms;
mod tex;
mod words;

pub(super) use abbreviations::{definition as abbreviation, resolve as abbreviations};
pub(super) use citations::{drop_places as no_citations, resolve as citations};
pub(super) use glossary::glossary;
pub(super) use index::{ids as index_ids, listings, make as indexes};
pub(super) use printed::link as printed_index;
pub(super) use references::{named_things, resolve as references};
use serde_json::Value as Json;
pub(super) use terms::mark as index_terms;
use words::Words;

use super::metadata::{self, Entry, switch};
use super::{FileName, Manuscript, clean};
use crate::report::Report;
use crate::span::Span;
use crate::tree::{Attrs, Block, Ids, Inline, Inlines, Node, Part, Reference, ReferenceForm};

/// What a work says of its citations: pandoc's names for it, and one of our own.
#[derive(Clone, Debug, Default)]
pub struct Apparatus {
    /// Files with works that may be cited.
    pub libraries: Vec<FileName>,
    /// Works that the metadata themselves describe, and where.
    pub works: Vec<(Json, Span)>,
    /// A style's name, or its file.
    pub style: Option<FileName>,
    /// Works that stand in the bibliography though nothing cites them; `*`: all.
    pub listed: Vec<String>,
    /// A file of terms that are to be found for the index.
    pub terms: Option<FileName>,
    /// What stands over the bibliography.
    pub title: Option<String>,
    /// Whether headings are numbered.
    pub number_sections: bool,
    /// Whether figures, tables and the like are numbered in each chapter anew.
    pub by_chapter: bool,
    /// Whether each chapter lists the works that it cites.
    pub listed_by_chapter: bool,
}

/// The fields of the metadata that are about citations.
pub const FIELDS: &[&str] = &[
    "bibliography",
    "references",
    "csl",
    "citation-style",
    "citationstyle",
    "nocite",
    "reference-section-title",
    "link-citations",
    "citeproc",
    "suppress-bibliography",
    "index-terms",
    "number-sections",
    "numbersections",
    "number-by-chapter",
    "bibliography-by-chapter",
    "chapters",
];

impl Apparatus {
    /// What the project and the front matter of the chapters say: the first that says a thing counts, libraries add up.
    pub fn of(manuscript: &Manuscript) -> Self {
        let mut own = Self::default();
        if let Some(project) = &manuscript.project {
            own.take(project.metadata.entries());
        }
        for place in manuscript.chapters() {
            if let Some(file) = place.file {
                own.take(&metadata::front_matter(&manuscript.sources, file, &mut Report::default()).entries);
            }
        }
        own
    }

    fn take(&mut self, entries: &[Entry]) {
        for entry in entries {
            let each = || entry.said.clone().each().into_iter().filter_map(|said| Some((said.line()?, said.span)));
            let first = || each().next().map(|(name, span)| FileName { name, span });
            let is_true = || each().next().and_then(|(said, _)| switch(&said)) == Some(true);
            match entry.name.as_str() {
                "bibliography" => {
                    for (name, span) in each() {
                        if !self.libraries.iter().any(|known| known.name == name) {
                            self.libraries.push(FileName { name, span });
                        }
                    }
                }
                "references" => {
                    let works = entry.said.clone().each().into_iter().map(|said| (said.json(), said.span));
                    self.works.extend(works.filter(|(work, _)| work.get("id").is_some()));
                }
                "csl" | "citation-style" | "citationstyle" => self.style = self.style.take().or_else(first),
                "nocite" => {
                    for (said, _) in each() {
                        self.listed
                            .extend(said.split([' ', ',', ';']).filter_map(|key| key.strip_prefix('@')).map(clean::line));
                    }
                }
                "index-terms" => self.terms = self.terms.take().or_else(first),
                "number-sections" | "numbersections" => self.number_sections |= is_true(),
                "number-by-chapter" | "chapters" => self.by_chapter |= is_true(),
                "bibliography-by-chapter" => self.listed_by_chapter |= is_true(),
                "reference-section-title" => self.title = self.title.take().or_else(|| first().map(|said| said.name)),
                _ => {}
            }
        }
    }
}

/// A text that the work's sources do not say.
fn said(text: impl Into<String>, span: Span) -> Inlines {
    vec![Node::new(Inline::Text(text.into()), span)]
}

/// A heading that the program gives to what it gathers: its words are a reader's label, not the author's.
fn heading(name: &str, words: String, level: u8, span: Span, ids: &mut Ids) -> Node<Block> {
    let text = Reference { target: name.to_owned(), through: None, form: ReferenceForm::Label, text: said(words, span) };
    let kind = Block::Heading { level, number: None, text: vec![Node::new(Inline::Reference(text), span)] };
    let classes = vec![name.to_owned(), "unnumbered".to_owned()];
    let attrs = Attrs { id: Some(ids.fresh(name.to_owned())), classes, ..Attrs::default() };
    Node { kind, span, attrs: Some(Box::new(attrs)) }
}

/// Whether a heading has nothing below it but what no reader sees, up to the next.
fn is_bare(blocks: &[Node<Block>], heading: usize) -> bool {
    let behind = blocks[heading + 1..].iter().take_while(|node| !matches!(node.kind, Block::Heading { .. }));
    behind.into_iter().all(|node| {
        let mut empty = true;
        crate::tree::parts(&node.kind, &mut |part| empty &= matches!(part, Part::Line(line) if line.is_empty()));
        empty && matches!(node.kind, Block::Comment(_) | Block::PageBreak(_))
    })
}
