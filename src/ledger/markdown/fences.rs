//! Fences: of code, of directives (MyST), of groups (pandoc, Quarto).

use std::ops::Range;

use super::super::stream::{Gap, Markup};
use super::openings::columns;
use super::{Blocks, Open, line};

/// Directives whose content is text where they stand behind a fence of code.
pub(super) const DIRECTIVES: &[&str] = &[
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

/// Directives whose content is code, a formula or values: what stands behind the name is their language, or words.
pub(super) const LITERAL: &[&str] = &["code-block", "code", "sourcecode", "math", "csv-table"];

/// No directive holds more lines.
const TALLEST: usize = 20_000;

/// Directives whose name an address follows.
pub(super) const ADDRESSED: &[&str] = &["figure", "image"];

impl Blocks<'_, '_> {
    /// The line that begins a directive, whose name an address may follow: no word of it is the text's.
    pub(super) fn named(&mut self, range: Range<usize>, fence: usize, head: usize, addressed: bool) {
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
    pub(super) fn group(&mut self, range: Range<usize>, fence: usize, head: usize) {
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
        // How many columns a grid has, and for which output something stands, is no title.
        let said = text[end..end + title].trim();
        let is_number = || said.bytes().all(|byte| byte.is_ascii_digit() || byte == b' ');
        let own = text[fence + lead..end].trim_matches(['{', '}', ' ']);
        if own == "only" || matches!(own, "grid" | "grid-item") && is_number() {
            self.out.part_of(construct, range.start + end..range.start + text.len(), Markup::Attribute, Gap::Block);
            self.out.part(Gap::Block);
            self.options = true;
            self.between_rules = None;
            return;
        }
        self.lines.add(self.source, range.start + end..range.start + end + title);
        self.flush();
        self.out.part_of(construct, range.start + end + title..range.start + text.len(), Markup::Attribute, Gap::Block);
        self.out.part(Gap::Block);
        self.options = directive(text[fence..].trim_start()).is_some();
        self.between_rules = None;
    }

    /// `:key: value` on a line below a directive's, or `key: value` on one of those between two rules.
    pub(super) fn option(&mut self, range: &Range<usize>) -> bool {
        let text = self.source[range.clone()].trim_end();
        let between = *self.between_rules.get_or_insert(text == "---");
        if self.options && between && text == "---" {
            // The second rule ends them.
            let opens = self.source[..range.start].trim_end().lines().next_back().is_some_and(|above| above.contains('{'));
            self.options = opens;
            self.out.whole(range.clone(), Markup::Attribute, Gap::Block);
            return true;
        }
        let lead = usize::from(!between);
        let key = text.strip_prefix(if between { "" } else { ":" }).and_then(|rest| rest.split_once(':'));
        let key = key.map_or("", |(key, _)| key);
        self.options &= !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        if self.options {
            let value = range.start + key.len() + 1 + lead;
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
                // A caption is read as text is.
                "caption" => {
                    self.lines.add(self.source, value..range.start + text.len());
                    self.flush();
                    self.out.part(Gap::Block);
                }
                _ => self.out.whole(value..range.start + text.len(), Markup::Attribute, Gap::Block),
            }
        }
        self.options
    }

    /// `/// name | title`, or the slashes alone that close such a block (pymdownx).
    pub(super) fn slashes(&mut self, range: &Range<usize>) -> bool {
        let text = self.source[range.clone()].trim_end();
        let count = text.bytes().take_while(|byte| *byte == b'/').count();
        let rest = &text[count..];
        let place = |at: usize| range.start + at;
        if rest.is_empty() && count > 2 {
            if self.slashes.pop_if(|open| *open == count).is_none() {
                return false;
            }
            self.part();
            self.out.whole(range.start..place(count), Markup::Attribute, Gap::Block);
            return true;
        }
        let is_closed = self.known.slashes.get(&count).is_some_and(|last| *last > range.end);
        let Some(own) = rest.strip_prefix(' ').filter(|_| is_closed && self.lines.is_empty()) else { return false };
        let own = own.trim_start();
        let name = own.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'-').count();
        let (name, behind) = own.split_at(name);
        let title = behind.trim_start();
        if name.is_empty() || !(title.is_empty() || title.starts_with('|')) {
            return false;
        }
        let title = title.trim_start_matches('|').trim_start();
        self.part();
        // What stands behind these names is no title.
        let is_option = title.split_once('=').is_some_and(|(key, value)| {
            key.bytes().all(|byte| byte.is_ascii_lowercase()) && !value.contains(char::is_whitespace)
        });
        let is_title = name != "html" && !name.ends_with("caption") && !is_option;
        let head = if is_title { text.len() - title.len() } else { text.len() };
        self.out.whole(range.start..place(head), Markup::Attribute, Gap::Block);
        self.lines.add(self.source, place(head)..place(text.len()));
        self.part();
        self.slashes.push(count);
        self.slashed = true;
        true
    }

    /// An option of such a block, indented below its head.
    pub(super) fn slash_option(&mut self, range: &Range<usize>, column: usize) -> bool {
        let text = self.source[range.clone()].trim_end();
        let is_key = |key: &str| !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        self.slashed = column >= 4 && text.split_once(':').is_some_and(|(key, _)| is_key(key));
        if self.slashed {
            self.out.whole(range.start..range.start + text.len(), Markup::Attribute, Gap::Block);
        }
        self.slashed
    }

    /// Colons that open a directive whose content is code, a formula or values: which mark it is, and how often it stands.
    pub(super) fn literal_colons(&self, range: &Range<usize>) -> Option<(u8, usize)> {
        let text = &self.source[range.clone()];
        let count = text.bytes().take_while(|byte| *byte == b':').count();
        let rest = text[count..].trim_start();
        let name = directive(rest).filter(|_| count > 2).map(|head| &rest[1..head - 1])?;
        LITERAL.contains(&name).then_some(())?;
        let closes = |line: &str| {
            let own = line.trim_matches([' ', '\t', '\r', '>']);
            own.len() >= count && own.bytes().all(|byte| byte == b':')
        };
        let mut end = range.end;
        let below = self.source[range.end..].split_inclusive('\n').skip(1).take(TALLEST);
        below.take_while(|line| !closes(line)).for_each(|line| end += line.len());
        let body = range.end..end.max(range.end + 1);
        // Where it is nothing of these after all, its text is Markdown.
        (name == "csv-table" || self.literal.is_code(&body) || self.literal.is_math(&body)).then_some((b':', count))
    }

    pub(super) fn in_fence(
        &mut self,
        range: Range<usize>,
        (mark, count, quotes, column): (u8, usize, usize, usize),
        after: &str,
    ) {
        let (inner, stripped) = self.quote_marks_of(range.clone(), quotes);
        let lead = self.source[inner.clone()].len() - self.source[inner.clone()].trim_start().len();
        if self.options && self.option(&(inner.start + lead..inner.end)) {
            return;
        }
        let text = &self.source[inner.clone()];
        // Columns count from the line's beginning, marks of quotation with them.
        let indent = columns(&self.source[range.start..inner.start + text.len() - text.trim_start_matches([' ', '\t']).len()]);
        // A page's end is a listing's, too, where the text comes in pages, and so is a line's where each is a paragraph.
        let is_page = || {
            let is_open = || {
                self.source[..range.end].contains('\x0C')
                    || self.literal.pages.first().is_some_and(|page| page.start < range.end)
                    || !self.source[range.end..].contains(&String::from(mark as char).repeat(count))
            };
            !self.values
                && !text.trim().bytes().all(|byte| byte == mark)
                && !self.literal.is_listing(&range)
                && self.literal.has_text(&range)
                && is_open()
        };
        let left = stripped < quotes || !text.trim().is_empty() && (indent < column || is_page());
        if left {
            // What held the code has ended, and the code with it.
            self.open = Open::Text;
            self.out.part(Gap::Block);
            return self.line(range, after);
        }
        let trimmed = text.trim();
        // A fence that is indented by four is code.
        let closes = indent < column + 4 && trimmed.len() >= count && trimmed.bytes().all(|byte| byte == mark);
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
}

/// `{name}` at the front: a directive, as long as that is.
pub(super) fn directive(text: &str) -> Option<usize> {
    let (name, _) = text.strip_prefix('{')?.split_once('}')?;
    let fits = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_:".contains(&byte));
    fits.then_some(name.len() + 2)
}

pub(super) fn fence(text: &str) -> Option<(u8, usize)> {
    let mark = *text.as_bytes().first().filter(|byte| matches!(byte, b'`' | b'~'))?;
    let count = text.bytes().take_while(|byte| *byte == mark).count();
    (count >= 3 && !(mark == b'`' && text[count..].contains('`'))).then_some((mark, count))
}

/// The fences that wrap a text whole or in parts, as models write them, each on its line: what stands outside of them is short, and no
/// more than they are.
pub(super) fn around_all(source: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let opens = |said: &str| matches!(said, "```markdown" | "```md");
    // Most texts have none.
    if !source[range.clone()].trim_start().starts_with("```m")
        && !["\n```markdown", "\n```md"].iter().any(|fence| source[range.clone()].contains(fence))
    {
        return Vec::new();
    }
    let mut fences: Vec<Range<usize>> = Vec::new();
    let (mut start, mut parts, mut outside) = (range.start, 0, 0);
    let mut depth = 0_usize;
    for line in source[range].split('\n') {
        let place = start..start + line.len();
        start += line.len() + 1;
        let said = line.trim_end();
        if depth == 0 {
            match said {
                "" => {}
                said if opens(said) => {
                    depth = 1;
                    parts += 1;
                    fences.push(place);
                }
                said if said.starts_with("```") || !names_page(said) => {
                    return Vec::new();
                }
                _ => outside += 1,
            }
        } else if said == "```" {
            depth -= 1;
            if depth == 0 {
                fences.push(place);
            }
        } else if said.strip_prefix("```").is_some_and(|name| !name.contains('`')) {
            depth += 1;
        }
    }
    if outside <= parts + 1 { fences } else { Vec::new() }
}

/// A rule, or a short line with a number that says it is a page's.
fn names_page(said: &str) -> bool {
    const LONGEST: usize = 48;
    let drawn = said.trim_matches(['-', '*', '_', '=', ' ']).is_empty() && said.len() >= 3;
    let said = said.to_lowercase();
    let called = ["page", "seite", "página", "pagina", "image", "scan"].iter().any(|name| said.contains(name));
    drawn || called && said.chars().count() <= LONGEST && said.bytes().any(|byte| byte.is_ascii_digit())
}
