//! What there is to say about a text: remarks on what is doubtful in it, repairs of what was broken. Gathered by whoever
//! finds it, printed by [`crate::cli`] alone.

use crate::span::Span;

/// How much a [`Diagnostic`] matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; the outputs are as the user would want them.
    Remark,
    /// Something could not be said in an output as the source says it. `--strict` makes it an error.
    Warning,
    /// Something was refused.
    Error,
}

/// One remark, with its place and its cure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub severity: Severity,
    /// A name for machines and for searching, such as `note-undefined`. Stable between versions.
    pub code: &'static str,
    pub span: Option<Span>,
    /// Where else it holds, if it is told once for several places.
    pub also: Vec<Span>,
    /// Lower case, no full stop.
    pub message: String,
    /// What the reader can do about it.
    pub hint: Option<String>,
}

impl Diagnostic {
    /// Every place that it is about.
    pub fn places(&self) -> impl Iterator<Item = Span> + '_ {
        self.span.into_iter().chain(self.also.iter().copied())
    }

    /// Adds the other places where it holds, too.
    pub fn also(&mut self, places: impl IntoIterator<Item = Span>) -> &mut Self {
        self.also.extend(places);
        self
    }

    /// Adds the cure.
    pub fn hint(&mut self, hint: impl Into<String>) -> &mut Self {
        self.hint = Some(hint.into());
        self
    }
}

/// The remarks of one task, in the order in which they were found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    pub diagnostics: Vec<Diagnostic>,
}

impl Report {
    pub fn remark(&mut self, code: &'static str, span: impl Into<Option<Span>>, message: impl Into<String>) -> &mut Diagnostic {
        self.add(Severity::Remark, code, span.into(), message.into())
    }

    pub fn warn(&mut self, code: &'static str, span: impl Into<Option<Span>>, message: impl Into<String>) -> &mut Diagnostic {
        self.add(Severity::Warning, code, span.into(), message.into())
    }

    pub fn error(&mut self, code: &'static str, span: impl Into<Option<Span>>, message: impl Into<String>) -> &mut Diagnostic {
        self.add(Severity::Error, code, span.into(), message.into())
    }

    /// Takes over what another task found.
    pub fn absorb(&mut self, other: Report) {
        self.diagnostics.extend(other.diagnostics);
    }

    /// The gravest severity found, if anything was.
    pub fn worst(&self) -> Option<Severity> {
        self.diagnostics.iter().map(|found| found.severity).max()
    }

    /// Whether something was refused.
    pub fn is_refused(&self) -> bool {
        self.worst() == Some(Severity::Error)
    }

    fn add(&mut self, severity: Severity, code: &'static str, span: Option<Span>, message: String) -> &mut Diagnostic {
        self.diagnostics.push(Diagnostic { severity, code, span, also: Vec::new(), message, hint: None });
        self.diagnostics.last_mut().expect("one was just pushed")
    }
}

/// The kinds of guess that restoring a text makes: of one with broken pages, or typed on a typewriter's keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RepairKind {
    /// The end of a printed page was recognised and became a milestone.
    PageMarked,
    /// A running head, a folio, a signature or a catchword was taken out of the text.
    HeadDropped,
    /// A note at the foot of a page or at the end went to its call.
    NoteAttached,
    /// What stood unmarked at the foot of a page went on with the note of the page before.
    NoteContinued,
    /// A note whose call is lost was put at the end of its page.
    NotePlaced,
    /// A paragraph that a page end had cut was joined.
    ParagraphJoined,
    /// A word cut by a hyphen at a line's or a page's end was joined.
    WordJoined,
    /// A heading was put together from two lines, or its level made even with the others.
    HeadingMended,
    /// Lines were kept apart as verse where the others are only the measure's.
    VerseKept,
    /// A tool's anchor or link, to which nothing in the work answers, was taken out.
    AnchorDropped,
    /// Lines that begin with a printed bullet became a list.
    ListMade,
    /// A space that a tool left between a styled word and a mark of punctuation was closed.
    SpaceClosed,
    /// A typewriter's mark became the one that the language is printed with.
    PunctuationSet,
}

impl RepairKind {
    pub const ALL: [RepairKind; 13] = [
        Self::PageMarked,
        Self::HeadDropped,
        Self::NoteAttached,
        Self::NoteContinued,
        Self::NotePlaced,
        Self::ParagraphJoined,
        Self::WordJoined,
        Self::HeadingMended,
        Self::VerseKept,
        Self::AnchorDropped,
        Self::ListMade,
        Self::SpaceClosed,
        Self::PunctuationSet,
    ];

    /// The kind that a name means.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The name that the user sees and writes, such as `note-attached`.
    pub fn name(self) -> &'static str {
        match self {
            Self::PageMarked => "page-marked",
            Self::HeadDropped => "head-dropped",
            Self::NoteAttached => "note-attached",
            Self::NoteContinued => "note-continued",
            Self::NotePlaced => "note-placed",
            Self::ParagraphJoined => "paragraph-joined",
            Self::WordJoined => "word-joined",
            Self::HeadingMended => "heading-mended",
            Self::VerseKept => "verse-kept",
            Self::AnchorDropped => "anchor-dropped",
            Self::ListMade => "list-made",
            Self::SpaceClosed => "space-closed",
            Self::PunctuationSet => "punctuation-set",
        }
    }
}

/// One guess that was acted on: what stood in the source and what stands in the tree instead.
#[derive(Clone, Debug, PartialEq)]
pub struct Repair {
    /// By which the user refuses it: the kind and the source line, and a count where one line has several, such as
    /// `note-attached-103` and `note-attached-103-2`. Unique in a work of one file.
    pub id: String,
    pub kind: RepairKind,
    /// Where the text that was mended stands in the source.
    pub span: Span,
    /// What stood there, shortened for reading where it is long.
    pub before: String,
    /// What stands there now.
    pub after: String,
    /// How sure the reader is, from 0 to 1: an estimate from the evidence, not a measured frequency.
    pub confidence: f32,
}
