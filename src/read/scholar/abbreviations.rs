//! Abbreviations: what the text says of them is gathered into one list, and each place that has one is marked with what it stands
//! for.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use memchr::memmem;

use super::index::Sorter;
use super::{Words, is_bare, said};
use crate::read::{Manuscript, clean};
use crate::report::Report;
use crate::span::{FileId, Span};
use crate::tree::{
    ABBREVIATIONS, Attrs, Block, Blocks, Definition, Document, Group, GroupRole, Ids, Inline, Inlines, Node, PartMut,
    Reference, ReferenceForm, abbreviations, division_of, inline_children_mut, parts_mut, plain_text, top_level,
};

/// The class of one definition, until the whole work is read. No source can write it.
const LOOSE: &str = "*[]:";

/// What `*[HTML]: Hypertext Markup Language` defines, which stands at `start` of the file.
pub fn definition(source: &str, file: FileId, start: usize) -> (Block, Box<Attrs>) {
    let source = source.trim_end();
    let close = source.find("]:").unwrap_or(source.len());
    let line = |range: Range<usize>| -> Inlines {
        let text = source.get(range.clone()).unwrap_or_default();
        let from = start + range.start + (text.len() - text.trim_start().len());
        let span = Span::new(file, from..from + text.trim().len());
        vec![Node::new(Inline::Text(clean::line(text)), span)]
    };
    let span = Span::new(file, start..start + source.len());
    let meaning = vec![Node::new(Block::Paragraph(line(close + 2..source.len())), span)];
    let body = vec![Node::new(Block::Definitions(vec![Definition { term: line(2..close), meanings: vec![meaning] }]), span)];
    let attrs = Attrs { classes: vec![LOOSE.to_owned()], ..Attrs::default() };
    (Block::Group(Group { role: GroupRole::Plain, title: Vec::new(), body }), Box::new(attrs))
}

fn has_class<K>(node: &Node<K>, class: &str) -> bool {
    node.attrs.as_ref().is_some_and(|attrs| attrs.classes.iter().any(|own| own == class))
}

/// Gathers the definitions into the work's list, and marks what they explain.
pub fn resolve(doc: &mut Document, manuscript: &Manuscript, report: &mut Report) {
    // A link in emphasis begins like a definition, and is far more frequent.
    let defines = |text: &str, at: usize| text[at..].split('\n').next().is_some_and(|line| line.contains("]:"));
    let may = |text: &str| {
        let bytes = text.as_bytes();
        memmem::find(bytes, ABBREVIATIONS.as_bytes()).is_some() || memmem::find_iter(bytes, "*[").any(|at| defines(text, at))
    };
    if doc.encoding.is_some() || !manuscript.sources.iter().any(|(_, source)| may(&source.text)) {
        return;
    }
    let mut loose = Vec::new();
    take(&mut doc.body, &mut loose);
    if !loose.is_empty() {
        list(doc, loose, report);
    }
    name_heading(doc);
    let known = abbreviations(&doc.body);
    if !known.is_empty() {
        Marker::of(&known).blocks(&mut doc.body);
    }
}

/// Takes the definitions out of the text, those in its notes among them.
fn take(blocks: &mut Blocks, out: &mut Vec<Definition>) {
    blocks.retain_mut(|node| {
        if let Block::Group(group) = &mut node.kind
            && node.attrs.as_ref().is_some_and(|attrs| attrs.classes == [LOOSE])
        {
            out.extend(group.body.drain(..).flat_map(|inner| match inner.kind {
                Block::Definitions(entries) => entries,
                _ => Vec::new(),
            }));
            return false;
        }
        parts_mut(&mut node.kind, &mut |part| match part {
            PartMut::Line(line) => take_of_notes(line, out),
            PartMut::Blocks(inner) => take(inner, out),
            PartMut::Cell(cell) => take(&mut cell.kind.body, out),
            PartMut::Image(_) => {}
        });
        true
    });
}

fn take_of_notes(line: &mut Inlines, out: &mut Vec<Definition>) {
    for node in line {
        match &mut node.kind {
            Inline::Note(note) => take(&mut note.body, out),
            kind => inline_children_mut(kind).into_iter().for_each(|inner| take_of_notes(inner, out)),
        }
    }
}

/// Adds definitions to the work's list. One that is new stands below a heading that waits for it, else under its own at the end,
/// before the works cited and the index.
fn list(doc: &mut Document, loose: Vec<Definition>, report: &mut Report) {
    let mut entries: Vec<Definition> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut meanings = BTreeSet::new();
    for own in loose {
        let at = *places.entry(plain_text(&own.term)).or_insert(entries.len());
        let mut is_new = |meaning: &Blocks| meanings.insert((at, words(meaning)));
        match entries.get_mut(at) {
            None => {
                own.meanings.iter().for_each(|meaning| {
                    is_new(meaning);
                });
                entries.push(own);
            }
            // Said again, perhaps in another chapter. What is said otherwise stands beside it.
            Some(known) => {
                let term = own.term.first().map_or(Span::default(), |term| term.span);
                let (fresh, again): (Vec<_>, Vec<_>) = own.meanings.into_iter().partition(is_new);
                let end = again.iter().flatten().map(|node| node.span).fold(term, Span::to);
                report
                    .remark("abbreviation-again", end, format!("{} is defined already", plain_text(&own.term)))
                    .hint("one definition is enough for the whole work; another meaning stands beside the first in the list");
                known.meanings.extend(fresh);
            }
        }
    }
    let sorter = Sorter::new(&doc.meta.language);
    entries.sort_by(|a, b| sorter.compare(&plain_text(&a.term), &plain_text(&b.term)));
    let span = entries.first().and_then(|entry| entry.term.first()).map_or(Span::default(), |term| term.span);
    let own = doc.body.iter_mut().find(|node| has_class(node, ABBREVIATIONS) && matches!(node.kind, Block::Group(_)));
    if let Some(Node { kind: Block::Group(group), .. }) = own {
        match group.body.iter_mut().rev().find_map(|node| match &mut node.kind {
            Block::Definitions(known) => Some(known),
            _ => None,
        }) {
            Some(known) => known.append(&mut entries),
            None => group.body.push(Node::new(Block::Definitions(entries), span)),
        }
        return;
    }
    let body = vec![Node::new(Block::Definitions(entries), span)];
    let group = Block::Group(Group { role: GroupRole::Plain, title: Vec::new(), body });
    let attrs = Attrs { classes: vec![ABBREVIATIONS.to_owned()], ..Attrs::default() };
    let group = Node { kind: group, span, attrs: Some(Box::new(attrs)) };
    let is_own = |node: &Node<Block>| matches!(division_of(node), Some("abbreviations"));
    if let Some(at) = doc.body.iter().rposition(is_own).filter(|at| is_bare(&doc.body, *at)) {
        doc.body.insert(at + 1, group);
        return;
    }
    let mut at = doc.body.len();
    while let Some(heading) = doc.body[..at].iter().rposition(|node| matches!(node.kind, Block::Heading { .. }))
        && matches!(division_of(&doc.body[heading]), Some("bibliography" | "index"))
    {
        at = heading;
    }
    let kind = Block::Heading { level: top_level(doc).max(1), number: None, text: Vec::new() };
    let attrs = Attrs {
        id: Some(Ids::of(&doc.body).fresh(ABBREVIATIONS.to_owned())),
        classes: vec![ABBREVIATIONS.to_owned(), "unnumbered".to_owned()],
        ..Attrs::default()
    };
    let heading = Node { kind, span, attrs: Some(Box::new(attrs)) };
    doc.body.splice(at..at, [heading, group]);
}

fn words(blocks: &Blocks) -> String {
    match blocks.first().map(|node| &node.kind) {
        Some(Block::Paragraph(line)) => plain_text(line),
        _ => String::new(),
    }
}

/// A heading of ours has its words by the work's language.
fn name_heading(doc: &mut Document) {
    let words = Words::of(&doc.meta.language).abbreviations;
    for node in &mut doc.body {
        let is_own = has_class(node, ABBREVIATIONS);
        let span = node.span;
        if let Block::Heading { text, .. } = &mut node.kind
            && is_own
            && text.is_empty()
        {
            let target = ABBREVIATIONS.to_owned();
            let label = Reference { target, through: None, form: ReferenceForm::Label, text: said(words, span) };
            text.push(Node::new(Inline::Reference(label), span));
        }
    }
}

/// Finds abbreviations as whole words.
struct Marker<'a> {
    known: &'a BTreeMap<String, String>,
    /// How long those are that begin with each character, in bytes, the longest first: of a thousand that begin alike, few lengths
    /// are tried.
    lengths: BTreeMap<char, BTreeSet<Reverse<usize>>>,
}

impl<'a> Marker<'a> {
    fn of(known: &'a BTreeMap<String, String>) -> Self {
        let mut lengths: BTreeMap<char, BTreeSet<Reverse<usize>>> = BTreeMap::new();
        for term in known.keys() {
            if let Some(first) = term.chars().next() {
                lengths.entry(first).or_default().insert(Reverse(term.len()));
            }
        }
        Self { known, lengths }
    }

    fn blocks(&self, blocks: &mut Blocks) {
        for node in blocks {
            let is_aside = matches!(node.kind, Block::Title(_) | Block::Bibliography(_) | Block::Index(_));
            if is_aside || has_class(node, ABBREVIATIONS) {
                continue;
            }
            parts_mut(&mut node.kind, &mut |part| match part {
                PartMut::Line(line) => self.line(line),
                PartMut::Blocks(inner) => self.blocks(inner),
                PartMut::Cell(cell) => self.blocks(&mut cell.kind.body),
                PartMut::Image(_) => {}
            });
        }
    }

    fn line(&self, line: &mut Inlines) {
        let mut out = Vec::with_capacity(line.len());
        for mut node in std::mem::take(line) {
            let explained = node.attrs.as_ref().is_some_and(|attrs| attrs.expansion.is_some());
            match &mut node.kind {
                Inline::Text(text) => {
                    let found = self.found(text);
                    if let Some(pieces) = (!found.is_empty()).then(|| pieces(&node, found)).flatten() {
                        out.extend(pieces);
                        continue;
                    }
                }
                Inline::Note(note) => self.blocks(&mut note.body),
                Inline::Citation(_) | Inline::Reference(_) => {}
                Inline::Span(_) if explained => {}
                kind => inline_children_mut(kind).into_iter().for_each(|inner| self.line(inner)),
            }
            out.push(node);
        }
        *line = out;
    }

    /// Where abbreviations stand in a text, in bytes, each with what it stands for.
    fn found(&self, text: &str) -> Vec<(Range<usize>, &'a str)> {
        let mut found = Vec::new();
        let mut inside = false;
        let mut chars = text.char_indices();
        while let Some((at, c)) = chars.next() {
            let begins = !std::mem::replace(&mut inside, c.is_alphanumeric());
            let Some(lengths) = self.lengths.get(&c).filter(|_| begins) else { continue };
            let whole = |term: &str| !text[at + term.len()..].starts_with(char::is_alphanumeric);
            let known = |Reverse(length): &Reverse<usize>| {
                let term = text.get(at..at + length).filter(|term| whole(term))?;
                self.known.get_key_value(term)
            };
            if let Some((term, meaning)) = lengths.iter().find_map(known) {
                found.push((at..at + term.len(), meaning.as_str()));
                chars.by_ref().take(term.chars().count() - 1).for_each(drop);
                inside = term.ends_with(char::is_alphanumeric);
            }
        }
        found
    }
}

/// A text with its abbreviations marked.
fn pieces(node: &Node<Inline>, found: Vec<(Range<usize>, &str)>) -> Option<Inlines> {
    let Inline::Text(text) = &node.kind else { return None };
    // A text that is a stretch of its source parts as that does.
    let exact = node.span.range().len() == text.len();
    let part = |range: Range<usize>| {
        let (start, end) = (node.span.start + range.start as u32, node.span.start + range.end as u32);
        let span = if exact { Span { start, end, ..node.span } } else { node.span };
        Node { kind: Inline::Text(text[range].to_owned()), span, attrs: node.attrs.clone() }
    };
    let mut out = Vec::new();
    let mut from = 0;
    for (range, meaning) in found {
        if range.start > from {
            out.push(part(from..range.start));
        }
        from = range.end;
        let word = part(range);
        let attrs = Attrs { expansion: Some(meaning.to_owned()), ..Attrs::default() };
        out.push(Node { span: word.span, kind: Inline::Span(vec![word]), attrs: Some(Box::new(attrs)) });
    }
    if from < text.len() {
        out.push(part(from..text.len()));
    }
    Some(out)
}
