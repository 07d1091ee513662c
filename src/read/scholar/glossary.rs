//! Words that are marked as terms lead to what the work's glossary says of them.

use std::collections::{BTreeMap, BTreeSet};

use crate::read::clean;
use crate::tree::{
    Attrs, Block, Blocks, Definition, Document, Inline, Inlines, Link, Node, Slugs, TERM, block_lines_mut, division,
    inline_children_mut, is_term, plain_text, walk_blocks,
};

/// Has each term lead to its entry: in the sections that are glossaries, or where there is none, in the lists of definitions. A term
/// without an entry stays as it is, in its own words alone.
pub fn glossary(doc: &mut Document) {
    lead(doc);
    doc.body.iter_mut().for_each(|node| block_lines_mut(node, &mut without_entries));
}

fn lead(doc: &mut Document) {
    let mut in_glossaries = true;
    let mut entries = entries(&mut doc.body, in_glossaries);
    if entries.is_empty() {
        in_glossaries = false;
        entries = self::entries(&mut doc.body, in_glossaries);
    }
    if entries.is_empty() {
        return;
    }
    let mut ids = BTreeSet::new();
    walk_blocks(&doc.body, &mut |visit| ids.extend(visit.id().map(str::to_owned)));
    let mut slugs = Slugs::new(ids);
    let known = entries.into_iter().map(|(words, id)| {
        let id = id.unwrap_or_else(|| slugs.next(&format!("{TERM} {words}")));
        (words, (id, false))
    });
    let mut terms = Terms(known.collect());
    terms.blocks(&mut doc.body);
    terms.0.retain(|_, (_, is_led_to)| *is_led_to);
    if !terms.0.is_empty() {
        each_entry(&mut doc.body, &mut |entry, in_glossary| {
            if in_glossary || !in_glossaries {
                terms.name(entry);
            }
        });
    }
}

/// What a term is called wherever it stands.
fn folded(line: &[Node<Inline>]) -> String {
    clean::line(&plain_text(line)).to_lowercase()
}

/// The id that stands in an entry's term.
fn id_of(term: &[Node<Inline>]) -> Option<String> {
    term.iter().find_map(Node::id).map(str::to_owned)
}

/// Shows every entry that stands in no other block, and whether it is in a glossary.
fn each_entry(body: &mut Blocks, see: &mut dyn FnMut(&mut Definition, bool)) {
    let mut glossary: Option<u8> = None;
    for node in body {
        match &mut node.kind {
            Block::Heading { level, text, .. } => {
                let classes = node.attrs.as_ref().map(|attrs| &attrs.classes[..]).unwrap_or_default();
                if division(classes, &plain_text(text), 2).0 == "glossary" {
                    glossary = Some(*level);
                } else if glossary.is_some_and(|open| *level <= open) {
                    glossary = None;
                }
            }
            Block::Definitions(entries) => entries.iter_mut().for_each(|entry| see(entry, glossary.is_some())),
            _ => {}
        }
    }
}

/// What is explained, by its words, with the id that it has.
fn entries(body: &mut Blocks, in_glossaries: bool) -> BTreeMap<String, Option<String>> {
    let mut all = BTreeMap::new();
    each_entry(body, &mut |entry, in_glossary| {
        let words = folded(&entry.term);
        if !words.is_empty() && (in_glossary || !in_glossaries) {
            all.entry(words).or_insert_with(|| id_of(&entry.term));
        }
    });
    all
}

/// The ids of entries by their words, and whether something leads to them.
struct Terms(BTreeMap<String, (String, bool)>);

impl Terms {
    fn blocks(&mut self, blocks: &mut Blocks) {
        blocks.iter_mut().for_each(|node| block_lines_mut(node, &mut |line| self.line(line)));
    }

    fn line(&mut self, line: &mut Inlines) {
        for node in line {
            match &mut node.kind {
                // No link stands in what leads elsewhere.
                Inline::Link(_) | Inline::Citation(_) | Inline::Reference(_) => {}
                Inline::Note(note) => self.blocks(&mut note.body),
                Inline::Span(inner) if node.attrs.as_deref().is_some_and(is_term) => {
                    let entry = node.attrs.as_mut().and_then(|attrs| attrs.short.take());
                    let words = entry.map_or_else(|| folded(inner), |entry| entry.to_lowercase());
                    let Some((id, is_led_to)) = self.0.get_mut(&words).filter(|_| !holds_links(inner)) else {
                        continue;
                    };
                    *is_led_to = true;
                    let (target, text) = (format!("#{id}"), std::mem::take(inner));
                    node.kind = Inline::Link(Link { target, title: String::new(), text });
                    if let Some(attrs) = &mut node.attrs {
                        attrs.classes.retain(|class| class != TERM);
                    }
                    node.attrs.take_if(|attrs| **attrs == Attrs::default());
                }
                kind => inline_children_mut(kind).into_iter().for_each(|inner| self.line(inner)),
            }
        }
    }

    /// Gives an entry the id by which it is led to; of several of the same words the first has it.
    fn name(&mut self, entry: &mut Definition) {
        let words = folded(&entry.term);
        if id_of(&entry.term).is_some() {
            return;
        }
        let (Some((id, _)), Some(first), Some(last)) = (self.0.remove(&words), entry.term.first(), entry.term.last()) else {
            return;
        };
        let span = first.span.to(last.span);
        let attrs = Some(Box::new(Attrs { id: Some(id), ..Attrs::default() }));
        entry.term = vec![Node { kind: Inline::Span(std::mem::take(&mut entry.term)), span, attrs }];
    }
}

/// Takes from terms what entry they name.
fn without_entries(line: &mut Inlines) {
    for node in line {
        if let Some(attrs) = node.attrs.as_mut().filter(|attrs| is_term(attrs)) {
            attrs.short = None;
        }
        match &mut node.kind {
            Inline::Note(note) => note.body.iter_mut().for_each(|node| block_lines_mut(node, &mut without_entries)),
            kind => inline_children_mut(kind).into_iter().for_each(without_entries),
        }
    }
}

/// Whether links, or what leads to notes, stand in a line.
fn holds_links(line: &[Node<Inline>]) -> bool {
    line.iter().any(|node| match &node.kind {
        Inline::Link(_) | Inline::Citation(_) | Inline::Reference(_) | Inline::Note(_) | Inline::NoteCall(_) => true,
        kind => holds_links(crate::tree::inline_children(kind)),
    })
}
