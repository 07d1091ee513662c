//! Whether a bag is whole: every file there and none beside them, every checksum right, every file of the format that its name
//! says. A bag of this program's must be, byte for byte, what the program would write around its payload, so that no byte of it
//! can change unseen.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256, Sha512};

use super::bag::{self, DECLARATION, DECLARED, INFO, MANIFEST, TAG_MANIFEST, hex, unescaped};
use super::{DATA, Files, formats, research_object};
use crate::budget::Budget;
use crate::report::Report;

/// Checks the bag `files`. Everything that is wrong with it becomes an error of `report`.
pub fn verify(files: &Files, budget: &Budget, report: &mut Report) {
    declaration(files, report);
    let manifests = manifests(files, report);
    complete(files, &manifests, report);
    checksums(files, &manifests, report);
    oxum(files, report);
    canonical(files, report);
    described(files, report);
    for (path, reason) in files.iter().filter_map(|(path, bytes)| Some((path, formats::fault(path, bytes, budget)?))) {
        report.error("bag-format", None, format!("{path} is broken: {reason}"));
    }
}

fn declaration(files: &Files, report: &mut Report) {
    let cure = "name the folder that holds bagit.txt";
    match files.get(DECLARATION) {
        None => {
            report.error("bag-undeclared", None, "there is no bagit.txt: this is no bag").hint(cure);
        }
        Some(bytes) if bytes == DECLARED.as_bytes() => {}
        Some(_) => {
            let message = "bagit.txt does not declare BagIt 1.0 in UTF-8, in the two lines that RFC 8493 wants";
            report.error("bag-undeclared", None, message);
        }
    }
}

/// A manifest: the checksum of each file, by path.
struct Manifest<'a> {
    name: &'a str,
    sums: BTreeMap<String, &'a str>,
}

impl Manifest<'_> {
    /// Of tag files, not of the payload.
    fn is_of_tags(&self) -> bool {
        self.name.starts_with("tagmanifest-")
    }
}

fn manifests<'a>(files: &'a Files, report: &mut Report) -> Vec<Manifest<'a>> {
    let is_manifest =
        |name: &str| (name.starts_with("manifest-") || name.starts_with("tagmanifest-")) && name.ends_with(".txt");
    let found: Vec<_> = files.iter().filter(|(name, _)| is_manifest(name)).collect();
    let manifests: Vec<_> = found.iter().map(|(name, bytes)| manifest(name, bytes, report)).collect();
    if !manifests.iter().any(|manifest| !manifest.is_of_tags()) {
        report.error("bag-unmanifested", None, format!("there is no payload manifest, such as {MANIFEST}"));
    }
    manifests
}

fn manifest<'a>(name: &'a str, bytes: &'a [u8], report: &mut Report) -> Manifest<'a> {
    let mut sums = BTreeMap::new();
    let mut wrong = |line: usize, what: &str| {
        report.error("bag-manifest", None, format!("{name}, line {line}: {what}"));
    };
    let text = std::str::from_utf8(bytes).unwrap_or_else(|_| {
        wrong(1, "not UTF-8");
        ""
    });
    for (at, line) in text.lines().enumerate() {
        let Some((sum, path)) = line.split_once([' ', '\t']) else {
            wrong(at + 1, "not a checksum and a path");
            continue;
        };
        let path = unescaped(path.trim_start_matches([' ', '\t', '*']));
        if path.split('/').any(|part| part.is_empty() || part == "..") {
            wrong(at + 1, "a path that leaves the bag");
        } else if sums.insert(path, sum).is_some() {
            wrong(at + 1, "a path for the second time");
        }
    }
    Manifest { name, sums }
}

/// Whether what the manifests list is there, and what is there is listed.
fn complete(files: &Files, manifests: &[Manifest], report: &mut Report) {
    for manifest in manifests {
        for path in manifest.sums.keys().filter(|path| !files.contains_key(*path)) {
            report.error("bag-file-missing", None, format!("{path} is missing: {} lists it", manifest.name));
        }
        for path in files.keys().filter(|path| path.starts_with(DATA) != manifest.is_of_tags()) {
            let own = path.starts_with("tagmanifest-");
            if !own && !manifest.sums.contains_key(path) {
                report
                    .error("bag-file-unlisted", None, format!("{path} is not in {}", manifest.name))
                    .hint("take the file out, or make the deposit anew");
            }
        }
    }
    if !manifests.iter().any(Manifest::is_of_tags) {
        report.error("bag-unmanifested", None, format!("there is no tag manifest, such as {TAG_MANIFEST}"));
    }
}

fn checksums(files: &Files, manifests: &[Manifest], report: &mut Report) {
    for manifest in manifests {
        let kind = manifest.name.rsplit_once('-').map_or("", |(_, kind)| kind.trim_end_matches(".txt"));
        let digest: fn(&[u8]) -> String = match kind {
            "sha512" => |bytes| hex(&Sha512::digest(bytes)),
            "sha256" => |bytes| hex(&Sha256::digest(bytes)),
            _ => {
                let message = format!("{}: checksums of the kind {kind} can't be checked", manifest.name);
                report.error("bag-manifest", None, message).hint("SHA-512 and SHA-256 can");
                continue;
            }
        };
        for (path, sum) in &manifest.sums {
            if let Some(bytes) = files.get(path).filter(|bytes| !digest(bytes).eq_ignore_ascii_case(sum)) {
                let message =
                    format!("{path} has changed: {} has another checksum for its {} bytes", manifest.name, bytes.len());
                report.error("bag-checksum", None, message);
            }
        }
    }
}

/// Whether the payload is as much as the bag says of itself.
fn oxum(files: &Files, report: &mut Report) {
    let Some(said) = info(files, "Payload-Oxum") else { return };
    let found = bag::oxum(files);
    if said != found {
        report.error("bag-oxum", None, format!("{INFO} counts {said} (bytes and files) in the payload, there are {found}"));
    }
}

/// A value of `bag-info.txt`.
fn info<'a>(files: &'a Files, label: &str) -> Option<&'a str> {
    let text = std::str::from_utf8(files.get(INFO)?).ok()?;
    text.lines().find_map(|line| line.strip_prefix(label)?.strip_prefix(':')).map(str::trim)
}

/// Whether the program made the bag.
pub fn is_ours(files: &Files) -> bool {
    info(files, "Bag-Software-Agent").is_some_and(|agent| agent.starts_with("Tetrapla "))
}

/// A manifest can change and mean the same: a tab for a space, a capital in a checksum. Not one that this program wrote.
fn canonical(files: &Files, report: &mut Report) {
    let fine = report.worst() != Some(crate::report::Severity::Error);
    if !fine || !is_ours(files) {
        return;
    }
    for (name, want) in [(MANIFEST, bag::payload_manifest(files)), (TAG_MANIFEST, bag::tag_manifest(files))] {
        if files.get(name).is_some_and(|bytes| bytes != want.as_bytes()) {
            report.error("bag-manifest", None, format!("{name} has changed, though it still means the same"));
        }
    }
}

/// Whether the research object describes the payload's files and no others.
fn described(files: &Files, report: &mut Report) {
    let place = format!("{DATA}{}", research_object::FILE);
    let Some(bytes) = files.get(&place) else { return };
    let Ok(whole) = serde_json::from_slice::<serde_json::Value>(bytes) else { return };
    let mut described: Vec<String> = Vec::new();
    for entity in whole["@graph"].as_array().into_iter().flatten().filter(|entity| entity["@type"] == "File") {
        let id = entity["@id"].as_str().unwrap_or_default();
        let path = format!("{DATA}{}", research_object::decoded(id));
        if !id.contains("://") && !files.contains_key(&path) {
            report.error("bag-crate", None, format!("{place} describes {id}, which is not there"));
        }
        described.push(path);
    }
    for path in files.keys().filter(|path| path.starts_with(DATA) && **path != place && !described.contains(path)) {
        if is_ours(files) {
            report.error("bag-crate", None, format!("{place} does not describe {path}"));
        }
    }
}
