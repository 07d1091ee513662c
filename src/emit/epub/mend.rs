//! The archive. epub-builder packs it; what it gets wrong or has no words for is mended here, and only here:
//! - its package document (ids that clash, roles against the wrong creator, no language, no properties but the cover's), its
//!   navigation (no language, roles, page list) and its NCX (no `dtb:uid`) give way to ours;
//! - its file for Apple's first reading systems is left out;
//! - the clock's times become the work's;
//! - it compresses whatever it is given: images, which are compressed already, go in behind it, as they are.

use std::io::{Cursor, Write};

use epub_builder::{EpubBuilder, EpubContent, EpubVersion, ZipLibrary};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use super::Book;
use super::package::NAV;
use super::page::Page;
use crate::emit::EmitError;

/// The texts that stand in for epub-builder's own.
pub(super) struct Texts<'a> {
    pub package: String,
    pub nav: &'a str,
    pub ncx: String,
}

/// Where epub-builder puts the book's files.
const FOLDER: &str = "OEBPS";

/// Packs the book.
pub(super) fn pack(book: &Book, pages: &[&Page], texts: &Texts) -> Result<Vec<u8>, EmitError> {
    let failed = |reason: &dyn std::fmt::Display| EmitError::Format(format!("the archive can't be packed: {reason}"));
    let built = build(book, pages).map_err(|reason| failed(&reason))?;
    repack(&built, book, texts).map_err(|reason| failed(&reason))
}

fn build(book: &Book, pages: &[&Page]) -> Result<Vec<u8>, epub_builder::Error> {
    let mut builder = EpubBuilder::new(ZipLibrary::new()?)?;
    builder.epub_version(EpubVersion::V33);
    builder.stylesheet(book.style.as_bytes())?;
    for page in pages.iter().filter(|page| page.name != NAV) {
        builder.add_content(EpubContent::new(page.name.as_str(), page.xhtml.as_bytes()))?;
    }
    for font in book.fonts {
        builder.add_resource(&font.name, font.bytes.as_slice(), "font/ttf")?;
    }
    let mut built = Vec::new();
    builder.generate(&mut built)?;
    Ok(built)
}

fn repack(built: &[u8], book: &Book, texts: &Texts) -> zip::result::ZipResult<Vec<u8>> {
    let time = time(book);
    let plain = SimpleFileOptions::default().last_modified_time(time).unix_permissions(0o644);
    let images: Vec<_> = book.pictures.cover.iter().chain(book.pictures.iter()).collect();
    let size = built.len() + images.iter().map(|picture| picture.bytes.len() + 256).sum::<usize>() + (1 << 16);
    let mut archive = ZipArchive::new(Cursor::new(built))?;
    let mut out = ZipWriter::new(Cursor::new(Vec::with_capacity(size)));
    for name in ["mimetype".to_owned(), "META-INF/container.xml".to_owned()] {
        out.raw_copy_file_touch(archive.by_name(&name)?, time, Some(0o644))?;
    }
    let ours = [("content.opf", texts.package.as_str()), (NAV, texts.nav), ("toc.ncx", texts.ncx.as_str())];
    for (name, text) in ours {
        out.start_file(format!("{FOLDER}/{name}"), plain)?;
        out.write_all(text.as_bytes())?;
    }
    for at in 0..archive.len() {
        let entry = archive.by_index_raw(at)?;
        let own = entry.name().strip_prefix(FOLDER).and_then(|name| name.strip_prefix('/'));
        if own.is_some_and(|own| ours.iter().all(|(name, _)| *name != own)) {
            out.raw_copy_file_touch(entry, time, Some(0o644))?;
        }
    }
    for picture in images {
        out.start_file(format!("{FOLDER}/{}", picture.name), plain.compression_method(CompressionMethod::Stored))?;
        out.write_all(&picture.bytes)?;
    }
    Ok(out.finish()?.into_inner())
}

/// The time that every file bears.
fn time(book: &Book) -> DateTime {
    let moment = jiff::tz::TimeZone::UTC.to_datetime(book.env.stamp(&book.doc.meta));
    let part = |number: i8| u8::try_from(number).unwrap_or(0);
    let year = u16::try_from(moment.year()).unwrap_or(0);
    let (month, day) = (part(moment.month()), part(moment.day()));
    // Years that an archive can't say are its first.
    DateTime::from_date_and_time(year, month, day, part(moment.hour()), part(moment.minute()), part(moment.second()))
        .unwrap_or_default()
}
