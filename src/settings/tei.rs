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
}

impl TeiProfile {
    pub const ALL: [Self; 4] = [Self::All, Self::SimplePrint, Self::Lite, Self::Dtabf];

    /// The names that the user writes, in the same order.
    pub const NAMES: [&str; 4] = ["all", "simplePrint", "lite", "dtabf"];

    /// The name that the user writes.
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::SimplePrint => "simplePrint",
            Self::Lite => "lite",
            Self::Dtabf => "dtabf",
        }
    }
}
