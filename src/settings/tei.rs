//! The table `[tei]`.

use serde::Deserialize;

/// The archive's TEI.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct TeiSettings {}
