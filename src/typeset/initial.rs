//! A chapter's first letter, as high as several lines: sunk into them, or rising above the first.

use super::breaker::Beside;
use super::galley::{ASCENT, NEVER};
use super::page::{Item, Placed};
use super::setter::{Place, Setter};
use super::strand::{Copy, Isolate, Strand};

/// The white between an initial and its lines, in ems of the text.
const APART: f32 = 0.12;
/// An initial that takes more than this share of the line leaves it too little room.
const WIDEST: f32 = 0.35;

impl Setter<'_> {
    /// Sets a paragraph with an initial. The text comes back where it can't have one: it begins with no letter, or is too short to
    /// stand beside one.
    pub fn with_initial(&mut self, copy: Copy, place: &Place) -> Option<Copy> {
        let Some(end) = initial(&copy.text) else { return Some(copy) };
        let (mut first, mut rest) = cut(copy.clone(), end);
        let Some((_, mark)) = first.marks.first() else { return Some(copy) };
        let face = self.shaper.fonts().get(mark.font);
        let (own, lines) = (mark.size, self.design.initial_lines);
        // It stands on a line, and is as high as the small capitals of the first.
        let rise = place.kind.leading * (lines.max(2) - 1) as f32 + face.small_letters * own;
        let size = rise / face.capitals;
        first.marks.iter_mut().for_each(|(_, mark)| mark.size = size);
        let slanted = first.marks.iter().any(|(_, mark)| self.shaper.look_of(mark.look).italic);
        let strand = Strand::new(first, false, &mut self.shaper);
        let width: f32 = strand.pieces.iter().map(|piece| piece.width).sum();
        if width > place.width * WIDEST {
            return Some(copy);
        }
        let wide = Place { width: place.width, justify: false, ..place.clone() };
        let letter: Vec<Placed> = self.lines_of(&strand, &wide, 0.0).into_iter().flat_map(|line| line.items).collect();
        let width = if slanted { width + self.overhang(&letter) } else { width };
        self.lead_in(&mut rest);
        let strand = Strand::new(rest, false, &mut self.shaper);
        let set = self.lines_beside(&strand, place, 0.0, Beside { lines, width: width + own * APART });
        if set.len() < lines {
            return Some(copy);
        }
        self.carry(&copy);
        let start = self.slugs.len();
        self.push_lines(set, place);
        let drop = place.kind.leading * (lines - 1) as f32;
        let slug = &mut self.slugs[start];
        let letter = letter.into_iter().map(|placed| Placed { x: placed.x + place.x, y: placed.y + drop, ..placed });
        slug.items.splice(0..0, letter);
        slug.ascent = slug.ascent.max(rise - drop + place.kind.leading * (1.0 - ASCENT) / 2.0);
        self.slugs[start + 1..start + lines].iter_mut().for_each(|slug| slug.price = NEVER);
        None
    }
}

impl Setter<'_> {
    /// How far the last glyph of what is placed leans out of its width.
    fn overhang(&self, placed: &[Placed]) -> f32 {
        let last = placed.iter().rev().find_map(|placed| match &placed.item {
            Item::Run(run) => Some((run, run.glyphs.last()?)),
            Item::Rule { .. } | Item::Image { .. } => None,
        });
        last.map_or(0.0, |(run, glyph)| self.shaper.fonts().overhang(run.font, glyph.id) * run.size)
    }
}

/// Where the initial of a text ends: behind its first letter, with the quotation mark before it, and the apostrophe behind it.
fn initial(text: &str) -> Option<usize> {
    const QUOTES: &[char] = &['“', '„', '«', '‘', '‚', '‹', '"', '\'', '¿', '¡'];
    let open: usize =
        text.chars().take_while(|c| QUOTES.contains(c) || *c == '\u{202f}' || *c == '\u{a0}').map(char::len_utf8).sum();
    let letter = text[open..].chars().next().filter(|c| c.is_alphabetic() && *c < '\u{2e80}')?;
    let mut end = open + letter.len_utf8();
    let marks = |c: &char| ('\u{300}'..='\u{36f}').contains(c);
    end += text[end..].chars().take_while(marks).map(char::len_utf8).sum::<usize>();
    end += text[end..].chars().take(1).filter(|c| matches!(c, '’' | '\'')).map(char::len_utf8).sum::<usize>();
    (end < text.len()).then_some(end)
}

/// A text in two.
fn cut(mut copy: Copy, at: usize) -> (Copy, Copy) {
    let rest = copy.text.split_off(at);
    let behind = copy.marks.iter().rev().find(|(start, _)| *start <= at).cloned();
    let marks = copy.marks.iter().filter(|(start, _)| *start > at).map(|(start, mark)| (start - at, mark.clone()));
    let marks: Vec<_> = behind.into_iter().map(|(_, mark)| (0, mark)).chain(marks).collect();
    copy.marks.retain(|(start, _)| *start < at);
    let anchors = copy.anchors.drain(..).map(|(place, anchor)| (place.saturating_sub(at), anchor)).collect();
    let isolates = copy.isolates.drain(..).filter(|isolate| isolate.end > at);
    let isolates =
        isolates.map(|isolate| Isolate { start: isolate.start.saturating_sub(at), end: isolate.end - at, ..isolate }).collect();
    (copy, Copy { text: rest, marks, anchors, isolates, owed: false })
}

#[cfg(test)]
mod tests {
    use super::initial;

    #[test]
    fn initials_are_letters_with_what_belongs_to_them() {
        let of = |text: &'static str| initial(text).map(|end| &text[..end]);
        assert_eq!(of("It was"), Some("I"));
        assert_eq!(of("“It was”"), Some("“I"));
        assert_eq!(of("L’été"), Some("L’"));
        assert_eq!(of("1848 was"), None);
        assert_eq!(of("A"), None);
        assert_eq!(of("\u{fffc} is"), None);
    }
}
