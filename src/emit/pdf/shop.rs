//! What a print shop would send a file back for, told before it is sent.

use std::collections::BTreeMap;

use crate::env::Env;
use crate::report::Report;
use crate::tree::short_name;
use crate::typeset::{Book, Item};

/// The pixels to an inch under which a picture looks coarse in print: what shops ask for, of photographs in a screen of 150 lines.
const LEAST_PIXELS: f32 = 300.0;

/// Says what of a book for the press is better mended first.
pub fn remark(book: &Book, env: &Env, report: &mut Report) {
    let mut coarse: BTreeMap<&str, f32> = BTreeMap::new();
    for placed in book.pages.iter().flat_map(|page| &page.items) {
        let Item::Image { target, width, .. } = &placed.item else { continue };
        let Some(picture) = env.images.get(target).filter(|picture| picture.drawing.is_none()) else { continue };
        let pixels = picture.upright().0 as f32 / (width.max(0.1) / 72.0);
        if pixels < LEAST_PIXELS {
            let least = coarse.entry(target).or_insert(pixels);
            *least = least.min(pixels);
        }
    }
    if let Some((target, pixels)) = coarse.iter().min_by(|a, b| a.1.total_cmp(b.1)) {
        let others = match coarse.len() - 1 {
            0 => String::new(),
            more => format!(", and {more} more have too few, too"),
        };
        let message = format!("the picture {} has {pixels:.0} pixels to an inch in print{others}", short_name(target));
        report
            .warn("picture-coarse", None, message)
            .hint(format!("give it with more pixels, or show it smaller, so that it has {LEAST_PIXELS}"));
    }
    if book.pages.len() % 2 == 1 {
        report
            .remark("pages-odd", None, format!("the book has {} pages, and a leaf has two", book.pages.len()))
            .hint("the shop adds a white page at its end");
    }
}
