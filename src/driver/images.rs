//! The images of a work: found below its folder, read once, and known to be whole before a backend sees them.

use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader};
use rayon::prelude::*;

use crate::env::{Picture, PictureFormat};
use crate::read::Manuscript;
pub use crate::read::percent_decoded;
use crate::report::Report;
use crate::span::{FileId, Source, Span};
use crate::tree::{Document, Image, Inline, Node, VisitMut, images, short_name, walk_blocks_mut};

mod css;
mod dom;
mod drawing;
mod names;

/// Why an image is not in the book: a code, what is wrong, and what cures it.
struct Refusal(&'static str, String, &'static str);

/// Gives images that lie beside their chapter the path that leads there from the work's folder; what is found nowhere stays as it
/// is written.
pub fn place(doc: &mut Document, manuscript: &Manuscript, root: &Path) {
    let folders = folders(manuscript, root);
    if folders.values().all(|folder| folder.is_empty()) {
        return;
    }
    walk_blocks_mut(&mut doc.body, &mut |visit| match visit {
        VisitMut::Image(node) => beside(&mut node.kind, node.span, &folders, root),
        VisitMut::Inline(Node { kind: Inline::Image(image), span, .. }) => beside(image, *span, &folders, root),
        VisitMut::Block(_) | VisitMut::Inline(_) | VisitMut::Cell(_) => {}
    });
}

/// The folder of each file below the work's, empty where it lies there itself. A file that is set into another is looked for beside
/// itself, like every other.
fn folders(manuscript: &Manuscript, root: &Path) -> BTreeMap<FileId, String> {
    let of = |(file, source): (FileId, &Source)| {
        let folder = Path::new(&source.name).parent()?.strip_prefix(root).ok()?;
        let parts: Option<Vec<_>> = folder.components().map(|part| part.as_os_str().to_str()).collect();
        Some((file, parts?.join("/")))
    };
    manuscript.sources.iter().filter_map(of).collect()
}

fn beside(image: &mut Image, span: Span, folders: &BTreeMap<FileId, String>, root: &Path) {
    let Some(folder) = folders.get(&span.file).filter(|folder| !folder.is_empty()) else { return };
    // A sign that means something in an address is written out, so that it stays the folder's own.
    let target = &image.target;
    if target.contains("://")
        || target.starts_with('/')
        || target.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"))
    {
        return;
    }
    let whole = resolved(&format!("{}/{}", folder.replace('%', "%25"), image.target));
    if let Some(whole) = whole.filter(|whole| path(whole, root).is_ok()) {
        image.target = whole;
    }
}

/// `a/../b.png` is `b.png`; none where it leads out of the work.
fn resolved(path: &str) -> Option<String> {
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// Reads every image that the work names, by the path that it writes. One that can't be had is remarked: its alt text stands
/// in for it.
pub fn load(doc: &Document, folder: &Path, report: &mut Report) -> BTreeMap<String, Picture> {
    let mut wanted: BTreeMap<&str, Option<Span>> = BTreeMap::new();
    if let Some(cover) = &doc.meta.cover {
        wanted.insert(cover, None);
    }
    for (image, span) in images(&doc.body) {
        wanted.entry(&image.target).or_insert(Some(span));
    }
    // Such an address was too long, as the reader has said.
    wanted.remove("data:,");
    let read: Vec<_> = wanted.into_par_iter().map(|(target, span)| (target, span, picture(target, folder))).collect();
    let mut images = BTreeMap::new();
    for (target, span, picture) in read {
        match picture {
            Ok((picture, left_out)) => {
                if let Some(left_out) = left_out {
                    report
                        .remark(
                            "image-cleaned",
                            span,
                            format!("the drawing {} came with {left_out}: left out", short_name(target)),
                        )
                        .hint(
                            "in a book nothing runs and nothing is loaded; look whether the drawing still shows all it should",
                        );
                }
                images.insert(target.to_owned(), picture);
            }
            Err(Refusal(code, message, cure)) => drop(report.warn(code, span, message).hint(cure)),
        }
    }
    images
}

/// Reads the images of printed pages that the work names, as they are: they are kept, never shown. One that can't be had is
/// remarked.
pub fn facsimiles(doc: &Document, folder: &Path, report: &mut Report) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for target in crate::deposit::facsimiles(doc) {
        match path(target, folder).and_then(|path| fs::read(path).map_err(|reason| missing(target, &reason))) {
            Ok(bytes) => drop(found.insert(target.to_owned(), bytes)),
            Err(Refusal(code, message, cure)) => drop(report.warn(code, None, message).hint(cure)),
        }
    }
    found
}

fn missing(target: &str, reason: &std::io::Error) -> Refusal {
    Refusal("image-missing", format!("the image {target} can't be read: {reason}"), "look at its path")
}

/// An image, and what was left out of it.
fn picture(target: &str, folder: &Path) -> Result<(Picture, Option<String>), Refusal> {
    let broken = |reason: String| {
        let message = format!("the image {} is broken: {reason}", short_name(target));
        Refusal("image-broken", message, "save it again as PNG, JPEG or plain SVG")
    };
    let bytes = match carried(target) {
        Some(bytes) => bytes.map_err(broken)?,
        None => fs::read(path(target, folder)?).map_err(|reason| missing(target, &reason))?,
    };
    let reader = ImageReader::new(Cursor::new(&bytes)).with_guessed_format().map_err(|reason| broken(reason.to_string()))?;
    let format = match reader.format() {
        Some(ImageFormat::Png) => PictureFormat::Png,
        Some(ImageFormat::Jpeg) => PictureFormat::Jpeg,
        Some(ImageFormat::Gif) => PictureFormat::Gif,
        Some(ImageFormat::WebP) => PictureFormat::Webp,
        _ if drawing::looks_like(&bytes) => return drawn(bytes).map_err(broken),
        Some(other) => {
            let kind = other.extensions_str().first().copied().unwrap_or("unknown").to_uppercase();
            let message = format!("the image {} is of a kind that isn't read: {kind}", short_name(target));
            return Err(Refusal("image-kind", message, "save it as PNG, JPEG, GIF, WebP or SVG"));
        }
        _ => return Err(broken("it is none of PNG, JPEG, GIF, WebP and SVG".to_owned())),
    };
    let mut decoder = reader.into_decoder().map_err(|reason| broken(reason.to_string()))?;
    // Browsers turn no others.
    let turns = matches!(format, PictureFormat::Jpeg | PictureFormat::Webp);
    let turn = decoder.orientation().ok().filter(|_| turns).unwrap_or(Orientation::NoTransforms);
    // Decoded whole: a header says nothing of what is cut off behind it.
    let decoded = DynamicImage::from_decoder(decoder).map_err(|reason| broken(reason.to_string()))?;
    let (width, height) = (decoded.width(), decoded.height());
    Ok((Picture { turn, ..Picture::of_pixels(bytes, format, width, height) }, None))
}

fn drawn(bytes: Vec<u8>) -> Result<(Picture, Option<String>), String> {
    let drawing = drawing::clean(&bytes)?;
    let left_out: Vec<_> = drawing
        .left_out
        .iter()
        .map(|((one, many), count)| if *count == 1 { format!("1 {one}") } else { format!("{count} {many}") })
        .collect();
    let pixels = |length: f64| (length.round() as u32).max(1);
    let (width, height) = (pixels(drawing.width), pixels(drawing.height));
    let picture = Picture {
        drawing: Some(drawing.svg.into()),
        moves: drawing.moves,
        ..Picture::of_pixels(bytes, PictureFormat::Svg, width, height)
    };
    Ok((picture, (!left_out.is_empty()).then(|| left_out.join(", "))))
}

/// The bytes that an address carries in itself (RFC 2397), if it is of that kind.
fn carried(target: &str) -> Option<Result<Vec<u8>, String>> {
    target.get(..5).filter(|scheme| scheme.eq_ignore_ascii_case("data:"))?;
    let bytes = data_url::DataUrl::process(target).map_err(|_| "its address is no data: address".to_owned());
    Some(bytes.and_then(|data| match data.decode_to_vec() {
        Ok((bytes, _)) => Ok(bytes),
        Err(_) => Err("its address holds signs that are no base64".to_owned()),
    }))
}

/// The file that an image's path names, if it lies in the work's folder.
fn path(target: &str, folder: &Path) -> Result<PathBuf, Refusal> {
    if target.contains("://") || target.starts_with("//") {
        let message = format!("the image {} is not in the work's folder and is never fetched", short_name(target));
        return Err(Refusal("image-remote", message, "save it beside the text and name that file"));
    }
    let outside = || {
        Refusal(
            "image-outside",
            format!("the image {target} lies outside the work's folder"),
            "copy it into the folder of the text",
        )
    };
    let name = percent_decoded(target);
    if Path::new(&name).is_absolute() || name.starts_with('\\') || name.as_bytes().get(1) == Some(&b':') {
        return Err(outside());
    }
    let whole = folder.join(&name).canonicalize();
    let whole = whole.map_err(|_| {
        if Path::new(&name).components().any(|part| part == std::path::Component::ParentDir) {
            outside()
        } else {
            Refusal("image-missing", format!("there is no image {target}"), "look at its path: it begins at the text's folder")
        }
    })?;
    match folder.canonicalize() {
        Ok(root) if whole.starts_with(&root) && whole.is_file() => Ok(whole),
        // A pipe would be waited for without end.
        Ok(root) if whole.starts_with(&root) => {
            Err(Refusal("image-missing", format!("{target} is no file"), "name a file with a picture"))
        }
        _ => Err(outside()),
    }
}
