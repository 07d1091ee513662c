//! Tables of TeX, as readers of scans write them into Markdown: `tabular`, alone or in a `table` with its caption.

use std::ops::Range;

use super::{Cell, Line, Table};

/// No table has more lines.
const TALLEST: usize = 5_000;

/// The table that begins at a line, and the line behind it.
pub fn at(lines: &[Line], at: usize) -> Option<(Table, usize)> {
    let first = lines[at];
    let own = first.own();
    let outer = own.starts_with("\\begin{table}") || own.starts_with("\\begin{table*}");
    (outer || own.starts_with("\\begin{tabular")).then_some(())?;
    // Marks of quotation between its lines would be cells.
    (!first.before().contains('>')).then_some(())?;
    let end_of = if outer { "\\end{table" } else { "\\end{tabular" };
    let count = lines[at..].iter().take(TALLEST).position(|line| line.own().contains(end_of))? + 1;
    let last = lines[at + count - 1];
    last.own().ends_with('}').then_some(())?;
    let text = Text { lines: &lines[at..at + count] };
    let whole = first.start..last.end();
    let begin = text.find("\\begin{tabular", &whole)?;
    let end = text.find("\\end{tabular", &(begin..whole.end))?;
    // Behind a backslash more it ends a row, and is a word.
    let before = text.said(&(begin..end));
    (before.len() - before.trim_end_matches('\\').len()).is_multiple_of(2).then_some(())?;
    // A second table in it is not this one's.
    text.find("\\begin{tabular", &(begin + 1..whole.end)).is_none().then_some(())?;
    let name_end = text.find("}", &(begin..end))? + 1;
    let mut from = name_end;
    // A width or a place, then the columns.
    let mut columns = Vec::new();
    for _ in 0..3 {
        let Some((inner, behind)) = text.argument(from, end) else { break };
        let said = text.said(&inner);
        match aligns(&said) {
            Some(found) => columns = found,
            // What is neither is the first cell's, or this is no table.
            None if !is_length(&said) => break,
            None => {}
        }
        from = behind;
    }
    (!columns.is_empty()).then_some(())?;
    // Nor has a table a heading of Markdown.
    let is_heading = |line: &Line| line.own().trim_start_matches('#').starts_with(' ') && line.own().starts_with('#');
    (!text.lines.iter().any(is_heading)).then_some(())?;
    let mut table = Table::default();
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    let (mut cell, mut row, mut cell_from) = (from, Vec::new(), from);
    let mut ruled = None;
    let mut depth = 0_usize;
    while cell < end {
        let rest = text.ahead(cell);
        let step = match rest {
            rest if rest.starts_with("\\\\") => {
                row.push(text.cell(cell_from..cell, row.len(), &columns)?);
                rows.push(std::mem::take(&mut row));
                let behind = text.optional(cell + 2, end);
                cell_from = behind;
                behind - cell
            }
            rest if rest.starts_with('&') && depth == 0 => {
                row.push(text.cell(cell_from..cell, row.len(), &columns)?);
                cell_from = cell + 1;
                1
            }
            rest if rest.starts_with('\\') && rest.len() > 1 && !rest.as_bytes()[1].is_ascii_alphabetic() => 2,
            rest if rest.starts_with('\\') => match rule(rest) {
                // Rules stand between rows.
                Some(length) if text.is_white(cell_from..cell) => {
                    if rows.len() == 1 && ruled.is_none() {
                        ruled = Some(1);
                    }
                    let behind = text.optional(cell + length, end);
                    cell_from = behind;
                    behind - cell
                }
                Some(_) => return None,
                None => 1,
            },
            rest => {
                match rest.as_bytes().first() {
                    Some(b'{') => depth += 1,
                    Some(b'}') => depth = depth.checked_sub(1)?,
                    _ => {}
                }
                rest.chars().next().map_or(1, char::len_utf8)
            }
        };
        cell += step;
    }
    if !text.is_white(cell_from..end) || !row.is_empty() {
        row.push(text.cell(cell_from..end, row.len(), &columns)?);
        rows.push(row);
    }
    (!rows.is_empty()).then_some(())?;
    under_tall_cells(&mut rows);
    let head = ruled.filter(|count| *count < rows.len()).unwrap_or(0);
    table.body = rows.split_off(head);
    table.head = rows;
    if outer {
        // What stands around it may be layout and a caption, and nothing else.
        let tail = text.find("}", &(end..whole.end))? + 1;
        let after_open = text.optional(text.find("}", &whole)? + 1, begin);
        let last = text.find("\\end{table", &(tail..whole.end))?;
        for around in [after_open..begin, tail..last] {
            text.around(around, &mut table)?;
        }
    } else {
        let tail = text.find("}", &(end..whole.end))? + 1;
        (tail == last.start + last.prefix + last.own().len() && begin == first.start + first.prefix).then_some(())?;
    }
    Some((table, at + count))
}

/// Takes away the empty cells that TeX wants below one that reaches over several rows.
fn under_tall_cells(rows: &mut [Vec<Cell>]) {
    // How many rows are still covered in each column.
    let mut covered: Vec<usize> = Vec::new();
    for row in rows {
        let mut column = 0;
        row.retain(|cell| {
            let own = column..column + cell.cols;
            column = own.end;
            covered.resize(covered.len().max(own.end), 0);
            if cell.lines.is_empty() && cell.cols == 1 && covered[own.start] > 0 {
                return false;
            }
            covered[own].fill(cell.rows);
            true
        });
        covered.iter_mut().for_each(|count| *count = count.saturating_sub(1));
    }
}

/// The id that a label of TeX is here: `tab:eels` is `tbl-eels`. None where it has signs that no id has.
pub(super) fn id_of(label: &str) -> Option<String> {
    let fits = !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_:.".contains(&byte));
    let name = label.strip_prefix("tab:").map_or_else(|| label.to_owned(), |rest| format!("tbl:{rest}"));
    fits.then(|| name.replace(':', "-"))
}

/// A width, as TeX says it: `\textwidth`, `0.8 \linewidth`, `10cm`.
fn is_length(said: &str) -> bool {
    let said = said.trim();
    said.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '\\' | '.'))
        && said.split_whitespace().count() <= 2
        && said.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'\\' | b'.' | b'-' | b'*' | b' '))
}

/// How columns stand, by letters. None where words stand among them.
fn aligns(said: &str) -> Option<Vec<Option<&'static str>>> {
    let mut found = Vec::new();
    let mut chars = said.chars().peekable();
    let (mut letters, mut is_word) = (0, false);
    while let Some(c) = chars.next() {
        let is_letter = c.is_alphabetic();
        (letters, is_word) = if is_letter { (letters + 1, is_word) } else { (0, false) };
        match c {
            'l' => found.push(Some("left")),
            'c' => found.push(Some("center")),
            'r' | 'S' => found.push(Some("right")),
            'p' | 'm' | 'b' | 'X' | 'L' | 'C' | 'R' => found.push(None),
            // A letter of a package's own stands alone.
            c if is_letter => is_word |= c.is_lowercase(),
            // What stands between columns.
            '@' | '!' | '>' | '<' => {}
            '\\' => return None,
            _ => continue,
        }
        if is_word && letters > 1 {
            return None;
        }
        // A width, or what stands between, in braces; an option of a package in brackets.
        while let Some(open @ ('{' | '[')) = chars.peek().copied() {
            let mut depth = 0_usize;
            chars.by_ref().find(|c| {
                match (open, c) {
                    ('{', '{') | ('[', '[') => depth += 1,
                    ('{', '}') | ('[', ']') => depth -= 1,
                    _ => {}
                }
                depth == 0
            });
        }
    }
    Some(found)
}

/// The length of a rule at the front, with what it says.
fn rule(rest: &str) -> Option<usize> {
    const RULES: [&str; 5] = ["\\hline", "\\toprule", "\\midrule", "\\bottomrule", "\\endhead"];
    if let Some(rule) = RULES.iter().find(|rule| rest.starts_with(**rule)) {
        return (!rest[rule.len()..].starts_with(|c: char| c.is_alphabetic())).then_some(rule.len());
    }
    let part = ["\\cline{", "\\cline {", "\\cmidrule{", "\\cmidrule("].iter().find(|rule| rest.starts_with(**rule))?;
    Some(part.len() + rest[part.len()..].find('}')? + 1)
}

/// The lines of a table as one text, by bytes of the file.
pub(super) struct Text<'a> {
    pub lines: &'a [Line<'a>],
}

impl<'a> Text<'a> {
    fn line(&self, at: usize) -> &Line<'a> {
        &self.lines[self.lines.partition_point(|line| line.start <= at).saturating_sub(1)]
    }

    /// What stands at a place, to its line's end; a line's end is white.
    pub fn ahead(&self, at: usize) -> &'a str {
        let line = self.line(at);
        line.text.get(at - line.start..).filter(|rest| !rest.is_empty()).unwrap_or("\n")
    }

    fn find(&self, what: &str, range: &Range<usize>) -> Option<usize> {
        let mut at = range.start;
        while at < range.end {
            let line = self.line(at);
            if let Some(found) = line.text.get(at - line.start..).and_then(|rest| rest.find(what)) {
                return Some(at + found).filter(|found| *found < range.end);
            }
            at = line.end() + 1;
        }
        None
    }

    pub fn said(&self, range: &Range<usize>) -> String {
        self.parts(range.clone()).map(|part| self.ahead(part.start)[..part.len()].to_owned()).collect::<Vec<_>>().join("\n")
    }

    /// The parts of a range, line by line.
    pub fn parts(&self, range: Range<usize>) -> impl Iterator<Item = Range<usize>> + use<'a, '_> {
        let own = move |line: &Line<'a>| range.start.max(line.start)..range.end.min(line.end());
        self.lines.iter().map(own).filter(|part| part.start < part.end)
    }

    fn is_white(&self, range: Range<usize>) -> bool {
        self.said(&range).trim().is_empty()
    }

    /// Where an option in brackets ends that stands at a place.
    pub fn optional(&self, at: usize, end: usize) -> usize {
        match self.ahead(at).strip_prefix('[').and_then(|rest| rest.find(']')) {
            Some(length) if at + length + 2 <= end => at + length + 2,
            _ => at,
        }
    }

    /// The inside of braces that open at a place, and what follows them.
    pub fn argument(&self, at: usize, end: usize) -> Option<(Range<usize>, usize)> {
        let at = self.optional(at, end);
        self.ahead(at).starts_with('{').then_some(())?;
        let mut depth = 0_usize;
        for part in self.parts(at..end) {
            for (place, byte) in self.ahead(part.start)[..part.len()].bytes().enumerate() {
                match byte {
                    b'{' => depth += 1,
                    b'}' => depth -= 1,
                    _ => {}
                }
                if depth == 0 {
                    let close = part.start + place;
                    return Some((at + 1..close, close + 1));
                }
            }
        }
        None
    }

    /// A caption without the label that stands first or last in it, and that label as an id.
    pub fn caption(&self, range: Range<usize>) -> (Range<usize>, Option<String>) {
        let found = self.find("\\label{", &range).and_then(|at| Some((at, self.argument(at + "\\label".len(), range.end)?)));
        let Some((at, (name, behind))) = found else { return (range, None) };
        let own = match (self.is_white(range.start..at), self.is_white(behind..range.end)) {
            (true, _) => behind..range.end,
            (false, true) => range.start..at,
            (false, false) => return (range, None),
        };
        (own, id_of(&self.said(&name)))
    }

    fn cell(&self, range: Range<usize>, column: usize, columns: &[Option<&'static str>]) -> Option<Cell> {
        let mut cell = Cell { rows: 1, cols: 1, align: columns.get(column).copied().flatten(), lines: Vec::new() };
        let mut range = range;
        for _ in 0..3 {
            let said = self.said(&range);
            let lead = self.parts(range.clone()).find_map(|part| {
                let text = &self.ahead(part.start)[..part.len()];
                (!text.trim().is_empty()).then(|| part.start + text.len() - text.trim_start().len())
            });
            let Some(start) = lead else { break };
            let said = said.trim();
            let spans = ["\\multicolumn", "\\multirow"].into_iter().find(|name| said.starts_with(name));
            let Some(name) = spans else { break };
            let (count, behind) = self.argument(start + name.len(), range.end)?;
            let (place, behind) = self.argument(behind, range.end)?;
            let (inner, behind) = self.argument(behind, range.end)?;
            self.is_white(behind..range.end).then_some(())?;
            let count: usize = self.said(&count).trim().parse().ok().filter(|count| (1..100).contains(count))?;
            if name == "\\multicolumn" {
                cell.cols = count;
                cell.align = aligns(&self.said(&place)).unwrap_or_default().first().copied().flatten();
            } else {
                cell.rows = count;
            }
            range = inner;
        }
        for part in self.parts(range) {
            let text = &self.ahead(part.start)[..part.len()];
            let lead = text.len() - text.trim_start().len();
            if !text.trim().is_empty() {
                cell.lines.push(part.start + lead..part.start + lead + text.trim().len());
            }
        }
        Some(cell)
    }

    /// Goes through a range that has nothing but commands. `take` is asked what follows each, by its name and where that ends.
    pub fn commands(&self, range: &Range<usize>, mut take: impl FnMut(&str, usize) -> Option<usize>) -> Option<()> {
        let mut at = range.start;
        while at < range.end {
            let rest = self.ahead(at);
            at = match rest.chars().next().filter(|c| c.is_whitespace()) {
                Some(white) => at + white.len_utf8(),
                None => {
                    let name = rest.strip_prefix('\\')?;
                    let name = &name[..name.bytes().take_while(u8::is_ascii_alphabetic).count()];
                    take(name, at + 1 + name.len())?
                }
            };
        }
        Some(())
    }

    /// Reads what is said in a figure as in a table: a caption, a label, how captions look. Gives the label as an id, and what follows.
    pub fn described(
        &self,
        name: &str,
        place: Range<usize>,
        caption: &mut Vec<Range<usize>>,
    ) -> Option<(Option<String>, usize)> {
        let (inner, behind) = self.argument(place.start, place.end)?;
        let id = match name {
            "caption" => {
                let (own, id) = self.caption(inner);
                caption.extend(self.parts(own));
                id
            }
            "label" => id_of(&self.said(&inner)),
            "captionsetup" => None,
            _ => return None,
        };
        Some((id, behind))
    }

    /// What stands around a table: a caption, a label, layout.
    fn around(&self, range: Range<usize>, table: &mut Table) -> Option<()> {
        self.commands(&range, |name, behind| match name {
            "centering" | "small" | "footnotesize" | "scriptsize" | "normalsize" | "hline" => Some(behind),
            "begin" | "end" | "vspace" | "resizebox" => Some(self.argument(behind, range.end)?.1),
            _ => {
                let (id, behind) = self.described(name, behind..range.end, &mut table.caption)?;
                table.attributes.extend(id.map(|id| format!(" id=\"{id}\"")));
                Some(behind)
            }
        })
    }
}
