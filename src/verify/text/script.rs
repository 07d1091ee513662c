//! What a plain text must say, word for word, from its title block to its imprint. What an output adds (labels, numbers of items,
//! marks of emphasis) has no source.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};

use super::Copy;
use crate::env::conspectus;
use crate::env::{Env, Words};
use crate::settings::{Emphasis, NotePlace, TextSettings};
use crate::span::Span;
use crate::tree::{
    Block, Cell, Document, Image, Inline, Inlines, List, Metadata, Node, Note, NoteMarks, PrintedSource, Role, Section, Style,
    Table, formula_as_text, heading_name, inline_children, outline, places, plain_text,
};
use crate::verify::script::{Beginning, Lines, Script, Which, squeezed};
use crate::verify::words::{Cut, Flow, Lexer};

/// What the text of `doc` must say. Where it has a choice, how a table is laid out, the `copy` is asked.
pub fn script<'a>(doc: &'a Document, env: &'a Env, copy: &Copy) -> Script<'a> {
    let settings = &env.settings.text;
    let mut dictation = Dictation {
        settings,
        words: env.words(&doc.meta.language),
        replaced: &copy.replaced,
        copy: &copy.reading.body.flow,
        last_table: (0, 0),
        rules: Vec::new(),
        in_table: false,
        drawn: VecDeque::new(),
        cut: super::cut(env),
        lexer: Lexer::new(super::cut(env)),
        source: None,
        notes: Vec::new(),
        gathered: Vec::new(),
        marks: NoteMarks::numbers(doc),
        waiting: Vec::new(),
        beginnings: Vec::new(),
    };
    dictation.document(doc);
    let (flow, beginnings) = (dictation.lexer.finish(), dictation.beginnings);
    let flows = BTreeMap::from([(Which::Body, Lines { flow, ..Lines::default() })]);
    Script { flows, beginnings, ids: BTreeMap::new() }
}

struct Dictation<'a, 'c> {
    settings: &'a TextSettings,
    words: Words,
    replaced: &'c BTreeMap<char, String>,
    copy: &'c Flow<crate::verify::Place>,
    /// How much was said up to the end of the last table, and where that is in the copy.
    last_table: (usize, usize),
    /// Where the rules of the table at hand stand among what is said, and how the copy draws them.
    rules: Vec<usize>,
    /// Whether a table's cell is being said.
    in_table: bool,
    drawn: VecDeque<String>,
    cut: Cut,
    lexer: Lexer<Option<Span>>,
    /// Where what is said stands in the source.
    source: Option<Span>,
    /// Notes that were called and not said yet.
    notes: Vec<(&'a Note, Span)>,
    /// Those of the chapters before, under the names of these, where all stand at the end.
    gathered: Vec<(String, Vec<(&'a Note, Span)>)>,
    /// What calls each note.
    marks: NoteMarks,
    /// What stands behind a word that is not said to its end.
    waiting: Vec<Waiting<'a>>,
    beginnings: Vec<Beginning>,
}

/// What waits for a word's end.
enum Waiting<'a> {
    /// The label of a page that began inside it.
    Page(&'a str),
    /// Where a link leads that is half of it.
    Address(&'a str),
}

impl<'a> Dictation<'a, '_> {
    fn document(&mut self, doc: &'a Document) {
        let view = outline(&doc.body);
        let title = view.preamble.iter().find_map(|node| match &node.kind {
            Block::Title(text) => Some(text),
            _ => None,
        });
        match title {
            Some(text) => self.line(text),
            None if view.sections.first().is_some_and(|section| plain_text(section.title) == doc.meta.title) => {}
            None => self.added(&doc.meta.title),
        }
        let title = title.map_or(doc.meta.title.clone(), |text| plain_text(text));
        self.front(&doc.meta, &title);
        for list in conspectus(doc, &self.words) {
            self.added(&list.title);
            list.entries.iter().for_each(|(sign, meaning)| self.added(&format!("{sign} {meaning}")));
        }
        self.body(view.preamble);
        self.end_notes(NotePlace::Chapter);
        self.gather(&doc.meta.title);
        for section in &view.sections {
            self.section(section);
            self.end_notes(NotePlace::Chapter);
            self.gather(&section.name());
        }
        self.gathered_notes();
        self.imprint(&doc.meta);
        if !self.replaced.is_empty() {
            self.label("replaced");
        }
    }

    fn front(&mut self, meta: &Metadata, title: &str) {
        if let Some(subtitle) = meta.subtitle.as_ref().filter(|subtitle| !title.contains(subtitle.as_str())) {
            self.added(subtitle);
        }
        self.added(&meta.authors());
        for role in Role::ALL.into_iter().filter(|role| *role != Role::Author) {
            let names: Vec<_> = meta.people_as(role).map(|person| person.name.as_str()).collect();
            if !names.is_empty() {
                self.label(role.name());
                self.added(&names.join(", "));
            }
        }
        self.added(meta.edition.as_deref().unwrap_or(""));
        if let Some(series) = &meta.series {
            self.listed(&[Some(&series.name), series.position.as_ref()]);
        }
        if meta.publisher.is_some() {
            self.label("published");
        }
        self.listed(&[meta.publisher.as_ref(), meta.place.as_ref(), meta.date.as_ref()]);
    }

    fn imprint(&mut self, meta: &Metadata) {
        for id in &meta.identifiers {
            self.added(&format!("{}: {}", id.scheme.to_uppercase(), id.value));
        }
        if let Some(source) = meta.source.as_ref().filter(|source| **source != PrintedSource::default()) {
            self.printed(source);
        }
        for (key, said) in [("rights", &meta.rights), ("licence", &meta.licence)] {
            if let Some(said) = said {
                self.label(key);
                self.added(&format!(": {said}"));
            }
        }
    }

    fn printed(&mut self, source: &PrintedSource) {
        let people: Vec<_> = source.people.iter().map(|person| person.name.as_str()).collect();
        let people = (!people.is_empty()).then(|| people.join(", "));
        let place = match (&source.place, &source.publisher) {
            (Some(place), Some(publisher)) => Some(format!("{place}: {publisher}")),
            (place, publisher) => place.clone().or(publisher.clone()),
        };
        let parts = [
            people.as_ref(),
            source.title.as_ref(),
            source.edition.as_ref(),
            place.as_ref(),
            source.date.as_ref(),
            source.pages.as_ref(),
            source.note.as_ref(),
        ];
        if parts.iter().any(Option::is_some) {
            self.label("source");
            self.added(":");
            self.listed(&parts);
        }
    }

    fn listed(&mut self, parts: &[Option<&String>]) {
        let parts: Vec<_> = parts.iter().flatten().map(|part| part.as_str()).collect();
        self.added(&parts.join(", "));
    }

    fn label(&mut self, key: &str) {
        let label = self.words.get(key).to_owned();
        self.added(&label);
    }

    /// Says what has no source.
    fn added(&mut self, text: &str) {
        self.lexer.close();
        self.lexer.at(None);
        let text = self.shown(text).into_owned();
        self.lexer.text(&text);
        self.lexer.close();
    }

    /// Says a mark that the output adds at a word.
    fn mark(&mut self, mark: &str) {
        self.lexer.at(None);
        let mark = self.shown(mark).into_owned();
        self.lexer.text(&mark);
        self.lexer.at(self.source);
    }

    fn said(&mut self, text: &str) {
        self.lexer.at(self.source);
        let text = self.shown(text).into_owned();
        self.lexer.text(&text);
    }

    /// Code may show what whoever reads the copy takes for a table.
    fn code(&mut self, text: &str) {
        let text = self.shown(text).into_owned();
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        let source = self.source;
        super::say(&lines, &mut self.lexer, |_| source);
    }

    fn shown<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.replaced.is_empty() || text.is_ascii() {
            return Cow::Borrowed(text);
        }
        let mut shown = String::new();
        for c in text.chars() {
            match self.replaced.get(&c) {
                Some(said) => shown.push_str(said),
                None => shown.push(c),
            }
        }
        Cow::Owned(shown)
    }

    fn section(&mut self, section: &Section<'a>) {
        self.body(section.lead);
        self.body(std::slice::from_ref(section.heading));
        self.body(section.body);
        section.sections.iter().for_each(|inner| self.section(inner));
    }

    fn body(&mut self, blocks: &'a [Node<Block>]) {
        for node in blocks {
            self.block(node);
            self.end_notes(NotePlace::Paragraph);
        }
    }

    fn end_notes(&mut self, here: NotePlace) {
        if self.notes.is_empty() || self.settings.notes != here {
            return;
        }
        if here != NotePlace::Paragraph {
            self.label("notes");
        }
        let notes = std::mem::take(&mut self.notes);
        self.say_notes(notes);
    }

    /// Lays the notes of a chapter aside until the end.
    fn gather(&mut self, chapter: &str) {
        if self.settings.notes == NotePlace::End && !self.notes.is_empty() {
            self.gathered.push((chapter.to_owned(), std::mem::take(&mut self.notes)));
        }
    }

    /// All notes, each chapter's under its name if they are of several.
    fn gathered_notes(&mut self) {
        let gathered = std::mem::take(&mut self.gathered);
        if !gathered.is_empty() {
            self.label("notes");
        }
        let several = gathered.len() > 1;
        for (chapter, notes) in gathered {
            if several {
                self.added(&chapter);
            }
            self.say_notes(notes);
        }
    }

    /// Notes, and right behind each those that it calls.
    fn say_notes(&mut self, mut waiting: Vec<(&'a Note, Span)>) {
        while !waiting.is_empty() {
            let (note, span) = waiting.remove(0);
            self.added(&format!("[{}]", self.marks.mark(note.id)));
            self.source = Some(span);
            self.blocks(&note.body);
            waiting.splice(0..0, std::mem::take(&mut self.notes));
        }
    }

    fn blocks(&mut self, blocks: &'a [Node<Block>]) {
        blocks.iter().for_each(|node| self.block(node));
    }

    fn block(&mut self, node: &'a Node<Block>) {
        self.lexer.close();
        self.source = Some(node.span);
        match &node.kind {
            Block::Title(_) | Block::Comment(_) => {}
            Block::Heading { text, level, number } => {
                let spot = (Which::Body, self.lexer.count());
                let name = heading_name(number.as_deref(), text);
                self.beginnings.push(Beginning { name, level: Some(*level), span: node.span, spot });
                match number {
                    Some(number) if text.is_empty() => self.added(&format!("{number}.")),
                    _ => self.line(text),
                }
            }
            Block::Group(group) => {
                if let Some(kind) = self.words.over_box(group).map(|kind| format!("[{kind}]")) {
                    self.added(&kind);
                }
                self.line(&group.title);
                self.blocks(&group.body);
            }
            Block::Paragraph(text) => self.line(text),
            Block::Quote(inner) => self.blocks(inner),
            Block::Verse(stanzas) => stanzas.iter().flatten().for_each(|line| self.line(&line.text)),
            Block::List(list) => self.list(list),
            Block::Definitions(entries) => {
                for entry in entries {
                    self.line(&entry.term);
                    entry.meanings.iter().for_each(|meaning| self.blocks(meaning));
                }
            }
            Block::Table(table) => self.table(table, node.span),
            Block::Code { text, .. } => self.code(text),
            Block::Math(tex) => self.said(&formula_as_text(tex)),
            Block::Figure(figure) => {
                let words = plain_text(&figure.caption);
                for image in &figure.images {
                    let alt = squeezed(&image.kind.alt);
                    let repeated = words == alt || figure.images.len() > 1 && image.kind.unlettered() == alt;
                    self.illustration(&image.kind, if repeated { "" } else { &image.kind.alt });
                    self.lexer.close();
                    if figure.images.len() > 1 {
                        self.said(&image.kind.title);
                        self.lexer.close();
                    }
                }
                self.line(&figure.caption);
            }
            Block::Bibliography(works) => works.entries.iter().for_each(|work| self.line(&work.text)),
            Block::Index(index) => index.entries.iter().for_each(|entry| self.line(&entry.text)),
            Block::Rule => self.mark("* * *"),
            Block::PageBreak(page) => {
                self.page(page.label.as_deref(), node.span);
                self.say_waiting();
            }
        }
        self.lexer.close();
    }

    fn list(&mut self, list: &'a List) {
        for (count, item) in (0..).zip(&list.items) {
            let task = match item.task {
                Some(true) => "[x]",
                Some(false) => "[ ]",
                None => "",
            };
            match list.start {
                Some(start) => self.added(&format!("{}. {task}", list.numbering.say(start.saturating_add(count)))),
                None if task.is_empty() => self.added("-"),
                None => self.added(task),
            }
            self.blocks(&item.body);
        }
    }

    /// A table stands in columns, with rules around it where cells take several lines; or as records, where columns can't fit.
    fn table(&mut self, table: &'a Table, span: Span) {
        self.line(&table.caption);
        if self.in_table {
            // Its lines are a cell's, and found with the table around it.
            return self.columns(table);
        }
        self.in_table = true;
        self.outer(table, span);
        self.in_table = false;
    }

    fn outer(&mut self, table: &'a Table, span: Span) {
        let layouts: [fn(&mut Self, &'a Table); 3] = [Self::tall, Self::columns, Self::records];
        let notes = self.notes.len();
        for layout in layouts {
            let lexer = std::mem::replace(&mut self.lexer, Lexer::new(self.cut));
            let beginnings = self.beginnings.len();
            self.rules.clear();
            layout(self, table);
            let needle = std::mem::replace(&mut self.lexer, lexer).finish();
            self.notes.truncate(notes);
            self.beginnings.truncate(beginnings);
            if let Some(at) = self.find(&needle) {
                self.source = Some(span);
                self.drawn = self.rules.iter().map(|rule| self.copy.said(at + rule).to_owned()).collect();
                layout(self, table);
                self.last_table = (self.lexer.count(), at + needle.len());
                return;
            }
        }
        self.columns(table);
    }

    /// What reads the copy says each rule of such a table as one hyphen.
    fn tall(&mut self, table: &'a Table) {
        self.added("-");
        table.head.iter().flatten().for_each(|cell| self.cell(cell));
        self.added("-");
        table.rows.iter().flatten().for_each(|cell| self.cell(cell));
        self.added("-");
    }

    fn cell(&mut self, cell: &'a Node<Cell>) {
        match cell.kind.line() {
            Some(line) => self.line(line),
            None => self.blocks(&cell.kind.body),
        }
    }

    fn columns(&mut self, table: &'a Table) {
        table.head.iter().flatten().for_each(|cell| self.cell(cell));
        table.columns.iter().for_each(|_| self.rule());
        table.rows.iter().flatten().for_each(|cell| self.cell(cell));
    }

    /// The part of a rule that stands over a column is as long as the copy draws it.
    fn rule(&mut self) {
        self.rules.push(self.lexer.count());
        let drawn = self.drawn.pop_front().unwrap_or_else(|| "-".to_owned());
        self.added(&drawn);
    }

    fn records(&mut self, table: &'a Table) {
        if table.rows.is_empty() {
            table.head.iter().flatten().for_each(|cell| self.cell(cell));
        }
        let notes = self.notes.len();
        let names = table.names();
        let starts = places(&table.rows);
        // A column of empty cells is named once.
        let mut empty = vec![0; names.len()];
        for (row, starts) in table.rows.iter().zip(&starts) {
            row.iter().zip(starts).filter(|(cell, _)| self.is_empty(cell)).for_each(|(_, start)| empty[*start] += 1);
        }
        for (count, (row, places)) in table.rows.iter().zip(starts).enumerate() {
            for (cell, place) in row.iter().zip(places) {
                let is_named_alone = count == 0 && empty[place] == table.rows.len();
                if self.is_empty(cell) && !is_named_alone {
                    continue;
                }
                let names: Vec<_> = names[place].iter().filter(|name| !self.is_empty(name)).collect();
                if !names.is_empty() {
                    let before = self.notes.len();
                    names.iter().for_each(|name| self.cell(name));
                    // The names are said with every row, their notes once.
                    if count > 0 {
                        self.notes.truncate(before);
                    }
                    self.added(":");
                }
                self.cell(cell);
            }
        }
        self.notes[notes..].sort_by_key(|(note, _)| note.id);
    }

    /// Whether a cell leaves nothing on the page.
    fn is_empty(&self, cell: &'a Node<Cell>) -> bool {
        cell.kind.line().is_some_and(|line| self.is_blank(line))
    }

    fn is_blank(&self, line: &'a [Node<Inline>]) -> bool {
        line.iter().all(|node| match &node.kind {
            Inline::Text(text) | Inline::Code(text) | Inline::Math(text) => text.trim().is_empty(),
            Inline::Styled(..) | Inline::Span(_) | Inline::Citation(_) | Inline::Reference(_) => {
                inline_children(&node.kind).iter().all(|inner| self.is_mute(inner))
            }
            Inline::Ruby { .. } | Inline::Link(_) | Inline::Note(_) | Inline::NoteCall(_) => false,
            Inline::Image(image) => image.alt.is_empty(),
            Inline::PageBreak(page) => !(self.settings.pages && page.label.is_some()),
            Inline::IndexTerm(_) | Inline::LineBreak | Inline::LineEnd | Inline::Comment(_) => true,
        })
    }

    fn is_mute(&self, node: &'a Node<Inline>) -> bool {
        match &node.kind {
            Inline::Text(text) | Inline::Code(text) | Inline::Math(text) => text.trim().is_empty(),
            kind => {
                inline_children(kind).iter().all(|inner| self.is_mute(inner))
                    && !matches!(kind, Inline::Note(_) | Inline::NoteCall(_) | Inline::Image(_) | Inline::Link(_))
            }
        }
    }

    /// Where the copy says exactly this, however long its rules are. What was said since the last table stands before it, and takes
    /// as much room in the copy; in one that was damaged, less or more.
    fn find(&self, needle: &Flow<Option<Span>>) -> Option<usize> {
        const ADDED: usize = 500;
        let length = needle.len();
        let last = self.copy.len().checked_sub(length)?;
        let is_rule = |at: usize| self.copy.said(at).bytes().all(|byte| byte == b'-');
        let same = |step: usize, at: usize| needle.same(step, self.copy, at) || self.rules.contains(&step) && is_rule(at);
        let here = |at: &usize| (0..length).all(|step| same(step, at + step));
        let (said, start) = self.last_table;
        let end = start + self.lexer.count().saturating_sub(said);
        (start..=end.min(last)).rev().find(here).or_else(|| (end..=(end + ADDED).min(last)).find(here))
    }

    fn line(&mut self, inlines: &'a [Node<Inline>]) {
        self.lexer.close();
        self.inlines(inlines, (false, false));
        self.lexer.close();
        self.say_waiting();
    }

    fn say_waiting(&mut self) {
        for said in std::mem::take(&mut self.waiting) {
            self.lexer.close();
            match said {
                Waiting::Page(label) => self.said(&format!("{{{label}}}")),
                Waiting::Address(address) => self.address(address),
            }
            self.lexer.close();
        }
    }

    /// Text of the source; what waits for the end of a word is said there.
    fn text(&mut self, text: &str) {
        let is_address = matches!(self.waiting.first(), Some(Waiting::Address(_)));
        match text.find(|c: char| c.is_whitespace() || is_address && !c.is_alphanumeric()) {
            Some(end) if !self.waiting.is_empty() => {
                self.said(&text[..end]);
                self.say_waiting();
                self.said(&text[end..]);
            }
            _ => self.said(text),
        }
    }

    /// `around`: whether emphasis and strength are already marked.
    fn inlines(&mut self, inlines: &'a [Node<Inline>], around: (bool, bool)) {
        for (at, node) in inlines.iter().enumerate() {
            self.source = Some(node.span);
            match &node.kind {
                Inline::Text(text) | Inline::Code(text) | Inline::Math(text) => self.text(text),
                Inline::LineBreak => {
                    self.lexer.close();
                    self.say_waiting();
                }
                Inline::Styled(style, inner) => self.styled(*style, inner, around),
                Inline::Span(_) | Inline::Citation(_) | Inline::Reference(_) => {
                    self.inlines(inline_children(&node.kind), around)
                }
                Inline::Ruby { base, reading } => {
                    self.inlines(base, around);
                    self.mark("（");
                    self.said(reading);
                    self.mark("）");
                }
                Inline::Link(link) => {
                    self.inlines(&link.text, around);
                    let address = link.target.strip_prefix("mailto:").unwrap_or(&link.target);
                    let shown = plain_text(&link.text);
                    if !link.target.starts_with('#') && shown != address && shown != link.target {
                        // Half a word is a link: its address waits for the other half.
                        match inlines.get(at + 1).map(|next| &next.kind) {
                            Some(Inline::Text(text)) if text.starts_with(char::is_alphanumeric) => {
                                self.waiting.push(Waiting::Address(address));
                            }
                            _ => self.address(address),
                        }
                    }
                }
                Inline::Image(image) if image.alt.is_empty() => {}
                Inline::Image(image) => self.illustration(image, &image.alt),
                Inline::Note(note) => {
                    self.notes.push((note, node.span));
                    self.said(&format!("[{}]", self.marks.mark(note.id)));
                }
                Inline::NoteCall(id) => self.said(&format!("[{}]", self.marks.mark(*id))),
                Inline::PageBreak(page) => {
                    self.page(page.label.as_deref(), node.span);
                    if page.space {
                        self.lexer.close();
                        self.say_waiting();
                    }
                }
                Inline::IndexTerm(_) | Inline::LineEnd | Inline::Comment(_) => {}
            }
        }
    }

    fn styled(&mut self, style: Style, inner: &'a Inlines, around: (bool, bool)) {
        let seen = !inner.iter().all(|node| self.is_mute(node));
        let marked = self.settings.emphasis == Emphasis::Marked && seen;
        let emphasis = matches!(style, Style::Emphasis | Style::Underline | Style::Highlight);
        let strong = style == Style::Strong;
        let mark = match style {
            Style::Emphasis | Style::Underline | Style::Highlight if marked && !around.0 => "_",
            Style::Strikethrough if seen => "~",
            Style::Strong if marked && !around.1 => "=",
            Style::Strikethrough if !inner.iter().all(|node| self.is_mute(node)) => "~",
            _ => "",
        };
        let number = plain_text(inner);
        let plain = inner.iter().all(|node| matches!(node.kind, Inline::Text(_)));
        let is_number = plain && !number.is_empty() && number.chars().all(|c| c.is_ascii_digit() || "+-−".contains(c));
        if style == Style::Superscript && is_number {
            if !self.settings.ascii {
                // Unicode has raised figures.
                let places = number.chars().map(|c| "0123456789+-−".chars().position(|known| known == c));
                let raised = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻";
                return self.said(&places.flatten().filter_map(|at| raised.chars().nth(at)).collect::<String>());
            }
            self.mark("^");
        }
        if !mark.is_empty() {
            self.mark(mark);
        }
        self.inlines(inner, (around.0 || emphasis, around.1 || strong));
        if !mark.is_empty() {
            self.mark(mark);
        }
    }

    fn address(&mut self, address: &str) {
        self.mark(" <");
        self.said(address);
        self.mark(">");
    }

    fn illustration(&mut self, _: &'a Image, alt: &str) {
        let label = self.shown(self.words.get("illustration")).into_owned();
        self.mark(&format!("[{label}"));
        if !alt.trim().is_empty() {
            self.mark(":");
            self.said(alt);
        }
        self.mark("]");
    }

    fn page(&mut self, label: Option<&'a str>, span: Span) {
        let spot = (Which::Body, self.lexer.count());
        let name = label.unwrap_or("").trim().to_owned();
        self.beginnings.push(Beginning { name, level: None, span, spot });
        self.waiting.extend(label.filter(|_| self.settings.pages).map(Waiting::Page));
    }
}
