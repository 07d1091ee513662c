//! By which right each piece of the source may be missing in the tree: mark-up by rule, a repair that covers it, a remark.

use super::super::Right;
use super::super::copy::Copy;
use super::super::cut::is_word;
use super::super::front;
use super::super::pairs::{NONE, Pairs};
use super::super::stream::{Markup, Stream};
use super::by_format;
use crate::report::{Diagnostic, Repair, RepairKind};
use crate::span::{FileId, Span};
use crate::tree::Document;

pub struct Rights {
    /// What repairs and remarks say of each piece.
    given: Vec<Option<Right>>,
    markup: Vec<Option<Markup>>,
    /// The kinds of repair that touch each piece, one bit each.
    touched: Vec<u16>,
}

impl Rights {
    pub fn of(stream: &Stream, copy: &Copy, file: FileId, doc: &Document, remarks: &[Diagnostic]) -> Self {
        let count = stream.pieces.len();
        let markup = stream.pieces.iter().map(|piece| piece.markup).collect();
        let mut rights = Self { given: vec![None; count], markup, touched: vec![0; count] };
        // A node that is a call or a page is all that the source says in its place.
        for call in copy.notes.iter().map(|note| note.call).chain(copy.calls.iter().copied()).filter(|span| span.file == file) {
            for at in pieces(stream, call) {
                let command = at > 0 && stream.said(at - 1) == "\\";
                if stream.pieces[at].markup.is_none() && (command || !long_word(stream.said(at))) {
                    rights.markup[at] = Some(Markup::Label);
                }
            }
        }
        for found in remarks {
            let Some(span) = found.span.filter(|span| span.file == file) else { continue };
            for at in pieces(stream, span) {
                rights.given[at].get_or_insert(Right::Remark(found.code));
            }
        }
        for repair in doc.repairs.iter().filter(|repair| repair.span.file == file) {
            rights.repair(repair, stream);
        }
        rights
    }

    fn repair(&mut self, repair: &Repair, stream: &Stream) {
        let own = pieces(stream, repair.span);
        let near = own.start.saturating_sub(1)..(own.end + 1).min(stream.pieces.len());
        near.clone().for_each(|at| self.touched[at] |= bit(repair.kind));
        let right = Some(Right::Repair(repair.kind));
        match repair.kind {
            RepairKind::HeadDropped | RepairKind::PageMarked | RepairKind::AnchorDropped => {
                own.for_each(|at| self.given[at] = right);
            }
            // The hyphen, and nothing else.
            RepairKind::WordJoined => own.filter(|at| is_hyphen(stream, *at)).for_each(|at| self.given[at] = right),
            RepairKind::ParagraphJoined => {
                // A word that the page's end had cut.
                let ends =
                    |at: &usize| stream.source[stream.pieces[*at].end as usize..].starts_with(['\n', ' ', '\x0C', '*', '_']);
                near.filter(|at| is_hyphen(stream, *at) && ends(at)).for_each(|at| self.given[at] = right);
            }
            RepairKind::NoteAttached | RepairKind::NotePlaced | RepairKind::NoteContinued => {
                let mark = mark(stream, own.clone());
                (own.start..own.start + mark).for_each(|at| self.given[at] = right);
                // A note that stands in brackets as a whole.
                let first = own.clone().find(|at| stream.pieces[*at].markup.is_none() || stream.said(*at) == "[");
                if let Some(last) = own.clone().next_back().filter(|at| stream.said(*at) == "]")
                    && first.is_some_and(|at| stream.said(at) == "[")
                {
                    self.given[last] = right;
                }
            }
            // What such a repair makes of its marks the witness says itself.
            RepairKind::HeadingMended | RepairKind::VerseKept | RepairKind::PunctuationSet => {}
        }
    }

    /// Words of a title page that the tree's text lacks are accounted for where the metadata say them.
    pub fn described(&mut self, stream: &Stream, pairs: &Pairs, doc: &Document) {
        if stream.titles.is_empty() {
            return;
        }
        let known = front::words(&doc.meta);
        for range in &stream.titles {
            let (start, end) = (range.start as u32, range.end as u32);
            let first = stream.pieces.partition_point(|piece| piece.start < start);
            let last = stream.pieces.partition_point(|piece| piece.start < end);
            let all = (first..last).all(|at| {
                pairs.source[at] == NONE && (!is_word(stream.said(at)) || known.contains(&stream.said(at).to_lowercase()))
            });
            if all {
                self.markup[first..last].fill(Some(Markup::Metadata));
            }
        }
    }

    /// The right of a piece that is not in the tree.
    pub fn of_piece(&self, at: usize) -> Option<Right> {
        by_format(self.markup[at]).or(self.given[at])
    }

    /// Which pieces may be missing.
    pub fn soft(&self) -> Vec<bool> {
        let repaired = |right: &Option<Right>| matches!(right, Some(Right::Repair(_)));
        self.markup.iter().zip(&self.given).map(|(markup, given)| markup.is_some() || repaired(given)).collect()
    }

    /// Whether a repair of one of these kinds touches one of some pieces.
    pub fn is_touched(&self, range: std::ops::RangeInclusive<usize>, kinds: &[RepairKind]) -> bool {
        let mask = kinds.iter().fold(0, |mask, kind| mask | bit(*kind));
        self.touched[range].iter().any(|bits| bits & mask != 0)
    }

    /// Whether any repair puts a note to its call.
    pub fn moves_notes(&self) -> bool {
        let mask = bit(RepairKind::NoteAttached) | bit(RepairKind::NotePlaced) | bit(RepairKind::NoteContinued);
        self.touched.iter().any(|bits| bits & mask != 0)
    }

    pub fn remarks(&self) -> Vec<bool> {
        (0..self.given.len()).map(|at| self.is_remarked(at)).collect()
    }

    pub fn is_remarked(&self, at: usize) -> bool {
        matches!(self.given[at], Some(Right::Remark(_)))
    }
}

fn bit(kind: RepairKind) -> u16 {
    1 << RepairKind::ALL.iter().position(|own| *own == kind).unwrap_or(15)
}

fn is_hyphen(stream: &Stream, at: usize) -> bool {
    matches!(stream.said(at), "-" | "‐" | "¬" | "⸗" | "=" | "–" | "—" | "־")
}

/// The pieces that begin in a span.
pub fn pieces(stream: &Stream, span: Span) -> std::ops::Range<usize> {
    let first = stream.pieces.partition_point(|piece| piece.end <= span.start);
    let last = stream.pieces.partition_point(|piece| piece.start < span.end);
    first..last.max(first)
}

/// A word that is no mark of a note.
fn long_word(said: &str) -> bool {
    said.chars().count() > 3 && said.chars().all(char::is_alphabetic)
}

/// How many pieces of a note are its mark: a number, a letter or signs, with the brackets and the TeX around them.
fn mark(stream: &Stream, range: std::ops::Range<usize>) -> usize {
    let mut said = false;
    let mut count = 0;
    for at in range.clone() {
        let own = stream.said(at);
        let command = at > range.start && stream.said(at - 1) == "\\";
        if stream.pieces[at].markup.is_none() && is_word(own) {
            let named =
                !said && matches!(own.to_lowercase().as_str(), "footnote" | "footnotes" | "note" | "fn" | "anm" | "nota");
            if named {
                count += 1;
                continue;
            }
            let is_mark = own.chars().all(char::is_numeric) || own.chars().count() <= 2;
            if !command && (said || !is_mark) {
                break;
            }
            said |= !command;
        } else if said
            && stream.pieces[at].markup.is_none()
            && !matches!(own, "." | ")" | "]" | "}" | "$" | ":" | "*" | "^" | "\\" | "<" | "/" | ">" | "°" | ",")
        {
            break;
        }
        count += 1;
    }
    count
}
