//! Furniture in a text without page marks: lines that stand alone between paragraphs, where pages have ended unmarked.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::super::evidence;
use super::super::feet::is_rule;
use super::super::lines::{Lines, Role};
use super::super::marks;
use super::super::vocabulary::{Names, Vocabulary};
use super::head_line::may_have_number;
use super::{FurnitureKind, Guess, HeadLine, Headings, whole};

// How sure we are.
/// Its number counts the pages, and pages end where it stands.
const COUNTED: f32 = 0.93;
/// It says what a counted head says.
const REPEATED: f32 = 0.85;
/// With so many heads, at most, misread ones are compared.
const COMMON: usize = 48;
/// It says almost what a counted head says, and a paragraph is cut there.
const MISREAD: f32 = 0.8;
/// It says what a heading says, and a paragraph is cut there.
const NAMED: f32 = 0.7;

/// A line that stands alone.
struct Alone {
    line: usize,
    head: HeadLine,
    /// Whether something else shows that a page ends here: a cut paragraph, or notes above.
    ends_page: bool,
    /// Whether the text above and below are two halves of a paragraph.
    cut: bool,
    /// Whether it says what the heading of its own chapter says.
    chapter: bool,
}

pub fn guess(lines: &Lines, leaf: Range<usize>, known: &Headings, words: &Vocabulary, guessed: &mut Vec<Guess>) {
    let groups = lines.groups(leaf);
    let running = running(lines, &groups);
    let heads = heads(lines, &groups, known, |_| true);
    let between = Between { lines, groups: &groups, heads: &heads, running: &running };
    let alone = between.alone(words);
    let numbers: Vec<(usize, u32)> =
        alone.iter().enumerate().filter_map(|(at, one)| Some((at, one.head.folio.as_ref()?.1))).collect();
    let counted = rising(&numbers);
    let ends: Vec<(bool, bool)> = counted.iter().map(|&(at, _)| (alone[at].cut, alone[at].ends_page)).collect();
    let pages = steady(&counted) && are_pages(&ends);
    let counted: Vec<usize> = counted.into_iter().map(|(at, _)| at).collect();
    let counted: BTreeSet<usize> = if pages { counted.into_iter().collect() } else { BTreeSet::new() };
    let repeated: BTreeSet<&str> =
        counted.iter().map(|&at| alone[at].head.key.as_str()).filter(|key| !key.is_empty()).collect();
    let folios: BTreeSet<usize> = counted.iter().map(|&at| alone[at].line).collect();
    for (at, one) in alone.iter().enumerate() {
        let beside = pages && beside(lines, one.line, &folios);
        let confidence = match () {
            () if counted.contains(&at) => COUNTED,
            () if one.head.heading || !pages => continue,
            () if one.head.is_folio() => continue,
            () if repeated.contains(one.head.key.as_str()) && (one.ends_page || beside) => REPEATED,
            () if one.ends_page
                && repeated.iter().take(COMMON).any(|said| super::edges::are_alike(said, &one.head.key, false)) =>
            {
                MISREAD
            }
            () if one.chapter || known.is_named(lines.line(one.line)) && (one.ends_page || beside) => NAMED,
            () => continue,
        };
        let kind = if one.head.is_folio() { FurnitureKind::Folio } else { FurnitureKind::RunningHead };
        let folio = one.head.folio.as_ref().filter(|_| counted.contains(&at)).map(|(said, _)| said.clone());
        guessed.push(Guess { line: one.line, kind, folio, confidence });
    }
    // A heading that comes again and again beside the numbers of pages is no chapter's.
    for line in running.into_iter().filter(|&line| pages && beside(lines, line, &folios)) {
        guessed.push(Guess { line, kind: FurnitureKind::RunningHead, folio: None, confidence: REPEATED });
    }
}

/// Whether a line may be one that [`counts`] asks for its number. A heading is none.
pub fn may_be_numbered(line: &str) -> bool {
    !line.trim_start().starts_with('#') && may_have_number(line)
}

/// Whether lines stand between paragraphs that count pages. Asked of a whole text that is clean as a rule: only lines with numbers
/// are looked at, and what stands around them only where their numbers rise.
pub fn counts(lines: &Lines, groups: &[Range<usize>], known: &Headings, words: &impl Names) -> bool {
    let heads = heads(lines, groups, known, may_be_numbered);
    let number = |head: &Option<HeadLine>| head.as_ref().filter(|head| !head.heading)?.folio.as_ref().map(|(_, value)| *value);
    let numbers: Vec<(usize, u32)> = heads.iter().enumerate().filter_map(|(at, head)| Some((at, number(head)?))).collect();
    let counted = rising(&numbers);
    if !steady(&counted) {
        return false;
    }
    let running = running(lines, groups);
    let between = Between { lines, groups, heads: &heads, running: &running };
    let ends: Vec<(bool, bool)> = counted.iter().map(|&(at, _)| between.ends_page(at, words)).collect();
    are_pages(&ends)
}

/// Whether pages end at lines that count, of each of which is known whether it cuts a paragraph, and whether a page ends there. Numbers
/// that rise count chapters as well, and years: those stand where paragraphs end, pages end anywhere.
fn are_pages(counted: &[(bool, bool)]) -> bool {
    let cuts = counted.iter().filter(|(cut, _)| *cut).count();
    let ends = counted.iter().filter(|(_, ends)| *ends).count();
    cuts >= 2 && cuts * 5 >= counted.len() || ends * 2 >= counted.len() && ends >= 2
}

/// The groups of one line that could be furniture, of those whose line is `asked`.
fn heads(
    lines: &Lines,
    groups: &[Range<usize>],
    known: &Headings,
    asked: impl Fn(&str) -> bool,
) -> Vec<Option<HeadLine>> {
    let head = |group: &Range<usize>| {
        let line = lines.line(group.start);
        // What is set in is code, or verse.
        let single = group.len() == 1 && !lines.all[group.start].code && !is_rule(line) && !line.starts_with("    ");
        let head = if single && asked(line) { HeadLine::of(line, known) } else { None };
        head.filter(|_| known.is_named(line) || !is_item(line))
    };
    groups.iter().map(head).collect()
}

/// The groups of a text's lines, and which of them could be furniture.
struct Between<'a, 't> {
    lines: &'a Lines<'t>,
    groups: &'a [Range<usize>],
    heads: &'a [Option<HeadLine>],
    running: &'a BTreeSet<usize>,
}

impl Between<'_, '_> {
    /// The lines that stand alone and could be furniture.
    fn alone(&self, words: &impl Names) -> Vec<Alone> {
        let mut alone = Vec::new();
        let mut chapter = String::new();
        for (at, head) in self.heads.iter().enumerate() {
            let line = self.groups[at].start;
            let own = self.lines.line(line);
            if own.starts_with('#') && !self.lines.all[line].code {
                chapter = whole(own);
            }
            let Some(head) = head.as_ref().filter(|head| !head.heading) else { continue };
            let (cut, ends_page) = self.ends_page(at, words);
            alone.push(Alone { line, head: head.clone(), ends_page, cut, chapter: whole(own) == chapter });
        }
        alone
    }

    /// Whether the text around a line is cut there, and whether anything shows that a page ends.
    fn ends_page(&self, at: usize, words: &impl Names) -> (bool, bool) {
        let Self { lines, groups, heads, running } = self;
        let numbered = |n: usize| heads[n].as_ref().is_some_and(|head| head.folio.is_some() && !head.heading);
        let passed = |n: usize| numbered(n) || is_rule(lines.line(groups[n].start)) || running.contains(&groups[n].start);
        let above = (0..at).rev().find(|&n| !passed(n));
        let below = (at + 1..groups.len()).find(|&n| !passed(n));
        let text = |n: usize| &lines.text[lines.bytes(&groups[n])];
        let noted =
            above.is_some_and(|n| marks::opening(lines.line(groups[n].start)).is_some_and(|found| found.mark.form.is_strong()));
        let prose = |n: usize| !lines.line(groups[n].start).starts_with('#');
        let cut = match (above.filter(|&n| prose(n)), below.filter(|&n| prose(n))) {
            (Some(above), Some(below)) => !noted && is_cut(text(above), text(below), words),
            _ => false,
        };
        // Over the notes of the page stands the text that it cut.
        let over = above.filter(|_| !cut).and_then(|above| {
            let opens = |n: usize| marks::opening(lines.line(groups[n].start)).is_some();
            (0..=above).rev().take(NOTES).find(|&n| !opens(n)).filter(|&n| n < above && prose(n))
        });
        let cut = cut
            || matches!((over, below.filter(|&n| prose(n))), (Some(over), Some(below)) if is_cut(text(over), text(below), words));
        (cut, cut || noted)
    }
}

/// How many notes at a foot are passed over for the text above them.
const NOTES: usize = 12;

/// The headings that say again and again the same: the first of each is the chapter's own.
fn running(lines: &Lines, groups: &[Range<usize>]) -> BTreeSet<usize> {
    let mut said: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for group in groups.iter().filter(|group| group.len() == 1 && !lines.all[group.start].code) {
        let line = lines.line(group.start);
        if line.starts_with('#') {
            said.entry(whole(line)).or_default().push(group.start);
        }
    }
    said.into_values().filter(|places| places.len() >= AGAIN).flat_map(|places| places.into_iter().skip(1)).collect()
}

/// How often.
const AGAIN: usize = 3;

/// How many words a text has that a page's end may have cut.
const PROSE: usize = 8;

/// Whether prose stops in mid-sentence in one text and goes on in the other.
fn is_cut(above: &str, below: &str, words: &impl Names) -> bool {
    let open = match evidence::ending(above) {
        evidence::Ending::NoStop | evidence::Ending::Hyphen => true,
        // A dash ends lines of verse and letters.
        evidence::Ending::HalfStop => !above.trim_end().ends_with(['-', '–', '—', '―']),
        evidence::Ending::Initial | evidence::Ending::Abbreviation => true,
        evidence::Ending::Colon | evidence::Ending::Stop | evidence::Ending::Empty => false,
    };
    let prose = |text: &str| text.split_whitespace().nth(PROSE - 1).is_some();
    let begins = || !matches!(evidence::beginning(below, words), evidence::Beginning::Capital | evidence::Beginning::Speech);
    open && prose(above) && prose(below) && begins() && evidence::weigh(above, below, words) > 0.0
}

/// Items of lists and notes have numbers of their own; so has a speech its dash.
fn is_item(line: &str) -> bool {
    let line = line.trim_start();
    let speech = line.strip_prefix(['–', '—', '-']).is_some_and(|rest| rest.trim().chars().any(char::is_alphabetic));
    let strong =
        marks::opening(line).is_some_and(|opening| opening.mark.form != marks::Form::Bare && opening.text < line.len());
    let sentence = line.ends_with(['.', '!', '?', ':', ';', ',', '»', '”', '…']) && line.chars().any(char::is_lowercase);
    speech || strong || sentence
}

/// The longest run of lines whose numbers rise, of lines and their numbers.
fn rising(numbers: &[(usize, u32)]) -> Vec<(usize, u32)> {
    let mut tails: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = vec![None; numbers.len()];
    for (n, &(_, value)) in numbers.iter().enumerate() {
        let place = tails.partition_point(|&tail| numbers[tail].1 < value);
        before[n] = place.checked_sub(1).map(|place| tails[place]);
        match tails.get_mut(place) {
            Some(tail) => *tail = n,
            None => tails.push(n),
        }
    }
    let mut chain = Vec::new();
    let mut at = tails.last().copied();
    while let Some(n) = at {
        chain.push(numbers[n]);
        at = before[n];
    }
    chain.reverse();
    chain
}

/// Whether several numbers count as pages do: most steps are short, since few pages are lost.
fn steady(counted: &[(usize, u32)]) -> bool {
    let short = counted.windows(2).filter(|pair| pair[1].1 - pair[0].1 <= 4).count();
    counted.len() >= 2 && short * 3 >= (counted.len() - 1) * 2
}

/// Whether only blank lines stand between a line and a folio.
fn beside(lines: &Lines, line: usize, folios: &BTreeSet<usize>) -> bool {
    let solid = |at: &usize| lines.role(*at) != Role::Blank;
    let above = (0..line).rev().find(solid);
    let below = (line + 1..lines.len()).find(solid);
    [above, below].into_iter().flatten().any(|at| folios.contains(&at))
}
