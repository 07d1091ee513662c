//! The calls of notes in text that has been read: where a note may go.

use super::guesses::Places;
use super::marks::{self, Form, Mark};
use crate::span::Span;
use crate::tree::{Blocks, Inline, Inlines, Node, PartMut, Style, inline_children_mut, parts_mut, plain_text};

// How likely what looks like a call is one, before anything is known of the notes.
const RAISED: f32 = 0.95;
const BRACKETED: f32 = 0.9;
const SYMBOL: f32 = 0.9;
const PARENTHESIS: f32 = 0.5;
/// A number with half a bracket, where a file is known to call its notes so.
const HALF_PAREN: f32 = 0.85;
/// A number or letter that lost its raised place, where a file is known to have such calls.
const FALLEN: f32 = 0.75;
/// One that stands apart from its word as well.
const PARTED: f32 = 0.6;
/// A raised number on a number: an exponent (10³) more often than a call after a year.
const ON_DIGIT: f32 = 0.35;
/// On a unit of measure, or on a lone letter as in a formula: m<sup>2</sup>, x<sup>2</sup>.
const ON_UNIT: f32 = 0.3;
/// With letters right behind it: <sup>14</sup>C.
const BEFORE_LETTER: f32 = 0.4;
/// A raised letter is often the end of an abbreviation: M<sup>e</sup>.
const LETTER: f32 = 0.5;

/// What looks like a call.
pub struct Seen<'a> {
    pub mark: &'a Mark,
    /// How likely it is one, from 0 to 1.
    pub likely: f32,
    pub span: Span,
    /// The text right before it, a few letters.
    pub before: &'a str,
    /// Where it leads, if it is a link inside the work.
    pub target: Option<&'a str>,
}

/// Shows every possible call below `blocks` to `see`, in reading order, and puts what it gives in the call's place. Headings,
/// quotations, lists and tables have calls like any paragraph; notes that stand in the text already are passed over.
pub fn visit(blocks: &mut Blocks, source: &str, see: &mut dyn FnMut(Seen) -> Option<Inline>) {
    for node in blocks {
        parts_mut(&mut node.kind, &mut |part| match part {
            PartMut::Line(line) => visit_line(line, source, &mut Before::default(), see),
            PartMut::Blocks(inner) => visit(inner, source, see),
            PartMut::Cell(cell) => visit(&mut cell.kind.body, source, see),
            PartMut::Image(_) => {}
        });
    }
}

/// The text right before a place: its last characters are all that is looked at.
#[derive(Default)]
struct Before(String);

impl Before {
    fn say(&mut self, text: &str) {
        let from = text.char_indices().rev().nth(31).map_or(0, |(at, _)| at);
        if from > 0 {
            self.0.clear();
        }
        self.0.push_str(&text[from..]);
    }
}

fn visit_line(line: &mut Inlines, source: &str, before: &mut Before, see: &mut dyn FnMut(Seen) -> Option<Inline>) {
    let mut at = 0;
    while at < line.len() {
        let next = line.get(at + 1).and_then(first_char);
        let node = &mut line[at];
        match &mut node.kind {
            Inline::Text(text) => {
                let pieces = split(text, (source, node.span), before, next, see);
                before.say(text);
                if let Some(pieces) = pieces {
                    let count = pieces.len();
                    line.splice(at..at + 1, pieces);
                    at += count;
                    continue;
                }
            }
            kind => match whole(kind) {
                Some(mark) => {
                    let likely = likely(&mark, &before.0, next);
                    let target = match kind {
                        Inline::Link(link) => link.target.strip_prefix('#').map(str::to_owned),
                        _ => None,
                    };
                    let seen = Seen { mark: &mark, likely, span: node.span, before: &before.0, target: target.as_deref() };
                    if let Some(answer) = see(seen) {
                        let exclaimed = matches!(kind, Inline::Image(_));
                        let span = node.span;
                        let formula = mark.form == Form::Tex
                            || matches!(mark.form, Form::Sup | Form::Link)
                                && next.is_some_and(|c| matches!(c, '.' | ',' | ';' | ':'));
                        node.kind = answer;
                        node.attrs = None;
                        // Tools set a space before the formula that a raised number is to them, and printers before its bracket.
                        if let Some(Inline::Text(text)) = at.checked_sub(1).filter(|_| formula).map(|at| &mut line[at].kind) {
                            text.truncate(text.trim_end_matches(' ').len());
                        }
                        if exclaimed {
                            line.insert(at, Node::new(Inline::Text("!".to_owned()), span));
                            at += 1;
                        }
                    }
                }
                None => {
                    if let Some((call, end)) = at_formula_end(kind, (source, node.span), &before.0, next, see) {
                        if let Inline::Math(tex) = kind {
                            tex.truncate(end);
                        }
                        line.insert(at + 1, call);
                        at += 2;
                        continue;
                    }
                    inline_children_mut(kind).into_iter().for_each(|inner| visit_line(inner, source, before, see));
                    if let Inline::Code(said) | Inline::Math(said) = kind {
                        before.say(said);
                    }
                }
            },
        }
        at += 1;
    }
}

/// What is put in the place of the call that a formula ends in, and where that begins.
fn at_formula_end(
    kind: &Inline,
    (source, span): (&str, Span),
    before: &str,
    next: Option<char>,
    see: &mut dyn FnMut(Seen) -> Option<Inline>,
) -> Option<(Node<Inline>, usize)> {
    let Inline::Math(tex) = kind else { return None };
    let (key, end) = marks::ending_formula(tex)?;
    let mark = Mark { form: Form::Tex, key };
    let likely = likely(&mark, &tex[..end], next);
    let own =
        source.get(span.range()).and_then(|said| said.rfind(&tex[end..]).map(|at| part(said, span, at..at + tex.len() - end)));
    let own = own.unwrap_or(span.after());
    let answer = see(Seen { mark: &mark, likely, span: own, before, target: None })?;
    Some((Node::new(answer, own), end))
}

/// The mark of a node that is a call as a whole.
fn whole(kind: &Inline) -> Option<Mark> {
    match kind {
        Inline::Styled(Style::Superscript, inner) => Some(Mark { form: Form::Sup, key: marks::key(&plain_text(inner))? }),
        Inline::Math(tex) => Some(Mark { form: Form::Tex, key: marks::tex_key(tex)? }),
        Inline::Link(link) if link.target.starts_with('#') => {
            Some(Mark { form: Form::Link, key: marks::key(&plain_text(&link.text))? })
        }
        // A call behind an exclamation mark: `![4](#page-7-2)`.
        Inline::Image(image) if image.target.starts_with('#') => Some(Mark { form: Form::Link, key: marks::key(&image.alt)? }),
        _ => None,
    }
}

/// The pieces of a text in which `see` has replaced calls, if it has.
fn split(
    text: &str,
    (source, span): (&str, Span),
    before: &Before,
    next: Option<char>,
    see: &mut dyn FnMut(Seen) -> Option<Inline>,
) -> Option<Inlines> {
    let mut pieces = Vec::new();
    let mut from = 0;
    let mut places = None;
    for call in marks::calls(text) {
        let context = if call.start == 0 { before.0.as_str() } else { &text[..call.start] };
        let behind = text[call.end..].chars().next().or(next);
        let likely = likely(&call.mark, context, behind);
        let places = places.get_or_insert_with(|| Places::of(source, text, span));
        let place = places.part(call.start..call.end);
        if let Some(kind) = see(Seen { mark: &call.mark, likely, span: place, before: context, target: None }) {
            // A call that lost its raised place stands apart from its word; a raised one doesn't.
            let alone = text[call.start..call.end].ends_with(')') || text[..call.start].ends_with(' ');
            let closed = call.mark.form == Form::Symbol && alone;
            let apart = closed
                || matches!(
                    call.mark.form,
                    Form::HalfParen | Form::Spaced | Form::Parted | Form::Between | Form::Paren | Form::Apart
                );
            let end = if apart { from + text[from..call.start].trim_end().len() } else { call.start };
            if end > from {
                pieces.push(Node::new(Inline::Text(text[from..end].to_owned()), places.part(from..end)));
            }
            pieces.push(Node::new(kind, place));
            from = call.end;
            if call.mark.form == Form::Spaced && text[from..].starts_with(' ') {
                from += 1;
            }
        }
    }
    if pieces.is_empty() {
        return None;
    }
    if let Some(places) = places.filter(|_| from < text.len()) {
        pieces.push(Node::new(Inline::Text(text[from..].to_owned()), places.part(from..text.len())));
    }
    Some(pieces)
}

/// The span of a part of a text, exact where the source says the text letter by letter.
pub fn part(text: &str, span: Span, range: std::ops::Range<usize>) -> Span {
    match (span.end - span.start) as usize == text.len() {
        true => Span { start: span.start + range.start as u32, end: span.start + range.end as u32, ..span },
        false => span,
    }
}

fn first_char(node: &Node<Inline>) -> Option<char> {
    match &node.kind {
        Inline::Text(text) => text.chars().next(),
        _ => None,
    }
}

fn likely(mark: &Mark, before: &str, behind: Option<char>) -> f32 {
    let last = before.chars().next_back();
    let numeric = mark.number().is_some();
    let raised = matches!(mark.form, Form::Sup | Form::Raised | Form::Tex);
    let base = match mark.form {
        Form::Symbol => SYMBOL,
        Form::Paren => PARENTHESIS,
        Form::HalfParen => HALF_PAREN,
        Form::Glued | Form::Spaced | Form::Letter | Form::Apart => FALLEN,
        Form::Parted | Form::Between => PARTED,
        Form::Bracket | Form::Caret | Form::Link => BRACKETED,
        _ => RAISED,
    };
    if !raised {
        return base;
    }
    if last.is_some_and(char::is_numeric) {
        return ON_DIGIT;
    }
    let word = before.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or("");
    if numeric && (UNITS.contains(&word) || word.chars().count() == 1 && word.chars().all(|c| c.is_ascii_lowercase())) {
        return ON_UNIT;
    }
    if behind.is_some_and(char::is_alphabetic) {
        return BEFORE_LETTER;
    }
    if mark.key.chars().any(char::is_alphabetic) {
        return LETTER;
    }
    base
}

/// Units that are squared and cubed.
const UNITS: &[&str] = &["m", "cm", "mm", "km", "dm", "ft", "in", "yd", "mi", "ha", "м", "см", "км"];
