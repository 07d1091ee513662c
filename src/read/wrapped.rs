//! Fences of code that a model has put around the Markdown which it read off pages, around all of it or a page at a time: a text of
//! nothing else is no listing of Markdown.

use std::ops::Range;

/// How long at most the name of a page is that stands between two of them.
const SHORT: usize = 48;

/// Whether a line between them is one of who put them together: a rule, or what a page is called. Headings over listings are an
/// author's.
fn is_of_pages(line: &str) -> bool {
    let is_rule = line.len() >= 3 && line.bytes().all(|byte| matches!(byte, b'-' | b'*' | b'_' | b'=' | b' '));
    let lower = line.to_lowercase();
    let names = ["page", "seite", "página", "pagina", "image", "scan"];
    let is_page = || line.contains(|c: char| c.is_ascii_digit()) && names.iter().any(|name| lower.contains(name));
    is_rule || line.chars().count() <= SHORT && is_page()
}

/// The lines of such fences, in bytes of the text; none where it has anything else.
fn fences(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    // How many listings are open in the fence at hand; none: no fence is open.
    let mut open: Option<usize> = None;
    let (mut at, mut wraps, mut between) = (0, 0_usize, 0_usize);
    for line in text.split_inclusive('\n') {
        let own = at..at + line.trim_end_matches('\n').len();
        at += line.len();
        let said = line.trim_end();
        match (open, said.strip_prefix("```")) {
            (None, Some("markdown" | "md")) => {
                (open, wraps) = (Some(0), wraps + 1);
                found.push(own);
            }
            (None, _) if said.is_empty() => {}
            (None, None) if is_of_pages(said) => between += 1,
            (None, _) => return Vec::new(),
            (Some(0), Some("")) => {
                open = None;
                found.push(own);
            }
            (Some(depth), Some("")) => open = Some(depth - 1),
            (Some(depth), Some(name)) if !name.contains('`') => open = Some(depth + 1),
            (Some(_), _) => {}
        }
    }
    // One may stand before the first, one behind the last, and one between two.
    if between > wraps + 1 { Vec::new() } else { found }
}

/// The stretches of a text between its fences; none where there are none.
pub fn between(text: &str) -> Vec<Range<usize>> {
    let fences = fences(text);
    let starts = std::iter::once(0).chain(fences.iter().map(|fence| fence.end));
    let ends = fences.iter().map(|fence| fence.start).chain([text.len()]);
    if fences.is_empty() { Vec::new() } else { starts.zip(ends).map(|(start, end)| start..end).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want: usize) {
        assert_eq!(fences(text).len(), want, "{text}");
    }

    #[test]
    fn what_models_wrap_is_told_from_listings() {
        check("```markdown\n# a\n\nb\n```\n", 2);
        check("```markdown\na\n```\n\n---\n\n```md\nb\n```python\nx\n```\nc\n```\n", 4);
        check("```markdown\nnever closed\n", 1);
        check("```markdown\na\n```\n\nSome prose that an author wrote about the listing above it, at length.\n", 0);
        check("```\na\n```\n", 0);
        check("Text.\n", 0);
        check("## Headings\n\n```markdown\n# a\n```\n\n## Lists\n\n```markdown\n- a\n```\n", 0);
        check("## Page 1\n\n```markdown\na\n```\n\n## Page 2\n\n```markdown\nb\n```\n", 4);
        check("One.\n\nTwo.\n\nThree.\n\n```markdown\na\n```\n", 0);
    }
}
