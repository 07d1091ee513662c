//! The small set of raw HTML that texts really carry becomes nodes. Any other tag goes, with a remark; its text stays.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

use quick_xml::escape::{resolve_html5_entity, unescape_with};

use super::{Builder, Kind, clean};
use crate::span::Span;
use crate::tree::{Attrs, Block, Furniture, FurnitureKind, Inline, Inlines, Node, PageBreak, Style, plain_text};

/// A tag that has a node.
pub(super) struct Known {
    name: &'static str,
    means: Meaning,
    attrs: Option<Box<Attrs>>,
}

/// What a tag makes of the text that it encloses.
enum Meaning {
    Style(Style),
    Span,
    /// Taken out of the text and kept with the page break beside it.
    Furniture(FurnitureKind),
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

/// What the `type` of an `fw` says, in TEI's words and in ours.
const FURNITURE: &[(&str, FurnitureKind)] = &[
    ("header", FurnitureKind::RunningHead),
    ("head", FurnitureKind::RunningHead),
    ("footer", FurnitureKind::RunningHead),
    ("running-head", FurnitureKind::RunningHead),
    ("pageNum", FurnitureKind::Folio),
    ("pagenum", FurnitureKind::Folio),
    ("folio", FurnitureKind::Folio),
    ("sig", FurnitureKind::Signature),
    ("signature", FurnitureKind::Signature),
    ("catch", FurnitureKind::Catchword),
    ("catchword", FurnitureKind::Catchword),
];

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

/// The white space of Markdown: a no-break space is text.
pub(super) const WHITE: [char; 3] = [' ', '\n', '\t'];

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
        // In a tight item the words before the block stand loose.
        self.flush();
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
            // An empty comment only keeps two blocks of Markdown apart.
            Piece::Comment(text) if text.trim().is_empty() => {}
            Piece::Comment(text) => self.comment(&clean(text.trim()), place),
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

    /// A comment stands by itself at the front of a block of HTML. Inside a line it has no blank lines, which would end the line.
    pub(super) fn comment(&mut self, text: &str, place: Range<usize>) {
        let frame = self.top();
        if frame.kind.holds_blocks() && frame.inlines.is_empty() {
            return self.block(Block::Comment(text.to_owned()), None, place);
        }
        let lines: Vec<_> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        self.inline(Inline::Comment(lines.join("\n")), place);
    }

    fn open_tag(&mut self, name: &str, attributes: &str, text: &str, place: Range<usize>) {
        if self.milestone(name, attributes, &place) {
            return;
        }
        match self.known(name, attributes, &place) {
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

    /// The node that a tag with content becomes.
    fn known(&mut self, name: &str, attributes: &str, place: &Range<usize>) -> Option<Known> {
        if let Some((name, style)) = STYLES.iter().find(|(tag, _)| *tag == name) {
            return Some(Known { name, means: Meaning::Style(*style), attrs: self.tag_attributes(attributes, place) });
        }
        match name {
            "span" => {
                let mut attrs = self.tag_attributes(attributes, place).unwrap_or_default();
                let classes = attrs.classes.len();
                attrs.classes.retain(|class| !SMALL_CAPS.contains(&class.as_str()));
                let small_caps = attrs.classes.len() < classes;
                let means = if small_caps { Meaning::Style(Style::SmallCaps) } else { Meaning::Span };
                Some(Known { name: "span", means, attrs: Some(attrs).filter(|attrs| **attrs != Attrs::default()) })
            }
            "fw" => {
                let said = value(attributes, "type").unwrap_or_default();
                let kind = FURNITURE.iter().find(|(name, _)| *name == said).map(|(_, kind)| *kind);
                Some(Known { name: "fw", means: Meaning::Furniture(kind?), attrs: None })
            }
            _ => None,
        }
    }

    /// Takes the tags of the printed page, which hold nothing: `pb`, where a page begins; `lb`, where a line does; and `note`,
    /// which says what mark a note bore in print where its label can't.
    fn milestone(&mut self, name: &str, attributes: &str, place: &Range<usize>) -> bool {
        match name {
            "pb" => self.page_break(attributes, place.clone()),
            "lb" if value(attributes, "break").as_deref() == Some("no") => self.inline(Inline::LineEnd, place.clone()),
            "lb" => self.say("\n", place.clone()),
            "note" => {
                let mark = value(attributes, "n").filter(|mark| !mark.is_empty());
                let note = self.open.iter_mut().rev().find_map(|frame| match &mut frame.kind {
                    Kind::Note { mark, .. } => Some(mark),
                    _ => None,
                });
                match (mark, note) {
                    (Some(mark), Some(note)) => *note = Some(mark),
                    _ => return false,
                }
            }
            _ => return false,
        }
        true
    }

    /// A page of the printed source begins. White space beside it is what it stands for.
    fn page_break(&mut self, attributes: &str, place: Range<usize>) {
        let said = |name: &str| value(attributes, name).filter(|value| !value.is_empty());
        let mut page = PageBreak { label: said("n"), facsimile: said("facs"), ..PageBreak::default() };
        page.furniture = std::mem::take(&mut self.furniture);
        let line = &mut self.top().inlines;
        if let Some(Node { kind: Inline::Text(before), .. }) = line.last_mut() {
            let whole = before.len();
            before.truncate(before.trim_end_matches(WHITE).len());
            page.space = before.len() < whole;
            if before.is_empty() {
                line.pop();
            }
        }
        self.inline(Inline::PageBreak(page), place);
    }

    /// Says what stood at a page's head or foot, as the text has it, where no page is near.
    pub(super) fn remark_loose_furniture(&mut self) {
        for loose in std::mem::take(&mut self.furniture) {
            let end = self.base + self.text.len();
            self.report
                .warn(
                    "furniture-loose",
                    Span::new(self.file, end..end),
                    format!("no page break follows the {} \"{}\", which is left out", loose.kind.name(), loose.text),
                )
                .hint("write it right behind the <pb/> of its page");
        }
    }

    /// Keeps what stood at a page's head or foot with the page break before it, else with the next.
    fn page_furniture(&mut self, kind: FurnitureKind, inlines: &Inlines) {
        let furniture = Furniture { kind, text: plain_text(inlines) };
        match self.top().inlines.last_mut().map(|node| &mut node.kind) {
            Some(Inline::PageBreak(page)) => page.furniture.push(furniture),
            _ => self.furniture.push(furniture),
        }
    }

    /// Closes a tag's node if the tag is open in this line, and those inside it.
    fn close_tag(&mut self, name: &str, place: Range<usize>) {
        let tags = self.open.iter().rev().take_while(|frame| matches!(frame.kind, Kind::Tag(_) | Kind::Marked(_)));
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
        let kind = match known.means {
            Meaning::Style(style) => Inline::Styled(style, inlines),
            // Nothing said of nothing.
            Meaning::Span if inlines.is_empty() && known.attrs.is_none() => return,
            Meaning::Span => Inline::Span(inlines),
            Meaning::Furniture(kind) => return self.page_furniture(kind, &inlines),
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

/// The value of one attribute, clean and on one line.
fn value(attributes: &str, name: &str) -> Option<String> {
    let (_, value) = pairs(attributes).find(|(known, _)| known.eq_ignore_ascii_case(name))?;
    Some(clean::line(&unescape_with(value, resolve_html5_entity).unwrap_or(Cow::Borrowed(value))))
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
