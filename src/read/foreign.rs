//! A text in another light markup under a name that says Markdown. It is read all the same, since nothing that somebody wrote is turned
//! away for its form; but who made it must know that its marks stand in the books as they are written.

use std::collections::BTreeSet;

use crate::report::Report;
use crate::span::{FileId, Span};

/// How many bytes from the beginning are looked at: a text shows what it is written in on its first pages.
const LOOKED_AT: usize = 1 << 16;

/// How many lines of marks tell another markup, and of how many kinds: one line may be a quotation, or chance.
const LINES: usize = 3;
const KINDS: usize = 2;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Markup {
    AsciiDoc,
    ReStructured,
    Org,
    MediaWiki,
    Textile,
}

impl Markup {
    const ALL: [Self; 5] = [Self::AsciiDoc, Self::ReStructured, Self::Org, Self::MediaWiki, Self::Textile];

    /// Its name, and what makes Markdown of it.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::AsciiDoc => {
                ("AsciiDoc", "asciidoctor -b docbook makes DocBook of it, and pandoc -f docbook -t markdown Markdown of that")
            }
            Self::ReStructured => ("reStructuredText", "pandoc -f rst -t markdown makes Markdown of it"),
            Self::Org => ("Org", "pandoc -f org -t markdown makes Markdown of it"),
            Self::MediaWiki => ("MediaWiki's markup", "pandoc -f mediawiki -t markdown makes Markdown of it"),
            Self::Textile => ("Textile", "pandoc -f textile -t markdown makes Markdown of it"),
        }
    }

    /// Which of its marks a line is that Markdown has no use for: a number for each kind.
    fn mark(self, line: &str) -> Option<u8> {
        let starts = |marks: &[&str]| marks.iter().any(|mark| line.starts_with(mark));
        let named = |open: &str, close: &str| {
            let inner = line.strip_prefix(open)?.split_once(close)?;
            let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
            (!inner.0.is_empty() && inner.0.chars().all(is_name)).then_some(inner.1)
        };
        let found = match self {
            Self::AsciiDoc => [
                starts(&["= ", "== ", "=== ", "==== "]) && !line.ends_with('=') && !line.contains('"'),
                starts(&["image::", "include::", "video::"]) && line.ends_with(']'),
                starts(&["[source", "[quote", "[NOTE]", "[TIP]", "[WARNING]", "[IMPORTANT]", "[CAUTION]", "[cols="])
                    && line.ends_with(']'),
                line == "|===",
                matches!(line, "====" | "****" | "....")
                    || named(":", ":").is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')),
            ],
            Self::ReStructured => [
                named(".. ", "::").is_some(),
                line.starts_with(".. _") && line.contains(':'),
                line.starts_with(".. [") && line.contains("] "),
                line.contains(":`") && line.contains("`_") || line.contains(":ref:`") || line.contains(":doc:`"),
                line.len() > 3 && ["~", "^", "\""].iter().any(|sign| line.trim_start_matches(sign).is_empty()),
            ],
            Self::Org => [
                named("#+", ":").is_some(),
                starts(&["#+BEGIN_", "#+begin_"]),
                starts(&["#+END_", "#+end_"]),
                matches!(line, ":PROPERTIES:" | ":END:"),
                starts(&["** ", "*** ", "**** "]),
            ],
            Self::MediaWiki => [
                line.len() > 5 && line.starts_with("==") && line.ends_with("=="),
                line.contains("'''"),
                line.starts_with("{|"),
                matches!(line, "|-" | "|}") || line.starts_with("|-"),
                starts(&["[[File:", "[[Image:", "[[Category:"]),
            ],
            Self::Textile => [
                starts(&["h1. ", "h2. ", "h3. ", "h4. "]),
                starts(&["bq. ", "bc. ", "p. ", "fn1. ", "fn2. "]),
                starts(&["|_. "]),
                line.contains("\":http"),
                starts(&["!http"]) && line.ends_with('!'),
            ],
        };
        found.iter().position(|found| *found).and_then(|kind| u8::try_from(kind).ok())
    }
}

/// Says that a text is written in another markup, at its first mark. The text begins behind the front matter, at `start`.
pub fn remark(file: FileId, start: usize, text: &str, report: &mut Report) {
    let mut end = start.saturating_add(LOOKED_AT).min(text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    let looked_at = &text[start..end];
    for markup in Markup::ALL {
        let mut kinds = BTreeSet::new();
        let (mut lines, mut first, mut fence) = (0, None, "");
        let mut at = start;
        for line in looked_at.split_inclusive('\n') {
            let own = line.trim_end();
            let sign = ["```", "~~~"].into_iter().find(|sign| {
                own.trim_start().starts_with(sign) && !own.trim_start().trim_start_matches(&sign[..1]).contains('`')
            });
            match sign {
                Some(sign) if markup != Markup::ReStructured || sign == "```" => {
                    fence = if fence.is_empty() {
                        sign
                    } else if fence == sign {
                        ""
                    } else {
                        fence
                    };
                }
                _ if fence.is_empty() => {
                    if let Some(kind) = markup.mark(own) {
                        kinds.insert(kind);
                        lines += 1;
                        first = first.or(Some(at..at + own.len()));
                    }
                }
                _ => {}
            }
            at += line.len();
        }
        if let (Some(place), true) = (first, lines >= LINES && kinds.len() >= KINDS) {
            let (name, cure) = markup.words();
            let message = format!("the text seems to be written in {name}, and is read as Markdown ({lines} lines)");
            report
                .warn("markup-foreign", Span::new(file, place), message)
                .hint(format!("its marks stand in the books as they are written; {cure}"));
            return;
        }
    }
}
