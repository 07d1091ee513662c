//! Bytes that nobody meant: every reader of the program is given what was whole once and then was cut, doubled, spliced and
//! sprinkled with what means something in its format. No panic, no endless work, no loss that is not told.
//!
//! The same bytes each time, so that a finding can be found again: `FUZZ_RUNS` (for each target, 25 where it is not said),
//! `FUZZ_SEED`, `FUZZ_TARGET` (a name, or a part of it), `FUZZ_SECONDS` (the most for each target), `FUZZ_EXCEPT` (names with
//! commas between). `FUZZ_FINDINGS` is a folder for what was found, of which each becomes a case in
//! `tests/cases`; beside each stands, as `.least`, what it takes to show it. `FUZZ_AGAIN` is such a folder, of which each is tried again
//! in the place of new ones. `tests/conformance/fuzz.py` goes on for hours.

#[path = "../fuzz/made.rs"]
mod made;
#[path = "../fuzz/mutate.rs"]
mod mutate;
#[path = "../fuzz/shrink.rs"]
mod shrink;
#[path = "../fuzz/targets.rs"]
mod targets;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Instant;

use crate::support::files;
use mutate::{Dice, Target};

/// What still finds too much to be run with the tests: asked for by its name alone.
const UNSETTLED: &[&str] = &["ledger-dialects"];

#[test]
fn nothing_breaks_a_reader() {
    let number = |name: &str, usual: u64| std::env::var(name).ok().and_then(|said| said.parse().ok()).unwrap_or(usual);
    let seconds = std::env::var("FUZZ_SECONDS").ok().and_then(|said| said.parse::<u64>().ok());
    let (runs, seed) = (number("FUZZ_RUNS", 25), number("FUZZ_SEED", 1));
    let wanted = std::env::var("FUZZ_TARGET").unwrap_or_default();
    let except = std::env::var("FUZZ_EXCEPT").unwrap_or_default();
    let mut findings = Vec::new();
    let is_asked = |name: &str| {
        let is_settled = !UNSETTLED.contains(&name) || wanted == name;
        is_settled && name.contains(&wanted) && !except.split(',').any(|other| other == name)
    };
    for (rank, target) in targets::all().iter().enumerate().filter(|(_, target)| is_asked(target.name)) {
        assert!(!target.seeds.is_empty(), "{} has nothing to begin with", target.name);
        let before = findings.len();
        let (begin, mut done) = (Instant::now(), 0);
        let mut try_one = |which: String, bytes: &[u8]| {
            done += 1;
            let Some(found) = wrong(target, bytes) else { return };
            findings.push(format!("{}, {which}: {found}", target.name));
            if let Ok(folder) = std::env::var("FUZZ_FINDINGS") {
                keep(&format!("{folder}/{}-{}", target.name, which.replace(' ', "-")), target, bytes, &found);
            }
        };
        if let Ok(folder) = std::env::var("FUZZ_AGAIN") {
            for path in files(Path::new(&folder), "").iter().filter(|path| is_of(path, target)) {
                try_one(path.display().to_string(), &std::fs::read(path).expect("a finding"));
            }
        } else {
            for run in 0..runs {
                if seconds.is_some_and(|seconds| begin.elapsed().as_secs() >= seconds) {
                    break;
                }
                let mut dice = Dice::new(seed ^ (rank as u64) << 56 ^ run << 20);
                try_one(format!("FUZZ_SEED {seed} run {run}"), &mutate::mutated(target, &mut dice));
            }
        }
        println!("{:10} {done} runs, {} findings", target.name, findings.len() - before);
    }
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

/// What is wrong with some bytes.
fn wrong(target: &Target, bytes: &[u8]) -> Option<String> {
    match catch_unwind(AssertUnwindSafe(|| (target.run)(bytes))) {
        Ok(found) => found.err(),
        Err(_) => Some("a panic".to_owned()),
    }
}

/// Writes a finding, and what is left of it without what it does not need.
fn keep(path: &str, target: &Target, bytes: &[u8], found: &str) {
    let folder = Path::new(path).parent().expect("a folder for findings");
    std::fs::create_dir_all(folder).expect("a folder for findings");
    std::fs::write(path, bytes).expect("room for a finding");
    // Another fault that a piece shows by itself is another finding.
    let kind = |found: &str| found.split([':', ' ']).next().map(str::to_owned);
    let is_same = |less: &[u8]| wrong(target, less).is_some_and(|less| kind(&less) == kind(found));
    std::fs::write(format!("{path}.least"), shrink::shrunk(bytes, &is_same)).expect("room for a finding");
}

/// Whether a file is a finding of this target.
fn is_of(path: &Path, target: &Target) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    name.strip_prefix(target.name).is_some_and(|rest| rest.starts_with("-FUZZ")) && !name.ends_with(".least")
}
