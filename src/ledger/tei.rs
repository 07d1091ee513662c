//! The witness for TEI.

use super::stream::Stream;

/// Whether a file is XML by its first characters.
pub fn is_xml(text: &str) -> bool {
    let text = text.trim_start();
    text.starts_with("<?xml") || text.starts_with("<TEI") || text.starts_with("<tei:") || text.starts_with("<teiCorpus")
}

pub fn read(_: &mut Stream) {}
