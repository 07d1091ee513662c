//! Runs over many works: what stands is kept, a killed run goes on where it was, shards and workers do each work once, limits end one
//! work alone.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tempfile::{TempDir, tempdir};

use crate::support::{Ran, files, program};

/// A folder with so many small works in `in/`.
fn desk(works: usize) -> TempDir {
    let desk = tempdir().expect("a folder for the test");
    std::fs::create_dir(desk.path().join("in")).expect("a folder");
    for n in 0..works {
        lay(desk.path(), &format!("in/w{n}.md"), &format!("# Work {n}\n\nSome words, {n}.\n"));
    }
    desk
}

fn lay(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).expect("a text is laid out");
}

#[track_caller]
fn run(folder: &Path, arguments: &[&str]) -> Ran {
    let mut command = program(arguments[0]);
    command.current_dir(folder).args(&arguments[1..]);
    Ran::of(command)
}

/// What became of each work, by its name, of a run that tells in JSON.
#[track_caller]
fn statuses(ran: &Ran) -> BTreeMap<String, String> {
    let lines = ran.out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap_or_else(|_| panic!("{line}")));
    let mut statuses = BTreeMap::new();
    for line in lines.filter(|line| line["kind"] == "work") {
        let (id, status) = (line["id"].as_str().expect("a name"), line["status"].as_str().expect("a status"));
        assert!(statuses.insert(id.to_owned(), status.to_owned()).is_none(), "{id} has two records");
    }
    statuses
}

const BUILD: [&str; 7] = ["build", "in", "-o", "out", "--to", "txt,tei", "--message-format=json"];

fn build(desk: &Path, more: &[&str]) -> BTreeMap<String, String> {
    let ran = run(desk, &[&BUILD[..], more].concat());
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    statuses(&ran)
}

fn count(statuses: &BTreeMap<String, String>, status: &str) -> usize {
    statuses.values().filter(|known| *known == status).count()
}

#[test]
fn many_works_become_a_bag_each_that_is_whole() {
    let desk = desk(3);
    std::fs::create_dir(desk.path().join("in/below")).expect("a folder");
    lay(desk.path(), "in/below/w9.md", "# Work 9\n\nSome words, 9.\n");
    let flags = ["deposit", "in", "-o", "bags", "--lenient", "--repairs", "repairs.json", "--message-format=json"];
    let ran = run(desk.path(), &flags);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert_eq!(count(&statuses(&ran), "made"), 4);
    let repairs: Value =
        serde_json::from_slice(&std::fs::read(desk.path().join("repairs.json")).expect("a list")).expect("JSON");
    assert_eq!(repairs["works"].as_array().map(Vec::len), Some(4));
    let bags = ["bags/w0.bag", "bags/w1.bag", "bags/w2.bag", "bags/below/w9.bag"];
    let ran = run(desk.path(), &[&["deposit", "--verify"][..], &bags].concat());
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert_eq!(ran.out.matches("whole and unchanged").count(), 4, "{}", ran.out);
}

#[test]
fn a_rerun_makes_only_what_has_changed() {
    let desk = desk(3);
    let desk = desk.path();
    let made = |more: &[&str]| count(&build(desk, more), "made");
    assert_eq!(made(&[]), 3);
    assert_eq!(made(&[]), 0);
    lay(desk, "in/w1.md", "# Work\n\nOther words. ![A picture](p.png)\n");
    assert_eq!(
        build(desk, &[]).into_iter().filter(|(_, status)| status == "made").map(|(id, _)| id).collect::<Vec<_>>(),
        ["w1"]
    );
    assert_eq!(made(&[]), 0);
    std::fs::copy(crate::support::root().join("input/the-foot-of-the-page.png"), desk.join("in/p.png")).expect("a picture");
    assert_eq!(made(&[]), 1, "a picture that was missing is there");
    std::fs::write(desk.join("out/w0.txt"), "touched").expect("an output");
    assert_eq!(made(&[]), 1, "an output was changed");
    std::fs::remove_file(desk.join("out/w2.tei.xml")).expect("an output");
    assert_eq!(made(&[]), 1, "an output is gone");
    assert_eq!(made(&["--width", "40"]), 3, "a setting has changed");
    assert_eq!(made(&["--width", "40", "--verify"]), 3, "nothing was proved");
    assert_eq!(made(&["--width", "40", "--verify"]), 0);
    assert_eq!(made(&["--width", "40", "--force"]), 3);
    let ran = run(desk, &["build", "in/w0.md", "-o", "out", "--to", "txt", "--width", "40"]);
    assert!(ran.out.contains("w0.txt (unchanged)"), "{}", ran.out);
}

#[test]
fn a_new_chapter_is_a_change() {
    let desk = desk(2);
    let desk = desk.path();
    lay(desk, "in/tetrapla.toml", "[metadata]\ntitle = \"A Book\"\nlanguage = \"en\"\n");
    let made = |more: &[&str]| count(&build(desk, more), "made");
    assert_eq!((made(&[]), made(&[])), (1, 0));
    lay(desk, "in/w3.md", "# Work 3\n\nMore.\n");
    assert_eq!((made(&[]), made(&[])), (1, 0));
    lay(desk, "in/tetrapla.toml", "[metadata]\ntitle = \"Another Book\"\nlanguage = \"en\"\n");
    assert_eq!((made(&[]), made(&[])), (1, 0));
}

#[test]
fn outputs_that_no_source_answers_to_are_told() {
    let desk = desk(3);
    let desk = desk.path();
    build(desk, &[]);
    std::fs::remove_file(desk.join("in/w2.md")).expect("a source");
    lay(desk, "in/w1.md", "# Work\n\nOther words.\n");
    let ran = run(desk, &["build", "in", "-o", "out", "--to", "txt"]);
    let said = ran.err.split("output-stale").nth(1).unwrap_or_default();
    assert!(said.contains("w2.txt") && said.contains("w2.tei.xml") && said.contains("w1.tei.xml"), "{}", ran.err);
    assert!(!said.contains("w0") && !said.contains("w1.txt"), "{}", ran.err);
}

#[test]
fn a_killed_run_goes_on_where_it_was() {
    let desk = desk(24);
    let mut made = 0;
    for _ in 0..4 {
        let mut child = Command::new(env!("CARGO_BIN_EXE_tetrapla"))
            .args(BUILD)
            .current_dir(desk.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        // Killed after the third record of the run.
        let out = std::io::BufReader::new(child.stdout.take().expect("its output"));
        let lines: Vec<_> =
            std::io::BufRead::lines(out).map_while(Result::ok).filter(|line| line.contains("\"made\"")).take(3).collect();
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
        made += lines.len();
    }
    let last = build(desk.path(), &[]);
    assert_eq!(last.len(), 24);
    let kept = count(&last, "kept");
    assert!(kept >= made && made == 12, "{kept} of {made} recorded works are kept");
    assert_eq!(count(&build(desk.path(), &[]), "kept"), 24);
    assert_eq!(files(&desk.path().join("out"), ".txt").len(), 24);
}

#[test]
fn shards_do_each_work_once_and_the_same_bytes() {
    let desk = desk(7);
    let mut all = BTreeMap::new();
    for shard in ["0/3", "1/3", "2/3"] {
        let mut own = build(desk.path(), &["--shard", shard]);
        assert!(own.keys().all(|id| !all.contains_key(id)));
        all.append(&mut own);
    }
    assert_eq!(all.len(), 7);
    assert_eq!(count(&build(desk.path(), &["--shard", "1/3"]), "kept"), 2);
    assert_eq!(count(&build(desk.path(), &[]), "kept"), 7, "what shards have made stands for all");
    for wrong in ["3/3", "a/b", "1", "0/0"] {
        assert_eq!(run(desk.path(), &["build", "in", "--shard", wrong]).code, 2, "{wrong}");
    }
}

#[test]
fn sources_are_named_by_a_file_or_given_on_standard_input() {
    let desk = desk(3);
    let desk = desk.path();
    lay(desk, "list", "in/w0.md\n\nin/w2.md\n");
    let ran = run(desk, &["build", "--files-from", "list", "-o", "out", "--to", "txt", "--message-format=json"]);
    assert_eq!(statuses(&ran).into_keys().collect::<Vec<_>>(), ["w0", "w2"]);
    let given = |arguments: &[&str], text: &str| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_tetrapla"))
            .args(arguments)
            .current_dir(desk)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        child.stdin.take().expect("its input").write_all(text.as_bytes()).expect("it reads");
        let ran = child.wait_with_output().expect("it ends");
        (
            ran.status.code(),
            String::from_utf8_lossy(&ran.stdout).into_owned(),
            String::from_utf8_lossy(&ran.stderr).into_owned(),
        )
    };
    let (code, out, err) = given(&["build", "-", "-o", "-", "--to", "txt"], "# A title\n\nWords.\n");
    assert!(code == Some(0) && out.contains("Words."), "{out}{err}");
    let (code, out, err) = given(&["build", "--files-from", "-", "-o", "-", "--to", "tei"], "in/w1.md\n");
    assert!(code == Some(0) && out.starts_with("<?xml") && out.contains("Some words, 1."), "{out}{err}");
    let (code, out, _) = given(&["tree", "-"], "# A title\n\nWords.\n");
    assert!(code == Some(0) && out.contains("Words."), "{out}");
    let (code, out, _) = given(&["restore", "-", "-o", "-"], "# A title\n\nWords.\n");
    assert!(code == Some(0) && out.contains("Words."), "{out}");
    assert_eq!(given(&["build", "-", "-o", "-"], "Words.\n").0, Some(2), "four books don't fit through one pipe");
    assert_eq!(given(&["build"], "").0, Some(2), "here is no work");
    std::fs::write(desk.join("in/tetrapla.toml"), "").expect("a project");
    let ran = run(&desk.join("in"), &["build", "-o", "books", "--to", "txt"]);
    assert!(ran.code == 0 && desk.join("in/books/in.txt").is_file(), "{}", ran.err);
}

#[test]
fn a_work_runs_out_of_its_time_and_others_are_made() {
    let desk = desk(2);
    // A millisecond is not even enough to cut it into lines.
    let long: String = (0..40_000).map(|n| format!("Paragraph {n} of a long, *long* book.\n\n")).collect();
    lay(desk.path(), "long.md", &long);
    for command in ["build", "check"] {
        let arguments = [command, "in/w0.md", "in/w1.md", "long.md", "--time-limit", "1ms", "--message-format=json"];
        let ran = run(desk.path(), &arguments);
        assert_eq!((ran.code, statuses(&ran)["long"].as_str()), (1, "timeout"), "{}{}", ran.out, ran.err);
    }
    assert_eq!(count(&build(desk.path(), &["--force", "--time-limit", "99h"]), "made"), 2);
    for wrong in ["soon", "0s", "-1"] {
        assert_eq!(run(desk.path(), &["build", "in", &format!("--time-limit={wrong}")]).code, 2, "{wrong}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn one_work_runs_out_of_memory_alone() {
    let desk = desk(1);
    let long: String = (0..400_000).map(|n| format!("Paragraph {n} of a long book.\n\n")).collect();
    lay(desk.path(), "in/long.md", &long);
    let ran = run(desk.path(), &["build", "in", "-o", "out", "--to", "txt", "--memory-limit", "100M", "--message-format=json"]);
    let known = statuses(&ran);
    assert_eq!((known["w0"].as_str(), known["long"].as_str()), ("made", "crashed"), "{}", ran.out);
    let said = ran.out.lines().find(|line| line.contains("\"long\"")).unwrap_or_default();
    assert!(said.contains("memory allocation"), "{said}");
}

#[test]
fn a_worker_answers_each_request_with_a_record() {
    let desk = desk(1);
    let requests = [
        json!({"id": "a", "source": "in/w0.md", "to": ["txt"]}),
        json!({"id": "b/c", "text": "# Given\n\nWords that are given.\n", "to": ["txt"], "verify": true, "settings": {"text": {"width": 30}}}),
        json!({"id": "again", "source": "in/w0.md", "to": ["txt"]}),
        json!({"id": "gone", "source": "in/gone.md"}),
        json!({"id": "odd", "source": "in/w0.md", "to": ["docx"]}),
        json!({"id": "check", "source": "in/w0.md", "task": "check"}),
        json!({"id": "more", "source": "in/w0.md", "colour": "red"}),
    ];
    let mut child = Command::new(env!("CARGO_BIN_EXE_tetrapla"))
        .args(["worker", "-o", "out"])
        .current_dir(desk.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut to = child.stdin.take().expect("its input");
    for request in &requests {
        writeln!(to, "{request}").expect("it reads");
    }
    writeln!(to, "no JSON").expect("it reads");
    drop(to);
    let ran = child.wait_with_output().expect("it ends");
    assert!(ran.status.success());
    let text = String::from_utf8(ran.stdout).expect("UTF-8");
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!((&lines[0]["kind"], &lines[0]["v"]), (&"ready".into(), &1.into()));
    let told: Vec<_> = lines[1..].iter().map(|line| (line["id"].as_str().unwrap(), line["status"].as_str().unwrap())).collect();
    let want = [
        ("a", "made"),
        ("b/c", "made"),
        ("again", "kept"),
        ("gone", "refused"),
        ("odd", "refused"),
        ("check", "checked"),
        ("more", "refused"),
        ("", "refused"),
    ];
    assert_eq!(told, want);
    assert!(lines[2]["ledger"]["whole"] == true, "{}", lines[2]);
    let given = std::fs::read_to_string(desk.path().join("out/c.txt")).expect("an output");
    assert!(given.contains("Words that are given."), "{given}");
    if cfg!(target_os = "linux") {
        assert!(lines[1]["peak"].as_u64().is_some_and(|bytes| bytes > 1 << 20), "{}", lines[1]);
    }
}

#[test]
fn the_report_of_many_works_is_an_index_with_pages_beside_it() {
    let desk = desk(9);
    let desk = desk.path();
    std::fs::write(desk.join("in/bad & worse.md"), b"%PDF-1.4\n").expect("a text");
    let ran = run(desk, &["build", "in", "-o", "out", "--to", "txt", "--report", "report.html"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let index = std::fs::read_to_string(desk.join("report.html")).expect("an index");
    assert!(index.contains("href=\"report.pages&#x2f;w3.html\"") && index.contains("bad &amp; worse"), "{index}");
    assert!(index.contains("9 made, 1 refused"), "{index}");
    let page = std::fs::read_to_string(desk.join("report.pages/w3.html")).expect("a page");
    assert!(page.contains("Work 3") && page.contains("Every word is there."));
}
