//! The bars by which shops know a book: an ISBN as EAN-13 (ISO/IEC 15420), in the sizes that its standard recommends.

use crate::typeset::{FontId, Furniture, Glyph, Item, Part, Placed, Run};

/// How wide a module is at full size, how high the bars are, and how much further the guards reach, in points (0.33, 22.85 and
/// 1.65 mm).
const MODULE: f32 = 0.935;
const HEIGHT: f32 = 64.77;
const GUARDS: f32 = 4.68;
/// Modules of a code, and the white that must stand on its left and right.
const MODULES: usize = 95;
const QUIET: [usize; 2] = [11, 7];
/// The size of the digits below the bars.
pub const DIGITS: f32 = 10.5;

/// The bars of the digits on the left in the odd set, from the left: those of the right are their complement, those of the even
/// set the right's mirrored.
const ODD: [u8; 10] =
    [0b000_1101, 0b001_1001, 0b001_0011, 0b011_1101, 0b010_0011, 0b011_0001, 0b010_1111, 0b011_1011, 0b011_0111, 0b000_1011];

/// Which digits of the left half are of the even set, by the first digit, which has no bars of its own.
const EVEN: [u8; 10] = [0, 0b00_1011, 0b00_1101, 0b00_1110, 0b01_0011, 0b01_1001, 0b01_1100, 0b01_0101, 0b01_0110, 0b01_1010];

/// The digits of an ISBN as a shop reads them; none where they are no ISBN. One of ten digits gets the three that books have now.
pub fn digits(isbn: &str) -> Option<[u8; 13]> {
    let all: Vec<u8> = isbn.bytes().filter(u8::is_ascii_alphanumeric).collect();
    let digits: Vec<u8> = all.iter().filter(|byte| byte.is_ascii_digit()).map(|byte| byte - b'0').collect();
    let mut code = [0; 13];
    match all.len() {
        13 if digits.len() == 13 => code.copy_from_slice(&digits),
        10 if digits.len() >= 9 => {
            let sum: usize =
                digits.iter().take(9).zip((2..=10).rev()).map(|(digit, weight)| usize::from(*digit) * weight).sum();
            let check = (11 - sum % 11) % 11;
            let own = if all[9].eq_ignore_ascii_case(&b'x') { 10 } else { usize::from(*digits.get(9)?) };
            if own != check {
                return None;
            }
            code[..3].copy_from_slice(&[9, 7, 8]);
            code[3..12].copy_from_slice(&digits[..9]);
            code[12] = check_digit(&code);
        }
        _ => return None,
    }
    (check_digit(&code) == code[12]).then_some(code)
}

/// The last digit that the others ask for.
fn check_digit(code: &[u8; 13]) -> u8 {
    let sum: u32 = code[..12].iter().zip([1, 3].into_iter().cycle()).map(|(digit, weight)| u32::from(*digit) * weight).sum();
    ((10 - sum % 10) % 10) as u8
}

/// The modules from the left: whether each is black.
fn modules(code: &[u8; 13]) -> Vec<bool> {
    let mut all = vec![true, false, true];
    let mut push = |bits: u8| (0..7).rev().for_each(|bit| all.push(bits >> bit & 1 == 1));
    for (at, digit) in code[1..7].iter().enumerate() {
        let odd = ODD[usize::from(*digit)];
        let even = (!odd & 0x7F).reverse_bits() >> 1;
        push(if EVEN[usize::from(code[0])] >> (5 - at) & 1 == 1 { even } else { odd });
    }
    all.extend([false, true, false, true, false]);
    let mut push = |bits: u8| (0..7).rev().for_each(|bit| all.push(bits >> bit & 1 == 1));
    code[7..].iter().for_each(|digit| push(!ODD[usize::from(*digit)] & 0x7F));
    all.extend([true, false, true]);
    all
}

/// How wide and how high a code is with its white and its digits.
pub fn size() -> (f32, f32) {
    ((MODULES + QUIET[0] + QUIET[1]) as f32 * MODULE, HEIGHT + DIGITS)
}

/// A code whose left upper corner, white included, is at `x`, `y`. `shapes` are the glyphs of the digits from 0 on, in a face of
/// so many units.
pub fn draw(code: &[u8; 13], (x, y): (f32, f32), (font, units, shapes): (FontId, f32, &[Glyph; 10])) -> Vec<Placed> {
    let part = Part::Furniture(Furniture::Decoration);
    let modules = modules(code);
    let left = x + QUIET[0] as f32 * MODULE;
    let guard = |at: usize| at < 3 || (45..50).contains(&at) || at >= MODULES - 3;
    let mut placed = Vec::new();
    let mut at = 0;
    while at < MODULES {
        let width = modules[at..].iter().take_while(|black| **black == modules[at]).count();
        if modules[at] {
            let height = HEIGHT + if guard(at) { GUARDS } else { 0.0 };
            let item = Item::Rule { width: width as f32 * MODULE, height };
            placed.push(Placed { x: left + at as f32 * MODULE, y, item, part });
        }
        at += width;
    }
    for (number, digit) in code.iter().enumerate() {
        let glyph = shapes[usize::from(*digit)];
        let wide = f32::from(glyph.advance) / units * DIGITS;
        let middle = match number {
            0 => -(QUIET[0] as f32) + 4.0,
            1..=6 => 3.0 + 7.0 * (number - 1) as f32 + 3.5,
            _ => 50.0 + 7.0 * (number - 7) as f32 + 3.5,
        };
        let run = Run {
            font,
            size: DIGITS,
            text: char::from(b'0' + digit).to_string(),
            glyphs: vec![glyph],
            right_to_left: false,
            word_space: 0.0,
            letter_space: 0.0,
            expansion: 1.0,
        };
        placed.push(Placed {
            x: left + middle * MODULE - wide / 2.0,
            y: y + HEIGHT + DIGITS * 0.8,
            item: Item::Run(run),
            part,
        });
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_checked() {
        assert_eq!(digits("978-3-16-148410-0"), Some([9, 7, 8, 3, 1, 6, 1, 4, 8, 4, 1, 0, 0]));
        assert_eq!(digits("978-3-16-148410-1"), None);
        assert_eq!(digits("0-8044-2957-X"), digits("978-0-8044-2957-3"));
        assert_eq!(digits("0-8044-2957-1"), None);
        assert_eq!(digits("978-3-16"), None);
    }

    #[test]
    fn bars_are_those_of_the_standard() {
        let code = [4, 0, 0, 3, 9, 9, 4, 1, 5, 5, 4, 8, 6];
        let bits: String = modules(&code).into_iter().map(|black| if black { '1' } else { '0' }).collect();
        let want = "101 0001101 0100111 0111101 0001011 0010111 0011101 01010 \
            1100110 1001110 1001110 1011100 1001000 1010000 101";
        assert_eq!(bits, want.replace(' ', ""));
    }
}
