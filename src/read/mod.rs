//! Sources become the one tree. A dialect reads the text of one file; what all files of a work share is done here, once: its
//! metadata, its title, the numbers of its notes, the ids of its headings, its links.

mod clean;
mod finish;
mod language;
mod links;
mod markdown;
mod metadata;
mod paged;
mod tei;

pub use metadata::{Fields, PROJECT_FILE, Project};

use std::ops::Range;

use crate::report::{Repair, Report};
use crate::settings::RestoreSettings;
use crate::span::{FileId, Sources, Span};
use crate::tree::{Blocks, Document};

/// A kind of source text: a name and a function. Reading never fails: every surprise becomes a remark.
#[derive(Clone, Copy, Debug)]
pub struct Dialect {
    /// What `--from` calls it.
    pub name: &'static str,
    /// Whether a file's text has the marks of this dialect. The first dialect that says so reads the file.
    pub looks_like: fn(&str) -> bool,
    /// Reads one file. Notes bear numbers that are unique in the file, in any order.
    pub read: fn(&mut Reading) -> Blocks,
}

/// One file on its way into the tree: what a dialect is given, and where it says what it found.
pub struct Reading<'a> {
    pub sources: &'a Sources,
    pub file: FileId,
    /// The text behind the front matter, in bytes of the file.
    pub range: Range<usize>,
    pub settings: &'a RestoreSettings,
    /// The metadata found so far, to which a dialect with a header of its own adds.
    pub fields: &'a mut Fields,
    pub repairs: &'a mut Vec<Repair>,
    pub report: &'a mut Report,
}

impl<'a> Reading<'a> {
    /// The text to be read.
    pub fn text(&self) -> &'a str {
        self.sources.get(self.file).text.get(self.range.clone()).unwrap_or("")
    }
}

/// Plain Markdown. The last dialect that is tried, since it takes every text.
pub const MARKDOWN: Dialect = Dialect {
    name: "markdown",
    looks_like: |_| true,
    read: |reading| markdown::blocks(reading.sources, reading.file, reading.range.clone(), reading.report),
};

/// Text that an OCR tool broke into pages.
pub const PAGED: Dialect = Dialect { name: "paged", looks_like: paged::looks_paged, read: paged::read };

/// TEI P5: what this program writes, and reasonable TEI of others.
pub const TEI: Dialect = Dialect { name: "tei", looks_like: tei::looks_like, read: tei::read };

/// The dialects that ship with the program, in the order in which `--from auto` tries them.
pub const BUILTIN: &[Dialect] = &[TEI, PAGED, MARKDOWN];

/// A work before it is read.
#[derive(Clone, Debug, Default)]
pub struct Manuscript {
    /// In reading order.
    pub sources: Sources,
    /// What the work's `tetrapla.toml` says, where it has one.
    pub project: Option<Project>,
    /// What the work is called where neither metadata nor text say so: the name of its file or folder.
    pub stem: String,
}

/// Reads a work: each file by the `dialect` that the user names, else by the one that its front matter names, else by the first
/// of `dialects` whose marks it has.
pub fn read(
    manuscript: &Manuscript,
    dialects: &[Dialect],
    dialect: Option<&Dialect>,
    settings: &RestoreSettings,
    report: &mut Report,
) -> Document {
    let sources = &manuscript.sources;
    let mut fields = manuscript.project.as_ref().map(|project| project.metadata.clone()).unwrap_or_default();
    let mut doc = Document::default();
    let mut notes = finish::Notes::default();
    for (file, source) in sources.iter().filter(|(file, _)| !manuscript.is_project(*file)) {
        let front = metadata::front_matter(sources, file, &mut fields, report);
        let said = front.dialect.as_deref().and_then(|name| named(name, dialects, front.span, report));
        let own = || dialects.iter().find(|known| (known.looks_like)(&source.text[front.text..]));
        let chosen = dialect.or(said).or_else(own).unwrap_or(&MARKDOWN);
        let (range, repairs) = (front.text..source.text.len(), &mut doc.repairs);
        let mut blocks =
            (chosen.read)(&mut Reading { sources, file, range, settings, fields: &mut fields, repairs, report: &mut *report });
        notes.number(&mut blocks);
        doc.body.append(&mut blocks);
    }
    let titled = fields.title_is_settled();
    doc.meta = fields.metadata(report);
    finish::finish(&mut doc, manuscript, titled, report);
    doc
}

/// The dialect that a file says it is written in.
fn named<'a>(name: &str, dialects: &'a [Dialect], span: Span, report: &mut Report) -> Option<&'a Dialect> {
    let known = dialects.iter().find(|dialect| dialect.name == name);
    if known.is_none() && name != "auto" {
        let names: Vec<_> = dialects.iter().map(|dialect| dialect.name).collect();
        report
            .warn("dialect-unknown", span, format!("no dialect is called \"{}\"", clean::line(name)))
            .hint(format!("write one of {}, or leave the field out: then the text is looked at", names.join(", ")));
    }
    known
}

impl Manuscript {
    fn is_project(&self, file: FileId) -> bool {
        self.project.as_ref().is_some_and(|project| project.file == file)
    }
}
