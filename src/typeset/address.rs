//! Addresses of the web, of mail and of publications (DOI): what is copied from a page must lead somewhere, so that no sign is put
//! into them where they are parted.

/// How long the address is that a text begins with, up to the white behind it or the end of the longest word; 0: it begins with none.
pub fn length(text: &str) -> usize {
    // Asked of every piece of a text: to look on to the end of a row of signs without white would cost the row's square.
    let ends =
        |(at, c): &(usize, char)| *at >= LONGEST || c.is_whitespace() || matches!(c, '—' | '“' | '”' | '«' | '»' | '\u{fffc}');
    let end = text.char_indices().find(ends).map_or(text.len(), |(at, _)| at);
    if is_address(&text[..end]) { end } else { 0 }
}

/// Where the next sign stands, from byte `from` on, without which nothing is an address; the text's length: nowhere.
pub fn next_sign(text: &str, from: usize) -> usize {
    text.as_bytes()[from..].iter().position(is_sign).map_or(text.len(), |at| from + at)
}

fn is_sign(byte: &u8) -> bool {
    matches!(byte, b'/' | b'@' | b'.')
}

/// Longer addresses are cut into pieces, as all words are.
pub const LONGEST: usize = super::shape::LONGEST;

/// Whether a word is an address, whatever brackets or quotation marks stand before it.
pub fn is_address(word: &str) -> bool {
    // Few words have any of these, and this is asked of every word of a book.
    if !word.as_bytes().iter().any(is_sign) {
        return false;
    }
    let bare = word.trim_start_matches(|c: char| !c.is_alphanumeric());
    let scheme = bare.split_once("://").is_some_and(|(scheme, rest)| {
        !rest.is_empty() && !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    scheme || ["www.", "doi.org/", "mailto:"].iter().any(|start| bare.starts_with(start)) || is_doi(bare) || is_mail(bare)
}

/// `10.1000/182`: a prefix of four figures or more (ISO 26324).
fn is_doi(word: &str) -> bool {
    let number = word.strip_prefix("doi:").unwrap_or(word);
    let Some((prefix, rest)) = number.split_once('/') else { return false };
    let figures = prefix.strip_prefix("10.").unwrap_or("");
    figures.len() >= 4 && figures.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && !rest.is_empty()
}

fn is_mail(word: &str) -> bool {
    word.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty()
            && host.split_once('.').is_some_and(|(host, top)| !host.is_empty() && top.starts_with(char::is_alphabetic))
    })
}

/// How well an address may be parted before a byte, by what stands around it: behind a sign that parts it in thought, behind
/// another, anywhere as the last resort. None: a reader would not know it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joint {
    Good,
    Fair,
    Any,
}

/// The joint before a byte of an address.
pub fn joint(address: &str, at: usize) -> Option<Joint> {
    let (before, behind) = address.split_at_checked(at)?;
    let (last, next) = (before.chars().next_back()?, behind.chars().next()?);
    let few = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count() < FEWEST;
    let host = before.ends_with(':')
        || behind.trim_start_matches(|c: char| c.is_ascii_alphanumeric()).starts_with("://")
        || before.ends_with("//")
        || before.ends_with("www.")
        || behind.starts_with('/');
    // The first line of a mail's address is known for one by the sign and the beginning of its host.
    let is_mail = address.contains('@') && !address.contains("://") && !address.contains("mailto:");
    let mail = is_mail && before.split_once('@').is_none_or(|(_, host)| host.len() < 3);
    if host || mail || few(before) || few(behind) || !next.is_alphanumeric() {
        return None;
    }
    Some(match last {
        '/' | '.' | '?' | '&' => Joint::Good,
        '=' | '_' | '-' | '#' | '~' | '%' | ':' | ',' | ';' | '+' | '@' => Joint::Fair,
        _ => Joint::Any,
    })
}

/// So many letters and figures stay together at least.
const FEWEST: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_known_from_words() {
        for text in [
            "https://a.org",
            "(http://b.org/x)",
            "www.c.org,",
            "10.1000/182",
            "doi.org/10.1/2",
            "<me@d.org>",
            "doi:10.5281/zenodo.7",
        ] {
            assert!(is_address(text), "{text}");
        }
        for text in ["and/or", "e.g.", "10.50", "1/2", "he@home", "://", "end.", "a://", "10.30/11.00", "@you"] {
            assert!(!is_address(text), "{text}");
        }
        assert_eq!(length("https://a.org/b and more"), 15);
        assert_eq!(length("https://a.org—there"), 13);
    }

    #[test]
    fn addresses_are_parted_behind_signs() {
        let address = "https://www.example.org/a-path/to?it=1";
        let good: Vec<&str> =
            (0..address.len()).filter(|at| joint(address, *at) == Some(Joint::Good)).map(|at| &address[at..]).collect();
        assert_eq!(good, ["org/a-path/to?it=1", "a-path/to?it=1", "to?it=1"]);
        let two = "(https://a.example.org/b/cdef)](https://www.example.org/ghij/)";
        assert_eq!(joint(two, "(https://a.example.org/b/".len()), Some(Joint::Good));
        assert_eq!(joint(two, "(https://a.example.org/b/cdef)](ht".len()), None);
        assert_eq!(joint(address, "http".len()), None);
        assert_eq!(joint(address, "https://".len()), None);
        assert_eq!(joint(address, "https://www.".len()), None);
        assert_eq!(joint(address, "https://www.exam".len()), Some(Joint::Any));
    }
}
