//! What stands inside a block of Markdown: which of its characters may be marks, by the rules of CommonMark and of the dialects that
//! books are written in. A doubtful character is a mark *by rule*, not by guess: it may then be missing in the tree, and nothing else.

mod angle;
mod braces;
mod brackets;
mod formulas;
mod forum;
mod tex;

use std::collections::BTreeMap;
use std::ops::Range;

use super::super::stream::{Gap, Markup, Stream};
use super::Literal;
use super::known::Known;
pub use braces::{attributes, shown};
pub use tex::closing;

/// The lines of a block, without what stands before them.
#[derive(Debug, Default)]
pub struct Lines {
    pub flat: String,
    /// From where on bytes of `flat` stand where in the source.
    map: Vec<(usize, usize)>,
    /// Whether they are a block of raw HTML.
    pub is_raw: bool,
}

impl Lines {
    pub fn is_empty(&self) -> bool {
        self.map.is_empty()
    }

    pub fn clear(&mut self) {
        self.flat.clear();
        self.map.clear();
        self.is_raw = false;
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
    pub fn ranges(&self, range: Range<usize>) -> impl Iterator<Item = Range<usize>> + '_ {
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
            role_target: None,
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
    /// Where what they lead to begins.
    role_target: Option<usize>,
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

#[derive(Clone, Copy, PartialEq, Eq)]
enum Bracket {
    Link,
    Image,
    Note,
}

impl<'s> Scanner<'s, '_> {
    fn run(&mut self) {
        while let Some(found) = self.text[self.at..].find(|c: char| c.is_ascii_punctuation() || matches!(c, '《' | '》' | '｜'))
        {
            self.at += found;
            let before = self.at;
            self.special();
            if self.at == before {
                self.at += self.rest().chars().next().map_or(1, char::len_utf8);
            }
        }
        self.flush(self.text.len());
    }

    /// Whether the tree has text that begins or ends within the next `length` bytes, which are no mark-up then.
    fn is_cut(&self, length: usize) -> bool {
        let start = self.lines.place(self.at);
        length > 0 && self.literal.is_cut(&(start..self.lines.place(self.at + length - 1) + 1))
    }

    /// Whether the sign here ends a reference to a character.
    fn ends_reference(&self) -> bool {
        let name = |c: char| c.is_ascii_alphanumeric() || c == '#';
        self.byte(self.at) == b';' && self.text[..self.at].trim_end_matches(name).ends_with('&')
    }

    fn is_in_formula(&self) -> bool {
        let place = self.lines.place(self.at);
        self.literal.is_math(&(place..place + 1))
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
            0xE2.. => self.reading(),
            b'@' if self.example() => {}
            b'@' if self.is_key(self.at) => {
                self.mark(1, Markup::Mark);
                self.stop_behind_key();
            }
            b';' if self.at < self.citation_to && self.leads_into_work() => {
                self.says(1, ",".to_owned());
                self.out.part(Gap::Space);
            }
            b';' | b',' | b'-' | b'{' | b'}' if self.at < self.citation_to && !self.ends_reference() => {
                self.mark(1, Markup::Mark)
            }
            b'{' if self.is_hole() => self.whole(self.rest().find('}').map_or(1, |end| end + 1), Markup::Mark),
            b'\\' => self.escape(),
            // In a formula it parts columns.
            b'&' if self.is_in_formula() => self.literal(1),
            b'(' if self.rest().starts_with("(\\#") => self.label_of_caption(),
            b'(' if self.rest().starts_with("(ref:") => self.text_reference(),
            b'`' => self.code(),
            b'<' if self.role_target == Some(self.at) => {
                self.flush(self.at);
                let before = &self.text[..self.at];
                let (first, white) = (self.out.pieces.len(), before.len() - before.trim_end().len());
                self.out.loosen(self.lines.place(self.at - white));
                self.whole(self.role_to - self.at, Markup::Address);
                self.out.reach_back(first, white);
            }
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
            b'[' if self.forum() => {}
            b'[' => self.bracket(),
            b']' => self.close(),
            b'^' if self.address_of_block() => {}
            b'+' | b'-' | b'=' | b'~' if self.ends_edit() => self.mark(3, Markup::Mark),
            b'~' if self.rest().starts_with("~\\ref{") => self.parting_mark(1, Markup::Mark, Gap::Space),
            b'~' if self.rest().starts_with("~>") => self.mark(2, Markup::Mark),
            b'*' | b'_' | b'~' | b'^' => self.delimiter(),
            b'=' if self.rest().starts_with("==") && self.byte(self.at + 2) != b'=' => self.delimiter(),
            b'+' if self.rest().starts_with("++") && self.byte(self.at + 2) != b'+' => self.delimiter(),
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
            // In raw HTML it is no code, and the space is one.
            self.out.loosen(self.lines.place(self.at) + 1);
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
        if padded {
            self.out.loosen(self.lines.place(self.at - 1));
        }
        self.mark(count, Markup::Mark);
        if padded {
            self.out.reach_back(close, 1);
        }
        self.attributes();
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

    /// Obsidian's comments: signs of per cent beside a word are text, and so are those with nothing between them.
    fn comment(&mut self) {
        let is_joined = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        if is_joined(self.text[..self.at].chars().next_back()) {
            self.at += self.run_of(b'%');
            return;
        }
        let Some(length) = self.find("%%", 2) else { return };
        let (inner, behind) = (&self.rest()[2..2 + length], self.rest()[length + 4..].chars().next());
        if inner.trim().is_empty() || is_joined(behind) || inner.contains("-->") {
            self.at += 2;
            return;
        }
        self.whole(length + 4, Markup::Comment);
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
