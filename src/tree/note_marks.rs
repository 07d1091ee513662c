//! What calls a note where its number in the work is not it: a book may count its notes anew in each chapter, and has letters for the
//! readings of an apparatus.

use std::collections::BTreeMap;

use super::{Block, Document, Inline, Node, NoteId, NotePlace, Visit, chapter_level, top_level, walk_blocks};

/// How many letters the second series has. Behind the last it begins again: on a page no letter stands twice.
const LETTERS: usize = 26;

/// The signs of a work's notes: the notes' numbers, but for what is said here.
#[derive(Clone, Debug, Default)]
pub struct NoteMarks(BTreeMap<NoteId, String>);

impl NoteMarks {
    /// Those of a book.
    pub fn of(doc: &Document) -> Self {
        Self::series(doc, doc.meta.notes_by_chapter, true)
    }

    /// Those of a text that has numbers alone.
    pub fn numbers(doc: &Document) -> Self {
        Self::series(doc, doc.meta.notes_by_chapter, false)
    }

    fn series(doc: &Document, by_chapter: bool, lettered: bool) -> Self {
        // A plain text gathers the notes of a part, where it has parts.
        let level = if lettered { chapter_level(doc) } else { top_level(doc) };
        // By id, since a note that another calls stands in it.
        let mut notes: BTreeMap<NoteId, (usize, NotePlace)> = BTreeMap::new();
        let mut chapter = 0;
        for node in &doc.body {
            chapter += usize::from(matches!(node.kind, Block::Heading { level: own, .. } if own <= level));
            walk_blocks(std::slice::from_ref(node), &mut |visit| {
                if let Visit::Inline(Node { kind: Inline::Note(note), .. }) = visit {
                    notes.insert(note.id, (chapter, note.place));
                }
            });
        }
        let lettered = lettered && notes.values().any(|(_, place)| *place == NotePlace::Apparatus);
        if !lettered && !by_chapter {
            return Self::default();
        }
        let (mut letters, mut numbers, mut last) = (0, 0_usize, 0);
        let marks = notes.into_iter().map(|(id, (chapter, place))| {
            if by_chapter && std::mem::replace(&mut last, chapter) != chapter {
                (letters, numbers) = (0, 0);
            }
            let mark = if lettered && place == NotePlace::Apparatus {
                letters += 1;
                char::from(b'a' + ((letters - 1) % LETTERS) as u8).to_string()
            } else {
                numbers += 1;
                numbers.to_string()
            };
            (id, mark)
        });
        Self(marks.collect())
    }

    /// What calls a note.
    pub fn mark(&self, id: NoteId) -> String {
        self.0.get(&id).cloned().unwrap_or_else(|| id.0.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::Span;
    use crate::tree::{Inlines, Note};

    fn node<K>(kind: K) -> Node<K> {
        Node::new(kind, Span::default())
    }

    fn note(id: u32, place: NotePlace) -> Inlines {
        vec![node(Inline::Note(Note { id: NoteId(id), mark: String::new(), place, body: Vec::new() }))]
    }

    #[test]
    fn chapters_in_parts_count_anew() {
        let heading =
            |level, words: &str| node(Block::Heading { level, number: None, text: vec![node(Inline::Text(words.to_owned()))] });
        let called = |id| node(Block::Paragraph(note(id, NotePlace::Foot)));
        let read = node(Block::Paragraph(note(6, NotePlace::Apparatus)));
        let mut doc = Document {
            body: vec![heading(1, "Part One"), called(1), heading(2, "A"), called(2), called(3), heading(3, "B"), called(4)],
            ..Document::default()
        };
        doc.body.extend([heading(2, "C"), called(5), read]);
        let marks = |marks: NoteMarks| (1..7).map(|id| marks.mark(NoteId(id))).collect::<Vec<_>>().join(" ");
        assert_eq!(marks(NoteMarks::of(&doc)), "1 2 3 4 5 a");
        doc.meta.notes_by_chapter = true;
        assert_eq!(marks(NoteMarks::of(&doc)), "1 1 2 3 1 a");
        assert_eq!(marks(NoteMarks::numbers(&doc)), "1 2 3 4 5 6");
    }
}
