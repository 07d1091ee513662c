//! ELTeC's header: what the collection sorts its novels by.

use super::super::facts::Facts;
use super::super::header::authority;
use super::super::tag::pointer;
use crate::emit::xml::Xml;
use crate::env::Env;
use crate::report::Report;
use crate::settings::TeiProfile;
use crate::tree::{Document, Identifier, Metadata, PrintedSource, Role};

/// The collection's own namespace, of the facts that it sorts by.
const FACTS: &str = "http://distantreading.net/eltec/ns";

/// From how many words on a novel is of middle length, and long (ELTeC's encoding guide, `size`).
const MEDIUM: usize = 50_000;
const LONG: usize = 100_000;

/// The periods of the collection by their first years; the last ends with 1920.
const PERIODS: [(i32, &str); 4] = [(1840, "T1"), (1860, "T2"), (1880, "T3"), (1900, "T4")];
const LAST_YEAR: i32 = 1920;

pub fn header(xml: &mut Xml, doc: &Document, facts: &Facts, env: &Env, report: &mut Report) {
    let meta = &doc.meta;
    let profile = env.settings.tei.profile;
    element(xml, "teiHeader", |xml| {
        element(xml, "fileDesc", |xml| {
            element(xml, "titleStmt", |xml| titles(xml, meta));
            element(xml, "extent", |xml| {
                xml.leaf("measure", &[("unit", "words")], &facts.words().to_string());
                if facts.pages > 0 {
                    xml.leaf("measure", &[("unit", "pages")], &facts.pages.to_string());
                }
            });
            element(xml, "publicationStmt", |xml| publication(xml, meta));
            element(xml, "sourceDesc", |xml| match &meta.source {
                Some(source) => printed(xml, source),
                None => xml.leaf("p", &[], "The metadata name no printed source."),
            });
        });
        xml.element("encodingDesc", &[("n", profile.name())], |xml| {
            let level = if profile == TeiProfile::Eltec0 { "" } else { " Notes stand where they are called." };
            let said = format!(
                "Written by Tetrapla {}, together with other books of the same words.{level}",
                env!("CARGO_PKG_VERSION")
            );
            xml.leaf("p", &[], &said);
        });
        xml.newline();
        element(xml, "profileDesc", |xml| {
            element(xml, "langUsage", |xml| {
                facts.languages.keys().for_each(|lang| xml.leaf("language", &[("ident", lang)], lang));
            });
            if !meta.subjects.is_empty() {
                element(xml, "textClass", |xml| {
                    xml.element("keywords", &[], |xml| meta.subjects.iter().for_each(|subject| xml.leaf("term", &[], subject)));
                });
            }
            element(xml, "textDesc", |xml| described(xml, meta, facts.words(), report));
        });
        element(xml, "revisionDesc", |xml| {
            let when = env.stamp(meta).strftime("%Y-%m-%d").to_string();
            xml.leaf("change", &[("when", &when)], concat!("Encoded by Tetrapla ", env!("CARGO_PKG_VERSION")));
        });
    });
}

fn element(xml: &mut Xml, name: &'static str, inner: impl FnOnce(&mut Xml)) {
    xml.open(name, &[]);
    xml.newline();
    inner(xml);
    xml.newline();
    xml.close();
    xml.newline();
}

fn titles(xml: &mut Xml, meta: &Metadata) {
    xml.leaf("title", &[], &meta.title);
    if let Some(subtitle) = &meta.subtitle {
        xml.leaf("title", &[], subtitle);
    }
    for person in &meta.people {
        let uris: Vec<_> = person.identifiers.iter().map(authority).collect();
        let uris = uris.join(" ");
        let own = [("ref", uris.as_str())];
        let known = &own[..usize::from(!uris.is_empty())];
        if person.role == Role::Author {
            xml.leaf("author", known, &person.name);
        } else {
            xml.element("respStmt", known, |xml| {
                xml.leaf("resp", &[], person.role.name());
                xml.leaf("name", &[], &person.name);
            });
        }
        xml.newline();
    }
}

/// By their elements where the schema's four can all be filled, else in a sentence.
fn publication(xml: &mut Xml, meta: &Metadata) {
    let addresses = meta.identifiers.iter().filter_map(|id| Some((id.scheme.as_str(), id.uri()?)));
    if let (Some(publisher), Some(licence)) = (&meta.publisher, &meta.licence) {
        xml.leaf("publisher", &[], publisher);
        xml.leaf("distributor", &[], publisher);
        match meta.date.as_deref() {
            Some(date) => xml.leaf("date", &[("when", date)], date),
            None => xml.empty("date", &[]),
        }
        xml.element("availability", &[], |xml| {
            xml.element("licence", &[("target", &pointer(licence))], |xml| {
                meta.rights.iter().for_each(|rights| xml.leaf("p", &[], rights));
            });
        });
        for (scheme, uri) in addresses {
            let kind = scheme.split_whitespace().collect::<Vec<_>>().join("-");
            xml.leaf("ref", &[("type", &kind), ("target", &pointer(&uri))], &uri);
        }
        return;
    }
    let parts = [&meta.publisher, &meta.place, &meta.date, &meta.rights, &meta.licence].into_iter().flatten().cloned();
    let parts: Vec<_> = parts.chain(meta.identifiers.iter().map(name)).collect();
    xml.leaf("p", &[], &if parts.is_empty() { "The metadata name no publisher.".to_owned() } else { parts.join(", ") });
}

fn name(id: &Identifier) -> String {
    id.uri().unwrap_or_else(|| format!("{}:{}", id.scheme, id.value))
}

fn printed(xml: &mut Xml, source: &PrintedSource) {
    xml.element("bibl", &[("type", "printSource")], |xml| {
        for person in &source.people {
            xml.leaf("author", &[], &person.name);
        }
        if let Some(title) = &source.title {
            xml.leaf("title", &[], title);
        }
        for (element, said) in [("pubPlace", &source.place), ("publisher", &source.publisher)] {
            said.iter().for_each(|said| xml.leaf(element, &[], said));
        }
        if let Some(date) = source.date.as_deref() {
            xml.leaf("date", &[("when", date)], date);
        }
        for said in [&source.edition, &source.pages, &source.note].into_iter().flatten() {
            xml.text(&format!(" {said} "));
        }
        source.identifiers.iter().for_each(|id| xml.leaf("idno", &[], &name(id)));
    });
}

/// What the collection asks of every novel. What nobody knows of this one is said to be unknown; a year that lies in none of its
/// periods can't be said, and whoever reads the file must know.
fn described(xml: &mut Xml, meta: &Metadata, words: usize, report: &mut Report) {
    let size = match words {
        LONG.. => "long",
        MEDIUM.. => "medium",
        _ => "short",
    };
    let year = |date: &String| date.get(..4).and_then(|year| year.parse::<i32>().ok());
    let printed = meta.source.as_ref().and_then(|source| source.date.as_ref());
    let year = printed.or(meta.date.as_ref()).and_then(year);
    let period = PERIODS.iter().rev().find(|(from, _)| year.is_some_and(|year| year >= *from)).unwrap_or(&PERIODS[0]).1;
    let own = [("xmlns", FACTS)];
    let fact = |xml: &mut Xml, name: &'static str, key: &str| {
        xml.empty(name, &[own[0], ("key", key)]);
        xml.newline();
    };
    fact(xml, "authorGender", "U");
    fact(xml, "size", size);
    fact(xml, "reprintCount", "unspecified");
    if !year.is_some_and(|year| (PERIODS[0].0..=LAST_YEAR).contains(&year)) {
        let said = match year {
            Some(year) => format!("{year} lies in none of ELTeC's periods"),
            None => "the year of the first edition is not known".to_owned(),
        };
        xml.comment(&format!(" {said}: the key only fills the place that the schema asks for "));
        report
            .warn("tei-eltec-period", None, format!("{said}: the header's timeSlot says nothing"))
            .hint("say in the metadata when the print came out: source: date: 1872");
    }
    fact(xml, "timeSlot", period);
}
