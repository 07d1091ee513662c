//! Notes that stand together: at the end of a chapter, or of the work.

use std::collections::BTreeMap;
use std::ops::Range;

use super::feet::{Called, FootNote, Unit, is_rule, take, units};
use super::guesses::Guesses;
use super::lines::{Lines, Role};
use super::marks::{self, Mark};
use super::raised;
use super::ways::Ways;
use crate::read::clean::letters;
use crate::report::RepairKind;

/// What stands above the notes of a chapter or a work, without spaces, in lower case.
const TITLES: &[&str] = &[
    "notes",
    "note",
    "footnotes",
    "endnotes",
    "notestothetext",
    "anmerkungen",
    "anmerkung",
    "fußnoten",
    "fussnoten",
    "endnoten",
    "noten",
    "notas",
    "notesdefin",
    "notesdebasdepage",
    "remarques",
    "annotazioni",
    "noteafineopera",
    "voetnoten",
    "eindnoten",
    "noter",
    "fotnoter",
    "przypisy",
    "poznámky",
    "jegyzetek",
    "notae",
    "adnotationes",
    "σημειώσεις",
    "σημειωσεισ",
    "υποσημειώσεις",
    "υποσημειωσεισ",
    "примечания",
    "сноски",
    "ملاحظات",
    "هوامش",
    "الهوامش",
    "حواشي",
    "الحواشي",
    "הערות",
    "注",
    "註",
    "注释",
];

/// How sure we are that a heading stands above notes and nothing else.
const TITLE: f32 = 0.9;
/// How many of the notes must be called in the text before.
const CALLED: f32 = 0.6;
/// Without a title, so many notes must stand together, and calls of them further away than this, in bytes: else it is the
/// foot of a page.
const UNTITLED: usize = 4;
const SPREAD: usize = 8000;

/// Whether the numbers below titles of notes answer the raised calls of the text above, all of them and each once: there, and only there,
/// an author's list is one of notes.
pub fn are_titled(lines: &Lines, groups: &[Range<usize>]) -> bool {
    let line = |group: &Range<usize>| lines.line(group.start);
    let titled = |group: &Range<usize>| group.len() == 1 && !lines.all[group.start].code && is_title_line(line(group));
    let titles: Vec<usize> = (0..groups.len()).filter(|&at| titled(&groups[at])).collect();
    let (mut from, mut answered) = (0, 0);
    for at in titles {
        let end = (at + 1..groups.len()).find(|&at| line(&groups[at]).starts_with('#')).unwrap_or(groups.len());
        let below = groups[at + 1..end].iter().flat_map(Range::clone);
        let listed = |found: &&marks::Opening| {
            matches!(found.mark.form, marks::Form::Dot | marks::Form::HalfParen | marks::Form::Bare | marks::Form::Paren)
        };
        let notes: Vec<Mark> =
            below.filter_map(|at| lines.opening(at)).filter(listed).map(|found| found.mark.clone()).collect();
        let counts =
            notes.first().is_some_and(|note| note.key == "1") && notes.windows(2).all(|pair| pair[1].follows(&pair[0]));
        if counts {
            // Tables have notes of their own, which their authors write below them.
            let text = groups[from..at].iter().filter(|group| !lines.text[lines.bytes(group)].contains('|'));
            let called: Vec<Mark> = text.flat_map(|group| raised::calls(lines, group)).collect();
            let alike = called.len() == notes.len() && called.iter().zip(&notes).all(|(call, note)| call.key == note.key);
            answered += if alike { notes.len() } else { 0 };
        }
        from = end;
    }
    answered >= 2
}

/// Finds the notes that stand together, and claims their lines.
pub fn claim(lines: &mut Lines, leaves: &[Range<usize>], ways: Ways, guesses: &mut Guesses, notes: &mut Vec<FootNote>) {
    native(lines, notes);
    let units = units(lines, 0..lines.len());
    let mut calls = Called::new(ways);
    let by_page = are_of_pages(lines, &units, leaves);
    let (mut at, mut section) = (0, 0);
    while at < units.len() {
        let title = is_title(lines, &units[at]);
        let first = if title { at + 1 } else { at };
        let leaf = &leaves[leaves.partition_point(|leaf| leaf.start <= units[at].lines.start) - 1];
        let page = (leaves.len() > 1).then(|| lines.all[leaf.start].start);
        let foot = title && by_page;
        let end = if foot { units.partition_point(|unit| unit.lines.start < leaf.end) } else { units.len() };
        let length = length(lines, &units[first..end], title);
        if length == 0 || !is_section(lines, &units[first..first + length], &calls, title, page) {
            let bytes = lines.bytes(&units[at].lines);
            calls.add(&lines.text[bytes.clone()], bytes.start);
            at += 1;
            continue;
        }
        let heading = lines.bytes(&units[at].lines);
        if title && guesses.make(RepairKind::HeadDropped, guesses.span(heading), TITLE, || "[title of notes]".to_owned()) {
            lines.set(units[at].lines.clone(), Role::NoteMore);
        }
        if first > 0 && is_rule(lines.line(units[first - 1].lines.start)) {
            lines.set(units[first - 1].lines.clone(), Role::FootRule);
        }
        let from = notes.len();
        take_all(lines, &units[first..first + length], notes);
        if !foot {
            notes[from..].iter_mut().for_each(|note| note.section = Some(section));
            section += 1;
        }
        calls = Called::new(ways);
        at = first + length;
    }
}

/// Claims the footnotes of Markdown whose names are the only ones of the file: they need no guess, in whatever order they stand.
fn native(lines: &mut Lines, notes: &mut Vec<FootNote>) {
    let label = |line: &str| {
        let rest = line.trim_start_matches(' ').strip_prefix("[^").filter(|_| !line.starts_with("    "))?;
        let (label, behind) = rest.split_once("]:")?;
        let printed = || marks::opening(line).is_none_or(|found| found.mark.form == marks::Form::Caret);
        let fits = !label.is_empty() && !label.contains([']', ' ']) && printed();
        fits.then(|| (label.to_owned(), line.len() - behind.trim_start().len()))
    };
    let defined: Vec<(usize, String, usize)> = (0..lines.len())
        .filter(|&at| lines.role(at) == Role::Body && !lines.all[at].code)
        .filter_map(|at| label(lines.line(at)).map(|(label, text)| (at, label, text)))
        .collect();
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    defined.iter().for_each(|(_, label, _)| *times.entry(label.to_lowercase()).or_default() += 1);
    // A tool that counts anew on every page means pages, not names.
    if times.values().any(|times| *times > 1) {
        return;
    }
    let starts: std::collections::BTreeSet<usize> = defined.iter().map(|(at, ..)| *at).collect();
    for (at, label, text) in defined {
        let mut paragraphs = Vec::new();
        let mut end = at + 1;
        let mut from = lines.all[at].start + text;
        loop {
            while end < lines.len() && lines.role(end) == Role::Body && !starts.contains(&end) {
                end += 1;
            }
            paragraphs.push(from..lines.all[end - 1].end.max(from));
            // Further paragraphs of a note are indented.
            let next = (end..lines.len()).find(|&at| lines.role(at) != Role::Blank);
            let Some(next) = next.filter(|&next| {
                lines.role(next) == Role::Body && lines.line(next).starts_with("    ") && !starts.contains(&next)
            }) else {
                break;
            };
            let line = lines.line(next);
            from = lines.all[next].start + line.len() - line.trim_start().len();
            end = next + 1;
        }
        let key = marks::key(&label).unwrap_or_else(|| label.to_lowercase());
        let note = FootNote {
            mark: Some(Mark { form: marks::Form::Caret, key }),
            lines: at..end,
            paragraphs,
            range: lines.all[at].start..lines.all[end - 1].end,
            written: format!("[^{label}]:"),
            section: Some(usize::MAX),
            native: true,
            margin: false,
            inner: false,
        };
        lines.set(at..end, Role::NoteMore);
        lines.set(at..at + 1, Role::Note(notes.len()));
        notes.push(note);
    }
}

/// Takes a section's notes; numbers may start anew in it, under the titles of chapters.
fn take_all(lines: &mut Lines, units: &[Unit], notes: &mut Vec<FootNote>) {
    let mut from = 0;
    for at in 1..=units.len() {
        let anew = units.get(at).is_none_or(|unit| unit.opening.as_ref().is_some_and(|opening| is_first(&opening.mark)));
        if anew {
            take(lines, &units[from..at], notes);
            from = at;
        }
    }
}

fn is_first(mark: &Mark) -> bool {
    matches!(mark.key.as_str(), "1" | "a" | "*")
}

/// Whether a title stands above the notes of so many pages that it is a model's, which names the foot of each: `**Footnotes:**`. Chapters
/// with notes of their own are seldom as short.
fn are_of_pages(lines: &Lines, units: &[Unit], leaves: &[Range<usize>]) -> bool {
    let leaf = |unit: &Unit| leaves.partition_point(|leaf| leaf.start <= unit.lines.start);
    let titled: std::collections::BTreeSet<usize> = units.iter().filter(|unit| is_title(lines, unit)).map(leaf).collect();
    titled.len() >= 3 && titled.len() * 2 >= leaves.len()
}

fn is_title(lines: &Lines, unit: &Unit) -> bool {
    unit.lines.len() == 1 && is_title_line(lines.line(unit.lines.start))
}

fn is_title_line(line: &str) -> bool {
    line.len() <= LONGEST_TITLE && TITLES.contains(&letters(line).as_str())
}

/// In bytes, with whatever a tool sets around it.
const LONGEST_TITLE: usize = 120;

/// How many units from the first on are notes: up to the next heading, or to what can't be one.
fn length(lines: &Lines, units: &[Unit], title: bool) -> usize {
    let Some(form) = units.first().and_then(|unit| unit.opening.as_ref()).map(|opening| opening.mark.form) else { return 0 };
    let first = units.first().and_then(|unit| unit.opening.as_ref()).is_some_and(|opening| is_first(&opening.mark));
    // A letter alone at a line's front is a word in many languages; and notes without a title begin with the first.
    if !title && (form == marks::Form::Letter || !first) {
        return 0;
    }
    let mut last: Option<&Mark> = None;
    let mut length = 0;
    for (at, unit) in units.iter().enumerate() {
        if is_heading(lines, unit) || at - length > 4 {
            break;
        }
        let Some(opening) = unit.opening.as_ref().filter(|opening| opening.mark.form == form) else { continue };
        // Numbers start anew for another chapter, right behind the last of the one before.
        let anew = title && at == length && is_first(&opening.mark);
        if last.is_some_and(|last| !opening.mark.is_after(last)) && !anew {
            break;
        }
        last = Some(&opening.mark);
        length = at + 1;
    }
    // Unmarked paragraphs at the end are the last note's where a heading or the end of the text comes right after them.
    let rest = units[length..].iter().take(3).take_while(|unit| !is_heading(lines, unit) && unit.opening.is_none()).count();
    let closed = units.get(length + rest).is_none_or(|unit| is_heading(lines, unit));
    if closed && rest <= 2 { length + rest } else { length }
}

fn is_heading(lines: &Lines, unit: &Unit) -> bool {
    lines.line(unit.lines.start).starts_with('#')
}

/// Whether marked units are the notes of a chapter or a work: the text before calls them.
fn is_section(lines: &Lines, units: &[Unit], calls: &Called, title: bool, page: Option<usize>) -> bool {
    let marks: Vec<&Mark> = units.iter().filter_map(|unit| unit.opening.as_ref()).map(|opening| &opening.mark).collect();
    let called = marks.iter().filter(|mark| calls.has(mark, usize::MAX)).count();
    let enough = called as f32 >= marks.len() as f32 * CALLED;
    if title {
        return enough && called > 0;
    }
    // A foot's notes are all called near by, on its own page.
    let start = units.first().map_or(0, |unit| lines.bytes(&unit.lines).start);
    let near = page.unwrap_or(start.saturating_sub(SPREAD));
    let page_foot = marks.iter().all(|mark| calls.last(mark).is_none_or(|last| last >= near));
    enough && marks.len() >= UNTITLED && is_first(marks[0]) && !page_foot && marks.len() * 2 > units.len()
}
