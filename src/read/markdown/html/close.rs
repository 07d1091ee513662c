//! End tags, and what becomes of elements that have ended.

use std::mem::take;
use std::ops::Range;

use super::elements::{Sort, element};
use super::open::{is_scope, part_of, sheet};
use super::table::Sheet;
use super::{Fate, foreign};
use crate::read::markdown::frames::{Element, Frame, Holds, Kind, Opener, hand_down, line, mono, styled};
use crate::read::markdown::{Builder, leaf};
use crate::span::Span;
use crate::tree::{
    Attrs, Block, Blocks, Cell, Definition, FIGURE, Figure, Group, GroupRole, Image, Inline, Inlines, Item, Link, List, Node,
    Note, NotePlace, plain_text,
};

/// Where an end tag finds what it ends.
struct Found {
    index: usize,
    /// Something stands open between that ends of its own: the element ends with that.
    is_deferred: bool,
}

/// Whether what holds a line is a paragraph of Markdown, which blocks tear.
fn is_torn(frame: &Frame) -> bool {
    matches!((&frame.kind, &frame.opener), (Kind::Paragraph, Opener::Event))
}

impl Builder<'_> {
    /// An end tag.
    pub(super) fn close_tag(&mut self, name: &str, place: Range<usize>) {
        let sort = element(name).map(|(_, sort)| sort);
        if self.closes_inside(name, &place) {
            return;
        }
        if let Some(count) = self.levelled.get_mut(name).filter(|count| **count > 0) {
            *count -= 1;
            if sort.is_some_and(Sort::is_apart) {
                self.part_words(place);
            }
            return;
        }
        match sort {
            Some(Sort::Break) => return self.inline(Inline::LineBreak, place),
            Some(Sort::Apart) => return self.part_words(place),
            Some(Sort::Field) => return self.html_text(" ", place),
            Some(Sort::Media) => return,
            Some(sort) if sort.is_void() => return,
            _ => {}
        }
        let Some(found) = self.find_open(name) else {
            if sort.is_some_and(Sort::is_apart) {
                self.part_words(place.clone());
            }
            if !sort.is_some_and(Sort::may_stay_open) {
                self.tell(Fate::Stray, &format!("</{name}>"), &place);
            }
            return;
        };
        // It ends with what holds it, and is no less a seam between blocks.
        if found.is_deferred && sort.is_some_and(Sort::is_apart) {
            match self.open.iter().any(is_torn) {
                true => self.ready_for_block(),
                false if matches!(self.top().kind.holds(), Holds::Line) => self.inline(Inline::LineBreak, place.clone()),
                false => self.part_words(place.clone()),
            }
        }
        self.end_element(found, name, place.end);
    }

    fn end_element(&mut self, found: Found, name: &str, end: usize) {
        if found.is_deferred {
            if let Opener::Tag(element) = &mut self.open[found.index].opener {
                element.has_ended = true;
            }
            return;
        }
        if self.open[found.index].kind.holds() != Holds::Stretch {
            // A paragraph of Markdown in it is torn.
            if self.open[found.index..].iter().any(is_torn) {
                self.ready_for_block();
            }
        }
        let Some(index) = self.open.iter().rposition(|frame| frame.is_tag(name)) else { return };
        if let Opener::Tag(element) = &mut self.open[index].opener {
            element.has_ended = true;
        }
        let across = self.lines_across(index, end);
        self.close_down_to(index, end);
        self.open.extend(across);
    }

    /// What stands open in the stretch of a line at `index` and has an end tag of its own behind it: it goes on there, as in a browser
    /// (HTML, 13.2.6.4.7, "adoption agency").
    pub(in crate::read::markdown) fn lines_across(&mut self, index: usize, end: usize) -> Vec<Frame> {
        if self.open[index].kind.holds() != Holds::Stretch || matches!(self.open[index].kind, Kind::Paragraph) {
            return Vec::new();
        }
        let mut across = Vec::new();
        for frame in &mut self.open[index + 1..] {
            let kind = match &frame.kind {
                Kind::Styled(style) => Kind::Styled(*style),
                Kind::Span => Kind::Span,
                Kind::Mono => Kind::Mono,
                Kind::Link { target, title } => Kind::Link { target: target.clone(), title: title.clone() },
                _ => continue,
            };
            if let Opener::Tag(element) = &mut frame.opener
                && !element.has_ended
                && !element.is_brief
            {
                element.has_ended = true;
                let element =
                    Element { name: element.name.clone(), styles: element.styles.clone(), has_ended: false, ..*element };
                let attrs = frame.attrs.clone().map(|attrs| Box::new(Attrs { id: None, ..*attrs }));
                let attrs = attrs.filter(|attrs| **attrs != Attrs::default());
                across.push(Frame { attrs, ..Frame::new(kind, Opener::Tag(element), end) });
            }
        }
        across
    }

    /// The element that an end tag ends.
    fn find_open(&self, name: &str) -> Option<Found> {
        let is_of_table = matches!(name, "table" | "thead" | "tbody" | "tfoot" | "tr" | "td" | "th" | "caption");
        let (mut crosses_container, mut crosses_paragraph, mut crosses_block) = (self.flat > 0, false, false);
        for (index, frame) in self.open.iter().enumerate().rev() {
            match &frame.opener {
                Opener::Event => match frame.kind {
                    Kind::Torn => {}
                    Kind::Paragraph => crosses_paragraph = true,
                    _ => crosses_container = true,
                },
                Opener::Mark => crosses_container = true,
                Opener::Tag(element) if element.name == name && !element.has_ended => {
                    let in_line = frame.kind.holds() == Holds::Stretch || matches!(frame.kind, Kind::Around(_));
                    let is_deferred = crosses_container || in_line && (crosses_block || crosses_paragraph);
                    return Some(Found { index, is_deferred });
                }
                Opener::Tag(element) if is_of_table && element.name == "table" => return None,
                Opener::Tag(element) if !is_of_table && is_scope(&element.name) => return None,
                Opener::Tag(_) => {
                    crosses_block |= frame.kind.holds() != Holds::Stretch || matches!(frame.kind, Kind::Paragraph);
                }
            }
        }
        None
    }

    /// Answers the end tags in what is read otherwise.
    fn closes_inside(&mut self, name: &str, place: &Range<usize>) -> bool {
        if matches!(self.top().kind, Kind::Code { .. }) && self.top().element().is_some() {
            if self.top().is_tag(name) {
                self.end_top(place.end);
            }
            return true;
        }
        if !self.in_foreign() {
            return self.open.iter().any(|frame| matches!(frame.kind, Kind::Image { .. }));
        }
        if self.top().is_tag(name) {
            match &mut self.top().kind {
                Kind::Foreign { depth, .. } if *depth > 0 => *depth -= 1,
                _ => self.end_top(place.end),
            }
        }
        true
    }

    fn end_top(&mut self, end: usize) {
        if let Opener::Tag(element) = &mut self.top().opener {
            element.has_ended = true;
        }
        self.close(end);
    }

    /// Tells of an element that nothing closed, where HTML wants it closed.
    pub(in crate::read::markdown) fn tell_unclosed(&mut self, frame: &Frame) {
        let Some(element) = frame.element().filter(|element| !element.has_ended && !element.may_stay_open) else { return };
        let tag = format!("<{}>", element.name);
        self.tell(Fate::Unclosed, &tag, &(frame.start..frame.start + tag.len()));
    }

    /// Tells of an element that HTML doesn't know, whose text stays.
    pub(in crate::read::markdown) fn tell_unknown(&mut self, source: &str, start: usize) {
        self.tell(Fate::Unknown, source, &(start..start + source.len()));
    }

    /// A stretch of a line that has ended.
    pub(in crate::read::markdown) fn stretch_closed(&mut self, frame: Frame, range: Range<usize>) {
        let Frame { kind, opener, attrs, blocks, inlines, .. } = frame;
        let name = match &opener {
            Opener::Tag(element) => element.name.clone().into_owned(),
            Opener::Event | Opener::Mark => String::new(),
        };
        let is_own = !matches!(&opener, Opener::Tag(element) if !element.has_ended);
        let inlines = styled(line(blocks, inlines), &opener);
        match kind {
            Kind::Styled(_) if inlines.is_empty() => self.span(inlines, attrs, &name, range),
            Kind::Styled(style) => self.node(Inline::Styled(style, inlines), attrs, range),
            Kind::Span => self.span(inlines, attrs, &name, range),
            Kind::Mono => self.span(mono(inlines), attrs, &name, range),
            Kind::Quotation => {
                self.span(inlines, attrs, &name, range.clone());
                let mark = if self.quotations().is_multiple_of(2) { "\u{201D}" } else { "\u{2019}" };
                self.say(mark, range.end..range.end);
            }
            Kind::Link { .. } if inlines.is_empty() && attrs.is_some() => self.span(inlines, attrs, &name, range),
            // It leads from nowhere to nowhere.
            Kind::Link { target, .. } if inlines.is_empty() && target.is_empty() => {}
            Kind::Link { target, title } => self.node(Inline::Link(Link { target, title, text: inlines }), attrs, range),
            Kind::Image { target, mut title, width } => {
                let mut alt = plain_text(&inlines);
                let mut width = width;
                // Obsidian's size, behind a bar at the end of the description.
                if let Some((words, size)) = alt.rsplit_once('|').filter(|_| width.is_none())
                    && let Some(across) = crate::read::markdown::marks::size(size)
                {
                    width = Some(across);
                    alt = words.trim_end().to_owned();
                }
                // pandoc marks so that a picture's description is its caption.
                if let Some(rest) = title.strip_prefix("fig:") {
                    title = if rest.trim().is_empty() { alt.clone() } else { rest.trim_start().to_owned() };
                }
                self.node(Inline::Image(Image { target, title, alt, width }), attrs, range);
                // What a description can't hold stands behind the picture.
                let is_note = |node: &Node<Inline>| matches!(node.kind, Inline::Note(_) | Inline::NoteCall(_));
                self.top().inlines.extend(inlines.into_iter().filter(is_note));
            }
            Kind::Ruby(mut done, bases) => {
                done.extend(bases.into_iter().flatten());
                done.extend(inlines);
                self.span(done, attrs, &name, range);
            }
            Kind::RubyBase => match &mut self.top().kind {
                Kind::Ruby(_, bases) => bases.push(inlines),
                _ => self.top().inlines.extend(inlines),
            },
            Kind::Reading => self.reading(inlines, range),
            Kind::Parenthesis if matches!(self.top().kind, Kind::Ruby(..)) => {}
            Kind::Parenthesis => self.top().inlines.extend(inlines),
            Kind::Furniture(kind) => self.page_furniture(kind, &inlines),
            Kind::Unknown(source) => {
                let start = range.start..range.start + source.len();
                if is_own {
                    self.tell(Fate::Unknown, &source, &start);
                } else {
                    self.tell(Fate::Literal, &source, &start);
                    self.say(&source, start);
                }
                self.splice(inlines);
            }
            _ => self.splice(inlines),
        }
    }

    /// Goes on with a line: texts beside each other are one.
    fn splice(&mut self, mut inlines: Inlines) {
        let line = &mut self.top().inlines;
        if let (Some(last), Some(first)) = (line.last_mut(), inlines.first())
            && let (Inline::Text(text), Inline::Text(more)) = (&mut last.kind, &first.kind)
        {
            text.push_str(more);
            last.span = last.span.to(first.span);
            inlines.remove(0);
        }
        // White space before a page is what it stands for.
        if let (Some(Node { kind: Inline::Text(text), .. }), Some(Node { kind: Inline::PageBreak(page), .. })) =
            (line.last_mut(), inlines.first_mut())
            && text.ends_with(super::WHITE)
        {
            page.space = true;
            text.truncate(text.trim_end_matches(super::WHITE).len());
        }
        line.extend(inlines);
    }

    fn node(&mut self, kind: Inline, attrs: Option<Box<Attrs>>, range: Range<usize>) {
        let span = Span::new(self.file, range);
        self.top().inlines.push(Node { kind, span, attrs });
    }

    /// A stretch that only its attributes set off. Nothing is said of nothing; what says nothing leaves its words.
    fn span(&mut self, inlines: Inlines, attrs: Option<Box<Attrs>>, name: &str, range: Range<usize>) {
        match attrs {
            None if inlines.is_empty() => {}
            None if name != "span" => self.splice(inlines),
            Some(attrs) if name == "a" && inlines.is_empty() && self.begins_block() => self.anchor(attrs, range),
            attrs => self.node(Inline::Span(inlines), attrs, range),
        }
    }

    /// Whether nothing stands before in the block that comes.
    fn begins_block(&mut self) -> bool {
        let frame = self.top();
        frame.kind.holds() == Holds::Blocks && frame.inlines.is_empty()
    }

    /// How many quotations are open.
    pub(super) fn quotations(&self) -> usize {
        self.open.iter().filter(|frame| matches!(frame.kind, Kind::Quotation)).count()
    }

    /// A reading goes over the base before it that has none.
    fn reading(&mut self, inlines: Inlines, range: Range<usize>) {
        let span = Span::new(self.file, range);
        let reading = plain_text(&inlines);
        let frame = self.top();
        let Kind::Ruby(done, bases) = &mut frame.kind else { return frame.inlines.extend(inlines) };
        if reading.is_empty() {
            return;
        }
        let base = if bases.is_empty() { take(&mut frame.inlines) } else { bases.remove(0) };
        match base.is_empty() {
            // A second reading of the same base.
            true => done.push(Node::new(Inline::Text(format!(" ({reading})")), span)),
            false => {
                let span = base[0].span.to(span);
                done.push(Node::new(Inline::Ruby { base, reading }, span));
            }
        }
    }

    /// An element that holds more than a stretch of a line has ended.
    pub(in crate::read::markdown) fn element_closed(&mut self, frame: Frame, range: Range<usize>) {
        let Frame { kind, opener, attrs, blocks, inlines, .. } = frame;
        let is_own = matches!(&opener, Opener::Tag(element) if element.has_ended);
        let span = Span::new(self.file, range.clone());
        match kind {
            Kind::Sheet(sheet) => self.sheet_closed(*sheet, blocks, attrs, range),
            // What stood beside the cells goes before the table, as in a browser.
            Kind::Rows(_) => self.beside_rows(blocks, inlines),
            Kind::SheetRow(row, _) => {
                let part = part_of(&self.open);
                if let Some(sheet) = sheet(&mut self.open) {
                    sheet.push(part, row);
                }
                self.beside_rows(blocks, inlines);
            }
            Kind::SheetCell(cell) => {
                let cell = match blocks.is_empty() {
                    true => {
                        let mut inlines = styled(inlines, &opener);
                        leaf::trim(&mut inlines);
                        Cell { body: Cell::of(inlines).body, ..cell }
                    }
                    false => Cell { body: blocks, ..cell },
                };
                if let Kind::SheetRow(row, align) = &mut self.top().kind {
                    let align = cell.align.or(*align);
                    row.push(Node { kind: Cell { align, ..cell }, span, attrs });
                }
            }
            Kind::Caption => {
                let mut text = styled(line(blocks, inlines), &opener);
                leaf::trim(&mut text);
                self.caption(text, attrs, range);
            }
            Kind::Figure(caption) => self.figure(caption, blocks, attrs, range),
            Kind::InlineNote => self.inline_note(blocks, range),
            Kind::Foreign { is_formula, .. } if is_own => self.foreign(is_formula, range),
            Kind::Hidden if is_own => {}
            _ => {
                if !blocks.is_empty() {
                    self.adopt(blocks);
                }
                self.top().inlines.extend(inlines);
            }
        }
    }

    /// Takes what stood beside the cells of a part of a table to what stands beside its parts.
    fn beside_rows(&mut self, blocks: Blocks, milestones: Inlines) {
        if !blocks.is_empty() {
            self.flush_line();
            self.top().blocks.extend(blocks);
        }
        self.top().inlines.extend(milestones);
    }

    /// A note whose text stands at its call.
    pub(in crate::read::markdown) fn inline_note(&mut self, body: Blocks, range: Range<usize>) {
        if body.is_empty() {
            return;
        }
        // No label of Markdown has this sign.
        let id = self.notes.called(&format!("\u{1}{}", range.start));
        self.inline(Inline::Note(Note { id, mark: id.0.to_string(), place: NotePlace::Foot, body }), range);
    }

    fn foreign(&mut self, is_formula: bool, range: Range<usize>) {
        let source = self.slice(range.clone());
        if !is_formula {
            let (target, alt) = foreign::drawing(source);
            return self.inline(Inline::Image(Image { target, alt, ..Image::default() }), range);
        }
        let formula = foreign::formula(source);
        match (formula.tex, formula.is_block) {
            (Some(tex), true) if self.begins_block() => self.block(Block::Math(tex), None, range),
            (Some(tex), _) => self.inline(Inline::Math(tex), range),
            (None, _) => {
                self.tell(Fate::Formula, "<math>", &range);
                self.say(&formula.words, range);
            }
        }
    }

    /// A caption goes to what it stands in.
    fn caption(&mut self, text: Inlines, attrs: Option<Box<Attrs>>, range: Range<usize>) {
        if text.is_empty() {
            return;
        }
        let at = range.start..range.start;
        let span = Span::new(self.file, at);
        let frame = self.top();
        let is_first = frame.blocks.is_empty() && frame.inlines.is_empty();
        let place = match &mut frame.kind {
            Kind::Sheet(sheet) => &mut sheet.caption,
            Kind::Figure(caption) => caption,
            Kind::Group(group) if is_first => &mut group.title,
            _ => return self.paragraph(text, attrs, range),
        };
        if !place.is_empty() {
            place.push(Node::new(Inline::LineBreak, span));
        }
        match attrs {
            Some(_) => place.push(Node { kind: Inline::Span(text), span: Span { end: range.end as u32, ..span }, attrs }),
            None => place.extend(text),
        }
    }

    /// A figure: of images, of a table, else of whatever stands in it, with its caption below.
    fn figure(&mut self, caption: Inlines, mut blocks: Blocks, attrs: Option<Box<Attrs>>, range: Range<usize>) {
        let mut images = Vec::new();
        let is_comment = |node: &Node<Block>| matches!(node.kind, Block::Comment(_));
        let all = blocks.iter().all(|node| is_comment(node) || leaf::images(node, &mut images));
        if all && !images.is_empty() {
            let mut caption = caption;
            for image in &mut images {
                // A title is a caption of its own: of one image that has none, it is the figure's.
                if images_caption(&caption, image) {
                    let title = take(&mut image.kind.title);
                    caption.push(Node::new(Inline::Text(title), image.span));
                }
            }
            self.block(Block::Figure(Figure { images, caption }), attrs, range);
            blocks.retain(is_comment);
            return self.adopt(blocks);
        }
        if let [Node { kind: Block::Table(table), attrs: own, .. }] = &mut blocks[..]
            && (table.caption.is_empty() || caption.is_empty())
            && (own.is_none() || attrs.is_none())
        {
            table.caption.extend(caption);
            *own = own.take().or(attrs);
            return self.adopt(blocks);
        }
        if let Some(span) = caption.first().map(|node| node.span) {
            let is_over = blocks.first().is_some_and(|first| span.start < first.span.start);
            let at = if is_over { 0 } else { blocks.len() };
            // Blocks in a caption are its lines, and so many lines would be verse.
            let parts = if leaf::verse(&caption, leaf::VERSE_LINES) { leaf::lines(caption) } else { vec![caption] };
            let parts = self.made(parts, span);
            blocks.splice(at..at, parts);
        }
        if blocks.is_empty() {
            return attrs.map_or((), |attrs| self.anchor(attrs, range));
        }
        // Headings open the work's sections wherever they stand.
        if blocks.iter().any(|node| matches!(node.kind, Block::Heading { .. })) {
            hand_down(&attrs.unwrap_or_default(), &mut blocks);
            return self.adopt(blocks);
        }
        let mut attrs = attrs.unwrap_or_default();
        if !attrs.classes.iter().any(|class| class == FIGURE) {
            attrs.classes.insert(0, FIGURE.to_owned());
        }
        let group = Group { role: GroupRole::Plain, title: Vec::new(), body: blocks };
        self.block(Block::Group(group), Some(attrs), range);
    }

    /// What lines are, each as a paragraph of its own.
    fn made(&mut self, lines: Vec<Inlines>, span: Span) -> Blocks {
        let group = Group { role: GroupRole::Plain, title: Vec::new(), body: Vec::new() };
        self.open.push(Frame::new(Kind::Group(group), Opener::Mark, span.range().start));
        lines.into_iter().for_each(|line| self.paragraph(line, None, span.range()));
        self.open.pop().map_or_else(Blocks::new, |frame| frame.blocks)
    }

    fn sheet_closed(&mut self, mut sheet: Sheet, beside: Blocks, attrs: Option<Box<Attrs>>, range: Range<usize>) {
        self.adopt(beside);
        if sheet.is_empty() {
            return self.paragraph(sheet.caption, attrs, range);
        }
        if !sheet.cut_spans() {
            self.tell(Fate::Spans, "<table>", &range);
        }
        let table = sheet.table();
        self.block(Block::Table(table), attrs, range);
    }

    /// A list that has ended: what stood loose in it goes with its last item.
    pub(in crate::read::markdown) fn list(
        &mut self,
        mut list: List,
        loose: Blocks,
        is_reversed: bool,
        attrs: Option<Box<Attrs>>,
        range: Range<usize>,
    ) {
        match list.items.last_mut() {
            Some(last) => last.body.extend(loose),
            None => self.adopt(loose),
        }
        if list.items.is_empty() {
            return;
        }
        // Blank lines part nothing from nothing.
        list.tight |= list.items.iter().all(|item| item.body.is_empty());
        let first = list.start.filter(|_| is_reversed);
        let Some(first) = first else { return self.block(Block::List(list), attrs, range) };
        // No list of the tree counts down: each item is a list with its number.
        let count = list.items.len() as u64;
        let first = if first == 0 { count } else { first };
        for (at, item) in list.items.into_iter().enumerate() {
            let start = Some(first.saturating_sub(at as u64));
            let one = List { start, numbering: list.numbering, tight: list.tight, items: vec![item] };
            self.block(Block::List(one), if at == 0 { attrs.clone() } else { None }, range.clone());
        }
    }

    /// Takes an item, and what stood loose before it.
    pub(in crate::read::markdown) fn item(&mut self, mut item: Item, attrs: Option<Box<Attrs>>) {
        if let Some(attrs) = attrs {
            hand_down(&attrs, &mut item.body);
        }
        let frame = self.top();
        let loose = take(&mut frame.blocks);
        if let Kind::List(list) = &mut frame.kind {
            item.body.splice(0..0, loose);
            list.items.push(item);
        }
    }

    /// Gives what stands loose in a list or between definitions to what is before it.
    pub(super) fn settle_loose(&mut self) {
        self.flush_line();
        let frame = self.top();
        match &mut frame.kind {
            Kind::List(list) if !list.items.is_empty() => {
                let loose = take(&mut frame.blocks);
                list.items.last_mut().expect("there is one").body.extend(loose);
            }
            Kind::Definitions(entries) if !entries.is_empty() && !frame.blocks.is_empty() => {
                let loose = take(&mut frame.blocks);
                let meanings = &mut entries.last_mut().expect("there is one").meanings;
                match meanings.last_mut() {
                    Some(last) => last.extend(loose),
                    None => meanings.push(loose),
                }
            }
            _ => {}
        }
    }

    /// An item says its number: where that is not the next one, a list of its own begins.
    pub(in crate::read::markdown) fn number_item(&mut self, value: u64) {
        let Some((frame, around)) = self.open.split_last_mut() else { return };
        let Kind::List(list) = &mut frame.kind else { return };
        let Some(start) = list.start else { return };
        if list.items.is_empty() {
            list.start = Some(value);
        } else if start.saturating_add(list.items.len() as u64) != value {
            let items = take(&mut list.items);
            let before = List { items, ..list.clone() };
            list.start = Some(value);
            let (first, last) = (frame.start, before.items.last().and_then(|item| item.body.last()));
            let end = last.map_or(first, |last| last.span.range().end);
            if let Some(around) = around.last_mut() {
                around.blocks.push(Node::new(Block::List(before), Span::new(self.file, first..end)));
            }
            frame.start = end;
        }
    }

    /// A list of definitions that has ended.
    pub(in crate::read::markdown) fn definitions(
        &mut self,
        mut entries: Vec<Definition>,
        loose: Blocks,
        attrs: Option<Box<Attrs>>,
        range: Range<usize>,
    ) {
        match entries.last_mut() {
            None => return self.adopt(loose),
            Some(last) if !loose.is_empty() => match last.meanings.last_mut() {
                Some(meaning) => meaning.extend(loose),
                None => last.meanings.push(loose),
            },
            Some(_) => {}
        }
        self.block(Block::Definitions(entries), attrs, range);
    }

    /// What a term means; without a term before it, it stands for itself.
    pub(in crate::read::markdown) fn meaning(&mut self, blocks: Blocks) {
        let frame = self.top();
        match &mut frame.kind {
            Kind::Definitions(entries) if !entries.is_empty() => {
                entries.last_mut().expect("there is one").meanings.push(blocks);
            }
            _ => frame.blocks.extend(blocks),
        }
    }

    /// Page breaks and comments that stood between the rows of a table, for its next cell.
    pub(super) fn waiting_milestones(&mut self) -> Inlines {
        let mut waiting = Inlines::new();
        for frame in self.open.iter_mut().rev().skip(1) {
            if !matches!(frame.kind, Kind::Sheet(_) | Kind::Rows(_) | Kind::SheetRow(..)) {
                break;
            }
            let is_milestone =
                |node: &Node<Inline>| matches!(node.kind, Inline::PageBreak(_) | Inline::Comment(_) | Inline::LineEnd);
            let text = frame.inlines.iter().rposition(|node| !is_milestone(node)).map_or(0, |at| at + 1);
            let mut before = frame.inlines.split_off(text);
            before.append(&mut waiting);
            waiting = before;
        }
        waiting
    }

    /// Text behind a table that nobody opened stands behind it.
    pub(super) fn make_room(&mut self, text: &str, at: usize) {
        if !text.trim().is_empty() {
            self.leave_implied_table(at);
        }
    }

    pub(in crate::read::markdown) fn leave_implied_table(&mut self, at: usize) {
        if !matches!(self.top().kind, Kind::Sheet(_) | Kind::Rows(_) | Kind::SheetRow(..)) {
            return;
        }
        let index = self.open.iter().rposition(|frame| matches!(frame.kind, Kind::Sheet(_)));
        let is_implied = |frame: &Frame| frame.element().is_some_and(|element| element.may_stay_open);
        if let Some(index) = index.filter(|index| is_implied(&self.open[*index])) {
            self.close_down_to(index, at);
        }
    }
}

fn images_caption(caption: &Inlines, image: &Node<Image>) -> bool {
    caption.is_empty() && !image.kind.title.is_empty()
}
