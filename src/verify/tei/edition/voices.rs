//! Who speaks: in utterances, of which a note, the list of persons or nobody says whose they are.

use std::collections::BTreeMap;

use super::super::super::script::squeezed;
use super::{Child, Reader};

impl Reader {
    /// Whether a note says whose speech begins, as its first element.
    pub(super) fn names_speaker(&self, at: usize) -> bool {
        let parent = self.nodes[at].parent;
        let first = self.nodes[parent].children.iter().find(|child| match child {
            Child::Text(text, _) => !text.trim().is_empty(),
            Child::Node(_) => true,
        });
        let is_first = matches!(first, Some(Child::Node(first)) if *first == at);
        is_first && self.nodes[parent].name == "u" && self.nodes[at].get("type") == Some("speaker")
    }

    /// The names of persons, by their ids, where neither a note nor a heading of a speech says who speaks.
    pub(super) fn names_of_speakers(&self) -> BTreeMap<String, String> {
        let says = |at: &usize| {
            let node = &self.nodes[*at];
            node.name == "speaker" || node.name == "note" && node.get("type") == Some("speaker")
        };
        if (0..self.nodes.len()).any(|at| says(&at)) {
            return BTreeMap::new();
        }
        let persons = self.ids.iter().filter(|(_, at)| self.nodes[**at].name == "person");
        let named = persons.filter_map(|(id, at)| {
            let name = self.child(*at, "persName").or_else(|| self.child(*at, "name"))?;
            Some((id.clone(), self.name_in_order(name)))
        });
        named.filter(|(_, name)| !name.is_empty()).collect()
    }

    /// A name, its first names first.
    pub(super) fn name_in_order(&self, at: usize) -> String {
        let below: Vec<_> = self.elements(at).collect();
        let part = |name: &str| below.iter().copied().filter(|one| self.nodes[*one].name == name).collect::<Vec<_>>();
        let (first, last) = (part("forename"), part("surname"));
        if first.is_empty() || last.is_empty() {
            let parts = below.iter().map(|one| self.line(*one)).collect::<Vec<_>>().join(" ");
            return if self.has_words(at) { self.line(at) } else { parts };
        }
        let one = |name: &str| part(name).into_iter().take(1).collect::<Vec<_>>();
        let order = first.into_iter().chain(one("nameLink")).chain(last.into_iter().take(1)).chain(one("genName"));
        order.map(|one| self.line(one)).collect::<Vec<_>>().join(" ")
    }

    /// Whose an utterance is, where somebody else spoke before.
    pub(super) fn says_who(&mut self, at: usize) -> Option<String> {
        let who = self.nodes[at].get("who").map(squeezed)?;
        if self.speaking.as_ref() == Some(&who) {
            return None;
        }
        let names = who.split(' ').filter_map(|id| self.names.get(id.strip_prefix('#')?)).cloned().collect::<Vec<_>>();
        self.speaking = Some(who);
        Some(names.join(", ")).filter(|names| !names.is_empty())
    }
}
