//! What a line gives to be as wide as its measure: white between words, a little white between letters, a little of the letters'
//! own width. The breaker reckons with it, and the line that is set spends what the breaker was promised.

use super::shape::{Parting, Word};
use super::strand::Piece;

/// Which of its letters' means a design grants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Letters {
    /// White between letters.
    pub tracking: bool,
    /// Letters a little wider or narrower than drawn.
    pub expansion: bool,
    /// Bars between letters of Arabic script that hold together.
    pub kashida: bool,
}

/// What stands in a line, in points: what spaces come to, how many gaps between letters there are (each counted as its em), and
/// how wide the letters are. Those that hold together or stand in columns don't count: Arabic, Chinese, programs. What these give by
/// other means is counted as it is: how much wider they become in a line that counts as loose, and how much narrower they may.
#[derive(Clone, Copy, Debug, Default)]
pub struct Means {
    pub glue: f64,
    pub gaps: f64,
    pub ink: f64,
    pub wide: f64,
    pub close: f64,
}

impl Means {
    /// What a piece adds, when another follows right behind it.
    pub fn of(piece: &Piece, word: &Word, size: f64) -> Self {
        let other = Self { wide: f64::from(word.wider) * size, close: f64::from(word.closer) * size, ..Self::default() };
        if !gives(piece, word) {
            return other;
        }
        Self { gaps: f64::from(word.glyphs) * size, ink: f64::from(word.width) * size, ..other }
    }

    /// What a piece's glue adds. There is no gap between a letter and a space: white is white.
    pub fn behind(piece: &Piece, word: &Word, size: f64) -> Self {
        let glue = if piece.glue.flexible { f64::from(piece.glue.width) } else { 0.0 };
        let gap = if piece.glue.says.is_some() && gives(piece, word) { size } else { 0.0 };
        Self { glue, gaps: -gap, ..Self::default() }
    }

    /// Up to a piece that ends its line: no gap is behind its last letter.
    pub fn ending(self, piece: &Piece, word: &Word, size: f64) -> Self {
        let gap = if gives(piece, word) { size } else { 0.0 };
        let (wide, close) = (f64::from(word.last.wider) * size, f64::from(word.last.closer) * size);
        Self { gaps: self.gaps - gap, wide: self.wide - wide, close: self.close - close, ..self }
    }

    /// Up to a line's end in a word, and up to the next line's start.
    pub fn parted(self, parting: &Parting, size: f64, gives: bool) -> (Self, Self) {
        if !gives {
            return (self, self);
        }
        let (gaps, ink) = (f64::from(parting.glyphs.saturating_sub(1)) * size, f64::from(parting.reach) * size);
        let end = Self { gaps: self.gaps + gaps, ink: self.ink + ink, ..self };
        (end, end)
    }
}

impl Means {
    /// Whether a line is of letters that stand each by itself, but for a few.
    fn is_lettered(&self) -> bool {
        self.wide <= self.ink * FEW_OTHERS
    }

    /// What of `missing` signs in squares and letters that hold together take, when letters have had their share and spaces take the
    /// rest: as a factor of what they give at most; below 0 where all is narrower.
    pub fn others_take(&self, missing: f64) -> f64 {
        let (spaces, others) = if missing < 0.0 { (self.glue * SHRINK, self.close) } else { (self.glue * STRETCH, self.wide) };
        if others > 0.0 { missing / (spaces.max(0.0) + others) } else { 0.0 }
    }
}

/// Whether a piece's letters may be moved and widened.
pub fn gives(piece: &Piece, word: &Word) -> bool {
    word.gives && piece.level == 0
}

impl std::ops::Sub for Means {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self {
            glue: self.glue - other.glue,
            gaps: self.gaps - other.gaps,
            ink: self.ink - other.ink,
            wide: self.wide - other.wide,
            close: self.close - other.close,
        }
    }
}

impl std::ops::AddAssign for Means {
    fn add_assign(&mut self, other: Self) {
        *self = Self {
            glue: self.glue + other.glue,
            gaps: self.gaps + other.gaps,
            ink: self.ink + other.ink,
            wide: self.wide + other.wide,
            close: self.close + other.close,
        };
    }
}

impl Letters {
    /// Type as it is drawn and no other.
    pub const RIGID: Self = Self { tracking: false, expansion: false, kashida: false };

    /// How much wider a line may be before it counts as loose (ratio 1).
    pub fn stretch(self, means: Means) -> f64 {
        means.glue.max(0.0) * STRETCH + self.wider(means) + means.wide
    }

    /// How much narrower a line may be at most (ratio -1).
    pub fn shrink(self, means: Means) -> f64 {
        means.glue.max(0.0) * SHRINK + self.narrower(means) + means.close
    }

    /// What letters of a loose line take at most, in points.
    pub fn most(self, means: Means) -> f64 {
        self.wider(means) * LEAD
    }

    fn wider(self, means: Means) -> f64 {
        self.sum(means, MOST_TRACKING, MOST_EXPANSION)
    }

    fn narrower(self, means: Means) -> f64 {
        self.sum(means, LEAST_TRACKING, LEAST_EXPANSION)
    }

    fn sum(self, means: Means, tracking: f64, expansion: f64) -> f64 {
        if !means.is_lettered() {
            return 0.0;
        }
        let tracking = if self.tracking { means.gaps.max(0.0) * tracking } else { 0.0 };
        tracking + if self.expansion { means.ink * expansion } else { 0.0 }
    }

    /// How the letters of a line are set that are wider than drawn by a share of their width.
    pub fn setting(self, means: Means, widened: f64) -> Setting {
        let takes = widened * means.ink;
        let (most, tracking, expansion) = if takes < 0.0 {
            (self.narrower(means), LEAST_TRACKING, LEAST_EXPANSION)
        } else {
            (self.wider(means), MOST_TRACKING, MOST_EXPANSION)
        };
        if most <= 0.0 {
            return Setting::PLAIN;
        }
        let ratio = takes / most;
        let tracking = if self.tracking { tracking * ratio } else { 0.0 };
        let expansion = if self.expansion { expansion * ratio } else { 0.0 };
        Setting { tracking: tracking as f32, expansion: ((1.0 + expansion) * 1000.0).round() as f32 / 1000.0 }
    }
}

/// How a line's letters are set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting {
    /// In ems.
    pub tracking: f32,
    /// As a factor.
    pub expansion: f32,
}

impl Setting {
    /// As drawn.
    pub const PLAIN: Self = Self { tracking: 0.0, expansion: 1.0 };
}

/// A line that is to be filled: what is missing to its measure (or too much, below 0), and what it can give.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    pub missing: f64,
    pub means: Means,
}

/// Shares what each line of a paragraph is stretched or shrunk by out between its spaces and its letters. The eye minds three
/// things, each by its square: white that differs from the face's own, letters that differ from those drawn, and letters that
/// differ from those of the next line, which it sees the sooner the more they differ. Gives how much wider than drawn the letters of
/// each line are, as a share of their width: 0 for a line that isn't filled. `above` is that of the full line right above the first.
pub fn share(rooms: &[Option<Room>], letters: Letters, above: Option<f64>) -> Vec<f64> {
    let mut widened: Vec<f64> = rooms.iter().map(|_| 0.0).collect();
    for _ in 0..SWEEPS {
        for at in 0..rooms.len() {
            let Some(room) = rooms[at].filter(|room| room.means.ink > 0.0 && room.means.glue > 0.0 && room.means.is_lettered())
            else {
                continue;
            };
            let beside = [at.checked_sub(1), Some(at + 1)].into_iter().flatten();
            let filled = beside.filter(|next| rooms.get(*next).is_some_and(Option::is_some)).map(|next| widened[next]);
            let (sum, count) = filled.chain(above.filter(|_| at == 0)).fold((0.0, 0.0), |(sum, count), next| {
                let weight = LIKE_BESIDE * (1.0 + ((next - widened[at]) / SEEN_BESIDE).powi(2));
                (sum + weight * next, count + weight)
            });
            let Means { glue, ink, .. } = room.means;
            let lever = ink / glue;
            let best = (lever * room.missing / glue + sum) / (lever * lever + LIKE_DRAWN + count);
            // What spaces can't give, letters must.
            let least = (room.missing - glue * WIDEST_WHITE) / ink;
            let most = (room.missing + glue * SHRINK) / ink;
            let (narrow, wide) = (-letters.narrower(room.means) / ink, letters.most(room.means) / ink);
            widened[at] = best.max(least).min(most).clamp(narrow, wide);
        }
    }
    widened
}

/// A space may grow by this factor of itself before the line counts as loose (ratio 1) and shrink by that one, never more: programs
/// that take a text out again join words whose white is under 0.15 em, and the spaces of text faces have 0.2. Tried on Russian, Greek
/// and German in lines of 45 letters: with a third of a space, Russian asks for 6.5 hyphens in 100 lines, with this for 5.7.
const STRETCH: f64 = 0.42;
const SHRINK: f64 = 0.195;
/// The white between letters at those ratios, in ems. Looser letters are seen later than tighter ones; of a fiftieth nobody says more
/// than that the page is even (Bringhurst, The Elements of Typographic Style, 2.1.9).
const MOST_TRACKING: f64 = 0.02;
const LEAST_TRACKING: f64 = 0.005;
/// How much wider and narrower letters are shown at those ratios: what pdfTeX's microtype allows them.
const MOST_EXPANSION: f64 = 0.02;
const LEAST_EXPANSION: f64 = 0.02;
/// A line whose other signs give no more than this share of its letters' width is a line of letters: half of it, at least.
const FEW_OTHERS: f64 = 0.06;
/// Letters of a loose line may go so much further than their share of its ratio.
const LEAD: f64 = 1.5;
/// What letters weigh that are not as drawn, and that are not as those of the next line, beside white that is not as the face has
/// it. Tried on English and French: with a tenth of the second, letters of neighbouring lines differ by 7 %, with this by 4, as
/// LuaLaTeX's do, at the price of spaces that differ by 0.03 em instead of 0.01.
const LIKE_DRAWN: f64 = 8.0;
const LIKE_BESIDE: f64 = 95.0;
/// Letters that differ from those of the next line by this share weigh twice as much as their square says, so that what is most
/// unlike gives way first. French in three measures: one pair in twenty differs by 4.2 % or more, without it by 5.1.
const SEEN_BESIDE: f64 = 0.08;
/// Before spaces are wider than by this factor of themselves, letters give whatever they can: at 0.3 em the white is seen as a hole.
const WIDEST_WHITE: f64 = 0.41;
/// So many rounds until neighbours have settled: more change nothing that is seen.
const SWEEPS: usize = 6;

#[cfg(test)]
mod tests {
    use super::*;

    fn room(missing: f64) -> Option<Room> {
        Some(Room { missing, means: Means { glue: 25.0, gaps: 500.0, ink: 250.0, ..Means::default() } })
    }

    const ALL: Letters = Letters { tracking: true, expansion: true, kashida: true };

    #[test]
    fn letters_of_neighbouring_lines_are_alike_across_paragraphs() {
        let alone = share(&[room(8.0), None], ALL, None)[0];
        let below_drawn = share(&[room(8.0), None], ALL, Some(0.0))[0];
        let below_wide = share(&[room(8.0), None], ALL, Some(0.05))[0];
        assert!(below_drawn < alone && alone < below_wide, "{below_drawn} {alone} {below_wide}");
    }

    #[test]
    fn what_is_most_unlike_gives_way_first() {
        let loose = share(&[room(0.0), room(9.0)], ALL, None);
        let less = share(&[room(0.0), room(1.0)], ALL, None);
        assert!(loose[0] / loose[1] > less[0] / less[1], "{loose:?} {less:?}");
    }
}
