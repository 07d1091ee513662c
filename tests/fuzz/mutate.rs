//! What becomes of whole bytes.

/// What is fed, and to whom.
pub struct Target {
    pub name: &'static str,
    /// Whole files of the format.
    pub seeds: Vec<Vec<u8>>,
    /// What means something in it.
    pub words: &'static [&'static str],
    /// What must hold for any bytes; why it does not.
    pub run: fn(&[u8]) -> Result<(), String>,
}

/// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014): the same on every machine.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `end`, which is not 0.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}

/// Whole files are long; what matters is what stands beside what.
const LONGEST: usize = 6_000;

/// A piece of a seed after some accidents.
pub fn mutated(target: &Target, dice: &mut Dice) -> Vec<u8> {
    let seed = &target.seeds[dice.below(target.seeds.len())];
    let mut bytes = seed.clone();
    for _ in 0..1 + dice.below(8) {
        accident(&mut bytes, target, dice);
    }
    // What has to be whole to be looked into at all (an archive, a PDF) says so by having no words to insert.
    if !target.words.is_empty() {
        bytes.truncate(LONGEST);
    }
    bytes
}

fn accident(bytes: &mut Vec<u8>, target: &Target, dice: &mut Dice) {
    let span = |bytes: &[u8], dice: &mut Dice| {
        let start = dice.below(bytes.len() + 1);
        start..(start + dice.below(200)).min(bytes.len())
    };
    let at = dice.below(bytes.len() + 1);
    match dice.below(8) {
        0 if at < bytes.len() => bytes[at] ^= 1 << dice.below(8),
        1 => drop(bytes.drain(span(bytes, dice))),
        2 => {
            let piece = bytes[span(bytes, dice)].to_vec();
            bytes.splice(at..at, piece);
        }
        3 => {
            let other = &target.seeds[dice.below(target.seeds.len())];
            let piece = other[span(other, dice)].to_vec();
            bytes.splice(at..at, piece);
        }
        4 => bytes.truncate(at),
        5 if at < bytes.len() => bytes[at] = [0, b'\n', b'<', b'&', b'"', 0x7F, 0xC3, 0xFF][dice.below(8)],
        _ if !target.words.is_empty() => {
            let word = target.words[dice.below(target.words.len())];
            let piece = word.repeat([1, 1, 1, 2, 3, 40][dice.below(6)]);
            bytes.splice(at..at, piece.into_bytes());
        }
        _ => {
            let to = dice.below(bytes.len() + 1);
            if let (Some(a), true) = (bytes.get(at).copied(), to < bytes.len()) {
                bytes[to] = a;
            }
        }
    }
}
