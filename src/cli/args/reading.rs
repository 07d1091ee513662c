//! What is read, and how: the same for every command that reads works.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::Kit;
use crate::budget::{Budget, THREADS};
use crate::driver::{Encoding, Order};
use crate::env::Env;
use crate::settings::Tables;

/// What is read.
#[derive(Args, Default)]
#[command(next_help_heading = "Reading")]
pub struct ReadingArgs {
    /// Markdown or TEI files, works (folders with a tetrapla.toml), or folders of works.
    #[arg(required = true, value_name = "SOURCE", help_heading = None::<&'static str>, value_hint = clap::ValueHint::AnyPath)]
    pub sources: Vec<PathBuf>,
    /// How the source is written. `auto` looks at each file.
    #[arg(long, value_name = "DIALECT", default_value = "auto")]
    pub from: String,
    /// How the source's letters are encoded, where that is not UTF-8: windows-1252, utf-16le, macintosh, koi8-r …
    ///
    /// Without it each file is looked at, and read where it is sure what it is.
    #[arg(long, value_name = "NAME")]
    pub encoding: Option<String>,
    /// Refuse a work that has a warning.
    #[arg(long)]
    pub strict: bool,
    #[command(flatten)]
    pub restoring: RestoringArgs,
    #[command(flatten)]
    pub telling: TellingArgs,
}

/// How the command runs, and what it says.
#[derive(Args, Default)]
#[command(next_help_heading = "Running")]
pub struct TellingArgs {
    /// Work on at most N threads; 0: one for each processor.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub jobs: usize,
    /// Allow more, or less, than usual: pixels, decoded, file, unpacked, bag, painting; such as pixels=400M. Can be said again.
    ///
    /// pixels of an image; decoded: its bytes in memory; file: bytes of a file; unpacked: bytes that a stream of a PDF or an EPUB
    /// unpacks to; bag: bytes of a deposit; painting: work for a drawing. A work can't say this itself.
    #[arg(long, value_name = "NAME=NUMBER", value_parser = limit)]
    pub limit: Vec<String>,
    /// How works are told: for people, or as one JSON object a line for each work as it is done with.
    ///
    /// `tetrapla schema record` prints the JSON Schema of a line. Records go to standard output, or to standard error where that is for
    /// what was asked for.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub message_format: MessageFormat,
    /// Tell only what went wrong.
    #[arg(long, short)]
    pub quiet: bool,
    /// Whether remarks are coloured. `auto`: on a terminal, unless NO_COLOR is set.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: Colour,
}

/// The table `[restore]`, as flags.
#[derive(Args, Default)]
#[command(next_help_heading = "Restoring")]
pub struct RestoringArgs {
    /// Repairs that are not to be made, separated by commas: kinds (word-joined) or ids (word-joined-103), as `check` shows them.
    #[arg(long, value_name = "KIND|ID", value_delimiter = ',')]
    pub refuse: Vec<String>,
    /// Make no repair of which the program is less sure than this, from 0 to 1.
    #[arg(long, value_name = "X", value_parser = confidence)]
    pub min_confidence: Option<f64>,
    /// A line that marks pages in this text, beside those that are known: '--- Page 12 ---', with the letter n in braces in the
    /// place of the page's number.
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub page_mark: Option<String>,
    /// Set straight quotation marks, --, ... and French spaces as the language of each passage has them; each is a repair.
    #[arg(long)]
    pub smart: bool,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum MessageFormat {
    #[default]
    Human,
    Json,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    #[default]
    Auto,
    Always,
    Never,
}

impl ReadingArgs {
    /// What these arguments order from the driver; outputs and templates are still to be said.
    ///
    /// # Errors
    /// What makes no sense, for people to read.
    pub fn order<'a>(&self, kit: Kit<'a>) -> Result<Order<'a>, String> {
        let jobs = self.telling.jobs;
        if jobs > THREADS {
            return Err(format!("--jobs {jobs} are more threads than any machine needs: {THREADS} at most"));
        }
        if jobs > 0 {
            // Fails where a pool stands already, in a program that calls this twice; then that one is taken.
            let _ = rayon::ThreadPoolBuilder::new().num_threads(jobs).build_global();
        }
        let budget = self.telling.budget()?;
        let from = kit.dialects.iter().find(|dialect| dialect.name == self.from).copied();
        let env = Env { source_date: source_date()?, budget, ..Env::default() };
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

impl TellingArgs {
    /// What may be spent.
    ///
    /// # Errors
    /// What is no limit, for people to read.
    pub fn budget(&self) -> Result<Budget, String> {
        let mut budget = Budget::default();
        self.limit.iter().try_for_each(|said| budget.set(said))?;
        Ok(budget)
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
/// For people to read, where `said` is no limit.
fn limit(said: &str) -> Result<String, String> {
    Budget::default().set(said).map(|()| said.to_owned())
}

/// # Errors
/// For people to read, where `text` is no number from 0 to 1.
fn confidence(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|number| (0.0..=1.0).contains(number)).ok_or_else(|| "write a number from 0 to 1".to_owned())
}

/// The moment that outputs carry, where the environment sets one (<https://reproducible-builds.org/specs/source-date-epoch/>).
fn source_date() -> Result<Option<jiff::Timestamp>, String> {
    let Ok(seconds) = std::env::var("SOURCE_DATE_EPOCH") else { return Ok(None) };
    let moment = seconds.trim().parse().ok().and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    moment.map(Some).ok_or_else(|| format!("SOURCE_DATE_EPOCH is \"{seconds}\", not a number of seconds"))
}
