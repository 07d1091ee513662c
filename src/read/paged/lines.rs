//! The source as lines, each with its part on the printed page. Who recognises a line says so here; in the end the lines
//! that nobody claimed are the text.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::marks::{self, Opening};
use crate::bytes;

/// What a line is on its page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Blank,
    /// Text of the work.
    Body,
    /// The mark that a tool left at a page's end: the place of its [`super::pages::Mark`].
    Mark(usize),
    /// A running head, folio, signature or catchword: the place of its [`super::heads::Found`].
    Furniture(usize),
    /// The rule above the notes of a page.
    FootRule,
    /// The first line of a note: the place of its [`super::feet::FootNote`].
    Note(usize),
    /// Part of the note before.
    NoteMore,
    /// What a tool put between the lines: taken out, and no sign of a page's end.
    Dropped,
}

/// A line without its end, in bytes of the text.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    pub start: usize,
    pub end: usize,
    pub role: Role,
    /// Whether it stands inside fenced code, where nothing is a mark.
    pub code: bool,
    /// Whether a paragraph begins with it, though no blank line stands above.
    pub begins: bool,
}

/// The lines of a text.
pub struct Lines<'a> {
    pub text: &'a str,
    pub all: Vec<Line>,
    /// The lines that were cut out of others because they mark pages, with what they say.
    pub inner: BTreeMap<usize, String>,
    /// Where the entries of a bibliography begin.
    pub entries: BTreeSet<usize>,
    /// What [`Lines::opening`] has found, by line.
    openings: Vec<OnceCell<Option<Opening>>>,
}

impl<'a> Lines<'a> {
    /// The lines from the byte `from` on. They end at `\n`; a form feed is a line of its own.
    pub fn of(text: &'a str, from: usize) -> Self {
        let mut all = Vec::new();
        let mut inner = BTreeMap::new();
        let mut marks = super::pages::inline::found(text, from).into_iter().peekable();
        let mut fence: Option<&str> = None;
        let mut start = from;
        let feeds = memchr::memchr(b'\x0C', &text.as_bytes()[from..]).is_some();
        let closed_to = if feeds { last_closings(text) } else { [0; FENCES.len()] };
        for whole in bytes::lines(&text[from..]) {
            let mut from = start;
            while let Some((mark, label)) = marks.next_if(|(mark, _)| mark.start < start + whole.len()) {
                if from < mark.start {
                    push(&mut all, text, from..mark.start, &mut fence);
                }
                inner.insert(all.len(), label);
                all.push(Line { start: mark.start, end: mark.end, role: Role::Body, code: false, begins: false });
                from = mark.end;
            }
            let rest = |from: usize| text.as_bytes().get(from..start + whole.len()).unwrap_or_default();
            while feeds && let Some(feed) = memchr::memchr(b'\x0C', rest(from)) {
                let at = from + feed;
                if fence.is_some_and(|open| FENCES.iter().zip(closed_to).any(|(mark, to)| *mark == open && at < to)) {
                    // A listing that ends somewhere is one, page ends of its own and all.
                    break;
                }
                push(&mut all, text, from..at, &mut fence);
                all.push(Line { start: at, end: at + 1, role: Role::Body, code: false, begins: false });
                from = at + 1;
            }
            let end = start + whole.trim_end_matches('\n').len();
            if from < end || from == start {
                push(&mut all, text, from..end, &mut fence);
            }
            start += whole.len();
        }
        let openings = vec![OnceCell::new(); all.len()];
        Self { text, all, inner, entries: BTreeSet::new(), openings }
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// The characters of a line.
    pub fn line(&self, at: usize) -> &'a str {
        &self.text[self.all[at].start..self.all[at].end]
    }

    /// The mark at the front of a line, as a note has one: many ask for it, and it is read once.
    pub fn opening(&self, at: usize) -> Option<&Opening> {
        self.openings[at].get_or_init(|| marks::opening(self.line(at))).as_ref()
    }

    /// Has a line begin so many bytes further on.
    pub fn drop_front(&mut self, at: usize, length: usize) {
        self.all[at].start += length;
        self.openings[at].take();
    }

    /// Has a line end at a place.
    pub fn end_at(&mut self, at: usize, end: usize) {
        self.all[at].end = end;
        self.openings[at].take();
    }

    /// The bytes of some lines, from the first character of the first to the last of the last.
    pub fn bytes(&self, lines: &Range<usize>) -> Range<usize> {
        if lines.is_empty() {
            return 0..0;
        }
        self.all[lines.start].start..self.all[lines.end - 1].end
    }

    pub fn role(&self, at: usize) -> Role {
        self.all[at].role
    }

    pub fn set(&mut self, lines: Range<usize>, role: Role) {
        self.all[lines].iter_mut().filter(|line| line.role != Role::Blank).for_each(|line| line.role = role);
    }

    /// The groups of body lines in `within` that blank lines, or lines with another part, set off from each other.
    pub fn groups(&self, within: Range<usize>) -> Vec<Range<usize>> {
        let mut groups: Vec<Range<usize>> = Vec::new();
        let mut open = false;
        for at in within {
            let body = self.role(at) == Role::Body;
            match groups.last_mut() {
                Some(last) if body && open && !self.all[at].begins => last.end = at + 1,
                _ if body => groups.push(at..at + 1),
                _ => {}
            }
            open = body;
        }
        groups
    }
}

/// What code stands between.
const FENCES: [&str; 2] = ["```", "~~~"];

/// Where the last line begins that may close code, for each of the fences.
fn last_closings(text: &str) -> [usize; FENCES.len()] {
    FENCES.map(|mark| {
        let closes = |line: &str| line.trim().starts_with(mark) && line.trim().trim_start_matches(&mark[..1]).is_empty();
        let mut end = text.len();
        while let Some(at) = text[..end].rfind(mark) {
            let start = text[..at].rfind('\n').map_or(0, |line| line + 1);
            if closes(text[start..].split('\n').next().unwrap_or("")) {
                return start;
            }
            end = start;
        }
        0
    })
}

fn push<'a>(all: &mut Vec<Line>, text: &'a str, range: Range<usize>, fence: &mut Option<&'a str>) {
    let line = &text[range.clone()];
    let trimmed = line.trim();
    let was = *fence;
    match was {
        Some(open) if trimmed.starts_with(open) && trimmed.trim_start_matches(&open[..1]).is_empty() => *fence = None,
        Some(_) => {}
        None => *fence = FENCES.into_iter().find(|mark| trimmed.starts_with(mark)),
    }
    let code = was.is_some() || fence.is_some();
    let role = if trimmed.is_empty() { Role::Blank } else { Role::Body };
    all.push(Line { start: range.start, end: range.end, role, code, begins: false });
}

/// How long the anchors are that a tool set before a heading's mark: `<span id="page-6-0"></span># Title`.
pub fn before_heading(line: &str) -> usize {
    let heading = super::floats::strip_anchors(line);
    let level = heading.bytes().take_while(|byte| *byte == b'#').count();
    let fits = (1..=6).contains(&level) && heading[level..].starts_with(' ') && line.starts_with('<');
    if fits { line.len() - heading.len() } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_that_of_the_line_as_it_is_now() {
        let mut lines = Lines::of("of[^4] The note", 0);
        assert_eq!(lines.opening(0), None);
        lines.drop_front(0, 2);
        assert_eq!(lines.opening(0).map(|opening| opening.mark.key.as_str()), Some("4"));
    }
}
