//! The pixels of an image (ISO 32000-1, 8.9.5): JPEG as it is kept, else grey or colour of eight bits.

use super::file::File;
use super::object::Object;
use crate::verify::reading::Picture;

pub fn read(file: &File, id: u32) -> Picture {
    let Some(Object::Stream(dict, raw)) = file.object(id) else { return Picture::Missing };
    let number = |key: &[u8]| dict.integer(key).unwrap_or(0).max(0) as u32;
    let is_jpeg = |filter: &Object| matches!(filter, Object::Name(name) if **name == *b"DCTDecode");
    if dict.get(b"Filter").is_some_and(|filter| is_jpeg(filter) || matches!(filter.array(), Some([only]) if is_jpeg(only))) {
        return Picture::Bytes(raw.to_vec());
    }
    if dict.name(b"Subtype") == b"Form" {
        return Picture::Drawing;
    }
    let Some(content) = file.unpack(&dict, raw) else { return Picture::Missing };
    let (width, height) = (number(b"Width"), number(b"Height"));
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 || !(content.len() as u64).is_multiple_of(pixels) {
        return Picture::Missing;
    }
    let channels = (content.len() as u64 / pixels) as usize;
    let mask = match file.get(&dict, b"SMask").as_deref() {
        Some(Object::Stream(dict, raw)) => file.unpack(dict, raw),
        _ => None,
    };
    let grey = content.chunks(channels).enumerate().map(|(at, pixel)| {
        let value = luma(pixel);
        let alpha = mask.as_ref().and_then(|mask| mask.get(at)).map_or(255, |alpha| u32::from(*alpha));
        ((value * alpha + 255 * (255 - alpha)) / 255) as u8
    });
    Picture::Pixels(width, height, grey.collect())
}

/// The grey value of a pixel in grey, RGB or CMYK.
fn luma(pixel: &[u8]) -> u32 {
    match pixel {
        [r, g, b] => (2126 * u32::from(*r) + 7152 * u32::from(*g) + 722 * u32::from(*b)) / 10_000,
        [c, m, y, k] => {
            let ink = (2126 * u32::from(*c) + 7152 * u32::from(*m) + 722 * u32::from(*y)) / 10_000 + u32::from(*k);
            255_u32.saturating_sub(ink)
        }
        [grey, ..] => u32::from(*grey),
        [] => 255,
    }
}
