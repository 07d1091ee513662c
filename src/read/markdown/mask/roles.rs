//! The roles of MyST: what a name in braces before code makes of it.

use crate::tree::Style;

/// What becomes of a role's words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// They are code.
    Code,
    /// They are text.
    Text,
    Styled(Style),
    Formula,
    Citation {
        narrative: bool,
    },
    /// They name something in the work.
    Reference,
}

/// What a role of this name does, if it is known.
pub fn of(name: &str) -> Option<Kind> {
    Some(match name {
        "math" => Kind::Formula,
        "sub" | "subscript" => Kind::Styled(Style::Subscript),
        "sup" | "superscript" => Kind::Styled(Style::Superscript),
        "u" | "underline" => Kind::Styled(Style::Underline),
        "del" | "strike" => Kind::Styled(Style::Strikethrough),
        "sc" | "smallcaps" => Kind::Styled(Style::SmallCaps),
        "emphasis" | "dfn" => Kind::Styled(Style::Emphasis),
        "strong" => Kind::Styled(Style::Strong),
        "kbd" | "command" | "program" | "file" | "code" | "literal" | "samp" | "envvar" | "option" => Kind::Code,
        "guilabel" | "menuselection" | "abbr" | "abbreviation" | "term" | "text" => Kind::Text,
        "cite" | "cite:p" | "cite:ps" | "citep" => Kind::Citation { narrative: false },
        "cite:t" | "cite:ts" | "citet" => Kind::Citation { narrative: true },
        "ref" | "numref" | "eq" | "doc" => Kind::Reference,
        _ => return None,
    })
}
