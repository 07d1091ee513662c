//! The images of the book: their names in it, and those few that are made smaller.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use image::{DynamicImage, ImageFormat};
use rayon::prelude::*;

use super::plan::ascii;
use crate::budget::Budget;
use crate::env::{Env, Picture, PictureFormat};
use crate::report::Report;
use crate::tree::{Block, Document, Inline, Node, Visit, short_name, walk_blocks};

/// Beyond 4 megapixels shops refuse an image and small devices run out of memory (Apple's and Kobo's limits are near it).
pub(super) const MOST_PIXELS: u64 = 4_000_000;

/// The images that the book shows, by the path that the source writes.
pub(super) struct Pictures<'a> {
    by_target: BTreeMap<&'a str, Pictured<'a>>,
    pub cover: Option<Pictured<'a>>,
    /// Whether every image that is shown has words that stand in for it.
    pub all_described: bool,
}

/// An image as it is in the book.
pub(super) struct Pictured<'a> {
    /// Its path beside the package document.
    pub name: String,
    pub bytes: Cow<'a, [u8]>,
    pub media_type: &'static str,
    /// Whether its format can say that it moves.
    pub may_move: bool,
}

impl<'a> Pictures<'a> {
    pub fn new(doc: &'a Document, env: &'a Env, report: &mut Report) -> Self {
        let mut wanted = BTreeSet::new();
        let mut all_described = true;
        let mut captioned = false;
        walk_blocks(&doc.body, &mut |visit| {
            let (image, span, captioned) = match visit {
                Visit::Block(node) => {
                    captioned = matches!(&node.kind, Block::Figure(figure) if !figure.caption.is_empty());
                    return;
                }
                Visit::Image(node) => (&node.kind, node.span, captioned),
                Visit::Inline(Node { kind: Inline::Image(image), span, .. }) => (image, *span, false),
                Visit::Inline(_) | Visit::Cell(_) => return,
            };
            if !env.images.contains_key(&image.target) {
                return;
            }
            wanted.insert(image.target.as_str());
            if image.alt.trim().is_empty() {
                all_described = false;
                let seen = if captioned { ", its caption only" } else { "" };
                report
                    .remark(
                        "image-undescribed",
                        span,
                        format!("the image {} has no alternative text{seen}", short_name(&image.target)),
                    )
                    .hint("say between the brackets what a reader who can't see it should know: ![…](…)");
            }
        });
        // The cover's name is taken.
        let mut names = BTreeSet::from(["cover".to_owned()]);
        let named: Vec<_> = wanted
            .into_iter()
            .map(|target| {
                let picture = &env.images[target];
                (target, name(target, picture.format, &mut names), picture)
            })
            .collect();
        let by_target =
            named.into_par_iter().map(|(target, name, picture)| (target, pictured(name, picture, &env.budget))).collect();
        Self { by_target, cover: None, all_described }
    }

    /// Where the image is that the source calls `target`.
    pub fn href(&self, target: &str) -> Option<&str> {
        self.by_target.get(target).map(|picture| picture.name.as_str())
    }

    /// The images, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Pictured<'a>> {
        self.by_target.values()
    }

    pub fn is_empty(&self) -> bool {
        self.by_target.is_empty()
    }
}

/// A name of its own for an image, from its path.
fn name(target: &str, format: PictureFormat, names: &mut BTreeSet<String>) -> String {
    // One that its address carries has no path.
    let target = if short_name(target).starts_with("data:") { "image" } else { target };
    let file = target.rsplit('/').next().unwrap_or(target);
    let stem = ascii(file.rsplit_once('.').map_or(file, |(stem, _)| stem));
    let mut name = stem.clone();
    let mut count = 1;
    while !names.insert(name.clone()) {
        count += 1;
        name = format!("{stem}-{count}");
    }
    format!("images/{name}.{}", format.extension())
}

/// The image as it is where it is fit, else smaller.
pub(super) fn pictured<'p>(name: String, picture: &'p Picture, budget: &Budget) -> Pictured<'p> {
    let media_type = picture.format.media_type();
    if let Some(drawing) = &picture.drawing {
        return Pictured { name, bytes: Cow::Borrowed(drawing.as_bytes()), media_type, may_move: picture.moves };
    }
    let pixels = u64::from(picture.width) * u64::from(picture.height);
    if pixels > MOST_PIXELS
        && let Some((bytes, format)) = smaller(picture, pixels, budget)
    {
        let name = format!("{}.{}", name.rsplit_once('.').map_or("", |(stem, _)| stem), format.extension());
        return Pictured { name, bytes: bytes.into(), media_type: format.media_type(), may_move: false };
    }
    Pictured { name, bytes: Cow::Borrowed(&picture.bytes), media_type, may_move: picture.moves }
}

/// An image with at most [`MOST_PIXELS`]. None for one that may move: a still of it would lose what it shows.
fn smaller(picture: &Picture, pixels: u64, budget: &Budget) -> Option<(Vec<u8>, PictureFormat)> {
    let format = match picture.format {
        PictureFormat::Png => ImageFormat::Png,
        PictureFormat::Jpeg => ImageFormat::Jpeg,
        PictureFormat::Gif | PictureFormat::Webp | PictureFormat::Svg => return None,
    };
    let scale = (MOST_PIXELS as f64 / pixels as f64).sqrt();
    let side = |length: u32| ((f64::from(length) * scale) as u32).max(1);
    let (width, height) = (side(picture.width), side(picture.height));
    let resized = |whole: DynamicImage, _| whole.resize_exact(width, height, image::imageops::FilterType::CatmullRom);
    let mut small = budget.decode(&picture.bytes, resized).ok()?;
    // What the camera noted is not written again.
    small.apply_orientation(picture.turn);
    let mut bytes = Cursor::new(Vec::new());
    match format {
        ImageFormat::Jpeg => {
            // What the eye does not tell from the whole; CMYK and such were made RGB when the image was read.
            let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 88);
            DynamicImage::ImageRgb8(small.to_rgb8()).write_with_encoder(encoder).ok()?;
        }
        _ => small.write_to(&mut bytes, format).ok()?,
    }
    Some((bytes.into_inner(), picture.format))
}
