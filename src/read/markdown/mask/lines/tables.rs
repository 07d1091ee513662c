//! Tables and their captions, and the other blocks that are lines in a row: line blocks, and lists that count by letters.

use std::ops::Range;

use super::super::formula::{self, Closing};
use super::super::inlines::{code_end, labelled};
use super::super::{Attributes, Mark, Told, VOID, emoji, lists};
use super::{Above, Blocks, Line, blank, is_caption};

impl<'a> Blocks<'_, 'a> {
    /// `: caption` below a table, or above one where no term stands.
    pub(super) fn caption_colon(&mut self, line: &Line, was: &Above) -> Option<usize> {
        let own = &self.text[line.text..line.end];
        if !self.known.lines {
            self.flush();
            return None;
        }
        let name = own[1..].split(':').next().unwrap_or("");
        if !own[1..].starts_with([' ', '\t']) || own[1..].trim().is_empty() {
            // The parser takes `:word` and a colon alone for definitions; no dialect does. A sign by its name is hidden by itself.
            if emoji::sign(name).is_none() {
                self.scanner.edits.text(line.text..line.text + 1);
            }
            return None;
        }
        if !own[1..].starts_with(' ') {
            self.flush();
            return None;
        }
        if was.is_row || was.table_ended || !was.is_text && !self.term_above(line) && self.table_follows(line) {
            return Some(self.caption(line, 2));
        }
        self.flush();
        let last = self.last_above(line);
        if last.is_empty() || last.starts_with('#') || last.starts_with("<!--") && last.ends_with("-->") {
            // Nothing that it could define.
            return None;
        }
        // A definition, which holds what is indented as far as its words.
        let white = own[1..].len() - own[1..].trim_start_matches(' ').len();
        self.enter(line.indent + 1 + if white > 4 { 1 } else { white });
        self.said_of_item(line.text + 1 + white..line.end);
        // A listing may be what it means.
        let listing = Line { text: line.text + 1 + white, indent: self.item, ..*line };
        match own[1 + white..].starts_with(['`', '~']) {
            true => self.code(&listing),
            false => None,
        }
    }

    /// The last line with words above a line, without what containers write before it.
    fn last_above(&self, line: &Line) -> &'a str {
        let mut above = self.text[..line.start].rsplit('\n').map(|line| line.trim_start_matches([' ', '\t', '>']).trim_end());
        above.find(|line| !line.is_empty()).unwrap_or("")
    }

    /// Whether what stands above a line, a blank one between, may be a term: not a picture by itself, nor a sentence.
    fn term_above(&self, line: &Line) -> bool {
        let last = self.last_above(line);
        let is_picture =
            (last.starts_with("![") && last.ends_with([')', ']', '}'])) || last.starts_with('<') && last.ends_with('>');
        let is_sentence = last.ends_with(['.', '!', '?', ':', ';']) && last.split_whitespace().nth(5).is_some();
        !(last.is_empty() || last.starts_with('#') || is_picture || is_sentence)
    }

    pub(super) fn caption_word(&mut self, line: &Line) -> Option<usize> {
        let own = &self.text[line.text..line.end];
        let near = self.above_is_table(line) || self.table_follows(line);
        (self.known.lines && self.leaf.is_none() && is_caption(own) && near).then(|| self.caption(line, "Table: ".len()))
    }

    pub(super) fn above_is_table(&self, line: &Line) -> bool {
        self.last_above(line).contains('|')
    }

    /// Whether a table begins below a line and its paragraph, a blank line between.
    pub(super) fn table_follows(&self, line: &Line) -> bool {
        let mut lines =
            self.text[line.end..].split('\n').skip(1).take(12).skip_while(|line| !blank(line)).skip_while(|line| blank(line));
        let head = lines.next().unwrap_or("");
        head.contains('|') && lines.next().is_some_and(|line| columns(line).is_some())
    }

    pub(super) fn caption(&mut self, line: &Line, mark: usize) -> usize {
        self.flush();
        self.scanner.edits.mark(line.text..line.text + mark, Mark::Caption);
        // The attributes stand at its end, which may be some lines below.
        let mut end = line.end;
        while let Some(next) = self.text[end..].strip_prefix('\n') {
            let next = next.split('\n').next().unwrap_or("");
            let own = next.trim_start_matches([' ', '>']);
            if blank(next) || own.contains('|') || own.starts_with(":::") {
                break;
            }
            end += 1 + next.len();
        }
        self.trailing_attributes(line.text + mark..end);
        let mark = mark + self.leading_label(line.text + mark..end);
        self.scanner.stretch(line.text + mark..end);
        self.above = Above { quotes: line.quotes, ..Above::default() };
        end + 1
    }

    /// bookdown's label, `(\\#tab:tolls)`, at the front of a caption: how many bytes it takes.
    fn leading_label(&mut self, range: Range<usize>) -> usize {
        let own = &self.text[range.clone()];
        let white = own.len() - own.trim_start().len();
        let Some((id, end)) = labelled(self.text, range.start + white..range.end, ("(\\#", b')')) else { return 0 };
        self.scanner.edits.fill(range.start + white..end, VOID);
        let attributes = Attributes { id: Some(id), ..Attributes::default() };
        self.scanner.edits.marks.push((range.start + white, Mark::BlockAttributes(attributes)));
        end - range.start
    }

    pub(super) fn grid(&mut self, line: &Line, was: &Above) -> Option<usize> {
        let own = self.text[line.text..line.end].trim_end();
        let is_border =
            own.len() > 4 && own.ends_with('+') && own.bytes().all(|byte| b"+-=:".contains(&byte)) && own.contains("--");
        if is_border && !was.is_text {
            self.scanner.edits.tell(Told::GridTable, line.text..line.end);
        }
        None
    }

    /// The head of a table: a line with bars above one that says how the columns stand.
    pub(super) fn table(&mut self, line: &Line) -> Option<usize> {
        let own = &self.text[line.text..line.end];
        own.contains('|').then_some(())?;
        let below = self.text.get(line.end + 1..)?.split('\n').next()?;
        let rule = self.own(line.end + 1, line.end + 1 + below.len());
        let found = columns(below).filter(|_| rule.quotes == line.quotes)?;
        let bars = self.bars(line.text..line.end);
        (cells(own, line.text, &bars.open) == found).then_some(())?;
        let may_begin = self.leaf.is_none();
        self.flush();
        // Emacs draws the crossings (pandoc's manual, `pipe_tables`).
        let is_crossing = |(_, byte): &(usize, u8)| *byte == b'+' && !below.contains('\t');
        let crossings = below.bytes().enumerate().filter(is_crossing).map(|(at, _)| line.end + 1 + at);
        crossings.filter(|_| may_begin).for_each(|at| self.scanner.edits.write(at..at + 1, "|"));
        self.row(line.text..line.end, found);
        self.columns = Some(found);
        self.above.is_row = true;
        Some(line.end + 1 + below.len() + 1)
    }

    /// Takes the cells of a row.
    pub(super) fn row(&mut self, row: Range<usize>, columns: usize) {
        let own = &self.text[row.clone()];
        let Bars { mut open, hidden } = self.bars(row.clone());
        if !hidden.is_empty() {
            let mut all = open.clone();
            all.extend(&hidden);
            all.sort_unstable();
            // Two lone backticks of two cells are no code.
            if cells(own, row.start, &all) == columns && cells(own, row.start, &open) < columns {
                open = all;
            } else {
                hidden.iter().for_each(|at| self.scanner.edits.text(*at..at + 1));
            }
        }
        let first = row.start + own.len() - own.trim_start().len();
        let last = row.start + own.trim_end().len();
        self.scanner.in_row = true;
        let mut from = row.start;
        let mut cell = 0;
        for &bar in &open {
            if bar != first {
                self.scanner.stretch(from..bar);
                cell += 1;
                if cell >= columns && bar + 1 != last {
                    self.scanner.edits.mark(bar..bar + 1, Mark::Bar);
                }
            }
            from = bar + 1;
        }
        self.scanner.stretch(from..row.end.max(from));
        self.scanner.in_row = false;
    }

    /// The bars of a row that part cells, and those in code.
    fn bars(&self, row: Range<usize>) -> Bars {
        let bytes = self.text.as_bytes();
        let mut bars = Bars::default();
        let mut closing = Closing::default();
        let mut at = row.start;
        while at < row.end {
            match bytes[at] {
                b'\\' => match bytes.get(at + 1) {
                    Some(b'(') => {
                        let found = formula::brackets(self.text, at, row.end, &mut closing);
                        at = found.map_or(at + 2, |found| found.end);
                        continue;
                    }
                    _ => at += 1,
                },
                b'|' => bars.open.push(at),
                b'$' => {
                    if let Some(found) = formula::dollars(self.text, at, row.end, &mut closing) {
                        at = found.end;
                        continue;
                    }
                }
                b'`' => {
                    let ticks = bytes[at..row.end].iter().take_while(|byte| **byte == b'`').count();
                    if let Some(close) = code_end(self.text, at + ticks, row.end, ticks) {
                        bars.hidden.extend((at..close).filter(|at| bytes[*at] == b'|' && bytes[at - 1] != b'\\'));
                        at = close;
                    }
                    at += ticks;
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
        bars
    }

    /// pandoc's lines of verse, each behind a bar.
    pub(super) fn line_block(&mut self, line: &Line, was: &Above) -> Option<usize> {
        let own = &self.text[line.text..line.end];
        let is_line = |own: &str| {
            own.trim_end() == "|"
                || own.starts_with("| ") && (!own.trim_end().ends_with('|') || own.trim_end().ends_with("\\|"))
        };
        // A paragraph of a quotation may go on outside of it.
        let is_lazy = was.is_text && line.quotes < was.quotes;
        if !self.known.lines || !was.in_lines && (self.leaf.is_some() || is_lazy) {
            return None;
        }
        if was.in_lines && line.text > line.start && !is_line(own) {
            self.above.in_lines = true;
            return None;
        }
        is_line(own).then_some(())?;
        if !was.in_lines {
            // A bar alone is what is left of a table.
            let mut below = self.text.get(line.end + 1..).unwrap_or("").split('\n');
            let mut next = below.next().unwrap_or("").trim_start_matches('>');
            // A line goes on where the next is set in, without a bar.
            if next.starts_with(' ') && !blank(next) && !next.contains('|') {
                next = below.next().unwrap_or("");
            }
            let next = next.trim_start_matches([' ', '>']);
            (own.trim_end() != "|" && (is_line(next) || blank(next))).then_some(())?;
            self.flush();
        }
        let spaces = own[1..].bytes().take_while(|byte| *byte == b' ').count();
        let spaces = if own.trim_end() == "|" { 0 } else { spaces };
        self.scanner.edits.mark(line.text..line.text + 1 + spaces, Mark::Line(spaces.saturating_sub(1)));
        self.above.in_lines = true;
        let line = Line { text: line.text + 1 + spaces, ..*line };
        self.plain(&line);
        Some(0)
    }

    /// The items of a list that counts by letters: all that follow each other without a blank line, at once.
    pub(super) fn lettered(&mut self, line: &Line, was: &Above) -> Option<usize> {
        if let Some(behind) = self.labelled.get(&line.text) {
            let text = *behind..line.end;
            self.enter(line.indent + text.start - line.text + 1);
            self.flush();
            self.leaf = Some(text);
            return Some(0);
        }
        if !self.known.lines || line.text < self.listed_to {
            return None;
        }
        let first = lists::label(self.text, line.text)?;
        // Right below the text of an item, where its text stands, is a list of the item's.
        let is_inner = self.item > 0 && line.indent == self.item && first.readings.iter().any(|reading| reading.value == 1);
        if was.is_text && self.leaf.is_some() && !is_inner {
            return None;
        }
        let (mut last, mut found, mut labels) = (first.clone(), None, vec![first.clone()]);
        // Behind a blank line the list goes on where an item holds more than its paragraph.
        let (mut was_blank, mut holds_blocks) = (false, false);
        for below in (Below { text: self.text, at: line.end + 1 }).take(200) {
            let below = self.own(below.start, below.end);
            if below.text == below.end {
                was_blank = true;
                continue;
            }
            if below.quotes != line.quotes {
                break;
            }
            let behind_blank = std::mem::take(&mut was_blank);
            let is_inner = below.indent > line.indent + first.range.len();
            holds_blocks |= behind_blank && is_inner;
            if behind_blank && !is_inner && !holds_blocks {
                break;
            }
            let next = lists::label(self.text, below.text).filter(|_| below.indent == line.indent);
            let next = next.and_then(|next| lists::counts_on(&last, &next).map(|reading| (next, reading)));
            let Some((next, reading)) = next else {
                if behind_blank && !is_inner {
                    break;
                }
                continue;
            };
            found.get_or_insert(reading);
            last = next.clone();
            labels.push(next);
        }
        self.listed_to = line.end;
        let alone = first.readings[0].style == lists::Style::Next || first.readings[0].style == lists::Style::Example;
        let found = found.or(alone.then_some(first.readings[0]))?;
        for label in &labels {
            match lists::decimal(label) {
                Some(decimal) => self.scanner.edits.write(label.range.clone(), &decimal),
                None => {
                    let behind = label.range.start + 3;
                    self.scanner.edits.write(label.range.start..behind, "1) ");
                    self.scanner.edits.fill(behind..label.range.end, VOID);
                }
            }
        }
        // Each item says how it counts: lists that only the parser takes for one are told apart by it.
        for (label, value) in labels.iter().zip(found.value..) {
            let counted = lists::Enumerator { style: found.style, value };
            self.scanner.edits.marks.push((label.range.start, Mark::Enumerator(counted)));
        }
        // Each item is a paragraph of its own.
        for label in &labels {
            let end = self.text[label.range.start..].find('\n').map_or(self.text.len(), |length| label.range.start + length);
            self.listed_to = end;
        }
        self.labelled.extend(labels.iter().skip(1).map(|label| (label.range.start, label.range.end)));
        self.flush();
        self.enter(line.indent + first.range.len() + 1);
        self.leaf = Some(first.range.end..line.end);
        Some(0)
    }
}

/// The bars of a row: those that part cells, and those in code.
#[derive(Default)]
struct Bars {
    open: Vec<usize>,
    hidden: Vec<usize>,
}

/// The lines below a place.
struct Below<'a> {
    text: &'a str,
    at: usize,
}

/// How many columns a line of dashes and colons says that a table has.
fn columns(line: &str) -> Option<usize> {
    let line = line.trim_matches([' ', '\t', '>', '\r']);
    let fits = line.contains('-') && line.bytes().all(|byte| b"-:|+ \t".contains(&byte));
    fits.then_some(())?;
    let inner = line.strip_prefix('|').unwrap_or(line);
    let inner = inner.strip_suffix('|').unwrap_or(inner);
    let cells: Vec<_> = inner.split(['|', '+']).map(str::trim).collect();
    let is_dashes = |cell: &&str| {
        let dashes = cell.strip_prefix(':').unwrap_or(cell);
        let dashes = dashes.strip_suffix(':').unwrap_or(dashes);
        !dashes.is_empty() && dashes.bytes().all(|byte| byte == b'-')
    };
    cells.iter().all(is_dashes).then_some(cells.len())
}

/// How many cells a row has that begins at `start` and whose bars stand at `bars`.
fn cells(row: &str, start: usize, bars: &[usize]) -> usize {
    let first = start + row.len() - row.trim_start().len();
    let last = start + row.trim_end().len();
    let inner = bars.iter().filter(|bar| **bar != first && **bar + 1 != last).count();
    inner + 1
}

impl Iterator for Below<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let end = self.at + rest.find('\n').unwrap_or(rest.len());
        let line = self.at..end;
        self.at = end + 1;
        Some(line)
    }
}
