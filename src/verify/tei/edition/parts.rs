//! Parts that stand in other places than a book has them: notes and paragraphs that go on on later pages, examples of encoding.

use std::collections::{BTreeMap, BTreeSet};

use super::{Child, Node};

/// Puts what a note says on the next page, as its editors mark it by `@prev` and `@next`, behind what it says before.
pub(super) fn continue_notes(nodes: &mut Vec<Node>) {
    let in_reading = |at: usize| matches!(nodes[nodes[at].parent].name.as_str(), "app" | "rdgGrp");
    let notes: Vec<_> = (1..nodes.len()).filter(|at| nodes[*at].name == "note" && !in_reading(*at)).collect();
    if !notes.iter().any(|at| nodes[*at].get("prev").or(nodes[*at].get("next")).is_some()) {
        return;
    }
    let ids: BTreeMap<String, usize> =
        notes.iter().filter_map(|at| Some((nodes[*at].get("xml:id")?.trim().to_owned(), *at))).collect();
    let led = |at: usize, name: &str| nodes[at].get(name)?.trim().strip_prefix('#').and_then(|id| ids.get(id)).copied();
    let called: BTreeSet<_> = (1..nodes.len())
        .filter(|at| matches!(nodes[*at].name.as_str(), "ref" | "ptr"))
        .filter_map(|at| led(at, "target"))
        .collect();
    let mut before = BTreeMap::new();
    for at in notes {
        before.extend(led(at, "next").filter(|next| *next > at).map(|next| (next, at)));
        before.extend(led(at, "prev").filter(|prev| *prev < at).map(|prev| (at, prev)));
    }
    before.retain(|at, _| !called.contains(at));
    // The first part of each: those before come before.
    let mut firsts: BTreeMap<usize, usize> = BTreeMap::new();
    for (part, before_it) in before {
        let first = firsts.get(&before_it).copied().unwrap_or(before_it);
        firsts.insert(part, first);
        let parent = nodes[part].parent;
        nodes[parent].children.retain(|child| !matches!(child, Child::Node(inner) if *inner == part));
        let mut own = std::mem::take(&mut nodes[part].children);
        let (line, end) = (nodes[part].line, nodes.len());
        let filled = |child: &&Child| !matches!(child, Child::Text(text, _) if text.trim().is_empty());
        let paragraph = |child: Option<&Child>| match child {
            Some(Child::Node(inner)) if nodes[*inner].name == "p" => Some(*inner),
            _ => None,
        };
        let last = paragraph(nodes[first].children.iter().rfind(filled));
        let goes_on = paragraph(own.iter().find(filled));
        let place = last.unwrap_or(first);
        if let (Some(_), Some(inner)) = (last, goes_on) {
            let mut words = std::mem::take(&mut nodes[inner].children);
            own.retain(|child| !matches!(child, Child::Node(one) if *one == inner));
            nodes.push(Node { name: "lb".to_owned(), line, parent: place, ..Node::default() });
            words.insert(0, Child::Node(end));
            words.iter().for_each(|word| {
                if let Child::Node(word) = word {
                    nodes[*word].parent = place
                }
            });
            nodes[place].children.extend(words);
            own.iter().for_each(|one| {
                if let Child::Node(one) = one {
                    nodes[*one].parent = first
                }
            });
            nodes[first].children.extend(own);
            continue;
        }
        nodes.push(Node { name: "lb".to_owned(), line, parent: place, ..Node::default() });
        own.insert(0, Child::Node(end));
        own.iter().for_each(|one| {
            if let Child::Node(one) = one {
                nodes[*one].parent = place
            }
        });
        nodes[place].children.extend(own);
    }
}

/// A note that is all of a paragraph is called behind the words of the one before, if nothing leads to it and it points nowhere.
pub(super) fn call_lone_notes(nodes: &mut [Node]) {
    let leads = nodes.iter().filter(|node| matches!(node.name.as_str(), "ref" | "ptr")).filter_map(|node| node.get("target"));
    let led: BTreeSet<String> = leads.flat_map(str::split_whitespace).map(|id| id.trim_start_matches('#').to_owned()).collect();
    let worded =
        |node: &Node| node.children.iter().any(|child| matches!(child, Child::Text(text, _) if !text.trim().is_empty()));
    for parent in 0..nodes.len() {
        let is_lone = |at: usize, nodes: &[Node]| {
            let node = &nodes[at];
            let inner: Vec<_> = node
                .children
                .iter()
                .filter_map(|child| match child {
                    Child::Node(inner) => Some(*inner),
                    Child::Text(..) => None,
                })
                .collect();
            let [note] = inner[..] else { return None };
            let (own, id) = (&nodes[note], nodes[note].get("xml:id").or(nodes[note].get("id")));
            let stays = own.get("target").is_some() || own.get("type") == Some("speaker");
            let stays = stays || id.is_some_and(|id| led.contains(id.trim()));
            (node.name == "p" && own.name == "note" && !worded(node) && !stays).then_some(note)
        };
        let holds_one = |child: &Child| matches!(child, Child::Node(at) if is_lone(*at, nodes).is_some());
        if !nodes[parent].children.iter().any(holds_one) || is_in_note(nodes, parent) {
            continue;
        }
        let (mut goal, mut done): (Option<usize>, Vec<Child>) = (None, Vec::new());
        for child in std::mem::take(&mut nodes[parent].children) {
            if let Child::Node(at) = child {
                if let (Some(note), Some(goal)) = (is_lone(at, nodes), goal) {
                    nodes[goal].children.push(Child::Node(note));
                    nodes[note].parent = goal;
                    continue;
                }
                let own = &nodes[at];
                let ends_in_words = matches!(own.name.as_str(), "p" | "ab") && worded(own) && !holds_block(nodes, at);
                goal = ends_in_words.then_some(at);
            } else if matches!(&child, Child::Text(text, _) if !text.trim().is_empty()) {
                goal = None;
            }
            done.push(child);
        }
        nodes[parent].children = done;
    }
}

fn is_in_note(nodes: &[Node], at: usize) -> bool {
    let mut around = at;
    while around > 0 && nodes[around].name != "note" {
        around = nodes[around].parent;
    }
    around > 0
}

/// Whether what stands on lines of its own is in a paragraph.
fn holds_block(nodes: &[Node], at: usize) -> bool {
    nodes[at].children.iter().any(|child| match child {
        Child::Node(inner) => {
            let name = nodes[*inner].name.as_str();
            name != "note" && (!super::words::is_phrase(name) && !super::words::is_apart(name) || holds_block(nodes, *inner))
        }
        Child::Text(..) => false,
    })
}

/// Joins the paragraphs that go on in the next, by `@next`, `@prev` or `@part`, with no more than breaks between.
pub(super) fn join_paragraphs(nodes: &mut [Node]) {
    for parent in 0..nodes.len() {
        let has_parts = |at: usize| ["part", "next", "prev"].iter().any(|name| nodes[at].get(name).is_some());
        let is_part = |child: &Child| matches!(child, Child::Node(at) if nodes[*at].name == "p" && has_parts(*at));
        if nodes[parent].children.iter().filter(|child| is_part(child)).count() < 2 {
            continue;
        }
        let (mut open, mut done): (Option<(usize, usize)>, Vec<Child>) = (None, Vec::new());
        // The part before, which is in the first.
        let mut last = 0;
        for child in std::mem::take(&mut nodes[parent].children) {
            match &child {
                Child::Node(at) if nodes[*at].name == "p" => {
                    let at = *at;
                    let named = |from: usize, name: &str, to: usize| {
                        let id = nodes[from].get(name)?.trim().strip_prefix('#')?;
                        Some(nodes[to].get("xml:id").map(str::trim) == Some(id))
                    };
                    let continues = match open.map(|_| (named(last, "next", at), named(at, "prev", last))) {
                        None => false,
                        Some((Some(true), _) | (_, Some(true))) => true,
                        Some((Some(false), _) | (_, Some(false))) => false,
                        Some((None, None)) => matches!(nodes[at].get("part"), Some("M" | "F")),
                    };
                    let goes_on = matches!(nodes[at].get("part"), Some("I" | "M")) || nodes[at].get("next").is_some();
                    last = at;
                    if let Some((first, place)) = open.filter(|_| continues) {
                        let mut own = done.split_off(place + 1);
                        own.push(Child::Text(" ".to_owned(), nodes[at].line));
                        own.append(&mut nodes[at].children);
                        own.iter().for_each(|one| {
                            if let Child::Node(one) = one {
                                nodes[*one].parent = first
                            }
                        });
                        nodes[first].children.append(&mut own);
                        open = open.filter(|_| goes_on);
                        continue;
                    }
                    open = goes_on.then_some((at, done.len()));
                }
                Child::Node(at) if matches!(nodes[*at].name.as_str(), "pb" | "fw" | "cb" | "lb" | "milestone") => {}
                Child::Text(text, _) if text.trim().is_empty() => {}
                Child::Node(_) | Child::Text(..) => open = None,
            }
            done.push(child);
        }
        nodes[parent].children = done;
    }
}

/// Has each example of encoding say its code, tags and all, as the file has it.
pub(super) fn examples(nodes: &mut [Node], text: &str) {
    let mut rest = text;
    for at in 1..nodes.len() {
        if nodes[at].name != "egXML" || nodes[nodes[at].parent].name == "egXML" {
            continue;
        }
        let opens = |at: &usize| {
            let tag = &rest[at + 1..];
            let name = tag[..tag.find(|c: char| c.is_whitespace() || matches!(c, '/' | '>')).unwrap_or(0)].rsplit(':').next();
            name == Some("egXML")
        };
        let Some(open) = rest.match_indices('<').map(|(at, _)| at).find(opens) else { return };
        let mut quote = None;
        let end = rest[open..].bytes().position(|byte| match (quote, byte) {
            (None, b'"' | b'\'') => {
                quote = Some(byte);
                false
            }
            (Some(own), byte) => {
                quote = quote.filter(|_| own != byte);
                false
            }
            (None, byte) => byte == b'>',
        });
        rest = &rest[end.map_or(rest.len(), |end| open + end + 1)..];
        if nodes[at].children.is_empty() {
            continue;
        }
        let is_close =
            |at: &usize| rest[at + 2..].split('>').next().and_then(|tag| tag.trim().rsplit(':').next()) == Some("egXML");
        let close = rest.match_indices("</").map(|(at, _)| at).find(is_close).unwrap_or(rest.len());
        nodes[at].children = vec![Child::Text(rest[..close].to_owned(), nodes[at].line)];
        rest = &rest[close..];
    }
}
