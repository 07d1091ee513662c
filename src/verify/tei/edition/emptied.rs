//! What a book leaves out of an edition beside what it is told to: heads of notes that all stand at their calls, and zones of numbers.

use std::collections::BTreeSet;

use super::{Node, Reader};

/// What zones of a document are called that hold no text of it.
const MARGINS: &str = " pagenumber pagenum pageno pagination foliation folio folionumber linenumber linenumbers linenumbering linenum \
                       lineno header runninghead runningheader runningtitle pageheader footer pagefooter catchword signature \
                       signaturemark quiremark ";

/// Has such zones be running matter.
pub fn set_zones_apart(nodes: &mut [Node]) {
    for node in nodes.iter_mut().filter(|node| node.name == "zone") {
        let kind = node.get("type").unwrap_or_default().to_lowercase();
        let kind: String = kind.chars().filter(char::is_ascii_alphanumeric).collect();
        if !kind.is_empty() && MARGINS.contains(&format!(" {kind} ")) {
            "fw".clone_into(&mut node.name);
        }
    }
    for node in nodes.iter_mut().filter(|node| node.name == "mw" && node.get("type").is_some()) {
        "fw".clone_into(&mut node.name);
    }
}

impl Reader {
    /// The heads of divisions with nothing in them but notes that go elsewhere, and divisions of that kind.
    pub(super) fn heads_of_nothing(&self) -> BTreeSet<usize> {
        let said = self.nodes.iter().filter_map(|node| node.get("target"));
        let goals: BTreeSet<&str> = said.flat_map(str::split_whitespace).filter_map(|goal| goal.strip_prefix('#')).collect();
        let is_goal = |at: usize| self.nodes[at].get("xml:id").is_some_and(|id| goals.contains(id.trim()));
        let (mut hollow, mut heads) = (BTreeSet::new(), BTreeSet::new());
        // Inner divisions stand behind those around them.
        for at in (0..self.nodes.len()).rev().filter(|at| self.nodes[*at].name.starts_with("div")) {
            let own: Vec<_> = self.elements(at).filter(|inner| self.nodes[*inner].name == "head").collect();
            let mut notes = 0;
            let holds_notes = self.elements(at).all(|inner| own.contains(&inner) || self.goes(inner, &hollow, &mut notes));
            let calls = own.iter().any(|head| self.elements(*head).any(|inner| self.nodes[inner].name == "note"));
            if holds_notes
                && notes > 0
                && !self.has_words(at)
                && !calls
                && !is_goal(at)
                && !own.iter().any(|head| is_goal(*head))
            {
                hollow.insert(at);
                heads.extend(own);
            }
        }
        heads
    }

    /// Whether nothing is left of an element in its place; counts the notes in it.
    fn goes(&self, at: usize, hollow: &BTreeSet<usize>, notes: &mut usize) -> bool {
        match self.nodes[at].name.as_str() {
            "note" => {
                *notes += 1;
                self.called.contains(&at) || self.moved.contains(&at)
            }
            "app" => {
                *notes += 1;
                self.apart.contains(&at)
            }
            "pb" | "fw" | "cb" | "gb" | "lb" | "milestone" => true,
            "list" | "item" | "listApp" => {
                !self.has_words(at) && self.elements(at).all(|inner| self.goes(inner, hollow, notes))
            }
            name if name.starts_with("div") && hollow.contains(&at) => {
                *notes += 1;
                true
            }
            _ => false,
        }
    }
}
