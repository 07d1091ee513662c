//! A deposit: one folder that a repository takes in as it is. A BagIt 1.0 bag (RFC 8493) whose payload is an RO-Crate 1.1: the
//! source as it was, the four outputs, the repairs, the licence, and the metadata in the words of DataCite and Dublin Core.
//!
//! METS and PREMIS are left to the archive. Archivematica, which takes bags as they are, writes both itself at its ingest, with the
//! bag's checks as events and `bag-info.txt` as source metadata (<https://wiki.archivematica.org/Bag_ingest>). Who asks for METS of
//! the one who hands in, as national archives do that take E-ARK's packages (<https://github.com/DILCISBoard/E-ARK-SIP>) and ARCLib by
//! profile, asks for a profile agreed upon with him, from which no general file could be made; `repairs.json` and the research object
//! have what its events would say.
//!
//! All of it is made in memory from what the driver hands over, and checked in memory from what the driver read: nothing here
//! touches the disk.

mod bag;
mod datacite;
mod dublin_core;
mod formats;
mod gaps;
mod licence;
mod payload;
mod rebase;
mod research_object;
mod verify;

use std::collections::BTreeMap;

use jiff::Timestamp;

pub use gaps::{Gap, gaps};
pub use licence::Licence;
pub use rebase::{facsimiles, rebased};
pub use verify::{is_ours, verify};

use crate::emit::{EmitError, Output};
use crate::env::Env;
use crate::format::Format;
use crate::tree::{Document, Metadata};

/// The files of a bag, by their path below its folder, with `/` between the parts.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The formats of a deposit, the most durable first.
pub const FORMATS: [Format; 4] = [Format::Tei, Format::Pdf, Format::Epub, Format::Text];

/// The folder in the payload that the source lies in, as it was.
pub const SOURCE_FOLDER: &str = "source/";

/// The bag's payload stands below this folder.
const DATA: &str = "data/";

const AGENT: &str = concat!("Tetrapla ", env!("CARGO_PKG_VERSION"));

/// What a deposit is made of.
pub struct Material<'a> {
    pub doc: &'a Document,
    pub env: &'a Env,
    /// What the work's outputs are called.
    pub stem: &'a str,
    /// The files of the source as they were read, byte for byte, in the order in which spans count them.
    pub sources: Vec<Original>,
    /// What the backends made.
    pub outputs: &'a [Output],
    /// Where each repair stands: line and column, counted from 1.
    pub places: Vec<(usize, usize)>,
}

/// A file of the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Original {
    /// Below the work's folder, with `/` between the parts. Never leaves that folder.
    pub path: String,
    pub bytes: Vec<u8>,
}

/// Packs the bag: every file of it, the same bytes for the same material.
///
/// # Errors
/// When a template of the user's can't be used.
pub fn pack(material: &Material) -> Result<Files, EmitError> {
    let meta = &material.doc.meta;
    let made = material.env.source_date;
    let record = Record { meta, gaps: gaps(meta), licence: licence::of(meta), made };
    let payload = payload::gather(material, &record)?;
    Ok(bag::close(payload, &record))
}

/// What every description of the deposit is made from, so that none says what another doesn't.
struct Record<'a> {
    meta: &'a Metadata,
    /// What the metadata lack. Named wherever people look.
    gaps: Vec<Gap>,
    licence: Option<Licence>,
    /// When the editions and the bag were made, where the environment says it: the work's own date says nothing of that.
    made: Option<Timestamp>,
}

impl Record<'_> {
    /// The title with its subtitle.
    fn title(&self) -> String {
        match &self.meta.subtitle {
            Some(subtitle) => format!("{}: {subtitle}", self.meta.title),
            None => self.meta.title.clone(),
        }
    }

    /// What the metadata lack, as one sentence; none where they lack nothing.
    fn lacking(&self) -> Option<String> {
        let names: Vec<_> = self.gaps.iter().map(|gap| gap.name).collect();
        (!names.is_empty()).then(|| format!("The metadata of this deposit do not say: {}.", names.join(", ")))
    }

    /// What the work is, for people to read.
    fn description(&self) -> String {
        let own = self.meta.description.as_deref().map(flat);
        let what = || format!("{}: the source and its editions as TEI, PDF, EPUB and plain text.", self.title());
        let said = own.unwrap_or_else(what);
        match self.lacking() {
            Some(gaps) => format!("{said} {gaps}"),
            None => said,
        }
    }
}

/// `text` on one line.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The media type of a payload file, by its name.
fn media_type(path: &str) -> &'static str {
    const KNOWN: &[(&str, &str)] = &[
        (".xml", "application/xml"),
        (".markdown", "text/markdown"),
        (".toml", "application/toml"),
        (".json", "application/json"),
        (".png", "image/png"),
        (".jpg", "image/jpeg"),
        (".jpeg", "image/jpeg"),
        (".gif", "image/gif"),
        (".webp", "image/webp"),
    ];
    let name = path.to_ascii_lowercase();
    let format = Format::ALL.into_iter().find(|format| name.ends_with(&format!(".{}", format.extension())));
    let known = || KNOWN.iter().find(|(ending, _)| name.ends_with(ending)).map(|(_, media)| *media);
    format.map(Format::media_type).or_else(known).unwrap_or("application/octet-stream")
}
