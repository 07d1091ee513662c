//! What parts words: two that became one, one that became two, blocks and cells that ran together or were cut.

use std::collections::BTreeMap;

use super::super::copy::LeafKind;
use super::super::cut::{is_of_lines_without_spaces, is_word};
use super::super::pairs::NONE;
use super::super::stream::{Gap, Markup};
use super::super::{Difference, Ledger, Right};
use super::Judge;
use crate::report::RepairKind;

/// The repairs that put two blocks together.
const JOINS: &[RepairKind] = &[RepairKind::ParagraphJoined, RepairKind::HeadingMended, RepairKind::VerseKept];

/// Those that put two blocks of a note together.
const NOTE_JOINS: &[RepairKind] = &[RepairKind::ParagraphJoined, RepairKind::NoteContinued, RepairKind::VerseKept];

/// By which rights the hyphen of a word is gone that two lines of a text, or two of a note, had between them.
const CUTS: [Right; 2] = [Right::Repair(RepairKind::ParagraphJoined), Right::Repair(RepairKind::NoteContinued)];

impl Judge<'_, '_> {
    pub fn parting(&self, ledger: &mut Ledger) {
        let mut last: BTreeMap<u32, u32> = BTreeMap::new();
        for (at, pair) in self.pairs.copy.iter().enumerate() {
            let leaf = self.copy.leaf(at);
            if pair.0 == NONE || leaf.span.file != self.file {
                last.remove(&leaf.flow);
                continue;
            }
            // Inside one piece of the tree.
            let mut end = pair.0 as usize;
            for inner in pair.0 as usize + 1..=pair.1 as usize {
                if self.pairs.source[inner] == at as u32 {
                    self.judge((end, inner), Gap::Close, leaf.flow, ledger);
                    end = inner;
                }
            }
            if let Some(before) = last.insert(leaf.flow, at as u32) {
                let (end, start) = (self.pairs.copy[before as usize].1 as usize, pair.0 as usize);
                if end < start {
                    self.judge((end, start), self.copy.pieces[at].gap, leaf.flow, ledger);
                } else if end == start && self.copy.pieces[at].gap > Gap::Close {
                    self.split(start, start, ledger);
                }
            }
        }
    }

    /// What parts two pieces in the source, and whether something of another flow stands between them.
    fn gap(&self, end: usize, start: usize) -> (Gap, bool) {
        let (mut gap, mut parts) = (Gap::Close, Gap::Close);
        // What was met since the last piece of another flow: it is between the two unless that flow goes on.
        let (mut since, mut other) = ((Gap::Close, Gap::Close), None);
        for at in end + 1..=start {
            let piece = &self.stream.pieces[at];
            let paired = self.pairs.source[at];
            if at < start && paired != NONE {
                let flow = Some(self.copy.leaf(paired as usize).flow);
                if other != flow {
                    (gap, parts) = (gap.max(since.0), parts.max(since.1));
                }
                (since, other) = ((Gap::Close, Gap::Close), flow);
                continue;
            }
            let construct = piece.construct;
            // White space inside a tag or an address parts nothing.
            if construct == 0 || construct != self.stream.pieces[at - 1].construct || paired != NONE {
                since.0 = since.0.max(piece.gap);
            }
            // What looks like a list's number may be a note's call; a tag and a bar are none.
            let is_no_call = matches!(piece.markup, Some(Markup::Tag | Markup::TableMark));
            if at < start && (is_no_call || !self.rights.is_one_call(self.stream, at, at)) {
                // A tag that ends nothing is white space.
                since.1 = since.1.max(if self.rights.is_stray(at) { piece.parts.min(Gap::Space) } else { piece.parts });
            }
        }
        (gap, parts) = (gap.max(since.0), parts.max(since.1));
        // A tag that only sets a reading apart says nothing of the text on both sides of it.
        let around = other.is_some() && parts == Gap::Space;
        (if around { gap } else { gap.max(parts) }, other.is_some())
    }

    fn judge(&self, (end, start): (usize, usize), said: Gap, flow: u32, ledger: &mut Ledger) {
        const FAR: usize = 4000;
        if start - end > FAR {
            return;
        }
        // Names of a list in a front matter: within one, words that became one are all that can be wrong.
        if self.stream.is_field(start) && (start > end + 1 || said > Gap::Close) {
            return;
        }
        // The lines of one cell, with those of its neighbours between.
        if start > end + 1 && self.stream.table(end).is_some_and(|table| self.stream.table(start) == Some(table)) {
            return;
        }
        let (gap, other) = self.gap(end, start);
        let touched = |kinds: &[RepairKind]| self.rights.is_touched(end..=start, kinds);
        // What is lost between them is told as lost.
        if (end + 1..start).any(|at| self.is_lost(at)) {
            return;
        }
        if other && self.stream.is_xml || (end..=start).any(|at| self.rights.is_replaced(self.stream, at)) {
            return;
        }
        let joins = if flow == 0 { JOINS } else { NOTE_JOINS };
        match (gap, said) {
            (Gap::Close, Gap::Space | Gap::Line | Gap::Verse | Gap::Block) if self.stream.is_loose(end, start) => {}
            // A space that a language has beside a mark.
            (Gap::Close, Gap::Space) if self.is_mark_beside(end, start) && touched(&[RepairKind::PunctuationSet]) => {}
            // Blocks inside phrases, which HTML takes apart.
            (Gap::Close | Gap::Space, Gap::Block) if self.stream.has_tag(end, start, "") => {}
            (Gap::Close, Gap::Space | Gap::Line | Gap::Verse | Gap::Block) => self.split(end, start, ledger),
            // A point in an element of its own stands close to the word before it, however its file is laid out.
            (Gap::Space | Gap::Line, Gap::Close)
                if self.stream.has_tag(end, start, "pc") && !is_word(self.stream.said(start)) => {}
            (Gap::Space | Gap::Line, Gap::Close) if self.is_mark_beside(end, start) && touched(&[RepairKind::SpaceClosed]) => {}
            // A phrase whose parts stand on lines of the file ends before a mark, and begins behind one that opens.
            (Gap::Line, Gap::Close)
                if self.stream.is_xml
                    && (matches!(self.stream.said(start), "." | "," | ";" | ":" | "!" | "?" | ")" | "]")
                        || matches!(self.stream.said(end), "(" | "["))
                    && self.stream.has_tag(end, start, "") => {}
            // A mark that stands for what elements say is close to the word before it.
            (Gap::Space | Gap::Line, Gap::Close) if self.stream.is_attribute(start) && !is_word(self.stream.said(start)) => {}
            // A reading stands beside its base and parts it from nothing.
            (Gap::Space, Gap::Close) if self.stream.has_tag(end, start, "rt") => {}
            (Gap::Space | Gap::Line | Gap::Verse | Gap::Block, Gap::Close) => {
                // Quotation marks and dashes belong to the sign beside them.
                let mark = |at: usize| matches!(self.stream.said(at), "“" | "”" | "‘" | "’" | "—" | "…" | "·");
                let unspaced = |at: usize| self.is_without_spaces(at);
                let lines =
                    gap <= Gap::Line && (unspaced(end) && (unspaced(start) || mark(start)) || mark(end) && unspaced(start));
                let cut = self.stream.said(end) == "-" && touched(&[RepairKind::ParagraphJoined])
                    || (end + 1..start).filter_map(|at| self.rights.of_piece(at)).any(|right| CUTS.contains(&right));
                if !lines
                    && !cut
                    && !self.is_before_call(end, start)
                    && !self.is_before_formula(end, start)
                    && !self.stream.is_joined(end, start)
                    && !self.rights.is_between(end, start, &[RepairKind::WordJoined])
                    && !self.rights.is_taken_between(end, start)
                {
                    ledger.glued += 1;
                    self.tell("source-glued", end, start, "became one word", ledger);
                }
            }
            // Who has a reading is said behind it, in its line.
            (Gap::Verse | Gap::Block, Gap::Space) if self.stream.is_attribute(start) => {}
            (Gap::Verse, Gap::Space | Gap::Line) if !touched(joins) => {
                self.tell("source-joined", end, start, "are no longer apart: a line ended between them", ledger);
            }
            // What is levelled loses its blocks.
            (Gap::Block, Gap::Line) if self.remarks.iter().any(|found| found.code == "nesting-capped") => {}
            // What was no mark of a block after all begins none.
            (Gap::Block, Gap::Space | Gap::Line | Gap::Verse) if [end, start].iter().any(|at| self.is_unread_opening(*at)) => {}
            // A line that can hold no blocks has them on lines of their own.
            (Gap::Block, Gap::Verse) if self.stream.has_tag(end, start, "") => {}
            (Gap::Block, Gap::Space | Gap::Line | Gap::Verse) if !touched(joins) && !self.is_around_margin(end, start) => {
                self.tell(
                    "source-joined",
                    end,
                    start,
                    "are no longer apart: a block, a row or a cell ended between them",
                    ledger,
                );
            }
            (Gap::Space, Gap::Block | Gap::Verse) if self.stream.ends_page(end, start) => {}
            // A table ends with its page.
            (Gap::Space, Gap::Block)
                if self.rights.is_taken_between(end, start) && self.is_in_cell(end) && !self.is_in_cell(start) => {}
            // With a page a listing ends that nothing closes.
            (Gap::Space, Gap::Block)
                if self.rights.is_taken_between(end, start) && self.is_in_code(end) != self.is_in_code(start) => {}
            (Gap::Space, Gap::Block | Gap::Verse) if !self.stream.is_loose(end, start) => {
                self.tell("source-parted", end, start, "were put apart: nothing ends between them in the source", ledger);
            }
            _ => {}
        }
    }

    fn is_mark_beside(&self, end: usize, start: usize) -> bool {
        !is_word(self.stream.said(end)) || !is_word(self.stream.said(start))
    }

    /// Whether only a call stands between two pieces, with white space before it alone: printers set `wall 1),` for `wall¹,`. Before
    /// a mark that closes a phrase tools leave white space, too.
    fn is_before_call(&self, end: usize, start: usize) -> bool {
        // Stars may be marks of emphasis as well as calls.
        let stars = |at: usize| self.stream.said(at).chars().all(|c| matches!(c, '*' | '†' | '‡' | ')'));
        let is_label = |at: &usize| self.rights.of_piece(*at) == Some(Right::Markup(Markup::Label));
        let label = (end + 1..start).find(is_label);
        let is_call = |at: usize| match self.rights.of_piece(at) {
            // Tags may stand around one.
            Some(Right::Markup(Markup::Tag)) => label.is_some(),
            Some(Right::Markup(Markup::Label)) => true,
            // Stars may be marks of emphasis as well.
            Some(Right::Markup(Markup::Mark)) => stars(at),
            _ => false,
        };
        let closes = matches!(self.stream.said(start), "." | "," | ";" | ":" | "!" | "?" | ")" | "]" | "”" | "’" | "»");
        // A phrase may end before the call.
        let first = label.unwrap_or(end + 1);
        start > end + 1
            && (end + 1..start).all(|at| self.pairs.source[at] == NONE && is_call(at))
            && (end + 1..first).all(|at| self.stream.pieces[at].gap == Gap::Close)
            && (first + 1..start + usize::from(!closes))
                .all(|at| self.stream.pieces[at].gap == Gap::Close || self.rights.is_one_call(self.stream, at - 1, at))
    }

    /// Whether only a formula that calls a note stands between two pieces, as tools write raised numbers: `wall ${ }^{1}$,`.
    fn is_before_formula(&self, end: usize, start: usize) -> bool {
        start > end + 1
            && (end + 1..start).all(|at| self.pairs.source[at] == NONE && self.rights.is_one_call(self.stream, at, at))
    }

    /// Whether a piece of Markdown would part blocks as mark-up, and stands in the text.
    fn is_unread_opening(&self, at: usize) -> bool {
        let piece = &self.stream.pieces[at];
        !self.stream.is_xml && piece.markup.is_some() && piece.parts == Gap::Block
    }

    /// Whether a note of the margin stands between two pieces, which a scanner puts inside the paragraph beside which it was printed.
    fn is_around_margin(&self, end: usize, start: usize) -> bool {
        let copies = (end + 1..start).map(|at| self.pairs.source[at]).filter(|copy| *copy != NONE);
        let mut flows = copies.map(|copy| self.copy.leaf(copy as usize).flow).peekable();
        let beside = |flow: u32| flow > 0 && self.copy.notes.get(flow as usize - 1).is_some_and(|note| note.beside);
        flows.peek().is_some() && flows.all(beside)
    }

    fn is_in_cell(&self, at: usize) -> bool {
        self.copy.leaf(self.pairs.source[at] as usize).within.cell > 0
    }

    fn is_in_code(&self, at: usize) -> bool {
        self.copy.leaf(self.pairs.source[at] as usize).kind == LeafKind::Code
    }

    fn is_without_spaces(&self, at: usize) -> bool {
        self.stream.said(at).chars().any(is_of_lines_without_spaces)
    }

    fn split(&self, end: usize, start: usize, ledger: &mut Ledger) {
        ledger.split += 1;
        self.tell("source-split", end, start, "was cut in two", ledger);
    }

    fn tell(&self, code: &'static str, end: usize, start: usize, what: &str, ledger: &mut Ledger) {
        let span = self.span(end..start + 1);
        let said = super::shortened(&self.stream.source[span.range()]);
        ledger.differences.push(Difference { code, span, message: format!("“{said}” {what}") });
    }
}
