//! The table of contents that an mdBook keeps in its `SUMMARY.md`: it says which files are chapters, in which order, and under
//! which part (<https://rust-lang.github.io/mdBook/format/summary.html>).

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::clean;
use crate::span::{FileId, Sources, Span};

/// One line of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub title: String,
    pub span: Span,
    /// How deep the chapter's heading stands below the work's title: 1 for a part, and for a chapter where there are no parts.
    pub level: u8,
    /// The file, as it is written; none for a part, and empty for a chapter that is still to be written.
    pub target: Option<String>,
}

/// The deepest heading that Markdown has.
const DEEPEST: u8 = 6;

/// What a `SUMMARY.md` lists, in order.
pub fn listed(sources: &Sources, file: FileId) -> Vec<Listed> {
    let text = &sources.get(file).text;
    let mut all: Vec<Listed> = Vec::new();
    let (mut depth, mut part, mut open): (u8, bool, Option<Listed>) = (0, false, None);
    for (event, range) in Parser::new_ext(text, Options::empty()).into_offset_iter() {
        match event {
            Event::Start(Tag::List(_)) => depth = depth.saturating_add(1),
            Event::End(TagEnd::List(_)) => depth = depth.saturating_sub(1),
            Event::Start(Tag::Heading { level: HeadingLevel::H1, .. }) => {
                open = Some(Listed { title: String::new(), span: Span::new(file, range), level: 1, target: None });
            }
            Event::Start(Tag::Link { dest_url, .. }) if open.is_none() => {
                // What stands before and behind the numbered chapters is of their rank.
                let level = depth.max(1);
                open = Some(Listed {
                    title: String::new(),
                    span: Span::new(file, range),
                    level,
                    target: Some(dest_url.into_string()),
                });
            }
            Event::Text(words) | Event::Code(words) => {
                if let Some(open) = &mut open {
                    open.title += &words;
                }
            }
            // The first heading is the table's own.
            Event::End(TagEnd::Heading(HeadingLevel::H1)) if all.is_empty() && !part => {
                part = true;
                open = None;
            }
            Event::End(TagEnd::Heading(HeadingLevel::H1) | TagEnd::Link) => {
                all.extend(open.take().map(|open| Listed { title: clean::line(&open.title), ..open }));
            }
            _ => {}
        }
    }
    // Under a part, chapters stand one deeper.
    let in_parts = all.iter_mut().skip_while(|listed| listed.target.is_some());
    in_parts.filter(|listed| listed.target.is_some()).for_each(|listed| listed.level += 1);
    all.iter_mut().for_each(|listed| listed.level = listed.level.min(DEEPEST));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::Source;

    #[test]
    fn parts_and_chapters() {
        let text = "# Summary\n\n[Preface](p.md)\n\n# Wool\n\n- [Hay](hay.md)\n  - [Bales](bales.md)\n- [Soon]()\n\n---\n\n# Salt\n\n- [Pans](pans.md)\n";
        let mut sources = Sources::default();
        let file = sources.add(Source { name: "SUMMARY.md".into(), text: text.into() });
        let all = listed(&sources, file);
        let all: Vec<_> = all.iter().map(|one| (one.level, one.title.as_str(), one.target.as_deref())).collect();
        assert_eq!(
            all,
            [
                (1, "Preface", Some("p.md")),
                (1, "Wool", None),
                (2, "Hay", Some("hay.md")),
                (3, "Bales", Some("bales.md")),
                (2, "Soon", Some("")),
                (1, "Salt", None),
                (2, "Pans", Some("pans.md")),
            ]
        );
    }
}
