//! Reads a plain text back: lines of words, and tables in columns. A plain text marks nothing, so what is said of its order is in
//! [`mod@script`]: every word that must stand in it, one after the other.

mod script;
mod witness;

pub use script::script;
pub use witness::lost;

use std::collections::BTreeMap;

use unicode_width::UnicodeWidthChar;

use super::reading::{Column, Place, Reading};
use super::words::{Cut, Lexer};
use crate::env::Env;

/// A text as it was read: what it says, and by what it replaced characters.
pub struct Copy {
    pub reading: Reading,
    pub replaced: BTreeMap<char, String>,
}

/// Reads a text.
pub fn read(bytes: &[u8], env: &Env) -> Copy {
    let mut reading = Reading::default();
    let text = std::str::from_utf8(bytes).unwrap_or_else(|reason| {
        reading.fault("file-unreadable", format!("it is not UTF-8: {reason}"));
        ""
    });
    tidy(text, &mut reading);
    let mut lines: Vec<&str> = text.lines().collect();
    let replaced = if env.settings.text.ascii { replacements(&mut lines) } else { BTreeMap::new() };
    if env.settings.text.ascii && !text.is_ascii() {
        reading.fault("text-not-ascii", "it has characters that ASCII lacks");
    }
    let mut column = Column::new(cut(env));
    say(&lines, &mut column.lexer, |at| Place::Text { line: at + 1 });
    reading.body = column.finish();
    Copy { reading, replaced }
}

/// Says lines one by one, those of a table that takes several for a row cell by cell. `place`: where each stands.
fn say<P>(lines: &[&str], lexer: &mut Lexer<P>, place: impl Fn(usize) -> P) {
    let mut at = 0;
    while at < lines.len() {
        if let Some(table) = Tall::at(&lines[at..]) {
            table.say(&lines[at..], lexer, |line| place(at + line));
            at += table.lines;
            continue;
        }
        lexer.close();
        lexer.at(place(at));
        lexer.text(lines[at]);
        at += 1;
    }
}

/// How a plain text is cut into words.
fn cut(env: &Env) -> Cut {
    Cut { plain: true, pages: env.settings.text.pages, ..Cut::default() }
}

/// What every text keeps to.
fn tidy(text: &str, reading: &mut Reading) {
    if let Some(at) = text.lines().position(|line| line.ends_with(char::is_whitespace)) {
        reading.fault("text-untidy", format!("line {} ends with white space", at + 1));
    }
    if !text.ends_with('\n') || text.ends_with("\n\n") {
        reading.fault("text-untidy", "it does not end with one line end");
    }
}

/// The list of replaced characters behind the text: `U+00E9 "e"`. It is taken off.
fn replacements(lines: &mut Vec<&str>) -> BTreeMap<char, String> {
    let entry = |line: &str| {
        let (number, said) = line.strip_prefix("U+")?.split_once(' ')?;
        let said = said.strip_prefix('"')?.strip_suffix('"')?;
        Some((char::from_u32(u32::from_str_radix(number, 16).ok()?)?, said.to_owned()))
    };
    let mut replaced = BTreeMap::new();
    while let Some((c, said)) = lines.last().and_then(|line| entry(line)) {
        replaced.insert(c, said);
        lines.pop();
    }
    replaced
}

/// A table whose cells take several lines: closed in by rules, rows divided by blank lines.
struct Tall {
    /// Where the columns begin and end, in columns of the screen.
    columns: Vec<(usize, usize)>,
    /// Which line has the rule under the head.
    rule: usize,
    lines: usize,
}

impl Tall {
    /// The table that begins with the first of `lines`, if one does.
    fn at(lines: &[&str]) -> Option<Self> {
        let across = rule(lines.first()?)?;
        let [(start, end)] = across[..] else { return None };
        let heads = lines[1..].iter().take_while(|line| rule(line).is_none()).count();
        if lines[1..=heads].first().is_some_and(|line| line.is_empty()) {
            return None;
        }
        let columns = rule(lines.get(heads + 1)?)?;
        if (columns.first()?.0, columns.last()?.1) != (start, end) {
            return None;
        }
        let rows = &lines[heads + 2..];
        let close = rows.iter().position(|line| rule(line).is_some_and(|found| found == across))?;
        // Nothing stands beyond its rules: else they are hyphens, of a list without words or of what code shows.
        let inside = |line: &&str| line.chars().map(|c| c.width().unwrap_or(0)).sum::<usize>() <= end;
        if !lines[1..heads + close + 2].iter().all(inside) {
            return None;
        }
        let blank_twice = |lines: &[&str]| lines.windows(2).any(|pair| pair.iter().all(|line| line.is_empty()));
        (!blank_twice(&rows[..close]) && !blank_twice(&lines[1..=heads])).then_some(Self {
            columns,
            rule: heads + 1,
            lines: heads + close + 3,
        })
    }

    /// Says the cells one by one; each rule is a hyphen.
    fn say<P>(&self, lines: &[&str], lexer: &mut Lexer<P>, place: impl Fn(usize) -> P) {
        let mut row = Vec::new();
        for at in 0..self.lines {
            let is_rule = at == 0 || at == self.rule || at + 1 == self.lines;
            if is_rule || lines[at].is_empty() {
                self.row(&std::mem::take(&mut row), lines, lexer, &place);
            } else {
                row.push(at);
            }
            if is_rule {
                lexer.at(place(at));
                lexer.text("-");
            }
        }
    }

    fn row<P>(&self, row: &[usize], lines: &[&str], lexer: &mut Lexer<P>, place: &impl Fn(usize) -> P) {
        for (start, end) in &self.columns {
            for at in row {
                lexer.close();
                lexer.at(place(*at));
                lexer.text(slice(lines[*at], *start, *end));
            }
        }
        lexer.close();
    }
}

/// The groups of hyphens of a line that has nothing else: where they begin and end.
fn rule(line: &str) -> Option<Vec<(usize, usize)>> {
    if line.is_empty() || !line.bytes().all(|byte| matches!(byte, b'-' | b' ')) {
        return None;
    }
    let mut groups = Vec::new();
    for (at, byte) in line.bytes().enumerate().filter(|(_, byte)| *byte == b'-') {
        debug_assert_eq!(byte, b'-');
        match groups.last_mut() {
            Some((_, end)) if *end == at => *end = at + 1,
            _ => groups.push((at, at + 1)),
        }
    }
    (!groups.is_empty()).then_some(groups)
}

/// The part of a line between two columns of the screen.
fn slice(line: &str, start: usize, end: usize) -> &str {
    let (mut column, mut from, mut to) = (0, line.len(), line.len());
    for (at, c) in line.char_indices() {
        let wide = c.width().unwrap_or(0);
        if column >= start && from == line.len() && wide > 0 {
            from = at;
        }
        if column >= end && wide > 0 {
            to = at;
            break;
        }
        column += wide;
    }
    &line[from.min(to)..to]
}
