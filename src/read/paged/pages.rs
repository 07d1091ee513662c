//! The marks that tools leave where a printed page ends, and the pages between them.

pub mod inline;
mod learned;
pub mod words;

use std::ops::Range;

use super::evidence::{self, Ending};
use super::feet::is_rule;
use super::guesses::Guesses;
use super::lines::{Lines, Role};
use super::marks;
use super::numbers;
use crate::read::clean;
use crate::report::RepairKind;

/// How sure a page's end is by the kind of its mark. A tool's own mark is nothing else; a number in brackets alone on a line
/// could be the author's.
const TOOL_MARK: f32 = 0.99;
const BRACKETED: f32 = 0.85;
/// A row of lines that name pages and rise, where no page's end cuts a sentence.
const LEARNED_MARK: f32 = 0.9;
/// A rule, or a command to begin a page, where many of them cut sentences.
const CUTTING: f32 = 0.85;

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
    /// `\\newpage`, `{pagebreak}`, a division that breaks the page: an author's as well, so that only cut sentences show a tool's.
    Command,
    /// A rule: a tool's mark only where rules cut sentences.
    Rule,
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
    let found = found(lines, placeholder);
    let rules = rules_beside(lines, &found);
    for (at, mark) in found {
        let (span, label) = (guesses.span(mark.range.clone()), mark.label.clone());
        if guesses.make(RepairKind::PageMarked, span, mark.confidence, || shown(label.as_deref())) {
            lines.set(at..at + 1, Role::Mark(marks.len()));
            let behind = (at + 1..lines.len()).take_while(|&at| lines.all[at].start < mark.range.end).count();
            lines.set(at + 1..at + 1 + behind, Role::Dropped);
            marks.push(mark);
        }
    }
    if !marks.is_empty() {
        rules.into_iter().for_each(|at| lines.set(at..at + 1, Role::FootRule));
    }
    marks
}

/// The rules that a tool sets beside its marks: where most marks have one on the same side.
fn rules_beside(lines: &Lines, found: &[(usize, Mark)]) -> Vec<usize> {
    let solid = |at: &usize| lines.role(*at) != Role::Blank;
    let rule = |at: Option<usize>| at.filter(|&at| is_rule(lines.line(at)));
    let above: Vec<usize> = found.iter().filter_map(|(at, _)| rule((0..*at).rev().find(solid))).collect();
    let below: Vec<usize> = found.iter().filter_map(|(at, _)| rule((at + 1..lines.len()).find(solid))).collect();
    [above, below].into_iter().filter(|side| side.len() >= 2 && side.len() * 3 >= found.len() * 2).flatten().collect()
}

/// What a repair says of a page break.
pub fn shown(label: Option<&str>) -> String {
    label.map_or("[page]".to_owned(), |label| format!("[page {label}]"))
}

/// The lines that mark pages, with what they say.
pub fn found(lines: &Lines, placeholder: Option<&str>) -> Vec<(usize, Mark)> {
    let mut described = 0;
    let mut found: Vec<(usize, Mark)> = (0..lines.len())
        .filter(|&at| !lines.all[at].code)
        .filter_map(|at| {
            if let Some(last) = description(lines, at) {
                described = last + 1;
                let range = lines.all[at].start..lines.all[last].end;
                return Some((at, Mark { range, confidence: TOOL_MARK, ..Mark::default() }));
            }
            (at >= described).then_some(())?;
            let inside = || {
                lines.inner.get(&at).map(|label| Mark { label: Some(label.clone()), confidence: TOOL_MARK, ..Mark::default() })
            };
            let mut mark = inside().or_else(|| of_line(lines.line(at), placeholder))?;
            mark.range = lines.all[at].start..lines.all[at].end;
            Some((at, mark))
        })
        .collect();
    let others = found.iter().any(|(_, mark)| matches!(mark.sort, Sort::Tool | Sort::Milestone));
    found.retain(|(_, mark)| mark.sort != Sort::PageHeader && (mark.sort != Sort::PageNumber || !others));
    numbered(&mut found);
    below_their_pages(lines, &mut found);
    cutting(lines, &mut found, Sort::Command, 1);
    if !found.iter().any(|(_, mark)| mark.sort == Sort::Tool) {
        let learned = learned::found(lines, &|at| cuts_at(lines, at));
        if !learned.is_empty() {
            found = learned;
        }
    }
    // Rules stand above notes as well.
    let noted = |at: usize| {
        let below = (at + 1..lines.len()).find(|&at| lines.role(at) != Role::Blank);
        below.and_then(|below| lines.opening(below)).is_some_and(|found| found.mark.form != marks::Form::Bare)
    };
    // A tool's rules are all alike, and none of them underlines a line.
    let alike = found.windows(2).all(|pair| lines.line(pair[0].0).trim() == lines.line(pair[1].0).trim());
    let underlines = |at: usize| at > 0 && lines.role(at - 1) != Role::Blank && lines.line(at - 1).trim().chars().count() <= 60;
    let rules = alike && found.iter().all(|(at, mark)| mark.sort == Sort::Rule && !noted(*at) && !underlines(*at));
    found.retain(|(_, mark)| rules || mark.sort != Sort::Rule);
    cutting(lines, &mut found, Sort::Rule, 2);
    found
}

/// Where tags say the numbers of the pages above them, each names the page before its mark; the last one marks no page's end.
fn below_their_pages(lines: &Lines, found: &mut Vec<(usize, Mark)>) {
    let own: Vec<usize> = found.iter().filter(|(_, mark)| mark.sort == Sort::PageNumber).map(|(at, _)| *at).collect();
    let (Some(&first), Some(&last)) = (own.first(), own.last()) else { return };
    let text =
        |range: Range<usize>| range.into_iter().any(|at| lines.role(at) != Role::Blank && !lines.line(at).starts_with('<'));
    if !text(0..first) || text(last + 1..lines.len()) {
        return;
    }
    found.retain(|(at, _)| *at != last);
    for (_, mark) in found.iter_mut().filter(|(_, mark)| mark.sort == Sort::PageNumber) {
        let next = mark.label.as_deref().and_then(|label| Some((numbers::value(label)? + 1, label.to_owned())));
        mark.label = next.map(|(value, said)| match said.contains(char::is_alphabetic) {
            true => numbers::to_roman(value, &said),
            false => value.to_string(),
        });
    }
}

/// Keeps marks of a sort only where at least `least` of them, and a quarter, cut sentences.
fn cutting(lines: &Lines, found: &mut Vec<(usize, Mark)>, sort: Sort, least: usize) {
    let own = || found.iter().filter(|(_, mark)| mark.sort == sort);
    let is_of_authors = matches!(sort, Sort::Rule | Sort::Command);
    let cut = |at: usize| if is_of_authors { super::looks::cuts_prose(lines, at) } else { cuts_at(lines, at) };
    let cuts = own().filter(|(at, _)| cut(*at)).count();
    let enough = cuts >= least && cuts * 4 >= own().count()
        || sort == Sort::Rule && are_under_folios(lines, &own().map(|(at, _)| *at).collect::<Vec<_>>())
        || sort == Sort::Rule && are_under_notes(lines, &own().map(|(at, _)| *at).collect::<Vec<_>>())
        || sort == Sort::Rule && are_over_one_head(lines, &own().map(|(at, _)| *at).collect::<Vec<_>>())
        || sort == Sort::Rule && are_over_heads(lines, &own().map(|(at, _)| *at).collect::<Vec<_>>());
    found.retain(|(_, mark)| mark.sort != sort || enough);
}

/// Whether rules stand each below the number of its page, and pages end there in mid-sentence, whatever stands between.
fn are_under_folios(lines: &Lines, rules: &[usize]) -> bool {
    let folio = |rule: &usize| {
        let above = (0..*rule).rev().find(|&at| lines.role(at) != Role::Blank)?;
        let said = lines.line(above).trim();
        (!lines.all[above].code && said.len() <= 8).then(|| numbers::value(said)).flatten()
    };
    let values: Vec<u32> = rules.iter().filter_map(folio).collect();
    let rises = values.windows(2).all(|pair| pair[0] < pair[1] && pair[1] - pair[0] <= 20);
    let cuts = rules.iter().filter(|at| super::looks::cuts_page(lines, **at)).count();
    values.len() >= 3 && values.len() * 4 >= rules.len() * 3 && rises && cuts >= 2 && cuts * 4 >= rules.len()
}

/// Whether rules stand right below notes, at several places, and a page ends at one in mid-sentence.
fn are_under_notes(lines: &Lines, rules: &[usize]) -> bool {
    let noted = |rule: &&usize| {
        let above = (0..**rule).rev().find(|&at| lines.role(at) != Role::Blank);
        above.filter(|&at| !lines.all[at].code).is_some_and(|at| {
            let line = lines.line(at);
            marks::opening(line).is_some_and(|found| found.mark.form.is_strong() || line.starts_with("> "))
        })
    };
    rules.iter().filter(noted).count() >= 2 && rules.iter().any(|at| super::looks::cuts_page(lines, *at))
}

/// Whether heads stand right below rules whose numbers count the pages, as many as there are rules between, and a page ends there in
/// mid-sentence. Where there are several, a rule in code may be missing.
fn are_over_heads(lines: &Lines, rules: &[usize]) -> bool {
    let head = |(number, rule): (usize, &usize)| {
        let below = (*rule + 1..lines.len()).find(|&at| lines.role(at) != Role::Blank)?;
        let said = lines.line(below).trim();
        let mut ends = [said.split_whitespace().next(), said.split_whitespace().next_back()].into_iter().flatten();
        let ended = || lines.line(below + 1).starts_with('#');
        let alone = lines.all.get(below + 1).is_none_or(|line| line.role == Role::Blank || ended());
        let short = said.chars().nth(84).is_none() && !said.starts_with('#') && !lines.all[below].code;
        let value = |token: &str| {
            let bare = token.trim_matches(['*', '_', '[', ']']);
            bare.bytes().all(|byte| byte.is_ascii_digit()).then(|| bare.parse::<u32>().ok()).flatten()
        };
        (alone && short).then(|| Some((number, ends.find_map(value)? as usize))).flatten()
    };
    let values: Vec<(usize, usize)> = rules.iter().enumerate().filter_map(head).collect();
    let most_missing = if values.len() >= SEVERAL { 2 } else { 0 };
    let counts = values.windows(2).all(|pair| {
        let (rules, pages) = (pair[1].0 - pair[0].0, pair[1].1.checked_sub(pair[0].1));
        pages.is_some_and(|pages| (rules..=rules + most_missing).contains(&pages))
    });
    values.len() >= 2
        && values.len() * 3 >= rules.len() * 2
        && counts
        && rules.iter().any(|at| super::looks::cuts_page(lines, *at))
}

/// So many heads count, though a page may be missing among them.
const SEVERAL: usize = 5;

/// Whether most rules stand right above the same line, a running head, and a page ends at one in mid-sentence, whatever stands between.
fn are_over_one_head(lines: &Lines, rules: &[usize]) -> bool {
    let head = |rule: &usize| {
        let below = (*rule + 1..lines.len()).find(|&at| lines.role(at) != Role::Blank)?;
        let said = clean::letters(lines.line(below));
        (!lines.all[below].code && !said.is_empty() && said.len() <= 84).then_some(said)
    };
    let mut heads: Vec<String> = rules.iter().filter_map(head).collect();
    heads.sort_unstable();
    let most = heads.chunk_by(|one, other| one == other).map(<[String]>::len).max().unwrap_or(0);
    most >= 3 && most * 3 >= rules.len() * 2 && rules.iter().any(|at| super::looks::cuts_page(lines, *at))
}

/// How many lines on each side of a mark are looked at for a sentence that it cuts: furniture and notes may stand between.
const AROUND: usize = 4;
/// How many words a line of prose has at least.
const PROSE: usize = 4;

/// Whether text stops in mid-sentence above a line and goes on below it.
pub fn cuts_at(lines: &Lines, at: usize) -> bool {
    let solid = |at: &usize| lines.role(*at) != Role::Blank && !lines.all[*at].code;
    let prose = |line: &&str| {
        line.starts_with(|c: char| c.is_alphabetic() || matches!(c, '"' | '“' | '«' | '„' | '(' | '*' | '_'))
            && (line.split_whitespace().nth(PROSE - 1).is_some() || evidence::is_unspaced(line))
            && !line.contains('|')
    };
    let above = (0..at).rev().filter(solid).take(AROUND).map(|at| lines.line(at).trim()).filter(prose);
    let below: Vec<&str> =
        (at + 1..lines.len()).filter(solid).take(AROUND).map(|at| lines.line(at).trim()).filter(prose).collect();
    let begins = below.iter().any(|line| line.starts_with(char::is_lowercase));
    let caseless =
        below.iter().any(|line| line.starts_with(|c: char| c.is_alphabetic() && !c.is_lowercase() && !c.is_uppercase()));
    let ends = |line: &str| matches!(evidence::ending(line), Ending::NoStop | Ending::HalfStop | Ending::Hyphen);
    (begins || caseless) && above.into_iter().any(ends)
}

/// Keeps `[12]` only where such numbers stand alone and rise through the text, and `[p. 12]` where there are several: else it is
/// the author's.
fn numbered(found: &mut Vec<(usize, Mark)>) {
    let rising = |sort: Sort| {
        let labels = found.iter().filter(|(_, mark)| mark.sort == sort);
        let values: Vec<u32> = labels.filter_map(|(_, mark)| numbers::value(mark.label.as_deref()?)).collect();
        values.len() >= 2 && values.windows(2).all(|pair| pair[0] < pair[1] && pair[1] - pair[0] <= 20)
    };
    let (numbers, pages) = (rising(Sort::Number), found.iter().filter(|(_, mark)| mark.sort == Sort::Page).count() >= 2);
    found.retain(|(_, mark)| match mark.sort {
        Sort::Number => numbers,
        Sort::Page => pages,
        Sort::Tool | Sort::PageNumber | Sort::PageHeader | Sort::Milestone | Sort::Command | Sort::Rule => true,
    });
}

/// The last line of what a model says of each page that it reads, before the page's text (olmOCR): `primary_language: en` and more,
/// between rules.
fn description(lines: &Lines, at: usize) -> Option<usize> {
    const KEYS: [&str; 5] = ["primary_language:", "is_rotation_valid:", "rotation_correction:", "is_table:", "is_diagram:"];
    let said = |at: usize| if at < lines.len() { lines.line(at).trim() } else { "" };
    (said(at) == "---" && said(at + 1).starts_with(KEYS[0])).then_some(())?;
    let count = (at + 1..lines.len()).take_while(|&at| KEYS.iter().any(|key| said(at).starts_with(key))).count();
    (said(at + 1 + count) == "---").then_some(at + 1 + count)
}

/// Reads a line as a page mark.
fn of_line(line: &str, placeholder: Option<&str>) -> Option<Mark> {
    // Of all lines few begin as a mark does.
    let first = line.bytes().find(|byte| !matches!(byte, b' ' | b'\t'));
    if placeholder.is_none() && !first.is_some_and(|byte| b"\x0C{<#_-[\\=*~|".contains(&byte)) {
        return None;
    }
    let line = line.trim_matches([' ', '\t']);
    let tool = |label: Option<String>| Some(Mark { label, confidence: TOOL_MARK, ..Mark::default() });
    if line == "\x0C" {
        return tool(None);
    }
    if let Some(label) = placeholder.and_then(|pattern| of_pattern(line, pattern.trim())) {
        return tool(label);
    }
    if is_worded(line) {
        // Authors ask for a new page so, too: Quarto's and Leanpub's commands, WordPress's comment.
        let is_command = line.starts_with('{') || line.contains("nextpage");
        return if is_command {
            Some(Mark { confidence: CUTTING, sort: Sort::Command, ..Mark::default() })
        } else {
            tool(None)
        };
    }
    match line.as_bytes().first()? {
        b'{' => marker(line).and_then(tool),
        b'<' if line.starts_with("<!--") => comment(line.strip_prefix("<!--")?.strip_suffix("-->")?.trim()),
        b'<' => milestone(line).or_else(|| tagged(line)).or_else(|| breaking(line)),
        b'#' => library(line).and_then(tool),
        b'_' if line.len() >= LONG_RULE && is_rule(line) => {
            Some(Mark { confidence: CUTTING, sort: Sort::Rule, ..Mark::default() })
        }
        b'-' if is_rule(line) => Some(Mark { confidence: CUTTING, sort: Sort::Rule, ..Mark::default() }),
        b'-' => pymupdf(line).and_then(tool),
        b'[' => bracketed(line.strip_prefix('[')?.strip_suffix(']')?.trim()),
        b'\\' => command(line),
        _ => None,
    }
}

/// `<--- Page Split --->` (DeepSeek-OCR), `[PAGE_BREAK]`, `==== Page Break ====`: what such a line is called, between signs.
fn is_worded(line: &str) -> bool {
    let is_sign = |c: char| !c.is_alphanumeric();
    let letters = || line.chars().filter(|c| c.is_alphabetic());
    line.len() < 80
        && line.starts_with(is_sign)
        && line.ends_with(is_sign)
        && letters().nth(words::LONGEST_BREAK).is_none()
        && {
            let said: String = letters().flat_map(char::to_lowercase).collect();
            words::is_break(&said) && !line.contains(|c: char| c.is_ascii_digit())
        }
}

/// How long a line of low strokes is that a tool sets between pages.
const LONG_RULE: usize = 8;

/// What a line says where the user has shown how marks look: `--- Page {n} ---`; none: it is no mark.
fn of_pattern(line: &str, pattern: &str) -> Option<Option<String>> {
    if pattern.is_empty() {
        return None;
    }
    let Some((before, behind)) = pattern.split_once("{n}") else { return (line == pattern).then_some(None) };
    let label = line.strip_prefix(before.trim_start())?.strip_suffix(behind.trim_end())?.trim();
    let fits = !label.is_empty() && label.chars().count() <= 12 && label.chars().any(char::is_alphanumeric);
    fits.then(|| Some(label.to_owned()))
}

/// `## p. 7 (#27) ####`, as the HathiTrust library writes it above page 7, which is its image 27; `## p. (#5) ##` has no number.
fn library(line: &str) -> Option<Option<String>> {
    let said = line.trim_matches('#').trim().strip_prefix("p.")?.trim_start();
    let (label, image) = said.split_once("(#")?;
    let image = image.strip_suffix(')')?;
    let label = label.trim();
    (is_number(image) && (label.is_empty() || is_label(label)))
        .then(|| Some(label.to_owned()).filter(|label| !label.is_empty()))
}

/// `<page_number>31</page_number>`, as models that read images write it: the folio of the page on which it stands.
fn tagged(line: &str) -> Option<Mark> {
    let (name, rest) = line.strip_prefix('<')?.split_once('>')?;
    let lower = name.to_lowercase().replace(['-', '_'], "");
    if !["pagenumber", "pagenum", "pageno"].contains(&lower.as_str()) && !words::is_page(&lower) {
        return None;
    }
    let (said, close) = rest.split_once("</")?;
    let said = said.trim();
    if !close.starts_with(name) || !said.contains(|c: char| numbers::digit(c).is_some()) && !is_label(said) {
        return None;
    }
    // `12/300` says how many pages there are. `<p>` is a paragraph, whatever it holds.
    let label = said.split(['/', ' ']).next().filter(|label| is_label(label)).map(str::to_owned);
    if said.contains('<') || name.len() < 3 || label.is_none() {
        return None;
    }
    Some(Mark { label, confidence: TOOL_MARK, sort: Sort::PageNumber, ..Mark::default() })
}

/// A division or rule of HTML that begins a page where it is printed.
fn breaking(line: &str) -> Option<Mark> {
    let lower = line.to_lowercase();
    let tag = ["<div", "<p", "<hr", "<br", "<span"].into_iter().any(|tag| lower.starts_with(tag));
    let squeezed: String = lower.chars().filter(|c| !c.is_whitespace()).collect();
    let breaks = [
        "page-break-",
        "break-before:page",
        "break-after:page",
        "\"pagebreak\"",
        "\"page-break\"",
        "\"newpage\"",
        "'pagebreak'",
    ];
    let text = lower
        .split('<')
        .filter_map(|piece| piece.split_once('>'))
        .any(|(_, text)| !text.replace("&nbsp;", "").trim().is_empty());
    let fits = tag && breaks.iter().any(|sign| squeezed.contains(sign)) && !text && !squeezed.contains("avoid");
    fits.then(|| Mark { confidence: CUTTING, sort: Sort::Command, ..Mark::default() })
}

/// `\newpage` and its like, alone on a line.
fn command(line: &str) -> Option<Mark> {
    let fits =
        ["\\newpage", "\\pagebreak", "\\clearpage", "\\cleardoublepage", "\\eject"].contains(&line.trim_end_matches("{}"));
    fits.then(|| Mark { confidence: CUTTING, sort: Sort::Command, ..Mark::default() })
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
            "pagenumber" => mark(Sort::PageNumber, Some(number_said(value)?)),
            "pageheader" | "pagefooter" => mark(Sort::PageHeader, None),
            "page" | "pb" | "page_number" if is_label(value) => mark(Sort::Tool, Some(value)),
            _ => None,
        };
    }
    let squeezed: String = lower.chars().filter(|c| c.is_alphanumeric()).collect();
    if squeezed == "pb" || words::is_break(&squeezed) {
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
    let words =
        ["page", "pag.", "pág.", "pg.", "pg", "pp.", "p.", "p ", "seite", "s.", "σελ.", "стр.", "с.", "ص", "fol.", "f."];
    let rest = words.into_iter().find_map(|word| lower.strip_prefix(word));
    let (sort, label) = match rest {
        Some(rest) => (Sort::Page, rest.trim().to_owned()),
        None => (Sort::Number, said.to_owned()),
    };
    is_label(&label).then_some(Mark { label: Some(label), confidence: BRACKETED, sort, ..Mark::default() })
}

/// The label in what a tool saw of a page's number: `13` in `Page 13`, `13 of 80`, `13/80`, `- 13 -`.
pub fn number_said(said: &str) -> Option<&str> {
    let mut tokens = said.split([' ', '/', '-', '–', '—', '|']).filter(|token| !token.is_empty());
    let first = tokens.next()?;
    let is_word = words::is_page(&first.to_lowercase().replace(['.', ':'], ""));
    let label = if is_word { tokens.next()? } else { first };
    is_label(label).then_some(label)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() <= 6 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text can be what a page is called: a number, Arabic or Roman, with a letter at most.
fn is_label(text: &str) -> bool {
    numbers::value(text.trim_end_matches(['a', 'b', 'r', 'v'])).is_some() || numbers::value(text).is_some()
}
