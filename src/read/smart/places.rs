//! Where each character of a node's text stands in the source. A character that was written as a reference or behind a backslash
//! has no place: its writer wants it as it is.

/// No place.
pub const NONE: u32 = u32::MAX;

/// How far the source may go on with mark-up before the text does, in bytes.
const FAR: usize = 400;

/// The place of each character of `text`, which was read from `source`, whose first byte is at `base`.
pub fn of(text: &str, source: &str, base: usize) -> Vec<u32> {
    if text == source {
        return text.char_indices().map(|(at, _)| (base + at) as u32).collect();
    }
    let mut places = Vec::with_capacity(text.len());
    let mut at = 0;
    for c in text.chars() {
        places.push(match next(source, &mut at, c) {
            Some(place) => (base + place) as u32,
            None => NONE,
        });
    }
    unsure(text, &mut places);
    places
}

/// Finds `c` from `at` on, and goes behind it.
fn next(source: &str, at: &mut usize, c: char) -> Option<usize> {
    let rest = source.get(*at..)?;
    if c.is_whitespace() {
        let white = rest.chars().next().filter(|own| own.is_whitespace())?;
        *at += white.len_utf8();
        return (white == c).then_some(*at - white.len_utf8());
    }
    let mut end = rest.len().min(FAR);
    while !rest.is_char_boundary(end) {
        end -= 1;
    }
    let found = rest[..end].find(c);
    // A reference stands for the character before one that looks the same does.
    let reference = reference(rest).filter(|_| found != Some(0) || c == '&');
    if let Some(length) = reference {
        *at += length;
        return None;
    }
    let found = found?;
    *at += found + c.len_utf8();
    let escaped = rest[..found].ends_with('\\') && c.is_ascii_punctuation();
    (!escaped).then_some(*at - c.len_utf8())
}

/// How long a reference to a character at the front of `text` is.
fn reference(text: &str) -> Option<usize> {
    let name = text.strip_prefix('&')?;
    let length = name.bytes().take(32).take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'#').count();
    (length > 1 && name[length..].starts_with(';')).then_some(length + 2)
}

/// A mark is in its place only where a neighbour is in its own beside it.
fn unsure(text: &str, places: &mut [u32]) {
    let chars: Vec<char> = text.chars().collect();
    let beside = |places: &[u32], at: usize| {
        places[at] != NONE && places.get(at + 1) == Some(&(places[at] + chars[at].len_utf8() as u32))
    };
    let lonely: Vec<usize> = (0..chars.len())
        .filter(|&at| !chars[at].is_alphanumeric())
        .filter(|&at| {
            let front = at == 0 || chars[at - 1].is_whitespace() || beside(places, at - 1);
            let back = at + 1 == chars.len() || chars[at + 1].is_whitespace() || beside(places, at);
            !front && !back
        })
        .collect();
    lonely.into_iter().for_each(|at| places[at] = NONE);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, source: &str, want: &str) {
        let found: String =
            of(text, source, 0).iter().zip(text.chars()).filter(|(place, _)| **place != NONE).map(|(_, c)| c).collect();
        assert_eq!(found, want);
        for (place, c) in of(text, source, 0).into_iter().zip(text.chars()) {
            assert!(place == NONE || source[place as usize..].starts_with(c), "{c} at {place}");
        }
    }

    #[test]
    fn characters_are_found_where_they_were_written() {
        check("a \"b\"", "a \"b\"", "a \"b\"");
        check("a \"b\" c", "a \\\"b\\\" c", "a b c");
        check("a \"b\" \"c\"", "a &quot;b&quot; \"c\"", "a b \"c\"");
        check("one\ntwo's", "one\n> two's", "one\ntwo's");
        check("R&D \"x\"", "R&amp;D \"x\"", "RD \"x\"");
    }
}
