//! The printed book: the typesetter's pages as a tagged PDF 1.7 that conforms to PDF/UA-1 (ISO 14289-1) and PDF/A-2a
//! (ISO 19005-2) at once.
//!
//! printpdf makes the skeleton: the document, its pages, their boxes. What there is in thousands is written straight into its
//! lopdf document or packed beside it, side by side on all threads: operations of printpdf's own cost a millisecond and a
//! third of a megabyte a page.

mod barcode;
mod clusters;
mod content;
mod drawing;
mod file;
mod fonts;
mod links;
mod look;
mod metadata;
mod outline;
mod paper;
mod pictures;
mod shop;
mod structure;
mod syntax;
#[cfg(test)]
mod tests;
mod wrap;

pub use wrap::CoverSheet;

use std::borrow::Cow;

use lopdf::{Dictionary, Object, Stream, dictionary};
use printpdf::{PdfDocument, PdfPage, PdfSaveOptions, Pt};
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use self::content::{Content, Sheet};
use self::file::{File, compressed};
use self::links::Set;
use self::look::Look;
use self::paper::{BLACK, Inks, Paper, Press};
use self::pictures::Colours;
use self::structure::Structure;
use super::{Backend, EmitError, Others, Output};
use crate::env::Env;
use crate::format::Format;
use crate::report::Report;
use crate::settings::{Links, PdfProfile};
use crate::tree::{Document, Metadata, for_output, is_right_to_left, links_as_notes};
use crate::typeset::{Book, typeset, typeset_beside};

/// The printed book.
pub struct Pdf;

impl Backend for Pdf {
    fn name(&self) -> &'static str {
        Format::Pdf.name()
    }

    fn emit(&self, doc: &Document, env: &Env, report: &mut Report) -> Result<Output, EmitError> {
        self.emit_first(doc, env, report, &mut || ())
    }

    fn goes_first(&self) -> bool {
        true
    }

    fn emit_first(&self, doc: &Document, env: &Env, report: &mut Report, others: Others) -> Result<Output, EmitError> {
        Ok(make(doc, env, report, others)?.0)
    }

    fn emit_set(&self, doc: &Document, env: &Env, report: &mut Report) -> Result<(Output, Option<Book<'static>>), EmitError> {
        make(doc, env, report, &mut || ()).map(|(output, book)| (output, Some(book.into_owned())))
    }
}

/// The file, and the pages in it.
fn make<'a>(doc: &Document, env: &'a Env, report: &mut Report, others: Others) -> Result<(Output, Book<'a>), EmitError> {
    let look = Look::of(env, report);
    let book = typeset_beside(&printed(doc, env), &look.design, env, report, others);
    let bytes = write(&book, &doc.meta, &look, env, report)?;
    Ok((Output::File { extension: Format::Pdf.extension(), bytes }, book))
}

/// The pages that the printed book has, as the typesetter gives them: for whoever draws them elsewhere. What there is to say of them
/// is said when the PDF is made.
pub fn set<'a>(doc: &Document, env: &'a Env) -> Book<'a> {
    let report = &mut Report::default();
    let look = look::Look::of(env, report);
    typeset(&printed(&for_output(doc, Format::Pdf.name()), env), &look.design, env, report)
}

/// The work as it is printed.
fn printed<'a>(doc: &'a Document, env: &Env) -> Cow<'a, Document> {
    match env.settings.pdf.links {
        Links::Hidden => Cow::Borrowed(doc),
        Links::Notes => Cow::Owned(links_as_notes(doc)),
    }
}

/// Writes a book that is set.
fn write(book: &Book, meta: &Metadata, look: &Look, env: &Env, report: &mut Report) -> Result<Vec<u8>, EmitError> {
    let press = look.profile.is_print().then(|| Press::of(&env.templates, look.condition.as_deref(), report));
    if press.is_some() {
        shop::remark(book, env, report);
    }
    let paper = Paper::new(book, look, press.as_ref().map_or(BLACK, |press| press.black));
    let mut file = skeleton(book, meta, look.profile);
    let page_ids: Vec<u32> = file.doc.page_iter().map(|(id, _)| id).collect();
    let (fonts, font_names) = fonts::embed(book, fonts::survey(book), &mut file)?;
    let (picture_names, pictures) = pictures::embed(book, env, Colours::of(look.profile), &mut file, report);
    let resources = file.doc.add_object(dictionary! { "Font" => font_names, "XObject" => picture_names });
    let aims = structure::aims(book);
    // No annotation may lie on what is printed (ISO 15930-7).
    let links = if press.is_none() { structure::linked(book, &aims) } else { vec![None; book.elements.len()] };
    let sheet = Sheet {
        fonts,
        pictures,
        tags: structure::marked_as(book, &aims),
        links: &links,
        height: book.height,
        origin: (paper.trim[0], paper.trim[1]),
        head: paper.head.clone(),
    };
    let pages: Vec<Content> = book.pages.par_iter().map(|page| content::write(page, &sheet)).collect();
    let places = structure::places(book, &pages);
    let mut tree = Structure::new(book, &aims, &pages, &mut file);
    let set = Set { book, aims: &aims, links: &links };
    let links = links::write(&set, &pages, &page_ids, &places, &mut tree, &mut file);
    let bookmarks = outline::bookmarks(book, &page_ids, &places, &mut file);
    let root = tree.write(book, &pages, &page_ids, &links.elements, &mut file);
    let fingerprint = contents(pages, &page_ids, resources, &links.by_page, &paper, &mut file);
    let catalog = Catalog { book, meta, look, env, press, root: Some(root), bookmarks, fingerprint };
    catalog.write(&mut file);
    Ok(file.write(&fingerprint))
}

/// The document as printpdf makes it: empty pages of the right size.
fn skeleton(book: &Book, meta: &Metadata, profile: PdfProfile) -> File {
    let mut pdf = PdfDocument::new(&meta.title);
    let page = PdfPage::new(Pt(book.width).into(), Pt(book.height).into(), Vec::new());
    pdf.with_pages(vec![page; book.pages.len()]);
    let options = PdfSaveOptions { optimize: false, subset_fonts: false, secure: true, image_optimization: None };
    let mut doc = pdf.to_lopdf_document(&options, &mut Vec::new());
    // Drawn at random.
    doc.trailer.remove(b"ID");
    // PDF/X-4 stands on the older one.
    doc.version = match profile {
        PdfProfile::Archive => "1.7".to_owned(),
        PdfProfile::Print => "1.6".to_owned(),
        // The only one that PDF/X-1a:2003 allows (ISO 15930-4, 6.1).
        PdfProfile::X1a => "1.4".to_owned(),
    };
    File { doc, packed: Vec::new(), plain: profile == PdfProfile::X1a, rgb: None }
}

/// Puts the contents into their pages, and gives a fingerprint of them back.
fn contents(
    pages: Vec<Content>,
    page_ids: &[u32],
    resources: lopdf::ObjectId,
    annotations: &[Vec<u32>],
    paper: &Paper,
    file: &mut File,
) -> [u8; 16] {
    let mut hash = Sha256::new();
    for (at, (content, id)) in pages.into_iter().zip(page_ids).enumerate() {
        hash.update(&content.stream);
        let stream = Stream::new(dictionary! { "Filter" => "FlateDecode" }, content.stream).with_compression(false);
        let Ok(page) = file.doc.get_dictionary_mut((*id, 0)) else { unreachable!("printpdf made this page") };
        let own = |key: &[u8]| page.get(key).and_then(Object::as_reference).ok();
        let (Some(place), bare) = (own(b"Contents"), own(b"Resources")) else { unreachable!("printpdf made its contents") };
        paper.set(page);
        page.set("Resources", Object::Reference(resources));
        page.set("StructParents", at as i64);
        // The order of tabs is that of the structure tree.
        page.set("Tabs", "S");
        if annotations[at].is_empty() {
            page.remove(b"Annots");
        } else {
            page.set("Annots", Object::Array(annotations[at].iter().map(|id| Object::Reference((*id, 0))).collect()));
        }
        bare.and_then(|bare| file.doc.objects.remove(&bare));
        file.doc.objects.insert(place, Object::Stream(stream));
    }
    let mut fingerprint = [0; 16];
    fingerprint.copy_from_slice(&hash.finalize()[..16]);
    fingerprint
}

/// What the document says of itself, and where its parts are.
struct Catalog<'a> {
    book: &'a Book<'a>,
    meta: &'a Metadata,
    look: &'a Look,
    env: &'a Env,
    press: Option<Press<'a>>,
    /// The structure tree's; none where nothing is tagged.
    root: Option<u32>,
    bookmarks: Option<u32>,
    fingerprint: [u8; 16],
}

impl Catalog<'_> {
    fn write(&self, file: &mut File) {
        let (meta, stamp, profile) = (self.meta, self.env.stamp(self.meta), self.look.profile);
        let doc = &mut file.doc;
        // Kept plain: archives find it without unpacking anything.
        let xmp = metadata::xmp(meta, stamp, profile, &self.fingerprint).into_bytes();
        let xmp = Stream::new(dictionary! { "Type" => "Metadata", "Subtype" => "XML" }, xmp).with_compression(false);
        let xmp = doc.add_object(xmp);
        let info = doc.add_object(metadata::info(meta, stamp, profile));
        // The one that printpdf made says nothing.
        if let Ok(old) = doc.trailer.get(b"Info").and_then(Object::as_reference) {
            doc.objects.remove(&old);
        }
        doc.trailer.set("Info", Object::Reference(info));
        let intent = self.output_intent(file);
        let language = self.book.elements.first().and_then(|root| root.lang.as_deref()).unwrap_or(&meta.language);
        let Ok(catalog) = file.doc.catalog_mut() else { unreachable!("printpdf made a catalog") };
        catalog.set("Lang", lopdf::text_string(language));
        catalog.set("Metadata", Object::Reference(xmp));
        if let Some(root) = self.root {
            catalog.set("MarkInfo", dictionary! { "Marked" => true });
            catalog.set("StructTreeRoot", Object::Reference((root, 0)));
            catalog.set("PageLabels", outline::page_labels(self.book));
        }
        let direction = if is_right_to_left(language) { "R2L" } else { "L2R" };
        catalog.set("ViewerPreferences", dictionary! { "DisplayDocTitle" => true, "Direction" => direction });
        catalog.set("PageLayout", "SinglePage");
        catalog.set("OutputIntents", vec![Object::Dictionary(intent)]);
        if let Some(bookmarks) = self.bookmarks {
            catalog.set("Outlines", Object::Reference((bookmarks, 0)));
            catalog.set("PageMode", "UseOutlines");
        }
    }

    /// What the colours of the file mean: those of screens, or those of a press.
    fn output_intent(&self, file: &mut File) -> Dictionary {
        let (kind, name, told, profile, inks) = match &self.press {
            None => ("GTS_PDFA1", "sRGB", "sRGB IEC61966-2.1", self.env.templates.bytes("pdf/srgb.icc"), Inks::Rgb),
            Some(press) => {
                let name = press.condition.unwrap_or("Custom");
                ("GTS_PDFX", name, "the press that the profile describes", press.profile, press.inks)
            }
        };
        let registered = self.press.as_ref().is_some_and(|press| press.condition.is_some());
        let profile = file.doc.add_object(compressed(dictionary! { "N" => inks.count() }, profile));
        let mut intent = dictionary! {
            "Type" => "OutputIntent",
            "S" => kind,
            "OutputConditionIdentifier" => Object::string_literal(name),
            "Info" => Object::string_literal(told),
            "DestOutputProfile" => Object::Reference(profile),
        };
        // Who keeps the list of such names (ISO 32000-1, 14.11.5).
        if registered {
            intent.set("RegistryName", Object::string_literal("http://www.color.org"));
        }
        intent
    }
}
