//! Remarks and repairs on standard error: with their source lines for people, or as JSON for programs.

use std::io::{IsTerminal, Write as _};
use std::path::{Path, PathBuf};

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde_json::{Value, json};

use super::Outcome;
use super::args::MessageFormat;
use super::doubts;
use crate::report::{Diagnostic, Repair, RepairKind, Report, Severity};
use crate::span::{Sources, Span};
use crate::tree::Document;

/// How much of a source line is shown, in bytes: a book can stand on one line.
const SHOWN: usize = 160;

/// What there is to say of one work, ready to be printed.
#[derive(Debug, Default)]
pub struct Said {
    pub text: String,
    pub worst: Option<Severity>,
}

impl Said {
    pub fn add(&mut self, text: String) {
        self.text.push_str(&text);
    }
}

/// Prints what was said of each work, and says how the program ends.
pub fn all(said: Vec<Said>) -> Outcome {
    let mut out = std::io::stderr().lock();
    for one in &said {
        let _ = out.write_all(one.text.as_bytes());
    }
    let failed = said.iter().any(|one| one.worst == Some(Severity::Error));
    if failed { Outcome::Failed } else { Outcome::Done }
}

/// Prints what is wrong with a command.
pub fn usage(message: &str) -> Outcome {
    let _ = writeln!(std::io::stderr(), "error: {message}");
    Outcome::Usage
}

/// Prints what was asked for, on standard output. A reader that closes the pipe early has seen enough.
pub fn answer(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}

/// How remarks are written.
pub struct Printer {
    format: MessageFormat,
    renderer: Renderer,
}

impl Printer {
    pub fn new(format: MessageFormat) -> Self {
        // https://no-color.org: any value but the empty one turns colour off.
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) || !std::io::stderr().is_terminal();
        Self { format, renderer: if plain { Renderer::plain() } else { Renderer::styled() } }
    }

    pub fn format(&self) -> MessageFormat {
        self.format
    }

    /// Every remark of a report.
    pub fn report(&self, report: &Report, sources: &Sources) -> Said {
        let mut said = Said { text: String::new(), worst: report.worst() };
        for found in &report.diagnostics {
            said.text += &match self.format {
                MessageFormat::Human => self.drawn(found, sources),
                MessageFormat::Json => line(&remark(found, sources)),
            };
        }
        said
    }

    /// The repairs: for people the doubtful ones first and what is alike together, for machines each, in the source's order.
    pub fn repairs(&self, repairs: &[Repair], sources: &Sources) -> String {
        if self.format == MessageFormat::Human {
            return doubts::told(repairs, sources);
        }
        repairs.iter().map(|repair| line(&said(repair, sources))).collect()
    }

    /// One line that sums the repairs up, where there are some.
    pub fn repairs_summed(&self, stem: &str, doc: &Document) -> String {
        if self.format == MessageFormat::Json || doc.repairs.is_empty() {
            return String::new();
        }
        let counts = RepairKind::ALL.map(|kind| (kind.name(), doc.repairs.iter().filter(|repair| repair.kind == kind).count()));
        let counts: Vec<_> =
            counts.iter().filter(|(_, count)| *count > 0).map(|(name, count)| format!("{count} {name}")).collect();
        format!("{stem}: repaired: {}\n", counts.join(", "))
    }

    /// The outputs that were written.
    pub fn outputs(&self, paths: &[PathBuf]) -> String {
        match self.format {
            MessageFormat::Human => paths.iter().map(|path| format!("{}\n", path.display())).collect(),
            MessageFormat::Json => String::new(),
        }
    }

    /// That a bag is whole, of so many files and bytes; or that it is not.
    pub fn bag(&self, folder: &Path, whole: Option<(usize, usize)>) -> String {
        match (self.format, whole) {
            (MessageFormat::Human, Some((files, bytes))) => {
                format!("{}: whole and unchanged: {files} files, {bytes} bytes\n", folder.display())
            }
            (MessageFormat::Human, None) => format!("{}: refused\n", folder.display()),
            (MessageFormat::Json, _) => String::new(),
        }
    }

    pub fn refused(&self, path: &Path) -> String {
        match self.format {
            MessageFormat::Human => format!("{}: nothing was written\n", path.display()),
            MessageFormat::Json => String::new(),
        }
    }

    /// A remark with the source line that it is about.
    fn drawn(&self, found: &Diagnostic, sources: &Sources) -> String {
        let level = match found.severity {
            Severity::Remark => Level::NOTE.with_name("remark"),
            Severity::Warning => Level::WARNING,
            Severity::Error => Level::ERROR,
        };
        let title = level.primary_title(found.message.as_str()).id(found.code);
        let mut group = Group::with_title(title);
        if let Some(span) = found.span {
            let source = sources.get(span.file);
            let (shown, at) = excerpt(&source.text, span);
            let row = sources.line_column(span).0;
            let snippet = Snippet::source(shown).line_start(row).path(source.name.as_str());
            group = group.element(snippet.annotation(AnnotationKind::Primary.span(at)));
        }
        if let Some(hint) = &found.hint {
            group = group.element(Level::HELP.message(hint.as_str()));
        }
        self.renderer.render(&[group]) + "\n"
    }
}

/// The line on which `span` begins, cut to what can be shown, and where in it the span stands.
fn excerpt(text: &str, span: Span) -> (&str, std::ops::Range<usize>) {
    let boundary = |at: usize| (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    let start = boundary(span.start as usize);
    let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
    let from = boundary(line_start.max(start.saturating_sub(SHOWN / 2)));
    let to = boundary(line_end.min(from + SHOWN));
    let end = boundary(span.end as usize).clamp(start, to.max(start));
    (&text[from..to.max(start)], start - from..end - from)
}

/// File, line and column of a span.
fn place(span: Span, sources: &Sources) -> (&str, usize, usize) {
    let (row, column) = sources.line_column(span);
    (&sources.get(span.file).name, row, column)
}

fn remark(found: &Diagnostic, sources: &Sources) -> Value {
    let severity = match found.severity {
        Severity::Remark => "remark",
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    let (file, row, column) = match found.span.map(|span| place(span, sources)) {
        Some((file, row, column)) => (Some(file), Some(row), Some(column)),
        None => (None, None, None),
    };
    let also = found.also.iter().map(|span| {
        let (file, row, column) = place(*span, sources);
        json!({ "file": file, "line": row, "column": column })
    });
    json!({
        "severity": severity, "code": found.code, "file": file, "line": row, "column": column,
        "message": found.message, "hint": found.hint, "also": also.collect::<Vec<_>>(),
    })
}

fn said(repair: &Repair, sources: &Sources) -> Value {
    let (file, row, column) = place(repair.span, sources);
    json!({
        "severity": "repair", "code": repair.kind.name(), "id": repair.id, "file": file, "line": row, "column": column,
        "message": format!("{} became {}", repair.before, repair.after), "hint": null,
        "before": repair.before, "after": repair.after, "confidence": f64::from((repair.confidence * 100.0).round()) / 100.0,
    })
}

fn line(value: &Value) -> String {
    format!("{value}\n")
}
