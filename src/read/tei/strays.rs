//! Elements that are taken for others than they are.

use std::ops::Range;

use super::dom::{Child, Element};
use super::phrase;

/// Has a `span` that holds words and points to none, which HTML has and TEI has not, be a stretch of its line. Says where they are.
pub fn keep_spans(root: &mut Element) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    keep(root, &mut found);
    found
}

/// Has each utterance say who speaks that only the block says which holds it and its annotations.
pub fn name_speakers(element: &mut Element) {
    let who = element.attribute("who").filter(|_| element.name == "annotationBlock").map(str::to_owned);
    for child in &mut element.children {
        let Child::Element(inner) = child else { continue };
        if let Some(who) = who.as_ref().filter(|_| inner.name == "u" && inner.attribute("who").is_none()) {
            inner.say_by("who", who);
        }
        name_speakers(inner);
    }
}

/// Has the zones of a document that hold its numbers and running matter, and what has a name of its own for these, be what a page
/// bears beside its text.
pub fn set_apart_zones(element: &mut Element) {
    for child in &mut element.children {
        let Child::Element(inner) = child else { continue };
        if inner.name == "zone"
            && let Some(kind) = inner.attribute("type").and_then(matter_of)
        {
            inner.name = "fw";
            inner.say_first("type", kind);
        }
        // Of the Women Writers Project; elsewhere it is a word of several.
        if inner.name == "mw" && inner.attribute("type").is_some() {
            inner.name = "fw";
        }
        set_apart_zones(inner);
    }
}

/// What a zone holds, by its type, in the words that TEI has for running matter: pages and lines are counted in the margin.
fn matter_of(kind: &str) -> Option<&'static str> {
    let said: String = kind.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    Some(match said.as_str() {
        "pagenumber" | "pagenum" | "pageno" | "pagination" | "foliation" | "folio" | "folionumber" => "pageNum",
        "linenumber" | "linenumbers" | "linenumbering" | "linenum" | "lineno" => "pageNum",
        "header" | "runninghead" | "runningheader" | "runningtitle" | "pageheader" | "footer" | "pagefooter" => "header",
        "catchword" => "catch",
        "signature" | "signaturemark" | "quiremark" => "sig",
        _ => return None,
    })
}

fn keep(element: &mut Element, found: &mut Vec<Range<usize>>) {
    let holds_lines = !matches!(element.name, "spanGrp" | "standOff" | "annotation" | "listAnnotation" | "teiHeader");
    for child in &mut element.children {
        let Child::Element(inner) = child else { continue };
        let points = ["from", "to", "target"].into_iter().any(|name| inner.attribute(name).is_some());
        if holds_lines && inner.name == "span" && !points && phrase::has_words(inner) {
            inner.name = "seg";
            found.push(inner.range.clone());
        }
        if !matches!(inner.name, "teiHeader" | "standOff") {
            keep(inner, found);
        }
    }
}
