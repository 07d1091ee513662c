//! The files of a work reach the reader: chapters in order, what is set into them, and why a file is not read.

use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::listing::{self, Astray, Listing, follow, shown};
use super::{Work, is_text, order, patterns};
use crate::budget::{Budget, FILES as MOST_FILES, INCLUDE_NESTING, INCLUDED, INCLUDES};
use crate::driver::door::{self, Kind};
use crate::driver::{Order, decode, foreign};
use crate::read::{self, Apparatus, FileName, Include, MDBOOK_FILE, Manuscript, PROJECT_FILE, Place, Project, Select};
use crate::report::Report;
use crate::span::{FileId, Source, Sources, Span};

/// Reads the files of a work. A file that can't be read is an error in `report`.
pub fn load(work: &Work, order: &Order, report: &mut Report) -> Manuscript {
    let manuscript = Manuscript { stem: work.stem.clone(), ..Manuscript::default() };
    let given = work.given.clone();
    let mut loader =
        Loader { root: work.folder.clone(), work: work.path.clone(), order, manuscript, given, included: 0, report };
    if work.path.is_dir() {
        loader.folder()
    } else {
        loader.chapter(&work.path)
    }
    loader.includes();
    loader.library();
    loader.manuscript
}

struct Loader<'a> {
    root: PathBuf,
    /// What the user names.
    work: PathBuf,
    order: &'a Order<'a>,
    manuscript: Manuscript,
    /// The text of a work that is no file's.
    given: Option<Arc<[u8]>>,
    /// Bytes that were set into other files.
    included: usize,
    report: &'a mut Report,
}

impl Loader<'_> {
    /// The files of a folder that is one work, in reading order.
    fn folder(&mut self) {
        let mut project = self.project();
        let files = project.as_mut().and_then(|project| project.files.take());
        let text_folder = project.as_ref().and_then(|project| project.text_folder.clone());
        self.manuscript.project = project;
        match files {
            Some(files) => {
                for path in self.named(&files) {
                    self.chapter(&path);
                }
            }
            None if self.summary(text_folder.as_deref()) => {}
            None => {
                let mut listing = listing::list(&self.root, &self.order.out, self.report);
                listing.settle();
                listing.tell(&self.root, self.report);
                listing.texts.iter().take(MOST_FILES).for_each(|path| self.chapter(path));
                if listing.texts.is_empty() {
                    let message = format!("no text is in {}", self.root.display());
                    self.report
                        .error("source-missing", None, message)
                        .hint("a chapter is a Markdown file (.md) in it, or one that files = […] names");
                }
            }
        }
    }

    fn bytes(&self, path: &Path) -> io::Result<Vec<u8>> {
        bytes(&self.work, &self.root, path, &self.order.env.budget)
    }

    /// The bytes of a file without which the work is not whole.
    fn read(&mut self, path: &Path) -> Option<Vec<u8>> {
        let bytes = self.bytes(path);
        if let Err(reason) = &bytes {
            self.report.error("source-unreadable", None, format!("{} can't be read: {reason}", path.display()));
        }
        bytes.ok()
    }

    fn project(&mut self) -> Option<Project> {
        let own = self.root.join(PROJECT_FILE);
        // One that is a link or a pipe is told of when it is read.
        if door::kind(&own).is_ok() {
            return self.toml(&own, Project::read);
        }
        let book = self.root.join(MDBOOK_FILE);
        if door::kind(&book).is_ok() { self.toml(&book, Project::read_mdbook) } else { None }
    }

    fn toml(&mut self, path: &Path, read_as: fn(&Sources, FileId, &mut Report) -> Project) -> Option<Project> {
        let bytes = self.read(path)?;
        let file = decode::add(&mut self.manuscript.sources, path.display().to_string(), bytes, None, self.report);
        Some(read_as(&self.manuscript.sources, file, self.report))
    }

    /// Adds a chapter, if it is one.
    fn chapter(&mut self, path: &Path) {
        if let Some(file) = self.add(path) {
            self.manuscript.contents.push(Place { file: Some(file), level: 1, title: None });
        }
    }

    fn add(&mut self, path: &Path) -> Option<FileId> {
        let bytes = match self.given.take() {
            Some(given) => given.to_vec(),
            None => self.read(path)?,
        };
        if path.file_name().is_some_and(|name| name == PROJECT_FILE) {
            self.report
                .error("not-markdown", None, format!("{} describes a work, and is not its text", path.display()))
                .hint("name its folder: tetrapla build FOLDER");
            return None;
        }
        let named = self.order.from.is_some() || self.says_dialect(&bytes);
        if let Some(found) = foreign::foreign(path, &bytes, named, self.order.kit.dialects) {
            let message = format!("{} is {}", path.display(), found.what);
            self.report.error("not-markdown", None, message).hint(found.cure);
            return None;
        }
        Some(decode::add(&mut self.manuscript.sources, path.display().to_string(), bytes, self.order.encoding, self.report))
    }

    /// Whether a text says itself how it is written: then its ending says nothing.
    fn says_dialect(&self, bytes: &[u8]) -> bool {
        let head = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]);
        head.starts_with("---") && head.lines().any(|line| line.starts_with("dialect:"))
    }

    /// The files that a list of names and patterns means, each once, where it is named first.
    fn named(&mut self, files: &[FileName]) -> Vec<PathBuf> {
        let mut all: Option<Listing> = None;
        let mut chosen: Vec<PathBuf> = Vec::new();
        for FileName { name, span } in files {
            if let Some(not) = name.strip_prefix('!') {
                let root = self.root.clone();
                chosen.retain(|path| !patterns::matches(not, &below(path, &root)));
                continue;
            }
            let root = self.root.clone();
            match follow(&root, &root, name) {
                Ok((path, Kind::Folder)) => {
                    let inside = listing::list(&path, &self.order.out, self.report);
                    if inside.texts.is_empty() {
                        self.report
                            .warn("file-missing", *span, format!("no text is in the folder {name}"))
                            .hint("look at its spelling");
                    }
                    chosen.extend(inside.texts);
                }
                Ok((path, _)) if chosen.contains(&path) => {
                    self.report
                        .warn("file-twice", *span, format!("{name} is named already, and stands in the book once"))
                        .hint("take one out");
                }
                Ok((path, _)) => chosen.push(path),
                Err(astray) if astray == Astray::Missing && patterns::is_pattern(name) => {
                    let listing = all.get_or_insert_with(|| listing::list(&root, &self.order.out, self.report));
                    let found = matching(name, listing, &root);
                    self.tell_pattern(name, *span, &found);
                    chosen.extend(found.into_iter().filter(|path| !is_left_out(path, name)));
                }
                Err(astray) => {
                    let (code, message, cure) = astray.told(name);
                    let near = (astray == Astray::Missing).then(|| nearest(&root, name)).flatten();
                    let cure = near.map_or(cure.to_owned(), |near| format!("did you mean {near}?"));
                    self.report.error(code, *span, message).hint(cure);
                }
            }
        }
        let mut seen = Vec::new();
        chosen.retain(|path| {
            !seen.contains(path) && {
                seen.push(path.clone());
                true
            }
        });
        chosen.truncate(MOST_FILES);
        chosen
    }

    fn tell_pattern(&mut self, name: &str, span: Span, found: &[PathBuf]) {
        if found.is_empty() {
            self.report
                .warn("file-missing", span, format!("the pattern {name} means no file"))
                .hint("look at its spelling; * stands for any letters");
        }
        let beside: Vec<_> = found.iter().filter(|path| is_left_out(path, name)).cloned().collect();
        if !beside.is_empty() {
            let message =
                format!("left out of the pattern {name}, since they speak of the work: {}", shown(&beside, &self.root));
            self.report.remark("file-left-out", span, message).hint("name them as they are if they belong to the book");
        }
    }

    /// The chapters that a `SUMMARY.md` lists; false where there is none.
    fn summary(&mut self, text_folder: Option<&str>) -> bool {
        let Some(path) = summary_of(&self.root, text_folder) else { return false };
        let Some(bytes) = self.read(&path) else { return false };
        let sources = &mut self.manuscript.sources;
        let file = decode::add(sources, path.display().to_string(), bytes, None, self.report);
        self.manuscript.summary = Some(file);
        let folder = path.parent().unwrap_or(&self.root).to_owned();
        let mut drafts: Vec<(Span, String)> = Vec::new();
        let mut known: Vec<(PathBuf, FileId)> = Vec::new();
        for listed in read::listed(&self.manuscript.sources, file).into_iter().take(MOST_FILES) {
            let title = Some((listed.title.clone(), listed.span));
            let Some(target) = listed.target else {
                self.manuscript.contents.push(Place { file: None, level: listed.level, title });
                continue;
            };
            if target.is_empty() {
                drafts.push((listed.span, listed.title));
                continue;
            }
            let bare = crate::driver::images::percent_decoded(target.split('#').next().unwrap_or_default());
            let root = self.root.clone();
            match follow(&root, &folder, &bare) {
                Ok((path, Kind::File)) if known.iter().any(|(known, _)| *known == path) => {
                    self.report
                        .warn("file-twice", listed.span, format!("{bare} is listed already, and stands in the book once"))
                        .hint("take one out");
                }
                Ok((path, Kind::File)) => {
                    if let Some(file) = self.add(&path) {
                        known.push((path, file));
                        self.manuscript.contents.push(Place { file: Some(file), level: listed.level, title });
                    }
                }
                found => {
                    let astray = found.err().unwrap_or(Astray::Special);
                    let (_, message, cure) = astray.told(&bare);
                    self.report
                        .warn("summary-missing", listed.span, message)
                        .hint(format!("{cure}; the book is made without this chapter"));
                }
            }
        }
        if let Some((span, title)) = drafts.first() {
            let message =
                format!("{} chapter(s) of the summary have no file yet, the first \"{title}\": left out", drafts.len());
            self.report.remark("summary-draft", *span, message).hint("write the chapter, and name its file");
        }
        let mut listing = listing::list(&folder, &self.order.out, self.report);
        listing.texts.retain(|text| *text != path && !known.iter().any(|(known, _)| known == text));
        if !listing.texts.is_empty() {
            let message =
                format!("the summary doesn't list these texts, and they are left out: {}", shown(&listing.texts, &folder));
            self.report
                .remark("file-left-out", Span::new(file, 0..0), message)
                .hint("list them in SUMMARY.md if they belong to the book");
        }
        listing::tell_refused(&listing.refused, &folder, self.report);
        true
    }

    /// The works that may be cited, and the style: those that the metadata name, else libraries beside the work under its name or a
    /// usual one.
    fn library(&mut self) {
        let apparatus = Apparatus::of(&self.manuscript);
        for FileName { name, span } in &apparatus.libraries {
            if let Some(file) = self.beside(name, *span) {
                self.manuscript.library.push(file);
            }
        }
        if let Some(FileName { name, span }) = apparatus.style.filter(|style| style.name.ends_with(".csl")) {
            self.manuscript.style = self.beside(&name, span);
        }
        if let Some(FileName { name, span }) = &apparatus.terms {
            self.manuscript.terms = self.beside(name, *span);
        }
        if apparatus.libraries.is_empty() {
            let stem = self.manuscript.stem.clone();
            let stems = [stem.as_str(), "references", "bibliography", "literature"];
            let found = stems.iter().flat_map(|stem| ["bib", "json", "yaml", "yml"].map(|ending| format!("{stem}.{ending}")));
            let found = found.map(|name| self.root.join(name)).find(|path| path.is_file());
            if let Some(file) = found.and_then(|path| self.add_beside(&path)) {
                self.manuscript.library.push(file);
            }
        }
    }

    /// A file that metadata name.
    fn beside(&mut self, name: &str, span: Span) -> Option<FileId> {
        let root = self.root.clone();
        match follow(&root, &root, name) {
            Ok((path, Kind::File)) => self.add_beside(&path),
            found => {
                let astray = found.err().unwrap_or(Astray::Special);
                let (_, message, cure) = astray.told(name);
                let near = (astray == Astray::Missing).then(|| nearest(&root, name)).flatten();
                let cure = near.map_or(cure.to_owned(), |near| format!("did you mean {near}?"));
                self.report.warn("bibliography-missing", span, message).hint(cure);
                None
            }
        }
    }

    fn add_beside(&mut self, path: &Path) -> Option<FileId> {
        let bytes = self.read(path)?;
        Some(decode::add(&mut self.manuscript.sources, path.display().to_string(), bytes, None, self.report))
    }

    /// Loads the files that chapters ask to be set in, and those that these ask for.
    fn includes(&mut self) {
        for at in 0..self.manuscript.contents.len() {
            if let Some(file) = self.manuscript.contents[at].file {
                self.includes_of(file, &mut Vec::new());
            }
        }
    }

    fn includes_of(&mut self, file: FileId, open: &mut Vec<PathBuf>) {
        let source = self.manuscript.sources.get(file);
        if memchr::memmem::find(source.text.as_bytes(), b"{{").is_none() {
            return;
        }
        let path = PathBuf::from(&source.name);
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned();
        let tags = read::include_tags(&source.text);
        open.push(path);
        for tag in tags {
            let span = Span::new(file, tag.range.clone());
            match self.included(&folder, &tag.path, open) {
                Err((message, cure)) => {
                    self.report.warn("include-refused", span, message).hint(format!("{cure}; the line stays as it is"));
                }
                Ok((inner, path)) => match tag.select.parts(&self.manuscript.sources.get(inner).text) {
                    Some(mut parts) => {
                        if tag.select == Select::All {
                            self.without_front(inner, &mut parts);
                        }
                        self.included += parts.iter().map(ExactSizeIterator::len).sum::<usize>();
                        self.manuscript.includes.push(Include { at: span, file: inner, parts });
                        self.includes_of(inner, open);
                        debug_assert_ne!(open.last(), Some(&path));
                    }
                    None => {
                        let message = format!("{} has not the lines that are asked for", tag.path);
                        self.report
                            .warn("include-refused", span, message)
                            .hint("look at their numbers or their anchor; the line stays as it is");
                    }
                },
            }
        }
        open.pop();
    }

    /// A file that is set in brings its text, not what it says of itself.
    fn without_front(&mut self, file: FileId, parts: &mut [Range<usize>]) {
        let is_markdown = is_text(Path::new(&self.manuscript.sources.get(file).name));
        let end = if is_markdown { read::front_end(&self.manuscript.sources, file) } else { 0 };
        if let Some(first) = parts.first_mut().filter(|_| end > 0) {
            first.start = end.min(first.end);
            self.report
                .remark(
                    "metadata-unused",
                    Span::new(file, 0..end),
                    "the front matter of a file that is set into another is not used",
                )
                .hint("say it in the front matter of the chapter, or of the work");
        }
    }

    /// The file that is to be set in, or why it is not.
    fn included(&mut self, folder: &Path, name: &str, open: &[PathBuf]) -> Result<(FileId, PathBuf), (String, &'static str)> {
        let name = name.trim();
        let root = self.root.clone();
        let (path, kind) = follow(&root, folder, name).map_err(|astray| {
            let (_, message, cure) = astray.told(name);
            (message, cure)
        })?;
        if kind != Kind::File {
            return Err((format!("{name} is a folder"), "name a file"));
        }
        if open.contains(&path) {
            return Err((format!("{name} would be set into itself"), "take the circle out"));
        }
        if open.len() > INCLUDE_NESTING || self.manuscript.includes.len() >= INCLUDES || self.included > INCLUDED {
            return Err(("too many files are set into each other here".to_owned(), "set fewer in, or name them as chapters"));
        }
        let bytes = self.bytes(&path).map_err(|reason| (format!("{name} can't be read: {reason}"), "look at its rights"))?;
        if let Some(found) = foreign::foreign(&path, &bytes, true, &[]) {
            return Err((format!("{name} is {}", found.what), "set in text only"));
        }
        let mut found = Report::default();
        let mut sources = Sources::default();
        let read = decode::add(&mut sources, String::new(), bytes, self.order.encoding, &mut found);
        if found.is_refused() {
            return Err((format!("{name} is no UTF-8"), "save it as UTF-8"));
        }
        let text = sources.get(read).text.clone();
        Ok((self.manuscript.sources.add(Source { name: path.display().to_string(), text }), path))
    }
}

/// Where the summary of a folder lies, if it has one that lists chapters.
pub fn summary_of(folder: &Path, text_folder: Option<&str>) -> Option<PathBuf> {
    let inside = text_folder.filter(|name| follow(folder, folder, name).is_ok()).map(|name| folder.join(name));
    let folders = inside.into_iter().chain([folder.to_owned(), folder.join("src")]);
    let mut paths = folders.map(|folder| folder.join("SUMMARY.md"));
    paths.find(|path| {
        let text = door::inside(folder, path, Budget::default().file);
        text.is_ok_and(|text| text.windows(4).any(|part| part == b".md)"))
    })
}

/// The texts below `root` that a pattern means, in order; a folder that it means stands for its texts.
fn matching(pattern: &str, listing: &Listing, root: &Path) -> Vec<PathBuf> {
    let mut found: Vec<_> =
        listing.texts.iter().chain(&listing.beside).filter(|path| matches(pattern, path, root)).cloned().collect();
    let mut open: Vec<_> = listing.passed.clone();
    // Folders that are passed over by themselves are looked into when they are named.
    while let Some(folder) = open.pop() {
        for (path, kind) in listing::entries(&folder, &mut Report::default()) {
            match kind {
                Kind::Folder => open.push(path),
                Kind::File if is_text(&path) && matches(pattern, &path, root) => found.push(path),
                Kind::File | Kind::Link | Kind::Special => {}
            }
        }
    }
    found.sort_by(|a, b| order::compare(a, b));
    found
}

fn matches(pattern: &str, path: &Path, root: &Path) -> bool {
    let name = below(path, root);
    let folders = name.match_indices('/').map(|(at, _)| &name[..at]);
    patterns::matches(pattern, &name) || folders.into_iter().any(|folder| patterns::matches(pattern, folder))
}

/// Whether a pattern took a text that speaks of the work without meaning it.
fn is_left_out(path: &Path, pattern: &str) -> bool {
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let first = path.file_stem().unwrap_or_default().to_string_lossy().chars().take(4).collect::<String>();
    listing::is_beside(path) && !letters(pattern).contains(&letters(&first))
}

/// The file whose name is nearest to one that isn't there.
pub fn nearest(root: &Path, name: &str) -> Option<String> {
    let folder = root.join(Path::new(name).parent()?);
    let wanted = Path::new(name).file_name()?.to_string_lossy().to_lowercase();
    let names = listing::entries(&folder, &mut Report::default()).into_iter().map(|(path, _)| below(&path, root));
    let distance = |name: &String| {
        let last = name.rsplit('/').next().unwrap_or(name).to_lowercase();
        strsim::damerau_levenshtein(&last, &wanted)
    };
    names.map(|name| (distance(&name), name)).filter(|(distance, _)| *distance <= 2).min().map(|(_, name)| name)
}

/// A file's path below a folder, with `/` between its parts; its name alone where it lies elsewhere.
pub fn below(path: &Path, folder: &Path) -> String {
    let inside = path.strip_prefix(folder).unwrap_or(Path::new(path.file_name().unwrap_or_default()));
    let parts = inside.components().filter_map(|part| match part {
        std::path::Component::Normal(name) => Some(name.to_string_lossy()),
        _ => None,
    });
    parts.collect::<Vec<_>>().join("/")
}

/// The bytes of a file of a work: of the one that the user names, which may be a link, or of one in its folder, which may not.
pub fn bytes(work: &Path, folder: &Path, path: &Path, budget: &Budget) -> io::Result<Vec<u8>> {
    if path == work { door::named(path, budget.file) } else { door::inside(folder, path, budget.file) }
}
