//! Whether a text that stops at a page's end goes on behind it. Each sign has a weight; their sum decides, and how far it is
//! from zero says how sure we are.

use super::marks;
use super::vocabulary::{HYPHENS, Names, is_of_word, word_length};

// The weights were set by hand: a sentence that has not ended must outweigh a capital, which may be a name; a sentence that has
// ended and a capital after it must never be joined; a small letter after a full stop is far more often an abbreviation's than
// a paragraph's.

/// The first half ends inside a word.
const HYPHEN: f32 = 6.0;
/// It ends in a letter or digit: a paragraph hardly ever does.
const NO_STOP: f32 = 3.5;
/// It ends in a comma, a semicolon, an open bracket or a dash.
const HALF_STOP: f32 = 4.0;
/// It ends in a colon, before what it announces as often as in mid-sentence.
const COLON: f32 = -1.5;
const STOP: f32 = -3.5;
/// It ends in a full stop that an abbreviation or an initial explains.
const ABBREVIATION: f32 = 1.0;
/// It ends in an initial, which a name follows.
const INITIAL: f32 = 2.5;
/// A bracket of it is still open.
const OPEN_BRACKET: f32 = 2.0;
/// The second half begins with a small letter.
const SMALL: f32 = 5.0;
/// With a small letter behind a quotation mark: a citation set apart begins so as well.
const QUOTED_SMALL: f32 = 0.5;
/// With punctuation that can begin nothing.
const CLOSING: f32 = 4.0;
/// With a capital, which a name has anywhere.
const CAPITAL: f32 = -2.0;
const NAME: f32 = -0.3;
/// With a dash and a space: a speech, in many languages.
const SPEECH: f32 = -3.0;
const DIGIT: f32 = 0.0;
/// With a quotation mark: a speech of its own as often as a citation.
const QUOTATION: f32 = -0.8;
/// Letters that know no case say nothing.
const CASELESS: f32 = -0.5;
/// The first half is too short for a line of prose: a heading that lost its mark, a signature, a line of a list.
const SHORT: f32 = -3.0;

/// Both halves begin with a number: they are items of a list.
const ITEMS: f32 = -6.0;

/// The second half begins with an initial that is as high as several lines, whose next letter is a capital as well: `QVanto`.
const HIGH_INITIAL: f32 = -4.0;

/// How many words a line of prose has at least, roughly.
const LINE: usize = 7;

/// How one half ends or begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    Hyphen,
    /// In a letter or a digit.
    NoStop,
    /// In a comma and its like.
    HalfStop,
    Colon,
    Abbreviation,
    Initial,
    Stop,
    Empty,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beginning {
    Small,
    QuotedSmall,
    Closing,
    Capital,
    Name,
    Speech,
    Digit,
    Quotation,
    Caseless,
    Empty,
}

/// What speaks for the second text going on with the first: above zero, it does.
pub fn weigh(first: &str, second: &str, words: &impl Names) -> f32 {
    let (ending, beginning) = (ending(first), beginning(second, words));
    if ending == Ending::Empty || beginning == Beginning::Empty {
        return -9.0;
    }
    let first_score = match ending {
        Ending::Hyphen if matches!(beginning, Beginning::Small | Beginning::Caseless) => HYPHEN,
        Ending::Hyphen => HALF_STOP,
        Ending::NoStop => NO_STOP,
        Ending::HalfStop => HALF_STOP,
        Ending::Colon => COLON,
        Ending::Abbreviation => ABBREVIATION,
        Ending::Initial => INITIAL,
        Ending::Stop => STOP,
        Ending::Empty => 0.0,
    };
    let second_score = match beginning {
        Beginning::Small => SMALL,
        Beginning::QuotedSmall => QUOTED_SMALL,
        Beginning::Closing => CLOSING,
        Beginning::Capital => CAPITAL,
        Beginning::Name => NAME,
        Beginning::Speech => SPEECH,
        Beginning::Digit => DIGIT,
        Beginning::Quotation => QUOTATION,
        Beginning::Caseless => CASELESS,
        Beginning::Empty => 0.0,
    };
    let mut score = first_score + second_score;
    if open_bracket(first) {
        score += OPEN_BRACKET;
    }
    if is_no_prose(second) {
        return -9.0;
    }
    let is_short = first.split_whitespace().take(LINE).count() < LINE && !is_unspaced(first) || is_title(first);
    let unfinished = matches!(ending, Ending::NoStop | Ending::HalfStop) && first.chars().any(char::is_alphanumeric);
    if is_short && unfinished && beginning != Beginning::Small {
        // A paragraph that has only begun where the page ends goes on with a name as with any word; a short line below is its like.
        let prose = second.split_whitespace().nth(LINE).is_some() && first.chars().any(char::is_lowercase);
        score += if prose && matches!(beginning, Beginning::Name | Beginning::Digit) { SHORT / 2.0 } else { SHORT };
    }
    if is_numbered(first) && is_numbered(second) {
        score += ITEMS;
    }
    if has_high_initial(second) {
        score += HIGH_INITIAL;
    }
    score
}

/// Whether a text as a whole is a number, or a few words in capitals: a folio, or a heading that lost its mark.
fn is_no_prose(text: &str) -> bool {
    let letters = text.chars().take(80).filter(|c| c.is_alphabetic());
    let (all, capital) = letters.fold((0, 0), |(all, capital), c| (all + 1, capital + usize::from(c.is_uppercase())));
    let short = text.chars().nth(60).is_none();
    short && (all == 0 && text.contains(|c: char| c.is_ascii_digit()) && text.trim().len() <= 6 || all >= 6 && capital == all)
}

/// Whether a text is a heading that lost its mark, by its capitals: in `Of the Water that Turned the Wheels` all long words have them.
fn is_title(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let all: Vec<&str> = words.by_ref().take(2 * LINE).collect();
    let long = || all.iter().filter(|word| word.chars().filter(|c| c.is_alphabetic()).nth(TITLE - 1).is_some());
    words.next().is_none()
        && long().count() >= 3
        && long().all(|word| word.trim_start_matches(['(', '“', '"', '«']).starts_with(char::is_uppercase))
}

/// Words of so many letters have capitals in titles; `that` and `from` need none.
const TITLE: usize = 5;

/// Whether a text is of a script that parts words by nothing, and as long as prose.
pub fn is_unspaced(text: &str) -> bool {
    text.chars().filter(|c| is_wide(*c)).nth(9).is_some()
}

/// Whether a letter is of a script that parts words by nothing.
pub fn is_wide(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{0E00}'..='\u{0E7F}')
}

/// How sure a sum of weights makes us, from 0.5 to nearly 1.
pub fn confidence(score: f32) -> f32 {
    let share = 1.0 / (1.0 + (-score.abs() * 0.7).exp());
    // Never certain.
    (share * 100.0).round().min(99.0) / 100.0
}

/// How a text ends, whatever marks of notes, emphasis and quotation stand behind its last word.
pub fn ending(text: &str) -> Ending {
    let bare = trim_end(text);
    let Some(last) = bare.chars().next_back() else {
        // A dash or a quotation mark alone still waits for its words.
        return if text.trim().is_empty() { Ending::Empty } else { Ending::HalfStop };
    };
    match last {
        '\u{AD}' | '¬' | '⸗' | '⹀' => Ending::Hyphen,
        c if HYPHENS.contains(&c) => {
            // More than one are a dash.
            let stem = &bare[..bare.len() - c.len_utf8()];
            if stem.ends_with(char::is_alphabetic) { Ending::Hyphen } else { Ending::HalfStop }
        }
        '!' | '?' | '؟' | '۔' | '。' | '！' | '？' | '।' | '՞' | '։' => Ending::Stop,
        '…' => Ending::Stop,
        '.' if bare.ends_with("..") => Ending::Stop,
        '.' if is_initial(bare) => Ending::Initial,
        '.' if is_abbreviation(bare) => Ending::Abbreviation,
        '.' => Ending::Stop,
        ':' | '：' => Ending::Colon,
        // The Greek question mark, where the word before it is Greek.
        ';' | '\u{37E}' if bare.trim_end_matches([';', '\u{37E}']).chars().next_back().is_some_and(is_greek) => Ending::Colon,
        ',' | ';' | '،' | '؛' | '、' | '，' | '(' | '[' | '–' | '—' | '―' | '·' | '\u{387}' | '/' | '&' | '“' | '„' | '«'
        | '‘' => Ending::HalfStop,
        _ => Ending::NoStop,
    }
}

/// Takes from the end what says nothing about the sentence: calls of notes, closing quotation marks and brackets, emphasis.
fn trim_end(text: &str) -> &str {
    let mut text = text.trim_end();
    loop {
        let before = text.len();
        text =
            text.trim_end_matches(['*', '_', '"', '”', '’', '\'', '†', '‡', ' ', '\u{A0}', '\u{202F}', '\u{200F}', '\u{200E}']);
        text = text.trim_end_matches(|c| super::numbers::superscript(c).is_some());
        // One language's closing mark is another's opening one; what closes hangs on a word.
        if let Some(rest) = text.strip_suffix(['“', '»', '«', '‘', '›', '‹'])
            && (!rest.ends_with(char::is_whitespace) || text.ends_with('»') && rest.contains('«'))
        {
            text = rest;
        }
        if text.ends_with([')', ']', '$', '>', '}', '^'])
            && let Some(call) = trailing_call(text)
        {
            text = &text[..call];
        }
        let closed = text.trim_end_matches([')', ']', ' ']);
        if closed.ends_with(['.', '!', '?', '…']) {
            text = closed;
        }
        if text.len() == before {
            return text;
        }
    }
}

/// Whether a text ends in the call of a note.
pub fn ends_in_call(text: &str) -> bool {
    trailing_call(text.trim_end()).is_some()
}

/// Where the call begins that ends the text. Calls are short: only the tail is looked at.
fn trailing_call(text: &str) -> Option<usize> {
    let from = (0..=text.len().saturating_sub(48)).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    let last = marks::calls(&text[from..]).pop()?;
    (from + last.end == text.len()).then_some(from + last.start)
}

/// Abbreviations that stand before what they need: after these no sentence ends. In lower case, several languages.
const ABBREVIATIONS: &[&str] = &[
    "mr", "mrs", "ms", "dr", "st", "ste", "prof", "rev", "hon", "gen", "col", "capt", "lt", "vol", "vols", "no", "nos", "p",
    "pp", "cf", "ch", "chap", "fig", "sec", "vs", "viz", "ed", "eds", "art", "ff", "m", "mm", "mme", "mlle", "mgr", "av",
    "apr", "env", "hr", "fr", "bzw", "vgl", "z", "b", "d", "h", "u", "a", "s", "nr", "bd", "abb", "geb", "hrsg", "sog", "sig",
    "dott", "pag", "fol", "lib", "cap", "π", "χ", "κ", "σελ", "βλ", "πρβλ", "τ", "γ", "им", "т", "г", "гл", "стр", "см", "св",
    "sr", "sra", "ud", "núm", "tom", "t",
];

/// Whether the full stop at the end belongs to an abbreviation or an initial.
fn is_abbreviation(text: &str) -> bool {
    let stem = text.trim_end_matches('.');
    let word = stem.rsplit(|c: char| !is_of_word(c)).next().unwrap_or("");
    if word.is_empty() {
        return false;
    }
    ABBREVIATIONS.contains(&word.to_lowercase().as_str())
}

/// Whether the full stop at the end belongs to a lone capital. `I.` ends a sentence as often, and `V.` does behind a king.
fn is_initial(text: &str) -> bool {
    let stem = text.trim_end_matches('.');
    let word = stem.rsplit(|c: char| !is_of_word(c)).next().unwrap_or("");
    let lone = word.chars().count() == 1 && word.chars().all(char::is_uppercase);
    lone && !matches!(word, "I" | "V" | "X") && !stem[..stem.len() - word.len()].ends_with(['-', '\'', '’'])
}

fn is_greek(c: char) -> bool {
    matches!(c, '\u{370}'..='\u{3FF}' | '\u{1F00}'..='\u{1FFF}')
}

/// How a text begins, whatever emphasis stands before its first word.
pub fn beginning(text: &str, words: &impl Names) -> Beginning {
    let bare = text.trim_start().trim_start_matches(['*', '_', '\u{200F}', '\u{200E}']);
    let Some(first) = bare.chars().next() else { return Beginning::Empty };
    let behind = bare[first.len_utf8()..].chars().next();
    match first {
        '-' | '–' | '—' | '―' if behind.is_none_or(char::is_whitespace) => Beginning::Speech,
        '–' | '—' | '―' => match behind {
            Some(c) if c.is_lowercase() => Beginning::Small,
            _ => Beginning::Speech,
        },
        ',' | ';' | ':' | '.' | ')' | ']' | '!' | '?' | '،' | '؛' | '”' => Beginning::Closing,
        '»' if behind.is_none_or(|c| !c.is_alphanumeric()) => Beginning::Closing,
        '"' | '“' | '„' | '«' | '»' | '‘' | '\'' | '‹' | '›' | '(' | '[' | '’' => {
            match bare.chars().find(|c| c.is_alphanumeric()) {
                Some(c) if c.is_lowercase() && matches!(first, '(' | '[') => Beginning::Small,
                Some(c) if c.is_lowercase() => Beginning::QuotedSmall,
                _ => Beginning::Quotation,
            }
        }
        c if c.is_lowercase() => Beginning::Small,
        c if c.is_uppercase() => match words.is_name(&bare[..word_length(bare)]) {
            true => Beginning::Name,
            false => Beginning::Capital,
        },
        c if c.is_alphabetic() => Beginning::Caseless,
        c if super::numbers::digit(c).is_some() => Beginning::Digit,
        _ => Beginning::Caseless,
    }
}

/// Whether a text begins with two capitals and small letters behind them, as chapters of old prints do.
pub fn has_high_initial(text: &str) -> bool {
    let mut letters = text.trim_start().chars();
    let mut is = |fits: fn(char) -> bool| letters.next().is_some_and(fits);
    is(char::is_uppercase) && is(char::is_uppercase) && is(char::is_lowercase) && is(char::is_lowercase)
}

/// A text without the call of a note that ends it.
pub fn without_call(text: &str) -> &str {
    let text = text.trim_end();
    let bare = text.strip_suffix('.').unwrap_or(text);
    trailing_call(bare).or_else(|| trailing_call(text)).map_or(text, |at| &text[..at])
}

/// Whether a text begins with a number, perhaps in brackets, as an item of a list does.
fn is_numbered(text: &str) -> bool {
    let bare = text.trim_start().trim_start_matches(['(', '[', '*']);
    bare.chars().next().is_some_and(|c| super::numbers::digit(c).is_some())
}

/// Whether a round bracket that the text opens is still open at its end.
fn open_bracket(text: &str) -> bool {
    let open = text.bytes().filter(|byte| *byte == b'(').count();
    open > 0 && open > text.bytes().filter(|byte| *byte == b')').count()
}
