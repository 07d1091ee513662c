//! Citations, what they lead to, and indexes as XHTML, by the vocabularies of EPUB and ARIA for them (EPUB SSV 1.1, DPUB-ARIA 1.1).

use super::{At, Pairs, Writer};
use crate::tree::{Attrs, Bibliography, Citation, Index, Inline, Inlines, Node, Reference};

impl<'p> Writer<'p, '_> {
    pub(super) fn citation(&mut self, citation: &'p Citation, attrs: Option<&Attrs>, at: At) {
        let inner = At { citing: true, ..at };
        match attrs {
            Some(_) => self.inner("span", "", &citation.text, attrs, inner),
            None => self.inlines(&citation.text, inner),
        }
    }

    pub(super) fn reference(&mut self, reference: &'p Reference, attrs: Option<&Attrs>, at: At) {
        let href = self.book.plan.href(self.file, &reference.target).filter(|_| reference.form.leads() && !at.in_link);
        match href.filter(|_| !super::is_mute(&reference.text)) {
            Some(href) => {
                let inner = self.open("a", vec![("href", href.as_str())], "", attrs, at);
                self.inlines(&reference.text, At { in_link: true, ..inner });
                self.xml.close();
            }
            None if attrs.is_some() => self.inner("span", "", &reference.text, attrs, at),
            None => self.inlines(&reference.text, at),
        }
    }

    /// A place that an index leads to.
    pub(super) fn place(&mut self, attrs: Option<&Attrs>, at: At) {
        if attrs.is_some_and(|attrs| attrs.id.is_some()) {
            self.open("span", Vec::new(), "", attrs, at);
            self.xml.close();
        }
    }

    pub(super) fn bibliography(&mut self, bibliography: &'p Bibliography, attrs: Option<&Attrs>, at: At) {
        if bibliography.entries.is_empty() {
            return self.place(attrs, at);
        }
        let at = self.open("ul", Vec::new(), "bibliography", attrs, at);
        self.line();
        for work in &bibliography.entries {
            // Its role in ARIA is deprecated (DPUB-ARIA 1.1): an item of a list is one.
            self.entry(vec![("epub:type", "biblioentry")], "", &work.text, at);
        }
        self.xml.close();
    }

    /// Entries of an index stand in each other as deep as they are.
    pub(super) fn index(&mut self, index: &'p Index, attrs: Option<&Attrs>, at: At) {
        let Some((first, rest)) = index.entries.split_first() else { return self.place(attrs, at) };
        let at = self.open("ul", Vec::new(), "index", attrs, at);
        self.line();
        let mut open = vec![first.depth];
        self.xml.open("li", &[]);
        self.inlines(&first.text, at);
        for entry in rest {
            let above = open.last().copied().unwrap_or(1);
            if entry.depth > above {
                self.line();
                self.xml.open("ul", &[]);
                self.line();
                open.push(entry.depth);
            } else {
                self.close();
                while open.len() > 1 && open.last().is_some_and(|depth| *depth > entry.depth) {
                    open.pop();
                    self.close();
                    self.close();
                }
            }
            self.xml.open("li", &[]);
            self.inlines(&entry.text, at);
        }
        self.close();
        for _ in 1..open.len() {
            self.close();
            self.close();
        }
        self.xml.close();
    }

    /// The item of an entry; it bears the id of its first stretch.
    fn entry(&mut self, own: Pairs, class: &str, text: &'p Inlines, at: At) {
        match &text[..] {
            [Node { kind: Inline::Span(inner), attrs: Some(attrs), .. }] => {
                let at = self.open("li", own, class, Some(attrs), at);
                self.inlines(inner, at);
            }
            text => {
                let at = self.open("li", own, class, None, at);
                self.inlines(text, at);
            }
        }
        self.close();
    }
}
