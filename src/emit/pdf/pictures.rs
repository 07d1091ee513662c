//! The pictures, each once. A JPEG file goes in as it is; anything else is decoded and packed without loss, with its
//! transparency as a mask.

use std::collections::{BTreeMap, BTreeSet};

use image::{DynamicImage, ImageReader};
use lopdf::{Dictionary, Object, Stream, dictionary};
use rayon::prelude::*;

use super::file::{File, compressed};
use crate::env::{Env, Picture, PictureFormat};
use crate::typeset::{Book, Item};

/// Embeds the pictures that the book shows and gives the resources that name them, and each one's name by its path.
///
/// With `grey`, every picture is turned into greys on white paper: a press for black has nothing else.
pub fn embed<'a>(book: &'a Book, env: &Env, grey: bool, file: &mut File) -> (Dictionary, BTreeMap<&'a str, String>) {
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
    let made: Vec<_> =
        pictures.into_par_iter().filter_map(|(target, picture)| Some((target, Made::of(picture, grey)?))).collect();
    let (mut resources, mut names) = (Dictionary::new(), BTreeMap::new());
    for (target, made) in made {
        let name = format!("I{}", names.len());
        resources.set(name.clone(), Object::Reference(made.add_to(file)));
        names.insert(target, name);
    }
    (resources, names)
}

/// A picture as the file holds it, with the mask that says where it is transparent.
struct Made {
    image: Stream,
    mask: Option<Stream>,
}

impl Made {
    fn of(picture: &Picture, grey: bool) -> Option<Self> {
        if let (PictureFormat::Jpeg, Some(components)) = (picture.format, jpeg_components(&picture.bytes))
            && !(grey && components > 1)
        {
            let mut dict = head(picture.width, picture.height, components);
            dict.set("Filter", "DCTDecode");
            return Some(Self { image: Stream::new(dict, picture.bytes.to_vec()).with_compression(false), mask: None });
        }
        // The driver has decoded it once already to see that it is whole.
        let decoded = ImageReader::new(std::io::Cursor::new(&picture.bytes)).with_guessed_format().ok()?.decode().ok()?;
        let (width, height) = (decoded.width(), decoded.height());
        if grey {
            return Some(Self { image: compressed(head(width, height, 1), &on_paper(&decoded)), mask: None });
        }
        let (bytes, components) = match &decoded {
            DynamicImage::ImageLuma8(_)
            | DynamicImage::ImageLumaA8(_)
            | DynamicImage::ImageLuma16(_)
            | DynamicImage::ImageLumaA16(_) => (decoded.to_luma8().into_raw(), 1),
            _ => (decoded.to_rgb8().into_raw(), 3),
        };
        let alpha =
            decoded.color().has_alpha().then(|| decoded.to_rgba8().pixels().map(|pixel| pixel.0[3]).collect::<Vec<_>>());
        let mask = alpha.filter(|alpha| alpha.iter().any(|value| *value < 255));
        Some(Self {
            image: compressed(head(width, height, components), &bytes),
            mask: mask.map(|alpha| compressed(head(width, height, 1), &alpha)),
        })
    }

    fn add_to(mut self, file: &mut File) -> lopdf::ObjectId {
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
