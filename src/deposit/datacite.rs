//! DataCite 4.6 XML (<https://schema.datacite.org/meta/kernel-4.6/>): the record that a DOI is registered with. What is not known
//! is said by the schema's own codes for the unknown (its appendix on standard values), never made up.

use super::gaps::{contributors, creators};
use super::{FORMATS, Record};
use crate::emit::xml::Xml;
use crate::tree::{Identifier, Person, PrintedSource, Role, Series};

const NAMESPACE: &str = "http://datacite.org/schema/kernel-4";
const SCHEMA: &str = "http://datacite.org/schema/kernel-4 https://schema.datacite.org/meta/kernel-4.6/metadata.xsd";

/// To be assigned or announced later.
const TO_BE_ASSIGNED: &str = ":tba";
/// Unavailable, possibly unknown.
const UNAVAILABLE: &str = ":unav";
/// The schema takes four digits and nothing else; no work is of the year nought.
const NO_YEAR: &str = "0000";

/// The record of a deposit, with every mandatory property.
pub fn record(record: &Record) -> String {
    let mut xml = Xml::document();
    let schema =
        [("xmlns", NAMESPACE), ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"), ("xsi:schemaLocation", SCHEMA)];
    xml.open("resource", &schema);
    xml.newline();
    mandatory(&mut xml, record);
    optional(&mut xml, record);
    xml.close();
    xml.newline();
    xml.finish()
}

fn mandatory(xml: &mut Xml, record: &Record) {
    let meta = record.meta;
    let doi = meta.identifiers.iter().find(|id| id.scheme == "doi").map_or(TO_BE_ASSIGNED, |id| &id.value);
    line(xml, "identifier", &[("identifierType", "DOI")], doi);
    list(xml, "creators", |xml| {
        let known = creators(meta);
        known.iter().for_each(|creator| person(xml, ("creator", "creatorName"), &[], creator));
        if known.is_empty() {
            block(xml, "creator", &[], |xml| line(xml, "creatorName", &[], UNAVAILABLE));
        }
    });
    list(xml, "titles", |xml| {
        let lang = language(&meta.language);
        line(xml, "title", &lang, &meta.title);
        if let Some(subtitle) = &meta.subtitle {
            line(xml, "title", &[&[("titleType", "Subtitle")], lang.as_slice()].concat(), subtitle);
        }
    });
    line(xml, "publisher", &[], meta.publisher.as_deref().unwrap_or(UNAVAILABLE));
    line(xml, "publicationYear", &[], meta.date.as_deref().and_then(|date| date.get(..4)).unwrap_or(NO_YEAR));
    line(xml, "resourceType", &[("resourceTypeGeneral", "Text")], "Digital edition");
}

fn optional(xml: &mut Xml, record: &Record) {
    let meta = record.meta;
    if !meta.subjects.is_empty() {
        list(xml, "subjects", |xml| meta.subjects.iter().for_each(|subject| line(xml, "subject", &[], subject)));
    }
    let others = contributors(meta);
    if !others.is_empty() {
        list(xml, "contributors", |xml| {
            for other in others {
                person(xml, ("contributor", "contributorName"), &[("contributorType", part(other.role))], other);
            }
        });
    }
    if let Some(date) = &meta.date {
        list(xml, "dates", |xml| line(xml, "date", &[("dateType", "Issued")], date));
    }
    if meta.language != "und" {
        line(xml, "language", &[], &meta.language);
    }
    let own: Vec<_> = meta.identifiers.iter().filter(|id| id.scheme != "doi").collect();
    if !own.is_empty() {
        list(xml, "alternateIdentifiers", |xml| {
            for id in own {
                line(xml, "alternateIdentifier", &[("alternateIdentifierType", &scheme(id))], &id.value);
            }
        });
    }
    list(xml, "formats", |xml| FORMATS.iter().for_each(|format| line(xml, "format", &[], format.media_type())));
    if let Some(edition) = &meta.edition {
        line(xml, "version", &[], edition);
    }
    rights(xml, record);
    list(xml, "descriptions", |xml| {
        let kind = if meta.description.is_some() { "Abstract" } else { "Other" };
        line(xml, "description", &[("descriptionType", kind)], &record.description());
    });
    if meta.source.is_some() || meta.series.is_some() {
        list(xml, "relatedItems", |xml| {
            meta.source.iter().for_each(|source| printed_source(xml, source));
            meta.series.iter().for_each(|found| series(xml, found));
        });
    }
}

fn rights(xml: &mut Xml, record: &Record) {
    let (stated, licence) = (record.meta.rights.as_deref(), record.licence.as_ref());
    if stated.is_none() && licence.is_none() {
        return;
    }
    list(xml, "rightsList", |xml| {
        stated.into_iter().for_each(|stated| line(xml, "rights", &[], stated));
        let Some(licence) = licence else { return };
        let mut attributes = Vec::new();
        if licence.is_address() {
            attributes.push(("rightsURI", licence.address.as_str()));
        }
        if let Some(spdx) = &licence.spdx {
            attributes.extend([("rightsIdentifier", spdx.as_str()), ("rightsIdentifierScheme", "SPDX")]);
            attributes.push(("schemeURI", "https://spdx.org/licenses/"));
        }
        line(xml, "rights", &attributes, licence.name.as_deref().unwrap_or(&licence.address));
    });
}

fn person(xml: &mut Xml, (element, name): (&'static str, &'static str), attributes: &[(&'static str, &str)], person: &Person) {
    block(xml, element, attributes, |xml| {
        named(xml, name, person);
        for id in &person.identifiers {
            let mut attributes = vec![("nameIdentifierScheme", scheme(id))];
            if let Some(home) = home(id) {
                attributes.push(("schemeURI", home.to_owned()));
            }
            let attributes: Vec<_> = attributes.iter().map(|(name, value)| (*name, value.as_str())).collect();
            line(xml, "nameIdentifier", &attributes, &id.uri().unwrap_or_else(|| id.value.clone()));
        }
    });
}

/// A name, and its parts where the metadata say how an index writes it: without that, nobody knows whether it is a person's.
fn named(xml: &mut Xml, element: &'static str, person: &Person) {
    match person.sort.as_deref().and_then(|sort| Some((sort, sort.split_once(", ")?))) {
        Some((sort, (family, given))) => {
            line(xml, element, &[("nameType", "Personal")], sort);
            line(xml, "givenName", &[], given);
            line(xml, "familyName", &[], family);
        }
        None => line(xml, element, &[], &person.name),
    }
}

/// The schema's word for a part in a work.
fn part(role: Role) -> &'static str {
    match role {
        Role::Editor | Role::Compiler => "Editor",
        Role::Translator => "Translator",
        Role::Author | Role::Illustrator | Role::Annotator | Role::Introduction | Role::Contributor => "Other",
    }
}

fn printed_source(xml: &mut Xml, source: &PrintedSource) {
    block(xml, "relatedItem", &[("relatedItemType", "Book"), ("relationType", "IsDerivedFrom")], |xml| {
        if let Some((kind, id)) = source.identifiers.iter().find_map(|id| Some((related(id)?, id))) {
            line(xml, "relatedItemIdentifier", &[("relatedItemIdentifierType", kind)], &id.value);
        }
        if !source.people.is_empty() {
            list(xml, "creators", |xml| {
                source.people.iter().for_each(|person| block(xml, "creator", &[], |xml| named(xml, "creatorName", person)));
            });
        }
        list(xml, "titles", |xml| line(xml, "title", &[], source.title.as_deref().unwrap_or(UNAVAILABLE)));
        if let Some(year) = source.date.as_deref().filter(|date| date.len() == 4 && date.bytes().all(|b| b.is_ascii_digit())) {
            line(xml, "publicationYear", &[], year);
        }
        if let Some(publisher) = &source.publisher {
            line(xml, "publisher", &[], publisher);
        }
        if let Some(edition) = &source.edition {
            line(xml, "edition", &[], edition);
        }
    });
}

fn series(xml: &mut Xml, series: &Series) {
    block(xml, "relatedItem", &[("relatedItemType", "Collection"), ("relationType", "IsPartOf")], |xml| {
        list(xml, "titles", |xml| line(xml, "title", &[], &series.name));
        if let Some(position) = &series.position {
            line(xml, "volume", &[], position);
        }
    });
}

/// The schema's word for the kind of an identifier of something related.
fn related(id: &Identifier) -> Option<&'static str> {
    Some(match id.scheme.as_str() {
        "isbn" => "ISBN",
        "issn" => "ISSN",
        "doi" => "DOI",
        "urn" => "URN",
        "ark" => "ARK",
        "hdl" => "Handle",
        "url" => "URL",
        _ => return None,
    })
}

fn scheme(id: &Identifier) -> String {
    id.scheme.to_ascii_uppercase()
}

/// Where an authority file lives.
fn home(id: &Identifier) -> Option<&'static str> {
    Some(match id.scheme.as_str() {
        "orcid" => "https://orcid.org/",
        "viaf" => "https://viaf.org/",
        "gnd" => "https://d-nb.info/gnd/",
        "isni" => "https://isni.org/",
        "wikidata" => "https://www.wikidata.org/",
        _ => return None,
    })
}

fn language(tag: &str) -> Vec<(&'static str, &str)> {
    if tag == "und" { Vec::new() } else { vec![("xml:lang", tag)] }
}

fn list(xml: &mut Xml, name: &'static str, inner: impl FnOnce(&mut Xml)) {
    block(xml, name, &[], inner);
}

fn block(xml: &mut Xml, name: &'static str, attributes: &[(&'static str, &str)], inner: impl FnOnce(&mut Xml)) {
    xml.open(name, attributes);
    xml.newline();
    inner(xml);
    xml.close();
    xml.newline();
}

fn line(xml: &mut Xml, name: &'static str, attributes: &[(&'static str, &str)], text: &str) {
    xml.leaf(name, attributes, text);
    xml.newline();
}
