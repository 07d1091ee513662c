//! The printed edition's own index: its numbers lead to the printed pages that they name.

use std::collections::{BTreeMap, BTreeSet};

use crate::tree::{
    Attrs, Block, Document, Ids, Inline, Inlines, Link, Node, PartMut, Visit, division, inline_children_mut, parts_mut,
    plain_text, slug, walk_blocks,
};

/// A work of fewer printed pages has no index.
const FEWEST: usize = 4;

/// Of the numbers in an index so many in a hundred must be those of pages: else it is the index of another edition.
const SURE: usize = 60;

/// Links the numbers of an index that stands in the source to the pages that they name.
pub fn link(doc: &mut Document) {
    let mut labels: BTreeSet<String> = BTreeSet::new();
    walk_blocks(&doc.body, &mut |visit| match visit {
        Visit::Block(Node { kind: Block::PageBreak(page), .. }) | Visit::Inline(Node { kind: Inline::PageBreak(page), .. }) => {
            labels.extend(page.label.clone());
        }
        Visit::Block(_) | Visit::Inline(_) | Visit::Cell(_) | Visit::Image(_) => {}
    });
    if labels.len() < FEWEST {
        return;
    }
    let sections = sections(doc);
    let mut used = BTreeSet::new();
    for range in &sections {
        let (mut known, mut all) = (BTreeSet::new(), (0, 0));
        each_line(&mut doc.body[range.clone()], &mut |line| {
            for node in line.iter() {
                if let Inline::Text(text) = &node.kind {
                    for number in numbers(text) {
                        let is_page = labels.contains(&number.page);
                        all = (all.0 + usize::from(is_page), all.1 + 1);
                        known.extend(Some(number.page).filter(|_| is_page));
                    }
                }
            }
        });
        if all.0 > 0 && all.0 * 100 >= all.1 * SURE {
            used.append(&mut known);
        }
    }
    if used.is_empty() {
        return;
    }
    let mut anchors = Anchors { ids: Ids::of(&doc.body), used, found: BTreeMap::new(), waiting: Vec::new() };
    anchors.blocks(&mut doc.body);
    for range in sections {
        each_line(&mut doc.body[range], &mut |line| links(line, &anchors.found));
    }
}

/// The blocks below the headings of indexes that the source itself has.
fn sections(doc: &Document) -> Vec<std::ops::Range<usize>> {
    let mut sections = Vec::new();
    for (at, node) in doc.body.iter().enumerate() {
        let Block::Heading { level, text, .. } = &node.kind else { continue };
        let classes = node.attrs.as_ref().map(|attrs| &attrs.classes[..]).unwrap_or_default();
        if division(classes, &plain_text(text), usize::from(*level)).0 != "index" {
            continue;
        }
        let ends = |node: &Node<Block>| matches!(node.kind, Block::Heading { level: next, .. } if next <= *level);
        let length = doc.body[at + 1..].iter().take_while(|node| !ends(node)).count();
        let own = at + 1..at + 1 + length;
        if !doc.body[own.clone()].iter().any(|node| matches!(node.kind, Block::Index(_))) {
            sections.push(own);
        }
    }
    sections
}

fn each_line(blocks: &mut [Node<Block>], see: &mut dyn FnMut(&mut Inlines)) {
    for node in blocks {
        parts_mut(&mut node.kind, &mut |part| match part {
            PartMut::Line(line) => see(line),
            PartMut::Blocks(inner) => each_line(inner, see),
            PartMut::Cell(cell) => each_line(&mut cell.kind.body, see),
            PartMut::Image(_) => {}
        });
    }
}

/// A number of a page in a text.
#[derive(Debug, PartialEq)]
struct Number {
    range: std::ops::Range<usize>,
    /// Whole: behind 145 a 7 means 147.
    page: String,
}

/// The numbers of pages in a text: behind a comma or another number, not within words.
fn numbers(text: &str) -> Vec<Number> {
    let mut found: Vec<Number> = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let end = at + bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let before = text[..at].trim_end_matches([' ', '\u{A0}', '\n']);
        let is_range = before.ends_with(['–', '-'])
            && found.last().is_some_and(|last| before.trim_end_matches(['–', '-', ' ']).len() == last.range.end);
        let is_listed = before.ends_with([',', ';', '.', ':']) && at > before.len();
        let behind = text[end..].chars().next();
        let stands_alone = !behind.is_some_and(|c| c.is_alphabetic() && !matches!(c, 'n' | 'f'));
        if (is_range || is_listed) && stands_alone && end - at <= 5 {
            let own = &text[at..end];
            let page = match found.last().filter(|last| is_range && last.page.len() > own.len()) {
                Some(last) => format!("{}{own}", &last.page[..last.page.len() - own.len()]),
                None => own.to_owned(),
            };
            found.push(Number { range: at..end, page });
        }
        at = end;
    }
    found
}

fn links(line: &mut Inlines, ids: &BTreeMap<String, String>) {
    let mut out = Vec::with_capacity(line.len());
    for mut node in std::mem::take(line) {
        let Inline::Text(text) = &node.kind else {
            if !matches!(node.kind, Inline::Link(_)) {
                inline_children_mut(&mut node.kind).into_iter().for_each(|inner| links(inner, ids));
            }
            out.push(node);
            continue;
        };
        let mut from = 0;
        let say = |text: &str| Node { kind: Inline::Text(text.to_owned()), span: node.span, attrs: node.attrs.clone() };
        for number in numbers(text) {
            let Some(id) = ids.get(&number.page) else { continue };
            if number.range.start > from {
                out.push(say(&text[from..number.range.start]));
            }
            let words = vec![say(&text[number.range.clone()])];
            let link = Link { target: format!("#{id}"), title: String::new(), text: words };
            out.push(Node::new(Inline::Link(link), node.span));
            from = number.range.end;
        }
        if from == 0 {
            out.push(node);
        } else if from < text.len() {
            out.push(say(&text[from..]));
        }
    }
    *line = out;
}

/// Gives what stands at the beginning of printed pages an id.
struct Anchors {
    ids: Ids,
    used: BTreeSet<String>,
    /// The ids by pages.
    found: BTreeMap<String, String>,
    /// Pages that begin with the next block.
    waiting: Vec<String>,
}

impl Anchors {
    fn blocks(&mut self, blocks: &mut [Node<Block>]) {
        for node in blocks {
            if let Block::PageBreak(page) = &node.kind {
                let label = page.label.clone().filter(|label| self.used.remove(label));
                self.waiting.extend(label);
                continue;
            }
            if matches!(node.kind, Block::Comment(_)) {
                continue;
            }
            if let Some(first) = self.waiting.first() {
                let id = match node.id() {
                    Some(id) => id.to_owned(),
                    None => self.ids.fresh(format!("print-{}", slug(&format!("p {first}")).trim_start_matches("p-"))),
                };
                node.attrs.get_or_insert_with(|| Box::new(Attrs::default())).id = Some(id.clone());
                self.found.extend(self.waiting.drain(..).map(|label| (label, id.clone())));
            }
            parts_mut(&mut node.kind, &mut |part| match part {
                PartMut::Line(line) => self.line(line),
                PartMut::Blocks(inner) => self.blocks(inner),
                PartMut::Cell(cell) => self.blocks(&mut cell.kind.body),
                PartMut::Image(_) => {}
            });
        }
    }

    fn line(&mut self, line: &mut Inlines) {
        let mut at = 0;
        while at < line.len() {
            let span = line[at].span;
            let label = match &mut line[at].kind {
                Inline::PageBreak(page) => page.label.clone().filter(|label| self.used.remove(label)),
                Inline::Note(_) => None,
                kind => {
                    inline_children_mut(kind).into_iter().for_each(|inner| self.line(inner));
                    None
                }
            };
            at += 1;
            if let Some(label) = label {
                let id = self.ids.fresh(format!("print-{}", slug(&format!("p {label}")).trim_start_matches("p-")));
                let attrs = Attrs { id: Some(id.clone()), ..Attrs::default() };
                line.insert(at, Node { kind: Inline::Span(Vec::new()), span, attrs: Some(Box::new(attrs)) });
                self.found.insert(label, id);
                at += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn numbers_of_pages() {
        let said = |text: &str| super::numbers(text).into_iter().map(|number| number.page).collect::<Vec<_>>().join(" ");
        assert_eq!(said("Mill, 12, 45–7, 102n; burnt 1841, 9f."), "12 45 47 102 9");
        assert_eq!(said("Henry 4, 3 and 7"), "3");
        assert_eq!(said("Waterloo (1815)"), "");
    }
}
