//! Where letters of Arabic script that hold together may be drawn apart by a bar (kashida), so that lines are filled without white
//! between words. By the order in which calligraphers and the programs after them look for a place (Unicode's Arabic joining types;
//! W3C, Arabic & Persian Layout Requirements, "Justification"; Microsoft, "Justifying Text using Cascading Style Sheets").

/// The bar.
pub const BAR: char = '\u{640}';

/// Words of fewer letters stay as they are.
const FEWEST: usize = 3;

struct Letter {
    c: char,
    /// The byte behind it and its marks.
    end: usize,
}

/// The byte of a word before which a bar may stand: the best place, the last of several that are as good.
pub fn place(word: &str) -> Option<usize> {
    if !word.chars().any(holds_on) || word.contains("لله") {
        return None;
    }
    let (mut best, mut row): (Option<(u8, usize)>, Vec<Letter>) = (None, Vec::new());
    let mut look = |row: &mut Vec<Letter>| {
        let letters = std::mem::take(row);
        if letters.len() < FEWEST {
            return;
        }
        for (at, pair) in letters.windows(2).enumerate() {
            let found = rank(&pair[0], &pair[1], at + 2 == letters.len());
            if let Some(rank) = found.filter(|rank| best.is_none_or(|(known, _)| *rank <= known)) {
                best = Some((rank, pair[0].end));
            }
        }
    };
    for (at, c) in word.char_indices() {
        if is_mark(c) {
            row.iter_mut().last().into_iter().for_each(|letter| letter.end = at + c.len_utf8());
        } else if is_letter(c) {
            row.push(Letter { c, end: at + c.len_utf8() });
        } else {
            look(&mut row);
        }
    }
    look(&mut row);
    best.map(|(_, at)| at)
}

/// How good a place between two letters is: 0 is the best.
fn rank(a: &Letter, b: &Letter, last: bool) -> Option<u8> {
    let together = holds_on(a.c) && b.c != 'ء' && !(a.c == 'ل' && is_alef(b.c));
    if !together {
        return None;
    }
    let closes = last || !holds_on(b.c);
    match (a.c, b.c) {
        (BAR, _) => Some(0),
        ('س' | 'ش' | 'ص' | 'ض', _) => Some(1),
        (_, 'ة' | 'ه' | 'د' | 'ذ') if closes => Some(2),
        (_, 'ا' | 'أ' | 'إ' | 'آ' | 'ٱ' | 'ط' | 'ظ' | 'ل' | 'ك' | 'ک' | 'گ') if closes => Some(3),
        ('ب' | 'ت' | 'ث' | 'ن' | 'ي' | 'ی' | 'ئ' | 'پ', 'ر' | 'ز' | 'ژ' | 'ي' | 'ى' | 'ی') if closes => Some(4),
        (_, 'و' | 'ؤ' | 'ع' | 'غ' | 'ق' | 'ف') if closes => Some(5),
        _ if closes => Some(6),
        _ => None,
    }
}

/// Whether a letter holds on to the one behind it (Unicode: Joining_Type=Dual_Joining, and the bar itself).
fn holds_on(c: char) -> bool {
    matches!(c, 'ئ' | 'ب' | 'ت'..='خ' | 'س'..='غ' | BAR | 'ف'..='ه' | 'ى' | 'ي' | 'ٹ' | 'پ' | 'چ' | 'ڤ' | 'ک' | 'گ' | 'ں' | 'ھ' | 'ہ' | 'ی')
}

fn is_alef(c: char) -> bool {
    matches!(c, 'ا' | 'أ' | 'إ' | 'آ' | 'ٱ')
}

fn is_letter(c: char) -> bool {
    matches!(c, '\u{620}'..='\u{64a}' | '\u{671}'..='\u{6d3}' | '\u{6d5}')
}

/// What stands above or below a letter.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6dc}' | '\u{6df}'..='\u{6e8}' | '\u{6ea}'..='\u{6ed}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(word: &str) -> String {
        let mut out = word.to_owned();
        if let Some(at) = place(word) {
            out.insert(at, BAR);
        }
        out
    }

    #[test]
    fn bars_stand_where_letters_hold_together() {
        // Behind a seen, before the last letter of a row, never in lam-alef, in the name of God, in a word of two letters.
        assert_eq!(drawn("مسجد"), "مسـجد");
        assert_eq!(drawn("كتاب"), "كتـاب");
        assert_eq!(drawn("مدينة،"), "مدينـة،");
        assert_eq!(drawn("سلام"), "سـلام");
        assert_eq!(drawn("كلا"), "كلا");
        assert_eq!(drawn("الله"), "الله");
        assert_eq!(drawn("من"), "من");
        assert_eq!(drawn("دار"), "دار");
        // Marks stay with their letter.
        assert_eq!(drawn("حَسَنٌ"), "حَسَـنٌ");
        assert_eq!(drawn("word"), "word");
    }
}
