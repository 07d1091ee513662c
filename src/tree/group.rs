//! Blocks that belong together because of the part that they play: an epigraph before a chapter, a warning in a box, the opening of
//! a letter. What has no name of its own here bears the user's class.

use super::{Blocks, Inlines};

/// The class of a group that is code with a caption, which references may name.
pub const LISTING: &str = "listing";

/// The class of a stretch that is a term, which leads to what the work's glossary says of it: `[keel]{.term}`.
pub const TERM: &str = "term";

/// The class of a group whose definitions say what the work's abbreviations stand for.
pub const ABBREVIATIONS: &str = "abbreviations";

/// The class of a group that is a figure of other things than pictures: what a tool read in one, a table with its notes.
pub const FIGURE: &str = "figure";

/// Blocks with a role.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    pub role: GroupRole,
    /// What stands over the group as its title, mostly nothing.
    pub title: Inlines,
    pub body: Blocks,
}

/// The part that a group plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GroupRole {
    /// A motto before a text or a part of it.
    Epigraph,
    Dedication,
    /// What a copyright page has to say in words of its own: who printed the book and on what, a library's description of it.
    Imprint,
    /// How the book was made, at its end.
    Colophon,
    /// A summary in front.
    Abstract,
    /// A box beside the argument.
    Admonition(Admonition),
    /// What stands before the body of a letter: place and date, salutation.
    Opener,
    /// What ends a letter: the farewell, the signature.
    Closer,
    /// Who wrote what follows.
    Byline,
    /// What stands below the signature of a letter.
    Postscript,
    /// What one person says in a play or an assembly. The title says who it is.
    Speech,
    /// What is to be seen on the stage.
    Stage,
    /// The persons of a play.
    Cast,
    /// A summary at the head of a chapter or a canto.
    Argument,
    /// The words that close a division, such as `The end`.
    Trailer,
    /// An entry of a dictionary.
    Entry,
    /// Its [`super::Attrs`] say what it is: a class of the user's own, a language, an id.
    Plain,
}

/// What an admonition wants of its reader. The five that GitHub has; the names of other programs come down to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Admonition {
    Note,
    Tip,
    Important,
    Warning,
    Caution,
}

impl GroupRole {
    pub const ALL: [Self; 21] = [
        Self::Epigraph,
        Self::Dedication,
        Self::Imprint,
        Self::Colophon,
        Self::Abstract,
        Self::Admonition(Admonition::Note),
        Self::Admonition(Admonition::Tip),
        Self::Admonition(Admonition::Important),
        Self::Admonition(Admonition::Warning),
        Self::Admonition(Admonition::Caution),
        Self::Opener,
        Self::Closer,
        Self::Byline,
        Self::Postscript,
        Self::Speech,
        Self::Stage,
        Self::Cast,
        Self::Argument,
        Self::Trailer,
        Self::Entry,
        Self::Plain,
    ];

    /// The name in dumps, and the class by which Markdown says the role; none for a plain group.
    pub fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::Epigraph => "epigraph",
            Self::Dedication => "dedication",
            Self::Imprint => "imprint",
            Self::Colophon => "colophon",
            Self::Abstract => "abstract",
            Self::Admonition(kind) => kind.name(),
            Self::Opener => "opener",
            Self::Closer => "closer",
            Self::Byline => "byline",
            Self::Postscript => "postscript",
            Self::Speech => "speech",
            Self::Stage => "stage",
            Self::Cast => "cast-list",
            Self::Argument => "argument",
            Self::Trailer => "trailer",
            Self::Entry => "entry",
            Self::Plain => return None,
        })
    }

    /// The role that a class names, in the words of several programs.
    pub fn of_class(class: &str) -> Option<Self> {
        let class = class.to_ascii_lowercase();
        let class = class.strip_prefix("callout-").or(class.strip_prefix("admonition-")).unwrap_or(&class);
        Some(match class {
            "epigraph" | "motto" => Self::Epigraph,
            "dedication" => Self::Dedication,
            "imprint" | "copyright-page" => Self::Imprint,
            "colophon" => Self::Colophon,
            "abstract" | "summary" => Self::Abstract,
            "opener" => Self::Opener,
            "closer" => Self::Closer,
            "byline" => Self::Byline,
            "postscript" => Self::Postscript,
            "speech" => Self::Speech,
            "stage" | "stage-direction" => Self::Stage,
            "cast-list" | "dramatis-personae" => Self::Cast,
            "argument" => Self::Argument,
            "trailer" => Self::Trailer,
            "entry" => Self::Entry,
            class => Self::Admonition(Admonition::of_class(class)?),
        })
    }
}

impl Admonition {
    pub const ALL: [Self; 5] = [Self::Note, Self::Tip, Self::Important, Self::Warning, Self::Caution];

    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Tip => "tip",
            Self::Important => "important",
            Self::Warning => "warning",
            Self::Caution => "caution",
        }
    }

    /// The kind that a word names: GitHub's, Quarto's, Obsidian's, MyST's, MkDocs' and AsciiDoc's.
    pub fn of_class(class: &str) -> Option<Self> {
        Some(match class {
            "note" | "info" | "seealso" | "todo" => Self::Note,
            "tip" | "hint" | "success" | "check" | "done" => Self::Tip,
            "important" | "admonition" | "question" | "help" | "faq" | "example" => Self::Important,
            "warning" | "attention" => Self::Warning,
            "caution" | "danger" | "error" | "failure" | "fail" | "missing" | "bug" => Self::Caution,
            _ => return None,
        })
    }
}
