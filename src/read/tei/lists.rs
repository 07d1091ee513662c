//! Lists: of items, of terms, of works, of persons and places, of a cast.

use std::mem::take;

use super::blocks::{Flow, Mode, holds_blocks, is_known};
use super::described::described_fields;
use super::dom::{Child, Element};
use super::words::{before_of, part, push, squeeze};
use super::{Reader, is_blank, is_space, phrase};
use crate::read::paged::numbers::roman;
use crate::tree::{Block, Blocks, Definition, Inline, Inlines, Item, List, Node, Numbering};

impl Reader<'_> {
    /// Persons, places and their like, each with what is said of it.
    pub fn register(&mut self, element: &Element, level: u8, out: &mut Blocks) {
        if self.too_deep(element) {
            return self.blocks(element, level, Mode::Mixed, None, out);
        }
        let (span, attrs) = (self.span(&element.range), self.attrs(element, usize::MAX));
        self.captions(element, out);
        let mut items = Vec::new();
        self.depth += 2;
        // How those in a list are related is told behind them, in it.
        let related = element.named("listRelation").flat_map(Element::elements);
        let named = element.elements().filter(|one| !matches!(one.name, "head" | "listRelation"));
        for one in named.chain(related) {
            let mut body = Blocks::new();
            match one.name {
                name if is_described(name) => self.described(one, level, &mut body),
                _ => self.among_blocks(one, level, &mut body),
            }
            self.led_to(one, &mut body);
            if !body.is_empty() {
                items.push(Item { task: None, body });
            }
        }
        self.depth -= 2;
        self.stray_paragraph(element, out);
        if !items.is_empty() {
            let list = List { start: None, numbering: Numbering::Decimal, tight: true, items };
            out.push(Node { kind: Block::List(list), span, attrs });
        }
    }

    /// A person, a place: names and dates in a line, lists below it.
    fn described(&mut self, element: &Element, level: u8, out: &mut Blocks) {
        let mut flow = Flow { attrs: self.attrs(element, usize::MAX), ..Flow::default() };
        // By which the apparatus calls it.
        let siglum = element.id().filter(|siglum| element.name == "witness" && !element.line().starts_with(siglum));
        if let Some(siglum) = siglum {
            push(&mut flow.loose, &format!("{} ", crate::read::clean::line(siglum)), before_of(self.span(&element.range)));
        }
        let bare = !phrase::has_words(element);
        let mut fields = Vec::new();
        for child in &element.children {
            match child {
                Child::Element(inner) if self.is_block(inner, Mode::Mixed, false) || is_described(inner.name) => {
                    self.say_fields(take(&mut fields), &mut flow.loose);
                    flow.flush(out);
                    match is_described(inner.name) {
                        true => self.described(inner, level, out),
                        false => self.block(inner, level, out),
                    }
                }
                Child::Element(inner) if phrase::is_apart(inner.name) => {}
                Child::Element(inner) if bare => described_fields(inner, &mut fields),
                Child::Element(inner) => {
                    if !phrase::is_phrase(inner.name) {
                        part(&mut flow.loose, before_of(self.span(&inner.range)));
                    }
                    self.inlines_of(inner, &mut flow.loose);
                }
                Child::Text(text, range) => {
                    let span = self.span(range);
                    push(&mut flow.loose, &squeeze(text), span);
                }
                Child::Comment(..) | Child::Instruction(_) => {}
            }
        }
        self.say_fields(fields, &mut flow.loose);
        flow.flush(out);
    }

    /// The description of a manuscript: what it is made of as paragraphs (TEI P5, chapter 11).
    pub fn manuscript(&mut self, element: &Element, level: u8, out: &mut Blocks) {
        if self.too_deep(element) {
            return self.blocks(element, level, Mode::Mixed, None, out);
        }
        let before = out.len();
        self.stray_paragraph(element, out);
        self.depth += 1;
        for part in element.elements() {
            match part.name {
                name if MANUSCRIPT.contains(&name) => self.manuscript(part, level, out),
                name if holds_blocks(part) && !is_known(name) => self.blocks(part, level, Mode::Mixed, None, out),
                _ if self.is_block(part, Mode::Mixed, false) && !is_described(part.name) => self.block(part, level, out),
                name if phrase::is_apart(name) => {}
                _ => self.described(part, level, out),
            }
        }
        self.depth -= 1;
        self.led_to(element, &mut out[before..]);
    }

    /// The persons of a play as a list; what else stands among them before and behind it.
    pub fn cast(&mut self, element: &Element, children: &[Child], level: u8, out: &mut Blocks) {
        let span = self.span(&element.range);
        let mut items: Vec<Item> = Vec::new();
        for child in children {
            let Child::Element(inner) = child else { continue };
            let mut body = Vec::new();
            match inner.name {
                "castItem" => self.blocks(inner, level, Mode::Mixed, None, &mut body),
                "castGroup" => {
                    self.captions(inner, &mut body);
                    self.depth += 2;
                    self.cast(inner, &inner.children, level, &mut body);
                    self.depth -= 2;
                }
                "head" if element.name == "castGroup" => continue,
                _ => {
                    if !items.is_empty() {
                        let items = take(&mut items);
                        out.push(Node::new(
                            Block::List(List { start: None, numbering: Numbering::Decimal, tight: true, items }),
                            span,
                        ));
                    }
                    self.among_blocks(inner, level, out);
                    continue;
                }
            }
            self.led_to(inner, &mut body);
            if !body.is_empty() {
                items.push(Item { task: None, body });
            }
        }
        if !items.is_empty() {
            out.push(Node::new(Block::List(List { start: None, numbering: Numbering::Decimal, tight: true, items }), span));
        }
        self.stray_paragraph(element, out);
    }

    pub fn list(&mut self, element: &Element, level: u8, out: &mut Blocks) {
        let span = self.span(&element.range);
        self.captions(element, out);
        if self.too_deep(element) {
            return self.blocks(element, level, Mode::Mixed, None, out);
        }
        let kind = element.attribute("type").unwrap_or_default();
        let rend: Vec<_> = element.attribute("rend").unwrap_or_default().split_whitespace().collect();
        self.depth += 2;
        if kind == "gloss" || element.child("label").is_some() {
            self.stray_paragraph(element, out);
            let attrs = self.attrs(element, 0);
            let entries = self.definitions(element, level);
            self.depth -= 2;
            return out.push(Node { kind: Block::Definitions(entries), span, attrs });
        }
        let own = matches!(rend[..], ["numbered" | "bulleted", "tight" | "loose", ..]);
        let says = |words: [&str; 2]| [kind, rend.first().unwrap_or(&"")].iter().any(|word| words.contains(word));
        let counted = numbering(element).filter(|_| !self.facts.own && !says(["bulleted", "unordered"]));
        let numbered = counted.is_some() || says(["numbered", "ordered"]);
        let items = self.items(element, level);
        self.depth -= 2;
        let first = element.elements().find(|item| item.name == "item").and_then(|item| item.attribute("n"));
        let number = first.and_then(|n| n.trim_end_matches(['.', ')']).parse().ok());
        let tight = if own { rend[1] == "tight" } else { !element.named("item").any(|item| item.child("p").is_some()) };
        let said = rend.get(2).filter(|_| own && numbered);
        let numbering = said.and_then(|word| Numbering::ALL.into_iter().find(|known| known.name() == *word));
        let attrs = self.attrs(element, if own { 2 + usize::from(numbering.is_some()) } else { 0 });
        let start = numbered.then(|| number.unwrap_or(1));
        let (start, numbering) = match counted {
            Some((start, numbering)) => (Some(start), numbering),
            None => (start, numbering.unwrap_or_default()),
        };
        out.push(Node { kind: Block::List(List { start, numbering, tight, items }), span, attrs });
    }

    fn items(&mut self, element: &Element, level: u8) -> Vec<Item> {
        let mut items = Vec::new();
        let mut before = Blocks::new();
        for child in &element.children {
            match child {
                Child::Element(item) if item.name == "head" => {}
                Child::Element(item) if matches!(item.name, "pb" | "fw" | "milestone" | "cb" | "gb") => {
                    self.block(item, level, &mut before)
                }
                Child::Element(item) => {
                    let task = match item.attribute("rend").and_then(|rend| rend.split_whitespace().next()) {
                        Some("done") => Some(true),
                        Some("to-do") => Some(false),
                        _ => None,
                    };
                    let mut body = take(&mut before);
                    match item.name {
                        "bibl" if !self.facts.own => self.work_in_list(item, level, &mut body),
                        "item" | "castItem" | "bibl" => self.blocks(item, level, Mode::Mixed, None, &mut body),
                        _ => self.block(item, level, &mut body),
                    }
                    self.led_to(item, &mut body);
                    if !self.facts.own {
                        pages_in_line(&mut body);
                    }
                    items.push(Item { task, body });
                }
                Child::Text(text, range) if !is_blank(text) => {
                    let words = Node::new(Inline::Text(squeeze(text).trim().to_owned()), self.span(range));
                    before.push(Node::new(Block::Paragraph(vec![words]), self.span(range)));
                }
                Child::Text(..) | Child::Comment(..) | Child::Instruction(_) => {}
            }
        }
        if let Some(last) = items.last_mut() {
            last.body.append(&mut before);
        } else if !before.is_empty() {
            items.push(Item { task: None, body: before });
        }
        items
    }

    fn work_in_list(&mut self, element: &Element, level: u8, out: &mut Blocks) {
        let mut line = Inlines::new();
        if !self.listed_work(element, &mut line) {
            return self.blocks(element, level, Mode::Mixed, None, out);
        }
        super::words::trim(&mut line);
        if !line.is_empty() {
            out.push(Node::new(Block::Paragraph(line), self.span(&element.range)));
        }
    }

    fn definitions(&mut self, element: &Element, level: u8) -> Vec<Definition> {
        let mut entries: Vec<Definition> = Vec::new();
        // Pages that begin before the next term or its meaning.
        let mut pages = Vec::new();
        for child in element.elements().filter(|child| child.name != "head") {
            if matches!(child.name, "pb" | "fw" | "cb" | "gb" | "milestone") && !self.facts.own {
                pages.push(child);
                continue;
            }
            if matches!(child.name, "label" | "headLabel") {
                let mut term = Vec::new();
                pages.drain(..).for_each(|page| self.inline(page, &mut term));
                term.extend(self.anchor(child));
                term.extend(self.line(child));
                entries.push(Definition { term, meanings: Vec::new() });
                continue;
            }
            if entries.is_empty() {
                entries.push(Definition { term: Vec::new(), meanings: Vec::new() });
            }
            let mut meanings = Vec::new();
            let inner: Vec<_> = child.children.iter().filter(|inner| !is_space(inner)).collect();
            match inner[..] {
                [] => {}
                [Child::Element(list)] if list.name == "list" && list.attribute("rend") == Some("meanings") => {
                    for item in list.named("item") {
                        let mut meaning = Vec::new();
                        self.blocks(item, level, Mode::Mixed, None, &mut meaning);
                        meanings.push(meaning);
                    }
                }
                _ => {
                    let mut meaning = Vec::new();
                    pages.drain(..).for_each(|page| self.block(page, level, &mut meaning));
                    self.blocks(child, level, Mode::Mixed, None, &mut meaning);
                    self.led_to(child, &mut meaning);
                    meanings.push(meaning);
                }
            }
            entries.last_mut().expect("one was just pushed").meanings.extend(meanings);
        }
        if let Some(last) = entries.last_mut().filter(|_| !pages.is_empty()) {
            let mut behind = Vec::new();
            pages.into_iter().for_each(|page| self.block(page, level, &mut behind));
            match last.meanings.last_mut() {
                Some(meaning) => meaning.append(&mut behind),
                None => last.meanings.push(behind),
            }
        }
        entries
    }
}

/// Whether an element describes somebody or something, in a list of such.
fn is_described(name: &str) -> bool {
    let all = [
        "person",
        "place",
        "org",
        "event",
        "nym",
        "object",
        "personGrp",
        "persona",
        "witness",
        "relation",
        "msItem",
        "msItemStruct",
    ];
    all.contains(&name)
}

/// Elements that hold the parts of a manuscript's description.
pub const MANUSCRIPT: [&str; 18] = [
    "accMat",
    "additional",
    "additions",
    "adminInfo",
    "bindingDesc",
    "decoDesc",
    "handDesc",
    "history",
    "layoutDesc",
    "msContents",
    "msDesc",
    "msFrag",
    "msPart",
    "objectDesc",
    "physDesc",
    "sealDesc",
    "supportDesc",
    "surrogates",
];

/// Pages that begin right before a paragraph begin in it: an item begins with its words.
fn pages_in_line(body: &mut Blocks) {
    let pages = body.iter().take_while(|node| matches!(node.kind, Block::PageBreak(_))).count();
    if !matches!(body.get(pages).map(|node| &node.kind), Some(Block::Paragraph(_))) {
        return;
    }
    let begun = body.drain(..pages).filter_map(|node| match node.kind {
        Block::PageBreak(page) => {
            let kind = Inline::PageBreak(crate::tree::PageBreak { space: true, ..page });
            Some(Node { kind, span: node.span, attrs: node.attrs })
        }
        _ => None,
    });
    let begun: Vec<_> = begun.collect();
    if let Some(Block::Paragraph(line)) = body.first_mut().map(|node| &mut node.kind) {
        line.splice(0..0, begun);
    }
}

/// Whether the number that an element bears stands before its words, too.
pub fn says_its_number(element: &Element) -> bool {
    const AROUND: [char; 5] = ['(', '[', ')', ']', '.'];
    let Some(number) = element.attribute("n").map(|n| n.trim().trim_matches(AROUND)).filter(|n| !n.is_empty()) else {
        return false;
    };
    let line = element.line();
    let first = element.elements().next().filter(|first| matches!(first.name, "num" | "lbl" | "label"));
    if first.is_some_and(|first| first.line().trim_matches(|c: char| !c.is_alphanumeric()) == number) {
        return true;
    }
    let behind = line.trim_start_matches(['(', '[']).strip_prefix(number);
    behind.is_some_and(|behind| behind.starts_with([')', ']', '.']))
}

/// How the items of a list are numbered, where each says its number and they follow each other.
fn numbering(list: &Element) -> Option<(u64, Numbering)> {
    let marks: Option<Vec<_>> = list
        .named("item")
        .map(|item| item.attribute("n").map(|mark| mark.trim().trim_matches(['(', ')', '.', '[', ']'])))
        .collect();
    // Numbers that stand in the text are not set again.
    if list.named("item").any(says_its_number) {
        return None;
    }
    let marks = marks?;
    let first = *marks.first()?;
    let upper = first.starts_with(char::is_uppercase);
    let letter = match first.as_bytes() {
        [letter] if letter.is_ascii_alphabetic() => Some(u64::from(letter.to_ascii_lowercase() - b'a' + 1)),
        _ => None,
    };
    let letters = letter.map(|start| (start, if upper { Numbering::UpperAlpha } else { Numbering::LowerAlpha }));
    let roman = roman(&first.to_ascii_lowercase());
    let roman = roman.map(|start| (u64::from(start), if upper { Numbering::UpperRoman } else { Numbering::LowerRoman }));
    let digits = first.parse().ok().map(|start| (start, Numbering::Decimal));
    // `i` alone is a one.
    let all = if first.eq_ignore_ascii_case("i") { [digits, roman, letters] } else { [digits, letters, roman] };
    let holds =
        |(start, numbering): &(u64, Numbering)| (*start..).zip(&marks).all(|(number, mark)| numbering.say(number) == *mark);
    all.into_iter().flatten().find(holds)
}
