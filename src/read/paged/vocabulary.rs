//! The words of the text itself: the best dictionary for what its lines and pages have cut.

use std::cell::LazyCell;

/// How often the text has words. Words are known by their hash alone: nothing is ever listed, so no order can show.
pub struct Vocabulary {
    /// Open addressing.
    slots: Vec<Slot>,
    filled: usize,
    /// How many words stand inside lines.
    inside: u32,
}

/// A word: its hash, or 0 where the place is free, and how often it stands in each sense of [`Of`].
#[derive(Clone, Copy, Default)]
struct Slot {
    hash: u64,
    counts: [u32; 6],
}

/// What is counted of a word.
#[derive(Clone, Copy)]
enum Of {
    /// The word in lower case, wherever it stands.
    Word = 0,
    /// The word as it stands in mid-sentence, where a capital is its own.
    Inner = 1,
    /// The part of a compound before its hyphen.
    Leading = 2,
    /// The word in lower case, where it stands inside a line: there it is whole.
    Inside = 3,
    /// The first letters of a word in lower case, by which its inflections are kin.
    Stem = 4,
    /// A word in lower case that line ends have cut with a hyphen, as it is without.
    Joined = 5,
}

/// How many letters make words kin: `proceed`, `proceeds`, `proceeding`.
pub const STEM: usize = 6;

/// The signs that stand for a hyphen at a line's end: the hyphen itself, the soft one, the double one of blackletter, and
/// what OCR makes of it.
pub const HYPHENS: [char; 8] = ['-', '\u{AD}', '\u{2010}', '\u{2011}', '¬', '⸗', '⹀', '='];

/// What knows which words of a text are names.
pub trait Names {
    /// Whether the text writes this word in mid-sentence with a capital, and seldom without.
    fn is_name(&self, word: &str) -> bool;
}

impl Names for Vocabulary {
    fn is_name(&self, word: &str) -> bool {
        let capital = self.get(Of::Inner, word);
        capital > 0 && capital > self.get(Of::Inner, &lower(word))
    }
}

/// A vocabulary that is made once a name is asked for.
impl<F: FnOnce() -> Vocabulary> Names for LazyCell<Vocabulary, F> {
    fn is_name(&self, word: &str) -> bool {
        Vocabulary::is_name(self, word)
    }
}

impl Vocabulary {
    /// Counts the words of a text. Those that a line's end cuts are left out, both halves.
    pub fn of(text: &str) -> Self {
        let mut known = Self { slots: vec![Slot::default(); 1 << 13], filled: 0, inside: 0 };
        let (mut inner, mut cut, mut at) = (false, false, 0);
        let mut first_half = "";
        while let Some(found) = next_letter(&text[at..]) {
            let between = &text[at..at + found];
            let start = at + found;
            let end = start + word_length(&text[start..]);
            let word = &text[start..end];
            at = end;
            inner &= between == " " || !between.contains(ends_sentence) && !between.contains("\n\n");
            let second_half = std::mem::replace(&mut cut, is_cut(&text[end..]));
            if second_half {
                known.add(Of::Joined, &lower(&format!("{first_half}{word}")));
            }
            first_half = if cut { word } else { "" };
            if !second_half && !cut {
                let ends_line = text[end..].bytes().find(|byte| *byte != b' ').is_none_or(|byte| byte == b'\n');
                known.count(word, inner, !ends_line && !between.contains('\n'));
            }
            inner = true;
        }
        known
    }

    fn count(&mut self, word: &str, inner: bool, inside: bool) {
        self.inside += u32::from(inside);
        // Most words are of small letters: one look at each letter, and at most two places.
        if word.bytes().all(|byte| byte.is_ascii_lowercase()) {
            let (stem, rest) = word.as_bytes().split_at(word.len().min(STEM));
            let stem = fnv(FNV, stem);
            let slot = self.place(sealed(fnv(stem, rest)));
            let counts = &mut self.slots[slot].counts;
            counts[Of::Word as usize] += 1;
            counts[Of::Inner as usize] += u32::from(inner);
            counts[Of::Inside as usize] += u32::from(inside);
            if !rest.is_empty() {
                let slot = self.place(sealed(stem));
                self.slots[slot].counts[Of::Stem as usize] += 1;
            }
            return;
        }
        let small = lower(word);
        self.add(Of::Word, &small);
        if inside {
            self.add(Of::Inside, &small);
        }
        if let Some((at, _)) = word.char_indices().nth(STEM) {
            self.add(Of::Stem, &lower(&word[..at]));
        }
        if inner {
            self.add(Of::Inner, word);
        }
        if let Some((leading, _)) = word.split_once('-') {
            self.add(Of::Leading, &lower(leading));
        }
    }

    /// How often a word, or a compound with its hyphen, stands in the text.
    pub fn word(&self, word: &str) -> u32 {
        self.get(Of::Word, &lower(word))
    }

    /// How often a word stands in the text, whole or cut with a hyphen.
    pub fn whole_or_cut(&self, word: &str) -> u32 {
        self.word(word) + self.get(Of::Joined, &lower(word))
    }

    /// How often a word stands inside lines, where no line's end can have cut it.
    pub fn inside(&self, word: &str) -> u32 {
        self.get(Of::Inside, &lower(word))
    }

    /// How many words stand inside lines.
    pub fn all(&self) -> u32 {
        self.inside
    }

    /// Whether the text has words that begin as this one does, with as many letters as make them kin.
    pub fn has_kin(&self, word: &str) -> bool {
        let stem = |word: &str| self.get(Of::Stem, word) > 0;
        let word = lower(word);
        match word.char_indices().nth(STEM) {
            Some((at, _)) => stem(&word[..at]) || self.get(Of::Word, &word[..at]) > 0,
            None => false,
        }
    }

    /// Whether the text has a compound that begins with this word and a hyphen.
    pub fn leads_compounds(&self, word: &str) -> bool {
        self.get(Of::Leading, &lower(word)) > 0
    }

    fn add(&mut self, of: Of, word: &str) {
        let slot = self.place(hash(word));
        self.slots[slot].counts[of as usize] += 1;
    }

    fn get(&self, of: Of, word: &str) -> u32 {
        self.slots[self.slot(hash(word))].counts[of as usize]
    }

    /// Where a hash stands from now on.
    fn place(&mut self, hash: u64) -> usize {
        let at = self.slot(hash);
        if self.slots[at].hash != 0 {
            return at;
        }
        self.slots[at].hash = hash;
        self.filled += 1;
        if self.filled * 2 > self.slots.len() {
            self.grow();
            return self.slot(hash);
        }
        at
    }

    /// Where a hash stands, or the free place where it would.
    fn slot(&self, hash: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        while self.slots[at].hash != 0 && self.slots[at].hash != hash {
            at = (at + 1) & mask;
        }
        at
    }

    fn grow(&mut self) {
        let old = std::mem::take(&mut self.slots);
        self.slots = vec![Slot::default(); old.len() * 2];
        for slot in old.into_iter().filter(|slot| slot.hash != 0) {
            let at = self.slot(slot.hash);
            self.slots[at] = slot;
        }
    }
}

/// Where a word's hash begins: the offset basis of FNV-1a.
const FNV: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a over a word's bytes.
fn hash(word: &str) -> u64 {
    sealed(fnv(FNV, word.as_bytes()))
}

fn fnv(so_far: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(so_far, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// A hash with its upper half folded in; never 0.
fn sealed(hash: u64) -> u64 {
    (hash ^ (hash >> 29)).max(1)
}

/// Where the next letter stands.
fn next_letter(text: &str) -> Option<usize> {
    let ascii = text.bytes().position(|byte| byte.is_ascii_alphabetic() || byte >= 0x80)?;
    match text.as_bytes()[ascii] {
        0x80.. => text[ascii..].find(char::is_alphabetic).map(|found| ascii + found),
        _ => Some(ascii),
    }
}

fn lower(word: &str) -> std::borrow::Cow<'_, str> {
    match word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-') {
        true => word.into(),
        false => word.to_lowercase().into(),
    }
}

/// The length of the word at the front of `text`: letters and the marks on them, with hyphens and apostrophes between.
pub fn word_length(text: &str) -> usize {
    // Up to what is not ASCII, or joins two words, a word is letters.
    let letters = text.bytes().position(|byte| !byte.is_ascii_alphabetic()).unwrap_or(text.len());
    match text.as_bytes().get(letters) {
        Some(b'-' | 0x80..) => {}
        _ => return letters,
    }
    let mut end = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let joins = matches!(c, '-' | '\u{2010}') && chars.peek().is_some_and(|(_, next)| next.is_alphabetic());
        if !is_of_word(c) && !joins {
            break;
        }
        end = at + c.len_utf8();
    }
    end
}

/// Letters, and the marks that stand on them in Arabic, Greek and others.
pub fn is_of_word(c: char) -> bool {
    c.is_alphabetic()
        || matches!(c, '\u{300}'..='\u{36F}' | '\u{610}'..='\u{61A}' | '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{200C}')
}

/// Whether a line ends here, behind a hyphen.
fn is_cut(rest: &str) -> bool {
    let mut chars = rest.chars();
    chars.next().is_some_and(|c| HYPHENS.contains(&c)) && chars.find(|c| *c != ' ').is_none_or(|c| c == '\n' || c == '\x0C')
}

fn ends_sentence(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | ':' | '…' | '؟' | '#' | '>' | '"' | '“' | '«' | '*' | '|')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_text_says_of_its_words() {
        let known = Vocabulary::of(
            "The treatment of self-evident truths in England. England, and in Eng-\nland: treat-\nment. The end.",
        );
        assert_eq!((known.word("treatment"), known.word("treat"), known.word("ment")), (1, 0, 0));
        assert_eq!((known.word("self-evident"), known.word("Self")), (1, 0));
        assert!(known.leads_compounds("self") && !known.leads_compounds("the"));
        assert!(known.is_name("England") && !known.is_name("The"));
    }
}
