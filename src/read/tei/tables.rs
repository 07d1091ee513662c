//! Tables and figures, with what stands over them.

use std::mem::take;

use super::Reader;
use super::blocks::{Mode, holds_blocks};
use super::dom::Element;
use super::inlines::image;
use super::phrase::is_anywhere;
use super::words::trim;
use crate::tree::{Align, Block, Blocks, Cell, Figure, Image, Inline, Inlines, Node, Row, Style, Table, places};

impl Reader<'_> {
    /// Heads of lists and tables, which the tree has no room for: paragraphs before them.
    pub fn captions(&mut self, element: &Element, out: &mut Blocks) {
        for head in element.named("head") {
            let span = self.span(&head.range);
            let text = self.line(head);
            if !text.is_empty() {
                let strong = Node::new(Inline::Styled(Style::Strong, text), span);
                out.push(Node::new(Block::Paragraph(vec![strong]), span));
            }
        }
    }

    pub fn table(&mut self, element: &Element, out: &mut Blocks) {
        let span = self.span(&element.range);
        let attrs = self.attrs(element, 0);
        self.stray_paragraph(element, out);
        let mut caption = Inlines::new();
        for said in element.named("head") {
            if !caption.is_empty() {
                caption.push(Node::new(Inline::LineBreak, self.span(&said.range)));
            }
            let text = self.line(said);
            caption.extend(text);
        }
        let (mut head, mut rows, mut columns) = (Vec::new(), Vec::new(), Vec::new());
        let (mut before, mut behind) = (Inlines::new(), Blocks::new());
        for row in element.elements().filter(|row| row.name != "head") {
            if !self.facts.own && !rows.is_empty() && stands_behind_rows(row.name) {
                self.among_blocks(row, 6, &mut behind);
                continue;
            }
            if row.name != "row" {
                let heads = row.name == "note" && rows.is_empty() && head.is_empty() && !caption.is_empty();
                self.inline(row, if heads { &mut caption } else { &mut before });
                continue;
            }
            before.extend(self.anchor(row));
            let mut cells = Row::new();
            for cell in row.elements() {
                // A page may begin between two cells.
                if !self.facts.own && is_anywhere(cell.name) {
                    self.inline(cell, &mut before);
                    continue;
                }
                let (mut cell, align) = self.cell(cell);
                if cells.len() == columns.len() && cell.kind.cols == 1 {
                    columns.push(align.unwrap_or(Align::Natural));
                }
                cell.kind.align = align;
                if !before.is_empty() {
                    let loose = take(&mut before);
                    match cell.kind.body.first_mut().map(|node| &mut node.kind) {
                        Some(Block::Paragraph(text)) => drop(text.splice(0..0, loose)),
                        _ => cell.kind.body.insert(0, Node::new(Block::Paragraph(loose), cell.span)),
                    }
                }
                cells.push(cell);
            }
            if rows.is_empty() && row.attribute("role") == Some("label") {
                head.push(cells);
            } else {
                rows.push(cells);
            }
        }
        if head.iter().chain(&rows).all(Vec::is_empty) {
            trim(&mut before);
            if !before.is_empty() {
                out.push(Node::new(Block::Paragraph(before), span));
            }
            return;
        }
        if let Some(last) = rows.last_mut().and_then(|row| row.last_mut()).filter(|_| !before.is_empty()) {
            match last.kind.body.last_mut().map(|node| &mut node.kind) {
                Some(Block::Paragraph(text)) => text.append(&mut before),
                _ => last.kind.body.push(Node::new(Block::Paragraph(before), last.span)),
            }
        }
        let mut table = Table::new(caption, columns, head, rows);
        set_as_columns(&mut table);
        out.push(Node { kind: Block::Table(table), span, attrs });
        out.append(&mut behind);
    }

    /// A cell, and how it says that it is set.
    fn cell(&mut self, element: &Element) -> (Node<Cell>, Option<Align>) {
        let span = self.span(&element.range);
        let align = match element.attribute("rend").and_then(|rend| rend.split_whitespace().next()) {
            Some("left") => Some(Align::Left),
            Some("center" | "centre") => Some(Align::Centre),
            Some("right") => Some(Align::Right),
            _ => None,
        };
        let attrs = self.attrs(element, usize::from(align.is_some()));
        let count = |name: &str| element.attribute(name).and_then(|said| said.parse().ok()).unwrap_or(1).max(1);
        let is_head = element.attribute("role") == Some("label");
        let mut body = Vec::new();
        if (self.facts.own || holds_blocks(element)) && !self.too_deep(element) {
            self.depth += 1;
            self.blocks(element, 6, Mode::Mixed, None, &mut body);
            self.depth -= 1;
        } else {
            body = Cell::of(self.line(element)).body;
        }
        let kind = Cell { body, cols: count("cols"), rows: count("rows"), is_head, align: None };
        (Node { kind, span, attrs }, align)
    }

    /// The images that stand in a figure itself, each with what is said in its place: of the first all, where it is not said of each.
    fn images_of(&self, element: &Element) -> Vec<Node<Image>> {
        let said: Vec<_> = element.named("figDesc").map(Element::line).collect();
        let one_each = element.named("graphic").count() == said.len();
        let images = element.named("graphic").enumerate().map(|(at, graphic)| {
            let alt = match (one_each, at) {
                (true, _) => said[at].clone(),
                (false, 0) => said.join(" "),
                (false, _) => String::new(),
            };
            Node::new(Image { alt, ..image(graphic, None) }, self.span(&graphic.range))
        });
        images.collect()
    }

    /// The images of a figure that holds nothing but figures of one image each, its own head, and white space.
    fn panels(&mut self, element: &Element) -> Option<Vec<Node<Image>>> {
        let is_panel = |inner: &Element| {
            let mut parts = inner.elements();
            inner.name == "figure"
                && parts.next().is_some_and(|first| first.name == "graphic")
                && parts.all(|part| part.name == "figDesc")
        };
        let only_panels = element.elements().all(|inner| inner.name == "head" || is_panel(inner));
        let panels: Vec<_> = element.named("figure").collect();
        if panels.is_empty() || !only_panels || element.named("head").count() > 1 {
            return None;
        }
        let images = panels.into_iter().filter_map(|panel| {
            let kind = image(panel.child("graphic")?, panel.child("figDesc"));
            Some(Node { kind, span: self.span(&panel.range), attrs: self.attrs(panel, 0) })
        });
        Some(images.collect())
    }

    pub fn figure(&mut self, element: &Element, level: u8, out: &mut Blocks) {
        let span = self.span(&element.range);
        let graphic = element.child("graphic");
        if let Some(panels) = self.panels(element).filter(|_| graphic.is_none()) {
            let attrs = self.attrs(element, 0);
            let caption = element.child("head").map(|head| self.line(head)).unwrap_or_default();
            return out.push(Node { kind: Block::Figure(Figure { images: panels, caption }), span, attrs });
        }
        if graphic.is_some() {
            let attrs = self.attrs(element, 0);
            let caption = element.child("head").map(|head| self.line(head)).unwrap_or_default();
            let images = self.images_of(element);
            out.push(Node { kind: Block::Figure(Figure { images, caption }), span, attrs });
        }
        let before = out.len();
        self.stray_paragraph(element, out);
        let mut headed = graphic.is_none();
        for child in element.elements() {
            match child.name {
                "graphic" | "figDesc" if graphic.is_some() => {}
                // The first head is the caption.
                "head" if !std::mem::replace(&mut headed, true) => {}
                "head" | "figDesc" => {
                    let text = self.line(child);
                    if !text.is_empty() {
                        out.push(Node::new(Block::Paragraph(text), self.span(&child.range)));
                    }
                }
                _ => self.among_blocks(child, level, out),
            }
        }
        if graphic.is_none() {
            self.led_to(element, &mut out[before..]);
        }
    }
}

/// Whether an element of a table is text behind its rows.
fn stands_behind_rows(name: &str) -> bool {
    matches!(name, "trailer" | "byline" | "dateline" | "signed" | "closer" | "postscript" | "argument" | "p" | "ab")
}

/// Says of each column how its cells are set, and of a cell only where it is set otherwise: in TEI each says it for itself.
fn set_as_columns(table: &mut Table) {
    let columns = table.columns.clone();
    for rows in [&mut table.head, &mut table.rows] {
        let places = places(rows);
        for (row, places) in rows.iter_mut().zip(places) {
            for (cell, place) in row.iter_mut().zip(places) {
                let own = cell.kind.align.unwrap_or(Align::Natural);
                cell.kind.align = columns.get(place).is_some_and(|column| *column != own).then_some(own);
            }
        }
    }
}
