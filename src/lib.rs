//! Tetrapla, the fourfold book.

pub mod emit;
pub mod env;
pub mod read;
pub mod report;
pub mod span;
pub mod tree;
pub mod typeset;
