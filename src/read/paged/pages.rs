//! The marks that tools leave where a printed page ends, and the pages between them.

use std::ops::Range;

use super::guesses::Guesses;
use super::lines::{Lines, Role};
use super::numbers;
use crate::report::RepairKind;

/// How sure a page's end is by the kind of its mark. A tool's own mark is nothing else; a number in brackets alone on a line
/// could be the author's.
const TOOL_MARK: f32 = 0.99;
const BRACKETED: f32 = 0.85;

/// A page mark: what it says of the page that it opens.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mark {
    /// The label of the page that begins here.
    pub label: Option<String>,
    pub facsimile: Option<String>,
    /// Bytes of the text.
    pub range: Range<usize>,
    pub confidence: f32,
    sort: Sort,
}

/// How a mark is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Sort {
    /// A tool's mark that can be nothing else.
    #[default]
    Tool,
    /// `<!-- PageNumber="12" -->`: the folio of the page on which it stands, a mark only where there is no other.
    PageNumber,
    /// `<!-- PageHeader="…" -->`: a running head that a tool set apart.
    PageHeader,
    /// `<pb n="12"/>`
    Milestone,
    /// `[p. 12]`.
    Page,
    /// `[12]`: a mark only in a rising row of such.
    Number,
}

impl Mark {
    /// Whether the mark is worth a milestone before any text: it is, where it says a page's name. A tool's count from 0 says none.
    pub fn says_where_text_begins(&self) -> bool {
        self.label.as_deref().is_some_and(|label| label != "0") || self.facsimile.is_some()
    }
}

impl Mark {
    /// Whether the mark shows page-broken text by itself. A milestone does not: clean Markdown has it as well.
    pub fn is_sure(&self) -> bool {
        self.sort != Sort::Milestone
    }
}

/// Recognises every page mark of the text, and claims its line.
pub fn mark(lines: &mut Lines, placeholder: Option<&str>, guesses: &mut Guesses) -> Vec<Mark> {
    let mut marks = Vec::new();
    for (at, mark) in found(lines, placeholder) {
        let (span, label) = (guesses.span(mark.range.clone()), mark.label.clone());
        if guesses.make(RepairKind::PageMarked, span, mark.confidence, || shown(label.as_deref())) {
            lines.set(at..at + 1, Role::Mark(marks.len()));
            marks.push(mark);
        }
    }
    marks
}

/// What a repair says of a page break.
pub fn shown(label: Option<&str>) -> String {
    label.map_or("[page]".to_owned(), |label| format!("[page {label}]"))
}

/// The lines that mark pages, with what they say.
pub fn found(lines: &Lines, placeholder: Option<&str>) -> Vec<(usize, Mark)> {
    let mut found: Vec<(usize, Mark)> = (0..lines.len())
        .filter(|&at| !lines.all[at].code)
        .filter_map(|at| {
            let mut mark = of_line(lines.line(at), placeholder)?;
            mark.range = lines.all[at].start..lines.all[at].end;
            Some((at, mark))
        })
        .collect();
    let others = found.iter().any(|(_, mark)| matches!(mark.sort, Sort::Tool | Sort::Milestone));
    found.retain(|(_, mark)| mark.sort != Sort::PageHeader && (mark.sort != Sort::PageNumber || !others));
    numbered(&mut found);
    found
}

/// Keeps `[12]` only where such numbers stand alone and rise through the text: else it is the author's.
fn numbered(found: &mut Vec<(usize, Mark)>) {
    let values: Vec<u32> = found
        .iter()
        .filter(|(_, mark)| mark.sort == Sort::Number)
        .filter_map(|(_, mark)| numbers::value(mark.label.as_deref()?))
        .collect();
    let rising = values.len() >= 2 && values.windows(2).all(|pair| pair[0] < pair[1] && pair[1] - pair[0] <= 20);
    found.retain(|(_, mark)| mark.sort != Sort::Number || rising);
}

/// Reads a line as a page mark.
fn of_line(line: &str, placeholder: Option<&str>) -> Option<Mark> {
    let line = line.trim_matches([' ', '\t']);
    let tool = |label: Option<String>| Some(Mark { label, confidence: TOOL_MARK, ..Mark::default() });
    if line == "\x0C" || placeholder.is_some_and(|mark| !mark.is_empty() && line == mark.trim()) {
        return tool(None);
    }
    match line.as_bytes().first()? {
        b'{' => marker(line).and_then(tool),
        b'<' if line.starts_with("<!--") => comment(line.strip_prefix("<!--")?.strip_suffix("-->")?.trim()),
        b'<' => milestone(line),
        b'-' => pymupdf(line).and_then(tool),
        b'[' => bracketed(line.strip_prefix('[')?.strip_suffix(']')?.trim()),
        _ => None,
    }
}

/// `{12}` and a row of hyphens, as marker writes it before page 12.
fn marker(line: &str) -> Option<Option<String>> {
    let (number, row) = line.strip_prefix('{')?.split_once('}')?;
    let row = row.trim();
    let fits = row.len() >= 10 && row.bytes().all(|byte| byte == b'-') && is_number(number);
    fits.then(|| Some(number.to_owned()))
}

/// `--- end of page=12 ---`, as PyMuPDF4LLM writes it behind page 12, counted from 0, or `end of page.page_number=13`, counted
/// from 1.
fn pymupdf(line: &str) -> Option<Option<String>> {
    let said = line.trim_matches('-').trim();
    let said = said.strip_prefix("end of page")?;
    let (from_one, said) = match said.strip_prefix(".page_number") {
        Some(said) => (true, said),
        None => (false, said),
    };
    let ended: u32 = said.trim_start_matches([' ', '=', ':']).trim().parse().ok()?;
    Some(Some((ended + if from_one { 1 } else { 2 }).to_string()))
}

fn comment(said: &str) -> Option<Mark> {
    let lower = said.to_lowercase();
    let mark = |sort, label: Option<&str>| {
        Some(Mark { label: label.map(str::to_owned), confidence: TOOL_MARK, sort, ..Mark::default() })
    };
    if let Some((name, value)) = said.split_once('=') {
        let value = value.trim().trim_matches(['"', '\'']);
        return match name.trim().to_lowercase().as_str() {
            "pagenumber" if is_label(value) => mark(Sort::PageNumber, Some(value)),
            "pageheader" | "pagefooter" => mark(Sort::PageHeader, None),
            "page" | "pb" | "page_number" if is_label(value) => mark(Sort::Tool, Some(value)),
            _ => None,
        };
    }
    let squeezed: String = lower.chars().filter(|c| c.is_alphanumeric()).collect();
    if ["pagebreak", "newpage", "endofpage", "pageend", "pb"].contains(&squeezed.as_str()) {
        return mark(Sort::Tool, None);
    }
    let rest = ["page break", "pagebreak", "page", "pg", "p.", "pb"].into_iter().find_map(|word| lower.strip_prefix(word))?;
    let label = rest.trim_matches([' ', ':', '.', '#', '-', '=']);
    is_label(label).then(|| mark(Sort::Tool, Some(label)))?
}

/// `<pb n="12" facs="12.png"/>` alone on a line.
fn milestone(line: &str) -> Option<Mark> {
    let inner = line.strip_prefix("<pb")?.strip_suffix('>')?.trim_end_matches('/');
    let inner = inner.strip_suffix("></pb").unwrap_or(inner);
    if !inner.is_empty() && !inner.starts_with(char::is_whitespace) || inner.contains('>') {
        return None;
    }
    let value = |name: &str| {
        let (_, behind) = inner.split_once(name)?;
        let behind = behind.trim_start().strip_prefix('=')?.trim_start();
        let quote = behind.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let value = behind[1..].split(quote).next()?;
        (!value.is_empty()).then(|| super::super::clean::line(value))
    };
    Some(Mark {
        label: value(" n"),
        facsimile: value(" facs"),
        confidence: TOOL_MARK,
        sort: Sort::Milestone,
        ..Mark::default()
    })
}

/// `[p. 12]`, `[Page 12]`, `[12]`.
fn bracketed(said: &str) -> Option<Mark> {
    let lower = said.to_lowercase();
    let words = ["page", "pag.", "pág.", "pg.", "pg", "pp.", "p.", "p ", "seite", "s.", "σελ.", "стр.", "с.", "ص"];
    let rest = words.into_iter().find_map(|word| lower.strip_prefix(word));
    let (sort, label) = match rest {
        Some(rest) => (Sort::Page, rest.trim().to_owned()),
        None => (Sort::Number, said.to_owned()),
    };
    is_label(&label).then_some(Mark { label: Some(label), confidence: BRACKETED, sort, ..Mark::default() })
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() <= 6 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text can be what a page is called: a number, Arabic or Roman, with a letter at most.
fn is_label(text: &str) -> bool {
    numbers::value(text.trim_end_matches(['a', 'b', 'r', 'v'])).is_some() || numbers::value(text).is_some()
}
