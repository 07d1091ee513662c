//! What a reader opens beside the pages: the bookmarks, and the pages' own numbers.

use std::io::Write;

use lopdf::{Dictionary, Object, dictionary, text_string};

use super::file::{Batch, File, SHARE};
use super::links::{Places, destination};
use super::syntax;
use crate::typeset::{Book, Bookmark};

/// Writes the bookmarks and gives their root's number back. None where the work has no heading.
pub fn bookmarks(book: &Book, page_ids: &[u32], places: &Places, file: &mut File) -> Option<u32> {
    if book.bookmarks.is_empty() {
        return None;
    }
    let family = Family::of(&book.bookmarks);
    let root = file.reserve(1 + book.bookmarks.len());
    let id = |at: usize| root + 1 + at as u32;
    let mut batch = Batch::default();
    let out = batch.object(root);
    let (first, last) = family.ends(None);
    let _ = write!(out, "<</Type/Outlines/First {} 0 R/Last {} 0 R/Count {}>>", id(first), id(last), family.roots.len());
    let mut batches = vec![batch];
    for (chunk, marks) in book.bookmarks.chunks(SHARE).enumerate() {
        let mut batch = Batch::default();
        for (at, mark) in marks.iter().enumerate().map(|(at, mark)| (chunk * SHARE + at, mark)) {
            let out = batch.object(id(at));
            out.extend_from_slice(b"<</Title");
            syntax::text(out, if mark.title.is_empty() { "\u{2026}" } else { &mark.title });
            let _ = write!(out, "/Parent {} 0 R", family.parents[at].map_or(root, id));
            let siblings = family.siblings(family.parents[at]);
            let place = family.position[at];
            if place > 0 {
                let _ = write!(out, "/Prev {} 0 R", id(siblings[place - 1]));
            }
            if let Some(next) = siblings.get(place + 1) {
                let _ = write!(out, "/Next {} 0 R", id(*next));
            }
            if !family.children[at].is_empty() {
                let (first, last) = family.ends(Some(at));
                // Negative: closed until the reader opens it.
                let _ = write!(out, "/First {} 0 R/Last {} 0 R/Count -{}", id(first), id(last), family.children[at].len());
            }
            let (page, top) = places[mark.element.0 as usize].unwrap_or((0, 0.0));
            destination(out, page_ids[page as usize], top);
            out.extend_from_slice(b">>");
        }
        batches.push(batch);
    }
    file.packed.extend(batches.into_iter().map(Batch::pack));
    Some(root)
}

/// Who stands under whom.
struct Family {
    roots: Vec<usize>,
    parents: Vec<Option<usize>>,
    children: Vec<Vec<usize>>,
    /// The place among the siblings.
    position: Vec<usize>,
}

impl Family {
    fn of(marks: &[Bookmark]) -> Self {
        let mut family = Self {
            roots: Vec::new(),
            parents: Vec::with_capacity(marks.len()),
            children: vec![Vec::new(); marks.len()],
            position: Vec::with_capacity(marks.len()),
        };
        let mut above: Vec<usize> = Vec::new();
        for (at, mark) in marks.iter().enumerate() {
            above.truncate(mark.depth.saturating_sub(1));
            let parent = above.last().copied();
            let siblings = parent.map_or(&mut family.roots, |parent| &mut family.children[parent]);
            family.position.push(siblings.len());
            siblings.push(at);
            family.parents.push(parent);
            above.push(at);
        }
        family
    }

    fn siblings(&self, parent: Option<usize>) -> &[usize] {
        parent.map_or(&self.roots, |parent| &self.children[parent])
    }

    fn ends(&self, parent: Option<usize>) -> (usize, usize) {
        let all = self.siblings(parent);
        (all[0], all[all.len() - 1])
    }
}

/// The page labels (ISO 32000-1, 12.4.2): ranges that count on from their first page.
pub fn page_labels(book: &Book) -> Dictionary {
    let mut ranges: Vec<Object> = Vec::new();
    let mut last: Option<(Style, u32)> = None;
    for (at, page) in book.pages.iter().enumerate() {
        let label = read(&page.label, last);
        if label.is_none() || label != last.map(|(style, number)| (style, number + 1)) {
            ranges.push(Object::Integer(at as i64));
            ranges.push(Object::Dictionary(match label {
                Some((style, number)) => dictionary! { "S" => style.name(), "St" => i64::from(number) },
                None => dictionary! { "P" => text_string(&page.label) },
            }));
        }
        last = label;
    }
    dictionary! { "Nums" => ranges }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Decimal,
    Roman,
}

impl Style {
    fn name(self) -> &'static str {
        match self {
            Self::Decimal => "D",
            Self::Roman => "r",
        }
    }
}

fn read(label: &str, last: Option<(Style, u32)>) -> Option<(Style, u32)> {
    let decimal = label.parse().ok().filter(|number: &u32| *number > 0 && number.to_string() == label);
    let next = last.filter(|(style, _)| *style == Style::Roman).map_or(1, |(_, number)| number + 1);
    // Roman numbers are only ever counted on, or begun: a lone "c" is a letter.
    let roman = || (1..=next).rev().find(|number| crate::typeset::roman(*number as usize) == label);
    decimal.map(|number| (Style::Decimal, number)).or_else(|| roman().map(|number| (Style::Roman, number)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::typeset::{ElementId, Page};

    #[test]
    fn labels_become_ranges() {
        let pages = ["i", "ii", "iii", "1", "2", "2a", "3", "4"].map(|label| Page { label: label.into(), items: Vec::new() });
        let book = Book { pages: pages.into(), ..Book::default() };
        let mut got = Vec::new();
        syntax::dictionary(&mut got, &page_labels(&book));
        let want = "<</Nums [0 <</S /r/St 1>> 3 <</S /D/St 1>> 5 <</P (2a)>> 6 <</S /D/St 3>>]>>";
        assert_eq!(String::from_utf8(got).expect("ASCII"), want);
    }

    #[test]
    fn bookmarks_stand_under_each_other() {
        let marks = [1, 2, 2, 1, 3].map(|depth| Bookmark { depth, title: String::new(), element: ElementId(0) });
        let family = Family::of(&marks);
        assert_eq!(family.parents, [None, Some(0), Some(0), None, Some(3)]);
        assert_eq!((family.ends(None), family.ends(Some(0))), ((0, 3), (1, 2)));
    }
}
