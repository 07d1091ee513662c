//! Where notes stand in the source: at the foot of pages, found line by line before anything is read.

use std::collections::BTreeMap;
use std::ops::Range;

use super::evidence::{self, Ending};
use super::lines::{Lines, Role};
use super::marks::{self, Form, Mark, Opening};
use super::vocabulary::Vocabulary;
use super::ways::Ways;

/// A note as it stands in the source.
#[derive(Clone, Debug)]
pub struct FootNote {
    /// None: it goes on with the last note of the page before.
    pub mark: Option<Mark>,
    pub lines: Range<usize>,
    /// Its paragraphs, in bytes of the text, without the mark.
    pub paragraphs: Vec<Range<usize>>,
    /// Bytes, mark and all.
    pub range: Range<usize>,
    /// The mark as the source writes it.
    pub written: String,
    /// The section of notes, at the end of a chapter or of the work, in which it stands; none: at the foot of a page.
    pub section: Option<usize>,
    /// Whether it is a footnote of Markdown, which nobody had to guess: `[^4]: …`, defined once.
    pub native: bool,
    /// Whether it stands beside the text, not below it.
    pub margin: bool,
    /// Whether a note above it calls it, not the text.
    pub inner: bool,
}

/// A stretch of lines that may be a note: it begins a group of lines, or with a mark inside one.
pub struct Unit {
    pub lines: Range<usize>,
    pub opening: Option<Opening>,
}

/// What is known of the file where its feet are looked for.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    pub words: &'a Vocabulary,
    pub ways: Ways,
    /// The length of the text's lines; 0: they have none in common.
    pub measure: usize,
}

impl Known<'_> {
    /// Whether lines are longer than those of the text: notes are set smaller, and take more letters.
    pub fn is_wide(&self, lines: &Lines, group: &Range<usize>) -> bool {
        let length = |at: usize| lines.line(at).trim().chars().count() * 100;
        let inner = group.start..group.end.saturating_sub(1).max(group.start + 1);
        let (wide, all) = (inner.clone().filter(|&at| length(at) >= self.measure * WIDE).count(), inner.len());
        // Narrow letters and capitals make lines uneven: the mean tells as well.
        let mean = inner.map(length).sum::<usize>() / all.max(1);
        self.measure > 0 && group.len() >= 2 && (wide * 4 >= all * 3 || all >= 4 && mean >= self.measure * WIDE)
    }
}

/// How much longer the lines of notes are, in hundredths of the measure.
const WIDE: usize = 112;

/// Finds the notes of every page and claims their lines. `leaves` are the lines between page marks; where a text has no page
/// marks, it is one leaf, and notes themselves show where pages end; so may heads and folios.
pub fn claim(lines: &mut Lines, leaves: &[Range<usize>], known: Known, notes: &mut Vec<FootNote>) {
    if let [only] = leaves {
        let shown = between_furniture(lines, only.clone());
        if shown.len() > 2 {
            feet(lines, &shown, known, notes);
        }
        super::interleaved::claim(lines, only.clone(), known.ways, notes);
        unmarked(lines, only.clone(), known, notes);
        notes.sort_by_key(|note| note.range.start);
        return number(lines, notes);
    }
    super::interleaved::claim_closed(lines, known.ways, notes);
    feet(lines, leaves, known, notes);
    notes.sort_by_key(|note| note.range.start);
    number(lines, notes);
}

/// Says again which note each line is of, once these stand in order.
fn number(lines: &mut Lines, notes: &[FootNote]) {
    for (at, note) in notes.iter().enumerate() {
        lines.set(note.lines.start..note.lines.start + 1, Role::Note(at));
    }
}

/// The stretches of a text without page marks between its heads and folios.
pub fn between_furniture(lines: &Lines, leaf: Range<usize>) -> Vec<Range<usize>> {
    let mut leaves = Vec::new();
    let mut start = leaf.start;
    for at in leaf.clone().filter(|&at| matches!(lines.role(at), Role::Furniture(_))) {
        if (start..at).any(|at| lines.role(at) == Role::Body) {
            leaves.push(start..at);
        }
        start = at + 1;
    }
    leaves.push(start..leaf.end);
    leaves
}

/// The feet of pages whose ends are known.
fn feet(lines: &mut Lines, leaves: &[Range<usize>], known: Known, notes: &mut Vec<FootNote>) {
    let in_stops = ends_in_stops(lines, leaves);
    let mut open = None;
    for (n, leaf) in leaves.iter().enumerate() {
        let next = leaves.get(n + 1).and_then(|next| first_text(lines, next.clone()));
        let open_note = open.take().map(|text: String| (text, in_stops));
        let mut start = leaf.start;
        for heading in below_notes(lines, leaf.clone()) {
            foot(lines, start..heading, (None, None), known, notes);
            start = heading;
        }
        foot(lines, start..leaf.end, (next, open_note), known, notes);
        let own = || notes.iter().rev().take_while(|note| note.lines.start >= leaf.start && !note.margin && !note.native);
        let ended = |note: &&FootNote| evidence::ending(&lines.text[note.range.clone()]) == Ending::Stop;
        // Behind a note that has ended, the one that called it may go on.
        let caller = own().next().filter(|note| note.inner && ended(note)).and_then(|_| own().find(|note| !note.inner));
        let last = caller.filter(|note| !ended(note)).or_else(|| own().next());
        open = last.map(|note| lines.text[note.range.clone()].to_owned());
    }
}

/// The headings inside a page that stand right below notes, of raised marks that the text above calls: a page has ended there unmarked, or
/// the tool set the foot of a column before what followed it.
fn below_notes(lines: &Lines, leaf: Range<usize>) -> Vec<usize> {
    let groups = lines.groups(leaf);
    let mut found = Vec::new();
    let mut start = groups.first().map_or(0, |group| group.start);
    for pair in groups.windows(2) {
        let heading = pair[1].start;
        if !lines.line(heading).starts_with('#') || lines.all[heading].code {
            continue;
        }
        let note = pair[0].start;
        let mark = lines.opening(note).filter(|found| found.mark.form.is_strong()).map(|found| found.mark.clone());
        let is_called = |mark: &Mark| {
            let calls = marks::calls(&lines.text[lines.bytes(&(start..note))]);
            calls.iter().any(|call| call.mark.key == mark.key && mark.form.answers(call.mark.form))
        };
        if start < note && mark.is_some_and(|mark| is_called(&mark)) {
            found.push(heading);
            start = heading;
        }
    }
    found
}

/// The first line of text on a page.
fn first_text<'a>(lines: &Lines<'a>, leaf: Range<usize>) -> Option<&'a str> {
    leaf.into_iter().find(|&at| lines.role(at) == Role::Body).map(|at| lines.line(at))
}

/// Units of a page, in order.
pub fn units(lines: &Lines, within: Range<usize>) -> Vec<Unit> {
    let mut units = Vec::new();
    for group in lines.groups(within) {
        if lines.all[group.start].code || lines.entries.contains(&group.start) {
            units.push(Unit { lines: group, opening: None });
            continue;
        }
        let mut start = group.start;
        let mut own = lines.opening(start).cloned();
        for at in group.start + 1..group.end {
            let found = lines.opening(at).filter(|_| !lines.entries.contains(&at)).cloned();
            let inner = found.filter(|inner| match &own {
                // Below a list notes may begin, in marks of another form.
                Some(own) if inner.mark.form != own.mark.form => {
                    own.mark.form == Form::Dot
                        && inner.mark.number() == Some(1)
                        && matches!(inner.mark.form, Form::HalfParen | Form::Paren | Form::Bracket)
                        || is_called_in(&lines.text[lines.bytes(&(start..at))], &inner.mark)
                        || !own.mark.form.is_strong() && matches!(inner.mark.form, Form::Sup | Form::Raised | Form::Tex)
                }
                Some(own) => inner.mark.follows(&own.mark),
                None => {
                    let counted = inner.mark.number().is_some_and(|number| number < 100);
                    // A number at a line's front is a sentence's where the line above has not ended one.
                    let ended =
                        !matches!(evidence::ending(lines.line(at - 1)), Ending::NoStop | Ending::HalfStop | Ending::Hyphen);
                    let listed =
                        inner.mark.form == Form::HalfParen || ended && matches!(inner.mark.form, Form::Bare | Form::Dot);
                    inner.mark.form.is_strong()
                        || matches!(inner.mark.form, Form::Symbol | Form::Bracket)
                        || listed && counted
                        || !ended && counted && is_called_above(lines, start..at, &inner.mark)
                }
            });
            if inner.is_some() || is_rule(lines.line(at)) || is_rule(lines.line(start)) {
                units.push(Unit { lines: start..at, opening: own });
                (start, own) = (at, inner);
            }
        }
        units.push(Unit { lines: start..group.end, opening: own });
    }
    units
}

/// So many lines of a page are asked, at most, for the call of a note that stands right below them.
const PAGE: usize = 60;

/// Whether the lines above call a note once whose number opens the next one, as fallen calls do. A number at a line's front is else a
/// sentence's.
fn is_called_above(lines: &Lines, above: Range<usize>, mark: &Mark) -> bool {
    if !matches!(mark.form, Form::Bare | Form::Dot) {
        return false;
    }
    let text = &lines.text[lines.bytes(&(above.start.max(above.end.saturating_sub(PAGE))..above.end))];
    let calls = marks::calls(text).into_iter().filter(|call| {
        call.mark.key == mark.key
            && mark.form.answers(call.mark.form)
            && matches!(call.mark.form, Form::Glued | Form::Sup | Form::Raised | Form::Tex)
    });
    calls.count() == 1
}

/// Whether a tool's anchor stands at the front of a line.
fn is_anchored(line: &str) -> bool {
    line.trim_start().trim_start_matches("- ").starts_with("<span id=\"")
}

/// Whether a note's own text calls another, whose mark is a symbol.
fn is_called_in(text: &str, mark: &Mark) -> bool {
    mark.key.chars().all(marks::is_symbol)
        && marks::calls(text).iter().any(|call| call.mark.key == mark.key && mark.form.answers(call.mark.form))
}

/// A rule: hyphens, asterisks, underscores, or the strokes that OCR draws.
pub fn is_rule(line: &str) -> bool {
    let mut signs = line.chars().filter(|c| !c.is_whitespace());
    let Some(first) = signs.next() else { return false };
    let fits = matches!(first, '-' | '*' | '_' | '─' | '—' | '⎯' | '–' | '=' | '―');
    fits && signs.clone().count() >= 2 && signs.all(|c| c == first)
}

/// The calls of a stretch of text: each mark, and where it is called first and last.
pub struct Called {
    places: BTreeMap<(String, Form), (usize, usize)>,
    ways: Ways,
}

impl Called {
    /// No calls yet, of a file that calls its notes in these `ways`.
    pub fn new(ways: Ways) -> Self {
        Self { places: BTreeMap::new(), ways }
    }

    pub fn add(&mut self, text: &str, unit: usize) {
        for call in marks::calls(text).into_iter().filter(|call| self.ways.allow(call.mark.form)) {
            self.places.entry((call.mark.key, call.mark.form)).or_insert((unit, unit)).1 = unit;
        }
    }

    /// Whether a note with this mark is called in a unit before `unit`.
    pub fn has(&self, mark: &Mark, unit: usize) -> bool {
        self.first(mark).is_some_and(|first| first < unit)
    }

    /// Where a note with this mark is first called.
    pub fn first(&self, mark: &Mark) -> Option<usize> {
        self.places(mark).map(|(first, _)| first).min()
    }

    /// Where a note with this mark is last called.
    pub fn last(&self, mark: &Mark) -> Option<usize> {
        self.places(mark).map(|(_, last)| last).max()
    }

    fn places(&self, mark: &Mark) -> impl Iterator<Item = (usize, usize)> {
        let own = self.places.range((mark.key.clone(), Form::Sup)..).take_while(|((key, _), _)| *key == mark.key);
        own.filter(|((_, form), _)| mark.form.answers(*form)).map(|(_, places)| *places)
    }
}

/// The foot of a page that has marks at both ends: looked for upwards from its last line.
fn foot(
    lines: &mut Lines,
    leaf: Range<usize>,
    (next, open): (Option<&str>, Option<(String, bool)>),
    known: Known,
    notes: &mut Vec<FootNote>,
) {
    let mut units = units(lines, leaf);
    // A picture below the notes is none of them.
    while units.last().is_some_and(|unit| super::floats::is_float(lines.line(unit.lines.start), unit.lines.len() == 1)) {
        units.pop();
    }
    let marked = units.iter().any(|unit| unit.opening.is_some());
    let first = if marked { first_note(lines, &units, next, known) } else { None };
    let before = first.unwrap_or(units.len());
    // With no note open above, the text that the page cuts must go on behind the foot.
    let wide = wide_foot(lines, &units[..before], known).filter(|&at| {
        let last = units[..before].len() - 1;
        open.is_some() || at == last && is_cut_around(lines, &units[..before], last, next, known.words)
    });
    let spilled =
        wide.or_else(|| open.and_then(|(open, in_stops)| spill(lines, &units[..before], (&open, in_stops), next, known)));
    if let Some(at) = spilled {
        let own = units[at].lines.start..units[before - 1].lines.end;
        let range = lines.bytes(&own);
        let paragraphs = units[at..before].iter().map(|unit| lines.bytes(&unit.lines)).collect();
        claim_lines(lines, own.clone(), notes.len());
        notes.push(FootNote {
            mark: None,
            lines: own,
            paragraphs,
            range,
            written: String::new(),
            section: None,
            native: false,
            margin: false,
            inner: false,
        });
    }
    let Some(first) = first else { return };
    let rule_at = spilled.unwrap_or(first);
    if rule_at > 0 && is_rule(lines.line(units[rule_at - 1].lines.start)) {
        lines.set(units[rule_at - 1].lines.clone(), Role::FootRule);
    }
    take(lines, &units[first..], notes);
}

/// How many unmarked paragraphs may follow the last mark of a foot.
const UNMARKED: usize = 3;

/// The unit at which the notes of a page begin.
fn first_note(lines: &Lines, units: &[Unit], next: Option<&str>, known: Known) -> Option<usize> {
    let text = |unit: &Unit| &lines.text[lines.bytes(&unit.lines)];
    let mut calls = Called::new(known.ways);
    units.iter().enumerate().for_each(|(at, unit)| calls.add(text(unit), at));
    let mut first: Option<usize> = None;
    let mut last_mark: Option<Mark> = None;
    let mut trailing = 0;
    for (at, unit) in units.iter().enumerate().rev() {
        let line = lines.line(unit.lines.start);
        if is_rule(line) && first.is_some() || line.starts_with('#') {
            break;
        }
        let fits = unit.opening.as_ref().filter(|opening| {
            let mark = &opening.mark;
            // A note may have notes of its own, in marks of another form, which are called in it.
            let holds = |last: &Mark| {
                let called = calls.first(last) == Some(at) || last.form == Form::Symbol && text(unit).contains(&last.key);
                last.form != mark.form && called
            };
            // Marker's anchors show what its forms, which change from one note to the next, don't.
            let anchored = || {
                let below = first.is_some_and(|first| is_anchored(lines.line(units[first].lines.start)));
                below && is_anchored(line)
            };
            let ordered = last_mark.as_ref().is_none_or(|last| {
                last.form == mark.form && last.is_after(mark) || holds(last) || last.follows(mark) && anchored()
            });
            let cut = || is_cut_around(lines, units, at, next, known.words) && last_mark.is_none();
            // What counts down to the first right above another note of its form is one, whatever became of its call.
            let counted = || {
                let next = first == Some(at + 1)
                    && last_mark.as_ref().is_some_and(|last| last.follows(mark) && last.form == mark.form);
                next && (mark.number() == Some(1) || mark.key == "*") && at > 0
            };
            ordered
                && (counted() || calls.has(mark, at) || mark.form.is_strong() && at > 0 || mark.number() == Some(1) && cut())
        });
        match fits {
            Some(opening) => {
                first = Some(at);
                last_mark = Some(opening.mark.clone());
            }
            None if first.is_none() => trailing += 1,
            None => {}
        }
        if trailing > UNMARKED {
            return None;
        }
    }
    let first = first?;
    let form = last_mark.as_ref()?.form;
    if trailing > 0 {
        // Unmarked paragraphs at the very end belong to the note only where nothing else explains them.
        let last = text(units.last()?);
        let ruled = first > 0 && is_rule(lines.line(units[first - 1].lines.start));
        let body = first.checked_sub(1 + usize::from(ruled)).map(|at| text(&units[at]));
        let runs_on = next.is_some_and(|next| {
            let own = evidence::weigh(last, next, known.words);
            own > 0.0 && body.is_none_or(|body| evidence::weigh(body, next, known.words) <= own)
        });
        // Where the text stops in mid-sentence above and goes on behind the page's end, all between is its notes.
        let cut = body.filter(|body| {
            matches!(evidence::ending(body), Ending::NoStop | Ending::HalfStop | Ending::Hyphen)
                && next.is_some_and(|next| {
                    evidence::weigh(body, next, known.words) > evidence::weigh(last, next, known.words).max(0.0) + SURELY
                })
        });
        if runs_on || !(form.is_strong() || ruled || cut.is_some()) {
            return None;
        }
    }
    Some(first)
}

/// Whether the last unit of a page stands between two halves of a sentence, and is whole itself.
fn is_cut_around(lines: &Lines, units: &[Unit], at: usize, next: Option<&str>, words: &Vocabulary) -> bool {
    let text = |at: usize| lines.text[lines.bytes(&units[at].lines)].trim();
    let (Some(above), Some(next)) = (at.checked_sub(1).map(text), next.map(str::trim_start)) else { return false };
    let prose = |text: &str| text.split_whitespace().nth(PROSE).is_some();
    at + 1 == units.len()
        && prose(above)
        && matches!(evidence::ending(above), Ending::NoStop | Ending::HalfStop | Ending::Hyphen)
        && evidence::ending(text(at)) == Ending::Stop
        && evidence::weigh(above, next, words) > evidence::weigh(text(at), next, words).max(0.0)
}

/// In words, a paragraph of prose is longer.
const PROSE: usize = 12;

/// How much better the text above the notes must go on over the page's end than they do.
const SURELY: f32 = 3.0;

/// Where the unmarked paragraphs begin that stand above the marked notes of a page in the longer lines of notes.
fn wide_foot(lines: &Lines, units: &[Unit], known: Known) -> Option<usize> {
    let wide = |unit: &&Unit| unit.opening.is_none() && known.is_wide(lines, &unit.lines);
    let count = units.iter().rev().take_while(wide).count();
    (count > 0 && count < units.len()).then(|| units.len() - count)
}

/// The paragraph before the marked notes with which the note of the page before goes on.
fn spill(
    lines: &Lines,
    units: &[Unit],
    (open, ends_in_stops): (&str, bool),
    next: Option<&str>,
    known: Known,
) -> Option<usize> {
    let words = known.words;
    let text = |at: usize| &lines.text[lines.bytes(&units[at].lines)];
    let last = units.len().checked_sub(1)?;
    if units[last].opening.is_some()
        || lines.line(units[last].lines.start).starts_with(['#', '>'])
        || lines.all[units[last].lines.start].code
    {
        return None;
    }
    // A note that has ended does not go on in mid-sentence.
    if evidence::ending(open) == Ending::Stop && text(last).trim_start().starts_with(char::is_lowercase) {
        return None;
    }
    let continues = evidence::weigh(open, text(last), words);
    let ruled = last > 0 && is_rule(lines.line(units[last - 1].lines.start));
    if ruled {
        return (continues > -4.0).then_some(last);
    }
    let above = last.checked_sub(1).filter(|&at| !lines.line(units[at].lines.start).starts_with('#'))?;
    // What each reading leaves unexplained: as text, a paragraph that was cut above and a note that has no end; as a note, a
    // beginning that does not fit, and a next page that goes on with nothing.
    let runs_on = |at: usize| next.map_or(0.0, |next| evidence::weigh(text(at), next, words).max(0.0));
    // Notes that only name places in books often end without a stop.
    let names_page = open.trim_end().ends_with(char::is_numeric);
    let unended = continues.max(0.0) * if ends_in_stops && !names_page { 1.0 } else { 0.5 };
    let goes_on = runs_on(above) - runs_on(last);
    let as_text = evidence::weigh(text(above), text(last), words).max(0.0) + unended + goes_on.max(0.0);
    // A note may have been cut between two of its sentences.
    let as_note = RARE + (-continues).clamp(0.0, NEW_SENTENCE) + (-goes_on).max(0.0);
    (as_text > as_note).then_some(last)
}

/// What it weighs at most that the rest of a note begins like a sentence of its own.
const NEW_SENTENCE: f32 = 3.5;
/// Notes seldom run on to the next page.
const RARE: f32 = 2.0;

/// Whether the notes of the text end in full stops, most of them: not where they only name places in books.
fn ends_in_stops(lines: &Lines, leaves: &[Range<usize>]) -> bool {
    let (mut stopped, mut all) = (0, 0);
    for group in leaves.iter().flat_map(|leaf| lines.groups(leaf.clone())) {
        if lines.opening(group.start).is_some_and(|opening| opening.mark.form.is_strong()) {
            all += 1;
            stopped += usize::from(evidence::ending(&lines.text[lines.bytes(&group)]) == Ending::Stop);
        }
    }
    stopped * 2 > all
}

/// Claims units as notes: each mark begins one, what is unmarked goes on with it.
pub fn take(lines: &mut Lines, units: &[Unit], notes: &mut Vec<FootNote>) {
    let mut last: Option<Mark> = None;
    let from = notes.len();
    // The note that may call further ones, and the last of these.
    let mut outer: (Range<usize>, Option<Mark>) = (0..0, None);
    for unit in units {
        let range = lines.bytes(&unit.lines);
        if is_rule(lines.line(unit.lines.start)) {
            lines.set(unit.lines.clone(), Role::FootRule);
            continue;
        }
        let anchored = is_anchored(lines.line(unit.lines.start));
        let opening = unit.opening.as_ref().filter(|opening| {
            last.as_ref().is_none_or(|last| {
                last.form == opening.mark.form && opening.mark.is_after(last) || anchored && opening.mark.follows(last)
            })
        });
        let inner = unit.opening.as_ref().filter(|inner| {
            let counts = outer.1.as_ref().is_none_or(|last| last.form == inner.mark.form && inner.mark.is_after(last));
            opening.is_none() && counts && is_called_in(&lines.text[outer.0.clone()], &inner.mark)
        });
        match opening.or(inner) {
            Some(opening) => {
                match inner {
                    Some(inner) => outer.1 = Some(inner.mark.clone()),
                    None => {
                        last = Some(opening.mark.clone());
                        outer = (range.clone(), None);
                    }
                }
                let mut text = lines.all[unit.lines.start].start + opening.text..range.end;
                if let Some(close) = super::interleaved::closing(lines.line(unit.lines.start)) {
                    let said = lines.text[text.clone()].trim_end();
                    text.end = text.start + said.strip_suffix(close).unwrap_or(said).trim_end().len();
                }
                let note = FootNote {
                    mark: Some(opening.mark.clone()),
                    lines: unit.lines.clone(),
                    paragraphs: vec![text],
                    range,
                    written: lines.line(unit.lines.start)[..opening.text].trim().to_owned(),
                    section: None,
                    native: false,
                    margin: false,
                    inner: inner.is_some(),
                };
                claim_lines(lines, unit.lines.clone(), notes.len());
                notes.push(note);
            }
            None => {
                let Some(note) = notes[from..].last_mut() else { continue };
                let indent = lines.text[range.clone()].len() - lines.text[range.clone()].trim_start().len();
                note.paragraphs.push(range.start + indent..range.end);
                note.lines.end = unit.lines.end;
                note.range.end = range.end;
                lines.set(unit.lines.clone(), Role::NoteMore);
            }
        }
    }
}

fn claim_lines(lines: &mut Lines, unit: Range<usize>, note: usize) {
    lines.set(unit.clone(), Role::NoteMore);
    lines.set(unit.start..unit.start + 1, Role::Note(note));
}

/// Notes in a text without page marks: a rule and notes behind it, or notes alone whose marks can be nothing else.
fn unmarked(lines: &mut Lines, leaf: Range<usize>, known: Known, notes: &mut Vec<FootNote>) {
    let units = units(lines, leaf);
    let mut calls = Called::new(known.ways);
    let mut body: Option<usize> = None;
    let mut at = 0;
    while at < units.len() {
        let ruled = is_rule(lines.line(units[at].lines.start));
        let first = if ruled { at + 1 } else { at };
        let length =
            foot_length(lines, &units[first.min(units.len())..], ruled, &calls, body.map(|at| &units[at]), known.words);
        if length == 0 {
            calls.add(&lines.text[lines.bytes(&units[at].lines)], at);
            body = Some(at);
            at += 1;
            continue;
        }
        if ruled {
            lines.set(units[at].lines.clone(), Role::FootRule);
        }
        take(lines, &units[first..first + length], notes);
        calls = Called::new(known.ways);
        at = first + length;
    }
}

/// How many of the units, from the first on, are notes.
fn foot_length(lines: &Lines, units: &[Unit], ruled: bool, calls: &Called, body: Option<&Unit>, words: &Vocabulary) -> usize {
    let Some(opening) = units.first().and_then(|unit| unit.opening.as_ref()) else { return 0 };
    let form = opening.mark.form;
    let known = calls.has(&opening.mark, usize::MAX);
    if !(known && (ruled || form.is_strong()) || ruled && form.is_strong() && body.is_some()) {
        return 0;
    }
    let mut last = &opening.mark;
    let mut length = 1;
    let mut at = 1;
    while let Some(unit) = units.get(at) {
        let line = lines.line(unit.lines.start);
        if is_rule(line) || line.starts_with('#') || at - length > 2 {
            break;
        }
        if let Some(next) = &unit.opening {
            // Behind an unmarked paragraph only a note that the page has called is still of this foot.
            let known = calls.has(&next.mark, usize::MAX) || form.is_strong() && at == length;
            if next.mark.form != form || !next.mark.is_after(last) || !known {
                break;
            }
            last = &next.mark;
            length = at + 1;
        }
        at += 1;
    }
    length + second_paragraph(lines, &units[length..], body, words)
}

/// Whether the unmarked paragraph behind a foot goes on with its note: only where the page's text was cut and goes on behind it.
fn second_paragraph(lines: &Lines, units: &[Unit], body: Option<&Unit>, words: &Vocabulary) -> usize {
    let text = |unit: &Unit| &lines.text[lines.bytes(&unit.lines)];
    let (Some(body), [first, second, ..]) = (body, units) else { return 0 };
    let plain = |unit: &Unit| unit.opening.is_none() && !lines.line(unit.lines.start).starts_with(['#', '>']);
    if !plain(first) || !plain(second) {
        return 0;
    }
    let cut = evidence::ending(text(body));
    let goes_on = evidence::weigh(text(body), text(second), words) - evidence::weigh(text(body), text(first), words);
    let sure = matches!(cut, Ending::NoStop | Ending::HalfStop | Ending::Hyphen);
    let whole = evidence::ending(text(first)) == Ending::Stop;
    let begins = evidence::beginning(text(second), words);
    let small = matches!(begins, evidence::Beginning::Small | evidence::Beginning::Closing);
    usize::from(sure && whole && small && goes_on > 3.0)
}
