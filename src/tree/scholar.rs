//! What scholars add to a text: citations and the works cited, references to numbered things and to pages, terms of an index and the
//! index itself. Each node keeps what its source asks for beside what became of it, so that an output can say either.

use std::borrow::Cow;

use super::{Inline, Inlines, Node, Style, plain_text};

/// Works cited at one place: `[see @doe99, p. 33; @roe2001]`. At least one cite.
#[derive(Clone, Debug, PartialEq)]
pub struct Citation {
    pub cites: Vec<Cite>,
    /// What the citation says by the work's style. A link in it leads to the cited work's entry.
    pub text: Inlines,
}

/// One work of a citation.
#[derive(Clone, Debug, PartialEq)]
pub struct Cite {
    /// By which the bibliography knows the work.
    pub key: String,
    pub form: CiteForm,
    /// Words of the author's before the work and behind it.
    pub prefix: Inlines,
    pub locator: Option<Locator>,
    pub suffix: Inlines,
}

/// How a cite stands in its sentence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CiteForm {
    /// Set off from it: `[@doe99]`.
    #[default]
    Apart,
    /// Without its author, whom the sentence names: `[-@doe99]`.
    AuthorNamed,
    /// The author is part of the sentence: `@doe99`.
    Narrative,
}

/// Which part of a work is cited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locator {
    /// A locator type of the Citation Style Language 1.0.2: `page`, `chapter`, `verse`.
    pub kind: String,
    /// Without the word for its kind: `33-35`.
    pub value: String,
    /// As the source has it: `pp. 33-35`.
    pub said: String,
}

impl Citation {
    /// The citation as pandoc writes it.
    pub fn source(&self) -> String {
        if let [Cite { form: CiteForm::Narrative, key, locator, suffix, .. }] = &self.cites[..] {
            let behind = behind(locator.as_ref(), suffix);
            let behind = behind.strip_prefix(", ").unwrap_or(&behind);
            return if behind.is_empty() { format!("@{}", name(key)) } else { format!("@{} [{behind}]", name(key)) };
        }
        let said = |cite: &Cite| {
            let prefix = affix(&cite.prefix);
            let space = if prefix.is_empty() { "" } else { " " };
            let hyphen = if cite.form == CiteForm::AuthorNamed { "-" } else { "" };
            format!("{prefix}{space}{hyphen}@{}{}", name(&cite.key), behind(cite.locator.as_ref(), &cite.suffix))
        };
        if let [Cite { form: CiteForm::Narrative, key, locator, suffix, .. }, more @ ..] = &self.cites[..] {
            let behind = behind(locator.as_ref(), suffix);
            let own = Some(behind.strip_prefix(", ").unwrap_or(&behind).to_owned()).filter(|own| !own.is_empty());
            let all: Vec<_> = own.into_iter().chain(more.iter().map(said)).collect();
            return format!("@{} [{}]", name(key), all.join("; "));
        }
        format!("[{}]", self.cites.iter().map(said).collect::<Vec<_>>().join("; "))
    }
}

/// A key, in braces where pandoc would not take all of it.
fn name(key: &str) -> String {
    let inner = |c: char| c.is_alphanumeric() || ":.#$%&-+?<>~/_".contains(c);
    let plain = key.starts_with(|c: char| c.is_alphanumeric() || c == '_')
        && key.ends_with(|c: char| c.is_alphanumeric() || c == '_')
        && key.chars().all(inner);
    if plain { key.to_owned() } else { format!("{{{key}}}") }
}

/// The words of an affix with their emphasis, as pandoc writes it.
fn affix(words: &Inlines) -> String {
    let said = words.iter().map(|node| match &node.kind {
        Inline::Styled(Style::Emphasis, inner) => format!("*{}*", plain_text(inner).replace('*', "\\*")),
        Inline::Styled(Style::Strong, inner) => format!("**{}**", plain_text(inner).replace('*', "\\*")),
        Inline::Code(code) => format!("`{code}`"),
        Inline::Text(text) => text.clone(),
        _ => plain_text(std::slice::from_ref(node)),
    });
    said.collect()
}

fn behind(locator: Option<&Locator>, suffix: &Inlines) -> String {
    let mut out = locator.map(|locator| format!(", {}", locator.said)).unwrap_or_default();
    let suffix = affix(suffix);
    if !suffix.is_empty() {
        out += if suffix.starts_with([',', ';', '.', ':']) { "" } else { " " };
        out += &suffix;
    }
    out
}

/// Words that the work itself knows: what a thing is called, which number it has, on which page it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    /// The id of what is meant; for a variable its name, for what is missing the name that nothing bears.
    pub target: String,
    /// Where a range that begins at the target ends.
    pub through: Option<String>,
    pub form: ReferenceForm,
    /// What it says. Outputs with pages of their own say [`ReferenceForm::Page`] and [`ReferenceForm::Folio`] by these.
    pub text: Inlines,
}

/// What a reference says of what it leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReferenceForm {
    /// Kind and number: `figure 3`.
    Full,
    Number,
    /// Its heading or caption.
    Title,
    /// The page with the word for it: `p. 17`; where there are no pages, the section.
    Page,
    /// The page's number alone, as an index has it.
    Folio,
    /// The thing's own kind and number before its caption. It leads nowhere, since it is there.
    Label,
    /// A field of the metadata. It leads nowhere.
    Variable,
    /// Nothing bears the name. It leads nowhere.
    Missing,
}

/// How the keys of things in the work begin, which Quarto and pandoc-crossref number.
const CROSS: &[&str] =
    &["fig", "tbl", "sec", "eq", "lst", "thm", "lem", "cor", "prp", "cnj", "def", "exm", "exr", "rem", "sol"];

/// The id that a key of a cross reference means: what pandoc-crossref writes with a colon is no name to XML.
pub fn cross_target(key: &str) -> Option<String> {
    // What LaTeX's and bookdown's writers call a table.
    let key = &*key.strip_prefix("tab:").map_or(Cow::Borrowed(key), |name| Cow::Owned(format!("tbl:{name}")));
    let (kind, name) = key.split_once(['-', ':'])?;
    // At the beginning of a sentence, both write `@Fig:mill`.
    let mut letters = kind.chars();
    let kind: String = letters.next().map(|first| first.to_lowercase().chain(letters).collect())?;
    let known = CROSS.contains(&kind.as_str()) && !name.is_empty();
    known.then(|| format!("{kind}-{}", name.replace(':', "-")))
}

/// Whether an id is of what is like a theorem.
pub fn is_theorem(id: &str) -> bool {
    let kind = id.split_once('-').map(|(kind, _)| kind);
    kind.is_some_and(|kind| matches!(kind, "thm" | "lem" | "cor" | "prp" | "cnj" | "def" | "exm" | "exr" | "rem" | "sol"))
}

impl ReferenceForm {
    pub const ALL: [Self; 8] =
        [Self::Full, Self::Number, Self::Title, Self::Page, Self::Folio, Self::Label, Self::Variable, Self::Missing];

    /// The name in dumps, in TEI, and in the braces of a template.
    pub fn name(self) -> &'static str {
        match self {
            Self::Full => "label",
            Self::Number => "number",
            Self::Title => "title",
            Self::Page => "page",
            Self::Folio => "folio",
            Self::Label => "own-label",
            Self::Variable => "variable",
            Self::Missing => "missing",
        }
    }

    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.name() == name)
    }

    /// Whether a reader can follow it.
    pub fn leads(self) -> bool {
        match self {
            Self::Full | Self::Number | Self::Title | Self::Page | Self::Folio => true,
            Self::Label | Self::Variable | Self::Missing => false,
        }
    }
}

/// A place that an index leads to, or what an index says beside its places. It says nothing where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexTerm {
    /// Which of the work's indexes; empty: its only one, or its first.
    pub index: String,
    /// The entry, and the entries below it, outermost first. At least one.
    pub path: Vec<String>,
    pub role: IndexRole,
}

/// What an index does with a term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IndexRole {
    Place,
    /// The place that says most.
    Main,
    /// A range begins.
    From,
    /// The range that began last with the same path ends.
    To,
    /// Look under another entry instead, or under another as well.
    See(Vec<String>),
    SeeAlso(Vec<String>),
}

impl IndexRole {
    /// The word in dumps, Markdown and TEI.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Place => "place",
            Self::Main => "main",
            Self::From => "from",
            Self::To => "to",
            Self::See(_) => "see",
            Self::SeeAlso(_) => "seealso",
        }
    }

    /// The entry that it leads to.
    pub fn other(&self) -> Option<&[String]> {
        match self {
            Self::See(path) | Self::SeeAlso(path) => Some(path),
            Self::Place | Self::Main | Self::From | Self::To => None,
        }
    }

    /// The role of that name, with the entry that it leads to.
    pub fn of_name(name: &str, other: &[String]) -> Option<Self> {
        Some(match name {
            "place" => Self::Place,
            "main" => Self::Main,
            "from" => Self::From,
            "to" => Self::To,
            "see" => Self::See(other.to_vec()),
            "seealso" => Self::SeeAlso(other.to_vec()),
            _ => return None,
        })
    }
}

/// Parts the entries of a path where it is written as one.
pub const PATH_MARK: char = '!';

/// The works that are cited, in the order of the style.
#[derive(Clone, Debug, PartialEq)]
pub struct Bibliography {
    pub entries: Vec<CitedWork>,
}

/// One work of a bibliography.
#[derive(Clone, Debug, PartialEq)]
pub struct CitedWork {
    pub key: String,
    /// An item type of the Citation Style Language 1.0.2: `book`, `article-journal`.
    pub kind: String,
    /// What is known of it, in the order of [`Field`]; several authors are several fields.
    pub fields: Vec<(Field, String)>,
    /// The entry by the work's style. Its first inline bears the id that citations lead to.
    pub text: Inlines,
}

/// What is known of a cited work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    Author,
    Title,
    /// What it stands in: a journal, a collection.
    Container,
    Editor,
    Translator,
    Edition,
    Series,
    Publisher,
    Place,
    /// As `1999`, `1999-04` or `1999-04-30` where it is known so far.
    Date,
    Volume,
    Issue,
    Pages,
    Doi,
    Isbn,
    Issn,
    Url,
    Note,
}

impl Field {
    pub const ALL: [Self; 18] = [
        Self::Author,
        Self::Title,
        Self::Container,
        Self::Editor,
        Self::Translator,
        Self::Edition,
        Self::Series,
        Self::Publisher,
        Self::Place,
        Self::Date,
        Self::Volume,
        Self::Issue,
        Self::Pages,
        Self::Doi,
        Self::Isbn,
        Self::Issn,
        Self::Url,
        Self::Note,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Author => "author",
            Self::Title => "title",
            Self::Container => "container",
            Self::Editor => "editor",
            Self::Translator => "translator",
            Self::Edition => "edition",
            Self::Series => "series",
            Self::Publisher => "publisher",
            Self::Place => "place",
            Self::Date => "date",
            Self::Volume => "volume",
            Self::Issue => "issue",
            Self::Pages => "pages",
            Self::Doi => "doi",
            Self::Isbn => "isbn",
            Self::Issn => "issn",
            Self::Url => "url",
            Self::Note => "note",
        }
    }
}

impl CitedWork {
    /// The id that citations lead to.
    pub fn id(&self) -> Option<&str> {
        self.text.first()?.id()
    }

    /// What is known of one kind.
    pub fn all(&self, field: Field) -> impl Iterator<Item = &str> {
        self.fields.iter().filter(move |(own, _)| *own == field).map(|(_, said)| said.as_str())
    }

    pub fn one(&self, field: Field) -> Option<&str> {
        self.all(field).next()
    }
}

/// The page that an inline names as an index does, and whether it is the main one.
pub fn folio(node: &Node<Inline>) -> Option<(&Reference, bool)> {
    match &node.kind {
        Inline::Reference(reference) if reference.form == ReferenceForm::Folio => Some((reference, false)),
        Inline::Styled(_, inner) => match &inner[..] {
            [Node { kind: Inline::Reference(reference), .. }] if reference.form == ReferenceForm::Folio => {
                Some((reference, true))
            }
            _ => None,
        },
        _ => None,
    }
}

/// How many inlines at the front of a line are pages of an index, each with the comma before it.
pub fn folio_run(line: &[Node<Inline>]) -> usize {
    let is_comma = |node: &Node<Inline>| matches!(&node.kind, Inline::Text(text) if text == ", ");
    let pairs = line.chunks_exact(2).take_while(|pair| is_comma(&pair[0]) && folio(&pair[1]).is_some());
    2 * pairs.count()
}

/// A list of places in the work: an index, the figures, the tables.
#[derive(Clone, Debug, PartialEq)]
pub struct Index {
    /// Which one: the name of an index, often empty, or `figures`, `tables`.
    pub name: String,
    pub entries: Vec<IndexEntry>,
}

impl Index {
    /// What each entry leads to, where it is a list of figures or tables: print says the page, as it does in the contents.
    pub fn captioned(&self) -> impl Iterator<Item = &str> {
        let entries = self.entries.iter().filter(|_| matches!(self.name.as_str(), "figures" | "tables"));
        entries.filter_map(IndexEntry::captioned)
    }
}

impl IndexEntry {
    /// The id of the figure or table whose label the entry begins with.
    pub fn captioned(&self) -> Option<&str> {
        match &self.text.first()?.kind {
            Inline::Reference(label) if label.form.leads() => Some(&label.target),
            _ => None,
        }
    }
}

/// One line of an index, its places as references in it.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexEntry {
    /// From 1; an entry below another is one deeper.
    pub depth: u8,
    pub text: Inlines,
}
