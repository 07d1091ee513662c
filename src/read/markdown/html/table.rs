//! Tables of HTML: rows as they stand in their parts, made a table of the tree when they are all there.

use std::collections::BTreeSet;

use super::Part;
use crate::budget::TABLE_PLACES as MOST_PLACES;
use crate::tree::{Align, Inlines, MOST_COLS, Row, Table, places};

/// A table while it is read.
#[derive(Default)]
pub(in crate::read::markdown) struct Sheet {
    pub caption: Inlines,
    /// What `col` says of the columns, from the first on.
    pub columns: Vec<Align>,
    head: Vec<Row>,
    body: Vec<Row>,
    foot: Vec<Row>,
}

impl Sheet {
    /// Adds a row. One without cells is none.
    pub fn push(&mut self, part: Part, row: Row) {
        if row.is_empty() {
            return;
        }
        match part {
            Part::Head => self.head.push(row),
            Part::Body => self.body.push(row),
            Part::Foot => self.foot.push(row),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.head.is_empty() && self.body.is_empty() && self.foot.is_empty()
    }

    /// Cuts spans to the rows and columns that there can be. Where they would still cover more places than any table has, each cell is
    /// left one place; false then.
    pub fn cut_spans(&mut self) -> bool {
        let mut area = 0;
        for rows in [&mut self.head, &mut self.body, &mut self.foot] {
            let count = rows.len();
            for (at, row) in rows.iter_mut().enumerate() {
                for cell in row {
                    cell.kind.cols = cell.kind.cols.clamp(1, MOST_COLS);
                    cell.kind.rows = cell.kind.rows.clamp(1, (count - at).min(usize::from(u16::MAX)) as u16);
                    let spans = cell.kind.cols > 1 || cell.kind.rows > 1;
                    area += usize::from(spans) * usize::from(cell.kind.cols) * usize::from(cell.kind.rows);
                }
            }
        }
        if area > MOST_PLACES {
            let rows = self.head.iter_mut().chain(&mut self.body).chain(&mut self.foot);
            rows.flatten().for_each(|cell| (cell.kind.cols, cell.kind.rows) = (1, 1));
        }
        area <= MOST_PLACES
    }

    /// The table. Rows of heads alone at its front are its head, whether `thead` says so or not.
    pub fn table(self) -> Table {
        let Self { caption, columns, mut head, mut body, mut foot } = self;
        body.append(&mut foot);
        if head.is_empty() {
            let heads = heads(&body);
            head.extend(body.drain(..heads));
        }
        if body.is_empty() && head.len() > 1 {
            // A table is not all head.
            body = head.split_off(1);
        }
        narrow(&mut head, &mut body);
        let mut table = Table::new(caption, columns, head, body);
        align(&mut table);
        table
    }
}

/// How many rows at the front name columns: all their cells are heads, and none reaches out of them.
fn heads(rows: &[Row]) -> usize {
    let heads = rows.iter().take_while(|row| row.iter().all(|cell| cell.kind.is_head)).count();
    if heads == rows.len() {
        // Heads of rows, one in each: no row of columns' heads.
        return usize::from(rows.len() > 1 && rows[0].len() > 1);
    }
    let reaches_out = |(at, row): (usize, &Row)| row.iter().any(|cell| at + usize::from(cell.kind.rows) > heads);
    if rows[..heads].iter().enumerate().any(reaches_out) { 0 } else { heads }
}

/// Takes away the columns in which no cell begins: a span of a million is as wide as the table, as it is on a screen.
fn narrow(head: &mut [Row], body: &mut [Row]) {
    let is_wide = |row: &Row| row.iter().any(|cell| cell.kind.cols > 1);
    if !head.iter().chain(body.iter()).any(is_wide) {
        return;
    }
    let (head_places, body_places) = (places(head), places(body));
    let begun: BTreeSet<usize> = head_places.iter().chain(&body_places).flatten().copied().collect();
    for (rows, places) in [(head, head_places), (body, body_places)] {
        for (row, places) in rows.iter_mut().zip(places) {
            for (cell, place) in row.iter_mut().zip(places) {
                let cols = usize::from(cell.kind.cols);
                if cols > 1 {
                    cell.kind.cols = begun.range(place..place + cols).count().max(1) as u16;
                }
            }
        }
    }
}

/// What all cells of a column say of their place is said of the column; in one without a word, what its head says.
fn align(table: &mut Table) {
    let mut common: Vec<Option<Option<Align>>> = vec![None; table.columns.len()];
    let (head_places, body_places) = (places(&table.head), places(&table.rows));
    for (row, places) in table.rows.iter().zip(&body_places) {
        for (cell, place) in row.iter().zip(places) {
            // A cell without a word says nothing.
            if cell.kind.cols > 1 || cell.kind.body.is_empty() {
                continue;
            }
            let seen = &mut common[*place];
            *seen = match seen {
                None => Some(cell.kind.align),
                Some(known) if *known == cell.kind.align => Some(*known),
                Some(_) => Some(None),
            };
        }
    }
    for (row, places) in table.head.iter().zip(&head_places) {
        for (cell, place) in row.iter().zip(places) {
            if cell.kind.cols == 1 && common[*place].is_none() {
                common[*place] = Some(cell.kind.align);
            }
        }
    }
    for (column, common) in table.columns.iter_mut().zip(common) {
        if let Some(Some(align)) = common {
            *column = align;
        }
    }
    for (rows, places) in [(&mut table.head, head_places), (&mut table.rows, body_places)] {
        for (row, places) in rows.iter_mut().zip(places) {
            for (cell, place) in row.iter_mut().zip(places) {
                if cell.kind.align.is_some_and(|align| align == table.columns[place]) {
                    cell.kind.align = None;
                }
            }
        }
    }
}
