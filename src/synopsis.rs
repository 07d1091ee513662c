//! The four books side by side, paragraph by paragraph: for a page that shows them while a text is written. Which paragraph of a book
//! is which of the source is seen by its first letters, in order.

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Value, json};

use crate::span::Sources;
use crate::tree::{Block, Document, Inline, Visit, walk_blocks};
use crate::typeset::{Book, Element, ElementId, Item, Page, Part, Role};

/// How many letters tell one paragraph from another.
const LETTERS: usize = 24;

/// How many pieces of a book may lie between two that answer to neighbours in the source, before order is given up.
const FAR: usize = 400;

/// Elements of XHTML that hold a paragraph's words.
const PARAGRAPHS: [&str; 13] = ["p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "dt", "dd", "td", "th", "figcaption"];

/// The paragraphs of a work, and how they are found again.
pub struct Synopsis {
    /// Name, file and line of each.
    places: Vec<(String, String, usize)>,
    /// By their first letters.
    index: BTreeMap<String, Vec<usize>>,
}

/// A line on a page: the page's place in the book, and x, y, width, height in points.
type Place = (usize, [f32; 4]);

impl Synopsis {
    /// The paragraphs, headings and lines of a work in the order of its tree; `names` are those of its files.
    pub fn of(doc: &Document, sources: &Sources, names: &[String]) -> Self {
        let mut found: Vec<(crate::span::Span, String)> = Vec::new();
        walk_blocks(&doc.body, &mut |visit| match visit {
            Visit::Block(node) => {
                let text = match &node.kind {
                    Block::Code { text, .. } | Block::Math(text) => text.as_str(),
                    _ => "",
                };
                found.push((node.span, letters(text)));
            }
            Visit::Inline(node) => {
                if let (Inline::Text(text) | Inline::Code(text), Some((_, own))) = (&node.kind, found.last_mut())
                    && own.len() < LETTERS * 4
                {
                    own.push_str(&letters(text));
                }
            }
            // Each cell is told from the next.
            Visit::Cell(_) => {
                let span = found.last().map(|(span, _)| *span).unwrap_or_default();
                found.push((span, String::new()));
            }
            Visit::Image(_) => {}
        });
        let mut synopsis = Self { places: Vec::new(), index: BTreeMap::new() };
        for (span, own) in found.into_iter().filter(|(_, own)| !own.is_empty()) {
            let name = names.get(usize::from(span.file.0)).cloned().unwrap_or_default();
            let first = first(&own);
            let alike = synopsis.index.entry(first.clone()).or_default();
            alike.push(synopsis.places.len());
            // A name that others before it don't change, so that what is shown of a paragraph stays as it was when they come.
            let own = if alike.len() == 1 { first } else { format!("{first}-{}", alike.len()) };
            synopsis.places.push((own, name, sources.line_column(span).0));
        }
        synopsis
    }

    /// The name, file and line of each paragraph.
    pub fn places(&self) -> Value {
        self.places.iter().map(|(name, file, line)| json!([name, file, line])).collect()
    }

    /// The name of the paragraph that each piece of a book answers to.
    fn align(&self, pieces: &[String]) -> Vec<Option<&str>> {
        let mut last = 0;
        let answer = |piece: &String| {
            let same = self.index.get(&first(piece))?;
            let at = same.partition_point(|at| *at < last);
            let near = same.get(at).or(same.last()).copied().filter(|at| at.abs_diff(last) < FAR).or(same.first().copied())?;
            last = near;
            self.places.get(near).map(|(name, ..)| name.as_str())
        };
        pieces.iter().map(answer).collect()
    }

    /// Paragraphs of a plain text, which empty lines part: paragraph, words.
    pub fn of_text(&self, text: &str) -> Vec<Value> {
        let mut pieces: Vec<String> = Vec::new();
        let mut open = false;
        for line in text.lines() {
            match (line.trim().is_empty(), pieces.last_mut()) {
                (true, _) => open = false,
                (false, Some(own)) if open => {
                    own.push('\n');
                    own.push_str(line);
                }
                (false, _) => {
                    pieces.push(line.to_owned());
                    open = true;
                }
            }
        }
        self.told(pieces, letters)
    }

    /// The lines of an XML file, those that go on with the words of one together: paragraph, words.
    pub fn of_xml(&self, text: &str) -> Vec<Value> {
        let mut pieces: Vec<String> = Vec::new();
        for line in text.lines() {
            match pieces.last_mut() {
                Some(own) if !line.trim_start().starts_with('<') => {
                    own.push('\n');
                    own.push_str(line);
                }
                _ => pieces.push(line.to_owned()),
            }
        }
        self.told(pieces, |piece| letters(&without_tags(piece)))
    }

    fn told(&self, pieces: Vec<String>, words: impl Fn(&str) -> String) -> Vec<Value> {
        let keys: Vec<_> = pieces.iter().map(|piece| words(piece)).collect();
        let aligned = self.align(&keys);
        pieces.into_iter().zip(aligned).map(|(piece, name)| json!([name, piece])).collect()
    }

    /// A page of an e-book, with `data-p` at each element that is a paragraph of the source.
    pub fn of_xhtml(&self, page: &str) -> String {
        // Where each element's attributes go, and its letters; those of inner ones count for the outer ones, too.
        let mut found: Vec<(usize, String)> = Vec::new();
        let mut open: Vec<Option<usize>> = Vec::new();
        let mut reader = Reader::from_str(page);
        loop {
            let before = reader.buffer_position() as usize;
            match reader.read_event() {
                Ok(Event::Start(tag)) => {
                    let name = tag.local_name();
                    let is_own = PARAGRAPHS.contains(&name.as_ref());
                    open.push(is_own.then_some(found.len()));
                    if is_own {
                        found.push((before + 1 + tag.name().as_ref().len(), String::new()));
                    }
                }
                Ok(Event::End(_)) => drop(open.pop()),
                Ok(Event::Text(text)) => {
                    if let Some(at) = open.iter().rev().flatten().next() {
                        found[*at].1.push_str(&letters(&text));
                    }
                }
                // What isn't well-formed is shown as it is.
                Ok(Event::Eof) | Err(_) => break,
                Ok(_) => {}
            }
        }
        let keys: Vec<_> = found.iter().map(|(_, own)| own.clone()).collect();
        let mut text = String::with_capacity(page.len() + found.len() * LETTERS * 2);
        let mut from = 0;
        for ((at, _), paragraph) in found.iter().zip(self.align(&keys)) {
            text.push_str(&page[from..*at]);
            from = *at;
            if let Some(paragraph) = paragraph {
                text.push_str(&format!(" data-p=\"{paragraph}\""));
            }
        }
        text.push_str(&page[from..]);
        text
    }

    /// The pages of the printed book: each with its label, its width and height in points, and where paragraphs stand on it: x, y, width,
    /// height in points from the upper left corner, and the paragraph.
    pub fn of_book(&self, book: &Book) -> Vec<Value> {
        let mut boxes: BTreeMap<u32, (String, Vec<Place>)> = BTreeMap::new();
        for (page, placed) in book.pages.iter().enumerate().flat_map(|(at, page)| page.items.iter().map(move |item| (at, item)))
        {
            let (Item::Run(run), Part::Content { element, .. }) = (&placed.item, placed.part) else { continue };
            let Some(block) = block(&book.elements, element) else { continue };
            let (own, places) = boxes.entry(block.0).or_default();
            own.push_str(&letters(&run.text));
            let (top, bottom) = (placed.y - run.size, placed.y + run.size * 0.3);
            match places.last_mut().filter(|(at, _)| *at == page) {
                Some((_, corners)) => {
                    corners[0] = corners[0].min(placed.x);
                    corners[1] = corners[1].min(top);
                    corners[3] = corners[3].max(bottom);
                }
                None => places.push((page, [placed.x, top, book.width, bottom])),
            }
        }
        let blocks: Vec<_> = boxes.into_values().collect();
        let keys: Vec<_> = blocks.iter().map(|(own, _)| own.clone()).collect();
        let aligned = self.align(&keys);
        let mut told = vec![Vec::new(); book.pages.len()];
        for ((_, places), paragraph) in blocks.into_iter().zip(aligned) {
            let Some(paragraph) = paragraph else { continue };
            for (page, [left, top, right, bottom]) in places {
                let round = |value: f32| (value * 10.0).round() / 10.0;
                let (width, height) = (round(right - 2.0 * left), round(bottom - top));
                told[page].push(json!([round(left), round(top), width.max(20.0), height, paragraph]));
            }
        }
        let size = (book.width, book.height);
        let page = |(page, boxes): (&Page, _)| json!({ "label": page.label, "size": size, "boxes": boxes });
        book.pages.iter().zip(told).map(page).collect()
    }
}

/// The element that holds a paragraph's words, of one that stands in it.
fn block(elements: &[Element], element: ElementId) -> Option<ElementId> {
    let mut at = Some(element);
    while let Some(id) = at {
        let own = elements.get(id.0 as usize)?;
        match own.role {
            Role::Paragraph
            | Role::Heading(_)
            | Role::Title
            | Role::Line
            | Role::HeadCell { .. }
            | Role::Cell { .. }
            | Role::ItemBody
            | Role::Caption
            | Role::CodeBlock => return Some(id),
            _ => at = own.parent,
        }
    }
    None
}

/// The letters of a text, in lower case: what no output changes.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect()
}

fn first(letters: &str) -> String {
    letters.chars().take(LETTERS).collect()
}

fn without_tags(text: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in text.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out
}
