//! Links lead where the tree says, and images are those that the tree names.

use std::collections::BTreeMap;

use image::imageops::FilterType;

use super::{Findings, Pair, drawing, pair_of, spot_found, word_from};
use crate::budget::Budget;
use crate::env::{Orientation, Picture as Loaded};
use crate::verify::Tally;
use crate::verify::reading::{Found, Height, Picture, Place, Reading, Target, arrives};
use crate::verify::script::{Script, Which, address};
use crate::verify::words::Kind;

/// The items of a kind that both sides have: their ranks among the items of that kind, and the position in the tree's flow.
fn ranks(pair: &Pair, kind: Kind) -> Vec<(usize, usize, usize)> {
    let there: Vec<_> = pair.have.flow.of_kind(kind).collect();
    let own = pair.want.flow.of_kind(kind).enumerate();
    own.filter_map(|(rank, at)| Some((rank, there.binary_search(&pair.found(at)?).ok()?, at))).collect()
}

/// Compares every image with the one that was loaded, byte for byte or, scaled, by what it shows.
pub fn images(pairs: &[Pair], findings: &mut Findings) -> Tally {
    let mut tally = Tally::default();
    for pair in pairs {
        tally.expected += pair.want.images.len();
        for (rank, there, at) in ranks(pair, Kind::Image) {
            let (Some(image), Some(found)) = (pair.want.images.get(rank), pair.have.images.get(there)) else { continue };
            let wrong = match (found, findings.env.images.get(&image.target)) {
                (Picture::Address(there), _) => (address(there) != address(&image.target)).then_some("another address"),
                (_, None) => None,
                (Picture::Missing, Some(_)) => Some("nothing that can be shown"),
                (Picture::Bytes(bytes), Some(own)) if **bytes == *own.bytes && own.drawing.is_none() => None,
                (Picture::Bytes(bytes), Some(own)) if own.drawing.is_some() => {
                    (!drawing::same(&own.bytes, bytes)).then_some("another drawing")
                }
                (Picture::Drawing, Some(own)) => own.drawing.is_none().then_some("a drawing"),
                (Picture::Bytes(bytes), Some(own)) => {
                    let shown = findings.env.budget.decode(bytes, |image, _| image.into_luma8()).ok();
                    (!shown.is_some_and(|shown| shows(own, own.turn, &shown, &findings.env.budget)))
                        .then_some("another picture")
                }
                (Picture::Pixels(width, height, grey), Some(own)) => {
                    let shown = image::GrayImage::from_raw(*width, *height, grey.clone());
                    // A page turns it.
                    let as_kept = Orientation::NoTransforms;
                    (!shown.is_some_and(|shown| shows(own, as_kept, &shown, &findings.env.budget))).then_some("another picture")
                }
            };
            match wrong {
                // What could not be read when the book was made was told then; nobody sees it.
                None => tally.found += usize::from(!matches!(found, Picture::Missing)),
                Some(wrong) => {
                    let place = pair.found(at).and_then(|found| pair.place(found));
                    findings.tell("image-changed", pair.span(at), place, format!("the image {} is {wrong}", image.target));
                }
            }
        }
    }
    tally
}

/// How many pixels a side images are compared at: what scaling and JPEG do to a picture is gone, what it shows is not.
const SIDE: u32 = 24;

/// The mean difference of grey values, of 255, up to which two images show the same. Scaling and JPEG at quality 80 stayed below
/// 3 on photographs and drawings; other pictures are above 20.
const NOISE: u32 = 6;

fn shows(own: &Loaded, turn: Orientation, shown: &image::GrayImage, budget: &Budget) -> bool {
    let turned = |mut own: image::DynamicImage, _| {
        own.apply_orientation(turn);
        on_white(&own)
    };
    let Ok(grey) = budget.decode(&own.bytes, turned) else { return false };
    let close = |a: u32, b: u32, c: u32, d: u32| (f64::from(a) / f64::from(b) - f64::from(c) / f64::from(d)).abs() < 0.05;
    if !close(grey.width(), grey.height().max(1), shown.width(), shown.height().max(1)) {
        return false;
    }
    let small = |image: &image::GrayImage| image::imageops::resize(image, SIDE, SIDE, FilterType::Triangle).into_raw();
    let (a, b) = (small(&grey), small(shown));
    let difference: u32 = a.iter().zip(&b).map(|(a, b)| u32::from(a.abs_diff(*b))).sum();
    difference / (SIDE * SIDE) <= NOISE
}

/// Grey values, with what is transparent in white, as on paper.
pub fn on_white(image: &image::DynamicImage) -> image::GrayImage {
    let pixels = image.to_luma_alpha8();
    image::GrayImage::from_fn(pixels.width(), pixels.height(), |x, y| {
        let [grey, alpha] = pixels.get_pixel(x, y).0.map(u32::from);
        image::Luma([((grey * alpha + 255 * (255 - alpha)) / 255) as u8])
    })
}

/// Checks that links inside the work arrive where they should.
pub fn links(
    script: &Script,
    reading: &Reading,
    numbers: &BTreeMap<u32, usize>,
    pairs: &[Pair],
    findings: &mut Findings,
) -> Tally {
    let mut tally = Tally::default();
    let notes = numbers.iter().map(|(number, at)| (*at, *number)).collect();
    for pair in pairs {
        tally.expected += pair.want.links.len();
        for (rank, there, at) in ranks(pair, Kind::Link) {
            let (Some(target), Some(found)) = (pair.want.links.get(rank), pair.have.links.get(there)) else {
                tally.found += 1;
                continue;
            };
            let Some(id) = target.strip_prefix('#') else {
                tally.found += 1;
                continue;
            };
            let goal = script.ids.get(id).and_then(|spot| spot_found(*spot, pairs));
            match leads(found, goal, reading, &notes, pairs) {
                Ok(()) => tally.found += 1,
                Err((code, reason)) => {
                    let place = pair.found(at).and_then(|found| pair.place(found));
                    findings.tell(code, pair.span(at), place, format!("the link to {target} {reason}"));
                }
            }
        }
    }
    tally
}

/// Where a link of a file leads; `notes` has the numbers of its notes by their positions in it.
fn leads(
    found: &Target,
    goal: Option<(Which, usize)>,
    reading: &Reading,
    notes: &BTreeMap<usize, u32>,
    pairs: &[Pair],
) -> Result<(), (&'static str, String)> {
    match found {
        Target::Address(address) => Err(("link-changed", format!("leads out of the work, to {address}"))),
        Target::Key(key) => {
            let Some((which, at)) = reading.anchors.get(key) else {
                return Err(("link-broken", format!("leads to {key}, which is not there")));
            };
            // The goal's words are lost: that is told already.
            let Some((want, word)) = goal else { return Ok(()) };
            let which = match which {
                Which::Note(at) => notes.get(&(*at as usize)).map(|number| Which::Note(*number)),
                other => Some(*other),
            };
            let flow = which.and_then(|which| pair_of(pairs, which)).map(|pair| &pair.have.flow);
            let arrives = flow.and_then(|flow| word_from(flow, *at));
            if which == Some(want) && arrives == Some(word) || which == Some(Which::Title) && want == Which::Title {
                Ok(())
            } else {
                Err(("link-astray", format!("leads to another place, {key}")))
            }
        }
        Target::Page(page, top) => {
            let Some((which, word)) = goal else { return Ok(()) };
            let Some(pair) = pair_of(pairs, which) else { return Ok(()) };
            match pair.place(word) {
                Some(Place::Pdf { page: own, .. }) if own == *page && stands(pair.have, word, *page, *top) => Ok(()),
                Some(Place::Pdf { page: own, .. }) if own == *page => {
                    Err(("link-astray", format!("leads to another line of page {page}")))
                }
                Some(place) => Err(("link-astray", format!("leads to page {page}; its goal is on {place}"))),
                None => Ok(()),
            }
        }
    }
}

/// Whether a word of a PDF stands right below the height to which a link leads. Of a word inside a stretch it is only known between
/// which heights it stands; an image has no baseline.
fn stands(found: &Found, word: usize, page: usize, top: f32) -> bool {
    if found.flow.kind(word) != Kind::Word {
        return true;
    }
    let end = found.heights.partition_point(|height| height.item <= word);
    let here = |height: &&Height| height.page == page;
    let mut begins = found.heights[..end].iter().rev().take_while(|height| height.item == word).filter(here).peekable();
    if begins.peek().is_some() {
        return begins.any(|height| arrives(top, height.first, height.size));
    }
    let around = found.heights[..end].last().filter(here);
    around.is_none_or(|height| height.last <= top && top < height.first + height.size)
}
