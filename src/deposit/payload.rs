//! What is in the bag: the source, the outputs, the repairs, the licence, the metadata, a page for people, and the RO-Crate that
//! describes them all.

use serde_json::json;

use super::{AGENT, FORMATS, Files, Material, Record, SOURCE_FOLDER, datacite, dublin_core, flat, research_object};
use crate::emit::{EmitError, Output};
use crate::format::Format;

pub const REPAIRS: &str = "repairs.json";
pub const LICENCE: &str = "LICENSE.txt";
pub const README: &str = "README.txt";
pub const DATACITE: &str = "metadata/datacite.xml";
pub const DUBLIN_CORE: &str = "metadata/dublin-core.xml";

/// The payload, by path below `data/`.
pub fn gather(material: &Material, record: &Record) -> Result<Files, EmitError> {
    let mut files = Files::new();
    let stem = stem(material.stem);
    for source in &material.sources {
        files.insert(format!("{SOURCE_FOLDER}{}", source.path), source.bytes.clone());
    }
    for output in material.outputs {
        add(&mut files, &stem, output);
    }
    files.insert(REPAIRS.to_owned(), repairs(material));
    files.insert(LICENCE.to_owned(), licence(material, record).into_bytes());
    files.insert(DATACITE.to_owned(), datacite::record(record).into_bytes());
    files.insert(DUBLIN_CORE.to_owned(), dublin_core::record(record).into_bytes());
    files.insert(README.to_owned(), readme(&files, &stem, material, record)?.into_bytes());
    let metadata = research_object::metadata(&files, record);
    files.insert(research_object::FILE.to_owned(), metadata);
    Ok(files)
}

/// What the outputs are called. Not as the deposit's own pages are.
fn stem(stem: &str) -> String {
    let taken = [README, LICENCE].iter().any(|own| own.trim_end_matches(".txt").eq_ignore_ascii_case(stem));
    if taken { format!("{stem}-text") } else { stem.to_owned() }
}

fn add(files: &mut Files, stem: &str, output: &Output) {
    match output {
        Output::File { extension, bytes } => drop(files.insert(format!("{stem}.{extension}"), bytes.clone())),
        Output::Folder { extension, files: inner } => {
            files.extend(inner.iter().map(|(path, bytes)| (format!("{stem}.{extension}/{path}"), bytes.clone())));
        }
    }
}

/// What restoring changed, with the place of each change in the source.
fn repairs(material: &Material) -> Vec<u8> {
    let repairs = material.doc.repairs.iter().zip(&material.places).map(|(repair, (line, column))| {
        let file =
            material.sources.get(usize::from(repair.span.file.0)).map(|source| format!("{SOURCE_FOLDER}{}", source.path));
        json!({
            "id": repair.id, "kind": repair.kind.name(), "file": file, "line": line, "column": column,
            "before": repair.before, "after": repair.after,
            "confidence": (f64::from(repair.confidence) * 100.0).round() / 100.0,
        })
    });
    let whole = json!({ "program": AGENT, "title": material.doc.meta.title, "repairs": repairs.collect::<Vec<_>>() });
    pretty(&whole)
}

/// JSON for people and for version control: indented, one newline at the end.
pub fn pretty(value: &serde_json::Value) -> Vec<u8> {
    format!("{value:#}\n").into_bytes()
}

/// Who holds the rights and under which licence the work stands, then the licence's own text where the program carries it.
fn licence(material: &Material, record: &Record) -> String {
    let mut text = format!("{}\n\n", record.title());
    match &record.meta.rights {
        Some(rights) => text += &format!("{}\n", rights.trim()),
        None => text += "The metadata do not say who holds the rights.\n",
    }
    let Some(licence) = &record.licence else { return text + "\nThe metadata name no licence: ask before you use the work.\n" };
    match &licence.name {
        Some(name) => text += &format!("\nLicence: {name}\n{}\n", licence.address),
        None => text += &format!("\nLicence: {}\n", licence.address),
    }
    match licence.text(&material.env.templates) {
        Some(legal) => text + "\n" + &"-".repeat(72) + "\n\n" + &legal,
        None => text,
    }
}

fn readme(files: &Files, stem: &str, material: &Material, record: &Record) -> Result<String, EmitError> {
    let meta = record.meta;
    let path = |format: Format| format!("{stem}.{}", format.extension());
    let listed: Vec<_> = FORMATS.into_iter().filter(|format| files.contains_key(&path(*format))).collect();
    let names: Vec<_> = meta.people.iter().map(|person| json!({ "name": person.name, "role": person.role.name() })).collect();
    let identifiers: Vec<_> = meta
        .identifiers
        .iter()
        .map(|id| id.uri().unwrap_or_else(|| format!("{} {}", id.scheme.to_uppercase(), id.value)))
        .collect();
    let context = json!({
        "title": record.title(), "people": names, "publisher": meta.publisher, "place": meta.place, "date": meta.date,
        "language": meta.language, "identifiers": identifiers, "rights": meta.rights.as_deref().map(flat),
        "licence": record.licence.as_ref().map(|licence| json!({ "name": licence.name, "address": licence.address })),
        "description": meta.description.as_deref().map(flat), "source": meta.source.as_ref().map(dublin_core::citation),
        "lacking": record.lacking(), "repairs": material.doc.repairs.len(), "agent": AGENT,
        "outputs": listed.iter().map(|format| {
            json!({ "path": path(*format), "kind": format.title(), "what": format.purpose() })
        }).collect::<Vec<_>>(),
        "sources": files.keys().filter(|path| path.starts_with(SOURCE_FOLDER)).collect::<Vec<_>>(),
    });
    let page = material.env.templates.render("deposit/README.txt", &context);
    page.map_err(|reason| EmitError::Template { name: "deposit/README.txt".to_owned(), reason })
}
