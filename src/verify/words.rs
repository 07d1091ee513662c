//! What is compared: a text as a sequence of words, punctuation, calls of notes, page breaks, images, formulas and links. One
//! lexer makes it of the tree's text and of every file's, so that the rules of what may differ are the same for all:
//!
//! - White space only divides words. How much of it there is, and where lines end, may differ.
//! - A soft hyphen (U+00AD) and what else leaves no mark by itself (U+200B, U+2060, U+FEFF, marks of direction) may differ.
//! - In scripts whose lines end inside words (Chinese, Japanese, Korean, Thai …), every letter is a word.
//! - Whether a mark of punctuation stands close to a word may differ; the mark itself may not.

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

/// One thing in a [`Flow`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    pub kind: Kind,
    /// Bytes of [`Flow::text`].
    start: u32,
    end: u32,
    /// Position in [`Flow::places`].
    place: u32,
    /// How far behind the place's beginning it stands, in bytes of the place's text.
    pub offset: u32,
}

/// A text in one piece: the body of a work, or one note.
#[derive(Clone, Debug)]
pub struct Flow<P> {
    text: String,
    pub items: Vec<Item>,
    /// Where the items stand, in order.
    pub places: Vec<P>,
}

impl<P> Default for Flow<P> {
    fn default() -> Self {
        Self { text: String::new(), items: Vec::new(), places: Vec::new() }
    }
}

impl<P> Flow<P> {
    pub fn said(&self, item: &Item) -> &str {
        &self.text[item.start as usize..item.end as usize]
    }

    pub fn place(&self, item: &Item) -> Option<&P> {
        self.places.get(item.place as usize)
    }

    /// Whether two items, here and in `other`, are the same.
    pub fn same<Q>(&self, at: usize, other: &Flow<Q>, there: usize) -> bool {
        let (a, b) = (&self.items[at], &other.items[there]);
        a.kind == b.kind && self.said(a) == other.said(b)
    }

    /// The items of a range, to be shown.
    pub fn quote(&self, range: std::ops::Range<usize>) -> String {
        const SHOWN: usize = 12;
        let mut shown = String::new();
        for (count, item) in self.items[range.clone()].iter().enumerate() {
            if count == SHOWN && range.len() > SHOWN + 2 {
                shown.push_str(" …");
                break;
            }
            let said = self.said(item);
            match item.kind {
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

    /// Puts one item in the place of several: `fold` looks at a position and says how many items make one there, of which kind
    /// and saying what. Gives, for each old position, the new one.
    pub fn fold(&mut self, fold: impl Fn(&Self, usize) -> Option<(usize, Kind, String)>) -> Vec<usize> {
        let (mut items, mut moved) = (Vec::with_capacity(self.items.len()), Vec::with_capacity(self.items.len() + 1));
        let mut at = 0;
        while at < self.items.len() {
            let folded = fold(self, at);
            let len = folded.as_ref().map_or(1, |(len, _, _)| *len);
            moved.extend(std::iter::repeat_n(items.len(), len));
            let item = self.items[at];
            items.push(match folded {
                Some((_, kind, said)) => {
                    let start = self.text.len() as u32;
                    self.text.push_str(&said);
                    Item { kind, start, end: self.text.len() as u32, ..item }
                }
                None => item,
            });
            at += len;
        }
        moved.push(items.len());
        self.items = items;
        moved
    }

    /// Changes what an item says.
    pub fn rename(&mut self, at: usize, said: &str) {
        let start = self.text.len() as u32;
        self.text.push_str(said);
        (self.items[at].start, self.items[at].end) = (start, self.text.len() as u32);
    }
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
    /// Whether letters that only join or part others count: not in a PDF, where no glyph shows them.
    joiners: bool,
}

impl<P> Lexer<P> {
    pub fn new(joiners: bool) -> Self {
        Self { flow: Flow::default(), open: false, start: (0, 0, 0), inside: Vec::new(), joiners }
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
                self.letter(c, at);
                let rest = &text.as_bytes()[at + 1..];
                let run = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
                if run > 0 {
                    self.flow.text.push_str(&text[at + 1..at + 1 + run]);
                    bytes.nth(run - 1);
                }
            } else {
                self.character(c, at);
            }
        }
    }

    fn character(&mut self, c: char, at: usize) {
        match class(c, self.joiners) {
            Class::Space => self.close(),
            Class::Nothing => {}
            Class::Letter => self.letter(c, at),
            Class::Alone(kind) => {
                self.close();
                self.letter(c, at);
                if kind == Kind::Mark {
                    self.push(Kind::Mark);
                } else {
                    self.close();
                }
            }
            // Belongs to what stands before it.
            Class::Above => match (self.open, self.flow.items.last_mut()) {
                (false, Some(last)) if last.end as usize == self.flow.text.len() && self.inside.is_empty() => {
                    self.flow.text.push(c);
                    last.end = self.flow.text.len() as u32;
                }
                _ => self.letter(c, at),
            },
        }
    }

    fn letter(&mut self, c: char, at: usize) {
        if !self.open {
            self.open = true;
            self.start = (self.flow.text.len() as u32, self.flow.places.len().saturating_sub(1) as u32, at as u32);
        }
        self.flow.text.push(c);
    }

    /// A word ends here, if one is open.
    pub fn close(&mut self) {
        if self.open {
            self.push(Kind::Word);
        }
    }

    fn push(&mut self, kind: Kind) {
        let (start, place, offset) = self.start;
        let end = self.flow.text.len() as u32;
        self.open = false;
        let mut behind = Vec::new();
        for (kind, said, before, own) in std::mem::take(&mut self.inside) {
            // A place that was named inside the word is the mark's own.
            let (place, offset) = if own == place { (place, offset) } else { (own, 0) };
            // What stood inside the word goes before it, with the number of bytes; what stood at its end, behind it.
            if before < end - start {
                let said = if kind == Kind::Page { format!("{said}+{before}") } else { said };
                self.item(kind, &said, place, offset);
            } else {
                behind.push((kind, said, place, offset));
            }
        }
        self.flow.items.push(Item { kind, start, end, place, offset });
        behind.iter().for_each(|(kind, said, place, offset)| self.item(*kind, said, *place, *offset));
    }

    fn item(&mut self, kind: Kind, said: &str, place: u32, offset: u32) {
        let start = self.flow.text.len() as u32;
        self.flow.text.push_str(said);
        self.flow.items.push(Item { kind, start, end: self.flow.text.len() as u32, place, offset });
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
        self.flow.items.len()
    }

    /// The last place that was named.
    pub fn place(&self) -> Option<&P> {
        self.flow.places.last()
    }

    /// Changes what an item says.
    pub fn rename(&mut self, at: usize, said: &str) {
        debug_assert!(!self.open, "an open word ends at the end of the text");
        self.flow.rename(at, said);
    }

    pub fn finish(mut self) -> Flow<P> {
        self.close();
        self.flow
    }
}

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
        let mut lexer = Lexer::<()>::new(true);
        for piece in pieces {
            match piece {
                Ok(text) => lexer.text(text),
                Err((kind, said)) => lexer.put(*kind, said),
            }
        }
        let flow = lexer.finish();
        let said: Vec<_> = flow.items.iter().map(|item| flow.said(item)).collect();
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
}
