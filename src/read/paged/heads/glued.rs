//! Running heads that follow the last line of their page at once, in a text without page marks: `42 CHARLES BLANCHARD`, then a blank
//! line.

use std::collections::BTreeMap;

use super::super::lines::{Lines, Role};
use super::{HeadLine, Headings};

/// So many heads that count pages, at least, are no chance.
const ROW: usize = 3;
/// By so much at most the numbers of two heads differ.
const STEP: u32 = 4;

/// A line in capitals with a number at its outer side.
struct Head {
    line: usize,
    value: u32,
    key: String,
    /// Whether text stands right above it.
    glued: bool,
}

/// Has such heads begin a paragraph of their own, where their numbers rise as pages do and most say what another says.
pub fn set_apart(lines: &mut Lines, known: &Headings) {
    let body = |at: usize| at < lines.len() && lines.role(at) == Role::Body && !lines.all[at].code;
    let head = |line: usize| {
        if !body(line) || body(line + 1) || !super::may_have_number(lines.line(line)) {
            return None;
        }
        let head = HeadLine::of(lines.line(line), known)?;
        let fits = head.outside && head.capitals && !head.heading && head.is_short() && head.key.chars().count() >= 4;
        let glued = line.checked_sub(1).is_some_and(body);
        let (_, value) = head.folio.filter(|(said, _)| fits && said.bytes().all(|byte| byte.is_ascii_digit()))?;
        Some(Head { line, value, key: head.key, glued })
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
    for head in row.iter().filter(|head| head.glued) {
        lines.all[head.line].begins = true;
    }
}
