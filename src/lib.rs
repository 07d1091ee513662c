//! Tetrapla, the fourfold book.

pub mod cli;
pub mod driver;
pub mod emit;
pub mod env;
pub mod read;
pub mod report;
pub mod span;
pub mod tree;
pub mod typeset;

/// What a program built on this library works with. One with a backend of its own says
/// `Kit { backends: &[&Mine, &emit::Epub], ..Kit::BUILTIN }`.
#[derive(Clone, Copy)]
pub struct Kit<'a> {
    /// In the order in which `--help` lists them.
    pub backends: &'a [&'a dyn emit::Backend],
    /// In the order in which `--from auto` tries them.
    pub dialects: &'a [read::Dialect],
}

impl Kit<'static> {
    /// What ships with the program.
    pub const BUILTIN: Self = Self { backends: emit::BUILTIN, dialects: read::BUILTIN };
}
