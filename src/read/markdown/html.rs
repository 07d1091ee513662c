//! The small set of raw HTML that texts really carry becomes nodes. Any other tag goes, with a remark; its text stays.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

use quick_xml::escape::{resolve_html5_entity, unescape_with};

use super::{Builder, Kind, clean};
use crate::span::Span;
use crate::tree::{Attrs, Inline, Inlines, Node, Style};

/// A tag that has a node.
pub(super) struct Known {
    name: &'static str,
    style: Option<Style>,
    attrs: Option<Box<Attrs>>,
}

/// The styles that tags stand for.
const STYLES: &[(&str, Style)] = &[
    ("sup", Style::Superscript),
    ("sub", Style::Subscript),
    ("em", Style::Emphasis),
    ("i", Style::Emphasis),
    ("strong", Style::Strong),
    ("b", Style::Strong),
    ("u", Style::Underline),
    ("small", Style::Small),
    ("s", Style::Strikethrough),
    ("del", Style::Strikethrough),
];

/// Classes of a `span` that mean small capitals in the HTML of other tools.
const SMALL_CAPS: &[&str] = &["smallcaps", "small-caps", "smcap", "sc"];

/// Tags that end a paragraph when they stand in a block of HTML.
const BLOCKS: &[&str] = &[
    "p",
    "div",
    "section",
    "article",
    "header",
    "footer",
    "main",
    "nav",
    "aside",
    "blockquote",
    "pre",
    "table",
    "tr",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "figure",
    "figcaption",
    "center",
    "form",
];

/// Tags whose content is no text.
const CODE: &[&str] = &["script", "style"];

/// A piece of raw HTML.
enum Piece<'a> {
    Open {
        name: String,
        attributes: &'a str,
        text: &'a str,
    },
    Close(String),
    Comment(&'a str),
    /// A declaration or a processing instruction.
    Other(&'a str),
    Text(&'a str),
}

impl Builder<'_> {
    /// One line of a block of HTML, kept until the block is whole.
    pub(super) fn html_line(&mut self, html: &str, range: Range<usize>) {
        match &mut self.top().kind {
            Kind::Html(block) => block.push_str(html),
            _ => self.html(html, range),
        }
    }

    pub(super) fn html_block(&mut self, html: &str, range: Range<usize>) {
        let depth = self.open.len();
        self.html(html, range.clone());
        while self.open.len() > depth {
            self.close(range.end);
        }
        self.flush();
    }

    /// Tags and what stands between them.
    pub(super) fn html(&mut self, html: &str, range: Range<usize>) {
        let mut rest = html;
        while let Some((piece, behind)) = next_piece(rest) {
            let from = range.start + (html.len() - rest.len());
            let place = from.min(range.end)..(from + rest.len() - behind.len()).min(range.end);
            rest = self.piece(piece, behind, place);
        }
    }

    /// Takes one piece; gives what is still to be read.
    fn piece<'h>(&mut self, piece: Piece, behind: &'h str, place: Range<usize>) -> &'h str {
        match piece {
            Piece::Text(text) => {
                let text = unescape_with(text, resolve_html5_entity).unwrap_or(Cow::Borrowed(text));
                if !text.trim().is_empty() || !self.top().inlines.is_empty() {
                    self.say(&text, place);
                }
            }
            Piece::Comment(text) => self.inline(Inline::Comment(clean(text.trim()).into_owned()), place),
            Piece::Other(text) => self.drop_tag(text, place),
            Piece::Close(name) => self.close_tag(&name, place),
            Piece::Open { name, attributes, text } => {
                if CODE.contains(&name.as_str()) && !behind.is_empty() {
                    self.drop_tag(&format!("<{name}> and what it holds"), place);
                    return behind_close(behind, &name);
                }
                self.open_tag(&name, attributes, text, place);
            }
        }
        behind
    }

    fn open_tag(&mut self, name: &str, attributes: &str, text: &str, place: Range<usize>) {
        let style = STYLES.iter().find(|(tag, _)| *tag == name);
        let known = match style {
            Some((name, style)) => Some(Known { name, style: Some(*style), attrs: self.tag_attributes(attributes, &place) }),
            None if name == "span" => self.tag_attributes(attributes, &place).map(|attrs| {
                let small_caps = attrs.classes.iter().any(|class| SMALL_CAPS.contains(&class.as_str()));
                Known { name: "span", style: small_caps.then_some(Style::SmallCaps), attrs: Some(attrs) }
            }),
            None => None,
        };
        match known {
            Some(known) if self.open.len() < super::DEPTH => self.open(Kind::Tag(known), place.start),
            _ if name == "br" => self.inline(Inline::LineBreak, place),
            _ => {
                if BLOCKS.contains(&name) {
                    self.flush();
                }
                self.drop_tag(text, place);
            }
        }
    }

    /// Closes a tag's node if the tag is open in this line, and those inside it.
    fn close_tag(&mut self, name: &str, place: Range<usize>) {
        let tags = self.open.iter().rev().take_while(|frame| matches!(frame.kind, Kind::Tag(_)));
        let found = tags.enumerate().find(|(_, frame)| matches!(&frame.kind, Kind::Tag(known) if known.name == name));
        match found.map(|(above, _)| above) {
            Some(above) => (0..=above).for_each(|_| self.close(place.end)),
            None => {
                if BLOCKS.contains(&name) {
                    self.flush();
                }
                self.drop_tag(&format!("</{name}>"), place);
            }
        }
    }

    /// The node of a tag that has ended.
    pub(super) fn known_tag(&mut self, known: Known, inlines: Inlines, range: Range<usize>) {
        let kind = match known.style {
            Some(style) => Inline::Styled(style, inlines),
            None => Inline::Span(inlines),
        };
        let span = Span::new(self.file, range);
        self.top().inlines.push(Node { kind, span, attrs: known.attrs });
    }

    /// `lang`, `id` and `class`: all that the tree has room for.
    fn tag_attributes(&mut self, attributes: &str, place: &Range<usize>) -> Option<Box<Attrs>> {
        let span = Span::new(self.file, place.clone());
        let mut attrs = Attrs::default();
        for (name, value) in pairs(attributes) {
            let value = unescape_with(value, resolve_html5_entity).unwrap_or(Cow::Borrowed(value));
            match name.to_ascii_lowercase().as_str() {
                "lang" | "xml:lang" => attrs.lang = clean::language(&value, span, self.report),
                "id" => attrs.id = clean::id(&value, span, self.report),
                "class" => {
                    attrs.classes = clean::line(&value).split(' ').filter(|name| !name.is_empty()).map(str::to_owned).collect()
                }
                _ => {}
            }
        }
        (attrs != Attrs::default()).then(|| Box::new(attrs))
    }

    fn drop_tag(&mut self, tag: &str, place: Range<usize>) {
        let span = Span::new(self.file, place);
        let name: String = clean::line(tag).chars().take(60).collect();
        self.dropped.entry(name).or_insert((span, 0)).1 += 1;
    }

    /// One remark for each kind of tag that was dropped, at its first place.
    pub(super) fn remark_dropped(&mut self) {
        let mut dropped: Vec<_> = std::mem::take(&mut self.dropped).into_iter().collect();
        let opened: BTreeSet<_> = dropped.iter().filter_map(|(tag, _)| tag_name(tag.strip_prefix('<')?)).collect();
        dropped.retain(|(tag, _)| !tag.strip_prefix("</").and_then(tag_name).is_some_and(|name| opened.contains(&name)));
        dropped.sort_by_key(|(_, (span, _))| *span);
        for (tag, (span, times)) in dropped {
            let again = if times > 1 { format!(" ({times} times)") } else { String::new() };
            self.report
                .warn("html-dropped", span, format!("raw HTML is not passed on: {tag}{again}"))
                .hint("its text stays; say the same in Markdown, or take the tag out");
        }
    }
}

/// The name at the front of a tag's inside.
fn tag_name(inner: &str) -> Option<String> {
    let end = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(inner.len());
    (end > 0).then(|| inner[..end].to_ascii_lowercase())
}

/// The first piece of `html` and what stands behind it.
fn next_piece(html: &str) -> Option<(Piece<'_>, &str)> {
    if html.is_empty() {
        return None;
    }
    let Some(at) = html.find('<') else { return Some((Piece::Text(html), "")) };
    if at > 0 {
        return Some((Piece::Text(&html[..at]), &html[at..]));
    }
    if let Some(comment) = html.strip_prefix("<!--") {
        let end = comment.find("-->").unwrap_or(comment.len());
        return Some((Piece::Comment(&comment[..end]), comment.get(end + 3..).unwrap_or("")));
    }
    let end = tag_end(html);
    let (tag, behind) = html.split_at(end);
    let inner = tag.trim_start_matches('<').trim_end_matches('>').trim_end_matches('/');
    let piece = match inner.as_bytes().first() {
        Some(b'!' | b'?') => Piece::Other(tag),
        Some(b'/') => Piece::Close(inner[1..].trim().to_ascii_lowercase()),
        Some(letter) if letter.is_ascii_alphabetic() => {
            let name_end = inner.find(|c: char| c.is_whitespace() || c == '/').unwrap_or(inner.len());
            let name = inner[..name_end].to_ascii_lowercase();
            Piece::Open { name, attributes: &inner[name_end..], text: tag }
        }
        _ => return Some((Piece::Text(&html[..1]), &html[1..])),
    };
    Some((piece, behind))
}

/// Where the tag at the front of `html` ends; a `>` in a quoted value does not end it.
fn tag_end(html: &str) -> usize {
    let mut quote = None;
    for (at, byte) in html.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return at + 1,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    // An unclosed quotation mark is text after all.
    html.find('>').map_or(html.len(), |at| at + 1)
}

/// What stands behind the end tag of `name`; nothing where it never ends.
fn behind_close<'h>(html: &'h str, name: &str) -> &'h str {
    let closes = |at: usize| html.get(at + 2..at + 2 + name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name));
    let end = html.match_indices("</").map(|(at, _)| at).find(|&at| closes(at));
    end.map_or("", |at| &html[at + tag_end(&html[at..])..])
}

/// `name="value"` pairs.
fn pairs(attributes: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = attributes;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        let end = rest.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(rest.len());
        let (name, behind) = rest.split_at(end);
        let Some(value) = behind.trim_start().strip_prefix('=') else {
            rest = behind;
            return (!name.is_empty()).then_some((name, ""));
        };
        let value = value.trim_start();
        let (value, behind) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
            _ => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
        };
        rest = behind;
        Some((name, value))
    })
}
