//! Citations and works cited, beside what another program makes of the same library by the same styles.

use std::fmt::Write;

use crate::support::root;

/// The styles that are compared, by the names that a work gives them.
const STYLES: &[(&str, &str)] = &[
    ("chicago-notes", "chicago-notes"),
    ("chicago-author-date", "chicago-author-date"),
    ("apa", "american-psychological-association"),
    ("mla", "modern-language-association"),
    ("iso-690", "iso-690-author-date"),
];

/// Writes the styles into `target/tmp/styles`, so that another program can follow the very same.
#[test]
#[ignore = "writes files for tests/conformance/citations.py"]
fn styles_for_another_program() {
    let folder = root().join("target/tmp/styles");
    std::fs::create_dir_all(&folder).expect("a folder for the styles");
    for (name, own) in STYLES {
        let style = hayagriva::archive::ArchivedStyle::by_name(own).expect("a style of the archive").get();
        let mut all = String::new();
        write!(all, "{}", style.to_xml().expect("a style says itself")).expect("a string takes all");
        std::fs::write(folder.join(format!("{name}.csl")), all).expect("the style is written");
    }
}
