//! Markdown becomes blocks with places: the one door through which every dialect reads text. CommonMark by pulldown-cmark, with
//! each of its extensions that a book can use; the builder below turns its events into the tree.

mod html;
mod leaf;
mod notes;

use std::collections::BTreeMap;
use std::mem::take;
use std::ops::Range;

use pulldown_cmark::{Alignment, CodeBlockKind, CowStr, Event, Options, Parser, Tag, TagEnd};

use super::clean::{self, clean};
use crate::report::Report;
use crate::span::{FileId, Sources, Span};
use crate::tree::{
    Align, Attrs, Block, Blocks, Cell, Definition, Furniture, Image, Inline, Inlines, Item, Link, List, Node, Numbering, Row,
    Style, Table,
};

/// How deep the source may nest. Notes are set into the text that calls them, so that each may take half of
/// [`crate::tree::MAX_DEPTH`].
const DEPTH: usize = crate::tree::MAX_DEPTH / 2;

/// Reads the bytes `range` of `file`. Notes are numbered from 1 within it, in the order of their first calls, and stand where
/// they are first called; ids and links are as the source writes them.
pub fn blocks(sources: &Sources, file: FileId, range: Range<usize>, report: &mut Report) -> Blocks {
    stretch(sources, file, range, &Outside { carets: true, definitions: true, ..Outside::default() }, &mut 1, report)
}

/// What reading a stretch of a text must know of the rest of it.
#[derive(Default)]
pub struct Outside {
    /// Addresses and titles of the links that the text defines, by label as CommonMark compares them.
    links: BTreeMap<String, (String, String)>,
    /// Whether `^x^` is raised. Not where carets belong to TeX.
    carets: bool,
    /// Whether a line that begins with a colon defines the one above. Not where lines end only because the page does.
    definitions: bool,
}

impl Outside {
    /// What stretches of `text`, a page-broken one, must know.
    pub fn of(text: &str) -> Self {
        let carets = !text.contains("\\(^");
        if !text.contains("]:") {
            return Self { carets, ..Self::default() };
        }
        let parser = Parser::new_ext(text, options());
        let defined = parser.reference_definitions().iter();
        let links = defined.map(|(label, link)| {
            let title = link.title.as_deref().unwrap_or("").to_owned();
            (label_key(label), (link.dest.to_string(), title))
        });
        Self { links: links.collect(), carets, definitions: false }
    }
}

/// A link's label without differences of case and white space.
fn label_key(label: &str) -> String {
    label.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Reads a part of a text: links may be defined anywhere in it. Notes are numbered from `next` on, which grows.
pub fn stretch(
    sources: &Sources,
    file: FileId,
    range: Range<usize>,
    outside: &Outside,
    next: &mut u32,
    report: &mut Report,
) -> Blocks {
    let text = sources.get(file).text.get(range.clone()).unwrap_or("");
    let mut builder = Builder::new(file, range.start, text, report);
    builder.notes.from(*next);
    let defined = |link: pulldown_cmark::BrokenLink<'_>| {
        let (target, title) = outside.links.get(&label_key(&link.reference))?;
        Some((CowStr::from(target.clone()), CowStr::from(title.clone())))
    };
    let mut known = options();
    known.set(Options::ENABLE_SUPERSCRIPT, outside.carets);
    known.set(Options::ENABLE_DEFINITION_LIST, outside.definitions);
    for (event, range) in Parser::new_with_broken_link_callback(text, known, Some(defined)).into_offset_iter() {
        builder.event(event, range);
    }
    *next = builder.notes.next();
    builder.finish()
}

/// Every extension that says something about a book. Left out: smart punctuation, which changes what the author wrote, and
/// metadata blocks, which [`super::metadata`] takes off first.
fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_SUPERSCRIPT
        | Options::ENABLE_SUBSCRIPT
        | Options::ENABLE_MATH
}

/// What is open while events come in.
struct Builder<'a> {
    file: FileId,
    /// Where the text that is read begins in its file.
    base: usize,
    text: &'a str,
    report: &'a mut Report,
    /// From the root inwards. Never empty.
    open: Vec<Frame>,
    /// How many starts were passed over because they stand too deep: what they hold goes to the frame around them.
    flat: usize,
    notes: notes::Definitions,
    /// What stood beside a page break that has not come yet.
    furniture: Vec<Furniture>,
    /// Tags that were dropped, each with its first place and how often.
    dropped: BTreeMap<String, (Span, usize)>,
}

/// A container whose end has not come yet. Tight items hold inlines of their own; they become a paragraph when a block follows.
struct Frame {
    kind: Kind,
    /// In bytes of the file.
    start: usize,
    blocks: Blocks,
    inlines: Inlines,
}

enum Kind {
    Root,
    Paragraph,
    Heading(u8, Option<Box<Attrs>>),
    Quote,
    List(List),
    Item(Option<bool>),
    Definitions(Vec<Definition>),
    Term,
    Meaning,
    Table(Table),
    Row(Row),
    Cell,
    Note {
        label: String,
        /// The mark that the note bore in print, where the text says it.
        mark: Option<String>,
    },
    Code {
        language: String,
        text: String,
    },
    Html(String),
    Styled(Style),
    Link {
        target: String,
        title: String,
    },
    Image {
        target: String,
        title: String,
    },
    /// A raw tag that became a node; it closes with its own end tag or with what holds it.
    Tag(html::Known),
}

impl Kind {
    /// Whether the frame holds blocks, so that a block can be pushed and loose inlines are a paragraph.
    fn holds_blocks(&self) -> bool {
        match self {
            Kind::Root | Kind::Quote | Kind::Item(_) | Kind::Meaning | Kind::Note { .. } => true,
            Kind::Paragraph
            | Kind::Heading(..)
            | Kind::List(_)
            | Kind::Definitions(_)
            | Kind::Term
            | Kind::Table(_)
            | Kind::Row(_)
            | Kind::Cell
            | Kind::Code { .. }
            | Kind::Html(_)
            | Kind::Styled(_)
            | Kind::Link { .. }
            | Kind::Image { .. }
            | Kind::Tag(_) => false,
        }
    }
}

impl<'a> Builder<'a> {
    fn new(file: FileId, base: usize, text: &'a str, report: &'a mut Report) -> Self {
        let root = Frame { kind: Kind::Root, start: base, blocks: Vec::new(), inlines: Vec::new() };
        let notes = notes::Definitions::default();
        Self { file, base, text, report, open: vec![root], flat: 0, notes, furniture: Vec::new(), dropped: BTreeMap::new() }
    }

    fn event(&mut self, event: Event, range: Range<usize>) {
        let range = range.start + self.base..range.end + self.base;
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag, range.end),
            Event::Text(text) => self.literal(&text, range),
            Event::Code(text) => self.inline(Inline::Code(clean(&text).into_owned()), range),
            Event::InlineMath(tex) | Event::DisplayMath(tex) if self.in_code() => self.literal(&tex, range),
            Event::InlineMath(tex) => self.inline(Inline::Math(clean(tex.trim()).into_owned()), range),
            Event::DisplayMath(tex) => self.displayed(&tex, range),
            Event::Html(html) => self.html_line(&html, range),
            Event::InlineHtml(html) => self.html(&html, range),
            Event::FootnoteReference(label) => {
                let id = self.notes.called(&label);
                self.inline(Inline::NoteCall(id), range);
            }
            Event::SoftBreak => self.say("\n", range),
            Event::HardBreak => self.inline(Inline::LineBreak, range),
            Event::Rule => self.block(Block::Rule, None, range),
            Event::TaskListMarker(done) => {
                let item = self.open.iter_mut().rev().find_map(|frame| match &mut frame.kind {
                    Kind::Item(task) => Some(task),
                    _ => None,
                });
                if let Some(task) = item {
                    *task = Some(done);
                }
            }
        }
    }

    fn start(&mut self, tag: Tag, range: Range<usize>) {
        let kind = match tag {
            Tag::Paragraph => {
                self.loosen();
                Kind::Paragraph
            }
            Tag::Heading { level, id, classes, attrs } => {
                Kind::Heading(level as u8, self.attributes(id, classes, attrs, &range))
            }
            Tag::BlockQuote(_) => Kind::Quote,
            Tag::CodeBlock(CodeBlockKind::Indented) => Kind::Code { language: String::new(), text: String::new() },
            Tag::CodeBlock(CodeBlockKind::Fenced(info)) => {
                Kind::Code { language: clean::line(info.split_whitespace().next().unwrap_or("")), text: String::new() }
            }
            Tag::HtmlBlock => Kind::Html(String::new()),
            Tag::List(start) => Kind::List(List { start, numbering: Numbering::Decimal, tight: true, items: Vec::new() }),
            Tag::Item => Kind::Item(None),
            Tag::FootnoteDefinition(label) => {
                // What stood beside a page of the text does not go to a page of a note.
                self.remark_loose_furniture();
                Kind::Note { label: label.into_string(), mark: None }
            }
            Tag::DefinitionList => Kind::Definitions(Vec::new()),
            Tag::DefinitionListTitle => Kind::Term,
            Tag::DefinitionListDefinition => Kind::Meaning,
            Tag::Table(columns) => {
                let columns = columns.into_iter().map(align).collect();
                Kind::Table(Table { caption: Vec::new(), columns, head: Vec::new(), rows: Vec::new() })
            }
            Tag::TableHead | Tag::TableRow => Kind::Row(Vec::new()),
            Tag::TableCell => Kind::Cell,
            Tag::Emphasis => Kind::Styled(Style::Emphasis),
            Tag::Strong => Kind::Styled(Style::Strong),
            Tag::Strikethrough => Kind::Styled(Style::Strikethrough),
            Tag::Superscript => Kind::Styled(Style::Superscript),
            Tag::Subscript => Kind::Styled(Style::Subscript),
            Tag::Link { link_type, dest_url, title, .. } => {
                let mail = if link_type == pulldown_cmark::LinkType::Email { "mailto:" } else { "" };
                Kind::Link { target: format!("{mail}{}", clean(&dest_url)), title: clean::line(&title) }
            }
            Tag::Image { dest_url, title, .. } => {
                Kind::Image { target: clean(&dest_url).into_owned(), title: clean::line(&title) }
            }
            Tag::MetadataBlock(_) => Kind::Code { language: String::new(), text: String::new() },
        };
        if self.open.len() >= DEPTH {
            self.too_deep(&kind, range);
        } else {
            self.open(kind, range.start);
        }
    }

    fn open(&mut self, kind: Kind, start: usize) {
        self.open.push(Frame { kind, start, blocks: Vec::new(), inlines: Vec::new() });
    }

    /// Passes over a start: what it holds stays, one level further out.
    fn too_deep(&mut self, kind: &Kind, range: Range<usize>) {
        if !matches!(kind, Kind::Styled(_) | Kind::Link { .. } | Kind::Image { .. }) {
            self.flush();
        }
        self.flat += 1;
        if !self.report.diagnostics.iter().any(|known| known.code == "nesting-capped") {
            self.report
                .warn("nesting-capped", Span::new(self.file, range), format!("nesting deeper than {DEPTH} levels is levelled"))
                .hint("what stands deeper keeps its words, and loses its marks");
        }
    }

    fn end(&mut self, tag: TagEnd, end: usize) {
        if self.flat > 0 {
            self.flat -= 1;
            if !matches!(tag, TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image) {
                self.flush();
            }
            return;
        }
        while matches!(self.top().kind, Kind::Tag(_)) {
            self.close(end);
        }
        self.close(end);
    }

    /// Closes the innermost frame, which becomes a node of the frame around it.
    fn close(&mut self, end: usize) {
        self.flush();
        let frame = self.open.pop().expect("events are balanced");
        let range = frame.start..end.max(frame.start);
        let Frame { kind, blocks, inlines, .. } = frame;
        match kind {
            Kind::Root => unreachable!("the root is closed by finish"),
            Kind::Paragraph => self.paragraph(inlines, range),
            Kind::Heading(level, attrs) => self.block(Block::Heading { level, number: None, text: inlines }, attrs, range),
            Kind::Quote => self.block(Block::Quote(blocks), None, range),
            Kind::List(list) => self.block(Block::List(list), None, range),
            Kind::Item(task) => self.item(Item { task, body: blocks }),
            Kind::Definitions(entries) => self.block(Block::Definitions(entries), None, range),
            Kind::Term => self.entries(|entries| entries.push(Definition { term: inlines, meanings: Vec::new() })),
            Kind::Meaning => self.entries(|entries| {
                if let Some(entry) = entries.last_mut() {
                    entry.meanings.push(blocks);
                }
            }),
            Kind::Table(Table { caption, columns, head, rows }) => {
                // Column heads without a word are none.
                let head = if is_silent(&head) && !rows.is_empty() { Vec::new() } else { head };
                self.block(Block::Table(Table::new(caption, columns, head, rows)), None, range);
            }
            Kind::Row(cells) => self.row(cells, range),
            Kind::Cell => {
                let cell = Node::new(Cell::of(inlines), Span::new(self.file, range));
                if let Kind::Row(cells) = &mut self.top().kind {
                    cells.push(cell);
                }
            }
            Kind::Note { label, mark } => self.define(label, mark, blocks, range),
            Kind::Code { language, text } => {
                let text = text.strip_suffix('\n').unwrap_or(&text).to_owned();
                self.block(Block::Code { language, text }, None, range);
            }
            Kind::Html(html) => self.html_block(&html, range),
            Kind::Styled(style) => self.inline(Inline::Styled(style, inlines), range),
            Kind::Link { target, title } => self.inline(Inline::Link(Link { target, title, text: inlines }), range),
            Kind::Image { target, title } => {
                let alt = crate::tree::plain_text(&inlines);
                self.inline(Inline::Image(Image { target, title, alt, width: None }), range);
            }
            Kind::Tag(known) => self.known_tag(known, inlines, range),
        }
    }

    fn top(&mut self) -> &mut Frame {
        self.open.last_mut().expect("the root stays open")
    }

    fn in_code(&mut self) -> bool {
        matches!(self.top().kind, Kind::Code { .. })
    }

    fn block(&mut self, kind: Block, attrs: Option<Box<Attrs>>, range: Range<usize>) {
        self.flush();
        let span = Span::new(self.file, range);
        let blocks = &mut self.top().blocks;
        match (kind, blocks.last_mut()) {
            (Block::Verse(more), Some(Node { kind: Block::Verse(stanzas), span: whole, .. })) => {
                stanzas.extend(more);
                *whole = whole.to(span);
            }
            (kind, _) => blocks.push(Node { kind, span, attrs }),
        }
    }

    fn inline(&mut self, kind: Inline, range: Range<usize>) {
        let span = Span::new(self.file, range);
        self.top().inlines.push(Node::new(kind, span));
    }

    /// Text as the parser gives it, to wherever text goes here.
    fn literal(&mut self, text: &str, range: Range<usize>) {
        match &mut self.top().kind {
            Kind::Code { text: code, .. } => code.push_str(&clean(text)),
            Kind::Html(html) => html.push_str(text),
            _ => self.say(text, range),
        }
    }

    /// Adds to the text of the line; a run of text is one node.
    fn say(&mut self, text: &str, range: Range<usize>) {
        let (text, span) = (clean(text), Span::new(self.file, range));
        let mut text = &*text;
        if let Some(Node { kind: Inline::PageBreak(page), .. }) = self.top().inlines.last_mut() {
            let whole = text.len();
            text = text.trim_start_matches(html::WHITE);
            page.space |= text.len() < whole;
            if text.is_empty() {
                return;
            }
        }
        match self.top().inlines.last_mut() {
            Some(Node { kind: Inline::Text(so_far), span: whole, .. }) => {
                so_far.push_str(text);
                *whole = whole.to(span);
            }
            _ => self.top().inlines.push(Node::new(Inline::Text(text.to_owned()), span)),
        }
    }

    /// Makes a paragraph of the loose inlines of a frame that holds blocks.
    fn flush(&mut self) {
        let frame = self.top();
        if frame.inlines.is_empty() || !frame.kind.holds_blocks() {
            return;
        }
        let inlines = take(&mut frame.inlines);
        let (first, last) = (inlines[0].span, inlines[inlines.len() - 1].span);
        self.paragraph(inlines, first.to(last).range());
    }

    /// An item that holds a paragraph, which blank lines set off, makes its list a loose one.
    fn loosen(&mut self) {
        if let [.., Frame { kind: Kind::List(list), .. }, Frame { kind: Kind::Item(_), .. }] = &mut self.open[..] {
            list.tight = false;
        }
    }

    fn item(&mut self, item: Item) {
        if let Kind::List(list) = &mut self.top().kind {
            list.items.push(item);
        }
    }

    fn entries(&mut self, change: impl FnOnce(&mut Vec<Definition>)) {
        if let Kind::Definitions(entries) = &mut self.top().kind {
            change(entries);
        }
    }

    fn row(&mut self, cells: Row, range: Range<usize>) {
        let line = self.slice(range.clone());
        let pipes = line.trim().trim_matches('|').replace("\\|", "").matches('|').count();
        let Kind::Table(table) = &mut self.top().kind else { return };
        let columns = table.columns.len();
        if table.head.is_empty() {
            table.head.push(cells);
        } else {
            table.rows.push(cells)
        }
        // A bar inside code also counts, and cells that are too many can't be told from it: so a remark, not an error.
        if pipes >= columns && !line.contains('`') {
            self.report
                .warn(
                    "table-cells-dropped",
                    Span::new(self.file, range),
                    format!("the row has more cells than the table's {columns}"),
                )
                .hint("give the table a column for them, or write \\| for a bar that is text");
        }
    }

    /// The source's own text.
    fn slice(&self, range: Range<usize>) -> &'a str {
        self.text.get(range.start - self.base..range.end - self.base).unwrap_or("")
    }

    fn attributes(
        &mut self,
        id: Option<CowStr>,
        classes: Vec<CowStr>,
        attrs: Vec<(CowStr, Option<CowStr>)>,
        range: &Range<usize>,
    ) -> Option<Box<Attrs>> {
        let span = Span::new(self.file, range.clone());
        let id = id.and_then(|id| clean::id(&id, span, self.report));
        let lang = attrs.into_iter().find(|(name, _)| &**name == "lang").and_then(|(_, value)| value);
        let lang = lang.and_then(|lang| clean::language(&lang, span, self.report));
        let classes: Vec<_> = classes.iter().map(|class| clean::line(class)).collect();
        (id.is_some() || lang.is_some() || !classes.is_empty()).then(|| Box::new(Attrs { id, lang, dir: None, classes }))
    }

    fn finish(mut self) -> Blocks {
        let end = self.base + self.text.len();
        while self.open.len() > 1 {
            self.close(end);
        }
        self.flush();
        self.remark_dropped();
        self.remark_loose_furniture();
        let mut blocks = take(&mut self.top().blocks);
        notes::resolve(&mut blocks, self.notes, self.report);
        blocks
    }
}

/// Whether no cell says anything.
fn is_silent(rows: &[Row]) -> bool {
    rows.iter().flatten().all(|cell| cell.kind.body.is_empty())
}

fn align(alignment: Alignment) -> Align {
    match alignment {
        Alignment::None => Align::Natural,
        Alignment::Left => Align::Left,
        Alignment::Center => Align::Centre,
        Alignment::Right => Align::Right,
    }
}
