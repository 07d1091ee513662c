//! Entries of a bibliography, which bracketed numbers in the text cite: they stand below its heading, count from one, and are no
//! notes, whatever calls them.

use super::lines::{Lines, Role};
use super::marks::Form;
use crate::tree::is_bibliography;

/// No title of a bibliography is longer, in bytes.
const LONGEST_TITLE: usize = 64;
/// So many lines below the title, at most, stands the first entry.
const NEAR: usize = 4;
/// An entry has no more lines, with the blank ones and what a page's end puts between.
const ENTRY: usize = 40;

/// Whether a line says no more than that a bibliography begins.
pub fn is_title(line: &str) -> bool {
    let bare = line.trim().trim_matches(['#', '*', '_', ' ', ':', '.']);
    let bare = bare.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ' '));
    bare.len() <= LONGEST_TITLE && is_bibliography(&bare.to_lowercase())
}

/// Finds the entries, `[1] …`, and has each begin a paragraph that is no note.
pub fn mark(lines: &mut Lines) {
    if !lines.text.contains("[1]") {
        return;
    }
    let body = |lines: &Lines, at: usize| lines.role(at) == Role::Body && !lines.all[at].code;
    let mut at = 0;
    while at < lines.len() {
        if !body(lines, at) || !is_title(lines.line(at)) {
            at += 1;
            continue;
        }
        let mut entries: Vec<usize> = Vec::new();
        let mut reach = at + NEAR;
        at += 1;
        while at < lines.len() && at <= reach && !lines.line(at).starts_with('#') {
            let own = lines.opening(at).filter(|found| found.mark.form == Form::Bracket && body(lines, at));
            if own.is_some_and(|found| found.mark.number() == Some(entries.len() as u32 + 1)) {
                entries.push(at);
                reach = at + ENTRY;
            }
            at += 1;
        }
        if entries.len() >= 2 {
            // Items of a list of Markdown are set apart as they are.
            let plain = |lines: &Lines, at: usize| !lines.line(at).trim_start().starts_with(['-', '*', '+']);
            entries.iter().for_each(|&entry| lines.all[entry].begins |= plain(lines, entry));
            lines.entries.extend(entries);
        }
    }
}
