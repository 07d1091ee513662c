//! What an element of the source is, the tree has it as: a note is a note under its mark, a line of verse a line, a cell a cell, a
//! speech a speech of whoever speaks.

use std::collections::BTreeMap;

use super::super::copy::{ASIDE, Leaf};
use super::super::pairs::NONE;
use super::super::stream::{Element, Sort};
use super::super::{Difference, Ledger};
use super::rights::pieces;
use super::{Judge, shortened};
use crate::span::Span;

/// What is said of an element, and how it is named in a message.
const SORTS: [(Sort, &str); 5] = [
    (Sort::Note, "note"),
    (Sort::Line, "line of verse"),
    (Sort::Cell, "cell"),
    (Sort::Speech, "speech"),
    (Sort::Speaker, "speaker's name"),
];

/// No element.
const OUTSIDE: u32 = u32::MAX;

impl Judge<'_, '_> {
    pub fn elements(&self, ledger: &mut Ledger) {
        if self.stream.elements.is_empty() {
            return;
        }
        let notes = self.of_sort(Sort::Note);
        let in_note = self.innermost(&notes);
        for (sort, name) in SORTS {
            let own = self.of_sort(sort);
            let innermost = self.innermost(&own);
            // Which element each of the tree's nodes is.
            let mut taken: BTreeMap<u32, usize> = BTreeMap::new();
            for (number, element) in own.iter().enumerate().filter(|(_, element)| element.is_held) {
                let is_own = |at: &usize| {
                    let note = in_note[*at];
                    innermost[*at] == number as u32
                        && (sort == Sort::Note || note == OUTSIDE || notes[note as usize].range.start < element.range.start)
                };
                let words = self.within(element).filter(is_own);
                let hard = |at: &usize| self.stream.pieces[*at].markup.is_none();
                let words: Vec<usize> = words.filter(|at| hard(at) && self.pairs.source[*at] != NONE).collect();
                if words.iter().any(|at| self.rights.is_remarked(*at)) {
                    continue;
                }
                let mut nodes: Vec<u32> = words.iter().filter_map(|at| node(sort, self.leaf_of(*at))).collect();
                nodes.sort_unstable();
                nodes.dedup();
                let Some(first) = nodes.first().copied() else { continue };
                let wrong = match nodes.len() {
                    _ if first == 0 => Some(format!("is no {name} in the text")),
                    1 => match taken.insert(first, number) {
                        Some(other) => Some(format!("is one {name} with “{}”", self.said(own[other]))),
                        None => self.mark(element, first),
                    },
                    count => Some(format!("became {count} of a {name}")),
                };
                if let Some(wrong) = wrong {
                    let span = Span::new(self.file, element.range.clone());
                    let message = format!("the {name} “{}” {wrong}", self.said(element));
                    ledger.differences.push(Difference { code: "source-element-changed", span, message });
                }
            }
        }
    }

    /// Whether a note bears another mark than the source says.
    fn mark(&self, element: &Element, flow: u32) -> Option<String> {
        let wanted = element.mark.as_ref().filter(|_| element.sort == Sort::Note)?;
        let note = self.copy.notes.get(flow as usize - 1)?;
        (note.mark != *wanted).then(|| format!("is numbered “{}”, not “{wanted}”", note.mark))
    }

    fn leaf_of(&self, piece: usize) -> Leaf {
        self.copy.leaf(self.pairs.source[piece] as usize)
    }

    fn of_sort(&self, sort: Sort) -> Vec<&Element> {
        let mut own: Vec<_> = self.stream.elements.iter().filter(|element| element.sort == sort).collect();
        own.sort_by_key(|element| element.range.start);
        own
    }

    fn within(&self, element: &Element) -> std::ops::Range<usize> {
        pieces(self.stream, Span::new(self.file, element.range.clone()))
    }

    /// For each piece, in which of some elements it stands, the innermost.
    fn innermost(&self, elements: &[&Element]) -> Vec<u32> {
        let mut found = vec![OUTSIDE; self.stream.pieces.len()];
        for (number, element) in elements.iter().enumerate() {
            found[self.within(element)].fill(number as u32);
        }
        found
    }

    fn said(&self, element: &Element) -> String {
        let own = self.within(element).filter(|at| self.stream.pieces[*at].markup.is_none());
        let mut said = String::new();
        for at in own.take(12) {
            if self.stream.pieces[at].gap > super::super::stream::Gap::Close {
                said.push(' ');
            }
            said.push_str(self.stream.said(at));
        }
        shortened(&said)
    }
}

/// The node of the tree that a text is part of, 0 where it is none of the kind; none: it stands beside the text.
fn node(sort: Sort, leaf: Leaf) -> Option<u32> {
    match sort {
        Sort::Note => (leaf.flow & ASIDE == 0).then_some(leaf.flow),
        Sort::Line => Some(leaf.within.line),
        Sort::Cell => Some(leaf.within.cell),
        Sort::Speech => Some(leaf.within.speech),
        Sort::Speaker => Some(leaf.within.speaker),
    }
}
