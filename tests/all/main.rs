//! Every test in one program: linking a second one takes longer than running this. `cargo test --test all golden` runs one chapter.

#![allow(clippy::disallowed_methods, reason = "texts are laid out on the disk for the program to find")]

/// Counts what every test allocates; [`scaling`] asks.
#[global_allocator]
static COUNTED: &stats_alloc::StatsAlloc<std::alloc::System> = &stats_alloc::INSTRUMENTED_SYSTEM;

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
mod scaling;
mod teaching;
mod tei;
mod typography;
mod verify;
