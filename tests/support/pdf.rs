//! A finished PDF, read back through lopdf as a reader aloud would: by its structure tree, its marked stretches, and what their
//! glyphs say.

#![allow(dead_code, reason = "each test uses a part of it")]

use std::collections::BTreeMap;

use lopdf::content::Content;
use lopdf::{Dictionary, Document, Object, ObjectId};

/// A finished file, read back.
pub struct Read {
    pub doc: Document,
    /// The text of each marked stretch, by page and number.
    pub marked: BTreeMap<(ObjectId, i64), String>,
    /// What is marked as no part of the text.
    pub artifacts: String,
}

impl Read {
    pub fn new(bytes: &[u8]) -> Self {
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

    pub fn root(&self) -> &Dictionary {
        self.doc
            .catalog()
            .and_then(|catalog| catalog.get_deref(b"StructTreeRoot", &self.doc))
            .and_then(Object::as_dict)
            .expect("a tree")
    }

    /// The tree as text: `(H1 On Knowing)`.
    pub fn outline(&self, node: &Object, page: Option<ObjectId>, out: &mut String) {
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

/// What a marked stretch of a page says, and where it stands in the tree.
pub struct Stretch {
    /// The tags around it, the outermost first.
    pub path: Vec<String>,
    pub text: String,
}

impl Read {
    /// What the tree says, in its order.
    pub fn stretches(&self) -> Vec<Stretch> {
        let mut out = Vec::new();
        self.gather(self.root().get(b"K").expect("a tree"), None, &mut Vec::new(), &mut out);
        out
    }

    fn gather(&self, node: &Object, page: Option<ObjectId>, path: &mut Vec<String>, out: &mut Vec<Stretch>) {
        let mut say = |page: Option<ObjectId>, number: i64, path: &[String]| {
            let page = page.expect("a page");
            let text = self.marked.get(&(page, number)).cloned().unwrap_or_default();
            out.push(Stretch { path: path.to_vec(), text });
        };
        match node {
            Object::Reference(id) => self.gather(self.doc.get_object(*id).expect("an object"), page, path, out),
            Object::Array(kids) => kids.iter().for_each(|kid| self.gather(kid, page, path, out)),
            Object::Integer(number) => say(page, *number, path),
            Object::Dictionary(dict) => {
                let page = dict.get(b"Pg").and_then(Object::as_reference).ok().or(page);
                if dict.has_type(b"MCR") {
                    say(page, dict.get(b"MCID").and_then(Object::as_i64).expect("a number"), path);
                } else if !dict.has_type(b"OBJR") {
                    let tag = dict.get(b"S").and_then(Object::as_name).expect("a tag");
                    path.push(String::from_utf8_lossy(tag).into_owned());
                    dict.get(b"K").iter().for_each(|kids| self.gather(kids, page, path, out));
                    path.pop();
                }
            }
            other => panic!("{other:?} in the tree"),
        }
    }
}
