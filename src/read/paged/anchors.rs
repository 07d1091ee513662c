//! The anchors and links that tools leave for their own sake, such as marker's `<span id="page-7-2"></span>`: one that leads
//! somewhere stays, the others go.

use std::collections::BTreeSet;

use super::guesses::Guesses;
use crate::report::RepairKind;
use crate::tree::{Blocks, Inline, Inlines, Node, PartMut, Visit, inline_children_mut, parts_mut, plain_text, walk_blocks};

/// Nobody but a tool writes such an anchor, and nothing is lost with it.
const TOOLS_OWN: f32 = 0.97;

/// Where links lead that call notes, and where all do.
#[derive(Default)]
pub struct Leads {
    notes: BTreeSet<String>,
    all: BTreeSet<String>,
}

impl Leads {
    /// Whether a link to an id may call a note: the id is a note's, or nobody's.
    pub fn may_call(&self, id: &str) -> bool {
        self.notes.contains(id) || !self.all.contains(id)
    }
}

/// The anchors of a text, and those that stand before its notes, as these are `written`.
pub fn notes_of(text: &str, written: &[String]) -> Leads {
    fn ids(text: &str) -> impl Iterator<Item = String> {
        text.split("<span id=\"").skip(1).filter_map(|rest| rest.split_once('"')).map(|(id, _)| id.to_owned())
    }
    if !text.contains("<span id=\"") {
        return Leads::default();
    }
    Leads { notes: written.iter().flat_map(|mark| ids(mark).collect::<Vec<_>>()).collect(), all: ids(text).collect() }
}

/// Takes out the anchors to which nothing leads, and the links that lead to nothing.
pub fn mend(blocks: &mut Blocks, guesses: &mut Guesses) {
    let (mut ids, mut targets) = (BTreeSet::new(), BTreeSet::new());
    walk_blocks(blocks, &mut |visit| {
        ids.extend(visit.id().map(str::to_owned));
        if let Visit::Inline(Node { kind: Inline::Link(link), .. }) = visit {
            targets.extend(link.target.strip_prefix('#').map(str::to_owned));
        }
    });
    if ids.iter().chain(&targets).any(|id| is_tools(id)) {
        Anchors { ids, targets, guesses }.blocks(blocks);
    }
}

/// `page-7-2`: the page and the place on it, counted.
fn is_tools(id: &str) -> bool {
    let rest = id.strip_prefix("page-").unwrap_or("");
    !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
}

struct Anchors<'a, 'g> {
    ids: BTreeSet<String>,
    targets: BTreeSet<String>,
    guesses: &'a mut Guesses<'g>,
}

impl Anchors<'_, '_> {
    fn blocks(&mut self, blocks: &mut Blocks) {
        for node in blocks {
            parts_mut(&mut node.kind, &mut |part| match part {
                PartMut::Line(line) => self.line(line),
                PartMut::Blocks(inner) => self.blocks(inner),
                PartMut::Cell(cell) => self.blocks(&mut cell.kind.body),
                PartMut::Image(_) => {}
            });
        }
    }

    fn line(&mut self, line: &mut Inlines) {
        line.retain_mut(|node| {
            if let Inline::Note(note) = &mut node.kind {
                self.blocks(&mut note.body);
            }
            inline_children_mut(&mut node.kind).into_iter().for_each(|inner| self.line(inner));
            !self.is_idle(node)
        });
        for node in line {
            let Inline::Link(link) = &mut node.kind else { continue };
            let broken = link.target.strip_prefix('#').is_some_and(|id| is_tools(id) && !self.ids.contains(id));
            let text = plain_text(&link.text);
            if broken && self.guesses.make(RepairKind::AnchorDropped, node.span, TOOLS_OWN, || text) {
                node.kind = Inline::Span(std::mem::take(&mut link.text));
            }
        }
    }

    /// Whether a node is an empty anchor to which nothing leads.
    fn is_idle(&mut self, node: &Node<Inline>) -> bool {
        let idle = match (&node.kind, node.id()) {
            (Inline::Span(inner), Some(id)) => inner.is_empty() && is_tools(id) && !self.targets.contains(id),
            _ => false,
        };
        idle && self.guesses.make(RepairKind::AnchorDropped, node.span, TOOLS_OWN, String::new)
    }
}
