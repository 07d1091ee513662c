//! Outputs reach the disk whole or not at all: each is written beside its place under a passing name and then renamed.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use crate::emit::Output;

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
