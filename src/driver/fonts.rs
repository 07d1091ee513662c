//! The system's fonts, where the user allows them: for characters that no font of the work's own has. They make an output depend
//! on the machine that it was made on, so each that is used is remarked.

use std::collections::BTreeSet;
use std::sync::Arc;

use fontdb::{Database, FaceInfo, Source, Style};
use skrifa::raw::TableProvider;
use skrifa::{FontRef, MetadataProvider};

use crate::env::{Env, Family, Templates};
use crate::report::Report;
use crate::tree::{Document, texts};

/// The fonts that the work needs beside its own. None, unless the settings `[pdf.fonts]` say `system = true`.
pub fn load(doc: &Document, env: &Env, report: &mut Report) -> Vec<Family> {
    let settings = env.settings.pdf.fonts.as_ref();
    if settings.is_none_or(|fonts| fonts.system != Some(true)) {
        return Vec::new();
    }
    let mut wanted = characters(doc);
    let mut known: Vec<&str> = Templates::names().filter(|name| name.ends_with(".ttf")).collect();
    known.extend(settings.and_then(|fonts| fonts.others.as_ref()).into_iter().flatten().map(String::as_str));
    for bytes in known.into_iter().filter_map(|name| env.templates.get(name)) {
        take_covered(bytes, &mut wanted);
    }
    let mut found = Vec::new();
    if wanted.is_empty() {
        return found;
    }
    let mut system = Database::new();
    system.load_system_fonts();
    for face in in_order(&system) {
        let before = wanted.len();
        let left = wanted.clone();
        let bytes = system.with_face_data(face.id, |bytes, _| take_covered(bytes, &mut wanted).then(|| Arc::from(bytes)));
        if let Some(Some(regular)) = bytes {
            let count = before - wanted.len();
            let covered: BTreeSet<char> = left.difference(&wanted).copied().collect();
            let of = |style, weight| sibling(&system, face, style, weight, &covered);
            let (italic, bold, bold_italic) = (of(Style::Italic, 400), of(Style::Normal, 700), of(Style::Italic, 700));
            report
                .remark(
                    "font-of-system",
                    None,
                    format!("the system's font {} sets {count} of the characters", face.post_script_name),
                )
                .hint("for the same output everywhere, keep the font with the work and name it under [pdf.fonts] others");
            found.push(Family { regular, italic, bold, bold_italic });
        }
        if wanted.is_empty() {
            break;
        }
    }
    found
}

/// Every character of the work that is not plain ASCII, or that leaves no ink.
fn characters(doc: &Document) -> BTreeSet<char> {
    let mut all = BTreeSet::new();
    let mut add = |text: &str| all.extend(text.chars().filter(|c| !c.is_ascii() && !c.is_whitespace() && !c.is_control()));
    add(&doc.meta.title);
    doc.meta.subtitle.iter().for_each(|subtitle| add(subtitle));
    doc.meta.people.iter().for_each(|person| add(&person.name));
    texts(&doc.body, &mut |text, _| add(text));
    all
}

/// The face of the same family in another style, of the weight nearest to `weight`, where it has the characters that the family is
/// wanted for.
fn sibling(system: &Database, face: &FaceInfo, style: Style, weight: u16, wanted: &BTreeSet<char>) -> Option<Arc<[u8]>> {
    let slants = |other: &FaceInfo| (other.style == Style::Normal) == (style == Style::Normal);
    let is_bold = |weight: u16| weight >= 600;
    let mut faces: Vec<&FaceInfo> = system
        .faces()
        .filter(|other| {
            let same = other.families.first().map(|(name, _)| name) == face.families.first().map(|(name, _)| name);
            same && other.stretch == face.stretch && other.index == 0 && matches!(other.source, Source::File(_))
        })
        .filter(|other| slants(other) && is_bold(other.weight.0) == is_bold(weight))
        .collect();
    faces.sort_by_key(|other| (other.weight.0.abs_diff(weight), other.post_script_name.clone()));
    let whole = |bytes: &[u8]| {
        let mut left = wanted.clone();
        (take_covered(bytes, &mut left) && left.is_empty()).then(|| Arc::from(bytes))
    };
    faces.into_iter().find_map(|other| system.with_face_data(other.id, |bytes, _| whole(bytes)).flatten())
}

/// Takes out what a font can set. False where that is nothing, or where the font can't be embedded: outlines of a file of their own
/// can, as TrueType has them (`glyf`) and as most `.otf` do (`CFF `), unless its makers forbid it (OS/2, `fsType`).
fn take_covered(bytes: &[u8], wanted: &mut BTreeSet<char>) -> bool {
    const RESTRICTED: u16 = 0x0002;
    let Ok(font) = FontRef::new(bytes) else { return false };
    let outlines = font.glyf().is_ok() || font.cff().is_ok();
    if !outlines || font.os2().is_ok_and(|table| table.fs_type() & 0xF == RESTRICTED) {
        return false;
    }
    let charmap = font.charmap();
    let before = wanted.len();
    wanted.retain(|c| charmap.map(*c).is_none());
    wanted.len() < before
}

/// Upright faces of files of their own, those with serifs first, as the book's own have them, then by how far they are from the
/// regular weight and by their names: the order in which a folder is read is chance.
fn in_order(system: &Database) -> Vec<&FaceInfo> {
    let file = |face: &FaceInfo| matches!(face.source, Source::File(_));
    let mut faces: Vec<&FaceInfo> = system
        .faces()
        .filter(|face| face.index == 0 && face.style == Style::Normal && !face.monospaced && file(face))
        .collect();
    faces.sort_by_key(|face| (manner(face), face.weight.0.abs_diff(400), face.post_script_name.clone()));
    faces
}

/// What a face looks like, by its family's name: no table of a font says it that makers fill in.
fn manner(face: &FaceInfo) -> u8 {
    let name = face.families.first().map(|(name, _)| name.to_lowercase()).unwrap_or_default();
    let any = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if any(&["math", "symbol", "emoji"]) {
        3
    } else if any(&["sans", "gothic", "grotesk", "mono"]) {
        2
    } else {
        u8::from(!any(&[
            "serif", "mincho", "song", "myungjo", "batang", "naskh", "roman", "times", "garamond", "antiqua", "book",
        ]))
    }
}
