//! `text`: front, body and their divisions (TEI P5, chapters 3, 4, 6, 8 and 14).

use crate::emit::xml::Xml;
use crate::tree::{
    Align, Attrs, Block, Blocks, Definition, Document, Ids, Image, Inline, Inlines, List, Node, Note, NoteId, Outline,
    PageBreak, Section, Style, Table, Visit, outline, plain_text, walk_blocks,
};

/// The `text` element of a work, as XML.
pub fn text(doc: &Document) -> String {
    let mut writer = Writer { xml: Xml::fragment(), ids: Ids::of(&doc.body), notes: Vec::new(), paragraphs: 0 };
    writer.name_notes(doc);
    let view = outline(&doc.body);
    writer.xml.open("text", &[("xml:lang", &doc.meta.language)]);
    writer.line();
    writer.front(doc, &view);
    writer.body(&view);
    writer.close();
    writer.xml.finish()
}

struct Writer {
    xml: Xml,
    ids: Ids,
    /// The `xml:id` and the mark of each note, by its number.
    notes: Vec<(String, String)>,
    /// How many paragraphs were written.
    paragraphs: usize,
}

/// Attributes that are put together.
type Pairs<'a> = Vec<(&'static str, &'a str)>;

impl Writer {
    fn name_notes(&mut self, doc: &Document) {
        walk_blocks(&doc.body, &mut |visit| {
            let Visit::Inline(Node { kind: Inline::Note(note), .. }) = visit else { return };
            let at = note.id.0 as usize;
            self.notes.resize(self.notes.len().max(at + 1), Default::default());
            self.notes[at] = (self.ids.fresh(format!("note-{at}")), note.mark.clone());
        });
    }

    fn note(&self, id: NoteId) -> (&str, &str) {
        self.notes.get(id.0 as usize).map_or(("", ""), |(id, mark)| (id, mark))
    }

    fn line(&mut self) {
        self.xml.newline();
    }

    fn close(&mut self) {
        self.xml.close();
        self.line();
    }

    /// A title page. It is left out where the text's first heading says the title by itself, so that no title stands twice.
    fn front(&mut self, doc: &Document, view: &Outline) {
        let title = view.preamble.iter().find_map(|node| match &node.kind {
            Block::Title(text) => Some((node, text)),
            _ => None,
        });
        let first = view.sections.first().map(|section| plain_text(section.title));
        if title.is_none() && first.as_ref() == Some(&doc.meta.title) {
            return;
        }
        self.xml.open("front", &[]);
        self.line();
        self.xml.open("titlePage", &[]);
        self.line();
        self.xml.open("docTitle", &[]);
        let attributes = title.and_then(|(node, _)| node.attrs.as_deref());
        self.xml.open("titlePart", &with(vec![("type", "main")], attributes));
        match title {
            Some((_, text)) => self.inlines(text),
            None => self.xml.text(&doc.meta.title),
        }
        self.xml.close();
        if let Some(subtitle) = &doc.meta.subtitle {
            let said = title.is_some_and(|(_, text)| plain_text(text).contains(subtitle.as_str()));
            if !said {
                self.xml.leaf("titlePart", &[("type", "sub")], subtitle);
            }
        }
        self.close();
        let authors = doc.meta.authors();
        if !authors.is_empty() {
            self.xml.element("byline", &[], |xml| xml.leaf("docAuthor", &[], &authors));
            self.line();
        }
        self.close();
        self.close();
    }

    fn body(&mut self, view: &Outline) {
        self.xml.open("body", &[]);
        self.line();
        let before = self.xml.written();
        self.blocks(view.preamble);
        view.sections.iter().for_each(|section| self.division(section));
        if self.xml.written() == before {
            self.xml.empty("p", &[]);
            self.line();
        }
        self.close();
    }

    fn division(&mut self, section: &Section) {
        let kind = if section.depth == 1 { "chapter" } else { "section" };
        self.xml.open("div", &with(vec![("type", kind)], section.heading.attrs.as_deref()));
        self.line();
        self.blocks(section.lead);
        self.xml.open("head", &[]);
        self.inlines(section.title);
        self.close();
        self.blocks(section.body);
        section.sections.iter().for_each(|inner| self.division(inner));
        self.close();
    }

    fn blocks(&mut self, blocks: &[Node<Block>]) {
        blocks.iter().for_each(|block| self.block(block));
    }

    fn block(&mut self, node: &Node<Block>) {
        let attrs = node.attrs.as_deref();
        match &node.kind {
            // Said on the title page.
            Block::Title(_) => return,
            // Not in the flow of the work's headings: inside a quotation, a list, a note.
            Block::Heading { text, .. } => {
                self.xml.open("ab", &with(vec![("type", "head")], attrs));
                self.inlines(text);
                self.xml.close();
            }
            Block::Paragraph(text) => self.paragraph(text, attrs),
            Block::Quote(inner) => self.nest("quote", &with(Vec::new(), attrs), inner),
            Block::Verse(stanzas) => self.verse(stanzas, attrs),
            Block::List(list) => self.list(list, attrs),
            Block::Definitions(entries) => self.definitions(entries, attrs),
            Block::Table(table) => self.table(table, attrs),
            Block::Code { language, text } => {
                self.xml.open("ab", &with(vec![("type", "code")], attrs));
                let mut attributes = vec![("xml:space", "preserve")];
                if !language.is_empty() {
                    attributes.insert(0, ("lang", language));
                }
                self.xml.leaf("code", &attributes, text);
                self.xml.close();
            }
            Block::Math(tex) => {
                self.xml.open("ab", &with(vec![("type", "formula")], attrs));
                self.xml.leaf("formula", &[("notation", "TeX"), ("rend", "display")], tex);
                self.xml.close();
            }
            Block::Figure { image, caption } => self.figure(image, caption, attrs),
            Block::Rule => self.xml.empty("milestone", &with(vec![("unit", "section"), ("rend", "rule")], attrs)),
            Block::PageBreak(page) => self.page_break(page, None),
            Block::Comment(text) => self.xml.comment(text),
        }
        self.line();
    }

    fn nest(&mut self, name: &'static str, attributes: &Pairs, inner: &Blocks) {
        self.xml.open(name, attributes);
        self.line();
        self.blocks(inner);
        self.xml.close();
    }

    fn paragraph(&mut self, text: &Inlines, attrs: Option<&Attrs>) {
        self.paragraphs += 1;
        let number = self.paragraphs.to_string();
        let id = match attrs.and_then(|attrs| attrs.id.clone()) {
            Some(own) => own,
            None => self.ids.fresh(format!("p-{number}")),
        };
        let mut attributes = vec![("xml:id", id.as_str()), ("n", number.as_str())];
        attributes.extend(with(Vec::new(), attrs).into_iter().filter(|(name, _)| *name != "xml:id"));
        self.xml.open("p", &attributes);
        self.inlines(text);
        self.xml.close();
    }

    fn verse(&mut self, stanzas: &[Vec<Inlines>], attrs: Option<&Attrs>) {
        let stanzas: Vec<_> = stanzas.iter().filter(|stanza| !stanza.is_empty()).collect();
        if stanzas.is_empty() {
            return;
        }
        self.xml.open("lg", &with(vec![("type", "poem")], attrs));
        self.line();
        for stanza in stanzas {
            self.xml.open("lg", &[("type", "stanza")]);
            self.line();
            for line in stanza {
                self.xml.open("l", &[]);
                self.inlines(line);
                self.close();
            }
            self.close();
        }
        self.xml.close();
    }

    fn list(&mut self, list: &List, attrs: Option<&Attrs>) {
        if list.items.is_empty() {
            return;
        }
        let kind = if list.start.is_some() { "numbered" } else { "bulleted" };
        self.xml.open("list", &with(vec![("rend", kind)], attrs));
        self.line();
        for (count, item) in (0..).zip(&list.items) {
            let number = list.start.map(|start| (start.saturating_add(count)).to_string());
            let mut attributes: Pairs = number.iter().map(|number| ("n", number.as_str())).collect();
            attributes.extend(item.task.map(|done| ("rend", if done { "done" } else { "to-do" })));
            self.xml.open("item", &attributes);
            match (&item.body[..], list.tight) {
                ([Node { kind: Block::Paragraph(text), attrs: None, .. }, rest @ ..], true) if !has_paragraph(rest) => {
                    self.inlines(text);
                    self.blocks(rest);
                }
                (body, _) => self.blocks(body),
            }
            self.close();
        }
        self.xml.close();
    }

    fn definitions(&mut self, entries: &[Definition], attrs: Option<&Attrs>) {
        if entries.is_empty() {
            return;
        }
        self.xml.open("list", &with(vec![("type", "gloss")], attrs));
        self.line();
        for entry in entries {
            self.xml.open("label", &[]);
            self.inlines(&entry.term);
            self.close();
            self.xml.open("item", &[]);
            match &entry.meanings[..] {
                [] => {}
                [only] => self.blocks(only),
                several => {
                    self.xml.open("list", &[("rend", "meanings")]);
                    for meaning in several {
                        self.nest("item", &Vec::new(), meaning);
                    }
                    self.xml.close();
                }
            }
            self.close();
        }
        self.xml.close();
    }

    fn table(&mut self, table: &Table, attrs: Option<&Attrs>) {
        if table.columns.is_empty() {
            return;
        }
        let (rows, cols) = ((table.rows.len() + 1).to_string(), table.columns.len().to_string());
        self.xml.open("table", &with(vec![("rows", &rows), ("cols", &cols)], attrs));
        self.line();
        self.row(&table.head, &table.columns, "label");
        table.rows.iter().for_each(|row| self.row(row, &table.columns, "data"));
        self.xml.close();
    }

    fn row(&mut self, cells: &[Inlines], columns: &[Align], role: &'static str) {
        self.xml.open("row", &[("role", role)]);
        for (cell, align) in cells.iter().zip(columns) {
            let align = match align {
                Align::Natural => None,
                Align::Left => Some(("rend", "left")),
                Align::Centre => Some(("rend", "center")),
                Align::Right => Some(("rend", "right")),
            };
            self.xml.open("cell", &align.into_iter().collect::<Vec<_>>());
            self.inlines(cell);
            self.xml.close();
        }
        self.close();
    }

    fn figure(&mut self, image: &Image, caption: &Inlines, attrs: Option<&Attrs>) {
        self.xml.open("figure", &with(Vec::new(), attrs));
        self.xml.empty("graphic", &[("url", &pointer(&image.target))]);
        if !caption.is_empty() {
            self.xml.open("head", &[]);
            self.inlines(caption);
            self.xml.close();
        }
        if !image.alt.is_empty() {
            self.xml.leaf("figDesc", &[], &image.alt);
        }
        self.xml.close();
    }

    /// A page break; inside a line, `space` says whether words go on across it.
    fn page_break(&mut self, page: &PageBreak, space: Option<bool>) {
        if space == Some(true) {
            self.xml.text(" ");
        }
        let mut attributes: Pairs = page.label.iter().map(|label| ("n", label.as_str())).collect();
        if space == Some(false) {
            attributes.push(("break", "no"));
        }
        self.xml.empty("pb", &attributes);
    }

    fn inlines(&mut self, inlines: &[Node<Inline>]) {
        inlines.iter().for_each(|inline| self.inline(inline));
    }

    fn inline(&mut self, node: &Node<Inline>) {
        let attrs = node.attrs.as_deref();
        match &node.kind {
            Inline::Text(text) => self.xml.text(text),
            Inline::LineBreak => self.xml.empty("lb", &with(Vec::new(), attrs)),
            Inline::Styled(style, inner) => self.inner("hi", with(vec![("rend", rend(*style))], attrs), inner),
            Inline::Span(inner) => match attrs {
                Some(Attrs { lang: Some(_), .. }) => self.inner("foreign", with(Vec::new(), attrs), inner),
                Some(_) => self.inner("seg", with(Vec::new(), attrs), inner),
                None => self.inlines(inner),
            },
            Inline::Code(text) => self.xml.leaf("code", &with(Vec::new(), attrs), text),
            Inline::Math(tex) => self.xml.leaf("formula", &with(vec![("notation", "TeX")], attrs), tex),
            Inline::Link(link) => self.inner("ref", with(vec![("target", &pointer(&link.target))], attrs), &link.text),
            Inline::Image(image) => self.xml.element("graphic", &with(vec![("url", &pointer(&image.target))], attrs), |xml| {
                if !image.alt.is_empty() {
                    xml.leaf("desc", &[], &image.alt);
                }
            }),
            Inline::Note(note) => self.place_note(note),
            Inline::NoteCall(id) => {
                let (id, mark) = self.note(*id);
                let (target, mark) = (format!("#{id}"), mark.to_owned());
                self.xml.leaf("ref", &[("type", "noteAnchor"), ("target", &target)], &mark);
            }
            Inline::PageBreak(page) => self.page_break(page, Some(page.space)),
            Inline::LineEnd => self.xml.empty("lb", &[("break", "no")]),
            Inline::Comment(text) => self.xml.comment(text),
        }
    }

    fn inner(&mut self, name: &'static str, attributes: Pairs, inner: &[Node<Inline>]) {
        self.xml.open(name, &attributes);
        self.inlines(inner);
        self.xml.close();
    }

    fn place_note(&mut self, note: &Note) {
        let (id, mark) = self.note(note.id);
        let (id, mark) = (id.to_owned(), mark.to_owned());
        let mut attributes = vec![("place", "foot")];
        if !mark.is_empty() {
            attributes.push(("n", &mark));
        }
        attributes.push(("xml:id", &id));
        self.xml.open("note", &attributes);
        match &note.body[..] {
            [Node { kind: Block::Paragraph(text), attrs: None, .. }] => self.inlines(text),
            body => self.blocks(body),
        }
        self.xml.close();
    }
}

fn has_paragraph(blocks: &[Node<Block>]) -> bool {
    blocks.iter().any(|node| matches!(node.kind, Block::Paragraph(_)))
}

/// Attributes, and behind them those that the source gives a node.
fn with<'a>(mut attributes: Pairs<'a>, attrs: Option<&'a Attrs>) -> Pairs<'a> {
    if let Some(attrs) = attrs {
        attributes.extend(attrs.id.iter().map(|id| ("xml:id", id.as_str())));
        attributes.extend(attrs.lang.iter().map(|lang| ("xml:lang", lang.as_str())));
    }
    attributes
}

/// How TEI writes a style in `@rend`.
fn rend(style: Style) -> &'static str {
    match style {
        Style::Emphasis => "italic",
        Style::Strong => "bold",
        Style::Strikethrough => "strikethrough",
        Style::Superscript => "superscript",
        Style::Subscript => "subscript",
        Style::Underline => "underline",
        Style::Small => "small",
        Style::SmallCaps => "smallcaps",
    }
}

/// An address as `teidata.pointer` wants it: without white space, and never empty.
fn pointer(target: &str) -> String {
    let escaped: String = target.split_whitespace().collect::<Vec<_>>().join("%20");
    if escaped.is_empty() { "#".to_owned() } else { escaped.replace(['<', '>', '"', '{', '}', '|', '\\', '^', '`'], "_") }
}
