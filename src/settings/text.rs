//! The table `[text]`.

use serde::Deserialize;

/// The plain text.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct TextSettings {}
