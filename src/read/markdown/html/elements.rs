//! The elements of HTML, by what they make of the text that they enclose. Those that only matter to a screen or a program are named
//! as well: each is answered, none by accident.

use crate::tree::{FurnitureKind, Style};

/// What an element is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Text that is set off.
    Style(Style),
    /// Text that may say its language, or no more than its attributes do.
    Span,
    /// Code in a line.
    Mono,
    /// A quotation in a line: a browser sets the marks.
    Quotation,
    /// A link, or the place that one leads to.
    Anchor,
    Ruby,
    RubyBase,
    Reading,
    /// What stands around a reading where ruby can't be shown.
    Parenthesis,
    /// A line break.
    Break,
    /// A place where a word may be broken.
    WordBreak,
    Image,
    /// Inline SVG.
    Drawing,
    /// MathML.
    Formula,
    /// A note, as some readers of scans write it.
    Footnote,
    Rule,
    Paragraph,
    Heading(u8),
    /// Blocks that belong together, if their attributes say why.
    Division,
    Quote,
    Preformatted,
    List {
        is_ordered: bool,
    },
    Item,
    Definitions,
    Term,
    Meaning,
    Table,
    Rows(Part),
    Row,
    Cell {
        is_head: bool,
    },
    Column,
    Caption,
    Figure,
    Details,
    /// What no reader of a book sees: programs, style sheets.
    Hidden,
    /// What moves, sounds or is loaded from elsewhere. What stands in it is for those who can't have that, and stays.
    Media,
    /// The same where nobody sees what stands in it.
    Frame,
    /// A field of a form; its words stay.
    Field,
    /// A field that holds nothing.
    Input,
    /// Says nothing of the text, and holds its text in the line.
    Bare,
    /// Says nothing of the text, and sets its text apart.
    Apart,
    /// Holds nothing and says nothing.
    Void,
    /// The milestones of the printed page, which are TEI's: `pb`, `lb`, `note` and `fw`.
    PageBreak,
    LineBeginning,
    PrintedNote,
    Furniture,
}

/// A part of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Head,
    Body,
    Foot,
}

/// The elements: of HTML as it is and as it was, and what readers of scans write beside it. In the order of the alphabet.
const ELEMENTS: &[(&str, Sort)] = &[
    ("a", Sort::Anchor),
    ("abbr", Sort::Span),
    ("acronym", Sort::Span),
    ("address", Sort::Division),
    ("applet", Sort::Media),
    ("area", Sort::Void),
    ("article", Sort::Division),
    ("aside", Sort::Division),
    ("audio", Sort::Media),
    ("b", Sort::Style(Style::Strong)),
    ("base", Sort::Void),
    ("basefont", Sort::Void),
    ("bdi", Sort::Span),
    ("bdo", Sort::Span),
    ("big", Sort::Span),
    ("blink", Sort::Bare),
    ("blockquote", Sort::Quote),
    ("body", Sort::Apart),
    ("br", Sort::Break),
    ("button", Sort::Field),
    ("canvas", Sort::Media),
    ("caption", Sort::Caption),
    ("center", Sort::Division),
    ("cite", Sort::Style(Style::Emphasis)),
    ("code", Sort::Mono),
    ("col", Sort::Column),
    ("colgroup", Sort::Apart),
    ("data", Sort::Span),
    ("datalist", Sort::Hidden),
    ("dd", Sort::Meaning),
    ("del", Sort::Style(Style::Strikethrough)),
    ("details", Sort::Details),
    ("dfn", Sort::Style(Style::Emphasis)),
    ("dialog", Sort::Division),
    ("dir", Sort::List { is_ordered: false }),
    ("div", Sort::Division),
    ("dl", Sort::Definitions),
    ("dt", Sort::Term),
    ("em", Sort::Style(Style::Emphasis)),
    ("embed", Sort::Media),
    ("fieldset", Sort::Division),
    ("figcaption", Sort::Caption),
    ("figure", Sort::Figure),
    ("font", Sort::Span),
    ("footer", Sort::Division),
    ("footnote", Sort::Footnote),
    ("form", Sort::Apart),
    ("frame", Sort::Media),
    ("frameset", Sort::Apart),
    ("fw", Sort::Furniture),
    ("h1", Sort::Heading(1)),
    ("h2", Sort::Heading(2)),
    ("h3", Sort::Heading(3)),
    ("h4", Sort::Heading(4)),
    ("h5", Sort::Heading(5)),
    ("h6", Sort::Heading(6)),
    ("head", Sort::Apart),
    ("header", Sort::Division),
    ("hgroup", Sort::Apart),
    ("hr", Sort::Rule),
    ("html", Sort::Apart),
    ("i", Sort::Style(Style::Emphasis)),
    ("iframe", Sort::Frame),
    ("image", Sort::Image),
    ("img", Sort::Image),
    ("input", Sort::Input),
    ("ins", Sort::Style(Style::Underline)),
    ("kbd", Sort::Mono),
    ("keygen", Sort::Input),
    ("label", Sort::Bare),
    ("lb", Sort::LineBeginning),
    ("legend", Sort::Caption),
    ("li", Sort::Item),
    ("link", Sort::Void),
    ("listing", Sort::Preformatted),
    ("main", Sort::Division),
    ("map", Sort::Bare),
    ("mark", Sort::Style(Style::Highlight)),
    ("marquee", Sort::Apart),
    ("math", Sort::Formula),
    ("menu", Sort::List { is_ordered: false }),
    ("meta", Sort::Void),
    ("meter", Sort::Bare),
    ("nav", Sort::Division),
    ("nobr", Sort::Bare),
    ("noembed", Sort::Frame),
    ("noframes", Sort::Frame),
    ("noscript", Sort::Bare),
    ("note", Sort::PrintedNote),
    ("object", Sort::Media),
    ("ol", Sort::List { is_ordered: true }),
    ("optgroup", Sort::Field),
    ("option", Sort::Field),
    ("output", Sort::Bare),
    ("p", Sort::Paragraph),
    ("param", Sort::Void),
    ("pb", Sort::PageBreak),
    ("picture", Sort::Bare),
    ("pre", Sort::Preformatted),
    ("progress", Sort::Bare),
    ("q", Sort::Quotation),
    ("rb", Sort::RubyBase),
    ("ref", Sort::Footnote),
    ("rp", Sort::Parenthesis),
    ("rt", Sort::Reading),
    ("rtc", Sort::Reading),
    ("ruby", Sort::Ruby),
    ("s", Sort::Style(Style::Strikethrough)),
    ("samp", Sort::Mono),
    ("script", Sort::Hidden),
    ("search", Sort::Division),
    ("section", Sort::Division),
    ("select", Sort::Field),
    ("slot", Sort::Bare),
    ("small", Sort::Style(Style::Small)),
    ("source", Sort::Void),
    ("span", Sort::Span),
    ("strike", Sort::Style(Style::Strikethrough)),
    ("strong", Sort::Style(Style::Strong)),
    ("style", Sort::Hidden),
    ("sub", Sort::Style(Style::Subscript)),
    ("summary", Sort::Caption),
    ("sup", Sort::Style(Style::Superscript)),
    ("svg", Sort::Drawing),
    ("table", Sort::Table),
    ("tbody", Sort::Rows(Part::Body)),
    ("td", Sort::Cell { is_head: false }),
    ("template", Sort::Hidden),
    ("textarea", Sort::Field),
    ("tfoot", Sort::Rows(Part::Foot)),
    ("th", Sort::Cell { is_head: true }),
    ("thead", Sort::Rows(Part::Head)),
    ("time", Sort::Span),
    ("title", Sort::Hidden),
    ("tr", Sort::Row),
    ("track", Sort::Void),
    ("tt", Sort::Mono),
    ("u", Sort::Style(Style::Underline)),
    ("ul", Sort::List { is_ordered: false }),
    ("var", Sort::Style(Style::Emphasis)),
    ("video", Sort::Media),
    ("wbr", Sort::WordBreak),
    ("xmp", Sort::Preformatted),
];

/// What the `type` of an `fw` says, in TEI's words and in ours.
const FURNITURE: &[(&str, FurnitureKind)] = &[
    ("header", FurnitureKind::RunningHead),
    ("head", FurnitureKind::RunningHead),
    ("footer", FurnitureKind::RunningHead),
    ("running-head", FurnitureKind::RunningHead),
    ("pageNum", FurnitureKind::Folio),
    ("pagenum", FurnitureKind::Folio),
    ("folio", FurnitureKind::Folio),
    ("sig", FurnitureKind::Signature),
    ("signature", FurnitureKind::Signature),
    ("catch", FurnitureKind::Catchword),
    ("catchword", FurnitureKind::Catchword),
];

/// The element of a name in lower case, with that name.
pub fn element(name: &str) -> Option<(&'static str, Sort)> {
    ELEMENTS.binary_search_by_key(&name, |(known, _)| *known).ok().map(|at| ELEMENTS[at])
}

/// The kind of furniture that the `type` of an `fw` names.
pub fn furniture(kind: &str) -> Option<FurnitureKind> {
    FURNITURE.iter().find(|(name, _)| *name == kind).map(|(_, kind)| *kind)
}

impl Sort {
    /// Whether the element holds nothing: there is no end tag to wait for.
    pub fn is_void(self) -> bool {
        match self {
            Sort::Break
            | Sort::WordBreak
            | Sort::Image
            | Sort::Rule
            | Sort::Column
            | Sort::Input
            | Sort::Void
            | Sort::PageBreak
            | Sort::LineBeginning
            | Sort::PrintedNote => true,
            Sort::Style(_)
            | Sort::Span
            | Sort::Mono
            | Sort::Quotation
            | Sort::Anchor
            | Sort::Ruby
            | Sort::RubyBase
            | Sort::Reading
            | Sort::Parenthesis
            | Sort::Drawing
            | Sort::Formula
            | Sort::Footnote
            | Sort::Paragraph
            | Sort::Heading(_)
            | Sort::Division
            | Sort::Quote
            | Sort::Preformatted
            | Sort::List { .. }
            | Sort::Item
            | Sort::Definitions
            | Sort::Term
            | Sort::Meaning
            | Sort::Table
            | Sort::Rows(_)
            | Sort::Row
            | Sort::Cell { .. }
            | Sort::Caption
            | Sort::Figure
            | Sort::Details
            | Sort::Hidden
            | Sort::Media
            | Sort::Frame
            | Sort::Field
            | Sort::Bare
            | Sort::Apart
            | Sort::Furniture => false,
        }
    }

    /// Whether the words before and behind its tags stand apart where HTML is shown.
    pub fn is_apart(self) -> bool {
        match self {
            Sort::Rule
            | Sort::Paragraph
            | Sort::Heading(_)
            | Sort::Division
            | Sort::Quote
            | Sort::Preformatted
            | Sort::List { .. }
            | Sort::Item
            | Sort::Definitions
            | Sort::Term
            | Sort::Meaning
            | Sort::Table
            | Sort::Rows(_)
            | Sort::Row
            | Sort::Cell { .. }
            | Sort::Column
            | Sort::Caption
            | Sort::Figure
            | Sort::Details
            | Sort::Field
            | Sort::Apart => true,
            Sort::Style(_)
            | Sort::Span
            | Sort::Mono
            | Sort::Quotation
            | Sort::Anchor
            | Sort::Ruby
            | Sort::RubyBase
            | Sort::Reading
            | Sort::Parenthesis
            | Sort::Break
            | Sort::WordBreak
            | Sort::Image
            | Sort::Drawing
            | Sort::Formula
            | Sort::Footnote
            | Sort::Hidden
            | Sort::Media
            | Sort::Frame
            | Sort::Input
            | Sort::Bare
            | Sort::Void
            | Sort::PageBreak
            | Sort::LineBeginning
            | Sort::PrintedNote
            | Sort::Furniture => false,
        }
    }

    /// Whether HTML lets its end tag be left out (13.1.2.4, "optional tags"), so that nothing is wrong where it is.
    pub fn may_stay_open(self) -> bool {
        match self {
            Sort::Paragraph
            | Sort::Item
            | Sort::Term
            | Sort::Meaning
            | Sort::Rows(_)
            | Sort::Row
            | Sort::Cell { .. }
            | Sort::RubyBase
            | Sort::Reading
            | Sort::Parenthesis
            | Sort::Field
            | Sort::Bare
            | Sort::Media
            | Sort::Apart => true,
            sort => sort.is_void(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_element_is_found() {
        for (name, sort) in ELEMENTS {
            assert_eq!(element(name), Some((*name, *sort)));
        }
        assert_eq!((element("eux"), element("")), (None, None));
    }
}
