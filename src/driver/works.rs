//! Where the works are: a file is one, a folder with a `tetrapla.toml` is one, a folder without is a batch of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::decode;
use crate::deposit::Original;
use crate::env::Templates;
use crate::read::{Manuscript, PROJECT_FILE, Project, TEI};
use crate::report::Report;
use crate::span::{Source, Sources};

/// A work that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    /// What its outputs are called: the name of its file or folder.
    pub stem: String,
    /// Its file, or its folder.
    pub path: PathBuf,
    /// The folder that its files and images lie in. No image outside it is read.
    pub folder: PathBuf,
    /// Where its outputs go below the output folder: where it lies below the folder that the user named.
    pub under: PathBuf,
}

/// How many bytes of an XML file are looked at to see whether it is TEI: document types can be long.
const HEAD: u64 = 16 << 10;

/// Endings of files that a folder's works are made of.
const ENDINGS: &[&str] = &["md", "markdown", "xml"];

/// Finds the works that the user names by `paths`, in order, those of a folder sorted by name.
pub fn find(paths: &[PathBuf], report: &mut Report) -> Vec<Work> {
    let mut works = Vec::new();
    for path in paths {
        if path.is_dir() {
            let before = works.len();
            in_folder(path, Path::new(""), &mut works, report);
            if works.len() == before {
                report
                    .error("source-missing", None, format!("no work is in {}", path.display()))
                    .hint("a work is a Markdown file (.md), a TEI file (.tei.xml), or a folder with a tetrapla.toml");
            }
        } else if path.is_file() {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            works.push(Work { stem: stem(path), path: path.clone(), folder: folder.to_owned(), under: PathBuf::new() });
        } else {
            report
                .error("source-missing", None, format!("{} is no file and no folder", path.display()))
                .hint("look at the path's spelling");
        }
    }
    refuse_clashes(works, report)
}

fn in_folder(folder: &Path, under: &Path, works: &mut Vec<Work>, report: &mut Report) {
    if folder.join(PROJECT_FILE).is_file() {
        let under = under.parent().unwrap_or(Path::new("")).to_owned();
        return works.push(Work { stem: stem(folder), path: folder.to_owned(), folder: folder.to_owned(), under });
    }
    for path in list(folder, report) {
        if path.is_dir() {
            in_folder(&path, &under.join(path.file_name().unwrap_or_default()), works, report);
        } else if is_text(&path) {
            works.push(Work { stem: stem(&path), path, folder: folder.to_owned(), under: under.to_owned() });
        }
    }
}

/// What is in a folder, sorted, without hidden files.
fn list(folder: &Path, report: &mut Report) -> Vec<PathBuf> {
    let entries =
        fs::read_dir(folder).and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, _>>());
    let mut paths = entries.unwrap_or_else(|reason| {
        report.error("source-unreadable", None, format!("{} can't be read: {reason}", folder.display()));
        Vec::new()
    });
    paths.retain(|path| path.file_name().is_some_and(|name| !name.to_string_lossy().starts_with('.')));
    paths.sort();
    paths
}

/// Whether a file that lies in a folder is a work's text. XML is if it is TEI, and no Markdown beside it bears its name: then it
/// is what an earlier build made of that.
fn is_text(path: &Path) -> bool {
    let ends = |known: &&str| path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case(known));
    let Some(ending) = ENDINGS.iter().find(|known| ends(known)) else { return false };
    *ending != "xml"
        || is_tei(path) && !["md", "markdown"].iter().any(|own| path.with_file_name(stem(path) + "." + own).is_file())
}

fn is_tei(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(HEAD).read_to_end(&mut head));
    read.is_ok() && (TEI.looks_like)(String::from_utf8_lossy(&head).trim_start_matches('\u{FEFF}'))
}

fn stem(path: &Path) -> String {
    // `.` and `..` have a name only when they are made absolute.
    let whole = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let name = if whole.is_dir() { whole.file_name() } else { whole.file_stem() };
    let name = name.map_or_else(|| "work".to_owned(), |name| name.to_string_lossy().into_owned());
    // `work.tei.xml` is called work.
    let bare =
        name.len().checked_sub(4).filter(|at| *at > 0 && name.get(*at..).is_some_and(|end| end.eq_ignore_ascii_case(".tei")));
    bare.filter(|_| !whole.is_dir()).map_or(name.clone(), |at| name[..at].to_owned())
}

/// Refuses a work whose outputs would overwrite another's.
fn refuse_clashes(works: Vec<Work>, report: &mut Report) -> Vec<Work> {
    let mut taken = BTreeSet::new();
    let (kept, refused): (Vec<_>, Vec<_>) =
        works.into_iter().partition(|work| taken.insert(work.under.join(&work.stem).to_string_lossy().to_lowercase()));
    for work in refused {
        report
            .error("output-clash", None, format!("{} would overwrite another work's outputs", work.path.display()))
            .hint("give it another name, or build it by itself with -o");
    }
    kept
}

/// Reads the files below `folder` that stand in for built-in templates.
///
/// # Errors
/// The file or folder that can't be read, and why.
pub fn templates(folder: &Path) -> Result<Templates, (PathBuf, std::io::Error)> {
    let mut overrides = BTreeMap::new();
    fs::read_dir(folder).map_err(|reason| (folder.to_owned(), reason))?;
    for name in Templates::names() {
        let path = folder.join(name);
        if path.is_file() {
            overrides.insert(name.to_owned(), fs::read(&path).map_err(|reason| (path, reason))?);
        }
    }
    // Designs and fonts of the user's own, which only settings name.
    for (inner, endings) in [("pdf", &["toml"][..]), ("fonts", &["ttf", "otf"])] {
        for entry in fs::read_dir(folder.join(inner)).into_iter().flatten().flatten() {
            let path = entry.path();
            let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
            if endings.contains(&ending) {
                let name = format!("{inner}/{}", entry.file_name().to_string_lossy());
                overrides.insert(name, fs::read(&path).map_err(|reason| (path, reason))?);
            }
        }
    }
    Ok(Templates::new(overrides))
}

/// Reads the files of a work. A file that can't be read is an error in `report`.
pub fn load(work: &Work, report: &mut Report) -> Manuscript {
    let mut manuscript = Manuscript { stem: work.stem.clone(), ..Manuscript::default() };
    let mut paths = vec![work.path.clone()];
    if work.path.is_dir() {
        let path = work.path.join(PROJECT_FILE);
        let Some(bytes) = read(&path, report) else { return manuscript };
        let file = decode::add(&mut manuscript.sources, path.display().to_string(), bytes, report);
        let project = Project::read(&manuscript.sources, file, report);
        paths = files(&work.path, &project, report);
        manuscript.project = Some(project);
    }
    for path in paths {
        add(&mut manuscript.sources, &path, report);
    }
    manuscript
}

fn add(sources: &mut Sources, path: &Path, report: &mut Report) {
    if let Some(bytes) = read(path, report) {
        decode::add(sources, path.display().to_string(), bytes, report);
    }
}

/// The files of a work that was loaded, in the order in which its spans count them, byte for byte, by their path below its folder.
///
/// # Errors
/// The file that can't be read again, or is not what it was, and why.
pub fn originals(work: &Work, manuscript: &Manuscript) -> Result<Vec<Original>, (PathBuf, String)> {
    let read = |(path, (_, source)): (PathBuf, (_, &Source))| {
        let bytes = fs::read(&path).map_err(|reason| (path.clone(), reason.to_string()))?;
        let mut again = Sources::default();
        let file = decode::add(&mut again, String::new(), bytes.clone(), &mut Report::default());
        if again.get(file).text != source.text {
            return Err((path, "it has changed while it was read".to_owned()));
        }
        Ok(Original { path: below(&path, &work.folder), bytes })
    };
    paths(work, manuscript).into_iter().zip(manuscript.sources.iter()).map(read).collect()
}

/// What the files of a work that was loaded are called below its folder, in the order in which its spans count them.
pub fn names(work: &Work, manuscript: &Manuscript) -> Vec<String> {
    paths(work, manuscript).iter().map(|path| below(path, &work.folder)).collect()
}

/// The files of a work that was loaded.
fn paths(work: &Work, manuscript: &Manuscript) -> Vec<PathBuf> {
    let Some(project) = &manuscript.project else { return vec![work.path.clone()] };
    let inner = files(&work.path, project, &mut Report::default());
    std::iter::once(work.path.join(PROJECT_FILE)).chain(inner).collect()
}

/// A file's path below a folder, with `/` between its parts; its name alone where it lies elsewhere.
fn below(path: &Path, folder: &Path) -> String {
    let inside = path.strip_prefix(folder).unwrap_or(Path::new(path.file_name().unwrap_or_default()));
    let parts = inside.components().filter_map(|part| match part {
        std::path::Component::Normal(name) => Some(name.to_string_lossy()),
        _ => None,
    });
    parts.collect::<Vec<_>>().join("/")
}

/// The files of a folder that is one work, in reading order.
fn files(folder: &Path, project: &Project, report: &mut Report) -> Vec<PathBuf> {
    match &project.files {
        Some(names) => names.iter().map(|name| folder.join(name)).collect(),
        None => list(folder, report).into_iter().filter(|path| path.is_file() && is_text(path)).collect(),
    }
}

fn read(path: &Path, report: &mut Report) -> Option<Vec<u8>> {
    let bytes = fs::read(path).map_err(|reason| reason.to_string());
    // Places are counted in 32 bits.
    let bytes =
        bytes.and_then(|bytes| if bytes.len() < u32::MAX as usize / 3 { Ok(bytes) } else { Err("it is too long".to_owned()) });
    match bytes {
        Ok(bytes) => Some(bytes),
        Err(reason) => {
            report.error("source-unreadable", None, format!("{} can't be read: {reason}", path.display()));
            None
        }
    }
}
