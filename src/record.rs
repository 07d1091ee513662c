//! One work makes one record: what it was made from, what came of it, what there is to say. Everything that is told of a work, to
//! people or to programs, is told from its record. The only place beside the terminal where a clock's value may stand.
//!
//! A stream of records is one JSON object a line, by the schema that `tetrapla schema record` prints. A field is added without a new
//! [`VERSION`]; one that goes or means something else makes a new one.

mod request;

pub use request::{Request, Task, schema as request_schema};

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ledger::Ledger;
use crate::report::{Diagnostic, Repair, Severity};
use crate::span::{Sources, Span};
use crate::verify::{FileProof, Tally};

/// The version of the stream.
pub const VERSION: u32 = 1;

/// One line of the stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Line {
    /// A worker's first line: it takes requests from now on.
    Ready(Ready),
    /// A work is done with, one way or another.
    Work(Box<Record>),
    /// The last line of a command: all works together.
    Summary(Summary),
}

/// A worker takes requests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Ready {
    /// The version of the stream.
    pub v: u32,
    /// The program's version.
    pub version: String,
}

/// What became of a work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Its outputs were written, and what was asked of them holds.
    Made,
    /// Its outputs stand as they were made before: nothing has changed.
    Kept,
    /// It was read, and looked at; no output was asked for.
    Checked,
    /// It can't be made as it is: its source is to be mended. Nothing was written.
    Refused,
    /// Something went wrong in the making: an output can't be written, or doesn't hold the work.
    Failed,
    /// The program broke down over it.
    Crashed,
    /// It took longer than it was given.
    Timeout,
}

impl Status {
    /// In the order in which a summary counts them.
    pub const ALL: [Self; 7] =
        [Self::Made, Self::Kept, Self::Checked, Self::Refused, Self::Failed, Self::Crashed, Self::Timeout];

    /// As a summary says it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Made => "made",
            Self::Kept => "kept",
            Self::Checked => "checked",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Crashed => "crashed",
            Self::Timeout => "timed out",
        }
    }

    /// Whether what was asked for is there.
    pub fn is_good(self) -> bool {
        match self {
            Self::Made | Self::Kept | Self::Checked => true,
            Self::Refused | Self::Failed | Self::Crashed | Self::Timeout => false,
        }
    }
}

/// A work that is done with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Record {
    /// The version of the stream.
    pub v: u32,
    /// What the request called it; else its outputs' name below the output folder, such as `letters/first`.
    pub id: String,
    /// Its file or folder, as it was named.
    pub source: String,
    pub title: Option<String>,
    pub status: Status,
    /// The files that it was read from.
    #[serde(default)]
    pub sources: Vec<SourceFile>,
    /// The files that were written, or stand.
    #[serde(default)]
    pub outputs: Vec<OutputFile>,
    /// What of the source is in the tree, where that was asked.
    pub ledger: Option<Account>,
    /// What reading each output back showed, where that was asked.
    #[serde(default)]
    pub proof: Vec<Proved>,
    /// How many repairs of each kind were made.
    #[serde(default)]
    pub repairs: BTreeMap<String, usize>,
    /// Each repair, where they are asked for one by one.
    #[serde(default)]
    pub changes: Vec<Change>,
    #[serde(default)]
    pub remarks: Vec<Remark>,
    /// How long it took, in milliseconds of the clock.
    pub ms: u64,
    /// The most memory that the process held while it worked on this work alone, in bytes, where the system says it.
    pub peak: Option<u64>,
}

impl Record {
    /// The record of a work of which nothing was made.
    pub fn unmade(id: String, source: String, status: Status) -> Self {
        Self {
            v: VERSION,
            id,
            source,
            title: None,
            status,
            sources: Vec::new(),
            outputs: Vec::new(),
            ledger: None,
            proof: Vec::new(),
            repairs: BTreeMap::new(),
            changes: Vec::new(),
            remarks: Vec::new(),
            ms: 0,
            peak: None,
        }
    }
}

/// A file that a work was read from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct SourceFile {
    /// Below the work's folder, with `/` between the parts.
    pub path: String,
    pub bytes: u64,
    /// In lower case hexadecimal digits.
    pub sha256: String,
}

/// A file or folder that a work became.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OutputFile {
    /// As it can be opened from where the command ran.
    pub path: String,
    /// The name of its format, such as `epub`; none for one that the program doesn't ship with, and for a deposit.
    pub format: Option<String>,
    /// Of all files of a folder together.
    pub bytes: u64,
    /// In lower case hexadecimal digits. Of a folder: of the lines `SUM  PATH` of its files, in the order of their paths.
    pub sha256: String,
}

/// How many there should be, and how many are there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Count {
    pub expected: usize,
    pub found: usize,
}

impl From<Tally> for Count {
    fn from(tally: Tally) -> Self {
        Self { expected: tally.expected, found: tally.found }
    }
}

/// What one output was shown to hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Proved {
    pub file: String,
    pub whole: bool,
    pub words: Count,
    pub lost: usize,
    pub added: usize,
    pub moved: usize,
    pub notes: Count,
    /// Printed pages that are marked.
    pub pages: Count,
    pub links: Count,
    pub images: Count,
}

impl From<&FileProof> for Proved {
    fn from(proof: &FileProof) -> Self {
        Self {
            file: proof.name.clone(),
            whole: proof.differences.is_empty(),
            words: proof.words.into(),
            lost: proof.lost,
            added: proof.added,
            moved: proof.moved,
            notes: proof.notes.into(),
            pages: proof.pages.into(),
            links: proof.links.into(),
            images: proof.images.into(),
        }
    }
}

/// What of the source is in the tree, and by which right the rest is not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Account {
    pub whole: bool,
    /// The words of the source.
    pub words: usize,
    /// Those that the tree has, too.
    pub found: usize,
    /// Those that it need not have: how many by which right.
    pub accounted: BTreeMap<String, usize>,
    pub lost: usize,
    pub added: usize,
    pub glued: usize,
    pub split: usize,
    pub moved: usize,
    /// What was taken out as no part of the text.
    pub taken: Vec<Taken>,
}

/// Something that was taken out of the text as furniture of its pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Taken {
    pub kind: String,
    pub text: String,
    /// Why it is sure; none: it is a doubtful claim.
    pub evidence: Option<String>,
    /// Where the source has it.
    #[serde(default)]
    pub place: Spot,
}

/// A place in a source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Spot {
    pub file: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

impl Spot {
    fn of(span: Span, sources: &Sources) -> Self {
        let (line, column) = sources.line_column(span);
        Self { file: sources.get(span.file).name.clone(), line, column }
    }
}

impl Account {
    pub fn of(ledger: &Ledger, sources: &Sources) -> Self {
        let taken = ledger.taken.iter().map(|taken| Taken {
            kind: taken.kind.name().to_owned(),
            text: taken.text.clone(),
            evidence: taken.evidence.map(ToOwned::to_owned),
            place: Spot::of(taken.span, sources),
        });
        Self {
            whole: ledger.holds(),
            words: ledger.words,
            found: ledger.found,
            accounted: ledger.accounted.iter().map(|(right, count)| (right.name().to_owned(), *count)).collect(),
            lost: ledger.lost,
            added: ledger.added,
            glued: ledger.glued,
            split: ledger.split,
            moved: ledger.moved,
            taken: taken.collect(),
        }
    }
}

/// A repair.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// By which it is refused.
    pub id: String,
    pub kind: String,
    pub file: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    pub before: String,
    pub after: String,
    /// From 0 to 1, in hundredths.
    pub confidence: f64,
}

impl Change {
    pub fn of(repair: &Repair, sources: &Sources) -> Self {
        let (line, column) = sources.line_column(repair.span);
        Self {
            id: repair.id.clone(),
            kind: repair.kind.name().to_owned(),
            file: sources.get(repair.span.file).name.clone(),
            line,
            column,
            before: repair.before.clone(),
            after: repair.after.clone(),
            confidence: f64::from((repair.confidence * 100.0).round()) / 100.0,
        }
    }
}

/// How much a remark matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    /// Worth knowing; the outputs are as they are wanted.
    Remark,
    /// Something could not be said in an output as the source says it.
    Warning,
    /// Something was refused.
    Error,
}

impl From<Severity> for Weight {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Remark => Self::Remark,
            Severity::Warning => Self::Warning,
            Severity::Error => Self::Error,
        }
    }
}

/// A remark.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Remark {
    pub severity: Weight,
    /// What `tetrapla explain` explains.
    pub code: String,
    pub file: Option<String>,
    /// From 1.
    pub line: Option<usize>,
    /// From 1, in characters.
    pub column: Option<usize>,
    pub message: String,
    /// What cures it.
    pub hint: Option<String>,
    /// The line of the source that it is about.
    pub excerpt: Option<Excerpt>,
    /// Further places, where one remark is about several: words there are accounted for by it.
    #[serde(default)]
    pub also: Vec<Spot>,
}

/// A line of a source, cut where it is long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Excerpt {
    pub text: String,
    /// The first byte of `text` that is meant.
    pub start: usize,
    /// The first byte of `text` behind what is meant.
    pub end: usize,
}

impl Remark {
    pub fn of(found: &Diagnostic, sources: &Sources) -> Self {
        let place = found.span.map(|span| sources.line_column(span));
        Self {
            severity: found.severity.into(),
            code: found.code.to_owned(),
            file: found.span.map(|span| sources.get(span.file).name.clone()),
            line: place.map(|(line, _)| line),
            column: place.map(|(_, column)| column),
            message: found.message.clone(),
            hint: found.hint.clone(),
            excerpt: found.span.map(|span| excerpt(&sources.get(span.file).text, span)),
            also: found.also.iter().map(|span| Spot::of(*span, sources)).collect(),
        }
    }
}

/// How much of a source line is shown, in bytes: a book can stand on one line.
const SHOWN: usize = 160;

/// The line on which `span` begins, cut to what can be shown, and where in it the span stands.
fn excerpt(text: &str, span: Span) -> Excerpt {
    let boundary = |at: usize| (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    let start = boundary(span.start as usize);
    // No more is looked at than is shown.
    let first = boundary(start.saturating_sub(SHOWN / 2));
    let from = text[first..start].rfind('\n').map_or(first, |at| first + at + 1);
    let last = boundary(from + SHOWN).max(start);
    let to = text[start..last].find('\n').map_or(last, |at| start + at);
    let end = boundary(span.end as usize).clamp(start, to);
    Excerpt { text: text[from..to].to_owned(), start: start - from, end: end - from }
}

/// All works of a command together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// The version of the stream.
    pub v: u32,
    pub works: usize,
    /// How many works ended in which way.
    pub statuses: BTreeMap<Status, usize>,
    /// How often each remark was made.
    pub codes: BTreeMap<String, usize>,
    /// What there is to say of no work in particular: sources that were not found, outputs that are stale.
    pub remarks: Vec<Remark>,
}

impl Summary {
    /// Counts a work.
    pub fn count(&mut self, record: &Record) {
        self.v = VERSION;
        self.works += 1;
        *self.statuses.entry(record.status).or_default() += 1;
        self.count_codes(&record.remarks);
    }

    /// Takes in what there is to say of no work in particular.
    pub fn tell(&mut self, remarks: Vec<Remark>) {
        self.v = VERSION;
        self.count_codes(&remarks);
        self.remarks.extend(remarks);
    }

    fn count_codes(&mut self, remarks: &[Remark]) {
        for remark in remarks {
            match self.codes.get_mut(&remark.code) {
                Some(count) => *count += 1,
                None => drop(self.codes.insert(remark.code.clone(), 1)),
            }
        }
    }

    /// Whether all that was asked for is there.
    pub fn is_good(&self) -> bool {
        self.statuses.keys().all(|status| status.is_good())
            && self.remarks.iter().all(|remark| remark.severity != Weight::Error)
    }

    /// `404 works: 401 made, 2 refused, 1 failed; 12 remarks of 4 kinds`.
    pub fn sentence(&self) -> String {
        let counted = |(status, count): (&Status, &usize)| format!("{count} {}", status.name());
        let statuses = self.statuses.iter().map(counted).collect::<Vec<_>>().join(", ");
        let plural = |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
        let all: usize = self.codes.values().sum();
        let remarks = match self.codes.len() {
            0 => "no remarks".to_owned(),
            kinds => format!("{} of {}", plural(all, "remark"), plural(kinds, "kind")),
        };
        format!("{}: {statuses}; {remarks}", plural(self.works, "work"))
    }
}

/// The JSON Schema (draft 2020-12) of one line of the stream.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Line).to_value()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::FileId;

    #[test]
    fn a_long_line_is_cut_around_what_is_meant() {
        let text = format!("first\n{}é{}\nlast", "a".repeat(300), "b".repeat(300));
        let at = 6 + 300;
        let cut = excerpt(&text, Span::new(FileId(0), at..at + 2));
        assert_eq!((&cut.text[cut.start..cut.end], cut.text.len()), ("é", SHOWN));
        assert_eq!(excerpt("one\ntwo", Span::new(FileId(0), 4..99)), Excerpt { text: "two".into(), start: 0, end: 3 });
    }

    #[test]
    fn a_summary_is_one_sentence() {
        let mut summary =
            Summary { works: 3, statuses: [(Status::Made, 2), (Status::Refused, 1)].into(), ..Summary::default() };
        assert_eq!(summary.sentence(), "3 works: 2 made, 1 refused; no remarks");
        summary.codes = [("a".to_owned(), 2), ("b".to_owned(), 1)].into();
        assert_eq!(summary.sentence(), "3 works: 2 made, 1 refused; 3 remarks of 2 kinds");
        assert!(!summary.is_good());
    }
}
