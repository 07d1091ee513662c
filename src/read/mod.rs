//! Sources become the one tree. A dialect reads the text of one file; what all files of a work share is done here, once: its
//! metadata, its title, the numbers of its notes, the ids of its headings, its links.

mod chapters;
mod cites;
mod clean;
mod drawn;
mod finish;
mod foreign;
mod guesses;
mod include;
mod language;
mod links;
mod markdown;
mod metadata;
mod paged;
mod scholar;
mod signs;
mod smart;
mod summary;
mod tei;
mod unspaced;
mod wrapped;

pub use clean::percent_decoded;
pub use include::{Include, Select, Tag as IncludeTag, tags as include_tags};
pub(crate) use metadata::language_tag;
pub use metadata::{FIELDS, Fields, FileName, MDBOOK_FILE, PROJECT_FILE, Project};
pub use scholar::{Apparatus, FIELDS as APPARATUS};
pub use summary::{Listed, listed};

use std::ops::Range;

use crate::report::{Repair, Report};
use crate::settings::{Punctuation, RestoreSettings, Tables};
use crate::span::{FileId, Sources, Span};
use crate::tree::{Blocks, Document, Encoding};

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
    /// Where a dialect puts the encoding of an edition, to be handed on.
    pub encoding: &'a mut Option<Box<Encoding>>,
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
    /// The files of the work: what describes it, its chapters, what is set into them.
    pub sources: Sources,
    /// What the work's `tetrapla.toml` says, where it has one.
    pub project: Option<Project>,
    /// What the work is called where neither metadata nor text say so: the name of its file or folder.
    pub stem: String,
    /// The chapters in reading order. None: every file but the project's own.
    pub contents: Vec<Place>,
    /// The table of contents that says so, where the work has one.
    pub summary: Option<FileId>,
    /// Files that are set into others, those of one file in order.
    pub includes: Vec<Include>,
    /// Files with works that may be cited.
    pub library: Vec<FileId>,
    /// The file of terms that are to be found for the index, where the work names one.
    pub terms: Option<FileId>,
    /// The file of the style of citations, where the work names one.
    pub style: Option<FileId>,
}

/// A place in a work's order: a chapter, or the heading of a part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The chapter's file; none for a part.
    pub file: Option<FileId>,
    /// The level of its heading, from 1.
    pub level: u8,
    /// What a table of contents calls it, and where.
    pub title: Option<(String, Span)>,
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
    let mut chapters = chapters::Chapters::of(manuscript);
    for place in manuscript.chapters() {
        let Some(file) = place.file else {
            doc.body.extend(chapters::part(&place));
            continue;
        };
        let mut front = metadata::front_matter(sources, file, report);
        let text = &sources.get(file).text;
        let said = front.dialect.as_deref().and_then(|name| named(name, dialects, front.span, report));
        let inner = &text[front.text..];
        let mut parts = wrapped::between(inner);
        let unwrapped: String = parts.iter().map(|part| &inner[part.clone()]).collect();
        if let [before, behind, ..] = &parts[..] {
            let place = Span::new(file, front.text + before.end..front.text + behind.start);
            report
                .remark(
                    "text-unwrapped",
                    place,
                    "all of the text stands in fences of Markdown, as models write it: it is read as text",
                )
                .hint("if it is a listing, say so in a line of prose above it");
        }
        if parts.is_empty() && !front.later.is_empty() {
            parts = around(&front.later, front.text, text.len());
        }
        let shown = if unwrapped.is_empty() { inner } else { &unwrapped };
        let own = || dialects.iter().find(|known| (known.looks_like)(shown));
        let chosen = dialect.or(said).or_else(own).unwrap_or(&MARKDOWN);
        let start = front.text;
        if chosen.name == MARKDOWN.name {
            foreign::remark(file, start, text, report);
        }
        let chapter = chapters.open(&mut front, &mut fields, report);
        let (repairs, encoding) = (&mut doc.repairs, &mut doc.encoding);
        let mut reading = Work { manuscript, settings, fields: &mut fields, repairs, encoding, report: &mut *report };
        let mut blocks = reading.blocks(chosen, file, start, &parts);
        chapters.close(chapter, &place, &mut blocks, &fields, report);
        notes.number(&mut blocks);
        doc.body.append(&mut blocks);
    }
    // A file that is one of several says only its part of the work.
    if manuscript.chapters().len() != 1 {
        doc.encoding = None;
    }
    if let (Some(encoding), Some(project)) = (&mut doc.encoding, &manuscript.project) {
        encoding.beside = project.metadata.named();
    }
    chapters.tell(manuscript, report);
    let titled = fields.title_is_settled() || manuscript.summary.is_some();
    let known = finish::Known { titled, guess: fields.guess() };
    let (meta, preliminaries) = fields.metadata(report);
    doc.meta = meta;
    finish::finish(&mut doc, manuscript, &known, report);
    chapters::preliminaries(&mut doc, preliminaries);
    doc
}

/// The stretches of a text around blocks of metadata, in bytes behind its front.
fn around(blocks: &[Range<usize>], start: usize, end: usize) -> Vec<Range<usize>> {
    let starts = std::iter::once(start).chain(blocks.iter().map(|block| block.end));
    let ends = blocks.iter().map(|block| block.start).chain([end]);
    starts.zip(ends).map(|(from, to)| from - start..to - start).collect()
}

/// The settings that the front matter of a work's only text has.
pub fn settings_in_front(manuscript: &Manuscript) -> Tables {
    match manuscript.chapters()[..] {
        [Place { file: Some(file), .. }] => metadata::settings_in_front(&manuscript.sources, file),
        _ => Tables::default(),
    }
}

/// Where the text of a file begins behind its front matter, in bytes.
pub fn front_end(sources: &Sources, file: FileId) -> usize {
    metadata::front_matter(sources, file, &mut Report::default()).text
}

/// What reading each file of a work adds to.
struct Work<'a> {
    manuscript: &'a Manuscript,
    settings: &'a RestoreSettings,
    fields: &'a mut Fields,
    repairs: &'a mut Vec<Repair>,
    encoding: &'a mut Option<Box<Encoding>>,
    report: &'a mut Report,
}

impl Work<'_> {
    /// Reads the text of one file from the byte `start` on, with what is set into it: of a wrapped one, its `parts` behind that.
    fn blocks(&mut self, dialect: &Dialect, file: FileId, start: usize, parts: &[Range<usize>]) -> Blocks {
        let drawing = match dialect.name {
            name if name == MARKDOWN.name => Some(include::Drawing::All),
            name if name == PAGED.name => Some(include::Drawing::Scanned),
            _ => None,
        };
        let composed = include::compose(self.manuscript, file, start, drawing.map(|drawing| (drawing, parts)));
        let (sources, text_file, range) = match &composed {
            Some(composed) => (&composed.sources, FileId(0), 0..composed.sources.get(FileId(0)).text.len()),
            None => (&self.manuscript.sources, file, start..self.manuscript.sources.get(file).text.len()),
        };
        let (first, mut found) = (self.repairs.len(), Report::default());
        let mut reading = Reading {
            sources,
            file: text_file,
            range,
            settings: self.settings,
            fields: self.fields,
            repairs: self.repairs,
            encoding: self.encoding,
            report: &mut found,
        };
        let mut blocks = (dialect.read)(&mut reading);
        // A TEI file says each character as its editor wants it.
        if self.settings.punctuation == Punctuation::Smart && dialect.name != TEI.name {
            smart::set(&mut blocks, &mut reading);
            self.repairs[first..].sort_by_key(|repair| (repair.span, repair.kind));
        }
        if let Some(composed) = &composed {
            composed.restore(&mut blocks, &mut self.repairs[first..], &mut found);
        }
        self.report.absorb(found);
        blocks
    }
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
    /// The chapters in reading order.
    pub fn chapters(&self) -> Vec<Place> {
        if !self.contents.is_empty() {
            return self.contents.clone();
        }
        let texts = self.sources.iter().filter(|(file, _)| !self.is_project(*file));
        texts.map(|(file, _)| Place { file: Some(file), level: 1, title: None }).collect()
    }

    fn is_project(&self, file: FileId) -> bool {
        self.project.as_ref().is_some_and(|project| project.file == file)
    }
}
