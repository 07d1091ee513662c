//! Tables in columns that fit the measure, wrapped inside their cells; where columns can't fit, row by row.

use super::Galley;
use super::fill::{Indent, binds, columns};
use crate::tree::{Align, Cell, Table, places};

/// Blank columns between two of the table's.
const GUTTER: usize = 3;

/// The narrowest column in which words can still be read.
const NARROWEST: usize = 6;

impl<'a> Galley<'a> {
    pub(super) fn table(&mut self, table: &'a Table) {
        if !table.caption.is_empty() {
            let caption = self.flow(&table.caption);
            self.fill(&caption);
            self.gap(1);
        }
        // A cell that reaches over others stands in the first of its places.
        let mut rows: Vec<Vec<String>> = Vec::new();
        for group in [&table.head, &table.rows] {
            for (row, places) in group.iter().zip(places(group)) {
                let mut cells = vec![String::new(); table.columns.len()];
                for (cell, place) in row.iter().zip(places) {
                    cells[place] = self.cell(&cell.kind);
                }
                rows.push(cells);
            }
        }
        let measure = match self.width {
            0 => usize::MAX,
            width => width.saturating_sub(self.lead.len()),
        };
        match widths(&rows, measure) {
            Some(widths) => self.columns(&rows, table.head.len(), &widths, &table.columns),
            None => self.records(table, &rows),
        }
    }

    fn cell(&mut self, cell: &'a Cell) -> String {
        let said = match cell.line() {
            Some(line) => self.flow(line),
            None => self.apart(|galley| galley.blocks(&cell.body, false)),
        };
        self.ascii.of(&said).into_owned()
    }

    /// What `act` sets, by itself, its lines as long as they like.
    fn apart(&mut self, act: impl FnOnce(&mut Self)) -> String {
        let (out, lead) = (std::mem::take(&mut self.out), std::mem::take(&mut self.lead));
        let width = std::mem::replace(&mut self.width, 0);
        act(self);
        (self.lead, self.width) = (lead, width);
        let said = std::mem::replace(&mut self.out, out);
        said.lines().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
    }

    /// Rows under their heads. Where a cell takes several lines, blank lines divide the rows and rules close the table in, so that
    /// nobody takes a row's second line for another row.
    fn columns(&mut self, rows: &[Vec<String>], heads: usize, widths: &[usize], aligns: &[Align]) {
        let rows: Vec<Vec<_>> =
            rows.iter().map(|row| row.iter().zip(widths).map(|(cell, width)| self.wrapped(cell, *width)).collect()).collect();
        let (head, rows) = rows.split_at(heads);
        // A row of empty cells would only be a second blank line.
        let rows: Vec<_> = rows.iter().filter(|row| row.iter().flatten().any(|line| !line.is_empty())).collect();
        let tall = rows.iter().copied().chain(head).flatten().any(|cell: &Vec<String>| cell.len() > 1);
        let across = widths.iter().sum::<usize>() + GUTTER * widths.len().saturating_sub(1);
        if tall {
            self.rule(&[across]);
        }
        for (count, row) in head.iter().enumerate() {
            if tall && count > 0 {
                self.out.push('\n');
            }
            self.row(row, widths, aligns);
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
    fn records(&mut self, table: &'a Table, rows: &[Vec<String>]) {
        let (head, rows) = rows.split_at(table.head.len());
        if rows.is_empty() {
            head.iter().flatten().filter(|cell| !cell.is_empty()).for_each(|cell| self.fill(cell));
        }
        let names = names(table, head);
        // A column of empty cells is named once.
        let mut empty = vec![0; names.len()];
        for (row, starts) in rows.iter().zip(places(&table.rows)) {
            starts.into_iter().filter(|start| row[*start].is_empty()).for_each(|start| empty[start] += 1);
        }
        for (count, row) in rows.iter().enumerate() {
            if count > 0 {
                self.gap(1);
            }
            for (column, (name, cell)) in names.iter().zip(row).enumerate() {
                let is_named_alone = count == 0 && !name.is_empty() && empty[column] == rows.len();
                if cell.is_empty() && !is_named_alone {
                    continue;
                }
                let line = if name.is_empty() { cell.clone() } else { format!("{name}: {cell}") };
                self.hang(line.trim_end(), "", "  ");
            }
        }
    }
}

/// What the head says of each column, its rows one behind the other. `head` is what its cells say, by row and column.
fn names(table: &Table, head: &[Vec<String>]) -> Vec<String> {
    let mut names = vec![Vec::new(); table.columns.len()];
    for ((row, places), said) in table.head.iter().zip(places(&table.head)).zip(head) {
        for (cell, place) in row.iter().zip(places).filter(|(_, place)| !said[*place].is_empty()) {
            let over = names.iter_mut().skip(place).take(usize::from(cell.kind.cols));
            over.for_each(|names| names.push(said[place].as_str()));
        }
    }
    names.iter().map(|names| names.join(" ")).collect()
}

/// The columns that a line's longest word takes, with what no line may end before.
fn longest(line: &str) -> usize {
    let (mut longest, mut own, mut last) = (0, 0, "");
    for word in line.split(' ') {
        own = if !last.is_empty() && binds(last, word) { own + 1 + columns(word) } else { columns(word) };
        longest = longest.max(own);
        last = word;
    }
    longest
}

/// How wide each column is set so that all fit `measure`: as wide as it likes where there is room, else so that the rows take the
/// fewest lines, never narrower than its longest word. None where even that does not fit.
fn widths(rows: &[Vec<String>], measure: usize) -> Option<Vec<usize>> {
    let count = rows.first()?.len();
    let of = |column: usize, wide: &dyn Fn(&str) -> usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| wide(cell)).max()
    };
    let longest_line = |cell: &str| cell.split('\n').map(columns).max().unwrap_or(0);
    let longest_word = |cell: &str| cell.split('\n').map(longest).max().unwrap_or(0).max(NARROWEST.min(longest_line(cell)));
    let wish: Vec<_> = (0..count).map(|column| of(column, &longest_line).unwrap_or(0).max(2)).collect();
    let least: Vec<_> = (0..count).map(|column| of(column, &longest_word).unwrap_or(0).max(2)).collect();
    let room = measure.checked_sub(GUTTER * count.saturating_sub(1))?;
    if wish.iter().sum::<usize>() <= room {
        return Some(wish);
    }
    room.checked_sub(least.iter().sum())?;
    // Names and figures that stand on a line of their own are worth some lines of what is long anyway.
    let own_lines = settled(&wish, &least, room).map(|widths| (height(rows, &widths) * 3, widths));
    let by_lack = raised(&wish, &least, room, |at, widths| wish[at] - widths[at]);
    let by_width = raised(&wish, &least, room, |at, widths| usize::MAX - widths[at]);
    let others = [by_lack, by_width].into_iter().flatten().map(|widths| (height(rows, &widths) * 4, widths));
    own_lines.into_iter().chain(others).min_by_key(|(lines, _)| *lines).map(|(_, widths)| widths)
}

/// Columns that like no more than an equal share get what they like; the others share the rest by what they lack.
fn settled(wish: &[usize], least: &[usize], room: usize) -> Option<Vec<usize>> {
    let mut widths = wish.to_vec();
    let (mut open, mut rest) = ((0..wish.len()).collect::<Vec<_>>(), room);
    loop {
        let share = rest / open.len().max(1);
        let before = open.len();
        open.retain(|at| wish[*at] > share);
        if open.len() == before {
            break;
        }
        rest = room.checked_sub((0..wish.len()).filter(|at| !open.contains(at)).map(|at| wish[at]).sum())?;
    }
    let free = rest.checked_sub(open.iter().map(|at| least[*at]).sum())?;
    let lack = |at: usize| wish[at] - least[at];
    let all = open.iter().map(|at| lack(*at)).sum::<usize>().max(1);
    open.iter().for_each(|at| widths[*at] = least[*at] + free * lack(*at) / all);
    Some(widths)
}

/// From the narrowest widths, one more at a time for the column that needs it most.
fn raised(wish: &[usize], least: &[usize], room: usize, need: impl Fn(usize, &[usize]) -> usize) -> Option<Vec<usize>> {
    let mut widths = least.to_vec();
    for _ in 0..room.checked_sub(least.iter().sum())? {
        let lacking = (0..wish.len()).filter(|at| wish[*at] > widths[*at]);
        let Some(at) = lacking.max_by_key(|at| (need(*at, &widths), usize::MAX - at)) else { break };
        widths[at] += 1;
    }
    Some(widths)
}

/// About how many lines the rows take in columns of these widths.
fn height(rows: &[Vec<String>], widths: &[usize]) -> usize {
    let lines = |cell: &str, width: usize| -> usize {
        let of_part = |part: &str| {
            let (mut lines, mut used) = (1, 0);
            for word in part.split(' ').map(columns) {
                if used > 0 && used + 1 + word > width {
                    (lines, used) = (lines + 1, word);
                } else {
                    used += word + usize::from(used > 0);
                }
            }
            lines
        };
        cell.split('\n').map(of_part).sum()
    };
    rows.iter().map(|row| row.iter().zip(widths).map(|(cell, width)| lines(cell, *width)).max().unwrap_or(0)).sum()
}
