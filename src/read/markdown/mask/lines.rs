//! The marks that take lines: fences of colons, line blocks, captions, lettered lists, admonitions, attributes on lines of their
//! own; and what is code or HTML, in which no mark stands. CommonMark's own blocks are followed only so far as that needs.

use std::ops::Range;

use super::attributes::{Attributes, braces};
use super::inlines::{Scanner, code_end};
use super::{Div, Edits, Known, Mark, Told, VOID, lists};

/// Looks through a text.
pub fn scan<'a>(text: &'a str, known: Known, edits: &mut Edits<'a>) {
    let scanner = Scanner::new(text, known, edits);
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
        comment_nowhere: false,
        listed_to: 0,
        read_to: 0,
    };
    let mut at = 0;
    while at < text.len() {
        let end = text[at..].find('\n').map_or(text.len(), |length| at + length);
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
    /// The code that is open: its sign, how often it stands, and how deep in quotations.
    fence: Option<(u8, usize, usize)>,
    /// What ends the HTML that is open; a blank line where nothing else does.
    html: Option<&'static str>,
    divs: Vec<OpenDiv>,
    /// Of the table whose rows come.
    columns: Option<usize>,
    above: Above,
    /// How far the text of the last list's item is indented; 0 outside of lists.
    item: usize,
    /// Whether no comment over several lines ends below.
    comment_nowhere: bool,
    /// Up to where labels of lists are known.
    listed_to: usize,
    /// Up to where marks were found that go on over blank lines.
    read_to: usize,
}

struct OpenDiv {
    at: usize,
    quotes: usize,
    /// The sign and the length of the fence where it is one of code.
    fence: Option<(u8, usize)>,
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

/// Directives whose content is Markdown where they stand behind a fence of code.
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
        for _ in 0..8 {
            let Some(text) = self.item_text(&line) else { break };
            self.flush();
            self.item = line.indent + text - line.text;
            line = Line { text, indent: self.item, ..line };
            if line.text >= line.end {
                return 0;
            }
        }
        if line.indent < self.item && !was.is_text {
            self.item = 0;
        }
        match self.special(&line, &was) {
            Some(behind) => behind,
            None => {
                self.plain(&line);
                0
            }
        }
    }

    /// A line's own text.
    fn own(&self, start: usize, end: usize) -> Line {
        let bytes = self.text.as_bytes();
        let (mut at, mut quotes, mut indent) = (start, 0, 0);
        while at < end {
            match bytes[at] {
                b' ' => indent += 1,
                b'\t' => indent += 4,
                b'>' if indent < 4 + self.item => (quotes, indent) = (quotes + 1, 0),
                _ => break,
            }
            at += 1;
        }
        // The space behind a quotation's mark is part of it.
        let indent = if quotes > 0 { indent.saturating_sub(1) } else { indent };
        Line { start, text: at, end, quotes, indent }
    }

    /// Takes a line of code or HTML that is open.
    fn verbatim(&mut self, line: &Line) -> Option<usize> {
        let own = &self.text[line.text..line.end];
        if let Some((sign, length, quotes)) = self.fence {
            if line.quotes >= quotes {
                if run(own, sign) >= length && own.trim_end().bytes().all(|byte| byte == sign) {
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
        line.indent < 4 && (own.starts_with("```") || own.starts_with("~~~") || own.starts_with(":::") || own.starts_with("{:"))
            || is_caption(own)
    }

    /// A line that begins like something that takes lines.
    fn special(&mut self, line: &Line, was: &Above) -> Option<usize> {
        let own = &self.text[line.text..line.end];
        match own.as_bytes()[0] {
            b'`' | b'~' => self.code(line),
            b':' => self.colons(line, was),
            b'#' => self.heading(line),
            b'<' => self.tag(line),
            b'[' => self.bracketed(line, was),
            b'{' => self.braces_line(line, was),
            b'=' | b'-' => self.underline(line, was),
            b'!' | b'?' => self.boxed(line),
            b'%' => self.comment(line),
            b'T' | b't' => self.caption_word(line),
            b'*' => self.abbreviation(line),
            b'+' => self.grid(line, was),
            _ => None,
        }
        .or_else(|| self.table(line))
        .or_else(|| self.line_block(line, was))
        .or_else(|| self.lettered(line, was))
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

    fn code(&mut self, line: &Line) -> Option<usize> {
        let own = &self.text[line.text..line.end];
        let sign = own.as_bytes()[0];
        let length = run(own, sign);
        let info = own[length..].trim();
        if length < 3 || sign == b'`' && info.contains('`') {
            return None;
        }
        self.flush();
        let open = self.divs.last().filter(|div| div.fence == Some((sign, length)) && info.is_empty());
        if open.is_some() {
            self.divs.pop();
            self.rule(line, Mark::DivClose);
            return Some(0);
        }
        if let Some((name, title)) = directive(info)
            && DIRECTIVES.contains(&name)
        {
            let div = Div { directive: Some(name.to_owned()), title: title.to_owned(), ..Div::default() };
            return Some(self.open_div(line, div, Some((sign, length))));
        }
        self.fence = Some((sign, length, line.quotes));
        Some(0)
    }

    /// A line that is a rule to the parser.
    fn rule(&mut self, line: &Line, mark: Mark) {
        self.scanner.edits.write(line.text..line.end, "___");
        self.scanner.edits.marks.push((line.text, mark));
        self.above = Above { quotes: line.quotes, ..Above::default() };
    }

    fn open_div(&mut self, line: &Line, mut div: Div, fence: Option<(u8, usize)>) -> usize {
        self.flush();
        let behind = if div.directive.is_some() { self.options(line, &mut div) } else { 0 };
        self.rule(line, Mark::DivOpen(div));
        self.divs.push(OpenDiv { at: line.text, quotes: line.quotes, fence });
        behind
    }

    /// `:key: value` on the lines below a directive.
    fn options(&mut self, line: &Line, div: &mut Div) -> usize {
        let mut start = line.end + 1;
        while start < self.text.len() {
            let end = self.text[start..].find('\n').map_or(self.text.len(), |length| start + length);
            let below = self.own(start, end);
            let option = self.text[below.text..end].strip_prefix(':').and_then(|rest| rest.split_once(':'));
            let Some((key, value)) =
                option.filter(|(key, _)| !key.is_empty() && key.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'))
            else {
                break;
            };
            match key {
                "class" => div.attributes.classes.extend(value.split_whitespace().map(str::to_owned)),
                "name" => div.attributes.id = Some(value.trim().to_owned()),
                _ => div.attributes.pairs.push((key.to_owned(), value.trim().to_owned())),
            }
            self.scanner.edits.fill(below.text..end, b' ');
            start = end + 1;
        }
        if start > line.end + 1 { start } else { 0 }
    }

    fn colons(&mut self, line: &Line, was: &Above) -> Option<usize> {
        let own = &self.text[line.text..line.end];
        let length = run(own, b':');
        if length < 3 {
            return self.caption_colon(line, was);
        }
        let rest = own[length..].trim().trim_end_matches(':').trim();
        if rest.is_empty() {
            self.flush();
            match self.divs.last() {
                Some(div) if div.fence.is_none() => {
                    self.divs.pop();
                    self.rule(line, Mark::DivClose);
                }
                _ => {
                    self.scanner.edits.text(line.text..line.text + own.trim_end().len());
                    self.scanner.edits.tell(Told::Colons, line.text..line.end);
                    self.plain(line);
                }
            }
            return Some(0);
        }
        match div(rest) {
            Some(found) => Some(self.open_div(line, found, None)),
            None => {
                self.flush();
                self.scanner.edits.text(line.text..line.text + length);
                None
            }
        }
    }

    /// `: caption` below a table, or above one where no term stands.
    fn caption_colon(&mut self, line: &Line, was: &Above) -> Option<usize> {
        let own = &self.text[line.text..line.end];
        if !self.known.lines || !own[1..].starts_with(' ') {
            self.flush();
            return None;
        }
        if was.is_row || was.table_ended || !was.is_text && was.is_heading && self.table_follows(line) {
            return Some(self.caption(line, 2));
        }
        // A definition.
        self.flush();
        None
    }

    fn caption_word(&mut self, line: &Line) -> Option<usize> {
        let own = &self.text[line.text..line.end];
        let near = self.above_is_table(line) || self.table_follows(line);
        (self.known.lines && self.leaf.is_none() && is_caption(own) && near).then(|| self.caption(line, "Table: ".len()))
    }

    fn above_is_table(&self, line: &Line) -> bool {
        let above = self.text[..line.start].trim_end();
        above.rsplit('\n').next().is_some_and(|last| last.trim_start_matches([' ', '>']).contains('|'))
    }

    /// Whether a table begins below a line and its paragraph, a blank line between.
    fn table_follows(&self, line: &Line) -> bool {
        let mut lines =
            self.text[line.end..].split('\n').skip(1).take(12).skip_while(|line| !blank(line)).skip_while(|line| blank(line));
        let head = lines.next().unwrap_or("");
        head.contains('|') && lines.next().is_some_and(|line| columns(line).is_some())
    }

    fn caption(&mut self, line: &Line, mark: usize) -> usize {
        self.flush();
        self.scanner.edits.mark(line.text..line.text + mark, Mark::Caption);
        // The attributes stand at its end, which may be some lines below.
        let mut end = line.end;
        while let Some(next) = self.text[end..].strip_prefix('\n') {
            let next = next.split('\n').next().unwrap_or("");
            if blank(next) || next.trim_start_matches([' ', '>']).contains('|') {
                break;
            }
            end += 1 + next.len();
        }
        self.trailing_attributes(line.text + mark..end);
        self.scanner.stretch(line.text + mark..end);
        self.above = Above { quotes: line.quotes, ..Above::default() };
        end + 1
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
            return None;
        }
        self.flush();
        let end = self.trailing_attributes(line.text + level..line.end).unwrap_or(line.end);
        self.scanner.stretch(line.text + level..end);
        self.above = Above { quotes: line.quotes, is_heading: true, ..Above::default() };
        Some(0)
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

    /// The definition of a link's address, in which no mark stands, or an admonition's head in a quotation.
    fn bracketed(&mut self, line: &Line, was: &Above) -> Option<usize> {
        let own = &self.text[line.text..line.end];
        if own.starts_with("[!") && line.quotes > was.quotes {
            let name =
                &own[2..2 + own[2..].bytes().take(30).take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'-').count()];
            let behind = own[2 + name.len()..].strip_prefix(']')?;
            let fold = usize::from(behind.starts_with(['-', '+']));
            let white = behind[fold..].bytes().take_while(|byte| *byte == b' ').count();
            if name.is_empty() || !behind.is_empty() && behind[fold..].trim_start().len() == behind.len() {
                return None;
            }
            self.flush();
            let end = line.text + name.len() + 3 + fold + white;
            self.scanner.edits.mark(line.text..end, Mark::Admonition(name.to_ascii_lowercase()));
            self.scanner.stretch(end..line.end);
            self.above = Above { is_text: true, quotes: line.quotes, ..Above::default() };
            return Some(0);
        }
        let label = own[1..].bytes().take(400).position(|byte| matches!(byte, b']' | b'['))? + 1;
        if !own[label..].starts_with("]:") {
            return None;
        }
        self.flush();
        if own.starts_with("[^") {
            let text = line.text + label + 2;
            self.item = 4;
            self.leaf = Some(text..line.end);
        }
        Some(0)
    }

    /// kramdown's attributes, on a line of their own below what they belong to.
    fn braces_line(&mut self, line: &Line, was: &Above) -> Option<usize> {
        let own = self.text[line.text..line.end].trim_end();
        let (found, length) = own.starts_with("{:").then(|| braces(own))??;
        if length < own.len() || line.start == 0 {
            return None;
        }
        self.flush();
        self.scanner.edits.fill(line.text..line.end, b' ');
        match was.is_text || was.is_heading || was.is_row {
            true => self.scanner.edits.marks.push((line.start - 1, Mark::BlockAttributes(found))),
            false => self.scanner.edits.tell(Told::Attribute, line.text..line.end),
        }
        self.blank(line.quotes);
        Some(0)
    }

    /// `!!! note "Title"`: to the parser an item of a list, whose text is indented as far.
    fn boxed(&mut self, line: &Line) -> Option<usize> {
        let own = &self.text[line.text..line.end];
        let mark = ["!!! ", "???+ ", "??? "].into_iter().find(|mark| own.starts_with(mark))?;
        let rest = &own[mark.len()..];
        let name = &rest[..rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'-').count()];
        let title = rest[name.len()..].trim();
        let quoted = title.len() > 1 && title.starts_with('"') && title.ends_with('"');
        if !self.known.lines || name.is_empty() || !title.is_empty() && !quoted || self.leaf.is_some() {
            return None;
        }
        self.flush();
        let edits = &mut self.scanner.edits;
        edits.write(line.text..line.text + 4, "+");
        let behind = if quoted { own.find('"').unwrap_or(own.len()) + 1 } else { own.len() };
        edits.mark(line.text + 4..line.text + behind, Mark::Admonition(name.to_ascii_lowercase()));
        if quoted {
            let to = line.text + own.trim_end().len();
            edits.fill(to - 1..to, VOID);
        }
        self.item = line.indent + 4;
        Some(0)
    }

    /// A comment of Obsidian over several lines.
    fn comment(&mut self, line: &Line) -> Option<usize> {
        let is_mark = |line: &str| line.trim() == "%%";
        if !self.known.lines || self.comment_nowhere || !is_mark(&self.text[line.text..line.end]) {
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

    fn abbreviation(&mut self, line: &Line) -> Option<usize> {
        let rest = self.text[line.text..line.end].strip_prefix("*[")?;
        let close = rest.bytes().take(200).position(|byte| byte == b']')?;
        rest[close..].starts_with("]: ").then_some(())?;
        self.scanner.edits.tell(Told::Abbreviation, line.text..line.end);
        None
    }

    fn grid(&mut self, line: &Line, was: &Above) -> Option<usize> {
        let own = self.text[line.text..line.end].trim_end();
        let is_border =
            own.len() > 4 && own.ends_with('+') && own.bytes().all(|byte| b"+-=:".contains(&byte)) && own.contains("--");
        if is_border && !was.is_text {
            self.scanner.edits.tell(Told::GridTable, line.text..line.end);
        }
        None
    }

    /// The head of a table: a line with bars above one that says how the columns stand.
    fn table(&mut self, line: &Line) -> Option<usize> {
        let own = &self.text[line.text..line.end];
        own.contains('|').then_some(())?;
        let below = self.text.get(line.end + 1..)?.split('\n').next()?;
        let found = columns(below)?;
        let bars = self.bars(line.text..line.end);
        (cells(own, line.text, &bars.open) == found).then_some(())?;
        self.flush();
        self.row(line.text..line.end, found);
        self.columns = Some(found);
        self.above.is_row = true;
        Some(line.end + 1 + below.len() + 1)
    }

    /// Takes the cells of a row.
    fn row(&mut self, row: Range<usize>, columns: usize) {
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
        let mut closing = super::formula::Closing::default();
        let mut at = row.start;
        while at < row.end {
            match bytes[at] {
                b'\\' => match bytes.get(at + 1) {
                    Some(b'(') => {
                        let found = super::formula::brackets(self.text, at, row.end, &mut closing);
                        at = found.map_or(at + 2, |found| found.end);
                        continue;
                    }
                    _ => at += 1,
                },
                b'|' => bars.open.push(at),
                b'$' => {
                    if let Some(found) = super::formula::dollars(self.text, at, row.end, &mut closing) {
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
    fn line_block(&mut self, line: &Line, was: &Above) -> Option<usize> {
        let own = &self.text[line.text..line.end];
        let is_line = |own: &str| {
            own.trim_end() == "|"
                || own.starts_with("| ") && (!own.trim_end().ends_with('|') || own.trim_end().ends_with("\\|"))
        };
        if !self.known.lines || !was.in_lines && self.leaf.is_some() {
            return None;
        }
        if was.in_lines && line.text > line.start && !is_line(own) {
            self.above.in_lines = true;
            return None;
        }
        is_line(own).then_some(())?;
        if !was.in_lines {
            // A bar alone is what is left of a table.
            let below = self.text.get(line.end + 1..).and_then(|rest| rest.split('\n').next()).unwrap_or("");
            let below = below.trim_start_matches([' ', '>']);
            (own.trim_end() != "|" && (is_line(below) || blank(below))).then_some(())?;
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
    fn lettered(&mut self, line: &Line, was: &Above) -> Option<usize> {
        if !self.known.lines || line.text < self.listed_to {
            return None;
        }
        let first = lists::label(self.text, line.text)?;
        if was.is_text && self.leaf.is_some() {
            return None;
        }
        let (mut last, mut found, mut labels) = (first.clone(), None, vec![first.clone()]);
        for below in (Below { text: self.text, at: line.end + 1 }).take(200) {
            let below = self.own(below.start, below.end);
            if below.text == below.end || below.quotes != line.quotes {
                break;
            }
            let Some(next) = lists::label(self.text, below.text).filter(|_| below.indent == line.indent) else { continue };
            let Some(reading) = lists::counts_on(&last, &next) else { continue };
            found.get_or_insert(reading);
            last = next.clone();
            labels.push(next);
        }
        self.listed_to = line.end;
        let alone = first.readings[0].style == lists::Style::Next || first.readings[0].style == lists::Style::Example;
        let found = found.or(alone.then_some(first.readings[0]))?;
        for label in &labels {
            if found.style == lists::Style::Example {
                let name = self.text[label.range.clone()].trim_matches(['(', ')', '@']);
                self.scanner.examples.extend((!name.is_empty()).then_some(name));
            }
            match lists::decimal(label) {
                Some(decimal) => self.scanner.edits.write(label.range.clone(), &decimal),
                None => self.scanner.edits.tell(Told::LongEnumerator, label.range.clone()),
            }
        }
        self.scanner.edits.marks.push((line.text, Mark::Enumerator(found)));
        // Each item is a paragraph of its own.
        for label in &labels {
            let end = self.text[label.range.start..].find('\n').map_or(self.text.len(), |length| label.range.start + length);
            self.listed_to = end;
        }
        self.flush();
        self.item = line.indent + first.range.len() + 1;
        self.leaf = Some(first.range.end..line.end);
        Some(0)
    }

    fn unclosed(&mut self) {
        if let Some(div) = self.divs.pop() {
            self.scanner.edits.tell(Told::Unclosed, div.at..div.at + 3);
        }
    }

    fn finish(&mut self) {
        self.flush();
        while !self.divs.is_empty() {
            self.unclosed();
        }
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

fn run(text: &str, sign: u8) -> usize {
    text.bytes().take_while(|byte| *byte == sign).count()
}

fn blank(line: &str) -> bool {
    line.trim_matches([' ', '\t', '>']).is_empty()
}

fn is_caption(own: &str) -> bool {
    ["Table: ", "table: "].iter().any(|word| own.starts_with(word))
}

/// How many columns a line of dashes and colons says that a table has.
fn columns(line: &str) -> Option<usize> {
    let line = line.trim_matches([' ', '\t', '>', '\r']);
    let fits = line.contains('-') && line.bytes().all(|byte| b"-:| \t".contains(&byte));
    fits.then_some(())?;
    let inner = line.strip_prefix('|').unwrap_or(line);
    let inner = inner.strip_suffix('|').unwrap_or(inner);
    let cells: Vec<_> = inner.split('|').map(str::trim).collect();
    let is_dashes = |cell: &&str| {
        let dashes = cell.strip_prefix(':').unwrap_or(cell);
        let dashes = dashes.strip_suffix(':').unwrap_or(dashes);
        !dashes.is_empty() && dashes.bytes().all(|byte| byte == b'-')
    };
    cells.iter().all(|cell| is_dashes(&cell)).then_some(cells.len())
}

/// How many cells a row has that begins at `start` and whose bars stand at `bars`.
fn cells(row: &str, start: usize, bars: &[usize]) -> usize {
    let first = start + row.len() - row.trim_start().len();
    let last = start + row.trim_end().len();
    let inner = bars.iter().filter(|bar| **bar != first && **bar + 1 != last).count();
    inner + 1
}

/// `{name} title`: the name of a directive.
fn directive(info: &str) -> Option<(&str, &str)> {
    let (name, title) = info.strip_prefix('{')?.split_once('}')?;
    let fits = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_:".contains(&b));
    fits.then_some((name, title.trim()))
}

/// What stands behind the colons that open a div: braces with attributes, a directive's name, or a class with a title.
fn div(rest: &str) -> Option<Div> {
    if let Some((attributes, length)) = braces(rest) {
        return Some(Div { attributes, directive: None, title: rest[length..].trim().to_owned() });
    }
    if let Some((name, title)) = directive(rest) {
        return Some(Div { directive: Some(name.to_owned()), title: title.to_owned(), ..Div::default() });
    }
    let length = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')).count();
    let (class, behind) = rest.split_at(length);
    let fits = class.starts_with(|c: char| c.is_ascii_alphabetic()) && (behind.is_empty() || behind.starts_with([' ', '{']));
    fits.then_some(())?;
    let (more, title) = match braces(behind.trim_start()) {
        Some((more, length)) => (more, &behind.trim_start()[length..]),
        None => (Attributes::default(), behind),
    };
    let classes = std::iter::once(class.to_owned()).chain(more.classes).collect();
    Some(Div { attributes: Attributes { classes, ..more }, directive: None, title: title.trim().to_owned() })
}
