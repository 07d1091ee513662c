//! Notes go to their calls. Each foot is matched with the calls of its page as a whole: notes and calls come in the same order,
//! which tells a call from an exponent better than its looks.

use std::collections::{BTreeMap, BTreeSet};

use super::Sheet;
use super::anchors::Leads;
use super::calls::{self, Seen};
use super::evidence;
use super::feet::FootNote;
use super::guesses::Guesses;
use super::marks::{Form, Mark};
use super::ways::Ways;
use crate::report::{RepairKind, Report};
use crate::span::Span;
use crate::tree::{Block, Blocks, Inline, Inlines, Node, Note, NoteId, NotePlace, PartMut, parts_mut, plain_text};

/// How sure we are of a note whose call stands on another page than its foot.
const ELSEWHERE: f32 = 0.8;
/// Of a note that was put at the end of its page, since no call was found.
const PLACED: f32 = 0.4;
/// Calls less likely than this are none, whatever notes there are.
const LEAST: f32 = 0.25;
/// A second call to a note must look like one by itself.
const AGAIN: f32 = 0.9;

/// A note that has been read.
pub struct Ready {
    pub source: FootNote,
    pub body: Blocks,
    /// The sheet at whose foot it stands.
    pub sheet: usize,
    /// By which a note in the margin finds the place that was left for it.
    pub place: usize,
}

/// What looks like a call, by its place among all.
struct Call {
    sheet: usize,
    mark: Mark,
    likely: f32,
    span: Span,
    /// The last words before it.
    before: String,
}

/// What stands in a call's place.
#[derive(Clone, Copy, PartialEq)]
enum Answer {
    Note(usize),
    Again(usize),
}

/// How the notes of a file are read.
pub struct Reading {
    /// Whether page marks set the sheets apart, or only notes do.
    pub marked: bool,
    pub ways: Ways,
    pub links: Leads,
}

/// Puts the notes of all sheets where they belong.
pub fn attach(
    sheets: &mut [Sheet],
    notes: Vec<Ready>,
    Reading { marked, ways, links }: Reading,
    next: &mut u32,
    guesses: &mut Guesses,
    report: &mut Report,
) {
    if notes.is_empty() {
        return;
    }
    let notes = continued(sheets, notes, guesses);
    let ids: Vec<NoteId> = (0..notes.len() as u32).map(|n| NoteId(*next + n)).collect();
    *next += notes.len() as u32;
    let mut notes = notes;
    let nested = nest(&mut notes, &ids, guesses);
    let (notes, ids): (Vec<Ready>, Vec<NoteId>) =
        notes.into_iter().zip(ids).enumerate().filter(|(at, _)| nested.binary_search(at).is_err()).map(|(_, one)| one).unzip();
    let calls = gather(sheets, guesses.text(), ways, &links);
    let mut answers = vec![None; calls.len()];
    let lost = answer(&notes, &calls, &mut answers, marked);
    let kept = refused(&notes, &calls, &mut answers, guesses);
    remark_unanswered(&notes, &calls, &answers, report);
    place(sheets, (notes, &ids), &answers, (lost, kept), guesses, report);
}

/// Puts what goes on without a mark to the note that it goes on with: the last of the page before, or, where that has ended, the
/// one that calls it. With no note before it, it is one by itself.
fn continued(sheets: &mut [Sheet], notes: Vec<Ready>, guesses: &mut Guesses) -> Vec<Ready> {
    let mut whole: Vec<Ready> = Vec::new();
    for mut note in notes {
        if note.source.mark.is_some() || note.source.margin {
            whole.push(note);
            continue;
        }
        let span = guesses.span(note.source.range.clone());
        let ended = |note: &Ready| {
            note.body.last().is_none_or(|last| match &last.kind {
                Block::Paragraph(line) => evidence::ending(&plain_text(line)) == evidence::Ending::Stop,
                _ => true,
            })
        };
        let open = |at: &usize| !whole[*at].source.margin && !whole[*at].source.native;
        let last = (0..whole.len()).rev().find(open);
        let caller = last
            .filter(|&last| whole[last].source.inner && ended(&whole[last]))
            .and_then(|last| (0..last).rev().find(|&at| open(&at) && !whole[at].source.inner).filter(|&at| !ended(&whole[at])));
        let said = |last: &Ready| format!("[goes on with note {}]", last.source.mark.as_ref().map_or("", |mark| &mark.key));
        match caller.or(last) {
            Some(at) if guesses.make(RepairKind::NoteContinued, span, CONTINUED, || said(&whole[at])) => {
                run_on(&mut whole[at], &mut note.body)
            }
            None => whole.push(note),
            _ => sheets[note.sheet].body.append(&mut note.body),
        }
    }
    whole
}

/// Puts notes to their calls in the notes that call them. Gives the places of those that found one, in order.
fn nest(notes: &mut [Ready], ids: &[NoteId], guesses: &mut Guesses) -> Vec<usize> {
    let mut nested = Vec::new();
    let (mut outer, mut calls): (Option<usize>, Option<Inner>) = (None, None);
    for at in 0..notes.len() {
        if !notes[at].source.inner {
            if !notes[at].source.margin {
                put(notes, guesses.text(), outer, calls.take());
                outer = Some(at);
            }
            continue;
        }
        let (Some(outer), Some(mark)) = (outer, notes[at].source.mark.clone()) else { continue };
        let calls = calls.get_or_insert_with(|| Inner::of(&mut notes[outer].body, guesses.text()));
        let Some((call, before)) = calls.find(&mark) else { continue };
        let span = guesses.span(notes[at].source.range.clone());
        if !guesses.make(RepairKind::NoteAttached, span, OF_A_NOTE, || format!("{before}[note {}]", mark.key)) {
            continue;
        }
        calls.found.insert(call, Inline::Note(make(&mut notes[at], ids[at])));
        nested.push(at);
    }
    put(notes, guesses.text(), outer, calls);
    nested
}

/// What looks like a call in one note, in order: by the key, with the form and the words before it.
#[derive(Default)]
struct Inner {
    by_key: BTreeMap<String, Vec<(usize, Form, String)>>,
    /// What stands in a call's place, by its number.
    found: BTreeMap<usize, Inline>,
}

impl Inner {
    fn of(body: &mut Blocks, source: &str) -> Self {
        let (mut inner, mut number) = (Self::default(), 0);
        calls::visit(body, source, &mut |seen| {
            let call = (number, seen.mark.form, tail(seen.before).to_owned());
            inner.by_key.entry(seen.mark.key.clone()).or_default().push(call);
            number += 1;
            None
        });
        inner
    }

    /// The first call that a note with this mark answers, and that no other has answered.
    fn find(&self, mark: &Mark) -> Option<(usize, String)> {
        let free = |call: &&(usize, Form, String)| mark.form.answers(call.1) && !self.found.contains_key(&call.0);
        self.by_key.get(&mark.key)?.iter().find(free).map(|(number, _, before)| (*number, before.clone()))
    }
}

/// Puts what was found for the calls of a note into it.
fn put(notes: &mut [Ready], source: &str, outer: Option<usize>, inner: Option<Inner>) {
    let Some((outer, mut inner)) = outer.zip(inner).filter(|(_, inner)| !inner.found.is_empty()) else { return };
    let mut number = 0;
    calls::visit(&mut notes[outer].body, source, &mut |_| {
        number += 1;
        inner.found.remove(&(number - 1))
    });
}

/// How sure we are of a note that a note calls.
const OF_A_NOTE: f32 = 0.9;

/// How sure we are that an unmarked foot goes on with a note: its first words fitted better there than in the text.
const CONTINUED: f32 = 0.85;

/// Whether a note ends, and what follows begins, with a paragraph.
pub fn can_run_on(note: &Ready, rest: &Blocks) -> bool {
    let is_text = |node: Option<&Node<Block>>| matches!(node.map(|node| &node.kind), Some(Block::Paragraph(_)));
    is_text(note.body.last()) && is_text(rest.first())
}

/// Takes a note's mark from the formula that it begins with, where a tool put its first word there as well.
pub fn without_mark(body: &mut Blocks, mark: &Mark) {
    if let Some(Node { kind: Block::Paragraph(line), .. }) = body.first_mut()
        && let Some(Node { kind: Inline::Math(tex), .. }) = line.first_mut()
        && let Some((_, length)) = super::marks::before_word(tex).filter(|(key, _)| *key == mark.key)
    {
        tex.drain(..length);
    }
}

/// Joins the second part of a note to the first.
pub fn run_on(note: &mut Ready, rest: &mut Blocks) {
    if let (Some(Node { kind: Block::Paragraph(before), .. }), Some(Node { kind: Block::Paragraph(behind), .. })) =
        (note.body.last_mut(), rest.first_mut())
        && evidence::ending(&plain_text(before)) != evidence::Ending::Empty
    {
        let cut = evidence::ending(&plain_text(before)) == evidence::Ending::Hyphen;
        let place = before.last().map_or(Span::default(), |node| node.span.after());
        if cut {
            super::words::drop_last_hyphen(before);
        }
        let seam = if cut { Inline::LineEnd } else { Inline::Text(" ".to_owned()) };
        before.push(Node::new(seam, place));
        before.append(behind);
        rest.remove(0);
    }
    note.body.append(rest);
}

/// All that looks like a call, in reading order.
fn gather(sheets: &mut [Sheet], source: &str, ways: Ways, links: &Leads) -> Vec<Call> {
    let mut found = Vec::new();
    for (sheet, one) in sheets.iter_mut().enumerate() {
        calls::visit(&mut one.body, source, &mut |seen: Seen| {
            found.push(Call {
                sheet,
                mark: seen.mark.clone(),
                likely: if ways.allow(seen.mark.form) && seen.target.is_none_or(|id| links.may_call(id)) {
                    seen.likely
                } else {
                    0.0
                },
                span: seen.span,
                before: tail(seen.before).to_owned(),
            });
            None
        });
    }
    found
}

/// Finds each note's call; gives the notes that have none.
fn answer(notes: &[Ready], calls: &[Call], answers: &mut [Option<Answer>], marked: bool) -> Vec<usize> {
    let first_of = |sheet: usize| calls.partition_point(|call| call.sheet < sheet);
    let mut lost = natives(notes, calls, answers);
    let (mut from, mut since, mut since_section) = (0, 0, 0);
    while from < notes.len() {
        if notes[from].source.native {
            from += 1;
            continue;
        }
        let (sheet, section) = (notes[from].sheet, notes[from].source.section);
        let together =
            |note: &&Ready| !note.source.native && note.source.section == section && (section.is_some() || note.sheet == sheet);
        let count = notes[from..].iter().take_while(together).count();
        let foot = from..from + count;
        from += count;
        if section.is_some() {
            let last = notes[from - 1].sheet;
            lost.append(&mut match_foot(notes, foot, calls, first_of(since_section)..first_of(last + 1), answers));
            since_section = sheet;
            since = last;
            continue;
        }
        let own = if marked { sheet } else { since };
        let mut open = match_foot(notes, foot.clone(), calls, first_of(own)..first_of(sheet + 1), answers);
        // The next page, unless its calls have notes of their own there; then those before since the last foot: a foot that went
        // astray is still near its calls.
        let next = notes[from..].iter().take_while(|note| note.sheet <= sheet + 1);
        let next: BTreeSet<&str> = next.filter_map(|note| Some(note.source.mark.as_ref()?.key.as_str())).collect();
        let key = |note: usize| notes[note].source.mark.as_ref().map_or("", |mark| &mark.key);
        for (ahead, wider) in [
            (true, first_of(sheet + 1)..first_of(sheet + 2)),
            (false, first_of(since.min(sheet.saturating_sub(1)))..first_of(own)),
        ] {
            let elsewhere = |note: usize| match ahead && next.contains(key(note)) {
                true => vec![note],
                false => match_foot(notes, note..note + 1, calls, wider.clone(), answers),
            };
            open = open.into_iter().flat_map(elsewhere).collect();
        }
        lost.append(&mut open);
        since = sheet + 1;
    }
    far_away(notes, calls, answers, &mut lost);
    lost
}

/// The footnotes of Markdown go to the calls that name them, wherever these stand. Gives those that nothing calls.
fn natives(notes: &[Ready], calls: &[Call], answers: &mut [Option<Answer>]) -> Vec<usize> {
    let own: BTreeMap<&str, usize> = notes
        .iter()
        .enumerate()
        .filter(|(_, note)| note.source.native)
        .filter_map(|(at, note)| Some((note.source.mark.as_ref()?.key.as_str(), at)))
        .collect();
    let mut open: BTreeSet<usize> = own.values().copied().collect();
    // A tool that made notes of links has left some links as they were: `[10](#page-2-1)`.
    for form in [Form::Caret, Form::Link] {
        for (at, call) in calls.iter().enumerate().filter(|(_, call)| call.mark.form == form) {
            let Some(&note) = own.get(call.mark.key.as_str()) else { continue };
            let first = open.contains(&note);
            if first || form == Form::Caret {
                answers[at] = Some(if first { Answer::Note(note) } else { Answer::Again(note) });
                open.remove(&note);
            }
        }
    }
    // In the order in which they stand.
    open.into_iter().collect()
}

/// Notes with names of their own (`[^name]`) are called from anywhere.
fn far_away(notes: &[Ready], calls: &[Call], answers: &mut [Option<Answer>], lost: &mut Vec<usize>) {
    if lost.is_empty() {
        return;
    }
    let mut named: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, call) in calls.iter().enumerate().filter(|(_, call)| call.mark.form == Form::Caret) {
        named.entry(&call.mark.key).or_default().push(at);
    }
    lost.retain(|&note| {
        let Some(mark) = notes[note].source.mark.as_ref().filter(|mark| mark.form == Form::Caret) else { return true };
        let free = named.get(mark.key.as_str()).into_iter().flatten().find(|&&at| answers[at].is_none());
        free.is_none_or(|&at| {
            answers[at] = Some(Answer::Note(note));
            false
        })
    });
}

/// Matches the notes of a foot with calls, both in order, so that the sum of likelihoods is highest. Gives the notes without one.
fn match_foot(
    notes: &[Ready],
    foot: std::ops::Range<usize>,
    calls: &[Call],
    within: std::ops::Range<usize>,
    answers: &mut [Option<Answer>],
) -> Vec<usize> {
    let fits = |note: usize, call: usize| {
        let mark = notes[note].source.mark.as_ref();
        answers[call].is_none()
            && calls[call].likely >= LEAST
            && mark.is_some_and(|mark| mark.key == calls[call].mark.key && mark.form.answers(calls[call].mark.form))
    };
    let mut by_key: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for note in foot.clone() {
        by_key.entry(notes[note].source.mark.as_ref().map_or("", |mark| &mark.key)).or_default().push(note);
    }
    // Longest rising chain by weight: for each call, the best chain that ends with it. `best` holds, by note, the best sum so far.
    let mut best: BTreeMap<usize, (f32, usize)> = BTreeMap::new();
    let mut links: Vec<(usize, usize, Option<usize>)> = Vec::new();
    for call in within {
        for &note in by_key.get(calls[call].mark.key.as_str()).into_iter().flatten().rev() {
            if !fits(note, call) {
                continue;
            }
            let before = best.range(..note).next_back().map(|(_, found)| *found);
            let sum = before.map_or(0.0, |(sum, _)| sum) + calls[call].likely;
            // An equal sum leaves the earlier call: a note is called where it is first called.
            if best.range(..=note).next_back().is_none_or(|(_, (known, _))| sum > *known + 1e-4) {
                links.push((note, call, before.map(|(_, link)| link)));
                best.insert(note, (sum, links.len() - 1));
                while let Some((&worse, _)) = best.range(note + 1..).next().filter(|(_, (known, _))| *known <= sum) {
                    best.remove(&worse);
                }
            }
        }
    }
    let mut matched = BTreeSet::new();
    let mut at = best.values().next_back().map(|(_, link)| *link);
    while let Some(link) = at {
        let (note, call, before) = links[link];
        answers[call] = Some(Answer::Note(note));
        matched.insert(note);
        at = before;
    }
    foot.filter(|note| !matched.contains(note)).collect()
}

/// Lets the user refuse each answer, and finds further calls to the notes that stay. Gives the notes that are refused.
fn refused(notes: &[Ready], calls: &[Call], answers: &mut [Option<Answer>], guesses: &mut Guesses) -> Vec<usize> {
    let mut by_key: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, call) in calls.iter().enumerate() {
        by_key.entry(&call.mark.key).or_default().push(at);
    }
    let mut kept = Vec::new();
    for at in 0..calls.len() {
        let Some(Answer::Note(note)) = answers[at] else { continue };
        let (call, ready) = (&calls[at], &notes[note]);
        if ready.source.native {
            continue;
        }
        // Its place in the order of the notes speaks for it as well.
        let likely = 0.5 + call.likely / 2.0;
        let confidence = if call.sheet == ready.sheet { likely } else { likely * ELSEWHERE };
        let after = format!("{}[note {}]", call.before, call.mark.key);
        if !guesses.make(RepairKind::NoteAttached, guesses.span(ready.source.range.clone()), rounded(confidence), || after) {
            answers[at] = None;
            kept.push(note);
            continue;
        }
        let others = &by_key[call.mark.key.as_str()];
        for &other in &others[others.partition_point(|&other| other <= at)..] {
            if calls[other].sheet > ready.sheet.max(call.sheet) {
                break;
            }
            let alike = calls[other].mark.form == call.mark.form && calls[other].likely >= AGAIN;
            if alike && answers[other].is_none() {
                answers[other] = Some(Answer::Again(note));
            }
        }
    }
    kept
}

fn rounded(confidence: f32) -> f32 {
    (confidence * 100.0).round() / 100.0
}

/// The last words before a place.
fn tail(text: &str) -> &str {
    let from = text.char_indices().rev().nth(23).map_or(0, |(at, _)| at);
    let tail = &text[from..];
    let tail = tail.rsplit_once('\n').map_or(tail, |(_, line)| line);
    tail.split_once(' ').filter(|_| from > 0).map_or(tail, |(_, rest)| rest)
}

/// Remarks each call that is written as the answered ones are, and that no note answers.
fn remark_unanswered(notes: &[Ready], calls: &[Call], answers: &[Option<Answer>], report: &mut Report) {
    let mut forms: Vec<Form> = Vec::new();
    for (call, answer) in calls.iter().zip(answers) {
        if answer.is_some() && !forms.contains(&call.mark.form) {
            forms.push(call.mark.form);
        }
    }
    let there = notes.iter().filter_map(|note| Some((note.sheet, note.source.mark.as_ref()?.key.as_str())));
    let there: BTreeSet<(usize, &str)> = there.collect();
    for (call, answer) in calls.iter().zip(answers) {
        let key = &call.mark.key;
        let refused = || there.contains(&(call.sheet, key.as_str()));
        if answer.is_none() && call.likely >= AGAIN && forms.contains(&call.mark.form) && !refused() {
            report
                .warn("note-missing", call.span, format!("no note answers the call {key}"))
                .hint("write the note at the foot of the page, marked as the others are; until then the call stays as text");
        }
    }
}

/// Writes every answer into the text: notes at their calls, those that nothing calls at the end of their page, and those that
/// were refused where they stood.
fn place(
    sheets: &mut [Sheet],
    (mut notes, ids): (Vec<Ready>, &[NoteId]),
    answers: &[Option<Answer>],
    (lost, kept): (Vec<usize>, Vec<usize>),
    guesses: &mut Guesses,
    report: &mut Report,
) {
    let mut answers = answers.iter();
    for sheet in sheets.iter_mut() {
        calls::visit(&mut sheet.body, guesses.text(), &mut |_| match answers.next()? {
            Some(Answer::Note(note)) => Some(Inline::Note(make(&mut notes[*note], ids[*note]))),
            Some(Answer::Again(note)) => Some(Inline::NoteCall(ids[*note])),
            None => None,
        });
    }
    // The last page up to each that has a line to hold a note.
    let holding = sheets.iter_mut().enumerate().scan(None, |before, (at, sheet)| {
        *before = last_line(&mut sheet.body).map(|_| at).or(*before);
        Some(*before)
    });
    let holding: Vec<Option<usize>> = holding.collect();
    let mut waiting = BTreeMap::new();
    for note in lost {
        let span = guesses.span(notes[note].source.range.clone());
        let mark = notes[note].source.mark.as_ref().map_or(String::new(), |mark| mark.key.clone());
        let line = holding[notes[note].sheet].and_then(|at| last_line(&mut sheets[at].body));
        if notes[note].source.margin {
            match guesses.make(RepairKind::NoteAttached, span, BESIDE, || "[note in the margin]".to_owned()) {
                true => {
                    let node = Node::new(Inline::Note(make(&mut notes[note], ids[note])), span);
                    waiting.insert(PLACES + notes[note].place as u32, node);
                }
                false => keep(sheets, &mut notes[note], span),
            }
            continue;
        }
        let after = || format!("[note {mark}, at the end of its page]");
        match line {
            Some(line) if notes[note].source.section.is_none() && guesses.make(RepairKind::NotePlaced, span, PLACED, after) => {
                let node = Inline::Note(make(&mut notes[note], ids[note]));
                at_page_end(line, Node::new(node, span));
                report
                    .warn("note-uncalled", span, format!("nothing on its page calls the note {mark}"))
                    .hint("it stands at the end of its page; write its mark where it belongs");
            }
            _ => keep(sheets, &mut notes[note], span),
        }
    }
    sheets.iter_mut().for_each(|sheet| fill_places(&mut sheet.body, &mut waiting));
    // One beside which no text stands keeps its words at the end of its page.
    for (_, node) in waiting {
        let sheet = sheets.iter_mut().rev().find(|sheet| sheet.span.start <= node.span.start);
        let Some(sheet) = sheet else { continue };
        match last_line(&mut sheet.body) {
            Some(line) => line.push(node),
            None => sheet.kept.push(Node::new(Block::Paragraph(vec![node.clone()]), node.span)),
        }
    }
    for note in kept {
        let span = guesses.span(notes[note].source.range.clone());
        keep(sheets, &mut notes[note], span);
    }
}

/// The numbers of places that were left for notes in the margin: no work has so many notes.
const PLACES: u32 = 1 << 30;

/// Leaves places for notes in the margin at the end of a line of text, before its last word: that may be cut in two.
pub fn leave_places(line: &mut Inlines, notes: &[usize], span: Span) {
    let places = notes.iter().map(|&note| Node::new(Inline::NoteCall(NoteId(PLACES + note as u32)), span));
    before_last_word(line, places.collect());
}

/// Puts nodes before the last word of a line.
fn before_last_word(line: &mut Inlines, nodes: Inlines) {
    let Some(Node { kind: Inline::Text(text), span: whole, .. }) = line.last_mut() else { return line.extend(nodes) };
    let Some(at) = text.trim_end().rfind(char::is_whitespace) else { return line.extend(nodes) };
    let rest = Node::new(Inline::Text(text[at..].to_owned()), calls::part(text, *whole, at..text.len()));
    *whole = calls::part(text, *whole, 0..at);
    text.truncate(at);
    line.extend(nodes);
    line.push(rest);
}

/// Fills the places that were left for notes in the margin which nothing calls, and takes away those of the others.
fn fill_places(blocks: &mut Blocks, waiting: &mut BTreeMap<u32, Node<Inline>>) {
    for node in blocks {
        parts_mut(&mut node.kind, &mut |part| match part {
            PartMut::Line(line) => {
                line.retain_mut(|node| match node.kind {
                    Inline::NoteCall(NoteId(id)) if id >= PLACES => waiting.remove(&id).map(|note| *node = note).is_some(),
                    _ => true,
                });
            }
            PartMut::Blocks(inner) => fill_places(inner, waiting),
            PartMut::Cell(cell) => fill_places(&mut cell.kind.body, waiting),
            PartMut::Image(_) => {}
        });
    }
}

/// How sure we are of a note in the margin that nothing calls.
const BESIDE: f32 = 0.85;

/// Puts a note at the end of a line that its page ends; where that cuts a sentence, before the last word, which may be cut in two.
fn at_page_end(line: &mut Inlines, note: Node<Inline>) {
    match line.last().map(|node| &node.kind) {
        Some(Inline::Text(text)) if evidence::ending(text) != evidence::Ending::Stop => before_last_word(line, vec![note]),
        _ => line.push(note),
    }
}

/// Leaves a note at the foot of its page, as text.
fn keep(sheets: &mut [Sheet], note: &mut Ready, span: Span) {
    let mut body = std::mem::take(&mut note.body);
    let written = note.source.written.clone();
    let mark = Node::new(Inline::Text(format!("{written} ")), span);
    match body.first_mut().map(|node| &mut node.kind) {
        Some(Block::Paragraph(line)) => line.insert(0, mark),
        _ => body.insert(0, Node::new(Block::Paragraph(vec![mark]), span)),
    }
    let sheet = &mut sheets[note.sheet];
    // It stays before what stands behind it.
    match sheet.body.iter().position(|node| node.span.file == span.file && node.span.start >= span.end) {
        Some(behind) => drop(sheet.body.splice(behind..behind, body)),
        None => sheet.kept.append(&mut body),
    }
}

fn make(note: &mut Ready, id: NoteId) -> Note {
    let mark = note.source.mark.as_ref().map_or(String::new(), |mark| mark.key.clone());
    let place = if note.source.margin { NotePlace::Margin } else { NotePlace::Foot };
    Note { id, mark, place, body: std::mem::take(&mut note.body) }
}

/// The last line of text that can hold a note.
fn last_line(body: &mut Blocks) -> Option<&mut Inlines> {
    body.iter_mut().rev().find_map(last_line_of)
}

fn last_line_of(node: &mut Node<Block>) -> Option<&mut Inlines> {
    match &mut node.kind {
        Block::Paragraph(line) => Some(line),
        Block::Quote(inner) => last_line(inner),
        Block::Group(group) => last_line(&mut group.body),
        Block::List(list) => list.items.iter_mut().rev().find_map(|item| last_line(&mut item.body)),
        Block::Verse(stanzas) => stanzas.last_mut()?.last_mut().map(|line| &mut line.text),
        Block::Title(_)
        | Block::Heading { .. }
        | Block::Definitions(_)
        | Block::Table(_)
        | Block::Code { .. }
        | Block::Math(_)
        | Block::Figure(_)
        | Block::Bibliography(_)
        | Block::Index(_)
        | Block::Rule
        | Block::PageBreak(_)
        | Block::Comment(_) => None,
    }
}
