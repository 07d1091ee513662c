//! Blocks that play a part together: quotations, speeches, the openings and ends of letters, what stands before a chapter.

use std::mem::take;

use super::blocks::{Mode, holds_blocks};
use super::dom::{Child, Element};
use super::words::{push, trim};
use super::{Reader, is_space, notes, phrase};
use crate::tree::{Block, Blocks, Group, GroupRole, Inline, Inlines, Node};

/// How many letters a stage direction may have that stands behind the speaker, in his line.
const LONGEST_MANNER: usize = 60;

impl Reader<'_> {
    pub fn quote(&mut self, element: &Element, level: u8, out: &mut Blocks) {
        if self.too_deep(element) {
            return self.blocks(element, level, Mode::Mixed, None, out);
        }
        let attrs = self.attrs(element, 0);
        let mut inner = Vec::new();
        self.depth += 1;
        self.blocks(element, level, Mode::Mixed, None, &mut inner);
        self.depth -= 1;
        out.push(Node { kind: Block::Quote(inner), span: self.span(&element.range), attrs });
    }

    /// A floating text, by which we say blocks with a role.
    pub fn group(&mut self, element: &Element, level: u8, out: &mut Blocks) {
        if self.too_deep(element) {
            return self.blocks(element, level, Mode::Mixed, None, out);
        }
        let body = element.child("body").unwrap_or(element);
        let said = element.attribute("type");
        let role = GroupRole::ALL.into_iter().find(|role| role.name() == said).unwrap_or(GroupRole::Plain);
        let attrs = self.attrs(element, 0);
        let is_title = |child: &Child| match child {
            Child::Element(inner) => inner.name == "head" || inner.attribute("rend") == Some("title"),
            Child::Text(..) | Child::Comment(..) | Child::Instruction(_) => false,
        };
        let headed = body.children.iter().position(|child| !is_space(child)).filter(|at| is_title(&body.children[*at]));
        let title = match headed.map(|at| &body.children[at]) {
            Some(Child::Element(head)) => self.line(head),
            _ => Vec::new(),
        };
        let rest = headed.map_or(&body.children[..], |at| &body.children[at + 1..]);
        let mut inner = Vec::new();
        self.depth += 1;
        self.children(rest, level, Mode::Strict, None, &mut inner);
        self.depth -= 1;
        out.push(Node { kind: Block::Group(Group { role, title, body: inner }), span: self.span(&element.range), attrs });
    }

    /// What is said in a play, a letter, before a chapter or at its end. Who speaks stands over a speech.
    pub fn grouped(&mut self, element: &Element, level: u8, out: &mut Blocks) {
        let Some(role) = role_of(element.name).filter(|_| !self.too_deep(element)) else {
            return self.blocks(element, level, Mode::Mixed, None, out);
        };
        let (span, attrs) = (self.span(&element.range), self.attrs(element, usize::MAX));
        let over = match role {
            GroupRole::Speech => "speaker",
            _ => "head",
        };
        let first = element.children.iter().position(|child| !is_space(child));
        let names = |inner: &Element| inner.name == over || element.name == "u" && notes::names_speaker(inner);
        let titled = first.filter(|at| matches!(&element.children[*at], Child::Element(inner) if names(inner)));
        let mut title = match titled.map(|at| &element.children[at]) {
            Some(Child::Element(said)) => self.anchor(said).into_iter().chain(self.line(said)).collect(),
            _ if element.name == "u" => {
                let said = self.speaker_before(out);
                if said.is_empty() { self.speaker_by_id(element) } else { said }
            }
            _ => Vec::new(),
        };
        let mut rest = titled.map_or(&element.children[..], |at| &element.children[at + 1..]);
        // How or to whom somebody speaks stands behind the speaker, as plays are set.
        let next = rest.iter().position(|child| !is_space(child)).filter(|_| element.name == "sp" && !title.is_empty());
        if let Some((at, Child::Element(manner))) = next.map(|at| (at, &rest[at]))
            && manner.name == "stage"
            && !holds_blocks(manner)
            && manner.line().chars().count() <= LONGEST_MANNER
        {
            self.inline(manner, &mut title);
            trim(&mut title);
            rest = &rest[at + 1..];
        }
        let mode = match role {
            GroupRole::Speech | GroupRole::Opener | GroupRole::Closer | GroupRole::Cast | GroupRole::Postscript => Mode::Strict,
            _ => Mode::Mixed,
        };
        let mode = if phrase::has_words(element) { Mode::Mixed } else { mode };
        let mut inner = Vec::new();
        self.depth += 1;
        let outer = self.in_speech;
        self.in_speech |= element.name == "sp";
        match role {
            GroupRole::Cast => self.cast(element, rest, level, &mut inner),
            GroupRole::Speech if element.name == "u" && !phrase::has_words(element) => self.utterance(rest, level, &mut inner),
            _ => self.parts(Some(element), rest, level, mode, None, &mut inner),
        }
        self.in_speech = outer;
        self.depth -= 1;
        if !title.is_empty() || !inner.is_empty() {
            out.push(Node { kind: Block::Group(Group { role, title, body: inner }), span, attrs });
        }
    }

    /// Who speaks, where a note right before the speech says it.
    fn speaker_before(&mut self, out: &mut Blocks) -> Inlines {
        let Some(span) = self.speaker.take() else { return Vec::new() };
        let named = |last: &Node<Block>| last.span == span && matches!(last.kind, Block::Paragraph(_));
        match out.pop_if(|last| named(last)).map(|last| last.kind) {
            Some(Block::Paragraph(mut line)) => match line.pop().map(|only| only.kind) {
                Some(Inline::Styled(_, name)) => name,
                _ => line,
            },
            _ => Vec::new(),
        }
    }

    /// Who speaks, by the list of persons in the header, where somebody else spoke before.
    fn speaker_by_id(&mut self, element: &Element) -> Inlines {
        let who = element.attribute("who").map(crate::read::clean::line);
        if who.is_none() || std::mem::replace(&mut self.speaking, who.clone()) == who {
            return Vec::new();
        }
        let ids = who.iter().flat_map(|who| who.split(' '));
        let names: Vec<_> = ids.filter_map(|id| self.facts.speakers.get(id.strip_prefix('#')?)).cloned().collect();
        let mut line = Inlines::new();
        push(&mut line, &names.join(", "), super::words::before_of(self.span(&element.range)));
        line
    }

    /// The segments of an utterance as paragraphs; a note between them belongs to the one before it.
    fn utterance(&mut self, children: &[Child], level: u8, out: &mut Blocks) {
        for child in children {
            let Child::Element(inner) = child else { continue };
            match (inner.name, out.last_mut().map(|node| &mut node.kind)) {
                ("note", Some(Block::Paragraph(line))) => {
                    let mut line = take(line);
                    self.inline(inner, &mut line);
                    if let Some(Block::Paragraph(own)) = out.last_mut().map(|node| &mut node.kind) {
                        *own = line;
                    }
                }
                ("note", _) => {
                    let mut line = Inlines::new();
                    self.inline(inner, &mut line);
                    if !line.is_empty() {
                        out.push(Node::new(Block::Paragraph(line), self.span(&inner.range)));
                    }
                }
                ("seg", _) => {
                    let attrs = self.attrs(inner, usize::MAX);
                    self.blocks(inner, level, Mode::Paragraph, attrs, out);
                }
                _ => self.among_blocks(inner, level, out),
            }
        }
    }
}

/// The part that an element plays for its blocks.
pub fn role_of(name: &str) -> Option<GroupRole> {
    Some(match name {
        "sp" | "u" => GroupRole::Speech,
        "stage" | "vocal" | "kinesic" | "incident" | "writing" | "camera" | "sound" | "tech" | "view" => GroupRole::Stage,
        "castList" => GroupRole::Cast,
        "opener" => GroupRole::Opener,
        "closer" => GroupRole::Closer,
        "postscript" => GroupRole::Postscript,
        "byline" => GroupRole::Byline,
        "epigraph" => GroupRole::Epigraph,
        "argument" => GroupRole::Argument,
        "trailer" => GroupRole::Trailer,
        _ => return None,
    })
}
