//! The marks inside a line: formulas, raised and lowered words, notes, spans with attributes, links of wikis, comments, and what
//! stands in code or an address and is none of them.

mod braces;
mod brackets;
mod forum;
mod tex;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::attributes::braces;
use super::formula::{self, Closing};
use super::{Attributes, Edits, Known, LONGEST, Mark, Opening, Told, VOID, emoji};
use crate::bytes;
use crate::tree::Style;

/// Bytes at which something may begin.
const SPECIAL: [bool; 256] = {
    let mut table = [false; 256];
    let bytes = b"\\`<$^~=[]{}%@:*+";
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
    ("texttt", Opening::Mono),
    ("textrm", Opening::Plain),
    ("textsf", Opening::Plain),
    ("textup", Opening::Plain),
    ("textmd", Opening::Plain),
    ("textnormal", Opening::Plain),
    ("underline", Opening::Style(Style::Underline)),
    ("uline", Opening::Style(Style::Underline)),
    ("sout", Opening::Style(Style::Strikethrough)),
    ("textsuperscript", Opening::Style(Style::Superscript)),
    ("textsubscript", Opening::Style(Style::Subscript)),
];

/// Commands of TeX that are signs in a text alone.
const SIGNS: &[(&str, &str)] = &[
    ("quad", "\u{2003}"),
    ("qquad", "\u{2003}\u{2003}"),
    ("textcopyright", "©"),
    ("texttrademark", "™"),
    ("ddag", "‡"),
    ("textsection", "§"),
    ("textparagraph", "¶"),
];

/// Commands that hold for the rest of their braces: `{\em words}`.
const SWITCHES: &[(&str, Opening)] = &[
    ("em", Opening::Style(Style::Emphasis)),
    ("it", Opening::Style(Style::Emphasis)),
    ("itshape", Opening::Style(Style::Emphasis)),
    ("sl", Opening::Style(Style::Emphasis)),
    ("bf", Opening::Style(Style::Strong)),
    ("bfseries", Opening::Style(Style::Strong)),
    ("sc", Opening::Style(Style::SmallCaps)),
    ("scshape", Opening::Style(Style::SmallCaps)),
    ("tt", Opening::Mono),
    ("ttfamily", Opening::Mono),
    ("rm", Opening::Plain),
    ("sf", Opening::Plain),
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
    "enquote",
    "textcolor",
    "gls",
    "footcite",
    "nameref",
    "vref",
    "hyperref",
    "marginnote",
    "sidenote",
    "lettrine",
    "epigraph",
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
    /// Where the last mark stands that closes a change of an editor, by the mark.
    last_changes: BTreeMap<&'static str, usize>,
    /// The ids that tags of the text have, once one is asked for.
    ids: Option<BTreeSet<&'a str>>,
    nowhere: [usize; ENDS],
    /// Whether two asterisks opened that nothing has closed yet.
    strong: bool,
    brackets: Vec<Bracket>,
    /// The labels of the notes that the text defines, once one is asked for.
    notes: Option<BTreeSet<&'a str>>,
    /// The keys that MultiMarkdown's citations lead to, once one is met.
    keys: Option<BTreeSet<&'a str>>,
    /// Which marks of WordPress are closed somewhere, once one is met.
    closed: Option<BTreeSet<&'static str>>,
    /// The link that was closed last, and where its words end.
    last_link: Option<(Range<usize>, usize)>,
    /// Braces that are open, with the command at them and where both stand.
    braces: Vec<Option<(Range<usize>, Opening)>>,
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
    Plus = 11,
    Carets = 12,
    Footnote = 13,
}

/// How many there are.
const ENDS: usize = 14;

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
            last_changes: BTreeMap::new(),
            ids: None,
            ticks: None,
            nowhere: [usize::MAX; ENDS],
            strong: false,
            brackets: Vec::new(),
            notes: None,
            keys: None,
            closed: None,
            last_link: None,
            braces: Vec::new(),
        }
    }

    /// Looks through one stretch; gives where its last mark ends, which may be behind it: an environment of TeX holds blank lines.
    pub fn stretch(&mut self, range: Range<usize>) -> usize {
        self.closing.forget();
        self.nowhere = [usize::MAX; ENDS];
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
            b'^' if self.known.lines && self.text[at..end].starts_with("^^") => {
                self.between(at, end, (End::Carets, b'^', "^^"), Opening::Style(Style::Underline))
            }
            b'^' => self.caret(at, range),
            b'~' => self.tilde(at, end),
            b'=' => self.between(at, end, (End::Highlight, b'=', "=="), Opening::Highlight),
            b'+' if self.known.lines => self.between(at, end, (End::Plus, b'+', "++"), Opening::Style(Style::Underline)),
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
        // Close behind a letter, with words that are no attributes, a sign of less is one: `a<b and c>d`.
        if self.known.lines
            && (self.before(at, 0).is_some_and(|c| c.is_alphanumeric() || c == ')')
                || self.text[at + 2..close].starts_with(' '))
            && has_bare_words(&self.text[at + 1..close])
        {
            self.edits.text(at..at + 1);
            return at + 1;
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
            let attributes = Attributes { id: Some(name.to_owned()), ..Attributes::default() };
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

    /// What stands between two marks of two equal signs: `==marked==`, `++inserted++`.
    fn between(&mut self, at: usize, end: usize, (kind, sign, mark): (End, u8, &'static str), opening: Opening) -> usize {
        let run = self.run(at, end, sign);
        let after = at + run;
        let joined = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        let white = |c: Option<char>| c.is_none_or(char::is_whitespace);
        let next = self.text[after..end].chars().next();
        if run == 2
            && sign == b'='
            && !self.is_marked(at)
            && let Some(close) = self.marked_in_word(at, after, end)
        {
            self.edits.mark(at..after, Mark::Open(opening.clone()));
            self.edits.mark(close..close + 2, Mark::Close(opening));
            return after;
        }
        if run != 2 || self.is_marked(at) || white(next) || joined(self.before(at, 0)) {
            return after;
        }
        let mut from = after;
        let close = loop {
            let Some(found) = self.find(kind, from, end, mark) else { return after };
            let length = self.run(found, end, sign);
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
        // Who writes of `++i` and `i++` inserts nothing, and braces that say no change are words with their signs.
        if sign == b'+' && (is_counting(&self.text[after..close]) || self.text[close + 2..end].starts_with('}')) {
            return after;
        }
        self.edits.mark(at..after, Mark::Open(opening.clone()));
        self.edits.mark(close..close + 2, Mark::Close(opening));
        after
    }

    /// `hydro==gen==ation`: where what is marked inside a word ends. Signs between single letters compare these.
    fn marked_in_word(&self, at: usize, after: usize, end: usize) -> Option<usize> {
        let letters = |text: &str| text.chars().take_while(|c| c.is_alphabetic()).count();
        let inner: usize = self.text[after..end].chars().take_while(|c| c.is_alphabetic()).map(char::len_utf8).sum();
        let close = after + inner;
        let behind = self.text[close..end].strip_prefix("==").filter(|behind| inner > 0 && !behind.starts_with('='))?;
        let before = self.text[..at].chars().rev().take(2).take_while(|c| c.is_alphabetic()).count();
        let ends = |count: usize, next: Option<char>| count >= 2 || count == 0 && next.is_none_or(|c| !c.is_alphanumeric());
        let (left, right) = (before, letters(behind));
        (right >= 2 && ends(left, self.before(at, 0))).then_some(close)
    }

    /// An address in plain text, which has no marks, or a sign by its name.
    fn colon(&mut self, at: usize, range: Range<usize>) -> usize {
        let (rest, end) = (&self.text[at + 1..range.end], range.end);
        if rest.starts_with("//") && self.before(at, range.start).is_some_and(char::is_alphabetic) {
            let ends = |byte: &u8| byte.is_ascii_whitespace() || b"<>\"|)]}`*".contains(byte);
            let to = at + 1 + rest.bytes().position(|byte| ends(&byte)).unwrap_or(rest.len());
            // Between two home folders nothing is struck out.
            let bytes = self.text.as_bytes();
            (at..to).filter(|at| bytes[*at] == b'~' && bytes[at - 1] != b'\\').for_each(|at| self.edits.text(at..at + 1));
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

/// Whether what stands between two signs of counting up begins and ends with what may be counted.
fn is_counting(inner: &str) -> bool {
    let mut words = inner.split_whitespace();
    let (Some(first), Some(last)) = (words.next(), words.next_back()) else { return false };
    let is_word = |word: &str| word.chars().filter(|c| c.is_alphabetic()).count() > 2;
    first == last || !is_word(first) || !is_word(last)
}

/// Whether words stand behind a tag's name that neither have a value nor are known without one (HTML, "boolean attributes").
fn has_bare_words(tag: &str) -> bool {
    const BARE: &[&str] = &[
        "allowfullscreen",
        "async",
        "autoplay",
        "checked",
        "compact",
        "controls",
        "defer",
        "disabled",
        "hidden",
        "loop",
        "markdown",
        "multiple",
        "muted",
        "noshade",
        "nowrap",
        "open",
        "readonly",
        "required",
        "reversed",
        "selected",
    ];
    let mut words = tag.trim_end_matches('/').split_whitespace().skip(1);
    !tag.contains('=') && words.any(|word| !BARE.contains(&word.to_ascii_lowercase().as_str()))
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
        at = unescaped(bytes, at + 1, 2000, |byte| matches!(byte, b'>' | b'\n'))? + 1;
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
    if let Some(&quote @ (b'"' | b'\'')) = bytes.get(at) {
        at = white(unescaped(bytes, at + 1, 4000, |byte| byte == quote)? + 1);
    }
    (bytes.get(at) == Some(&b')')).then_some(at + 1)
}

/// Where a byte stands that no backslash stands before, among so many from `from` on.
fn unescaped(bytes: &[u8], from: usize, longest: usize, is_it: impl Fn(u8) -> bool) -> Option<usize> {
    let mut at = from;
    while at < bytes.len().min(from + longest) {
        match bytes[at] {
            byte if is_it(byte) => return Some(at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    None
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

/// Letters of Chinese.
fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}' | '々')
}

/// Letters of the scripts that are written without spaces, and Hangul, whose particles join.
fn is_cjk(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}'
        | '\u{F900}'..='\u{FAFF}' | '\u{FF21}'..='\u{FF3A}' | '\u{FF41}'..='\u{FF5A}' | '\u{20000}'..='\u{3FFFF}' | '\u{3005}'..='\u{3007}')
}
