//! The frame that Project Gutenberg sets around its texts: a header, the transcribers' names, and the licence behind the end. It is no
//! part of the book, and the licence itself asks that it be left out or kept whole.

use super::lines::{Lines, Role};
use crate::report::Report;
use crate::span::{FileId, Span};

/// Whether a line opens or closes the frame.
fn is_edge(line: &str, word: &str) -> bool {
    let line = line.trim();
    let starred = line.starts_with("***") || line.starts_with("\\*\\*\\*");
    let upper = || line.trim_start_matches(['*', '\\', ' ']).to_uppercase();
    starred && {
        let upper = upper();
        upper.starts_with(word) && upper.contains("PROJECT GUTENBERG")
    }
}

/// Whether a text stands in the frame.
pub fn is_there(text: &str) -> bool {
    let bytes = text.as_bytes();
    let lines = |stars: &'static [u8]| {
        memchr::memmem::find_iter(bytes, stars).filter_map(|at| {
            // Of a line of nothing but stars none but the first are looked at.
            let start = (0..at).rev().find(|&before| !matches!(bytes[before], b' ' | b'\t')).map_or(0, |before| before + 1);
            (start == 0 || bytes[start - 1] == b'\n').then_some(())?;
            let end = memchr::memchr(b'\n', &bytes[at..]).map_or(text.len(), |length| at + length);
            Some(&text[start..end])
        })
    };
    let edge = |line: &str| is_edge(line, "START OF") || is_edge(line, "END OF");
    lines(b"***").any(edge) || lines(b"\\*\\*\\*").any(edge)
}

/// Takes the frame out, and says so.
pub fn claim(lines: &mut Lines, file: FileId, report: &mut Report) {
    let start = (0..lines.len()).find(|&at| is_edge(lines.line(at), "START OF"));
    let end = (0..lines.len()).rev().find(|&at| is_edge(lines.line(at), "END OF"));
    if start.is_none() && end.is_none() {
        return;
    }
    if start.zip(end).is_some_and(|(start, end)| end <= start) {
        return;
    }
    let mut parts: Vec<(&str, std::ops::Range<usize>)> = Vec::new();
    if let Some(start) = start {
        let last = credits(lines, start);
        parts.push(("header", 0..last + 1));
    }
    if let Some(end) = end {
        // The last line of the book is followed by one that says so again.
        let again = (0..end).rev().find(|&at| lines.role(at) != Role::Blank);
        let says_end = again.filter(|&at| {
            let upper = lines.line(at).trim().to_uppercase();
            upper.starts_with("END OF") && upper.contains("PROJECT GUTENBERG")
        });
        let from = says_end.unwrap_or(end);
        parts.push(("licence", from..lines.len()));
    }
    // Each remark names all that it is about, so that its words are accounted for.
    for (name, part) in parts {
        let count = part.len();
        let place = Span::new(file, lines.all[part.start].start..lines.all[part.end - 1].end);
        lines.set(part, Role::Dropped);
        let hint = match name {
            "header" => "say the work's title and author in the metadata",
            _ => "a copy that is given on under the name of Project Gutenberg must keep its licence",
        };
        let message = format!("the {name} of Project Gutenberg, {count} lines, is no part of the book");
        report.remark("gutenberg-frame", place, message).hint(hint);
    }
    transcribers(lines, file, report);
}

/// The last line of what stands between the frame and the book: who made the transcription.
fn credits(lines: &Lines, start: usize) -> usize {
    let mut last = start;
    for group in lines.groups(start + 1..lines.len().min(start + 40)) {
        let first = lines.line(group.start).trim().to_lowercase();
        let named = [
            "produced by",
            "e-text prepared by",
            "etext prepared by",
            "this etext was",
            "this ebook was",
            "transcribed by",
            "credits:",
        ];
        let goes_on = first.starts_with("(this file was")
            || first.starts_with("(this book was")
            || first.starts_with("images generously");
        if !named.iter().any(|name| first.starts_with(name)) && !goes_on {
            break;
        }
        last = group.end - 1;
    }
    last
}

/// Remarks what the transcribers say in the text: it isn't the author's, and it stays.
fn transcribers(lines: &Lines, file: FileId, report: &mut Report) {
    let said: Vec<usize> = (0..lines.len())
        .filter(|&at| lines.role(at) == Role::Body)
        .filter(|&at| lines.line(at).trim_start_matches(['[', ' ', '*', '_']).to_lowercase().starts_with("transcriber"))
        .collect();
    if let Some(&first) = said.first() {
        let span = Span::new(file, lines.all[first].start..lines.all[first].end);
        report
            .remark(
                "transcriber-note",
                span,
                format!("the transcribers speak in the text, in {} places from here on", said.len()),
            )
            .hint("take out what is not the author's, or leave it: it stays as text");
    }
}
