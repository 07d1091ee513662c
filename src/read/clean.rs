//! What is not fit for the tree is made so: characters that XML forbids, ids that are no names, languages that are none.
//! Every reader takes its strings through here, so that no backend looks again.

use std::borrow::Cow;

use oxilangtag::LanguageTag;

use crate::bytes;
use crate::report::Report;
use crate::span::Span;
use crate::tree::{is_name, is_name_start, portable};

/// Whether XML 1.0 allows `c` in a document (section 2.2). The tree has no carriage return either: parsers would not keep it.
pub fn is_allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..) && c != '\u{7F}'
}

/// `text` with every character that XML forbids replaced by U+FFFD. A character reference can write one (`&#1;`). A form feed and a
/// vertical tab are white space, as they stand in listings.
pub fn clean(text: &str) -> Cow<'_, str> {
    // All that is forbidden is a control character or begins with the byte EF.
    let fits = |byte: u8| ((byte >= b' ') | (byte == b'\n')) & (byte != 0x7F) & (byte != 0xEF);
    if bytes::all(text.as_bytes(), fits) || text.chars().all(is_allowed) {
        return Cow::Borrowed(text);
    }
    let fit = |c: char| match c {
        '\x0B' | '\x0C' => ' ',
        c if is_allowed(c) => c,
        _ => char::REPLACEMENT_CHARACTER,
    };
    text.chars().map(fit).collect::<String>().into()
}

/// The letters and digits of a text, in lower case: of two that have the same, one says what the other says.
pub fn letters(text: &str) -> String {
    if text.is_ascii() {
        let mut letters = String::with_capacity(text.len());
        let own = text.bytes().filter(u8::is_ascii_alphanumeric);
        letters.extend(own.map(|byte| char::from(byte.to_ascii_lowercase())));
        return letters;
    }
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether two texts have the same letters and digits.
pub fn same_words(a: &str, b: &str) -> bool {
    letters(a) == letters(b)
}

/// One line of clean text: every run of white space is one space.
pub fn line(text: &str) -> String {
    clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A clean address of HTML, in which tabs and line ends say nothing (URL Standard, 4.4).
pub fn address(text: &str) -> String {
    clean(text.trim()).chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).collect()
}

/// An id that the source gives, if it is an XML name without a colon (Namespaces in XML, `NCName`), in letters that every parser
/// takes.
pub fn id(id: &str, span: Span, report: &mut Report) -> Option<String> {
    // Names of figures and tables have a colon in some dialects (`fig:mill`); a colon parts names in XML.
    let own = id.replace(':', "-");
    let mut chars = own.chars();
    let fits = chars.next().is_some_and(is_name_start) && chars.all(is_name);
    if !fits {
        report
            .warn("id-malformed", span, format!("\"{}\" can't be an id", line(id)))
            .hint("an id begins with a letter and goes on with letters, digits, hyphens and underscores");
    }
    fits.then(|| portable(&own).into_owned())
}

/// A well-formed language tag (BCP 47), or none and a remark.
pub fn language(tag: &str, span: impl Into<Option<Span>>, report: &mut Report) -> Option<String> {
    let tag = tag.trim();
    match LanguageTag::parse_and_normalize(tag) {
        Ok(known) => Some(known.into_inner()),
        Err(_) => {
            report
                .warn("language-malformed", span, format!("\"{}\" is no language tag", line(tag)))
                .hint("write a tag of BCP 47, such as en, fr-CA or grc");
            None
        }
    }
}

/// `my%20picture.png` names `my picture.png`.
pub fn percent_decoded(target: &str) -> String {
    let mut bytes = Vec::with_capacity(target.len());
    let mut rest = target.as_bytes();
    while let [first, behind @ ..] = rest {
        let hex = behind.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match hex.and_then(|digits| u8::from_str_radix(digits, 16).ok()).filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &behind[2..];
            }
            None => {
                bytes.push(*first);
                rest = behind;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
