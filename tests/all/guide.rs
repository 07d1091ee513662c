//! The handbook says what the program does: its chapters of reference are made from the program itself, its commands are known, and what
//! its examples show is what comes out. `UPDATE=1 cargo test --test all guide` writes the chapters anew.

use std::fmt::Write;
use std::path::PathBuf;

use serde_json::Value;
use tempfile::tempdir;

use crate::support::{files, first_difference, root, run};

fn folder() -> PathBuf {
    root().join("input/guide")
}

fn said(arguments: &[&str]) -> String {
    let ran = run(&arguments[1..], arguments[0]);
    assert_eq!(ran.code, 0, "{arguments:?}: {}", ran.err);
    ran.out
}

/// Words for a line of Markdown, none of them a mark, what stands between backticks code as it is.
fn plain(words: &str) -> String {
    let mut out = String::new();
    for (at, part) in words.split('`').enumerate() {
        if at % 2 == 1 {
            let _ = write!(out, "`{part}`");
            continue;
        }
        for c in part.chars() {
            if r"\*_{}[]<>$@~^|#".contains(c) {
                out.push('\\');
            }
            out.push(c);
        }
    }
    out
}

/// A part of a help text: its heading, and what stands below it, each entry with its paragraphs.
struct Listed {
    heading: String,
    entries: Vec<(String, Vec<String>)>,
}

/// What the help of a command says: its first paragraphs, its usage, and its lists.
fn help(command: &str) -> (Vec<String>, String, Vec<Listed>) {
    let text = said(&[command, "--help"]);
    let (about, rest) = text.split_once("\nUsage: ").expect("a usage");
    let about = about.split("\n\n").map(|part| part.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    let (usage, rest) = rest.split_once('\n').unwrap_or((rest, ""));
    let mut lists: Vec<Listed> = Vec::new();
    let mut gap = false;
    for line in rest.lines() {
        let indent = line.len() - line.trim_start().len();
        let words = line.trim();
        match (words.is_empty(), indent) {
            (true, _) => gap = true,
            (_, 0) => lists.push(Listed { heading: words.trim_end_matches(':').to_owned(), entries: Vec::new() }),
            (_, 1..10) => {
                let Some(list) = lists.last_mut() else { continue };
                // A command with few arguments has what they mean beside them.
                let (name, beside) = words.split_once("  ").unwrap_or((words, ""));
                list.entries.push((
                    name.to_owned(),
                    [beside.trim()].into_iter().filter(|text| !text.is_empty()).map(str::to_owned).collect(),
                ));
                gap = beside.is_empty();
            }
            _ => {
                let Some((_, parts)) = lists.last_mut().and_then(|list| list.entries.last_mut()) else { continue };
                match parts.last_mut().filter(|_| !gap) {
                    Some(part) => *part += &format!(" {words}"),
                    None => parts.push(words.to_owned()),
                }
                gap = false;
            }
        }
    }
    (about, format!("tetrapla {}", usage.split_once(' ').map_or("", |(_, rest)| rest)), lists)
}

fn entry(out: &mut String, name: &str, parts: &[String]) {
    let own: Vec<String> = parts.iter().filter(|part| !part.is_empty()).map(|part| plain(part)).collect();
    let said = if own.is_empty() { "As its name says.".to_owned() } else { own.join(" ") };
    let _ = write!(out, "`{name}`\n: {said}\n\n");
}

/// The options that several commands have, under headings of their own in the help.
const SHARED: &[&str] = &["Reading", "Restoring", "Running", "Making", "E-book", "Printed book", "TEI", "Plain text"];

fn commands() -> String {
    let top = said(&["--help"]);
    let list = top.split("Commands:").nth(1).and_then(|rest| rest.split("Options:").next()).expect("a list of commands");
    let names = list.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names: Vec<&str> = names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help").collect();
    let mut out = "# Commands {#sec-commands}\n\nThis chapter is made from what each command says of itself with `--help`.\n\n"
        .to_owned();
    let mut shared: Vec<Listed> = Vec::new();
    for name in names {
        let (about, usage, lists) = help(name);
        let _ = write!(out, "## {name} {{#cmd-{name}}}\n\n");
        for part in about.iter().filter(|part| !part.is_empty()) {
            let _ = write!(out, "{}\n\n", plain(part));
        }
        let _ = write!(out, "```\n{usage}\n```\n\n");
        let mut others = Vec::new();
        for list in lists {
            if SHARED.contains(&list.heading.as_str()) {
                others.push(list.heading.clone());
                match shared.iter_mut().find(|known| known.heading == list.heading) {
                    Some(known) => {
                        for one in list.entries {
                            if !known.entries.iter().any(|(name, _)| *name == one.0) {
                                known.entries.push(one);
                            }
                        }
                    }
                    None => shared.push(list),
                }
                continue;
            }
            for (name, parts) in list.entries.iter().filter(|(name, _)| name.starts_with(['-', '[', '<'])) {
                if !name.contains("--help") {
                    entry(&mut out, name, parts);
                }
            }
        }
        if !others.is_empty() {
            let _ = write!(out, "And the options of @sec-shared for: {}.\n\n", others.join(", "));
        }
    }
    out += "## Options of several commands {#sec-shared}\n\n";
    for list in shared {
        let _ = write!(out, "### {}\n\n", list.heading);
        for (name, parts) in &list.entries {
            entry(&mut out, name, parts);
        }
    }
    out.trim_end().to_owned() + "\n"
}

/// What a schema says of a value in a few words: its kind, or its words.
fn values(schema: &Value, all: &Value) -> (String, String) {
    let text = |value: &Value| value["description"].as_str().unwrap_or_default().to_owned();
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        let (kind, about) = values(&all["$defs"][name], all);
        let own = text(schema);
        return (kind, if own.is_empty() { about } else { own });
    }
    let choices = schema["oneOf"].as_array().or(schema["anyOf"].as_array());
    if let Some(choices) = choices {
        let real: Vec<_> = choices.iter().filter(|one| one["type"] != "null").collect();
        if let [only] = real[..] {
            let (kind, about) = values(only, all);
            let own = text(schema);
            return (kind, if own.is_empty() { about } else { own });
        }
        let words = real.iter().map(|one| {
            let word = one["const"].as_str().map(|word| format!("`{word}`"));
            let word = word.or_else(|| one["enum"].as_array().map(|words| several(words)));
            let word = word.unwrap_or_else(|| values(one, all).0);
            match text(one) {
                about if about.is_empty() => word,
                about => format!("{word}: {}", plain(about.trim_end_matches('.'))),
            }
        });
        return (words.collect::<Vec<_>>().join("; "), text(schema));
    }
    if let Some(words) = schema["enum"].as_array() {
        return (several(words), text(schema));
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => {
            kinds.iter().filter_map(Value::as_str).filter(|kind| *kind != "null").collect::<Vec<_>>().join(" or ")
        }
        Value::String(kind) => kind.clone(),
        _ => "a value".to_owned(),
    };
    let kind = match kind.as_str() {
        "boolean" => "`true` or `false`",
        "number" | "integer" => "a number",
        "string" => "text",
        "array" => "a list",
        "object" => "a table",
        other => other,
    };
    let usual = &schema["default"];
    let usual = if usual.is_null() || usual.is_object() || usual.is_array() {
        String::new()
    } else {
        format!(", `{usual}` if it is not said")
    };
    (format!("{kind}{usual}"), text(schema))
}

fn several(words: &[Value]) -> String {
    let words = words.iter().filter_map(Value::as_str).map(|word| format!("`{word}`"));
    words.collect::<Vec<_>>().join(", ")
}

fn table(out: &mut String, name: &str, schema: &Value, all: &Value) {
    for (field, own) in schema["properties"].as_object().into_iter().flatten() {
        let (kind, about) = values(own, all);
        let about = about.trim();
        let said = match (about.is_empty(), kind.as_str()) {
            (true, kind) => format!("Takes {kind}."),
            (false, "a value") => plain(about),
            (false, kind) => format!("{} Takes {kind}.", plain(about)),
        };
        let _ = write!(out, "`{name}{field}`\n: {said}\n\n");
        let inner = own["$ref"].as_str().or_else(|| own["anyOf"].as_array()?.iter().find_map(|one| one["$ref"].as_str()));
        let inner = inner.and_then(|path| path.rsplit('/').next()).map(|inner| &all["$defs"][inner]);
        if let Some(inner) = inner.filter(|inner| inner["properties"].is_object()) {
            table(out, &format!("{name}{field}."), inner, all);
        }
    }
}

fn settings() -> String {
    let all: Value = serde_json::from_str(&said(&["schema", "settings"])).expect("a schema");
    let mut out = "# Settings {#sec-settings}\n\nWhat a `tetrapla.toml` may say, table by table, as `tetrapla schema settings` prints it for \
                   editors and other programs. `pdf.trim` is the line `trim = …` below `[pdf]`. The front matter of a work of one file may hold \
                   the same tables.\n\n"
        .to_owned();
    for (name, own) in all["properties"].as_object().expect("tables") {
        let path = own["$ref"].as_str().and_then(|path| path.rsplit('/').next());
        let schema = path.map_or(own, |path| &all["$defs"][path]);
        let _ = write!(out, "## {name} {{#set-{name}}}\n\n");
        if let Some(about) = schema["description"].as_str().or(own["description"].as_str()) {
            let _ = write!(out, "{}\n\n", plain(about));
        }
        if name == "metadata" {
            let fields: Vec<_> =
                schema["properties"].as_object().into_iter().flatten().map(|(name, _)| format!("`{name}`")).collect();
            let _ = write!(out, "Its fields are {}. @sec-metadata shows how they are written.\n\n", fields.join(", "));
        } else {
            table(&mut out, &format!("{name}."), schema, &all);
        }
    }
    out.trim_end().to_owned() + "\n"
}

fn remarks() -> String {
    let mut out = "# Remarks {#sec-remarks}\n\nEvery code that a remark may have, with what it says and what cures it. `tetrapla explain CODE` adds why \
                   it matters, and an example.\n\n"
        .to_owned();
    let list = said(&["explain"]);
    let codes = list.lines().filter_map(|line| line.split_once(' ')).filter(|(code, _)| code.contains('-'));
    let mut first = ' ';
    for (code, what) in codes {
        let about = said(&["explain", code]);
        let cure = about.lines().find_map(|line| line.strip_prefix("Cure: ")).unwrap_or_default();
        let letter = code.chars().next().unwrap_or(' ');
        if letter != first {
            first = letter;
            let _ = write!(out, "## {} {{.unnumbered}}\n\n", letter.to_uppercase());
        }
        entry(&mut out, code, &[what.trim().to_owned(), cure.to_owned()]);
    }
    out += "## Repairs {.unnumbered #sec-kinds-of-repair}\n\nThe kinds of repairs of page-broken and typed text. Each can be refused, all of its kind or one by \
            its id: see @sec-repairs.\n\n";
    for kind in tetrapla::report::RepairKind::ALL {
        let about = said(&["explain", kind.name()]);
        let what = about.split("\n\n").nth(1).unwrap_or_default().split_once(": ").map_or("", |(_, what)| what);
        entry(&mut out, kind.name(), &[what.trim().to_owned()]);
    }
    out.trim_end().to_owned() + "\n"
}

#[test]
fn the_reference_is_that_of_the_program() {
    let mut wrong = Vec::new();
    for (name, made) in [("90-commands.md", commands()), ("91-settings.md", settings()), ("92-remarks.md", remarks())] {
        assert!(made.len() > 2000, "{name} is nearly empty: {made}");
        let file = folder().join(name);
        let there = std::fs::read_to_string(&file).unwrap_or_default();
        if there == made {
            continue;
        }
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&file, made).expect("the chapter is written");
        } else {
            wrong.push(format!("{name}: {}", first_difference(&there, &made)));
        }
    }
    assert!(wrong.is_empty(), "{}\n(UPDATE=1 writes them anew)", wrong.join("\n"));
}

/// The fenced blocks of a chapter.
fn blocks(chapter: &str) -> Vec<String> {
    let text = std::fs::read_to_string(folder().join(chapter)).expect("a chapter");
    let parts: Vec<&str> = text.split("\n```").collect();
    parts.iter().skip(1).step_by(2).filter_map(|part| Some(part.split_once('\n')?.1.to_owned() + "\n")).collect()
}

#[test]
fn commands_in_the_guide_are_known() {
    let mut count = 0;
    for chapter in files(&folder(), ".md") {
        let name = chapter.file_name().expect("a name").to_string_lossy().into_owned();
        if name.starts_with("90-") {
            continue;
        }
        let text = std::fs::read_to_string(&chapter).expect("a chapter");
        let spoken = text.split('`').skip(1).step_by(2).map(str::to_owned);
        for line in blocks(&name).iter().flat_map(|block| block.lines().map(str::to_owned)).chain(spoken) {
            let Some(rest) = line.strip_prefix("tetrapla ") else { continue };
            let words: Vec<&str> = rest.split_whitespace().collect();
            if words[0] == "help" {
                assert!(said(&words).len() > 100, "{name}: {line}");
                count += 1;
                continue;
            }
            let help = said(&[words[0], "--help"]);
            for flag in words.iter().filter(|word| word.starts_with("--")) {
                assert!(help.contains(&format!("{flag} ")) || help.contains(&format!("{flag}\n")), "{name}: {line}");
            }
            count += 1;
        }
        for flag in text.split('`').skip(1).step_by(2).filter(|code| code.starts_with("--") && code.len() > 4) {
            let flag = flag.split([' ', '=']).next().unwrap_or(flag);
            let known = ["build", "deposit", "check", "watch"].iter().any(|command| said(&[*command, "--help"]).contains(flag));
            assert!(known || flag.starts_with("---"), "{name}: {flag}");
        }
    }
    assert!(count > 20, "{count} commands");
}

#[test]
fn what_the_tutorial_shows_comes_out() {
    let desk = tempdir().expect("a folder");
    let shown = blocks("10-four-books.md");
    std::fs::write(desk.path().join("mill.md"), &shown[0]).expect("the text is written");
    let (text, out) = (desk.path().join("mill.md"), desk.path().join("output"));
    let arguments = |more: &[&str]| -> Vec<String> {
        let own = [text.display().to_string(), "-o".to_owned(), out.display().to_string()];
        own.into_iter().chain(more.iter().map(|word| (*word).to_owned())).collect()
    };
    let proved = run(arguments(&["--verify"]), "build").out;
    let proof = shown.iter().find(|block| block.starts_with("mill: source")).expect("the proof");
    for line in proof.lines() {
        assert!(proved.contains(line), "{line}\n{proved}");
    }
    let plain = std::fs::read_to_string(out.join("mill.txt")).expect("the text");
    let begins = shown.iter().find(|block| block.starts_with("The Mill on the Weir\n")).expect("the text's beginning");
    assert!(plain.starts_with(begins.trim_end()), "{plain}");
    let scans = blocks("40-scans.md");
    let (text, out) = (desk.path().join("scan.md"), desk.path().join("books"));
    std::fs::write(&text, &scans[0]).expect("the scan is written");
    run([text.as_os_str(), "-o".as_ref(), out.as_os_str(), "--text-pages".as_ref()], "build");
    let made = std::fs::read_to_string(out.join("scan.txt")).expect("the text");
    let shown = scans.iter().find(|block| block.starts_with("{11}")).expect("the text");
    assert!(made.contains(shown.trim_end()), "{made}");
    let checked = run([&text], "check");
    let repair = scans.iter().find(|block| block.contains("word-joined-5 (")).expect("a repair");
    let wanted: Vec<&str> = repair.lines().map(|line| line.split_once("scan.md:").map_or(line, |(_, rest)| rest)).collect();
    for line in wanted {
        assert!(checked.err.contains(line), "{line}\n{}", checked.err);
    }
}
