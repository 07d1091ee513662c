//! The witness for Markdown: it reads the file's own bytes, line by line, and says of every character whether it is text or may be
//! mark-up. It is simpler than a parser, since it need not know what a mark means, only whether the format gives it a meaning.

mod drawn;
mod html;
mod line;

use std::ops::Range;

use super::stream::{Gap, Labelled, Markup, Stream};
use line::{Known, Lines, Mode};

/// Where the tree has code and formulas, in their order. The format leaves open whether an indented line is code or is indented for its
/// looks, and whether a bracket behind a backslash opens a formula; either way every word must be there.
#[derive(Debug, Default)]
pub struct Literal {
    pub code: Vec<Range<usize>>,
    pub math: Vec<Range<usize>>,
    /// Where pictures are described: formulas are said in letters there.
    pub pictures: Vec<Range<usize>>,
}

impl Literal {
    fn is_code(&self, range: &Range<usize>) -> bool {
        Self::touches(&self.code, range)
    }

    fn is_math(&self, range: &Range<usize>) -> bool {
        Self::touches(&self.math, range)
    }

    fn is_picture(&self, range: &Range<usize>) -> bool {
        Self::touches(&self.pictures, range)
    }

    fn touches(places: &[Range<usize>], range: &Range<usize>) -> bool {
        let first = places.partition_point(|place| place.end <= range.start);
        places.get(first).is_some_and(|place| place.start < range.end)
    }
}

/// Reads what stands in `range` of a file of Markdown.
pub fn read(out: &mut Stream, range: Range<usize>, literal: &Literal) {
    let source = out.source;
    let known = defined(&source[range.clone()]);
    // The OpenITI corpus has a Markdown of its own.
    let corpus = source[range.clone()].trim_start().starts_with("######OpenITI#");
    let blocks = Blocks {
        corpus,
        source,
        literal,
        known,
        out: &mut *out,
        lines: Lines::default(),
        mode: Mode::Text,
        open: Open::Text,
        items: Vec::new(),
        ruled: false,
        blank: true,
        note: None,
        options: false,
        defined_to: 0,
        directives: Vec::new(),
        values: false,
        tabular: false,
    };
    blocks.run(range);
    if corpus {
        // Its milestones count words.
        let is_milestone = |said: &str| {
            said.strip_prefix("ms").is_some_and(|digits| digits.len() >= 2 && digits.bytes().all(|byte| byte.is_ascii_digit()))
        };
        (0..out.pieces.len()).filter(|at| is_milestone(out.said(*at))).collect::<Vec<_>>().into_iter().for_each(|at| {
            out.pieces[at].markup = Some(Markup::Furniture);
        });
    }
}

/// What is open where a line begins.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Open {
    Text,
    /// Code between fences: the mark, how often, at how many quotation marks, and the column of the item that holds it.
    Fence {
        mark: u8,
        count: usize,
        quotes: usize,
        column: usize,
    },
    /// Indented code, and from which column on.
    Indented(usize),
    /// HTML that ends behind these words.
    Until(&'static str),
    /// A displayed formula, until its last mark.
    Formula {
        end: String,
        quotes: usize,
    },
}

/// Environments of TeX that are displayed formulas.
const ENVIRONMENTS: &[&str] =
    &["equation", "displaymath", "math", "align", "alignat", "flalign", "eqnarray", "gather", "multline"];

/// Directives whose content is text where they stand behind a fence of code.
const DIRECTIVES: &[&str] = &[
    "note",
    "tip",
    "hint",
    "important",
    "warning",
    "caution",
    "danger",
    "error",
    "attention",
    "seealso",
    "admonition",
    "epigraph",
    "dedication",
    "abstract",
    "aside",
    "sidebar",
    "topic",
    "margin",
    "card",
    "dropdown",
    "div",
    "versionadded",
    "versionchanged",
    "deprecated",
    "todo",
    "figure",
    "image",
    "list-table",
    "table",
    "glossary",
    "bibliography",
];

/// Directives whose content is code, a formula or values: what stands behind the name is their language, or words.
const LITERAL: &[&str] = &["code-block", "code", "sourcecode", "math", "csv-table"];

/// Directives whose name an address follows.
const ADDRESSED: &[&str] = &["figure", "image"];

struct Blocks<'s, 'a> {
    /// Whether the text is of the OpenITI corpus.
    corpus: bool,
    source: &'a str,
    literal: &'s Literal,
    known: Known,
    out: &'s mut Stream<'a>,
    /// The lines of the block that is open.
    lines: Lines,
    mode: Mode,
    open: Open,
    /// The columns at which the text of the open items begins.
    items: Vec<usize>,
    /// Whether the rule under the table's head was drawn.
    ruled: bool,
    /// Whether the line before was empty.
    blank: bool,
    /// The note whose text is being read.
    note: Option<Labelled>,
    /// Whether the line above was a directive's head or one of its options.
    options: bool,
    /// How far the definition of a link goes.
    defined_to: usize,
    /// The fences of code that are directives' and open: the mark, how often.
    directives: Vec<(u8, usize)>,
    /// Whether the code that is open holds values, parted by commas.
    values: bool,
    /// Whether a table of TeX is open.
    tabular: bool,
}

impl Blocks<'_, '_> {
    fn run(mut self, range: Range<usize>) {
        let mut at = range.start;
        while at < range.end {
            let end = self.source[at..range.end].find('\n').map_or(range.end, |length| at + length);
            let next = (end + 1).min(range.end);
            if self.open == Open::Text
                && self.lines.is_empty()
                && let Some(table) = drawn::table(self.source, at, range.end, self.blank)
            {
                at = self.drawn(at, table);
                continue;
            }
            let after = self.source[next..range.end].split('\n').next().unwrap_or("");
            self.line(at..end, after);
            at = end + 1;
        }
        self.flush();
        self.end_note(range.end);
    }

    /// Reads a drawn table: each cell by itself. Gives where the line behind it begins.
    fn drawn(&mut self, start: usize, table: drawn::Drawn) -> usize {
        self.part();
        self.out.beside.push(start as u32..table.end as u32);
        for mark in table.marks {
            self.out.whole(mark, Markup::TableMark, Gap::Block);
        }
        let items = std::mem::take(&mut self.items);
        for lines in table.cells {
            let said = |line: &Range<usize>| self.source[line.clone()].trim_end();
            let lead = lines.iter().map(said).filter(|said| !said.trim().is_empty()).map(indent).min().unwrap_or(0);
            self.part();
            for line in lines {
                let from = (line.start + lead).min(line.end);
                if self.source.is_char_boundary(from) && !self.source[from..line.end].trim().is_empty() {
                    self.line(from..line.end, "");
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

    fn flush(&mut self) {
        let lines = std::mem::take(&mut self.lines);
        line::read(&lines, self.mode, &self.known, self.literal, self.out);
        self.lines = lines;
        self.lines.clear();
    }

    /// Whether a line is the first of several that are the head of a table: the rule stands below the last of them.
    fn heads_table(&self, range: &Range<usize>) -> bool {
        const TALLEST: usize = 6;
        let is_rule = |line: &str| {
            line.contains('-')
                && line.contains('|')
                && line.bytes().all(|byte| matches!(byte, b'-' | b'|' | b':' | b' ' | b'\t'))
        };
        let mut below =
            self.source[range.end..].split('\n').skip(1).take(TALLEST).skip_while(|line| line.contains('|') && !is_rule(line));
        self.source[range.clone()].contains('|') && self.lines.is_empty() && below.next().is_some_and(is_rule)
    }

    /// What comes next is another block.
    fn part(&mut self) {
        self.flush();
        self.mode = Mode::Text;
        self.out.part(Gap::Block);
    }

    fn end_note(&mut self, at: usize) {
        if let Some(mut note) = self.note.take() {
            note.range.end = at;
            self.out.notes.push(note);
        }
    }

    fn line(&mut self, range: Range<usize>, after: &str) {
        if range.start < self.defined_to {
            return;
        }
        let text = &self.source[range.clone()];
        let is_blank = text.trim_matches([' ', '\t', '\r', '>']).is_empty();
        match self.open.clone() {
            Open::Fence { mark, count, quotes, column } => return self.in_fence(range, (mark, count, quotes, column)),
            Open::Until(end) => return self.until(range, end),
            Open::Formula { end, quotes } => return self.in_formula(range, &end, quotes),
            Open::Indented(column) if text.trim().is_empty() || indent(text) >= column => {
                return self.out.text(range, false);
            }
            Open::Indented(_) => {
                self.open = Open::Text;
                self.out.part(Gap::Block);
            }
            Open::Text => {}
        }
        if is_blank {
            self.quote_marks(range);
            self.part();
            self.blank = true;
            return;
        }
        let was_blank = std::mem::replace(&mut self.blank, false);
        if was_blank && self.note.is_some() && indent(text) < 2 {
            self.end_note(range.start);
        }
        if was_blank && indent(text) >= self.base(indent(text)) + 4 && self.literal.is_code(&range) {
            self.open = Open::Indented(self.base(indent(text)) + 4);
            return self.out.text(range, false);
        }
        self.content(range, after);
    }

    /// The column at which the text of the innermost item begins that a line so far indented can be part of.
    fn base(&self, indent: usize) -> usize {
        self.items.iter().rev().copied().find(|column| *column <= indent).unwrap_or(0)
    }

    /// The marks of quotation before a line's text.
    fn quote_marks(&mut self, range: Range<usize>) -> Range<usize> {
        let mut at = range.start;
        loop {
            at += self.source[at..range.end].bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
            if at < range.end && self.source.as_bytes()[at] == b'>' {
                self.out.parting_mark(at..at + 1, Markup::Mark, Gap::Close);
                at += 1;
            } else {
                return at..range.end;
            }
        }
    }

    /// A line outside code: what stands before its text, then the text.
    fn content(&mut self, range: Range<usize>, after: &str) {
        let start = range.start;
        let mut range = range;
        let mut quotes = 0;
        loop {
            let before = range.start;
            range.start += self.source[range.clone()].bytes().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\x0C')).count();
            let text = &self.source[range.clone()];
            if text.starts_with('>') {
                // A quotation that goes on is one block with what stands above.
                if self.lines.is_empty() {
                    self.out.part(Gap::Block);
                }
                self.out.mark(range.start..range.start + 1, Markup::Mark);
                range.start += 1;
                quotes += 1;
                continue;
            }
            // The rule under a table's head may begin as an item does.
            if is_rule(text) || self.mode == Mode::Table && !self.ruled && is_drawn(text.trim_end()) {
                break;
            }
            let Some(length) = list_mark(text) else {
                if before == start {
                    self.items.retain(|column| *column <= range.start - start || !self.lines.is_empty());
                }
                break;
            };
            // What only may be a mark parts nothing where it stands as text.
            self.flush();
            self.mode = Mode::Text;
            self.out.whole(range.start..range.start + length, Markup::ListMark, Gap::Block);
            let column = range.start - start;
            self.items.retain(|open| *open <= column);
            range.start += length;
            self.items.push(range.start - start + 1);
            let rest = &self.source[range.clone()];
            let lead = rest.len() - rest.trim_start().len();
            if let Some(task) = ["[ ]", "[x]", "[X]"].iter().find(|task| rest[lead..].starts_with(**task)) {
                let at = range.start + lead;
                self.out.whole(at..at + task.len(), Markup::ListMark, Gap::Close);
                range.start = at + task.len();
            }
        }
        self.text(range, start, quotes, after);
    }

    /// A line's text, behind all that stands before it.
    fn text(&mut self, range: Range<usize>, start: usize, quotes: usize, after: &str) {
        let text = &self.source[range.clone()];
        let column = range.start - start;
        if text.trim().is_empty() {
            return self.flush();
        }
        if let Some((mark, count)) = fence(text) {
            self.part();
            let info = text[count..].trim();
            if info.is_empty() && self.directives.last() == Some(&(mark, count)) {
                self.directives.pop();
                return self.out.whole(range, Markup::Attribute, Gap::Block);
            }
            let name = directive(info).map_or("", |head| &info[1..head - 1]);
            if let Some(head) = directive(info).filter(|_| DIRECTIVES.contains(&name)) {
                self.directives.push((mark, count));
                return self.named(range, count, head, ADDRESSED.contains(&name));
            }
            self.values = name == "csv-table";
            if let Some(head) = directive(info).filter(|_| LITERAL.contains(&name)) {
                // What stands behind the name of a listing is its language.
                let head = if name.contains("code") { info.len() } else { head };
                self.group(range.clone(), count, head);
                let item = self.items.last().copied().filter(|item| *item <= column + 1).unwrap_or(0);
                self.open = Open::Fence { mark, count, quotes, column: item };
                return;
            }
            let item = self.items.last().copied().filter(|item| *item <= column + 1).unwrap_or(0);
            self.open = Open::Fence { mark, count, quotes, column: item };
            // A listing's caption is among its attributes.
            if let Some(head) = line::attributes(info).filter(|length| *length == info.len()) {
                return self.group(range, count, head);
            }
            self.out.part(Gap::Block);
            return self.out.whole(range, Markup::Code, Gap::Block);
        }
        // A comment that nothing closes is none.
        let closed = |end: &str| end != "-->" || self.source[range.start..].contains(end);
        if let Some(end) = html_until(text).filter(|end| closed(end)) {
            self.lines.add(self.source, range.clone());
            if text.to_ascii_lowercase()[1..].contains(end) {
                // A line may begin behind it that knows nothing of it: a link's definition.
                self.flush();
            } else {
                self.open = Open::Until(end);
            }
            return;
        }
        for (open, close) in [("$$", "$$"), ("\\[", "\\]")] {
            if text.starts_with(open) && !text[2..].contains(close) && self.literal.is_math(&range) {
                self.part();
                self.out.mark(range.start..range.start + 2, Markup::Mark);
                self.out.text(range.start + 2..range.end, false);
                self.open = Open::Formula { end: close.to_owned(), quotes };
                return;
            }
        }
        if let Some((length, end)) = environment(&self.source[range.start..], text) {
            self.part();
            self.out.whole(range.start..range.start + length, Markup::Mark, Gap::Close);
            return self.in_formula(range.start + length..range.end, &end, 0);
        }
        if self.special(&range) {
            return;
        }
        if self.mode == Mode::Text && (starts_table(text, after) || self.heads_table(&range)) {
            self.part();
            self.mode = Mode::Table;
            self.ruled = false;
        }
        if self.mode == Mode::Table && text.starts_with('[') && !text.contains('|') {
            // A caption below, and what the table is called by (MultiMarkdown).
            self.part();
            let label = text.trim_end().rfind("][").filter(|_| text.trim_end().ends_with(']')).map(|at| at + 1);
            let caption = label.unwrap_or(text.trim_end().len());
            self.lines.add(self.source, range.start..range.start + caption);
            self.flush();
            return self.out.whole(range.start + caption..range.start + text.trim_end().len(), Markup::Label, Gap::Block);
        }
        if self.mode == Mode::Table {
            // Rows part as cells do; a bar in front does so by itself.
            self.flush();
            if !text.starts_with('|') {
                self.out.part(Gap::Block);
            }
        }
        if let Some(length) = line_block(text).filter(|_| self.mode == Mode::Text) {
            self.flush();
            self.out.mark(range.start..range.start + length, Markup::Mark);
            return self.lines.add(self.source, range.start + length..range.end);
        }
        self.lines.add(self.source, range);
    }

    /// A line of a table of TeX: what parts its cells, its rules, and what says how it stands.
    fn tabular(&mut self, range: Range<usize>) {
        const NAMES: &[&str] = &["\\begin{table", "\\begin{tabular", "\\end{table", "\\end{tabular"];
        const RULES: &[&str] =
            &["\\hline", "\\toprule", "\\midrule", "\\bottomrule", "\\centering", "\\cline{", "\\cmidrule", "\\label{"];
        const HOLD: &[&str] = &["\\multicolumn", "\\multirow", "\\caption"];
        self.part();
        let text = &self.source[range.clone()];
        let bytes = text.as_bytes();
        // So many braces at `at` one behind the other, as long as they are.
        let braces = |mut at: usize, most: usize| {
            for _ in 0..most {
                let close = match bytes.get(at) {
                    Some(b'[') => ']',
                    Some(b'{') => '}',
                    _ => break,
                };
                at += text[at..].find(close).map_or(0, |length| length + 1);
            }
            at
        };
        let (mut at, mut from, mut held) = (0, 0, 0_usize);
        while at < text.len() {
            let rest = &text[at..];
            let found = |names: &[&str]| names.iter().find(|name| rest.starts_with(**name)).map(|name| name.len());
            let end = match bytes[at] {
                b'&' => at + 1,
                b'}' if held > 0 => {
                    held -= 1;
                    at + 1
                }
                b'\\' if rest.starts_with("\\\\") => braces(at + 2, usize::from(rest[2..].starts_with('['))),
                b'\\' => match (found(NAMES), found(RULES), found(HOLD)) {
                    (Some(_), ..) => {
                        self.tabular = !rest.starts_with("\\end{table}") && !rest.starts_with("\\end{table*");
                        self.tabular &= !rest.starts_with("\\end{tabular") || self.source[range.end..].contains("\\end{table}");
                        let name = at + rest.find('{').unwrap_or(0);
                        braces(name, if rest.starts_with("\\begin") { 3 } else { 1 })
                    }
                    (_, Some(length), _) => braces(at + length - usize::from(rest[..length].ends_with('{')), 1),
                    (.., Some(length)) => {
                        held += 1;
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
        self.flush();
    }

    /// Lines that are marks as a whole, or begin with marks of their own.
    fn special(&mut self, range: &Range<usize>) -> bool {
        if self.options && self.option(range) {
            return true;
        }
        let text = &self.source[range.clone()];
        let trimmed = text.trim_end();
        let whole = range.start..range.start + trimmed.len();
        if self.tabular || text.starts_with("\\begin{tabular") || text.starts_with("\\begin{table}") {
            self.tabular(range.clone());
            return true;
        }
        if is_label(trimmed) {
            self.part();
            self.out.whole(whole, Markup::Label, Gap::Block);
            return true;
        }
        let grid = text.starts_with('+');
        if is_drawn(trimmed) && (self.mode == Mode::Text || grid || !self.ruled) {
            // A rule, a line under a heading, the head's end of a table. One that stands as text parts nothing.
            self.flush();
            self.out.whole(whole, Markup::TableMark, Gap::Block);
            self.ruled = self.mode == Mode::Table;
            if grid {
                self.mode = Mode::Table;
            }
            return true;
        }
        if self.corpus
            && let Some(length) = ["# ", "~~"].iter().find(|mark| text.starts_with(**mark)).map(|mark| mark.len())
        {
            // A paragraph begins, or goes on.
            if text.starts_with('#') {
                self.part();
            }
            self.out.mark(range.start..range.start + length, Markup::Mark);
            self.lines.add(self.source, range.start + length..range.end);
            return true;
        }
        if let Some(level) = heading(text) {
            let level = if self.corpus { text.len() - text.trim_start_matches(['#', '|', '$', ' ']).len() } else { level };
            self.part();
            self.out.parting_mark(range.start..range.start + level, Markup::Mark, Gap::Block);
            let mut end = whole.end;
            let mut level = level;
            // bookdown's parts and appendices.
            if let Some(mark) = ["(PART) ", "(APPENDIX) "].iter().find(|mark| text[level..].trim_start().starts_with(**mark)) {
                let white = text[level..].len() - text[level..].trim_start().len();
                let from = range.start + level + white;
                self.out.whole(from..from + mark.len(), Markup::Mark, Gap::Close);
                level += white + mark.len();
            }
            let bare = self.source[range.start + level..end].trim_end_matches('#');
            let closing = range.start + level + bare.len();
            if closing < end && (bare.is_empty() || bare.ends_with([' ', '\t'])) {
                self.out.mark(closing..end, Markup::Mark);
                end = closing;
            }
            self.lines.add(self.source, range.start + level..end);
            self.part();
            return true;
        }
        if let Some(label) = note_label(text) {
            self.part();
            self.end_note(range.start);
            let length = label.len() + 4;
            self.out.whole(range.start..range.start + length, Markup::Label, Gap::Block);
            self.note = Some(Labelled { label: label.to_lowercase(), range: range.start..range.end });
            self.content(range.start + length..range.end, "");
            // What is indented goes on with the note.
            self.items = vec![4];
            return true;
        }
        if self.lines.is_empty()
            && let Some(found) = definition(&self.source[range.start..])
        {
            let place = |at: usize| range.start + at;
            // Where it is a picture's, the title is shown.
            let title = found.title.unwrap_or(found.length..found.length);
            self.out.whole(range.start..place(title.start), Markup::Address, Gap::Block);
            if title.end > title.start {
                self.out.whole(place(title.start)..place(title.end), Markup::Address, Gap::Close);
                self.out.mark(place(title.end)..place(found.length), Markup::Address);
            }
            self.defined_to = place(found.length);
            return true;
        }
        if trimmed.starts_with(":::") {
            self.part();
            let colons = trimmed.bytes().take_while(|byte| *byte == b':').count();
            let rest = trimmed[colons..].trim_start();
            if let Some(head) = directive(rest).filter(|head| ADDRESSED.contains(&&rest[1..head - 1])) {
                self.named(range.clone(), colons, head, true);
                return true;
            }
            let head = directive(rest).or_else(|| line::attributes(rest)).unwrap_or_else(|| {
                let class = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')).count();
                let white = rest[class..].len() - rest[class..].trim_start().len();
                class + line::attributes(&rest[class + white..]).map_or(0, |length| white + length)
            });
            self.group(range.clone(), colons, head);
            return true;
        }
        if matches!(trimmed, "\\listoffigures" | "\\listoftables") {
            self.flush();
            self.out.whole(range.clone(), Markup::Mark, Gap::Block);
            return true;
        }
        if let Some(length) = line::attributes(trimmed).filter(|length| *length == trimmed.len()) {
            self.flush();
            self.out.whole(range.start..range.start + length, Markup::Attribute, Gap::Block);
            return true;
        }
        if let Some(length) = leading_mark(text) {
            self.flush();
            self.mode = Mode::Text;
            self.out.whole(range.start..range.start + length, Markup::Mark, Gap::Block);
            let boxed = text.starts_with(['!', '?', '=']);
            if boxed {
                // What is indented is the box's.
                let line = self.source[..range.start].rfind('\n').map_or(0, |at| at + 1);
                self.items.push(range.start - line + 4);
            }
            let title = trimmed[length.min(trimmed.len())..].trim();
            if boxed && title.len() > 1 && title.starts_with('"') && title.ends_with('"') {
                // A box's title, in quotation marks that are its mark-up.
                let start = range.start + trimmed.len() - title.len();
                let end = range.start + trimmed.len();
                self.out.mark(start..start + 1, Markup::Mark);
                self.out.mark(end - 1..end, Markup::Mark);
                self.lines.add(self.source, start + 1..end - 1);
                self.part();
                return true;
            }
            self.lines.add(self.source, range.start + length..range.end);
            return true;
        }
        false
    }

    /// The line that begins a directive, whose name an address may follow: no word of it is the text's.
    fn named(&mut self, range: Range<usize>, fence: usize, head: usize, addressed: bool) {
        if !addressed {
            return self.group(range, fence, head);
        }
        let text = self.source[range.clone()].trim_end();
        let lead = text[fence..].len() - text[fence..].trim_start().len();
        let end = range.start + fence + lead + head;
        self.group(range.start..end, fence, head);
        let first = self.out.pieces.len();
        self.out.whole(end..range.start + text.len(), Markup::Address, Gap::Block);
        (first..self.out.pieces.len()).for_each(|at| self.out.say(at, "\u{FFFC}".to_owned()));
        self.options = true;
    }

    /// The line that begins a group: a fence so long, what the group is, so long, then the group's title.
    fn group(&mut self, range: Range<usize>, fence: usize, head: usize) {
        let text = self.source[range.clone()].trim_end();
        let lead = text[fence..].len() - text[fence..].trim_start().len();
        let end = fence + lead + head;
        let construct = self.out.construct();
        let mut at = range.start;
        for shown in line::shown(&text[..end]) {
            self.out.part_of(construct, at..range.start + shown.start, Markup::Attribute, Gap::Block);
            self.out.whole(range.start + shown.start..range.start + shown.end, Markup::Attribute, Gap::Block);
            at = range.start + shown.end;
        }
        self.out.part_of(construct, at..range.start + end, Markup::Attribute, Gap::Block);
        let title = text[end..].trim_end_matches(':').len();
        self.lines.add(self.source, range.start + end..range.start + end + title);
        self.flush();
        self.out.part_of(construct, range.start + end + title..range.start + text.len(), Markup::Attribute, Gap::Block);
        self.out.part(Gap::Block);
        self.options = directive(text[fence..].trim_start()).is_some();
    }

    /// `:key: value` on a line below a directive's.
    fn option(&mut self, range: &Range<usize>) -> bool {
        let text = self.source[range.clone()].trim_end();
        let key = text.strip_prefix(':').and_then(|rest| rest.split_once(':')).map_or("", |(key, _)| key);
        self.options &= !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        if self.options {
            let value = range.start + key.len() + 2;
            self.out.whole(range.start..value, Markup::Attribute, Gap::Block);
            // The heads of columns are parted by commas, each for itself.
            match key {
                "header" => {
                    let mut at = value;
                    for part in self.source[value..range.start + text.len()].split_inclusive([',', '"']) {
                        let said = part.trim_end_matches([',', '"']).len();
                        self.out.mark(at..at + said, Markup::Attribute);
                        self.out.parting_mark(at + said..at + part.len(), Markup::TableMark, Gap::Block);
                        at += part.len();
                    }
                }
                _ => self.out.whole(value..range.start + text.len(), Markup::Attribute, Gap::Block),
            }
        }
        self.options
    }

    fn in_fence(&mut self, range: Range<usize>, (mark, count, quotes, column): (u8, usize, usize, usize)) {
        let (inner, stripped) = self.quote_marks_of(range.clone(), quotes);
        let lead = self.source[inner.clone()].len() - self.source[inner.clone()].trim_start().len();
        if self.options && self.option(&(inner.start + lead..inner.end)) {
            return;
        }
        let text = &self.source[inner.clone()];
        let left = stripped < quotes || !text.trim().is_empty() && indent(text) + 1 < column;
        if left {
            // What held the code has ended, and the code with it.
            self.open = Open::Text;
            self.out.part(Gap::Block);
            return self.line(range, "");
        }
        let trimmed = text.trim();
        let closes = trimmed.len() >= count && trimmed.bytes().all(|byte| byte == mark);
        if closes {
            self.open = Open::Text;
            self.out.whole(inner, Markup::Code, Gap::Block);
            self.out.part(Gap::Block);
            self.blank = true;
        } else {
            // A file that is set into code, or the words that ask for it.
            let mut at = inner.start;
            while self.values
                && let Some(found) = self.source[at..inner.end].find([',', '"'])
            {
                self.out.text(at..at + found, false);
                self.out.whole(at + found..at + found + 1, Markup::TableMark, Gap::Block);
                at += found + 1;
            }
            while let Some(start) = ["{{#", "{{<"].iter().filter_map(|open| self.source[at..inner.end].find(open)).min()
                && let Some(length) = self.source[at + start..inner.end].find("}}")
            {
                self.out.text(at..at + start, false);
                self.out.whole(at + start..at + start + length + 2, Markup::Code, Gap::Line);
                at += start + length + 2;
            }
            self.out.text(at..inner.end, false);
        }
    }

    /// What stands behind the marks of so many quotations, and how many there are.
    fn quote_marks_of(&mut self, range: Range<usize>, quotes: usize) -> (Range<usize>, usize) {
        let mut inner = range;
        let mut stripped = 0;
        while stripped < quotes {
            let lead = self.source[inner.clone()].bytes().take_while(|byte| *byte == b' ').count();
            if self.source.as_bytes().get(inner.start + lead) != Some(&b'>') || inner.start + lead >= inner.end {
                break;
            }
            self.out.mark(inner.start + lead..inner.start + lead + 1, Markup::Mark);
            inner.start += lead + 1;
            stripped += 1;
        }
        (inner, stripped)
    }

    /// A formula's TeX. What it is called by leads nowhere in a book.
    fn formula(&mut self, range: Range<usize>) {
        let mut at = range.start;
        while let Some((found, close)) = [("\\label{", '}'), ("(\\#", ')')]
            .into_iter()
            .filter_map(|(open, close)| self.source[at..range.end].find(open).map(|found| (found, close)))
            .min()
        {
            let Some(length) = self.source[at + found..range.end].find(close) else { break };
            self.out.text(at..at + found, false);
            self.out.whole(at + found..at + found + length + 1, Markup::Label, Gap::Close);
            at += found + length + 1;
        }
        self.out.text(at..range.end, false);
    }

    fn until(&mut self, range: Range<usize>, end: &'static str) {
        self.lines.add(self.source, range.clone());
        if self.source[range].to_ascii_lowercase().contains(end) {
            self.open = Open::Text;
            self.flush();
        }
    }

    fn in_formula(&mut self, range: Range<usize>, end: &str, quotes: usize) {
        let range = self.quote_marks_of(range, quotes).0;
        let text = &self.source[range.clone()];
        let Some(at) = text.find(end) else {
            self.open = Open::Formula { end: end.to_owned(), quotes };
            return self.formula(range);
        };
        self.formula(range.start..range.start + at);
        self.out.whole(range.start + at..range.start + at + end.len(), Markup::Mark, Gap::Close);
        self.open = Open::Text;
        let mut behind = range.start + at + end.len()..range.end;
        // What the formula is called by.
        let rest = &self.source[behind.clone()];
        let name = rest.trim().strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
        let fits =
            |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_:".contains(&byte));
        if name.is_some_and(fits) {
            let lead = rest.len() - rest.trim_start().len();
            let to = behind.start + rest.trim_end().len();
            self.out.whole(behind.start + lead..to, Markup::Label, Gap::Close);
            behind.start = to;
        }
        self.lines.add(self.source, behind);
        self.flush();
    }
}

/// `(label)=` on a line of its own (MyST).
fn is_label(text: &str) -> bool {
    let name = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(")="));
    name.is_some_and(|name| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_:.".contains(&byte))
    })
}

/// The labels that a text defines.
fn defined(text: &str) -> Known {
    let mut known = Known { examples: examples(text), ..Known::default() };
    if text.contains('[') {
        let mut above = "";
        for line in text.lines() {
            // Headings are references of their own (pandoc).
            let heading = line.trim_start_matches('#');
            let drawn = line.len() > 1 && (line.bytes().all(|byte| byte == b'=') || line.bytes().all(|byte| byte == b'-'));
            let said = if heading.len() < line.len() { heading } else { above };
            if heading.len() < line.len() && heading.starts_with(' ') || drawn && !above.is_empty() {
                let said = said.split(" {").next().unwrap_or(said).trim().trim_end_matches('#');
                known.headings.insert(Known::key(said));
            }
            above = line;
        }
    }
    if !text.contains("]:") {
        return known;
    }
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at + line.len() - line.trim_start_matches([' ', '\t', '>']).len();
        at += line.len();
        if let Some(label) = note_label(&text[start..at]) {
            known.notes.insert(label.to_lowercase());
        } else if let Some(found) = definition(&text[start..]) {
            known.links.insert(Known::key(&text[start..][found.label]));
        }
    }
    known
}

/// The numbers of the examples that a text counts, by their labels (pandoc).
fn examples(text: &str) -> std::collections::BTreeMap<String, usize> {
    let mut found = std::collections::BTreeMap::new();
    let (mut count, mut code) = (0, false);
    for line in text.lines() {
        let own = line.trim_start_matches(['>', ' ', '\t']);
        code ^= own.starts_with("```") || own.starts_with("~~~");
        let Some((label, _)) = own.strip_prefix("(@").and_then(|rest| rest.split_once(") ")).filter(|_| !code) else {
            continue;
        };
        if label.len() < 22 && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')) {
            count += 1;
            found.entry(label.to_owned()).or_insert(count);
        }
    }
    found.remove("");
    found
}

/// `{name}` at the front: a directive, as long as that is.
fn directive(text: &str) -> Option<usize> {
    let (name, _) = text.strip_prefix('{')?.split_once('}')?;
    let fits = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_:".contains(&byte));
    fits.then_some(name.len() + 2)
}

/// `\begin{equation}` at the front of a line, as long as it is with the number behind it, and what ends it.
fn environment(source: &str, text: &str) -> Option<(usize, String)> {
    let inner = text.strip_prefix("\\begin{")?;
    let name = &inner[..inner.find('}')?];
    let bare = name.trim_end_matches('*');
    let end = format!("\\end{{{name}}}");
    if !ENVIRONMENTS.contains(&bare) || !source.contains(&end) {
        return None;
    }
    let length = "\\begin{}".len() + name.len();
    let counted = text[length..].strip_prefix('{').filter(|_| bare == "alignat").and_then(|rest| rest.find('}'));
    Some((length + counted.map_or(0, |close| close + 2), end))
}

/// How far a line is indented, a tabulator to the next column that four divides.
fn indent(text: &str) -> usize {
    let mut column = 0;
    for byte in text.bytes() {
        match byte {
            b' ' => column += 1,
            b'\t' => column += 4 - column % 4,
            _ => break,
        }
    }
    column
}

/// Three or more of one mark, and nothing else.
fn is_rule(text: &str) -> bool {
    let marks: Vec<_> = text.bytes().filter(|byte| !matches!(byte, b' ' | b'\t')).collect();
    marks.len() >= 3 && matches!(marks[0], b'-' | b'*' | b'_') && marks.iter().all(|byte| *byte == marks[0])
}

/// A line of nothing but what draws: rules, lines under headings, a table's rules.
fn is_drawn(text: &str) -> bool {
    is_rule(text)
        || text.bytes().all(|byte| byte == b'=')
        || text.bytes().any(|byte| matches!(byte, b'-' | b'='))
            && text.bytes().all(|byte| matches!(byte, b'-' | b'=' | b'|' | b'+' | b':' | b' ' | b'\t'))
}

/// The length of a bullet or number, with the space behind it left out.
fn list_mark(text: &str) -> Option<usize> {
    let ends = |length: usize| text[length..].is_empty() || text[length..].starts_with([' ', '\t']);
    let bytes = text.as_bytes();
    if matches!(bytes.first(), Some(b'-' | b'*' | b'+')) && ends(1) {
        return Some(1);
    }
    let open = usize::from(bytes.first() == Some(&b'('));
    let word = bytes[open..]
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'@' | b'#' | b'_' | b'-'))
        .count();
    let said = &text[open..open + word];
    let number = !said.is_empty() && said.bytes().all(|byte| byte.is_ascii_digit()) && said.len() < 10;
    let roman = !said.is_empty() && said.bytes().all(|byte| b"ivxlcdmIVXLCDM".contains(&byte));
    let fits =
        number || roman || said == "#" || said.starts_with('@') || said.len() == 1 && said.as_bytes()[0].is_ascii_alphabetic();
    let close = bytes.get(open + word).is_some_and(|byte| *byte == b')' || *byte == b'.' && open == 0);
    (fits && close && ends(open + word + 1)).then_some(open + word + 1)
}

fn fence(text: &str) -> Option<(u8, usize)> {
    let mark = *text.as_bytes().first().filter(|byte| matches!(byte, b'`' | b'~'))?;
    let count = text.bytes().take_while(|byte| *byte == mark).count();
    (count >= 3 && !(mark == b'`' && text[count..].contains('`'))).then_some((mark, count))
}

/// Behind which words a block of HTML ends that an empty line does not end.
fn html_until(text: &str) -> Option<&'static str> {
    if text.starts_with("<!--") {
        return Some("-->");
    }
    if text.starts_with("{::comment}") {
        return Some("{:/");
    }
    if !text.starts_with('<') {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    if lower.rfind("<pre").is_some_and(|at| !lower[at..].contains("</pre")) {
        return Some("</pre>");
    }
    [("<script", "</script>"), ("<style", "</style>"), ("<pre", "</pre>"), ("<textarea", "</textarea>"), ("<?", "?>")]
        .into_iter()
        .find(|(open, _)| lower.starts_with(open))
        .map(|(_, close)| close)
}

/// How many marks a heading begins with.
fn heading(text: &str) -> Option<usize> {
    let level = text.bytes().take_while(|byte| *byte == b'#').count();
    ((1..=6).contains(&level) && (text[level..].trim().is_empty() || text[level..].starts_with([' ', '\t']))).then_some(level)
}

/// The label of `[^label]:`.
fn note_label(text: &str) -> Option<&str> {
    let inner = text.strip_prefix("[^")?;
    let (label, _) = inner.split_once("]:")?;
    (!label.is_empty() && !label.contains(['[', ']'])).then_some(label)
}

/// `[label]: address "title"`.
struct Definition {
    length: usize,
    label: Range<usize>,
    /// Of the title's words.
    title: Option<Range<usize>>,
}

/// A link's definition at the front of `text`, by CommonMark 0.31, section 4.7: address and title may stand on lines of their own.
fn definition(text: &str) -> Option<Definition> {
    let bytes = text.as_bytes();
    if bytes.first() != Some(&b'[') || bytes.get(1) == Some(&b'^') {
        return None;
    }
    let close = closing(text, 1, |byte| byte == b']').filter(|at| bytes.get(at + 1) == Some(&b':'))?;
    let label = &text[1..close];
    if label.trim().is_empty() || closing(label, 0, |byte| byte == b'[').is_some() {
        return None;
    }
    let address = behind_white(text, close + 2)?;
    let end = match bytes.get(address)? {
        b'<' => address + text[address..].split('\n').next()?.find('>')? + 1,
        _ => address + text[address..].find(char::is_whitespace).unwrap_or(text.len() - address),
    };
    let ends = |at: usize| text[at..].split('\n').next().is_none_or(|rest| rest.trim().is_empty());
    let found = |length, title| (end > address).then_some(Definition { length, label: 1..close, title });
    if let Some(start) = behind_white(text, end).filter(|start| *start > end)
        && let Some(quote @ (b'"' | b'\'' | b'(')) = bytes.get(start)
    {
        let mark = if *quote == b'(' { b')' } else { *quote };
        if let Some(close) = closing(text, start + 1, |byte| byte == mark).filter(|close| ends(close + 1)) {
            return found(close + 1, Some(start + 1..close));
        }
    }
    ends(end).then(|| found(end, None)).flatten()
}

/// Where a mark that no backslash stands before closes what begins at `from`, before the next empty line.
fn closing(text: &str, from: usize, closes: impl Fn(u8) -> bool) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = from;
    let mut is_blank = false;
    while let Some(byte) = bytes.get(at) {
        match byte {
            byte if closes(*byte) => return Some(at),
            b'\\' => at += 1,
            b'\n' if is_blank => return None,
            b'\n' => is_blank = true,
            b' ' | b'\t' | b'\r' => {}
            _ => is_blank = false,
        }
        at += 1;
    }
    None
}

/// What follows white space that has one line's end at most.
fn behind_white(text: &str, from: usize) -> Option<usize> {
    let rest = text.get(from..)?;
    let white = rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
    (rest[..white].matches('\n').count() <= 1).then_some(from + white)
}

/// A row of a table whose rule stands below it.
fn starts_table(text: &str, after: &str) -> bool {
    let rule = after.trim().trim_start_matches(['>', ' ']);
    let drawn = rule.contains('-') && rule.bytes().all(|byte| matches!(byte, b'-' | b'|' | b':' | b' ' | b'\t' | b'+'));
    // A row that has not as many cells as its rule is none (GFM, 4.10). Where bars may be text, they are not counted.
    let cells = |row: &str| {
        let row = row.trim();
        let row = row.strip_prefix('|').unwrap_or(row);
        row.strip_suffix('|').unwrap_or(row).matches('|').count()
    };
    if !rule.contains('+') && !text.contains(['`', '$', '\\', '[', '{']) && cells(text) != cells(rule) {
        return false;
    }
    drawn && rule.contains('|') && text.contains('|') || text.starts_with('|') && drawn && rule.contains('|')
}

/// `| ` before a line of verse or of an address.
fn line_block(text: &str) -> Option<usize> {
    (text == "|" || text.starts_with("| ")).then_some(1)
}

/// What begins a definition, a caption, an alert.
fn leading_mark(text: &str) -> Option<usize> {
    if (text.starts_with(':') || text.starts_with('~')) && text[1..].starts_with([' ', '\t']) {
        return Some(1);
    }
    if let Some(caption) = ["Table:", "table:", "Figure:"].iter().find(|word| text.starts_with(**word)) {
        return Some(caption.len());
    }
    if let Some(word) = ["!!!", "???+", "???"].iter().find(|mark| text.starts_with(**mark)) {
        let behind = &text[word.len()..];
        let lead = behind.len() - behind.trim_start().len();
        let name =
            behind.trim_start().bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')).count();
        return (name > 0).then_some(word.len() + lead + name);
    }
    // `=== "Title"`: one of several tabs.
    if let Some(mark) = ["===! ", "===+ ", "=== "].iter().find(|mark| text.starts_with(**mark)) {
        let title = text[mark.len()..].trim();
        return (title.len() > 1 && title.starts_with('"') && title.ends_with('"')).then_some(mark.len());
    }
    let alert = text.strip_prefix("[!")?;
    let end = alert.find(']').filter(|end| alert[..*end].bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-'))?;
    let fold = usize::from(alert[end + 1..].starts_with(['+', '-']));
    Some(end + 3 + fold)
}
