//! The dress of a file in one line, so that a wrong guess is plain at once: what marks its pages, how they are numbered, where its
//! notes stand, how its lines end.

use super::dress::{Dress, Setting};
use super::feet::FootNote;
use super::lines::{Lines, Role};
use super::numbers;
use super::pages::Mark;
use super::sheets::Cut;

/// What there is to say of the dress.
pub struct Seen<'a> {
    pub lines: &'a Lines<'a>,
    pub marks: &'a [Mark],
    pub cuts: &'a [Cut],
    pub seams: usize,
    pub dress: &'a Dress,
}

/// The line.
pub fn line(seen: &Seen, notes: Option<&str>) -> String {
    let mut parts = vec![pages(seen)];
    parts.extend(folios(seen.cuts));
    parts.extend(notes.map(str::to_owned));
    parts.extend(setting(seen.dress));
    parts.join("; ")
}

fn pages(seen: &Seen) -> String {
    let ends: usize = seen.cuts.iter().map(|cut| cut.breaks.len()).sum();
    let count = |n: usize| if n == 1 { "1 page".to_owned() } else { format!("{n} pages") };
    if let Some(mark) = seen.marks.first() {
        // Before the first mark a page may stand that none marks.
        let before = seen.cuts.first().is_some_and(|cut| cut.breaks.is_empty() && !cut.bodies.is_empty());
        return format!("page marks: {}, {}", form(&seen.lines.text[mark.range.clone()]), count(ends + usize::from(before)));
    }
    let furniture = seen.lines.all.iter().any(|line| matches!(line.role, Role::Furniture(_)));
    match () {
        () if furniture && ends > 0 => format!("no page marks: running heads and folios show {}", counted(ends)),
        () if ends > 0 => format!("no page marks: notes show {}", counted(ends)),
        () if seen.seams == 1 => "no page marks: a cut paragraph shows a page end".to_owned(),
        () if seen.seams > 0 => format!("no page marks: {} cut paragraphs show page ends", seen.seams),
        () => "no page marks".to_owned(),
    }
}

/// Page ends, counted.
fn counted(ends: usize) -> String {
    if ends == 1 { "1 page end".to_owned() } else { format!("{ends} page ends") }
}

/// A mark without its number.
fn form(mark: &str) -> String {
    if mark.contains('\x0C') {
        return "form feeds".to_owned();
    }
    // Of several lines the first is a rule.
    let mark = mark.lines().nth(1).unwrap_or(mark);
    let mut form = String::new();
    for c in mark.trim().chars() {
        match numbers::digit(c).is_some() {
            true if form.ends_with('N') => {}
            true => form.push('N'),
            false => form.push(c),
        }
    }
    // Rows of one sign are as long as a tool likes.
    let short: String = form.chars().take(40).collect();
    format!("\"{}\"", short.trim_end())
}

/// `folios 1-118, 2 gaps`.
fn folios(cuts: &[Cut]) -> Option<String> {
    let labels: Vec<&str> = cuts.iter().flat_map(|cut| &cut.breaks).filter_map(|page| page.label.as_deref()).collect();
    let (first, last) = (labels.first()?, labels.last()?);
    let values: Vec<u32> = labels
        .iter()
        .filter(|label| label.bytes().all(|byte| byte.is_ascii_digit()))
        .filter_map(|label| numbers::value(label))
        .collect();
    let gaps = values.windows(2).filter(|pair| pair[1] != pair[0] + 1).count();
    let gaps = match gaps {
        0 => String::new(),
        1 => ", 1 gap".to_owned(),
        gaps => format!(", {gaps} gaps"),
    };
    Some(if labels.len() == 1 { format!("folio {first}") } else { format!("folios {first}-{last}{gaps}") })
}

/// Where the notes stand, and how many.
pub fn notes(notes: &[FootNote]) -> Option<String> {
    let count = |is: &dyn Fn(&FootNote) -> bool| notes.iter().filter(|note| is(note)).count();
    let places = [
        ("of Markdown", count(&|note| note.native)),
        ("in the margin", count(&|note| note.margin)),
        ("behind their text", count(&|note| note.section.is_some() && !note.native)),
        ("at the foot", count(&|note| note.section.is_none() && !note.native && !note.margin && note.mark.is_some())),
    ];
    let said: Vec<String> =
        places.iter().filter(|(_, count)| *count > 0).map(|(place, count)| format!("{place}, {count}")).collect();
    (!said.is_empty()).then(|| format!("notes {}", said.join(", ")))
}

fn setting(dress: &Dress) -> Option<String> {
    let lines = match dress.setting {
        Setting::Loose => return None,
        Setting::Long => "a line a paragraph",
        Setting::Wrapped => "hard-wrapped",
        Setting::Solid => "hard-wrapped, nothing between paragraphs",
    };
    let habit = match () {
        () if dress.lost_hyphens => ", words cut without hyphens",
        () if dress.inner_hyphens => ", words cut inside lines",
        () if dress.is_wrapped() && dress.cuts == 0 => ", no words cut",
        () => "",
    };
    Some(format!("{lines}{habit}"))
}
