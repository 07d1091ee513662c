//! Check digits: a number that fails its own check is refused by shops and libraries, so it is said before it is printed.

/// What is wrong with an identifier of `scheme`, if it can be seen.
pub fn fault(scheme: &str, value: &str) -> Option<String> {
    match scheme {
        "isbn" => isbn(value),
        "issn" | "eissn" => eleven(value, "ISSN", 8),
        "orcid" => iso_7064(value, "ORCID"),
        "isni" => iso_7064(value, "ISNI"),
        "doi" => doi(value),
        _ => None,
    }
}

/// The digits of a number, `X` among them, without what people set between them; none where something else stands there.
fn digits(value: &str) -> Option<Vec<char>> {
    let bare = value.rsplit('/').next().unwrap_or(value);
    let kept: Vec<char> =
        bare.chars().filter(|c| !c.is_whitespace() && !"-\u{2010}\u{2011}\u{2012}\u{2013}".contains(*c)).collect();
    let end = kept.len().saturating_sub(1);
    let fits = |(at, c): (usize, &char)| c.is_ascii_digit() || at == end && matches!(c, 'X' | 'x');
    kept.iter().enumerate().all(fits).then_some(kept)
}

fn value_of(c: char) -> u32 {
    c.to_digit(10).unwrap_or(10)
}

fn isbn(value: &str) -> Option<String> {
    match digits(value).filter(|digits| matches!(digits.len(), 10 | 13)) {
        None => Some(format!("\"{value}\" is no ISBN: one has 10 or 13 digits")),
        Some(digits) if digits.len() == 10 => eleven(value, "ISBN", 10),
        Some(digits) => {
            let sum: u32 = digits[..12].iter().enumerate().map(|(at, c)| value_of(*c) * if at % 2 == 0 { 1 } else { 3 }).sum();
            compare(value, "ISBN", digits[12], (10 - sum % 10) % 10)
        }
    }
}

/// Weights that fall to 2, modulo 11: ISBN-10 and ISSN.
fn eleven(value: &str, name: &str, length: usize) -> Option<String> {
    let Some(digits) = digits(value).filter(|digits| digits.len() == length) else {
        return Some(format!("\"{value}\" is no {name}: one has {length} digits"));
    };
    let sum: u32 = digits[..length - 1].iter().enumerate().map(|(at, c)| value_of(*c) * (length - at) as u32).sum();
    compare(value, name, digits[length - 1], (11 - sum % 11) % 11)
}

/// ISO 7064, MOD 11-2: ORCID and ISNI.
fn iso_7064(value: &str, name: &str) -> Option<String> {
    let Some(digits) = digits(value).filter(|digits| digits.len() == 16) else {
        return Some(format!("\"{value}\" is no {name}: one has 16 digits"));
    };
    let total = digits[..15].iter().fold(0, |total, c| (total + value_of(*c)) * 2 % 11);
    compare(value, name, digits[15], (12 - total) % 11)
}

fn compare(value: &str, name: &str, last: char, want: u32) -> Option<String> {
    let right = if want == 10 { 'X' } else { char::from_digit(want, 10).unwrap_or('0') };
    let wrong = !last.eq_ignore_ascii_case(&right);
    wrong.then(|| format!("the {name} \"{value}\" fails its check: after these digits the last is {right}, not {last}"))
}

fn doi(value: &str) -> Option<String> {
    let bare = value.trim_start_matches("https://doi.org/").trim_start_matches("http://dx.doi.org/").trim_start_matches("doi:");
    let fits = bare.starts_with("10.") && bare.split_once('/').is_some_and(|(_, name)| !name.is_empty());
    (!fits).then(|| format!("\"{value}\" is no DOI: one looks like 10.1000/182"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_are_checked() {
        for (scheme, value) in [
            ("isbn", "978-3-16-148410-0"),
            ("isbn", "0-19-852663-6"),
            ("isbn", "0-8044-2957-X"),
            ("issn", "0378-5955"),
            ("issn", "2434-561X"),
            ("orcid", "0000-0002-1825-0097"),
            ("orcid", "https://orcid.org/0000-0001-5109-3700"),
            ("isni", "0000 0001 2150 090X"),
            ("doi", "10.1000/182"),
            ("gnd", "anything"),
        ] {
            assert_eq!(fault(scheme, value), None, "{scheme} {value}");
        }
        for (scheme, value, right) in [
            ("isbn", "978-3-16-148410-1", "is 0, not 1"),
            ("isbn", "0-19-852663-7", "is 6, not 7"),
            ("isbn", "0-8044-2957-1", "is X, not 1"),
            ("isbn", "978-3-16", "10 or 13"),
            ("issn", "0378-5956", "is 5, not 6"),
            ("orcid", "0000-0001-5109-3701", "is 0, not 1"),
            ("orcid", "me", "16 digits"),
            ("doi", "182", "10.1000/182"),
        ] {
            let found = fault(scheme, value).unwrap_or_default();
            assert!(found.contains(right), "{scheme} {value}: {found}");
        }
    }
}
