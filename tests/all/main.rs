//! Every test in one program: linking a second one takes longer than running this. `cargo test --test all golden` runs one chapter.

#![allow(clippy::disallowed_methods, reason = "texts are laid out on the disk for the program to find")]

#[path = "../support/mod.rs"]
mod support;

mod architecture;
mod citations;
mod cli;
mod commonmark;
mod concordance;
mod deposit;
mod epub;
mod fuzz;
mod golden;
mod guide;
mod hostile;
mod invariants;
mod ledger;
mod mutations;
mod outside_backend;
mod pdf;
mod properties;
mod readers;
mod report;
mod reproducible;
mod restore;
mod round_trip;
mod runs;
mod teaching;
mod tei;
mod typography;
mod verify;
