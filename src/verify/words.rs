//! What is compared: a text as a sequence of words, punctuation, calls of notes, page breaks, images, formulas and links. One
//! lexer makes it of the tree's text and of every file's, so that the rules of what may differ are the same for all:
//!
//! - White space only divides words. How much of it there is, and where lines end, may differ.
//! - A soft hyphen (U+00AD) and what else leaves no mark by itself (U+200B, U+2060, U+FEFF, marks of direction) may differ.
//! - In scripts whose lines end inside words (Chinese, Japanese, Korean, Thai …), every letter is a word.
//! - Whether a mark of punctuation stands close to a word may differ; the mark itself may not.

use std::collections::BTreeMap;

use unicode_width::UnicodeWidthChar;

/// What stands in a text at one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A run of letters and digits.
    Word,
    /// One character that is neither letter, digit nor space.
    Mark,
    /// A note is called; the text is its number.
    Call,
    /// A printed page begins; the text is its label.
    Page,
    /// An image; the text is what is said in its place.
    Image,
    /// A formula; the text is its TeX.
    Formula,
    /// A link begins; the text is the address, or `#` for a place in the work.
    Link,
}

impl Kind {
    /// The byte before what an item says, in [`Flow::text`]. A word has none: no word begins with a control character.
    const ALL: [Self; 7] = [Self::Word, Self::Mark, Self::Call, Self::Page, Self::Image, Self::Formula, Self::Link];

    fn byte(self) -> char {
        char::from(self as u8)
    }
}

/// A text in one piece: the body of a work, or one note. A book has a million items, and every output has them all again: eight
/// bytes for each, beside what it says.
#[derive(Clone, Debug)]
pub struct Flow<P> {
    /// What the items say, one behind the other, each but a word behind the byte of its kind.
    text: String,
    /// Where in the text each item begins.
    starts: Vec<u32>,
    /// How far behind its place's beginning each stands, in bytes of the place's text.
    offsets: Vec<u32>,
    /// From which item on items stand at which of the places.
    runs: Vec<(u32, u32)>,
    places: Vec<P>,
    /// What was found out later to be said by calls and images.
    renamed: BTreeMap<u32, String>,
}

impl<P> Default for Flow<P> {
    fn default() -> Self {
        let (starts, offsets, runs) = (Vec::new(), Vec::new(), Vec::new());
        Self { text: String::new(), starts, offsets, runs, places: Vec::new(), renamed: BTreeMap::new() }
    }
}

impl<P> Flow<P> {
    /// How many items there are.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    pub fn kind(&self, at: usize) -> Kind {
        let byte = self.text.as_bytes().get(self.starts[at] as usize).copied().unwrap_or(0);
        Kind::ALL.get(usize::from(byte)).copied().unwrap_or(Kind::Word)
    }

    pub fn said(&self, at: usize) -> &str {
        let whole = self.whole(at);
        match self.kind(at) {
            Kind::Word => whole,
            Kind::Call | Kind::Image if !self.renamed.is_empty() => match self.renamed.get(&(at as u32)) {
                Some(said) => said,
                None => &whole[1..],
            },
            Kind::Mark | Kind::Call | Kind::Page | Kind::Image | Kind::Formula | Kind::Link => &whole[1..],
        }
    }

    /// What an item says behind the byte of its kind.
    fn whole(&self, at: usize) -> &str {
        let end = self.starts.get(at + 1).map_or(self.text.len(), |next| *next as usize);
        &self.text[self.starts[at] as usize..end]
    }

    /// Where an item stands.
    pub fn place(&self, at: usize) -> Option<&P> {
        let run = self.runs.partition_point(|(first, _)| *first as usize <= at).checked_sub(1)?;
        self.places.get(self.runs[run].1 as usize)
    }

    /// How far behind its place's beginning an item stands.
    pub fn offset(&self, at: usize) -> u32 {
        self.offsets[at]
    }

    /// The place that was named first.
    pub fn first_place(&self) -> Option<&P> {
        self.places.first()
    }

    /// The items of a kind.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = usize> + '_ {
        (0..self.len()).filter(move |at| self.kind(*at) == kind)
    }

    /// Whether two items, here and in `other`, are the same.
    pub fn same<Q>(&self, at: usize, other: &Flow<Q>, there: usize) -> bool {
        if self.renamed.is_empty() && other.renamed.is_empty() {
            return self.whole(at) == other.whole(there);
        }
        self.kind(at) == other.kind(there) && self.said(at) == other.said(there)
    }

    /// FNV-1a of what an item says.
    pub fn hash(&self, at: usize) -> u64 {
        let seed = 0xCBF2_9CE4_8422_2325 ^ self.kind(at) as u64;
        self.said(at).bytes().fold(seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
    }

    /// The items of a range, to be shown.
    pub fn quote(&self, range: std::ops::Range<usize>) -> String {
        const SHOWN: usize = 12;
        let mut shown = String::new();
        let length = range.len();
        for (count, at) in range.enumerate() {
            if count == SHOWN && length > SHOWN + 2 {
                shown.push_str(" …");
                break;
            }
            let said = self.said(at);
            match self.kind(at) {
                Kind::Word if shown.is_empty() => shown.push_str(said),
                Kind::Word => {
                    shown.push(' ');
                    shown.push_str(said);
                }
                Kind::Mark => shown.push_str(said),
                Kind::Call => shown.push_str(&format!("[note {said}]")),
                Kind::Page => shown.push_str(&format!("[page {said}]")),
                Kind::Image => shown.push_str(&format!("[image: {said}]")),
                Kind::Formula => shown.push_str(&format!("[formula: {said}]")),
                Kind::Link => shown.push_str(&format!("[link to {said}]")),
            }
        }
        shown
    }

    /// Changes what a call or an image says.
    pub fn rename(&mut self, at: usize, said: &str) {
        debug_assert!(matches!(self.kind(at), Kind::Call | Kind::Image), "only these are looked up");
        self.renamed.insert(at as u32, said.to_owned());
    }

    fn add(&mut self, start: usize, place: u32, offset: u32) {
        if self.runs.last().is_none_or(|(_, last)| *last != place) {
            self.runs.push((self.starts.len() as u32, place));
        }
        self.starts.push(start as u32);
        self.offsets.push(offset);
    }

    /// Takes the last items away, and gives back where the first of them stood.
    fn take(&mut self, count: usize) -> (u32, u32) {
        let at = self.len() - count;
        let run = self.runs.partition_point(|(first, _)| *first as usize <= at) - 1;
        let (place, offset) = (self.runs[run].1, self.offsets[at]);
        self.text.truncate(self.starts[at] as usize);
        self.starts.truncate(at);
        self.offsets.truncate(at);
        self.runs.truncate(self.runs.partition_point(|(first, _)| (*first as usize) < at));
        (place, offset)
    }
}

/// How text is cut, beside the rules for all.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cut {
    /// Letters that only join or part others do not count: in a PDF, no glyph shows them.
    pub joinerless: bool,
    /// A plain text says with its letters what others mark: `[3]` calls a note, and hyphens in a row are one mark.
    pub plain: bool,
    /// In a plain text, `{3}` marks a printed page.
    pub pages: bool,
    /// An edition says by elements what books say by quotation marks and editors' brackets: these part words, and do not count.
    pub encoded: bool,
}

/// Cuts text into a [`Flow`].
#[derive(Debug)]
pub struct Lexer<P> {
    flow: Flow<P>,
    /// Whether a word is open at the end of the text.
    open: bool,
    /// Where the open word begins: its start in the text, its place and offset there.
    start: (u32, u32, u32),
    /// What stood inside the open word, how many bytes of the word stood before it, and its place.
    inside: Vec<(Kind, String, u32, u32)>,
    cut: Cut,
    /// Whether what comes next stands close to the last item.
    close_up: bool,
}

impl<P> Lexer<P> {
    pub fn new(cut: Cut) -> Self {
        Self { flow: Flow::default(), open: false, start: (0, 0, 0), inside: Vec::new(), cut, close_up: false }
    }

    /// What follows stands at `place`.
    pub fn at(&mut self, place: P) {
        self.flow.places.push(place);
    }

    pub fn text(&mut self, text: &str) {
        let mut bytes = text.char_indices();
        while let Some((at, c)) = bytes.next() {
            // Nearly all of a book is such letters.
            if c.is_ascii_alphanumeric() {
                let run = text.as_bytes()[at..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
                self.word(&text[at..at + run], at);
                if run > 1 {
                    bytes.nth(run - 2);
                }
            } else if c == ' ' {
                self.close();
            } else {
                self.character(c, at);
            }
        }
    }

    fn character(&mut self, c: char, at: usize) {
        let mut buffer = [0; 4];
        match class(c, !self.cut.joinerless) {
            Class::Space => self.close(),
            Class::Nothing => {}
            Class::Letter => self.word(c.encode_utf8(&mut buffer), at),
            Class::Alone(Kind::Mark) if self.cut.encoded && SUPPLIED.contains(&c) => self.push(),
            Class::Alone(Kind::Mark) => {
                self.push();
                self.mark(c, at);
            }
            Class::Alone(_) => {
                self.push();
                self.word(c.encode_utf8(&mut buffer), at);
                self.push();
            }
            // Belongs to what stands before it.
            Class::Above => {
                let last = self.flow.len().checked_sub(1).filter(|_| !self.open && self.inside.is_empty());
                match last {
                    Some(last) if matches!(self.flow.kind(last), Kind::Word | Kind::Mark) => self.flow.text.push(c),
                    _ => self.word(c.encode_utf8(&mut buffer), at),
                }
            }
        }
    }

    /// Letters of a word, which goes on or begins.
    fn word(&mut self, letters: &str, at: usize) {
        if !self.open {
            self.open = true;
            self.start = (self.flow.text.len() as u32, self.last_place(), at as u32);
        }
        self.flow.text.push_str(letters);
    }

    fn mark(&mut self, c: char, at: usize) {
        let close_up = std::mem::replace(&mut self.close_up, true);
        let last = self.flow.len().checked_sub(1);
        if c == '-'
            && self.cut.plain
            && close_up
            && last.is_some_and(|last| self.flow.kind(last) == Kind::Mark && self.flow.said(last).ends_with('-'))
        {
            return self.flow.text.push(c);
        }
        let start = self.flow.text.len();
        self.flow.text.push(Kind::Mark.byte());
        self.flow.text.push(c);
        self.flow.add(start, self.last_place(), at as u32);
        match c {
            ']' if self.cut.plain => self.fold_call(),
            '}' if self.cut.plain && self.cut.pages => self.fold_page(),
            _ => {}
        }
    }

    fn is_mark(&self, at: usize, said: &str) -> bool {
        self.flow.kind(at) == Kind::Mark && self.flow.said(at) == said
    }

    /// `[3]`, of which the last bracket was just read.
    fn fold_call(&mut self) {
        let Some(at) = self.flow.len().checked_sub(3).filter(|at| self.is_mark(*at, "[")) else { return };
        let said = self.flow.said(at + 1).to_owned();
        if said.bytes().all(|byte| byte.is_ascii_digit()) {
            self.fold(3, Kind::Call, &said);
        }
    }

    /// `{3}` or `{plate IV}`.
    fn fold_page(&mut self) {
        const LONGEST: usize = 10;
        let end = self.flow.len() - 1;
        let Some(at) = (end.saturating_sub(LONGEST)..end).rev().find(|at| self.is_mark(*at, "{")) else { return };
        let said = (at + 1..end).map(|at| self.flow.said(at)).collect::<Vec<_>>().join(" ");
        self.fold(end + 1 - at, Kind::Page, &said);
    }

    fn fold(&mut self, count: usize, kind: Kind, said: &str) {
        let (place, offset) = self.flow.take(count);
        self.item(kind, said, place, offset);
    }

    /// A word ends here, if one is open, and so does what stands close together.
    pub fn close(&mut self) {
        self.push();
        self.close_up = false;
    }

    fn push(&mut self) {
        if !self.open {
            return;
        }
        let (start, place, offset) = self.start;
        self.open = false;
        self.close_up = true;
        if self.inside.is_empty() {
            return self.flow.add(start as usize, place, offset);
        }
        let word = self.flow.text.split_off(start as usize);
        let mut behind = Vec::new();
        for (kind, said, before, own) in std::mem::take(&mut self.inside) {
            // A place that was named inside the word is the mark's own.
            let (place, offset) = if own == place { (place, offset) } else { (own, 0) };
            // What stood inside the word goes before it, with the number of bytes; what stood at its end, behind it.
            if (before as usize) < word.len() {
                let said = if kind == Kind::Page { format!("{said}+{before}") } else { said };
                self.item(kind, &said, place, offset);
            } else {
                behind.push((kind, said, place, offset));
            }
        }
        let start = self.flow.text.len();
        self.flow.text.push_str(&word);
        self.flow.add(start, place, offset);
        behind.iter().for_each(|(kind, said, place, offset)| self.item(*kind, said, *place, *offset));
    }

    fn item(&mut self, kind: Kind, said: &str, place: u32, offset: u32) {
        let start = self.flow.text.len();
        self.flow.text.push(kind.byte());
        self.flow.text.push_str(said);
        self.flow.add(start, place, offset);
    }

    /// Something that is not text, and that divides no word: it can stand in one.
    pub fn put(&mut self, kind: Kind, said: &str) {
        if self.open {
            let before = self.flow.text.len() as u32 - self.start.0;
            self.inside.push((kind, said.to_owned(), before, self.last_place()));
        } else {
            self.item(kind, said, self.last_place(), 0);
        }
    }

    fn last_place(&self) -> u32 {
        self.flow.places.len().saturating_sub(1) as u32
    }

    /// How many items there are; a word that is open is not among them.
    pub fn count(&self) -> usize {
        self.flow.len()
    }

    /// The last place that was named.
    pub fn place(&self) -> Option<&P> {
        self.flow.places.last()
    }

    /// Changes what a call or an image says.
    pub fn rename(&mut self, at: usize, said: &str) {
        self.flow.rename(at, said);
    }

    pub fn finish(mut self) -> Flow<P> {
        self.close();
        self.flow
    }
}

/// Marks by which books say what an edition says by elements.
const SUPPLIED: &[char] =
    &['“', '”', '„', '‟', '‘', '’', '‚', '‛', '«', '»', '‹', '›', '"', '\'', '[', ']', '⟨', '⟩', '⟦', '⟧', '…'];

enum Class {
    Space,
    Nothing,
    Letter,
    /// Stands for itself.
    Alone(Kind),
    /// A mark over or under a letter.
    Above,
}

fn class(c: char, joiners: bool) -> Class {
    match c {
        '\u{200B}' => Class::Space,
        '\u{AD}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{61C}' => {
            Class::Nothing
        }
        '\u{200C}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}' if !joiners => Class::Nothing,
        c if c.is_whitespace() || c.is_control() => Class::Space,
        c if breaks_anywhere(c) && c.width() != Some(0) => Class::Alone(Kind::Word),
        c if c.width() == Some(0) => Class::Above,
        c if c.is_alphanumeric() => Class::Letter,
        _ => Class::Alone(Kind::Mark),
    }
}

/// Letters of scripts whose lines may end behind any letter, or where only a dictionary knows (UAX 14: ID, CJ, H2, H3, SA).
fn breaks_anywhere(c: char) -> bool {
    matches!(c,
        '\u{E00}'..='\u{EFF}' | '\u{1000}'..='\u{109F}' | '\u{1100}'..='\u{11FF}' | '\u{1780}'..='\u{17FF}'
        | '\u{1950}'..='\u{19DF}' | '\u{1A20}'..='\u{1AAF}' | '\u{2E80}'..='\u{2FFF}' | '\u{3005}'..='\u{3007}'
        | '\u{3021}'..='\u{303C}' | '\u{3040}'..='\u{A4CF}' | '\u{A960}'..='\u{A97F}' | '\u{A9E0}'..='\u{A9FF}'
        | '\u{AA60}'..='\u{AADF}' | '\u{AC00}'..='\u{D7FF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF66}'..='\u{FF9F}'
        | '\u{1B000}'..='\u{1B2FF}' | '\u{20000}'..='\u{3FFFF}')
        && c.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pieces: &[Result<&str, (Kind, &str)>], want: &str) {
        check_cut(Cut::default(), pieces, want);
    }

    #[track_caller]
    fn check_cut(cut: Cut, pieces: &[Result<&str, (Kind, &str)>], want: &str) {
        let mut lexer = Lexer::<()>::new(cut);
        for piece in pieces {
            match piece {
                Ok(text) => lexer.text(text),
                Err((kind, said)) => lexer.put(*kind, said),
            }
        }
        let flow = lexer.finish();
        let said: Vec<_> = (0..flow.len()).map(|at| flow.said(at)).collect();
        assert_eq!(said.join("|"), want);
    }

    #[test]
    fn words_and_what_stands_between_them() {
        check(&[Ok("well-known words, and  more")], "well|-|known|words|,|and|more");
        check(&[Ok("jour\u{AD}"), Ok("nal")], "journal");
        check(&[Ok("漢字 abc가나")], "漢|字|abc|가|나");
        check(&[Ok("i̯, e\u{301}t")], "i̯|,|e\u{301}t");
        check(&[Ok("word"), Err((Kind::Call, "3")), Ok(" next")], "word|3|next");
        check(&[Ok("word "), Err((Kind::Call, "3")), Ok("next")], "word|3|next");
        check(&[Ok("jour"), Err((Kind::Page, "3")), Ok("nal")], "3+4|journal");
        check(&[Ok("jour"), Err((Kind::Page, "3"))], "jour|3");
    }

    #[test]
    fn what_a_plain_text_says_with_its_letters() {
        let cut = Cut { plain: true, pages: true, ..Cut::default() };
        check_cut(cut, &[Ok("word.[12] -- next --- {iv} -5")], "word|.|12|--|next|---|iv|-|5");
        check_cut(cut, &[Ok("[x] [3] {plate IV}")], "[|x|]|3|plate IV");
    }

    #[test]
    fn items_know_their_places() {
        let mut lexer = Lexer::<u8>::new(Cut::default());
        for (place, text) in [(1, "one "), (2, "two jour")] {
            lexer.at(place);
            lexer.text(text);
        }
        lexer.at(3);
        lexer.put(Kind::Page, "7");
        lexer.text("nal three");
        let flow = lexer.finish();
        let places: Vec<_> = (0..flow.len()).map(|at| (flow.said(at), *flow.place(at).expect("a place"))).collect();
        assert_eq!(places, [("one", 1), ("two", 2), ("7+4", 3), ("journal", 2), ("three", 3)]);
    }
}
