//! The work's sections, seen through its flat headings. EPUB's navigation, TEI's divisions and PDF's bookmarks all come from
//! this one view, so they can't disagree.

use super::{Block, Inline, Inlines, Node, plain_text};

/// A work as its headings divide it. Every block of the body is in exactly one of its slices.
#[derive(Clone, Debug)]
pub struct Outline<'a> {
    /// What stands before the first heading, the work's [`Block::Title`] included.
    pub preamble: &'a [Node<Block>],
    pub sections: Vec<Section<'a>>,
}

/// A heading and what follows it, as far as the next heading of its level or a higher one.
#[derive(Clone, Debug)]
pub struct Section<'a> {
    /// Page breaks right before the heading: the page that the heading opens begins there, so they belong to it.
    pub lead: &'a [Node<Block>],
    pub heading: &'a Node<Block>,
    /// The heading's id: readers give one to every heading.
    pub id: &'a str,
    /// By which the division is cited, where the source gives it a number.
    pub number: Option<&'a str>,
    pub title: &'a Inlines,
    /// From 1, one more than the parent's: levels that the source skips are closed up.
    pub depth: usize,
    /// What stands between the heading and the first inner section.
    pub body: &'a [Node<Block>],
    pub sections: Vec<Section<'a>>,
}

/// Divides `body` by its headings.
pub fn outline(body: &[Node<Block>]) -> Outline<'_> {
    let mut cuts: Vec<Cut> = body.iter().enumerate().filter_map(|(at, node)| Cut::before(body, at, node)).collect();
    cuts.push(Cut { from: body.len(), at: body.len(), level: 0 });
    let (sections, _) = divide(body, &cuts, 1, 0);
    Outline { preamble: &body[..cuts[0].from], sections }
}

impl<'a> Outline<'a> {
    /// Every section, parents before children.
    pub fn walk(&self, see: &mut impl FnMut(&Section<'a>)) {
        self.sections.iter().for_each(|section| section.walk(see));
    }
}

impl<'a> Section<'a> {
    /// What stands for its name where there is little room, if the source gives it.
    pub fn short(&self) -> Option<&'a str> {
        self.heading.attrs.as_ref().and_then(|attrs| attrs.short.as_deref())
    }

    /// What a bookmark or an entry in the contents calls it.
    pub fn name(&self) -> String {
        heading_name(self.number, self.title)
    }

    pub fn walk(&self, see: &mut impl FnMut(&Section<'a>)) {
        see(self);
        self.sections.iter().for_each(|section| section.walk(see));
    }
}

/// What a heading is called: its words, else its number.
pub fn heading_name(number: Option<&str>, text: &[Node<Inline>]) -> String {
    let words = plain_text(text);
    if words.is_empty() { number.unwrap_or_default().to_owned() } else { words }
}

/// A heading's place in the body: `from` counts its lead in. Level 0 marks the end of the body.
struct Cut {
    from: usize,
    at: usize,
    level: u8,
}

impl Cut {
    fn before(body: &[Node<Block>], at: usize, node: &Node<Block>) -> Option<Self> {
        let Block::Heading { level, .. } = node.kind else { return None };
        let lead = body[..at].iter().rev().take_while(|node| matches!(node.kind, Block::PageBreak(_))).count();
        Some(Self { from: at - lead, at, level })
    }
}

/// The sections at the front of `cuts` that are deeper than level `above`, and how many cuts they and theirs took.
fn divide<'a>(body: &'a [Node<Block>], cuts: &[Cut], depth: usize, above: u8) -> (Vec<Section<'a>>, usize) {
    let (mut sections, mut taken) = (Vec::new(), 0);
    while cuts[taken].level > above {
        let (cut, next) = (&cuts[taken], &cuts[taken + 1]);
        let heading = &body[cut.at];
        let Block::Heading { text: title, number, .. } = &heading.kind else { unreachable!("a cut is at a heading") };
        let (inner, skipped) = divide(body, &cuts[taken + 1..], depth + 1, cut.level);
        taken += 1 + skipped;
        sections.push(Section {
            lead: &body[cut.from..cut.at],
            heading,
            id: heading.id().unwrap_or_default(),
            number: number.as_deref(),
            title,
            depth,
            body: &body[cut.at + 1..next.from],
            sections: inner,
        });
    }
    (sections, taken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::Span;

    /// Levels in, depths out: one letter a section, indented by its depth.
    #[track_caller]
    fn check(levels: &[u8], want: &[usize]) {
        let body: Vec<_> = levels
            .iter()
            .map(|&level| Node::new(Block::Heading { level, number: None, text: Vec::new() }, Span::default()))
            .collect();
        let mut depths = Vec::new();
        outline(&body).walk(&mut |section| depths.push(section.depth));
        assert_eq!(depths, want);
    }

    #[test]
    fn levels_that_are_skipped_are_closed_up() {
        check(&[], &[]);
        check(&[1, 2, 2, 1], &[1, 2, 2, 1]);
        check(&[2, 4, 4, 3, 2], &[1, 2, 2, 2, 1]);
        check(&[3, 1, 6, 2, 1], &[1, 1, 2, 2, 1]);
    }

    #[test]
    fn every_block_is_in_one_slice() {
        let page = || Block::PageBreak(crate::tree::PageBreak::default());
        let kinds =
            [Block::Rule, page(), Block::Heading { level: 2, number: None, text: Vec::new() }, Block::Rule, page(), page()];
        let mut body: Vec<_> = kinds.into_iter().map(|kind| Node::new(kind, Span::default())).collect();
        body.push(Node::new(Block::Heading { level: 1, number: None, text: Vec::new() }, Span::default()));
        let view = outline(&body);
        let mut seen = view.preamble.len();
        view.walk(&mut |section| seen += section.lead.len() + 1 + section.body.len());
        assert_eq!(seen, body.len());
        assert_eq!((view.preamble.len(), view.sections[0].lead.len(), view.sections[1].lead.len()), (1, 1, 2));
    }
}
