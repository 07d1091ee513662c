//! What each customisation of TEI P5 has words for. The writer says everything in those of `tei_all`; here stands what a
//! narrower schema lacks, so that the writer takes another word, or none.

use crate::settings::TeiProfile;
use crate::tree::Style;

/// Elements that are written where a schema has them.
const SIMPLE_PRINT_LACKS: &[&str] =
    &["index", "biblStruct", "persName", "appInfo", "authority", "editorial-parts", "cRefPattern", "graphic-desc", "ruby"];
const LITE_LACKS: &[&str] = &[
    "biblStruct",
    "ab",
    "abstract",
    "biblFull",
    "fw",
    "measure",
    "namespace",
    "persName",
    "quote",
    "supplied",
    "tagsDecl",
    "appInfo",
    "editorial-parts",
    "cRefPattern",
    "floatingText",
    "ruby",
];
const DTABF_LACKS: &[&str] = &[
    "anchor",
    "index",
    "biblStruct",
    "ab",
    "appInfo",
    "authority",
    "cRefPattern",
    "code",
    "editorial-parts",
    "eg",
    "graphic",
    "keywords",
    "label",
    "namespace",
    "projectDesc",
    "refsDecl",
    "revisionDesc",
    "ruby",
    "seg",
    "tagsDecl",
];

impl TeiProfile {
    /// Whether the schema has an element, or a group of them.
    pub(super) fn has(self, element: &str) -> bool {
        let lacks = match self {
            Self::All => return element != "eg",
            Self::SimplePrint => SIMPLE_PRINT_LACKS,
            Self::Lite => LITE_LACKS,
            Self::Dtabf => DTABF_LACKS,
            // They have a writer of their own.
            Self::Eltec0 | Self::Eltec1 | Self::Eltec2 => return false,
        };
        !lacks.contains(&element) && (element != "eg" || self == Self::Lite)
    }

    /// Whether an element of the text may have an attribute, where the narrower schemas differ.
    pub(super) fn allows(self, element: &str, attribute: &str, value: &str) -> bool {
        match self {
            Self::All => true,
            Self::Eltec0 | Self::Eltec1 | Self::Eltec2 => attribute != "style",
            Self::SimplePrint => !matches!((element, attribute), (_, "rend" | "change" | "style") | ("lb", "type")),
            Self::Lite => !matches!((element, attribute), (_, "change" | "style") | ("lb", "type")),
            Self::Dtabf => match (element, attribute) {
                (_, "xml:lang") => false,
                ("div" | "note" | "lg" | "l" | "pb" | "lb", "n") => true,
                (_, "n") => false,
                ("hi" | "lb" | "milestone", "xml:id") => false,
                ("titlePart" | "titlePage" | "fw", "type") | ("lg", "type") if value != "stanza" => true,
                ("div", "type") => DTABF_DIVISIONS.contains(&value),
                (_, "type") => false,
                ("milestone" | "choice", "rend") => false,
                // Beside @rendition it is only for what has none (Schematron, W0006).
                ("hi", "rend") => value == "code",
                ("ref", "target") => value.starts_with('#') || value.starts_with("http://") || value.starts_with("https://"),
                ("table", "rows" | "cols") | ("row", "role") => false,
                (_, "break" | "xml:space" | "lang" | "change" | "style") => false,
                _ => true,
            },
        }
    }
}

/// Kinds of division that DTABf knows by our names.
const DTABF_DIVISIONS: &[&str] =
    &["abbreviations", "appendix", "bibliography", "chapter", "contents", "dedication", "index", "preface"];

/// How TEI writes a style in `@rend`.
pub(super) fn rend(style: Style) -> &'static str {
    match style {
        Style::Emphasis => "italic",
        Style::Strong => "bold",
        Style::Strikethrough => "strikethrough",
        Style::Superscript => "superscript",
        Style::Subscript => "subscript",
        Style::Underline => "underline",
        Style::Small => "small",
        Style::SmallCaps => "smallcaps",
        Style::Highlight => "highlight",
    }
}

/// How simplePrint writes a style, in `@rendition`.
pub(super) fn simple(style: Style) -> &'static str {
    match style {
        Style::Emphasis => "simple:italic",
        Style::Strong => "simple:bold",
        Style::Strikethrough => "simple:strikethrough",
        Style::Superscript => "simple:superscript",
        Style::Subscript => "simple:subscript",
        Style::Underline => "simple:underline",
        Style::Small => "simple:smaller",
        Style::SmallCaps => "simple:smallcaps",
        Style::Highlight => "simple:letterspace",
    }
}

/// How DTABf writes a style, in `@rendition`.
pub(super) fn rendition(style: Style) -> &'static str {
    match style {
        Style::Emphasis => "#i",
        Style::Strong => "#b",
        Style::Strikethrough => "#s",
        Style::Superscript => "#sup",
        Style::Subscript => "#sub",
        Style::Underline => "#u",
        Style::Small => "#smaller",
        Style::SmallCaps => "#k",
        Style::Highlight => "#g",
    }
}
