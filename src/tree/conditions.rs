//! Stretches that only some outputs have: `{.only-epub}`, `{.not-pdf}`.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::addresses::number_notes;
use super::{
    Attrs, Block, Blocks, Document, Inline, Inlines, Node, NoteId, PartMut, Visit, folio, inline_children_mut, parts_mut,
    walk_blocks,
};

/// Words for outputs in a class, and the format that each means.
const OUTPUTS: &[(&str, &str)] =
    &[("epub", "epub"), ("ebook", "epub"), ("pdf", "pdf"), ("print", "pdf"), ("tei", "tei"), ("txt", "txt"), ("text", "txt")];

/// Whether what bears these attributes stands in a format; none: in every one.
fn stands(attrs: Option<&Attrs>, format: &str) -> bool {
    let classes = attrs.map(|attrs| &attrs.classes[..]).unwrap_or_default();
    let named = |word: &str| OUTPUTS.iter().find(|(own, _)| *own == word).map(|(_, format)| *format);
    let mut only = classes.iter().filter_map(|class| named(class.strip_prefix("only-")?)).peekable();
    let mut not = classes.iter().filter_map(|class| named(class.strip_prefix("not-")?));
    let is_kept = only.peek().is_none() || only.any(|own| own == format);
    is_kept && !not.any(|own| own == format)
}

/// The work as an output of that format has it: without what stands in others only. Ways to what is left out lead nowhere, and are
/// words; notes are numbered anew. The dump of the tree and clean Markdown have all of it.
pub fn for_output<'a>(doc: &'a Document, format: &str) -> Cow<'a, Document> {
    let mut left_out = false;
    if OUTPUTS.iter().any(|(_, own)| *own == format) {
        walk_blocks(&doc.body, &mut |visit| left_out |= !stands(visit.attrs(), format));
    }
    if !left_out {
        return Cow::Borrowed(doc);
    }
    let mut doc = doc.clone();
    let before = present(&doc.body);
    blocks(&mut doc.body, format);
    let after = present(&doc.body);
    let gone = Gone { ids: before.0.difference(&after.0).cloned().collect(), notes: after.1 };
    gone.blocks(&mut doc.body);
    number_notes(&mut doc.body);
    Cow::Owned(doc)
}

/// The ids and the notes of a text.
fn present(body: &Blocks) -> (BTreeSet<String>, BTreeSet<NoteId>) {
    let (mut ids, mut notes) = (BTreeSet::new(), BTreeSet::new());
    walk_blocks(body, &mut |visit| {
        ids.extend(visit.id().map(str::to_owned));
        if let Visit::Inline(Node { kind: Inline::Note(note), .. }) = visit {
            notes.insert(note.id);
        }
    });
    (ids, notes)
}

fn blocks(all: &mut Blocks, format: &str) {
    // With a heading goes its section.
    let mut below: Option<u8> = None;
    all.retain_mut(|node| {
        if let Block::Heading { level, .. } = node.kind {
            if below.is_some_and(|open| level <= open) {
                below = None;
            }
            if below.is_none() && !stands(node.attrs.as_deref(), format) {
                below = Some(level);
            }
        }
        if below.is_some() || !stands(node.attrs.as_deref(), format) {
            return false;
        }
        let was_empty = matches!(&node.kind, Block::Paragraph(text) if text.is_empty());
        parts_mut(&mut node.kind, &mut |part| match part {
            PartMut::Line(text) => line(text, format),
            PartMut::Blocks(inner) => blocks(inner, format),
            PartMut::Cell(cell) => blocks(&mut cell.kind.body, format),
            PartMut::Image(_) => {}
        });
        was_empty || !matches!(&node.kind, Block::Paragraph(text) if text.is_empty())
    });
}

fn line(text: &mut Inlines, format: &str) {
    text.retain_mut(|node| {
        if !stands(node.attrs.as_deref(), format) {
            return false;
        }
        match &mut node.kind {
            Inline::Note(note) => blocks(&mut note.body, format),
            kind => inline_children_mut(kind).into_iter().for_each(|inner| line(inner, format)),
        }
        true
    });
}

/// What was left out.
struct Gone {
    ids: BTreeSet<String>,
    /// The notes that are left.
    notes: BTreeSet<NoteId>,
}

impl Gone {
    fn blocks(&self, all: &mut Blocks) {
        for node in all {
            if let Block::Index(index) = &mut node.kind {
                index.entries.iter_mut().for_each(|entry| self.places(&mut entry.text));
            }
            parts_mut(&mut node.kind, &mut |part| match part {
                PartMut::Line(text) => self.line(text),
                PartMut::Blocks(inner) => self.blocks(inner),
                PartMut::Cell(cell) => self.blocks(&mut cell.kind.body),
                PartMut::Image(_) => {}
            });
        }
    }

    /// Takes the places of an index out that are no more, each with the comma before it.
    fn places(&self, text: &mut Inlines) {
        for at in (0..text.len()).rev() {
            if folio(&text[at]).is_some_and(|(place, _)| self.ids.contains(&place.target)) {
                let comma = at > 0 && matches!(&text[at - 1].kind, Inline::Text(text) if text == ", ");
                text.drain(at - usize::from(comma)..=at);
            }
        }
    }

    fn line(&self, text: &mut Inlines) {
        text.retain(|node| !matches!(&node.kind, Inline::NoteCall(id) if !self.notes.contains(id)));
        for node in text {
            let words = match &mut node.kind {
                Inline::Link(link) if link.target.strip_prefix('#').is_some_and(|id| self.ids.contains(id)) => {
                    Some(&mut link.text)
                }
                Inline::Reference(own) if own.form.leads() && self.ids.contains(&own.target) => Some(&mut own.text),
                _ => None,
            };
            if let Some(words) = words {
                node.kind = Inline::Span(std::mem::take(words));
            }
            match &mut node.kind {
                Inline::Note(note) => self.blocks(&mut note.body),
                kind => inline_children_mut(kind).into_iter().for_each(|inner| self.line(inner)),
            }
        }
    }
}
