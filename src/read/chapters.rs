//! The files of a work as its chapters: what a chapter's own front matter says of it, and how deep its headings stand. It never
//! speaks for the book.

use std::collections::BTreeMap;

use super::clean::same_words;
use super::metadata::{self, Entry, Fields, Opening, Preliminary, PreliminaryKind};
use super::{Manuscript, Place, clean, markdown};
use crate::report::Report;
use crate::span::{Source, Sources, Span};
use crate::tree::{Block, Blocks, Document, Group, GroupRole, Inline, Inlines, Node, VisitMut, plain_text, walk_blocks_mut};

/// What is known of the chapters while they are read.
pub(super) struct Chapters {
    /// Whether the first file is still to come, which may speak for the whole work.
    is_first: bool,
    is_only: bool,
    /// Fields of chapters that no output has room for, by their names: the first, and where the others are.
    unused: BTreeMap<String, (Entry, Vec<Span>)>,
}

/// What a chapter's front matter says of it.
#[derive(Default)]
pub(super) struct Chapter {
    title: Option<(String, Span)>,
    /// The names of those who wrote it, where they are others than the book's.
    byline: Option<(String, Span)>,
    language: Option<String>,
}

impl Chapters {
    pub fn of(manuscript: &Manuscript) -> Self {
        let files = manuscript.chapters().iter().filter(|place| place.file.is_some()).count();
        Self { is_first: true, is_only: files == 1, unused: BTreeMap::new() }
    }

    /// Takes up what the front of a file says: of the work, where it is the first and doesn't call itself otherwise; else of its
    /// chapter.
    pub fn open(&mut self, front: &mut Opening, fields: &mut Fields, report: &mut Report) -> Chapter {
        let entries = std::mem::take(&mut front.entries);
        if let Some(table) = front.tables.first().filter(|_| !self.is_only) {
            report
                .warn(
                    "settings-unused",
                    table.key,
                    format!("the settings [{}] stand in a chapter, and are not used", table.name),
                )
                .hint("settings of a work of several files stand in its tetrapla.toml");
        }
        let is_first = std::mem::take(&mut self.is_first);
        let title = |entries: &[Entry]| entries.iter().find(|entry| entry.name == "title").and_then(|entry| entry.said.line());
        let calls_itself = title(&entries).is_some_and(|own| fields.words("title").is_some_and(|title| title != own));
        let entries = if is_first && !calls_itself { fields.add_entries(entries, front.span) } else { entries };
        let chapter = self.chapter(entries, fields, report);
        fields.read_in(chapter.language.clone());
        chapter
    }

    fn chapter(&mut self, mut entries: Vec<Entry>, fields: &mut Fields, report: &mut Report) -> Chapter {
        entries.retain(|entry| !entry.said.is_nothing());
        let mut chapter = Chapter::default();
        let names = entries.iter().find(|entry| metadata::is_of_people(&entry.name)).map(|entry| entry.said.span);
        let people = Fields::people_of(&mut entries, report);
        let names_of = people.iter().map(|person| person.name.as_str()).collect::<Vec<_>>().join(", ");
        if let Some(span) = names.filter(|_| !names_of.is_empty() && !fields.names_people(&people)) {
            chapter.byline = Some((names_of, span));
        }
        for entry in entries {
            let line = entry.said.line();
            match (entry.name.as_str(), line) {
                ("title", Some(title)) => chapter.title = Some((title, entry.said.span)),
                ("language" | "lang", Some(name)) => match metadata::language_tag(&name) {
                    // The first that is named is the book's, where nothing else says it.
                    Some(_) if !fields.says(&["language", "lang"]) => drop(fields.add_entries(vec![entry], Span::default())),
                    Some(tag) => chapter.language = Some(tag).filter(|tag| fields.language() != Some(tag)),
                    None => {
                        report
                            .warn("language-malformed", entry.said.span, format!("\"{name}\" is no language tag"))
                            .hint("write a tag of BCP 47, such as en, fr-CA or grc");
                    }
                },
                // What the book says in the same words is said.
                (name, Some(line)) if fields.words(name).as_deref() == Some(&line) => {}
                (name, _) => match self.unused.get_mut(name) {
                    Some((_, more)) => more.push(entry.key),
                    None => drop(self.unused.insert(name.to_owned(), (entry, Vec::new()))),
                },
            }
        }
        chapter
    }

    /// Puts into a chapter's blocks what was said of it, and its headings at their depth.
    pub fn close(&mut self, chapter: Chapter, place: &Place, blocks: &mut Blocks, fields: &Fields, report: &mut Report) {
        // A table of contents names a chapter; its heading stands where the chapter does.
        let listed =
            || place.title.clone().map(|(title, _)| (title, Span { file: place.file.unwrap_or_default(), ..Span::default() }));
        let title = chapter.title.clone().or_else(listed);
        if let Some((title, span)) = &title
            && !head(blocks, title, *span)
            && chapter.title.is_some()
        {
            tell_title(title, *span, blocks, report);
        }
        if let Some((names, span)) = chapter.byline {
            let at = blocks.iter().position(|node| matches!(node.kind, Block::Heading { .. })).map_or(0, |at| at + 1);
            let line = Node::new(Block::Paragraph(words(&names, span)), span);
            let group = Group { role: GroupRole::Byline, title: Vec::new(), body: vec![line] };
            blocks.insert(at, Node::new(Block::Group(group), span));
        }
        if let Some(tag) = chapter.language.filter(|tag| fields.words("language").as_deref() != Some(tag)) {
            for node in blocks.iter_mut().filter(|node| !matches!(node.kind, Block::PageBreak(_) | Block::Comment(_))) {
                node.attrs.get_or_insert_default().lang.get_or_insert_with(|| tag.clone());
            }
        }
        if place.title.is_some() {
            lower(blocks, place.level);
        }
    }

    /// Tells what chapters say of themselves that no output has room for: each field in one remark.
    pub fn tell(&self, manuscript: &Manuscript, report: &mut Report) {
        for (name, (entry, more)) in &self.unused {
            if !metadata::FIELDS.contains(&name.as_str()) && more.is_empty() {
                metadata::unused(entry, "", metadata::FIELDS, report);
                continue;
            }
            let name = clean::line(name);
            let others = if more.is_empty() {
                String::new()
            } else {
                format!(", nor in {} more of the {} chapters", more.len(), manuscript.chapters().len())
            };
            report
                .remark("metadata-unused", entry.key, format!("the {name} of a chapter is in no output here{others}"))
                .also(more.iter().copied())
                .hint("the book's own stands in [metadata] of its tetrapla.toml; what readers should see stands in the text");
        }
    }
}

/// Sets a title over a chapter that has no heading of its own; false where it has another one.
fn head(blocks: &mut Blocks, title: &str, span: Span) -> bool {
    let first = blocks.iter().find_map(|node| match &node.kind {
        Block::Heading { level, text, .. } => Some((*level, plain_text(text))),
        Block::Title(text) => Some((1, plain_text(text))),
        _ => None,
    });
    match first {
        Some((1, own)) => same_words(&own, title),
        first => {
            // A chapter whose only heading says the title one level down needs it no second time.
            if first.is_some_and(|(_, own)| same_words(&own, title)) {
                return true;
            }
            let at = blocks.iter().position(|node| !matches!(node.kind, Block::PageBreak(_) | Block::Comment(_))).unwrap_or(0);
            blocks.insert(at, heading(title, 1, span));
            true
        }
    }
}

fn tell_title(title: &str, span: Span, blocks: &Blocks, report: &mut Report) {
    let own = blocks.iter().find_map(|node| match &node.kind {
        Block::Heading { text, .. } | Block::Title(text) => Some(plain_text(text)),
        _ => None,
    });
    let own = own.unwrap_or_default();
    report
        .remark(
            "chapter-title",
            span,
            format!("the chapter's title \"{title}\" is not set: its text has the heading \"{own}\""),
        )
        .hint("make the heading say it, or take the title out");
}

fn words(text: &str, span: Span) -> Inlines {
    vec![Node::new(Inline::Text(text.to_owned()), span)]
}

/// The words of a value of the metadata with their marks of Markdown, all of them at the field's place. What is more than a
/// paragraph of styled words, such as a date that begins as an item of a list does, is words alone.
fn inlines(text: &str, span: Span) -> Inlines {
    let mut sources = Sources::default();
    let file = sources.add(Source { name: String::new(), text: text.to_owned() });
    let mut blocks = markdown::blocks(&sources, file, 0..text.len(), &mut Report::default());
    let mut is_plain = blocks.len() == 1;
    walk_blocks_mut(&mut blocks, &mut |mut visit| {
        *visit.span_mut() = span;
        is_plain &= match visit {
            VisitMut::Block(node) => matches!(node.kind, Block::Paragraph(_)),
            VisitMut::Inline(node) => {
                matches!(node.kind, Inline::Text(_) | Inline::Styled(..) | Inline::Code(_) | Inline::Math(_))
            }
            VisitMut::Cell(_) | VisitMut::Image(_) => false,
        };
    });
    match blocks.pop().map(|node| node.kind) {
        Some(Block::Paragraph(inlines)) if is_plain => inlines,
        _ => words(&metadata::plain(text).map_or(text.to_owned(), |text| clean::line(&text)), span),
    }
}

fn heading(title: &str, level: u8, span: Span) -> Node<Block> {
    Node::new(Block::Heading { level, number: None, text: words(title, span) }, span)
}

/// The heading of a part.
pub(super) fn part(place: &Place) -> Option<Node<Block>> {
    let (title, span) = place.title.as_ref().filter(|(title, _)| !title.is_empty())?;
    Some(heading(title, place.level, *span))
}

/// Puts a chapter's highest heading at `level`, the others as far below it as they are.
fn lower(blocks: &mut Blocks, level: u8) {
    let highest = blocks.iter().filter_map(|node| match node.kind {
        Block::Heading { level, .. } => Some(level),
        _ => None,
    });
    let Some(by) = highest.min().map(|highest| i16::from(level) - i16::from(highest)).filter(|by| *by != 0) else { return };
    walk_blocks_mut(blocks, &mut |visit| {
        if let VisitMut::Block(Node { kind: Block::Heading { level, .. }, .. }) = visit {
            *level = (i16::from(*level) + by).clamp(1, 6) as u8;
        }
    });
}

/// Puts what the metadata say before the text, behind the work's title, where the text has it; and what they say behind it.
pub(super) fn preliminaries(doc: &mut Document, said: Vec<Preliminary>) {
    let at = doc.body.iter().position(|node| matches!(node.kind, Block::Title(_))).map_or(0, |at| at + 1);
    for Preliminary { kind, texts, span } in said.into_iter().rev() {
        let role = match kind {
            PreliminaryKind::Dedication => GroupRole::Dedication,
            PreliminaryKind::Epigraph => GroupRole::Epigraph,
            PreliminaryKind::Abstract => GroupRole::Abstract,
            PreliminaryKind::Imprint => GroupRole::Imprint,
            PreliminaryKind::Colophon => GroupRole::Colophon,
        };
        let lines =
            |(text, span): &(String, Span)| text.split("\n\n").map(|text| (clean::line(text), *span)).collect::<Vec<_>>();
        let paragraphs = texts.iter().flat_map(lines).filter(|(text, _)| !text.is_empty());
        let body = paragraphs.map(|(text, span)| Node::new(Block::Paragraph(inlines(&text, span)), span));
        let group = Group { role, title: Vec::new(), body: body.collect() };
        let behind = |before: &[GroupRole]| {
            let is_before = |node: &&Node<Block>| matches!(&node.kind, Block::Group(group) if before.contains(&group.role));
            at + doc.body[at..].iter().take_while(is_before).count()
        };
        let at = match kind {
            PreliminaryKind::Imprint => at,
            // Behind what the text itself says for the page behind the title.
            PreliminaryKind::Dedication | PreliminaryKind::Epigraph => behind(&[GroupRole::Imprint]),
            PreliminaryKind::Abstract => behind(&[GroupRole::Imprint, GroupRole::Dedication, GroupRole::Epigraph]),
            PreliminaryKind::Colophon => doc.body.len(),
        };
        doc.body.insert(at, Node::new(Block::Group(group), span));
    }
}
