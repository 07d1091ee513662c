//! Damages to a PDF, done through its object model.

use lopdf::content::Content;
use lopdf::{Dictionary, Document, Object, ObjectId, Stream};

use super::Damage;

pub fn open(bytes: &[u8]) -> Document {
    Document::load_mem(bytes).expect("a PDF")
}

pub fn close(mut doc: Document) -> Vec<u8> {
    let mut bytes = Vec::new();
    doc.save_to(&mut bytes).expect("memory");
    bytes
}

pub fn damages() -> Vec<Damage<Document>> {
    damages! {
        "a letter is mapped to another", |doc: &mut Document| to_unicode(doc, |map| swap(map, "<0077>", "<0078>")), "words-changed", "";
        "a letter is mapped to nothing", |doc| to_unicode(doc, |map| drop_entry(map, "<0077>")), "glyph-mute", "";
        "a ligature has no text", |doc| to_unicode(doc, |map| drop_entry(map, "<00660066")), "glyph-mute", "";
        "a ligature says half of its text", |doc| to_unicode(doc, |map| swap(map, "<00660066", "<0066")), "words-changed", "";
        "a paragraph is not in the tree", |doc| drop_paragraph(doc), "words-lost", "captain";
        "two paragraphs are swapped", |doc| swap_kids(doc, b"Sect", b"P"), "words-moved", "";
        "a list is not in the tree", |doc| drop_first(doc, b"L"), "text-unread", "pork";
        "a paragraph stands twice", |doc| double_kid(doc, b"Sect", b"P"), "text-twice", "";
        "a note is not in the tree", |doc| drop_first(doc, b"Note"), "note-lost", "note 1";
        "a call is not in the tree", |doc| drop_first(doc, b"Reference"), "note-uncalled", "";
        "a call leads to another note", |doc| move_link(doc, b"Reference", -1), "note-call-changed", "";
        "a note leads back to nothing", |doc| move_link(doc, b"Lbl", 0), "note-no-way-back", "";
        "a link leads to another page", |doc| move_link(doc, b"P", 0), "link-astray", "leads to page";
        "a link leads to another line of its page", |doc| lower_link(doc), "link-astray", "another line";
        "two printed pages have each other's label", |doc| page_marks(doc, |content, marks| content.operations.swap(marks[0], marks[1])), "page-changed", "\"1\" in the margin became \"2\"";
        "a printed page has no label", |doc| page_marks(doc, |content, marks| drop(content.operations.remove(marks[1]))), "page-lost", "\"2\"";
        "two paragraphs are drawn in another order", |doc| contents(doc, swap_blocks), "text-out-of-order", "is drawn before";
        "two paragraphs stand in each other's place", |doc| contents(doc, swap_heights), "text-out-of-order", "stands above";
        "a link leads to another address", |doc| edit(doc, |dict| dict.has(b"URI"), |dict| dict.set("URI", Object::string_literal("https://example.net/"))), "link-changed", "example.net";
        "a picture says something else", |doc| edit(doc, |dict| role(dict) == b"Figure", |dict| dict.set("Alt", Object::string_literal("A boat"))), "image-alt-changed", "A boat";
        "a picture is another", |doc| picture(doc), "image-changed", "bay.png";
        "a formula says something else", |doc| edit(doc, |dict| role(dict) == b"Formula", |dict| dict.set("Alt", Object::string_literal("a - b"))), "words-changed", "a - b";
        "a page is empty", |doc| contents(doc, |content| content.operations.clear()), "structure-broken", "";
        "a line is shown twice", |doc| contents(doc, double_show), "words-added", "";
        "words are shown that nobody marked", |doc| contents(doc, unmark), "text-untagged", "";
        "there is no structure tree", |doc| drop(doc.catalog_mut().expect("a catalog").remove(b"StructTreeRoot")), "structure-missing", "";
        "the title is not in the tree", |doc| drop_first(doc, b"Title"), "text-unread", "Margaret";
    }
    .into()
}

fn role(dict: &Dictionary) -> &[u8] {
    dict.get(b"S").and_then(Object::as_name).unwrap_or(b"")
}

/// The elements of a role, in the order of the tree, those of the contents aside.
fn elements(doc: &Document, wanted: &[u8]) -> Vec<ObjectId> {
    fn walk(doc: &Document, object: &Object, wanted: &[u8], found: &mut Vec<ObjectId>) {
        match object {
            Object::Reference(id) => {
                let Ok(dict) = doc.get_dictionary(*id) else { return };
                if role(dict) == b"TOC" {
                    return;
                }
                if role(dict) == wanted {
                    found.push(*id);
                }
                if let (Ok(kids), true) = (dict.get(b"K"), dict.has(b"S") || dict.has(b"RoleMap")) {
                    walk(doc, kids, wanted, found);
                }
            }
            Object::Array(kids) => kids.iter().for_each(|kid| walk(doc, kid, wanted, found)),
            _ => {}
        }
    }
    let root = doc.catalog().and_then(|catalog| catalog.get(b"StructTreeRoot")).expect("a structure tree").clone();
    let mut found = Vec::new();
    walk(doc, &root, wanted, &mut found);
    assert!(!found.is_empty(), "an element of the role {}", String::from_utf8_lossy(wanted));
    found
}

fn dict_mut(doc: &mut Document, id: ObjectId) -> &mut Dictionary {
    doc.get_object_mut(id).and_then(Object::as_dict_mut).expect("a dictionary")
}

fn kids_mut(doc: &mut Document, id: ObjectId) -> &mut Vec<Object> {
    dict_mut(doc, id).get_mut(b"K").and_then(Object::as_array_mut).expect("kids")
}

/// Takes an element out of its parent.
fn detach(doc: &mut Document, id: ObjectId) {
    let parent = doc.get_dictionary(id).and_then(|dict| dict.get(b"P")).and_then(Object::as_reference).expect("a parent");
    kids_mut(doc, parent).retain(|kid| kid.as_reference().ok() != Some(id));
}

fn drop_first(doc: &mut Document, role: &[u8]) {
    let id = elements(doc, role)[0];
    detach(doc, id);
}

/// The paragraph with the call of the first note.
fn drop_paragraph(doc: &mut Document) {
    let call = elements(doc, b"Reference")[0];
    let paragraph = doc.get_dictionary(call).and_then(|dict| dict.get(b"P")).and_then(Object::as_reference).expect("a parent");
    detach(doc, paragraph);
}

/// The positions of the kids of a role in the first element that has two of them.
fn two(doc: &Document, parent: &[u8], wanted: &[u8]) -> (ObjectId, usize, usize) {
    for id in elements(doc, parent) {
        let kids = doc.get_dictionary(id).and_then(|dict| dict.get(b"K")).and_then(Object::as_array).expect("kids");
        let is = |kid: &Object| {
            kid.as_reference().ok().and_then(|id| doc.get_dictionary(id).ok()).is_some_and(|dict| role(dict) == wanted)
        };
        let places: Vec<_> = kids.iter().enumerate().filter(|(_, kid)| is(kid)).map(|(at, _)| at).collect();
        if let [first, second, ..] = places[..] {
            return (id, first, second);
        }
    }
    panic!("no element has two of them")
}

fn swap_kids(doc: &mut Document, parent: &[u8], wanted: &[u8]) {
    let (id, first, second) = two(doc, parent, wanted);
    kids_mut(doc, id).swap(first, second);
}

fn double_kid(doc: &mut Document, parent: &[u8], wanted: &[u8]) {
    let (id, first, _) = two(doc, parent, wanted);
    let kids = kids_mut(doc, id);
    let kid = kids[first].clone();
    kids.insert(first, kid);
}

/// Lets the last link below the first element of a role that has one lead to the foot of the first page; `by` -1: to where the
/// element's neighbour leads.
fn move_link(doc: &mut Document, wanted: &[u8], by: i32) {
    let links: Vec<_> = elements(doc, wanted).into_iter().filter_map(|id| annotation(doc, id, wanted == b"P")).collect();
    let target = match by {
        0 => {
            let page = doc.get_pages()[&1];
            Object::Array(vec![page.into(), "XYZ".into(), Object::Null, 1.into(), Object::Null])
        }
        _ => doc.get_dictionary(links[1]).and_then(|dict| dict.get(b"Dest")).expect("a goal").clone(),
    };
    dict_mut(doc, links[0]).set("Dest", target);
}

/// Lets the link to the last chapter lead to a place four lines below its heading.
fn lower_link(doc: &mut Document) {
    let link = elements(doc, b"P").into_iter().find_map(|id| annotation(doc, id, true)).expect("a link");
    let dest = dict_mut(doc, link).get_mut(b"Dest").and_then(Object::as_array_mut).expect("a goal");
    dest[3] = (dest[3].as_float().expect("a height") - 54.0).into();
}

/// Changes the numbers of printed pages in the margin of the first page that has two, given the operators that show them.
fn page_marks(doc: &mut Document, change: fn(&mut Content, &[usize])) {
    contents(doc, |content| {
        let mut beside = false;
        let mut marks = Vec::new();
        for (at, operation) in content.operations.iter().enumerate() {
            match (operation.operator.as_str(), operation.operands.get(1)) {
                ("BDC", Some(Object::Dictionary(said))) => {
                    beside = said.get(b"Type").and_then(Object::as_name).is_ok_and(|name| name == b"Layout");
                }
                ("EMC", _) => beside = false,
                ("TJ", _) if beside => marks.push(at),
                _ => {}
            }
        }
        change(content, &marks);
    });
}

/// The operators of each marked paragraph.
fn paragraphs(content: &Content) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let mut start = None;
    for (at, operation) in content.operations.iter().enumerate() {
        match (operation.operator.as_str(), operation.operands.first(), start) {
            ("BDC", Some(Object::Name(name)), None) if name == b"P" => start = Some(at),
            ("EMC", _, Some(from)) => {
                found.push(from..at + 1);
                start = None;
            }
            _ => {}
        }
    }
    found
}

/// Draws the last paragraph of a page before its first.
fn swap_blocks(content: &mut Content) {
    let (first, last) = (paragraphs(content)[0].clone(), paragraphs(content).last().expect("a paragraph").clone());
    let moved: Vec<_> = content.operations.drain(last).collect();
    content.operations.splice(first.start..first.start, moved);
}

/// Puts the first paragraph of a page where the last one stands, and the last there.
fn swap_heights(content: &mut Content) {
    let places: Vec<_> = paragraphs(content)
        .into_iter()
        .map(|range| range.start + content.operations[range].iter().position(|one| one.operator == "Td").expect("a place"))
        .collect();
    let (first, last) = (places[0], places[places.len() - 1]);
    let height = content.operations[first].operands[1].clone();
    content.operations[first].operands[1] = std::mem::replace(&mut content.operations[last].operands[1], height);
}

/// The annotation of the link in an element, one with a goal in the book.
fn annotation(doc: &Document, id: ObjectId, only_links: bool) -> Option<ObjectId> {
    let dict = doc.get_dictionary(id).ok()?;
    if let Ok(object) = dict.get(b"Obj").and_then(Object::as_reference) {
        return Some(object);
    }
    for kid in dict.get(b"K").and_then(Object::as_array).ok()? {
        let found = match kid {
            Object::Reference(kid) => {
                let inner = doc.get_dictionary(*kid).ok()?;
                if only_links && role(inner) != b"Link" { None } else { annotation(doc, *kid, only_links) }
            }
            Object::Dictionary(kid) => kid.get(b"Obj").and_then(Object::as_reference).ok(),
            _ => None,
        };
        if found.is_some_and(|id| doc.get_dictionary(id).is_ok_and(|dict| dict.has(b"Dest"))) {
            return found;
        }
    }
    None
}

/// Changes the first dictionary of a kind, wherever it stands.
fn edit(doc: &mut Document, is: fn(&Dictionary) -> bool, change: fn(&mut Dictionary)) {
    fn inner(object: &mut Object, is: fn(&Dictionary) -> bool, change: fn(&mut Dictionary)) -> bool {
        let Ok(dict) = object.as_dict_mut() else { return false };
        if is(dict) {
            change(dict);
            return true;
        }
        dict.iter_mut().any(|(_, value)| inner(value, is, change))
    }
    assert!(doc.objects.values_mut().any(|object| inner(object, is, change)), "a dictionary of that kind");
}

/// Changes the CMaps of all fonts; at least one must change.
fn to_unicode(doc: &mut Document, change: fn(&mut String) -> bool) {
    let mut changed = false;
    for object in doc.objects.values_mut() {
        let Ok(stream) = object.as_stream_mut() else { continue };
        let Ok(content) = stream.decompressed_content() else { continue };
        let mut map = String::from_utf8_lossy(&content).to_uppercase().replace("BEGINBF", "beginbf").replace("ENDBF", "endbf");
        map = map.replace("CHAR", "char").replace("RANGE", "range");
        if map.contains("beginbf") && change(&mut map) {
            *stream = Stream::new(Dictionary::new(), map.into_bytes());
            changed = true;
        }
    }
    assert!(changed, "a map that has the entry");
}

fn swap(map: &mut String, from: &str, to: &str) -> bool {
    let found = map.contains(from);
    *map = map.replacen(from, to, 1);
    found
}

/// Takes the entry whose text begins with `said` out of a map.
fn drop_entry(map: &mut String, said: &str) -> bool {
    let Some(at) = map.find(&format!(" {said}")).or_else(|| map.find(said)) else { return false };
    let Some(start) = map[..at].rfind('<') else { return false };
    let end = at + map[at..].find('>').map_or(0, |end| end + 1);
    map.replace_range(start..end, "");
    true
}

/// Changes the content of the first page of the text.
fn contents(doc: &mut Document, change: impl FnOnce(&mut Content)) {
    let pages: Vec<_> = doc.get_pages().into_values().collect();
    for id in pages {
        let mut content = Content::decode(&doc.get_page_content(id)).expect("content");
        if shows(&content).len() > 20 {
            change(&mut content);
            doc.change_page_content(id, content.encode().expect("content")).expect("a page");
            return;
        }
    }
    panic!("no page has text");
}

/// The positions of strings that are shown in marked stretches, those of furniture aside.
fn shows(content: &Content) -> Vec<usize> {
    let (mut marks, mut found) = (Vec::new(), Vec::new());
    for (at, operation) in content.operations.iter().enumerate() {
        match operation.operator.as_str() {
            "BDC" => marks.push(operation.operands[0].as_name().is_ok_and(|name| name != b"Artifact")),
            "EMC" => drop(marks.pop()),
            "TJ" if marks == [true] => found.push(at),
            _ => {}
        }
    }
    found
}

/// One of them behind the heading: in a paragraph.
fn shown(content: &Content) -> usize {
    shows(content).into_iter().find(|at| *at > content.operations.len() / 3).expect("text in a marked stretch")
}

fn double_show(content: &mut Content) {
    let at = shown(content);
    let operation = content.operations[at].clone();
    content.operations.insert(at, operation);
}

fn unmark(content: &mut Content) {
    let at = shown(content);
    let show = content.operations[at].clone();
    let font = content.operations[..at].iter().rev().find(|operation| operation.operator == "Tf").expect("a font").clone();
    for operation in
        [lopdf::content::Operation::new("ET", Vec::new()), show, font, lopdf::content::Operation::new("BT", Vec::new())]
    {
        content.operations.insert(0, operation);
    }
}

/// Turns the picture with the most pixels of the work's own around: black becomes white.
fn picture(doc: &mut Document) {
    let image = |stream: &Stream| stream.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|name| name == b"Image");
    let stream = doc
        .objects
        .values_mut()
        .filter_map(|object| object.as_stream_mut().ok())
        .find(|stream| image(stream))
        .expect("a picture");
    let content: Vec<u8> = stream.decompressed_content().expect("pixels").iter().map(|byte| 255 - byte).collect();
    stream.dict.remove(b"Filter");
    stream.dict.remove(b"DecodeParms");
    stream.set_plain_content(content);
}
