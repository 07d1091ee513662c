//! The encoding of an edition, as it is handed on.

use super::dom::{Child, Element};
use super::phrase;
use crate::tree::{Content, Encoding, Witness};

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
    Some(Encoding {
        profile,
        before: beside(before),
        root: copied,
        after: beside(&rest[1..]),
        witnesses: witnesses(root),
        ..Encoding::default()
    })
}

/// The witnesses that the header lists, where an apparatus names them.
fn witnesses(root: &Element) -> Vec<Witness> {
    let header = root.find("teiHeader").filter(|_| root.find("text").is_some_and(|text| text.find("app").is_some()));
    let mut all = Vec::new();
    for list in header.into_iter().flat_map(|header| header.descendants("witness")) {
        let siglum = list.id().map(str::to_owned).unwrap_or_else(|| list.find("abbr").map(Element::line).unwrap_or_default());
        // Of a full description of a manuscript, where it lies.
        let place = list.find("msIdentifier").map(phrase::words).filter(|said| !said.is_empty());
        // Those in it are listed by themselves.
        let description = place.unwrap_or_else(|| phrase::words_but(list, &["listWit", "witness"]));
        // A siglum that the description begins with is not said twice.
        let description = match description.strip_prefix(siglum.as_str()) {
            Some(rest) if !rest.starts_with(char::is_alphanumeric) => {
                rest.trim_start_matches([' ', ':', '=', ',', '.']).to_owned()
            }
            _ => description,
        };
        if !siglum.is_empty() {
            all.push(Witness { siglum, description });
        }
    }
    all
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
