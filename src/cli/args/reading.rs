//! What is read, and how: the same for every command that reads works.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::Kit;
use crate::budget::{Budget, THREADS};
use crate::cli::Outcome;
use crate::cli::print::{self, Printer};
use crate::cli::teach::nearest;
use crate::driver::{self, Encoding, Order, Shard, Work};
use crate::env::Env;
use crate::report::{RepairKind, Report};
use crate::settings::Tables;

/// Which works.
#[derive(Args, Default)]
#[command(next_help_heading = "Reading")]
pub struct SourceArgs {
    /// Markdown or TEI files, works (folders with a tetrapla.toml), or folders of works; `-`: a text on standard input.
    ///
    /// Without any: the work in whose folder the command runs.
    #[arg(value_name = "SOURCE", help_heading = None::<&'static str>, value_hint = clap::ValueHint::AnyPath)]
    pub sources: Vec<PathBuf>,
    /// Read more SOURCEs from FILE, one a line; `-`: from standard input.
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub files_from: Option<PathBuf>,
    /// Of all works take the share I of N, from 0/N to N-1/N: each machine of a cluster another.
    #[arg(long, value_name = "I/N", value_parser = shard)]
    pub shard: Option<Shard>,
    /// Make a work of each text of a TEI corpus (teiCorpus). Without it, a corpus is one book, and each of its texts a part.
    #[arg(long)]
    pub each_text: bool,
}

impl SourceArgs {
    /// The works that are meant, once what there was to say of finding them is told.
    ///
    /// # Errors
    /// How the command ends where it makes no sense; why is told.
    pub fn told(&self, printer: &Printer) -> Result<Vec<Work>, Outcome> {
        let mut found = Report::default();
        let works = self.works(&mut found).map_err(|message| print::usage(&message))?.works;
        printer.remarks(&found);
        Ok(works)
    }

    /// The works that are meant, and the names by which the manifest knows all of them, those of other shares, too.
    ///
    /// # Errors
    /// What makes no sense, for people to read.
    pub fn works(&self, report: &mut Report) -> Result<Works, String> {
        let mut paths = self.sources.clone();
        if let Some(list) = &self.files_from {
            let lines = driver::read_list(list).map_err(|reason| format!("{} can't be read: {reason}", list.display()))?;
            paths.extend(lines);
        } else if paths.is_empty() {
            let own = driver::enclosing_work();
            paths.push(own.ok_or("name a SOURCE: a text, a folder of texts, or - for standard input; see --help")?);
        }
        let works = driver::find(&paths, report);
        let works = if self.each_text { driver::texts_apart(works, Budget::default().file) } else { works };
        let keys = works.iter().map(driver::key).collect();
        let works = match self.shard {
            Some(shard) => shard.of(works),
            None => works,
        };
        Ok(Works { works, keys })
    }
}

/// The works of a command.
pub struct Works {
    pub works: Vec<Work>,
    /// Of all works, those of other shares, too: by what the manifest knows them.
    pub keys: Vec<(String, String)>,
}

/// # Errors
/// For people to read, where `text` is no share.
fn shard(text: &str) -> Result<Shard, String> {
    Shard::read(text).ok_or_else(|| "write I/N, with I from 0 to N - 1".to_owned())
}

/// What a work may cost. With one of these each work is done in a process of its own kind, which ends alone.
#[derive(Args, Default)]
#[command(next_help_heading = "Running")]
pub struct LimitArgs {
    /// Give a work up after so long: 30s, 5m, 500ms.
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub time_limit: Option<Duration>,
    /// Give a work up that needs more memory: 512M, 2G.
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    pub memory_limit: Option<u64>,
}

impl LimitArgs {
    /// Whether works are done apart.
    pub fn is_said(&self) -> bool {
        self.time_limit.is_some() || self.memory_limit.is_some()
    }
}

/// # Errors
/// For people to read, where `text` is no time.
fn time(text: &str) -> Result<Duration, String> {
    let unit = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let seconds = match text[unit..].trim() {
        "ms" => 0.001,
        "s" | "" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        _ => 0.0,
    };
    let number = text[..unit].trim().parse::<f64>().ok().map(|number| number * seconds);
    let number = number.filter(|number| *number > 0.0 && *number < 1e9);
    number.map(Duration::from_secs_f64).ok_or_else(|| "write a time such as 500ms, 30s, 5m".to_owned())
}

/// # Errors
/// For people to read, where `text` is no number of bytes.
pub fn bytes(text: &str) -> Result<u64, String> {
    let unit = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let factor = match text[unit..].to_ascii_lowercase().trim_end_matches("ib").trim_end_matches('b') {
        "" => Some(1_u64),
        "k" => Some(1 << 10),
        "m" => Some(1 << 20),
        "g" => Some(1 << 30),
        _ => None,
    };
    let number = text[..unit].trim().parse::<u64>().ok().zip(factor).and_then(|(number, factor)| number.checked_mul(factor));
    number.filter(|number| *number > 0).ok_or_else(|| "write a number of bytes such as 512M, 2G".to_owned())
}

/// How texts are read.
#[derive(Args, Default)]
#[command(next_help_heading = "Reading")]
pub struct ReadingArgs {
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
#[derive(Args, Clone, Default)]
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
    #[arg(long, value_name = "KIND|ID", value_delimiter = ',', value_parser = refused)]
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
    /// Which form the books show where an edition has two: regularised, diplomatic (abbreviations written out), original.
    #[arg(long, value_name = "FORM", value_parser = crate::settings::Spelling::NAMES)]
    pub spelling: Option<String>,
    /// Show by the signs of editors what an edition says of its words: deleted, added, supplied, unclear. A key explains them.
    #[arg(long)]
    pub signs: bool,
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
        Ok(Order {
            kit,
            to: Vec::new(),
            from,
            encoding,
            out: PathBuf::new(),
            strict: self.strict,
            settings,
            keep_pages: false,
            env,
        })
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
        if let Some(form) = &self.spelling {
            settings.set("restore", "spelling", form.as_str());
        }
        if self.signs {
            settings.set("restore", "signs", true);
        }
    }
}

/// # Errors
/// For people to read, where `said` is no limit.
fn limit(said: &str) -> Result<String, String> {
    Budget::default().set(said).map(|()| said.to_owned())
}

/// # Errors
/// For people to read, where `text` is no kind and no id of a repair.
fn refused(text: &str) -> Result<String, String> {
    let name = text.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-');
    // The id of a repair in a work of several files has the file's name in it.
    if RepairKind::named(name).is_some() || RepairKind::ALL.iter().any(|kind| text.starts_with(kind.name())) {
        return Ok(text.to_owned());
    }
    let names = RepairKind::ALL.map(RepairKind::name);
    let near = nearest(name, names.into_iter()).map(|near| format!("did you mean {near}? ")).unwrap_or_default();
    Err(format!("{near}kinds are {}", names.join(", ")))
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
