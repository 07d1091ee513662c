//! Reads a PDF back twice at once: its structure tree says what is read in which order (ISO 32000-1, 14.7), its pages' content says
//! the words, through ToUnicode and ActualText. Every marked stretch of every page must stand in the tree, once.

mod content;
mod file;
mod fonts;
mod glyphs;
mod object;
mod picture;
mod structure;

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::reading::Reading;
use crate::budget::{Breach, Budget};
use crate::env::Env;
use content::Shown;
use file::File;
use fonts::Font;
use glyphs::Faces;
use object::{Dictionary, Object};

/// Reads a PDF.
pub fn read(bytes: &[u8], env: &Env) -> Reading {
    let budget = &env.budget;
    let mut reading = Reading::default();
    let file = match File::parse(bytes, budget) {
        Ok(file) => file,
        Err(reason) => {
            reading.fault("file-unreadable", format!("it is no PDF that can be read: {reason}"));
            return reading;
        }
    };
    if file.damaged > 0 {
        reading.fault("file-unreadable", format!("{} of its object streams can't be unpacked", file.damaged));
    }
    let ids = file.pages();
    let mut shelf = Shelf::default();
    let open: Vec<_> = ids.iter().map(|id| shelf.open(&file, *id)).collect();
    look(&file, &shelf, env, &mut reading);
    let shown: Vec<_> = open.par_iter().map(|(contents, resources)| show(&file, contents, resources)).collect();
    let pages: Vec<_> = labels(&file, ids.len())
        .into_iter()
        .zip(open.into_iter().zip(shown))
        .map(|(label, ((_, resources), shown))| Page { label: label.into(), shown, resources })
        .collect();
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
    if let Some(breach) = file.unpacking.breach() {
        reading.fault("file-too-large", format!("a stream of it {}; {}", breach.message, breach.cure()));
    }
    structure::read(&file, &ids, &pages, reading)
}

/// Whether no stream of a PDF unpacks to more than is granted. What can't be read at all is for others to say.
pub fn unpacks(bytes: &[u8], budget: &Budget) -> Result<(), Breach> {
    let Ok(file) = File::parse(bytes, budget) else { return Ok(()) };
    file.unpack_all();
    file.unpacking.breach().map_or(Ok(()), Err)
}

/// A page as it was run.
pub struct Page {
    pub label: Arc<str>,
    pub shown: Shown,
    pub resources: Arc<Resources>,
}

/// What pages draw on, by name.
#[derive(Default)]
pub struct Resources {
    fonts: BTreeMap<Box<[u8]>, Arc<Font>>,
    pub images: BTreeMap<Box<[u8]>, u32>,
}

/// Fonts and resources that were read: pages share them.
#[derive(Default)]
struct Shelf {
    fonts: BTreeMap<u32, Option<Arc<Font>>>,
    resources: BTreeMap<u32, Arc<Resources>>,
}

impl Shelf {
    /// The streams of a page, and its resources.
    fn open(&mut self, file: &File, id: u32) -> (Vec<u32>, Arc<Resources>) {
        let page = file.object(id).and_then(|page| page.dictionary().cloned()).unwrap_or_default();
        let streams = match page.get(b"Contents") {
            Some(Object::Reference(id)) => match file.object(*id) {
                Some(Object::Array(parts)) => parts.iter().filter_map(Object::reference).collect(),
                _ => vec![*id],
            },
            Some(Object::Array(parts)) => parts.iter().filter_map(Object::reference).collect(),
            _ => Vec::new(),
        };
        // They may be inherited from the nodes above.
        const DEPTH: usize = 32;
        let mut node = Some(page);
        for _ in 0..DEPTH {
            let Some(dict) = node else { break };
            match dict.get(b"Resources") {
                Some(Object::Reference(id)) => {
                    if !self.resources.contains_key(id) {
                        let read = file.dictionary(&dict, b"Resources").unwrap_or_default();
                        let read = self.read(file, &read);
                        self.resources.insert(*id, read);
                    }
                    return (streams, self.resources[id].clone());
                }
                Some(Object::Dictionary(resources)) => return (streams, self.read(file, resources)),
                _ => node = file.dictionary(&dict, b"Parent"),
            }
        }
        (streams, Arc::default())
    }

    fn read(&mut self, file: &File, resources: &Dictionary) -> Arc<Resources> {
        let mut read = Resources::default();
        for (name, object) in file.dictionary(resources, b"Font").unwrap_or_default().iter() {
            let Some(id) = object.reference() else { continue };
            let font = self.fonts.entry(id).or_insert_with(|| font(file, id).map(Arc::new));
            read.fonts.extend(font.clone().map(|font| (name.into(), font)));
        }
        for (name, object) in file.dictionary(resources, b"XObject").unwrap_or_default().iter() {
            read.images.extend(object.reference().map(|id| (name.into(), id)));
        }
        Arc::new(read)
    }
}

/// Tells of glyphs that look like one letter and say another.
fn look(file: &File, shelf: &Shelf, env: &Env, reading: &mut Reading) {
    let mut faces = None;
    for (id, font) in &shelf.fonts {
        let (Some(font), Some((name, program))) = (font, program(file, *id)) else { continue };
        let strange = faces.get_or_insert_with(|| Faces::of(env)).strange(&program, font.letters());
        for (seen, said) in strange {
            reading.fault("glyph-changed", format!("the font {name} draws \"{seen}\" where it says \"{said}\""));
        }
    }
}

/// The name and the program of a font whose codes are the numbers of glyphs in TrueType.
fn program(file: &File, id: u32) -> Option<(String, Vec<u8>)> {
    let font = file.object(id)?;
    let descendants = file.get(font.dictionary()?, b"DescendantFonts")?.into_owned();
    let descendant = file.follow(descendants.array()?.first()?)?.into_owned();
    let descendant = descendant.dictionary()?;
    let is_identity = matches!(descendant.get(b"CIDToGIDMap"), Some(Object::Name(name)) if **name == *b"Identity");
    let descriptor = file.dictionary(descendant, b"FontDescriptor")?;
    let Object::Stream(dict, raw) = file.get(&descriptor, b"FontFile2")?.into_owned() else { return None };
    let name = String::from_utf8_lossy(descendant.name(b"BaseFont")).into_owned();
    is_identity.then(|| file.unpack(&dict, raw)).flatten().map(|program| (name, program))
}

/// A font that says its characters.
fn font(file: &File, id: u32) -> Option<Font> {
    let font = file.object(id)?;
    let font = font.dictionary()?;
    let Object::Stream(dict, raw) = file.get(font, b"ToUnicode")?.into_owned() else { return None };
    Some(Font::new(font.name(b"Subtype") == b"Type0", &file.unpack(&dict, raw)?))
}

fn show(file: &File, contents: &[u32], resources: &Resources) -> Shown {
    let mut whole = Vec::new();
    for id in contents {
        if let Some(Object::Stream(dict, raw)) = file.object(*id) {
            let part = file.unpack(&dict, raw).unwrap_or_default();
            if whole.is_empty() { whole = part } else { whole.extend([b"\n", &*part].concat()) }
        }
    }
    content::run(&whole, &resources.fonts)
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
fn labels(file: &File, count: usize) -> Vec<String> {
    let mut ranges = Vec::new();
    if let Some(tree) = file.catalog().and_then(|catalog| file.dictionary(&catalog, b"PageLabels")) {
        numbers(file, &tree, 0, &mut ranges);
    }
    let mut labels: Vec<_> = (1..=count).map(|number| number.to_string()).collect();
    for (at, (from, range)) in ranges.iter().enumerate() {
        let to = ranges.get(at + 1).map_or(count, |(next, _)| *next).min(count);
        let first = range.first.max(1) as usize;
        for (step, label) in labels.iter_mut().take(to).skip(*from).enumerate() {
            *label = range.prefix.clone() + &numeral(first + step, &range.style);
        }
    }
    labels
}

/// How the pages of a range are numbered.
struct Range {
    first: i64,
    style: Vec<u8>,
    prefix: String,
}

/// The leaves of a number tree, in order.
fn numbers(file: &File, node: &Dictionary, depth: usize, out: &mut Vec<(usize, Range)>) {
    let array = |key: &[u8]| file.get(node, key).and_then(|object| object.array().map(<[Object]>::to_vec)).unwrap_or_default();
    for pair in array(b"Nums").chunks_exact(2) {
        let range = file.follow(&pair[1]);
        if let (Some(from), Some(range)) = (pair[0].integer(), range.as_ref().and_then(|range| range.dictionary())) {
            let (first, style) = (range.integer(b"St").unwrap_or(1), range.name(b"S").to_vec());
            let prefix = range.text(b"P").map(text_string).unwrap_or_default();
            out.push((from.max(0) as usize, Range { first, style, prefix }));
        }
    }
    for kid in array(b"Kids") {
        if let (true, Some(Some(kid))) = (depth < 16, file.follow(&kid).as_ref().map(|kid| kid.dictionary())) {
            numbers(file, kid, depth + 1, out);
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
