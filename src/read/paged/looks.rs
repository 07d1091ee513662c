//! Whether a text is page-broken at all. Clean Markdown must never be taken for it: authors write rules, numbers and raised
//! figures, too, so that only what no author writes counts by itself.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::bibliography;
use super::dress::{self, Dress};
use super::evidence;
use super::feet::{self, is_rule};
use super::lines::Lines;
use super::marks::{self, Form};
use super::pages;
use super::vocabulary::Vocabulary;
use super::{endnotes, heads, interleaved, raised, seams, ways};

/// How many rules with notes behind them show pages: one ends many an article.
const RULED_NOTES: usize = 2;
/// A paragraph of fewer words is no prose: a verse, an address, an item.
const PROSE: usize = 12;

/// Whether the text has the marks of page-broken text.
pub fn looks_paged(text: &str) -> bool {
    let mut lines = Lines::of(text, 0);
    let marks = pages::found(&lines, None);
    if marks.iter().any(|(at, mark)| mark.is_sure() || cut_at(&lines, *at)) {
        return true;
    }
    if super::openiti::is_one(text)
        || super::frame::is_there(text)
        || heads::repeated::has_tags(&lines)
        || heads::repeated::repeats(&lines)
    {
        return true;
    }
    if heads::set_apart(&lines) >= SET_APART || has_scanners_hyphens(&lines) {
        return true;
    }
    let mut dress = Dress::of(&lines);
    if dress.inner_hyphens || dress.cuts_words() || dress.runs_on(&lines) {
        return true;
    }
    // Clean text seldom needs its dictionary, which costs as much as reading it.
    let words = LazyCell::new(|| Vocabulary::of(text));
    if dress.is_wrapped() {
        dress.learn(&lines, &words);
    }
    if dress.lost_hyphens {
        return true;
    }
    dress::mark_paragraphs(&mut lines, &dress);
    bibliography::mark(&mut lines);
    let groups = lines.groups(0..lines.len());
    let noted = ruled_notes(&lines, &groups);
    noted.len() >= RULED_NOTES
        || noted.iter().any(|&at| cut_over_notes(&lines, &groups, at))
        || has_notes(&lines, &groups)
        || endnotes::are_titled(&lines, &groups)
        || redefines_notes(&lines)
        || !seams::find(&lines, &dress, seams::Shown::Alone).is_empty()
        || heads::counts_pages(&mut lines, &words)
}

/// Whether notes of Markdown are defined anew under labels that the text has used and defined before, and no heading stands between: a
/// tool counts so on each page, and authors in each chapter.
fn redefines_notes(lines: &Lines) -> bool {
    if !defines_twice(lines) {
        return false;
    }
    let is_drawn = |line: &str| line.len() > 2 && line.bytes().all(|byte| matches!(byte, b'=' | b'-'));
    let is_heading =
        |at: usize, line: &str| line.starts_with('#') || is_drawn(line) && at > 0 && !lines.line(at - 1).trim().is_empty();
    // Where a label was called last, and the last heading before that.
    let mut called: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let (mut defined, mut anew): (BTreeMap<&str, usize>, usize) = (BTreeMap::new(), 0);
    let mut heading = 0;
    for at in (0..lines.len()).filter(|&at| !lines.all[at].code) {
        let line = lines.line(at);
        if is_heading(at, line) {
            heading = at;
        }
        if !line.contains("[^") {
            continue;
        }
        for (number, rest) in line.split("[^").enumerate().skip(1) {
            let Some((label, behind)) = rest.split_once(']') else { continue };
            if !(label.len() <= 3 && !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_digit())) {
                continue;
            }
            if number > 1 || !line.starts_with("[^") || !behind.starts_with(':') {
                called.insert(label, (at, heading));
            } else if let Some((call, heading)) = called.remove(label) {
                let before = defined.insert(label, at);
                anew += usize::from(before.is_some_and(|before| before < call && heading <= before));
            }
        }
    }
    anew > 0
}

/// So many lines that a tool calls heads or feet of pages show pages: one may be an example.
const SET_APART: usize = 2;

/// Whether line ends cut words with the sign that a scanner's program sets for a hyphen that is none of the word (`fig¬` / `ure`).
fn has_scanners_hyphens(lines: &Lines) -> bool {
    let cut = |at: &usize| {
        let stem = lines.line(*at).trim_end().strip_suffix('¬');
        stem.is_some_and(|stem| stem.ends_with(char::is_alphabetic))
            && lines.all.get(at + 1).is_some_and(|_| lines.line(at + 1).trim_start().starts_with(char::is_alphabetic))
    };
    lines.text.contains('¬') && (0..lines.len()).filter(|&at| !lines.all[at].code).filter(cut).nth(1).is_some()
}

/// Whether two lines define a note under one label.
fn defines_twice(lines: &Lines) -> bool {
    let mut defined = (0..lines.len()).filter_map(|at| {
        let (label, behind) = lines.line(at).strip_prefix("[^")?.split_once(']')?;
        behind.starts_with(':').then_some(label)
    });
    let mut known = BTreeSet::new();
    defined.any(|label| !known.insert(label))
}

/// Whether notes stand between paragraphs that call them, or together below those that raised marks call.
fn has_notes(lines: &Lines, groups: &[Range<usize>]) -> bool {
    let whole = 0..lines.len();
    let ways = ways::of(lines, std::slice::from_ref(&whole));
    let raised = raised::found(lines, groups);
    raised.shown || !interleaved::found(lines, &feet::units(lines, whole), ways, &raised).is_empty()
}

/// The rules that have notes behind them which the text before calls. Footnotes of Markdown are no sign: they are clean.
fn ruled_notes(lines: &Lines, groups: &[Range<usize>]) -> Vec<usize> {
    let mut found = Vec::new();
    let mut since = 0;
    for at in 1..groups.len() {
        let line = |n: usize| lines.line(groups[n].start);
        if !is_rule(line(at - 1)) || lines.all[groups[at].start].code {
            continue;
        }
        let Some(opening) = marks::opening(line(at)) else { continue };
        let text = &lines.text[lines.bytes(&(groups[since].start..groups[at - 1].start))];
        let raised = matches!(opening.mark.form, Form::Sup | Form::Raised | Form::Tex);
        let called = raised
            && marks::calls(text).iter().any(|call| call.mark.key == opening.mark.key && call.mark.form == opening.mark.form);
        if called {
            found.push(at - 1);
            since = at;
        }
    }
    found
}

/// Whether a page mark cuts a paragraph, or has notes above it.
fn cut_at(lines: &Lines, mark: usize) -> bool {
    let above = lines.groups(mark.saturating_sub(AROUND)..mark);
    let below = lines.groups(mark + 1..lines.len().min(mark + AROUND));
    let (Some(above), Some(below)) = (above.last(), below.first()) else { return false };
    let raised = |opening: &marks::Opening| matches!(opening.mark.form, Form::Sup | Form::Raised | Form::Tex);
    cut(lines, above, below) || lines.opening(above.start).is_some_and(raised)
}

/// Whether a line parts two halves of a sentence of prose.
pub fn cuts_prose(lines: &Lines, at: usize) -> bool {
    let above = lines.groups(at.saturating_sub(AROUND)..at);
    let below = lines.groups(at + 1..lines.len().min(at + AROUND));
    matches!((above.last(), below.first()), (Some(above), Some(below)) if cut(lines, above, below))
}

/// Whether the same holds where furniture and notes may stand between: folios, heads, and what opens with a mark.
pub fn cuts_page(lines: &Lines, at: usize) -> bool {
    let prose = |group: &Range<usize>| {
        let text = &lines.text[lines.bytes(group)];
        marks::opening(text).is_none() && text.split_whitespace().nth(PROSE).is_some()
    };
    let above = lines.groups(at.saturating_sub(AROUND)..at).into_iter().rev().find(prose);
    let below = lines.groups(at + 1..lines.len().min(at + AROUND)).into_iter().find(prose);
    matches!((above, below), (Some(above), Some(below)) if cut(lines, &above, &below))
}

/// How many lines around a mark are looked at.
const AROUND: usize = 60;

/// Whether the text before a rule with notes goes on behind them.
fn cut_over_notes(lines: &Lines, groups: &[Range<usize>], rule: usize) -> bool {
    let is_note = |at: &usize| lines.opening(groups[*at].start).is_some();
    let behind = (rule + 1..groups.len()).find(|at| !is_note(at));
    let (Some(before), Some(behind)) = (rule.checked_sub(1), behind) else { return false };
    cut(lines, &groups[before], &groups[behind])
}

/// Whether one group of lines is prose that stops in mid-sentence, and the other goes on with it.
fn cut(lines: &Lines, first: &Range<usize>, second: &Range<usize>) -> bool {
    let text = |group: &Range<usize>| &lines.text[lines.bytes(group)];
    let prose = |group: &Range<usize>| {
        let text = text(group);
        !lines.all[group.start].code
            && text.starts_with(|c: char| c.is_alphabetic() || matches!(c, '"' | '“' | '«' | '„' | '(' | '*' | '¿' | '¡'))
            && marks::opening(text).is_none()
            && !text.lines().any(|line| line.contains('|') || line.trim_start().starts_with(['-', '#', '>', '`', '$']))
            && text.split_whitespace().nth(PROSE).is_some()
    };
    let ends = || {
        matches!(
            evidence::ending(text(first)),
            evidence::Ending::NoStop | evidence::Ending::HalfStop | evidence::Ending::Hyphen
        )
    };
    // A small letter after a comma or a letter, in the second half: nothing weaker may call a text page-broken.
    let begins = || text(second).starts_with(char::is_lowercase);
    prose(first) && prose(second) && ends() && begins()
}
