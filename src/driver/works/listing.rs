//! What lies in a folder that is one work: its chapters, and what is asked about before it is set as one.

use std::path::{Component, Path, PathBuf};

use super::{is_text, is_work, order};
use crate::budget::{FILES as MOST_FILES, FOLDER_NESTING as DEPTH};
use crate::driver::door::{self, Kind, kind};
use crate::driver::foreign;
use crate::report::Report;

/// Folders that programs and writers keep beside a text.
const ASIDE: &[&str] = &[
    "output",
    "out",
    "build",
    "dist",
    "target",
    "public",
    "site",
    "_site",
    "_book",
    "book",
    "node_modules",
    "templates",
    "theme",
    "themes",
    "venv",
    "draft",
    "drafts",
    "old",
    "archive",
    "attic",
    "backup",
    "trash",
];

/// Texts that lie beside a work and speak of it. The second kind only in capitals: `history.md` may be a chapter.
const BESIDE: &[&str] =
    &["readme", "license", "licence", "copying", "changelog", "contributing", "code_of_conduct", "security"];
const BESIDE_IN_CAPITALS: &[&str] = &[
    "CHANGES",
    "HISTORY",
    "NEWS",
    "AUTHORS",
    "CONTRIBUTORS",
    "MAINTAINERS",
    "NOTICE",
    "INSTALL",
    "TODO",
    "SUPPORT",
    "GOVERNANCE",
    "CODEOWNERS",
    "AGENTS",
    "CLAUDE",
    "ROADMAP",
];

/// What was found below a folder.
#[derive(Debug, Default)]
pub struct Listing {
    /// In the order in which people count.
    pub texts: Vec<PathBuf>,
    /// Texts that speak of the work.
    pub beside: Vec<PathBuf>,
    /// Folders that are passed over though they have texts.
    pub passed: Vec<PathBuf>,
    /// Folders that are works of their own.
    pub works: Vec<PathBuf>,
    /// Folders whose texts are chapters.
    pub folders: Vec<PathBuf>,
    /// Links and what else is no file and no folder.
    pub refused: Vec<PathBuf>,
    /// Texts in formats that are not read.
    pub foreign: Vec<PathBuf>,
}

/// What is in a folder, in order, without hidden files.
pub fn entries(folder: &Path, report: &mut Report) -> Vec<(PathBuf, Kind)> {
    let mut paths = door::entries(folder).unwrap_or_else(|reason| {
        report.error("source-unreadable", None, format!("{} can't be read: {reason}", folder.display()));
        Vec::new()
    });
    paths.retain(|path| path.file_name().is_some_and(|name| !name.to_string_lossy().starts_with('.')));
    paths.sort_by(|a, b| order::compare(a, b));
    paths.into_iter().filter_map(|path| kind(&path).ok().map(|kind| (path, kind))).collect()
}

/// Lists a folder and those below it. `out` is where outputs go: an earlier build may lie there.
pub fn list(folder: &Path, out: &Path, report: &mut Report) -> Listing {
    let mut listing = Listing::default();
    let out = out.canonicalize().ok();
    listing.gather(folder, out.as_deref(), 0, report);
    listing
}

impl Listing {
    fn gather(&mut self, folder: &Path, out: Option<&Path>, depth: usize, report: &mut Report) {
        let before = self.texts.len();
        for (path, kind) in entries(folder, report) {
            match kind {
                Kind::File if is_beside(&path) => self.beside.push(path),
                // TEI in folders below is what a build has made more often than a chapter.
                Kind::File if is_text(&path) && (depth == 0 || !is_xml(&path)) => self.texts.push(path),
                Kind::File if foreign::is_text_of_another_kind(&path) => self.foreign.push(path),
                Kind::File => {}
                Kind::Folder if is_work(&path) => self.works.push(path),
                Kind::Folder if out.is_some() && path.canonicalize().ok().as_deref() == out => {}
                Kind::Folder if is_aside(&path) || depth == DEPTH => {
                    if has_texts(&path, report) {
                        self.passed.push(path);
                    }
                }
                Kind::Folder => self.gather(&path, out, depth + 1, report),
                Kind::Link | Kind::Special => self.refused.push(path),
            }
            if self.texts.len() > MOST_FILES {
                return;
            }
        }
        if depth > 0 && self.texts.len() > before {
            self.folders.push(folder.to_owned());
        }
    }

    /// Where texts that speak of a work are all there is, they are the work.
    pub fn settle(&mut self) {
        if self.texts.is_empty() {
            let readme = |path: &PathBuf| stem(path).to_lowercase().starts_with("readme");
            let (first, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut self.beside).into_iter().partition(readme);
            (self.texts, self.beside) = if first.is_empty() { (rest, first) } else { (first, rest) };
        }
    }

    /// Tells what is left out, and why: each kind in one remark.
    pub fn tell(&self, root: &Path, report: &mut Report) {
        let names = |paths: &[PathBuf]| shown(paths, root);
        let named = "name them in files = […] of tetrapla.toml if they belong to the book";
        if !self.beside.is_empty() {
            report
                .remark(
                    "file-left-out",
                    None,
                    format!("left out, since they speak of the work and are none of its chapters: {}", names(&self.beside)),
                )
                .hint(named);
        }
        if !self.passed.is_empty() {
            report
                .remark("file-left-out", None, format!("the texts in these folders are left out: {}", names(&self.passed)))
                .hint(named);
        }
        if !self.works.is_empty() {
            report
                .remark("file-left-out", None, format!("works of their own are left out: {}", names(&self.works)))
                .hint("build them by themselves, or take their tetrapla.toml away");
        }
        if !self.folders.is_empty() {
            report
                .remark(
                    "chapters-in-folders",
                    None,
                    format!("the texts in these folders are chapters, in the order of their names: {}", names(&self.folders)),
                )
                .hint("files = […] in tetrapla.toml says another order, or leaves some out");
        }
        if !self.foreign.is_empty() {
            report
                .remark("file-left-out", None, format!("these are no Markdown, and left out: {}", names(&self.foreign)))
                .hint("turn them into Markdown: pandoc FILE -o FILE.md");
        }
        tell_refused(&self.refused, root, report);
        if self.texts.len() > MOST_FILES {
            report
                .error("source-unreadable", None, format!("the work has more than {MOST_FILES} files"))
                .hint("make several works of it");
        }
    }
}

/// Tells which links and special files are not read.
pub fn tell_refused(refused: &[PathBuf], root: &Path, report: &mut Report) {
    if !refused.is_empty() {
        report
            .warn("file-refused", None, format!("links and special files are not read: {}", shown(refused, root)))
            .hint("put the files themselves there");
    }
}

/// How many names a remark shows.
const SHOWN: usize = 8;

/// Names below a folder, for a remark.
pub fn shown(paths: &[PathBuf], root: &Path) -> String {
    let name = |path: &PathBuf| path.strip_prefix(root).unwrap_or(path).display().to_string();
    let names: Vec<_> = paths.iter().take(SHOWN).map(name).collect();
    let more = paths.len().saturating_sub(SHOWN);
    if more > 0 { format!("{} and {more} more", names.join(", ")) } else { names.join(", ") }
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Whether a text speaks of the work beside which it lies: `README.md`, `LICENSE-MIT.md`, `readme.de.md`.
pub fn is_beside(path: &Path) -> bool {
    let stem = stem(path);
    let is_markdown =
        path.extension().is_some_and(|ending| ["md", "markdown"].iter().any(|known| ending.eq_ignore_ascii_case(known)));
    let first = stem.split(['.', '-', ' ']).next().unwrap_or_default();
    let lower = stem.to_lowercase().replace('-', "_");
    let known = BESIDE.iter().any(|known| first.eq_ignore_ascii_case(known) || lower == *known);
    is_markdown && (known || BESIDE_IN_CAPITALS.contains(&first))
}

fn is_xml(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("xml"))
}

fn is_aside(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    ASIDE.contains(&name.as_str())
}

fn has_texts(folder: &Path, report: &mut Report) -> bool {
    entries(folder, report).iter().any(|(path, kind)| *kind == Kind::File && !is_xml(path) && is_text(path))
}

/// Why a path that somebody writes leads to no file of the work.
#[derive(Debug, PartialEq, Eq)]
pub enum Astray {
    Outside,
    Link,
    Special,
    Missing,
}

impl Astray {
    /// The code of the remark, what is wrong, and the cure.
    pub fn told(&self, name: &str) -> (&'static str, String, &'static str) {
        match self {
            Self::Outside => (
                "file-outside",
                format!("{name} lies outside the work's folder, and is not read"),
                "copy it into the folder of the work",
            ),
            Self::Link => {
                ("file-refused", format!("{name} is a link, or lies behind one, and is not read"), "put the file itself there")
            }
            Self::Special => ("file-refused", format!("{name} is no ordinary file, and is not read"), "name a file with text"),
            Self::Missing => ("source-unreadable", format!("there is no file {name}"), "look at its spelling"),
        }
    }
}

/// The file or folder below `root` that `name`, said in `from`, leads to.
pub fn follow(root: &Path, from: &Path, name: &str) -> Result<(PathBuf, Kind), Astray> {
    let said = Path::new(name);
    let below = from.strip_prefix(root).map_err(|_| Astray::Outside)?;
    let mut parts: Vec<_> = below.components().collect();
    let drive = name.as_bytes().get(1) == Some(&b':') || name.starts_with('\\');
    for part in said.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(parts.pop().ok_or(Astray::Outside)?),
            Component::Normal(_) => parts.push(part),
            Component::RootDir | Component::Prefix(_) => return Err(Astray::Outside),
        }
    }
    if drive || parts.is_empty() {
        return Err(Astray::Outside);
    }
    let mut path = root.to_owned();
    let mut last = Kind::Folder;
    for part in parts {
        path.push(part);
        last = kind(&path).map_err(|_| Astray::Missing)?;
        match last {
            Kind::Link => return Err(Astray::Link),
            Kind::Special => return Err(Astray::Special),
            Kind::File | Kind::Folder => {}
        }
    }
    Ok((path, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_speaks_of_a_work_is_known() {
        for name in
            ["README.md", "readme.md", "Readme.de.md", "LICENSE-MIT.md", "CHANGELOG.md", "CODE_OF_CONDUCT.md", "HISTORY.md"]
        {
            assert!(is_beside(Path::new(name)), "{name}");
        }
        for name in ["history.md", "news.md", "licensed.md", "Reader.md", "README.xml", "authors.md", "1.md"] {
            assert!(!is_beside(Path::new(name)), "{name}");
        }
    }
}
