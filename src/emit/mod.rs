//! The outputs. Each backend is a pure function with a name; the driver runs them side by side and writes what they give.
//!
//! To add a format: one file or folder here, one line in [`BUILTIN`]. From another crate: one `impl Backend`, handed to
//! [`crate::cli::run`] in a [`crate::Kit`].

mod drawing;
mod epub;
mod markdown;
mod pdf;
mod tei;
mod text;
mod tree;
pub mod xml;

pub use epub::Epub;
pub use markdown::Markdown;
pub use pdf::{CoverSheet, Pdf, set};
pub use tei::Tei;
pub use text::Text;
pub use tree::{Tree, dump};

use crate::env::Env;
use crate::report::Report;
use crate::tree::Document;
use crate::typeset::Book;

/// A pure function with a name: no files, no clock, no shared state. Equal arguments, equal bytes.
pub trait Backend: Sync {
    /// What `--to` calls it.
    fn name(&self) -> &'static str;

    /// Says `doc` in this backend's format. What the format can't say goes into `report`, never silently away.
    ///
    /// # Errors
    /// Only when nothing at all can be written.
    fn emit(&self, doc: &Document, env: &Env, report: &mut Report) -> Result<Output, EmitError>;

    /// As [`Backend::emit`], with the pages that were set for it, if any were: whoever draws them need not set them again.
    ///
    /// # Errors
    /// As [`Backend::emit`].
    fn emit_set(&self, doc: &Document, env: &Env, report: &mut Report) -> Result<(Output, Option<Book<'static>>), EmitError> {
        self.emit(doc, env, report).map(|output| (output, None))
    }

    /// Whether this backend has so much to do, first for all threads and then for one alone, that the others of a work wait until a
    /// thread has nothing to do for it: it lets them begin by [`Backend::emit_first`].
    fn goes_first(&self) -> bool {
        false
    }

    /// As [`Backend::emit`]; calls `others`, which comes back at once, when the other backends should begin.
    ///
    /// # Errors
    /// As [`Backend::emit`].
    fn emit_first(&self, doc: &Document, env: &Env, report: &mut Report, others: Others) -> Result<Output, EmitError> {
        others();
        self.emit(doc, env, report)
    }
}

/// Lets the other backends begin, beside whoever calls it; a second call does nothing.
pub type Others<'o> = &'o mut (dyn FnMut() + Send);

/// The backends that ship with the program, in the order in which `--help` lists them.
pub const BUILTIN: &[&dyn Backend] = &[&Epub, &Pdf, &Tei, &Text, &Markdown, &Tree];

/// What a backend gives: one file or a folder of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Written as `STEM.extension`.
    File { extension: &'static str, bytes: Vec<u8> },
    /// Written below `STEM.extension/`, each under its relative path.
    Folder { extension: &'static str, files: Vec<(String, Vec<u8>)> },
}

/// Why a backend gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum EmitError {
    #[error("template {name}: {reason}")]
    Template { name: String, reason: String },
    #[error("{0}")]
    Format(String),
}
