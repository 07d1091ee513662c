//! The witness for Markdown: it reads the file's own bytes, line by line, and says of every character whether it is text or may be
//! mark-up. It is simpler than a parser, since it need not know what a mark means, only whether the format gives it a meaning.

mod commands;
mod drawn;
mod fences;
mod formulas;
mod generators;
mod html;
mod known;
mod line;
mod literal;
mod openings;
mod tables;

use std::ops::Range;

use super::stream::{Gap, Labelled, Markup, Stream};
use fences::{ADDRESSED, DIRECTIVES, LITERAL, directive, fence};
use formulas::environment;
pub use html::Tag;
use known::{Known, defined, definition, note_label};
use line::{Lines, Mode};
pub use literal::Literal;
use openings::{abbreviation, columns, heading, html_until, indent, is_label, is_rule, leading_mark, line_block, list_mark};
use tables::{is_drawn, is_rule_of_table, starts_table};

/// Reads what stands in `range` of a file of Markdown.
pub fn read(out: &mut Stream, range: Range<usize>, literal: &Literal) {
    let source = out.source;
    let known = defined(source, range.clone());
    // The OpenITI corpus has a Markdown of its own.
    let corpus = source[range.clone()].trim_start().starts_with("######OpenITI#");
    let blocks = Blocks {
        corpus,
        source,
        literal,
        known,
        out: &mut *out,
        lines: Lines::default(),
        mode: Mode::Text,
        open: Open::Text,
        items: Vec::new(),
        ruled: false,
        table_quotes: 0,
        leaf_quotes: 0,
        slashes: Vec::new(),
        blank: true,
        free: true,
        note: None,
        options: false,
        between_rules: None,
        raw: false,
        raw_quotes: 0,
        defined_to: 0,
        directives: Vec::new(),
        values: false,
        tabular: false,
        held: 0,
        ends: None,
        last_ends: None,
        barred: false,
        slashed: false,
    };
    blocks.run(range);
    if corpus {
        // Its milestones count words.
        let is_milestone = |said: &str| {
            said.strip_prefix("ms").is_some_and(|digits| digits.len() >= 2 && digits.bytes().all(|byte| byte.is_ascii_digit()))
        };
        (0..out.pieces.len()).filter(|at| is_milestone(out.said(*at))).collect::<Vec<_>>().into_iter().for_each(|at| {
            out.pieces[at].markup = Some(Markup::Furniture);
        });
    }
}

/// What is open where a line begins.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Open {
    Text,
    /// Code between fences: the mark, how often, at how many quotation marks, and the column of the item that holds it.
    Fence {
        mark: u8,
        count: usize,
        quotes: usize,
        column: usize,
    },
    /// Indented code.
    Indented,
    /// HTML that ends behind these words.
    Until(&'static str),
    /// A displayed formula, until its last mark.
    Formula {
        end: String,
        quotes: usize,
    },
}

/// Whether some lines draw a table whose cells are empty.
fn is_silent_table(flat: &str) -> bool {
    flat.chars().all(|c| matches!(c, '|' | '-' | ':') || c.is_whitespace()) && ["|", "-"].iter().all(|mark| flat.contains(mark))
}

struct Blocks<'s, 'a> {
    /// Whether the text is of the OpenITI corpus.
    corpus: bool,
    source: &'a str,
    literal: &'s Literal,
    known: Known,
    out: &'s mut Stream<'a>,
    /// The lines of the block that is open.
    lines: Lines,
    mode: Mode,
    open: Open,
    /// The columns at which the text of the open items begins.
    items: Vec<usize>,
    /// Whether the rule under the table's head was drawn.
    ruled: bool,
    /// In how many quotations the table stands.
    table_quotes: usize,
    /// The same of the paragraph that is open.
    leaf_quotes: usize,
    /// Whether the line before was empty.
    blank: bool,
    /// Whether one stands above the line at hand.
    free: bool,
    /// The note whose text is being read.
    note: Option<Labelled>,
    /// Whether the line above was a directive's head or one of its options.
    options: bool,
    /// Whether a block of HTML is open that an empty line ends, and in how many quotations.
    raw: bool,
    raw_quotes: usize,
    /// Whether the options of the directive at hand stand between two rules, once that is known.
    between_rules: Option<bool>,
    /// How far the definition of a link goes.
    defined_to: usize,
    /// The fences of code that are directives' and open: the mark, how often.
    directives: Vec<(u8, usize)>,
    /// Whether the code that is open holds values, parted by commas.
    values: bool,
    /// Whether a table of TeX is open.
    tabular: bool,
    /// How many of its commands whose words stand in braces are open.
    held: usize,
    /// Where what commands of TeX open ends.
    ends: Option<commands::Ends>,
    /// Where the last `tabular` and the last `table` end, once that was asked; 0: nowhere.
    last_ends: Option<(usize, usize)>,
    /// Whether the line above stands behind a bar, in a line block.
    barred: bool,
    /// Whether the line above opened a block of slashes, or was one of its options.
    slashed: bool,
    /// The blocks of slashes that are open: how many slashes.
    slashes: Vec<usize>,
}

impl Blocks<'_, '_> {
    fn run(mut self, range: Range<usize>) {
        let mut wraps = fences::around_all(self.source, range.clone()).into_iter().peekable();
        let mut at = range.start;
        while at < range.end {
            let end = self.source[at..range.end].find('\n').map_or(range.end, |length| at + length);
            let end = self.page_in(at..end).unwrap_or(end);
            let next = (end + 1).min(range.end);
            if let Some(fence) = wraps.next_if(|fence| fence.start == at) {
                self.part();
                self.open = Open::Text;
                self.out.whole(fence, Markup::Mark, Gap::Block);
                self.blank = true;
                at = end + 1;
                continue;
            }
            // What is set in no further ends indented code.
            if self.open == Open::Indented && !self.source[at..end].trim().is_empty() && indent(&self.source[at..end]) < 4 {
                self.open = Open::Text;
                self.out.part(Gap::Block);
            }
            let is_code = || self.blank && indent(&self.source[at..end]) >= 4 && self.literal.is_code(&(at..end));
            if self.open == Open::Text
                && self.lines.is_empty()
                && !is_code()
                && let Some(table) = drawn::table(self.source, at, range.end, self.blank)
            {
                at = self.drawn(at, table);
                continue;
            }
            if self.open == Open::Text
                && !is_code()
                && let Some(laid_out) = generators::at(self.source, at, range.end)
                    .or_else(|| commands::at(self.source, at, range.end, &mut self.ends))
                    .filter(|_| !self.begins_as_text(at..end))
            {
                self.part();
                at = self.cells(laid_out);
                continue;
            }
            let after = self.source[next..range.end].split('\n').next().unwrap_or("");
            self.line(at..end, after);
            at = end + 1;
        }
        self.flush();
        self.end_note(range.end);
    }

    /// Whether a line's first sign is text.
    fn begins_as_text(&self, line: Range<usize>) -> bool {
        let said = &self.source[line.clone()];
        let own = line.start + said.len() - said.trim_start().len();
        self.literal.is_text(&(own..own + 1))
    }

    /// Where a page ends inside of a line.
    fn page_in(&self, line: Range<usize>) -> Option<usize> {
        let feeds = self.source[line.clone()].match_indices('\x0C').map(|(at, _)| line.start + at);
        feeds.into_iter().find(|at| self.literal.begins_page(*at))
    }

    fn flush(&mut self) {
        let lines = std::mem::take(&mut self.lines);
        if self.mode == Mode::Text && is_silent_table(&lines.flat) && !lines.ranges(0..1).any(|own| self.literal.is_text(&own))
        {
            // A table without a word is none.
            lines.ranges(0..lines.flat.len()).for_each(|own| self.out.parting_mark(own, Markup::TableMark, Gap::Block));
            self.lines = lines;
            self.lines.clear();
            return;
        }
        line::read(&lines, self.mode, &self.known, self.literal, self.out);
        self.lines = lines;
        self.lines.clear();
    }

    /// What comes next is another block.
    fn part(&mut self) {
        self.flush();
        self.mode = Mode::Text;
        self.out.part(Gap::Block);
    }

    fn end_note(&mut self, at: usize) {
        if let Some(mut note) = self.note.take() {
            note.range.end = at;
            self.out.notes.push(note);
        }
    }

    fn line(&mut self, range: Range<usize>, after: &str) {
        if range.start < self.defined_to {
            return;
        }
        if let Some(end) = self.literal.taken_from(&range) {
            self.flush();
            self.out.text(range.start..end, false);
            return self.line(end..range.end, after);
        }
        if let Some(at) = self.literal.taken_in(&range).find(|at| self.source[*at..range.end].trim_start().starts_with('#')) {
            // Behind a page's mark a line begins.
            self.line(range.start..at, "");
            return self.line(at..range.end, after);
        }
        let text = &self.source[range.clone()];
        // In raw HTML a bracket alone ends a tag.
        let is_quoting = !self.raw || self.raw_quotes > 0;
        let is_blank = text.trim_matches(|c: char| matches!(c, ' ' | '\t' | '\r') || c == '>' && is_quoting).is_empty();
        match self.open.clone() {
            Open::Fence { mark, count, quotes, column } => return self.in_fence(range, (mark, count, quotes, column), after),
            Open::Until(end) => return self.until(range, end),
            Open::Formula { end, quotes } => return self.in_formula(range, &end, quotes),
            Open::Indented if text.trim().is_empty() || indent(text) >= 4 && self.literal.is_code(&range) => {
                return self.out.text(range, false);
            }
            Open::Indented => {
                self.open = Open::Text;
                self.out.part(Gap::Block);
            }
            Open::Text => {}
        }
        if is_blank {
            self.quote_marks(range);
            self.part();
            self.blank = true;
            self.raw = false;
            return;
        }
        let was_blank = std::mem::replace(&mut self.blank, false);
        self.free = was_blank;
        if was_blank && self.note.is_some() && indent(text) < 2 {
            self.end_note(range.start);
        }
        if (was_blank || self.mode == Mode::Table) && indent(text) >= 4 && self.literal.is_code(&range) {
            self.part();
            self.open = Open::Indented;
            return self.out.text(range, false);
        }
        let start = range.start;
        self.content(range, start, after);
    }

    /// The marks of quotation before a line's text.
    fn quote_marks(&mut self, range: Range<usize>) -> Range<usize> {
        let mut at = range.start;
        loop {
            at += self.source[at..range.end].bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
            if at < range.end && self.source.as_bytes()[at] == b'>' {
                self.out.parting_mark(at..at + 1, Markup::Mark, Gap::Close);
                at += 1;
            } else {
                return at..range.end;
            }
        }
    }

    /// A line outside code: what stands before its text, then the text.
    /// `start`: where the line begins, from which columns count.
    fn content(&mut self, range: Range<usize>, start: usize, after: &str) {
        let mut range = range;
        let mut quotes = 0;
        if self.raw && self.raw_quotes == 0 && self.mode == Mode::Text {
            // No quotation and no item begins in raw HTML.
            self.lines.is_raw = true;
            return self.text(range, start, 0, after);
        }
        loop {
            let before = range.start;
            let white = self.source[range.clone()].bytes().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\x0C')).count();
            if self.mode == Mode::Table && self.source[range.start..range.start + white].contains('\x0C') {
                // A page's end is a table's.
                self.part();
                self.mode = Mode::Text;
            }
            range.start += white;
            let text = &self.source[range.clone()];
            if range.start == start && openings::lettered(text) {
                // Leanpub's groups.
                if self.lines.is_empty() {
                    self.out.part(Gap::Block);
                }
                self.out.whole(range.start..range.start + 2, Markup::Mark, Gap::Close);
                range.start += 2;
                quotes += 1;
                continue;
            }
            if text.starts_with('>') {
                // A quotation that goes on is one block with what stands above, a table is none with what is quoted deeper.
                if self.mode == Mode::Table && quotes >= self.table_quotes {
                    self.part();
                }
                if self.lines.is_empty() {
                    self.out.part(Gap::Block);
                }
                self.out.mark(range.start..range.start + 1, Markup::Mark);
                range.start += 1;
                quotes += 1;
                // What is quoted deeper is no more of the paragraph above.
                if self.mode == Mode::Text && quotes > self.leaf_quotes && !self.lines.is_empty() {
                    self.flush();
                }
                continue;
            }
            // The rule under a table's head may begin as an item does.
            if is_rule(text) || self.mode == Mode::Table && !self.ruled && is_drawn(text.trim_end()) {
                break;
            }
            let heads_table =
                || self.literal.heads_table_at(range.start) || self.literal.is_levelled && starts_table(text, after, quotes);
            // One inside of a formula, or of a text that goes on, is none.
            let goes_on = |length: &usize| {
                let mark = range.start..range.start + length;
                !self.lines.is_empty() && (self.literal.is_math(&mark) || self.literal.is_text(&mark))
            };
            let Some(length) = list_mark(text).filter(|length| !heads_table() && !goes_on(length)) else {
                if before == start {
                    let shown = columns(&self.source[start..range.start]);
                    self.items.retain(|column| *column <= shown || !self.lines.is_empty());
                }
                break;
            };
            // What only may be a mark parts nothing where it stands as text.
            self.flush();
            self.mode = Mode::Text;
            self.out.whole(range.start..range.start + length, Markup::ListMark, Gap::Block);
            let column = range.start - start;
            self.items.retain(|open| *open <= column);
            range.start += length;
            self.items.push(range.start - start + 1);
            let rest = &self.source[range.clone()];
            let lead = rest.len() - rest.trim_start().len();
            if let Some(task) = ["[ ]", "[x]", "[X]"].iter().find(|task| rest[lead..].starts_with(**task)) {
                let at = range.start + lead;
                self.out.whole(at..at + task.len(), Markup::ListMark, Gap::Close);
                range.start = at + task.len();
            }
        }
        self.text(range, start, quotes, after);
    }

    /// A line's text, behind all that stands before it.
    fn text(&mut self, range: Range<usize>, start: usize, quotes: usize, after: &str) {
        let text = &self.source[range.clone()];
        let column = range.start - start;
        if text.trim().is_empty() {
            return self.flush();
        }
        if self.lines.is_empty() {
            self.leaf_quotes = quotes;
        }
        if self.slashed && self.slash_option(&range, column) {
            return;
        }
        // In raw HTML, which goes on to an empty line, no fence opens.
        if !self.raw && html::begins_block(text) {
            // It ends a paragraph, and what is open there.
            if self.mode == Mode::Text {
                self.flush();
            }
            (self.raw, self.raw_quotes) = (true, quotes);
            self.lines.is_raw = self.mode == Mode::Text;
        }
        // A tab leads into an item as four spaces do.
        let shown = columns(&self.source[start..range.start]);
        let item = self.items.iter().rev().copied().find(|item| *item <= shown).unwrap_or(0);
        // Four columns further in, a line goes on with the paragraph above.
        let goes_on = !self.lines.is_empty() && shown >= item + 4;
        if goes_on && text.starts_with(":::") && self.mode == Mode::Text {
            return self.lines.add(self.source, range);
        }
        // What a single letter stands before is an item in lists alone, and code in a line begins no listing.
        let is_lettered = self.source[start..range.start].contains(|c: char| c.is_ascii_alphabetic());
        let is_text = is_lettered && !self.literal.is_listing(&range) || Literal::touches(&self.literal.spans, &range);
        let begins = |_: &(u8, usize)| !self.raw && !goes_on && !is_text;
        if let Some((mark, count)) = fence(text).or_else(|| self.literal_colons(&range)).filter(begins) {
            self.part();
            let info = text[count..].trim();
            if info.is_empty() && self.directives.last() == Some(&(mark, count)) {
                self.directives.pop();
                return self.out.whole(range, Markup::Attribute, Gap::Block);
            }
            let name = directive(info).map_or("", |head| &info[1..head - 1]);
            let bare = name.strip_prefix("prf:").unwrap_or(name);
            if let Some(head) = directive(info).filter(|_| DIRECTIVES.contains(&bare)) {
                self.directives.push((mark, count));
                return self.named(range, count, head, ADDRESSED.contains(&name));
            }
            self.values = name == "csv-table";
            if let Some(head) = directive(info).filter(|_| LITERAL.contains(&name)) {
                // What stands behind the name of a listing is its language.
                let head = if name.contains("code") { info.len() } else { head };
                self.group(range.clone(), count, head);
                self.open = Open::Fence { mark, count, quotes, column: item };
                return;
            }
            self.open = Open::Fence { mark, count, quotes, column: item };
            // A listing's caption is among its attributes.
            if let Some(head) = line::attributes(info).filter(|length| *length == info.len()) {
                return self.group(range, count, head);
            }
            self.out.part(Gap::Block);
            // The title of a listing is shown.
            let shown = if info.contains(" title=") { line::shown(text) } else { Vec::new() };
            let (construct, mut at) = (self.out.construct(), range.start);
            for value in shown {
                self.out.part_of(construct, at..range.start + value.start, Markup::Code, Gap::Block);
                self.out.whole(range.start + value.start..range.start + value.end, Markup::Code, Gap::Block);
                at = range.start + value.end;
            }
            return self.out.part_of(construct, at..range.end, Markup::Code, Gap::Block);
        }
        // A comment or a declaration that nothing closes is none, and neither is what a page's end closes.
        let closed = |end: &str| match self.source[range.start..].find(end) {
            Some(length) => !self.literal.is_cut(&(range.start..range.start + length + end.len())),
            None => !matches!(end, "-->" | ">"),
        };
        let is_text = self.literal.is_text(&(range.start..range.start + 1));
        if let Some(end) = html_until(text).filter(|end| closed(end) && !is_text) {
            self.lines.add(self.source, range.clone());
            if text.to_ascii_lowercase()[1..].contains(end) {
                // A line may begin behind it that knows nothing of it: a link's definition.
                self.flush();
            } else {
                self.open = Open::Until(end);
            }
            return;
        }
        // Raw HTML goes on to an empty line, whatever its lines look like.
        if self.raw && self.mode == Mode::Text {
            self.lines.is_raw = true;
            return self.lines.add(self.source, range);
        }
        for (open, close) in [("$$", "$$"), ("\\[", "\\]")] {
            // One that closes a formula has none behind it.
            let goes_on = || self.literal.is_math(&(range.end..range.end + 1));
            if text.starts_with(open) && !text[2..].contains(close) && self.literal.is_math(&range) && goes_on() {
                self.part();
                self.out.mark(range.start..range.start + 2, Markup::Mark);
                self.out.text(range.start + 2..range.end, false);
                self.open = Open::Formula { end: close.to_owned(), quotes };
                return;
            }
        }
        if let Some((length, end)) = environment(&self.source[range.start..], text) {
            self.part();
            self.environment_mark(range.start..range.start + length);
            return self.in_formula(range.start + length..range.end, &end, 0);
        }
        // A row of the tree's table is one, whatever it begins with.
        let heads = text.contains('|')
            && self.literal.heads_table(&range)
            && (tables::may_be_rule(after) || self.has_rule_below(range.end));
        if !heads && self.special(&range) {
            return;
        }
        if self.mode == Mode::Table && quotes < self.table_quotes {
            // A quotation goes on with lines of text alone.
            self.part();
        }
        // The rule below the head stands in the same item.
        let lead = indent(&self.source[start..range.end]);
        let is_inside = quotes > 0 || column <= lead || self.items.last().is_none_or(|item| indent(after) + 1 >= *item);
        // A line of text may go on outside of the quotation or the item in which its paragraph stands; a table may not.
        let is_lazy =
            !self.lines.is_empty() && (quotes < self.leaf_quotes || self.items.last().is_some_and(|item| column + 1 < *item));
        let is_inside = is_inside && !is_lazy;
        let begins_table = starts_table(text, after, quotes) && is_inside || self.heads_table(&range);
        if heads || self.mode == Mode::Text && begins_table && self.literal.is_table(&range) {
            self.part();
            self.mode = Mode::Table;
            self.ruled = false;
            self.table_quotes = quotes;
        }
        if self.mode == Mode::Table && text.starts_with('[') && !text.contains('|') {
            // A caption below, and what the table is called by (MultiMarkdown).
            self.part();
            let label = text.trim_end().rfind("][").filter(|_| text.trim_end().ends_with(']')).map(|at| at + 1);
            let caption = label.unwrap_or(text.trim_end().len());
            self.lines.add(self.source, range.start..range.start + caption);
            self.flush();
            return self.out.whole(range.start + caption..range.start + text.trim_end().len(), Markup::Label, Gap::Block);
        }
        if self.mode == Mode::Table && self.ruled && !text.starts_with('+') && !self.literal.is_table(&range) {
            // The tree's table has ended.
            self.part();
        }
        if self.mode == Mode::Table {
            // Rows part as cells do; a bar in front does so by itself.
            self.flush();
            if !text.starts_with('|') {
                self.out.part(Gap::Block);
            }
        }
        // A bar inside a paragraph is text: a line block begins with its first line.
        let may_be_barred = self.mode == Mode::Text && (self.lines.is_empty() || self.barred);
        if let Some(length) = line_block(text).filter(|_| may_be_barred) {
            self.flush();
            self.barred = true;
            self.out.mark(range.start..range.start + length, Markup::Mark);
            return self.lines.add(self.source, range.start + length..range.end);
        }
        // What is set in goes on with the line above.
        self.barred &= !self.lines.is_empty() && column > 0;
        self.lines.add(self.source, range);
    }

    /// Lines that are marks as a whole, or begin with marks of their own.
    fn special(&mut self, range: &Range<usize>) -> bool {
        if self.options && self.option(range) {
            return true;
        }
        let text = &self.source[range.clone()];
        let trimmed = text.trim_end();
        let whole = range.start..range.start + trimmed.len();
        // One that nothing ends is text.
        let is_whole = text.strip_prefix("\\begin{tabular").is_some_and(|rest| {
            // So is one whose columns are not said behind its name.
            let columns = rest.split_once('}').map_or("", |(_, columns)| columns.trim_start());
            columns.starts_with(['{', '[']) && rest.matches('{').count() < rest.matches('}').count()
        });
        // So is one that is no table of the tree.
        let is_whole = is_whole && self.literal.is_table(range);
        let begins = is_whole && self.last_ends().0 > range.start
            || text.starts_with("\\begin{table}") && self.last_ends().1 > range.start;
        if self.tabular || begins {
            self.tabular(range.clone());
            return true;
        }
        if let Some((term, meaning)) = abbreviation(trimmed) {
            self.part();
            let at = |within: usize| range.start + within;
            self.out.mark(at(0)..at(2), Markup::Mark);
            self.out.text(at(2)..at(term), false);
            self.out.parting_mark(at(term)..at(meaning), Markup::Mark, Gap::Block);
            self.out.text(at(meaning)..whole.end, false);
            self.out.part(Gap::Block);
            return true;
        }
        if is_label(trimmed) {
            self.part();
            self.out.whole(whole, Markup::Label, Gap::Block);
            return true;
        }
        if self.mode == Mode::Table && self.ruled && is_rule_of_table(trimmed) {
            // A table may begin right below another: its head was the row above.
            self.flush();
            for (at, c) in trimmed.char_indices() {
                self.out.parting_mark(range.start + at..range.start + at + c.len_utf8(), Markup::TableMark, Gap::Block);
            }
            return true;
        }
        if self.mode == Mode::Table && self.ruled && is_rule(trimmed) {
            // Right below its rows, it ends a table.
            self.part();
            self.mode = Mode::Text;
        }
        let grid = text.starts_with('+');
        // With bars it is a table's, below its head.
        let is_drawn_text = self.mode == Mode::Text && !trimmed.contains('|');
        if is_drawn(trimmed) && (is_drawn_text || grid || self.mode == Mode::Table && !self.ruled) {
            // A rule, a line under a heading, the head's end of a table. One that stands as text parts nothing.
            self.flush();
            match trimmed.contains('|') {
                // Of what is no rule after all each cell is one.
                true => self.out.parting_mark(whole, Markup::TableMark, Gap::Block),
                false => self.out.whole(whole, Markup::TableMark, Gap::Block),
            }
            self.ruled = self.mode == Mode::Table;
            if grid {
                self.mode = Mode::Table;
            }
            return true;
        }
        if self.corpus
            && let Some(length) = ["# ", "~~"].iter().find(|mark| text.starts_with(**mark)).map(|mark| mark.len())
        {
            // A paragraph begins, or goes on.
            if text.starts_with('#') {
                self.part();
            }
            self.flush();
            self.out.mark(range.start..range.start + length, Markup::Mark);
            self.lines.add(self.source, range.start + length..range.end);
            return true;
        }
        if self.slashes(range) {
            return true;
        }
        if let Some(level) = heading(text) {
            let level = if self.corpus { text.len() - text.trim_start_matches(['#', '|', '$', ' ']).len() } else { level };
            self.part();
            self.out.parting_mark(range.start..range.start + level, Markup::Mark, Gap::Block);
            let mut end = whole.end;
            let mut level = level;
            // bookdown's parts and appendices.
            if let Some(mark) = ["(PART) ", "(APPENDIX) "].iter().find(|mark| text[level..].trim_start().starts_with(**mark)) {
                let white = text[level..].len() - text[level..].trim_start().len();
                let from = range.start + level + white;
                self.out.whole(from..from + mark.len(), Markup::Mark, Gap::Close);
                level += white + mark.len();
            }
            // Attributes stand behind the marks that close it.
            let is_read = |at: &usize| {
                line::attributes(&trimmed[*at..]) == Some(trimmed.len() - at)
                    && !self.literal.is_text(&(range.start + at..whole.end))
            };
            let attributes = trimmed.rfind('{').filter(|at| *at > level && is_read(at));
            if let Some(at) = attributes {
                end = range.start + trimmed[..at].trim_end().len().max(level);
            }
            let bare = self.source[range.start + level..end].trim_end_matches('#');
            let closing = range.start + level + bare.len();
            if closing < end && (bare.is_empty() || bare.ends_with([' ', '\t'])) {
                self.out.mark(closing..end, Markup::Mark);
                end = closing;
            }
            self.lines.add(self.source, range.start + level..end);
            if let Some(at) = attributes {
                self.lines.add(self.source, range.start + at..whole.end);
            }
            self.part();
            // Nothing goes on with it: what is indented below is code.
            self.blank = self.note.is_none();
            return true;
        }
        // A listing may stand behind what calls a note elsewhere.
        let is_note = self.literal.notes.binary_search_by_key(&range.start, |note| note.start).is_ok();
        if let Some(length) = text.find(']').filter(|at| is_note && text.starts_with("[^") && fence(&text[at + 1..]).is_some())
        {
            self.part();
            let behind = range.start + length + 1;
            self.out.whole(range.start..behind, Markup::Label, Gap::Block);
            self.text(behind..range.end, behind, 0, "");
            return true;
        }
        if let Some(label) = note_label(text) {
            self.part();
            // What stands right behind another label is no note of its own.
            let outer = self.note.take_if(|note| note.range.contains(&range.start));
            self.end_note(range.start);
            self.note = outer.clone();
            let length = label.len() + 4;
            self.out.whole(range.start..range.start + length, Markup::Label, Gap::Block);
            // One that nobody calls stands as text, a space behind it.
            self.out.loosen(range.start + length);
            if outer.is_none() {
                self.note = Some(Labelled { label: label.to_lowercase(), range: range.start..range.end });
            }
            self.content(range.start + length..range.end, range.start + length, "");
            // What is indented goes on with the note, and with a listing that begins behind its label.
            self.items = vec![4];
            if let Open::Fence { column, .. } = &mut self.open {
                *column = (*column).max(4);
            }
            return true;
        }
        if self.lines.is_empty()
            && let Some(found) = definition(&self.source[range.start..])
            // What begins a text is none.
            && !self.literal.is_text(&(range.start..range.start + 1))
        {
            let place = |at: usize| range.start + at;
            // Where it is a picture's, the title is shown.
            let title = found.title.unwrap_or(found.length..found.length);
            self.out.whole(range.start..place(title.start), Markup::Address, Gap::Block);
            if title.end > title.start {
                self.out.whole(place(title.start)..place(title.end), Markup::Address, Gap::Close);
                self.out.mark(place(title.end)..place(found.length), Markup::Address);
            }
            self.defined_to = place(found.length);
            return true;
        }
        let colons = trimmed.bytes().take_while(|byte| *byte == b':').count();
        let rest = trimmed[colons..].trim_start();
        // `::: name.of.it` asks another program for what is written elsewhere: text.
        let class = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')).count();
        let class = class + usize::from(rest[class..].starts_with('*'));
        // A word of any script is one as a whole.
        let is_word = rest.starts_with(char::is_alphanumeric)
            && rest.trim_end().chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '*'));
        let class = if is_word { rest.trim_end().len() } else { class };
        let is_asked = class > 0 && rest[class..].starts_with('.') && !rest.contains(char::is_whitespace);
        // A group's name begins with a letter or a number.
        let is_named = rest.is_empty() || rest.starts_with(|c: char| c == '{' || c.is_alphanumeric());
        let is_mark = !self.literal.is_text(&(range.start..range.start + colons)) && !self.literal.begins_run(range.start + 1);
        if colons > 2 && is_named && !is_asked && is_mark {
            self.part();
            if let Some(head) = directive(rest).filter(|head| ADDRESSED.contains(&&rest[1..head - 1])) {
                self.named(range.clone(), colons, head, true);
                return true;
            }
            let head = directive(rest).or_else(|| line::attributes(rest)).unwrap_or_else(|| {
                let white = rest[class..].len() - rest[class..].trim_start().len();
                class + line::attributes(&rest[class + white..]).map_or(0, |length| white + length)
            });
            self.group(range.clone(), colons, head);
            return true;
        }
        if matches!(trimmed, "\\listoffigures" | "\\listoftables" | "\\printindex" | "\\printbibliography")
            || trimmed.strip_prefix("\\bibliography{").is_some_and(|rest| rest.find('}') == Some(rest.len() - 1))
        {
            self.flush();
            self.out.whole(range.clone(), Markup::Mark, Gap::Block);
            return true;
        }
        let is_whole =
            |length: &usize| *length == trimmed.len() && !self.literal.is_cut(&whole) && !self.literal.is_text(&whole);
        let of_line = line::attributes(trimmed).filter(is_whole);
        if let Some(length) = of_line.or_else(|| openings::spoken(trimmed).then_some(trimmed.len())) {
            self.flush();
            self.out.whole(range.start..range.start + length, Markup::Attribute, Gap::Block);
            return true;
        }
        // In a table it begins a row.
        let is_row = self.mode == Mode::Table && text.starts_with('~') && text.contains('|');
        // pulldown-cmark asks for no space behind the colon.
        let colon = (text.starts_with(':') && self.literal.begins_run(range.start + 1)).then_some(1);
        // One that begins a paragraph as text is none.
        let is_text = text.starts_with(':') && self.literal.begins_run(range.start);
        if let Some(length) = leading_mark(text).filter(|_| !is_row && !is_text).or(colon) {
            self.flush();
            self.mode = Mode::Text;
            self.out.whole(range.start..range.start + length, Markup::Mark, Gap::Block);
            if text.starts_with([':', '~']) {
                // A meaning holds any blocks, as an item does.
                let line = self.source[..range.start].rfind('\n').map_or(0, |at| at + 1);
                let column = range.start - line;
                self.items.retain(|open| *open <= column);
                self.items.push(column + length + 1);
                self.content(range.start + length..range.end, line, "");
                return true;
            }
            let boxed = text.starts_with(['!', '?', '=']);
            if boxed {
                // What is indented is the box's.
                let line = self.source[..range.start].rfind('\n').map_or(0, |at| at + 1);
                self.items.push(range.start - line + 4);
            }
            let title = trimmed[length.min(trimmed.len())..].trim();
            if boxed && title.len() > 1 && title.starts_with('"') && title.ends_with('"') {
                // A box's title, in quotation marks that are its mark-up.
                let start = range.start + trimmed.len() - title.len();
                let end = range.start + trimmed.len();
                // It may be written as a heading.
                let level = heading(&title[1..]).unwrap_or(0);
                self.out.mark(start..start + 1 + level, Markup::Mark);
                self.out.mark(end - 1..end, Markup::Mark);
                self.lines.add(self.source, start + 1 + level..end - 1);
                self.part();
                return true;
            }
            self.lines.add(self.source, range.start + length..range.end);
            return true;
        }
        false
    }

    /// What stands behind the marks of so many quotations, and how many there are.
    fn quote_marks_of(&mut self, range: Range<usize>, quotes: usize) -> (Range<usize>, usize) {
        let mut inner = range;
        let mut stripped = 0;
        while stripped < quotes {
            let lead = self.source[inner.clone()].bytes().take_while(|byte| *byte == b' ').count();
            if self.source.as_bytes().get(inner.start + lead) != Some(&b'>') || inner.start + lead >= inner.end {
                break;
            }
            self.out.mark(inner.start + lead..inner.start + lead + 1, Markup::Mark);
            inner.start += lead + 1;
            stripped += 1;
        }
        (inner, stripped)
    }

    fn until(&mut self, range: Range<usize>, end: &'static str) {
        self.lines.add(self.source, range.clone());
        if self.source[range].to_ascii_lowercase().contains(end) {
            self.open = Open::Text;
            self.flush();
        }
    }
}
