//! A PDF as a file (ISO 32000-1, 7.5): where its objects stand. They are read when they are asked for, and not kept: an object
//! model of a book takes fifty times its file.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::budget::{Budget, Unpacking};

use super::object::{Dictionary, Lexer, Object, Token};

/// Where an object stands.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Unknown,
    Free,
    /// Bytes from the file's beginning.
    At(usize),
    /// The object stream, and the position in it.
    In(u32, u32),
}

/// An object stream, unpacked, and where in it its objects begin.
struct Container {
    bytes: Vec<u8>,
    members: Vec<(u32, usize)>,
}

pub struct File<'b> {
    bytes: &'b [u8],
    places: Vec<Place>,
    containers: BTreeMap<u32, Container>,
    /// How many object streams can't be unpacked.
    pub damaged: usize,
    trailer: Dictionary<'b>,
    /// What is left of the bytes that its streams may unpack to.
    pub unpacking: Unpacking,
}

impl<'b> File<'b> {
    /// # Errors
    /// Why nothing can be found in it, for people to read.
    pub fn parse(bytes: &'b [u8], budget: &Budget) -> Result<Self, String> {
        let tail = bytes.len().saturating_sub(2048);
        let mark = b"startxref";
        let start = bytes[tail..].windows(mark.len()).rposition(|window| window == mark).ok_or("its end is missing")?;
        let start = Lexer::of_file(bytes, tail + start + mark.len()).number().ok_or("its end is damaged")?;
        let mut file = Self {
            bytes,
            places: Vec::new(),
            containers: BTreeMap::new(),
            damaged: 0,
            trailer: Dictionary::default(),
            unpacking: budget.unpacking(bytes.len()),
        };
        let (mut next, mut seen) = (Some(start), BTreeSet::new());
        while let Some(at) = next.filter(|at| seen.insert(*at)) {
            let trailer = file.section(at).ok_or_else(|| format!("its table of objects, at byte {at}, can't be read"))?;
            // Of a file that old and new readers understand, the part for new ones.
            if let Some(stream) = trailer.integer(b"XRefStm") {
                file.section(stream as usize);
            }
            next = trailer.integer(b"Prev").map(|at| at as usize);
            if file.trailer == Dictionary::default() {
                file.trailer = trailer;
            }
        }
        if file.trailer.get(b"Encrypt").is_some() {
            return Err("it is encrypted".to_owned());
        }
        let containers: BTreeSet<_> = file
            .places
            .iter()
            .filter_map(|place| match place {
                Place::In(container, _) => Some(*container),
                Place::Unknown | Place::Free | Place::At(_) => None,
            })
            .collect();
        let containers: Vec<_> = containers.into_iter().collect();
        file.containers = containers.par_iter().filter_map(|id| Some((*id, file.container(*id)?))).collect();
        file.damaged = containers.len() - file.containers.len();
        Ok(file)
    }

    /// A part of the table of objects, and its trailer. What was said of an object before is newer.
    fn section(&mut self, at: usize) -> Option<Dictionary<'b>> {
        let mut lexer = Lexer::of_file(self.bytes, at);
        match lexer.next()? {
            Token::Word(b"xref") => {}
            Token::Word(_) => return None,
            Token::Operand(_) => return self.section_stream(at),
        }
        loop {
            let first = match lexer.next()? {
                Token::Word(b"trailer") => return lexer.object()?.dictionary().cloned(),
                Token::Word(_) => return None,
                Token::Operand(first) => first.integer()?,
            };
            let count = lexer.number()?;
            for number in (first as usize..).take(count) {
                let (place, _) = (lexer.number()?, lexer.number()?);
                match lexer.next()? {
                    Token::Word(b"n") => self.set(number, Place::At(place)),
                    Token::Word(b"f") => self.set(number, Place::Free),
                    Token::Word(_) | Token::Operand(_) => return None,
                }
            }
        }
    }

    /// The table as a stream (7.5.8).
    fn section_stream(&mut self, at: usize) -> Option<Dictionary<'b>> {
        let (_, Object::Stream(dict, raw)) = self.read(at)? else { return None };
        let table = self.unpack(&dict, raw)?;
        let widths: Vec<_> = dict.get(b"W")?.array()?.iter().map(|width| width.integer().unwrap_or(0) as usize).collect();
        let [kind, second, third] = widths[..] else { return None };
        let size = dict.integer(b"Size")?;
        let ranges: Vec<_> = match dict.get(b"Index").and_then(Object::array) {
            Some(index) => index.iter().map(|number| number.integer().unwrap_or(0).max(0) as usize).collect(),
            None => vec![0, size as usize],
        };
        let numbers = ranges.chunks_exact(2).flat_map(|range| (range[0]..).take(range[1]));
        let field = |bytes: &[u8]| bytes.iter().fold(0, |field: u64, byte| field << 8 | u64::from(*byte));
        for (number, row) in numbers.zip(table.chunks_exact((kind + second + third).max(1))) {
            let (first, rest) = row.split_at(kind);
            let (second, third) = rest.split_at(second);
            match if kind == 0 { 1 } else { field(first) } {
                0 => self.set(number, Place::Free),
                1 => self.set(number, Place::At(field(second) as usize)),
                2 => self.set(number, Place::In(field(second) as u32, field(third) as u32)),
                _ => {}
            }
        }
        Some(dict)
    }

    fn set(&mut self, number: usize, place: Place) {
        // ISO 32000-1, annex C: no more objects than these.
        const MOST: usize = 8_388_607;
        if number > MOST {
            return;
        }
        if self.places.len() <= number {
            self.places.resize(number + 1, Place::Unknown);
        }
        if self.places[number] == Place::Unknown {
            self.places[number] = place;
        }
    }

    fn container(&self, id: u32) -> Option<Container> {
        let Object::Stream(dict, raw) = self.object(id)? else { return None };
        let bytes = self.unpack(&dict, raw)?;
        let first = dict.integer(b"First")? as usize;
        let mut lexer = Lexer::of_file(&bytes, 0);
        let members = (0..dict.integer(b"N")?).map_while(|_| Some((lexer.number()? as u32, first + lexer.number()?))).collect();
        Some(Container { bytes, members })
    }

    /// The object with a number.
    pub fn object(&self, id: u32) -> Option<Object<'_>> {
        match *self.places.get(id as usize)? {
            Place::Unknown | Place::Free => None,
            Place::At(at) => self.read(at).filter(|(number, _)| *number == id).map(|(_, object)| object),
            Place::In(container, position) => {
                let container = self.containers.get(&container)?;
                let (number, at) = *container.members.get(position as usize)?;
                if number == id { Lexer::of_file(&container.bytes, at).object() } else { None }
            }
        }
    }

    /// The object that begins at a byte, and its number.
    fn read(&self, at: usize) -> Option<(u32, Object<'b>)> {
        let mut lexer = Lexer::of_file(self.bytes, at);
        let (number, _) = (lexer.number()?, lexer.number()?);
        if !matches!(lexer.next()?, Token::Word(b"obj")) {
            return None;
        }
        let object = lexer.object()?;
        lexer.space();
        let (Object::Dictionary(dict), Some(rest)) = (&object, lexer.rest().strip_prefix(b"stream")) else {
            return Some((number as u32, object));
        };
        let rest = rest.strip_prefix(b"\r").unwrap_or(rest);
        let rest = rest.strip_prefix(b"\n").unwrap_or(rest);
        let length = match dict.get(b"Length")? {
            Object::Reference(id) => self.plain_number(*id)?,
            length => length.integer()? as usize,
        };
        Some((number as u32, Object::Stream(dict.clone(), rest.get(..length)?)))
    }

    /// A number that stands by itself, such as the length of a stream.
    fn plain_number(&self, id: u32) -> Option<usize> {
        let Place::At(at) = *self.places.get(id as usize)? else { return None };
        let mut lexer = Lexer::of_file(self.bytes, at);
        let (_, _, _) = (lexer.number()?, lexer.number()?, lexer.next()?);
        lexer.number()
    }

    /// What an object leads to, where it is a reference.
    pub fn follow<'o, 'd>(&'o self, object: &'d Object<'o>) -> Option<Cow<'d, Object<'o>>> {
        match object {
            Object::Reference(id) => self.object(*id).map(Cow::Owned),
            object => Some(Cow::Borrowed(object)),
        }
    }

    /// What `key` leads to, references followed.
    pub fn get<'o, 'd>(&'o self, dict: &'d Dictionary<'o>, key: &[u8]) -> Option<Cow<'d, Object<'o>>> {
        self.follow(dict.get(key)?)
    }

    /// The dictionary to which `key` leads.
    pub fn dictionary<'o>(&'o self, dict: &Dictionary<'o>, key: &[u8]) -> Option<Dictionary<'o>> {
        match self.get(dict, key)?.into_owned() {
            Object::Dictionary(dict) | Object::Stream(dict, _) => Some(dict),
            _ => None,
        }
    }

    pub fn catalog(&self) -> Option<Dictionary<'_>> {
        self.dictionary(&self.trailer, b"Root")
    }

    /// The pages' objects, in order, and what they inherit is left to them.
    pub fn pages(&self) -> Vec<u32> {
        let mut pages = Vec::new();
        let root = self.catalog().and_then(|catalog| catalog.reference(b"Pages"));
        if let Some(root) = root {
            self.leaves(root, 0, &mut BTreeSet::new(), &mut pages);
        }
        pages
    }

    fn leaves(&self, id: u32, depth: usize, seen: &mut BTreeSet<u32>, pages: &mut Vec<u32>) {
        const DEPTH: usize = 32;
        // A node that is named by two would double what lies below it at each level.
        if !seen.insert(id) {
            return;
        }
        let node = self.object(id);
        let Some(node) = node.as_ref().and_then(Object::dictionary) else { return };
        match self.get(node, b"Kids") {
            Some(kids) if node.name(b"Type") != b"Page" => {
                let kids = kids.array().unwrap_or(&[]);
                if depth < DEPTH {
                    kids.iter().filter_map(Object::reference).for_each(|kid| self.leaves(kid, depth + 1, seen, pages));
                }
            }
            _ => pages.push(id),
        }
    }

    /// Unpacks every stream once, and keeps none.
    pub fn unpack_all(&self) {
        for (id, place) in self.places.iter().enumerate() {
            if let (Place::At(_), Ok(id)) = (place, u32::try_from(id))
                && let Some(Object::Stream(dict, raw)) = self.object(id)
            {
                let _ = self.unpack(&dict, raw);
            }
        }
    }

    /// What a stream says, its filters undone. None where one is not known here, or the bytes are damaged.
    pub fn unpack(&self, dict: &Dictionary, raw: &[u8]) -> Option<Vec<u8>> {
        let filters = match dict.get(b"Filter") {
            None => Vec::new(),
            Some(Object::Array(filters)) => filters.iter().collect(),
            Some(filter) => vec![filter],
        };
        let parameters = match dict.get(b"DecodeParms") {
            Some(Object::Array(all)) => all.first(),
            parameters => parameters,
        };
        match filters[..] {
            [] => Some(raw.to_vec()),
            [Object::Name(name)] if **name == *b"FlateDecode" => {
                let bytes = self.unpacking.read(flate2::read::ZlibDecoder::new(raw))?;
                match parameters.and_then(Object::dictionary) {
                    Some(how) if how.integer(b"Predictor").is_some_and(|predictor| predictor > 1) => predicted(&bytes, how),
                    _ => Some(bytes),
                }
            }
            _ => None,
        }
    }
}

/// Undoes the predictors of PNG (7.4.4.4).
fn predicted(bytes: &[u8], how: &Dictionary) -> Option<Vec<u8>> {
    let number = |key: &[u8], usual: i64| how.integer(key).unwrap_or(usual).clamp(1, 1 << 20) as usize;
    if number(b"Predictor", 1) < 10 {
        return None;
    }
    let bits = number(b"Colors", 1) * number(b"BitsPerComponent", 8);
    let (step, width) = (bits.div_ceil(8), (bits * number(b"Columns", 1)).div_ceil(8));
    let mut out: Vec<u8> = Vec::with_capacity(bytes.len());
    for row in bytes.chunks(width + 1) {
        let (kind, start) = (row[0], out.len());
        for (at, byte) in row[1..].iter().enumerate() {
            let left = if at >= step { out[start + at - step] } else { 0 };
            let above = if start > 0 { out[start + at - width] } else { 0 };
            let corner = if at >= step && start > 0 { out[start + at - width - step] } else { 0 };
            let guess = match kind {
                1 => left,
                2 => above,
                3 => u16::midpoint(left.into(), above.into()) as u8,
                4 => paeth(left, above, corner),
                _ => 0,
            };
            out.push(byte.wrapping_add(guess));
        }
    }
    Some(out)
}

/// Of three neighbours the one that lies nearest to where they point (PNG, 9.4).
fn paeth(left: u8, above: u8, corner: u8) -> u8 {
    let (a, b, c) = (i16::from(left), i16::from(above), i16::from(corner));
    let far = |one: i16| (a + b - c - one).abs();
    if far(a) <= far(b) && far(a) <= far(c) {
        left
    } else if far(b) <= far(c) {
        above
    } else {
        corner
    }
}
