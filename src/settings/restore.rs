//! The table `[restore]`.

use serde::Deserialize;

/// How a page-broken text is restored.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct RestoreSettings {}
