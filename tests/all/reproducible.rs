//! The same source gives the same bytes: in another folder, whose entries were made in another order, in another time zone, for another
//! locale, by another user, from sources of another day, on one thread and on several.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use tempfile::tempdir;

use crate::support::{Ran, files, program};

/// A work of several files and a picture, and a text beside it.
const SOURCES: [(&str, &[u8]); 6] = [
    ("book/tetrapla.toml", b"[metadata]\ntitle = \"Hay\"\nlanguage = \"tr\"\n"),
    ("book/1.md", b"# I\n\nSeven bales[^1], \xC4\xB0 and i.\n\n[^1]: A note.\n\n![A drawing](a.svg)\n"),
    ("book/2.md", b"# II\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"),
    ("book/10.md", b"# X\n\n$x^2$\n"),
    ("book/a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><circle r='4' opacity='.5'/></svg>"),
    ("one.md", b"# One\n\nWords.\n"),
];

fn built(folder: &Path, elsewhere: bool, surroundings: &[(&str, &str)]) -> BTreeMap<PathBuf, Vec<u8>> {
    let works = folder.join("works");
    let mut sources = SOURCES.to_vec();
    if elsewhere {
        sources.reverse();
    }
    for (path, bytes) in sources {
        let path = works.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(&path, bytes).expect("room for a source");
        if elsewhere {
            let day = UNIX_EPOCH + Duration::from_secs(631_152_000);
            let file = std::fs::File::options().write(true).open(&path).expect("the source");
            file.set_modified(day).expect("the file system keeps times");
        }
    }
    let out = folder.join("out");
    let mut command = program("build");
    match elsewhere {
        false => command.arg(&works).arg("-o").arg(&out).args(["--jobs", "3"]),
        // By other names, from a folder of its own.
        true => command.current_dir(&works).args([".", "-o", "../out", "--jobs", "1"]),
    };
    command.envs(surroundings.iter().copied());
    let ran = Ran::of(command);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let all = ["epub", "pdf", "xml", "txt"].iter().flat_map(|ending| files(&out, ending));
    let inside =
        |path: PathBuf| (path.strip_prefix(&out).expect("an output").to_owned(), std::fs::read(&path).expect("an output"));
    all.map(inside).collect()
}

#[test]
fn surroundings_change_no_byte() {
    let desk = tempdir().expect("a folder for the test");
    let (here, there) = (desk.path().join("a"), desk.path().join("another place/with ümlauts"));
    let first = built(&here, false, &[("TZ", "UTC"), ("LC_ALL", "C"), ("USER", "ada"), ("HOME", "/")]);
    let second =
        built(&there, true, &[("TZ", "Pacific/Chatham"), ("LC_ALL", "tr_TR.UTF-8"), ("LANG", "tr_TR.UTF-8"), ("USER", "bob")]);
    assert_eq!(first.len(), 8);
    for (path, bytes) in &first {
        assert!(second.get(path) == Some(bytes), "{} differs", path.display());
    }
    assert_eq!(first.len(), second.len());
}
