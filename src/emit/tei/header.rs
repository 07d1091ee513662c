//! `teiHeader`: what a catalogue wants to know of the file and of the print that it was taken from (TEI P5, chapter 2).

use super::encoding::{encoding, revisions};
use super::facts::Facts;
use super::tag::pointer;
use super::text::Written;
use crate::emit::xml::Xml;
use crate::settings::{TeiProfile, TeiSettings};
use crate::tree::{Document, Identifier, Metadata, Person, PrintedSource, Role, Series};

/// Writes the header of `doc`, whose `text` element is already written.
pub fn header(xml: &mut Xml, doc: &Document, written: &Written, settings: &TeiSettings) {
    let facts = Facts::of(doc);
    let mut head = Head { xml, profile: settings.profile };
    head.section("teiHeader", |head| {
        head.section("fileDesc", |head| head.file(&doc.meta, &facts));
        head.section("encodingDesc", |head| encoding(head, doc, &facts, written, settings));
        head.section("profileDesc", |head| head.text_profile(&doc.meta, &facts));
        if head.profile.has("revisionDesc") {
            head.section("revisionDesc", |head| revisions(head, &doc.repairs, written));
        }
    });
}

/// The writer of the header.
pub(super) struct Head<'a> {
    pub xml: &'a mut Xml,
    pub profile: TeiProfile,
}

impl Head<'_> {
    pub fn section(&mut self, name: &'static str, inner: impl FnOnce(&mut Self)) {
        self.within(name, &[], inner);
    }

    pub fn within(&mut self, name: &'static str, attributes: &[(&'static str, &str)], inner: impl FnOnce(&mut Self)) {
        self.xml.open(name, attributes);
        self.xml.newline();
        inner(self);
        self.xml.close();
        self.xml.newline();
    }

    pub fn leaf(&mut self, name: &'static str, attributes: &[(&'static str, &str)], text: &str) {
        self.xml.leaf(name, attributes, text);
        self.xml.newline();
    }

    fn optional(&mut self, name: &'static str, text: Option<&str>) {
        if let Some(text) = text {
            self.leaf(name, &[], text);
        }
    }

    fn file(&mut self, meta: &Metadata, facts: &Facts) {
        self.section("titleStmt", |head| {
            head.leaf("title", &[("type", "main")], &meta.title);
            if let Some(subtitle) = &meta.subtitle {
                head.leaf("title", &[("type", "sub")], subtitle);
            }
            head.people(&meta.people);
        });
        if let Some(edition) = &meta.edition {
            self.section("editionStmt", |head| head.leaf("edition", &[], edition));
        }
        self.extent(facts);
        self.section("publicationStmt", |head| head.publication(meta));
        if let Some(series) = &meta.series {
            self.series(series);
        }
        self.notes(meta);
        self.section("sourceDesc", |head| match &meta.source {
            Some(source) => head.source(source),
            None if facts.pages > 0 => {
                head.leaf("p", &[], "A printed edition, whose page breaks the text bears. The metadata do not name it.")
            }
            None => head.leaf("p", &[], "The metadata name no printed source."),
        });
    }

    /// How long the text is, in words and in pages of the print.
    fn extent(&mut self, facts: &Facts) {
        self.xml.open("extent", &[]);
        self.measure("words", "tokens", facts.words());
        if facts.pages > 0 {
            self.xml.text(" ");
            self.measure("pages", "pages", facts.pages);
        }
        self.xml.close();
        self.xml.newline();
    }

    fn measure(&mut self, unit: &str, dtabf: &str, quantity: usize) {
        let number = quantity.to_string();
        let said = format!("{number} {unit}");
        match self.profile {
            TeiProfile::All | TeiProfile::SimplePrint => {
                self.xml.leaf("measure", &[("unit", unit), ("quantity", &number)], &said)
            }
            TeiProfile::Dtabf => self.xml.leaf("measure", &[("type", dtabf)], &number),
            TeiProfile::Lite | TeiProfile::Eltec0 | TeiProfile::Eltec1 | TeiProfile::Eltec2 => self.xml.text(&said),
        }
    }

    fn people(&mut self, people: &[Person]) {
        for person in people {
            match person.role {
                Role::Author => self.said_by("author", &[], person),
                Role::Editor => self.said_by("editor", &[], person),
                Role::Translator => self.said_by("editor", &[("role", "translator")], person),
                Role::Illustrator | Role::Annotator | Role::Compiler | Role::Introduction | Role::Contributor => {
                    self.xml.open("respStmt", &[]);
                    self.resp(person.role);
                    self.name(person);
                    self.xml.close();
                }
            }
            self.xml.newline();
        }
    }

    fn said_by(&mut self, name: &'static str, attributes: &[(&'static str, &str)], person: &Person) {
        self.xml.open(name, attributes);
        self.name(person);
        self.xml.close();
    }

    fn resp(&mut self, role: Role) {
        let said = match role {
            Role::Introduction => "author of the introduction",
            role => role.name(),
        };
        if self.profile == TeiProfile::Dtabf {
            return self.xml.element("resp", &[], |xml| xml.leaf("note", &[("type", "remarkResponsibility")], said));
        }
        let relator = format!("http://id.loc.gov/vocabulary/relators/{}", role.marc());
        let known = [("ref", relator.as_str())];
        self.xml.leaf("resp", if self.profile == TeiProfile::All { &known } else { &[] }, said);
    }

    /// A name with its addresses in authority files. Its parts are marked where the form of the index tells them.
    fn name(&mut self, person: &Person) {
        let uris: Vec<_> = person.identifiers.iter().map(authority).collect();
        let uris = uris.join(" ");
        let parts = person.sort.as_deref().and_then(|sort| sort.split_once(", "));
        let parts = parts.filter(|(surname, forename)| person.name == format!("{forename} {surname}"));
        let element = if self.profile.has("persName") { "persName" } else { "name" };
        let mut attributes = Vec::new();
        match &person.sort {
            Some(sort) if parts.is_none() && matches!(self.profile, TeiProfile::All | TeiProfile::Lite) => {
                attributes.push(("key", sort.as_str()))
            }
            _ => {}
        }
        if !uris.is_empty() {
            attributes.push(("ref", uris.as_str()));
        }
        self.xml.open(element, &attributes);
        match parts {
            Some((surname, forename)) if element == "persName" => {
                self.xml.leaf("forename", &[], forename);
                self.xml.text(" ");
                self.xml.leaf("surname", &[], surname);
            }
            _ => self.xml.text(&person.name),
        }
        self.xml.close();
    }

    fn publication(&mut self, meta: &Metadata) {
        match &meta.publisher {
            Some(publisher) => self.leaf("publisher", &[], publisher),
            None if self.profile.has("authority") => self.leaf("authority", &[], "unknown"),
            None => self.leaf("publisher", &[], "unknown"),
        }
        self.optional("pubPlace", meta.place.as_deref());
        self.date(meta.date.as_deref());
        self.identifiers(&meta.identifiers);
        if meta.rights.is_none() && meta.licence.is_none() {
            return;
        }
        self.section("availability", |head| match (&meta.licence, &meta.rights) {
            (Some(address), rights) => {
                head.leaf("licence", &[("target", &pointer(address))], rights.as_deref().unwrap_or(address));
            }
            (None, rights) => head.leaf("p", &[], rights.as_deref().unwrap_or_default()),
        });
    }

    fn date(&mut self, date: Option<&str>) {
        if let Some(date) = date {
            self.leaf("date", &[("when", date)], date);
        }
    }

    fn identifiers(&mut self, identifiers: &[Identifier]) {
        for id in identifiers {
            // `@type` takes one word.
            let scheme = id.scheme.split_whitespace().collect::<Vec<_>>().join("-");
            if self.profile != TeiProfile::Dtabf {
                let medium = id.medium.filter(|_| self.profile == TeiProfile::All).map(|medium| ("subtype", medium.name()));
                let own: Vec<_> = std::iter::once(("type", scheme.as_str())).chain(medium).collect();
                self.leaf("idno", &own, &id.value);
                continue;
            }
            match scheme.as_str() {
                "doi" => self.leaf("idno", &[("type", "DOI")], &id.value),
                "urn" => self.leaf("idno", &[("type", "URN")], &format!("urn:{}", id.value)),
                "uri" | "url" => self.leaf("idno", &[("type", "URLWeb")], &id.value),
                _ => self.leaf("idno", &[], &format!("{scheme}:{}", id.value)),
            }
        }
    }

    fn series(&mut self, series: &Series) {
        self.section("seriesStmt", |head| {
            head.leaf(
                "title",
                &[("level", "s"), ("type", "main")][..if head.profile == TeiProfile::Dtabf { 2 } else { 1 }],
                &series.name,
            );
            if let Some(position) = &series.position {
                head.leaf("biblScope", &[("unit", "volume")], position);
            }
        });
    }

    /// The cover, and where the schema has no place for it elsewhere the abstract.
    fn notes(&mut self, meta: &Metadata) {
        let cover = meta.cover.as_ref().filter(|_| self.profile == TeiProfile::All);
        let description = meta.description.as_ref().filter(|_| !self.profile.has("abstract"));
        let by_chapter = meta.notes_by_chapter && self.profile == TeiProfile::All;
        if cover.is_none() && description.is_none() && !by_chapter {
            return;
        }
        self.section("notesStmt", |head| {
            if let Some(cover) = cover {
                head.within("note", &[("type", "cover")], |head| head.xml.empty("graphic", &[("url", &pointer(cover))]));
            }
            if let Some(description) = description {
                head.leaf("note", &[("type", "abstract")], description);
            }
            if by_chapter {
                head.leaf("note", &[("type", "notes-by-chapter")], "Books count the notes anew in each chapter.");
            }
        });
    }

    /// The print: in full where it has a title of its own, else as much as there is.
    fn source(&mut self, source: &PrintedSource) {
        match &source.title {
            Some(title) if self.profile.has("biblFull") => self.section("biblFull", |head| head.full_source(source, title)),
            _ => self.section("bibl", |head| {
                head.people(&source.people);
                if let Some(title) = &source.title {
                    head.leaf("title", &[("type", "main")], title);
                }
                head.optional("edition", source.edition.as_deref());
                head.optional("pubPlace", source.place.as_deref());
                head.optional("publisher", source.publisher.as_deref());
                head.date(source.date.as_deref());
                head.optional("extent", source.pages.as_deref());
                head.identifiers(&source.identifiers);
                if let Some(note) = &source.note {
                    head.source_note(note);
                }
            }),
        }
    }

    fn full_source(&mut self, source: &PrintedSource, title: &str) {
        self.section("titleStmt", |head| {
            head.leaf("title", &[("type", "main")], title);
            head.people(&source.people);
        });
        if let Some(edition) = &source.edition {
            self.section("editionStmt", |head| head.leaf("edition", &[], edition));
        }
        if let Some(pages) = &source.pages {
            match self.profile {
                TeiProfile::Dtabf => self.section("extent", |head| head.xml.leaf("measure", &[("type", "pages")], pages)),
                _ => self.leaf("extent", &[], pages),
            }
        }
        self.section("publicationStmt", |head| {
            match &source.publisher {
                Some(publisher) => head.leaf("publisher", &[], publisher),
                None if head.profile.has("authority") => head.leaf("authority", &[], "unknown"),
                None => head.leaf("publisher", &[], "unknown"),
            }
            head.optional("pubPlace", source.place.as_deref());
            head.date(source.date.as_deref());
            head.identifiers(&source.identifiers);
        });
        if let Some(note) = &source.note {
            self.section("notesStmt", |head| head.source_note(note));
        }
    }

    fn source_note(&mut self, note: &str) {
        let attributes = [("type", "remarkSource")];
        self.leaf("note", if self.profile == TeiProfile::Dtabf { &attributes } else { &[] }, note);
    }

    fn text_profile(&mut self, meta: &Metadata, facts: &Facts) {
        if let Some(description) = meta.description.as_ref().filter(|_| self.profile.has("abstract")) {
            self.section("abstract", |head| head.leaf("p", &[], description));
        }
        let words = facts.words();
        self.section("langUsage", |head| {
            for (lang, count) in &facts.languages {
                let share = (100 * count + words / 2).checked_div(words).unwrap_or(100).to_string();
                match head.profile {
                    TeiProfile::Dtabf => head.leaf("language", &[("ident", &three_letters(lang))], lang),
                    _ => head.leaf("language", &[("ident", lang), ("usage", &share)], lang),
                }
            }
        });
        if meta.subjects.is_empty() {
            return;
        }
        self.section("textClass", |head| {
            if !head.profile.has("keywords") {
                meta.subjects.iter().for_each(|subject| head.leaf("classCode", &[("scheme", "#keywords")], subject));
                return;
            }
            head.section("keywords", |head| meta.subjects.iter().for_each(|subject| head.leaf("term", &[], subject)));
        });
    }
}

/// The address of somebody in an authority file; without a web address, the scheme and the number.
pub(super) fn authority(id: &Identifier) -> String {
    let uri = id.uri().unwrap_or_else(|| format!("{}:{}", id.scheme, id.value));
    pointer(&uri.replace(' ', "")).into_owned()
}

/// The code of ISO 639-3 for a language, which DTABf asks for; three letters stay as they are.
fn three_letters(lang: &str) -> String {
    const KNOWN: &[(&str, &str)] = &[
        ("ar", "ara"),
        ("cs", "ces"),
        ("da", "dan"),
        ("de", "deu"),
        ("el", "ell"),
        ("en", "eng"),
        ("es", "spa"),
        ("fa", "fas"),
        ("fi", "fin"),
        ("fr", "fra"),
        ("he", "heb"),
        ("hu", "hun"),
        ("it", "ita"),
        ("ja", "jpn"),
        ("la", "lat"),
        ("nb", "nob"),
        ("nl", "nld"),
        ("pl", "pol"),
        ("pt", "por"),
        ("ro", "ron"),
        ("ru", "rus"),
        ("sv", "swe"),
        ("tr", "tur"),
        ("uk", "ukr"),
        ("yi", "yid"),
        ("zh", "zho"),
    ];
    let own = lang.split('-').next().unwrap_or(lang).to_ascii_lowercase();
    match KNOWN.iter().find(|(two, _)| *two == own) {
        Some((_, three)) => (*three).to_owned(),
        None if own.len() == 3 => own,
        None => "und".to_owned(),
    }
}
