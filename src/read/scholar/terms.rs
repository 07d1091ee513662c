//! A file of terms that are to be found in the text for its index, one a line:
//!
//! ```text
//! weir
//! mill, mills = mill
//! mill wheel = mill!wheel
//! John Orme = Orme, John [People]
//! blaze -> fire
//! fire => flood
//! # a remark
//! ```

use std::collections::BTreeMap;

use crate::read::{Manuscript, clean};
use crate::report::Report;
use crate::span::Span;
use crate::tree::{
    Block, Document, IndexRole, IndexTerm, Inline, Inlines, Node, PATH_MARK, PartMut, inline_children_mut, parts_mut,
};

/// More names in a remark tell nobody more.
const MOST: usize = 12;

/// A line of the file.
struct Term {
    /// Its words as the text has them, each spelling by itself.
    spellings: Vec<Vec<String>>,
    place: IndexTerm,
    span: Span,
    found: bool,
}

/// Marks what the file of terms names, once in each paragraph. Headings, code and what stands in lists of works are left out.
pub fn mark(doc: &mut Document, manuscript: &Manuscript, report: &mut Report) {
    let Some(file) = manuscript.terms else { return };
    let text = &manuscript.sources.get(file).text;
    let mut at = 0;
    let mut terms: Vec<Term> = Vec::new();
    let mut others: Vec<(IndexTerm, Span)> = Vec::new();
    for line in text.split_inclusive('\n') {
        let span = Span::new(file, at..at + line.trim_end().len());
        at += line.len();
        let said = line.trim();
        if said.is_empty() || said.starts_with('#') {
            continue;
        }
        let lead = [("->", false), ("=>", true)].into_iter().find_map(|(mark, also)| Some((said.split_once(mark)?, also)));
        match lead {
            Some(((from, to), also)) => {
                let (path, to) = (path(from), path(to));
                let role = if also { IndexRole::SeeAlso(to.0) } else { IndexRole::See(to.0) };
                others.push((IndexTerm { index: path.1, path: path.0, role }, span));
            }
            None => {
                let (words, entry) = said.split_once('=').unwrap_or((said, said));
                let (path, index) = path(if said.contains('=') { entry } else { words });
                let spellings = words.split(',').map(words_of).filter(|words| !words.is_empty()).collect();
                terms.push(Term { spellings, place: IndexTerm { index, path, role: IndexRole::Place }, span, found: false });
            }
        }
    }
    terms.retain(|term| !term.place.path.is_empty());
    others.retain(|(term, _)| !term.path.is_empty() && term.role.other().is_some_and(|other| !other.is_empty()));
    let mut finder = Finder { first: BTreeMap::new(), seen: BTreeMap::new(), round: 0 };
    for (at, term) in terms.iter().enumerate() {
        for (spelling, words) in term.spellings.iter().enumerate() {
            finder.first.entry(words[0].clone()).or_default().push((at, spelling));
        }
    }
    // The longest first: a mill wheel is no mill.
    for known in finder.first.values_mut() {
        known.sort_by_key(|(at, spelling)| (std::cmp::Reverse(terms[*at].spellings[*spelling].len()), *at));
    }
    finder.blocks(&mut doc.body, &mut terms);
    let lost: Vec<&Term> = terms.iter().filter(|term| !term.found).collect();
    if let Some(first) = lost.first() {
        let names: Vec<_> = lost.iter().take(MOST).map(|term| term.place.path.join(&PATH_MARK.to_string())).collect();
        let more = if lost.len() > MOST { format!(" and {} more", lost.len() - MOST) } else { String::new() };
        report
            .warn("index-term-unfound", first.span, format!("the text has nothing of these terms: {}{more}", names.join("; ")))
            .hint("write them as the text does, several spellings parted by commas: mill, mills = mill");
    }
    let head = doc.body.iter_mut().find_map(|node| match &mut node.kind {
        Block::Paragraph(line) => Some(line),
        _ => None,
    });
    if let Some(line) = head {
        line.splice(0..0, others.into_iter().map(|(term, span)| Node::new(Inline::IndexTerm(term), span)));
    }
}

/// An entry, those below it behind marks, and the name of its index in brackets.
fn path(said: &str) -> (Vec<String>, String) {
    let said = said.trim();
    let (entry, index) = match said.strip_suffix(']').and_then(|rest| rest.rsplit_once('[')) {
        Some((entry, index)) => (entry, clean::line(index)),
        None => (said, String::new()),
    };
    (entry.split(PATH_MARK).map(clean::line).filter(|entry| !entry.is_empty()).collect(), index)
}

/// The words of a text, each with its place in bytes.
fn words(text: &str) -> Vec<(usize, &str)> {
    let mut out = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices() {
        match (c.is_alphanumeric() || c == '\u{2019}' || c == '\'', start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                out.push((from, &text[from..at]));
                start = None;
            }
            _ => {}
        }
    }
    out.extend(start.map(|from| (from, &text[from..])));
    out
}

fn words_of(text: &str) -> Vec<String> {
    words(text).into_iter().map(|(_, word)| word.replace('\u{2019}', "'")).collect()
}

struct Finder {
    /// Terms and their spellings by their first words.
    first: BTreeMap<String, Vec<(usize, usize)>>,
    /// In which paragraph each term was found last.
    seen: BTreeMap<usize, usize>,
    round: usize,
}

impl Finder {
    fn blocks(&mut self, blocks: &mut [Node<Block>], terms: &mut [Term]) {
        for node in blocks {
            let is_aside = matches!(
                node.kind,
                Block::Title(_) | Block::Heading { .. } | Block::Bibliography(_) | Block::Index(_) | Block::Code { .. }
            );
            if is_aside {
                continue;
            }
            self.round += 1;
            parts_mut(&mut node.kind, &mut |part| match part {
                PartMut::Line(line) => self.line(line, terms),
                PartMut::Blocks(inner) => self.blocks(inner, terms),
                PartMut::Cell(cell) => self.blocks(&mut cell.kind.body, terms),
                PartMut::Image(_) => {}
            });
        }
    }

    fn line(&mut self, line: &mut Inlines, terms: &mut [Term]) {
        let mut at = 0;
        while at < line.len() {
            let pieces = match &mut line[at].kind {
                Inline::Text(text) => {
                    let found = self.text(text, terms);
                    pieces(&line[at], found, terms)
                }
                Inline::Note(note) => {
                    self.blocks(&mut note.body, terms);
                    None
                }
                Inline::Citation(_) | Inline::Reference(_) => None,
                kind => {
                    inline_children_mut(kind).into_iter().for_each(|inner| self.line(inner, terms));
                    None
                }
            };
            match pieces {
                Some(pieces) => {
                    let count = pieces.len();
                    line.splice(at..=at, pieces);
                    at += count;
                }
                None => at += 1,
            }
        }
    }

    /// Where terms stand in a text: in bytes, and which.
    fn text(&mut self, text: &str, terms: &mut [Term]) -> Vec<(usize, usize)> {
        let words = words(text);
        let mut found = Vec::new();
        let mut next = 0;
        while next < words.len() {
            let here = self.at(&words[next..], terms);
            let Some((term, length)) = here else {
                next += 1;
                continue;
            };
            terms[term].found = true;
            if self.seen.insert(term, self.round) != Some(self.round) {
                found.push((words[next].0, term));
            }
            next += length;
        }
        found
    }

    /// The term that begins with these words, and how many of them it is.
    fn at(&self, words: &[(usize, &str)], terms: &[Term]) -> Option<(usize, usize)> {
        let first = words[0].1.replace('\u{2019}', "'");
        // A sentence begins with a capital.
        let mut letters = first.chars();
        let lower: String = letters.next().map(|c| c.to_lowercase().chain(letters).collect()).unwrap_or_default();
        // The last word of a term may be what something belongs to: `the weir's`.
        let owner = |word: &str| word.strip_suffix("'s").or_else(|| word.strip_suffix('\'')).map(str::to_owned);
        let same = |own: &str, word: &str, is_last: bool| own == word || is_last && owner(word).is_some_and(|word| own == word);
        let owners = [owner(&first), owner(&lower)];
        let known = |first: &str, is_owner: bool| {
            self.first.get(first)?.iter().find_map(|(term, spelling)| {
                let own = &terms[*term].spellings[*spelling];
                let all = || {
                    own.iter().zip(words).enumerate().skip(1).all(|(at, (own, (_, word)))| {
                        same(own, &word.replace('\u{2019}', "'"), at + 1 == terms[*term].spellings[*spelling].len())
                    })
                };
                let fits = own.len() <= words.len() && (!is_owner || own.len() == 1) && all();
                fits.then_some((*term, own.len()))
            })
        };
        let exact = [first.as_str(), lower.as_str()].into_iter().find_map(|first| known(first, false));
        exact.or_else(|| owners.iter().flatten().find_map(|first| known(first, true)))
    }
}

/// A text with marks before the terms in it.
fn pieces(node: &Node<Inline>, found: Vec<(usize, usize)>, terms: &[Term]) -> Option<Inlines> {
    let Inline::Text(text) = &node.kind else { return None };
    if found.is_empty() {
        return None;
    }
    // A text that is a stretch of its source parts as that does.
    let exact = node.span.range().len() == text.len();
    let part = |from: usize, to: usize| {
        let (start, end) = (node.span.start + from as u32, node.span.start + to as u32);
        let span = if exact { Span { start, end, ..node.span } } else { node.span };
        Node { kind: Inline::Text(text[from..to].to_owned()), span, attrs: node.attrs.clone() }
    };
    let mut out = Vec::new();
    let mut from = 0;
    for (at, term) in found {
        if at > from {
            out.push(part(from, at));
        }
        let place = if exact { node.span.start + at as u32 } else { node.span.start };
        let span = Span { start: place, end: place, ..node.span };
        out.push(Node::new(Inline::IndexTerm(terms[term].place.clone()), span));
        from = at;
    }
    out.push(part(from, text.len()));
    Some(out)
}
