//! Tables of Markdown and of TeX: what parts their cells.

use std::ops::Range;

use super::super::stream::{Gap, Markup};
use super::line::closing;
use super::openings::{columns, indent, is_rule};
use super::{Blocks, Open, drawn};

impl Blocks<'_, '_> {
    /// Reads a drawn table: each cell by itself. Gives where the line behind it begins.
    pub(super) fn drawn(&mut self, start: usize, table: drawn::Drawn) -> usize {
        self.part();
        self.out.beside.push(start as u32..table.end as u32);
        self.cells(table)
    }

    /// Reads parts that stand apart, each by itself. Gives where the line behind them begins.
    pub(super) fn cells(&mut self, table: drawn::Drawn) -> usize {
        for mark in table.marks {
            self.out.whole(mark, Markup::TableMark, Gap::Block);
        }
        for (mark, parts) in table.light {
            self.out.whole(mark, Markup::TableMark, parts);
        }
        for line in table.code {
            self.out.part(Gap::Line);
            self.out.text(line, false);
        }
        let items = std::mem::take(&mut self.items);
        for lines in table.cells {
            let said = |line: &Range<usize>| self.source[line.clone()].trim_end();
            let lead = lines.iter().map(said).filter(|said| !said.trim().is_empty()).map(indent).min().unwrap_or(0);
            self.part();
            for (at, line) in lines.iter().enumerate() {
                // The rule of a table stands below its head.
                let after = lines.get(at + 1).map_or("", |next| &self.source[next.clone()]);
                let from = within(&self.source[line.clone()], lead) + line.start;
                if self.source.is_char_boundary(from) && !self.source[from..line.end].trim().is_empty() {
                    self.line(from..line.end, after);
                } else {
                    self.part();
                    self.blank = true;
                }
            }
            self.part();
            self.items.clear();
            self.open = Open::Text;
        }
        self.items = items;
        self.blank = true;
        table.end + self.source[table.end..].find('\n').map_or(self.source.len() - table.end, |length| length + 1)
    }

    /// Whether a line is the first of several that are the head of a table: the rule stands below the last of them.
    pub(super) fn heads_table(&self, range: &Range<usize>) -> bool {
        const TALLEST: usize = 6;
        let is_rule = |line: &str| {
            line.contains('-')
                && line.contains('|')
                && line.bytes().all(|byte| matches!(byte, b'-' | b'|' | b':' | b' ' | b'\t'))
        };
        let is_row = |line: &&str| line.contains('|') && line.trim() != "|" && !is_rule(line);
        let mut below = self.source[range.end..].split('\n').skip(1).take(TALLEST).peekable();
        let rows: Vec<&str> = std::iter::from_fn(|| below.next_if(is_row)).collect();
        is_row(&self.source.get(range.clone()).unwrap_or(""))
            && self.free
            && rows.last().zip(below.next()).is_some_and(|(last, rule)| is_rule(rule) && starts_table(last, rule, 0))
    }

    /// Whether the rule of a table's head stands below some rows.
    pub(super) fn has_rule_below(&self, end: usize) -> bool {
        const TALLEST: usize = 6;
        let below = self.source[end..].split('\n').skip(1).take(TALLEST);
        below.take_while(|line| line.contains('|')).any(may_be_rule)
    }

    /// Where the last `tabular` and the last `table` of the source end.
    pub(super) fn last_ends(&mut self) -> (usize, usize) {
        let source = self.source;
        let closes = |at: &usize| source[*at..].split('\n').next().is_some_and(|line| line.contains('}'));
        let last = |end: &str| source.rmatch_indices(end).map(|(at, _)| at).find(closes).unwrap_or(0);
        *self.last_ends.get_or_insert_with(|| (last("\\end{tabular"), last("\\end{table}")))
    }

    /// A line of a table of TeX: what parts its cells, its rules, and what says how it stands.
    pub(super) fn tabular(&mut self, range: Range<usize>) {
        const NAMES: &[&str] = &["\\begin{table", "\\begin{tabular", "\\end{table", "\\end{tabular"];
        const RULES: &[&str] = &[
            "\\hline",
            "\\toprule",
            "\\midrule",
            "\\bottomrule",
            "\\centering",
            "\\cline{",
            "\\cline {",
            "\\cmidrule",
            "\\label{",
            "\\captionsetup{",
        ];
        const HOLD: &[&str] = &["\\multicolumn", "\\multirow", "\\caption"];
        // A caption may go on, and so may a cell.
        match self.held {
            0 if self.tabular => self.flush(),
            0 => self.part(),
            _ => {}
        }
        let text = &self.source[range.clone()];
        let bytes = text.as_bytes();
        // So many braces at `at` one behind the other, as long as they are.
        let braces = |mut at: usize, most: usize| {
            for _ in 0..most {
                at += match bytes.get(at) {
                    Some(b'[') => text[at..].find(']').map_or(0, |length| length + 1),
                    Some(b'{') => closing(&text[at..]).unwrap_or(0),
                    _ => break,
                };
            }
            at
        };
        // Those of the columns, and of a width before them: no words.
        let layout = |at: usize| {
            let mut behind = braces(at, 1);
            for _ in 0..2 {
                let next = braces(behind, 1);
                behind = if names_columns(&text[behind..next]) { next } else { behind };
            }
            behind
        };
        let (mut at, mut from) = (0, 0);
        while at < text.len() {
            let Some(rest) = text.get(at..) else {
                // Inside a letter of several bytes.
                at += 1;
                continue;
            };
            let found = |names: &[&str]| names.iter().find(|name| rest.starts_with(**name)).map(|name| name.len());
            let end = match bytes[at] {
                b'&' => at + 1,
                b'}' if self.held > 0 => {
                    self.held -= 1;
                    at + 1
                }
                b'\\' if rest.starts_with("\\\\") => braces(at + 2, usize::from(rest[2..].starts_with('['))),
                b'\\' => match (found(NAMES), found(RULES), found(HOLD)) {
                    (Some(_), ..) => {
                        self.held = 0;
                        self.tabular = !rest.starts_with("\\end{table}") && !rest.starts_with("\\end{table*");
                        self.tabular &= !rest.starts_with("\\end{tabular") || self.last_ends().1 >= range.end;
                        let name = at + rest.find('{').unwrap_or(0);
                        if rest.starts_with("\\begin") { layout(name) } else { braces(name, 1) }
                    }
                    (_, Some(length), _) => braces(at + length - usize::from(rest[..length].ends_with('{')), 1),
                    (.., Some(length)) => {
                        self.held += 1;
                        let inner = braces(at + length, if rest.starts_with("\\caption") { 0 } else { 2 });
                        inner + usize::from(bytes.get(inner) == Some(&b'{'))
                    }
                    _ => {
                        at += 2;
                        continue;
                    }
                },
                _ => {
                    at += 1;
                    continue;
                }
            };
            let end = end.max(at + 1).min(text.len());
            self.lines.add(self.source, range.start + from..range.start + at);
            self.flush();
            self.out.whole(range.start + at..range.start + end, Markup::TableMark, Gap::Block);
            (at, from) = (end, end);
        }
        self.lines.add(self.source, range.start + from.min(text.len())..range.end);
        if self.held == 0 {
            self.flush();
        }
    }
}

/// Whether braces or brackets say how columns stand, or how wide a table is: no words of its own stand in them.
fn names_columns(said: &str) -> bool {
    let inner = said.trim_start_matches(['{', '[', ' ']);
    // A place, or a width.
    if said.starts_with('[') || inner.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return true;
    }
    if inner.starts_with('\\') {
        return !inner.contains(['{', '(', ',']);
    }
    let (mut depth, mut letters, mut is_word) = (0_usize, 0, false);
    for c in said.chars() {
        match c {
            '{' | '[' => depth += 1,
            '}' | ']' => depth = depth.saturating_sub(1),
            '\\' if depth == 1 => return false,
            _ => {}
        }
        // A letter of a package's own stands alone.
        (letters, is_word) = match depth == 1 && c.is_alphabetic() {
            true => (letters + 1, is_word || c.is_lowercase() && !"lcrpmb".contains(c)),
            false => (0, false),
        };
        if is_word && letters > 1 {
            return false;
        }
    }
    true
}

/// Where the text of a line begins behind so many columns of white space.
fn within(line: &str, lead: usize) -> usize {
    let white = line.len() - line.trim_start_matches([' ', '\t']).len();
    (0..=white).find(|at| columns(&line[..*at]) >= lead).unwrap_or(white)
}

/// A line of nothing but what draws: rules, lines under headings, a table's rules.
pub(super) fn is_drawn(text: &str) -> bool {
    // A colon says how a column stands.
    let aligns = !text.contains(':') || text.contains(['|', '+']);
    is_rule(text)
        || text.bytes().all(|byte| byte == b'=')
        || aligns
            && text.bytes().any(|byte| matches!(byte, b'-' | b'='))
            && text.bytes().all(|byte| matches!(byte, b'-' | b'=' | b'|' | b'+' | b':' | b' ' | b'\t'))
}

/// The rule below a table's head, and no row of dashes: each of its cells is drawn with three at least.
pub(super) fn is_rule_of_table(text: &str) -> bool {
    let cells = text.trim().trim_matches('|');
    text.contains('|')
        && cells.split('|').all(|cell| {
            let cell = cell.trim().trim_matches(':');
            cell.len() >= 3 && cell.bytes().all(|byte| byte == b'-') || cell == "-" && text.contains(':')
        })
}

/// Whether a line may be the rule below a table's head, wherever that stands.
pub(super) fn may_be_rule(line: &str) -> bool {
    line.contains('-') && line.bytes().all(|byte| matches!(byte, b'-' | b'|' | b':' | b'+' | b'>' | b' ' | b'\t' | b'\r'))
}

/// Whether each cell of a rule is drawn. Of the last, where no bar stands behind it, a colon is enough for pulldown-cmark.
fn is_drawn_by_cells(rule: &str) -> bool {
    let (cells, last) = match rule.strip_suffix('|') {
        Some(cells) => (cells, "-"),
        None => rule.rsplit_once('|').unwrap_or(("-", rule)),
    };
    cells.split('|').all(|cell| cell.contains('-')) && last.contains(['-', ':'])
}

/// A row of a table whose rule stands below it.
pub(super) fn starts_table(text: &str, after: &str, quotes: usize) -> bool {
    // In a quotation the rule is quoted, too.
    let rule = after.trim();
    let inner = rule.trim_start_matches(['>', ' ']);
    if text.trim() == "|" || rule[..rule.len() - inner.len()].matches('>').count() != quotes {
        return false;
    }
    let rule = inner;
    let inner = rule.strip_prefix('|').unwrap_or(rule);
    let drawn = rule.bytes().all(|byte| matches!(byte, b'-' | b'|' | b':' | b' ' | b'\t' | b'+')) && is_drawn_by_cells(inner);
    // A row that has not as many cells as its rule is none (GFM, 4.10). Where bars may be text, they are not counted.
    let cells = |row: &str| {
        let row = row.trim();
        let row = row.strip_prefix('|').unwrap_or(row);
        row.strip_suffix('|').unwrap_or(row).matches('|').count()
    };
    let is_twice = |mark: char| text.matches(mark).count() > 1;
    let has_all = |marks: [&str; 2]| marks.iter().all(|mark| text.contains(mark));
    let may_hide = is_twice('`') || is_twice('$') || text.contains("\\|") || has_all(["[[", "]]"]) || has_all(["{", "}"]);
    if !rule.contains('+') && !may_hide && cells(text) != cells(rule) {
        return false;
    }
    drawn && rule.contains(['|', '+']) && text.contains('|')
}
