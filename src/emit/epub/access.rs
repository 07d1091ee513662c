//! What the book offers to readers who can't see it, or not well: EPUB Accessibility 1.1, in the words of schema.org
//! (<https://www.w3.org/TR/epub-a11y-11/>, <https://www.w3.org/community/reports/a11y-discov-vocab/CG-FINAL-vocabulary-20230718/>).
//! Only what was really found in the book is claimed.

use super::Book;
use super::page::Page;
use crate::env::Words;
use crate::report::Report;
use crate::tree::Outline;

/// What was found in the book.
pub(super) struct Facts {
    images: bool,
    described: bool,
    /// Whether an image may move: what it does to the eye is not known.
    moving: bool,
    formulas: bool,
    pages: bool,
    headings: bool,
    language: bool,
}

impl Facts {
    pub fn of(book: &Book, view: &Outline, pages: &[&Page]) -> Self {
        Self {
            images: !book.pictures.is_empty(),
            described: book.pictures.all_described,
            moving: book.pictures.iter().any(|picture| picture.may_move),
            formulas: pages.iter().any(|page| page.mathml),
            pages: !book.plan.pages.is_empty(),
            headings: !view.sections.is_empty(),
            language: book.doc.meta.language != "und",
        }
    }

    /// Every claim, as the property and the value of a `meta` element.
    pub fn claims(&self, words: &Words) -> Vec<(&'static str, String)> {
        let mut claims = Vec::new();
        let mut claim = |property, value: &str| claims.push((property, value.to_owned()));
        claim("schema:accessMode", "textual");
        if self.images {
            claim("schema:accessMode", "visual");
        }
        if self.described {
            claim("schema:accessModeSufficient", "textual");
        }
        if self.images {
            claim("schema:accessModeSufficient", "textual,visual");
        }
        let features = [
            ("tableOfContents", true),
            ("readingOrder", true),
            ("structuralNavigation", self.headings),
            ("displayTransformability", true),
            ("ARIA", true),
            ("alternativeText", self.images && self.described),
            ("MathML", self.formulas),
            ("pageBreakMarkers", self.pages),
            ("pageNavigation", self.pages),
        ];
        features.into_iter().filter(|(_, has)| *has).for_each(|(name, _)| claim("schema:accessibilityFeature", name));
        claim("schema:accessibilityHazard", if self.moving { "unknown" } else { "none" });
        claims.push(("schema:accessibilitySummary", self.summary(words)));
        claims
    }

    /// What the book offers, in sentences that are true of it.
    fn summary(&self, words: &Words) -> String {
        let said = [
            ("access-text", true),
            ("access-headings", self.headings),
            ("access-pages", self.pages),
            ("access-formulas", self.formulas),
            ("access-described", self.images && self.described),
            ("access-undescribed", self.images && !self.described),
        ];
        said.into_iter().filter(|(_, holds)| *holds).map(|(key, _)| words.get(key)).collect::<Vec<_>>().join(" ")
    }

    /// The person who vouches for the book's accessibility, where nothing that a program can find speaks against it.
    pub fn certifier<'a>(&self, book: &'a Book, report: &mut Report) -> Option<&'a str> {
        let certifier = book.env.settings.epub.certified_by.as_deref().map(str::trim).filter(|name| !name.is_empty())?;
        let mut against = Vec::new();
        if !self.described {
            against.push("images without alternative text");
        }
        if !self.language {
            against.push("a text whose language is not known");
        }
        if against.is_empty() {
            return Some(certifier);
        }
        report
            .warn(
                "conformance-unclaimed",
                None,
                format!("the book has {}: it does not claim to conform", against.join(" and ")),
            )
            .hint("mend that, and EPUB Accessibility 1.1 is claimed in the name of certified-by");
        None
    }
}
