//! The roles of MyST: what a name in braces before code makes of it.

use crate::tree::Style;

/// The words of a role that may name what they lead to: `words <target>`.
pub fn words(inner: &str) -> &str {
    let named = inner.strip_suffix('>').and_then(|rest| rest.rsplit_once('<'));
    match named {
        Some((words, target)) if words.ends_with(char::is_whitespace) && !words.trim().is_empty() && !target.is_empty() => {
            words.trim_end()
        }
        _ => inner,
    }
}

/// What becomes of a role's words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// They are code.
    Code,
    /// They are text.
    Text,
    /// They are a term of a glossary.
    Term,
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
        // Names of Sphinx's domains of programs.
        "func" | "class" | "meth" | "mod" | "attr" | "obj" | "data" | "exc" | "const" | "type" | "any" | "py" => Kind::Code,
        name if ["py:", "c:", "cpp:", "js:", "rst:", "std:"].iter().any(|domain| name.starts_with(domain)) => Kind::Code,
        "guilabel" | "menuselection" | "abbr" | "abbreviation" | "text" => Kind::Text,
        "term" => Kind::Term,
        "cite" | "cite:p" | "cite:ps" | "citep" => Kind::Citation { narrative: false },
        "cite:t" | "cite:ts" | "citet" => Kind::Citation { narrative: true },
        "ref" | "numref" | "eq" | "doc" => Kind::Reference,
        _ => return None,
    })
}
