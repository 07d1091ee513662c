//! The table `[epub]`.

use schemars::JsonSchema;
use serde::Deserialize;

/// The e-book.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct EpubSettings {
    /// Where notes stand. Reading systems that know notes show them at their call, wherever they stand.
    pub notes: NotesAt,
    /// How many levels of headings the navigation shows.
    pub toc_depth: usize,
    /// Whether a book without a cover of its own gets one that is drawn from its metadata.
    pub draw_cover: bool,
    /// Whether the book brings its own fonts, cut down to the letters that it uses, instead of the reader's.
    pub fonts: bool,
    /// Who vouches that the book meets EPUB Accessibility 1.1 at WCAG's level AA. Without a name it makes no such claim.
    pub certified_by: Option<String>,
}

/// Where a book's notes stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NotesAt {
    /// At the end of the file that calls them, which is a chapter's, or a part of a long one.
    #[default]
    Chapter,
    /// Together, behind the text.
    End,
}

impl Default for EpubSettings {
    fn default() -> Self {
        Self { notes: NotesAt::default(), toc_depth: 3, draw_cover: true, fonts: false, certified_by: None }
    }
}
