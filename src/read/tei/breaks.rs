//! Where pages, columns and lines of the printed or written source begin, and what a page bears beside its text.

use std::mem::take;

use super::Reader;
use super::cuts::Hyphen;
use super::dom::Element;
use super::words::{drop_hyphen, keep_hyphen, push, trim_end};
use crate::tree::{Attrs, Furniture, FurnitureKind, Inline, Inlines, Node, PageBreak};

impl Reader<'_> {
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

    /// A milestone in the line. Without `break="no"` it stands for the space between two words.
    pub fn page_break(&mut self, element: &Element, line: &mut Inlines) {
        // A word that goes on across the line's end goes on across the page's.
        let joined = matches!(line.last().map(|node| &node.kind), Some(Inline::LineEnd)) && !self.facts.own;
        let inside = self.is_inside(element) || joined;
        self.trim_before_break(element, inside, line);
        let page = PageBreak { space: !inside, ..self.page(element) };
        let mut attrs = self.attrs(element, 0);
        let span = self.span(&element.range);
        // What leads to a page leads to the words with which it begins.
        let goal = attrs.as_mut().filter(|_| !self.facts.own).and_then(|attrs| attrs.id.take());
        let attrs = attrs.filter(|attrs| **attrs != Attrs::default());
        line.push(Node { kind: Inline::PageBreak(page), span, attrs });
        if goal.as_ref().is_some_and(|id| self.facts.targets.contains(id)) {
            let attrs = Some(Box::new(Attrs { id: goal, ..Attrs::default() }));
            line.push(Node { kind: Inline::Span(Vec::new()), span: span.after(), attrs });
        }
    }

    fn trim_before_break(&mut self, element: &Element, inside: bool, line: &mut Inlines) {
        match self.facts.cut.get(&element.range.start) {
            Some(Hyphen::Kept) => keep_hyphen(line),
            _ if inside && !self.facts.own => drop_hyphen(line),
            _ => trim_end(line),
        }
    }

    /// Whether a word goes on behind a break: the encoder says so, or marks the word, or left the print's hyphen there.
    pub fn is_inside(&self, element: &Element) -> bool {
        match element.attribute("break") {
            Some(said) => said == "no",
            None if element.attribute("type").is_some_and(|kind| kind.eq_ignore_ascii_case("inWord")) => !self.facts.own,
            // Of the Nachlass of Wittgenstein.
            None if element.attribute("rend") == Some("shyphen") => !self.facts.own,
            None => self.in_word > 0 && !self.facts.own || self.facts.cut.contains_key(&element.range.start),
        }
    }

    pub fn line_begin(&mut self, element: &Element, line: &mut Inlines) {
        let span = self.span(&element.range);
        if self.is_inside(element) {
            self.trim_before_break(element, true, line);
            return line.push(Node::new(Inline::LineEnd, span));
        }
        if element.attribute("type") == Some("hard") {
            let attrs = self.attrs(element, 0);
            return line.push(Node { kind: Inline::LineBreak, span, attrs });
        }
        // Where a line of the source began: a space to readers.
        push(line, "\n", span);
    }
}
