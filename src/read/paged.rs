//! Page-broken text becomes the book again: what an OCR tool read page by page, with notes at the foot, running heads between,
//! and paragraphs and words cut where the page ended.
//!
//! Nothing is edited and parsed again. The source's lines are sorted by their part on the printed page ([`lines`], [`pages`],
//! [`heads`], [`feet`]); what is left of each page is read by itself through [`super::markdown`], so that spans stay the
//! source's and one broken page can't swallow the next; then notes go to their calls ([`notes`], [`calls`]), cut words
//! ([`words`]) and cut paragraphs ([`join`]) are joined, on the evidence of [`evidence`] and [`vocabulary`]. Every guess goes
//! through [`guesses`], where the user can refuse it.

mod anchors;
mod calls;
mod endnotes;
mod evidence;
mod feet;
mod guesses;
mod headings;
mod heads;
mod inferred;
mod join;
mod lines;
mod looks;
mod marks;
mod notes;
mod numbers;
mod pages;
mod sheets;
mod verse;
mod vocabulary;
mod words;

use std::collections::BTreeSet;
use std::ops::Range;

use super::markdown::{self, Outside};
use super::{Reading, language};
use crate::report::{RepairKind, Report};
use crate::span::Span;
use crate::tree::{Block, Blocks, Inline, Inlines, Node, PageBreak, PartMut, inline_children_mut, parts_mut};

use guesses::Guesses;
use join::{Joining, Seam};
use lines::{Lines, Role};
use notes::Ready;
use vocabulary::Vocabulary;

pub use looks::looks_paged;

/// How sure we are of a page end that only a cut paragraph shows.
const SHOWN_BY_CUT: f32 = 0.7;

/// A page on its way into the text.
struct Sheet {
    /// The pages that begin with it; none at the front of the text.
    breaks: Vec<PageBreak>,
    /// Where its beginning is marked.
    span: Span,
    body: Blocks,
    /// Notes that were to stay where they stood.
    kept: Blocks,
}

/// Reads one file of page-broken text.
pub fn read(reading: &mut Reading) -> Blocks {
    let text = &reading.sources.get(reading.file).text;
    let text = text.get(..reading.range.end).unwrap_or(text);
    let words = Vocabulary::of(&text[reading.range.start..]);
    let mut guesses = Guesses::new(reading.file, text, reading.settings);
    let mut lines = Lines::of(text, reading.range.start);
    let marks = pages::mark(&mut lines, reading.settings.placeholder.as_deref(), &mut guesses);
    let leaves = leaves(&lines);
    let marked = leaves.len() > 1;
    let found = heads::claim(&mut lines, &leaves, &words, &mut guesses);
    let mut feet = Vec::new();
    endnotes::claim(&mut lines, &leaves, &mut guesses, &mut feet);
    feet::claim(&mut lines, &leaves, &words, &mut feet);

    let language = hyphenation(reading, text);
    let outside = Outside::of(&text[reading.range.start..]);
    let mut cut = sheets::cut(&lines, &marks, &found, &feet, marked, &mut guesses);
    let mut report = Report::default();
    let mut running = markdown::Running::default();
    let mut read = |range: Range<usize>, report: &mut Report| {
        markdown::stretch(reading.sources, reading.file, range, &outside, &mut running, report)
    };
    let mut sheets: Vec<Sheet> = Vec::new();
    let mut ready: Vec<Ready> = Vec::new();
    let mut feet: Vec<_> = feet.into_iter().map(Some).collect();
    for (n, one) in cut.iter_mut().enumerate() {
        let mut body = Blocks::new();
        for range in &one.bodies {
            body.append(&mut read(range.clone(), &mut report));
        }
        for &note in &one.notes {
            let Some(source) = feet[note].take() else { continue };
            let mut note = Ready { body: Blocks::new(), sheet: n, source };
            for (at, range) in note.source.paragraphs.clone().iter().enumerate() {
                let mut more = read(range.clone(), &mut report);
                let before = at.checked_sub(1).map_or("", |at| &text[note.source.paragraphs[at].clone()]);
                match evidence::weigh(before, &text[range.clone()], &words) > 0.0 {
                    true => notes::run_on(&mut note, &mut more),
                    false => note.body.append(&mut more),
                }
            }
            ready.push(note);
        }
        sheets.push(Sheet { breaks: std::mem::take(&mut one.breaks), span: one.span, body, kept: Blocks::new() });
    }
    let measure = verse::measure(&lines);
    sheets.iter_mut().for_each(|sheet| verse::keep(&mut sheet.body, measure, false, &mut guesses));
    let mut mending = words::Mending { words: &words, guesses: &mut guesses, language };
    sheets.iter_mut().for_each(|sheet| mending.blocks(&mut sheet.body));
    ready.iter_mut().for_each(|note| mending.blocks(&mut note.body));
    notes::attach(&mut sheets, ready, marked, &mut running.next, &mut guesses, &mut report);

    let mut joining = Joining { words: &words, guesses: &mut guesses, language, in_list: false };
    let mut body = together(sheets, marked, &mut joining);
    headings::mend(&mut body, &mut guesses);
    anchors::mend(&mut body, &mut guesses);
    one_text(&mut body);
    running.remark(&mut report);
    merge_remarks(report, reading.report);
    reading.repairs.append(&mut guesses.finish());
    body
}

/// The text of all sheets, joined.
fn together(sheets: Vec<Sheet>, marked: bool, joining: &mut Joining) -> Blocks {
    let mut inferred = if marked { BTreeSet::new() } else { inferred::page_ends(&sheets, joining.words) };
    let (mut out, mut held) = (Blocks::new(), Blocks::new());
    for (n, sheet) in sheets.into_iter().enumerate() {
        for (at, block) in sheet.body.into_iter().enumerate() {
            if at == 0 && !sheet.breaks.is_empty() {
                let seam = Seam { breaks: sheet.breaks.clone(), span: sheet.span, prior: 0.0 };
                joining.append(&mut out, vec![block], &mut held, seam);
            } else if inferred.remove(&(n, at)) {
                cut_here(&mut out, block, joining);
            } else {
                out.append(&mut held);
                joining.push(&mut out, block);
            }
        }
        held.extend(sheet.kept);
    }
    out.append(&mut held);
    out
}

/// Joins a block to the last one: a page has ended between them, of which nothing else is left.
fn cut_here(out: &mut Blocks, block: Node<Block>, joining: &mut Joining) {
    let span = Span { start: out.last().map_or(0, |last| last.span.end), end: block.span.start, ..block.span };
    let said = || ("¶".to_owned(), pages::shown(None));
    let seen = joining.guesses.make_of(RepairKind::PageMarked, span, SHOWN_BY_CUT, said);
    let breaks = if seen { vec![PageBreak::default()] } else { Vec::new() };
    joining.append(out, vec![block], &mut Blocks::new(), Seam { breaks, span, prior: inferred::PRIOR });
}

/// Makes one node of texts that stand side by side, as they would be if nothing had stood between them.
fn one_text(blocks: &mut Blocks) {
    for node in blocks {
        parts_mut(&mut node.kind, &mut |part| match part {
            PartMut::Line(line) => one_text_in(line),
            PartMut::Blocks(inner) => one_text(inner),
            PartMut::Cell(cell) => one_text(&mut cell.kind.body),
            PartMut::Image(_) => {}
        });
    }
}

fn one_text_in(line: &mut Inlines) {
    line.dedup_by(|next, last| match (&next.kind, &mut last.kind) {
        (Inline::Text(more), Inline::Text(text)) if next.attrs.is_none() && last.attrs.is_none() => {
            text.push_str(more);
            last.span = last.span.to(next.span);
            true
        }
        _ => false,
    });
    for node in line {
        match &mut node.kind {
            Inline::Note(note) => one_text(&mut note.body),
            kind => inline_children_mut(kind).into_iter().for_each(one_text_in),
        }
    }
}

/// The rules by which the work's language divides words: as its metadata say, else as its text looks.
fn hyphenation(reading: &Reading, text: &str) -> Option<hypher::Lang> {
    let named = reading.fields.language().map(str::to_owned);
    let tag = named.or_else(|| language::of_text(&text[reading.range.start..]).map(str::to_owned))?;
    let code: [u8; 2] = tag.as_bytes().get(..2)?.try_into().ok()?;
    hypher::Lang::from_iso(code)
}

/// The lines between page marks.
fn leaves(lines: &Lines) -> Vec<Range<usize>> {
    let mut leaves = Vec::new();
    let mut start = 0;
    for at in 0..lines.len() {
        if matches!(lines.role(at), Role::Mark(_)) {
            leaves.push(start..at);
            start = at + 1;
        }
    }
    leaves.push(start..lines.len());
    leaves
}

/// Remarks that say the same of many pages are said once.
fn merge_remarks(found: Report, report: &mut Report) {
    let mut said = BTreeSet::new();
    let once = |one: &crate::report::Diagnostic| one.code != "html-dropped" || said.insert(one.message.clone());
    report.diagnostics.extend(found.diagnostics.into_iter().filter(once));
}
