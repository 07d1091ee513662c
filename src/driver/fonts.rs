//! The system's fonts, where the user allows them: for characters that no font of the work's own has. They make an output depend
//! on the machine that it was made on, so each that is used is remarked.

use std::collections::BTreeSet;
use std::sync::Arc;

use fontdb::{Database, FaceInfo, Source, Style};
use skrifa::raw::TableProvider;
use skrifa::{FontRef, MetadataProvider};

use super::collections::{alone, is_of_another};
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
        take_covered(bytes, 0, &mut wanted);
    }
    if wanted.is_empty() {
        return Vec::new();
    }
    let mut system = Database::new();
    system.load_system_fonts();
    chosen(&system, doc, wanted, report)
}

/// Of the fonts of a system those that set what is wanted.
fn chosen(system: &Database, doc: &Document, mut wanted: BTreeSet<char>, report: &mut Report) -> Vec<Family> {
    let mut found = Vec::new();
    for face in in_order(system, &doc.meta.language) {
        let before = wanted.len();
        let left = wanted.clone();
        let bytes = system.with_face_data(face.id, |bytes, index| taken(bytes, index, &mut wanted));
        if let Some(Some(regular)) = bytes {
            let count = before - wanted.len();
            let covered: BTreeSet<char> = left.difference(&wanted).copied().collect();
            let of = |style, weight| sibling(system, face, style, weight, &covered);
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
            same && other.stretch == face.stretch && matches!(other.source, Source::File(_))
        })
        .filter(|other| slants(other) && is_bold(other.weight.0) == is_bold(weight))
        .collect();
    faces.sort_by_key(|other| (other.weight.0.abs_diff(weight), other.post_script_name.clone()));
    let whole = |bytes: &[u8], index: u32| {
        let mut left = wanted.clone();
        (take_covered(bytes, index, &mut left) && left.is_empty()).then(|| alone(bytes, index).map(Arc::from)).flatten()
    };
    faces.into_iter().find_map(|other| system.with_face_data(other.id, whole).flatten())
}

/// A face of a file, and takes out what it can set.
fn taken(bytes: &[u8], index: u32, wanted: &mut BTreeSet<char>) -> Option<Arc<[u8]>> {
    take_covered(bytes, index, wanted).then(|| alone(bytes, index).map(Arc::from)).flatten()
}

/// Takes out what a font can set. False where that is nothing, or where the font can't be embedded: outlines of a file of their own
/// can, as TrueType has them (`glyf`) and as most `.otf` do (`CFF `), unless its makers forbid it (OS/2, `fsType`).
fn take_covered(bytes: &[u8], index: u32, wanted: &mut BTreeSet<char>) -> bool {
    const RESTRICTED: u16 = 0x0002;
    let Ok(font) = FontRef::from_index(bytes, index) else { return false };
    let outlines = font.glyf().is_ok() || font.cff().is_ok();
    if !outlines || font.os2().is_ok_and(|table| table.fs_type() & 0xF == RESTRICTED) {
        return false;
    }
    let charmap = font.charmap();
    let before = wanted.len();
    wanted.retain(|c| charmap.map(*c).is_none());
    wanted.len() < before
}

/// Upright faces, those with serifs first, as the book's own have them, then those that draw signs as the book's language does, then by how
/// far they are from the regular weight and by their names: the order in which a folder is read is chance.
fn in_order<'d>(system: &'d Database, language: &str) -> Vec<&'d FaceInfo> {
    let file = |face: &FaceInfo| matches!(face.source, Source::File(_));
    let mut faces: Vec<&FaceInfo> =
        system.faces().filter(|face| face.style == Style::Normal && !face.monospaced && file(face)).collect();
    faces.sort_by_key(|face| {
        (manner(face), is_of_another(face, language), face.weight.0.abs_diff(400), face.post_script_name.clone())
    });
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_collection_gives_the_face_that_draws_as_the_language_does() {
        let mut system = Database::new();
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fonts/signs.ttc");
        system.load_font_file(path).expect("two faces in one file");
        for (language, drawn) in [("ja", "Noto Serif CJK JP"), ("zh-Hans", "Noto Serif CJK SC"), ("en", "Noto Serif CJK JP")] {
            let mut doc = Document::default();
            doc.meta.language = language.to_owned();
            let families = chosen(&system, &doc, "直骨".chars().collect(), &mut Report::default());
            let font = FontRef::new(&families[0].regular).expect("a file of its own");
            let name = font.localized_strings(skrifa::string::StringId::FAMILY_NAME).english_or_first().expect("a name");
            assert_eq!(name.to_string(), drawn, "{language}");
            assert_eq!(font.charmap().map('直').map(|glyph| glyph.to_u32() > 0), Some(true));
        }
    }
}
