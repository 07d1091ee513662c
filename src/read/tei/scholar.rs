//! Citations, works cited, references and indexes as this program writes them.

use super::Reader;
use super::dom::Element;
use super::words::trim;
use crate::read::{cites, clean};
use crate::tree::{
    Bibliography, Block, Blocks, Citation, CitedWork, Field, Index, IndexEntry, IndexRole, IndexTerm, Inline, Inlines, Node,
    PATH_MARK, Reference, ReferenceForm,
};

impl Reader<'_> {
    /// A stretch whose `@type` says that it was made of something. False where it is none of ours.
    pub fn made(&mut self, element: &Element, line: &mut Inlines) -> bool {
        let Some(kind) = element.attribute("type").filter(|_| self.facts.own) else { return false };
        let span = self.span(&element.range);
        let said = element.attribute("n").unwrap_or_default();
        let attrs = self.attrs(element, 0);
        if kind == "citation" {
            let Some(cites) = cites::read(said, span) else { return false };
            self.wrapped(element, attrs, |text| Inline::Citation(Citation { cites, text }), line);
            return true;
        }
        let Some(form) = ReferenceForm::of_name(kind) else { return false };
        let id = |target: &str| target.strip_prefix('#').map(clean::percent_decoded);
        let (target, through) = match form.leads() {
            true => (element.attribute("target").and_then(id), id(said)),
            false => (Some(clean::line(said)), None),
        };
        let Some(target) = target else { return false };
        self.wrapped(element, attrs, |text| Inline::Reference(Reference { target, through, form, text }), line);
        true
    }

    /// An abbreviation and what it is short for, as this program writes them.
    pub fn abbreviation(&mut self, element: &Element, line: &mut Inlines) -> bool {
        if !self.facts.own {
            return false;
        }
        let (Some(short), Some(full)) = (element.child("abbr"), element.child("expan")) else { return false };
        let mut attrs = self.attrs(element, 0).unwrap_or_default();
        attrs.expansion = Some(clean::line(&full.line()));
        self.wrapped(short, Some(attrs), Inline::Span, line);
        true
    }

    /// A term of an index, whoever wrote it: its innermost element says the whole path.
    pub fn index_term(&mut self, element: &Element, line: &mut Inlines) {
        let mut path = Vec::new();
        let mut inner = Some(element);
        while let Some(index) = inner.filter(|_| path.len() < crate::tree::MAX_DEPTH) {
            path.extend(index.child("term").map(|term| clean::line(&term.line())).filter(|term| !term.is_empty()));
            inner = index.child("index");
        }
        let said = element.attribute("n").unwrap_or_default();
        let (role, other) = said.split_once(':').unwrap_or((said, ""));
        let other: Vec<_> = other.split(PATH_MARK).map(clean::line).filter(|entry| !entry.is_empty()).collect();
        let role = IndexRole::of_name(role, &other).unwrap_or(IndexRole::Place);
        let index = clean::line(element.attribute("indexName").unwrap_or_default());
        if path.is_empty() {
            return;
        }
        let attrs = self.attrs(element, usize::MAX);
        line.push(Node { kind: Inline::IndexTerm(IndexTerm { index, path, role }), span: self.span(&element.range), attrs });
    }

    /// An index that was written out. False where the list is another.
    pub fn made_index(&mut self, element: &Element, out: &mut Blocks) -> bool {
        if !self.facts.own || element.attribute("type") != Some("index") {
            return false;
        }
        let mut entries = Vec::new();
        for item in element.named("item") {
            let depth = item.attribute("n").and_then(|depth| depth.parse().ok()).unwrap_or(1);
            entries.push(IndexEntry { depth, text: self.line(item) });
        }
        let name = clean::line(element.attribute("n").unwrap_or_default());
        let attrs = self.attrs(element, 0);
        let span = self.span(&element.range);
        out.push(Node { kind: Block::Index(Index { name, entries }), span, attrs });
        true
    }

    /// The works cited, each by its fields and as its style says it. False where the list is another.
    pub fn cited_works(&mut self, element: &Element, out: &mut Blocks) -> bool {
        let formatted = |work: &Element| work.named("note").any(|note| note.attribute("type") == Some("formatted"));
        if !self.facts.own || !element.elements().all(|work| work.name == "biblStruct" && formatted(work)) {
            return false;
        }
        let mut entries = Vec::new();
        for work in element.elements() {
            entries.push(self.work(work));
        }
        let attrs = self.attrs(element, 0);
        let span = self.span(&element.range);
        out.push(Node { kind: Block::Bibliography(Bibliography { entries }), span, attrs });
        true
    }

    fn work(&mut self, element: &Element) -> CitedWork {
        let mut fields = Vec::new();
        let is_part = element.child("analytic").is_some();
        for part in element.elements() {
            match part.name {
                "idno" | "note" => fields.extend(field(part, is_part, element.name)),
                "analytic" | "monogr" | "series" => {
                    part.walk(&mut |inner| fields.extend(field(inner, is_part, part.name)));
                }
                _ => {}
            }
        }
        fields.sort_by_key(|(field, _)| *field);
        let mut text = Vec::new();
        if let Some(note) = element.named("note").find(|note| note.attribute("type") == Some("formatted")) {
            self.inlines(note, &mut text);
            trim(&mut text);
        }
        if let Some(attrs) = self.attrs(element, 0) {
            text = vec![Node { kind: Inline::Span(text), span: self.span(&element.range), attrs: Some(attrs) }];
        }
        let said = |name: &str| clean::line(element.attribute(name).unwrap_or_default());
        CitedWork { key: said("n"), kind: said("type"), fields, text }
    }
}

/// The field that an element says, in a part of a work's description.
fn field(element: &Element, is_part: bool, within: &str) -> Option<(Field, String)> {
    let kind = element.attribute("type").or(element.attribute("unit"));
    let field = match element.name {
        "author" => Field::Author,
        "title" if within == "series" => Field::Series,
        "title" if within == "monogr" && is_part => Field::Container,
        "title" => Field::Title,
        "editor" if element.attribute("role") == Some("translator") => Field::Translator,
        "editor" => Field::Editor,
        "edition" => Field::Edition,
        "pubPlace" => Field::Place,
        "publisher" => Field::Publisher,
        "date" => Field::Date,
        "biblScope" | "idno" | "note" => match kind? {
            "volume" => Field::Volume,
            "issue" => Field::Issue,
            "page" => Field::Pages,
            "DOI" => Field::Doi,
            "ISBN" => Field::Isbn,
            "ISSN" => Field::Issn,
            "URL" => Field::Url,
            "annotation" => Field::Note,
            _ => return None,
        },
        _ => return None,
    };
    let said = clean::line(&element.line());
    (!said.is_empty()).then_some((field, said))
}
