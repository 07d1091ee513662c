//! Verse, plays, letters, dictionaries, title pages: what TEI has more words for than a book has.

use super::Reader;
use super::apparatus::lemma;
use super::blocks::{Mode, holds_blocks, is_run_on};
use super::dom::{Child, Element};
use super::inlines::is_equivalent;
use super::phrase::is_inside;
use super::words::{push, squeeze, trim};
use crate::span::Span;
use crate::tree::{Attrs, Block, Blocks, Group, GroupRole, Inline, Inlines, List, Node, Numbering, Style, VerseLine};

/// Lines of verse that are being read.
struct Poem {
    stanzas: Vec<Vec<VerseLine>>,
    /// What stands before the next line.
    before: Inlines,
    attrs: Option<Box<Attrs>>,
    span: Span,
}

impl Poem {
    fn line(&mut self, line: VerseLine) {
        match self.stanzas.last_mut() {
            Some(stanza) => stanza.push(line),
            None => self.stanzas.push(vec![line]),
        }
    }

    fn is_empty(&self) -> bool {
        self.before.is_empty() && self.stanzas.iter().all(Vec::is_empty)
    }

    /// Where what stands behind a line goes.
    fn last(&mut self) -> &mut Inlines {
        match last_line(&mut self.stanzas) {
            Some(line) if self.before.is_empty() => &mut line.text,
            _ => &mut self.before,
        }
    }

    /// The lines so far are a block.
    fn end(&mut self, out: &mut Blocks) {
        let rest = std::mem::take(&mut self.before);
        if !rest.is_empty() {
            match last_line(&mut self.stanzas) {
                Some(line) => line.text.extend(rest),
                None => self.line(VerseLine::from(rest)),
            }
        }
        let mut stanzas = std::mem::take(&mut self.stanzas);
        stanzas.retain(|stanza| !stanza.is_empty());
        if !stanzas.is_empty() {
            out.push(Node { kind: Block::Verse(stanzas), span: self.span, attrs: self.attrs.take() });
        }
    }
}

fn last_line(stanzas: &mut [Vec<VerseLine>]) -> Option<&mut VerseLine> {
    stanzas.iter_mut().rev().find_map(|stanza| stanza.last_mut())
}

/// Whether blocks cut a line of verse.
pub fn is_cut(line: &Element) -> bool {
    line.elements().any(cuts)
}

/// Whether an element in a line of verse is none of its words. A figure stands in the line.
fn cuts(inner: &Element) -> bool {
    match inner.name {
        "figure" => false,
        "p" | "ab" | "l" | "lg" | "list" | "table" | "listBibl" | "sp" | "eg" => !is_run_on(inner),
        name => !is_inside(name) && holds_blocks(inner) || holds_lines(inner),
    }
}

/// Whether lines of verse stand in an element.
fn holds_lines(element: &Element) -> bool {
    element.child("l").is_some()
}

impl Reader<'_> {
    /// A group of lines: stanzas, or lines at once. Its heads stand before what they head.
    pub fn verse(&mut self, element: &Element, out: &mut Blocks) {
        let span = self.span(&element.range);
        let attrs = match element.attribute("type") {
            _ if self.facts.own => self.attrs(element, 0),
            _ => self.attrs(element, usize::MAX),
        };
        self.captions(element, out);
        let mut poem = Poem { stanzas: Vec::new(), before: Inlines::new(), attrs, span };
        self.stanzas(element, &mut poem, out);
        poem.end(out);
    }

    /// A line of verse, with what stands before it in the stanza: milestones.
    pub fn verse_line(&mut self, element: &Element, mut text: Inlines) -> VerseLine {
        let place = self.anchor(element);
        let line = self.line(element);
        match place {
            // A note on it stands behind its words.
            Some(place) if element.id().is_some_and(|id| self.facts.noted.contains(id)) => {
                text.push(Node { kind: Inline::Span(line), ..place });
            }
            place => text.extend(place.into_iter().chain(line)),
        }
        Self::line_of(element, text)
    }

    /// A line of verse with this text.
    fn line_of(element: &Element, text: Inlines) -> VerseLine {
        let number = element.attribute("n").map(crate::read::clean::line).filter(|number| !number.is_empty());
        let rend = element.attribute("rend").or(element.attribute("rendition")).unwrap_or_default();
        let indent = match rend.find("indent") {
            Some(at) => indent(&rend[at + "indent".len()..]),
            // A line that another speaker began.
            None if matches!(element.attribute("part"), Some("M" | "F")) => 4,
            None => 0,
        };
        VerseLine { text, number, indent }
    }

    /// A line of verse outside of any group in which blocks stand.
    pub fn line_alone(&mut self, element: &Element, out: &mut Blocks) {
        let span = self.span(&element.range);
        let mut poem = Poem { stanzas: Vec::new(), before: Inlines::new(), attrs: None, span };
        self.broken_line(element, &mut poem, out);
        poem.end(out);
    }

    /// A line of verse that blocks cut: lines in it are lines, what is no verse parts the poem.
    fn broken_line(&mut self, element: &Element, poem: &mut Poem, out: &mut Blocks) {
        let mut text = std::mem::take(&mut poem.before);
        text.extend(self.anchor(element));
        let VerseLine { mut number, indent, .. } = Self::line_of(element, Inlines::new());
        let mut finish = |text: &mut Inlines, poem: &mut Poem| {
            trim(text);
            if !text.is_empty() {
                poem.line(VerseLine { text: std::mem::take(text), number: number.take(), indent });
            }
        };
        for child in &element.children {
            match child {
                Child::Element(inner) if inner.name == "l" || holds_lines(inner) => {
                    finish(&mut text, poem);
                    match inner.name {
                        "l" if is_cut(inner) => self.broken_line(inner, poem, out),
                        "l" => poem.line(self.verse_line(inner, Inlines::new())),
                        _ => self.lines_of_stanza(inner, poem, out),
                    }
                }
                Child::Element(inner) if matches!(inner.name, "p" | "ab") && !holds_blocks(inner) => {
                    finish(&mut text, poem);
                    self.inline(inner, &mut text);
                    finish(&mut text, poem);
                }
                Child::Element(inner) if cuts(inner) => {
                    finish(&mut text, poem);
                    poem.end(out);
                    self.block(inner, 0, out);
                }
                Child::Element(inner) => self.inline(inner, &mut text),
                Child::Text(said, range) => {
                    let span = self.span(range);
                    push(&mut text, &squeeze(said), span);
                }
                Child::Comment(said, range) => text.push(Node::new(Inline::Comment(said.clone()), self.span(range))),
                Child::Instruction(_) => {}
            }
        }
        finish(&mut text, poem);
    }

    fn stanzas(&mut self, element: &Element, poem: &mut Poem, out: &mut Blocks) {
        poem.stanzas.push(Vec::new());
        if let Some(words) = self.stray(element) {
            poem.line(VerseLine::from(words));
        }
        self.lines_of_stanza(element, poem, out);
    }

    fn lines_of_stanza(&mut self, element: &Element, poem: &mut Poem, out: &mut Blocks) {
        for child in element.elements() {
            match child.name {
                "head" => {}
                // Whole lines of which editors say something.
                "app" if !self.facts.own && lemma(child).is_some_and(holds_lines) => {
                    if let Some(lemma) = lemma(child) {
                        self.lines_of_stanza(lemma, poem, out);
                    }
                    self.other_readings(child, poem.last());
                }
                "add" | "supplied" | "seg" | "damage" | "unclear" | "restore" if !self.facts.own && holds_lines(child) => {
                    self.lines_of_stanza(child, poem, out);
                }
                "l" if !self.facts.own && is_cut(child) => self.broken_line(child, poem, out),
                "l" => {
                    let line = self.verse_line(child, std::mem::take(&mut poem.before));
                    poem.line(line);
                }
                "lg" => {
                    if child.child("head").is_some() {
                        poem.end(out);
                        self.captions(child, out);
                    }
                    self.stanzas(child, poem, out);
                    poem.stanzas.push(Vec::new());
                }
                // A note belongs to the line, or the head, that it stands behind.
                "note" if poem.is_empty() && element.child("head").is_some() && self.note_behind(child, out) => {}
                "note" => self.inline(child, poem.last()),
                "pb" | "fw" | "cb" | "gb" | "lb" | "milestone" | "anchor" | "handShift" | "addSpan" | "delSpan"
                | "damageSpan" | "redo" | "undo" => self.inline(child, &mut poem.before),
                name if !self.facts.own && super::phrase::is_apart(name) => {}
                // A stage direction, a trailer: a line of its own.
                _ => {
                    let mut line = std::mem::take(&mut poem.before);
                    self.inline(child, &mut line);
                    poem.line(VerseLine::from(line));
                }
            }
        }
    }

    /// A title page. Its main title is the work's; what the metadata say again is not said twice.
    pub fn title_page(&mut self, element: &Element, level: u8, out: &mut Blocks) {
        for child in &element.children {
            match child {
                Child::Element(inner) if inner.name == "docTitle" => {
                    inner.elements().for_each(|part| self.title_part(part, level, out))
                }
                Child::Element(inner) => self.title_part(inner, level, out),
                Child::Comment(text, range) => out.push(Node::new(Block::Comment(text.clone()), self.span(range))),
                Child::Text(..) | Child::Instruction(_) => {}
            }
        }
        self.stray_paragraph(element, out);
    }

    /// Words that stand where only elements may.
    fn stray(&self, element: &Element) -> Option<Inlines> {
        let mut line = Inlines::new();
        for child in &element.children {
            if let Child::Text(text, range) = child {
                super::words::push(&mut line, &super::words::squeeze(text), self.span(range));
            }
        }
        super::words::trim(&mut line);
        (!line.is_empty()).then_some(line)
    }

    pub fn stray_paragraph(&self, element: &Element, out: &mut Blocks) {
        if let Some(line) = self.stray(element) {
            out.push(Node::new(Block::Paragraph(line), self.span(&element.range)));
        }
    }

    pub fn title_part(&mut self, element: &Element, level: u8, out: &mut Blocks) {
        let main = element.name == "titlePart" && matches!(element.attribute("type"), None | Some("main"));
        // That of a text inside the text is none of the work's.
        if main && !self.titled && self.depth == 0 {
            // A title that we supplied from the metadata is none of the text's.
            if self.facts.own && element.elements().next().is_some_and(|inner| inner.name == "supplied") {
                return;
            }
            let attrs = self.attrs(element, 0);
            let text = self.line(element);
            if !text.is_empty() {
                self.titled = true;
                out.push(Node { kind: Block::Title(text), span: self.span(&element.range), attrs });
            }
            return;
        }
        let line = element.line();
        if line.is_empty() && element.elements().next().is_none() && element.name != "pb" || self.is_said(&line) {
            return;
        }
        match element.name {
            "pb" | "fw" | "figure" | "epigraph" | "argument" | "milestone" | "note" | "p" | "list" | "lg" => {
                self.among_blocks(element, level, out);
            }
            _ => self.paragraph_of(element, None, out),
        }
    }

    /// Whether the metadata say what a line of the title page says; of others, whatever its marks and capitals.
    fn is_said(&self, line: &str) -> bool {
        let said = &self.facts.said;
        said.iter().any(|one| one == line) || !self.facts.own && said.contains(&crate::read::clean::letters(line))
    }

    /// A paragraph of all that an element holds.
    fn paragraph_of(&mut self, element: &Element, style: Option<Style>, out: &mut Blocks) {
        let span = self.span(&element.range);
        let text = self.line(element);
        if text.is_empty() {
            return;
        }
        let text = match style {
            Some(style) => vec![Node::new(Inline::Styled(style, text), span)],
            None => text,
        };
        out.push(Node::new(Block::Paragraph(text), span));
    }

    /// Blocks of plays, letters and dictionaries, and those that nobody knows.
    pub fn other_block(&mut self, element: &Element, level: u8, out: &mut Blocks) {
        match element.name {
            "speaker" | "role" => self.paragraph_of(element, Some(Style::SmallCaps), out),
            "stage" => self.paragraph_of(element, Some(Style::Emphasis), out),
            "sp" | "u" | "spGrp" | "opener" | "closer" | "postscript" | "argument" | "performance" | "prologue"
            | "epilogue" | "set" | "noteGrp" | "docTitle" | "castGroup" => self.blocks(element, level, Mode::Strict, None, out),
            "address" => {
                self.stray_paragraph(element, out);
                for line in element.elements() {
                    self.paragraph_of(line, None, out);
                }
            }
            "entry" | "entryFree" | "superEntry" => self.entry(element, level, out),
            "salute" | "signed" | "dateline" | "byline" | "trailer" | "docAuthor" | "docDate" | "docEdition" | "docImprint"
            | "imprimatur" | "meeting" | "titlePart" | "bibl" | "biblStruct" | "biblFull" | "label" | "desc" | "caption"
            | "balloon" => {
                self.paragraph_of(element, None, out);
            }
            // A division by another name.
            _ if !self.facts.own && element.child("head").is_some() => self.container(element, level, out),
            _ => {
                self.unknown(element);
                self.blocks(element, level, Mode::Mixed, None, out);
            }
        }
    }

    /// An entry of a dictionary: its head word set off, its senses behind it.
    pub fn entry(&mut self, element: &Element, level: u8, out: &mut Blocks) {
        if !self.facts.own && !self.too_deep(element) {
            return self.grouped_entry(element, level, out);
        }
        if element.elements().any(|inner| matches!(inner.name, "entry" | "p" | "entryFree" | "list" | "table")) {
            return self.blocks(element, level, Mode::Strict, None, out);
        }
        let span = self.span(&element.range);
        let attrs = self.attrs(element, usize::MAX);
        let mut line = Inlines::new();
        for child in &element.children {
            match child {
                Child::Element(form) if form.name == "form" && line.is_empty() => {
                    let word = self.line(form);
                    line.push(Node::new(Inline::Styled(Style::Strong, word), self.span(&form.range)));
                }
                Child::Element(inner) => {
                    super::words::part(&mut line, super::words::before_of(self.span(&inner.range)));
                    self.inline(inner, &mut line);
                }
                Child::Text(text, range) => {
                    let span = self.span(range);
                    super::words::push(&mut line, &super::words::squeeze(text), span);
                }
                Child::Comment(text, range) => line.push(Node::new(Inline::Comment(text.clone()), self.span(range))),
                Child::Instruction(_) => {}
            }
        }
        super::words::trim(&mut line);
        if !line.is_empty() {
            out.push(Node { kind: Block::Paragraph(line), span, attrs });
        }
    }
}

impl Reader<'_> {
    /// An entry as a group: its first line has the head word and what is said of it; senses that are counted are a list, entries in it
    /// groups of their own.
    fn grouped_entry(&mut self, element: &Element, level: u8, out: &mut Blocks) {
        let (span, attrs) = (self.span(&element.range), self.attrs(element, usize::MAX));
        let mut body = Blocks::new();
        let outer = (self.in_entry, std::mem::take(&mut self.head_word));
        self.in_entry = true;
        self.head_word = head_word(element);
        self.depth += 3;
        self.parts_of_entry(element, level, false, &mut body);
        self.depth -= 3;
        (self.in_entry, self.head_word) = outer;
        if !body.is_empty() {
            let group = Group { role: GroupRole::Entry, title: Vec::new(), body };
            out.push(Node { kind: Block::Group(group), span, attrs });
        }
    }

    /// What stands in an entry or a sense. `headed`: the head word was said.
    fn parts_of_entry(&mut self, element: &Element, level: u8, mut headed: bool, body: &mut Blocks) {
        let span = self.span(&element.range);
        let bare = !super::phrase::has_words(element);
        let (mut line, mut items) = (Inlines::new(), Vec::new());
        // Whether a word in another language stands right before.
        let mut equivalent = false;
        // The element right before.
        let mut before: Option<&str> = None;
        // Words of one form, each with senses of its own, or the senses of one word.
        let part = if element.child("hom").is_some() { "hom" } else { "sense" };
        let counted = counted(element, part).filter(|_| bare && !self.too_deep(element));
        let flush = |line: &mut Inlines, body: &mut Blocks| {
            super::words::trim(line);
            if line.is_empty() {
                return;
            }
            let only_notes = line.iter().all(|node| matches!(node.kind, Inline::Note(_) | Inline::NoteCall(_)));
            match super::apparatus::last_line(body).filter(|_| only_notes) {
                // A note about what stands before it.
                Some(before) => before.append(line),
                None => body.push(Node::new(Block::Paragraph(std::mem::take(line)), span)),
            }
        };
        for child in &element.children {
            let goes_on = matches!(child, Child::Element(inner) if matches!(inner.name, "lb" | "pb" | "cb" | "note") || inner.name == part);
            if let (Some(counted), Child::Element(_), false) = (counted, child, goes_on) {
                flush_list(&mut items, counted, span, body);
            }
            match child {
                Child::Element(form) if form.name == "form" && !headed => {
                    headed = true;
                    let word = self.line(form);
                    super::words::part(&mut line, super::words::before_of(self.span(&form.range)));
                    line.push(Node::new(Inline::Styled(Style::Strong, word), self.span(&form.range)));
                }
                Child::Element(sense) if sense.name == part && counted.is_some() => {
                    let mut inner = Blocks::new();
                    flush(&mut line, items.last_mut().map_or(&mut *body, |item: &mut crate::tree::Item| &mut item.body));
                    self.depth += 2;
                    self.parts_of_entry(sense, level, true, &mut inner);
                    self.depth -= 2;
                    items.push(crate::tree::Item { task: None, body: inner });
                }
                // How a word came by its senses.
                Child::Element(inner) if matches!(inner.name, "diachrony" | "hom") && bare => {
                    flush(&mut line, body);
                    self.parts_of_entry(inner, level, true, body);
                }
                Child::Element(inner) if super::blocks::stands_alone(inner) => {
                    flush(&mut line, body);
                    self.among_blocks(inner, level, body);
                }
                Child::Element(inner) => {
                    if std::mem::replace(&mut equivalent, is_equivalent(inner)) && is_equivalent(inner) {
                        self.comma_before(inner, &mut line);
                    }
                    let clings = matches!(inner.name, "pc" | "note");
                    if bare && clings {
                        super::words::trim_end(&mut line);
                    }
                    if bare && !clings || !super::phrase::is_phrase(inner.name) {
                        super::words::part(&mut line, super::words::before_of(self.span(&inner.range)));
                    }
                    self.inline(inner, &mut line);
                    before = Some(inner.name);
                }
                Child::Text(text, range) => {
                    equivalent &= super::is_blank(text);
                    super::words::close_up(&mut line, before.take(), text);
                    let span = self.span(range);
                    super::words::push(&mut line, &super::words::squeeze(text), span);
                }
                Child::Comment(text, range) => line.push(Node::new(Inline::Comment(text.clone()), self.span(range))),
                Child::Instruction(_) => {}
            }
        }
        if let Some(counted) = counted {
            flush(&mut line, items.last_mut().map_or(&mut *body, |item: &mut crate::tree::Item| &mut item.body));
            flush_list(&mut items, counted, span, body);
        }
        flush(&mut line, body);
    }
}

/// The word that an entry is about, where its form says it plainly.
fn head_word(entry: &Element) -> String {
    entry.child("form").and_then(|form| form.child("orth")).map(Element::line).unwrap_or_default()
}

/// The number of the first sense and how it is written, where all that stand in an element are counted one behind the other.
fn counted(element: &Element, part: &str) -> Option<(u64, Numbering)> {
    let said = |sense: &Element| sense.attribute("n").map(|n| n.trim_matches(['.', ')', '(', ' ']).to_owned());
    // Numbers that stand in the text are not set again.
    if element.named(part).any(super::lists::says_its_number) {
        return None;
    }
    let numbers: Vec<_> = element.named(part).map(said).collect::<Option<_>>()?;
    let first = numbers.first()?;
    Numbering::ALL.into_iter().find_map(|numbering| {
        let most = 50;
        let start = match first.parse() {
            Ok(start) if numbering == Numbering::Decimal => Some(start),
            _ => (1..most).find(|number| numbering != Numbering::Decimal && numbering.say(*number) == *first),
        };
        let start = start.filter(|start| *start > 0)?;
        (start..).zip(&numbers).all(|(number, said)| numbering.say(number) == *said).then_some((start, numbering))
    })
}

/// Puts the senses that were counted before what comes behind them.
fn flush_list(
    items: &mut Vec<crate::tree::Item>,
    (start, numbering): (u64, Numbering),
    span: crate::span::Span,
    body: &mut Blocks,
) {
    if items.is_empty() {
        return;
    }
    let list = List { start: Some(start), numbering, tight: true, items: std::mem::take(items) };
    body.push(Node::new(Block::List(list), span));
}

/// How many steps in, by what stands behind `indent`: `indent`, `indent2`, `indent(2)`, `indent-2`.
fn indent(behind: &str) -> u8 {
    let digits: String = behind.trim_start_matches(['(', '-', '_']).chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(1).clamp(1, VerseLine::MOST_INDENT)
}
