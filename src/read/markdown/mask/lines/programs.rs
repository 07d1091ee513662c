//! Lines that are for the program that makes pages of the text, and no text: the place of a table of contents, imports of MDX, what
//! parts the cells of a notebook, Leanpub's marks of a book's parts; and comments that take lines.

use std::ops::Range;

use super::super::attributes::Attributes;
use super::super::{Div, Mark, Told};
use super::{Blocks, Line, OpenDiv, blank};

/// Leanpub's marks of what part of a book begins, and what it makes of a manuscript.
const PARTS: &[&str] = &["{frontmatter}", "{mainmatter}", "{backmatter}", "{sample: true}", "{sample: false}", "{appendices}"];

/// Leanpub's groups, which a line with a slash before the name ends.
const GROUPS: &[&str] = &["aside", "blurb", "quiz", "exercise", "poem", "epigraph"];

/// The fence of such a group.
const FENCE: Option<(u8, usize)> = Some((b'{', 0));

/// No statement of a script has more lines.
const TALLEST: usize = 200;

impl Blocks<'_, '_> {
    /// A line that no output shows, left out with a remark.
    pub(super) fn left_out(&mut self, range: Range<usize>, line: &Line, told: Told) -> Option<usize> {
        self.flush();
        self.scanner.edits.fill(range.clone(), b' ');
        let own = self.text[range.clone()].trim_end().len();
        self.scanner.edits.tell(told, range.start..range.start + own);
        self.blank(line.quotes);
        Some(0)
    }

    /// Where a table of contents is to be put, as Python-Markdown, GitLab, VitePress, MultiMarkdown and others write it: each output has
    /// one of its own.
    pub(super) fn contents(&mut self, line: &Line) -> Option<usize> {
        let own = self.text[line.text..line.end].trim();
        (self.known.lines && self.leaf.is_none() && is_contents(own)).then_some(())?;
        self.left_out(line.text..line.end, line, Told::Contents)
    }

    /// `import X from 'x'` and `export const …` of MDX, at the beginning of a paragraph.
    pub(super) fn statement(&mut self, line: &Line) -> Option<usize> {
        (self.known.lines && self.leaf.is_none() && line.start == line.text).then_some(())?;
        let own = self.text[line.text..line.end].trim_end();
        let end = if let Some(rest) = own.strip_prefix("import ") {
            self.import_end(line, rest)?
        } else {
            let rest = own.strip_prefix("export ")?;
            let begins = ["const ", "let ", "var ", "function ", "default ", "async ", "class ", "{", "* from "];
            begins.iter().any(|word| rest.starts_with(word)).then_some(())?;
            self.balanced_end(line.text)?
        };
        let mut at = line.text;
        self.flush();
        while at < end {
            let to = self.text[at..end].find('\n').map_or(end, |length| at + length);
            self.scanner.edits.fill(at..to, b' ');
            at = to + 1;
        }
        self.scanner.edits.tell(Told::Program, line.text..end);
        self.blank(line.quotes);
        Some(end + 1)
    }

    /// A line that asks for a file to be set in, `--8<-- "file.md"` of pymdownx or `<<< @/file.js` of VitePress: it stays.
    pub(super) fn snippet(&mut self, line: &Line) -> Option<usize> {
        let own = self.text[line.text..line.end].trim_end();
        let names_file = own.ends_with('"') || own.split_whitespace().nth(1).is_some_and(|name| name.contains('/'));
        if self.known.lines && names_file {
            self.scanner.edits.tell(Told::Shortcode, line.text..line.text + own.len());
        }
        None
    }

    /// Where an import ends: with the name of a file between quotes.
    fn import_end(&self, line: &Line, rest: &str) -> Option<usize> {
        let is_named = |said: &str| {
            let said = said.trim_end().trim_end_matches(';');
            let quote = said.chars().next_back().filter(|c| matches!(c, '"' | '\''));
            quote.is_some_and(|quote| said[..said.len() - 1].contains(quote))
        };
        if rest.starts_with(['"', '\'']) || rest.contains(" from ") {
            return is_named(rest).then_some(line.end);
        }
        // Several names, each on a line of its own.
        (rest.starts_with('{') && !rest.contains('}')).then_some(())?;
        let end = self.balanced_end(line.text)?;
        let last = self.text[line.text..end].lines().next_back().unwrap_or("");
        (last.contains(" from ") && is_named(last)).then_some(end)
    }

    /// The end of the line at which all brackets are closed that were opened since `from`.
    fn balanced_end(&self, from: usize) -> Option<usize> {
        let (mut at, mut depth) = (from, 0_i32);
        for line in self.text[from..].split_inclusive('\n').take(TALLEST) {
            for byte in line.bytes() {
                match byte {
                    b'(' | b'{' | b'[' => depth += 1,
                    b')' | b'}' | b']' => depth -= 1,
                    _ => {}
                }
            }
            at += line.len();
            if depth <= 0 {
                return Some(at - usize::from(line.ends_with('\n')));
            }
        }
        None
    }

    /// What parts the cells of a MyST notebook: `+++`, with values of the cell in braces.
    pub(super) fn cell_break(&mut self, line: &Line) -> Option<usize> {
        let rest = self.text[line.text..line.end].trim_end().strip_prefix("+++")?;
        let fits = rest.is_empty() || rest.starts_with(" {") && rest.ends_with('}');
        (self.known.lines && self.leaf.is_none() && fits).then_some(())?;
        self.left_out(line.text..line.end, line, Told::Program)
    }

    /// Lines that begin with a sign of per cent, a paragraph of them: a comment of MyST or TeX.
    pub(super) fn percent(&mut self, line: &Line) -> Option<usize> {
        let is_comment = |said: &str| said.strip_prefix('%').is_some_and(|rest| rest.starts_with(' '));
        (self.known.lines && self.leaf.is_none() && line.start == line.text && line.start > 0).then_some(())?;
        let mut end = line.start;
        for own in self.text[line.start..].split_inclusive('\n') {
            if blank(own.trim_end_matches('\n')) {
                break;
            }
            is_comment(own).then_some(())?;
            end += own.len();
        }
        let end = self.text[..end].trim_end().len();
        let said: Vec<_> = self.text[line.start..end].lines().map(|own| own[1..].trim()).collect();
        let said = said.join("\n");
        (!said.trim().is_empty() && !said.contains("-->")).then_some(())?;
        self.flush();
        self.scanner.edits.mark(line.start..end, Mark::Comment(said));
        self.scanner.edits.tell(Told::Percent, line.start..end);
        Some(end + 1)
    }

    /// Leanpub's lines in braces: `{mainmatter}`, `{aside}` with its end, `{id: x, class: y}` above what it belongs to.
    pub(super) fn leanpub(&mut self, line: &Line) -> Option<usize> {
        (self.known.lines && self.leaf.is_none()).then_some(())?;
        let own = self.text[line.text..line.end].trim_end();
        if PARTS.contains(&own) {
            return self.left_out(line.text..line.end, line, Told::Program);
        }
        if is_new_page(own) {
            return self.left_out(line.text..line.end, line, Told::TexLayout);
        }
        let inner = own.strip_prefix('{')?.strip_suffix('}')?;
        if inner.strip_prefix('/').is_some_and(|name| GROUPS.contains(&name)) {
            self.divs.pop_if(|div| div.fence == FENCE)?;
            self.rule(line, Mark::DivClose);
            return Some(0);
        }
        let (name, rest) = inner.split_once(',').unwrap_or((inner, ""));
        if GROUPS.contains(&name) {
            let close = format!("\n{{/{name}}}");
            self.text[line.end..].contains(&close).then_some(())?;
            let mut attributes = if rest.is_empty() { Attributes::default() } else { spoken(rest)? };
            attributes.classes.push(name.to_owned());
            self.flush();
            self.rule(line, Mark::DivOpen(Div { attributes, ..Div::default() }));
            self.divs.push(OpenDiv { at: line.text, quotes: line.quotes, fence: FENCE, is_caption: false });
            return Some(0);
        }
        let attributes = spoken(inner)?;
        let below = self.text.get(line.end + 1..).and_then(|rest| rest.split('\n').next()).unwrap_or("");
        (!blank(below)).then_some(())?;
        self.above(line, attributes)
    }

    /// Attributes on a line of their own above what they belong to.
    pub(super) fn above(&mut self, line: &Line, attributes: Attributes) -> Option<usize> {
        self.flush();
        self.scanner.edits.fill(line.text..line.end, b' ');
        self.scanner.edits.marks.push((line.end, Mark::BlockAttributes(attributes)));
        self.blank(line.quotes);
        Some(0)
    }

    /// `{#id}` alone between blank lines: it names what follows, if something does.
    pub(super) fn named_from_afar(&mut self, line: &Line) -> Option<usize> {
        let own = self.text[line.text..line.end].trim_end();
        let (found, length) = super::super::attributes::braces(own)?;
        (length == own.len() && found.id.is_some()).then_some(())?;
        self.flush();
        let behind = &self.text[line.end..];
        let next = line.end + behind.len() - behind.trim_start().len();
        self.scanner.edits.fill(line.text..line.end, b' ');
        match next < self.text.len() {
            true => {
                let start = self.text[..next].rfind('\n').unwrap_or(line.end);
                self.scanner.edits.marks.push((start, Mark::BlockAttributes(found)));
            }
            false => self.scanner.edits.tell(Told::Attribute, line.text..line.end),
        }
        self.blank(line.quotes);
        Some(0)
    }

    /// The end of a group of braces that the line is, if one is open.
    pub(super) fn closes_braces(&self, line: &Line) -> bool {
        let own = self.text[line.text..line.end].trim_end();
        let name = own.strip_prefix("{/").and_then(|rest| rest.strip_suffix('}'));
        name.is_some_and(|name| GROUPS.contains(&name)) && self.divs.last().is_some_and(|div| div.fence == FENCE)
    }
}

/// Leanpub's letters before the lines of a group, and the groups' classes.
const LETTERS: &[(u8, &str)] = &[
    (b'A', "aside"),
    (b'B', "blurb"),
    (b'C', "center"),
    (b'D', "discussion"),
    (b'E', "error"),
    (b'I', "info"),
    (b'Q', "question"),
    (b'T', "tip"),
    (b'W', "warning"),
    (b'X', "exercise"),
];

/// Leanpub's group of which a line is one: `W> Mind the gap.`
pub(super) fn lettered_group(line: &str) -> Option<&'static str> {
    let bytes = line.as_bytes();
    let fits = bytes.get(1) == Some(&b'>') && bytes.get(2).is_none_or(|byte| matches!(byte, b' ' | b'\n'));
    let (_, class) = LETTERS.iter().find(|(letter, _)| bytes.first() == Some(letter))?;
    fits.then_some(*class)
}

/// Whether a line asks for a new page: Quarto's shortcode, Leanpub's word in braces.
fn is_new_page(own: &str) -> bool {
    let inner = own.trim_matches(['{', '}', '<', '>', ' ']);
    own.starts_with('{') && own.ends_with('}') && matches!(inner, "pagebreak" | "newpage" | "page-break")
}

/// Whether a line is the place of a table of contents.
fn is_contents(own: &str) -> bool {
    let lower = own.to_ascii_lowercase();
    let is_filled = |prefix: &str| lower.strip_prefix(prefix).is_some_and(|rest| rest.ends_with(')') || rest.ends_with("}}"));
    matches!(&*lower, "[toc]" | "[[toc]]" | "[[_toc_]]" | "{{toc}}" | "${toc}" | "@[toc]" | "{:toc}" | "{toc}" | "::toc::")
        || is_filled("{{toc:")
        || is_filled("@[toc](")
}

/// `id: x, class: y, title: "z"`.
fn spoken(text: &str) -> Option<Attributes> {
    let mut found = Attributes::default();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (key, behind) = rest.split_once(':')?;
        let key = key.trim();
        let is_key = key.starts_with(|c: char| c.is_ascii_lowercase())
            && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_'));
        (is_key && behind.starts_with(' ')).then_some(())?;
        let behind = behind.trim_start();
        let (value, after) = match behind.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => behind.split_at(behind.find(',').unwrap_or(behind.len())),
        };
        let value = value.trim();
        // What has no quotes is a word or a number, and no sentence.
        (!value.is_empty() && (behind.starts_with('"') || !value.contains(char::is_whitespace))).then_some(())?;
        match key {
            "id" => found.id = Some(value.to_owned()),
            "class" => found.classes.push(value.to_owned()),
            _ => found.pairs.push((key.to_owned(), value.to_owned())),
        }
        let after = after.trim_start();
        rest = match after.strip_prefix(',') {
            Some(more) => more.trim_start(),
            None if after.is_empty() => after,
            None => return None,
        };
    }
    (found != Attributes::default()).then_some(found)
}
