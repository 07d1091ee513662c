//! By which right each piece of the source may be missing in the tree: mark-up by rule, a repair that covers it, a remark.

use super::super::Right;
use super::super::copy::{ASIDE, Copy, Leaf};
use super::super::cut::{cut, is_of_word, is_word};
use super::super::front;
use super::super::pairs::{NONE, Pairs};
use super::super::stream::{Gap, Markup, Stream};
use super::by_format;
use crate::report::{Diagnostic, Repair, RepairKind};
use crate::span::{FileId, Span};
use crate::tree::{Block, Document, Node, Visit, walk_blocks};

/// The remarks by which text is left out of a work. Any other says something of text that stays.
const LEFT_OUT: &[&str] = &[
    "abbreviation-again",
    "chapter-title",
    "contents-mark",
    "furniture-loose",
    "gutenberg-frame",
    "header-left-out",
    "html-formula",
    "html-hidden",
    "html-image",
    "html-media",
    "html-title",
    "milestones-left-out",
    "notes-heading",
    "percent-comment",
    "program-line",
    "raw-block",
    "summary-draft",
    "tex-layout",
];

/// Those by which something stands for other words than it had, so that nobody can say what was close to what.
const STANDS_FOR: &[&str] = &["character-replaced", "entity-undefined", "html-field", "tei-unknown"];

/// What remarks say of a piece.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Told {
    #[default]
    Nothing,
    /// Something.
    Something,
    /// That it is of a tag that ends nothing.
    Stray,
    /// That it, or what stands beside it, is another or gone.
    Gone,
}

pub struct Rights {
    /// What repairs and remarks say of each piece: 0 for nothing, then the kinds of repair from 1, then the remarks by their codes. A
    /// book of 50 MB has 12 million pieces.
    given: Vec<u16>,
    codes: Vec<&'static str>,
    markup: Vec<Option<Markup>>,
    /// The kinds of repair that touch each piece, one bit each.
    touched: Vec<u16>,
    /// Which pieces are of a title page whose words the metadata say.
    titled: Vec<bool>,
    /// The kinds of repair whose place reaches into what stands before each piece.
    seams: Vec<u16>,
    told: Vec<Told>,
    /// Where notes are called, in order.
    calls: Vec<Span>,
    /// What repairs took together as notes.
    notes: Vec<Span>,
}

/// In a paragraph of more pieces no word is looked for by its halves.
const FARTHEST: usize = 10_000;

impl Rights {
    pub fn of(stream: &Stream, copy: &Copy, file: FileId, doc: &Document, remarks: &[Diagnostic]) -> Self {
        let count = stream.pieces.len();
        let markup = stream.pieces.iter().map(|piece| piece.markup).collect();
        let words = bounds(copy, file);
        let noted = copy.notes.iter().map(|note| note.call).zip(words);
        let calls = noted.chain(copy.calls.iter().map(|call| (*call, 0..0))).filter(|(call, _)| call.file == file);
        let mut calls: Vec<_> = calls.collect();
        calls.sort_unstable_by_key(|(call, _)| (call.start, call.end));
        let mut rights = Self {
            given: vec![0; count],
            codes: Vec::new(),
            markup,
            touched: vec![0; count],
            titled: vec![false; count],
            seams: vec![0; count + 1],
            told: vec![Told::Nothing; count],
            calls: Vec::new(),
            notes: Vec::new(),
        };
        // A node that is a call or a page is all that the source says in its place.
        for (call, words) in calls {
            rights.calls.push(call);
            // A note that is written where it is called has its words there.
            let source = stream.source.get(call.range()).unwrap_or_default();
            let is_inline = ["^[", "\\footnote", "<"].iter().any(|open| source.starts_with(open))
                && call.start <= words.start
                // One that goes on elsewhere begins there at least.
                && (words.end <= call.end || source.starts_with('<') && words.start < call.end);
            for at in pieces(stream, call) {
                let command = at > 0 && stream.said(at - 1) == "\\";
                let is_word = is_inline && words.contains(&stream.pieces[at].start);
                if stream.pieces[at].markup.is_none() && !is_word && (command || !long_word(stream.said(at))) {
                    rights.markup[at] = Some(Markup::Label);
                }
            }
        }
        for found in remarks {
            let given = if LEFT_OUT.contains(&found.code) { rights.remark(found.code) } else { 0 };
            let told = match found.code {
                code if given > 0 || STANDS_FOR.contains(&code) => Told::Gone,
                "html-stray" => Told::Stray,
                _ => Told::Something,
            };
            for at in found.places().filter(|span| span.file == file).flat_map(|span| pieces(stream, span)) {
                rights.told[at] = rights.told[at].max(told);
                if rights.given[at] == 0 {
                    rights.given[at] = given;
                }
            }
        }
        for repair in doc.repairs.iter().filter(|repair| repair.span.file == file) {
            rights.repair(repair, stream);
        }
        rights.lists(stream, doc, file);
        rights.cut_notes(stream, copy, doc, file);
        rights.title(stream, doc);
        rights
    }

    /// What stands before the first item where a list of the tree begins, and what draws a rule: in a note, behind its number.
    fn lists(&mut self, stream: &Stream, doc: &Document, file: FileId) {
        walk_blocks(&doc.body, &mut |visit| {
            let Visit::Block(Node { kind: kind @ (Block::List(_) | Block::Rule | Block::Heading { .. }), span, .. }) = visit
            else {
                return;
            };
            let own = if span.file == file { pieces(stream, *span) } else { 0..0 };
            let said = own.clone().take(2).map(|at| stream.said(at)).collect::<Vec<_>>();
            let count = match said[..] {
                _ if matches!(kind, Block::Rule) => {
                    own.clone().take_while(|at| matches!(stream.said(*at), "-" | "*" | "_")).count()
                }
                _ if matches!(kind, Block::Heading { .. }) => own.clone().take_while(|at| stream.said(*at) == "#").count(),
                ["-" | "+" | "*", ..] => 1,
                [number, "." | ")"] if number.bytes().all(|byte| byte.is_ascii_digit()) => 2,
                _ => 0,
            };
            own.take(count).filter(|at| stream.pieces[*at].start >= span.start).for_each(|at| {
                self.markup[at].get_or_insert(Markup::ListMark);
            });
        });
    }

    /// Where a note goes on with the rest of a word, the hyphen behind its first part is the repair's.
    fn cut_notes(&mut self, stream: &Stream, copy: &Copy, doc: &Document, file: FileId) {
        let is_own = |repair: &&Repair| repair.kind == RepairKind::NoteContinued && repair.span.file == file;
        for repair in doc.repairs.iter().filter(is_own) {
            let begins = |leaf: &Leaf| leaf.span.file == file && repair.span.range().contains(&(leaf.span.start as usize));
            let Some(first) = copy.leaves.iter().position(begins) else { continue };
            let Some(before) = first.checked_sub(1).map(|at| copy.leaves[at]) else { continue };
            if before.flow == copy.leaves[first].flow
                && before.span.file == file
                && let Some(last) = pieces(stream, before.span).last()
            {
                let near = last..(last + 2).min(stream.pieces.len());
                near.filter(|at| is_hyphen(stream, *at)).for_each(|at| self.given[at] = given(repair.kind));
            }
        }
    }

    /// A title page is accounted for where the metadata say its words: outputs have one of their own.
    fn title(&mut self, stream: &Stream, doc: &Document) {
        if stream.titles.is_empty() {
            return;
        }
        let known = front::words(&doc.meta);
        for own in stream.titles.iter().map(|range| between(stream, range)) {
            if own.clone().all(|at| !is_of_word(stream.said(at)) || known.contains(&stream.said(at).to_lowercase())) {
                self.titled[own].fill(true);
            }
        }
    }

    /// The number of a remark's code.
    fn remark(&mut self, code: &'static str) -> u16 {
        let at = self.codes.iter().position(|own| *own == code).unwrap_or_else(|| {
            self.codes.push(code);
            self.codes.len() - 1
        });
        (REMARKS + at) as u16
    }

    fn repair(&mut self, repair: &Repair, stream: &Stream) {
        let own = pieces(stream, repair.span);
        let near = own.start.saturating_sub(1)..(own.end + 1).min(stream.pieces.len());
        near.clone().for_each(|at| self.touched[at] |= bit(repair.kind));
        self.seam(repair, own.clone(), stream);
        let right = given(repair.kind);
        match repair.kind {
            // A page without a mark of its own is told at its first note, which has a right of its own.
            RepairKind::HeadDropped | RepairKind::PageMarked => own.for_each(|at| {
                let given = &mut self.given[at];
                *given = if *given == 0 { right } else { *given };
            }),
            // What is left of a link whose goal is gone stays.
            RepairKind::AnchorDropped => {
                let mut kept = Vec::new();
                cut(&repair.after, false, &mut |range, said| kept.push(said.unwrap_or_else(|| repair.after[range].to_owned())));
                let mut kept = kept.iter().peekable();
                for at in own {
                    if kept.next_if(|kept| *kept == stream.said(at)).is_none() {
                        self.given[at] = right;
                    }
                }
            }
            // The hyphen, and nothing else.
            RepairKind::WordJoined => own.filter(|at| is_hyphen(stream, *at)).for_each(|at| self.given[at] = right),
            RepairKind::ParagraphJoined => {
                // A word that the page's end had cut.
                let ends = |at: &usize| {
                    stream.source[stream.pieces[*at].end as usize..].starts_with(['\n', ' ', '\x0C', '*', '_', '&', '<'])
                };
                near.filter(|at| is_hyphen(stream, *at) && ends(at)).for_each(|at| self.given[at] = right);
            }
            RepairKind::NoteAttached | RepairKind::NotePlaced | RepairKind::NoteContinued => {
                self.notes.push(repair.span);
                let mark = named(stream, own.clone()).unwrap_or_else(|| mark(stream, own.clone()));
                (own.start..own.start + mark).for_each(|at| self.given[at] = right);
                // What says that the note ends may stand behind it.
                let last = (own.end.saturating_sub(3)..stream.pieces.len().min(own.end + 1)).find(|at| {
                    *at + 2 < stream.pieces.len() && (*at..at + 3).map(|at| stream.said(at)).eq(["[", "ENDFOOTNOTE", "]"])
                });
                last.into_iter().flat_map(|at| at..at + 3).for_each(|at| self.given[at] = right);
                // `[Footnote 1: …]`: the bracket that was opened before the mark.
                if !own.is_empty() && stream.said(own.start) == "[" && stream.said(own.end - 1) == "]" {
                    self.given[own.end - 1] = right;
                }
            }
            // The signs before its items.
            RepairKind::ListMade => {
                let begins = |at: &usize| *at == own.start || stream.pieces[*at].gap >= Gap::Line;
                let is_sign = |at: &usize| !is_of_word(stream.said(*at));
                own.clone().filter(|at| begins(at) && is_sign(at)).for_each(|at| self.given[at] = right);
            }
            // The marks of a heading that stood behind a tag.
            RepairKind::HeadingMended => {
                own.filter(|at| stream.said(*at).bytes().all(|byte| byte == b'#')).for_each(|at| self.given[at] = right);
            }
            // What such a repair makes of its marks the witness says itself.
            RepairKind::VerseKept | RepairKind::SpaceClosed | RepairKind::PunctuationSet => {}
        }
    }

    /// Between which pieces a repair stands.
    fn seam(&mut self, repair: &Repair, own: std::ops::Range<usize>, stream: &Stream) {
        let starts_before = own.is_empty() || stream.pieces[own.start].start > repair.span.start;
        let ends_behind = !own.is_empty() && stream.pieces[own.end - 1].end < repair.span.end;
        // Between the halves of a word, each at its line's end, other text may stand, which is not joined.
        if repair.kind == RepairKind::WordJoined && own.len() > 1 {
            let ends_line = |at: &usize| stream.pieces.get(*at).is_some_and(|piece| piece.gap >= Gap::Line);
            let mut seams = (own.start + 1..own.end + usize::from(ends_behind)).filter(ends_line);
            let first = seams.next();
            let last = seams.next_back();
            [first, last].into_iter().flatten().for_each(|at| self.seams[at] |= bit(repair.kind));
            self.named_seam(repair, own.clone(), stream);
            if first.is_some() {
                return;
            }
        }
        let bits = bit(repair.kind) | if own.is_empty() { BLANK } else { 0 };
        let first = own.start + usize::from(!starts_before);
        let last = (own.end + usize::from(ends_behind)).max(first + usize::from(own.is_empty()));
        self.seams[first..last.min(stream.pieces.len() + 1)].iter_mut().for_each(|seam| *seam |= bits);
    }

    /// The seam of a word that was joined in a place known only as a whole, a paragraph that goes on over its page's notes: where a
    /// line ends with the one half that the repair names, and one begins with the other.
    fn named_seam(&mut self, repair: &Repair, own: std::ops::Range<usize>, stream: &Stream) {
        let Some((left, right)) = repair.before.split_once('/') else { return };
        let is_of_word = |c: char| c.is_alphanumeric();
        let left = left.trim_end_matches(|c| !is_of_word(c)).rsplit(|c| !is_of_word(c)).next().unwrap_or_default();
        let right = right.split(|c| !is_of_word(c)).next().unwrap_or_default();
        if left.is_empty() || right.is_empty() || own.len() > FARTHEST {
            return;
        }
        let opens = |at: usize, said: &str| stream.pieces[at].gap >= Gap::Line && stream.said(at) == said;
        let Some(last) = own.clone().rev().find(|at| opens(*at, right)) else { return };
        for at in own.start..last {
            let next = at + 1 + usize::from(is_hyphen(stream, at + 1));
            if stream.said(at) == left && stream.pieces.get(next).is_some_and(|next| next.gap >= Gap::Line) {
                self.seams[next] |= bit(repair.kind);
            }
        }
    }

    /// Whether a repair took something out between two pieces: other pieces, or a mark that is none.
    pub fn is_taken_between(&self, end: usize, start: usize) -> bool {
        let takes = [RepairKind::PageMarked, RepairKind::HeadDropped];
        self.is_between(end, start, &takes) && (start > end + 1 || self.seams[start] & BLANK != 0)
    }

    /// Whether a repair of one of these kinds stands between two pieces.
    pub fn is_between(&self, end: usize, start: usize, kinds: &[RepairKind]) -> bool {
        let mask = kinds.iter().fold(0, |mask, kind| mask | bit(*kind));
        self.seams[end + 1..=start].iter().any(|bits| bits & mask != 0)
    }

    /// A repair takes out the whole of its place, or nothing of it: where a word of it stands in the tree, the others are not taken
    /// out by it.
    pub fn revoke(&mut self, stream: &Stream, pairs: &Pairs, doc: &Document, file: FileId) {
        let takes = |repair: &&Repair| matches!(repair.kind, RepairKind::HeadDropped | RepairKind::PageMarked);
        let taken = doc.repairs.iter().filter(|repair| repair.span.file == file).filter(takes);
        let stands = |at: usize| pairs.source[at] != NONE && self.markup[at].is_none() && is_word(stream.said(at));
        let (void, valid): (Vec<_>, Vec<_>) =
            taken.map(|repair| (repair.kind, pieces(stream, repair.span))).partition(|(_, own)| own.clone().any(stands));
        for (kind, own) in void {
            let right = given(kind);
            self.given[own].iter_mut().filter(|given| **given == right).for_each(|given| *given = 0);
        }
        // Another may have the same place.
        for (kind, own) in valid {
            let right = given(kind);
            self.given[own].iter_mut().filter(|given| **given == 0).for_each(|given| *given = right);
        }
    }

    /// What of a title page the tree's text lacks as a whole is metadata.
    pub fn described(&mut self, stream: &Stream, pairs: &Pairs) {
        for own in stream.titles.iter().map(|range| between(stream, range)) {
            if own.clone().all(|at| self.titled[at] && pairs.source[at] == NONE) {
                self.markup[own].fill(Some(Markup::Metadata));
            }
        }
    }

    /// The right of a piece that is not in the tree.
    pub fn of_piece(&self, at: usize) -> Option<Right> {
        by_format(self.markup[at]).or(match usize::from(self.given[at]) {
            0 => None,
            repair if repair < REMARKS => RepairKind::ALL.get(repair - 1).copied().map(Right::Repair),
            remark => self.codes.get(remark - REMARKS).copied().map(Right::Remark),
        })
    }

    /// Which pieces may be missing.
    pub fn soft(&self) -> Vec<bool> {
        let repaired = |given: &u16| (1..REMARKS).contains(&usize::from(*given));
        let all = self.markup.iter().zip(&self.given).zip(&self.titled);
        all.map(|((markup, given), titled)| markup.is_some() || repaired(given) || *titled).collect()
    }

    /// Which pieces repairs took out of the text.
    pub fn taken(&self) -> Vec<bool> {
        let kinds = [RepairKind::HeadDropped, RepairKind::PageMarked].map(given);
        self.given.iter().map(|given| kinds.contains(given)).collect()
    }

    /// Whether a repair of one of these kinds touches one of some pieces.
    pub fn is_touched(&self, range: std::ops::RangeInclusive<usize>, kinds: &[RepairKind]) -> bool {
        let mask = kinds.iter().fold(0, |mask, kind| mask | bit(*kind));
        self.touched[range].iter().any(|bits| bits & mask != 0)
    }

    pub fn remarks(&self) -> Vec<bool> {
        (0..self.told.len()).map(|at| self.is_remarked(at)).collect()
    }

    /// Whether something else stands for a piece, or nothing.
    pub fn is_replaced(&self, stream: &Stream, at: usize) -> bool {
        // A label that stands as text has no brackets.
        let is_label = matches!(stream.pieces[at].markup, Some(Markup::Label | Markup::Attribute));
        self.told[at] == Told::Gone || self.is_remarked(at) && is_label
    }

    /// Whether two pieces are of one call: `* )`.
    pub fn is_one_call(&self, stream: &Stream, first: usize, last: usize) -> bool {
        let (start, end) = (stream.pieces[first].start, stream.pieces[last].end);
        let next = self.calls.partition_point(|call| call.start <= start);
        next.checked_sub(1).is_some_and(|at| self.calls[at].end >= end)
    }

    /// Whether a repair took what stands in two places for one note.
    pub fn is_one_note(&self, label: usize, place: usize) -> bool {
        self.notes.iter().any(|note| note.range().contains(&label) && note.range().contains(&place))
    }

    /// The place of what repairs took for a note, where it begins with a label and goes on over a place.
    pub fn labelled(&self, place: usize) -> impl Iterator<Item = Span> {
        self.notes.iter().copied().filter(move |note| note.range().contains(&place))
    }

    /// Whether a piece is of a tag that ends nothing, and parts nothing.
    pub fn is_stray(&self, at: usize) -> bool {
        self.told[at] == Told::Stray
    }

    /// Whether a remark says that a piece is left out with what stands around it.
    pub fn is_left_out(&self, at: usize) -> bool {
        usize::from(self.given[at]) >= REMARKS
    }

    pub fn is_remarked(&self, at: usize) -> bool {
        self.told[at] > Told::Nothing
    }
}

/// From where to where the words of each note stand in a file.
fn bounds(copy: &Copy, file: FileId) -> Vec<std::ops::Range<u32>> {
    let mut bounds = vec![0..0; copy.notes.len()];
    for leaf in copy.leaves.iter().filter(|leaf| leaf.span.file == file && leaf.flow & ASIDE == 0) {
        let Some(own) = (leaf.flow as usize).checked_sub(1).and_then(|at| bounds.get_mut(at)) else { continue };
        let first = if own.start == own.end { leaf.span.start } else { own.start.min(leaf.span.start) };
        *own = first..own.end.max(leaf.span.end);
    }
    bounds
}

/// From which number on rights are those of remarks.
const REMARKS: usize = 64;

fn given(kind: RepairKind) -> u16 {
    RepairKind::ALL.iter().position(|own| *own == kind).map_or(0, |at| at as u16 + 1)
}

fn bit(kind: RepairKind) -> u16 {
    1 << RepairKind::ALL.iter().position(|own| *own == kind).unwrap_or(15)
}

/// The bit of a repair in whose place no piece stands, beside those of the kinds.
const BLANK: u16 = 1 << 14;

fn is_hyphen(stream: &Stream, at: usize) -> bool {
    matches!(stream.said(at), "-" | "‐" | "¬" | "⸗" | "⹀" | "=" | "–" | "—" | "־")
}

/// The pieces that begin between two places.
fn between(stream: &Stream, range: &std::ops::Range<usize>) -> std::ops::Range<usize> {
    let place = |at: usize| stream.pieces.partition_point(|piece| (piece.start as usize) < at);
    place(range.start)..place(range.end)
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

/// How the words begin, in lower case, by which tools and transcribers name a note.
const NAMES: &[&str] = &[
    "footnote",
    "endnote",
    "note",
    "fn",
    "fußnote",
    "fussnote",
    "anm",
    "nota",
    "voetnoot",
    "fotnot",
    "przypis",
    "pozn",
    "сноска",
    "примечание",
    "υποσημείωση",
    "הערת",
    "脚",
    "腳",
    "註",
    "注",
];

/// How many pieces of a note are its name and number: `Footnote 3:`, `[Footnote 3 …]`.
fn named(stream: &Stream, range: std::ops::Range<usize>) -> Option<usize> {
    const WORDS: usize = 6;
    let is = |at: usize, marks: &[&str]| at < range.end && marks.contains(&stream.said(at));
    let bracket = usize::from(is(range.start, &["["]));
    let first = range.start + bracket;
    let words = (first..range.end).take_while(|at| stream.said(*at).chars().all(char::is_alphabetic)).count();
    let is_name = first < range.end && NAMES.iter().any(|name| stream.said(first).to_lowercase().starts_with(name));
    if !is_name || !(1..=WORDS).contains(&words) {
        return None;
    }
    let mut at = first + words;
    at += usize::from(bracket > 0 && is(at, &[":"]));
    at += usize::from(is(at, &["."]) && at + 1 < range.end && stream.said(at + 1).chars().all(char::is_numeric));
    at += usize::from(is(at, &["["]));
    // A letter counts as the last of the words.
    let is_letter = words > 1 && stream.said(at - 1).chars().count() <= 2;
    if at < range.end && (stream.said(at).chars().all(char::is_numeric) || is(at, &["*", "†", "‡", "§"])) {
        at += 1;
    } else if !is_letter {
        return None;
    }
    let marks = (at..range.end).take_while(|at| is(*at, &[":", ".", ")", "]"])).count();
    (marks > 0 || bracket > 0).then_some(at + marks - range.start)
}

/// How many pieces of a note are its mark: a number, a letter or signs, with the brackets and the TeX around them.
fn mark(stream: &Stream, range: std::ops::Range<usize>) -> usize {
    let mut said = false;
    let mut count = 0;
    for at in range.clone() {
        let own = stream.said(at);
        let command = at > range.start && stream.said(at - 1) == "\\";
        if stream.pieces[at].markup.is_none() && is_word(own) {
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
    // A list's mark that no words follow is all that the note says.
    let rest: String = range.clone().skip(count).map(|at| stream.said(at)).collect();
    let is_number = |said: &str| !said.is_empty() && said.bytes().all(|byte| byte.is_ascii_digit());
    let is_drawn = |mark: &str| !rest.is_empty() && rest.trim_start_matches(mark).is_empty();
    let is_list_mark = rest.strip_suffix(['.', ')']).is_some_and(|rest| rest.split(['.', ')']).all(is_number))
        || ["-", "*", "+"].iter().any(|mark| is_drawn(mark));
    if said && is_list_mark { range.len() } else { count }
}
