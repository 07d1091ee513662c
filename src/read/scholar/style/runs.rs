//! What a style says as stretches in one look: marks answered, what two neighbours say twice said once, and all of it as inlines.

use hayagriva::citationberg::{FontStyle, FontVariant, FontWeight, TextDecoration, VerticalAlign};
use hayagriva::{ElemChild, Formatting};

use super::Csl;
use crate::read::scholar::tex;
use crate::span::Span;
use crate::tree::{Inline, Inlines, Link, Node, Style};

/// A stretch in one look.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    pub text: String,
    pub look: Look,
    pub url: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    italic: bool,
    bold: bool,
    small_caps: bool,
    underline: bool,
    script: i8,
}

/// Says a letter as it looks.
pub(super) fn push(out: &mut Vec<Run>, c: char, look: Look, url: &Option<String>) {
    match out.last_mut() {
        Some(last) if last.look == look && last.url == *url => last.text.push(c),
        _ => out.push(Run { text: c.to_string(), look, url: url.clone() }),
    }
}

/// A bracket that closes behind another: of the two the library says one.
pub(super) fn close_bracket(out: &mut [Run]) {
    let letters = || out.iter().flat_map(|run| run.text.chars());
    let (opened, closed) = (letters().filter(|c| *c == '(').count(), letters().filter(|c| *c == ')').count());
    if opened == closed + 1
        && let Some(last) = out.last_mut()
        && last.text.ends_with(").")
    {
        last.text.insert(last.text.len() - 1, ')');
    }
}

/// Whether a text ends with a quotation that has its own stop.
pub(super) fn ends_quoted(text: &str) -> bool {
    let inner = text.trim_end_matches(['”', '’', '“', '‘', '»', '›', '\u{A0}', '\u{202F}']);
    let is_closed = inner.len() < text.trim_end_matches(['\u{A0}', '\u{202F}']).len();
    is_closed && (inner.ends_with(['?', '!']) || inner.ends_with('.') && text.ends_with(['”', '’']))
}

/// Whether a quotation is open.
pub(super) fn is_quoted(out: &[Run], quotes: [char; 4]) -> bool {
    let last = out.iter().rev().flat_map(|run| run.text.chars().rev()).find(|c| *c == quotes[0] || *c == quotes[1]);
    last == Some(quotes[0])
}

/// Pages of which the library reads no numbers (`iv–xii`, `S12–S15`) are several all the same.
pub(super) fn several_pages(text: &mut String) {
    const PAGE: &str = "p. ";
    let letters = |side: &str| side.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
    let is_roman = |side: &str| !side.is_empty() && side.chars().all(|c| "ivxlcdm".contains(c));
    let found: Vec<usize> = text
        .match_indices(PAGE)
        .map(|(at, _)| at)
        .filter(|at| text[..*at].chars().next_back().is_none_or(|c| !c.is_alphanumeric()))
        .filter(|at| {
            let behind = &text[at + PAGE.len()..];
            let word = behind.split([' ', ',', ';', '.', ')']).next().unwrap_or_default();
            word.split_once('–').is_some_and(|(from, to)| {
                let counted = |side: &str| side.ends_with(|c: char| c.is_ascii_digit());
                is_roman(from) && is_roman(to) || counted(from) && counted(to) && letters(from) == letters(to)
            })
        })
        .collect();
    found.into_iter().rev().for_each(|at| text.insert(at, 'p'));
}

/// Whether a text so far ends with these words, whatever its runs.
pub(super) fn ends(out: &[Run], words: &str) -> bool {
    let said: String = out.iter().rev().take(2).collect::<Vec<_>>().into_iter().rev().map(|run| run.text.as_str()).collect();
    said.ends_with(words)
}

pub(super) fn is_number_before_space(out: &[Run]) -> bool {
    out.last().is_some_and(|run| run.text.strip_suffix(' ').is_some_and(|text| text.ends_with(|c: char| c.is_ascii_digit())))
}

/// Takes out what stood between a name and the rest.
pub(super) fn trim_start(runs: &mut Vec<Run>) {
    while let Some(first) = runs.first_mut() {
        first.text = first.text.trim_start_matches([' ', ',', '.', ';', ':', '\u{A0}']).to_owned();
        if !first.text.is_empty() {
            return;
        }
        runs.remove(0);
    }
}

/// Takes out the space at the end, which a style leaves before what a work doesn't say.
pub(super) fn trim_end(runs: &mut Vec<Run>) {
    while let Some(last) = runs.last_mut() {
        last.text.truncate(last.text.trim_end_matches([' ', '\u{A0}']).len());
        if !last.text.is_empty() {
            return;
        }
        runs.pop();
    }
}

pub(super) fn look(formatting: Formatting) -> Look {
    Look {
        italic: formatting.font_style == FontStyle::Italic,
        bold: formatting.font_weight == FontWeight::Bold,
        small_caps: formatting.font_variant == FontVariant::SmallCaps,
        underline: formatting.text_decoration == TextDecoration::Underline,
        script: match formatting.vertical_align {
            VerticalAlign::Sup => 1,
            VerticalAlign::Sub => -1,
            _ => 0,
        },
    }
}

pub(super) fn flatten(children: &[ElemChild], out: &mut Vec<Run>) {
    for child in children {
        match child {
            ElemChild::Text(said) => out.push(Run { text: said.text.clone(), look: look(said.formatting), url: None }),
            ElemChild::Link { text, url } => {
                out.push(Run { text: text.text.clone(), look: look(text.formatting), url: Some(url.clone()) });
            }
            ElemChild::Markup(text) => out.push(Run { text: text.clone(), look: Look::default(), url: None }),
            ElemChild::Elem(elem) => {
                let apart = elem.display.is_some() && !out.is_empty();
                if apart && out.last().is_some_and(|run| !run.text.ends_with(' ')) {
                    out.push(Run { text: " ".to_owned(), look: Look::default(), url: None });
                }
                flatten(&elem.children.0, out);
            }
            ElemChild::Transparent { .. } => {}
        }
    }
}

/// Further authors who are not named: the comma and the word for "and" before them go.
pub(super) fn others(out: &mut Vec<Run>, keeps_comma: bool, wants_comma: bool) {
    let mut comma = wants_comma;
    const ANDS: &[&str] = &["and", "&", "und", "et", "y", "e", "en", "og", "och", "ja", "i", "и", "και"];
    while let Some(last) = out.last_mut() {
        let mut text = last.text.trim_end_matches([' ', '\u{A0}']).to_owned();
        if let Some(and) =
            ANDS.iter().find(|and| text.strip_suffix(**and).is_some_and(|rest| rest.ends_with([' ', ',']) || rest.is_empty()))
        {
            text.truncate(text.len() - and.len());
        }
        comma |= keeps_comma && text.trim_end().ends_with(',');
        text = text.trim_end_matches([' ', ',', ';', '\u{A0}']).to_owned();
        last.text = text;
        if !last.text.is_empty() {
            break;
        }
        out.pop();
    }
    if let Some(last) = out.last_mut() {
        last.text += if comma { ", et al." } else { " et al." };
    }
}

/// Runs as inlines, addresses and numbers of the DOI as links.
pub fn inlines(runs: &[Run], span: Span) -> Inlines {
    let mut out = Vec::new();
    for run in runs {
        match &run.url {
            Some(url) => {
                let text = styled(vec![Node::new(Inline::Text(run.text.clone()), span)], run.look, span);
                out.push(Node::new(Inline::Link(Link { target: url.clone(), title: String::new(), text }), span));
            }
            None => out.extend(styled(linked(&run.text, span), run.look, span)),
        }
    }
    out
}

pub(super) fn styled(text: Inlines, look: Look, span: Span) -> Inlines {
    let looks = [
        (look.italic, Style::Emphasis),
        (look.bold, Style::Strong),
        (look.small_caps, Style::SmallCaps),
        (look.underline, Style::Underline),
        (look.script > 0, Style::Superscript),
        (look.script < 0, Style::Subscript),
    ];
    looks.into_iter().filter(|(is, _)| *is).fold(text, |text, (_, style)| vec![Node::new(Inline::Styled(style, text), span)])
}

/// Words in which addresses are links.
pub(super) fn linked(text: &str, span: Span) -> Inlines {
    let mut out = Vec::new();
    let mut rest = text;
    let say = |text: &str, out: &mut Inlines| {
        if !text.is_empty() {
            out.push(Node::new(Inline::Text(text.to_owned()), span));
        }
    };
    loop {
        let found = ["https://", "http://", "doi:10."].iter().filter_map(|begin| rest.find(begin)).min();
        let Some(at) = found else {
            say(rest, &mut out);
            return out;
        };
        let length = rest[at..].find(|c: char| c.is_whitespace() || "<>\"”".contains(c)).unwrap_or(rest.len() - at);
        let address = rest[at..at + length].trim_end_matches(['.', ',', ';', ')', ']', ':']);
        say(&rest[..at], &mut out);
        let target = match address.strip_prefix("doi:") {
            Some(doi) => format!("https://doi.org/{doi}"),
            None => address.to_owned(),
        };
        let words = vec![Node::new(Inline::Text(address.to_owned()), span)];
        out.push(Node::new(Inline::Link(Link { target, title: String::new(), text: words }), span));
        rest = &rest[at + address.len()..];
    }
}

impl Csl {
    /// Answers the marks in the words, and puts right what two neighbours say twice.
    pub(super) fn settle(&self, runs: Vec<Run>) -> Vec<Run> {
        let mut out: Vec<Run> = Vec::new();
        let mut open: Vec<char> = Vec::new();
        // Of each quotation that is open, whether it stands in another.
        let mut quoted: Vec<bool> = Vec::new();
        // Marks wait until the space before their word is said.
        let mut waiting: Vec<char> = Vec::new();
        for run in runs {
            for (place, c) in run.text.char_indices() {
                if matches!(c, tex::OTHERS | tex::MANY_OTHERS) {
                    others(&mut out, self.habits.comma, c == tex::MANY_OTHERS && !self.habits.no_comma);
                    continue;
                }
                if matches!(c, tex::PARTED | tex::BETWEEN | tex::COUNTS) {
                    continue;
                }
                let quotes = self.language.quotes();
                if c == tex::close(tex::QUOTED) {
                    let inner = quoted.pop() == Some(true);
                    push(&mut out, if inner { quotes[3] } else { quotes[1] }, run.look, &run.url);
                    continue;
                }
                let c = tex::bared(c);
                if tex::is_mark(c) {
                    let opens = (c as u32).is_multiple_of(2);
                    match opens {
                        true => waiting.push(c),
                        false if waiting.last().is_some_and(|open| tex::close(*open) == c) => drop(waiting.pop()),
                        false => drop(open.iter().rposition(|open| tex::close(*open) == c).map(|at| open.remove(at))),
                    }
                    continue;
                }
                if c != ' ' {
                    for mark in waiting.drain(..) {
                        if mark == tex::QUOTED {
                            let inner = is_quoted(&out, quotes);
                            quoted.push(inner);
                            push(&mut out, if inner { quotes[2] } else { quotes[0] }, run.look, &run.url);
                        } else {
                            open.push(mark);
                        }
                    }
                }
                let mut look = run.look;
                for mark in &open {
                    match *mark {
                        tex::ITALIC => look.italic = !look.italic,
                        tex::BOLD => look.bold = !look.bold,
                        tex::SMALL_CAPS => look.small_caps = true,
                        tex::RAISED => look.script = 1,
                        tex::LOWERED => look.script = -1,
                        _ => {}
                    }
                }
                let last = out.iter().rev().find_map(|run| run.text.chars().next_back());
                // A stop behind a stop, a space behind a space.
                let quoted_stop = || out.last().is_some_and(|run| ends_quoted(&run.text));
                let ended = matches!(last, Some('.' | '?' | '!')) || quoted_stop();
                let next = run.text[place..].chars().nth(1);
                if c == '.' && (last == Some(':') || ends(&out, ". ") && next.is_none_or(|next| next == ' '))
                    || c == ',' && next == Some('”') && matches!(last, Some('?' | '!'))
                {
                    continue;
                }
                if c == '.' && ended || c == ':' && matches!(last, Some('?' | '!')) || c == ' ' && matches!(last, Some(' ')) {
                    continue;
                }
                // The stop of a part that says nothing, the comma of a list whose last part says nothing, the space before such a part.
                if c == '.' && place == 0 && ends(&out, ". ") {
                    continue;
                }
                if matches!(c, ')' | ']' | '.') && last == Some(',')
                    || matches!(c, ':' | ';') && self.language.close_colon && is_number_before_space(&out)
                {
                    out.last_mut().and_then(|run| run.text.pop());
                }
                // A stop stands before the quotation mark of a title that the style sets in none.
                if self.language.american && matches!(c, '.' | ',') && last == Some('”') && place == 0 {
                    if let Some(Run { text, .. }) = out.last_mut() {
                        text.insert(text.len() - '”'.len_utf8(), c);
                    }
                    continue;
                }
                push(&mut out, c, look, &run.url);
            }
        }
        out.retain(|run| !run.text.is_empty());
        close_bracket(&mut out);
        if self.language.english {
            out.iter_mut().for_each(|run| several_pages(&mut run.text));
        }
        out
    }

    /// What stands between cites, or around them.
    pub(super) fn around(&self, mut runs: Vec<Run>) -> Vec<Run> {
        runs.iter_mut().for_each(|run| run.text = run.text.replace(tex::BETWEEN, &self.between));
        self.settle(runs)
    }
}
