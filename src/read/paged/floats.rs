//! What may stand between two halves of a sentence without being a part of it: figures, their captions, tables, the number of an
//! equation, an address of an image. A printer sets them where the page has room.

use super::feet::is_rule;
use super::numbers;
use crate::tree::{Block, FIGURE, Inline, Node, plain_text};

/// What captions begin with, in lower case.
const CAPTIONS: &[&str] = &[
    "figure",
    "fig",
    "figs",
    "table",
    "tab",
    "plate",
    "plates",
    "map",
    "chart",
    "scheme",
    "box",
    "abbildung",
    "abb",
    "tabelle",
    "tafel",
    "bild",
    "tableau",
    "planche",
    "pl",
    "carte",
    "figura",
    "tabla",
    "cuadro",
    "lámina",
    "tabela",
    "tavola",
    "tav",
    "afbeelding",
    "tabel",
    "figuur",
    "rys",
    "tablica",
    "рис",
    "рисунок",
    "таблица",
    "табл",
    "εικόνα",
    "εικ",
    "πίνακας",
    "شكل",
    "جدول",
    "圖",
    "图",
    "表",
    "図",
    "algorithm",
    "listing",
];

/// Whether a line opens a caption: `Figure 3.`, `Tab. IV:`, `[Illustration: …]`.
pub fn is_caption(line: &str) -> bool {
    let line = line.trim();
    if line.starts_with("[Illustration") {
        return true;
    }
    let bare = strip_anchors(line).trim_start_matches(['*', '_', '<', '[', '(']).trim_start();
    let word: String = bare.chars().take_while(|c| c.is_alphabetic()).collect();
    let rest = bare[word.len()..].trim_start_matches(['.', ' ', '\u{A0}', '*', '_']);
    let number: String = rest.chars().take_while(|c| c.is_alphanumeric()).collect();
    let numbered =
        numbers::value(number.trim_end_matches(|c: char| c.is_ascii_lowercase())).or_else(|| numbers::value(&number)).is_some();
    let behind = rest[number.len()..].chars().next();
    CAPTIONS.contains(&word.to_lowercase().as_str())
        && numbered
        && behind.is_none_or(|c| {
            matches!(c, '.' | ':' | ')' | ']' | '-' | '–' | '—' | '*' | '|' | '_')
                || c == ' ' && rest[number.len()..].trim_start().starts_with(char::is_uppercase)
        })
}

/// `(7.2)`: the number of an equation alone on a line.
pub fn is_equation_number(line: &str) -> bool {
    let inner = line.trim().strip_prefix(['(', '[']).and_then(|rest| rest.strip_suffix([')', ']']));
    inner.is_some_and(|inner| {
        !inner.is_empty()
            && inner.len() <= 8
            && inner.contains(|c: char| c.is_ascii_digit())
            && inner.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '–'))
    })
}

/// Whether a line is an address and nothing else.
pub fn is_address(line: &str) -> bool {
    let line = line.trim().trim_matches(['<', '>']);
    !line.contains(char::is_whitespace)
        && (line.starts_with("http://") || line.starts_with("https://") || line.starts_with("doi:"))
}

/// Whether a line is an image and nothing else.
pub fn is_image(line: &str) -> bool {
    let line = line.trim();
    line.starts_with("![") && line.ends_with(')')
        || line.starts_with("<!-- image")
        || line.starts_with("<img") && line.ends_with('>')
}

/// A line without the tags that only say where it stands: `<div style="text-align: center;">`, `<center>`.
fn strip_containers(line: &str) -> &str {
    let mut line = line.trim_start();
    while ["<div", "<center", "<figure", "<html", "<body", "<p "].iter().any(|tag| line.starts_with(tag)) {
        let Some(end) = line.find('>') else { return line };
        line = line[end + 1..].trim_start();
    }
    line
}

/// Whether a line has words that PyMuPDF4LLM found in a picture: each piece ends in a break.
fn is_of_picture(line: &str) -> bool {
    let line = line.trim();
    let said = line.strip_suffix("<!-- End of picture text -->").unwrap_or(line).trim_end();
    line.starts_with("<!-- Start of picture text") || said.ends_with("<br>") && !said.starts_with("**")
}

/// Whether a group of lines floats, by its first line and how many there are.
pub fn is_float(first: &str, lone: bool) -> bool {
    let line = strip_containers(first);
    if line.len() < first.trim_start().len() && (line.starts_with("<img") || line.is_empty()) {
        return true;
    }
    is_caption(line)
        || is_of_picture(line)
        || is_image(line)
        || line.starts_with('|')
        || line.starts_with("<table")
        || lone && (is_equation_number(line) || is_address(line) || is_rule(line) || line.starts_with("<!--"))
}

/// Nodes of a line that may be a caption.
const LONGEST: usize = 256;

/// Whether a block of the text floats.
pub fn floats(node: &Node<Block>) -> bool {
    match &node.kind {
        Block::Table(_) | Block::Figure { .. } | Block::Comment(_) | Block::Rule => true,
        Block::Group(_) => node.attrs.as_ref().is_some_and(|attrs| attrs.classes.iter().any(|class| class == FIGURE)),
        Block::Paragraph(line) => {
            // What is longer floats only if it is nothing but images.
            let text = plain_text(&line[..line.len().min(LONGEST)]);
            let lone = !text.trim().contains('\n');
            let image = line.iter().all(|node| match &node.kind {
                Inline::Image(_) | Inline::LineBreak | Inline::Comment(_) => true,
                Inline::Text(text) => text.trim().is_empty(),
                Inline::Span(inner) => inner.is_empty(),
                _ => false,
            });
            let said = line.iter().rev().find(|node| !matches!(node.kind, Inline::Comment(_)));
            let of_picture = said.is_some_and(|node| matches!(node.kind, Inline::LineBreak));
            image || of_picture || is_caption(&text) || lone && (is_equation_number(&text) || is_address(&text))
        }
        _ => false,
    }
}

/// Whether a line may be words out of a picture: few, and no sentence.
pub fn is_label(line: &str) -> bool {
    let line = line.trim();
    line.chars().nth(LABEL).is_none()
        && line.split_whitespace().nth(4).is_none()
        && line.contains(char::is_alphanumeric)
        && !line.ends_with(['.', ',', ';', ':', '!', '?', '-', '”', '»'])
        && !line.starts_with(['#', '|', '>', '<', '[', '-', '*', '$', '\\'])
}

/// Words out of a picture have fewer letters.
const LABEL: usize = 32;

/// What a plate says of itself: its title in capitals, and where the binder is to set it.
fn is_of_plate(line: &str) -> bool {
    let line = line.trim().trim_matches(['[', ']', '(', ')']);
    let is_title = || line.contains(char::is_uppercase) && !line.contains(char::is_lowercase);
    line.chars().nth(LABEL).is_none() && (is_title() || line.starts_with("To face p") || line.starts_with("Facing p"))
}

/// How many blocks, from the first on, float: among figures and their captions words out of the pictures, too, and of plates all that a
/// page of their own has, and its break.
pub fn run<'b>(blocks: impl Iterator<Item = &'b Node<Block>> + Clone) -> usize {
    let label = |node: &Node<Block>| match &node.kind {
        Block::Paragraph(line) if line.len() <= LONGEST => {
            let said = plain_text(line);
            is_label(&said) || is_of_plate(&said)
        }
        Block::PageBreak(_) => true,
        _ => false,
    };
    let worded = blocks.clone().take_while(|node| floats(node) || label(node)).count();
    let pictured = blocks.clone().take(worded).any(|node| match &node.kind {
        Block::Figure(_) | Block::Group(_) => true,
        Block::Paragraph(_) => floats(node),
        _ => false,
    });
    if pictured { worded } else { blocks.take_while(|node| floats(node)).count() }
}

/// A line without the empty anchors that tools set before it.
pub fn strip_anchors(line: &str) -> &str {
    let mut line = line.trim_start();
    while line.starts_with("<span id=") || line.starts_with("<a id=") || line.starts_with("<a name=") {
        let Some(end) =
            line.find("></span>").map(|at| at + "></span>".len()).or_else(|| line.find("></a>").map(|at| at + "></a>".len()))
        else {
            return line;
        };
        line = line[end..].trim_start();
    }
    line
}
