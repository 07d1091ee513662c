//! Raw HTML in Markdown, by HTML's rules: where a tag ends, what it parts, whose content nobody reads.

use std::ops::Range;

use super::super::stream::Gap;

pub struct Tag {
    /// In lower case.
    pub name: String,
    pub length: usize,
    /// What it parts by standing there.
    pub parts: Gap,
    pub is_comment: bool,
    pub opens: bool,
}

/// Elements that stand on lines of their own.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "caption",
    "center",
    "dd",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "iframe",
    "legend",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "p",
    "pre",
    "search",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "title",
    "tr",
    "ul",
    "lg",
    "l",
    "head",
    "note",
];

/// Whether a line begins a block of HTML that goes on to an empty line (CommonMark 4.6, the sixth kind).
pub fn begins_block(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('<') else { return false };
    let rest = rest.strip_prefix('/').unwrap_or(rest);
    let length = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let (name, behind) = rest.split_at(length);
    // A listing's division may hold its fence right away, as pandoc reads it.
    let is_listing = behind.contains("id=\"lst:") || behind.contains("id=\"lst-");
    !is_listing
        && (behind.is_empty() || behind.starts_with([' ', '\t', '>']) || behind.starts_with("/>"))
        && BLOCKS.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// A tag, a comment, a declaration at the front of `text`.
pub fn tag(text: &str) -> Option<Tag> {
    if let Some(inner) = text.strip_prefix("<!--") {
        // One of nothing is closed by its own hyphens (CommonMark 6.6).
        let empty = ["<!-->", "<!--->"].into_iter().find(|own| text.starts_with(own));
        let length = empty.map_or_else(|| inner.find("-->").map_or(text.len(), |end| end + 7), str::len);
        return Some(Tag { name: String::new(), length, parts: Gap::Close, is_comment: true, opens: false });
    }
    for (open, close) in [("<![CDATA[", "]]>"), ("<?", "?>"), ("<!", ">")] {
        // A declaration begins with its name (CommonMark 6.6).
        let is_named = |behind: &str| open != "<!" || behind.starts_with(|c: char| c.is_ascii_alphabetic());
        if text.strip_prefix(open).is_some_and(is_named) {
            let length = text.find(close)? + close.len();
            return Some(Tag { name: String::new(), length, parts: Gap::Close, is_comment: false, opens: false });
        }
    }
    let closes = text.starts_with("</");
    let inner = text.strip_prefix("</").or_else(|| text.strip_prefix('<'))?;
    let name: String = inner.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | ':' | '_' | '.')).collect();
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let start = text.len() - inner.len() + name.len();
    // A name is followed by white space or by the end; else it is an address or a text in angles.
    if name.ends_with(':') && !closes || !text[start..].starts_with(|c: char| c.is_whitespace() || c == '>' || c == '/') {
        return None;
    }
    let name = name.to_ascii_lowercase();
    let end = match written_end(text, start) {
        Written::Tag(end) => end,
        // What stands on lines of its own is read by HTML's rules, and so is a tag whose quotation mark nobody closes.
        Written::Text if !BLOCKS.contains(&name.as_str()) => return None,
        Written::Text | Written::Unclosed => tag_end(text, start)?,
    };
    Some(named(name, end, !closes))
}

/// A tag at the front of a text that is HTML and nothing else (WHATWG HTML, 13.2.5): whatever stands behind its name is of it, up to the
/// sign that closes it.
pub fn raw_tag(text: &str) -> Option<Tag> {
    let closes = text.starts_with("</");
    let inner = text.strip_prefix("</").or_else(|| text.strip_prefix('<'))?;
    if text.starts_with("</>") {
        // Nothing, to HTML.
        return Some(named(String::new(), "</>".len(), false));
    }
    if !inner.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return tag(text);
    }
    let name = &inner[..inner.find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>')).unwrap_or(inner.len())];
    // An address in angle brackets.
    (closes || !(name.contains('@') || name.ends_with(':'))).then_some(())?;
    let first = text.find('>')? + 1;
    let end = attributes_end(text, text.len() - inner.len() + name.len()).filter(|(_, is_odd)| closes || !is_odd);
    Some(named(name.to_ascii_lowercase(), end.map_or(first, |(end, _)| end), !closes))
}

/// Where a tag ends whose attributes begin at a place, and whether it is more likely that one of its quotation marks is missing: one
/// stands where none is meant to, and a sign that closes tags in a value.
fn attributes_end(text: &str, from: usize) -> Option<(usize, bool)> {
    let bytes = text.as_bytes();
    let (mut at, mut is_late, mut holds_end) = (from, false, false);
    // Where a value may begin, and where a name goes on.
    let (mut is_value, mut in_name) = (false, false);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'>' => return Some((at + 1, is_late && holds_end)),
            b'"' | b'\'' if is_value => {
                let length = bytes[at + 1..].iter().position(|other| other == byte)?;
                holds_end |= bytes[at + 1..at + 1 + length].contains(&b'>');
                at += length + 1;
                is_late |= bytes.get(at + 1).is_some_and(|next| !next.is_ascii_whitespace() && !matches!(next, b'/' | b'>'));
                (is_value, in_name) = (false, false);
            }
            b'=' if in_name => (is_value, in_name) = (true, false),
            byte if byte.is_ascii_whitespace() => in_name &= bytes[at..].trim_ascii_start().starts_with(b"="),
            // A value without quotation marks.
            _ if is_value => {
                let ends = |byte: &u8| byte.is_ascii_whitespace() || *byte == b'>';
                at += bytes[at..].iter().position(ends).unwrap_or(bytes.len() - at) - 1;
                is_value = false;
            }
            b'/' => in_name = false,
            byte => {
                is_late |= matches!(byte, b'"' | b'\'' | b'<');
                in_name = true;
            }
        }
        at += 1;
    }
    None
}

fn named(name: String, length: usize, opens: bool) -> Tag {
    let parts = match name.as_str() {
        name if BLOCKS.contains(&name) => Gap::Block,
        "br" => Gap::Verse,
        "img" | "rt" | "rp" | "option" | "optgroup" | "select" | "textarea" => Gap::Space,
        _ => Gap::Close,
    };
    Tag { name, length, parts, is_comment: false, opens }
}

/// What stands behind the name of a tag.
enum Written {
    /// Attributes, and the end of the tag.
    Tag(usize),
    /// What no tag has.
    Text,
    /// A value whose last quotation mark is missing.
    Unclosed,
}

/// Reads attributes by CommonMark 6.6.
fn written_end(text: &str, from: usize) -> Written {
    let bytes = text.as_bytes();
    let count = |at: usize, is_one: fn(&u8) -> bool| bytes[at..].iter().take_while(|byte| is_one(byte)).count();
    let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':' | b'.' | b'-');
    let mut at = from;
    loop {
        let white = count(at, u8::is_ascii_whitespace);
        at += white;
        match bytes.get(at) {
            Some(b'>') => return Written::Tag(at + 1),
            Some(b'/') => {
                at += 1;
                continue;
            }
            Some(byte) if white > 0 && (byte.is_ascii_alphabetic() || matches!(byte, b'_' | b':')) => {}
            _ => return Written::Text,
        }
        at += count(at, is_of_name);
        let equals = at + count(at, u8::is_ascii_whitespace);
        if bytes.get(equals) != Some(&b'=') {
            continue;
        }
        at = equals + 1 + count(equals + 1, u8::is_ascii_whitespace);
        match bytes.get(at) {
            Some(quote @ (b'"' | b'\'')) => match bytes[at + 1..].iter().position(|byte| byte == quote) {
                Some(length) => at += length + 2,
                None => return Written::Unclosed,
            },
            _ => {
                match count(at, |byte| !byte.is_ascii_whitespace() && !matches!(byte, b'"' | b'\'' | b'=' | b'<' | b'>' | b'`'))
                {
                    0 => return Written::Text,
                    length => at += length,
                }
            }
        }
    }
}

fn tag_end(text: &str, from: usize) -> Option<usize> {
    // No value of an attribute holds more signs that open tags: what follows must not be looked through from each of them.
    const MOST: usize = 200;
    let mut quote = None;
    let mut before = b' ';
    // Quotes stand around values alone.
    let mut last = b' ';
    let (mut opened, mut first) = (0, None);
    for (at, byte) in text.bytes().enumerate().skip(from) {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            // An attribute without a name, to HTML.
            (None, b'<') if text[at..].starts_with("<>") => {}
            (None, b'<') => return None,
            // No attribute begins so: angle brackets around links.
            (None, b'[') if before.is_ascii_whitespace() => return None,
            // A quote that nobody closes: the tag ends where it would without.
            (Some(_), b'<') if first.is_some() => return first,
            (Some(_), b'<') if opened > MOST => return None,
            (Some(_), b'<') => opened += 1,
            (Some(_), b'>') if first.is_none() => first = Some(at + 1),
            (None, b'"' | b'\'') if last == b'=' => quote = Some(byte),
            (Some(open), byte) if open == byte => (quote, first) = (None, None),
            _ => {}
        }
        before = byte;
        if !byte.is_ascii_whitespace() {
            last = byte;
        }
    }
    quote.and(first)
}

/// An attribute's value in a tag, and where it stands.
pub fn value<'t>(tag: &'t str, name: &str) -> Option<(&'t str, Range<usize>)> {
    if name.is_empty() {
        return None;
    }
    let lower = tag.to_ascii_lowercase();
    let mut from = 0;
    while let Some(found) = lower[from..].find(name) {
        let at = from + found;
        from = at + name.len();
        let own = at > 0 && (tag.as_bytes()[at - 1].is_ascii_whitespace() || tag.as_bytes()[at - 1] == b'{');
        let behind = tag[from..].trim_start();
        let Some(behind) = behind.strip_prefix('=').map(str::trim_start).filter(|_| own) else { continue };
        let start = tag.len() - behind.len();
        let range = match behind.chars().next() {
            Some(quote @ ('"' | '\'')) => start + 1..start + 1 + behind[1..].find(quote)?,
            _ => start..start + behind.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(behind.len()),
        };
        return Some((&tag[range.clone()], range));
    }
    None
}

/// How much of what follows is the tag's content that nobody reads.
pub fn hidden(tag: &Tag, behind: &str) -> Option<usize> {
    if !tag.opens || !matches!(tag.name.as_str(), "script" | "style" | "template" | "iframe" | "noscript" | "fw" | "rp") {
        return None;
    }
    let close = format!("</{}", tag.name);
    behind.to_ascii_lowercase().find(&close)
}

/// How much of what follows the tag of a formula in MathML stands before what says the same in TeX.
pub fn before_tex(tag: &Tag, behind: &str) -> Option<usize> {
    if !tag.opens || tag.name != "math" {
        return None;
    }
    let lower = behind.to_ascii_lowercase();
    let inner = &lower[..lower.find("</math")?];
    let at = inner.match_indices("<annotation").map(|(at, _)| at).find(|at| {
        let end = inner[*at..].find('>').map_or(inner.len(), |length| at + length);
        inner[*at..end].contains("tex")
    })?;
    (at > 0).then_some(at)
}
