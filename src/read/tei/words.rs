//! Text on its way into a line: white space as the tree has it, words joined across breaks.

use crate::span::Span;
use crate::tree::{Inline, Inlines, Node, plain_text};

/// A run of white space as one character: `\n` where a line of the source ended in it.
pub fn squeeze(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut white = None;
    for c in text.chars() {
        match c {
            '\n' | '\r' => white = Some('\n'),
            ' ' | '\t' => white = white.or(Some(' ')),
            c => {
                out.extend(white.take());
                out.push(c);
            }
        }
    }
    out.extend(white);
    out
}

fn is_white(c: char) -> bool {
    matches!(c, ' ' | '\n' | '\t')
}

/// Adds text to a line; a run of it is one node, and between two runs there is one space at most.
pub fn push(line: &mut Inlines, text: &str, span: Span) {
    if text.is_empty() {
        return;
    }
    if let Some(Node { kind: Inline::Text(so_far), span: whole, attrs: None }) = line.last_mut() {
        let added = match (so_far.ends_with(is_white), text.starts_with(is_white)) {
            (true, true) => {
                if text.starts_with('\n') {
                    so_far.pop();
                    so_far.push('\n');
                }
                &text[1..]
            }
            _ => text,
        };
        so_far.push_str(added);
        *whole = whole.to(span);
        return;
    }
    // Behind a break that stands for a space there is no other.
    let joined = match line.last().map(|node| &node.kind) {
        Some(Inline::PageBreak(_) | Inline::LineEnd | Inline::LineBreak) => text.trim_start_matches(is_white),
        _ => text,
    };
    if !joined.is_empty() {
        line.push(Node::new(Inline::Text(joined.to_owned()), span));
    }
}

/// Takes white space off the end of a line.
pub fn trim_end(line: &mut Inlines) {
    while let Some(Node { kind: Inline::Text(text), .. }) = line.last_mut() {
        text.truncate(text.trim_end_matches(is_white).len());
        if !text.is_empty() {
            break;
        }
        line.pop();
    }
}

/// Takes white space off the end of a line, and of the stretch in which it ends.
pub fn trim_end_within(line: &mut Inlines) {
    trim_end(line);
    if let Some(Inline::Span(inner) | Inline::Styled(_, inner)) = line.last_mut().map(|node| &mut node.kind) {
        trim_end_within(inner);
    }
}

/// Takes white space off both ends of a line.
pub fn trim(line: &mut Inlines) {
    trim_end(line);
    while let Some(Node { kind: Inline::Text(text), .. }) = line.first_mut() {
        text.drain(..text.len() - text.trim_start_matches(is_white).len());
        if !text.is_empty() {
            break;
        }
        line.remove(0);
    }
}

/// Takes away what some leave of a hyphen before a break inside a word: the word is whole without it.
pub fn drop_hyphen(line: &mut Inlines) {
    trim_end(line);
    // A mere place has no letters, and a note none of the word.
    let is_passed = |node: &Node<Inline>| match &node.kind {
        Inline::Span(inner) => inner.is_empty(),
        kind => matches!(kind, Inline::Note(_) | Inline::NoteCall(_) | Inline::Comment(_)),
    };
    match line.iter_mut().rev().find(|node| !is_passed(node)).map(|node| &mut node.kind) {
        Some(Inline::Text(text)) => {
            text.truncate(text.trim_end_matches(is_white).len());
            let kept = text.trim_end_matches(super::cuts::HYPHENS);
            // One by itself begins a stretch: its word stands before that.
            if kept.ends_with(char::is_alphabetic) || kept.is_empty() && text.chars().count() == 1 {
                text.truncate(kept.len());
            }
        }
        Some(Inline::Styled(_, inner) | Inline::Span(inner)) => drop_hyphen(inner),
        _ => {}
    }
}

/// Has a hyphen that is a word's own before a break stand as readers know it: the double one of Fraktur is set as one.
pub fn keep_hyphen(line: &mut Inlines) {
    trim_end(line);
    if let Some(Node { kind: Inline::Text(text), .. }) = line.last_mut()
        && text.ends_with('\u{2E17}')
    {
        text.pop();
        text.push('-');
    }
}

/// The place right before a stretch.
pub fn before_of(span: Span) -> Span {
    Span { end: span.start, ..span }
}

/// Parts the words on both sides of a place.
pub fn part(line: &mut Inlines, place: Span) {
    push(line, " ", place);
}

/// Takes back the white space that parts an element from the words behind it, where a mark of punctuation stands there.
pub fn close_up(line: &mut Inlines, before: Option<&str>, text: &str) {
    // What is said for a pointer is a word by itself.
    if before == Some("ptr")
        && text.starts_with(char::is_alphanumeric)
        && let Some(Node { kind: Inline::Link(link), span, .. }) = line.last()
        && plain_text(&link.text).ends_with(char::is_alphanumeric)
    {
        let place = span.after();
        part(line, place);
    }
    // A space is the document's own.
    let parted = before.is_some_and(|name| name != "space" && !super::phrase::is_phrase(name));
    // The file's own layout, inside a name whose parts stand on lines of it.
    let laid_out = before.is_some_and(|name| !super::phrase::is_inside(name))
        && matches!(line.last().map(|node| &node.kind), Some(Inline::Text(said)) if said.ends_with('\n'));
    let parted = parted || laid_out;
    if parted && text.starts_with([',', '.', ';', ':', '!', '?', ')', ']']) {
        trim_end(line);
    }
}
