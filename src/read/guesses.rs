//! Every guess is a repair that the user can see and refuse: this is the one door through which a guess becomes a change.
//!
//! What a confidence means was measured on eighteen texts whose truth is known (`tests/conformance/calibration.py`); of the repairs
//! that claimed so much, so many were right:
//!
//! | claimed | heads | notes | joined paragraphs | joined words | all |
//! |---|---|---|---|---|---|
//! | 0.70-0.80 | 11/12 | - | 18/18 | 185/193 | 0.96 |
//! | 0.80-0.90 | 40/50 | 215/215 | 7/7 | 60/60 | 0.97 |
//! | 0.90-0.95 | 59/59 | 48/49 | 39/44 | 714/717 | 0.99 |
//! | 0.95-1.00 | 256/256 | 97/97 | 475/486 | 1356/1357 | 0.99 |
//!
//! A third of the joins that count as wrong are catch-words which the truth has in the text. Page marks are not in the table: a
//! wrong one shows in the line that `check` says of the dress.

use std::collections::BTreeMap;

use super::clean;
use crate::report::{Repair, RepairKind};
use crate::settings::RestoreSettings;
use crate::span::{FileId, Span};

/// How much of a text a repair shows, in characters: enough to find the place by eye.
const SHOWN: usize = 72;

/// The guesses made so far, and what the user thinks of them.
pub struct Guesses<'a> {
    file: FileId,
    text: &'a str,
    settings: &'a RestoreSettings,
    /// Where each line of the file begins, in bytes.
    line_starts: Vec<usize>,
    /// How many guesses of a kind were put to the user for a line.
    asked: BTreeMap<(RepairKind, usize), usize>,
    made: Vec<Repair>,
}

impl<'a> Guesses<'a> {
    pub fn new(file: FileId, text: &'a str, settings: &'a RestoreSettings) -> Self {
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { file, text, settings, line_starts, asked: BTreeMap::new(), made: Vec::new() }
    }

    /// The span of some bytes of the file.
    pub fn span(&self, range: std::ops::Range<usize>) -> Span {
        Span::new(self.file, range)
    }

    /// The whole file.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// Puts a guess about the bytes `span` to the user's settings; false: it is refused and not to be made. One that is made is
    /// recorded, with what stands there `after`.
    pub fn make(&mut self, kind: RepairKind, span: Span, confidence: f32, after: impl FnOnce() -> String) -> bool {
        let before = || self.text.get(span.range()).unwrap_or("").to_owned();
        self.make_of(kind, span, confidence, || (before(), after()))
    }

    /// [`Guesses::make`] for a place whose source is not what is to be shown.
    pub fn make_of(&mut self, kind: RepairKind, span: Span, confidence: f32, said: impl FnOnce() -> (String, String)) -> bool {
        let line = self.line_starts.partition_point(|&start| start <= span.start as usize);
        let said = || {
            let (before, after) = said();
            (shorten(&before), shorten(&after))
        };
        let (before, after) = said();
        let count = self.asked.entry((kind, line)).or_insert(0);
        *count += 1;
        let again = if *count > 1 { format!("-{count}") } else { String::new() };
        let id = format!("{}-{line}{again}", kind.name());
        let refused = self.settings.refuse.iter().any(|name| *name == id || name == kind.name());
        if refused || confidence < self.settings.min_confidence.max(least(kind)) {
            return false;
        }
        self.made.push(Repair { id, kind, span, before, after, confidence });
        true
    }

    /// The repairs, in the order of the source.
    pub fn finish(mut self) -> Vec<Repair> {
        self.made.sort_by_key(|repair| (repair.span, repair.kind));
        self.made
    }
}

/// No reference to a character is longer, in bytes (HTML 5, section 13.5).
const LONGEST_REFERENCE: usize = 40;

/// The places of a text's letters in the source.
pub struct Places {
    span: Span,
    /// From which byte of the text on they stand where in the span, as far as the source says them letter by letter.
    seams: Vec<(usize, usize)>,
    /// How far they do.
    known: usize,
}

impl Places {
    /// Where the letters of a text stand that was read from the bytes `span` of `whole`, white space at the fronts and ends of its
    /// lines left out.
    pub fn of(whole: &str, text: &str, span: Span) -> Self {
        let source = whole.get(span.range()).unwrap_or("").as_bytes();
        let mut places = Self { span, seams: vec![(0, 0)], known: text.len() };
        if source.len() == text.len() {
            return places;
        }
        let (mut at, mut said) = (0, 0);
        for (own, byte) in text.bytes().enumerate() {
            if own < said {
                continue;
            }
            // What a reference to a character says.
            let is_own = |rest: &str| rest.starts_with("&amp;") || !source[at..].starts_with(b"&amp;");
            if source.get(at) == Some(&b'&')
                && !(byte == b'&' && text.get(own..).is_none_or(is_own))
                && let Some(length) = source[at..].iter().take(LONGEST_REFERENCE).position(|byte| *byte == b';')
            {
                at += length + 1;
                said = own + text.get(own..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
                places.seams.push((said, at));
                continue;
            }
            // A tag, or a backslash that takes a sign's meaning from it.
            let passed = match source.get(at) {
                Some(b'\\') if byte.is_ascii_punctuation() && source.get(at + 1) == Some(&byte) => 1,
                Some(b'<') if byte != b'<' => tags(&source[at..]),
                _ => 0,
            };
            if passed > 0 {
                at += passed;
                places.seams.push((own, at));
            }
            let skipped = source[at..].iter().take_while(|other| **other != byte && b" \t\n>".contains(other)).count();
            let is_there = source.get(at + skipped) == Some(&byte);
            let near = &source[at.saturating_sub(1)..at + skipped];
            if !is_there || skipped > 0 && !near.contains(&b'\n') && byte != b'\n' {
                places.known = own;
                return places;
            }
            if skipped > 0 {
                places.seams.push((own, at + skipped));
            }
            at += skipped + 1;
        }
        places
    }

    /// The span of a part of the text; of all of it where nothing says more.
    pub fn part(&self, range: std::ops::Range<usize>) -> Span {
        let place = |at: usize| {
            let (own, source) = self.seams[self.seams.partition_point(|(own, _)| *own <= at).saturating_sub(1)];
            self.span.start + (source + at - own) as u32
        };
        if range.end > self.known {
            let start = if range.start < self.known { place(range.start) } else { self.span.start };
            return Span { start, ..self.span };
        }
        let start = place(range.start);
        // What ends at a line's front ends with the line before it.
        let end = if range.end > range.start { place(range.end - 1) + 1 } else { start };
        Span { start, end, ..self.span }
    }
}

/// How long the tags are at the front of a text's source, one behind the other.
fn tags(source: &[u8]) -> usize {
    const LONGEST: usize = 200;
    let mut at = 0;
    while source.get(at) == Some(&b'<')
        && let Some(length) = source[at..].iter().take(LONGEST).position(|byte| *byte == b'>')
    {
        at += length + 1;
    }
    at
}

/// Below this confidence no repair of a kind is made, whatever the user allows: by what a wrong one costs. A line that is dropped
/// though it is text is gone from the book; a note at the end of its page is only moved.
fn least(kind: RepairKind) -> f32 {
    match kind {
        RepairKind::HeadDropped => 0.65,
        RepairKind::PageMarked
        | RepairKind::NoteAttached
        | RepairKind::NoteContinued
        | RepairKind::NotePlaced
        | RepairKind::ParagraphJoined
        | RepairKind::WordJoined
        | RepairKind::HeadingMended
        | RepairKind::VerseKept
        | RepairKind::AnchorDropped
        | RepairKind::ListMade
        | RepairKind::SpaceClosed
        | RepairKind::PunctuationSet => 0.0,
    }
}

/// Text on one line, its middle left out where it is long.
pub fn shorten(text: &str) -> String {
    // A form feed can't be shown; its picture can.
    let line = clean::line(&text.replace('\x0C', "␌"));
    let count = line.chars().count();
    if count <= SHOWN {
        return line;
    }
    let half = SHOWN / 2;
    let head: String = line.chars().take(half).collect();
    let tail: String = line.chars().skip(count - half).collect();
    format!("{} … {}", head.trim_end(), tail.trim_start())
}
