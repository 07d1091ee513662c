//! The images of a work: found below its folder, read once, and known to be whole before a backend sees them.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use image::metadata::Orientation;
use image::{ImageDecoder, ImageFormat, ImageReader};
use rayon::prelude::*;

use super::door;
use crate::budget::{Budget, Undecoded};
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
struct Refusal(&'static str, String, String);

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
pub fn load(doc: &Document, folder: &Path, budget: &Budget, report: &mut Report) -> BTreeMap<String, Picture> {
    let mut wanted: BTreeMap<&str, Option<Span>> = BTreeMap::new();
    if let Some(cover) = &doc.meta.cover {
        wanted.insert(cover, None);
    }
    for (image, span) in images(&doc.body) {
        wanted.entry(&image.target).or_insert(Some(span));
    }
    // Such an address was too long, as the reader has said.
    wanted.remove("data:,");
    let read: Vec<_> = wanted.into_par_iter().map(|(target, span)| (target, span, picture(target, folder, budget))).collect();
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
pub fn facsimiles(doc: &Document, folder: &Path, budget: &Budget, report: &mut Report) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for target in crate::deposit::facsimiles(doc) {
        match read(target, folder, budget) {
            Ok(bytes) => drop(found.insert(target.to_owned(), bytes)),
            Err(Refusal(code, message, cure)) => drop(report.warn(code, None, message).hint(cure)),
        }
    }
    found
}

/// The bytes of an image's file.
fn read(target: &str, folder: &Path, budget: &Budget) -> Result<Vec<u8>, Refusal> {
    let (root, path) = path(target, folder)?;
    door::inside(&root, &path, budget.file).map_err(|reason| {
        let message = format!("the image {target} can't be read: {reason}");
        Refusal("image-missing", message, "look at its path; put the file itself there".to_owned())
    })
}

/// An image, and what was left out of it.
fn picture(target: &str, folder: &Path, budget: &Budget) -> Result<(Picture, Option<String>), Refusal> {
    let name = short_name(target);
    let broken = |reason: String| {
        let message = format!("the image {name} is broken: {reason}");
        Refusal("image-broken", message, "save it again as PNG, JPEG or plain SVG".to_owned())
    };
    let bytes = match carried(target) {
        Some(bytes) => bytes.map_err(broken)?,
        None => read(target, folder, budget)?,
    };
    let format = match image::guess_format(&bytes).ok() {
        Some(ImageFormat::Png) => PictureFormat::Png,
        Some(ImageFormat::Jpeg) => PictureFormat::Jpeg,
        Some(ImageFormat::Gif) => PictureFormat::Gif,
        Some(ImageFormat::WebP) => PictureFormat::Webp,
        _ if drawing::looks_like(&bytes) => return drawn(bytes, budget).map_err(broken),
        Some(other) => {
            let kind = other.extensions_str().first().copied().unwrap_or("unknown").to_uppercase();
            let message = format!("the image {name} is of a kind that isn't read: {kind}");
            return Err(Refusal("image-kind", message, "save it as PNG, JPEG, GIF, WebP or SVG".to_owned()));
        }
        _ => return Err(broken("it is none of PNG, JPEG, GIF, WebP and SVG".to_owned())),
    };
    let (width, height) = budget.decode(&bytes, |image, _| (image.width(), image.height())).map_err(|why| match why {
        Undecoded::Broken(reason) => broken(reason),
        Undecoded::Breach(breach) => {
            let cure = format!("make it smaller; {}", breach.cure());
            Refusal("image-too-large", format!("the image {name} {}", breach.message), cure)
        }
    })?;
    // Browsers turn no others.
    let turns = matches!(format, PictureFormat::Jpeg | PictureFormat::Webp);
    let turn = turns.then(|| turn(&bytes)).flatten().unwrap_or(Orientation::NoTransforms);
    Ok((Picture { turn, ..Picture::of_pixels(bytes, format, width, height) }, None))
}

/// How the camera was held that took an image.
fn turn(bytes: &[u8]) -> Option<Orientation> {
    let reader = ImageReader::new(std::io::Cursor::new(bytes)).with_guessed_format().ok()?;
    reader.into_decoder().ok()?.orientation().ok()
}

fn drawn(bytes: Vec<u8>, budget: &Budget) -> Result<(Picture, Option<String>), String> {
    let drawing = drawing::clean(&bytes, budget)?;
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

/// The work's folder, and the file in it that an image's path names: no part of the path leads out of it.
fn path(target: &str, folder: &Path) -> Result<(PathBuf, PathBuf), Refusal> {
    if target.contains("://") || target.starts_with("//") {
        let message = format!("the image {} is not in the work's folder and is never fetched", short_name(target));
        return Err(Refusal("image-remote", message, "save it beside the text and name that file".to_owned()));
    }
    let outside = || {
        Refusal(
            "image-outside",
            format!("the image {target} lies outside the work's folder"),
            "copy it into the folder of the text".to_owned(),
        )
    };
    let name = percent_decoded(target);
    if name.starts_with('\\') || name.as_bytes().get(1) == Some(&b':') {
        return Err(outside());
    }
    let mut path = folder.to_owned();
    for part in Path::new(&name).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if path == folder => return Err(outside()),
            Component::ParentDir => drop(path.pop()),
            Component::Normal(part) => path.push(part),
            Component::RootDir | Component::Prefix(_) => return Err(outside()),
        }
    }
    match door::kind(&path) {
        Ok(door::Kind::File | door::Kind::Link) => Ok((folder.to_owned(), path)),
        // A pipe would be waited for without end.
        Ok(door::Kind::Folder | door::Kind::Special) => {
            Err(Refusal("image-missing", format!("{target} is no file"), "name a file with a picture".to_owned()))
        }
        Err(_) => Err(Refusal(
            "image-missing",
            format!("there is no image {target}"),
            "look at its path: it begins at the text's folder".to_owned(),
        )),
    }
}
