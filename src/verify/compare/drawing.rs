//! A drawing in a book against the one that was read: it brings nothing that runs or loads, and every word of the drawing is still
//! in it, in order.

use crate::verify::xml::{Element, Piece, walk};

/// Whether `shown` is `own`, cleaned.
pub fn same(own: &[u8], shown: &[u8]) -> bool {
    let Some(shown) = std::str::from_utf8(shown).ok().and_then(read) else { return false };
    if !shown.harmless || !shown.is_drawing {
        return false;
    }
    // What this reader can't read, an XML reader of less strictness had to open: packed files and such with entities.
    let Some(own) = std::str::from_utf8(own).ok().and_then(read) else { return true };
    // Pieces of web pages are drawn where nothing else stands in for them: which of them, only whoever draws the page knows.
    own.has_pages || own.words == shown.words
}

struct Drawing {
    is_drawing: bool,
    harmless: bool,
    has_pages: bool,
    words: Vec<String>,
}

fn read(text: &str) -> Option<Drawing> {
    let mut drawing = Drawing { is_drawing: false, harmless: true, has_pages: false, words: Vec::new() };
    let mut open: Vec<String> = Vec::new();
    walk(text, |piece, _| match piece {
        Piece::Open(element) => {
            drawing.is_drawing |= open.is_empty() && element.name == "svg";
            drawing.harmless &= harmless(element);
            drawing.has_pages |= element.name == "foreignObject";
            open.push(element.name.to_owned());
        }
        Piece::Close => drop(open.pop()),
        // What drawing programs remember has titles of its own.
        Piece::Text(text) if !open.iter().any(|name| name == "metadata") => {
            if open.iter().any(|name| matches!(name.as_str(), "text" | "title" | "desc")) {
                drawing.words.extend(text.split_whitespace().map(str::to_owned));
            }
        }
        Piece::Text(_) => {}
    })
    .ok()?;
    // Words are compared, not how they are cut into pieces.
    drawing.words = vec![drawing.words.concat()];
    Some(drawing)
}

fn harmless(element: &Element) -> bool {
    let within = |href: &str| href.starts_with('#') || href.starts_with("data:image/") && !href.starts_with("data:image/svg");
    element.name != "script"
        && element.name != "foreignObject"
        && element.attributes().all(|(name, value)| match name {
            "href" | "xlink:href" => within(value),
            "xmlns" | "xmlns:xlink" => true,
            _ => !name.starts_with("on") && !value.contains("://"),
        })
}
