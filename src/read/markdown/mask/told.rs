//! What texts of other tools hold that is not read here: told once a kind, with the number of its places and a cure.

use std::collections::BTreeMap;

use crate::report::Report;
use crate::span::Span;

/// A kind of mark that is recognised and stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Shortcode,
    Template,
    CodeCell,
    InlineCode,
    RawBlock,
    GridTable,
    Abbreviation,
    Emoji,
    TexCommand,
    Role,
    Directive,
    TexLayout,
    ForeignTag,
    NumberSigns,
    Colons,
    Unclosed,
    Attribute,
    Contents,
    Program,
    Percent,
    BracketCitation,
    Forum,
    Change,
}

impl Kind {
    /// The code of the remark, what was found, and what can be done about it.
    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Kind::Shortcode => (
                "shortcode",
                "a shortcode or template tag of a site generator is not run",
                "it stands in the text as it is written: put in its place what it would give, or take it out",
            ),
            Kind::Template => (
                "template-tag",
                "a template tag of a site generator is not run",
                "it stands in the text as it is written: put in its place what it would give, or take it out",
            ),
            Kind::CodeCell => (
                "code-cell",
                "a code cell is not run: it is set as a listing",
                "run the notebook first and read what it gives, or take the cell out",
            ),
            Kind::InlineCode => (
                "code-inline",
                "code within a line is not run: it is set as code ({r} or r)",
                "run the notebook first and read what it gives",
            ),
            Kind::RawBlock => (
                "raw-block",
                "raw text for another format is left out of the books",
                "only that format's program can read it; say the same in Markdown",
            ),
            Kind::GridTable => (
                "grid-table",
                "a grid table is not read as a table: its lines stand as they are written",
                "write it as a table of pipes, or in HTML",
            ),
            Kind::Abbreviation => (
                "abbreviation",
                "the definition of an abbreviation (*[…]:) says nothing, and stands in the text as it is written",
                "write behind the colon what it stands for: *[HTML]: Hypertext Markup Language",
            ),
            Kind::Emoji => (
                "emoji-shortcode",
                "the name of an emoji between colons is not known",
                "write the sign itself; the name stays as text",
            ),
            Kind::TexCommand => (
                "tex-command",
                "a TeX command outside of formulas (\\ref, \\section …) stands in the text as it is written",
                "say the same in Markdown: a link, a note, the words themselves",
            ),
            Kind::Role => (
                "role",
                "a MyST role such as {ref} is not read",
                "it stands in the text as it is written; write it as a link or as code",
            ),
            Kind::Directive => (
                "directive",
                "a directive or div of this name says nothing here: its content stays, in a group of that class",
                "templates can set the class; admonitions are note, tip, important, warning and caution",
            ),
            Kind::TexLayout => (
                "tex-layout",
                "a TeX command that only lays out a page (\\newpage, \\vspace …) is left out",
                "pages begin and lines stand where the design has them; take it out",
            ),
            Kind::ForeignTag => (
                "html-dropped",
                "a tag of an office program or of a reader of e-books (<o:p>) is not passed on",
                "its text stays; take the tags out",
            ),
            Kind::NumberSigns => (
                "heading-without-space",
                "number signs without a space behind them make no heading: the line stays as text",
                "write a space behind them (## Title), or a backslash before them",
            ),
            Kind::Colons => (
                "div-unopened",
                "a fence of colons (:::) closes nothing: it stays as text",
                "take it out, or open a div above with its class: ::: {.name}",
            ),
            Kind::Unclosed => (
                "div-unclosed",
                "a div that a fence of colons (:::) opens is not closed: it ends where what holds it does",
                "close it by ::: on a line of its own",
            ),
            Kind::Attribute => (
                "attribute-unknown",
                "an attribute in braces says nothing here and is left out",
                "known are #id, .class, lang, dir, and width of images",
            ),
            Kind::Contents => (
                "contents-mark",
                "the mark of a table of contents ([TOC]) is left out",
                "each output has a table of contents of its own: take the mark out",
            ),
            Kind::Program => (
                "program-line",
                "a line that only speaks to another program (import, +++, {mainmatter}) is left out",
                "it is no text of the book: take it out, or say the same in Markdown",
            ),
            Kind::BracketCitation => (
                "citation",
                "a citation, term or abbreviation of MultiMarkdown ([p. 3][#key], [?term], [>ABC]) and what it says stand as they are written",
                "write it as pandoc does, [@key, p. 3], and the works in a library; or as a note: [^key]",
            ),
            Kind::Forum => (
                "forum-mark",
                "a mark of a forum (BBCode) says nothing here: [quote], [list] and the like stay as text, [color] and [size] are left out",
                "say the same in Markdown: > before a quotation, - before an item",
            ),
            Kind::Change => (
                "change-over-paragraphs",
                "a change of an editor (CriticMarkup) that goes over an empty line stands in the text as it is written",
                "mark each paragraph by itself, or take the change over and the braces out",
            ),
            Kind::Percent => (
                "percent-comment",
                "a paragraph whose lines begin with a sign of per cent is taken for a comment, as in MyST and TeX",
                "if it is text, write a backslash before the sign; if it is a comment, put it between <!-- and -->",
            ),
        }
    }
}

/// One remark a kind, at its first place; it names the others.
pub fn remark(found: Vec<(Kind, Span)>, report: &mut Report) {
    let mut kinds: BTreeMap<Kind, Vec<Span>> = BTreeMap::new();
    for (kind, span) in found {
        kinds.entry(kind).or_default().push(span);
    }
    let mut kinds: Vec<_> = kinds.into_iter().collect();
    kinds.sort_by_key(|(_, places)| places[0]);
    for (kind, places) in kinds {
        let (code, message, hint) = kind.words();
        let times = places.len();
        let again = if times > 1 { format!(" ({times} places)") } else { String::new() };
        report.warn(code, places[0], format!("{message}{again}")).also(places[1..].iter().copied()).hint(hint);
    }
}
