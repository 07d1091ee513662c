//! `tetrapla help TOPIC`: the handbook of `input/guide`, a section at a time, as plain text.

use super::Outcome;
use super::print;
use super::teach::{nearest, tell};
use crate::Kit;
use crate::emit::Output;
use crate::env::Env;
use crate::read::{self, Manuscript, Place};
use crate::report::Report;
use crate::settings::RestoreSettings;
use crate::span::{FileId, Source, Sources};
use crate::tree::{Block, Document, Inline, Metadata, Node, Visit, plain_text, walk_blocks};

/// The chapters that teach; those that list are what `--help`, `schema` and `explain` say.
const CHAPTERS: &[&str] = &[
    include_str!("../../input/guide/10-four-books.md"),
    include_str!("../../input/guide/20-text.md"),
    include_str!("../../input/guide/30-work.md"),
    include_str!("../../input/guide/40-scans.md"),
    include_str!("../../input/guide/50-scholar.md"),
    include_str!("../../input/guide/60-print.md"),
    include_str!("../../input/guide/70-screen.md"),
    include_str!("../../input/guide/80-archive.md"),
    include_str!("../../input/guide/85-machines.md"),
];

const LIBRARY: &str = include_str!("../../input/guide/guide.bib");

/// The topic that the arguments ask for, if they ask for one that is no command.
pub fn asked(arguments: &[String], commands: &[&str]) -> Option<String> {
    match arguments {
        [_, help, topic @ ..] if help == "help" && !topic.is_empty() => {
            let is_command = commands.contains(&topic[0].as_str()) || topic[0].starts_with('-') || topic[0] == "help";
            (!is_command).then(|| topic.join(" "))
        }
        _ => None,
    }
}

/// Tells the section that is about a topic.
pub fn run(topic: &str, commands: &[&str], kit: Kit) -> Outcome {
    let doc = handbook(kit);
    let Some(at) = find(&doc, &topic.to_lowercase()) else {
        let headings: Vec<String> = headings(&doc).map(|(_, _, words)| words.to_lowercase()).collect();
        let known = headings.iter().map(String::as_str).chain(commands.iter().copied());
        let near = nearest(topic, known).map(|near| format!("did you mean {near}? "));
        let list = headings.join(", ");
        return print::usage(&format!("the handbook has nothing on {topic}: {}it has {list}", near.unwrap_or_default()));
    };
    match plain(&doc, at, kit) {
        Some(text) => tell(&text),
        None => print::usage("this program writes no plain text, so the handbook can't be shown"),
    }
}

fn handbook(kit: Kit) -> Document {
    let mut sources = Sources::default();
    let mut add = |name: &str, text: &str| sources.add(Source { name: name.to_owned(), text: text.to_owned() });
    let files: Vec<FileId> = CHAPTERS.iter().map(|text| add("guide.md", text)).collect();
    let library = vec![add("guide.bib", LIBRARY)];
    let contents = files.into_iter().map(|file| Place { file: Some(file), level: 1, title: None }).collect();
    let manuscript = Manuscript { sources, contents, library, stem: "guide".to_owned(), ..Manuscript::default() };
    read::read(&manuscript, kit.dialects, None, &RestoreSettings::default(), &mut Report::default())
}

/// The headings that somebody wrote, with their places and levels.
fn headings(doc: &Document) -> impl Iterator<Item = (usize, u8, String)> + '_ {
    let made = |node: &Node<Block>| {
        let classes = node.attrs.as_ref().map(|attrs| &attrs.classes[..]).unwrap_or_default();
        classes.iter().any(|class| matches!(class.as_str(), "index" | "bibliography"))
    };
    doc.body.iter().enumerate().filter_map(move |(at, node)| match &node.kind {
        Block::Heading { level, text, .. } if !made(node) => Some((at, *level, plain_text(text))),
        _ => None,
    })
}

/// The heading of the section about a topic: by its words, else by what the index has.
fn find(doc: &Document, topic: &str) -> Option<usize> {
    let all: Vec<(usize, String)> = headings(doc).map(|(at, _, words)| (at, words.to_lowercase())).collect();
    let by = |fits: &dyn Fn(&str) -> bool| all.iter().find(|(_, words)| fits(words)).map(|(at, _)| *at);
    // The handbook calls the books by what they are to readers.
    let topic = match topic {
        "epub" => "e-book",
        "pdf" => "printed book",
        "txt" => "plain text",
        topic => topic,
    };
    let stem = topic.strip_suffix('s').unwrap_or(topic);
    by(&|words| words.strip_prefix("the ").unwrap_or(words) == topic).or_else(|| by(&|words| words.contains(stem))).or_else(
        || {
            let mut last = None;
            doc.body.iter().enumerate().find_map(|(at, node)| {
                if matches!(node.kind, Block::Heading { .. }) {
                    last = Some(at);
                }
                let mut found = false;
                walk_blocks(std::slice::from_ref(node), &mut |visit| {
                    if let Visit::Inline(Node { kind: Inline::IndexTerm(term), .. }) = visit {
                        found |= term.path.iter().any(|entry| entry.to_lowercase().contains(stem));
                    }
                });
                last.filter(|_| found)
            })
        },
    )
}

/// A section as plain text.
fn plain(doc: &Document, at: usize, kit: Kit) -> Option<String> {
    let Block::Heading { level, text, .. } = &doc.body[at].kind else { return None };
    let ends = |node: &Node<Block>| matches!(node.kind, Block::Heading { level: next, .. } if next <= *level);
    let body = doc.body[at + 1..].iter().take_while(|node| !ends(node)).cloned().collect();
    let meta = Metadata { title: plain_text(text), language: doc.meta.language.clone(), ..Metadata::default() };
    let section = Document { meta, body, ..Document::default() };
    let backend = kit.backends.iter().find(|backend| backend.name() == crate::format::Format::Text.name())?;
    match backend.emit(&section, &Env::default(), &mut Report::default()) {
        Ok(Output::File { bytes, .. }) => String::from_utf8(bytes).ok(),
        Ok(Output::Folder { .. }) | Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_are_found() {
        let doc = handbook(Kit::BUILTIN);
        for topic in ["index", "citations", "notes", "repairs", "designs", "verse", "deposit", "epub", "pdf", "txt", "tei"] {
            let at = find(&doc, topic);
            assert!(at.is_some(), "{topic}");
            let text = at.and_then(|at| plain(&doc, at, Kit::BUILTIN)).unwrap_or_default();
            assert!(text.len() > 100, "{topic}: {text}");
        }
        let index = find(&doc, "index").and_then(|at| plain(&doc, at, Kit::BUILTIN)).unwrap_or_default();
        assert!(index.starts_with("The index\n"), "{index}");
        assert_eq!(find(&doc, "zeppelins"), None);
    }
}
