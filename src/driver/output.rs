//! Outputs reach the disk whole or not at all: each is written beside its place under a passing name and then renamed.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use super::Work;
use crate::deposit::Files;
use crate::emit::Output;
use crate::report::Report;

/// Writes what the backends gave for one work into `folder`. When one can't be written, none is.
///
/// # Errors
/// The path that could not be written, and why.
pub fn write(outputs: &[Output], folder: &Path, stem: &str) -> Result<Vec<PathBuf>, (PathBuf, io::Error)> {
    let mut ready = Vec::new();
    for output in outputs {
        let (target, files) = match output {
            Output::File { extension, bytes } => (folder.join(format!("{stem}.{extension}")), vec![("", bytes)]),
            Output::Folder { extension, files } => {
                (folder.join(format!("{stem}.{extension}")), files.iter().map(|(path, bytes)| (path.as_str(), bytes)).collect())
            }
        };
        let mut whole = Vec::new();
        for (path, bytes) in files {
            let place = if path.is_empty() { target.clone() } else { target.join(path) };
            let file = beside(&place, bytes).map_err(|reason| (place.clone(), reason))?;
            whole.push((place, file));
        }
        ready.push((target, whole));
    }
    let mut written = Vec::new();
    for (target, files) in ready {
        for (place, file) in files {
            file.persist(&place).map_err(|failed| (place, failed.error))?;
        }
        written.push(target);
    }
    Ok(written)
}

/// The output that would be written over the work's own source, as the TEI of a TEI is in the same folder.
pub fn source_among(outputs: &[Output], folder: &Path, work: &Work) -> Option<PathBuf> {
    let source = work.path.canonicalize().ok()?;
    let files = outputs.iter().map(|output| match output {
        Output::File { extension, .. } | Output::Folder { extension, .. } => folder.join(format!("{}.{extension}", work.stem)),
    });
    files.into_iter().find(|path| path.canonicalize().is_ok_and(|path| path == source))
}

/// Writes one file.
///
/// # Errors
/// Why it could not be written.
pub fn write_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    beside(path, bytes)?.persist(path)?;
    Ok(())
}

/// Writes one file that the user names. One that can't be written is an error in `report`.
pub fn save(path: &Path, bytes: &[u8], report: &mut Report) {
    if let Err(reason) = write_file(path, bytes) {
        report
            .error("output-unwritable", None, format!("{} can't be written: {reason}", path.display()))
            .hint("choose another place, or make room");
    }
}

/// Writes a whole folder of files, by path below it, and puts it in the place of `target`: what lay there is gone only when the
/// new is complete. `replace` says whether what lies there may go.
///
/// # Errors
/// The path that could not be written, and why.
pub fn write_folder(files: &Files, target: &Path, replace: impl Fn(&Path) -> bool) -> Result<(), (PathBuf, io::Error)> {
    let at = |path: &Path| {
        let path = path.to_owned();
        move |reason| (path, reason)
    };
    let occupied =
        fs::symlink_metadata(target).is_ok() && fs::read_dir(target).map_or(true, |mut inside| inside.next().is_some());
    if occupied && !replace(target) {
        return Err(at(target)(io::Error::other("something else is there already, and is not overwritten")));
    }
    let parent = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(at(parent))?;
    let fresh = Builder::new().prefix(".tetrapla-").tempdir_in(parent).map_err(at(parent))?;
    let new = fresh.path().join("new");
    for (path, bytes) in files {
        let place = new.join(path);
        beside(&place, bytes).and_then(|file| Ok(file.persist(&place)?)).map_err(at(&target.join(path)))?;
    }
    if fs::symlink_metadata(target).is_ok() {
        fs::rename(target, fresh.path().join("old")).map_err(at(target))?;
    }
    fs::rename(&new, target).map_err(at(target))
}

/// Every file below a folder, by its path with `/` between the parts.
///
/// # Errors
/// The path that can't be read, and why.
pub fn read_folder(folder: &Path) -> Result<Files, (PathBuf, io::Error)> {
    let mut files = Files::new();
    let mut open = vec![(folder.to_owned(), String::new())];
    while let Some((folder, prefix)) = open.pop() {
        let entries = fs::read_dir(&folder).and_then(|entries| entries.collect::<Result<Vec<_>, _>>());
        for entry in entries.map_err(|reason| (folder.clone(), reason))? {
            let path = entry.path();
            let unnamed = || (path.clone(), io::Error::other("its name is not UTF-8"));
            let name = format!("{prefix}{}", entry.file_name().to_str().ok_or_else(unnamed)?);
            if path.is_dir() {
                open.push((path, format!("{name}/")));
            } else {
                files.insert(name, fs::read(&path).map_err(|reason| (path, reason))?);
            }
        }
    }
    Ok(files)
}

/// A temporary file in the folder of `place`, with the rights that a new file would have. It goes when it is dropped.
fn beside(place: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
    let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    if place.is_dir() {
        return Err(io::Error::other("a folder of that name is in the way"));
    }
    let mut builder = Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.prefix(".tetrapla-").tempfile_in(folder)?;
    file.write_all(bytes)?;
    Ok(file)
}
