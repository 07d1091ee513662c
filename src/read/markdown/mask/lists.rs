//! Lists numbered by letters, Roman numerals, `#.`, `(1)` and `(@)`, as pandoc reads them. A line that begins so is one as often
//! by chance (`A. Writer`, `v. infra`): only two in a row that count on are a list.

use std::collections::BTreeMap;
use std::ops::Range;

/// How a list counts, and from where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Enumerator {
    pub style: Style,
    pub value: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Decimal,
    LowerAlpha,
    UpperAlpha,
    LowerRoman,
    UpperRoman,
    /// `#.`: the next number.
    Next,
    /// `(@)` and `(@label)`: counted through the whole text.
    Example,
}

/// A label at the front of a line.
#[derive(Clone, Debug)]
pub struct Label {
    /// What it may be: `i` is the ninth letter or the number one.
    pub readings: Vec<Enumerator>,
    pub range: Range<usize>,
    /// The sign behind it, and whether one stands before it.
    close: u8,
    open: bool,
    /// Spaces behind it.
    spaces: usize,
    single_capital: bool,
}

/// Reads the front of the line that begins at `at`.
pub fn label(text: &str, at: usize) -> Option<Label> {
    let bytes = text.as_bytes();
    let open = bytes.get(at) == Some(&b'(');
    let from = at + usize::from(open);
    let inner_end = (from..bytes.len().min(from + 24)).find(|&at| matches!(bytes[at], b'.' | b')' | b' ' | b'\n'))?;
    let close = bytes[inner_end];
    let inner = text.get(from..inner_end)?;
    let fits = close == b')' || close == b'.' && !open;
    let spaces = bytes[inner_end + 1..].iter().take_while(|byte| **byte == b' ').count();
    (fits && spaces > 0).then_some(())?;
    let readings = readings(inner, open)?;
    let single_capital = inner.len() == 1 && inner.as_bytes()[0].is_ascii_uppercase();
    Some(Label { readings, range: at..inner_end + 1, close, open, spaces, single_capital })
}

fn readings(inner: &str, open: bool) -> Option<Vec<Enumerator>> {
    let one = |style, value| Enumerator { style, value };
    if inner == "#" {
        return (!open).then(|| vec![one(Style::Next, 1)]);
    }
    if let Some(label) = inner.strip_prefix('@') {
        return (open && is_label(label)).then(|| vec![one(Style::Example, 1)]);
    }
    if open && !inner.is_empty() && inner.len() < 5 && inner.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(vec![one(Style::Decimal, inner.parse().ok()?)]);
    }
    let lower = inner.bytes().all(|byte| byte.is_ascii_lowercase());
    if inner.is_empty() || !(lower || inner.bytes().all(|byte| byte.is_ascii_uppercase())) {
        return None;
    }
    let mut found = Vec::new();
    if let Some(value) = roman(&inner.to_ascii_lowercase()) {
        found.push(one(if lower { Style::LowerRoman } else { Style::UpperRoman }, value));
    }
    if let [letter] = inner.as_bytes() {
        let value = u64::from(letter.to_ascii_lowercase() - b'a') + 1;
        found.push(one(if lower { Style::LowerAlpha } else { Style::UpperAlpha }, value));
    }
    (!found.is_empty()).then_some(found)
}

/// The value of a Roman numeral in small letters, if it is written as one is.
fn roman(text: &str) -> Option<u64> {
    const SIGNS: [(&str, u64); 13] = [
        ("m", 1000),
        ("cm", 900),
        ("d", 500),
        ("cd", 400),
        ("c", 100),
        ("xc", 90),
        ("l", 50),
        ("xl", 40),
        ("x", 10),
        ("ix", 9),
        ("v", 5),
        ("iv", 4),
        ("i", 1),
    ];
    let (mut rest, mut value) = (text, 0);
    for (sign, worth) in SIGNS {
        let mut times = 0;
        while let Some(behind) = rest.strip_prefix(sign) {
            times += 1;
            (times < 4 && (sign.len() == 1 || times < 2)).then_some(())?;
            (value, rest) = (value + worth, behind);
        }
    }
    (rest.is_empty() && value > 0).then_some(value)
}

/// As what the two labels, one above the other, count on.
pub fn counts_on(first: &Label, second: &Label) -> Option<Enumerator> {
    if first.close != second.close || first.open != second.open {
        return None;
    }
    // Initials of names stand so, too: pandoc asks for two spaces behind a capital.
    let initials = |label: &Label| label.single_capital && label.close == b'.' && label.spaces < 2;
    let follows = |own: &&Enumerator| {
        second.readings.iter().any(|next| match own.style {
            Style::Next | Style::Example => next.style == own.style,
            _ => next.style == own.style && next.value == own.value + 1,
        })
    };
    let found = first.readings.iter().find(follows).copied()?;
    (!(initials(first) && initials(second))).then_some(found)
}

/// The label as the parser knows it: as many bytes, all digits but the last. None where they are more than it reads.
pub fn decimal(label: &Label) -> Option<String> {
    let digits = label.range.len() - 1;
    (digits < 10).then(|| format!("{}1{}", "0".repeat(digits - 1), char::from(label.close)))
}

/// The numbers of the examples that a text counts, by their labels: `(@label)`. What stands in code counts nothing.
pub fn examples(text: &str) -> BTreeMap<&str, u64> {
    let (mut found, mut count) = (BTreeMap::new(), 0);
    if memchr::memmem::find(text.as_bytes(), b"(@").is_none() {
        return found;
    }
    let mut fence: Option<&str> = None;
    for line in text.lines() {
        let own = line.trim_start_matches([' ', '\t', '>']);
        let opens = ["```", "~~~"].into_iter().find(|mark| own.starts_with(mark));
        fence = match (fence, opens) {
            (Some(open), Some(mark)) if mark == open => None,
            (None, Some(mark)) => Some(mark),
            (fence, _) => fence,
        };
        let label = own.strip_prefix("(@").and_then(|rest| rest.split_once(") ")).map(|(label, _)| label);
        if fence.is_none()
            && let Some(label) = label.filter(|label| is_label(label))
        {
            count += 1;
            if !label.is_empty() {
                found.entry(label).or_insert(count);
            }
        }
    }
    found
}

fn is_label(label: &str) -> bool {
    label.len() < 22 && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(first: &str, second: &str, want: Option<(Style, u64)>) {
        let found = label(first, 0).zip(label(second, 0)).and_then(|(first, second)| counts_on(&first, &second));
        assert_eq!(found.map(|found| (found.style, found.value)), want, "{first} / {second}");
    }

    #[test]
    fn lists_count_on() {
        check("ii. a", "iii. b", Some((Style::LowerRoman, 2)));
        check("a) a", "b) b", Some((Style::LowerAlpha, 1)));
        check("h. a", "i. b", Some((Style::LowerAlpha, 8)));
        check("(1) a", "(2) b", Some((Style::Decimal, 1)));
        check("#. a", "#. b", Some((Style::Next, 1)));
        check("(@a) a", "(@b) b", Some((Style::Example, 1)));
        check("A.  a", "B.  b", Some((Style::UpperAlpha, 1)));
        check("I. a", "II. b", Some((Style::UpperRoman, 1)));
    }

    #[test]
    fn initials_do_not() {
        check("A. Writer", "B. Clerk", None);
        check("v. infra", "v. supra", None);
        check("iiii. a", "v. b", None);
        check("a. a", "b) b", None);
    }
}
