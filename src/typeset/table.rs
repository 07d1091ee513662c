//! Tables: columns as wide as their cells want, cells wrapped where they must be, heads that come again on every page.

use super::decimals;
use super::design::Type;
use super::galley::{NEVER, Slug, WITHIN};
use super::line::{Line, Side};
use super::page::{Furniture, Item, Part, Placed, Role};
use super::setter::{Place, Setter, Voice};
use super::strand::{After, Strand};
use super::structure::{Captioned, Parent};
use crate::tree::{self, Align, Block, Blocks, Inlines, Node, Part as Inner, Row, Table, parts, places, plain_text};

/// A cell on its way: what it holds, the room that it wants, and the places of the grid that it takes.
struct Cell<'a> {
    holds: Holds<'a>,
    element: u32,
    /// The width of its longest word, and of all of it on one line.
    least: f32,
    most: f32,
    column: usize,
    cols: usize,
    rows: usize,
    align: Option<Align>,
    /// What it says, if that is a number.
    number: Option<String>,
}

/// The cells of a table in the type that they fit in.
struct Cells<'a> {
    head: Vec<Vec<Cell<'a>>>,
    body: Vec<Vec<Cell<'a>>>,
    widths: Vec<f32>,
    numbers: Vec<Option<Numbers>>,
    own: Place<'a>,
}

/// A column of numbers that stand with their decimal points below each other.
#[derive(Clone, Copy, Debug)]
struct Numbers {
    point: char,
    before: f32,
    behind: f32,
}

enum Holds<'a> {
    /// A line, shaped.
    Line(Strand),
    Blocks(&'a Blocks),
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
        let (start, first, white) = (self.slugs.len(), self.flow.first, place.kind.leading * 0.75);
        self.space(white);
        self.caption(&table.caption, element, place);
        let Cells { head, body, widths, numbers, own } = self.fitted(table, node, element, own);
        let columns = Columns::new(table, &widths, numbers, &own);
        let top = self.rule_slug(&columns, HEAVY);
        let mut head_slugs = vec![top];
        let rows = self.rows(&head, &columns, &own);
        let body_rows = self.rows(&body, &columns, &own);
        let mut next = self.structure.begun();
        for row in rows {
            head_slugs.extend(row.into_iter().map(|slug| Slug { row: Some(next), ..slug }));
            next += 1;
        }
        if !head.is_empty() {
            head_slugs.push(self.rule_slug(&columns, LIGHT));
        }
        let repeated = self.galley.heads.len() as u32;
        self.galley.heads.push(head_slugs.iter().map(furniture).collect());
        for (number, slug) in head_slugs.into_iter().enumerate() {
            self.push(Slug { price: if number == 0 { slug.price } else { NEVER }, ..slug });
        }
        self.keep();
        let count = body_rows.len();
        // The row before which all cells of the rows so far end.
        let mut reach = 0;
        for (number, row) in body_rows.into_iter().enumerate() {
            let (id, joined) = (Some(next + number as u32), reach > number);
            reach = body.get(number).into_iter().flatten().map(|cell| number + cell.rows).fold(reach, usize::max);
            for (line, mut slug) in row.into_iter().enumerate() {
                (slug.row, slug.head) = (id, Some(repeated));
                slug.price = match line {
                    0 if joined => IN_ROW,
                    0 if number <= 1 || number + 1 == count => ROW_EDGE,
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
            self.flow.first = first;
        } else {
            self.space(white);
            self.flow.first = true;
        }
    }

    /// The cells and the widths of their columns, in the largest type, up to the design's, in which every word is whole. Where even
    /// the smallest is too large, words are cut, and that is remarked.
    fn fitted(&mut self, table: &'a Table, node: &'a Node<Block>, element: u32, place: Place<'a>) -> Cells<'a> {
        let before = (self.structure.extent(), self.galley.notes.len());
        let intended = place.kind.size;
        let mut own = place;
        loop {
            let head = if table.head.is_empty() { Vec::new() } else { self.cells(Role::TableHead, &table.head, element, &own) };
            let body = self.cells(Role::TableBody, &table.rows, element, &own);
            let gap = own.kind.size * GAP;
            let numbers = self.numbers(table, &body, &own);
            let wants = wants_of_columns(head.iter().chain(&body), &numbers, gap);
            let least: f32 = wants.iter().map(|want| want.0).sum::<f32>() + gap * (wants.len() - 1) as f32;
            let smallest = SMALLEST.min(own.kind.size);
            if least > own.width && own.kind.size > smallest {
                self.structure.rewind(before.0);
                self.galley.notes.truncate(before.1);
                let factor = (own.width / least * 0.99).max(smallest / own.kind.size);
                own.kind = Type { size: own.kind.size * factor, leading: own.kind.leading * factor };
                continue;
            }
            if least > own.width {
                self.wide.push((node.span, table.columns.len()));
            } else if own.kind.size < intended * SMALLER {
                self.small.push((node.span, table.columns.len(), own.kind.size));
            }
            let firm = firm_columns(table.columns.len(), &body);
            return Cells { widths: share(&wants, &firm, own.width, gap), head, body, numbers, own };
        }
    }

    /// The columns of numbers with a decimal point: how much room they need before it and behind.
    fn numbers(&mut self, table: &'a Table, body: &[Vec<Cell<'a>>], place: &Place<'a>) -> Vec<Option<Numbers>> {
        let count = table.columns.len();
        if place.right_to_left() {
            return vec![None; count];
        }
        let mut said: Vec<Vec<(&Cell, String)>> = vec![Vec::new(); count];
        let mut mixed = vec![false; count];
        for (cells, row) in body.iter().zip(&table.rows) {
            for (cell, node) in cells.iter().zip(row) {
                let text = node.kind.line().map(plain_text).unwrap_or_default();
                let number = decimals::is_number(&text) && cell.cols == 1;
                match mixed.get_mut(cell.column) {
                    Some(_) if number => said[cell.column].push((cell, text)),
                    Some(mixed) => *mixed |= !decimals::is_nothing(&text) && !node.kind.is_head,
                    None => {}
                }
            }
        }
        let mut all = vec![None; count];
        for ((cells, mixed), numbers) in said.into_iter().zip(mixed).zip(&mut all) {
            let texts: Vec<&str> = cells.iter().map(|(_, text)| text.as_str()).collect();
            let Some(point) = decimals::point(&texts, place.lang).filter(|_| !mixed) else { continue };
            let mut room = Numbers { point, before: 0.0, behind: 0.0 };
            for (cell, text) in &cells {
                let before = self.before(text, point, place);
                room.before = room.before.max(before);
                room.behind = room.behind.max(cell.most - before);
            }
            *numbers = Some(room);
        }
        all
    }

    /// The width of a number before its decimal point.
    fn before(&mut self, number: &str, point: char, place: &Place<'a>) -> f32 {
        let whole = decimals::split(number, point);
        let copy = self.plain(whole, place, 0);
        wants(&Strand::new(copy, false, &mut self.shaper)).1
    }

    /// What a table is about, above it.
    fn caption(&mut self, caption: &'a Inlines, table: u32, place: &Place<'a>) {
        if caption.is_empty() {
            return;
        }
        let element = self.structure.begin(Role::Caption, Parent::Element(table));
        self.captioned(Captioned::Table, element, caption);
        let own = Place { kind: self.design.caption, grid: None, justify: false, side: Side::Centre, ..place.clone() };
        let copy = self.copy(caption, &own, element);
        self.set_balanced(copy, &own);
        self.space(place.kind.leading * 0.3);
        self.keep();
    }

    /// The cells of rows, each begun as an element of its own.
    fn cells(&mut self, role: Role, rows: &'a [Row], table: u32, place: &Place<'a>) -> Vec<Vec<Cell<'a>>> {
        let group = self.structure.begin(role, Parent::Element(table));
        let mut all = Vec::with_capacity(rows.len());
        for (row, places) in rows.iter().zip(places(rows)) {
            let line = self.structure.begin(Role::Row, Parent::Element(group));
            let in_head = role == Role::TableHead;
            all.push(row.iter().zip(places).map(|(cell, column)| self.cell(cell, column, in_head, line, place)).collect());
        }
        all
    }

    fn cell(&mut self, node: &'a Node<tree::Cell>, column: usize, in_head: bool, row: u32, place: &Place<'a>) -> Cell<'a> {
        let cell = &node.kind;
        let (cols, rows) = (cell.cols, cell.rows);
        let role = match cell.is_head {
            true => Role::HeadCell { of_row: !in_head, cols, rows },
            false => Role::Cell { cols, rows },
        };
        let element = self.structure.begin(role, Parent::Element(row));
        self.structure.last().lang = node.lang().map(str::to_owned);
        self.structure.ids.extend(node.id().map(|id| (id.to_owned(), element)));
        let lang = node.lang().unwrap_or(place.lang);
        let voice = Voice { italic: cell.is_head, ..place.voice.clone() };
        let own = Place { voice, lang, ..place.clone() };
        let (holds, least, most) = match cell.line() {
            Some(line) => {
                let copy = self.copy(line, &own, element);
                let strand = Strand::new(copy, own.right_to_left(), &mut self.shaper);
                let (least, most) = wants(&strand);
                (Holds::Line(strand), least, most)
            }
            None => {
                let (least, most) = self.wants_of(&cell.body, &own);
                (Holds::Blocks(&cell.body), least, most)
            }
        };
        let number = cell.line().map(plain_text).filter(|text| cols == 1 && !node.kind.is_head && decimals::is_number(text));
        let (cols, rows) = (usize::from(cols), usize::from(rows));
        Cell { holds, element, least, most, column, cols, rows, align: cell.align, number }
    }

    /// The width of the longest word of blocks, and of their longest line.
    fn wants_of(&mut self, blocks: &'a Blocks, place: &Place<'a>) -> (f32, f32) {
        let (mut least, mut most) = (0.0_f32, 0.0_f32);
        for node in blocks {
            let mut inner = Vec::new();
            let (mut lines, inset) = (
                Vec::new(),
                match &node.kind {
                    Block::Quote(_) | Block::List(_) | Block::Definitions(_) | Block::Verse(_) | Block::Code { .. } => {
                        self.design.inset
                    }
                    _ => 0.0,
                },
            );
            if let Block::Code { text, .. } = &node.kind {
                lines.extend(text.lines().map(str::to_owned));
            }
            parts(&node.kind, &mut |part| match part {
                Inner::Line(line) => lines.push(plain_text(line)),
                Inner::Blocks(blocks) => inner.push(blocks),
                Inner::Cell(cell) => inner.push(&cell.kind.body),
                Inner::Image(_) => {}
            });
            for line in lines {
                let copy = self.plain(&line, place, 0);
                let wanted = wants(&Strand::new(copy, place.right_to_left(), &mut self.shaper));
                (least, most) = (least.max(inset + wanted.0), most.max(inset + wanted.1));
            }
            for blocks in inner {
                let wanted = self.wants_of(blocks, place);
                (least, most) = (least.max(inset + wanted.0), most.max(inset + wanted.1));
            }
        }
        (least, most)
    }

    /// Rows as slugs: the first of each holds the first line of every cell in it, and so on. The lines of a cell that reaches over
    /// several rows go on beside those of the rows below.
    fn rows(&mut self, rows: &[Vec<Cell<'a>>], columns: &Columns, place: &Place<'a>) -> Vec<Vec<Slug>> {
        let mut all: Vec<Vec<Slug>> = rows.iter().map(|_| Vec::new()).collect();
        // Cells that reach down are put in when the rows that they reach over are known.
        let mut reaching = Vec::new();
        for (number, row) in rows.iter().enumerate() {
            for cell in row {
                let slugs = self.cell_slugs(cell, columns, place);
                match cell.rows {
                    1 => beside(&mut all[number..=number], in_cell(slugs, cell.element)),
                    rows => reaching.push((number..(number + rows).min(all.len()), in_cell(slugs, cell.element))),
                }
            }
        }
        for slugs in all.iter_mut().filter(|slugs| slugs.is_empty()) {
            slugs.push(Slug::of(place.kind));
        }
        reaching.into_iter().for_each(|(range, slugs)| beside(&mut all[range], slugs));
        all.iter_mut().for_each(|slugs| slugs[0].space = slugs[0].space.max(place.kind.leading * 0.15));
        all
    }

    fn cell_slugs(&mut self, cell: &Cell<'a>, columns: &Columns, place: &Place<'a>) -> Vec<Slug> {
        let mut own = columns.place(cell, place);
        if let (Some(text), Some((left, numbers))) = (&cell.number, columns.numbers(cell)) {
            let before = self.before(text, numbers.point, place);
            // A hair more than the text, as columns have.
            own = Place { x: left + numbers.before - before, width: cell.most + 0.1, side: Side::Start, ..own };
        }
        match &cell.holds {
            Holds::Line(strand) => {
                let lines: Vec<Line> = self.lines_of(strand, &own, 0.0);
                lines.into_iter().map(|line| self.slug(line, &own)).collect()
            }
            Holds::Blocks(blocks) => {
                let own = Place { parent: Parent::Element(cell.element), ..own };
                self.apart(|setter| setter.blocks(blocks, &own))
            }
        }
    }

    fn rule_slug(&self, columns: &Columns, thickness: f32) -> Slug {
        let (first, last) = (&columns.0[0], &columns.0[columns.0.len() - 1]);
        let (left, right) = (first.x.min(last.x), (first.x + first.width).max(last.x + last.width));
        let item = Item::Rule { width: right - left, height: thickness };
        let items = vec![Placed { x: left, y: -RULE_ROOM / 2.0, item, part: Part::Furniture(Furniture::Decoration) }];
        Slug { ascent: RULE_ROOM, descent: 0.0, items, ..Slug::default() }
    }
}

/// A cell's slugs, which know whose they are.
fn in_cell(mut slugs: Vec<Slug>, element: u32) -> Vec<Slug> {
    slugs.iter_mut().for_each(|slug| slug.cells = vec![element; slug.items.len()]);
    slugs
}

/// Puts a cell's slugs beside those of its rows, one behind the other; what is more than they have is added to the last.
pub(super) fn beside(rows: &mut [Vec<Slug>], slugs: Vec<Slug>) {
    let mut slugs = slugs.into_iter();
    let last = rows.len() - 1;
    for (number, row) in rows.iter_mut().enumerate() {
        for known in row.iter_mut() {
            let Some(mut slug) = slugs.next() else { return };
            known.items.append(&mut slug.items);
            known.cells.append(&mut slug.cells);
            known.notes.append(&mut slug.notes);
            known.marks.append(&mut slug.marks);
            known.ascent = known.ascent.max(slug.ascent);
            known.descent = known.descent.max(slug.descent);
            known.space = known.space.max(slug.space);
        }
        if number == last {
            row.extend(slugs.by_ref().map(|slug| Slug { grid: None, floats: 0, ..slug }));
        }
    }
}

/// The width of a strand's longest word, and of all of it on one line.
fn wants(strand: &Strand) -> (f32, f32) {
    let (mut least, mut most, mut word, mut line) = (0.0_f32, 0.0_f32, 0.0, 0.0);
    for piece in &strand.pieces {
        word += piece.width;
        line += piece.width;
        least = least.max(word - piece.width + piece.least);
        most = most.max(line);
        line += piece.glue.width;
        match piece.after {
            After::Nothing => word += piece.glue.width,
            After::Break | After::Bound | After::Dash | After::Soft => word = 0.0,
            After::End => (word, line) = (0.0, 0.0),
        }
    }
    (least, most)
}

/// Where a column stands.
struct Column {
    x: f32,
    width: f32,
    side: Side,
    numbers: Option<Numbers>,
}

struct Columns(Vec<Column>);

impl Columns {
    /// Columns of these widths, the table in the middle of its place.
    fn new(table: &Table, widths: &[f32], numbers: Vec<Option<Numbers>>, place: &Place) -> Self {
        let gap = place.kind.size * GAP;
        let whole: f32 = widths.iter().sum::<f32>() + gap * (widths.len() - 1) as f32;
        let rtl = place.right_to_left();
        let mut x = (place.width - whole).max(0.0) / 2.0;
        let mut columns = Vec::with_capacity(widths.len());
        for ((align, width), numbers) in table.columns.iter().zip(widths).zip(numbers) {
            let side = side(*align, rtl);
            let left = if rtl { place.width - x - width } else { x };
            columns.push(Column { x: place.x + left, width: *width, side, numbers });
            x += width + gap;
        }
        Self(columns)
    }

    /// Where the numbers of a cell's column begin, and their room, if they stand by their points.
    fn numbers(&self, cell: &Cell) -> Option<(f32, Numbers)> {
        let column = self.0.get(cell.column).filter(|_| cell.align.is_none())?;
        let numbers = column.numbers?;
        let spare = (column.width - numbers.before - numbers.behind).max(0.0);
        let share = match column.side {
            Side::Start => 0.0,
            Side::Centre => 0.5,
            Side::End => 1.0,
        };
        Some((column.x + spare * share, numbers))
    }

    /// Where a cell stands: from its first column to its last.
    fn place<'p>(&self, cell: &Cell, place: &Place<'p>) -> Place<'p> {
        let taken = &self.0[cell.column.min(self.0.len() - 1)..(cell.column + cell.cols).min(self.0.len())];
        let left = taken.iter().map(|column| column.x).fold(f32::MAX, f32::min);
        let right = taken.iter().map(|column| column.x + column.width).fold(f32::MIN, f32::max);
        let side = cell.align.map_or(taken[0].side, |align| side(align, place.right_to_left()));
        Place { x: left, width: right - left, side, ..place.clone() }
    }
}

fn side(align: Align, rtl: bool) -> Side {
    match (align, rtl) {
        (Align::Natural, _) | (Align::Left, false) | (Align::Right, true) => Side::Start,
        (Align::Centre, _) => Side::Centre,
        (Align::Right, false) | (Align::Left, true) => Side::End,
    }
}

/// What each column wants: the width of its longest word, and of its longest line.
fn wants_of_columns<'c, 'a: 'c>(
    rows: impl Iterator<Item = &'c Vec<Cell<'a>>>,
    numbers: &[Option<Numbers>],
    gap: f32,
) -> Vec<(f32, f32)> {
    let count = numbers.len();
    let room = |numbers: &Option<Numbers>| numbers.map_or(0.0, |numbers| numbers.before + numbers.behind + 0.2);
    let mut wants: Vec<(f32, f32)> = numbers.iter().map(|numbers| (room(numbers), room(numbers))).collect();
    let mut wide = Vec::new();
    for cell in rows.flatten() {
        if cell.cols > 1 {
            wide.push(cell);
        } else if let Some(want) = wants.get_mut(cell.column) {
            // A hair more than the text: sums of floating point are not exact.
            *want = (want.0.max(cell.least + 0.1), want.1.max(cell.most + 0.1));
        }
    }
    // What a cell over several columns lacks is shared among them, the narrow cells first.
    wide.sort_by_key(|cell| cell.cols);
    for cell in wide {
        let taken = &mut wants[cell.column.min(count)..(cell.column + cell.cols).min(count)];
        let (each, gaps) = (1.0 / taken.len().max(1) as f32, gap * taken.len().saturating_sub(1) as f32);
        let sum = taken.iter().fold((gaps, gaps), |sum, want| (sum.0 + want.0, sum.1 + want.1));
        let lack = ((cell.least + 0.1 - sum.0).max(0.0) * each, (cell.most + 0.1 - sum.1).max(0.0) * each);
        taken.iter_mut().for_each(|want| *want = (want.0 + lack.0, want.1 + lack.1));
        taken.iter_mut().for_each(|want| want.1 = want.1.max(want.0));
    }
    wants
}

/// How wide the numbers of each column are: a word may be cut where there is no room, a number never.
fn firm_columns(count: usize, body: &[Vec<Cell>]) -> Vec<f32> {
    let mut firm = vec![0.0_f32; count];
    for cell in body.iter().flatten().filter(|cell| cell.number.is_some()) {
        if let Some(firm) = firm.get_mut(cell.column) {
            *firm = firm.max(cell.most + 0.1);
        }
    }
    firm
}

/// Shares out a width among columns: each what it wants if there is room; else none less than its longest word, and none more than it
/// wants, the others by the root of what they want. So a column of years stays on one line, and of two columns of prose the longer one
/// is wider, but doesn't starve the other. Where the longest words have no room, columns have that of their numbers, and of the rest
/// each as much as it lacks.
fn share(wants: &[(f32, f32)], firm: &[f32], width: f32, gap: f32) -> Vec<f32> {
    let room = (width - gap * (wants.len() - 1) as f32).max(width * 0.2);
    let (least, most) = wants.iter().fold((0.0, 0.0), |sum, want| (sum.0 + want.0, sum.1 + want.1));
    if most <= room {
        return wants.iter().map(|want| want.1).collect();
    }
    if least >= room {
        let kept: f32 = firm.iter().sum();
        if kept >= room {
            return wants.iter().map(|want| want.0 * room / least).collect();
        }
        let part = (room - kept) / (least - kept).max(f32::EPSILON);
        return wants.iter().zip(firm).map(|(want, firm)| firm + (want.0 - firm).max(0.0) * part).collect();
    }
    let given = |level: f32| wants.iter().map(move |want| (level * want.1.sqrt()).clamp(want.0, want.1.max(want.0)));
    let (mut low, mut high) = (0.0, most.sqrt().max(1.0));
    // Each round halves what is in doubt: a page holds no thousandth of a point.
    for _ in 0..ROUNDS {
        let middle = (low + high) / 2.0;
        if given(middle).sum::<f32>() > room { high = middle } else { low = middle }
    }
    given(low).collect()
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
/// No table is set in smaller type than this, in points: the least that print of notes and legends goes down to.
const SMALLEST: f32 = 6.0;
/// A table that is set in less than this share of its size is remarked.
const SMALLER: f32 = 0.9;
/// How often the level of widths is halved.
const ROUNDS: usize = 30;
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
