//! What stands on lines of its own (TEI P5, chapters 3, 6 and 14).

use super::tag::{Tag, pointer};
use super::text::{At, Writer};
use crate::settings::TeiProfile;
use crate::tree::{
    Align, Attrs, Block, Blocks, Cell, Definition, Figure, Furniture, FurnitureKind, Group, Image, Inline, Inlines, List, Node,
    Numbering, PageBreak, Row, Style, Table, VerseLine, places,
};

impl Writer<'_> {
    pub fn blocks(&mut self, blocks: &[Node<Block>], at: At) {
        blocks.iter().for_each(|block| self.block(block, at));
    }

    fn block(&mut self, node: &Node<Block>, at: At) {
        let attrs = node.attrs.as_deref();
        match &node.kind {
            // Said on the title page.
            Block::Title(_) => return,
            // Not in the flow of the work's headings: inside a quotation, a list, a note.
            Block::Heading { level, number, text } => self.inner_heading(*level, number.as_deref(), text, attrs, at),
            Block::Paragraph(text) => self.paragraph(text, attrs, at),
            Block::Quote(inner) => {
                let name = if self.has("quote") { "quote" } else { "q" };
                self.nest(name, Tag::new().source(attrs), inner, at);
            }
            Block::Group(group) => self.group(group, attrs, at),
            Block::Verse(stanzas) => self.verse(stanzas, attrs, at),
            Block::List(list) => self.list(list, attrs, at),
            Block::Definitions(entries) => self.definitions(entries, attrs, at),
            Block::Table(table) => self.table(table, attrs, at),
            Block::Code { language, text } => self.code(language, text, attrs, at),
            Block::Math(tex) => self.boxed("formula", Tag::new(), attrs, at, |writer| {
                let tag = Tag::new().with("notation", "TeX").rend("display");
                writer.open("formula", tag);
                writer.xml.text(tex);
                writer.xml.close();
            }),
            Block::Figure(figure) => self.figure(figure, attrs, at),
            Block::Bibliography(bibliography) => self.bibliography(bibliography, attrs, at),
            Block::Index(index) => self.index(index, attrs, at),
            Block::Rule => {
                let tag = Tag::new().with("unit", "section");
                let tag = if self.profile() == TeiProfile::Dtabf { tag.with("rendition", "#hr") } else { tag.rend("rule") };
                self.empty("milestone", tag.source(attrs));
            }
            Block::PageBreak(page) => self.page_break(page, None, attrs),
            Block::Comment(text) => self.comment(text),
        }
        self.line();
    }

    pub fn profile(&self) -> TeiProfile {
        self.settings.profile
    }

    pub fn comment(&mut self, text: &str) {
        self.xml.comment(&format!(" {text} "));
    }

    fn nest(&mut self, name: &'static str, tag: Tag, inner: &Blocks, at: At) {
        self.open(name, tag);
        self.line();
        self.blocks(inner, at.inner());
        self.xml.close();
    }

    /// Whether blocks may stand here by Schematron's rules for lines of verse.
    fn confined(&self, at: At) -> bool {
        at.line && !at.direct && self.has("seg")
    }

    fn paragraph(&mut self, text: &Inlines, attrs: Option<&Attrs>, at: At) {
        if self.confined(at) {
            return self.inner("seg", Tag::new().with("type", "paragraph").source(attrs), text, at);
        }
        if at.note || at.line {
            return self.inner("p", Tag::new().source(attrs), text, at);
        }
        let (fresh, number) = self.number();
        let mut tag = Tag::new().with("xml:id", attrs.and_then(|attrs| attrs.id.clone()).unwrap_or(fresh)).with("n", number);
        if let Some(attrs) = attrs {
            tag = tag.language(attrs).classes(attrs);
        }
        self.inner("p", tag, text, at);
    }

    /// A block for which TEI has no element of its own.
    fn boxed(&mut self, kind: &'static str, tag: Tag, attrs: Option<&Attrs>, at: At, inner: impl FnOnce(&mut Self)) {
        let name = match self.has("ab") {
            _ if self.confined(at) => "seg",
            true => "ab",
            false => "p",
        };
        let tag = if name == "p" { tag.rend(kind) } else { tag.with("type", kind) };
        self.open(name, tag.source(attrs));
        inner(self);
        self.xml.close();
    }

    fn inner_heading(&mut self, level: u8, number: Option<&str>, text: &Inlines, attrs: Option<&Attrs>, at: At) {
        let level = format!("level-{level}");
        self.boxed("head", Tag::new().maybe("n", number).rend(&level), attrs, at, |writer| writer.inlines(text, at));
    }

    /// Blocks with a role, as a text that floats in the other (TEI P5, 4.3.2): unlike `epigraph`, `opener` and their like, which stand
    /// at the head or foot of divisions only, it may stand wherever a paragraph may.
    fn group(&mut self, group: &Group, attrs: Option<&Attrs>, at: At) {
        if !self.has("floatingText") {
            let name = if self.has("quote") { "quote" } else { "q" };
            let kind = group.role.name().unwrap_or("group");
            self.open(name, Tag::new().with("type", kind).source(attrs));
            self.line();
            self.group_body(group, at.inner());
            return self.xml.close();
        }
        self.open("floatingText", Tag::new().maybe("type", group.role.name()).source(attrs));
        self.open("body", Tag::new());
        self.line();
        let before = self.xml.written();
        // What floats in a line of verse may hold what the line may not (Schematron, again).
        self.group_body(group, At { group: true, line: false, ..at.inner() });
        if self.xml.written() == before || group.body.iter().all(|node| super::text::is_global(&node.kind)) {
            self.xml.empty("p", &[]);
        }
        self.xml.close();
        self.xml.close();
    }

    fn group_body(&mut self, group: &Group, at: At) {
        if !group.title.is_empty() {
            match at.group {
                true => self.inner("head", Tag::new(), &group.title, at),
                false => self.boxed("head", Tag::new().rend("title"), None, at, |writer| writer.inlines(&group.title, at)),
            }
            self.line();
        }
        self.blocks(&group.body, At { group: false, ..at });
    }

    fn code(&mut self, language: &str, text: &str, attrs: Option<&Attrs>, at: At) {
        if self.has("eg") {
            self.open("eg", Tag::new().with("xml:space", "preserve").source(attrs));
            self.xml.text(text);
            return self.xml.close();
        }
        if !self.has("code") {
            return self.boxed("code", Tag::new(), attrs, at, |writer| writer.code_lines(text));
        }
        let language = Some(language).filter(|language| !language.is_empty() && !language.contains(char::is_control));
        self.boxed("code", Tag::new(), attrs, at, |writer| {
            writer.open("code", Tag::new().maybe("lang", language).with("xml:space", "preserve"));
            writer.xml.text(text);
            writer.xml.close();
        });
    }

    /// Code where a schema has no element for it: its lines are kept.
    fn code_lines(&mut self, text: &str) {
        for (at, line) in text.split('\n').enumerate() {
            if at > 0 {
                self.empty("lb", Tag::new());
            }
            self.xml.text(line);
        }
    }

    fn verse(&mut self, stanzas: &[Vec<VerseLine>], attrs: Option<&Attrs>, at: At) {
        let stanzas: Vec<_> = stanzas.iter().filter(|stanza| !stanza.is_empty()).collect();
        let [first, rest @ ..] = &stanzas[..] else { return };
        self.open("lg", Tag::new().with("type", "poem").source(attrs));
        self.line();
        if rest.is_empty() {
            self.lines(first, at);
        } else {
            for stanza in stanzas {
                self.open("lg", Tag::new().with("type", "stanza"));
                self.line();
                self.lines(stanza, at);
                self.close();
            }
        }
        self.xml.close();
    }

    fn lines(&mut self, stanza: &[VerseLine], at: At) {
        for line in stanza {
            let indent = format!("indent-{}", line.indent);
            let tag = Tag::new().maybe("n", line.number.as_deref());
            let tag = if line.indent > 0 { tag.rend(&indent) } else { tag };
            self.inner("l", tag, &line.text, At { line: true, direct: false, ..at });
            self.line();
        }
    }

    fn list(&mut self, list: &List, attrs: Option<&Attrs>, at: At) {
        if list.items.is_empty() {
            return;
        }
        let kind = if list.start.is_some() { "numbered" } else { "bulleted" };
        let mut tag = Tag::new().rend(kind).rend(if list.tight { "tight" } else { "loose" });
        if list.start.is_some() && list.numbering != Numbering::Decimal {
            tag = tag.rend(list.numbering.name());
        }
        self.open("list", tag.source(attrs));
        self.line();
        for (count, item) in (0..).zip(&list.items) {
            let number = list.start.map(|start| start.saturating_add(count).to_string());
            let mut tag = Tag::new().maybe("n", number);
            if let Some(done) = item.task {
                tag = tag.rend(if done { "done" } else { "to-do" });
            }
            self.open("item", tag);
            self.item(&item.body, list.tight, at.inner());
            self.close();
        }
        self.xml.close();
    }

    /// What stands in an item or a meaning: in a tight list, its first paragraph is the item's own text.
    fn item(&mut self, body: &Blocks, tight: bool, at: At) {
        match &body[..] {
            [Node { kind: Block::Paragraph(text), attrs: None, .. }, rest @ ..] if tight && flows(text, rest) => {
                self.inlines(text, at);
                self.blocks(rest, at);
            }
            body => self.blocks(body, at),
        }
    }

    fn definitions(&mut self, entries: &[Definition], attrs: Option<&Attrs>, at: At) {
        if entries.is_empty() {
            return;
        }
        let gloss = self.has("label");
        let tag = if gloss { Tag::new().with("type", "gloss") } else { Tag::new().rend("gloss") };
        self.open("list", tag.source(attrs));
        self.line();
        for entry in entries {
            if gloss {
                self.inner("label", Tag::new(), &entry.term, at);
                self.line();
                self.open("item", Tag::new());
            } else {
                self.open("item", Tag::new());
                self.inner("hi", self.style(Style::Strong), &entry.term, at);
                self.xml.text(" ");
            }
            match &entry.meanings[..] {
                [] => {}
                [only] => self.item(only, true, at.inner()),
                several => {
                    self.open("list", Tag::new().rend("meanings"));
                    for meaning in several {
                        self.open("item", Tag::new());
                        self.item(meaning, true, at.inner());
                        self.close();
                    }
                    self.xml.close();
                }
            }
            self.close();
        }
        self.xml.close();
    }

    fn table(&mut self, table: &Table, attrs: Option<&Attrs>, at: At) {
        if table.columns.is_empty() {
            return;
        }
        let rows = table.height().max(1).to_string();
        self.open("table", Tag::new().with("rows", rows).with("cols", table.columns.len().to_string()).source(attrs));
        self.line();
        if !table.caption.is_empty() {
            self.inner("head", Tag::new(), &table.caption, at.inner());
            self.line();
        }
        self.rows(&table.head, &table.columns, "label", at.inner());
        self.rows(&table.rows, &table.columns, "data", at.inner());
        self.xml.close();
    }

    fn rows(&mut self, rows: &[Row], columns: &[Align], role: &'static str, at: At) {
        for (row, places) in rows.iter().zip(places(rows)) {
            self.open("row", Tag::new().with("role", role));
            for (cell, place) in row.iter().zip(places) {
                self.cell(cell, columns.get(place).copied().unwrap_or(Align::Natural), role, at);
            }
            self.close();
        }
    }

    /// A cell of a row of `role`. It says how it is set, as its column or for itself.
    fn cell(&mut self, node: &Node<Cell>, column: Align, role: &'static str, at: At) {
        let cell = &node.kind;
        let (side, simple) = match cell.align.unwrap_or(column) {
            Align::Natural => (None, None),
            Align::Left => (Some("left"), Some("simple:left")),
            Align::Centre => (Some("center"), Some("simple:centre")),
            Align::Right => (Some("right"), Some("simple:right")),
        };
        let simple = simple.filter(|_| self.profile() == TeiProfile::SimplePrint);
        let span = |count: u16| (count > 1).then(|| count.to_string());
        let tag = Tag::new()
            .maybe("role", (cell.is_head && role == "data").then_some("label"))
            .maybe("cols", span(cell.cols))
            .maybe("rows", span(cell.rows))
            .maybe("rendition", simple);
        let tag = side.into_iter().fold(tag, Tag::rend).source(node.attrs.as_deref());
        match cell.line() {
            Some(line) if line.is_empty() || flows(line, &[]) => self.inner("cell", tag, line, at),
            _ => self.nest("cell", tag, &cell.body, at),
        }
    }

    /// One image, or several, each in a figure of its own inside that of them all.
    fn figure(&mut self, figure: &Figure, attrs: Option<&Attrs>, at: At) {
        if let [only] = &figure.images[..]
            && only.attrs.is_none()
        {
            return self.picture(&only.kind, &figure.caption, attrs, at);
        }
        self.open("figure", Tag::new().source(attrs));
        self.line();
        for image in &figure.images {
            self.picture(&image.kind, &[], image.attrs.as_deref(), at);
            self.line();
        }
        if !figure.caption.is_empty() {
            self.inner("head", Tag::new(), &figure.caption, at);
        }
        self.xml.close();
    }

    pub fn picture(&mut self, image: &Image, caption: &[Node<Inline>], attrs: Option<&Attrs>, at: At) {
        if !self.has("graphic") {
            // DTABf names no image but by a web address.
            let address = Some(pointer(&image.target)).filter(|address| address.starts_with("http"));
            self.open("figure", Tag::new().maybe("facs", address).source(attrs));
            if !caption.is_empty() {
                self.inner("head", Tag::new(), caption, at);
            }
            if !image.alt.is_empty() {
                self.xml.leaf("p", &[], &image.alt);
            }
            return self.xml.close();
        }
        self.open("figure", Tag::new().source(attrs));
        let title = Some(&*image.title).filter(|title| !title.is_empty());
        let width = image.width.map(|width| width.to_string());
        self.empty("graphic", Tag::new().with("url", pointer(&image.target)).maybe("width", width).maybe("n", title));
        if !caption.is_empty() {
            self.inner("head", Tag::new(), caption, at);
        }
        if !image.alt.is_empty() {
            self.xml.leaf("figDesc", &[], &image.alt);
        }
        self.xml.close();
    }

    /// A page break with what stood beside it; inside a line, `space` says whether a word ends there.
    pub fn page_break(&mut self, page: &PageBreak, space: Option<bool>, attrs: Option<&Attrs>) {
        if space == Some(true) {
            self.xml.text(" ");
        }
        self.pages += 1;
        let foot = foot(page);
        let (ended, begun) = page.furniture.split_at(if self.profile() == TeiProfile::Dtabf { 0 } else { foot });
        ended.iter().for_each(|one| self.furniture(one, "bottom"));
        let mut tag = Tag::new().maybe("n", page.label.as_deref());
        if space == Some(false) {
            tag = tag.with("break", "no");
        }
        if self.profile() == TeiProfile::Dtabf {
            tag = tag.with("facs", format!("#f{:04}", self.pages));
        } else if let Some(path) = &page.facsimile {
            tag = tag.with("facs", pointer(path));
        }
        self.empty("pb", tag.source(attrs));
        // DTABf: one running head a page.
        let mut headed = false;
        for one in begun {
            let again = headed;
            headed |= one.kind == FurnitureKind::RunningHead;
            if self.profile() == TeiProfile::Dtabf && one.kind == FurnitureKind::RunningHead && again {
                self.unsaid(&one.text);
                continue;
            }
            self.furniture(one, "top");
        }
    }

    fn furniture(&mut self, one: &Furniture, place: &'static str) {
        if !self.has("fw") {
            return self.unsaid(&one.text);
        }
        let kind = match one.kind {
            FurnitureKind::RunningHead => "header",
            FurnitureKind::Folio => "pageNum",
            FurnitureKind::Signature => "sig",
            FurnitureKind::Catchword => "catch",
        };
        self.open("fw", Tag::new().with("type", kind).with("place", place));
        self.xml.text(&one.text);
        self.xml.close();
    }

    fn unsaid(&mut self, text: &str) {
        if !self.report.diagnostics.iter().any(|known| known.code == "tei-furniture") {
            self.report
                .remark("tei-furniture", None, format!("this TEI profile has no words for a page's running matter: \"{text}\""))
                .hint("--tei all keeps it");
        }
    }
}

/// How many of a break's furniture stood on the page that ends: those up to the last that a foot alone has, and a folio in
/// front that is not the new page's.
fn foot(page: &PageBreak) -> usize {
    let at_foot = |one: &Furniture| matches!(one.kind, FurnitureKind::Signature | FurnitureKind::Catchword);
    let last = page.furniture.iter().rposition(at_foot).map_or(0, |at| at + 1);
    let folio = page.furniture[last..]
        .first()
        .is_some_and(|one| one.kind == FurnitureKind::Folio && page.label.as_ref().is_some_and(|label| *label != one.text));
    last + usize::from(folio)
}

/// Whether a paragraph can stand as the bare text of an item or a note, with `rest` behind it, and be told from it.
pub(super) fn flows(text: &[Node<Inline>], rest: &[Node<Block>]) -> bool {
    let apart = |node: &Node<Block>| match &node.kind {
        Block::Paragraph(_) | Block::Comment(_) | Block::PageBreak(_) | Block::Heading { .. } | Block::Rule => true,
        Block::Title(_)
        | Block::Quote(_)
        | Block::Group(_)
        | Block::Verse(_)
        | Block::List(_)
        | Block::Definitions(_)
        | Block::Table(_)
        | Block::Code { .. }
        | Block::Math(_)
        | Block::Figure(_)
        | Block::Bibliography(_)
        | Block::Index(_) => false,
    };
    let first = text.first().map(|node| &node.kind);
    let readable = match first {
        None | Some(Inline::PageBreak(_) | Inline::Comment(_) | Inline::Note(_)) => false,
        Some(
            Inline::Text(_)
            | Inline::LineBreak
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
            | Inline::NoteCall(_)
            | Inline::LineEnd,
        ) => true,
    };
    readable && !rest.iter().any(apart)
}
