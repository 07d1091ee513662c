//! The table `[restore]`.

use serde::Deserialize;

/// How a page-broken text is restored.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct RestoreSettings {
    /// Repairs that are not to be made: kinds (`word-joined`) and ids (`word-joined-103`), as `tetrapla check` shows them.
    pub refuse: Vec<String>,
    /// Repairs of which the reader is less sure than this, from 0 to 1, are not made.
    pub min_confidence: f32,
    /// A line that marks pages in this text, beside those that are known, with `{n}` for the number: `--- Page {n} ---`.
    pub placeholder: Option<String>,
}
