//! Files in the order in which people count: `chapter-2` before `chapter-10`.

use std::cmp::Ordering;
use std::path::Path;

/// Compares two paths part by part, numbers by their value.
pub fn compare(a: &Path, b: &Path) -> Ordering {
    let parts = |path: &Path| path.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect::<Vec<_>>();
    let (a, b) = (parts(a), parts(b));
    let by_parts = a.iter().zip(&b).map(|(a, b)| names(a, b)).find(|order| order.is_ne());
    by_parts.unwrap_or_else(|| a.len().cmp(&b.len()))
}

/// Compares two names: runs of digits by their value, all else letter by letter, capitals beside their small ones. Names that are
/// equal so are told apart as they are written, so that the order is always one.
pub fn names(a: &str, b: &str) -> Ordering {
    let (first, second) = (without_ending(a), without_ending(b));
    let (mut left, mut right) = (first, second);
    loop {
        let order = match (left.chars().next(), right.chars().next()) {
            (None, None) => return a.cmp(b),
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(c), Some(d)) if c.is_ascii_digit() && d.is_ascii_digit() => {
                let (number, rest) = digits(left);
                let (other, behind) = digits(right);
                (left, right) = (rest, behind);
                number.len().cmp(&other.len()).then(number.cmp(other))
            }
            (Some(c), Some(d)) => {
                (left, right) = (&left[c.len_utf8()..], &right[d.len_utf8()..]);
                // What parts words stands before all letters: `a-b` before `ab`.
                let weight = |c: char| (c.is_alphanumeric(), c.to_lowercase().next().unwrap_or(c));
                weight(c).cmp(&weight(d))
            }
        };
        if order.is_ne() {
            return order;
        }
    }
}

/// `a.md` stands before `a-2.md`.
fn without_ending(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| if stem.is_empty() { name } else { stem })
}

/// The digits that a text begins with, without leading zeros, and the rest.
fn digits(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    (text[..end].trim_start_matches('0'), &text[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_count() {
        let mut paths =
            ["10.md", "b.md", "2.md", "part-10/1.md", "part-2/11.md", "part-2/9.md", "B-2.md", "01.md", "a.md", "a-2.md"];
        paths.sort_by(|a, b| compare(Path::new(a), Path::new(b)));
        assert_eq!(
            paths,
            ["01.md", "2.md", "10.md", "a.md", "a-2.md", "b.md", "B-2.md", "part-2/9.md", "part-2/11.md", "part-10/1.md"]
        );
        assert_eq!(names("a.md", "a.md"), Ordering::Equal);
        assert_eq!(names("1.md", "01.md"), Ordering::Greater);
        assert_eq!(names("99999999999999999999999", "100000000000000000000000"), Ordering::Less);
    }
}
