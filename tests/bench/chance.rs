//! Text that nobody wrote, for benchmarks: the same each time, of as many different words as a book has.

/// A row of numbers that is the same each time (Knuth, The Art of Computer Programming 2, 3.3.4, table 1, line 16).
pub struct Chance(pub u32);

impl Chance {
    pub fn below(&mut self, limit: u32) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((u64::from(self.0) * u64::from(limit)) >> 32) as u32
    }

    /// Of a vocabulary as large as a book's, frequent ones first.
    pub fn word(&mut self) -> String {
        const SYLLABLES: [&str; 16] =
            ["the", "of", "an", "con", "ter", "mar", "gin", "let", "ar", "chi", "ves", "pri", "or", "y", "stan", "ing"];
        let bound = 1 + self.below(12_000);
        let mut rank = self.below(bound);
        let mut word = String::new();
        loop {
            word.push_str(SYLLABLES[rank as usize % SYLLABLES.len()]);
            rank /= SYLLABLES.len() as u32;
            if rank == 0 {
                return word;
            }
        }
    }

    pub fn sentence(&mut self, words: u32) -> String {
        let count = words + self.below(words);
        let mut text = (0..count).map(|_| self.word()).collect::<Vec<_>>().join(" ");
        text[..1].make_ascii_uppercase();
        text.push('.');
        text
    }

    pub fn paragraph(&mut self, sentences: u32) -> String {
        (0..sentences).map(|_| self.sentence(14)).collect::<Vec<_>>().join(" ")
    }
}
