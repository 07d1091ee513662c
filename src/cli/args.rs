//! The arguments, and help texts that teach.

#![allow(rustdoc::broken_intra_doc_links, rustdoc::invalid_html_tags, reason = "help texts are for terminals")]

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, builder::PossibleValuesParser};

use crate::Kit;
use crate::driver::{Encoding, Order};
use crate::env::{Env, Templates};
use crate::settings::Tables;

/// The fourfold book: one Markdown source becomes an EPUB, a print PDF, a TEI-XML file and a plain text.
///
/// A SOURCE is a Markdown file, a TEI file, a folder with a tetrapla.toml (one work of several files), or a folder of such works.
/// Text that an OCR tool broke into pages is recognised and mended: notes go to their calls, paragraphs are joined, and
/// every such repair is listed by `tetrapla check`.
#[derive(Parser)]
#[command(name = "tetrapla", version, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    Build(BuildArgs),
    Check(CheckArgs),
    Tree(TreeArgs),
    Restore(RestoreArgs),
    Verify(VerifyArgs),
    Deposit(DepositArgs),
    Concordance(ConcordanceArgs),
}

/// Make the books: STEM.epub, STEM.pdf, STEM.tei.xml and STEM.txt for every work.
///
/// Nothing is written for a work that is refused, and no output is ever half-written. The same source gives the same bytes,
/// on one thread or many; the date in the outputs is the work's own, or SOURCE_DATE_EPOCH.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  tetrapla build essay.md\n  tetrapla build works/ -o books --to epub,pdf\n  tetrapla build scan.md --from paged --strict"
)]
pub struct BuildArgs {
    #[command(flatten)]
    pub reading: ReadingArgs,
    /// The folder for the outputs; it is made where it is missing.
    #[arg(short, long, value_name = "DIR", default_value = "output")]
    pub output: PathBuf,
    /// The formats wanted, separated by commas.
    #[arg(long, value_name = "FORMATS", value_delimiter = ',', default_value = "epub,pdf,tei,txt")]
    pub to: Vec<String>,
    /// Write a report for people, too: one page with outputs, proof, repairs, remarks and pictures of some pages. Verifies.
    #[arg(long, value_name = "FILE.html")]
    pub report: Option<PathBuf>,
    /// A folder of templates that stand in for the built-in ones of the same path, such as DIR/epub/style.css.
    #[arg(long, value_name = "DIR")]
    pub templates: Option<PathBuf>,
    /// Read the finished files back and show that each holds every word, note, page, link and image of the source.
    #[arg(long)]
    pub verify: bool,
    #[command(flatten)]
    pub repairs: RepairsArgs,
    #[command(flatten)]
    pub epub: EpubArgs,
    #[command(flatten)]
    pub pdf: PdfArgs,
    #[command(flatten)]
    pub tei: TeiArgs,
    #[command(flatten)]
    pub text: TextArgs,
}

/// The table `[epub]`, as flags.
#[derive(Args)]
#[command(next_help_heading = "E-book")]
pub struct EpubArgs {
    /// Where the e-book has its notes: behind each chapter, or at the end. Most reading systems show them at their call.
    #[arg(long, value_name = "PLACE", value_parser = ["chapter", "end"])]
    pub epub_notes: Option<String>,
    /// How many levels of headings the e-book's navigation shows [3].
    #[arg(long, value_name = "N")]
    pub toc_depth: Option<usize>,
    /// Bring fonts with the e-book, cut down to its letters; else it is set in the reader's.
    #[arg(long)]
    pub epub_fonts: bool,
    /// Draw no cover for an e-book that has none of its own.
    #[arg(long)]
    pub no_cover: bool,
    /// Who vouches that the e-book meets EPUB Accessibility 1.1, WCAG level AA: claimed where nothing speaks against it.
    #[arg(long, value_name = "NAME")]
    pub certified_by: Option<String>,
}

/// The table `[tei]`, as flags.
#[derive(Args)]
#[command(next_help_heading = "TEI")]
pub struct TeiArgs {
    /// The customisation of TEI P5 in whose words the TEI is written, and against whose schema it is valid.
    ///
    /// `all` says everything, and can be read back as a source.
    #[arg(long, value_name = "PROFILE", value_parser = crate::settings::TeiProfile::NAMES)]
    pub tei: Option<String>,
}

/// The table `[pdf]`, as far as flags say it.
#[derive(Args)]
#[command(next_help_heading = "Printed book")]
pub struct PdfArgs {
    /// The book's design: essay, novel, monograph, large-print, or pdf/NAME.toml in the folder of templates.
    ///
    /// The table [pdf] of a tetrapla.toml changes any part of it: trim, margins, fonts, type sizes.
    #[arg(long, value_name = "NAME")]
    pub design: Option<String>,
    /// For whom the PDF is made: readers and archives (PDF/UA-1 and PDF/A-2a), or a print shop (PDF/X-4 in black).
    #[arg(long, value_name = "PROFILE", value_parser = ["archive", "print"])]
    pub pdf_profile: Option<String>,
}

/// The table `[text]`, as flags.
#[derive(Args)]
#[command(next_help_heading = "Plain text")]
pub struct TextArgs {
    /// Columns of a line in the plain text [72]; 0: a paragraph is one line.
    #[arg(long, value_name = "N")]
    pub width: Option<usize>,
    /// Write the plain text in ASCII; every character that is replaced is listed at its end.
    #[arg(long)]
    pub ascii: bool,
    /// Where the plain text has its notes: behind each chapter, at the end, or behind each paragraph.
    #[arg(long, value_name = "PLACE", value_parser = ["chapter", "end", "paragraph"])]
    pub text_notes: Option<String>,
    /// Show emphasis in the plain text, as _so_ and =so=.
    #[arg(long)]
    pub text_emphasis: bool,
    /// Show in the plain text where printed pages begin, as {12}.
    #[arg(long)]
    pub text_pages: bool,
}

/// Read the works and show what there is to say: remarks, and every repair of page-broken text. Makes no book.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  tetrapla check scan.md\n  tetrapla check scan.md --refuse word-joined,note-attached-103\n  tetrapla check works/ --message-format json 2> remarks.jsonl"
)]
pub struct CheckArgs {
    #[command(flatten)]
    pub reading: ReadingArgs,
    #[command(flatten)]
    pub repairs: RepairsArgs,
}

/// Where the repairs go, for machines.
#[derive(Args)]
pub struct RepairsArgs {
    /// Write every repair to FILE as JSON: id, kind, place, before, after, confidence.
    #[arg(long, value_name = "FILE")]
    pub repairs: Option<PathBuf>,
}

/// Write a work as clean Markdown: page-broken text restored, so that an editor can go on from there.
///
/// Notes stand under labels, printed pages as <pb n="12"/>, metadata at the front. Read again it is the same work, with nothing
/// left to repair.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  tetrapla restore scan.md -o clean.md\n  tetrapla restore scan.md --min-confidence 0.8 | less"
)]
pub struct RestoreArgs {
    #[command(flatten)]
    pub reading: ReadingArgs,
    /// The file to write; without it, standard output.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    #[command(flatten)]
    pub repairs: RepairsArgs,
}

/// Show the document tree that a source is read into, as text.
#[derive(Args)]
#[command(after_help = "Example:\n  tetrapla tree essay.md | less")]
pub struct TreeArgs {
    #[command(flatten)]
    pub reading: ReadingArgs,
}

/// Pack a work for a repository: a BagIt bag with the source, the four outputs, the repairs and the metadata.
///
/// The bag (RFC 8493, SHA-512) holds an RO-Crate 1.1 with DataCite and Dublin Core records, the licence and a page for people.
/// What the metadata lack for a deposit is listed before anything is written. The same source gives the same bytes.
#[derive(Args)]
#[command(after_help = "Examples:
  tetrapla deposit essay.md -o essay-deposit
  tetrapla deposit scan.md --lenient
  tetrapla deposit --verify essay-deposit")]
pub struct DepositArgs {
    #[command(flatten)]
    pub reading: ReadingArgs,
    /// The folder that becomes the bag [default: output/STEM.bag]. An earlier deposit there is replaced, nothing else is.
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Write the deposit though the metadata lack something, and name the gaps in it.
    #[arg(long)]
    pub lenient: bool,
    /// Check bags in place of making one: SOURCE is the folder of a bag. Every file, checksum and format is looked at.
    #[arg(long, conflicts_with_all = ["output", "lenient"])]
    pub verify: bool,
}

/// Read finished files back, each by itself, and compare them word for word with the source.
///
/// Every word of the text, the headings and the notes must stand in every file, once and in order; every note must be reached from
/// its call and lead back; every label of a printed page, every link's goal and every image must be there. What is not is told
/// with its source line, and the command ends with 1. Give the flags and the folder with which the files were built.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  tetrapla verify essay.md\n  tetrapla verify works/ -o books --message-format json > proof.jsonl"
)]
pub struct VerifyArgs {
    #[command(flatten)]
    pub reading: ReadingArgs,
    /// The folder in which the outputs are.
    #[arg(short, long, value_name = "DIR", default_value = "output")]
    pub output: PathBuf,
    /// The formats that must be there, separated by commas; without it, those that are there.
    #[arg(long, value_name = "FORMATS", value_delimiter = ',')]
    pub to: Vec<String>,
    /// The folder of templates with which the files were built.
    #[arg(long, value_name = "DIR")]
    pub templates: Option<PathBuf>,
    /// Write a report for people, too: one page with outputs, proof, repairs, remarks and pictures of some pages.
    #[arg(long, value_name = "FILE.html")]
    pub report: Option<PathBuf>,
    /// Taken as `build` takes it, so that both take the same flags.
    #[arg(long, hide = true)]
    pub verify: bool,
    #[command(flatten)]
    pub repairs: RepairsArgs,
    #[command(flatten)]
    pub epub: EpubArgs,
    #[command(flatten)]
    pub pdf: PdfArgs,
    #[command(flatten)]
    pub tei: TeiArgs,
    #[command(flatten)]
    pub text: TextArgs,
}

/// Say where each printed page and each chapter begins in all four outputs, so that a citation of the print can be found there.
///
/// The outputs are made in memory and read back: a page of the PDF with its label, a file of the EPUB with the id there, an
/// xml:id of the TEI with its line, a line of the text. Give the flags with which the files were built.
#[derive(Args)]
#[command(after_help = "Examples:
  tetrapla concordance scan.md > scan.csv
  tetrapla concordance works/essay -o essay.json --format json")]
pub struct ConcordanceArgs {
    #[command(flatten)]
    pub reading: ReadingArgs,
    /// How it is written.
    #[arg(long, value_name = "FORMAT", default_value = "csv")]
    pub format: ConcordanceFormat,
    /// The file for it; without it, standard output.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// The folder of templates with which the files were built.
    #[arg(long, value_name = "DIR")]
    pub templates: Option<PathBuf>,
    #[command(flatten)]
    pub pdf: PdfArgs,
    #[command(flatten)]
    pub text: TextArgs,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ConcordanceFormat {
    Csv,
    Json,
}

/// What every subcommand reads.
#[derive(Args)]
pub struct ReadingArgs {
    /// Markdown or TEI files, works (folders with a tetrapla.toml), or folders of works.
    #[arg(required = true, value_name = "SOURCE")]
    pub sources: Vec<PathBuf>,
    /// How the source is written. `auto` looks at each file.
    #[arg(long, value_name = "DIALECT", default_value = "auto")]
    pub from: String,
    /// How the source's letters are encoded, where that is not UTF-8: windows-1252, utf-16le, macintosh, koi8-r …
    ///
    /// Without it each file is looked at, and read where it is sure what it is.
    #[arg(long, value_name = "NAME")]
    pub encoding: Option<String>,
    /// Work on at most N threads; 0: one for each processor.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub jobs: usize,
    /// Refuse a work that has a warning.
    #[arg(long)]
    pub strict: bool,
    /// How remarks are written to standard error: for people, or one JSON object a line.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub message_format: MessageFormat,
    #[command(flatten)]
    pub restoring: RestoringArgs,
}

/// The table `[restore]`, as flags.
#[derive(Args)]
#[command(next_help_heading = "Restoring")]
pub struct RestoringArgs {
    /// Repairs that are not to be made, separated by commas: kinds (word-joined) or ids (word-joined-103), as `check` shows them.
    #[arg(long, value_name = "KIND|ID", value_delimiter = ',')]
    pub refuse: Vec<String>,
    /// Make no repair of which the program is less sure than this, from 0 to 1.
    #[arg(long, value_name = "X", value_parser = confidence)]
    pub min_confidence: Option<f64>,
    /// A line that marks pages in this text, beside those that are known, with {n} for the page's number, if it has one:
    /// '--- Page {n} ---'.
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub page_mark: Option<String>,
    /// Set straight quotation marks, --, ... and French spaces as the language of each passage has them; each is a repair.
    #[arg(long)]
    pub smart: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MessageFormat {
    Human,
    Json,
}

/// Lets `--to` and `--from` take the names of the kit's backends and dialects, and no others.
pub fn with_names(command: clap::Command, kit: &Kit) -> clap::Command {
    let formats: Vec<_> = kit.backends.iter().map(|backend| backend.name()).collect();
    let dialects: Vec<_> = std::iter::once("auto").chain(kit.dialects.iter().map(|dialect| dialect.name)).collect();
    let from = move |command: clap::Command| {
        let dialects = PossibleValuesParser::new(dialects.clone());
        command.mut_arg("from", |arg| arg.value_parser(dialects))
    };
    let to = |command: clap::Command| command.mut_arg("to", |arg| arg.value_parser(PossibleValuesParser::new(formats.clone())));
    let command = ["build", "verify"].into_iter().fold(command, |command, name| command.mut_subcommand(name, to));
    ["build", "verify", "check", "tree", "restore", "deposit", "concordance"]
        .into_iter()
        .fold(command, |command, name| command.mut_subcommand(name, &from))
}

impl ReadingArgs {
    /// What these arguments order from the driver; outputs and templates are still to be said.
    ///
    /// # Errors
    /// What makes no sense, for people to read.
    pub fn order<'a>(&self, kit: Kit<'a>) -> Result<Order<'a>, String> {
        if self.jobs > 0 {
            // Fails only where a pool stands already: in a program that calls this twice.
            let _ = rayon::ThreadPoolBuilder::new().num_threads(self.jobs).build_global();
        }
        let from = kit.dialects.iter().find(|dialect| dialect.name == self.from).copied();
        let env = Env { source_date: source_date()?, ..Env::default() };
        let mut settings = Tables::default();
        self.restoring.set(&mut settings);
        let encoding = match &self.encoding {
            Some(name) => Some(Encoding::named(name).ok_or_else(|| {
                format!(
                    "no encoding is called {name}: utf-8, utf-16le, windows-1252, iso-8859-2, macintosh, koi8-r, shift_jis …"
                )
            })?),
            None => None,
        };
        Ok(Order { kit, to: Vec::new(), from, encoding, out: PathBuf::new(), strict: self.strict, settings, env })
    }
}

impl BuildArgs {
    /// What these arguments order from the driver.
    ///
    /// # Errors
    /// What makes no sense, for people to read.
    pub fn order<'a>(&self, kit: Kit<'a>) -> Result<Order<'a>, String> {
        let mut order = self.reading.order(kit)?;
        order.to = kit.backends.iter().filter(|backend| self.to.iter().any(|name| name == backend.name())).copied().collect();
        order.out.clone_from(&self.output);
        if let Some(folder) = &self.templates {
            order.env.templates = std::sync::Arc::new(templates(folder)?);
        }
        self.epub.set(&mut order.settings);
        self.pdf.set(&mut order.settings);
        self.tei.set(&mut order.settings);
        self.text.set(&mut order.settings);
        Ok(order)
    }
}

impl ConcordanceArgs {
    /// What these arguments order from the driver.
    ///
    /// # Errors
    /// What makes no sense, for people to read.
    pub fn order<'a>(&self, kit: Kit<'a>) -> Result<Order<'a>, String> {
        let mut order = self.reading.order(kit)?;
        let known = |name| crate::verify::Format::ALL.iter().any(|format| format.backend() == name);
        order.to = kit.backends.iter().filter(|backend| known(backend.name())).copied().collect();
        if let Some(folder) = &self.templates {
            order.env.templates = std::sync::Arc::new(templates(folder)?);
        }
        self.pdf.set(&mut order.settings);
        self.text.set(&mut order.settings);
        Ok(order)
    }
}

impl RestoringArgs {
    fn set(&self, settings: &mut Tables) {
        if !self.refuse.is_empty() {
            settings.set("restore", "refuse", self.refuse.clone());
        }
        if let Some(least) = self.min_confidence {
            settings.set("restore", "min-confidence", least);
        }
        if let Some(mark) = &self.page_mark {
            settings.set("restore", "placeholder", mark.as_str());
        }
        if self.smart {
            settings.set("restore", "punctuation", "smart");
        }
    }
}

/// # Errors
/// For people to read, where `text` is no number from 0 to 1.
fn confidence(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|number| (0.0..=1.0).contains(number)).ok_or_else(|| "write a number from 0 to 1".to_owned())
}

impl PdfArgs {
    pub fn set(&self, settings: &mut Tables) {
        for (field, value) in [("design", &self.design), ("profile", &self.pdf_profile)] {
            value.iter().for_each(|value| settings.set("pdf", field, value.as_str()));
        }
    }
}

impl VerifyArgs {
    /// What these arguments order from the driver.
    ///
    /// # Errors
    /// What makes no sense, for people to read.
    pub fn order<'a>(&self, kit: Kit<'a>) -> Result<Order<'a>, String> {
        let mut order = self.reading.order(kit)?;
        order.to = kit.backends.iter().filter(|backend| self.to.iter().any(|name| name == backend.name())).copied().collect();
        order.out.clone_from(&self.output);
        if let Some(folder) = &self.templates {
            order.env.templates = std::sync::Arc::new(templates(folder)?);
        }
        self.epub.set(&mut order.settings);
        self.pdf.set(&mut order.settings);
        self.tei.set(&mut order.settings);
        self.text.set(&mut order.settings);
        Ok(order)
    }
}

impl EpubArgs {
    pub fn set(&self, settings: &mut Tables) {
        if let Some(place) = &self.epub_notes {
            settings.set("epub", "notes", place.as_str());
        }
        if let Some(depth) = self.toc_depth {
            settings.set("epub", "toc-depth", depth);
        }
        if self.epub_fonts {
            settings.set("epub", "fonts", true);
        }
        if self.no_cover {
            settings.set("epub", "draw-cover", false);
        }
        if let Some(name) = &self.certified_by {
            settings.set("epub", "certified-by", name.as_str());
        }
    }
}

impl TeiArgs {
    pub fn set(&self, settings: &mut Tables) {
        if let Some(profile) = &self.tei {
            settings.set("tei", "profile", profile.as_str());
        }
    }
}

impl TextArgs {
    pub fn set(&self, settings: &mut Tables) {
        if let Some(width) = self.width {
            settings.set("text", "width", width);
        }
        if let Some(place) = &self.text_notes {
            settings.set("text", "notes", place.as_str());
        }
        if self.ascii {
            settings.set("text", "ascii", true);
        }
        if self.text_emphasis {
            settings.set("text", "emphasis", "marked");
        }
        if self.text_pages {
            settings.set("text", "pages", true);
        }
    }
}

fn templates(folder: &std::path::Path) -> Result<Templates, String> {
    crate::driver::templates(folder)
        .map_err(|(path, reason)| format!("the template {} can't be read: {reason}", path.display()))
}

/// The moment that outputs carry, where the environment sets one (<https://reproducible-builds.org/specs/source-date-epoch/>).
fn source_date() -> Result<Option<jiff::Timestamp>, String> {
    let Ok(seconds) = std::env::var("SOURCE_DATE_EPOCH") else { return Ok(None) };
    let moment = seconds.trim().parse().ok().and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    moment.map(Some).ok_or_else(|| format!("SOURCE_DATE_EPOCH is \"{seconds}\", not a number of seconds"))
}
