//! Groups: pandoc's fences of colons, MyST's directives, MkDocs' boxes, GitHub's alerts; and fences of code, which may be directives.

use super::super::attributes::{Attributes, braces};
use super::super::{Div, Mark, TAB, Told, VOID};
use super::{Above, Blocks, Line, OpenDiv, run};

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

impl Blocks<'_, '_> {
    pub(super) fn code(&mut self, line: &Line) -> Option<usize> {
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
    pub(super) fn rule(&mut self, line: &Line, mark: Mark) {
        self.scanner.edits.write(line.text..line.end, "___");
        self.scanner.edits.marks.push((line.text, mark));
        self.above = Above { quotes: line.quotes, ..Above::default() };
    }

    pub(super) fn open_div(&mut self, line: &Line, mut div: Div, fence: Option<(u8, usize)>) -> usize {
        self.flush();
        let behind = if div.directive.is_some() { self.options(line, &mut div) } else { 0 };
        self.rule(line, Mark::DivOpen(div));
        self.divs.push(OpenDiv { at: line.text, quotes: line.quotes, fence });
        behind
    }

    /// `:key: value` on the lines below a directive.
    pub(super) fn options(&mut self, line: &Line, div: &mut Div) -> usize {
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

    pub(super) fn colons(&mut self, line: &Line, was: &Above) -> Option<usize> {
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

    /// The definition of a link's address, in which no mark stands, or an admonition's head in a quotation.
    pub(super) fn bracketed(&mut self, line: &Line, was: &Above) -> Option<usize> {
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

    /// `!!! note "Title"`, or `=== "Title"` over one of several tabs: to the parser an item of a list, whose text is indented as far.
    pub(super) fn boxed(&mut self, line: &Line) -> Option<usize> {
        let own = &self.text[line.text..line.end];
        let mark = ["!!! ", "???+ ", "??? ", "=== ", "===! ", "===+ "].into_iter().find(|mark| own.starts_with(mark))?;
        let rest = &own[mark.len()..];
        let written = &rest[..rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'-').count()];
        let title = rest[written.len()..].trim();
        let name = match (mark.starts_with('='), written) {
            (true, "") => TAB,
            (true, _) => return None,
            (false, written) => written,
        };
        let quoted = title.len() > 1 && title.starts_with('"') && title.ends_with('"');
        let untitled = title.is_empty() && name != TAB;
        if !self.known.lines || name.is_empty() || !untitled && !quoted || self.leaf.is_some() {
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

    pub(super) fn unclosed(&mut self) {
        if let Some(div) = self.divs.pop() {
            self.scanner.edits.tell(Told::Unclosed, div.at..div.at + 3);
        }
    }
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
