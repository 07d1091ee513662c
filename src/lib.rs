//! Tetrapla, the fourfold book: a source is read into one tree; the tree, never changed again, is handed to pure backends side
//! by side; the driver alone touches the disk.
//!
//! ```text
//! cli ─► driver ─┬─► read ──────────────┐
//!                ├─► emit ─► typeset ───┼─► tree ─┐
//!                ├─► deposit ─► emit ───┤         │
//!                ├─► verify, ledger ────┤         │
//!                └─► env ◄─ emit,typeset└─► report┴─► span      (settings: read by env and read)
//! ```
//! Arrows only point down or right; `read` and `emit` never meet, a backend never uses another, and a test
//! (`tests/all/architecture.rs`) holds all of it.
//!
//! # The rooms
//! - [`tree`]: the one [`tree::Document`]. Two closed enums, [`tree::Block`] and [`tree::Inline`], matched without a wildcard arm
//!   everywhere, so that a new kind of node fails to compile until each backend has answered it. A note stands where it is called, a
//!   page break of the printed source is a milestone that can stand inside a word. Headings are flat; everybody gets sections from
//!   the one view [`tree::outline()`].
//! - [`budget`]: what may be spent on one file or work: every limit of the program, with its reason.
//! - [`mod@format`]: the formats that are written, by name: one table, from which flags, endings and media types are derived.
//! - `bytes`: questions that are asked of every byte of a book at once.
//! - `entity`: characters by their names in HTML.
//! - [`span`] and [`report`]: places in the sources; remarks ([`report::Diagnostic`]) and repairs ([`report::Repair`]) that name
//!   them.
//! - [`read`]: a [`read::Dialect`] is a name and a function. Markdown is the one door through which every dialect reads text; a
//!   dialect for page-broken text cuts the source into pages, reads each, mends and joins them, so that spans stay the source's, and
//!   each of its guesses is a repair. TEI, our own and that of others, has a dialect of its own; what its header says are fields of
//!   the metadata. What needs the whole work (titles, ids, links, the numbers of notes) is done once, after every dialect. Reading
//!   never fails on text; XML that is not well-formed is refused at its line.
//!   Citations, cross references and indexes are resolved there, too: their nodes keep what the source asked for beside the words that
//!   became of it, and the words are the tree's like all others; only the numbers of printed pages are left to the typesetter.
//! - [`emit`]: an [`emit::Backend`] is a pure function with a name: no files, no clock, no shared state; equal arguments, equal
//!   bytes. What its format can't say becomes a remark. [`emit::xml`] is the only writer of XML.
//!   Drawings are cleaned by the driver when they are read; an output that can't hand them on has them resolved in one place.
//! - [`typeset`]: shapes, breaks lines, fills pages; its product is a [`typeset::Book`] of placed items, tied to the work's logical
//!   structure. It knows no PDF.
//! - [`verify`]: reads finished files back, each by its format's standard, and proves that they hold every word of the tree. It
//!   shares no code with the backends.
//! - [`ledger`]: the proof's first line. A witness of its own reads the source's bytes by the rules of their format, and every word is
//!   in the tree, or is mark-up, or is named by a repair or a remark; else it is lost. It shares no code with the readers.
//! - [`concordance`]: where printed pages and chapters begin in all four outputs, from what `verify` found in them.
//! - [`record`]: what became of a work, for people and for programs: one object a line.
//! - [`report_page`]: a build told to people, on one page of HTML that needs no network; of many works, an index with pages beside it.
//! - `synopsis`: the four books side by side, paragraph by paragraph, for the page of `watch`.
//! - [`deposit`]: packs source, outputs and metadata into one folder for a repository, and checks such folders; all in memory.
//! - [`settings`]: what the user decides, in `tetrapla.toml` and by flags: one file a table.
//! - [`mod@env`]: templates, images and the date: what backends see beside the tree, loaded once, then only read.
//! - [`driver`]: finds works, loads them, emits side by side, writes whole files. Nothing else touches the disk.
//! - [`cli`]: arguments, printing, exit codes. Nothing else prints.
//!
//! # Where a change goes
//! A new format: one file or folder in `emit/` and one line in [`emit::BUILTIN`]; from another crate, a [`Kit`] for [`cli::run`]. A
//! new dialect: one file in `read/` and one line in [`read::BUILTIN`]. A new kind of node: [`tree`], then whatever the compiler
//! names. A case for a bug: `tests/cases/GROUP/NAME.md` and the golden files beside it.
//!
//! # What holds everywhere
//! No clock, no random number, no hash map's order, no machine's path reaches an output: clippy's lists of what is disallowed see to
//! it. Backends and works run side by side on rayon's threads, and one thread gives the same bytes as many. The printed book begins
//! first: all threads set its stretches, and while one of them fills its pages, the others make the other books.

#![forbid(unsafe_code)]

mod align;
pub mod budget;
mod bytes;
pub mod cli;
pub mod concordance;
pub mod deposit;
pub mod driver;
pub mod emit;
mod entity;
pub mod env;
pub mod format;
pub mod ledger;
pub mod read;
pub mod record;
pub mod report;
pub mod report_page;
pub mod settings;
pub mod span;
mod synopsis;
pub mod tree;
pub mod typeset;
pub mod verify;

/// What a program built on this library works with. One with a backend of its own says
/// `Kit { backends: &[&Mine, &emit::Epub], ..Kit::BUILTIN }`.
#[derive(Clone, Copy)]
pub struct Kit<'a> {
    /// In the order in which `--help` lists them.
    pub backends: &'a [&'a dyn emit::Backend],
    /// In the order in which `--from auto` tries them.
    pub dialects: &'a [read::Dialect],
}

impl Kit<'static> {
    /// What ships with the program.
    pub const BUILTIN: Self = Self { backends: emit::BUILTIN, dialects: read::BUILTIN };
}
