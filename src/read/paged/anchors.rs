//! The anchors and links that tools leave for their own sake, such as marker's `<span id="page-7-2"></span>`: one that leads
//! somewhere stays, the others go.

use std::collections::BTreeSet;

use super::guesses::Guesses;
use super::lines::{self, Lines};
use crate::report::RepairKind;
use crate::tree::{Block, Blocks, Inline, Inlines, Node, Visit, block_lines_mut, inline_children_mut, plain_text, walk_blocks};

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

/// The anchors of a text, and those that stand before its notes: each at the front of one, as it is `written`, or at the end of what
/// stands above the place where one begins.
pub fn notes_of<'n>(text: &str, notes: impl Iterator<Item = (&'n str, usize)>) -> Leads {
    fn ids(text: &str) -> impl Iterator<Item = &str> {
        text.split("<span id=\"").skip(1).filter_map(|rest| rest.split_once('"')).map(|(id, _)| id)
    }
    if !text.contains("<span id=\"") {
        return Leads::default();
    }
    let mut own = BTreeSet::new();
    for (written, start) in notes {
        own.extend(ids(written).map(str::to_owned));
        let mut above = text.get(..start).unwrap_or("").trim_end();
        while let Some((rest, id)) = last_anchor(above) {
            own.insert(id.to_owned());
            above = rest.trim_end();
        }
    }
    Leads { notes: own, all: ids(text).map(str::to_owned).collect() }
}

/// The empty anchor at the end of a text: what stands before it, and its id.
fn last_anchor(text: &str) -> Option<(&str, &str)> {
    let open = text.strip_suffix("\"></span>")?;
    let (rest, id) = open.rsplit_once("<span id=\"")?;
    (!id.contains(['"', '<', '\n'])).then_some((rest, id))
}

/// Lets headings begin with their own mark where a tool set anchors before it, so that they are headings.
pub fn before_headings(lines: &mut Lines, guesses: &mut Guesses) {
    for at in 0..lines.len() {
        let (line, text) = (lines.all[at], lines.line(at));
        let length = if line.code { 0 } else { lines::before_heading(text) };
        let level = text[length..].bytes().take_while(|byte| *byte == b'#').count();
        let span = guesses.span(line.start..line.start + length + level);
        if length > 0 && guesses.make(RepairKind::HeadingMended, span, TOOLS_OWN, || "#".repeat(level)) {
            lines.drop_front(at, length);
            lines.all[at].begins = true;
        }
    }
}

/// Moves anchors that a tool set before a heading's mark into the heading, which `below` begins with.
pub fn into_heading(anchors: &mut Blocks, below: &mut Blocks) {
    let empty = |line: &Inlines| {
        line.iter().all(|node| matches!(&node.kind, Inline::Span(inner) if inner.is_empty()) && node.id().is_some())
    };
    if let [Node { kind: Block::Paragraph(line), .. }] = &mut anchors[..]
        && empty(line)
        && let Some(Node { kind: Block::Heading { text, .. }, .. }) = below.first_mut()
    {
        text.splice(0..0, line.drain(..));
        anchors.clear();
    }
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
        blocks.iter_mut().for_each(|node| block_lines_mut(node, &mut |line| self.line(line)));
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
