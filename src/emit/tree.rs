//! The tree as text, one node a line: what tests compare and what a puzzled user looks at (`tetrapla tree`).

use std::fmt::Write;

use super::{Backend, EmitError, Output};
use crate::bytes;
use crate::env::Env;
use crate::format::Format;
use crate::report::Report;
use crate::tree::{
    Attrs, Block, Blocks, Cell, Document, Identifier, Image, Inline, Inlines, Metadata, Node, NotePlace, Numbering, PageBreak,
    Person, Style,
};

/// The dump of the tree.
pub struct Tree;

impl Backend for Tree {
    fn name(&self) -> &'static str {
        Format::Tree.name()
    }

    fn emit(&self, doc: &Document, _: &Env, _: &mut Report) -> Result<Output, EmitError> {
        Ok(Output::File { extension: Format::Tree.extension(), bytes: dump(doc).into_bytes() })
    }
}

/// The whole document, metadata first.
pub fn dump(doc: &Document) -> String {
    let mut dump = Dump(String::new());
    dump.metadata(&doc.meta);
    dump.blocks(&doc.body, 0);
    dump.0
}

/// Text that grows by lines, each indented by its depth.
struct Dump(String);

impl Dump {
    fn line(&mut self, depth: usize, line: impl AsRef<str>) {
        self.indent(depth);
        self.0.push_str(line.as_ref());
        self.0.push('\n');
    }

    fn indent(&mut self, depth: usize) {
        const BLANKS: &str = "                                ";
        let mut left = depth * 2;
        while left > 0 {
            let step = left.min(BLANKS.len());
            self.0.push_str(&BLANKS[..step]);
            left -= step;
        }
    }

    /// A run of text: most of a tree is such.
    fn text(&mut self, text: &str, depth: usize, attributes: &str) {
        self.indent(depth);
        let is_plain = |byte: u8| (byte.wrapping_sub(b' ') < 0x5F) & (byte != b'"') & (byte != b'\\');
        if bytes::all(text.as_bytes(), is_plain) {
            self.0.push('"');
            self.0.push_str(text);
            self.0.push('"');
        } else {
            let _ = write!(self.0, "{text:?}");
        }
        self.0.push_str(attributes);
        self.0.push('\n');
    }

    fn metadata(&mut self, meta: &Metadata) {
        let mut field = |name: &str, value: Option<&str>| {
            if let Some(value) = value {
                self.line(0, format!("meta {name} {value:?}"));
            }
        };
        field("title", Some(&meta.title));
        field("subtitle", meta.subtitle.as_deref());
        meta.people.iter().for_each(|someone| field(someone.role.name(), Some(&person(someone))));
        field("language", Some(&meta.language));
        field("date", meta.date.as_deref());
        field("publisher", meta.publisher.as_deref());
        field("place", meta.place.as_deref());
        field("edition", meta.edition.as_deref());
        meta.identifiers.iter().for_each(|id| field("identifier", Some(&identifier(id))));
        field("rights", meta.rights.as_deref());
        field("licence", meta.licence.as_deref());
        if let Some(source) = &meta.source {
            field("source title", source.title.as_deref());
            source.people.iter().for_each(|someone| field(&format!("source {}", someone.role.name()), Some(&person(someone))));
            field("source edition", source.edition.as_deref());
            field("source place", source.place.as_deref());
            field("source publisher", source.publisher.as_deref());
            field("source date", source.date.as_deref());
            field("source pages", source.pages.as_deref());
            source.identifiers.iter().for_each(|id| field("source identifier", Some(&identifier(id))));
            field("source note", source.note.as_deref());
        }
        meta.subjects.iter().for_each(|subject| field("subject", Some(subject)));
        field("description", meta.description.as_deref());
        if let Some(series) = &meta.series {
            field("series", Some(&series.name));
            field("series position", series.position.as_deref());
        }
        field("cover", meta.cover.as_deref());
        field("notes-by-chapter", meta.notes_by_chapter.then_some("true"));
    }

    fn blocks(&mut self, blocks: &Blocks, depth: usize) {
        blocks.iter().for_each(|block| self.block(block, depth));
    }

    fn block(&mut self, node: &Node<Block>, depth: usize) {
        let mut with = |line: String| self.line(depth, line + &attributes(node.attrs.as_deref()));
        match &node.kind {
            Block::Title(text) => {
                with("title".into());
                self.inlines(text, depth + 1);
            }
            Block::Heading { level, number, text } => {
                let number = number.as_ref().map(|number| format!(" number {number:?}"));
                with(format!("heading {level}{}", number.unwrap_or_default()));
                self.inlines(text, depth + 1);
            }
            Block::Paragraph(text) => {
                with("paragraph".into());
                self.inlines(text, depth + 1);
            }
            Block::Quote(inner) => {
                with("quote".into());
                self.blocks(inner, depth + 1);
            }
            Block::Group(group) => {
                with(format!("group {}", group.role.name().unwrap_or("plain")));
                if !group.title.is_empty() {
                    self.named("title", &group.title, depth + 1);
                }
                self.blocks(&group.body, depth + 1);
            }
            Block::Verse(stanzas) => {
                with("verse".into());
                for stanza in stanzas {
                    self.line(depth + 1, "stanza");
                    for line in stanza {
                        let number = line.number.iter().map(|number| format!(" {number:?}"));
                        let indent = (line.indent > 0).then(|| format!(" in {}", line.indent));
                        let name: String = std::iter::once("line".to_owned()).chain(number).chain(indent).collect();
                        self.named(&name, &line.text, depth + 2);
                    }
                }
            }
            Block::List(list) => {
                let numbering = if list.numbering == Numbering::Decimal { "" } else { list.numbering.name() };
                let kind = list.start.map_or("list".to_owned(), |start| format!("list from {start} {numbering}"));
                let kind = kind.trim_end().to_owned();
                with(kind + if list.tight { " tight" } else { "" });
                for item in &list.items {
                    self.line(depth + 1, item.task.map_or("item", |done| if done { "item done" } else { "item to-do" }));
                    self.blocks(&item.body, depth + 2);
                }
            }
            Block::Definitions(entries) => {
                with("definitions".into());
                for entry in entries {
                    self.named("term", &entry.term, depth + 1);
                    for meaning in &entry.meanings {
                        self.line(depth + 1, "meaning");
                        self.blocks(meaning, depth + 2);
                    }
                }
            }
            Block::Table(table) => {
                with(format!("table {:?}", table.columns));
                if !table.caption.is_empty() {
                    self.named("caption", &table.caption, depth + 1);
                }
                let (head, rows) = (table.head.iter().map(|row| ("head", row)), table.rows.iter().map(|row| ("row", row)));
                for (name, row) in head.chain(rows) {
                    self.line(depth + 1, name);
                    row.iter().for_each(|cell| self.cell(cell, name == "head", depth + 2));
                }
            }
            Block::Code { language, text } => with(format!("code {language:?} {text:?}")),
            Block::Math(tex) => with(format!("math {tex:?}")),
            Block::Figure(figure) => match &figure.images[..] {
                [Node { kind: image, attrs: None, .. }] => {
                    with(format!("figure {:?} alt {:?}{}", image.target, image.alt, width(image)));
                    self.inlines(&figure.caption, depth + 1);
                }
                images => {
                    with("figure".into());
                    for Node { kind: image, attrs, .. } in images {
                        let title = title(&image.title);
                        let attributes = attributes(attrs.as_deref());
                        let said = format!("image {:?}{title} alt {:?}{}{attributes}", image.target, image.alt, width(image));
                        self.line(depth + 1, said);
                    }
                    self.inlines(&figure.caption, depth + 1);
                }
            },
            Block::Bibliography(bibliography) => {
                with("bibliography".into());
                for work in &bibliography.entries {
                    let fields: String = work.fields.iter().map(|(name, said)| format!(" {} {said:?}", name.name())).collect();
                    self.line(depth + 1, format!("work {:?} {}{fields}", work.key, work.kind));
                    self.inlines(&work.text, depth + 2);
                }
            }
            Block::Index(index) => {
                with(format!("index {:?}", index.name));
                for entry in &index.entries {
                    self.line(depth + 1, format!("entry {}", entry.depth));
                    self.inlines(&entry.text, depth + 2);
                }
            }
            Block::Rule => with("rule".into()),
            Block::PageBreak(page) => with(page_break(page)),
            Block::Comment(text) => with(format!("comment {text:?}")),
        }
    }

    /// A cell of the head, or of a row below it. One that holds more than a line says so.
    fn cell(&mut self, node: &Node<Cell>, in_head: bool, depth: usize) {
        let cell = &node.kind;
        let mut said = String::from(if cell.is_head && !in_head { "cell head" } else { "cell" });
        for (name, count) in [("cols", cell.cols), ("rows", cell.rows)] {
            if count > 1 {
                let _ = write!(said, " {name} {count}");
            }
        }
        if let Some(align) = cell.align {
            let _ = write!(said, " {align:?}");
        }
        said += &attributes(node.attrs.as_deref());
        match cell.line() {
            Some(line) => {
                self.line(depth, said);
                line.iter().for_each(|inline| self.inline(inline, depth + 1));
            }
            None => {
                self.line(depth, said + " of blocks");
                self.blocks(&cell.body, depth + 1);
            }
        }
    }

    fn named(&mut self, name: &str, text: &Inlines, depth: usize) {
        self.line(depth, name);
        self.inlines(text, depth + 1);
    }

    fn inlines(&mut self, inlines: &Inlines, depth: usize) {
        inlines.iter().for_each(|inline| self.inline(inline, depth));
    }

    fn inline(&mut self, node: &Node<Inline>, depth: usize) {
        let mut with = |line: String| self.line(depth, line + &attributes(node.attrs.as_deref()));
        match &node.kind {
            Inline::Text(text) => self.text(text, depth, &attributes(node.attrs.as_deref())),
            Inline::LineBreak => with("line-break".into()),
            Inline::Styled(style, inner) => {
                with(style_name(*style).into());
                self.inlines(inner, depth + 1);
            }
            Inline::Span(inner) => {
                with("span".into());
                self.inlines(inner, depth + 1);
            }
            Inline::Ruby { base, reading } => {
                with(format!("ruby {reading:?}"));
                self.inlines(base, depth + 1);
            }
            Inline::Code(text) => with(format!("code {text:?}")),
            Inline::Math(tex) => with(format!("math {tex:?}")),
            Inline::Link(link) => {
                with(format!("link {:?}{}", link.target, title(&link.title)));
                self.inlines(&link.text, depth + 1);
            }
            Inline::Image(image) => {
                with(format!("image {:?}{} alt {:?}", image.target, title(&image.title), image.alt) + &width(image))
            }
            Inline::Note(note) => {
                let place = match note.place {
                    NotePlace::Foot => "",
                    NotePlace::Margin => " in the margin",
                    NotePlace::Apparatus => " in the apparatus",
                };
                with(format!("note {} mark {:?}{place}", note.id.0, note.mark));
                self.blocks(&note.body, depth + 1);
            }
            Inline::Citation(citation) => {
                with(format!("citation {:?}", citation.source()));
                self.inlines(&citation.text, depth + 1);
            }
            Inline::Reference(reference) => {
                let through = reference.through.as_ref().map(|id| format!(" through {id:?}"));
                with(format!("reference {} {:?}{}", reference.form.name(), reference.target, through.unwrap_or_default()));
                self.inlines(&reference.text, depth + 1);
            }
            Inline::IndexTerm(term) => {
                let index = if term.index.is_empty() { String::new() } else { format!(" of {:?}", term.index) };
                let other = term.role.other().map(|path| format!(" {path:?}")).unwrap_or_default();
                with(format!("index-term {} {:?}{other}{index}", term.role.name(), term.path));
            }
            Inline::NoteCall(id) => with(format!("note-call {}", id.0)),
            Inline::PageBreak(page) => with(page_break(page)),
            Inline::LineEnd => with("line-end".into()),
            Inline::Comment(text) => with(format!("comment {text:?}")),
        }
    }
}

fn person(person: &Person) -> String {
    let sort = person.sort.as_ref().map(|sort| format!(" ({sort})"));
    let ids: String = person.identifiers.iter().map(|id| format!(" {}", identifier(id))).collect();
    format!("{}{}{ids}", person.name, sort.unwrap_or_default())
}

fn identifier(id: &Identifier) -> String {
    let medium = id.medium.map(|medium| format!(" ({})", medium.name())).unwrap_or_default();
    format!("{}:{}{medium}", id.scheme, id.value)
}

fn width(image: &Image) -> String {
    image.width.map(|width| format!(" width {width}")).unwrap_or_default()
}

fn title(title: &str) -> String {
    if title.is_empty() { String::new() } else { format!(" title {title:?}") }
}

fn page_break(page: &PageBreak) -> String {
    let label = page.label.as_ref().map(|label| format!(" {label:?}"));
    let facsimile = page.facsimile.as_ref().map(|path| format!(" facsimile {path:?}"));
    let furniture: String = page.furniture.iter().map(|one| format!(" {} {:?}", one.kind.name(), one.text)).collect();
    let space = if page.space { " for a space" } else { "" };
    format!("page-break{}{space}{}{furniture}", label.unwrap_or_default(), facsimile.unwrap_or_default())
}

fn attributes(attrs: Option<&Attrs>) -> String {
    let Some(attrs) = attrs else { return String::new() };
    let id = attrs.id.iter().map(|id| format!(" #{id}"));
    let lang = attrs.lang.iter().map(|lang| format!(" lang={lang}"));
    let dir = attrs.dir.iter().map(|dir| format!(" dir={}", dir.name()));
    let short = attrs.short.iter().map(|short| format!(" short={short:?}"));
    let expansion = attrs.expansion.iter().map(|expansion| format!(" expansion={expansion:?}"));
    let classes = attrs.classes.iter().map(|class| format!(" .{class}"));
    id.chain(classes).chain(lang).chain(dir).chain(short).chain(expansion).collect()
}

fn style_name(style: Style) -> &'static str {
    match style {
        Style::Emphasis => "emphasis",
        Style::Strong => "strong",
        Style::Strikethrough => "strikethrough",
        Style::Superscript => "superscript",
        Style::Subscript => "subscript",
        Style::Underline => "underline",
        Style::Small => "small",
        Style::SmallCaps => "small-caps",
        Style::Highlight => "highlight",
    }
}
