//! A backend from another crate: what the README shows, built on what the library makes public and nothing else, so that the seam
//! can't close unnoticed.

use tetrapla::Kit;
use tetrapla::driver;
use tetrapla::emit::{Backend, EmitError, Output};
use tetrapla::env::Env;
use tetrapla::report::Report;
use tetrapla::tree::{Document, Inline, Node, Visit, walk_blocks};

use crate::support::{order, root};

struct Words;

impl Backend for Words {
    fn name(&self) -> &'static str {
        "words"
    }

    fn emit(&self, doc: &Document, _: &Env, _: &mut Report) -> Result<Output, EmitError> {
        let mut count = 0;
        walk_blocks(&doc.body, &mut |visit| {
            if let Visit::Inline(Node { kind: Inline::Text(text), .. }) = visit {
                count += text.split_whitespace().count();
            }
        });
        Ok(Output::File { extension: "words", bytes: format!("{count}\n").into_bytes() })
    }
}

/// A backend that has a defect.
struct Broken;

impl Backend for Broken {
    fn name(&self) -> &'static str {
        "broken"
    }

    fn emit(&self, _: &Document, _: &Env, _: &mut Report) -> Result<Output, EmitError> {
        panic!("on purpose");
    }
}

#[test]
fn it_is_driven_like_those_that_ship() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let kit = Kit { backends: &[&Words], ..Kit::BUILTIN };
    let order = driver::Order { kit, to: kit.backends.to_vec(), ..order(folder.path()) };
    let works = driver::find(&[root().join("tests/cases/notes/all.md")], &mut Report::default());
    let done = driver::batch(works, |work| driver::build(work, &order), |done| done);
    assert_eq!(done[0].written, [folder.path().join("all.words")]);
    let words = std::fs::read_to_string(&done[0].written[0]).expect("what was written");
    assert!(words.trim().parse::<usize>().expect("a number") > 40, "{words}");
}

#[test]
fn one_with_a_defect_takes_no_other_with_it() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let kit = Kit { backends: &[&Broken, &Words], ..Kit::BUILTIN };
    let order = driver::Order { kit, to: kit.backends.to_vec(), ..order(folder.path()) };
    let works = driver::find(&[root().join("tests/cases/notes/all.md")], &mut Report::default());
    let done = driver::batch(works, |work| driver::build(work, &order), |done| done);
    assert_eq!(done[0].written, [folder.path().join("all.words")]);
    assert!(done[0].report.diagnostics.iter().any(|found| found.code == "emit-failed" && found.message.contains("broken")));
}

#[test]
fn the_readme_shows_this_one() {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("the README");
    let shown =
        readme.split("```rust").nth(1).and_then(|rest| rest.split("fn main").next()).expect("the README shows a backend");
    let squeeze = |text: &str| text.split_whitespace().collect::<String>();
    assert!(squeeze(include_str!("outside_backend.rs")).contains(&squeeze(shown)), "the README's backend is another");
}
