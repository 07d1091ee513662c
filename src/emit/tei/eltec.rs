//! ELTeC, in which the European Literary Text Collection keeps novels: few words, by which they can be counted and compared
//! (<https://distantreading.github.io/Schema/eltec-1.html>). Level 0 knows divisions, heads, paragraphs, lines of verse, what is
//! highlighted, and references; level 1 quotations, notes and languages, too; the words and sentences of level 2 are marked by a
//! linguist's tools, so that what is written there is valid and no more than level 1 says. What is left without a word becomes
//! paragraphs whose `@rend` says what they were, with one remark a kind.

mod header;

use std::collections::{BTreeSet, VecDeque};

use super::facts::Facts;
use super::profile::rend;
use super::tag::{Tag, pointer};
use super::text::{Layout, is_global, note_names};
use crate::emit::xml::Xml;
use crate::env::Env;
use crate::report::Report;
use crate::settings::TeiProfile;
use crate::tree::{
    Attrs, Block, Cell, Document, Ids, Image, Inline, List, Matter, Node, Note, NotePlace, Section, Table, VerseLine, division,
    outline, plain_text,
};

/// What ELTeC has no word for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Lack {
    Quotations,
    Groups,
    Stanzas,
    Lists,
    Tables,
    Formulas,
    Images,
    Code,
    Ruby,
    Breaks,
    Languages,
    Rules,
    Notes,
    Furniture,
    Terms,
    Words,
}

impl Lack {
    /// What it is, and what becomes of it.
    fn said(self) -> [&'static str; 2] {
        match self {
            Self::Quotations => ["quotations", "their paragraphs say so in @rend"],
            Self::Groups => ["blocks with a role, as letters, speeches or boxes", "their paragraphs say so in @rend"],
            Self::Stanzas => ["stanzas", "each is a paragraph of lines"],
            Self::Lists => ["lists", "each item is a paragraph"],
            Self::Tables => ["tables", "each row is a paragraph, a bar between its cells"],
            Self::Formulas => ["formulas", "each is highlighted, as TeX"],
            Self::Images => ["images", "each is a reference to its file that says what there is to see"],
            Self::Code => ["code", "its lines are lines"],
            Self::Ruby => ["readings beside words", "they stand behind them in brackets"],
            Self::Breaks => ["line breaks in a paragraph", "a space stands there"],
            Self::Languages => ["passages in another language", "they are highlighted, and name it"],
            Self::Rules => ["breaks between scenes", "they are left out"],
            Self::Notes => ["notes", "they are paragraphs at the end, with references to them"],
            Self::Furniture => ["running heads, folios, signatures and catchwords", "they are left out"],
            Self::Terms => ["entries of an index", "their places are left unmarked"],
            Self::Words => ["words and sentences that nobody marked", "a linguist's tool marks them"],
        }
    }
}

/// Writes a work in the words of a level.
pub fn write(doc: &Document, env: &Env, report: &mut Report) -> String {
    let profile = env.settings.tei.profile;
    let mut ids = Ids::of(&doc.body);
    let mut writer = Writer {
        xml: Xml::fragment().with_bare_quotes(),
        profile,
        notes: note_names(doc, &mut ids),
        waiting: VecDeque::new(),
        lacking: BTreeSet::new(),
    };
    if profile == TeiProfile::Eltec2 {
        writer.lacking.insert(Lack::Words);
    }
    writer.whole(doc);
    let (text, lacking) = (writer.xml.finish(), writer.lacking);
    for lack in lacking {
        let [what, becomes] = lack.said();
        let name = profile.name();
        report.remark("tei-eltec", None, format!("{name} has no words for {what}: {becomes}")).hint("--tei all keeps them");
    }
    let mut xml = Xml::document().with_bare_quotes();
    let id = ids.fresh("text".to_owned());
    xml.open("TEI", &[("xmlns", super::NAMESPACE), ("xml:id", &id), ("xml:lang", &doc.meta.language)]);
    xml.newline();
    header::header(&mut xml, doc, &Facts::of(doc), env, report);
    xml.raw(&text);
    xml.close();
    xml.newline();
    xml.finish()
}

struct Writer<'a> {
    xml: Xml,
    profile: TeiProfile,
    /// The `xml:id` and the mark of each note, by its number.
    notes: Vec<(String, String)>,
    /// Notes that are called and not written yet: level 0 has them at the end.
    waiting: VecDeque<&'a Note>,
    lacking: BTreeSet<Lack>,
}

impl<'a> Writer<'a> {
    /// Whether only the words of level 0 are there.
    fn bare(&self) -> bool {
        self.profile == TeiProfile::Eltec0
    }

    fn open(&mut self, name: &'static str, mut tag: Tag) {
        self.xml.open(name, &tag.finish(name, self.profile));
    }

    fn close(&mut self) {
        self.xml.close();
        self.xml.newline();
    }

    fn whole(&mut self, doc: &'a Document) {
        let view = outline(&doc.body);
        let layout = Layout::of(doc, &view);
        self.open("text", Tag::new().with("xml:lang", doc.meta.language.as_str()));
        self.xml.newline();
        if layout.has_front() {
            self.open("front", Tag::new());
            self.xml.newline();
            self.apart(layout.before);
            if layout.title_page {
                self.title_page(doc, layout.title);
            }
            self.apart(layout.preliminary);
            layout.front.iter().for_each(|section| self.section(section));
            self.close();
        }
        self.open("body", Tag::new());
        self.xml.newline();
        self.blocks(layout.preamble, "");
        if layout.body.is_empty() && layout.preamble.iter().all(|node| is_global(&node.kind)) {
            self.xml.empty("p", &[]);
            self.xml.newline();
        }
        layout.body.iter().for_each(|section| self.section(section));
        self.close();
        if !layout.back.is_empty() || !self.waiting.is_empty() {
            self.open("back", Tag::new());
            self.xml.newline();
            layout.back.iter().for_each(|section| self.section(section));
            self.left_notes();
            self.close();
        }
        self.close();
    }

    /// Blocks before the body, where they need a division around them.
    fn apart(&mut self, blocks: &'a [Node<Block>]) {
        if blocks.iter().all(|node| matches!(node.kind, Block::PageBreak(_) | Block::Comment(_))) {
            return self.blocks(blocks, "");
        }
        self.open("div", Tag::new().with("type", "liminal"));
        self.xml.newline();
        self.blocks(blocks, "");
        self.fill(blocks, true);
        self.close();
    }

    fn title_page(&mut self, doc: &'a Document, own: Option<&'a Node<Block>>) {
        self.open("div", Tag::new().with("type", "titlepage"));
        self.xml.newline();
        let mut said = String::new();
        match own.map(|node| (&node.kind, node.attrs.as_deref())) {
            Some((Block::Title(text), attrs)) => {
                said = plain_text(text);
                self.paragraph(text, attrs, "");
            }
            _ => self.leaf("p", Tag::new(), &doc.meta.title),
        }
        if let Some(subtitle) = doc.meta.subtitle.as_ref().filter(|subtitle| !said.contains(subtitle.as_str())) {
            self.leaf("p", Tag::new(), subtitle);
        }
        let authors = doc.meta.authors();
        if !authors.is_empty() {
            self.leaf("p", Tag::new(), &authors);
        }
        self.close();
    }

    fn leaf(&mut self, name: &'static str, tag: Tag, text: &str) {
        self.open(name, tag);
        self.xml.text(text);
        self.close();
    }

    fn section(&mut self, section: &Section<'a>) {
        let attrs = section.heading.attrs.as_deref();
        let classes = attrs.map(|attrs| &attrs.classes[..]).unwrap_or_default();
        let (kind, matter) = division(classes, &plain_text(section.title), section.depth);
        let kind = match (kind, matter) {
            ("letter", _) => "letter",
            (_, Matter::Front | Matter::Back | Matter::Around) => "liminal",
            (_, Matter::Body) if section.body.is_empty() && !section.sections.is_empty() => "group",
            (_, Matter::Body) => "chapter",
        };
        let mut tag = Tag::new().with("type", kind).maybe("n", section.number);
        if let Some(attrs) = attrs {
            tag = tag.maybe("xml:id", attrs.id.as_deref()).classes(attrs);
        }
        self.open("div", tag);
        self.xml.newline();
        self.blocks(section.lead, "");
        if !section.title.is_empty() {
            self.open("head", attrs.map_or(Tag::new(), |attrs| Tag::new().language(attrs)));
            self.inlines(section.title);
            self.close();
        }
        self.blocks(section.body, "");
        section.sections.iter().for_each(|inner| self.section(inner));
        self.fill(section.body, section.sections.is_empty());
        self.close();
    }

    /// A division holds something.
    fn fill(&mut self, blocks: &[Node<Block>], bare: bool) {
        if bare && blocks.iter().all(|node| is_global(&node.kind)) {
            self.xml.empty("p", &[]);
            self.xml.newline();
        }
    }

    /// Level 0 has notes as paragraphs at the end, those in notes behind the others.
    fn left_notes(&mut self) {
        if self.waiting.is_empty() {
            return;
        }
        self.lacking.insert(Lack::Notes);
        self.open("div", Tag::new().with("type", "notes").rend("called"));
        self.xml.newline();
        while let Some(note) = self.waiting.pop_front() {
            let (id, mark) = self.name(note.id);
            // The first paragraph bears the id, the others of the note stand behind it.
            self.open("p", Tag::new().with("xml:id", id).maybe("n", Some(mark).filter(|mark| !mark.is_empty())).rend("note"));
            match &note.body[..] {
                [Node { kind: Block::Paragraph(text), attrs: None, .. }, rest @ ..] => {
                    self.inlines(text);
                    self.close();
                    self.blocks(rest, "note-more");
                }
                body => {
                    self.close();
                    self.blocks(body, "note-more");
                }
            }
        }
        self.close();
    }

    fn name(&self, id: crate::tree::NoteId) -> (String, String) {
        self.notes.get(id.0 as usize).cloned().unwrap_or_default()
    }

    /// `within`: what the blocks around these are, where that has no element.
    fn blocks(&mut self, blocks: &'a [Node<Block>], within: &'a str) {
        blocks.iter().for_each(|block| self.block(block, within));
    }

    fn block(&mut self, node: &'a Node<Block>, within: &'a str) {
        let attrs = node.attrs.as_deref();
        match &node.kind {
            // Said on the title page.
            Block::Title(_) => {}
            Block::Heading { text, .. } => self.paragraph(text, attrs, "head"),
            Block::Paragraph(text) => self.paragraph(text, attrs, within),
            Block::Quote(inner) => {
                self.lacking.extend(self.bare().then_some(Lack::Quotations));
                self.quoted(None, inner, attrs, "quote");
            }
            Block::Group(group) => {
                let role = group.role.name().unwrap_or("group");
                self.lacking.insert(Lack::Groups);
                if !group.title.is_empty() {
                    self.paragraph(&group.title, None, "head");
                }
                self.quoted(Some(role), &group.body, attrs, role);
            }
            Block::Verse(stanzas) => stanzas.iter().for_each(|stanza| self.stanza(stanza, attrs)),
            Block::List(list) => self.list(list),
            Block::Definitions(entries) => {
                self.lacking.insert(Lack::Lists);
                for entry in entries {
                    self.paragraph(&entry.term, None, "term");
                    entry.meanings.iter().for_each(|meaning| self.blocks(meaning, "item"));
                }
            }
            Block::Table(table) => self.table(table),
            Block::Code { text, .. } => {
                self.lacking.insert(Lack::Code);
                self.open("p", Tag::new().source(attrs).rend("code"));
                text.split('\n').for_each(|line| self.xml.leaf("l", &[], line));
                self.close();
            }
            Block::Math(tex) => {
                self.open("p", Tag::new().source(attrs));
                self.formula(tex);
                self.close();
            }
            Block::Figure(figure) => {
                for image in &figure.images {
                    self.open("p", Tag::new().source(image.attrs.as_deref()).rend("figure"));
                    self.image(&image.kind);
                    self.close();
                }
                if !figure.caption.is_empty() {
                    self.paragraph(&figure.caption, attrs, "caption");
                }
            }
            Block::Bibliography(works) => works.entries.iter().for_each(|work| self.paragraph(&work.text, None, "bibl")),
            Block::Index(index) => index.entries.iter().for_each(|entry| self.paragraph(&entry.text, None, "index")),
            Block::Rule if self.bare() => {
                self.lacking.insert(Lack::Rules);
            }
            Block::Rule => {
                let mut tag = Tag::new().with("unit", "section").rend("rule").source(attrs);
                self.xml.empty("milestone", &tag.finish("milestone", self.profile));
                self.xml.newline();
            }
            Block::PageBreak(page) => {
                self.page_break(page, None, attrs);
                self.xml.newline();
            }
            Block::Comment(text) => self.xml.comment(&format!(" {text} ")),
        }
    }

    fn paragraph(&mut self, text: &'a [Node<Inline>], attrs: Option<&'a Attrs>, within: &'a str) {
        let tag = if within.is_empty() { Tag::new() } else { Tag::new().rend(within) };
        self.open("p", tag.source(attrs));
        self.inlines(text);
        self.close();
    }

    /// Blocks in a quotation, where the level has one.
    fn quoted(&mut self, kind: Option<&'static str>, inner: &'a [Node<Block>], attrs: Option<&'a Attrs>, within: &'a str) {
        if self.bare() {
            return self.blocks(inner, within);
        }
        self.open("quote", Tag::new().maybe("type", kind).source(attrs));
        self.xml.newline();
        self.blocks(inner, "");
        self.close();
    }

    fn stanza(&mut self, lines: &'a [VerseLine], attrs: Option<&'a Attrs>) {
        if lines.is_empty() {
            return;
        }
        self.lacking.insert(Lack::Stanzas);
        let mut tag = Tag::new().rend("stanza");
        // Of several, only one can bear the id.
        if let Some(attrs) = attrs {
            tag = tag.language(attrs).classes(attrs);
        }
        self.open("p", tag);
        for line in lines {
            self.open("l", Tag::new().maybe("n", line.number.as_deref()));
            self.inlines(&line.text);
            self.close();
        }
        self.close();
    }

    fn list(&mut self, list: &'a List) {
        self.lacking.insert(Lack::Lists);
        for (count, item) in (0..).zip(&list.items) {
            let number = list.start.map(|start| start.saturating_add(count).to_string());
            match &item.body[..] {
                [Node { kind: Block::Paragraph(text), attrs, .. }, rest @ ..] => {
                    self.open("p", Tag::new().maybe("n", number).rend("item").source(attrs.as_deref()));
                    self.inlines(text);
                    self.close();
                    self.blocks(rest, "item");
                }
                body => self.blocks(body, "item"),
            }
        }
    }

    fn table(&mut self, table: &'a Table) {
        self.lacking.insert(Lack::Tables);
        if !table.caption.is_empty() {
            self.paragraph(&table.caption, None, "caption");
        }
        for row in table.head.iter().chain(&table.rows) {
            if row.iter().any(|cell| cell.kind.line().is_none()) {
                row.iter().for_each(|cell| self.blocks(&cell.kind.body, "cell"));
                continue;
            }
            self.open("p", Tag::new().rend("row"));
            for (at, line) in row.iter().map(|cell: &Node<Cell>| cell.kind.line().unwrap_or_default()).enumerate() {
                if at > 0 {
                    self.xml.text(" | ");
                }
                self.inlines(line);
            }
            self.close();
        }
    }

    fn inlines(&mut self, inlines: &'a [Node<Inline>]) {
        inlines.iter().for_each(|inline| self.inline(inline));
    }

    fn inline(&mut self, node: &'a Node<Inline>) {
        let attrs = node.attrs.as_deref();
        match &node.kind {
            Inline::Text(text) => self.xml.text(text),
            Inline::LineBreak => {
                self.lacking.insert(Lack::Breaks);
                self.xml.text(" ");
            }
            Inline::Styled(style, inner) => self.stretch("hi", Tag::new().rend(rend(*style)).source(attrs), inner),
            Inline::Span(inner) => match attrs {
                Some(Attrs { lang: Some(_), .. }) if !self.bare() => self.stretch("foreign", Tag::new().source(attrs), inner),
                Some(own) if *own != Attrs::default() => {
                    self.lacking.extend(own.lang.is_some().then_some(Lack::Languages));
                    self.stretch("hi", Tag::new().source(attrs), inner);
                }
                Some(_) | None => self.inlines(inner),
            },
            Inline::Ruby { base, reading } => {
                self.lacking.insert(Lack::Ruby);
                self.inlines(base);
                self.xml.text(&format!(" ({reading})"));
            }
            Inline::Code(text) => self.words("hi", Tag::new().rend("code").source(attrs), text),
            Inline::Math(tex) => self.formula(tex),
            Inline::Link(link) => {
                self.stretch("ref", Tag::new().with("target", pointer(&link.target)).source(attrs), &link.text);
            }
            Inline::Image(image) => self.image(image),
            Inline::Citation(citation) => self.inlines(&citation.text),
            Inline::Reference(reference) if reference.form.leads() => {
                let target = format!("#{}", reference.target);
                self.stretch("ref", Tag::new().with("target", pointer(&target)).source(attrs), &reference.text);
            }
            Inline::Reference(reference) => self.inlines(&reference.text),
            Inline::IndexTerm(_) => {
                self.lacking.insert(Lack::Terms);
                // What leads here must find it.
                if attrs.is_some_and(|attrs| attrs.id.is_some()) {
                    self.stretch("hi", Tag::new().source(attrs), &[]);
                }
            }
            Inline::Note(note) => self.note(note, attrs),
            Inline::NoteCall(id) => {
                let (id, mark) = self.name(*id);
                self.call(&id, &mark, attrs);
            }
            Inline::PageBreak(page) => self.page_break(page, Some(page.space), attrs),
            Inline::LineEnd => {}
            Inline::Comment(text) => self.xml.comment(&format!(" {text} ")),
        }
    }

    fn stretch(&mut self, name: &'static str, tag: Tag, inner: &'a [Node<Inline>]) {
        self.open(name, tag);
        self.inlines(inner);
        self.xml.close();
    }

    fn words(&mut self, name: &'static str, tag: Tag, text: &str) {
        self.open(name, tag);
        self.xml.text(text);
        self.xml.close();
    }

    fn formula(&mut self, tex: &str) {
        self.lacking.insert(Lack::Formulas);
        self.words("hi", Tag::new().rend("formula"), tex);
    }

    fn image(&mut self, image: &Image) {
        self.lacking.insert(Lack::Images);
        self.words("ref", Tag::new().with("type", "graphic").with("target", pointer(&image.target)), &image.alt);
    }

    fn note(&mut self, note: &'a Note, attrs: Option<&'a Attrs>) {
        let (id, mark) = self.name(note.id);
        if self.bare() {
            self.waiting.push_back(note);
            return self.call(&id, &mark, None);
        }
        let kind = match note.place {
            NotePlace::Foot => None,
            NotePlace::Margin => Some("margin"),
            NotePlace::Apparatus => Some("apparatus"),
        };
        let mut tag = Tag::new().with("xml:id", id).maybe("n", Some(mark).filter(|mark| !mark.is_empty())).maybe("type", kind);
        if let Some(attrs) = attrs {
            tag = tag.language(attrs).classes(attrs);
        }
        self.open("note", tag);
        match &note.body[..] {
            [Node { kind: Block::Paragraph(text), attrs: None, .. }] => self.inlines(text),
            body => self.blocks(body, ""),
        }
        self.xml.close();
    }

    fn call(&mut self, id: &str, mark: &str, attrs: Option<&Attrs>) {
        self.words("ref", Tag::new().with("type", "noteAnchor").with("target", format!("#{id}")).source(attrs), mark);
    }

    /// Inside a line, `space` says whether a word ends there.
    fn page_break(&mut self, page: &crate::tree::PageBreak, space: Option<bool>, attrs: Option<&Attrs>) {
        self.lacking.extend((!page.furniture.is_empty()).then_some(Lack::Furniture));
        if space == Some(true) {
            self.xml.text(" ");
        }
        let mut tag = Tag::new().maybe("n", page.label.as_deref()).maybe("facs", page.facsimile.as_deref().map(pointer));
        if space == Some(false) {
            tag = tag.rend("inside-word");
        }
        let mut tag = tag.source(attrs);
        self.xml.empty("pb", &tag.finish("pb", self.profile));
    }
}
