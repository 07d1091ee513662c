//! The lines of a source, sorted by their part on the page, become sheets: what is to be read of each page, and how it begins.

use std::ops::Range;

use super::feet::FootNote;
use super::guesses::Guesses;
use super::heads::Found;
use super::lines::{Lines, Role};
use super::pages::{self, Mark};
use crate::report::RepairKind;
use crate::span::Span;
use crate::tree::{Furniture, FurnitureKind, PageBreak};

/// How sure we are of a page end that its notes or its running head show.
const SHOWN_BY_FOOT: f32 = 0.9;

/// A page as its lines show it, before it is read.
pub struct Cut {
    /// The pages that begin with it; none at the front of the text.
    pub breaks: Vec<PageBreak>,
    pub span: Span,
    /// The stretches of its text, in bytes.
    pub bodies: Vec<Range<usize>>,
    /// The stretches, by place, before which only a note in the margin stands.
    pub holes: Vec<usize>,
    /// The notes at its foot, by their place among all.
    pub notes: Vec<usize>,
}

impl Cut {
    fn new(breaks: Vec<PageBreak>, span: Span) -> Self {
        Self { breaks, span, bodies: Vec::new(), holes: Vec::new(), notes: Vec::new() }
    }

    fn is_empty(&self) -> bool {
        self.bodies.is_empty() && self.notes.is_empty()
    }
}

/// Cuts the text into sheets: at page marks where it has them (`marked`), else where notes or furniture stand in the text.
pub fn cut(lines: &Lines, marks: &[Mark], found: &[Found], feet: &[FootNote], marked: bool, guesses: &mut Guesses) -> Vec<Cut> {
    let first = Cut::new(Vec::new(), guesses.span(0..0));
    let mut cutting = Cutting {
        marked,
        guesses,
        cuts: vec![first],
        waiting: Vec::new(),
        ended: None,
        label: None,
        runs: false,
        section: false,
        native: false,
        margin: false,
        leads: leads(lines, found),
        printed: Vec::new(),
    };
    for line in &lines.all {
        let range = line.start..line.end;
        if !matches!(line.role, Role::Blank | Role::NoteMore) {
            cutting.native = matches!(line.role, Role::Note(note) if feet[note].native);
        }
        match line.role {
            Role::Blank => continue,
            Role::Dropped => {}
            Role::Body => {
                cutting.runs &= !line.begins;
                cutting.body(range);
            }
            Role::Mark(mark) => cutting.mark(&marks[mark], range),
            Role::Furniture(one) => cutting.furniture(&found[one], range),
            Role::NoteMore if cutting.native || cutting.margin => continue,
            Role::FootRule | Role::NoteMore => cutting.ended(range),
            Role::Note(note) => {
                cutting.section |= feet[note].section.is_some() && !feet[note].native;
                cutting.margin = feet[note].margin;
                if feet[note].native || feet[note].margin {
                    cutting.last().notes.push(note);
                    cutting.runs = false;
                    continue;
                }
                cutting.last().notes.push(note);
                cutting.ended(range);
            }
        }
        cutting.runs = line.role == Role::Body;
    }
    cutting.finish()
}

/// Whether folios stand at the head of their pages: one stands before all text, below what is last on a page, a mark of its sheet or a
/// catch-word, or below a running head.
fn leads(lines: &Lines, found: &[Found]) -> bool {
    let solid = || lines.all.iter().filter(|line| line.role != Role::Blank).map(|line| line.role);
    let kind = |role: Role| match role {
        Role::Furniture(one) => Some(found[one].kind),
        _ => None,
    };
    let first = solid().next().and_then(kind).is_some();
    let last = |role: Role| match role {
        Role::Furniture(one) => match found[one].kind {
            FurnitureKind::Signature | FurnitureKind::Catchword => true,
            FurnitureKind::RunningHead => found[one].folio.is_none(),
            _ => false,
        },
        _ => false,
    };
    first || solid().zip(solid().skip(1)).any(|(above, below)| last(above) && kind(below) == Some(FurnitureKind::Folio))
}

/// A label that is a number in Arabic digits.
fn number(label: &str) -> Option<i64> {
    (label.len() <= 6 && label.bytes().all(|byte| byte.is_ascii_digit())).then(|| label.parse().ok()).flatten()
}

struct Cutting<'a, 'g> {
    marked: bool,
    guesses: &'a mut Guesses<'g>,
    /// Never empty.
    cuts: Vec<Cut>,
    /// Furniture at the foot of a page, which goes to the break behind it.
    waiting: Vec<Furniture>,
    /// In a text without marks: what has come since the last text and shows that a page has ended.
    ended: Option<Range<usize>>,
    /// The label that a running head gives the page that is to begin.
    label: Option<String>,
    /// Whether the line before was text.
    runs: bool,
    /// Whether the notes that have come since the last text are a chapter's: no page ends with them.
    section: bool,
    /// Whether the lines are those of a footnote of Markdown: nothing ends with it.
    native: bool,
    /// Whether a note in the margin has come since the last text.
    margin: bool,
    /// Whether folios that stand alone are those of the pages below them.
    leads: bool,
    /// In a text with marks: the sheets whose own number is known, with what their mark said before, and what the print says.
    printed: Vec<(usize, i64, i64)>,
}

impl Cutting<'_, '_> {
    fn last(&mut self) -> &mut Cut {
        self.cuts.last_mut().expect("there is always a sheet")
    }

    /// The sheets. What stands behind the last text belongs to the last page.
    fn finish(mut self) -> Vec<Cut> {
        // A mark behind all text begins no page.
        if self.cuts.len() > 1
            && self.last().is_empty()
            && self.last().breaks.iter().all(|page| page.label.is_none() && page.facsimile.is_none())
        {
            let empty = self.cuts.pop().into_iter().flat_map(|cut| cut.breaks).flat_map(|page| page.furniture);
            self.waiting.splice(0..0, empty);
        }
        self.count_as_printed();
        let waiting = std::mem::take(&mut self.waiting);
        if let Some(last) = self.cuts.iter_mut().rev().find_map(|cut| cut.breaks.last_mut()) {
            last.furniture.extend(waiting);
        }
        self.cuts
    }

    /// Where the print's numbers differ from those of a tool's marks by the same everywhere, marks that stand alone count as the print
    /// does: scans are counted from the cover on.
    fn count_as_printed(&mut self) {
        let mut known = std::mem::take(&mut self.printed);
        known.dedup_by_key(|(at, ..)| *at);
        let offset = known.first().map_or(0, |(_, said, printed)| printed - said);
        if known.len() < 2 || offset == 0 || known.iter().any(|(_, said, printed)| printed - said != offset) {
            return;
        }
        let own: std::collections::BTreeSet<usize> = known.into_iter().map(|(at, ..)| at).collect();
        for cut in self.cuts.iter_mut().enumerate().filter(|(at, _)| !own.contains(at)).map(|(_, cut)| cut) {
            for page in &mut cut.breaks {
                if let Some(said) = page.label.as_deref().and_then(number) {
                    page.label = Some(said + offset).filter(|printed| *printed > 0).map(|printed| printed.to_string());
                }
            }
        }
    }

    fn body(&mut self, range: Range<usize>) {
        if std::mem::take(&mut self.section) && !self.last().bodies.is_empty() {
            self.ended = None;
            let span = self.guesses.span(range.start..range.start);
            self.cuts.push(Cut::new(Vec::new(), span));
            self.runs = false;
        }
        if let Some(place) = self.ended.take() {
            self.begin(place);
        }
        let runs = self.runs;
        let bodies = &mut self.last().bodies;
        match bodies.last_mut() {
            Some(body) if runs => body.end = range.end,
            _ => {
                bodies.push(range);
                let hole = std::mem::take(&mut self.margin) && self.last().bodies.len() > 1;
                let at = self.last().bodies.len() - 1;
                if hole {
                    self.last().holes.push(at);
                }
            }
        }
    }

    /// Begins the page that notes or furniture at `place` have shown.
    fn begin(&mut self, place: Range<usize>) {
        let span = self.guesses.span(place);
        let (label, furniture) = (self.label.take(), std::mem::take(&mut self.waiting));
        let first = self.cuts.len() == 1 && self.last().is_empty();
        if first && label.is_none() && furniture.is_empty() {
            return;
        }
        let shown = pages::shown(label.as_deref());
        let breaks = match self.guesses.make(RepairKind::PageMarked, span, SHOWN_BY_FOOT, || shown) {
            true => vec![PageBreak { label, furniture, ..PageBreak::default() }],
            false => Vec::new(),
        };
        self.cuts.push(Cut::new(breaks, span));
        self.runs = false;
    }

    fn mark(&mut self, mark: &Mark, range: Range<usize>) {
        let Mark { label, facsimile, .. } = mark.clone();
        let one = PageBreak { label, facsimile, space: false, furniture: std::mem::take(&mut self.waiting) };
        let span = self.guesses.span(range);
        let opens = self.cuts.len() == 1 && self.last().is_empty();
        // A page begins a sheet of its own, whatever stands before it.
        self.section = false;
        if opens && !mark.says_where_text_begins() {
            self.waiting = one.furniture;
        } else if self.last().is_empty() {
            let cut = self.last();
            cut.breaks.push(one);
            cut.span = span;
        } else {
            self.cuts.push(Cut::new(vec![one], span));
        }
    }

    fn furniture(&mut self, found: &Found, range: Range<usize>) {
        let one = Furniture { kind: found.kind, text: found.text.clone() };
        if self.marked {
            let at = self.cuts.len() - 1;
            if let (Some(folio), Some(open)) = (&found.folio, self.last().breaks.last_mut()) {
                let said = open.label.replace(folio.clone());
                let values = said.as_deref().and_then(number).zip(number(folio));
                self.printed.extend(values.map(|(said, printed)| (at, said, printed)));
            }
            let cut = self.last();
            match cut.breaks.last_mut().filter(|_| cut.bodies.is_empty()) {
                Some(open) => open.furniture.push(one),
                None => self.waiting.push(one),
            }
            return;
        }
        let headed = self.waiting.iter().any(|one| one.kind == FurnitureKind::RunningHead);
        self.waiting.push(one);
        self.ended(range);
        // A folio alone stands at the foot of its page; one in a running head or below it, at the head of the next.
        let Some(folio) = found.folio.clone() else { return };
        if found.kind == FurnitureKind::Folio && !headed && !self.leads {
            if let Some(open) = self.last().breaks.last_mut().filter(|open| open.label.is_none()) {
                open.label = Some(folio);
            }
        } else {
            self.label = Some(folio);
        }
    }

    /// In a text without marks, what stands here shows that a page has ended.
    fn ended(&mut self, range: Range<usize>) {
        if self.marked {
            return;
        }
        match &mut self.ended {
            Some(place) => place.end = range.end,
            None => self.ended = Some(range),
        }
    }
}
