//! The table `[restore]`: which guesses about a text are acted on.

use schemars::JsonSchema;
use serde::Deserialize;

/// How a text is restored.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct RestoreSettings {
    /// Repairs that are not to be made: kinds (`word-joined`) and ids (`word-joined-103`), as `tetrapla check` shows them.
    pub refuse: Vec<String>,
    /// Repairs of which the reader is less sure than this, from 0 to 1, are not made.
    pub min_confidence: f32,
    /// A line that marks pages in this text, beside those that are known, with `{n}` for the number: `--- Page {n} ---`.
    pub placeholder: Option<String>,
    /// Whether a typewriter's marks of punctuation become those that the language is printed with.
    pub punctuation: Punctuation,
    /// Which form the books show where an edition has two (TEI's `choice`).
    pub spelling: Spelling,
}

/// The form that readers of an edition see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Spelling {
    /// Corrected, in regular spelling, abbreviations written out.
    #[default]
    Regularised,
    /// As the document has it.
    Original,
}

impl Spelling {
    /// The elements of a `choice`, the one that is shown first (TEI P5, 3.5).
    pub fn prefers(self) -> &'static [&'static str] {
        match self {
            Self::Regularised => &["corr", "reg", "expan", "ex", "unclear", "seg", "lem", "add", "orig", "sic", "abbr", "am"],
            Self::Original => &["sic", "orig", "abbr", "am", "unclear", "seg", "lem", "add", "corr", "reg", "expan", "ex"],
        }
    }
}

/// What becomes of straight quotation marks, `--`, `...`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Punctuation {
    /// They stand as they are written.
    #[default]
    AsWritten,
    /// Quotation marks, dashes, ellipses and spaces of each passage's language.
    Smart,
}
