//! Characters that no face has, told once for each script with what would help: a text in Tamil lacks forty letters, and it is one
//! matter, not forty.

use std::collections::BTreeMap;

use crate::report::Report;
use crate::span::Span;

/// First and last character, the script, and the package of free fonts that sets it (Debian's names; the fonts are Google's
/// Noto, but for those named otherwise). By Unicode's blocks: what they share is punctuation, which goes with its neighbours.
const SCRIPTS: &[(u32, u32, &str, &str)] = &[
    (0x0370, 0x03FF, "Greek", "fonts-noto-core"),
    (0x0400, 0x052F, "Cyrillic", "fonts-noto-core"),
    (0x0530, 0x058F, "Armenian", "fonts-noto-core"),
    (0x0590, 0x05FF, "Hebrew", "fonts-noto-core"),
    (0x0600, 0x06FF, "Arabic", "fonts-noto-core"),
    (0x0700, 0x074F, "Syriac", "fonts-noto-core"),
    (0x0750, 0x077F, "Arabic", "fonts-noto-core"),
    (0x0780, 0x07BF, "Thaana", "fonts-noto-core"),
    (0x07C0, 0x07FF, "N’Ko", "fonts-noto-core"),
    (0x0800, 0x083F, "Samaritan", "fonts-noto-core"),
    (0x0840, 0x085F, "Mandaic", "fonts-noto-core"),
    (0x0860, 0x086F, "Syriac", "fonts-noto-core"),
    (0x0870, 0x08FF, "Arabic", "fonts-noto-core"),
    (0x0900, 0x097F, "Devanagari", "fonts-noto-core"),
    (0x0980, 0x09FF, "Bengali", "fonts-noto-core"),
    (0x0A00, 0x0A7F, "Gurmukhi", "fonts-noto-core"),
    (0x0A80, 0x0AFF, "Gujarati", "fonts-noto-core"),
    (0x0B00, 0x0B7F, "Oriya", "fonts-noto-core"),
    (0x0B80, 0x0BFF, "Tamil", "fonts-noto-core"),
    (0x0C00, 0x0C7F, "Telugu", "fonts-noto-core"),
    (0x0C80, 0x0CFF, "Kannada", "fonts-noto-core"),
    (0x0D00, 0x0D7F, "Malayalam", "fonts-noto-core"),
    (0x0D80, 0x0DFF, "Sinhala", "fonts-noto-core"),
    (0x0E00, 0x0E7F, "Thai", "fonts-noto-core"),
    (0x0E80, 0x0EFF, "Lao", "fonts-noto-core"),
    (0x0F00, 0x0FFF, "Tibetan", "fonts-noto-core"),
    (0x1000, 0x109F, "Myanmar", "fonts-noto-core"),
    (0x10A0, 0x10FF, "Georgian", "fonts-noto-core"),
    (0x1100, 0x11FF, "Hangul", "fonts-noto-cjk"),
    (0x1200, 0x139F, "Ethiopic", "fonts-noto-core"),
    (0x13A0, 0x13FF, "Cherokee", "fonts-noto-core"),
    (0x1400, 0x167F, "Canadian Aboriginal syllabics", "fonts-noto-core"),
    (0x1680, 0x169F, "Ogham", "fonts-noto-core"),
    (0x16A0, 0x16FF, "Runic", "fonts-noto-core"),
    (0x1700, 0x177F, "Philippine scripts", "fonts-noto-core"),
    (0x1780, 0x17FF, "Khmer", "fonts-noto-core"),
    (0x1800, 0x18AF, "Mongolian", "fonts-noto-core"),
    (0x18B0, 0x18FF, "Canadian Aboriginal syllabics", "fonts-noto-core"),
    (0x1C90, 0x1CBF, "Georgian", "fonts-noto-core"),
    (0x1F00, 0x1FFF, "Greek", "fonts-noto-core"),
    (0x2800, 0x28FF, "Braille", "fonts-dejavu-core"),
    (0x2C00, 0x2C5F, "Glagolitic", "fonts-noto-core"),
    (0x2C80, 0x2CFF, "Coptic", "fonts-noto-core"),
    (0x2D00, 0x2D2F, "Georgian", "fonts-noto-core"),
    (0x2D30, 0x2D7F, "Tifinagh", "fonts-noto-core"),
    (0x2D80, 0x2DDF, "Ethiopic", "fonts-noto-core"),
    (0x2DE0, 0x2DFF, "Cyrillic", "fonts-noto-core"),
    (0x2E80, 0x303F, "Han", "fonts-noto-cjk"),
    (0x3040, 0x30FF, "Japanese kana", "fonts-noto-cjk"),
    (0x3100, 0x312F, "Bopomofo", "fonts-noto-cjk"),
    (0x3130, 0x318F, "Hangul", "fonts-noto-cjk"),
    (0x3190, 0x31EF, "Han", "fonts-noto-cjk"),
    (0x31F0, 0x31FF, "Japanese kana", "fonts-noto-cjk"),
    (0x3200, 0x9FFF, "Han", "fonts-noto-cjk"),
    (0xA000, 0xA4CF, "Yi", "fonts-noto-core"),
    (0xA500, 0xA63F, "Vai", "fonts-noto-core"),
    (0xA640, 0xA69F, "Cyrillic", "fonts-noto-core"),
    (0xA960, 0xA97F, "Hangul", "fonts-noto-cjk"),
    (0xA980, 0xA9DF, "Javanese", "fonts-noto-core"),
    (0xAB00, 0xAB2F, "Ethiopic", "fonts-noto-core"),
    (0xAC00, 0xD7FF, "Hangul", "fonts-noto-cjk"),
    (0xE000, 0xF8FF, "private use (as MUFI’s medieval letters)", "fonts-junicode"),
    (0xF900, 0xFAFF, "Han", "fonts-noto-cjk"),
    (0xFB13, 0xFB17, "Armenian", "fonts-noto-core"),
    (0xFB1D, 0xFB4F, "Hebrew", "fonts-noto-core"),
    (0xFB50, 0xFDFF, "Arabic", "fonts-noto-core"),
    (0xFE30, 0xFE4F, "Han", "fonts-noto-cjk"),
    (0xFE70, 0xFEFF, "Arabic", "fonts-noto-core"),
    (0xFF00, 0xFF60, "Han", "fonts-noto-cjk"),
    (0xFF61, 0xFF9F, "Japanese kana", "fonts-noto-cjk"),
    (0x10000, 0x100FF, "Linear B", "fonts-noto-core"),
    (0x10330, 0x1034F, "Gothic", "fonts-noto-core"),
    (0x103A0, 0x103DF, "Old Persian", "fonts-noto-core"),
    (0x10600, 0x1077F, "Linear A", "fonts-noto-core"),
    (0x10840, 0x1085F, "Imperial Aramaic", "fonts-noto-core"),
    (0x10900, 0x1091F, "Phoenician", "fonts-noto-core"),
    (0x12000, 0x1254F, "Cuneiform", "fonts-noto-core"),
    (0x13000, 0x1345F, "Egyptian hieroglyphs", "fonts-noto-core"),
    (0x1D000, 0x1D24F, "musical notation", "fonts-noto-core"),
    (0x1D400, 0x1D7FF, "mathematical letters", "fonts-noto-core"),
    (0x1F000, 0x1FAFF, "emoji and pictographs", "fonts-noto-core, or fonts-symbola"),
    (0x20000, 0x323AF, "Han", "fonts-noto-cjk-extra"),
];

/// What is of no script of its own.
const SIGNS: (&str, &str) = ("letters and signs of no one script", "fonts-noto-core or fonts-dejavu-core");

/// So many characters of a script are shown; the rest are counted.
const SHOWN: usize = 12;

fn script(c: char) -> (&'static str, &'static str) {
    let c = u32::from(c);
    let found = SCRIPTS.iter().find(|(first, last, ..)| (*first..=*last).contains(&c));
    found.map_or(SIGNS, |(_, _, script, package)| (script, package))
}

/// Remarks each script of which no face has some characters, at the first of them.
pub fn remark(lacking: &BTreeMap<char, Span>, report: &mut Report) {
    let mut scripts: BTreeMap<(&str, &str), (Span, Vec<char>)> = BTreeMap::new();
    for (&c, &span) in lacking {
        let (first, chars) = scripts.entry(script(c)).or_insert((span, Vec::new()));
        *first = span.min(*first);
        chars.push(c);
    }
    for ((script, package), (span, chars)) in scripts {
        let mut shown: Vec<String> = chars.iter().take(SHOWN).map(|c| format!("{c} (U+{:04X})", u32::from(*c))).collect();
        if chars.len() > SHOWN {
            shown.push(format!("and {} more", chars.len() - SHOWN));
        }
        let (what, shown) =
            (if script == SIGNS.0 { script.to_owned() } else { format!("the script {script}") }, shown.join(", "));
        report
            .warn(
                "character-missing",
                span,
                format!("no font has these characters of {what}: {shown}; replacements stand for them"),
            )
            .hint(format!(
                "name a font that has them under [pdf.fonts] others, or install one ({package}) and let the system's be asked: \
                 system = true"
            ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_told_once() {
        let lacking = "தமிழ்漢字★".chars().map(|c| (c, Span::default())).collect();
        let mut report = Report::default();
        remark(&lacking, &mut report);
        let said: Vec<_> = report.diagnostics.iter().map(|said| said.message.clone()).collect();
        assert_eq!(said.len(), 3, "{said:?}");
        assert!(SCRIPTS.windows(2).all(|pair| pair[0].1 < pair[1].0), "the table is in order");
    }
}
