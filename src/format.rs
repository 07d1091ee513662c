//! The formats that the program writes: one table, from which the flags, the endings, the media types, the proof's readers and the
//! words for people are derived. What a format holds is its backend's to say, and its reader's in the proof.

/// A format that ships with the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    Epub,
    Pdf,
    Tei,
    Text,
    Markdown,
    Tree,
}

/// What there is to know of a format by name.
struct Row {
    format: Format,
    /// What `--to` calls it.
    name: &'static str,
    /// What a file's name ends in, without the full stop.
    extension: &'static str,
    /// As IANA registers it.
    media_type: &'static str,
    /// What people call it.
    title: &'static str,
    /// What it is good for.
    purpose: &'static str,
}

/// In the order in which `--help` lists them.
const TABLE: [Row; 6] = [
    Row {
        format: Format::Epub,
        name: "epub",
        extension: "epub",
        media_type: "application/epub+zip",
        title: "EPUB 3",
        purpose: "the e-book",
    },
    Row {
        format: Format::Pdf,
        name: "pdf",
        extension: "pdf",
        media_type: "application/pdf",
        title: "PDF",
        purpose: "the printed book, tagged, for reading and for keeping",
    },
    Row {
        format: Format::Tei,
        name: "tei",
        extension: "tei.xml",
        media_type: "application/tei+xml",
        title: "TEI P5",
        purpose: "the text with its structure, for archives and editors",
    },
    Row {
        format: Format::Text,
        name: "txt",
        extension: "txt",
        media_type: "text/plain",
        title: "Plain text",
        purpose: "the text alone, UTF-8",
    },
    Row {
        format: Format::Markdown,
        name: "md",
        extension: "md",
        media_type: "text/markdown",
        title: "Markdown",
        purpose: "the restored text, for an editor to go on from",
    },
    Row {
        format: Format::Tree,
        name: "tree",
        extension: "tree",
        media_type: "text/plain",
        title: "Tree",
        purpose: "the document tree, to look at",
    },
];

impl Format {
    /// All, in the order in which `--help` lists them.
    pub const ALL: [Self; 6] = [Self::Epub, Self::Pdf, Self::Tei, Self::Text, Self::Markdown, Self::Tree];

    /// The four books: what is made where nothing else is asked, and read back by the proof.
    pub const BOOKS: [Self; 4] = [Self::Epub, Self::Pdf, Self::Tei, Self::Text];

    /// The book that a file is, by the ending of its name.
    pub fn of(name: &str) -> Option<Self> {
        let ends = |format: &Self| name.strip_suffix(format.extension()).is_some_and(|stem| stem.ends_with('.'));
        Self::BOOKS.into_iter().find(ends)
    }

    /// What `--to` calls it.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// What a file's name ends in, without the full stop.
    pub fn extension(self) -> &'static str {
        self.row().extension
    }

    /// As IANA registers it.
    pub fn media_type(self) -> &'static str {
        self.row().media_type
    }

    /// What people call it.
    pub fn title(self) -> &'static str {
        self.row().title
    }

    /// What it is good for, for people.
    pub fn purpose(self) -> &'static str {
        self.row().purpose
    }

    fn row(self) -> &'static Row {
        TABLE.iter().find(|row| row.format == self).expect("every format is in the table")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order() {
        for (at, format) in Format::ALL.into_iter().enumerate() {
            assert_eq!(TABLE[at].format, format);
        }
        let names: Vec<_> = crate::emit::BUILTIN.iter().map(|backend| backend.name()).collect();
        assert_eq!(names, Format::ALL.map(Format::name));
    }

    #[test]
    fn a_file_is_known_by_its_ending() {
        for (name, want) in
            [("a.tei.xml", Some(Format::Tei)), ("a.xml", None), ("epub", None), ("a.b.epub", Some(Format::Epub))]
        {
            assert_eq!(Format::of(name), want, "{name}");
        }
    }
}
