//! What the codes of a font say: its ToUnicode CMap (ISO 32000-1, 9.10.3).

use std::collections::BTreeMap;

/// A font's codes.
#[derive(Debug, Default)]
pub struct Font {
    /// Bytes of a code: 2 in a composite font, 1 in a simple one.
    width: usize,
    /// What codes say: dense, since subsets count from 1.
    said: Vec<Says>,
    far: BTreeMap<u32, Box<str>>,
}

/// What a code says: nearly always one character.
#[derive(Clone, Copy, Debug)]
enum Says {
    Nothing,
    One(char),
    /// It is among the far ones.
    More,
}

/// Codes below this are kept in a row.
const NEAR: u32 = 1 << 16;

impl Font {
    pub fn new(composite: bool, cmap: &[u8]) -> Self {
        let mut font = Self { width: if composite { 2 } else { 1 }, ..Self::default() };
        font.read(cmap);
        font
    }

    /// Adds what `codes` say, and counts those that say nothing.
    pub fn say(&self, codes: &[u8], out: &mut String) -> usize {
        let mut mute = 0;
        for code in codes.chunks(self.width) {
            let code = code.iter().fold(0, |code, byte| code << 8 | u32::from(*byte));
            let says = if code < NEAR { self.said.get(code as usize).copied().unwrap_or(Says::Nothing) } else { Says::More };
            match says {
                Says::One(said) => out.push(said),
                Says::More if self.far.contains_key(&code) => out.push_str(&self.far[&code]),
                Says::Nothing | Says::More => {
                    out.push('\u{FFFD}');
                    mute += 1;
                }
            }
        }
        mute
    }

    /// The codes that say one character.
    pub fn letters(&self) -> impl Iterator<Item = (u32, char)> + '_ {
        (0..).zip(&self.said).filter_map(|(code, says)| match says {
            Says::One(said) => Some((code, *said)),
            Says::Nothing | Says::More => None,
        })
    }

    fn set(&mut self, code: u32, said: String) {
        let mut letters = said.chars();
        let says = match (letters.next(), letters.next()) {
            (Some(only), None) if code < NEAR => Says::One(only),
            _ => Says::More,
        };
        if let Says::More = says {
            self.far.insert(code, said.into_boxed_str());
        }
        if code < NEAR {
            if self.said.len() <= code as usize {
                self.said.resize(code as usize + 1, Says::Nothing);
            }
            self.said[code as usize] = says;
        }
    }

    /// The two kinds of entries: `<code> <text>` and `<from> <to> <text>`, the text counting up, or an array of texts.
    fn read(&mut self, cmap: &[u8]) {
        let text = String::from_utf8_lossy(cmap);
        for (opens, closes, range) in [("beginbfchar", "endbfchar", false), ("beginbfrange", "endbfrange", true)] {
            for part in text.split(opens).skip(1) {
                let part = part.split(closes).next().unwrap_or("");
                let words = tokens(part);
                if range { self.ranges(&words) } else { self.chars(&words) }
            }
        }
    }

    fn chars(&mut self, words: &[&str]) {
        for pair in words.chunks_exact(2) {
            if let (Some(code), Some(said)) = (number(pair[0]), utf16(pair[1])) {
                self.set(code, said);
            }
        }
    }

    fn ranges(&mut self, words: &[&str]) {
        let mut words = words.iter().copied();
        while let (Some(from), Some(to), Some(said)) = (words.next(), words.next(), words.next()) {
            let (Some(from), Some(to)) = (number(from), number(to)) else { return };
            if said == "[" {
                for code in from..=to {
                    let Some(word) = words.next().filter(|word| *word != "]") else { return };
                    if let Some(said) = utf16(word) {
                        self.set(code, said);
                    }
                }
                words.next();
                continue;
            }
            let Some(first) = utf16(said) else { return };
            for code in from..=to.min(from + 0xFFFF) {
                let mut letters: Vec<char> = first.chars().collect();
                if let Some(last) = letters.last_mut() {
                    *last = char::from_u32(u32::from(*last) + code - from).unwrap_or('\u{FFFD}');
                }
                self.set(code, letters.into_iter().collect());
            }
        }
    }
}

/// `<…>`, `[` and `]`.
fn tokens(part: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = part;
    while let Some(at) = rest.find(['<', '[', ']']) {
        rest = &rest[at..];
        let length = if rest.starts_with('<') { rest.find('>').map_or(rest.len(), |end| end + 1) } else { 1 };
        words.push(&rest[..length]);
        rest = &rest[length..];
    }
    words
}

fn digits(word: &str) -> Option<Vec<u8>> {
    let inner: String = word.strip_prefix('<')?.strip_suffix('>')?.split_whitespace().collect();
    (0..inner.len() / 2).map(|at| u8::from_str_radix(inner.get(2 * at..2 * at + 2)?, 16).ok()).collect()
}

fn number(word: &str) -> Option<u32> {
    Some(digits(word)?.iter().fold(0, |code, byte| code << 8 | u32::from(*byte)))
}

fn utf16(word: &str) -> Option<String> {
    let units: Vec<_> =
        digits(word)?.chunks(2).map(|pair| pair.iter().fold(0, |unit, byte| unit << 8 | u16::from(*byte))).collect();
    Some(String::from_utf16_lossy(&units))
}
