//! What is no word and must be there all the same: notes at their calls, pages with their labels.

use std::collections::BTreeMap;

use super::super::pairs::NONE;
use super::super::stream::{Gap, Labelled, Markup};
use super::super::{Difference, Ledger};
use super::Judge;
use super::rights::pieces;
use crate::report::RepairKind;
use crate::span::{FileId, Span};
use crate::tree::PageBreak;

impl Judge<'_, '_> {
    pub fn structure(&self, ledger: &mut Ledger) {
        self.calls(ledger);
        self.pages(ledger);
        self.labels(ledger);
        self.choices(ledger);
        self.furniture(ledger);
    }

    /// What the source marks as furniture is kept with a page, or a remark is about it.
    fn furniture(&self, ledger: &mut Ledger) {
        let kept: std::collections::BTreeSet<String> =
            self.copy.pages.iter().flat_map(|(page, _)| &page.furniture).map(|found| squeezed(&found.text)).collect();
        for range in &self.stream.furniture {
            let span = Span::new(self.file, range.clone());
            let own = pieces(self.stream, span);
            let said = squeezed(&own.clone().map(|at| self.stream.said(at)).collect::<String>());
            if own.clone().any(|at| self.pairs.source[at] != NONE || self.rights.is_remarked(at)) || kept.contains(&said) {
                continue;
            }
            let said = super::shortened(&self.stream.source[range.clone()]);
            if self.remarks.iter().any(|found| found.message.contains(&said)) {
                continue;
            }
            let message = format!("“{said}”, which the source marks as no text, is kept with no page");
            ledger.differences.push(Difference { code: "source-furniture-lost", span, message });
        }
    }

    /// Of the readings that the source offers, one is there whole.
    fn choices(&self, ledger: &mut Ledger) {
        if self.stream.choices.is_empty() {
            return;
        }
        let mut missing = vec![false; self.stream.constructs()];
        let mut place = vec![NONE; self.stream.constructs()];
        for (at, piece) in self.stream.pieces.iter().enumerate() {
            missing[piece.construct as usize] |= self.pairs.source[at] == NONE;
            place[piece.construct as usize] = place[piece.construct as usize].min(at as u32);
        }
        for readings in &self.stream.choices {
            if readings.iter().all(|reading| missing[*reading as usize]) {
                let first = readings.iter().map(|reading| place[*reading as usize]).min().unwrap_or(0) as usize;
                let (span, count) = (self.span(first..first + 1), readings.len());
                let message = format!("none of the {count} readings that the source offers here is there");
                ledger.differences.push(Difference { code: "source-lost", span, message });
                ledger.lost += 1;
            }
        }
    }

    /// Each note stands where its label is called, and says what is written under the label.
    fn calls(&self, ledger: &mut Ledger) {
        let mut places: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (at, pair) in self.pairs.copy.iter().enumerate() {
            let flow = self.copy.leaf(at).flow;
            // The label of a note that stands as text is nothing that is written under it.
            let is_label = || self.stream.pieces[pair.0 as usize].markup == Some(Markup::Label);
            let is_continued = || self.rights.is_touched(pair.0 as usize..=pair.0 as usize, &[RepairKind::NoteContinued]);
            if flow > 0 && pair.0 != NONE && !is_label() && !is_continued() {
                places.entry(flow).or_default().push(self.stream.pieces[pair.0 as usize].start);
            }
        }
        let touched = Touched::of(self.copy.notes.iter().map(|note| note.call), self.file);
        let called = Touched::of(self.copy.calls.iter().copied(), self.file);
        let mut notes: BTreeMap<&str, Vec<&Labelled>> = BTreeMap::new();
        for note in &self.stream.notes {
            notes.entry(&note.label).or_default().push(note);
        }
        for call in &self.stream.calls {
            let span = Span::new(self.file, call.range.clone());
            // A note may stand behind such a call, as behind a label.
            if self.rights.labelled(call.range.start).any(|note| note.range().start == call.range.start) {
                continue;
            }
            let dropped = |at: usize| self.rights.is_touched(at..=at, &[RepairKind::AnchorDropped]);
            if pieces(self.stream, span).any(|at| self.pairs.source[at] != NONE || self.rights.is_remarked(at) || dropped(at)) {
                // It stands as text, or a repair has named it.
                continue;
            }
            let note = touched.by(span);
            if note.is_none() && called.by(span).is_none() {
                let message = format!("the call of the note [^{}] is lost", call.label);
                ledger.differences.push(Difference { code: "source-call-lost", span, message });
                continue;
            }
            let Some(places) = note.and_then(|note| places.get(&(note as u32 + 1))) else { continue };
            let own = notes.get(call.label.as_str()).map_or(&[][..], Vec::as_slice);
            // One that nobody calls goes on with the note before it.
            let is_called = |label: &str| self.stream.calls.iter().any(|call| call.label == label);
            let is_loose =
                |place: usize| self.stream.notes.iter().any(|note| note.range.contains(&place) && !is_called(&note.label));
            // One whose label nothing follows may have got the text below.
            let is_own = |place: usize| {
                own.iter().any(|note| note.range.contains(&place) || self.rights.is_one_note(note.range.start, place))
                    || self.rights.labelled(place).any(|note| {
                        let said = self.stream.source[note.range()].strip_prefix("[^").and_then(|said| said.split_once(']'));
                        said.is_some_and(|(label, _)| label.to_lowercase() == call.label)
                    })
            };
            let astray = places.iter().find(|place| !is_own(**place as usize) && !is_loose(**place as usize));
            if let Some(place) = astray.filter(|_| !own.is_empty()) {
                let line = self.stream.source[..*place as usize].matches('\n').count() + 1;
                let message =
                    format!("the note called here as [^{}] says what is written elsewhere, in line {line}", call.label);
                ledger.differences.push(Difference { code: "source-note-astray", span, message });
            }
        }
    }

    /// A page's label stands in the source where the page begins, or is taken out of the text on the page.
    fn labels(&self, ledger: &mut Ledger) {
        let mut pages: Vec<_> = self.copy.pages.iter().filter(|(_, span)| span.file == self.file).collect();
        pages.sort_by_key(|(_, span)| span.start);
        let mut unfounded = Vec::new();
        // The numbers that their marks have.
        let mut marks = vec![None; pages.len()];
        for (at, (page, span)) in pages.iter().enumerate() {
            let Some(label) = page.label.as_deref().map(str::trim).filter(|label| !label.is_empty()) else { continue };
            // A page of the print may hold a break of another edition: what names it stands at its foot.
            let is_other =
                |(_, span): &&&(&PageBreak, Span)| self.stream.pages.iter().any(|own| span.range().contains(&own.at));
            let next = pages.get(at + 1).filter(|next| next.0.label.is_some() && !is_other(next)).or(pages.get(at + 2));
            let end = next.map_or(self.stream.source.len() as u32, |(_, next)| next.end);
            // What marks the page may stand on its line before the place where it begins.
            let line = self.stream.source[..span.start as usize].rfind('\n').map_or(0, |at| at as u32 + 1);
            // Marks that stand in a row have one place.
            let before = pages[..at].iter().rev().find(|before| before.1 != *span).map_or(0, |before| before.1.end);
            let start = line.max(before).min(span.start);
            // So may a mark on lines of its own.
            let first = self.stream.pieces.partition_point(|piece| piece.start < start);
            let is_mark = |at: &usize| self.pairs.source[*at] == NONE && self.stream.pieces[*at].start >= before;
            let start = (0..first).rev().take_while(is_mark).last().map_or(start, |at| self.stream.pieces[at].start);
            let whole = start as usize..span.end as usize;
            let own = pieces(self.stream, Span { start, end: end.max(span.end), ..*span });
            marks[at] = self.stream.source.get(whole.clone()).and_then(first_number);
            let wanted = squeezed(label).to_lowercase();
            // A line of the page may say nothing else, too, and stay.
            let begins = |at: usize| self.stream.pieces.get(at).is_none_or(|piece| piece.gap >= Gap::Line);
            let is_line = |at: usize| begins(at) && begins(at + 1) && self.stream.said(at).to_lowercase() == wanted;
            let taken = |at: usize| {
                self.pairs.source[at] == NONE && wanted.contains(&self.stream.said(at).to_lowercase()) || is_line(at)
            };
            let kept = page.furniture.iter().any(|found| squeezed(&found.text).to_lowercase().contains(&wanted));
            let marked =
                self.stream.source.get(span.range()).is_some_and(|said| squeezed(said).to_lowercase().contains(&wanted));
            // Where marks stand in a row, each says its own.
            let is_named = self.stream.source.get(whole.clone()).is_some_and(|said| {
                label.bytes().all(|byte| byte.is_ascii_digit())
                    && said.split(|c: char| !c.is_ascii_digit()).any(|number| number == label)
            });
            let counted = self.stream.source.get(whole).is_some_and(|said| said.lines().any(|line| is_behind(line, label)));
            // A folio may stand in the text at the foot of the page, or of the one before.
            let foot = |at: Option<usize>| {
                let said = at.and_then(|at| self.stream.pieces.get(at).map(|_| self.stream.said(at)));
                said.and_then(|said| said.parse::<usize>().ok())
            };
            let number = label.parse::<usize>().ok();
            let is_last = number.is_some() && foot(own.end.checked_sub(1)) == number;
            let is_next = number.is_some_and(|number| foot(own.start.checked_sub(1)).is_some_and(|last| last + 1 == number));
            // So may that of the one before, of which no text is left.
            let is_behind = number.is_some_and(|number| {
                let ends = |text: &str| {
                    let words: Vec<_> = text.split_whitespace().collect();
                    [words.first(), words.last()].map(|word| word.and_then(|word| word.parse::<usize>().ok()))
                };
                page.furniture.iter().any(|found| ends(&found.text).contains(&number.checked_sub(1)))
            });
            if !kept && !is_behind && !marked && !is_named && !counted && !is_last && !is_next && !own.into_iter().any(taken) {
                unfounded.push(at);
            }
        }
        // Where a folio was misread, those of the pages around say it: the nearest before and behind that are founded.
        let number = |at: usize| pages[at].0.label.as_deref().and_then(|label| label.trim().parse::<usize>().ok());
        let follows = |a: usize, b: usize, steps: isize| a.checked_add_signed(steps) == Some(b);
        let agrees = |own: usize, other: usize| {
            let counted = marks[own].zip(marks[other]).map(|(a, b): (usize, usize)| b as isize - a as isize);
            let (own_label, other_label) = (number(own), number(other));
            own_label.zip(other_label).is_some_and(|(a, b)| {
                follows(a, b, other as isize - own as isize) || counted.is_some_and(|steps| follows(a, b, steps))
            })
        };
        let is_founded = |other: &usize| number(*other).is_some() && unfounded.binary_search(other).is_err();
        let founded: Vec<_> = (0..pages.len()).filter(is_founded).collect();
        for &at in &unfounded {
            let next = founded.partition_point(|other| *other < at);
            // Contradicting numbers may stand between.
            const NEAR: usize = 2;
            let near = &founded[next.saturating_sub(NEAR)..founded.len().min(next + NEAR)];
            if near.iter().any(|other| agrees(at, *other)) {
                continue;
            }
            let (page, span) = pages[at];
            let label = page.label.as_deref().unwrap_or("");
            let message = format!("nothing in the source calls the page that begins here {label}");
            ledger.differences.push(Difference { code: "source-page-unfounded", span: *span, message });
        }
    }

    /// Each page that a tag of the source marks is marked in the tree, under the same label.
    fn pages(&self, ledger: &mut Ledger) {
        let mut kept: Vec<_> = self.copy.pages.iter().filter(|(_, span)| span.file == self.file).collect();
        kept.sort_by_key(|(_, span)| span.start);
        // How far the pages up to each reach.
        let reaches: Vec<u32> = kept
            .iter()
            .scan(0, |reach, (_, span)| {
                *reach = span.end.max(*reach);
                Some(*reach)
            })
            .collect();
        // One that stands in the text as it is written is no tag to the reader.
        let is_text = |at: usize| {
            let own = self.stream.pieces.partition_point(|piece| (piece.start as usize) < at);
            let starts = self.stream.pieces.get(own).is_some_and(|piece| piece.start as usize == at);
            starts && (self.pairs.source[own] != NONE || self.rights.is_left_out(own))
        };
        // One behind which nothing stands begins no page.
        let is_last = |at: usize| {
            let own = self.stream.pieces.partition_point(|piece| (piece.start as usize) < at);
            let is_taken = own < self.stream.pieces.len()
                && self.rights.is_touched(own..=own, &[RepairKind::PageMarked, RepairKind::HeadDropped]);
            is_taken && self.pairs.source[own..].iter().all(|paired| *paired == NONE)
        };
        for page in self.stream.pages.iter().filter(|page| !is_text(page.at) && !is_last(page.at)) {
            let span = Span::new(self.file, page.at..page.at + 1);
            let label = page.label.as_deref().map(|label| label.split_whitespace().collect::<Vec<_>>().join(" "));
            let label = label.as_deref().filter(|label| !label.is_empty());
            let end = kept.partition_point(|(_, span)| span.start as usize <= page.at);
            let first = reaches[..end].partition_point(|reach| (*reach as usize) < page.at);
            let own = kept[first..end].iter().filter(|(_, span)| span.end as usize >= page.at);
            let mut own = own.map(|(page, _)| page.label.as_deref());
            // A folio beside it may say what the tag does not.
            let at = self.stream.pieces.partition_point(|piece| (piece.start as usize) < page.at);
            let is_marked = at < self.stream.pieces.len()
                && self.rights.is_touched(at..=at, &[RepairKind::PageMarked, RepairKind::HeadDropped]);
            let found = own.clone().any(|own| own.map(str::trim) == label || label.is_none() && is_marked);
            if found {
                continue;
            }
            let said = label.unwrap_or("without a label");
            let message = match own.next() {
                None => format!("the beginning of page {said} is lost"),
                Some(other) => format!("page {said} became page {}", other.unwrap_or("without a label")),
            };
            ledger.differences.push(Difference { code: "source-page-changed", span, message });
        }
    }
}

/// Places of nodes in a file, in their order: which of them touches another place.
struct Touched(Vec<(Span, usize)>);

impl Touched {
    fn of(places: impl Iterator<Item = Span>, file: FileId) -> Self {
        let mut own: Vec<_> = places.enumerate().filter(|(_, span)| span.file == file).map(|(at, span)| (span, at)).collect();
        own.sort_by_key(|(span, at)| (span.start, *at));
        Self(own)
    }

    /// The first, in the order in which they were given.
    fn by(&self, place: Span) -> Option<usize> {
        let end = self.0.partition_point(|(span, _)| span.start < place.end);
        // None reaches over its neighbour's end.
        let near = self.0[..end].iter().rev().take_while(|(span, _)| span.end > place.start);
        near.map(|(_, at)| *at).min()
    }
}

/// The number of the first line that has one: its last, or the next, where the line marks the end of the page before.
fn first_number(marks: &str) -> Option<usize> {
    let line = marks.lines().find(|line| line.bytes().any(|byte| byte.is_ascii_digit()))?;
    let number: usize = line.rsplit(|c: char| !c.is_ascii_digit()).find(|digits| !digits.is_empty())?.parse().ok()?;
    number.checked_add(usize::from(line.to_ascii_lowercase().contains("end")))
}

/// Text without white space.
pub fn squeezed(text: &str) -> String {
    let mut said = String::new();
    super::cut(text, true, &mut |range, own| said.push_str(&own.unwrap_or_else(|| text[range].to_owned())));
    said
}

/// How many bytes a mark has at most that says one page of all.
const LONGEST_MARK: usize = 40;

/// Whether a mark says which page ends there, counted from 0 or from 1, and the label is the next.
fn is_behind(mark: &str, label: &str) -> bool {
    let Ok(label) = label.parse::<u32>() else { return false };
    let numbers = mark.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse::<u32>().ok());
    // `PageV01P011` of the OpenITI corpus stands at the page's end.
    if let Some((_, page)) = mark.split_once("PageV").and_then(|(_, rest)| rest.split_once('P')) {
        let digits = page.len() - page.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        return page[..digits].parse::<u32>() == Ok(label.wrapping_sub(1));
    }
    // `<page_number>4</page_number>` at a page's foot.
    if let Some((_, said)) = mark.split_once("<page_number>") {
        let digits = said.trim_start().split(|c: char| !c.is_ascii_digit()).next().unwrap_or("");
        return digits.parse::<u32>() == Ok(label.wrapping_sub(1));
    }
    // `Page 1 of 4` at a page's foot.
    if let [number, all] = numbers.clone().collect::<Vec<_>>()[..]
        && number <= all
        && mark.len() < LONGEST_MARK
    {
        return label.wrapping_sub(number) == 1;
    }
    mark.to_ascii_lowercase().contains("end") && numbers.into_iter().any(|number| matches!(label.wrapping_sub(number), 1 | 2))
}
