//! A drawing's XML as a tree of elements: namespaces resolved, entities expanded as far as that is harmless, and bombs refused.

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::escape::{resolve_predefined_entity, unescape_with};
use quick_xml::events::{BytesStart, Event};

use crate::budget::{ATTRIBUTES, DRAWING_ENTITIES as EXPANDED, DRAWING_NESTING as DEPTH};
use crate::driver::decode;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Space {
    Svg,
    Html,
    Other,
}

pub struct Element {
    pub space: Space,
    /// Without its prefix.
    pub name: String,
    /// By names without a prefix, but for `xml:lang` and `xml:space`; `xlink:href` is `href`. Those of other namespaces are not
    /// here.
    pub attributes: Vec<(String, String)>,
    pub kids: Vec<Kid>,
}

pub enum Kid {
    /// The element at this position.
    Element(usize),
    Text(String),
}

impl Element {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// The elements, the root first.
#[derive(Default)]
pub struct Dom {
    pub elements: Vec<Element>,
    /// Whether a style sheet outside the file was called for.
    pub calls_sheet: bool,
}

impl Dom {
    /// Reads a drawing.
    ///
    /// # Errors
    /// What is not well-formed, or is made to hurt.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut pen = Pen::default();
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        loop {
            match reader.read_event().map_err(|reason| format!("it is not well-formed: {reason}"))? {
                Event::Start(start) => pen.open(&start)?,
                Event::End(_) => pen.close(),
                Event::Text(said) => pen.text(&said),
                Event::CData(said) => pen.text(&said),
                Event::GeneralRef(name) => {
                    let name: &str = &name;
                    let said = pen.unescaped(&format!("&{name};"))?;
                    pen.text(&said);
                }
                Event::DocType(said) => pen.entities = entities(&said)?,
                Event::PI(said) => pen.dom.calls_sheet |= said.starts_with("xml-stylesheet"),
                Event::Comment(_) | Event::Decl(_) | Event::Empty(_) => {}
                Event::Eof if pen.open.is_empty() => return Ok(pen.dom),
                Event::Eof => return Err("it ends before its last element does".to_owned()),
            }
        }
    }
}

#[derive(Default)]
struct Pen {
    dom: Dom,
    open: Vec<usize>,
    entities: BTreeMap<String, String>,
    expanded: usize,
    /// The namespaces that are bound: at which depth, by which prefix.
    bound: Vec<(usize, String, String)>,
}

impl Pen {
    fn open(&mut self, start: &BytesStart) -> Result<(), String> {
        if self.open.len() >= DEPTH {
            return Err(format!("its elements are nested more than {DEPTH} deep"));
        }
        let mut raw = Vec::new();
        for (count, attribute) in start.attributes().enumerate() {
            if count == ATTRIBUTES {
                return Err(format!("an element has more than {ATTRIBUTES} attributes"));
            }
            let attribute = attribute.map_err(|reason| format!("it is not well-formed: {reason}"))?;
            let key: &str = attribute.key.as_ref();
            let value = self.unescaped(&attribute.value)?;
            match key.strip_prefix("xmlns") {
                Some("") => self.bound.push((self.open.len(), String::new(), value)),
                Some(prefix) if prefix.starts_with(':') => self.bound.push((self.open.len(), prefix[1..].to_owned(), value)),
                _ => raw.push((key.to_owned(), value)),
            }
        }
        let name = start.name();
        let name: &str = name.as_ref();
        let (prefix, name) = name.split_once(':').unwrap_or(("", name));
        let element = Element {
            space: self.space(prefix),
            name: name.to_owned(),
            attributes: raw.into_iter().filter_map(|(key, value)| Some((self.attribute(&key)?, value))).collect(),
            kids: Vec::new(),
        };
        let at = self.dom.elements.len();
        if let Some(parent) = self.open.last() {
            self.dom.elements[*parent].kids.push(Kid::Element(at));
        }
        self.dom.elements.push(element);
        self.open.push(at);
        Ok(())
    }

    fn close(&mut self) {
        self.open.pop();
        let depth = self.open.len();
        self.bound.retain(|(at, _, _)| *at < depth);
    }

    fn text(&mut self, text: &str) {
        let Some(at) = self.open.last() else { return };
        // What XML forbids can still be written as a number.
        let text = text.chars().filter(|c| stays(*c));
        match self.dom.elements[*at].kids.last_mut() {
            Some(Kid::Text(last)) => last.extend(text),
            _ => self.dom.elements[*at].kids.push(Kid::Text(text.collect())),
        }
    }

    fn namespace(&self, prefix: &str) -> Option<&str> {
        self.bound.iter().rev().find(|(_, known, _)| known == prefix).map(|(_, _, name)| name.as_str())
    }

    fn space(&self, prefix: &str) -> Space {
        match self.namespace(prefix) {
            Some("http://www.w3.org/2000/svg") => Space::Svg,
            Some("http://www.w3.org/1999/xhtml") => Space::Html,
            // Written by hand into a web page, a drawing needs no namespace.
            None if prefix.is_empty() => Space::Svg,
            _ => Space::Other,
        }
    }

    fn attribute(&self, key: &str) -> Option<String> {
        let Some((prefix, name)) = key.split_once(':') else { return Some(key.to_owned()) };
        match (prefix, name) {
            ("xml", "lang" | "space") => Some(key.to_owned()),
            ("xlink", "href") => Some("href".to_owned()),
            (_, "href") if self.namespace(prefix) == Some("http://www.w3.org/1999/xlink") => Some("href".to_owned()),
            _ => None,
        }
    }

    fn unescaped(&mut self, raw: &str) -> Result<String, String> {
        let mut added = 0;
        let text = unescape_with(raw, |name| {
            let own = self.entities.get(name).map(String::as_str);
            added += own.map_or(0, str::len);
            own.filter(|_| self.expanded + added <= EXPANDED).or_else(|| resolve_predefined_entity(name))
        });
        let text = text.map_err(|reason| format!("it is not well-formed: {reason}"))?;
        self.expanded += added;
        Ok(text.chars().map(|c| if stays(c) && c != '\t' { c } else { ' ' }).collect())
    }
}

/// Whether a character may stand in a drawing: no form feed, which ends a page elsewhere, and no carriage return.
fn stays(c: char) -> bool {
    decode::stays(c) && (c >= ' ' || matches!(c, '\n' | '\t'))
}

/// The entities that a document type defines by plain text.
///
/// # Errors
/// When one is defined by others, which is how a few lines grow to gigabytes.
fn entities(text: &str) -> Result<BTreeMap<String, String>, String> {
    let mut found = BTreeMap::new();
    for definition in text.split("<!ENTITY").skip(1) {
        let definition = definition.trim_start();
        let Some((name, rest)) = definition.split_once(char::is_whitespace) else { continue };
        let rest = rest.trim_start();
        // What names another file is never read; where it is called, the drawing is refused.
        let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) else { continue };
        let Some((value, _)) = rest[1..].split_once(quote) else { continue };
        if value.contains(['&', '<', '%']) {
            return Err(format!("its entity {name} is made of others or of elements"));
        }
        found.entry(name.to_owned()).or_insert(value.to_owned());
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_of_old_programs_are_expanded() {
        let text = "<!DOCTYPE svg [<!ENTITY ns \"http://www.w3.org/2000/svg\">]><s:svg xmlns:s='&ns;'>&#65;&lt;</s:svg>";
        let dom = Dom::read(text).expect("harmless");
        assert_eq!((dom.elements[0].space, dom.elements[0].name.as_str()), (Space::Svg, "svg"));
        assert!(matches!(&dom.elements[0].kids[..], [Kid::Text(text)] if text == "A<"));
    }

    #[test]
    fn bombs_are_refused() {
        let nested = "<!DOCTYPE svg [<!ENTITY a \"lol\"><!ENTITY b \"&a;&a;\">]><svg>&b;</svg>";
        assert!(Dom::read(nested).is_err());
        let wide = format!("<!DOCTYPE svg [<!ENTITY a \"{}\">]><svg>{}</svg>", "x".repeat(1000), "&a;".repeat(1000));
        assert!(Dom::read(&wide).is_err());
        let outside = "<!DOCTYPE svg [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><svg>&a;</svg>";
        assert!(Dom::read(outside).is_err());
        assert!(Dom::read(&"<g>".repeat(1000)).is_err());
    }
}
