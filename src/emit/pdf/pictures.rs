//! The pictures, each once. A JPEG file goes in as it is; other pixels are decoded and packed without loss, with their transparency
//! as a mask; a drawing is drawn.

use std::collections::{BTreeMap, BTreeSet};

use image::DynamicImage;
use lopdf::{Dictionary, Object, Stream, dictionary};
use rayon::prelude::*;

use super::drawing;
use super::file::{File, compressed};
use crate::budget::Budget;
use crate::emit::drawing::Fonts;
use crate::env::{Env, Orientation, Picture, PictureFormat};
use crate::report::Report;
use crate::settings::PdfProfile;
use crate::tree::short_name;
use crate::typeset::{Book, Item};

/// A picture as pages call it.
pub struct Shown {
    pub name: String,
    /// What brings its corner to the page's, in the unit square that it fills.
    pub turn: [i8; 6],
}

/// What pictures may show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colours {
    All,
    /// Greys on white paper: a press for black has nothing else.
    Greys,
    /// Greys, and nothing that is seen through.
    OpaqueGreys,
}

impl Colours {
    pub fn of(profile: PdfProfile) -> Self {
        match profile {
            PdfProfile::Archive => Self::All,
            PdfProfile::Print => Self::Greys,
            PdfProfile::X1a => Self::OpaqueGreys,
        }
    }
}

/// Embeds the pictures that the book shows and gives the resources that name them, and how pages call each, by its path.
pub fn embed<'a>(
    book: &'a Book,
    env: &Env,
    colours: Colours,
    file: &mut File,
    report: &mut Report,
) -> (Dictionary, BTreeMap<&'a str, Shown>) {
    let grey = colours != Colours::All;
    let shown: BTreeSet<&str> = book
        .pages
        .iter()
        .flat_map(|page| &page.items)
        .filter_map(|placed| match &placed.item {
            Item::Image { target, .. } => Some(target.as_str()),
            Item::Run(_) | Item::Rule { .. } => None,
        })
        .collect();
    let pictures: Vec<_> = shown.into_iter().filter_map(|target| Some((target, env.images.get(target)?))).collect();
    let fonts = pictures.iter().any(|(_, picture)| picture.drawing.is_some()).then(|| Fonts::new(env));
    let made: Vec<_> = pictures
        .into_par_iter()
        .filter_map(|(target, picture)| {
            let made = match (&picture.drawing, &fonts) {
                (Some(svg), Some(fonts)) => fonts.read(svg).map_or(Shape::Nothing, Shape::Drawing),
                _ => Shape::Pixels(Made::of(picture, grey, &env.budget)?),
            };
            Some((target, picture, made))
        })
        .collect();
    let (mut resources, mut names) = (Dictionary::new(), BTreeMap::new());
    for (target, picture, made) in made {
        let name = format!("I{}", names.len());
        let id = match made {
            Shape::Pixels(made) => made.add_to(file),
            Shape::Nothing => {
                report
                    .warn("drawing-empty", None, format!("the drawing {target} shows nothing in print"))
                    .hint("look at it in a browser and save it again as plain SVG");
                continue;
            }
            Shape::Drawing(tree) => {
                let lacking = fonts.as_ref().map(|fonts| fonts.lacking(&tree)).unwrap_or_default();
                if !lacking.is_empty() {
                    let lacking: String = lacking.into_iter().collect();
                    report
                        .warn("drawing-letters", None, format!("no font has the letters {lacking} of the drawing {target}"))
                        .hint("save the drawing with its text made paths");
                }
                let (id, missing) = drawing::embed(&tree, colours, &env.budget, file);
                if missing > 0 {
                    let message =
                        format!("{missing} parts of the drawing {} take more painting than is granted", short_name(target));
                    report
                        .warn("drawing-heavy", None, format!("{message}, and are missing in print"))
                        .hint("make it simpler, or save it as PNG; where it is meant, allow more: --limit painting=4G");
                }
                id
            }
        };
        resources.set(name.clone(), Object::Reference(id));
        names.insert(target, Shown { name, turn: turned(picture.turn) });
    }
    (resources, names)
}

enum Shape {
    Pixels(Made),
    Drawing(resvg::usvg::Tree),
    Nothing,
}

/// The matrix that turns the unit square as a picture is turned.
fn turned(turn: Orientation) -> [i8; 6] {
    match turn {
        Orientation::NoTransforms => [1, 0, 0, 1, 0, 0],
        Orientation::FlipHorizontal => [-1, 0, 0, 1, 1, 0],
        Orientation::Rotate180 => [-1, 0, 0, -1, 1, 1],
        Orientation::FlipVertical => [1, 0, 0, -1, 0, 1],
        Orientation::Rotate90 => [0, -1, 1, 0, 0, 1],
        Orientation::Rotate270 => [0, 1, -1, 0, 1, 0],
        Orientation::Rotate90FlipH => [0, -1, -1, 0, 1, 1],
        Orientation::Rotate270FlipH => [0, 1, 1, 0, 0, 0],
    }
}

/// A picture as the file holds it, with the mask that says where it is transparent.
pub struct Made {
    image: Stream,
    mask: Option<Stream>,
}

impl Made {
    /// Pixels of a drawing's part: greys or colours, and how much each covers.
    pub fn of_pixels((width, height): (u32, u32), bytes: &[u8], mask: Option<&[u8]>) -> Self {
        let components = if bytes.len() == width as usize * height as usize { 1 } else { 3 };
        Self {
            image: compressed(head(width, height, components), bytes),
            mask: mask.map(|mask| compressed(head(width, height, 1), mask)),
        }
    }

    /// A picture of pixels. None where it can't be read, which the driver has made sure of.
    pub fn of(picture: &Picture, grey: bool, budget: &Budget) -> Option<Self> {
        if let (PictureFormat::Jpeg, Some(components)) = (picture.format, jpeg_components(&picture.bytes))
            && !(grey && components > 1)
        {
            let mut dict = head(picture.width, picture.height, components);
            dict.set("Filter", "DCTDecode");
            return Some(Self { image: Stream::new(dict, picture.bytes.to_vec()).with_compression(false), mask: None });
        }
        // The driver has decoded it once already to see that it is whole.
        budget.decode(&picture.bytes, |decoded, _| Self::of_decoded(decoded, grey)).ok()
    }

    fn of_decoded(decoded: DynamicImage, grey: bool) -> Self {
        let (width, height) = (decoded.width(), decoded.height());
        if grey {
            return Self { image: compressed(head(width, height, 1), &on_paper(&decoded)), mask: None };
        }
        // A second copy of a large picture costs as much as the first: channels of eight bits are taken as they are.
        let alpha: Option<Vec<u8>> = decoded.color().has_alpha().then(|| match &decoded {
            DynamicImage::ImageRgba8(pixels) => pixels.pixels().map(|pixel| pixel.0[3]).collect(),
            other => other.to_luma_alpha8().pixels().map(|pixel| pixel.0[1]).collect(),
        });
        let mask = alpha.filter(|alpha| alpha.iter().any(|value| *value < 255));
        let (bytes, components) = match decoded {
            DynamicImage::ImageLuma8(_)
            | DynamicImage::ImageLumaA8(_)
            | DynamicImage::ImageLuma16(_)
            | DynamicImage::ImageLumaA16(_) => (decoded.into_luma8().into_raw(), 1),
            _ => (decoded.into_rgb8().into_raw(), 3),
        };
        Self {
            image: compressed(head(width, height, components), &bytes),
            mask: mask.map(|alpha| compressed(head(width, height, 1), &alpha)),
        }
    }

    pub fn add_to(mut self, file: &mut File) -> lopdf::ObjectId {
        if let Some(mask) = self.mask {
            let mask = file.doc.add_object(mask);
            self.image.dict.set("SMask", Object::Reference(mask));
        }
        file.doc.add_object(self.image)
    }
}

/// The greys of a picture, those of the paper where it is transparent.
fn on_paper(picture: &DynamicImage) -> Vec<u8> {
    let greys = picture.to_luma_alpha8();
    let blend = |grey: u8, alpha: u8| (u32::from(grey) * u32::from(alpha) + 255 * (255 - u32::from(alpha)) + 127) / 255;
    greys.pixels().map(|pixel| blend(pixel.0[0], pixel.0[1]) as u8).collect()
}

fn head(width: u32, height: u32, components: u8) -> Dictionary {
    dictionary! {
        "Type" => "XObject",
        "Subtype" => "Image",
        "Width" => width,
        "Height" => height,
        "BitsPerComponent" => 8,
        "ColorSpace" => if components == 1 { "DeviceGray" } else { "DeviceRGB" },
    }
}

/// How many colours a JPEG file mixes, if it is one of those that PDF reads and that need no output intent of their own: grey or
/// three colours of eight bits each.
fn jpeg_components(bytes: &[u8]) -> Option<u8> {
    let mut rest = bytes.strip_prefix(&[0xFF, 0xD8])?;
    loop {
        let [0xFF, marker, behind @ ..] = rest else { return None };
        match marker {
            // Frames: baseline, extended, progressive (ITU-T T.81, table B.1).
            0xC0..=0xC2 => return behind.get(7).copied().filter(|count| behind[2] == 8 && (*count == 1 || *count == 3)),
            // Fill bytes, and markers without a body.
            0xFF => rest = &rest[1..],
            0x01 | 0xD0..=0xD7 => rest = behind,
            _ => {
                let length = usize::from(u16::from_be_bytes([*behind.first()?, *behind.get(1)?]));
                rest = behind.get(length..)?;
            }
        }
    }
}
