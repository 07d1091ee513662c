//! Furniture in a text without page marks: lines that stand alone between paragraphs, where pages have ended unmarked.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::super::evidence;
use super::super::feet::is_rule;
use super::super::lines::{Lines, Role};
use super::super::marks::{self, Form};
use super::super::vocabulary::{Names, Vocabulary};
use super::head_line::{self, may_have_number};
use super::{FurnitureKind, Guess, HeadLine, Headings};
use crate::read::clean::letters;

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
    ends: Ends,
    /// Whether it says what the heading of its own chapter says.
    chapter: bool,
    /// Whether lines in capitals, or beside a number, that stand alone say it again and again.
    again: bool,
}

/// What a line that stands alone parts.
#[derive(Clone, Copy)]
struct Ends {
    /// Whether something else shows that a page ends here: a cut paragraph, or notes above.
    page: bool,
    /// Whether the text above and below are two halves of a paragraph.
    cut: bool,
    /// Whether they may be: where nouns have capitals, one says nothing.
    may_cut: bool,
    /// Whether what is said again and again stands beside it.
    headed: bool,
    /// Whether a note stands above that the page calls.
    noted: bool,
}

pub fn guess(lines: &Lines, leaf: Range<usize>, known: &Headings, words: &Vocabulary, guessed: &mut Vec<Guess>) {
    let groups = lines.groups(leaf);
    let heads = heads(lines, &groups, known, |_| true);
    let between = Between::of(lines, &groups, &heads);
    let alone = between.alone(words);
    let numbers: Vec<(usize, u32)> =
        alone.iter().enumerate().filter_map(|(at, one)| Some((at, one.head.folio.as_ref()?.1))).collect();
    let counted = rising(&numbers);
    let places: Vec<usize> = counted.iter().map(|(at, _)| alone[*at].line).collect();
    let pages = steady(&counted) && !are_listed(lines, &places) && are_pages(counted.iter().map(|(at, _)| alone[*at].ends));
    let counted: Vec<usize> = counted.into_iter().map(|(at, _)| at).collect();
    let running = between.running;
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
            () if repeated.contains(one.head.key.as_str()) && (one.ends.page || beside) => REPEATED,
            () if one.again && beside => REPEATED,
            () if (one.ends.page || fills_gap(&counted, &alone, at))
                && repeated.iter().take(COMMON).any(|said| super::edges::are_alike(said, &one.head.key, false)) =>
            {
                MISREAD
            }
            () if one.chapter || known.is_named(lines.line(one.line)) && (one.ends.page || beside) => NAMED,
            () => continue,
        };
        let kind = if one.head.is_folio() { FurnitureKind::Folio } else { FurnitureKind::RunningHead };
        let folio = one.head.folio.as_ref().filter(|_| counted.contains(&at)).map(|(said, _)| said.clone());
        guessed.push(Guess { line: one.line, kind, folio, confidence });
    }
    for line in signatures(lines, &folios) {
        guessed.push(Guess { line, kind: FurnitureKind::Signature, folio: None, confidence: REPEATED });
    }
    for line in catchwords(lines, &folios) {
        guessed.push(Guess { line, kind: FurnitureKind::Catchword, folio: None, confidence: REPEATED });
    }
    // A heading that comes again and again beside the numbers of pages is no chapter's.
    for line in running.into_iter().filter(|&line| pages && beside(lines, line, &folios)) {
        guessed.push(Guess { line, kind: FurnitureKind::RunningHead, folio: None, confidence: REPEATED });
    }
}

/// Whether a line may be one that [`counts`] asks for its number. A heading is none, nor what is too long for a [`HeadLine`].
pub fn may_be_numbered(line: &str) -> bool {
    let line = line.trim();
    line.len() <= head_line::LONGEST_NAMED && !line.starts_with('#') && may_have_number(line)
}

/// Whether lines stand between paragraphs that count pages. Asked of a whole text that is clean as a rule: only lines with numbers
/// are looked at, and what stands around them only where their numbers rise.
pub fn counts(lines: &Lines, groups: &[Range<usize>], known: &Headings, words: &impl Names) -> bool {
    let numbered = heads(lines, groups, known, may_be_numbered);
    let number = |head: &Option<HeadLine>| head.as_ref().filter(|head| !head.heading)?.folio.as_ref().map(|(_, value)| *value);
    let numbers: Vec<(usize, u32)> = numbered.iter().enumerate().filter_map(|(at, head)| Some((at, number(head)?))).collect();
    let counted = rising(&numbers);
    let places: Vec<usize> = counted.iter().map(|(at, _)| groups[*at].start).collect();
    if !steady(&counted) || are_listed(lines, &places) {
        return false;
    }
    let heads = heads(lines, groups, known, |_| true);
    let between = Between::of(lines, groups, &heads);
    are_pages(counted.iter().map(|(at, _)| between.ends(*at, words)))
}

/// Whether pages end at lines that count. Numbers that rise count chapters as well, and years: those stand where paragraphs end, pages
/// end anywhere. Where most have a head beside them that comes again and again, few paragraphs need be cut: a manual's seldom are.
fn are_pages(counted: impl Iterator<Item = Ends>) -> bool {
    let (mut all, mut sure, mut may, mut ends, mut headed) = (0, 0, 0, 0, 0);
    for own in counted {
        all += 1;
        sure += usize::from(own.cut);
        may += usize::from(own.may_cut);
        ends += usize::from(own.noted || own.page && !own.may_cut);
        headed += usize::from(own.headed);
    }
    let cuts = if sure > 0 { sure + may } else { 0 };
    cuts >= 2 && (cuts * 5 >= all || headed * 2 >= all) || ends * 2 >= all && ends >= 2
}

/// The groups of one line that could be furniture, of those whose line is `asked`.
fn heads(lines: &Lines, groups: &[Range<usize>], known: &Headings, asked: impl Fn(&str) -> bool) -> Vec<Option<HeadLine>> {
    let head = |group: &Range<usize>| {
        let line = lines.line(group.start);
        // What is set in is code, or verse.
        let single = group.len() == 1 && !lines.all[group.start].code && !is_rule(line) && !line.starts_with("    ");
        let head = if single && asked(line) { HeadLine::of(line, known) } else { None };
        head.filter(|_| known.is_named(line) || !is_item(line) && !is_signature(line))
    };
    groups.iter().map(head).collect()
}

/// The groups of a text's lines, and which of them could be furniture.
struct Between<'a, 't> {
    lines: &'a Lines<'t>,
    groups: &'a [Range<usize>],
    heads: &'a [Option<HeadLine>],
    running: BTreeSet<usize>,
    /// How often each head without a number comes.
    said: BTreeMap<&'a str, usize>,
    /// Whether nouns have capitals, once that is asked.
    nouns: OnceCell<bool>,
}

impl<'a, 't> Between<'a, 't> {
    fn of(lines: &'a Lines<'t>, groups: &'a [Range<usize>], heads: &'a [Option<HeadLine>]) -> Self {
        let said = super::tally(heads.iter().flatten().filter(|head| head.folio.is_none()).map(|head| head.key.as_str()));
        Self { lines, groups, heads, running: running(lines, groups), said, nouns: OnceCell::new() }
    }

    /// The lines that stand alone and could be furniture.
    fn alone(&self, words: &impl Names) -> Vec<Alone> {
        let mut alone = Vec::new();
        let mut chapter = String::new();
        for (at, head) in self.heads.iter().enumerate() {
            let line = self.groups[at].start;
            let own = self.lines.line(line);
            if own.starts_with('#') && !self.lines.all[line].code {
                chapter = letters(own);
            }
            let Some(head) = head.as_ref().filter(|head| !head.heading) else { continue };
            let (ends, chapter) = (self.ends(at, words), letters(own) == chapter);
            alone.push(Alone { line, head: head.clone(), ends, chapter, again: self.again(at) });
        }
        alone
    }

    /// Whether lines in capitals, or beside a number, that stand alone say again and again what one says.
    fn again(&self, at: usize) -> bool {
        let often = |head: &HeadLine| self.said.get(head.key.as_str()).is_some_and(|&times| times >= 2);
        let head = |at: usize| self.heads.get(at)?.as_ref();
        let number = |at: usize| head(at).is_some_and(HeadLine::is_folio);
        let beside = || number(at + 1) || at > 0 && number(at - 1);
        head(at).is_some_and(|head| often(head) && (head.capitals || beside() && !head.is_numbered_text()))
    }

    /// What the line of a group parts.
    fn ends(&self, at: usize, words: &impl Names) -> Ends {
        let Self { lines, groups, heads, running, .. } = self;
        let numbered = |n: usize| heads[n].as_ref().is_some_and(|head| head.folio.is_some() && !head.heading);
        let signed = |n: usize| {
            let line = lines.line(groups[n].start);
            groups[n].len() == 1 && (is_signature(line) || is_letter(line))
        };
        let again = |n: usize| self.again(n);
        let marked = |n: usize| is_rule(lines.line(groups[n].start)) || running.contains(&groups[n].start);
        let caught = |n: usize| {
            let below = (n + 1..groups.len()).find(|&n| !numbered(n) && !again(n));
            groups[n].len() == 1 && below.is_some_and(|below| is_catchword(lines, groups[n].start, groups[below].start))
        };
        let passed = |n: usize| numbered(n) || signed(n) || again(n) || marked(n) || caught(n);
        let above = (0..at).rev().find(|&n| !passed(n));
        let below = (at + 1..groups.len()).find(|&n| !passed(n));
        let text = |n: usize| &lines.text[lines.bytes(&groups[n])];
        let noted = above.is_some_and(|n| lines.opening(groups[n].start).is_some_and(|found| found.mark.form.is_strong()));
        let called = !noted && numbered(at) && above.is_some_and(|n| self.is_called(n));
        let prose = |n: usize| !lines.line(groups[n].start).starts_with('#');
        let cut = match (above.filter(|&n| prose(n)), below.filter(|&n| prose(n))) {
            (Some(above), Some(below)) => !noted && is_cut(text(above), text(below), words),
            _ => false,
        };
        // Over the notes of the page stands the text that it cut.
        let over = above.filter(|_| !cut).and_then(|above| {
            let opens = |n: usize| lines.opening(groups[n].start).is_some();
            (0..=above).rev().take(NOTES).find(|&n| !opens(n)).filter(|&n| n < above && prose(n))
        });
        let cut = cut
            || matches!((over, below.filter(|&n| prose(n))), (Some(over), Some(below)) if is_cut(text(over), text(below), words));
        let pair = over.or(above.filter(|&n| !noted && prose(n))).zip(below.filter(|&n| prose(n)));
        let nouns = || *self.nouns.get_or_init(|| has_capital_nouns(lines));
        let may_cut =
            !cut && pair.is_some_and(|(above, below)| may_be_cut(lines, &groups[above], text(below), words) && nouns());
        let headed = again(at + 1) || at > 0 && again(at - 1);
        Ends { page: cut || noted || called || may_cut, cut, may_cut, headed, noted: noted || called }
    }

    /// Whether a group opens with a note's mark in brackets, or a symbol, that the text of its page calls.
    fn is_called(&self, at: usize) -> bool {
        let Self { lines, groups, heads, .. } = self;
        let found = lines.opening(groups[at].start).map(|found| &found.mark);
        let Some(mark) = found.filter(|mark| matches!(mark.form, Form::Paren | Form::HalfParen | Form::Symbol)) else {
            return false;
        };
        let of_page = |n: &usize| heads[*n].as_ref().is_none_or(|head| head.folio.is_none());
        let above = (0..at).rev().take(NOTES).take_while(of_page);
        above.into_iter().any(|n| {
            let calls = marks::calls(&lines.text[lines.bytes(&groups[n])]);
            calls.iter().any(|call| call.start > 0 && call.mark.key == mark.key && mark.form.answers(call.mark.form))
        })
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
            said.entry(letters(line)).or_default().push(group.start);
        }
    }
    said.into_values().filter(|places| places.len() >= AGAIN).flat_map(|places| places.into_iter().skip(1)).collect()
}

/// How often.
const AGAIN: usize = 3;

/// How many words a text has that a page's end may have cut.
const PROSE: usize = 8;
/// And the rest of a sentence that a small letter begins.
const LEAST: usize = 4;

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
    // A page may hold no more than a paragraph's end.
    let rest = below.starts_with(char::is_lowercase) && below.split_whitespace().nth(LEAST - 1).is_some();
    let begins = || !matches!(evidence::beginning(below, words), evidence::Beginning::Capital | evidence::Beginning::Speech);
    open && prose(above) && (rest || prose(below)) && begins() && evidence::weigh(above, below, words) > 0.0
}

/// Whether prose fills its last line and stops in mid-sentence, and a capital begins what stands below.
fn may_be_cut(lines: &Lines, above: &Range<usize>, below: &str, words: &impl Names) -> bool {
    let said = &lines.text[lines.bytes(above)];
    let length = |at: usize| lines.line(at).trim().chars().count();
    let measure = above.clone().map(length).max().unwrap_or(0);
    let full = above.len() >= 2 && length(above.end - 1) * 100 >= measure * FULL;
    let prose = |text: &str| text.split_whitespace().nth(PROSE - 1).is_some();
    full && evidence::ending(said) == evidence::Ending::NoStop
        && prose(said)
        && prose(below)
        && below.starts_with(char::is_uppercase)
        && evidence::weigh(said, below, words) > 0.0
}

/// How full, in hundredths, the last line is that a page's end cuts.
const FULL: usize = 85;

/// Whether capitals stand inside of lines as often as in German, where each noun has one.
fn has_capital_nouns(lines: &Lines) -> bool {
    let (mut all, mut capital) = (0, 0);
    for at in (0..lines.len()).filter(|&at| lines.role(at) == Role::Body && !lines.all[at].code) {
        let mut ended = true;
        for word in lines.line(at).split_whitespace() {
            if word.starts_with(char::is_alphabetic) && !ended {
                all += 1;
                capital += usize::from(word.starts_with(char::is_uppercase) && word.chars().skip(1).any(char::is_lowercase));
            }
            ended = word.ends_with(['.', '!', '?', ':', '“', '”', '«', '»']) || !word.chars().any(char::is_alphanumeric);
        }
    }
    all >= 40 && capital * 6 >= all
}

/// The lines that are marks of sheets, alone right above a number or head that counts pages: `A v`.
fn signatures(lines: &Lines, folios: &BTreeSet<usize>) -> Vec<usize> {
    let solid = |at: &usize| lines.role(*at) != Role::Blank;
    let above = |line: usize| (0..line).rev().find(solid);
    let is_mark = |line: &usize| {
        (is_signature(lines.line(*line)) || is_letter(lines.line(*line))) && above(*line).is_none_or(|at| at + 1 < *line)
    };
    folios.iter().filter_map(|&folio| above(folio).filter(|&at| at + 1 < folio)).filter(is_mark).collect()
}

/// The lines alone right above a number or head that counts pages which say the first word below it.
fn catchwords(lines: &Lines, folios: &BTreeSet<usize>) -> Vec<usize> {
    let solid = |at: &usize| lines.role(*at) != Role::Blank;
    let caught = |&folio: &usize| {
        let line = (0..folio).rev().find(solid)?;
        let below = (folio + 1..lines.len()).find(solid)?;
        let alone = (0..line).rev().find(solid).is_none_or(|at| at + 1 < line) && line + 1 < folio;
        (alone && !folios.contains(&line) && is_catchword(lines, line, below)).then_some(line)
    };
    folios.iter().filter_map(caught).collect()
}

/// Whether a line says the first word of another, and is none of a list.
fn is_catchword(lines: &Lines, line: usize, below: usize) -> bool {
    let tokens: Vec<&str> = lines.line(line).split_whitespace().collect();
    let word = tokens.len() <= 2 && !lines.line(line).starts_with('#') && !lines.all[line].code;
    let longer = lines.line(below).split_whitespace().nth(3).is_some();
    word && longer && super::foot_line::is_first_word(&tokens, &[lines.line(below)]).is_some()
}

/// Whether a line is a lone capital: the mark of a sheet's first leaf, where it is the last line of a page.
fn is_letter(line: &str) -> bool {
    let bare = line.trim().trim_end_matches('.');
    bare.chars().count() == 1 && bare.chars().all(char::is_uppercase)
}

/// Whether a line says a sheet's letter and a leaf in it, or a sheet's number with an asterisk, and nothing else.
fn is_signature(line: &str) -> bool {
    if line.trim().strip_suffix('*').is_some_and(|sheet| sheet.len() <= 2 && sheet.parse::<u32>().is_ok()) {
        return true;
    }
    let tokens: Vec<&str> = line.split_whitespace().collect();
    let leaf = tokens.len() == 2 || tokens.len() == 1 && line.contains(|c: char| c.is_ascii_digit());
    leaf && super::foot_line::signature(&tokens).is_some()
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

/// The longest run of lines whose numbers rise, by small steps if it can: of lines and their numbers.
pub fn rising(numbers: &[(usize, u32)]) -> Vec<(usize, u32)> {
    // Twice the length of the best run that ends with each, and one more for each small step.
    let mut best: Vec<(usize, Option<usize>)> = Vec::with_capacity(numbers.len());
    for (n, &(_, value)) in numbers.iter().enumerate() {
        let runs = (n.saturating_sub(NEIGHBOURS)..n).rev().filter(|&m| numbers[m].1 < value);
        let lengths = runs.map(|m| (best[m].0 + 2 + usize::from(value - numbers[m].1 <= STEP), Some(m)));
        best.push(lengths.fold((2, None), |best, own| if own.0 > best.0 { own } else { best }));
    }
    let mut chain = Vec::new();
    let mut at = (0..best.len()).max_by_key(|&n| (best[n].0, best.len() - n));
    while let Some(n) = at {
        chain.push(numbers[n]);
        at = best[n].1;
    }
    chain.reverse();
    chain
}

/// So many numbers before one are looked at for its neighbour in the run: notes and years stand between.
const NEIGHBOURS: usize = 64;
/// The numbers of most pages differ by no more.
const STEP: u32 = 2;

/// Whether several numbers count as pages do: most steps are short, since few pages are lost.
fn steady(counted: &[(usize, u32)]) -> bool {
    let short = counted.windows(2).filter(|pair| pair[1].1 - pair[0].1 <= 4).count();
    counted.len() >= 2 && short * 3 >= (counted.len() - 1) * 2
}

/// Whether numbers, in these lines, stand right below each other, with nothing between: no pages have no text.
fn are_listed(lines: &Lines, counted: &[usize]) -> bool {
    let empty = |above: usize, below: usize| (above + 1..below).all(|at| lines.role(at) == Role::Blank);
    let close = counted.windows(2).filter(|pair| empty(pair[0], pair[1])).count();
    close * 3 > counted.len()
}

/// Whether one number is missing between those that count pages before and behind a line.
fn fills_gap(counted: &BTreeSet<usize>, alone: &[Alone], at: usize) -> bool {
    let value = |at: &usize| alone[*at].head.folio.as_ref().map(|(_, value)| *value);
    let before = counted.range(..at).next_back().and_then(value);
    let behind = counted.range(at + 1..).next().and_then(value);
    matches!((before, behind), (Some(before), Some(behind)) if behind == before + 2)
}

/// Whether only blank lines stand between a line and a folio.
fn beside(lines: &Lines, line: usize, folios: &BTreeSet<usize>) -> bool {
    let solid = |at: &usize| lines.role(*at) != Role::Blank;
    let above = (0..line).rev().find(solid);
    let below = (line + 1..lines.len()).find(solid);
    [above, below].into_iter().flatten().any(|at| folios.contains(&at))
}
