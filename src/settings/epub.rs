//! The table `[epub]`.

use serde::Deserialize;

/// The e-book.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct EpubSettings {}
