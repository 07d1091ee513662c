//! A page's content stream, as a viewer runs it (ISO 32000-1, 7.8, 9.4 and 14.6): which words are shown in which marked stretch,
//! at what height, and which images. Only what text needs is understood; the rest is stepped over.

use std::collections::BTreeMap;

use super::fonts::Font;

/// Operands: what a stream says before an operator.
#[derive(Debug)]
enum Operand {
    Number(f32),
    Name(Vec<u8>),
    Text(Vec<u8>),
    Array(Vec<Operand>),
    Dictionary(Vec<(Vec<u8>, Operand)>),
    Other,
}

/// A marked stretch, or what stands outside of all.
#[derive(Debug, Default)]
pub struct Stretch {
    pub text: String,
    /// The names of the images shown.
    pub images: Vec<Vec<u8>>,
    /// The baseline of its first letter, and of its last, in points from the sheet's lower edge.
    pub first: Option<f32>,
    last: Option<f32>,
}

/// What a page shows.
#[derive(Debug, Default)]
pub struct Shown {
    /// By their MCIDs; in the order of the stream: `order`.
    pub marked: BTreeMap<i64, Stretch>,
    pub order: Vec<i64>,
    /// Words outside of every marked stretch, artifacts aside.
    pub unmarked: String,
    /// Codes for which a font says no character.
    pub mute: usize,
}

/// A marked-content sequence that is open.
enum Mark {
    Artifact,
    Content(i64),
    /// Its text is stated, whatever its glyphs say. Said at its first glyph.
    Actual(Option<String>),
    Other,
}

/// Runs a page's content.
pub fn run(stream: &[u8], fonts: &BTreeMap<Vec<u8>, &Font>) -> Shown {
    let mut machine = Machine { fonts, shown: Shown::default(), marks: Vec::new(), stack: Vec::new(), state: State::default() };
    let mut lexer = Lexer { bytes: stream, at: 0 };
    let mut operands = Vec::new();
    while let Some(token) = lexer.next() {
        match token {
            Token::Operand(operand) => operands.push(operand),
            Token::Operator(b"BI") => {
                lexer.skip_image();
                operands.clear();
            }
            Token::Operator(name) => {
                machine.operator(name, &operands);
                operands.clear();
            }
        }
    }
    machine.shown
}

#[derive(Clone, Default)]
struct State<'f> {
    font: Option<&'f Font>,
    size: f32,
    leading: f32,
    /// The height of the line, by the text matrix and that of the page.
    line: f32,
    scale: f32,
    rise: f32,
    /// The height to which the page's own matrix lifts what is drawn.
    lift: f32,
}

struct Machine<'f> {
    fonts: &'f BTreeMap<Vec<u8>, &'f Font>,
    shown: Shown,
    marks: Vec<Mark>,
    stack: Vec<State<'f>>,
    state: State<'f>,
}

impl<'f> Machine<'f> {
    fn operator(&mut self, name: &[u8], operands: &[Operand]) {
        let number = |at: usize| match operands.get(at) {
            Some(Operand::Number(number)) => *number,
            _ => 0.0,
        };
        match name {
            b"q" => self.stack.push(self.state.clone()),
            b"Q" => self.state = self.stack.pop().unwrap_or_default(),
            b"cm" => self.state.lift += number(5),
            b"BT" => (self.state.line, self.state.scale) = (0.0, 1.0),
            b"Tf" => {
                if let Some(Operand::Name(font)) = operands.first() {
                    self.state.font = self.fonts.get(font).copied();
                }
                self.state.size = number(1);
            }
            b"TL" => self.state.leading = number(0),
            b"Ts" => self.state.rise = number(0),
            b"Td" => self.state.line += number(1) * self.state.scale,
            b"TD" => {
                self.state.leading = -number(1);
                self.state.line += number(1) * self.state.scale;
            }
            b"Tm" => (self.state.scale, self.state.line) = (number(3), number(5)),
            b"T*" => self.state.line -= self.state.leading * self.state.scale,
            b"Tj" => self.show(operands.first()),
            b"'" | b"\"" => {
                self.state.line -= self.state.leading * self.state.scale;
                self.show(operands.last());
            }
            b"TJ" => {
                if let Some(Operand::Array(items)) = operands.first() {
                    items.iter().for_each(|item| self.show(Some(item)));
                }
            }
            b"BMC" => self.mark(operands.first(), None),
            b"BDC" => self.mark(operands.first(), operands.get(1)),
            b"EMC" => drop(self.marks.pop()),
            b"Do" => {
                if let (Some(Operand::Name(name)), Some(stretch)) = (operands.first(), self.stretch()) {
                    stretch.images.push(name.clone());
                }
            }
            _ => {}
        }
    }

    fn mark(&mut self, tag: Option<&Operand>, properties: Option<&Operand>) {
        let get = |key: &[u8]| match properties {
            Some(Operand::Dictionary(pairs)) => pairs.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        };
        let mark = match (tag, get(b"MCID"), get(b"ActualText")) {
            (Some(Operand::Name(name)), _, _) if name == b"Artifact" => Mark::Artifact,
            (_, Some(Operand::Number(id)), _) => {
                let id = *id as i64;
                self.shown.order.push(id);
                self.shown.marked.entry(id).or_default();
                Mark::Content(id)
            }
            (_, _, Some(Operand::Text(said))) => Mark::Actual(Some(super::text_string(said))),
            _ => Mark::Other,
        };
        self.marks.push(mark);
    }

    /// The marked stretch that is open, if no artifact is.
    fn stretch(&mut self) -> Option<&mut Stretch> {
        if self.marks.iter().any(|mark| matches!(mark, Mark::Artifact)) {
            return None;
        }
        let id = self.marks.iter().rev().find_map(|mark| match mark {
            Mark::Content(id) => Some(*id),
            Mark::Artifact | Mark::Actual(_) | Mark::Other => None,
        })?;
        self.shown.marked.get_mut(&id)
    }

    fn show(&mut self, operand: Option<&Operand>) {
        let Some(Operand::Text(codes)) = operand else { return };
        let mut said = String::new();
        // Stated once, at the first glyph; the others in it say nothing.
        let stated = self.marks.iter_mut().rev().find_map(|mark| match mark {
            Mark::Actual(text) => Some(text.take().unwrap_or_default()),
            Mark::Artifact | Mark::Content(_) | Mark::Other => None,
        });
        match (stated, self.state.font) {
            (Some(text), _) => said = text,
            (None, Some(font)) => self.shown.mute += font.say(codes, &mut said),
            (None, None) => self.shown.mute += codes.len(),
        }
        let (height, size) = (self.state.line + self.state.lift, self.state.size * self.state.scale.abs());
        let is_artifact = self.marks.iter().any(|mark| matches!(mark, Mark::Artifact));
        match self.stretch() {
            Some(stretch) => {
                stretch.first.get_or_insert(height);
                // Another line: a space, but where a soft hyphen says that the word goes on.
                let turned = stretch.last.is_some_and(|last| (last - height).abs() > 0.6 * size);
                if turned && !stretch.text.ends_with('\u{AD}') {
                    stretch.text.push(' ');
                }
                stretch.last = Some(height);
                stretch.text.push_str(&said);
            }
            None if is_artifact => {}
            None => self.shown.unmarked.push_str(&said),
        }
    }
}

impl Stretch {
    /// Whether the text of `next`, on the same page or another, stands on another line.
    pub fn turns(&self, next: &Stretch) -> bool {
        match (self.last, next.first) {
            (Some(last), Some(first)) => (last - first).abs() > 6.0,
            _ => false,
        }
    }
}

enum Token<'b> {
    Operand(Operand),
    Operator(&'b [u8]),
}

/// Cuts a stream into operands and operators (ISO 32000-1, 7.2 and 7.3).
struct Lexer<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Lexer<'b> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b'%' => {
                    let rest = &self.bytes[self.at..];
                    self.at += rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len());
                }
                0 | b'\t' | b'\n' | 12 | b'\r' | b' ' => self.at += 1,
                _ => return,
            }
        }
    }

    fn next(&mut self) -> Option<Token<'b>> {
        self.space();
        match self.peek()? {
            b'/' | b'(' | b'<' | b'[' | b'+' | b'-' | b'.' | b'0'..=b'9' => Some(Token::Operand(self.operand()?)),
            b']' | b'>' | b')' | b'{' | b'}' => {
                self.at += 1;
                Some(Token::Operand(Operand::Other))
            }
            _ => match self.word() {
                b"true" | b"false" | b"null" => Some(Token::Operand(Operand::Other)),
                word => Some(Token::Operator(word)),
            },
        }
    }

    fn word(&mut self) -> &'b [u8] {
        let start = self.at;
        while self.peek().is_some_and(|byte| !is_delimiter(byte)) {
            self.at += 1;
        }
        if self.at == start {
            self.at += 1;
        }
        &self.bytes[start..self.at.min(self.bytes.len())]
    }

    fn operand(&mut self) -> Option<Operand> {
        self.space();
        Some(match self.peek()? {
            b'/' => {
                self.at += 1;
                if self.peek().is_some_and(is_delimiter) {
                    return Some(Operand::Name(Vec::new()));
                }
                Operand::Name(name(self.word()))
            }
            b'(' => Operand::Text(self.literal()),
            b'<' if self.bytes.get(self.at + 1) == Some(&b'<') => {
                self.at += 2;
                self.dictionary()
            }
            b'<' => Operand::Text(self.hex()),
            b'[' => {
                self.at += 1;
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
                Operand::Array(items)
            }
            _ => {
                let word = self.word();
                let number = std::str::from_utf8(word).ok().and_then(|word| word.parse().ok());
                number.map_or(Operand::Other, Operand::Number)
            }
        })
    }

    fn dictionary(&mut self) -> Operand {
        let mut pairs = Vec::new();
        loop {
            self.space();
            if self.bytes[self.at.min(self.bytes.len())..].starts_with(b">>") {
                self.at += 2;
                break;
            }
            let (Some(Operand::Name(key)), Some(value)) = (self.operand(), self.operand()) else { break };
            pairs.push((key, value));
        }
        Operand::Dictionary(pairs)
    }

    fn literal(&mut self) -> Vec<u8> {
        let mut said = Vec::new();
        let mut depth = 0;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'(' => {
                    depth += 1;
                    if depth > 1 {
                        said.push(byte);
                    }
                }
                b')' => {
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                    said.push(byte);
                }
                b'\\' => self.escape(&mut said),
                byte => said.push(byte),
            }
        }
        said
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

    /// Steps over an image that stands in the stream.
    fn skip_image(&mut self) {
        let rest = &self.bytes[self.at..];
        let end = rest.windows(4).position(|four| four[1..3] == *b"EI" && is_delimiter(four[0]) && is_delimiter(four[3]));
        self.at += end.map_or(rest.len(), |end| end + 3);
    }
}

fn is_delimiter(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 12 | b'\r' | b' ' | b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

/// A name with its escapes undone: `#20` is a space.
fn name(word: &[u8]) -> Vec<u8> {
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
    said
}
