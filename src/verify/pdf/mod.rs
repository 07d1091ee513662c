//! Reads a PDF back twice at once: its structure tree says what is read in which order (ISO 32000-1, 14.7), its pages' content says
//! the words, through ToUnicode and ActualText. Every marked stretch of every page must stand in the tree, once.

mod content;
mod fonts;
mod structure;

use std::collections::BTreeMap;

use lopdf::{Dictionary, Document, Object, ObjectId};
use rayon::prelude::*;

use super::reading::Reading;
use content::Shown;
use fonts::Font;

/// Reads a PDF.
pub fn read(bytes: &[u8]) -> Reading {
    let mut reading = Reading::default();
    let doc = match Document::load_mem(bytes) {
        Ok(doc) => doc,
        Err(reason) => {
            reading.fault("file-unreadable", format!("it is no PDF that can be read: {reason}"));
            return reading;
        }
    };
    let fonts = fonts_of(&doc);
    let ids: Vec<_> = doc.get_pages().into_values().collect();
    let labels = labels(&doc, ids.len());
    let pages: Vec<_> = ids.par_iter().zip(labels).map(|(id, label)| page(&doc, *id, label, &fonts)).collect();
    for (at, page) in pages.iter().enumerate() {
        let words = page.shown.unmarked.trim();
        if !words.is_empty() {
            let shown: String = words.chars().take(60).collect();
            reading.fault("text-untagged", format!("page {}: \"{shown}\" is in no marked stretch", at + 1));
        }
        if page.shown.mute > 0 {
            reading.fault("glyph-mute", format!("page {}: {} glyphs say no character", at + 1, page.shown.mute));
        }
    }
    structure::read(&doc, &ids, &pages, reading)
}

/// A page as it was run.
pub struct Page {
    pub label: String,
    pub shown: Shown,
    /// The images among its resources, by name.
    pub images: BTreeMap<Vec<u8>, ObjectId>,
}

type Fonts = BTreeMap<ObjectId, Font>;

/// Every font of the file that says its characters.
fn fonts_of(doc: &Document) -> Fonts {
    let of_font = |object: &Object| {
        let font = object
            .as_dict()
            .ok()
            .filter(|font| font.get(b"Type").and_then(Object::as_name).is_ok_and(|name| name == b"Font"))?;
        let cmap = get(doc, font, b"ToUnicode").and_then(|object| object.as_stream().ok())?;
        let bytes = cmap.decompressed_content().unwrap_or_else(|_| cmap.content.clone());
        let composite = font.get(b"Subtype").and_then(Object::as_name).is_ok_and(|name| name == b"Type0");
        Some(Font::new(composite, &bytes))
    };
    doc.objects.iter().filter_map(|(id, object)| Some((*id, of_font(object)?))).collect()
}

fn page(doc: &Document, id: ObjectId, label: String, fonts: &Fonts) -> Page {
    let page = doc.get_dictionary(id).ok();
    // Resources may be inherited from the nodes above.
    let mut node = page;
    let mut resources = None;
    while let (Some(dict), None) = (node, resources) {
        resources = get(doc, dict, b"Resources").and_then(|object| object.as_dict().ok());
        node = get(doc, dict, b"Parent").and_then(|object| object.as_dict().ok());
    }
    let entries = |kind: &[u8]| -> Vec<(Vec<u8>, ObjectId)> {
        let dict = resources.and_then(|resources| get(doc, resources, kind)).and_then(|object| object.as_dict().ok());
        dict.into_iter()
            .flat_map(Dictionary::iter)
            .filter_map(|(name, object)| Some((name.clone(), object.as_reference().ok()?)))
            .collect()
    };
    let named: BTreeMap<_, _> = entries(b"Font").into_iter().filter_map(|(name, id)| Some((name, fonts.get(&id)?))).collect();
    let stream = doc.get_page_content(id);
    Page { label, shown: content::run(&stream, &named), images: entries(b"XObject").into_iter().collect() }
}

/// What `key` leads to, references followed.
pub fn get<'d>(doc: &'d Document, dict: &'d Dictionary, key: &[u8]) -> Option<&'d Object> {
    follow(doc, dict.get(key).ok()?)
}

pub fn follow<'d>(doc: &'d Document, object: &'d Object) -> Option<&'d Object> {
    doc.dereference(object).ok().map(|(_, object)| object)
}

/// A text string (ISO 32000-1, 7.9.2.2): UTF-16 behind a mark, UTF-8 behind another, else PDFDocEncoding, of which the letters that
/// are not Latin-1 are not looked for.
pub fn text_string(bytes: &[u8]) -> String {
    match bytes {
        [0xFE, 0xFF, rest @ ..] => {
            let units: Vec<_> =
                rest.chunks(2).map(|pair| pair.iter().fold(0, |unit, byte| unit << 8 | u16::from(*byte))).collect();
            String::from_utf16_lossy(&units)
        }
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        bytes => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}

/// The label of each page (ISO 32000-1, 12.4.2); its number where the file gives none.
fn labels(doc: &Document, count: usize) -> Vec<String> {
    let mut ranges = Vec::new();
    let tree = doc.catalog().ok().and_then(|catalog| get(doc, catalog, b"PageLabels")).and_then(|object| object.as_dict().ok());
    if let Some(tree) = tree {
        numbers(doc, tree, 0, &mut ranges);
    }
    let mut labels: Vec<_> = (1..=count).map(|number| number.to_string()).collect();
    for (at, (from, range)) in ranges.iter().enumerate() {
        let to = ranges.get(at + 1).map_or(count, |(next, _)| *next).min(count);
        let first = range.get(b"St").and_then(Object::as_i64).unwrap_or(1).max(1) as usize;
        let style = range.get(b"S").and_then(Object::as_name).unwrap_or(b"");
        let prefix = range.get(b"P").and_then(Object::as_str).map(text_string).unwrap_or_default();
        for (step, label) in labels.iter_mut().take(to).skip(*from).enumerate() {
            *label = prefix.clone() + &numeral(first + step, style);
        }
    }
    labels
}

/// The leaves of a number tree, in order.
fn numbers<'d>(doc: &'d Document, node: &'d Dictionary, depth: usize, out: &mut Vec<(usize, &'d Dictionary)>) {
    if let Some(pairs) = get(doc, node, b"Nums").and_then(|object| object.as_array().ok()) {
        for pair in pairs.chunks_exact(2) {
            if let (Ok(from), Some(Ok(range))) = (pair[0].as_i64(), follow(doc, &pair[1]).map(Object::as_dict)) {
                out.push((from.max(0) as usize, range));
            }
        }
    }
    for kid in get(doc, node, b"Kids").and_then(|object| object.as_array().ok()).into_iter().flatten() {
        if let (true, Some(Ok(kid))) = (depth < 16, follow(doc, kid).map(Object::as_dict)) {
            numbers(doc, kid, depth + 1, out);
        }
    }
}

fn numeral(number: usize, style: &[u8]) -> String {
    match style {
        b"D" => number.to_string(),
        b"r" => roman(number),
        b"R" => roman(number).to_uppercase(),
        b"a" | b"A" => {
            let letter = char::from(b'a' + ((number - 1) % 26) as u8);
            let word = letter.to_string().repeat((number - 1) / 26 + 1);
            if style == b"A" { word.to_uppercase() } else { word }
        }
        _ => String::new(),
    }
}

fn roman(number: usize) -> String {
    const STEPS: [(usize, &str); 13] = [
        (1000, "m"),
        (900, "cm"),
        (500, "d"),
        (400, "cd"),
        (100, "c"),
        (90, "xc"),
        (50, "l"),
        (40, "xl"),
        (10, "x"),
        (9, "ix"),
        (5, "v"),
        (4, "iv"),
        (1, "i"),
    ];
    let mut rest = number;
    STEPS.iter().fold(String::new(), |word, (step, said)| {
        let times = rest / step;
        rest -= times * step;
        word + &said.repeat(times)
    })
}
