//! Blocks of metadata behind the front of a text: pandoc reads them anywhere, and many a text has one at its end, or below a comment.

use std::ops::Range;

use super::said::Entry;
use super::{known, yaml};
use crate::read::APPARATUS;
use crate::span::FileId;

/// No block has more lines.
const TALLEST: usize = 400;

/// A block that was found.
pub struct Block {
    /// With its fences.
    pub range: Range<usize>,
    pub entries: Vec<Entry>,
}

/// The blocks behind `from`. What stands between two rules may be a scene's head or a letter's: only what is a mapping of YAML in
/// lower case, with a name that describes works, is one.
pub fn blocks(file: FileId, text: &str, from: usize) -> Vec<Block> {
    let mut found = Vec::new();
    // Few texts have a rule of hyphens.
    let rest = &text.as_bytes()[from..];
    if !rest.starts_with(b"---") && memchr::memmem::find(rest, b"\n---").is_none() {
        return found;
    }
    let (mut at, mut free) = (from, true);
    // The code that is open: the sign of its fence, and how often it stands.
    let mut code: Option<(u8, usize)> = None;
    while at < text.len() {
        let end = line_end(text, at);
        let line = text[at..end].trim_end();
        if let Some(fence) = fence(line, code) {
            code = fence;
        } else if line == "---"
            && free
            && code.is_none()
            && let Some(block) = block(file, text, at, end)
        {
            at = block.range.end;
            found.push(block);
            continue;
        }
        // Below the end of a comment nothing goes on.
        free = line.is_empty() || line.ends_with("-->");
        at = end;
    }
    found
}

/// Where the line at `at` ends, with its end.
fn line_end(text: &str, at: usize) -> usize {
    memchr::memchr(b'\n', &text.as_bytes()[at..]).map_or(text.len(), |length| at + length + 1)
}

/// The code that is open behind a line which is a fence of it.
#[allow(clippy::option_option, reason = "whether it is a fence, and what is open behind it")]
fn fence(line: &str, code: Option<(u8, usize)>) -> Option<Option<(u8, usize)>> {
    let own = line.trim_start();
    let sign = own.bytes().next().filter(|byte| matches!(byte, b'`' | b'~'))?;
    let run = own.bytes().take_while(|byte| *byte == sign).count();
    match code {
        None if run >= 3 => Some(Some((sign, run))),
        Some((open, length)) if open == sign && run >= length && own.len() == run => Some(None),
        _ => None,
    }
}

/// The block that a rule at `start` opens, whose line ends at `end`.
fn block(file: FileId, text: &str, start: usize, end: usize) -> Option<Block> {
    let (mut at, mut is_known) = (end, false);
    for _ in 0..TALLEST {
        let behind = line_end(text, at);
        let own = &text[at..behind];
        let line = own.trim_end();
        if matches!(line, "---" | "...") {
            let (entries, problems) = if is_known { yaml::parse(file, end, &text[end..at])? } else { return None };
            return problems.is_empty().then_some(Block { range: start..behind, entries });
        }
        // What is a comment to YAML may be a heading.
        if own.starts_with('#') {
            return None;
        }
        let is_inner = line.is_empty() || own.starts_with([' ', '\t']) || own.starts_with("- ") || line == "-";
        if at == end && is_inner || behind == text.len() && at == behind {
            return None;
        }
        if !is_inner {
            is_known |= is_of_works(name(line)?);
        }
        at = behind;
    }
    None
}

/// The name of a field at the margin.
fn name(line: &str) -> Option<&str> {
    let (name, value) = line.split_once(':')?;
    let is_name = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_'));
    (is_name && (value.is_empty() || value.starts_with([' ', '\t']))).then_some(name)
}

fn is_of_works(name: &str) -> bool {
    known::FIELDS.contains(&name) || APPARATUS.contains(&name) || matches!(name, "tags" | "categories")
}
