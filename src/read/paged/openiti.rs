//! The OpenITI corpus has a Markdown of its own (mARkdown): `# ` begins a paragraph, `~~` goes on with it, `### |` is a heading, its
//! header stands above `#META#Header#End#`, and `PageV01P012` ends a page.

use std::ops::Range;

use super::lines::{Lines, Role};
use crate::report::Report;
use crate::span::{FileId, Span};
use crate::tree::{Block, Blocks, Inline, Inlines, Node};

/// Whether a text is of the corpus: its first line says so.
pub fn is_one(text: &str) -> bool {
    text.trim_start_matches('\u{FEFF}').trim_start().starts_with("######OpenITI#")
}

/// Takes the header out, and makes paragraphs begin where their signs say so.
pub fn claim(lines: &mut Lines, file: FileId, report: &mut Report) {
    let header = (0..lines.len()).find(|&at| lines.line(at).starts_with("#META#Header#End#"));
    if let Some(end) = header {
        lines.set(0..end + 1, Role::Dropped);
        let span = Span::new(file, lines.all[0].start..lines.all[end].end);
        report
            .remark("header-left-out", span, format!("the header of the corpus, {} lines, is no part of the text", end + 1))
            .hint("say its title and author in the metadata");
    }
    for at in 0..lines.len() {
        let line = lines.line(at);
        let skip = if line.starts_with("# ") { 2 } else { 0 };
        if skip > 0 || line.starts_with("###") {
            lines.drop_front(at, skip);
            lines.all[at].begins = true;
        }
    }
}

/// Reads a paragraph whose lines go on behind `~~`. `read` reads a stretch of the source.
pub fn paragraph(text: &str, range: Range<usize>, read: &mut dyn FnMut(Range<usize>) -> Blocks) -> Blocks {
    let mut body = Blocks::new();
    let mut at = range.start;
    for line in text[range].split_inclusive('\n') {
        let bare = line.trim_end();
        let skip = if bare.starts_with("~~") { 2 } else { 0 };
        let mut more = read(at + skip..at + bare.len());
        if let (
            true,
            Some(Node { kind: Block::Paragraph(before), span, .. }),
            Some(Node { kind: Block::Paragraph(behind), span: end, .. }),
        ) = (skip > 0, body.last_mut(), more.first_mut())
        {
            before.push(Node::new(
                Inline::Text("\n".to_owned()),
                Span { start: span.end, end: end.start.max(span.end), ..*span },
            ));
            before.append(behind);
            *span = span.to(*end);
            more.remove(0);
        }
        body.append(&mut more);
        at += line.len();
    }
    body.iter_mut().for_each(heading);
    body
}

/// `### || Title`: as deep as its bars say.
fn heading(node: &mut Node<Block>) {
    let Block::Heading { level, text, .. } = &mut node.kind else { return };
    let Some(Node { kind: Inline::Text(said), .. }) = text.first_mut() else { return };
    let bare = said.trim_start_matches(['|', '$', ' ']);
    let bars = said[..said.len() - bare.len()].matches('|').count();
    if bars > 0 {
        *level = bars.clamp(1, 6) as u8;
    }
    *said = bare.to_owned();
}

/// Takes the corpus's milestones (`ms012`) out of a line of text: they count words for its tools.
pub fn without_milestones(line: &mut Inlines) -> usize {
    let mut taken = 0;
    for node in line {
        let Inline::Text(text) = &mut node.kind else { continue };
        let is_one = |word: &str| {
            word.strip_prefix("ms").is_some_and(|rest| rest.len() >= 2 && rest.bytes().all(|byte| byte.is_ascii_digit()))
        };
        if text.split_whitespace().any(is_one) {
            taken += text.split_whitespace().filter(|word| is_one(word)).count();
            *text = text.split(' ').filter(|word| !is_one(word.trim())).collect::<Vec<_>>().join(" ");
        }
    }
    taken
}
