//! The table `[pdf]`. The templates of designs, `pdf/NAME.toml`, are written in the same fields.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de::Error};

/// The printed book. What is not said is as the design has it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct PdfSettings {
    /// A template `pdf/NAME.toml`. In a template: the one that it varies.
    pub design: Option<String>,
    pub profile: PdfProfile,
    pub trim: Option<Trim>,
    pub margins: Option<MarginSettings>,
    /// For each page count up to which a book may have it, the least inner margin.
    pub gutters: Option<Vec<(usize, Length)>>,
    /// How far pictures and rules may run beyond the trimmed page. Only for the print profile.
    pub bleed: Option<Length>,
    /// Whether lines outside the page show where it is cut. Only for the print profile.
    pub crop_marks: Option<bool>,
    /// What the printing is called that the shop's own profile describes, in the ICC's registry: `FOGRA51`, `CGATS21_CRPC6`. Only for
    /// the print profile, with `pdf/print.icc` in a folder of templates.
    pub output_condition: Option<String>,
    pub fonts: Option<FontSettings>,
    pub text: Option<RunningTextSettings>,
    pub note: Option<TypeSettings>,
    pub table: Option<TypeSettings>,
    pub caption: Option<TypeSettings>,
    /// The size of code beside that of the text, as a factor.
    pub code: Option<f32>,
    /// Headings by depth, from the chapter down; a design knows four.
    pub heads: Option<Vec<HeadSettings>>,
    pub indent: Option<Length>,
    pub inset: Option<Length>,
    pub chapters: Option<Opening>,
    pub sink: Option<Length>,
    pub justify: Option<bool>,
    pub hyphenate: Option<bool>,
    pub protrude: Option<bool>,
    pub old_style_figures: Option<bool>,
    /// How a chapter's text begins.
    pub lead_in: Option<LeadIn>,
    /// How many lines an initial stands beside; 1: it rises above the first.
    pub initial_lines: Option<usize>,
    /// A sign below each chapter's heading, such as `❦`; none where it is empty.
    pub ornament: Option<String>,
    /// What stands for a change of scene, such as `* * *`.
    pub scene: Option<String>,
    /// Whether sections of the first depth that hold nothing but chapters have pages of their own.
    pub parts: Option<bool>,
    pub running_heads: Option<bool>,
    pub folios: Option<Folios>,
    pub page_marks: Option<bool>,
    /// Whether remarks tell why pages end where they do.
    pub explain: Option<bool>,
    pub links: Links,
    pub front: Option<FrontSettings>,
    pub cover: Option<CoverSheetSettings>,
}

/// What a printed page says of where links lead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Links {
    /// Nothing: their words are links on a screen.
    #[default]
    Hidden,
    /// Addresses stand in notes, numbered with the others.
    Notes,
}

/// For whom the file is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PdfProfile {
    /// For readers, on screens and aloud, and for archives: PDF/UA-1 and PDF/A-2a at once.
    #[default]
    Archive,
    /// For print shops: PDF/X-4, everything in black and its greys.
    #[serde(alias = "x4")]
    Print,
    /// For print shops that take nothing newer: PDF/X-1a:2003, in the same inks, nothing of it seen through.
    X1a,
}

impl PdfProfile {
    /// The names by which it is asked for.
    pub const NAMES: [&str; 4] = ["archive", "print", "x4", "x1a"];

    /// Whether it is for a press.
    pub fn is_print(self) -> bool {
        match self {
            Self::Archive => false,
            Self::Print | Self::X1a => true,
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct MarginSettings {
    pub inner: Option<Length>,
    pub outer: Option<Length>,
    pub top: Option<Length>,
    pub bottom: Option<Length>,
}

/// Files under a folder of templates, such as `fonts/Own-Regular.ttf`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct FontSettings {
    pub regular: Option<String>,
    pub italic: Option<String>,
    pub bold: Option<String>,
    pub bold_italic: Option<String>,
    pub code: Option<String>,
    /// For characters that these have not, in the order in which they are asked.
    pub others: Option<Vec<String>>,
    /// Whether the system's fonts may be asked last. The output then depends on the machine.
    pub system: Option<bool>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct TypeSettings {
    pub size: Option<Length>,
    pub leading: Option<Length>,
}

/// The running text, and what its letters and those of the notes may give to fill a line.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct RunningTextSettings {
    pub size: Option<Length>,
    pub leading: Option<Length>,
    /// Letters set a little wider or narrower than drawn.
    pub expansion: Option<bool>,
    /// A little white between letters.
    pub tracking: Option<bool>,
    /// Bars between letters of Arabic script that hold together.
    pub kashida: Option<bool>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct HeadSettings {
    pub size: Option<Length>,
    pub cut: Option<Cut>,
    pub centred: Option<bool>,
    /// In lines of the text.
    pub above: Option<f32>,
    /// In lines of the text.
    pub below: Option<f32>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct FrontSettings {
    pub half_title: Option<bool>,
    pub title_page: Option<bool>,
    pub imprint: Option<bool>,
    pub contents: Option<usize>,
    /// Whether figures and tables that have captions are listed behind the contents.
    pub figures: Option<bool>,
    pub tables: Option<bool>,
}

/// How thick a book is, for the spine on its cover sheet.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct CoverSheetSettings {
    /// How thick a leaf of its paper is.
    pub leaf: Option<Length>,
    /// How thick the cover itself is, in front and at the back.
    pub board: Option<Length>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Cut {
    Regular,
    Italic,
    Bold,
    SmallCaps,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Opening {
    Recto,
    Page,
    RunOn,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LeadIn {
    Plain,
    /// The first words in small capitals.
    SmallCaps,
    /// A large letter, and the words behind it in small capitals.
    Initial,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Folios {
    Head,
    Foot,
    None,
}

/// A length in points: a number, or text with a unit, such as `"0.375 in"`, `"20mm"`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Length(pub f32);

/// Longer than any page, in points (PDF's own limit: ISO 32000-1, annex C).
const LONGEST: f32 = 14_400.0;

impl Length {
    fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let unit = text.find(|letter: char| letter.is_ascii_alphabetic()).unwrap_or(text.len());
        let points = match text[unit..].trim() {
            "pt" | "" => 1.0,
            "in" => 72.0,
            "mm" => 72.0 / 25.4,
            "cm" => 720.0 / 25.4,
            _ => return None,
        };
        let number: f32 = text[..unit].trim().parse().ok()?;
        Some(Self(number * points)).filter(|length| (0.0..=LONGEST).contains(&length.0))
    }
}

impl JsonSchema for Length {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Length".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A length: points, or text with a unit, such as \"20 mm\", \"0.5 in\", \"11 pt\".",
            "type": ["number", "string"],
        })
    }
}

impl<'de> Deserialize<'de> for Length {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Number(f32),
            Text(String),
        }
        let text = match Written::deserialize(source)? {
            Written::Number(points) => points.to_string(),
            Written::Text(text) => text,
        };
        Self::read(&text)
            .ok_or_else(|| D::Error::custom(format!("\"{text}\" is no length such as \"20 mm\", \"0.5 in\", \"11 pt\"")))
    }
}

/// The size of the trimmed page: a name, or a width and a height such as `"140 mm x 220 mm"`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trim {
    pub width: Length,
    pub height: Length,
}

/// The sizes that have names, in points.
pub const TRIMS: [(&str, f32, f32); 7] = [
    ("5x8", 360.0, 576.0),
    ("5.5x8.5", 396.0, 612.0),
    ("6x9", 432.0, 648.0),
    ("a5", 419.528, 595.276),
    // 156 by 234 mm.
    ("royal", 442.205, 663.307),
    ("a4", 595.276, 841.89),
    ("letter", 612.0, 792.0),
];

/// Under this, no line of text stands on a page; in points.
const SMALLEST: f32 = 144.0;

impl Trim {
    fn read(text: &str) -> Option<Self> {
        let name = text.trim().to_ascii_lowercase().replace('×', "x");
        let trim = match TRIMS.iter().find(|(known, ..)| *known == name) {
            Some((_, width, height)) => Self { width: Length(*width), height: Length(*height) },
            None => {
                let (width, height) = name.split_once('x')?;
                // "140 x 220 mm": one unit serves both.
                let unit = height.trim_start_matches(|letter: char| !letter.is_ascii_alphabetic());
                let bare = !width.contains(|letter: char| letter.is_ascii_alphabetic());
                let width = if bare { Length::read(&format!("{width}{unit}")) } else { Length::read(width) };
                Self { width: width?, height: Length::read(height)? }
            }
        };
        Some(trim).filter(|trim| trim.width.0.min(trim.height.0) >= SMALLEST)
    }
}

impl JsonSchema for Trim {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Trim".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names = TRIMS.map(|(name, ..)| name).join(", ");
        json_schema!({
            "description": format!("The size of the trimmed page: {names}, or a width and a height such as \"140 x 220 mm\"."),
            "type": "string",
        })
    }
}

impl<'de> Deserialize<'de> for Trim {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let text = String::deserialize(source)?;
        Self::read(&text).ok_or_else(|| {
            let names = TRIMS.map(|(name, ..)| name).join(", ");
            D::Error::custom(format!(
                "\"{text}\" is no trim size: {names}, or a width and a height of at least 2 in such as \"140 x 220 mm\""
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_have_units() {
        for (text, want) in [("12", Some(12.0)), ("0.5in", Some(36.0)), (" 25.4 mm ", Some(72.0)), ("2 cm", Some(56.692_913))] {
            assert_eq!(Length::read(text).map(|length| length.0), want, "{text}");
        }
        for text in ["", "in", "-1pt", "1e9", "NaN", "3 parsec"] {
            assert_eq!(Length::read(text), None, "{text}");
        }
    }

    #[test]
    fn trims_have_names_or_measures() {
        let size = |text| Trim::read(text).map(|trim: Trim| (trim.width.0.round(), trim.height.0.round()));
        assert_eq!(size("A5"), Some((420.0, 595.0)));
        assert_eq!(size("6×9"), Some((432.0, 648.0)));
        assert_eq!(size("6 in x 9 in"), Some((432.0, 648.0)));
        assert_eq!(size("140 x 220 mm"), Some((397.0, 624.0)));
        assert_eq!(size("6x900000 in"), None);
        assert_eq!(size("1 x 1 in"), None);
        assert_eq!(size("octavo"), None);
    }
}
