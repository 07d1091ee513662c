//! Which elements stand inside sentences and words, and where white space stands between two of them (TEI P5, chapter 1, model
//! classes; chapter vi, section 1 on white space). Everything else is a block to the words around it.

use super::dom::{Child, Element};
use super::is_blank;

/// Elements inside words: letters, and what editors say of them (model.pPart.transcriptional, model.pPart.editorial, model.gLike).
const IN_WORDS: &[&str] = &[
    "abbr",
    "add",
    "am",
    "app",
    "c",
    "choice",
    "corr",
    "damage",
    "del",
    "ex",
    "expan",
    "g",
    "gap",
    "handShift",
    "hi",
    "lem",
    "m",
    "mod",
    "orig",
    "pc",
    "rdg",
    "rdgGrp",
    "reg",
    "restore",
    "retrace",
    "s",
    "secl",
    "seg",
    "sic",
    "subst",
    "supplied",
    "surplus",
    "unclear",
    "w",
    "hyph",
    "ruby",
    "rb",
    "rt",
    // Of TEI Tite.
    "b",
    "i",
    "smcap",
    "sub",
    "sup",
    "ul",
    // Of the Menota Handbook.
    "dipl",
    "facs",
    "norm",
    "punct",
];

/// Milestones and notes, which stand anywhere (model.global, model.noteLike).
const ANYWHERE: &[&str] = &[
    "addSpan",
    "anchor",
    "cb",
    "damageSpan",
    "delSpan",
    "fw",
    "gb",
    "index",
    "lb",
    "metamark",
    "milestone",
    "note",
    "noteGrp",
    "pb",
    "redo",
    "undo",
];

/// Phrases: names, dates, quotations, terms and their like (model.phrase, model.emphLike, model.nameLike, model.measureLike,
/// model.qLike, model.ptrLike, and the parts of bibliographic items, letters and entries that stand in a line).
const PHRASES: &[&str] = &[
    "addName",
    "att",
    "author",
    "bibl",
    "biblScope",
    "bloc",
    "caesura",
    "charName",
    "citedRange",
    "cl",
    "code",
    "country",
    "date",
    "dateline",
    "depth",
    "dim",
    "dimensions",
    "distinct",
    "district",
    "edition",
    "editor",
    "email",
    "emph",
    "foreign",
    "forename",
    "formula",
    "genName",
    "geogFeat",
    "geogName",
    "gi",
    "gloss",
    "graphic",
    "height",
    "ident",
    "idno",
    "label",
    "lbl",
    "line",
    "locus",
    "material",
    "measure",
    "media",
    "mentioned",
    "name",
    "nameLink",
    "num",
    "oRef",
    "oVar",
    "objectName",
    "objectType",
    "orgName",
    "origDate",
    "origPlace",
    "orth",
    "pRef",
    "pause",
    "persName",
    "phr",
    "placeName",
    "pos",
    "postBox",
    "postCode",
    "pron",
    "ptr",
    "pubPlace",
    "publisher",
    "q",
    "quote",
    "ref",
    "region",
    "rhyme",
    "roleName",
    "rs",
    "said",
    "salute",
    "settlement",
    "shift",
    "signed",
    "soCalled",
    "stamp",
    "street",
    "surname",
    "tag",
    "term",
    "time",
    "title",
    "unit",
    "usg",
    "val",
    "watermark",
    "width",
    "zone",
];

/// What is about the text, and no text (model.global.meta, model.global.edit's marks of the process, model.resource).
const APART: &[&str] = &[
    "alt",
    "altGrp",
    "binaryObject",
    "certainty",
    "facsimile",
    "fs",
    "fvLib",
    "index",
    "interp",
    "interpGrp",
    "join",
    "joinGrp",
    "link",
    "linkGrp",
    "listChange",
    "mei",
    "metamark",
    "move",
    "precision",
    "respons",
    "span",
    "spanGrp",
    "standOff",
    "substJoin",
    "svg",
    "teiHeader",
    "textSpan",
    "timeline",
    "xenoData",
];

/// Elements whose parts are apart from each other, whatever they are: of letters, utterances, names, bibliographic items, title
/// pages and casts.
const OF_PARTS: &[&str] = &[
    "address",
    "castItem",
    "closer",
    "dateline",
    "docImprint",
    "entry",
    "entryFree",
    "event",
    "form",
    "imprint",
    "monogr",
    "nym",
    "object",
    "opener",
    "org",
    "persName",
    "person",
    "personGrp",
    "persona",
    "place",
    "sense",
    "u",
    "witness",
];

/// Whether an element parts no words.
pub fn is_phrase(name: &str) -> bool {
    IN_WORDS.contains(&name) || ANYWHERE.contains(&name) || PHRASES.contains(&name)
}

/// Whether an element stands inside words, or anywhere.
pub fn is_inside(name: &str) -> bool {
    IN_WORDS.contains(&name) || ANYWHERE.contains(&name)
}

/// Whether an element is a milestone, a note or their like.
pub fn is_anywhere(name: &str) -> bool {
    ANYWHERE.contains(&name)
}

/// Whether an element is only a point in the text, or a note called there: what stands on its two sides is as far apart as without
/// it.
pub fn is_passed(name: &str) -> bool {
    is_anywhere(name) && !matches!(name, "lb" | "pb" | "cb") || name == "handShift"
}

/// Whether an element is no part of what is read.
pub fn is_apart(name: &str) -> bool {
    APART.contains(&name)
}

/// Whether words stand in an element itself, beside those of its elements.
pub fn has_words(element: &Element) -> bool {
    element.children.iter().any(|child| matches!(child, Child::Text(text, _) if !is_blank(text)))
}

/// Whether `after` is apart from `before`, which stands right before it in `parent`, an element without words of its own: there
/// white space is of no account, and parts of a name are words all the same.
pub fn divides(parent: &str, before: &str, after: &str) -> bool {
    // A pause of the voice, after which another word comes.
    if before == "pause" || after == "pause" {
        return true;
    }
    if matches!(after, "c" | "w" | "pc") || ANYWHERE.contains(&after) {
        return false;
    }
    let inside = |name: &str| IN_WORDS.contains(&name) || ANYWHERE.contains(&name);
    // Sentences, between which many files have no white space.
    before == "s" || OF_PARTS.contains(&parent) || !inside(before) && !inside(after)
}

/// All words of an element as one line, parted where elements part them. Of a choice, the reader's form.
pub fn words(element: &Element) -> String {
    words_but(element, &[])
}

/// All words of an element that holds fields rather than sentences, as a catalogue has them: fields parted by commas, descriptions
/// by full stops, where they don't end in a mark of their own.
pub fn catalogued(element: &Element) -> String {
    if has_words(element) || is_one_field(element.name) {
        return words(element);
    }
    let fields = element.elements().map(readers_form).map(|inner| (catalogued(inner), is_description(inner.name)));
    let fields = fields.filter(|(said, _)| !said.is_empty());
    let (line, _) = fields.fold((String::new(), false), |(mut line, after_description), (said, description)| {
        let mark = match line.chars().last() {
            None => "",
            Some('.' | ',' | ';' | ':' | '!' | '?') => " ",
            Some(_) if description || after_description => ". ",
            Some(_) => ", ",
        };
        line.push_str(mark);
        line.push_str(&said);
        (line, description)
    });
    line
}

/// Whether the parts of an element are said in one breath.
fn is_one_field(name: &str) -> bool {
    let names = ["author", "date", "editor", "name", "note", "orgName", "p", "persName", "placeName", "respStmt", "title"];
    names.contains(&name)
}

fn is_description(name: &str) -> bool {
    ["analytic", "bibl", "biblFull", "biblStruct", "history", "msDesc", "p", "physDesc", "witness"].contains(&name)
}

/// Of a choice, what readers are given.
fn readers_form<'e>(element: &'e Element<'e>) -> &'e Element<'e> {
    let chosen = ["reg", "corr", "expan"].into_iter().find_map(|name| element.child(name));
    chosen.filter(|_| element.name == "choice").unwrap_or(element)
}

/// [`words`] without what some elements inside it say.
pub fn words_but(element: &Element, left_out: &[&str]) -> String {
    fn gather(element: &Element, left_out: &[&str], out: &mut String) {
        let bare = !has_words(element);
        let mut before: Option<&str> = None;
        for child in &element.children {
            match child {
                Child::Text(text, _) => out.push_str(text),
                Child::Element(inner) if left_out.contains(&inner.name) => {}
                // A line's end parts words, unless the print cuts one there.
                Child::Element(inner) if inner.name == "lb" => {
                    let inside = inner.attribute("break") == Some("no") || out.ends_with(super::cuts::HYPHENS);
                    out.push_str(if inside { "" } else { " " });
                }
                Child::Element(inner) => {
                    let inner = readers_form(inner);
                    let apart = !is_phrase(inner.name);
                    if apart || before.is_some_and(|before| bare && divides(element.name, before, inner.name)) {
                        out.push(' ');
                    }
                    gather(inner, left_out, out);
                    if apart {
                        out.push(' ');
                    }
                    before = Some(inner.name);
                }
                Child::Comment(..) | Child::Instruction(_) => {}
            }
        }
    }
    let mut out = String::new();
    gather(element, left_out, &mut out);
    crate::read::clean::line(&out)
}
