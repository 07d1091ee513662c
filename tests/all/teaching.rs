//! The command line teaches: every flag, code and key is where people look for it, and a misspelt name is answered with the one that was
//! meant.

use std::collections::BTreeSet;

use serde_json::Value;
use tempfile::tempdir;

use crate::support::{files, root, run};

fn said(arguments: &[&str]) -> String {
    let ran = run(&arguments[1..], arguments[0]);
    assert_eq!(ran.code, 0, "{arguments:?}: {}", ran.err);
    ran.out
}

/// The names of the commands, from the help.
fn commands() -> Vec<String> {
    let help = run(["--help"], "").out;
    let list = help.split("Commands:").nth(1).and_then(|rest| rest.split("Options:").next()).expect("a list of commands");
    let first = |line: &str| line.strip_prefix("  ").and_then(|line| line.split_whitespace().next()).map(str::to_owned);
    list.lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(first)
        .filter(|name| name != "help")
        .collect()
}

fn flags(help: &str) -> BTreeSet<String> {
    let name = |at: usize| help[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect::<String>();
    let at = help.match_indices("--").map(|(at, _)| at);
    at.filter(|at| help[..*at].ends_with("      ") || help[..*at].ends_with(", "))
        .map(name)
        .filter(|name| name.len() > 3)
        .collect()
}

#[test]
fn every_flag_is_in_the_manual_and_the_completions() {
    let commands = commands();
    assert!(commands.len() >= 14, "{commands:?}");
    let manual = said(&["man"]).replace("\\-", "-");
    let shells: Vec<_> = ["bash", "zsh", "fish", "powershell"].map(|shell| said(&["completions", shell])).into();
    for command in &commands {
        let help = run(["--help"], command).out;
        assert!(manual.contains(&format!("tetrapla-{command}(1)")), "{command}");
        for flag in flags(&help) {
            assert!(manual.contains(&flag), "{command} {flag} is not in the manual");
            let bare = flag.trim_start_matches('-');
            assert!(shells.iter().all(|script| script.contains(bare)), "{command} {flag} is not completed");
        }
        assert!(help.contains("Usage: tetrapla") && help.lines().next().is_some_and(|line| !line.trim().is_empty()), "{help}");
    }
    // The making-flags are the same wherever books are made or read back.
    let making = |command: &str| {
        let help = run(["--help"], command).out;
        flags(help.split("\nMaking:").nth(1).expect("flags of making"))
    };
    for command in ["verify", "concordance", "deposit", "worker"] {
        assert_eq!(making("build"), making(command), "{command}");
    }
}

#[test]
fn every_code_of_the_program_is_explained() {
    let known: BTreeSet<_> = said(&["explain"]).lines().filter_map(|line| line.split("  ").next().map(str::to_owned)).collect();
    let calls = [".remark(", ".warn(", ".error(", ".fault(", "findings.tell(", "self.tell(", "code: ", "Refusal(", "remark("];
    let is_code =
        |name: &str| name.contains('-') && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    let mut missing = BTreeSet::new();
    let mut all = String::new();
    for path in files(&root().join("src"), ".rs") {
        let text = std::fs::read_to_string(&path).expect("a source file");
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned();
        for call in calls {
            for behind in text.split(call).skip(1) {
                let name = behind.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next()).unwrap_or_default();
                if is_code(name) && !known.contains(name) {
                    missing.insert(format!("{name} ({})", path.display()));
                }
            }
        }
        all += &text;
    }
    assert!(missing.is_empty(), "src/codes.toml does not explain {missing:#?}");
    let unused: Vec<_> = known.iter().filter(|name| !all.contains(&format!("\"{name}\""))).collect();
    assert!(unused.is_empty(), "nobody says {unused:?}");
    assert!(said(&["explain", "note-undefined"]).contains("Cure:"));
    assert!(said(&["explain", "word-joined"]).contains("--refuse"));
    let ran = run(["note-undefind"], "explain");
    assert!(ran.code == 2 && ran.err.contains("did you mean note-undefined?"), "{}", ran.err);
}

/// Every path of names that a schema allows.
fn keys(schema: &Value, root: &Value, path: &str, found: &mut BTreeSet<String>) {
    if let Some(name) = schema["$ref"].as_str().and_then(|name| name.strip_prefix('#')) {
        keys(root.pointer(name).expect("what is referred to"), root, path, found);
    }
    for way in ["anyOf", "oneOf", "allOf"] {
        schema[way].as_array().into_iter().flatten().for_each(|inner| keys(inner, root, path, found));
    }
    keys_of_items(schema, root, path, found);
    for (name, inner) in schema["properties"].as_object().into_iter().flatten() {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        keys(inner, root, &path, found);
        found.insert(path);
    }
}

fn keys_of_items(schema: &Value, root: &Value, path: &str, found: &mut BTreeSet<String>) {
    if schema["items"].is_object() {
        keys(&schema["items"], root, path, found);
    }
}

#[test]
fn every_key_is_in_the_schema_of_a_work() {
    let schema: Value = serde_json::from_str(&said(&["schema", "settings"])).expect("JSON");
    let mut known = BTreeSet::new();
    keys(&schema, &schema, "", &mut known);
    for key in ["files", "metadata.title", "restore.refuse", "epub.toc-depth", "pdf.margins.inner", "tei.profile", "text.width"]
    {
        assert!(known.contains(key), "{key}: {known:?}");
    }
    for design in files(&root().join("templates/pdf"), ".toml") {
        let name = format!("pdf/{}", design.file_name().expect("a name").to_string_lossy());
        for line in said(&["templates", "keys", &name]).lines() {
            let key = line.split(" = ").next().expect("a key");
            // A list of tables is said once for all of its members.
            assert!(known.contains(&format!("pdf.{key}")), "{name}: {key}");
        }
    }
    let fields: Vec<_> = schema["properties"]["metadata"]["properties"].as_object().expect("fields").keys().cloned().collect();
    let guide = std::fs::read_to_string(root().join("README.md")).expect("the guide");
    for field in ["title", "language", "date", "publisher", "rights", "licence", "subjects", "description", "series", "cover"] {
        assert!(fields.contains(&field.to_owned()) && guide.contains(field), "{field}");
    }
}

#[test]
fn a_folder_of_chapters_becomes_a_work() {
    let desk = tempdir().expect("a folder for the test");
    let folder = desk.path().join("book");
    std::fs::create_dir(&folder).expect("a folder");
    for (name, text) in [
        ("2.md", "# The \"Second\" Chapter\n\nWords of the second chapter.\n"),
        ("1.md", "# The First\n\nThese are the words of the first chapter.\n"),
        ("10.md", "# The Tenth\n\nMore.\n"),
    ] {
        std::fs::write(folder.join(name), text).expect("a text");
    }
    let ran = run([folder.as_os_str()], "init");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let text = std::fs::read_to_string(folder.join("tetrapla.toml")).expect("what was written");
    let said: toml::Table = text.parse().unwrap_or_else(|reason| panic!("{reason}: {text}"));
    let files: Vec<_> = said["files"].as_array().expect("a list").iter().filter_map(toml::Value::as_str).collect();
    assert_eq!(files, ["1.md", "2.md", "10.md"]);
    assert!(said["metadata"]["title"].as_str().is_some_and(|title| !title.is_empty()), "{text}");
    let out = desk.path().join("out");
    let ran = run([folder.as_os_str(), "-o".as_ref(), out.as_os_str(), "--to".as_ref(), "txt".as_ref()], "build");
    assert!(ran.code == 0 && out.join("book.txt").is_file(), "{}", ran.err);
    assert_eq!(run([folder.as_os_str()], "init").code, 2, "what is there is not written over");
}

#[test]
fn templates_are_listed_and_exported_and_a_wrong_name_is_told() {
    let desk = tempdir().expect("a folder for the test");
    assert!(said(&["templates", "list"]).contains("epub/style.css"));
    let own = desk.path().join("own");
    let own_name = own.to_string_lossy().into_owned();
    said(&["templates", "export", "epub/style.css", "-o", &own_name]);
    assert_eq!(
        std::fs::read(own.join("epub/style.css")).expect("a template"),
        std::fs::read(root().join("templates/epub/style.css")).expect("a template")
    );
    let ran = run(["export", "epub/stile.css", "-o", &own_name], "templates");
    assert!(ran.code == 2 && ran.err.contains("did you mean epub/style.css?"), "{}", ran.err);
    assert_eq!(run(["export", "epub/style.css", "-o", &own_name], "templates").code, 1, "what is there is not written over");
}

#[test]
fn misspelt_names_are_answered_with_those_that_were_meant() {
    let desk = tempdir().expect("a folder for the test");
    std::fs::write(desk.path().join("essay.md"), "Words.\n").expect("a text");
    let ran = run([desk.path().join("esay.md")], "check");
    assert!(ran.code == 1 && ran.err.contains("did you mean") && ran.err.contains("essay.md?"), "{}", ran.err);
    let path = desk.path().join("essay.md").to_string_lossy().into_owned();
    let ran = run([&path, "--refuse", "word-joind-103"], "check");
    assert!(ran.code == 2 && ran.err.contains("did you mean word-joined?"), "{}", ran.err);
    assert_eq!(run([&path, "--refuse", "word-joined-103,note-attached"], "check").code, 0);
    let ran = run([&path, "--desing", "novel"], "build");
    assert!(ran.code == 2 && ran.err.contains("--design"), "{}", ran.err);
}
