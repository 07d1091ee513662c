//! Whatever is written: reading never panics, every backend says something, and clean Markdown is read back as the same tree. The
//! texts are made of the pieces that Markdown and scans are made of, thrown together; the same ones each time, more of them where
//! `PROPTEST_CASES` asks for it.

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use tetrapla::Kit;
use tetrapla::env::Env;
use tetrapla::report::Report;
use tetrapla::tree::Document;

use crate::round_trip::difference;
use crate::support::read_text;

/// Pieces that mean something, alone or beside each other.
const PIECES: &[&str] = &[
    "\n",
    "\n\n",
    "\n\n\n",
    " ",
    "  \n",
    "\\\n",
    "\t",
    "    ",
    "# ",
    "## ",
    "###### ",
    "> ",
    ">",
    "- ",
    "+ ",
    "* ",
    "1. ",
    "7) ",
    "- [ ] ",
    "- [x] ",
    ": ",
    "***",
    "---",
    "===",
    "```",
    "~~~",
    "`",
    "``",
    "*",
    "**",
    "***",
    "_",
    "__",
    "~",
    "~~",
    "^",
    "$",
    "$$",
    "[",
    "]",
    "(",
    ")",
    "[^1]",
    "[^1]: ",
    "[^a]: ",
    "[^a]",
    "*[word]: Words\n",
    "\n*[a]: and words\n",
    "<abbr title=\"words\">",
    "</abbr>",
    "![",
    "](b.png)",
    "](http://a.b/c \"t\")",
    "](#x)",
    "<http://a.b>",
    "{#x .y lang=fr}",
    "|",
    "| a | b |\n|---|:-:|\n",
    "\\",
    "\\|",
    "&amp;",
    "&",
    "&#10;",
    "&nbsp;",
    "<",
    ">",
    "<b>",
    "</b>",
    "<i>",
    "</i>",
    "<sup>1</sup>",
    "<sup>1</sup> ",
    "<sub>2</sub>",
    "<span lang=\"fr\">",
    "<span>",
    "</span>",
    "<br>",
    "<pb n=\"12\"/>",
    "<pb/>",
    "<lb break=\"no\"/>",
    "<fw type=\"header\">H</fw>",
    "<note n=\"*\"/>",
    "<!-- c -->",
    "<!-- -->",
    "<!--",
    "-->",
    "<div>",
    "</div>",
    "<script>",
    "---\n\n<sup>1</sup> ",
    "{12}------\n\n",
    "\u{c}",
    "<!-- page 12 -->\n\n",
    "--- end of page=3 ---\n\n",
    "[p. 12]\n\n",
    "12\n\n",
    "ON LIBERTY\n\n",
    "${ }^{4}$",
    "\\(^{4}\\)",
    "¹",
    "† ",
    "mul-\n",
    "word",
    "Words and words.",
    "the end of a line",
    "Chapter",
    "1986. ",
    "a",
    "é",
    "λόγος",
    "كتاب",
    "שלום",
    "字",
    "\u{301}",
    "\u{200d}",
    "😀",
    ".",
    "!",
    "?",
    ",",
    ":",
    ";",
    "\"",
    "'",
    "«",
    "»",
    "…",
    "—",
    "0",
    "4",
];

fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        12 => proptest::sample::select(PIECES).prop_map(str::to_owned),
        2 => "[a-z]{1,8} ",
        1 => "\\PC{1,3}",
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Tries `check` on `cases` texts, and shows the shortest one on which it fails.
fn try_on(cases: u32, check: impl Fn(&str) -> Result<(), TestCaseError>) {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|asked| asked.parse().ok()).unwrap_or(cases);
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 4_000, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    runner.run(&texts(), |text| check(&text)).unwrap_or_else(|failed| panic!("{failed}"));
}

/// The tree of a text that stands for a file: what the driver takes out of files is taken out.
fn tree(text: &str) -> Document {
    read_text(text, &mut Report::default())
}

#[test]
fn clean_markdown_is_read_back_whatever_was_written() {
    try_on(600, |text| {
        let doc = tree(text);
        let written = emit("md", &doc)?;
        let difference = difference(&doc, &String::from_utf8(written.clone()).expect("Markdown is text"));
        prop_assert!(difference.is_none(), "{}\n{}", difference.unwrap_or_default(), String::from_utf8_lossy(&written));
        Ok(())
    });
}

#[test]
fn every_backend_takes_whatever_was_written() {
    try_on(60, |text| {
        let doc = tree(text);
        for backend in Kit::BUILTIN.backends {
            emit(backend.name(), &doc)?;
        }
        Ok(())
    });
}

fn emit(name: &str, doc: &Document) -> Result<Vec<u8>, TestCaseError> {
    let backend = Kit::BUILTIN.backends.iter().find(|backend| backend.name() == name).expect("a backend of that name");
    match backend.emit(doc, &Env::default(), &mut Report::default()) {
        Ok(tetrapla::emit::Output::File { bytes, .. }) => Ok(bytes),
        other => Err(TestCaseError::fail(format!("{name} gives {other:?}"))),
    }
}
