//! Works, persons, places and manuscripts that are described field by field, as a reader finds them in a list: fields parted by commas,
//! the parts of the description by full stops, where they don't end in a mark of their own.

use super::dom::{Child, Element};
use super::words::{before_of, part, push, trim};
use super::{Reader, phrase};
use crate::tree::{Inline, Inlines, Node, plain_text};

impl Reader<'_> {
    /// The fields of a work in a line.
    pub fn described_work(&mut self, element: &Element, line: &mut Inlines) {
        let mut fields = Vec::new();
        fields_of(element, &mut fields);
        self.say_fields(fields, line);
    }

    /// A work in a list whose fields stand on lines of the file, with no words of its own; false where it is another.
    pub fn listed_work(&mut self, element: &Element, line: &mut Inlines) -> bool {
        let holds = is_of_fields(element);
        if holds {
            self.say_fields(element.elements().map(|field| (field, false)).collect(), line);
        }
        holds
    }

    /// Fields, each with whether a part of the description begins there.
    pub fn say_fields(&mut self, fields: Vec<(&Element, bool)>, line: &mut Inlines) {
        let mut last = None;
        self.listed += 1;
        for (field, begins) in fields {
            let span = self.span(&field.range);
            let mut own = Inlines::new();
            match said_by_attributes(field) {
                Some(said) => push(&mut own, &said, span),
                None => self.inlines_of(field, &mut own),
            }
            trim(&mut own);
            if own.is_empty() {
                continue;
            }
            if !matches!(field.name, "note" | "pb" | "lb" | "cb") {
                match last {
                    None => {}
                    Some('.' | ',' | ';' | ':' | '!' | '?') => part(line, before_of(span)),
                    Some(_) => push(line, if begins { ". " } else { ", " }, before_of(span)),
                }
                last = plain_text(&own).trim_end().chars().next_back().or(last);
            }
            for node in own {
                match node {
                    Node { kind: Inline::Text(text), span, attrs: None } => push(line, &text, span),
                    node => line.push(node),
                }
            }
        }
        self.listed -= 1;
    }
}

/// Elements of persons and places that hold fields.
const HOLD_FIELDS: [&str; 12] = [
    "affiliation",
    "birth",
    "death",
    "education",
    "faith",
    "floruit",
    "location",
    "nationality",
    "occupation",
    "residence",
    "state",
    "trait",
];

/// The fields that an element of a description is made of: itself, or those in it.
pub fn described_fields<'e, 'a>(element: &'e Element<'a>, fields: &mut Vec<(&'e Element<'a>, bool)>) {
    // A place may be said by its name and where it lies.
    let holds = HOLD_FIELDS.contains(&element.name) || element.child("placeName").is_some() && element.name != "note";
    if holds && !phrase::has_words(element) {
        return element.elements().for_each(|inner| described_fields(inner, fields));
    }
    fields.push((element, matches!(element.name, "desc" | "p")));
}

/// Whether a work in a list is nothing but fields, each on a line of the file or close to the one before: a space between two is its
/// encoder's own.
fn is_of_fields(element: &Element) -> bool {
    const FIELDS: [&str; 18] = [
        "author",
        "biblScope",
        "citedRange",
        "date",
        "edition",
        "editor",
        "extent",
        "idno",
        "lb",
        "name",
        "note",
        "orgName",
        "pb",
        "persName",
        "pubPlace",
        "publisher",
        "series",
        "title",
    ];
    let between = |child: &Child| match child {
        Child::Text(text, _) => super::is_blank(text) && text.contains('\n'),
        Child::Element(inner) => FIELDS.contains(&inner.name),
        Child::Comment(..) | Child::Instruction(_) => true,
    };
    element.name == "bibl" && element.elements().nth(1).is_some() && element.children.iter().all(between)
}

/// The fields of a description, each with whether a part of it begins there.
fn fields_of<'e, 'a>(element: &'e Element<'a>, fields: &mut Vec<(&'e Element<'a>, bool)>) {
    for inner in element.elements() {
        let is_part = matches!(inner.name, "analytic" | "monogr" | "series" | "imprint") && !phrase::has_words(inner);
        if !is_part {
            fields.push((inner, false));
            continue;
        }
        let first = fields.len();
        fields_of(inner, fields);
        if let Some((_, begins)) = fields.get_mut(first).filter(|_| inner.name != "imprint") {
            *begins = true;
        }
    }
}

/// What a field without words says by its attributes: a year, the pages from one to another.
fn said_by_attributes(field: &Element) -> Option<String> {
    let of = |name: &str| field.attribute(name).map(crate::read::clean::line).filter(|said| !said.is_empty());
    if !field.line().is_empty() || field.elements().next().is_some() {
        return None;
    }
    match field.name {
        "date" => of("when"),
        "biblScope" => match (of("from"), of("to")) {
            (Some(from), Some(to)) if from != to => Some(format!("{from}–{to}")),
            (from, to) => from.or(to),
        },
        _ => None,
    }
}
