//! The last pass over a work that was read, which keeps the tree's promises: notes are numbered, headings have ids, links lead
//! somewhere, and the work has a title and a language.

use std::collections::{BTreeMap, BTreeSet};

use super::clean::same_words;
use super::{Manuscript, clean, language, links};
use crate::report::Report;
use crate::span::Span;
use crate::tree::{
    Attrs, Block, Blocks, Document, Group, GroupRole, Inline, Matter, Node, NoteId, PartMut, Slugs, Visit, VisitMut, division,
    kinds, parts_mut, plain_text, walk_blocks, walk_blocks_mut,
};

/// Gives notes their numbers in the work, file by file.
#[derive(Default)]
pub(super) struct Notes {
    count: u32,
}

impl Notes {
    pub(super) fn number(&mut self, blocks: &mut Blocks) {
        let mut numbers = BTreeMap::new();
        let mut number = |own: NoteId| {
            *numbers.entry(own).or_insert_with(|| {
                self.count += 1;
                NoteId(self.count)
            })
        };
        // Where they stand, they are counted; a note may call one that comes later.
        let mut has_calls = false;
        walk_blocks_mut(blocks, &mut |visit| match visit {
            VisitMut::Inline(Node { kind: Inline::Note(note), .. }) => note.id = number(note.id),
            VisitMut::Inline(Node { kind: Inline::NoteCall(_), .. }) => has_calls = true,
            VisitMut::Block(_) | VisitMut::Inline(_) | VisitMut::Cell(_) | VisitMut::Image(_) => {}
        });
        if !has_calls {
            return;
        }
        walk_blocks_mut(blocks, &mut |visit| {
            if let VisitMut::Inline(Node { kind: Inline::NoteCall(id), .. }) = visit {
                *id = number(*id);
            }
        });
    }
}

/// What reading has found out of a work.
pub(super) struct Known {
    /// Which words of the text are its title is said already, or that none are.
    pub(super) titled: bool,
    /// The language that the text of a file looked to be in.
    pub(super) guess: Option<language::Guess>,
}

/// Keeps the promises that need the whole work.
pub(super) fn finish(doc: &mut Document, manuscript: &Manuscript, known: &Known, report: &mut Report) {
    super::unspaced::close(&mut doc.body);
    parts(&mut doc.body);
    let named = title(doc, &manuscript.stem, known.titled);
    let apparatus = super::Apparatus::of(manuscript);
    let kinds = kinds(&doc.body);
    if kinds.citations {
        super::scholar::named_things(doc);
    }
    if !kinds.citations && apparatus.listed.is_empty() {
        super::scholar::no_citations(doc);
    } else if super::scholar::citations(doc, manuscript, &apparatus, report) {
        Notes::default().number(&mut doc.body);
    }
    // The heading says now what its citations say.
    if let Some(Block::Title(text) | Block::Heading { text, .. }) = named.map(|at| &doc.body[at].kind) {
        doc.meta.title = plain_text(text);
    }
    let owners = links::Owners::of(manuscript);
    let renamed = headings(&mut doc.body, &owners);
    // Lists of works bring links of their own.
    let bring_links = kinds.citations || !apparatus.listed.is_empty();
    if kinds.links || bring_links {
        let lead_inside = kinds.inner_links || bring_links;
        links::resolve(doc, lead_inside, (manuscript, &owners, &renamed), report);
    }
    if kinds.terms {
        super::scholar::glossary(doc);
    }
    super::scholar::abbreviations(doc, manuscript, report);
    super::scholar::index_terms(doc, manuscript, report);
    if kinds.pages {
        super::scholar::printed_index(doc);
    }
    let has_terms = kinds.index_terms || manuscript.terms.is_some();
    let fresh = has_terms && super::scholar::index_ids(doc);
    let may_refer = kinds.references || kinds.open_links || kinds.citations;
    let atlas = super::scholar::references(doc, &apparatus, may_refer, report);
    if has_terms {
        super::scholar::indexes(doc, &atlas, fresh, report);
    }
    super::scholar::listings(doc);
    if kinds.open_calls {
        undefined_notes(doc, manuscript, report);
    }
    language::guess(doc, manuscript, known.guess, report);
    missing(doc, report);
}

/// A part that its author names so (`{.part}`, bookdown's `(PART)`) holds the chapters behind it, up to what stands at a book's
/// end, also where they are written at its own level: where the first heading behind it is.
fn parts(body: &mut Blocks) {
    // Whether a part is open whose chapters are at its level.
    let mut are_beside = false;
    for at in 0..body.len() {
        let (own, behind) = body[at..].split_first_mut().expect("a block stands there");
        let Block::Heading { level, text, .. } = &mut own.kind else { continue };
        if is_part(own.attrs.as_deref()) {
            are_beside = *level == 1 && behind.iter().find_map(heading_level) == Some(1);
            continue;
        }
        let classes = own.attrs.as_ref().map(|attrs| &attrs.classes[..]).unwrap_or_default();
        are_beside &= *level > 1 || division(classes, &plain_text(text), 1).1 != Matter::Back;
        if are_beside {
            *level = (*level + 1).min(6);
        }
    }
}

fn heading_level(node: &Node<Block>) -> Option<u8> {
    match node.kind {
        Block::Heading { level, .. } => Some(level),
        _ => None,
    }
}

fn is_part(attrs: Option<&Attrs>) -> bool {
    attrs.is_some_and(|attrs| attrs.classes.iter().any(|class| class == "part"))
}

/// Finds the title in the text, and the text's title for the metadata; gives where the heading is that named the work.
fn title(doc: &mut Document, stem: &str, titled: bool) -> Option<usize> {
    let said = |node: &Node<Block>| match &node.kind {
        Block::Heading { text, .. } => plain_text(text),
        _ => String::new(),
    };
    let heading = doc.body.iter().position(|node| matches!(node.kind, Block::Heading { .. }));
    let words = heading.map(|at| said(&doc.body[at])).unwrap_or_default();
    let is_title = match heading {
        _ if titled => false,
        None => false,
        Some(at) if is_part(doc.body[at].attrs.as_deref()) => false,
        Some(_) if words.is_empty() => false,
        Some(at) if has_text_before(&doc.body[..at]) => false,
        Some(at) if doc.meta.title.is_empty() => opens_work(&doc.body, at),
        Some(at) => same_words(&words, &doc.meta.title) || with_subtitle(&words, doc) && opens_work(&doc.body, at),
    };
    let named = heading.filter(|_| doc.meta.title.is_empty() && !words.is_empty());
    if doc.meta.title.is_empty() {
        doc.meta.title = if words.is_empty() { clean::line(stem) } else { words };
    }
    if doc.meta.title.is_empty() {
        doc.meta.title = "Untitled".to_owned();
    }
    if let (true, Some(at)) = (is_title, heading)
        && let Block::Heading { text, .. } = &mut doc.body[at].kind
    {
        let text = std::mem::take(text);
        doc.body[at].kind = Block::Title(text);
    }
    named
}

/// Whether running text stands before the heading. A title goes to the title page, so what is read before it would be read after it.
/// The words of a printed title page (an author's name, a series) are no running text, nor are pictures.
fn has_text_before(blocks: &[Node<Block>]) -> bool {
    blocks.iter().any(|node| match &node.kind {
        Block::Paragraph(text) => {
            let words = plain_text(text);
            words.split_whitespace().count() > LONGEST_TITLE_LINE
                || words.trim_end().ends_with(['.', '!', '?']) && words.contains(' ')
        }
        Block::Verse(_)
        | Block::List(_)
        | Block::Definitions(_)
        | Block::Table(_)
        | Block::Bibliography(_)
        | Block::Index(_)
        | Block::Code { .. }
        | Block::Math(_) => true,
        Block::Title(_)
        | Block::Heading { .. }
        | Block::Quote(_)
        | Block::Group(_)
        | Block::Figure(_)
        | Block::Rule
        | Block::PageBreak(_)
        | Block::Comment(_) => false,
    })
}

/// In words. A line of a title page is seldom longer; a sentence seldom shorter.
const LONGEST_TITLE_LINE: usize = 12;

/// Whether the heading at `at` is over the whole work: the only one of its level and the highest, or followed at once by another.
fn opens_work(body: &Blocks, at: usize) -> bool {
    let own = heading_level(&body[at]);
    let mut others = body[at + 1..].iter().filter_map(heading_level);
    let followed = body[at + 1..].iter().find(|node| !matches!(node.kind, Block::PageBreak(_) | Block::Comment(_)));
    let next = followed.and_then(heading_level);
    own == Some(1) && (others.all(|other| other > 1) || next.is_some())
}

fn with_subtitle(words: &str, doc: &Document) -> bool {
    doc.meta.subtitle.as_ref().is_some_and(|subtitle| same_words(words, &format!("{}{subtitle}", doc.meta.title)))
}

/// Groups that say nothing, since another has their id, leave their blocks.
fn dissolve(blocks: &mut Blocks) {
    let is_silent = |group: &Group| group.role == GroupRole::Plain && group.title.is_empty();
    for mut node in std::mem::take(blocks) {
        parts_mut(&mut node.kind, &mut |part| match part {
            PartMut::Blocks(inner) => dissolve(inner),
            PartMut::Cell(cell) => dissolve(&mut cell.kind.body),
            PartMut::Line(_) | PartMut::Image(_) => {}
        });
        match node.kind {
            Block::Group(group) if is_silent(&group) && node.attrs.as_ref().is_none_or(|attrs| **attrs == Attrs::default()) => {
                blocks.extend(group.body)
            }
            kind => blocks.push(Node { kind, ..node }),
        }
    }
}

/// Gives each heading an id: the source's, else one made of its words. The second of two equal ones gets a number, or goes; where it
/// stands in another file, it gets one, since links there mean it. The answer: what the ids of each file became.
fn headings(body: &mut Blocks, owners: &links::Owners) -> links::Renamed {
    let (mut taken, mut renamed) = (BTreeMap::new(), links::Renamed::new());
    let mut lost: BTreeMap<Span, String> = BTreeMap::new();
    let mut emptied = false;
    walk_blocks_mut(body, &mut |mut visit| {
        let span = *visit.span_mut();
        let Some(attrs) = visit.attrs_mut() else { return };
        let Some(id) = &attrs.id else { return };
        match taken.get(id) {
            None => drop(taken.insert(id.clone(), owners.of_file(span.file))),
            Some(first) => {
                if *first != owners.of_file(span.file) {
                    lost.insert(span, id.clone());
                }
                attrs.id = None;
                emptied |= **attrs == Attrs::default();
            }
        }
    });
    if emptied && lost.is_empty() {
        links::take_out_empty(body);
        dissolve(body);
    }
    let mut slugs = Slugs::new(taken.into_keys().collect());
    walk_blocks_mut(body, &mut |mut visit| {
        let span = *visit.span_mut();
        let words = match &visit {
            VisitMut::Block(Node { kind: Block::Heading { text, .. }, .. }) => Some(plain_text(text)),
            _ => lost.get(&span).cloned(),
        };
        let Some(words) = words else { return };
        let id = &mut visit.attrs_mut().get_or_insert_default().id;
        if id.is_none() {
            let fresh = slugs.next(&words);
            if let Some(own) = lost.remove(&span) {
                renamed.insert((owners.of_file(span.file), own), fresh.clone());
            }
            *id = Some(fresh);
        }
    });
    renamed
}

/// Remarks calls such as `[^4]` that no note answers: the parser left them as text.
fn undefined_notes(doc: &Document, manuscript: &Manuscript, report: &mut Report) {
    let known: BTreeSet<_> = report.diagnostics.iter().filter_map(|found| found.span).collect();
    walk_blocks(&doc.body, &mut |visit| {
        let Visit::Inline(node) = visit else { return };
        let Inline::Text(text) = &node.kind else { return };
        for at in memchr::memchr_iter(b'[', text.as_bytes()).filter(|at| text.as_bytes().get(at + 1) == Some(&b'^')) {
            let label = text[at + 2..].split(']').next().unwrap_or("");
            let closed = text[at + 2..].len() > label.len();
            if !closed
                || label.is_empty()
                || label.len() > 40
                || label.contains(char::is_whitespace)
                || known.contains(&node.span)
            {
                continue;
            }
            let call = format!("[^{label}]");
            let start = node.span.start as usize + manuscript.sources.slice(node.span).find(&call).unwrap_or(0);
            report
                .warn(
                    "note-undefined",
                    Span::new(node.span.file, start..start + call.len()),
                    format!("no note answers the call {call}"),
                )
                .hint(format!("write the note as {call}: and its text on a line of its own; the call stays as text"));
        }
    });
}

/// One remark that names what a catalogue would ask for and the metadata do not say.
fn missing(doc: &Document, report: &mut Report) {
    let meta = &doc.meta;
    let fields = [
        ("people", meta.people.is_empty()),
        ("date", meta.date.is_none()),
        ("publisher", meta.publisher.is_none()),
        ("identifiers", meta.identifiers.is_empty()),
        ("rights", meta.rights.is_none() && meta.licence.is_none()),
    ];
    let missing: Vec<_> = fields.iter().filter(|(_, missing)| *missing).map(|(name, _)| *name).collect();
    if !missing.is_empty() {
        report
            .remark("metadata-missing", None, format!("the metadata do not say: {}", missing.join(", ")))
            .hint("say it in the front matter of the first file, or in a tetrapla.toml beside it");
    }
}
