//! What the tests share: the one place that knows how the library is called.

#![allow(dead_code, reason = "each test uses a part of it")]

pub mod pdf;
pub mod same;

use std::path::{Path, PathBuf};
use std::process::Command;

use tetrapla::Kit;
use tetrapla::driver::{self, Finished, Order};
use tetrapla::emit::Output;
use tetrapla::env::Env;
use tetrapla::read::Manuscript;
use tetrapla::report::Report;
use tetrapla::settings::{RestoreSettings, Tables};
use tetrapla::span::{Source, Sources};
use tetrapla::tree::{Block, Document, Inline, Visit, walk_blocks};

/// An order for all that ships with the program.
pub fn order(out: &Path) -> Order<'static> {
    let (kit, env) = (Kit::BUILTIN, Env::default());
    Order {
        kit,
        to: kit.backends.to_vec(),
        from: None,
        encoding: None,
        out: out.to_owned(),
        strict: false,
        keep_pages: false,
        settings: Tables::default(),
        env,
    }
}

/// Reads the works at `path`. They are all there, or the test fails.
#[track_caller]
pub fn read(path: &Path) -> Vec<Finished> {
    let mut report = Report::default();
    let works = driver::find(&[path.to_owned()], &mut report);
    assert_eq!(report.diagnostics, [], "{}", path.display());
    driver::batch(works, |work| driver::check(work, &order(Path::new("."))), |finished| finished)
}

/// Reads a text by itself, as a file `text.md` would be.
pub fn read_text(text: &str, report: &mut Report) -> Document {
    let mut sources = Sources::default();
    sources.add(Source { name: "text.md".to_owned(), text: text.to_owned() });
    let manuscript = Manuscript { sources, stem: "text".to_owned(), ..Manuscript::default() };
    tetrapla::read::read(&manuscript, Kit::BUILTIN.dialects, None, &RestoreSettings::default(), report)
}

/// Every text that the tests have: the cases, the works that ship with the program, and, in a checkout that has them beside
/// it, the texts that restoration is measured on.
pub fn texts() -> Vec<PathBuf> {
    let mut texts = files(&root().join("tests/cases"), ".md");
    texts.push(root().join("input"));
    texts.extend(files(&root().join("../shared/samples"), ".md"));
    texts.extend(files(&root().join("../shared/restore/dev"), ".md"));
    texts
}

/// The first line in which two texts differ.
pub fn first_difference(want: &str, got: &str) -> String {
    let at = want.lines().zip(got.lines()).position(|(a, b)| a != b).unwrap_or(want.lines().count().min(got.lines().count()));
    let line = |text: &str| text.lines().nth(at).unwrap_or("(the end)").to_owned();
    format!("line {}\n  want {}\n  got  {}", at + 1, line(want), line(got))
}

/// What the backend `name` makes of a work.
#[track_caller]
pub fn emit(name: &str, work: &Finished) -> Vec<u8> {
    emit_in(name, work, &work.env)
}

/// What the backend `name` makes of a work where `env` says how.
#[track_caller]
pub fn emit_in(name: &str, work: &Finished, env: &Env) -> Vec<u8> {
    let doc = work.doc.as_ref().expect("a work that is read");
    let backend = Kit::BUILTIN.backends.iter().find(|backend| backend.name() == name).expect("a backend of that name");
    match backend.emit(&tetrapla::tree::for_output(doc, name), env, &mut Report::default()) {
        Ok(Output::File { bytes, .. }) => bytes,
        other => panic!("{name} gives {other:?}"),
    }
}

/// The files of an EPUB that are text, by path, in the order of the archive.
pub fn unpack(epub: &[u8]) -> Vec<(String, String)> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(epub)).expect("a ZIP archive");
    let mut files = Vec::new();
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).expect("an entry");
        let name = entry.name().to_owned();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut entry, &mut bytes).expect("an entry that can be unpacked");
        if let Ok(text) = String::from_utf8(bytes) {
            files.push((name, text));
        }
    }
    files
}

/// Every file below `folder` with the given ending, sorted. A manifest of outputs is none of them.
pub fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("a readable folder").path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.to_string_lossy().ends_with(ending) && !path.ends_with(".manifest.jsonl") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The repository's root.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every letter and digit that the text of a work shows, in order, notes where they are called. Not the alt text of images, nor
/// comments.
pub fn words_of(doc: &Document) -> String {
    let mut words = String::new();
    walk_blocks(&doc.body, &mut |visit| {
        let text = match visit {
            Visit::Block(node) => match &node.kind {
                Block::Code { text, .. } | Block::Math(text) => text,
                _ => return,
            },
            Visit::Inline(node) => match &node.kind {
                Inline::Text(text) | Inline::Code(text) | Inline::Math(text) => text,
                _ => return,
            },
            Visit::Cell(_) | Visit::Image(_) => return,
        };
        words.extend(text.chars().filter(|c| c.is_alphanumeric()));
    });
    words
}

/// What a run of the program said.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// Runs a command to its end. A panic in it fails the test.
    #[track_caller]
    pub fn of(mut command: Command) -> Self {
        let ran = command.output().expect("the program starts");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        let ran = Self { code: ran.status.code().unwrap_or(-1), out: text(ran.stdout), err: text(ran.stderr) };
        assert!(!ran.err.contains("panicked"), "{}", ran.err);
        ran
    }
}

/// The program with a subcommand, in an environment that says nothing.
pub fn program(subcommand: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tetrapla"));
    command.env_remove("SOURCE_DATE_EPOCH").env_remove("NO_COLOR");
    command.args(Some(subcommand).filter(|name| !name.is_empty()));
    command
}

#[track_caller]
pub fn run(arguments: impl IntoIterator<Item = impl AsRef<std::ffi::OsStr>>, subcommand: &str) -> Ran {
    let mut command = program(subcommand);
    command.args(arguments);
    Ran::of(command)
}
