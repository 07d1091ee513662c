//! The faces, each embedded once with the glyphs that the book uses, widths, and what each glyph says (ToUnicode).

use std::io::Write;

use lopdf::{Dictionary, Object, Stream, dictionary};
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use skrifa::instance::{LocationRef, Size};
use skrifa::raw::TableProvider;
use skrifa::{FontRef, GlyphId, MetadataProvider, Tag};
use subsetter::GlyphRemapper;

use super::clusters::{clusters, glyph};
use super::file::{File, compressed};
use super::syntax;
use crate::emit::EmitError;
use crate::typeset::{Book, Face, Item};

/// What a hyphen says that stands only because the line ends.
pub const SOFT_HYPHEN: &str = "\u{AD}";

/// A face as the pages use it. The tables are by the glyph's index in the whole face.
pub struct Font<'a> {
    /// The glyph's number in the subset. 0 where the book doesn't use it.
    pub cids: Vec<u16>,
    /// What the glyph says by itself.
    pub says: Vec<Option<&'a str>>,
    /// Widths as the file states them, in thousandths of the type size.
    pub widths: Vec<f32>,
    pub units_per_em: f32,
}

/// The glyphs of one face that a stretch of pages uses, with what each says.
type Used<'a> = Vec<Option<&'a str>>;

/// Looks which glyphs the book uses. One that says several things keeps the first, in the order of the pages.
pub fn survey<'a>(book: &'a Book) -> Vec<Used<'a>> {
    let none = || book.faces.iter().map(|_| Vec::new()).collect::<Vec<Used>>();
    let parts: Vec<Vec<Used>> = book
        .pages
        .par_chunks(64)
        .map(|pages| {
            let mut used = none();
            for placed in pages.iter().flat_map(|page| &page.items) {
                let Item::Run(run) = &placed.item else { continue };
                let used = &mut used[usize::from(run.font.0)];
                clusters(run, |cluster| match cluster.pairs() {
                    // Nearly all.
                    _ if cluster.count == 1 => note(used, glyph(run, cluster.first).id, cluster.text),
                    Some(pairs) => pairs.for_each(|(at, text)| note(used, glyph(run, at).id, text)),
                    None => (0..cluster.count).for_each(|at| note(used, glyph(run, cluster.first + at).id, "")),
                });
            }
            used
        })
        .collect();
    parts.into_iter().fold(none(), |mut all, part| {
        for (all, part) in all.iter_mut().zip(part) {
            part.into_iter().enumerate().for_each(|(id, text)| text.into_iter().for_each(|text| note(all, id as u16, text)));
        }
        all
    })
}

/// What a reader is told of a cluster's text. White space of any width is a space: so code can be copied and run, and readers
/// that stumble over a text which replaces another (poppler drops what follows it in its element) seldom meet one.
pub fn told(text: &str) -> &str {
    // Most clusters are a letter.
    if text.bytes().next().is_none_or(|byte| byte > b' ' && byte.is_ascii()) {
        return text;
    }
    if text.chars().all(char::is_whitespace) { " " } else { text }
}

/// Keeps what a glyph says, unless something better is known already: a hyphen at a line's end says least of what it can.
fn note<'a>(used: &mut Used<'a>, id: u16, text: &'a str) {
    let at = usize::from(id);
    if let Some(Some(known)) = used.get(at)
        && !known.is_empty()
        && *known != SOFT_HYPHEN
    {
        return;
    }
    let text = told(text);
    if used.len() <= at {
        used.resize(at + 1, None);
    }
    match used[at] {
        Some(SOFT_HYPHEN) if text.is_empty() => {}
        _ => used[at] = Some(text),
    }
}

/// Embeds the faces that are used and gives them back in the book's order, with the resources that name them: `F0`, `F1` …
///
/// # Errors
/// When a face can't be cut down to the glyphs in use: it is broken, and the book with it.
pub fn embed<'a>(book: &Book, used: Vec<Used<'a>>, file: &mut File) -> Result<(Vec<Font<'a>>, Dictionary), EmitError> {
    let cut: Vec<_> = book.faces.par_iter().zip(used).map(|(face, used)| Cut::of(face, used)).collect();
    let (mut fonts, mut resources) = (Vec::new(), Dictionary::new());
    for (at, cut) in cut.into_iter().enumerate() {
        let cut = cut?;
        if let Some(program) = cut.program {
            let id = program.add_to(file);
            resources.set(format!("F{at}"), Object::Reference(id));
        }
        fonts.push(cut.font);
    }
    Ok((fonts, resources))
}

/// A face cut down to what the book uses. A face that no page uses has no program.
struct Cut<'a> {
    font: Font<'a>,
    program: Option<Program>,
}

/// What a file says of a face.
struct Program {
    name: String,
    descriptor: Dictionary,
    /// The key of the font file in its descriptor, and the file.
    file: (&'static str, Stream),
    true_type: bool,
    widths: Object,
    to_unicode: Stream,
}

impl<'a> Cut<'a> {
    fn of(face: &Face, used: Used<'a>) -> Result<Self, EmitError> {
        let broken =
            |reason: &dyn std::fmt::Display| EmitError::Format(format!("the face {} can't be embedded: {reason}", face.name));
        let face_ref = FontRef::new(&face.bytes).map_err(|reason| broken(&reason))?;
        let units_per_em = f32::from(face.units_per_em);
        let metrics = face_ref.glyph_metrics(Size::unscaled(), LocationRef::default());
        let width = |id: usize| metrics.advance_width(GlyphId::new(id as u32)).unwrap_or(0.0);
        // As the file will say them, to a hundredth, so that the pen is where a reader's pen is.
        let widths: Vec<f32> = (0..used.len()).map(|id| (width(id) * 100_000.0 / units_per_em).round() / 100.0).collect();
        let mut remapper = GlyphRemapper::new();
        let cids: Vec<u16> = used
            .iter()
            .enumerate()
            // Glyph 0 is no letter; readers of the archive take it for a hole in the text.
            .map(|(id, text)| if text.is_some() && id > 0 { remapper.remap(id as u16) } else { 0 })
            .collect();
        let program = if cids.iter().any(|cid| *cid > 0) {
            Some(program(face, &face_ref, &remapper, &used, &cids, &widths).map_err(|reason| broken(&reason))?)
        } else {
            None
        };
        Ok(Self { font: Font { cids, says: used, widths, units_per_em }, program })
    }
}

fn program(
    face: &Face,
    face_ref: &FontRef,
    remapper: &GlyphRemapper,
    used: &Used,
    cids: &[u16],
    widths: &[f32],
) -> Result<Program, subsetter::Error> {
    let subset = subsetter::subset(&face.bytes, 0, remapper)?;
    let mut by_cid: Vec<(u16, usize)> =
        cids.iter().enumerate().filter(|(_, cid)| **cid > 0).map(|(id, cid)| (*cid, id)).collect();
    by_cid.sort_unstable();
    let name = format!("{}+{}", tag(&subset), postscript_name(&face.name));
    let true_type = face_ref.table_data(Tag::new(b"glyf")).is_some();
    let file = if true_type {
        ("FontFile2", compressed(dictionary! { "Length1" => subset.len() as i64 }, &subset))
    } else {
        // The bare table: a CID-keyed program, as the subsetter leaves it.
        let table = FontRef::new(&subset).ok().and_then(|font| font.table_data(Tag::new(b"CFF ")));
        let bytes = table.map_or(&*subset, |table| table.as_bytes());
        ("FontFile3", compressed(dictionary! { "Subtype" => "CIDFontType0C" }, bytes))
    };
    Ok(Program {
        descriptor: descriptor(&name, face_ref),
        file,
        true_type,
        widths: Object::Array(vec![
            Object::Integer(1),
            Object::Array(by_cid.iter().map(|(_, id)| Object::Real(widths[*id])).collect()),
        ]),
        to_unicode: compressed(Dictionary::new(), &to_unicode(&by_cid, used, face_ref)),
        name,
    })
}

impl Program {
    /// The number of the font object.
    fn add_to(mut self, file: &mut File) -> lopdf::ObjectId {
        let doc = &mut file.doc;
        let program = doc.add_object(self.file.1);
        self.descriptor.set(self.file.0, Object::Reference(program));
        let descriptor = doc.add_object(self.descriptor);
        let mut descendant = dictionary! {
            "Type" => "Font",
            "Subtype" => if self.true_type { "CIDFontType2" } else { "CIDFontType0" },
            "BaseFont" => Object::Name(self.name.clone().into_bytes()),
            "CIDSystemInfo" => dictionary! {
                "Registry" => Object::string_literal("Adobe"),
                "Ordering" => Object::string_literal("Identity"),
                "Supplement" => 0,
            },
            "FontDescriptor" => Object::Reference(descriptor),
            "DW" => 0,
            "W" => self.widths,
        };
        if self.true_type {
            descendant.set("CIDToGIDMap", "Identity");
        }
        let descendant = doc.add_object(descendant);
        let to_unicode = doc.add_object(self.to_unicode);
        doc.add_object(dictionary! {
            "Type" => "Font",
            "Subtype" => "Type0",
            "BaseFont" => Object::Name(self.name.into_bytes()),
            "Encoding" => "Identity-H",
            "DescendantFonts" => vec![Object::Reference(descendant)],
            "ToUnicode" => Object::Reference(to_unicode),
        })
    }
}

/// Six capitals that tell subsets of one face apart (ISO 32000-1, 9.6.4), from what is in them.
fn tag(subset: &[u8]) -> String {
    Sha256::digest(subset).iter().take(6).map(|byte| char::from(b'A' + byte % 26)).collect()
}

/// A PostScript name has no space and no delimiter.
fn postscript_name(name: &str) -> String {
    name.chars().filter(|letter| letter.is_ascii_graphic() && !"()<>[]{}/%".contains(*letter)).collect()
}

fn descriptor(name: &str, face: &FontRef) -> Dictionary {
    let metrics = face.metrics(Size::unscaled(), LocationRef::default());
    let scale = 1000.0 / f32::from(metrics.units_per_em);
    let whole = |units: f32| Object::Integer((units * scale).round() as i64);
    let bounds = metrics.bounds.unwrap_or_default();
    let bold = face.os2().is_ok_and(|table| table.us_weight_class() >= 600);
    // Symbolic: the text is addressed by glyph, not by a standard set of letters (ISO 32000-1, 9.8.2).
    let flags = 4 + i64::from(metrics.is_monospace) + if metrics.italic_angle == 0.0 { 0 } else { 64 };
    dictionary! {
        "Type" => "FontDescriptor",
        "FontName" => Object::Name(name.as_bytes().to_vec()),
        "Flags" => flags,
        "FontBBox" => vec![whole(bounds.x_min), whole(bounds.y_min), whole(bounds.x_max), whole(bounds.y_max)],
        "ItalicAngle" => Object::Real(metrics.italic_angle),
        "Ascent" => whole(metrics.ascent),
        "Descent" => whole(metrics.descent),
        "CapHeight" => whole(metrics.cap_height.unwrap_or(metrics.ascent)),
        // Nobody draws from it where the face is embedded.
        "StemV" => if bold { 140 } else { 80 },
    }
}

/// What each glyph says, as a CMap (ISO 32000-1, 9.10.3).
fn to_unicode(by_cid: &[(u16, usize)], used: &Used, face: &FontRef) -> Vec<u8> {
    let mut out =
        b"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo\n<</Registry(Adobe)/Ordering(UCS)\
        /Supplement 0>>def\n/CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000><FFFF>\n\
        endcodespacerange\n"
            .to_vec();
    // The archive wants every glyph to say something, even one that only ever stands in a cluster whose text is stated.
    let mut silent: std::collections::BTreeMap<usize, char> =
        by_cid.iter().filter(|(_, id)| used[*id] == Some("")).map(|(_, id)| (*id, char::REPLACEMENT_CHARACTER)).collect();
    if !silent.is_empty() {
        for (letter, id) in face.charmap().mappings() {
            if let (Some(said), Some(letter)) = (silent.get_mut(&(id.to_u32() as usize)), char::from_u32(letter)) {
                *said = letter;
            }
        }
    }
    // A section holds at most a hundred.
    for part in by_cid.chunks(100) {
        let _ = writeln!(out, "{} beginbfchar", part.len());
        for (cid, id) in part {
            let mut buffer = [0; 4];
            let text = used[*id].filter(|text| !text.is_empty());
            let text = text.unwrap_or_else(|| silent.get(id).map_or("\u{FFFD}", |letter| letter.encode_utf8(&mut buffer)));
            let _ = write!(out, "<{cid:04X}> <");
            syntax::utf16_digits(&mut out, text);
            out.extend_from_slice(b">\n");
        }
        out.extend_from_slice(b"endbfchar\n");
    }
    out.extend_from_slice(b"endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
    out
}
