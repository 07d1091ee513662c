//! Grid tables: every cell is a box of hyphens and bars.

use unicode_width::UnicodeWidthChar;

use super::{Cell, Line, Table};

/// No drawn table is larger, in lines and in columns of letters.
const TALLEST: usize = 20_000;
const WIDEST: usize = 4_000;

/// The grid table that begins at a line, and the line behind it.
pub fn at(lines: &[Line], at: usize) -> Option<(Table, usize)> {
    let first = lines[at];
    is_border(first.own()).then_some(())?;
    let is_part = |line: &&Line| {
        let own = line.own();
        line.before() == first.before() && own.len() > 1 && own.starts_with(['+', '|']) && own.ends_with(['+', '|'])
    };
    let count = lines[at..].iter().take(TALLEST).take_while(is_part).count();
    let count = 1 + lines[at..at + count].iter().rposition(|line| is_border(line.own()))?;
    let lines = &lines[at..at + count];
    let found = Grid::new(lines, |c| UnicodeWidthChar::width(c).unwrap_or(1))?.table();
    // Not everybody's editor counts wide letters twice.
    let counted = || if lines.iter().all(|line| line.text.is_ascii()) { None } else { Grid::new(lines, |_| 1)?.table() };
    let found = match found {
        Some(found) => counted().filter(|other| other.cells() > found.cells()).unwrap_or(found),
        None => counted()?,
    };
    Some((found, at + count))
}

fn is_border(own: &str) -> bool {
    own.len() > 2
        && own.starts_with('+')
        && own.ends_with('+')
        && own.bytes().all(|byte| b"+-=:".contains(&byte))
        && own.bytes().any(|byte| matches!(byte, b'-' | b'='))
}

/// The letters of a table by their places on the page.
struct Grid<'a> {
    lines: &'a [Line<'a>],
    /// In each line what stands at each column of letters, and its place in the line's own text. A wide letter takes two columns.
    letters: Vec<Vec<(char, usize)>>,
    width: usize,
}

/// A box, by its four borders.
#[derive(Clone, Copy)]
struct Rect {
    top: usize,
    left: usize,
    bottom: usize,
    right: usize,
}

impl Table {
    fn cells(&self) -> usize {
        self.head.iter().chain(&self.body).chain(&self.foot).map(Vec::len).sum()
    }
}

impl<'a> Grid<'a> {
    fn new(lines: &'a [Line<'a>], wide: fn(char) -> usize) -> Option<Self> {
        let letters: Vec<Vec<(char, usize)>> = lines
            .iter()
            .map(|line| line.own().char_indices().flat_map(|(at, c)| std::iter::repeat_n((c, at), wide(c))).collect())
            .collect();
        let width = letters.first()?.len();
        (width <= WIDEST && lines.len() > 2).then_some(Self { lines, letters, width })
    }

    fn is(&self, row: usize, column: usize, signs: &str) -> bool {
        self.letters.get(row).and_then(|line| line.get(column)).is_some_and(|(c, _)| signs.contains(*c))
    }

    /// The smallest box whose upper left corner stands at a place.
    fn rect(&self, top: usize, left: usize) -> Option<Rect> {
        let edge = |row: usize, column: usize| self.is(row, column, "+-=:");
        let side = |row: usize, column: usize| self.is(row, column, "+|");
        let mut right = left + 1;
        while edge(top, right) {
            if self.is(top, right, "+") && side(top + 1, right) {
                let mut bottom = top + 1;
                while side(bottom, left) && side(bottom, right) {
                    let corners = self.is(bottom, left, "+") && self.is(bottom, right, "+");
                    if corners && (left + 1..right).all(|column| edge(bottom, column)) {
                        return Some(Rect { top, left, bottom, right });
                    }
                    bottom += 1;
                }
            }
            right += 1;
        }
        None
    }

    /// The cells, where boxes fill the whole table.
    fn table(&self) -> Option<Table> {
        let last = self.lines.len() - 1;
        let mut rects = Vec::new();
        // Down to which line the columns are taken.
        let mut taken = vec![0; self.width];
        for top in 0..last {
            let mut left = 0;
            while left + 1 < self.width {
                if !self.is(top, left, "+") || taken[left] > top {
                    left += 1;
                    continue;
                }
                let Some(rect) = self.rect(top, left) else {
                    left += 1;
                    continue;
                };
                taken[left..rect.right].fill(rect.bottom);
                left = rect.right;
                rects.push(rect);
            }
        }
        let area: usize = rects.iter().map(|rect| (rect.right - rect.left) * (rect.bottom - rect.top)).sum();
        (area == (self.width - 1) * last && !rects.is_empty()).then_some(())?;
        let bounds = |side: fn(&Rect) -> usize| {
            let mut all: Vec<usize> = rects.iter().map(side).collect();
            all.sort_unstable();
            all.dedup();
            all
        };
        let (tops, lefts) = (bounds(|rect| rect.top), bounds(|rect| rect.left));
        let index = |all: &[usize], at: usize| all.binary_search(&at).unwrap_or(all.len());
        // A line of equal signs ends the head; a second one, with that at the end, holds the foot.
        let doubled: Vec<usize> = (1..=last).filter(|row| self.is(*row, 1, "=") || self.is(*row, 2, "=")).collect();
        let head_end = doubled.first().copied().filter(|row| *row < last).unwrap_or(0);
        let foot_start = match doubled[..] {
            [.., start, end] if end == last && start > head_end => start,
            _ => last,
        };
        let aligns = if head_end > 0 { head_end } else { 0 };
        let mut table = Table::default();
        for (number, &top) in tops.iter().enumerate() {
            let cells = rects.iter().filter(|rect| rect.top == top).map(|rect| Cell {
                rows: index(&tops, rect.bottom) - number,
                cols: index(&lefts, rect.right) - index(&lefts, rect.left),
                align: self.align(aligns, rect),
                lines: self.text(rect),
            });
            let rows = if top < head_end {
                &mut table.head
            } else if top >= foot_start {
                &mut table.foot
            } else {
                &mut table.body
            };
            rows.push(cells.collect());
        }
        Some(table)
    }

    /// What the colons of a border say of the column below.
    fn align(&self, row: usize, rect: &Rect) -> Option<&'static str> {
        match (self.is(row, rect.left + 1, ":"), self.is(row, rect.right - 1, ":")) {
            (true, true) => Some("center"),
            (true, false) => Some("left"),
            (false, true) => Some("right"),
            (false, false) => None,
        }
    }

    /// The lines in a box, without the white around them.
    fn text(&self, rect: &Rect) -> Vec<std::ops::Range<usize>> {
        let lines: Vec<(usize, std::ops::Range<usize>)> = (rect.top + 1..rect.bottom)
            .map(|row| {
                let byte = |column: usize| self.letters[row].get(column).map_or(self.lines[row].own().len(), |(_, at)| *at);
                let from = byte(rect.left) + 1;
                let text = &self.lines[row].own()[from.min(byte(rect.right))..byte(rect.right)];
                (row, from..from + text.trim_end().len())
            })
            .collect();
        super::dedented(self.lines, &lines)
    }
}
