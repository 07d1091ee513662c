//! What stands inside a line (TEI P5, chapter 3).

use super::blocks::flows;
use super::profile::{rend, rendition, simple};
use super::tag::{Tag, pointer};
use super::text::{At, Writer};
use crate::settings::TeiProfile;
use crate::tree::{Attrs, Block, Image, Inline, Node, Note, NotePlace, Style};

impl Writer<'_> {
    pub fn inlines(&mut self, inlines: &[Node<Inline>], at: At) {
        inlines.iter().for_each(|inline| self.inline(inline, at));
    }

    fn inline(&mut self, node: &Node<Inline>, at: At) {
        let attrs = node.attrs.as_deref();
        match &node.kind {
            Inline::Text(text) => self.text(text),
            // A bare `lb` says where a line of the source ended; this one is the author's.
            Inline::LineBreak => self.empty("lb", Tag::new().with("type", "hard").source(attrs)),
            Inline::Styled(style, inner) => self.named(attrs, |writer| {
                writer.inner("hi", writer.style(*style).source(attrs), inner, at);
            }),
            Inline::Span(inner) => self.span(inner, attrs, at),
            Inline::Ruby { base, reading } => self.ruby(base, reading, attrs, at),
            Inline::Code(text) if self.has("code") => self.leaf("code", Tag::new().source(attrs), text),
            Inline::Code(text) => self.leaf("hi", Tag::new().with("rendition", "#none").rend("code").source(attrs), text),
            Inline::Math(tex) => self.leaf("formula", Tag::new().with("notation", "TeX").source(attrs), tex),
            Inline::Link(link) => {
                let title = Some(&*link.title).filter(|title| !title.is_empty());
                let tag = Tag::new().with("target", pointer(&link.target)).maybe("n", title).source(attrs);
                self.inner("ref", tag, &link.text, at);
            }
            Inline::Image(image) => self.image(image, attrs, at),
            Inline::Citation(citation) => self.citation(citation, attrs, at),
            Inline::Reference(reference) => self.reference(reference, attrs, at),
            Inline::IndexTerm(term) => self.index_term(term, attrs),
            Inline::Note(note) => self.place_note(note, attrs, at),
            Inline::NoteCall(id) => {
                let (id, mark) = self.note(*id);
                let tag = Tag::new().with("type", "noteAnchor").with("target", format!("#{id}")).source(attrs);
                self.leaf("ref", tag, &mark);
            }
            Inline::PageBreak(page) => self.page_break(page, Some(page.space), attrs),
            Inline::LineEnd if self.profile() == TeiProfile::Dtabf => {}
            Inline::LineEnd => {
                let change = self.joined.clone();
                self.empty("lb", Tag::new().with("break", "no").maybe("change", change));
            }
            Inline::Comment(text) => self.comment(text),
        }
    }

    fn text(&mut self, text: &str) {
        if !self.settings.line_breaks {
            return self.xml.text(text);
        }
        for (at, line) in text.split('\n').enumerate() {
            if at > 0 {
                self.line();
                self.empty("lb", Tag::new());
            }
            self.xml.text(line);
        }
    }

    fn leaf(&mut self, name: &'static str, tag: Tag, text: &str) {
        self.open(name, tag);
        self.xml.text(text);
        self.xml.close();
    }

    /// How a style is said.
    pub fn style(&self, style: Style) -> Tag<'static> {
        match self.profile() {
            TeiProfile::Dtabf => Tag::new().with("rendition", rendition(style)),
            TeiProfile::SimplePrint => Tag::new().with("rendition", simple(style)),
            TeiProfile::All | TeiProfile::Lite | TeiProfile::Eltec0 | TeiProfile::Eltec1 | TeiProfile::Eltec2 => {
                Tag::new().rend(rend(style))
            }
        }
    }

    fn span(&mut self, inner: &[Node<Inline>], attrs: Option<&Attrs>, at: At) {
        match attrs {
            // What it is short for stands beside it (TEI P5, 3.6.5).
            Some(Attrs { expansion: Some(expansion), id, .. })
                if ["choice", "abbr", "expan"].iter().all(|name| self.has(name))
                    && (id.is_none() || self.profile() != TeiProfile::Dtabf) =>
            {
                self.open("choice", Tag::new().source(attrs));
                self.inner("abbr", Tag::new(), inner, at);
                self.leaf("expan", Tag::new(), expansion);
                self.xml.close();
            }
            _ if self.profile() == TeiProfile::Dtabf => self.named(attrs, |writer| writer.inlines(inner, at)),
            Some(Attrs { lang: Some(_), .. }) => self.inner("foreign", Tag::new().source(attrs), inner, at),
            attrs => self.inner("seg", Tag::new().source(attrs), inner, at),
        }
    }

    /// In DTABf, where neither `hi` has an id nor anything else that is only a stretch of text: a `ref` around it bears the id.
    fn named(&mut self, attrs: Option<&Attrs>, inner: impl FnOnce(&mut Self)) {
        let id = attrs.and_then(|attrs| attrs.id.as_deref()).filter(|_| self.profile() == TeiProfile::Dtabf);
        if let Some(id) = id {
            self.open("ref", Tag::new().with("xml:id", id));
        }
        inner(self);
        if id.is_some() {
            self.xml.close();
        }
    }

    /// A reading beside its stretch (TEI P5, 3.4.2); behind it in brackets, where a schema has no words for it.
    fn ruby(&mut self, base: &[Node<Inline>], reading: &str, attrs: Option<&Attrs>, at: At) {
        if !self.has("ruby") {
            self.inlines(base, at);
            return self.xml.text(&format!(" ({reading})"));
        }
        self.open("ruby", Tag::new().source(attrs));
        self.inner("rb", Tag::new(), base, at);
        self.leaf("rt", Tag::new(), reading);
        self.xml.close();
    }

    fn image(&mut self, image: &Image, attrs: Option<&Attrs>, at: At) {
        if self.profile() != TeiProfile::All {
            return self.picture(image, &[], attrs, at);
        }
        let title = Some(&*image.title).filter(|title| !title.is_empty());
        let width = image.width.map(|width| width.to_string());
        self.open(
            "graphic",
            Tag::new().with("url", pointer(&image.target)).maybe("width", width).maybe("n", title).source(attrs),
        );
        if !image.alt.is_empty() {
            self.xml.leaf("desc", &[], &image.alt);
        }
        self.xml.close();
    }

    fn place_note(&mut self, note: &Note, attrs: Option<&Attrs>, at: At) {
        let (id, mark) = self.note(note.id);
        let place = match (note.place, self.profile()) {
            (NotePlace::Foot | NotePlace::Apparatus, TeiProfile::SimplePrint) => "bottom",
            (NotePlace::Foot, _) | (NotePlace::Apparatus, TeiProfile::Dtabf) => "foot",
            (NotePlace::Apparatus, _) => "apparatus",
            (NotePlace::Margin, TeiProfile::Dtabf) => "left",
            (NotePlace::Margin, _) => "margin",
        };
        let mut tag = Tag::new().with("place", place).maybe("n", Some(mark).filter(|mark| !mark.is_empty())).with("xml:id", id);
        if let Some(attrs) = attrs {
            tag = tag.language(attrs).classes(attrs);
        }
        self.open("note", tag);
        let at = At { note: true, direct: true, ..at };
        match &note.body[..] {
            [Node { kind: Block::Paragraph(text), attrs: None, .. }] if flows(text, &[]) => self.inlines(text, at.inner()),
            body => self.blocks(body, at),
        }
        self.xml.close();
    }
}
