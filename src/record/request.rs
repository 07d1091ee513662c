//! What a worker is asked for: one JSON object a line.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A work that is to be done. What it doesn't say is as the worker's own flags have it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Request {
    /// The version of the stream.
    pub v: Option<u32>,
    /// What the work's record is to call it.
    pub id: Option<String>,
    /// The file or folder of the work. With `text`: where that would lie, for its name and its images.
    pub source: Option<String>,
    /// The work's text itself, in UTF-8.
    pub text: Option<String>,
    pub task: Task,
    /// The folder for the outputs.
    pub out: Option<String>,
    /// Where the outputs go below that folder.
    pub under: Option<String>,
    /// What was named to find it, where that is another.
    pub root: Option<String>,
    /// The formats wanted.
    pub to: Option<Vec<String>>,
    /// The tables of a `tetrapla.toml`; they speak after the work's own.
    pub settings: Map<String, Value>,
    /// A folder of templates.
    pub templates: Option<String>,
    /// How the source is written.
    pub from: Option<String>,
    /// How the source's letters are encoded.
    pub encoding: Option<String>,
    /// Whether a warning refuses the work.
    pub strict: Option<bool>,
    /// Whether the outputs are read back and compared with the source.
    pub verify: Option<bool>,
    /// Whether what stands unchanged is made again.
    pub force: Option<bool>,
    /// Whether the record lists each repair.
    pub changes: bool,
    /// After how many milliseconds the work is given up. The worker ends then, and another is to be started.
    pub deadline_ms: Option<u64>,
}

/// What is to be done with a work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// Its books are made.
    #[default]
    Build,
    /// It is read and looked at.
    Check,
    /// Its books, made before, are read back.
    Verify,
}

/// The JSON Schema (draft 2020-12) of a request.
pub fn schema() -> Value {
    schemars::schema_for!(Request).to_value()
}
