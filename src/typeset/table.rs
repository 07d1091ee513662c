//! Tables: columns as wide as their cells want, cells wrapped where they must be, heads that come again on every page.

use super::galley::{NEVER, Slug, WITHIN};
use super::line::{Line, Side};
use super::page::{Furniture, Item, Part, Placed, Role};
use super::setter::{Place, Setter, Voice};
use super::strand::{After, Strand};
use super::structure::Parent;
use crate::tree::{Align, Block, Inlines, Node, Table};

/// A cell on its way: its text, shaped, and the room that it wants.
struct Cell {
    strand: Strand,
    /// The width of its longest word, and of all of it on one line.
    least: f32,
    most: f32,
}

impl<'a> Setter<'a> {
    pub fn table(&mut self, table: &'a Table, node: &'a Node<Block>, place: &Place<'a>) {
        if table.columns.is_empty() {
            return;
        }
        let element = self.open(Role::Table, node, place);
        let kind = if place.kind.size < self.design.table.size { place.kind } else { self.design.table };
        let voice = Voice { old_style_figures: false, ..place.voice.clone() };
        let own = Place { kind, voice, justify: false, grid: None, ..place.clone() };
        let head = self.cells(Role::TableHead, &[&table.head], element, &own);
        let rows: Vec<&'a Vec<crate::tree::Inlines>> = table.rows.iter().collect();
        let body = self.cells(Role::TableBody, &rows, element, &own);
        let widths = share(table.columns.len(), head.iter().chain(&body), place.width, kind.size * GAP);
        let columns = Columns::new(table, &widths, &own);
        let (start, first, white) = (self.slugs.len(), self.first, place.kind.leading * 0.75);
        self.space(white);
        let has_head = table.head.iter().any(|cell| !cell.is_empty());
        let top = self.rule_slug(&columns, HEAVY);
        let mut head_slugs = vec![top];
        if has_head {
            let id = Some(self.structure.begun() + body.len() as u32);
            head_slugs.extend(self.row(&head[0], &columns, &own).into_iter().map(|slug| Slug { row: id, ..slug }));
            head_slugs.push(self.rule_slug(&columns, LIGHT));
        }
        let repeated = self.galley.heads.len() as u32;
        self.galley.heads.push(head_slugs.iter().map(furniture).collect());
        for (number, slug) in head_slugs.into_iter().enumerate() {
            self.push(Slug { price: if number == 0 { slug.price } else { NEVER }, ..slug });
        }
        self.keep();
        for (number, row) in body.iter().enumerate() {
            let id = Some(self.structure.begun() + number as u32);
            for (line, mut slug) in self.row(row, &columns, &own).into_iter().enumerate() {
                (slug.row, slug.head) = (id, Some(repeated));
                slug.price = match line {
                    0 if number <= 1 || number + 1 == body.len() => ROW_EDGE,
                    0 => WITHIN,
                    _ => IN_ROW,
                };
                self.push(slug);
            }
        }
        let foot = self.rule_slug(&columns, HEAVY);
        self.push(Slug { price: NEVER, ..foot });
        let height: f32 = self.slugs[start..].iter().map(|slug| slug.space + slug.height()).sum();
        let page = self.design.trim.height - self.design.margins.top - self.design.margins.bottom;
        if height <= page * SMALL_TABLE && self.is_free(start, place) {
            self.float(start, white, true);
            self.first = first;
        } else {
            self.space(white);
            self.first = true;
        }
    }

    /// The cells of rows, each begun as an element of its own.
    fn cells(&mut self, role: Role, rows: &[&'a Vec<Inlines>], table: u32, place: &Place<'a>) -> Vec<Vec<Cell>> {
        let group = self.structure.begin(role, Parent::Element(table));
        let mut all = Vec::with_capacity(rows.len());
        for row in rows {
            let line = self.structure.begin(Role::Row, Parent::Element(group));
            let mut cells = Vec::with_capacity(row.len());
            for text in row.iter() {
                let role = if role == Role::TableHead { Role::HeadCell } else { Role::Cell };
                let voice = Voice { italic: role == Role::HeadCell, ..place.voice.clone() };
                let element = self.structure.begin(role, Parent::Element(line));
                let copy = self.copy(text, &Place { voice, ..place.clone() }, element);
                let strand = Strand::new(copy, place.right_to_left(), &mut self.shaper);
                cells.push(Cell::new(strand));
            }
            all.push(cells);
        }
        all
    }

    /// A row as slugs: the first holds the first line of every cell, and so on.
    fn row(&mut self, cells: &[Cell], columns: &Columns, place: &Place<'a>) -> Vec<Slug> {
        let mut slugs: Vec<Slug> = Vec::new();
        for (cell, column) in cells.iter().zip(&columns.0) {
            let own = Place { x: column.x, width: column.width, side: column.side, ..place.clone() };
            let lines: Vec<Line> = self.lines_of(&cell.strand, &own, 0.0);
            for (number, line) in lines.into_iter().enumerate() {
                let mut slug = self.slug(line, &own);
                match slugs.get_mut(number) {
                    Some(known) => {
                        known.items.append(&mut slug.items);
                        known.notes.append(&mut slug.notes);
                        known.marks.append(&mut slug.marks);
                        known.ascent = known.ascent.max(slug.ascent);
                    }
                    None => slugs.push(slug),
                }
            }
        }
        if slugs.is_empty() {
            slugs.push(Slug::of(place.kind));
        }
        slugs[0].space = place.kind.leading * 0.15;
        slugs
    }

    fn rule_slug(&self, columns: &Columns, thickness: f32) -> Slug {
        let (first, last) = (&columns.0[0], &columns.0[columns.0.len() - 1]);
        let (left, right) = (first.x.min(last.x), (first.x + first.width).max(last.x + last.width));
        let item = Item::Rule { width: right - left, height: thickness };
        let items = vec![Placed { x: left, y: -RULE_ROOM / 2.0, item, part: Part::Furniture(Furniture::Decoration) }];
        Slug { ascent: RULE_ROOM, descent: 0.0, items, ..Slug::default() }
    }
}

impl Cell {
    fn new(strand: Strand) -> Self {
        let (mut least, mut most, mut word, mut line) = (0.0_f32, 0.0_f32, 0.0, 0.0);
        for piece in &strand.pieces {
            word += piece.width;
            line += piece.width;
            least = least.max(word);
            most = most.max(line);
            line += piece.glue.width;
            match piece.after {
                After::Nothing => word += piece.glue.width,
                After::Break | After::Dash | After::Soft => word = 0.0,
                After::End => (word, line) = (0.0, 0.0),
            }
        }
        Self { strand, least, most }
    }
}

/// Where a column stands.
struct Column {
    x: f32,
    width: f32,
    side: Side,
}

struct Columns(Vec<Column>);

impl Columns {
    /// Columns of these widths, the table in the middle of its place.
    fn new(table: &Table, widths: &[f32], place: &Place) -> Self {
        let gap = place.kind.size * GAP;
        let whole: f32 = widths.iter().sum::<f32>() + gap * (widths.len() - 1) as f32;
        let rtl = place.right_to_left();
        let mut x = (place.width - whole).max(0.0) / 2.0;
        let mut columns = Vec::with_capacity(widths.len());
        for (align, width) in table.columns.iter().zip(widths) {
            let side = match (align, rtl) {
                (Align::Natural, _) | (Align::Left, false) | (Align::Right, true) => Side::Start,
                (Align::Centre, _) => Side::Centre,
                (Align::Right, false) | (Align::Left, true) => Side::End,
            };
            let left = if rtl { place.width - x - width } else { x };
            columns.push(Column { x: place.x + left, width: *width, side });
            x += width + gap;
        }
        Self(columns)
    }
}

/// Shares out a width among columns: each what it wants if there is room; else none less than its longest word, the rest in
/// proportion to what each would want beyond that.
fn share<'c>(count: usize, rows: impl Iterator<Item = &'c Vec<Cell>>, width: f32, gap: f32) -> Vec<f32> {
    let mut wants = vec![(0.0_f32, 0.0_f32); count];
    for row in rows {
        for (want, cell) in wants.iter_mut().zip(row) {
            // A hair more than the text: sums of floating point are not exact.
            *want = (want.0.max(cell.least + 0.1), want.1.max(cell.most + 0.1));
        }
    }
    let room = (width - gap * (count - 1) as f32).max(width * 0.2);
    let (least, most) = wants.iter().fold((0.0, 0.0), |sum, want| (sum.0 + want.0, sum.1 + want.1));
    if most <= room {
        return wants.iter().map(|want| want.1).collect();
    }
    if least >= room {
        return wants.iter().map(|want| want.0 * room / least).collect();
    }
    let spare = (room - least) / (most - least);
    wants.iter().map(|want| want.0 + (want.1 - want.0) * spare).collect()
}

/// A slug that says again what was said before: nobody reads it aloud, and it calls no note.
fn furniture(slug: &Slug) -> Slug {
    let mut copy = slug.clone();
    copy.items.iter_mut().for_each(|placed| placed.part = Part::Furniture(Furniture::Decoration));
    copy.notes.clear();
    copy.marks.clear();
    copy
}

/// A table that takes no more than this share of a page is not divided, but moves to the next page as figures do.
const SMALL_TABLE: f32 = 0.4;
/// Between columns, in ems.
const GAP: f32 = 1.4;
/// The rules above and below a table, and that below its head (after Tschichold and booktabs).
const HEAVY: f32 = 0.8;
const LIGHT: f32 = 0.4;
/// The height that a rule takes up.
const RULE_ROOM: f32 = 4.0;
/// A table's first row alone at a page's foot or its last alone at the head.
const ROW_EDGE: u32 = 2_000;
/// A page that begins within a row.
const IN_ROW: u32 = 100_000;
