//! Forms that a face has for one language (OpenType's `locl`): wanted where they are another drawing of a letter, not where they are
//! another letter. A text says what its author wrote.

use std::fmt::Write;
use std::sync::{Mutex, PoisonError};

use harfrust::{Buffer, Direction, Feature, Language, Script, ShapeOptions, ShaperFont, Tag};
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, GlyphId, MetadataProvider};

use super::fonts::Loaded;

/// The letters that are looked at, by script.
const LETTERS: [(Script, &[std::ops::RangeInclusive<char>]); 3] = [
    (Script::LATIN, &['A'..='Z', 'a'..='z', '\u{c0}'..='\u{24f}', '\u{1e00}'..='\u{1eff}']),
    (Script::GREEK, &['\u{370}'..='\u{3ff}']),
    (Script::CYRILLIC, &['\u{400}'..='\u{52f}']),
];

/// Whether a face shows a letter of a script as another where a text is in this language: by its drawing, since a face has a glyph of its
/// own for it, which says nothing of what it shows.
pub fn changes_letters(face: &Loaded, bytes: &[u8], script: Script, language: &Language) -> bool {
    let Some((_, ranges)) = LETTERS.iter().find(|(known, _)| *known == script) else { return false };
    if !face.localized {
        return false;
    }
    match face.lasting {
        true => remembered(bytes, script, language, || looks_otherwise(face, bytes, (script, ranges), language)),
        false => looks_otherwise(face, bytes, (script, ranges), language),
    }
}

/// A face that ships with the program, by the place of its bytes, a script, and a language.
type Asked = (usize, Script, Language);

/// What was found of the program's own faces: it holds for each work of a batch, and costs as much as shaping a chapter.
fn remembered(bytes: &[u8], script: Script, language: &Language, find: impl FnOnce() -> bool) -> bool {
    static FOUND: Mutex<Vec<(Asked, bool)>> = Mutex::new(Vec::new());
    let asked = (bytes.as_ptr().addr(), script, language.clone());
    let found = || FOUND.lock().unwrap_or_else(PoisonError::into_inner);
    let known = found().iter().find(|(known, _)| *known == asked).map(|(_, bent)| *bent);
    known.unwrap_or_else(|| {
        let bent = find();
        found().push((asked, bent));
        bent
    })
}

fn looks_otherwise(
    face: &Loaded,
    bytes: &[u8],
    (script, ranges): (Script, &[std::ops::RangeInclusive<char>]),
    language: &Language,
) -> bool {
    let Ok(font) = FontRef::new(bytes) else { return false };
    let letters: Vec<char> =
        ranges.iter().cloned().flatten().filter(|c| c.is_alphabetic() && face.glyph(*c).is_some()).collect();
    let (plain, own) = (shown(face, &letters, script, None), shown(face, &letters, script, Some(language)));
    let differ = plain.iter().zip(&own).filter(|(plain, own)| plain != own);
    differ.into_iter().any(|((_, plain), (_, own))| {
        let drawn = outline(&font, *own);
        let others = letters.iter().filter_map(|c| face.glyph(*c)).filter(|glyph| glyph != plain);
        drawn != outline(&font, *plain) && others.into_iter().any(|glyph| drawn == outline(&font, glyph))
    })
}

/// A glyph's drawing; empty where there is none.
fn outline(font: &FontRef, glyph: u32) -> String {
    let mut drawn = Drawn(String::new());
    let settings = DrawSettings::unhinted(Size::unscaled(), LocationRef::default());
    if let Some(shape) = font.outline_glyphs().get(GlyphId::new(glyph)) {
        // One that is broken shows as far as it goes, the same each time.
        let _ = shape.draw(settings, &mut drawn);
    }
    drawn.0
}

struct Drawn(String);

impl OutlinePen for Drawn {
    fn move_to(&mut self, x: f32, y: f32) {
        let _ = write!(self.0, "M{x} {y}");
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let _ = write!(self.0, "L{x} {y}");
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        let _ = write!(self.0, "Q{cx} {cy} {x} {y}");
    }

    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        let _ = write!(self.0, "C{cx0} {cy0} {cx1} {cy1} {x} {y}");
    }

    fn close(&mut self) {
        self.0.push('Z');
    }
}

/// The glyphs of letters that stand apart from each other, each with the place of its letter.
fn shown(face: &Loaded, letters: &[char], script: Script, language: Option<&Language>) -> Vec<(u32, u32)> {
    let mut buffer = Buffer::new();
    for (number, letter) in (0..).zip(letters) {
        buffer.push(u32::from(*letter), number);
        buffer.push(u32::from(' '), number);
    }
    buffer.set_direction(Direction::LeftToRight);
    buffer.set_script(Some(script));
    buffer.set_language(language.cloned());
    // What depends on neighbours is another matter.
    let features = [b"liga", b"calt", b"clig", b"kern"].map(|tag| Feature::new(Tag::new(tag), 0, ..));
    let options = ShapeOptions::new().features(&features);
    if harfrust::shape(&ShaperFont::new(&face.font), &mut buffer, options).is_err() {
        return Vec::new();
    }
    buffer.glyph_infos().iter().map(|info| (info.cluster, info.glyph_id)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::env::Env;
    use crate::report::Report;
    use crate::typeset::fonts::Fonts;
    use crate::typeset::shape::{Look, Placement, Shaper};
    use crate::typeset::{Faces, FontId};

    /// ISO 639-1, and what faces have forms for besides.
    const LANGUAGES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee \
        el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg \
        ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv \
        ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl \
        tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu lat grc ang enm fro gmh goh mol crh gag kaa lld rup sma sme";

    fn script_of(c: char) -> Option<usize> {
        LETTERS.iter().position(|(_, ranges)| ranges.iter().any(|range| range.contains(&c)))
    }

    #[test]
    fn no_language_changes_a_letter() {
        let env = Env::default();
        let fonts = Fonts::load(&Faces::default(), &env, &mut Report::default());
        let plain = Look {
            code: false,
            bold: false,
            italic: false,
            small_caps: false,
            script: Placement::Line,
            old_style_figures: true,
            right_to_left: false,
            hyphenate: false,
        };
        let letters: Vec<char> =
            LETTERS.iter().flat_map(|(_, ranges)| ranges.iter().cloned().flatten()).filter(|c| c.is_alphabetic()).collect();
        // Which letters each face draws so; some draw several alike.
        let drawings: Vec<BTreeMap<String, Vec<char>>> = (fonts.faces.iter().enumerate())
            .map(|(number, face)| {
                let font = FontRef::new(&face.bytes).expect("a face that ships");
                let face = fonts.get(FontId(number as u16));
                letters.iter().fold(BTreeMap::new(), |mut all: BTreeMap<String, Vec<char>>, c| {
                    face.glyph(*c).into_iter().for_each(|glyph| all.entry(outline(&font, glyph)).or_default().push(*c));
                    all
                })
            })
            .collect();
        let mut looked = BTreeSet::new();
        for (bold, italic, code) in
            [(false, false, false), (false, true, false), (true, false, false), (true, true, false), (false, false, true)]
        {
            let mut shaper = Shaper::new(&fonts);
            for lang in LANGUAGES.split_whitespace() {
                let look = shaper.look(Look { bold, italic, code, ..plain }, lang);
                for chunk in letters.chunks(200) {
                    let text: String = chunk.iter().flat_map(|c| [*c, ' ']).collect();
                    let word = shaper.word(look, &text);
                    for part in &shaper.get(word).parts {
                        let mut at = usize::from(part.text.start);
                        for glyph in &part.glyphs {
                            let said = text[at..].chars().next().unwrap_or(' ');
                            at += usize::from(glyph.text_bytes);
                            // Once for each: most languages show all letters alike.
                            if glyph.text_bytes == 0 || !looked.insert((part.font, said, glyph.id)) {
                                continue;
                            }
                            let font = FontRef::new(&fonts.faces[usize::from(part.font.0)].bytes).expect("a face that ships");
                            let shown = outline(&font, u32::from(glyph.id));
                            let drawn = drawings[usize::from(part.font.0)].get(&shown);
                            // A Serbian `б` may look as a letter of another script does.
                            let right = shown.is_empty()
                                || drawn.is_none_or(|letters| {
                                    letters.contains(&said) || !letters.iter().any(|c| script_of(*c) == script_of(said))
                                });
                            assert!(right, "{lang}: {said} is shown as {drawn:?}");
                        }
                    }
                }
            }
        }
        assert!(looked.len() > 2_000, "{}", looked.len());
    }

    #[test]
    fn latin_keeps_its_u() {
        let env = Env::default();
        let fonts = Fonts::load(&Faces::default(), &env, &mut Report::default());
        let regular = fonts.text(false, false);
        let (face, bytes) = (fonts.get(regular), &fonts.faces[usize::from(regular.0)].bytes);
        let changes = |tag: &str| changes_letters(face, bytes, Script::LATIN, &Language::new(tag).expect("a tag"));
        assert!(changes("la"), "the face has changed: the check sees nothing any more");
        assert!(!changes("en") && !changes("tr") && !changes("de"));
    }
}
