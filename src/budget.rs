//! What may be spent on one file or one work: every limit of the program, each with its reason, in one place. An archive gives this
//! program files from strangers, and a small file must not cost a machine.
//!
//! A limit that is passed is a remark or a refusal of that image, that file or that work; nothing aborts, and the other works of the
//! batch go on. Those of [`Budget`] can be raised by whoever runs the program (`--limit pixels=400M`), never by a work: what a
//! stranger sends must not say what it may cost. The others are properties of the formats, or of the stacks that walk them.

use std::io::{Cursor, Read};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

/// How deep blocks and inlines of a tree may stand in each other: an unbounded tree overflows a worker's stack, when it is dropped,
/// too.
pub const NESTING: usize = 64;

/// How deep elements of XML may stand in each other before they go to the element around them: four times what TEI's deepest
/// examples need, and little for a stack of 2 MiB.
pub const XML_NESTING: usize = 256;

/// Attributes of one element: no vocabulary has a tenth, and that none stands twice is looked for pair by pair.
pub const ATTRIBUTES: usize = 1_000;

/// How deep elements of a drawing nest: deeper than any drawing program does; renderers walk the tree on their stacks.
pub const DRAWING_NESTING: usize = 200;

/// How deep metadata nest: deeper than any do.
pub const METADATA_NESTING: usize = 32;

/// How deep an object of a PDF nests: those of books end at 6, deeper ones are those of a damaged file.
pub const PDF_NESTING: usize = 64;

/// How many values metadata have, aliases written out: more are an attack on memory.
pub const METADATA_VALUES: usize = 20_000;

/// How many columns a cell takes at most (HTML, 4.9.11).
pub const COLUMNS: u16 = 1000;

/// Rows that lack more cells than these get one wide cell for all of them: else a wide row would cost each short one dearly.
pub const FILLED_CELLS: usize = 64;

/// How many places of a table cells that span may cover: a table of 200 pages.
pub const TABLE_PLACES: usize = 200_000;

/// How many bytes the entities of a TEI file may grow to, all together: no bomb goes off.
pub const TEI_ENTITIES: usize = 1 << 20;

/// How many characters entities may add to a drawing: those of old drawing programs name a dozen namespaces.
pub const DRAWING_ENTITIES: usize = 100_000;

/// How deep entities may name each other.
pub const ENTITY_NESTING: usize = 8;

/// The elements of a drawing, those counted again that are used again: maps of whole cities have less.
pub const DRAWING_ELEMENTS: u64 = 300_000;

/// Bytes of path data that a drawing draws, those of markers counted at each corner that they stand at: twice the largest map that
/// was seen. Every 8 bytes are a line of a PDF.
pub const DRAWING_PATHS: u64 = 16_000_000;

/// Characters of text in a drawing: a poster has thousands. Each becomes an outline of some 300 bytes.
pub const DRAWING_LETTERS: u64 = 100_000;

/// A number of pixels that no drawing needs. Programs that calculate with it stumble.
pub const DRAWING_SIDE: f64 = 1e9;

/// Pixels of a part of a drawing that is painted: an A6 at 300 to the inch.
pub const PAINTED_PIXELS: f32 = 4_000_000.0;

/// Pixels of the longer side of what is painted: no page is 1.4 m long.
pub const PAINTED_SIDE: f32 = 16_384.0;

/// The longest address that carries an image: some 24 MB of its bytes, more than any camera's picture.
pub const CARRIED: usize = 32 << 20;

/// How deep files may be set into each other, at how many places of a work, and how many bytes that may bring.
pub const INCLUDE_NESTING: usize = 16;
pub const INCLUDES: usize = 2_000;
pub const INCLUDED: usize = 64 << 20;

/// More files than any work has.
pub const FILES: usize = 10_000;

/// How deep folders of chapters may nest, and folders of works.
pub const FOLDER_NESTING: usize = 12;
pub const BATCH_NESTING: usize = 64;

/// Parts of which one bracket of a formula is made: it would be higher than any page.
pub const BRACKET_PARTS: usize = 120;

/// Threads: more than any machine's processors that this program has run on, and few enough for a machine's limit of processes.
pub const THREADS: usize = 256;

/// Bytes of a name in a folder (ext4, XFS, APFS, NTFS in UTF-16 units, which are never more).
pub const NAME: usize = 255;

/// Images of more pixels than this are decoded one after the other, however many threads there are: a machine of 64 threads must
/// not hold 64 posters.
const LARGE: u64 = 16_000_000;

/// What a file may unpack to, for a byte of it, and what any may: text shrinks to a fifth, pictures in two inks to a hundredth.
const RATIO: u64 = 256;
const LEAST_UNPACKED: u64 = 64 << 20;

/// The limits that whoever runs the program can set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Pixels of one image, by its header, before a decoder runs. 100 million are a newspaper's page at 600 to the inch.
    pub pixels: u64,
    /// Bytes of one image in memory; with it, the 16-bit channels of a scan count. Decoders are granted no more.
    pub decoded: u64,
    /// Bytes of one file that is read: a source, an image, a template, a file of a bag.
    pub file: u64,
    /// Bytes that one stream of a PDF, or all entries of an EPUB, unpack to.
    pub unpacked: u64,
    /// Bytes of a bag whose files are all in memory when they are checked.
    pub bag: u64,
    /// Work of painting one drawing where PDF can't say it in lines and areas: pixels, once for each layer and effect. 400 million
    /// take some four seconds.
    pub painting: u64,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            pixels: 100_000_000,
            decoded: 512 << 20,
            // Places are counted in 32 bits, and decoding may make three bytes of one.
            file: u32::MAX as u64 / 3,
            unpacked: 320 << 20,
            bag: 4 << 30,
            painting: 400_000_000,
        }
    }
}

/// Why something is not read: it would cost more than is granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// What is wrong, to follow the name of what is refused: "has 3600000000 pixels, more than …".
    pub message: String,
    /// Which limit it is.
    pub limit: &'static str,
    /// How large the limit would have to be.
    pub wanted: u64,
}

impl Breach {
    /// How the limit is raised.
    pub fn cure(&self) -> String {
        format!("where it is meant, allow it: --limit {}={}", self.limit, self.wanted)
    }
}

/// Why an image can't be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undecoded {
    /// It is damaged, or of no known kind.
    Broken(String),
    Breach(Breach),
}

impl std::fmt::Display for Undecoded {
    fn fmt(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            Self::Broken(reason) => out.write_str(reason),
            Self::Breach(breach) => write!(out, "it {}", breach.message),
        }
    }
}

impl Budget {
    /// The names of the limits that can be set.
    pub const NAMES: [&str; 6] = ["pixels", "decoded", "file", "unpacked", "bag", "painting"];

    /// Sets one limit: `pixels=400M`. A number may end in `k`, `M` or `G`: thousands, millions, milliards.
    ///
    /// # Errors
    /// What is wrong with it, for people to read.
    pub fn set(&mut self, said: &str) -> Result<(), String> {
        let (name, number) = said.split_once('=').ok_or_else(|| format!("{said} is no limit: write NAME=NUMBER"))?;
        let digits = number.trim_end_matches(['k', 'M', 'G']);
        let unit: u64 = match &number[digits.len()..] {
            "" => 1,
            "k" => 1_000,
            "M" => 1_000_000,
            "G" => 1_000_000_000,
            _ => return Err(format!("{number} is no number: 400, 400k, 400M, 4G")),
        };
        let parsed = digits.parse::<u64>().ok().and_then(|digits| digits.checked_mul(unit)).filter(|limit| *limit > 0);
        let limit = parsed.ok_or_else(|| format!("{number} is no number: 400, 400k, 400M, 4G"))?;
        let field = match name {
            "pixels" => &mut self.pixels,
            "decoded" => &mut self.decoded,
            "file" => &mut self.file,
            "unpacked" => &mut self.unpacked,
            "bag" => &mut self.bag,
            "painting" => &mut self.painting,
            _ => return Err(format!("there is no limit {name}: {}", Self::NAMES.join(", "))),
        };
        *field = limit;
        if self.file > Self::default().file {
            return Err(format!("a file can have {} bytes at most: places are counted in 32 bits", Self::default().file));
        }
        Ok(())
    }

    /// Whether an image of this size and this many bytes in memory may be decoded.
    fn grants(&self, width: u32, height: u32, bytes: u64) -> Result<(), Breach> {
        let pixels = u64::from(width) * u64::from(height);
        if pixels > self.pixels {
            let message = format!("has {width} × {height} pixels, more than the {} that are read", self.pixels);
            return Err(Breach { message, limit: "pixels", wanted: pixels });
        }
        if bytes > self.decoded {
            let message = format!("takes {bytes} bytes of memory, more than the {} that are granted", self.decoded);
            return Err(Breach { message, limit: "decoded", wanted: bytes });
        }
        Ok(())
    }

    /// Decodes an image and hands it to `use_it`. Its size is looked at first, its decoder gets no more memory than is granted, and of
    /// several large ones at a time one is in memory: `use_it` must not wait for other threads.
    ///
    /// # Errors
    /// Why it can't be had.
    pub fn decode<T>(&self, bytes: &[u8], use_it: impl FnOnce(DynamicImage, ImageFormat) -> T) -> Result<T, Undecoded> {
        static LARGE_ONE: Mutex<()> = Mutex::new(());
        let broken = |reason: &dyn std::fmt::Display| Undecoded::Broken(reason.to_string());
        let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|reason| broken(&reason))?;
        let format = reader.format().ok_or_else(|| broken(&"it is of no kind that is read"))?;
        let mut limits = Limits::default();
        limits.max_alloc = Some(self.decoded);
        reader.limits(limits);
        let decoder = reader.into_decoder().map_err(|reason| broken(&reason))?;
        let (width, height) = decoder.dimensions();
        self.grants(width, height, decoder.total_bytes()).map_err(Undecoded::Breach)?;
        // A panic of a decoder leaves nothing behind that the next one could stumble over.
        let large = u64::from(width) * u64::from(height) > LARGE;
        let _turn = large.then(|| LARGE_ONE.lock().unwrap_or_else(PoisonError::into_inner));
        // Decoded whole: a header says nothing of what is cut off behind it.
        DynamicImage::from_decoder(decoder).map(|image| use_it(image, format)).map_err(|reason| broken(&reason))
    }

    /// What a packed file of `length` bytes may unpack to, all in all.
    pub fn unpacking(&self, length: usize) -> Unpacking {
        let whole = (length as u64).saturating_mul(RATIO).saturating_add(LEAST_UNPACKED.min(self.unpacked));
        Unpacking { one: self.unpacked, left: AtomicU64::new(whole), passed: AtomicU64::new(0) }
    }
}

/// What is left of the bytes that a packed file may unpack to. Threads share it.
#[derive(Debug)]
pub struct Unpacking {
    one: u64,
    left: AtomicU64,
    /// What the largest would have needed that was refused.
    passed: AtomicU64,
}

impl Unpacking {
    /// The bytes of `packed`, unpacked. None where they are damaged, or more than is left.
    pub fn read(&self, packed: impl Read) -> Option<Vec<u8>> {
        let most = self.one.min(self.left.load(Ordering::Relaxed));
        let mut bytes = Vec::new();
        packed.take(most.saturating_add(1)).read_to_end(&mut bytes).ok()?;
        let length = bytes.len() as u64;
        if length > most {
            self.passed.fetch_max(length, Ordering::Relaxed);
            return None;
        }
        let _ = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| Some(left.saturating_sub(length)));
        Some(bytes)
    }

    /// What was refused, if anything was.
    pub fn breach(&self) -> Option<Breach> {
        let passed = self.passed.load(Ordering::Relaxed);
        (passed > 0).then(|| Breach {
            message: "unpacks to far more than a book of its size can".to_owned(),
            limit: "unpacked",
            wanted: passed.saturating_mul(4),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_set_by_name() {
        let mut budget = Budget::default();
        assert_eq!(budget.set("pixels=400M"), Ok(()));
        assert_eq!(budget.pixels, 400_000_000);
        for wrong in ["pixels", "pixels=", "pixels=0", "pixels=4T", "pixels=-1", "colour=3", "pixels=99999999999999999999G"] {
            assert!(budget.set(wrong).is_err(), "{wrong}");
        }
        assert!(budget.set("file=2G").is_err());
    }

    #[test]
    fn a_header_alone_costs_nothing() {
        let mut png = b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR".to_vec();
        png.extend([0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60, 8, 2, 0, 0, 0]);
        png.extend([0x2B, 0x0D, 0x0B, 0x6E]);
        let crc = crc(&png[12..29]);
        png.truncate(29);
        png.extend(crc.to_be_bytes());
        png.extend(b"\0\0\0\0IDAT\x35\xAF\x06\x1E");
        let found = Budget::default().decode(&png, |_, _| ());
        assert!(matches!(&found, Err(Undecoded::Breach(breach)) if breach.limit == "pixels"), "{found:?}");
    }

    /// The check of a chunk (PNG, annex D).
    fn crc(bytes: &[u8]) -> u32 {
        let step = |sum: u32, byte: &u8| {
            (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { 0xEDB8_8320 ^ (sum >> 1) } else { sum >> 1 })
        };
        !bytes.iter().fold(u32::MAX, step)
    }

    #[test]
    fn what_unpacks_without_end_is_refused() {
        let budget = Budget { unpacked: 1000, ..Budget::default() };
        let unpacking = budget.unpacking(1);
        assert_eq!(unpacking.read(&[7; 600][..]).map(|bytes| bytes.len()), Some(600));
        assert_eq!(unpacking.read(&[7; 1001][..]), None);
        assert_eq!(unpacking.breach().map(|breach| breach.limit), Some("unpacked"));
        let unpacking = budget.unpacking(0);
        assert!(unpacking.read(&[7; 900][..]).is_some() && unpacking.breach().is_none());
        assert!(unpacking.read(&[7; 900][..]).is_none(), "the sum counts, too");
    }
}
