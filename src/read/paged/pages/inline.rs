//! Page marks that stand inside a line of text, as transcribers set them: `… the end [Pg 12] of the day`, `{p. 12}`, `PageV01P012`.
//! Each becomes a line of its own where lines are told apart, so that all later steps see marks alike.

use std::ops::Range;

use super::super::numbers;
use super::words;

/// The number of a page, or of a leaf with its side.
type Leaf = (u32, Option<u32>);

/// So many must count, or they are an author's references.
const LEAST: usize = 4;

/// The marks inside the lines of a text, by bytes, with what they say.
pub fn found(text: &str, from: usize) -> Vec<(Range<usize>, String)> {
    let mut all: Vec<(Range<usize>, String, Leaf)> = Vec::new();
    let mut braced: Vec<(Range<usize>, u32)> = Vec::new();
    let mut bracketed: Vec<(Range<usize>, u32)> = Vec::new();
    let mut at = from;
    while let Some(next) = memchr::memchr3(b'[', b'{', b'P', &text.as_bytes()[at..]) {
        let start = at + next;
        at = start + 1;
        let found = match text.as_bytes()[start] {
            b'P' if text[start..].starts_with("PageV") => volume(&text[start..]),
            b'P' => None,
            _ => bracket(&text[start..]),
        };
        let Some((length, label, value)) = found else {
            if let Some((range, number)) = tagged_number(text, start) {
                at = range.end;
                all.push((range, number.to_string(), (number, None)));
                continue;
            }
            bracketed.extend(in_brackets(&text[start..]).map(|(length, number)| (start..start + length, number)));
            braced.extend(in_braces(&text[start..]).map(|(length, number)| (start..start + length, number)));
            continue;
        };
        let range = with_tags(text, start..start + length);
        at = range.end;
        all.push((range, label, value));
    }
    let inner = all.iter().filter(|(range, ..)| !is_alone(text, range)).count();
    let is_leaf = all.iter().any(|(.., (_, side))| side.is_some());
    let values = all.iter().map(|(.., (value, side))| if is_leaf { value * 2 + side.unwrap_or(0) } else { *value });
    let values: Vec<u32> = values.collect();
    let rises = values.windows(2).filter(|pair| pair[1] > pair[0] && pair[1] - pair[0] <= 3).count();
    if all.is_empty() && count_pages(&braced) {
        return braced.into_iter().map(|(range, number)| (range, number.to_string())).collect();
    }
    if all.is_empty()
        && let Some(pages) = cut_words(text, &bracketed)
    {
        return pages;
    }
    // Nobody but those who make books for Project Gutenberg and Wikisource names a page so.
    let is_sure = |range: &Range<usize>| text[range.clone()].starts_with('<') || text[range.clone()].contains("[Pg ");
    let least = if all.iter().all(|(range, ..)| is_sure(range)) { 2 } else { LEAST };
    if inner == 0 || all.len() < least || rises * 10 < (all.len() - 1) * 9 {
        return Vec::new();
    }
    all.into_iter().map(|(range, label, _)| (range, label)).collect()
}

/// `<span class="pagenum">[12]</span>`: the whole, and the number.
fn tagged_number(text: &str, start: usize) -> Option<(Range<usize>, u32)> {
    let (length, number) = lone_number(&text[start..], (b'[', b']'))?;
    let range = with_tags(text, start..start + length);
    (range.len() > length).then_some((range, number))
}

/// A number alone in its brackets: its length with them, and the number.
fn lone_number(text: &str, (open, close): (u8, u8)) -> Option<(usize, u32)> {
    let inner = text.as_bytes().strip_prefix(&[open])?;
    let digits = inner.iter().take(5).take_while(|byte| byte.is_ascii_digit()).count();
    let number = text[1..=digits].parse().ok().filter(|number| *number > 0 && digits <= 4)?;
    (inner.get(digits) == Some(&close)).then_some((digits + 2, number))
}

/// `[12]`, and no link.
fn in_brackets(text: &str) -> Option<(usize, u32)> {
    lone_number(text, (b'[', b']')).filter(|(length, _)| !text[*length..].starts_with(['(', '[', ':']))
}

/// So many numbers in brackets must count where they are those of pages.
const BRACKETED: usize = 3;

/// Numbers in brackets that count, if one of them stands between the halves of a word that a hyphen cuts: a page's end alone does that. Calls
/// of notes may stand between them.
fn cut_words(text: &str, bracketed: &[(Range<usize>, u32)]) -> Option<Vec<(Range<usize>, String)>> {
    let cuts = |range: &Range<usize>| {
        let stem = text[..range.start].trim_end().strip_suffix(['-', '¬', '\u{AD}']);
        stem.is_some_and(|stem| stem.ends_with(char::is_alphabetic))
            && text[range.end..].trim_start().starts_with(char::is_lowercase)
    };
    let first = bracketed.iter().position(|(range, _)| cuts(range))?;
    // From the first that is sure one counts on, and back.
    let mut pages = vec![first];
    for at in first + 1..bracketed.len() {
        if bracketed[at].1 == bracketed[pages[pages.len() - 1]].1 + 1 {
            pages.push(at);
        }
    }
    for at in (0..first).rev() {
        if bracketed[at].1 + 1 == bracketed[pages[0]].1 {
            pages.insert(0, at);
        }
    }
    let enough = pages.len() >= BRACKETED;
    enough.then(|| pages.into_iter().map(|at| (bracketed[at].0.clone(), bracketed[at].1.to_string())).collect())
}

/// `{12}`; a row of hyphens behind it makes it marker's.
fn in_braces(text: &str) -> Option<(usize, u32)> {
    lone_number(text, (b'{', b'}')).filter(|(length, _)| !text[*length..].starts_with("---"))
}

/// So many numbers in braces must count, each at the distance of a page from the next: what a program fills in stands together.
const BRACED: usize = 6;
const APART: usize = 200;

fn count_pages(braced: &[(Range<usize>, u32)]) -> bool {
    let (Some((first, _)), Some((last, _))) = (braced.first(), braced.last()) else { return false };
    let pairs = braced.len() - 1;
    braced.len() >= BRACED
        && braced.windows(2).all(|pair| pair[1].1 > pair[0].1 && pair[1].1 - pair[0].1 <= 3)
        && braced.windows(2).filter(|pair| pair[1].1 == pair[0].1 + 1).count() * 10 >= pairs * 9
        && last.start - first.start >= pairs * APART
}

/// A mark with the tags that a transcriber's page of HTML sets around it, such as `<span class="pagenum"><a id="Page_4">[Pg 4]</a></span>`.
fn with_tags(text: &str, mark: Range<usize>) -> Range<usize> {
    let mut range = mark.clone();
    let mut is_number = false;
    while let Some(open) = last_tag(&text[..range.start]) {
        let tag = &text[open..range.start];
        let name = &tag[1..tag.find([' ', '>']).unwrap_or(1)];
        let close = format!("</{name}>");
        let fits = match name {
            "span" => tag.contains("page"),
            "a" => tag.contains("id=") || tag.contains("name="),
            "p" => is_number,
            _ => false,
        };
        if !fits || !text[range.end..].starts_with(&close) {
            break;
        }
        is_number |= name == "span";
        range = open..range.end + close.len();
    }
    if is_number { range } else { mark }
}

/// Where the tag begins that a text ends with.
fn last_tag(text: &str) -> Option<usize> {
    const LONGEST: usize = 120;
    let bytes = text.as_bytes();
    let near = &bytes[bytes.len().saturating_sub(LONGEST)..];
    let open = bytes.ends_with(b">").then(|| memchr::memrchr(b'<', near)).flatten()? + bytes.len() - near.len();
    bytes.get(open + 1).is_some_and(u8::is_ascii_lowercase).then_some(open)
}

/// Whether nothing else stands on the line of a mark.
fn is_alone(text: &str, range: &Range<usize>) -> bool {
    let start = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[range.end..].find('\n').map_or(text.len(), |at| range.end + at);
    let words = |text: &str| text.contains(char::is_alphanumeric);
    !words(&text[start..range.start]) && !words(&text[range.end..end])
}

/// `[Pg 12]`, `[p. 12]`, `{p. 12}`, `[f. 12v]`, `{{page break|12}}`.
fn bracket(text: &str) -> Option<(usize, String, Leaf)> {
    let close = match text.as_bytes()[0] {
        b'{' if text.starts_with("{{") => "}}",
        b'{' => "}",
        _ => "]",
    };
    let opened = close.len();
    let inner = text.get(opened..)?;
    let word = &inner[..inner.find(|c: char| !c.is_alphabetic()).unwrap_or(inner.len())];
    if !words::is_page_in_any_case(word) {
        return None;
    }
    let end = text.char_indices().take(32).find(|(at, _)| *at >= opened && text[*at..].starts_with(close)).map(|(at, _)| at)?;
    // It stands on one line.
    (!text[opened..end].contains('\n')).then_some(())?;
    let rest = text[opened..end].get(word.len()..)?.trim_start_matches(['.', ' ', '\u{A0}', ':', '|', '#']);
    let rest = rest.strip_prefix("break|").unwrap_or(rest);
    let rest = rest.split('|').next().unwrap_or(rest).trim();
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let side = if digits > 0 { numbers::side(&rest[digits..]) } else { None };
    let value = numbers::value(if side.is_some() { &rest[..digits] } else { rest })?;
    (value > 0).then(|| (end + close.len(), rest.to_owned(), (value, side)))
}

/// `PageV01P012`, as the OpenITI corpus writes it at a page's end.
fn volume(text: &str) -> Option<(usize, String, Leaf)> {
    let rest = text.strip_prefix("PageV")?;
    let volume = rest.bytes().take_while(u8::is_ascii_digit).count();
    let page = rest.get(volume..)?.strip_prefix('P')?;
    let digits = page.bytes().take_while(u8::is_ascii_digit).count();
    let value: u32 = page.get(..digits)?.parse().ok()?;
    (volume > 0).then(|| ("PageV".len() + volume + 1 + digits, (value + 1).to_string(), (value, None)))
}
