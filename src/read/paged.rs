//! Page-broken text becomes the book again: what an OCR tool read page by page, with notes at the foot, running heads between,
//! and paragraphs and words cut where the page ended.
//!
//! Nothing is edited and parsed again. The source's lines are sorted by their part on the printed page ([`lines`], [`pages`],
//! [`heads`], [`feet`]); what is left of each page is read by itself through [`super::markdown`], so that spans stay the
//! source's and one broken page can't swallow the next; then notes go to their calls ([`notes`], [`calls`]), cut words
//! ([`words`]) and cut paragraphs ([`join`]) are joined, on the evidence of [`evidence`] and [`vocabulary`]. Every guess goes
//! through [`guesses`], where the user can refuse it.

mod anchors;
mod bibliography;
mod bullets;
mod calls;
mod compounds;
mod dress;
mod endnotes;
mod evidence;
mod feet;
mod floats;
mod frame;
mod halves;
mod headings;
mod heads;
mod inferred;
mod interleaved;
mod join;
mod lines;
mod looks;
mod margins;
mod marks;
mod notes;
mod numbered;
pub mod numbers;
mod openiti;
mod pages;
mod raised;
mod said;
mod seams;
mod sheets;
mod spaces;
mod verse;
mod vocabulary;
mod ways;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::Reading;
use super::guesses::{self, Guesses};
use super::markdown::{self, Outside};
use crate::report::{RepairKind, Report};
use crate::span::Span;
use crate::tree::{Block, Blocks, Inline, Inlines, Node, PageBreak, PartMut, inline_children_mut, parts_mut};

use dress::Dress;
use join::{Joining, Seam};
use lines::{Lines, Role};
use notes::Ready;
use vocabulary::Vocabulary;

pub use looks::looks_paged;

/// How sure we are of a page end that only a cut paragraph shows.
const SHOWN_BY_CUT: f32 = 0.7;

/// What to do where the dress of a file was guessed wrong.
const OTHERWISE: &str = "if that is not how the text is made, say what marks its pages (--page-mark '--- Page {n} ---'), refuse repairs \
                         by kind or id (--refuse head-dropped), or read it as it stands (--from markdown)";

/// What it weighs that both halves of a paragraph were seen to be prose.
const SEEN_BEFORE: f32 = 2.0;

/// A page on its way into the text.
struct Sheet {
    /// The pages that begin with it; none at the front of the text.
    breaks: Vec<PageBreak>,
    /// Where its beginning is marked.
    span: Span,
    body: Blocks,
    /// Notes that were to stay where they stood.
    kept: Blocks,
}

/// Reads one file of page-broken text.
pub fn read(reading: &mut Reading) -> Blocks {
    let text = &reading.sources.get(reading.file).text;
    let text = text.get(..reading.range.end).unwrap_or(text);
    let words = Vocabulary::of(&text[reading.range.start..]);
    let mut guesses = Guesses::new(reading.file, text, reading.settings);
    let mut lines = Lines::of(text, reading.range.start);
    let corpus = openiti::is_one(text);
    if corpus {
        openiti::claim(&mut lines, reading.file, reading.report);
    }
    if frame::is_there(text) {
        frame::claim(&mut lines, reading.file, reading.report);
    }
    let marks = pages::mark(&mut lines, reading.settings.placeholder.as_deref(), &mut guesses);
    heads::repeated::claim_tags(&mut lines, &mut guesses);
    anchors::before_headings(&mut lines, &mut guesses);
    let leaves = leaves(&lines);
    let marked = leaves.len() > 1;
    let mut dress = Dress::of(&lines);
    dress.learn(&lines, &words);
    if frame::is_there(text) {
        dress.is_plain(&lines);
    }
    bibliography::mark(&mut lines);
    let ways = ways::of(&lines, &leaves);
    let mut feet = Vec::new();
    margins::claim(&mut lines, &leaves, (&dress, ways), &mut feet);
    dress::mark_paragraphs(&mut lines, &dress);
    dress::mark_feet(&mut lines, &leaves, &dress);
    if !marked {
        heads::repeated::claim(&mut lines, &mut guesses);
    }
    let found = heads::claim(&mut lines, &leaves, &words, &mut guesses);
    let ways = if marked { ways } else { ways.on_pages(&lines, &feet::between_furniture(&lines, 0..lines.len())) };
    endnotes::claim(&mut lines, &leaves, ways, &mut guesses, &mut feet);
    let known = feet::Known { words: &words, ways, measure: dress.body };
    feet::claim(&mut lines, &leaves, known, &mut feet);

    let language = hyphenation(reading, text);
    set_apart_rows(&mut lines);
    let outside = Outside::of(&text[reading.range.start..]);
    let mut cut = sheets::cut(&lines, &marks, &found, &feet, marked, &mut guesses);
    let mut report = Report::default();
    let mut running = markdown::Running::default();
    let mut read = |range: Range<usize>, report: &mut Report| {
        let mut stretch =
            |range: Range<usize>| markdown::stretch(reading.sources, reading.file, range, &outside, &mut running, report);
        match () {
            () if corpus => openiti::paragraph(text, range, &mut stretch),
            () if dress.plain && text[range.clone()].starts_with("    ") => {
                verse::set_in(text, range, dress.measure, &mut stretch)
            }
            () => stretch(range),
        }
    };
    let mut sheets: Vec<Sheet> = Vec::new();
    let mut ready: Vec<Ready> = Vec::new();
    let told = said::Seen { lines: &lines, marks: &marks, cuts: &cut, seams: 0, dress: &dress };
    let noted = said::notes(&feet);
    let mut dressed = said::line(&told, noted.as_deref());
    let mut feet: Vec<_> = feet.into_iter().map(Some).collect();
    for (n, one) in cut.iter_mut().enumerate() {
        let mut body = Blocks::new();
        for (at, range) in one.bodies.iter().enumerate() {
            let number = lone_number(&one.bodies, at, text, &dress);
            let mut more = match is_row_of_numbers(&text[range.clone()]) {
                true => vec![as_it_stands(text, range, guesses.span(range.clone()))],
                false => read(range.start + number..range.end, &mut report),
            };
            if let (1.., Some(Node { kind: Block::Paragraph(line), span, .. })) = (number, more.first_mut()) {
                line.insert(
                    0,
                    Node::new(
                        Inline::Text(text[range.start..range.start + number].to_owned()),
                        Span { end: span.start, ..*span },
                    ),
                );
            }
            if let Some(place) = anchors_before(text, range.start) {
                let mut anchors = read(place, &mut report);
                anchors::into_heading(&mut anchors, &mut more);
                body.append(&mut anchors);
            }
            if one.holes.contains(&at) {
                let before = one.bodies[at - 1].end..range.start;
                let beside = one
                    .notes
                    .iter()
                    .filter(|&&note| feet[note].as_ref().is_some_and(|foot| foot.margin && before.contains(&foot.range.start)));
                let above = &text[one.bodies[at - 1].clone()];
                let line = above.trim_end().rsplit('\n').next().unwrap_or("").trim().chars().count();
                let full = line * 100 >= dress.body * FULL;
                over_margin(&mut body, &mut more, (&beside.copied().collect::<Vec<_>>(), full), &words);
            }
            body.append(&mut more);
        }
        for &note in &one.notes {
            let Some(source) = feet[note].take() else { continue };
            let mut note = Ready { body: Blocks::new(), sheet: n, source, place: note };
            for (at, range) in note.source.paragraphs.clone().iter().enumerate() {
                let mut more = read(range.clone(), &mut report);
                if let (0, Some(mark)) = (at, &note.source.mark) {
                    notes::without_mark(&mut more, mark);
                }
                let before = at.checked_sub(1).map_or("", |at| &text[note.source.paragraphs[at].clone()]);
                let behind = &text[range.clone()];
                let score = evidence::weigh(before, behind, &words);
                // A note of Markdown says itself where its paragraphs end.
                let joined = score > 0.0 && !note.source.native && notes::can_run_on(&note, &more) && {
                    let (tail, front) = (join::tail(before), join::front(behind));
                    let place = note.source.paragraphs[at - 1].end..range.start;
                    let said = || (format!("{tail} ¶ {front}"), format!("{tail} | {front}"));
                    guesses.make_of(RepairKind::ParagraphJoined, guesses.span(place), evidence::confidence(score), said)
                };
                match joined {
                    true => notes::run_on(&mut note, &mut more),
                    false => note.body.append(&mut more),
                }
            }
            ready.push(note);
        }
        sheets.push(Sheet { breaks: std::mem::take(&mut one.breaks), span: one.span, body, kept: Blocks::new() });
    }
    if marked {
        numbered::as_printed(&mut sheets, text, &dress);
    }
    let measure = verse::measure(&lines);
    let signs = bullets::signs(sheets.iter().map(|sheet| &sheet.body));
    sheets.iter_mut().for_each(|sheet| bullets::mend(&mut sheet.body, &signs, &mut guesses));
    sheets.iter_mut().for_each(|sheet| verse::keep(&mut sheet.body, measure, false, &mut guesses));
    let mut mending = words::Mending { words: &words, guesses: &mut guesses, language, dress: &dress };
    sheets.iter_mut().for_each(|sheet| mending.blocks(&mut sheet.body));
    ready.iter_mut().for_each(|note| mending.blocks(&mut note.body));
    let places = ready.iter().map(|note| (note.source.written.as_str(), note.source.range.start));
    let reading_of = notes::Reading { marked, ways, links: anchors::notes_of(text, places) };
    notes::attach(&mut sheets, ready, reading_of, &mut running.next, &mut guesses, &mut report);

    let broken = sheets.iter().filter(|sheet| !sheet.breaks.is_empty()).count() >= 2;
    let seams = match (marked, broken) {
        (true, _) => Vec::new(),
        (false, true) => seams::find(&lines, &dress, seams::Shown::Broken),
        (false, false) => seams::find(&lines, &dress, seams::Shown::Restored),
    };
    if !seams.is_empty() && !broken {
        let told = said::Seen { lines: &lines, marks: &marks, cuts: &[], seams: seams.len(), dress: &dress };
        dressed = said::line(&told, noted.as_deref());
    }
    let inferred = if marked || !broken { Default::default() } else { inferred::page_ends(&sheets, &words) };
    let mut joining =
        Joining { words: &words, guesses: &mut guesses, language, lost_hyphens: dress.lost_hyphens, in_list: false };
    let mut body = together(sheets, (&seams, inferred), &inside_paragraphs(&lines), &mut joining);
    if corpus {
        milestones(&mut body, reading.file, reading.report);
    }
    headings::mend(&mut body, &mut guesses);
    anchors::mend(&mut body, &mut guesses);
    spaces::close(&mut body, &mut guesses);
    one_text(&mut body);
    let first = marks.first().map(|mark| guesses.span(mark.range.clone()));
    reading.report.remark("text-restored", first, dressed).hint(OTHERWISE);
    running.remark(&mut report);
    merge_remarks(report, reading.report);
    reading.repairs.append(&mut guesses.finish());
    body
}

/// How long the number is before a heading that stands like an item of a list, alone, in a text whose paragraphs nothing parts:
/// Markdown would take it for the list's.
fn lone_number(bodies: &[Range<usize>], at: usize, text: &str, dress: &Dress) -> usize {
    let number = |at: usize| {
        let line = bodies.get(at).and_then(|range| text.get(range.clone()))?;
        let digits = line.bytes().take_while(u8::is_ascii_digit).count();
        let fits = digits > 0 && line[digits..].starts_with(['.', ')']) && line[digits + 1..].starts_with(' ');
        fits.then(|| (line[..digits].parse::<u32>().ok(), digits + 2)).and_then(|(value, length)| Some((value?, length)))
    };
    let Some((own, length)) = number(at).filter(|_| dress.setting == dress::Setting::Solid) else { return 0 };
    let beside = [at.checked_sub(1), Some(at + 1)].into_iter().flatten().filter_map(number);
    let listed = beside.into_iter().any(|(other, _)| other.abs_diff(own) == 1);
    if listed { 0 } else { length }
}

/// The anchors that stand before a heading's mark at this place.
fn anchors_before(text: &str, heading: usize) -> Option<Range<usize>> {
    if !text[heading..].starts_with('#') {
        return None;
    }
    let line = text[..heading].rfind(['\n', '\x0C']).map_or(0, |end| end + 1);
    (lines::before_heading(text[line..].lines().next()?) == heading - line && line < heading).then_some(line..heading)
}

/// `1. 2. 3. 4.`: the head of a table that lost its columns. Markdown would read lists in lists.
fn is_row_of_numbers(text: &str) -> bool {
    let number =
        |token: &str| token.strip_suffix(['.', ')']).is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    let text = text.trim();
    !text.contains('\n') && text.contains(' ') && text.split(' ').all(number)
}

/// Rows of numbers that stand alone are read by themselves.
fn set_apart_rows(lines: &mut Lines) {
    for group in lines.groups(0..lines.len()) {
        if group.len() == 1 && is_row_of_numbers(lines.line(group.start)) && !lines.all[group.start].code {
            let below = (group.end..lines.len()).find(|&at| lines.role(at) == Role::Body);
            for at in [Some(group.start), below].into_iter().flatten() {
                lines.all[at].begins = true;
            }
        }
    }
}

/// A paragraph of one line that says what the source says.
fn as_it_stands(text: &str, range: &Range<usize>, span: Span) -> Node<Block> {
    let said = &text[range.clone()];
    let line = Node::new(Inline::Text(said.trim().to_owned()), span);
    Node::new(Block::Paragraph(vec![line]), span)
}

/// How full, in hundredths of the measure, a line is that ends no paragraph.
const FULL: usize = 92;

/// Joins the paragraph that notes in the margin cut in two, as its lines would stand without them, and leaves their places in it.
/// A sentence may end where they stand; only if the line is not `full`, the paragraph does.
fn over_margin(above: &mut Blocks, below: &mut Blocks, (beside, full): (&[usize], bool), words: &Vocabulary) {
    let Some(Node { kind: Block::Paragraph(first), span, .. }) = above.last_mut() else { return };
    let place = Span { start: span.end, end: span.end, ..*span };
    let said = crate::tree::plain_text(first);
    notes::leave_places(first, beside, place);
    let Some(Node { kind: Block::Paragraph(second), span: behind, .. }) = below.first_mut() else { return };
    let (said, rest) = (evidence::without_call(&said), crate::tree::plain_text(second));
    let stops = matches!(evidence::ending(said), evidence::Ending::Stop | evidence::Ending::Colon);
    let sentence = full && stops && !evidence::has_high_initial(&rest);
    if !sentence && evidence::weigh(said, &rest, words) <= 0.0 {
        return;
    }
    *span = span.to(*behind);
    first.push(Node::new(Inline::Text("\n".to_owned()), place));
    first.append(second);
    one_text_in(first);
    below.remove(0);
}

/// The text of all sheets, joined.
fn together(
    sheets: Vec<Sheet>,
    (seams, (mut inferred, torn)): (&[seams::Seam], inferred::PageEnds),
    inside: &BTreeMap<u32, Inside>,
    joining: &mut Joining,
) -> Blocks {
    let mut seams: BTreeSet<usize> = seams.iter().map(|seam| seam.below).collect();
    let whole: Vec<bool> = (0..sheets.len()).map(|at| is_one_page(&sheets[at..])).collect();
    let (mut out, mut held) = (Blocks::new(), Blocks::new());
    for (n, sheet) in sheets.into_iter().enumerate() {
        let mut body: Blocks = sheet.body;
        // Figures at the head of a page stand between two halves of a sentence.
        let floating = if sheet.breaks.is_empty() { 0 } else { floats::run(body.iter()) };
        let floating = if floating < body.len() { floating } else { 0 };
        let mut leading: Blocks = body.drain(..floating).collect();
        for (at, block) in body.into_iter().enumerate() {
            if at == 0 && !sheet.breaks.is_empty() {
                // A mark inside a paragraph ends none.
                let own = inside.get(&sheet.span.start);
                let prior = if own.is_some() { INSIDE } else { 0.0 };
                let Inside { glued, in_line } = own.copied().unwrap_or_default();
                let seam = Seam { breaks: sheet.breaks.clone(), span: sheet.span, prior, glued, in_line };
                joining.append(&mut out, (std::mem::take(&mut leading), vec![block]), &mut held, seam);
            } else if seams.remove(&(block.span.start as usize)) {
                cut_here(&mut out, block, (SEEN_BEFORE, torn || whole[n]), joining);
            } else if inferred.remove(&(n, at)) {
                cut_here(&mut out, block, (inferred::PRIOR, torn || whole[n]), joining);
            } else if held.is_empty() && joining.is_torn(out.last(), &block) {
                cut_here(&mut out, block, (0.0, true), joining);
            } else {
                out.append(&mut held);
                joining.push(&mut out, block);
            }
        }
        held.extend(sheet.kept);
    }
    out.append(&mut held);
    out
}

/// What it weighs that a mark stands inside a paragraph, with no blank line on either side.
const INSIDE: f32 = 40.0;

/// How a mark stands that was cut out of a line inside of a paragraph.
#[derive(Clone, Copy, Default)]
struct Inside {
    /// Inside a word, or before the stop that closes one: no space parts what stands around it.
    glued: bool,
    /// With text on both sides, in one line of the source.
    in_line: bool,
}

/// Where the marks begin that were cut out of lines inside of paragraphs.
fn inside_paragraphs(lines: &Lines) -> BTreeMap<u32, Inside> {
    let text =
        |at: Option<usize>| at.and_then(|at| lines.all.get(at)).is_some_and(|line| line.role == Role::Body && !line.begins);
    let inner = lines.inner.keys().filter(|&&at| text(at.checked_sub(1)) && text(Some(at + 1)));
    let of_word = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    inner
        .map(|&at| {
            let mark = lines.all[at];
            let (before, behind) = (lines.text[..mark.start].chars().next_back(), lines.text[mark.end..].chars().next());
            let closes = behind.is_some_and(|c| matches!(c, ',' | '.' | ';' | ':' | '!' | '?' | ')' | ']' | '»' | '”' | '’'));
            let glued = closes || of_word(before) && of_word(behind);
            let in_line = lines.all[at - 1].end == mark.start && lines.all[at + 1].start == mark.end;
            (mark.start as u32, Inside { glued, in_line })
        })
        .collect()
}

/// Whether the next sheet bears the number of the page right behind that of the first: no page ends between.
fn is_one_page(sheets: &[Sheet]) -> bool {
    let value = |page: Option<&PageBreak>| numbers::value(page?.label.as_deref()?);
    let [own, next, ..] = sheets else { return false };
    match (value(own.breaks.last()), value(next.breaks.first())) {
        (Some(own), Some(next)) => next == own + 1,
        _ => false,
    }
}

/// Joins a block to the last one that does not float: a page has ended between them, of which nothing else is left. On what is known to
/// be one page (`whole`) none has: a scanner has torn a paragraph.
fn cut_here(out: &mut Blocks, block: Node<Block>, (prior, whole): (f32, bool), joining: &mut Joining) {
    let span = Span { start: out.last().map_or(0, |last| last.span.end), end: block.span.start, ..block.span };
    let said = || ("¶".to_owned(), pages::shown(None));
    let seen = !whole && joining.guesses.make_of(RepairKind::PageMarked, span, SHOWN_BY_CUT, said);
    let breaks = if seen { vec![PageBreak::default()] } else { Vec::new() };
    let seam = Seam { breaks, span, prior, glued: false, in_line: false };
    joining.append(out, (Blocks::new(), vec![block]), &mut Blocks::new(), seam);
}

/// Takes the milestones of the corpus out of the text, and says so.
fn milestones(body: &mut Blocks, file: crate::span::FileId, report: &mut Report) {
    fn take(blocks: &mut Blocks, taken: &mut usize) {
        for node in blocks {
            parts_mut(&mut node.kind, &mut |part| match part {
                PartMut::Line(line) => *taken += openiti::without_milestones(line),
                PartMut::Blocks(inner) => take(inner, taken),
                PartMut::Cell(cell) => take(&mut cell.kind.body, taken),
                PartMut::Image(_) => {}
            });
        }
    }
    let mut taken = 0;
    take(body, &mut taken);
    if taken > 0 {
        let place = body.first().map(|node| Span { file, ..node.span });
        report.remark(
            "milestones-left-out",
            place,
            format!("{taken} milestones (ms…) that count words for the corpus are left out"),
        );
    }
}

/// Makes one node of texts that stand side by side, as they would be if nothing had stood between them.
fn one_text(blocks: &mut Blocks) {
    for node in blocks {
        parts_mut(&mut node.kind, &mut |part| match part {
            PartMut::Line(line) => one_text_in(line),
            PartMut::Blocks(inner) => one_text(inner),
            PartMut::Cell(cell) => one_text(&mut cell.kind.body),
            PartMut::Image(_) => {}
        });
    }
}

/// As [`one_text`], in a line and what is in it.
pub fn one_text_in(line: &mut Inlines) {
    line.dedup_by(|next, last| match (&next.kind, &mut last.kind) {
        (Inline::Text(more), Inline::Text(text)) if next.attrs.is_none() && last.attrs.is_none() => {
            text.push_str(more);
            last.span = last.span.to(next.span);
            true
        }
        _ => false,
    });
    for node in line {
        match &mut node.kind {
            Inline::Note(note) => one_text(&mut note.body),
            kind => inline_children_mut(kind).into_iter().for_each(one_text_in),
        }
    }
}

/// The rules by which the work's language divides words: as its metadata say, else as its text looks.
fn hyphenation(reading: &mut Reading, text: &str) -> Option<hypher::Lang> {
    let tag = reading.fields.tongue(reading.file, &text[reading.range.start..])?;
    let code: [u8; 2] = tag.as_bytes().get(..2)?.try_into().ok()?;
    hypher::Lang::from_iso(code)
}

/// The lines between page marks.
fn leaves(lines: &Lines) -> Vec<Range<usize>> {
    let mut leaves = Vec::new();
    let mut start = 0;
    for at in 0..lines.len() {
        if matches!(lines.role(at), Role::Mark(_)) {
            leaves.push(start..at);
            start = at + 1;
        }
    }
    leaves.push(start..lines.len());
    leaves
}

/// Remarks that say the same of many pages are said once.
fn merge_remarks(found: Report, report: &mut Report) {
    let mut said = BTreeSet::new();
    let once = |one: &crate::report::Diagnostic| one.code != "html-dropped" || said.insert(one.message.clone());
    report.diagnostics.extend(found.diagnostics.into_iter().filter(once));
}
