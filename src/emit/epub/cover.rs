//! The cover: the user's, or one that is drawn from the metadata. A picture of pixels, since shops and devices want one, with
//! words set by the typesetter.

use std::io::Cursor;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};
use serde::Deserialize;
use skrifa::instance::{LocationRef, Size as FontSize};
use skrifa::outline::DrawSettings;
use skrifa::{FontRef, GlyphId, MetadataProvider};

use super::package::unique_identifier;
use super::palette::{self, Colour};
use super::pictures::{MOST_PIXELS, Pictured, pictured};
use super::raster::{Canvas, Outline};
use crate::emit::EmitError;
use crate::emit::drawing::{Fonts, pixels};
use crate::env::Env;
use crate::report::Report;
use crate::tree::{Document, Metadata, Person, Role};
use crate::typeset::{Book, Design, Face, Folios, Front, Item, Margins, Page, Run, Size, Type, typeset};

/// Shops ask for at least this many pixels on the short side of a cover (Apple's and Kobo's rules for books).
const SIDE: u32 = 1400;

/// The size of a cover that is drawn here, in pixels: what Amazon asks for at best, and no shop asks for more.
pub(super) const WIDTH: u32 = 1600;
pub(super) const HEIGHT: u32 = 2560;

/// The name of a cover in the book, without its ending.
const NAME: &str = "images/cover";

/// The book's cover. None where the user wants none.
///
/// # Errors
/// When the template for the drawn one can't be understood.
pub(super) fn cover<'a>(doc: &Document, env: &'a Env, report: &mut Report) -> Result<Option<Pictured<'a>>, EmitError> {
    if let Some((target, picture)) = doc.meta.cover.as_ref().and_then(|target| env.images.get_key_value(target)) {
        if let Some(pixels) = picture.drawing.as_deref().and_then(|svg| painted(svg, env)) {
            report
                .remark("cover-painted", None, format!("the cover {target} is a drawing: the e-book has it as pixels"))
                .hint("shops take no others; the drawing itself is left as it is");
            return Ok(Some(drawn(pixels)));
        }
        let (width, height) = picture.upright();
        if width.min(height) < SIDE {
            report
                .remark("cover-small", None, format!("the cover {target} has {width} × {height} pixels"))
                .hint(format!("shops ask for at least {SIDE} on the short side"));
        }
        return Ok(Some(pictured(format!("{NAME}.{}", picture.format.extension()), picture, &env.budget)));
    }
    if !env.settings.epub.draw_cover {
        return Ok(None);
    }
    let look = Look::read(&env.templates.text("epub/cover.toml"))?;
    Ok(draw(&doc.meta, env, &look).map(drawn))
}

/// A cover that was made here.
fn drawn<'a>(png: Vec<u8>) -> Pictured<'a> {
    Pictured { name: format!("{NAME}.png"), bytes: png.into(), media_type: "image/png", may_move: false }
}

/// A drawing as a PNG that shops take: as large as they ask, and no larger than devices like. None where it shows nothing.
fn painted(svg: &str, env: &Env) -> Option<Vec<u8>> {
    let tree = Fonts::new(env).read(svg)?;
    let (width, height) = (tree.size().width(), tree.size().height());
    let scale = (SIDE as f32 / width.min(height)).min((MOST_PIXELS as f32 / (width * height)).sqrt());
    let pixmap = pixels(&tree, scale, &env.budget)?;
    // On white paper: what is seen through looks different on every shelf.
    let paper = pixmap.pixels().iter().flat_map(|pixel| {
        let white = 255 - pixel.alpha();
        [pixel.red() + white, pixel.green() + white, pixel.blue() + white]
    });
    png(&paper.collect::<Vec<_>>(), pixmap.width(), pixmap.height())
}

/// A picture of any colours.
fn png(pixels: &[u8], width: u32, height: u32) -> Option<Vec<u8>> {
    let mut png = Cursor::new(Vec::new());
    // Flat colour is small whatever the effort.
    PngEncoder::new_with_quality(&mut png, CompressionType::Fast, FilterType::Up)
        .write_image(pixels, width, height, ExtendedColorType::Rgb8)
        .ok()?;
    Some(png.into_inner())
}

/// What the template says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Look {
    papers: Vec<String>,
    ink: String,
    frame: Frame,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Frame {
    inset: u16,
    width: u16,
}

impl Look {
    fn read(text: &str) -> Result<Self, EmitError> {
        let failed = |reason: String| EmitError::Template { name: "epub/cover.toml".to_owned(), reason };
        let look: Self = toml::from_str(text).map_err(|reason| failed(reason.to_string()))?;
        if let Some(wrong) = look.papers.iter().chain([&look.ink]).find(|name| colour(name).is_none()) {
            return Err(failed(format!("\"{wrong}\" is no colour: write it as #rrggbb")));
        }
        if look.papers.is_empty() { Err(failed("there is no colour for the paper".to_owned())) } else { Ok(look) }
    }

    /// The paper of a book: one of several, always the same for the same book.
    fn paper(&self, meta: &Metadata) -> Colour {
        let sum: usize = unique_identifier(meta).bytes().map(usize::from).sum();
        colour(&self.papers[sum % self.papers.len()]).unwrap_or_default()
    }
}

/// `#rrggbb`.
fn colour(name: &str) -> Option<Colour> {
    let hex = name.strip_prefix('#').filter(|hex| hex.len() == 6 && hex.is_ascii())?;
    let part = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).ok();
    Some([part(0)?, part(2)?, part(4)?])
}

/// Pixels for a point of the typesetter.
const SCALE: f32 = WIDTH as f32 / 350.0;

/// A PNG. None where the encoder refuses, which it has no reason for.
fn draw(meta: &Metadata, env: &Env, look: &Look) -> Option<Vec<u8>> {
    let ink = colour(&look.ink)?;
    let mut canvas = Canvas::new(WIDTH as usize, HEIGHT as usize);
    frame(&mut canvas, look.frame);
    let book = set(meta, env);
    for placed in book.pages.first().iter().flat_map(|page| &page.items) {
        match &placed.item {
            Item::Run(run) => words(&mut canvas, run, &book.faces[usize::from(run.font.0)], (placed.x, placed.y)),
            Item::Rule { width, height } => {
                let pixels = |length: f32| (length * SCALE).max(0.0) as usize;
                canvas.fill(pixels(placed.x), pixels(placed.y), pixels(*width), pixels(*height).max(1));
            }
            Item::Image { .. } => {}
        }
    }
    palette::png(&canvas, look.paper(meta), ink)
}

fn frame(canvas: &mut Canvas, frame: Frame) {
    let (inset, line) = (usize::from(frame.inset).min(canvas.width / 4), usize::from(frame.width).min(40));
    let (wide, tall) = (canvas.width - 2 * inset, canvas.height - 2 * inset);
    canvas.fill(inset, inset, wide, line);
    canvas.fill(inset, inset + tall - line, wide, line);
    canvas.fill(inset, inset + line, line, tall - 2 * line);
    canvas.fill(inset + wide - line, inset + line, line, tall - 2 * line);
}

/// Characters of a title or a name on a cover, and how many people: at the smallest size no more find room.
const LONGEST: usize = 1000;
const MOST_PEOPLE: usize = 60;

/// What a cover has room for.
fn shown(text: &str) -> String {
    text.char_indices().nth(LONGEST).map_or_else(|| text.to_owned(), |(end, _)| format!("{}…", &text[..end]))
}

/// Title, authors and publisher on a page, as large as they fit.
fn set<'a>(meta: &Metadata, env: &'a Env) -> Book<'a> {
    let people = meta.people_as(Role::Author).take(MOST_PEOPLE);
    let doc = Document {
        meta: Metadata {
            title: shown(&meta.title),
            subtitle: meta.subtitle.as_deref().map(shown),
            people: people.map(|person| Person { name: shown(&person.name), ..person.clone() }).collect(),
            language: meta.language.clone(),
            publisher: meta.publisher.as_deref().map(shown),
            ..Metadata::default()
        },
        ..Document::default()
    };
    let longest = doc.meta.title.split_whitespace().map(|word| word.chars().count()).max().unwrap_or(1) as f32;
    let length = doc.meta.title.chars().count() as f32;
    // A title of forty letters in three lines, a word of twelve in one.
    let mut size = (250.0 / longest).min(130.0 / length.sqrt()).clamp(9.0, 22.0);
    loop {
        let book = typeset(&doc, &design(size), env, &mut Report::default());
        if size < 7.0 || book.pages.first().is_none_or(|page| fits(page, &book)) {
            return book;
        }
        size *= 0.85;
    }
}

const MARGIN: f32 = 40.0;

fn design(size: f32) -> Design {
    Design {
        trim: Size { width: WIDTH as f32 / SCALE, height: HEIGHT as f32 / SCALE },
        margins: Margins { inner: MARGIN, outer: MARGIN, top: MARGIN, bottom: MARGIN },
        text: Type { size, leading: size * 1.3 },
        running_heads: false,
        folios: Folios::None,
        protrude: false,
        front: Front { title_page: true, ..Front::NONE },
        ..Design::default()
    }
}

/// Whether a page holds all its words.
fn fits(page: &Page, book: &Book) -> bool {
    let alone = book.pages.iter().skip(1).all(|page| page.items.is_empty());
    alone
        && page.items.iter().all(|placed| match &placed.item {
            Item::Run(run) => {
                let units = f32::from(book.faces[usize::from(run.font.0)].units_per_em);
                let width: f32 = run.glyphs.iter().map(|glyph| f32::from(glyph.advance) * run.size / units).sum();
                placed.x >= MARGIN - 2.0 && placed.x + width <= book.width - MARGIN + 2.0 && placed.y < book.height - MARGIN
            }
            Item::Rule { .. } | Item::Image { .. } => true,
        })
}

/// Draws a run whose baseline begins at `at`, in points.
fn words(canvas: &mut Canvas, run: &Run, face: &Face, at: (f32, f32)) {
    let Ok(font) = FontRef::new(&face.bytes) else { return };
    let outlines = font.outline_glyphs();
    let scale = run.size * SCALE / f32::from(face.units_per_em);
    let (mut x, y) = (at.0 * SCALE, at.1 * SCALE);
    for glyph in &run.glyphs {
        if let Some(shape) = outlines.get(GlyphId::from(glyph.id)) {
            let origin = (x + f32::from(glyph.dx) * scale, y - f32::from(glyph.dy) * scale);
            let mut outline = Outline::new(origin, scale);
            let settings = DrawSettings::unhinted(FontSize::unscaled(), LocationRef::default());
            // A glyph without an outline leaves no ink.
            if shape.draw(settings, &mut outline).is_ok() {
                canvas.draw(&outline);
            }
        }
        let space = if glyph.space { run.word_space } else { 0.0 };
        x += f32::from(glyph.advance) * scale * run.expansion + (run.letter_space + space) * SCALE;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_and_templates() {
        assert_eq!(colour("#0a10ff"), Some([10, 16, 255]));
        assert_eq!(colour("red"), None);
        assert!(Look::read("papers = []\nink = \"#000000\"\nframe = { inset = 1, width = 1 }").is_err());
        assert!(Look::read(&Env::default().templates.text("epub/cover.toml")).is_ok());
    }

    #[test]
    fn titles_fit_whatever_they_say() {
        let long = "On the Duty of Civil Disobedience ".repeat(8);
        for title in ["I", "Donaudampfschifffahrtsgesellschaft und Verwaltung", &long, "كتاب صغير", "漢字"] {
            let meta = Metadata { title: title.to_owned(), language: "en".to_owned(), ..Metadata::default() };
            let env = Env::default();
            let book = set(&meta, &env);
            assert!(fits(&book.pages[0], &book), "{title}");
        }
    }
}
