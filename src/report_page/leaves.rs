//! Pictures of pages: SVG drawn from what the typesetter placed. Glyphs are drawn once and used by every page.

use std::collections::BTreeMap;
use std::fmt::Write;

use image::ImageFormat;
use sha2::{Digest, Sha256};
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, GlyphId, MetadataProvider};

use crate::budget::Budget;
use crate::env::{Env, Picture};
use crate::typeset::{Book, Item, Page, Placed, Run};

/// Pages drawn of one book: enough to see its look. The first ones, since title pages differ, then some from all over.
const FIRST: usize = 3;
const MORE: usize = 5;

/// Images are drawn at most this wide and high, in pixels.
const PICTURE: u32 = 240;

/// Some pages of a book.
pub struct Leaves {
    /// The glyphs, as `path` elements with ids.
    pub glyphs: String,
    pub pages: Vec<Leaf>,
}

pub struct Leaf {
    pub label: String,
    pub svg: String,
}

/// Draws some pages of `book`.
pub fn draw(book: &Book, env: &Env) -> Leaves {
    let mut pen = Drawing { book, env, prefix: prefix(book), glyphs: BTreeMap::new() };
    let inked: Vec<_> = book.pages.iter().filter(|page| !page.items.is_empty()).collect();
    let pages = chosen(inked.len()).into_iter().map(|at| pen.leaf(inked[at])).collect();
    Leaves { glyphs: pen.outlines(), pages }
}

/// Draws one page of `book`, by itself.
pub fn leaf(book: &Book, env: &Env, n: usize) -> Option<String> {
    let page = book.pages.get(n)?;
    let mut pen = Drawing { book, env, prefix: format!("p{n}"), glyphs: BTreeMap::new() };
    let drawn = pen.leaf(page).svg;
    let glyphs = pen.outlines();
    let (open, rest) = drawn.split_once('>')?;
    let open = open.replacen("<svg ", "<svg xmlns=\"http://www.w3.org/2000/svg\" ", 1);
    Some(format!("{open}><defs>{glyphs}</defs>{rest}"))
}

/// Which of `count` pages are drawn, in order.
fn chosen(count: usize) -> Vec<usize> {
    let first = 0..count.min(FIRST);
    let rest = count - first.len();
    let more = rest.min(MORE);
    first.chain((0..more).map(|n| FIRST + n * rest / more)).collect()
}

/// Keeps the ids of one book's glyphs apart from another's on the same page.
fn prefix(book: &Book) -> String {
    let mut text = String::new();
    for run in book.pages.iter().take(FIRST).flat_map(|page| &page.items) {
        if let Item::Run(run) = &run.item {
            text += &run.text;
        }
    }
    Sha256::digest(text.as_bytes())[..4].iter().fold("g".to_owned(), |mut name, byte| {
        let _ = write!(name, "{byte:02x}");
        name
    })
}

struct Drawing<'a> {
    book: &'a Book<'a>,
    env: &'a Env,
    prefix: String,
    /// The glyphs in use, by font and index, and whether each leaves ink.
    glyphs: BTreeMap<(u16, u16), String>,
}

impl Drawing<'_> {
    fn leaf(&mut self, page: &Page) -> Leaf {
        let (width, height) = (self.book.width, self.book.height);
        let label = &page.label;
        let mut svg = String::new();
        let _ = write!(svg, "<svg viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\" fill=\"currentColor\" aria-label=\"");
        svg += &escaped(&format!("Page {label}"));
        svg += "\">";
        for placed in &page.items {
            self.item(&mut svg, placed);
        }
        svg += "</svg>";
        Leaf { label: label.clone(), svg }
    }

    fn item(&mut self, svg: &mut String, placed: &Placed) {
        let (x, y) = (placed.x, placed.y);
        match &placed.item {
            Item::Run(run) => self.run(svg, x, y, run),
            Item::Rule { width, height } => {
                let _ = write!(svg, "<path d=\"M{x:.1} {y:.1}h{width:.1}v{height:.2}h-{width:.1}z\"/>");
            }
            Item::Image { target, width, height } => {
                let place = format!("x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\"");
                let _ = match self.env.images.get(target).and_then(|picture| data_uri(picture, &self.env.budget)) {
                    Some(uri) => write!(svg, "<image {place} preserveAspectRatio=\"none\" href=\"{uri}\"/>"),
                    None => write!(svg, "<rect {place} fill=\"#bbb\"/>"),
                };
            }
        }
    }

    fn run(&mut self, svg: &mut String, x: f32, y: f32, run: &Run) {
        let Some(face) = self.book.faces.get(usize::from(run.font.0)) else { return };
        let scale = run.size / f32::from(face.units_per_em);
        let wide = scale * run.expansion;
        let _ = write!(svg, "<g transform=\"matrix({wide:.5} 0 0 -{scale:.5} {x:.1} {y:.1})\">");
        let mut pen = 0.0;
        for glyph in &run.glyphs {
            let (font, id) = (run.font.0, glyph.id);
            let book = self.book;
            let outline = self.glyphs.entry((font, id)).or_insert_with(|| outline(&book.faces[usize::from(font)].bytes, id));
            if !outline.is_empty() {
                let at = pen + f32::from(glyph.dx);
                let _ = write!(svg, "<use href=\"#{}-{font}-{id}\" x=\"{at:.0}\"", self.prefix);
                if glyph.dy != 0 {
                    let _ = write!(svg, " y=\"{}\"", glyph.dy);
                }
                svg.push_str("/>");
            }
            let space = run.letter_space + if glyph.space { run.word_space } else { 0.0 };
            pen += f32::from(glyph.advance) + space / wide;
        }
        svg.push_str("</g>");
    }

    /// The glyphs that were used, each under its id.
    fn outlines(&self) -> String {
        let inked = self.glyphs.iter().filter(|(_, outline)| !outline.is_empty());
        inked.fold(String::new(), |mut text, ((font, id), outline)| {
            let _ = write!(text, "<path id=\"{}-{font}-{id}\" d=\"{outline}\"/>", self.prefix);
            text
        })
    }
}

/// A glyph's outline as an SVG path in font units, `y` up; empty where it leaves no ink or the font has none.
fn outline(font: &[u8], id: u16) -> String {
    let mut path = Path(String::new());
    let Ok(font) = FontRef::new(font) else { return path.0 };
    if let Some(glyph) = font.outline_glyphs().get(GlyphId::from(id)) {
        // A broken outline is drawn as far as it goes: this is a picture, the PDF is the proof.
        let _ = glyph.draw(DrawSettings::unhinted(Size::unscaled(), LocationRef::default()), &mut path);
    }
    path.0
}

struct Path(String);

impl Path {
    fn add(&mut self, letter: char, points: &[f32]) {
        self.0.push(letter);
        for (at, value) in points.iter().enumerate() {
            let comma = if at > 0 && *value >= 0.0 { " " } else { "" };
            let _ = write!(self.0, "{comma}{value:.0}");
        }
    }
}

impl OutlinePen for Path {
    fn move_to(&mut self, x: f32, y: f32) {
        self.add('M', &[x, y]);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.add('L', &[x, y]);
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        self.add('Q', &[cx, cy, x, y]);
    }

    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        self.add('C', &[ax, ay, bx, by, x, y]);
    }

    fn close(&mut self) {
        self.0.push('Z');
    }
}

/// A small copy of an image, inside the page.
fn data_uri(picture: &Picture, budget: &Budget) -> Option<String> {
    if let Some(drawing) = &picture.drawing {
        return Some(format!("data:image/svg+xml;base64,{}", base64(drawing.as_bytes())));
    }
    let shrunk = |mut whole: image::DynamicImage, _| {
        whole.apply_orientation(picture.turn);
        whole.thumbnail(PICTURE, PICTURE).to_rgba8()
    };
    let small = budget.decode(&picture.bytes, shrunk).ok()?;
    let mut bytes = std::io::Cursor::new(Vec::new());
    small.write_to(&mut bytes, ImageFormat::Png).ok()?;
    Some(format!("data:image/png;base64,{}", base64(bytes.get_ref())))
}

/// RFC 4648, chapter 4.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for at in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * at) & 63) as usize];
            text.push(if at > three.len() { '=' } else { char::from(letter) });
        }
    }
    text
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_become_letters_as_the_rfc_has_it() {
        let vectors = [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("foobar", "Zm9vYmFy")];
        for (text, want) in vectors {
            assert_eq!(base64(text.as_bytes()), want);
        }
    }

    #[test]
    fn pages_are_chosen_from_all_over() {
        assert_eq!(chosen(0), [0; 0]);
        assert_eq!(chosen(2), [0, 1]);
        assert_eq!(chosen(8), [0, 1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(chosen(103), [0, 1, 2, 3, 23, 43, 63, 83]);
    }
}
