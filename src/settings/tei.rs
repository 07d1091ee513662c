//! The table `[tei]`.

use schemars::JsonSchema;
use serde::Deserialize;

/// The archive's TEI.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct TeiSettings {
    /// In whose words the text is said.
    pub profile: TeiProfile,
    /// Whether the ends of the source's lines are kept, as `lb`.
    pub line_breaks: bool,
}

/// A customisation of TEI P5, against whose schema the file is valid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum TeiProfile {
    /// All of P5 (`tei_all`). The only one that says everything that is in the tree, so that it can be read back.
    #[default]
    #[serde(rename = "all")]
    All,
    /// TEI simplePrint.
    #[serde(rename = "simplePrint")]
    SimplePrint,
    /// TEI Lite.
    #[serde(rename = "lite")]
    Lite,
    /// The base format of the Deutsches Textarchiv.
    #[serde(rename = "dtabf")]
    Dtabf,
    /// The European Literary Text Collection's novels, level 0: divisions, paragraphs, lines of verse.
    #[serde(rename = "eltec-0")]
    Eltec0,
    /// Its level 1: quotations, notes and languages, too.
    #[serde(rename = "eltec-1")]
    Eltec1,
    /// Its level 2, in which words and sentences can be marked.
    #[serde(rename = "eltec-2")]
    Eltec2,
}

impl TeiProfile {
    pub const ALL: [Self; 7] =
        [Self::All, Self::SimplePrint, Self::Lite, Self::Dtabf, Self::Eltec0, Self::Eltec1, Self::Eltec2];

    /// The names that the user writes, in the same order.
    pub const NAMES: [&str; 7] = ["all", "simplePrint", "lite", "dtabf", "eltec-0", "eltec-1", "eltec-2"];

    /// The name that the user writes.
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::SimplePrint => "simplePrint",
            Self::Lite => "lite",
            Self::Dtabf => "dtabf",
            Self::Eltec0 => "eltec-0",
            Self::Eltec1 => "eltec-1",
            Self::Eltec2 => "eltec-2",
        }
    }

    /// Whether it is a level of ELTeC, whose few words have a writer of their own.
    pub fn is_eltec(self) -> bool {
        matches!(self, Self::Eltec0 | Self::Eltec1 | Self::Eltec2)
    }
}
