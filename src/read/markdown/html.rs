//! Raw HTML as people and the readers of scans write it becomes nodes, by HTML's own rules as far as a book knows them: what a browser
//! would show is what the book says. The parser gives it line by line or tag by tag, since a block of HTML ends with a blank line and
//! Markdown goes on inside its elements; so elements are frames of the builder, beside the parser's own. What isn't known leaves its
//! text, and what is left out is told, once for each kind.

mod attributes;
mod close;
mod elements;
mod ends;
mod foreign;
mod open;
pub(super) mod table;
mod tokens;
mod told;

use std::borrow::Cow;
use std::ops::Range;

pub(super) use elements::Part;
pub(super) use ends::Ends;
use tokens::Token;
use told::Fate;
pub(super) use told::Told;

use pulldown_cmark::{CodeBlockKind, CowStr, Event, Tag};

use super::frames::{Holds, Kind};
use super::mask::first_formula;
use super::{Builder, clean};
use crate::entity;
use crate::read::clean as cleaning;
use crate::span::Span;
use crate::tree::{Block, Furniture, FurnitureKind, Inline, Inlines, Node, PageBreak, plain_text};

/// The white space of Markdown: a no-break space is text.
pub(super) const WHITE: [char; 3] = [' ', '\n', '\t'];

/// A block of raw HTML, gathered line by line: marks of quotations and items are taken off, so that each line has a place of its own.
#[derive(Default)]
pub(super) struct Raw {
    text: String,
    /// Where each line begins, in the text and in the file.
    lines: Vec<(usize, usize)>,
}

impl Raw {
    pub fn push(&mut self, line: &str, at: usize) {
        self.lines.push((self.text.len(), at));
        self.text.push_str(line);
    }
}

/// The bytes of the file in which a range of raw HTML stands.
fn place(lines: &[(usize, usize)], range: Range<usize>) -> Range<usize> {
    let file = |at: usize| {
        let line = lines.partition_point(|(start, _)| *start <= at).saturating_sub(1);
        lines.get(line).map_or(at, |(start, file)| file + (at - start))
    };
    let start = file(range.start);
    start..(file(range.end.saturating_sub(1).max(range.start)) + 1).max(start)
}

impl Builder<'_> {
    /// One line of a block of HTML, kept until the block is whole.
    pub(super) fn html_line(&mut self, html: &str, range: Range<usize>) {
        match &mut self.top().kind {
            Kind::Html(raw) => raw.push(html, range.start),
            _ => self.html(html, range.start),
        }
    }

    /// A block of HTML that is whole. What it leaves open holds on.
    pub(super) fn html_block(&mut self, raw: &Raw, range: Range<usize>) {
        // In a tight item the words before the block stand loose.
        self.flush();
        self.tokens(&raw.text, &raw.lines);
        self.close_brief(1, range.end);
        self.flush();
        self.read_to = range.end;
    }

    /// Tags and what stands between them, from `start` on in the file.
    pub(super) fn html(&mut self, html: &str, start: usize) {
        self.tokens(html, &[(0, start)]);
    }

    fn tokens(&mut self, html: &str, lines: &[(usize, usize)]) {
        tokens::each(html, |token, range| self.token(token, place(lines, range)));
    }

    fn token(&mut self, token: Token, place: Range<usize>) {
        match token {
            Token::Open(tag) => self.open_tag(&tag, place),
            Token::Close(name) => self.close_tag(&name, place),
            Token::Text(text) => self.html_text(&text, place),
            // An empty comment only keeps two blocks of Markdown apart.
            Token::Comment(text) if text.trim().is_empty() => {}
            Token::Comment(text) => self.comment(&clean(text.trim()), place),
            Token::Other(text) => self.tell(Fate::Unknown, text, &place),
            Token::Broken(text) => {
                self.tell(Fate::Broken, text, &place);
                self.html_text(&entity::resolved(text), place);
            }
        }
    }

    /// Text, its white space as HTML has it: any of it is one space, none where a line begins.
    pub(super) fn html_text(&mut self, text: &str, place: Range<usize>) {
        if let Kind::Code { text: code, .. } = &mut self.top().kind {
            // The first line's end is the tag's.
            let text = if code.is_empty() { text.strip_prefix('\n').unwrap_or(text) } else { text };
            return code.push_str(&clean(text));
        }
        if let Some(found) = marked(text)
            && !matches!(self.top().kind, Kind::Hidden)
        {
            self.tell(Fate::Markdown, found, &place);
        }
        // Readers of scans write formulas into the cells of tables.
        let exact = text.len() == place.len();
        let mut from = 0;
        let part = |range: Range<usize>| match exact {
            true => place.start + range.start..place.start + range.end,
            false => place.clone(),
        };
        while text[from..].contains(['$', '\\'])
            && let Some((at, found)) = first_formula(&text[from..])
        {
            self.words(&text[from..from + at], part(from..from + at));
            self.make_room("x", place.start);
            let tex = clean(text[from + found.tex.start..from + found.tex.end].trim()).into_owned();
            self.inline(Inline::Math(tex), part(from + at..from + found.end));
            from += found.end;
        }
        self.words(&text[from..], part(from..text.len()));
    }

    /// Words of a line in HTML.
    fn words(&mut self, text: &str, place: Range<usize>) {
        let text = collapsed(text);
        let mut text = &*text;
        let begins = self.begins_line();
        if begins {
            text = text.trim_start_matches(WHITE);
        }
        if !text.is_empty() {
            self.make_room(text, place.start);
            self.say(text, place);
        }
    }

    /// Whether white space would stand at the front of a line, or behind white space.
    fn begins_line(&self) -> bool {
        for frame in self.open.iter().rev() {
            match frame.inlines.last().map(|node| &node.kind) {
                Some(Inline::Text(before)) => return before.ends_with(WHITE),
                Some(Inline::LineBreak) => return true,
                Some(_) => return false,
                None if frame.kind.holds() == Holds::Stretch && !matches!(frame.kind, Kind::Paragraph) => {}
                None => return true,
            }
        }
        true
    }

    /// A comment stands by itself at the front of a block of HTML. Inside a line it is on one line: any other could open a block.
    pub(super) fn comment(&mut self, text: &str, place: Range<usize>) {
        if matches!(self.top().kind, Kind::Code { .. } | Kind::Image { .. }) {
            return;
        }
        let frame = self.top();
        if frame.kind.holds() == Holds::Blocks && frame.inlines.is_empty() {
            return self.block(Block::Comment(text.to_owned()), None, place);
        }
        self.inline(Inline::Comment(on_one_line(text)), place);
    }

    /// A page of the printed source begins. White space beside it is what it stands for.
    fn page_break(&mut self, tag: &tokens::Tag, place: Range<usize>) {
        let said = |name: &str| tag.get(name).map(cleaning::line).filter(|value| !value.is_empty());
        let label = said("n").or_else(|| said("title").filter(|_| tag.name != "pb")).or_else(|| said("aria-label"));
        let mut page = PageBreak { label, facsimile: said("facs"), ..PageBreak::default() };
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

    /// Notes what became of a tag, for the one remark on its kind.
    pub(super) fn tell(&mut self, fate: Fate, what: &str, place: &Range<usize>) {
        let span = Span::new(self.file, place.clone());
        self.told.tell(fate, what, span);
    }
}

impl<'a> Builder<'a> {
    /// The text with a sign in place of each tag or comment that opens a block of HTML and never ends: the parser would take all that
    /// follows for HTML, and it is Markdown.
    pub(super) fn without_endless(&mut self, text: &'a str) -> Cow<'a, str> {
        let endless = ends::endless(text);
        if endless.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut masked = text.as_bytes().to_vec();
        for at in endless {
            masked[at] = ends::MASK as u8;
            let line = text[at..].lines().next().unwrap_or("");
            let place = self.base + at..self.base + at + line.len();
            self.tell(Fate::Broken, line.split_inclusive('>').next().unwrap_or(""), &place);
        }
        // One byte of ASCII for another.
        Cow::Owned(String::from_utf8(masked).unwrap_or_else(|_| text.to_owned()))
    }

    /// Whether an event stands in what is read as raw text: preformatted text, a script, a drawing that a blank line did not end. Its
    /// source is read so. Where only rows or items may stand, what is indented is no code.
    pub(super) fn is_read_raw(&mut self, event: &Event, range: &Range<usize>) -> bool {
        if self.skipped > 0 {
            match event {
                Event::Start(_) => self.skipped += 1,
                Event::End(_) => self.skipped -= 1,
                _ => {}
            }
            return true;
        }
        let (is_start, is_indented) = match event {
            Event::Start(Tag::HtmlBlock) => {
                self.bridge(range.start);
                return false;
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => (true, true),
            Event::Start(_) => (true, false),
            Event::Rule => (false, false),
            _ => return false,
        };
        let frame = self.top();
        if frame.element().is_none() {
            return false;
        }
        let raw = match frame.kind {
            Kind::Code { .. } | Kind::Hidden | Kind::Foreign { .. } => true,
            Kind::Sheet(_) | Kind::Rows(_) | Kind::SheetRow(..) | Kind::List(_) | Kind::Definitions(_) => {
                is_indented && self.slice(range.clone()).trim_start().starts_with('<')
            }
            _ => false,
        };
        if raw {
            self.skipped = usize::from(is_start);
            self.bridge(range.start);
            let source = self.slice(range.clone());
            self.html(source, range.start);
            self.read_to = range.end;
        }
        raw
    }

    /// Keeps the blank lines between two blocks of preformatted text, and the second one's indentation.
    fn bridge(&mut self, start: usize) {
        if self.read_to >= start || self.top().element().is_none() {
            return;
        }
        let between = self.slice(self.read_to..start);
        if let Kind::Code { text, .. } = &mut self.top().kind
            && between.trim().is_empty()
        {
            text.push_str(between);
        }
    }
}

/// A comment as it stands inside a line.
pub(super) fn on_one_line(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

/// An event as it would be without masks.
pub(super) fn unmasked(event: Event) -> Event {
    let plain = |text: CowStr| match text.contains(ends::MASK) {
        true => CowStr::from(text.replace(ends::MASK, "<")),
        false => CowStr::from(text.into_string()),
    };
    match event {
        Event::Text(text) => Event::Text(plain(text)),
        Event::Code(text) => Event::Code(plain(text)),
        Event::InlineMath(text) => Event::InlineMath(plain(text)),
        Event::DisplayMath(text) => Event::DisplayMath(plain(text)),
        Event::Html(text) => Event::Html(plain(text)),
        Event::InlineHtml(text) => Event::InlineHtml(plain(text)),
        event => event,
    }
}

/// Runs of white space as one space, or one line's end.
fn collapsed(text: &str) -> Cow<'_, str> {
    let white = |c: char| matches!(c, ' ' | '\n' | '\t' | '\r' | '\x0C');
    let is_long = |pair: &[u8]| white(char::from(pair[0])) && white(char::from(pair[1]));
    if !text.contains(['\t', '\r', '\x0C']) && !text.as_bytes().windows(2).any(is_long) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(white) {
        out.push_str(&rest[..at]);
        let behind = rest[at..].trim_start_matches(white);
        let run = &rest[at..rest.len() - behind.len()];
        out.push(if run.contains('\n') { '\n' } else { ' ' });
        rest = behind;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// What of a text in HTML looks like strong words, a link or a heading of Markdown.
fn marked(text: &str) -> Option<&str> {
    let strong = || {
        let (at, _) = text.match_indices("**").find(|(at, _)| text[at + 2..].starts_with(char::is_alphanumeric))?;
        let length = text[at + 2..].find("**").filter(|length| !text[at + 2..at + 2 + length].contains("\n\n"))?;
        Some(&text[at..at + length + 4])
    };
    let link = || {
        let at = text.find("](")?;
        let open = text[..at].rfind('[')?;
        let length = text[at..].find(')').filter(|length| !text[at..at + length].contains(char::is_whitespace))?;
        Some(&text[open..=at + length])
    };
    let heading = || {
        text.split('\n').skip(1).map(str::trim).find(|line| {
            let level = line.bytes().take_while(|byte| *byte == b'#').count();
            (1..=6).contains(&level) && line[level..].starts_with(' ')
        })
    };
    let emphasis = || {
        let free = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '*' && c != '_');
        text.match_indices(['*', '_', '`']).find_map(|(at, mark)| {
            let inner = text[at + 1..].split('\n').next().unwrap_or("");
            let length = inner.find(mark).filter(|length| *length > 1)?;
            let said = &inner[..length];
            let stands = free(text[..at].chars().next_back()) && free(inner[length + 1..].chars().next());
            let is_word = said.starts_with(char::is_alphanumeric) && !said.ends_with(char::is_whitespace);
            (stands && is_word).then(|| &text[at..at + length + 2])
        })
    };
    strong().or_else(link).or_else(heading).or_else(emphasis)
}
