//! Running heads that follow the last line of their page at once, in a text without page marks: `42 CHARLES BLANCHARD`, then a blank
//! line; and the numbers of pages, alone on a line or beside a head, in a text in which no blank line stands at all.

use std::collections::BTreeMap;

use super::super::evidence::{self, Ending};
use super::super::lines::{Lines, Role};
use super::super::marks::{self, Mark};
use super::between::rising;
use super::{HeadLine, Headings, key_of};
use crate::bytes;

/// So many heads that count pages, at least, are no chance.
const ROW: usize = 3;
/// By so much at most the numbers of two heads differ.
const STEP: u32 = 4;

/// A line in capitals with a number at its outer side.
struct Head {
    line: usize,
    value: u32,
    key: String,
    /// Whether text stands right above it, or right below.
    glued: bool,
    inside: bool,
}

/// Has such heads begin a paragraph of their own, where their numbers rise as pages do and most say what another says.
pub fn set_apart(lines: &mut Lines, known: &Headings) {
    let body = |at: usize| at < lines.len() && lines.role(at) == Role::Body && !lines.all[at].code;
    let head = |line: usize| {
        // Only heads in capitals are set apart here.
        let is_small = || bytes::any(lines.line(line).as_bytes(), |byte| byte.is_ascii_lowercase());
        if !body(line) || !super::may_have_number(lines.line(line)) || is_small() {
            return None;
        }
        let head = HeadLine::of(lines.line(line), known)?;
        let fits = head.outside && head.capitals && !head.heading && head.is_short() && head.key.chars().count() >= 4;
        let glued = line.checked_sub(1).is_some_and(body);
        let (_, value) = head.folio.filter(|(said, _)| fits && said.bytes().all(|byte| byte.is_ascii_digit()))?;
        Some(Head { line, value, key: head.key, glued, inside: body(line + 1) })
    };
    let mut row: Vec<Head> = Vec::new();
    for head in (0..lines.len()).filter_map(head) {
        if row.last().is_none_or(|last| head.value > last.value && head.value - last.value <= STEP) {
            row.push(head);
        }
    }
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    row.iter().for_each(|head| *times.entry(&head.key).or_default() += 1);
    let again = row.iter().filter(|head| times.get(head.key.as_str()).is_some_and(|times| *times >= 2)).count();
    if row.len() < ROW || again * 2 < row.len() {
        return;
    }
    for head in row.iter().filter(|head| head.glued || head.inside) {
        // In the midst of text only what comes again is one.
        if !head.inside || times.get(head.key.as_str()).is_some_and(|times| *times >= 2) {
            lines.all[head.line].begins = true;
            if head.inside {
                lines.all[head.line + 1].begins = true;
            }
        }
    }
}

/// So many lines, at least, has a page between two numbers.
const PAGE: usize = 8;
/// Heads are no longer.
const LONGEST: usize = 60;

/// Has numbers that stand alone on a line between lines of text begin a paragraph of their own, and the heads beside them, where they
/// count as pages do: most have a head beside them that comes again, or cut a sentence.
pub fn set_numbers_apart(lines: &mut Lines) {
    let body = |at: usize| at < lines.len() && lines.role(at) == Role::Body && !lines.all[at].code;
    let number = |at: usize| {
        let said = lines.line(at).trim();
        let fits = (1..=4).contains(&said.len()) && said.bytes().all(|byte| byte.is_ascii_digit()) && !said.starts_with('0');
        let glued = body(at + 1) || at.checked_sub(1).is_some_and(body);
        (fits && body(at) && glued).then(|| said.parse::<u32>().ok()).flatten()
    };
    let numbers: Vec<(usize, u32)> = (0..lines.len()).filter_map(|at| Some((at, number(at)?))).collect();
    if numbers.len() < ROW {
        return;
    }
    let row = rising(&numbers);
    let pages = row.windows(2).filter(|pair| pair[1].1 - pair[0].1 <= 2 && pair[1].0 - pair[0].0 >= PAGE).count();
    if row.len() < ROW || pages * 4 < (row.len() - 1) * 3 {
        return;
    }
    let may_be = |line: &str| line.chars().count() <= LONGEST && !line.starts_with(char::is_lowercase);
    let head = |at: Option<usize>| at.filter(|&at| body(at) && may_be(lines.line(at).trim()));
    let below: Vec<Option<usize>> = row.iter().map(|(at, _)| head(Some(at + 1))).collect();
    let above: Vec<Option<usize>> = row.iter().map(|(at, _)| head(at.checked_sub(1))).collect();
    let heads = [below, above].into_iter().find(|heads| come_again(lines, heads) * 2 >= row.len());
    let cuts =
        row.iter().filter(|(at, _)| body(at + 1) && at.checked_sub(1).is_some_and(body) && cuts(lines, at - 1, at + 1)).count();
    if heads.is_none() && (cuts < 2 || cuts * 4 < row.len()) {
        return;
    }
    let heads = heads.unwrap_or_else(|| vec![None; row.len()]);
    let mut page = 0;
    for ((number, _), head) in row.into_iter().zip(heads) {
        let (first, last) = head.map_or((number, number), |head| (number.min(head), number.max(head)));
        for at in notes(lines, page, first) {
            lines.all[at].begins = true;
        }
        page = last + 1;
        for at in first..(last + 2).min(lines.len()) {
            lines.all[at].begins = true;
        }
    }
}

/// The lines of a page that open notes which its text calls.
fn notes(lines: &Lines, start: usize, end: usize) -> Vec<usize> {
    let mut calls: Vec<Mark> = Vec::new();
    let mut found = Vec::new();
    for at in (start..end).filter(|&at| lines.role(at) == Role::Body && !lines.all[at].code) {
        let line = lines.line(at);
        let mark = marks::opening(line).map(|opening| opening.mark);
        match mark.filter(|mark| calls.iter().any(|call| call.key == mark.key && mark.form.answers(call.form))) {
            Some(_) => found.push(at),
            None => calls.extend(marks::calls(line).into_iter().map(|call| call.mark)),
        }
    }
    found
}

/// How many of some lines say what another of them says.
fn come_again(lines: &Lines, heads: &[Option<usize>]) -> usize {
    let keys: Vec<String> =
        heads.iter().flatten().map(|&at| key_of(lines.line(at))).filter(|key| key.chars().count() >= 3).collect();
    let times = super::tally(keys.iter().map(String::as_str));
    keys.iter().filter(|key| times.get(key.as_str()).is_some_and(|times| *times >= 2)).count()
}

/// Whether a sentence stops on one line and goes on with another.
fn cuts(lines: &Lines, above: usize, below: usize) -> bool {
    matches!(evidence::ending(lines.line(above)), Ending::NoStop | Ending::HalfStop | Ending::Hyphen)
        && lines.line(below).trim_start().starts_with(char::is_lowercase)
}
