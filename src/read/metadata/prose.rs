//! Metadata are plain text in every format. People write Markdown in them all the same, and asterisks on an imprint are a fault.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// The words of `text` without the marks of Markdown; none where it has none, or is more than paragraphs.
pub fn plain(text: &str) -> Option<String> {
    if !text.contains(['*', '_', '`', '[', '<']) && !text.contains("&#91;") {
        return None;
    }
    // A backslash that takes a mark's meaning away is one, too.
    let is_escaped = ["\\*", "\\_", "\\`", "\\[", "\\<", "&#91;"].iter().any(|mark| text.contains(mark));
    let (mut words, mut marked, mut targets) = (String::new(), is_escaped, Vec::new());
    for event in Parser::new_ext(text, Options::empty()) {
        match event {
            Event::Start(Tag::Paragraph) => {}
            Event::End(TagEnd::Paragraph) | Event::SoftBreak | Event::HardBreak => words.push(' '),
            Event::Start(Tag::Emphasis | Tag::Strong) => marked = true,
            Event::End(TagEnd::Emphasis | TagEnd::Strong) => {}
            Event::Start(Tag::Link { dest_url, .. }) => {
                marked = true;
                targets.push((words.len(), dest_url.into_string()));
            }
            // Nothing that was written goes: the address stands behind the words that led there.
            Event::End(TagEnd::Link) => {
                if let Some((start, target)) = targets.pop()
                    && words.get(start..).is_some_and(|said| !target.ends_with(said))
                {
                    words += &format!(" ({target})");
                }
            }
            Event::Text(text) => words += &text,
            Event::Code(code) => {
                marked = true;
                words += &code;
            }
            Event::InlineHtml(tag) => {
                let name = tag.trim_start_matches(['<', '/']).split(|c: char| !c.is_ascii_alphanumeric()).next();
                match name.unwrap_or_default() {
                    "br" => words.push(' '),
                    "em" | "i" | "b" | "strong" | "sup" | "sub" | "span" | "small" | "cite" => {}
                    // Words in angle brackets are words.
                    _ => return None,
                }
                marked = true;
            }
            _ => return None,
        }
    }
    marked.then_some(words)
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn marks_go_and_words_stay() {
        assert_eq!(plain("By *Tallinn Press*.\nAll rights.").as_deref().map(str::trim), Some("By Tallinn Press. All rights."));
        assert_eq!(plain("[Ours](https://a.example)").as_deref().map(str::trim), Some("Ours (https://a.example)"));
        assert_eq!(plain("<https://a.example>").as_deref().map(str::trim), Some("https://a.example"));
        for text in ["snake_case_name", "5 * 6 * 7", "plain", "1. *One*", "a [sic] b", "The Title: <with> & marks"] {
            assert_eq!(plain(text), None, "{text}");
        }
    }
}
