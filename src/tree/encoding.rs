//! What a TEI edition says beyond a book: its whole encoding, as its editors wrote it. Books are made of the tree's blocks; an archive
//! is handed on the encoding, so that nothing of it, understood or not, is lost or said in other words.

use crate::span::Span;

/// A TEI document as XML has it: each element with its name, attributes and place. Entities are resolved, white space is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Encoding {
    /// The customisation of TEI that the file says it keeps to, by the name that the user gives it: `dtabf`, `eltec-1`.
    pub profile: Option<&'static str>,
    /// What stands before the root: instructions to a program, comments.
    pub before: Vec<Content>,
    pub root: Element,
    /// What stands behind the root.
    pub after: Vec<Content>,
    /// The names of the fields that metadata beside the file say, and where the first of them stands: its own header does not have
    /// them.
    pub beside: Option<(Span, String)>,
    /// The signs of editors that the books show, which a key in front explains.
    pub signs: Vec<Sign>,
    /// The witnesses that the apparatus of the text names.
    pub witnesses: Vec<Witness>,
}

/// One of the documents that an apparatus compares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// By which the apparatus calls it.
    pub siglum: String,
    pub description: String,
}

/// A sign by which editors say of words how they stand in the document (the conventions of Leiden, as editors of manuscripts use them).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sign {
    Deleted,
    Added,
    Supplied,
    Surplus,
    Unclear,
    Expanded,
    Gap,
}

impl Sign {
    /// What stands before the words and behind them.
    pub fn marks(self) -> (&'static str, &'static str) {
        match self {
            Self::Deleted => ("⟦", "⟧"),
            Self::Added => ("\\", "/"),
            Self::Supplied => ("⟨", "⟩"),
            Self::Surplus => ("{", "}"),
            Self::Unclear => ("", "(?)"),
            Self::Expanded => ("(", ")"),
            Self::Gap => ("[", "]"),
        }
    }

    /// The key of the words that explain it in `templates/words.toml`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Deleted => "sign-deleted",
            Self::Added => "sign-added",
            Self::Supplied => "sign-supplied",
            Self::Surplus => "sign-surplus",
            Self::Unclear => "sign-unclear",
            Self::Expanded => "sign-expanded",
            Self::Gap => "sign-gap",
        }
    }
}

/// An element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    /// As it is written, with its prefix if it has one.
    pub name: String,
    /// Names as they are written and values, in the source's order, declarations of namespaces among them.
    pub attributes: Vec<(String, String)>,
    pub content: Vec<Content>,
}

/// What stands in an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    Element(Element),
    Text(String),
    Comment(String),
    /// An instruction to a program: its target, and what it is told.
    Instruction(String),
}

impl Element {
    /// The value of an attribute, by the name that is written.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}
