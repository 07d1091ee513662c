//! The proof: every finished file is read back by itself, as its own readers would read it, and compared word for word with the
//! tree. Nobody proofreads a book four times; this does.
//!
//! It knows the formats by their standards. It shares no code with the backends, so that a mistake of theirs can't hide here.
//! What may differ between the tree and a file is a rule, never a tolerance: the rules are in `words` (white space, soft
//! hyphens), in `script` (what a format does not say), and in each reader (what an output adds: labels, numbers of items, folios,
//! contents, title pages).
//!
//! ```text
//! tree ─► script ───┐
//!                   ├─► compare ─► Proof
//! file ─► reading ──┘
//! ```

mod compare;
mod epub;
mod pdf;
mod reading;
mod rules;
mod script;
mod tei;
mod text;
mod words;
mod xml;

pub use reading::Place;
pub use script::Which;

use std::borrow::Cow;

use rayon::prelude::*;

use crate::env::Env;
pub use crate::format::Format;
use crate::report::Report;
use crate::settings::Links;
use crate::span::Span;
use crate::tree::{Document, for_output, links_as_notes};
use rules::{InNotes, Rules, Scripts};
use words::Kind;

/// A finished file.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// What it is called in remarks.
    pub name: &'a str,
    pub bytes: &'a [u8],
}

/// How many there should be, and how many are there, at their places and whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub expected: usize,
    pub found: usize,
}

/// One way in which a file is not what the tree says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// A name for machines, such as `words-lost`.
    pub code: &'static str,
    /// Where the source says it.
    pub span: Option<Span>,
    /// Where the file says otherwise.
    pub place: Option<Place>,
    pub message: String,
}

/// Where a printed page or a chapter begins in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Landmark {
    /// The page's label, empty where it has none, or the heading's words.
    pub name: String,
    /// None for a page, else the level of the heading.
    pub level: Option<u8>,
    pub span: Span,
    /// None where the file has lost it.
    pub place: Option<Place>,
}

/// What was found out about one file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FileProof {
    pub name: String,
    /// The words of the title, the running text, the headings and the notes.
    pub words: Tally,
    pub lost: usize,
    pub added: usize,
    pub moved: usize,
    /// Notes that can be reached from their calls, and back.
    pub notes: Tally,
    /// Printed pages that are marked. None are expected where a format is not asked to mark them.
    pub pages: Tally,
    pub links: Tally,
    pub images: Tally,
    pub differences: Vec<Difference>,
    /// Every printed page and every heading, in the order in which the file says them.
    pub landmarks: Vec<Landmark>,
}

/// What was found out about the files of one work.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Proof {
    pub files: Vec<FileProof>,
}

impl Proof {
    /// Whether every file holds the whole work.
    pub fn holds(&self) -> bool {
        self.files.iter().all(|file| file.differences.is_empty())
    }

    /// Every difference as an error of its own.
    pub fn report(&self, report: &mut Report) {
        for file in &self.files {
            for difference in &file.differences {
                let place = difference.place.as_ref().map(|place| format!(", {place}")).unwrap_or_default();
                report.error(difference.code, difference.span, format!("{}{place}: {}", file.name, difference.message));
            }
        }
    }
}

pub use pdf::unpacks as pdf_unpacks;

/// Reads the files of a work back, side by side, and compares each with the tree. Files of other formats are left out.
pub fn verify(doc: &Document, env: &Env, files: &[File]) -> Proof {
    // Where a stretch stands in some outputs only, each file is held to what it should have.
    let own = |file: &File| Format::of(file.name).map_or(Cow::Borrowed(doc), |format| for_output(doc, format.name()));
    if files.iter().all(|file| matches!(own(file), Cow::Borrowed(_))) {
        return verify_all(doc, env, files);
    }
    Proof { files: files.iter().flat_map(|file| verify_all(&own(file), env, &[*file]).files).collect() }
}

fn verify_all(doc: &Document, env: &Env, files: &[File]) -> Proof {
    let known = files.iter().filter_map(|file| Some((file, Format::of(file.name)?))).collect::<Vec<_>>();
    let scripts = Scripts::new(doc, env, known.iter().filter_map(|(_, format)| rules(*format, doc, env)));
    // In print, addresses may stand in notes.
    let with_addresses = (env.settings.pdf.links == Links::Notes).then(|| links_as_notes(doc));
    let printed = with_addresses.as_ref().map(|doc| Scripts::new(doc, env, rules(Format::Pdf, doc, env).into_iter()));
    let scripts_of = |format: &Format| printed.as_ref().filter(|_| *format == Format::Pdf).unwrap_or(&scripts);
    Proof { files: known.par_iter().filter_map(|(file, format)| one(doc, env, file, *format, scripts_of(format))).collect() }
}

/// The words that a file's reader finds: those of the text in their order, then those of each note. For whoever wants to compare
/// them with what another reader finds.
pub fn words(file: &File, env: &Env) -> Vec<String> {
    let reading = match Format::of(file.name) {
        Some(Format::Epub) => epub::read(file.bytes, &env.budget),
        Some(Format::Pdf) => pdf::read(file.bytes, env),
        Some(Format::Tei) => tei::read(file.bytes, None),
        Some(Format::Text) => text::read(file.bytes, env).reading,
        Some(Format::Markdown | Format::Tree) | None => return Vec::new(),
    };
    let flows = std::iter::once(&reading.body).chain(reading.notes.iter().map(|note| &note.found)).map(|found| &found.flow);
    let words = flows.flat_map(|flow| flow.of_kind(Kind::Word).map(|at| flow.said(at)));
    words.map(str::to_owned).collect()
}

/// What a format need not say as the tree does. None for a plain text, which asks for a script of its own.
fn rules(format: Format, doc: &Document, env: &Env) -> Option<Rules> {
    let rules = Rules {
        joiners: true,
        pages: true,
        pages_in_notes: InNotes::No,
        unlabelled: false,
        missing_images: false,
        links: true,
        panels: true,
        encoded: false,
        folios: false,
    };
    match format {
        Format::Epub => Some(Rules { pages_in_notes: InNotes::Alone, ..rules }),
        Format::Pdf => {
            let links = !env.settings.pdf.profile.is_print();
            Some(Rules { joiners: false, pages: false, missing_images: true, links, folios: true, ..rules })
        }
        Format::Tei => {
            let encoded = env.handed_on(doc).is_some();
            let rules = Rules { unlabelled: true, pages_in_notes: InNotes::All, missing_images: true, panels: false, ..rules };
            Some(Rules { encoded, links: !encoded, ..rules })
        }
        Format::Text | Format::Markdown | Format::Tree => None,
    }
}

/// What is found out about one file; none of a format that has no reader.
fn one(doc: &Document, env: &Env, file: &File, format: Format, scripts: &Scripts) -> Option<FileProof> {
    let mut second = None;
    let (reading, own) = match format {
        Format::Epub => (epub::read(file.bytes, &env.budget), None),
        Format::Pdf => (pdf::read(file.bytes, env), None),
        Format::Tei => (tei::read(file.bytes, env.handed_on(doc).map(|_| &env.settings.restore)), None),
        Format::Text => {
            let copy = text::read(file.bytes, env);
            let script = text::script(doc, env, &copy);
            second = Some(text::lost(doc, env, &copy, std::str::from_utf8(file.bytes).unwrap_or("")));
            (copy.reading, Some(script))
        }
        Format::Markdown | Format::Tree => return None,
    };
    let shared = rules(format, doc, env).and_then(|rules| scripts.by(rules));
    let script = own.as_ref().or(shared).expect("a format has rules or a script of its own");
    let mut proof = FileProof { name: file.name.to_owned(), ..compare::compare(script, reading, env) };
    // What both witnesses miss is told by the first, who knows where it is.
    if let Some((count, lost)) = second.filter(|_| proof.differences.is_empty()) {
        proof.lost += count;
        proof.differences = lost;
    }
    Some(proof)
}
