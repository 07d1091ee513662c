//! The dates of what a style says: whole ranges, letters that tell years apart, and what is shown in a year's place.

use std::collections::BTreeMap;

use hayagriva::citationberg::json::{Item, Value};
use hayagriva::citationberg::taxonomy::DateVariable;
use hayagriva::{ElemChild, ElemChildren, ElemMeta};

use super::runs::flatten;
use crate::read::scholar::items::SHOWN;
use crate::read::scholar::mend;

/// By a work's key, what its style says of the first days of its dates, and of the whole ranges.
pub(super) type Ranges = BTreeMap<String, Vec<(String, String)>>;

/// The words of every date, in order.
pub(super) fn dates_in(children: &[ElemChild], dates: &mut Vec<String>) {
    for child in children {
        let ElemChild::Elem(elem) = child else { continue };
        match elem.meta == Some(ElemMeta::Date) {
            true => dates.push(words(&elem.children.0)),
            false => dates_in(&elem.children.0, dates),
        }
    }
}

pub(super) fn words(children: &[ElemChild]) -> String {
    let mut runs = Vec::new();
    flatten(children, &mut runs);
    runs.iter().map(|run| run.text.as_str()).collect()
}

/// Says whole ranges in the place of their first days.
pub(super) fn stretch(children: &mut [ElemChild], ranges: &[(String, String)]) {
    for child in children {
        let ElemChild::Elem(elem) = child else { continue };
        if elem.meta != Some(ElemMeta::Date) {
            stretch(&mut elem.children.0, ranges);
            continue;
        }
        let said = words(&elem.children.0);
        if let Some((_, whole)) = ranges.iter().find(|(first, _)| *first == said) {
            set_words(&mut elem.children.0, &mut Some(whole.clone()));
        }
    }
}

/// Takes the season from before a bare year, which the library says with it: `Winter/1999`.
pub(super) fn bare_years(children: &mut [ElemChild]) {
    for child in children {
        let ElemChild::Elem(elem) = child else { continue };
        if elem.meta != Some(ElemMeta::Date) {
            bare_years(&mut elem.children.0);
            continue;
        }
        let said = words(&elem.children.0);
        let year = said.trim_start_matches(char::is_alphabetic);
        let bare = year.strip_prefix(['/', '.', '-']).filter(|_| year.len() < said.len());
        if let Some(year) = bare
            && !year.is_empty()
            && year.bytes().all(|byte| byte.is_ascii_digit())
        {
            set_words(&mut elem.children.0, &mut Some(year.to_owned()));
        }
    }
}

/// Sets words in the place of all that parts say, as the first of them looks.
pub(super) fn set_words(children: &mut [ElemChild], whole: &mut Option<String>) {
    for child in children {
        match child {
            ElemChild::Text(said) => said.text = whole.take().unwrap_or_default(),
            ElemChild::Elem(elem) => set_words(&mut elem.children.0, whole),
            ElemChild::Markup(_) | ElemChild::Link { .. } | ElemChild::Transparent { .. } => {}
        }
    }
}

/// Two dates with a dash, what they begin or end with in common said once: `March 5–9, 1990`.
pub(super) fn both(from: &str, to: &str) -> String {
    let parts = |text: &str| -> Vec<String> {
        let mut parts: Vec<String> = Vec::new();
        for c in text.chars() {
            match parts.last_mut() {
                Some(last) if last.ends_with(char::is_alphanumeric) == c.is_alphanumeric() => last.push(c),
                _ => parts.push(c.to_string()),
            }
        }
        parts
    };
    let (from, to) = (parts(from), parts(to));
    let most = from.len().min(to.len());
    let before = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let behind = from.iter().rev().zip(to.iter().rev()).take_while(|(a, b)| a == b).count().min(most - before.min(most));
    let middle = |all: &[String]| all[before..all.len() - behind].concat();
    format!("{}{}–{}{}", from[..before].concat(), middle(&from), middle(&to), from[from.len() - behind..].concat())
}

/// Puts a letter behind the first year of a date; false where there is none.
pub(super) fn date(children: &mut ElemChildren, letter: &str) -> bool {
    for child in &mut children.0 {
        let ElemChild::Elem(elem) = child else { continue };
        let is_date = elem.meta == Some(ElemMeta::Date);
        if is_date && year(&mut elem.children, letter) || !is_date && date(&mut elem.children, letter) {
            return true;
        }
    }
    false
}

pub(super) fn year(children: &mut ElemChildren, letter: &str) -> bool {
    for child in &mut children.0 {
        match child {
            ElemChild::Text(said) => {
                let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
                let found =
                    (0..said.text.len()).filter(|at| said.text.is_char_boundary(*at)).find(|at| digits(&said.text[*at..]) >= 3);
                if let Some(at) = found {
                    let mut end = at + digits(&said.text[at..]);
                    // Of a range of years behind the second.
                    if let Some(next) = said.text[end..].strip_prefix('–').map(digits).filter(|length| *length > 0) {
                        end += '–'.len_utf8() + next;
                    }
                    said.text.insert_str(end, letter);
                    return true;
                }
            }
            ElemChild::Elem(elem) => {
                if year(&mut elem.children, letter) {
                    return true;
                }
            }
            ElemChild::Markup(_) | ElemChild::Link { .. } | ElemChild::Transparent { .. } => {}
        }
    }
    false
}

/// Puts in the place of the year of a work's date what is shown there.
pub(super) fn show(children: &mut ElemChildren, work: &Item) {
    if let Some(shown) = work.0.get(SHOWN).and_then(Value::to_str) {
        let year = mend::year(work, DateVariable::Issued).unwrap_or_default();
        // A style may say the date twice; that of another thing may be of the same year.
        let others = [DateVariable::Accessed, DateVariable::EventDate, DateVariable::OriginalDate];
        let is_only = !others.into_iter().any(|date| mend::year(work, date) == Some(year));
        in_date(&mut children.0, false, &year.to_string(), &shown, is_only);
    }
}

/// The same below some parts, where they are of a date: of all dates of that year, or of the first; whether none is left to look for.
pub(super) fn in_date(children: &mut [ElemChild], is_date: bool, year: &str, shown: &str, all: bool) -> bool {
    let is_digit = |c: char| c.is_ascii_digit();
    children.iter_mut().any(|child| match child {
        ElemChild::Text(said) if is_date => {
            let whole =
                |at: &usize| !said.text[..*at].ends_with(is_digit) && !said.text[at + year.len()..].starts_with(is_digit);
            let Some(at) = said.text.match_indices(year).map(|(at, _)| at).find(whole) else { return false };
            // A letter behind a word.
            let is_lettered = said.text[at + year.len()..].starts_with(|c: char| c.is_ascii_lowercase());
            let hyphen = if is_lettered && shown.ends_with(char::is_alphabetic) { "-" } else { "" };
            said.text.replace_range(at..at + year.len(), &format!("{shown}{hyphen}"));
            !all
        }
        ElemChild::Elem(elem) => in_date(&mut elem.children.0, is_date || elem.meta == Some(ElemMeta::Date), year, shown, all),
        ElemChild::Text(_) | ElemChild::Markup(_) | ElemChild::Link { .. } | ElemChild::Transparent { .. } => false,
    })
}
