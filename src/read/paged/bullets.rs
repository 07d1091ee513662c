//! Lists whose items begin with the sign that was printed before them (`• a ledger`), as tools copy it: to Markdown they are lines of
//! one paragraph, or a paragraph each.

use super::calls::part;
use super::guesses::Guesses;
use super::verse::lines_of;
use crate::report::RepairKind;
use crate::span::Span;
use crate::tree::{Block, Blocks, Inline, Inlines, Item, List, Node, Numbering, PartMut, parts_mut, plain_text};

/// Signs that stand before items and nowhere else at the front of a line. Those of the private area are the bullets of Symbol and
/// Wingdings, as they stand in the text of a PDF.
const SURE: [char; 14] = ['•', '●', '▪', '‣', '⁃', '➢', '➤', '❖', '■', '♦', '\u{F0A7}', '\u{F0B7}', '\u{F0D8}', '\u{F076}'];

/// Signs that need white space behind them to stand before an item.
const SPACED: [char; 8] = ['·', '∙', '◦', '○', '□', '▫', '►', '▸'];

/// Two lines that begin with the same sign are no chance.
const FEWEST: usize = 2;

const LISTED: f32 = 0.9;

/// What is printed before an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Bullet(char),
    /// A box, with a tick in it or not.
    Task(bool),
}

impl Sign {
    /// The sign at the front of a line, and how many bytes it takes with the white space behind it.
    fn before(line: &str) -> Option<(Self, usize)> {
        let first = line.chars().next()?;
        let rest = &line[first.len_utf8()..];
        let said = rest.trim_start_matches([' ', '\t', '\u{A0}', '\u{2002}', '\u{2003}']);
        let sign = match first {
            '☐' => Self::Task(false),
            '☑' | '☒' => Self::Task(true),
            // Told by the words behind it in a list that has begun with it: a tool takes a small one for a full stop.
            '.' => Self::Bullet('·'),
            _ if SURE.contains(&first) || SPACED.contains(&first) => Self::Bullet(first),
            _ => return None,
        };
        let is_apart = said.len() < rest.len() || SURE.contains(&first) && said.starts_with(char::is_alphanumeric);
        (is_apart && !said.is_empty()).then_some((sign, line.len() - said.len()))
    }

    /// Whether both stand before items of one list.
    fn is_like(self, other: Self) -> bool {
        self == other || matches!((self, other), (Self::Task(_), Self::Task(_)))
    }
}

/// What stands between two signs.
struct Piece {
    sign: Option<Sign>,
    line: Inlines,
    span: Span,
}

/// The signs that stand before several lines together somewhere: elsewhere one alone is an item, too.
pub fn signs<'a>(pages: impl Iterator<Item = &'a Blocks>) -> Vec<char> {
    let mut signs = Vec::new();
    for page in pages {
        let mut at = 0;
        while at < page.len() {
            let run = run(&page[at..], &[]);
            if run > 0
                && let Block::Paragraph(line) = &page[at].kind
            {
                signs
                    .extend(with_line_ends(line).lines().filter(|line| is_signed(line)).filter_map(|line| line.chars().next()));
            }
            at += run.max(1);
        }
    }
    signs.retain(|sign| SURE.contains(sign));
    signs.sort_unstable();
    signs.dedup();
    signs
}

/// Makes lists of the lines of a page that begin with printed signs. `known`: those by which one line is an item.
pub fn mend(blocks: &mut Blocks, known: &[char], guesses: &mut Guesses) {
    let mut at = 0;
    while at < blocks.len() {
        let run = run(&blocks[at..], known);
        if run > 0 {
            at += list(blocks, at..at + run, guesses);
            continue;
        }
        parts_mut(&mut blocks[at].kind, &mut |part| {
            if let PartMut::Blocks(inner) = part {
                mend(inner, known, guesses);
            }
        });
        at += 1;
    }
}

/// Whether a line of a paragraph begins with a sign before its words. A tool's full stop is none by itself.
pub fn is_signed(line: &str) -> bool {
    !line.starts_with('.') && Sign::before(line).is_some()
}

fn with_line_ends(line: &Inlines) -> String {
    let mut said = String::new();
    lines_of(line, &mut said);
    said
}

/// How many paragraphs at the front of some blocks are one list.
fn run(blocks: &[Node<Block>], known: &[char]) -> usize {
    fn said(node: &Node<Block>) -> Option<String> {
        match &node.kind {
            Block::Paragraph(line) if node.attrs.is_none() => Some(with_line_ends(line)),
            _ => None,
        }
    }
    let Some(first) = said(&blocks[0]) else { return 0 };
    let signed = first.lines().filter(|line| is_signed(line)).count();
    if signed == 0 {
        return 0;
    }
    let dotted = first.lines().any(|line| line.starts_with('·'));
    let more = blocks[1..].iter().map_while(said).take_while(|said| is_signed(said) || dotted && Sign::before(said).is_some());
    let more = more.count();
    if signed + more >= FEWEST || first.starts_with(known) { 1 + more } else { 0 }
}

/// Makes one list of some paragraphs, behind the lines that stand before its first sign. Gives how many blocks there are now.
fn list(blocks: &mut Blocks, run: std::ops::Range<usize>, guesses: &mut Guesses) -> usize {
    let (from, count) = (run.start, run.len());
    let mut pieces: Vec<Piece> = Vec::new();
    for node in &blocks[run.clone()] {
        if let Block::Paragraph(line) = &node.kind {
            cut(line, node.span, &mut pieces);
        }
    }
    let before = pieces.iter().take_while(|piece| piece.sign.is_none()).count();
    let listed = &pieces[before..];
    let Some(span) = listed.first().zip(listed.last()).map(|(first, last)| first.span.to(last.span)) else { return count };
    let said = || listed.iter().map(|piece| format!("- {}", plain_text(&piece.line))).collect::<Vec<_>>().join("\n");
    if !guesses.make(RepairKind::ListMade, span, LISTED, said) {
        return count;
    }
    let items = pieces.split_off(before);
    let mut made: Blocks = pieces.into_iter().map(|piece| Node::new(Block::Paragraph(piece.line), piece.span)).collect();
    // Boxes stand in lists of their own.
    let is_task = |piece: &Piece| matches!(piece.sign, Some(Sign::Task(_)));
    let mut items = items.into_iter().peekable();
    while let Some(first) = items.next() {
        let mut own = vec![first];
        while let Some(next) = items.next_if(|next| is_task(next) == is_task(&own[0])) {
            own.push(next);
        }
        let span = own[0].span.to(own[own.len() - 1].span);
        made.push(Node::new(Block::List(nested(own, count == 1)), span));
    }
    let length = made.len();
    blocks.splice(from..from + count, made);
    length
}

/// A list and those in it: another sign than the first stands before items of a list within.
fn nested(pieces: Vec<Piece>, tight: bool) -> List {
    let first = pieces[0].sign;
    let is_own = |sign: Option<Sign>| first.zip(sign).is_some_and(|(first, sign)| first.is_like(sign));
    let mut items: Vec<Item> = Vec::new();
    let mut within: Vec<Piece> = Vec::new();
    fn close(items: &mut [Item], within: &mut Vec<Piece>, tight: bool) {
        if let (Some(last), Some((first, behind))) = (items.last_mut(), within.first().zip(within.last())) {
            let span = first.span.to(behind.span);
            last.body.push(Node::new(Block::List(nested(std::mem::take(within), tight)), span));
        }
    }
    for piece in pieces {
        if !is_own(piece.sign) {
            within.push(piece);
            continue;
        }
        close(&mut items, &mut within, tight);
        let task = match piece.sign {
            Some(Sign::Task(is_done)) => Some(is_done),
            _ => None,
        };
        items.push(Item { task, body: vec![Node::new(Block::Paragraph(piece.line), piece.span)] });
    }
    close(&mut items, &mut within, tight);
    List { start: None, numbering: Numbering::default(), tight, items }
}

/// Cuts a paragraph before each line that begins with a sign.
fn cut(line: &Inlines, whole: Span, pieces: &mut Vec<Piece>) {
    let mut own = Piece { sign: None, line: Vec::new(), span: whole };
    let mut is_front = true;
    let dotted = || with_line_ends(line).lines().any(|line| line.starts_with('·'));
    let dotted = dotted() || pieces.iter().any(|piece| piece.sign == Some(Sign::Bullet('·')));
    let sign = |said: &str| Sign::before(said).filter(|_| dotted || !said.starts_with('.'));
    for node in line {
        let Inline::Text(text) = &node.kind else {
            own.line.push(node.clone());
            is_front = matches!(node.kind, Inline::LineBreak);
            continue;
        };
        let mut from = 0;
        for (start, said) in text.split_inclusive('\n').scan(0, |at, said| {
            let start = *at;
            *at += said.len();
            Some((start, said))
        }) {
            let begins = if start == 0 { is_front } else { true };
            let Some((found, length)) = sign(said).filter(|_| begins) else { continue };
            push(&mut own.line, from..from + text[from..start].trim_end_matches('\n').len(), text, node);
            let place = part(text, node.span, start..start).start;
            let next = Piece { sign: Some(found), line: Vec::new(), span: Span { start: place, ..whole } };
            let mut done = std::mem::replace(&mut own, next);
            done.span.end = place.max(done.span.start);
            finish(done, pieces);
            from = start + length;
        }
        push(&mut own.line, from..text.len(), text, node);
        is_front = text.ends_with('\n');
    }
    finish(own, pieces);
}

/// Adds a part of a node's text.
fn push(line: &mut Inlines, range: std::ops::Range<usize>, text: &str, of: &Node<Inline>) {
    if !range.is_empty() {
        let said = Inline::Text(text[range.clone()].to_owned());
        line.push(Node { kind: said, span: part(text, of.span, range), attrs: of.attrs.clone() });
    }
}

fn finish(mut piece: Piece, pieces: &mut Vec<Piece>) {
    while matches!(piece.line.last(), Some(Node { kind: Inline::LineBreak, .. })) {
        piece.line.pop();
    }
    if !piece.line.is_empty() {
        pieces.push(piece);
    }
}
