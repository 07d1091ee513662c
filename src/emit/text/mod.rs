//! Plain text that is a pleasure to read, for eyes and for screen readers: filled lines, notes at the end of their chapter, and no
//! markup. Where Project Gutenberg has a convention that serves readers, it is kept: four blank lines before a chapter and two
//! behind its heading, quotations and verse set in, `[Illustration: …]`, rows of stars.
//!
//! Text that runs from right to left stands in logical order: the reader's program turns it.

mod ascii;
mod fill;
mod front;
mod line;
mod table;

use std::collections::VecDeque;

use ascii::Ascii;
use fill::{Filler, Indent};

use super::{Backend, EmitError, Output};
use crate::env::{Env, Words};
use crate::format::Format;
use crate::report::Report;
use crate::settings::{NotePlace, TextSettings};
use crate::tree::{
    Block, Definition, Document, Figure, Group, GroupRole, Inline, Item, List, Node, Note, NoteMarks, Section, formula_as_text,
    outline, plain_text,
};

/// The plain text backend.
pub struct Text;

/// How far quotations, verse and code stand in.
const INDENT: &str = "    ";

/// Entries of an index stand no deeper in.
const DEEPEST: u8 = 8;

/// However deep a text stands, so many columns are left to it: some words fit on a line.
const ROOM: usize = 24;

impl Backend for Text {
    fn name(&self) -> &'static str {
        Format::Text.name()
    }

    fn emit(&self, doc: &Document, env: &Env, report: &mut Report) -> Result<Output, EmitError> {
        let mut galley = Galley {
            out: String::new(),
            filler: Filler::new(),
            settings: &env.settings.text,
            width: env.settings.text.width,
            words: env.words(&doc.meta.language),
            marks: NoteMarks::numbers(doc),
            ascii: Ascii::new(env.settings.text.ascii),
            notes: Vec::new(),
            chapters: Vec::new(),
            waiting: String::new(),
            number: None,
            lead: String::new(),
        };
        galley.document(doc);
        galley.ascii.report(report);
        Ok(Output::File { extension: Format::Text.extension(), bytes: galley.finish().into_bytes() })
    }
}

/// The text as far as it is set.
struct Galley<'a> {
    out: String,
    filler: Filler,
    settings: &'a TextSettings,
    /// In columns; 0 where lines end nowhere but where the author ends them.
    width: usize,
    words: Words,
    ascii: Ascii,
    /// The notes that were called and not set yet.
    notes: Vec<&'a Note>,
    /// The chapters whose notes are gathered behind the last of them: before which of the notes each begins, and its name.
    chapters: Vec<(usize, String)>,
    /// What calls each note.
    marks: NoteMarks,
    /// What waits for the end of a word: the marks of pages that began inside it, the address of a link that is half of it.
    waiting: String,
    /// The number of a division without a heading: it stands before the division's first words.
    number: Option<String>,
    /// What every line begins with here: the indents of what we are in.
    lead: String,
}

impl<'a> Galley<'a> {
    fn document(&mut self, doc: &'a Document) {
        let view = outline(&doc.body);
        self.title_block(doc, &view);
        self.conspectus(doc);
        self.chapters.push((0, doc.meta.title.clone()));
        self.body(view.preamble);
        self.end_notes(NotePlace::Chapter);
        for section in &view.sections {
            self.chapters.push((self.notes.len(), section.name()));
            self.section(section);
            self.end_notes(NotePlace::Chapter);
        }
        self.number_alone();
        self.end_notes(NotePlace::End);
        self.imprint(&doc.meta);
        self.replacements();
    }

    fn finish(self) -> String {
        let mut out = self.ascii.finish(self.out);
        out.truncate(out.trim_end().len());
        out.push('\n');
        out
    }

    fn section(&mut self, section: &Section<'a>) {
        self.body(section.lead);
        let (before, behind) = if section.depth == 1 { (4, 2) } else { (2, 1) };
        self.gap(before);
        self.heading(section.number, section.title);
        self.end_notes(NotePlace::Paragraph);
        self.gap(behind);
        self.body(section.body);
        section.sections.iter().for_each(|inner| self.section(inner));
    }

    /// Blocks that stand in no other.
    fn body(&mut self, blocks: &'a [Node<Block>]) {
        for node in blocks {
            self.blocks(std::slice::from_ref(node), true);
            self.end_notes(NotePlace::Paragraph);
        }
    }

    /// The notes called since the last ones were set, and those that they call, where `here` is the place that the user wants
    /// them at.
    fn end_notes(&mut self, here: NotePlace) {
        if self.notes.is_empty() || self.settings.notes != here {
            return;
        }
        if here != NotePlace::Paragraph {
            self.gap(if here == NotePlace::End { 4 } else { 2 });
            let label = self.words.get("notes").to_owned();
            self.fill(&label);
        }
        let mut chapters = std::mem::take(&mut self.chapters);
        if here == NotePlace::End {
            let ends: Vec<_> = chapters.iter().skip(1).map(|(at, _)| *at).chain([self.notes.len()]).collect();
            let mut ends = ends.into_iter();
            chapters.retain(|(at, _)| ends.next().is_some_and(|end| end > *at));
        }
        // Whose notes they are has to be said where they are of several.
        let several = here == NotePlace::End && chapters.len() > 1;
        let mut chapters: VecDeque<_> = chapters.into_iter().filter(|_| several).collect();
        let mut at = 0;
        while let Some(note) = self.notes.get(at).copied() {
            if chapters.front().is_some_and(|(first, _)| *first == at)
                && let Some((_, name)) = chapters.pop_front()
            {
                self.gap(2);
                self.fill(&name);
            }
            self.gap(1);
            let mark = format!("[{}] ", self.marks.mark(note.id));
            let before = self.notes.len();
            self.marked(&note.body, &mark, INDENT, true);
            // Notes that this one calls stand right behind it.
            let called = self.notes.len() - before;
            at += 1;
            self.notes[at..].rotate_right(called);
            chapters.iter_mut().for_each(|(first, _)| *first += called);
        }
        self.notes.clear();
    }

    /// Blocks, with a blank line between them where they are set loosely.
    fn blocks(&mut self, blocks: &'a [Node<Block>], loose: bool) {
        for node in blocks {
            if loose && self.is_seen(&node.kind) {
                self.gap(1);
            }
            self.block(&node.kind);
        }
    }

    fn block(&mut self, kind: &'a Block) {
        match kind {
            Block::Heading { .. } | Block::Paragraph(_) | Block::Verse(_) | Block::Title(_) | Block::Comment(_) => {}
            Block::PageBreak(_) if !self.settings.pages => {}
            Block::Quote(_) | Block::Group(_) => {}
            Block::List(_)
            | Block::Definitions(_)
            | Block::Table(_)
            | Block::Code { .. }
            | Block::Math(_)
            | Block::Figure(_)
            | Block::Rule
            | Block::Bibliography(_)
            | Block::Index(_)
            | Block::PageBreak(_) => self.number_alone(),
        }
        match kind {
            // Said in the title block.
            Block::Title(_) => {}
            Block::Heading { number, text, .. } => self.heading(number.as_deref(), text),
            Block::Paragraph(text) => {
                let text = self.numbered(text);
                self.fill(&text);
            }
            Block::Quote(inner) => self.indented(INDENT, |galley| galley.blocks(inner, true)),
            Block::Group(group) => self.group(group),
            Block::Verse(stanzas) => {
                for (count, stanza) in stanzas.iter().enumerate() {
                    if count > 0 {
                        self.gap(1);
                    }
                    for line in stanza {
                        let text = self.numbered(&line.text);
                        let lead = format!("{INDENT}{:1$}", "", 2 * usize::from(line.indent));
                        self.hang(&text, &lead, "        ");
                    }
                }
            }
            Block::List(list) => self.list(list),
            Block::Definitions(entries) => self.definitions(entries),
            Block::Table(table) => self.table(table),
            Block::Code { text, .. } => self.verbatim(text),
            Block::Math(tex) => self.verbatim(&formula_as_text(tex)),
            Block::Figure(figure) => self.figure(figure),
            Block::Bibliography(bibliography) => {
                for work in &bibliography.entries {
                    let entry = self.flow(&work.text);
                    self.hang(&entry, "", INDENT);
                }
            }
            Block::Index(index) => {
                for entry in &index.entries {
                    let lead = "  ".repeat(usize::from(entry.depth.clamp(1, DEEPEST)) - 1);
                    let text = self.flow(&entry.text);
                    self.hang(&text, &lead, &format!("{lead}{INDENT}"));
                }
            }
            Block::Rule => {
                let stars = format!("{}            *       *       *\n", self.lead);
                self.out.push_str(&stars);
            }
            Block::PageBreak(page) => {
                if let Some(mark) = self.page_mark(page) {
                    self.fill(&mark);
                }
            }
            Block::Comment(_) => {}
        }
    }

    /// A heading's words. A number alone waits for the words of its division, with the number of the division around it: a line says
    /// `1. 3. Of these`, as readers cite it.
    fn heading(&mut self, number: Option<&str>, text: &'a [Node<Inline>]) {
        match number {
            Some(number) if text.is_empty() => {
                let around = self.number.take().map(|around| format!("{around}. ")).unwrap_or_default();
                self.number = Some(around + number);
            }
            _ => {
                let text = self.numbered(text);
                self.fill(&text);
            }
        }
    }

    /// A line, with the number of the division that it opens.
    fn numbered(&mut self, text: &'a [Node<Inline>]) -> String {
        let number = self.number.take();
        let text = self.flow(text);
        number.map_or(text.clone(), |number| format!("{number}. {text}"))
    }

    /// A number that has no words to stand before.
    fn number_alone(&mut self) {
        if let Some(number) = self.number.take() {
            self.fill(&format!("{number}."));
            self.gap(1);
        }
    }

    fn group(&mut self, group: &'a Group) {
        // In brackets, as all that is said here and by no author.
        if let Some(kind) = self.words.over_box(group).map(|kind| format!("[{kind}]")) {
            self.fill(&kind);
            self.gap(1);
        }
        if !group.title.is_empty() {
            let title = self.numbered(&group.title);
            self.fill(&title);
            // Who speaks stands close to what is said.
            if group.role == GroupRole::Speech {
                return self.blocks(&group.body, false);
            }
            self.gap(1);
        }
        self.blocks(&group.body, true);
    }

    fn figure(&mut self, figure: &'a Figure) {
        let words = plain_text(&figure.caption);
        for image in &figure.images {
            let alt = image.kind.alt.split_whitespace().collect::<Vec<_>>().join(" ");
            let repeated = words == alt || figure.images.len() > 1 && image.kind.unlettered() == alt;
            let said = self.illustration(if repeated { "" } else { &image.kind.alt });
            self.fill(&said);
            if figure.images.len() > 1 && !image.kind.title.is_empty() {
                self.fill(&image.kind.title);
            }
        }
        let caption = self.flow(&figure.caption);
        if !caption.is_empty() {
            self.fill(&caption);
        }
    }

    fn list(&mut self, list: &'a List) {
        for (count, item) in (0..).zip(&list.items) {
            if count > 0 && !list.tight {
                self.gap(1);
            }
            let task = match item.task {
                Some(true) => "[x] ",
                Some(false) => "[ ] ",
                None => "",
            };
            let mark = match list.start {
                Some(start) => format!("{}. {task}", list.numbering.say(start.saturating_add(count))),
                None if task.is_empty() => "- ".to_owned(),
                None => task.to_owned(),
            };
            self.item(item, &mark, !list.tight);
        }
    }

    fn item(&mut self, item: &'a Item, mark: &str, loose: bool) {
        let lead = " ".repeat(fill::columns(mark));
        self.marked(&item.body, mark, &lead, loose);
    }

    /// Blocks that hang behind a mark.
    fn marked(&mut self, body: &'a [Node<Block>], mark: &str, lead: &str, loose: bool) {
        match body {
            [Node { kind: Block::Paragraph(text), .. }, rest @ ..] => {
                let text = self.flow(text);
                self.hang(&text, mark, lead);
                self.indented(lead, |galley| galley.blocks(rest, loose));
            }
            body => {
                self.hang(mark.trim_end(), "", "");
                let (first, rest) = body.split_at(body.len().min(1));
                self.indented(lead, |galley| {
                    galley.blocks(first, false);
                    galley.blocks(rest, loose);
                });
            }
        }
    }

    fn definitions(&mut self, entries: &'a [Definition]) {
        for (count, entry) in entries.iter().enumerate() {
            if count > 0 {
                self.gap(1);
            }
            let term = self.flow(&entry.term);
            self.fill(&term);
            for meaning in &entry.meanings {
                self.indented(INDENT, |galley| galley.blocks(meaning, meaning.len() > 1));
            }
        }
    }

    /// Lines as they are, set in.
    fn verbatim(&mut self, text: &str) {
        for line in self.ascii.of(text).split('\n') {
            let line = format!("{}{INDENT}{line}", self.lead);
            self.out.push_str(line.trim_end());
            self.out.push('\n');
        }
    }

    fn indented(&mut self, by: &str, inner: impl FnOnce(&mut Self)) {
        let before = self.lead.len();
        self.lead.push_str(by);
        inner(self);
        self.lead.truncate(before);
    }

    fn fill(&mut self, text: &str) {
        self.hang(text, "", "");
    }

    /// Fills `text`, with `first` before its first line and `rest` before the others.
    fn hang(&mut self, text: &str, first: &str, rest: &str) {
        let (first, rest) = (format!("{}{first}", self.lead), format!("{}{rest}", self.lead));
        let width = match self.width {
            0 => 0,
            width => width.max(fill::columns(&rest) + width.min(ROOM)),
        };
        let text = self.ascii.of(text);
        self.filler.fill(&text, Indent { first: &first, rest: &rest }, width, &mut self.out);
    }

    /// Sees to at least `lines` blank lines before what comes next; none at the beginning.
    fn gap(&mut self, lines: usize) {
        if self.out.is_empty() {
            return;
        }
        let there = self.out.bytes().rev().take_while(|byte| *byte == b'\n').count().saturating_sub(1);
        self.out.extend(std::iter::repeat_n('\n', lines.saturating_sub(there)));
    }

    /// Whether a block leaves anything on the page.
    fn is_seen(&self, kind: &Block) -> bool {
        match kind {
            Block::PageBreak(page) => self.page_mark(page).is_some(),
            kind => !matches!(kind, Block::Title(_) | Block::Comment(_)),
        }
    }
}
