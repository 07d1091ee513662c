//! Accidents: at words of every text something happens, and the ledger tells, wherever it is.

use std::ops::Range;
use std::path::Path;

use super::ledger;
use crate::support::{files, read, root, texts};
use tetrapla::ledger::account;
use tetrapla::span::{Sources, Span};
use tetrapla::tree::{Block, Document, Inline, Node, Visit, VisitMut, walk_blocks, walk_blocks_mut};

/// What may happen to the word of a tree that stands at a place of a text.
type Accident = fn(&mut String, Range<usize>);

const ACCIDENTS: [(&str, Accident); 5] = [
    ("dropped", |text, word| text.replace_range(word, "")),
    ("doubled", |text, word| {
        let again = format!(" {}", &text[word.clone()]);
        text.insert_str(word.end, &again);
    }),
    ("changed", |text, word| {
        let last = word.end - 1;
        let other = if &text[last..word.end] == "7" { "8" } else { "7" };
        text.replace_range(last..word.end, other);
    }),
    ("cut in two", |text, word| text.insert(word.start + word.len().div_ceil(2), ' ')),
    ("glued to the next", |text, word| {
        let white = text[word.end..].len() - text[word.end..].trim_start().len();
        if text[word.end + white..].starts_with(|c: char| c.is_ascii_alphanumeric()) {
            text.replace_range(word.end..word.end + white, "");
        }
    }),
];

/// At words of every text, one after the other: whatever happens to one, the ledger tells. `LEDGER_TEXTS` names a folder of more.
#[test]
fn nothing_happens_to_a_word_unseen() {
    let more = std::env::var("LEDGER_TEXTS").map(|folder| files(Path::new(&folder), "")).unwrap_or_default();
    let (mut missed, mut count) = (Vec::new(), 0);
    for path in texts().into_iter().chain(files(&root().join("tests/tei"), ".xml")).chain(more) {
        for work in read(&path).iter().filter(|work| work.doc.is_some() && ledger(work).differences.is_empty()) {
            let doc = work.doc.as_ref().expect("a work that is read");
            let words = words(doc, &work.manuscript.sources);
            let size: usize = work.manuscript.sources.iter().map(|(_, source)| source.text.len()).sum();
            // A book takes its time.
            let places = (20_000 / size.max(1)).clamp(1, 6);
            for (at, (text, word)) in words.iter().step_by((words.len() / places).max(1)).enumerate() {
                let (name, act) = ACCIDENTS[(at + count) % ACCIDENTS.len()];
                let mut damaged = doc.clone();
                let mut said = None;
                nth_text(&mut damaged, *text, |text| {
                    let before = text.clone();
                    act(text, word.clone());
                    said = (*text != before).then(|| before[word.clone()].to_owned());
                });
                let Some(said) = said else { continue };
                count += 1;
                if account(&damaged, &work.manuscript, &work.report.diagnostics).differences.is_empty() {
                    missed.push(format!("{}: “{said}” was {name}", path.display()));
                }
            }
        }
    }
    assert!(count > 500, "only {count} accidents");
    assert!(missed.is_empty(), "{} of {count}\n{}", missed.len(), missed.join("\n"));
}

/// Words of a tree that stand in the source as they are: the text of which node, and where in it.
fn words(doc: &Document, sources: &Sources) -> Vec<(usize, Range<usize>)> {
    let (mut found, mut number) = (Vec::new(), 0);
    // What a style or a number made of a citation or a reference is not the source's, nor what an index is made of.
    let (mut made, mut skip): (Option<Span>, usize) = (None, 0);
    walk_blocks(&doc.body, &mut |visit| {
        let (text, span) = match visit {
            Visit::Inline(Node { kind: Inline::Citation(_) | Inline::Reference(_), span, .. }) => return made = Some(*span),
            Visit::Block(node) if matches!(node.kind, Block::Bibliography(_) | Block::Index(_)) => {
                return walk_blocks(std::slice::from_ref(node), &mut |visit| skip += usize::from(text_of(&visit).is_some()));
            }
            visit => match text_of(&visit) {
                Some(found) => found,
                None => return,
            },
        };
        if skip > 0 {
            skip -= 1;
            return number += 1;
        }
        let source = sources.slice(span);
        let ascii = |c: char| c.is_ascii_alphanumeric();
        for (at, said) in text.match_indices(ascii).filter(|(at, _)| !text[..*at].ends_with(ascii)) {
            let length = text[at..].find(|c: char| !ascii(c)).unwrap_or(text.len() - at);
            let is_whole = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && !('\u{300}'..'\u{370}').contains(&c));
            let apart = is_whole(text[..at].chars().next_back()) && is_whole(text[at + length..].chars().next());
            let is_made = made.is_some_and(|made| made.file == span.file && made.start <= span.start && span.end <= made.end);
            if !is_made && length >= 2 && apart && !said.is_empty() && source.contains(&text[at..at + length]) {
                found.push((number, at..at + length));
            }
        }
        number += 1;
    });
    found
}

/// A node's text, and where it stands.
fn text_of<'a>(visit: &Visit<'a>) -> Option<(&'a str, Span)> {
    match visit {
        Visit::Block(Node { kind: Block::Code { text, .. }, span, .. }) => Some((text, *span)),
        Visit::Inline(Node { kind: Inline::Text(text) | Inline::Code(text), span, .. }) => Some((text, *span)),
        _ => None,
    }
}

/// Does something to the text of a node, by its number.
fn nth_text(doc: &mut Document, wanted: usize, act: impl FnOnce(&mut String)) {
    let (mut number, mut act) = (0, Some(act));
    walk_blocks_mut(&mut doc.body, &mut |visit| {
        let text = match visit {
            VisitMut::Block(Node { kind: Block::Code { text, .. }, .. }) => text,
            VisitMut::Inline(Node { kind: Inline::Text(text) | Inline::Code(text), .. }) => text,
            _ => return,
        };
        if number == wanted
            && let Some(act) = act.take()
        {
            act(text);
        }
        number += 1;
    });
}
