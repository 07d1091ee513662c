//! The foot of a page: how many of the lines of notes that wait for one stand there. It is counted here and nowhere else: what
//! a page is priced by is what is placed.

use super::column::{Column, NEARLY};
use super::galley::{Slug, WIDOW};
use super::paginate::Frame;

/// Lines of notes in their order: those that earlier pages had no room for, then those of the notes that a page's lines call.
#[derive(Clone, Debug, Default)]
pub struct Waiting {
    lines: Vec<NoteLine>,
    /// How many lines were carried over.
    carried: usize,
    /// The height of all, without the white above the first.
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

impl Waiting {
    /// At a page's start.
    pub fn carried(lines: &[NoteLine]) -> Self {
        let mut waiting = Self::default();
        lines.iter().for_each(|line| waiting.add(*line));
        waiting.carried = lines.len();
        waiting
    }

    /// With the notes that a slug calls, and those that are called in them.
    pub fn call(&mut self, column: &Column, slug: &Slug) {
        column.note_lines(slug, &mut |note, line| self.add(NoteLine::of(note, line, &column.notes[note as usize][line])));
    }

    fn add(&mut self, line: NoteLine) {
        self.height += line.height + if self.lines.is_empty() { 0.0 } else { line.space };
        self.lines.push(line);
    }

    pub fn lines(&self) -> &[NoteLine] {
        &self.lines
    }

    /// What stands at the foot of a page whose text leaves so much room. `least`: at least a line, or a page of nothing but notes
    /// would never end.
    pub fn foot(&self, room: f32, least: bool, frame: &Frame) -> Foot {
        let gap = frame.leading * NOTE_ROOM;
        if self.lines.is_empty() {
            return Foot::default();
        }
        if self.height + gap <= room + NEARLY {
            return Foot { lines: self.lines.len(), height: self.height + gap, ..Foot::default() };
        }
        let (mut taken, mut height) = (0, 0.0);
        for (number, line) in self.lines.iter().enumerate() {
            let own = line.height + if number == 0 { gap } else { line.space };
            if height + own > room + NEARLY && !(least && number == 0) {
                break;
            }
            (taken, height) = (number + 1, height + own);
        }
        // A note that runs on leaves more than one line for the next page, if it has them, and doesn't leave its call for that.
        let needed = self.needed();
        while taken > needed.max(1) && self.lines.get(taken).is_some_and(|next| next.alone) {
            taken -= 1;
            let line = self.lines[taken];
            height -= line.height + if taken == 0 { gap } else { line.space };
        }
        let share = frame.height * MOST_CARRIED;
        let late = taken < self.carried && height < share;
        let next = self.lines.get(taken);
        let alone = next.is_some_and(|next| next.alone);
        Foot { lines: taken, height, behind: self.behind(taken), late, rest: next.is_some(), alone }
    }

    /// How many lines stand on the page if the last note that it calls begins there as it should.
    fn needed(&self) -> usize {
        let Some(last) = self.lines[self.carried..].last() else { return 0 };
        let begins = self.lines.iter().rposition(|line| line.note != last.note).map_or(0, |before| before + 1);
        begins.max(self.carried) + LEAST_LINES.min(self.lines.len() - begins.max(self.carried))
    }

    /// How many called notes have fewer than their first lines among so many.
    fn behind(&self, taken: usize) -> usize {
        let called = &self.lines[self.carried..];
        let mut behind = 0;
        for (number, line) in called.iter().enumerate().skip(taken.saturating_sub(self.carried)) {
            let ends = called.get(number + 1).is_none_or(|next| next.note != line.note);
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
}
