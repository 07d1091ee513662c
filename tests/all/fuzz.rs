//! Bytes that nobody meant: every reader of the program is given what was whole once and then was cut, doubled, spliced and
//! sprinkled with what means something in its format. No panic, no endless work, no loss that is not told.
//!
//! The same bytes each time, so that a finding can be found again: `FUZZ_RUNS` (for each target, 25 where it is not said),
//! `FUZZ_SEED`, `FUZZ_TARGET` (a name, or a part of it), `FUZZ_SECONDS` (the most for each target), `FUZZ_EXCEPT` (names with
//! commas between). `FUZZ_FINDINGS` is a folder for what was found, of which each becomes a case in
//! `tests/cases`. `tests/conformance/fuzz.py` goes on for hours.

#[path = "../fuzz/made.rs"]
mod made;
#[path = "../fuzz/mutate.rs"]
mod mutate;
#[path = "../fuzz/targets.rs"]
mod targets;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use mutate::Dice;

#[test]
fn nothing_breaks_a_reader() {
    let number = |name: &str, usual: u64| std::env::var(name).ok().and_then(|said| said.parse().ok()).unwrap_or(usual);
    let seconds = std::env::var("FUZZ_SECONDS").ok().and_then(|said| said.parse::<u64>().ok());
    let (runs, seed) = (number("FUZZ_RUNS", 25), number("FUZZ_SEED", 1));
    let wanted = std::env::var("FUZZ_TARGET").unwrap_or_default();
    let except = std::env::var("FUZZ_EXCEPT").unwrap_or_default();
    let mut findings = Vec::new();
    let is_asked = |name: &str| name.contains(&wanted) && !except.split(',').any(|other| other == name);
    for (rank, target) in targets::all().iter().enumerate().filter(|(_, target)| is_asked(target.name)) {
        assert!(!target.seeds.is_empty(), "{} has nothing to begin with", target.name);
        let before = findings.len();
        let (begin, mut done) = (Instant::now(), 0);
        for run in 0..runs {
            if seconds.is_some_and(|seconds| begin.elapsed().as_secs() >= seconds) {
                break;
            }
            done += 1;
            let mut dice = Dice::new(seed ^ (rank as u64) << 56 ^ run << 20);
            let bytes = mutate::mutated(target, &mut dice);
            let found = match catch_unwind(AssertUnwindSafe(|| (target.run)(&bytes))) {
                Ok(Ok(())) => continue,
                Ok(Err(wrong)) => wrong,
                Err(_) => "a panic".to_owned(),
            };
            findings.push(format!("{}, FUZZ_SEED={seed}, run {run}: {found}", target.name));
            if let Ok(folder) = std::env::var("FUZZ_FINDINGS") {
                std::fs::create_dir_all(&folder).expect("a folder for findings");
                std::fs::write(format!("{folder}/{}-{seed}-{run}", target.name), &bytes).expect("room for a finding");
            }
        }
        println!("{:10} {done} runs, {} findings", target.name, findings.len() - before);
    }
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}
