//! The file: objects numbered, packed into compressed object streams, and listed in a cross-reference stream (ISO 32000-1,
//! 7.5.7 and 7.5.8). lopdf's own saving copies every object and packs on one thread; a book has a hundred thousand of them.

use std::cell::RefCell;
use std::io::{Read, Write};

use flate2::{Compress, Compression, FlushCompress, Status};
use lopdf::{Dictionary, Document, Object, Stream, dictionary};
use rayon::prelude::*;

use super::syntax;

/// How many objects share an object stream: enough to compress well, few enough that a reader who wants one unpacks little.
pub const SHARE: usize = 250;

/// Objects that are no streams, one after the other.
#[derive(Default)]
pub struct Batch {
    ids: Vec<u32>,
    offsets: Vec<usize>,
    body: Vec<u8>,
}

impl Batch {
    /// Where the object `id` is to be written.
    pub fn object(&mut self, id: u32) -> &mut Vec<u8> {
        if !self.body.is_empty() {
            self.body.push(b'\n');
        }
        self.ids.push(id);
        self.offsets.push(self.body.len());
        &mut self.body
    }

    /// Compresses the objects.
    pub fn pack(self) -> Packed {
        let mut text = Vec::with_capacity(self.body.len() + 12 * self.ids.len());
        for (id, offset) in self.ids.iter().zip(&self.offsets) {
            let _ = write!(text, "{id} {offset} ");
        }
        let first = text.len();
        text.extend_from_slice(&self.body);
        Packed { ids: self.ids, first, bytes: deflate(&text) }
    }
}

/// A [`Batch`] as an object stream holds it.
pub struct Packed {
    ids: Vec<u32>,
    first: usize,
    bytes: Vec<u8>,
}

/// A file in the making.
pub struct File {
    /// The object model: what there is once, and the pages.
    pub doc: Document,
    /// What there is in thousands, already packed.
    pub packed: Vec<Packed>,
    /// Whether it is written as files were before PDF 1.5: each object by itself, and a table of where they stand.
    pub plain: bool,
    /// The profile of screens by which red, green and blue are told, where the output intent has other inks.
    pub rgb: Option<lopdf::ObjectId>,
}

impl File {
    /// What red, green and blue mean, as resources say it; none where the file's output intent says it.
    pub fn rgb_space(&self) -> Option<Dictionary> {
        let space = |profile| vec![Object::Name(b"ICCBased".to_vec()), Object::Reference(profile)];
        self.rgb.map(|profile| dictionary! { "DefaultRGB" => space(profile) })
    }

    /// Numbers for `count` objects, the first of which is returned.
    pub fn reserve(&mut self, count: usize) -> u32 {
        let first = self.doc.max_id + 1;
        self.doc.max_id += count as u32;
        first
    }

    /// The whole file. `fingerprint` tells this file from others.
    pub fn write(mut self, fingerprint: &[u8]) -> Vec<u8> {
        if self.plain {
            return self.write_plain(fingerprint);
        }
        let (streams, plain): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.doc.objects).into_iter().partition(|(_, object)| matches!(object, Object::Stream(_)));
        let batches: Vec<Packed> = plain
            .par_chunks(SHARE)
            .map(|objects| {
                let mut batch = Batch::default();
                objects.iter().for_each(|((id, _), object)| syntax::object(batch.object(*id), object));
                batch.pack()
            })
            .collect();
        self.packed.extend(batches);
        let size: usize = self.packed.iter().map(|packed| packed.bytes.len() + 100).sum();
        let mut out = Out::new(&self.doc.version, self.doc.max_id + self.packed.len() as u32 + 2, size);
        for ((id, _), object) in streams {
            let Object::Stream(stream) = object else { unreachable!("streams were sorted out") };
            out.stream(id, &stream);
        }
        for packed in std::mem::take(&mut self.packed) {
            let id = self.reserve(1);
            out.object_stream(id, packed);
        }
        let id = self.reserve(1);
        out.finish(id, &self.doc.trailer, fingerprint)
    }
}

impl File {
    fn write_plain(self, fingerprint: &[u8]) -> Vec<u8> {
        let mut out = Out::new(&self.doc.version, self.doc.max_id + 1, 0);
        for ((id, _), object) in &self.doc.objects {
            match object {
                Object::Stream(stream) => out.stream(*id, stream),
                object => {
                    out.begin(*id);
                    syntax::object(&mut out.bytes, object);
                    out.bytes.extend_from_slice(b"\nendobj\n");
                }
            }
        }
        for packed in &self.packed {
            packed.each(|id, body| {
                out.begin(id);
                out.bytes.extend_from_slice(body);
                out.bytes.extend_from_slice(b"\nendobj\n");
            });
        }
        out.finish_plain(&self.doc.trailer, fingerprint)
    }
}

impl Packed {
    /// Calls `see` with each object.
    fn each(&self, mut see: impl FnMut(u32, &[u8])) {
        let mut text = Vec::new();
        // What was packed a moment ago can be unpacked.
        if flate2::read::ZlibDecoder::new(&self.bytes[..]).read_to_end(&mut text).is_err() {
            return;
        }
        let (head, body) = text.split_at(self.first);
        let head = String::from_utf8_lossy(head);
        let offsets = head.split_whitespace().skip(1).step_by(2).filter_map(|offset| offset.parse::<usize>().ok());
        let offsets: Vec<usize> = offsets.chain([body.len()]).collect();
        for (id, range) in self.ids.iter().zip(offsets.windows(2)) {
            see(*id, body[range[0]..range[1]].trim_ascii_end());
        }
    }
}

thread_local! {
    /// One for each thread: what it sets up is as large as some twenty pages.
    static PRESS: RefCell<Compress> = RefCell::new(Compress::new(LEVEL, true));
}

/// As small as zlib's own choice, 6, but for a byte in 1,600, in five sixths of the time: pages of a book were packed at each level.
const LEVEL: Compression = Compression::new(5);

/// Compresses into the format of zlib.
pub fn deflate(bytes: &[u8]) -> Vec<u8> {
    PRESS.with_borrow_mut(|press| {
        press.reset();
        let mut out = Vec::with_capacity(bytes.len() / 2 + 64);
        loop {
            let taken = press.total_in() as usize;
            match press.compress_vec(&bytes[taken..], &mut out, FlushCompress::Finish) {
                Ok(Status::StreamEnd) => return out,
                Ok(_) => out.reserve(bytes.len() / 4 + 64),
                Err(_) => unreachable!("a compressor that was reset takes any bytes"),
            }
        }
    })
}

/// A stream of the object model that is compressed.
pub fn compressed(mut dict: Dictionary, bytes: &[u8]) -> Stream {
    dict.set("Filter", "FlateDecode");
    Stream::new(dict, deflate(bytes)).with_compression(false)
}

/// Where an object stands.
#[derive(Clone, Copy)]
enum Place {
    Nowhere,
    At(usize),
    In { container: u32, position: u16 },
}

struct Out {
    bytes: Vec<u8>,
    places: Vec<Place>,
}

impl Out {
    fn new(version: &str, objects: u32, size: usize) -> Self {
        let mut bytes = Vec::with_capacity(size + (1 << 20));
        let _ = writeln!(bytes, "%PDF-{version}");
        // Bytes above 127 tell programs that move files that this one is not text.
        bytes.extend_from_slice(b"%\xE2\xE3\xCF\xD3\n");
        Self { bytes, places: vec![Place::Nowhere; objects as usize] }
    }

    fn stream(&mut self, id: u32, stream: &Stream) {
        self.begin(id);
        syntax::dictionary(&mut self.bytes, &stream.dict);
        self.body(&stream.content);
    }

    fn object_stream(&mut self, id: u32, packed: Packed) {
        for (position, member) in packed.ids.iter().enumerate() {
            self.places[*member as usize] = Place::In { container: id, position: position as u16 };
        }
        self.begin(id);
        let (count, first, length) = (packed.ids.len(), packed.first, packed.bytes.len());
        let _ = write!(self.bytes, "<</Type/ObjStm/N {count}/First {first}/Filter/FlateDecode/Length {length}>>");
        self.body(&packed.bytes);
    }

    fn begin(&mut self, id: u32) {
        self.places[id as usize] = Place::At(self.bytes.len());
        let _ = writeln!(self.bytes, "{id} 0 obj");
    }

    fn body(&mut self, content: &[u8]) {
        self.bytes.extend_from_slice(b"\nstream\n");
        self.bytes.extend_from_slice(content);
        self.bytes.extend_from_slice(b"\nendstream\nendobj\n");
    }

    fn finish(mut self, id: u32, trailer: &Dictionary, fingerprint: &[u8]) -> Vec<u8> {
        let start = self.bytes.len();
        self.places[id as usize] = Place::At(start);
        // A byte for the kind, four for the offset or the container, two for the position in it.
        let mut table = Vec::with_capacity(7 * self.places.len());
        for (number, place) in self.places.iter().enumerate() {
            let (kind, field, last) = match *place {
                Place::Nowhere if number == 0 => (0, 0, u16::MAX),
                Place::Nowhere => (0, 0, 0),
                Place::At(offset) => (1, offset as u32, 0),
                Place::In { container, position } => (2, container, position),
            };
            table.push(kind);
            table.extend_from_slice(&field.to_be_bytes());
            table.extend_from_slice(&last.to_be_bytes());
        }
        let table = deflate(&table);
        self.begin(id);
        let _ =
            write!(self.bytes, "<</Type/XRef/Size {}/W[1 4 2]/Filter/FlateDecode/Length {}", self.places.len(), table.len());
        self.trailer(trailer, fingerprint);
        self.body(&table);
        let _ = write!(self.bytes, "startxref\n{start}\n%%EOF\n");
        self.bytes
    }

    /// The end of the trailer's dictionary: where the document is, and what tells it from others.
    fn trailer(&mut self, trailer: &Dictionary, fingerprint: &[u8]) {
        for key in [&b"Root"[..], b"Info"] {
            if let Ok(value) = trailer.get(key) {
                syntax::name(&mut self.bytes, key);
                self.bytes.push(b' ');
                syntax::object(&mut self.bytes, value);
            }
        }
        self.bytes.extend_from_slice(b"/ID[");
        for _ in 0..2 {
            self.bytes.push(b'<');
            fingerprint.iter().for_each(|byte| drop(write!(self.bytes, "{byte:02X}")));
            self.bytes.push(b'>');
        }
        self.bytes.extend_from_slice(b"]>>");
    }

    /// A table of where objects stand (ISO 32000-1, 7.5.4): twenty bytes for each.
    fn finish_plain(mut self, trailer: &Dictionary, fingerprint: &[u8]) -> Vec<u8> {
        let start = self.bytes.len();
        let places = std::mem::take(&mut self.places);
        let _ = write!(self.bytes, "xref\n0 {}\n", places.len());
        for place in &places {
            let _ = match place {
                Place::At(offset) => write!(self.bytes, "{offset:010} 00000 n\r\n"),
                Place::Nowhere | Place::In { .. } => write!(self.bytes, "0000000000 65535 f\r\n"),
            };
        }
        let _ = write!(self.bytes, "trailer\n<</Size {}", places.len());
        self.trailer(trailer, fingerprint);
        let _ = write!(self.bytes, "\nstartxref\n{start}\n%%EOF\n");
        self.bytes
    }
}
