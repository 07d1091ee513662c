//! What tools repeat where a page begins: the heading of the running chapter, alone or glued to the text behind it; the tags by
//! which a model says what a region of the page is; and the command by which Mathpix says that a note stands at the foot.

use super::super::guesses::Guesses;
use super::super::lines::{Lines, Role};
use super::super::marks;
use crate::report::RepairKind;

/// How sure we are of a heading that is said again in its own section.
const REPEATED: f32 = 0.85;
/// Of a region's tag: nobody but a model writes it.
const TAG: f32 = 0.99;
/// So many headings that are said again show running heads: one is an author's slip.
const ENOUGH: usize = 2;

/// Headings that are said again while their own section still runs: the line, and how many bytes of it say the heading.
fn again(lines: &Lines) -> Vec<(usize, usize)> {
    let mut open: Vec<(usize, &str)> = Vec::new();
    let mut found = Vec::new();
    for at in (0..lines.len()).filter(|&at| lines.role(at) == Role::Body && !lines.all[at].code) {
        let line = lines.line(at);
        let level = line.bytes().take_while(|byte| *byte == b'#').count();
        if !(1..=6).contains(&level) || !line[level..].starts_with(' ') {
            continue;
        }
        let said = line[level..].trim();
        let running = open.iter().rev().find(|(own, _)| *own == level).map(|(_, said)| *said);
        let glued = |head: &str| {
            said.strip_prefix(head)
                .is_some_and(|rest| rest.starts_with(char::is_uppercase) && rest.split_whitespace().nth(4).is_some())
        };
        match running {
            // A chapter's number shows a running head; other headings an author may say twice.
            Some(head) if head == said && !head.contains(|c: char| c.is_ascii_digit()) => {}
            Some(head) if head == said => found.push((at, line.len())),
            Some(head) if head.chars().count() >= 6 && glued(head) => {
                found.push((at, line.find(head).unwrap_or(0) + head.len()))
            }
            _ => {
                open.retain(|(own, _)| *own < level);
                open.push((level, said));
            }
        }
    }
    found
}

/// Whether headings are said again so often that they must be running heads.
pub fn repeats(lines: &Lines) -> bool {
    again(lines).len() >= ENOUGH
}

/// Whether the text has the tags of a model that reads pages.
pub fn has_tags(lines: &Lines) -> bool {
    let tagged = |at: usize| {
        let line = lines.line(at);
        tag_length(line) > 0
            || region(line) > 0
            || is_placeholder(line)
            || foot_command(lines, at).is_some()
            || shell(lines, at).is_some()
    };
    (0..lines.len()).any(|at| !lines.all[at].code && tagged(at))
}

/// Takes headings that are said again out of the text.
pub fn claim(lines: &mut Lines, guesses: &mut Guesses) {
    let found = again(lines);
    if found.len() < ENOUGH {
        return;
    }
    for (at, length) in found {
        let line = lines.all[at];
        let span = guesses.span(line.start..line.start + length);
        if guesses.make(RepairKind::HeadDropped, span, REPEATED, || "[running-head]".to_owned()) {
            take(lines, at, length);
        }
    }
}

const FOOT: &str = "\\footnotetext{";

/// The line on which a note ends that begins on this one with Mathpix's command. What the command holds must bear a note's mark:
/// an author who writes TeX has no need of one.
fn foot_command(lines: &Lines, at: usize) -> Option<usize> {
    let rest = lines.line(at).strip_prefix(FOOT)?;
    let inner = if rest.trim().is_empty() { lines.line((at + 1).min(lines.len() - 1)) } else { rest };
    marks::opening(inner).filter(|opening| opening.mark.form.is_strong())?;
    let mut depth = 0;
    (at..lines.len().min(at + LONGEST_NOTE)).find(|&line| {
        let said = lines.line(line);
        depth += said.matches('{').count() as i32 - said.matches('}').count() as i32;
        depth <= 0 && said.trim_end().ends_with('}')
    })
}

/// In lines.
const LONGEST_NOTE: usize = 80;

/// A footnote of Markdown whose call stands right above it and which opens with another mark, raised: the foot of a page, as Mathpix and
/// those who learned from it write it (`[^0]`, then `[^0]: ${ }^{12}$ See …`). The line of the definition, and the length of its front.
fn shell(lines: &Lines, at: usize) -> Option<(usize, usize)> {
    let call = lines.line(at).trim();
    let label = call.strip_prefix("[^")?.strip_suffix(']')?;
    if label.is_empty() || !label.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let below = (at + 1..lines.len().min(at + 3)).find(|&at| lines.role(at) != Role::Blank)?;
    let front = call.len() + 1;
    let inner = lines.line(below).strip_prefix(call)?.strip_prefix(':')?;
    let opening = marks::opening(inner.trim_start())?;
    let raised = matches!(opening.mark.form, marks::Form::Tex | marks::Form::Sup | marks::Form::Raised | marks::Form::Symbol);
    raised.then_some((below, front))
}

/// Takes such footnotes out of their shells, so that each is a note of its page by its own mark.
fn claim_shells(lines: &mut Lines, guesses: &mut Guesses) {
    for at in 0..lines.len() {
        let Some((below, front)) = shell(lines, at).filter(|_| !lines.all[at].code) else { continue };
        let places = [lines.all[at].start..lines.all[at].end, lines.all[below].start..lines.all[below].start + front];
        if places.map(|place| guesses.make(RepairKind::AnchorDropped, guesses.span(place), TAG, String::new)) == [true; 2] {
            lines.set(at..at + 1, Role::Dropped);
            take(lines, below, front);
        }
    }
}

/// Takes the tags of regions out of the text.
pub fn claim_tags(lines: &mut Lines, guesses: &mut Guesses) {
    claim_shells(lines, guesses);
    if lines.text.contains(LABEL) {
        claim_regions(lines, guesses);
    }
    for at in 0..lines.len() {
        let said = lines.line(at);
        let length = match () {
            () if lines.all[at].code || lines.role(at) != Role::Body => 0,
            () if is_placeholder(said) => said.len(),
            () => tag_length(said),
        };
        let line = lines.all[at];
        if length > 0
            && guesses.make(RepairKind::AnchorDropped, guesses.span(line.start..line.start + length), TAG, String::new)
        {
            take(lines, at, length);
        }
    }
}

/// What the tag of a region has.
const LABEL: &str = "data-label=\"";

/// How long the tag of a region is with which a line begins.
fn region(line: &str) -> usize {
    let own = line.trim_start();
    let tag = own.strip_prefix("<div ").and_then(|rest| rest.split_once('>')).map(|(tag, _)| tag);
    tag.filter(|tag| tag.contains(LABEL)).map_or(0, |tag| line.len() - own.len() + "<div >".len() + tag.len())
}

/// Takes away the tags around regions of the text, and those of a paragraph that is all of one. Heads and feet of pages keep theirs, by
/// which they are known.
fn claim_regions(lines: &mut Lines, guesses: &mut Guesses) {
    const END: &str = "</div>";
    let mut is_open = false;
    for at in 0..lines.len() {
        if lines.all[at].code || lines.role(at) != Role::Body || super::comment_value(lines.line(at)).is_some() {
            continue;
        }
        let line = lines.line(at);
        let mut front = region(line);
        let own = line.trim_end();
        let ends = own.ends_with(END) && (is_open || front > 0) && own.matches(END).count() == 1;
        if front == 0 && !ends {
            continue;
        }
        is_open = front > 0 && !ends;
        let mut end = if ends { own.len() - END.len() } else { line.len() };
        let inner = &line[front..end.max(front)];
        let paragraph = inner.trim().strip_prefix("<p>").and_then(|inner| inner.strip_suffix("</p>"));
        if paragraph.is_some_and(|inner| !inner.contains("<p>")) {
            front += inner.find("<p>").unwrap_or(0) + "<p>".len();
            end = front + line[front..].rfind("</p>").unwrap_or(end - front);
        }
        let (start, stop) = (lines.all[at].start, lines.all[at].end);
        let places = [start..start + front, start + end..stop];
        let taken = places
            .into_iter()
            .filter(|place| !place.is_empty())
            .all(|place| guesses.make(RepairKind::AnchorDropped, guesses.span(place), TAG, String::new));
        if taken {
            lines.end_at(at, start + end);
            take(lines, at, front);
        }
    }
}

/// Takes the first bytes of a line out of the text; what is left begins a paragraph.
fn take(lines: &mut Lines, at: usize, length: usize) {
    let rest = &lines.line(at)[length..];
    if rest.trim().is_empty() {
        lines.set(at..at + 1, Role::Dropped);
        return;
    }
    let front = length + rest.len() - rest.trim_start().len();
    lines.drop_front(at, front);
    lines.all[at].begins = true;
}

/// Whether a line says what a tool has left out, and nothing else: `**==> picture [397 x 209] intentionally omitted <==**` and what stands
/// around the words of a picture (PyMuPDF4LLM), `[MISSING_PAGE_EMPTY:4]` (Nougat).
fn is_placeholder(line: &str) -> bool {
    let line = line.trim();
    if line.starts_with("[MISSING_PAGE") {
        return line.ends_with(']') && !line.contains(' ');
    }
    let Some(bare) = line.strip_prefix("**") else { return false };
    let bare = bare.trim_end_matches("<br>").trim_end_matches('*').trim();
    bare.starts_with("==> picture [") && bare.ends_with("<==")
        || bare.starts_with("-----") && bare.trim_matches(['-', ' ']).ends_with(" of picture text")
}

/// How long the tags at the front of a line are: `<|ref|>text<|/ref|><|det|>[[217, 230, 785, 321]]<|/det|>`.
fn tag_length(line: &str) -> usize {
    let mut at = 0;
    while let Some(rest) = line[at..].trim_start().strip_prefix("<|") {
        let from = line.len() - rest.len();
        let Some((name, _)) = rest
            .split_once("|>")
            .filter(|(name, _)| name.len() <= 24 && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '/')))
        else {
            break;
        };
        let close = format!("<|/{name}|>");
        let end = from + name.len() + "|>".len();
        at = line[end..].find(&close).map_or(end, |found| end + found + close.len());
    }
    at
}
