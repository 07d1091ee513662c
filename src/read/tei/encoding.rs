//! The encoding of an edition, as it is handed on.

use super::dom::{Child, Element};
use crate::tree::{Content, Encoding};

const NAMESPACE: &str = "http://www.tei-c.org/ns/1.0";

/// What a document says of the customisation that it keeps to, and how the user calls it.
const SCHEMAS: &[(&str, &str)] = &[
    ("basisformat", "dtabf"),
    ("eltec-0", "eltec-0"),
    ("eltec-1", "eltec-1"),
    ("eltec-2", "eltec-2"),
    ("tei_simplePrint", "simplePrint"),
    ("tei_lite", "lite"),
];

/// The encoding of a document; none where it is no TEI P5, which must be said in other words.
pub fn of(document: &Element) -> Option<Encoding> {
    let at = document.children.iter().position(|child| matches!(child, Child::Element(_)))?;
    let Child::Element(root) = &document.children[at] else { return None };
    if !matches!(root.name, "TEI" | "teiCorpus") {
        return None;
    }
    let content = document.content();
    let (before, rest) = content.split_at(at);
    // White space there is none of the document's.
    let beside = |all: &[Content]| all.iter().filter(|one| !matches!(one, Content::Text(_))).cloned().collect();
    let mut copied = root.copied();
    // Who leaves the namespace out means it.
    if !copied.attributes.iter().any(|(name, _)| name == "xmlns" || name.starts_with("xmlns:")) {
        copied.attributes.insert(0, ("xmlns".to_owned(), NAMESPACE.to_owned()));
    }
    let profile = document.children[..at].iter().find_map(schema).or_else(|| level(root));
    Some(Encoding { profile, before: beside(before), root: copied, after: beside(&rest[1..]), beside: None })
}

/// The customisation whose schema an instruction names.
fn schema(child: &Child) -> Option<&'static str> {
    let Child::Instruction(said) = child else { return None };
    let said = said.strip_prefix("xml-model")?;
    SCHEMAS.iter().find(|(part, _)| said.contains(part)).map(|(_, name)| *name)
}

/// The level of ELTeC that a header declares.
fn level(root: &Element) -> Option<&'static str> {
    let said = root.find("encodingDesc")?.attribute("n")?;
    SCHEMAS.iter().find(|(part, _)| *part == said).map(|(_, name)| *name)
}
