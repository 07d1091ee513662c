//! What stands on lines of its own: divisions, paragraphs, quotations, speeches, and the way to all other blocks.

use std::mem::take;

use super::dom::{Child, Element};
use super::words::{before_of, close_up, part, push, squeeze, trim};
use super::{Reader, is_blank, is_space, notes, phrase};
use crate::span::Span;
use crate::tree::{
    Attrs, Block, Blocks, Furniture, FurnitureKind, Group, GroupRole, Inline, Inlines, Node, PageBreak, VerseLine, division,
    plain_text,
};

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
const CONTAINERS: &[&str] = &[
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

    fn parts(
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
                    before = Some(inner.name);
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

    /// The first of an element's blocks is what a reference to the element leads to.
    pub fn led_to(&self, element: &Element, blocks: &mut [Node<Block>]) {
        if let (Some(id), Some(first)) = (element.id().filter(|id| self.facts.targets.contains(*id)), blocks.first_mut()) {
            match (&mut first.kind, self.anchor(element)) {
                // Of an item the format may have no more than its line.
                (Block::Paragraph(line), Some(anchor)) if matches!(element.name, "item" | "bibl" | "castItem") => {
                    line.insert(0, anchor)
                }
                _ => drop(first.attrs.get_or_insert_default().id.get_or_insert(id.to_owned())),
            }
        }
    }

    /// Divisions and what holds them.
    pub fn container(&mut self, element: &Element, parent: u8, out: &mut Blocks) {
        if !self.facts.own && is_dedication(element) && !self.too_deep(element) {
            return self.dedication(element, parent, out);
        }
        // Of a head that holds nothing there is nothing to be seen.
        let head = element.child("head").filter(|head| self.facts.own || !is_void(head));
        if element.name.starts_with("div") && head.is_none() && self.number_of(element).is_some() {
            return self.numbered(element, parent, out);
        }
        let Some(head) = head.filter(|_| element.name != "text") else {
            if !CONTAINERS.contains(&element.name) {
                self.unknown(element);
            }
            let before = out.len();
            self.blocks(element, parent, Mode::Strict, None, out);
            return self.led_to(element, &mut out[before..]);
        };
        if !CONTAINERS.contains(&element.name) {
            self.unknown(element);
        }
        let level = said_level(head).unwrap_or(self.below(parent));
        self.sections += 1;
        let mut attrs = self.attrs(element, 0).unwrap_or_default();
        // A division's language is that of all in it; the heading's own is on the head.
        let lang = attrs.lang.take();
        let number = self.number_of(element);
        let before = out.len();
        let kind = element.attribute("type").map(str::to_owned);
        // What stands before the head belongs to the division, too: page breaks above all.
        let at = element.children.iter().position(|child| matches!(child, Child::Element(inner) if std::ptr::eq(inner, head)));
        let (lead, rest) = element.children.split_at(at.unwrap_or(0));
        self.children(lead, level, Mode::Strict, None, out);
        self.heading(head, level, Some((attrs, kind)), out);
        if let Some(Node { kind: Block::Heading { number: said, .. }, .. }) = out.last_mut() {
            *said = number;
        }
        self.children(&rest[1..], level, Mode::Strict, None, out);
        self.sections -= 1;
        self.remember_notes_of(&out[before..]);
        if let Some(lang) = lang.filter(|lang| *lang != self.facts.language) {
            for node in &mut out[before..] {
                node.attrs.get_or_insert_default().lang.get_or_insert_with(|| lang.clone());
            }
        }
    }

    /// A page of a document, by itself: what is pasted on it is none.
    fn surface(&mut self, element: &Element, level: u8, out: &mut Blocks) {
        if element.find("pb").is_none() {
            let mut page = self.page(element);
            let image = element.child("graphic").and_then(|graphic| graphic.attribute("url"));
            page.facsimile = page.facsimile.or_else(|| image.map(str::to_owned));
            out.push(Node::new(Block::PageBreak(page), self.span(&tag_of(element))));
        }
        self.in_surface = true;
        self.container(element, level, out);
        self.in_surface = false;
    }

    /// A dedication without a heading, which has a page of its own.
    fn dedication(&mut self, element: &Element, level: u8, out: &mut Blocks) {
        let attrs = self.attrs(element, usize::MAX);
        let mut body = Vec::new();
        self.depth += 1;
        self.blocks(element, level, Mode::Strict, None, &mut body);
        self.depth -= 1;
        // Its page begins before it.
        let lead = body.iter().take_while(|node| matches!(node.kind, Block::PageBreak(_))).count();
        out.extend(body.drain(..lead));
        if !body.is_empty() {
            let group = Group { role: GroupRole::Dedication, title: Vec::new(), body };
            out.push(Node { kind: Block::Group(group), span: self.span(&element.range), attrs });
        }
    }

    /// A division that is cited by its number and has no heading.
    fn numbered(&mut self, element: &Element, parent: u8, out: &mut Blocks) {
        let said = said_level(element);
        let level = said.unwrap_or(self.below(parent));
        self.sections += 1;
        let mut attrs = self.attrs(element, usize::from(said.is_some())).unwrap_or_default();
        let (expected, _) = division(&attrs.classes, "", self.sections);
        let kind = element.attribute("type").filter(|kind| *kind != expected && !kind.is_empty() && !kind.contains(' '));
        attrs.classes.splice(0..0, kind.map(str::to_owned));
        let attrs = Some(attrs).filter(|attrs| **attrs != Attrs::default());
        let number = self.number_of(element);
        let kind = Block::Heading { level, number, text: Vec::new() };
        let is_page = |child: &Child| match child {
            Child::Element(inner) => matches!(inner.name, "pb" | "fw"),
            Child::Text(text, _) => is_blank(text),
            Child::Comment(..) | Child::Instruction(_) => false,
        };
        let lead = element.children.iter().take_while(|child| is_page(child)).count();
        let (lead, rest) = element.children.split_at(lead);
        let before = out.len();
        self.children(lead, level, Mode::Strict, None, out);
        out.push(Node { kind, span: self.span(&tag_of(element)), attrs });
        self.children(rest, level, Mode::Strict, None, out);
        self.sections -= 1;
        self.remember_notes_of(&out[before..]);
    }

    /// By which a division is cited. What others write is a number only where it is short: some write the name of the whole text.
    fn number_of(&self, element: &Element) -> Option<String> {
        const LONGEST: usize = 12;
        let said = element.attribute("n").filter(|_| !self.facts.levels)?;
        if self.facts.own {
            return Some(said.to_owned());
        }
        // Sheets and sittings at a letter are counted by its editors.
        if matches!(element.attribute("type"), Some("writingSession")) {
            return None;
        }
        let said = crate::read::clean::line(said);
        let fits =
            said.chars().count() <= LONGEST && said.chars().any(char::is_alphanumeric) && !said.contains([':', '/', '_']);
        fits.then_some(said)
    }

    /// The level of a heading right below one of the level `parent`: a title of the text takes the first.
    fn below(&self, parent: u8) -> u8 {
        if parent == 0 && self.titled { 2 } else { (parent + 1).min(6) }
    }

    fn heading(&mut self, head: &Element, level: u8, given: Option<(Box<Attrs>, Option<String>)>, out: &mut Blocks) {
        let mut text = self.line(head);
        let span = self.span(&head.range);
        let said = said_level(head);
        let own = self.attrs(head, usize::from(said.is_some()));
        let Some((mut attrs, kind)) = given else {
            // A second head goes on with the first.
            if let Some(Node { kind: Block::Heading { text: first, .. }, span: whole, .. }) = out.last_mut() {
                first.push(Node::new(Inline::LineBreak, span));
                first.extend(text);
                *whole = whole.to(span);
                return;
            }
            let level = said.unwrap_or(self.below(level));
            let number = head.attribute("n").filter(|_| self.facts.own).map(str::to_owned);
            return out.push(Node { kind: Block::Heading { level, number, text }, span, attrs: own });
        };
        attrs.short = head.attribute("n").filter(|_| self.facts.own).map(str::to_owned);
        if attrs.id.is_some() {
            text.splice(0..0, self.anchor(head));
        }
        if let Some(own) = own {
            (attrs.lang, attrs.dir) = (own.lang, own.dir);
            attrs.id = attrs.id.or(own.id);
            attrs.classes.extend(own.classes);
        }
        let (expected, _) = division(&attrs.classes, &plain_text(&text), self.sections);
        if let Some(kind) = kind.filter(|kind| kind != expected && !kind.contains(char::is_whitespace) && !kind.is_empty()) {
            attrs.classes.insert(0, kind);
        }
        out.push(Node {
            kind: Block::Heading { level, number: None, text },
            span,
            attrs: Some(attrs).filter(|attrs| **attrs != Attrs::default()),
        });
    }

    fn quote(&mut self, element: &Element, level: u8, out: &mut Blocks) {
        if self.too_deep(element) {
            return self.blocks(element, level, Mode::Mixed, None, out);
        }
        let attrs = self.attrs(element, 0);
        let mut inner = Vec::new();
        self.depth += 1;
        self.blocks(element, level, Mode::Mixed, None, &mut inner);
        self.depth -= 1;
        out.push(Node { kind: Block::Quote(inner), span: self.span(&element.range), attrs });
    }

    /// A floating text, by which we say blocks with a role.
    fn group(&mut self, element: &Element, level: u8, out: &mut Blocks) {
        if self.too_deep(element) {
            return self.blocks(element, level, Mode::Mixed, None, out);
        }
        let body = element.child("body").unwrap_or(element);
        let said = element.attribute("type");
        let role = GroupRole::ALL.into_iter().find(|role| role.name() == said).unwrap_or(GroupRole::Plain);
        let attrs = self.attrs(element, 0);
        let is_title = |child: &Child| match child {
            Child::Element(inner) => inner.name == "head" || inner.attribute("rend") == Some("title"),
            Child::Text(..) | Child::Comment(..) | Child::Instruction(_) => false,
        };
        let headed = body.children.iter().position(|child| !is_space(child)).filter(|at| is_title(&body.children[*at]));
        let title = match headed.map(|at| &body.children[at]) {
            Some(Child::Element(head)) => self.line(head),
            _ => Vec::new(),
        };
        let rest = headed.map_or(&body.children[..], |at| &body.children[at + 1..]);
        let mut inner = Vec::new();
        self.depth += 1;
        self.children(rest, level, Mode::Strict, None, &mut inner);
        self.depth -= 1;
        out.push(Node { kind: Block::Group(Group { role, title, body: inner }), span: self.span(&element.range), attrs });
    }

    /// What is said in a play, a letter, before a chapter or at its end. Who speaks stands over a speech.
    fn grouped(&mut self, element: &Element, level: u8, out: &mut Blocks) {
        let Some(role) = role_of(element.name).filter(|_| !self.too_deep(element)) else {
            return self.blocks(element, level, Mode::Mixed, None, out);
        };
        let (span, attrs) = (self.span(&element.range), self.attrs(element, usize::MAX));
        let over = match role {
            GroupRole::Speech => "speaker",
            _ => "head",
        };
        let first = element.children.iter().position(|child| !is_space(child));
        let names = |inner: &Element| inner.name == over || element.name == "u" && notes::names_speaker(inner);
        let titled = first.filter(|at| matches!(&element.children[*at], Child::Element(inner) if names(inner)));
        let mut title = match titled.map(|at| &element.children[at]) {
            Some(Child::Element(said)) => self.anchor(said).into_iter().chain(self.line(said)).collect(),
            _ if element.name == "u" => {
                let said = self.speaker_before(out);
                if said.is_empty() { self.speaker_by_id(element) } else { said }
            }
            _ => Vec::new(),
        };
        let mut rest = titled.map_or(&element.children[..], |at| &element.children[at + 1..]);
        // How or to whom somebody speaks stands behind the speaker, as plays are set.
        let next = rest.iter().position(|child| !is_space(child)).filter(|_| element.name == "sp" && !title.is_empty());
        if let Some((at, Child::Element(manner))) = next.map(|at| (at, &rest[at]))
            && manner.name == "stage"
            && !holds_blocks(manner)
            && manner.line().chars().count() <= LONGEST_MANNER
        {
            self.inline(manner, &mut title);
            trim(&mut title);
            rest = &rest[at + 1..];
        }
        let mode = match role {
            GroupRole::Speech | GroupRole::Opener | GroupRole::Closer | GroupRole::Cast | GroupRole::Postscript => Mode::Strict,
            _ => Mode::Mixed,
        };
        let mode = if phrase::has_words(element) { Mode::Mixed } else { mode };
        let mut inner = Vec::new();
        self.depth += 1;
        let outer = self.in_speech;
        self.in_speech |= element.name == "sp";
        match role {
            GroupRole::Cast => self.cast(element, rest, level, &mut inner),
            GroupRole::Speech if element.name == "u" && !phrase::has_words(element) => self.utterance(rest, level, &mut inner),
            _ => self.parts(Some(element), rest, level, mode, None, &mut inner),
        }
        self.in_speech = outer;
        self.depth -= 1;
        if !title.is_empty() || !inner.is_empty() {
            out.push(Node { kind: Block::Group(Group { role, title, body: inner }), span, attrs });
        }
    }

    /// Who speaks, where a note right before the speech says it.
    fn speaker_before(&mut self, out: &mut Blocks) -> Inlines {
        let Some(span) = self.speaker.take() else { return Vec::new() };
        let named = |last: &Node<Block>| last.span == span && matches!(last.kind, Block::Paragraph(_));
        match out.pop_if(|last| named(last)).map(|last| last.kind) {
            Some(Block::Paragraph(mut line)) => match line.pop().map(|only| only.kind) {
                Some(Inline::Styled(_, name)) => name,
                _ => line,
            },
            _ => Vec::new(),
        }
    }

    /// Who speaks, by the list of persons in the header, where somebody else spoke before.
    fn speaker_by_id(&mut self, element: &Element) -> Inlines {
        let who = element.attribute("who").map(crate::read::clean::line);
        if who.is_none() || std::mem::replace(&mut self.speaking, who.clone()) == who {
            return Vec::new();
        }
        let ids = who.iter().flat_map(|who| who.split(' '));
        let names: Vec<_> = ids.filter_map(|id| self.facts.speakers.get(id.strip_prefix('#')?)).cloned().collect();
        let mut line = Inlines::new();
        push(&mut line, &names.join(", "), super::words::before_of(self.span(&element.range)));
        line
    }

    /// The segments of an utterance as paragraphs; a note between them belongs to the one before it.
    fn utterance(&mut self, children: &[Child], level: u8, out: &mut Blocks) {
        for child in children {
            let Child::Element(inner) = child else { continue };
            match (inner.name, out.last_mut().map(|node| &mut node.kind)) {
                ("note", Some(Block::Paragraph(line))) => {
                    let mut line = take(line);
                    self.inline(inner, &mut line);
                    if let Some(Block::Paragraph(own)) = out.last_mut().map(|node| &mut node.kind) {
                        *own = line;
                    }
                }
                ("note", _) => {
                    let mut line = Inlines::new();
                    self.inline(inner, &mut line);
                    if !line.is_empty() {
                        out.push(Node::new(Block::Paragraph(line), self.span(&inner.range)));
                    }
                }
                ("seg", _) => {
                    let attrs = self.attrs(inner, usize::MAX);
                    self.blocks(inner, level, Mode::Paragraph, attrs, out);
                }
                _ => self.among_blocks(inner, level, out),
            }
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

    pub fn page(&mut self, element: &Element) -> PageBreak {
        let label = element.attribute("n").map(crate::read::clean::line).filter(|label| !label.is_empty());
        let facsimile = element.attribute("facs").map(|facs| {
            let known = facs.strip_prefix('#').and_then(|id| self.facts.images.get(id));
            known.map_or_else(|| facs.to_owned(), String::clone)
        });
        PageBreak { label, space: false, facsimile, furniture: take(&mut self.furniture) }
    }

    /// What a page bears beside its text. It goes to the break right before it, or to the next one.
    pub fn running_matter(&mut self, element: &Element, before: Option<&mut PageBreak>) {
        let kind = match element.attribute("type") {
            Some("pageNum" | "folNum" | "folio" | "pagenum") => FurnitureKind::Folio,
            Some("sig" | "signature") => FurnitureKind::Signature,
            Some("catch" | "catchword") => FurnitureKind::Catchword,
            _ => FurnitureKind::RunningHead,
        };
        let one = Furniture { kind, text: element.line() };
        match before {
            Some(page) if element.attribute("place") != Some("bottom") => page.furniture.push(one),
            _ => self.furniture.push(one),
        }
    }
}

/// Whether a division is a dedication of a few lines: one that goes on over pages is a text like others.
fn is_dedication(element: &Element) -> bool {
    const LONGEST: usize = 400;
    let is_division = element.name.starts_with("div") && element.attribute("type") == Some("dedication");
    let divided =
        |inner: &Element| inner.name.starts_with("div") || matches!(inner.name, "head" | "opener" | "closer" | "floatingText");
    is_division && !element.elements().any(divided) && element.line().chars().count() <= LONGEST
}

/// How many letters a stage direction may have that stands behind the speaker, in his line.
const LONGEST_MANNER: usize = 60;

/// The part that an element plays for its blocks.
fn role_of(name: &str) -> Option<GroupRole> {
    Some(match name {
        "sp" | "u" => GroupRole::Speech,
        "stage" | "vocal" | "kinesic" | "incident" | "writing" | "camera" | "sound" | "tech" | "view" => GroupRole::Stage,
        "castList" => GroupRole::Cast,
        "opener" => GroupRole::Opener,
        "closer" => GroupRole::Closer,
        "postscript" => GroupRole::Postscript,
        "byline" => GroupRole::Byline,
        "epigraph" => GroupRole::Epigraph,
        "argument" => GroupRole::Argument,
        "trailer" => GroupRole::Trailer,
        _ => return None,
    })
}

/// Whether the lines of a block are counted where they begin, none of them inside a word.
fn counts_lines(element: &Element) -> bool {
    let mut begins = element.named("lb").filter(|begin| begin.attribute("n").is_some()).peekable();
    begins.peek().is_some() && begins.all(|begin| begin.attribute("break") != Some("no")) && !holds_blocks(element)
}

/// Whether a milestone is something to be seen.
fn is_ornament(element: &Element) -> bool {
    let said = ["rend", "rendition", "unit", "type"].into_iter().filter_map(|name| element.attribute(name));
    said.into_iter().any(|said| {
        let said = said.to_lowercase();
        ["rule", "line", "star", "asterisk", "ornament", "hr", "dash", "asterism", "*"].iter().any(|word| said.contains(word))
    })
}

/// Whether an element of an entry stands on lines of its own.
pub fn stands_alone(element: &Element) -> bool {
    const ALONE: [&str; 11] = ["entry", "entryFree", "hom", "re", "p", "list", "table", "lg", "figure", "superEntry", "eg"];
    ALONE.contains(&element.name) && !matches!(element.name, "re") || holds_blocks(element) && element.name != "sense"
}

/// Whether blocks stand in an element that can hold a line as well.
pub fn holds_blocks(element: &Element) -> bool {
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

/// The tag by which an element says its number.
fn tag_of(element: &Element) -> std::ops::Range<usize> {
    let end = element.children.iter().find_map(|child| match child {
        Child::Text(_, range) | Child::Comment(_, range) => Some(range.start),
        Child::Element(inner) => Some(inner.range.start),
        Child::Instruction(_) => None,
    });
    element.range.start..end.unwrap_or(element.range.end)
}

/// Whether a note is all that stands in a paragraph.
fn holds_a_note_alone(element: &Element) -> bool {
    let mut inner = element.elements();
    let only = inner.next().is_some_and(|note| note.name == "note") && inner.next().is_none();
    only && !phrase::has_words(element)
}

/// Whether nothing at all stands in an element.
fn is_void(element: &Element) -> bool {
    element.children.iter().all(is_space)
}

/// Whether nothing stands in an element but milestones and comments.
fn is_hollow(element: &Element) -> bool {
    element.children.iter().all(|child| match child {
        Child::Element(inner) => matches!(inner.name, "pb" | "fw" | "milestone"),
        Child::Text(text, _) => is_blank(text),
        Child::Comment(..) | Child::Instruction(_) => true,
    })
}

/// The level that we say of a head where it does not follow from its place.
fn said_level(head: &Element) -> Option<u8> {
    let word = head.attribute("rend")?.split_whitespace().next()?;
    word.strip_prefix("level-")?.parse().ok().filter(|level| (1..=6).contains(level))
}
