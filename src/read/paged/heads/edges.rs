//! Furniture at the edges of pages whose ends are marked: the first and last lines between two marks.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::super::lines::{Lines, Role};
use super::super::looks;
use super::super::marks;
use super::super::numbers;
use super::{FurnitureKind, Guess, HeadLine, Headings, foot_line, tally};
use crate::read::clean::letters;

// How sure we are.
/// It repeats, and its number counts the pages.
const REPEATED_AND_COUNTED: f32 = 0.98;
const COUNTED: f32 = 0.95;
const REPEATED: f32 = 0.9;
/// It says what a heading says.
const NAMED: f32 = 0.8;
/// Only its place and its capitals speak for it, where most pages have a head.
const IN_PLACE: f32 = 0.6;
const LONE_FOLIO: f32 = 0.6;
const SIGNATURE: f32 = 0.7;

/// Only its likeness to the heads beside it, which a reader got wrong.
const MISREAD: f32 = 0.8;

/// How many lines at the head and at the foot of a page may be furniture.
const DEPTH: usize = 3;

/// A line at the edge of a page.
struct Edge {
    leaf: usize,
    line: usize,
    top: bool,
    head: HeadLine,
    /// What a heading says, without its number.
    whole: String,
    /// Whether it stands alone, blank lines or the page's end around it.
    alone: bool,
    /// Whether it is the first line of its page, or the last.
    outer: bool,
    /// Whether its page has hardly any text: that of a title, which heads may repeat, or a plate.
    bare: bool,
}

/// What stands between the page's edge and a line.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Stop {
    #[default]
    Nowhere,
    /// A heading of the text: the page's number may stand inside of it.
    Heading,
    Text,
}

pub fn guess(lines: &Lines, leaves: &[Range<usize>], known: &Headings, guessed: &mut Vec<Guess>) {
    let edges = edges(lines, leaves, known);
    let seen = Seen::of(lines, &edges, leaves.len());
    let mut stops: BTreeMap<(usize, bool), Stop> = BTreeMap::new();
    let mut headings = BTreeMap::<&str, usize>::new();
    let mut said = BTreeSet::<&str>::new();
    for edge in &edges {
        let times = headings.entry(if edge.head.heading { &edge.whole } else { &edge.head.key }).or_insert(0);
        *times += usize::from(edge.head.heading);
        let named = known.is_named(lines.line(edge.line));
        let opens = is_title(lines, edge, &seen, &mut said) || edge.top && !named && seen.opens_chapter(lines.line(edge.line));
        let stop = stops.entry((edge.leaf, edge.top)).or_default();
        let is_free = match stop {
            Stop::Nowhere => true,
            Stop::Heading => edge.head.is_folio() && seen.folios.count(edge),
            Stop::Text => false,
        };
        let sure = seen.sure(edge, *times, named);
        let Some(confidence) = sure.filter(|_| is_free && !opens) else {
            *stop = if *stop == Stop::Nowhere && edge.head.heading { Stop::Heading } else { Stop::Text };
            continue;
        };
        let alone = edge.head.is_folio() || edge.head.misread.is_some();
        let kind = if alone { FurnitureKind::Folio } else { FurnitureKind::RunningHead };
        let read = edge.head.folio.as_ref().filter(|_| seen.folios.count(edge) || edge.head.is_folio());
        // A number that its neighbours contradict was misread, by the scanner or the printer.
        let said = read.map(|(said, _)| said.clone());
        let folio = match (said, seen.folios.expected(edge.leaf)) {
            (Some(_), Some(expected)) if edge.head.folio.is_some() && !seen.folios.count(edge) => Some(expected),
            (None, Some(expected)) => Some(expected),
            (said, _) => said,
        };
        guessed.push(Guess { line: edge.line, kind, folio, confidence });
    }
    sheet_numbers(&edges, &seen.folios, guessed);
    foot_line::guess(lines, leaves, guessed);
}

/// Whether a head that says for the first time what those of the next pages say is the title itself, which goes on in a line of its kind:
/// `PREFACE`, then `TO THE READER`.
fn is_title<'e>(lines: &Lines, edge: &'e Edge, seen: &Seen, said: &mut BTreeSet<&'e str>) -> bool {
    let first = edge.top && said.insert(&edge.head.key);
    let below = || lines.all.get(edge.line + 1).filter(|line| line.role == Role::Body).map(|_| lines.line(edge.line + 1));
    let capitals = |line: &str| {
        let letters = || line.chars().filter(|c| c.is_alphabetic());
        let again = seen.tops.get(super::key_of(line).as_str()).is_some_and(|&times| times > 1);
        letters().nth(1).is_some() && letters().all(char::is_uppercase) && line.trim().chars().count() <= 40 && !again
    };
    let above = || (0..edge.line).rev().take(3).find(|&at| lines.role(at) != Role::Blank).map(|at| lines.line(at));
    // Behind the number of its chapter, which no other page bears, it is the chapter's.
    let opens = || above().is_some_and(|line| seen.opens_chapter(line));
    let named = edge.head.folio.is_none() && edge.head.misread.is_none();
    first && named && (edge.head.capitals && below().is_some_and(capitals) || opens())
}

/// What the edges of all pages have in common.
struct Seen<'e> {
    folios: Folios,
    /// How often a line comes at the head, and at the foot.
    tops: BTreeMap<&'e str, usize>,
    feet: BTreeMap<&'e str, usize>,
    /// The headings that come again word for word, where sentences go on over them.
    headings: BTreeSet<String>,
    /// What the numbered heads say.
    numbered: BTreeSet<&'e str>,
    /// The lines right above or below a number that counts the pages.
    beside: BTreeSet<usize>,
    /// The heads that come most often: what misread ones are compared with.
    centres: Vec<&'e str>,
    /// The lines that name a chapter by its number, and how often they stand at the head of a page.
    chapters: BTreeMap<String, usize>,
    leaves: usize,
    /// Whether most pages have a head.
    most: bool,
}

impl<'e> Seen<'e> {
    fn of(lines: &Lines, edges: &'e [Edge], leaves: usize) -> Self {
        let folios = Folios::of(edges);
        let keys = |top: bool| tally(edges.iter().filter(|edge| edge.top == top).map(|edge| edge.head.key.as_str()));
        let (tops, feet) = (keys(true), keys(false));
        let headings = running_headings(lines, edges);
        let counted = edges.iter().filter(|edge| folios.count(edge));
        let numbered: BTreeSet<&str> = counted.map(|edge| edge.head.key.as_str()).collect();
        let of_number = |pair: &[Edge]| match pair {
            [a, b] if a.leaf != b.leaf || a.top != b.top || a.head.heading || b.head.heading => None,
            [a, b] if b.head.is_folio() && folios.count(b) => Some(a.line),
            [a, b] if a.head.is_folio() && folios.count(a) => Some(b.line),
            _ => None,
        };
        let beside = edges.windows(2).filter_map(of_number).collect();
        let mut common: Vec<(usize, &str)> =
            tops.iter().filter(|(key, times)| **times >= 2 && key.len() >= 3).map(|(key, times)| (*times, *key)).collect();
        common.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
        let centres: Vec<&str> = common.into_iter().take(CENTRES).map(|(_, key)| key).collect();
        let mut chapters = BTreeMap::new();
        for line in edges.iter().filter(|edge| edge.top).map(|edge| lines.line(edge.line)).filter(|line| is_chapter(line)) {
            *chapters.entry(letters(line)).or_insert(0) += 1;
        }
        let mut seen = Self { folios, tops, feet, headings, numbered, beside, centres, chapters, leaves, most: false };
        let headed: BTreeSet<usize> =
            edges.iter().filter(|edge| edge.top && seen.sure(edge, 2, false).is_some()).map(|edge| edge.leaf).collect();
        seen.most = headed.len() * 2 >= leaves && headed.len() >= 3;
        seen
    }

    /// Whether a line names a chapter by its number, and no other page bears it: it is the chapter's first, not a head.
    fn opens_chapter(&self, line: &str) -> bool {
        !self.chapters.is_empty() && self.chapters.get(&letters(line)) == Some(&1)
    }

    /// How sure it is that a line is furniture; none: it is text.
    fn sure(&self, edge: &Edge, seen: usize, named: bool) -> Option<f32> {
        let head = &edge.head;
        let times = |keys: &BTreeMap<&str, usize>| keys.get(head.key.as_str()).copied().unwrap_or(0);
        if head.heading {
            // A running head that a tool took for a heading comes again and again; the first is the heading itself.
            return (self.headings.contains(&edge.whole) && seen > 1).then_some(REPEATED);
        }
        let times = times(if edge.top { &self.tops } else { &self.feet });
        let counts = self.folios.count(edge);
        // Lines of text repeat as well, the last of paragraphs above all: a head has capitals, a number, or a heading's words.
        let beside = edge.alone && self.beside.contains(&edge.line) && !head.is_numbered_text();
        let like_a_head = head.capitals || named || beside || self.numbered.contains(head.key.as_str());
        let enough = edge.alone || times >= 3;
        if head.is_folio() {
            let lone = edge.alone && self.folios.is_empty();
            return if counts {
                Some(COUNTED)
            } else if lone {
                Some(LONE_FOLIO)
            } else if self.is_misnumbered(edge) {
                Some(MISREAD)
            } else {
                self.misread(edge)
            };
        }
        match (counts, times >= 2) {
            (true, true) if head.is_short() || enough => Some(REPEATED_AND_COUNTED),
            (true, false) if edge.alone && (head.capitals || named || !head.is_numbered_text()) => Some(COUNTED),
            (false, true) if like_a_head && enough => Some(REPEATED),
            (false, true) if times * 4 >= self.leaves && times >= 3 && (edge.alone || times >= 5 && head.key.len() >= 5) => {
                Some(REPEATED)
            }
            (true, false) if edge.top && edge.outer && self.is_outside(edge) => Some(COUNTED),
            _ if edge.leaf > 0 && edge.top && edge.alone && named => Some(NAMED),
            _ => self.misread(edge),
        }
    }

    /// Whether a line that stands right above the text bears the page's number at the outer side, in a row of numbers that count every leaf:
    /// heads of sections change from page to page.
    fn is_outside(&self, edge: &Edge) -> bool {
        let head = &edge.head;
        let row = &self.folios.chain;
        let counts = row
            .iter()
            .zip(row.iter().skip(1))
            .all(|((leaf, (value, _)), (next, (above, _)))| above.checked_sub(*value) == u32::try_from(next - leaf).ok());
        // A chapter's number may be its page's, by chance, where both are low.
        let low = head.folio.as_ref().is_none_or(|(_, value)| *value < 10);
        let chapter = CHAPTERS.contains(&head.key.as_str());
        head.outside
            && !chapter
            && head.is_short()
            && !head.is_numbered_text()
            && counts
            && row.len() >= if low { LOW } else { ROW }
    }

    /// Whether a number alone at the page's edge stands where nearly every page has its own, and is only a wrong one: printers
    /// miscount.
    fn is_misnumbered(&self, edge: &Edge) -> bool {
        let most = self.folios.chain.len() * 4 >= self.leaves * 3 && self.folios.chain.len() >= 4;
        most && edge.alone && edge.outer && self.folios.stands(edge.top) && !self.folios.chain.contains_key(&edge.leaf)
    }

    /// A line that is almost what the heads beside it say, or stands where the number must stand.
    fn misread(&self, edge: &Edge) -> Option<f32> {
        let head = &edge.head;
        if let Some(said) = &head.misread {
            let expected = self.folios.expected(edge.leaf)?;
            return (self.folios.stands(edge.top) && (edge.alone || looks_like(said, &expected))).then_some(MISREAD);
        }
        let counts = self.folios.count(edge);
        // Lines are compared last: that costs more than all else.
        let stands = edge.alone || counts || head.capitals || self.most && edge.outer && head.is_short();
        let alike = stands
            && edge.top
            && (counts || !edge.bare)
            && head.key.len() >= 3
            && self.centres.iter().any(|centre| *centre != head.key && are_alike(centre, &head.key, counts));
        if alike {
            return Some(MISREAD);
        }
        (self.most && edge.top && edge.alone && !edge.bare && head.capitals && !head.heading).then_some(IN_PLACE)
    }
}

/// What chapters and other parts of a book are called, in lower case.
const CHAPTERS: &[&str] = &[
    "chapter",
    "chap",
    "capítulo",
    "capitulo",
    "cap",
    "kapitel",
    "chapitre",
    "capitolo",
    "hoofdstuk",
    "rozdział",
    "kapitola",
    "глава",
    "розділ",
    "κεφάλαιο",
    "book",
    "part",
    "section",
    "teil",
    "abschnitt",
    "livre",
    "partie",
    "libro",
    "parte",
    "caput",
    "liber",
    "letter",
    "lettre",
    "brief",
    "carta",
    "lettera",
    "письмо",
    "sermon",
    "predigt",
    "canto",
    "chant",
];

/// `Chapter 3`: a part's name and its number, and nothing else.
fn is_chapter(line: &str) -> bool {
    let mut tokens = line.split_whitespace();
    let name = tokens.next().map(super::key_of).filter(|name| CHAPTERS.contains(&name.as_str()));
    let number = tokens.next().and_then(|said| numbers::value(said.trim_end_matches(['.', ':'])));
    name.is_some() && number.is_some() && tokens.next().is_none()
}

/// So many numbers that count every leaf are a row; where they are low, more.
const ROW: usize = 3;
const LOW: usize = 5;

/// How often a heading comes again that is a running head.
const RUNNING: usize = 3;

/// The headings at the head of several pages over which sentences go on: chapters may be called alike, but they begin with a sentence.
fn running_headings(lines: &Lines, edges: &[Edge]) -> BTreeSet<String> {
    let mut found: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for edge in edges.iter().filter(|edge| edge.top && edge.head.heading) {
        let (times, cuts) = found.entry(&edge.whole).or_default();
        *times += 1;
        *cuts += usize::from(looks::cuts_page(lines, edge.line));
    }
    let running = found.into_iter().filter(|(_, (times, cuts))| *times >= RUNNING && *cuts > 0 && cuts * 4 >= times - 1);
    running.map(|(whole, _)| whole.to_owned()).collect()
}

/// With so many heads misread ones are compared.
const CENTRES: usize = 24;

/// Whether two heads differ by what a scanner misreads: a letter in four, where both are as long as heads are.
pub fn are_alike(centre: &str, key: &str, counts: bool) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (centre.chars().collect(), key.chars().collect());
    let longer = a.len().max(b.len());
    let most = if counts { longer * 2 / 5 } else { longer / 4 };
    a.len().abs_diff(b.len()) <= most && longer >= 4 && are_near(&a, &b, most.max(1))
}

/// Whether Levenshtein's distance is no more than `most`: as soon as it must be more, no further letter is looked at.
fn are_near(a: &[char], b: &[char], most: usize) -> bool {
    // Of two texts that differ in so much, each has that many letters that the other lacks.
    let lacks = |own: &[char], other: &[char]| {
        let mut counts = [0i32; 64];
        own.iter().for_each(|c| counts[*c as usize % 64] += 1);
        other.iter().for_each(|c| counts[*c as usize % 64] -= 1);
        counts.into_iter().filter(|count| *count > 0).sum::<i32>() as usize
    };
    if lacks(a, b).max(lacks(b, a)) > most {
        return false;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        // Further from the diagonal all ways are longer than that.
        let (from, to) = (i.saturating_sub(most), b.len().min(i + most + 1));
        let mut corner = row[from];
        row[from] = if from == 0 { i + 1 } else { usize::MAX - 1 };
        let mut least = row[from];
        for j in from..to {
            let above = if j == i + most { usize::MAX - 1 } else { row[j + 1] };
            row[j + 1] = (corner + usize::from(*x != b[j])).min(above + 1).min(row[j] + 1);
            least = least.min(row[j + 1]);
            corner = above;
        }
        if least > most {
            return false;
        }
    }
    row[b.len()] <= most
}

/// Levenshtein's distance.
pub fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = (corner + usize::from(x != y)).min(above + 1).min(row[j] + 1);
            corner = above;
        }
    }
    row[b.len()]
}

/// Whether a misread number could be the expected one: as long, or nearly, and with a digit of it in its place.
fn looks_like(said: &str, expected: &str) -> bool {
    let near = said.chars().count().abs_diff(expected.chars().count()) <= 1;
    near && (said.chars().zip(expected.chars()).any(|(a, b)| a == b) || expected.chars().count() <= 2)
}

/// The numbers of the pages: those that rise with the leaves.
struct Folios {
    /// By leaf: the number, and whether it is Roman.
    chain: BTreeMap<usize, (u32, bool)>,
    tops: usize,
    bottoms: usize,
}

impl Folios {
    /// The longest row of numbers that rise no faster than the leaves do. Rectos alone may be numbered, plates may be left out.
    fn of(edges: &[Edge]) -> Self {
        let mut numbers: Vec<(usize, u32, bool, bool, bool)> = Vec::new();
        for edge in edges {
            if let Some((said, value)) = &edge.head.folio {
                let roman = said.chars().any(char::is_alphabetic);
                numbers.push((edge.leaf, *value, roman, edge.top, edge.head.is_folio()));
            }
        }
        numbers.sort();
        // For each number the best row that ends with it. Only near ones can be its neighbours: a thousand pages have no more.
        let mut best: Vec<(f32, Option<usize>)> = Vec::with_capacity(numbers.len());
        for (n, &(leaf, value, roman, _, bare)) in numbers.iter().enumerate() {
            let own = if bare { 1.0 } else { 0.8 };
            let mut found = (own, None);
            for m in (0..n).rev().take(NEIGHBOURS) {
                let (before, lower, kind, _, _) = numbers[m];
                let leaves = leaf - before;
                let fits = leaves > 0
                    && if roman == kind {
                        value > lower && (value - lower) as usize <= leaves + 2 + leaves / 4
                    } else {
                        kind && value <= leaves as u32 + 4
                    };
                let even = if roman == kind && (value.wrapping_sub(lower)) as usize == leaves { 0.5 } else { 0.0 };
                if fits && best[m].0 + own + even > found.0 {
                    found = (best[m].0 + own + even, Some(m));
                }
            }
            best.push(found);
        }
        let mut chain = BTreeMap::new();
        let (mut tops, mut bottoms) = (0, 0);
        let mut at = (0..best.len()).max_by(|&a, &b| best[a].0.total_cmp(&best[b].0).then(b.cmp(&a)));
        while let Some(n) = at {
            let (leaf, value, roman, top, _) = numbers[n];
            chain.insert(leaf, (value, roman));
            if top {
                tops += 1
            } else {
                bottoms += 1
            }
            at = best[n].1;
        }
        if chain.len() < 2 || !rises_evenly(&chain) {
            chain.clear();
        }
        Self { chain, tops, bottoms }
    }

    fn is_empty(&self) -> bool {
        self.chain.is_empty()
    }

    /// Whether the number that a line says is its leaf's.
    fn count(&self, edge: &Edge) -> bool {
        let said = edge.head.folio.as_ref().map(|(_, value)| value);
        self.chain.get(&edge.leaf).is_some_and(|(known, _)| said == Some(known))
    }

    /// Whether numbers stand at this edge of pages.
    fn stands(&self, top: bool) -> bool {
        if top { self.tops * 3 >= self.bottoms } else { self.bottoms * 3 >= self.tops }
    }

    /// The number that a leaf must have: those before it and behind it say the same.
    fn expected(&self, leaf: usize) -> Option<String> {
        if let Some((value, roman)) = self.chain.get(&leaf) {
            return Some(if *roman { numbers::to_roman(*value, "i") } else { value.to_string() });
        }
        let before = self
            .chain
            .range(..leaf)
            .next_back()
            .map(|(at, (value, roman))| (i64::from(*value) + (leaf - at) as i64, *roman, leaf - at));
        let behind = self
            .chain
            .range(leaf..)
            .next()
            .map(|(at, (value, roman))| (i64::from(*value) - (at - leaf) as i64, *roman, at - leaf));
        let (value, roman) = match (before, behind) {
            (Some((a, kind, _)), Some((b, other, _))) if a == b && kind == other => (a, kind),
            (Some((a, kind, 1..=2)), None) => (a, kind),
            (None, Some((b, kind, 1..=2))) => (b, kind),
            _ => return None,
        };
        let value = u32::try_from(value).ok().filter(|value| *value > 0)?;
        Some(if roman { numbers::to_roman(value, "i") } else { value.to_string() })
    }
}

/// So many numbers before one are looked at for its neighbour in the row.
const NEIGHBOURS: usize = 24;

/// Whether most steps of a row are one page a leaf, or one in two: other numbers only happen to rise.
fn rises_evenly(chain: &BTreeMap<usize, (u32, bool)>) -> bool {
    let rows: Vec<(usize, u32)> = chain.iter().map(|(leaf, (value, _))| (*leaf, *value)).collect();
    let steps = rows.len() - 1;
    let even = rows.windows(2).filter(|pair| pair[1].1.wrapping_sub(pair[0].1) as usize == pair[1].0 - pair[0].0).count();
    let half = rows.windows(2).filter(|pair| 2 * pair[1].1.wrapping_sub(pair[0].1) as usize == pair[1].0 - pair[0].0).count();
    even * 2 >= steps || half * 3 >= steps * 2 && steps >= 3
}

/// A page of no more lines, and of no more words in them, has hardly any text.
const BARE: usize = 4;
const BARE_WORDS: usize = 20;

/// The lines at the edges of pages that could be furniture: from the edge inwards.
fn edges(lines: &Lines, leaves: &[Range<usize>], known: &Headings) -> Vec<Edge> {
    let mut edges = Vec::new();
    for (leaf, within) in leaves.iter().enumerate() {
        let body: Vec<usize> = within.clone().filter(|&at| lines.role(at) == Role::Body && !lines.all[at].code).collect();
        let words = |at: &usize| lines.line(*at).split_whitespace().count();
        let bare = body.len() <= BARE && body.iter().map(words).sum::<usize>() <= BARE_WORDS;
        let blank = |at: usize| !within.contains(&at) || lines.role(at) != Role::Body;
        let mut edge = |line: usize, top: bool| {
            let alone = line.checked_sub(1).is_none_or(blank) && blank(line + 1);
            let Some(head) = HeadLine::of(lines.line(line), known) else { return false };
            if !top && !head.is_folio() && is_called(lines, within, lines.line(line)) {
                return false;
            }
            let outer = if top { Some(&line) == body.first() } else { Some(&line) == body.last() };
            let mut whole = if head.heading { letters(lines.line(line)) } else { String::new() };
            whole.retain(|c| c.is_alphabetic());
            edges.push(Edge { leaf, line, top, head, whole, alone, outer, bare });
            true
        };
        let top = body.iter().take(DEPTH.min(body.len())).take_while(|&&line| edge(line, true)).count();
        let rest = &body[top.min(body.len())..];
        rest.iter().rev().take(DEPTH).take_while(|&&line| edge(line, false)).for_each(drop);
    }
    edges
}

/// Whether a line at the foot of a page opens with the number of a note that the page calls.
fn is_called(lines: &Lines, leaf: &Range<usize>, line: &str) -> bool {
    let Some(opening) = marks::opening(line) else { return false };
    let calls = marks::calls(&lines.text[lines.bytes(leaf)]);
    calls.iter().any(|call| call.mark.key == opening.mark.key && opening.mark.form.answers(call.mark.form))
}

/// Printers of the nineteenth century number the sheets: `31` at the foot of a page whose own number stands at its head.
fn sheet_numbers(edges: &[Edge], folios: &Folios, guessed: &mut Vec<Guess>) {
    if folios.is_empty() || folios.stands(false) {
        return;
    }
    let claimed: BTreeSet<usize> = guessed.iter().map(|guess| guess.line).collect();
    let lone = |edge: &&Edge| {
        !edge.top && edge.head.is_folio() && !claimed.contains(&edge.line) && folios.chain.contains_key(&edge.leaf)
    };
    let mut seen = BTreeSet::new();
    let feet: Vec<&Edge> = edges.iter().filter(lone).filter(|edge| seen.insert(edge.leaf)).collect();
    let values: Vec<u32> = feet.iter().filter_map(|edge| Some(edge.head.folio.as_ref()?.1)).collect();
    let rising =
        values.len() >= 2 && values.windows(2).all(|pair| pair[0] <= pair[1] && pair[1] - pair[0] <= 1 + (feet.len() as u32));
    if rising {
        guessed.extend(feet.iter().map(|edge| Guess {
            line: edge.line,
            kind: FurnitureKind::Signature,
            folio: None,
            confidence: SIGNATURE,
        }));
    }
}
