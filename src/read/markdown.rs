//! Markdown becomes blocks with places: the one door through which every dialect reads text. CommonMark by pulldown-cmark, with
//! each of its extensions that a book can use; the builder below turns its events into the tree.

mod frames;
mod html;
mod leaf;
mod marks;
mod mask;
mod notes;
mod others;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::mem::take;
use std::ops::Range;

use pulldown_cmark::{Alignment, CodeBlockKind, CowStr, Event, Options, Parser, Tag, TagEnd};

use super::clean::{self, clean};
use crate::bytes;
use crate::report::Report;
use crate::span::{FileId, Sources, Span};
use crate::tree::{
    Align, Attrs, Block, Blocks, Definition, Furniture, Group, GroupRole, Inline, Inlines, Length, List, Node, Numbering,
    PageBreak, PartMut, Row, Style, Table, parts_mut,
};
use frames::{Frame, Kind, Opener};
use mask::Masked;

/// How deep the source may nest. Notes are set into the text that calls them, so that each may take half of
/// [`crate::tree::MAX_DEPTH`].
const DEPTH: usize = crate::tree::MAX_DEPTH / 2;

/// Reads the bytes `range` of `file`. Notes are numbered from 1 within it, in the order of their first calls, and stand where
/// they are first called; ids and links are as the source writes them.
pub fn blocks(sources: &Sources, file: FileId, range: Range<usize>, report: &mut Report) -> Blocks {
    let text = sources.get(file).text.get(range.clone()).unwrap_or("");
    let outside = Outside { known: mask::Known { carets: true, lines: true }, headings: headings(text), ..Outside::default() };
    let mut running = Running::default();
    let mut blocks = stretch(sources, file, range, &outside, &mut running, report);
    others::read(&mut blocks, text, report);
    running.remark(report);
    blocks
}

/// What is carried on from one stretch of a text to the next.
pub struct Running {
    /// The number of the next note.
    pub next: u32,
    told: html::Told,
    /// Marks that were seen and are not read.
    seen: Vec<(mask::Told, Span)>,
}

impl Default for Running {
    fn default() -> Self {
        Self { next: 1, told: html::Told::default(), seen: Vec::new() }
    }
}

impl Running {
    /// Says of the whole text what is told once, however often it is met.
    pub fn remark(&mut self, report: &mut Report) {
        take(&mut self.told).remark(report);
        mask::remark(take(&mut self.seen), report);
    }
}

/// What reading a stretch of a text must know of the rest of it.
#[derive(Default)]
pub struct Outside {
    /// Addresses and titles of the links that the text defines, by label as CommonMark compares them.
    links: BTreeMap<String, (String, String)>,
    /// The headings of the text, which a link may name by their words (pandoc).
    headings: BTreeSet<String>,
    /// Which marks of the dialects the text may have. No carets where they belong to TeX; nothing that takes lines where lines
    /// end only because the page does.
    known: mask::Known,
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
        Self { links: links.collect(), known, ..Self::default() }
    }
}

/// The words of a text's headings, as labels of links.
fn headings(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    if !text.contains('[') {
        return found;
    }
    let mut above = "";
    // A lone heading of the first level is the work's title, to which nothing leads.
    let mut firsts = Vec::new();
    for line in bytes::lines(text) {
        let line = line.trim_end_matches(['\n', '\r']);
        let level = line.bytes().take_while(|byte| *byte == b'#').count();
        let drawn = line.len() > 1 && (line.bytes().all(|byte| byte == b'=') || line.bytes().all(|byte| byte == b'-'));
        let words = match level {
            1..=6 if line[level..].starts_with(' ') => {
                Some(line[level..].split(" {").next().unwrap_or("").trim_end_matches('#'))
            }
            0 if drawn && !above.is_empty() => Some(above.split(" {").next().unwrap_or("")),
            _ => None,
        };
        // Editors set a word or a number of their own in brackets, too: only what has letters and more than one of them names a heading.
        let words = words.map(str::trim).filter(|words| words.chars().filter(|c| c.is_alphabetic()).count() > 1);
        match level == 1 || drawn && line.starts_with('=') {
            true => firsts.extend(words.map(label_key)),
            false => found.extend(words.map(label_key)),
        }
        above = line;
    }
    if firsts.len() > 1 {
        found.extend(firsts);
    }
    found
}

/// A link's label without differences of case and white space.
fn label_key(label: &str) -> String {
    label.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Reads a part of a text: links may be defined anywhere in it. Notes are numbered from `running.next` on, which grows.
pub fn stretch(
    sources: &Sources,
    file: FileId,
    range: Range<usize>,
    outside: &Outside,
    running: &mut Running,
    report: &mut Report,
) -> Blocks {
    let text = sources.get(file).text.get(range.clone()).unwrap_or("");
    let masked = Masked::new(text, outside.known);
    let mut builder = Builder::new(file, range.start, &masked, take(&mut running.told), report);
    builder.notes.from(running.next);
    let defined = |link: pulldown_cmark::BrokenLink<'_>| {
        let key = label_key(&link.reference);
        if let Some((target, title)) = outside.links.get(&key) {
            return Some((CowStr::from(target.clone()), CowStr::from(title.clone())));
        }
        outside.headings.contains(&key).then(|| {
            let target = format!("{}#{}", super::links::WIKI, link.reference);
            (CowStr::from(target), CowStr::Borrowed(""))
        })
    };
    let mut known = options();
    known.set(Options::ENABLE_DEFINITION_LIST, outside.known.lines);
    let seen = builder.without_endless(masked.text());
    for (event, range) in Parser::new_with_broken_link_callback(&seen, known, Some(defined)).into_offset_iter() {
        // What stands for a sign of several bytes may end with it.
        let start = (0..=range.start).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let range = start..range.end;
        match seen {
            Cow::Borrowed(_) => builder.event(event, range),
            Cow::Owned(_) => builder.event(html::unmasked(event), range),
        }
    }
    running.next = builder.notes.next();
    let (blocks, told, marks) = builder.finish();
    running.told = told;
    running.seen.extend(marks.into_iter().map(|(kind, range)| (kind, Span::new(file, range))));
    blocks
}

/// Every extension that says something about a book. Left out: smart punctuation, which changes what the author wrote; metadata
/// blocks, which [`super::metadata`] takes off first; and what [`mask`] reads in its stead: formulas, since pulldown-cmark takes
/// prices for them (its rule is GitHub's, not pandoc's), raised and lowered words, which it doesn't see inside words, and
/// attributes, since it takes `{4, 5}` for some.
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
    /// Marks that say nothing here.
    seen: Vec<(mask::Told, Range<usize>)>,
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
    /// What became of raw tags that are no nodes.
    told: html::Told,
    /// Where the text's end tags stand, once a tag asks.
    ends: Option<html::Ends>,
    /// How many tags of each name were passed over because they stand too deep.
    levelled: BTreeMap<&'static str, usize>,
    /// Places that links lead to, for the block that follows.
    anchors: Inlines,
    /// How many of the parser's containers are passed over, since their text was read as raw HTML.
    skipped: usize,
    /// Up to where raw HTML was read.
    read_to: usize,
}

impl<'a> Builder<'a> {
    fn new(file: FileId, base: usize, masked: &'a Masked<'a>, told: html::Told, report: &'a mut Report) -> Self {
        Self {
            file,
            base,
            text: masked.source(),
            masked,
            taken: BTreeSet::new(),
            seen: Vec::new(),
            waiting: None,
            examples: 0,
            report,
            open: vec![Frame::new(Kind::Root, Opener::Event, base)],
            flat: 0,
            notes: notes::Definitions::default(),
            furniture: Vec::new(),
            told,
            ends: None,
            levelled: BTreeMap::new(),
            anchors: Vec::new(),
            skipped: 0,
            read_to: base,
        }
    }

    fn event(&mut self, event: Event, range: Range<usize>) {
        let range = range.start + self.base..range.end + self.base;
        if self.is_read_raw(&event, &range) {
            return;
        }
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
            Event::Html(html) => {
                let html = self.restored(&html, &range);
                self.html_line(&html, range);
            }
            Event::InlineHtml(html) => {
                let html = self.restored(&html, &range);
                self.html(&html, range.start);
            }
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
        if begins_block(&tag) {
            self.ready_for_block();
            if self.waiting.is_some() && !matches!(tag, Tag::Table(_)) {
                self.settle_caption(&mut Block::Rule, &mut None);
            }
        }
        let said = match &tag {
            Tag::Link { id, .. } | Tag::Image { id, .. } if !id.is_empty() => {
                let key = label_key(&self.restored(id, &range));
                self.masked.defined(&key).cloned()
            }
            _ => None,
        };
        let lettered = if matches!(tag, Tag::BlockQuote(_)) { self.masked.lettered(range.start - self.base) } else { None };
        let mut kind = match tag {
            Tag::Paragraph => {
                self.loosen();
                Kind::Paragraph
            }
            Tag::Heading { level, .. } => {
                self.notes.heading(level as u8);
                Kind::Heading(level as u8)
            }
            Tag::BlockQuote(_) => match lettered {
                Some(class) => {
                    let role = GroupRole::of_class(class).unwrap_or(GroupRole::Plain);
                    Kind::Group(Group { role, title: Vec::new(), body: Vec::new() })
                }
                None => Kind::Quote,
            },
            Tag::CodeBlock(CodeBlockKind::Indented) => Kind::Code { language: String::new(), text: String::new() },
            Tag::CodeBlock(CodeBlockKind::Fenced(info)) => Kind::Code { language: clean::line(&info), text: String::new() },
            Tag::HtmlBlock => Kind::Html(html::Raw::default()),
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
                Kind::Link { target: format!("{mail}{}", clean(&target)), title }
            }
            Tag::Image { dest_url, title, .. } => {
                let (target, title) = self.address(&dest_url, &title, &range);
                let place = range.start - self.base..range.end - self.base;
                let width = self.masked.within(place).iter().find_map(|(_, mark)| match mark {
                    mask::Mark::Width(said) => Length::parse(said),
                    _ => None,
                });
                Kind::Image { target: self.image_address(&target, &range), title, width }
            }
            Tag::MetadataBlock(_) => Kind::Code { language: String::new(), text: String::new() },
        };
        // A picture holds no level, as in HTML; a table has need of its rows and their cells.
        let inner = if matches!(kind, Kind::Table(_)) { 2 } else { 0 };
        let is_of_none = self.flat > 0 && matches!(kind, Kind::Row(_) | Kind::Cell);
        if is_of_none || self.depth() + inner >= DEPTH + usize::from(matches!(kind, Kind::Image { .. })) {
            self.too_deep(&kind, range);
        } else {
            if let (Kind::Image { width, .. }, Some(said)) = (&mut kind, &said) {
                *width = said.value("width").and_then(Length::parse).or(width.take());
            }
            let attrs = said.and_then(|said| self.attrs(&said, &range));
            let classed = lettered.filter(|class| GroupRole::of_class(class).is_none());
            let attrs =
                attrs.or_else(|| classed.map(|class| Box::new(Attrs { classes: vec![class.to_owned()], ..Attrs::default() })));
            self.open(kind, range.start);
            if attrs.is_some() {
                self.top().attrs = attrs;
            }
        }
    }

    /// Passes over a start: what it holds stays, one level further out.
    fn too_deep(&mut self, kind: &Kind, range: Range<usize>) {
        if !matches!(kind, Kind::Styled(_) | Kind::Link { .. } | Kind::Image { .. }) {
            self.flush();
        }
        self.flat += 1;
        self.remark_too_deep(range);
    }

    fn remark_too_deep(&mut self, range: Range<usize>) {
        if !self.report.diagnostics.iter().any(|known| known.code == "nesting-capped") {
            self.report
                .warn("nesting-capped", Span::new(self.file, range), format!("nesting deeper than {DEPTH} levels is levelled"))
                .hint("what stands deeper keeps its words, and loses its marks");
        }
    }

    fn end(&mut self, tag: TagEnd, end: usize) {
        let ends_picture = tag == TagEnd::Image && matches!(self.top().kind, Kind::Image { .. });
        if self.flat > 0 && !ends_picture {
            self.flat -= 1;
            if !matches!(tag, TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image) {
                self.flush();
            }
            return;
        }
        self.end_event(end);
    }

    /// The address of an image, if it isn't one that carries more bytes than a book can.
    fn image_address(&mut self, target: &str, range: &Range<usize>) -> String {
        let is_data = target.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"));
        if is_data && target.len() > crate::budget::CARRIED {
            let size = target.len() / 1024 / 1024;
            self.report
                .warn(
                    "image-too-large",
                    Span::new(self.file, range.clone()),
                    format!("an address carries an image of {size} MB, which is left out"),
                )
                .hint("save the image beside the text and name its file");
            return "data:,".to_owned();
        }
        match is_data {
            // Its white space is of the source's lines.
            true => clean(target).split_ascii_whitespace().collect(),
            false => clean(target).into_owned(),
        }
    }

    fn block(&mut self, mut kind: Block, attrs: Option<Box<Attrs>>, range: Range<usize>) {
        self.ready_for_block();
        if !self.anchors.is_empty() {
            self.place_anchors(&mut kind);
        }
        let mut attrs = attrs.or_else(|| self.block_attributes(&range, matches!(kind, Block::List(_) | Block::Definitions(_))));
        self.settle_caption(&mut kind, &mut attrs);
        // Only what stands over pages has need of a shorter name.
        if !matches!(kind, Block::Heading { .. })
            && let Some(said) = attrs.as_mut().filter(|attrs| attrs.short.is_some())
        {
            said.short = None;
            self.seen.push((mask::Told::Attribute, range.clone()));
        }
        let span = Span::new(self.file, range);
        let blocks = &mut self.top().blocks;
        match (kind, blocks.last_mut()) {
            (Block::Verse(more), Some(Node { kind: Block::Verse(stanzas), span: whole, attrs: None })) if attrs.is_none() => {
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
            Kind::Html(raw) => raw.push(&masked.restore(text, place, false), range.start),
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

    /// An item that holds a paragraph, which blank lines set off, makes its list a loose one.
    fn loosen(&mut self) {
        let item = self.open.iter().rposition(|frame| !matches!(frame.kind, Kind::Torn)).unwrap_or(0);
        if let [.., Frame { kind: Kind::List(list), opener, .. }, Frame { kind: Kind::Item(_), .. }] = &mut self.open[..=item]
            && !matches!(opener, Opener::Tag(element) if element.is_compact)
        {
            list.tight = false;
        }
    }

    fn entries(&mut self, change: impl FnOnce(&mut Vec<Definition>)) {
        if let Kind::Definitions(entries) = &mut self.top().kind {
            change(entries);
        }
    }

    fn table(&mut self, table: Table, range: Range<usize>) {
        let Table { caption, columns, head, rows } = table;
        // Column heads without a word are none.
        let head = if is_silent(&head) && !rows.is_empty() { Vec::new() } else { head };
        self.block(Block::Table(Table::new(caption, columns, head, rows)), None, range);
    }

    fn heading(&mut self, level: u8, mut text: Inlines, attrs: Option<Box<Attrs>>, range: Range<usize>) {
        leaf::trim(&mut text);
        // One over lines has them in its formulas, too, where they say nothing.
        text.iter_mut().for_each(|node| {
            if let Inline::Math(tex) = &mut node.kind {
                *tex = tex.replace('\n', " ");
            }
        });
        self.block(Block::Heading { level, number: None, text }, attrs, range);
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

    fn finish(mut self) -> (Blocks, html::Told, Vec<(mask::Told, Range<usize>)>) {
        let end = self.base + self.text.len();
        while self.open.len() > 1 {
            self.close(end);
        }
        self.flush();
        if !self.anchors.is_empty() {
            let (anchors, range) = (take(&mut self.anchors), end..end);
            self.block(Block::Paragraph(anchors), None, range);
        }
        self.settle_caption(&mut Block::Rule, &mut None);
        self.remark_loose_furniture();
        let mut blocks = take(&mut self.top().blocks);
        notes::resolve(&mut blocks, self.notes, (self.text, self.base), self.report);
        let marks = self.masked.told.iter().map(|(kind, at)| (*kind, at.start + self.base..at.end + self.base));
        let seen = marks.chain(self.seen).collect();
        (blocks, self.told, seen)
    }
}

/// Whether what begins stands on lines of its own. A block of raw HTML may go on with the line before it.
fn begins_block(tag: &Tag) -> bool {
    match tag {
        Tag::Paragraph
        | Tag::Heading { .. }
        | Tag::BlockQuote(_)
        | Tag::CodeBlock(_)
        | Tag::List(_)
        | Tag::FootnoteDefinition(_)
        | Tag::DefinitionList
        | Tag::Table(_)
        | Tag::MetadataBlock(_) => true,
        Tag::HtmlBlock
        | Tag::Item
        | Tag::DefinitionListTitle
        | Tag::DefinitionListDefinition
        | Tag::TableHead
        | Tag::TableRow
        | Tag::TableCell
        | Tag::Emphasis
        | Tag::Strong
        | Tag::Strikethrough
        | Tag::Superscript
        | Tag::Subscript
        | Tag::Link { .. }
        | Tag::Image { .. } => false,
    }
}

/// Blocks in one line, where only a line may stand: their words stay apart.
fn flatten(blocks: Blocks) -> Inlines {
    let mut line = Inlines::new();
    for node in blocks {
        flatten_into(&mut line, node);
    }
    line
}

fn flatten_into(line: &mut Inlines, node: Node<Block>) {
    let span = node.span;
    let mut add = |mut more: Inlines| {
        if !line.is_empty() && !more.is_empty() {
            line.push(Node::new(Inline::LineBreak, span));
        }
        line.append(&mut more);
    };
    match node.kind {
        // No mark can be set around nothing.
        Block::Code { text, .. } if text.is_empty() => {}
        Block::Code { text, .. } => add(vec![Node::new(Inline::Code(text.replace('\n', " ")), span)]),
        Block::Math(tex) => add(vec![Node::new(Inline::Math(tex), span)]),
        Block::PageBreak(page) => line.push(Node::new(Inline::PageBreak(PageBreak { space: true, ..page }), span)),
        Block::Comment(text) => line.push(Node::new(Inline::Comment(html::on_one_line(&text)), span)),
        Block::Rule => {}
        mut kind => parts_mut(&mut kind, &mut |part| match part {
            PartMut::Line(inner) => add(take(inner)),
            PartMut::Blocks(inner) => add(flatten(take(inner))),
            PartMut::Cell(cell) => add(flatten(take(&mut cell.kind.body))),
            PartMut::Image(image) => {
                add(vec![Node { kind: Inline::Image(image.kind.clone()), span, attrs: image.attrs.take() }])
            }
        }),
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
