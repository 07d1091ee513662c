//! Signs that stand in squares, one beside the other: Chinese characters, Japanese kana, and their punctuation, half of whose square
//! is white. After JLREQ (W3C, Requirements for Japanese Text Layout) and CLREQ (for Chinese).

use super::page::Glyph;
use super::shape::{Word, WordPart};

/// Languages that are written in squares, by the first part of their tags.
const LANGUAGES: &[&str] = &["zh", "ja", "cmn", "yue", "wuu", "hak", "nan", "lzh"];

/// Whether a work in this language stands in squares.
pub fn is_language(tag: &str) -> bool {
    LANGUAGES.contains(&tag.split('-').next().unwrap_or(""))
}

/// Whether a paragraph of this language is set in by two squares; by one else.
pub fn is_chinese(tag: &str) -> bool {
    is_language(tag) && !tag.starts_with("ja")
}

/// Where punctuation stands in the middle of its square: as in Taiwan and Hong Kong.
pub fn is_centred(tag: &str) -> bool {
    ["Hant", "TW", "HK", "MO"].iter().any(|part| tag.split('-').any(|own| own.eq_ignore_ascii_case(part)))
}

/// Whether a sign takes a square.
pub fn is_square(c: char) -> bool {
    c >= '\u{2e80}'
        && matches!(c, '\u{2e80}'..='\u{30ff}' | '\u{3100}'..='\u{312f}' | '\u{3190}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
            | '\u{fe30}'..='\u{fe4f}' | '\u{ff01}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}' | '\u{20000}'..='\u{3ffff}')
}

/// Whether it is one that others are set apart from: no punctuation, no space.
pub fn is_letter(c: char) -> bool {
    is_square(c)
        && !matches!(c, '\u{3000}'..='\u{3004}' | '\u{3008}'..='\u{3020}' | '\u{3030}' | '\u{303d}' | '\u{30fb}' | '\u{ff01}'..='\u{ff0f}'
        | '\u{ff1a}'..='\u{ff20}' | '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff60}' | '\u{fe30}'..='\u{fe4f}')
}

/// Whether a sign has its ink in the left half of its square (JLREQ cl-02, cl-06, cl-07).
pub fn closes(c: char) -> bool {
    matches!(c, '」' | '』' | '）' | '］' | '｝' | '】' | '〕' | '〉' | '》' | '〗' | '〙' | '｠') || is_stop(c)
}

/// Those of them that stand in the middle elsewhere.
pub fn is_stop(c: char) -> bool {
    matches!(c, '、' | '。' | '，' | '．')
}

/// Whether a sign has its ink in the right half of its square (JLREQ cl-01).
pub fn opens(c: char) -> bool {
    matches!(c, '「' | '『' | '（' | '［' | '｛' | '【' | '〔' | '〈' | '《' | '〖' | '〘' | '｟')
}

/// The white in such a square, in ems.
pub const HALF: f32 = 0.5;
/// Between signs in squares and other letters or figures (JLREQ 3.2.6), in ems.
pub const BESIDE_OTHERS: f32 = 0.25;
/// What stands between two signs where a line counts as loose (ratio 1), in ems: a line of 25 signs that lacks one and a half.
pub const APART: f32 = 0.06;
/// What is taken from the white of a closing sign in a line at ratio -1, in ems: half of it (JLREQ 3.8.3).
pub const CLOSER: f32 = 0.25;
/// A glyph that is narrower than this, in ems, is of a face that has no squares.
const SQUARE: f32 = 0.9;

impl Word {
    /// Calls `see` with every glyph of a part, the sign that it stands for, and whether it fills a square.
    pub fn each_square(part: &WordPart, text: &str, units: f32, mut see: impl FnMut(usize, char, bool)) {
        let mut byte = usize::from(part.text.start);
        for (number, glyph) in part.glyphs.iter().enumerate() {
            let c = text.get(byte..).and_then(|rest| rest.chars().next()).unwrap_or(' ');
            byte += usize::from(glyph.text_bytes);
            see(number, c, glyph.text_bytes > 0 && is_square(c) && fills(glyph, units));
        }
    }
}

fn fills(glyph: &Glyph, units: f32) -> bool {
    f32::from(glyph.advance) >= SQUARE * units
}

/// Closes up punctuation that stands beside punctuation: of two white halves one stays (JLREQ 3.1.4, CLREQ 3.1.6).
pub fn close_up(part: &mut WordPart, text: &str, units: f32) {
    let mut all = Vec::with_capacity(part.glyphs.len());
    Word::each_square(part, text, units, |number, c, square| all.push((number, c, square)));
    for pair in all.windows(2) {
        let ((number, a, true), (_, b, true)) = (pair[0], pair[1]) else { continue };
        if closes(a) && (closes(b) || opens(b)) || opens(a) && opens(b) {
            part.glyphs[number].advance -= (HALF * units) as i16;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_and_signs_are_told() {
        assert!(is_language("ja") && is_language("zh-Hans") && !is_language("ko") && !is_language("en"));
        assert!(is_chinese("zh") && !is_chinese("ja-JP"));
        assert!(is_centred("zh-Hant-TW") && is_centred("zh-tw") && !is_centred("zh-Hans"));
        assert!(
            is_square('漢') && is_square('あ') && is_square('。') && is_square('（') && !is_square('가') && !is_square('a')
        );
        assert!(
            is_letter('漢') && is_letter('ー') && is_letter('々') && !is_letter('。') && !is_letter('「') && !is_letter('・')
        );
        assert!(closes('」') && closes('。') && opens('「') && !closes('漢') && !opens('」'));
    }

    #[test]
    fn two_white_halves_become_one() {
        let glyph = |c: char| Glyph { id: 1, text_bytes: c.len_utf8() as u8, space: false, advance: 1000, dx: 0, dy: 0 };
        let text = "す。」と「『";
        let glyphs = text.chars().map(glyph).collect();
        let mut part =
            WordPart { font: Default::default(), scale: 1.0, rise: 0.0, text: 0..text.len() as u16, glyphs, width: 6.0 };
        close_up(&mut part, text, 1000.0);
        let widths: Vec<i16> = part.glyphs.iter().map(|glyph| glyph.advance).collect();
        assert_eq!(widths, [1000, 500, 1000, 1000, 500, 1000]);
    }
}
