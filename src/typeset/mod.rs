//! The typesetter: it knows no PDF. Shape, break into lines, fill pages; its product is a [`Book`] of placed items.
//!
//! The work is cut into stretches that are set side by side; the pages are filled in one pass over them all.

mod blocks;
mod breaker;
mod column;
mod compose;
mod design;
mod ends;
mod fonts;
mod front;
mod galley;
mod hang;
mod heads;
mod hyphens;
mod line;
mod math;
mod page;
mod paginate;
mod setter;
mod shape;
mod strand;
mod stretch;
mod structure;
mod table;

pub use design::{Cut, Design, Faces, Folios, Front, Head, Margins, Opening, Size, Type};
pub use page::{
    Book, Bookmark, Element, ElementId, Face, FontId, Furniture, Glyph, Item, Page, Part, Placed, Role, Run, Target,
};

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use crate::env::Env;
use crate::report::Report;
use crate::span::Span;
use crate::tree::{self, Document};

use fonts::Fonts;
use galley::Galley;
use heads::Heads;
use paginate::{Frame, Leaf};
use setter::Setter;
use shape::Shaper;
use stretch::Plan;
use structure::{Lookup, Structure};

/// Sets a work in type.
pub fn typeset<'a>(doc: &Document, design: &Design, env: &'a Env, report: &mut Report) -> Book<'a> {
    let design = &design.for_language(&doc.meta.language);
    let fonts = Fonts::load(&design.faces, env, report);
    let plan = Plan::of(doc, design);
    let mut pages = plan.guess(design);
    let mut set = set(doc, design, env, &fonts, &plan, pages);
    // The inner margin follows the number of pages, and they follow it. Two rounds settle it but where a book is right at a
    // limit: there the wider margin stays.
    for _ in 0..3 {
        if design.inner(set.leaves.len()) <= design.inner(pages) {
            break;
        }
        pages = set.leaves.len();
        set = self::set(doc, design, env, &fonts, &plan, pages);
    }
    remark_lacking(&set.lacking, report);
    let Set { leaves, elements, bookmarks, .. } = set;
    let pages = leaves.into_iter().map(|leaf| leaf.page).collect();
    Book { width: design.trim.width, height: design.trim.height, pages, elements, faces: fonts.faces, bookmarks }
}

/// A work on pages of one width.
struct Set {
    leaves: Vec<Leaf>,
    elements: Vec<Element>,
    bookmarks: Vec<Bookmark>,
    lacking: BTreeMap<char, Span>,
}

fn set(doc: &Document, design: &Design, env: &Env, fonts: &Fonts, plan: &Plan, pages: usize) -> Set {
    let language = &doc.meta.language;
    let frame = Frame::new(design, design.inner(pages), tree::is_right_to_left(language));
    let setters = Mutex::new(Vec::new());
    let hire = || setters.lock().unwrap_or_else(PoisonError::into_inner).pop();
    let new = || Setter::new(design, env, frame.width, Shaper::new(fonts));
    let stretches: Vec<(Galley, Structure)> = plan
        .stretches()
        .into_par_iter()
        .map(|stretch| {
            let mut setter = hire().unwrap_or_else(new);
            let done = stretch::set(&stretch, language, &mut setter);
            setters.lock().unwrap_or_else(PoisonError::into_inner).push(setter);
            done
        })
        .collect();
    let (galleys, mut structures): (Vec<Galley>, Vec<Structure>) = stretches.into_iter().unzip();
    let starts = structures.iter().scan(1, |next, structure| {
        let start = *next;
        *next += structure.begun();
        Some(start)
    });
    let mut body = paginate::pages(galleys, &starts.collect::<Vec<_>>(), &frame);
    if body.is_empty() {
        body.push(Leaf { blank: true, ..Leaf::default() });
    }
    (1..).zip(&mut body).for_each(|(number, leaf): (usize, _)| leaf.page.label = number.to_string());
    body.iter_mut().take(1).for_each(|leaf| leaf.opens = true);

    let mut setter = hire().unwrap_or_else(new);
    let entries = plan.entries(&body);
    let (galley, structure) = front::front(doc, &entries, frame.height, &mut setter);
    let shift = structure.begun();
    body.par_iter_mut().for_each(|leaf| paginate::shift(&mut leaf.page.items, shift));
    structures.insert(0, structure);
    let mut leaves = paginate::pages(vec![galley], &[1], &frame);
    // The text begins on a recto.
    if leaves.len() % 2 == 1 {
        leaves.push(Leaf { blank: true, ..Leaf::default() });
    }
    (1..).zip(&mut leaves).for_each(|(number, leaf)| leaf.page.label = roman(number));
    let authors = doc.meta.authors();
    let left = if authors.is_empty() { &doc.meta.title } else { &authors };
    let right = |section: Option<u32>| section.map_or(&*doc.meta.title, |section| plan.chapter(section));
    heads::furnish(&mut body, &Heads { left, right: &right, lang: language }, &frame, &mut setter);
    leaves.append(&mut body);
    setters.lock().unwrap_or_else(PoisonError::into_inner).push(setter);
    let (elements, lookup) = Structure::join(structures, language);
    let lacking = lacking(setters.into_inner().unwrap_or_else(PoisonError::into_inner));
    Set { leaves, elements, bookmarks: bookmarks(plan, &lookup), lacking }
}

/// The characters that no face has, each with its first place.
fn lacking(setters: Vec<Setter>) -> BTreeMap<char, Span> {
    let mut all: BTreeMap<char, Span> = BTreeMap::new();
    for (c, span) in setters.into_iter().flat_map(|setter| setter.lacking) {
        all.entry(c).and_modify(|first| *first = span.min(*first)).or_insert(span);
    }
    all
}

fn remark_lacking(lacking: &BTreeMap<char, Span>, report: &mut Report) {
    for (c, span) in lacking {
        report
            .warn("character-missing", *span, format!("no font has {c:?} (U+{:04X}); a replacement stands for it", *c as u32))
            .hint("name a font that has it under [pdf.fonts] others, or let the system's be asked: system = true");
    }
}

fn bookmarks(plan: &Plan, lookup: &Lookup) -> Vec<Bookmark> {
    let all = plan.headings.iter().enumerate();
    all.filter_map(|(section, heading)| {
        let element = lookup.heading(section as u32)?;
        Some(Bookmark { depth: heading.depth, title: heading.title.clone(), element })
    })
    .collect()
}

/// A number in small Roman letters: the folios of pages before the text.
pub fn roman(mut number: usize) -> String {
    const DIGITS: [(usize, &str); 13] = [
        (1000, "m"),
        (900, "cm"),
        (500, "d"),
        (400, "cd"),
        (100, "c"),
        (90, "xc"),
        (50, "l"),
        (40, "xl"),
        (10, "x"),
        (9, "ix"),
        (5, "v"),
        (4, "iv"),
        (1, "i"),
    ];
    let mut out = String::new();
    for (value, digit) in DIGITS {
        while number >= value {
            out.push_str(digit);
            number -= value;
        }
    }
    out
}
