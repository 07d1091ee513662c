//! Emphasis beside marks that are hidden. CommonMark asks what stands beside asterisks and underscores (section 6.2, delimiter runs);
//! where that was a bracket, a dollar or a caret, the parser sees a letter: it would take the last asterisks of `^[*Ibid.*]` for
//! opening ones.

use std::ops::Range;

use super::{Edits, LONGEST, MARK, SPACE, TEXT, VOID};

/// Which way a run of asterisks or underscores stands to a mark.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    /// The run stands before the mark.
    Before,
    Behind,
}

/// Gives the runs of emphasis beside the hidden marks what the parser needs to take them as CommonMark does.
pub fn smooth(edits: &mut Edits) {
    let Some(bytes) = &mut edits.bytes else { return };
    let source = edits.source;
    for (at, _) in &edits.marks {
        // Those of whole lines are a rule to the parser.
        if bytes[*at] != MARK {
            continue;
        }
        if matches!(bytes.get(at.wrapping_sub(1)), Some(b'*' | b'_')) {
            beside(source, bytes, *at, Side::Before);
        }
        let end = at + 1 + bytes[at + 1..].iter().take_while(|byte| **byte == VOID).count();
        if matches!(bytes.get(end), Some(b'*' | b'_')) {
            beside(source, bytes, end - 1, Side::Behind);
        }
    }
}

/// A run beside the byte `at` of a mark.
fn beside(source: &str, bytes: &mut [u8], at: usize, side: Side) {
    let run = match side {
        Side::Before => at - bytes[..at].iter().rev().take_while(|byte| **byte == bytes[at - 1]).count()..at,
        Side::Behind => at + 1..at + 1 + bytes[at + 1..].iter().take_while(|byte| **byte == bytes[at + 1]).count(),
    };
    let other = match side {
        Side::Before => source[..run.start].chars().next_back(),
        Side::Behind => source[run.end..].chars().next(),
    };
    let Some(other) = other.filter(|c| !c.is_whitespace()) else { return };
    let place = match side {
        Side::Before => run.start - other.len_utf8()..run.start,
        Side::Behind => run.end..run.end + other.len_utf8(),
    };
    // Beside two marks a run opens and closes, as between two brackets; what is escaped is none.
    let is_escaped = |at: usize| source.as_bytes()[..at].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1;
    if matches!(bytes[place.start], MARK | VOID | SPACE) || is_escaped(run.start) {
        return;
    }
    if is_inside_line(source, at) {
        bytes[at] = SPACE;
        return;
    }
    if bytes[run.start] == b'_' {
        become_asterisks(bytes, &run, side);
    }
    if is_plain_punctuation(source, other, &place) && !is_escaped(place.start) {
        bytes[place].fill(TEXT);
    }
}

/// Whether words stand on both sides of a byte in its line, and in its cell: spaces at the edges are no text.
fn is_inside_line(source: &str, at: usize) -> bool {
    let bytes = source.as_bytes();
    let wordy = |byte: &u8| byte.is_ascii_alphanumeric() || *byte >= 0x80;
    let ends = |byte: &&u8| !matches!(byte, b'\n' | b'|');
    let before = bytes[..at].iter().rev().take(LONGEST).take_while(ends).any(wordy);
    before && bytes[at + 1..].iter().take(LONGEST).take_while(ends).any(wordy)
}

/// Underscores open and close no word's middle. Where one stands beside a mark at the edge of a line, it and its partner are asterisks.
fn become_asterisks(bytes: &mut [u8], run: &Range<usize>, side: Side) {
    let length = run.len();
    let is_partner = |place: usize, bytes: &[u8]| {
        let single = bytes.get(place..place + length).is_some_and(|own| own.iter().all(|byte| *byte == b'_'));
        let inner = |at: Option<&u8>| at.is_some_and(|byte| !byte.is_ascii_whitespace() && *byte != b'_');
        let outer = |at: Option<&u8>| at.is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte < 0x80 && *byte != b'_');
        let (before, behind) = (place.checked_sub(1).and_then(|at| bytes.get(at)), bytes.get(place + length));
        single && if side == Side::Before { outer(before) && inner(behind) } else { inner(before) && outer(behind) }
    };
    let ends = |place: &usize| bytes[*place] != b'\n';
    let found = match side {
        Side::Before => (0..run.start).rev().take(LONGEST).take_while(ends).find(|place| bytes[*place] == b'_'),
        Side::Behind => (run.end..bytes.len()).take(LONGEST).take_while(ends).find(|place| bytes[*place] == b'_'),
    };
    let Some(found) = found else { return };
    let start = if side == Side::Before { found + 1 - length.min(found + 1) } else { found };
    if is_partner(start, bytes) {
        bytes[start..start + length].fill(b'*');
        bytes[run.clone()].fill(b'*');
    }
}

/// Whether a sign is punctuation that the parser takes for nothing else: no end of an address, of code or of an entity.
fn is_plain_punctuation(source: &str, sign: char, place: &Range<usize>) -> bool {
    match sign {
        '"' | '\'' | '.' | ',' | '?' | '!' | '%' | ':' | '(' | '/' | '-' => true,
        ')' => !source[..place.start].rfind('(').is_some_and(|open| source[..open].ends_with(']')),
        ';' => !source.as_bytes()[..place.start]
            .iter()
            .rev()
            .take(32)
            .take_while(|byte| !byte.is_ascii_whitespace())
            .any(|byte| *byte == b'&'),
        sign => !sign.is_ascii() && !sign.is_alphanumeric(),
    }
}
