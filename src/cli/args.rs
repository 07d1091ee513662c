//! The arguments, and help texts that teach.

#![allow(rustdoc::broken_intra_doc_links, rustdoc::invalid_html_tags, reason = "help texts are for terminals")]

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, builder::PossibleValuesParser};

use crate::Kit;
use crate::driver::Order;
use crate::emit::Backend;
use crate::format::Format;

mod making;
mod reading;

pub use making::{MakingArgs, templates};
pub use reading::{Colour, LimitArgs, MessageFormat, ReadingArgs, SourceArgs, TellingArgs, Works};

/// The fourfold book: one Markdown source becomes an EPUB, a print PDF, a TEI-XML file and a plain text.
///
/// A SOURCE is a Markdown file, a TEI file, a folder with a tetrapla.toml (one work of several files), or a folder of such works.
/// Text that an OCR tool broke into pages is recognised and mended: notes go to their calls, paragraphs are joined, and
/// every such repair is listed by `tetrapla check`.
#[derive(Parser)]
#[command(
    name = "tetrapla",
    version,
    max_term_width = 100,
    after_help = "The handbook, a section at a time:\n  tetrapla help index\n  tetrapla help page numbers"
)]
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
    Cover(CoverArgs),
    Verify(VerifyArgs),
    Deposit(DepositArgs),
    Concordance(ConcordanceArgs),
    Schema(SchemaArgs),
    Completions(CompletionsArgs),
    /// Print the manual page: tetrapla man | man -l -
    Man,
    Watch(WatchArgs),
    Init(InitArgs),
    Explain(ExplainArgs),
    Templates(TemplatesArgs),
    Worker(WorkerArgs),
}

/// Show the four books of a work side by side in a browser, with remarks and repairs, and anew after each save.
///
/// A click on a paragraph shows it in the other books, and the line of the source. A repair can be refused: that is written into the
/// tetrapla.toml of the work. The page is on this machine alone, and asks nothing of the network.
#[derive(Args)]
#[command(after_help = "Example:\n  tetrapla watch scan.md")]
pub struct WatchArgs {
    /// The port of the page; 0: one that is free.
    #[arg(long, value_name = "N", default_value_t = 4884)]
    pub port: u16,
    #[command(flatten)]
    pub sources: SourceArgs,
    #[command(flatten)]
    pub reading: ReadingArgs,
    #[command(flatten)]
    pub making: MakingArgs,
}

/// Make a work of a folder of chapters: write a tetrapla.toml that says what can be seen, and names what can be said.
#[derive(Args)]
#[command(after_help = "Example:\n  tetrapla init chapters && tetrapla build chapters")]
pub struct InitArgs {
    /// The folder of the chapters.
    #[arg(value_name = "FOLDER", default_value = ".", value_hint = clap::ValueHint::DirPath)]
    pub folder: PathBuf,
    #[command(flatten)]
    pub telling: TellingArgs,
}

/// Say what a remark means, why it matters, and what cures it.
#[derive(Args)]
#[command(after_help = "Examples:\n  tetrapla explain note-undefined\n  tetrapla explain | less")]
pub struct ExplainArgs {
    /// The code of a remark, or the kind of a repair; without it, all codes are listed.
    #[arg(value_name = "CODE")]
    pub code: Option<String>,
}

/// List the templates that the books are made from, export them, or say what each can say.
#[derive(Args)]
#[command(after_help = "Examples:
  tetrapla templates list
  tetrapla templates keys pdf/essay.toml
  tetrapla templates export epub/style.css -o my-templates")]
pub struct TemplatesArgs {
    #[command(subcommand)]
    pub command: TemplatesCommand,
}

#[derive(Subcommand)]
pub enum TemplatesCommand {
    /// Name every template, and what it is for.
    List,
    /// Name what a template can say: its fields or variables.
    Keys {
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Write templates into a folder, to change them there and use them with --templates.
    Export {
        /// The templates wanted; without any, all.
        #[arg(value_name = "NAME")]
        names: Vec<String>,
        /// The folder to write to.
        #[arg(short, long, value_name = "DIR", default_value = "templates")]
        output: PathBuf,
        #[command(flatten)]
        telling: TellingArgs,
    },
}

/// Do works on request, for hours: a JSON object a line on standard input, a record of each on standard output.
///
/// A request is at least {"source": "essay.md"} or {"text": "…"}; `tetrapla schema request` prints all that it can say, and
/// `tetrapla schema record` what is answered. The flags say what holds where a request says nothing. One work is done at a time: start a
/// worker for each processor.
#[derive(Args)]
#[command(after_help = "Example:
  echo '{\"id\": \"1\", \"source\": \"essay.md\", \"to\": [\"epub\"]}' | tetrapla worker -o books")]
pub struct WorkerArgs {
    /// The folder for the outputs.
    #[arg(short, long, value_name = "DIR", default_value = "output")]
    pub output: PathBuf,
    /// The formats wanted, separated by commas.
    #[arg(long, value_name = "FORMATS", value_delimiter = ',', default_values_t = books().into_iter().map(str::to_owned))]
    pub to: Vec<String>,
    /// Read the finished files back and compare them with the source.
    #[arg(long)]
    pub verify: bool,
    /// Make what stands already, too.
    #[arg(long)]
    pub force: bool,
    /// Hold no more memory than this: 512M, 2G. A work that needs more ends the worker.
    #[arg(long, value_name = "BYTES", value_parser = reading::bytes, help_heading = "Running")]
    pub memory_limit: Option<u64>,
    #[command(flatten)]
    pub reading: ReadingArgs,
    #[command(flatten)]
    pub making: MakingArgs,
}

/// Print a JSON Schema, for editors and for programs that read what this one writes.
#[derive(Args)]
#[command(after_help = "Example:\n  tetrapla schema record > record.schema.json")]
pub struct SchemaArgs {
    /// Of what: `record`, a line of --message-format json; `request`, a line that a worker takes; `settings`, a tetrapla.toml.
    #[arg(value_name = "WHAT")]
    pub of: SchemaOf,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SchemaOf {
    Record,
    Request,
    Settings,
}

/// Print what a shell needs to complete this program's commands, flags and names.
#[derive(Args)]
#[command(after_help = "Examples:
  tetrapla completions bash > ~/.local/share/bash-completion/completions/tetrapla
  tetrapla completions zsh > ~/.zfunc/_tetrapla")]
pub struct CompletionsArgs {
    #[arg(value_name = "SHELL")]
    pub shell: clap_complete::Shell,
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
    /// The folder for the outputs; it is made where it is missing. `-`: the one output of one work goes to standard output.
    #[arg(short, long, value_name = "DIR", default_value = "output")]
    pub output: PathBuf,
    /// Make what stands already, too. Without it only those works are made of which a file or a setting has changed.
    #[arg(long)]
    pub force: bool,
    /// The formats wanted, separated by commas.
    #[arg(long, value_name = "FORMATS", value_delimiter = ',', default_values_t = books().into_iter().map(str::to_owned))]
    pub to: Vec<String>,
    /// Write a report for people, too: one page with outputs, proof, repairs, remarks and pictures of some pages. Verifies.
    #[arg(long, value_name = "FILE.html")]
    pub report: Option<PathBuf>,
    /// Read the finished files back and show that each holds every word, note, page, link and image of the source.
    #[arg(long)]
    pub verify: bool,
    #[command(flatten)]
    pub repairs: RepairsArgs,
    #[command(flatten)]
    pub sources: SourceArgs,
    #[command(flatten)]
    pub reading: ReadingArgs,
    #[command(flatten)]
    pub limits: LimitArgs,
    #[command(flatten)]
    pub making: MakingArgs,
}

/// Read the works and show what there is to say: remarks, and every repair of page-broken text. Makes no book.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  tetrapla check scan.md\n  tetrapla check scan.md --refuse word-joined,note-attached-103\n  tetrapla check works/ --message-format json 2> remarks.jsonl"
)]
pub struct CheckArgs {
    #[command(flatten)]
    pub repairs: RepairsArgs,
    #[command(flatten)]
    pub sources: SourceArgs,
    #[command(flatten)]
    pub reading: ReadingArgs,
    #[command(flatten)]
    pub limits: LimitArgs,
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
    /// The file to write; without it, standard output.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    #[command(flatten)]
    pub repairs: RepairsArgs,
    #[command(flatten)]
    pub sources: SourceArgs,
    #[command(flatten)]
    pub reading: ReadingArgs,
}

/// Make the cover sheet of a printed book: back, spine and front on one sheet, as PDF/X for a print shop.
///
/// The spine is as wide as the book's pages are thick; the back bears the description and the ISBN as bars. A cover picture fills the
/// front, else title and authors are set there.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  tetrapla cover essay.md -o essay.cover.pdf\n  tetrapla cover essay.md --design novel -o cover.pdf"
)]
pub struct CoverArgs {
    /// The file to write.
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    #[command(flatten)]
    pub sources: SourceArgs,
    #[command(flatten)]
    pub reading: ReadingArgs,
    #[command(flatten)]
    pub making: MakingArgs,
}

/// Show the document tree that a source is read into, as text.
#[derive(Args)]
#[command(after_help = "Example:\n  tetrapla tree essay.md | less")]
pub struct TreeArgs {
    #[command(flatten)]
    pub sources: SourceArgs,
    #[command(flatten)]
    pub reading: ReadingArgs,
}

/// Pack works for a repository: for each a BagIt bag with the source, the four outputs, the repairs and the metadata.
///
/// The bag (RFC 8493, SHA-512) holds an RO-Crate 1.1 with DataCite and Dublin Core records, the licence and a page for people.
/// What the metadata lack for a deposit is listed before anything is written. The same source gives the same bytes.
#[derive(Args)]
#[command(after_help = "Examples:
  tetrapla deposit essay.md -o essay-deposit
  tetrapla deposit scan.md --lenient
  tetrapla deposit works/ -o bags
  tetrapla deposit --verify essay-deposit")]
pub struct DepositArgs {
    /// The folder that becomes the bag [default: output/STEM.bag]; of several works, the folder in which each becomes STEM.bag. An
    /// earlier deposit there is replaced, nothing else is.
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Write the deposit though the metadata lack something, and name the gaps in it.
    #[arg(long)]
    pub lenient: bool,
    /// Check bags in place of making one: SOURCE is the folder of a bag. Every file, checksum and format is looked at.
    #[arg(long, conflicts_with_all = ["output", "lenient", "repairs"])]
    pub verify: bool,
    #[command(flatten)]
    pub repairs: RepairsArgs,
    #[command(flatten)]
    pub sources: SourceArgs,
    #[command(flatten)]
    pub reading: ReadingArgs,
    #[command(flatten)]
    pub making: MakingArgs,
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
    /// The folder in which the outputs are.
    #[arg(short, long, value_name = "DIR", default_value = "output")]
    pub output: PathBuf,
    /// The formats that must be there, separated by commas; without it, those that are there.
    #[arg(long, value_name = "FORMATS", value_delimiter = ',')]
    pub to: Vec<String>,
    /// Write a report for people, too: one page with outputs, proof, repairs, remarks and pictures of some pages.
    #[arg(long, value_name = "FILE.html")]
    pub report: Option<PathBuf>,
    #[command(flatten)]
    pub repairs: RepairsArgs,
    #[command(flatten)]
    pub sources: SourceArgs,
    #[command(flatten)]
    pub reading: ReadingArgs,
    #[command(flatten)]
    pub limits: LimitArgs,
    #[command(flatten)]
    pub making: MakingArgs,
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
    /// How it is written.
    #[arg(long, value_name = "FORMAT", default_value = "csv")]
    pub format: ConcordanceFormat,
    /// The file for it; without it, standard output.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    #[command(flatten)]
    pub sources: SourceArgs,
    #[command(flatten)]
    pub reading: ReadingArgs,
    #[command(flatten)]
    pub making: MakingArgs,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ConcordanceFormat {
    Csv,
    Json,
}

/// Lets `--to` and `--from` take the names of the kit's backends and dialects, and no others, in every command that has them.
pub fn with_names(command: clap::Command, kit: &Kit) -> clap::Command {
    let formats: Vec<_> = kit.backends.iter().map(|backend| backend.name()).collect();
    let dialects: Vec<_> = std::iter::once("auto").chain(kit.dialects.iter().map(|dialect| dialect.name)).collect();
    let names: Vec<_> = command.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    names.into_iter().fold(command, |command, name| {
        command.mut_subcommand(name, |command| {
            command.mut_args(|arg| match arg.get_id().as_str() {
                "from" => arg.value_parser(PossibleValuesParser::new(dialects.clone())),
                "to" => arg.value_parser(PossibleValuesParser::new(formats.clone())),
                _ => arg,
            })
        })
    })
}

/// What a command that makes or reads back outputs orders from the driver: the one place that puts the flags together.
///
/// # Errors
/// What makes no sense, for people to read.
pub fn order<'a>(
    kit: Kit<'a>,
    reading: &ReadingArgs,
    making: &MakingArgs,
    to: &[impl AsRef<str>],
) -> Result<Order<'a>, String> {
    let mut order = reading.order(kit)?;
    let wanted = |backend: &&&dyn Backend| to.iter().any(|name| name.as_ref() == backend.name());
    order.to = kit.backends.iter().filter(wanted).copied().collect();
    making.set(&mut order)?;
    Ok(order)
}

/// The names of the four books.
pub fn books() -> Vec<&'static str> {
    Format::BOOKS.map(Format::name).to_vec()
}
