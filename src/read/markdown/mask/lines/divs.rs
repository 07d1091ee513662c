//! Groups: pandoc's fences of colons, MyST's directives, MkDocs' boxes, GitHub's alerts; and fences of code, which may be directives.

use std::collections::BTreeMap;

use super::super::super::label_key;
use super::super::attributes::{Attributes, braces};
use super::super::{Div, Mark, TAB, Told, VOID};
use super::{Above, Blocks, Line, OpenDiv, run};
use crate::tree::cross_target;

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
    // Those of sphinx-design, sphinx-exercise and sphinx-proof.
    "details",
    "tab-set",
    "tab-item",
    "grid",
    "grid-item",
    "grid-item-card",
    "rubric",
    "only",
    "exercise",
    "solution",
    "proof",
    "theorem",
    "lemma",
    "definition",
    "remark",
    "example",
    "corollary",
    "proposition",
    "axiom",
    "conjecture",
    "criterion",
    "observation",
    "property",
    "assumption",
];

/// Directives in whose place a table of contents is put.
const CONTENTS: &[&str] = &["toctree", "tableofcontents", "contents"];

/// No list of chapters has more lines.
const MOST_FILES: usize = 2000;

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
        if self.known.lines && directive(info).is_some_and(|(name, _)| CONTENTS.contains(&name)) {
            return self.contents_tree(line, sign, length);
        }
        if let Some((name, title)) = directive(info)
            && DIRECTIVES.contains(&in_domain(name))
        {
            let div = Div { directive: Some(in_domain(name).to_owned()), title: title.to_owned(), ..Div::default() };
            return Some(self.open_div(line, div, Some((sign, length))));
        }
        self.fence = Some((sign, length, line.quotes, line.indent));
        Some(0)
    }

    /// A directive that puts a table of contents here, with the files that it names: left out as a whole.
    fn contents_tree(&mut self, line: &Line, sign: u8, length: usize) -> Option<usize> {
        let closes = |own: &str| {
            let own = own.trim();
            run(own, sign) >= length && own.bytes().all(|byte| byte == sign)
        };
        let mut end = line.end;
        let mut is_closed = false;
        for below in self.text.get(line.end + 1..)?.split('\n').take(MOST_FILES) {
            end += 1 + below.len();
            is_closed = closes(below);
            if is_closed {
                break;
            }
        }
        is_closed.then_some(())?;
        let mut at = line.text;
        while at < end {
            let to = self.text[at..end].find('\n').map_or(end, |found| at + found);
            self.scanner.edits.fill(at..to, b' ');
            at = to + 1;
        }
        self.scanner.edits.tell(Told::Contents, line.text..end);
        self.blank(line.quotes);
        Some(end + 1)
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
        self.divs.push(OpenDiv { at: line.text, quotes: line.quotes, fence, is_caption: false });
        behind
    }

    /// `:key: value` on the lines below a directive, or `key: value` on lines between two rules.
    pub(super) fn options(&mut self, line: &Line, div: &mut Div) -> usize {
        let mut start = line.end + 1;
        let mut yaml = false;
        while start < self.text.len() {
            let end = self.text[start..].find('\n').map_or(self.text.len(), |length| start + length);
            let below = self.own(start, end);
            let own = self.text[below.text..end].trim_end();
            if own == "---" && (yaml || start == line.end + 1 && self.is_closed(end)) {
                self.scanner.edits.fill(below.text..end, b' ');
                start = end + 1;
                if yaml {
                    break;
                }
                yaml = true;
                continue;
            }
            let option = own.strip_prefix(if yaml { "" } else { ":" }).and_then(|rest| rest.split_once(':'));
            let Some((key, value)) = option.filter(|(key, _)| is_option(key)) else {
                break;
            };
            match key {
                "class" => div.attributes.classes.extend(value.split_whitespace().map(str::to_owned)),
                "name" | "label" => div.attributes.id = Some(value.trim().to_owned()),
                _ => div.attributes.pairs.push((key.to_owned(), value.trim().to_owned())),
            }
            self.scanner.edits.fill(below.text..end, b' ');
            start = end + 1;
        }
        if start > line.end + 1 { start } else { 0 }
    }

    /// Whether lines of `key: value` end in a rule, as those between two rules do.
    fn is_closed(&self, from: usize) -> bool {
        let lines = self.text[from..].lines().skip(1).take(MOST_OPTIONS);
        let mut lines = lines.map(str::trim).skip_while(|line| line.split_once(':').is_some_and(|(key, _)| is_option(key)));
        lines.next() == Some("---")
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

    /// pandoc-crossref's `<div id="fig:…">`, which pandoc reads as a group though no empty line stands behind it. CommonMark would take
    /// what is in it for HTML. One that holds others is left as it is.
    pub(super) fn html_div(&mut self, line: &Line) -> Option<usize> {
        const FENCE: Option<(u8, usize)> = Some((b'<', 0));
        let own = self.text[line.text..line.end].trim_end();
        if own.eq_ignore_ascii_case("</div>") {
            self.divs.pop_if(|div| div.fence == FENCE)?;
            self.flush();
            self.rule(line, Mark::DivClose);
            return Some(0);
        }
        let attributes = of_tag(own.get(4..)?.strip_suffix('>')?)?;
        attributes.id.as_deref().and_then(cross_target)?;
        let behind = self.text.get(line.end + 1..).filter(|_| self.known.lines && !self.div_nowhere)?;
        let first = behind.split('\n').next().unwrap_or_default().trim();
        if first.is_empty() || first.starts_with('<') {
            return None;
        }
        let Some(end) = behind.find("\n</div>") else {
            self.div_nowhere = true;
            return None;
        };
        (!behind[..end].contains("<div")).then(|| self.open_div(line, Div { attributes, ..Div::default() }, FENCE))
    }

    /// `/// name | title` opens a block of pymdownx, which as many slashes close. Nothing but its end says that it is one.
    pub(super) fn slashes(&mut self, line: &Line) -> Option<usize> {
        let own = self.text[line.text..line.end].trim_end();
        let length = run(own, b'/');
        (self.known.lines && length > 2).then_some(())?;
        let fence = Some((b'/', length));
        let rest = own[length..].trim_start();
        if rest.is_empty() {
            let found = self.divs.pop_if(|div| div.fence == fence)?;
            self.flush();
            if found.is_caption {
                self.scanner.edits.fill(line.text..line.end, b' ');
                self.blank(line.quotes);
            } else {
                self.rule(line, Mark::DivClose);
            }
            return Some(0);
        }
        let text = self.text;
        let closing = self.slashes.get_or_insert_with(|| closing_slashes(text));
        let is_closed = closing.get(&length).is_some_and(|last| *last > line.end);
        let (name, argument) = rest.split_once('|').map_or((rest, ""), |(name, argument)| (name, argument));
        let (name, argument) = (name.trim_end(), argument.trim());
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        (is_closed && own[length..].starts_with(' ') && self.leaf.is_none() && is_name).then_some(())?;
        let mut div = Div::default();
        let behind = self.slash_options(line, &mut div);
        if name.ends_with("caption") {
            self.flush();
            self.scanner.edits.mark(line.text..line.text + own.len(), Mark::Caption);
            self.divs.push(OpenDiv { at: line.text, quotes: line.quotes, fence, is_caption: true });
            return Some(behind);
        }
        let of_type = div.attributes.pairs.iter().position(|(key, _)| key == "type");
        let of_type = of_type.map(|at| div.attributes.pairs.remove(at).1);
        let is_option = argument.split_once('=').is_some_and(|(key, value)| {
            key.bytes().all(|byte| byte.is_ascii_lowercase()) && !value.contains(char::is_whitespace)
        });
        match name {
            "html" => of_html(argument, &mut div.attributes),
            "tab" => div.attributes.classes.push(TAB.to_owned()),
            // A reader's own blocks have names of their own.
            _ => {
                let kind = of_type.unwrap_or_else(|| name.to_ascii_lowercase());
                let kind = kind.strip_prefix("details-").unwrap_or(&kind);
                div.attributes.classes.push(kind.to_owned());
            }
        }
        if is_option {
            self.scanner.edits.tell(Told::Attribute, line.text..line.text + own.len());
        } else if name != "html" {
            div.title = argument.to_owned();
        }
        self.flush();
        self.rule(line, Mark::DivOpen(div));
        self.divs.push(OpenDiv { at: line.text, quotes: line.quotes, fence, is_caption: false });
        Some(behind)
    }

    /// `key: value` on lines below such a head, indented.
    fn slash_options(&mut self, line: &Line, div: &mut Div) -> usize {
        let mut start = line.end + 1;
        while start < self.text.len() {
            let end = self.text[start..].find('\n').map_or(self.text.len(), |length| start + length);
            let below = self.own(start, end);
            let own = self.text[below.text..end].trim_end();
            let option = own.split_once(':').filter(|_| below.indent >= line.indent + 4);
            let Some((key, value)) = option.filter(|(key, _)| is_option(&key.replace('_', "-"))) else { break };
            // Whether it is open, and which of several tabs is, is the screen's.
            if key == "type" {
                div.attributes.pairs.push((key.to_owned(), value.trim().to_owned()));
            } else if !matches!(key, "open" | "new" | "select") {
                self.scanner.edits.tell(Told::Attribute, below.text..end);
            }
            self.scanner.edits.fill(below.text..end, b' ');
            start = end + 1;
        }
        if start > line.end + 1 { start } else { 0 }
    }

    /// The definition of a link's address, in which no mark stands, or an admonition's head in a quotation.
    pub(super) fn bracketed(&mut self, line: &Line, was: &Above) -> Option<usize> {
        let own = &self.text[line.text..line.end];
        if own.starts_with("[!") && line.quotes > was.quotes {
            let name =
                &own[2..2 + own[2..].bytes().take(30).take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'-').count()];
            // What Obsidian's themes go by.
            let rest = &own[2 + name.len()..];
            let meta = rest.strip_prefix('|').and_then(|inner| inner.find(']')).map_or(0, |length| length + 1);
            let behind = rest[meta..].strip_prefix(']')?;
            let fold = usize::from(behind.starts_with(['-', '+']));
            let white = behind[fold..].bytes().take_while(|byte| *byte == b' ').count();
            if name.is_empty() || !behind.is_empty() && behind[fold..].trim_start().len() == behind.len() {
                return None;
            }
            self.flush();
            let end = line.text + name.len() + 3 + meta + fold + white;
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
        // What MultiMarkdown defines so is no link: a citation, a term, an abbreviation.
        if self.known.lines && own[1..].starts_with(['#', '?', '>']) && says_words(&own[label + 2..]) {
            self.scanner.edits.text(line.text..line.text + 1);
            self.scanner.edits.tell(Told::BracketCitation, line.text..line.text + label + 1);
            self.plain(line);
            return Some(0);
        }
        if self.known.lines && !own.starts_with("[^") {
            self.defined_attributes(line, label);
        }
        if own.starts_with("[^") {
            let text = line.text + label + 2;
            self.enter(4);
            self.leaf = Some(text..line.end);
        }
        Some(0)
    }

    /// What braces behind the definition of a link say of each link by its label (pandoc, `link_attributes`).
    fn defined_attributes(&mut self, line: &Line, label: usize) {
        let own = self.text[line.text..line.end].trim_end();
        let Some(from) = own.rfind('{').filter(|from| own.ends_with('}') && *from > label + 2) else {
            return self.spoken_attributes(line, label);
        };
        let before = &own[label + 2..from];
        let Some((found, length)) = braces(&own[from..]) else { return };
        if from + length == own.len() && before.ends_with([' ', '\t']) && !before.trim().is_empty() {
            let edits = &mut self.scanner.edits;
            edits.fill(line.text + from..line.text + own.len(), b' ');
            edits.defined.push((label_key(&own[1..label]), found));
        }
    }

    /// The same without braces, behind a title (MultiMarkdown): `[label]: file.png "Title" width=40px height=20px`.
    fn spoken_attributes(&mut self, line: &Line, label: usize) {
        let own = self.text[line.text..line.end].trim_end();
        let is_said = |word: &str| {
            word.split_once('=').is_some_and(|(key, value)| {
                !value.is_empty() && !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
            })
        };
        let mut from = own.len();
        while let Some(white) =
            own[..from].rfind(' ').filter(|white| *white > label + 2 && is_said(own[white + 1..from].trim_end()))
        {
            from = own[..white].trim_end().len();
        }
        // Behind an address alone, an equals sign is its own.
        let said = own[from..].trim();
        if said.is_empty() || !own[..from].ends_with(['"', '\'', ')']) {
            return;
        }
        if let Some((found, _)) = braces(&format!("{{{said}}}")) {
            let edits = &mut self.scanner.edits;
            edits.fill(line.text + from..line.text + own.len(), b' ');
            edits.defined.push((label_key(&own[1..label]), found));
        }
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
        let mut behind = if quoted { own.find('"').unwrap_or(own.len()) + 1 } else { own.len() };
        // A title that is written as a heading is one all the same.
        let level = run(&own[behind..], b'#');
        if (1..=6).contains(&level) && own[behind + level..].starts_with(' ') {
            behind += level + 1;
        }
        edits.mark(line.text + 4..line.text + behind, Mark::Admonition(name.to_ascii_lowercase()));
        if quoted {
            let to = line.text + own.trim_end().len();
            edits.fill(to - 1..to, VOID);
        }
        self.enter(line.indent + 4);
        Some(0)
    }

    pub(super) fn unclosed(&mut self) {
        if let Some(div) = self.divs.pop() {
            self.scanner.edits.tell(Told::Unclosed, div.at..div.at + 3);
        }
    }
}

/// Whether what stands behind a label and its colon is a text and no address, which may have a title behind it.
pub fn says_words(rest: &str) -> bool {
    let mut words = rest.split_whitespace();
    let (first, second) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    let is_address = first.contains("://") || first.starts_with(['<', '#', '/', '.']) || first.starts_with("mailto:");
    !is_address && !second.is_empty() && !second.starts_with(['"', '\'', '('])
}

/// Where the last line stands that has nothing but so many slashes, for each number of them.
fn closing_slashes(text: &str) -> BTreeMap<usize, usize> {
    let (mut found, mut at) = (BTreeMap::new(), 0);
    for line in text.split_inclusive('\n') {
        let own = line.trim_matches([' ', '\t', '\n', '>']);
        if own.len() > 2 && own.bytes().all(|byte| byte == b'/') {
            found.insert(own.len(), at);
        }
        at += line.len();
    }
    found
}

/// `div.class#id`: the classes and the id of an element.
fn of_html(argument: &str, attributes: &mut Attributes) {
    let selector = argument.split('[').next().unwrap_or("");
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    for (at, sign) in selector.match_indices(['.', '#']) {
        let name: String = selector[at + 1..].chars().take_while(|c| is_name(*c)).collect();
        match sign {
            _ if name.is_empty() => {}
            "." => attributes.classes.push(name),
            _ => attributes.id = Some(name),
        }
    }
}

/// No directive has more options.
const MOST_OPTIONS: usize = 100;

/// Whether an option of a directive may bear this name.
fn is_option(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
}

/// `{name} title`: the name of a directive.
fn directive(info: &str) -> Option<(&str, &str)> {
    let (name, title) = info.strip_prefix('{')?.split_once('}')?;
    let fits = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_:".contains(&b));
    fits.then_some((name, title.trim()))
}

/// The name of a directive without that of sphinx-proof's domain.
fn in_domain(name: &str) -> &str {
    name.strip_prefix("prf:").unwrap_or(name)
}

/// What stands behind the colons that open a div: braces with attributes, a directive's name, or a class with a title.
fn div(rest: &str) -> Option<Div> {
    if let Some((attributes, length)) = braces(rest) {
        return Some(Div { attributes, directive: None, title: rest[length..].trim().to_owned() });
    }
    if let Some((name, title)) = directive(rest) {
        return Some(Div { directive: Some(in_domain(name).to_owned()), title: title.to_owned(), ..Div::default() });
    }
    let length = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')).count();
    let (class, behind) = rest.split_at(length);
    let is_named = class.starts_with(|c: char| c.is_ascii_alphabetic());
    // pandoc takes any word (`figure*`); with stops in it, it is a name in a program (mkdocstrings).
    let is_word = |rest: &str| {
        rest.starts_with(char::is_alphanumeric) && rest.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '*'))
    };
    if is_word(rest) && !(is_named && behind.is_empty()) {
        let classes = vec![rest.trim_end_matches('*').to_owned()];
        return Some(Div { attributes: Attributes { classes, ..Attributes::default() }, ..Div::default() });
    }
    is_named.then_some(())?;
    // Docusaurus: `note[Title]`.
    let bracketed = behind.strip_prefix('[').and_then(|behind| behind.split_once(']'));
    let bracketed = bracketed.filter(|(_, behind)| behind.trim().is_empty() || behind.starts_with('{'));
    let said = bracketed.map_or(behind, |(_, behind)| behind).trim_start();
    let (more, title) = match (braces(said), bracketed) {
        (found, Some((title, _))) => (found.map_or(Attributes::default(), |(more, _)| more), title),
        _ if !behind.is_empty() && !behind.starts_with([' ', '{']) => return None,
        (Some((more, length)), None) => (more, &said[length..]),
        (None, None) => (Attributes::default(), said),
    };
    let classes = std::iter::once(class.to_owned()).chain(more.classes).collect();
    Some(Div { attributes: Attributes { classes, ..more }, directive: None, title: title.trim().to_owned() })
}

/// What a tag says behind its name, where that is only an id and classes between double quotes.
fn of_tag(said: &str) -> Option<Attributes> {
    let mut attributes = Attributes::default();
    let mut rest = said.trim();
    while !rest.is_empty() {
        let (name, behind) = rest.split_once("=\"")?;
        let (value, behind) = behind.split_once('"')?;
        match name.trim() {
            "id" => attributes.id = Some(value.trim().to_owned()),
            "class" => attributes.classes.extend(value.split_whitespace().map(str::to_owned)),
            _ => return None,
        }
        rest = behind.trim();
    }
    Some(attributes)
}
