//! Bytes of a file become text that a reader can take: UTF-8, lines that end in `\n`, no character that no output may have.

use crate::report::Report;
use crate::span::{FileId, Source, Sources, Span};

/// Decodes a file and adds it to `sources`. What is not UTF-8 is refused with an error that names the line; the file is
/// there all the same, so that the line can be shown.
pub fn add(sources: &mut Sources, name: String, bytes: Vec<u8>, report: &mut Report) -> FileId {
    let bytes = match bytes.strip_prefix(b"\xEF\xBB\xBF") {
        Some(rest) => rest.to_vec(),
        None => bytes,
    };
    match String::from_utf8(bytes) {
        Ok(text) => {
            let (text, replaced) = tidy(text);
            let file = sources.add(Source { name, text });
            if let Some((first, count)) = replaced {
                let span = Span::new(file, first..first + char::REPLACEMENT_CHARACTER.len_utf8());
                report
                    .warn(
                        "character-replaced",
                        span,
                        format!("{count} control character(s), which no output may have, stand here as U+FFFD"),
                    )
                    .hint("take them out of the source");
            }
            file
        }
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let file = sources.add(Source { name, text });
            report
                .error("not-utf8", Span::new(file, at..at + 1), "the file is not UTF-8 from here on")
                .hint("convert it first, for example: iconv -f WINDOWS-1252 -t UTF-8 FILE");
            file
        }
    }
}

/// Whether a character may stay. Form feeds may: they end pages, and the readers take them away.
pub(super) fn stays(c: char) -> bool {
    !matches!(c, '\0'..='\x08' | '\x0B' | '\x0E'..='\x1F' | '\x7F' | '\u{FFFE}' | '\u{FFFF}')
}

/// The text with its line ends made one kind, and forbidden characters replaced: the first one's place, in bytes, and how many.
fn tidy(text: String) -> (String, Option<(usize, usize)>) {
    let fits = |byte: u8| byte >= b' ' && byte != 0x7F && byte != 0xEF || byte == b'\n' || byte == b'\t';
    if text.bytes().all(fits) || !text.contains('\r') && text.chars().all(stays) {
        return (text, None);
    }
    let mut tidied = String::with_capacity(text.len());
    let mut replaced = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                chars.next_if_eq(&'\n');
                tidied.push('\n');
            }
            c if stays(c) => tidied.push(c),
            _ => {
                let (_, count) = replaced.get_or_insert((tidied.len(), 0));
                *count += 1;
                tidied.push(char::REPLACEMENT_CHARACTER);
            }
        }
    }
    (tidied, replaced)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], want: &str, codes: &[&str]) {
        let (mut sources, mut report) = (Sources::default(), Report::default());
        let file = add(&mut sources, "a.md".into(), bytes.to_vec(), &mut report);
        assert_eq!(sources.get(file).text, want);
        assert_eq!(report.diagnostics.iter().map(|found| found.code).collect::<Vec<_>>(), codes);
    }

    #[test]
    fn line_ends_marks_and_forbidden_characters() {
        check(b"\xEF\xBB\xBFa\r\nb\rc\n", "a\nb\nc\n", &[]);
        check(b"a\0b\x1Bc\x0Cd\te", "a\u{FFFD}b\u{FFFD}c\x0Cd\te", &["character-replaced"]);
        check("fin\u{FFFE} é\u{FB01}".as_bytes(), "fin\u{FFFD} é\u{FB01}", &["character-replaced"]);
        check(b"caf\xE9\nb", "caf\u{FFFD}\nb", &["not-utf8"]);
    }
}
