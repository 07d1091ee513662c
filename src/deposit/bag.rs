//! The bag around the payload: the declaration, what a bag says of itself, and the checksums (RFC 8493, chapter 2).

use std::fmt::Write;

use sha2::{Digest, Sha512};

use super::{AGENT, DATA, Files, Record, flat};
use crate::tree::Identifier;

pub const DECLARATION: &str = "bagit.txt";
pub const DECLARED: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
pub const INFO: &str = "bag-info.txt";
pub const MANIFEST: &str = "manifest-sha512.txt";
pub const TAG_MANIFEST: &str = "tagmanifest-sha512.txt";

/// The whole bag around `payload`, which is by path below `data/`.
pub fn close(payload: Files, record: &Record) -> Files {
    let mut files: Files = payload.into_iter().map(|(path, bytes)| (format!("{DATA}{path}"), bytes)).collect();
    let manifest = manifest(files.iter());
    let info = info(&files, &manifest, record);
    files.insert(DECLARATION.to_owned(), DECLARED.into());
    files.insert(INFO.to_owned(), info.into_bytes());
    files.insert(MANIFEST.to_owned(), manifest.into_bytes());
    let tags = tag_manifest(&files);
    files.insert(TAG_MANIFEST.to_owned(), tags.into_bytes());
    files
}

/// The checksums of a bag's payload.
pub fn payload_manifest(files: &Files) -> String {
    manifest(files.iter().filter(|(path, _)| path.starts_with(DATA)))
}

/// The checksums of everything in a bag but its payload and the tag manifest itself.
pub fn tag_manifest(files: &Files) -> String {
    manifest(files.iter().filter(|(path, _)| !path.starts_with(DATA) && *path != TAG_MANIFEST))
}

fn manifest<'a>(files: impl Iterator<Item = (&'a String, &'a Vec<u8>)>) -> String {
    files.fold(String::new(), |mut text, (path, bytes)| {
        let _ = writeln!(text, "{}  {}", hex(&Sha512::digest(bytes)), escaped(path));
        text
    })
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A path as a manifest writes it: what would end or escape its line is percent-encoded (RFC 8493, 2.1.3).
fn escaped(path: &str) -> String {
    path.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The path that a manifest's line means.
pub fn unescaped(path: &str) -> String {
    let back = path.replace("%0D", "\r").replace("%0d", "\r").replace("%0A", "\n").replace("%0a", "\n");
    back.replace("%25", "%")
}

/// How much a payload is: its bytes and its files.
pub fn oxum(files: &Files) -> String {
    let payload = || files.iter().filter(|(path, _)| path.starts_with(DATA)).map(|(_, bytes)| bytes.len());
    format!("{}.{}", payload().sum::<usize>(), payload().count())
}

fn info(files: &Files, manifest: &str, record: &Record) -> String {
    let mut text = String::new();
    let mut say = |label: &str, value: &str| {
        let _ = writeln!(text, "{label}: {}", flat(value));
    };
    if let Some(publisher) = &record.meta.publisher {
        say("Source-Organization", publisher);
    }
    say("External-Description", &record.title());
    if let Some(gaps) = record.lacking() {
        say("External-Description", &gaps);
    }
    if let Some(stamp) = record.made {
        say("Bagging-Date", &stamp.to_string()[..10]);
    }
    record.meta.identifiers.iter().filter_map(Identifier::uri).for_each(|id| say("External-Identifier", &id));
    say("External-Identifier", &urn(manifest));
    say("Payload-Oxum", &oxum(files));
    say("Bag-Software-Agent", AGENT);
    text
}

/// A UUID for the bag, made of its payload's checksums: version 8 of RFC 9562, which leaves the making to us.
fn urn(manifest: &str) -> String {
    let mut bytes: [u8; 16] = Sha512::digest(manifest.as_bytes())[..16].try_into().expect("sixteen bytes of sixty-four");
    bytes[6] = bytes[6] & 0x0F | 0x80;
    bytes[8] = bytes[8] & 0x3F | 0x80;
    let hex = hex(&bytes);
    format!("urn:uuid:{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_survive_a_manifest() {
        let odd = "data/a%0Ab\nc\r100 %.txt";
        assert_eq!(escaped(odd), "data/a%250Ab%0Ac%0D100 %25.txt");
        assert_eq!(unescaped(&escaped(odd)), odd);
    }
}
