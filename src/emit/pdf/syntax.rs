//! The words of PDF's language, written straight into bytes: what a book has in tens of thousands (marks, glyphs, structure
//! elements) would cost a kilobyte each in an object model.

use std::io::Write;

use lopdf::{Dictionary, Object, StringFormat};

/// `12 0 R`.
pub fn reference(out: &mut Vec<u8>, id: u32) {
    integer(out, i64::from(id));
    out.extend_from_slice(b" 0 R");
}

pub fn integer(out: &mut Vec<u8>, number: i64) {
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

/// A length in points, to a hundredth: 3.5 µm, finer than any press.
pub fn length(out: &mut Vec<u8>, points: f32) {
    hundredths(out, (f64::from(points) * 100.0).round() as i64);
}

/// A number that is counted in hundredths.
pub fn hundredths(out: &mut Vec<u8>, number: i64) {
    if number < 0 {
        out.push(b'-');
    }
    let (whole, rest) = (number.unsigned_abs() / 100, (number.unsigned_abs() % 100) as u8);
    out.extend_from_slice(itoa::Buffer::new().format(whole).as_bytes());
    if rest > 0 {
        out.extend_from_slice(&[b'.', b'0' + rest / 10]);
        if rest % 10 > 0 {
            out.push(b'0' + rest % 10);
        }
    }
}

/// A number that is counted in thousandths.
pub fn thousandths(out: &mut Vec<u8>, number: i64) {
    let (sign, size) = (if number < 0 { "-" } else { "" }, number.unsigned_abs());
    let digits = format!("{sign}{}.{:03}", size / 1000, size % 1000);
    out.extend_from_slice(digits.trim_end_matches('0').trim_end_matches('.').as_bytes());
}

/// `/Name`, every byte that is no regular character as `#xx` (ISO 32000-1, 7.3.5).
pub fn name(out: &mut Vec<u8>, name: &[u8]) {
    out.push(b'/');
    for &byte in name {
        if byte.is_ascii_graphic() && !b"()<>[]{}/%#".contains(&byte) {
            out.push(byte);
        } else {
            let _ = write!(out, "#{byte:02X}");
        }
    }
}

/// A string of bytes, in parentheses.
pub fn bytes(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'(');
    text.iter().for_each(|&byte| escaped(out, byte));
    out.push(b')');
}

/// Whether a byte can't stand in a string in parentheses as it is.
pub fn is_escaped(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'\\' | b'\r')
}

/// One byte of a string in parentheses.
pub fn escaped(out: &mut Vec<u8>, byte: u8) {
    match byte {
        b'(' | b')' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
        // A reader takes a bare carriage return for a line feed.
        b'\r' => out.extend_from_slice(b"\\r"),
        _ => out.push(byte),
    }
}

/// A string for people: as it is where it is ASCII, else UTF-16.
pub fn text(out: &mut Vec<u8>, text: &str) {
    if text.is_ascii() { bytes(out, text.as_bytes()) } else { utf16(out, text) }
}

/// A string for people, in UTF-16 with its byte order mark, as hexadecimal digits.
pub fn utf16(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(b"<FEFF");
    utf16_digits(out, text);
    out.push(b'>');
}

/// The hexadecimal digits of a text in UTF-16.
pub fn utf16_digits(out: &mut Vec<u8>, text: &str) {
    text.encode_utf16().for_each(|unit| drop(write!(out, "{unit:04X}")));
}

/// An object of the model, streams apart, which only a file can hold.
pub fn object(out: &mut Vec<u8>, object: &Object) {
    match object {
        Object::Null => out.extend_from_slice(b"null"),
        Object::Boolean(yes) => out.extend_from_slice(if *yes { b"true" } else { b"false" }),
        Object::Integer(number) => integer(out, *number),
        Object::Real(number) => drop(write!(out, "{number}")),
        Object::Name(words) => name(out, words),
        Object::String(words, StringFormat::Literal) => bytes(out, words),
        Object::String(words, StringFormat::Hexadecimal) => {
            out.push(b'<');
            words.iter().for_each(|byte| drop(write!(out, "{byte:02X}")));
            out.push(b'>');
        }
        Object::Array(items) => {
            out.push(b'[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(b' ');
                }
                self::object(out, item);
            }
            out.push(b']');
        }
        Object::Dictionary(entries) => dictionary(out, entries),
        Object::Stream(stream) => dictionary(out, &stream.dict),
        Object::Reference((id, generation)) => drop(write!(out, "{id} {generation} R")),
    }
}

pub fn dictionary(out: &mut Vec<u8>, entries: &Dictionary) {
    out.extend_from_slice(b"<<");
    for (key, value) in entries.iter() {
        name(out, key);
        out.push(b' ');
        object(out, value);
    }
    out.extend_from_slice(b">>");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).expect("ASCII")
    }

    #[test]
    fn lengths_are_rounded_to_hundredths() {
        for (points, want) in [(0.0, "0"), (1.5, "1.5"), (-0.004, "0"), (-0.05, "-0.05"), (419.528, "419.53"), (-12.0, "-12")] {
            assert_eq!(written(|out| length(out, points)), want);
        }
    }

    #[test]
    fn strings_end_where_they_should() {
        assert_eq!(written(|out| text(out, "a (b) \\ \r")), "(a \\(b\\) \\\\ \\r)");
        assert_eq!(written(|out| text(out, "é𝄞")), "<FEFF00E9D834DD1E>");
        assert_eq!(written(|out| name(out, b"EB Garamond/#1")), "/EB#20Garamond#2F#231");
    }
}
