//! The one door through which files come in: regular files only, no longer than is granted, and below a folder of a stranger's no
//! link, wherever it leads.
//!
//! What the user names on the command line may be a link: it is theirs. What lies below it (chapters, images, what is set in,
//! templates, the files of a bag) may not: a link can lead out of the work, in a circle, or to a device. A pipe, a socket or a device
//! is never waited for: files are opened without blocking, and looked at before the first byte is read. What the user names to be
//! written may be one: it gets the bytes.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use std::time::SystemTime;

/// What an entry of a folder is. A link is followed nowhere: it may lead out of the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    File,
    Folder,
    Link,
    Special,
}

/// What lies at `path`, a link not followed.
pub fn kind(path: &Path) -> io::Result<Kind> {
    let kind = fs::symlink_metadata(path)?.file_type();
    Ok(match () {
        () if kind.is_file() => Kind::File,
        () if kind.is_dir() => Kind::Folder,
        () if kind.is_symlink() => Kind::Link,
        () => Kind::Special,
    })
}

/// The file that the user names, of at most `most` bytes.
pub fn named(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    whole(open(path, true)?, most)
}

/// What changes when a file is written: when that was, and how long it is. None where nothing is.
pub type Stamp = Option<(SystemTime, u64)>;

/// The stamp of what is at a path now.
pub fn stamp(path: &Path) -> Stamp {
    let about = fs::symlink_metadata(path).ok()?;
    Some((about.modified().ok()?, about.len()))
}

/// The file at `path` below `root`, of at most `most` bytes: no part of the way from there is a link.
pub fn inside(root: &Path, path: &Path, most: u64) -> io::Result<Vec<u8>> {
    whole(open_inside(root, path)?, most)
}

/// The first bytes of a file that lies in a folder, to see what it is.
pub fn head(path: &Path, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path, false)?.0.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Gives bytes to what takes them without being a file: a device, or a pipe that someone reads.
#[cfg(unix)]
pub fn pour(path: &Path, bytes: &[u8]) -> io::Result<()> {
    use rustix::fs::{Mode, OFlags, fcntl_setfl};
    use std::io::Write;
    // A pipe that no one reads is an error, and not waited for; one that is read may take its time.
    let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let taker = rustix::fs::open(path, flags, Mode::empty())?;
    fcntl_setfl(&taker, OFlags::empty())?;
    File::from(taker).write_all(bytes)
}

#[cfg(not(unix))]
pub fn pour(path: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::write(path, bytes)
}

fn whole((file, about): (File, Metadata), most: u64) -> io::Result<Vec<u8>> {
    let long = || io::Error::other(format!("it is longer than the {most} bytes that are read (--limit file=…)"));
    if about.len() > most {
        return Err(long());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(about.len()).unwrap_or(0) + 1);
    // It may grow while it is read; what the system makes up (/proc) says it has no length.
    file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most { Err(long()) } else { Ok(bytes) }
}

#[cfg(unix)]
fn open(path: &Path, follow: bool) -> io::Result<(File, Metadata)> {
    use rustix::fs::{Mode, OFlags};
    let follow = if follow { OFlags::empty() } else { OFlags::NOFOLLOW };
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC | follow;
    regular(rustix::fs::open(path, flags, Mode::empty()).map_err(told)?.into())
}

#[cfg(not(unix))]
fn open(path: &Path, follow: bool) -> io::Result<(File, Metadata)> {
    if !follow && kind(path)? != Kind::File {
        return Err(special());
    }
    regular(File::open(path)?)
}

fn regular(file: File) -> io::Result<(File, Metadata)> {
    let about = file.metadata()?;
    if about.is_file() { Ok((file, about)) } else { Err(special()) }
}

fn special() -> io::Error {
    io::Error::other("it is no regular file")
}

fn link() -> io::Error {
    io::Error::other("it is a link, or lies behind one")
}

#[cfg(unix)]
fn told(reason: rustix::io::Errno) -> io::Error {
    match reason {
        rustix::io::Errno::LOOP => link(),
        // A socket, or a pipe that nobody writes.
        rustix::io::Errno::NXIO => special(),
        reason => reason.into(),
    }
}

/// Opens what lies below a folder. The kernel itself sees to it that no link is on the way, where it can (Linux 5.6); else each part
/// is looked at before.
fn open_inside(root: &Path, path: &Path) -> io::Result<(File, Metadata)> {
    let below = path.strip_prefix(root).map_err(|_| io::Error::other("it lies outside"))?;
    if !below.components().all(|part| matches!(part, Component::Normal(_))) {
        return Err(io::Error::other("it lies outside"));
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{Mode, OFlags, ResolveFlags};
        let folder = if root.as_os_str().is_empty() { Path::new(".") } else { root };
        let root = rustix::fs::open(folder, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
        match rustix::fs::openat2(&root, below, flags, Mode::empty(), resolve) {
            // An older kernel, or a sandbox that does not know the call.
            Err(rustix::io::Errno::NOSYS | rustix::io::Errno::PERM) => {}
            opened => return regular(opened.map_err(told)?.into()),
        }
    }
    no_link(root, below)?;
    open(path, false)
}

/// Whether no part of `below`, which lies in `root`, is a link. What is not there is none.
pub fn no_link(root: &Path, below: &Path) -> io::Result<()> {
    let mut path = root.to_owned();
    for part in below.components() {
        path.push(part);
        match kind(&path) {
            Ok(Kind::Link) => return Err(link()),
            Ok(Kind::File | Kind::Folder | Kind::Special) => {}
            Err(reason) if reason.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(reason) => return Err(reason),
        }
    }
    Ok(())
}

/// The entries of a folder, in the order of their names: that in which a folder is read is chance.
pub fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
    paths.sort();
    Ok(paths)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn only_regular_files_come_in() {
        let desk = tempfile::tempdir().expect("a folder for the test");
        let at = |name: &str| desk.path().join(name);
        fs::create_dir(at("in")).expect("a folder");
        crate::driver::write_file(&at("in/a"), b"abc").expect("a file");
        crate::driver::write_file(&at("out"), b"secret").expect("a file");
        symlink(at("out"), at("in/link")).expect("a link");
        symlink("a", at("in/near")).expect("a link");
        symlink(".", at("in/ring")).expect("a link");
        rustix::fs::mknodat(rustix::fs::CWD, at("in/pipe"), rustix::fs::FileType::Fifo, 0o600.into(), 0).expect("a pipe");
        let root = at("in");
        assert_eq!(inside(&root, &at("in/a"), 3).expect("a file"), b"abc");
        for (name, most) in
            [("in/link", 9), ("in/near", 9), ("in/ring/a", 9), ("in/pipe", 9), ("in", 9), ("out", 9), ("in/a", 2)]
        {
            assert!(inside(&root, &at(name), most).is_err(), "{name}");
        }
        assert!(inside(&root, &at("in/../out"), 9).is_err());
        assert_eq!(named(&at("in/link"), 9).expect("a link of the user's own"), b"secret");
        assert!(named(Path::new("/dev/zero"), 9).is_err() && named(&at("in/pipe"), 9).is_err());
        assert!(head(&at("in/link"), 9).is_err() && head(&at("in/pipe"), 9).is_err());
    }
}
