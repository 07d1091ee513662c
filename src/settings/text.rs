//! The table `[text]`.

use schemars::JsonSchema;
use serde::Deserialize;

/// The plain text.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct TextSettings {
    /// Columns of a line. 0: a paragraph is one line, for programs that wrap by themselves.
    pub width: usize,
    pub notes: NotePlace,
    pub emphasis: Emphasis,
    /// Whether `{12}` stands where the printed page 12 begins.
    pub pages: bool,
    /// Whether every character that ASCII lacks is replaced.
    pub ascii: bool,
}

impl Default for TextSettings {
    fn default() -> Self {
        Self {
            // What fits every terminal and mail program, and what the eye likes.
            width: 72,
            notes: NotePlace::default(),
            emphasis: Emphasis::default(),
            pages: false,
            ascii: false,
        }
    }
}

/// Where the notes stand in a text without pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NotePlace {
    /// Behind the chapter that calls them.
    #[default]
    Chapter,
    /// Behind the whole work.
    End,
    /// Behind the paragraph, list, table … that calls them.
    Paragraph,
}

/// How emphasis is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Emphasis {
    /// Not at all.
    #[default]
    Plain,
    /// As Project Gutenberg does: `_emphasis_`, `=strong=`.
    Marked,
}
