//! Words become glyphs. A word is shaped once for each look that it is set in and kept: a book has few different words.

use std::hash::{BuildHasherDefault, Hasher};

use harfrust::{Buffer, Direction, Feature, Language, Script, ShapeOptions, ShapePlan, ShaperFont, Tag, unicode};

use super::address;
use super::fonts::Fonts;
use super::hang;
use super::hyphens;
use super::joints::Joints;
use super::kashida;
use super::locl;
use super::page::{FontId, Glyph};
use super::squares;

/// How a stretch of text is to look, sizes and language aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    pub code: bool,
    pub bold: bool,
    pub italic: bool,
    pub small_caps: bool,
    pub script: Placement,
    /// Figures that stand and descend like letters; tables want them of one height and width.
    pub old_style_figures: bool,
    pub right_to_left: bool,
    pub hyphenate: bool,
}

/// Whether text stands on the line, above or below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    Line,
    Above,
    Below,
}

/// A [`Look`] in a language, by its number in one [`Shaper`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LookId(u16);

/// A [`Word`] by its number in one [`Shaper`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WordId(u32);

/// A word in one look. Lengths are in ems of the size that it will be set in.
#[derive(Clone, Debug)]
pub struct Word {
    pub text: Box<str>,
    /// From left to right, as their glyphs are.
    pub parts: Vec<WordPart>,
    pub right_to_left: bool,
    pub width: f32,
    /// Where it may be hyphenated.
    pub hyphens: Vec<Parting>,
    /// How many glyphs it has, and whether they may be moved and widened: letters that stand each by itself.
    pub glyphs: u16,
    pub gives: bool,
    /// Whether it is an address, which is parted by other rules.
    pub address: bool,
    /// How far its first and its last character may reach into the margin.
    pub hang: (f32, f32),
    /// What else it gives to fill a line, and what of that falls away where it ends the line.
    pub wider: f32,
    pub closer: f32,
    pub last: Last,
    /// Whether full stops stand in the middle of their squares, with no white half to give.
    pub centred: bool,
    /// The byte before which a bar may be put in between letters that hold together; 0: none may.
    pub bar: u16,
}

/// What a word does not give where it ends its line.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Last {
    pub wider: f32,
    pub closer: f32,
}

/// A word whose letters are drawn apart by bars.
#[derive(Clone, Copy, Debug)]
pub struct DrawnOut {
    pub word: WordId,
    pub bars: Bars,
}

/// The bytes of a word that are bars which the text does not have, and by how much less than its own width each moves the pen, in ems.
#[derive(Clone, Copy, Debug)]
pub struct Bars {
    pub from: u16,
    pub to: u16,
    pub less: f32,
}

/// A place where a word may be cut.
#[derive(Clone, Copy, Debug)]
pub struct Parting {
    /// The byte before which it is cut.
    pub byte: u16,
    /// How wide what stands before it is, with the hyphen if there is one, and how many glyphs that has.
    pub reach: f32,
    pub glyphs: u16,
    /// Whether it is inside a part of a compound that may be parted at a joint.
    pub within: bool,
}

/// Glyphs of one face.
#[derive(Clone, Debug)]
pub struct WordPart {
    pub font: FontId,
    /// Its size beside that of the text around it, as a factor.
    pub scale: f32,
    /// How far it stands above the baseline, in ems.
    pub rise: f32,
    pub text: std::ops::Range<u16>,
    pub glyphs: Vec<Glyph>,
    pub width: f32,
}

/// Characters too small for their line are set at this factor where the face has no cut for them: as large as the smallest
/// size of a text face that still reads beside 10 pt.
const SMALL_SCRIPT: f32 = 0.62;
/// Capitals that stand in for small capitals: a little above the x-height.
const SMALL_CAPITAL: f32 = 0.78;
/// The white between small capitals, in ems.
const SMALL_CAPS_WHITE: f32 = 0.04;
const SUPERIOR_RISE: f32 = 0.34;
const INFERIOR_RISE: f32 = -0.14;

/// What a word that can be drawn apart gives where a line counts as loose, in ems: a bar as long as a letter in every second word.
const KASHIDA: f32 = 0.2;
/// So many bars stand side by side at most, and so much of one may lie over its neighbours.
const MOST_BARS: usize = 6;
const MOST_OVER: f32 = 0.6;

/// The longest text that is shaped at one go; what is longer is no word, and offsets in it would not fit.
pub const LONGEST: usize = 1024;

/// Shapes words and remembers them. One for each thread: what it remembers changes no output, only how fast it comes.
pub struct Shaper<'f> {
    fonts: &'f Fonts<'f>,
    joints: Option<&'f Joints>,
    kashida: bool,
    looks: Vec<Known>,
    words: Vec<Word>,
    buffer: Buffer,
    plans: Vec<(PlanKey, ShapePlan)>,
    /// Of which face the forms of a look's language change letters of a script.
    bent: Vec<(PlanKey, bool)>,
}

struct Known {
    look: Look,
    lang: String,
    font: FontId,
    language: Option<Language>,
    hyphens: Option<hyphens::Patterns>,
    #[expect(clippy::disallowed_types, reason = "it is asked for single words, never walked")]
    words: std::collections::HashMap<Box<str>, WordId, BuildHasherDefault<WordHasher>>,
    /// The same look, running from right to left.
    turned: Option<LookId>,
}

type PlanKey = (FontId, LookId, Script);

impl<'f> Shaper<'f> {
    pub fn new(fonts: &'f Fonts<'f>) -> Self {
        Self {
            fonts,
            joints: None,
            kashida: false,
            looks: Vec::new(),
            words: Vec::new(),
            buffer: Buffer::new(),
            plans: Vec::new(),
            bent: Vec::new(),
        }
    }

    /// With the parts that the work's compounds are made of.
    pub fn with_joints(self, joints: &'f Joints) -> Self {
        Self { joints: Some(joints), ..self }
    }

    /// With bars between letters of Arabic script, if they are wanted.
    pub fn with_kashida(self, kashida: bool) -> Self {
        Self { kashida, ..self }
    }

    /// A word with bars that make it wider by so many ems; none, where its letters can't be drawn apart by so much.
    pub fn drawn_out(&mut self, look: LookId, id: WordId, by: f32) -> Option<DrawnOut> {
        let (own, at) = (self.get(id).width, usize::from(self.get(id).bar));
        if at == 0 {
            return None;
        }
        let text = self.get(id).text.clone();
        let mut silent_before = 0;
        self.get(id).read(|_, bytes, _| silent_before += usize::from(bytes == 0));
        for count in 1..=MOST_BARS {
            let bars: String = std::iter::repeat_n(kashida::BAR, count).collect();
            let to = at + bars.len();
            let word = self.word(look, &format!("{}{bars}{}", &text[..at], &text[at..]));
            // A face may have one glyph for several bars.
            let (mut said, mut glyphs, mut wide, mut silent) = (0, 0_u16, 0.0, 0);
            self.get(word).read(|byte, bytes, width| {
                silent += usize::from(bytes == 0);
                if bytes > 0 && (at..to).contains(&byte) {
                    (said, glyphs, wide) = (said + bytes, glyphs + 1, wide + width);
                }
            });
            let less = self.get(word).width - own - by;
            // A letter that falls into several glyphs beside a bar can't say what it is without a text that replaces it.
            if said != bars.len() || silent > silent_before || less > wide * MOST_OVER {
                return None;
            }
            if less >= 0.0 {
                let less = less / f32::from(glyphs);
                return Some(DrawnOut { word, bars: Bars { from: at as u16, to: to as u16, less } });
            }
        }
        None
    }

    pub fn fonts(&self) -> &'f Fonts<'f> {
        self.fonts
    }

    /// A look in a language, a BCP 47 tag.
    pub fn look(&mut self, look: Look, lang: &str) -> LookId {
        let known = self.looks.iter().position(|known| known.look == look && known.lang == lang);
        LookId(known.unwrap_or_else(|| {
            self.looks.push(Known::new(look, lang, self.fonts));
            self.looks.len() - 1
        }) as u16)
    }

    /// The look of text at this bidirectional level.
    pub fn at_level(&mut self, id: LookId, level: u8) -> LookId {
        if level.is_multiple_of(2) {
            return id;
        }
        let known = &self.looks[usize::from(id.0)];
        if let Some(turned) = known.turned {
            return turned;
        }
        let (turned, lang) = (Look { right_to_left: true, hyphenate: false, ..known.look }, known.lang.clone());
        let turned = self.look(turned, &lang);
        self.looks[usize::from(id.0)].turned = Some(turned);
        turned
    }

    /// A look with small capitals.
    pub fn in_small_caps(&mut self, id: LookId) -> LookId {
        let known = &self.looks[usize::from(id.0)];
        let (look, lang) = (Look { small_caps: !known.look.code, ..known.look }, known.lang.clone());
        self.look(look, &lang)
    }

    pub fn look_of(&self, id: LookId) -> &Look {
        &self.looks[usize::from(id.0)].look
    }

    /// The face that a look asks for first.
    pub fn font(&self, id: LookId) -> FontId {
        self.looks[usize::from(id.0)].font
    }

    pub fn get(&self, id: WordId) -> &Word {
        &self.words[id.0 as usize]
    }

    /// The width of a space, in ems.
    pub fn space(&self, look: LookId) -> f32 {
        self.fonts.get(self.font(look)).space
    }

    /// A word in a look: shaped now, or remembered. Its text is at most [`LONGEST`] bytes.
    pub fn word(&mut self, look: LookId, text: &str) -> WordId {
        if let Some(known) = self.looks[usize::from(look.0)].words.get(text) {
            return *known;
        }
        let word = self.shape(look, text);
        let id = WordId(self.words.len() as u32);
        self.words.push(word);
        self.looks[usize::from(look.0)].words.insert(text.into(), id);
        id
    }

    fn shape(&mut self, id: LookId, text: &str) -> Word {
        let mut parts = Vec::new();
        for stretch in stretches(text, self.font(id), self.fonts) {
            self.stretch(id, text, stretch, &mut parts);
        }
        if self.look_of(id).right_to_left {
            parts.reverse();
        }
        let mut word = Word {
            text: text.into(),
            right_to_left: self.look_of(id).right_to_left,
            width: parts.iter().map(|part| part.width).sum(),
            glyphs: parts.iter().map(|part| part.glyphs.len()).sum::<usize>() as u16,
            gives: self.gives(id, text),
            address: address::is_address(text),
            parts,
            hyphens: Vec::new(),
            hang: (0.0, 0.0),
            wider: 0.0,
            closer: 0.0,
            last: Last::default(),
            centred: false,
            bar: 0,
        };
        word.hang = hang::both(&word);
        if word.right_to_left {
            word.bar = self.bar(id, &word).map_or(0, |at| at as u16);
            word.wider = if word.bar > 0 { KASHIDA } else { 0.0 };
        } else if text.chars().any(squares::is_square) {
            self.square(id, &mut word);
        }
        if let Some(language) = self.looks[usize::from(id.0)].hyphens {
            let hyphen = self.fonts.get(self.font(id)).hyphen.1;
            let points = hyphens::points(text, language);
            let joints = self.joints.map(|joints| joints.among(text, &points, &self.looks[usize::from(id.0)].lang));
            let joints = joints.filter(|joints| joints.contains(&true)).unwrap_or_else(|| vec![true; points.len()]);
            let cut = |(at, joint): (usize, bool)| Parting {
                byte: at as u16,
                reach: word.width_before(at) + hyphen,
                glyphs: word.glyphs_before(at) + 1,
                within: !joint,
            };
            word.hyphens = points.into_iter().zip(joints).map(cut).collect();
        }
        word
    }

    /// The byte of a word before which a bar may be put in.
    fn bar(&self, id: LookId, word: &Word) -> Option<usize> {
        let look = self.look_of(id);
        let at = kashida::place(&word.text).filter(|_| self.kashida && !look.code && look.script == Placement::Line)?;
        let part = word.parts.iter().find(|part| (part.text.start..part.text.end).contains(&(at as u16)))?;
        self.fonts.get(part.font).has(kashida::BAR).then_some(at)
    }

    /// What signs in squares give. Those of a face that has no squares hang nowhere.
    fn square(&self, id: LookId, word: &mut Word) {
        let centred = squares::is_centred(&self.looks[usize::from(id.0)].lang);
        let (mut wider, mut closer, mut last, mut first) = (0.0, 0.0, Last::default(), None);
        for part in &word.parts {
            Word::each_square(part, &word.text, self.fonts.get(part.font).units, |_, c, square| {
                let closes = square && squares::closes(c) && !(centred && squares::is_stop(c));
                last.wider = if square { squares::APART * part.scale } else { 0.0 };
                last.closer = if closes { squares::CLOSER * part.scale } else { 0.0 };
                first = first.or(Some(square));
                (wider, closer) = (wider + last.wider, closer + last.closer);
            });
        }
        (word.wider, word.closer, word.last, word.centred) = (wider, closer, last, centred);
        let ends = |c: Option<char>, side: fn(char) -> bool| c.is_some_and(side);
        if ends(word.text.chars().next(), squares::opens) && first != Some(true) {
            word.hang.0 = 0.0;
        }
        if ends(word.text.chars().next_back(), squares::closes) && last.closer == 0.0 {
            word.hang.1 = 0.0;
        }
    }

    /// Whether what a face holds to be the forms of a language changes a letter into another: EB Garamond writes every Latin `u` as a
    /// `v`. An author who wants that writes it.
    fn bends(&mut self, key: PlanKey) -> bool {
        if let Some((_, bent)) = self.bent.iter().find(|(known, _)| *known == key) {
            return *bent;
        }
        let (font, id, script) = key;
        let language = self.looks[usize::from(id.0)].language.as_ref();
        let bent = language.is_some_and(|language| {
            locl::changes_letters(self.fonts.get(font), &self.fonts.faces[usize::from(font.0)].bytes, script, language)
        });
        self.bent.push((key, bent));
        bent
    }

    /// Whether letters of this look may be moved and widened: not those that hold together, nor signs that stand in squares, nor
    /// programs, which are read letter by letter.
    fn gives(&self, id: LookId, text: &str) -> bool {
        let look = self.look_of(id);
        let alone = |c: char| {
            c.is_ascii()
                || matches!(
                    unicode::script(c as u32),
                    Script::COMMON
                        | Script::INHERITED
                        | Script::UNKNOWN
                        | Script::LATIN
                        | Script::GREEK
                        | Script::CYRILLIC
                        | Script::ARMENIAN
                        | Script::GEORGIAN
                        | Script::COPTIC
                )
        };
        !look.code && !look.right_to_left && text.chars().all(|c| alone(c) && c < '\u{2e80}')
    }

    /// Shapes what one face sets, in one script.
    fn stretch(&mut self, id: LookId, text: &str, stretch: Stretch, parts: &mut Vec<WordPart>) {
        let (placement, small_caps) = (self.look_of(id).script, self.look_of(id).small_caps);
        let loaded = self.fonts.get(stretch.font);
        let range = stretch.range.clone();
        let plain = placement == Placement::Line && !small_caps;
        if plain || (small_caps && loaded.small_caps) || (placement == Placement::Above && loaded.superiors) {
            let part = self.part(id, text, &stretch, Setting { scale: 1.0, rise: 0.0, features: true, capitals: false });
            if placement != Placement::Above || self.is_superior(id, text, &stretch, &part) {
                return parts.push(part);
            }
        }
        let (scale, rise) = match placement {
            Placement::Line => (1.0, 0.0),
            Placement::Above => (SMALL_SCRIPT, SUPERIOR_RISE),
            Placement::Below => (SMALL_SCRIPT, INFERIOR_RISE),
        };
        if !small_caps {
            return parts.push(self.part(id, text, &stretch, Setting { scale, rise, features: false, capitals: false }));
        }
        let mut at = range.start;
        while at < range.end {
            let small = |c: char| c.is_lowercase();
            let first = text[at..].chars().next().is_some_and(small);
            let end = text[at..range.end].find(|c| small(c) != first).map_or(range.end, |length| at + length);
            let scale = if first { scale * SMALL_CAPITAL } else { scale };
            let inner = Stretch { range: at..end, ..stretch.clone() };
            parts.push(self.part(id, text, &inner, Setting { scale, rise, features: false, capitals: first }));
            at = end;
        }
    }

    /// Whether every character has become another glyph by the face's superiors: some faces have only the figures.
    fn is_superior(&mut self, id: LookId, text: &str, stretch: &Stretch, part: &WordPart) -> bool {
        let plain = self.part(id, text, stretch, Setting { scale: 1.0, rise: 0.0, features: false, capitals: false });
        part.glyphs.len() == plain.glyphs.len() && part.glyphs.iter().zip(&plain.glyphs).all(|(a, b)| a.id != b.id)
    }

    fn part(&mut self, id: LookId, text: &str, stretch: &Stretch, setting: Setting) -> WordPart {
        let key = (stretch.font, id, stretch.script);
        let bent = self.bends(key);
        let loaded = self.fonts.get(stretch.font);
        let look = &self.looks[usize::from(id.0)].look;
        let direction = if look.right_to_left { Direction::RightToLeft } else { Direction::LeftToRight };
        let mut features = features(look, setting.features);
        if bent {
            features.push(Feature::new(Tag::new(b"locl"), 0, ..));
        }
        let range = stretch.range.clone();
        self.buffer.clear();
        for (at, c) in text[range.clone()].char_indices() {
            let shown = if stretch.lacks { replacement(loaded) } else { c };
            let cluster = (range.start + at) as u32;
            match setting.capitals {
                true => shown.to_uppercase().for_each(|c| self.buffer.push(c as u32, cluster)),
                false => self.buffer.push(shown as u32, cluster),
            }
        }
        self.buffer.set_direction(direction);
        self.buffer.set_script(Some(stretch.script));
        self.buffer.set_language(self.looks[usize::from(id.0)].language.clone());
        let options = ShapeOptions::new().features(&features);
        let font = ShaperFont::new(&loaded.font);
        // Plans serve the common case; the others are rare enough to be made anew.
        let outcome = if setting.features {
            let plan = self.plans.iter().position(|(known, _)| *known == key).unwrap_or_else(|| {
                let language = self.looks[usize::from(id.0)].language.as_ref();
                let plan = ShapePlan::new(&loaded.font, direction, Some(stretch.script), language, &features);
                self.plans.push((key, plan));
                self.plans.len() - 1
            });
            harfrust::shape(&font, &mut self.buffer, options.plan(Some(&self.plans[plan].1)))
        } else {
            harfrust::shape(&font, &mut self.buffer, options)
        };
        outcome.expect("a buffer with direction and script, and a plan of the same");
        let mut glyphs = glyphs(&self.buffer, &range, look.right_to_left);
        // Capitals of any size look crowded without a hair of white between them (Bringhurst, 3.2.2).
        if look.small_caps && !look.right_to_left {
            let white = (loaded.units * SMALL_CAPS_WHITE / setting.scale) as i16;
            glyphs.iter_mut().filter(|glyph| glyph.text_bytes > 0).for_each(|glyph| glyph.advance += white);
        }
        let bytes = range.start as u16..range.end as u16;
        let mut part =
            WordPart { font: stretch.font, scale: setting.scale, rise: setting.rise, text: bytes, glyphs, width: 0.0 };
        if !text.is_ascii() && !look.right_to_left && text.chars().any(squares::is_square) {
            squares::close_up(&mut part, text, loaded.units);
        }
        part.width = part.glyphs.iter().map(|glyph| f32::from(glyph.advance)).sum::<f32>() / loaded.units * setting.scale;
        part
    }
}

/// How one part of a word is set.
#[derive(Clone, Copy)]
struct Setting {
    scale: f32,
    rise: f32,
    /// Whether the face's small capitals and superiors are asked for.
    features: bool,
    /// Whether capitals stand in for small letters.
    capitals: bool,
}

impl Known {
    fn new(look: Look, lang: &str, fonts: &Fonts) -> Self {
        let font = if look.code { fonts.code() } else { fonts.text(look.bold, look.italic) };
        let hyphens = (look.hyphenate && !look.code).then(|| hyphens::language(lang)).flatten();
        Self {
            font,
            language: Language::new(lang),
            hyphens,
            words: Default::default(),
            turned: None,
            lang: lang.to_owned(),
            look,
        }
    }
}

impl Word {
    /// Every place within: for a word that must be cut anywhere.
    pub fn cuts(&self) -> Vec<Parting> {
        let mut cuts = Vec::with_capacity(self.text.len());
        let (mut reach, mut glyphs) = (0.0, 0);
        self.read(|byte, bytes, width| {
            // What shaping holds together and has more bytes than a glyph can say may seem to begin within a letter.
            if bytes > 0 && reach > 0.0 && self.text.is_char_boundary(byte) {
                // Signs without width stay where they are: of the places around them one is enough.
                if cuts.last().is_some_and(|last: &Parting| last.reach == reach) {
                    cuts.pop();
                }
                cuts.push(Parting { byte: byte as u16, reach, glyphs, within: false });
            }
            glyphs += 1;
            reach += width;
        });
        cuts
    }

    /// Calls `see` with each glyph in the order in which they are read: the byte where it begins, how many it stands for, and how wide
    /// it is, in ems.
    fn read(&self, mut see: impl FnMut(usize, usize, f32)) {
        let part = |part: &WordPart| {
            let unit = part.width / part.glyphs.iter().map(|glyph| f32::from(glyph.advance)).sum::<f32>().max(1.0);
            let mut byte = usize::from(part.text.start);
            let glyph = |glyph: &Glyph| {
                let bytes = usize::from(glyph.text_bytes);
                see(byte, bytes, f32::from(glyph.advance) * unit);
                byte += bytes;
            };
            match self.right_to_left {
                true => part.glyphs.iter().rev().for_each(glyph),
                false => part.glyphs.iter().for_each(glyph),
            }
        };
        match self.right_to_left {
            true => self.parts.iter().rev().for_each(part),
            false => self.parts.iter().for_each(part),
        }
    }

    /// How wide the widest part of an address is between two places where it is parted well, in ems.
    pub fn widest_part(&self) -> f32 {
        let (mut widest, mut from) = (0.0_f32, 0.0);
        let well = |parting: &Parting| {
            matches!(address::joint(&self.text, usize::from(parting.byte)), Some(address::Joint::Good | address::Joint::Fair))
        };
        for parting in self.cuts().iter().filter(|parting| well(parting)) {
            widest = widest.max(parting.reach - from);
            from = parting.reach;
        }
        widest.max(self.width - from)
    }

    /// How many glyphs stand for what is before byte `at`.
    fn glyphs_before(&self, at: usize) -> u16 {
        let mut glyphs = 0;
        self.read(|byte, _, _| glyphs += u16::from(byte < at));
        glyphs
    }

    /// How wide the glyphs before byte `at` are, in ems. A ligature is shared out evenly.
    pub fn width_before(&self, at: usize) -> f32 {
        let mut before = 0.0;
        self.read(|byte, bytes, width| {
            let share = if byte + bytes <= at { 1.0 } else { at.saturating_sub(byte) as f32 / bytes.max(1) as f32 };
            before += width * share.min(1.0);
        });
        before
    }
}

fn features(look: &Look, special: bool) -> Vec<Feature> {
    let mut features = Vec::new();
    let mut ask = |tag: &[u8; 4], value| features.push(Feature::new(Tag::new(tag), value, ..));
    if look.code {
        // Programs are read letter by letter.
        ask(b"liga", 0);
        ask(b"calt", 0);
        return features;
    }
    ask(if look.old_style_figures { b"onum" } else { b"lnum" }, 1);
    if special && look.small_caps {
        ask(b"smcp", 1);
    }
    if special && look.script == Placement::Above {
        ask(b"sups", 1);
    }
    features
}

/// A piece of a word that one face can set, in one script.
#[derive(Clone)]
struct Stretch {
    range: std::ops::Range<usize>,
    font: FontId,
    script: Script,
    /// Whether no face has its characters.
    lacks: bool,
}

fn stretches(text: &str, wanted: FontId, fonts: &Fonts) -> Vec<Stretch> {
    let mut all: Vec<Stretch> = Vec::new();
    for (at, c) in text.char_indices() {
        let script = unicode::script(c as u32);
        let neutral = matches!(script, Script::COMMON | Script::INHERITED | Script::UNKNOWN);
        let end = at + c.len_utf8();
        let ignorable = is_ignorable(c);
        let joins = ignorable
            || (script == Script::INHERITED && all.last().is_some_and(|last| !last.lacks && fonts.get(last.font).has(c)));
        let found = fonts.with(c, wanted);
        if let Some(last) = all.last_mut() {
            let fits = joins
                || (!last.lacks && (neutral || found != Some(wanted)) && fonts.get(last.font).has(c))
                || (!last.lacks && found == Some(last.font))
                || (last.lacks && found.is_none());
            if fits && (neutral || joins || last.script == script || last.script == Script::COMMON) {
                if !neutral && last.script == Script::COMMON {
                    last.script = script;
                }
                last.range.end = end;
                continue;
            }
            // Brackets and quotation marks before a word look like those behind it.
            let opening = !neutral && !last.lacks && last.script == Script::COMMON;
            if let Some(font) =
                found.filter(|font| opening && text[last.range.clone()].chars().all(|c| fonts.get(*font).has(c)))
            {
                (last.font, last.script, last.range.end) = (font, script, end);
                continue;
            }
        }
        let script = if neutral { Script::COMMON } else { script };
        all.push(Stretch { range: at..end, font: found.unwrap_or(wanted), script, lacks: found.is_none() && !joins });
    }
    all
}

/// Whether a character only says something about its neighbours: it leaves no ink, and no face need have it.
pub fn is_ignorable(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// What stands where a character can't be shown.
fn replacement(font: &super::fonts::Loaded) -> char {
    if font.has('\u{fffd}') { '\u{fffd}' } else { '?' }
}

/// The buffer's glyphs, each with the bytes of `range` that it stands for: a cluster's bytes go to the glyph that is read first.
fn glyphs(buffer: &Buffer, range: &std::ops::Range<usize>, right_to_left: bool) -> Vec<Glyph> {
    let infos = buffer.glyph_infos();
    let narrow = |value: i32| value.clamp(i32::from(i16::MIN), i32::from(i16::MAX)) as i16;
    let mut glyphs: Vec<Glyph> = (infos.iter().zip(buffer.glyph_positions()))
        .map(|(info, position)| Glyph {
            id: info.glyph_id as u16,
            text_bytes: 0,
            space: false,
            advance: narrow(position.x_advance),
            dx: narrow(position.x_offset),
            dy: narrow(position.y_offset),
        })
        .collect();
    let order: Vec<usize> = if right_to_left { (0..infos.len()).rev().collect() } else { (0..infos.len()).collect() };
    let mut rest = 0;
    for (place, &at) in order.iter().enumerate() {
        let cluster = infos[at].cluster;
        if place == 0 || infos[order[place - 1]].cluster != cluster {
            let next = order[place..].iter().map(|&at| infos[at].cluster).find(|other| *other != cluster);
            let start = if place == 0 { range.start } else { cluster as usize };
            rest = next.map_or(range.end, |next| next as usize) - start;
        }
        let taken = rest.min(usize::from(u8::MAX));
        glyphs[at].text_bytes = taken as u8;
        rest -= taken;
    }
    glyphs
}

/// FxHash: words are short and come from one book, so nobody floods the table.
#[derive(Default)]
pub struct WordHasher(u64);

impl Hasher for WordHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.0 = (self.0.rotate_left(5) ^ u64::from_le_bytes(word)).wrapping_mul(0x51_7c_c1_b7_27_22_0a_95);
        }
    }
}
