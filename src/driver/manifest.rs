//! What an output folder knows of its files: for each work what it was made from and how, so that a rerun makes only what has
//! changed, and goes on where a killed run was.
//!
//! It is one line of JSON a work, added when the work's outputs stand; at the end of a run the lines are put in order. It holds no clock
//! and no machine's path.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::door;
use super::record::sum;
use super::{Finished, Order, Work, output};
use crate::budget::Budget;
use crate::read::PROJECT_FILE;
use crate::record::{OutputFile, Record, SourceFile, Status};
use crate::report::Report;
use crate::tree::images;

/// What its files are called: `.manifest.jsonl`, and beside it one for each shard.
const NAME: &str = ".manifest";
const ENDING: &str = ".jsonl";

/// How much of the program's own file is looked at, in bytes: the linker's identification of the build is there.
const HEAD: usize = 4096;

/// A part of a batch: works whose place in it leaves the rest `index` when divided by `count`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// From 0.
    pub index: usize,
    pub count: usize,
}

impl Shard {
    /// `2/5`: the third of five.
    pub fn read(text: &str) -> Option<Self> {
        let (index, count) = text.split_once('/')?;
        let shard = Self { index: index.trim().parse().ok()?, count: count.trim().parse().ok()? };
        Some(shard).filter(|shard| shard.index < shard.count)
    }

    /// The works of this part.
    pub fn of(self, works: Vec<Work>) -> Vec<Work> {
        works.into_iter().enumerate().filter(|(at, _)| at % self.count == self.index).map(|(_, work)| work).collect()
    }
}

/// One work.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Entry {
    id: String,
    title: Option<String>,
    /// A digest of the folder that the user named.
    root: String,
    /// A digest of the names of all files of a work that is a folder: a new chapter is a change.
    names: Option<String>,
    /// What it was read from, by path below its folder.
    inputs: Vec<Input>,
    outputs: Vec<Made>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Input {
    path: String,
    bytes: u64,
    /// None: it was looked for, and was not there.
    sha256: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Made {
    /// The name of the backend.
    backend: String,
    /// Below the output folder.
    path: String,
    bytes: u64,
    sha256: String,
    /// A digest of all that it was made from, and how.
    from: String,
    proved: bool,
}

/// The manifest of one output folder.
pub struct Manifest {
    folder: PathBuf,
    own: PathBuf,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Of a work there can be several entries, of different shards.
    entries: BTreeMap<String, Vec<Entry>>,
    /// The works that this file knows.
    own: BTreeSet<String>,
    file: Option<fs::File>,
    changed: bool,
}

impl Manifest {
    /// What an output folder knows. A line that can't be read is of a killed run or of another version, and counts for nothing.
    pub fn open(folder: &Path, shard: Option<Shard>) -> Self {
        let name = shard.map_or(String::new(), |shard| format!("-{}-of-{}", shard.index, shard.count));
        let own = folder.join(format!("{NAME}{name}{ENDING}"));
        let mut state = State::default();
        let inside = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
        let is_ours = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with(NAME) && name.ends_with(ENDING)
        };
        let mut files: Vec<_> = inside.filter(is_ours).collect();
        files.sort();
        for path in files {
            let text = fs::read_to_string(&path).unwrap_or_default();
            for entry in text.lines().filter_map(|line| serde_json::from_str::<Entry>(line).ok()) {
                if path == own {
                    state.own.insert(entry.id.clone());
                }
                state.entries.entry(entry.id.clone()).or_default().push(entry);
            }
        }
        Self { folder: folder.to_owned(), own, state: Mutex::new(state) }
    }

    /// The record of a work whose outputs stand, each as it would be made now; with `proved`, as one that was read back.
    pub fn standing(&self, work: &Work, order: &Order, proved: bool) -> Option<Record> {
        let entries = self.state().entries.get(&work.id())?.clone();
        entries.iter().find_map(|entry| self.stands(entry, work, order, proved))
    }

    fn stands(&self, entry: &Entry, work: &Work, order: &Order, proved: bool) -> Option<Record> {
        let now: Vec<_> = entry.inputs.iter().map(|input| input_now(work, &input.path, &order.env.budget)).collect();
        let from = digest(work, order, &now);
        let mut outputs = Vec::new();
        for backend in &order.to {
            let made = entry.outputs.iter().find(|made| made.backend == backend.name())?;
            let path = self.folder.join(&made.path);
            if made.from != from || proved && !made.proved || sum_of(&path, &order.env.budget)? != made.sha256 {
                return None;
            }
            let format = crate::format::Format::ALL.into_iter().find(|format| format.name() == made.backend);
            let format = format.map(|format| format.name().to_owned());
            let (path, sha256) = (path.display().to_string(), made.sha256.clone());
            outputs.push(OutputFile { path, format, bytes: made.bytes, sha256 });
        }
        let sources = now
            .into_iter()
            .filter_map(|input| Some(SourceFile { path: input.path, bytes: input.bytes, sha256: input.sha256? }));
        Some(Record {
            title: entry.title.clone(),
            sources: sources.collect(),
            outputs,
            ..Record::unmade(work.id(), work.path.display().to_string(), Status::Kept)
        })
    }

    /// Notes a work whose outputs were written. One of which nobody can say what it was read from is not noted, and made anew each time:
    /// a file that changed meanwhile, fonts of the system.
    pub fn note(&self, finished: &Finished, record: &Record, order: &Order, proved: bool) {
        let Some(doc) = finished.doc.as_ref().filter(|_| record.status == Status::Made) else { return };
        if record.sources.is_empty() || !finished.env.fonts.is_empty() || record.outputs.len() != order.to.len() {
            return;
        }
        let known =
            |source: &SourceFile| Input { path: source.path.clone(), bytes: source.bytes, sha256: Some(source.sha256.clone()) };
        let mut inputs: Vec<_> = record.sources.iter().map(known).collect();
        let targets = images(&doc.body).into_iter().map(|(image, _)| image.target.clone()).chain(doc.meta.cover.clone());
        let is_path = |target: &String| !target.starts_with("data:") && !target.contains("://");
        for target in targets.filter(is_path) {
            let path = super::images::percent_decoded(&target);
            if !inputs.iter().any(|input| input.path == path) {
                inputs.push(Input { path, bytes: 0, sha256: None });
            }
        }
        let work = &finished.work;
        if !work.path.is_dir() {
            // A chapter that is made by itself is made with its work's settings.
            inputs.push(input_now(work, PROJECT_FILE, &order.env.budget));
        }
        let from = digest(work, order, &inputs);
        let made = order.to.iter().zip(&record.outputs).map(|(backend, output)| Made {
            backend: backend.name().to_owned(),
            path: below(Path::new(&output.path), &self.folder),
            bytes: output.bytes,
            sha256: output.sha256.clone(),
            from: from.clone(),
            proved,
        });
        let mut outputs: Vec<_> = made.collect();
        let mut state = self.state();
        // What other runs made of it in other formats lies there still.
        let earlier = state.entries.get(&record.id).into_iter().flatten().flat_map(|entry| entry.outputs.clone());
        for made in earlier.collect::<Vec<_>>() {
            if !outputs.iter().any(|own| own.backend == made.backend) {
                outputs.push(made);
            }
        }
        let names = names(work, order);
        let entry = Entry { id: record.id.clone(), title: record.title.clone(), root: root(work), names, inputs, outputs };
        let line = serde_json::to_string(&entry).expect("entries are JSON") + "\n";
        if state.file.is_none() {
            state.file = fs::OpenOptions::new().append(true).create(true).open(&self.own).ok();
        }
        // One write, so that lines of several processes don't mix. Where it fails, the work is made again the next time.
        state.file.as_mut().map(|file| file.write_all(line.as_bytes()));
        state.changed = true;
        state.own.insert(entry.id.clone());
        state.entries.insert(entry.id.clone(), vec![entry]);
    }

    /// Says that others have added lines, so that a close puts them in order.
    pub fn touched(&self) {
        let mut state = self.state();
        state.own = state.entries.keys().cloned().collect();
        state.changed = true;
    }

    /// Ends a run that found these works: puts the lines in order, and tells of outputs that no source answers to any more.
    pub fn close(&self, works: &[(String, String)], report: &mut Report) {
        let mut state = self.state();
        state.file = None;
        let found: BTreeSet<_> = works.iter().map(|(id, _)| id.as_str()).collect();
        let roots: BTreeSet<_> = works.iter().map(|(_, root)| root.as_str()).collect();
        let mut stale = Vec::new();
        for entry in state.entries.values().filter_map(|entries| entries.last()) {
            let gone = roots.contains(entry.root.as_str()) && !found.contains(entry.id.as_str());
            let newest = entry.outputs.first().map(|made| &made.from);
            let old =
                entry.outputs.iter().filter(|made| gone || Some(&made.from) != newest && found.contains(entry.id.as_str()));
            stale.extend(old.map(|made| made.path.clone()).filter(|path| self.folder.join(path).exists()));
        }
        tell_stale(&stale, &self.folder, report);
        if state.changed {
            let own = state.entries.iter().filter(|(id, _)| state.own.contains(*id)).filter_map(|(_, entries)| entries.last());
            let lines: String = own.map(|entry| serde_json::to_string(entry).expect("entries are JSON") + "\n").collect();
            // The lines of one work are in order already.
            if fs::read_to_string(&self.own).map_or(true, |now| now != lines) {
                output::save(&self.own, lines.as_bytes(), report);
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A digest of all that a work is made from, and how.
fn digest(work: &Work, order: &Order, inputs: &[Input]) -> String {
    let mut text = format!("{}\n{}\n", print(order), names(work, order).unwrap_or_default());
    for input in inputs {
        text += &format!("{} {}\n", input.sha256.as_deref().unwrap_or("-"), input.path);
    }
    sum(text.as_bytes())
}

fn tell_stale(stale: &[String], folder: &Path, report: &mut Report) {
    const SHOWN: usize = 6;
    if stale.is_empty() {
        return;
    }
    let more = stale.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let names: Vec<_> = stale.iter().take(SHOWN).map(String::as_str).collect();
    let message =
        format!("these files in {} were made from what is no longer so: {}{more}", folder.display(), names.join(", "));
    report.remark("output-stale", None, message).hint("build those formats again, or take the files away");
}

/// What a work's entry is known by when a run is closed: its name, and the folder that the user named.
pub fn key(work: &Work) -> (String, String) {
    (work.id(), root(work))
}

/// A digest of the folder that the user named, which is no machine's path.
fn root(work: &Work) -> String {
    let whole = work.root.canonicalize().unwrap_or_else(|_| work.root.clone());
    sum(whole.to_string_lossy().as_bytes())
}

fn input_now(work: &Work, path: &str, budget: &Budget) -> Input {
    let file = work.folder.join(path);
    let given = work.given.as_ref().filter(|_| file == work.path || work.path == Path::new(path)).map(|bytes| bytes.to_vec());
    let bytes = given.or_else(|| door::named(&file, budget.file).ok());
    Input {
        path: path.to_owned(),
        bytes: bytes.as_ref().map_or(0, |bytes| bytes.len() as u64),
        sha256: bytes.map(|bytes| sum(&bytes)),
    }
}

/// The sum of an output as it lies there.
fn sum_of(path: &Path, budget: &Budget) -> Option<String> {
    if path.is_dir() {
        return output::read_folder(path, budget).ok().map(|files| super::record::sum_of_folder(&files));
    }
    door::named(path, budget.file).ok().map(|bytes| sum(&bytes))
}

/// A digest of the names of all files below a work's folder, but for hidden ones and its outputs.
fn names(work: &Work, order: &Order) -> Option<String> {
    if !work.path.is_dir() {
        return None;
    }
    let out = order.out.canonicalize().ok();
    let mut names = BTreeSet::new();
    let mut open = vec![work.path.clone()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let (path, kind) = (entry.path(), entry.file_type());
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            match kind {
                Ok(kind) if hidden || kind.is_symlink() => {}
                Ok(kind) if kind.is_dir() => {
                    if out.is_none() || path.canonicalize().ok() != out {
                        open.push(path);
                    }
                }
                _ => drop(names.insert(below(&path, &work.path))),
            }
        }
    }
    Some(sum(names.into_iter().collect::<Vec<_>>().join("\n").as_bytes()))
}

fn below(path: &Path, folder: &Path) -> String {
    super::works::below(path, folder)
}

/// A digest of an order, and of the program that carries it out.
fn print(order: &Order) -> String {
    let templates = order.env.templates.own();
    let templates: Vec<_> = templates.iter().map(|(name, bytes)| json!([name, sum(bytes)])).collect();
    let said = json!({
        "program": program(), "from": order.from.as_ref().map(|dialect| dialect.name),
        "encoding": order.encoding.map(|encoding| encoding.name()), "strict": order.strict,
        "settings": order.settings.fields(), "templates": templates,
        "date": order.env.source_date.map(|date| date.to_string()),
    });
    sum(said.to_string().as_bytes())
}

/// Which build of the program this is.
fn program() -> &'static str {
    static PROGRAM: OnceLock<String> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let mut text = env!("CARGO_PKG_VERSION").as_bytes().to_vec();
        let file = std::env::current_exe().and_then(fs::File::open);
        if let Ok(mut file) = file {
            let mut head = vec![0; HEAD];
            let read = std::io::Read::read(&mut file, &mut head).unwrap_or(0);
            text.extend_from_slice(&head[..read]);
            text.extend(file.metadata().map(|about| about.len()).unwrap_or(0).to_le_bytes());
        }
        sum(&text)
    })
}
