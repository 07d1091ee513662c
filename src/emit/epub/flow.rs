//! Blocks and inlines as XHTML.

mod scholar;
mod tables;

use super::page::{Page, frame};
use super::plan::{File, Kind, Piece};
use super::spaces::{held, is_french};
use super::{Book, math};
use crate::emit::xml::Xml;
use crate::report::Report;
use crate::tree::{
    Admonition, Attrs, Block, Definition, Direction, Figure, Group, GroupRole, Image, Inline, Inlines, Item, Length, Link,
    List, Node, Note, NoteId, Numbering, PageBreak, Section, Style, VerseLine, inline_children, is_right_to_left, plain_text,
};

/// Writes the file at `file` of the plan.
pub(super) fn page(book: &Book, file: usize, report: &mut Report) -> Page {
    let planned = &book.plan.files[file];
    let mut writer = Writer::new(book, file, report);
    match planned.kind {
        Kind::Notes => writer.notes_together(),
        Kind::Text | Kind::Preliminaries | Kind::TitlePage => writer.pieces(planned),
    }
    let (body, mathml) = writer.finish();
    let matter = match planned.kind {
        Kind::Notes => "backmatter",
        Kind::Preliminaries => "frontmatter",
        Kind::Text | Kind::TitlePage => "bodymatter",
    };
    let xhtml = frame(book, &planned.title, matter, |xml| xml.raw(&body));
    Page { name: planned.name.clone(), xhtml, mathml }
}

/// Writes the content of one file.
pub(super) struct Writer<'p, 'a> {
    xml: Xml,
    book: &'p Book<'a>,
    file: usize,
    report: &'p mut Report,
    mathml: bool,
    /// Calls inside a link, which wait until it is closed: no link may stand in another.
    waiting: Vec<(&'p Node<Inline>, NoteId)>,
    /// What sets the next call apart from what stands right before it.
    apart: Option<&'static str>,
    /// The names of the boxes that scroll.
    regions: Vec<String>,
}

/// Where we are.
#[derive(Clone, Copy)]
pub(super) struct At {
    /// Whether the text around runs from right to left.
    rtl: bool,
    in_link: bool,
    french: bool,
    /// In a box that scrolls: none stands in another.
    boxed: bool,
    /// In a citation, whose links lead to the works cited.
    citing: bool,
}

/// Attributes that are put together.
type Pairs<'x> = Vec<(&'static str, &'x str)>;

impl<'p, 'a> Writer<'p, 'a> {
    pub fn new(book: &'p Book<'a>, file: usize, report: &'p mut Report) -> Self {
        let (waiting, regions) = (Vec::new(), Vec::new());
        Self { xml: Xml::fragment(), book, file, report, mathml: false, waiting, apart: None, regions }
    }

    /// What was written, and whether it has formulas.
    pub fn finish(self) -> (String, bool) {
        (self.xml.finish(), self.mathml)
    }

    pub fn at(&self) -> At {
        let language = &self.book.doc.meta.language;
        At { rtl: is_right_to_left(language), in_link: false, french: is_french(language), boxed: false, citing: false }
    }

    pub fn text(&mut self, text: &str, at: At) {
        match at.french {
            true => self.xml.text(&held(text)),
            false => self.xml.text(text),
        }
    }

    fn line(&mut self) {
        self.xml.newline();
    }

    fn close(&mut self) {
        self.xml.close();
        self.line();
    }

    /// Opens an element with its own attributes and classes, and those that the source gives the node. Says where we are in it.
    fn open(&mut self, name: &'static str, own: Pairs, class: &str, attrs: Option<&Attrs>, at: At) -> At {
        with(own, class, attrs, at, |own| self.xml.open(name, own))
    }

    /// An element that can't have content.
    fn empty(&mut self, name: &'static str, own: Pairs, attrs: Option<&Attrs>, at: At) {
        with(own, "", attrs, at, |own| self.xml.empty(name, own));
    }

    fn pieces(&mut self, file: &'p File<'a>) {
        let at = self.at();
        // A chapter that is cut keeps its section around what of it is in its first file.
        let around = match file.pieces.first() {
            Some(Piece::Opening(section)) => {
                self.open_section(section);
                true
            }
            _ => false,
        };
        for piece in &file.pieces {
            match *piece {
                Piece::Whole(section) => self.section(section, at),
                Piece::Opening(section) => self.head(section, at),
                Piece::Blocks(blocks) => self.blocks(blocks, at),
            }
        }
        if around {
            self.close();
        }
        self.notes();
    }

    fn section(&mut self, section: &'p Section<'a>, at: At) {
        self.open_section(section);
        self.head(section, at);
        self.blocks(section.body, at);
        section.sections.iter().for_each(|inner| self.section(inner, at));
        self.close();
    }

    fn open_section(&mut self, section: &Section) {
        let mut own = Vec::new();
        if let Some((kind, role)) = super::semantics::of(section, &self.book.plan.divisions) {
            own.push(("epub:type", kind));
            own.push(("role", role));
            if !is_silent(section) {
                own.push(("aria-labelledby", section.id));
            }
        }
        self.xml.open("section", &own);
        self.line();
    }

    /// The page breaks before a heading, and the heading.
    fn head(&mut self, section: &'p Section<'a>, at: At) {
        self.blocks(section.lead, at);
        let attrs = section.heading.attrs.as_deref();
        // A heading without words would be announced for nothing.
        let name = if is_silent(section) { "div" } else { ["h1", "h2", "h3", "h4", "h5", "h6"][section.depth.clamp(1, 6) - 1] };
        if let Some(number) = section.number.filter(|_| section.title.is_empty()) {
            self.number(number, attrs, at);
            return self.line();
        }
        let at = self.open(name, Vec::new(), "", attrs, at);
        self.inlines(section.title, at);
        self.close();
    }

    /// The number of a division without a heading. A style sheet shows it: it is no word of the text.
    fn number(&mut self, number: &str, attrs: Option<&Attrs>, at: At) {
        self.open("div", vec![("data-number", number)], "number", attrs, at);
        self.xml.close();
    }

    pub fn blocks(&mut self, blocks: &'p [Node<Block>], at: At) {
        blocks.iter().for_each(|node| self.block(node, at));
    }

    fn block(&mut self, node: &'p Node<Block>, at: At) {
        let attrs = node.attrs.as_deref();
        match &node.kind {
            // Said on the title page.
            Block::Title(_) => return,
            // Not in the flow of the work's headings: inside a quotation, a list, a note.
            Block::Heading { number: Some(number), text, .. } if text.is_empty() => {
                self.number(number, attrs, at);
            }
            Block::Heading { text, .. } => self.text_in("p", "head", text, attrs, at),
            Block::Paragraph(text) => self.text_in("p", "", text, attrs, at),
            Block::Quote(inner) => self.nest("blockquote", inner, attrs, at),
            Block::Group(group) => self.group(group, attrs, at),
            Block::Verse(stanzas) => self.verse(stanzas, attrs, at),
            Block::List(list) => self.list(list, attrs, at),
            Block::Definitions(entries) => self.definitions(entries, attrs, at),
            Block::Table(table) => self.table(table, attrs, at),
            Block::Code { language, text } => self.code(language, text, attrs, at),
            Block::Math(tex) => {
                self.open("div", Vec::new(), "formula", attrs, at);
                self.formula(tex, true, node.span);
                self.xml.close();
            }
            Block::Figure(figure) => self.figure(figure, attrs, at),
            Block::Bibliography(bibliography) => self.bibliography(bibliography, attrs, at),
            Block::Index(index) => self.index(index, attrs, at),
            Block::Rule => {
                self.empty("hr", Vec::new(), attrs, at);
            }
            Block::PageBreak(page) => return self.page_break("div", node, page),
            Block::Comment(_) => return,
        }
        self.line();
    }

    fn text_in(&mut self, name: &'static str, class: &str, text: &'p Inlines, attrs: Option<&Attrs>, at: At) {
        let at = self.open(name, Vec::new(), class, attrs, at);
        self.inlines(text, at);
        self.xml.close();
    }

    fn nest(&mut self, name: &'static str, inner: &'p [Node<Block>], attrs: Option<&Attrs>, at: At) {
        let at = self.open(name, Vec::new(), "", attrs, at);
        self.line();
        self.blocks(inner, at);
        self.xml.close();
    }

    /// Lines hang, so that one that turns over is seen to. The breaks are for reading systems without style sheets.
    fn verse(&mut self, stanzas: &'p [Vec<VerseLine>], attrs: Option<&Attrs>, at: At) {
        let at = self.open("div", Vec::new(), "verse", attrs, at);
        self.line();
        for stanza in stanzas.iter().filter(|stanza| !stanza.is_empty()) {
            self.xml.open("p", &[]);
            for (count, line) in stanza.iter().enumerate() {
                if count > 0 {
                    self.xml.empty("br", &[]);
                    self.line();
                }
                let indent = format!("in-{}", line.indent);
                let mut own: Pairs = Vec::new();
                if line.indent > 0 {
                    own.push(("class", &indent));
                }
                // A style sheet shows it in the margin: it is no word of the line.
                own.extend(line.shown_number().map(|number| ("data-line", number)));
                self.xml.open("span", &own);
                self.inlines(&line.text, at);
                self.xml.close();
            }
            self.close();
        }
        self.xml.close();
    }

    fn list(&mut self, list: &'p List, attrs: Option<&Attrs>, at: At) {
        if list.items.is_empty() {
            return;
        }
        let start = list.start.filter(|start| *start != 1).map(|start| start.min(i32::MAX as u64).to_string());
        let mut own: Pairs = start.iter().map(|start| ("start", start.as_str())).collect();
        own.extend(numbering(list.numbering).filter(|_| list.start.is_some()).map(|kind| ("type", kind)));
        let name = if list.start.is_some() { "ol" } else { "ul" };
        let tasks = list.items.iter().any(|item| item.task.is_some());
        let at = self.open(name, own, if tasks { "tasks" } else { "" }, attrs, at);
        self.line();
        list.items.iter().for_each(|item| self.item(item, list.tight, at));
        self.xml.close();
    }

    fn item(&mut self, item: &'p Item, tight: bool, at: At) {
        self.xml.open("li", &[]);
        let task = item.task.map(|done| if done { "☑ " } else { "☐ " });
        match &item.body[..] {
            [Node { kind: Block::Paragraph(text), attrs: None, .. }, rest @ ..] if tight => {
                self.xml.text(task.unwrap_or(""));
                self.inlines(text, at);
                if !rest.is_empty() {
                    self.line();
                }
                self.blocks(rest, at);
            }
            body => {
                self.xml.text(task.unwrap_or(""));
                self.line();
                self.blocks(body, at);
            }
        }
        self.close();
    }

    fn definitions(&mut self, entries: &'p [Definition], attrs: Option<&Attrs>, at: At) {
        if entries.is_empty() {
            return;
        }
        let at = self.open("dl", Vec::new(), "", attrs, at);
        self.line();
        for entry in entries {
            self.text_in("dt", "", &entry.term, None, at);
            self.line();
            for meaning in &entry.meanings {
                match &meaning[..] {
                    [Node { kind: Block::Paragraph(text), attrs: None, .. }] => self.text_in("dd", "", text, None, at),
                    body => self.nest("dd", body, None, at),
                }
                self.line();
            }
            // A term without a meaning is not valid.
            if entry.meanings.is_empty() {
                self.xml.leaf("dd", &[], "");
                self.line();
            }
        }
        self.xml.close();
    }

    /// Blocks with a role, named by EPUB's vocabulary where it has a word for it (EPUB SSV 1.1, DPUB-ARIA 1.1). Boxes are notes: an
    /// `aside` without that role is a landmark, and landmarks of one page must differ in name, which warnings don't.
    fn group(&mut self, group: &'p Group, attrs: Option<&Attrs>, at: At) {
        let (name, own, class): (_, Pairs, _) = match group.role {
            GroupRole::Epigraph => ("div", vec![("epub:type", "epigraph"), ("role", "doc-epigraph")], "epigraph"),
            GroupRole::Dedication => ("div", vec![("epub:type", "dedication"), ("role", "doc-dedication")], "dedication"),
            GroupRole::Imprint => ("div", Vec::new(), "imprint"),
            GroupRole::Colophon => ("div", vec![("epub:type", "colophon"), ("role", "doc-colophon")], "colophon"),
            GroupRole::Abstract => ("div", vec![("epub:type", "abstract"), ("role", "doc-abstract")], "abstract"),
            GroupRole::Admonition(Admonition::Tip) => ("aside", vec![("role", "doc-tip")], "admonition tip"),
            GroupRole::Admonition(Admonition::Note) => ("aside", vec![("role", "note")], "admonition note-box"),
            GroupRole::Admonition(Admonition::Important) => ("aside", vec![("role", "note")], "admonition important"),
            GroupRole::Admonition(Admonition::Warning) => ("aside", vec![("role", "note")], "admonition warning"),
            GroupRole::Admonition(Admonition::Caution) => ("aside", vec![("role", "note")], "admonition caution"),
            GroupRole::Opener => ("div", Vec::new(), "opener"),
            GroupRole::Closer => ("div", Vec::new(), "closer"),
            GroupRole::Byline => ("div", Vec::new(), "byline"),
            GroupRole::Postscript => ("div", vec![("epub:type", "z3998:postscript")], "postscript"),
            GroupRole::Speech => ("div", Vec::new(), "speech"),
            GroupRole::Stage => ("div", vec![("epub:type", "z3998:stage-direction")], "stage"),
            GroupRole::Cast => ("div", vec![("epub:type", "z3998:dramatis-personae")], "cast-list"),
            GroupRole::Argument => ("div", Vec::new(), "argument"),
            GroupRole::Trailer => ("div", Vec::new(), "trailer"),
            GroupRole::Entry => ("div", Vec::new(), "entry"),
            GroupRole::Plain => ("div", Vec::new(), "group"),
        };
        let kind = if let GroupRole::Admonition(kind) = group.role { Some(self.book.words.of_box(kind)) } else { None };
        // The style sheet shows the name of a box's kind, which is no word of the author's, unless the author's title says it.
        let class = if kind.is_some() && self.book.words.over_box(group).is_none() {
            format!("{class} named")
        } else {
            class.to_owned()
        };
        let own: Pairs = own.into_iter().chain(kind.map(|kind| ("aria-label", kind))).collect();
        let at = self.open(name, own, &class, attrs, at);
        self.line();
        if !group.title.is_empty() {
            if group.role == GroupRole::Speech {
                self.open("p", vec![("epub:type", "z3998:persona")], "title", None, at);
                self.inlines(&group.title, at);
                self.xml.close();
            } else {
                self.text_in("p", "title", &group.title, None, at);
            }
            self.line();
        }
        self.blocks(&group.body, at);
        self.xml.close();
    }

    fn code(&mut self, language: &str, text: &str, attrs: Option<&Attrs>, at: At) {
        // No code runs from right to left.
        let own = if at.rtl { vec![("dir", "ltr")] } else { Vec::new() };
        self.open("pre", own, "", attrs, at);
        let word = language.split_whitespace().next().unwrap_or("");
        let class = format!("language-{word}");
        let own: Pairs = if word.is_empty() { Vec::new() } else { vec![("class", &class)] };
        self.xml.leaf("code", &own, text);
        self.xml.close();
    }

    fn figure(&mut self, figure: &'p Figure, attrs: Option<&Attrs>, at: At) {
        let at = self.open("figure", Vec::new(), "", attrs, at);
        self.line();
        if let [only] = &figure.images[..] {
            self.image(&only.kind, only.attrs.as_deref(), at);
            self.line();
        } else {
            figure.images.iter().for_each(|image| self.panel(image, at));
        }
        if !figure.caption.is_empty() {
            self.text_in("figcaption", "", &figure.caption, None, at);
            self.line();
        }
        self.xml.close();
    }

    /// One image of several, with its own caption.
    fn panel(&mut self, image: &'p Node<Image>, at: At) {
        self.open("figure", Vec::new(), "panel", None, at);
        let plain = Image { title: String::new(), ..image.kind.clone() };
        self.image(&plain, image.attrs.as_deref(), at);
        if !image.kind.title.is_empty() {
            self.xml.leaf("figcaption", &[], &image.kind.title);
        }
        self.close();
    }

    fn image(&mut self, image: &Image, attrs: Option<&Attrs>, at: At) {
        let Some(href) = self.book.pictures.href(&image.target) else {
            // It was remarked when it was looked for.
            self.open("span", Vec::new(), "missing", attrs, at);
            self.xml.text(&image.alt);
            return self.xml.close();
        };
        let mut own = vec![("src", href), ("alt", image.alt.as_str())];
        if !image.title.is_empty() {
            own.push(("title", &image.title));
        }
        // Beside text that readers set as large as they like, an absolute width is one of the page's own inches.
        let style = image.width.map(|width| match width {
            Length::Percent(_) => format!("width: {width}"),
            Length::Points(_) => format!("width: {width}; max-width: 100%"),
        });
        own.extend(style.iter().map(|style| ("style", style.as_str())));
        self.empty("img", own, attrs, at);
    }

    fn formula(&mut self, tex: &str, display: bool, span: crate::span::Span) {
        match math::write(&mut self.xml, tex, display) {
            Ok(()) => self.mathml = true,
            Err(reason) => {
                self.report
                    .warn("math-unreadable", span, format!("the formula can't be said in MathML and stands as TeX: {reason}"))
                    .hint("use the commands of LaTeX and amsmath");
                self.xml.leaf("code", &[("class", "tex"), ("dir", "ltr")], tex);
            }
        }
    }

    /// The place of a printed page's beginning. Its label is no part of the text: reading aloud would stumble over it.
    fn page_break<K>(&mut self, name: &'static str, node: &Node<K>, page: &PageBreak) {
        let (Some(id), Some(label)) = (self.book.plan.name(node), &page.label) else { return };
        let own = [("id", id), ("epub:type", "pagebreak"), ("role", "doc-pagebreak"), ("aria-label", label.trim())];
        self.xml.leaf(name, &own, "");
        if name == "div" {
            self.line();
        }
    }

    pub fn inlines(&mut self, inlines: &'p [Node<Inline>], at: At) {
        for (number, node) in inlines.iter().enumerate() {
            let call = matches!(node.kind, Inline::Note(_) | Inline::NoteCall(_));
            self.apart = number.checked_sub(1).filter(|_| call).and_then(|before| apart(&inlines[before].kind));
            self.inline(node, at);
        }
    }

    fn inline(&mut self, node: &'p Node<Inline>, at: At) {
        let attrs = node.attrs.as_deref();
        match &node.kind {
            Inline::Text(text) => self.text(text, at),
            Inline::LineBreak => {
                self.empty("br", Vec::new(), attrs, at);
            }
            Inline::Styled(style, inner) => {
                let (name, class) = element(*style);
                self.inner(name, class, inner, attrs, at);
            }
            Inline::Span(inner) => match attrs {
                Some(Attrs { expansion: Some(expansion), .. }) => {
                    let at = self.open("abbr", vec![("title", expansion.as_str())], "", attrs, at);
                    self.inlines(inner, at);
                    self.xml.close();
                }
                Some(_) => self.inner("span", "", inner, attrs, at),
                None => self.inlines(inner, at),
            },
            Inline::Ruby { base, reading } => {
                let at = self.open("ruby", Vec::new(), "", attrs, at);
                self.inlines(base, at);
                self.xml.leaf("rt", &[], reading);
                self.xml.close();
            }
            Inline::Code(text) => {
                self.open("code", Vec::new(), "", attrs, at);
                self.xml.text(text);
                self.xml.close();
            }
            Inline::Math(tex) => match attrs {
                Some(_) => {
                    self.open("span", Vec::new(), "", attrs, at);
                    self.formula(tex, false, node.span);
                    self.xml.close();
                }
                None => self.formula(tex, false, node.span),
            },
            Inline::Link(link) => self.link(link, attrs, at),
            Inline::Citation(citation) => self.citation(citation, attrs, at),
            Inline::Reference(reference) => self.reference(reference, attrs, at),
            Inline::IndexTerm(_) => self.place(attrs, at),
            Inline::Image(image) => self.image(image, attrs, at),
            Inline::Note(Note { id, .. }) | Inline::NoteCall(id) => match at.in_link {
                true => self.waiting.push((node, *id)),
                false => self.call(node, *id, at),
            },
            Inline::PageBreak(page) => {
                if page.space {
                    self.xml.text(" ");
                }
                self.page_break("span", node, page);
            }
            Inline::LineEnd | Inline::Comment(_) => {}
        }
    }

    fn inner(&mut self, name: &'static str, class: &str, inner: &'p [Node<Inline>], attrs: Option<&Attrs>, at: At) {
        let at = self.open(name, Vec::new(), class, attrs, at);
        self.inlines(inner, at);
        self.xml.close();
    }

    fn link(&mut self, link: &'p Link, attrs: Option<&Attrs>, at: At) {
        let href = match link.target.strip_prefix('#') {
            Some(id) => self.book.plan.href(self.file, id),
            None => Some(link.target.clone()),
        };
        // No link stands in another, and none without words can be followed.
        let (Some(href), false, false) = (href, at.in_link, is_mute(&link.text)) else {
            return match attrs {
                Some(_) => self.inner("span", "", &link.text, attrs, at),
                None => self.inlines(&link.text, at),
            };
        };
        let mut own = vec![("href", href.as_str())];
        if at.citing {
            own.extend([("epub:type", "biblioref"), ("role", "doc-biblioref")]);
        }
        if !link.title.is_empty() {
            own.push(("title", &link.title));
        }
        let inner = self.open("a", own, "", attrs, at);
        self.inlines(&link.text, At { in_link: true, ..inner });
        self.xml.close();
        for (node, id) in std::mem::take(&mut self.waiting) {
            self.call(node, id, at);
        }
    }

    fn call(&mut self, node: &Node<Inline>, id: NoteId, at: At) {
        let (Some(note), Some(own)) = (self.book.plan.note(id), self.book.plan.name(node)) else { return };
        let href = self.book.plan.across(self.file, note.file, &note.id);
        let class = self.apart.take().map(|class| ("class", class));
        self.xml.open("sup", class.as_slice());
        let mut attributes = vec![("id", own), ("href", href.as_str()), ("epub:type", "noteref"), ("role", "doc-noteref")];
        // An element with a direction is apart from what stands around it: else the number would be read as one with another
        // before it. EPUB has no such rule for style sheets.
        attributes.extend(at.rtl.then_some(("dir", "ltr")));
        self.xml.leaf("a", &attributes, &note.mark);
        self.xml.close();
    }

    /// The notes of this file, behind its text.
    pub fn notes(&mut self) {
        let notes = &self.book.plan.files[self.file].notes;
        if notes.is_empty() {
            return;
        }
        let said = self.book.words.get("notes");
        self.xml.open("section", &[("epub:type", "footnotes"), ("class", "notes"), ("aria-label", said)]);
        self.line();
        self.xml.empty("hr", &[]);
        self.line();
        notes.iter().for_each(|note| self.note(note));
        self.close();
    }

    fn notes_together(&mut self) {
        let file = &self.book.plan.files[self.file];
        let own = [("epub:type", "endnotes"), ("role", "doc-endnotes"), ("class", "notes"), ("aria-labelledby", "notes-title")];
        self.xml.open("section", &own);
        self.line();
        self.xml.leaf("h1", &[("id", "notes-title")], &file.title);
        self.line();
        for (at, note) in file.notes.iter().enumerate() {
            if let Ok(chapter) = file.chapters.binary_search_by_key(&at, |(first, _)| *first) {
                self.xml.leaf("h2", &[], &file.chapters[chapter].1);
                self.line();
            }
            self.note(note);
        }
        self.close();
    }

    /// A note, in an element of its own with its number before it as the way back: what Apple Books, Kindle and Kobo show at the
    /// call. Apple Books hides an `aside` from the page, so it is none: readers who turn to the notes find them.
    fn note(&mut self, note: &'p Note) {
        let Some(home) = self.book.plan.note(note.id) else { return };
        let own = vec![("id", home.id.as_str()), ("epub:type", "footnote"), ("role", "doc-footnote")];
        // As the text that calls it, which stands elsewhere.
        let attrs = home.lang.map(|lang| Attrs { lang: Some(lang.to_owned()), ..Attrs::default() });
        let at = self.open("div", own, "note", attrs.as_ref(), self.at());
        self.line();
        let (first, rest) = match note.body.split_first() {
            Some((Node { kind: Block::Paragraph(text), attrs, .. }, rest)) => (Some((text, attrs.as_deref())), rest),
            _ => (None, &note.body[..]),
        };
        let inner = self.open("p", Vec::new(), "", first.and_then(|(_, attrs)| attrs), at);
        self.way_back(note.id);
        if let Some((text, _)) = first {
            self.inlines(text, inner);
        }
        match rest.split_last() {
            None => self.other_ways_back(note.id),
            Some((Node { kind: Block::Paragraph(text), attrs, .. }, between)) => {
                self.close();
                self.blocks(between, at);
                let inner = self.open("p", Vec::new(), "", attrs.as_deref(), at);
                self.inlines(text, inner);
                self.other_ways_back(note.id);
            }
            Some(_) => {
                self.other_ways_back(note.id);
                self.close();
                self.blocks(rest, at);
                return self.close();
            }
        }
        self.close();
        self.close();
    }

    /// The number before a note leads to its first call.
    fn way_back(&mut self, id: NoteId) {
        let Some(home) = self.book.plan.note(id) else { return };
        let Some((file, call)) = home.calls.first() else { return };
        self.back(*file, call, &home.mark);
        self.xml.text(" ");
    }

    /// Letters behind it lead to its other calls.
    fn other_ways_back(&mut self, id: NoteId) {
        let Some(home) = self.book.plan.note(id).filter(|home| home.calls.len() > 1) else { return };
        for (count, (file, call)) in home.calls.iter().enumerate().skip(1) {
            self.xml.text(" ");
            self.xml.open("sup", &[]);
            self.back(*file, call, &letters(count));
            self.xml.close();
        }
    }

    fn back(&mut self, file: usize, call: &str, said: &str) {
        let href = self.book.plan.across(self.file, file, call);
        let label = format!("{said}. {}", self.book.words.get("back-to-text"));
        let own = [("href", href.as_str()), ("epub:type", "backlink"), ("role", "doc-backlink"), ("aria-label", &label)];
        self.xml.leaf("a", &own, said);
    }
}

/// Hands the attributes of an element to `write`: its own, its class, and what the source gives the node. Says where we are in it.
fn with(own: Pairs, class: &str, attrs: Option<&Attrs>, at: At, write: impl FnOnce(&[(&'static str, &str)])) -> At {
    let mut own: Pairs = own;
    let Some(attrs) = attrs else {
        if !class.is_empty() {
            own.push(("class", class));
        }
        write(&own);
        return at;
    };
    let classes: Vec<_> = std::iter::once(class).chain(attrs.classes.iter().map(String::as_str)).collect();
    let classes = classes.join(" ");
    let mut own: Pairs = own;
    let mut inner = at;
    own.extend(attrs.id.iter().map(|id| ("id", id.as_str())));
    if !classes.trim().is_empty() {
        own.push(("class", classes.trim()));
    }
    if let Some(lang) = &attrs.lang {
        own.extend([("lang", lang.as_str()), ("xml:lang", lang.as_str())]);
        inner.french = is_french(lang);
    }
    if let Some(direction) = attrs.direction() {
        inner.rtl = direction == Direction::RightToLeft;
        if inner.rtl != at.rtl {
            own.push(("dir", direction.name()));
        }
    }
    write(&own);
    inner
}

/// `b` for 1, `c` for 2; behind `z`, `ba`.
fn letters(count: usize) -> String {
    let letter = char::from(b'a' + (count % 26) as u8);
    if count < 26 { letter.to_string() } else { letters(count / 26) + &letter.to_string() }
}

/// Whether a line has nothing that can be read aloud.
fn is_mute(inlines: &[Node<Inline>]) -> bool {
    plain_text(inlines).is_empty()
        && inlines
            .iter()
            .all(|node| !matches!(node.kind, Inline::Note(_) | Inline::NoteCall(_)) && is_mute(inline_children(&node.kind)))
}

/// What HTML's `type` says of a list's numbers; decimal ones need none.
fn numbering(numbering: Numbering) -> Option<&'static str> {
    match numbering {
        Numbering::Decimal => None,
        Numbering::LowerAlpha => Some("a"),
        Numbering::UpperAlpha => Some("A"),
        Numbering::LowerRoman => Some("i"),
        Numbering::UpperRoman => Some("I"),
    }
}

/// Whether a section's heading has nothing that can be read aloud.
fn is_silent(section: &Section) -> bool {
    is_mute(section.title)
}

/// How XHTML says a style.
pub(super) fn element(style: Style) -> (&'static str, &'static str) {
    match style {
        Style::Emphasis => ("em", ""),
        Style::Strong => ("strong", ""),
        Style::Strikethrough => ("s", ""),
        Style::Superscript => ("sup", ""),
        Style::Subscript => ("sub", ""),
        Style::Underline => ("u", ""),
        Style::Small => ("small", ""),
        Style::SmallCaps => ("span", "small-caps"),
        Style::Highlight => ("mark", ""),
    }
}

/// How a call is set apart that comes right behind `before`, where its number would be read as one with it: the style sheet puts the
/// comma and the white, which no reader aloud speaks.
fn apart(before: &Inline) -> Option<&'static str> {
    match before {
        Inline::Note(_) | Inline::NoteCall(_) => Some("further-call"),
        Inline::Text(text) if text.ends_with(char::is_numeric) => Some("call-of-figure"),
        Inline::Text(_)
        | Inline::LineBreak
        | Inline::LineEnd
        | Inline::Styled(..)
        | Inline::Span(_)
        | Inline::Ruby { .. }
        | Inline::Code(_)
        | Inline::Math(_)
        | Inline::Link(_)
        | Inline::Citation(_)
        | Inline::Reference(_)
        | Inline::IndexTerm(_)
        | Inline::Image(_)
        | Inline::PageBreak(_)
        | Inline::Comment(_) => None,
    }
}
