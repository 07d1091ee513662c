//! Tables in columns that fit the measure, wrapped inside their cells; where columns can't fit, row by row.

use super::Galley;
use super::fill::{Indent, columns};
use crate::tree::{Align, Inline, Node, Table};

/// Blank columns between two of the table's.
const GUTTER: usize = 3;

/// The narrowest column in which words can still be read.
const NARROWEST: usize = 6;

impl<'a> Galley<'a> {
    pub(super) fn table(&mut self, table: &'a Table) {
        let mut rows: Vec<Vec<String>> = Vec::new();
        for row in std::iter::once(&table.head).chain(&table.rows) {
            let cells = row.iter().map(|cell| self.cell(cell)).collect();
            rows.push(cells);
        }
        let measure = match self.settings.width {
            0 => usize::MAX,
            width => width.saturating_sub(self.lead.len()),
        };
        match widths(&rows, measure) {
            Some(widths) => self.columns(&rows, &widths, &table.columns),
            None => self.records(&rows),
        }
    }

    fn cell(&mut self, cell: &'a [Node<Inline>]) -> String {
        let said = self.flow(cell);
        self.ascii.of(&said).into_owned()
    }

    /// Rows under their heads. Where a cell takes several lines, blank lines divide the rows and rules close the table in, so that
    /// nobody takes a row's second line for another row.
    fn columns(&mut self, rows: &[Vec<String>], widths: &[usize], aligns: &[Align]) {
        let rows: Vec<Vec<_>> =
            rows.iter().map(|row| row.iter().zip(widths).map(|(cell, width)| self.wrapped(cell, *width)).collect()).collect();
        let Some((head, rows)) = rows.split_first() else { return };
        let tall = rows.iter().chain([head]).flatten().any(|cell: &Vec<String>| cell.len() > 1);
        let across = widths.iter().sum::<usize>() + GUTTER * widths.len().saturating_sub(1);
        let headless = head.iter().flatten().all(String::is_empty);
        if tall {
            self.rule(&[across]);
        }
        if !headless {
            self.row(head, widths, aligns);
        }
        self.rule(widths);
        for (count, row) in rows.iter().enumerate() {
            if tall && count > 0 {
                self.out.push('\n');
            }
            self.row(row, widths, aligns);
        }
        if tall {
            self.rule(&[across]);
        }
    }

    fn rule(&mut self, widths: &[usize]) {
        let dashes: Vec<_> = widths.iter().map(|width| "-".repeat(*width)).collect();
        self.out.push_str(&format!("{}{}\n", self.lead, dashes.join(&" ".repeat(GUTTER))));
    }

    fn row(&mut self, cells: &[Vec<String>], widths: &[usize], aligns: &[Align]) {
        let height = cells.iter().map(Vec::len).max().unwrap_or(0);
        for at in 0..height {
            let mut line = self.lead.clone();
            for (column, (cell, width)) in cells.iter().zip(widths).enumerate() {
                let text = cell.get(at).map_or("", String::as_str);
                let free = width.saturating_sub(columns(text));
                let before = match aligns.get(column) {
                    Some(Align::Right) => free,
                    Some(Align::Centre) => free / 2,
                    Some(Align::Left | Align::Natural) | None => 0,
                };
                let gutter = if column > 0 { GUTTER } else { 0 };
                line.push_str(&" ".repeat(gutter + before));
                line.push_str(text);
                line.push_str(&" ".repeat(free - before));
            }
            self.out.push_str(line.trim_end());
            self.out.push('\n');
        }
    }

    fn wrapped(&self, cell: &str, width: usize) -> Vec<String> {
        let mut out = String::new();
        self.filler.fill(cell, Indent::default(), width, &mut out);
        out.lines().map(str::to_owned).collect()
    }

    /// Each row as lines of `head: cell`.
    fn records(&mut self, rows: &[Vec<String>]) {
        let Some((head, rows)) = rows.split_first() else { return };
        if rows.is_empty() {
            head.iter().for_each(|cell| self.fill(cell));
        }
        for (count, row) in rows.iter().enumerate() {
            if count > 0 {
                self.gap(1);
            }
            for (name, cell) in head.iter().zip(row).filter(|(_, cell)| !cell.is_empty()) {
                let line = if name.is_empty() { cell.clone() } else { format!("{name}: {cell}") };
                self.hang(&line, "", "  ");
            }
        }
    }
}

/// How wide each column is set so that all fit `measure`: as wide as it likes where there is room, never narrower than its
/// longest word. None where even that does not fit.
fn widths(rows: &[Vec<String>], measure: usize) -> Option<Vec<usize>> {
    let count = rows.first()?.len();
    let of = |column: usize, wide: &dyn Fn(&str) -> usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| wide(cell)).max()
    };
    let longest_line = |cell: &str| cell.split('\n').map(columns).max().unwrap_or(0);
    let longest_word =
        |cell: &str| cell.split([' ', '\n']).map(columns).max().unwrap_or(0).max(NARROWEST.min(longest_line(cell)));
    let wish: Vec<_> = (0..count).map(|column| of(column, &longest_line).unwrap_or(0).max(1)).collect();
    let least: Vec<_> = (0..count).map(|column| of(column, &longest_word).unwrap_or(0).max(1)).collect();
    let room = measure.checked_sub(GUTTER * count.saturating_sub(1))?;
    if wish.iter().sum::<usize>() <= room {
        return Some(wish);
    }
    let mut free = room.checked_sub(least.iter().sum())?;
    let mut widths = least;
    // A column at a time, where the wish is farthest from being met.
    while free > 0 {
        let (at, lack) = (0..count).map(|at| (at, wish[at] - widths[at])).max_by_key(|(at, lack)| (*lack, usize::MAX - at))?;
        if lack == 0 {
            break;
        }
        widths[at] += 1;
        free -= 1;
    }
    Some(widths)
}
