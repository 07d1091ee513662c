//! What differs between a text before and after, for an eye that runs over many of them: the words in the middle, between what both
//! begin with and what both end with.

use serde::Serialize;

/// A text in three parts, of which the middle is its own.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Parts<'a> {
    pub head: &'a str,
    pub changed: &'a str,
    pub tail: &'a str,
}

/// Cuts two texts where they begin and where they cease to differ, between words where that is possible. Texts that have nothing
/// in common have nothing that could be set off: they are all head.
pub fn between<'a>(before: &'a str, after: &'a str) -> (Parts<'a>, Parts<'a>) {
    let head = common(before.chars(), after.chars());
    let head = before[..head].rfind(char::is_whitespace).map_or(0, |at| at + width_at(before, at));
    let (rest, other) = (&before[head..], &after[head..]);
    let tail = common(rest.chars().rev(), other.chars().rev());
    let from = rest.len() - tail;
    let tail = rest[from..].find(char::is_whitespace).map_or(0, |at| tail - at);
    let cut = |whole: &'a str| Parts {
        head: if head + tail == 0 { whole } else { &whole[..head] },
        changed: if head + tail == 0 { "" } else { &whole[head..whole.len() - tail] },
        tail: &whole[whole.len() - tail..],
    };
    (cut(before), cut(after))
}

/// How many bytes the two begin with alike.
fn common(one: impl Iterator<Item = char>, other: impl Iterator<Item = char>) -> usize {
    one.zip(other).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum()
}

fn width_at(text: &str, at: usize) -> usize {
    text[at..].chars().next().map_or(0, char::len_utf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(before: &str, after: &str, want: [[&str; 3]; 2]) {
        let (one, other) = between(before, after);
        assert_eq!([[one.head, one.changed, one.tail], [other.head, other.changed, other.tail]], want);
    }

    #[test]
    fn only_the_words_that_differ_are_marked() {
        check("of the im- mense sea", "of the immense sea", [["of the ", "im- mense", " sea"], ["of the ", "immense", " sea"]]);
        check("4. A note", "", [["4. A note", "", ""], ["", "", ""]]);
        check("même", "autre", [["même", "", ""], ["autre", "", ""]]);
        check("a b", "a\u{a0}c", [["a b", "", ""], ["a\u{a0}c", "", ""]]);
        check("é x", "è x", [["", "é", " x"], ["", "è", " x"]]);
    }
}
