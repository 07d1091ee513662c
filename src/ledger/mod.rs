//! The ledger: every word of the source is accounted for, from the first byte. A witness reads the source's own bytes by the rules of
//! its format, and what it finds is held to the tree. It shares no code with the readers, so that a mistake of theirs can't hide here.
//!
//! ```text
//! source ─► markdown, tei ─► stream ─┐
//!                                    ├─► pairs ─► balance ─► Ledger
//! tree ────────────────────► copy ───┘
//! ```
//! Each piece of the source is in the tree; or is mark-up by a rule of the format; or was changed by a repair that names its place; or
//! is told in a remark that names its place. What is left over is lost, and what the tree has beyond it was added.

mod balance;
mod copy;
mod cut;
mod front;
mod furniture;
mod markdown;
mod pairs;
mod punctuation;
mod stream;
mod tei;

pub use stream::Markup;

use crate::report::{Diagnostic, RepairKind, Report};
use crate::span::{FileId, Sources, Span};
use crate::tree::{Document, FurnitureKind};

/// By which right a word of the source is not in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Right {
    /// The format says so.
    Markup(Markup),
    /// A repair says so.
    Repair(RepairKind),
    /// A remark says so.
    Remark(&'static str),
}

impl Right {
    pub fn name(self) -> &'static str {
        match self {
            Self::Markup(markup) => markup.name(),
            Self::Repair(kind) => kind.name(),
            Self::Remark(code) => code,
        }
    }
}

/// One way in which the tree is not what the source says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// A name for machines, such as `source-lost`.
    pub code: &'static str,
    pub span: Span,
    pub message: String,
}

/// Something that a repair took out of the text as no part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    pub kind: FurnitureKind,
    pub span: Span,
    pub text: String,
    /// Why it is sure; none: it is a doubtful claim.
    pub evidence: Option<&'static str>,
}

/// What was found out about a work's source.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ledger {
    /// The words that its files have.
    pub words: usize,
    /// Those that the tree has, too.
    pub found: usize,
    /// Those that it need not have, by right.
    pub accounted: Vec<(Right, usize)>,
    pub lost: usize,
    pub added: usize,
    /// Two words that became one.
    pub glued: usize,
    /// One word that became two.
    pub split: usize,
    pub moved: usize,
    pub taken: Vec<Taken>,
    pub differences: Vec<Difference>,
}

impl Ledger {
    /// Whether every word is accounted for.
    pub fn holds(&self) -> bool {
        self.differences.is_empty()
    }

    /// Every difference as an error of its own; what was taken out on weak grounds as one warning.
    pub fn report(&self, report: &mut Report) {
        for difference in &self.differences {
            report.error(difference.code, difference.span, format!("source: {}", difference.message));
        }
        let doubtful: Vec<_> = self.taken.iter().filter(|taken| taken.evidence.is_none()).collect();
        if let Some(first) = doubtful.first() {
            const SHOWN: usize = 6;
            let mut names: Vec<_> = doubtful.iter().take(SHOWN).map(|taken| format!("“{}”", taken.text)).collect();
            if doubtful.len() > SHOWN {
                names.push(format!("{} more", doubtful.len() - SHOWN));
            }
            report
                .warn(
                    "furniture-doubtful",
                    first.span,
                    format!("taken out of the text though no other page confirms it: {}", names.join(", ")),
                )
                .hint("look at each; --refuse head-dropped-LINE keeps one in the text");
        }
    }
}

/// Holds the tree to the sources that it was read from. `project`: the file that describes the work and has no text.
pub fn account(doc: &Document, sources: &Sources, project: Option<FileId>, remarks: &[Diagnostic]) -> Ledger {
    balance::account(doc, sources, project, remarks)
}
