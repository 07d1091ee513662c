//! The report for people holds all it needs, is the same each time, and can't be broken by what a text says. How it looks and
//! behaves is tried in a browser: `tests/browser/report.mjs`.

#![allow(clippy::disallowed_methods, reason = "sources are laid out on the disk")]

use std::path::Path;
use std::process::Command;

use tempfile::tempdir;

/// A work with page-broken text, whose title and remarks try to break out of the page.
const SOURCE: &str = "---
title: \"</title><script>alert(1)</script> & Co\"
author: <b>Ada</b>
licence: javascript:alert(1)
language: en
---

A paragraph that a page end has cut in the mid-

---

<sup>1</sup> A note at the foot.

dle of a word,<sup>1</sup> with an image that is not there: ![<i>alt</i>](no\"such.png).
";

#[track_caller]
fn report(folder: &Path, name: &str, jobs: &str) -> String {
    let arguments = ["build", "hostile.md", "-o", "out", "--from", "paged", "--jobs", jobs, "--report", name];
    let output = Command::new(env!("CARGO_BIN_EXE_tetrapla")).args(arguments).current_dir(folder).output();
    let output = output.expect("the program runs");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::read_to_string(folder.join(name)).expect("a report")
}

#[test]
fn a_hostile_text_stays_text_and_the_page_is_the_same_each_time() {
    let folder = tempdir().expect("a folder");
    std::fs::write(folder.path().join("hostile.md"), SOURCE).expect("a source");
    let page = report(folder.path(), "one.html", "1");
    assert_eq!(page, report(folder.path(), "two.html", "2"));
    assert_eq!(page.matches("<script").count(), 1, "only the page's own script");
    assert!(!page.contains("<b>Ada") && page.contains("&lt;b&gt;Ada"));
    assert!(!page.contains("href=\"javascript:"), "no address that runs code");
    for file in ["hostile.epub", "hostile.pdf", "hostile.tei.xml", "hostile.txt"] {
        assert!(page.contains(&format!("<th role=\"rowheader\" scope=\"row\">{file}</th>")), "{file}");
    }
    assert!(
        page.contains("Every word is there.") && page.contains("image-missing") && page.contains("data-kind=\"note-attached\"")
    );
    assert!(page.contains("aria-label=\"Page 1\""), "pages are drawn");
}

#[test]
fn the_page_needs_no_network() {
    let folder = tempdir().expect("a folder");
    std::fs::write(folder.path().join("hostile.md"), SOURCE).expect("a source");
    let page = report(folder.path(), "report.html", "1");
    for attribute in ["src=\"", "url(", "@import", "<link", "<iframe"] {
        assert!(!page.contains(attribute), "{attribute}");
    }
    assert!(
        page.contains("Content-Security-Policy\" content=\"default-src &#39;none&#39;") || page.contains("default-src 'none'")
    );
    let machine = folder.path().to_string_lossy().into_owned();
    assert!(!page.contains(&machine), "the machine's path is in the report");
}

#[test]
fn a_report_that_can_not_be_written_is_an_error() {
    let folder = tempdir().expect("a folder");
    std::fs::write(folder.path().join("a.md"), "Words.\n").expect("a source");
    std::fs::create_dir(folder.path().join("report.html")).expect("a folder in the way");
    let arguments = ["build", "a.md", "-o", "out", "--to", "txt", "--report", "report.html"];
    let output = Command::new(env!("CARGO_BIN_EXE_tetrapla")).args(arguments).current_dir(folder.path()).output();
    let output = output.expect("the program runs");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("report.html can't be written"));
    assert!(folder.path().join("out/a.txt").is_file(), "the outputs are there all the same");
}
