//! Directives of MyST that lay out what they hold: figures, tables of lists and of values, formulas, listings, glossaries. Each is
//! written anew as what Markdown or HTML has for it. One that says more than is known here stays as it is written.

use std::ops::Range;

use super::{Cell, Line, Piece, Table, Writer, run};

/// No directive holds more lines.
const TALLEST: usize = 20_000;

/// A directive between two fences.
struct Directive<'a> {
    lines: &'a [Line<'a>],
    /// What stands before each of its lines.
    prefix: &'a str,
    /// The fence that opens it.
    fence: &'a str,
    /// What stands behind its name, in bytes of the text.
    argument: Range<usize>,
    options: Vec<(&'a str, Range<usize>)>,
    /// Its content, by line.
    body: Range<usize>,
}

/// The directive that begins at a line, as what is read in its stead, and the line behind it. `label`: what it is called by.
pub fn at(lines: &[Line], at: usize, label: Option<&str>) -> Option<(Vec<Piece>, usize)> {
    let first = lines[at];
    let own = first.own();
    let sign = own.bytes().next().filter(|sign| matches!(sign, b'`' | b'~' | b':'))?;
    let length = run(own, sign);
    let info = own.get(length..)?.trim_start();
    let (name, _) = info.strip_prefix('{').filter(|_| length > 2)?.split_once('}')?;
    let lead = own.len() - info.len() + name.len() + 2;
    let argument = lead + own[lead..].len() - own[lead..].trim_start().len();
    // One that stands further in closes what stands in it.
    let closes = |line: &Line| {
        let count = run(line.own(), sign);
        count == line.own().len() && count >= length.max(3) && line.prefix <= first.prefix
    };
    let count = lines[at + 1..].iter().take(TALLEST).position(closes)?;
    let end = at + 1 + count;
    let mut from = at + 1;
    let mut options = Vec::new();
    // Options stand behind colons, or between two rules as YAML.
    let is_rule = |line: &Line| line.own().trim_end() == "---";
    let yaml = is_rule(lines.get(from)?) && lines[from + 1..end].iter().any(is_rule);
    from += usize::from(yaml);
    while from < end {
        let own = lines[from].own();
        if yaml && is_rule(&lines[from]) {
            from += 1;
            break;
        }
        let option = own.strip_prefix(if yaml { "" } else { ":" }).and_then(|rest| rest.split_once(':'));
        let Some((key, value)) = option else {
            // More than values of one line is not known here.
            if yaml {
                return None;
            }
            break;
        };
        if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-') {
            if yaml {
                return None;
            }
            break;
        }
        let start = own.len() - value.trim_start().len();
        options.push((key, lines[from].place(start..own.len())));
        from += 1;
    }
    while from < end && lines[from].is_blank() {
        from += 1;
    }
    let directive = Directive {
        lines,
        prefix: first.before(),
        fence: &own[..length],
        argument: first.place(argument..own.len()),
        options,
        body: from..end,
    };
    let pieces = match name {
        "figure" | "image" => directive.figure(label)?,
        "list-table" => directive.listed(label)?,
        "csv-table" => directive.values(label)?,
        "table" => directive.table(label)?,
        "math" => directive.formula(label),
        "code-block" | "code" | "sourcecode" => directive.listing(label)?,
        "glossary" => directive.glossary()?,
        "bibliography" => directive.works(),
        _ => return None,
    };
    Some((pieces, end + 1))
}

impl<'a> Directive<'a> {
    fn writer(&self) -> Writer<'a> {
        Writer { prefix: self.prefix, pieces: Vec::new() }
    }

    fn option(&self, key: &str) -> Option<Range<usize>> {
        self.options.iter().find(|(known, _)| *known == key).map(|(_, value)| value.clone()).filter(|value| !value.is_empty())
    }

    /// A stretch of the text.
    fn said(&self, range: &Range<usize>) -> &'a str {
        let line = self.lines.partition_point(|line| line.start <= range.start).saturating_sub(1);
        let line = &self.lines[line];
        line.text.get(range.start - line.start..range.end - line.start).unwrap_or("")
    }

    fn value(&self, key: &str) -> Option<&'a str> {
        self.option(key).map(|range| self.said(&range))
    }

    /// What it is called by.
    fn id(&self, key: &str, label: Option<&str>) -> Option<String> {
        let name = self.value(key).or(self.value("name")).or(label)?;
        let fits = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | ':' | '.'));
        fits.then(|| name.to_owned())
    }

    /// Its id and classes as HTML writes them.
    fn attributes(&self, label: Option<&str>) -> String {
        let id = self.id("name", label).map_or(String::new(), |id| format!(" id=\"{id}\""));
        let fits = |class: &str| class.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | ' '));
        let class =
            self.value("class").filter(|class| fits(class)).map_or(String::new(), |class| format!(" class=\"{class}\""));
        id + &class
    }

    /// The lines of its content, without what stands before all of them.
    fn content(&self, lines: Range<usize>) -> Vec<Range<usize>> {
        let depth = self.prefix.len();
        let from = |line: &Line| if line.prefix >= depth { depth } else { line.prefix };
        self.lines[lines]
            .iter()
            .map(|line| line.start + from(line)..line.start + line.text.trim_end().len().max(from(line)))
            .collect()
    }

    fn figure(&self, label: Option<&str>) -> Option<Vec<Piece>> {
        let is_plain = |range: &Range<usize>| !self.said(range).contains(['"', '<', '>', '&']);
        (!self.argument.is_empty() && is_plain(&self.argument)).then_some(())?;
        let alt = self.option("alt").filter(is_plain);
        let width = self.value("width").or(self.value("scale").filter(|scale| scale.ends_with('%')));
        let width = width.filter(|width| width.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '%' | '.')));
        let mut out = self.writer();
        out.made(&format!("<figure{}>", self.attributes(label)));
        out.pieces.push(Piece::Made(format!("{}<img src=\"", self.prefix)));
        out.pieces.push(Piece::Kept(self.argument.clone()));
        if let Some(alt) = alt {
            out.pieces.push(Piece::Made("\" alt=\"".to_owned()));
            out.pieces.push(Piece::Kept(alt));
        }
        let width = width.map_or(String::new(), |width| format!(" width=\"{width}\""));
        out.pieces.push(Piece::Made(format!("\"{width}>\n")));
        let count = self.lines[self.body.clone()].iter().take_while(|line| !line.is_blank()).count();
        let caption = self.body.start..self.body.start + count;
        if count > 0 {
            out.made("<figcaption>");
            out.text(&self.content(caption.clone()));
            out.made("</figcaption>");
        }
        out.made("</figure>");
        out.made("");
        // What stands behind the caption explains the figure.
        if self.lines[caption.end..self.body.end].iter().any(|line| !line.is_blank()) {
            out.text(&self.content(caption.end..self.body.end));
        }
        Some(out.pieces)
    }

    /// The rows of a table whose first are its head, by what an option says.
    fn rows(&self, rows: Vec<Vec<Cell>>, head: Vec<Vec<Cell>>, label: Option<&str>) -> Option<Vec<Piece>> {
        let wide = rows.iter().chain(&head).map(Vec::len).max().filter(|wide| *wide > 0)?;
        let count = self.value("header-rows").and_then(|count| count.parse::<usize>().ok()).unwrap_or(0);
        let mut table = Table { head, attributes: self.attributes(label), ..Table::default() };
        for (number, mut row) in rows.into_iter().enumerate() {
            row.resize_with(wide, || Cell::plain(None));
            if number < count { table.head.push(row) } else { table.body.push(row) }
        }
        if !self.argument.is_empty() {
            table.caption.push(self.argument.clone());
        }
        let last = self.lines[self.body.end];
        Some(table.written(self.prefix, self.argument.start..last.end()).pieces)
    }

    /// Rows are items of a list, cells are items in them.
    fn listed(&self, label: Option<&str>) -> Option<Vec<Piece>> {
        let bullet = |text: &str| matches!(text.as_bytes(), [b'-' | b'*' | b'+'] | [b'-' | b'*' | b'+', b' ', ..]);
        let mut rows: Vec<Vec<Cell>> = Vec::new();
        let mut column = 0;
        for range in self.content(self.body.clone()) {
            let line = self.said(&range);
            let lead = line.len() - line.trim_start_matches(' ').len();
            let mut at = lead;
            if lead == 0 && bullet(line) {
                let white = line[1..].len() - line[1..].trim_start_matches(' ').len();
                at = 1 + white;
                bullet(&line[at..]).then_some(())?;
                column = at;
                rows.push(Vec::new());
            }
            let row = match rows.last_mut() {
                Some(row) => row,
                None if line.trim().is_empty() => continue,
                None => return None,
            };
            if at == column && bullet(line.get(at..)?) {
                let text = (range.start + at + 2).min(range.end);
                row.push(Cell::plain(Some(text..range.end)));
                continue;
            }
            // A line that goes on.
            (line.trim().is_empty() || lead > column).then_some(())?;
            let text = range.start + lead.min(column + 2);
            row.last_mut()?.lines.push(text.min(range.end)..range.end);
        }
        self.rows(rows, Vec::new(), label)
    }

    /// Rows are lines, cells are parted by commas.
    fn values(&self, label: Option<&str>) -> Option<Vec<Piece>> {
        (self.option("file").is_none() && self.option("url").is_none() && self.option("delim").is_none()).then_some(())?;
        let row = |range: &Range<usize>| self.cells(range);
        let head = self.option("header").map(|range| row(&range)).map_or(Some(Vec::new()), |row| row.map(|row| vec![row]))?;
        let lines = self.content(self.body.clone());
        let rows: Option<Vec<_>> = lines.iter().filter(|range| !range.is_empty()).map(row).collect();
        self.rows(rows?, head, label)
    }

    fn cells(&self, range: &Range<usize>) -> Option<Vec<Cell>> {
        let text = self.said(range);
        let (mut at, mut cells) = (0, Vec::new());
        loop {
            at += text[at..].len() - text[at..].trim_start().len();
            let inner = match text[at..].strip_prefix('"') {
                Some(rest) => {
                    let length = rest.find('"')?;
                    // A quotation mark in a value is written twice: no stretch of the source says it.
                    (!rest[length + 1..].starts_with('"')).then_some(())?;
                    at + 1..at + 1 + length
                }
                None => at..at + text[at..].find(',').unwrap_or(text.len() - at),
            };
            let behind = inner.end + usize::from(text[at..].starts_with('"'));
            let trimmed = inner.start + text[inner.clone()].trim_end().len();
            cells.push(Cell::plain(Some(range.start + inner.start..range.start + trimmed)));
            let rest = text[behind..].trim_start();
            match rest.strip_prefix(',') {
                Some(rest) => at = text.len() - rest.len(),
                None if rest.is_empty() => return Some(cells),
                None => return None,
            }
        }
    }

    /// A table of Markdown under a caption.
    fn table(&self, label: Option<&str>) -> Option<Vec<Piece>> {
        self.lines[self.body.clone()].iter().any(|line| line.bar).then_some(())?;
        let mut out = self.writer();
        out.text(&self.content(self.body.clone()));
        let id = self.id("name", label);
        if !self.argument.is_empty() || id.is_some() {
            out.pieces.push(Piece::Made(format!("{}: ", self.prefix)));
            out.pieces.push(Piece::Kept(self.argument.clone()));
            out.pieces.push(Piece::Made(format!("{}\n", id.map_or(String::new(), |id| format!(" {{#{id}}}")))));
            out.made("");
        }
        Some(out.pieces)
    }

    fn formula(&self, label: Option<&str>) -> Vec<Piece> {
        let mut out = self.writer();
        out.made("");
        out.made("$$");
        let mut lines = self.content(self.body.clone());
        // A formula of one line may stand behind the name.
        if !self.argument.is_empty() {
            lines.insert(0, self.argument.clone());
        }
        for range in lines.into_iter().filter(|range| !range.is_empty()) {
            out.pieces.push(Piece::Made(self.prefix.to_owned()));
            out.pieces.push(Piece::Kept(range));
            out.pieces.push(Piece::Made("\n".to_owned()));
        }
        match self.id("label", label) {
            Some(id) => out.made(&format!("$$ {{#{id}}}")),
            None => out.made("$$"),
        }
        out.made("");
        out.pieces
    }

    fn listing(&self, label: Option<&str>) -> Option<Vec<Piece>> {
        let language = self.said(&self.argument);
        language.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '+' | '#' | '.')).then_some(())?;
        let mut out = self.writer();
        if let Some(caption) = self.option("caption") {
            out.text(std::slice::from_ref(&caption));
        }
        let fence = if self.fence.starts_with(':') { "~~~~~~" } else { self.fence };
        let holds = |line: &Line| line.own().starts_with(fence);
        (!self.lines[self.body.clone()].iter().any(holds)).then_some(())?;
        match self.id("name", label) {
            Some(id) if language.chars().all(|c| c.is_alphanumeric()) && !language.is_empty() => {
                out.made(&format!("{fence}{{.{language} #{id}}}"));
            }
            _ => out.made(&format!("{fence}{language}")),
        }
        for range in self.content(self.body.clone()) {
            out.pieces.push(Piece::Made(self.prefix.to_owned()));
            out.pieces.push(Piece::Kept(range));
            out.pieces.push(Piece::Made("\n".to_owned()));
        }
        out.made(fence);
        out.made("");
        Some(out.pieces)
    }

    /// Terms, and what they mean on lines that are indented.
    fn glossary(&self) -> Option<Vec<Piece>> {
        let mut out = self.writer();
        let mut defined = true;
        // How far a meaning is indented.
        let mut column = 0;
        out.made("");
        for range in self.content(self.body.clone()) {
            let line = self.said(&range);
            let lead = line.len() - line.trim_start().len();
            if line.trim().is_empty() {
                out.made("");
                continue;
            }
            let mark = match (lead, defined) {
                (0, false) => return None,
                (0, true) => "",
                (_, false) => ":   ",
                (_, true) => "    ",
            };
            if !defined {
                column = lead;
            }
            defined = lead > 0;
            out.pieces.push(Piece::Made(format!("{}{mark}", self.prefix)));
            out.pieces.push(Piece::Kept(range.start + lead.min(column)..range.end));
            out.pieces.push(Piece::Made("\n".to_owned()));
        }
        out.made("");
        defined.then_some(out.pieces)
    }

    /// The place of the list of works cited.
    fn works(&self) -> Vec<Piece> {
        let mut out = self.writer();
        out.made("::: {#refs}");
        out.made(":::");
        out.pieces
    }
}

/// `(label)=` on a line of its own: what the block below is called by.
pub fn label<'a>(line: &Line<'a>) -> Option<&'a str> {
    let name = line.own().strip_prefix('(')?.strip_suffix(")=")?;
    let fits = !name.is_empty()
        && name.len() < 100
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_:.".contains(&byte));
    fits.then_some(name)
}
