//! Which glyphs say which letters. PDF knows one text a glyph; a shaped run knows clusters: letters and glyphs that belong
//! together, many to many.

use crate::typeset::{Glyph, Run};

/// Glyphs and the letters that they stand for together.
#[derive(Clone, Copy, Debug)]
pub struct Cluster<'a> {
    pub text: &'a str,
    /// Positions in logical order, to be had from [`glyph`].
    pub first: usize,
    pub count: usize,
}

/// The glyph at a position in logical order.
pub fn glyph(run: &Run, at: usize) -> &Glyph {
    if run.right_to_left { &run.glyphs[run.glyphs.len() - 1 - at] } else { &run.glyphs[at] }
}

/// Calls `see` with every cluster of a run, in logical order.
pub fn clusters<'a>(run: &'a Run, mut see: impl FnMut(Cluster<'a>)) {
    let mut from = 0;
    let mut pending: Option<Cluster> = None;
    for at in 0..run.glyphs.len() {
        let bytes = usize::from(glyph(run, at).text_bytes);
        match &mut pending {
            // A glyph that says nothing by itself goes with the one before it; at the start, with the one behind it.
            Some(cluster) if bytes == 0 => cluster.count += 1,
            Some(cluster) if cluster.text.is_empty() => {
                cluster.text = cut(&run.text, from, bytes);
                cluster.count += 1;
                from += cluster.text.len();
            }
            _ => {
                let text = cut(&run.text, from, bytes);
                from += text.len();
                if let Some(done) = pending.replace(Cluster { text, first: at, count: 1 }) {
                    see(done);
                }
            }
        }
    }
    if let Some(mut last) = pending {
        // Whatever no glyph claims is said by the last one: no letter is lost.
        last.text = &run.text[from - last.text.len()..];
        see(last);
    }
}

fn cut(text: &str, from: usize, bytes: usize) -> &str {
    text.get(from..from + bytes).unwrap_or("")
}

impl<'a> Cluster<'a> {
    /// What each glyph says by itself, where glyphs and letters can be told off against each other: one glyph, or as many
    /// glyphs as letters. Else none.
    pub fn pairs(&self) -> Option<impl Iterator<Item = (usize, &'a str)> + use<'a>> {
        let text = self.text;
        let even = self.count == 1 || text.chars().count() == self.count;
        let (first, count) = (self.first, self.count);
        let letters =
            text.char_indices().map(move |(at, letter)| if count == 1 { text } else { &text[at..at + letter.len_utf8()] });
        (even && !text.is_empty()).then(|| (first..).zip(letters.take(count)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::typeset::FontId;

    fn run(text: &str, bytes: &[u8], right_to_left: bool) -> Run {
        let glyph = |&text_bytes| Glyph { id: 1, text_bytes, space: false, advance: 500, dx: 0, dy: 0 };
        let glyphs = bytes.iter().map(glyph).collect();
        Run {
            font: FontId(0),
            size: 10.0,
            text: text.into(),
            glyphs,
            right_to_left,
            word_space: 0.0,
            letter_space: 0.0,
            expansion: 1.0,
        }
    }

    #[track_caller]
    fn check(text: &str, bytes: &[u8], right_to_left: bool, want: &[(&str, usize, bool)]) {
        let run = run(text, bytes, right_to_left);
        let mut got = Vec::new();
        clusters(&run, |cluster| got.push((cluster.text, cluster.count, cluster.pairs().is_some())));
        assert_eq!(got, want);
    }

    #[test]
    fn letters_go_to_the_glyphs_that_say_them() {
        check("ab", &[1, 1], false, &[("a", 1, true), ("b", 1, true)]);
        check("offi", &[1, 3], false, &[("o", 1, true), ("ffi", 1, true)]);
        check("éx", &[2, 0, 1], false, &[("é", 2, false), ("x", 1, true)]);
        check("e\u{301}x", &[3, 0, 1], false, &[("e\u{301}", 2, true), ("x", 1, true)]);
        check("של", &[2, 2], true, &[("ש", 1, true), ("ל", 1, true)]);
        check("ab", &[0, 1, 1], false, &[("a", 2, false), ("b", 1, true)]);
        check("abc", &[1, 1], false, &[("a", 1, true), ("bc", 1, true)]);
    }
}
