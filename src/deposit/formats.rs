//! Whether a file is whole in the format that its name says: looked at as a program would that opens it decades from now.

use std::io::Cursor;

use quick_xml::events::Event;
use quick_xml::{Reader, XmlVersion};
use zip::ZipArchive;

use crate::budget::{ATTRIBUTES, Budget};

/// What is wrong with a file, if anything is. A file of a kind that is not known here has its checksum alone.
pub fn fault(path: &str, bytes: &[u8], budget: &Budget) -> Option<String> {
    let name = path.to_ascii_lowercase();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let looked = match ending {
        "xml" | "xhtml" | "opf" | "ncx" | "svg" => xml(bytes),
        "json" => serde_json::from_slice::<serde_json::Value>(bytes).map(drop).map_err(|reason| reason.to_string()),
        "txt" | "md" | "markdown" | "css" => text(bytes).map(drop),
        "toml" => {
            text(bytes).and_then(|text| toml::from_str::<toml::Table>(text).map(drop).map_err(|reason| reason.to_string()))
        }
        "epub" => epub(bytes, budget),
        "pdf" => pdf(bytes, budget),
        "png" | "jpg" | "jpeg" | "gif" | "webp" => budget.decode(bytes, |_, _| ()).map_err(|reason| reason.to_string()),
        _ => Ok(()),
    };
    looked.err()
}

fn text(bytes: &[u8]) -> Result<&str, String> {
    std::str::from_utf8(bytes).map_err(|reason| format!("not UTF-8 from byte {} on", reason.valid_up_to()))
}

/// Well-formedness (XML 1.0, 2.1): one root, tags that match, attributes once, references that are known.
fn xml(bytes: &[u8]) -> Result<(), String> {
    let mut reader = Reader::from_str(text(bytes)?);
    reader.config_mut().check_comments = true;
    let (mut depth, mut roots) = (0_usize, 0_usize);
    loop {
        let at = reader.buffer_position();
        let wrong = |what: String| format!("byte {at}: {what}");
        match reader.read_event().map_err(|reason| wrong(reason.to_string()))? {
            Event::Start(tag) => {
                attributes(&tag).map_err(wrong)?;
                roots += usize::from(depth == 0);
                depth += 1;
            }
            Event::Empty(tag) => {
                attributes(&tag).map_err(wrong)?;
                roots += usize::from(depth == 0);
            }
            Event::End(_) => depth = depth.checked_sub(1).ok_or_else(|| wrong("an end without a start".to_owned()))?,
            Event::Text(text) if depth == 0 && !text.bytes().all(|byte| byte.is_ascii_whitespace()) => {
                return Err(wrong("text outside the root".to_owned()));
            }
            Event::GeneralRef(name) => {
                let number = name.resolve_char_ref().map_err(|reason| wrong(reason.to_string()))?;
                if declared(&name).is_none() && number.is_none() {
                    return Err(wrong("a reference that nothing declares".to_owned()));
                }
            }
            Event::Eof if depth > 0 => return Err(wrong("an element that is not closed".to_owned())),
            Event::Eof if roots != 1 => return Err(format!("{roots} root elements")),
            Event::Eof => return Ok(()),
            Event::Text(_) | Event::CData(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
}

/// The entities that need no declaration (XML 1.0, 4.6): HTML has more.
fn declared(name: &str) -> Option<&'static str> {
    Some(match name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        _ => return None,
    })
}

fn attributes(tag: &quick_xml::events::BytesStart) -> Result<(), String> {
    for (count, attribute) in tag.attributes().enumerate() {
        if count == ATTRIBUTES {
            return Err(format!("more than {ATTRIBUTES} attributes"));
        }
        let attribute = attribute.map_err(|reason| reason.to_string())?;
        attribute.normalized_value_with(XmlVersion::Implicit1_0, 1, declared).map_err(|reason| reason.to_string())?;
    }
    Ok(())
}

/// The container (EPUB OCF 3.3): the media type first and stored, every entry whole, the package and every page well-formed.
fn epub(bytes: &[u8], budget: &Budget) -> Result<(), String> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|reason| reason.to_string())?;
    let (mut found, unpacking) = (std::collections::BTreeMap::new(), budget.unpacking(bytes.len()));
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).map_err(|reason| reason.to_string())?;
        let name = entry.name().to_owned();
        let stored = entry.compression() == zip::CompressionMethod::Stored;
        let inner = unpacking.read(&mut entry).ok_or_else(|| match unpacking.breach() {
            Some(breach) => format!("the archive {}; {}", breach.message, breach.cure()),
            None => format!("{name} is damaged"),
        })?;
        if at == 0 && (name != "mimetype" || !stored || inner != b"application/epub+zip") {
            return Err("the archive does not begin with its media type".to_owned());
        }
        if let Some(reason) = fault(&name, &inner, budget) {
            return Err(format!("{name}: {reason}"));
        }
        found.insert(name, inner);
    }
    let container = found.get("META-INF/container.xml").ok_or("there is no META-INF/container.xml")?;
    let package = text(container)?.split("full-path=\"").nth(1).and_then(|rest| rest.split('"').next());
    match package {
        Some(package) if found.contains_key(package) => Ok(()),
        _ => Err("the container names no package that is there".to_owned()),
    }
}

/// The file's objects, its pages, and the content of each.
fn pdf(bytes: &[u8], budget: &Budget) -> Result<(), String> {
    // The object model unpacks without end.
    crate::verify::pdf_unpacks(bytes, budget)
        .map_err(|breach| format!("a stream of it {}; {}", breach.message, breach.cure()))?;
    let document = lopdf::Document::load_mem(bytes).map_err(|reason| reason.to_string())?;
    let pages = document.get_pages();
    if pages.is_empty() {
        return Err("it has no page".to_owned());
    }
    for (number, page) in pages {
        lopdf::content::Content::decode(&document.get_page_content(page))
            .map_err(|reason| format!("page {number}: {reason}"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, bytes: &[u8], whole: bool) {
        assert_eq!(fault(name, bytes, &Budget::default()).is_none(), whole, "{:?}", fault(name, bytes, &Budget::default()));
    }

    #[test]
    fn broken_xml_is_told_from_whole() {
        check("a.xml", "<?xml version=\"1.0\"?>\n<a b='1'>é &amp; &#233;<!-- c --><c/></a>\n".as_bytes(), true);
        check("a.xml", b"<a><b></a>", false);
        check("a.xml", b"<a>", false);
        check("a.xml", b"<a/><b/>", false);
        check("a.xml", b"<a/>text", false);
        check("a.xml", b"<a b='1' b='2'/>", false);
        check("a.xml", b"<a>&nbsp;</a>", false);
        check("a.xml", b"<a b='&nbsp;'/>", false);
        check("a.xml", b"", false);
        check("a.xml", b"<a>\xE9</a>", false);
    }

    #[test]
    fn other_formats_are_looked_into() {
        check("a.json", b"{\"a\": [1]}", true);
        check("a.json", b"{\"a\": [1}", false);
        check("a.txt", "é\n".as_bytes(), true);
        check("a.txt", b"\xE9\n", false);
        check("a.epub", b"PK", false);
        check("a.pdf", b"%PDF-1.7\n", false);
        check("a.png", b"\x89PNG", false);
        check("a.bin", b"\x00\xFF", true);
    }
}
