//! A book set by hand, written and read back through lopdf: what the structure tree says must be what was set, and every tie
//! between pages, tree and links must hold from both ends.

use std::collections::BTreeMap;

use lopdf::content::Content;
use lopdf::{Dictionary, Document, Object, ObjectId};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

use super::*;
use crate::env::Templates;
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
        Run { font: FontId(font), size: 10.0, text: text.into(), glyphs, right_to_left, word_space: 1.0, letter_space: 0.0 }
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
        let meta = Metadata { title: "A (small) book — «écrit»".into(), language: "en".into(), ..Metadata::default() };
        let (env, mut report) = (Env::default(), Report::default());
        write(&self.book, &meta, &Look::of(&env, &mut report), &env, &mut report).expect("a book that can be written")
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
    let list = case.child(Role::List { ordered: true }, section);
    let item = case.child(Role::Item, list);
    let number = case.child(Role::Label, item);
    case.say(number, 90.0, "1.");
    let text = case.child(Role::ItemBody, item);
    let inner = case.child(Role::Paragraph, text);
    case.place(0, inner, (60.0, 90.0), "an item");
    let table = case.child(Role::Table, section);
    for (role, cell, words, line) in
        [(Role::TableHead, Role::HeadCell, "Year", 120.0), (Role::TableBody, Role::Cell, "1848", 134.0)]
    {
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

/// A finished file, read back.
struct Read {
    doc: Document,
    /// The text of each marked stretch, by page and number.
    marked: BTreeMap<(ObjectId, i64), String>,
    /// What is marked as no part of the text.
    artifacts: String,
}

impl Read {
    fn new(bytes: &[u8]) -> Self {
        let doc = Document::load_mem(bytes).expect("a file that lopdf reads");
        let mut read = Self { marked: BTreeMap::new(), artifacts: String::new(), doc };
        for page in read.doc.page_iter().collect::<Vec<_>>() {
            read.page(page);
        }
        read
    }

    fn page(&mut self, page: ObjectId) {
        let content = Content::decode(&self.doc.get_page_content(page)).expect("operators");
        let fonts = self.fonts(page);
        let (mut font, mut at, mut depth, mut stated) = (None, None, 0, None);
        for operation in content.operations {
            let operands = &operation.operands;
            match operation.operator.as_str() {
                "Tf" => font = fonts.get(operands[0].as_name().expect("a name")),
                "BDC" => {
                    depth += 1;
                    let properties = operands[1].as_dict().expect("properties");
                    if let Ok(words) = properties.get(b"ActualText") {
                        self.say(page, at, &lopdf::decode_text_string(words).expect("a text"));
                        stated = Some(depth);
                    } else {
                        at = properties.get(b"MCID").and_then(Object::as_i64).ok();
                    }
                }
                "EMC" => {
                    stated = stated.filter(|begun| *begun != depth);
                    depth -= 1;
                    at = at.filter(|_| depth > 0);
                }
                "TJ" => {
                    for part in operands[0].as_array().expect("an array") {
                        let Object::String(codes, _) = part else { continue };
                        for code in codes.chunks(2) {
                            let letters = &font.expect("a font is set")[&u16::from_be_bytes([code[0], code[1]])];
                            if stated.is_none() {
                                self.say(page, at, &letters.clone());
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        assert_eq!(depth, 0, "marks are closed");
    }

    fn say(&mut self, page: ObjectId, at: Option<i64>, text: &str) {
        match at {
            Some(number) => self.marked.entry((page, number)).or_default().push_str(text),
            None => self.artifacts.push_str(text),
        }
    }

    /// For each font of a page what its codes say.
    fn fonts(&self, page: ObjectId) -> BTreeMap<Vec<u8>, BTreeMap<u16, String>> {
        let fonts = self.doc.get_page_fonts(page).expect("fonts");
        fonts.into_iter().map(|(name, font)| (name, self.to_unicode(font))).collect()
    }

    fn to_unicode(&self, font: &Dictionary) -> BTreeMap<u16, String> {
        let stream = font.get_deref(b"ToUnicode", &self.doc).and_then(Object::as_stream).expect("a CMap");
        let text = String::from_utf8(stream.decompressed_content().expect("a stream")).expect("ASCII");
        let pairs = text.lines().filter_map(|line| line.strip_prefix('<')?.strip_suffix('>')?.split_once("> <"));
        pairs
            .filter(|(_, letters)| *letters != "FFFF")
            .map(|(code, letters)| {
                let units: Vec<u16> = letters
                    .as_bytes()
                    .chunks(4)
                    .map(|unit| u16::from_str_radix(std::str::from_utf8(unit).unwrap(), 16).unwrap())
                    .collect();
                (u16::from_str_radix(code, 16).expect("a code"), String::from_utf16(&units).expect("a text"))
            })
            .collect()
    }

    fn root(&self) -> &Dictionary {
        self.doc
            .catalog()
            .and_then(|catalog| catalog.get_deref(b"StructTreeRoot", &self.doc))
            .and_then(Object::as_dict)
            .expect("a tree")
    }

    /// The tree as text: `(H1 On Knowing)`.
    fn outline(&self, node: &Object, page: Option<ObjectId>, out: &mut String) {
        match node {
            Object::Reference(id) => self.outline(self.doc.get_object(*id).expect("an object"), page, out),
            Object::Array(kids) => kids.iter().for_each(|kid| self.outline(kid, page, out)),
            Object::Integer(number) => out.push_str(&self.marked[&(page.expect("a page"), *number)]),
            Object::Dictionary(dict) => {
                let page = dict.get(b"Pg").and_then(Object::as_reference).ok().or(page);
                if dict.has_type(b"MCR") {
                    out.push_str(
                        &self.marked[&(page.expect("a page"), dict.get(b"MCID").and_then(Object::as_i64).expect("a number"))],
                    );
                } else if dict.has_type(b"OBJR") {
                    out.push('@');
                } else {
                    let tag = dict.get(b"S").and_then(Object::as_name).expect("a tag");
                    out.push('(');
                    out.push_str(std::str::from_utf8(tag).expect("ASCII"));
                    out.push(' ');
                    dict.get(b"K").iter().for_each(|kids| self.outline(kids, page, out));
                    out.push(')');
                }
            }
            other => panic!("{other:?} in the tree"),
        }
    }
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
