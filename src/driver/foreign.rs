//! What is no Markdown is known by its first bytes, its ending or its look, and refused with a way forward: a book of gibberish
//! helps nobody.

use std::path::Path;

use crate::read::{Dialect, MARKDOWN, PAGED};

/// Why a file is not read: what it is, and what can be done.
#[derive(Debug, PartialEq, Eq)]
pub struct Foreign {
    /// With its article: `a PDF`.
    pub what: String,
    pub cure: String,
}

/// How a format is turned into Markdown.
const PANDOC: &str = "turn it into Markdown first, for example: pandoc FILE -o FILE.md";
const OCR: &str = "run an OCR tool that writes Markdown over it first, such as marker or MinerU, and build what it writes";
const UNPACK: &str = "unpack it, and build what is in it";

/// Signatures: where they stand, their bytes, what they are the marks of, and the cure.
const SIGNATURES: &[(usize, &[u8], &str, &str)] = &[
    (0, b"%PDF-", "a PDF", OCR),
    (0, b"\x1F\x8B", "a gzip archive", UNPACK),
    (0, b"BZh", "a bzip2 archive", UNPACK),
    (0, b"\xFD7zXZ\0", "an xz archive", UNPACK),
    (0, b"\x28\xB5\x2F\xFD", "a zstd archive", UNPACK),
    (0, b"7z\xBC\xAF\x27\x1C", "a 7z archive", UNPACK),
    (0, b"Rar!\x1A\x07", "a RAR archive", UNPACK),
    (257, b"ustar", "a tar archive", UNPACK),
    (0, b"\x89PNG\r\n\x1A\n", "a picture (PNG)", OCR),
    (0, b"\xFF\xD8\xFF", "a picture (JPEG)", OCR),
    (0, b"GIF8", "a picture (GIF)", OCR),
    (8, b"WEBP", "a picture (WebP)", OCR),
    (0, b"II*\0", "a picture (TIFF)", OCR),
    (0, b"MM\0*", "a picture (TIFF)", OCR),
    (0, b"II+\0", "a picture (TIFF)", OCR),
    (0, b"\0\0\0\x0CjP  ", "a picture (JPEG 2000)", OCR),
    (4, b"ftyphei", "a picture (HEIC)", OCR),
    (4, b"ftypavif", "a picture (AVIF)", OCR),
    (0, b"AT&TFORM", "a DjVu file", OCR),
    (0, b"{\\rtf", "an RTF document", "save it as .docx in a word processor, then: pandoc FILE.docx -o FILE.md"),
    (
        0,
        b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
        "a Word document of the old kind (.doc)",
        "save it as .docx in a word processor, then: pandoc FILE.docx -o FILE.md",
    ),
    (60, b"BOOKMOBI", "an e-book (Mobipocket)", "turn it into an EPUB with calibre, then: pandoc FILE.epub -o FILE.md"),
    (0, b"\x7FELF", "a program (binary)", "look at the path"),
    (0, b"MZ\x90", "a program (binary)", "look at the path"),
    (0, b"SQLite format 3", "a database (binary)", "look at the path"),
    (0, b"%!PS", "a PostScript file", "make a PDF of it, and run an OCR tool that writes Markdown over that"),
    (0, b"version https://git-lfs.github.com", "a pointer of Git LFS, not the file itself", "fetch it first: git lfs pull"),
];

/// Endings of texts in other markup: what it is called, and pandoc's name for it where it needs one.
const ENDINGS: &[(&str, &str)] = &[
    ("tex", "a LaTeX document"),
    ("latex", "a LaTeX document"),
    ("ltx", "a LaTeX document"),
    ("adoc", "an AsciiDoc document"),
    ("asciidoc", "an AsciiDoc document"),
    ("asc", "an AsciiDoc document"),
    ("rst", "a reStructuredText document"),
    ("rest", "a reStructuredText document"),
    ("org", "an Org document"),
    ("textile", "a Textile document"),
    ("mediawiki", "a MediaWiki page"),
    ("wiki", "a wiki page"),
    ("typ", "a Typst document"),
    ("ipynb", "a Jupyter notebook"),
    ("html", "an HTML page"),
    ("htm", "an HTML page"),
    ("xhtml", "an HTML page"),
    ("json", "a JSON file"),
    ("bib", "a BibTeX file"),
    ("csv", "a CSV table"),
    ("yaml", "a YAML file"),
    ("yml", "a YAML file"),
    ("toml", "a TOML file"),
    ("docx", "a Word document"),
    ("odt", "an OpenDocument text"),
    ("epub", "an EPUB e-book"),
    ("pdf", "a PDF"),
    ("rtf", "an RTF document"),
];

/// What a file is, where that is neither Markdown nor TEI. `named`: the user says which dialect it is, so that only what is no text
/// at all is refused; `dialects` are those that may know its look.
pub fn foreign(path: &Path, bytes: &[u8], named: bool, dialects: &[Dialect]) -> Option<Foreign> {
    if let Some((.., what, cure)) =
        SIGNATURES.iter().find(|(at, mark, ..)| bytes.get(*at..).is_some_and(|rest| rest.starts_with(mark)))
    {
        return Some(Foreign { what: (*what).to_owned(), cure: (*cure).to_owned() });
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return Some(zip(bytes));
    }
    // BMP has the shortest mark of all, and a zero where no text has one.
    if bytes.starts_with(b"BM") && bytes.get(6..10) == Some(&[0; 4]) {
        return Some(Foreign { what: "a picture (BMP)".to_owned(), cure: OCR.to_owned() });
    }
    if is_binary(bytes) {
        return Some(Foreign {
            what: "a binary file, not text".to_owned(),
            cure: "look at the path: a source is a Markdown or TEI file".to_owned(),
        });
    }
    if named {
        return None;
    }
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(HEAD)]);
    let head = head.trim_start_matches('\u{FEFF}').trim_start();
    let is_read =
        |dialect: &&Dialect| dialect.name != MARKDOWN.name && dialect.name != PAGED.name && (dialect.looks_like)(head);
    if dialects.iter().find(is_read).is_some() {
        return None;
    }
    look(head).or_else(|| ending(path))
}

/// How much of a text is looked at.
const HEAD: usize = 16 << 10;

/// Whether control characters stand where no text has them. Zeros in every second byte are UTF-16.
fn is_binary(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(HEAD)];
    if head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF") {
        return false;
    }
    let control = |byte: &&u8| matches!(byte, 0..=8 | 0x0E..=0x1A | 0x1C..=0x1F);
    let count = head.iter().filter(control).count();
    let one_side = |parity: usize| head.iter().skip(parity).step_by(2).all(|byte| *byte != 0);
    let zeros = head.contains(&0) && !one_side(0) && !one_side(1);
    // A text may have each of them by mischance; a file of another kind is full of them.
    count > 40 && (zeros || !head.contains(&0)) && count * 20 > head.len()
}

fn zip(bytes: &[u8]) -> Foreign {
    // Names stand in an archive as they are; the first entry of an EPUB and an OpenDocument is its type, not packed.
    let has = |name: &[u8]| bytes.windows(name.len()).any(|window| window == name);
    let what = if has(b"application/epub+zip") {
        "an EPUB e-book"
    } else if has(b"application/vnd.oasis.opendocument.text") {
        "an OpenDocument text (.odt)"
    } else if has(b"application/vnd.oasis.opendocument") {
        "an OpenDocument file"
    } else if has(b"word/document.xml") {
        "a Word document (.docx)"
    } else if has(b"xl/workbook.xml") || has(b"ppt/presentation.xml") {
        "an Office document"
    } else {
        return Foreign { what: "a zip archive".to_owned(), cure: UNPACK.to_owned() };
    };
    Foreign { what: what.to_owned(), cure: PANDOC.to_owned() }
}

/// By what a text begins with.
fn look(head: &str) -> Option<Foreign> {
    let found = |what: &str, cure: &str| Some(Foreign { what: what.to_owned(), cure: cure.to_owned() });
    let lower: String = head.chars().take(4096).flat_map(char::to_lowercase).collect();
    if lower.starts_with("<?xml") || lower.starts_with("<!doctype") || lower.starts_with("<html") {
        return Some(marked_up(&lower));
    }
    let first = head.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('%')).unwrap_or("");
    if ["\\documentclass", "\\documentstyle", "\\begin{document}", "\\RequirePackage"]
        .iter()
        .any(|mark| first.starts_with(mark))
    {
        return found("a LaTeX document", PANDOC);
    }
    if lower.starts_with("<svg") {
        return found("a drawing (SVG)", "name it in a text: ![what it shows](drawing.svg)");
    }
    let roots = ["<alto", "<pcgts", "<mets", "<fictionbook", "<tei"];
    roots.iter().any(|root| lower.starts_with(root)).then(|| marked_up(&lower))
}

/// What an XML or HTML file is, by the first elements in it.
fn marked_up(lower: &str) -> Foreign {
    let of = |what: &str, cure: &str| Foreign { what: what.to_owned(), cure: cure.to_owned() };
    let has = |mark: &str| lower.contains(mark);
    let ocr = "let the OCR tool write Markdown or text with page marks, or convert it: ocr-fileformat, page-to-text tools";
    if has("ocr_page") || has("ocr-system") {
        of("an hOCR page, which is HTML", ocr)
    } else if has("<alto") || has("standards/alto/") {
        of("ALTO XML, the output of an OCR tool", ocr)
    } else if has("<pcgts") || has("pagecontent") {
        of("PAGE XML, the output of an OCR tool", ocr)
    } else if has("<mets") {
        of("METS XML, which describes files and has no text", "build the text that it points to")
    } else if has("<html") || has("<!doctype html") {
        of("an HTML page", PANDOC)
    } else if has("<fictionbook") {
        of("an e-book (FictionBook XML)", PANDOC)
    } else if has("docbook") {
        of("DocBook XML", "turn it into Markdown first, for example: pandoc -f docbook FILE -o FILE.md")
    } else if has("jats") {
        of("JATS XML", "turn it into Markdown first, for example: pandoc -f jats FILE -o FILE.md")
    } else if has("<svg") {
        of("a drawing (SVG)", "name it in a text: ![what it shows](drawing.svg)")
    } else {
        of("XML that is no TEI", "turn it into TEI or Markdown first, with a stylesheet of its own kind")
    }
}

fn ending(path: &Path) -> Option<Foreign> {
    let ending = path.extension()?.to_str()?.to_lowercase();
    if ending == "xml" {
        return Some(Foreign {
            what: "no TEI".to_owned(),
            cure: "a TEI file begins with <TEI xmlns=\"http://www.tei-c.org/ns/1.0\">; of other XML make Markdown first"
                .to_owned(),
        });
    }
    let (_, what) = ENDINGS.iter().find(|(known, _)| *known == ending)?;
    let cure = format!("{PANDOC}; if it is Markdown after all, say so with --from markdown");
    Some(Foreign { what: format!("{what}, by the kind of file that its ending names"), cure })
}

/// Endings of texts that a folder may have beside its Markdown, and that are not read.
pub fn is_text_of_another_kind(path: &Path) -> bool {
    const ASIDE: &[&str] =
        &["docx", "odt", "rtf", "doc", "tex", "rst", "adoc", "asciidoc", "org", "typ", "qmd", "rmd", "mdx", "textile"];
    path.extension().is_some_and(|ending| ASIDE.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kit;

    #[track_caller]
    fn check(name: &str, bytes: &[u8], want: Option<&str>) {
        let found = foreign(Path::new(name), bytes, false, Kit::BUILTIN.dialects);
        match want {
            None => assert_eq!(found, None, "{name}"),
            Some(want) => assert!(found.as_ref().is_some_and(|found| found.what.contains(want)), "{name}: {found:?}"),
        }
    }

    #[test]
    fn what_is_no_markdown_is_known() {
        check("a.md", b"%PDF-1.7\n", Some("PDF"));
        check("a.md", b"PK\x03\x04....mimetypeapplication/epub+zip", Some("EPUB"));
        check("a.md", b"PK\x03\x04....word/document.xml", Some("Word"));
        check("a.md", b"\x1F\x8B\x08", Some("gzip"));
        check("a.md", b"%% A comment\n\\documentclass{book}", Some("LaTeX"));
        check("a.tex", b"Words.", Some("LaTeX"));
        check("a.rst", b"Hay\n===\n", Some("reStructuredText"));
        check("a.md", b"<!DOCTYPE html>\n<html><body>", Some("HTML"));
        check("a.md", b"<?xml version='1.0'?>\n<html xmlns='x'><div class='ocr_page'>", Some("hOCR"));
        check("a.xml", b"<?xml version='1.0'?><PcGts>", Some("PAGE"));
        check("a.xml", b"<?xml version='1.0'?><book/>", Some("no TEI"));
        check("a.md", &[0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 1, 2, 3, 4].repeat(9), Some("binary"));
    }

    #[test]
    fn texts_are_left_alone() {
        check("a.md", b"# One\n\nText.", None);
        check("a.txt", b"Text.", None);
        check("a", b"Text.", None);
        check("a.md", b"<div>Text.</div>", None);
        check("a.md", b"% A Title\n% Ada\n\nText of \\documentclass{book}.", None);
        check("a.md", b"\xFF\xFEH\0i\0", None);
        check("a.md", b"S\0e\0v\0e\0n\0 \0b\0a\0l\0e\0s\0 \0o\0f\0 \0h\0a\0y\0", None);
        check("a.md", b"one\x0Ctwo\x0C\x1B", None);
        check("a.xml", b"<?xml version='1.0'?><TEI xmlns='http://www.tei-c.org/ns/1.0'>", None);
        assert_eq!(foreign(Path::new("a.rst"), b"# One", true, Kit::BUILTIN.dialects), None);
    }
}
