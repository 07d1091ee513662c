//! Dublin Core, the fifteen elements, in the form in which repositories hand them to each other
//! (<http://www.openarchives.org/OAI/2.0/oai_dc/>).

use super::FORMATS;
use super::Record;
use super::gaps::{contributors, creators};
use crate::emit::xml::Xml;
use crate::tree::{Identifier, PrintedSource};

/// The record of a deposit. What is not known is left out: every element is optional.
pub fn record(record: &Record) -> String {
    let meta = record.meta;
    let mut xml = Xml::document();
    let schema = "http://www.openarchives.org/OAI/2.0/oai_dc/ http://www.openarchives.org/OAI/2.0/oai_dc.xsd";
    xml.open(
        "oai_dc:dc",
        &[
            ("xmlns:oai_dc", "http://www.openarchives.org/OAI/2.0/oai_dc/"),
            ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
            ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
            ("xsi:schemaLocation", schema),
        ],
    );
    xml.newline();
    let mut say = |name: &'static str, text: &str| {
        xml.leaf(name, &[], text);
        xml.newline();
    };
    say("dc:title", &record.title());
    for creator in creators(meta) {
        say("dc:creator", creator.sort.as_ref().unwrap_or(&creator.name));
    }
    meta.subjects.iter().for_each(|subject| say("dc:subject", subject));
    say("dc:description", &record.description());
    meta.publisher.iter().for_each(|publisher| say("dc:publisher", publisher));
    for other in contributors(meta) {
        say("dc:contributor", other.sort.as_ref().unwrap_or(&other.name));
    }
    meta.date.iter().for_each(|date| say("dc:date", date));
    // https://www.dublincore.org/specifications/dublin-core/dcmi-type-vocabulary/
    say("dc:type", "Text");
    FORMATS.iter().for_each(|format| say("dc:format", format.media_type()));
    meta.identifiers.iter().for_each(|id| say("dc:identifier", &identifier(id)));
    meta.source.iter().for_each(|source| say("dc:source", &citation(source)));
    if meta.language != "und" {
        say("dc:language", &meta.language);
    }
    meta.series.iter().for_each(|series| say("dc:relation", &series.name));
    meta.rights.iter().for_each(|rights| say("dc:rights", rights));
    record.licence.iter().for_each(|licence| say("dc:rights", &licence.address));
    xml.close();
    xml.newline();
    xml.finish()
}

fn identifier(id: &Identifier) -> String {
    id.uri().unwrap_or_else(|| match id.scheme.as_str() {
        "isbn" | "issn" => format!("urn:{}:{}", id.scheme, id.value),
        scheme => format!("{scheme}:{}", id.value),
    })
}

/// The printed source, as a bibliography would cite it.
pub fn citation(source: &PrintedSource) -> String {
    let people = source.people.iter().map(|person| person.name.as_str()).collect::<Vec<_>>().join(", ");
    let made = [source.place.as_deref(), source.publisher.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(": ");
    let parts = [
        Some(people.as_str()),
        source.title.as_deref(),
        source.edition.as_deref(),
        Some(made.as_str()),
        source.date.as_deref(),
        source.pages.as_deref(),
        source.note.as_deref(),
    ];
    parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}
