//! What pages bear beside their text: running heads, folios, and the printed source's page numbers in the margin.

use super::design::{Design, Folios, Type};
use super::galley::ASCENT;
use super::line::Side;
use super::page::{Furniture, Part, Placed};
use super::paginate::{Frame, Leaf};
use super::setter::{Place, Setter, Voice};
use super::structure::Parent;

/// The texts of running heads: for each page several, of which the first that has room is said.
pub struct Heads<'h, 'a> {
    /// On left-hand pages: the author, else the work.
    pub left: &'h [&'h str],
    /// On right-hand pages of a chapter: its title, by the chapter's section; else the work's.
    pub right: &'h dyn Fn(Option<u32>) -> Vec<&'h str>,
    /// Whether a section is a part of the work: its page bears nothing but its name.
    pub is_part: &'h dyn Fn(u32) -> bool,
    pub lang: &'a str,
}

/// Adds heads and folios to pages that bear the given labels already; the first `done` have theirs.
pub fn furnish<'a>(leaves: &mut [Leaf], done: usize, heads: &Heads<'_, 'a>, frame: &Frame, setter: &mut Setter<'a>) {
    let mut chapter = None;
    for (number, leaf) in leaves.iter_mut().enumerate() {
        // The head names the chapter that the page is in when it begins; the one whose heading it begins with.
        let first = leaf.sections.first().copied();
        let right = (number % 2 == 0).then(|| (heads.right)(chapter.filter(|_| !leaf.begins).or(first)));
        let texts = right.as_deref().unwrap_or(heads.left);
        leaf.blank |= leaf.sections.iter().any(|section| (heads.is_part)(*section));
        if let Some(last) = leaf.sections.last() {
            chapter = Some(*last);
        }
        if number >= done && !leaf.blank {
            Furnisher { leaf, number, frame, lang: heads.lang, setter }.all(texts);
        }
    }
}

struct Furnisher<'f, 'a> {
    leaf: &'f mut Leaf,
    number: usize,
    frame: &'f Frame,
    lang: &'a str,
    setter: &'f mut Setter<'a>,
}

/// How many letters of a printed page's label are tried for the margin, which has room for fewer.
const MARK_LETTERS: usize = 48;

/// Stands behind a label that goes on.
const GOES_ON: char = '…';

impl<'a> Furnisher<'_, 'a> {
    fn all(&mut self, heads: &[&str]) {
        let design: &Design = self.setter.design;
        let head_shown = design.running_heads && !self.leaf.opens;
        let line = self.frame.top - design.text.leading * HEAD_ABOVE;
        let outer = if self.on_left() { Side::Start } else { Side::End };
        let folio = self.setter.counted(&self.leaf.page.label);
        if head_shown {
            let beside = if design.folios == Folios::Head { design.text.size * FOLIO_ROOM } else { 0.0 };
            self.head(heads, line, beside);
        }
        match design.folios {
            Folios::Head if head_shown => self.line(&folio, line, outer, Furniture::Folio),
            Folios::Head | Folios::Foot => self.line(&folio, self.foot(), Side::Centre, Furniture::Folio),
            Folios::None => {}
        }
        if design.page_marks {
            // Several pages that begin in one line have one mark: they would stand on each other.
            let mut marks: Vec<(f32, String)> = Vec::new();
            for (y, label) in std::mem::take(&mut self.leaf.marks) {
                match marks.last_mut() {
                    Some((last, labels)) if *last == y => {
                        labels.push_str(", ");
                        labels.push_str(&label);
                    }
                    _ => marks.push((y, label)),
                }
            }
            marks.iter().for_each(|(y, labels)| self.mark(labels, *y));
        }
    }

    /// Whether the page lies on the left of its spread.
    fn on_left(&self) -> bool {
        (self.number % 2 == 1) != self.frame.right_to_left
    }

    fn foot(&self) -> f32 {
        self.frame.top + self.frame.height + self.setter.design.text.leading * FOLIO_BELOW
    }

    /// The first of some texts that has room beside the folio, a little smaller if it must be, or what it says up to where it pauses.
    /// What is said is never cut in the middle.
    fn head(&mut self, texts: &[&str], y: f32, beside: f32) {
        let size = self.setter.design.text.size * HEAD_SIZE;
        let width = self.frame.width - beside * 2.0;
        for text in texts.iter().flat_map(|text| std::iter::once(*text).chain(pauses(text))) {
            for share in HEAD_SHARES {
                let place = self.place(self.leaf.left + beside, width, size * share, Side::Centre, true);
                if let Some(items) = self.set(text, &place, Furniture::RunningHead) {
                    return self.leaf.page.items.extend(items.into_iter().map(|item| Placed { y: item.y + y, ..item }));
                }
            }
        }
    }

    /// A line of the text's width, what it says on one side of it.
    fn line(&mut self, text: &str, y: f32, side: Side, part: Furniture) {
        let size = self.setter.design.text.size * HEAD_SIZE;
        let place = self.place(self.leaf.left, self.frame.width, size, side, false);
        let items = self.set(text, &place, part).unwrap_or_default();
        self.leaf.page.items.extend(items.into_iter().map(|item| Placed { y: item.y + y, ..item }));
    }

    /// A printed page's number beside its line, in the outer margin.
    fn mark(&mut self, label: &str, y: f32) {
        let size = self.setter.design.note.size * 0.85;
        let width = self.frame.outer * 0.6;
        let gap = size * 0.9;
        let (x, side) = if self.on_left() {
            (self.leaf.left - gap - width, Side::End)
        } else {
            (self.leaf.left + self.frame.width + gap, Side::Start)
        };
        let place = self.place(x, width, size, side, false);
        // Where there is no room for all of it, it says that it goes on.
        let mut said: String = label.chars().take(MARK_LETTERS).collect();
        if said.len() < label.len() {
            said.push(GOES_ON);
        }
        let items = loop {
            if let Some(items) = self.set(&said, &place, Furniture::Decoration) {
                break items;
            }
            let whole = said.trim_end_matches(GOES_ON);
            let kept = whole.rfind(", ").or_else(|| whole.char_indices().next_back().map(|(at, _)| at)).unwrap_or(0);
            if kept == 0 {
                return;
            }
            said.truncate(kept);
            said.push(GOES_ON);
        };
        let y = y - size * BESIDE_LETTERS;
        self.leaf.page.items.extend(items.into_iter().map(|item| Placed { y: item.y + y, ..item }));
    }

    fn place(&self, x: f32, width: f32, size: f32, side: Side, small_caps: bool) -> Place<'a> {
        let old_style_figures = self.setter.design.old_style_figures;
        let voice = Voice { hyphenate: false, small_caps, old_style_figures, ..Voice::PLAIN };
        let kind = Type { size, leading: size };
        // Sides are those of the page here, whichever way the language runs.
        let side = match (side, crate::tree::is_right_to_left(self.lang)) {
            (Side::Start, true) => Side::End,
            (Side::End, true) => Side::Start,
            (side, _) => side,
        };
        Place { x, width, kind, voice, side, justify: false, grid: None, parent: Parent::Root, lang: self.lang }
    }

    /// A text on one line, if it has room there.
    fn set(&mut self, text: &str, place: &Place<'a>, part: Furniture) -> Option<Vec<Placed>> {
        if text.len() > LONGEST {
            return None;
        }
        let copy = self.setter.plain(text, place, 0);
        let mut lines = self.setter.lines(copy, place, 0.0).into_iter();
        let (line, more) = (lines.next(), lines.next());
        let mut items = line.filter(|_| more.is_none())?.items;
        for placed in &mut items {
            placed.x += place.x;
            placed.part = Part::Furniture(part);
        }
        Some(items)
    }
}

/// What a title says up to each of its pauses, the longest first.
fn pauses(title: &str) -> Vec<&str> {
    let ends = title.char_indices().filter(|(_, c)| matches!(c, ':' | ';' | '.' | ',' | '?' | '!' | '—' | '–' | '(' | '«'));
    let said = ends
        .take_while(|(at, _)| *at <= LONGEST)
        .map(|(at, _)| title[..at].trim_end())
        .filter(|said| said.chars().filter(|c| c.is_alphabetic()).count() > 5);
    let mut all: Vec<&str> = said.collect();
    all.reverse();
    all
}

/// How far a small number beside a line stands above its baseline, in ems of its own: in the middle of the line's small letters.
pub const BESIDE_LETTERS: f32 = 0.13;
/// Bytes of a head or a mark that may have room on a line: no page is wide enough for more, and none is tried. Ten thousand pages may
/// begin in one line, and a title may be a book.
const LONGEST: usize = 600;
/// The running head stands so many lines above the top of the text: an empty line of the grid parts the two.
const HEAD_ABOVE: f32 = 2.0 - ASCENT;
/// The folio stands so many lines below the text's last.
const FOLIO_BELOW: f32 = 2.0;
/// The sizes at which a head is tried, beside its own.
const HEAD_SHARES: [f32; 3] = [1.0, 0.92, 0.85];
/// Heads are a little smaller than the text.
const HEAD_SIZE: f32 = 0.92;
/// What a running head leaves free for the folio on either side, in ems.
const FOLIO_ROOM: f32 = 3.0;
