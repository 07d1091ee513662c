//! What the file says of itself: XMP for archives and libraries, the older Info dictionary for everybody else, both the same.

use jiff::Timestamp;
use lopdf::{Dictionary, Object, dictionary, text_string};

use crate::emit::xml::Xml;
use crate::settings::PdfProfile;
use crate::tree::{Medium, Metadata, Role};

/// Who made the file.
pub const PRODUCER: &str = concat!("Tetrapla ", env!("CARGO_PKG_VERSION"));

/// The Info dictionary. For print, it says that nobody has trapped the inks yet, as PDF/X asks.
pub fn info(meta: &Metadata, stamp: Timestamp, profile: PdfProfile) -> Dictionary {
    let date = Object::string_literal(stamp.strftime("D:%Y%m%d%H%M%SZ").to_string());
    let mut info = dictionary! {
        "Title" => text_string(&meta.title),
        "Creator" => text_string(PRODUCER),
        "Producer" => text_string(PRODUCER),
        "CreationDate" => date.clone(),
        "ModDate" => date,
    };
    if profile.is_print() {
        info.set("Trapped", "False");
    }
    // ISO 15930-4, 6.3.
    if profile == PdfProfile::X1a {
        info.set("GTS_PDFXVersion", Object::string_literal(X1A));
    }
    if !meta.authors().is_empty() {
        info.set("Author", text_string(&meta.authors()));
    }
    info
}

/// The XMP packet (ISO 16684-1), which says which standards the file conforms to. `fingerprint` tells the file from others.
pub fn xmp(meta: &Metadata, stamp: Timestamp, profile: PdfProfile, fingerprint: &[u8; 16]) -> String {
    let mut xml = Xml::fragment();
    xml.raw("<?xpacket begin=\"\u{FEFF}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n");
    xml.open("x:xmpmeta", &[("xmlns:x", "adobe:ns:meta/")]);
    xml.open("rdf:RDF", &[("xmlns:rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#")]);
    xml.open("rdf:Description", &[("rdf:about", "")].into_iter().chain(NAMESPACES.iter().copied()).collect::<Vec<_>>());
    match profile {
        PdfProfile::Archive => claims_archive(&mut xml),
        PdfProfile::Print => claims_print(&mut xml, "PDF/X-4", fingerprint),
        PdfProfile::X1a => claims_print(&mut xml, X1A, fingerprint),
    }
    leaf(&mut xml, "dc:format", Some("application/pdf"));
    leaf(&mut xml, "xmp:CreatorTool", Some(PRODUCER));
    leaf(&mut xml, "pdf:Producer", Some(PRODUCER));
    let date = stamp.to_string();
    for name in ["xmp:CreateDate", "xmp:ModifyDate", "xmp:MetadataDate"] {
        leaf(&mut xml, name, Some(&date));
    }
    leaf(&mut xml, "xmpRights:WebStatement", meta.licence.as_deref());
    let identifier = meta.identifiers_for(Medium::Print).next();
    let identifier = identifier.map(|own| own.uri().unwrap_or_else(|| format!("{}:{}", own.scheme, own.value)));
    leaf(&mut xml, "dc:identifier", identifier.as_deref());
    alternatives(&mut xml, "dc:title", Some(&meta.title));
    alternatives(&mut xml, "dc:description", meta.description.as_deref());
    alternatives(&mut xml, "dc:rights", meta.rights.as_deref());
    let (authors, others): (Vec<_>, Vec<_>) = meta.people.iter().partition(|person| person.role == Role::Author);
    list(&mut xml, "dc:creator", "rdf:Seq", authors.iter().map(|person| &*person.name));
    list(&mut xml, "dc:contributor", "rdf:Bag", others.iter().map(|person| &*person.name));
    list(&mut xml, "dc:publisher", "rdf:Bag", meta.publisher.as_deref().into_iter());
    list(&mut xml, "dc:subject", "rdf:Bag", meta.subjects.iter().map(String::as_str));
    list(&mut xml, "dc:language", "rdf:Bag", std::iter::once(&*meta.language));
    format!("{}\n<?xpacket end=\"w\"?>\n", xml.finish())
}

const NAMESPACES: &[(&str, &str)] = &[
    ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
    ("xmlns:xmp", "http://ns.adobe.com/xap/1.0/"),
    ("xmlns:xmpRights", "http://ns.adobe.com/xap/1.0/rights/"),
    ("xmlns:pdf", "http://ns.adobe.com/pdf/1.3/"),
    ("xmlns:xmpMM", "http://ns.adobe.com/xap/1.0/mm/"),
    ("xmlns:pdfxid", "http://www.npes.org/pdfx/ns/id/"),
    ("xmlns:pdfaid", "http://www.aiim.org/pdfa/ns/id/"),
    ("xmlns:pdfuaid", "http://www.aiim.org/pdfua/ns/id/"),
    ("xmlns:pdfaExtension", "http://www.aiim.org/pdfa/ns/extension/"),
    ("xmlns:pdfaSchema", "http://www.aiim.org/pdfa/ns/schema#"),
    ("xmlns:pdfaProperty", "http://www.aiim.org/pdfa/ns/property#"),
];

/// PDF/X-1a as of 2003 (ISO 15930-4) calls itself so.
const X1A: &str = "PDF/X-1a:2003";

/// PDF/X (ISO 15930-7, 6.4): the edition of the document, too.
fn claims_print(xml: &mut Xml, standard: &str, fingerprint: &[u8; 16]) {
    let mut id = *fingerprint;
    // A name-based UUID of the custom kind (RFC 9562, version 8).
    id[6] = id[6] & 0x0F | 0x80;
    id[8] = id[8] & 0x3F | 0x80;
    let digits: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
    let uuid = format!("uuid:{}-{}-{}-{}-{}", &digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]);
    leaf(xml, "pdfxid:GTS_PDFXVersion", Some(standard));
    leaf(xml, "pdf:Trapped", Some("False"));
    leaf(xml, "xmpMM:DocumentID", Some(&uuid));
    leaf(xml, "xmpMM:VersionID", Some("1"));
    leaf(xml, "xmpMM:RenditionClass", Some("default"));
}

fn claims_archive(xml: &mut Xml) {
    leaf(xml, "pdfuaid:part", Some("1"));
    leaf(xml, "pdfaid:part", Some("2"));
    leaf(xml, "pdfaid:conformance", Some("A"));
    // PDF/A knows no property of PDF/UA, and wants those it doesn't know described (ISO 19005-2, 6.6.2.3).
    xml.raw(UA_SCHEMA);
}

const UA_SCHEMA: &str = "<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType=\"Resource\">\
    <pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>\
    <pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>\
    <pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>\
    <pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType=\"Resource\">\
    <pdfaProperty:name>part</pdfaProperty:name>\
    <pdfaProperty:valueType>Integer</pdfaProperty:valueType>\
    <pdfaProperty:category>internal</pdfaProperty:category>\
    <pdfaProperty:description>the part of ISO 14289 that the file conforms to</pdfaProperty:description>\
    </rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas>\n";

fn leaf(xml: &mut Xml, name: &'static str, text: Option<&str>) {
    if let Some(text) = text {
        xml.leaf(name, &[], text);
        xml.newline();
    }
}

/// A text that could be there in several languages.
fn alternatives(xml: &mut Xml, name: &'static str, text: Option<&str>) {
    let Some(text) = text else { return };
    xml.element(name, &[], |xml| xml.element("rdf:Alt", &[], |xml| xml.leaf("rdf:li", &[("xml:lang", "x-default")], text)));
    xml.newline();
}

fn list<'a>(xml: &mut Xml, name: &'static str, kind: &'static str, items: impl Iterator<Item = &'a str>) {
    let mut items = items.peekable();
    if items.peek().is_some() {
        xml.element(name, &[], |xml| xml.element(kind, &[], |xml| items.for_each(|item| xml.leaf("rdf:li", &[], item))));
        xml.newline();
    }
}
