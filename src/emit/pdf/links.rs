//! Links on the pages: one annotation for every stretch of a line that leads somewhere.

use std::io::Write;

use rayon::prelude::*;

use super::content::Content;
use super::file::{Batch, File, SHARE};
use super::structure::Structure;
use super::syntax;
use crate::typeset::{Book, ElementId, Item, Page, Part, Target};

/// The annotations of a book.
pub struct Links {
    /// For each page the numbers of its annotations.
    pub by_page: Vec<Vec<u32>>,
    /// The element of each, in the order of their numbers.
    pub elements: Vec<ElementId>,
}

/// A book, where its elements lead, and the links that they lie in.
pub struct Set<'a> {
    pub book: &'a Book<'a>,
    pub aims: &'a [Option<&'a Target>],
    pub links: &'a [Option<ElementId>],
}

/// Where elements begin: a page and a height on its sheet.
pub type Places = [Option<(u32, f32)>];

/// Writes the annotations and ties them to their elements.
pub fn write(set: &Set, pages: &[Content], page_ids: &[u32], places: &Places, tree: &mut Structure, file: &mut File) -> Links {
    let said = texts(set);
    let areas: Vec<_> =
        pages.iter().enumerate().flat_map(|(page, content)| content.links.iter().map(move |area| (page, area))).collect();
    let first = file.reserve(areas.len());
    let mut links = Links { by_page: vec![Vec::new(); pages.len()], elements: Vec::with_capacity(areas.len()) };
    for (at, (page, area)) in areas.iter().enumerate() {
        let id = first + at as u32;
        links.by_page[*page].push(id);
        links.elements.push(area.element);
        tree.annotate(area.element, *page, id);
    }
    let packed: Vec<_> = areas
        .par_chunks(SHARE)
        .enumerate()
        .map(|(chunk, areas)| {
            let mut batch = Batch::default();
            for (at, (page, area)) in areas.iter().enumerate() {
                let number = chunk * SHARE + at;
                let out = batch.object(first + number as u32);
                out.extend_from_slice(b"<</Type/Annot/Subtype/Link/F 4/Border[0 0 0]/Rect[");
                for bound in area.bounds {
                    syntax::length(out, bound);
                    out.push(b' ');
                }
                let _ = write!(out, "]/P {} 0 R/StructParent {}", page_ids[*page], pages.len() + number);
                leads(out, area.element, set, page_ids, places, &said);
                out.extend_from_slice(b">>");
            }
            batch.pack()
        })
        .collect();
    file.packed.extend(packed);
    links
}

/// Where the link leads, and what is said of it: an address says itself, a place in the work what stands in the link.
fn leads(out: &mut Vec<u8>, element: ElementId, set: &Set, page_ids: &[u32], places: &Places, said: &[String]) {
    let words = said[element.0 as usize].trim();
    match set.aims[element.0 as usize] {
        Some(Target::Address(address)) => {
            out.extend_from_slice(b"/A<</S/URI/URI");
            syntax::bytes(out, ascii(address).as_bytes());
            out.extend_from_slice(b">>/Contents");
            syntax::text(out, address);
        }
        Some(Target::Element(to)) => {
            // What was never set, such as a heading of nothing but a comment, is led to by the work's first page.
            let (page, top) = places[to.0 as usize].unwrap_or((0, 0.0));
            destination(out, page_ids[page as usize], top);
            out.extend_from_slice(b"/Contents");
            syntax::text(out, if words.is_empty() { "\u{2192}" } else { words });
        }
        None => unreachable!("an area is made for elements that lead somewhere"),
    }
}

/// A place on a page, at the zoom that the reader has.
pub fn destination(out: &mut Vec<u8>, page: u32, top: f32) {
    let _ = write!(out, "/Dest[{page} 0 R/XYZ null ");
    syntax::length(out, top);
    out.extend_from_slice(b" null]");
}

/// What stands in each link.
fn texts(set: &Set) -> Vec<String> {
    let mut said = vec![String::new(); set.book.elements.len()];
    for placed in set.book.pages.iter().flat_map(|page: &Page| &page.items) {
        let (Item::Run(run), Part::Content { element, .. }) = (&placed.item, placed.part) else { continue };
        if let Some(link) = set.links[element.0 as usize] {
            said[link.0 as usize].push_str(&run.text.replace(['\u{AD}', '\u{2060}'], ""));
        }
    }
    said
}

/// An address in the letters that an address may have (RFC 3986, 2.1).
fn ascii(address: &str) -> String {
    address.bytes().fold(String::with_capacity(address.len()), |mut all, byte| {
        if byte.is_ascii_graphic() {
            all.push(char::from(byte))
        } else {
            all.push_str(&format!("%{byte:02X}"))
        }
        all
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn addresses_are_ascii() {
        assert_eq!(super::ascii("https://example.org/Gräber?q=a b"), "https://example.org/Gr%C3%A4ber?q=a%20b");
    }
}
