//! The examples of the CommonMark specification are read without loss of text, and none of them is taken for a scan. Their
//! words are compared with those of the HTML that the specification gives.

use serde_json::Value;
use tetrapla::report::Report;

use crate::support::{read_text, root, words_of};

/// Examples whose words are others here. Scripts and style sheets are no text, and go with a remark (170 to 178). Tags that HTML doesn't
/// know and that nothing closes, and tags that never end, may be none, and stay as they are written (150 to 158, 201, 491 to 615); so
/// does a section of character data (182). Between the rows of a table nothing is code (191). One tag is too odd for this test's way
/// with HTML (616).
const OTHER: &[u64] = &[150, 156, 157, 158, 170, 172, 173, 176, 178, 182, 191, 201, 491, 524, 536, 613, 615, 616];

fn examples() -> Vec<Value> {
    let text = std::fs::read_to_string(root().join("tests/commonmark.json")).expect("the specification's examples");
    let whole: Value = serde_json::from_str(&text).expect("JSON");
    whole["examples"].as_array().expect("a list").clone()
}

#[test]
fn every_example_keeps_its_words() {
    let mut wrong = Vec::new();
    for example in examples() {
        let number = example["example"].as_u64().expect("a number");
        let (source, html) = (example["markdown"].as_str().expect("text"), example["html"].as_str().expect("text"));
        let doc = read_text(source, &mut Report::default());
        let (want, got) = (words_of_html(html), words_of(&doc));
        if (want != got) != OTHER.contains(&number) {
            wrong.push(format!("example {number}: {source:?}\n  want {want:?}\n  got  {got:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of them:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn no_example_is_taken_for_a_scan() {
    let examples = examples();
    assert!(examples.len() > 600, "the specification has more examples");
    for example in examples {
        let source = example["markdown"].as_str().expect("text");
        assert_eq!(read_text(source, &mut Report::default()).repairs, [], "{source}");
    }
}

/// The text of the specification's HTML, letters and digits alone.
fn words_of_html(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some(at) = rest.find(['<', '&']) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        // A lone image is a figure, and its title is the caption.
        if let Some(image) = rest.strip_prefix("<p><img ").and_then(|rest| rest.split_once(" /></p>")) {
            text.push_str(&image.0.split_once(" title=\"").map_or("", |(_, title)| title).replace("&amp;", "&"));
        }
        let end = rest.find(if rest.starts_with('<') { '>' } else { ';' }).map_or(rest.len(), |end| end + 1);
        text.push_str(match &rest[..end] {
            "&amp;" => "&",
            "&lt;" => "<",
            "&gt;" => ">",
            "&quot;" => "\"",
            _ => "",
        });
        rest = &rest[end..];
    }
    text.push_str(rest);
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}
