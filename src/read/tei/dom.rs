//! XML as a small tree of elements with their places: what the rest of the reader looks at.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::budget::{ATTRIBUTES, ENTITY_NESTING as ENTITY_DEPTH, TEI_ENTITIES as MOST_EXPANDED, XML_NESTING as DEEPEST};
use crate::read::clean::clean;
use crate::report::Report;
use crate::span::{FileId, Span};
use crate::tree;

/// An element. Names are local: whatever prefix the file gives TEI's namespace, it is gone.
#[derive(Debug, Default)]
pub struct Element<'a> {
    pub name: &'a str,
    /// As it is written, with its prefix.
    tag: &'a str,
    attributes: Vec<Attribute<'a>>,
    pub children: Vec<Child<'a>>,
    /// In bytes of the file.
    pub range: Range<usize>,
}

#[derive(Debug)]
struct Attribute<'a> {
    name: &'a str,
    /// As it is written, with its prefix.
    written: &'a str,
    value: String,
}

#[derive(Debug)]
pub enum Child<'a> {
    Element(Element<'a>),
    Text(String, Range<usize>),
    Comment(String, Range<usize>),
    /// An instruction to a program.
    Instruction(String),
}

impl<'a> Element<'a> {
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|known| known.name == name).map(|known| known.value.as_str())
    }

    /// An element that the file does not have.
    pub fn empty(name: &'a str, range: Range<usize>) -> Self {
        Self { name, tag: name, range, ..Self::default() }
    }

    /// The name that is written, without its prefix: [`Element::name`] says what the element is read as.
    pub fn written(&self) -> &'a str {
        local(self.tag)
    }

    /// Has an element say by an attribute what it does not say itself.
    pub fn say_by(&mut self, name: &'static str, value: &str) {
        self.attributes.push(Attribute { name, written: name, value: value.to_owned() });
    }

    /// Says something of an element instead of what it says itself.
    pub fn say_first(&mut self, name: &'static str, value: &str) {
        self.attributes.insert(0, Attribute { name, written: name, value: value.to_owned() });
    }

    pub fn id(&self) -> Option<&str> {
        self.attribute("xml:id").or(self.attribute("id")).map(str::trim).filter(|id| !id.is_empty())
    }

    pub fn elements(&self) -> impl Iterator<Item = &Element<'a>> {
        self.children.iter().filter_map(|child| match child {
            Child::Element(element) => Some(element),
            Child::Text(..) | Child::Comment(..) | Child::Instruction(_) => None,
        })
    }

    /// Has what points to ids of the file by their names alone, as TEI P4 did, point to them as P5 does.
    pub fn point_as_addresses(&mut self, ids: &BTreeSet<String>) {
        if matches!(self.name, "ref" | "ptr" | "note") {
            for target in self.attributes.iter_mut().filter(|known| known.name == "target") {
                let address = |id: &str| if ids.contains(id) { format!("#{id}") } else { id.to_owned() };
                target.value = target.value.split_whitespace().map(address).collect::<Vec<_>>().join(" ");
            }
        }
        for child in &mut self.children {
            if let Child::Element(inner) = child {
                inner.point_as_addresses(ids);
            }
        }
    }

    /// The element with all that stands in it, as it is handed on.
    pub fn copied(&self) -> tree::Element {
        let attributes = self.attributes.iter().map(|known| (known.written.to_owned(), known.value.clone())).collect();
        tree::Element { name: self.tag.to_owned(), attributes, content: self.content() }
    }

    /// What stands in the element, as it is handed on.
    pub fn content(&self) -> Vec<tree::Content> {
        let copied = self.children.iter().map(|child| match child {
            Child::Element(element) => tree::Content::Element(element.copied()),
            Child::Text(text, _) => tree::Content::Text(text.clone()),
            Child::Comment(text, _) => tree::Content::Comment(text.clone()),
            Child::Instruction(text) => tree::Content::Instruction(text.clone()),
        });
        copied.collect()
    }

    pub fn named<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s Element<'a>> {
        self.elements().filter(move |element| element.name == name)
    }

    /// The first child of that name.
    pub fn child(&self, name: &str) -> Option<&Element<'a>> {
        self.elements().find(|element| element.name == name)
    }

    /// The first element of that name, however deep.
    pub fn find(&self, name: &str) -> Option<&Element<'a>> {
        if self.name == name {
            return Some(self);
        }
        self.elements().find_map(|element| element.find(name))
    }

    /// Every element of that name below this one, in order.
    pub fn descendants<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s Element<'a>> {
        let mut all = Vec::new();
        self.walk(&mut |element| all.extend((element.name == name).then_some(element)));
        all.into_iter()
    }

    /// Every element, parents before children.
    pub fn walk<'s>(&'s self, see: &mut impl FnMut(&'s Element<'a>)) {
        see(self);
        self.elements().for_each(|element| element.walk(see));
    }

    /// All text in it, as it stands.
    pub fn text(&self) -> String {
        let mut text = String::new();
        self.gather(&mut text);
        text
    }

    /// All text in it, as one line.
    pub fn line(&self) -> String {
        crate::read::clean::line(&self.text())
    }

    fn gather(&self, out: &mut String) {
        for child in &self.children {
            match child {
                Child::Element(element) => element.gather(out),
                Child::Text(text, _) => out.push_str(text),
                Child::Comment(..) | Child::Instruction(_) => {}
            }
        }
    }
}

/// Reads XML. What is not well-formed is an error that names its place; then there is no tree.
pub fn parse<'a>(text: &'a str, base: usize, file: FileId, report: &mut Report) -> Option<Parsed<'a>> {
    let mut parser = Parser {
        text,
        base,
        stands_at: None,
        file,
        report,
        open: vec![Element::default()],
        flat: 0,
        too_deep: None,
        entities: BTreeMap::new(),
        elements: BTreeSet::new(),
        files: BTreeMap::new(),
        expanded: 0,
        undefined: Vec::new(),
    };
    let result = parser.run();
    parser.remark_undefined();
    if let Err((at, reason)) = result {
        let start = base + (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        let span = Span::new(file, start..start);
        parser
            .report
            .error("xml-malformed", span, format!("the XML is not well-formed: {}", crate::read::clean::line(&reason)))
            .hint("mend it here; xmllint --noout FILE shows every such place");
        return None;
    }
    let too_deep = parser.too_deep.take();
    let mut root = parser.open.pop()?;
    root.range = base..base + text.len();
    Some(Parsed { root, too_deep })
}

/// A document that was read.
pub struct Parsed<'a> {
    /// Around the root: what stands before and behind it is here, too.
    pub root: Element<'a>,
    /// The first element that stands so deep that it was given up for what it holds.
    pub too_deep: Option<Range<usize>>,
}

struct Parser<'a, 'r> {
    text: &'a str,
    base: usize,
    /// The reference that is read as what it stands for, and how many stand in each other.
    stands_at: Option<(Range<usize>, usize)>,
    file: FileId,
    report: &'r mut Report,
    /// The elements that are open, from a root around the root.
    open: Vec<Element<'a>>,
    /// How many elements are open that stand too deep to be kept.
    flat: usize,
    /// Where the first of them begins.
    too_deep: Option<Range<usize>>,
    /// What the document type defines.
    entities: BTreeMap<String, &'a str>,
    /// Those that have elements.
    elements: BTreeSet<String>,
    /// The files for which entities stand.
    files: BTreeMap<String, String>,
    expanded: usize,
    undefined: Vec<(String, Span)>,
}

/// Where something is wrong, and what.
type Fault = (usize, String);

impl<'a> Parser<'a, '_> {
    fn run(&mut self) -> Result<(), Fault> {
        self.pieces(self.text)?;
        if self.open.len() + self.flat > 1 {
            let name = self.open.last().map_or("", |element| element.name);
            return Err((self.text.len(), format!("the element {name} is never closed")));
        }
        if self.open[0].elements().next().is_none() {
            return Err((self.text.len(), "there is no element in it".to_owned()));
        }
        Ok(())
    }

    /// Reads `text`, the file's or an entity's.
    fn pieces(&mut self, text: &'a str) -> Result<(), Fault> {
        let mut reader = Reader::from_str(text);
        loop {
            let from = reader.buffer_position() as usize;
            let event = reader.read_event().map_err(|reason| (reader.error_position() as usize, reason.to_string()))?;
            let to = reader.buffer_position() as usize;
            // What an entity stands for stands where it is named.
            let range = match &self.stands_at {
                Some((range, _)) => range.clone(),
                None => self.base + from..self.base + to,
            };
            let written = text.get(from..to).unwrap_or("");
            match event {
                Event::Start(tag) => self.start(&tag, written, range)?,
                Event::Empty(tag) => {
                    self.start(&tag, written, range.clone())?;
                    self.end(range.end);
                }
                Event::End(_) => self.end(range.end),
                Event::Text(text) => self.say(clean(&text.into_inner()).into_owned(), range),
                Event::CData(text) => self.say(clean(&text.into_inner()).into_owned(), range),
                Event::Comment(text) => {
                    let text = clean(text.into_inner().trim()).into_owned();
                    self.top().children.push(Child::Comment(text, range));
                }
                Event::GeneralRef(name) => match self.elements_of(&name) {
                    Some(inner) => self.entity(inner, range)?,
                    None => {
                        let text = self.reference(&name.into_inner(), &range);
                        self.say(text, range);
                    }
                },
                Event::DocType(_) => self.document_type(written),
                Event::PI(text) => {
                    let text = clean(text.trim()).into_owned();
                    self.top().children.push(Child::Instruction(text));
                }
                Event::Decl(_) => {}
                Event::Eof => return Ok(()),
            }
        }
    }

    /// What an entity stands for, where that has elements, if it may still be set in.
    fn elements_of(&self, name: &str) -> Option<&'a str> {
        let depth = self.stands_at.as_ref().map_or(0, |(_, depth)| *depth);
        let inner = self.entities.get(name).copied().filter(|_| self.elements.contains(name))?;
        (depth < ENTITY_DEPTH && self.expanded + inner.len() <= MOST_EXPANDED).then_some(inner)
    }

    /// Reads what an entity stands for in the place of its name.
    fn entity(&mut self, inner: &'a str, range: Range<usize>) -> Result<(), Fault> {
        self.expanded += inner.len();
        let depth = self.stands_at.as_ref().map_or(0, |(_, depth)| *depth);
        let outer = self.stands_at.replace((range, depth + 1));
        self.pieces(inner)?;
        self.stands_at = outer;
        Ok(())
    }

    fn top(&mut self) -> &mut Element<'a> {
        self.open.last_mut().expect("the root stays open")
    }

    fn start(&mut self, tag: &BytesStart<'a>, written: &'a str, range: Range<usize>) -> Result<(), Fault> {
        if self.open.len() + self.flat > DEEPEST {
            self.flat += 1;
            self.too_deep.get_or_insert(range);
            return Ok(());
        }
        let inner = written.trim_start_matches('<');
        let end = inner.find(|c: char| c.is_whitespace() || matches!(c, '/' | '>')).unwrap_or(inner.len());
        let (name, from) = (&inner[..end], range.start - self.base);
        let mut element = Element { name: local(name), tag: name, range: range.clone(), ..Element::default() };
        // Looking for doubles by comparing each with each takes long where somebody wrote thousands.
        let mut names = BTreeSet::new();
        for (count, attribute) in tag.attributes().with_checks(false).enumerate() {
            if count == ATTRIBUTES {
                return Err((from, format!("an element has more than {ATTRIBUTES} attributes")));
            }
            let attribute = attribute.map_err(|reason| (from, reason.to_string()))?;
            let name = attribute.key.0;
            let start = (name.as_ptr() as usize).wrapping_sub(self.text.as_ptr() as usize);
            let written = self.text.get(start..start.saturating_add(name.len())).filter(|own| *own == name).unwrap_or_default();
            if !names.insert(written) {
                return Err((from, format!("the attribute {written} stands twice in one tag")));
            }
            let value = self.unescape(&attribute.value, &range);
            let name = if written.starts_with("xml:") { written } else { local(written) };
            element.attributes.push(Attribute { name, written, value });
        }
        self.open.push(element);
        Ok(())
    }

    fn end(&mut self, end: usize) {
        if self.flat > 0 {
            self.flat -= 1;
            return;
        }
        if self.open.len() > 1
            && let Some(mut element) = self.open.pop()
        {
            element.range.end = end;
            self.top().children.push(Child::Element(element));
        }
    }

    /// Adds text; a run of it is one child.
    fn say(&mut self, text: String, range: Range<usize>) {
        match self.top().children.last_mut() {
            Some(Child::Text(so_far, whole)) => {
                so_far.push_str(&text);
                whole.end = range.end;
            }
            _ => self.top().children.push(Child::Text(text, range)),
        }
    }

    /// An attribute's value. White space in it is a space (XML 1.0, section 3.3.3), unless it is written as a reference.
    fn unescape(&mut self, value: &str, range: &Range<usize>) -> String {
        let mut out = String::new();
        let mut rest = value;
        while let Some(at) = rest.find('&') {
            out.extend(rest[..at].chars().map(|c| if is_white(c) { ' ' } else { c }));
            let Some(end) = rest[at..].find(';') else { break };
            out.push_str(&self.reference(&rest[at + 1..at + end], range));
            rest = &rest[at + end + 1..];
        }
        out.extend(rest.chars().map(|c| if is_white(c) { ' ' } else { c }));
        clean(&out).into_owned()
    }

    /// What a reference such as `&amp;` stands for. One that nobody defines stays as it is.
    fn reference(&mut self, name: &str, range: &Range<usize>) -> String {
        if let Some(text) = self.expand(name, 0) {
            return clean(&text).into_owned();
        }
        if !self.undefined.iter().any(|(known, _)| known == name) {
            self.undefined.push((name.to_owned(), Span::new(self.file, range.clone())));
        }
        format!("&{name};")
    }

    fn expand(&mut self, name: &str, depth: usize) -> Option<String> {
        if let Some(number) = name.strip_prefix('#') {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            return char::from_u32(code).map(String::from);
        }
        let Some(value) = self.entities.get(name).copied() else { return crate::entity::named(name) };
        self.expanded += value.len();
        if depth > ENTITY_DEPTH || self.expanded > MOST_EXPANDED {
            return None;
        }
        // Where tags can't stand, as in an attribute, the words do.
        let value = without_tags(value);
        let mut out = String::new();
        let mut rest = &*value;
        while let Some(at) = rest.find('&') {
            out.push_str(&rest[..at]);
            let Some(end) = rest[at..].find(';') else { break };
            let inner = &rest[at + 1..at + end];
            out.push_str(&self.expand(inner, depth + 1)?);
            rest = &rest[at + end + 1..];
        }
        out.push_str(rest);
        (out.len() <= MOST_EXPANDED).then_some(out)
    }

    /// Takes the entities that a document type defines by themselves. One that names a file is never fetched.
    fn document_type(&mut self, text: &'a str) {
        let mut rest = text;
        while let Some(at) = rest.find("<!ENTITY") {
            rest = rest[at + 8..].trim_start();
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            let (name, behind) = rest.split_at(end);
            let behind = behind.trim_start();
            if behind.starts_with("SYSTEM") || behind.starts_with("PUBLIC") {
                let definition = behind.split('>').next().unwrap_or_default();
                let file = definition.rsplit(['"', '\'']).nth(1).unwrap_or_default();
                self.files.entry(name.to_owned()).or_insert_with(|| crate::read::clean::line(file));
            }
            if let Some(quote @ ('"' | '\'')) = behind.chars().next()
                && let Some(end) = behind[1..].find(quote)
                && name != "%"
            {
                self.entities.entry(name.to_owned()).or_insert(&behind[1..=end]);
                rest = &behind[end + 1..];
            }
        }
        // One that has elements only by those that it names is found behind them.
        for _ in 0..ENTITY_DEPTH {
            let found = self.entities.iter().filter(|(_, inner)| holds_elements(inner, &self.elements));
            self.elements = found.map(|(name, _)| name.clone()).collect();
        }
    }

    fn remark_undefined(&mut self) {
        for (name, span) in std::mem::take(&mut self.undefined) {
            let (said, hint) = match self.files.get(&name) {
                Some(file) => (
                    format!("&{name}; stands for the file {file}, which is not set in here"),
                    "it stays as it is written; join the files first, as xmllint --noent does",
                ),
                None => (
                    format!("nothing in the file says what &{name}; is"),
                    "it stays as it is written; no entity is fetched from elsewhere",
                ),
            };
            self.report.warn("entity-undefined", span, said).hint(hint);
        }
    }
}

fn is_white(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// Whether an entity has elements, itself or by one of `known`, and closes all that it opens.
fn holds_elements(text: &str, known: &BTreeSet<String>) -> bool {
    let (mut found, mut open, mut reader) = (false, 0_usize, Reader::from_str(text));
    loop {
        match reader.read_event() {
            Ok(Event::Start(_)) => (found, open) = (true, open + 1),
            Ok(Event::End(_)) => open = open.saturating_sub(1),
            Ok(Event::Empty(_)) => found = true,
            Ok(Event::GeneralRef(name)) => found |= known.contains(&*name),
            Ok(Event::Eof) => return found && open == 0,
            Ok(_) => {}
            Err(_) => return false,
        }
    }
}

fn without_tags(text: &str) -> Cow<'_, str> {
    let mut out = Cow::Borrowed(text);
    while let Some(at) = out.find('<') {
        let end = out[at..].find('>').map_or(out.len(), |end| at + end + 1);
        out.to_mut().replace_range(at..end, "");
    }
    out
}

/// Where the tag ends with which `text` begins.
pub fn tag_end(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

/// Where the document type at the front of `text` ends, its own definitions in brackets included.
pub fn doctype_end(text: &str) -> Option<usize> {
    let (mut brackets, mut quote) = (0_usize, None);
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), byte) if open == byte => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'[') => brackets += 1,
            (None, b']') => brackets = brackets.saturating_sub(1),
            (None, b'>') if brackets == 0 => return Some(at + 1),
            (None, _) => {}
        }
    }
    None
}
