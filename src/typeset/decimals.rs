//! Numbers as tables have them: which cells say one, and where its decimal point is, which is a point to some languages and a comma
//! to others.

/// Signs before a number, and what may stand behind one.
const BEFORE: &str = "+-−–±~≈<>≤≥$£€¥";
const BEHIND: &str = "%‰°€$£¥*†‡";

/// Whether a cell says a number and nothing else: digits, what groups and divides them, a sign, a unit of one character.
pub fn is_number(text: &str) -> bool {
    let text = text.trim();
    let core = core(text);
    let groups = |c: char| matches!(c, '.' | ',' | '·' | '\'' | '’' | '\u{A0}' | '\u{202F}' | '\u{2009}' | ' ');
    core.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '·'))
        && core.ends_with(|c: char| c.is_ascii_digit())
        && core.chars().all(|c| c.is_ascii_digit() || groups(c))
}

/// Whether a cell says that there is no number.
pub fn is_nothing(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || matches!(c, '-' | '–' | '—' | '.' | '…' | '/' | '?'))
        || text.eq_ignore_ascii_case("n/a")
}

fn core(text: &str) -> &str {
    text.trim_start_matches(|c| BEFORE.contains(c) || c == ' ').trim_end_matches(|c| BEHIND.contains(c) || c == ' ')
}

/// The decimal point of a column's numbers. None where no number has one.
pub fn point(numbers: &[&str], language: &str) -> Option<char> {
    let found = ['.', ',', '·'].into_iter().filter(|point| numbers.iter().any(|number| number.contains(*point)));
    let surely = |point: char| numbers.iter().any(|number| divides(number, point));
    let may_be = |point: char| numbers.iter().all(|number| core(number).matches(point).count() <= 1);
    let candidates: Vec<char> = found.filter(|point| may_be(*point)).collect();
    candidates.iter().copied().find(|point| surely(*point)).or_else(|| {
        // 1.405 is a thousand and more in German, and 1,405 is in English.
        let english = matches!(language.split('-').next(), Some("en" | "he" | "zh" | "ja" | "ko" | "th"));
        let own = if english { '.' } else { ',' };
        candidates.into_iter().find(|point| *point == own)
    })
}

/// Whether a number can't be read otherwise than with this decimal point.
fn divides(number: &str, point: char) -> bool {
    let core = core(number);
    let Some((whole, part)) = core.split_once(point) else { return false };
    let digits = part.chars().all(|c| c.is_ascii_digit());
    digits && (part.len() != 3 || whole.is_empty() || whole == "0" || whole.contains(['.', ',', ' ', '\u{A0}', '\u{202F}']))
}

/// What of a number stands before its decimal point, the sign with it.
pub fn split(number: &str, point: char) -> &str {
    let number = number.trim_end();
    match number.rfind(point) {
        Some(at) => &number[..at],
        None => number.trim_end_matches(|c| BEHIND.contains(c) || c == ' '),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_from_words() {
        for number in ["1", "−3.25", "1,405", "12 %", "£1.50", ".5", "1 200,75", "4*"] {
            assert!(is_number(number), "{number}");
        }
        for word in ["", "-", "1a", "12 Nov", "1856–57", "a.", "3."] {
            assert!(!is_number(word), "{word}");
        }
        assert!(is_nothing("—") && is_nothing("") && !is_nothing("none"));
    }

    #[test]
    fn the_point_is_found_by_what_it_divides() {
        assert_eq!(point(&["1.5", "12.25", "100"], "de"), Some('.'));
        assert_eq!(point(&["1,405", "227"], "en"), None);
        assert_eq!(point(&["1,405", "227"], "de"), Some(','));
        assert_eq!(point(&["1,405.5", "2,000,000"], "en"), Some('.'));
        assert_eq!(point(&["1.405,5", "2.000.000"], "en"), Some(','));
        assert_eq!(point(&["1", "2"], "en"), None);
        assert_eq!((split("−3.25 %", '.'), split("12 %", '.')), ("−3", "12"));
    }
}
