//! Works that are described field by field (`biblStruct`), as a reader finds them in a list: fields parted by commas, the parts of the
//! description by full stops, where they don't end in a mark of their own.

use super::dom::Element;
use super::words::{before_of, part, push, trim};
use super::{Reader, phrase};
use crate::tree::{Inline, Inlines, Node, plain_text};

impl Reader<'_> {
    /// The fields of a work in a line.
    pub fn described_work(&mut self, element: &Element, line: &mut Inlines) {
        let (mut fields, mut last) = (Vec::new(), None);
        fields_of(element, &mut fields);
        for (field, begins) in fields {
            let span = self.span(&field.range);
            let mut own = Inlines::new();
            match said_by_attributes(field) {
                Some(said) => push(&mut own, &said, span),
                None => self.inline(field, &mut own),
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
    }
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
