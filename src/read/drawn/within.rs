//! HTML of which an attribute says that it holds Markdown (Markdown Extra, kramdown, pandoc): `<div markdown="1">`. What stands between
//! blank lines in HTML is Markdown, so these are set around it.

use super::{Line, Piece};

/// What Notion exports its boxes as: Markdown stands in it without a word that says so.
pub const ASIDE: &str = "<aside>";

/// The element that begins at a line, with blank lines around what it holds, and the line behind it.
pub fn at(lines: &[Line], at: usize) -> Option<(Vec<Piece>, usize)> {
    let line = &lines[at];
    let own = line.own();
    let name = own.strip_prefix('<')?;
    let name = &name[..name.bytes().take_while(u8::is_ascii_alphanumeric).count()];
    // Blank lines end what stands around it.
    (!name.is_empty() && line.before().is_empty() && name != "pre").then_some(())?;
    let end = own.find('>')?;
    // Without a value, as Material for MkDocs has it, it means the same.
    let said = if own == ASIDE { end } else { own[..end].find(" markdown")? };
    let behind = if own == ASIDE { end } else { said + " markdown".len() };
    let value = &own[behind..end];
    let form = ["=\"1\"", "=\"block\"", "=\"span\"", "=\"true\"", "='1'", "=1", "=block", "=true", ""]
        .into_iter()
        .find(|form| value.starts_with(form) && matches!(value[form.len()..].bytes().next(), None | Some(b' ' | b'/')))?;
    let close = format!("</{name}>");
    let open = format!("<{name}");
    // Elements of its name inside it may hold their own.
    let mut depth = 0_usize;
    let mut last = None;
    for (number, line) in lines[at..].iter().enumerate().take(5000) {
        let own = line.own().to_ascii_lowercase();
        depth += own.matches(&open).count();
        let closed = own.matches(&close).count();
        if closed >= depth {
            last = Some(at + number);
            break;
        }
        depth -= closed;
    }
    let last = last?;
    let place = |own: std::ops::Range<usize>| Piece::Kept(line.place(own));
    let made = |text: &str| Piece::Made(text.to_owned());
    let mut pieces = vec![place(0..said)];
    pieces.push(place(behind + form.len()..end + 1));
    pieces.push(made("\n\n"));
    let inner = |line: &Line, from: usize, to: usize| Piece::Kept(line.start + from..line.start + to);
    if last == at {
        let ends = own.to_ascii_lowercase().rfind(&close)?;
        pieces.push(place(end + 1..ends));
        pieces.push(made("\n\n"));
        pieces.push(place(ends..own.len()));
        pieces.push(made("\n\n"));
        return Some((pieces, at + 1));
    }
    pieces.push(place(end + 1..own.len()));
    pieces.push(made("\n"));
    for line in &lines[at + 1..last] {
        pieces.push(inner(line, 0, line.text.len()));
        pieces.push(made("\n"));
    }
    let line = &lines[last];
    let ends = line.text.to_ascii_lowercase().rfind(&close)?;
    pieces.push(inner(line, 0, ends));
    pieces.push(made("\n\n"));
    pieces.push(inner(line, ends, line.text.len()));
    pieces.push(made("\n\n"));
    Some((pieces, last + 1))
}
