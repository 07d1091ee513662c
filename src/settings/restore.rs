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
