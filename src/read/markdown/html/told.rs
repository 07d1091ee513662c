//! What became of the tags that are no nodes of the tree: one remark for each kind, with the number of places.

use std::collections::BTreeMap;

use crate::read::clean;
use crate::report::Report;
use crate::span::Span;

/// What became of a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::read::markdown) enum Fate {
    /// Left out; its text stays.
    Unknown,
    /// No tag after all: it stands as it is written.
    Literal,
    /// Left out with what it holds.
    Hidden,
    /// Left out, since no book can hold it.
    Media,
    /// Left out; its words stay.
    Field,
    /// Read, though no end tag came.
    Unclosed,
    /// An end tag that ends nothing.
    Stray,
    /// A tag without an end: it stands as it is written.
    Broken,
    /// A new page, which the design of the pages decides.
    Page,
    /// A formula that is kept by its words.
    Formula,
    /// A title that only shows where somebody points at it.
    Title,
    /// An image without an address.
    Image,
    /// A table whose cells span more than there is.
    Spans,
    /// Marks of Markdown in a block of HTML, where they are text.
    Markdown,
}

impl Fate {
    /// The code, what is said before the tags, and what cures it.
    fn said(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Unknown => {
                ("html-dropped", "raw HTML is not passed on", "its text stays; say the same in Markdown, or take the tags out")
            }
            Self::Literal => (
                "html-literal",
                "no tag that HTML knows, and nothing closes it: left as text",
                "write &lt; for a sign that is text, or take it out",
            ),
            Self::Hidden => (
                "html-hidden",
                "left out with what it holds",
                "nothing runs in a book, and its look is the design's; take it out",
            ),
            Self::Media => (
                "html-media",
                "no book can hold it: left out",
                "write a link to it; what stands inside it for those who can't have it stays",
            ),
            Self::Field => (
                "html-field",
                "nobody fills in the forms of a book: left out",
                "their words stay; draw lines or boxes where readers shall write",
            ),
            Self::Unclosed => (
                "html-unclosed",
                "nothing closes the tag",
                "it is taken to end with its block; write its end tag where it ends",
            ),
            Self::Stray => {
                ("html-stray", "an end tag that ends nothing is left out", "take it out, or write the tag that it ends")
            }
            Self::Broken => ("html-broken", "a tag or comment that never ends stays as text", "write the sign that ends it"),
            Self::Page => (
                "html-page-break",
                "a new page that HTML asks for is left to the design",
                "pages begin where the design begins them; for the pages of a printed source write <pb n=\"…\"/>",
            ),
            Self::Formula => {
                ("html-formula", "a formula in MathML has no TeX beside it: kept by its words", "write it as TeX: $…$")
            }
            Self::Title => (
                "html-title",
                "what only shows where somebody points at it is left out",
                "write it into the text, or as a note",
            ),
            Self::Spans => (
                "html-spans",
                "cells that span more rows and columns than a table can have take one place each",
                "look at colspan and rowspan",
            ),
            Self::Markdown => (
                "html-markdown",
                "what looks like Markdown stands in HTML, where it is text as it is written",
                "leave an empty line before and behind it, or write it in HTML",
            ),
            Self::Image => ("html-image", "an image without an address is left out", "write the path of its file as src"),
        }
    }

    /// Whether the text has less than its source, or something is wrong with it.
    fn is_warning(self) -> bool {
        !matches!(self, Self::Page | Self::Title)
    }
}

/// How many names one remark gives.
const MOST_NAMES: usize = 8;

/// What became of the tags of a text.
#[derive(Default)]
pub(in crate::read) struct Told {
    /// The places of each tag.
    found: BTreeMap<(Fate, String), Vec<Span>>,
}

impl Told {
    pub(super) fn tell(&mut self, fate: Fate, what: &str, span: Span) {
        let name: String = clean::line(what.get(..400).unwrap_or(what)).chars().take(60).collect();
        self.found.entry((fate, name)).or_default().push(span);
    }

    /// One remark for each kind, at its first place; it names the others.
    pub(in crate::read) fn remark(self, report: &mut Report) {
        let mut kinds: BTreeMap<Fate, Vec<(Span, String, usize)>> = BTreeMap::new();
        let mut others: BTreeMap<Fate, Vec<Span>> = BTreeMap::new();
        for ((fate, name), mut places) in self.found {
            places.sort();
            kinds.entry(fate).or_default().push((places[0], name, places.len()));
            // Where words change, each place is a reason; the others are tags and no more.
            if fate == Fate::Formula {
                others.entry(fate).or_default().append(&mut places);
            }
        }
        let mut kinds: Vec<_> = kinds.into_iter().collect();
        kinds.iter_mut().for_each(|(_, found)| found.sort());
        others.values_mut().for_each(|places| places.sort());
        kinds.sort_by_key(|(fate, found)| (found[0].0, *fate));
        for (fate, found) in kinds {
            let (code, what, cure) = fate.said();
            let mut names: Vec<_> = found
                .iter()
                .take(MOST_NAMES)
                .map(|(_, name, times)| if *times > 1 { format!("{name} ({times} times)") } else { name.clone() })
                .collect();
            if found.len() > MOST_NAMES {
                names.push(format!("and {} more", found.len() - MOST_NAMES));
            }
            let message = format!("{what}: {}", names.join(", "));
            match fate.is_warning() {
                true => report.warn(code, found[0].0, message),
                false => report.remark(code, found[0].0, message),
            }
            .also(others.remove(&fate).unwrap_or_default().into_iter().skip(1))
            .hint(cure);
        }
    }
}
