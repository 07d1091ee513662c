//! How text is cut, the source's and the tree's by one rule: into runs of letters, digits and their marks, and into single characters
//! of any other kind. White space parts; characters that leave no mark of their own (soft hyphens, marks of direction) are not there.
//!
//! A piece is less than a word where mark-up or a node's end stands inside one: what is compared is letters, and what parts them.

use unicode_width::UnicodeWidthChar;

use crate::entity;

/// Calls `see` with each piece: the bytes that it stands on, and what it says where that is not what stands there. `entities`: whether
/// references to characters are read.
pub fn cut(text: &str, entities: bool, see: &mut impl FnMut(std::ops::Range<usize>, Option<String>)) {
    let bytes = text.as_bytes();
    let mut word = Word::default();
    let mut at = 0;
    while at < bytes.len() {
        let plain = bytes[at..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        if plain > 0 {
            word.letters(at..at + plain, &text[at..at + plain], text);
            at += plain;
            continue;
        }
        if entities
            && bytes[at] == b'&'
            && let Some((said, length)) = reference(&text[at..])
        {
            said.chars().for_each(|c| word.character(c, at..at + length, true, text, see));
            at += length;
            continue;
        }
        let c = text[at..].chars().next().expect("a character begins here");
        word.character(c, at..at + c.len_utf8(), false, text, see);
        at += c.len_utf8();
    }
    word.end(see);
}

/// The word that is being read.
#[derive(Default)]
struct Word {
    range: Option<std::ops::Range<usize>>,
    /// What it says, where that is not what stands in the source.
    said: Option<String>,
}

impl Word {
    fn letters(&mut self, range: std::ops::Range<usize>, letters: &str, text: &str) {
        match &mut self.range {
            None => {
                self.range = Some(range.clone());
                if text.get(range) != Some(letters) {
                    self.said = Some(letters.to_owned());
                }
            }
            Some(own) => {
                let plain = own.end == range.start && text.get(range.clone()) == Some(letters);
                if !plain && self.said.is_none() {
                    self.said = Some(text[own.clone()].to_owned());
                }
                if let Some(said) = &mut self.said {
                    said.push_str(letters);
                }
                own.end = range.end;
            }
        }
    }

    fn character(
        &mut self,
        c: char,
        range: std::ops::Range<usize>,
        is_other: bool,
        text: &str,
        see: &mut impl FnMut(std::ops::Range<usize>, Option<String>),
    ) {
        let mut buffer = [0; 4];
        match class(c) {
            Class::Space => self.end(see),
            // The next letters do not stand right behind the last, so that the word keeps a text of its own.
            Class::Nothing => {}
            Class::Letter => self.letters(range, c.encode_utf8(&mut buffer), text),
            Class::Alone => {
                self.end(see);
                see(range, is_other.then(|| c.to_string()));
            }
        }
    }

    fn end(&mut self, see: &mut impl FnMut(std::ops::Range<usize>, Option<String>)) {
        if let Some(range) = self.range.take() {
            see(range, self.said.take());
        }
    }
}

enum Class {
    Space,
    Nothing,
    Letter,
    Alone,
}

fn class(c: char) -> Class {
    match c {
        '\u{200B}' => Class::Space,
        '\u{AD}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{61C}' => {
            Class::Nothing
        }
        c if c.is_whitespace() || c.is_control() => Class::Space,
        // Numbers set high or low are calls of notes more often than letters of a word.
        '\u{B2}' | '\u{B3}' | '\u{B9}' | '\u{2070}'..='\u{209C}' => Class::Alone,
        c if is_of_lines_without_spaces(c) => Class::Alone,
        c if c.is_alphanumeric() || c.width() == Some(0) => Class::Letter,
        _ => Class::Alone,
    }
}

/// Letters of scripts whose lines end behind any letter, or where only a dictionary knows: a line's end between two of them is no
/// space (UAX 14: ID, CJ, H2, H3, SA).
pub fn is_of_lines_without_spaces(c: char) -> bool {
    matches!(c,
        '\u{E00}'..='\u{EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' | '\u{2E80}'..='\u{303F}'
        | '\u{3040}'..='\u{A4CF}' | '\u{AC00}'..='\u{D7FF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF00}'..='\u{FFEF}'
        | '\u{20000}'..='\u{3FFFF}')
        && c.width() != Some(0)
}

/// Whether a piece is a word: it has a letter or a digit.
pub fn is_word(said: &str) -> bool {
    said.chars().any(char::is_alphanumeric)
}

/// Whether a piece is of a word: a word, or marks that an element sets apart from the letter that bears them.
pub fn is_of_word(said: &str) -> bool {
    is_word(said) || said.chars().any(|c| c.width() == Some(0))
}

/// A reference to a character at the front of `text` (HTML 5, section 13.5): what it says, and how long it is.
pub fn reference(text: &str) -> Option<(String, usize)> {
    let end = text.as_bytes().iter().take(40).position(|byte| *byte == b';')?;
    let name = &text[1..end];
    let said = match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
                .filter(|c| !c.is_control() || matches!(c, '\t' | '\n' | '\x0B' | '\x0C'))
                .unwrap_or(char::REPLACEMENT_CHARACTER)
                .to_string()
        }
        None => entity::named(name)?,
    };
    Some((said, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want: &str) {
        let mut pieces = Vec::new();
        cut(text, true, &mut |range, said| pieces.push(said.unwrap_or_else(|| text[range].to_owned())));
        assert_eq!(pieces.join("|"), want);
    }

    #[test]
    fn text_is_cut_into_letters_and_others() {
        check("well-known words, and  more", "well|-|known|words|,|and|more");
        check(
            "jour\u{AD}nal na&iuml;ve &amp; &nbsp; &pi;&rho;&omicron;s &Ccaron;a &unknown; e\u{301}t",
            "journal|naïve|&|προs|Ča|&|unknown|;|e\u{301}t",
        );
        check("漢字 abc", "漢|字|abc");
        check("snake_case &#65;&#x42;c", "snake|_|case|ABc");
    }
}
