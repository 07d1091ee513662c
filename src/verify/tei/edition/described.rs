//! Works that are described field by field: what a list of works says of them.

use super::super::super::script::squeezed;
use super::{Child, Reader, Token};

/// Who and what lists describe.
const DESCRIBED: &str = " event msItem msItemStruct nym object org person personGrp persona place relation witness ";
/// What holds the parts of a manuscript's description.
const MANUSCRIPT: &str = " accMat additional additions adminInfo bindingDesc decoDesc handDesc history layoutDesc msContents msDesc \
                          msFrag msPart objectDesc physDesc sealDesc supportDesc surrogates ";
/// What holds fields of persons and places.
const HOLD_FIELDS: &str =
    " affiliation birth death education faith floruit location nationality occupation residence state trait ";
/// The fields of works.
const OF_WORKS: &str = " author biblScope citedRange date edition editor extent idno lb name note orgName pb persName pubPlace publisher \
                        series title ";
/// What stands on lines of its own.
const BLOCKS: &str = " ab figure head l lg list listBibl listEvent listNym listObject listOrg listPerson listPlace listRelation listWit \
                      msDesc msFrag msPart p table ";

fn has(list: &str, name: &str) -> bool {
    list.split(' ').any(|known| known == name && !name.is_empty())
}

/// Takes the white space off the end of what was said.
pub(super) fn trim(out: &mut Vec<Token>) {
    while let Some(Token::Text(text, _)) = out.last_mut() {
        text.truncate(text.trim_end().len());
        if !text.is_empty() {
            return;
        }
        out.pop();
    }
}

impl Reader {
    /// The fields of a work, parted by commas, the parts of its description by full stops.
    pub(super) fn described_work(&mut self, at: usize, out: &mut Vec<Token>) {
        let mut fields = Vec::new();
        self.fields_of(at, &mut fields);
        self.say_fields(fields, out);
    }

    /// Whether a list gives an element field by field: somebody or something, a part of a manuscript, a work whose fields stand on
    /// lines of the file.
    pub(super) fn is_of_fields(&self, at: usize) -> bool {
        let (name, parent) = (&*self.nodes[at].name, &*self.nodes[self.nodes[at].parent].name);
        if self.has_words(at) || !(parent.starts_with("list") || has(DESCRIBED, parent) || has(MANUSCRIPT, parent)) {
            return false;
        }
        let fields = self.nodes[at].children.iter().all(|child| match child {
            Child::Node(inner) => has(OF_WORKS, &self.nodes[*inner].name),
            Child::Text(text, _) => text.contains('\n'),
        });
        match name {
            "bibl" => parent == "listBibl" && fields && self.elements(at).nth(1).is_some(),
            name if has(DESCRIBED, name) => true,
            name => has(MANUSCRIPT, parent) && !has(MANUSCRIPT, name) && !has(BLOCKS, name) && !self.has_block(at),
        }
    }

    pub(super) fn has_block(&self, at: usize) -> bool {
        let inline = |at: usize| {
            let said = ["type", "rend", "place"].into_iter().filter_map(|name| self.nodes[at].get(name));
            said.flat_map(str::split_whitespace).any(|word| matches!(word, "inline" | "run-on" | "runon" | "run-in"))
        };
        self.elements(at).any(|inner| has(BLOCKS, &self.nodes[inner].name) && !inline(inner))
    }

    /// An element by its fields, with what stands on lines of its own between them.
    pub(super) fn described(&mut self, at: usize, out: &mut Vec<Token>) {
        let mut fields = Vec::new();
        if self.nodes[at].name == "bibl" {
            fields.extend(self.elements(at).map(|field| (field, false)));
            return self.say_fields(fields, out);
        }
        for inner in self.elements(at).collect::<Vec<_>>() {
            let name = &*self.nodes[inner].name;
            let alone = has(BLOCKS, name) || has(DESCRIBED, name) || name != "note" && self.has_block(inner);
            if alone {
                self.say_fields(std::mem::take(&mut fields), out);
                out.push(Token::Close);
                self.element(inner, out);
            } else if !super::words::is_apart(name) {
                self.described_fields(inner, &mut fields);
            }
        }
        self.say_fields(fields, out);
    }

    fn described_fields(&self, at: usize, fields: &mut Vec<(usize, bool)>) {
        let name = &*self.nodes[at].name;
        let holds = has(HOLD_FIELDS, name) || self.child(at, "placeName").is_some() && name != "note";
        if holds && !self.has_words(at) {
            self.elements(at).for_each(|inner| self.described_fields(inner, fields));
        } else {
            fields.push((at, matches!(&*self.nodes[at].name, "desc" | "p")));
        }
    }

    fn say_fields(&mut self, fields: Vec<(usize, bool)>, out: &mut Vec<Token>) {
        let mut last = None;
        self.listed += 1;
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
        self.listed -= 1;
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
