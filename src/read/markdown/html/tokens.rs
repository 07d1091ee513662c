//! The tokens of raw HTML, with their places. The tokenizer is the standard's own (WHATWG HTML, 13.2.5); what it would swallow or
//! lose, because an end tag, a quotation mark or a `>` is missing, comes out as text here: no word may go with a broken tag.

use std::borrow::Cow;
use std::ops::Range;

use html5gum::{DefaultEmitter, Error, State, Tokenizer};

/// A piece of raw HTML.
#[derive(Debug, PartialEq)]
pub enum Token<'h> {
    Open(Tag),
    /// The name, in lower case.
    Close(String),
    /// References are resolved.
    Text(Cow<'h, str>),
    Comment(String),
    /// A declaration or a processing instruction, as it is written.
    Other(&'h str),
    /// A tag that never ends, as it is written: its text stays.
    Broken(&'h str),
}

/// A start tag.
#[derive(Debug, Default, PartialEq)]
pub struct Tag {
    /// In lower case.
    pub name: String,
    /// Names in lower case, in the order of the alphabet; of two that are equal the first counts.
    pub attributes: Vec<(String, String)>,
    pub is_self_closing: bool,
}

impl Tag {
    /// The value of an attribute.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Elements whose content is text to their end tag, whatever it looks like.
const RAW: [(&str, State); 8] = [
    ("script", State::ScriptData),
    ("style", State::RawText),
    ("xmp", State::RawText),
    ("noembed", State::RawText),
    ("noframes", State::RawText),
    ("iframe", State::RawText),
    ("textarea", State::RcData),
    ("title", State::RcData),
];

/// Gives every token of `html` to `see`, with its bytes. Every byte is in one token, or in a tag.
pub fn each<'h>(html: &'h str, mut see: impl FnMut(Token<'h>, Range<usize>)) {
    let ends = Ends::of(html);
    let mut at = 0;
    while at < html.len() {
        at = match ends.section(html, at) {
            Some((token, end)) => {
                see(token, at..end);
                end
            }
            None => stretch(html, at, &ends, &mut see),
        };
    }
}

/// Where sections and raw texts end for the last time: behind that, none needs to be looked for, which would cost many open ones the
/// square of their number.
struct Ends {
    cdata: usize,
    instruction: usize,
    raw: [usize; RAW.len()],
}

impl Ends {
    fn of(html: &str) -> Self {
        let last = |end: &str| html.rfind(end).unwrap_or(0);
        let mut raw = [0; RAW.len()];
        if html.contains("</") {
            raw = RAW.map(|(name, _)| {
                let is_name =
                    |at: usize| html.get(at + 2..at + 2 + name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name));
                html.rmatch_indices("</").map(|(at, _)| at).find(|&at| is_name(at)).unwrap_or(0)
            });
        }
        let has_sections = html.contains("<!") || html.contains("<?");
        let (cdata, instruction) = if has_sections { (last("]]>"), last("?>")) } else { (0, 0) };
        Self { cdata, instruction, raw }
    }

    /// What the tokenizer takes for a comment that ends with the first `>`: a section of character data, or an instruction. With it,
    /// the place behind.
    fn section<'h>(&self, html: &'h str, at: usize) -> Option<(Token<'h>, usize)> {
        let whole = |open: &str, close: &str, last: usize| {
            let inner = html[at..].strip_prefix(open).filter(|_| at < last)?;
            let end = inner.find(close)?;
            Some((&inner[..end], at + open.len() + end + close.len()))
        };
        if let Some((text, end)) = whole("<![CDATA[", "]]>", self.cdata) {
            return Some((Token::Text(Cow::Borrowed(text)), end));
        }
        whole("<?", "?>", self.instruction).map(|(_, end)| (Token::Other(&html[at..end]), end))
    }

    /// How the content of `name` is read, where that ends behind `at`.
    fn raw(&self, name: &str, at: usize) -> Option<State> {
        let raw = RAW.iter().position(|(raw, _)| *raw == name)?;
        (at <= self.raw[raw] && self.raw[raw] > 0).then_some(RAW[raw].1)
    }
}

/// Reads from `from` on, as far as nothing needs to be begun again. Gives the place behind.
fn stretch<'h>(html: &'h str, from: usize, ends: &Ends, see: &mut impl FnMut(Token<'h>, Range<usize>)) -> usize {
    let rest = &html[from..];
    let mut tokens = Tokenizer::new_with_emitter(rest, DefaultEmitter::<usize>::new_with_span());
    // Up to where everything has been given.
    let mut done = 0;
    let mut quote_closed_late = false;
    while let Some(Ok(token)) = tokens.next() {
        let (token, range) = match token {
            html5gum::Token::Error(error) => {
                quote_closed_late |= matches!(
                    error.value,
                    Error::MissingWhitespaceBetweenAttributes | Error::UnexpectedCharacterInAttributeName
                );
                continue;
            }
            html5gum::Token::StartTag(tag) => {
                let range = tag.span.start..tag.span.end;
                if is_address(&tag.name) {
                    (Token::Text(Cow::Borrowed(&rest[range.clone()])), range)
                } else if std::mem::take(&mut quote_closed_late) && tag.attributes.values().any(|value| value.contains(&b'>')) {
                    gap(rest, done..range.start, from, see);
                    return from + unquoted(rest, range.start, from, see);
                } else {
                    (Token::Open(self::tag(tag)), range)
                }
            }
            html5gum::Token::EndTag(tag) => (Token::Close(utf8(&tag.name)), tag.span.start..tag.span.end),
            html5gum::Token::String(text) => {
                // In a script the tokenizer gives text from the tag on (seen in 0.9.0).
                (Token::Text(utf8(&text.value).into()), text.span.start.max(done)..text.span.end)
            }
            html5gum::Token::Comment(text) => {
                let range = text.span.start..text.span.end;
                let source = &rest[range.clone()];
                match source {
                    _ if ends.section(html, from + range.start).is_some() => {
                        gap(rest, done..range.start, from, see);
                        return from + range.start;
                    }
                    _ if source.starts_with("<!--") && source.ends_with('>') => (Token::Comment(utf8(&text.value)), range),
                    _ if source.starts_with("<!") && source.ends_with('>') => (Token::Other(source), range),
                    _ if source.starts_with("<?") && source.ends_with('>') => (Token::Other(source), range),
                    _ => (Token::Broken(source), range),
                }
            }
            html5gum::Token::Doctype(said) => {
                let range = said.span.start..said.span.end;
                (Token::Other(&rest[range.clone()]), range)
            }
        };
        gap(rest, done..range.start, from, see);
        done = range.end;
        if let Token::Open(tag) = &token
            && let Some(state) = ends.raw(&tag.name, from + done)
        {
            tokens.set_state(state);
        }
        see(token, from + range.start..from + range.end);
    }
    if done == rest.len() {
        return html.len();
    }
    // A tag was open when the text ended.
    let start = rest[done..].find('<').map_or(rest.len(), |at| done + at);
    gap(rest, done..start, from, see);
    from + unquoted(rest, start, from, see)
}

/// A tag at `start` in `rest` whose quotation mark is never closed, or too late: it ends with its first `>`. Gives the place behind.
fn unquoted<'h>(rest: &'h str, start: usize, from: usize, see: &mut impl FnMut(Token<'h>, Range<usize>)) -> usize {
    let Some(length) = rest[start..].find('>').map(|at| at + 1) else {
        if start < rest.len() {
            see(Token::Broken(&rest[start..]), from + start..from + rest.len());
        }
        return rest.len();
    };
    let source = &rest[start..start + length];
    let mended = ["\">", "'>", ">"].into_iter().find_map(|end| {
        let whole = format!("{}{end}", &source[..length - 1]);
        let mut tokens = Tokenizer::new_with_emitter(whole.as_str(), DefaultEmitter::<usize>::new_with_span());
        tokens.find_map(|token| match token {
            Ok(html5gum::Token::StartTag(tag)) => Some(self::tag(tag)),
            _ => None,
        })
    });
    let range = from + start..from + start + length;
    match mended {
        Some(tag) => see(Token::Open(tag), range),
        None => see(Token::Broken(source), range),
    }
    start + length
}

/// Whether an element's name is none, but an address in angle brackets: `<keeper@mole.example>`, `<https://mole.example>`.
fn is_address(name: &[u8]) -> bool {
    name.contains(&b'@') || name.ends_with(b":")
}

/// What no token holds, such as `</>`, is text.
fn gap<'h>(rest: &'h str, range: Range<usize>, from: usize, see: &mut impl FnMut(Token<'h>, Range<usize>)) {
    if range.start < range.end {
        see(Token::Text(Cow::Borrowed(&rest[range.clone()])), from + range.start..from + range.end);
    }
}

fn tag(tag: html5gum::StartTag<usize>) -> Tag {
    let attributes = tag.attributes.iter().map(|(name, value)| (utf8(name), utf8(value))).collect();
    Tag { name: utf8(&tag.name), attributes, is_self_closing: tag.self_closing }
}

fn utf8(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(html: &str, want: &str) {
        let mut got = Vec::new();
        let mut last = 0;
        each(html, |token, range| {
            assert!(range.start >= last && range.end <= html.len() && range.start < range.end, "{range:?} in {html}");
            last = range.end;
            got.push(match token {
                Token::Open(tag) => {
                    let said = tag.attributes.iter().map(|(name, value)| format!(" {name}={value}")).collect::<String>();
                    format!("<{}{said}>", tag.name)
                }
                Token::Close(name) => format!("</{name}>"),
                Token::Text(text) => format!("{text:?}"),
                Token::Comment(text) => format!("<!{text}>"),
                Token::Other(text) => format!("other {text}"),
                Token::Broken(text) => format!("broken {text}"),
            });
        });
        assert_eq!(got.join(" "), want);
        assert_eq!(last, html.len());
    }

    #[test]
    fn tags_as_people_write_them() {
        check("<TD Align=Right ID='a&amp;b'>x</TD >", "<td align=Right id=a&b> \"x\" </td>");
        check("<br/><img src=a.png>", "<br> <img src=a.png>");
        check("a < b <3 </>c", "\"a < b <3 c\"");
        check("AT&T &amp; &nbsp;&eacute", "\"AT&T & \\u{a0}é\"");
    }

    #[test]
    fn what_is_no_tag() {
        check("<!-- a > b -->c<!--d", "<! a > b > \"c\" broken <!--d");
        check("x<![CDATA[a<b>c]]>d", "\"x\" \"a<b>c\" \"d\"");
        check("<?php echo 1 > 2 ?>z<!DOCTYPE html>", "other <?php echo 1 > 2 ?> \"z\" other <!DOCTYPE html>");
    }

    #[test]
    fn no_word_goes_with_a_broken_tag() {
        check("hay <b", "\"hay \" broken <b");
        check("<td class=\"a>hay</td>", "<td class=a> \"hay\" </td>");
        check("<td class=\"a>hay</td><td class=\"b\">x", "<td class=a> \"hay\" </td> <td class=b> \"x\"");
        check("<td title=\"a > b\">x", "<td title=a > b> \"x\"");
    }

    #[test]
    fn raw_text_only_where_it_ends() {
        check("<script>a<b>\"</script>c", "<script> \"a<b>\\\"\" </script> \"c\"");
        check("<script>a<b>c", "<script> \"a\" <b> \"c\"");
        check("<textarea>a<b>&amp;</textarea>c", "<textarea> \"a<b>&\" </textarea> \"c\"");
    }
}
