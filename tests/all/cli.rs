//! The command line as a script meets it: exit codes, what goes where, and the same bytes whatever the number of threads.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::{TempDir, tempdir};

use crate::support::{Ran, files, program, root, run};

const TEXT: &str = "---\ntitle: A text\nlanguage: en\n---\n\n# A text\n\nSome words.[^1]\n\n[^1]: A note.\n";

/// A folder with one text in it.
fn desk() -> (TempDir, PathBuf) {
    let folder = tempdir().expect("a folder for the test");
    let text = folder.path().join("text.md");
    std::fs::write(&text, TEXT).expect("the text is laid out");
    (folder, text)
}

fn outputs(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let inside = |path: &PathBuf| path.strip_prefix(folder).expect("an output").to_owned();
    files(folder, "").iter().map(|path| (inside(path), std::fs::read(path).expect("an output"))).collect()
}

#[test]
fn a_build_says_what_it_wrote() {
    let (desk, text) = desk();
    let out = desk.path().join("out");
    let ran = run([text.as_os_str(), "-o".as_ref(), out.as_os_str()], "build");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let names: Vec<_> = outputs(&out).into_keys().collect();
    assert_eq!(names, ["text.epub", "text.pdf", "text.tei.xml", "text.txt"].map(PathBuf::from));
    for name in names {
        assert!(ran.out.contains(&*out.join(name).to_string_lossy()), "{}", ran.out);
    }
}

#[test]
fn one_thread_and_many_write_the_same_bytes() {
    let desk = tempdir().expect("a folder for the test");
    let build = |jobs: &str, source_date: Option<&str>| {
        let out = desk.path().join(format!("{jobs}{}", source_date.unwrap_or("")));
        let mut command = program("build");
        command.arg(root().join("input")).arg("-o").arg(&out).args(["--jobs", jobs]);
        if let Some(date) = source_date {
            command.env("SOURCE_DATE_EPOCH", date);
        }
        let ran = Ran::of(command);
        assert_eq!(ran.code, 0, "{}", ran.err);
        outputs(&out)
    };
    let one = build("1", None);
    assert_eq!(one.len(), 12, "input/ gives four books of each of its three works");
    assert!(one == build("4", None), "four threads write other bytes than one");
    let dated = build("0", Some("1000000000"));
    assert!(one != dated, "SOURCE_DATE_EPOCH is in no output");
    assert!(dated == build("3", Some("1000000000")), "the same date gives other bytes");
}

#[test]
fn what_is_refused_ends_with_one_and_writes_nothing() {
    let (desk, text) = desk();
    let out = desk.path().join("out");
    for source in ["nowhere.md", "empty"] {
        std::fs::create_dir_all(desk.path().join("empty")).expect("a folder");
        let source = desk.path().join(source);
        let ran = run([source.as_os_str(), "-o".as_ref(), out.as_os_str()], "build");
        assert_eq!(ran.code, 1, "{}", ran.err);
        assert!(ran.err.contains(&*source.to_string_lossy()) && ran.err.contains("help:"), "{}", ran.err);
    }
    // Under --strict a warning is enough.
    std::fs::write(&text, "![](nowhere.png)\n").expect("the text is laid out");
    let strict = run([text.as_os_str(), "--strict".as_ref(), "-o".as_ref(), out.as_os_str()], "build");
    assert_eq!(strict.code, 1, "{}", strict.err);
    assert!(outputs(&out).is_empty());
    let lenient = run([text.as_os_str(), "-o".as_ref(), out.as_os_str()], "build");
    assert_eq!(lenient.code, 0, "{}", lenient.err);
}

#[test]
fn what_makes_no_sense_ends_with_two() {
    let (_desk, text) = desk();
    let text = text.to_string_lossy().into_owned();
    let cases: &[&[&str]] = &[
        &["build"],
        &["build", &text, "--to", "docx"],
        &["build", &text, "--from", "klingon"],
        &["build", &text, "--templates", "/nowhere/at/all"],
        &["build", &text, "--min-confidence", "2"],
        &["check", &text, "--jobs", "many"],
        &["frobnicate", &text],
        &["restore", &text, "-o", &text],
        &[],
    ];
    for arguments in cases {
        let ran = run(arguments.iter().skip(1), arguments.first().copied().unwrap_or(""));
        assert_eq!(ran.code, 2, "{arguments:?}\n{}", ran.err);
        assert_eq!(ran.out, "", "{arguments:?}");
        assert!(!ran.err.is_empty(), "{arguments:?}");
    }
    let mut command = program("check");
    command.arg(&text).env("SOURCE_DATE_EPOCH", "yesterday");
    assert_eq!(Ran::of(command).code, 2);
    assert_eq!(std::fs::read_to_string(&text).expect("the source stays"), TEXT);
}

#[test]
fn help_teaches() {
    for (command, must) in [
        ("build", "tetrapla build essay.md"),
        ("check", "tetrapla check scan.md"),
        ("tree", "tetrapla tree essay.md"),
        ("restore", "tetrapla restore scan.md"),
        ("deposit", "tetrapla deposit essay.md"),
    ] {
        let ran = run(["--help"], command);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{command}");
        assert!(ran.out.contains(must) && ran.out.contains("Examples:") || ran.out.contains("Example:"), "{}", ran.out);
    }
    let whole = run(["--help"], "");
    assert!(["build", "check", "tree", "restore", "deposit"].iter().all(|name| whole.out.contains(name)), "{}", whole.out);
    assert!(run(["--version"], "").out.starts_with("tetrapla "));
}

#[test]
fn records_are_one_object_a_line_by_their_schema() {
    let (desk, text) = desk();
    std::fs::write(&text, "A call.[^9] <x-y>x</x-y> ![](nowhere.png)\n").expect("the text is laid out");
    std::fs::write(desk.path().join("bad.md"), b"%PDF-1.4\n").expect("the text is laid out");
    let mut command = program("build");
    command.arg(desk.path()).arg("-o").arg(desk.path().join("out")).args(["--verify", "--message-format", "json"]);
    let ran = Ran::of(command);
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    let lines: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let schema = tetrapla::record::schema();
    lines.iter().for_each(|line| fits(line, &schema, &schema).unwrap_or_else(|reason| panic!("{reason}: {line}")));
    let of = |id: &str| lines.iter().find(|line| line["id"] == id).unwrap_or_else(|| panic!("no record of {id}"));
    let made = of("text");
    assert_eq!((&made["kind"], &made["status"]), (&"work".into(), &"made".into()));
    let outputs = made["outputs"].as_array().expect("a list");
    assert_eq!(
        outputs.iter().map(|file| file["format"].as_str().expect("a name")).collect::<Vec<_>>(),
        ["epub", "pdf", "tei", "txt"]
    );
    for file in outputs {
        let bytes = std::fs::read(file["path"].as_str().expect("a path")).expect("an output");
        assert_eq!(file["bytes"], bytes.len());
        assert_eq!(file["sha256"], sum(&bytes));
    }
    let source = &made["sources"][0];
    let bytes = std::fs::read(&text).expect("the source");
    assert_eq!((&source["path"], &source["sha256"]), (&"text.md".into(), &sum(&bytes).into()));
    assert!(made["ledger"]["whole"] == true && made["proof"].as_array().is_some_and(|files| files.len() == 4), "{made}");
    for code in ["note-undefined", "html-dropped", "image-missing"] {
        let remark = made["remarks"].as_array().expect("a list").iter().find(|remark| remark["code"] == code);
        assert!(remark.is_some_and(|remark| remark["line"] == 1 && remark["file"].is_string()), "{code}: {made}");
    }
    assert_eq!(of("bad")["status"], "refused");
    let last = lines.last().expect("a summary");
    assert_eq!(
        (&last["kind"], &last["works"], &last["statuses"]),
        (&"summary".into(), &2.into(), &serde_json::json!({"made": 1, "refused": 1}))
    );
    let printed = run(["record"], "schema");
    assert_eq!(serde_json::from_str::<Value>(&printed.out).expect("JSON"), schema);
}

fn sum(bytes: &[u8]) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether a value is as a schema says, as far as the schemas of this program go: JSON Schema's core and the keywords that they use.
fn fits(value: &Value, schema: &Value, root: &Value) -> Result<(), String> {
    let Some(rules) = schema.as_object() else { return Ok(()) };
    let known = |kind: &str| match kind {
        "null" => value.is_null(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "object" => value.is_object(),
        "array" => value.is_array(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        other => panic!("what is the type {other}?"),
    };
    for (rule, said) in rules {
        match rule.as_str() {
            "type" => {
                let kinds = said.as_array().cloned().unwrap_or_else(|| vec![said.clone()]);
                if !kinds.iter().any(|kind| known(kind.as_str().expect("a type"))) {
                    return Err(format!("{value} is no {said}"));
                }
            }
            "$ref" => {
                let path = said.as_str().and_then(|path| path.strip_prefix('#')).expect("a reference into the schema");
                fits(value, root.pointer(path).expect("what is referred to"), root)?;
            }
            "properties" => {
                for (name, inner) in said.as_object().expect("properties") {
                    if let Some(value) = value.get(name) {
                        fits(value, inner, root).map_err(|reason| format!("{name}: {reason}"))?;
                    }
                }
                let names = value.as_object().into_iter().flat_map(|fields| fields.keys());
                let alone = !rules.contains_key("$ref") && !rules.contains_key("additionalProperties");
                if let Some(name) = names.into_iter().find(|name| alone && *name != "kind" && said.get(name.as_str()).is_none())
                {
                    return Err(format!("{name} is not in the schema"));
                }
            }
            "additionalProperties" => {
                for inner in value.as_object().into_iter().flat_map(|fields| fields.values()) {
                    fits(inner, said, root)?;
                }
            }
            "required" => {
                for name in said.as_array().expect("names") {
                    value.get(name.as_str().expect("a name")).ok_or_else(|| format!("{name} is missing"))?;
                }
            }
            "items" => value.as_array().into_iter().flatten().try_for_each(|inner| fits(inner, said, root))?,
            "const" if value != said => return Err(format!("{value} is not {said}")),
            "enum" if !said.as_array().expect("values").contains(value) => return Err(format!("{value} is none of {said}")),
            "minimum" if value.is_number() && value.as_f64() < said.as_f64() => {
                return Err(format!("{value} is less than {said}"));
            }
            "anyOf" | "oneOf" => {
                let ways: Vec<_> = said.as_array().expect("schemas").iter().map(|inner| fits(value, inner, root)).collect();
                if ways.iter().all(Result::is_err) {
                    return ways.into_iter().next_back().expect("a way");
                }
            }
            "const" | "enum" | "minimum" | "title" | "description" | "$schema" | "$defs" | "format" | "default"
            | "propertyNames" => {}
            other => panic!("what is {other}?"),
        }
    }
    Ok(())
}

#[test]
fn a_defect_ends_its_work_alone() {
    let (desk, _) = desk();
    std::fs::write(desk.path().join("other.md"), "BREAK\n").expect("the text is laid out");
    let breaking = tetrapla::read::Dialect {
        name: "breaking",
        looks_like: |text| text.starts_with("BREAK"),
        read: |_| panic!("on purpose"),
    };
    let dialects = [breaking, tetrapla::read::MARKDOWN];
    let kit = tetrapla::Kit { dialects: &dialects, ..tetrapla::Kit::BUILTIN };
    let out = desk.path().join("out");
    let order = tetrapla::driver::Order { kit, ..crate::support::order(&out) };
    let works = tetrapla::driver::find(&[desk.path().to_owned()], &mut tetrapla::report::Report::default());
    let act = |work| tetrapla::driver::build(work, &order);
    let records = tetrapla::driver::batch(works, act, |finished| tetrapla::driver::record(&finished, &order));
    let of = |id: &str| records.iter().find(|record| record.id == id).expect("a record");
    assert_eq!(of("text").status, tetrapla::record::Status::Made);
    assert_eq!(of("other").status, tetrapla::record::Status::Crashed);
    assert!(of("other").remarks[0].message.contains("on purpose"), "{:?}", of("other").remarks);
}

#[test]
fn no_colour_reaches_a_file() {
    let (_desk, text) = desk();
    std::fs::write(&text, "A call.[^9]\n").expect("the text is laid out");
    for no_color in ["", "1"] {
        let mut command = program("check");
        command.arg(&text).env("NO_COLOR", no_color).env("CLICOLOR_FORCE", "0");
        let ran = Ran::of(command);
        assert!(ran.err.contains("note-undefined") && !ran.err.contains('\u{1b}'), "{}", ran.err);
    }
}

#[test]
fn a_tree_and_clean_markdown_go_to_standard_output() {
    let (desk, text) = desk();
    let tree = run([&text], "tree");
    assert!(tree.code == 0 && tree.out.contains("note 1 mark \"1\""), "{}", tree.out);
    let clean = run([&text], "restore");
    assert!(clean.code == 0 && clean.out.contains("Some words.[^1]"), "{}", clean.out);
    let path = desk.path().join("clean.md");
    let written = run([text.as_os_str(), "-o".as_ref(), path.as_os_str()], "restore");
    assert!(written.code == 0 && written.out.trim() == path.to_string_lossy(), "{} {}", written.out, written.err);
    assert_eq!(std::fs::read_to_string(&path).expect("what was written"), clean.out);
}

#[test]
fn repairs_are_written_for_machines_and_can_be_refused() {
    let desk = tempdir().expect("a folder for the test");
    let source = root().join("input/the-foot-of-the-page.md");
    let file = desk.path().join("repairs.json");
    let repairs = |more: &[&str]| {
        let mut command = program("check");
        command.arg(&source).arg("--repairs").arg(&file).args(more);
        let ran = Ran::of(command);
        assert!(ran.code == 0 && ran.out.contains("source: whole"), "{} {}", ran.out, ran.err);
        let whole: Value = serde_json::from_slice(&std::fs::read(&file).expect("the repairs")).expect("JSON");
        let all = whole["works"][0]["repairs"].as_array().expect("a list").clone();
        all.iter()
            .map(|one| (one["id"].to_string().replace('"', ""), one["kind"].to_string().replace('"', "")))
            .collect::<Vec<_>>()
    };
    let all = repairs(&[]);
    let kinds = |all: &[(String, String)], kind: &str| all.iter().filter(|(_, known)| known == kind).count();
    assert_eq!(kinds(&all, "note-attached"), 8, "{all:?}");
    let first = &all.iter().find(|(_, kind)| kind == "note-attached").expect("a note").0;
    assert_eq!(kinds(&repairs(&["--refuse", first]), "note-attached"), 7);
    assert_eq!(kinds(&repairs(&["--refuse", "note-attached"]), "note-attached"), 0);
    assert!(repairs(&["--min-confidence", "0.97"]).len() < all.len());
}

#[test]
fn marks_are_set_where_the_user_asks_and_can_be_refused() {
    let desk = tempdir().expect("a folder for the test");
    let text = desk.path().join("text.md");
    let source = "---\ntitle: A text\nlanguage: en\n---\n\n# A text\n\nShe said \"yes\" -- twice...\n";
    std::fs::write(&text, source).expect("the text is laid out");
    let restored = |more: &[&str]| {
        let mut command = program("restore");
        let ran = Ran::of({
            command.arg(&text).args(more);
            command
        });
        assert_eq!(ran.code, 0, "{}", ran.err);
        ran.out
    };
    assert!(restored(&[]).contains("She said \"yes\" -- twice...\n"));
    let smart = restored(&["--smart"]);
    assert!(smart.contains("She said “yes” – twice…\n"), "{smart}");
    assert!(restored(&["--smart", "--refuse", "punctuation-set"]).contains("She said \"yes\" -- twice...\n"));
    assert!(restored(&["--smart", "--refuse", "punctuation-set-8-3"]).contains("She said “yes” -- twice…\n"));
    let mut command = program("build");
    command.arg(&text).arg("-o").arg(desk.path().join("out")).args(["--smart", "--verify"]);
    let built = Ran::of(command);
    assert_eq!(built.code, 0, "{}", built.err);
    // What was restored needs nothing more.
    std::fs::write(&text, &smart).expect("the text is laid out");
    assert_eq!(restored(&["--smart"]), smart);
}

#[test]
fn works_of_a_folder_keep_their_folders() {
    let desk = tempdir().expect("a folder for the test");
    for path in ["one.md", "deep/two.md", "whole/tetrapla.toml", "whole/a.md", "whole/b.md", ".hidden/three.md", "note.txt"] {
        let path = desk.path().join("in").join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, "").expect("a file");
    }
    let out = desk.path().join("out");
    let ran =
        run([desk.path().join("in").as_os_str(), "-o".as_ref(), out.as_os_str(), "--to".as_ref(), "txt".as_ref()], "build");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let names: Vec<_> = outputs(&out).into_keys().collect();
    assert_eq!(names, ["deep/two.txt", "one.txt", "whole.txt"].map(PathBuf::from));
}

#[test]
fn what_is_no_markdown_is_refused_with_a_way_forward() {
    let desk = tempdir().expect("a folder for the test");
    let folder = desk.path();
    let cases: [(&str, &[u8], &str); 5] = [
        ("a.md", b"%PDF-1.4\n", "OCR"),
        ("b.docx", b"PK\x03\x04..word/document.xml", "pandoc"),
        ("c.rst", b"Hay\n===\n", "--from markdown"),
        ("tetrapla.toml", b"[metadata]\n", "name its folder"),
        ("d.md", b"Gr\xFCn.\n", "--encoding windows-1252"),
    ];
    for (name, bytes, cure) in cases {
        let file = folder.join(name);
        std::fs::write(&file, bytes).expect("the file is laid out");
        let mut command = program("check");
        command.arg(&file);
        let ran = Ran::of(command);
        assert!(ran.code == 1 && ran.err.contains(cure), "{name}: {}", ran.err);
    }
    let mut command = program("tree");
    command.arg(folder.join("d.md")).args(["--encoding", "latin1"]);
    assert!(Ran::of(command).out.contains("Grün."));
    let mut command = program("tree");
    command.arg(folder.join("d.md")).args(["--encoding", "klingon"]);
    assert_eq!(Ran::of(command).code, 2);
}

#[cfg(unix)]
#[test]
fn no_link_leads_out_of_a_work() {
    let desk = tempdir().expect("a folder for the test");
    let folder = desk.path();
    let (work, outside) = (folder.join("work"), folder.join("secret.md"));
    std::fs::create_dir(&work).expect("a folder");
    std::fs::write(&outside, "# Secret\n\nNobody reads this.\n").expect("a text");
    std::fs::write(work.join("tetrapla.toml"), "").expect("a project");
    std::fs::write(work.join("1.md"), "# One\n\n{{#include link.md}}\n").expect("a chapter");
    std::os::unix::fs::symlink(&outside, work.join("link.md")).expect("a link");
    std::os::unix::fs::symlink(folder, work.join("around")).expect("a link");
    let mut command = program("tree");
    command.arg(&work);
    let ran = Ran::of(command);
    assert!(!ran.out.contains("Nobody reads"), "{}", ran.out);
    assert!(ran.err.contains("file-refused") && ran.err.contains("include-refused"), "{}", ran.err);
}

#[test]
fn texts_that_read_as_chapters_are_told() {
    let desk = tempdir().expect("a folder for the test");
    let folder = desk.path();
    let works = folder.join("chapters");
    std::fs::create_dir(&works).expect("a folder");
    for name in ["1.md", "2.md"] {
        std::fs::write(works.join(name), "# A\n\nText.\n").expect("a text");
    }
    let mut command = program("check");
    command.arg(&works);
    let ran = Ran::of(command);
    assert!(ran.code == 0 && ran.err.contains("2 works are made"), "{}", ran.err);
}

const EDITION: &str = "<TEI xmlns=\"http://www.tei-c.org/ns/1.0\" xml:lang=\"en\"><teiHeader><fileDesc><titleStmt><title>Edition</title>\
    </titleStmt><publicationStmt><publisher>P</publisher></publicationStmt><sourceDesc><p>Paper.</p></sourceDesc></fileDesc></teiHeader>\
    <text><body><p>A <del>bay</del><add>grey</add> mare <supplied>ran</supplied> h<ex>ome</ex>, \
    <choice><sic>wet</sic><corr>wett</corr></choice> and <unclear>lame</unclear> <gap/>.</p></body></text></TEI>";

#[test]
fn editors_signs_stand_where_they_are_asked_for_and_are_explained() {
    let desk = tempdir().expect("a folder for the test");
    let (source, out) = (desk.path().join("edition.xml"), desk.path().join("out"));
    std::fs::write(&source, EDITION).expect("the text is laid out");
    let said = |flags: &[&str]| {
        for (command, paths) in [("build", [&source, &out]), ("verify", [&source, &out])] {
            let mut program = program(command);
            program.arg(paths[0]).arg("-o").arg(paths[1]).args(flags);
            let ran = Ran::of(program);
            assert_eq!(ran.code, 0, "{command} {flags:?}: {}{}", ran.out, ran.err);
        }
        std::fs::read_to_string(out.join("edition.txt")).expect("a plain text")
    };
    let plain = said(&[]);
    assert!(plain.contains("A grey mare ran home, wett and lame […].") && !plain.contains("Signs"), "{plain}");
    let signed = said(&["--signs", "--spelling", "diplomatic"]);
    assert!(signed.contains("A ⟦bay⟧\\grey/ mare ⟨ran⟩ h(ome), wet and lame(?) […]."), "{signed}");
    assert!(signed.contains("Signs") && signed.contains("⟨…⟩ supplied by the editor"), "{signed}");
    assert!(!signed.contains("{…}"), "a sign that nobody set is explained: {signed}");
}

#[test]
fn the_texts_of_a_corpus_are_parts_or_works() {
    let desk = tempdir().expect("a folder for the test");
    let corpus = root().join("tests/tei/letters-corpus.xml");
    let names = |flags: &[&str]| {
        let out = desk.path().join(flags.len().to_string());
        let mut command = program("build");
        command.arg(&corpus).args(["--to", "txt", "-o"]).arg(&out).args(flags);
        let ran = Ran::of(command);
        assert_eq!(ran.code, 0, "{}", ran.err);
        outputs(&out).into_keys().collect::<Vec<_>>()
    };
    assert_eq!(names(&[]), ["letters-corpus.txt"].map(PathBuf::from));
    let apart = ["letters-corpus/letters-corpus-1.txt", "letters-corpus/letters-corpus-2.txt"];
    assert_eq!(names(&["--each-text"]), apart.map(PathBuf::from));
}
