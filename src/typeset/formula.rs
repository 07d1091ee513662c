//! Formulas as printers set them, in two dimensions: fractions, roots, limits, matrices, braces that grow. latex-rust lays them out
//! by TeX's rules and the measures of STIX Two Math (OpenType, MATH table); here its boxes become placed items.
//!
//! What it can't lay out, and lines that are not level or upright, is no formula here: the caller says what stands in its place.

use latex_rust::ttf_parser::GlyphId;
use latex_rust::ttf_parser::math::GlyphPart;
use latex_rust::{BoxContent, Dim, MathBox, MathFont, MathStyle, layout, parse};

use super::fonts::Fonts;
use super::page::{FontId, Glyph, Item, Part, Run};
use super::tex;

/// A formula, from its left end and its baseline. Lengths are in points.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Formula {
    pub width: f32,
    pub height: f32,
    pub depth: f32,
    /// Each with its place, `y` down.
    pub items: Vec<(f32, f32, Item)>,
    /// Of what each item is part, where that is not the whole's: ruby is such a piece, too.
    pub parts: Vec<Part>,
}

/// Lays out a formula, displayed or in the line, beside text of this size.
pub fn set(tex: &str, displayed: bool, size: f32, fonts: &Fonts) -> Option<Formula> {
    let style = if displayed { MathStyle::Display } else { MathStyle::Text };
    let lines: Option<Vec<Formula>> = tex::lines(tex)?.iter().map(|line| line_of(line, style, size * SIZE, fonts)).collect();
    let formula = stacked(lines?, size * BETWEEN);
    (!formula.items.is_empty()).then_some(formula)
}

/// Whether a formula is several lines below each other, on the baseline of the first.
pub fn is_stacked(tex: &str) -> bool {
    tex::lines(tex).is_some_and(|lines| lines.len() > 1)
}

fn line_of(tex: &str, style: MathStyle, size: f32, fonts: &Fonts) -> Option<Formula> {
    let (font, math) = fonts.math()?;
    let whole = layout(&parse(tex).ok()?, math, style).ok()?;
    let mut writer = Writer { font, math, size, formula: Formula::default() };
    writer.write(&whole, 0.0, 0.0)?;
    let formula = writer.formula;
    let (width, height, depth) = (points(&whole.width, size)?, points(&whole.height, size)?, points(&whole.depth, size)?);
    Some(Formula { width, height, depth, ..formula })
}

/// Lines one below the other, each in the middle: on the baseline of the first.
fn stacked(lines: Vec<Formula>, white: f32) -> Formula {
    let width = lines.iter().map(|line| line.width).fold(0.0, f32::max);
    let mut whole = Formula { width, ..Formula::default() };
    for (number, line) in lines.into_iter().enumerate() {
        let down = if number == 0 { 0.0 } else { whole.depth + white + line.height };
        let right = (width - line.width) / 2.0;
        whole.items.extend(line.items.into_iter().map(|(x, y, item)| (x + right, y + down, item)));
        whole.height = whole.height.max(line.height - down);
        whole.depth = down + line.depth;
    }
    whole
}

/// Ems in points.
fn points(dim: &Dim, size: f32) -> Option<f32> {
    let (number, of) = dim.as_ratio()?;
    Some((number as f64 / of as f64) as f32 * size)
}

struct Writer<'w> {
    font: FontId,
    math: &'w MathFont,
    size: f32,
    formula: Formula,
}

impl Writer<'_> {
    fn points(&self, dim: &Dim) -> Option<f32> {
        points(dim, self.size)
    }

    /// Writes a box whose parent's baseline is at `above`.
    fn write(&mut self, part: &MathBox, x: f32, above: f32) -> Option<()> {
        let y = above - self.points(&part.shift)?;
        match &part.content {
            BoxContent::Empty | BoxContent::Kern(_) => {}
            BoxContent::Glyph { ch, glyph_id, scale, .. } => {
                let size = self.points(scale)?;
                self.glyph(*ch, *glyph_id, size, x, y)?;
            }
            BoxContent::Rule => self.rule(x, y, part)?,
            BoxContent::HList(inner) => self.row(inner, x, y)?,
            BoxContent::VList(inner) => {
                let mut below = None;
                for part in inner {
                    let (height, depth) = (self.points(&part.height)?, self.points(&part.depth)?);
                    let baseline = below.map_or(y, |below: f32| below + height);
                    self.write(part, x, baseline)?;
                    below = Some(baseline + depth);
                }
            }
            BoxContent::Overlap(inner) => {
                for part in inner {
                    self.write(part, x, y)?;
                }
            }
            // A book is printed in black.
            BoxContent::Color(_, inner) | BoxContent::BackColor(_, inner) => self.write(inner, x, y)?,
            BoxContent::Frame { thickness, inner, .. } => {
                self.frame(x, y, part, thickness)?;
                self.write(inner, x, y)?;
            }
            // Strokes through what is cancelled: a page has no slanted lines.
            BoxContent::Line { .. } => return None,
        }
        Some(())
    }

    /// Boxes side by side. What stands in brackets may be higher than the highest of the face.
    fn row(&mut self, inner: &[MathBox], mut x: f32, y: f32) -> Option<()> {
        for (at, part) in inner.iter().enumerate() {
            let outer = at == 0 || at + 1 == inner.len();
            let low = if outer && inner.len() > 1 { self.falls_short(at, inner)? } else { None };
            match low {
                Some((said, id, height, depth)) => self.assembled(said, id, x, y + depth, height + depth)?,
                None => self.write(part, x, y)?,
            }
            x += self.points(&part.width)?;
        }
        Some(())
    }

    /// Whether a box is a bracket that is to be as high as what is beside it, and is not: the inner none says it isn't. Gives its
    /// sign, the glyph of that, and the height and depth that it should have.
    fn falls_short(&self, at: usize, row: &[MathBox]) -> Option<Option<(char, u16, f32, f32)>> {
        let BoxContent::Glyph { ch, scale, .. } = &row[at].content else { return Some(None) };
        let own = self.points(&row[at].height)? + self.points(&row[at].depth)?;
        let (mut height, mut depth) = (0.0_f32, 0.0_f32);
        for (_, part) in row.iter().enumerate().filter(|(other, part)| *other != at && !is_sign(part)) {
            let shift = self.points(&part.shift)?;
            height = height.max(self.points(&part.height)? + shift);
            depth = depth.max(self.points(&part.depth)? - shift);
        }
        // One that was fitted has been moved to the middle of its line.
        let fitted = BRACKETS.contains(ch) && (!row[at].shift.is_zero() || "|‖".contains(*ch));
        let whole = scale.as_ratio().is_some_and(|(number, of)| number == of);
        if !fitted || !whole || own >= (height + depth) * LEAST_BRACKET {
            return Some(None);
        }
        let id = self.math.face().glyph_index(*ch)?;
        Some(Some((*ch, id.0, height, depth)))
    }

    /// A bracket of the face's parts, from `bottom` upwards.
    fn assembled(&mut self, said: char, id: u16, x: f32, bottom: f32, height: f32) -> Option<()> {
        let variants = self.math.face().tables().math?.variants?;
        let construction = variants.vertical_constructions.get(GlyphId(id))?;
        let parts: Vec<GlyphPart> = construction.assembly?.parts.into_iter().collect();
        let unit = self.size / f32::from(self.math.units_per_em());
        let least = f32::from(variants.min_connector_overlap);
        let wanted = height / unit;
        for more in 0..crate::budget::BRACKET_PARTS {
            let times = |part: &GlyphPart| if part.part_flags.extender() { more } else { 1 };
            let row: Vec<&GlyphPart> = parts.iter().flat_map(|part| std::iter::repeat_n(part, times(part))).collect();
            let (sum, joints) = (row.iter().map(|part| f32::from(part.full_advance)).sum::<f32>(), row.len().saturating_sub(1));
            if row.is_empty() || sum - least * (joints as f32) < wanted {
                continue;
            }
            let most = row.windows(2).map(|two| two[0].end_connector_length.min(two[1].start_connector_length)).min();
            // Strokes may lie on each other wherever they are.
            let most = if "|‖".contains(said) { row.iter().map(|part| part.full_advance).min() } else { most };
            let overlap = ((sum - wanted) / joints.max(1) as f32).clamp(least, f32::from(most.unwrap_or(0)).max(least));
            // What is left over stands out on both ends.
            let mut at = (wanted - (sum - overlap * joints as f32)) / 2.0;
            for part in row {
                let foot = f32::from(self.math.face().glyph_bounding_box(part.glyph_id)?.y_min);
                self.glyph(said, part.glyph_id.0, self.size, x, bottom - (at - foot) * unit)?;
                at += f32::from(part.full_advance) - overlap;
            }
            return Some(());
        }
        None
    }

    fn glyph(&mut self, said: char, id: u16, size: f32, x: f32, y: f32) -> Option<()> {
        let advance = self.math.face().glyph_hor_advance(GlyphId(id))?;
        let (dx, dy) = (0, 0);
        let glyph = Glyph { id, text_bytes: said.len_utf8() as u8, space: false, advance: advance as i16, dx, dy };
        let run = Run {
            font: self.font,
            size,
            text: said.to_string(),
            glyphs: vec![glyph],
            right_to_left: false,
            word_space: 0.0,
            letter_space: 0.0,
            expansion: 1.0,
        };
        // A glyph without ink is white.
        if id > 0 && !said.is_whitespace() {
            self.formula.items.push((x, y, Item::Run(run)));
        }
        Some(())
    }

    fn rule(&mut self, x: f32, y: f32, part: &MathBox) -> Option<()> {
        let (width, height) = (self.points(&part.width)?, self.points(&part.height)?);
        let thickness = height + self.points(&part.depth)?;
        if width > 0.0 && thickness > 0.0 {
            self.formula.items.push((x, y - height, Item::Rule { width, height: thickness }));
        }
        Some(())
    }

    fn frame(&mut self, x: f32, y: f32, part: &MathBox, thickness: &Dim) -> Option<()> {
        let thin = self.points(thickness)?;
        let (width, height) = (self.points(&part.width)?, self.points(&part.height)?);
        let whole = height + self.points(&part.depth)?;
        let top = y - height;
        for (x, y, width, height) in [
            (x, top, width, thin),
            (x, top + whole - thin, width, thin),
            (x, top, thin, whole),
            (x + width - thin, top, thin, whole),
        ] {
            self.formula.items.push((x, y, Item::Rule { width, height }));
        }
        Some(())
    }
}

/// The size of formulas beside that of the text, as a factor: the letters of STIX Two are larger than those of Garamond.
const SIZE: f32 = 0.92;
/// Between the lines of a formula, in ems.
const BETWEEN: f32 = 0.35;
/// Signs that are made to fit what they enclose.
const BRACKETS: [char; 14] = ['(', ')', '[', ']', '{', '}', '|', '‖', '⌊', '⌋', '⌈', '⌉', '⟨', '⟩'];
/// The share of what it encloses that a bracket covers at least (TeX: \delimiterfactor 901).
const LEAST_BRACKET: f32 = 0.88;

/// Whether a box is a bracket itself.
fn is_sign(part: &MathBox) -> bool {
    matches!(&part.content, BoxContent::Glyph { ch, .. } if BRACKETS.contains(ch))
}
