//! The structure tree (ISO 32000-1, 14.7 and 14.8): what a reader aloud goes by. It is built from the book's elements, the
//! marked stretches of the pages and the links on them, and serialised side by side.

use std::cell::LazyCell;
use std::io::Write;

use rayon::prelude::*;

use super::content::Content;
use super::file::{Batch, File, SHARE};
use super::syntax;
use crate::tree::Numbering;
use crate::typeset::{Book, Element, ElementId, Role, Target};

/// Where each element leads. A note leads back to its call by its label, which a reader can point at.
pub fn aims<'a>(book: &'a Book) -> Vec<Option<&'a Target>> {
    let of = |element: &'a Element| match (element.role, element.parent) {
        (Role::Note, _) => None,
        (Role::Label, Some(parent)) => {
            let parent = &book.elements[parent.0 as usize];
            let note = if parent.role == Role::Note { parent.target.as_ref() } else { None };
            element.target.as_ref().or(note)
        }
        _ => element.target.as_ref(),
    };
    book.elements.iter().map(of).collect()
}

/// What the elements are called in the tree: one may need two or three nodes, the outermost first. The content of an element,
/// and its children, stand in the innermost.
fn tags(element: &Element, leads: bool, parent: Option<Role>, above: &mut Vec<u8>) -> &'static [&'static str] {
    match element.role {
        Role::Document => &["Document"],
        Role::Front => &["TitlePage"],
        Role::Section => &["Sect"],
        Role::Title => &["Title"],
        Role::Heading(level) => HEADINGS[closed_up(level, above).min(HEADINGS.len()) - 1],
        // The heading of the contents: they hold nothing else but entries.
        Role::Paragraph if parent == Some(Role::Contents) => &["Caption"],
        Role::Paragraph => &["P"],
        Role::Quote => &["BlockQuote"],
        Role::Group => &["Div"],
        Role::Index => &["Columns"],
        Role::Verse => &["Verse"],
        Role::Line => &["Line"],
        Role::List(_) | Role::Definitions => &["L"],
        Role::Item => &["LI"],
        Role::Label if leads => &["Lbl", "Link"],
        Role::Label => &["Lbl"],
        Role::ItemBody => &["LBody"],
        Role::Table => &["Table"],
        Role::TableHead => &["THead"],
        Role::TableBody => &["TBody"],
        Role::Row => &["TR"],
        Role::HeadCell { .. } => &["TH"],
        Role::Cell { .. } => &["TD"],
        Role::CodeBlock => &["P", "Code"],
        Role::Code => &["Code"],
        Role::Formula => &["Formula"],
        Role::Figure => &["Figure"],
        Role::Caption => &["Caption"],
        Role::NoteCall if leads => &["Reference", "Link"],
        Role::NoteCall => &["Reference"],
        Role::Note => &["Note"],
        Role::Link if leads => &["Link"],
        Role::Link => &["Span"],
        Role::Contents => &["TOC"],
        Role::ContentsEntry if leads => &["TOCI", "Reference", "Link"],
        Role::ContentsEntry => &["TOCI"],
        Role::Folios => &["Folios"],
        Role::Span => &["Span"],
        Role::Ruby => &["Ruby"],
        Role::RubyBase => &["RB"],
        Role::RubyText => &["RT"],
        Role::Emphasis => &["Em"],
        Role::Strong => &["Strong"],
    }
}

/// What the names that are not PDF's own mean in its terms.
const ROLE_MAP: &str = "/RoleMap<</TitlePage/Sect/Title/P/Verse/Div/Columns/Div/Line/P/Em/Span/Strong/Span/Folios/Span>>";

/// For each element, the nodes that it needs.
fn all_tags<'a>(book: &'a Book, aims: &'a [Option<&Target>]) -> impl Iterator<Item = &'static [&'static str]> + 'a {
    let parent = |element: &Element| element.parent.map(|parent| book.elements[parent.0 as usize].role);
    let mut above = Vec::new();
    book.elements.iter().zip(aims).map(move |(element, aim)| tags(element, aim.is_some(), parent(element), &mut above))
}

/// The levels that PDF has.
const HEADINGS: [&[&str]; 6] = [&["H1"], &["H2"], &["H3"], &["H4"], &["H5"], &["H6"]];

/// The level of a heading below those in `above`: no level is skipped (ISO 14289-1, 7.4.2), not even by a heading in a quotation
/// or a note, which stands outside the outline.
fn closed_up(level: u8, above: &mut Vec<u8>) -> usize {
    while above.last().is_some_and(|last| *last >= level) {
        above.pop();
    }
    above.push(level);
    above.len()
}

/// For each element, what its marked stretches are called.
pub fn marked_as(book: &Book, aims: &[Option<&Target>]) -> Vec<&'static str> {
    all_tags(book, aims).map(|tags| *tags.last().expect("every element has a tag")).collect()
}

/// For each element, the one whose link it lies in: itself, or one around it. A note is not part of the link that calls it.
pub fn linked(book: &Book, aims: &[Option<&Target>]) -> Vec<Option<ElementId>> {
    let mut links: Vec<Option<ElementId>> = Vec::with_capacity(book.elements.len());
    for (at, element) in book.elements.iter().enumerate() {
        let around = element.parent.and_then(|parent| links[parent.0 as usize]).filter(|_| element.role != Role::Note);
        links.push(if aims[at].is_some() { Some(ElementId(at as u32)) } else { around });
    }
    links
}

/// Where elements begin: the page and the height on its sheet.
pub fn places(book: &Book, pages: &[Content]) -> Vec<Option<(u32, f32)>> {
    let mut first: Vec<Option<(u32, u32, f32)>> = vec![None; book.elements.len()];
    let mut order = 0;
    for (page, content) in pages.iter().enumerate() {
        for mark in &content.marks {
            first[mark.element.0 as usize].get_or_insert((order, page as u32, mark.top));
            order += 1;
        }
    }
    // A parent begins where the first of its children does: children stand behind their parents.
    for at in (1..book.elements.len()).rev() {
        let (Some(own), Some(parent)) = (first[at], book.elements[at].parent) else { continue };
        // What a note is called in begins at the call, wherever the note is set: an apparatus stands above the notes that it is in.
        if book.elements[at].role == Role::Note {
            continue;
        }
        let above = &mut first[parent.0 as usize];
        if above.is_none_or(|above| own.0 < above.0) {
            *above = Some(own);
        }
    }
    let mut places: Vec<_> = first.into_iter().map(|place| place.map(|(_, page, top)| (page, top))).collect();
    // An element without content, such as an anchor, stands where the next content does that was said behind it.
    let behind = LazyCell::new(|| first_behind(pages));
    for target in book.elements.iter().filter_map(|element| element.target.as_ref()) {
        let Target::Element(ElementId(at)) = *target else { continue };
        if places[at as usize].is_none() {
            let next = behind.partition_point(|(after, _)| *after <= at);
            places[at as usize] = behind.get(next).map(|(_, place)| *place);
        }
    }
    places
}

/// The marks, in order, that are said behind more elements than any before them: behind how many, and where.
fn first_behind(pages: &[Content]) -> Vec<(u32, (u32, f32))> {
    let mut furthest: Vec<(u32, (u32, f32))> = Vec::new();
    let marks = (0..).zip(pages).flat_map(|(page, content)| content.marks.iter().map(move |mark| (page, mark)));
    for (page, mark) in marks {
        if furthest.last().is_none_or(|(after, _)| *after < mark.after) {
            furthest.push((mark.after, (page, mark.top)));
        }
    }
    furthest
}

/// A node of the tree.
struct Node {
    tag: &'static str,
    /// None: the tree's root.
    parent: Option<u32>,
    element: u32,
    /// Whether this is the element's outermost node, which bears what is said of it.
    outer: bool,
    kids: Vec<(u32, Kid)>,
}

/// What stands in a node. The number before it puts kids in order.
#[derive(Clone, Copy)]
enum Kid {
    Node(u32),
    Mark { page: u32, number: u32 },
    Annotation { page: u32, id: u32 },
}

/// The structure tree, with the numbers of its objects.
pub struct Structure {
    nodes: Vec<Node>,
    /// The innermost node of each element.
    inner: Vec<u32>,
    /// The object of the first node; the others follow.
    first: u32,
    root: u32,
}

impl Structure {
    /// Lays the tree out. Kids are put in their order: an item that was said after so many elements had begun stands behind
    /// those and before the others.
    pub fn new(book: &Book, aims: &[Option<&Target>], pages: &[Content], file: &mut File) -> Self {
        let (mut nodes, mut inner): (Vec<Node>, Vec<u32>) = (Vec::new(), Vec::with_capacity(book.elements.len()));
        for (at, (element, tags)) in book.elements.iter().zip(all_tags(book, aims)).enumerate() {
            let mut parent = element.parent.map(|parent| inner[parent.0 as usize]);
            for (step, tag) in tags.iter().enumerate() {
                let id = nodes.len() as u32;
                if let Some(parent) = parent {
                    nodes[parent as usize].kids.push((2 * at as u32 + 1, Kid::Node(id)));
                }
                nodes.push(Node { tag, parent, element: at as u32, outer: step == 0, kids: Vec::new() });
                parent = Some(id);
            }
            inner.push(nodes.len() as u32 - 1);
        }
        for (page, content) in pages.iter().enumerate() {
            for (number, mark) in content.marks.iter().enumerate() {
                let kid = Kid::Mark { page: page as u32, number: number as u32 };
                nodes[inner[mark.element.0 as usize] as usize].kids.push((2 * mark.after, kid));
            }
        }
        nodes.par_iter_mut().for_each(|node| node.kids.sort_by_key(|(order, _)| *order));
        let first = file.reserve(nodes.len());
        let root = file.reserve(1);
        Self { nodes, inner, first, root }
    }

    /// The object of the node that holds an element's content.
    pub fn object(&self, element: ElementId) -> u32 {
        self.first + self.inner[element.0 as usize]
    }

    /// Ties an annotation to the element whose link it is.
    pub fn annotate(&mut self, element: ElementId, page: usize, id: u32) {
        let node = self.inner[element.0 as usize] as usize;
        self.nodes[node].kids.push((u32::MAX, Kid::Annotation { page: page as u32, id }));
    }

    /// Writes the tree into the file and gives the object of its root back.
    pub fn write(self, book: &Book, pages: &[Content], page_ids: &[u32], annotations: &[ElementId], file: &mut File) -> u32 {
        let mut figures: std::collections::BTreeMap<u32, (usize, [f32; 4])> = std::collections::BTreeMap::new();
        for (page, content) in pages.iter().enumerate() {
            for area in &content.pictures {
                figures.entry(area.element.0).or_insert((page, area.bounds));
            }
        }
        let this = &self;
        let packed: Vec<_> = (0..self.nodes.len())
            .into_par_iter()
            .step_by(SHARE)
            .map(|from| {
                let mut batch = Batch::default();
                for at in from..(from + SHARE).min(this.nodes.len()) {
                    let out = batch.object(this.first + at as u32);
                    let bounds = figures.get(&this.nodes[at].element).map(|(_, bounds)| bounds);
                    this.node(out, at as u32, book, page_ids, bounds);
                }
                batch.pack()
            })
            .collect();
        file.packed.extend(packed);
        let parents = self.parents(pages, annotations, file);
        self.root(book, pages.len() + annotations.len(), parents, file);
        self.root
    }

    fn node(&self, out: &mut Vec<u8>, at: u32, book: &Book, page_ids: &[u32], figure: Option<&[f32; 4]>) {
        let node = &self.nodes[at as usize];
        let element = &book.elements[node.element as usize];
        let _ = write!(out, "<</Type/StructElem/S/{}/P ", node.tag);
        syntax::reference(out, node.parent.map_or(self.root, |parent| self.first + parent));
        if node.outer {
            said_of(out, element, node.element, figure);
        }
        let page = node.kids.iter().find_map(|(_, kid)| match kid {
            Kid::Mark { page, .. } => Some(*page),
            Kid::Node(_) | Kid::Annotation { .. } => None,
        });
        if let Some(page) = page {
            out.extend_from_slice(b"/Pg ");
            syntax::reference(out, page_ids[page as usize]);
        }
        out.extend_from_slice(b"/K[");
        for (_, kid) in &node.kids {
            match *kid {
                Kid::Node(id) => syntax::reference(out, self.first + id),
                Kid::Mark { page: on, number } if Some(on) == page => syntax::integer(out, i64::from(number)),
                Kid::Mark { page: on, number } => {
                    let _ = write!(out, "<</Type/MCR/Pg {} 0 R/MCID {number}>>", page_ids[on as usize]);
                }
                Kid::Annotation { page: on, id } => {
                    let _ = write!(out, "<</Type/OBJR/Pg {} 0 R/Obj {id} 0 R>>", page_ids[on as usize]);
                }
            }
            out.push(b' ');
        }
        out.extend_from_slice(b"]>>");
    }

    /// The parent tree: for each page the nodes of its marked stretches, behind them the node of each annotation.
    fn parents(&self, pages: &[Content], annotations: &[ElementId], file: &mut File) -> u32 {
        let arrays = file.reserve(pages.len());
        let keys = pages.len() + annotations.len();
        let leaves = file.reserve(keys.div_ceil(SHARE));
        let root = file.reserve(1);
        let packed: Vec<_> = pages
            .par_chunks(SHARE)
            .enumerate()
            .map(|(chunk, pages)| {
                let mut batch = Batch::default();
                for (at, content) in pages.iter().enumerate() {
                    let out = batch.object(arrays + (chunk * SHARE + at) as u32);
                    out.push(b'[');
                    content.marks.iter().for_each(|mark| drop(write!(out, "{} 0 R ", self.object(mark.element))));
                    out.push(b']');
                }
                batch.pack()
            })
            .collect();
        file.packed.extend(packed);
        let mut batch = Batch::default();
        for (leaf, from) in (0..keys).step_by(SHARE).enumerate() {
            let to = (from + SHARE).min(keys);
            let out = batch.object(leaves + leaf as u32);
            let _ = write!(out, "<</Limits[{from} {}]/Nums[", to - 1);
            for key in from..to {
                let value = match key.checked_sub(pages.len()) {
                    None => arrays + key as u32,
                    Some(annotation) => self.object(annotations[annotation]),
                };
                let _ = write!(out, "{key} {value} 0 R ");
            }
            out.extend_from_slice(b"]>>");
        }
        let out = batch.object(root);
        out.extend_from_slice(b"<</Kids[");
        for leaf in 0..keys.div_ceil(SHARE) {
            let _ = write!(out, "{} 0 R ", leaves + leaf as u32);
        }
        out.extend_from_slice(b"]>>");
        file.packed.push(batch.pack());
        root
    }

    fn root(&self, book: &Book, next_key: usize, parents: u32, file: &mut File) {
        let mut batch = Batch::default();
        // Notes alone have names: a reader goes by them from the call to the note.
        let mut names: Vec<(String, u32)> = self
            .nodes
            .iter()
            .enumerate()
            .filter(|(_, node)| node.outer && book.elements[node.element as usize].role == Role::Note)
            .map(|(at, node)| (note_name(node.element), self.first + at as u32))
            .collect();
        names.sort();
        let leaves = file.reserve(names.len().div_ceil(SHARE));
        for (leaf, names) in names.chunks(SHARE).enumerate() {
            let out = batch.object(leaves + leaf as u32);
            let _ = write!(out, "<</Limits[({})({})]/Names[", names[0].0, names[names.len() - 1].0);
            names.iter().for_each(|(name, id)| drop(write!(out, "({name}){id} 0 R ")));
            out.extend_from_slice(b"]>>");
        }
        let out = batch.object(self.root);
        let _ =
            write!(out, "<</Type/StructTreeRoot/K[{} 0 R]/ParentTree {parents} 0 R/ParentTreeNextKey {next_key}", self.first);
        out.extend_from_slice(ROLE_MAP.as_bytes());
        if !names.is_empty() {
            out.extend_from_slice(b"/IDTree<</Kids[");
            (0..names.len().div_ceil(SHARE)).for_each(|leaf| drop(write!(out, "{} 0 R ", leaves + leaf as u32)));
            out.extend_from_slice(b"]>>");
        }
        out.extend_from_slice(b">>");
        file.packed.push(batch.pack());
    }
}

/// A name for a note, unique in the file.
fn note_name(element: u32) -> String {
    format!("note-{element:08}")
}

/// Language, alternative text, and the attributes that readers aloud need.
fn said_of(out: &mut Vec<u8>, element: &Element, number: u32, figure: Option<&[f32; 4]>) {
    if let Some(lang) = &element.lang {
        out.extend_from_slice(b"/Lang");
        syntax::text(out, lang);
    }
    if let Some(alt) = &element.alt {
        // Of words, it is what they are short for (ISO 32000-1, 14.9.5).
        out.extend_from_slice(if element.role == Role::Span { b"/E".as_slice() } else { b"/Alt" });
        syntax::text(out, if alt.is_empty() { " " } else { alt });
    }
    match element.role {
        Role::Note => drop(write!(out, "/ID({})", note_name(number))),
        Role::HeadCell { of_row, cols, rows } => {
            let scope = if of_row { "Row" } else { "Column" };
            let _ = write!(out, "/A<</O/Table/Scope/{scope}");
            spans(out, cols, rows);
            out.extend_from_slice(b">>");
        }
        Role::Cell { cols, rows } if cols > 1 || rows > 1 => {
            out.extend_from_slice(b"/A<</O/Table");
            spans(out, cols, rows);
            out.extend_from_slice(b">>");
        }
        Role::List(numbering) => {
            let name = match numbering {
                None => "Disc",
                Some(Numbering::Decimal) => "Decimal",
                Some(Numbering::LowerAlpha) => "LowerAlpha",
                Some(Numbering::UpperAlpha) => "UpperAlpha",
                Some(Numbering::LowerRoman) => "LowerRoman",
                Some(Numbering::UpperRoman) => "UpperRoman",
            };
            out.extend_from_slice(format!("/A<</O/List/ListNumbering/{name}>>").as_bytes());
        }
        // Its labels are words, and no numbers (ISO 32000-1, table 347).
        Role::Definitions => out.extend_from_slice(b"/A<</O/List/ListNumbering/None>>"),
        Role::Figure => {
            if let Some(bounds) = figure {
                out.extend_from_slice(b"/A<</O/Layout/Placement/Block/BBox[");
                for bound in bounds {
                    syntax::length(out, *bound);
                    out.push(b' ');
                }
                out.extend_from_slice(b"]>>");
            }
        }
        Role::Document
        | Role::Front
        | Role::Section
        | Role::Title
        | Role::Heading(_)
        | Role::Paragraph
        | Role::Quote
        | Role::Group
        | Role::Index
        | Role::Verse
        | Role::Line
        | Role::Item
        | Role::Label
        | Role::ItemBody
        | Role::Table
        | Role::TableHead
        | Role::TableBody
        | Role::Row
        | Role::Cell { .. }
        | Role::CodeBlock
        | Role::Code
        | Role::Formula
        | Role::Caption
        | Role::NoteCall
        | Role::Link
        | Role::Contents
        | Role::ContentsEntry
        | Role::Folios
        | Role::Span
        | Role::Ruby
        | Role::RubyBase
        | Role::RubyText
        | Role::Emphasis
        | Role::Strong => {}
    }
}

/// How many columns and rows a cell takes, where they are several (ISO 32000-1, table 349).
fn spans(out: &mut Vec<u8>, cols: u16, rows: u16) {
    for (name, count) in [("ColSpan", cols), ("RowSpan", rows)] {
        if count > 1 {
            let _ = write!(out, "/{name} {count}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::closed_up;

    #[test]
    fn no_level_of_heading_is_skipped() {
        let mut above = Vec::new();
        let levels = [2, 4, 4, 3, 1, 6, 2].map(|level| closed_up(level, &mut above));
        assert_eq!(levels, [1, 2, 2, 2, 1, 2, 2]);
    }
}
