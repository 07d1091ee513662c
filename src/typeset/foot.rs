//! The foot of a page: how many of the lines of notes that wait for one stand there. It is counted here and nowhere else: what
//! a page is priced by is what is placed.

use std::sync::Arc;

use super::column::{Column, NEARLY};
use super::galley::{Slug, WIDOW};
use super::paginate::Frame;

/// Lines of notes that earlier pages had no room for. What a page leaves of them is a part of the same: a note may be a book.
#[derive(Clone, Debug, Default)]
pub struct Carried {
    lines: Arc<[NoteLine]>,
    from: usize,
}

/// Lines of notes in their order: those that earlier pages had no room for, then those of the notes that a page's lines call.
#[derive(Clone, Debug, Default)]
pub struct Waiting {
    carried: Carried,
    called: Vec<NoteLine>,
    /// The height of all, without the white above the first; of a note that is a book, as much of it as no foot has room for.
    height: f32,
}

/// One line of a note: which, and what it needs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NoteLine {
    pub note: u32,
    pub line: u32,
    space: f32,
    height: f32,
    /// Whether a page that began with it would begin with one line of a paragraph, or leave one.
    alone: bool,
}

/// What stands at the foot.
#[derive(Clone, Copy, Debug, Default)]
pub struct Foot {
    /// So many lines of those that wait.
    pub lines: usize,
    /// How high they are, with the white above them.
    pub height: f32,
    /// How many notes that the page calls don't begin on it as they should.
    pub behind: usize,
    /// Whether less than its share is left to what was carried over.
    pub late: bool,
    /// Whether any line goes on waiting, and whether the first that does is the only one of its paragraph on one of the two pages.
    pub rest: bool,
    pub alone: bool,
}

impl NoteLine {
    fn of(note: u32, line: usize, slug: &Slug) -> Self {
        Self { note, line: line as u32, space: slug.space, height: slug.height(), alone: slug.price >= WIDOW }
    }
}

impl Carried {
    fn lines(&self) -> &[NoteLine] {
        &self.lines[self.from..]
    }

    pub fn len(&self) -> usize {
        self.lines.len() - self.from
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Waiting {
    /// At a page's start.
    pub fn carried(carried: &Carried, frame: &Frame) -> Self {
        let mut height = 0.0;
        for (number, line) in carried.lines().iter().enumerate() {
            height += line.height + if number == 0 { 0.0 } else { line.space };
            if height > frame.height * (MOST_PAGES + 1.0) {
                break;
            }
        }
        Self { carried: carried.clone(), called: Vec::new(), height }
    }

    /// Whether so much waits that pages of nothing but notes come before any more text: else each page would add to it.
    pub fn fills_pages(&self, frame: &Frame) -> bool {
        self.height > frame.height * MOST_PAGES
    }

    /// With the notes that a slug calls, and those that are called in them.
    pub fn call(&mut self, column: &Column, slug: &Slug) {
        column.note_lines(slug, &mut |note, line| self.add(NoteLine::of(note, line, &column.notes[note as usize][line])));
    }

    fn add(&mut self, line: NoteLine) {
        self.height += line.height + if self.count() == 0 { 0.0 } else { line.space };
        self.called.push(line);
    }

    fn count(&self) -> usize {
        self.carried.len() + self.called.len()
    }

    fn get(&self, at: usize) -> Option<&NoteLine> {
        self.carried.lines().get(at).or_else(|| self.called.get(at.checked_sub(self.carried.len())?))
    }

    /// The first lines, so many.
    pub fn first(&self, count: usize) -> impl Iterator<Item = &NoteLine> {
        self.carried.lines().iter().chain(&self.called).take(count)
    }

    /// What goes on waiting behind so many lines.
    pub fn rest(&self, count: usize) -> Carried {
        if self.called.is_empty() {
            return Carried { from: (self.carried.from + count).min(self.carried.lines.len()), ..self.carried.clone() };
        }
        if count >= self.count() {
            return Carried::default();
        }
        Carried { lines: self.carried.lines().iter().chain(&self.called).skip(count).copied().collect(), from: 0 }
    }

    /// What stands at the foot of a page whose text leaves so much room. `least`: at least a line, or a page of nothing but notes
    /// would never end.
    pub fn foot(&self, room: f32, least: bool, frame: &Frame) -> Foot {
        let gap = frame.leading * NOTE_ROOM;
        if self.count() == 0 {
            return Foot::default();
        }
        if self.height + gap <= room + NEARLY {
            return Foot { lines: self.count(), height: self.height + gap, ..Foot::default() };
        }
        let (mut taken, mut height) = (0, 0.0);
        for (number, line) in self.first(usize::MAX).enumerate() {
            let own = line.height + if number == 0 { gap } else { line.space };
            if height + own > room + NEARLY && !(least && number == 0) {
                break;
            }
            (taken, height) = (number + 1, height + own);
        }
        // A note that runs on leaves more than one line for the next page, if it has them, and doesn't leave its call for that.
        let needed = self.needed();
        while taken > needed.max(1)
            && self.get(taken).is_some_and(|next| next.alone)
            && let Some(line) = self.get(taken - 1)
        {
            taken -= 1;
            height -= line.height + if taken == 0 { gap } else { line.space };
        }
        let share = frame.height * MOST_CARRIED;
        let late = taken < self.carried.len() && height < share;
        let next = self.get(taken);
        let alone = next.is_some_and(|next| next.alone);
        Foot { lines: taken, height, behind: self.behind(taken), late, rest: next.is_some(), alone }
    }

    /// How many lines stand on the page if the last note that it calls begins there as it should.
    fn needed(&self) -> usize {
        let Some(last) = self.called.last() else { return 0 };
        let begins = self.called.iter().rposition(|line| line.note != last.note).map_or(0, |before| before + 1);
        self.carried.len() + begins + LEAST_LINES.min(self.called.len() - begins)
    }

    /// How many called notes have fewer than their first lines among so many.
    fn behind(&self, taken: usize) -> usize {
        let mut behind = 0;
        for (number, line) in self.called.iter().enumerate().skip(taken.saturating_sub(self.carried.len())) {
            let ends = self.called.get(number + 1).is_none_or(|next| next.note != line.note);
            let needed = (line.line as usize) < LEAST_LINES;
            behind += usize::from(needed && (line.line as usize + 1 == LEAST_LINES || ends));
        }
        behind
    }
}

/// The white above the notes, in lines.
pub const NOTE_ROOM: f32 = 1.0;
/// How many lines of a note must at least stand on the page that calls it.
const LEAST_LINES: usize = 2;
/// How much of a page notes from the last one may take before its own text does.
const MOST_CARRIED: f32 = 0.6;
/// So many pages of notes may wait before pages of nothing else come: as many as the longest notes that printers run on below a text.
const MOST_PAGES: f32 = 4.0;

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Frame =
        Frame { inner: 0.0, outer: 0.0, top: 0.0, width: 300.0, height: 400.0, leading: 12.0, right_to_left: false };

    fn waiting(notes: &[u32]) -> Waiting {
        let mut waiting = Waiting::default();
        for (note, lines) in (0..).zip(notes) {
            for line in 0..*lines {
                let alone = line == 1 || line + 1 == *lines && line > 0;
                waiting.add(NoteLine { note, line, space: 0.0, height: 10.0, alone });
            }
        }
        waiting
    }

    #[test]
    fn notes_begin_on_the_page_of_their_call() {
        // Two lines of three stand, though one is left for the next page.
        let foot = waiting(&[3]).foot(12.0 + 20.0, false, &FRAME);
        assert_eq!((foot.lines, foot.behind, foot.rest), (2, 0, true));
        let foot = waiting(&[1, 5]).foot(12.0 + 20.0, false, &FRAME);
        assert_eq!((foot.lines, foot.behind), (2, 1));
        let foot = waiting(&[1, 5]).foot(12.0 + 30.0, false, &FRAME);
        assert_eq!((foot.lines, foot.behind), (3, 0));
        // Of five lines four have room: the last would stand alone.
        let foot = waiting(&[5]).foot(12.0 + 40.0, false, &FRAME);
        assert_eq!((foot.lines, foot.behind), (3, 0));
        assert_eq!(waiting(&[2, 2]).foot(100.0, false, &FRAME).lines, 4);
    }

    #[test]
    fn what_a_page_leaves_waits_in_its_order() {
        let called = waiting(&[3, 40]);
        let carried = called.rest(2);
        assert_eq!(carried.len(), 41);
        let mut next = Waiting::carried(&carried, &FRAME);
        assert!(!next.fills_pages(&FRAME));
        assert_eq!(next.first(2).map(|line| (line.note, line.line)).collect::<Vec<_>>(), [(0, 2), (1, 0)]);
        next.add(NoteLine { note: 2, line: 0, space: 0.0, height: 10.0, alone: false });
        let foot = next.foot(FRAME.height, true, &FRAME);
        assert_eq!((foot.lines, foot.behind, foot.rest), (38, 1, true));
        assert_eq!(next.rest(foot.lines).len(), 4);
        assert!(Waiting::carried(&waiting(&[200]).rest(1), &FRAME).fills_pages(&FRAME));
        let book = Waiting::carried(&waiting(&[200]).rest(1), &FRAME);
        assert_eq!(book.rest(30).lines().first().map(|line| line.line), Some(31));
    }
}
