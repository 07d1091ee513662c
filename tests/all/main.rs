//! Every test but the golden cases, in one program: linking a second one takes longer than running this.

#[path = "../support/mod.rs"]
mod support;

mod architecture;
mod commonmark;
mod outside_backend;
mod round_trip;
