//! Clean Markdown: the restored text as an editor would want to go on from it, pages, notes and metadata with it. What this
//! program reads from it again is the same tree; tests hold that for every text they have.

mod blocks;
mod escape;
mod front;
mod html;
mod line;
mod names;

use std::collections::BTreeMap;

use super::{Backend, EmitError, Output};
use crate::env::Env;
use crate::format::Format;
use crate::report::Report;
use crate::span::Span;
use crate::tree::{Block, Document, Node, Note, abbreviations, plain_text};
use names::Names;

/// Markdown with the marks that this program's reader knows (`tetrapla restore`).
pub struct Markdown;

impl Backend for Markdown {
    fn name(&self) -> &'static str {
        Format::Markdown.name()
    }

    fn emit(&self, doc: &Document, _: &Env, report: &mut Report) -> Result<Output, EmitError> {
        let (names, abbreviations) = (Names::of(doc), abbreviations(&doc.body));
        let mut writer = Writer { names, abbreviations, report, pending: Vec::new(), is_parted: false };
        let mut out = front::front_matter(doc, !first_heading_is_title(doc));
        writer.body(&doc.body, &mut out);
        Ok(Output::File { extension: Format::Markdown.extension(), bytes: out.into_bytes() })
    }
}

/// Whether the metadata took their title from the text's first heading, which is a heading all the same. If the front matter
/// named the title, that heading would be read as the title of the work.
fn first_heading_is_title(doc: &Document) -> bool {
    let words = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let first = doc.body.iter().find_map(|node| match &node.kind {
        Block::Title(_) => Some(None),
        Block::Heading { text, .. } => Some(Some(plain_text(text))),
        _ => None,
    });
    first.flatten().is_some_and(|first| words(&first) == words(&doc.meta.title))
}

struct Writer<'a> {
    names: Names,
    /// What the work's own lists say of its abbreviations: readers mark them anew.
    abbreviations: BTreeMap<String, String>,
    report: &'a mut Report,
    /// Notes that were called and are still to be written.
    pending: Vec<&'a Note>,
    /// Whether blank lines had to be written between the blocks of a tight item, which make a list of Markdown loose.
    is_parted: bool,
}

impl<'a> Writer<'a> {
    /// The text, the notes of each section behind it.
    fn body(&mut self, body: &'a [Node<Block>], out: &mut String) {
        let mut from = 0;
        for at in 0..=body.len() {
            let next = &body[at..];
            let ends = next.is_empty() || at > from && opens_section(next) && !matches!(body[at - 1].kind, Block::PageBreak(_));
            if ends {
                let section = self.blocks(&body[from..at], blocks::Within::Body);
                add(out, &section);
                self.notes(out);
                from = at;
            }
        }
    }

    fn notes(&mut self, out: &mut String) {
        while !self.pending.is_empty() {
            for note in std::mem::take(&mut self.pending) {
                let definition = self.definition(note);
                add(out, &definition);
            }
        }
    }

    fn attributes_lost(&mut self, span: Span) {
        self.report
            .warn("md-attributes", span, "Markdown has no place for the id, language or class of this node")
            .hint("it is left out of the Markdown; every other output has it");
    }
}

/// Whether a heading follows, or page breaks that lead to one.
fn opens_section(blocks: &[Node<Block>]) -> bool {
    let first = blocks.iter().find(|node| !matches!(node.kind, Block::PageBreak(_)));
    first.is_some_and(|node| matches!(node.kind, Block::Heading { .. } | Block::Title(_)))
}

/// Adds a part, a blank line before it.
fn add(out: &mut String, part: &str) {
    if !part.is_empty() {
        out.push('\n');
        out.push_str(part);
        out.push('\n');
    }
}
