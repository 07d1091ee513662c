//! RO-Crate 1.1 (<https://w3id.org/ro/crate/1.1>): the deposit described as linked data. Its file stands in the bag's payload, at
//! its root, as the specification's appendix on packaging has it.

use serde_json::{Map, Value, json};

use super::gaps::{contributors, creators};
use super::payload::{self, DATACITE, DUBLIN_CORE, LICENCE, README, REPAIRS};
use super::{Files, Record, SOURCE_FOLDER, media_type};
use crate::format::Format;
use crate::tree::{Identifier, Person};

/// The name that the specification gives the file.
pub const FILE: &str = "ro-crate-metadata.json";

const PROGRAM: &str = "#tetrapla";
const MAKING: &str = "#making";
const PUBLISHER: &str = "#publisher";

/// Formats that the PRONOM registry tells apart more finely than media types do: ending, identifier, name.
const PRONOM: [(&str, &str, &str); 2] = [
    (".epub", "https://www.nationalarchives.gov.uk/PRONOM/fmt/483", "ePub format"),
    (".pdf", "https://www.nationalarchives.gov.uk/PRONOM/fmt/476", "Acrobat PDF/A - Portable Document Format 2a"),
];

/// The metadata file of a crate with the payload `files`, by path below its root.
pub fn metadata(files: &Files, record: &Record) -> Vec<u8> {
    let mut graph = vec![descriptor(), root(files, record)];
    graph.extend(files.iter().map(|(path, bytes)| file(path, bytes.len())));
    graph.extend(people(record));
    graph.extend(record.meta.publisher.as_ref().map(|name| json!({ "@id": PUBLISHER, "@type": "Organization", "name": name })));
    graph.extend(licence(record));
    graph.extend(record.meta.identifiers.iter().map(identifier));
    for (ending, id, name) in PRONOM {
        if files.keys().any(|path| path.ends_with(ending)) {
            graph.push(json!({ "@id": id, "@type": "Website", "name": name }));
        }
    }
    graph.push(program());
    graph.push(making(files, record));
    payload::pretty(&json!({ "@context": "https://w3id.org/ro/crate/1.1/context", "@graph": graph }))
}

fn descriptor() -> Value {
    json!({
        "@id": FILE, "@type": "CreativeWork",
        "conformsTo": { "@id": "https://w3id.org/ro/crate/1.1" }, "about": { "@id": "./" },
    })
}

fn root(files: &Files, record: &Record) -> Value {
    let meta = record.meta;
    let mut root = Map::new();
    let mut say = |name: &str, value: Value| drop(root.insert(name.to_owned(), value));
    say("@id", json!("./"));
    say("@type", json!("Dataset"));
    say("name", json!(record.title()));
    say("description", json!(record.description()));
    if let Some(date) = &meta.date {
        say("datePublished", json!(date));
    }
    say(
        "license",
        match &record.licence {
            Some(licence) if licence.is_address() => json!({ "@id": licence.address }),
            Some(licence) => json!(licence.address),
            None => json!("The metadata name no licence: ask before you use the work."),
        },
    );
    say("hasPart", refs(files.keys().map(|path| encoded(path))));
    let ids = |people: Vec<&Person>| refs(people.into_iter().map(|person| person_id(person, record)));
    if !creators(meta).is_empty() {
        say("author", ids(creators(meta)));
    }
    if !contributors(meta).is_empty() {
        say("contributor", ids(contributors(meta)));
    }
    if meta.publisher.is_some() {
        say("publisher", json!({ "@id": PUBLISHER }));
    }
    if !meta.identifiers.is_empty() {
        say("identifier", refs(meta.identifiers.iter().map(identifier_id)));
    }
    if meta.language != "und" {
        say("inLanguage", json!(meta.language));
    }
    if !meta.subjects.is_empty() {
        say("keywords", json!(meta.subjects.join(", ")));
    }
    Value::Object(root)
}

fn file(path: &str, length: usize) -> Value {
    let media = json!(media_type(path));
    let finer = PRONOM.iter().find(|(ending, ..)| path.ends_with(ending) && !path.starts_with(SOURCE_FOLDER));
    let format = finer.map_or(media.clone(), |(_, id, _)| json!([media, { "@id": id }]));
    json!({
        "@id": encoded(path), "@type": "File", "name": what(path), "contentSize": length.to_string(), "encodingFormat": format,
    })
}

/// What a file of the payload is, for people.
fn what(path: &str) -> String {
    if let Some(name) = path.strip_prefix(SOURCE_FOLDER) {
        return format!("Source, as it was: {name}");
    }
    let known = match path {
        REPAIRS => "Repairs of the source, each with what stood there and what stands there now",
        LICENCE => "Rights and licence",
        README => "What is here, for people",
        DATACITE => "Metadata: DataCite",
        DUBLIN_CORE => "Metadata: Dublin Core",
        _ => Format::of(path).map_or(path, |format| format.title()),
    };
    known.to_owned()
}

fn people(record: &Record) -> Vec<Value> {
    let all = record.meta.people.iter();
    all.map(|person| {
        let mut entity = Map::new();
        entity.insert("@id".to_owned(), json!(person_id(person, record)));
        entity.insert("@type".to_owned(), json!("Person"));
        entity.insert("name".to_owned(), json!(person.name));
        if let Some((family, given)) = person.sort.as_deref().and_then(|sort| sort.split_once(", ")) {
            entity.insert("familyName".to_owned(), json!(family));
            entity.insert("givenName".to_owned(), json!(given));
        }
        Value::Object(entity)
    })
    .collect()
}

/// An address in an authority file, ORCID before all others, as the specification wants it; else a name within the crate.
fn person_id(person: &Person, record: &Record) -> String {
    let orcid = person.identifiers.iter().find(|id| id.scheme == "orcid");
    let at = record.meta.people.iter().position(|known| std::ptr::eq(known, person)).unwrap_or(0);
    orcid.or(person.identifiers.first()).and_then(Identifier::uri).unwrap_or_else(|| format!("#person-{}", at + 1))
}

fn licence(record: &Record) -> Option<Value> {
    let licence = record.licence.as_ref().filter(|licence| licence.is_address())?;
    let name = licence.name.as_ref().unwrap_or(&licence.address);
    let rights = record.meta.rights.as_deref().map(super::flat).unwrap_or_else(|| format!("The licence of {}", record.title()));
    Some(json!({ "@id": licence.address, "@type": "CreativeWork", "name": name, "description": rights }))
}

fn identifier(id: &Identifier) -> Value {
    json!({ "@id": identifier_id(id), "@type": "PropertyValue", "name": id.scheme.to_uppercase(), "value": id.value })
}

fn identifier_id(id: &Identifier) -> String {
    id.uri().unwrap_or_else(|| format!("#{}", encoded(&format!("{}-{}", id.scheme, id.value))))
}

fn program() -> Value {
    json!({
        "@id": PROGRAM, "@type": "SoftwareApplication", "name": "Tetrapla", "version": env!("CARGO_PKG_VERSION"),
        "description": "Makes EPUB, PDF, TEI and plain text from one source, side by side.",
    })
}

/// That the outputs were made from the source, and by what.
fn making(files: &Files, record: &Record) -> Value {
    let (sources, others): (Vec<_>, Vec<_>) = files.keys().partition(|path| path.starts_with(SOURCE_FOLDER));
    let made = others.into_iter().filter(|path| Format::of(path).is_some() && !is_ours(path));
    let mut making = json!({
        "@id": MAKING, "@type": "CreateAction", "name": format!("Making the editions of {}", record.title()),
        "instrument": { "@id": PROGRAM }, "object": refs(sources.into_iter().map(|path| encoded(path))),
        "result": refs(made.map(|path| encoded(path))),
    });
    if let Some(moment) = record.made {
        making["endTime"] = json!(moment.to_string());
    }
    making
}

/// Whether a file tells of the deposit, and is no edition.
fn is_ours(path: &str) -> bool {
    [REPAIRS, LICENCE, README, DATACITE, DUBLIN_CORE].contains(&path)
}

/// References to entities; one alone stands without brackets, as the specification asks.
fn refs(ids: impl IntoIterator<Item = impl Into<String>>) -> Value {
    let mut refs: Vec<_> = ids.into_iter().map(|id| json!({ "@id": id.into() })).collect();
    if refs.len() == 1 { refs.remove(0) } else { Value::Array(refs) }
}

/// A path as a relative address.
fn encoded(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(&byte);
    let mut text = String::new();
    for byte in path.bytes() {
        if plain(byte) {
            text.push(char::from(byte));
        } else {
            text += &format!("%{byte:02X}");
        }
    }
    text
}

/// The path that a relative address means.
pub fn decoded(address: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = address.as_bytes();
    while let [first, behind @ ..] = rest {
        rest = behind;
        let hex = behind.get(..2).filter(|_| *first == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        match hex.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &behind[2..];
            }
            None => bytes.push(*first),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_addresses_and_back() {
        let path = "source/a b#c%d?/é.md";
        assert_eq!(encoded(path), "source/a%20b%23c%25d%3F/%C3%A9.md");
        assert_eq!(decoded(&encoded(path)), path);
    }
}
