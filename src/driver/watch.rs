//! What `watch` asks of the disk: to be told of saves, and to write down that a repair is refused.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use notify_debouncer_mini::notify::RecursiveMode;
use notify_debouncer_mini::{DebounceEventResult, Debouncer, new_debouncer, notify::RecommendedWatcher};

use super::door::{Kind, Stamp};
use super::{Work, door, output};
use crate::read::PROJECT_FILE;
use crate::report::Report;

/// How long a save may take: editors write a file in several steps, or put a new one in its place.
const SAVING: Duration = Duration::from_millis(60);

/// How deep folders are looked through, and how many files are known by their stamps; of another it is known at its first reading.
const DEEPEST: usize = 16;
const MOST_FILES: usize = 100_000;

/// How long a project's file may be that is changed by this program.
const MOST: u64 = 1 << 20;

/// Calls `saved` after each save of a file of the work, as long as what is given back is kept. What a killed run has left where refused
/// repairs are noted is ended first.
///
/// # Errors
/// Why the system can't watch.
pub fn watch(work: &Work, saved: impl Fn() + Send + 'static) -> Result<Debouncer<RecommendedWatcher>, String> {
    let hidden = |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    output::sweep_once(&work.folder);
    let mut stamps = BTreeMap::new();
    survey(&work.folder, if work.path.is_dir() { DEEPEST } else { 0 }, &mut stamps);
    let heard = move |events: DebounceEventResult| {
        // The system tells of reading, too, and each setting reads all there is.
        let mut any = false;
        for event in events.into_iter().flatten().filter(|event| !hidden(&event.path)) {
            let now = door::stamp(&event.path);
            any |= stamps.insert(event.path, now) != Some(now);
        }
        if any {
            saved();
        }
    };
    let mut watcher = new_debouncer(SAVING, heard).map_err(|reason| reason.to_string())?;
    // The folder, not the file: many editors put another in its place.
    let mode = if work.path.is_dir() { RecursiveMode::Recursive } else { RecursiveMode::NonRecursive };
    watcher.watcher().watch(&work.folder, mode).map_err(|reason| reason.to_string())?;
    Ok(watcher)
}

/// The stamps of all files of a folder, and of those `deep` folders below.
fn survey(folder: &Path, deep: usize, stamps: &mut BTreeMap<PathBuf, Stamp>) {
    stamps.insert(folder.to_owned(), door::stamp(folder));
    for path in door::entries(folder).unwrap_or_default() {
        if stamps.len() > MOST_FILES {
            return;
        }
        stamps.insert(path.clone(), door::stamp(&path));
        if deep > 0 && door::kind(&path).is_ok_and(|kind| kind == Kind::Folder) {
            survey(&path, deep - 1, stamps);
        }
    }
}

/// Writes into the work's `tetrapla.toml` that a repair is not to be made.
///
/// # Errors
/// Why that can't be, for people.
pub fn refuse(work: &Work, id: &str) -> Result<(), String> {
    let path = work.folder.join(PROJECT_FILE);
    let alone = || {
        let texts = door::entries(&work.folder).unwrap_or_default();
        texts.iter().filter(|path| super::works::is_named_as_text(path)).count() < 2
    };
    let text = match door::named(&path, MOST) {
        Ok(bytes) => String::from_utf8(bytes).map_err(|_| format!("{} is no UTF-8", path.display()))?,
        Err(reason) if reason.kind() != std::io::ErrorKind::NotFound => {
            return Err(format!("{} can't be read: {reason}", path.display()));
        }
        // It would make one work of all texts in the folder.
        Err(_) if !work.path.is_dir() && !alone() => {
            return Err(format!("write it into the front matter of the text: restore: {{ refuse: [{id}] }}"));
        }
        Err(_) => String::new(),
    };
    let text = refused(&text, id)
        .ok_or_else(|| format!("write it into {} yourself: [restore] refuse = [\"{id}\"]", path.display()))?;
    let mut report = Report::default();
    output::save(&path, text.as_bytes(), &mut report);
    report.diagnostics.first().map_or(Ok(()), |found| Err(found.message.clone()))
}

/// A `tetrapla.toml` in which one more repair is refused; the rest stands as it is written. None where it is written in a way that only
/// people should change.
fn refused(text: &str, id: &str) -> Option<String> {
    let before: toml::Table = text.parse().ok()?;
    let quoted = serde_json::Value::from(id).to_string();
    let own = before.get("restore").and_then(toml::Value::as_table);
    let known = |table: &toml::Table| -> Vec<String> {
        let list = table.get("restore").and_then(|table| table.get("refuse")).and_then(toml::Value::as_array);
        list.into_iter().flatten().filter_map(|value| value.as_str().map(str::to_owned)).collect()
    };
    if known(&before).iter().any(|name| name == id) {
        return Some(text.to_owned());
    }
    let line_of = |test: &dyn Fn(&str) -> bool| {
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            if test(line.trim()) {
                return Some((at, at + line.len()));
            }
            at += line.len();
        }
        None
    };
    let header = line_of(&|line| line.split('#').next().is_some_and(|line| line.trim() == "[restore]"));
    let after = match (own, header) {
        (None, _) => {
            let gap = if text.is_empty() || text.ends_with("\n\n") {
                ""
            } else if text.ends_with('\n') {
                "\n"
            } else {
                "\n\n"
            };
            format!("{text}{gap}[restore]\nrefuse = [{quoted}]\n")
        }
        (Some(own), Some((_, end))) if !own.contains_key("refuse") => {
            let gap = if text[..end].ends_with('\n') { "" } else { "\n" };
            format!("{}{gap}refuse = [{quoted}]\n{}", &text[..end], &text[end..])
        }
        (Some(_), Some((_, end))) => {
            let list = text[end..].lines().position(|line| line.trim_start().starts_with("refuse"))?;
            let start = end + text[end..].split_inclusive('\n').take(list).map(str::len).sum::<usize>();
            let open = start + text[start..].find('[')? + 1;
            let comma = if text[open..].trim_start().starts_with(']') { "" } else { ", " };
            format!("{}{quoted}{comma}{}", &text[..open], &text[open..])
        }
        (Some(_), None) => return None,
    };
    let changed: toml::Table = after.parse().ok()?;
    let mut want = known(&before);
    want.push(id.to_owned());
    let mut got = known(&changed);
    want.sort();
    got.sort();
    (want == got).then_some(after)
}

/// The pages of an e-book in the order of its spine: path, and text.
pub fn pages_of(epub: &[u8]) -> Vec<(String, String)> {
    let text = |path: &str| file_of(epub, path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let Some(container) = text("META-INF/container.xml") else { return Vec::new() };
    let Some(root) = container.split("full-path=\"").nth(1).and_then(|rest| rest.split('"').next()) else { return Vec::new() };
    let package = text(root).unwrap_or_default();
    let folder = root.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    let value = |tag: &str, name: &str| {
        let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
        Some(tag[start..].split('"').next()?.to_owned())
    };
    let tags = |name: &str| -> Vec<String> {
        let opening = format!("<{name} ");
        let behind = package.split(&opening).skip(1).map(|tag| tag.split('>').next().unwrap_or_default());
        behind.map(|tag| format!(" {tag}")).collect()
    };
    let items: Vec<_> = tags("item").into_iter().filter_map(|tag| Some((value(&tag, "id")?, value(&tag, "href")?))).collect();
    let order = tags("itemref").into_iter().filter_map(|tag| value(&tag, "idref"));
    let paths = order.filter_map(|id| items.iter().find(|(known, _)| *known == id).map(|(_, href)| format!("{folder}{href}")));
    paths.filter_map(|path| text(&path).map(|page| (path, page))).collect()
}

/// A file of an e-book.
pub fn file_of(epub: &[u8], path: &str) -> Option<Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(epub)).ok()?;
    let mut bytes = Vec::new();
    archive.by_name(path).ok()?.read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_written_beside_what_stands() {
        let cases = [
            ("", "[restore]\nrefuse = [\"a-1\"]\n"),
            ("files = [\"a.md\"]", "files = [\"a.md\"]\n\n[restore]\nrefuse = [\"a-1\"]\n"),
            ("[restore] # mine\nmin-confidence = 0.5\n", "[restore] # mine\nrefuse = [\"a-1\"]\nmin-confidence = 0.5\n"),
            (
                "[restore]\nrefuse = [\n  \"b\", # kept\n]\n[pdf]\n",
                "[restore]\nrefuse = [\"a-1\", \n  \"b\", # kept\n]\n[pdf]\n",
            ),
            ("[restore]\nrefuse = []\n", "[restore]\nrefuse = [\"a-1\"]\n"),
            ("[restore]\nrefuse = [\"a-1\"]\n", "[restore]\nrefuse = [\"a-1\"]\n"),
        ];
        for (before, after) in cases {
            assert_eq!(refused(before, "a-1").as_deref(), Some(after));
        }
        assert_eq!(refused("restore = { refuse = [] }\n", "a-1"), None);
        assert_eq!(refused("no toml", "a-1"), None);
    }
}
