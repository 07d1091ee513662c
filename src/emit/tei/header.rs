//! `teiHeader`: what a catalogue wants to know, and what was done to the text (TEI P5, chapter 2).

use std::collections::BTreeMap;

use crate::emit::xml::Xml;
use crate::report::{Repair, RepairKind};
use crate::tree::{Block, Document, Identifier, Inline, Metadata, Node, Person, PrintedSource, Role, Visit, walk_blocks};

/// Writes the header of `doc`, whose `text` element is already written.
pub fn header(xml: &mut Xml, doc: &Document, text: &str) {
    let facts = Facts::of(doc);
    section(xml, "teiHeader", |xml| {
        section(xml, "fileDesc", |xml| file_description(xml, &doc.meta, &facts));
        section(xml, "encodingDesc", |xml| encoding(xml, &doc.repairs, &facts, text));
        section(xml, "profileDesc", |xml| profile(xml, &doc.meta, &facts));
        section(xml, "revisionDesc", |xml| revisions(xml, &doc.repairs));
    });
}

/// What the header says of the text.
#[derive(Default)]
struct Facts {
    words: usize,
    /// The printed pages that the text names. None where it has no page breaks.
    pages: usize,
    /// Words by language, the work's own included.
    languages: BTreeMap<String, usize>,
    notes: usize,
    formulas: bool,
}

impl Facts {
    fn of(doc: &Document) -> Self {
        let mut facts = Facts::default();
        let mut abroad = BTreeMap::<String, usize>::new();
        walk_blocks(&doc.body, &mut |visit| match visit {
            Visit::Block(node) => {
                if let Block::PageBreak(_) = node.kind {
                    facts.pages += 1;
                }
                facts.formulas |= matches!(node.kind, Block::Math(_));
            }
            Visit::Inline(node) => match &node.kind {
                Inline::Text(text) => facts.words += text.split_whitespace().count(),
                Inline::PageBreak(_) => facts.pages += 1,
                Inline::Note(_) => facts.notes += 1,
                Inline::Math(_) => facts.formulas = true,
                Inline::Span(inner) => {
                    if let Some(lang) = node.lang() {
                        *abroad.entry(lang.to_owned()).or_default() += words_in(inner);
                    }
                }
                Inline::LineBreak
                | Inline::Styled(..)
                | Inline::Code(_)
                | Inline::Link(_)
                | Inline::Image(_)
                | Inline::NoteCall(_)
                | Inline::LineEnd
                | Inline::Comment(_) => {}
            },
        });
        let home = facts.words.saturating_sub(abroad.values().sum());
        *abroad.entry(doc.meta.language.clone()).or_default() += home;
        facts.languages = abroad;
        facts
    }
}

fn words_in(inlines: &[Node<Inline>]) -> usize {
    crate::tree::plain_text(inlines).split_whitespace().count()
}

fn section(xml: &mut Xml, name: &'static str, inner: impl FnOnce(&mut Xml)) {
    xml.open(name, &[]);
    xml.newline();
    inner(xml);
    xml.close();
    xml.newline();
}

fn leaf(xml: &mut Xml, name: &'static str, text: &str) {
    xml.leaf(name, &[], text);
    xml.newline();
}

fn optional(xml: &mut Xml, name: &'static str, text: Option<&str>) {
    if let Some(text) = text {
        leaf(xml, name, text);
    }
}

fn file_description(xml: &mut Xml, meta: &Metadata, facts: &Facts) {
    section(xml, "titleStmt", |xml| {
        xml.leaf("title", &[("type", "main")], &meta.title);
        xml.newline();
        if let Some(subtitle) = &meta.subtitle {
            xml.leaf("title", &[("type", "sub")], subtitle);
            xml.newline();
        }
        people(xml, &meta.people);
    });
    if let Some(edition) = &meta.edition {
        section(xml, "editionStmt", |xml| leaf(xml, "edition", edition));
    }
    xml.open("extent", &[]);
    measure(xml, "words", facts.words);
    if facts.pages > 0 {
        xml.text(" ");
        measure(xml, "pageBreaks", facts.pages);
    }
    xml.close();
    xml.newline();
    section(xml, "publicationStmt", |xml| publication(xml, meta));
    if let Some(series) = &meta.series {
        section(xml, "seriesStmt", |xml| {
            xml.leaf("title", &[("level", "s")], &series.name);
            xml.newline();
            if let Some(position) = &series.position {
                xml.leaf("biblScope", &[("unit", "volume")], position);
                xml.newline();
            }
        });
    }
    section(xml, "sourceDesc", |xml| match &meta.source {
        Some(source) => printed_source(xml, source),
        None if facts.pages > 0 => {
            leaf(xml, "p", "A printed edition, whose page breaks the text bears. The metadata do not name it.")
        }
        None => leaf(xml, "p", "The metadata name no printed source."),
    });
}

fn measure(xml: &mut Xml, unit: &str, quantity: usize) {
    let quantity = quantity.to_string();
    let said = match unit {
        "words" => format!("{quantity} words"),
        _ => format!("{quantity} page breaks"),
    };
    xml.leaf("measure", &[("unit", unit), ("quantity", &quantity)], &said);
}

fn people(xml: &mut Xml, people: &[Person]) {
    for person in people {
        match person.role {
            Role::Author => xml.element("author", &[], |xml| name(xml, person)),
            Role::Editor => xml.element("editor", &[], |xml| name(xml, person)),
            Role::Translator => xml.element("editor", &[("role", "translator")], |xml| name(xml, person)),
            Role::Illustrator | Role::Annotator | Role::Compiler | Role::Introduction | Role::Contributor => {
                let resp = match person.role {
                    Role::Introduction => "author of the introduction",
                    role => role.name(),
                };
                xml.element("respStmt", &[], |xml| {
                    xml.leaf("resp", &[], resp);
                    name(xml, person);
                });
            }
        }
        xml.newline();
    }
}

fn name(xml: &mut Xml, person: &Person) {
    let uris: Vec<_> = person.identifiers.iter().filter_map(Identifier::uri).map(|uri| uri.replace(' ', "")).collect();
    let uris = uris.join(" ");
    let mut attributes = Vec::new();
    if let Some(sort) = &person.sort {
        attributes.push(("key", sort.as_str()));
    }
    if !uris.is_empty() {
        attributes.push(("ref", uris.as_str()));
    }
    xml.leaf("persName", &attributes, &person.name);
}

fn publication(xml: &mut Xml, meta: &Metadata) {
    match &meta.publisher {
        Some(publisher) => leaf(xml, "publisher", publisher),
        None => leaf(xml, "authority", "not stated"),
    }
    optional(xml, "pubPlace", meta.place.as_deref());
    date(xml, meta.date.as_deref());
    identifiers(xml, &meta.identifiers);
    if meta.rights.is_none() && meta.licence.is_none() {
        return;
    }
    section(xml, "availability", |xml| match (&meta.licence, &meta.rights) {
        (Some(address), rights) => {
            let target = address.replace(' ', "%20");
            xml.leaf("licence", &[("target", &target)], rights.as_deref().unwrap_or(address));
            xml.newline();
        }
        (None, rights) => leaf(xml, "p", rights.as_deref().unwrap_or_default()),
    });
}

fn date(xml: &mut Xml, date: Option<&str>) {
    if let Some(date) = date {
        xml.leaf("date", &[("when", date)], date);
        xml.newline();
    }
}

fn identifiers(xml: &mut Xml, identifiers: &[Identifier]) {
    for id in identifiers {
        // `@type` takes one word.
        let scheme = id.scheme.split_whitespace().collect::<Vec<_>>().join("-");
        xml.leaf("idno", &[("type", &scheme)], &id.value);
        xml.newline();
    }
}

fn printed_source(xml: &mut Xml, source: &PrintedSource) {
    section(xml, "bibl", |xml| {
        people(xml, &source.people);
        optional(xml, "title", source.title.as_deref());
        optional(xml, "edition", source.edition.as_deref());
        optional(xml, "pubPlace", source.place.as_deref());
        optional(xml, "publisher", source.publisher.as_deref());
        date(xml, source.date.as_deref());
        optional(xml, "extent", source.pages.as_deref());
        identifiers(xml, &source.identifiers);
        optional(xml, "note", source.note.as_deref());
    });
}

fn encoding(xml: &mut Xml, repairs: &[Repair], facts: &Facts, text: &str) {
    section(xml, "projectDesc", |xml| {
        leaf(xml, "p", "Made from a text in Markdown, together with an EPUB, a PDF and a plain text of the same words.");
    });
    section(xml, "editorialDecl", |xml| editorial(xml, repairs, facts));
    section(xml, "tagsDecl", |xml| {
        xml.open("namespace", &[("name", super::NAMESPACE)]);
        xml.newline();
        for (name, count) in count_tags(text) {
            xml.empty("tagUsage", &[("gi", name), ("occurs", &count.to_string())]);
            xml.newline();
        }
        xml.close();
        xml.newline();
    });
    section(xml, "refsDecl", |xml| {
        leaf(xml, "p", "Divisions are cited by their xml:id, paragraphs by their n, which counts them through the work.");
        if facts.pages > 0 {
            leaf(xml, "p", "Pages of the printed source are cited by the n of the pb at which they begin, where it has one.");
        }
    });
    section(xml, "appInfo", |xml| {
        xml.element("application", &[("ident", "tetrapla"), ("version", env!("CARGO_PKG_VERSION"))], |xml| {
            xml.leaf("label", &[], "Tetrapla");
        });
        xml.newline();
    });
}

/// What was done to the text, and only that.
fn editorial(xml: &mut Xml, repairs: &[Repair], facts: &Facts) {
    let done = |kind| repairs.iter().any(|repair| repair.kind == kind);
    let mut say = |name: &'static str, text: &str| section(xml, name, |xml| leaf(xml, "p", text));
    say("correction", "No letter of the source was corrected.");
    let mut segmentation = "Divisions follow the headings of the source, paragraphs its blank lines.".to_owned();
    if done(RepairKind::ParagraphJoined) {
        segmentation += " Paragraphs that the end of a printed page had cut were joined.";
    }
    say("segmentation", &segmentation);
    if done(RepairKind::WordJoined) {
        say("hyphenation", "Words that a hyphen had cut at the end of a line or a page were joined.");
    }
    say("quotation", "Quotation marks stand as characters, as the source has them; quote marks quotations that are set off.");
    let mut other = Vec::new();
    if done(RepairKind::NoteAttached) {
        other.push("Notes from the foot of the printed page stand where they are called.");
    } else if facts.notes > 0 {
        other.push("Notes stand where they are called.");
    }
    if done(RepairKind::HeadDropped) {
        other.push("Running heads and folios were taken out of the text.");
    }
    if facts.formulas {
        other.push("Formulas are kept as TeX.");
    }
    if !other.is_empty() {
        leaf(xml, "p", &other.join(" "));
    }
}

/// How often each element stands in `text`, which this program wrote: every `<` opens a tag or a comment.
fn count_tags(text: &str) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if rest.starts_with("!--") {
            rest = rest.find("-->").map_or("", |end| &rest[end..]);
            continue;
        }
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        if end > 0 {
            *counts.entry(&rest[..end]).or_default() += 1;
        }
    }
    counts
}

fn profile(xml: &mut Xml, meta: &Metadata, facts: &Facts) {
    if let Some(description) = &meta.description {
        section(xml, "abstract", |xml| leaf(xml, "p", description));
    }
    section(xml, "langUsage", |xml| {
        for (lang, words) in &facts.languages {
            let share = (100 * words + facts.words / 2).checked_div(facts.words).unwrap_or(100).min(100);
            xml.leaf("language", &[("ident", lang), ("usage", &share.to_string())], lang);
            xml.newline();
        }
    });
    if !meta.subjects.is_empty() {
        section(xml, "textClass", |xml| {
            section(xml, "keywords", |xml| meta.subjects.iter().for_each(|subject| leaf(xml, "term", subject)));
        });
    }
}

fn revisions(xml: &mut Xml, repairs: &[Repair]) {
    xml.open("change", &[]);
    xml.text(concat!("Encoded by Tetrapla ", env!("CARGO_PKG_VERSION"), "."));
    if !repairs.is_empty() {
        xml.text(" Repairs of page-broken text, by kind:");
        xml.open("list", &[]);
        for kind in RepairKind::ALL {
            let count = repairs.iter().filter(|repair| repair.kind == kind).count();
            if count > 0 {
                xml.leaf("item", &[], &format!("{}: {count}", kind.name()));
            }
        }
        xml.close();
    }
    xml.close();
    xml.newline();
}
