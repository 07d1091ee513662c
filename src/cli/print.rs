//! What is told: records to people or to programs, as works finish; what was asked for on standard output, remarks on standard
//! error.

use std::fmt::Write as _;
use std::io::{ErrorKind, IsTerminal, Write};
use std::sync::Mutex;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use indicatif::{ProgressBar, ProgressStyle};

use super::Outcome;
use super::args::{Colour, MessageFormat, TellingArgs};
use super::doubts;
use crate::driver::{self, Finished, Order};
use crate::record::{Account, Count, Line, Proved, Record, Remark, Status, Summary, Weight};
use crate::report::Report;
use crate::span::Sources;

/// From how many works on a batch takes long enough for a bar.
const MANY: usize = 8;

/// Narrower than this, the carets under a line help nobody; in columns.
const NARROWEST: usize = 40;

/// Prints what is wrong with a command.
pub fn usage(message: &str) -> Outcome {
    let _ = writeln!(std::io::stderr(), "error: {message}");
    Outcome::Usage
}

/// Tells of works as they are done with, from any thread.
pub struct Printer {
    format: MessageFormat,
    quiet: bool,
    /// Whether standard output is for what was asked for, so that records go to standard error.
    beside: bool,
    /// Whether works become books.
    making: bool,
    /// Whether a work is told in one line.
    many: bool,
    renderer: Renderer,
    bar: ProgressBar,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    summary: Summary,
    /// Why standard output could not be written, where that was no reader's choice.
    broken: Option<std::io::Error>,
}

/// Where a text goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stream {
    Out,
    Err,
}

impl Printer {
    pub fn new(args: &TellingArgs) -> Self {
        let terminal = std::io::stderr().is_terminal();
        // https://no-color.org: any value but the empty one turns colour off.
        let coloured = match args.color {
            Colour::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
            Colour::Always => true,
            Colour::Never => false,
        };
        let renderer = if coloured { Renderer::styled() } else { Renderer::plain() };
        // Without a terminal, a line is as long as it is shown.
        let width = if terminal { usize::from(console::Term::stderr().size().1).max(NARROWEST) } else { usize::MAX >> 1 };
        Self {
            format: args.message_format,
            quiet: args.quiet,
            beside: false,
            making: false,
            many: false,
            renderer: renderer.term_width(width),
            bar: ProgressBar::hidden(),
            state: Mutex::default(),
        }
    }

    /// Where standard output is for what was asked for.
    pub fn beside_content(self) -> Self {
        Self { beside: true, ..self }
    }

    /// Where works become books; many of them are told in a line each, with a bar where somebody looks on.
    pub fn of_books(self, works: usize) -> Self {
        let looked_at = std::io::stderr().is_terminal() && self.format == MessageFormat::Human && !self.quiet;
        let bar = if works < MANY || !looked_at { ProgressBar::hidden() } else { bar(works) };
        Self { making: true, many: works > 1, bar, ..self }
    }

    /// Every remark on no work in particular.
    pub fn remarks(&self, report: &Report) {
        let remarks: Vec<_> = report.diagnostics.iter().map(|found| Remark::of(found, &Sources::default())).collect();
        if self.format == MessageFormat::Human {
            let said: String =
                remarks.iter().filter(|remark| self.is_told(remark)).map(|remark| self.drawn(remark, None)).collect();
            self.write(Stream::Err, &said);
        }
        self.state().summary.tell(remarks);
    }

    /// The record of a work, with all that this printer tells of it.
    pub fn record(&self, finished: &Finished, order: &Order) -> Record {
        match self.format {
            MessageFormat::Json => driver::record(finished, order),
            MessageFormat::Human => driver::record_for_people(finished),
        }
    }

    /// A work that is done with.
    pub fn work(&self, record: Record) {
        self.bar.inc(1);
        self.state().summary.count(&record);
        match self.format {
            MessageFormat::Json => self.line(&Line::Work(Box::new(record))),
            MessageFormat::Human => {
                let (out, err) = self.told(&record);
                self.write(Stream::Err, &err);
                self.write(Stream::Out, &out);
            }
        }
    }

    /// What was asked for, as [`Printer::product`].
    pub fn answer(&self, text: &str) {
        self.product(text.as_bytes());
    }

    /// The bytes that were asked for, on standard output: one that is closed is an error, too.
    pub fn product(&self, bytes: &[u8]) {
        if was_closed() {
            self.state().broken = Some(std::io::Error::other("it is closed"));
        }
        self.write_bytes(Stream::Out, bytes);
    }

    /// Whether something that was asked for could not be written.
    pub fn is_broken(&self) -> bool {
        self.state().broken.is_some()
    }

    /// Something that was done, for people.
    pub fn note(&self, text: &str) {
        if self.format == MessageFormat::Human && !self.quiet {
            self.write(if self.beside { Stream::Err } else { Stream::Out }, text);
        }
    }

    /// Something that went wrong, for people.
    pub fn complain(&self, text: &str) {
        if self.format == MessageFormat::Human {
            self.write(Stream::Err, text);
        }
    }

    /// Tells of all works together, and says how the program ends.
    pub fn end(self) -> Outcome {
        self.bar.finish_and_clear();
        let summary = std::mem::take(&mut self.state().summary);
        let good = summary.is_good();
        match self.format {
            MessageFormat::Json => self.line(&Line::Summary(summary)),
            MessageFormat::Human if summary.works > 1 && !self.quiet => {
                self.write(Stream::Err, &format!("{}\n", summary.sentence()));
            }
            MessageFormat::Human => {}
        }
        let broken = self.state().broken.take();
        if let Some(reason) = &broken {
            self.write(Stream::Err, &format!("error: standard output can't be written: {reason}\n"));
        }
        if good && broken.is_none() { Outcome::Done } else { Outcome::Failed }
    }

    /// One line of the stream of records.
    pub fn line(&self, line: &Line) {
        let text = serde_json::to_string(line).expect("records are JSON") + "\n";
        self.write(if self.beside { Stream::Err } else { Stream::Out }, &text);
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn write(&self, stream: Stream, text: &str) {
        self.write_bytes(stream, text.as_bytes());
    }

    fn write_bytes(&self, stream: Stream, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        self.bar.suspend(|| {
            let mut state = self.state();
            match stream {
                // Who can't be told of this can't be told that either.
                Stream::Err => drop(std::io::stderr().lock().write_all(bytes)),
                Stream::Out if state.broken.is_some() => {}
                Stream::Out => {
                    let mut out = std::io::stdout().lock();
                    let written = out.write_all(bytes).and_then(|()| out.flush());
                    // A reader that closes the pipe early has seen enough.
                    state.broken = written.err().filter(|reason| reason.kind() != ErrorKind::BrokenPipe);
                }
            }
        });
    }

    /// Whether a remark is told to people: of a quiet program only what ends a work.
    fn is_told(&self, remark: &Remark) -> bool {
        !self.quiet || remark.severity == Weight::Error
    }

    /// A work for people: what goes to standard output and to standard error.
    fn told(&self, record: &Record) -> (String, String) {
        let name = record.id.rsplit('/').next().unwrap_or(&record.id);
        let remarks = record.remarks.iter().filter(|remark| self.is_told(remark));
        let of = Some(record.source.as_str()).filter(|_| self.many);
        let mut err: String = remarks.map(|remark| self.drawn(remark, of)).collect();
        if !self.quiet {
            err += &doubts::told(&record.changes);
            if !record.repairs.is_empty() {
                let counts: Vec<_> = record.repairs.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
                let _ = writeln!(err, "{name}: repaired: {}", counts.join(", "));
            }
        }
        if !record.status.is_good() {
            let nothing = if self.making && record.outputs.is_empty() { ": nothing was written" } else { "" };
            let _ = writeln!(err, "{}: {}{nothing}", record.source, record.status.name());
        }
        let mut out = String::new();
        if self.quiet || self.beside {
            return (out, err);
        }
        let short = self.making && self.many;
        if short {
            out += &in_one_line(record);
        } else {
            for output in &record.outputs {
                let kept = if record.status == Status::Kept { " (unchanged)" } else { "" };
                let _ = writeln!(out, "{}{kept}", output.path);
            }
        }
        if let Some(account) = record.ledger.as_ref().filter(|account| !short || !account.whole) {
            out += &accounted(name, account);
        }
        record.proof.iter().filter(|file| !short || !file.whole).for_each(|file| out += &proved(file));
        (out, err)
    }

    /// A remark with the source line that it is about; `of` is the work that is named where there is no line.
    fn drawn(&self, remark: &Remark, of: Option<&str>) -> String {
        let level = match remark.severity {
            Weight::Remark => Level::NOTE.with_name("remark"),
            Weight::Warning => Level::WARNING,
            Weight::Error => Level::ERROR,
        };
        let title = level.primary_title(remark.message.as_str()).id(remark.code.as_str());
        let mut group = Group::with_title(title);
        if let (Some(excerpt), Some(file), Some(line)) = (&remark.excerpt, &remark.file, remark.line) {
            let snippet = Snippet::source(excerpt.text.as_str()).line_start(line).path(file.as_str());
            group = group.element(snippet.annotation(AnnotationKind::Primary.span(excerpt.start..excerpt.end)));
        }
        if let (None, Some(source)) = (&remark.file, of) {
            group = group.element(Origin::path(source));
        }
        if let Some(hint) = &remark.hint {
            group = group.element(Level::HELP.message(hint.as_str()));
        }
        self.renderer.render(&[group]) + "\n"
    }
}

/// Whether standard output was closed when the program began. The standard library puts `/dev/null` in the place of what was closed,
/// open to read and to write, as no shell opens it. Programs that start others without a terminal do so, too, but for all three.
#[cfg(unix)]
fn was_closed() -> bool {
    use std::os::fd::AsFd;

    use rustix::fs::{FileType, OFlags, fcntl_getfl, fstat, stat};
    let Ok(null) = stat("/dev/null") else { return false };
    let is_put = |stream: std::os::fd::BorrowedFd| {
        let is_null = fstat(stream).is_ok_and(|about| {
            FileType::from_raw_mode(about.st_mode) == FileType::CharacterDevice && about.st_rdev == null.st_rdev
        });
        is_null && fcntl_getfl(stream).is_ok_and(|flags| flags.contains(OFlags::RDWR))
    };
    let (input, output, errors) = (std::io::stdin(), std::io::stdout(), std::io::stderr());
    is_put(output.as_fd()) && !is_put(input.as_fd()) && !is_put(errors.as_fd())
}

#[cfg(not(unix))]
fn was_closed() -> bool {
    false
}

fn bar(works: usize) -> ProgressBar {
    let style =
        ProgressStyle::with_template("{bar:40} {pos} of {len} works, {eta} to go").expect("a template that is written here");
    ProgressBar::new(works as u64).with_style(style)
}

/// `letters/first: made epub, pdf; whole, 812 words; 34 ms`.
fn in_one_line(record: &Record) -> String {
    let named = |path: &str, format: &Option<String>| format.clone().unwrap_or_else(|| path.to_owned());
    let formats: Vec<_> = record.outputs.iter().map(|output| named(&output.path, &output.format)).collect();
    let mut line = format!("{}: {}", record.id, record.status.name());
    if !formats.is_empty() {
        let _ = write!(line, " {}", formats.join(", "));
    }
    if let Some(account) = &record.ledger {
        let whole = account.whole && record.proof.iter().all(|file| file.whole);
        let _ = write!(line, "; {}, {} words", if whole { "whole" } else { "NOT whole" }, account.words);
    }
    let _ = writeln!(line, "; {} ms", record.ms);
    line
}

/// The proof's first line: what of the source is in the tree, and by which right the rest is not.
fn accounted(name: &str, account: &Account) -> String {
    let mut line = format!("{name}: source: {}", if account.whole { "whole" } else { "NOT whole" });
    let _ = write!(line, ", {} words, {} found", account.words, account.found);
    let counts: Vec<_> = account.accounted.iter().map(|(right, count)| format!("{count} {right}")).collect();
    if !counts.is_empty() {
        let all: usize = account.accounted.values().sum();
        let _ = write!(line, ", {all} accounted for ({})", counts.join(", "));
    }
    let kinds = [(account.lost, "lost"), (account.added, "added"), (account.glued, "glued"), (account.split, "split")];
    for (count, name) in kinds.into_iter().chain([(account.moved, "moved")]) {
        if count > 0 {
            let _ = write!(line, ", {count} {name}");
        }
    }
    line + "\n"
}

/// What one file was shown to hold.
fn proved(file: &Proved) -> String {
    let mut line = format!("{}: {}", file.file, if file.whole { "whole" } else { "NOT whole" });
    let _ = write!(line, ", {} of {} words", file.words.expected.saturating_sub(file.lost), file.words.expected);
    for (count, name) in [(file.lost, "lost"), (file.added, "added"), (file.moved, "moved")] {
        if count > 0 {
            let _ = write!(line, ", {count} {name}");
        }
    }
    for (count, name) in [(file.notes, "notes"), (file.pages, "printed pages"), (file.links, "links"), (file.images, "images")]
    {
        match count {
            Count { expected: 0, .. } => {}
            Count { expected, found } if expected == found => drop(write!(line, ", {found} {name}")),
            Count { expected, found } => drop(write!(line, ", {found} of {expected} {name}")),
        }
    }
    line + "\n"
}
