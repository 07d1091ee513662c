//! Cross references: what things are called and numbered, their captions' labels, and what each reference says of what it leads to.

use std::collections::{BTreeMap, BTreeSet};

use super::{Apparatus, Words, said};
use crate::report::Report;
use crate::span::Span;
use crate::tree::{
    Block, Blocks, Citation, Cite, Document, Figure, Group, GroupRole, Inline, Inlines, LISTING, Link, Matter, Node, Numbering,
    PageBreak, PartMut, Reference, ReferenceForm, VisitMut, division, is_theorem, lines_mut, parts_mut, plain_text, top_level,
    walk_blocks, walk_blocks_mut,
};

/// What a reference may lead to.
#[derive(Clone, Debug, Default)]
struct Thing {
    /// The word for its kind, where it is numbered.
    kind: Option<&'static str>,
    number: Option<String>,
    title: String,
    /// The section in which it stands.
    section: Option<usize>,
    /// The printed page on which it stands.
    page: Option<String>,
}

/// A section of the work.
#[derive(Clone, Debug, Default)]
pub struct Section {
    pub title: String,
    pub number: Option<String>,
    kind: &'static str,
}

/// Everything in the work that has an id, and its sections.
pub struct Atlas {
    things: BTreeMap<String, Thing>,
    pub sections: Vec<Section>,
    words: Words,
    /// Whether the source has pages of its own.
    pub paged: bool,
}

/// Where something stands, as an index says it.
pub struct Standing<'a> {
    pub section: Option<(usize, &'a Section)>,
    pub page: Option<&'a str>,
}

/// Resolves the references of a work and numbers what they lead to.
pub fn resolve(doc: &mut Document, apparatus: &Apparatus, may_refer: bool, report: &mut Report) -> Atlas {
    let words = Words::of(&doc.meta.language);
    if may_refer {
        templates(doc);
    }
    listing_captions(&mut doc.body);
    let wanted = if may_refer { wanted(doc) } else { BTreeSet::new() };
    let mut surveyor = Surveyor::new(words, apparatus, wanted);
    surveyor.survey(doc);
    let atlas = Atlas { things: surveyor.things, sections: surveyor.sections, words, paged: surveyor.paged };
    if !may_refer {
        return atlas;
    }
    variables(doc, report);
    lines_mut(&mut doc.body, false, &mut |line, _| {
        for at in 0..line.len() {
            let (before, node) = line.split_at_mut(at);
            let Some(node) = node.first_mut() else { continue };
            let span = node.span;
            if let Inline::Reference(reference) = &mut node.kind
                && reference.text.is_empty()
            {
                if let Some(Node { kind: Inline::Text(words), .. }) = before.last()
                    && reference.form == ReferenceForm::Full
                    && atlas.is_named(&reference.target, words)
                {
                    reference.form = ReferenceForm::Number;
                }
                atlas.fill(reference, span, report);
            }
        }
    });
    atlas
}

/// `Listing: words` or `: words` in a paragraph right above a listing that has an id is its caption, as pandoc-crossref has it.
fn listing_captions(blocks: &mut Blocks) {
    let mut at = 0;
    while at + 1 < blocks.len() {
        let is_listing = matches!(blocks[at + 1].kind, Block::Code { .. })
            && blocks[at + 1].id().is_some_and(|id| id.starts_with("lst-"))
            && blocks[at].attrs.is_none();
        let mark = match &blocks[at].kind {
            Block::Paragraph(line) if is_listing => match line.first() {
                Some(Node { kind: Inline::Text(text), attrs: None, .. }) => {
                    ["Listing: ", "listing: ", ": "].iter().find(|mark| text.starts_with(**mark)).map(|mark| mark.len())
                }
                _ => None,
            },
            _ => None,
        };
        if let Some(mark) = mark
            && let Block::Paragraph(mut title) = blocks.remove(at).kind
        {
            if let Some(Node { kind: Inline::Text(text), span, .. }) = title.first_mut() {
                let exact = span.range().len() == text.len();
                text.replace_range(..mark, "");
                span.start += if exact { mark as u32 } else { 0 };
            }
            let node = &mut blocks[at];
            let code = Node::new(std::mem::replace(&mut node.kind, Block::Rule), node.span);
            node.kind = Block::Group(Group { role: GroupRole::Plain, title, body: vec![code] });
            node.attrs.get_or_insert_default().classes.insert(0, LISTING.to_owned());
        }
        at += 1;
    }
    for node in blocks {
        parts_mut(&mut node.kind, &mut |part| match part {
            PartMut::Blocks(inner) => listing_captions(inner),
            PartMut::Cell(cell) => listing_captions(&mut cell.kind.body),
            PartMut::Line(_) | PartMut::Image(_) => {}
        });
    }
}

/// How ids of things begin that Quarto refers to as it cites works: its boxes, and proofs. Such a key may as well be a work's: only what
/// bears it in the text says that it is none.
const LIKE_WORKS: [&str; 7] = ["nte-", "tip-", "wrn-", "imp-", "cau-", "prf-", "alg-"];

/// Citations whose key is the id of such a thing in the work lead to that.
pub fn named_things(doc: &mut Document) {
    let mut ids = BTreeSet::new();
    walk_blocks(&doc.body, &mut |visit| {
        let id = visit.id().filter(|id| LIKE_WORKS.iter().any(|kind| id.starts_with(kind)));
        ids.extend(id.map(str::to_owned));
    });
    if ids.is_empty() {
        return;
    }
    lines_mut(&mut doc.body, false, &mut |line, _| {
        for node in line.iter_mut() {
            let key = match &node.kind {
                Inline::Citation(Citation { cites, text }) if text.is_empty() => match &cites[..] {
                    [Cite { key, prefix, suffix, locator: None, .. }] if prefix.is_empty() && suffix.is_empty() => Some(key),
                    _ => None,
                },
                _ => None,
            };
            if let Some(target) = key.filter(|key| ids.contains(*key)).cloned() {
                let reference = Reference { target, through: None, form: ReferenceForm::Full, text: Vec::new() };
                node.kind = Inline::Reference(reference);
            }
        }
    });
}

/// Links to a place of the work whose words leave something open: nothing at all, or names in braces.
fn templates(doc: &mut Document) {
    lines_mut(&mut doc.body, false, &mut |line, _| {
        let mut at = 0;
        while at < line.len() {
            let span = line[at].span;
            let filled = match &line[at].kind {
                Inline::Link(link) if line[at].attrs.is_none() => filled(link, span),
                _ => None,
            };
            if let Some(filled) = filled {
                let count = filled.len();
                line.splice(at..=at, filled);
                at += count;
            } else {
                at += 1;
            }
        }
    });
}

fn filled(link: &Link, span: Span) -> Option<Inlines> {
    let id = link.target.strip_prefix('#')?;
    let reference =
        |form| Node::new(Inline::Reference(Reference { target: id.to_owned(), through: None, form, text: Vec::new() }), span);
    let text = match &link.text[..] {
        [] => return Some(vec![reference(ReferenceForm::Full)]),
        [Node { kind: Inline::Text(text), attrs: None, .. }] => text,
        _ => return None,
    };
    let mut out = Vec::new();
    let mut rest = text.as_str();
    while let Some((at, length, form)) = hole(rest) {
        if at > 0 {
            out.extend(said(&rest[..at], span));
        }
        out.push(reference(form));
        rest = &rest[at + length..];
    }
    if out.is_empty() {
        return None;
    }
    if !rest.is_empty() {
        out.extend(said(rest, span));
    }
    Some(out)
}

/// The first name in braces that a reference fills in: where, how long, and what.
fn hole(text: &str) -> Option<(usize, usize, ReferenceForm)> {
    text.match_indices('{').find_map(|(at, _)| {
        let length = text[at..].find('}')? + 1;
        let name = &text[at + 1..at + length - 1];
        let form = if name == "name" { ReferenceForm::Title } else { ReferenceForm::of_name(name)? };
        form.leads().then_some((at, length, form))
    })
}

/// The ids whose numbers are asked for.
fn wanted(doc: &mut Document) -> BTreeSet<String> {
    let mut wanted = BTreeSet::new();
    lines_mut(&mut doc.body, false, &mut |line, _| {
        for node in line.iter() {
            if let Inline::Reference(reference) = &node.kind
                && matches!(reference.form, ReferenceForm::Full | ReferenceForm::Number)
            {
                wanted.insert(reference.target.clone());
            }
        }
    });
    wanted
}

/// Fields of the metadata by their names.
fn variables(doc: &mut Document, report: &mut Report) {
    let meta = &doc.meta;
    let date = meta.date.clone().unwrap_or_default();
    let known: BTreeMap<&str, String> = [
        ("title", Some(meta.title.clone())),
        ("subtitle", meta.subtitle.clone()),
        ("author", Some(meta.authors())),
        ("authors", Some(meta.authors())),
        ("date", meta.date.clone()),
        ("year", date.get(..4).map(str::to_owned)),
        ("publisher", meta.publisher.clone()),
        ("place", meta.place.clone()),
        ("edition", meta.edition.clone()),
        ("language", Some(meta.language.clone())),
        ("rights", meta.rights.clone()),
        ("licence", meta.licence.clone()),
        ("license", meta.licence.clone()),
        ("description", meta.description.clone()),
        ("series", meta.series.as_ref().map(|series| series.name.clone())),
    ]
    .into_iter()
    .filter_map(|(name, said)| Some((name, said.filter(|said| !said.is_empty())?)))
    .collect();
    lines_mut(&mut doc.body, false, &mut |line, _| {
        for node in line.iter_mut() {
            let span = node.span;
            if let Inline::Reference(reference) = &mut node.kind
                && reference.form == ReferenceForm::Variable
                && reference.text.is_empty()
            {
                let name = reference.target.trim_start_matches("< meta").trim_end_matches('>').trim().to_owned();
                match known.get(name.as_str()) {
                    Some(value) => {
                        reference.text = said(value.clone(), span);
                        reference.target = name;
                    }
                    None => {
                        report
                            .warn("template-tag", span, format!("the metadata do not say the {name}"))
                            .hint("say it in the metadata; till then its name stays in the text as it is written");
                        node.kind = Inline::Text(format!("{{{{{}}}}}", reference.target));
                    }
                }
            }
        }
    });
}

/// Goes through a work, counts what is numbered, and notes where everything stands.
struct Surveyor<'a> {
    words: Words,
    apparatus: &'a Apparatus,
    wanted: BTreeSet<String>,
    things: BTreeMap<String, Thing>,
    sections: Vec<Section>,
    section: Option<usize>,
    page: Option<String>,
    paged: bool,
    /// By kinds.
    counts: BTreeMap<&'static str, usize>,
    /// The numbers of the headings that are open, by level.
    path: Vec<(u8, usize)>,
    chapter: usize,
    /// What follows an appendix are appendices.
    appendix: usize,
    /// Tables that stand under another's number.
    panels: BTreeSet<String>,
}

impl<'a> Surveyor<'a> {
    fn new(words: Words, apparatus: &'a Apparatus, wanted: BTreeSet<String>) -> Self {
        Self {
            words,
            apparatus,
            wanted,
            things: BTreeMap::new(),
            sections: Vec::new(),
            section: None,
            page: None,
            paged: false,
            counts: BTreeMap::new(),
            path: Vec::new(),
            chapter: 0,
            appendix: 0,
            panels: BTreeSet::new(),
        }
    }

    fn survey(&mut self, doc: &mut Document) {
        let top = top_level(doc).max(1);
        walk_blocks_mut(&mut doc.body, &mut |visit| match visit {
            VisitMut::Block(node) => self.block(node, top),
            VisitMut::Inline(node) => {
                if let Inline::PageBreak(page) = &node.kind {
                    self.turn(page);
                }
                // Few nodes have a name, and the words of all would be the text's once more.
                if let Some(id) = node.id() {
                    self.place(Some(id.to_owned()), None, None, plain_text(std::slice::from_ref(node)));
                }
            }
            VisitMut::Cell(node) => self.place(node.id().map(str::to_owned), None, None, String::new()),
            VisitMut::Image(node) => self.place(node.id().map(str::to_owned), None, None, node.kind.alt.clone()),
        });
    }

    fn turn(&mut self, page: &PageBreak) {
        self.paged |= page.label.is_some();
        self.page = page.label.clone().or(self.page.take());
    }

    fn place(&mut self, id: Option<String>, kind: Option<&'static str>, number: Option<String>, title: String) {
        let Some(id) = id else { return };
        let thing = Thing { kind, number, title, section: self.section, page: self.page.clone() };
        self.things.entry(id).or_insert(thing);
    }

    /// The next number of a kind: through the work, or by chapter.
    fn next(&mut self, kind: &'static str) -> String {
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        match (self.apparatus.by_chapter, self.appendix, self.chapter) {
            (true, 0, 1..) => format!("{}.{count}", self.chapter),
            (true, 1.., _) => format!("{}.{count}", Numbering::UpperAlpha.say(self.appendix as u64)),
            _ => count.to_string(),
        }
    }

    fn is_numbered(&self, id: Option<&str>, prefix: &str) -> bool {
        id.is_some_and(|id| id.starts_with(prefix) || self.wanted.contains(id))
    }

    fn block(&mut self, node: &mut Node<Block>, top: u8) {
        let id = node.id().map(str::to_owned);
        let classes = node.attrs.as_ref().map(|attrs| attrs.classes.clone()).unwrap_or_default();
        let span = node.span;
        match &mut node.kind {
            Block::PageBreak(page) => self.turn(page),
            Block::Heading { level, number, text } => self.heading(*level, top, number.clone(), text, id, &classes, span),
            Block::Figure(figure) => {
                let title = plain_text(&figure.caption);
                let own = id.clone().or_else(|| match &figure.images[..] {
                    [only] => only.id().map(str::to_owned),
                    _ => None,
                });
                if self.is_numbered(own.as_deref(), "fig-") {
                    let number = self.next(self.words.figure);
                    // Without a caption, what stands for the picture is one, as other programs have it.
                    let alt = figure
                        .images
                        .first()
                        .filter(|_| title.is_empty())
                        .map(|image| image.kind.alt.clone())
                        .unwrap_or_default();
                    label(&mut figure.caption, self.words.figure, &number, own.as_deref(), span);
                    if !alt.is_empty()
                        && let Some(Node { kind: Inline::Reference(label), .. }) = figure.caption.first_mut()
                    {
                        label.text.extend(said(format!(". {alt}"), span));
                    }
                    self.panels(figure, &number);
                    self.place(own, Some(self.words.figure), Some(number), title);
                } else {
                    self.place(id, None, None, title);
                }
            }
            Block::Table(table) => {
                let title = plain_text(&table.caption);
                if id.as_ref().is_some_and(|id| self.panels.contains(id)) {
                    // Told with those beside it.
                } else if self.is_numbered(id.as_deref(), "tbl-") {
                    let number = self.next(self.words.table);
                    label(&mut table.caption, self.words.table, &number, id.as_deref(), span);
                    self.place(id, Some(self.words.table), Some(number), title);
                } else {
                    self.place(id, None, None, title);
                }
            }
            Block::Math(tex) => {
                if self.is_numbered(id.as_deref(), "eq-") {
                    let number = self.next(self.words.formula);
                    if !tex.contains("\\tag") {
                        *tex = format!("{tex} \\tag{{{number}}}");
                    }
                    self.place(id, Some(self.words.formula), Some(format!("({number})")), String::new());
                } else {
                    self.place(id, None, None, String::new());
                }
            }
            Block::Code { .. } => {
                if !self.is_numbered(id.as_deref(), "lst-") {
                    return self.place(id, Some(self.words.listing), None, String::new());
                }
                // Code has no room for a caption: a group around it has.
                let code = Node::new(std::mem::replace(&mut node.kind, Block::Rule), span);
                let mut title = Vec::new();
                let number = self.next(self.words.listing);
                label(&mut title, self.words.listing, &number, id.as_deref(), span);
                node.kind = Block::Group(Group { role: GroupRole::Plain, title, body: vec![code] });
                node.attrs.get_or_insert_default().classes.push(LISTING.to_owned());
                self.place(id, Some(self.words.listing), Some(number), String::new());
            }
            Block::Group(group) => {
                let kind = id.as_deref().and_then(|id| id.split_once('-')).filter(|_| group.role == GroupRole::Plain);
                let is_listing = kind.is_some_and(|(kind, _)| kind == "lst") && listing(group);
                let title = plain_text(&group.title);
                let is_theorem = kind.is_some() && id.as_deref().is_some_and(is_theorem);
                let is_panels = kind.is_some_and(|(kind, _)| kind == "tbl") && has_tables(group);
                if is_panels {
                    self.tables(group, id, span);
                } else if group.role == GroupRole::Plain
                    && (classes.iter().any(|class| class == "proof") || kind.is_some_and(|(kind, _)| kind == "prf"))
                {
                    proof(&mut group.title, self.words.proof, id.as_deref(), span);
                    self.place(
                        id,
                        Some(self.words.proof),
                        None,
                        if title.is_empty() { capital(self.words.proof) } else { title },
                    );
                } else if is_theorem {
                    let word = self.words.theorem(kind.map_or("", |(kind, _)| kind));
                    let number = self.next(word);
                    in_brackets(&mut group.title, word, &number, id.as_deref(), span);
                    self.place(id, Some(word), Some(number), title);
                } else if is_listing {
                    let number = self.next(self.words.listing);
                    label(&mut group.title, self.words.listing, &number, id.as_deref(), span);
                    self.place(id, Some(self.words.listing), Some(number), title);
                } else {
                    self.place(id, None, None, title);
                }
            }
            Block::Title(text) => self.place(id, None, None, plain_text(text)),
            Block::Paragraph(_)
            | Block::Quote(_)
            | Block::Verse(_)
            | Block::List(_)
            | Block::Definitions(_)
            | Block::Bibliography(_)
            | Block::Index(_)
            | Block::Rule
            | Block::Comment(_) => self.place(id, None, None, String::new()),
        }
    }

    /// Several tables under one number, each with a letter before its own caption (Quarto).
    fn tables(&mut self, group: &mut Group, id: Option<String>, span: Span) {
        let number = self.next(self.words.table);
        // The caption of all stands behind them.
        let caption = match group.body.last_mut() {
            Some(Node { kind: Block::Paragraph(line), attrs: None, .. }) if group.title.is_empty() => line,
            _ => &mut group.title,
        };
        let title = plain_text(caption);
        label(caption, self.words.table, &number, id.as_deref(), span);
        self.place(id, Some(self.words.table), Some(number.clone()), title);
        let tables = group.body.iter_mut().filter(|node| node.id().is_some());
        let mut count = 0;
        for node in tables {
            let own = node.id().map(str::to_owned);
            let Block::Table(table) = &mut node.kind else { continue };
            count += 1;
            let letter = Numbering::LowerAlpha.say(count);
            let title = plain_text(&table.caption[usize::from(has_label(&table.caption))..]);
            if !has_label(&table.caption) {
                let text = said(format!("({letter}) ").trim_end_matches(|c| c == ' ' && title.is_empty()), node.span);
                let target = own.clone().unwrap_or_default();
                let label = Reference { target, through: None, form: ReferenceForm::Label, text };
                table.caption.insert(0, Node::new(Inline::Reference(label), node.span));
            }
            self.panels.extend(own.clone());
            self.place(own, Some(self.words.table), Some(format!("{number}{letter}")), title);
        }
    }

    /// The panels of a numbered figure of which references name some: each bears a letter before its caption.
    fn panels(&mut self, figure: &mut Figure, number: &str) {
        if figure.images.len() < 2 || figure.images.iter().all(|image| image.id().is_none()) {
            return;
        }
        for (count, image) in (1..).zip(&mut figure.images) {
            let letter = Numbering::LowerAlpha.say(count);
            let id = image.id().map(str::to_owned);
            let image = &mut image.kind;
            let said = if image.title.is_empty() { image.alt.clone() } else { image.title.clone() };
            let lettered = format!("({letter}) ");
            if !said.starts_with(&lettered) {
                image.title = format!("{lettered}{said}").trim_end().to_owned();
            }
            self.place(id, Some(self.words.figure), Some(format!("{number}{letter}")), said);
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn heading(
        &mut self,
        level: u8,
        top: u8,
        own: Option<String>,
        text: &mut Inlines,
        id: Option<String>,
        classes: &[String],
        span: Span,
    ) {
        let title = plain_text(text);
        let depth = usize::from(level.saturating_sub(top)) + 1;
        let (mut kind, matter) = division(classes, &title, depth);
        while self.path.last().is_some_and(|(open, _)| *open > level) {
            self.path.pop();
        }
        let unnumbered = classes.iter().any(|class| class == "unnumbered")
            || !matches!(matter, Matter::Body) && kind != "appendix"
            || title.is_empty();
        if depth == 1 && !unnumbered && (kind == "appendix" || self.appendix > 0) {
            self.appendix += 1;
            kind = "appendix";
        }
        let mut number = own;
        if number.is_none() && self.apparatus.number_sections && !unnumbered {
            match self.path.last_mut() {
                Some((open, count)) if *open == level => *count += 1,
                _ => self.path.push((level, 1)),
            }
            let letters = self.appendix > 0;
            let numbers: Vec<_> = self
                .path
                .iter()
                .enumerate()
                .map(|(at, (_, count))| match at == 0 && letters {
                    true => Numbering::UpperAlpha.say(self.appendix as u64),
                    false => count.to_string(),
                })
                .collect();
            let said = numbers.join(".");
            label(text, "", &said, id.as_deref(), span);
            number = Some(said);
        }
        if depth == 1 && !unnumbered {
            self.chapter += 1;
            if self.apparatus.by_chapter {
                self.counts.clear();
            }
        }
        // An introduction that is counted with the chapters is one of them.
        if depth == 1 && number.is_some() && !matches!(kind, "part" | "appendix") {
            kind = "chapter";
        }
        self.sections.push(Section { title: title.clone(), number: number.clone(), kind });
        self.section = Some(self.sections.len() - 1);
        let word = match kind {
            "part" => self.words.part,
            "appendix" => self.words.appendix,
            "chapter" => self.words.chapter,
            _ => self.words.section,
        };
        self.place(id, Some(word), number, title);
    }
}

/// Whether a group is a listing with its caption: its title, or a paragraph before the code (pandoc-crossref), which becomes the title.
/// One behind the code (Quarto) stays where it is written.
fn listing(group: &mut Group) -> bool {
    let is_code = |node: &Node<Block>| matches!(node.kind, Block::Code { .. });
    if !group.body.iter().any(is_code) {
        return false;
    }
    if let [Node { kind: Block::Paragraph(words), attrs: None, .. }, code] = &mut group.body[..]
        && group.title.is_empty()
        && is_code(code)
    {
        group.title = std::mem::take(words);
        group.body.remove(0);
    }
    true
}

/// Whether a group holds several tables.
fn has_tables(group: &Group) -> bool {
    group.body.iter().filter(|node| matches!(node.kind, Block::Table(_))).count() > 1
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Whether a line bears its label, as in a file of our own.
fn has_label(line: &Inlines) -> bool {
    matches!(line.first(), Some(Node { kind: Inline::Reference(own), .. }) if own.form == ReferenceForm::Label)
}

/// The word for a proof over it, before what the author calls it.
fn proof(line: &mut Inlines, word: &str, id: Option<&str>, span: Span) {
    if has_label(line) {
        return;
    }
    // Who writes it knows it.
    if plain_text(line).to_lowercase().starts_with(&word.to_lowercase()) {
        return;
    }
    let behind = if line.is_empty() { "" } else { ". " };
    let text = said(format!("{}{behind}", capital(word)), span);
    let target = id.unwrap_or_default().to_owned();
    line.insert(0, Node::new(Inline::Reference(Reference { target, through: None, form: ReferenceForm::Label, text }), span));
}

/// Puts kind and number before a caption or a heading. They are words of ours, and lead to what they stand at.
fn label(line: &mut Inlines, kind: &str, number: &str, id: Option<&str>, span: Span) {
    if has_label(line) {
        return;
    }
    let mut letters = kind.chars();
    let kind: String = letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default();
    let behind = match (kind.is_empty(), line.is_empty()) {
        (true, _) => " ",
        (false, true) => "",
        (false, false) => ". ",
    };
    let space = if kind.is_empty() { "" } else { "\u{A0}" };
    let text = said(format!("{kind}{space}{number}{behind}"), span);
    let target = id.unwrap_or_default().to_owned();
    line.insert(0, Node::new(Inline::Reference(Reference { target, through: None, form: ReferenceForm::Label, text }), span));
}

/// A theorem's name stands in brackets behind its number.
fn in_brackets(line: &mut Inlines, kind: &str, number: &str, id: Option<&str>, span: Span) {
    let count = line.len();
    label(line, kind, number, id, span);
    if count == 0 || line.len() == count {
        return;
    }
    let Some(Node { kind: Inline::Reference(own), .. }) = line.first_mut() else { return };
    let Some(Node { kind: Inline::Text(words), .. }) = own.text.first_mut() else { return };
    words.truncate(words.trim_end_matches([' ', '.']).len());
    words.push_str(" (");
    let closing = Reference { text: said(")", span), ..own.clone() };
    line.push(Node::new(Inline::Reference(closing), span));
}

impl Atlas {
    /// Where the thing with an id stands.
    pub fn standing(&self, id: &str) -> Standing<'_> {
        let thing = self.things.get(id);
        let section = thing.and_then(|thing| thing.section).map(|at| (at, &self.sections[at]));
        Standing { section, page: thing.and_then(|thing| thing.page.as_deref()) }
    }

    /// Whether words end with the word for the kind of a numbered thing, or with what is short for it: `Figure `, `figs. `, `Abb. `.
    fn is_named(&self, id: &str, words: &str) -> bool {
        let Some(Thing { kind: Some(kind), number: Some(_), section, .. }) = self.things.get(id) else { return false };
        let trimmed = words.trim_end_matches([' ', '\u{A0}', '\n']);
        if trimmed.len() == words.len() {
            return false;
        }
        let word = trimmed.split(|c: char| !c.is_alphanumeric() && c != '.').next_back().unwrap_or_default().to_lowercase();
        let (word, is_short) = word.strip_suffix('.').map_or((word.as_str(), false), |word| (word, true));
        let key = id.split('-').next().unwrap_or_default();
        let is_division = section.is_some_and(|at| self.sections[at].number.is_some()) && key == "sec";
        let divisions = [self.words.section, self.words.chapter, self.words.part, self.words.appendix];
        let names = std::iter::once(*kind).chain(divisions.into_iter().filter(|_| is_division));
        let is_plural = |rest: &str| matches!(rest, "" | "s" | "n" | "en" | "e" | "es");
        let known = names.map(str::to_lowercase).any(|name| {
            // A stop behind the whole word ends a sentence.
            !is_short && word.strip_prefix(name.as_str()).is_some_and(is_plural)
                || is_short && (2..name.len()).contains(&word.len()) && name.starts_with(word.strip_suffix('s').unwrap_or(word))
        });
        known || key.len() >= 3 && word.strip_prefix(key).is_some_and(|rest| matches!(rest, "" | "s"))
    }

    /// What a reference says.
    fn fill(&self, reference: &mut Reference, span: Span, report: &mut Report) {
        if !reference.form.leads() {
            return;
        }
        let Some(thing) = self.things.get(&reference.target) else {
            let name = reference.target.clone();
            let near = self.things.keys().map(|known| (strsim::damerau_levenshtein(known, &name), known)).min();
            let hint = match near {
                Some((distance, known)) if distance <= 2 => format!("did you mean {known}? it stands as [?] till then"),
                _ => format!("give what it means the id: {{#{name}}}; it stands as [?] till then"),
            };
            report.warn("cross-reference-missing", span, format!("nothing in the work is called {name}")).hint(hint);
            reference.form = ReferenceForm::Missing;
            reference.text = said("[?]", span);
            return;
        };
        let section = thing.section.map(|at| &self.sections[at]);
        let of_section = |section: &Section| match &section.number {
            Some(number) => {
                let word = match section.kind {
                    "part" => self.words.part,
                    "appendix" => self.words.appendix,
                    "chapter" => self.words.chapter,
                    _ => self.words.section,
                };
                format!("{word}\u{A0}{number}")
            }
            None => section.title.clone(),
        };
        let whole = || match (&thing.kind, &thing.number) {
            (Some(kind), Some(number)) => format!("{kind}\u{A0}{number}"),
            _ if !thing.title.is_empty() => thing.title.clone(),
            _ => section.map(of_section).unwrap_or_default(),
        };
        let text = match reference.form {
            ReferenceForm::Full => whole(),
            ReferenceForm::Number => thing.number.clone().or_else(|| section?.number.clone()).unwrap_or_else(whole),
            ReferenceForm::Title => match thing.title.is_empty() {
                true => section.map(|section| section.title.clone()).unwrap_or_default(),
                false => thing.title.clone(),
            },
            ReferenceForm::Page => match &thing.page {
                Some(page) => format!("{}\u{A0}{page}", self.words.page),
                None => section.map(of_section).unwrap_or_else(whole),
            },
            ReferenceForm::Folio => match &thing.page {
                Some(page) => page.clone(),
                None => section.map(of_section).unwrap_or_else(whole),
            },
            ReferenceForm::Label | ReferenceForm::Variable | ReferenceForm::Missing => return,
        };
        let text = if text.trim().is_empty() {
            let name = &reference.target;
            report
                .warn("cross-reference-missing", span, format!("what is called {name} has neither a number nor a title"))
                .hint("give it a caption or a title; its name stands in the text till then");
            name.clone()
        } else {
            text
        };
        reference.text = said(text, span);
    }

    pub fn words(&self) -> Words {
        self.words
    }
}
