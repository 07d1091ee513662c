//! Words stand in the tree as they stand in the source, each flow by itself, except where a repair moved something.

use super::super::cut::is_word;
use super::super::pairs::NONE;
use super::super::stream::Markup;
use super::super::{Difference, Ledger};
use super::{Judge, shortened};
use crate::report::RepairKind;

/// The repairs that move text.
const MOVES: &[RepairKind] = &[
    RepairKind::ParagraphJoined,
    RepairKind::NoteAttached,
    RepairKind::NotePlaced,
    RepairKind::NoteContinued,
    RepairKind::HeadDropped,
    RepairKind::HeadingMended,
];

impl Judge<'_, '_> {
    pub fn order(&self, ledger: &mut Ledger) {
        let mut flows: std::collections::BTreeMap<u32, Vec<u32>> = std::collections::BTreeMap::new();
        for (at, pair) in self.pairs.copy.iter().enumerate() {
            let leaf = self.copy.leaf(at);
            // A picture's title may stand where its address is defined, and what an attribute says is shown where a format wants it.
            let is_text = |piece: u32| {
                let aside = matches!(self.stream.pieces[piece as usize].markup, Some(Markup::Address | Markup::Attribute));
                !aside && !self.stream.is_field(piece as usize)
            };
            if pair.0 != NONE && leaf.span.file == self.file && is_text(pair.0) {
                flows.entry(leaf.flow).or_default().push(pair.0);
            }
        }
        flows.values().filter(|flow| !flow.is_sorted()).for_each(|flow| self.flow(flow, ledger));
    }

    fn flow(&self, flow: &[u32], ledger: &mut Ledger) {
        let kept = rising(flow);
        let mut at = 0;
        while at < flow.len() {
            if kept[at] {
                at += 1;
                continue;
            }
            let start = at;
            while at < flow.len() && !kept[at] && (at == start || flow[at] >= flow[at - 1]) {
                at += 1;
            }
            let (first, last) = (flow[start] as usize, flow[at - 1] as usize);
            let is_moved = self.rights.is_touched(first..=last.max(first), MOVES)
                // A repair made the seam to what stands before it, or behind.
                || start.checked_sub(1).is_some_and(|before| self.is_seam(flow[before], flow[start]))
                || flow.get(at).is_some_and(|behind| self.is_seam(flow[at - 1], *behind));
            if is_moved {
                continue;
            }
            if self.is_in_foot(first) || self.stream.table(first).is_some_and(|table| self.stream.table(last) == Some(table)) {
                continue;
            }
            ledger.moved += flow[start..at].iter().filter(|piece| is_word(self.stream.said(**piece as usize))).count();
            let span = self.span(first..last.max(first) + 1);
            let said = shortened(&self.stream.source[span.range()]);
            let message = format!("“{said}” stands elsewhere in the text");
            ledger.differences.push(Difference { code: "source-moved", span, message });
        }
    }
}

impl Judge<'_, '_> {
    /// Whether a repair put two pieces together.
    fn is_seam(&self, before: u32, behind: u32) -> bool {
        const SEAMS: &[RepairKind] = &[RepairKind::ParagraphJoined, RepairKind::HeadingMended];
        [before, behind].into_iter().any(|piece| self.rights.is_touched(piece as usize..=piece as usize, SEAMS))
    }

    /// Whether a piece stands in or behind the foot or the caption of a table of HTML, which are shown elsewhere than they are written;
    /// or in the description of a figure of TEI, which may stand before its head or behind.
    fn is_in_foot(&self, piece: usize) -> bool {
        let before = &self.stream.source[..self.stream.pieces[piece].start as usize];
        let tag = before.rfind('<').map_or("", |at| &before[at..]);
        if tag.starts_with("<figDesc") {
            return true;
        }
        // Text between cells goes before the table, by HTML's rule.
        let between = ["</td", "</th", "</tr", "<tr", "<table", "<tbody", "</tbody"].iter().any(|name| tag.starts_with(name));
        before.rfind("<table").is_some_and(|at| {
            let inside = !before[at..].contains("</table");
            between && inside || ["<tfoot", "<caption"].iter().any(|tag| before[at..].contains(tag))
        })
    }
}

/// Which numbers are of the longest rising run.
fn rising(numbers: &[u32]) -> Vec<bool> {
    let mut ends: Vec<usize> = Vec::new();
    let mut before = vec![usize::MAX; numbers.len()];
    for (at, number) in numbers.iter().enumerate() {
        let length = ends.partition_point(|end| numbers[*end] <= *number);
        if length > 0 {
            before[at] = ends[length - 1];
        }
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut kept = vec![false; numbers.len()];
    let mut next = ends.last().copied().unwrap_or(usize::MAX);
    while next != usize::MAX {
        kept[next] = true;
        next = before[next];
    }
    kept
}
