//! Bytes of a file become text that a reader can take: UTF-8, lines that end in `\n`, no character that no output may have. Older
//! encodings are read where it is sure which one it is, or where the user names it.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};

use crate::bytes;
use crate::report::Report;
use crate::span::{FileId, Source, Sources, Span};

/// An encoding that the user names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoding(&'static encoding_rs::Encoding);

impl Encoding {
    /// By a name that the web knows: `windows-1252`, `latin1`, `utf-16le`, `macintosh`, `koi8-r` (<https://encoding.spec.whatwg.org/>).
    pub fn named(name: &str) -> Option<Self> {
        encoding_rs::Encoding::for_label(name.trim().as_bytes()).map(Self)
    }

    /// The name that the standard has for it.
    pub fn name(self) -> &'static str {
        self.0.name()
    }
}

/// Decodes a file and adds it to `sources`. What can't be decoded is refused with an error that names the line; the file is
/// there all the same, so that the line can be shown.
pub fn add(sources: &mut Sources, name: String, bytes: Vec<u8>, encoding: Option<Encoding>, report: &mut Report) -> FileId {
    let (text, remark) = decode(bytes, encoding);
    let (text, replaced) = tidy(text);
    let file = sources.add(Source { name, text });
    if let Some(remark) = remark {
        remark.tell(file, &sources.get(file).text, report);
    }
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

/// What there is to say of how a file was decoded.
enum Remark {
    /// Its first bytes say what it is.
    Marked(&'static str),
    /// It was guessed, and the guess is sure.
    Guessed(&'static str),
    /// It is not UTF-8 from this byte of the text on; perhaps it is this.
    Refused { at: usize, guess: Option<&'static str> },
    /// It is UTF-8 but for some bytes, the first here.
    Damaged(usize),
    /// It is not what the user says it is.
    NotAsNamed(&'static str),
}

impl Remark {
    fn tell(&self, file: FileId, text: &str, report: &mut Report) {
        let first = text.find(|c: char| !c.is_ascii());
        let at = |at: usize| {
            let at = (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
            Span::new(file, at..at + text[at..].chars().next().map_or(0, char::len_utf8))
        };
        match self {
            Remark::Marked(name) => report
                .remark("text-decoded", at(0), format!("the file is {name}, and was read so"))
                .hint("save it as UTF-8, and other programs read it, too"),
            Remark::Guessed(name) => report
                .warn("text-decoded", at(first.unwrap_or(0)), format!("the file is not UTF-8; it looks like {name}, and was read so"))
                .hint(format!("look whether this character is right; name another encoding with --encoding, or convert it: iconv -f {name} -t UTF-8 FILE")),
            Remark::Refused { at: byte, guess } => {
                let likely = guess.map(|name| format!("; perhaps it is {name}, but it has too few signs of it to be sure")).unwrap_or_default();
                let name = guess.unwrap_or("NAME");
                report
                    .error("not-utf8", at(*byte), format!("the file is not UTF-8 from here on{likely}"))
                    .hint(format!("name its encoding: --encoding {name}; or convert it first: iconv -f {name} -t UTF-8 FILE"))
            }
            Remark::Damaged(byte) => report
                .error("not-utf8", at(*byte), "the file is UTF-8, but not here: bytes were lost or changed")
                .hint("write this character anew, or take an undamaged copy"),
            Remark::NotAsNamed(name) => report
                .error("encoding-wrong", at(text.find('\u{FFFD}').unwrap_or(0)), format!("the file is not {name}: here it has what {name} can't have"))
                .hint("name another encoding, or none: then it is looked at"),
        };
    }
}

fn decode(bytes: Vec<u8>, encoding: Option<Encoding>) -> (String, Option<Remark>) {
    if let Some(Encoding(named)) = encoding {
        let (text, used, wrong) = named.decode(&bytes);
        return (text.into_owned(), wrong.then_some(Remark::NotAsNamed(used.name())));
    }
    if let Some(marked) = utf_16(&bytes) {
        let (text, _, wrong) = marked.decode(&bytes);
        if !wrong {
            return (text.into_owned(), Some(Remark::Marked(marked.name())));
        }
    }
    let bytes = match bytes.strip_prefix(b"\xEF\xBB\xBF") {
        Some(rest) => rest.to_vec(),
        None => bytes,
    };
    let error = match String::from_utf8(bytes) {
        // A mark of the byte order is no text, wherever files were put together.
        Ok(text) => return (text, None),
        Err(error) => error,
    };
    let at = error.utf8_error().valid_up_to();
    let bytes = error.as_bytes();
    let lossy = || String::from_utf8_lossy(bytes).into_owned();
    if is_damaged_utf_8(bytes) {
        return (lossy(), Some(Remark::Damaged(at)));
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let guess = detector.guess(None, Utf8Detection::Deny);
    let (text, _, wrong) = guess.decode(bytes);
    if !wrong && is_sure(&text) {
        return (text.into_owned(), Some(Remark::Guessed(guess.name())));
    }
    (lossy(), Some(Remark::Refused { at, guess: Some(guess.name()).filter(|_| !wrong) }))
}

/// UTF-16, by its mark, or by the zeros that every second byte is in text of few letters beyond ASCII.
fn utf_16(bytes: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    match bytes {
        [0xFF, 0xFE, 0, 0, ..] => return None,
        [0xFF, 0xFE, ..] => return Some(encoding_rs::UTF_16LE),
        [0xFE, 0xFF, ..] => return Some(encoding_rs::UTF_16BE),
        _ => {}
    }
    let head = &bytes[..bytes.len().min(4096) & !1];
    let zeros = |parity: usize| head.iter().skip(parity).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    // A tenth of a page of Greek is spaces and stops.
    let enough = head.len() / 2 / 10;
    match (even, odd) {
        (0, odd) if odd > enough.max(2) => Some(encoding_rs::UTF_16LE),
        (even, 0) if even > enough.max(2) => Some(encoding_rs::UTF_16BE),
        _ => None,
    }
}

/// Whether more sequences of UTF-8 are right than wrong: no text of another encoding is so by chance.
fn is_damaged_utf_8(bytes: &[u8]) -> bool {
    let (mut right, mut wrong) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        right += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        wrong += usize::from(!chunk.invalid().is_empty());
    }
    right >= wrong
}

/// How many letters beyond ASCII a text must have before a guess is more than one. DOS and Macintosh code pages, which nobody can
/// tell by their bytes alone, put capitals and quotes inside words.
const SIGNS: usize = 3;

fn is_sure(text: &str) -> bool {
    let mut before = ' ';
    let mut letters = 0;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let next = chars.peek().copied().unwrap_or(' ');
        if !c.is_ascii() {
            let inside = before.is_alphabetic();
            let odd = ('\u{80}'..'\u{A0}').contains(&c)
                || c.is_uppercase() && before.is_lowercase()
                || inside
                    && matches!(c, '‚' | '„' | '“' | '‘' | '¿' | '¡' | '«' | 'ˆ' | '˜' | '†' | '‡' | '¢' | '£' | '¤' | '¥')
                || inside && next.is_alphabetic() && !c.is_alphanumeric() && !matches!(c, '’' | '–' | '—' | '·' | '\u{AD}');
            if odd {
                return false;
            }
            letters += usize::from(c.is_alphabetic());
        }
        before = c;
    }
    letters >= SIGNS
}

/// Whether a character may stay. Form feeds may: they end pages, and the readers take them away.
pub(super) fn stays(c: char) -> bool {
    !matches!(c, '\0'..='\x08' | '\x0B' | '\x0E'..='\x1F' | '\x7F' | '\u{FFFE}' | '\u{FFFF}')
}

/// The text with its line ends made one kind, and forbidden characters replaced: the first one's place, in bytes, and how many.
fn tidy(text: String) -> (String, Option<(usize, usize)>) {
    // All that can't stay is a control character, or begins with the byte EF.
    let fits =
        |byte: u8| (byte >= b' ') & (byte != 0x7F) & (byte != 0xEF) | (byte == b'\n') | (byte == b'\t') | (byte == b'\x0C');
    if bytes::all(text.as_bytes(), fits) || !text.contains(['\r', MARK]) && text.chars().all(stays) {
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
            // Files that were put together bring each its mark.
            MARK if tidied.is_empty() || tidied.ends_with('\n') => {}
            c if stays(c) => tidied.push(c),
            // PDFium, which reads PDFs for browsers, has this sign for the hyphen of a word that was cut, and sets the word together.
            CUT if tidied.ends_with(char::is_alphabetic) && chars.peek().is_some_and(|next| next.is_alphabetic()) => {
                tidied.push('\u{AD}');
            }
            _ => {
                let (_, count) = replaced.get_or_insert((tidied.len(), 0));
                *count += 1;
                tidied.push(char::REPLACEMENT_CHARACTER);
            }
        }
    }
    (tidied, replaced)
}

/// The mark of the byte order, which at a line's start is no text.
const MARK: char = '\u{FEFF}';
/// The mark of the byte order turned round, which is no character.
const CUT: char = '\u{FFFE}';

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], want: &str, codes: &[&str]) {
        let (mut sources, mut report) = (Sources::default(), Report::default());
        let file = add(&mut sources, "a.md".into(), bytes.to_vec(), None, &mut report);
        assert_eq!(sources.get(file).text, want);
        assert_eq!(report.diagnostics.iter().map(|found| found.code).collect::<Vec<_>>(), codes);
    }

    #[test]
    fn line_ends_marks_and_forbidden_characters() {
        check(b"\xEF\xBB\xBFa\r\nb\rc\n", "a\nb\nc\n", &[]);
        check("a\n\u{FEFF}b c\u{FEFF}d\n".as_bytes(), "a\nb c\u{FEFF}d\n", &[]);
        check(b"a\0b\x1Bc\x0Cd\te", "a\u{FFFD}b\u{FFFD}c\x0Cd\te", &["character-replaced"]);
        check("fin\u{FFFE} é\u{FB01}".as_bytes(), "fin\u{FFFD} é\u{FB01}", &["character-replaced"]);
        check("a mil\u{FFFE}ler, hy\u{FFFE}phen".as_bytes(), "a mil\u{AD}ler, hy\u{AD}phen", &[]);
        check(b"caf\xE9\nb", "caf\u{FFFD}\nb", &["not-utf8"]);
    }

    #[test]
    fn older_encodings_are_read_where_they_are_sure() {
        check(b"Gr\xFC\xDFe aus K\xF6ln, stra\xDFauf.\n", "Grüße aus Köln, straßauf.\n", &["text-decoded"]);
        check(b"\xFF\xFEH\0i\0\n\0", "Hi\n", &["text-decoded"]);
        check(b"\xFE\xFF\0H\0i\0\n", "Hi\n", &["text-decoded"]);
        check(b"S\0e\0v\0e\0n\0 \0b\0a\0l\0e\0s\0", "Seven bales", &["text-decoded"]);
        // DOS: é is 82, à is 85, which windows-1252 takes for a quote and an ellipsis.
        let (text, codes) = (b"caf\x82 au lait, voil\x85, d\x82j\x85 vu \x82t\x82".as_slice(), "not-utf8");
        let (mut sources, mut report) = (Sources::default(), Report::default());
        add(&mut sources, "a.md".into(), text.to_vec(), None, &mut report);
        assert_eq!(report.diagnostics.iter().map(|found| found.code).collect::<Vec<_>>(), [codes]);
    }

    #[test]
    fn one_lost_byte_does_not_make_utf_8_another_encoding() {
        check(b"\xC3\xBC\xC3\xB6\xC3\xA4 \xC3 x\n", "üöä \u{FFFD} x\n", &["not-utf8"]);
    }

    #[test]
    fn a_named_encoding_is_used() {
        let (mut sources, mut report) = (Sources::default(), Report::default());
        let file = add(&mut sources, "a.md".into(), b"caf\x8E".to_vec(), Encoding::named("macintosh"), &mut report);
        assert_eq!((sources.get(file).text.as_str(), report.diagnostics.len()), ("café", 0));
        let file = add(&mut sources, "b.md".into(), b"caf\xE9".to_vec(), Encoding::named("utf-8"), &mut report);
        assert_eq!((sources.get(file).text.as_str(), report.diagnostics[0].code), ("caf\u{FFFD}", "encoding-wrong"));
        assert_eq!(Encoding::named("klingon"), None);
    }
}
