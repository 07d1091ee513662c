//! Where links lead, said in notes: on paper nobody follows a link.

use std::collections::BTreeMap;

use super::{
    Block, Blocks, Document, Inline, Inlines, Link, Node, Note, NoteId, NotePlace, PartMut, VisitMut, inline_children_mut,
    parts_mut, plain_text, walk_blocks_mut,
};

/// A work whose links to addresses have these in notes of their own, behind them; in notes, and in headings, which come again in
/// contents and at the head of pages, they stand in brackets. All notes are numbered anew, in their order.
pub fn links_as_notes(doc: &Document) -> Document {
    let mut doc = doc.clone();
    let mut writer = Writer { next: 1 << 24, notes: true };
    writer.blocks(&mut doc.body);
    number_notes(&mut doc.body);
    doc
}

/// Numbers the notes of a text anew, in the order in which they are first called.
pub(super) fn number_notes(body: &mut Blocks) {
    let mut numbers = BTreeMap::new();
    let mut count = 0;
    let mut number = |own: NoteId| {
        *numbers.entry(own).or_insert_with(|| {
            count += 1;
            NoteId(count)
        })
    };
    walk_blocks_mut(body, &mut |visit| match visit {
        VisitMut::Inline(Node { kind: Inline::Note(note), .. }) => note.id = number(note.id),
        VisitMut::Inline(Node { kind: Inline::NoteCall(id), .. }) => *id = number(*id),
        VisitMut::Inline(_) | VisitMut::Block(_) | VisitMut::Cell(_) | VisitMut::Image(_) => {}
    });
}

struct Writer {
    /// The number of the next note: beyond those of any work, until all are numbered.
    next: u32,
    /// Whether notes may be called here.
    notes: bool,
}

impl Writer {
    fn blocks(&mut self, blocks: &mut Blocks) {
        for node in blocks {
            let notes = self.notes;
            self.notes &=
                !matches!(node.kind, Block::Title(_) | Block::Heading { .. } | Block::Bibliography(_) | Block::Index(_));
            parts_mut(&mut node.kind, &mut |part| match part {
                PartMut::Line(line) => self.line(line),
                PartMut::Blocks(inner) => self.blocks(inner),
                PartMut::Cell(cell) => self.blocks(&mut cell.kind.body),
                PartMut::Image(_) => {}
            });
            self.notes = notes;
        }
    }

    fn line(&mut self, line: &mut Inlines) {
        for at in (0..line.len()).rev() {
            if let Inline::Note(note) = &mut line[at].kind {
                let notes = std::mem::replace(&mut self.notes, false);
                self.blocks(&mut note.body);
                self.notes = notes;
            }
            inline_children_mut(&mut line[at].kind).into_iter().for_each(|inner| self.line(inner));
            let span = line[at].span.after();
            let Inline::Link(link) = &line[at].kind else { continue };
            let Some(address) = untold(link) else { continue };
            let said = |text: String| Node::new(Inline::Text(text), span);
            if !self.notes {
                line.insert(at + 1, said(format!(" ({address})")));
                continue;
            }
            let again = Link { target: link.target.clone(), title: String::new(), text: vec![said(address)] };
            let body = vec![Node::new(Block::Paragraph(vec![Node::new(Inline::Link(again), span)]), span)];
            let note = Note { id: NoteId(self.next), mark: String::new(), place: NotePlace::Foot, body };
            self.next += 1;
            line.insert(at + 1, Node::new(Inline::Note(note), span));
        }
    }
}

/// The address of a link that leads out of the work, where its words don't say it.
fn untold(link: &Link) -> Option<String> {
    if link.target.starts_with('#') {
        return None;
    }
    let address = link.target.strip_prefix("mailto:").unwrap_or(&link.target);
    let bare = |text: &str| {
        let text = text.trim().trim_end_matches('/').to_lowercase();
        let text = text.split_once("://").map_or(text.as_str(), |(_, rest)| rest);
        text.strip_prefix("www.").unwrap_or(text).to_owned()
    };
    let words = plain_text(&link.text);
    (!words.trim().is_empty() && bare(&words) != bare(address)).then(|| address.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_the_words_say_need_no_note() {
        let link = |target: &str, words: &str| {
            let text = vec![Node::new(Inline::Text(words.to_owned()), Default::default())];
            untold(&Link { target: target.to_owned(), title: String::new(), text })
        };
        assert_eq!(link("https://example.org/a", "the catalogue").as_deref(), Some("https://example.org/a"));
        assert_eq!(link("mailto:me@example.org", "write").as_deref(), Some("me@example.org"));
        for (target, words) in [("#a", "there"), ("https://www.example.org/", "Example.org"), ("mailto:me@b.org", "me@b.org")] {
            assert_eq!(link(target, words), None, "{target}");
        }
    }
}
