//! Outputs reach the disk whole or not at all. They are made ready in a passing folder beside their places, every byte of them on the
//! disk, and then renamed, all or none:
//!
//! - `.tetrapla-XXXXXX/lock` is locked as long as the run lives that made it: what no one holds is of a run that was killed.
//! - `new/` holds what is to be put in its place.
//! - `old/` holds what stood there, by a second name, so that a failure can put it back.
//! - `ready/` is what `new/` is called when all of it is on the disk: from then on the next run finishes what a killed one has begun.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

use super::Work;
use super::door::{self, Kind};
use crate::budget::{Budget, NAME};
use crate::deposit::Files;
use crate::emit::Output;
use crate::report::Report;

/// What failed, and why.
pub type Failure = (PathBuf, io::Error);

/// Writes what the backends gave for one work into `folder`. When one can't be written, none is.
///
/// # Errors
/// The path that could not be written, and why.
pub fn write(outputs: &[Output], folder: &Path, stem: &str) -> Result<Vec<PathBuf>, Failure> {
    let named = |extension: &str| format!("{stem}.{extension}");
    let names: Vec<_> = outputs
        .iter()
        .map(|output| match output {
            Output::File { extension, .. } | Output::Folder { extension, .. } => named(extension),
        })
        .collect();
    // Nothing is begun that can't be ended.
    for name in &names {
        fits(name).map_err(|reason| (folder.join(name), reason))?;
    }
    let staging = Staging::new(folder).map_err(|reason| (folder.to_owned(), reason))?;
    for (output, name) in outputs.iter().zip(&names) {
        match output {
            Output::File { bytes, .. } => staging.add(name, bytes)?,
            Output::Folder { files, .. } => {
                for (path, bytes) in files {
                    staging.add(&format!("{name}/{path}"), bytes)?;
                }
            }
        }
    }
    staging.commit(&names)?;
    Ok(names.iter().map(|name| folder.join(name)).collect())
}

/// Whether a name is one that a folder takes.
fn fits(name: &str) -> io::Result<()> {
    if name.len() <= NAME {
        return Ok(());
    }
    Err(io::Error::other(format!("its name has {} bytes, and file systems take {NAME}: rename the source", name.len())))
}

/// The output that would be written over the work's own source, as the TEI of a TEI is in the same folder.
pub fn source_among(outputs: &[Output], folder: &Path, work: &Work) -> Option<PathBuf> {
    let source = work.path.canonicalize().ok()?;
    let files = outputs.iter().map(|output| match output {
        Output::File { extension, .. } | Output::Folder { extension, .. } => folder.join(format!("{}.{extension}", work.stem)),
    });
    files.into_iter().find(|path| path.canonicalize().is_ok_and(|path| path == source))
}

/// Writes one file. What is no file but takes bytes (`/dev/null`, `/dev/stdout`, the shell's `>(…)`) gets them, and stays what it is.
///
/// # Errors
/// Why it could not be written.
pub fn write_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let is_of_system = path.starts_with("/dev") || path.starts_with("/proc");
    match door::kind(path) {
        Ok(Kind::Special) => return door::pour(path, bytes),
        Ok(Kind::Link) if is_of_system || fs::metadata(path).is_ok_and(|about| !about.is_file() && !about.is_dir()) => {
            return door::pour(path, bytes);
        }
        Ok(Kind::File | Kind::Folder | Kind::Link) | Err(_) => {}
    }
    let name = path.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| io::Error::other("it is no name of a file"))?;
    fits(name)?;
    let staging = Staging::new(parent(path))?;
    staging.add(name, bytes).and_then(|()| staging.commit(&[name.to_owned()])).map_err(|(_, reason)| reason)
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
/// new is complete, and there is always one of the two. `replace` says whether what lies there may go.
///
/// # Errors
/// The path that could not be written, and why.
pub fn write_folder(files: &Files, target: &Path, replace: impl Fn(&Path) -> bool) -> Result<(), Failure> {
    let at = |path: &Path| {
        let path = path.to_owned();
        move |reason| (path, reason)
    };
    let name = target.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| at(target)(io::Error::other("it is no name of a folder")))?;
    fits(name).map_err(at(target))?;
    for part in files.keys().flat_map(|path| path.split('/')) {
        fits(part).map_err(at(target))?;
    }
    // What a killed run left half done is done first: then it is clear what lies there.
    let staging = Staging::new(parent(target)).map_err(at(parent(target)))?;
    let occupied = match door::kind(target) {
        Err(_) => false,
        Ok(Kind::Folder) => fs::read_dir(target).map_or(true, |mut inside| inside.next().is_some()),
        Ok(Kind::File | Kind::Link | Kind::Special) => true,
    };
    if occupied && !(door::kind(target).is_ok_and(|kind| kind == Kind::Folder) && replace(target)) {
        return Err(at(target)(io::Error::other("something else is there already, and is not overwritten")));
    }
    for (path, bytes) in files {
        staging.add(&format!("{name}/{path}"), bytes)?;
    }
    staging.commit(&[name.to_owned()])
}

/// Every file below a folder, by its path with `/` between the parts: regular files only, and no more bytes than are granted.
///
/// # Errors
/// The path that can't be read, and why.
pub fn read_folder(folder: &Path, budget: &Budget) -> Result<Files, Failure> {
    let mut files = Files::new();
    let mut left = budget.bag;
    let mut open = vec![(folder.to_owned(), String::new())];
    while let Some((inner, prefix)) = open.pop() {
        let at = |path: &Path, reason| (path.to_owned(), reason);
        for path in door::entries(&inner).map_err(|reason| at(&inner, reason))? {
            let unnamed = || at(&path, io::Error::other("its name is not UTF-8"));
            let own = path.file_name().and_then(|name| name.to_str()).ok_or_else(unnamed)?;
            let name = format!("{prefix}{own}");
            match door::kind(&path).map_err(|reason| at(&path, reason))? {
                Kind::Folder => open.push((path, format!("{name}/"))),
                Kind::File => {
                    let bytes = door::inside(folder, &path, budget.file.min(left)).map_err(|reason| at(&path, reason))?;
                    left -= bytes.len() as u64;
                    files.insert(name, bytes);
                }
                Kind::Link => return Err(at(&path, io::Error::other("it is a link, and is not followed"))),
                Kind::Special => return Err(at(&path, io::Error::other("it is no regular file"))),
            }
        }
    }
    Ok(files)
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// What passing folders are called.
const PREFIX: &str = ".tetrapla-";
const LOCK: &str = "lock";
const NEW: &str = "new";
const OLD: &str = "old";
const READY: &str = "ready";

/// So many files are brought to the disk side by side: each alone waits for the journal, together they wait once. And no more are open
/// at a time, however many a bag has.
const SIDE_BY_SIDE: usize = 16;

/// How often another passing folder is tried where a run that sweeps took the first for a dead one's.
const TRIES: usize = 8;

/// The passing folders of this run, for [`abandon`].
static LIVE: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
/// The folders that this run has swept: one that a batch of thousands writes into is looked through once.
static SWEPT: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
/// Held to read by who changes anything on the disk, to write by who ends the program: outputs are renamed all or none, and no file
/// comes into a passing folder that is being removed.
static CHANGING: RwLock<()> = RwLock::new(());
/// How many sets of outputs are in their places.
static DONE: AtomicUsize = AtomicUsize::new(0);

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Asked for before each step that changes the disk, never twice by one thread; once the program is told to end, for good.
fn changing() -> RwLockReadGuard<'static, ()> {
    CHANGING.read().unwrap_or_else(PoisonError::into_inner)
}

/// Ends all writing, for a program that is told to stop: what is being renamed is renamed, passing folders go, and nothing is
/// begun any more: who tries waits for the end. How many sets of outputs were written is the answer.
pub fn abandon() -> usize {
    let lock = CHANGING.write().unwrap_or_else(PoisonError::into_inner);
    // Held until the program's end.
    std::mem::forget(lock);
    for folder in held(&LIVE).iter() {
        let _ = fs::remove_dir_all(folder);
    }
    DONE.load(Ordering::Relaxed)
}

/// A passing folder: outputs are made ready in it. It goes when it is dropped.
struct Staging {
    /// Where the outputs go.
    folder: PathBuf,
    path: PathBuf,
    /// What is written, and not known to be on the disk yet.
    written: Mutex<Vec<(PathBuf, File)>>,
    /// The folders in it, whose entries are not known to be there either.
    inner: Mutex<BTreeSet<PathBuf>>,
    /// Locked as long as it is open.
    _lock: File,
}

impl Staging {
    fn new(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        sweep_once(folder);
        for _ in 0..TRIES {
            let (path, made) = {
                // In one step for `abandon`: what it does not see is made after it, and never.
                let _going_on = changing();
                let path = tempfile::Builder::new().prefix(PREFIX).tempdir_in(folder)?.keep();
                held(&LIVE).insert(path.clone());
                let made = Self::in_folder(folder, &path);
                (path, made)
            };
            match made {
                Ok(Some(staging)) => return Ok(staging),
                Ok(None) => {}
                Err(reason) => {
                    leave(&path);
                    return Err(reason);
                }
            }
            leave(&path);
        }
        Err(io::Error::other("other runs take its passing folders away"))
    }

    /// None where a run that sweeps was faster.
    fn in_folder(folder: &Path, path: &Path) -> io::Result<Option<Self>> {
        let lock = match File::create_new(path.join(LOCK)) {
            Err(reason) if reason.kind() == io::ErrorKind::NotFound => return Ok(None),
            lock => lock?,
        };
        if lock.try_lock().is_err() {
            return Ok(None);
        }
        match fs::create_dir(path.join(NEW)).and_then(|()| fs::create_dir(path.join(OLD))) {
            Err(reason) if reason.kind() == io::ErrorKind::NotFound => return Ok(None),
            made => made?,
        }
        let (written, inner) = Default::default();
        Ok(Some(Self { folder: folder.to_owned(), path: path.to_owned(), written, inner, _lock: lock }))
    }

    /// Makes a file ready, at its path with `/` between the parts.
    fn add(&self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        let _going_on = changing();
        let place = self.path.join(NEW).join(name);
        let at = |reason| (self.folder.join(name), reason);
        if name.contains('/') {
            fs::create_dir_all(parent(&place)).map_err(at)?;
            let upwards = parent(&place).ancestors().take_while(|folder| *folder != self.path.join(NEW));
            held(&self.inner).extend(upwards.map(Path::to_owned));
        }
        let mut file = File::create_new(place).map_err(at)?;
        file.write_all(bytes).map_err(at)?;
        let mut written = held(&self.written);
        written.push((self.folder.join(name), file));
        if written.len() < SIDE_BY_SIDE { Ok(()) } else { sync(&mut written) }
    }

    /// Puts `names`, which were made ready, in their places: all, or none.
    fn commit(self, names: &[String]) -> Result<(), Failure> {
        let _going_on = changing();
        let at = |name: &String| {
            let path = self.folder.join(name);
            move |reason| (path, reason)
        };
        let (new, old) = (self.path.join(NEW), self.path.join(OLD));
        for name in names {
            let (made, place) = (new.join(name), self.folder.join(name));
            match (door::kind(&made).map_err(at(name))?, door::kind(&place)) {
                (Kind::File, Ok(Kind::Folder)) => {
                    return Err(at(name)(io::Error::other("a folder of that name is in the way")));
                }
                (Kind::Folder, Ok(Kind::File | Kind::Link | Kind::Special)) => {
                    return Err(at(name)(io::Error::other("a file of that name is in the way")));
                }
                // What can't have a second name (FAT) is lost if the next rename fails: which it hardly does where this has come.
                (Kind::File, Ok(Kind::File)) => drop(fs::hard_link(&place, old.join(name))),
                _ => {}
            }
        }
        let here = |reason| (self.folder.clone(), reason);
        sync(&mut held(&self.written))?;
        for folder in held(&self.inner).iter().chain([&new]) {
            sync_folder(folder).map_err(here)?;
        }
        let ready = self.path.join(READY);
        fs::rename(&new, &ready).and_then(|()| sync_folder(&self.path)).map_err(here)?;
        for (done, name) in names.iter().enumerate() {
            if let Err(reason) = put(&ready.join(name), &self.folder.join(name)) {
                names[..done].iter().for_each(|name| self.take_back(name));
                return Err(at(name)(reason));
            }
        }
        // A folder that can't be synced (some network shares) holds the files all the same.
        let _ = sync_folder(&self.folder);
        DONE.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// Puts what stood in a place before back into it.
    fn take_back(&self, name: &str) {
        let (new, old, place) = (self.path.join(READY).join(name), self.path.join(OLD).join(name), self.folder.join(name));
        let _ = match (door::kind(&place), door::kind(&new), door::kind(&old)) {
            (Ok(Kind::Folder), Ok(_), _) => exchange(&new, &place),
            (Ok(Kind::Folder), Err(_), _) => fs::rename(&place, &new),
            (_, _, Ok(_)) => fs::rename(&old, &place),
            _ => fs::remove_file(&place),
        };
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        leave(&self.path);
    }
}

/// Takes a passing folder away.
fn leave(path: &Path) {
    let _going_on = changing();
    let _ = fs::remove_dir_all(path);
    held(&LIVE).remove(path);
}

/// Puts what is ready in its place. A folder that stands there is exchanged for it, in one step where the system can.
fn put(made: &Path, place: &Path) -> io::Result<()> {
    match door::kind(place) {
        Ok(Kind::Folder) => {}
        Ok(Kind::Special) => return Err(io::Error::other("a device or a pipe is there, and is not overwritten")),
        Ok(Kind::File | Kind::Link) | Err(_) => return fs::rename(made, place),
    }
    match exchange(made, place) {
        Err(reason) if matches!(reason.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => {
            let aside = made.with_extension("aside");
            fs::rename(place, &aside)?;
            let put = fs::rename(made, place);
            if put.is_err() {
                fs::rename(&aside, place)?;
            }
            put
        }
        exchanged => exchanged,
    }
}

#[cfg(any(target_os = "linux", target_vendor = "apple"))]
fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)?)
}

#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Brings files to the disk, every byte of them.
fn sync(written: &mut Vec<(PathBuf, File)>) -> Result<(), Failure> {
    let synced = |(path, file): &(PathBuf, File)| file.sync_data().map_err(|reason| (path.clone(), reason));
    let written = std::mem::take(written);
    let Some((last, others)) = written.split_last() else { return Ok(()) };
    std::thread::scope(|scope| {
        // Where the system gives no thread, it is done here.
        let beside = |one| std::thread::Builder::new().spawn_scoped(scope, move || synced(one)).map_err(|_| synced(one));
        let begun: Vec<_> = others.iter().map(beside).collect();
        let last = synced(last);
        let ended = begun.into_iter().map(|one| match one {
            Ok(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            Err(done) => done,
        });
        ended.chain([last]).collect()
    })
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Ends what killed runs have left in a folder into which this run writes, or whose outputs it keeps as they are.
pub fn sweep_once(folder: &Path) {
    if held(&SWEPT).insert(folder.to_owned()) {
        sweep(folder);
    }
}

/// Ends what killed runs have left in a folder: what was ready is put in its place, all else goes.
fn sweep(folder: &Path) {
    let Ok(entries) = door::entries(folder) else { return };
    let is_passing = |path: &PathBuf| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(PREFIX))
            && matches!(door::kind(path), Ok(Kind::Folder))
    };
    for path in entries.into_iter().filter(is_passing) {
        let Ok(lock) = File::open(path.join(LOCK)) else {
            // Killed before it was locked, or about to be: then it is empty, and its maker makes another. One that is not empty
            // and has no lock still was being taken away.
            if fs::remove_dir(&path).is_err() && !path.join(LOCK).exists() {
                let _ = fs::remove_dir_all(&path);
            }
            continue;
        };
        if lock.try_lock().is_err() {
            continue;
        }
        for made in door::entries(&path.join(READY)).unwrap_or_default() {
            let Some(name) = made.file_name() else { continue };
            let place = folder.join(name);
            // A folder that stands in its place was exchanged: what is here is the old one.
            if matches!(door::kind(&made), Ok(Kind::File)) || door::kind(&place).is_err() {
                let _ = fs::rename(&made, &place);
            }
        }
        let _ = fs::remove_dir_all(&path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(extension: &'static str, bytes: &[u8]) -> Output {
        Output::File { extension, bytes: bytes.to_vec() }
    }

    fn names(folder: &Path) -> Vec<String> {
        let name = |path: PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        door::entries(folder).expect("a folder").into_iter().map(name).collect()
    }

    #[test]
    fn all_or_none() {
        let desk = tempfile::tempdir().expect("a folder for the test");
        let folder = desk.path();
        write(&[file("a", b"1"), file("b", b"1")], folder, "w").expect("room");
        fs::create_dir_all(folder.join("v.b/inner")).expect("a folder in the way");
        assert!(write(&[file("a", b"2"), file("b", b"2")], folder, "v").is_err());
        assert_eq!(names(folder), ["v.b", "w.a", "w.b"]);
        assert!(write(&[file("a", b"2"), file("tei.xml", b"2")], folder, &"x".repeat(250)).is_err());
        assert_eq!(names(folder), ["v.b", "w.a", "w.b"]);
        write(&[file("a", b"2"), file("b", b"2")], folder, "w").expect("room");
        assert_eq!(door::named(&folder.join("w.a"), 9).expect("a file"), b"2");
        assert_eq!(names(folder), ["v.b", "w.a", "w.b"]);
    }

    #[test]
    fn a_killed_run_is_ended_by_the_next() {
        let desk = tempfile::tempdir().expect("a folder for the test");
        let folder = desk.path();
        // One was ready, one was not, one lives.
        for (name, ready) in [("one", true), ("two", false), ("three", true)] {
            let path = folder.join(format!("{PREFIX}{name}"));
            let new = if ready { READY } else { NEW };
            fs::create_dir_all(path.join(new)).expect("a folder");
            for file in [LOCK, &*format!("{new}/{name}")] {
                File::create_new(path.join(file)).expect("a file");
            }
        }
        let living = File::open(folder.join(format!("{PREFIX}three/{LOCK}"))).expect("a file");
        living.try_lock().expect("nobody has it");
        fs::create_dir(folder.join(format!("{PREFIX}four"))).expect("a folder");
        fs::create_dir_all(folder.join(format!("{PREFIX}five/{NEW}"))).expect("a folder");
        sweep(folder);
        assert_eq!(names(folder), [&format!("{PREFIX}three"), "one"]);
    }

    #[test]
    fn a_folder_is_replaced_whole() {
        let desk = tempfile::tempdir().expect("a folder for the test");
        let target = desk.path().join("bag");
        let files = |name: &str| Files::from([(name.to_owned(), b"x".to_vec()), ("in/b".to_owned(), Vec::new())]);
        write_folder(&files("a"), &target, |_| false).expect("room");
        assert!(write_folder(&files("c"), &target, |_| false).is_err());
        write_folder(&files("c"), &target, |_| true).expect("room");
        assert_eq!(read_folder(&target, &Budget::default()).expect("files").into_keys().collect::<Vec<_>>(), ["c", "in/b"]);
        assert_eq!(names(desk.path()), ["bag"]);
        assert!(read_folder(&target, &Budget { bag: 0, ..Budget::default() }).is_err());
    }
}
