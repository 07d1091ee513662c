//! What the tree says, piece by piece, in reading order: each piece with the node's place in the source, and the flow that it is part
//! of. A note is a flow of its own, since it stands where it is called and not where it was written.

use std::collections::BTreeSet;
use std::ops::Range;

use super::cut::cut;
use super::stream::Gap;
use crate::span::{FileId, Sources, Span};
use crate::tree::{
    ABBREVIATIONS, Block, Blocks, Document, GroupRole, Image, Inline, Node, NotePlace, PageBreak, Part, ReferenceForm,
    inline_children, parts, plain_text,
};

/// A node's text.
#[derive(Clone, Copy, Debug)]
pub struct Leaf {
    pub span: Span,
    pub kind: LeafKind,
    /// 0 for the text itself, else the note's place in [`Copy::notes`], from 1.
    pub flow: u32,
    pub within: Within,
}

/// The innermost line of verse, cell, speech and speech's title in which a text stands, each by its number from 1; 0: in none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Within {
    pub line: u32,
    pub cell: u32,
    pub speech: u32,
    pub speaker: u32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LeafKind {
    #[default]
    Text,
    /// A block of code, whose lines are kept.
    Code,
    Math,
    /// What a picture shows, in words.
    Picture,
}

#[derive(Clone, Copy, Debug)]
pub struct Piece {
    start: u32,
    end: u32,
    pub leaf: u32,
    /// What stands before it in its flow.
    pub gap: Gap,
}

/// A note, where it is called.
#[derive(Clone, Debug)]
pub struct Note {
    pub call: Span,
    /// Whether it stands in the margin.
    pub beside: bool,
    /// The mark that it bears in the source.
    pub mark: String,
}

/// The flows of texts that stand beside the text.
pub const ASIDE: u32 = 1 << 31;

#[derive(Debug)]
pub struct Copy<'a> {
    texts: String,
    pub pieces: Vec<Piece>,
    pub leaves: Vec<Leaf>,
    pub notes: Vec<Note>,
    /// Where notes are called that stand elsewhere.
    pub calls: Vec<Span>,
    pub pages: Vec<(&'a PageBreak, Span)>,
    asides: u32,
    within: Within,
    /// The numbers that were given last.
    given: Within,
    kind: LeafKind,
    /// The files that say themselves what other sources leave to be made: citations in their style, indexes.
    whole: BTreeSet<FileId>,
    sources: &'a Sources,
    /// What parts the next piece of each flow that is open from the last.
    parting: Vec<(u32, Gap)>,
}

impl<'a> Copy<'a> {
    /// `whole`: files that say themselves what other sources leave to be made of them.
    pub fn of(doc: &'a Document, sources: &'a Sources, whole: BTreeSet<FileId>) -> Self {
        let mut copy = Self {
            texts: String::new(),
            pieces: Vec::new(),
            leaves: Vec::new(),
            notes: Vec::new(),
            calls: Vec::new(),
            pages: Vec::new(),
            asides: 0,
            within: Within::default(),
            given: Within::default(),
            kind: LeafKind::Text,
            whole,
            sources,
            parting: vec![(0, Gap::Block)],
        };
        copy.blocks(&doc.body);
        copy
    }

    pub fn said(&self, at: usize) -> &str {
        let piece = &self.pieces[at];
        &self.texts[piece.start as usize..piece.end as usize]
    }

    pub fn leaf(&self, at: usize) -> Leaf {
        self.leaves[self.pieces[at].leaf as usize]
    }

    pub fn is_same_leaf(&self, a: usize, b: usize) -> bool {
        self.pieces[a].leaf == self.pieces[b].leaf
    }

    /// Where a file has blocks of code, or formulas, in their order.
    pub fn places(&self, file: FileId, kind: LeafKind) -> Vec<Range<usize>> {
        let is_own = |leaf: &&Leaf| leaf.kind == kind && leaf.span.file == file;
        let mut places: Vec<_> = self.leaves.iter().filter(is_own).map(|leaf| leaf.span.range()).collect();
        places.sort_by_key(|range| range.start);
        places
    }

    /// Where a file has runs of text in a line, in their order: those whose place begins and ends with what they say. What stands
    /// beside the text is not among them.
    pub fn runs(&self, file: FileId) -> Vec<Range<usize>> {
        let mut runs = Vec::new();
        let mut first = 0;
        for own in self.pieces.chunk_by(|a, b| a.leaf == b.leaf) {
            let last = first + own.len() - 1;
            let leaf = self.leaf(first);
            let source = self.sources.slice(leaf.span).trim();
            let is_exact = source.chars().next() == self.said(first).chars().next()
                && source.chars().next_back() == self.said(last).chars().next_back();
            if leaf.kind == LeafKind::Text && leaf.span.file == file && leaf.flow & ASIDE == 0 && is_exact {
                runs.push(leaf.span.range());
            }
            first = last + 1;
        }
        runs.sort_by_key(|range| range.start);
        runs
    }

    /// Where a file has blocks of code that no fence tells: code between fences says by them what it is.
    pub fn bare_code(&self, file: FileId) -> Vec<Range<usize>> {
        let is_bare = |at: usize, leaf: &Leaf| {
            let source = self.sources.slice(leaf.span).trim_start();
            let Some(mark) = ["`", "~"].into_iter().find(|mark| source.starts_with(&mark.repeat(3))) else { return true };
            // A fence that the code itself shows is one of its lines.
            let count = source.len() - source.trim_start_matches(mark).len();
            let first = self.pieces.partition_point(|piece| (piece.leaf as usize) < at);
            let mut own =
                (first..self.pieces.len()).take(count + 1).take_while(|piece| self.pieces[*piece].leaf as usize == at);
            let is_alone = source.lines().next().is_some_and(|line| line.trim_end().len() == count);
            own.by_ref().take(count).filter(|piece| self.said(*piece) == mark).count() == count
                && own.next().is_none_or(|piece| self.pieces[piece].gap > Gap::Close || self.said(piece) != mark && !is_alone)
        };
        let is_own = |leaf: &Leaf| leaf.kind == LeafKind::Code && leaf.span.file == file;
        let own = self.leaves.iter().enumerate().filter(|(at, leaf)| is_own(leaf) && is_bare(*at, leaf));
        let mut places: Vec<_> = own.map(|(_, leaf)| leaf.span.range()).collect();
        places.sort_by_key(|range| range.start);
        places
    }

    fn says_all(&self, span: Span) -> bool {
        self.whole.contains(&span.file)
    }

    fn part(&mut self, gap: Gap) {
        let open = self.parting.last_mut().expect("the text stays open");
        open.1 = open.1.max(gap);
    }

    fn text(&mut self, text: &str, span: Span) {
        let base = self.texts.len();
        self.texts.push_str(text);
        let (flow, mut gap) = *self.parting.last().expect("the text stays open");
        let leaf = self.leaves.len() as u32;
        self.leaves.push(Leaf { span, kind: self.kind, flow, within: self.within });
        let mut last = 0;
        cut(text, false, &mut |range, said| {
            gap = gap.max(between(&text[last..range.start], self.kind));
            last = range.end;
            let place = match said {
                Some(said) => {
                    let start = self.texts.len();
                    self.texts.push_str(&said);
                    start..self.texts.len()
                }
                None => base + range.start..base + range.end,
            };
            self.pieces.push(Piece { start: place.start as u32, end: place.end as u32, leaf, gap });
            gap = Gap::Close;
        });
        gap = gap.max(between(&text[last..], self.kind));
        self.parting.last_mut().expect("the text stays open").1 = gap;
    }

    fn of_kind(&mut self, kind: LeafKind, text: &str, span: Span) {
        self.kind = kind;
        self.text(text, span);
        self.kind = LeafKind::Text;
    }

    fn blocks(&mut self, blocks: &'a Blocks) {
        blocks.iter().for_each(|node| self.block(node));
    }

    fn block(&mut self, node: &'a Node<Block>) {
        self.part(Gap::Block);
        match &node.kind {
            Block::Code { text, .. } => self.of_kind(LeafKind::Code, text, node.span),
            Block::Math(text) => self.of_kind(LeafKind::Math, text, node.span),
            Block::PageBreak(page) => self.pages.push((page, node.span)),
            Block::Heading { number, text, .. } => {
                // Beside words it is only cited.
                number.iter().filter(|_| text.is_empty()).for_each(|number| self.text(number, node.span));
                self.part(Gap::Space);
                self.line(text);
            }
            Block::Figure(figure) => {
                figure.images.iter().for_each(|image| self.image(&image.kind, image.span));
                // A caption that is the description says nothing of its own.
                let is_description = |text: &str, image: &Node<Image>| {
                    text == image.kind.alt && self.sources.slice(image.span).matches(text).nth(1).is_none()
                };
                let own = match (&figure.images[..], &figure.caption[..]) {
                    ([image], [Node { kind: Inline::Text(text), .. }, rest @ ..]) if is_description(text, image) => rest,
                    (_, caption) => caption,
                };
                self.aside(|copy| copy.line(own));
            }
            Block::Table(table) => {
                self.aside(|copy| copy.line(&table.caption));
                let around = self.within;
                table.head.iter().chain(&table.rows).flatten().for_each(|cell| {
                    self.part(Gap::Block);
                    self.given.cell += 1;
                    self.within.cell = self.given.cell;
                    self.blocks(&cell.kind.body);
                    self.within = around;
                });
            }
            // Made of what the text and its library say; a TEI file says it itself.
            Block::Bibliography(_) | Block::Index(_) if !self.says_all(node.span) => {}
            Block::Verse(stanzas) => {
                let around = self.within;
                for stanza in stanzas {
                    self.part(Gap::Block);
                    for line in stanza {
                        self.part(Gap::Verse);
                        self.given.line += 1;
                        self.within.line = self.given.line;
                        self.line(&line.text);
                        self.within = around;
                    }
                }
            }
            Block::Group(group) if group.role == GroupRole::Speech => {
                let around = self.within;
                self.given.speech += 1;
                self.within = Within { speech: self.given.speech, speaker: self.given.speech, ..around };
                self.line(&group.title);
                self.part(Gap::Block);
                self.within.speaker = around.speaker;
                self.blocks(&group.body);
                self.within = around;
            }
            // Their list stands where the work has it, wherever each is defined.
            Block::Group(group)
                if node.attrs.as_ref().is_some_and(|own| own.classes.iter().any(|own| own == ABBREVIATIONS)) =>
            {
                self.line(&group.title);
                group.body.iter().for_each(|inner| match &inner.kind {
                    Block::Definitions(entries) => entries.iter().for_each(|entry| {
                        self.aside(|copy| copy.line(&entry.term));
                        entry.meanings.iter().for_each(|meaning| self.aside(|copy| copy.blocks(meaning)));
                    }),
                    _ => self.block(inner),
                });
            }
            Block::Title(_)
            | Block::Paragraph(_)
            | Block::Quote(_)
            | Block::Group(_)
            | Block::List(_)
            | Block::Definitions(_)
            | Block::Bibliography(_)
            | Block::Index(_)
            | Block::Rule
            | Block::Comment(_) => parts(&node.kind, &mut |part| {
                self.part(Gap::Block);
                match part {
                    Part::Line(text) => self.line(text),
                    Part::Blocks(inner) => self.blocks(inner),
                    Part::Cell(cell) => self.blocks(&cell.kind.body),
                    Part::Image(image) => self.image(&image.kind, image.span),
                }
            }),
        }
        self.part(Gap::Block);
    }

    /// What stands beside the text, wherever its source has it.
    fn aside(&mut self, say: impl FnOnce(&mut Self)) {
        self.asides += 1;
        self.parting.push((ASIDE | self.asides, Gap::Block));
        say(self);
        self.parting.pop();
    }

    fn image(&mut self, image: &'a Image, span: Span) {
        self.aside(|copy| copy.of_kind(LeafKind::Picture, &image.alt, span));
        // The letter of a panel is made, and its caption may be what describes it.
        let title = match image.unlettered() {
            bare if bare.len() == image.title.len() || self.sources.slice(span).contains(&image.title) => &image.title,
            bare if bare == image.alt => "",
            bare => bare,
        };
        self.aside(|copy| copy.text(title, span));
        // A drawing that stands in the text carries its words in its address.
        let stands = self.sources.slice(span).get(..4).is_some_and(|tag| tag.eq_ignore_ascii_case("<svg"));
        if let Some(drawn) = image.target.strip_prefix("data:image/svg+xml,").filter(|_| stands) {
            let source = plain_address(drawn);
            let (mut rest, mut hidden) = (source.as_str(), false);
            while let Some((text, tag)) = rest.split_once('<') {
                if !hidden {
                    self.aside(|copy| copy.entities(text, span));
                }
                let (tag, behind) = tag.split_once('>').unwrap_or((tag, ""));
                let name: String = tag.chars().take_while(char::is_ascii_alphabetic).flat_map(char::to_lowercase).collect();
                hidden = matches!(name.as_str(), "title" | "style" | "script") && !tag.ends_with('/');
                rest = behind;
            }
        }
    }

    /// Text with references to characters.
    fn entities(&mut self, text: &str, span: Span) {
        let mut said = String::new();
        cut(text, true, &mut |range, own| {
            said.push_str(&own.unwrap_or_else(|| text[range].to_owned()));
            said.push(' ');
        });
        self.text(&said, span);
    }

    fn line(&mut self, line: &'a [Node<Inline>]) {
        for node in line {
            match &node.kind {
                Inline::Text(text) | Inline::Code(text) => self.text(text, node.span),
                Inline::Math(text) => self.of_kind(LeafKind::Math, text, node.span),
                Inline::LineBreak => self.part(Gap::Verse),
                Inline::Image(image) => self.image(image, node.span),
                Inline::Citation(_) | Inline::Reference(_) if self.says_all(node.span) => {
                    self.line(inline_children(&node.kind))
                }
                Inline::Citation(citation) => {
                    // The call of a note that it became stands close to the word before it.
                    let before = self.sources.get(node.span.file).text[..node.span.start as usize].chars().next_back();
                    if before.is_some_and(char::is_whitespace) {
                        self.part(Gap::Space);
                    }
                    for (count, cite) in citation.cites.iter().enumerate() {
                        if count > 0 {
                            self.part(Gap::Space);
                        }
                        if !cite.prefix.is_empty() {
                            self.line(&cite.prefix);
                            self.part(Gap::Space);
                        }
                        self.text(&cite.key, node.span);
                        if let Some(locator) = &cite.locator {
                            self.part(Gap::Space);
                            self.text(&locator.said, node.span);
                        }
                        if plain_text(&cite.suffix).starts_with(char::is_alphanumeric) {
                            self.part(Gap::Space);
                        }
                        self.line(&cite.suffix);
                    }
                }
                Inline::Reference(reference) => match reference.form {
                    ReferenceForm::Label | ReferenceForm::Folio | ReferenceForm::Variable => {}
                    ReferenceForm::Full
                    | ReferenceForm::Number
                    | ReferenceForm::Title
                    | ReferenceForm::Page
                    | ReferenceForm::Missing => {
                        // A link says where it leads in its address.
                        let source = self.sources.slice(node.span);
                        let is_named = source.contains("](") || source.ends_with(">`");
                        if source.starts_with(['@', '[', '{']) && !is_named {
                            self.text(as_written(&reference.target, source), node.span);
                        }
                    }
                },
                Inline::Styled(..) | Inline::Span(_) | Inline::Link(_) => self.line(inline_children(&node.kind)),
                Inline::Ruby { base, reading } => {
                    self.line(base);
                    self.aside(|copy| copy.text(reading, node.span));
                }
                Inline::Note(note) => {
                    let (beside, mark) = (note.place == NotePlace::Margin, note.mark.clone());
                    self.notes.push(Note { call: node.span, beside, mark });
                    self.parting.push((self.notes.len() as u32, Gap::Block));
                    self.blocks(&note.body);
                    self.parting.pop();
                }
                Inline::NoteCall(_) => self.calls.push(node.span),
                Inline::PageBreak(page) => {
                    self.part(if page.space { Gap::Space } else { Gap::Close });
                    self.pages.push((page, node.span));
                }
                Inline::IndexTerm(_) | Inline::LineEnd | Inline::Comment(_) => {}
            }
        }
    }
}

/// An address without its escapes (RFC 3986, 2.1).
fn plain_address(address: &str) -> String {
    let (bytes, mut plain, mut at) = (address.as_bytes(), Vec::new(), 0);
    while at < bytes.len() {
        let escaped =
            address.get(at + 1..at + 3).filter(|_| bytes[at] == b'%').and_then(|hex| u8::from_str_radix(hex, 16).ok());
        plain.push(escaped.unwrap_or(bytes[at]));
        at += if escaped.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&plain).into_owned()
}

/// The id that a reference leads to, as its source says it: keys of pandoc-crossref have colons, where ids have hyphens, and may begin
/// with a capital.
fn as_written<'a>(id: &'a str, source: &'a str) -> &'a str {
    let is_one = |written: &&str| {
        let same = |(n, (a, b)): (usize, (char, char))| a == b || a == '-' && b == ':' || n == 0 && b.to_ascii_lowercase() == a;
        written.len() == id.len() && id.chars().zip(written.chars()).enumerate().all(same)
    };
    source.match_indices('@').filter_map(|(at, _)| source.get(at + 1..at + 1 + id.len())).find(is_one).unwrap_or(id)
}

/// What white space makes of two pieces.
fn between(text: &str, kind: LeafKind) -> Gap {
    text.chars().fold(Gap::Close, |gap, c| match c {
        // An empty line, which only code has, is shown as one.
        '\n' if gap >= Gap::Line && kind == LeafKind::Code => Gap::Block,
        '\n' if kind == LeafKind::Code => Gap::Verse,
        '\n' => Gap::Line,
        c if c.is_whitespace() || c.is_control() || c == '\u{200B}' => gap.max(Gap::Space),
        _ => gap,
    })
}
