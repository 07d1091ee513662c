//! What a build has beside its source: templates, fonts, images, the date. Loaded once, then only read, so that backends can
//! share it between threads and give the same bytes for the same arguments.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

pub use image::metadata::Orientation;
use jiff::Timestamp;
use minijinja::syntax::SyntaxConfig;

use crate::budget::Budget;
use crate::settings::{Settings, TeiProfile};
use crate::tree::{Document, Encoding, Metadata};

mod conspectus;
mod designs;
mod words;

pub use conspectus::{Conspectus, conspectus};
pub use designs::DESIGNS;
pub use words::Words;

/// Everything that a backend may look at beside the tree.
#[derive(Clone, Debug, Default)]
pub struct Env {
    pub templates: Arc<Templates>,
    /// What the user decides about this work's outputs.
    pub settings: Settings,
    /// The images of the work at hand, by the path that the source writes. One that is missing or broken is not here, and
    /// was remarked when it was looked for: its alt text stands in for it.
    pub images: BTreeMap<String, Picture>,
    /// Fonts of the system for characters that the templates' fonts have not, in the order in which they are asked.
    pub fonts: Vec<Family>,
    /// What may be spent, on reading back, too.
    pub budget: Budget,
    /// `SOURCE_DATE_EPOCH`, where it is set.
    pub source_date: Option<Timestamp>,
}

/// A face of the system and those of its family that stand in for it where the text is italic, bold, or both.
#[derive(Clone, Debug)]
pub struct Family {
    pub regular: Arc<[u8]>,
    pub italic: Option<Arc<[u8]>>,
    pub bold: Option<Arc<[u8]>>,
    pub bold_italic: Option<Arc<[u8]>>,
}

impl Env {
    /// The moment that outputs carry where their format demands one: `SOURCE_DATE_EPOCH`, else the work's own date, else the
    /// first day that a ZIP archive can say. Never the clock's.
    pub fn stamp(&self, meta: &Metadata) -> Timestamp {
        let own = meta.date.as_deref().and_then(|date| {
            let day = format!("{date}-01-01").get(..10)?.to_owned();
            format!("{day}T00:00:00Z").parse().ok()
        });
        self.source_date.or(own).unwrap_or(Timestamp::constant(315_532_800, 0))
    }

    /// The encoding that the TEI of a work hands on as it is: that of an edition, where the user asks for all of TEI or for the
    /// customisation that the edition keeps to.
    pub fn handed_on<'d>(&self, doc: &'d Document) -> Option<&'d Encoding> {
        let asked = self.settings.tei.profile;
        let keeps_to = |encoding: &&Encoding| asked == TeiProfile::All || encoding.profile == Some(asked.name());
        doc.encoding.as_deref().filter(keeps_to)
    }

    /// The words that outputs add to a text in `language`.
    pub fn words(&self, language: &str) -> Words {
        Words::of(language, &self.templates)
    }
}

/// The files under `templates/`, built into the program, each of which a folder of the user's can replace.
#[derive(Clone, Debug, Default)]
pub struct Templates {
    overrides: BTreeMap<String, Vec<u8>>,
    /// What `words.toml` says, read when it is first asked: an essay asks fourteen times.
    words: OnceLock<words::Tables>,
}

macro_rules! built_in {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_bytes!(concat!("../templates/", $name)))),*]
    };
}

/// The templates that the program carries, by their path under `templates/`.
const BUILTIN: &[(&str, &[u8])] = built_in![
    "fonts/EBGaramond-Regular.ttf",
    "fonts/EBGaramond-Italic.ttf",
    "fonts/EBGaramond-Bold.ttf",
    "fonts/EBGaramond-BoldItalic.ttf",
    "fonts/SourceCodePro-Regular.ttf",
    "fonts/Amiri-Regular.ttf",
    "fonts/Amiri-Bold.ttf",
    "fonts/FrankRuhlLibre-Regular.ttf",
    "pdf/essay.toml",
    "pdf/novel.toml",
    "pdf/monograph.toml",
    "pdf/large-print.toml",
    "pdf/imprint.txt",
    "pdf/title.txt",
    "pdf/srgb.icc",
    "pdf/print.icc",
    "words.toml",
    "report.html",
    "report-index.html",
    "watch.html",
    "deposit/README.txt",
    "licences/CC-BY-4.0.txt",
    "licences/CC-BY-NC-4.0.txt",
    "licences/CC-BY-NC-ND-4.0.txt",
    "licences/CC-BY-NC-SA-4.0.txt",
    "licences/CC-BY-ND-4.0.txt",
    "licences/CC-BY-SA-4.0.txt",
    "licences/CC0-1.0.txt",
    "epub/style.css",
    "epub/cover.toml",
    "epub/cover.xhtml",
    "epub/title-page.xhtml",
    "epub/conspectus.xhtml",
    "epub/imprint.xhtml",
];

impl Templates {
    /// Templates of which those in `overrides`, by path, stand in for the built-in ones.
    pub fn new(overrides: BTreeMap<String, Vec<u8>>) -> Self {
        Self { overrides, words: OnceLock::new() }
    }

    /// Those that stand in for built-in ones, by path.
    pub fn own(&self) -> &BTreeMap<String, Vec<u8>> {
        &self.overrides
    }

    /// The names of the built-in templates.
    pub fn names() -> impl Iterator<Item = &'static str> {
        BUILTIN.iter().map(|(name, _)| *name)
    }

    /// The bytes of a template, such as a font.
    ///
    /// # Panics
    /// On a name that is not built in: names are written in this program, never taken from a user.
    pub fn bytes(&self, name: &str) -> &[u8] {
        self.overrides.get(name).map_or_else(|| Self::built_in(name), Vec::as_slice)
    }

    /// The bytes of a template that a user names: a built-in one, or one that only the user's folder has.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.overrides.get(name).map(Vec::as_slice).or_else(|| Self::find_built_in(name))
    }

    /// The bytes of a template as it ships with the program, where it has one of this name.
    pub fn find_built_in(name: &str) -> Option<&'static [u8]> {
        BUILTIN.iter().find(|(known, _)| *known == name).map(|(_, bytes)| *bytes)
    }

    /// The bytes of a template as it ships with the program.
    ///
    /// # Panics
    /// On a name that is not built in.
    pub fn built_in(name: &str) -> &'static [u8] {
        Self::find_built_in(name).expect("a template that is built in")
    }

    /// The text of a template as it ships with the program.
    ///
    /// # Panics
    /// On a name that is not built in.
    pub fn built_in_text(&self, name: &str) -> &'static str {
        std::str::from_utf8(Self::built_in(name)).expect("a template that is text")
    }

    /// What the template `name` says of `context`. In a name that ends in `.html` or `.xml`, whatever is inserted is escaped.
    ///
    /// # Errors
    /// Why a template of the user's can't be used.
    pub fn render(&self, name: &'static str, context: &serde_json::Value) -> Result<String, String> {
        let mut engine = minijinja::Environment::new();
        let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
        engine.set_syntax(syntax.expect("the usual marks"));
        let text = self.text(name);
        let rendered = engine.render_named_str(name, &text, minijinja::value::Serde(context));
        rendered.map_err(|reason| format!("{reason:#}"))
    }

    /// The text of a template; what is not UTF-8 in a user's file is replaced.
    pub fn text(&self, name: &str) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(self.bytes(name))
    }
}

/// An image, known to be whole.
#[derive(Clone, Debug)]
pub struct Picture {
    /// As they were read.
    pub bytes: Arc<[u8]>,
    pub format: PictureFormat,
    /// In pixels, as the file has them: before it is turned.
    pub width: u32,
    /// In pixels, as the file has them: before it is turned.
    pub height: u32,
    /// How a camera was held (Exif 2.3, tag 0112): whoever shows the picture turns it so.
    pub turn: Orientation,
    /// A drawing's SVG without whatever runs or loads: what is shown in the place of `bytes`.
    pub drawing: Option<Arc<str>>,
    /// Whether it may move.
    pub moves: bool,
}

impl Picture {
    /// A picture that stands upright.
    pub fn of_pixels(bytes: Vec<u8>, format: PictureFormat, width: u32, height: u32) -> Self {
        let moves = matches!(format, PictureFormat::Gif | PictureFormat::Webp);
        Self { bytes: bytes.into(), format, width, height, turn: Orientation::NoTransforms, drawing: None, moves }
    }

    /// Width and height as it is shown, in pixels.
    pub fn upright(&self) -> (u32, u32) {
        match self.turn {
            Orientation::NoTransforms | Orientation::Rotate180 | Orientation::FlipHorizontal | Orientation::FlipVertical => {
                (self.width, self.height)
            }
            Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH => {
                (self.height, self.width)
            }
        }
    }

    /// Width and height in print where nothing makes it smaller, in points. A picture has 150 pixels to the inch: less looks coarse.
    /// A drawing is as large as it says.
    pub fn in_print(&self) -> (f32, f32) {
        let (width, height) = self.upright();
        let point = if self.drawing.is_some() { 72.0 / 96.0 } else { 72.0 / 150.0_f32 };
        (width.max(1) as f32 * point, height.max(1) as f32 * point)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureFormat {
    Png,
    Jpeg,
    Gif,
    Webp,
    Svg,
}

impl PictureFormat {
    /// The media type, as EPUB's manifest names it.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
            Self::Svg => "image/svg+xml",
        }
    }

    /// The usual ending of a file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Gif => "gif",
            Self::Webp => "webp",
            Self::Svg => "svg",
        }
    }
}
