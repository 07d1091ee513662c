//! Markdown becomes blocks with places: the one door through which every dialect reads text. CommonMark by pulldown-cmark, with
//! each of its extensions that a book can use; the builder below turns its events into the tree.

mod html;
mod leaf;
mod marks;
mod mask;
mod notes;

use std::collections::{BTreeMap, BTreeSet};
use std::mem::take;
use std::ops::Range;

use pulldown_cmark::{Alignment, CodeBlockKind, CowStr, Event, Options, Parser, Tag, TagEnd};

use super::clean::{self, clean};
use crate::report::Report;
use crate::span::{FileId, Sources, Span};
use crate::tree::{
    Align, Attrs, Block, Blocks, Cell, Definition, Furniture, Group, GroupRole, Image, Inline, Inlines, Item, Link, List, Node, Numbering, Row,
    Style, Table,
};

use mask::Masked;

/// How deep the source may nest. Notes are set into the text that calls them, so that each may take half of
/// [`crate::tree::MAX_DEPTH`].
const DEPTH: usize = crate::tree::MAX_DEPTH / 2;

/// Reads the bytes `range` of `file`. Notes are numbered from 1 within it, in the order of their first calls, and stand where
/// they are first called; ids and links are as the source writes them.
pub fn blocks(sources: &Sources, file: FileId, range: Range<usize>, report: &mut Report) -> Blocks {
    let known = mask::Known { carets: true, lines: true };
    let mut outside = Outside { known, ..Outside::default() };
    let blocks = stretch(sources, file, range, &mut outside, &mut 1, report);
    outside.tell(file, report);
    blocks
}

/// What reading a stretch of a text must know of the rest of it.
#[derive(Default)]
pub struct Outside {
    /// Addresses and titles of the links that the text defines, by label as CommonMark compares them.
    links: BTreeMap<String, (String, String)>,
    /// Which marks of the dialects the text may have. Not carets where they belong to TeX; nothing that takes lines where lines
    /// end only because the page does.
    known: mask::Known,
    /// What was seen and is not read, with its places in the file.
    told: Vec<(mask::Told, Range<usize>)>,
}

impl Outside {
    /// What stretches of `text`, a page-broken one, must know.
    pub fn of(text: &str) -> Self {
        let known = mask::Known { carets: !text.contains("\\(^"), lines: false };
        if !text.contains("]:") {
            return Self { known, ..Self::default() };
        }
        let parser = Parser::new_ext(text, options());
        let defined = parser.reference_definitions().iter();
        let links = defined.map(|(label, link)| {
            let title = link.title.as_deref().unwrap_or("").to_owned();
            (label_key(label), (link.dest.to_string(), title))
        });
        Self { links: links.collect(), known, told: Vec::new() }
    }

    /// Tells what was seen and is not read, once a kind.
    pub fn tell(&mut self, file: FileId, report: &mut Report) {
        mask::remark(take(&mut self.told), file, report);
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
    outside: &mut Outside,
    next: &mut u32,
    report: &mut Report,
) -> Blocks {
    let text = sources.get(file).text.get(range.clone()).unwrap_or("");
    let masked = Masked::new(text, outside.known);
    let mut builder = Builder::new(file, range.start, &masked, report);
    builder.notes.from(*next);
    let defined = |link: pulldown_cmark::BrokenLink<'_>| {
        let (target, title) = outside.links.get(&label_key(&link.reference))?;
        Some((CowStr::from(target.clone()), CowStr::from(title.clone())))
    };
    let mut known = options();
    known.set(Options::ENABLE_DEFINITION_LIST, outside.known.lines);
    for (event, range) in Parser::new_with_broken_link_callback(masked.text(), known, Some(defined)).into_offset_iter() {
        builder.event(event, range);
    }
    *next = builder.notes.next();
    let (blocks, told) = builder.finish();
    outside.told.extend(told);
    blocks
}

/// Every extension that says something about a book. Left out: smart punctuation, which changes what the author wrote; metadata
/// blocks, which [`super::metadata`] takes off first; and what [`mask`] reads in its stead: formulas, since pulldown-cmark takes
/// prices for them (its issue 946), raised and lowered words, which it doesn't see inside words, and attributes, of which it takes
/// `{4, 5}` for one.
fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_DEFINITION_LIST
}

/// What is open while events come in.
struct Builder<'a> {
    file: FileId,
    /// Where the text that is read begins in its file.
    base: usize,
    text: &'a str,
    /// The same as the parser sees it.
    masked: &'a Masked<'a>,
    /// Places of attributes that a block has taken.
    taken: BTreeSet<usize>,
    told: Vec<(mask::Told, Range<usize>)>,
    /// A caption that waits for its table.
    waiting: Option<(Inlines, Option<Box<Attrs>>, Range<usize>)>,
    /// How many examples were counted.
    examples: u64,
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
    /// What a mark says of the line in it.
    is: Is,
    attrs: Option<Box<Attrs>>,
    /// Whether a mark opened it.
    is_mark: bool,
}

/// What the line of a frame is, where a mark says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Is {
    #[default]
    Plain,
    /// Lines of verse.
    Lines,
    /// A caption of the table beside it.
    Caption,
    /// The title of the group in which it stands, so far.
    Title,
    /// A list that counts through the whole text.
    Examples,
}

enum Kind {
    Root,
    Paragraph,
    Heading(u8),
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
    Group(Group),
    /// A stretch between two marks; it closes like a tag.
    Marked(mask::Opening),
}

impl Kind {
    /// Whether the frame holds blocks, so that a block can be pushed and loose inlines are a paragraph.
    fn holds_blocks(&self) -> bool {
        match self {
            Kind::Root | Kind::Quote | Kind::Item(_) | Kind::Meaning | Kind::Note { .. } | Kind::Group(_) => true,
            Kind::Paragraph
            | Kind::Heading(_)
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
            | Kind::Tag(_)
            | Kind::Marked(_) => false,
        }
    }
}

impl<'a> Builder<'a> {
    fn new(file: FileId, base: usize, masked: &'a Masked<'a>, report: &'a mut Report) -> Self {
        let root = Frame { kind: Kind::Root, start: base, blocks: Vec::new(), inlines: Vec::new(), is: Is::Plain, attrs: None, is_mark: false };
        Self {
            file,
            base,
            text: masked.source(),
            masked,
            taken: BTreeSet::new(),
            told: Vec::new(),
            waiting: None,
            examples: 0,
            report,
            open: vec![root],
            flat: 0,
            notes: notes::Definitions::default(),
            furniture: Vec::new(),
            dropped: BTreeMap::new(),
        }
    }

    fn event(&mut self, event: Event, range: Range<usize>) {
        let range = range.start + self.base..range.end + self.base;
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag, range.end),
            Event::Text(text) => self.literal(&text, range),
            Event::Code(text) => {
                let text = clean(&self.restored(&text, &range)).into_owned();
                self.inline(Inline::Code(text), range);
            }
            // Not asked for: formulas are found by [`mask`].
            Event::InlineMath(tex) | Event::DisplayMath(tex) => self.literal(&tex, range),
            Event::Html(html) => self.html_line(&self.restored(&html, &range), range),
            Event::InlineHtml(html) => self.html(&self.restored(&html, &range), range),
            Event::FootnoteReference(label) => {
                let id = self.notes.called(&self.restored(&label, &range));
                self.inline(Inline::NoteCall(id), range);
            }
            Event::SoftBreak if self.take_title() => {}
            Event::SoftBreak => self.say("\n", range),
            Event::HardBreak => self.inline(Inline::LineBreak, range),
            Event::Rule => self.rule(range),
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
            Tag::Heading { level, .. } => Kind::Heading(level as u8),
            Tag::BlockQuote(_) => Kind::Quote,
            Tag::CodeBlock(CodeBlockKind::Indented) => Kind::Code { language: String::new(), text: String::new() },
            Tag::CodeBlock(CodeBlockKind::Fenced(info)) => {
                Kind::Code { language: clean::line(&info), text: String::new() }
            }
            Tag::HtmlBlock => Kind::Html(String::new()),
            Tag::List(start) => Kind::List(List { start, numbering: Numbering::Decimal, tight: true, items: Vec::new() }),
            Tag::Item => {
                self.count_item(range.start);
                Kind::Item(None)
            }
            Tag::FootnoteDefinition(label) => {
                // What stood beside a page of the text does not go to a page of a note.
                self.remark_loose_furniture();
                Kind::Note { label: self.restored(&label, &range).into_owned(), mark: None }
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
                let (target, title) = self.address(&dest_url, &title, &range);
                Kind::Link { target: format!("{mail}{target}"), title }
            }
            Tag::Image { dest_url, title, .. } => {
                let (target, title) = self.address(&dest_url, &title, &range);
                Kind::Image { target, title }
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
        self.open.push(Frame { kind, start, blocks: Vec::new(), inlines: Vec::new(), is: Is::Plain, attrs: None, is_mark: false });
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
        while self.open.len() > 2 && matches!(self.top().kind, Kind::Tag(_) | Kind::Marked(_)) || self.top().is_mark {
            self.close(end);
        }
        self.close(end);
    }

    /// Opens a group for a mark. False where it would stand too deep.
    fn open_group(&mut self, role: GroupRole, title: Inlines, attrs: Option<Box<Attrs>>, start: usize) -> bool {
        self.flush();
        if self.open.len() >= DEPTH {
            return false;
        }
        self.open(Kind::Group(Group { role, title, body: Vec::new() }), start);
        self.top().attrs = attrs;
        self.top().is_mark = true;
        true
    }

    /// Closes the group that a mark opened here.
    fn close_group(&mut self, end: usize) -> bool {
        let is_open = self.top().is_mark;
        if is_open {
            self.close(end);
        }
        is_open
    }

    /// Closes the innermost frame, which becomes a node of the frame around it.
    fn close(&mut self, end: usize) {
        self.flush();
        self.take_title();
        let frame = self.open.pop().expect("events are balanced");
        let range = frame.start..end.max(frame.start);
        let Frame { kind, blocks, inlines, is, attrs, .. } = frame;
        match kind {
            Kind::Root => unreachable!("the root is closed by finish"),
            Kind::Paragraph => match is {
                Is::Caption => self.caption(inlines, range),
                Is::Lines => self.line_block(inlines, range),
                Is::Plain | Is::Title | Is::Examples => self.paragraph(inlines, range),
            },
            Kind::Group(group) => {
                let group = Group { body: blocks, ..group };
                if group.role == GroupRole::Plain && group.title.is_empty() && attrs.is_none() {
                    self.flush();
                    return self.top().blocks.extend(group.body);
                }
                let block = marks::group_or_figure(group, attrs.as_deref());
                self.block(block, attrs, range);
            }
            Kind::Heading(level) => self.block(Block::Heading { level, number: None, text: inlines }, None, range),
            Kind::Quote => self.block(Block::Quote(blocks), None, range),
            Kind::List(list) => {
                if is == Is::Examples {
                    self.examples += list.items.len() as u64;
                }
                if !list.items.is_empty() {
                    self.list(list, range);
                }
                self.top().blocks.extend(blocks);
            }
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
            Kind::Code { language, text } => self.code(&language, text, range),
            Kind::Html(html) => self.html_block(&html, range),
            Kind::Styled(style) => self.inline(Inline::Styled(style, inlines), range),
            Kind::Link { target, title } => self.inline(Inline::Link(Link { target, title, text: inlines }), range),
            Kind::Image { target, title } => {
                let alt = crate::tree::plain_text(&inlines);
                self.inline(Inline::Image(Image { target, title, alt, width: None }), range);
            }
            Kind::Tag(known) => self.known_tag(known, inlines, range),
            Kind::Marked(opening) => self.marked(opening, inlines, range),
        }
    }

    fn top(&mut self) -> &mut Frame {
        self.open.last_mut().expect("the root stays open")
    }

    fn block(&mut self, kind: Block, attrs: Option<Box<Attrs>>, range: Range<usize>) {
        self.flush();
        let (mut kind, mut attrs) = (kind, attrs.or_else(|| self.block_attributes(&range)));
        self.settle_caption(&mut kind, &mut attrs);
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
        let masked = self.masked;
        let place = range.start - self.base..range.end - self.base;
        match &mut self.top().kind {
            Kind::Code { text: code, .. } => code.push_str(&clean(&masked.restore(text, place, false))),
            Kind::Html(html) => html.push_str(&masked.restore(text, place, false)),
            _ => self.pieces(text, range),
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
        if self.top().kind.holds_blocks() {
            self.take_title();
        }
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
        let width = cells.len();
        let Kind::Table(table) = &mut self.top().kind else { return };
        let columns = table.columns.len();
        if table.head.is_empty() {
            table.head.push(cells);
        } else {
            table.rows.push(cells)
        }
        if width > columns {
            self.report
                .warn(
                    "table-widened",
                    Span::new(self.file, range),
                    format!("the row has {width} cells, more than the {columns} of the table's head: the table is made wider"),
                )
                .hint("give the head a column for them, or write \\| for a bar that is text");
        }
    }

    /// The source's own text.
    fn slice(&self, range: Range<usize>) -> &'a str {
        self.text.get(range.start - self.base..range.end - self.base).unwrap_or("")
    }

    fn finish(mut self) -> (Blocks, Vec<(mask::Told, Range<usize>)>) {
        let end = self.base + self.text.len();
        while self.open.len() > 1 {
            self.close(end);
        }
        self.flush();
        self.settle_caption(&mut Block::Rule, &mut None);
        self.remark_dropped();
        self.remark_loose_furniture();
        let mut blocks = take(&mut self.top().blocks);
        notes::resolve(&mut blocks, self.notes, self.report);
        let seen = self.masked.told.iter().map(|(kind, at)| (*kind, at.start + self.base..at.end + self.base));
        let told = seen.chain(self.told).collect();
        (blocks, told)
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
