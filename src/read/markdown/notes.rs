//! Footnotes of Markdown go to their calls. A note stands in the tree where it is first called; what can't be placed there
//! keeps its words and gets a remark.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Builder;
use crate::read::clean::clean;
use crate::report::Report;
use crate::span::Span;
use crate::tree::{
    Block, Blocks, Inline, Inlines, MAX_DEPTH, Node, Note, NoteId, NotePlace, PartMut, Style, height, inline_children_mut,
    parts_mut,
};

/// The notes of a text, called or defined so far, by their label in lower case.
#[derive(Default)]
pub(super) struct Definitions {
    ids: BTreeMap<String, Known>,
    bodies: BTreeMap<NoteId, Definition>,
    /// The levels of the headings so far.
    headings: Vec<u8>,
    /// Calls in a chapter behind that of their label's note: what they lead to if their own chapter defines none.
    earlier: BTreeMap<NoteId, Earlier>,
    /// The level of the headings behind which some label is defined anew, the highest of them.
    anew: Option<u8>,
    /// The number before the first, and how many there are.
    before: u32,
    count: u32,
}

/// What a label means in the chapter that is read.
#[derive(Clone, Copy)]
struct Known {
    id: NoteId,
    /// How many headings stood before the label was first called or defined in this chapter.
    headings: usize,
    /// The level of the headings that end this chapter, where its note is not yet the one that an earlier chapter has defined.
    chapter: Option<u8>,
}

/// The note that a call leads to over headings.
#[derive(Clone, Copy)]
struct Earlier {
    id: NoteId,
    /// The level of the highest of these headings.
    level: u8,
    /// The label is a number or a sign, which each chapter may have.
    counted: bool,
}

impl Earlier {
    /// Whether a call means a note of its own chapter that is not there: the text counts its notes anew `at` a heading between.
    fn is_lost(self, at: Option<u8>) -> bool {
        self.counted && at.is_some_and(|at| self.level <= at)
    }
}

struct Definition {
    label: String,
    /// The mark that the note bore in print: its label, where the text says nothing else.
    mark: String,
    body: Blocks,
    span: Span,
    placed: bool,
}

impl Definitions {
    /// Numbers the notes from `first` on.
    pub(super) fn from(&mut self, first: u32) {
        self.before = first - 1;
    }

    /// The number that no note has yet.
    pub(super) fn next(&self) -> u32 {
        self.before + self.count + 1
    }

    fn new_id(&mut self) -> NoteId {
        let id = NoteId(self.next());
        self.count += 1;
        id
    }

    /// A heading begins: an author may count notes anew from here on.
    pub(super) fn heading(&mut self, level: u8) {
        self.headings.push(level);
    }

    /// The number by which the note `label` is known until the work's notes are numbered. Where a heading stands between the definition of
    /// a label and its next call, that call may belong to another chapter, which still has to define its own.
    pub(super) fn called(&mut self, label: &str) -> NoteId {
        let label = label.to_lowercase();
        let now = self.headings.len();
        let Some(&known) = self.ids.get(&label) else {
            let id = self.new_id();
            self.ids.insert(label, Known { id, headings: now, chapter: None });
            return id;
        };
        let defined = self.bodies.contains_key(&known.id);
        let counted = !label.chars().any(char::is_alphabetic) && !label.contains(['-', '_', '.', ':']);
        let own = Earlier { id: known.id, level: u8::MAX, counted };
        let above = match known.chapter {
            // Calls of a chapter that has none of its own lead to the note of the chapter before.
            Some(_) if !defined && !self.has_ended(known) => return known.id,
            Some(_) if !defined => self.earlier.get(&known.id).copied(),
            _ => Some(own).filter(|_| defined),
        };
        let outermost = self.headings[known.headings..].iter().min();
        let (Some(above), Some(&level)) = (above, outermost) else { return known.id };
        let id = self.new_id();
        self.earlier.insert(id, Earlier { level: above.level.min(level), ..above });
        self.ids.insert(label, Known { id, headings: now, chapter: Some(level) });
        id
    }

    /// Whether the chapter has ended in which a label was called.
    fn has_ended(&self, known: Known) -> bool {
        known.chapter.is_some_and(|chapter| self.headings[known.headings..].iter().any(|level| *level <= chapter))
    }

    /// The number of a note that is defined here; none: the label has a note already in this chapter.
    fn defined(&mut self, label: &str) -> Option<NoteId> {
        let label = label.to_lowercase();
        let now = self.headings.len();
        let Some(known) = self.ids.get(&label).copied() else { return Some(self.called(&label)) };
        if self.bodies.contains_key(&known.id) {
            let id = (now > known.headings).then(|| self.new_id())?;
            let level = self.headings[known.headings..].iter().min().copied();
            self.counts_anew(level);
            self.ids.insert(label, Known { id, headings: now, chapter: None });
            return Some(id);
        }
        if self.has_ended(known) {
            return None;
        }
        self.ids.insert(label, Known { headings: now, ..known });
        let level = self.earlier.remove(&known.id).map(|earlier| earlier.level);
        self.counts_anew(level);
        Some(known.id)
    }

    fn counts_anew(&mut self, level: Option<u8>) {
        self.anew = self.anew.into_iter().chain(level).min();
    }
}

impl Builder<'_> {
    pub(super) fn define(&mut self, label: String, mark: Option<String>, body: Blocks, range: Range<usize>) {
        let span = Span::new(self.file, range.clone());
        let Some(id) = self.notes.defined(&label) else {
            self.report
                .warn("note-defined-twice", span, format!("a note [^{label}] stands before"))
                .hint("give one of the two another name; this one stays where it stands, as text");
            return self.keep(&label, body, range);
        };
        self.notes
            .bodies
            .insert(id, Definition { mark: mark.unwrap_or_else(|| label.clone()), label, body, span, placed: false });
        // Where the note stands if nothing calls it.
        self.block(Block::Paragraph(vec![Node::new(Inline::NoteCall(id), span)]), None, range);
    }

    /// Leaves a note where it was found, under its mark.
    fn keep(&mut self, label: &str, body: Blocks, range: Range<usize>) {
        for node in marked(label, body, Span::new(self.file, range)) {
            self.block(node.kind, node.attrs, node.span.range());
        }
    }
}

/// A note's blocks with its mark before the first words.
fn marked(label: &str, mut body: Blocks, span: Span) -> Blocks {
    let text = |text: &str| Node::new(Inline::Text(clean(text).into_owned()), span);
    let mark = Node::new(Inline::Styled(Style::Superscript, vec![text(label)]), span);
    match body.first_mut().map(|node| &mut node.kind) {
        Some(Block::Paragraph(words)) => match words.first_mut().map(|node| &mut node.kind) {
            Some(Inline::PageBreak(page)) => {
                page.space = true;
                words.insert(0, mark);
            }
            _ => drop(words.splice(0..0, [mark, text(" ")])),
        },
        _ => body.insert(0, Node::new(Block::Paragraph(vec![mark]), span)),
    }
    body
}

/// Puts every note at its first call. `text` begins at the byte `base` of its file.
pub(super) fn resolve(blocks: &mut Blocks, definitions: Definitions, (text, base): (&str, usize), report: &mut Report) {
    if definitions.ids.is_empty() {
        return;
    }
    let Definitions { bodies, earlier, anew, .. } = definitions;
    let mut placing = Placing { definitions: bodies, earlier, anew, report, text, base, within: Vec::new() };
    placing.blocks(blocks, 0);
    placing.uncalled(blocks);
}

struct Placing<'a> {
    definitions: BTreeMap<NoteId, Definition>,
    earlier: BTreeMap<NoteId, Earlier>,
    anew: Option<u8>,
    report: &'a mut Report,
    /// What is read, and where it begins in its file, in bytes.
    text: &'a str,
    base: usize,
    /// The notes in whose bodies we are.
    within: Vec<NoteId>,
}

impl Placing<'_> {
    fn blocks(&mut self, blocks: &mut Blocks, depth: usize) {
        for node in blocks {
            // The place that a definition left behind is no call.
            if self.defined_at(node).is_some() {
                continue;
            }
            parts_mut(&mut node.kind, &mut |part| match part {
                PartMut::Line(line) => self.line(line, depth + 2),
                PartMut::Blocks(inner) => self.blocks(inner, depth + 2),
                PartMut::Cell(cell) => self.blocks(&mut cell.kind.body, depth + 2),
                PartMut::Image(_) => {}
            });
        }
    }

    /// The note whose definition stood at `node`.
    fn defined_at(&self, node: &Node<Block>) -> Option<NoteId> {
        let Block::Paragraph(words) = &node.kind else { return None };
        let [Node { kind: Inline::NoteCall(id), span, .. }] = &words[..] else { return None };
        self.definitions.get(id).is_some_and(|known| known.span == *span).then_some(*id)
    }

    fn line(&mut self, line: &mut Inlines, depth: usize) {
        for node in line {
            match &mut node.kind {
                Inline::NoteCall(id) => {
                    let id = *id;
                    let earlier = self.earlier.get(&id).copied();
                    let meant = earlier.map_or(id, |earlier| earlier.id);
                    node.kind = match earlier.filter(|earlier| earlier.is_lost(self.anew)) {
                        Some(_) => self.unanswered(meant, node.span),
                        None => self.place(meant, node.span, depth).unwrap_or(Inline::NoteCall(meant)),
                    };
                }
                Inline::Note(note) => self.blocks(&mut note.body, depth + 1),
                kind => inline_children_mut(kind).into_iter().for_each(|inner| self.line(inner, depth + 1)),
            }
        }
    }

    /// What the writer has at a place.
    fn written(&self, span: Span) -> Option<&str> {
        let range = (span.start as usize).checked_sub(self.base).zip((span.end as usize).checked_sub(self.base));
        range.and_then(|(start, end)| self.text.get(start..end))
    }

    /// A call as the writer has it: labels are one in any case of letters.
    fn call_as_written(&self, label: &str, span: Span) -> String {
        let usual = format!("[^{label}]");
        let own = self.written(span);
        own.filter(|own| own.to_lowercase() == usual.to_lowercase()).map_or(usual, str::to_owned)
    }

    /// A call that its own chapter has no note for: the note of that number in another one is hardly meant. It stays, and is told of with
    /// the calls that nothing answers at all.
    fn unanswered(&self, id: NoteId, span: Span) -> Inline {
        let label = self.definitions.get(&id).map_or("", |definition| &definition.label);
        Inline::Text(self.call_as_written(label, span))
    }

    /// What stands at a call of `id`, if not the call itself.
    fn place(&mut self, id: NoteId, span: Span, depth: usize) -> Option<Inline> {
        let Some(definition) = self.definitions.get_mut(&id) else {
            // Its note stands as text: too deep to be one.
            return Some(Inline::Text(self.written(span).unwrap_or_default().to_owned()));
        };
        let label = definition.label.clone();
        if self.within.contains(&id) {
            self.report
                .warn("note-recursive", span, format!("the note [^{label}] calls itself"))
                .hint("the call inside the note stays as text");
            return Some(Inline::Text(self.call_as_written(&label, span)));
        }
        if definition.placed {
            return None;
        }
        if depth + height(&definition.body) > MAX_DEPTH {
            self.report
                .warn("nesting-capped", span, format!("the note [^{label}] is called too deep in other notes"))
                .hint("the note stays where it is defined");
            return Some(Inline::Text(self.call_as_written(&label, span)));
        }
        definition.placed = true;
        let (mark, mut body) = (definition.mark.clone(), std::mem::take(&mut definition.body));
        self.within.push(id);
        self.blocks(&mut body, depth + 1);
        self.within.pop();
        Some(Inline::Note(Note { id, mark, place: NotePlace::Foot, body }))
    }

    /// Takes away the places of notes that went to their calls; the others stand there, as text. Blocks move once: a scholar's
    /// text has thousands of notes beside each other.
    fn uncalled(&mut self, blocks: &mut Blocks) {
        let all = std::mem::replace(blocks, Vec::with_capacity(blocks.len()));
        for mut node in all {
            if let Some(id) = self.defined_at(&node) {
                blocks.append(&mut self.left_over(id));
                continue;
            }
            parts_mut(&mut node.kind, &mut |part| match part {
                PartMut::Blocks(inner) => self.uncalled(inner),
                PartMut::Cell(cell) => self.uncalled(&mut cell.kind.body),
                PartMut::Line(_) | PartMut::Image(_) => {}
            });
            blocks.push(node);
        }
    }

    fn left_over(&mut self, id: NoteId) -> Blocks {
        let Some(definition) = self.definitions.get_mut(&id).filter(|known| !known.placed) else { return Vec::new() };
        let (label, span) = (definition.label.clone(), definition.span);
        let mut body = std::mem::take(&mut definition.body);
        definition.placed = true;
        self.report
            .warn("note-uncalled", span, format!("nothing calls the note [^{label}]"))
            .hint(format!("write [^{label}] where it belongs; until then it stands where it is defined, as text"));
        self.within.push(id);
        self.blocks(&mut body, 1);
        self.within.pop();
        marked(&label, body, span)
    }
}
