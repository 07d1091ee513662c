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
    /// Whether the books show by the signs of editors what an edition says of its words: deleted, added, supplied, superfluous, unclear,
    /// written out. A key in front explains them. Without signs, words stay whole for whoever searches or listens.
    pub signs: bool,
}

/// The form that readers of an edition see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Spelling {
    /// Corrected, in regular spelling, abbreviations written out.
    #[default]
    Regularised,
    /// As the document has it, abbreviations written out: the level `dipl` of Nordic editions.
    Diplomatic,
    /// As the document has it, letter by letter: the level `facs` of Nordic editions.
    Original,
}

impl Spelling {
    /// The names that the user writes.
    pub const NAMES: [&str; 3] = ["regularised", "diplomatic", "original"];

    /// The elements of a `choice`, the one that is shown first (TEI P5, 3.5; the Menota Handbook 3.0, chapter 3, for its three levels).
    pub fn prefers(self) -> &'static [&'static str] {
        match self {
            Self::Regularised => &[
                "corr", "reg", "norm", "expan", "ex", "unclear", "seg", "lem", "add", "dipl", "orig", "facs", "sic", "abbr",
                "am",
            ],
            Self::Diplomatic => &[
                "sic", "orig", "dipl", "expan", "ex", "unclear", "seg", "lem", "add", "facs", "abbr", "am", "norm", "corr",
                "reg",
            ],
            Self::Original => &[
                "sic", "orig", "facs", "abbr", "am", "unclear", "seg", "lem", "add", "dipl", "norm", "corr", "reg", "expan",
                "ex",
            ],
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
