//! Where the works are: a file is one, a folder with a `tetrapla.toml` or an mdBook is one, a folder without is a batch of them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::door::{self, Kind};
use super::{Encoding, decode};
use crate::budget::{BATCH_NESTING, Budget};
use crate::deposit::Original;
use crate::env::Templates;
use crate::read::{MDBOOK_FILE, Manuscript, PROJECT_FILE, Project, TEI};
use crate::report::Report;
use crate::settings::Tables;
use crate::span::{Source, Sources};

mod corpus;
mod listing;
mod load;
mod order;
mod patterns;

pub use corpus::texts_apart;
pub use load::{below, load};

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
    /// What the user named, to find it.
    pub root: PathBuf,
    /// Its text, where that is no file's.
    pub given: Option<Arc<[u8]>>,
}

impl Work {
    /// A folder that is one work, whether it says so or not.
    pub fn of_folder(folder: &Path) -> Self {
        let path = folder.to_owned();
        Self { stem: stem(folder), folder: path.clone(), under: PathBuf::new(), root: path.clone(), given: None, path }
    }

    /// A work whose text is no file's; `place` is where it would lie, for its name and its images.
    pub fn of_text(place: &Path, text: Vec<u8>) -> Self {
        Self { given: Some(text.into()), ..of_file(place.to_owned(), Path::new("")) }
    }

    /// What its outputs are called below the output folder, with `/` between the parts.
    pub fn id(&self) -> String {
        let parts = self.under.iter().map(|part| part.to_string_lossy().into_owned()).chain([self.stem.clone()]);
        parts.collect::<Vec<_>>().join("/")
    }
}

/// How many bytes of an XML file are looked at to see whether it is TEI: document types can be long.
const HEAD: u64 = 16 << 10;

/// Endings of files that a folder's works are made of.
const ENDINGS: &[&str] = &["md", "markdown", "mkd", "mkdn", "mdown", "qmd", "rmd", "xml"];

/// Files in which other programs say of which texts a book is made, and in which order. None of them is read.
const ORDERS: &[&str] = &["_quarto.yml", "_bookdown.yml", "mkdocs.yml", "_toc.yml", "myst.yml", "Book.txt"];

/// Finds the works that the user names by `paths`, in order, those of a folder as people count.
pub fn find(paths: &[PathBuf], report: &mut Report) -> Vec<Work> {
    let mut works = Vec::new();
    for path in paths {
        if path.is_dir() {
            let mut batch = Batch { works: Vec::new(), beside: Vec::new(), refused: Vec::new() };
            batch.gather(path, Path::new(""), 0, report);
            batch.settle(path, report);
            if batch.works.is_empty() {
                report
                    .error("source-missing", None, format!("no work is in {}", path.display()))
                    .hint("a work is a Markdown file (.md), a TEI file (.tei.xml), or a folder with a tetrapla.toml");
            }
            batch.works.iter_mut().for_each(|work| work.root.clone_from(path));
            works.append(&mut batch.works);
        } else if path.as_os_str() == "-" {
            let mut text = Vec::new();
            match std::io::stdin().lock().read_to_end(&mut text) {
                Ok(_) => works.push(Work::of_text(Path::new("stdin.md"), text)),
                Err(reason) => {
                    report.error("source-unreadable", None, format!("standard input can't be read: {reason}"));
                }
            }
        } else if path.is_file() {
            works.push(of_file(path.clone(), Path::new("")));
        } else {
            report.error("source-missing", None, format!("{} is no file and no folder", path.display())).hint(near(path));
        }
    }
    refuse_clashes(works, report)
}

/// The paths that a file names, one a line; `-`: standard input.
///
/// # Errors
/// Why it can't be read.
pub fn read_list(path: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut text = String::new();
    if path == Path::new("-") {
        std::io::stdin().lock().read_to_string(&mut text)?;
    } else {
        fs::File::open(path)?.read_to_string(&mut text)?;
    }
    Ok(text.lines().map(str::trim_end).filter(|line| !line.is_empty()).map(PathBuf::from).collect())
}

/// The work in whose folder the program runs, or in a folder of it.
pub fn enclosing_work() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let folder = here.ancestors().find(|folder| is_work(folder))?;
    // What lies here is called as people call it.
    if folder == here { Some(PathBuf::from(".")) } else { Some(folder.to_owned()) }
}

/// What may be meant by a path that leads nowhere.
fn near(path: &Path) -> String {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    match load::nearest(folder, &name) {
        Some(near) => format!("did you mean {}?", path.with_file_name(near).display()),
        None => "look at the path's spelling".to_owned(),
    }
}

fn of_file(path: PathBuf, under: &Path) -> Work {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Work { stem: stem(&path), folder: folder.to_owned(), under: under.to_owned(), root: path.clone(), given: None, path }
}

/// The works below a folder that is none itself.
struct Batch {
    works: Vec<Work>,
    /// Texts that speak of works.
    beside: Vec<Work>,
    refused: Vec<PathBuf>,
}

impl Batch {
    fn gather(&mut self, folder: &Path, under: &Path, depth: usize, report: &mut Report) {
        if is_work(folder) {
            let under = under.parent().unwrap_or(Path::new("")).to_owned();
            return self.works.push(Work {
                stem: stem(folder),
                path: folder.to_owned(),
                folder: folder.to_owned(),
                under,
                root: folder.to_owned(),
                given: None,
            });
        }
        for (path, kind) in listing::entries(folder, report) {
            match kind {
                Kind::Folder if depth == BATCH_NESTING => self.refused.push(path),
                Kind::Folder => self.gather(&path, &under.join(path.file_name().unwrap_or_default()), depth + 1, report),
                Kind::File if listing::is_beside(&path) => self.beside.push(of_file(path, under)),
                Kind::File if is_text(&path) => self.works.push(of_file(path, under)),
                Kind::File => {}
                Kind::Link | Kind::Special => {
                    // What has no text's name was none before.
                    if is_named_as_text(&path) || path.is_dir() {
                        self.refused.push(path);
                    }
                }
            }
        }
    }

    /// Says what is left out, and what may have been meant.
    fn settle(&mut self, root: &Path, report: &mut Report) {
        if self.works.is_empty() {
            self.works = std::mem::take(&mut self.beside);
        }
        if !self.beside.is_empty() {
            let paths: Vec<_> = self.beside.iter().map(|work| work.path.clone()).collect();
            let message = format!("left out, since they speak of works and are none: {}", listing::shown(&paths, root));
            report.remark("file-left-out", None, message).hint("name them on the command line to have them set");
        }
        listing::tell_refused(&self.refused, root, report);
        if !self.tell_order(root, report) {
            self.tell_chapters(root, report);
        }
    }

    /// Says of texts whose order another program's file has that each becomes a book.
    fn tell_order(&self, root: &Path, report: &mut Report) -> bool {
        let folders = [root.to_owned(), root.join("manuscript")];
        let mut paths = folders.iter().flat_map(|folder| ORDERS.iter().map(|name| folder.join(name)));
        let Some(path) = paths.find(|path| matches!(door::kind(path), Ok(Kind::File))).filter(|_| self.works.len() > 1) else {
            return false;
        };
        let message = format!(
            "{} works are made of the {} texts below {}: {} is not read",
            self.works.len(),
            self.works.len(),
            root.display(),
            below(&path, root)
        );
        report.remark("works-apart", None, message).hint(format!(
            "for one book of them, put a {PROJECT_FILE} beside them, with files = [\"…\"] in their order, and [metadata] with title = \"…\""
        ));
        true
    }

    /// Several texts in one folder that read as chapters of one book become a book each, which is seldom meant.
    fn tell_chapters(&self, root: &Path, report: &mut Report) {
        let mut folders: BTreeMap<&Path, Vec<&Work>> = BTreeMap::new();
        self.works
            .iter()
            .filter(|work| !work.path.is_dir())
            .for_each(|work| folders.entry(&work.folder).or_default().push(work));
        let numbered = |work: &&&Work| {
            work.stem.starts_with(|c: char| c.is_ascii_digit()) || work.stem.ends_with(|c: char| c.is_ascii_digit())
        };
        let like_chapters = |works: &Vec<&Work>| {
            works.len() > 1
                && (works.iter().filter(numbered).count() * 2 > works.len() || works.iter().all(|work| has_front(&work.path)))
        };
        let found: Vec<_> = folders.into_iter().filter(|(_, works)| like_chapters(works)).collect();
        let Some((folder, works)) = found.first() else { return };
        let name = if *folder == root { folder.display().to_string() } else { below(folder, root) };
        let more = if found.len() > 1 { format!(", and so in {} more folders", found.len() - 1) } else { String::new() };
        report
            .remark(
                "works-apart",
                None,
                format!("{} works are made of the {} texts in {name}, each a book of its own{more}", works.len(), works.len()),
            )
            .hint(format!(
                "for one book of these chapters, put a {PROJECT_FILE} beside them, with [metadata] and title = \"…\""
            ));
    }
}

/// Whether a file begins with metadata.
fn has_front(path: &Path) -> bool {
    door::head(path, 4).is_ok_and(|head| head.starts_with(b"---") || head.starts_with(b"+++"))
}

/// Whether a folder is one work: it has a `tetrapla.toml`, or is an mdBook.
fn is_work(folder: &Path) -> bool {
    let has = |name: &str| matches!(door::kind(&folder.join(name)), Ok(Kind::File));
    has(PROJECT_FILE) || (has(MDBOOK_FILE) || has("SUMMARY.md")) && load::summary_of(folder, None).is_some()
}

pub fn is_named_as_text(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

/// Whether a file that lies in a folder is a work's text. XML is if it is TEI, and no Markdown beside it bears its name: then it
/// is what an earlier build made of that.
fn is_text(path: &Path) -> bool {
    let ends = |known: &&&str| path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case(known));
    let Some(ending) = ENDINGS.iter().find(ends) else { return false };
    let has_beside = || ["md", "markdown"].iter().any(|own| path.with_file_name(stem(path) + "." + own).is_file());
    match *ending {
        "xml" => is_tei(path) && !has_beside(),
        // What a program has made of it is what is meant to be read.
        "qmd" | "rmd" => !has_beside(),
        _ => true,
    }
}

fn is_tei(path: &Path) -> bool {
    let head = door::head(path, HEAD);
    head.is_ok_and(|head| (TEI.looks_like)(String::from_utf8_lossy(&head).trim_start_matches('\u{FEFF}')))
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

/// The settings of the work that a text is a chapter of, where it is read by itself: those of the `tetrapla.toml` beside it.
pub fn settings_beside(work: &Work, budget: &Budget, report: &mut Report) -> Tables {
    let path = work.folder.join(PROJECT_FILE);
    let mut tables = Tables::default();
    if work.path.is_dir() || !path.is_file() {
        return tables;
    }
    let Ok(bytes) = door::named(&path, budget.file) else { return tables };
    let mut sources = Sources::default();
    let file = decode::add(&mut sources, path.display().to_string(), bytes, None, report);
    // What there is to say of the file is said when the whole work is made.
    let project = Project::read(&sources, file, &mut Report::default());
    project.settings.fields().iter().for_each(|(name, fields)| tables.add(name, fields.clone()));
    tables
}

/// Reads the files below `folder` that stand in for built-in templates.
///
/// # Errors
/// The file or folder that can't be read, and why.
pub fn templates(folder: &Path, budget: &Budget) -> Result<Templates, (PathBuf, std::io::Error)> {
    let mut overrides = BTreeMap::new();
    door::entries(folder).map_err(|reason| (folder.to_owned(), reason))?;
    let mut add = |name: String| {
        let path = folder.join(&name);
        let bytes = door::inside(folder, &path, budget.file).map_err(|reason| (path, reason))?;
        // Of a collection its first face; the system's are asked for that of the work's language.
        let bytes = match super::collections::alone(&bytes, 0) {
            Some(Cow::Owned(face)) => face,
            Some(Cow::Borrowed(_)) | None => bytes,
        };
        overrides.insert(name, bytes);
        Ok(())
    };
    for name in Templates::names().filter(|name| folder.join(name).symlink_metadata().is_ok()) {
        add(name.to_owned())?;
    }
    // Designs and fonts of the user's own, which only settings name.
    for (inner, endings) in [("pdf", &["toml"][..]), ("fonts", &["ttf", "otf", "ttc", "otc"])] {
        for path in door::entries(&folder.join(inner)).unwrap_or_default() {
            let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
            if endings.contains(&ending) {
                add(format!("{inner}/{}", path.file_name().unwrap_or_default().to_string_lossy()))?;
            }
        }
    }
    Ok(Templates::new(overrides))
}

/// The files of a work that was loaded, in the order in which its spans count them, byte for byte, by their path below its folder.
///
/// # Errors
/// The file that can't be read again, or is not what it was, and why.
pub fn originals(
    work: &Work,
    manuscript: &Manuscript,
    encoding: Option<Encoding>,
    budget: &Budget,
) -> Result<Vec<Original>, (PathBuf, String)> {
    let read = |(path, source): (PathBuf, &Source)| {
        let given = work.given.as_ref().filter(|_| path == work.path).map(|bytes| bytes.to_vec());
        let bytes = match given {
            Some(bytes) => bytes,
            None => {
                load::bytes(&work.path, &work.folder, &path, budget).map_err(|reason| (path.clone(), reason.to_string()))?
            }
        };
        let as_named = encoding.filter(|_| path.extension().is_none_or(|ending| ending != "toml"));
        // What needs no decoding is seen at once to be what it was.
        let stands = || {
            let mut again = Sources::default();
            let file = decode::add(&mut again, String::new(), bytes.clone(), as_named, &mut Report::default());
            again.get(file).text == source.text
        };
        if (as_named.is_some() || bytes != source.text.as_bytes()) && !stands() {
            return Err((path, "it has changed while it was read".to_owned()));
        }
        Ok(Original { path: below(&path, &work.folder), bytes })
    };
    let mut seen = BTreeSet::new();
    let sources = paths(manuscript).into_iter().zip(manuscript.sources.iter().map(|(_, source)| source));
    // A file that is set in at several places is a source at each.
    sources.filter(|(path, _)| seen.insert(path.clone())).map(read).collect()
}

/// What the files of a work that was loaded are called below its folder, in the order in which its spans count them.
pub fn names(work: &Work, manuscript: &Manuscript) -> Vec<String> {
    paths(manuscript).iter().map(|path| below(path, &work.folder)).collect()
}

/// The files of a work that was loaded.
fn paths(manuscript: &Manuscript) -> Vec<PathBuf> {
    manuscript.sources.iter().map(|(_, source)| PathBuf::from(&source.name)).collect()
}
