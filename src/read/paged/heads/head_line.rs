//! One line, read as a running head or a folio.

use super::super::floats;
use super::super::marks::{self, Form};
use super::super::numbers;
use super::super::pages::words;
use super::Headings;
use crate::bytes;

/// A short line as furniture would be: words, a number, or both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeadLine {
    /// Its letters in lower case, without the number: what a running head repeats on every page.
    pub key: String,
    /// The page's number as it is written, and its value.
    pub folio: Option<(String, u32)>,
    /// Whether the text marks it as a heading.
    pub heading: bool,
    /// Whether its letters are capitals.
    pub capitals: bool,
    /// Whether the page's number stands where it does on a page of its kind: before the words on a verso, behind them on a recto.
    pub outside: bool,
    /// A lone sign that may be a number which the scanner got wrong: `s0`, `1$`.
    pub misread: Option<String>,
    /// Whether it looks like an item of a list, or a sentence.
    item: bool,
    /// How many words it has.
    words: usize,
}

/// Longer lines are text, unless a heading says the same.
const LONGEST: usize = 84;
pub const LONGEST_NAMED: usize = 400;

impl HeadLine {
    /// Reads a line as furniture; none: it is text by its looks.
    pub fn of(line: &str, known: &Headings) -> Option<Self> {
        let line = line.trim();
        let short = || line.len() <= LONGEST || line.chars().nth(LONGEST).is_none() || known.is_named(line);
        if line.is_empty() || line.len() > LONGEST_NAMED || !short() || line.starts_with(['>', '|', '`', '!', '$']) {
            return None;
        }
        if floats::is_caption(line) || floats::is_equation_number(line) && line.contains('.') {
            return None;
        }
        // Notes open with marks that are raised or bracketed; a head's number is neither.
        let note = marks::opening(line).is_some_and(|opening| {
            !matches!(opening.mark.form, Form::Bare | Form::Dot) && line[opening.text..].chars().any(char::is_alphabetic)
        });
        if note {
            return None;
        }
        let heading = line.starts_with('#');
        let bare = line.trim_start_matches('#').trim_matches(DECORATION);
        let mut tokens: Vec<&str> = bare.split_whitespace().filter(|token| token.chars().any(char::is_alphanumeric)).collect();
        let folio = if known.has_whole(bare) || is_signature(&tokens) { None } else { folio(&mut tokens) };
        let key = key_of(&tokens.join(" "));
        let misread = if folio.is_none() && !heading && tokens.len() <= 1 { misread(bare) } else { None };
        if key.is_empty() && (folio.is_none() && misread.is_none() || heading) {
            return None;
        }
        let words = tokens.len();
        let any = |is: fn(char) -> bool| tokens.iter().any(|token| token.chars().any(is));
        let capitals = any(char::is_uppercase) && !any(char::is_lowercase);
        let numbered = marks::opening(line).is_some_and(|opening| matches!(opening.mark.form, Form::Dot | Form::HalfParen));
        let item = numbered || line.ends_with(['.', ',', ';', ':']) && any(char::is_lowercase) && tokens.len() > 4;
        let ends = [bare.split_whitespace().next_back(), bare.split_whitespace().next()];
        let outside = folio.as_ref().is_some_and(|(said, value)| {
            ends[usize::from(value % 2 == 0)].is_some_and(|token| token.trim_matches(DECORATION) == said.as_str())
        });
        Some(Self { key, folio, heading, capitals, outside, misread, item, words })
    }

    /// The key of a line without its number.
    pub fn bare_key(line: &str) -> String {
        let mut tokens: Vec<&str> = line.split_whitespace().filter(|token| token.chars().any(char::is_alphanumeric)).collect();
        folio(&mut tokens);
        key_of(&tokens.join(" "))
    }

    /// The key of what a line says behind a word and a number, as `Chapter 3: Of Salt` does; empty: it has none.
    pub fn title_key(line: &str) -> String {
        let mut tokens = line.split_whitespace();
        let word = tokens.next().filter(|word| word.chars().all(char::is_alphabetic));
        let number = tokens.next().filter(|said| numbers::value(said.trim_end_matches([':', '.', ',', ')'])).is_some());
        match word.zip(number) {
            Some(_) => key_of(&tokens.collect::<Vec<_>>().join(" ")),
            None => String::new(),
        }
    }

    /// Whether it opens with a number and a stop, as an item of a list does, or goes on as a sentence does.
    pub fn is_numbered_text(&self) -> bool {
        self.item
    }

    /// Whether it has no more words than a head has.
    pub fn is_short(&self) -> bool {
        self.words <= 8
    }

    /// Whether it says nothing but a page's number.
    pub fn is_folio(&self) -> bool {
        self.key.is_empty() && self.folio.is_some()
    }
}

/// `A v`, `B 2`, `Cc iij`: a sheet's letter and the number of a leaf in it, which is no page's.
fn is_signature(tokens: &[&str]) -> bool {
    let [letter, leaf] = tokens else { return false };
    let mut letters = letter.trim_end_matches('.').chars();
    let first = letters.next().filter(|c| c.is_uppercase());
    let same =
        first.is_some_and(|first| letters.clone().count() <= 2 && letters.all(|c| c.to_lowercase().eq(first.to_lowercase())));
    let leaf = leaf.trim_end_matches('.').replace('j', "i");
    same && numbers::value(&leaf).is_some_and(|leaf| leaf <= 12)
}

/// What printers set around folios and heads, and Markdown around words.
const DECORATION: [char; 17] = ['*', '_', '-', '–', '—', '·', '•', '|', '[', ']', '(', ')', '~', '.', ' ', '—', '='];

/// Takes the page's number from a line: `Page 12 of 300`, `2 of 29`, else the one at either end.
fn folio(tokens: &mut Vec<&str>) -> Option<(String, u32)> {
    let bare = |token: &str| token.trim_matches(['[', ']', '(', ')', '.', ',', ':', '-', '–', '—', '|', '*', '•']).to_owned();
    let number = |token: &str, alone: bool| {
        may_have_number(token).then_some(())?;
        let bare = bare(token);
        let value = numbers::value(&bare).filter(|_| !bare.contains(|c| numbers::superscript(c).is_some()))?;
        let roman = bare.chars().any(char::is_alphabetic);
        let fits = !roman || alone && bare.len() > 1 || bare.bytes().all(|byte| byte.is_ascii_lowercase());
        (fits && value > 0 && value < 10_000).then_some((bare, value))
    };
    let lower = |n: usize| tokens.get(n).map(|token| bare(token).to_lowercase()).unwrap_or_default();
    // What is counted, and of how many: `2 of 29`, `Seite 2 von 29`.
    let of = (1..tokens.len().saturating_sub(1)).rev().find(|&n| {
        number(tokens[n - 1], false).is_some() && number(tokens[n + 1], false).is_some() && words::is_filler(&lower(n))
    });
    let named = (1..tokens.len()).rev().find(|&n| number(tokens[n], false).is_some() && words::is_page(&lower(n - 1)));
    if let Some(n) = of {
        let found = number(tokens[n - 1], false);
        let from = if n >= 2 && words::is_page(&lower(n - 2)) { n - 2 } else { n - 1 };
        tokens.drain(from..n + 2);
        return found;
    }
    if let Some(n) = named.filter(|_| tokens.len() <= 3) {
        let found = number(tokens[n], false);
        tokens.drain(n - 1..=n);
        return found;
    }
    let alone = tokens.len() == 1;
    if let Some(found) = tokens.first().and_then(|token| number(token, alone)) {
        tokens.remove(0);
        return Some(found);
    }
    let found = tokens.last().and_then(|token| number(token, alone))?;
    tokens.pop();
    Some(found)
}

/// A lone sign of few letters that could be a number: with a digit, or signs that scanners put for digits.
fn misread(line: &str) -> Option<String> {
    let bare: String = line.chars().filter(|c| !c.is_whitespace()).collect();
    let count = bare.chars().count();
    let like = |c: char| {
        c.is_ascii_digit()
            || matches!(
                c,
                'l' | 'I'
                    | 'i'
                    | 'O'
                    | 'o'
                    | 'S'
                    | 's'
                    | 'B'
                    | 'Z'
                    | 'z'
                    | 'g'
                    | 'q'
                    | 'G'
                    | 'b'
                    | '$'
                    | '|'
                    | '!'
                    | 'A'
                    | 'T'
                    | 'J'
                    | 'p'
                    | 'x'
            )
    };
    (count > 0 && count <= 4 && bare.chars().filter(|c| like(*c)).count() * 2 > count).then_some(bare)
}

/// The letters of a line in lower case. Digits that OCR puts for letters are read as these.
pub fn key_of(line: &str) -> String {
    if line.is_ascii() {
        return key_of_ascii(line);
    }
    let has_letters = line.chars().any(char::is_alphabetic);
    let letter = |c: char| match c {
        '0' if has_letters => Some('o'),
        '1' | '|' if has_letters => Some('l'),
        c => c.is_alphabetic().then_some(c),
    };
    line.trim_start_matches('#').chars().filter_map(letter).flat_map(char::to_lowercase).collect()
}

fn key_of_ascii(line: &str) -> String {
    let has_letters = line.bytes().any(|byte| byte.is_ascii_alphabetic());
    let letter = |byte: u8| match byte {
        b'0' if has_letters => Some('o'),
        b'1' | b'|' if has_letters => Some('l'),
        byte => byte.is_ascii_alphabetic().then(|| char::from(byte.to_ascii_lowercase())),
    };
    let mut key = String::with_capacity(line.len());
    key.extend(line.trim_start_matches('#').bytes().filter_map(letter));
    key
}

/// Whether a line may have a number: a digit, or letters that are all Roman ones. What is not ASCII may have one in any case.
pub fn may_have_number(line: &str) -> bool {
    if bytes::any(line.as_bytes(), |byte| byte.is_ascii_digit() | (byte >= 0x80)) {
        return true;
    }
    let roman = |byte: u8| matches!(byte.to_ascii_lowercase(), b'i' | b'v' | b'x' | b'l' | b'c');
    let (mut letters, mut romans) = (0, 0);
    for byte in line.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {
                letters += 1;
                romans += usize::from(roman(byte));
            }
            _ if letters > 0 && letters == romans => return true,
            _ => (letters, romans) = (0, 0),
        }
    }
    letters > 0 && letters == romans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_not_overlooked() {
        for line in ["12", "xii", "PREFACE XIV", "of xiv.", "٤٢", "(iv) and"] {
            assert!(may_have_number(line), "{line}");
        }
        assert!(!may_have_number("no number in a civilised line"));
    }

    #[track_caller]
    fn check(line: &str, want: &str) {
        let found = HeadLine::of(line, &Headings::default())
            .map(|head| format!("{} {}", head.key, head.folio.map_or(0, |(_, value)| value)));
        assert_eq!(found.unwrap_or_default(), want, "{line}");
    }

    #[test]
    fn heads_and_folios() {
        check("12 ON LIBERTY", "onliberty 12");
        check("Of Thought 13", "ofthought 13");
        check("CHAP. II", "chapii 0");
        check("CHAP. II.] OF THOUGHT. [13", "chapiiofthought 13");
        check("— 12 —", " 12");
        check("xiv", " 14");
        check("PREFACE xiv", "preface 14");
        check("*12*", " 12");
        check("> quotation", "");
        check("A v", "av 0");
        check("B 2", "b 0");
        check("A 14", "a 14");
    }
}
