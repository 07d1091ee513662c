//! Examples of encoding (`egXML`, TEI P5, chapter 22): what readers of a handbook are shown is the code, with its tags.

use super::dom::{Child, Element};
use super::{is_space, phrase};

/// What an example is called that stands on lines of its own, and one in a sentence: they are read as code.
const ALONE: &str = "eg";
const IN_LINE: &str = "code";

/// Has every example stand as the code that `source` has for it; `base` is where the source begins.
pub fn as_code(element: &mut Element, source: &str, base: usize) {
    let (in_words, is_only) =
        (phrase::has_words(element), element.children.iter().filter(|child| !is_space(child)).count() < 2);
    for child in &mut element.children {
        let Child::Element(inner) = child else { continue };
        if inner.name != "egXML" {
            as_code(inner, source, base);
            continue;
        }
        let Some(written) = source.get(inner.range.start - base..inner.range.end - base) else { continue };
        // One that an entity stands for is no code of this file.
        let Some(code) = written.starts_with('<').then(|| inner_lines(written)) else { continue };
        inner.name = if in_words && !is_only && !code.contains('\n') { IN_LINE } else { ALONE };
        inner.children = vec![Child::Text(code, inner.range.clone())];
    }
}

/// What stands between an element's tags, without the white space that all its lines begin with.
fn inner_lines(written: &str) -> String {
    let from = super::dom::tag_end(written).unwrap_or(written.len());
    let to = written.rfind("</").unwrap_or(from).max(from);
    let code = super::clean::clean(&written[from..to]).into_owned();
    let lines: Vec<_> = code.trim_end().split('\n').map(str::trim_end).collect();
    let white = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    // The first stands behind the tag.
    let indent = lines.iter().skip(1).filter(|line| !line.is_empty()).map(|line| white(line)).min().unwrap_or(0);
    let first = lines.first().map_or("", |line| line.trim_start());
    let rest = lines.iter().skip(1).map(|line| line.get(indent..).unwrap_or(""));
    let all: Vec<_> = std::iter::once(first).chain(rest).collect();
    all.join("\n").trim_start_matches('\n').to_owned()
}
