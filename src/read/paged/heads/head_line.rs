//! One line, read as a running head or a folio.

use super::super::marks::{self, Form};
use super::super::numbers;
use super::Headings;

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
    /// Whether it looks like an item of a list, or a sentence.
    item: bool,
}

/// Longer lines are text, unless a heading says the same.
const LONGEST: usize = 72;
const LONGEST_NAMED: usize = 400;

impl HeadLine {
    /// Reads a line as furniture; none: it is text by its looks.
    pub fn of(line: &str, known: &Headings) -> Option<Self> {
        let line = line.trim();
        let short = || line.len() <= LONGEST || line.chars().nth(LONGEST).is_none() || known.is_named(line);
        if line.is_empty() || line.len() > LONGEST_NAMED || !short() || line.starts_with(['>', '|', '`', '!', '$']) {
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
        let folio = if known.has_whole(bare) { None } else { folio(&mut tokens) };
        let key = key_of(&tokens.join(" "));
        if key.is_empty() && (folio.is_none() || heading) {
            return None;
        }
        let any = |is: fn(char) -> bool| tokens.iter().any(|token| token.chars().any(is));
        let capitals = any(char::is_uppercase) && !any(char::is_lowercase);
        let numbered = marks::opening(line).is_some_and(|opening| matches!(opening.mark.form, Form::Dot | Form::HalfParen));
        let item = numbered || line.ends_with(['.', ',', ';', ':']) && any(char::is_lowercase) && tokens.len() > 4;
        Some(Self { key, folio, heading, capitals, item })
    }

    /// The key of a line without its number.
    pub fn bare_key(line: &str) -> String {
        let mut tokens: Vec<&str> = line.split_whitespace().filter(|token| token.chars().any(char::is_alphanumeric)).collect();
        folio(&mut tokens);
        key_of(&tokens.join(" "))
    }

    /// Whether it opens with a number and a stop, as an item of a list does, or goes on as a sentence does.
    pub fn is_numbered_text(&self) -> bool {
        self.item
    }

    /// Whether it says nothing but a page's number.
    pub fn is_folio(&self) -> bool {
        self.key.is_empty()
    }
}

/// What printers set around folios and heads, and Markdown around words.
const DECORATION: [char; 17] = ['*', '_', '-', '–', '—', '·', '•', '|', '[', ']', '(', ')', '~', '.', ' ', '—', '='];

/// Takes the page's number from either end of a line.
fn folio(tokens: &mut Vec<&str>) -> Option<(String, u32)> {
    let number = |token: &str, alone: bool| {
        let bare = token.trim_matches(['[', ']', '(', ')', '.', ',', '-', '–', '—', '|', '*', '•']);
        let value = numbers::value(bare).filter(|_| !bare.contains(|c| numbers::superscript(c).is_some()))?;
        let roman = bare.chars().any(char::is_alphabetic);
        let fits = !roman || alone && bare.len() > 1 || bare.bytes().all(|byte| byte.is_ascii_lowercase());
        (fits && value > 0 && value < 10_000).then(|| (bare.to_owned(), value))
    };
    let alone = tokens.len() == 1;
    if let Some(found) = tokens.first().and_then(|token| number(token, alone)) {
        tokens.remove(0);
        return Some(found);
    }
    if let Some(found) = tokens.last().and_then(|token| number(token, alone)) {
        tokens.pop();
        return Some(found);
    }
    // `p. 12`, `Page 12 of 300` in a viewer's words.
    None
}

/// The letters of a line in lower case. Digits that OCR puts for letters are read as these.
pub fn key_of(line: &str) -> String {
    let has_letters = line.chars().any(char::is_alphabetic);
    let letter = |c: char| match c {
        '0' if has_letters => Some('o'),
        '1' | '|' if has_letters => Some('l'),
        c => c.is_alphabetic().then_some(c),
    };
    line.trim_start_matches('#').chars().filter_map(letter).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
    }
}
