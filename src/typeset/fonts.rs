//! The faces that a book is set from: the design's, then those that serve other scripts. Which face has a character is asked
//! here and nowhere else.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use harfrust::font::{Font, charmap::Charmap};
use latex_rust::MathFont;
use skrifa::instance::{LocationRef, Size};
use skrifa::raw::TableProvider;
use skrifa::{FontRef, MetadataProvider};

use super::design::Faces;
use super::page::{Face, FontId};
use crate::env::{Env, Templates};
use crate::report::Report;

/// Faces for characters that the design's have not, in the order in which they are asked, and those for bold text.
const OTHER_SCRIPTS: &[(&str, &str)] = &[
    ("fonts/Amiri-Regular.ttf", "fonts/Amiri-Bold.ttf"),
    ("fonts/FrankRuhlLibre-Regular.ttf", "fonts/FrankRuhlLibre-Regular.ttf"),
];

/// Every face that may be used, loaded once.
pub struct Fonts<'a> {
    pub faces: Vec<Face<'a>>,
    loaded: Vec<Loaded>,
    /// Regular, italic, bold, bold italic.
    text: [FontId; 4],
    code: FontId,
    /// For other scripts: the regular face, the italic, the bold, the bold italic one.
    others: Vec<[FontId; 4]>,
    /// The face of formulas, and its measures, which are read when they are asked for.
    math: Option<FontId>,
    measures: OnceLock<Option<MathFont>>,
}

/// A face, ready for shaping, and what is measured of it, in units of its em.
pub struct Loaded {
    pub font: Font,
    pub units: f32,
    pub space: f32,
    pub space_glyph: Option<u16>,
    /// How high capitals are, and small letters without ascenders.
    pub capitals: f32,
    pub small_letters: f32,
    /// The hyphen that a line's end asks for: its character and how wide it is.
    pub hyphen: (char, f32),
    pub small_caps: bool,
    pub superiors: bool,
    /// Whether it has forms for single languages, and whether its bytes are the program's, which stay where they are.
    pub localized: bool,
    pub lasting: bool,
    /// Which characters of ASCII it has, a bit for each.
    ascii: u128,
}

/// Where the bytes of a face lie: the shaper keeps those of the program as they are, and copies what is the user's, of which most
/// books have none.
#[derive(Clone, Copy)]
enum Source<'a> {
    Program(&'static [u8]),
    User(&'a [u8]),
}

impl<'a> Source<'a> {
    fn bytes(self) -> &'a [u8] {
        match self {
            Self::Program(bytes) => bytes,
            Self::User(bytes) => bytes,
        }
    }
}

impl<'a> Fonts<'a> {
    pub fn load(faces: &Faces, env: &'a Env, report: &mut Report) -> Self {
        let (text, code) = ([FontId(0); 4], FontId(0));
        let (faces_of, loaded, others) = (Vec::new(), Vec::new(), Vec::new());
        let mut fonts = Self { faces: faces_of, loaded, text, code, others, math: None, measures: OnceLock::new() };
        let text = [&faces.regular, &faces.italic, &faces.bold, &faces.bold_italic];
        fonts.text = text.map(|name| fonts.template(name, env, report));
        fonts.code = fonts.template(&faces.code, env, report);
        let own = faces.others.iter().map(|name| (name.as_str(), name.as_str()));
        fonts.others = own
            .chain(OTHER_SCRIPTS.iter().copied())
            .map(|(regular, bold)| (fonts.template(regular, env, report), fonts.template(bold, env, report)))
            .map(|(regular, bold)| [regular, regular, bold, bold])
            .collect();
        for family in &env.fonts {
            let Some(regular) = fonts.add(Source::User(&family.regular)) else { continue };
            let mut own = |bytes: &'a Option<Arc<[u8]>>| bytes.as_ref().and_then(|bytes| fonts.add(Source::User(bytes)));
            let (italic, bold, both) = (own(&family.italic), own(&family.bold), own(&family.bold_italic));
            let (italic, heavy) = (italic.unwrap_or(regular), bold.unwrap_or(regular));
            fonts.others.push([regular, italic, heavy, both.or(bold).unwrap_or(italic)]);
        }
        fonts.math = fonts.add(Source::Program(latex_rust::STIX_TWO_MATH_OTF));
        fonts
    }

    /// The face of formulas, and what laying them out asks of it.
    pub fn math(&self) -> Option<(FontId, &MathFont)> {
        Some((self.math?, self.measures.get_or_init(|| MathFont::stix_two_math().ok()).as_ref()?))
    }

    /// Loads a template; one that is no font is remarked, and the first face stands in for it.
    fn template(&mut self, name: &str, env: &'a Env, report: &mut Report) -> FontId {
        let own = env.templates.own().get(name).map(|bytes| Source::User(bytes));
        let own = own.or_else(|| Templates::find_built_in(name).map(Source::Program)).and_then(|source| self.add(source));
        own.unwrap_or_else(|| {
            report
                .warn("font-broken", None, format!("the template {name} is no font that can be used"))
                .hint("give a TrueType file with a Unicode character map");
            // The program's own, where the first of all is broken.
            let regular = &Faces::default().regular;
            let spare = self.faces.is_empty().then(|| Templates::built_in(regular));
            spare.and_then(|bytes| self.add(Source::Program(bytes))).unwrap_or_default()
        })
    }

    /// Adds a face, unless it can't be read. The same bytes are one face.
    fn add(&mut self, source: Source<'a>) -> Option<FontId> {
        let bytes = source.bytes();
        if let Some(known) = self.faces.iter().position(|face| std::ptr::eq(&*face.bytes, bytes) || *face.bytes == *bytes) {
            return Some(FontId(known as u16));
        }
        let read = FontRef::new(bytes).ok()?;
        let name = read.localized_strings(skrifa::string::StringId::POSTSCRIPT_NAME).english_or_first()?.to_string();
        let loaded = Loaded::new(&read, source)?;
        self.faces.push(Face { name, units_per_em: loaded.units as u16, bytes: Cow::Borrowed(bytes) });
        self.loaded.push(loaded);
        Some(FontId((self.faces.len() - 1) as u16))
    }

    pub fn get(&self, font: FontId) -> &Loaded {
        &self.loaded[usize::from(font.0)]
    }

    /// How far a glyph's ink reaches out over its width on the right, in ems.
    pub fn overhang(&self, font: FontId, glyph: u16) -> f32 {
        let Ok(read) = FontRef::new(&self.faces[usize::from(font.0)].bytes) else { return 0.0 };
        let metrics = read.glyph_metrics(Size::unscaled(), LocationRef::default());
        let glyph = skrifa::GlyphId::new(u32::from(glyph));
        let out = metrics.bounds(glyph).zip(metrics.advance_width(glyph)).map_or(0.0, |(ink, width)| ink.x_max - width);
        out.max(0.0) / self.get(font).units
    }

    pub fn text(&self, bold: bool, italic: bool) -> FontId {
        self.text[usize::from(bold) * 2 + usize::from(italic)]
    }

    pub fn code(&self) -> FontId {
        self.code
    }

    /// The first face that has `c`: the one asked for, the text's regular one, that for code, which has many signs, then those for other scripts.
    pub fn with(&self, c: char, wanted: FontId) -> Option<FontId> {
        let asked = [wanted, self.text[0], self.code];
        let cut = self.text.iter().position(|font| *font == wanted).unwrap_or(0);
        let others = self.others.iter().flat_map(|faces| [faces[cut], faces[0]]);
        asked.into_iter().chain(others).find(|font| self.get(*font).has(c))
    }
}

/// Heights of letters in faces that don't tell them, in ems: those of most text faces.
const CAPITALS: f32 = 0.66;
const SMALL_LETTERS: f32 = 0.42;

impl Loaded {
    fn new(read: &FontRef, source: Source) -> Option<Self> {
        let font = match source {
            Source::Program(bytes) => Font::new(bytes, 0)?,
            Source::User(bytes) => Font::new(bytes.to_vec(), 0)?,
        };
        let units = f32::from(font.units_per_em());
        let charmap = read.charmap();
        let widths = read.glyph_metrics(Size::unscaled(), LocationRef::default());
        let width = |c: char| charmap.map(c).and_then(|glyph| widths.advance_width(glyph)).map(|width| width / units);
        let metrics = read.metrics(Size::unscaled(), LocationRef::default());
        let height = |own: Option<f32>, usual: f32| own.filter(|own| *own > 0.0).map_or(usual, |own| own / units);
        let hyphen = ['\u{2010}', '-'].into_iter().find_map(|c| Some((c, width(c)?)));
        let gsub = read.gsub().ok();
        let features = gsub.and_then(|gsub| gsub.feature_list().ok());
        let has = |tag: &[u8; 4]| {
            features.as_ref().is_some_and(|list| list.feature_records().iter().any(|record| record.feature_tag() == *tag))
        };
        Some(Self {
            units,
            space: width(' ').unwrap_or(0.25),
            space_glyph: charmap.map(' ').map(|glyph| glyph.to_u32() as u16),
            capitals: height(metrics.cap_height, CAPITALS),
            small_letters: height(metrics.x_height, SMALL_LETTERS),
            hyphen: hyphen.unwrap_or((' ', 0.25)),
            small_caps: has(b"smcp"),
            superiors: has(b"sups"),
            localized: has(b"locl"),
            lasting: matches!(source, Source::Program(_)),
            ascii: (0..128_u8).filter(|c| charmap.map(*c).is_some()).fold(0, |all, c| all | 1 << c),
            font,
        })
    }

    fn charmap(&self) -> Charmap<'_> {
        self.font.charmap()
    }

    /// The glyph that stands for a character where nothing changes it.
    pub fn glyph(&self, c: char) -> Option<u32> {
        self.charmap().map_unicode(c).map(|glyph| glyph.to_u32())
    }

    pub fn has(&self, c: char) -> bool {
        if c.is_ascii() {
            return self.ascii >> u32::from(c) & 1 == 1;
        }
        self.charmap().map_unicode(c).is_some()
    }
}
