//! The judgement: what of the source is in the tree, by which right the rest is not, and what the tree has beyond the source.

mod elements;
mod fields;
mod order;
mod parting;
mod rights;
mod structure;

use std::collections::BTreeMap;
use std::ops::Range;

use super::copy::{Copy, LeafKind};
use super::cut::{cut, is_word};
use super::markdown::Literal;
use super::pairs::{Known, NONE, Own, Pairs, pair};
use super::stream::{Markup, Stream};
use super::{Difference, Ledger, Right, front, furniture, markdown, punctuation, tei};
use crate::read::Manuscript;
use crate::report::{Diagnostic, Repair, RepairKind};
use crate::span::{FileId, Span};
use crate::tree::{Block, Document, Inline, Node, Visit, walk_blocks};
use rights::Rights;

pub use rights::pieces;

pub fn account(doc: &Document, manuscript: &Manuscript, remarks: &[Diagnostic]) -> Ledger {
    let sources = &manuscript.sources;
    let whole = sources.iter().filter(|(_, source)| tei::is_xml(&source.text)).map(|(file, _)| file).collect();
    let copy = Copy::of(doc, sources, whole);
    let mut ledger = Ledger::default();
    let mut accounted = BTreeMap::new();
    let mut answered = vec![false; copy.pieces.len()];
    for (file, kind) in texts(manuscript) {
        let source = sources.get(file);
        let mut stream = Stream::new(&source.text);
        let whole = 0..source.text.len();
        let mut values = Vec::new();
        match kind {
            Kind::Text if tei::is_xml(&source.text) => tei::read(&mut stream),
            Kind::Text => {
                let end = front::end(&source.text, |at| begins_text(doc, file, at));
                values = front::values(&source.text, end);
                stream.fields(&values, end);
                let (literal, mut start) = (literal(doc, &copy, file, remarks), end);
                // A rule, or a line under a heading, fences nothing.
                let is_block = |block: &Range<usize>| !begins_text(doc, file, block.start);
                for block in front::later(&source.text, end).into_iter().filter(is_block) {
                    markdown::read(&mut stream, start..block.start, &literal);
                    let said = front::values_within(&source.text, block.clone());
                    start = block.end;
                    stream.later_fields(&said, block);
                    values.extend(said);
                }
                markdown::read(&mut stream, start..whole.end, &literal);
            }
            Kind::Parts(_) if tei::is_xml(&source.text) => tei::read(&mut stream),
            Kind::Parts(parts) => {
                let literal = literal(doc, &copy, file, remarks);
                parts.into_iter().for_each(|part| markdown::read(&mut stream, part, &literal));
            }
            Kind::Project => {
                values = front::project(&source.text);
                stream.fields(&values, whole.end);
            }
            Kind::Contents => {
                markdown::read(&mut stream, whole, &Literal::default());
                stream.describe();
            }
        }
        stream.finish();
        punctuation::set(&mut stream, &doc.repairs, file);
        stream.cut_at(seams(doc, &copy, &stream, file));
        let mut rights = Rights::of(&stream, &copy, file, doc, remarks);
        let own = Own { file, hosts: hosts(manuscript, file), answered: &answered };
        let known = Known { soft: rights.soft(), told: rights.remarks(), taken: rights.taken() };
        let pairs = pair(&stream, &copy, &own, &known);
        rights.described(&stream, &pairs);
        rights.revoke(&stream, &pairs, doc, file);
        let listed = listed(manuscript, file);
        let judge =
            Judge { stream: &stream, copy: &copy, pairs: &pairs, rights: &rights, remarks, file, answered: &answered, listed };
        judge.fields(&values, doc, &mut ledger);
        judge.count(&mut ledger, &mut accounted);
        judge.words(&mut ledger);
        judge.parting(&mut ledger);
        judge.order(&mut ledger);
        judge.structure(&mut ledger);
        judge.elements(&mut ledger);
        for (at, pair) in pairs.copy.iter().enumerate() {
            answered[at] |= pair.0 != NONE;
        }
    }
    ledger.accounted = accounted.into_iter().collect();
    ledger.taken = furniture::taken(doc, sources);
    ledger.differences.sort_by_key(|found| found.span);
    ledger
}

/// What a file's signs were understood as, where Markdown and its dialects leave it open.
fn literal(doc: &Document, copy: &Copy, file: FileId, remarks: &[Diagnostic]) -> Literal {
    let is_levelled = remarks.iter().any(|found| found.code == "nesting-capped");
    let [math, pictures] = [LeafKind::Math, LeafKind::Picture].map(|kind| copy.places(file, kind));
    let listings = Some(copy.places(file, LeafKind::Code));
    let is_out = |repair: &&Repair| match repair.kind {
        RepairKind::HeadDropped | RepairKind::PageMarked => true,
        RepairKind::AnchorDropped => repair.after.is_empty(),
        _ => false,
    };
    let taken = doc.repairs.iter().filter(is_out).map(|repair| repair.span).filter(|span| span.file == file);
    let mut spans = Vec::new();
    walk_blocks(&doc.body, &mut |visit| {
        if let Visit::Inline(Node { kind: Inline::Code(_), span, .. }) = visit
            && span.file == file
        {
            spans.push(*span);
        }
    });
    let is_note = |repair: &&Repair| matches!(repair.kind, RepairKind::NoteAttached | RepairKind::NotePlaced);
    let notes = doc.repairs.iter().filter(is_note).map(|repair| repair.span).filter(|span| span.file == file);
    let pages = copy.pages.iter().map(|(_, span)| *span).filter(|span| span.file == file);
    Literal {
        code: copy.bare_code(file),
        math,
        pictures,
        tables: Some(tables(doc, file)),
        is_levelled,
        listings,
        runs: copy.runs(file),
        spans: in_order(spans.into_iter()),
        pages: in_order(pages),
        taken: in_order(taken),
        notes: in_order(notes),
    }
}

/// Whether a rule or a page of the text begins at a place.
fn begins_text(doc: &Document, file: FileId, at: usize) -> bool {
    let is_here = |span: Span| span.file == file && span.start as usize == at;
    let mut found = doc.repairs.iter().any(|repair| is_here(repair.span));
    walk_blocks(&doc.body, &mut |visit| {
        let is_sign = matches!(visit, Visit::Block(Node { kind: Block::Rule | Block::PageBreak(_), .. }))
            || matches!(visit, Visit::Inline(Node { kind: Inline::PageBreak(_), .. }));
        found |= is_sign && is_here(visit.span());
    });
    found
}

fn in_order(spans: impl Iterator<Item = Span>) -> Vec<Range<usize>> {
    let mut places: Vec<_> = spans.map(Span::range).collect();
    places.sort_by_key(|range| (range.start, range.end));
    places
}

/// Where a file has tables, in their order; those in the cells of others are theirs.
fn tables(doc: &Document, file: FileId) -> Vec<Range<usize>> {
    let mut all = Vec::new();
    walk_blocks(&doc.body, &mut |visit| {
        if let Visit::Block(Node { kind: Block::Table(_), span, .. }) = visit
            && span.file == file
        {
            all.push(span.range());
        }
    });
    all.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
    let mut end = 0;
    all.retain(|range| {
        let is_own = range.end > end;
        end = end.max(range.end);
        is_own
    });
    all
}

/// What a file is to the work.
enum Kind {
    /// A chapter.
    Text,
    /// Set into others, which ask for these parts.
    Parts(Vec<Range<usize>>),
    /// What describes the work.
    Project,
    /// A table of contents.
    Contents,
}

/// The files of the work. What is set in comes before what it is set into: a node around both has its place in the latter.
fn texts(manuscript: &Manuscript) -> Vec<(FileId, Kind)> {
    let mut texts: Vec<_> = manuscript.chapters().into_iter().filter_map(|place| Some((place.file?, Kind::Text))).collect();
    for include in &manuscript.includes {
        if !texts.iter().any(|(file, _)| *file == include.file) {
            texts.push((include.file, Kind::Parts(include.parts.clone())));
        }
    }
    texts.extend(manuscript.project.iter().map(|project| (project.file, Kind::Project)));
    texts.extend(manuscript.summary.map(|file| (file, Kind::Contents)));
    texts.sort_by_key(|(file, _)| std::cmp::Reverse(*file));
    texts
}

/// What the table of contents calls a chapter: its heading, where the chapter has none.
fn listed(manuscript: &Manuscript, file: FileId) -> Option<String> {
    let places = manuscript.chapters();
    let place = places.iter().find(|place| place.file == Some(file))?;
    place.title.as_ref().map(|(title, _)| structure::squeezed(title))
}

/// The places where a file is set in, and those where what it is set into is.
fn hosts(manuscript: &Manuscript, file: FileId) -> Vec<Span> {
    let mut hosts: Vec<Span> = Vec::new();
    let mut inner = file;
    while let Some(include) = manuscript.includes.iter().find(|include| include.file == inner && include.at.file < inner) {
        hosts.push(include.at);
        inner = include.at.file;
    }
    hosts
}

/// Where calls and what repairs took out begin and end: a call may be glued to its word, and a head to the text behind it. So may the number
/// of a note to its first word.
fn seams(doc: &Document, copy: &Copy, stream: &Stream, file: FileId) -> Vec<u32> {
    let calls = copy.notes.iter().map(|note| note.call).chain(copy.calls.iter().copied());
    let is_out = |repair: &&Repair| matches!(repair.kind, RepairKind::HeadDropped | RepairKind::PageMarked);
    let out = doc.repairs.iter().filter(is_out).map(|repair| repair.span);
    let mut seams: Vec<_> = calls.chain(out).filter(|span| span.file == file).flat_map(|span| [span.start, span.end]).collect();
    let noted = |repair: &&Repair| matches!(repair.kind, RepairKind::NoteAttached | RepairKind::NotePlaced);
    seams.extend(doc.repairs.iter().filter(noted).filter(|repair| repair.span.file == file).filter_map(|repair| {
        let said = stream.source.get(repair.span.range())?;
        // A tag may stand before it.
        let tag = if said.starts_with('<') { said.find('>').map_or(0, |end| end + 1) } else { 0 };
        let front = said.len() - said[tag..].trim_start_matches(['>', ' ']).len();
        let number = said[front..].bytes().take_while(u8::is_ascii_digit).count();
        let glued = number > 0 && said[front + number..].starts_with(char::is_alphabetic);
        glued.then_some(repair.span.start + (front + number) as u32)
    }));
    seams.sort_unstable();
    seams
}

/// One file's witness and the tree, paired.
struct Judge<'s, 'a> {
    stream: &'s Stream<'a>,
    copy: &'s Copy<'s>,
    pairs: &'s Pairs,
    rights: &'s Rights,
    remarks: &'s [Diagnostic],
    file: FileId,
    /// Which pieces of the tree another file answers.
    answered: &'s [bool],
    /// What the table of contents calls the file.
    listed: Option<String>,
}

impl Judge<'_, '_> {
    fn count(&self, ledger: &mut Ledger, accounted: &mut BTreeMap<Right, usize>) {
        for (at, paired) in self.pairs.source.iter().enumerate() {
            let is_word = is_word(self.stream.said(at));
            let right = self.rights.of_piece(at);
            match right {
                _ if !is_word => {}
                // What describes the work is held to its metadata.
                _ if *paired == NONE && self.stream.is_field(at) => {}
                _ if *paired != NONE => {
                    ledger.words += 1;
                    ledger.found += 1;
                }
                Some(right) => {
                    ledger.words += 1;
                    *accounted.entry(right).or_insert(0) += 1;
                }
                None => {
                    ledger.words += 1;
                    ledger.lost += 1;
                }
            }
        }
    }

    /// What is lost, added, or another.
    fn words(&self, ledger: &mut Ledger) {
        let mut told = vec![false; self.copy.pieces.len()];
        let mut at = 0;
        let mut last = NONE;
        while at < self.pairs.source.len() {
            if self.pairs.source[at] != NONE {
                last = self.pairs.source[at];
            }
            if !self.is_lost(at) {
                at += 1;
                continue;
            }
            let start = at;
            let mut end = at;
            // Mark-up between lost words is lost with them.
            while at < self.pairs.source.len() && self.pairs.source[at] == NONE {
                if self.is_lost(at) {
                    end = at + 1;
                } else if at - end > 8 {
                    break;
                }
                at += 1;
            }
            at = end;
            self.lost(start..end, last, &mut told, ledger);
        }
        self.added(&told, ledger);
    }

    fn is_lost(&self, at: usize) -> bool {
        self.pairs.source[at] == NONE && self.rights.of_piece(at).is_none()
    }

    /// Whether nothing answers a piece of the tree that has its place in this file.
    fn is_strange(&self, at: usize) -> bool {
        self.pairs.copy[at].0 == NONE && !self.answered[at] && self.copy.leaf(at).span.file == self.file
    }

    /// The pieces of the tree right behind `last` that nothing in the source answers.
    fn instead(&self, last: u32) -> std::ops::Range<usize> {
        let from = if last == NONE { 0 } else { last as usize + 1 };
        let strange = |at: &usize| self.is_strange(*at);
        let count = (from..self.copy.pieces.len()).take_while(strange).count();
        from..from + count
    }

    fn lost(&self, range: std::ops::Range<usize>, last: u32, told: &mut [bool], ledger: &mut Ledger) {
        let instead = self.instead(last);
        let span = self.span(range.clone());
        let said = shortened(&self.stream.source[span.range()]);
        let count = range.clone().filter(|at| self.is_lost(*at) && is_word(self.stream.said(*at))).count();
        if instead.is_empty() || told[instead.start] {
            let words = if count == 1 { "1 word".to_owned() } else { format!("{count} words") };
            let message = if count == 0 { format!("“{said}” is lost") } else { format!("“{said}” is lost ({words})") };
            ledger.differences.push(Difference { code: "source-lost", span, message });
            return;
        }
        instead.clone().for_each(|at| told[at] = true);
        ledger.added += instead.clone().filter(|at| is_word(self.copy.said(*at))).count();
        let became = self.quote(instead);
        ledger
            .differences
            .push(Difference { code: "source-changed", span, message: format!("“{said}” became “{became}”") });
    }

    fn added(&self, told: &[bool], ledger: &mut Ledger) {
        let mut at = 0;
        while at < self.copy.pieces.len() {
            let strange = |at: usize| !told[at] && self.is_strange(at);
            let count = (at..self.copy.pieces.len()).take_while(|at| strange(*at)).count();
            if count == 0 {
                at += 1;
                continue;
            }
            let range = at..at + count;
            if self.stands_for_element(&range)
                || self.is_listed(&range)
                || self.is_between_fields(&range)
                || self.is_said_otherwise(&range)
            {
                at += count;
                continue;
            }
            ledger.added += range.clone().filter(|at| is_word(self.copy.said(*at))).count();
            let leaf = self.copy.leaf(at).span;
            // The nearest word that the source has, where it is in the node's place.
            let before = at.checked_sub(1).map(|before| self.pairs.copy[before].1).filter(|piece| *piece != NONE);
            let place = before.map(|piece| self.span(piece as usize..piece as usize + 1));
            let span = place.filter(|place| (leaf.start..leaf.end).contains(&place.start)).unwrap_or(leaf);
            let message = format!("“{}” is not in the source here", self.quote(range));
            ledger.differences.push(Difference { code: "source-added", span, message });
            at += count;
        }
    }

    /// Whether some pieces are the heading that the table of contents gives a chapter: what it is called by has its place in the
    /// other file.
    fn is_listed(&self, range: &Range<usize>) -> bool {
        let leaf = self.copy.leaf(range.start).span;
        let said = || range.clone().map(|at| self.copy.said(at)).collect::<String>();
        leaf.start == leaf.end && self.listed.as_ref().is_some_and(|listed| *listed == said())
    }

    /// Whether some pieces stand where the source says something in another notation: a formula in a picture's description; marks
    /// between the words of a formula in MathML, which is kept by its words with a remark.
    fn is_said_otherwise(&self, range: &Range<usize>) -> bool {
        let leaf = self.copy.leaf(range.start);
        let own = rights::pieces(self.stream, leaf.span);
        let neighbour = |at: Option<usize>| {
            let pair = at
                .and_then(|at| self.pairs.copy.get(at))
                .filter(|_| at.is_some_and(|at| self.copy.is_same_leaf(at, range.start)));
            pair.filter(|pair| pair.0 != NONE && own.contains(&(pair.0 as usize)))
        };
        let (before, behind) = (neighbour(range.start.checked_sub(1)), neighbour(Some(range.end)));
        match leaf.kind {
            LeafKind::Picture => {
                let from = before.map_or(own.start, |pair| pair.1 as usize + 1);
                let to = behind.map_or(own.end, |pair| pair.0 as usize);
                let is_formula =
                    |at: usize| self.pairs.source[at] == NONE && self.stream.pieces[at].markup == Some(Markup::Alternative);
                (from..to.max(from)).any(is_formula)
            }
            LeafKind::Text => {
                let is_told = |pair: Option<&(u32, u32)>| pair.is_none_or(|pair| self.rights.is_remarked(pair.0 as usize));
                self.stream.has_formula(leaf.span.range())
                    && range.clone().all(|at| !is_word(self.copy.said(at)))
                    && is_told(before)
                    && is_told(behind)
            }
            // The number of a formula that something refers to.
            LeafKind::Math => {
                // Another number of the source may have been taken for its.
                let same = |at: &usize| *at < self.pairs.copy.len() && self.copy.is_same_leaf(range.start, *at);
                let end = (range.end..).take_while(same).last().map_or(range.end, |last| last + 1);
                let start = (0..=range.start).rev().take_while(same).find(|at| self.copy.said(*at) == "\\");
                let said: String = (start.unwrap_or(range.start)..end).map(|at| self.copy.said(at)).collect();
                said.starts_with("\\tag{") && said.ends_with('}') && said.matches('}').count() == 1
            }
            LeafKind::Code => false,
        }
    }

    /// Whether some pieces are marks that part the names of a list in a front matter.
    fn is_between_fields(&self, range: &Range<usize>) -> bool {
        let is_field = |at: Option<usize>| {
            at.and_then(|at| self.pairs.copy.get(at))
                .is_some_and(|pair| pair.0 != NONE && self.stream.is_field(pair.0 as usize))
        };
        range.clone().all(|at| !is_word(self.copy.said(at)))
            && is_field(range.start.checked_sub(1))
            && is_field(Some(range.end))
    }

    /// Whether some pieces are quotation marks or an editor's brackets, where an element begins or ends.
    fn stands_for_element(&self, range: &std::ops::Range<usize>) -> bool {
        let marks = if self.stream.is_xml {
            "“”„‟‘’‚«»‹›\"'[]⟨⟩⟦⟧{}\\/?…()†—–-;"
        } else {
            "“”„‘’‚«»‹›\u{2019}\"'"
        };
        let boxes = !self.stream.is_xml && range.clone().all(|at| matches!(self.copy.said(at), "☐" | "☑"));
        let (marks, tag) = match (boxes, self.stream.is_xml) {
            (true, _) => ("☐☑", "input"),
            (false, true) => (marks, ""),
            (false, false) => (marks, "q"),
        };
        // `:bell:` may stand as its picture.
        let picture = |said: &str| !said.is_ascii() && !is_word(said);
        if range.clone().all(|at| picture(self.copy.said(at))) {
            let leaf = self.copy.leaf(range.start).span;
            let named = self.stream.source.get(leaf.range()).is_some_and(|source| source.matches(':').count() > 1);
            let read = |at: usize| {
                self.stream.said(at) == ":" && self.pairs.source[at] == NONE && self.stream.pieces[at].construct != 0
            };
            if named && rights::pieces(self.stream, leaf).any(read) {
                return true;
            }
        }
        // MathML is said as TeX.
        let leaf = self.copy.leaf(range.start).span;
        let source = self.stream.source.get(leaf.range()).unwrap_or_default();
        if self.stream.is_xml && (source.contains("<math") || source.contains(":math")) && source.starts_with('<') {
            return true;
        }
        let mark = |said: &str| said.chars().all(|c| marks.contains(c));
        let before = range.start.checked_sub(1).map_or(NONE, |at| self.pairs.copy[at].1);
        let behind = self.pairs.copy.get(range.end).map_or(NONE, |pair| pair.0);
        let near = match (before, behind) {
            (NONE, _) | (_, NONE) => self.stream.is_xml,
            (before, behind) => {
                before >= behind && self.stream.is_xml || self.stream.has_tag(before as usize, behind as usize, tag)
            }
        };
        near && range.clone().all(|at| mark(self.copy.said(at)))
    }

    /// From the first to the last of some pieces of the source.
    fn span(&self, range: std::ops::Range<usize>) -> Span {
        let (first, last) = (&self.stream.pieces[range.start], &self.stream.pieces[range.end - 1]);
        Span::new(self.file, first.start as usize..last.end.max(first.end) as usize)
    }

    fn quote(&self, range: std::ops::Range<usize>) -> String {
        let mut said = String::new();
        for at in range.clone() {
            if at > range.start && self.copy.pieces[at].gap > super::stream::Gap::Close {
                said.push(' ');
            }
            said.push_str(self.copy.said(at));
        }
        shortened(&said)
    }
}

/// Text on one line, the end left out where it is long.
fn shortened(text: &str) -> String {
    const SHOWN: usize = 80;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{} …", line[..at].trim_end()),
        None => line,
    }
}

/// The right that mark-up has.
fn by_format(markup: Option<Markup>) -> Option<Right> {
    markup.map(Right::Markup)
}
