//! Signs that are only pointed to, as the header describes them (TEI P5, chapter 5).

use std::collections::BTreeMap;

use super::super::super::script::squeezed;
use super::Reader;

/// Kinds of mappings, best first.
const KINDS: [&str; 9] =
    ["unicode", "precomposed", "composed", "standard", "normal_unicode", "normalized", "modern", "simplified", ""];

impl Reader {
    /// What each sign is shown as.
    pub(super) fn glyphs(&self) -> BTreeMap<String, String> {
        let described = (0..self.nodes.len()).filter(|at| matches!(self.nodes[*at].name.as_str(), "char" | "glyph"));
        let shown = described.filter_map(|at| Some((self.nodes[at].get("xml:id")?.trim().to_owned(), self.shown(at)?)));
        shown.collect()
    }

    pub(super) fn glyph(&self, at: usize) -> String {
        let id = self.nodes[at].get("ref").and_then(|said| said.trim().rsplit(['#', ':']).next());
        match id {
            Some(id) if self.glyphs.contains_key(id) => self.glyphs[id].clone(),
            // The end of a line inside a word, as the Text Creation Partnership marks it.
            Some("EOLhyphen" | "EOLunhyphen") => String::new(),
            _ => match self.nodes[at].get("type").map(str::trim) {
                Some("leaf" | "hedera" | "ivyleaf") => "❦".to_owned(),
                Some("interpunct" | "middot" | "dot") => "·".to_owned(),
                _ => "□".to_owned(),
            },
        }
    }

    /// By what words a pointer without any leads to an element: its heading, where that is plain, else its number.
    pub(super) fn place_words(&self, at: usize) -> Option<String> {
        const LETTERS: &str = " hi lb pb emph title foreign seg name persName placeName ";
        let node = &self.nodes[at];
        let has_heading = node.name.starts_with("div") || matches!(node.name.as_str(), "figure" | "table" | "list" | "lg");
        let head = self.child(at, "head").filter(|_| has_heading);
        let is_plain =
            |head: &usize| self.below(*head).iter().all(|one| LETTERS.contains(&format!(" {} ", self.nodes[*one].name)));
        let heading = head.filter(is_plain).map(|head| {
            let mut words = String::new();
            self.words_of_head(head, &mut words);
            squeezed(&words)
        });
        let number = || {
            let counts = has_heading || matches!(node.name.as_str(), "p" | "ab" | "l" | "pb" | "item" | "milestone");
            let number = node.get("n").filter(|_| counts).map(squeezed)?;
            (!number.is_empty() && number.chars().all(char::is_alphanumeric)).then_some(number)
        };
        heading.filter(|words| !words.is_empty()).or_else(number)
    }

    fn words_of_head(&self, at: usize, out: &mut String) {
        for child in &self.nodes[at].children {
            match child {
                super::Child::Text(text, _) => out.push_str(text),
                super::Child::Node(inner) => {
                    let ends = self.nodes[*inner].name == "lb" && self.nodes[*inner].get("break") != Some("no");
                    let cut = out.ends_with(super::hyphens::HYPHENS);
                    out.push_str(if ends && !cut { " " } else { "" });
                    self.words_of_head(*inner, out);
                }
            }
        }
    }

    fn below(&self, at: usize) -> Vec<usize> {
        let mut all = Vec::new();
        for inner in self.elements(at) {
            all.push(inner);
            all.extend(self.below(inner));
        }
        all
    }

    fn shown(&self, at: usize) -> Option<String> {
        let all = self.below(at);
        let named = |names: &'static [&'static str]| {
            all.iter().copied().filter(move |inner| names.contains(&self.nodes[*inner].name.as_str()))
        };
        for kind in KINDS {
            let of_kind = |inner: &usize| self.nodes[*inner].get("type").unwrap_or_default().eq_ignore_ascii_case(kind);
            if let Some(letters) = named(&["mapping"]).filter(of_kind).find_map(|inner| letters(&self.line(inner))) {
                return Some(letters);
            }
        }
        let property = |wanted: &str| {
            let newer = named(&["localProp", "unicodeProp"]).filter(|inner| self.nodes[*inner].get("name") == Some(wanted));
            let newer = newer.filter_map(|inner| self.nodes[inner].get("value").map(squeezed));
            let older = named(&["charProp"]).filter(|inner| {
                self.elements(*inner).any(|name| self.nodes[name].name.ends_with("Name") && self.line(name) == wanted)
            });
            let older = older.filter_map(|inner| self.child(inner, "value")).map(|value| self.line(value));
            newer.chain(older).find(|said| !said.is_empty())
        };
        let name = || {
            let child = |name: &str| self.child(at, name).map(|name| self.line(name)).filter(|name| !name.is_empty());
            child("charName").or_else(|| child("glyphName")).or_else(|| property("Name")).map(|name| format!("[{name}]"))
        };
        property("composition").or_else(name)
    }
}

fn letters(said: &str) -> Option<String> {
    let mut coded = String::new();
    for word in said.split_whitespace() {
        let code = word.strip_prefix(['U', 'u']).and_then(|rest| rest.strip_prefix('+'));
        match code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32) {
            Some(c) => coded.push(c),
            None => {
                coded = said.to_owned();
                break;
            }
        }
    }
    let private = |c: char| ('\u{E000}'..='\u{F8FF}').contains(&c) || c >= '\u{F0000}' || c.is_control();
    (!coded.trim().is_empty() && !coded.contains(private)).then_some(coded)
}
