//! The table `[pdf]`.

use serde::Deserialize;

/// The printed book.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct PdfSettings {}
