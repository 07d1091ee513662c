//! Tables that are drawn with hyphens and bars, as pandoc and reStructuredText have them: grid tables, whose cells hold blocks and may
//! reach over several rows and columns, and pandoc's simple and multiline tables. Each is written anew as a table of HTML with Markdown
//! in its cells, which the reader of Markdown knows; all words are the source's own bytes, so that places stay. So are TeX's tables,
//! MyST's directives that lay out what they hold, and HTML of which an attribute says that it holds Markdown.

mod commands;
mod directives;
mod environments;
mod generators;
mod grid;
mod piped;
mod ruled;
mod tabular;
mod within;

use std::ops::Range;

use crate::bytes;

/// A table of a text and what is read in its stead.
pub struct Drawn {
    /// The lines that it takes, in bytes.
    pub range: Range<usize>,
    pub pieces: Vec<Piece>,
}

/// A piece of what is read in the stead of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Mark-up.
    Made(String),
    /// Bytes of the source.
    Kept(Range<usize>),
}

/// A line, and what stands before its own text: blanks and marks of quotation.
#[derive(Clone, Copy)]
struct Line<'a> {
    text: &'a str,
    start: usize,
    /// How many bytes its containers take.
    prefix: usize,
    /// Its own text, without white space at its end.
    own: &'a str,
    /// Whether that has a bar.
    bar: bool,
}

impl<'a> Line<'a> {
    fn own(&self) -> &'a str {
        self.own
    }

    fn is_blank(&self) -> bool {
        self.own().is_empty()
    }

    /// Whether what stands above ends at it: a blank line, or a fence of colons around what pandoc takes as a group.
    fn parts(&self) -> bool {
        self.is_blank() || self.own().starts_with(":::")
    }

    fn before(&self) -> &'a str {
        &self.text[..self.prefix]
    }

    /// The place of a stretch of its own text.
    fn place(&self, own: Range<usize>) -> Range<usize> {
        let from = self.start + self.prefix;
        from + own.start..from + own.end
    }

    fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

/// What begins with a command of TeX.
const COMMANDS: [&str; 7] = ["\\begin{", "\\section", "\\subsection", "\\chapter", "\\title{", "\\author{", "\\footnotetext"];

/// The drawn tables of a text, in order. What stands in code is none. `scanned`: of a text that a tool has read from print, whose lines
/// of hyphens are the tool's; only what TeX's commands lay out is looked for there, and tables of boxes.
pub fn tables(text: &str, scanned: bool) -> Vec<Drawn> {
    let mut found = Vec::new();
    const SIGNS: [&str; 10] = ["--", "-|", "+=", "`{", "~{", ":{", ")=", "markdown=", " markdown>", within::ASIDE];
    let is_there = |sign: &str| memchr::memmem::find(text.as_bytes(), sign.as_bytes()).is_some();
    let has_commands = COMMANDS.iter().any(|sign| is_there(sign));
    let has_signs = || match scanned {
        true => is_there("-+"),
        false => SIGNS.iter().chain(&generators::SIGNS).any(|sign| is_there(sign)),
    };
    if !has_commands && !has_signs() {
        return found;
    }
    let lines: Vec<Line> = lines(text);
    let around = has_commands.then(|| commands::Around::of(text, &lines, scanned));
    let mut fence: Option<(u8, usize)> = None;
    let mut at = 0;
    // How far the text of the last item of a list is indented.
    let mut item = 0;
    // Up to where everything is taken.
    let mut taken = 0;
    while at < lines.len() {
        let own = lines[at].own();
        if let Some((sign, count)) = fence {
            if run(own, sign) >= count && own.bytes().all(|byte| byte == sign) {
                fence = None;
            }
            at += 1;
            continue;
        }
        let laid_out = || around.as_ref().and_then(|around| commands::at(&lines, at, around));
        if let Some((pieces, next)) = laid_out().or_else(|| if scanned { None } else { anew(&lines, at) }) {
            found.push(Drawn { range: lines[at].start..lines[next - 1].end(), pieces });
            (taken, at) = (next, next);
            continue;
        }
        if let Some(sign) = own.bytes().next().filter(|byte| matches!(byte, b'`' | b'~')).filter(|sign| run(own, *sign) >= 3) {
            fence = Some((sign, run(own, sign)));
            at += 1;
            continue;
        }
        let indent = lines[at].before().rsplit('>').next().map_or(0, |white| white.len());
        match item_text(own) {
            Some(inner) => item = indent + inner,
            None if indent == 0 && !own.is_empty() && lines.get(at.wrapping_sub(1)).is_none_or(Line::is_blank) => item = 0,
            None => {}
        }
        let is_code = indent >= 4 && (item == 0 || indent < item || indent >= item + 4);
        let drawn = || match scanned {
            true => tabular::at(&lines, at).or_else(|| grid::at(&lines, at)),
            false => grid::at(&lines, at)
                .or_else(|| ruled::at(&lines, at))
                .or_else(|| tabular::at(&lines, at))
                .or_else(|| piped::at(&lines, at)),
        };
        let table = if is_code { None } else { drawn() };
        match table {
            Some((mut table, next)) => {
                // A line of hyphens may stand further out than the words above it.
                let prefix =
                    lines[at..next].iter().filter(|line| !line.is_blank()).map(Line::before).min_by_key(|before| before.len());
                let prefix = prefix.unwrap_or_default();
                let next = with_caption(&lines, prefix, next, &mut table);
                let first = caption_above(&lines, prefix, at, taken, &mut table);
                found.push(table.written(prefix, lines[first].start..lines[next - 1].end()));
                (taken, at) = (next, next);
            }
            None => {
                if !is_code && !scanned && piped::is_below_text(&lines, at) {
                    let line = lines[at];
                    let made = Piece::Made(format!("{}\n", line.before().trim_end()));
                    found
                        .push(Drawn { range: line.start..line.end(), pieces: vec![made, Piece::Kept(line.start..line.end())] });
                }
                at += 1;
            }
        }
    }
    found
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let mut start = 0;
    let mut lines = Vec::new();
    for whole in bytes::lines(text) {
        let line = whole.trim_end_matches('\n');
        let prefix = line.bytes().take_while(|byte| matches!(byte, b' ' | b'>')).count();
        let own = line[prefix..].trim_end();
        let bar = memchr::memchr(b'|', own.as_bytes()).is_some();
        lines.push(Line { text: line, start, prefix, own, bar });
        start += whole.len();
    }
    lines
}

fn run(text: &str, sign: u8) -> usize {
    text.bytes().take_while(|byte| *byte == sign).count()
}

/// How far the text of an item of a list is indented behind its mark.
fn item_text(own: &str) -> Option<usize> {
    let digits = own.bytes().take(9).take_while(u8::is_ascii_digit).count();
    let mark = match own.as_bytes().get(digits)? {
        b'-' | b'*' | b'+' if digits == 0 => 1,
        b'.' | b')' if digits > 0 => digits + 1,
        _ => return None,
    };
    let white = own[mark..].len() - own[mark..].trim_start().len();
    (white > 0).then_some(mark + white)
}

/// A caption below a table, a blank line between or none: `Table: words`, `: words`.
fn with_caption(lines: &[Line], prefix: &str, next: usize, table: &mut Table) -> usize {
    let blank = usize::from(lines.get(next).is_some_and(Line::is_blank));
    let Some(line) = lines.get(next + blank).filter(|line| line.before() == prefix) else { return next };
    let Some(mark) = ["Table: ", "table: ", ": "].into_iter().find(|mark| line.own().starts_with(mark)) else { return next };
    let count = lines[next + blank..].iter().take_while(|line| !line.parts()).count();
    let end = next + blank + count;
    for (number, line) in lines[next + blank..end].iter().enumerate() {
        let own = line.own();
        let mark = if number == 0 { mark.len() } else { 0 };
        let from = mark + own[mark..].len() - own[mark..].trim_start().len();
        let to = match own.rfind('{').filter(|at| *at >= from && next + blank + number + 1 == end) {
            Some(brace) if table.attributes(&own[brace..]) => own[..brace].trim_end().len().max(from),
            _ => own.len(),
        };
        table.caption.push(line.place(from..to));
    }
    end
}

/// A caption above a table, a blank line between: `: words`. Gives the line with which it begins.
fn caption_above(lines: &[Line], prefix: &str, at: usize, taken: usize, table: &mut Table) -> usize {
    let is_free = |line: usize| line > taken && lines[line].is_blank();
    if !table.caption.is_empty() || at < taken + 2 || !is_free(at - 1) {
        return at;
    }
    let count = lines[taken..at - 1].iter().rev().take_while(|line| !line.parts()).count();
    let first = at - 1 - count;
    let own = lines[first].own();
    let Some(mark) = ["Table: ", "table: ", ": "].into_iter().find(|mark| own.starts_with(mark)) else { return at };
    let begins = first == taken || lines[first - 1].parts();
    if count == 0 || !begins || lines[first].before() != prefix {
        return at;
    }
    // What stands further up may be a term that this defines.
    let above = lines[..first].iter().rev().find(|line| !line.is_blank()).map_or("", Line::own);
    let ends = above.is_empty() || above.starts_with(['#', '<', '+', '-']) || above.ends_with(['.', '!', '?', ':', ';']);
    if mark == ": " && !ends {
        return at;
    }
    for (number, line) in lines[first..at - 1].iter().enumerate() {
        let own = line.own();
        let from = if number == 0 { mark.len() } else { 0 };
        let from = from + own[from..].len() - own[from..].trim_start().len();
        let to = match own.rfind('{').filter(|brace| *brace >= from && number + 1 == count) {
            Some(brace) if table.attributes(&own[brace..]) => own[..brace].trim_end().len().max(from),
            _ => own.len(),
        };
        table.caption.push(line.place(from..to));
    }
    first
}

/// What is read in the stead of a directive, a label or HTML that holds Markdown, and the line behind it.
fn anew(lines: &[Line], at: usize) -> Option<(Vec<Piece>, usize)> {
    let line = &lines[at];
    let Some(label) = directives::label(line) else {
        return directives::at(lines, at, None).or_else(|| within::at(lines, at)).or_else(|| generators::at(lines, at));
    };
    let next = lines.get(at + 1)?;
    if next.before() == line.before()
        && let Some(found) = directives::at(lines, at + 1, Some(label))
    {
        return Some(found);
    }
    let own = next.own();
    let level = run(own, b'#');
    let mut pieces = Vec::new();
    if (1..=6).contains(&level) && own[level..].starts_with(' ') && !own.ends_with(['}', '#']) {
        pieces.push(Piece::Kept(next.start..next.end()));
        pieces.push(Piece::Made(format!(" {{#{label}}}\n")));
        return Some((pieces, at + 2));
    }
    pieces.push(Piece::Made(format!("{}<a id=\"{label}\"></a>\n{}\n", line.before(), line.before())));
    Some((pieces, at + 1))
}

/// What was found of a table.
#[derive(Debug, Default)]
struct Table {
    head: Vec<Vec<Cell>>,
    body: Vec<Vec<Cell>>,
    foot: Vec<Vec<Cell>>,
    caption: Vec<Range<usize>>,
    /// As HTML writes them.
    attributes: String,
}

#[derive(Debug)]
struct Cell {
    rows: usize,
    cols: usize,
    align: Option<&'static str>,
    /// The lines of its text, without what indents all of them.
    lines: Vec<Range<usize>>,
}

impl Cell {
    /// A cell of one row and one column.
    fn plain(lines: impl IntoIterator<Item = Range<usize>>) -> Self {
        Self { rows: 1, cols: 1, align: None, lines: lines.into_iter().collect() }
    }
}

impl Table {
    /// Takes attributes in braces. False where they are none, or say more than an id and classes.
    fn attributes(&mut self, braces: &str) -> bool {
        let Some(inner) = braces.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else { return false };
        let is_name =
            |name: &str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | ':' | '.'));
        let words: Vec<&str> = inner.split_whitespace().collect();
        let of = |sign: char| words.iter().filter_map(move |word| word.strip_prefix(sign)).filter(|name| is_name(name));
        if words.is_empty() || of('#').count() > 1 || of('#').chain(of('.')).count() < words.len() {
            return false;
        }
        self.attributes = of('#').map(|id| format!(" id=\"{id}\"")).collect();
        let classes: Vec<&str> = of('.').collect();
        if !classes.is_empty() {
            self.attributes += &format!(" class=\"{}\"", classes.join(" "));
        }
        true
    }

    /// The table as HTML, each line behind what its containers write.
    fn written(self, prefix: &str, range: Range<usize>) -> Drawn {
        let mut out = Writer { prefix, pieces: Vec::new() };
        out.made(&format!("<table{}>", self.attributes));
        if !self.caption.is_empty() {
            out.made("<caption>");
            out.text(&self.caption);
            out.made("</caption>");
        }
        for (name, cell, rows) in [("thead", "th", &self.head), ("tbody", "td", &self.body), ("tfoot", "td", &self.foot)] {
            if rows.is_empty() {
                continue;
            }
            out.made(&format!("<{name}>"));
            for row in rows {
                out.made("<tr>");
                row.iter().for_each(|found| out.cell(cell, found));
                out.made("</tr>");
            }
            out.made(&format!("</{name}>"));
        }
        out.made("</table>");
        out.made("");
        Drawn { range, pieces: out.pieces }
    }
}

struct Writer<'a> {
    prefix: &'a str,
    pieces: Vec<Piece>,
}

impl Writer<'_> {
    fn made(&mut self, line: &str) {
        let line = format!("{}{line}\n", self.prefix);
        match self.pieces.last_mut() {
            Some(Piece::Made(text)) => text.push_str(&line),
            _ => self.pieces.push(Piece::Made(line)),
        }
    }

    fn cell(&mut self, name: &str, cell: &Cell) {
        let span = |name: &str, count: usize| if count > 1 { format!(" {name}=\"{count}\"") } else { String::new() };
        let align = cell.align.map_or(String::new(), |align| format!(" align=\"{align}\""));
        self.made(&format!("<{name}{}{}{align}>", span("colspan", cell.cols), span("rowspan", cell.rows)));
        self.text(&cell.lines);
        self.made(&format!("</{name}>"));
    }

    /// Lines of the source, between blank ones: what stands so in HTML is Markdown.
    fn text(&mut self, lines: &[Range<usize>]) {
        if lines.iter().all(Range::is_empty) {
            return;
        }
        self.made("");
        for line in lines {
            self.pieces.push(Piece::Made(self.prefix.to_owned()));
            if !line.is_empty() {
                self.pieces.push(Piece::Kept(line.clone()));
            }
            self.pieces.push(Piece::Made("\n".to_owned()));
        }
        self.made("");
    }
}

/// The places of some lines' stretches, without the white that all of them begin with.
fn dedented(lines: &[Line], found: &[(usize, Range<usize>)]) -> Vec<Range<usize>> {
    let text = |(at, own): &(usize, Range<usize>)| lines[*at].own()[own.clone()].to_owned();
    let lead = |said: &String| said.len() - said.trim_start_matches(' ').len();
    let said = found.iter().map(text).filter(|said| !said.trim().is_empty());
    let least = said.map(|said| lead(&said)).min().unwrap_or(0);
    let placed = found.iter().map(|(at, own)| lines[*at].place((own.start + least).min(own.end)..own.end));
    placed.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is read in the stead of a text.
    fn made(text: &str) -> String {
        let (mut out, mut at) = (String::new(), 0);
        for table in tables(text, false) {
            out += &text[at..table.range.start];
            at = table.range.end;
            for piece in table.pieces {
                match piece {
                    Piece::Made(made) => out += &made,
                    Piece::Kept(range) => out += &text[range],
                }
            }
        }
        (out + &text[at..]).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn boxes_become_cells() {
        let text = "\
+-----+-----+
| a   | b   |
|     |     |
| - c |     |
+=====+=====+
| d         |
+-----+-----+
| e   | f   |
|     +-----+
|     | g   |
+-----+-----+
";
        assert_eq!(
            made(text),
            "<table> <thead> <tr> <th> a - c </th> <th> b </th> </tr> </thead> <tbody> <tr> <td colspan=\"2\"> d </td> </tr> \
             <tr> <td rowspan=\"2\"> e </td> <td> f </td> </tr> <tr> <td> g </td> </tr> </tbody> </table>"
        );
    }

    #[test]
    fn hyphens_say_where_columns_stand() {
        let text = " Right Left\n------ ----\n    12 a b\n     1 c\n\nText.";
        assert_eq!(
            made(text),
            "<table> <thead> <tr> <th align=\"right\"> Right </th> <th> Left </th> </tr> </thead> <tbody> <tr> <td \
             align=\"right\"> 12 </td> <td> a b </td> </tr> <tr> <td align=\"right\"> 1 </td> <td> c </td> </tr> </tbody> </table> Text."
        );
    }

    #[test]
    fn what_is_no_table_stays() {
        for text in [
            "+--\n| a\n",
            "```\n+---+\n| a |\n+---+\n```",
            "A line\n-- --\n",
            "a b\n- - -\nc",
            "+---+\n| a\n+---+",
            "Title\n-----\n\nText -- more",
        ] {
            assert!(tables(text, false).is_empty(), "{text}");
        }
    }
}
