//! XML as a reader of any format sees it: elements, their attributes, text.

use std::borrow::Cow;
use std::collections::BTreeSet;

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

use crate::budget::ATTRIBUTES;

/// One thing in an XML file.
pub enum Piece<'a> {
    Open(&'a Element<'a>),
    /// The element that was opened last is closed.
    Close,
    Text(&'a str),
}

/// An element's name, without its namespace's prefix, and its attributes, with theirs.
#[derive(Debug)]
pub struct Element<'a> {
    pub name: &'a str,
    attributes: Vec<(&'a str, Cow<'a, str>)>,
}

impl Element<'_> {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| &**value)
    }

    /// The attributes, by their names.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.attributes.iter().map(|(name, value)| (*name, &**value))
    }

    /// Whether an attribute that is a list of words has this one.
    pub fn has(&self, name: &str, word: &str) -> bool {
        self.get(name).is_some_and(|value| value.split_whitespace().any(|one| one == word))
    }
}

/// Calls `see` with every piece of `text` and the line on which it begins.
///
/// # Errors
/// What is not well-formed, and where.
pub fn walk(text: &str, mut see: impl FnMut(Piece, usize)) -> Result<(), String> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let (mut line, mut counted) = (1, 0);
    let mut depth = 0_usize;
    loop {
        let event = reader.read_event().map_err(|reason| format!("line {line}: {reason}"))?;
        match &event {
            Event::Start(start) => {
                depth += 1;
                see(Piece::Open(&element(start, line)?), line);
            }
            Event::End(_) => {
                depth = depth.saturating_sub(1);
                see(Piece::Close, line);
            }
            Event::Text(said) => see(Piece::Text(said), line),
            Event::CData(said) => see(Piece::Text(said), line),
            Event::GeneralRef(name) => {
                let name: &str = name;
                let said = reference(name).ok_or_else(|| format!("line {line}: &{name}; is no character"))?;
                see(Piece::Text(said.encode_utf8(&mut [0; 4])), line);
            }
            Event::Eof if depth > 0 => return Err(format!("line {line}: it ends before its last element does")),
            Event::Eof => return Ok(()),
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
        let read = (reader.buffer_position() as usize).min(text.len());
        line += text.as_bytes()[counted..read].iter().filter(|byte| **byte == b'\n').count();
        counted = read;
    }
}

fn element<'a>(start: &'a BytesStart, line: usize) -> Result<Element<'a>, String> {
    let name = start.local_name().into_inner();
    let mut attributes = Vec::new();
    // A check of each against each takes long where somebody wrote thousands.
    let mut names = BTreeSet::new();
    for (count, attribute) in start.attributes().with_checks(false).enumerate() {
        if count == ATTRIBUTES {
            return Err(format!("line {line}: an element has more than {ATTRIBUTES} attributes"));
        }
        let attribute = attribute.map_err(|reason| format!("line {line}: {reason}"))?;
        if !names.insert(attribute.key.into_inner()) {
            return Err(format!("line {line}: an attribute stands twice in one tag"));
        }
        let value: Cow<str> =
            attribute.normalized_value(XmlVersion::Explicit1_0).map_err(|reason| format!("line {line}: {reason}"))?;
        attributes.push((attribute.key.into_inner(), value));
    }
    Ok(Element { name, attributes })
}

/// The character that a reference such as `amp` or `#x2014` stands for.
fn reference(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        name => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}
