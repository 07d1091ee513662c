//! What a library catalogue says of a work.

/// The work's description. Only `title` and `language` are always there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// Never empty: without one of its own, a work is called after its first heading or its file.
    pub title: String,
    pub subtitle: Option<String>,
    /// In the order in which a title page names them.
    pub people: Vec<Person>,
    /// A BCP 47 tag, well-formed; `und` where nothing is known.
    pub language: String,
    /// `YYYY`, `YYYY-MM` or `YYYY-MM-DD` (W3C-DTF).
    pub date: Option<String>,
    pub publisher: Option<String>,
    pub place: Option<String>,
    pub edition: Option<String>,
    pub identifiers: Vec<Identifier>,
    /// Who holds which rights, for people to read.
    pub rights: Option<String>,
    /// The address of the licence.
    pub licence: Option<String>,
    /// The printed work that the text was taken from.
    pub source: Option<PrintedSource>,
    pub subjects: Vec<String>,
    pub description: Option<String>,
    pub series: Option<Series>,
    /// Path of the cover image, relative to the work's folder.
    pub cover: Option<String>,
    /// Whether notes are counted anew in each chapter.
    pub notes_by_chapter: bool,
}

impl Metadata {
    /// The people of one role, in order.
    pub fn people_as(&self, role: Role) -> impl Iterator<Item = &Person> {
        self.people.iter().filter(move |person| person.role == role)
    }

    /// The identifiers of one edition: its own, and those that name no edition. In another's output they would mislead a shop.
    pub fn identifiers_for(&self, medium: Medium) -> impl Iterator<Item = &Identifier> {
        self.identifiers.iter().filter(move |id| id.medium.is_none_or(|own| own == medium))
    }

    /// The authors' names, joined for a title page or a running head; empty where there is none.
    pub fn authors(&self) -> String {
        self.people_as(Role::Author).map(|person| person.name.as_str()).collect::<Vec<_>>().join(", ")
    }
}

/// Somebody who had a part in the work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// As a title page writes it: `Simone Weil`.
    pub name: String,
    /// As an index writes it: `Weil, Simone`.
    pub sort: Option<String>,
    pub role: Role,
    /// Addresses in authority files: ORCID, VIAF, GND.
    pub identifiers: Vec<Identifier>,
}

/// A part that somebody had in a work, by the MARC relators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    Author,
    Editor,
    Translator,
    Illustrator,
    Annotator,
    Compiler,
    Introduction,
    Contributor,
}

impl Role {
    pub const ALL: [Role; 8] = [
        Role::Author,
        Role::Editor,
        Role::Translator,
        Role::Illustrator,
        Role::Annotator,
        Role::Compiler,
        Role::Introduction,
        Role::Contributor,
    ];

    /// The name that the user writes in the metadata.
    pub fn name(self) -> &'static str {
        match self {
            Role::Author => "author",
            Role::Editor => "editor",
            Role::Translator => "translator",
            Role::Illustrator => "illustrator",
            Role::Annotator => "annotator",
            Role::Compiler => "compiler",
            Role::Introduction => "introduction",
            Role::Contributor => "contributor",
        }
    }

    /// The code of the [MARC relator](https://id.loc.gov/vocabulary/relators.html).
    pub fn marc(self) -> &'static str {
        match self {
            Role::Author => "aut",
            Role::Editor => "edt",
            Role::Translator => "trl",
            Role::Illustrator => "ill",
            Role::Annotator => "ann",
            Role::Compiler => "com",
            Role::Introduction => "win",
            Role::Contributor => "ctb",
        }
    }
}

/// A name that a catalogue, a shop or an authority file gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identifier {
    /// `isbn`, `doi`, `urn`, `orcid`, `viaf`, `gnd` …, in lower case.
    pub scheme: String,
    /// Without the scheme: `978-…`, `10.1000/182`.
    pub value: String,
    /// The edition that it names, where it names one: a book in print and as an e-book has two ISBNs.
    pub medium: Option<Medium>,
}

/// An edition of a work that has identifiers of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Medium {
    Print,
    Ebook,
}

impl Medium {
    pub const ALL: [Medium; 2] = [Medium::Print, Medium::Ebook];

    /// The name that the user writes in the metadata.
    pub fn name(self) -> &'static str {
        match self {
            Medium::Print => "print",
            Medium::Ebook => "ebook",
        }
    }
}

impl Identifier {
    /// The address under which the identifier resolves, where its scheme has one.
    pub fn uri(&self) -> Option<String> {
        let value = &self.value;
        if value.contains("://") {
            return Some(value.clone());
        }
        Some(match self.scheme.as_str() {
            "doi" => format!("https://doi.org/{value}"),
            "orcid" => format!("https://orcid.org/{value}"),
            "viaf" => format!("https://viaf.org/viaf/{value}"),
            "gnd" => format!("https://d-nb.info/gnd/{value}"),
            "isni" => format!("https://isni.org/isni/{}", value.replace(' ', "")),
            "wikidata" => format!("https://www.wikidata.org/entity/{value}"),
            "ark" | "urn" => format!("{}:{value}", self.scheme),
            "hdl" => format!("https://hdl.handle.net/{value}"),
            _ => return None,
        })
    }
}

/// The print that the text was taken from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrintedSource {
    pub title: Option<String>,
    pub people: Vec<Person>,
    pub edition: Option<String>,
    pub place: Option<String>,
    pub publisher: Option<String>,
    pub date: Option<String>,
    /// As the user writes it: `XII, 240 pp.`
    pub pages: Option<String>,
    pub identifiers: Vec<Identifier>,
    /// Whatever else there is to say, for people to read.
    pub note: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    pub name: String,
    /// The volume's number in the series, as the user writes it.
    pub position: Option<String>,
}
