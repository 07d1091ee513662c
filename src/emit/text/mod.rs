//! Plain text that is a pleasure to read, for eyes and for screen readers: filled lines, notes at the end of their chapter, and no
//! markup. Where Project Gutenberg has a convention that serves readers, it is kept.

mod fill;
mod table;

use fill::{Filler, Indent};

use super::{Backend, EmitError, Output};
use crate::env::Env;
use crate::report::Report;
use crate::tree::{
    Block, Definition, Document, Inline, Item, List, Metadata, Node, Note, Role, Section, Style, inline_children, outline,
    plain_text,
};

/// The plain text backend.
pub struct Text;

/// Columns of a line: what fits every terminal and mail program, and what the eye likes.
const WIDTH: usize = 72;

/// How far quotations, verse and code stand in.
const INDENT: &str = "    ";

impl Backend for Text {
    fn name(&self) -> &'static str {
        "txt"
    }

    fn emit(&self, doc: &Document, _: &Env, _: &mut Report) -> Result<Output, EmitError> {
        let mut galley = Galley { out: String::new(), filler: Filler::new(), notes: Vec::new(), lead: String::new() };
        galley.document(doc);
        Ok(Output::File { extension: "txt", bytes: galley.finish().into_bytes() })
    }
}

/// The text as far as it is set.
struct Galley<'a> {
    out: String,
    filler: Filler,
    /// The notes that were called and not set yet.
    notes: Vec<&'a Note>,
    /// What every line begins with here: the indents of what we are in.
    lead: String,
}

impl<'a> Galley<'a> {
    fn document(&mut self, doc: &'a Document) {
        let view = outline(&doc.body);
        let title = view.preamble.iter().find_map(|node| match &node.kind {
            Block::Title(text) => Some(text),
            _ => None,
        });
        let title = title.map_or(doc.meta.title.clone(), |text| self.flow(text));
        self.title_block(&title, &doc.meta);
        self.blocks(view.preamble, true);
        self.end_notes();
        for section in &view.sections {
            self.section(section);
            self.end_notes();
        }
        self.imprint(&doc.meta);
    }

    fn finish(self) -> String {
        let mut out = self.out;
        out.truncate(out.trim_end().len());
        out.push('\n');
        out
    }

    fn title_block(&mut self, title: &str, meta: &Metadata) {
        self.fill(title);
        if let Some(subtitle) = meta.subtitle.as_ref().filter(|subtitle| !title.contains(subtitle.as_str())) {
            self.fill(subtitle);
        }
        let authors = meta.authors();
        if !authors.is_empty() {
            self.gap(1);
            self.fill(&authors);
        }
        for person in meta.people.iter().filter(|person| person.role != Role::Author) {
            let name = person.role.name();
            let said = name[..1].to_uppercase() + &name[1..];
            self.fill(&format!("{said}: {}", person.name));
        }
        self.gap(2);
    }

    /// What the text is and who may do what with it, behind the text.
    fn imprint(&mut self, meta: &Metadata) {
        let printed = meta.source.as_ref().map(|source| {
            let people: Vec<_> = source.people.iter().map(|person| person.name.as_str()).collect();
            let people = (!people.is_empty()).then(|| people.join(", "));
            let place = match (&source.place, &source.publisher) {
                (Some(place), Some(publisher)) => Some(format!("{place}: {publisher}")),
                (place, publisher) => place.clone().or(publisher.clone()),
            };
            let parts = [people, source.title.clone(), source.edition.clone(), place, source.date.clone(), source.note.clone()];
            parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
        });
        let place: Vec<_> = [&meta.place, &meta.publisher, &meta.date].into_iter().flatten().map(String::as_str).collect();
        let lines = [
            ("Published", (!place.is_empty()).then(|| place.join(", "))),
            ("Source", printed),
            ("Rights", meta.rights.clone()),
            ("Licence", meta.licence.clone()),
        ];
        if lines.iter().all(|(_, said)| said.is_none()) {
            return;
        }
        self.gap(3);
        for (name, said) in lines.into_iter().filter_map(|(name, said)| Some((name, said?))) {
            self.hang(&format!("{name}: {said}"), "", "  ");
        }
    }

    fn section(&mut self, section: &Section<'a>) {
        self.gap(if section.depth == 1 { 3 } else { 2 });
        let title = self.flow(section.title);
        self.fill(&title);
        self.gap(1);
        self.blocks(section.body, true);
        section.sections.iter().for_each(|inner| self.section(inner));
    }

    /// The notes called since the last ones were set, and those that they call.
    fn end_notes(&mut self) {
        if self.notes.is_empty() {
            return;
        }
        self.gap(2);
        let mut at = 0;
        while let Some(note) = self.notes.get(at).copied() {
            self.gap(1);
            let mark = format!("[{}] ", note.id.0);
            self.marked(&note.body, &mark, INDENT, true);
            at += 1;
        }
        self.notes.clear();
        self.gap(2);
    }

    /// Blocks, with a blank line between them where they are set loosely.
    fn blocks(&mut self, blocks: &'a [Node<Block>], loose: bool) {
        for node in blocks {
            if loose && is_seen(&node.kind) {
                self.gap(1);
            }
            self.block(&node.kind);
        }
    }

    fn block(&mut self, kind: &'a Block) {
        match kind {
            // Said in the title block.
            Block::Title(_) => {}
            Block::Heading { text, .. } | Block::Paragraph(text) => {
                let text = self.flow(text);
                self.fill(&text);
            }
            Block::Quote(inner) => self.indented(INDENT, |galley| galley.blocks(inner, true)),
            Block::Verse(stanzas) => {
                for (count, stanza) in stanzas.iter().enumerate() {
                    if count > 0 {
                        self.gap(1);
                    }
                    for line in stanza {
                        let line = self.flow(line);
                        self.hang(&line, INDENT, "        ");
                    }
                }
            }
            Block::List(list) => self.list(list),
            Block::Definitions(entries) => self.definitions(entries),
            Block::Table(table) => self.table(table),
            Block::Code { text, .. } => self.verbatim(text),
            Block::Math(tex) => self.verbatim(tex),
            Block::Figure { image, caption } => {
                let caption = self.flow(caption);
                let alt = if image.alt.is_empty() && caption.is_empty() { &image.target } else { &image.alt };
                let said = match (alt.is_empty() || *alt == caption, caption.is_empty()) {
                    (true, _) => caption,
                    (false, true) => alt.clone(),
                    (false, false) => format!("{alt}]\n[{caption}"),
                };
                self.fill(&format!("[Illustration: {said}]"));
            }
            Block::Rule => self.hang("*       *       *", "            ", ""),
            Block::PageBreak(_) | Block::Comment(_) => {}
        }
    }

    fn list(&mut self, list: &'a List) {
        for (count, item) in (0..).zip(&list.items) {
            if count > 0 && !list.tight {
                self.gap(1);
            }
            let mark = match (list.start, item.task) {
                (Some(start), _) => format!("{}. ", start.saturating_add(count)),
                (None, Some(true)) => "[x] ".to_owned(),
                (None, Some(false)) => "[ ] ".to_owned(),
                (None, None) => "- ".to_owned(),
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
                self.indented(lead, |galley| galley.blocks(body, loose));
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
        for line in text.split('\n') {
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
        // However deep the text stands, some words fit on a line.
        let width = WIDTH.max(fill::columns(&rest) + 24);
        self.filler.fill(text, Indent { first: &first, rest: &rest }, width, &mut self.out);
    }

    /// Sees to at least `lines` blank lines before what comes next; none at the beginning.
    fn gap(&mut self, lines: usize) {
        if self.out.is_empty() {
            return;
        }
        let there = self.out.bytes().rev().take_while(|byte| *byte == b'\n').count().saturating_sub(1);
        self.out.extend(std::iter::repeat_n('\n', lines.saturating_sub(there)));
    }

    /// The words of a line, notes called by their number.
    fn flow(&mut self, inlines: &'a [Node<Inline>]) -> String {
        let mut said = String::new();
        self.say(inlines, &mut said);
        said
    }

    fn say(&mut self, inlines: &'a [Node<Inline>], said: &mut String) {
        for node in inlines {
            match &node.kind {
                Inline::Text(text) => said.extend(text.chars().map(|c| if c == '\n' { ' ' } else { c })),
                Inline::LineBreak => said.push('\n'),
                Inline::Styled(Style::Superscript, inner) if is_number(inner) => {
                    said.push('^');
                    self.say(inner, said);
                }
                Inline::Styled(..) | Inline::Span(_) => self.say(inline_children(&node.kind), said),
                Inline::Code(text) | Inline::Math(text) => said.push_str(text),
                Inline::Link(link) => {
                    let from = said.len();
                    self.say(&link.text, said);
                    let shown = said[from..].trim();
                    let address = link.target.strip_prefix("mailto:").unwrap_or(&link.target);
                    if !link.target.starts_with('#') && shown != address && shown != link.target {
                        said.push_str(&format!(" <{address}>"));
                    }
                }
                Inline::Image(image) if image.alt.is_empty() => {}
                Inline::Image(image) => said.push_str(&format!("[Illustration: {}]", image.alt)),
                Inline::Note(note) => {
                    self.notes.push(note);
                    said.push_str(&format!("[{}]", note.id.0));
                }
                Inline::NoteCall(id) => said.push_str(&format!("[{}]", id.0)),
                Inline::PageBreak(page) if page.space => said.push(' '),
                Inline::PageBreak(_) | Inline::LineEnd | Inline::Comment(_) => {}
            }
        }
    }
}

/// Whether a superscript is a number, which plain letters would join to what stands before it.
fn is_number(inner: &[Node<Inline>]) -> bool {
    let text = plain_text(inner);
    !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || "+-−".contains(c))
}

/// Whether a block leaves anything on the page.
fn is_seen(kind: &Block) -> bool {
    !matches!(kind, Block::Title(_) | Block::PageBreak(_) | Block::Comment(_))
}
