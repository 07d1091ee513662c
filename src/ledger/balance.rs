//! The judgement: what of the source is in the tree, by which right the rest is not, and what the tree has beyond the source.

mod order;
mod parting;
mod rights;
mod structure;

use std::collections::BTreeMap;

use super::copy::Copy;
use super::cut::{cut, is_word};
use super::pairs::{NONE, Pairs, pair};
use super::stream::{Markup, Stream};
use super::{Difference, Ledger, Right, front, furniture, markdown, punctuation, tei};
use crate::report::Diagnostic;
use crate::span::{FileId, Sources, Span};
use crate::tree::Document;
use rights::Rights;

pub use rights::pieces;

pub fn account(doc: &Document, sources: &Sources, project: Option<FileId>, remarks: &[Diagnostic]) -> Ledger {
    let copy = Copy::of(doc);
    let mut ledger = Ledger::default();
    let mut accounted = BTreeMap::new();
    let included = Included::of(sources);
    for (file, source) in sources.iter().filter(|(file, _)| Some(*file) != project) {
        let mut stream = Stream::new(&source.text);
        if tei::is_xml(&source.text) {
            tei::read(&mut stream);
        } else {
            let end = front::end(&source.text);
            if !included.has(&source.name) {
                metadata(&source.text, end, file, (doc, remarks), &mut ledger);
            }
            markdown::read(&mut stream, end..source.text.len());
        }
        if included.has_part(&source.name) {
            stream.soften();
        }
        stream.finish();
        punctuation::set(&mut stream, &doc.repairs, file);
        let mut rights = Rights::of(&stream, &copy, file, doc, remarks);
        let pairs = pair(&stream, &copy, file, &rights.soft(), &rights.remarks());
        rights.described(&stream, &pairs, doc);
        let judge = Judge { stream: &stream, copy: &copy, pairs: &pairs, rights: &rights, remarks, file };
        judge.count(&mut ledger, &mut accounted);
        judge.words(&mut ledger);
        judge.parting(&mut ledger);
        judge.order(&mut ledger);
        judge.structure(&mut ledger);
    }
    ledger.accounted = accounted.into_iter().collect();
    ledger.taken = furniture::taken(doc, sources);
    ledger.differences.sort_by_key(|found| found.span);
    ledger
}

/// The files that others read in, each with whether only a part of it is wanted.
#[derive(Default)]
struct Included<'a>(Vec<(&'a str, bool)>);

impl<'a> Included<'a> {
    fn of(sources: &'a Sources) -> Self {
        let mut all = Self::default();
        for (_, source) in sources.iter() {
            for (at, open) in source.text.match_indices("{{#") {
                let inner = &source.text[at + open.len()..];
                let Some(inner) = inner.find("}}").map(|end| &inner[..end]) else { continue };
                let Some(path) = inner.split_whitespace().nth(1) else { continue };
                let (path, part) = path.split_once(':').unwrap_or((path, ""));
                all.0.push((path.trim_start_matches("./"), !part.is_empty()));
            }
        }
        all
    }

    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(path, _)| name.ends_with(path))
    }

    fn has_part(&self, name: &str) -> bool {
        self.0.iter().any(|(path, part)| *part && name.ends_with(path))
    }
}

/// One file's witness and the tree, paired.
struct Judge<'s, 'a> {
    stream: &'s Stream<'a>,
    copy: &'s Copy<'s>,
    pairs: &'s Pairs,
    rights: &'s Rights,
    remarks: &'s [Diagnostic],
    file: FileId,
}

impl Judge<'_, '_> {
    fn count(&self, ledger: &mut Ledger, accounted: &mut BTreeMap<Right, usize>) {
        for (at, paired) in self.pairs.source.iter().enumerate() {
            let is_word = is_word(self.stream.said(at));
            let right = self.rights.of_piece(at);
            match right {
                _ if !is_word => {}
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

    /// The pieces of the tree right behind `last` that nothing in the source answers.
    fn instead(&self, last: u32) -> std::ops::Range<usize> {
        let from = if last == NONE { 0 } else { last as usize + 1 };
        let strange = |at: &usize| self.pairs.copy[*at].0 == NONE && self.copy.leaf(*at).span.file == self.file;
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
            let strange = |at: usize| self.pairs.copy[at].0 == NONE && !told[at] && self.copy.leaf(at).span.file == self.file;
            let count = (at..self.copy.pieces.len()).take_while(|at| strange(*at)).count();
            if count == 0 {
                at += 1;
                continue;
            }
            let range = at..at + count;
            if self.stands_for_element(&range) || self.is_said_otherwise(&range) {
                at += count;
                continue;
            }
            ledger.added += range.clone().filter(|at| is_word(self.copy.said(*at))).count();
            let leaf = self.copy.leaf(at).span;
            let front = self.stream.pieces.first().map_or(0, |piece| piece.start);
            if !self.stream.is_xml
                && leaf.start < leaf.end
                && leaf.end <= front
                && leaf.end as usize <= front::end(self.stream.source)
            {
                // A field of the metadata that the text shows.
                at += count;
                continue;
            }
            // The nearest word that the source has, where it is in the node's place.
            let before = at.checked_sub(1).map(|before| self.pairs.copy[before].1).filter(|piece| *piece != NONE);
            let place = before.map(|piece| self.span(piece as usize..piece as usize + 1));
            let span = place.filter(|place| (leaf.start..leaf.end).contains(&place.start)).unwrap_or(leaf);
            let message = format!("“{}” is not in the source here", self.quote(range));
            ledger.differences.push(Difference { code: "source-added", span, message });
            at += count;
        }
    }

    /// Whether the source says some pieces by other means: a formula in MathML or in an environment that only displays, a formula in a
    /// picture's description, a file that is read in.
    fn is_said_otherwise(&self, range: &std::ops::Range<usize>) -> bool {
        let leaf = self.copy.leaf(range.start);
        let source = self.stream.source.get(leaf.span.range()).unwrap_or("");
        let displayed = |at: usize| {
            let said = self.copy.said(at);
            !is_word(said) || matches!(said, "begin" | "end" | "aligned" | "gathered" | "array" | "split")
        };
        leaf.is_other
            && (source.contains("<math") || source.contains('$') || source.contains("\\begin{") && range.clone().all(displayed))
            || source.contains("{{#include")
    }

    /// Whether some pieces are quotation marks or an editor's brackets, where an element begins or ends.
    fn stands_for_element(&self, range: &std::ops::Range<usize>) -> bool {
        let marks = if self.stream.is_xml {
            "“”„‟‘’‚«»‹›\"'[]⟨⟩⟦⟧…()†—–-"
        } else {
            "“”„‘’‚«»‹›\u{2019}\"'"
        };
        let tag = if self.stream.is_xml { "" } else { "q" };
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
        // Inside a formula an environment has another name than by itself.
        let said: String = range.clone().map(|at| self.copy.said(at)).collect();
        let renamed = ["\\begin{aligned}", "\\end{aligned}", "\\begin{gathered}", "\\end{gathered}"].contains(&said.as_str());
        let leaf = self.copy.leaf(range.start).span;
        if renamed && self.stream.source.get(leaf.range()).is_some_and(|source| source.trim_start().starts_with("\\begin{")) {
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

/// Every value of a front matter is in the metadata, or told in a remark that names it.
fn metadata(text: &str, end: usize, file: FileId, (doc, remarks): (&Document, &[Diagnostic]), ledger: &mut Ledger) {
    // Of several files, one remark may name a field for all.
    let remarks: Vec<_> = remarks.iter().filter(|found| found.code != "metadata-missing").collect();
    if end == 0
        || remarks.iter().any(|found| found.code == "metadata-broken" && found.span.is_some_and(|span| span.file == file))
    {
        return;
    }
    let known = front::words(&doc.meta);
    // Fields that the text shows: a dedication, an epigraph.
    let mut shown = Vec::new();
    crate::tree::walk_blocks(&doc.body, &mut |visit| {
        let span = visit.span();
        if span.file == file && (span.end as usize) <= end && span.start < span.end {
            shown.push(span.range());
        }
    });
    for value in front::values(text, end) {
        if value.name == "dialect" {
            continue;
        }
        let said = &text[value.range.clone()];
        let mut missing = false;
        cut(said, false, &mut |range, own| {
            let own = own.unwrap_or_else(|| said[range].to_owned());
            missing |= is_word(&own) && !known.contains(&own.to_lowercase());
        });
        missing &= !known.contains(&front::squeezed(said));
        let names =
            |found: &Diagnostic| [value.name, value.field].iter().any(|name| !name.is_empty() && found.message.contains(name));
        let named = |found: &&&Diagnostic| names(found) || found.message.contains(said.trim().trim_matches(['"', '\'']));
        missing &= !(is_normalised(value.name, said, doc)
            || shown.iter().any(|range| range.start < value.range.end && value.range.start < range.end));
        if missing && !remarks.iter().any(|found| named(&found)) {
            let message = format!("the metadata's {}: “{}” is in no output and told in no remark", value.name, shortened(said));
            ledger.differences.push(Difference { code: "source-metadata-lost", span: Span::new(file, value.range), message });
        }
    }
}

/// Whether a value stands in the metadata by a code or in digits: a language, a licence, a date.
fn is_normalised(name: &str, said: &str, doc: &Document) -> bool {
    let name = name.to_lowercase();
    let year = |digits: &str| digits.len() == 4 && doc.meta.date.as_deref().is_some_and(|date| date.starts_with(digits));
    let has_year = said.split(|c: char| !c.is_ascii_digit()).any(year);
    name.contains("lang") && doc.meta.language != "und"
        || (name.contains("licen") || name == "rights") && doc.meta.licence.is_some()
        || (name.is_empty() || name.contains("date")) && has_year && said.split_whitespace().count() <= 3
}

/// The right that mark-up has.
fn by_format(markup: Option<Markup>) -> Option<Right> {
    markup.map(Right::Markup)
}
