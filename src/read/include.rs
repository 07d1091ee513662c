//! Files that are set into others: `{{#include more/two.md}}` of mdBook, `{{< include two.qmd >}}` of Quarto. The text is read as
//! one, since a code block may stand around the file that it shows; spans are those of the files themselves all the same.

use std::ops::Range;

use super::Manuscript;
use super::drawn::{self, Drawn, Piece};
use crate::report::{Repair, Report};
use crate::span::{FileId, Source, Sources, Span};
use crate::tree::{Blocks, walk_blocks_mut};

/// A place where a file is to be set in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// In bytes of the file.
    pub range: Range<usize>,
    /// As it is written.
    pub path: String,
    pub select: Select,
}

/// Which part of a file is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Select {
    All,
    /// Lines, the first and the last, from 1; 0 as the last: to the end.
    Lines(usize, usize),
    /// What stands between `ANCHOR: name` and `ANCHOR_END: name`.
    Anchor(String),
}

/// How a tag begins and ends.
const FORMS: &[(&str, &str)] = &[
    ("{{#include ", "}}"),
    ("{{#rustdoc_include ", "}}"),
    ("{{#playground ", "}}"),
    ("{{#playpen ", "}}"),
    ("{{< include ", ">}}"),
];

/// The tags of a text. One behind a backslash is shown, not followed, and so is one in code on a line with other words.
pub fn tags(text: &str) -> Vec<Tag> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = memchr::memmem::find(&text.as_bytes()[at..], b"{{") {
        let start = at + next;
        at = start + 2;
        let Some((opening, closing)) = FORMS.iter().find(|(opening, _)| text[start..].starts_with(opening)) else { continue };
        let line = text[start..].find('\n').map_or(text.len(), |end| start + end);
        let Some(length) = text[start..line].find(closing) else { continue };
        if text[..start].ends_with(['\\', '`']) {
            continue;
        }
        let end = start + length + closing.len();
        // Other words behind the path say how a playground runs it.
        let said = text[start + opening.len()..start + length].trim();
        let said = if opening.contains("play") { said.split_whitespace().next().unwrap_or("") } else { said };
        if !said.is_empty() {
            let (path, select) = selection(said.trim_matches('"'));
            found.push(Tag { range: start..end, path, select });
        }
        at = end;
    }
    found
}

/// `file`, `file:3`, `file:3:`, `file::9`, `file:3:9`, `file:anchor`.
fn selection(said: &str) -> (String, Select) {
    let mut parts = said.splitn(3, ':');
    let path = parts.next().unwrap_or_default().to_owned();
    let number = |part: &str| part.trim().parse::<usize>().ok();
    let select = match (parts.next(), parts.next()) {
        (None, _) => Select::All,
        (Some(one), None) => match number(one) {
            Some(line) => Select::Lines(line, line),
            None if one.trim().is_empty() => Select::All,
            None => Select::Anchor(one.trim().to_owned()),
        },
        (Some(first), Some(last)) => Select::Lines(number(first).unwrap_or(1), number(last).unwrap_or(0)),
    };
    (path, select)
}

impl Select {
    /// The stretches of a text that are wanted; none where it has them not. Lines that only name anchors are left out, as mdBook
    /// does.
    pub fn parts(&self, text: &str) -> Option<Vec<Range<usize>>> {
        let mut lines = Vec::new();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            lines.push(at..at + line.len());
            at += line.len();
        }
        let named = |line: &Range<usize>, mark: &str, name: &str| {
            let words = &text[line.clone()];
            words.find(mark).is_some_and(|at| words[at + mark.len()..].split_whitespace().next() == Some(name))
        };
        let chosen = match self {
            Select::All => &lines[..],
            Select::Lines(first, last) => {
                let end = if *last == 0 { lines.len() } else { (*last).min(lines.len()) };
                let start = first.saturating_sub(1);
                (start < end).then(|| &lines[start..end])?
            }
            Select::Anchor(name) => {
                let start = lines.iter().position(|line| named(line, "ANCHOR:", name))? + 1;
                let end =
                    lines[start..].iter().position(|line| named(line, "ANCHOR_END:", name)).map_or(lines.len(), |n| start + n);
                &lines[start..end]
            }
        };
        let is_anchor =
            |line: &Range<usize>| text[line.clone()].contains("ANCHOR:") || text[line.clone()].contains("ANCHOR_END:");
        let mut parts: Vec<Range<usize>> = Vec::new();
        for line in chosen.iter().filter(|line| *self == Select::All || !is_anchor(line)) {
            match parts.last_mut() {
                Some(part) if part.end == line.start => part.end = line.end,
                _ => parts.push(line.clone()),
            }
        }
        // The line behind the tag ends it already.
        if let Some(last) = parts.last_mut()
            && text[last.clone()].ends_with('\n')
        {
            last.end -= 1;
        }
        Some(parts)
    }
}

/// A file that is set into another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Include {
    /// The tag.
    pub at: Span,
    pub file: FileId,
    /// What of it is wanted, in bytes.
    pub parts: Vec<Range<usize>>,
}

/// A text that was put together, and where each of its bytes comes from.
pub(super) struct Composed {
    pub sources: Sources,
    /// Where each piece begins in the text, and where it stands in its file. In order, without gaps.
    pieces: Vec<(usize, Span)>,
}

/// What is looked for that is read as something else.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Drawing {
    All,
    /// In a text that a tool has read from print.
    Scanned,
}

/// Puts a file's text together from `start` on; none where nothing is set into it, and no table is `drawn` in it that is read as
/// another.
pub(super) fn compose(
    manuscript: &Manuscript,
    file: FileId,
    start: usize,
    drawn: Option<(Drawing, &[Range<usize>])>,
) -> Option<Composed> {
    let source = manuscript.sources.get(file);
    let has_includes = manuscript.includes.iter().any(|include| include.at.file == file);
    let wrapped = drawn.map_or(&[][..], |(_, parts)| parts);
    let is_gathered = has_includes || !wrapped.is_empty();
    let (mut text, mut placed) = (String::new(), Vec::new());
    if is_gathered {
        let mut pieces = Vec::new();
        if wrapped.is_empty() {
            gather(manuscript, file, start..source.text.len(), &mut pieces);
        }
        wrapped.iter().for_each(|part| gather(manuscript, file, start + part.start..start + part.end, &mut pieces));
        for piece in pieces {
            placed.push((text.len(), piece));
            text += manuscript.sources.slice(piece);
        }
    } else {
        placed.push((0, Span::new(file, start..source.text.len())));
    }
    let whole = if is_gathered { text.as_str() } else { &source.text[start..] };
    let tables = drawn.map_or_else(Vec::new, |(drawing, _)| drawn::tables(whole, drawing == Drawing::Scanned));
    let (text, pieces) = match tables.is_empty() {
        true if !is_gathered => return None,
        true => (text, placed),
        false => with_tables(whole, &placed, tables),
    };
    let mut sources = Sources::default();
    sources.add(Source { name: source.name.clone(), text });
    Some(Composed { sources, pieces })
}

/// A text with other words for its drawn tables, and where its pieces come from.
fn with_tables(text: &str, placed: &[(usize, Span)], tables: Vec<Drawn>) -> (String, Vec<(usize, Span)>) {
    let (mut out, mut pieces) = (String::new(), Vec::new());
    let index = |at: usize| placed.partition_point(|(from, _)| *from <= at).saturating_sub(1);
    let keep = |out: &mut String, pieces: &mut Vec<(usize, Span)>, range: Range<usize>| {
        let mut at = range.start;
        while at < range.end {
            let (from, span) = placed[index(at)];
            let end = placed.get(index(at) + 1).map_or(text.len(), |(next, _)| *next).min(range.end);
            let start = span.start as usize + at - from;
            pieces.push((out.len(), Span::new(span.file, start..start + end - at)));
            out.push_str(&text[at..end]);
            at = end;
        }
    };
    let mut at = 0;
    for table in tables {
        keep(&mut out, &mut pieces, at..table.range.start);
        at = table.range.end;
        // Mark-up stands where the words before it end.
        let mut place = table.range.start;
        for piece in table.pieces {
            match piece {
                Piece::Made(made) => {
                    let (from, span) = placed[index(place)];
                    let place = (span.start as usize + place - from).min(span.end as usize);
                    pieces.push((out.len(), Span::new(span.file, place..place)));
                    out.push_str(&made);
                }
                Piece::Kept(range) => {
                    place = range.end;
                    keep(&mut out, &mut pieces, range);
                }
            }
        }
    }
    keep(&mut out, &mut pieces, at..text.len());
    (out, pieces)
}

/// The driver sees to it that no file is set into itself.
fn gather(manuscript: &Manuscript, file: FileId, range: Range<usize>, pieces: &mut Vec<Span>) {
    let mut at = range.start;
    let within = |include: &&Include| {
        include.at.file == file && include.at.start as usize >= range.start && include.at.end as usize <= range.end
    };
    for include in manuscript.includes.iter().filter(within) {
        pieces.push(Span::new(file, at..include.at.start as usize));
        include.parts.iter().for_each(|part| gather(manuscript, include.file, part.clone(), pieces));
        at = include.at.end as usize;
    }
    pieces.push(Span::new(file, at..range.end));
}

impl Composed {
    /// Where a stretch of the text stands in its file.
    fn origin(&self, span: Span) -> Span {
        let (start, end) = (span.start as usize, span.end as usize);
        let at = |byte: usize| self.pieces.partition_point(|(from, _)| *from <= byte).saturating_sub(1);
        let Some((from, piece)) = self.pieces.get(at(start)) else { return span };
        let first = (piece.start as usize + (start - from)).min(piece.end as usize);
        // The last byte, not the one behind it, says in which piece a stretch ends.
        let (until, last) = self.pieces[at(end.saturating_sub(1).max(start))];
        let end = (last.start as usize + (end - until)).min(last.end as usize);
        let end = if last.file == piece.file { end } else { piece.end as usize };
        Span::new(piece.file, first..end.max(first))
    }

    /// Gives everything that was found in the text its place in the files.
    pub fn restore(&self, blocks: &mut Blocks, repairs: &mut [Repair], report: &mut Report) {
        walk_blocks_mut(blocks, &mut |mut visit| {
            let span = visit.span_mut();
            *span = self.origin(*span);
        });
        repairs.iter_mut().for_each(|repair| repair.span = self.origin(repair.span));
        let spans = report.diagnostics.iter_mut().flat_map(|found| found.span.iter_mut().chain(&mut found.also));
        spans.for_each(|span| *span = self.origin(*span));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_found() {
        let text = "{{#include a.md}} \\{{#include b.md}} `{{#include c.md}}`\n{{#include d.rs:2:3}}\n{{< include \"e.qmd\" >}} {{#include\nf}} {{ x }}";
        let found: Vec<_> = tags(text).into_iter().map(|tag| (tag.path, tag.select)).collect();
        assert_eq!(
            found,
            [("a.md".to_owned(), Select::All), ("d.rs".to_owned(), Select::Lines(2, 3)), ("e.qmd".to_owned(), Select::All),]
        );
    }

    #[test]
    fn lines_and_anchors_are_chosen() {
        let text = "one\n// ANCHOR: x\ntwo\n// ANCHOR: y\nthree\n// ANCHOR_END: x\nfour\n";
        let of = |said: &str| {
            let parts = selection(said).1.parts(text)?;
            Some(parts.into_iter().map(|part| &text[part]).collect::<String>())
        };
        assert_eq!(of("f:x").as_deref(), Some("two\nthree\n").map(|all| &all[..all.len() - 1]));
        assert_eq!(of("f:1").as_deref(), Some("one"));
        assert_eq!(of("f:7:").as_deref(), Some("four"));
        assert_eq!(of("f::1").as_deref(), Some("one"));
        assert_eq!(of("f:9:12"), None);
        assert_eq!(of("f:z"), None);
        assert_eq!(of("f").as_deref(), Some(&text[..text.len() - 1]));
    }
}
