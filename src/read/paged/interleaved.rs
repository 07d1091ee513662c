//! Notes that stand between the paragraphs of a text without pages: behind the paragraph that calls them, or at the end of its
//! section, as transcribers set them (`[Footnote 3: …]`, `[16] …`), or where a tool's anchor proves them.

use std::cell::LazyCell;
use std::collections::BTreeMap;
use std::ops::Range;

use super::bibliography;
use super::evidence::{self, Ending};
use super::feet::{FootNote, Unit, units};
use super::lines::{Lines, Role};
use super::marks::{self, Form, Mark};
use super::raised::{self, Raised};
use super::ways::Ways;

/// So many units behind its call, at most, stands a note in brackets.
const REACH: usize = 40;
/// So many notes in a row that are cited again and again are entries of a list.
const LIST: usize = 4;

/// The first units of notes, by place, that a text interleaves with its paragraphs.
pub fn found(lines: &Lines, units: &[Unit], ways: Ways, raised: &Raised) -> Vec<usize> {
    // Where the text calls its notes is asked only where something looks like one.
    let calls = LazyCell::new(|| Calls::of(lines, units, ways));
    let list = listed(lines, units);
    let mut brackets = Vec::new();
    let mut found = Vec::new();
    let mut open_brackets = 0;
    let mut last: Option<&Mark> = None;
    for (at, unit) in units.iter().enumerate() {
        let Some(opening) = unit.opening.as_ref().filter(|_| !list.contains(&at)) else { continue };
        let mark = &opening.mark;
        match mark.form {
            _ if raised.bare.contains(&unit.lines.start) => found.push(at),
            Form::Named
                if calls.before(mark, at, usize::MAX)
                    || calls.behind(mark, at)
                    || lines.line(unit.lines.start).trim_start().starts_with(['[', '<']) =>
            {
                found.push(at)
            }
            Form::Bracket => {
                open_brackets += 1;
                let counts = last.is_none_or(|last| mark.follows(last) || mark.key == "1");
                if counts && calls.before(mark, at, REACH) {
                    brackets.push(at);
                    last = Some(mark);
                }
            }
            _ if has_anchor(lines.line(unit.lines.start)) && calls.anchored(lines.line(unit.lines.start), mark) => {
                found.push(at)
            }
            Form::Bare | Form::Dot | Form::HalfParen
                if ways.has_weak() && calls.weak(mark, at, REACH) && !goes_on(lines, unit.lines.start) =>
            {
                found.push(at);
            }
            _ => {}
        }
    }
    // Addresses at the end of a letter are numbered so, too: notes stand in several places.
    let runs = 1 + brackets.windows(2).filter(|pair| pair[1] != pair[0] + 1).count();
    if (runs >= 2 || super::frame::is_there(lines.text)) && brackets.len() * 3 >= open_brackets * 2 && !ways.citations {
        found.append(&mut brackets);
        found.sort_unstable();
    }
    found
}

/// Claims notes of pages that a bracket or a tag closes and that the text names as notes: each says itself where it ends, wherever it
/// stands on its page.
pub fn claim_closed(lines: &mut Lines, ways: Ways, notes: &mut Vec<FootNote>) {
    let whole = 0..lines.len();
    if !whole.clone().any(|at| closing(lines.line(at)) == Some("]")) {
        return;
    }
    let units = units(lines, whole);
    let closed = |at: usize| closing(lines.line(units[at].lines.start)) == Some("]");
    let found: Vec<usize> = found(lines, &units, ways, &raised_in(lines)).into_iter().filter(|&at| closed(at)).collect();
    claim_found(lines, &units, &found, false, notes);
}

/// Finds the notes and claims their lines. Each run of them is a section of its own, numbered from `section` on.
pub fn claim(lines: &mut Lines, leaf: Range<usize>, ways: Ways, notes: &mut Vec<FootNote>) {
    let units = units(lines, leaf);
    let found = found(lines, &units, ways, &raised_in(lines));
    let closes = closes_sections(lines, &units, &found);
    claim_found(lines, &units, &found, closes, notes);
}

fn raised_in(lines: &Lines) -> Raised {
    raised::found(lines, &lines.groups(0..lines.len()))
}

fn claim_found(lines: &mut Lines, units: &[Unit], found: &[usize], closes: bool, notes: &mut Vec<FootNote>) {
    let mut section = notes.iter().filter(|note| !note.native).filter_map(|note| note.section).max().map_or(0, |last| last + 1);
    let mut last = None;
    for (n, &at) in found.iter().enumerate() {
        let next = found.get(n + 1).copied().unwrap_or(units.len());
        let end = note_end(lines, units, at, next, closes);
        if last.is_some_and(|last| last < at) {
            section += 1;
        }
        last = Some(end);
        claim_note(lines, &units[at..end], section, notes);
    }
}

fn claim_note(lines: &mut Lines, units: &[Unit], section: usize, notes: &mut Vec<FootNote>) {
    let [first, .., final_unit] = units else {
        if let [only] = units {
            claim_units(lines, only, only, units, section, notes);
        }
        return;
    };
    claim_units(lines, first, final_unit, units, section, notes);
}

fn claim_units(lines: &mut Lines, first: &Unit, last: &Unit, units: &[Unit], section: usize, notes: &mut Vec<FootNote>) {
    let Some(opening) = &first.opening else { return };
    let whole = lines.bytes(&(first.lines.start..last.lines.end));
    let bracketed = closing(lines.line(first.lines.start));
    let mut paragraphs: Vec<Range<usize>> = units.iter().map(|unit| lines.bytes(&unit.lines)).collect();
    paragraphs[0].start = lines.all[first.lines.start].start + opening.text;
    for paragraph in &mut paragraphs[1..] {
        let text = &lines.text[paragraph.clone()];
        paragraph.start += text.len() - text.trim_start().len();
    }
    if let (Some(close), Some(end)) = (bracketed, paragraphs.last_mut()) {
        let text = lines.text[end.clone()].trim_end();
        let text = text.strip_suffix(close).unwrap_or(text);
        end.end = end.start + text.len();
    }
    let note = FootNote {
        mark: Some(opening.mark.clone()),
        lines: first.lines.start..last.lines.end,
        paragraphs,
        range: whole,
        written: lines.line(first.lines.start)[..opening.text].trim().to_owned(),
        section: Some(section).filter(|_| closing(lines.line(first.lines.start)) != Some(END_OF_NOTE)),
        native: false,
        margin: false,
        inner: false,
    };
    lines.set(first.lines.start..last.lines.end, Role::NoteMore);
    lines.set(first.lines.start..first.lines.start + 1, Role::Note(notes.len()));
    notes.push(note);
}

/// What closes a note of Nougat's, which stands at the foot of its page.
const END_OF_NOTE: &str = "[ENDFOOTNOTE]";

/// What closes a note that a bracket or a tag opens.
pub fn closing(line: &str) -> Option<&'static str> {
    let line = line.trim_start();
    let lower = line.get(..10).map(str::to_lowercase);
    match () {
        () if lower.as_deref() == Some("<footnote>") => Some("</footnote>"),
        () if line.starts_with("[FOOTNOTE:") => Some(END_OF_NOTE),
        () if line.starts_with('[') && marks::opening(line).is_some_and(|opening| opening.mark.form == Form::Named) => {
            Some("]")
        }
        () => None,
    }
}

/// Behind which unit the note that begins at `at` ends.
fn note_end(lines: &Lines, units: &[Unit], at: usize, next: usize, closes: bool) -> usize {
    let text = |n: usize| lines.text[lines.bytes(&units[n].lines)].trim_end();
    if let Some(close) = closing(lines.line(units[at].lines.start)) {
        let balanced = |n: usize| {
            let said: String = (at..=n).map(text).collect();
            said.ends_with(close) && (close != "]" || said.matches('[').count() <= said.matches(']').count())
        };
        return (at..next.min(at + 30)).find(|&n| balanced(n)).map_or(at + 1, |n| n + 1);
    }
    let mut end = at + 1;
    if closes {
        let limit = (end..next).find(|&n| starts_section(lines, units, n)).unwrap_or(next);
        // Behind the last notes of a text nothing says where they end.
        if limit < units.len() {
            end = limit;
        }
    }
    // What is indented goes on with the note that stands indented.
    let indent = |n: usize| lines.line(units[n].lines.start).len() - lines.line(units[n].lines.start).trim_start().len();
    while end < next && indent(at) >= 2 && indent(end) >= indent(at) {
        end += 1;
    }
    end
}

/// Whether a section begins with a unit: a heading, or more than one blank line above.
fn starts_section(lines: &Lines, units: &[Unit], at: usize) -> bool {
    let start = units[at].lines.start;
    lines.line(start).starts_with('#')
        || start >= 2 && lines.role(start - 1) == Role::Blank && lines.role(start - 2) == Role::Blank
}

/// Whether notes stand at the ends of sections in this text: what stands between them and the next section is theirs.
fn closes_sections(lines: &Lines, units: &[Unit], found: &[usize]) -> bool {
    let runs: Vec<usize> =
        found.iter().enumerate().filter(|(n, at)| found.get(n + 1) != Some(&(*at + 1))).map(|(_, at)| at + 1).collect();
    let closed = runs.iter().filter(|&&behind| behind >= units.len() || starts_section(lines, units, behind)).count();
    runs.len() >= 2 && closed * 5 >= runs.len() * 3
}

/// The units of a bibliography: all below its heading, up to the next of the kind, and long runs of entries with brackets.
fn listed(lines: &Lines, units: &[Unit]) -> std::collections::BTreeSet<usize> {
    let mut listed = std::collections::BTreeSet::new();
    let mut within = false;
    for (at, unit) in units.iter().enumerate() {
        let line = lines.line(unit.lines.start).trim();
        if bibliography::is_title(line) {
            within = true;
        } else if line.starts_with('#') {
            within = false;
        }
        if within {
            listed.insert(at);
        }
    }
    listed
}

/// Whether a line goes on with a sentence of the line above: `weights, and` / `4) stacking weights` counts, and notes nothing.
fn goes_on(lines: &Lines, at: usize) -> bool {
    let above = at.checked_sub(1).filter(|above| lines.role(*above) != Role::Blank);
    above.is_some_and(|above| {
        let line = lines.line(above);
        !line.trim().is_empty() && matches!(evidence::ending(line), Ending::NoStop | Ending::HalfStop | Ending::Hyphen)
    })
}

/// Whether a tool's anchor stands at the front of a line.
fn has_anchor(line: &str) -> bool {
    line.trim_start().trim_start_matches("- ").starts_with("<span id=\"")
}

/// The numbers of links with which MediaWiki calls notes: `[\[1\]](#cite_note-1)`.
fn of_wiki(text: &str) -> impl Iterator<Item = String> {
    text.match_indices("](#cite_note").filter_map(|(at, _)| {
        let said = text[..at].trim_end_matches([']', '\\']);
        let digits = said.bytes().rev().take_while(u8::is_ascii_digit).count();
        let number = &said[said.len() - digits..];
        (digits > 0 && said[..said.len() - digits].ends_with('[')).then(|| number.to_owned())
    })
}

/// Where a text calls its notes.
struct Calls {
    ways: Ways,
    /// By form and key: the units.
    places: BTreeMap<(Form, String), Vec<usize>>,
    /// Anchors that a bare number leads to, with that number.
    anchors: BTreeMap<String, (String, usize)>,
}

impl Calls {
    fn of(lines: &Lines, units: &[Unit], ways: Ways) -> Self {
        let mut calls = Self { ways, places: BTreeMap::new(), anchors: BTreeMap::new() };
        for (at, unit) in units.iter().enumerate() {
            if lines.all[unit.lines.start].code {
                continue;
            }
            let text = &lines.text[lines.bytes(&unit.lines)];
            let skip = unit.opening.as_ref().map_or(0, |opening| opening.text.min(text.len()));
            for call in marks::calls(text).into_iter().filter(|call| call.start >= skip) {
                if call.mark.form == Form::Link {
                    calls.link(&text[call.start..call.end], &call.mark.key);
                }
                calls.places.entry((call.mark.form, call.mark.key)).or_default().push(at);
            }
            for key in of_wiki(text) {
                calls.places.entry((Form::Link, key)).or_default().push(at);
            }
        }
        calls
    }

    fn link(&mut self, written: &str, key: &str) {
        let Some((said, rest)) = written.split_once("](#") else { return };
        // `[\[4\]](#…)` cites.
        if said.contains('\\') && said.contains("\\[") {
            return;
        }
        let id = rest.trim_end_matches(')').to_owned();
        let entry = self.anchors.entry(id).or_insert((key.to_owned(), 0));
        entry.1 += usize::from(entry.0 == key);
    }

    /// Whether an anchor at the front of a line answers a link that says the mark's key.
    fn anchored(&self, line: &str, mark: &Mark) -> bool {
        let Some(rest) = line.trim_start().trim_start_matches("- ").strip_prefix("<span id=\"") else { return false };
        let Some((id, _)) = rest.split_once('"') else { return false };
        let fits =
            matches!(mark.form, Form::Sup | Form::Raised | Form::Bare | Form::Dot | Form::HalfParen | Form::Tex | Form::Symbol);
        fits && self.anchors.get(id).is_some_and(|(key, times)| *key == mark.key && *times < LIST)
    }

    fn forms(&self, mark: &Mark) -> impl Iterator<Item = Form> {
        let all = [
            Form::Sup,
            Form::Raised,
            Form::Tex,
            Form::Caret,
            Form::Link,
            Form::Symbol,
            Form::Bracket,
            Form::Paren,
            Form::HalfParen,
            Form::Glued,
            Form::Spaced,
            Form::Parted,
            Form::Between,
            Form::Letter,
            Form::Apart,
        ];
        let (own, ways) = (mark.form, self.ways);
        all.into_iter()
            .filter(move |form| own.answers(*form) && (ways.allow(*form) || own == Form::Named && *form != Form::Bracket))
    }

    /// Whether a mark is called in one of the `reach` units before `at`.
    fn before(&self, mark: &Mark, at: usize, reach: usize) -> bool {
        self.forms(mark).any(|form| self.near(form, mark, at, reach))
    }

    fn behind(&self, mark: &Mark, at: usize) -> bool {
        let last = |form| self.places.get(&(form, mark.key.clone())).and_then(|places| places.last());
        self.forms(mark).any(|form| last(form).is_some_and(|&place| place > at))
    }

    /// Whether a mark is called in one of the forms that only counting shows.
    fn weak(&self, mark: &Mark, at: usize, reach: usize) -> bool {
        let weak = [Form::Glued, Form::Spaced, Form::Parted, Form::Between, Form::HalfParen, Form::Letter];
        let own = weak.into_iter().filter(|form| mark.form.answers(*form) && self.ways.allow(*form));
        own.into_iter().any(|form| self.near(form, mark, at, reach))
    }

    /// Whether the last call of a form before `at` stands within `reach`. Places rise.
    fn near(&self, form: Form, mark: &Mark, at: usize, reach: usize) -> bool {
        let Some(places) = self.places.get(&(form, mark.key.clone())) else { return false };
        let before = places.partition_point(|&place| place < at);
        before.checked_sub(1).is_some_and(|last| at - places[last] <= reach)
    }
}
