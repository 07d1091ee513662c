//! Places in the sources. Every node, remark and repair names one, so that whoever reads a remark can find its line.

use std::ops::Range;

use crate::bytes;

/// One file of a work, by its position in [`Sources`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u16);

/// A range of bytes in one file of a work: `start` is its first byte, `end` the first byte after it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    pub file: FileId,
    pub start: u32,
    pub end: u32,
}

impl Span {
    /// The bytes `range` of `file`. Files are refused above 4 GiB, so offsets fit.
    pub fn new(file: FileId, range: Range<usize>) -> Self {
        Self { file, start: range.start as u32, end: range.end as u32 }
    }

    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// From the start of this span to the end of `last`; this span where `last` is in another file.
    pub fn to(self, last: Span) -> Self {
        if self.file == last.file { Self { end: last.end.max(self.end), ..self } } else { self }
    }

    /// The empty place right after this span.
    pub fn after(self) -> Self {
        Self { start: self.end, ..self }
    }
}

/// One file as it was read: decoded, with line ends made `\n` and characters that XML forbids replaced.
#[derive(Clone, Debug)]
pub struct Source {
    /// The path as the user gave it, for remarks only: it never reaches an output.
    pub name: String,
    pub text: String,
}

/// The files of one work, in reading order.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<Source>,
    /// For each file the bytes that its lines begin with: a book may have as many remarks as lines.
    lines: Vec<Vec<u32>>,
    /// For each file how many characters begin before every [`STRIDE`] bytes: a book may stand on one line, and be full of remarks.
    marks: Vec<Vec<u32>>,
}

/// Bytes whose characters are counted for a column.
const STRIDE: usize = 1024;

/// How many characters begin in these bytes of UTF-8.
fn begun(bytes: &[u8]) -> u32 {
    bytes::count(bytes, |byte| byte & 0xC0 != 0x80) as u32
}

impl Sources {
    /// Adds a file and says by which id its spans name it.
    pub fn add(&mut self, source: Source) -> FileId {
        let next = memchr::memchr_iter(b'\n', source.text.as_bytes()).map(|at| at as u32 + 1);
        self.lines.push(std::iter::once(0).chain(next).collect());
        let mut so_far = 0;
        let marks = source.text.as_bytes().chunks(STRIDE).map(|chunk| {
            let mark = so_far;
            so_far += begun(chunk);
            mark
        });
        let mut marks: Vec<u32> = marks.collect();
        // Where the text ends with a stretch, its end begins another.
        marks.push(so_far);
        self.marks.push(marks);
        self.files.push(source);
        FileId((self.files.len() - 1) as u16)
    }

    pub fn get(&self, file: FileId) -> &Source {
        &self.files[usize::from(file.0)]
    }

    pub fn iter(&self) -> impl Iterator<Item = (FileId, &Source)> {
        self.files.iter().enumerate().map(|(n, source)| (FileId(n as u16), source))
    }

    /// The text that `span` covers.
    pub fn slice(&self, span: Span) -> &str {
        self.get(span.file).text.get(span.range()).unwrap_or("")
    }

    /// Line and column of the first character of `span`, both counted from 1, columns in characters.
    pub fn line_column(&self, span: Span) -> (usize, usize) {
        let text = &self.get(span.file).text;
        let at = if text.is_char_boundary(span.start as usize) { span.start } else { text.len() as u32 };
        let starts = &self.lines[usize::from(span.file.0)];
        let line = starts.partition_point(|start| *start <= at);
        let marks = &self.marks[usize::from(span.file.0)];
        let before = |at: u32| {
            let mark = at as usize / STRIDE;
            marks[mark] + begun(&text.as_bytes()[mark * STRIDE..at as usize])
        };
        (line, (before(at) - before(starts[line - 1])) as usize + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_in_lines_and_characters() {
        let mut sources = Sources::default();
        for text in ["", "é a\n\nlast"] {
            sources.add(Source { name: "x.md".into(), text: text.into() });
        }
        for (at, want) in [(0, (1, 1)), (2, (1, 2)), (4, (1, 4)), (5, (2, 1)), (6, (3, 1)), (10, (3, 5)), (99, (3, 5))] {
            assert_eq!(sources.line_column(Span::new(FileId(1), at..at)), want, "byte {at}");
        }
        assert_eq!(sources.line_column(Span::new(FileId(0), 0..0)), (1, 1));
        let long = sources.add(Source { name: "y.md".into(), text: "é".repeat(STRIDE * 2) });
        for at in [0, 2, STRIDE - 2, STRIDE, STRIDE * 4 - 2, STRIDE * 4] {
            assert_eq!(sources.line_column(Span::new(long, at..at)), (1, at / 2 + 1), "byte {at}");
        }
    }
}
