//! What a paragraph of Markdown is in a book: most are paragraphs, but a lone image is a figure, a lone formula is displayed,
//! and lines that the author broke by hand are verse. Markdown has no marks of its own for these.

use std::ops::Range;

use super::Builder;
use super::frames::Kind;
use super::mask::{self, Attributes};
use crate::tree::{Attrs, Block, Figure, Image, Inline, Inlines, Node, PageBreak, VerseLine};

/// From how many broken lines on a paragraph is verse: two are as often an address or a dedication.
pub(super) const VERSE_LINES: usize = 3;
/// In a quotation a couplet is verse, too.
const QUOTED_VERSE_LINES: usize = 2;

impl Builder<'_> {
    /// A paragraph's inlines, as the kind of block that they are.
    pub(super) fn paragraph(&mut self, mut inlines: Inlines, attrs: Option<Box<Attrs>>, range: Range<usize>) {
        trim(&mut inlines);
        if inlines.is_empty() {
            return;
        }
        if inlines.iter().all(|node| matches!(node.kind, Inline::PageBreak(_))) {
            return self.page_breaks(inlines);
        }
        if inlines.iter().all(is_anchor) {
            return self.anchors.append(&mut inlines);
        }
        if let [Node { kind: Inline::Image(image), span, attrs: own }, notes @ ..] = &inlines[..]
            && notes.iter().all(|node| matches!(node.kind, Inline::Note(_) | Inline::NoteCall(_)))
            && let noted = notes.iter().all(|note| note.span.end <= span.end)
            && (noted || !image.title.is_empty())
        {
            let mut image = image.clone();
            let mut title = std::mem::take(&mut image.title);
            // A description with a note is meant to be read.
            if title.is_empty() && !notes.is_empty() {
                title.clone_from(&image.alt);
            }
            let mut caption = if title.is_empty() { Vec::new() } else { vec![Node::new(Inline::Text(title), *span)] };
            caption.extend(notes.iter().cloned());
            let figure = Figure::of(Node::new(image, *span), caption);
            return self.block(Block::Figure(figure), attrs.or_else(|| own.clone()), range);
        }
        if let [Node { kind: Inline::Comment(text), attrs: None, .. }] = &inlines[..] {
            return self.block(Block::Comment(text.clone()), None, range);
        }
        if inlines.iter().any(|node| self.is_displayed(node)) {
            return self.parted(inlines, attrs, range);
        }
        // Divisions that say nothing leave their blocks to what they stand in.
        let around = self.open.iter().rev().find(|frame| !frame.says_nothing());
        let quoted = around.is_some_and(|frame| matches!(frame.kind, Kind::Quote));
        let least = if quoted { QUOTED_VERSE_LINES } else { VERSE_LINES };
        let kind = match verse(&inlines, least) {
            true => Block::Verse(vec![lines(inlines).into_iter().map(VerseLine::from).collect()]),
            false => Block::Paragraph(inlines),
        };
        self.block(kind, attrs, range);
    }

    /// Lines that each stand behind a mark are verse, however few; one without words parts stanzas.
    pub(super) fn line_block(&mut self, inlines: Inlines, range: Range<usize>) {
        let mut stanzas = vec![Vec::new()];
        for mut line in lines(inlines) {
            trim(&mut line);
            match line.is_empty() {
                true => stanzas.push(Vec::new()),
                false => stanzas.last_mut().expect("one was pushed").push(VerseLine::from(line)),
            }
        }
        stanzas.retain(|stanza| !stanza.is_empty());
        if !stanzas.is_empty() {
            self.block(Block::Verse(stanzas), None, range);
        }
    }

    /// Page breaks that stand alone are blocks.
    fn page_breaks(&mut self, inlines: Inlines) {
        for node in inlines {
            if let Inline::PageBreak(page) = node.kind {
                self.block(Block::PageBreak(PageBreak { space: false, ..page }), node.attrs, node.span.range());
            }
        }
    }

    /// A paragraph that displayed formulas part, of which it may have thousands. Its attributes are those of its first piece.
    fn parted(&mut self, inlines: Inlines, mut attrs: Option<Box<Attrs>>, range: Range<usize>) {
        let mut piece = Inlines::new();
        let mut start = range.start;
        for node in inlines {
            let place = node.span.range();
            if self.is_displayed(&node) {
                self.paragraph(std::mem::take(&mut piece), attrs.take(), start..place.start);
                if let Inline::Math(tex) = node.kind {
                    self.block(Block::Math(tex), node.attrs, place.clone());
                }
                start = place.end;
            } else {
                if piece.is_empty() {
                    start = start.max(place.start);
                }
                piece.push(node);
            }
        }
        self.paragraph(piece, attrs, start..range.end);
    }

    /// Whether a formula within a paragraph parts it: it is an environment of LaTeX, it stands on lines of its own, or it has a name by
    /// which it is numbered, and a line has no room for the number.
    fn is_displayed(&self, node: &Node<Inline>) -> bool {
        if !matches!(node.kind, Inline::Math(_)) {
            return false;
        }
        let (range, base) = (node.span.range(), self.base);
        let own = self.slice(range.clone());
        let is_named = node.id().is_some_and(|id| id.starts_with("eq-"));
        let is_alone = || mask::is_on_own_lines(self.text, range.start - base..range.end - base);
        own.starts_with("\\begin{")
            || own.starts_with("$$") && (is_named || own[2..].starts_with(['\n', '\r']) || is_alone())
            || own.starts_with("\\[") && (is_named || is_alone())
    }

    /// A displayed formula: a block where it stands alone in its paragraph, else part of the line.
    pub(super) fn displayed(&mut self, tex: &str, attributes: Option<&Attributes>, range: Range<usize>) {
        let tex = super::clean(tex.trim()).into_owned();
        if tex.is_empty() {
            return self.say(self.slice(range.clone()), range);
        }
        let paragraph = self.top();
        let alone = matches!(paragraph.kind, Kind::Paragraph) && paragraph.inlines.is_empty();
        let (start, base) = (paragraph.start, self.base);
        let rest = &self.text[range.end - base..];
        let line_ends = rest.split('\n').next().is_none_or(|line| line.trim().is_empty())
            && rest.split('\n').nth(1).is_none_or(|line| line.trim().is_empty());
        if alone && line_ends && start <= range.start {
            let frame = self.open.pop().expect("the paragraph is open");
            let attrs = attributes.and_then(|said| self.attrs(said, &range));
            self.block(Block::Math(tex), attrs, range);
            self.open.push(frame);
        } else {
            let attrs = attributes.and_then(|said| self.attrs(said, &range));
            self.inline(Inline::Math(tex), range);
            if let Some(node) = self.top().inlines.last_mut() {
                node.attrs = attrs;
            }
        }
    }
}

/// Whether a node is nothing but the place that a link leads to.
fn is_anchor(node: &Node<Inline>) -> bool {
    matches!(&node.kind, Inline::Span(inner) if inner.is_empty()) && node.id().is_some()
}

/// Whether a block is of images alone, which are added to `images`.
pub(super) fn images(node: &Node<Block>, images: &mut Vec<Node<Image>>) -> bool {
    match &node.kind {
        Block::Figure(figure) if figure.caption.is_empty() => {
            let alone = figure.images.len() == 1;
            images.extend(figure.images.iter().map(|image| {
                // What is said of a figure of one image is said of the image.
                let attrs = image.attrs.clone().or_else(|| node.attrs.clone().filter(|_| alone));
                Node { attrs, ..image.clone() }
            }));
            true
        }
        Block::Figure(figure) => match (&figure.images[..], &figure.caption[..]) {
            // The image's own title, which its paragraph took for a caption.
            ([only], [Node { kind: Inline::Text(title), .. }]) => {
                let attrs = only.attrs.clone().or_else(|| node.attrs.clone());
                images.push(Node { kind: Image { title: title.clone(), ..only.kind.clone() }, attrs, span: only.span });
                true
            }
            _ => false,
        },
        Block::Paragraph(line) if node.attrs.is_none() => line.iter().all(|node| match &node.kind {
            Inline::Image(image) => {
                images.push(Node { kind: image.clone(), span: node.span, attrs: node.attrs.clone() });
                true
            }
            Inline::Text(text) => text.trim().is_empty(),
            Inline::LineBreak => true,
            _ => false,
        }),
        _ => false,
    }
}

/// Takes white space and line breaks off both ends.
pub(super) fn trim(inlines: &mut Inlines) {
    while let Some(first) = inlines.first_mut() {
        match &mut first.kind {
            Inline::Text(text) => {
                text.drain(..text.len() - text.trim_start_matches([' ', '\n', '\t']).len());
                if !text.is_empty() {
                    break;
                }
            }
            Inline::LineBreak => {}
            _ => break,
        }
        inlines.remove(0);
    }
    while let Some(last) = inlines.last_mut() {
        match &mut last.kind {
            Inline::Text(text) => {
                text.truncate(text.trim_end_matches([' ', '\n', '\t']).len());
                if !text.is_empty() {
                    break;
                }
            }
            Inline::LineBreak => {}
            _ => break,
        }
        inlines.pop();
    }
    // At the end of a paragraph a page break parts no words.
    let (first, last) = (0, inlines.len().wrapping_sub(1));
    for at in [first, last] {
        if let Some(Node { kind: Inline::PageBreak(page), .. }) = inlines.get_mut(at) {
            page.space = false;
        }
    }
}

/// Whether every line ends where the author says, and there are enough of them.
pub(super) fn verse(inlines: &Inlines, least: usize) -> bool {
    let breaks = inlines.iter().filter(|node| matches!(node.kind, Inline::LineBreak)).count();
    if breaks + 1 < least {
        return false;
    }
    let breaks_line = |at: Option<&Node<Inline>>| at.is_none_or(|node| matches!(node.kind, Inline::LineBreak));
    let soft = inlines.iter().enumerate().any(|(at, node)| match &node.kind {
        Inline::Text(text) => text.contains('\n'),
        // In the middle of a line, a page ends where a line of print does, which the author did not ask for.
        Inline::PageBreak(_) => !breaks_line(inlines[..at].last()) && !breaks_line(inlines.get(at + 1)),
        Inline::LineEnd => true,
        _ => false,
    });
    !soft
}

/// The lines of verse, whose ends are the author's.
pub(super) fn lines(inlines: Inlines) -> Vec<Inlines> {
    let mut lines = vec![Vec::new()];
    for node in inlines {
        match node.kind {
            Inline::LineBreak => lines.push(Vec::new()),
            _ => lines.last_mut().expect("one was pushed").push(node),
        }
    }
    lines.iter_mut().for_each(trim);
    lines
}
