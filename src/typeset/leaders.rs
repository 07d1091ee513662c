//! Numbers of pages at the end of a line, and the dots that lead to them: in the contents, and in lists of figures and tables.

use super::galley::{Slug, decorate};
use super::line::Side;
use super::page::Placed;
use super::setter::{Place, Setter};
use super::strand::Copy;

/// How much of the measure's end is left to numbers, in ems.
const NUMBERS: f32 = 3.0;

impl<'a> Setter<'a> {
    /// The part of a measure in which titles stand before their numbers.
    pub fn beside_numbers(whole: &Place<'a>) -> Place<'a> {
        let room = whole.kind.size * NUMBERS;
        Place { width: whole.width - room, x: if whole.right_to_left() { whole.x + room } else { whole.x }, ..whole.clone() }
    }

    /// Puts a number at the end of `whole`, on the line that was set last, in `title`.
    pub fn lead_to(&mut self, number: Copy, title: &Place<'a>, whole: &Place<'a>) {
        let end = Place { side: Side::End, ..whole.clone() };
        let number = self.lines(number, &end, 0.0).into_iter().next();
        let number = number.map(|line| self.slug(line, &end)).unwrap_or_default();
        let said = self.slugs.last().map_or_else(Vec::new, |slug| slug.items.clone());
        let leaders = self.leaders(&said, title);
        if let Some(last) = self.slugs.last_mut() {
            last.items.extend(number.items);
            last.items.extend(leaders);
        }
    }

    /// Dots that lead the eye from the end of a title to its number, in one column with those above and below.
    fn leaders(&mut self, title: &[Placed], place: &Place<'a>) -> Vec<Placed> {
        let (size, rtl) = (place.kind.size, place.right_to_left());
        // The column of numbers takes less than titles leave free.
        let (x, width) = (if rtl { place.x - size } else { place.x }, place.width + size);
        let own = Place { x, width, side: Side::End, ..place.clone() };
        let left = title.iter().map(|placed| placed.x).fold(f32::INFINITY, f32::min);
        let right = title.iter().map(|placed| placed.x + placed.width(&self.shaper)).fold(0.0, f32::max);
        let room = if rtl { left - own.x } else { own.x + own.width - right } - size * 0.5;
        let one = self.plain(LEADER, &own, 0);
        let pitch: f32 =
            self.lines(one, &own, 0.0).iter().flat_map(|line| &line.items).map(|placed| placed.width(&self.shaper)).sum();
        let count = (room / pitch.max(1.0)).max(0.0) as usize;
        if count < FEWEST_LEADERS {
            return Vec::new();
        }
        let copy = self.plain(&LEADER.repeat(count), &own, 0);
        let lines = self.lines(copy, &own, 0.0);
        let mut slugs: Vec<Slug> = lines.into_iter().take(1).map(|line| self.slug(line, &own)).collect();
        decorate(&mut slugs);
        slugs.pop().map(|slug| slug.items).unwrap_or_default()
    }
}

/// One dot of the row that leads to a number in the contents. Fewer than so many lead nobody.
const LEADER: &str = "\u{a0}\u{a0}.";
const FEWEST_LEADERS: usize = 2;
