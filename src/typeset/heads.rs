//! What pages bear beside their text: running heads, folios, and the printed source's page numbers in the margin.

use super::design::{Design, Folios, Type};
use super::galley::ASCENT;
use super::line::Side;
use super::page::{Furniture, Part, Placed};
use super::paginate::{Frame, Leaf};
use super::setter::{Place, Setter, Voice};
use super::structure::Parent;

/// The texts of running heads.
pub struct Heads<'h, 'a> {
    /// On left-hand pages: the author, else the work.
    pub left: &'h str,
    /// On right-hand pages of a chapter: its title, by the chapter's section; else the work's.
    pub right: &'h dyn Fn(Option<u32>) -> &'h str,
    pub lang: &'a str,
}

/// Adds heads and folios to pages that bear the given labels already.
pub fn furnish<'a>(leaves: &mut [Leaf], heads: &Heads<'_, 'a>, frame: &Frame, setter: &mut Setter<'a>) {
    let mut chapter = None;
    for (number, leaf) in leaves.iter_mut().enumerate() {
        // The head names the chapter that the page is in when it begins.
        let text = if number % 2 == 1 { heads.left } else { (heads.right)(chapter.or(leaf.sections.first().copied())) };
        if let Some(last) = leaf.sections.last() {
            chapter = Some(*last);
        }
        if !leaf.blank {
            Furnisher { leaf, number, frame, lang: heads.lang, setter }.all(text);
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

impl<'a> Furnisher<'_, 'a> {
    fn all(&mut self, head: &str) {
        let design: &Design = self.setter.design;
        let head_shown = design.running_heads && !self.leaf.opens;
        let line = self.frame.top - design.text.leading * HEAD_ABOVE;
        let outer = if self.on_left() { Side::Start } else { Side::End };
        let folio = self.leaf.page.label.clone();
        if head_shown {
            let beside = if design.folios == Folios::Head { design.text.size * FOLIO_ROOM } else { 0.0 };
            self.line(head, line, Side::Centre, beside, Furniture::RunningHead, true);
        }
        match design.folios {
            Folios::Head if head_shown => self.line(&folio, line, outer, 0.0, Furniture::Folio, false),
            Folios::Head | Folios::Foot => self.line(&folio, self.foot(), Side::Centre, 0.0, Furniture::Folio, false),
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

    /// A line of the text's width, what it says on one side of it.
    fn line(&mut self, text: &str, y: f32, side: Side, beside: f32, part: Furniture, caps: bool) {
        let design = self.setter.design;
        let size = design.text.size * HEAD_SIZE;
        let width = self.frame.width - beside * 2.0;
        let place = self.place(self.leaf.left + beside, width, size, side, caps);
        let items = self.set(text, &place, part);
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
        let items = self.set(label, &place, Furniture::Decoration);
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

    /// The first words of a text that is longer, in lines.
    fn shortened(&mut self, words: &[&str], place: &Place<'a>) -> Vec<super::line::Line> {
        let shorter = format!("{}…", words.join(" ").trim_end_matches([',', ';', ':', '.', '—', '–', ' ']));
        let copy = self.setter.plain(&shorter, place, 0);
        self.setter.lines(copy, place, 0.0)
    }

    /// A text on one line: a head that is too long is cut.
    fn set(&mut self, text: &str, place: &Place<'a>, part: Furniture) -> Vec<Placed> {
        // What no line can hold is not looked at: ten thousand pages may begin in one line, and a head may be a book.
        let seen = text.char_indices().nth(LONGEST).map_or(text, |(end, _)| &text[..end]);
        let copy = self.setter.plain(seen, place, 0);
        let mut lines = self.setter.lines(copy, place, 0.0);
        let words: Vec<&str> = seen.split(' ').collect();
        if lines.len() > 1 && words.len() > 1 {
            // As many words as there is room for.
            let (mut least, mut most) = (1, words.len() - 1);
            lines = self.shortened(&words[..least], place);
            while least < most {
                let count = (least + most).div_ceil(2);
                let longer = self.shortened(&words[..count], place);
                if longer.len() > 1 {
                    most = count - 1;
                } else {
                    (least, lines) = (count, longer);
                }
            }
        }
        let mut items = lines.into_iter().next().map(|line| line.items).unwrap_or_default();
        for placed in &mut items {
            placed.x += place.x;
            placed.part = Part::Furniture(part);
        }
        items
    }
}

/// Characters of a head or mark that are looked at: no page is wide enough for as many.
const LONGEST: usize = 400;
/// The running head stands so many lines above the top of the text: an empty line of the grid parts the two.
const HEAD_ABOVE: f32 = 2.0 - ASCENT;
/// The folio stands so many lines below the text's last.
const FOLIO_BELOW: f32 = 2.0;
/// Heads are a little smaller than the text.
const HEAD_SIZE: f32 = 0.92;
/// What a running head leaves free for the folio on either side, in ems.
const FOLIO_ROOM: f32 = 3.0;
