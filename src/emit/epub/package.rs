//! The package document: what the book is, what is in it, in which order it is read
//! (<https://www.w3.org/TR/epub-33/#sec-package-doc>).

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::Book;
use super::access::Facts;
use super::front::printed;
use super::page::{Page, direction};
use crate::emit::xml::{Attributes, Xml};
use crate::report::Report;
use crate::tree::{Identifier, Medium, Metadata, Person, Role};

/// The navigation document and the style sheet, under the names that epub-builder gives them.
pub(super) const NAV: &str = "nav.xhtml";
pub(super) const STYLE: &str = "stylesheet.css";

/// Writes the package document. `pages` are in reading order, the navigation among them where it is read.
pub(super) fn package(book: &Book, pages: &[&Page], facts: &Facts, report: &mut Report) -> String {
    let language = book.doc.meta.language.as_str();
    let mut xml = Xml::document();
    let mut own = vec![
        ("xmlns", "http://www.idpf.org/2007/opf"),
        ("version", "3.0"),
        ("unique-identifier", "book-id"),
        ("xml:lang", language),
        ("dir", direction(language)),
    ];
    if !book.fonts.is_empty() {
        own.push(("prefix", "ibooks: http://vocabulary.itunes.apple.com/rdf/ibooks/vocabulary-extensions-1.0/"));
    }
    xml.open("package", &own);
    xml.newline();
    xml.open("metadata", &[("xmlns:dc", "http://purl.org/dc/elements/1.1/")]);
    xml.newline();
    let mut metadata = Metas { xml: &mut xml };
    metadata.work(book, pages);
    metadata.access(book, facts, report);
    xml.close();
    xml.newline();
    manifest(&mut xml, book, pages);
    spine(&mut xml, pages, language);
    xml.close();
    xml.newline();
    xml.finish()
}

struct Metas<'x> {
    xml: &'x mut Xml,
}

impl Metas<'_> {
    fn leaf(&mut self, name: &'static str, own: Attributes, text: &str) {
        self.xml.leaf(name, own, text);
        self.xml.newline();
    }

    fn optional(&mut self, name: &'static str, text: Option<&str>) {
        if let Some(text) = text {
            self.leaf(name, &[], text);
        }
    }

    fn meta(&mut self, property: &str, text: &str) {
        self.leaf("meta", &[("property", property)], text);
    }

    fn refine(&mut self, id: &str, property: &str, scheme: Option<&str>, text: &str) {
        let whole = format!("#{id}");
        let mut own = vec![("refines", whole.as_str()), ("property", property)];
        own.extend(scheme.map(|scheme| ("scheme", scheme)));
        self.leaf("meta", &own, text);
    }

    fn work(&mut self, book: &Book, pages: &[&Page]) {
        let meta = &book.doc.meta;
        self.identifiers(meta);
        self.leaf("dc:title", &[("id", "title")], &meta.title);
        self.refine("title", "title-type", None, "main");
        if let Some(subtitle) = &meta.subtitle {
            self.refine("title", "display-seq", None, "1");
            self.leaf("dc:title", &[("id", "subtitle")], subtitle);
            self.refine("subtitle", "title-type", None, "subtitle");
            self.refine("subtitle", "display-seq", None, "2");
        }
        meta.people.iter().enumerate().for_each(|(count, person)| self.person(count + 1, person));
        self.leaf("dc:language", &[], &meta.language);
        self.optional("dc:date", meta.date.as_deref());
        self.optional("dc:publisher", meta.publisher.as_deref());
        self.optional("dc:description", meta.description.as_deref());
        meta.subjects.iter().for_each(|subject| self.leaf("dc:subject", &[], subject));
        self.optional("dc:rights", meta.rights.as_deref());
        self.source(meta);
        if let Some(licence) = &meta.licence {
            self.meta("dcterms:license", licence);
        }
        if let Some(series) = &meta.series {
            self.leaf("meta", &[("property", "belongs-to-collection"), ("id", "series")], &series.name);
            self.refine("series", "collection-type", None, "series");
            if let Some(position) = series.position.as_ref().filter(|position| is_position(position)) {
                self.refine("series", "group-position", None, position);
            }
        }
        let modified = modified(book, pages).strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        self.meta("dcterms:modified", &modified);
        self.meta("rendition:layout", "reflowable");
        if !book.fonts.is_empty() {
            self.meta("ibooks:specified-fonts", "true");
        }
        if book.pictures.cover.is_some() {
            // For reading systems of before EPUB 3.
            self.xml.empty("meta", &[("name", "cover"), ("content", "cover-image")]);
            self.xml.newline();
        }
    }

    fn identifiers(&mut self, meta: &Metadata) {
        // The print's own is where this book comes from, not what it is called.
        let printed = meta.identifiers.iter().filter(|id| id.medium == Some(Medium::Print));
        printed.for_each(|id| self.leaf("dc:source", &[], &urn(id)));
        let Some(main) = main_identifier(meta) else {
            return self.leaf("dc:identifier", &[("id", "book-id")], &unique_identifier(meta));
        };
        let others = meta.identifiers_for(Medium::Ebook).filter(|identifier| !std::ptr::eq(*identifier, main));
        for (count, identifier) in std::iter::once(main).chain(others).enumerate() {
            let id = if count == 0 { "book-id".to_owned() } else { format!("identifier-{}", count + 1) };
            self.leaf("dc:identifier", &[("id", &id)], &urn(identifier));
            // ONIX, code list 5 (<https://ns.editeur.org/onix/en/5>).
            let code = match identifier.scheme.as_str() {
                "isbn" if digits(&identifier.value).len() == 10 => "02",
                "isbn" => "15",
                "doi" => "06",
                "lccn" => "13",
                "urn" => "22",
                "oclc" => "23",
                "ark" => "39",
                "" => continue,
                // Proprietary: its name says what it is.
                scheme => {
                    self.refine(&id, "identifier-type", None, scheme);
                    continue;
                }
            };
            self.refine(&id, "identifier-type", Some("onix:codelist5"), code);
        }
    }

    fn person(&mut self, count: usize, person: &Person) {
        let id = format!("person-{count}");
        let name = if person.role == Role::Author { "dc:creator" } else { "dc:contributor" };
        self.leaf(name, &[("id", &id)], &person.name);
        self.refine(&id, "role", Some("marc:relators"), person.role.marc());
        if let Some(sort) = &person.sort {
            self.refine(&id, "file-as", None, sort);
        }
        self.refine(&id, "display-seq", None, &count.to_string());
    }

    fn source(&mut self, meta: &Metadata) {
        let Some(source) = &meta.source else { return };
        source.identifiers.iter().for_each(|identifier| self.leaf("dc:source", &[], &urn(identifier)));
        let printed = printed(source);
        if !printed.is_empty() {
            self.leaf("dc:source", &[], &printed);
        }
    }

    fn access(&mut self, book: &Book, facts: &Facts, report: &mut Report) {
        let language = book.words.get("access-language");
        for (property, value) in facts.claims(&book.words) {
            let mut own = vec![("property", property)];
            if property == "schema:accessibilitySummary" {
                own.extend([("xml:lang", language), ("dir", direction(language))]);
            }
            self.leaf("meta", &own, &value);
        }
        if !book.plan.pages.is_empty() {
            self.meta("pageBreakSource", &page_source(&book.doc.meta));
        }
        if let Some(certifier) = facts.certifier(book, report) {
            let own = [("property", "dcterms:conformsTo"), ("id", "conformance")];
            self.leaf("meta", &own, "EPUB Accessibility 1.1 - WCAG 2.1 Level AA");
            self.refine("conformance", "a11y:certifiedBy", None, certifier);
        }
    }
}

/// The day of this version of the program: no e-book that it made is older. It is set anew with every version.
const VERSION_OF: Timestamp = Timestamp::constant(1_795_824_000, 0);

/// When the e-book was last changed: `SOURCE_DATE_EPOCH` where it is set.
///
/// Else nobody says when, and the clock must not be asked: the same source makes the same bytes. The date of the work is no answer,
/// for a novel of 1851 was not made into an e-book then. What is true is that it was made no earlier than the program, nor than the
/// date that the work bears, so the day is the later of the two. The time of that day is not known; but EPUB tells one release of
/// a book from another by this moment alone (EPUB 3.3, 4.1.3, "release identifier"), so it is drawn from the content: whatever is changed
/// changes it.
fn modified(book: &Book, pages: &[&Page]) -> Timestamp {
    if let Some(said) = book.env.source_date {
        return said;
    }
    let mut hash = Sha256::new();
    pages.iter().for_each(|page| hash.update(&page.xhtml));
    hash.update(&book.style);
    book.pictures.iter().chain(&book.pictures.cover).for_each(|picture| hash.update(&picture.bytes));
    hash.update(format!("{:?}", book.doc.meta));
    let digest = hash.finalize();
    let drawn = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]);
    let day = book.env.stamp(&book.doc.meta).max(VERSION_OF).as_second();
    Timestamp::from_second(day + i64::from(drawn % 86_400)).unwrap_or(VERSION_OF)
}

/// Which edition the printed pages are those of, as well as the metadata say it.
fn page_source(meta: &Metadata) -> String {
    let Some(source) = &meta.source else { return format!("{}, printed edition", meta.title) };
    let identifier = source.identifiers.iter().find(|id| id.scheme == "isbn").or(source.identifiers.first());
    match identifier {
        Some(identifier) => urn(identifier),
        None if printed(source).is_empty() => format!("{}, printed edition", meta.title),
        None => printed(source),
    }
}

/// A place in a series: whole numbers, with full stops between them.
fn is_position(position: &str) -> bool {
    position.split('.').all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit()))
}

fn digits(value: &str) -> String {
    value.chars().filter(|c| c.is_ascii_alphanumeric()).collect::<String>().to_ascii_uppercase()
}

/// An identifier as a name that says its scheme.
fn urn(identifier: &Identifier) -> String {
    let value = &identifier.value;
    match identifier.scheme.as_str() {
        "isbn" => format!("urn:isbn:{}", digits(value)),
        "issn" => format!("urn:issn:{value}"),
        "uuid" => format!("urn:uuid:{}", value.trim_start_matches("urn:uuid:")),
        "doi" => format!("doi:{value}"),
        "" => value.clone(),
        scheme => identifier.uri().unwrap_or_else(|| format!("{scheme}:{value}")),
    }
}

/// The identifier that stands for the book: its ISBN, which shops know it by, else the first.
fn main_identifier(meta: &Metadata) -> Option<&Identifier> {
    let isbn = |medium: Option<Medium>| meta.identifiers.iter().find(|id| id.scheme == "isbn" && id.medium == medium);
    isbn(Some(Medium::Ebook)).or_else(|| isbn(None)).or_else(|| meta.identifiers_for(Medium::Ebook).next())
}

/// What tells this book from every other. It stays when the text is mended: it is made of what a catalogue knows.
pub(super) fn unique_identifier(meta: &Metadata) -> String {
    if let Some(main) = main_identifier(meta) {
        return urn(main);
    }
    let mut hash = Sha256::new();
    let people = meta.people.iter().map(|person| person.name.as_str());
    let rest = [&meta.subtitle, &meta.date, &meta.publisher, &meta.edition];
    let fields = [meta.title.as_str(), meta.language.as_str()].into_iter().chain(people);
    for field in fields.chain(rest.into_iter().map(|field| field.as_deref().unwrap_or(""))) {
        hash.update(field.as_bytes());
        hash.update([0]);
    }
    let digest = hash.finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    // Version 8: bits of the maker's own (RFC 9562, section 5.8).
    bytes[6] = bytes[6] & 0x0F | 0x80;
    bytes[8] = bytes[8] & 0x3F | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("urn:uuid:{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

fn manifest(xml: &mut Xml, book: &Book, pages: &[&Page]) {
    xml.open("manifest", &[]);
    xml.newline();
    let mut item = |id: &str, href: &str, media_type: &str, properties: &str| {
        let mut own = vec![("id", id), ("href", href), ("media-type", media_type)];
        if !properties.is_empty() {
            own.push(("properties", properties));
        }
        xml.empty("item", &own);
        xml.newline();
    };
    item("nav", NAV, "application/xhtml+xml", "nav");
    item("ncx", "toc.ncx", "application/x-dtbncx+xml", "");
    item("style", STYLE, "text/css", "");
    for page in pages.iter().filter(|page| page.name != NAV) {
        let drawn = page.xhtml.contains("<svg ");
        let properties = [page.mathml.then_some("mathml"), drawn.then_some("svg")].into_iter().flatten().collect::<Vec<_>>();
        item(&page_id(page), &page.name, "application/xhtml+xml", &properties.join(" "));
    }
    if let Some(cover) = &book.pictures.cover {
        item("cover-image", &cover.name, cover.media_type, "cover-image");
    }
    for picture in book.pictures.iter() {
        item(&id(&picture.name), &picture.name, picture.media_type, "");
    }
    for font in book.fonts {
        item(&id(&font.name), &font.name, "font/ttf", "");
    }
    xml.close();
    xml.newline();
}

fn spine(xml: &mut Xml, pages: &[&Page], language: &str) {
    xml.open("spine", &[("toc", "ncx"), ("page-progression-direction", direction(language))]);
    xml.newline();
    for page in pages {
        xml.empty("itemref", &[("idref", &page_id(page))]);
        xml.newline();
    }
    xml.close();
    xml.newline();
}

/// The id of a page in the manifest. No other kind of item has an id that begins so.
fn page_id(page: &Page) -> String {
    if page.name == NAV { "nav".to_owned() } else { format!("page-{}", page.name.trim_end_matches(".xhtml")) }
}

/// The id of another file: `images/a.png` becomes `images-a.png`.
fn id(name: &str) -> String {
    name.replace('/', "-")
}
