//! Numbers that a print sets before its paragraphs. Markdown takes `3. Kupferkies` for an item of a list, whose number an output
//! may count anew; on a printed page it is a word like others, and often the only item in sight.

use super::Sheet;
use super::dress::Dress;
use crate::span::Span;
use crate::tree::{Block, Blocks, Inline, List, Node};

/// Items of so many words in the mean are paragraphs that bear a number, where a tool has written the text in Markdown.
const PARAGRAPH: usize = 12;

/// Makes paragraphs that begin with their number of the numbered lists of a page-broken text: of all in a text whose lines are the
/// print's; where a tool wrote Markdown, only where no list stands close and the items are paragraphs in truth.
pub fn as_printed(sheets: &mut [Sheet], text: &str, dress: &Dress) {
    if !dress.is_wrapped() {
        let mut seen = Seen::default();
        sheets.iter().flat_map(|sheet| &sheet.body).for_each(|node| seen.add(node, text));
        if seen.close || seen.items == 0 || seen.words < seen.items * PARAGRAPH {
            return;
        }
    }
    for sheet in sheets {
        if sheet.body.iter().any(|node| matches!(node.kind, Block::List(_))) {
            sheet.body = std::mem::take(&mut sheet.body).into_iter().flat_map(|node| printed(node, text)).collect();
        }
    }
}

/// What a text's numbered lists are like.
#[derive(Default)]
struct Seen {
    items: usize,
    words: usize,
    /// Whether items of one stand on lines that follow each other.
    close: bool,
}

impl Seen {
    fn add(&mut self, node: &Node<Block>, text: &str) {
        let Block::List(list) = &node.kind else { return };
        if list.start.is_none() {
            return;
        }
        self.close |= list.tight && list.items.len() > 1;
        self.items += list.items.len();
        self.words += text.get(node.span.range()).map_or(0, |said| said.split_whitespace().count());
    }
}

/// The blocks of a list without the list, or the block as it was.
fn printed(node: Node<Block>, text: &str) -> Blocks {
    let List { start: Some(_), items, .. } = (match &node.kind {
        Block::List(list) => list,
        _ => return vec![node],
    }) else {
        return vec![node];
    };
    let numbers: Option<Vec<Span>> = items
        .iter()
        .map(|item| match item.body.first() {
            Some(Node { kind: Block::Paragraph(_), span, attrs: None }) if item.task.is_none() => number(*span, text),
            _ => None,
        })
        .collect();
    let Some(numbers) = numbers.filter(|_| node.attrs.is_none()) else { return vec![node] };
    let Block::List(list) = node.kind else { return Vec::new() };
    let mut blocks = Blocks::new();
    for (item, place) in list.items.into_iter().zip(numbers) {
        let mut body = item.body;
        if let Some(Node { kind: Block::Paragraph(line), span, .. }) = body.first_mut() {
            let said = format!("{} ", text[place.range()].trim_end());
            line.insert(0, Node::new(Inline::Text(said), place));
            *span = place.to(*span);
        }
        blocks.append(&mut body);
    }
    blocks
}

/// Where the number stands, with the space behind it, before a paragraph: `3. `, `3) `.
fn number(paragraph: Span, text: &str) -> Option<Span> {
    let before = text.get(..paragraph.start as usize)?;
    let bare = before.trim_end_matches([' ', '\t']);
    let digits = bare.strip_suffix(['.', ')'])?;
    let start = digits.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    (start < digits.len() && bare.len() < before.len()).then_some(Span {
        start: start as u32,
        end: paragraph.start,
        ..paragraph
    })
}
