//! Works that are described field by field: what a list of works says of them.

use super::super::super::script::squeezed;
use super::{Reader, Token};

impl Reader {
    /// The fields of a work, parted by commas, the parts of its description by full stops.
    pub(super) fn described_work(&mut self, at: usize, out: &mut Vec<Token>) {
        let (mut fields, mut last) = (Vec::new(), None);
        self.fields_of(at, &mut fields);
        for (field, begins) in fields {
            let line = self.nodes[field].line;
            let mut own = Vec::new();
            match self.said_by_attributes(field) {
                Some(said) => own.push(Token::Text(said, line)),
                None => self.element(field, &mut own),
            }
            let end = own.iter().rev().find_map(|token| match token {
                Token::Text(text, _) => text.trim_end().chars().next_back(),
                _ => None,
            });
            if !matches!(self.nodes[field].name.as_str(), "note" | "pb" | "lb" | "cb") && end.is_some() {
                match last {
                    None => {}
                    Some('.' | ',' | ';' | ':' | '!' | '?') => out.push(Token::Close),
                    Some(_) => out.push(Token::Text(if begins { ". " } else { ", " }.to_owned(), line)),
                }
                last = end;
            }
            out.append(&mut own);
        }
    }

    fn fields_of(&self, at: usize, fields: &mut Vec<(usize, bool)>) {
        for inner in self.elements(at) {
            let name = self.nodes[inner].name.as_str();
            if !matches!(name, "analytic" | "monogr" | "series" | "imprint") || self.has_words(inner) {
                fields.push((inner, false));
                continue;
            }
            let first = fields.len();
            self.fields_of(inner, fields);
            if let Some((_, begins)) = fields.get_mut(first).filter(|_| name != "imprint") {
                *begins = true;
            }
        }
    }

    fn said_by_attributes(&self, field: usize) -> Option<String> {
        let node = &self.nodes[field];
        let of = |name: &str| node.get(name).map(squeezed).filter(|said| !said.is_empty());
        if !self.line(field).is_empty() || self.elements(field).next().is_some() {
            return None;
        }
        match (node.name.as_str(), of("from"), of("to")) {
            ("date", ..) => of("when"),
            ("biblScope", Some(from), Some(to)) if from != to => Some(format!("{from}–{to}")),
            ("biblScope", from, to) => from.or(to),
            _ => None,
        }
    }
}
