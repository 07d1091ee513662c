//! What the glyphs of a PDF look like, against what they say. A substitution can put one letter in the place of another, and whoever
//! copies from the page, or has it read, never learns of it: so a glyph that is drawn as one letter of its face and says another is a
//! difference. It is known by its outline, since a face that was cut down to the letters in use has its own numbers.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::hash::Hasher;

use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, GlyphId, MetadataProvider};

use crate::env::{Env, Templates};

/// The faces with which a book may be set.
pub struct Faces<'e>(Vec<Face<'e>>);

struct Face<'e> {
    font: FontRef<'e>,
    /// Which letters are drawn so, by their outlines. Only made where a glyph is not the one of its letter.
    letters: OnceCell<BTreeMap<u64, Vec<char>>>,
}

impl<'e> Faces<'e> {
    pub fn of(env: &'e Env) -> Self {
        let mut names: Vec<&str> = Templates::names().collect();
        names.extend(env.templates.own().keys().map(String::as_str));
        let fonts = names.into_iter().filter(|name| name.starts_with("fonts/"));
        let own = fonts.filter_map(|name| env.templates.get(name));
        let system = env.fonts.iter().flat_map(|family| {
            let cuts = [Some(&family.regular), family.italic.as_ref(), family.bold.as_ref(), family.bold_italic.as_ref()];
            cuts.into_iter().flatten().map(|bytes| &**bytes)
        });
        let faces = own.chain(system).filter_map(|bytes| FontRef::new(bytes).ok());
        Self(faces.map(|font| Face { font, letters: OnceCell::new() }).collect())
    }

    /// Which glyphs of a font program look like one letter and say another: the letter that is seen, and the one that is said.
    pub fn strange(&self, program: &[u8], said: impl Iterator<Item = (u32, char)>) -> Vec<(char, char)> {
        let Ok(font) = FontRef::new(program) else { return Vec::new() };
        let shapes: Vec<_> = said
            .filter(|(_, said)| said.is_alphanumeric() && !is_point(*said))
            .filter_map(|(glyph, said)| Some((said, outline(&font, GlyphId::new(glyph))?)))
            .collect();
        // The face from which the program was cut draws nearly all of them so.
        let fits = |face: &&Face| shapes.iter().filter(|(said, shape)| face.draws(*said) == Some(*shape)).count();
        let Some(face) = self.0.iter().max_by_key(fits).filter(|face| fits(face) > 0) else { return Vec::new() };
        let other = |(said, shape): &(char, u64)| {
            let seen = face.letters().get(shape)?;
            (!seen.contains(said)).then(|| (seen[0], *said))
        };
        shapes.iter().filter(|(said, shape)| face.draws(*said) != Some(*shape)).filter_map(other).collect()
    }
}

impl Face<'_> {
    fn draws(&self, letter: char) -> Option<u64> {
        outline(&self.font, self.font.charmap().map(letter)?)
    }

    fn letters(&self) -> &BTreeMap<u64, Vec<char>> {
        self.letters.get_or_init(|| {
            let mut letters: BTreeMap<u64, Vec<char>> = BTreeMap::new();
            for (code, glyph) in self.font.charmap().mappings() {
                let letter = char::from_u32(code).filter(|c| c.is_alphanumeric() && !is_form(*c) && !is_point(*c));
                if let Some((letter, shape)) = letter.zip(outline(&self.font, glyph)) {
                    letters.entry(shape).or_default().push(letter);
                }
            }
            letters
        })
    }
}

/// Characters that are only forms of other letters: raised and lowered, small capitals, ligatures, the forms of Arabic and Hebrew
/// letters in a word, those of mathematics, of wide and of enclosed letters, and a face's own.
fn is_form(c: char) -> bool {
    matches!(c,
        '\u{AA}' | '\u{B2}' | '\u{B3}' | '\u{B9}' | '\u{BA}' | '\u{BC}'..='\u{BE}' | '\u{2B0}'..='\u{2FF}' | '\u{1D00}'..='\u{1DBF}'
        | '\u{2070}'..='\u{209F}' | '\u{2100}'..='\u{218F}' | '\u{2460}'..='\u{24FF}' | '\u{2C60}'..='\u{2C7F}'
        | '\u{A700}'..='\u{A7FF}' | '\u{E000}'..='\u{F8FF}' | '\u{FB00}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFF}'
        | '\u{FF00}'..='\u{FFEF}' | '\u{1D400}'..='\u{1D7FF}' | '\u{1F100}'..='\u{1F1FF}' | '\u{F0000}'..='\u{10FFFF}')
}

/// Points that stand on letters of Hebrew and Arabic: several are drawn alike, and a face has one of them for each place on its letters.
fn is_point(c: char) -> bool {
    matches!(c, '\u{591}'..='\u{5BD}' | '\u{5BF}' | '\u{5C1}' | '\u{5C2}' | '\u{5C4}' | '\u{5C5}' | '\u{5C7}' | '\u{610}'..='\u{61A}'
        | '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{6D6}'..='\u{6DC}' | '\u{6DF}'..='\u{6E4}' | '\u{6E7}' | '\u{6E8}' | '\u{6EA}'..='\u{6ED}')
}

/// What tells a glyph's outline from others; none for one that draws nothing.
fn outline(font: &FontRef, glyph: GlyphId) -> Option<u64> {
    let drawn = font.outline_glyphs().get(glyph)?;
    let mut pen = Pen(Hash(0xCBF2_9CE4_8422_2325), false);
    drawn.draw(DrawSettings::unhinted(Size::unscaled(), LocationRef::default()), &mut pen).ok()?;
    pen.1.then(|| pen.0.finish())
}

/// FNV-1a: the same on every machine.
struct Hash(u64);

impl Hasher for Hash {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3));
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Takes an outline in; whether it has anything that is drawn.
struct Pen(Hash, bool);

impl Pen {
    fn step(&mut self, name: u8, places: &[f32]) {
        self.0.write(&[name]);
        places.iter().for_each(|place| self.0.write(&place.to_bits().to_le_bytes()));
        self.1 = true;
    }
}

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.step(b'm', &[x, y]);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.step(b'l', &[x, y]);
    }

    fn quad_to(&mut self, cx0: f32, cy0: f32, x: f32, y: f32) {
        self.step(b'q', &[cx0, cy0, x, y]);
    }

    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        self.step(b'c', &[cx0, cy0, cx1, cy1, x, y]);
    }

    fn close(&mut self) {
        self.step(b'z', &[]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glyph_that_looks_like_another_letter_is_found() {
        let env = Env::default();
        let program = env.templates.bytes("fonts/EBGaramond-Regular.ttf");
        let font = FontRef::new(program).expect("a font");
        let glyph = |c: char| font.charmap().map(c).expect("a letter of the font").to_u32();
        let faces = Faces::of(&env);
        let text = "ships at sea".chars().map(|c| (glyph(c), c)).collect::<Vec<_>>();
        let strange = |drawn: char, said: char| faces.strange(program, text.iter().copied().chain([(glyph(drawn), said)]));
        assert_eq!(strange('e', 'e'), []);
        assert_eq!(strange('ſ', 's'), [('ſ', 's')]);
        assert_eq!(strange('1', '7'), [('1', '7')]);
        // Another form of the same.
        assert_eq!(strange('¹', '1'), []);
        // Of what draws alike nobody can tell.
        assert_eq!(strange('Α', 'A'), []);
    }
}
