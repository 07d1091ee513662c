//! Tables that are drawn: by boxes of hyphens and bars, or by a line of hyphens with gaps. Their cells stand beside each other, so that
//! the lines of one are parted by those of the next.

use std::ops::Range;

use super::super::stream::Gap;
use unicode_width::UnicodeWidthChar;

/// What a table is made of, in bytes of the source.
#[derive(Debug, Default)]
pub struct Drawn {
    /// Each cell's lines.
    pub cells: Vec<Vec<Range<usize>>>,
    pub marks: Vec<Range<usize>>,
    /// Lines that stand as they are.
    pub code: Vec<Range<usize>>,
    /// Marks that part no blocks, with what they part.
    pub light: Vec<(Range<usize>, Gap)>,
    pub end: usize,
}

impl Drawn {
    /// A cell of one line.
    pub fn cell(&mut self, line: Range<usize>) {
        self.cells.push(vec![line]);
    }
}

/// No drawn table has more lines.
const TALLEST: usize = 20_000;

struct Row {
    start: usize,
    /// Where what belongs to the table begins.
    own: usize,
    end: usize,
}

/// The table that begins with the line at `start`, in a text that goes to `end`. `free`: an empty line stands above.
pub fn table(source: &str, start: usize, end: usize, free: bool) -> Option<Drawn> {
    let first = line_at(source, start, end);
    let own = &source[first.own..first.end];
    if own.starts_with('+') && is_border(own) {
        return boxes(source, start, end);
    }
    // What a group of pandoc's holds begins right below its fence.
    let above = || source[..start].strip_suffix('\n').and_then(|above| above.rsplit('\n').next()).unwrap_or("");
    if own.is_empty() || !(free || is_fence(above().trim_start_matches([' ', '>']))) {
        return None;
    }
    if free && own.starts_with('|') {
        return framed(source, start, end);
    }
    hyphens(source, start, end)
}

fn is_fence(own: &str) -> bool {
    own.starts_with(":::")
}

/// A table with lines above its head, or between its rows (kramdown).
fn framed(source: &str, start: usize, end: usize) -> Option<Drawn> {
    let is_border = |own: &str| {
        // AsciiDoc's `|===` ends with none.
        own.starts_with('|')
            && own.len() > 1
            && own.ends_with('|')
            && own.bytes().all(|byte| b"|+-=: ".contains(&byte))
            && (own.contains("--") || own.contains("=="))
            // A row of cells with nothing in them, or with what looks like a line, is one.
            && own[1..own.len() - 1].split(['|', '+']).all(|piece| !piece.trim().is_empty())
    };
    let rows: Vec<Row> = lines(source, start, end).take_while(|row| source[row.own..row.end].contains('|')).collect();
    let said = |row: &Row| &source[row.own..row.end];
    let first = rows.iter().position(|row| is_border(said(row)))?;
    let is_drawn = |row: &Row| is_border(said(row)) && said(row).contains(['+', '=']);
    let is_framed = first == 0 || rows.iter().skip(first + 1).any(is_drawn);
    (is_framed && rows.iter().any(is_drawn) && !rows.iter().all(|row| is_border(said(row)))).then_some(())?;
    let mut found = Drawn { end: rows.last()?.end, ..Drawn::default() };
    for row in &rows {
        if is_border(said(row)) {
            found.marks.push(row.own..row.end);
            continue;
        }
        let mut from = row.own;
        let bytes = source.as_bytes();
        for bar in (row.own..row.end).filter(|at| bytes[*at] == b'|' && bytes.get(at.wrapping_sub(1)) != Some(&b'\\')) {
            found.cells.extend((bar > from).then(|| std::iter::once(from..bar).collect()));
            found.marks.push(bar..bar + 1);
            from = bar + 1;
        }
        found.cells.extend((row.end > from).then(|| std::iter::once(from..row.end).collect()));
    }
    Some(found)
}

fn line_at(source: &str, start: usize, end: usize) -> Row {
    let stop = source[start..end].find('\n').map_or(end, |length| start + length);
    let own = stop - source[start..stop].trim_start_matches([' ', '>']).len();
    Row { start, own, end: own + source[own..stop].trim_end().len() }
}

fn lines(source: &str, start: usize, end: usize) -> impl Iterator<Item = Row> + '_ {
    let mut at = Some(start);
    std::iter::from_fn(move || {
        let from = at.filter(|at| *at < end)?;
        at = source[from..end].find('\n').map(|length| from + length + 1);
        Some(line_at(source, from, end))
    })
    .take(TALLEST)
}

fn is_border(own: &str) -> bool {
    own.len() > 2 && own.ends_with('+') && own.bytes().all(|byte| b"+-=:".contains(&byte)) && own.contains(['-', '='])
}

/// Where the columns of letters of a line stand in the source.
fn columns(source: &str, range: Range<usize>) -> Vec<usize> {
    let letters = source[range.clone()].char_indices();
    let wide = letters.flat_map(|(at, c)| std::iter::repeat_n(range.start + at, UnicodeWidthChar::width(c).unwrap_or(1)));
    wide.chain([range.end]).collect()
}

fn boxes(source: &str, start: usize, end: usize) -> Option<Drawn> {
    let is_part = |row: &Row| {
        let own = &source[row.own..row.end];
        own.len() > 1 && own.starts_with(['+', '|']) && own.ends_with(['+', '|'])
    };
    let mut rows: Vec<Row> = lines(source, start, end).take_while(is_part).collect();
    let last = rows.iter().rposition(|row| is_border(&source[row.own..row.end]))?;
    rows.truncate(last + 1);
    (last > 1).then_some(())?;
    let corners = |row: &Row| {
        let own = source[row.own..row.end].char_indices().filter(|(_, c)| *c == '+');
        own.map(|(at, _)| at).collect::<Vec<_>>()
    };
    let mut posts: Vec<usize> = rows.iter().filter(|row| is_border(&source[row.own..row.end])).flat_map(corners).collect();
    posts.sort_unstable();
    posts.dedup();
    let mut found = Drawn { end: rows[last].end, ..Drawn::default() };
    // The lines of the cell that is open in each column.
    let mut open: Vec<Vec<Range<usize>>> = vec![Vec::new(); posts.len()];
    for row in &rows {
        let places = columns(source, row.own..row.end);
        let byte = |column: usize| places.get(column).copied().unwrap_or(row.end);
        let is_post = |column: &usize| source[byte(*column)..row.end].starts_with(['|', '+']);
        let standing: Vec<usize> = (0..posts.len()).filter(|at| is_post(&posts[*at])).collect();
        for pair in standing.windows(2) {
            let post = byte(posts[pair[0]]);
            let inner = post + 1..byte(posts[pair[1]]);
            found.marks.push(post..post + 1);
            let text = &source[inner.clone()];
            if text.len() > 1 && text.bytes().all(|byte| b"+-=:".contains(&byte)) {
                found.marks.push(inner);
                for lines in &mut open[pair[0]..pair[1]] {
                    found.cells.push(std::mem::take(lines));
                }
            } else {
                open[pair[0]].push(inner);
            }
        }
        found.marks.push(row.end - 1..row.end);
    }
    found.cells.extend(open);
    found.cells.retain(|lines| !lines.is_empty());
    Some(found)
}

/// The columns that a line of hyphens with gaps draws.
fn ruled(source: &str, row: &Row) -> Option<Vec<Range<usize>>> {
    let text = &source[row.start..row.end];
    text.bytes().all(|byte| matches!(byte, b'-' | b' ')).then_some(())?;
    let mut found: Vec<Range<usize>> = Vec::new();
    for (at, _) in text.bytes().enumerate().filter(|(_, byte)| *byte == b'-') {
        match found.last_mut() {
            Some(last) if last.end == at => last.end += 1,
            _ => found.push(at..at + 1),
        }
    }
    (found.len() > 1 && found.iter().all(|column| column.len() > 1)).then_some(found)
}

fn hyphens(source: &str, start: usize, end: usize) -> Option<Drawn> {
    let is_blank = |row: &Row| row.own == row.end || is_fence(&source[row.own..row.end]);
    let is_full = |row: &Row| row.end - row.own >= 6 && source[row.own..row.end].bytes().all(|byte| byte == b'-');
    let mut rows = lines(source, start, end).peekable();
    let first = rows.next()?;
    let mut head = Vec::new();
    let mut found = Drawn::default();
    // A table of several lines a row has blank lines between its rows.
    let mut several = is_full(&first);
    let mut rule = None;
    if several {
        found.marks.push(first.own..first.end);
        for row in rows.by_ref().take(40) {
            if let Some(columns) = ruled(source, &row) {
                rule = Some((columns, row));
                break;
            }
            head.push(row);
        }
    } else if let Some(columns) = ruled(source, &first) {
        rule = Some((columns, first));
    } else {
        head.push(first);
        let row = rows.next()?;
        rule = ruled(source, &row).map(|columns| (columns, row));
    }
    let (columns, row) = rule?;
    found.marks.push(row.own..row.end);
    found.end = row.end;
    let headless = head.is_empty();
    let mut body: Vec<Vec<Row>> = vec![Vec::new()];
    let mut closed = false;
    while let Some(row) = rows.next() {
        if is_blank(&row) {
            if !several && !headless || row.own < row.end {
                break;
            }
            several = true;
            body.push(Vec::new());
            continue;
        }
        found.end = row.end;
        if is_full(&row) || ruled(source, &row).is_some() {
            found.marks.push(row.own..row.end);
            closed = rows.peek().is_none_or(is_blank);
            break;
        }
        body.last_mut()?.push(row);
    }
    let has_rows = body.iter().any(|rows| !rows.is_empty());
    ((closed || !several && !headless) && has_rows).then_some(())?;
    // Without blank lines each line is a row.
    let body = match several {
        true => body,
        false => body.into_iter().flatten().map(|row| vec![row]).collect(),
    };
    for rows in std::iter::once(head).chain(body) {
        for (number, column) in columns.iter().enumerate() {
            let lines = rows.iter().map(|row| {
                let places = self::columns(source, row.start..row.end);
                let byte = |column: usize| places.get(column).copied().unwrap_or(row.end);
                let from = if number == 0 { row.own } else { byte(column.start) };
                let to = columns.get(number + 1).map_or(row.end, |next| byte(next.start));
                from..to.max(from)
            });
            found.cells.push(lines.collect());
        }
    }
    Some(found)
}
