//! Environments of TeX that say what their lines are: verse, what is like a theorem, lists of terms, code as it stands.

use std::ops::Range;

use super::commands::{Around, fenced, kept, made, opened};
use super::tabular::id_of;
use super::{Line, Piece};
use crate::tree::is_theorem;

/// What is like a theorem, and how its id begins (Quarto).
const THEOREMS: [(&str, &str); 10] = [
    ("theorem", "thm"),
    ("lemma", "lem"),
    ("corollary", "cor"),
    ("proposition", "prp"),
    ("conjecture", "cnj"),
    ("definition", "def"),
    ("example", "exm"),
    ("exercise", "exr"),
    ("remark", "rem"),
    ("solution", "sol"),
];

/// The ends of a line that the author asks for, longest first.
const ENDS: [&str; 4] = ["\\\\*", "\\\\!", "\\\\", "\\newline"];

/// What stands in an environment of this name between the lines `at` and `last`, if it is one of these.
pub fn read(lines: &[Line], name: &str, (at, last): (usize, usize), around: &Around) -> Option<Vec<Piece>> {
    let inner = at + 1..last;
    let (_, is_bare) = opened(lines[at].own())?;
    let mut pieces = vec![made("\n")];
    match name {
        "verse" => verse(lines, inner, around, &mut pieces)?,
        "description" if is_bare && !around.scanned => terms(lines, inner, &mut pieces)?,
        "verbatim" | "verbatim*" | "Verbatim" | "lstlisting" | "minted" => code(lines, (at, last), name, &mut pieces)?,
        "proof" if is_bare && !around.scanned => {
            pieces.push(made("::: proof\n"));
            kept(lines, inner, "", around, &mut pieces);
            pieces.push(made(":::\n"));
        }
        _ => {
            let (_, kind) = THEOREMS.iter().find(|(known, _)| *known == name).filter(|_| !around.scanned)?;
            theorem(lines, (at, last), (name, kind), around, &mut pieces)?;
        }
    }
    pieces.push(made("\n"));
    Some(pieces)
}

/// A line of verse without what ends it, and whether something does.
fn ended(said: &str) -> (&str, bool) {
    let said = said.trim_end();
    // A skip behind it: `\\[2pt]`.
    let bare = match said.strip_suffix(']').and_then(|rest| rest.rsplit_once("\\\\[")) {
        Some((bare, skip)) if skip.starts_with(|c: char| c.is_ascii_digit()) => return (bare.trim_end(), true),
        _ => said,
    };
    match ENDS.iter().find_map(|end| bare.strip_suffix(end)) {
        Some(bare) => (bare.trim_end(), true),
        None => (bare, false),
    }
}

/// Each line behind a bar, stanzas parted by a bar alone; where a page's lines are no marks, behind each other with breaks.
fn verse(lines: &[Line], range: Range<usize>, around: &Around, pieces: &mut Vec<Piece>) -> Option<()> {
    let (mut is_open, mut has_words, mut is_parted) = (false, false, false);
    for line in &lines[range] {
        let own = line.own();
        // What opens and ends the lines of another environment is no verse.
        (!own.starts_with("\\begin{") && !own.starts_with("\\end{")).then_some(())?;
        let (bare, is_ended) = ended(own);
        let indented = bare.strip_prefix("\\vin").filter(|rest| rest.starts_with([' ', '\\'])).map(str::trim_start);
        let words = indented.unwrap_or(bare);
        if words.is_empty() {
            is_parted |= has_words;
            is_open = false;
            continue;
        }
        match (is_open, around.scanned) {
            (true, _) => pieces.push(made("\n  ")),
            (false, true) if has_words => pieces.push(made(if is_parted { "\n\n" } else { "\\\n" })),
            (false, true) => {}
            (false, false) => {
                let bar = if indented.is_some() { "|     " } else { "| " };
                let parted = if is_parted {
                    "\n|\n"
                } else if has_words {
                    "\n"
                } else {
                    ""
                };
                pieces.push(made(&format!("{parted}{bar}")));
            }
        }
        let from = own.len() - own.trim_start().len() + (bare.len() - words.len());
        pieces.push(Piece::Kept(line.place(from..from + words.len())));
        (is_open, has_words, is_parted) = (!is_ended, true, false);
    }
    has_words.then(|| pieces.push(made("\n")))
}

/// A group with its name and number, as Quarto has it.
fn theorem(
    lines: &[Line],
    (at, last): (usize, usize),
    (name, kind): (&str, &str),
    around: &Around,
    pieces: &mut Vec<Piece>,
) -> Option<()> {
    let own = lines[at].own();
    let from = own.find('}')? + 1;
    let (title, behind) = match own[from..].strip_prefix('[') {
        Some(rest) => {
            let close = rest.find(']')?;
            (Some(from + 1..from + 1 + close), from + close + 2)
        }
        None => (None, from),
    };
    // A label stands behind the title, or on a line of its own.
    let mut first = at + 1;
    let said = own[behind..].trim();
    let label = if said.is_empty() {
        let label = lines.get(first).filter(|_| first < last).and_then(|line| label(line.own()));
        first += usize::from(label.is_some());
        label
    } else {
        Some(label(said)?)
    };
    let id = match label.and_then(id_of) {
        Some(id) if is_theorem(&id) => id,
        Some(id) => format!("{kind}-{id}"),
        None => format!("{kind}-{}", at + 1),
    };
    pieces.push(made(&format!("::: {{.{name} #{id}}}")));
    if let Some(title) = title.filter(|title| !own[title.clone()].trim().is_empty()) {
        pieces.push(made(" "));
        pieces.push(Piece::Kept(lines[at].place(title)));
    }
    pieces.push(made("\n"));
    kept(lines, first..last, "", around, pieces);
    pieces.push(made(":::\n"));
    Some(())
}

/// The name in `\label{…}`.
fn label(said: &str) -> Option<&str> {
    said.strip_prefix("\\label{").and_then(|rest| rest.strip_suffix('}')).filter(|name| !name.contains(['{', '}']))
}

/// `\item[term] words`: terms and what they mean.
fn terms(lines: &[Line], range: Range<usize>, pieces: &mut Vec<Piece>) -> Option<()> {
    let mut has_items = false;
    for line in &lines[range] {
        let own = line.own();
        (!own.starts_with("\\begin{") && !own.starts_with("\\end{")).then_some(())?;
        let Some(rest) = own.strip_prefix("\\item") else {
            (has_items || own.is_empty()).then_some(())?;
            pieces.push(made("    "));
            pieces.push(Piece::Kept(line.place(0..own.len())));
            pieces.push(made("\n"));
            continue;
        };
        let rest = rest.trim_start();
        let close = closing_bracket(rest)?;
        let from = own.len() - rest.len();
        (close > 1).then_some(())?;
        pieces.extend([made("\n"), Piece::Kept(line.place(from + 1..from + close)), made("\n:   ")]);
        let words = own[from + close + 1..].trim_start();
        pieces.extend([Piece::Kept(line.place(own.len() - words.len()..own.len())), made("\n")]);
        has_items = true;
    }
    has_items.then_some(())
}

/// Where the bracket closes with which a text begins.
fn closing_bracket(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if at == 0 && byte != b'[' => return None,
            b'[' | b'{' => depth += 1,
            b'}' | b']' if depth == 1 => return (byte == b']').then_some(at),
            b'}' | b']' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// A listing, in the language that its options name.
fn code(lines: &[Line], (at, last): (usize, usize), name: &str, pieces: &mut Vec<Piece>) -> Option<()> {
    let own = lines[at].own();
    let behind = own[own.find('}')? + 1..].trim();
    let language = match name {
        "minted" => behind.strip_suffix('}').and_then(|rest| rest.rsplit_once('{')).map_or("", |(_, language)| language),
        "lstlisting" => behind
            .split(['[', ',', ']'])
            .find_map(|option| option.trim().strip_prefix("language="))
            .map_or("", |language| language.trim_matches(['{', '}'])),
        _ => "",
    };
    let is_options = behind.is_empty() || behind.ends_with([']', '}']) && behind.starts_with(['[', '{']);
    (is_options && !behind.contains("caption")).then_some(())?;
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '#');
    let language = if language.chars().all(fits) { language } else { "" };
    let inner = &lines[at + 1..last];
    fenced(inner, "", language, pieces);
    Some(())
}
