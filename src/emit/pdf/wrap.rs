//! The cover sheet for a print shop: back, spine and front side by side on one sheet. The spine is as wide as the book's leaves are
//! thick; the back has the work's description and its ISBN as bars.

use lopdf::{Dictionary, Object, ObjectId, Stream, dictionary};

use super::barcode;
use super::content::{self, Sheet};
use super::file::{File, compressed};
use super::look::Look;
use super::paper::{Paper, Press};
use super::pictures::{self, Colours};
use super::{Catalog, fonts, printed, skeleton};
use crate::emit::{Backend, EmitError, Output};
use crate::env::Env;
use crate::report::Report;
use crate::settings::PdfProfile;
use crate::span::Span;
use crate::tree::{Block, Document, Inline, Medium, Metadata, Node, Role, is_right_to_left};
use crate::typeset::{
    Book, Design, Element, Folios, FontId, Front, Furniture, Glyph, Item, LeadIn, Margins, Page, Part, Placed, Size, Type,
    typeset,
};

/// The cover of the printed book.
pub struct CoverSheet;

/// Thinner spines bear no words: the fold is never quite where it should be. 6 mm.
const LEAST_SPINE: f32 = 17.0;
/// The bleed where the design asks for none: a cover is printed to its edges. 3 mm.
const BLEED: f32 = 8.5;
/// The margins of the cover's sides, as a share of their width.
const MARGIN: f32 = 0.11;
/// Languages whose spines are read from the foot up.
const UPWARD: &[&str] = &["fr", "es", "ca", "it", "pt", "ro", "pl", "cs", "sk", "hu", "el"];
/// No type on a cover is smaller.
const SMALLEST: f32 = 6.0;

impl Backend for CoverSheet {
    fn name(&self) -> &'static str {
        "cover"
    }

    fn emit(&self, doc: &Document, env: &Env, report: &mut Report) -> Result<Output, EmitError> {
        let mut look = Look::of(env, report);
        let pages = typeset(&printed(doc, env), &look.design, env, &mut Report::default()).pages.len();
        // Nobody reads a cover sheet on a screen.
        if look.profile == PdfProfile::Archive {
            look.profile = PdfProfile::Print;
        }
        if look.bleed == 0.0 {
            look.bleed = BLEED;
        }
        let leaves = pages.div_ceil(2);
        let spine = leaves as f32 * look.leaf + 2.0 * look.board;
        let mm = |points: f32| points * 25.4 / 72.0;
        report
            .remark(
                "cover-spine",
                None,
                format!(
                    "the spine is {:.1} mm wide, for {} pages on leaves {:.2} mm thick",
                    mm(spine),
                    leaves * 2,
                    mm(look.leaf)
                ),
            )
            .hint("ask the shop how thick its paper is: [pdf.cover] leaf = \"0.11 mm\", board = \"0.3 mm\"");
        let bytes = Maker { meta: &doc.meta, env, look: &look, spine }.write(report)?;
        Ok(Output::File { extension: "cover.pdf", bytes })
    }
}

struct Maker<'m> {
    meta: &'m Metadata,
    env: &'m Env,
    look: &'m Look,
    spine: f32,
}

/// One side of the cover: what it shows, and how large it is.
struct Side {
    items: Vec<Placed>,
    width: f32,
    height: f32,
}

impl<'m> Maker<'m> {
    fn write(&self, report: &mut Report) -> Result<Vec<u8>, EmitError> {
        let (look, env) = (self.look, self.env);
        let trim = look.design.trim;
        let press = Press::of(&env.templates, look.condition.as_deref(), report);
        let front = self.front();
        let spine = self.spine();
        let (faces, back) = self.back(report);
        let sides = [back, spine, front];
        let pages = sides.iter().map(|side| Page { label: String::new(), items: side.items.clone() }).collect();
        let elements = vec![Element {
            role: crate::typeset::Role::Document,
            parent: None,
            lang: Some(self.meta.language.clone()),
            alt: None,
            target: None,
        }];
        let shown = Book { width: trim.width, height: trim.height, pages, elements, faces, bookmarks: Vec::new() };
        let whole = Book {
            width: 2.0 * trim.width + self.spine,
            height: trim.height,
            pages: vec![Page::default()],
            elements: shown.elements.clone(),
            ..Book::default()
        };
        let paper = Paper::new(&whole, look, press.black);
        let mut file = skeleton(&whole, self.meta, look.profile);
        let colours = match look.profile {
            PdfProfile::X1a => Colours::OpaqueGreys,
            PdfProfile::Archive | PdfProfile::Print => Colours::All,
        };
        if colours == Colours::All {
            // What red, green and blue mean on a sheet that is printed in other inks (ISO 15930-7, 6.2.3).
            let profile = compressed(dictionary! { "N" => 3 }, env.templates.bytes("pdf/srgb.icc"));
            file.rgb = Some(file.doc.add_object(profile));
        } else if self.picture().is_some() {
            report
                .remark("cover-grey", None, "the cover's picture is printed in greys: PDF/X-1a has no screen's colours")
                .hint("take --pdf-profile print, if the shop does");
        }
        let (font_table, font_names) = fonts::embed(&shown, fonts::survey(&shown), &mut file)?;
        let (picture_names, pictures) = pictures::embed(&shown, env, colours, &mut file, report);
        let mut resources = dictionary! { "Font" => font_names, "XObject" => picture_names };
        if let Some(space) = file.rgb_space() {
            resources.set("ColorSpace", space);
        }
        let resources = file.doc.add_object(resources);
        let mut sheet = Sheet {
            fonts: font_table,
            pictures,
            tags: vec!["Span"],
            links: &[None],
            height: trim.height,
            origin: (0.0, 0.0),
            head: format!("{}\n", press.black),
        };
        let mut forms = Vec::new();
        for (side, page) in sides.iter().zip(&shown.pages) {
            sheet.height = side.height;
            let content = content::write(page, &sheet);
            forms.push(form(&mut file, side, look.bleed, resources, content.stream));
        }
        self.place(&paper, &sides, &forms, &mut file);
        let catalog = Catalog {
            book: &whole,
            meta: self.meta,
            look,
            env,
            press: Some(press),
            root: None,
            bookmarks: None,
            fingerprint: fingerprint(&shown),
        };
        let fingerprint = catalog.fingerprint;
        catalog.write(&mut file);
        Ok(file.write(&fingerprint))
    }

    /// Puts the sides on the sheet, and the marks that show where it is folded.
    fn place(&self, paper: &Paper, sides: &[Side; 3], forms: &[ObjectId], file: &mut File) {
        let [left, bottom, _, top] = paper.trim;
        let (width, spine) = (sides[0].width, self.spine);
        let mut out = paper.head.clone();
        let upward = UPWARD.contains(&self.meta.language.split('-').next().unwrap_or_default());
        let turned = match upward {
            true => format!("0 1 -1 0 {} {bottom}", left + width + spine),
            false => format!("0 -1 1 0 {} {top}", left + width),
        };
        // A book that is read from right to left has its front where others have their back.
        let (first, last) = if is_right_to_left(&self.meta.language) { (2, 0) } else { (0, 2) };
        let places = [
            (first, format!("1 0 0 1 {left} {bottom}"), [-1.0, 0.0]),
            (last, format!("1 0 0 1 {} {bottom}", left + width + spine), [0.0, 1.0]),
            (1, turned, [0.0, 0.0]),
        ];
        let bleed = self.look.bleed;
        for (number, matrix, [before, behind]) in places {
            // What bleeds at the fold would lie on the spine.
            let side = &sides[number];
            let window = match number {
                1 => String::new(),
                _ => format!(
                    "{} {} {} {} re W n ",
                    before * bleed,
                    -bleed,
                    side.width + (behind - before) * bleed,
                    side.height + 2.0 * bleed
                ),
            };
            out += &format!("q {matrix} cm {window}/P{number} Do Q\n");
        }
        if self.look.crop_marks {
            for x in [left + width, left + width + spine] {
                for (from, to) in [(paper.bleed[1], paper.media[1]), (paper.bleed[3], paper.media[3])] {
                    out += &format!("0.25 w {x} {from} m {x} {to} l S\n");
                }
            }
        }
        let named = forms.iter().enumerate().map(|(number, id)| (format!("P{number}"), Object::Reference(*id)));
        let named = Dictionary::from_iter(named.map(|(name, id)| (name.into_bytes(), id)));
        let resources = file.doc.add_object(dictionary! { "XObject" => named });
        let contents = file.doc.add_object(compressed(Dictionary::new(), out.as_bytes()));
        let pages: Vec<ObjectId> = file.doc.page_iter().collect();
        for id in pages {
            let Ok(page) = file.doc.get_dictionary_mut(id) else { unreachable!("printpdf made this page") };
            paper.set(page);
            let old = [&b"Contents"[..], b"Resources"].map(|key| page.get(key).and_then(Object::as_reference).ok());
            page.set("Resources", Object::Reference(resources));
            page.set("Contents", Object::Reference(contents));
            page.remove(b"Annots");
            old.into_iter().flatten().for_each(|id| drop(file.doc.objects.remove(&id)));
        }
    }

    /// The picture of the cover.
    fn picture(&self) -> Option<(&'m str, f32)> {
        let target = self.meta.cover.as_deref()?;
        let picture = self.env.images.get(target)?;
        let (width, height) = picture.upright();
        Some((target, width as f32 / height.max(1) as f32))
    }

    /// The picture, over the whole front and what is cut off around it; else title, authors and publisher.
    fn front(&self) -> Side {
        let trim = self.look.design.trim;
        let items = match self.picture() {
            Some((target, ratio)) => {
                let bleed = self.look.bleed;
                let (wide, high) = (trim.width + 2.0 * bleed, trim.height + 2.0 * bleed);
                let (width, height) = if wide / high > ratio { (wide, wide / ratio) } else { (high * ratio, high) };
                let item = Item::Image { target: target.to_owned(), width, height };
                vec![decoration((trim.width - width) / 2.0, (trim.height - height) / 2.0, item)]
            }
            None => {
                let own = self.meta;
                let people = own.people_as(Role::Author).cloned().collect();
                let meta = Metadata {
                    title: own.title.clone(),
                    subtitle: own.subtitle.clone(),
                    people,
                    language: own.language.clone(),
                    publisher: own.publisher.clone(),
                    ..Metadata::default()
                };
                let doc = Document { meta, ..Document::default() };
                let front = Front { title_page: true, ..Front::NONE };
                self.largest(&doc, front, trim, trim.width * MARGIN, trim.width / 22.0).1
            }
        };
        Side { items, width: trim.width, height: trim.height }
    }

    /// Authors, title and publisher in one line; nothing on a spine that is too thin. It lies as it is read.
    fn spine(&self) -> Side {
        let (width, height) = (self.look.design.trim.height, self.spine);
        let mut side = Side { items: Vec::new(), width, height };
        if height < LEAST_SPINE {
            return side;
        }
        let own = self.meta;
        let said = [own.authors(), own.title.clone(), own.publisher.clone().unwrap_or_default()];
        let line = said.into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>().join("\u{2003}");
        let doc = document(&own.language, &[line]);
        let mut size = (height * 0.5).min(15.0);
        loop {
            let leading = size * 1.25;
            let margins = Margins { inner: 18.0, outer: 18.0, top: (height - leading) / 2.0, bottom: (height - leading) / 2.0 };
            let design = Design { justify: false, ..self.design(Front::NONE, Size { width, height }, margins, size, leading) };
            let book = typeset(&doc, &design, self.env, &mut Report::default());
            let alone = book.pages.iter().skip(1).all(|page| page.items.is_empty());
            if alone || size < SMALLEST {
                side.items = decorations(book.pages.into_iter().next());
                let right = side.items.iter().map(|placed| placed.x + wide(placed, &book.faces)).fold(0.0, f32::max);
                let left = side.items.iter().map(|placed| placed.x).fold(width, f32::min);
                let shift = (width - (right - left)) / 2.0 - left;
                side.items.iter_mut().for_each(|placed| placed.x += shift.max(-left));
                return side;
            }
            size *= 0.9;
        }
    }

    /// The description, and the ISBN as bars. The faces are those of every side.
    fn back(&self, report: &mut Report) -> (Vec<crate::typeset::Face<'m>>, Side) {
        let trim = self.look.design.trim;
        let margin = trim.width * MARGIN;
        let (wide, high) = barcode::size();
        let words: Vec<String> = self.meta.description.iter().flat_map(|said| said.split("\n\n")).map(str::to_owned).collect();
        // The digits of the code are those of the text's face, of one height.
        let digits = document("und", &["0123456789".to_owned()]);
        let plain = Margins { inner: margin, outer: margin, top: margin, bottom: margin };
        let design = self.design(Front::NONE, trim, plain, barcode::DIGITS, barcode::DIGITS * 1.3);
        let digits = typeset(&digits, &design, self.env, &mut Report::default());
        let mut items = Vec::new();
        if !words.is_empty() {
            let doc = document(&self.meta.language, &words);
            let size = self.look.design.text.size;
            let room = Size { width: trim.width, height: trim.height - high - margin };
            items = self.largest(&doc, Front::NONE, room, margin, size).1;
        }
        let isbn = self.meta.identifiers_for(Medium::Print).find(|id| id.scheme == "isbn");
        let code = isbn.and_then(|isbn| barcode::digits(&isbn.value));
        match (code, shapes(&digits)) {
            (Some(code), Some((font, shapes))) => {
                let units = f32::from(digits.faces[usize::from(font.0)].units_per_em);
                let corner = (trim.width - margin - wide, trim.height - margin - high);
                items.extend(barcode::draw(&code, corner, (font, units, &shapes)));
            }
            _ => {
                report
                    .remark("cover-isbn", None, "the cover has no bars: no ISBN of the printed book is known")
                    .hint("give it in the metadata: isbn = { print = \"978-…\" }");
            }
        }
        (digits.faces, Side { items, width: trim.width, height: trim.height })
    }

    /// A document on one page, in type no larger than `size`, as large as it fits.
    fn largest(&self, doc: &Document, front: Front, room: Size, margin: f32, mut size: f32) -> (f32, Vec<Placed>) {
        loop {
            let margins = Margins { inner: margin, outer: margin, top: margin, bottom: margin };
            let design = self.design(front, room, margins, size, size * 1.35);
            let book = typeset(doc, &design, self.env, &mut Report::default());
            let alone = book.pages.iter().skip(1).all(|page| page.items.is_empty());
            let right = room.width - margin * 0.8;
            let page = book.pages.into_iter().next();
            let fits = page.iter().flat_map(|page| &page.items).all(|placed| placed.x + wide(placed, &book.faces) <= right);
            if alone && fits || size < SMALLEST {
                return (size, decorations(page));
            }
            size *= 0.92;
        }
    }

    /// The design of a side: the book's, with nothing around the words.
    fn design(&self, front: Front, trim: Size, margins: Margins, size: f32, leading: f32) -> Design {
        Design {
            trim,
            margins,
            gutters: Vec::new(),
            text: Type { size, leading },
            running_heads: false,
            folios: Folios::None,
            page_marks: false,
            protrude: false,
            explain: false,
            old_style_figures: false,
            opening: LeadIn::Plain,
            front,
            ..self.look.design.clone()
        }
    }
}

/// Paragraphs as a work of their own.
fn document(language: &str, paragraphs: &[String]) -> Document {
    let paragraph = |text: &String| {
        let words = Node::new(Inline::Text(text.clone()), Span::default());
        Node::new(Block::Paragraph(vec![words]), Span::default())
    };
    let meta = Metadata { language: language.to_owned(), ..Metadata::default() };
    Document { meta, body: paragraphs.iter().map(paragraph).collect(), ..Document::default() }
}

fn decoration(x: f32, y: f32, item: Item) -> Placed {
    Placed { x, y, item, part: Part::Furniture(Furniture::Decoration) }
}

/// What a page shows, for the eye alone.
fn decorations(page: Option<Page>) -> Vec<Placed> {
    let items = page.into_iter().flat_map(|page| page.items);
    items.map(|placed| decoration(placed.x, placed.y, placed.item)).collect()
}

fn wide(placed: &Placed, faces: &[crate::typeset::Face]) -> f32 {
    match &placed.item {
        Item::Run(run) => {
            let units = f32::from(faces[usize::from(run.font.0)].units_per_em);
            let glyphs = run.glyphs.iter().map(|glyph| {
                let space = if glyph.space { run.word_space } else { 0.0 };
                f32::from(glyph.advance) * run.size / units * run.expansion + run.letter_space + space
            });
            glyphs.sum()
        }
        Item::Rule { width, .. } | Item::Image { width, .. } => *width,
    }
}

/// The glyphs of the ten digits, where one run has them all.
fn shapes(book: &Book) -> Option<(FontId, [Glyph; 10])> {
    let items = book.pages.iter().flat_map(|page| &page.items);
    items.filter_map(|placed| if let Item::Run(run) = &placed.item { Some(run) } else { None }).find_map(|run| {
        let glyphs: [Glyph; 10] = run.glyphs.clone().try_into().ok()?;
        (run.text == "0123456789").then_some((run.font, glyphs))
    })
}

/// A side as the sheet calls it, with what is cut off around it.
fn form(file: &mut File, side: &Side, bleed: f32, resources: ObjectId, stream: Vec<u8>) -> ObjectId {
    let corners = [-bleed, -bleed, side.width + bleed, side.height + bleed];
    let dict = dictionary! {
        "Type" => "XObject",
        "Subtype" => "Form",
        "BBox" => Object::Array(corners.iter().map(|corner| Object::Real(*corner)).collect()),
        "Resources" => Object::Reference(resources),
        "Filter" => "FlateDecode",
    };
    file.doc.add_object(Stream::new(dict, stream).with_compression(false))
}

/// What tells this cover from others.
fn fingerprint(book: &Book) -> [u8; 16] {
    use sha2::{Digest, Sha256};
    let mut id = [0; 16];
    id.copy_from_slice(&Sha256::digest(format!("{:?}", book.pages).as_bytes())[..16]);
    id
}
