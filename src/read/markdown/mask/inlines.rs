//! The marks inside a line: formulas, raised and lowered words, notes, spans with attributes, links of wikis, comments, and what
//! stands in code or an address and is none of them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::attributes::braces;
use super::formula::{self, Closing};
use super::{Edits, Known, LONGEST, Mark, Opening, Told, VOID, emoji, roles};
use crate::bytes;
use crate::read::cites;
use crate::span::Span;
use crate::tree::{Style, cross_target};

/// Bytes at which something may begin.
const SPECIAL: [bool; 256] = {
    let mut table = [false; 256];
    let bytes = b"\\`<$^~=[]{}%@:*";
    let mut at = 0;
    while at < bytes.len() {
        table[bytes[at] as usize] = true;
        at += 1;
    }
    table
};

/// Whether a byte may be one of them: none is a letter, a blank, or a stop of a sentence.
fn may_be_special(byte: u8) -> bool {
    let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
    !(letter | (byte >= 0x80) | (byte == b' ') | (byte == b'\n') | (byte == b',') | (byte == b'.'))
}

/// Commands of TeX whose argument is text, and what they make of it.
const COMMANDS: &[(&str, Opening)] = &[
    ("footnote", Opening::Note),
    ("emph", Opening::Style(Style::Emphasis)),
    ("textit", Opening::Style(Style::Emphasis)),
    ("textbf", Opening::Style(Style::Strong)),
    ("textsl", Opening::Style(Style::Emphasis)),
    ("textsc", Opening::Style(Style::SmallCaps)),
    ("underline", Opening::Style(Style::Underline)),
    ("uline", Opening::Style(Style::Underline)),
    ("sout", Opening::Style(Style::Strikethrough)),
    ("textsuperscript", Opening::Style(Style::Superscript)),
    ("textsubscript", Opening::Style(Style::Subscript)),
];

/// Commands of TeX that are signs.
const SIGNS: &[(&str, &str)] = &[
    ("ldots", "…"),
    ("dots", "…"),
    ("textellipsis", "…"),
    ("textemdash", "—"),
    ("textendash", "–"),
    ("LaTeX", "LaTeX"),
    ("TeX", "TeX"),
];

/// Commands that need TeX to say what they mean.
const REFERENCES: &[&str] = &[
    "ref",
    "pageref",
    "autoref",
    "eqref",
    "cref",
    "label",
    "cite",
    "citep",
    "citet",
    "citeauthor",
    "parencite",
    "textcite",
    "index",
    "part",
    "chapter",
    "section",
    "subsection",
    "subsubsection",
    "paragraph",
    "caption",
    "input",
    "include",
    "includegraphics",
    "begin",
    "end",
    "href",
    "url",
    "texttt",
    "textsf",
    "textrm",
    "footnotemark",
    "footnotetext",
    "marginpar",
];

/// Fields of the metadata that a text may name in braces.
const VARIABLES: &[&str] = &[
    "title",
    "subtitle",
    "author",
    "authors",
    "date",
    "year",
    "publisher",
    "place",
    "edition",
    "language",
    "rights",
    "licence",
    "license",
    "description",
    "series",
];

/// Looks through stretches of text, one paragraph, heading or cell after the other.
pub struct Scanner<'e, 'a> {
    pub edits: &'e mut Edits<'a>,
    pub known: Known,
    /// Numbers of examples, by their labels.
    pub examples: BTreeMap<&'a str, u64>,
    /// Whether the stretches are cells of a table's row.
    pub in_row: bool,
    text: &'a str,
    closing: Closing,
    /// Where runs of so many backticks stand in the text, once one is asked for: runs of a thousand lengths, none of which closes, would
    /// each be looked for to its end.
    ticks: Option<BTreeMap<usize, Vec<usize>>>,
    /// The ids that tags of the text have, once one is asked for.
    ids: Option<BTreeSet<&'a str>>,
    nowhere: [usize; 11],
    /// Whether two asterisks opened that nothing has closed yet.
    strong: bool,
    brackets: Vec<Bracket>,
    /// The labels of the notes that the text defines, once one is asked for.
    notes: Option<BTreeSet<&'a str>>,
    /// The link that was closed last, and where its words end.
    last_link: Option<(Range<usize>, usize)>,
    /// Braces that are open, with the command before them.
    braces: Vec<Option<(usize, Opening)>>,
}

/// What a reference or a label of bookdown's leads to that stands between `open` and `close`, and where it ends. Tables have another short name in TeX.
pub fn labelled(text: &str, range: Range<usize>, (open, close): (&str, u8)) -> Option<(String, usize)> {
    let rest = text[range.clone()].strip_prefix(open)?;
    let key = &rest[..rest.bytes().take(80).position(|byte| byte == close)?];
    let fits = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_:".contains(&byte));
    let end = range.start + open.len() + key.len() + 1;
    fits.then(|| (key.strip_prefix("tab:").map_or_else(|| key.to_owned(), |name| format!("tbl:{name}")), end))
}

/// How long what stands in braces at the front of a text is, with them; none where they don't close in its paragraph.
fn braced(text: &str) -> Option<usize> {
    const LONGEST: usize = 400;
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate().take(LONGEST) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth <= 1 => return Some(at + 1),
            b'}' => depth -= 1,
            b'\n' if text[at + 1..].trim_start_matches([' ', '\t']).starts_with('\n') => return None,
            _ => {}
        }
    }
    None
}

/// Ends that may be nowhere.
#[derive(Clone, Copy)]
enum End {
    Tag = 0,
    Comment = 1,
    Highlight = 2,
    Percent = 3,
    Moustache = 4,
    Template = 5,
    Inserted = 6,
    Deleted = 7,
    Marked = 8,
    Remark = 9,
    Replaced = 10,
}

struct Bracket {
    at: usize,
    is_note: bool,
    is_image: bool,
}

impl<'e, 'a> Scanner<'e, 'a> {
    pub fn new(text: &'a str, known: Known, edits: &'e mut Edits<'a>) -> Self {
        Self {
            edits,
            known,
            examples: BTreeMap::new(),
            in_row: false,
            text,
            closing: Closing::default(),
            ids: None,
            ticks: None,
            nowhere: [usize::MAX; 11],
            strong: false,
            brackets: Vec::new(),
            notes: None,
            last_link: None,
            braces: Vec::new(),
        }
    }

    /// Looks through one stretch; gives where its last mark ends, which may be behind it: an environment of TeX holds blank lines.
    pub fn stretch(&mut self, range: Range<usize>) -> usize {
        self.closing.forget();
        self.nowhere = [usize::MAX; 11];
        self.strong = false;
        self.brackets.clear();
        self.braces.clear();
        let bytes = self.text.as_bytes();
        let (mut at, end) = (range.start, range.end);
        while at < end {
            let Some(skip) = bytes::first(&bytes[at..end], may_be_special, |byte| SPECIAL[usize::from(byte)]) else { break };
            at = self.special(at + skip, range.clone());
        }
        at.max(end)
    }

    /// What stands at a special byte; gives where to go on.
    fn special(&mut self, at: usize, range: Range<usize>) -> usize {
        let end = range.end;
        match self.text.as_bytes()[at] {
            b'\\' => self.backslash(at, end),
            b'`' => self.code(at, end),
            b'<' => self.tag(at, end),
            b'$' => match formula::dollars(self.text, at, end, &mut self.closing) {
                Some(found) if !found.displayed && self.closes_in_code(at + 1, found.end, end) => at + 1,
                Some(found) => self.formula(at, found, None),
                None => at + 1 + usize::from(self.byte(at + 1, end) == Some(b'$')),
            },
            b'^' => self.caret(at, range),
            b'~' => self.tilde(at, end),
            b'=' => self.highlight(at, end),
            b'[' => self.open_bracket(at, end),
            b']' => self.close_bracket(at, end),
            b'{' => self.open_brace(at, end),
            b'}' => self.close_brace(at),
            b'%' => self.comment(at, end),
            b'@' => self.citation(at, range),
            b':' => self.colon(at, range),
            b'*' => self.asterisks(at, range),
            _ => at + 1,
        }
    }

    /// Whether code begins behind `from` and goes on behind `to`: what would close there stands in code.
    fn closes_in_code(&mut self, from: usize, to: usize, end: usize) -> bool {
        let Some(found) = memchr::memchr(b'`', &self.text.as_bytes()[from..to]) else { return false };
        let at = from + found;
        let ticks = self.run(at, end, b'`');
        // GitLab's formulas stand between ticks.
        found > 0
            && self.text.as_bytes()[at - 1] != b'\\'
            && self.code_end(at + ticks, end, ticks).is_some_and(|close| close >= to)
    }

    /// How far from the beginning of its line a place stands.
    fn column(&self, at: usize) -> usize {
        let from = at.saturating_sub(200);
        self.text.as_bytes()[from..at].iter().rev().take_while(|byte| **byte != b'\n').count()
    }

    fn byte(&self, at: usize, end: usize) -> Option<u8> {
        (at < end).then(|| self.text.as_bytes()[at])
    }

    fn before(&self, at: usize, start: usize) -> Option<char> {
        self.text[start..at].chars().next_back()
    }

    fn run(&self, at: usize, end: usize, byte: u8) -> usize {
        self.text.as_bytes()[at..end].iter().take_while(|found| **found == byte).count()
    }

    /// Where `pattern` stands next, looked for once where it stands nowhere.
    fn find(&mut self, kind: End, from: usize, end: usize, pattern: &str) -> Option<usize> {
        if from >= self.nowhere[kind as usize] || from > end {
            return None;
        }
        let found = self.text.get(from..end).and_then(|rest| rest.find(pattern));
        if found.is_none() {
            self.nowhere[kind as usize] = from;
        }
        found.map(|length| from + length)
    }

    fn backslash(&mut self, at: usize, end: usize) -> usize {
        match self.byte(at + 1, end) {
            Some(b'(' | b'[') => match formula::brackets(self.text, at, end, &mut self.closing) {
                Some(found) => self.formula(at, found, None),
                None => at + 2,
            },
            Some(byte) if byte.is_ascii_alphabetic() => self.command(at, end),
            Some(b' ') if self.is_bound(at, end) => {
                self.edits.mark(at..at + 2, Mark::Sign("\u{a0}"));
                at + 2
            }
            Some(b'@') if self.known.lines => self.bookdown(at, end).unwrap_or(at + 2),
            None if self.ends_picture(at) => {
                self.edits.fill(at..at + 1, VOID);
                at + 1
            }
            Some(byte) if byte.is_ascii() => at + 2,
            _ => at + 1,
        }
    }

    /// Whether a backslash at the end of its paragraph says that the picture before it is no figure (pandoc, `implicit_figures`).
    fn ends_picture(&self, at: usize) -> bool {
        let before = self.text[..at].rsplit('\n').next().unwrap_or("");
        self.known.lines && before.trim_start().starts_with("![") && before.ends_with([')', '}'])
    }

    /// Whether a backslash and a space between two words are pandoc's space that no line ends at, and not a path's.
    fn is_bound(&self, at: usize, end: usize) -> bool {
        let word = self.text[..at].rsplit(char::is_whitespace).next().unwrap_or("");
        let next = self.text[at + 2..end].chars().next();
        self.known.lines
            && word.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | ',' | ';' | ')'))
            && !word.contains(['\\', '/', ':'])
            && next.is_some_and(|c| c.is_alphanumeric() || matches!(c, '(' | '*' | '_' | '['))
    }

    /// A cross reference of bookdown, `\@ref(fig:plot)`, which gives the number alone.
    fn bookdown(&mut self, at: usize, end: usize) -> Option<usize> {
        let (inner, end) = labelled(self.text, at..end, ("\\@ref(", b')'))?;
        self.edits.mark(at..end, Mark::Role { name: "number".to_owned(), inner });
        Some(end)
    }

    /// LaTeX's reference to a figure or a table that has a label in the text, `\ref{fig:plot}`, which gives the number alone: what it
    /// leads to, and where it ends.
    fn reference(&mut self, at: usize, end: usize) -> Option<(String, usize)> {
        let (key, end) = labelled(self.text, at..end, ("\\ref{", b'}'))?;
        let text = self.text;
        let ids = self.ids.get_or_insert_with(|| {
            let behind = text.match_indices("id=\"").map(|(at, found)| &text[at + found.len()..]);
            behind.filter_map(|rest| rest.split_once('"')).map(|(id, _)| id).collect()
        });
        ids.contains(&*key.replace(':', "-")).then_some((key, end))
    }

    fn command(&mut self, at: usize, end: usize) -> usize {
        let letters = self.text.as_bytes()[at + 1..end].iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let behind = at + 1 + letters;
        let name = &self.text[at + 1..behind];
        let joined = self.before(at, 0).is_some_and(|c| c.is_alphanumeric() || matches!(c, ':' | '\\' | '/'));
        if self.known.lines
            && !joined
            && let Some((_, sign)) = SIGNS.iter().find(|(known, _)| *known == name)
        {
            let to = behind + if self.text[behind..end].starts_with("{}") { 2 } else { 0 };
            self.edits.mark(at..to, Mark::Sign(sign));
            return to;
        }
        if self.known.lines && name == "noindent" && self.byte(behind, end) == Some(b' ') {
            self.edits.tell(Told::TexLayout, at..behind);
            self.edits.fill(at..behind, super::VOID);
            return behind;
        }
        if self.byte(behind, end) != Some(b'{') {
            return behind;
        }
        if name == "begin"
            && let Some((found, inside)) = formula::environment(self.text, at, &mut self.closing)
        {
            return self.formula(at, found, Some(inside));
        }
        if let Some((_, opening)) = COMMANDS.iter().find(|(known, _)| *known == name) {
            self.braces.push(Some((at, opening.clone())));
            return behind + 1;
        }
        // An address stands between angles.
        if name == "url"
            && let Some(length) = self.text[behind..end].find('}')
            && self.text[behind + 1..].starts_with("http")
            && !self.text[behind + 1..behind + length]
                .contains(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '\\' | '{'))
        {
            self.edits.fill(at..behind, super::VOID);
            self.edits.fill(behind..behind + 1, b'<');
            self.edits.fill(behind + length..behind + length + 1, b'>');
            return behind + length + 1;
        }
        if name == "ref"
            && let Some((inner, end)) = self.reference(at, end)
        {
            self.edits.mark(at..end, Mark::Role { name: "number".to_owned(), inner });
            return end;
        }
        if name == "index"
            && self.known.lines
            && let Some(length) = braced(&self.text[behind..end])
        {
            let inner = self.text[behind + 1..behind + length - 1].to_owned();
            let mut to = behind + length;
            // Of the spaces on both sides of a mark one stays, as in TeX.
            let is_space = |c: Option<char>| c.is_none_or(char::is_whitespace);
            if is_space(self.before(at, 0)) && self.byte(to, end) == Some(b' ') {
                to += 1;
            }
            self.edits.mark(at..to, Mark::Role { name: name.to_owned(), inner });
            return to;
        }
        if REFERENCES.contains(&name) {
            self.edits.tell(Told::TexCommand, at..behind);
        }
        behind
    }

    fn formula(&mut self, at: usize, found: formula::Found, environment: Option<&str>) -> usize {
        let tex = unquoted(&self.text[found.tex.clone()], self.column(at));
        // In a row a bar is escaped, in formulas, too.
        let tex = if self.in_row { tex.replace("\\|", "|") } else { tex };
        let tex = match environment {
            Some(inside) => formula::inside(&tex, inside, self.text[at..].starts_with("\\begin{alignat")),
            None => tex,
        };
        // No blank line stands in a formula.
        let mut tex = tex.lines().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n");
        let (mut attributes, end) = match found.displayed {
            true => self.label_of_formula(&found, environment.is_some()),
            false => (None, found.end),
        };
        // bookdown's label, which stands in the formula.
        let own = &self.text[found.tex.clone()];
        if found.displayed
            && let Some(at) = own.find("(\\#eq:")
            && let Some((id, end)) = labelled(own, at..own.len(), ("(\\#", b')'))
        {
            tex = tex.replacen(&own[at..end], "", 1).trim_end().to_owned();
            attributes = attributes.or(Some(super::Attributes { id: Some(id), ..super::Attributes::default() }));
        }
        self.edits.mark(at..end, Mark::Formula { tex, displayed: found.displayed, attributes });
        end
    }

    /// What a displayed formula is called: in braces behind it, as Quarto has it, or by LaTeX's command. Gives where all of it ends.
    fn label_of_formula(&self, found: &formula::Found, is_environment: bool) -> (Option<super::Attributes>, usize) {
        let rest = &self.text[found.end..];
        let white = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        if let Some((said, length)) = braces(&rest[white..]).filter(|(said, _)| said.id.is_some()) {
            return (Some(said), found.end + white + length);
        }
        if let Some((said, length)) = formula::label(rest) {
            return (Some(said), found.end + length);
        }
        let own = &self.text[found.tex.clone()];
        let label = own.split_once("\\label{").and_then(|(_, rest)| rest.split_once('}')).map(|(label, _)| label.trim());
        let label = label.filter(|label| is_environment && !label.is_empty());
        (label.map(|label| super::Attributes { id: Some(label.to_owned()), ..super::Attributes::default() }), found.end)
    }

    fn code(&mut self, at: usize, end: usize) -> usize {
        let ticks = self.run(at, end, b'`');
        // The end of a role's words.
        if !self.edits.is_own(at) {
            return at + ticks;
        }
        let Some(close) = self.code_end(at + ticks, end, ticks) else { return at + ticks };
        let inner = &self.text[at + ticks..close];
        let asks_to_run = |rest: &str| rest.starts_with(|c: char| c.is_alphanumeric());
        const RUN: [&str; 5] = ["r ", "{r} ", "{python} ", "{julia} ", "{ojs} "];
        if RUN.iter().any(|run| inner.strip_prefix(run).is_some_and(asks_to_run)) {
            self.edits.tell(Told::InlineCode, at..close + ticks);
        }
        let behind = close + ticks;
        let raw = self.text[behind..end].strip_prefix("{=").and_then(|rest| rest.split_once('}')).map(|(name, _)| name);
        if let Some(name) = raw.filter(|name| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric())) {
            let range = at..behind + name.len() + 3;
            self.edits.tell(Told::RawBlock, range.clone());
            self.edits.fill(range.clone(), super::VOID);
            return range.end;
        }
        self.attributes(behind, end)
    }

    fn code_end(&mut self, from: usize, end: usize, ticks: usize) -> Option<usize> {
        let text = self.text;
        let runs = self.ticks.get_or_insert_with(|| runs(text)).get(&ticks)?;
        let found = *runs.get(runs.partition_point(|at| *at < from))?;
        (found + ticks <= end).then_some(found)
    }

    /// Braces behind something that may carry attributes.
    fn attributes(&mut self, at: usize, end: usize) -> usize {
        if self.byte(at, end) != Some(b'{') {
            return at;
        }
        let Some((found, length)) = braces(&self.text[at..end]) else { return at };
        self.edits.mark(at..at + length, Mark::Attributes(found));
        at + length
    }

    /// Passes over a tag or an address in pointed brackets.
    fn tag(&mut self, at: usize, end: usize) -> usize {
        if self.text[at..end].starts_with("<!--") {
            return self.find(End::Comment, at + 4, end, "-->").map_or(at + 4, |close| close + 3);
        }
        let opens = self.byte(at + 1, end).is_some_and(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'/' | b'!' | b'?'));
        if !opens {
            return at + 1;
        }
        let Some(close) = self.find(End::Tag, at + 1, end, ">") else { return at + 1 };
        // What office programs and readers of e-books write: to CommonMark a name with a colon is no tag's.
        let name = self.text[at + 1..close].trim_start_matches('/');
        let is_foreign = name.split_once(':').is_some_and(|(prefix, rest)| match prefix {
            "m" => MATH_OF_OFFICE.contains(&rest.split([' ', '/']).next().unwrap_or("")),
            _ => NAMESPACES.contains(&prefix) && !rest.starts_with('/'),
        });
        if is_foreign && !name.contains(['<', '\n']) {
            self.edits.tell(Told::ForeignTag, at..close + 1);
            self.edits.fill(at..close + 1, super::VOID);
            return close + 1;
        }
        // A tag holds no other; a sign of less is followed by one.
        if self.text[at + 1..close].contains('<') { at + 1 } else { close + 1 }
    }

    fn caret(&mut self, at: usize, range: Range<usize>) -> usize {
        let end = range.end;
        if self.is_marked(at) {
            return at + 1;
        }
        if self.byte(at + 1, end) == Some(b'[') {
            self.brackets.push(Bracket { at, is_note: true, is_image: false });
            return at + 2;
        }
        if self.known.carets && self.raised(at, end, b'^', Style::Superscript) {
            return at + 1;
        }
        self.block_address(at, range);
        at + 1
    }

    /// Obsidian's `^name` at the end of a paragraph: its address.
    fn block_address(&mut self, at: usize, range: Range<usize>) {
        let name = self.text[at + 1..range.end].trim_end();
        let fits = (name.len() > 2 || name.len() == 2 && name.ends_with(|c: char| c.is_ascii_digit()))
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && name.starts_with(|c: char| c.is_ascii_alphabetic());
        if fits && self.known.lines && at > range.start + 1 && self.text.as_bytes()[at - 1] == b' ' {
            let attributes = super::Attributes { id: Some(name.to_owned()), ..super::Attributes::default() };
            self.edits.mark(at - 1..at + 1 + name.len(), Mark::BlockAttributes(attributes));
        }
    }

    fn is_marked(&self, at: usize) -> bool {
        self.edits.bytes.as_ref().is_some_and(|bytes| bytes[at] == super::MARK)
    }

    /// A stretch without white space between two equal marks (pandoc's rule), also inside a word.
    fn raised(&mut self, at: usize, end: usize, mark: u8, style: Style) -> bool {
        let bytes = self.text.as_bytes();
        let mut to = at + 1;
        let close = loop {
            match self.byte(to, end) {
                None | Some(b' ' | b'\t' | b'\n' | b'|') => return false,
                Some(b'\\') => to += 2,
                Some(byte) if byte == mark => break to,
                Some(_) => to += 1,
            }
        };
        let inner = &self.text[at + 1..close];
        // `~~` strikes out.
        let is_run = |at: usize| bytes.get(at) == Some(&mark);
        // Marks stand raised between the calls of two notes: `[^1]^,^[^2]`.
        let is_between_calls = matches!(inner, "," | ";" | "–" | "-")
            && self.text[..at].ends_with(']')
            && self.text[close + 1..end].starts_with("[^");
        if !(is_between_calls || inner.contains(char::is_alphanumeric))
            || inner.contains(['`', '<', ']', '['])
            || mark == b'~' && is_run(close + 1)
        {
            return false;
        }
        self.edits.mark(at..at + 1, Mark::Open(Opening::Style(style)));
        self.edits.mark(close..close + 1, Mark::Close(Opening::Style(style)));
        true
    }

    fn tilde(&mut self, at: usize, end: usize) -> usize {
        let run = self.run(at, end, b'~');
        if run > 1 {
            return self.asterisks(at, at.saturating_sub(4)..end).max(at + run);
        }
        // A space at which no line ends.
        if self.reference(at + 1, end).is_some() {
            self.edits.mark(at..at + 1, Mark::Sign("\u{A0}"));
            return at + 1;
        }
        // A home folder begins so.
        let is_home = self.byte(at + 1, end) == Some(b'/');
        if !self.is_marked(at) && (is_home || !self.raised(at, end, b'~', Style::Subscript)) {
            // GitHub strikes out between single tildes; in books they are spaces of TeX and signs of "about".
            self.edits.text(at..at + 1);
        }
        at + 1
    }

    fn highlight(&mut self, at: usize, end: usize) -> usize {
        let run = self.run(at, end, b'=');
        let after = at + run;
        let joined = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        let white = |c: Option<char>| c.is_none_or(char::is_whitespace);
        let next = self.text[after..end].chars().next();
        if run != 2 || self.is_marked(at) || white(next) || joined(self.before(at, 0)) {
            return after;
        }
        let mut from = after;
        let close = loop {
            let Some(found) = self.find(End::Highlight, from, end, "==") else { return after };
            let length = self.run(found, end, b'=');
            let behind = self.text[found + length..end].chars().next();
            if length == 2 && !white(self.before(found, after)) && !joined(behind) {
                break found;
            }
            // What opens anew was not closed.
            if length == 2 && !white(behind) && white(self.before(found, after)) {
                return after;
            }
            from = found + length;
            if from > at + LONGEST {
                return after;
            }
        };
        self.edits.mark(at..after, Mark::Open(Opening::Highlight));
        self.edits.mark(close..close + 2, Mark::Close(Opening::Highlight));
        after
    }

    fn open_bracket(&mut self, at: usize, end: usize) -> usize {
        let is_image = at > 0 && self.text.as_bytes()[at - 1] == b'!';
        if self.known.lines
            && self.byte(at + 1, end) == Some(b'[')
            && let Some(inner) = wiki(&self.text[at + 2..end], self.brackets.last().is_some_and(|around| around.is_note))
        {
            let to = at + inner.len() + 4;
            let from = at - usize::from(is_image);
            self.edits.mark(from..to, Mark::Wiki { inner: inner.replace("\\|", "|"), embeds: is_image });
            return to;
        }
        if let Some(to) = self.cited(at, end).filter(|_| !is_image) {
            self.edits.mark(at..to, Mark::Citation(self.text[at..to].to_owned()));
            return to;
        }
        if self.brackets.last().is_some_and(|around| around.is_image)
            && let Some(label) =
                self.text[at + 1..end].strip_prefix('^').and_then(|rest| rest.split_once(']')).map(|found| found.0)
            && self.is_defined(label)
        {
            let to = at + label.len() + 3;
            self.edits.mark(at..to, Mark::NoteCall(label.to_owned()));
            return to;
        }
        self.brackets.push(Bracket { at, is_note: false, is_image });
        at + 1
    }

    /// Whether a line of the text defines the note of a label.
    fn is_defined(&mut self, label: &str) -> bool {
        let text = self.text;
        let labels = self.notes.get_or_insert_with(|| {
            let lines = text.lines().filter_map(|line| line.trim_start_matches([' ', '>']).strip_prefix("[^"));
            lines.filter_map(|rest| rest.split_once("]:")).map(|(label, _)| label).collect()
        });
        labels.contains(label)
    }

    /// Where a group of citations in brackets ends.
    fn cited(&self, at: usize, end: usize) -> Option<usize> {
        let rest = &self.text[at + 1..end];
        let mut depth = 0_u32;
        let mut is_escaped = false;
        let length = rest.bytes().take(LONGEST).position(|byte| {
            if std::mem::take(&mut is_escaped) {
                return false;
            }
            is_escaped = byte == b'\\';
            depth = match byte {
                b'{' => depth + 1,
                b'}' => depth.saturating_sub(1),
                _ => depth,
            };
            byte == b'[' || byte == b']' && depth == 0
        })?;
        let inner = &rest[..length];
        let behind = rest[length..].strip_prefix(']')?;
        // What a program is called stands in code: [`@scope/name`].
        let is_code = inner.split('`').skip(1).step_by(2).any(|code| code.contains('@'));
        let fits = self.known.lines
            && inner.contains('@')
            && !is_code
            && !inner.contains("\n\n")
            && !behind.starts_with(['(', '[', '{', ':']);
        // The labels of numbered examples are another's.
        let is_example = |cite: &crate::tree::Cite| self.examples.contains_key(cite.key.as_str());
        let cites = cites::group(inner, Span::default()).filter(|_| fits)?;
        (!cites.iter().any(is_example)).then_some(at + length + 2)
    }

    fn close_bracket(&mut self, at: usize, end: usize) -> usize {
        let Some(open) = self.brackets.pop() else { return at + 1 };
        let rest = &self.text[at + 1..end];
        if open.is_note {
            if !self.text[open.at + 2..at].trim().is_empty() {
                self.edits.mark(open.at..open.at + 2, Mark::Open(Opening::Note));
                self.edits.mark(at..at + 1, Mark::Close(Opening::Note));
            }
            return at + 1;
        }
        match rest.as_bytes().first() {
            Some(b'(') => match address(rest) {
                Some(length) => {
                    self.flatten_link(&open, at, &rest[..length]);
                    self.attributes(at + 1 + length, end)
                }
                None => at + 1,
            },
            Some(b'[') => {
                let label = rest[1..].bytes().take(400).position(|byte| matches!(byte, b']' | b'['));
                match label.filter(|length| rest.as_bytes()[length + 1] == b']') {
                    Some(length) if self.byte(at + length + 3, end) == Some(b'{') => self.attributes(at + length + 3, end),
                    _ => at + 1,
                }
            }
            Some(b'{') if open.is_image => self.attributes(at + 1, end),
            Some(b'{') => match braces(rest) {
                Some((found, length)) => {
                    self.edits.mark(open.at..open.at + 1, Mark::Open(Opening::Span(found)));
                    self.edits.mark(at..at + 1 + length, Mark::Close(Opening::Span(super::Attributes::default())));
                    at + 1 + length
                }
                None => at + 1,
            },
            _ => at + 1,
        }
    }

    /// A link within another that leads to the same place, as pandoc makes them of a Word file's contents: the outer holds its words.
    fn flatten_link(&mut self, open: &Bracket, close: usize, address: &str) {
        let link = open.at..close + 1 + address.len();
        if open.is_image {
            return;
        }
        if let Some((inner, closing)) = self.last_link.replace((link.clone(), close))
            && open.at < inner.start
            && inner.end <= close
            && self.text[closing + 1..inner.end] == *address
            && address.starts_with("(#")
        {
            self.edits.fill(inner.start..inner.start + 1, VOID);
            self.edits.fill(closing..inner.end, VOID);
        }
    }

    /// What editors write into a text of others (CriticMarkup): added, taken out, put in another's place, marked, remarked.
    fn edited(&mut self, at: usize, end: usize) -> Option<usize> {
        let strike = || Opening::Style(Style::Strikethrough);
        let (kind, close, opening) = match self.text.as_bytes().get(at + 1..at + 3)? {
            b"++" => (End::Inserted, "++}", Opening::Style(Style::Underline)),
            b"--" => (End::Deleted, "--}", strike()),
            b"==" => (End::Marked, "==}", Opening::Highlight),
            b"~~" => (End::Replaced, "~~}", strike()),
            b">>" => (End::Remark, "<<}", Opening::Note),
            _ => return None,
        };
        let to = self.find(kind, at + 3, end, close)?;
        let inner = &self.text[at + 3..to];
        if inner.trim().is_empty() {
            return None;
        }
        if matches!(kind, End::Remark) {
            let text = inner.trim().to_owned();
            (!text.contains("-->")).then_some(())?;
            self.edits.mark(at..to + 3, Mark::Comment(unquoted(&text, 0)));
            return Some(to + 3);
        }
        let last = match kind {
            End::Replaced => {
                let at_new = at + 3 + inner.find("~>")?;
                self.edits.mark(at_new..at_new + 1, Mark::Close(strike()));
                self.edits.mark(at_new + 1..at_new + 2, Mark::Open(Opening::Style(Style::Underline)));
                Opening::Style(Style::Underline)
            }
            _ => opening.clone(),
        };
        self.edits.mark(at..at + 3, Mark::Open(opening));
        self.edits.mark(to..to + 3, Mark::Close(last));
        Some(at + 3)
    }

    fn open_brace(&mut self, at: usize, end: usize) -> usize {
        let rest = &self.text[at..end];
        if self.known.lines
            && let Some(to) = self.edited(at, end).or_else(|| self.kramdown(at, end))
        {
            return to;
        }
        // A cross reference in braces, which only hold it together (pandoc-xnos).
        if let Some(inner) = rest.strip_prefix("{@").and_then(|rest| rest.split_once('}')).map(|found| found.0)
            && self.known.lines
            && inner.contains(':')
            && inner.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_:".contains(&byte))
            && cross_target(inner).is_some()
        {
            let to = at + inner.len() + 3;
            self.edits.mark(at..to, Mark::Citation(format!("@{inner}")));
            return to;
        }
        // A comment of MDX.
        if self.known.lines
            && rest.starts_with("{/*")
            && let Some(length) = rest.find("*/}")
            && !rest[..length].contains("-->")
            && !rest[3..length].trim().is_empty()
        {
            self.edits.mark(at..at + length + 3, Mark::Comment(unquoted(rest[3..length].trim(), 0)));
            return at + length + 3;
        }
        let (kind, pattern, told) = match rest.as_bytes().get(1) {
            Some(b'{') if matches!(rest.as_bytes().get(2), Some(b'<' | b'%')) => (End::Moustache, "}}", Told::Shortcode),
            Some(b'{') => (End::Moustache, "}}", Told::Template),
            Some(b'%') => (End::Template, "%}", Told::Template),
            _ => {
                let name = rest[1..].bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'-').count();
                let name = name
                    + rest[1 + name..].strip_prefix(':').map_or(0, |behind| {
                        1 + behind.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'-').count()
                    });
                if name > 0 && rest[1 + name..].starts_with("}`") {
                    return self.role(at, at + name + 2, end);
                }
                self.braces.push(None);
                return at + 1;
            }
        };
        match self.find(kind, at + 2, end, pattern) {
            // Code and calls for other programs: no marks stand in them.
            Some(close) if VARIABLES.contains(&self.text[at + 2..close].trim()) => {
                let name = self.text[at + 2..close].trim().to_owned();
                self.edits.mark(at..close + 2, Mark::Variable(name));
                close + 2
            }
            Some(close) if !self.text[at + 2..close].trim().is_empty() => {
                self.edits.tell(told, at..close + 2);
                for place in at..close + 2 {
                    if self.text.as_bytes()[place].is_ascii_punctuation() && self.text.as_bytes()[place] != b'|' {
                        self.edits.text(place..place + 1);
                    }
                }
                close + 2
            }
            _ => at + 2,
        }
    }

    /// kramdown's comments and options in a line, and what it says of emphasis.
    fn kramdown(&mut self, at: usize, end: usize) -> Option<usize> {
        let rest = &self.text[at..end];
        if rest.starts_with("{::comment}") {
            let from = "{::comment}".len();
            let (length, close) = ["{:/comment}", "{:/}"]
                .into_iter()
                .filter_map(|close| rest[from..].find(close).map(|length| (length, close)))
                .min()?;
            let text = rest[from..from + length].trim();
            let to = at + from + length + close.len();
            let is_comment = !text.is_empty() && !text.contains("-->") && length < 8 * LONGEST;
            is_comment.then(|| self.edits.mark(at..to, Mark::Comment(unquoted(text, 0))))?;
            return Some(to);
        }
        if ["{::nomarkdown", "{::options", "{:/"].iter().any(|open| rest.starts_with(open)) {
            let to = at + rest.bytes().take(LONGEST).position(|byte| byte == b'}')? + 1;
            self.edits.tell(Told::Attribute, at..to);
            self.edits.fill(at..to, super::VOID);
            return Some(to);
        }
        let is_behind = self.before(at, 0).is_some_and(|c| matches!(c, '*' | '_' | '~'));
        let to = if rest.starts_with("{:") && is_behind { self.attributes(at, end) } else { at };
        (to > at).then_some(to)
    }

    /// `` {name}`words` ``: the role at `at`, its words behind `tick`.
    fn role(&mut self, at: usize, tick: usize, end: usize) -> usize {
        let ticks = self.run(tick, end, b'`');
        let name = &self.text[at + 1..tick - 1];
        let kind = if self.known.lines { roles::of(name) } else { None };
        let (Some(kind), Some(close)) = (kind, self.code_end(tick + ticks, end, ticks)) else {
            self.edits.tell(Told::Role, at..tick);
            return tick;
        };
        let (from, to) = (tick + ticks, close + ticks);
        let inner = self.text[from..close].trim();
        match kind {
            roles::Kind::Code => {
                // Sphinx shortens what a tilde stands before, and leads nowhere behind an exclamation mark.
                let words = roles::words(inner).trim_start_matches(['~', '!']);
                if words.len() == inner.len() {
                    self.edits.fill(at..tick, super::VOID);
                    return tick;
                }
                self.edits.mark(at..to, Mark::Role { name: "code".to_owned(), inner: unquoted(words, 0) });
                to
            }
            roles::Kind::Text => {
                let said = &self.text[from..close];
                let words = roles::words(said).len();
                self.edits.fill(at..from, super::VOID);
                self.edits.fill(from + words..to, super::VOID);
                from
            }
            roles::Kind::Styled(style) => {
                self.edits.mark(at..from, Mark::Open(Opening::Style(style)));
                self.edits.mark(close..to, Mark::Close(Opening::Style(style)));
                from
            }
            roles::Kind::Formula => {
                let tex = unquoted(inner, 0);
                self.edits.mark(at..to, Mark::Formula { tex, displayed: false, attributes: None });
                to
            }
            roles::Kind::Citation { narrative } => {
                let keys = inner.split([',', ';']).map(|key| format!("@{}", key.trim()));
                let text = match narrative {
                    true if !inner.contains([',', ';']) => format!("@{inner}"),
                    _ => format!("[{}]", keys.collect::<Vec<_>>().join("; ")),
                };
                self.edits.mark(at..to, Mark::Citation(text));
                to
            }
            roles::Kind::Reference => {
                self.edits.mark(at..to, Mark::Role { name: name.to_owned(), inner: unquoted(inner, 0) });
                to
            }
        }
    }

    fn close_brace(&mut self, at: usize) -> usize {
        if let Some(Some((from, opening))) = self.braces.pop() {
            let inner = self.text[from..at].find('{').map_or(at, |length| from + length + 1);
            self.edits.mark(from..inner, Mark::Open(opening.clone()));
            self.edits.mark(at..at + 1, Mark::Close(opening));
        }
        at + 1
    }

    /// Obsidian's comments.
    fn comment(&mut self, at: usize, end: usize) -> usize {
        let joined = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        if self.byte(at + 1, end) != Some(b'%') || joined(self.before(at, 0)) || !self.known.lines {
            return at + self.run(at, end, b'%');
        }
        let Some(close) = self.find(End::Percent, at + 2, end, "%%") else { return at + 2 };
        let text = self.text[at + 2..close].trim();
        let behind = self.text[close + 2..end].chars().next();
        if text.is_empty() || joined(behind) || text.contains("-->") {
            return close;
        }
        self.edits.mark(at..close + 2, Mark::Comment(unquoted(text, 0)));
        close + 2
    }

    /// `@key` of a citation or a cross reference: another's address has a name before the sign.
    fn citation(&mut self, at: usize, range: Range<usize>) -> usize {
        // The label of a list's item.
        if self.edits.bytes.as_ref().is_some_and(|bytes| bytes[at] != b'@') {
            return at + 1;
        }
        let key = &self.text[at + 1..range.end];
        // A key in braces has whatever signs it likes.
        if key.starts_with('{')
            && self.known.lines
            && !self.before(at, range.start).is_some_and(|c| c.is_alphanumeric() || "@_.{".contains(c))
            && let Some((length, _)) = cites::key(key)
        {
            let end = at + 1 + length;
            let end = self.cited_place(end, range.end).unwrap_or(end);
            self.edits.mark(at..end, Mark::Citation(self.text[at..end].to_owned()));
            return end;
        }
        let length = key.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b"-_:./".contains(byte)).count();
        let key = key[..length].trim_end_matches(['.', ':', '-', '/']);
        let joined = self.before(at, range.start).is_some_and(|c| c.is_alphanumeric() || "@_.".contains(c));
        if key.starts_with(|c: char| c.is_ascii_alphabetic()) && !joined && self.known.lines {
            if let Some(number) = self.examples.get(key) {
                self.edits.mark(at..at + 1 + key.len(), Mark::Count(*number));
                return at + 1 + key.len();
            }
            let end = at + 1 + key.len();
            let end = self.cited_place(end, range.end).unwrap_or(end);
            self.edits.mark(at..end, Mark::Citation(self.text[at..end].to_owned()));
            return end;
        }
        at + 1 + key.len()
    }

    /// Where brackets end that say which part of a work is cited: `@doe99 [p. 33]`.
    fn cited_place(&self, at: usize, end: usize) -> Option<usize> {
        let rest = self.text[at..end].strip_prefix(" [")?;
        let length = rest.bytes().take(LONGEST).position(|byte| matches!(byte, b'[' | b']'))?;
        let behind = rest[length..].strip_prefix(']')?;
        let cite = cites::narrative("x", &rest[..length], Span::default());
        (cite.locator.is_some() && !behind.starts_with(['(', '[', '{', ':'])).then_some(at + 3 + length)
    }

    /// An address in plain text, which has no marks, or a sign by its name.
    fn colon(&mut self, at: usize, range: Range<usize>) -> usize {
        let (rest, end) = (&self.text[at + 1..range.end], range.end);
        if rest.starts_with("//") && self.before(at, range.start).is_some_and(char::is_alphabetic) {
            let ends = |byte: &u8| byte.is_ascii_whitespace() || b"<>\"|)]}`*".contains(byte);
            let to = at + 1 + rest.bytes().position(|byte| ends(&byte)).unwrap_or(rest.len());
            // Between two home folders nothing is struck out.
            (at..to).filter(|at| self.text.as_bytes()[*at] == b'~').for_each(|at| self.edits.text(at..at + 1));
            return to;
        }
        let length = rest.bytes().take(40).take_while(|byte| byte.is_ascii_alphanumeric() || b"_+-".contains(byte)).count();
        let joined = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == ':');
        let name = &rest[..length];
        if length < 2 || self.byte(at + 1 + length, end) != Some(b':') || joined(self.before(at, range.start)) {
            return at + 1;
        }
        let to = at + length + 2;
        let behind = self.text[to..end].chars().next();
        match emoji::sign(name) {
            _ if behind == Some('`') => self.edits.tell(Told::Role, at..to),
            _ if joined(behind) => return at + 1,
            Some(sign) => self.edits.mark(at..to, Mark::Sign(sign)),
            None if name.bytes().any(|byte| byte.is_ascii_lowercase()) => self.edits.tell(Told::Emoji, at..to),
            None => return at + 1,
        }
        to
    }

    /// CommonMark doesn't take marks of emphasis between punctuation and a letter; Chinese and Japanese set no spaces there
    /// (commonmark-spec issue 650). The punctuation is hidden as what is no punctuation.
    fn asterisks(&mut self, at: usize, range: Range<usize>) -> usize {
        let byte = self.text.as_bytes()[at];
        let after = at + self.run(at, range.end, byte);
        if byte == b'*' && after - at == 2 && self.ends_strong(at, after, &range) {
            let length = self.before(at, range.start).map_or(1, char::len_utf8);
            self.edits.text(at - length..at);
            return after;
        }
        let near = |at: usize| self.text.as_bytes().get(at).is_some_and(|byte| *byte >= 0x80);
        if !(near(after) || at > range.start && near(at - 1)) {
            return after;
        }
        let start = (range.start..=at).find(|at| self.text.is_char_boundary(*at)).unwrap_or(at);
        let (before, next) = (self.before(at, start), self.text[after..range.end].chars().next());
        let (Some(before), Some(next)) = (before, next) else { return after };
        if is_hidden_punctuation(before) && is_cjk(next) {
            self.edits.text(at - before.len_utf8()..at);
        }
        if is_hidden_punctuation(next) && is_cjk(before) {
            self.edits.text(after..after + next.len_utf8());
        }
        after
    }
}

/// Where runs of backticks begin, by their length.
fn runs(text: &str) -> BTreeMap<usize, Vec<usize>> {
    let (bytes, mut at) = (text.as_bytes(), 0);
    let mut runs = BTreeMap::<usize, Vec<usize>>::new();
    while let Some(more) = memchr::memchr(b'`', &bytes[at..]) {
        let length = bytes[at + more..].iter().take_while(|byte| **byte == b'`').count();
        runs.entry(length).or_default().push(at + more);
        at += more + length;
    }
    runs
}

impl Scanner<'_, '_> {
    /// Whether two asterisks between a stop and a letter end what others opened: `**Note:**text`. CommonMark takes no marks there, and
    /// nobody means the asterisks.
    fn ends_strong(&mut self, at: usize, after: usize, range: &Range<usize>) -> bool {
        let (before, next) = (self.before(at, range.start), self.text[after..range.end].chars().next());
        let white = |c: Option<char>| c.is_none_or(char::is_whitespace);
        if white(before) && !white(next) || !self.strong && !white(next) {
            self.strong = true;
            return false;
        }
        let was = std::mem::replace(&mut self.strong, false);
        let stops = before.is_some_and(|c| matches!(c, ':' | '.' | ',' | ';' | '?' | '!' | ')' | '"' | '”' | '’' | '»' | '…'));
        was && stops && next.is_some_and(|c| c.is_ascii_alphanumeric()) && self.edits.is_own(at - 1)
    }
}

/// How tags of office programs and e-book readers begin.
const NAMESPACES: &[&str] = &["o", "v", "w", "st1", "mbp"];

/// Formulas of office programs, below `m:`: the one prefix that is a letter for other things, too.
const MATH_OF_OFFICE: &[&str] = &[
    "oMath",
    "oMathPara",
    "r",
    "t",
    "e",
    "f",
    "num",
    "den",
    "rad",
    "deg",
    "sup",
    "sub",
    "sSup",
    "sSub",
    "d",
    "nary",
    "rPr",
    "fPr",
    "ctrlPr",
    "sty",
];

/// Where a run of as many backticks closes code.
pub fn code_end(text: &str, from: usize, end: usize, ticks: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = from;
    while at < end {
        at += memchr::memchr(b'`', &bytes[at..end])?;
        let run = bytes[at..end].iter().take_while(|byte| **byte == b'`').count();
        if run == ticks {
            return Some(at);
        }
        at += run;
    }
    None
}

/// The inside of a wiki link, whose opening brackets stand before `rest`. Numbers are calls of notes, and editors set what is
/// struck out in double brackets, with spaces or more than a name.
/// `in_note`: whether a bracket behind it closes what holds the link.
fn wiki(rest: &str, in_note: bool) -> Option<&str> {
    let end = rest.bytes().take(200).position(|byte| matches!(byte, b']' | b'[' | b'\n'))?;
    let inner = &rest[..end];
    let goes_on = |behind: &str| behind.starts_with(['(', '[', '{', ':']) || behind.starts_with(']') && !in_note;
    let closes = rest[end..].starts_with("]]") && !goes_on(&rest[end + 2..]);
    let fits = !inner.starts_with([' ', '^', '@']) && !inner.ends_with(' ') && inner.contains(char::is_alphabetic);
    (closes && fits).then_some(inner)
}

/// How long the address and title behind a link's text are, with their brackets.
fn address(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    let white = |mut at: usize| {
        while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
            at += 1;
        }
        at
    };
    let mut at = white(1);
    if bytes.get(at) == Some(&b'<') {
        at += 1 + bytes[at + 1..].iter().take(2000).position(|byte| matches!(byte, b'>' | b'\n'))?;
        at += 1;
    } else {
        let mut depth = 0;
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'\\' => at += 1,
                b'(' => depth += 1,
                b')' if depth == 0 => break,
                b')' => depth -= 1,
                byte if byte <= b' ' => break,
                _ => {}
            }
            at += 1;
            if at > 4000 {
                return None;
            }
        }
    }
    at = white(at);
    if let Some(quote @ (b'"' | b'\'')) = bytes.get(at) {
        at += 1 + bytes[at + 1..].iter().take(4000).position(|byte| byte == quote)?;
        at = white(at + 1);
    }
    (bytes.get(at) == Some(&b')')).then_some(at + 1)
}

/// Text that goes over lines without what their containers write before them: the marks of quotations, the indent of items.
fn unquoted(text: &str, column: usize) -> String {
    if !text.contains("\n") {
        return text.to_owned();
    }
    let lines = text.split('\n').enumerate().map(|(at, line)| {
        let inner = line.trim_start_matches([' ', '\t']);
        match inner.strip_prefix('>') {
            Some(rest) if at > 0 => rest.trim_start_matches([' ', '>']),
            _ if at > 0 => &line[line.bytes().take(column).take_while(|byte| *byte == b' ').count()..],
            _ => line,
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Punctuation beside which CommonMark takes no mark. Of ASCII's only what is no mark itself.
fn is_hidden_punctuation(c: char) -> bool {
    match c {
        '"' | '.' | ',' | ';' | '?' | '!' | '%' => true,
        c => !c.is_ascii() && !c.is_alphanumeric() && !c.is_whitespace(),
    }
}

/// Letters of the scripts that are written without spaces, and Hangul, whose particles join.
fn is_cjk(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}'
        | '\u{F900}'..='\u{FAFF}' | '\u{FF21}'..='\u{FF3A}' | '\u{FF41}'..='\u{FF5A}' | '\u{20000}'..='\u{3FFFF}' | '\u{3005}'..='\u{3007}')
}
