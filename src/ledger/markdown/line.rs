//! What stands inside a block of Markdown: which of its characters may be marks, by the rules of CommonMark and of the dialects that
//! books are written in. A doubtful character is a mark *by rule*, not by guess: it may then be missing in the tree, and nothing else.

use std::collections::BTreeMap;
use std::ops::Range;

use super::super::stream::{Gap, Labelled, Markup, Page, Stream};
use super::{Literal, html};

/// The endings of pictures, which a wiki embeds as such.
const PICTURES: [&str; 10] = [".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".bmp", ".tif", ".tiff", ".avif"];

/// The lines of a block, without what stands before them.
#[derive(Debug, Default)]
pub struct Lines {
    pub flat: String,
    /// From where on bytes of `flat` stand where in the source.
    map: Vec<(usize, usize)>,
}

impl Lines {
    pub fn is_empty(&self) -> bool {
        self.map.is_empty()
    }

    pub fn clear(&mut self) {
        self.flat.clear();
        self.map.clear();
    }

    pub fn add(&mut self, source: &str, range: Range<usize>) {
        if !self.map.is_empty() {
            self.flat.push('\n');
        }
        self.map.push((self.flat.len(), range.start));
        self.flat.push_str(&source[range]);
    }

    /// Where a byte of `flat` stands in the source.
    pub fn place(&self, at: usize) -> usize {
        let (flat, source) = self.map[self.map.partition_point(|(flat, _)| *flat <= at).saturating_sub(1)];
        source + at - flat
    }

    /// Lines that end with two spaces end for good.
    fn breaks(&self, out: &mut Stream) {
        for own in self.map.windows(2) {
            let end = own[1].0 - 1;
            if self.flat[..end].ends_with("  ") && !self.flat[own[0].0..end].trim().is_empty() {
                out.breaks.push(self.place(end - 1) as u32 + 1);
            }
        }
    }

    /// The parts of the source that a range of `flat` stands on.
    fn ranges(&self, range: Range<usize>) -> impl Iterator<Item = Range<usize>> + '_ {
        let first = self.map.partition_point(|(flat, _)| *flat <= range.start).saturating_sub(1);
        let (start, end) = (range.start, range.end);
        self.map[first..].iter().enumerate().take_while(move |(_, (flat, _))| *flat < end || *flat == start).filter_map(
            move |(step, (flat, source))| {
                // The line's end stands before the next line's beginning.
                let behind = self.map.get(first + step + 1).map_or(self.flat.len(), |(next, _)| next - 1);
                let own = start.max(*flat)..end.min(behind);
                (own.start < own.end).then(|| own.start - flat + source..own.end - flat + source)
            },
        )
    }
}

/// What the whole file says, which a line must know.
#[derive(Debug, Default)]
pub struct Known {
    /// The labels of links and images that the file defines, as CommonMark compares them.
    pub links: std::collections::BTreeSet<String>,
    pub notes: std::collections::BTreeSet<String>,
    /// Headings, by which links may name them.
    pub headings: std::collections::BTreeSet<String>,
    /// The numbers of examples, by their labels.
    pub examples: BTreeMap<String, usize>,
}

impl Known {
    pub fn key(label: &str) -> String {
        label.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// How a block's lines are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Text,
    /// Bars part cells.
    Table,
}

pub fn read(lines: &Lines, mode: Mode, known: &Known, literal: &Literal, out: &mut Stream) {
    if !lines.is_empty() {
        if mode == Mode::Text && !lines.flat.starts_with('<') {
            lines.breaks(out);
        }
        let mut scanner = Scanner {
            lines,
            text: &lines.flat,
            mode,
            known,
            literal,
            out,
            from: 0,
            at: 0,
            open: Vec::new(),
            citation_to: 0,
            braces: Vec::new(),
            role_to: usize::MAX,
            places: Places::default(),
        };
        scanner.run();
    }
}

struct Scanner<'s, 'a> {
    lines: &'s Lines,
    text: &'s str,
    mode: Mode,
    known: &'s Known,
    literal: &'s Literal,
    out: &'s mut Stream<'a>,
    /// Where the text begins that was not told yet.
    from: usize,
    at: usize,
    /// Brackets that are open, each with what it may be.
    open: Vec<Bracket>,
    /// Where the citation ends in which we are.
    citation_to: usize,
    /// Braces that are open, where a command of TeX opened the first: whether a command did.
    braces: Vec<bool>,
    /// Where the words of a role end that are read as text.
    role_to: usize,
    places: Places,
}

/// Where marks stand in a text, sought once: one that nothing closes must not be sought again from every one that opens.
#[derive(Default)]
struct Places {
    marks: BTreeMap<&'static str, Vec<usize>>,
    /// Runs of backticks, by their length.
    ticks: Option<BTreeMap<usize, Vec<usize>>>,
}

impl Places {
    fn of(&mut self, text: &str, mark: &'static str) -> &[usize] {
        let all = || {
            let (bytes, mark) = (text.as_bytes(), mark.as_bytes());
            (0..bytes.len()).filter(|at| bytes[*at] == mark[0] && bytes[*at..].starts_with(mark)).collect()
        };
        self.marks.entry(mark).or_insert_with(all)
    }

    /// The first run of exactly so many backticks at `from` or behind.
    fn ticks(&mut self, text: &str, count: usize, from: usize) -> Option<usize> {
        let runs = self.ticks.get_or_insert_with(|| {
            let (bytes, mut at) = (text.as_bytes(), 0);
            let mut runs: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
            while let Some(found) = text[at..].find('`') {
                let start = at + found;
                let length = bytes[start..].iter().take_while(|byte| **byte == b'`').count();
                runs.entry(length).or_default().push(start);
                at = start + length;
            }
            runs
        });
        let runs = runs.get(&count)?;
        runs.get(runs.partition_point(|at| *at < from)).copied()
    }
}

/// Commands of TeX whose argument is text.
const COMMANDS: &[&str] = &[
    "footnote",
    "emph",
    "textit",
    "textbf",
    "textsl",
    "textsc",
    "textsuperscript",
    "textsubscript",
    "underline",
    "uline",
    "sout",
];

/// Commands of TeX that are signs or words.
const SIGNS: &[(&str, &str)] = &[
    ("ldots", "…"),
    ("dots", "…"),
    ("textellipsis", "…"),
    ("textemdash", "—"),
    ("textendash", "–"),
    ("LaTeX", "LaTeX"),
    ("TeX", "TeX"),
];

/// Roles of MyST whose words name something, which takes their place.
const NAMING: &[&str] = &["ref", "numref", "eq", "doc"];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Bracket {
    Link,
    Image,
    Note,
}

impl<'s> Scanner<'s, '_> {
    fn run(&mut self) {
        while let Some(found) = self.text[self.at..].find(|c: char| c.is_ascii_punctuation()) {
            self.at += found;
            let before = self.at;
            self.special();
            if self.at == before {
                self.at += 1;
            }
        }
        self.flush(self.text.len());
    }

    fn byte(&self, at: usize) -> u8 {
        self.text.as_bytes().get(at).copied().unwrap_or(0)
    }

    fn rest(&self) -> &'s str {
        &self.text[self.at..]
    }

    /// How far behind `skip` bytes a mark stands next.
    fn find(&mut self, mark: &'static str, skip: usize) -> Option<usize> {
        let from = self.at + skip;
        let places = self.places.of(self.text, mark);
        places.get(places.partition_point(|at| *at < from)).map(|at| at - from)
    }

    /// Tells what stands before `to` as text.
    fn flush(&mut self, to: usize) {
        self.tell(self.from..to, true);
        self.from = to;
    }

    fn tell(&mut self, range: Range<usize>, entities: bool) {
        for own in self.lines.ranges(range) {
            self.out.text(own, entities);
        }
    }

    /// The next `length` bytes are a mark.
    fn mark(&mut self, length: usize, markup: Markup) {
        self.parting_mark(length, markup, Gap::Close);
    }

    fn parting_mark(&mut self, length: usize, markup: Markup, parts: Gap) {
        self.flush(self.at);
        for own in self.lines.ranges(self.at..self.at + length) {
            self.out.parting_mark(own, markup, parts);
        }
        self.skip(length);
    }

    /// The next `length` bytes are of a construct.
    fn part(&mut self, construct: u32, length: usize, markup: Markup, parts: Gap) {
        self.flush(self.at);
        for own in self.lines.ranges(self.at..self.at + length) {
            self.out.part_of(construct, own, markup, parts);
        }
        self.skip(length);
    }

    fn whole(&mut self, length: usize, markup: Markup) {
        let construct = self.out.construct();
        self.part(construct, length, markup, Gap::Close);
    }

    /// The next `length` bytes are text of which nothing is a mark.
    fn literal(&mut self, length: usize) {
        self.flush(self.at);
        self.tell(self.at..self.at + length, false);
        self.skip(length);
    }

    fn skip(&mut self, length: usize) {
        self.at += length;
        self.from = self.at;
    }

    fn special(&mut self) {
        match self.byte(self.at) {
            b'@' if self.example() => {}
            b'@' if self.is_key(self.at) => self.mark(1, Markup::Mark),
            b';' if self.at < self.citation_to && self.leads_into_work() => self.says(1, ",".to_owned()),
            b';' | b',' | b'-' | b'{' | b'}' if self.at < self.citation_to => self.mark(1, Markup::Mark),
            b'{' if self.is_hole() => self.whole(self.rest().find('}').map_or(1, |end| end + 1), Markup::Mark),
            b'\\' => self.escape(),
            b'`' => self.code(),
            b'<' => self.angle(),
            b'!' if self.rest().starts_with("![[") => self.wiki(3),
            b'!' if self.byte(self.at + 1) == b'[' => {
                self.mark(2, Markup::Mark);
                self.open.push(Bracket::Image);
            }
            b'^' if self.byte(self.at + 1) == b'[' => {
                self.mark(2, Markup::Mark);
                self.open.push(Bracket::Note);
            }
            b'[' => self.bracket(),
            b']' => self.close(),
            b'^' if self.address_of_block() => {}
            b'+' | b'-' | b'=' | b'~' if self.ends_edit() => self.mark(3, Markup::Mark),
            b'~' if self.rest().starts_with("~>") => self.mark(2, Markup::Mark),
            b'*' | b'_' | b'~' | b'^' => self.delimiter(),
            b'=' if self.rest().starts_with("==") && self.byte(self.at + 2) != b'=' => self.delimiter(),
            b'$' => self.formula(),
            b'{' => self.brace(),
            b'}' if self.braces.pop() == Some(true) => self.mark(1, Markup::Mark),
            b'%' if self.rest().starts_with("%%") => self.comment(),
            b'|' if self.mode == Mode::Table => self.parting_mark(1, Markup::TableMark, Gap::Block),
            b':' => self.emoji(),
            _ => {}
        }
    }

    /// `@label` of an example that the text counts: its number.
    fn example(&mut self) -> bool {
        let label = &self.rest()[1..];
        let label = &label[..label.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte)).count()];
        let Some(number) = self.known.examples.get(label).filter(|_| self.is_key(self.at)) else { return false };
        let (number, length) = (number.to_string(), 1 + label.len());
        self.says(length, number);
        true
    }

    /// The next `length` bytes say something else than stands there.
    fn says(&mut self, length: usize, said: String) {
        self.flush(self.at);
        let first = self.out.pieces.len();
        self.literal(length);
        if first < self.out.pieces.len() {
            self.out.say(first, said);
            let last = self.out.pieces.len();
            self.out.pieces[first].end = self.lines.place(self.at - 1) as u32 + 1;
            (first + 1..last).for_each(|at| self.out.withdraw(at));
        }
    }

    /// `{number}` in the words of a link: what a cross reference fills in.
    fn is_hole(&self) -> bool {
        const HOLES: &[&str] = &["{label}", "{number}", "{title}", "{name}", "{page}", "{folio}"];
        !self.open.is_empty() && HOLES.iter().any(|hole| self.rest().starts_with(hole))
    }

    fn escape(&mut self) {
        let next = self.byte(self.at + 1);
        match next {
            // Of TeX and of nothing else, or an escape.
            b'(' | b'[' | b')' | b']' => {
                if self.text[self.at + 1..].starts_with([')', ']']) {
                    self.bind();
                }
                self.mark(1, Markup::Escape);
                if self.is_tex() {
                    self.mark(1, Markup::Mark);
                    self.bind();
                } else {
                    self.at += 1;
                }
            }
            // bookdown's cross reference.
            b'@' if self.rest().starts_with("\\@ref(") => {
                let length = self.rest().find(')').map_or(1, |end| end + 1);
                self.whole(length, Markup::Label);
            }
            next if next.is_ascii_punctuation() => {
                self.mark(1, Markup::Escape);
                self.at += 1;
            }
            b'\n' => self.parting_mark(1, Markup::Escape, Gap::Verse),
            b' ' | 0 => self.mark(1, Markup::Escape),
            _ => {
                // An environment of TeX, which a displayed formula says by itself.
                let rest = self.rest();
                let open = ["\\begin{", "\\end{"].iter().find(|open| rest.starts_with(**open));
                if let Some(end) = open.and_then(|_| rest.find('}')) {
                    return self.whole(end + 1, Markup::Mark);
                }
                let name = &rest[1..];
                let name = &name[..name.bytes().take_while(u8::is_ascii_alphabetic).count()];
                let joined = self.text[..self.at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, ':' | '\\' | '/'));
                if let Some((_, sign)) = SIGNS.iter().find(|(known, _)| *known == name && !joined) {
                    let length = 1 + name.len() + if rest[1 + name.len()..].starts_with("{}") { 2 } else { 0 };
                    return self.says(length, (*sign).to_owned());
                }
                // A command whose argument is text.
                let known = |name: &&&str| rest[1..].starts_with(**name) && rest[1 + name.len()..].starts_with('{');
                if let Some(name) = COMMANDS.iter().find(known) {
                    self.whole(name.len() + 2, Markup::Mark);
                    self.braces.push(true);
                }
            }
        }
    }

    /// White space inside a formula's marks parts nothing from what stands outside.
    fn bind(&mut self) {
        let spaced = |c: Option<char>| c.is_some_and(char::is_whitespace);
        if self.at < self.text.len() && (spaced(self.rest().chars().next()) || spaced(self.text[..self.at].chars().next_back()))
        {
            let place = self.lines.place(self.at);
            self.out.join(place);
        }
    }

    /// Whether the bracket here, behind a backslash, has its partner in the block, behind a backslash, too.
    fn is_tex(&mut self) -> bool {
        let partner = match self.byte(self.at) {
            b'(' => return self.find("\\)", 0).is_some(),
            b'[' => return self.find("\\]", 0).is_some(),
            b')' => "\\(",
            _ => "\\[",
        };
        let at = self.at;
        self.places.of(self.text, partner).first().is_some_and(|first| first + partner.len() <= at)
    }

    /// The white space behind the mark that was just told is the mark's.
    fn swallow(&mut self, length: usize) {
        if length > 0 {
            self.out.reach_on(self.lines.place(self.at + length - 1) + 1);
        }
    }

    fn run_of(&self, byte: u8) -> usize {
        self.rest().bytes().take_while(|own| *own == byte).count()
    }

    fn code(&mut self) {
        let count = self.run_of(b'`');
        if self.at == self.role_to {
            return self.mark(count, Markup::Mark);
        }
        let from = self.at + count;
        let Some(length) = self.places.ticks(self.text, count, from).map(|close| close - from) else {
            return self.mark(count, Markup::Mark);
        };
        self.mark(count, Markup::Mark);
        let inner = &self.rest()[..length];
        let padded = inner.starts_with([' ', '\n']) && inner.ends_with([' ', '\n']) && !inner.trim().is_empty();
        if padded {
            self.swallow(1);
        }
        if self.mode == Mode::Table {
            // A bar parts cells in code, too, where no backslash stands before it.
            let end = self.at + length;
            while let Some(found) = self.text[self.at..end].find('|') {
                if found > 0 && self.byte(self.at + found - 1) == b'\\' {
                    self.literal(found - 1);
                    self.mark(1, Markup::Escape);
                    self.literal(1);
                } else {
                    self.literal(found);
                    self.parting_mark(1, Markup::TableMark, Gap::Block);
                }
            }
            self.literal(end - self.at);
        } else {
            self.literal(length);
        }
        let close = self.out.pieces.len();
        self.mark(count, Markup::Mark);
        if padded {
            self.out.reach_back(close, 1);
        }
        self.attributes();
    }

    /// Attributes in braces right here.
    fn attributes(&mut self) {
        let Some(length) = attributes(self.rest()) else { return };
        let (construct, start, end) = (self.out.construct(), self.at, self.at + length);
        for range in shown(&self.rest()[..length]) {
            self.part(construct, start + range.start - self.at, Markup::Attribute, Gap::Close);
            self.whole(range.len(), Markup::Attribute);
        }
        self.part(construct, end - self.at, Markup::Attribute, Gap::Close);
    }

    fn angle(&mut self) {
        if let Some(length) = address(self.rest()) {
            self.mark(1, Markup::Mark);
            self.literal(length - 2);
            return self.mark(1, Markup::Mark);
        }
        if self.rest().starts_with("<![CDATA[")
            && let Some(length) = self.find("]]>", 0)
        {
            let construct = self.out.construct();
            self.part(construct, 9, Markup::Tag, Gap::Close);
            self.literal(length - 9);
            return self.part(construct, 3, Markup::Tag, Gap::Close);
        }
        if self.rest().starts_with("<!--") && self.find("-->", 0).is_none() {
            return self.whole(4, Markup::Comment);
        }
        let Some(tag) = html::tag(self.rest()) else { return };
        self.flush(self.at);
        let construct = self.out.construct();
        let length = tag.length;
        if tag.name == "pb" {
            let label = html::value(&self.rest()[..length], "n").map(|(value, _)| value.trim().to_owned());
            let at = self.lines.place(self.at);
            self.out.pages.push(Page { at, label });
        }
        let shown = if tag.name == "img" { ["alt", "title"] } else { ["", ""] };
        let parts = tag.parts;
        let end = self.at + length;
        let mut shown: Vec<_> =
            shown.iter().filter_map(|name| html::value(&self.text[self.at..end], name).map(|(_, range)| range)).collect();
        shown.sort_by_key(|range| range.start);
        let base = self.at;
        for range in shown {
            self.part(construct, base + range.start - self.at, Markup::Tag, parts);
            self.flush(self.at + range.len());
            self.at += range.len();
        }
        let markup = if tag.is_comment { Markup::Comment } else { Markup::Tag };
        self.part(construct, end - self.at, markup, parts);
        // A formula that is said in TeX, too, is read from there.
        if let Some(length) = html::before_tex(&tag, self.rest()) {
            return self.whole(length, Markup::Alternative);
        }
        if let Some(length) = html::hidden(&tag, self.rest()) {
            if tag.name == "fw" {
                let range = self.lines.place(self.at)..self.lines.place(self.at + length);
                self.out.furniture.push(range);
                return self.whole(length, Markup::Furniture);
            }
            self.whole(length, Markup::Code);
        }
    }

    /// `[[page]]`, `[[page|words]]`, `![[picture.png]]`, `![[page]]`: `open` bytes stand before the name.
    fn wiki(&mut self, open: usize) {
        let line = self.find("\n", 0).unwrap_or(self.text.len() - self.at);
        let close = self.find("]]", 0).filter(|close| *close > open && *close < line);
        // The next brackets that open stand behind those that close, or this is no name.
        let again = self.find("[[", open);
        let close = close.filter(|close| again.is_none_or(|again| open + again >= *close));
        let rest = self.rest();
        let name = close.map(|close| &rest[open..close]);
        // What goes on behind the brackets makes a link or a stretch of them.
        let goes_on = |inner: &str| rest[open + inner.len() + 2..].starts_with(['(', '[', '{', ':', ']']);
        let Some(inner) = name.filter(|inner| !inner.contains("[[") && !inner.contains("](") && !goes_on(inner)) else {
            // Two brackets, each for itself.
            self.mark(open, Markup::Mark);
            self.open.push(if open == 3 { Bracket::Image } else { Bracket::Link });
            return self.open.push(Bracket::Link);
        };
        let bar = inner.find('|').map(|at| (at, if at > 0 && inner.as_bytes()[at - 1] == b'\\' { 2 } else { 1 }));
        let construct = self.out.construct();
        let page = inner.split('|').next().unwrap_or("").trim().to_ascii_lowercase();
        // Another page that a page embeds is told by its name.
        let is_picture = open == 3 && PICTURES.iter().any(|ending| page.ends_with(ending));
        match bar {
            // The backslash is the table's.
            Some((at, 2)) => {
                self.part(construct, open + at - 1, Markup::Address, Gap::Close);
                self.mark(1, Markup::Escape);
                self.part(construct, 1, Markup::Address, Gap::Close);
                self.flush(self.at + inner.len() - at - 1);
                self.at = self.from;
            }
            Some((at, _)) if is_picture => {
                // Words that stand for it, a size, or both.
                let words = &inner[at + 1..];
                let is_size = |text: &str| {
                    let text = text.trim();
                    text.starts_with(|c: char| c.is_ascii_digit())
                        && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'x')
                };
                let said = match words.rsplit_once('|') {
                    _ if is_size(words) => "",
                    Some((before, last)) if is_size(last) => before,
                    _ => words,
                };
                self.part(construct, open + at + 1, Markup::Address, Gap::Close);
                self.flush(self.at + said.len());
                self.at = self.from;
            }
            Some((at, _)) => {
                self.part(construct, open + at + 1, Markup::Address, Gap::Close);
                let length = inner.len() - at - 1;
                self.flush(self.at + length);
                self.at = self.from;
            }
            None if is_picture => self.part(construct, open + inner.len(), Markup::Address, Gap::Close),
            None => {
                // `[[#Heading]]` leads to a place in the same note.
                let hash = usize::from(inner.starts_with('#'));
                self.part(construct, open + hash, Markup::Mark, Gap::Close);
                let inner = &inner[hash..];
                self.flush(self.at + inner.len());
                self.at = self.from;
            }
        }
        let left = self.rest().find("]]").unwrap_or(0);
        self.part(construct, left + 2, Markup::Mark, Gap::Close);
    }

    fn bracket(&mut self) {
        if self.rest().starts_with("[[") {
            return self.wiki(2);
        }
        if let Some(label) = call(self.rest()) {
            let length = label.len() + 3;
            if self.known.notes.contains(&label.to_lowercase()) {
                let range = self.lines.place(self.at)..self.lines.place(self.at + length - 1) + 1;
                self.out.calls.push(Labelled { label: label.to_lowercase(), range });
                return self.whole(length, Markup::Label);
            }
            self.at += length;
            return;
        }
        self.mark(1, Markup::Mark);
        self.citation_to = self.citation_to.max(self.cited());
        self.open.push(Bracket::Link);
    }

    /// Where a citation ends whose opening bracket was just passed: its keys are words of ours, its signs are marks.
    fn cited(&self) -> usize {
        let end = self.rest().find([']', '[']).filter(|end| self.rest().as_bytes()[*end] == b']');
        let inner = end.map_or("", |end| &self.rest()[..end]);
        if inner.match_indices('@').any(|(at, _)| self.is_key(self.at + at)) { self.at + inner.len() } else { 0 }
    }

    /// Whether all keys of the citation at hand are those of things in the work: they are said one behind the other, between commas.
    fn leads_into_work(&self) -> bool {
        const KINDS: [&str; 15] =
            ["fig", "tbl", "sec", "eq", "lst", "thm", "lem", "cor", "prp", "cnj", "def", "exm", "exr", "rem", "sol"];
        let open = self.text[..self.at].rfind('[').unwrap_or(self.at);
        let inner = &self.text[open..self.citation_to];
        inner.match_indices('@').filter(|(at, _)| self.is_key(open + at)).all(|(at, _)| {
            let kind = inner[at + 1..].split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or("");
            inner[at + 1 + kind.len()..].starts_with([':', '-']) && KINDS.iter().any(|known| known.eq_ignore_ascii_case(kind))
        })
    }

    /// Whether an at sign begins a key: an address has a name before it.
    fn is_key(&self, at: usize) -> bool {
        let before = self.text[..at].chars().next_back();
        let next = self.text[at + 1..].chars().next();
        before.is_none_or(|c| !c.is_alphanumeric() && !"@_.".contains(c))
            && next.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '{')
    }

    fn close(&mut self) {
        let Some(kind) = self.open.pop() else { return self.mark(1, Markup::Mark) };
        let behind = &self.rest()[1..];
        if kind == Bracket::Note {
            return self.mark(1, Markup::Mark);
        }
        if let Some(target) = target(behind) {
            let construct = self.out.construct();
            match target.title.filter(|_| kind == Bracket::Image) {
                // A picture's title is shown, as its caption.
                Some(title) => {
                    let end = self.at + 1 + target.length;
                    self.part(construct, 1 + title.start, Markup::Address, Gap::Line);
                    self.flush(self.at + title.len());
                    self.at = self.from;
                    self.part(construct, end - self.at, Markup::Address, Gap::Space);
                }
                None => self.part(construct, 1 + target.length, Markup::Address, Gap::Close),
            }
            return self.attributes();
        }
        if let Some(length) = reference(behind, self.known) {
            self.whole(1 + length, Markup::Label);
            return self.attributes();
        }
        let cited = self.at > 0 && self.at == self.citation_to;
        self.mark(1, Markup::Mark);
        // A stop behind a citation may stand before the call of the note that it became.
        if cited && self.rest().starts_with(['.', ',', ';', ':', '!', '?']) {
            self.mark(1, Markup::Mark);
        }
        self.attributes();
    }

    /// ` ^name` at a block's end, by which other notes name the block.
    fn address_of_block(&mut self) -> bool {
        let name = self.rest()[1..].trim_end();
        let fits = self.text[..self.at].ends_with(' ')
            && !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if fits {
            self.whole(1 + name.len(), Markup::Label);
        }
        fits
    }

    fn delimiter(&mut self) {
        let byte = self.byte(self.at);
        let count = self.run_of(byte);
        let before = self.text[..self.at].chars().next_back();
        let behind = self.text[self.at + count..].chars().next();
        let space = |c: Option<char>| c.is_none_or(char::is_whitespace);
        let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let can = match byte {
            b'_' => !(space(before) && space(behind) || letter(before) && letter(behind)),
            _ => !(space(before) && space(behind)),
        };
        if can {
            self.mark(count, Markup::Mark);
        } else {
            self.at += count;
        }
    }

    /// `$…$` by pandoc's rule: no space inside the marks, no digit behind the second; `$$…$$` around anything.
    fn formula(&mut self) {
        if self.rest().starts_with("$$") {
            return match self.find("$$", 2) {
                Some(length) => {
                    self.mark(2, Markup::Mark);
                    self.literal(length);
                    self.mark(2, Markup::Mark);
                    let rest = self.rest();
                    let white = rest.len() - rest.trim_start_matches([' ', '\t']).len();
                    if attributes(&rest[white..]).is_some() {
                        self.mark(white, Markup::Mark);
                        self.attributes();
                    }
                    self.called();
                }
                None => self.at += 2,
            };
        }
        let behind = &self.rest()[1..];
        let bytes = behind.as_bytes();
        // The next mark is its partner, or there is none.
        let from = self.at + 1;
        let places = self.places.of(self.text, "$");
        let next = places[places.partition_point(|at| *at < from)..].iter().map(|at| at - from);
        let next = next.clone().find(|at| *at == 0 || bytes[at - 1] != b'\\');
        let Some(length) = next.filter(|at| *at > 0) else { return };
        let inner = &behind[..length];
        // OCR tools put spaces inside; where there are signs of TeX, no price is meant.
        let spaced = inner.starts_with(|c: char| c.is_whitespace()) || inner.ends_with(|c: char| c.is_whitespace());
        // An escaped dollar is an amount's, too.
        let is_tex = inner.replace("\\$", "").contains(['\\', '^', '_', '{']);
        if !is_tex && (spaced || bytes.get(length + 1).is_some_and(u8::is_ascii_digit)) {
            return;
        }
        let place = self.lines.place(self.at);
        if self.literal.is_picture(&(place..place + 1)) {
            return self.mark(length + 2, Markup::Alternative);
        }
        let is_math = self.literal.is_math(&(place..place + 1));
        let (lead, trail) = (inner.len() - inner.trim_start().len(), inner.len() - inner.trim_end().len());
        self.mark(1, Markup::Mark);
        if is_math {
            self.swallow(lead);
        } else {
            self.bind();
        }
        if inner.len() > 2 && inner.starts_with('`') && inner.ends_with('`') {
            self.mark(1, Markup::Mark);
            self.literal(length - 2);
            self.mark(1, Markup::Mark);
        } else {
            self.literal(length);
        }
        if !is_math {
            self.bind();
        }
        let close = self.out.pieces.len();
        self.mark(1, Markup::Mark);
        if is_math {
            self.out.reach_back(close, trail);
        }
    }

    /// What a displayed formula is called by, behind it: `(toll)`.
    fn called(&mut self) {
        let line = self.rest().split('\n').next().unwrap_or("");
        let own = line.trim();
        let name = own.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
        let fits =
            |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_:".contains(&byte));
        if name.is_some_and(fits) {
            self.at += line.find('(').unwrap_or(0);
            self.whole(own.len(), Markup::Label);
        }
    }

    /// Marks of editors (CriticMarkup), kramdown's options and comments, MyST's roles.
    fn braced(&mut self) -> bool {
        let rest = self.rest();
        if rest.starts_with("{>>")
            && let Some(end) = self.find("<<}", 3)
        {
            self.whole(end + 6, Markup::Comment);
            return true;
        }
        for (open, close) in [("{++", "++}"), ("{--", "--}"), ("{==", "==}"), ("{~~", "~~}")] {
            if rest.starts_with(open) && self.find(close, 3).is_some() {
                self.mark(3, Markup::Mark);
                return true;
            }
        }
        if rest.starts_with("{::comment}") {
            let end = self.find("{:/", 11);
            let close = end.and_then(|end| rest[11 + end..].find('}').map(|length| 11 + end + length + 1));
            if let Some(length) = close {
                self.whole(length, Markup::Comment);
                return true;
            }
        }
        if let Some(length) = rest.strip_prefix("{:").and_then(|inner| inner.find('}')).filter(|length| *length < 200) {
            let inner = &rest[2..2 + length];
            let is_option = inner.starts_with([':', '/']) || inner == "toc" || inner.split_once(": ").is_some();
            if is_option && !inner.contains(['{', '\n']) {
                self.whole(length + 3, Markup::Attribute);
                return true;
            }
        }
        // A role of MyST.
        let name = &rest[1..];
        let length = name.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b"-_:".contains(byte)).count();
        if length == 0 || !name[length..].starts_with("}`") {
            return false;
        }
        let name = &name[..length];
        self.whole(length + 2, Markup::Attribute);
        let ticks = self.run_of(b'`');
        let Some(close) = self.places.ticks(self.text, ticks, self.at + ticks) else { return true };
        let inner = &self.text[self.at + ticks..close];
        match name {
            name if NAMING.contains(&name) => {
                self.mark(ticks, Markup::Mark);
                let words = inner.rfind('<').filter(|_| inner.ends_with('>')).unwrap_or(0);
                let said = inner[..words].trim_end().len();
                self.literal(said);
                if said > 0 {
                    // The space before the name is the mark's.
                    self.swallow(words - said);
                }
                self.skip(words - said);
                if words > 0 {
                    self.whole(inner.len() - words, Markup::Address);
                } else {
                    // Keys of cross references are written with a colon, too.
                    const KEYS: &[&str] = &["fig:", "tbl:", "sec:", "eq:", "lst:", "thm:", "lem:", "def:"];
                    let first = self.out.pieces.len();
                    self.literal(inner.len());
                    for at in (first..self.out.pieces.len()).filter(|_| KEYS.iter().any(|key| inner.starts_with(key))) {
                        if self.out.said(at) == ":" {
                            self.out.say(at, "-".to_owned());
                        }
                    }
                }
                self.mark(ticks, Markup::Mark);
            }
            // What code holds is read as text.
            "math" | "kbd" | "command" | "program" | "file" | "code" | "literal" | "samp" | "envvar" | "option" => self.code(),
            _ => {
                self.mark(ticks, Markup::Mark);
                self.role_to = close;
            }
        }
        true
    }

    fn brace(&mut self) {
        if self.braced() {
            return;
        }
        let rest = self.rest();
        let template = [("{{", "}}"), ("{%", "%}")].iter().find(|(open, _)| rest.starts_with(open));
        if let Some((_, close)) = template
            && let Some(end) = self.find(close, 0)
        {
            return self.whole(end + 2, Markup::Code);
        }
        let before = self.at;
        self.attributes();
        if self.at == before && !self.braces.is_empty() {
            self.braces.push(false);
        }
    }

    /// The end of what an editor marked.
    fn ends_edit(&self) -> bool {
        ["++}", "--}", "==}", "~~}"].iter().any(|close| self.rest().starts_with(close))
    }

    fn comment(&mut self) {
        if let Some(length) = self.find("%%", 2) {
            self.whole(length + 4, Markup::Comment);
        }
    }

    /// `:smile:` may be its picture.
    fn emoji(&mut self) {
        let name = self.rest()[1..]
            .bytes()
            .take_while(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'0'..=b'9' | b'+' | b'-'));
        let length = name.count();
        if length > 1 && self.byte(self.at + 1 + length) == b':' {
            self.whole(length + 2, Markup::Mark);
        }
    }
}

/// `<https://…>` or `<who@where>`, as long as it is.
fn address(text: &str) -> Option<usize> {
    let end = text.find(['>', ' ', '\n'])?;
    let inner = text.get(1..end).filter(|_| text.as_bytes()[end] == b'>')?;
    let scheme = inner.split(':').next().unwrap_or("");
    // Tags of office programs and of readers of e-books.
    let absolute = inner.contains(':')
        && (inner.contains("//") || !["o", "v", "w", "m", "st1", "mbp"].contains(&scheme))
        && (2..=32).contains(&scheme.len())
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    let mail = inner.split_once('@').is_some_and(|(who, place)| {
        !who.is_empty()
            && who.chars().all(|c| c.is_ascii_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(c))
            && place.starts_with(|c: char| c.is_ascii_alphanumeric())
            && place.chars().all(|c| c.is_ascii_alphanumeric() || "-.".contains(c))
    });
    (absolute && !inner.contains('<') || mail).then_some(end + 1)
}

/// The label of `[^label]`.
fn call(text: &str) -> Option<&str> {
    let inner = text.strip_prefix("[^")?;
    let end = inner.find([']', '[', '\n', '^'])?;
    let label = &inner[..end];
    (inner.as_bytes()[end] == b']' && !label.trim().is_empty()).then_some(label)
}

/// Where a link leads, behind its text.
struct Target {
    length: usize,
    /// Of the title's words.
    title: Option<Range<usize>>,
}

/// `(address "title"){…}`.
fn target(text: &str) -> Option<Target> {
    let bytes = text.as_bytes();
    if bytes.first() != Some(&b'(') {
        return None;
    }
    let space = |at: usize| at + bytes[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let mut at = space(1);
    if bytes.get(at) == Some(&b'<') {
        at += text[at..].find('>')? + 1;
    } else {
        let mut depth = 0usize;
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'\\' => at += 1,
                // CommonMark has no deeper ones (section 6.3).
                b'(' if depth > 32 => return None,
                b'(' => depth += 1,
                b')' if depth == 0 => break,
                b')' => depth -= 1,
                // A name with spaces, as people write it, goes on; a title begins with a quote.
                b' ' | b'\n' | b'\t' if matches!(bytes.get(space(at)), Some(b'"' | b'\'' | b'(' | b')' | b'=') | None) => break,
                b'\n' => return None,
                _ => {}
            }
            at += 1;
        }
    }
    at = space(at.min(bytes.len()));
    let mut title = None;
    if let Some(quote @ (b'"' | b'\'' | b'(')) = bytes.get(at) {
        let close = if *quote == b'(' { b')' } else { *quote };
        let start = at + 1;
        let mut end = start;
        while bytes.get(end).is_some_and(|byte| *byte != close) {
            end += if bytes[end] == b'\\' { 2 } else { 1 };
        }
        bytes.get(end)?;
        title = Some(start..end);
        at = space(end + 1);
    }
    // The width that some write behind the address: `=300x200`.
    if bytes.get(at) == Some(&b'=') {
        at += bytes[at..].iter().take_while(|byte| !matches!(byte, b')' | b'\n')).count();
    }
    (bytes.get(at) == Some(&b')')).then_some(Target { length: at + 1, title })
}

/// `[label]` of a link that is defined, or `[]`.
fn reference(text: &str, known: &Known) -> Option<usize> {
    let inner = text.strip_prefix('[')?;
    let end = inner.find([']', '['])?;
    let label = &inner[..end];
    let is_known = || known.links.contains(&Known::key(label)) || known.headings.contains(&Known::key(label));
    (inner.as_bytes()[end] == b']' && (label.trim().is_empty() || is_known())).then_some(end + 2)
}

/// The values of attributes that are words for readers: each may be shown.
pub fn shown(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<_> = ["title", "alt", "caption", "fig-alt", "fig-cap", "lst-cap", "name"]
        .iter()
        .filter_map(|name| html::value(text, name).map(|(_, range)| range))
        .collect();
    found.sort_by_key(|range| range.start);
    found.dedup_by(|next, last| next.start < last.end);
    found
}

/// Attributes in braces: `{#id .class key=value}`, `{: …}`, `{=html}`, `{width=50%}`, `{-}`.
pub fn attributes(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('{')?;
    let end = inner.find(['}', '{', '\n']).filter(|end| inner.as_bytes()[*end] == b'}')?;
    let words = inner[..end].trim();
    let words = words.strip_prefix(':').unwrap_or(words).trim();
    let mut rest = words;
    let mut any = false;
    while !rest.is_empty() {
        let length = attribute(rest)?;
        any = true;
        rest = rest[length..].trim_start();
    }
    (any || inner[..end].trim() == ":").then_some(end + 2)
}

fn attribute(text: &str) -> Option<usize> {
    let name =
        |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || "-_:.".contains(*c)).map(char::len_utf8).sum::<usize>();
    if matches!(text.split_whitespace().next(), Some("-" | "_")) {
        return Some(1);
    }
    if let Some(rest) = text.strip_prefix(['#', '.', '=', '@', '^']) {
        let length = name(rest);
        return (length > 0).then_some(length + 1);
    }
    let length = name(text);
    let behind = text[length..].strip_prefix('=').filter(|_| length > 0)?;
    let value = match behind.chars().next() {
        Some(quote @ ('"' | '\'')) => behind[1..].find(quote)? + 2,
        _ => behind.find(char::is_whitespace).unwrap_or(behind.len()),
    };
    Some(length + 1 + value)
}
