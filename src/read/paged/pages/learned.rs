//! Page marks that no tool is known for: a line that comes again and again in the same dress, with a number that rises. The file
//! itself teaches what its marks look like; what page is called in many languages only helps.

use std::collections::BTreeMap;

use super::super::heads::may_have_number;
use super::super::lines::Lines;
use super::super::numbers;
use super::{Mark, Sort, words};

/// Longer lines are text.
const LONGEST: usize = 100;
/// By so much at most the numbers of two marks in a row differ: plates and blank pages leave gaps.
const STEP: u32 = 20;

/// A line, with its numbers taken out.
struct Shape {
    /// What all marks of one dress have in common: letters in lower case, `0` for a number, runs of a sign as three.
    key: String,
    numbers: Vec<Number>,
    /// Which number stands right beside a word for a page.
    beside: Option<usize>,
    worded: bool,
    /// Letters that say nothing of pages.
    letters: usize,
    dress: Dress,
}

/// A number of a line.
struct Number {
    said: String,
    value: u32,
    /// Of a leaf that is counted, which side it is.
    side: Option<u32>,
}

/// What sets a line off from text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dress {
    /// Signs on both sides: `--- … ---`, `[[…]]`, `{…}`.
    Signs,
    Heading,
    Plain,
}

/// Finds the marks that the text itself teaches, by line. `cut` says whether text stops in mid-sentence above a line and goes on
/// below it.
pub fn found(lines: &Lines, cut: &dyn Fn(usize) -> bool) -> Vec<(usize, Mark)> {
    let mut shapes: BTreeMap<String, Vec<(usize, Shape)>> = BTreeMap::new();
    for at in (0..lines.len()).filter(|&at| !lines.all[at].code) {
        let line = lines.line(at);
        if let Some(shape) = may_mark(line).then(|| shape(line)).flatten() {
            shapes.entry(shape.key.clone()).or_default().push((at, shape));
        }
    }
    let all = shapes.into_iter().filter_map(|(key, rows)| Some((key, series(lines, &rows, cut)?)));
    let mut all: Vec<(String, Vec<(usize, Mark)>)> = all.collect();
    // Of a page that is named at its head, a line that gives its number says it again.
    let says_number = |key: &str| key.contains("number");
    if all.iter().any(|(key, _)| !says_number(key)) {
        all.retain(|(key, _)| !says_number(key));
    }
    let mut found: Vec<(usize, Mark)> = all.into_iter().flat_map(|(_, marks)| marks).collect();
    found.sort_by_key(|(at, _)| *at);
    found
}

/// The marks of one dress, if their numbers rise and what stands around them is cut as pages cut it.
fn series(lines: &Lines, rows: &[(usize, Shape)], cut: &dyn Fn(usize) -> bool) -> Option<Vec<(usize, Mark)>> {
    let (_, first) = rows.first()?;
    if rows.len() < 2 {
        return None;
    }
    let rising: Vec<usize> = (0..first.numbers.len()).filter(|&n| rises(rows, n)).collect();
    let number = first.beside.filter(|n| rising.contains(n)).or_else(|| rising.first().copied())?;
    let cuts = rows.iter().filter(|(at, _)| cut(*at)).count();
    let shown = match (first.worded, first.dress) {
        // Nobody but a tool dresses a page's name so.
        (true, Dress::Signs) if first.letters <= 12 => true,
        (true, Dress::Signs) => cuts >= 1 || rows.len() >= 5,
        (true, Dress::Heading) if first.letters == 0 => cuts >= 1 || is_transcribed(lines),
        (true, Dress::Plain) if first.letters == 0 => cuts >= 1 && rows.len() >= 3,
        // A note names leaves and pages, too.
        (true, Dress::Heading | Dress::Plain) => false,
        (false, Dress::Signs) if first.letters == 0 => rows.len() >= 3 && cuts >= 2 && cuts * 4 >= rows.len(),
        (false, _) => false,
    };
    // A number alone between a folio's dashes is furniture, which knows its pages by itself.
    let bare =
        first.key.trim_start_matches(['-', '–', '—', '*', '·', '~', ' ']).trim_end_matches(['-', '–', '—', '*', '·', '~', ' ']);
    let folio = !first.worded && bare == "0" && !first.key.starts_with("***") && !first.key.starts_with("---");
    if !shown || folio {
        return None;
    }
    let behind = stands_behind(lines, rows, &first.key);
    let marks = rows.iter().map(|(at, shape)| {
        let Number { said, value, .. } = &shape.numbers[number];
        let said = said.trim_start_matches('0');
        let label = match behind && said.bytes().all(|byte| byte.is_ascii_digit()) {
            true => (value + 1).to_string(),
            false if behind => numbers::to_roman(value + 1, said),
            false => said.to_owned(),
        };
        let line = lines.all[*at];
        let sure = if cuts > 0 { super::TOOL_MARK } else { super::LEARNED_MARK };
        let last = behind && *at == rows[rows.len() - 1].0;
        let label = Some(label).filter(|label| !label.is_empty() && !last);
        (*at, Mark { label, range: line.start..line.end, confidence: sure, sort: Sort::Tool, ..Mark::default() })
    });
    Some(marks.collect())
}

/// So many words that line ends cut with a hyphen show lines of print.
const CUT_WORDS: usize = 2;

fn cut_words(lines: &Lines) -> usize {
    let cut = |at: &usize| {
        lines.all[*at].start < lines.all[*at].end
            && at + 1 < lines.len()
            && super::super::dress::is_cut(lines.line(*at), lines.line(at + 1))
    };
    (0..lines.len()).filter(|&at| !lines.all[at].code).filter(cut).count()
}

/// Whether a text says, as those do who transcribe pages, what cannot be read, or what the head of a page says.
fn is_transcribed(lines: &Lines) -> bool {
    ["[illegible", "[unleserlich", "[illisible", "[ilegible", "[illeggibile", "[неразборчиво"]
        .iter()
        .any(|sign| lines.text.contains(sign))
        || super::super::heads::set_apart(lines) > 0
        || cut_words(lines) >= CUT_WORDS
}

/// Whether the `n`th number rises through the rows, mostly by one.
fn rises(rows: &[(usize, Shape)], n: usize) -> bool {
    let is_leaf = rows.iter().any(|(_, shape)| shape.numbers[n].side.is_some());
    let value = |number: &Number| if is_leaf { number.value * 2 + number.side.unwrap_or(0) } else { number.value };
    let values: Vec<u32> = rows.iter().map(|(_, shape)| value(&shape.numbers[n])).collect();
    let pairs = values.len() - 1;
    let falls = values.windows(2).filter(|pair| pair[1] <= pair[0] || pair[1] - pair[0] > STEP).count();
    let ones = values.windows(2).filter(|pair| pair[1] == pair[0] + 1).count();
    falls * 12 <= pairs && ones * 2 >= pairs
}

/// Whether the marks stand behind the pages that they name, not before.
fn stands_behind(lines: &Lines, rows: &[(usize, Shape)], key: &str) -> bool {
    let says_end = ["end", "ende", "fin", "fim", "koniec"]
        .iter()
        .any(|word| key.split(|c: char| !c.is_alphabetic()).any(|own| own == *word));
    let text = |at: &usize| !lines.line(*at).trim().is_empty() && !super::super::feet::is_rule(lines.line(*at));
    let texts = |range: std::ops::Range<usize>| range.into_iter().filter(text).count();
    let (first, last) = (rows[0].0, rows[rows.len() - 1].0);
    let opens = rows[0].1.numbers.iter().any(|number| number.value == 1);
    let above = texts(0..first);
    says_end || (above >= 3 || above >= 1 && opens) && texts(last + 1..lines.len()) == 0
}

/// Whether a line could be one of [`series`]: it has a number, and names a page, or has no letters but those of fillers.
fn may_mark(line: &str) -> bool {
    let line = line.trim();
    // A row of a table: a page's name would fill one cell.
    let is_row = || line.strip_prefix('|').is_some_and(|row| row.trim_end_matches('|').contains('|'));
    // A native note cites pages.
    if line.len() > LONGEST || line.starts_with("[^") || is_row() || !may_have_number(line) {
        return false;
    }
    let (mut numbered, mut worded, mut lettered, mut named) = (false, false, false, false);
    for token in tokens(line) {
        let Some(first) = token.chars().next() else { continue };
        if numbers::digit(first).is_some() {
            (numbered, named) = (true, false);
        } else if first.is_alphabetic() {
            if named && numbers::roman(token).is_some() {
                (numbered, named) = (true, false);
                continue;
            }
            named = words::is_page_in_any_case(token);
            worded |= named;
            lettered |= !named && !words::is_filler_in_any_case(token) && (!numbered || numbers::side(token).is_none());
        }
    }
    numbered && (worded || !lettered)
}

fn shape(line: &str) -> Option<Shape> {
    let line = line.trim();
    // A tag says itself what it is, and a picture is one, whatever its file is called.
    if line.starts_with('<') && line.contains("</") || line.starts_with("<img") || line.starts_with("![") {
        return None;
    }
    // So does a work that is cited: `[@key, p. 4]`.
    if line.starts_with('@') || line.starts_with('[') && line.contains('@') {
        return None;
    }
    if line.len() > LONGEST || !line.contains(|c: char| numbers::digit(c).is_some() || c.is_alphabetic()) {
        return None;
    }
    let hashes = line.bytes().take_while(|byte| *byte == b'#').count();
    let heading = (1..=6).contains(&hashes) && line[hashes..].starts_with(' ') && !line.ends_with("##");
    let mut shape =
        Shape { key: String::new(), numbers: Vec::new(), beside: None, worded: false, letters: 0, dress: Dress::Plain };
    let mut named = false;
    let mut last: Option<char> = None;
    for token in tokens(line) {
        let first = token.chars().next()?;
        if first.is_alphabetic() {
            if last.is_some_and(|last| numbers::digit(last).is_some())
                && let (Some(side), Some(number)) = (numbers::side(token), shape.numbers.last_mut())
            {
                number.said.push_str(token);
                number.side = Some(side);
                last = Some(first);
                continue;
            }
            let lower = token.to_lowercase();
            let roman = if named { numbers::roman(token) } else { None };
            if let Some(value) = roman {
                shape.number(token, value, named);
                named = false;
                continue;
            }
            let is_word = words::is_page(&lower);
            named = is_word;
            shape.worded |= is_word;
            // In some languages the number comes first: `第12頁`.
            if is_word && shape.beside.is_none() && !shape.numbers.is_empty() {
                shape.beside = Some(shape.numbers.len() - 1);
            }
            if !is_word && !words::is_filler(&lower) {
                shape.letters += token.chars().count();
            }
            shape.key.push_str(&lower);
        } else if numbers::digit(first).is_some() {
            shape.number(token, numbers::value(token)?, named);
            named = false;
        } else if last != Some(first) || !shape.key.ends_with(&first.to_string().repeat(3)) {
            shape.key.push(first);
        }
        last = Some(first);
    }
    shape.dress = match () {
        () if heading => Dress::Heading,
        () if is_sign(line.chars().next()?) && is_sign(line.chars().next_back()?) => Dress::Signs,
        // `PageV01P012` and `PDF_page_2` are no words.
        () if shape.worded && !line.contains(' ') && shape.key.chars().next()?.is_alphabetic() && line.len() > 8 => {
            Dress::Signs
        }
        () => Dress::Plain,
    };
    (!shape.numbers.is_empty() && shape.letters <= 60).then_some(shape)
}

impl Shape {
    fn number(&mut self, said: &str, value: u32, named: bool) {
        if named && self.beside.is_none() {
            self.beside = Some(self.numbers.len());
        }
        self.numbers.push(Number { said: said.to_owned(), value, side: None });
        self.key.push('0');
    }
}

fn is_sign(c: char) -> bool {
    !c.is_alphanumeric()
        && !c.is_whitespace()
        && !matches!(c, '.' | ',' | ';' | '!' | '?' | '"' | '“' | '”' | '’' | '\'' | '|' | '$')
}

/// Runs of letters, runs of digits, and every other sign by itself.
fn tokens(line: &str) -> impl Iterator<Item = &str> {
    let kind = |c: char| match c {
        c if numbers::digit(c).is_some() => 1,
        c if c.is_alphabetic() => 2,
        _ => 0,
    };
    let mut rest = line;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let own = kind(first);
        let end = match own {
            0 => first.len_utf8(),
            _ => rest.find(|c| kind(c) != own).unwrap_or(rest.len()),
        };
        let token = &rest[..end];
        rest = &rest[end..];
        Some(token)
    })
}
