//! What calls a note where a book counts its notes in two series: numbers, and letters for the readings of an apparatus.

use std::collections::BTreeMap;

use super::{Document, Inline, NoteId, NotePlace, Visit, walk_blocks};

/// How many letters the second series has. Behind the last it begins again: on a page no letter stands twice.
const LETTERS: usize = 26;

/// The signs of a work's notes. Without an apparatus, they are the notes' numbers.
#[derive(Clone, Debug, Default)]
pub struct NoteMarks(BTreeMap<NoteId, String>);

impl NoteMarks {
    pub fn of(doc: &Document) -> Self {
        let mut places = BTreeMap::new();
        walk_blocks(&doc.body, &mut |visit| {
            if let Visit::Inline(node) = visit
                && let Inline::Note(note) = &node.kind
            {
                places.insert(note.id, note.place);
            }
        });
        if !places.values().any(|place| *place == NotePlace::Apparatus) {
            return Self::default();
        }
        let (mut letters, mut numbers) = (0, 0_usize);
        let marks = places.into_iter().map(|(id, place)| {
            let mark = if place == NotePlace::Apparatus {
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
