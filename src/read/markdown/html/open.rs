//! Start tags: what each opens, and what it ends. Many end tags may be left out (HTML, 13.1.2.4, "optional tags"): the next start tag
//! says where.

use std::borrow::Cow;
use std::ops::Range;

use super::attributes::{self, Said};
use super::elements::{self, Part, Sort, element};
use super::table::Sheet;
use super::tokens::Tag;
use super::{Ends, Fate};
use crate::read::clean;
use crate::read::markdown::frames::{Element, Frame, Holds, Kind, Opener};
use crate::read::markdown::{Builder, DEPTH};
use crate::span::Span;
use crate::tree::{Align, Attrs, Block, Cell, Group, GroupRole, Image, Inline, List, MOST_COLS, Node, Numbering, Style};

impl Builder<'_> {
    /// A start tag.
    pub(super) fn open_tag(&mut self, tag: &Tag, place: Range<usize>) {
        let Some((name, sort)) = element(&tag.name) else { return self.open_unknown(tag, place) };
        // A note of MediaWiki's; TEI's reference leads elsewhere.
        if name == "ref" && (tag.is_self_closing || tag.get("target").is_some() || !self.will_end(name, place.end)) {
            return self.open_unknown(tag, place);
        }
        // EPUB's page break holds nothing; its label is what it is called.
        let is_page = matches!(sort, Sort::Span | Sort::Anchor | Sort::Division | Sort::Rule) && is_page_break(tag);
        if is_page && !self.in_foreign() {
            self.page_break(tag, place.clone());
            if tag.is_self_closing || sort == Sort::Rule {
                return;
            }
        }
        if self.opens_inside(name, sort, tag, &place) {
            return;
        }
        if sort.is_void() {
            return self.void(sort, tag, place);
        }
        self.imply_ends(sort, place.start);
        if self.depth() >= DEPTH || self.flat > 0 {
            return self.level(name, sort, place);
        }
        match sort {
            Sort::Apart => self.ready_for_block(),
            Sort::Field => {
                self.tell(Fate::Field, &format!("<{name}>"), &place);
                self.html_text(" ", place);
            }
            Sort::Media => self.tell_media(tag, &place),
            Sort::Frame => {
                self.tell_media(tag, &place);
                self.enclose(name, Kind::Hidden, &place);
            }
            Sort::Hidden => self.enclose(name, Kind::Hidden, &place),
            Sort::Drawing => self.enclose(name, Kind::Foreign { is_formula: false, depth: 0 }, &place),
            Sort::Formula => self.enclose(name, Kind::Foreign { is_formula: true, depth: 0 }, &place),
            sort => self.open_element(name, sort, tag, place),
        }
    }

    /// Opens the frame of an element.
    fn open_element(&mut self, name: &'static str, sort: Sort, tag: &Tag, place: Range<usize>) {
        let span = Span::new(self.file, place.clone());
        let Said { mut attrs, mut styles } = attributes::said(tag, span, self.report);
        self.tell_title(tag, sort, &place);
        let Some(kind) = self.kind(name, sort, tag, &mut attrs, &mut styles, &place) else { return };
        if sort.is_apart() && !self.is_table_part(sort) {
            self.ready_for_block();
        }
        if sort == Sort::Paragraph {
            self.loosen();
        }
        if matches!(sort, Sort::Cell { .. }) {
            self.frame(name, sort, kind, &place);
            let waiting = self.waiting_milestones();
            self.top().inlines.extend(waiting);
        } else {
            self.frame(name, sort, kind, &place);
        }
        if let Opener::Tag(element) = &mut self.top().opener {
            element.styles = styles;
            element.is_reversed = tag.get("reversed").is_some();
            element.is_compact = tag.get("compact").is_some();
        }
        self.top().attrs = (attrs != Attrs::default()).then(|| Box::new(attrs));
    }

    /// What an element's frame is. None where it opens none.
    fn kind(
        &mut self,
        name: &str,
        sort: Sort,
        tag: &Tag,
        attrs: &mut Attrs,
        styles: &mut Vec<Style>,
        place: &Range<usize>,
    ) -> Option<Kind> {
        Some(match sort {
            Sort::Style(style) => Kind::Styled(style),
            Sort::Span | Sort::Bare => match styles.first().copied() {
                // Small capitals, and what else a style sheet says, are a style of their own.
                Some(style) if name == "span" => {
                    styles.remove(0);
                    Kind::Styled(style)
                }
                _ => Kind::Span,
            },
            Sort::Mono => Kind::Mono,
            Sort::Quotation => {
                let mark = if self.quotations().is_multiple_of(2) { "\u{201C}" } else { "\u{2018}" };
                self.say(mark, place.clone());
                Kind::Quotation
            }
            Sort::Anchor => {
                attrs.id = attrs.id.take().or_else(|| self.name_of_anchor(tag, place));
                match tag.get("href") {
                    Some(target) => {
                        let title = tag.get("title").map(clean::line).unwrap_or_default();
                        Kind::Link { target: clean::address(target), title }
                    }
                    None => Kind::Span,
                }
            }
            Sort::Ruby => Kind::Ruby(Vec::new(), Vec::new()),
            Sort::RubyBase => Kind::RubyBase,
            Sort::Reading => Kind::Reading,
            Sort::Parenthesis => Kind::Parenthesis,
            Sort::Footnote => Kind::InlineNote,
            Sort::Furniture => match elements::furniture(&tag.get("type").map(clean::line).unwrap_or_default()) {
                Some(kind) => Kind::Furniture(kind),
                None => {
                    self.tell(Fate::Unknown, "<fw>", place);
                    Kind::Span
                }
            },
            Sort::Paragraph => Kind::Paragraph,
            Sort::Heading(level) => {
                self.notes.heading(level);
                Kind::Heading(level)
            }
            Sort::Division => return self.division(name, tag, attrs, place),
            Sort::Quote => Kind::Quote,
            Sort::Preformatted => Kind::Code { language: language(attrs), text: String::new() },
            Sort::List { is_ordered } => Kind::List(list(tag, is_ordered)),
            Sort::Item => {
                if !self.in_list() {
                    return Some(plain());
                }
                self.settle_loose();
                if let Some(value) = attributes::number(tag, "value") {
                    self.number_item(value);
                }
                Kind::Item(None)
            }
            Sort::Definitions => Kind::Definitions(Vec::new()),
            Sort::Term | Sort::Meaning if !self.in_definitions() => plain(),
            Sort::Term | Sort::Meaning => {
                self.settle_loose();
                if sort == Sort::Term { Kind::Term } else { Kind::Meaning }
            }
            Sort::Table => Kind::Sheet(Box::default()),
            Sort::Rows(part) => {
                self.imply_table(sort, place);
                Kind::Rows(part)
            }
            Sort::Row => {
                self.imply_table(sort, place);
                Kind::SheetRow(Vec::new(), attributes::align(tag))
            }
            Sort::Cell { is_head } => {
                self.imply_table(sort, place);
                Kind::SheetCell(cell(tag, is_head))
            }
            Sort::Caption => Kind::Caption,
            Sort::Figure => Kind::Figure(Vec::new()),
            Sort::Details => {
                attrs.classes.retain(|class| class != "details");
                attrs.classes.insert(0, "details".to_owned());
                plain()
            }
            Sort::Break
            | Sort::WordBreak
            | Sort::Image
            | Sort::Drawing
            | Sort::Formula
            | Sort::Rule
            | Sort::Column
            | Sort::Hidden
            | Sort::Media
            | Sort::Frame
            | Sort::Field
            | Sort::Input
            | Sort::Apart
            | Sort::Void
            | Sort::PageBreak
            | Sort::LineBeginning
            | Sort::PrintedNote => return None,
        })
    }

    /// A division: a group, if its attributes say of what.
    fn division(&mut self, name: &str, tag: &Tag, attrs: &mut Attrs, place: &Range<usize>) -> Option<Kind> {
        // In a list of definitions it only groups terms with their meanings.
        if name == "div" && self.in_definitions() {
            return None;
        }
        if attributes::breaks_page(tag) {
            self.tell(Fate::Page, &format!("<{name}>"), place);
        }
        let role = attrs.classes.iter().position(|class| GroupRole::of_class(class).is_some());
        let role = role.and_then(|at| GroupRole::of_class(&attrs.classes.remove(at)));
        if name == "aside" && role.is_none() && attrs.classes.is_empty() {
            attrs.classes.push("aside".to_owned());
        }
        Some(Kind::Group(Group { role: role.unwrap_or(GroupRole::Plain), title: Vec::new(), body: Vec::new() }))
    }

    /// Opens a frame for a tag, for which it is known by now whether an end tag comes.
    fn frame(&mut self, name: &'static str, sort: Sort, kind: Kind, place: &Range<usize>) {
        let is_brief = !sort.may_stay_open() && !self.will_end(name, place.end);
        let element = Element {
            name: Cow::Borrowed(name),
            styles: Vec::new(),
            has_ended: false,
            is_reversed: false,
            is_compact: false,
            is_brief,
            may_stay_open: sort.may_stay_open(),
        };
        self.open.push(Frame::new(kind, Opener::Tag(element), place.start));
    }

    /// Opens an element whose content isn't read, if its end comes; else what stands behind the tag is text.
    fn enclose(&mut self, name: &'static str, kind: Kind, place: &Range<usize>) {
        if !self.will_end(name, place.end) {
            return self.tell(Fate::Unclosed, &format!("<{name}>"), place);
        }
        if matches!(kind, Kind::Hidden) && name != "iframe" {
            self.tell(Fate::Hidden, &format!("<{name}>"), place);
        }
        self.frame(name, Sort::Hidden, kind, place);
    }

    /// Whether an end tag of `name` is left behind `at` when all that are open have theirs.
    fn will_end(&mut self, name: &str, at: usize) -> bool {
        let text = self.text;
        let left = self.ends.get_or_insert_with(|| Ends::of(text)).behind(name, at - self.base);
        left > 0 && left > self.open.iter().filter(|frame| frame.is_tag(name)).count()
    }

    /// A tag that HTML doesn't know: its text stays, and where nothing ends it, the tag as well, since it may be none.
    fn open_unknown(&mut self, tag: &Tag, place: Range<usize>) {
        if self.in_foreign() || matches!(self.top().kind, Kind::Code { .. } | Kind::Image { .. }) {
            return;
        }
        let source = self.slice(place.clone()).to_owned();
        if tag.is_self_closing {
            return self.tell(Fate::Unknown, &source, &place);
        }
        if self.depth() >= DEPTH || self.flat > 0 || !self.will_end(&tag.name, place.end) {
            self.tell(Fate::Literal, &source, &place);
            self.make_room(&source, place.start);
            return self.say(&source, place);
        }
        let element = Element {
            name: Cow::Owned(tag.name.clone()),
            styles: Vec::new(),
            has_ended: false,
            is_reversed: false,
            is_compact: false,
            is_brief: false,
            may_stay_open: true,
        };
        self.open.push(Frame::new(Kind::Unknown(source), Opener::Tag(element), place.start));
    }

    /// Answers the tags in what is read otherwise: preformatted text, drawings and formulas, what an image is told by.
    fn opens_inside(&mut self, name: &str, sort: Sort, tag: &Tag, place: &Range<usize>) -> bool {
        if self.in_foreign() {
            if let Some(Frame { kind: Kind::Foreign { depth, .. }, opener: Opener::Tag(element), .. }) = self.open.last_mut()
                && element.name == name
                && !tag.is_self_closing
            {
                *depth += 1;
            }
            return true;
        }
        if let Kind::Code { language: said, text } = &mut self.top().kind {
            match sort {
                Sort::Break => text.push('\n'),
                Sort::Mono if said.is_empty() && text.trim().is_empty() => {
                    let classes = tag.get("class").map(clean::line).unwrap_or_default();
                    let classes = classes.split(' ').filter(|class| !class.is_empty()).map(str::to_owned).collect();
                    *said = language(&mut Attrs { classes, ..Attrs::default() });
                }
                _ => {}
            }
            return true;
        }
        if self.open.iter().any(|frame| matches!(frame.kind, Kind::Image { .. })) {
            if sort.is_apart() || sort == Sort::Break {
                self.html_text(" ", place.clone());
            }
            return true;
        }
        false
    }

    /// Whether what comes is only taken as it is written.
    pub(super) fn in_foreign(&mut self) -> bool {
        matches!(self.top().kind, Kind::Hidden | Kind::Foreign { .. })
    }

    /// A tag that stands too deep: what it holds stays, one level further out.
    fn level(&mut self, name: &'static str, sort: Sort, place: Range<usize>) {
        *self.levelled.entry(name).or_default() += 1;
        self.remark_too_deep(place.clone());
        if sort.is_apart() {
            self.part_words(place);
        }
    }

    /// Keeps apart what HTML shows apart, where no block can stand.
    pub(super) fn part_words(&mut self, place: Range<usize>) {
        match self.top().kind.holds() {
            Holds::Blocks => self.flush_line(),
            Holds::Line | Holds::Stretch | Holds::Nothing => self.html_text("\n", place),
        }
    }

    /// An element that holds nothing.
    fn void(&mut self, sort: Sort, tag: &Tag, place: Range<usize>) {
        match sort {
            Sort::Break if self.in_stretch_of_words() => self.html_text(" ", place),
            Sort::Break => self.inline(Inline::LineBreak, place),
            Sort::Image => self.image(tag, place),
            Sort::Rule => {
                self.imply_ends(sort, place.start);
                self.block(Block::Rule, None, place);
            }
            Sort::Column => self.column(tag),
            Sort::Input => self.input(tag, place),
            Sort::PageBreak => self.page_break(tag, place),
            Sort::LineBeginning if tag.get("break") == Some("no") => self.inline(Inline::LineEnd, place),
            Sort::LineBeginning => self.say("\n", place),
            Sort::PrintedNote => self.printed_note(tag, place),
            _ => {}
        }
    }

    /// Whether a line break would stand in what is told by words alone.
    fn in_stretch_of_words(&mut self) -> bool {
        matches!(self.top().kind, Kind::Reading | Kind::Furniture(_))
    }

    /// `note` says what mark a note bore in print where its label can't.
    fn printed_note(&mut self, tag: &Tag, place: Range<usize>) {
        let mark = tag.get("n").map(clean::line).filter(|mark| !mark.is_empty());
        let note = self.open.iter_mut().rev().find_map(|frame| match &mut frame.kind {
            Kind::Note { mark, .. } => Some(mark),
            _ => None,
        });
        match (mark, note) {
            (Some(mark), Some(note)) => *note = Some(mark),
            _ => self.open_unknown(tag, place),
        }
    }

    fn image(&mut self, tag: &Tag, place: Range<usize>) {
        let set =
            tag.get("srcset").or(tag.get("data-srcset")).and_then(|set| set.split([' ', ',']).find(|one| !one.is_empty()));
        let target =
            [tag.get("src"), tag.get("data-src"), set].into_iter().flatten().map(str::trim).find(|one| !one.is_empty());
        let line = |name| tag.get(name).map(clean::line).unwrap_or_default();
        let (title, alt) = (line("title"), line("alt"));
        let Some(target) = target else {
            self.tell(Fate::Image, "<img>", &place);
            return self.html_text(&alt, place);
        };
        let target = self.image_address(&clean::address(target), &place);
        let span = Span::new(self.file, place.clone());
        let attrs = attributes::said(tag, span, self.report).attrs;
        self.make_room("x", place.start);
        let image = Image { target, title, alt, width: attributes::width(tag) };
        let attrs = (attrs != Attrs::default()).then(|| Box::new(attrs));
        self.top().inlines.push(Node { kind: Inline::Image(image), span, attrs });
    }

    /// A field of a form: a box to tick is an item's, or a sign; what a field says already stays.
    fn input(&mut self, tag: &Tag, place: Range<usize>) {
        let kind = tag.get("type").unwrap_or("text").trim().to_ascii_lowercase();
        let is_checked = tag.get("checked").is_some();
        match kind.as_str() {
            "hidden" => {}
            "checkbox" | "radio" => match self.top() {
                Frame { kind: Kind::Item(task), inlines, blocks, .. } if inlines.is_empty() && blocks.is_empty() => {
                    *task = Some(is_checked);
                }
                _ => self.html_text(if is_checked { " \u{2611} " } else { " \u{2610} " }, place),
            },
            _ => {
                self.tell(Fate::Field, "<input>", &place);
                let value = tag.get("value").unwrap_or("").to_owned();
                self.html_text(&format!(" {value} "), place);
            }
        }
    }

    fn tell_media(&mut self, tag: &Tag, place: &Range<usize>) {
        let source = tag.get("src").or(tag.get("data")).map(|source| format!(" src=\"{source}\"")).unwrap_or_default();
        self.tell(Fate::Media, &format!("<{}{source}>", tag.name), place);
    }

    /// A title that the tree has no place for.
    fn tell_title(&mut self, tag: &Tag, sort: Sort, place: &Range<usize>) {
        let title = tag.get("title").map(clean::line).unwrap_or_default();
        // What an abbreviation is short for has one.
        let is_kept = matches!(tag.name.as_str(), "abbr" | "acronym") || is_page_break(tag);
        if !(title.is_empty() || is_kept || sort == Sort::Anchor && tag.get("href").is_some()) {
            self.tell(Fate::Title, &format!("<{} title=\"{title}\">", tag.name), place);
        }
    }

    /// The name by which old pages say an id.
    fn name_of_anchor(&mut self, tag: &Tag, place: &Range<usize>) -> Option<String> {
        let name = tag.get("name").map(str::trim).filter(|name| !name.is_empty())?;
        clean::id(name, Span::new(self.file, place.clone()), self.report)
    }

    /// Opens what stands around a part of a table and was left out: a row around a cell, and a table, where pages cut it.
    fn imply_table(&mut self, sort: Sort, place: &Range<usize>) {
        if self.table_at_hand().is_none() {
            self.ready_for_block();
            self.imply("table", Kind::Sheet(Box::default()), place);
        }
        if matches!(sort, Sort::Cell { .. }) && !matches!(self.top().kind, Kind::SheetRow(..)) {
            self.imply("tr", Kind::SheetRow(Vec::new(), None), place);
        }
    }

    /// Opens a frame that nobody wrote.
    fn imply(&mut self, name: &'static str, kind: Kind, place: &Range<usize>) {
        let element = Element {
            name: Cow::Borrowed(name),
            styles: Vec::new(),
            has_ended: false,
            is_reversed: false,
            is_compact: false,
            is_brief: false,
            may_stay_open: true,
        };
        self.open.push(Frame::new(kind, Opener::Tag(element), place.start));
    }

    /// Ends what a start tag ends.
    fn imply_ends(&mut self, sort: Sort, at: usize) {
        match sort {
            Sort::Item => self.end_open(at, &["li"], is_list),
            Sort::Term | Sort::Meaning => self.end_open(at, &["dt", "dd"], is_list),
            Sort::RubyBase | Sort::Reading | Sort::Parenthesis => {
                self.end_open(at, &["rb", "rt", "rtc", "rp"], |name| name == "ruby")
            }
            Sort::Rows(_) => self.end_open(at, &["thead", "tbody", "tfoot", "tr", "caption"], |name| name == "table"),
            Sort::Row => self.end_open(at, &["tr", "caption"], |name| name == "table"),
            Sort::Cell { .. } => self.end_open(at, &["td", "th", "caption"], |name| matches!(name, "table" | "tr")),
            Sort::Anchor => self.end_open(at, &["a"], is_scope),
            _ => {}
        }
        if sort.is_apart() && !self.is_table_part(sort) {
            self.end_open(at, &["p"], |name| is_scope(name) || name == "button");
        }
        if matches!(sort, Sort::Heading(_))
            && self.open.last().is_some_and(|frame| frame.element().is_some() && is_heading(frame))
        {
            self.end_open(at, &["h1", "h2", "h3", "h4", "h5", "h6"], |name| is_scope(name) || name == "div");
        }
    }

    /// The table that is open at hand, with nothing of a cell above it; what stands in it beside its rows ends.
    fn table_at_hand(&mut self) -> Option<()> {
        let inner = self.open.iter().rposition(|frame| {
            let is_beside = frame.element().is_some() && !matches!(frame.kind, Kind::SheetCell(_) | Kind::Caption);
            !is_beside || matches!(frame.kind, Kind::Sheet(_) | Kind::Rows(_) | Kind::SheetRow(..))
        })?;
        if !matches!(self.open[inner].kind, Kind::Sheet(_) | Kind::Rows(_) | Kind::SheetRow(..)) {
            return None;
        }
        let end = self.open[inner].start;
        self.close_down_to(inner + 1, end);
        Some(())
    }

    /// What `col` says of the columns that follow.
    fn column(&mut self, tag: &Tag) {
        let span = attributes::number(tag, "span").unwrap_or(1).clamp(1, u64::from(MOST_COLS));
        let align = attributes::align(tag).unwrap_or(Align::Natural);
        if let Some(Frame { kind: Kind::Sheet(sheet), .. }) = self.open.last_mut()
            && sheet.columns.len() < usize::from(MOST_COLS)
        {
            sheet.columns.extend((0..span).map(|_| align));
        }
    }

    fn is_table_part(&self, sort: Sort) -> bool {
        matches!(sort, Sort::Rows(_) | Sort::Row | Sort::Cell { .. })
    }

    /// Ends the nearest element of `names`, unless one that `stops` stands before it.
    fn end_open(&mut self, at: usize, names: &[&str], stops: impl Fn(&str) -> bool) {
        for index in (1..self.open.len()).rev() {
            let frame = &self.open[index];
            match &frame.opener {
                Opener::Event if matches!(frame.kind, Kind::Torn | Kind::Paragraph) => {}
                Opener::Event | Opener::Mark => return,
                Opener::Tag(element) if names.contains(&&*element.name) => {
                    if self.open[index..]
                        .iter()
                        .any(|frame| matches!((&frame.opener, &frame.kind), (Opener::Event, Kind::Paragraph)))
                    {
                        self.ready_for_block();
                    }
                    let index = self
                        .open
                        .iter()
                        .rposition(|frame| frame.element().is_some_and(|element| names.contains(&&*element.name)));
                    if let Some(index) = index {
                        self.close_down_to(index, at);
                    }
                    return;
                }
                Opener::Tag(element) if stops(&element.name) => return,
                Opener::Tag(_) => {}
            }
        }
    }

    fn in_list(&mut self) -> bool {
        let frame = self.top();
        matches!((&frame.kind, &frame.opener), (Kind::List(_), Opener::Tag(_)))
    }

    fn in_definitions(&mut self) -> bool {
        let frame = self.top();
        matches!((&frame.kind, &frame.opener), (Kind::Definitions(_), Opener::Tag(_)))
    }
}

fn is_list(name: &str) -> bool {
    is_scope(name) || matches!(name, "ol" | "ul" | "menu" | "dir" | "dl" | "blockquote" | "figure" | "section" | "article")
}

/// Elements behind which HTML looks for nothing that is open (13.2.4.2, "has an element in scope").
pub(super) fn is_scope(name: &str) -> bool {
    matches!(name, "table" | "td" | "th" | "caption" | "template" | "footnote")
}

fn is_heading(frame: &Frame) -> bool {
    matches!(frame.kind, Kind::Heading(_))
}

fn plain() -> Kind {
    Kind::Group(Group { role: GroupRole::Plain, title: Vec::new(), body: Vec::new() })
}

/// The language that a class of `code` or `pre` names.
fn language(attrs: &mut Attrs) -> String {
    // A language has letters, and signs as those of C++ and F#; anything else is a class like others.
    let is_language =
        |said: &str| said.starts_with(char::is_alphabetic) && said.chars().all(|c| c.is_alphanumeric() || "+-#._".contains(c));
    let is_one = |class: &String| ["language-", "lang-"].iter().any(|mark| class.strip_prefix(mark).is_some_and(is_language));
    let at = attrs.classes.iter().position(is_one);
    let class = at.map(|at| attrs.classes.remove(at)).unwrap_or_default();
    class.split_once('-').map_or(String::new(), |(_, language)| language.to_owned())
}

fn list(tag: &Tag, is_ordered: bool) -> List {
    let numbering = if is_ordered { attributes::numbering(tag) } else { None };
    // One that counts down from no number said begins with the number of its items.
    let first = if tag.get("reversed").is_some() { 0 } else { 1 };
    let start = numbering.map(|_| attributes::number(tag, "start").unwrap_or(first));
    List { start, numbering: numbering.unwrap_or(Numbering::Decimal), tight: true, items: Vec::new() }
}

fn cell(tag: &Tag, is_head: bool) -> Cell {
    let span = |name: &str| attributes::number(tag, name).map_or(1, |number| number.min(u64::from(u16::MAX)) as u16);
    // No number of rows is all of them.
    let rows = if tag.get("rowspan").is_some_and(|rows| rows.trim() == "0") { u16::MAX } else { span("rowspan").max(1) };
    Cell { cols: span("colspan").max(1), rows, is_head, align: attributes::align(tag), ..Cell::of(Vec::new()) }
}

/// Which part of a table a row is in.
pub(super) fn part_of(frames: &[Frame]) -> Part {
    let part = frames.iter().rev().find_map(|frame| match frame.kind {
        Kind::Rows(part) => Some(part),
        Kind::Sheet(_) => Some(Part::Body),
        _ => None,
    });
    part.unwrap_or(Part::Body)
}

/// The table that is open.
pub(super) fn sheet(frames: &mut [Frame]) -> Option<&mut Sheet> {
    frames.iter_mut().rev().find_map(|frame| match &mut frame.kind {
        Kind::Sheet(sheet) => Some(&mut **sheet),
        _ => None,
    })
}

/// Whether a tag is that of a page break, as EPUB marks it.
fn is_page_break(tag: &Tag) -> bool {
    let says = |name: &str, word: &str| tag.get(name).is_some_and(|said| said.split_whitespace().any(|own| own == word));
    says("epub:type", "pagebreak") || says("role", "doc-pagebreak")
}
