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
    pub codes: Codes,
}

/// How pages name the glyphs of a face.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codes {
    /// By two bytes (`Identity-H`).
    Two,
    /// By one, where a book uses no more of them than one can tell apart: its pages are a third shorter. The same as a CMap of Adobe's, which
    /// Distiller and InDesign have embedded for decades.
    One,
    /// By one, the space by that which word spacing goes by.
    Spaced,
}

/// The code that word spacing widens, if it is a single byte (ISO 32000-1, 9.3.3).
pub const SPACE: u16 = 32;

/// The highest code of a byte.
const MOST_CODES: usize = 255;

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
                clusters(run, |cluster| {
                    // Nearly all.
                    if cluster.count == 1 {
                        return note(used, glyph(run, cluster.first).id, cluster.text);
                    }
                    match cluster.pairs() {
                        Some(pairs) => pairs.for_each(|(at, text)| note(used, glyph(run, at).id, text)),
                        None => (0..cluster.count).for_each(|at| note(used, glyph(run, cluster.first + at).id, "")),
                    }
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
    let (mut fonts, mut resources, mut one_byte) = (Vec::new(), Dictionary::new(), None);
    for (at, cut) in cut.into_iter().enumerate() {
        let cut = cut?;
        if let Some(program) = cut.program {
            let id = program.add_to(file, &mut one_byte);
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
    two_bytes: bool,
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
        // Glyph 0 is no letter; readers of the archive take it for a hole in the text.
        let mut shown: Vec<usize> = (1..used.len()).filter(|id| used[*id].is_some()).collect();
        let codes = Codes::of(&mut shown, &used);
        let mut remapper = GlyphRemapper::new();
        let mut cids = vec![0; used.len()];
        shown.iter().for_each(|id| cids[*id] = remapper.remap(*id as u16));
        let font = Font { cids, says: used, widths, units_per_em, codes };
        let program = match shown.is_empty() {
            true => None,
            false => Some(program(face, &face_ref, &remapper, &font).map_err(|reason| broken(&reason))?),
        };
        Ok(Self { font, program })
    }
}

impl Codes {
    /// For glyphs that are numbered from 1 as they follow each other, some of which change places.
    fn of(shown: &mut [usize], used: &Used) -> Self {
        if shown.len() > MOST_CODES {
            return Self::Two;
        }
        // What must be escaped in a string is given to glyphs from the end of the face: alternates and ligatures, no letters.
        let rare = shown.len().saturating_sub(syntax::ESCAPED.len());
        for (code, rare) in syntax::ESCAPED.map(usize::from).into_iter().zip(rare..).filter(|(code, rare)| code <= rare) {
            shown.swap(code - 1, rare);
        }
        let (last, space) = (usize::from(SPACE) - 1, shown.iter().position(|id| used[*id] == Some(" ")));
        match space {
            Some(space) if shown.len() > last => {
                shown.swap(space, last);
                Self::Spaced
            }
            _ => Self::One,
        }
    }
}

fn program(face: &Face, face_ref: &FontRef, remapper: &GlyphRemapper, font: &Font) -> Result<Program, subsetter::Error> {
    let subset = subsetter::subset(&face.bytes, 0, remapper)?;
    let mut by_cid: Vec<(u16, usize)> =
        font.cids.iter().enumerate().filter(|(_, cid)| **cid > 0).map(|(id, cid)| (*cid, id)).collect();
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
            Object::Array(by_cid.iter().map(|(_, id)| Object::Real(font.widths[*id])).collect()),
        ]),
        to_unicode: compressed(Dictionary::new(), &to_unicode(&by_cid, font, face_ref)),
        two_bytes: font.codes == Codes::Two,
        name,
    })
}

impl Program {
    /// The number of the font object.
    fn add_to(mut self, file: &mut File, one_byte: &mut Option<lopdf::ObjectId>) -> lopdf::ObjectId {
        let doc = &mut file.doc;
        let encoding = match self.two_bytes {
            true => Object::Name(b"Identity-H".to_vec()),
            false => Object::Reference(*one_byte.get_or_insert_with(|| doc.add_object(one_byte_codes()))),
        };
        let program = doc.add_object(self.file.1);
        self.descriptor.set(self.file.0, Object::Reference(program));
        let descriptor = doc.add_object(self.descriptor);
        let mut descendant = dictionary! {
            "Type" => "Font",
            "Subtype" => if self.true_type { "CIDFontType2" } else { "CIDFontType0" },
            "BaseFont" => Object::Name(self.name.clone().into_bytes()),
            "CIDSystemInfo" => system_info(),
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
            "Encoding" => encoding,
            "DescendantFonts" => vec![Object::Reference(descendant)],
            "ToUnicode" => Object::Reference(to_unicode),
        })
    }
}

fn system_info() -> Dictionary {
    dictionary! {
        "Registry" => Object::string_literal("Adobe"),
        "Ordering" => Object::string_literal("Identity"),
        "Supplement" => 0,
    }
}

/// The CMap by which a byte is the number of a glyph (ISO 32000-1, 9.7.5.3).
fn one_byte_codes() -> Stream {
    let said = "%!PS-Adobe-3.0 Resource-CMap\n%%DocumentNeededResources: ProcSet (CIDInit)\n%%IncludeResource: ProcSet (CIDInit)\n\
        %%BeginResource: CMap (OneByteIdentityH)\n%%Title: (OneByteIdentityH Adobe Identity 0)\n%%Version: 1.000\n%%EndComments\n\
        /CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo 3 dict dup begin\n\
        /Registry (Adobe) def\n/Ordering (Identity) def\n/Supplement 0 def\nend def\n/CMapName /OneByteIdentityH def\n\
        /CMapVersion 1.000 def\n/CMapType 1 def\n/WMode 0 def\n1 begincodespacerange\n<00> <FF>\nendcodespacerange\n\
        1 begincidrange\n<00> <FF> 0\nendcidrange\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n\
        %%EndResource\n%%EOF\n";
    let dict = dictionary! {
        "Type" => "CMap",
        "CMapName" => "OneByteIdentityH",
        "CIDSystemInfo" => system_info(),
        "WMode" => 0,
    };
    compressed(dict, said.as_bytes())
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
fn to_unicode(by_cid: &[(u16, usize)], font: &Font, face: &FontRef) -> Vec<u8> {
    let used = &font.says;
    let (digits, last) = if font.codes == Codes::Two { (4, 0xFFFF) } else { (2, 0xFF) };
    let mut out =
        b"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo\n<</Registry(Adobe)/Ordering(UCS)\
        /Supplement 0>>def\n/CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n"
            .to_vec();
    let _ = writeln!(out, "<{:0digits$X}><{last:X}>\nendcodespacerange", 0);
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
            let _ = write!(out, "<{cid:0digits$X}> <");
            syntax::utf16_digits(&mut out, text);
            out.extend_from_slice(b">\n");
        }
        out.extend_from_slice(b"endbfchar\n");
    }
    out.extend_from_slice(b"endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The order in which so many glyphs are numbered, of which the fourth says a space.
    fn numbered(count: usize) -> (Codes, Vec<usize>) {
        let mut used = vec![Some("x"); count + 1];
        used[4] = Some(" ");
        let mut shown: Vec<usize> = (1..=count).collect();
        let codes = Codes::of(&mut shown, &used);
        let mut all = shown.clone();
        all.sort_unstable();
        assert_eq!(all, (1..=count).collect::<Vec<_>>(), "each has one number");
        (codes, shown)
    }

    #[test]
    fn few_glyphs_have_codes_of_a_byte() {
        assert_eq!(numbered(20).0, Codes::One);
        let (codes, shown) = numbered(120);
        assert_eq!((codes, shown[usize::from(SPACE) - 1]), (Codes::Spaced, 4));
        let escaped = syntax::ESCAPED.map(|code| shown[usize::from(code) - 1]);
        assert_eq!(escaped, [117, 118, 119, 120], "what must be escaped is rare");
        assert_eq!(numbered(255).0, Codes::Spaced);
        assert_eq!(numbered(256), (Codes::Two, (1..=256).collect()));
    }
}
