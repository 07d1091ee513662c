//! Notes. In TEI they stand where they are called, or apart from their calls: at the page's foot, at the end of the book. In the
//! tree each stands where it is first called.

use std::collections::BTreeMap;

use super::blocks::Mode;
use super::dom::{Child, Element};
use super::{Reader, is_space, is_void};
use crate::span::Span;
use crate::tree::{
    Block, Blocks, Inline, Inlines, Link, MAX_DEPTH, Node, Note, NoteId, NotePlace, PartMut, Style, height,
    inline_children_mut, parts_mut, plain_text,
};

/// Elements behind which a note can be put that points to them.
pub const GOALS: [&str; 16] =
    ["ab", "anchor", "emph", "foreign", "hi", "l", "name", "p", "persName", "placeName", "ref", "rs", "s", "seg", "term", "w"];

/// What TEI calls the margin.
const MARGINS: [&str; 5] = ["margin", "left", "right", "outer", "inner"];

/// A note that waits for its call.
pub struct Apart {
    note: Note,
    span: Span,
    /// The id of the place that the note itself points to.
    target: Option<String>,
    attrs: Option<Box<crate::tree::Attrs>>,
    /// Whether it says by a mark, a place or an id that something calls it.
    wants_call: bool,
}

/// How deep notes may nest: the leaves of the tree and what they stand in take the rest.
const DEEPEST: usize = MAX_DEPTH - 8;

/// How long the words of a call may be if they are nothing but its mark.
const LONGEST_MARK: usize = 6;

impl Reader<'_> {
    /// A note in a line.
    pub fn note(&mut self, element: &Element, line: &mut Inlines) {
        // That of another vocabulary, as music has them.
        if !self.facts.own && is_void(element) {
            return;
        }
        let span = self.span(&element.range);
        if self.is_called(element) {
            self.set_apart(element);
            return;
        }
        if self.depth + 4 >= DEEPEST {
            self.too_deep(element);
            super::words::part(line, super::words::before_of(span));
            return self.inlines(element, line);
        }
        let (note, attrs) = self.read_note(element, self.depth + 2);
        line.push(Node { kind: Inline::Note(note), span, attrs });
    }

    /// Whether a note belongs to another place: one that calls it, or one that it points to.
    pub fn is_called(&self, element: &Element) -> bool {
        let called = element.id().is_some_and(|id| self.facts.called.contains(id));
        called || !self.facts.own && self.goal_of(element).is_some()
    }

    /// Whether a note stands around us.
    pub fn is_in_note(&self) -> bool {
        self.deepest > super::DEPTH
    }

    /// Takes the notes that stand apart from all texts and belong to a place in one.
    pub fn notes_apart(&mut self, element: &Element) {
        let led_to = element.id().is_some_and(|id| self.facts.led_to.contains(id));
        if !is_void(element) && (led_to || self.goal_of(element).is_some()) {
            self.set_apart(element);
        }
    }

    /// A note among blocks.
    pub fn stand_apart(&mut self, element: &Element, out: &mut Blocks) {
        if !self.facts.own && names_speaker(element) {
            let span = self.span(&element.range);
            let line = self.line(element);
            if !line.is_empty() {
                self.speaker = Some(span);
                let speaker = Node::new(Inline::Styled(Style::SmallCaps, line), span);
                out.push(Node::new(Block::Paragraph(vec![speaker]), span));
            }
            return;
        }
        if !self.facts.own && is_void(element) {
            return;
        }
        let id = self.set_apart(element);
        let span = self.span(&element.range);
        // Where it stays if nothing calls it.
        self.stands.insert(id, span);
        out.push(Node::new(Block::Paragraph(vec![Node::new(Inline::NoteCall(id), span)]), span));
    }

    /// The id of the place behind which a note wants to stand, if it is one behind which it can.
    fn goal_of<'e>(&self, element: &'e Element) -> Option<&'e str> {
        // Behind a stretch, where the note says its end.
        let ends = ["targetEnd", "target"].into_iter().filter_map(|name| element.attribute(name));
        let mut goals = ends.filter_map(|said| said.split_whitespace().next()?.strip_prefix('#'));
        goals.find(|goal| self.facts.goals.contains(*goal))
    }

    fn set_apart(&mut self, element: &Element) -> NoteId {
        let target = self.goal_of(element).map(str::to_owned);
        let (note, attrs) = self.read_note(element, super::DEPTH);
        let (id, span) = (note.id, self.span(&element.range));
        let wants_call = ["n", "place", "xml:id", "target"].into_iter().any(|name| element.attribute(name).is_some());
        self.apart.insert(id, Apart { note, span, target, attrs, wants_call });
        id
    }

    /// Keeps a note that was made until it is put behind the place with the id `target`.
    pub fn put_aside(&mut self, note: Note, span: Span, target: String, out: &mut Blocks) {
        let id = note.id;
        self.apart.insert(id, Apart { note, span, target: Some(target), attrs: None, wants_call: false });
        // Where it stays if nothing has the place.
        self.stands.insert(id, span);
        out.push(Node::new(Block::Paragraph(vec![Node::new(Inline::NoteCall(id), span)]), span));
    }

    /// Remembers the notes of a division that holds nothing else: its heading goes if all of them go to their calls.
    pub fn remember_notes_of(&mut self, division: &[Node<Block>]) {
        let Some(heading) = division.iter().find(|node| matches!(node.kind, Block::Heading { .. })) else { return };
        if self.facts.own || heading.id().is_some_and(|id| self.facts.targets.contains(id)) {
            return;
        }
        let (span, mut notes) = (heading.span, Vec::new());
        if self.holds_notes_alone(division, span, &mut notes) && !notes.is_empty() {
            self.note_sections.insert(span, notes);
        }
    }

    fn holds_notes_alone(&self, blocks: &[Node<Block>], heading: Span, notes: &mut Vec<NoteId>) -> bool {
        blocks.iter().all(|node| match &node.kind {
            Block::PageBreak(_) | Block::Comment(_) => true,
            Block::Heading { text, .. } => {
                let calls = |node: &Node<Inline>| matches!(node.kind, Inline::Note(_) | Inline::NoteCall(_));
                // What something leads to stays.
                !text.iter().any(|node| calls(node) || node.id().is_some())
                    && (node.span == heading || self.note_sections.contains_key(&node.span))
            }
            Block::List(list) => list.items.iter().all(|item| self.holds_notes_alone(&item.body, heading, notes)),
            Block::Paragraph(_) => {
                let place = self.place_of_note(node);
                notes.extend(place);
                place.is_some()
            }
            Block::Title(_)
            | Block::Quote(_)
            | Block::Group(_)
            | Block::Verse(_)
            | Block::Definitions(_)
            | Block::Table(_)
            | Block::Code { .. }
            | Block::Math(_)
            | Block::Figure(_)
            | Block::Bibliography(_)
            | Block::Index(_)
            | Block::Rule => false,
        })
    }

    /// The note that stands apart from its call in this place.
    fn place_of_note(&self, node: &Node<Block>) -> Option<NoteId> {
        let Block::Paragraph(line) = &node.kind else { return None };
        match &line[..] {
            [Node { kind: Inline::NoteCall(id), .. }] if self.stands.get(id) == Some(&node.span) => Some(*id),
            _ => None,
        }
    }

    /// Whether a heading is that of notes which all stand at their calls; then that is said.
    fn heads_no_more(&mut self, heading: &Node<Block>) -> bool {
        let Block::Heading { text, .. } = &heading.kind else { return false };
        let Some(notes) = self.note_sections.get(&heading.span) else { return false };
        if notes.iter().any(|id| self.apart.contains_key(id)) {
            return false;
        }
        let words = crate::read::clean::line(&plain_text(text));
        if !words.is_empty() {
            self.report
                .remark("notes-heading", heading.span, format!("the heading \"{words}\" is left out of the books"))
                .hint("every note that stands below it stands where it is called; the TEI keeps it");
        }
        true
    }

    fn read_note(&mut self, element: &Element, depth: usize) -> (Note, Option<Box<crate::tree::Attrs>>) {
        self.notes.push(element.id().unwrap_or_default().to_owned());
        let id = NoteId(self.notes.len() as u32);
        let mut attrs = self.attrs(element, 0);
        if let Some(attrs) = &mut attrs {
            // Whoever points to a note calls it; our own ids only count.
            attrs.id = None;
        }
        let attrs = attrs.filter(|attrs| **attrs != crate::tree::Attrs::default());
        let (outer, deepest) = (self.depth, self.deepest);
        (self.depth, self.deepest) = (depth, DEEPEST);
        let mut body = Vec::new();
        let (label, rest) = leading_label(element);
        self.children(rest, 0, Mode::Mixed, None, &mut body);
        (self.depth, self.deepest) = (outer, deepest);
        let number = element.attribute("n").map(crate::read::clean::line);
        let said = label.or_else(|| self.leading_mark(&mut body, number.as_deref()));
        let mark = number.or(said).unwrap_or_default();
        let beside = element.attribute("place").is_some_and(|place| MARGINS.contains(&place));
        let place = match element.attribute("place") {
            Some("apparatus") if self.facts.own => NotePlace::Apparatus,
            _ if beside => NotePlace::Margin,
            _ => NotePlace::Foot,
        };
        (Note { id, mark, place, body }, attrs)
    }

    /// Takes off the link by which a note leads back to its call, or to the text around that: in print it is the mark, the note's
    /// `number`.
    fn leading_mark(&mut self, body: &mut Blocks, number: Option<&str>) -> Option<String> {
        let Some(Block::Paragraph(line)) = body.first_mut().map(|node| &mut node.kind) else { return None };
        let Some(Inline::Link(link)) = line.first().map(|node| &node.kind) else { return None };
        let words = plain_text(&link.text);
        let is_number = number.is_some_and(|number| bare(number) == bare(&words) && !bare(number).is_empty());
        let back =
            link.target.strip_prefix('#').is_some_and(|id| self.facts.calls.contains(id) || is_number && !self.facts.own);
        if !back || words.chars().count() > LONGEST_MARK {
            return None;
        }
        line.remove(0);
        super::words::trim(line);
        if line.is_empty() {
            body.remove(0);
        }
        Some(words)
    }
}

/// A mark without what may stand around it.
fn bare(mark: &str) -> &str {
    mark.trim_matches(['[', ']', '(', ')', '.', ' '])
}

/// Whether the words of a call say more than a mark does: a mark is a number, a sign, a letter, a Roman numeral, and one word.
fn says_words(words: &str) -> bool {
    if words.trim().contains(' ') && words.contains(char::is_alphabetic) {
        return true;
    }
    let letters: String = words.chars().filter(|c| c.is_alphabetic()).collect();
    letters.chars().count() > 1 && !letters.to_lowercase().chars().all(|c| "ivxlc".contains(c))
}

/// Whether a note of the minutes of a parliament says who speaks next.
pub fn names_speaker(element: &Element) -> bool {
    element.name == "note" && element.attribute("type") == Some("speaker") && !super::blocks::holds_blocks(element)
}

/// The mark that a note bears as a label before its words, and what stands behind it.
fn leading_label<'e, 'a>(element: &'e Element<'a>) -> (Option<String>, &'e [Child<'a>]) {
    let at = element.children.iter().position(|child| !is_space(child));
    if let Some(at) = at
        && let Child::Element(label) = &element.children[at]
        && label.name == "label"
        && label.line().chars().count() <= LONGEST_MARK
    {
        return (Some(label.line()), &element.children[at + 1..]);
    }
    (None, &element.children)
}

/// Puts the notes that stand apart at their first calls, and makes calls of the links to the others.
pub fn resolve(blocks: &mut Blocks, reader: &mut Reader) {
    if reader.notes.is_empty() {
        return;
    }
    let ids = reader.notes.iter().enumerate().filter(|(_, id)| !id.is_empty());
    let ids = ids.map(|(at, id)| (id.clone(), NoteId(at as u32 + 1))).collect();
    let mut placing = Placing { ids, reader, within: Vec::new() };
    placing.blocks(blocks, 0);
    let mut targets = Targets::new();
    for (id, apart) in &placing.reader.apart {
        if let Some(target) = &apart.target {
            targets.entry(target.clone()).or_default().push(*id);
        }
    }
    if !targets.is_empty() {
        attach(blocks, &mut targets, placing.reader);
    }
    placing.uncalled(blocks);
    let left: Vec<_> = placing.reader.apart.keys().copied().collect();
    for id in left {
        // A note in a line whose call was never found stands at the end, as text.
        blocks.extend(placing.left_over(id));
    }
}

struct Placing<'r, 'a> {
    ids: BTreeMap<String, NoteId>,
    reader: &'r mut Reader<'a>,
    /// The notes in whose bodies we are.
    within: Vec<NoteId>,
}

impl Placing<'_, '_> {
    fn blocks(&mut self, blocks: &mut Blocks, depth: usize) {
        for node in blocks {
            parts_mut(&mut node.kind, &mut |part| match part {
                PartMut::Line(line) => self.line(line, depth + 2),
                PartMut::Blocks(inner) => self.blocks(inner, depth + 2),
                PartMut::Cell(cell) => self.blocks(&mut cell.kind.body, depth + 2),
                PartMut::Image(_) => {}
            });
        }
    }

    fn line(&mut self, line: &mut Inlines, depth: usize) {
        let mut done = Inlines::with_capacity(line.len());
        for mut node in std::mem::take(line) {
            if let Some(kinds) = self.call(&node, depth) {
                let (span, attrs) = (node.span, node.attrs.take());
                done.extend(kinds.into_iter().map(|kind| Node::new(kind, span)));
                if let Some(last) = done.last_mut().filter(|_| self.reader.facts.own) {
                    last.attrs = attrs;
                }
                continue;
            }
            match &mut node.kind {
                Inline::Note(note) if self.reader.facts.own => self.blocks(&mut note.body, depth + 1),
                Inline::Note(note) => {
                    self.within.push(note.id);
                    self.blocks(&mut note.body, depth + 1);
                    self.within.pop();
                }
                kind => inline_children_mut(kind).into_iter().for_each(|inner| self.line(inner, depth + 1)),
            }
            // A mark that was raised for print is a mark.
            if let Inline::Styled(Style::Superscript, inner) = &mut node.kind
                && !self.reader.facts.own
                && let [Node { kind: Inline::Note(_) | Inline::NoteCall(_), .. }] = &inner[..]
                && let Some(only) = inner.pop()
            {
                node = only;
            }
            done.push(node);
        }
        *line = done;
    }

    /// What stands in the place of a link that calls a note.
    fn call(&mut self, node: &Node<Inline>, depth: usize) -> Option<Vec<Inline>> {
        let Inline::Link(link) = &node.kind else { return None };
        let id = *self.ids.get(link.target.strip_prefix('#')?)?;
        if self.within.contains(&id) {
            return None;
        }
        let words = plain_text(&link.text);
        let short = words.chars().count() <= LONGEST_MARK && (self.reader.facts.own || !says_words(&words));
        let is_mark = short || words == self.mark(id);
        let mut kinds = if is_mark { Vec::new() } else { vec![Inline::Span(link.text.clone())] };
        let Some(apart) = self.reader.apart.get(&id) else {
            kinds.push(Inline::NoteCall(id));
            return Some(kinds);
        };
        if depth + height(&apart.note.body) > MAX_DEPTH {
            return None;
        }
        let mut note = self.reader.apart.remove(&id)?.note;
        if note.mark.is_empty() && is_mark {
            note.mark.clone_from(&words);
        }
        if bare(&note.mark) == bare(&words) && !self.reader.facts.own {
            drop_number(&mut note.body, &words);
        }
        self.within.push(id);
        self.blocks(&mut note.body, depth + 1);
        self.within.pop();
        kinds.push(Inline::Note(note));
        Some(kinds)
    }

    fn mark(&self, id: NoteId) -> String {
        self.reader.apart.get(&id).map(|apart| apart.note.mark.clone()).unwrap_or_default()
    }

    /// Takes away the places of notes that went to their calls; the others stand there, as text.
    fn uncalled(&mut self, blocks: &mut Blocks) {
        let mut done = Blocks::with_capacity(blocks.len());
        for mut node in std::mem::take(blocks) {
            if let Some(id) = self.reader.place_of_note(&node) {
                done.append(&mut self.left_over(id));
                continue;
            }
            if self.reader.heads_no_more(&node) {
                continue;
            }
            parts_mut(&mut node.kind, &mut |part| match part {
                PartMut::Blocks(inner) => self.uncalled(inner),
                PartMut::Cell(cell) => self.uncalled(&mut cell.kind.body),
                PartMut::Line(_) | PartMut::Image(_) => {}
            });
            // A list that held nothing but notes.
            if let Block::List(list) = &mut node.kind
                && !self.reader.facts.own
            {
                list.items.retain(|item| !item.body.is_empty());
                if list.items.is_empty() {
                    continue;
                }
            }
            done.push(node);
        }
        *blocks = done;
    }

    fn left_over(&mut self, id: NoteId) -> Blocks {
        let Some(Apart { note, span, attrs, wants_call, .. }) = self.reader.apart.remove(&id) else { return Vec::new() };
        let mut body = note.body;
        self.within.push(id);
        self.blocks(&mut body, 1);
        self.within.pop();
        if !note.mark.is_empty() {
            let text = |text: &str| Node::new(Inline::Text(text.to_owned()), span);
            let mark = Node::new(Inline::Styled(Style::Superscript, vec![text(&note.mark)]), span);
            match body.first_mut().map(|node| &mut node.kind) {
                Some(Block::Paragraph(words)) => {
                    words.splice(0..0, [mark, text(" ")]);
                }
                _ => body.insert(0, Node::new(Block::Paragraph(vec![mark]), span)),
            }
        }
        if let (Some(attrs), Some(first)) = (attrs, body.first_mut()) {
            first.attrs.get_or_insert(attrs);
        }
        // One that stands between blocks and bears no mark, as in minutes, was meant to.
        if !wants_call {
            return body;
        }
        self.reader
            .report
            .remark("note-uncalled", span, "nothing calls this note")
            .hint("point to its xml:id from a ref where it belongs; until then it stands where it is, as text");
        body
    }
}

/// Takes the number off a note's words by which it is called: in print it is the mark.
fn drop_number(body: &mut Blocks, mark: &str) {
    let number = mark.trim_matches(['[', ']', '(', ')', '.']);
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return;
    }
    let Some(Block::Paragraph(line)) = body.first_mut().map(|node| &mut node.kind) else { return };
    let is_place = |node: &Node<Inline>| matches!(&node.kind, Inline::Span(inner) if inner.is_empty());
    let Some(at) = line.iter().position(|node| !is_place(node)) else { return };
    // Raised, or led back from.
    if let Inline::Styled(Style::Superscript, inner) | Inline::Span(inner) | Inline::Link(Link { text: inner, .. }) =
        &line[at].kind
        && line.len() > at + 1
        && bare(&plain_text(inner)) == number
    {
        line.remove(at);
        if let Some(Inline::Text(behind)) = line.get_mut(at).map(|node| &mut node.kind) {
            *behind = behind.trim_start().to_owned();
        }
        return super::words::trim(line);
    }
    let goes_on = line.len() > at + 1;
    let Some(Inline::Text(text)) = line.get_mut(at).map(|node| &mut node.kind) else { return };
    let Some(behind) = text.trim_start_matches(['[', '(']).strip_prefix(number) else { return };
    let behind = behind.trim_start_matches([']', ')', '.', ':']).to_owned();
    let words = behind.trim_start();
    if words.len() == behind.len() {
        return;
    }
    if words.is_empty() && goes_on {
        line.remove(at);
        super::words::trim(line);
    } else if !words.is_empty() {
        *text = words.to_owned();
    }
}

/// The notes that point to a place, by its id.
type Targets = BTreeMap<String, Vec<NoteId>>;

/// Puts notes behind the places that they point to, all in one walk.
fn attach(blocks: &mut Blocks, targets: &mut Targets, reader: &mut Reader) {
    for node in blocks.iter_mut() {
        let own = node.id().and_then(|id| targets.remove(id));
        if let Block::Paragraph(line) | Block::Heading { text: line, .. } = &mut node.kind {
            line.extend(own.into_iter().flatten().filter_map(|id| placed(id, reader)));
        }
        parts_mut(&mut node.kind, &mut |part| match part {
            PartMut::Line(line) => attach_in(line, targets, reader),
            PartMut::Blocks(inner) => attach(inner, targets, reader),
            PartMut::Cell(cell) => attach(&mut cell.kind.body, targets, reader),
            PartMut::Image(_) => {}
        });
    }
}

fn placed(id: NoteId, reader: &mut Reader) -> Option<Node<Inline>> {
    let Apart { note, span, .. } = reader.apart.remove(&id)?;
    Some(Node { kind: Inline::Note(note), span, attrs: None })
}

fn attach_in(line: &mut Inlines, targets: &mut Targets, reader: &mut Reader) {
    if targets.is_empty() {
        return;
    }
    let mut done = Inlines::with_capacity(line.len());
    for mut node in std::mem::take(line) {
        let own = node.id().and_then(|id| targets.remove(id));
        let mut notes: Vec<_> = own.into_iter().flatten().filter_map(|id| placed(id, reader)).collect();
        for inner in std::iter::once(&mut node).chain(&mut notes) {
            match &mut inner.kind {
                Inline::Note(note) => attach(&mut note.body, targets, reader),
                kind => inline_children_mut(kind).into_iter().for_each(|inner| attach_in(inner, targets, reader)),
            }
        }
        let is_place = matches!(&node.kind, Inline::Span(inner) if inner.is_empty()) && !notes.is_empty();
        let place = super::words::before_of(node.span);
        // Behind the word, not behind the white space before the place.
        match done.last_mut().map(|before| &mut before.kind) {
            Some(Inline::Text(text)) if is_place && text.ends_with(char::is_whitespace) => {
                text.truncate(text.trim_end().len());
                done.append(&mut notes);
                done.push(Node::new(Inline::Text(" ".to_owned()), place));
                done.push(node);
            }
            _ => {
                done.push(node);
                done.append(&mut notes);
            }
        }
    }
    *line = done;
}
