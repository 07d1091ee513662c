//! `text`: front, body, back and their divisions (TEI P5, chapters 4 and 7).

use std::collections::BTreeMap;

use super::tag::Tag;
use crate::emit::xml::Xml;
use crate::report::{RepairKind, Report};
use crate::settings::{TeiProfile, TeiSettings};
use crate::tree::{
    Block, Document, Ids, Inline, Matter, Node, NoteId, Outline, Section, Visit, division, outline, plain_text, walk_blocks,
};

/// The `text` element of a work, and what the header has to know of it.
pub struct Written {
    pub xml: String,
    /// The `xml:id` of the change that sums up the repairs of a kind.
    pub changes: BTreeMap<RepairKind, String>,
}

/// Writes the `text` element of a work.
pub fn text(doc: &Document, settings: &TeiSettings, report: &mut Report) -> Written {
    let mut ids = Ids::of(&doc.body);
    let kinds = RepairKind::ALL.into_iter().filter(|kind| doc.repairs.iter().any(|repair| repair.kind == *kind));
    let changes: BTreeMap<_, _> = kinds.map(|kind| (kind, ids.fresh(kind.name().to_owned()))).collect();
    let notes = note_names(doc, &mut ids);
    let mut writer = Writer {
        xml: Xml::fragment().with_bare_quotes(),
        settings,
        ids,
        notes,
        division: String::new(),
        paragraphs: 0,
        pages: 0,
        top: 1 + u8::from(doc.body.iter().any(|node| matches!(node.kind, Block::Title(_)))),
        joined: changes.get(&RepairKind::WordJoined).map(|id| format!("#{id}")),
        report,
    };
    writer.whole(doc, &outline(&doc.body));
    Written { xml: writer.xml.finish(), changes }
}

pub(super) struct Writer<'a> {
    pub xml: Xml,
    pub settings: &'a TeiSettings,
    pub ids: Ids,
    /// The `xml:id` and the mark of each note, by its number.
    notes: Vec<(String, String)>,
    /// The id of the innermost division, which begins the ids of its paragraphs, so that a change in one chapter leaves the ids
    /// of the others alone.
    division: String,
    /// How many paragraphs of it were written.
    paragraphs: usize,
    /// The level of a heading that stands in no other's section: under a title of the text, the second.
    top: u8,
    /// How many page breaks were written.
    pub pages: usize,
    /// The change that a joined word points to.
    pub joined: Option<String>,
    pub report: &'a mut Report,
}

/// Where we are.
#[derive(Clone, Copy, Default)]
pub(super) struct At {
    /// In a note, whose paragraphs bear no numbers of their own.
    pub note: bool,
    /// In a line of verse, which may hold blocks only right inside a note (Schematron of `tei_all`, `p` and `ab`).
    pub line: bool,
    /// Right inside a note.
    pub direct: bool,
    /// Right inside the body of a floating text, where a head may stand.
    pub group: bool,
}

impl At {
    /// One level further in.
    pub fn inner(self) -> Self {
        Self { direct: false, ..self }
    }
}

/// The `xml:id` and the mark of each note, by its number.
pub(super) fn note_names(doc: &Document, ids: &mut Ids) -> Vec<(String, String)> {
    let mut notes = Vec::<(String, String)>::new();
    walk_blocks(&doc.body, &mut |visit| {
        let Visit::Inline(node) = visit else { return };
        let Inline::Note(note) = &node.kind else { return };
        let at = note.id.0 as usize;
        notes.resize(notes.len().max(at + 1), Default::default());
        let id = node.id().map_or_else(|| ids.fresh(format!("note-{at}")), str::to_owned);
        notes[at] = (id, note.mark.clone());
    });
    notes
}

/// What of a work stands before its body, in it and behind it.
pub(super) struct Layout<'v, 'a> {
    /// What stands before the text's own title.
    pub before: &'a [Node<Block>],
    /// The text's own title.
    pub title: Option<&'a Node<Block>>,
    /// Whether there is a title page: no first heading says the title.
    pub title_page: bool,
    /// What stands between the title and the first preface, where there is one.
    pub preliminary: &'a [Node<Block>],
    pub front: &'v [Section<'a>],
    /// What stands in the body before its first heading.
    pub preamble: &'a [Node<Block>],
    pub body: &'v [Section<'a>],
    pub back: &'v [Section<'a>],
}

impl<'v, 'a> Layout<'v, 'a> {
    pub fn of(doc: &Document, view: &'v Outline<'a>) -> Self {
        let (front, back) = matter(&view.sections);
        let at = view.preamble.iter().position(|node| matches!(node.kind, Block::Title(_)));
        let (before, after) = match at {
            Some(at) => (&view.preamble[..at], &view.preamble[at + 1..]),
            None => (&view.preamble[..0], view.preamble),
        };
        let title = at.map(|at| &view.preamble[at]);
        let said = title.is_none() && view.sections.first().is_some_and(|first| plain_text(first.title) == doc.meta.title);
        let (preliminary, preamble) = if front > 0 { (after, &after[..0]) } else { (&after[..0], after) };
        let (front, rest) = view.sections.split_at(front);
        let (body, back) = rest.split_at(back - front.len());
        Self { before, title, title_page: !said, preliminary, front, preamble, body, back }
    }

    pub fn has_front(&self) -> bool {
        self.title_page || !self.front.is_empty()
    }
}

impl Writer<'_> {
    pub fn note(&self, id: NoteId) -> (String, String) {
        self.notes.get(id.0 as usize).cloned().unwrap_or_default()
    }

    pub fn has(&self, element: &str) -> bool {
        self.settings.profile.has(element)
    }

    pub fn line(&mut self) {
        self.xml.newline();
    }

    pub fn open(&mut self, name: &'static str, mut tag: Tag) {
        self.xml.open(name, &tag.finish(name, self.settings.profile));
    }

    pub fn empty(&mut self, name: &'static str, mut tag: Tag) {
        self.xml.empty(name, &tag.finish(name, self.settings.profile));
    }

    /// Closes an element, and ends the line.
    pub fn close(&mut self) {
        self.xml.close();
        self.line();
    }

    fn whole(&mut self, doc: &Document, view: &Outline) {
        self.open("text", Tag::new().with("xml:lang", &doc.meta.language));
        self.line();
        let layout = Layout::of(doc, view);
        if layout.has_front() {
            self.open("front", Tag::new());
            self.line();
            self.apart(layout.before);
            if layout.title_page {
                self.title_page(doc, layout.title);
            }
            if !layout.front.is_empty() {
                self.apart(layout.preliminary);
                layout.front.iter().for_each(|section| self.section(section));
            }
            self.close();
        }
        self.body(layout.preamble, layout.body);
        if !layout.back.is_empty() {
            self.open("back", Tag::new());
            self.line();
            layout.back.iter().for_each(|section| self.section(section));
            self.close();
        }
        self.close();
    }

    /// What stands before the first heading, outside of `body`, where blocks need a division around them.
    fn apart(&mut self, blocks: &[Node<Block>]) {
        if blocks.iter().all(|node| matches!(node.kind, Block::PageBreak(_) | Block::Comment(_))) {
            return self.blocks(blocks, At::default());
        }
        self.enclosed("preliminary", blocks);
    }

    fn enclosed(&mut self, kind: &'static str, blocks: &[Node<Block>]) {
        self.open("div", Tag::new().with("type", kind));
        self.line();
        let before = self.xml.written();
        self.blocks(blocks, At::default());
        self.fill(before, blocks);
        self.close();
    }

    /// A title page: the text's own title, else that of the metadata, said to be supplied.
    fn title_page(&mut self, doc: &Document, own: Option<&Node<Block>>) {
        self.open("titlePage", Tag::new().with("type", "main"));
        self.line();
        self.open("docTitle", Tag::new());
        self.open("titlePart", Tag::new().with("type", "main").source(own.and_then(|node| node.attrs.as_deref())));
        let mut said = String::new();
        match own.map(|node| &node.kind) {
            Some(Block::Title(text)) => {
                said = plain_text(text);
                self.inlines(text, At::default());
            }
            _ if self.has("supplied") => self.xml.leaf("supplied", &[], &doc.meta.title),
            _ => self.xml.text(&doc.meta.title),
        }
        self.xml.close();
        if let Some(subtitle) = doc.meta.subtitle.as_ref().filter(|subtitle| !said.contains(subtitle.as_str())) {
            self.xml.leaf("titlePart", &[("type", "sub")], subtitle);
        }
        self.close();
        let authors = doc.meta.authors();
        if !authors.is_empty() {
            self.xml.element("byline", &[], |xml| xml.leaf("docAuthor", &[], &authors));
            self.line();
        }
        self.close();
    }

    fn body(&mut self, preamble: &[Node<Block>], sections: &[Section]) {
        self.open("body", Tag::new());
        self.line();
        // A body of milestones and figures alone is not valid; in a division they are.
        let light = sections.is_empty() && preamble.iter().all(|node| is_global(&node.kind)) && !preamble.is_empty();
        if light {
            self.enclosed("preliminary", preamble);
        } else {
            let before = self.xml.written();
            self.blocks(preamble, At::default());
            sections.iter().for_each(|section| self.section(section));
            if self.xml.written() == before {
                self.xml.empty("p", &[]);
                self.line();
            }
        }
        self.close();
    }

    fn section(&mut self, section: &Section) {
        self.level(section, self.top);
    }

    /// A division. `expected` is the heading's level if it is one more than its parent's; another is said on the head.
    fn level(&mut self, section: &Section, expected: u8) {
        let Block::Heading { level, .. } = section.heading.kind else { return };
        let attrs = section.heading.attrs.as_deref();
        let classes = attrs.map(|attrs| &attrs.classes[..]).unwrap_or_default();
        let (kind, _) = division(classes, &plain_text(section.title), section.depth);
        let said = format!("level-{level}");
        let unexpected = level != expected.min(6);
        // A division with a number and no heading.
        // Where pages begin before its text, only a head says which of them belong before it.
        let paged = section.body.first().is_some_and(|node| matches!(node.kind, Block::PageBreak(_)));
        let silent =
            section.number.is_some() && section.title.is_empty() && !paged && self.settings.profile != TeiProfile::Dtabf;
        let mut tag = Tag::new().with("type", kind).maybe("xml:id", attrs.and_then(|attrs| attrs.id.as_deref()));
        if silent && unexpected {
            tag = tag.rend(&said);
        }
        if let Some(attrs) = attrs {
            tag = if silent { tag.language(attrs).classes(attrs) } else { tag.classes(attrs) };
        }
        if self.settings.profile == TeiProfile::Dtabf {
            tag = tag.with("n", section.depth.to_string());
        } else if let Some(number) = section.number {
            tag = tag.with("n", number);
        }
        self.open("div", tag);
        self.line();
        (self.division, self.paragraphs) = (format!("{}-", section.id), 0);
        self.blocks(section.lead, At::default());
        let mut tag = Tag::new();
        if let Some(attrs) = attrs {
            tag = tag.language(attrs);
        }
        if unexpected {
            tag = tag.rend(&said);
        }
        if !silent {
            // `@n` labels an element beside what it says (TEI P5, att.global).
            self.open("head", tag.maybe("n", attrs.and_then(|attrs| attrs.short.as_deref())));
            self.inlines(section.title, At::default());
            self.close();
        }
        let before = self.xml.written();
        self.blocks(section.body, At::default());
        section.sections.iter().for_each(|inner| self.level(inner, level + 1));
        self.fill(before, section.body);
        self.close();
    }

    /// DTABf wants a division to hold something.
    fn fill(&mut self, before: usize, blocks: &[Node<Block>]) {
        let light = blocks.iter().all(|node| is_global(&node.kind));
        if self.settings.profile == TeiProfile::Dtabf && light && self.xml.written() == before {
            self.xml.empty("p", &[]);
            self.line();
        }
    }

    /// The id and the number of the next paragraph of the division.
    pub fn number(&mut self) -> (String, String) {
        self.paragraphs += 1;
        (self.ids.fresh(format!("{}p{}", self.division, self.paragraphs)), self.paragraphs.to_string())
    }

    pub fn inner(&mut self, name: &'static str, tag: Tag, inner: &[Node<Inline>], at: At) {
        self.open(name, tag);
        self.inlines(inner, at);
        self.xml.close();
    }
}

/// What TEI allows everywhere, so that it fills no body.
pub(super) fn is_global(kind: &Block) -> bool {
    match kind {
        Block::Figure(_) | Block::Rule | Block::PageBreak(_) | Block::Comment(_) | Block::Title(_) => true,
        Block::Heading { .. }
        | Block::Paragraph(_)
        | Block::Quote(_)
        | Block::Group(_)
        | Block::Verse(_)
        | Block::List(_)
        | Block::Definitions(_)
        | Block::Table(_)
        | Block::Bibliography(_)
        | Block::Index(_)
        | Block::Code { .. }
        | Block::Math(_) => false,
    }
}

/// Where the body begins and ends among a work's sections: prefaces and the like stand in `front`, appendices in `back`, as long
/// as something is left between them.
fn matter(sections: &[Section]) -> (usize, usize) {
    let place = |section: &Section| {
        let classes = section.heading.attrs.as_ref().map(|attrs| &attrs.classes[..]).unwrap_or_default();
        division(classes, &plain_text(section.title), section.depth).1
    };
    let front = sections.iter().take_while(|section| matches!(place(section), Matter::Front | Matter::Around)).count();
    let behind = sections[front..].iter().rev().take_while(|section| matches!(place(section), Matter::Back | Matter::Around));
    let back = sections.len() - behind.count();
    if front < back { (front, back) } else { (0, sections.len()) }
}
