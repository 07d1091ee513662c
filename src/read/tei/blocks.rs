//! What stands on lines of its own: paragraphs, what is loose between blocks, and the way to all other blocks.

use std::mem::take;

use super::divisions::said_level;
use super::dom::{Child, Element};
use super::groups::role_of;
use super::words::{before_of, close_up, part, push, squeeze, trim};
use super::{Reader, is_blank, is_space, is_void, notes, phrase};
use crate::span::Span;
use crate::tree::{Attrs, Block, Blocks, Inline, Inlines, Node, VerseLine};

/// Elements that are blocks wherever they stand.
const BLOCKS: &[&str] = &[
    "p",
    "ab",
    "head",
    "lg",
    "l",
    "list",
    "table",
    "listBibl",
    "figure",
    "eg",
    "sp",
    "spGrp",
    "opener",
    "closer",
    "byline",
    "epigraph",
    "argument",
    "trailer",
    "postscript",
    "castList",
    "entry",
    "entryFree",
    "superEntry",
    "floatingText",
    "titlePage",
    "docTitle",
    "docImprint",
    "docEdition",
    "imprimatur",
    "performance",
    "prologue",
    "epilogue",
    "set",
    "u",
    "listApp",
    "listPerson",
    "listPlace",
    "listOrg",
    "listEvent",
    "listNym",
    "listObject",
    "listWit",
    "listRelation",
    "msDesc",
    "msPart",
    "msFrag",
];

/// Elements that are blocks where only blocks stand, else parts of the line.
const AMONG_BLOCKS: &[&str] = &[
    "quote",
    "q",
    "said",
    "cit",
    "stage",
    "salute",
    "signed",
    "dateline",
    "address",
    "bibl",
    "biblStruct",
    "biblFull",
    "label",
    "docAuthor",
    "docDate",
    "titlePart",
    "speaker",
    "milestone",
    "desc",
    "caption",
    "vocal",
    "kinesic",
    "incident",
    "writing",
    "camera",
    "sound",
    "tech",
    "view",
    "meeting",
    // Of comic books (CBML).
    "balloon",
];

/// Elements that only hold blocks.
pub const CONTAINERS: &[&str] = &[
    "text",
    "front",
    "body",
    "back",
    "group",
    "div",
    "div0",
    "div1",
    "div2",
    "div3",
    "div4",
    "div5",
    "div6",
    "div7",
    "sourceDoc",
    "surface",
    "surfaceGrp",
    "annotationBlock",
    "panel",
    "panelGrp",
];

/// What may stand in a container.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Blocks only: what is loose is a paragraph.
    Strict,
    /// Blocks, or a line and blocks behind it.
    Mixed,
    /// A paragraph, which some cut by blocks.
    Paragraph,
}

/// Whether a note that stands between the parts of an element is called there: they are lines more than blocks.
fn calls_notes(parent: &str) -> bool {
    matches!(parent, "opener" | "closer" | "epigraph")
}

/// Whether an element right behind words of a letter's opening or end is a line of its own: nothing else parts it from them.
fn is_line_of_letter(parent: Option<&Element>, inner: &Element) -> bool {
    parent.is_some_and(|parent| matches!(parent.name, "opener" | "closer" | "postscript"))
        && matches!(inner.name, "address" | "dateline" | "salute" | "signed")
}

/// Whether the line goes on with what stands close to its last word.
fn is_close(line: &Inlines) -> bool {
    match line.last().map(|node| &node.kind) {
        Some(Inline::Text(text)) => text.ends_with(|c: char| !c.is_whitespace() && !"([{“„«‘".contains(c)),
        Some(Inline::Span(_) | Inline::Styled(..) | Inline::Link(_)) => true,
        _ => false,
    }
}

/// Whether an element is known to this room.
pub fn is_known(name: &str) -> bool {
    BLOCKS.contains(&name)
        || AMONG_BLOCKS.contains(&name)
        || CONTAINERS.contains(&name)
        || matches!(name, "row" | "cell" | "item" | "noteGrp")
}

/// A line in the making among blocks, and the lines of verse before it.
#[derive(Default)]
pub struct Flow {
    pub loose: Inlines,
    pub attrs: Option<Box<Attrs>>,
    pub verse: Vec<VerseLine>,
    pub verse_span: Span,
}

impl Flow {
    pub fn flush(&mut self, out: &mut Blocks) {
        if !self.verse.is_empty() {
            out.push(Node::new(Block::Verse(vec![take(&mut self.verse)]), self.verse_span));
        }
        trim(&mut self.loose);
        if let [first, .., last] | [first @ last] = &self.loose[..] {
            let span = first.span.to(last.span);
            out.push(Node { kind: Block::Paragraph(take(&mut self.loose)), span, attrs: self.attrs.take() });
        }
    }
}

impl Reader<'_> {
    /// What `element` holds, as blocks. `level` is that of the heading around it.
    pub fn blocks(&mut self, element: &Element, level: u8, mode: Mode, attrs: Option<Box<Attrs>>, out: &mut Blocks) {
        self.parts(Some(element), &element.children, level, mode, attrs, out);
    }

    pub fn children(&mut self, children: &[Child], level: u8, mode: Mode, attrs: Option<Box<Attrs>>, out: &mut Blocks) {
        self.parts(None, children, level, mode, attrs, out);
    }

    pub fn parts(
        &mut self,
        parent: Option<&Element>,
        children: &[Child],
        level: u8,
        mode: Mode,
        attrs: Option<Box<Attrs>>,
        out: &mut Blocks,
    ) {
        let bare = parent.filter(|parent| !self.facts.own && !phrase::has_words(parent)).map(|parent| parent.name);
        let mut before: Option<&str> = None;
        // Whether a line of a letter stands right before.
        let mut line_ended = false;
        let mut flow = Flow { attrs, ..Flow::default() };
        for child in children {
            let empty = flow.loose.is_empty();
            match child {
                Child::Text(text, _) if empty && is_blank(text) => {}
                Child::Text(text, range) => {
                    let span = self.span(range);
                    if line_ended && text.starts_with(char::is_alphanumeric) {
                        flow.flush(out);
                    }
                    line_ended = false;
                    close_up(&mut flow.loose, before.take(), text);
                    push(&mut flow.loose, &squeeze(text), span);
                }
                Child::Comment(text, range) if empty && mode != Mode::Paragraph => {
                    flow.flush(out);
                    out.push(Node::new(Block::Comment(text.clone()), self.span(range)));
                }
                Child::Comment(text, range) => flow.loose.push(Node::new(Inline::Comment(text.clone()), self.span(range))),
                Child::Instruction(_) => {}
                // What a page of a document looks like is shown where nobody says what it reads.
                Child::Element(image) if image.name == "graphic" && !self.facts.own && parent.is_some_and(is_read_page) => {}
                Child::Element(line) if line.name == "l" && !self.facts.own && super::drama::is_cut(line) => {
                    flow.flush(out);
                    self.line_alone(line, out);
                }
                Child::Element(line) if line.name == "l" => {
                    if flow.verse.is_empty() {
                        flow.flush(out);
                        flow.verse_span = self.span(&line.range);
                    }
                    let line_of_verse = self.verse_line(line, Inlines::new());
                    flow.verse.push(line_of_verse);
                    flow.verse_span = flow.verse_span.to(self.span(&line.range));
                }
                Child::Element(note)
                    if empty && note.name == "note" && parent.is_some_and(|parent| calls_notes(parent.name)) =>
                {
                    flow.flush(out);
                    if !self.note_behind(note, out) {
                        self.inline(note, &mut flow.loose);
                    }
                }
                Child::Element(inner) if self.is_block(inner, mode, empty) => {
                    flow.flush(out);
                    self.block(inner, level, out);
                }
                Child::Element(inner) => {
                    if !flow.verse.is_empty() {
                        flow.flush(out);
                    }
                    let is_line = !self.facts.own && is_line_of_letter(parent, inner);
                    if (is_line || line_ended) && !phrase::is_inside(inner.name) && is_close(&flow.loose) {
                        flow.flush(out);
                    }
                    line_ended = is_line;
                    if (before, inner.name) == (Some("line"), "line") {
                        part(&mut flow.loose, before_of(self.span(&inner.range)));
                    }
                    if let (Some(parent), Some(before)) = (bare, before)
                        && phrase::divides(parent, before, inner.name)
                        && !begins_with_mark(inner)
                    {
                        part(&mut flow.loose, before_of(self.span(&inner.range)));
                    }
                    if inner.name == "pc" {
                        close_up(&mut flow.loose, before, &inner.line());
                    }
                    self.inline(inner, &mut flow.loose);
                    if !phrase::is_passed(inner.name) {
                        before = Some(inner.name);
                    }
                }
            }
        }
        flow.flush(out);
    }

    /// A note at the end of the last paragraph; false, and nothing is done, where none is there.
    pub fn note_behind(&mut self, note: &Element, out: &mut Blocks) -> bool {
        let Some(Node { kind: Block::Paragraph(line), .. }) = out.last_mut() else { return false };
        self.inline(note, line);
        true
    }

    /// One element where blocks stand.
    pub fn among_blocks(&mut self, element: &Element, level: u8, out: &mut Blocks) {
        if self.is_block(element, Mode::Strict, true) {
            return self.block(element, level, out);
        }
        let mut line = Vec::new();
        self.inline(element, &mut line);
        trim(&mut line);
        if !line.is_empty() {
            out.push(Node::new(Block::Paragraph(line), self.span(&element.range)));
        }
    }

    pub fn is_block(&self, element: &Element, mode: Mode, empty: bool) -> bool {
        match element.name {
            "pb" | "fw" | "cb" | "gb" => empty && mode != Mode::Paragraph,
            // Between blocks no line begins.
            "lb" | "space" if !self.facts.own => empty && mode != Mode::Paragraph,
            "app" if self.stands_beside(element) => empty && mode == Mode::Strict,
            // Who speaks next is no note on what was heard before.
            "note" if !self.facts.own && mode == Mode::Strict && notes::names_speaker(element) => true,
            "note" | "noteGrp" => empty && mode == Mode::Strict,
            "milestone" => empty && mode != Mode::Paragraph,
            "seg" => mode != Mode::Paragraph && is_block_seg(element) || !self.facts.own && holds_blocks(element),
            "quote" | "q" | "said" | "cit" => mode == Mode::Strict && empty || holds_blocks(element) || is_hollow(element),
            "u" | "castGroup" if !self.facts.own => true,
            "zone" if !self.facts.own => mode != Mode::Paragraph,
            // In a sentence it stands between two words of it.
            name if !self.facts.own && phrase::is_apart(name) => empty && mode != Mode::Paragraph,
            "list" | "figure" if !self.facts.own && is_run_on(element) => mode == Mode::Strict,
            name if BLOCKS.contains(&name) || CONTAINERS.contains(&name) => true,
            name if AMONG_BLOCKS.contains(&name) => mode == Mode::Strict && empty || !self.facts.own && holds_blocks(element),
            _ => holds_blocks(element),
        }
    }

    pub fn block(&mut self, element: &Element, level: u8, out: &mut Blocks) {
        let span = self.span(&element.range);
        match element.name {
            // A paragraph for a note: the note stands between the others.
            "p" if !self.facts.own && !self.is_in_note() && holds_a_note_alone(element) => {
                self.blocks(element, level, Mode::Strict, None, out);
            }
            "p" => {
                let attrs = self.attrs(element, 0);
                self.blocks(element, level, Mode::Paragraph, attrs, out);
            }
            "ab" | "seg" => self.anonymous(element, level, out),
            "head" if !self.facts.own && is_void(element) => {}
            "head" => self.heading(element, level, None, out),
            "floatingText" if self.facts.own => self.group(element, level, out),
            "quote" if self.facts.own && element.attribute("type").is_some() => self.group(element, level, out),
            name if !self.facts.own && phrase::is_apart(name) => {}
            // A column of a document, or a part of one.
            "zone" if !self.facts.own => self.blocks(element, level, Mode::Mixed, None, out),
            "app" if self.stands_beside(element) => self.entry_apart(element, out),
            "app" => self.apparatus_of_blocks(element, level, out),
            "choice" if !self.facts.own => {
                let read = self.form_read(element);
                for form in element.elements() {
                    match read.is_some_and(|read| std::ptr::eq(read, form)) {
                        true => self.blocks(form, level, Mode::Mixed, None, out),
                        // The others are kept beside it.
                        false => {
                            let said = Block::Comment(format!("{}: {}", form.name, form.line()));
                            out.push(Node::new(said, self.span(&form.range)));
                        }
                    }
                }
            }
            "del" if !self.facts.own => {}
            "entry" | "entryFree" if !self.facts.own => self.entry(element, level, out),
            "list" if !self.facts.own && element.attribute("type") == Some("meanings") => self.list(element, level, out),
            "listApp" if !self.facts.own => self.list_of_readings(element, level, out),
            "listPerson" | "listPlace" | "listOrg" | "listEvent" | "listNym" | "listObject" | "listWit" | "listRelation"
                if !self.facts.own =>
            {
                self.register(element, level, out);
            }
            "msDesc" | "msPart" | "msFrag" if !self.facts.own => self.manuscript(element, level, out),
            name if !self.facts.own && role_of(name).is_some() => self.grouped(element, level, out),
            "quote" | "q" | "said" | "epigraph" | "floatingText" => self.quote(element, level, out),
            "cit" => self.blocks(element, level, Mode::Strict, None, out),
            "lg" => self.verse(element, out),
            "list" if self.made_index(element, out) => {}
            "listBibl" if self.cited_works(element, out) => {}
            "list" | "castList" | "castGroup" | "listBibl" => self.list(element, level, out),
            "table" => self.table(element, out),
            "figure" => self.figure(element, level, out),
            "eg" => {
                let attrs = self.attrs(element, 0);
                let language = if element.written() == "egXML" { "xml" } else { "" };
                let kind = Block::Code { language: language.to_owned(), text: element.text() };
                out.push(Node { kind, span, attrs });
            }
            // A mere division of the text is no ornament.
            "milestone" if !self.facts.own && !is_ornament(element) => {}
            "milestone" => {
                let own = element.attribute("rend").is_some_and(|rend| rend.split_whitespace().next() == Some("rule"));
                let attrs = self.attrs(element, usize::from(own));
                out.push(Node { kind: Block::Rule, span, attrs });
            }
            "pb" => {
                let page = self.page(element);
                let attrs = self.attrs(element, 0);
                out.push(Node { kind: Block::PageBreak(page), span, attrs });
            }
            "fw" => {
                let before = match out.last_mut().map(|node| &mut node.kind) {
                    Some(Block::PageBreak(page)) => Some(page),
                    _ => None,
                };
                self.running_matter(element, before);
            }
            "cb" | "gb" | "lb" | "space" => {}
            "surface" if !self.facts.own && !self.in_surface => self.surface(element, level, out),
            "note" => self.stand_apart(element, out),
            "titlePage" => self.title_page(element, level, out),
            // Some have the title in the front matter without a page around it (DraCor).
            "docTitle" if !self.facts.own => element.elements().for_each(|part| self.title_part(part, level, out)),
            name if CONTAINERS.contains(&name) => self.container(element, level, out),
            _ => self.other_block(element, level, out),
        }
    }

    /// `ab`, by which we say what TEI has no element for.
    fn anonymous(&mut self, element: &Element, level: u8, out: &mut Blocks) {
        let span = self.span(&element.range);
        let kind = match (element.attribute("type"), element.elements().next()) {
            (Some("code"), Some(code)) if code.name == "code" => {
                let language = code.attribute("lang").unwrap_or_default().to_owned();
                Block::Code { language, text: code.text() }
            }
            (Some("formula"), Some(formula)) if formula.name == "formula" => Block::Math(formula.text()),
            (Some("head"), _) => {
                let said = said_level(element);
                let attrs = self.attrs(element, usize::from(said.is_some()));
                let text = self.line(element);
                let number = element.attribute("n").map(str::to_owned);
                let kind = Block::Heading { level: said.unwrap_or(self.below(level)), number, text };
                return out.push(Node { kind, span, attrs });
            }
            _ if element.name == "ab" && self.in_speech && counts_lines(element) => return self.counted_lines(element, out),
            _ => {
                let attrs = self.attrs(element, 0);
                return self.blocks(element, level, Mode::Paragraph, attrs, out);
            }
        };
        let attrs = self.attrs(element, 0);
        out.push(Node { kind, span, attrs });
    }

    /// Lines of a play's verse, of which only the beginnings are marked and counted.
    fn counted_lines(&mut self, element: &Element, out: &mut Blocks) {
        let span = self.span(&element.range);
        let (mut lines, mut line, mut number) = (Vec::new(), Inlines::new(), None);
        let mut finish = |line: &mut Inlines, number: Option<String>| {
            trim(line);
            if !line.is_empty() {
                lines.push(VerseLine { text: take(line), number, indent: 0 });
            }
        };
        for child in &element.children {
            match child {
                Child::Element(begin) if begin.name == "lb" && begin.attribute("n").is_some() => {
                    finish(&mut line, number.take());
                    number = begin.attribute("n").map(crate::read::clean::line);
                }
                Child::Element(inner) => self.inline(inner, &mut line),
                Child::Text(text, range) => {
                    let span = self.span(range);
                    push(&mut line, &squeeze(text), span);
                }
                Child::Comment(text, range) => line.push(Node::new(Inline::Comment(text.clone()), self.span(range))),
                Child::Instruction(_) => {}
            }
        }
        finish(&mut line, number);
        let attrs = self.attrs(element, usize::MAX);
        if !lines.is_empty() {
            out.push(Node { kind: Block::Verse(vec![lines]), span, attrs });
        }
    }
}

/// Whether the lines of a block are counted where they begin, none of them inside a word.
fn counts_lines(element: &Element) -> bool {
    let mut begins = element.named("lb").filter(|begin| begin.attribute("n").is_some()).peekable();
    begins.peek().is_some() && begins.all(|begin| begin.attribute("break") != Some("no")) && !holds_blocks(element)
}

/// Whether a milestone is something to be seen.
fn is_ornament(element: &Element) -> bool {
    const ENDINGS: [&str; 13] =
        ["rule", "rules", "line", "lines", "star", "stars", "ornament", "ornaments", "hr", "dash", "dashes", "bar", "fleuron"];
    let said = ["rend", "rendition", "unit", "type"].into_iter().filter_map(|name| Some((name, element.attribute(name)?)));
    said.into_iter().any(|(name, said)| {
        let said = said.to_lowercase();
        let mut words = said.split(|c: char| !c.is_alphanumeric() && c != '*');
        // The lines of a text are counted, too.
        let counts = |word: &str| name == "unit" && word == "line" || matches!(word, "inline" | "newline" | "underline");
        let is_one = |word: &str| {
            let word = word.trim_end_matches(char::is_numeric);
            word.contains("aster") || word.contains('*') || ENDINGS.iter().any(|end| word.ends_with(end)) && !counts(word)
        };
        words.any(is_one)
    })
}

/// Whether an element of an entry stands on lines of its own.
pub fn stands_alone(element: &Element) -> bool {
    const ALONE: [&str; 11] = ["entry", "entryFree", "hom", "re", "p", "list", "table", "lg", "figure", "superEntry", "eg"];
    ALONE.contains(&element.name) && !matches!(element.name, "re") || holds_blocks(element) && element.name != "sense"
}

/// Whether blocks stand in an element that can hold a line as well.
pub fn holds_blocks(element: &Element) -> bool {
    // What is read of an entry of the apparatus stands in the text.
    if element.name == "app" {
        return super::apparatus::lemma(element).is_some_and(holds_blocks);
    }
    element.elements().filter(|inner| !is_run_on(inner)).any(|inner| {
        BLOCKS.contains(&inner.name)
            || CONTAINERS.contains(&inner.name)
            || matches!(
                inner.name,
                "quote"
                    | "q"
                    | "said"
                    | "cit"
                    | "seg"
                    | "app"
                    | "lem"
                    | "choice"
                    | "corr"
                    | "reg"
                    | "add"
                    | "supplied"
                    | "subst"
            ) && (holds_blocks(inner) || is_block_seg(inner))
    })
}

/// Whether a list, or a figure, stands in its sentence.
pub fn is_run_on(element: &Element) -> bool {
    let says = |name: &str| element.attribute(name).is_some_and(|said| said.split_whitespace().any(is_inline));
    match element.name {
        "list" => (says("type") || says("rend")) && !element.elements().any(holds_blocks),
        "figure" => {
            (says("place") || says("rend")) && element.elements().all(|part| matches!(part.name, "graphic" | "figDesc"))
        }
        _ => false,
    }
}

/// What a list is called that stands in a line.
fn is_inline(word: &str) -> bool {
    matches!(word, "inline" | "run-on" | "runon" | "run-in")
}

/// Whether an element begins with a mark that stands close to the word before it.
pub fn begins_with_mark(element: &Element) -> bool {
    let first = element.children.iter().find(|child| !is_space(child));
    match first {
        Some(Child::Text(text, _)) => {
            let mut letters = text.trim_start().chars();
            let mark = letters.next().is_some_and(|c| matches!(c, ',' | '.' | ';' | ':' | ')' | ']'));
            // An ellipsis, a number behind a point.
            mark && letters.next().is_none_or(char::is_whitespace)
        }
        Some(Child::Element(inner)) => begins_with_mark(inner),
        Some(Child::Comment(..) | Child::Instruction(_)) | None => false,
    }
}

fn is_block_seg(element: &Element) -> bool {
    element.name == "seg" && matches!(element.attribute("type"), Some("paragraph" | "head" | "code" | "formula"))
}

/// Whether an element is a page of a document that has words.
fn is_read_page(element: &Element) -> bool {
    element.name == "surface" && !element.line().is_empty()
}

/// Whether a note is all that stands in a paragraph.
pub fn holds_a_note_alone(element: &Element) -> bool {
    let mut inner = element.elements();
    let only = inner.next().is_some_and(|note| note.name == "note") && inner.next().is_none();
    only && !phrase::has_words(element)
}

/// Whether nothing stands in an element but milestones and comments.
fn is_hollow(element: &Element) -> bool {
    element.children.iter().all(|child| match child {
        Child::Element(inner) => matches!(inner.name, "pb" | "fw" | "milestone"),
        Child::Text(text, _) => is_blank(text),
        Child::Comment(..) | Child::Instruction(_) => true,
    })
}
