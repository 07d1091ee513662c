//! Running heads, folios, signatures and catchwords: what a printed page bears beside its text. They are known by their place on
//! the page, by what they repeat, and by their numbers, which count the pages.

mod between;
mod edges;
mod foot_line;
mod glued;
mod head_line;
pub mod repeated;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::guesses::Guesses;
use super::lines::{Lines, Role};
use super::vocabulary::{Names, Vocabulary};
use crate::bytes;
use crate::read::clean::letters;
use crate::report::RepairKind;
use crate::tree::FurnitureKind;

pub use head_line::may_have_number;
use head_line::{HeadLine, key_of};

/// A line that is no text of the work.
#[derive(Clone, Debug)]
pub struct Found {
    pub kind: FurnitureKind,
    pub text: String,
    /// The page's number, where the line says it.
    pub folio: Option<String>,
}

/// A guess about a line, before the user is asked.
struct Guess {
    line: usize,
    kind: FurnitureKind,
    folio: Option<String>,
    confidence: f32,
}

/// Finds the furniture of every page and claims its lines. `leaves` are the lines between page marks; a text without marks is
/// one leaf, in which furniture stands between paragraphs.
pub fn claim(lines: &mut Lines, leaves: &[Range<usize>], words: &Vocabulary, guesses: &mut Guesses) -> Vec<Found> {
    let mut guessed = comments(lines);
    let known = Headings::of(lines);
    if let [_] = leaves {
        glued::set_apart(lines, &known);
        glued::set_numbers_apart(lines);
    }
    match leaves {
        [only] => between::guess(lines, only.clone(), &known, words, &mut guessed),
        _ => edges::guess(lines, leaves, &known, &mut guessed),
    }
    guessed.sort_by_key(|guess| guess.line);
    let mut found = Vec::new();
    for guess in guessed {
        let line = lines.all[guess.line];
        let span = guesses.span(line.start..line.end);
        let after = || format!("[{}]", guess.kind.name());
        // With one in which a page of another edition begins, or a note is called, these would be lost.
        let holds_more = || ["<pb ", "[^"].iter().any(|sign| lines.line(guess.line).contains(sign));
        if line.role == Role::Body && !holds_more() && guesses.make(RepairKind::HeadDropped, span, guess.confidence, after) {
            let text = said(lines.line(guess.line));
            lines.set(guess.line..guess.line + 1, Role::Furniture(found.len()));
            found.push(Found { kind: guess.kind, text, folio: guess.folio });
        }
    }
    found
}

/// Whether lines that stand between paragraphs count pages: no author writes them.
pub fn counts_pages(lines: &mut Lines, words: &impl Names) -> bool {
    let known = Headings::of(lines);
    glued::set_apart(lines, &known);
    glued::set_numbers_apart(lines);
    let groups = lines.groups(0..lines.len());
    let numbered = |group: &&Range<usize>| {
        group.len() == 1 && !lines.all[group.start].code && between::may_be_numbered(lines.line(group.start))
    };
    // Two at least, or nothing counts.
    groups.iter().filter(numbered).nth(1).is_some() && between::counts(lines, &groups, &known, words)
}

/// What a line of furniture says, without a tool's wrapping.
fn said(line: &str) -> String {
    super::super::clean::line(comment_value(line).map_or(line, |(_, value)| value))
}

/// What the title and the headings say that the text marks as such.
#[derive(Default)]
pub struct Headings {
    keys: BTreeSet<String>,
    /// With their numbers.
    whole: BTreeSet<String>,
    /// How many letters the longest of them has.
    longest: usize,
}

impl Headings {
    fn of(lines: &Lines) -> Self {
        let mut known = Self::default();
        for at in (0..lines.len()).filter(|&at| !lines.all[at].code && lines.line(at).starts_with('#')) {
            let key = key_of(lines.line(at));
            if !key.is_empty() {
                known.longest = known.longest.max(key.chars().count());
                // Heads leave the number of `1 Of Salt` out, or give it a name.
                known.keys.insert(HeadLine::bare_key(lines.line(at)));
                known.keys.insert(key);
                known.whole.insert(letters(lines.line(at)));
            }
        }
        known
    }

    /// Whether a line says what a heading says, and a page's number perhaps.
    fn is_named(&self, line: &str) -> bool {
        // The last words of a sentence may be a heading's, too.
        let begins_small = line.chars().find(|c| c.is_alphabetic()).is_some_and(char::is_lowercase);
        // Beside its number a head may have words such as `Page … of`.
        const MORE: usize = 24;
        !begins_small
            && !has_more_letters(line, self.longest + MORE)
            && (self.has(&key_of(line)) || self.has(&HeadLine::bare_key(line)) || self.has(&HeadLine::title_key(line)))
    }

    fn has(&self, key: &str) -> bool {
        !key.is_empty() && self.keys.contains(key)
    }

    /// Whether a line says just what a heading says: a number in it is the chapter's.
    fn has_whole(&self, line: &str) -> bool {
        self.whole.contains(&letters(line))
    }
}

fn has_more_letters(line: &str, than: usize) -> bool {
    match line.is_ascii() {
        true => bytes::count(line.as_bytes(), |byte| byte.is_ascii_alphabetic()) > than,
        false => line.chars().filter(|c| c.is_alphabetic()).nth(than).is_some(),
    }
}

/// `<!-- PageHeader="ON LIBERTY" -->` and its like, in which a tool has set furniture apart already.
fn comments(lines: &Lines) -> Vec<Guess> {
    const SET_APART: f32 = 0.99;
    let guess = |line: usize| {
        let (name, value) = comment_value(lines.line(line))?;
        let (kind, folio) = match name {
            "pagenumber" => {
                let label = super::pages::number_said(value).map_or_else(|| super::super::clean::line(value), str::to_owned);
                (FurnitureKind::Folio, Some(label))
            }
            _ => (FurnitureKind::RunningHead, None),
        };
        (lines.role(line) == Role::Body).then_some(Guess { line, kind, folio, confidence: SET_APART })
    };
    (0..lines.len())
        .filter(|&at| !lines.all[at].code && lines.line(at).trim_start().starts_with(['<', '[', '*', '_']))
        .filter_map(guess)
        .collect()
}

/// How many lines say of themselves, in brackets, that they are heads or feet of pages, as models write that read images.
pub fn set_apart(lines: &Lines) -> usize {
    (0..lines.len()).filter(|&at| !lines.all[at].code && bracketed(lines.line(at)).is_some()).count()
}

/// `*[Running header: OF SALT]*`: the kind of furniture, as [`comment_value`] names it, and what it says.
fn bracketed(line: &str) -> Option<(&'static str, &str)> {
    const HEADS: [&str; 16] = [
        "running header",
        "running head",
        "running title",
        "page header",
        "page heading",
        "header",
        "running footer",
        "page footer",
        "footer",
        "kopfzeile",
        "fußzeile",
        "kolumnentitel",
        "titre courant",
        "en-tête",
        "encabezado",
        "intestazione",
    ];
    const FOLIOS: [&str; 7] =
        ["page number", "folio number", "folio", "seitenzahl", "numéro de page", "número de página", "numero di pagina"];
    let bare = line.trim().trim_matches(['*', '_']);
    let (name, said) = bare.strip_prefix('[')?.strip_suffix(']')?.split_once(':')?;
    let name = name.trim_matches(['*', '_', ' ']).to_lowercase();
    let said = said.trim().trim_matches(['*', '_', '"']).trim();
    let kind = match name.as_str() {
        name if HEADS.contains(&name) => "pageheader",
        name if FOLIOS.contains(&name) => "pagenumber",
        _ => return None,
    };
    (!said.is_empty() && !said.contains([']', '['])).then_some((kind, said))
}

/// What a tag says, to a model that reads pages, of the region that it holds: `<div data-bbox="…" data-label="Footnote">`.
fn region(tag: &str) -> Option<&str> {
    tag.split_once("data-label=\"")?.1.split('"').next()
}

fn comment_value(line: &str) -> Option<(&'static str, &str)> {
    if let Some(found) = bracketed(line) {
        return Some(found);
    }
    if let Some((tag, rest)) =
        line.trim().strip_prefix('<').filter(|rest| rest.starts_with(char::is_alphabetic)).and_then(|rest| rest.split_once('>'))
    {
        if tag.starts_with("div ") {
            let said = rest.strip_suffix("</div>")?.trim();
            let bare = said.strip_prefix("<p>").and_then(|said| said.strip_suffix("</p>")).unwrap_or(said);
            let is_head = matches!(region(tag), Some("Page-Header" | "Page-Footer"));
            return (is_head && !bare.contains('<')).then_some(("pageheader", bare));
        }
        let known =
            ["header", "footer", "page_header", "page_footer", "page-header", "page-footer", "watermark", "page_number"];
        let name = known.into_iter().find(|known| tag.eq_ignore_ascii_case(known))?;
        let said = rest.strip_suffix('>')?.rsplit_once("</")?.0;
        return (!said.contains('<')).then_some((if name == "page_number" { "pagenumber" } else { "pageheader" }, said));
    }
    let inner = line.trim().strip_prefix("<!--")?.strip_suffix("-->")?.trim();
    let (name, value) = inner.split_once('=')?;
    let name = name.trim().to_ascii_lowercase();
    let known = ["pageheader", "pagefooter", "pagenumber"].into_iter().find(|known| *known == name)?;
    Some((known, value.trim().trim_matches('"')))
}

/// How often each of some keys comes.
fn tally<'k>(keys: impl Iterator<Item = &'k str>) -> BTreeMap<&'k str, usize> {
    let mut counts = BTreeMap::new();
    keys.filter(|key| !key.is_empty()).for_each(|key| *counts.entry(key).or_insert(0) += 1);
    counts
}
