//! pandoc's simple and multiline tables: a line of hyphens with gaps says where columns stand.

use std::ops::Range;

use unicode_width::UnicodeWidthChar;

use super::{Cell, Line, Table};

/// No table of this kind has more lines.
const TALLEST: usize = 20_000;

/// The table whose first line this is, and the line behind it.
pub fn at(lines: &[Line], at: usize) -> Option<(Table, usize)> {
    let first = lines[at];
    let is_free = at == 0 || lines[at - 1].parts();
    if !is_free || first.parts() {
        return None;
    }
    if is_full(first.text) || columns(first.text).is_some() {
        return multiline(lines, at).or_else(|| headless(lines, at));
    }
    simple(lines, at)
}

/// The columns that a line of hyphens with gaps draws, each from its first letter to the one behind its last.
fn columns(text: &str) -> Option<Vec<Range<usize>>> {
    let fits = text.bytes().all(|byte| matches!(byte, b'-' | b' ')) && text.contains("--");
    fits.then_some(())?;
    let mut found: Vec<Range<usize>> = Vec::new();
    for (at, _) in text.bytes().enumerate().filter(|(_, byte)| *byte == b'-') {
        match found.last_mut() {
            Some(last) if last.end == at => last.end += 1,
            _ => found.push(at..at + 1),
        }
    }
    // `- - -` is a rule.
    (found.len() > 1 && found.iter().all(|column| column.len() > 1)).then_some(found)
}

/// A line of nothing but hyphens.
fn is_full(text: &str) -> bool {
    let own = text.trim();
    own.len() >= 6 && own.bytes().all(|byte| byte == b'-')
}

/// A head of one line above the hyphens, rows of one line below, up to a blank line.
fn simple(lines: &[Line], at: usize) -> Option<(Table, usize)> {
    let columns = columns(lines.get(at + 1)?.text)?;
    let rows = lines[at + 2..].iter().take(TALLEST).take_while(|line| !line.parts()).count();
    (rows > 0).then_some(())?;
    let closed = self::columns(lines[at + 1 + rows].text).is_some();
    let head = row(lines, at..at + 1, &columns)?;
    let aligns = aligns(lines, at..at + 1, &columns);
    let body = (at + 2..at + 2 + rows - usize::from(closed)).map(|line| row(lines, line..line + 1, &columns));
    let mut table = Table { head: vec![head], body: body.collect::<Option<_>>()?, ..Table::default() };
    table.align(&aligns);
    Some((table, at + 2 + rows))
}

/// Rows of one line between two lines of hyphens with gaps.
fn headless(lines: &[Line], at: usize) -> Option<(Table, usize)> {
    let columns = columns(lines[at].text)?;
    let rows = lines[at + 1..].iter().take(TALLEST).take_while(|line| !line.parts()).count();
    (rows > 1 && self::columns(lines[at + rows].text).is_some()).then_some(())?;
    let body = (at + 1..at + rows).map(|line| row(lines, line..line + 1, &columns));
    let mut table = Table { body: body.collect::<Option<_>>()?, ..Table::default() };
    let aligns = aligns(lines, at + 1..at + 2, &columns);
    table.align(&aligns);
    Some((table, at + rows + 1))
}

/// Between two lines of hyphens: a head, a line with gaps, then rows of several lines, blank lines between them.
fn multiline(lines: &[Line], at: usize) -> Option<(Table, usize)> {
    let full = is_full(lines[at].text);
    let head_lines = if full { lines[at + 1..].iter().take(40).position(|line| columns(line.text).is_some())? } else { 0 };
    let ruled = if full { at + 1 + head_lines } else { at };
    let columns = columns(lines[ruled].text)?;
    let ends = |line: &Line| is_full(line.text) || self::columns(line.text).is_some();
    let body = lines[ruled + 1..].iter().take(TALLEST).position(ends)?;
    let end = ruled + 1 + body;
    // The last line of hyphens has nothing below it.
    (body > 0 && lines.get(end + 1).is_none_or(Line::parts)).then_some(())?;
    (full || (ruled + 1..end).any(|line| lines[line].is_blank())).then_some(())?;
    let mut table = Table::default();
    let mut aligns = vec![None; columns.len()];
    if head_lines > 0 {
        table.head.push(row(lines, at + 1..ruled, &columns)?);
        aligns = self::aligns(lines, at + 1..ruled, &columns);
    }
    let mut from = ruled + 1;
    while from < end {
        let length = lines[from..end].iter().take_while(|line| !line.is_blank()).count();
        if length > 0 {
            if table.head.is_empty() && table.body.is_empty() {
                aligns = self::aligns(lines, from..from + length, &columns);
            }
            table.body.push(row(lines, from..from + length, &columns)?);
        }
        from += length + 1;
    }
    table.align(&aligns);
    (!table.body.is_empty()).then_some((table, end + 1))
}

impl Table {
    fn align(&mut self, aligns: &[Option<&'static str>]) {
        for row in self.head.iter_mut().chain(&mut self.body) {
            row.iter_mut().zip(aligns).for_each(|(cell, align)| cell.align = *align);
        }
    }
}

/// Where each column of letters of a line stands in its bytes, and where the line ends.
fn places(text: &str) -> Vec<usize> {
    let wide = |c: char| UnicodeWidthChar::width(c).unwrap_or(1);
    text.char_indices().flat_map(|(at, c)| std::iter::repeat_n(at, wide(c))).chain([text.len()]).collect()
}

/// A row of cells. None where words stand in the gap between two columns: then it is no table.
fn row(lines: &[Line], range: Range<usize>, columns: &[Range<usize>]) -> Option<Vec<Cell>> {
    let mut cells: Vec<Vec<(usize, Range<usize>)>> = vec![Vec::new(); columns.len()];
    for at in range {
        let line = &lines[at];
        let places = places(line.text);
        let byte = |column: usize| places.get(column).copied().unwrap_or(line.text.len());
        for (number, column) in columns.iter().enumerate() {
            let from = if number == 0 { line.prefix.min(byte(column.start)) } else { byte(column.start) };
            let to = columns.get(number + 1).map_or(line.text.len(), |next| byte(next.start));
            let text = &line.text[from..to.max(from)];
            // A column ends in white, before the next.
            if number + 1 < columns.len() && !text.is_empty() && to < line.text.len() && !text.ends_with(' ') {
                return None;
            }
            let from = line.prefix.max(from);
            let text = &line.text[from..to.max(from)];
            let start = from - line.prefix + text.len() - text.trim_start().len();
            cells[number].push((at, start..start + text.trim().len()));
        }
    }
    let place = |(at, own): (usize, Range<usize>)| lines[at].place(own);
    Some(cells.into_iter().map(|found| Cell::plain(found.into_iter().map(place))).collect())
}

/// How the words of a head stand over their hyphens says how the column stands.
fn aligns(lines: &[Line], range: Range<usize>, columns: &[Range<usize>]) -> Vec<Option<&'static str>> {
    columns
        .iter()
        .map(|column| {
            let (mut left, mut right) = (true, true);
            let mut said = false;
            for line in &lines[range.clone()] {
                let letters: Vec<char> = line.text.chars().collect();
                let own = letters.get(column.start..column.end.min(letters.len())).unwrap_or(&[]);
                if own.iter().all(|c| c.is_whitespace()) {
                    continue;
                }
                said = true;
                left &= own.first().is_some_and(|c| !c.is_whitespace());
                right &= own.len() == column.len() && own.last().is_some_and(|c| !c.is_whitespace());
            }
            match (said, left, right) {
                (true, true, false) => Some("left"),
                (true, false, true) => Some("right"),
                (true, false, false) => Some("center"),
                _ => None,
            }
        })
        .collect()
}
