//! Pages become one text again: what a page's end has cut is joined, and where the end was, a milestone stands.

use super::evidence;
use super::floats;
use super::guesses::Guesses;
use super::vocabulary::Vocabulary;
use super::words;
use crate::report::RepairKind;
use crate::span::Span;
use crate::tree::{Block, Blocks, Inline, Inlines, List, Node, PageBreak, Style, VerseLine, plain_text};

/// A page end, as it goes into the text.
pub struct Seam {
    /// The pages that begin here: more than one where a page has no text.
    pub breaks: Vec<PageBreak>,
    pub span: Span,
    /// What is known already: above zero, that the text goes on over it.
    pub prior: f32,
    /// Whether it stands inside a word, without any space.
    pub glued: bool,
    /// Whether what stands around it is one line of the source.
    pub in_line: bool,
}

/// What joining looks at and where it says what it did.
pub struct Joining<'a, 'g> {
    pub words: &'a Vocabulary,
    pub guesses: &'a mut Guesses<'g>,
    pub language: Option<hypher::Lang>,
    /// Whether words are cut without a hyphen in this text.
    pub lost_hyphens: bool,
    /// Whether the text of the page has gone into a list's last item: the list may go on behind it.
    pub in_list: bool,
}

impl Joining<'_, '_> {
    /// Adds the first block of a page to those before it. What was `held` at the foot of the page above, as text, stands behind
    /// the paragraph that goes on over it; so do the figures and tables that stand at the end of that page, and those at the head
    /// of this one, which are `leading`.
    pub fn append(&mut self, out: &mut Blocks, (mut leading, mut page): (Blocks, Blocks), held: &mut Blocks, mut seam: Seam) {
        let most = out.len().saturating_sub(PLATES);
        let from = out.len() - floats::run(out[most..].iter().rev());
        let mut floating = out.split_off(from);
        if floating.iter().chain(&leading).any(|node| !is_comment(node)) {
            seam.prior -= OVER_FLOATS;
        }
        // Plates have pages of their own, which end where the sentence goes on.
        let own = seam.breaks.len();
        seam.breaks.splice(0..0, floating.iter().filter_map(page_break).cloned());
        let plates = seam.breaks.len() - own;
        let joined = self.join(out, &mut page, &seam);
        match joined {
            true => floating.retain(|node| page_break(node).is_none()),
            false => drop(seam.breaks.drain(..plates)),
        }
        out.append(&mut floating);
        if !joined {
            out.append(held);
            let breaks = seam.breaks.into_iter().map(|one| PageBreak { space: false, ..one });
            out.extend(breaks.map(|one| Node::new(Block::PageBreak(one), seam.span)));
        }
        out.append(&mut leading);
        out.append(&mut page);
        out.append(held);
    }

    /// Joins the last block of `out` and the first of `page` if they are one, and takes that first block away. True where the
    /// page's breaks stand in the text now.
    fn join(&mut self, out: &mut Blocks, page: &mut Blocks, seam: &Seam) -> bool {
        let (Some(last), Some(first)) = (out.iter_mut().rev().take(PLATES).find(|node| !is_comment(node)), page.first_mut())
        else {
            return false;
        };
        let (first_span, last_span) = (first.span, last.span);
        let joined = match (&mut last.kind, &mut first.kind) {
            (Block::Paragraph(before), Block::Paragraph(behind)) => self.lines(before, behind, (last_span, first_span), seam),
            // A heading ends with its line.
            (Block::Heading { text: before, .. }, Block::Paragraph(behind)) if seam.in_line && !has_line_end(behind) => {
                self.lines(before, behind, (last_span, first_span), seam)
            }
            (Block::Quote(before), Block::Quote(behind)) => {
                let joined = self.join(before, behind, seam);
                if joined {
                    before.append(behind);
                }
                joined
            }
            (Block::List(before), Block::List(behind)) if continues(before, behind) => self.lists(before, behind, seam),
            (Block::List(list), Block::Paragraph(_)) => {
                let Some(item) = list.items.last_mut() else { return false };
                // Text behind a list is as often a paragraph of its own.
                let seam = Seam {
                    breaks: seam.breaks.clone(),
                    prior: seam.prior - LEAVING_LIST,
                    glued: false,
                    in_line: false,
                    ..*seam
                };
                let mut rest = vec![first.clone()];
                let joined = self.join(&mut item.body, &mut rest, &seam);
                self.in_list = joined && rest.is_empty();
                self.in_list
            }
            (Block::Verse(before), Block::Verse(behind)) => self.verses(before, behind, seam, first_span),
            _ => false,
        };
        if joined {
            last.span = last.span.to(first_span);
            page.remove(0);
        }
        joined
    }

    /// Whether a word is cut between two paragraphs of a page: a scanner has torn them apart.
    pub fn is_torn(&self, before: Option<&Node<Block>>, behind: &Node<Block>) -> bool {
        let (Some(Node { kind: Block::Paragraph(first), .. }), Block::Paragraph(second)) = (before, &behind.kind) else {
            return false;
        };
        let (Some(Inline::Text(first)), Some(Inline::Text(second))) =
            (first.last().map(|node| &node.kind), second.first().map(|node| &node.kind))
        else {
            return false;
        };
        let (first, second) = (first.rsplit('\n').next().unwrap_or("").trim_end(), second.trim_start());
        let cut = words::without_hyphen(first).ends_with(char::is_lowercase) && second.starts_with(char::is_lowercase);
        // A sheet's mark may stand there alone.
        let prose = second.split_whitespace().nth(1).is_some() && second.chars().nth(1).is_some_and(char::is_alphabetic);
        cut && prose && words::decide(first, second, self.words, self.language).0 != words::Hyphen::None
    }

    /// Adds a block that begins no page.
    pub fn push(&mut self, out: &mut Blocks, block: Node<Block>) {
        let mut rest = vec![block];
        if std::mem::take(&mut self.in_list) {
            self.rest_of_list(out, &mut rest);
        }
        out.append(&mut rest);
    }

    /// A list whose item was cut goes on behind the item's rest.
    fn rest_of_list(&mut self, out: &mut Blocks, page: &mut Blocks) {
        let (Some(Node { kind: Block::List(before), .. }), Some(Node { kind: Block::List(behind), .. })) =
            (out.last_mut(), page.first_mut())
        else {
            return;
        };
        if continues(before, behind) {
            before.items.append(&mut behind.items);
            page.remove(0);
        }
    }

    fn lists(&mut self, before: &mut List, behind: &mut List, seam: &Seam) -> bool {
        let Some(first) = behind.items.first_mut() else { return false };
        let mut breaks =
            seam.breaks.iter().map(|one| Node::new(Block::PageBreak(PageBreak { space: false, ..one.clone() }), seam.span));
        let body = std::mem::take(&mut first.body);
        first.body = breaks.by_ref().chain(body).collect();
        before.items.append(&mut behind.items);
        true
    }

    fn verses(&mut self, before: &mut Vec<Vec<VerseLine>>, behind: &mut Vec<Vec<VerseLine>>, seam: &Seam, span: Span) -> bool {
        let (Some(last), Some(first)) = (before.last_mut(), behind.first_mut()) else { return false };
        let (Some(above), Some(below)) = (last.last(), first.first_mut()) else { return false };
        let goes_on = evidence::ending(&plain_text(&above.text)) != evidence::Ending::Stop;
        let (above, under) = (plain_text(&above.text), plain_text(&below.text));
        let confidence = evidence::confidence(2.0);
        if !self.guesses.make_of(RepairKind::ParagraphJoined, span, confidence, || {
            (format!("{above} ¶ {under}"), format!("{above} / {under}"))
        }) {
            return false;
        }
        below.text.splice(0..0, inline_breaks(&seam.breaks, seam.span, false));
        if goes_on {
            let rest = behind.remove(0);
            last.extend(rest);
        }
        before.append(behind);
        true
    }

    /// Joins two halves of a paragraph if the evidence says that they are.
    fn lines(&mut self, before: &mut Inlines, behind: &mut Inlines, spans: (Span, Span), seam: &Seam) -> bool {
        let emphasis = dangling(before, behind, self.guesses.text());
        let (first, second) = (said(before), said(behind));
        let tied = if emphasis.is_some() { EMPHASIS } else { 0.0 };
        let score = evidence::weigh(&first, &second, self.words) + seam.prior + tied;
        if score <= 0.0 {
            return false;
        }
        let confidence = evidence::confidence(score);
        let place = Span { start: spans.0.end, end: spans.1.start.max(spans.0.end), ..spans.0 };
        let hyphen = words::at_page_end((&first, &second), self.words, self.language, self.lost_hyphens);
        let (tail, front) = (tail(&first), front(&second));
        let after = match hyphen {
            words::Hyphen::None => format!("{tail} | {front}"),
            words::Hyphen::Dropped => format!("{}|{front}", words::without_hyphen(tail)),
            words::Hyphen::Kept => format!("{tail}|{front}"),
        };
        if !self.guesses.make_of(RepairKind::ParagraphJoined, place, confidence, || (format!("{tail} ¶ {front}"), after)) {
            return false;
        }
        if hyphen == words::Hyphen::Dropped {
            words::drop_last_hyphen(before);
        }
        trim_seam(before, behind);
        if let Some(mark) = emphasis {
            close_emphasis(before, behind, mark, self.guesses.text());
        }
        let unspaced = first.trim_end().ends_with(evidence::is_wide) && second.trim_start().starts_with(evidence::is_wide);
        let inside = hyphen != words::Hyphen::None || seam.glued || unspaced;
        let mut breaks = inline_breaks(&seam.breaks, seam.span, !inside);
        // What stood between the halves, a note or a figure, has its own place: the seam's is the line end before the second.
        let seam_place = Span { start: place.start.max(place.end.saturating_sub(1)), ..place };
        if breaks.is_empty() {
            let kind = if inside { Inline::LineEnd } else { Inline::Text(" ".to_owned()) };
            breaks.push(Node::new(kind, seam_place));
        }
        merge_styled(before, breaks, behind);
        true
    }
}

/// What speaks for a block going on with the one before it.
pub fn score(before: &Node<Block>, behind: &Node<Block>, words: &Vocabulary) -> f32 {
    match (&before.kind, &behind.kind) {
        (Block::Paragraph(before), Block::Paragraph(behind)) => evidence::weigh(&said(before), &said(behind), words),
        (Block::Quote(before), Block::Quote(behind)) => match (before.last(), behind.first()) {
            (Some(last), Some(first)) => score(last, first, words),
            _ => -9.0,
        },
        _ => -9.0,
    }
}

/// How much more it takes to join text to a list's last item.
const LEAVING_LIST: f32 = 1.5;
/// And over figures and tables: only what can't be anything else goes on behind them.
const OVER_FLOATS: f32 = 2.0;
/// More plates than stand in a row between two pages of text.
const PLATES: usize = 128;
/// Of a paragraph that runs over thousands of pages no more than these last nodes are looked at: each page would else cost all before
/// it.
const LOOKED_AT: usize = 256;
/// Emphasis that is open at the page's end and closed behind it ties both halves.
const EMPHASIS: f32 = 6.0;

fn page_break(node: &Node<Block>) -> Option<&PageBreak> {
    match &node.kind {
        Block::PageBreak(one) => Some(one),
        _ => None,
    }
}

/// Whether a line of the tree is more than one of the source.
fn has_line_end(line: &Inlines) -> bool {
    line.iter().any(|node| matches!(&node.kind, Inline::Text(text) if text.contains('\n')))
}

fn is_comment(node: &Node<Block>) -> bool {
    matches!(node.kind, Block::Comment(_))
}

/// Whether one list goes on with the other: its numbers do, or both have bullets.
fn continues(before: &List, behind: &List) -> bool {
    match (before.start, behind.start) {
        (Some(start), Some(next)) => next == start + before.items.len() as u64,
        (None, None) => true,
        _ => false,
    }
}

fn inline_breaks(breaks: &[PageBreak], span: Span, space: bool) -> Inlines {
    let one =
        |(n, one): (usize, &PageBreak)| Node::new(Inline::PageBreak(PageBreak { space: space && n == 0, ..one.clone() }), span);
    breaks.iter().enumerate().map(one).collect()
}

/// The end of a line, as far as it is looked at.
fn end(line: &[Node<Inline>]) -> &[Node<Inline>] {
    &line[line.len().saturating_sub(LOOKED_AT)..]
}

/// What a line says, without calls that are raised: they are no part of its sentence.
fn said(line: &[Node<Inline>]) -> String {
    let line = end(line);
    let raised = |node: &Node<Inline>| matches!(node.kind, Inline::Styled(Style::Superscript, _));
    let keeps = line.len() - line.iter().rev().take_while(|node| raised(node)).count();
    plain_text(&line[..keeps])
}

/// The last words of a text.
pub fn tail(text: &str) -> &str {
    let from = text.char_indices().rev().nth(27).map_or(0, |(at, _)| at);
    text[from..].split_once(' ').filter(|_| from > 0).map_or(&text[from..], |(_, rest)| rest)
}

/// The first words of a text.
pub fn front(text: &str) -> &str {
    let to = text.char_indices().nth(28).map_or(text.len(), |(at, _)| at);
    text[..to].rsplit_once(' ').filter(|_| to < text.len()).map_or(&text[..to], |(front, _)| front)
}

/// Takes away the white space that the break stands for.
fn trim_seam(before: &mut Inlines, behind: &mut Inlines) {
    if let Some(Inline::Text(text)) = before.last_mut().map(|node| &mut node.kind) {
        text.truncate(text.trim_end().len());
    }
    if let Some(Inline::Text(text)) = behind.first_mut().map(|node| &mut node.kind) {
        text.drain(..text.len() - text.trim_start().len());
    }
}

/// The sign of emphasis that opens in the first line without an end, and ends in the second without a beginning.
fn dangling(before: &Inlines, behind: &Inlines, source: &str) -> Option<&'static str> {
    let mut marks = ["**", "*", "_"].into_iter();
    marks.find(|mark| opens(before, mark, source).is_some() && closes(behind, mark, source).is_some())
}

/// Whether a text has a sign of emphasis that the author made a letter of it by a backslash.
fn is_escaped(node: &Node<Inline>, mark: &str, source: &str) -> bool {
    let escaped = ['\\', mark.chars().next().unwrap_or_default()].iter().collect::<String>();
    source.get(node.span.range()).is_some_and(|written| written.contains(&escaped))
}

/// Where the last sign stands that opens emphasis in a line: node and byte.
fn opens(line: &Inlines, mark: &str, source: &str) -> Option<(usize, usize)> {
    line.iter().enumerate().rev().take(LOOKED_AT).find_map(|(n, node)| {
        let Inline::Text(text) = &node.kind else { return None };
        (!is_escaped(node, mark, source)).then_some(())?;
        let found = text.rmatch_indices(mark).find(|(at, _)| {
            let before = text[..*at].chars().next_back();
            let behind = text[at + mark.len()..].chars().next();
            before.is_none_or(|c| !c.is_alphanumeric() && c != '*') && behind.is_some_and(|c| !c.is_whitespace() && c != '*')
        });
        found.map(|(at, _)| (n, at))
    })
}

/// Where the first sign stands that closes emphasis in a line.
fn closes(line: &Inlines, mark: &str, source: &str) -> Option<(usize, usize)> {
    line.iter().enumerate().take(LOOKED_AT).find_map(|(n, node)| {
        let Inline::Text(text) = &node.kind else { return None };
        (!is_escaped(node, mark, source)).then_some(())?;
        let found = text.match_indices(mark).find(|(at, _)| {
            let before = text[..*at].chars().next_back();
            let behind = text[at + mark.len()..].chars().next();
            before.is_some_and(|c| !c.is_whitespace() && c != '*') && behind.is_none_or(|c| !c.is_alphanumeric() && c != '*')
        });
        found.map(|(at, _)| (n, at))
    })
}

/// Makes emphasis of what stands between a sign that opens before the page's end and one that closes behind it, on each side.
fn close_emphasis(before: &mut Inlines, behind: &mut Inlines, mark: &str, source: &str) {
    let style = if mark == "**" { Style::Strong } else { Style::Emphasis };
    let (Some((n, at)), Some((m, to))) = (opens(before, mark, source), closes(behind, mark, source)) else { return };
    let (left, right) = split_text(before, n, at, mark.len());
    let mut inner: Inlines = right.into_iter().chain(before.drain(n + 1..)).collect();
    inner.retain(|node| !is_empty(node));
    before.truncate(n);
    before.extend(left);
    wrap(before, style, inner);
    let (left, right) = split_text(behind, m, to, mark.len());
    let rest: Inlines = right.into_iter().chain(behind.drain(m + 1..)).collect();
    behind.truncate(m);
    behind.extend(left);
    let mut inner = std::mem::take(behind);
    inner.retain(|node| !is_empty(node));
    wrap(behind, style, inner);
    behind.extend(rest);
    behind.retain(|node| !is_empty(node));
}

fn is_empty(node: &Node<Inline>) -> bool {
    matches!(&node.kind, Inline::Text(text) if text.is_empty())
}

fn wrap(line: &mut Inlines, style: Style, inner: Inlines) {
    if let (Some(first), Some(last)) = (inner.first(), inner.last()) {
        let span = first.span.to(last.span);
        line.push(Node::new(Inline::Styled(style, inner), span));
    }
}

/// The text before and behind some bytes of a text node.
fn split_text(line: &Inlines, n: usize, at: usize, length: usize) -> (Option<Node<Inline>>, Option<Node<Inline>>) {
    let Inline::Text(text) = &line[n].kind else { return (None, None) };
    let span = line[n].span;
    let piece = |range: std::ops::Range<usize>| {
        let place = super::calls::part(text, span, range.clone());
        (!range.is_empty()).then(|| Node::new(Inline::Text(text[range].to_owned()), place))
    };
    (piece(0..at), piece(at + length..text.len()))
}

/// Puts two halves together around the page's end; a style that ends and begins again there is one.
fn merge_styled(before: &mut Inlines, breaks: Inlines, behind: &mut Inlines) {
    match (before.last_mut().map(|node| &mut node.kind), behind.first_mut().map(|node| &mut node.kind)) {
        (Some(Inline::Styled(style, first)), Some(Inline::Styled(other, second)))
            if style == other && matches!(style, Style::Emphasis | Style::Strong | Style::SmallCaps) =>
        {
            first.extend(breaks);
            first.append(second);
            behind.remove(0);
        }
        _ => before.extend(breaks),
    }
    before.append(behind);
}
