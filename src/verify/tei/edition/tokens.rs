//! Tokens of linguists: which stand close to each other, and which are parts of one word.

use std::collections::BTreeSet;

use super::words::{is_apart, is_phrase};
use super::{Child, Node};

fn is_break(node: &Node) -> bool {
    matches!(node.name.as_str(), "lb" | "pb" | "cb")
}

fn joins(node: &Node, side: &str) -> bool {
    node.get("join").is_some_and(|said| said == side || said == "both")
}

/// Breaks that stand between two parts of a word.
pub(super) fn breaks_inside(nodes: &[Node]) -> BTreeSet<usize> {
    let mut all = BTreeSet::new();
    for node in nodes {
        let (mut begun, mut places) = (false, Vec::new());
        for child in &node.children {
            match child {
                Child::Text(text, _) => begun &= text.trim().is_empty(),
                Child::Node(inner) if is_break(&nodes[*inner]) => places.push(*inner),
                // So does a sign for the hyphen.
                Child::Node(inner) if matches!(nodes[*inner].name.as_str(), "fw" | "g") => {}
                Child::Node(inner) => {
                    let part = nodes[*inner].get("part").filter(|_| nodes[*inner].name == "w").unwrap_or_default();
                    if begun && matches!(part, "M" | "F") {
                        all.extend(std::mem::take(&mut places));
                    }
                    places.clear();
                    begun = matches!(part, "I" | "M");
                }
            }
        }
    }
    all
}

/// Where a file says which tokens are joined: takes the white space out between those, and parts words that are not.
pub(super) fn join(nodes: &mut [Node]) {
    let says = |node: &Node| matches!(node.name.as_str(), "w" | "pc" | "seg") && (joins(node, "left") || joins(node, "right"));
    let says_joins = nodes.iter().any(says);
    if !says_joins && !nodes.iter().any(|node| node.name == "w") {
        return;
    }
    let mut reader = Tokens {
        nodes,
        before: None,
        white: Vec::new(),
        closed: BTreeSet::new(),
        parted: BTreeSet::new(),
        close: BTreeSet::new(),
        spaced: false,
        last: None,
    };
    reader.read(0);
    let Tokens { mut closed, mut parted, close, spaced, .. } = reader;
    if !says_joins {
        // White space is as the file has it, unless words have none at all.
        closed.clear();
        parted = if !spaced && close.len() > 2 { close } else { BTreeSet::new() };
    }
    for (at, node) in nodes.iter_mut().enumerate() {
        for (place, child) in std::mem::take(&mut node.children).into_iter().enumerate() {
            match child {
                Child::Text(..) if closed.contains(&(at, place)) => continue,
                Child::Node(inner) if parted.contains(&inner) => node.children.push(Child::Text(" ".to_owned(), node.line)),
                Child::Text(..) | Child::Node(_) => {}
            }
            node.children.push(child);
        }
    }
}

struct Tokens<'n> {
    nodes: &'n [Node],
    /// Whether the token before is joined to the next, and whether it is a word.
    before: Option<(bool, bool)>,
    white: Vec<(usize, usize)>,
    closed: BTreeSet<(usize, usize)>,
    parted: BTreeSet<usize>,
    /// Words right behind others, and behind marks.
    close: BTreeSet<usize>,
    /// Whether white space stands between any two.
    spaced: bool,
    /// How the token before ends.
    last: Option<char>,
}

impl Tokens<'_> {
    fn read(&mut self, at: usize) {
        let nodes = self.nodes;
        for (place, child) in nodes[at].children.iter().enumerate() {
            let inner = match child {
                Child::Text(text, _) if text.trim().is_empty() => {
                    self.white.push((at, place));
                    continue;
                }
                Child::Text(..) => {
                    self.over();
                    continue;
                }
                Child::Node(inner) => *inner,
            };
            let node = &nodes[inner];
            let (left, right) = (joins(node, "left"), joins(node, "right"));
            match node.name.as_str() {
                "w" | "pc" => {
                    let (white, is_word) = (std::mem::take(&mut self.white), node.name == "w");
                    let said = said(nodes, inner);
                    if self.before.is_some() && is_word {
                        self.spaced |= !white.is_empty();
                        let goes_on = matches!(node.get("part"), Some("M" | "F"));
                        if white.is_empty() && !goes_on && is_apart_from(self.last, said.trim()) {
                            self.close.insert(inner);
                        }
                    }
                    self.last = said.trim_end().chars().next_back();
                    match self.before {
                        Some((joined, _)) if joined || left => self.closed.extend(white),
                        Some((_, true)) if white.is_empty() && is_word => drop(self.parted.insert(inner)),
                        _ => {}
                    }
                    let goes_on = is_word && matches!(node.get("part"), Some("I" | "M"));
                    self.before = Some((right || goes_on, is_word));
                }
                "note" => {}
                name if is_apart(name) => {}
                _ if is_break(node) => self.over(),
                name if is_phrase(name) => {
                    let is_seg = name == "seg";
                    self.side(is_seg && left);
                    self.read(inner);
                    self.side(is_seg && right);
                }
                _ => {
                    self.over();
                    self.read(inner);
                    self.over();
                }
            }
        }
    }

    fn side(&mut self, joined: bool) {
        if let Some(before) = self.before.as_mut().filter(|_| joined) {
            before.0 = true;
        }
    }

    fn over(&mut self) {
        self.before = None;
        self.white.clear();
    }
}

/// All text in an element.
fn said(nodes: &[Node], at: usize) -> String {
    let parts = nodes[at].children.iter().map(|child| match child {
        Child::Text(text, _) => text.clone(),
        Child::Node(inner) => said(nodes, *inner),
    });
    parts.collect()
}

/// Whether a word is apart from what ends in `last`: letters, or a mark behind a word; not where none of both writes spaces.
fn is_apart_from(last: Option<char>, word: &str) -> bool {
    let first = word.chars().next();
    let spaceless = |c: Option<char>| {
        c.is_some_and(|c| {
            matches!(c,
                '\u{2E80}'..='\u{2FFF}' | '\u{3001}'..='\u{312F}' | '\u{3190}'..='\u{A4CF}' | '\u{F900}'..='\u{FAFF}'
                | '\u{FE30}'..='\u{FE4F}' | '\u{FF01}'..='\u{FF9F}' | '\u{1AFF0}'..='\u{1B16F}' | '\u{20000}'..='\u{3FFFF}')
        })
    };
    let ends = last.is_some_and(|c| c.is_alphanumeric() || ".,;:!?)]”»".contains(c));
    ends && first.is_some_and(char::is_alphanumeric) && !(spaceless(last) && spaceless(first))
}
