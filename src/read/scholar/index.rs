//! Indexes, and lists of figures and tables: made of what is marked in the text, sorted as its language sorts.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use icu_collator::options::{CollatorOptions, Strength};
use icu_collator::preferences::CollationNumericOrdering;
use icu_collator::{Collator, CollatorPreferences};
use icu_locale_core::LanguageIdentifier;

use super::references::{Atlas, Section};
use super::{Words, said};
use crate::report::Report;
use crate::span::Span;
use crate::tree::{
    Attrs, Block, Document, Ids, Index, IndexEntry, IndexRole, IndexTerm, Inline, Inlines, Node, Reference, ReferenceForm,
    Style, Visit, division_of, lines_mut, plain_text, top_level, walk_blocks,
};

/// Entries stand in each other no deeper: what is deeper stands there.
const DEEPEST: usize = 12;

/// More remarks of one kind tell nobody more.
const MOST: usize = 20;

/// A mark in the text.
struct Mark {
    term: IndexTerm,
    id: String,
    span: Span,
}

/// An entry of an index, with those below it.
#[derive(Default)]
struct Entry {
    places: Vec<Place>,
    see: Vec<Vec<String>>,
    also: Vec<Vec<String>>,
    inner: BTreeMap<String, Entry>,
    span: Span,
}

struct Place {
    from: String,
    to: Option<String>,
    main: bool,
    span: Span,
}

/// Gives the marked places ids, and says whether any had none: a file that this program wrote has them, and its indexes.
pub fn ids(doc: &mut Document) -> bool {
    let mut ids = Ids::of(&doc.body);
    let mut count = 0;
    lines_mut(&mut doc.body, false, &mut |line, _| {
        for node in line.iter_mut() {
            if matches!(&node.kind, Inline::IndexTerm(term) if term.role.other().is_none()) {
                let attrs = node.attrs.get_or_insert_with(|| Box::new(Attrs::default()));
                attrs.id.get_or_insert_with(|| {
                    count += 1;
                    ids.fresh(format!("term-{count}"))
                });
            }
        }
    });
    count > 0
}

/// Writes the indexes where the text wants them.
/// `anywhere`: an index that has no place gets one.
pub fn make(doc: &mut Document, atlas: &Atlas, anywhere: bool, report: &mut Report) {
    let marks = marks(doc);
    if !marks.is_empty() {
        let sorter = Sorter { in_notes: in_notes(doc), ..Sorter::new(&doc.meta.language) };
        let indexes = gather(marks, report);
        if let Some(first) = indexes.first().filter(|_| anywhere) {
            let span = first.1.span;
            ask_for_place(doc, &indexes, span);
        }
        let names: Vec<String> = indexes.iter().map(|(name, _)| name.clone()).collect();
        let mut made: BTreeMap<String, Vec<IndexEntry>> = BTreeMap::new();
        for (name, root) in &indexes {
            check_see(root, root, report);
            let mut entries = Vec::new();
            sorter.write(root, 1, atlas, &mut entries);
            made.insert(name.clone(), entries);
        }
        fill(doc, &names, &mut made);
    }
}

/// Writes the lists of figures and tables where the text wants them; an index that has no entries goes.
pub fn listings(doc: &mut Document) {
    if doc.body.iter().any(|node| matches!(&node.kind, Block::Index(_))) {
        captions(doc);
        doc.body.retain(|node| !matches!(&node.kind, Block::Index(index) if index.entries.is_empty()));
    }
}

fn marks(doc: &Document) -> Vec<Mark> {
    let mut marks = Vec::new();
    walk_blocks(&doc.body, &mut |visit| {
        if let Visit::Inline(Node { kind: Inline::IndexTerm(term), span, attrs }) = visit {
            let id = attrs.as_ref().and_then(|attrs| attrs.id.clone()).unwrap_or_default();
            marks.push(Mark { term: term.clone(), id, span: *span });
        }
    });
    marks
}

/// The marks by indexes and entries, ranges put together. The index that is named first comes first.
fn gather(marks: Vec<Mark>, report: &mut Report) -> Vec<(String, Entry)> {
    let mut indexes: Vec<(String, Entry)> = Vec::new();
    let mut open: BTreeMap<(String, Vec<String>), (String, Span)> = BTreeMap::new();
    let mut told = 0;
    let mut tell = |report: &mut Report, span: Span, message: String, hint: &str| {
        told += 1;
        if told <= MOST {
            report.warn("index-range", span, message).hint(hint.to_owned());
        }
    };
    for Mark { term, id, span } in marks {
        let at = indexes.iter().position(|(name, _)| *name == term.index).unwrap_or_else(|| {
            indexes.push((term.index.clone(), Entry { span, ..Entry::default() }));
            indexes.len() - 1
        });
        if term.path.len() > DEEPEST {
            tell(
                report,
                span,
                format!("an entry of an index stands {} levels deep", term.path.len()),
                "what is deeper than twelve stands on the twelfth",
            );
        }
        let key = (term.index.clone(), term.path.clone());
        let entry = indexes[at].1.at(&term.path, span);
        match term.role {
            IndexRole::Place => entry.places.push(Place { from: id, to: None, main: false, span }),
            IndexRole::Main => entry.places.push(Place { from: id, to: None, main: true, span }),
            IndexRole::From => {
                if let Some((from, before)) = open.insert(key, (id, span)) {
                    tell(
                        report,
                        before,
                        "this range of the index is begun again before it ends".to_owned(),
                        "mark its end with .to",
                    );
                    entry.places.push(Place { from, to: None, main: false, span: before });
                }
            }
            IndexRole::To => match open.remove(&key) {
                Some((from, begun)) => entry.places.push(Place { from, to: Some(id), main: false, span: begun }),
                None => {
                    tell(
                        report,
                        span,
                        "a range of the index ends that never began".to_owned(),
                        "mark its beginning with .from",
                    );
                    entry.places.push(Place { from: id, to: None, main: false, span });
                }
            },
            IndexRole::See(other) => entry.see.push(other),
            IndexRole::SeeAlso(other) => entry.also.push(other),
        }
    }
    for ((name, path), (from, span)) in open {
        tell(report, span, "a range of the index never ends".to_owned(), "mark its end with .to");
        if let Some((_, root)) = indexes.iter_mut().find(|(own, _)| *own == name) {
            root.at(&path, span).places.push(Place { from, to: None, main: false, span });
        }
    }
    indexes
}

impl Entry {
    fn at(&mut self, path: &[String], span: Span) -> &mut Entry {
        path.iter()
            .take(DEEPEST)
            .fold(self, |entry, name| entry.inner.entry(name.clone()).or_insert_with(|| Entry { span, ..Entry::default() }))
    }

    fn find(&self, path: &[String]) -> Option<&Entry> {
        path.iter().try_fold(self, |entry, name| entry.inner.get(name))
    }
}

/// Remarks what leads to an entry that is not there, or to itself.
fn check_see(root: &Entry, entry: &Entry, report: &mut Report) {
    for (name, inner) in &entry.inner {
        for other in inner.see.iter().chain(&inner.also) {
            let found = root.find(other);
            let itself = found.is_some_and(|found| std::ptr::eq(found, inner));
            if found.is_none() || itself {
                let what = if itself { "itself" } else { "an entry that the index has not" };
                report
                    .warn("index-see", inner.span, format!("the entry {name} leads to {what}: {}", other.join(", ")))
                    .hint("write the other entry as the index has it, levels parted by !");
            }
        }
        check_see(root, inner, report);
    }
}

/// Sorts as a language does.
pub(super) struct Sorter {
    collator: Option<icu_collator::CollatorBorrowed<'static>>,
    /// The ids that stand in notes.
    in_notes: BTreeSet<String>,
}

impl Sorter {
    pub(super) fn new(language: &str) -> Self {
        let mut options = CollatorOptions::default();
        options.strength = Some(Strength::Tertiary);
        let known = LanguageIdentifier::try_from_str(language).ok();
        let mut preferences = known.map(CollatorPreferences::from).unwrap_or_default();
        preferences.numeric_ordering = Some(CollationNumericOrdering::True);
        Self { collator: Collator::try_new(preferences, options).ok(), in_notes: BTreeSet::new() }
    }

    pub(super) fn compare(&self, one: &str, other: &str) -> Ordering {
        // What stands before the first letter or digit is no part of the order.
        let bare = |text: &str| text.trim_start_matches(|c: char| !c.is_alphanumeric()).to_owned();
        let (a, b) = (bare(one), bare(other));
        match &self.collator {
            Some(collator) => collator.compare(&a, &b).then_with(|| one.cmp(other)),
            None => a.to_lowercase().cmp(&b.to_lowercase()).then_with(|| one.cmp(other)),
        }
    }

    fn write(&self, entry: &Entry, depth: u8, atlas: &Atlas, out: &mut Vec<IndexEntry>) {
        let mut inner: Vec<_> = entry.inner.iter().collect();
        inner.sort_by(|(a, _), (b, _)| self.compare(a, b));
        for (name, own) in inner {
            out.push(IndexEntry { depth, text: self.line(name, own, atlas) });
            self.write(own, depth + 1, atlas, out);
        }
    }

    fn line(&self, name: &str, entry: &Entry, atlas: &Atlas) -> Inlines {
        let span = entry.span;
        let mut out = said(name, span);
        let mut last: Option<(String, usize)> = None;
        for place in &entry.places {
            let (label, counted) = label(place, atlas, &self.in_notes, &mut last);
            if counted {
                continue;
            }
            out.extend(said(", ", span));
            let reference = Reference {
                target: place.from.clone(),
                through: place.to.clone(),
                form: ReferenceForm::Folio,
                text: said(label, place.span),
            };
            let node = Node::new(Inline::Reference(reference), place.span);
            out.push(match place.main {
                true => Node::new(Inline::Styled(Style::Strong, vec![node]), place.span),
                false => node,
            });
        }
        let words = atlas.words();
        for (list, word, first) in [(&entry.see, words.see, ", "), (&entry.also, words.see_also, "; ")] {
            if list.is_empty() {
                continue;
            }
            let first = if entry.places.is_empty() { ", " } else { first };
            out.extend(said(first, span));
            out.push(Node::new(Inline::Styled(Style::Emphasis, said(word, span)), span));
            let mut others: Vec<_> = list.iter().map(|path| path.join(", ")).collect();
            others.sort_by(|a, b| self.compare(a, b));
            others.dedup();
            out.extend(said(format!(" {}", others.join("; ")), span));
        }
        out
    }
}

/// What stands for a place where there are no pages: the printed page of the source; else the section, by its number or its title.
/// Further places in the same section are counted; on the same printed page they are one.
fn label(place: &Place, atlas: &Atlas, in_notes: &BTreeSet<String>, last: &mut Option<(String, usize)>) -> (String, bool) {
    let one = |id: &str| {
        let standing = atlas.standing(id);
        let number = match (standing.page, standing.section) {
            (Some(page), _) if atlas.paged => page.to_owned(),
            (_, Some((_, Section { number: Some(number), .. }))) => number.clone(),
            (_, Some((_, section))) => return shortened(&section.title),
            _ => "0".to_owned(),
        };
        // A place in a note, as indexes of books have it: `17n`.
        if in_notes.contains(id) { number + "n" } else { number }
    };
    let from = one(&place.from);
    let to = place.to.as_deref().map(one).filter(|to| *to != from);
    let label = match &to {
        Some(to) => format!("{from}–{to}"),
        None => from.clone(),
    };
    match last {
        Some((before, count)) if *before == label => {
            *count += 1;
            // Behind a section's number a bare one would be another section.
            let is_number = label.starts_with(|c: char| c.is_ascii_digit());
            (if is_number { format!("({count})") } else { count.to_string() }, atlas.paged && !place.main)
        }
        _ => {
            *last = Some((label.clone(), 1));
            (if label.is_empty() { "1".to_owned() } else { label }, false)
        }
    }
}

/// The ids of all that stands in notes.
fn in_notes(doc: &Document) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    walk_blocks(&doc.body, &mut |visit| {
        if let Visit::Inline(Node { kind: Inline::Note(note), .. }) = visit {
            walk_blocks(&note.body, &mut |visit| ids.extend(visit.id().map(str::to_owned)));
        }
    });
    ids
}

fn shortened(title: &str) -> String {
    const LONGEST: usize = 40;
    if title.chars().count() <= LONGEST {
        return title.to_owned();
    }
    let cut: String = title.chars().take(LONGEST).collect();
    format!("{}…", cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words))
}

/// An index that the text has no place for stands at the end, below a heading; one that has a heading and nothing below it, there.
fn ask_for_place(doc: &mut Document, indexes: &[(String, Entry)], span: Span) {
    for (count, (name, _)) in indexes.iter().enumerate() {
        let is_own = |node: &Node<Block>| matches!(&node.kind, Block::Index(index) if index.name == *name || count == 0 && index.name.is_empty());
        if doc.body.iter().any(is_own) {
            continue;
        }
        let block = Node::new(Block::Index(Index { name: name.clone(), entries: Vec::new() }), span);
        let is_heading = |node: &Node<Block>| division_of(node) == Some("index");
        let heading = doc.body.iter().rposition(is_heading).filter(|at| count == 0 && super::is_bare(&doc.body, *at));
        if let Some(at) = heading {
            doc.body.insert(at + 1, block);
            continue;
        }
        let mut ids = Ids::of(&doc.body);
        let own = Words::of(&doc.meta.language).index;
        let words = if name.is_empty() { own.to_owned() } else { format!("{own}: {name}") };
        let heading = super::heading("index", words, top_level(doc).max(1), span, &mut ids);
        doc.body.push(heading);
        doc.body.push(block);
    }
}

fn fill(doc: &mut Document, names: &[String], made: &mut BTreeMap<String, Vec<IndexEntry>>) {
    for node in &mut doc.body {
        let Block::Index(index) = &mut node.kind else { continue };
        let name = if index.name.is_empty() && !made.contains_key("") {
            names.first().cloned().unwrap_or_default()
        } else {
            index.name.clone()
        };
        if let Some(entries) = made.remove(&name)
            && index.entries.is_empty()
        {
            index.entries = entries;
        }
    }
}

/// The lists of numbered figures and tables.
fn captions(doc: &mut Document) {
    let mut figures = Vec::new();
    let mut tables = Vec::new();
    walk_blocks(&doc.body, &mut |visit| {
        let Visit::Block(node) = visit else { return };
        let (caption, list) = match &node.kind {
            Block::Figure(figure) => (&figure.caption, &mut figures),
            Block::Table(table) => (&table.caption, &mut tables),
            _ => return,
        };
        let Some(Node { kind: Inline::Reference(label), span, .. }) = caption.first() else { return };
        if label.form != ReferenceForm::Label || label.target.is_empty() {
            return;
        }
        let reference = |form, text| {
            Node::new(
                Inline::Reference(Reference { target: label.target.clone(), through: None, form, text: said(text, *span) }),
                *span,
            )
        };
        let title = plain_text(&caption[1..]);
        let words = plain_text(&label.text);
        let name = words.trim_end_matches('.').to_owned();
        let mut text = vec![reference(ReferenceForm::Full, name)];
        if !title.is_empty() {
            text.extend(said(format!(". {title}"), *span));
        }
        list.push(IndexEntry { depth: 1, text });
    });
    for node in &mut doc.body {
        let Block::Index(index) = &mut node.kind else { continue };
        match index.name.as_str() {
            "figures" if index.entries.is_empty() => index.entries = std::mem::take(&mut figures),
            "tables" if index.entries.is_empty() => index.entries = std::mem::take(&mut tables),
            _ => {}
        }
    }
}
