//! A typewriter has one mark for all quotations and one for all dashes; print has those of each language. Where the user asks for
//! it, straight marks become these, each as a repair that can be refused. What a mark means is told by the whole line, and left
//! alone where that doesn't tell it: a wrong mark is worse than a plain one.

mod flow;
mod languages;
mod marks;
mod places;
mod quotes;

use std::collections::BTreeMap;

use super::Reading;
use super::guesses::Guesses;
use crate::report::{RepairKind, Report};
use crate::span::Span;
use crate::tree::{Block, Blocks, Inline, Inlines, Node, PartMut, inline_children, inline_children_mut, parts_mut};

use flow::{Flow, Setting};

/// How many doubtful places a remark names.
const NAMED: usize = 5;

/// Sets the marks of a file's text.
pub(super) fn set(blocks: &mut Blocks, reading: &mut Reading) {
    let text = reading.sources.get(reading.file).text.as_str();
    let tongue = reading.fields.tongue(reading.file, reading.text()).unwrap_or_else(|| "und".to_owned());
    let guesses = Guesses::new(reading.file, text, reading.settings);
    let mut setter = Setter { text, guesses, doubts: Vec::new(), strange: BTreeMap::new() };
    setter.blocks(blocks, &tongue);
    setter.tell(reading.report);
    reading.repairs.append(&mut setter.guesses.finish());
}

struct Setter<'a> {
    text: &'a str,
    guesses: Guesses<'a>,
    /// Marks that were left because nothing says what they are.
    doubts: Vec<Span>,
    /// Languages whose quotation marks aren't known, and where the first one stands.
    strange: BTreeMap<String, (Span, usize)>,
}

impl Setter<'_> {
    fn blocks(&mut self, blocks: &mut Blocks, tongue: &str) {
        for at in 0..blocks.len() {
            // A quotation that goes on in the next paragraph is closed in the last one only, and opened in each.
            let goes_on = blocks.get(at + 1).is_some_and(opens_quotation);
            let own = blocks[at].lang().map(str::to_owned);
            self.block(&mut blocks[at].kind, own.as_deref().unwrap_or(tongue), goes_on);
        }
    }

    fn block(&mut self, kind: &mut Block, tongue: &str, goes_on: bool) {
        if let Block::Verse(stanzas) = kind {
            for at in 0..stanzas.len() {
                let goes_on =
                    stanzas.get(at + 1).and_then(|next| next.first()).map_or(goes_on, |line| begins_with_mark(&line.text));
                self.lines(stanzas[at].iter_mut().map(|line| &mut line.text).collect(), tongue, goes_on);
            }
            return;
        }
        parts_mut(kind, &mut |part| match part {
            PartMut::Line(line) => self.lines(vec![line], tongue, goes_on),
            PartMut::Blocks(inner) => self.blocks(inner, tongue),
            PartMut::Cell(cell) => {
                let own = cell.lang().map(str::to_owned);
                self.blocks(&mut cell.kind.body, own.as_deref().unwrap_or(tongue));
            }
            PartMut::Image(_) => {}
        });
    }

    /// Lines that are read as one, since a quotation may run over all of them.
    fn lines(&mut self, mut lines: Vec<&mut Inlines>, tongue: &str, goes_on: bool) {
        let mut flow = Flow::new(self.text);
        for line in &lines {
            flow.line(line, tongue);
            flow.end();
        }
        let found = marks::of(&flow, goes_on);
        let doubts: Vec<_> = found.doubts.iter().filter_map(|at| self.span(&flow, *at..*at + 1)).collect();
        self.doubts.extend(doubts);
        for at in found.strange {
            if let Some(span) = self.span(&flow, at..at + 1) {
                self.strange.entry(flow.tongue(at).to_owned()).or_insert((span, 0)).1 += 1;
            }
        }
        let wanted = found.settings.into_iter().filter(|setting| self.is_wanted(setting, &flow)).collect::<Vec<_>>();
        let edits = flow.edits(&wanted);
        let mut count = 0;
        lines.iter_mut().for_each(|line| self.write(line, (&edits, &mut count), tongue));
    }

    fn span(&self, flow: &Flow, signs: std::ops::Range<usize>) -> Option<Span> {
        flow.place(signs).map(|place| self.guesses.span(place))
    }

    /// Puts one change to the user.
    fn is_wanted(&mut self, setting: &Setting, flow: &Flow) -> bool {
        let Some(span) = self.span(flow, setting.signs.clone()) else { return false };
        let said = || (shown(&flow.said(setting.signs.clone())), shown(&setting.with));
        self.guesses.make_of(RepairKind::PunctuationSet, span, setting.sure, said)
    }

    /// Makes the changes of one line, and sets the notes that are called in it.
    fn write(&mut self, line: &mut Inlines, (edits, count): (&flow::Edits, &mut usize), tongue: &str) {
        for node in line {
            let own = node.lang().map(str::to_owned);
            let tongue = own.as_deref().unwrap_or(tongue);
            match &mut node.kind {
                Inline::Text(text) => {
                    edits
                        .get(count)
                        .into_iter()
                        .flatten()
                        .rev()
                        .for_each(|(range, with)| text.replace_range(range.clone(), with));
                    *count += 1;
                }
                Inline::Note(note) => self.blocks(&mut note.body, tongue),
                kind if !flow::is_closed(kind) => {
                    inline_children_mut(kind).into_iter().for_each(|inner| self.write(inner, (edits, count), tongue));
                }
                _ => {}
            }
        }
    }

    /// Says what was left alone, each kind once.
    fn tell(&mut self, report: &mut Report) {
        self.doubts.sort_unstable();
        self.doubts.dedup();
        if let Some(first) = self.doubts.first() {
            let said = |span: &Span| around(self.text, *span);
            let mut names: Vec<_> = self.doubts.iter().take(NAMED).map(said).collect();
            if self.doubts.len() > NAMED {
                names.push(format!("{} more", self.doubts.len() - NAMED));
            }
            let count = self.doubts.len();
            let marks = if count == 1 { "1 mark was".to_owned() } else { format!("{count} marks were") };
            report
                .remark("punctuation-doubtful", *first, format!("{marks} left as written: {}", names.join(", ")))
                .hint("write the marks that you want there: “ ” ‘ ’ ’ – — …; what is right as it is needs no change");
        }
        for (tongue, (span, count)) in &self.strange {
            let message = format!("{count} straight quotation marks were left: those of the language {tongue} aren't known");
            report
                .remark("punctuation-unknown", *span, message)
                .hint("write them as they are to be printed, or name another language");
        }
    }
}

/// A change as a repair shows it: what can't be seen has a name.
fn shown(text: &str) -> String {
    match text {
        " " => "[space]".to_owned(),
        text => text.replace('\u{202F}', "[U+202F]").replace('\u{A0}', "[U+00A0]"),
    }
}

/// A mark with the words beside it.
fn around(text: &str, span: Span) -> String {
    let white = |c: char| c.is_whitespace();
    let (start, end) = (span.start as usize, span.end as usize);
    let from = text[..start].rfind(white).map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    let to = text[end..].find(white).map_or(text.len(), |at| end + at);
    format!("“{}”", super::guesses::shorten(text[from..to].trim_end_matches([',', ';', '.'])))
}

/// Whether a paragraph opens a quotation.
fn opens_quotation(node: &Node<Block>) -> bool {
    matches!(&node.kind, Block::Paragraph(line) if begins_with_mark(line))
}

fn begins_with_mark(line: &[Node<Inline>]) -> bool {
    line.first().is_some_and(|node| match &node.kind {
        Inline::Text(text) => text.starts_with(['"', '\'']),
        kind => begins_with_mark(inline_children(kind)),
    })
}
