//! The marks that take lines: fences of colons, line blocks, captions, lettered lists, admonitions, attributes on lines of their
//! own; and what is code or HTML, in which no mark stands. CommonMark's own blocks are followed only so far as that needs.

mod divs;
mod programs;
mod tables;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::attributes::braces;
use super::inlines::Scanner;
use super::{Attributes, Edits, Known, Mark, Told};
use crate::bytes;
pub use divs::says_words;

/// Looks through a text.
pub fn scan<'a>(text: &'a str, known: Known, edits: &mut Edits<'a>) {
    let mut scanner = Scanner::new(text, known, edits);
    if known.lines {
        scanner.examples = super::lists::examples(text);
    }
    let mut blocks = Blocks {
        text,
        known,
        scanner,
        leaf: None,
        fence: None,
        html: None,
        divs: Vec::new(),
        columns: None,
        above: Above::default(),
        item: 0,
        items: Vec::new(),
        comment_nowhere: false,
        div_nowhere: false,
        listed_to: 0,
        read_to: 0,
        formula_to: 0,
        labelled: BTreeMap::new(),
        slashes: None,
        lettered: BTreeSet::new(),
    };
    if known.lines {
        blocks.lettered_groups();
    }
    let mut at = 0;
    while at < text.len() {
        let end = memchr::memchr(b'\n', &text.as_bytes()[at..]).map_or(text.len(), |length| at + length);
        at = blocks.line(at, end).max(end + 1);
    }
    blocks.finish();
}

struct Blocks<'e, 'a> {
    text: &'a str,
    known: Known,
    scanner: Scanner<'e, 'a>,
    /// The paragraph that is open.
    leaf: Option<Range<usize>>,
    /// The code that is open: its sign, how often it stands, how deep in quotations, and how far its fence is set in.
    fence: Option<(u8, usize, usize, usize)>,
    /// What ends the HTML that is open; a blank line where nothing else does.
    html: Option<&'static str>,
    divs: Vec<OpenDiv>,
    /// Of the table whose rows come.
    columns: Option<usize>,
    above: Above,
    /// How far the text of the last list's item, definition or note is indented; 0 outside of them.
    item: usize,
    /// The same of those around it, from the outside.
    items: Vec<usize>,
    /// Whether no comment over several lines ends below.
    comment_nowhere: bool,
    /// Whether no division of HTML ends below.
    div_nowhere: bool,
    /// Up to where labels of lists are known.
    listed_to: usize,
    /// Up to where marks were found that go on over blank lines.
    read_to: usize,
    /// Up to where a displayed formula goes that began on a line of its own: no mark of a list or a heading stands in it.
    formula_to: usize,
    /// Where the labels of lists begin that were seen before their line came, and where their text does.
    labelled: BTreeMap<usize, usize>,
    /// Where the last line of so many slashes alone stands, once one is asked for.
    slashes: Option<BTreeMap<usize, usize>>,
    /// Where lines begin that a letter before the mark of a quotation makes part of a group (Leanpub).
    lettered: BTreeSet<usize>,
}

struct OpenDiv {
    at: usize,
    quotes: usize,
    /// The sign and the length of the fence where it is none of colons.
    fence: Option<(u8, usize)>,
    /// Whether it is no group: its paragraph is the caption of what stands above.
    is_caption: bool,
}

/// The line above.
#[derive(Clone, Copy, Default)]
struct Above {
    is_text: bool,
    quotes: usize,
    is_code: bool,
    is_row: bool,
    /// Whether a table was the last that stood above, blank lines between.
    table_ended: bool,
    is_heading: bool,
    in_lines: bool,
}

/// A line without what its containers write before it.
#[derive(Clone, Copy)]
struct Line {
    start: usize,
    /// Where its own text begins.
    text: usize,
    end: usize,
    quotes: usize,
    indent: usize,
    /// The same before the first mark of a quotation.
    lead: usize,
}

/// Tags that begin a block of HTML (CommonMark, section 4.6), and some that end no paragraph but hold no Markdown either.
const HTML: &[&str] = &[
    "address",
    "article",
    "aside",
    "base",
    "basefont",
    "blockquote",
    "body",
    "caption",
    "center",
    "col",
    "colgroup",
    "dd",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "frame",
    "frameset",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "iframe",
    "legend",
    "li",
    "link",
    "main",
    "menu",
    "menuitem",
    "nav",
    "noframes",
    "ol",
    "optgroup",
    "option",
    "p",
    "param",
    "search",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "title",
    "tr",
    "track",
    "ul",
];

impl<'a> Blocks<'_, 'a> {
    /// Takes one line; gives where the next begins where that is not behind its end.
    fn line(&mut self, start: usize, end: usize) -> usize {
        if end <= self.read_to {
            return 0;
        }
        let mut line = self.own(start.max(self.read_to), end);
        if let Some(behind) = self.verbatim(&line) {
            return behind;
        }
        if line.text == line.end {
            self.blank(line.quotes);
            return 0;
        }
        let was = self.above;
        if line.quotes != was.quotes {
            self.flush();
            self.columns = None;
        }
        while self.divs.last().is_some_and(|div| div.quotes > line.quotes) {
            self.unclosed();
        }
        self.above = Above { is_text: true, quotes: line.quotes, ..Above::default() };
        let is_code = |above: &Above| !above.is_text || above.is_code;
        if line.indent >= 4 + self.item && is_code(&was) && line.indent >= 4 {
            self.above.is_code = true;
            self.flush();
            return 0;
        }
        if let Some(columns) = self.columns {
            if self.begins_block(&line) {
                self.columns = None;
            } else {
                self.row(line.text..line.end, columns);
                self.above.is_row = true;
                return 0;
            }
        }
        if end <= self.formula_to {
            self.plain(&line);
            return 0;
        }
        let around = self.items.iter().rev().copied().find(|column| *column <= line.indent).unwrap_or(0);
        if was.is_text && !was.is_code && line.indent >= around + 4 {
            // Four columns further in nothing begins: it goes on with the paragraph above (CommonMark 4.4), also short of its item.
            self.begin_formula(&line);
            self.plain(&line);
            return 0;
        }
        for _ in 0..8 {
            let Some(text) = self.item_text(&line) else { break };
            self.flush();
            self.enter(line.indent + text - line.text);
            if self.text[line.text..].starts_with(BULLET) {
                // As wide as it is in bytes, so that what is set in by two stands below it.
                self.scanner.edits.write(line.text..line.text + BULLET.len(), "  -");
            }
            line = Line { text, indent: self.item, ..line };
            line.text += self.said_of_item(line.text..line.end);
            if line.text >= line.end {
                return 0;
            }
        }
        // A quotation in an item is the item's, however far its text stands in.
        let reach = line.indent.max(line.lead);
        if reach < self.item && !was.is_text {
            self.items.retain(|column| *column <= reach);
            self.item = self.items.last().copied().unwrap_or(0);
        }
        self.begin_formula(&line);
        match self.special(&line, &was) {
            Some(behind) => behind,
            None => {
                self.plain(&line);
                0
            }
        }
    }

    /// Finds the lines of Leanpub's groups, which stand below an empty line or each other: `W> Mind the gap.`
    fn lettered_groups(&mut self) {
        let (mut at, mut was, mut code) = (0, None, false);
        let mut free = true;
        for line in bytes::lines(self.text) {
            code ^= line.starts_with("```") || line.starts_with("~~~");
            let class = programs::lettered_group(line).filter(|_| !code && (free || was.is_some()));
            if let Some(name) = class {
                self.scanner.edits.fill(at..at + 1, b' ');
                self.lettered.insert(at);
                if was.is_none() {
                    self.scanner.edits.marks.push((at, Mark::Lettered(name)));
                }
            }
            (was, free) = (class, blank(line.trim_end_matches('\n')));
            at += line.len();
        }
    }

    /// kramdown's attributes right behind the mark of an item, with the white space behind them: how long they are.
    pub(super) fn said_of_item(&mut self, range: Range<usize>) -> usize {
        let own = &self.text[range.clone()];
        if !self.known.lines || !own.starts_with("{:") {
            return 0;
        }
        let Some((found, length)) = braces(own) else { return 0 };
        let white = own[length..].bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        self.scanner.edits.fill(range.start..range.start + length + white, super::VOID);
        // They are told where the text begins.
        self.scanner.edits.marks.push((range.start + length + white - 1, Mark::BlockAttributes(found)));
        length + white
    }

    /// What is indented so far belongs to an item that begins.
    fn enter(&mut self, column: usize) {
        self.items.retain(|outer| *outer < column);
        self.items.push(column);
        self.item = column;
    }

    /// A line's own text.
    fn own(&self, start: usize, end: usize) -> Line {
        let bytes = self.text.as_bytes();
        let (mut at, mut quotes, mut indent, mut lead) = (start, 0, 0, 0);
        if self.lettered.contains(&start) {
            at += 1;
        }
        while at < end {
            match bytes[at] {
                b' ' => indent += 1,
                b'\t' => indent += 4,
                b'>' if indent < 4 + self.item => {
                    lead = if quotes == 0 { indent } else { lead };
                    (quotes, indent) = (quotes + 1, 0);
                }
                _ => break,
            }
            at += 1;
        }
        // The space behind a quotation's mark is part of it.
        let indent = if quotes > 0 { indent.saturating_sub(1) } else { indent };
        Line { start, text: at, end, quotes, indent, lead }
    }

    /// Takes a line of code or HTML that is open.
    fn verbatim(&mut self, line: &Line) -> Option<usize> {
        let own = &self.text[line.text..line.end];
        if let Some((sign, length, quotes, indent)) = self.fence {
            if line.quotes >= quotes {
                // Four columns further in than what holds the code, or than its first fence, it is code.
                let is_code = line.indent >= self.item + 4 && line.indent > indent;
                if run(own, sign) >= length && own.trim_end().bytes().all(|byte| byte == sign) && !is_code {
                    self.fence = None;
                    self.above = Above { quotes: line.quotes, ..Above::default() };
                }
                return Some(0);
            }
            self.fence = None;
        }
        let until = self.html?;
        let ends = match until {
            "" => own.is_empty(),
            until => own.to_ascii_lowercase().contains(until),
        };
        if ends {
            self.html = None;
            self.above = Above { quotes: line.quotes, ..Above::default() };
        }
        (!until.is_empty() || !ends).then_some(0)
    }

    fn blank(&mut self, quotes: usize) {
        self.flush();
        let table_ended = self.columns.take().is_some() || self.above.table_ended && !self.above.is_text;
        // Blank lines between lines of indented code are part of it.
        self.above = Above { quotes, table_ended, ..Above::default() };
    }

    /// The text behind a list's mark.
    fn item_text(&self, line: &Line) -> Option<usize> {
        let own = &self.text[line.text..line.end];
        let mark = match own.as_bytes().first()? {
            b'-' | b'*' | b'+' => 1,
            0xE2 if self.known.lines && is_bullet(own) => BULLET.len(),
            byte if byte.is_ascii_digit() => {
                let digits = own.bytes().take(10).take_while(u8::is_ascii_digit).count();
                matches!(own.as_bytes().get(digits), Some(b'.' | b')')).then_some(digits + 1)?
            }
            _ => return None,
        };
        let spaces = own[mark..].bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        (spaces > 0 || own.len() == mark).then_some(())?;
        // Four spaces more are code in the item.
        Some(line.text + mark + if spaces > 4 { 1 } else { spaces })
    }

    /// Whether a line ends a table without a blank line before it.
    fn begins_block(&self, line: &Line) -> bool {
        let own = &self.text[line.text..line.end];
        let is_heading = || {
            let level = run(own, b'#');
            (1..=6).contains(&level) && own[level..].starts_with([' ', '\t'])
        };
        // With bars it is a row of the table.
        let is_row = own.starts_with([':', '{']) && own.contains('|');
        let begins = !is_row && ["```", "~~~", ":::", "{:", "<!--"].iter().any(|open| own.starts_with(open));
        line.indent < 4 && (begins || is_heading() || is_rule(own) || self.item_text(line).is_some()) || is_caption(own)
    }

    /// A line that begins like something that takes lines.
    fn special(&mut self, line: &Line, was: &Above) -> Option<usize> {
        let own = &self.text[line.text..line.end];
        match own.as_bytes()[0] {
            b'~' if own.starts_with("~ ") => self.tilde(line, was),
            b'`' | b'~' => self.code(line),
            b':' => self.colons(line, was),
            b'#' => self.heading(line),
            b'<' if own.starts_with("<<< ") => self.snippet(line),
            b'<' => self.tag(line),
            b'[' => self.contents(line).or_else(|| self.bracketed(line, was)),
            b'{' => self.contents(line).or_else(|| self.leanpub(line)).or_else(|| self.braces_line(line, was)),
            b'$' | b'@' => self.contents(line),
            b'i' | b'e' => self.statement(line),
            b'=' => self.underline(line, was).or_else(|| self.boxed(line)),
            b'-' if own.starts_with("--8<--") => self.snippet(line),
            b'-' => self.underline(line, was),
            b'!' | b'?' => self.boxed(line),
            b'%' => self.comment(line).or_else(|| self.percent(line)),
            b'/' => self.slashes(line),
            b'T' | b't' => self.caption_word(line),
            b'*' => self.abbreviation(line),
            b'+' => self.cell_break(line).or_else(|| self.grid(line, was)),
            b'\\' => self.layout(line),
            _ => None,
        }
        .or_else(|| self.table(line))
        .or_else(|| self.line_block(line, was))
        .or_else(|| self.lettered(line, was))
    }

    /// A line of two dollars, or that begins with them, opens a formula that goes on to the next two, if they come before a blank
    /// line.
    fn begin_formula(&mut self, line: &Line) {
        let own = &self.text[line.text..line.end];
        if !own.starts_with("$$") || own[2..].contains("$$") {
            return;
        }
        let mut at = line.end + 1;
        while let Some(below) = self.text.get(at..).and_then(|rest| rest.split('\n').next()).filter(|below| !blank(below)) {
            at += below.len() + 1;
            if below.contains("$$") {
                self.formula_to = at - 1;
                return;
            }
        }
    }

    /// A line of a paragraph.
    fn plain(&mut self, line: &Line) {
        match &mut self.leaf {
            Some(leaf) => leaf.end = line.end,
            None => self.leaf = Some(line.text..line.end),
        }
    }

    /// Looks through the paragraph that has ended.
    fn flush(&mut self) {
        if let Some(leaf) = self.leaf.take() {
            self.read_to = self.scanner.stretch(leaf);
        }
    }

    /// Takes braces off the end of a heading or a caption.
    fn trailing_attributes(&mut self, range: Range<usize>) -> Option<usize> {
        let own = self.text[range.clone()].trim_end();
        let from = own.ends_with('}').then(|| own.rfind('{'))??;
        let (found, length) = braces(&own[from..])?;
        (from + length == own.len() && !own[..from].ends_with(['\\', '`', ']', '$', ')'])).then_some(())?;
        let at = range.start + from;
        self.scanner.edits.fill(at..at + length, b' ');
        self.scanner.edits.marks.push((at, Mark::BlockAttributes(found)));
        Some(at)
    }

    fn heading(&mut self, line: &Line) -> Option<usize> {
        let own = &self.text[line.text..line.end];
        let level = run(own, b'#');
        if level > 6 || !own[level..].starts_with([' ', '\t']) && own.len() > level {
            if self.known.lines && (2..=6).contains(&level) && own[level..].starts_with(char::is_alphabetic) {
                self.scanner.edits.tell(Told::NumberSigns, line.text..line.text + level);
            }
            return None;
        }
        self.flush();
        let attributes = self.trailing_attributes(line.text + level..line.end);
        let end = attributes.unwrap_or(line.end);
        let mut level = level;
        if self.known.lines
            && let Some(mark) = ["(PART) ", "(APPENDIX) "].iter().find(|mark| own[level..].trim_start().starts_with(**mark))
        {
            // bookdown's marks of parts and appendices.
            let white = own[level..].len() - own[level..].trim_start().len();
            let from = line.text + level + white;
            self.scanner.edits.fill(from..from + mark.len(), super::VOID);
            level += white + mark.len();
            if *mark == "(PART) " {
                self.mark_part(from, attributes.is_some());
            }
        }
        self.scanner.stretch(line.text + level..end);
        self.above = Above { quotes: line.quotes, is_heading: true, ..Above::default() };
        Some(0)
    }

    /// Says of a heading that it opens a part, in the attributes just read where it has some.
    fn mark_part(&mut self, at: usize, has_attributes: bool) {
        let part = "part".to_owned();
        match self.scanner.edits.marks.last_mut() {
            Some((_, Mark::BlockAttributes(said))) if has_attributes => said.classes.push(part),
            _ => {
                let attributes = Attributes { classes: vec![part], ..Attributes::default() };
                self.scanner.edits.marks.push((at, Mark::BlockAttributes(attributes)));
            }
        }
    }

    /// A line below a paragraph that makes a heading of it.
    fn underline(&mut self, line: &Line, was: &Above) -> Option<usize> {
        let own = self.text[line.text..line.end].trim_end();
        let sign = own.as_bytes()[0];
        if !own.bytes().all(|byte| byte == sign) || self.leaf.is_none() || !was.is_text {
            return None;
        }
        let leaf = self.leaf.clone().unwrap_or(line.text..line.text);
        let end = self.trailing_attributes(leaf.clone()).unwrap_or(leaf.end);
        self.leaf = Some(leaf.start..end);
        self.flush();
        self.above = Above { quotes: line.quotes, is_heading: true, ..Above::default() };
        Some(0)
    }

    fn tag(&mut self, line: &Line) -> Option<usize> {
        let own = &self.text[line.text..line.end];
        let name_at = 1 + usize::from(own[1..].starts_with('/'));
        let length = own[name_at..].bytes().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let name = own[name_at..name_at + length].to_ascii_lowercase();
        if name == "div"
            && let Some(behind) = self.html_div(line)
        {
            return Some(behind);
        }
        let until = match name.as_str() {
            "pre" => "</pre>",
            "script" => "</script>",
            "style" => "</style>",
            "textarea" => "</textarea>",
            _ if own.starts_with("<!--") => "-->",
            _ if own.starts_with("<?") => "?>",
            name if HTML.contains(&name) => "",
            _ => return None,
        };
        self.flush();
        if until.is_empty() || !own[1..].to_ascii_lowercase().contains(until) {
            self.html = Some(until);
        }
        Some(0)
    }

    /// kramdown's attributes, on a line of their own below what they belong to.
    fn braces_line(&mut self, line: &Line, was: &Above) -> Option<usize> {
        let own = self.text[line.text..line.end].trim_end();
        if own == "{:toc}" {
            // kramdown puts a table of contents here: every output has one of its own.
            let above = self.text[..line.start].trim_end_matches('\n');
            let above = above.rfind('\n').map_or(0, |at| at + 1)..above.len();
            let item = self.text[above.clone()].trim_start();
            let is_item = item.starts_with(['*', '-', '+']) || item.starts_with("1.");
            // The list above it is what the contents take the place of.
            if was.is_text && above.end + 1 == line.start && is_item && self.known.lines {
                self.leaf = None;
                self.scanner.edits.fill(above.clone(), b' ');
                self.scanner.edits.tell(Told::Contents, above);
            }
            return self.left_out(line.text..line.end, line, Told::Contents);
        }
        if self.closes_braces(line) {
            self.flush();
            self.divs.pop();
            self.rule(line, Mark::DivClose);
            return Some(0);
        }
        if own == "{::comment}" && self.known.lines {
            return self.comment_between(line, |line| matches!(line.trim(), "{:/comment}" | "{:/}"));
        }
        // kramdown's options and lists of attributes with a name say nothing here.
        let is_named = own.strip_prefix("{:").and_then(|rest| rest.split_once(": ")).is_some_and(|(name, rest)| {
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') && rest.ends_with('}')
        });
        let is_option = (own.starts_with("{::options ") || own.starts_with("{::nomarkdown") || own.starts_with("{:/"))
            && own.ends_with('}')
            && !own[1..].contains('{');
        if self.known.lines && (is_named || is_option) {
            self.flush();
            self.scanner.edits.fill(line.text..line.end, b' ');
            self.scanner.edits.tell(Told::Attribute, line.text..line.end);
            self.blank(line.quotes);
            return Some(0);
        }
        // MyST writes them above what they belong to.
        let is_behind = was.is_text || was.is_heading || was.is_row;
        let above = !own.starts_with("{:") && !is_behind;
        let below = self.text.get(line.end + 1..).and_then(|rest| rest.split('\n').next()).unwrap_or("");
        if !own.starts_with("{:") && !self.known.lines {
            return None;
        }
        if above && blank(below) && !own.starts_with("{:") {
            return self.named_from_afar(line);
        }
        let (found, length) = braces(own)?;
        if length < own.len() || line.start == 0 && !above {
            return None;
        }
        if !is_behind {
            return self.above(line, found);
        }
        self.flush();
        self.scanner.edits.fill(line.text..line.end, b' ');
        // At the margin below a list they are the list's.
        let is_of_list =
            own.starts_with("{:") && self.known.lines && line.indent == 0 && self.items == [self.item] && self.item > 0;
        let mark = if is_of_list && was.is_text { Mark::ListAttributes(found) } else { Mark::BlockAttributes(found) };
        self.scanner.edits.marks.push((line.start - 1, mark));
        self.blank(line.quotes);
        Some(0)
    }

    /// `~ definition`, as pandoc writes it, too, below a term of one line or another definition.
    fn tilde(&mut self, line: &Line, was: &Above) -> Option<usize> {
        let above = self.text[..line.start].trim_end_matches('\n').rsplit('\n').next().unwrap_or("").trim_start();
        let is_definition = above.starts_with("~ ") || above.starts_with(": ");
        let is_term = self.leaf.as_ref().is_some_and(|leaf| !self.text[leaf.clone()].contains('\n'));
        // Short of its item, or further in, it goes on with the paragraph above.
        let is_inside = (self.item..self.item + 4).contains(&line.indent);
        if !self.known.lines || !is_inside || !was.is_text || !(is_definition || is_term) {
            return None;
        }
        self.flush();
        self.scanner.edits.write(line.text..line.text + 1, ":");
        self.leaf = Some(line.text + 2..line.end);
        Some(0)
    }

    /// A comment of Obsidian over several lines.
    fn comment(&mut self, line: &Line) -> Option<usize> {
        let is_mark = |line: &str| line.trim() == "%%";
        if !self.known.lines || !is_mark(&self.text[line.text..line.end]) {
            return None;
        }
        self.comment_between(line, is_mark)
    }

    /// A comment whose first mark stands on a line of its own, and its last.
    fn comment_between(&mut self, line: &Line, is_mark: fn(&str) -> bool) -> Option<usize> {
        if self.comment_nowhere {
            return None;
        }
        self.flush();
        let mut at = line.end + 1;
        while at < self.text.len() {
            let end = self.text[at..].find('\n').map_or(self.text.len(), |length| at + length);
            if is_mark(&self.text[at..end]) {
                let text = self.text[line.end..at].trim();
                if text.is_empty() || text.contains("-->") {
                    return None;
                }
                self.scanner.edits.mark(line.text..end, Mark::Comment(text.to_owned()));
                return Some(end + 1);
            }
            at = end + 1;
        }
        self.comment_nowhere = true;
        None
    }

    /// A line of nothing but TeX commands that lay out a page.
    fn layout(&mut self, line: &Line) -> Option<usize> {
        let own = self.text[line.text..line.end].trim_end();
        if !self.known.lines || !is_layout(own) {
            return None;
        }
        self.flush();
        if let Some((_, name)) = LISTS.iter().find(|(known, _)| {
            own.strip_prefix(known)
                .is_some_and(|rest| !rest.contains('\\') && (rest.is_empty() || rest.starts_with(['{', '['])))
        }) {
            self.rule(line, Mark::ListOf(name));
            return Some(0);
        }
        self.scanner.edits.fill(line.text..line.end, b' ');
        self.scanner.edits.tell(Told::TexLayout, line.text..line.text + own.len());
        self.blank(line.quotes);
        Some(0)
    }

    fn abbreviation(&mut self, line: &Line) -> Option<usize> {
        let rest = self.text[line.text..line.end].strip_prefix("*[")?;
        let close = rest.bytes().take(200).position(|byte| byte == b']')?;
        let meaning = rest[close..].strip_prefix("]:")?;
        if meaning.trim().is_empty() || rest[..close].trim().is_empty() {
            self.scanner.edits.tell(Told::Abbreviation, line.text..line.end);
            return None;
        }
        self.flush();
        self.rule(line, Mark::Abbreviation);
        Some(0)
    }

    fn finish(&mut self) {
        self.flush();
        while !self.divs.is_empty() {
            self.unclosed();
        }
    }
}

/// A bullet as it is printed, and as word processors paste it.
const BULLET: &str = "•";

/// Whether a line is an item behind such a bullet, and no ornament of several.
fn is_bullet(own: &str) -> bool {
    own.strip_prefix(BULLET).is_some_and(|rest| rest.starts_with([' ', '\t'])) && !own.trim_end().ends_with(BULLET)
}

/// Commands of TeX that only lay out a page.
const LAYOUT: &[&str] = &[
    "newpage",
    "pagebreak",
    "clearpage",
    "cleardoublepage",
    "vspace",
    "vfill",
    "hfill",
    "bigskip",
    "medskip",
    "smallskip",
    "noindent",
    "indent",
    "centering",
    "raggedright",
    "raggedleft",
    "par",
    "null",
    "mbox",
    "maketitle",
    "tableofcontents",
    "listoffigures",
    "listoftables",
    "frontmatter",
    "mainmatter",
    "backmatter",
    "thispagestyle",
    "pagestyle",
    "pagenumbering",
    "setcounter",
    "addtocounter",
    "setlength",
    "linebreak",
    "newline",
    "singlespacing",
    "onehalfspacing",
    "doublespacing",
    "addcontentsline",
    "markboth",
    "markright",
    "blandscape",
    "elandscape",
    "appendix",
    "appendices",
    "hspace",
    "hrule",
    "vskip",
    "hskip",
    "phantomsection",
    "printindex",
    "makeindex",
    "printbibliography",
    "bibliography",
    "bibliographystyle",
    "nocite",
    "usepackage",
    "documentclass",
    "newcommand",
    "renewcommand",
    "providecommand",
    "setmainfont",
    "selectlanguage",
    "protect",
    "nopagebreak",
    "allowbreak",
    "sloppy",
    "fussy",
    "ignorespaces",
    "cleartoverso",
    "cleartorecto",
    "normalsize",
    "small",
    "footnotesize",
    "large",
];

/// Commands of TeX that put a list here which is made when the work is known, and what the tree calls it.
const LISTS: &[(&str, &str)] = &[
    ("\\listoffigures", "figures"),
    ("\\listoftables", "tables"),
    ("\\printindex", ""),
    ("\\printbibliography", BIBLIOGRAPHY),
    ("\\bibliography", BIBLIOGRAPHY),
];

/// The list of the works that are cited.
pub const BIBLIOGRAPHY: &str = "refs";

/// Environments of TeX that only say where lines stand.
const STANDING: &[&str] = &["center", "flushleft", "flushright", "samepage", "minipage", "singlespace", "doublespace"];

/// Whether a line holds commands of layout and nothing else.
fn is_layout(own: &str) -> bool {
    // pandoc writes an empty paragraph of Word so.
    if own == "\\" {
        return true;
    }
    let mut rest = own;
    while !rest.is_empty() {
        let Some(inner) = rest.strip_prefix('\\') else { return false };
        let length = inner.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (name, mut behind) = inner.split_at(length);
        behind = behind.strip_prefix('*').unwrap_or(behind);
        let mut arguments = Vec::new();
        while let Some(open) = behind.chars().next().filter(|c| matches!(c, '[' | '{')) {
            let close = if open == '[' { ']' } else { '}' };
            let Some(end) = closing(behind, open, close) else { return false };
            arguments.push(&behind[1..end]);
            behind = &behind[end + 1..];
        }
        // What stands in a box may be words.
        let is_known = match name {
            "begin" | "end" => arguments.first().is_some_and(|name| STANDING.contains(name)),
            "mbox" => arguments.iter().all(|said| said.is_empty()) && !arguments.is_empty(),
            name => LAYOUT.contains(&name),
        };
        if !is_known {
            return false;
        }
        rest = behind.trim_start();
    }
    !own.is_empty()
}

/// Where the bracket closes that a text begins with.
fn closing(text: &str, open: char, close: char) -> Option<usize> {
    let mut depth = 0_usize;
    text.char_indices().find_map(|(at, c)| {
        depth += usize::from(c == open);
        depth -= usize::from(c == close);
        (depth == 0).then_some(at)
    })
}

fn run(text: &str, sign: u8) -> usize {
    text.bytes().take_while(|byte| *byte == sign).count()
}

/// A thematic break (CommonMark 4.1).
fn is_rule(own: &str) -> bool {
    let mut signs = own.bytes().filter(|byte| !matches!(byte, b' ' | b'\t'));
    let first = signs.next().filter(|sign| matches!(sign, b'*' | b'-' | b'_'));
    first.is_some_and(|first| signs.clone().count() >= 2 && signs.all(|sign| sign == first))
}

fn blank(line: &str) -> bool {
    line.trim_matches([' ', '\t', '>']).is_empty()
}

fn is_caption(own: &str) -> bool {
    ["Table: ", "table: "].iter().any(|word| own.starts_with(word))
}
