//! Divisions and what holds them: their headings, numbers and levels, the pages of a document, dedications.

use super::blocks::{CONTAINERS, Mode};
use super::dom::{Child, Element};
use super::{Reader, is_blank, is_void};
use crate::tree::{Attrs, Block, Blocks, Group, GroupRole, Inline, Node, division, plain_text};

impl Reader<'_> {
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
    pub fn surface(&mut self, element: &Element, level: u8, out: &mut Blocks) {
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
    pub fn below(&self, parent: u8) -> u8 {
        if parent == 0 && self.titled { 2 } else { (parent + 1).min(6) }
    }

    pub fn heading(&mut self, head: &Element, level: u8, given: Option<(Box<Attrs>, Option<String>)>, out: &mut Blocks) {
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
}

/// Whether a division is a dedication of a few lines: one that goes on over pages is a text like others.
fn is_dedication(element: &Element) -> bool {
    const LONGEST: usize = 400;
    let is_division = element.name.starts_with("div") && element.attribute("type") == Some("dedication");
    let divided =
        |inner: &Element| inner.name.starts_with("div") || matches!(inner.name, "head" | "opener" | "closer" | "floatingText");
    is_division && !element.elements().any(divided) && element.line().chars().count() <= LONGEST
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

/// The level that we say of a head where it does not follow from its place.
pub fn said_level(head: &Element) -> Option<u8> {
    let word = head.attribute("rend")?.split_whitespace().next()?;
    word.strip_prefix("level-")?.parse().ok().filter(|level| (1..=6).contains(level))
}
