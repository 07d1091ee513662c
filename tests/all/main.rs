//! Every test but the golden cases, in one program: linking a second one takes longer than running this.

#![allow(clippy::disallowed_methods, reason = "texts are laid out on the disk for the program to find")]

#[path = "../support/mod.rs"]
mod support;

mod architecture;
mod cli;
mod commonmark;
mod hostile;
mod invariants;
mod outside_backend;
mod pdf;
mod properties;
mod restore;
mod round_trip;
