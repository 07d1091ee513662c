//! Tables of bars whose head has several lines, as MultiMarkdown writes them; a cell before two bars reaches over both columns. And
//! those with lines around and between their rows, as kramdown draws them. Others whose head has one line are Markdown's own.

use std::ops::Range;

use super::{Cell, Line, Table};

/// No head has more lines, no table more rows.
const TALLEST: (usize, usize) = (6, 5_000);

/// The table that begins at a line, and the line behind it.
pub fn at(lines: &[Line], at: usize) -> Option<(Table, usize)> {
    let first = lines[at];
    // The head of a block of pymdownx has a bar, too.
    let has_bars = |line: &Line| line.bar && line.before() == first.before() && !line.own().starts_with("///");
    (has_bars(&first) && (at == 0 || lines[at - 1].is_blank())).then_some(())?;
    if let Some(found) = framed(lines, at, has_bars) {
        return Some(found);
    }
    let head = lines[at..].iter().take(TALLEST.0 + 1).position(|line| aligns(line).is_some()).filter(|head| *head > 1)?;
    lines[at..at + head].iter().all(has_bars).then_some(())?;
    let columns = aligns(&lines[at + head])?;
    let rows = lines[at + head + 1..].iter().take(TALLEST.1).take_while(|line| has_bars(line)).count();
    let mut table = Table::default();
    for (number, line) in lines[at..at + head + 1 + rows].iter().enumerate().filter(|(number, _)| *number != head) {
        let row = cells(line, &columns)?;
        if number < head { table.head.push(row) } else { table.body.push(row) }
    }
    let mut end = at + head + 1 + rows;
    // `[Caption]`, and a label.
    if let Some(line) = lines.get(end)
        && let Some(inner) = line.own().strip_prefix('[')
        && let Some(close) = inner.find(']')
        && (close + 2 == line.own().len() || inner[close + 1..].starts_with('[') && inner.ends_with(']'))
    {
        table.caption.push(line.place(1..1 + close));
        end += 1;
    }
    (rows > 0).then_some((table, end))
}

/// A table with lines above its head, or between its rows: `|---+---|`, `|===+===|` (kramdown's syntax, tables).
fn framed(lines: &[Line], at: usize, has_bars: impl Fn(&Line) -> bool) -> Option<(Table, usize)> {
    let count = lines[at..].iter().take(TALLEST.1).take_while(|line| has_bars(line)).count();
    let own = &lines[at..at + count];
    let is_drawn = |line: &Line| is_border(line) && line.own().contains(['+', '=']);
    let first_rule = own.iter().position(|line| is_border(line))?;
    // Markdown knows a single line below a head.
    let is_framed = first_rule == 0 || own.iter().skip(first_rule + 1).any(is_drawn);
    let has_rows = |range: &[Line]| range.iter().any(|line| !is_border(line));
    (is_framed && own.iter().any(is_drawn) && has_rows(own)).then_some(())?;
    let said = own[first_rule].own().replace(['+', '='], "|");
    let columns = said.trim_matches('|').split('|').count().max(1);
    let aligns =
        own.iter().find_map(|line| aligns(line).filter(|aligns| aligns.len() == columns)).unwrap_or(vec![None; columns]);
    let above = usize::from(first_rule == 0);
    let head = own[above..].iter().position(is_border).map(|head| above + head).filter(|head| has_rows(&own[head + 1..]));
    let mut table = Table::default();
    for (number, line) in own.iter().enumerate().filter(|(_, line)| !is_border(line)) {
        let row = cells(line, &aligns)?;
        if head.is_some_and(|head| number < head) { table.head.push(row) } else { table.body.push(row) }
    }
    Some((table, at + count))
}

/// A line that is drawn between rows.
fn is_border(line: &Line) -> bool {
    let own = line.own();
    // AsciiDoc's `|===` ends with none.
    own.starts_with('|')
        && own.len() > 1
        && own.ends_with('|')
        && own.bytes().all(|byte| b"|+-=: ".contains(&byte))
        // A cell that holds what looks like a line, or nothing, is drawn by nobody.
        && own[1..own.len() - 1].split(['|', '+']).all(|piece| !piece.trim().is_empty())
        && (own.contains("--") || own.contains("=="))
}

/// Whether a table without a bar at its front begins right below a line of text: it has all that a table needs (GFM, 4.10), but the
/// parser of Markdown doesn't see it there.
pub fn is_below_text(lines: &[Line], at: usize) -> bool {
    let own = lines[at].own();
    if !lines[at].bar || own.starts_with('|') || at == 0 {
        return false;
    }
    let (above, rule) = (&lines[at - 1], lines.get(at + 1));
    let said = above.own();
    let is_text = !said.is_empty()
        && !above.bar
        && !said.starts_with(['#', '<', '[', ':', '=', '+', '`', '~', '|', '{', '$'])
        && !said.starts_with("Table:")
        && !said.bytes().all(|byte| matches!(byte, b'-' | b'*' | b'_' | b' '))
        && super::item_text(said).is_none();
    // Nor where the paragraph only goes on outside of a quotation or an item in which it began.
    const LOOKED_AT: usize = 100;
    let paragraph = || lines[..at].iter().rev().take(LOOKED_AT).take_while(|line| !line.is_blank());
    let is_own = |line: &Line| line.before() == above.before() && super::item_text(line.own()).is_none();
    let bars = own.bytes().filter(|byte| *byte == b'|').count();
    let same = |line: &Line| {
        let rule = line.own();
        line.before() == above.before() && !rule.starts_with('|') && rule.bytes().filter(|byte| *byte == b'|').count() == bars
    };
    is_text
        && lines[at].before() == above.before()
        && !own.contains(['`', '$', '\\'])
        && rule.is_some_and(|rule| same(rule) && aligns(rule).is_some())
        && paragraph().all(is_own)
}

/// How the columns stand that a line of hyphens draws.
fn aligns(line: &Line) -> Option<Vec<Option<&'static str>>> {
    let own = line.own().trim_matches('|').trim();
    (line.bar && own.contains('-')).then_some(())?;
    let align = |cell: &str| {
        let cell = cell.trim();
        let dashes = cell.trim_matches(':');
        let fits = !dashes.is_empty() && dashes.bytes().all(|byte| byte == b'-');
        fits.then(|| match (cell.starts_with(':'), cell.ends_with(':')) {
            (true, true) => Some("center"),
            (true, false) => Some("left"),
            (false, true) => Some("right"),
            (false, false) => None,
        })
    };
    own.split('|').map(align).collect()
}

/// The cells of a row.
fn cells(line: &Line, columns: &[Option<&'static str>]) -> Option<Vec<Cell>> {
    let own = line.own();
    let bytes = own.as_bytes();
    let mut bars: Vec<usize> = (0..own.len()).filter(|at| bytes[*at] == b'|' && (*at == 0 || bytes[at - 1] != b'\\')).collect();
    if bars.first() != Some(&0) {
        // The first cell has no bar before it.
        bars.insert(0, usize::MAX);
    }
    if bars.last().is_some_and(|bar| bar.wrapping_add(1) != own.len()) {
        bars.push(own.len());
    }
    let mut found: Vec<Cell> = Vec::new();
    let mut column = 0;
    for pair in bars.windows(2) {
        let from = pair[0].wrapping_add(1);
        if from == pair[1] {
            match found.last_mut() {
                Some(cell) => cell.cols += 1,
                None => found.push(cell(line, from..from, columns.first().copied().flatten())),
            }
        } else {
            found.push(cell(line, from..pair[1], columns.get(column).copied().flatten()));
        }
        column += 1;
    }
    (column <= columns.len()).then_some(found)
}

fn cell(line: &Line, own: Range<usize>, align: Option<&'static str>) -> Cell {
    let text = &line.own()[own.clone()];
    let from = own.start + text.len() - text.trim_start().len();
    let inner = from..(own.start + text.trim_end().len()).max(from);
    Cell { rows: 1, cols: 1, align, lines: vec![line.place(inner)] }
}
