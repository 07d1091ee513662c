//! Running heads, folios, signatures and catchwords: what a printed page bears beside its text.

use std::ops::Range;

use super::guesses::Guesses;
use super::lines::Lines;
use super::vocabulary::Vocabulary;
use crate::tree::FurnitureKind;

/// A line that is no text of the work.
pub struct Found {
    pub kind: FurnitureKind,
    pub text: String,
    /// The page's number, where the line says it.
    pub folio: Option<String>,
}

pub fn claim(_lines: &mut Lines, _leaves: &[Range<usize>], _words: &Vocabulary, _guesses: &mut Guesses) -> Vec<Found> {
    Vec::new()
}
