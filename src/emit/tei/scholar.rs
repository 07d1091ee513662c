//! Citations, the works cited, references and indexes (TEI P5, 3.9.2, 3.12 and 3.7): what the source asked for beside what became of
//! it, so that a file read back has both.

use super::tag::{Tag, pointer};
use super::text::{At, Writer};
use crate::tree::{Attrs, Bibliography, Citation, CitedWork, Field, Index, IndexTerm, Inline, Node, PATH_MARK, Reference};

impl Writer<'_> {
    /// A citation keeps what it asked for in `@n`.
    pub fn citation(&mut self, citation: &Citation, attrs: Option<&Attrs>, at: At) {
        if !self.has("seg") {
            return self.inlines(&citation.text, at);
        }
        let tag = Tag::new().with("type", "citation").with("n", citation.source()).source(attrs);
        self.inner("seg", tag, &citation.text, at);
    }

    pub fn reference(&mut self, reference: &Reference, attrs: Option<&Attrs>, at: At) {
        let kind = reference.form.name();
        if reference.form.leads() {
            let target = format!("#{}", reference.target);
            let through = reference.through.as_ref().map(|id| format!("#{id}"));
            let tag = Tag::new().with("type", kind).with("target", pointer(&target)).maybe("n", through).source(attrs);
            return self.inner("ref", tag, &reference.text, at);
        }
        if !self.has("seg") {
            return self.inlines(&reference.text, at);
        }
        let tag = Tag::new().with("type", kind).with("n", reference.target.as_str()).source(attrs);
        self.inner("seg", tag, &reference.text, at);
    }

    /// A term stands in the index's element, those below it in others inside it. What it does but mark a place is in `@n`.
    pub fn index_term(&mut self, term: &IndexTerm, attrs: Option<&Attrs>) {
        if !self.has("index") {
            // What leads here must find it.
            if self.has("anchor") && attrs.is_some_and(|attrs| attrs.id.is_some()) {
                self.empty("anchor", Tag::new().source(attrs));
            }
            return;
        }
        let role = match term.role.other() {
            Some(path) => Some(format!("{}:{}", term.role.name(), path.join(&PATH_MARK.to_string()))),
            None if term.role == crate::tree::IndexRole::Place => None,
            None => Some(term.role.name().to_owned()),
        };
        let index = Some(term.index.as_str()).filter(|name| is_name(name));
        let mut tag = Tag::new().maybe("indexName", index).maybe("n", role).source(attrs);
        for entry in &term.path {
            self.open("index", std::mem::take(&mut tag));
            self.xml.leaf("term", &[], entry);
        }
        term.path.iter().for_each(|_| self.xml.close());
    }

    pub fn index(&mut self, index: &Index, attrs: Option<&Attrs>, at: At) {
        if index.entries.is_empty() {
            return;
        }
        let name = Some(index.name.as_str()).filter(|name| !name.is_empty());
        self.open("list", Tag::new().with("type", "index").maybe("n", name).source(attrs));
        self.line();
        for entry in &index.entries {
            self.inner("item", Tag::new().with("n", entry.depth.to_string()), &entry.text, at.inner());
            self.line();
        }
        self.xml.close();
    }

    pub fn bibliography(&mut self, bibliography: &Bibliography, attrs: Option<&Attrs>, at: At) {
        if bibliography.entries.is_empty() {
            return;
        }
        self.open("listBibl", Tag::new().source(attrs));
        self.line();
        for work in &bibliography.entries {
            self.work(work, at.inner());
            self.line();
        }
        self.xml.close();
    }

    /// A work by its fields, and as the style says it in a note: the entry that readers see. Where a schema has no fields, that
    /// alone.
    fn work(&mut self, work: &CitedWork, at: At) {
        // Its first stretch bears the id, which is the whole entry's here.
        let (own, text) = match &work.text[..] {
            [Node { kind: Inline::Span(inner), attrs, .. }] => (attrs.as_deref(), &inner[..]),
            text => (None, text),
        };
        if !self.has("biblStruct") {
            return self.inner("bibl", Tag::new().source(own), text, at);
        }
        let tag = Tag::new().with("type", work.kind.as_str()).with("n", work.key.as_str()).source(own);
        self.open("biblStruct", tag);
        self.line();
        let level = match work.kind.as_str() {
            "article-journal" | "article-magazine" | "article-newspaper" => "j",
            _ => "m",
        };
        if work.one(Field::Container).is_some() {
            self.open("analytic", Tag::new());
            self.each(work, Field::Author, "author", &[]);
            self.title(work, Field::Title, "a");
            self.close();
        }
        self.open("monogr", Tag::new());
        match work.one(Field::Container) {
            Some(_) => self.title(work, Field::Container, level),
            None => {
                self.each(work, Field::Author, "author", &[]);
                self.title(work, Field::Title, level);
            }
        }
        // Numbers come before editors, or where no author stands the schema has no room for them.
        for (field, kind) in [(Field::Doi, "DOI"), (Field::Isbn, "ISBN"), (Field::Issn, "ISSN"), (Field::Url, "URL")] {
            self.each(work, field, "idno", &[("type", kind)]);
        }
        self.each(work, Field::Editor, "editor", &[]);
        self.each(work, Field::Translator, "editor", &[("role", "translator")]);
        self.each(work, Field::Edition, "edition", &[]);
        self.open("imprint", Tag::new());
        self.each(work, Field::Place, "pubPlace", &[]);
        self.each(work, Field::Publisher, "publisher", &[]);
        match work.one(Field::Date) {
            Some(date) => self.xml.leaf("date", &[("when", date)][..usize::from(is_date(date))], date),
            None => self.xml.empty("date", &[]),
        }
        for (field, unit) in [(Field::Volume, "volume"), (Field::Issue, "issue"), (Field::Pages, "page")] {
            self.each(work, field, "biblScope", &[("unit", unit)]);
        }
        self.xml.close();
        self.close();
        if work.one(Field::Series).is_some() {
            self.open("series", Tag::new());
            self.title(work, Field::Series, "s");
            self.close();
        }
        self.each(work, Field::Note, "note", &[("type", "annotation")]);
        self.inner("note", Tag::new().with("type", "formatted"), text, at);
        self.xml.close();
    }

    fn each(&mut self, work: &CitedWork, field: Field, element: &'static str, attributes: &[(&'static str, &str)]) {
        work.all(field).for_each(|said| self.xml.leaf(element, attributes, said));
    }

    fn title(&mut self, work: &CitedWork, field: Field, level: &str) {
        match work.one(field) {
            Some(title) => self.xml.leaf("title", &[("level", level)], title),
            None => self.xml.leaf("title", &[("level", level)], ""),
        }
    }
}

/// Whether an attribute can say the name of an index.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c))
}

/// Whether `@when` can say a date: a year, a month or a day.
fn is_date(date: &str) -> bool {
    let digits = |part: &str, length: usize| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
    let mut parts = date.split('-');
    parts.next().is_some_and(|year| digits(year, 4)) && parts.clone().count() < 3 && parts.all(|part| digits(part, 2))
}
