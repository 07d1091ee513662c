//! What the tree says must be found, in flows: the title, the body, and each note by itself, since every format has its own place
//! for notes. The rules of what a format need not say as the tree does are [`Rules`].

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::rules::{InNotes, Rules};
use super::words::{Cut, Flow, Kind, Lexer};
use crate::env::Env;
use crate::span::Span;
use crate::tree::{
    Block, Document, Image, Inline, List, Node, Part, ReferenceForm, folio_run, heading_name, inline_children, parts,
};

/// Which flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Which {
    Title,
    Body,
    /// By its number.
    Note(u32),
}

/// A flow of the tree.
#[derive(Debug, Default)]
pub struct Lines<'a> {
    pub flow: Flow<Option<Span>>,
    /// The images, in the order of the flow's items of that kind.
    pub images: Vec<&'a Image>,
    /// The targets of the links, likewise.
    pub links: Vec<Cow<'a, str>>,
}

/// A place in a flow: the item that comes next.
pub type Spot = (Which, usize);

/// Where a page or a chapter begins.
#[derive(Debug)]
pub struct Beginning {
    /// The page's label, empty where it has none, or the heading's words.
    pub name: String,
    /// None for a page, else the level of the heading.
    pub level: Option<u8>,
    pub span: Span,
    pub spot: Spot,
}

#[derive(Debug, Default)]
pub struct Script<'a> {
    pub flows: BTreeMap<Which, Lines<'a>>,
    pub beginnings: Vec<Beginning>,
    pub ids: BTreeMap<&'a str, Spot>,
}

impl<'a> Script<'a> {
    pub fn of(doc: &'a Document, env: &'a Env, rules: Rules) -> Self {
        let mut scribe = Scribe { env, rules, script: Script::default(), marked: labels(&doc.body) };
        let mut title = Pen::new(Which::Title, rules);
        let mut body = Pen::new(Which::Body, rules);
        for node in &doc.body {
            let apart = matches!(node.kind, Block::Title(_)) && !rules.encoded;
            let pen = if apart { &mut title } else { &mut body };
            scribe.block(node, pen);
        }
        scribe.finish(title);
        scribe.finish(body);
        scribe.script
    }
}

/// A flow being written.
struct Pen<'a> {
    which: Which,
    lexer: Lexer<Option<Span>>,
    images: Vec<&'a Image>,
    links: Vec<Cow<'a, str>>,
}

impl Pen<'_> {
    fn new(which: Which, rules: Rules) -> Self {
        Self {
            which,
            lexer: Lexer::new(Cut { joinerless: !rules.joiners, encoded: rules.encoded, ..Cut::default() }),
            images: Vec::new(),
            links: Vec::new(),
        }
    }

    fn spot(&self) -> Spot {
        (self.which, self.lexer.count())
    }
}

/// The labels of the pages that begin in the text, outside its notes.
fn labels(blocks: &[Node<Block>]) -> BTreeSet<&str> {
    let mut labels = BTreeSet::new();
    collect_blocks(blocks, &mut labels);
    labels
}

fn collect_blocks<'a>(blocks: &'a [Node<Block>], labels: &mut BTreeSet<&'a str>) {
    for node in blocks {
        if let Block::PageBreak(page) = &node.kind {
            labels.extend(page.label.as_deref().map(str::trim));
        }
        parts(&node.kind, &mut |part| match part {
            Part::Line(text) => collect_inlines(text, labels),
            Part::Blocks(inner) => collect_blocks(inner, labels),
            Part::Cell(cell) => collect_blocks(&cell.kind.body, labels),
            Part::Image(_) => {}
        });
    }
}

fn collect_inlines<'a>(inlines: &'a [Node<Inline>], labels: &mut BTreeSet<&'a str>) {
    for node in inlines {
        if let Inline::PageBreak(page) = &node.kind {
            labels.extend(page.label.as_deref().map(str::trim));
        }
        collect_inlines(inline_children(&node.kind), labels);
    }
}

struct Scribe<'a> {
    env: &'a Env,
    rules: Rules,
    script: Script<'a>,
    /// The labels that a file marks already, so that a note does not mark them again.
    marked: BTreeSet<&'a str>,
}

impl<'a> Scribe<'a> {
    fn finish(&mut self, pen: Pen<'a>) {
        let lines = Lines { flow: pen.lexer.finish(), images: pen.images, links: pen.links };
        self.script.flows.insert(pen.which, lines);
    }

    fn blocks(&mut self, blocks: &'a [Node<Block>], pen: &mut Pen<'a>) {
        blocks.iter().for_each(|node| self.block(node, pen));
    }

    fn block(&mut self, node: &'a Node<Block>, pen: &mut Pen<'a>) {
        pen.lexer.close();
        pen.lexer.at(Some(node.span));
        self.identify(node.id(), pen);
        match &node.kind {
            Block::Code { text, .. } => pen.lexer.text(text),
            Block::Math(tex) => formula(if self.rules.encoded { "" } else { tex }, pen),
            Block::PageBreak(page) => self.page(page.label.as_deref(), node.span, pen),
            Block::Figure(figure) => {
                for image in &figure.images {
                    self.identify(image.id(), pen);
                    self.image(&image.kind, pen);
                    pen.lexer.close();
                    // Beside others, its title is its caption.
                    if figure.images.len() > 1 && self.rules.panels {
                        pen.lexer.text(&image.kind.title);
                        pen.lexer.close();
                    }
                }
                self.inlines(&figure.caption, pen);
            }
            Block::Heading { text, level, number } => {
                let (name, level) = (heading_name(number.as_deref(), text), Some(*level));
                self.script.beginnings.push(Beginning { name, level, span: node.span, spot: pen.spot() });
                // A number alone is a label, as that of an item is.
                self.inlines(text, pen);
            }
            Block::List(List { .. })
            | Block::Title(_)
            | Block::Paragraph(_)
            | Block::Quote(_)
            | Block::Group(_)
            | Block::Verse(_)
            | Block::Definitions(_)
            | Block::Table(_)
            | Block::Bibliography(_)
            | Block::Index(_)
            | Block::Rule
            | Block::Comment(_) => parts(&node.kind, &mut |part| match part {
                Part::Line(text) => {
                    pen.lexer.close();
                    self.inlines(text, pen);
                }
                Part::Blocks(inner) => self.blocks(inner, pen),
                Part::Cell(cell) => {
                    pen.lexer.close();
                    self.identify(cell.id(), pen);
                    self.blocks(&cell.kind.body, pen);
                }
                Part::Image(_) => {}
            }),
        }
        pen.lexer.close();
    }

    /// Takes note of where an id stands.
    fn identify(&mut self, id: Option<&'a str>, pen: &Pen<'a>) {
        self.script.ids.extend(id.map(|id| (id, pen.spot())));
    }

    fn page(&mut self, label: Option<&'a str>, span: Span, pen: &mut Pen<'a>) {
        // What stood on the print's last page and has no page of its own in an edition.
        if self.rules.encoded && label.is_none() && span.start == span.end {
            return;
        }
        let label = label.map(str::trim);
        let name = label.unwrap_or("").to_owned();
        self.script.beginnings.push(Beginning { name, level: None, span, spot: pen.spot() });
        let in_note = matches!(pen.which, Which::Note(_));
        let here = match self.rules.pages_in_notes {
            InNotes::No => !in_note,
            InNotes::Alone => !in_note || label.is_some_and(|label| self.marked.insert(label)),
            InNotes::All => true,
        };
        let marked = self.rules.pages && here;
        if marked && (label.is_some() || self.rules.unlabelled) {
            pen.lexer.put(Kind::Page, label.unwrap_or(""));
        }
    }

    fn image(&mut self, image: &'a Image, pen: &mut Pen<'a>) {
        if self.rules.missing_images || self.env.images.contains_key(&image.target) {
            pen.images.push(image);
            pen.lexer.put(Kind::Image, &squeezed(&image.alt));
        } else {
            pen.lexer.text(&image.alt);
        }
    }

    fn inlines(&mut self, inlines: &'a [Node<Inline>], pen: &mut Pen<'a>) {
        let mut pages = 0;
        for (place, node) in inlines.iter().enumerate() {
            pages = if self.rules.folios && pages == 0 { folio_run(&inlines[place..]) } else { pages };
            // What a reader of the file finds there is no word of the tree, and is looked at by itself.
            if pages > 0 {
                pages -= 1;
                continue;
            }
            pen.lexer.at(Some(node.span));
            if matches!(&node.kind, Inline::PageBreak(page) if page.space) {
                pen.lexer.close();
            }
            if let Some(id) = node.id() {
                self.script.ids.insert(id, pen.spot());
            }
            match &node.kind {
                Inline::Text(text) | Inline::Code(text) => pen.lexer.text(text),
                Inline::LineBreak => pen.lexer.close(),
                Inline::Math(tex) => formula(if self.rules.encoded { "" } else { tex }, pen),
                Inline::Image(image) => self.image(image, pen),
                Inline::Link(link) => {
                    // One without words can't be followed.
                    if self.rules.links && !crate::tree::plain_text(&link.text).is_empty() {
                        let said = if link.target.starts_with('#') { "#".to_owned() } else { address(&link.target) };
                        pen.links.push(Cow::Borrowed(&link.target));
                        pen.lexer.put(Kind::Link, &said);
                    }
                    self.inlines(&link.text, pen);
                }
                Inline::Reference(reference)
                    if self.rules.folios && matches!(reference.form, ReferenceForm::Page | ReferenceForm::Folio) => {}
                Inline::Reference(reference) => {
                    if self.rules.links && reference.form.leads() && !crate::tree::plain_text(&reference.text).is_empty() {
                        pen.links.push(Cow::Owned(format!("#{}", reference.target)));
                        pen.lexer.put(Kind::Link, "#");
                    }
                    self.inlines(&reference.text, pen);
                }
                Inline::Styled(..) | Inline::Span(_) | Inline::Citation(_) => self.inlines(inline_children(&node.kind), pen),
                Inline::Ruby { base, reading } => {
                    self.inlines(base, pen);
                    pen.lexer.close();
                    pen.lexer.text(reading);
                    pen.lexer.close();
                }
                Inline::Note(note) => {
                    pen.lexer.put(Kind::Call, &note.id.0.to_string());
                    let mut own = Pen::new(Which::Note(note.id.0), self.rules);
                    own.lexer.at(Some(node.span));
                    self.blocks(&note.body, &mut own);
                    self.finish(own);
                }
                Inline::NoteCall(id) => pen.lexer.put(Kind::Call, &id.0.to_string()),
                Inline::PageBreak(page) => {
                    if page.space {
                        pen.lexer.close();
                    }
                    self.page(page.label.as_deref(), node.span, pen);
                }
                Inline::IndexTerm(_) | Inline::LineEnd | Inline::Comment(_) => {}
            }
        }
    }
}

fn formula(tex: &str, pen: &mut Pen) {
    pen.lexer.close();
    pen.lexer.put(Kind::Formula, &squeezed(tex));
}

/// Text whose white space does not matter.
pub fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An address as it is compared: how it is escaped may differ.
pub fn address(target: &str) -> String {
    let mut bytes = Vec::with_capacity(target.len());
    let mut rest = target.trim().as_bytes();
    while let [first, behind @ ..] = rest {
        let hex = |byte: u8| char::from(byte).to_digit(16);
        match behind {
            [high, low, after @ ..] if *first == b'%' && hex(*high).is_some() && hex(*low).is_some() => {
                bytes.push((hex(*high).unwrap_or(0) * 16 + hex(*low).unwrap_or(0)) as u8);
                rest = after;
            }
            _ => {
                bytes.push(*first);
                rest = behind;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
