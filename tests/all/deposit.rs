//! A deposit is what it says it is: the same bytes each time, nothing made up where the metadata are silent, and refused after any
//! one byte of it has changed.

#![allow(clippy::disallowed_methods, reason = "works and bags are laid out and damaged on the disk")]

use std::path::Path;

use crate::support::{order, root};
use sha2::{Digest, Sha512};
use tempfile::{TempDir, tempdir};
use tetrapla::deposit::{self, Files};
use tetrapla::driver::{self, Finished, Order};
use tetrapla::report::{Report, Severity};

const WHOLE: &str = "---
title: On Bags
subtitle: A Test
author: {name: Ada Writer, sort: 'Writer, Ada', orcid: 0000-0002-1825-0097}
language: en
date: 2026-03-01
publisher: Tetrapla Press
doi: 10.1000/182
isbn: 978-3-16-148410-0
rights: © 2026 Ada Writer
licence: https://creativecommons.org/licenses/by/4.0/
subjects: [Bags]
description: What is put into a bag.
series: {name: Bags, position: 1}
source: {title: Of Bags, publisher: Plon, place: Paris, date: '1947', isbn: 978-3-16-148410-0}
---

# A bag

Some words.[^1]

[^1]: A note.
";

/// Makes a deposit of `text`, in the formats `to`, in a folder of its own.
fn make(text: &[u8], to: &[&str], lenient: bool) -> (TempDir, Finished) {
    let folder = tempdir().expect("a folder");
    let source = folder.path().join("bags.md");
    std::fs::write(&source, text).expect("a source");
    let finished = deposit_of(&source, &folder.path().join("bag"), to, lenient);
    (folder, finished)
}

fn deposit_of(source: &Path, bag: &Path, to: &[&str], lenient: bool) -> Finished {
    let mut report = Report::default();
    let work = driver::find(&[source.to_owned()], &mut report).remove(0);
    let whole = order(bag);
    let to = whole.to.iter().filter(|backend| to.contains(&backend.name())).copied().collect();
    driver::deposit(work, &Order { to, ..whole }, bag, lenient)
}

#[track_caller]
fn read(folder: &Path) -> Files {
    fn below(folder: &Path, prefix: &str, files: &mut Files) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let entry = entry.expect("an entry");
            let name = format!("{prefix}{}", entry.file_name().to_str().expect("a name in UTF-8"));
            match entry.path() {
                path if path.is_dir() => below(&path, &format!("{name}/"), files),
                path => drop(files.insert(name, std::fs::read(path).expect("a file"))),
            }
        }
    }
    let mut files = Files::new();
    below(folder, "", &mut files);
    files
}

/// The codes of what is wrong with a bag.
fn faults(files: &Files) -> Vec<&'static str> {
    let mut report = Report::default();
    deposit::verify(files, &tetrapla::budget::Budget::default(), &mut report);
    report.diagnostics.iter().map(|found| found.code).collect()
}

fn small() -> Files {
    let (folder, finished) = make(WHOLE.as_bytes(), &["tei", "txt"], false);
    assert_eq!(finished.report.worst(), None, "{:?}", finished.report);
    read(&folder.path().join("bag"))
}

fn text<'a>(files: &'a Files, path: &str) -> &'a str {
    std::str::from_utf8(files.get(path).unwrap_or_else(|| panic!("no {path} in {:?}", files.keys()))).expect("UTF-8")
}

/// Writes the manifests anew, so that only the formats can give a change away.
fn seal(files: &mut Files) {
    let lines = |files: &Files, wanted: &dyn Fn(&str) -> bool| -> String {
        let hex = |bytes: &[u8]| Sha512::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let lines = files.iter().filter(|(path, _)| wanted(path)).map(|(path, bytes)| format!("{}  {path}\n", hex(bytes)));
        lines.collect()
    };
    let payload = || files.iter().filter(|(path, _)| path.starts_with("data/")).map(|(_, bytes)| bytes.len());
    let oxum = format!("Payload-Oxum: {}.{}", payload().sum::<usize>(), payload().count());
    let info = text(files, "bag-info.txt").lines().map(|line| match line.starts_with("Payload-Oxum") {
        true => format!("{oxum}\n"),
        false => format!("{line}\n"),
    });
    let info: String = info.collect();
    files.insert("bag-info.txt".to_owned(), info.into_bytes());
    let manifest = lines(files, &|path| path.starts_with("data/"));
    files.insert("manifest-sha512.txt".to_owned(), manifest.into_bytes());
    let tags = lines(files, &|path| !path.starts_with("data/") && path != "tagmanifest-sha512.txt");
    files.insert("tagmanifest-sha512.txt".to_owned(), tags.into_bytes());
}

#[test]
fn the_example_is_deposited_in_four_formats_twice_with_the_same_bytes() {
    let folder = tempdir().expect("a folder");
    let deposits = ["one", "two"].map(|name| {
        let bag = folder.path().join(name);
        let finished = deposit_of(&root().join("input/the-fourfold-page"), &bag, &["tei", "pdf", "epub", "txt"], false);
        assert_ne!(finished.report.worst(), Some(Severity::Error), "{:?}", finished.report);
        read(&bag)
    });
    assert!(deposits[0] == deposits[1]);
    assert_eq!(faults(&deposits[0]), [""; 0]);
    let stem = "data/the-fourfold-page";
    for ending in [".tei.xml", ".pdf", ".epub", ".txt"] {
        assert!(deposits[0].contains_key(&format!("{stem}{ending}")), "{ending}");
    }
    for name in ["tetrapla.toml", "1-to-the-reader.md", "columns.png", "cover.png"] {
        let was = std::fs::read(root().join("input/the-fourfold-page").join(name)).expect("a file of the example");
        assert!(deposits[0][&format!("data/source/{name}")] == was, "{name} is not as it was");
    }
}

#[test]
fn pictures_and_scans_of_pages_come_along_and_the_tei_finds_them() {
    let folder = tempdir().expect("a folder");
    let picture = std::fs::read(root().join("input/the-fourfold-page/columns.png")).expect("a picture");
    for name in ["a b.png", "scans/11.png"] {
        let path = folder.path().join("work").join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, &picture).expect("a picture");
    }
    let source = folder.path().join("work/bags.md");
    let front = WHOLE.split("# A bag").next().expect("the front matter");
    let pages = "<pb n=\"11\" facs=\"scans/11.png\"/>\n\n# A bag\n\n![A picture](a%20b.png)\n\nOn <pb n=\"12\" facs=\"https://example.org/12.png\"/>goes it.\n";
    std::fs::write(&source, format!("{front}{pages}")).expect("a source");
    let finished = deposit_of(&source, &folder.path().join("bag"), &["tei", "txt"], false);
    assert_eq!(finished.report.worst(), None, "{:?}", finished.report);
    let bag = read(&folder.path().join("bag"));
    assert_eq!(faults(&bag), [""; 0]);
    assert!(bag["data/source/a b.png"] == picture && bag["data/source/scans/11.png"] == picture);
    let tei = text(&bag, "data/bags.tei.xml");
    for pointer in ["\"source/a%20b.png\"", "\"source/scans/11.png\"", "\"https://example.org/12.png\""] {
        assert!(tei.contains(pointer), "{pointer} in {tei}");
    }
}

#[test]
fn the_source_is_kept_byte_for_byte() {
    let odd = format!("\u{FEFF}{}", WHOLE.replace('\n', "\r\n"));
    let (folder, _) = make(odd.as_bytes(), &["txt"], false);
    assert_eq!(read(&folder.path().join("bag"))["data/source/bags.md"], odd.as_bytes());
}

#[test]
fn what_the_metadata_lack_is_one_list_before_anything_is_written() {
    let (folder, finished) = make(b"Some words.\n", &["tei", "txt"], false);
    let errors: Vec<_> = finished.report.diagnostics.iter().filter(|found| found.severity == Severity::Error).collect();
    let [error] = errors.as_slice() else { panic!("{errors:?}") };
    assert_eq!(error.code, "deposit-incomplete");
    assert!(error.message.ends_with(": creator, date, publisher, rights, licence"), "{}", error.message);
    assert!(!folder.path().join("bag").exists());
    let (_, finished) = make(b"---\nauthor: Ada Writer\ndate: 2026\nrights: mine\n---\nSome words.\n", &["txt"], false);
    assert!(finished.report.diagnostics.iter().any(|found| found.message.ends_with(": publisher, licence")));
}

#[test]
fn a_lenient_deposit_names_its_gaps() {
    let (folder, finished) = make(b"Some words.\n", &["tei", "txt"], true);
    assert_eq!(finished.report.worst(), Some(Severity::Warning));
    let bag = read(&folder.path().join("bag"));
    assert_eq!(faults(&bag), [""; 0]);
    let gaps = "The metadata of this deposit do not say: creator, date, publisher, rights, licence.";
    for path in ["bag-info.txt", "data/README.txt", "data/ro-crate-metadata.json", "data/metadata/datacite.xml"] {
        assert!(text(&bag, path).contains(gaps), "{path}");
    }
    let datacite = roxmltree::Document::parse(text(&bag, "data/metadata/datacite.xml")).expect("XML");
    let mandatory = ["identifier", "creatorName", "title", "publisher", "publicationYear"];
    assert_eq!(values(&datacite, &mandatory), [":tba", ":unav", "bags", ":unav", "0000"]);
}

#[test]
fn datacite_has_every_mandatory_property() {
    let bag = small();
    let record = roxmltree::Document::parse(text(&bag, "data/metadata/datacite.xml")).expect("XML");
    let mandatory = ["identifier", "creatorName", "title", "publisher", "publicationYear", "resourceType"];
    let want = ["10.1000/182", "Writer, Ada", "On Bags", "Tetrapla Press", "2026", "Digital edition"];
    assert_eq!(values(&record, &mandatory), want);
    let attribute = |element: &str, name: &str| {
        let found = record.descendants().find(|node| node.has_tag_name(("http://datacite.org/schema/kernel-4", element)));
        found.and_then(|node| node.attribute(name)).map(ToOwned::to_owned)
    };
    assert_eq!(attribute("identifier", "identifierType").as_deref(), Some("DOI"));
    assert_eq!(attribute("resourceType", "resourceTypeGeneral").as_deref(), Some("Text"));
    assert_eq!(attribute("nameIdentifier", "nameIdentifierScheme").as_deref(), Some("ORCID"));
}

/// The text of the first element of each name.
fn values(record: &roxmltree::Document, names: &[&str]) -> Vec<String> {
    let namespace = "http://datacite.org/schema/kernel-4";
    assert!(record.root_element().has_tag_name((namespace, "resource")));
    let value = |name: &&str| {
        let found = record.descendants().find(|node| node.has_tag_name((namespace, *name)));
        found.and_then(|node| node.text()).unwrap_or_else(|| panic!("no {name}")).to_owned()
    };
    names.iter().map(value).collect()
}

#[test]
fn any_one_byte_changed_is_refused() {
    let bag = small();
    assert_eq!(faults(&bag), [""; 0]);
    for (path, bytes) in &bag {
        // Of the payload, that a checksum sees a change is tried at a few places; tag files are tried everywhere.
        let step = if path.starts_with("data/") { bytes.len().div_ceil(7).max(1) } else { 1 };
        for at in (0..bytes.len()).step_by(step) {
            for flip in [1, b' '] {
                let mut damaged = bag.clone();
                damaged.get_mut(path).expect("a file")[at] ^= flip;
                assert_ne!(faults(&damaged), [""; 0], "{path}, byte {at}, {flip}");
            }
        }
        let mut damaged = bag.clone();
        damaged.get_mut(path).expect("a file").push(b'\n');
        assert_ne!(faults(&damaged), [""; 0], "{path} with a line more");
    }
}

#[test]
fn a_file_more_or_less_is_named() {
    let bag = small();
    for path in bag.keys() {
        let mut damaged = bag.clone();
        damaged.remove(path);
        assert_ne!(faults(&damaged), [""; 0], "without {path}");
    }
    for path in ["data/stray.txt", "data/source/stray.md", "stray.txt", "fetch.txt", "deep/stray.txt", "tagmanifest-md5.txt"] {
        let mut damaged = bag.clone();
        damaged.insert(path.to_owned(), Vec::new());
        assert_ne!(faults(&damaged), [""; 0], "with {path}");
    }
}

#[test]
fn a_broken_format_is_named_though_every_checksum_is_right() {
    let bag = small();
    let mut again = bag.clone();
    seal(&mut again);
    assert!(again == bag, "the test seals bags as the program does");
    let damages: [(&str, &[u8]); 5] = [
        ("data/bags.tei.xml", b"<TEI><text></TEI>"),
        ("data/bags.txt", b"caf\xE9\n"),
        ("data/repairs.json", b"{"),
        ("data/metadata/datacite.xml", b"<resource>&nbsp;</resource>"),
        ("data/ro-crate-metadata.json", b"[1,"),
    ];
    for (path, bytes) in damages {
        let mut damaged = bag.clone();
        damaged.insert(path.to_owned(), bytes.to_vec());
        seal(&mut damaged);
        assert!(faults(&damaged).contains(&"bag-format"), "{path}: {:?}", faults(&damaged));
    }
    for (path, bytes) in
        [("data/a.pdf", b"%PDF-1.7\n%%EOF\n".as_slice()), ("data/a.epub", b"PK\x05\x06"), ("data/a.png", b"\x89PNG")]
    {
        let mut damaged = bag.clone();
        damaged.insert(path.to_owned(), bytes.to_vec());
        seal(&mut damaged);
        assert_eq!(faults(&damaged), ["bag-crate", "bag-format"], "{path}");
    }
}

#[test]
fn only_an_earlier_deposit_is_replaced() {
    let (folder, _) = make(WHOLE.as_bytes(), &["txt"], false);
    let (source, bag) = (folder.path().join("bags.md"), folder.path().join("bag"));
    std::fs::write(bag.join("stray.txt"), "").expect("a stray file");
    let finished = deposit_of(&source, &bag, &["txt"], false);
    assert_eq!(finished.written, std::slice::from_ref(&bag));
    assert_eq!(faults(&read(&bag)), [""; 0], "the stray file is gone");
    let other = folder.path().join("other");
    std::fs::create_dir(&other).expect("a folder");
    assert_eq!(
        deposit_of(&source, &other, &["txt"], false).written,
        std::slice::from_ref(&other),
        "an empty folder is no obstacle"
    );
    std::fs::remove_dir_all(&other).expect("a folder to remove");
    std::fs::create_dir(&other).expect("a folder");
    std::fs::write(other.join("mine.txt"), "mine").expect("a file");
    let finished = deposit_of(&source, &other, &["txt"], false);
    assert!(finished.report.diagnostics.iter().any(|found| found.code == "output-unwritable"), "{:?}", finished.report);
    assert_eq!(read(&other).into_iter().collect::<Vec<_>>(), [("mine.txt".to_owned(), b"mine".to_vec())]);
    let left: Vec<_> = std::fs::read_dir(folder.path()).expect("a folder").flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(left.len(), 3, "{left:?}");
}

#[test]
fn the_command_makes_and_checks_and_says_so_by_its_exit_code() {
    let (folder, _) = make(WHOLE.as_bytes(), &["txt"], false);
    let run = |arguments: &[&str]| {
        let output =
            std::process::Command::new(env!("CARGO_BIN_EXE_tetrapla")).args(arguments).current_dir(folder.path()).output();
        let output = output.expect("the program runs");
        (output.status.code(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    };
    let (code, said) = run(&["deposit", "--verify", "bag"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.starts_with("bag: whole and unchanged: "), "{said}");
    std::fs::write(folder.path().join("bag/data/bags.txt"), "other words\n").expect("a change");
    let (code, said) = run(&["deposit", "--verify", "bag"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("data/bags.txt has changed") && said.contains("bag: refused\n"), "{said}");
    assert_eq!(run(&["deposit", "--verify", "no-such-folder"]).0, Some(1));
    assert_eq!(run(&["deposit"]).0, Some(2));
}
