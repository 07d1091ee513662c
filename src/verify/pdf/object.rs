//! PDF's objects and their syntax (ISO 32000-1, 7.2 and 7.3), read in place: a book has a hundred thousand of them, each looked at
//! once. What is not written with escapes is borrowed from the file.

use std::borrow::Cow;

use crate::budget::PDF_NESTING as DEPTH;

#[derive(Clone, Debug, PartialEq)]
pub enum Object<'b> {
    Number(f64),
    Name(Cow<'b, [u8]>),
    Text(Cow<'b, [u8]>),
    Array(Vec<Object<'b>>),
    Dictionary(Dictionary<'b>),
    /// Its dictionary, and its bytes as they are kept.
    Stream(Dictionary<'b>, &'b [u8]),
    /// The number of another object.
    Reference(u32),
    /// `true`, `false`, `null`, and what should not stand there.
    Other,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dictionary<'b>(Vec<(Cow<'b, [u8]>, Object<'b>)>);

impl<'b> Dictionary<'b> {
    pub fn get(&self, key: &[u8]) -> Option<&Object<'b>> {
        self.0.iter().find(|(own, _)| **own == *key).map(|(_, value)| value)
    }

    pub fn name(&self, key: &[u8]) -> &[u8] {
        match self.get(key) {
            Some(Object::Name(name)) => name,
            _ => b"",
        }
    }

    pub fn integer(&self, key: &[u8]) -> Option<i64> {
        self.get(key)?.integer()
    }

    pub fn reference(&self, key: &[u8]) -> Option<u32> {
        self.get(key)?.reference()
    }

    pub fn text(&self, key: &[u8]) -> Option<&[u8]> {
        match self.get(key)? {
            Object::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &Object<'b>)> {
        self.0.iter().map(|(key, value)| (&**key, value))
    }
}

impl<'b> Object<'b> {
    pub fn integer(&self) -> Option<i64> {
        match self {
            Self::Number(number) => Some(*number as i64),
            _ => None,
        }
    }

    pub fn reference(&self) -> Option<u32> {
        match self {
            Self::Reference(id) => Some(*id),
            _ => None,
        }
    }

    pub fn array(&self) -> Option<&[Object<'b>]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// A dictionary, or that of a stream.
    pub fn dictionary(&self) -> Option<&Dictionary<'b>> {
        match self {
            Self::Dictionary(dict) | Self::Stream(dict, _) => Some(dict),
            _ => None,
        }
    }
}

pub enum Token<'b> {
    Operand(Object<'b>),
    /// A word that is no object, such as an operator.
    Word(&'b [u8]),
}

/// Cuts bytes into objects and words.
pub struct Lexer<'b> {
    bytes: &'b [u8],
    pub at: usize,
    /// Whether `12 0 R` is a reference: in a file, not in a page's content.
    references: bool,
    depth: usize,
}

impl<'b> Lexer<'b> {
    /// Of a page's content.
    pub fn of_content(bytes: &'b [u8]) -> Self {
        Self { bytes, at: 0, references: false, depth: 0 }
    }

    /// Of a file, from a place on.
    pub fn of_file(bytes: &'b [u8], at: usize) -> Self {
        Self { bytes, at, references: true, depth: 0 }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// What is not read yet.
    pub fn rest(&self) -> &'b [u8] {
        self.bytes.get(self.at..).unwrap_or(b"")
    }

    pub fn space(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b'%' => {
                    let rest = self.rest();
                    self.at += rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len());
                }
                0 | b'\t' | b'\n' | 12 | b'\r' | b' ' => self.at += 1,
                _ => return,
            }
        }
    }

    pub fn next(&mut self) -> Option<Token<'b>> {
        self.space();
        match self.peek()? {
            b'/' | b'(' | b'<' | b'[' | b'+' | b'-' | b'.' | b'0'..=b'9' => Some(Token::Operand(self.operand()?)),
            b']' | b'>' | b')' | b'{' | b'}' => {
                self.at += 1;
                Some(Token::Operand(Object::Other))
            }
            _ => match self.word() {
                b"true" | b"false" | b"null" => Some(Token::Operand(Object::Other)),
                word => Some(Token::Word(word)),
            },
        }
    }

    /// An object; none at the end, or where a word stands.
    pub fn object(&mut self) -> Option<Object<'b>> {
        match self.next()? {
            Token::Operand(object) => Some(object),
            Token::Word(_) => None,
        }
    }

    pub fn number(&mut self) -> Option<usize> {
        match self.object()? {
            Object::Number(number) if number >= 0.0 => Some(number as usize),
            _ => None,
        }
    }

    fn word(&mut self) -> &'b [u8] {
        let rest = self.rest();
        let length = rest.iter().position(|byte| is_delimiter(*byte)).unwrap_or(rest.len()).max(1).min(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn operand(&mut self) -> Option<Object<'b>> {
        self.space();
        Some(match self.peek()? {
            b'/' => {
                self.at += 1;
                if self.peek().is_some_and(is_delimiter) {
                    Object::Name(Cow::Borrowed(b""))
                } else {
                    Object::Name(name(self.word()))
                }
            }
            b'(' => Object::Text(self.literal()),
            b'<' if self.bytes.get(self.at + 1) == Some(&b'<') => {
                self.at += 2;
                self.inside(Self::dictionary)?
            }
            b'<' => Object::Text(Cow::Owned(self.hex())),
            b'[' => {
                self.at += 1;
                self.inside(Self::array)?
            }
            _ => {
                let word = self.word();
                match number(word) {
                    None => Object::Other,
                    Some(number) if self.references && word[0].is_ascii_digit() => {
                        self.referred(number).unwrap_or(Object::Number(number))
                    }
                    Some(number) => Object::Number(number),
                }
            }
        })
    }

    fn inside(&mut self, read: fn(&mut Self) -> Option<Object<'b>>) -> Option<Object<'b>> {
        if self.depth == DEPTH {
            return None;
        }
        self.depth += 1;
        let object = read(self);
        self.depth -= 1;
        object
    }

    /// A reference to the object `number`, if ` 0 R` follows.
    fn referred(&mut self, number: f64) -> Option<Object<'b>> {
        let generation = self.rest().strip_prefix(b" ")?;
        let digits = generation.iter().take_while(|byte| byte.is_ascii_digit()).count();
        match generation.get(digits..)? {
            [b' ', b'R', after @ ..] if digits > 0 && after.first().is_none_or(|byte| is_delimiter(*byte)) => {
                self.at += digits + 3;
                Some(Object::Reference(number as u32))
            }
            _ => None,
        }
    }

    fn array(&mut self) -> Option<Object<'b>> {
        let mut items = Vec::new();
        loop {
            self.space();
            match self.peek() {
                None => break,
                Some(b']') => {
                    self.at += 1;
                    break;
                }
                Some(_) => items.push(self.operand()?),
            }
        }
        Some(Object::Array(items))
    }

    fn dictionary(&mut self) -> Option<Object<'b>> {
        let mut pairs = Vec::new();
        loop {
            self.space();
            if self.rest().starts_with(b">>") {
                self.at += 2;
                break;
            }
            let (Some(Object::Name(key)), Some(value)) = (self.operand(), self.operand()) else { break };
            pairs.push((key, value));
        }
        Some(Object::Dictionary(Dictionary(pairs)))
    }

    fn literal(&mut self) -> Cow<'b, [u8]> {
        self.at += 1;
        let rest = self.rest();
        let plain = rest.iter().position(|byte| matches!(byte, b'(' | b')' | b'\\')).unwrap_or(rest.len());
        self.at += plain;
        if self.peek() == Some(b')') {
            self.at += 1;
            return Cow::Borrowed(&rest[..plain]);
        }
        let mut said = rest[..plain].to_vec();
        let mut depth = 1;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'(' => depth += 1,
                b')' => {
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                }
                b'\\' => {
                    self.escape(&mut said);
                    continue;
                }
                _ => {}
            }
            said.push(byte);
        }
        Cow::Owned(said)
    }

    fn escape(&mut self, said: &mut Vec<u8>) {
        let Some(byte) = self.peek() else { return };
        self.at += 1;
        match byte {
            b'n' => said.push(b'\n'),
            b'r' => said.push(b'\r'),
            b't' => said.push(b'\t'),
            b'b' => said.push(8),
            b'f' => said.push(12),
            b'0'..=b'7' => {
                let mut code = u32::from(byte - b'0');
                for _ in 0..2 {
                    let Some(digit @ b'0'..=b'7') = self.peek() else { break };
                    code = code * 8 + u32::from(digit - b'0');
                    self.at += 1;
                }
                said.push(code as u8);
            }
            b'\r' => self.at += usize::from(self.peek() == Some(b'\n')),
            b'\n' => {}
            byte => said.push(byte),
        }
    }

    fn hex(&mut self) -> Vec<u8> {
        self.at += 1;
        let mut digits = Vec::new();
        while let Some(byte) = self.peek() {
            self.at += 1;
            match char::from(byte).to_digit(16) {
                Some(digit) => digits.push(digit as u8),
                None if byte == b'>' => break,
                None => {}
            }
        }
        digits.chunks(2).map(|pair| pair[0] * 16 + pair.get(1).copied().unwrap_or(0)).collect()
    }

    /// Steps over an image that stands in the content.
    pub fn skip_image(&mut self) {
        let rest = self.rest();
        let end = rest.windows(4).position(|four| four[1..3] == *b"EI" && is_delimiter(four[0]) && is_delimiter(four[3]));
        self.at += end.map_or(rest.len(), |end| end + 3);
    }
}

fn is_delimiter(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 12 | b'\r' | b' ' | b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

/// Whole numbers are nearly all there are.
fn number(word: &[u8]) -> Option<f64> {
    let (minus, digits) = word.strip_prefix(b"-").map_or((false, word), |digits| (true, digits));
    if (1..=9).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit) {
        let whole = digits.iter().fold(0, |whole: i64, digit| whole * 10 + i64::from(digit - b'0'));
        return Some(if minus { -whole } else { whole } as f64);
    }
    std::str::from_utf8(word).ok()?.parse().ok()
}

/// A name with its escapes undone: `#20` is a space.
fn name(word: &[u8]) -> Cow<'_, [u8]> {
    if !word.contains(&b'#') {
        return Cow::Borrowed(word);
    }
    let mut said = Vec::with_capacity(word.len());
    let mut at = 0;
    while at < word.len() {
        let hex = |at: usize| word.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        match (word[at], hex(at + 1), hex(at + 2)) {
            (b'#', Some(high), Some(low)) => {
                said.push((high * 16 + low) as u8);
                at += 3;
            }
            (byte, _, _) => {
                said.push(byte);
                at += 1;
            }
        }
    }
    Cow::Owned(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_read_as_the_standard_writes_them() {
        let mut lexer = Lexer::of_file(b"<</A#20B 12 0 R/K[1 -2.5 3 0 R (a\\(b\\051(c)) <4A4>]/T true>> endobj", 0);
        let object = lexer.object().expect("a dictionary");
        let dict = object.dictionary().expect("a dictionary");
        assert_eq!(dict.reference(b"A B"), Some(12));
        let text = |bytes: &'static [u8]| Object::Text(Cow::Borrowed(bytes));
        let kids = [Object::Number(1.0), Object::Number(-2.5), Object::Reference(3), text(b"a(b)(c)"), text(b"J@")];
        assert_eq!(dict.get(b"K").and_then(Object::array), Some(&kids[..]));
        assert_eq!(dict.get(b"T"), Some(&Object::Other));
        assert!(matches!(lexer.next(), Some(Token::Word(b"endobj"))));
    }

    #[test]
    fn no_depth_overflows_the_stack() {
        assert_eq!(Lexer::of_file(&[b'['; 100_000], 0).object(), None);
        assert_eq!(Lexer::of_file(&b"<</A".repeat(100_000), 0).object().map(|object| object.integer()), Some(None));
    }
}
