//! A book set by hand, written and read back through lopdf: what the structure tree says must be what was set, and every tie
//! between pages, tree and links must hold from both ends.

use std::collections::BTreeMap;

use lopdf::Object;
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

use super::*;
use read::Read;

#[path = "../../../tests/support/pdf.rs"]
mod read;
use crate::env::{Picture, PictureFormat, Templates};
use crate::typeset::{
    Bookmark, Element, ElementId, Face, FontId, Furniture, Glyph, Item, Page, Part, Placed, Role, Run, Target,
};

/// A compositor without a typesetter: one glyph a letter, no kerning.
struct Case<'a> {
    book: Book<'a>,
    page: usize,
}

impl<'a> Case<'a> {
    fn new(templates: &'a Templates) -> Self {
        let face = |name: &str, path| Face { name: name.into(), bytes: templates.bytes(path).into(), units_per_em: 1000 };
        let faces = vec![
            face("EBGaramond-Regular", "fonts/EBGaramond-Regular.ttf"),
            face("FrankRuhlLibre-Regular", "fonts/FrankRuhlLibre-Regular.ttf"),
        ];
        let mut case = Self { book: Book { width: 360.0, height: 560.0, faces, ..Book::default() }, page: 0 };
        case.open(Role::Document, None);
        case.book.elements[0].lang = Some("en".into());
        case.turn("1");
        case
    }

    fn open(&mut self, role: Role, parent: Option<ElementId>) -> ElementId {
        self.book.elements.push(Element { role, parent, lang: None, alt: None, target: None });
        ElementId(self.book.elements.len() as u32 - 1)
    }

    fn child(&mut self, role: Role, parent: ElementId) -> ElementId {
        self.open(role, Some(parent))
    }

    fn element(&mut self, id: ElementId) -> &mut Element {
        &mut self.book.elements[id.0 as usize]
    }

    fn turn(&mut self, label: &str) {
        self.book.pages.push(Page { label: label.into(), items: Vec::new() });
        self.page = self.book.pages.len() - 1;
    }

    fn run(&self, font: u16, text: &str) -> Run {
        let face = FontRef::new(&self.book.faces[usize::from(font)].bytes).expect("a font");
        let (letters, widths) = (face.charmap(), face.glyph_metrics(Size::unscaled(), LocationRef::default()));
        let glyph = |letter: char| {
            let id = letters.map(if letter == '\u{AD}' { '-' } else { letter }).expect("a letter of the face");
            let advance = widths.advance_width(id).expect("a glyph of the face") as i16;
            Glyph { id: id.to_u32() as u16, text_bytes: letter.len_utf8() as u8, space: letter == ' ', advance, dx: 0, dy: 0 }
        };
        let mut glyphs: Vec<_> = text.chars().map(glyph).collect();
        let right_to_left = font == 1;
        if right_to_left {
            glyphs.reverse();
        }
        Run {
            font: FontId(font),
            size: 10.0,
            text: text.into(),
            glyphs,
            right_to_left,
            word_space: 1.0,
            letter_space: 0.0,
            expansion: 1.0,
        }
    }

    fn say(&mut self, element: ElementId, line: f32, text: &str) {
        self.place(0, element, (40.0, line), text);
    }

    fn place(&mut self, font: u16, element: ElementId, (x, y): (f32, f32), text: &str) {
        let item = Item::Run(self.run(font, text));
        let part = Part::Content { element, after: self.book.elements.len() as u32 };
        self.book.pages[self.page].items.push(Placed { x, y, item, part });
    }

    fn furnish(&mut self, furniture: Furniture, item: Item) {
        let part = Part::Furniture(furniture);
        self.book.pages[self.page].items.push(Placed { x: 40.0, y: 30.0, item, part });
    }

    fn bytes(&self) -> Vec<u8> {
        self.written(&Env::default())
    }

    fn written(&self, env: &Env) -> Vec<u8> {
        let meta = Metadata { title: "A (small) book — «écrit»".into(), language: "en".into(), ..Metadata::default() };
        let mut report = Report::default();
        write(&self.book, &meta, &Look::of(env, &mut report), env, &mut report).expect("a book that can be written")
    }
}

/// A book that has some of everything.
fn everything(templates: &Templates) -> Case<'_> {
    let mut case = Case::new(templates);
    let root = ElementId(0);
    let head = case.run(0, "A head (running) \\ 1");
    case.furnish(Furniture::RunningHead, Item::Run(head));
    let section = case.child(Role::Section, root);
    let heading = case.child(Role::Heading(1), section);
    case.say(heading, 60.0, "On Knowing");
    let paragraph = case.child(Role::Paragraph, section);
    case.say(paragraph, 80.0, "The first line of know\u{AD}");
    case.say(paragraph, 94.0, "ledge, and a ");
    let emphasis = case.child(Role::Emphasis, paragraph);
    case.place(0, emphasis, (130.0, 94.0), "well-");
    case.say(emphasis, 108.0, "known");
    case.place(0, paragraph, (80.0, 108.0), " word.");
    let call = case.child(Role::NoteCall, paragraph);
    case.place(0, call, (120.0, 104.0), "1");
    let note = case.child(Role::Note, paragraph);
    case.element(call).target = Some(Target::Element(note));
    let label = case.child(Role::Label, note);
    case.element(label).target = Some(Target::Element(call));
    let body = case.child(Role::Paragraph, note);
    case.place(0, paragraph, (130.0, 108.0), " More ");
    let link = case.child(Role::Link, paragraph);
    case.element(link).target = Some(Target::Address("https://example.org/é".into()));
    case.place(0, link, (160.0, 108.0), "here,");
    case.turn("2");
    case.say(link, 60.0, "and there");
    case.say(paragraph, 74.0, "The end.");
    let hebrew = case.child(Role::Span, paragraph);
    case.element(hebrew).lang = Some("he".into());
    case.place(1, hebrew, (150.0, 74.0), "שלום");
    let list = case.child(Role::List(Some(crate::tree::Numbering::Decimal)), section);
    let item = case.child(Role::Item, list);
    let number = case.child(Role::Label, item);
    case.say(number, 90.0, "1.");
    let text = case.child(Role::ItemBody, item);
    let inner = case.child(Role::Paragraph, text);
    case.place(0, inner, (60.0, 90.0), "an item");
    let table = case.child(Role::Table, section);
    for (role, cell, words, line) in [
        (Role::TableHead, Role::HeadCell { of_row: false, cols: 1, rows: 1 }, "Year", 120.0),
        (Role::TableBody, Role::Cell { cols: 1, rows: 1 }, "1848", 134.0),
    ] {
        let part = case.child(role, table);
        let row = case.child(Role::Row, part);
        let cell = case.child(cell, row);
        case.say(cell, line, words);
    }
    let formula = case.child(Role::Formula, section);
    case.element(formula).alt = Some("a + b".into());
    case.say(formula, 150.0, "a + b");
    case.say(label, 500.0, "1 ");
    case.place(0, body, (60.0, 500.0), "A note.");
    case.furnish(Furniture::Decoration, Item::Rule { width: 60.0, height: 0.5 });
    let folio = case.run(0, "2");
    case.furnish(Furniture::Folio, Item::Run(folio));
    case.book.bookmarks.push(Bookmark { depth: 1, title: "On Knowing".into(), element: heading });
    case
}

#[test]
fn the_tree_says_what_was_set() {
    let templates = Templates::default();
    let read = Read::new(&everything(&templates).bytes());
    let mut got = String::new();
    read.outline(read.root().get(b"K").expect("a tree"), None, &mut got);
    assert_eq!(
        got,
        "(Document (Sect (H1 On Knowing)(P The first line of know\u{AD}ledge, and a (Em well-known) word.\
         (Reference (Link 1@))(Note (Lbl (Link 1 @))(P A note.)) More (Link here,and there@@)The end.(Span שלום))\
         (L (LI (Lbl 1.)(LBody (P an item))))(Table (THead (TR (TH Year)))(TBody (TR (TD 1848))))(Formula a + b)))"
    );
    assert_eq!(read.artifacts, "A head (running) \\ 12");
}

#[test]
fn every_mark_and_link_is_tied_from_both_ends() {
    let templates = Templates::default();
    let read = Read::new(&everything(&templates).bytes());
    let doc = &read.doc;
    let mut parents = BTreeMap::new();
    let tree = read.root().get_deref(b"ParentTree", doc).and_then(Object::as_dict).expect("a parent tree");
    for leaf in tree.get(b"Kids").and_then(Object::as_array).expect("leaves") {
        let leaf = doc.dereference(leaf).and_then(|(_, leaf)| leaf.as_dict()).expect("a leaf");
        for pair in leaf.get(b"Nums").and_then(Object::as_array).expect("numbers").chunks(2) {
            parents.insert(pair[0].as_i64().expect("a key"), doc.dereference(&pair[1]).expect("an object").1);
        }
    }
    let mut annotations = 0;
    for page in doc.page_iter() {
        let dict = doc.get_dictionary(page).expect("a page");
        let key = dict.get(b"StructParents").and_then(Object::as_i64).expect("a key");
        let marks = read.marked.keys().filter(|(on, _)| *on == page).count();
        assert_eq!(parents[&key].as_array().expect("an array").len(), marks);
        for annotation in doc.get_page_annotations(page).expect("annotations") {
            let key = annotation.get(b"StructParent").and_then(Object::as_i64).expect("a key");
            assert_eq!(
                parents[&key].as_dict().and_then(|node| node.get(b"S")).and_then(Object::as_name).expect("a tag"),
                b"Link"
            );
            assert!(annotation.has(b"Contents"));
            assert!(annotation.has(b"A") != annotation.has(b"Dest"));
            annotations += 1;
        }
    }
    assert_eq!(annotations, 4);
    assert_eq!(parents.len(), doc.page_iter().count() + annotations);
}

#[test]
fn the_same_book_gives_the_same_bytes() {
    let templates = Templates::default();
    let (one, many) = (rayon::ThreadPoolBuilder::new().num_threads(1), rayon::ThreadPoolBuilder::new().num_threads(4));
    let written = |pool: rayon::ThreadPoolBuilder| pool.build().expect("threads").install(|| everything(&templates).bytes());
    let (first, second) = (written(one), written(many));
    assert!(first == second);
}

#[test]
fn a_print_shop_gets_black_on_boxes_without_links() {
    let templates = Templates::default();
    let mut env = Env::default();
    env.settings.pdf = toml::from_str("profile = \"print\"\nbleed = \"3 mm\"\ncrop-marks = true").expect("settings");
    let read = Read::new(&everything(&templates).written(&env));
    let doc = &read.doc;
    for page in doc.page_iter() {
        let page = doc.get_dictionary(page).expect("a page");
        assert!(!page.has(b"Annots"));
        let edge = |name: &[u8]| page.get(name).and_then(Object::as_array).expect("a box")[0].as_float().expect("a number");
        assert!(edge(b"MediaBox") < edge(b"BleedBox") && edge(b"BleedBox") < edge(b"TrimBox"));
    }
    let catalog = doc.catalog().expect("a catalog");
    let intent = catalog.get(b"OutputIntents").and_then(Object::as_array).expect("an intent")[0].as_dict().expect("an intent");
    assert_eq!(intent.get(b"S").and_then(Object::as_name).expect("a kind"), b"GTS_PDFX");
    let xmp = catalog.get_deref(b"Metadata", doc).and_then(Object::as_stream).expect("XMP");
    let xmp = String::from_utf8_lossy(&xmp.content);
    assert!(xmp.contains("PDF/X-4") && !xmp.contains("pdfaid:part"));
    assert!(read.artifacts.contains("A head"));
}

/// The rules of PDF/X-4 (ISO 15930-7) that can be seen in the file itself.
#[test]
fn a_print_shop_gets_nothing_that_pdf_x_forbids() {
    let templates = Templates::default();
    let mut env = Env::default();
    env.settings.pdf = toml::from_str("profile = \"print\"\nbleed = 9").expect("settings");
    env.images.insert("b.png".into(), picture(PictureFormat::Png));
    let mut case = everything(&templates);
    let item = Item::Image { target: "b.png".into(), width: 20.0, height: 10.0 };
    case.furnish(Furniture::Decoration, item);
    let bytes = case.written(&env);
    assert!(bytes.starts_with(b"%PDF-1.6"), "PDF/X-4 stands on PDF 1.6");
    let doc = Read::new(&bytes).doc;
    let name =
        |dict: &lopdf::Dictionary, key: &[u8]| dict.get(key).and_then(Object::as_name).map(<[u8]>::to_vec).unwrap_or_default();
    let (mut fonts, mut pictures) = (0, 0);
    for object in doc.objects.values() {
        let Ok(dict) = object.as_dict().or_else(|_| object.as_stream().map(|stream| &stream.dict)) else { continue };
        // Transparency would be allowed, but grey ink on white paper needs none.
        assert!(!dict.has(b"SMask") && !dict.has(b"ca") && !dict.has(b"CA"), "something shines through: {dict:?}");
        assert_ne!(name(dict, b"S"), b"JavaScript");
        assert_ne!(name(dict, b"ColorSpace"), b"DeviceRGB");
        if name(dict, b"Type") == b"FontDescriptor" {
            assert!(dict.has(b"FontFile2") || dict.has(b"FontFile3"), "a face is not embedded");
            fonts += 1;
        }
        pictures += usize::from(name(dict, b"Subtype") == b"Image");
    }
    assert!(fonts > 0 && pictures == 1);
    for id in doc.page_iter() {
        let content = lopdf::content::Content::decode(&doc.get_page_content(id)).expect("content");
        let coloured = |operator: &str| ["rg", "RG", "sc", "SC", "scn", "SCN", "sh", "gs"].contains(&operator);
        assert!(!content.operations.iter().any(|operation| coloured(&operation.operator)), "another ink than black");
        let page = doc.get_dictionary(id).expect("a page");
        assert!(!page.has(b"ArtBox") && !page.has(b"AA") && !page.has(b"Annots"));
        let corners = |key: &[u8]| -> Vec<f32> {
            let corners = page.get(key).and_then(Object::as_array).expect("a box");
            corners.iter().map(|corner| corner.as_float().expect("a number")).collect()
        };
        let (media, bleed, trim) = (corners(b"MediaBox"), corners(b"BleedBox"), corners(b"TrimBox"));
        let holds = |outer: &[f32], inner: &[f32]| {
            outer[0] <= inner[0] && outer[1] <= inner[1] && outer[2] >= inner[2] && outer[3] >= inner[3]
        };
        assert!(holds(&media, &bleed) && holds(&bleed, &trim));
    }
    let catalog = doc.catalog().expect("a catalog");
    assert!(!catalog.has(b"AA") && !catalog.has(b"OpenAction") && !doc.trailer.has(b"Encrypt") && doc.trailer.has(b"ID"));
    let info = doc.trailer.get_deref(b"Info", &doc).and_then(Object::as_dict).expect("the document says what it is");
    assert!([&b"True"[..], b"False"].contains(&&*name(info, b"Trapped")));
    for key in [&b"Title"[..], b"CreationDate", b"ModDate"] {
        assert!(info.has(key), "{}", String::from_utf8_lossy(key));
    }
    let xmp = catalog.get_deref(b"Metadata", &doc).and_then(Object::as_stream).expect("XMP");
    let xmp = String::from_utf8_lossy(&xmp.content);
    for said in ["GTS_PDFXVersion", "PDF/X-4", "Trapped", "DocumentID", "VersionID", "RenditionClass"] {
        assert!(xmp.contains(said), "{said}");
    }
    let intents = catalog.get(b"OutputIntents").and_then(Object::as_array).expect("an intent");
    let intent = intents[0].as_dict().expect("an intent");
    let profile = intent.get_deref(b"DestOutputProfile", &doc).and_then(Object::as_stream).expect("a profile");
    let profile = profile.decompressed_content().expect("a profile");
    assert_eq!((&profile[12..16], &profile[16..20]), (&b"prtr"[..], &b"GRAY"[..]), "a profile of a press for grey");
    assert_eq!(intents.len(), 1);
}

/// A picture of two pixels, the second half transparent.
fn picture(format: PictureFormat) -> Picture {
    let mut bytes = std::io::Cursor::new(Vec::new());
    match format {
        PictureFormat::Jpeg => {
            let pixels = image::RgbImage::from_raw(2, 1, vec![255, 0, 0, 0, 0, 255]).expect("two pixels");
            pixels.write_to(&mut bytes, image::ImageFormat::Jpeg).expect("a picture");
        }
        PictureFormat::Png | PictureFormat::Gif | PictureFormat::Webp | PictureFormat::Svg => {
            let pixels = image::RgbaImage::from_raw(2, 1, vec![255, 0, 0, 255, 0, 0, 0, 0]).expect("two pixels");
            pixels.write_to(&mut bytes, image::ImageFormat::Png).expect("a picture");
        }
    }
    Picture::of_pixels(bytes.into_inner(), format, 2, 1)
}

#[test]
fn pictures_go_in_as_they_are_or_without_loss() {
    let templates = Templates::default();
    let mut case = Case::new(&templates);
    let figure = case.child(Role::Figure, ElementId(0));
    case.element(figure).alt = Some("Two pixels".into());
    for target in ["a.jpg", "b.png"] {
        let item = Item::Image { target: target.into(), width: 20.0, height: 10.0 };
        let part = Part::Content { element: figure, after: 2 };
        case.book.pages[0].items.push(Placed { x: 40.0, y: 50.0, item, part });
    }
    let mut env = Env::default();
    env.images.insert("a.jpg".into(), picture(PictureFormat::Jpeg));
    env.images.insert("b.png".into(), picture(PictureFormat::Png));
    let images = |env: &Env| {
        let doc = Read::new(&case.written(env)).doc;
        let streams = doc.objects.values().filter_map(|object| object.as_stream().ok());
        let images =
            streams.filter(|stream| stream.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|kind| kind == b"Image"));
        images.cloned().collect::<Vec<_>>()
    };
    let plain = images(&env);
    assert_eq!(plain.len(), 3, "two pictures and a mask");
    assert!(plain.iter().any(|image| image.content == *env.images["a.jpg"].bytes), "JPEG untouched");
    let masked = plain.iter().find(|image| image.dict.has(b"SMask")).expect("a mask");
    assert_eq!(masked.decompressed_content().expect("pixels"), [255, 0, 0, 0, 0, 0]);
    env.settings.pdf.profile = PdfProfile::Print;
    let grey = images(&env);
    assert_eq!(grey.len(), 2);
    assert!(
        grey.iter().all(|image| image
            .dict
            .get(b"ColorSpace")
            .and_then(Object::as_name)
            .is_ok_and(|space| space == b"DeviceGray"))
    );
    assert!(grey.iter().any(|image| image.decompressed_content().is_ok_and(|pixels| pixels == [54, 255])), "on white paper");
}

/// What a thread compressed before must not be seen in what it compresses now: which thread does what is chance.
#[test]
fn compression_has_no_memory() {
    let mut state = 1_u32;
    let mut letters = |count: usize, kinds: u32| -> Vec<u8> {
        let next = |_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            b'a' + ((state >> 16) % kinds) as u8
        };
        (0..count).map(next).collect()
    };
    let texts = [(0, 1), (9, 3), (40_000, 2), (300, 20), (200_000, 5), (70_000, 26), (2_000, 1)];
    let texts: Vec<Vec<u8>> = texts.into_iter().map(|(count, kinds)| letters(count, kinds)).collect();
    let fresh = |text: &Vec<u8>| {
        let text = text.clone();
        std::thread::spawn(move || file::deflate(&text)).join().expect("a thread that compresses")
    };
    for text in texts.iter().chain(texts.iter().rev()) {
        let packed = file::deflate(text);
        assert_eq!(packed, fresh(text), "{} bytes", text.len());
        let mut unpacked = Vec::new();
        std::io::Read::read_to_end(&mut flate2::read::ZlibDecoder::new(&packed[..]), &mut unpacked).expect("valid");
        assert_eq!(&unpacked, text);
    }
}
