//! The containers that are open while events and tags come in. Three hands open them: the parser's events, whose ends are events too;
//! the marks of a dialect, such as pandoc's fences; and raw tags. What a mark or a tag opens holds across later events, until its own
//! end or that of the container in which it stands.

use std::borrow::Cow;
use std::mem::take;
use std::ops::Range;

use super::html::table::Sheet;
use super::html::{Part, Raw};
use super::mask::Opening;
use super::{Builder, flatten, marks};
use crate::span::Span;
use crate::tree::{
    Align, Attrs, Block, Blocks, Cell, Definition, FurnitureKind, Group, GroupRole, Inline, Inlines, Item, Length, Link, List,
    Node, PartMut, Row, Style, Table, is_theorem, parts_mut,
};

/// A container whose end has not come yet. Tight items hold inlines of their own; they become a paragraph when a block follows.
pub(super) struct Frame {
    pub kind: Kind,
    pub opener: Opener,
    pub attrs: Option<Box<Attrs>>,
    /// In bytes of the file.
    pub start: usize,
    pub blocks: Blocks,
    pub inlines: Inlines,
    /// What a mark says of the line in it.
    pub is: Is,
}

/// What the line of a frame is, where a mark says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Is {
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

/// Whose hand opened a frame.
pub(super) enum Opener {
    /// An event's. An event ends it.
    Event,
    /// A dialect's mark. It ends with [`Builder::close_group`], or with what holds it.
    Mark,
    /// A raw tag's. It ends with its end tag, by HTML's rules, or with what holds it.
    Tag(Element),
}

/// A raw tag that is open.
pub(super) struct Element {
    pub name: Cow<'static, str>,
    /// What its attributes ask for beside what it is.
    pub styles: Vec<Style>,
    /// Whether a list counts down.
    pub is_reversed: bool,
    /// Whether a list says that its items stand close (HTML 4.01, 10.2: `compact`), whatever blank lines Markdown needs inside them.
    pub is_compact: bool,
    /// Whether its end tag has come.
    pub has_ended: bool,
    /// Whether no end tag is left for it: it ends with its block of HTML, or its paragraph, and can't hold the rest of the text.
    pub is_brief: bool,
    /// Whether it may stay open, or nobody wrote it.
    pub may_stay_open: bool,
}

pub(super) enum Kind {
    Root,
    Paragraph,
    /// A paragraph of the parser's in which a block stood: what is left of it.
    Torn,
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
    Html(Raw),
    Group(Group),
    /// A table of HTML, its parts, rows and cells.
    Sheet(Box<Sheet>),
    Rows(Part),
    /// With the place of its cells.
    SheetRow(Row, Option<Align>),
    SheetCell(Cell),
    /// What stands over or under a table, a figure or a group.
    Caption,
    Figure(Inlines),
    /// A note that stands where it is called.
    InlineNote,
    /// What no reader sees.
    Hidden,
    /// A drawing or a formula in a language of its own, of which the source is taken; how many of its name are open in it.
    Foreign {
        is_formula: bool,
        depth: usize,
    },
    Styled(Style),
    Span,
    /// Code in a line.
    Mono,
    /// A quotation in a line.
    Quotation,
    Link {
        target: String,
        title: String,
    },
    Image {
        target: String,
        title: String,
        width: Option<Length>,
    },
    /// Ruby: what it became so far, the bases that wait for a reading, and how many bases had theirs.
    Ruby(Inlines, Vec<Inlines>),
    RubyBase,
    Reading,
    /// What only stands for those who can't see ruby.
    Parenthesis,
    /// Taken out of the text and kept with the page break beside it.
    Furniture(FurnitureKind),
    /// An element that HTML doesn't know, as it is written.
    Unknown(String),
    /// What belongs in a line, yet turned out to hold blocks.
    Around(Box<Kind>),
    /// A stretch between two marks of a dialect.
    Marked(Opening),
}

/// Where what a frame takes goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// Blocks; loose inlines are a paragraph.
    Blocks,
    /// A line, though blocks may come: the container then makes of them what it can.
    Line,
    /// A stretch of a line. A block ends the line.
    Stretch,
    /// Neither.
    Nothing,
}

impl Kind {
    pub fn holds(&self) -> Holds {
        match self {
            Kind::Root
            | Kind::Torn
            | Kind::Quote
            | Kind::Item(_)
            | Kind::Meaning
            | Kind::Note { .. }
            | Kind::Group(_)
            | Kind::List(_)
            | Kind::Definitions(_)
            | Kind::Sheet(_)
            | Kind::Rows(_)
            | Kind::SheetRow(..)
            | Kind::Figure(_)
            | Kind::InlineNote
            | Kind::Around(_) => Holds::Blocks,
            Kind::Heading(_)
            | Kind::Term
            | Kind::Cell
            | Kind::SheetCell(_)
            | Kind::Caption
            | Kind::Hidden
            | Kind::Foreign { .. } => Holds::Line,
            Kind::Paragraph
            | Kind::Styled(_)
            | Kind::Span
            | Kind::Mono
            | Kind::Quotation
            | Kind::Link { .. }
            | Kind::Image { .. }
            | Kind::Ruby(..)
            | Kind::RubyBase
            | Kind::Reading
            | Kind::Parenthesis
            | Kind::Furniture(_)
            | Kind::Unknown(_)
            | Kind::Marked(_) => Holds::Stretch,
            Kind::Table(_) | Kind::Row(_) | Kind::Code { .. } | Kind::Html(_) => Holds::Nothing,
        }
    }
}

impl Frame {
    pub fn new(kind: Kind, opener: Opener, start: usize) -> Self {
        Self { kind, opener, attrs: None, start, blocks: Vec::new(), inlines: Vec::new(), is: Is::Plain }
    }

    /// The raw tag that opened the frame, if one did.
    pub fn element(&self) -> Option<&Element> {
        match &self.opener {
            Opener::Tag(element) => Some(element),
            Opener::Event | Opener::Mark => None,
        }
    }

    /// Whether the frame is that of the tag `name`.
    pub fn is_tag(&self, name: &str) -> bool {
        self.element().is_some_and(|element| element.name == name)
    }

    /// Whether the blocks in it go to the frame around it.
    pub fn says_nothing(&self) -> bool {
        match &self.kind {
            Kind::Torn | Kind::Around(_) => true,
            Kind::Group(group) => group.role == GroupRole::Plain && group.title.is_empty() && self.attrs.is_none(),
            _ => false,
        }
    }

    /// Takes blocks as they are. Verse beside verse is one poem.
    fn take_blocks(&mut self, blocks: Blocks) {
        for node in blocks {
            match (node, self.blocks.last_mut()) {
                (
                    Node { kind: Block::Verse(more), span, attrs: None },
                    Some(Node { kind: Block::Verse(stanzas), span: whole, attrs: None }),
                ) => {
                    stanzas.extend(more);
                    *whole = whole.to(span);
                }
                (node, _) => self.blocks.push(node),
            }
        }
    }

    /// Whether it is a level of the tree: a paragraph holds no block, and the others leave no node.
    fn is_level(&self) -> bool {
        !matches!(self.kind, Kind::Paragraph | Kind::Torn | Kind::Html(_) | Kind::Rows(_))
    }

    fn has_ended(&self) -> bool {
        self.element().is_some_and(|element| element.has_ended)
    }
}

impl<'a> Builder<'a> {
    /// How deep what comes would stand, the same in HTML as in Markdown's own marks.
    pub(super) fn depth(&self) -> usize {
        self.open.iter().filter(|frame| frame.is_level()).count()
    }

    /// Opens a container of the parser's.
    pub(super) fn open(&mut self, kind: Kind, start: usize) {
        self.open.push(Frame::new(kind, Opener::Event, start));
    }

    /// Opens a group for a dialect's mark. It holds the blocks that follow, across the parser's events, until [`Self::close_group`] or
    /// the end of the container in which it stands. False where it would stand too deep.
    pub(super) fn open_group(&mut self, role: GroupRole, title: Inlines, attrs: Option<Box<Attrs>>, start: usize) -> bool {
        self.ready_for_block();
        if self.depth() >= super::DEPTH || self.flat > 0 {
            return false;
        }
        let kind = Kind::Group(Group { role, title, body: Vec::new() });
        self.open.push(Frame { attrs, ..Frame::new(kind, Opener::Mark, start) });
        true
    }

    /// Closes the innermost group that a mark opened in the container at hand, and what is open in it. False where there is none: the
    /// mark is text.
    pub(super) fn close_group(&mut self, end: usize) -> bool {
        let inner = self.open.iter().rposition(|frame| !matches!(frame.opener, Opener::Tag(_)));
        let Some(at) = inner.filter(|&at| matches!(self.open[at].opener, Opener::Mark)) else { return false };
        self.close_down_to(at, end);
        true
    }

    pub(super) fn top(&mut self) -> &mut Frame {
        self.open.last_mut().expect("the root stays open")
    }

    /// Where what was read last ends.
    fn top_start(&self) -> usize {
        let frame = self.open.last().expect("the root stays open");
        let block = frame.blocks.last().map_or(frame.start, |node| node.span.range().end);
        frame.inlines.last().map_or(block, |node| node.span.range().end)
    }

    /// Closes the frame at `at` and all that stand in it. What is left of a torn paragraph goes on behind them.
    pub(super) fn close_down_to(&mut self, at: usize, end: usize) {
        let mut torn = false;
        while self.open.len() > at {
            if matches!(self.top().kind, Kind::Torn) {
                self.take_torn(self.open.len() - 1);
                torn = true;
            } else {
                self.close(end);
            }
        }
        if torn {
            self.open(Kind::Torn, end);
        }
    }

    /// Takes the torn paragraph at `at` out from under what is open in it.
    fn take_torn(&mut self, at: usize) {
        if at + 1 == self.open.len() {
            self.flush();
        }
        let torn = self.open.remove(at);
        self.open[at - 1].take_blocks(torn.blocks);
    }

    /// Ends the container whose end the parser tells, and what is open in it. What raw tags opened in a paragraph that they tore holds on.
    pub(super) fn end_event(&mut self, end: usize) {
        // An end tag within it may have ended it already.
        let Some(at) = self.open.iter().rposition(|frame| matches!(frame.opener, Opener::Event)) else { return };
        if !matches!(self.open[at].kind, Kind::Torn) {
            let across = self.lines_across(at, end);
            while self.open.len() > at + 1 {
                self.close(end);
            }
            // A block of HTML may leave elements open. What ended with them is closed already.
            if self.open.len() == at + 1 && at > 0 {
                self.close(end);
            }
            return self.open.extend(across);
        }
        self.close_brief(at, end);
        while matches!(self.top().kind.holds(), Holds::Stretch) {
            self.close(end);
        }
        self.flush();
        if let Some(at) = self.open.iter().rposition(|frame| matches!(frame.kind, Kind::Torn)) {
            self.take_torn(at);
        }
    }

    /// Closes the elements above `base` for which no end tag is left, and what is open in them.
    pub(super) fn close_brief(&mut self, base: usize, end: usize) {
        let is_brief = |frame: &Frame| frame.element().is_some_and(|element| element.is_brief);
        if let Some(at) = self.open[base..].iter().position(is_brief) {
            self.close_down_to(base + at, end);
        }
    }

    /// Ends the line at hand, so that a block can stand here. A paragraph of the parser's is torn; what stands open in the line goes on
    /// around the block.
    pub(super) fn ready_for_block(&mut self) {
        self.leave_implied_table(self.top_start());
        let Some(base) = self.open.iter().rposition(|frame| frame.kind.holds() != Holds::Stretch) else { return };
        if base + 1 == self.open.len() {
            return self.flush_line();
        }
        let mut lifted = self.open.split_off(base + 1);
        let mut line = Inlines::new();
        let mut paragraph = None;
        for frame in lifted.iter_mut().rev() {
            let mut inlines = take(&mut frame.inlines);
            inlines.append(&mut line);
            let range = frame.start..inlines.last().map_or(frame.start, |last| last.span.range().end);
            if matches!(frame.kind, Kind::Paragraph) {
                paragraph = Some((frame.attrs.clone(), range, inlines));
                continue;
            }
            line = self.stretch_of(frame, inlines, range);
        }
        self.flush_line();
        if let Some((attrs, range, inlines)) = paragraph {
            let said = !inlines.is_empty();
            self.paragraph(inlines, attrs, range);
            self.resume(lifted, said);
        } else {
            self.top().inlines.append(&mut line);
            self.flush_line();
            self.resume(lifted, false);
        }
    }

    /// The piece that a stretch leaves in the line which a block ends. Its id stays with this piece.
    fn stretch_of(&mut self, frame: &mut Frame, inlines: Inlines, range: Range<usize>) -> Inlines {
        if inlines.is_empty() {
            return inlines;
        }
        let span = Span::new(self.file, range);
        let attrs = frame.attrs.clone();
        if let Some(attrs) = &mut frame.attrs {
            attrs.id = None;
        }
        let kind = match &frame.kind {
            Kind::Styled(style) => Inline::Styled(*style, inlines),
            Kind::Span => Inline::Span(inlines),
            Kind::Link { target, title } => Inline::Link(Link { target: target.clone(), title: title.clone(), text: inlines }),
            Kind::Mono => return mono(inlines),
            _ => return inlines,
        };
        vec![Node { kind, span, attrs }]
    }

    /// Puts what was open in a line that a block ended around that block. `said`: a paragraph among them has its words already.
    fn resume(&mut self, lifted: Vec<Frame>, said: bool) {
        for mut frame in lifted {
            frame.kind = match (frame.kind, &frame.opener) {
                (Kind::Paragraph, Opener::Event | Opener::Mark) => Kind::Torn,
                // HTML ends a paragraph before a block.
                (Kind::Paragraph, Opener::Tag(_)) if said => continue,
                // One that has no word yet may say what the paragraphs of Markdown behind it are.
                (Kind::Paragraph, Opener::Tag(_)) => {
                    Kind::Group(Group { role: GroupRole::Plain, title: Vec::new(), body: Vec::new() })
                }
                (kind, _) => Kind::Around(Box::new(kind)),
            };
            self.open.push(frame);
        }
    }

    /// Makes a paragraph of the inlines of a frame that may hold blocks.
    pub(super) fn flush_line(&mut self) {
        if self.top().kind.holds() != Holds::Stretch {
            self.take_title();
        }
        let frame = self.top();
        if frame.inlines.is_empty() || !matches!(frame.kind.holds(), Holds::Blocks | Holds::Line) {
            return;
        }
        let inlines = take(&mut frame.inlines);
        let (first, last) = (inlines[0].span, inlines[inlines.len() - 1].span);
        self.paragraph(inlines, None, first.to(last).range());
    }

    /// Makes a paragraph of the loose inlines of a frame that holds blocks.
    pub(super) fn flush(&mut self) {
        let frame = self.top();
        match frame.kind.holds() {
            Holds::Blocks => self.flush_line(),
            Holds::Line if !frame.blocks.is_empty() => self.flush_line(),
            Holds::Line | Holds::Stretch | Holds::Nothing => {}
        }
    }

    /// Closes the innermost frame, which becomes a node of the frame around it.
    pub(super) fn close(&mut self, end: usize) {
        let depth = self.open.len();
        self.flush();
        self.take_title();
        if self.waiting.is_some() && self.top().kind.holds() == Holds::Blocks {
            self.settle_caption(&mut Block::Rule, &mut None);
        }
        if self.open.len() < depth {
            // What stood loose in it went behind a table that nobody opened, and that ended it already.
            return;
        }
        let frame = self.open.pop().expect("events are balanced");
        let range = frame.start..end.max(frame.start);
        self.tell_unclosed(&frame);
        self.place(frame, range);
        // Its end tag came while something stood open in it.
        if self.top().has_ended() {
            self.close(end);
        }
    }

    /// Puts a frame that was closed into the one around it.
    fn place(&mut self, frame: Frame, range: Range<usize>) {
        let Frame { kind, opener, attrs, start, blocks, inlines, is } = frame;
        match kind {
            Kind::Root => unreachable!("the root is closed by finish"),
            Kind::Paragraph => {
                let inlines = styled(inlines, &opener);
                match is {
                    Is::Caption => self.table_caption(inlines, range),
                    Is::Lines => self.line_block(inlines, range),
                    Is::Plain | Is::Title | Is::Examples => self.paragraph(inlines, attrs, range),
                }
            }
            Kind::Torn => self.top().take_blocks(blocks),
            Kind::Heading(level) => {
                let text = styled(line(blocks, inlines), &opener);
                self.heading(level, text, attrs, range);
            }
            Kind::Quote => self.block(Block::Quote(blocks), attrs, range),
            Kind::List(list) => {
                if is == Is::Examples {
                    self.examples += list.items.len() as u64;
                }
                let is_reversed = matches!(&opener, Opener::Tag(element) if element.is_reversed);
                self.list(marks::of_numbers(list), blocks, is_reversed, attrs, range);
            }
            Kind::Marked(opening) => {
                let inlines = line(blocks, inlines);
                self.marked(opening, inlines, range);
            }
            Kind::Item(task) => self.item(Item { task, body: blocks }, attrs),
            Kind::Definitions(entries) => self.definitions(entries, blocks, attrs, range),
            Kind::Term => {
                let term = line(blocks, inlines);
                self.entries(|entries| entries.push(Definition { term, meanings: Vec::new() }));
            }
            Kind::Meaning => self.meaning(blocks),
            Kind::Table(table) => self.table(table, range),
            Kind::Row(cells) => self.row(cells, range),
            Kind::Cell => {
                let mut inlines = inlines;
                super::leaf::trim(&mut inlines);
                let cell = if blocks.is_empty() { Cell::of(inlines) } else { Cell { body: blocks, ..Cell::of(Vec::new()) } };
                let cell = Node::new(cell, Span::new(self.file, range));
                if let Kind::Row(cells) = &mut self.top().kind {
                    cells.push(cell);
                }
            }
            Kind::Note { label, mark } => self.define(label, mark, blocks, range),
            Kind::Code { language, text } => self.code(&language, text, attrs, range),
            Kind::Html(raw) => self.html_block(&raw, range),
            Kind::Group(group) => self.group(Group { body: blocks, ..group }, attrs, &opener, range),
            Kind::Around(kind) => {
                let frame = Frame { kind: *kind, opener, attrs, start, blocks: Vec::new(), inlines, is };
                self.around(frame, blocks, range);
            }
            kind @ (Kind::Styled(_)
            | Kind::Span
            | Kind::Mono
            | Kind::Quotation
            | Kind::Link { .. }
            | Kind::Image { .. }
            | Kind::Ruby(..)
            | Kind::RubyBase
            | Kind::Reading
            | Kind::Parenthesis
            | Kind::Furniture(_)
            | Kind::Unknown(_)) => {
                self.stretch_closed(Frame { kind, opener, attrs, start, blocks, inlines, is }, range);
            }
            kind @ (Kind::Sheet(_)
            | Kind::Rows(_)
            | Kind::SheetRow(..)
            | Kind::SheetCell(_)
            | Kind::Caption
            | Kind::Figure(_)
            | Kind::InlineNote
            | Kind::Hidden
            | Kind::Foreign { .. }) => {
                self.element_closed(Frame { kind, opener, attrs, start, blocks, inlines, is }, range);
            }
        }
    }

    /// Puts blocks, as they are, into the frame at hand.
    pub(super) fn adopt(&mut self, blocks: Blocks) {
        if blocks.is_empty() {
            return;
        }
        self.ready_for_block();
        self.top().take_blocks(blocks);
    }

    /// A group that has ended. One that says nothing leaves its blocks. Headings open the work's sections wherever they stand, so that a
    /// plain group around them goes as well: its language stays with each block, its id with the first.
    fn group(&mut self, mut group: Group, attrs: Option<Box<Attrs>>, opener: &Opener, range: Range<usize>) {
        let attrs = attrs.filter(|attrs| **attrs != Attrs::default());
        if let Opener::Tag(Element { styles, .. }) = opener {
            styles.iter().rev().for_each(|style| set(&mut group.body, &mut |line| vec_styled(*style, line)));
        }
        if attrs.as_ref().and_then(|attrs| attrs.id.as_deref()).is_some_and(is_theorem) {
            marks::name_theorem(&mut group);
        }
        let is_plain = group.role == GroupRole::Plain && group.title.is_empty();
        let has_headings = group.body.iter().any(|node| matches!(node.kind, Block::Heading { .. } | Block::Title(_)));
        match attrs {
            None if is_plain => self.adopt(group.body),
            Some(attrs) if is_plain && has_headings => {
                hand_down(&attrs, &mut group.body);
                self.adopt(group.body);
            }
            // A paragraph of HTML around one of Markdown.
            Some(attrs)
                if is_plain
                    && matches!(opener, Opener::Tag(element) if element.name == "p")
                    && matches!(&group.body[..], [only] if only.attrs.is_none()) =>
            {
                group.body[0].attrs = Some(attrs);
                self.adopt(group.body);
            }
            Some(attrs) if is_plain && group.body.is_empty() => self.anchor(attrs, range),
            attrs if matches!(opener, Opener::Tag(_)) => self.block(Block::Group(group), attrs, range),
            attrs => {
                let block = marks::group_or_figure(group, attrs.as_deref());
                self.block(block, attrs, range);
            }
        }
    }

    /// The words between the last block in some emphasis of Markdown and its end: the line goes on with them.
    fn tail(&self, opener: &Opener, blocks: &mut Blocks, end: usize) -> Inlines {
        let is_loose = |node: &mut Node<Block>| {
            let behind = node.span.range().end.min(end)..end;
            node.attrs.is_none() && matches!(node.kind, Block::Paragraph(_)) && !self.slice(behind).contains("</")
        };
        let is_markdown = matches!(opener, Opener::Event);
        match blocks.pop_if(|node| is_markdown && is_loose(node)).map(|node| node.kind) {
            Some(Block::Paragraph(line)) => line,
            _ => Inlines::new(),
        }
    }

    /// A stretch of a line that turned out to hold blocks: what it says holds for each of their lines, if its own end came.
    fn around(&mut self, mut frame: Frame, mut blocks: Blocks, range: Range<usize>) {
        let is_own = frame.element().is_none_or(|element| element.has_ended);
        if let Kind::Unknown(source) = &frame.kind
            && !is_own
        {
            let text = Node::new(Inline::Text(source.clone()), Span::new(self.file, frame.start..frame.start));
            self.paragraph(vec![text], None, frame.start..frame.start);
            return self.adopt(blocks);
        }
        if !is_own {
            return self.adopt(blocks);
        }
        if let Opener::Tag(element) = &frame.opener {
            element.styles.iter().rev().for_each(|style| set(&mut blocks, &mut |line| vec_styled(*style, line)));
        }
        match &frame.kind {
            Kind::Styled(style) => {
                set(&mut blocks, &mut |line| vec_styled(*style, line));
                let tail = self.tail(&frame.opener, &mut blocks, range.end);
                self.adopt(blocks);
                self.top().inlines.extend(tail);
            }
            Kind::Mono => {
                set(&mut blocks, &mut mono);
                self.adopt(blocks);
            }
            Kind::Link { target, title } => {
                set(&mut blocks, &mut |text| {
                    let span = text.first().map_or(Span::default(), |first| first.span);
                    vec![Node::new(Inline::Link(Link { target: target.clone(), title: title.clone(), text }), span)]
                });
                self.adopt(blocks);
            }
            Kind::Span if frame.attrs.as_ref().is_some_and(|attrs| attrs.expansion.is_some()) => {
                // What words are short for is said of words.
                let attrs = frame.attrs.take().map(|attrs| Box::new(Attrs { id: None, ..*attrs }));
                set(&mut blocks, &mut |line| {
                    let span = line.first().map_or(Span::default(), |first| first.span);
                    vec![Node { kind: Inline::Span(line), span, attrs: attrs.clone() }]
                });
                self.adopt(blocks);
            }
            Kind::Span | Kind::Unknown(_) | Kind::Quotation => {
                if let Kind::Unknown(source) = &frame.kind {
                    self.tell_unknown(source, frame.start);
                }
                let group = Group { role: GroupRole::Plain, title: Vec::new(), body: blocks };
                self.group(group, frame.attrs.take(), &Opener::Mark, range);
            }
            _ => {
                frame.inlines = flatten(blocks);
                self.stretch_closed(frame, range);
            }
        }
    }

    /// Puts the places that links lead to before the first words of a block.
    pub(super) fn place_anchors(&mut self, kind: &mut Block) {
        let mut anchors = take(&mut self.anchors);
        place_in(kind, &mut anchors);
        self.anchors = anchors;
    }

    /// The place that a link leads to where nothing stands: it goes with the block that follows.
    pub(super) fn anchor(&mut self, attrs: Box<Attrs>, range: Range<usize>) {
        if attrs.id.is_some() {
            let span = Span::new(self.file, range);
            self.anchors.push(Node { kind: Inline::Span(Vec::new()), span, attrs: Some(attrs) });
        }
    }
}

/// The line of a frame that holds one, whatever came.
pub(super) fn line(blocks: Blocks, inlines: Inlines) -> Inlines {
    if blocks.is_empty() { inlines } else { flatten(blocks) }
}

/// A line in the styles that a tag's attributes ask for.
pub(super) fn styled(line: Inlines, opener: &Opener) -> Inlines {
    match opener {
        Opener::Tag(element) => element.styles.iter().rev().fold(line, |line, style| vec_styled(*style, line)),
        Opener::Event | Opener::Mark => line,
    }
}

fn vec_styled(style: Style, line: Inlines) -> Inlines {
    let (Some(first), Some(last)) = (line.first(), line.last()) else { return line };
    let span = first.span.to(last.span);
    vec![Node::new(Inline::Styled(style, line), span)]
}

/// A line whose words are code.
pub(super) fn mono(line: Inlines) -> Inlines {
    line.into_iter()
        .map(|mut node| {
            node.kind = match node.kind {
                Inline::Text(text) => Inline::Code(text.replace('\n', " ")),
                Inline::Styled(style, inner) => Inline::Styled(style, mono(inner)),
                Inline::Span(inner) => Inline::Span(mono(inner)),
                Inline::Link(link) => Inline::Link(Link { text: mono(link.text), ..link }),
                kind => kind,
            };
            node
        })
        .collect()
}

/// Sets each line of `blocks` as `how` says; code and formulas are no lines.
fn set(blocks: &mut Blocks, how: &mut dyn FnMut(Inlines) -> Inlines) {
    for node in blocks {
        parts_mut(&mut node.kind, &mut |part| match part {
            PartMut::Line(line) if !line.is_empty() => *line = how(take(line)),
            PartMut::Line(_) | PartMut::Image(_) => {}
            PartMut::Blocks(inner) => set(inner, how),
            PartMut::Cell(cell) => set(&mut cell.kind.body, how),
        });
    }
}

/// Puts `anchors` into the first line of a block, if it has any.
fn place_in(kind: &mut Block, anchors: &mut Inlines) {
    parts_mut(kind, &mut |part| match part {
        _ if anchors.is_empty() => {}
        PartMut::Line(line) if !line.is_empty() => drop(line.splice(0..0, take(anchors))),
        PartMut::Line(_) | PartMut::Image(_) => {}
        PartMut::Blocks(inner) => inner.iter_mut().for_each(|node| place_in(&mut node.kind, anchors)),
        PartMut::Cell(cell) => cell.kind.body.iter_mut().for_each(|node| place_in(&mut node.kind, anchors)),
    });
}

/// Gives what a group said to the blocks that it leaves behind.
pub(super) fn hand_down(said: &Attrs, blocks: &mut Blocks) {
    let silent = |kind: &Block| matches!(kind, Block::Comment(_) | Block::PageBreak(_) | Block::Rule);
    let visible = blocks.iter_mut().filter(|node| !silent(&node.kind));
    for (at, node) in visible.enumerate() {
        let attrs = node.attrs.get_or_insert_default();
        if attrs.lang.is_none() && attrs.dir.is_none() {
            (attrs.lang, attrs.dir) = (said.lang.clone(), said.dir);
        }
        if at == 0 {
            attrs.id = attrs.id.take().or_else(|| said.id.clone());
            attrs.classes.extend(said.classes.iter().filter(|class| !class.is_empty()).cloned());
        }
        if **attrs == Attrs::default() {
            node.attrs = None;
        }
    }
}
