//! Tables: a grid of cells, some of which reach over several columns or rows.

use super::{Block, Blocks, Inlines, Node};

/// A table. Counted with the cells that reach into it from above and from the left, every row fills all columns; every row has a cell
/// of its own; no cell reaches out of the head, or out of the rows below it: [`Table::new`] makes it so.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// May be empty.
    pub caption: Inlines,
    /// How the cells of each column are set, if they say nothing else.
    pub columns: Vec<Align>,
    /// The rows that name the columns. None in a table without column heads.
    pub head: Vec<Row>,
    pub rows: Vec<Row>,
}

/// The cells that begin in a row.
pub type Row = Vec<Node<Cell>>;

/// One cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// One paragraph, or nothing, in a plain table.
    pub body: Blocks,
    /// How many columns it takes, at least 1.
    pub cols: u16,
    /// How many rows it takes, at least 1.
    pub rows: u16,
    /// Whether it names its row, or, in the head, its column.
    pub is_head: bool,
    /// Where it is not set as its column is.
    pub align: Option<Align>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// As the language's direction has it.
    Natural,
    Left,
    Centre,
    Right,
}

/// So many columns a cell may take at most (HTML, 4.9.11).
pub const MOST_COLS: u16 = crate::budget::COLUMNS;

impl Cell {
    /// A plain cell with the words of a line.
    pub fn of(line: Inlines) -> Self {
        let body = match (line.first(), line.last()) {
            (Some(first), Some(last)) => {
                let span = first.span.to(last.span);
                vec![Node::new(Block::Paragraph(line), span)]
            }
            _ => Vec::new(),
        };
        Self { body, cols: 1, rows: 1, is_head: false, align: None }
    }

    /// The words of a plain cell. None for one that holds more than a paragraph.
    pub fn line(&self) -> Option<&[super::Node<super::Inline>]> {
        match &self.body[..] {
            [] => Some(&[]),
            [Node { kind: Block::Paragraph(line), attrs: None, .. }] => Some(line),
            _ => None,
        }
    }

    /// Whether it takes one place of the grid, says nothing of itself, and holds a line.
    pub fn is_plain(&self) -> bool {
        self.cols == 1 && self.rows == 1 && !self.is_head && self.align.is_none() && self.line().is_some()
    }
}

impl Table {
    /// A table of rows as they were read: spans are cut to what there is room for, missing cells are added, rows without a cell of
    /// their own are taken away, columns are as many as the widest row has.
    pub fn new(caption: Inlines, columns: Vec<Align>, head: Vec<Row>, rows: Vec<Row>) -> Self {
        let mut table = Self { caption, columns, head, rows };
        let (head, rows) = (settle(&mut table.head), settle(&mut table.rows));
        let width = head.max(rows).max(table.columns.len());
        table.columns.resize(width, Align::Natural);
        fill(&mut table.head, width);
        fill(&mut table.rows, width);
        table.head.iter_mut().flatten().for_each(|cell| cell.kind.is_head = true);
        table
    }

    /// How many rows there are, those of the head counted in.
    pub fn height(&self) -> usize {
        self.head.len() + self.rows.len()
    }

    /// Every row, the head's first.
    pub fn all_rows(&self) -> impl Iterator<Item = &Row> {
        self.head.iter().chain(&self.rows)
    }

    /// Every cell, row by row, the head's first.
    pub fn cells(&self) -> impl Iterator<Item = &Node<Cell>> {
        self.all_rows().flatten()
    }

    /// Whether it is a grid of plain cells below at most one row of heads: all that a table of bars and hyphens can say.
    pub fn is_plain(&self) -> bool {
        let head = |cell: &Node<Cell>| Cell { is_head: false, ..cell.kind.clone() }.is_plain();
        self.head.len() <= 1
            && self.head.iter().flatten().all(head)
            && self.rows.iter().flatten().all(|cell| cell.kind.is_plain())
            && self.cells().all(|cell| cell.attrs.is_none())
    }
}

impl Table {
    /// The cells of the head over each column, the outermost first.
    pub fn names(&self) -> Vec<Vec<&Node<Cell>>> {
        let mut names = vec![Vec::new(); self.columns.len()];
        for (row, places) in self.head.iter().zip(places(&self.head)) {
            for (cell, place) in row.iter().zip(places) {
                names.iter_mut().skip(place).take(usize::from(cell.kind.cols)).for_each(|over| over.push(cell));
            }
        }
        names
    }
}

/// The column, from 0, in which each cell of each row begins.
pub fn places(rows: &[Row]) -> Vec<Vec<usize>> {
    let mut grid = Grid::default();
    rows.iter()
        .map(|row| {
            grid.next_row();
            row.iter().map(|cell| grid.put(usize::from(cell.kind.cols), usize::from(cell.kind.rows)).0).collect()
        })
        .collect()
}

/// Cuts spans to what there is room for, and takes away rows without cells of their own. Gives the width of the widest row.
fn settle(rows: &mut Vec<Row>) -> usize {
    let empty: Vec<bool> = rows.iter().map(Vec::is_empty).collect();
    let count = rows.len();
    // How many rows without cells stand before each row.
    let mut before = vec![0];
    before.extend(empty.iter().scan(0, |sum, is_empty| {
        *sum += usize::from(*is_empty);
        Some(*sum)
    }));
    for (at, row) in rows.iter_mut().enumerate() {
        for cell in row {
            let end = (at + usize::from(cell.kind.rows.max(1))).min(count);
            let own = end - at - (before[end] - before[at]);
            cell.kind.rows = own.max(1) as u16;
            cell.kind.cols = cell.kind.cols.clamp(1, MOST_COLS);
        }
    }
    rows.retain(|row| !row.is_empty());
    let mut grid = Grid::default();
    for row in rows.iter_mut() {
        grid.next_row();
        for cell in row {
            let (_, cols) = grid.put(usize::from(cell.kind.cols), usize::from(cell.kind.rows));
            cell.kind.cols = cols as u16;
        }
    }
    grid.taken.len()
}

/// Adds the cells that rows lack.
fn fill(rows: &mut [Row], width: usize) {
    let mut grid = Grid::default();
    for row in rows {
        grid.next_row();
        for cell in row.iter() {
            grid.put(usize::from(cell.kind.cols), usize::from(cell.kind.rows));
        }
        // Only behind its last cell can a row lack some: those before it stand close.
        let mut free: usize = (grid.at..width).filter(|at| grid.is_free(*at)).count();
        while free > 0 {
            let room = (grid.first_free()..width).take_while(|at| grid.is_free(*at)).count();
            let cols = if room > crate::budget::FILLED_CELLS { room.min(usize::from(MOST_COLS)) } else { 1 };
            let span = row.last().map(|cell| cell.span.after()).unwrap_or_default();
            row.push(Node::new(Cell { cols: cols as u16, ..Cell::of(Vec::new()) }, span));
            grid.put(cols, 1);
            free -= cols;
        }
    }
}

/// Which columns of a row are taken by cells from above.
#[derive(Default)]
struct Grid {
    /// For how many more rows each column is taken, the row at hand counted in.
    taken: Vec<usize>,
    /// Where the next cell of the row may begin.
    at: usize,
}

impl Grid {
    fn next_row(&mut self) {
        self.taken.iter_mut().for_each(|rows| *rows = rows.saturating_sub(1));
        self.at = 0;
    }

    fn is_free(&self, column: usize) -> bool {
        self.taken.get(column).is_none_or(|rows| *rows == 0)
    }

    fn first_free(&self) -> usize {
        (self.at..).find(|at| self.is_free(*at)).unwrap_or(self.at)
    }

    /// Puts the row's next cell. Gives its first column, and how many it takes: as many as are free beside each other.
    fn put(&mut self, cols: usize, rows: usize) -> (usize, usize) {
        let first = self.first_free();
        let cols = (first..first + cols).take_while(|at| self.is_free(*at)).count().max(1);
        self.taken.resize(self.taken.len().max(first + cols), 0);
        self.taken[first..first + cols].fill(rows);
        self.at = first + cols;
        (first, cols)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::Span;

    /// Rows of `cols x rows`, before and after.
    #[track_caller]
    fn check(rows: &[&[(u16, u16)]], want: &[&[(u16, u16)]]) {
        let cell = |&(cols, rows): &(u16, u16)| Node::new(Cell { cols, rows, ..Cell::of(Vec::new()) }, Span::default());
        let rows = rows.iter().map(|row| row.iter().map(cell).collect()).collect();
        let table = Table::new(Vec::new(), Vec::new(), Vec::new(), rows);
        let got: Vec<Vec<_>> =
            table.rows.iter().map(|row| row.iter().map(|cell| (cell.kind.cols, cell.kind.rows)).collect()).collect();
        assert_eq!(got, want);
    }

    #[test]
    fn every_row_fills_all_columns() {
        check(&[&[(1, 1)], &[(1, 1), (1, 1)]], &[&[(1, 1), (1, 1)], &[(1, 1), (1, 1)]]);
        check(&[&[(1, 2), (2, 1)], &[(1, 1), (1, 1)]], &[&[(1, 2), (2, 1)], &[(1, 1), (1, 1)]]);
        check(&[&[(1, 9)], &[(1, 1)]], &[&[(1, 2), (1, 1)], &[(1, 1)]]);
    }

    #[test]
    fn rows_without_cells_go() {
        check(&[&[(1, 3), (1, 1)], &[], &[(1, 1)]], &[&[(1, 2), (1, 1)], &[(1, 1)]]);
        check(&[&[], &[(1, 1)]], &[&[(1, 1)]]);
    }

    #[test]
    fn no_cell_stands_on_another() {
        check(
            &[&[(1, 1), (1, 2), (1, 1)], &[(3, 1)], &[(60_000, 1)]],
            &[&[(1, 1), (1, 2), (1, 1), (997, 1)], &[(1, 1), (998, 1)], &[(1000, 1)]],
        );
    }

    #[test]
    fn cells_know_their_columns() {
        let cell = |cols, rows| Node::new(Cell { cols, rows, ..Cell::of(Vec::new()) }, Span::default());
        let rows = vec![vec![cell(1, 2), cell(2, 1)], vec![cell(1, 1), cell(1, 1)]];
        assert_eq!(places(&rows), [vec![0, 1], vec![1, 2]]);
    }
}
