//! Fonts that come several in one file (`.ttc`, `.otc`: OpenType, "Font Collections"), as those of Chinese, Japanese and Korean mostly do:
//! the same signs drawn as each language draws them.

use std::borrow::Cow;

use fontdb::FaceInfo;
use skrifa::raw::FileRef;
use write_fonts::FontBuilder;
use write_fonts::types::Tag;

/// One face of a file as a file of its own. None where there is no such face.
pub fn alone(bytes: &[u8], index: u32) -> Option<Cow<'_, [u8]>> {
    match FileRef::new(bytes).ok()? {
        FileRef::Font(_) => (index == 0).then_some(Cow::Borrowed(bytes)),
        FileRef::Collection(faces) => {
            let face = faces.get(index).ok()?;
            let mut own = FontBuilder::new();
            for record in face.table_directory().table_records() {
                own.add_raw(Tag::new(&record.tag().to_be_bytes()), face.table_data(record.tag())?.as_bytes());
            }
            Some(Cow::Owned(own.build()))
        }
    }
}

/// Whether a face of the system draws signs as another language does.
pub fn is_of_another(face: &FaceInfo, language: &str) -> bool {
    face.families.iter().any(|(name, _)| draws_otherwise(name, language))
}

/// Whether a family is drawn for another region than a language's, by the last word of its name. One that says nothing is as good as any.
fn draws_otherwise(family: &str, language: &str) -> bool {
    let last = family.rsplit([' ', '-']).next().unwrap_or_default().to_lowercase();
    REGIONS.iter().find(|(name, _)| *name == last).is_some_and(|(_, drawn)| *drawn != region(language))
}

/// What a language's signs are drawn like.
#[derive(Clone, Copy, PartialEq)]
enum Region {
    Japan,
    Korea,
    China,
    Taiwan,
    HongKong,
}

/// How makers end the names of families that are drawn for a region.
const REGIONS: &[(&str, Region)] = &[
    ("jp", Region::Japan),
    ("kr", Region::Korea),
    ("sc", Region::China),
    ("cn", Region::China),
    ("tc", Region::Taiwan),
    ("tw", Region::Taiwan),
    ("hk", Region::HongKong),
];

/// The region of a language (BCP 47). What is no language of these signs has them as Japan does, which is where most books quote them from
/// with readings, and of which every collection has a face.
fn region(language: &str) -> Region {
    let tag = language.to_lowercase();
    let mut parts = tag.split('-');
    let main = parts.next().unwrap_or_default();
    let rest: Vec<&str> = parts.collect();
    match main {
        "ko" => Region::Korea,
        "yue" => Region::HongKong,
        "zh" | "cmn" | "lzh" if rest.iter().any(|part| ["hk", "mo"].contains(part)) => Region::HongKong,
        "zh" | "cmn" | "lzh" if rest.iter().any(|part| ["hant", "tw"].contains(part)) => Region::Taiwan,
        "zh" | "cmn" | "lzh" => Region::China,
        _ => Region::Japan,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_face_is_of_the_region_that_its_name_ends_with() {
        for (family, language, other) in [
            ("Noto Serif CJK JP", "ja", false),
            ("Noto Serif CJK JP", "zh-Hans", true),
            ("Noto Serif CJK SC", "zh", false),
            ("Noto Serif CJK TC", "zh-Hant-TW", false),
            ("Noto Serif CJK TC", "zh-HK", true),
            ("Noto Serif CJK KR", "en", true),
            ("Garamond", "ko", false),
        ] {
            assert_eq!(draws_otherwise(family, language), other, "{family} for {language}");
        }
    }

    #[test]
    fn a_file_of_one_face_is_that_face() {
        let bytes = crate::env::Templates::built_in("fonts/Amiri-Regular.ttf");
        assert!(matches!(alone(bytes, 0), Some(Cow::Borrowed(_))));
        assert!(alone(bytes, 1).is_none());
        assert!(alone(b"ttcf", 0).is_none());
    }
}
