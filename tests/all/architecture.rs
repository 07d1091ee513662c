//! Who may use whom: the arrows of `src/lib.rs`, held by reading the sources.

use std::collections::BTreeSet;
use std::path::Path;

use crate::support::{files, root};

/// Each room of the house, and the rooms that it may use.
const ROOMS: &[(&str, &[&str])] = &[
    ("span", &["bytes"]),
    ("budget", &[]),
    ("format", &[]),
    // What is asked of every byte of a book.
    ("bytes", &[]),
    // Which item of one text is which of another: for both proofs.
    ("align", &[]),
    // A standard's table of names: for those who read and those who prove.
    ("entity", &[]),
    ("report", &["span"]),
    ("tree", &["budget", "report", "span"]),
    ("settings", &["report", "span"]),
    ("env", &["budget", "report", "settings", "tree"]),
    ("read", &["budget", "bytes", "entity", "report", "settings", "span", "tree"]),
    ("typeset", &["budget", "env", "report", "settings", "span", "tree"]),
    ("emit", &["budget", "bytes", "env", "format", "report", "settings", "span", "tree", "typeset"]),
    // It knows the formats by their standards, and nothing of the backends.
    ("verify", &["budget", "align", "env", "format", "report", "settings", "span", "tree"]),
    // It knows the sources by their formats' rules, and nothing of the readers.
    // What a reader hands over, how it spells a language, which tables are settings: names, and nothing that reads words.
    ("ledger", &["align", "entity", "read", "report", "settings", "span", "tree"]),
    ("concordance", &["span", "tree", "verify"]),
    ("synopsis", &["span", "tree", "typeset"]),
    ("record", &["ledger", "report", "span", "verify"]),
    ("deposit", &["budget", "emit", "env", "format", "report", "span", "tree", "verify"]),
    ("report_page", &["budget", "env", "ledger", "record", "report", "span", "tree", "typeset", "verify"]),
    (
        "driver",
        &[
            "budget", "bytes", "deposit", "emit", "env", "format", "ledger", "read", "record", "report", "settings", "span",
            "tree", "typeset", "verify", "Kit",
        ],
    ),
    (
        "cli",
        &[
            "budget",
            "concordance",
            "deposit",
            "driver",
            "emit",
            "env",
            "format",
            "ledger",
            "read",
            "record",
            "report",
            "report_page",
            "settings",
            "span",
            "synopsis",
            "tree",
            "typeset",
            "verify",
            "Kit",
        ],
    ),
    // The kit names backends and dialects; the binary hands it to the command line.
    ("lib", &["emit", "read"]),
    ("main", &[]),
];

/// What every backend may use of the room that it stands in.
const SHARED: &[&str] = &["Backend", "EmitError", "Output", "drawing", "xml"];

#[test]
fn rooms_use_only_those_below() {
    let mut wrong = Vec::new();
    for path in files(&root().join("src"), ".rs") {
        let room = room(&path);
        let Some((_, allowed)) = ROOMS.iter().find(|(name, _)| *name == room) else {
            wrong.push(format!("{}: the room {room} is not in the table of tests/all/architecture.rs", path.display()));
            continue;
        };
        for used in used(&code(&path), "crate::") {
            if used != room && !allowed.contains(&used.as_str()) {
                wrong.push(format!("{}: {room} may not use {used}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_backend_uses_another() {
    let emit = root().join("src/emit");
    for path in files(&emit, ".rs") {
        let inside = path.strip_prefix(&emit).expect("a file of the room");
        let own = stem(Path::new(inside.iter().next().expect("a name")));
        if own == "mod" {
            continue;
        }
        for used in used(&code(&path), "crate::emit::") {
            let allowed = used == own || SHARED.contains(&used.as_str());
            assert!(allowed, "{}: the backend {own} uses {used}", path.display());
        }
    }
}

#[test]
fn only_the_driver_touches_the_disk_and_only_the_command_line_prints() {
    for path in files(&root().join("src"), ".rs") {
        let (room, code) = (room(&path), code(&path));
        let disk = code.contains("std::fs") || code.contains("File::open") || code.contains("File::create");
        // The system's fonts are looked for where the user's faces are.
        assert!(!disk || room == "driver", "{}: only the driver touches the disk", path.display());
        let prints = ["println!", "print!(", "stdout()", "stderr()", "dbg!"].iter().any(|call| code.contains(call));
        assert!(!prints || room == "cli", "{}: only the command line prints", path.display());
    }
}

#[test]
fn nodes_are_matched_without_a_wildcard_in_every_backend() {
    // A match over the tree that takes `_` would let a new kind of node fall silently. What is allowed are the short questions
    // that `matches!` and `if let` ask, which name what they ask for.
    for path in files(&root().join("src/emit"), ".rs") {
        let code = code(&path);
        for (at, _) in code.match_indices("match &node.kind {") {
            let body = block(&code[at + "match &node.kind ".len()..]);
            let arms = body.lines().filter(|line| line.trim_start().starts_with("_ =>")).count();
            let whole = body.contains("Block::Paragraph") && body.contains("Block::Table")
                || body.contains("Inline::Text") && body.contains("Inline::Styled");
            assert!(arms == 0 || !whole, "{}: a match over the tree has a wildcard arm", path.display());
        }
    }
}

/// The text of a braced block at the front of `code`.
fn block(code: &str) -> &str {
    let mut depth = 0usize;
    for (at, c) in code.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => {
                depth -= 1;
                if depth == 0 {
                    return &code[..at];
                }
            }
            _ => {}
        }
    }
    code
}

/// The room that a file stands in: the first part of its path below `src`.
fn room(path: &Path) -> String {
    let inside = path.strip_prefix(root().join("src")).expect("a source file");
    stem(Path::new(inside.iter().next().expect("a name")))
}

fn stem(path: &Path) -> String {
    path.file_stem().expect("a name").to_string_lossy().into_owned()
}

/// A file's code: without comments, and without the tests at its end, which may use what they like.
fn code(path: &Path) -> String {
    let text = std::fs::read_to_string(path).expect("a source file");
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or("").to_owned();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The names that stand right behind `prefix`, in braces or not.
fn used(code: &str, prefix: &str) -> BTreeSet<String> {
    let name = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut names = BTreeSet::new();
    for (at, _) in code.match_indices(prefix) {
        let behind = &code[at + prefix.len()..];
        match behind.strip_prefix('{') {
            None => drop(names.insert(name(behind))),
            Some(list) => {
                let (mut depth, mut first) = (1, true);
                for (at, c) in list.char_indices() {
                    match c {
                        '{' => depth += 1,
                        '}' => depth -= 1,
                        ',' if depth == 1 => first = true,
                        c if depth == 1 && first && c.is_alphabetic() => {
                            names.insert(name(&list[at..]));
                            first = false;
                        }
                        _ => {}
                    }
                    if depth == 0 {
                        break;
                    }
                }
            }
        }
    }
    names.remove("");
    names
}
