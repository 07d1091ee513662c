//! What a Markdown file calls its notes and headings, so that it is read back as it was: labels that keep the marks of the notes,
//! and ids only for the headings that would not get theirs by themselves.

use std::collections::{BTreeMap, BTreeSet};

use crate::tree::{Block, Document, Inline, Node, NoteId, ReferenceForm, Slugs, Visit, plain_text, walk_blocks};

pub struct Names {
    labels: BTreeMap<NoteId, Label>,
    /// The ids of headings that have to be written.
    written: BTreeSet<String>,
}

pub struct Label {
    pub label: String,
    /// The mark that the note bore in print, where the label is not it: two notes may bear the same.
    pub mark: Option<String>,
}

impl Names {
    pub fn of(doc: &Document) -> Self {
        Self { labels: labels(doc), written: written_ids(doc) }
    }

    /// The label of a note; its number where the tree has no such note.
    pub fn label(&self, id: NoteId) -> String {
        self.labels.get(&id).map_or_else(|| id.0.to_string(), |known| known.label.clone())
    }

    /// The mark that has to be said beside a note's label.
    pub fn mark(&self, id: NoteId) -> Option<&str> {
        self.labels.get(&id)?.mark.as_deref()
    }

    /// Whether a heading has to say its id.
    pub fn is_written(&self, id: &str) -> bool {
        self.written.contains(id)
    }
}

fn labels(doc: &Document) -> BTreeMap<NoteId, Label> {
    let mut marks = Vec::new();
    walk_blocks(&doc.body, &mut |visit| {
        if let Visit::Inline(Node { kind: Inline::Note(note), .. }) = visit {
            marks.push((note.id, note.mark.as_str()));
        }
    });
    let mut uses = BTreeMap::<String, usize>::new();
    for (_, mark) in &marks {
        *uses.entry(mark.to_lowercase()).or_default() += 1;
    }
    let label = |(id, mark): (NoteId, &str)| {
        if uses[&mark.to_lowercase()] == 1 && is_label(mark) {
            return (id, Label { label: mark.to_owned(), mark: None });
        }
        let mut label = format!("n{}", id.0);
        while uses.contains_key(&label) {
            label.push('-');
        }
        (id, Label { label, mark: Some(mark.to_owned()) })
    };
    marks.iter().copied().map(label).collect()
}

/// Whether Markdown takes a mark as a label, whatever stands around it.
fn is_label(mark: &str) -> bool {
    !mark.is_empty()
        && mark.len() < 100
        && mark.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '.' | '†' | '‡' | '§'))
}

/// The ids that headings would not get by themselves. One that is written can take another heading's, which then has to be
/// written, too; so it is tried until nothing changes.
fn written_ids(doc: &Document) -> BTreeSet<String> {
    let (mut others, mut headings) = (BTreeSet::new(), Vec::new());
    walk_blocks(&doc.body, &mut |visit| match visit {
        Visit::Block(Node { kind: Block::Heading { text, .. }, attrs, .. }) => {
            let id = attrs.as_ref().and_then(|attrs| attrs.id.clone()).unwrap_or_default();
            // The words that this program gives a heading are not written.
            let is_written =
                |node: &&Node<Inline>| !matches!(&node.kind, Inline::Reference(own) if own.form == ReferenceForm::Label);
            let words: Vec<String> =
                text.iter().filter(is_written).map(|node| plain_text(std::slice::from_ref(node))).collect();
            headings.push((id, if words.len() == text.len() { plain_text(text) } else { words.concat() }));
        }
        Visit::Block(_) | Visit::Inline(_) | Visit::Cell(_) | Visit::Image(_) => others.extend(visit.id().map(str::to_owned)),
    });
    let mut written = BTreeSet::new();
    loop {
        let mut slugs = Slugs::new(others.union(&written).cloned().collect());
        let silent = headings.iter().filter(|(id, _)| !written.contains(id));
        let wrong: Vec<_> = silent.filter(|(id, words)| slugs.next(words) != *id).map(|(id, _)| id.clone()).collect();
        if wrong.is_empty() {
            return written;
        }
        written.extend(wrong.into_iter().filter(|id| !id.is_empty()));
        if headings.iter().any(|(id, _)| id.is_empty()) {
            return written;
        }
    }
}
