//! What the witness found in a file: every piece of it in the source's order, each either text, which must be in the tree, or mark-up
//! by a rule of the format, which the tree says by its nodes.

use std::collections::BTreeMap;
use std::ops::Range;

use super::cut::cut;
use super::front::Value;
use super::markdown::Tag;

/// The rule by which a piece need not stand in the tree as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Markup {
    /// Marks of emphasis, code, headings, quotations, formulas, lines.
    Mark,
    /// A backslash that takes the next character's meaning away.
    Escape,
    /// Where a link leads, or where an image is.
    Address,
    /// What a note or a link is called by.
    Label,
    /// A bullet or a number before an item.
    ListMark,
    /// What draws a table.
    TableMark,
    /// A tag, with its attributes.
    Tag,
    /// Attributes in braces.
    Attribute,
    /// What a program reads: a language behind a fence, a script, a template's call.
    Code,
    Comment,
    /// A reading beside the one that the text has (TEI's `choice`, `app`).
    Alternative,
    /// What the source itself marks as no text: heads, folios (TEI's `fw`), a header.
    Furniture,
    /// What describes the work: a front matter, a TEI header.
    Metadata,
}

impl Markup {
    pub const ALL: [Self; 13] = [
        Self::Mark,
        Self::Escape,
        Self::Address,
        Self::Label,
        Self::ListMark,
        Self::TableMark,
        Self::Tag,
        Self::Attribute,
        Self::Code,
        Self::Comment,
        Self::Alternative,
        Self::Furniture,
        Self::Metadata,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Mark => "marks",
            Self::Escape => "escapes",
            Self::Address => "addresses",
            Self::Label => "labels",
            Self::ListMark => "list marks",
            Self::TableMark => "table marks",
            Self::Tag => "tags",
            Self::Attribute => "attributes",
            Self::Code => "code of programs",
            Self::Comment => "comments",
            Self::Alternative => "other readings",
            Self::Furniture => "marked furniture",
            Self::Metadata => "metadata",
        }
    }
}

/// What stands between two pieces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    /// Nothing: both are of one word, or a mark stands close to it.
    #[default]
    Close,
    Space,
    /// A line's end that only fills the page.
    Line,
    /// A line's end that the author asked for.
    Verse,
    /// Two blocks, two cells.
    Block,
}

#[derive(Clone, Copy, Debug)]
pub struct Piece {
    pub start: u32,
    pub end: u32,
    /// Its place in [`Stream::other`], where it says something else than stands there.
    other: u32,
    /// Why it may be missing in the tree; none: it may not.
    pub markup: Option<Markup>,
    /// The construct that it is part of: one that is read leaves none of its pieces in the tree, one that is left as text all.
    /// 0: each piece stands for itself.
    pub construct: u32,
    /// What stands before it.
    pub gap: Gap,
    /// What it parts where it is mark-up that was read.
    pub parts: Gap,
}

/// A note that is called, or defined, under a label.
#[derive(Clone, Debug)]
pub struct Labelled {
    pub label: String,
    pub range: Range<usize>,
}

/// A printed page that the source marks by a tag of its own.
#[derive(Clone, Debug)]
pub struct Page {
    pub at: usize,
    pub label: Option<String>,
}

/// What an element of a source is that has a node of its own in the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    Note,
    /// A line of verse.
    Line,
    Cell,
    Speech,
    /// Who speaks.
    Speaker,
}

/// An element that the tree must have as what it is.
#[derive(Clone, Debug)]
pub struct Element {
    pub sort: Sort,
    pub range: Range<usize>,
    /// Whether the tree must have it so.
    pub is_held: bool,
    /// What a note is numbered as.
    pub mark: Option<String>,
}

/// What the witness found in one file.
#[derive(Debug, Default)]
pub struct Stream<'a> {
    pub source: &'a str,
    pub pieces: Vec<Piece>,
    other: Vec<String>,
    constructs: u32,
    pub calls: Vec<Labelled>,
    pub notes: Vec<Labelled>,
    pub pages: Vec<Page>,
    /// Notes, lines, cells and speeches, as the source marks them up.
    pub elements: Vec<Element>,
    /// Heads and folios that the source marks as such.
    pub furniture: Vec<Range<usize>>,
    /// Of which constructs one must be there whole.
    pub choices: Vec<Vec<u32>>,
    /// Where the author ends a line, by spaces.
    pub breaks: Vec<u32>,
    /// Where a format leaves open whether words are apart.
    loose: Vec<u32>,
    /// Where a format says that a word goes on.
    joins: Vec<u32>,
    /// Words that may have become metadata: of title pages.
    pub titles: Vec<Range<usize>>,
    /// How far what describes the work goes, which the text may show.
    front: u32,
    /// Blocks of it that stand in the text. In order.
    later: Vec<Range<u32>>,
    /// How many elements of HTML are open, by their names.
    open: BTreeMap<String, usize>,
    /// Whether angle brackets are tags, and nothing else.
    pub is_xml: bool,
    /// Tables whose cells stand beside each other, line by line. In order.
    pub beside: Vec<Range<u32>>,
    /// What parts the pieces that come next from those before.
    parting: Gap,
}

const SAME: u32 = u32::MAX;

impl<'a> Stream<'a> {
    pub fn new(source: &'a str) -> Self {
        Self { source, ..Self::default() }
    }

    pub fn said(&self, at: usize) -> &str {
        let piece = &self.pieces[at];
        match self.other.get(piece.other as usize) {
            Some(other) => other,
            None => &self.source[piece.start as usize..piece.end as usize],
        }
    }

    /// Has a piece say what a repair makes of it.
    pub fn say(&mut self, at: usize, said: String) {
        self.pieces[at].other = self.other.len() as u32;
        self.other.push(said);
    }

    /// Has a piece say nothing: the one before it says what a repair makes of both.
    pub fn withdraw(&mut self, at: usize) {
        self.pieces[at].markup = Some(Markup::Mark);
    }

    /// The values of what describes the work, down to `end`: the text may show them.
    pub fn fields(&mut self, values: &[Value], end: usize) {
        self.values(values);
        self.front = end as u32;
    }

    /// The same of a block in the text.
    pub fn later_fields(&mut self, values: &[Value], range: Range<usize>) {
        self.values(values);
        self.later.push(range.start as u32..range.end as u32);
    }

    fn values(&mut self, values: &[Value]) {
        for value in values {
            self.part(Gap::Block);
            value.parts(self.source).into_iter().for_each(|part| self.mark(part, Markup::Metadata));
        }
        self.part(Gap::Block);
    }

    /// All that was read describes the work.
    pub fn describe(&mut self) {
        self.pieces.iter_mut().for_each(|piece| piece.markup = Some(Markup::Metadata));
        self.front = self.source.len() as u32;
    }

    /// Whether a piece is of what describes the work.
    pub fn is_field(&self, at: usize) -> bool {
        let start = self.pieces[at].start;
        let next = self.later.partition_point(|block| block.end <= start);
        start < self.front || self.later.get(next).is_some_and(|block| block.start <= start)
    }

    /// A number for a construct whose pieces are read together or not at all.
    pub fn construct(&mut self) -> u32 {
        self.constructs += 1;
        self.constructs
    }

    pub fn constructs(&self) -> usize {
        self.constructs as usize + 1
    }

    /// Whether a tag ends an element that none before it began. Paragraphs begin and end by themselves.
    pub fn ends_nothing(&mut self, tag: &Tag) -> bool {
        if tag.parts != Gap::Block || tag.name == "p" {
            return false;
        }
        let open = self.open.entry(tag.name.clone()).or_default();
        let is_stray = !tag.opens && *open == 0;
        *open = if tag.opens { *open + 1 } else { open.saturating_sub(1) };
        is_stray
    }

    /// What comes next begins a block.
    pub fn part(&mut self, gap: Gap) {
        self.parting = self.parting.max(gap);
    }

    /// Text of the file.
    pub fn text(&mut self, range: Range<usize>, entities: bool) {
        self.add(range, entities, None, 0, Gap::Close);
    }

    /// Mark-up, of which each piece is read or left for itself.
    pub fn mark(&mut self, range: Range<usize>, markup: Markup) {
        self.add(range, false, Some(markup), 0, Gap::Close);
    }

    /// Mark-up that parts what stands before it from what stands behind it.
    pub fn parting_mark(&mut self, range: Range<usize>, markup: Markup, parts: Gap) {
        self.add(range, false, Some(markup), 0, parts);
    }

    /// A part of a construct.
    pub fn part_of(&mut self, construct: u32, range: Range<usize>, markup: Markup, parts: Gap) {
        // What stands as text after all has its references read.
        self.add(range, matches!(markup, Markup::Address | Markup::Attribute), Some(markup), construct, parts);
    }

    /// Text that need not be there.
    pub fn soft_text(&mut self, construct: u32, range: Range<usize>, markup: Markup) {
        self.add(range, true, Some(markup), construct, Gap::Close);
    }

    /// Words on both sides of `at` may be apart or not.
    pub fn loosen(&mut self, at: usize) {
        self.loose.push(at as u32);
    }

    /// Whether words are apart or not is left open between two pieces.
    pub fn is_loose(&self, end: usize, start: usize) -> bool {
        self.is_one_between(&self.loose, end, start)
    }

    /// A word goes on behind `at`, whatever white space stands there.
    pub fn join(&mut self, at: usize) {
        self.joins.push(at as u32);
    }

    pub fn is_joined(&self, end: usize, start: usize) -> bool {
        self.is_one_between(&self.joins, end, start)
    }

    /// Whether one of `places`, which stand in their order, is between two pieces.
    fn is_one_between(&self, places: &[u32], end: usize, start: usize) -> bool {
        let (from, to) = (self.pieces[end].end, self.pieces[start].start);
        let first = places.partition_point(|at| *at < from);
        places.get(first).is_some_and(|at| *at <= to)
    }

    /// The table in which a piece stands whose cells stand beside each other.
    pub fn table(&self, piece: usize) -> Option<usize> {
        let at = self.pieces[piece].start;
        let next = self.beside.partition_point(|table| table.start <= at);
        next.checked_sub(1).filter(|table| at < self.beside[*table].end)
    }

    /// Whether a tag whose name begins so stands between two pieces.
    pub fn has_tag(&self, end: usize, start: usize, name: &str) -> bool {
        let (from, to) = (self.pieces[end].end as usize, self.pieces[start].start as usize);
        let is_tag = |at: usize, between: &str| between[at + 1..].trim_start_matches('/').starts_with(name);
        self.source.get(from..to).is_some_and(|between| between.match_indices('<').any(|(at, _)| is_tag(at, between)))
    }

    /// Whether a page ends between two pieces, by a form feed.
    pub fn ends_page(&self, end: usize, start: usize) -> bool {
        let (from, to) = (self.pieces[end].end as usize, self.pieces[start].start as usize);
        self.source.get(from..to).is_some_and(|between| between.contains('\x0C'))
    }

    /// The last piece is as long as to `end`, with white space that belongs to its mark-up.
    pub fn reach_on(&mut self, end: usize) {
        let Some(at) = self.pieces.len().checked_sub(1) else { return };
        let said = self.said(at).to_owned();
        self.say(at, said);
        self.pieces[at].end = end as u32;
    }

    /// A piece begins so many bytes earlier, with white space that belongs to its mark-up.
    pub fn reach_back(&mut self, at: usize, bytes: usize) {
        if bytes > 0 && at < self.pieces.len() {
            let said = self.said(at).to_owned();
            self.say(at, said);
            self.pieces[at].start -= bytes as u32;
        }
    }

    /// Whether a formula in MathML stands in a range.
    pub fn has_formula(&self, range: Range<usize>) -> bool {
        self.source.get(range).is_some_and(|source| source.contains("<math"))
    }

    /// A hyphen right before `at` only cuts a word at a line's end.
    pub fn soften_hyphen(&mut self, at: usize) {
        let source = self.source;
        let is_hyphen =
            self.pieces.len().checked_sub(1).is_some_and(|at| matches!(self.said(at), "-" | "‐" | "¬" | "\u{AD}" | "⸗" | "="));
        if let Some(last) = self.pieces.last_mut()
            && is_hyphen
            && is_only_tags(&source[last.end as usize..at])
        {
            (last.markup, last.construct) = (Some(Markup::Mark), 0);
        }
    }

    /// Mark-up that is read together or not at all.
    pub fn whole(&mut self, range: Range<usize>, markup: Markup, parts: Gap) {
        let construct = self.construct();
        self.part_of(construct, range, markup, parts);
    }

    /// What an attribute says, where readers find it: at another place than the file has it.
    pub fn said_at(&mut self, at: usize, text: &str) {
        self.also(at, text, Markup::Attribute);
    }

    /// What readers are given in the place of mark-up, as text or as a part of a construct.
    pub fn said_for(&mut self, range: Range<usize>, text: &str, markup: Option<Markup>, construct: u32) {
        let (mut start, end) = (range.start as u32, range.end as u32);
        if text.contains(char::is_whitespace) {
            self.loosen(range.end);
        }
        cut(text, false, &mut |own, said| {
            self.other.push(said.unwrap_or_else(|| text[own].to_owned()));
            let other = self.other.len() as u32 - 1;
            let gap = std::mem::take(&mut self.parting);
            self.pieces.push(Piece { start, end, other, markup, construct, gap, parts: Gap::Close });
            start = end;
        });
    }

    /// Whether a piece is what an attribute says, put where readers find it.
    pub fn is_attribute(&self, at: usize) -> bool {
        self.pieces[at].start == self.pieces[at].end && self.pieces[at].markup == Some(Markup::Attribute)
    }

    /// What the tree may have in the place of mark-up that begins at `at`, as a construct of its own.
    pub fn also(&mut self, at: usize, text: &str, markup: Markup) {
        let construct = self.construct();
        let (start, parts) = (at as u32, Gap::Close);
        cut(text, false, &mut |own, _| {
            self.other.push(text[own].to_owned());
            let other = self.other.len() as u32 - 1;
            let gap = std::mem::take(&mut self.parting);
            self.pieces.push(Piece { start, end: start, other, markup: Some(markup), construct, gap, parts });
        });
    }

    fn add(&mut self, range: Range<usize>, entities: bool, markup: Option<Markup>, construct: u32, parts: Gap) {
        let (pieces, other, parting) = (&mut self.pieces, &mut self.other, &mut self.parting);
        let base = range.start;
        cut(&self.source[range], entities, &mut |own, said| {
            let number = match said {
                Some(said) => {
                    other.push(said);
                    other.len() as u32 - 1
                }
                None => SAME,
            };
            let (start, end) = ((base + own.start) as u32, (base + own.end) as u32);
            let gap = std::mem::take(parting);
            pieces.push(Piece { start, end, other: number, markup, construct, gap, parts });
        });
    }

    /// Puts the pieces in order and says what stands between them.
    pub fn finish(&mut self) {
        self.pieces.sort_by_key(|piece| piece.start);
        self.loose.sort_unstable();
        self.joins.sort_unstable();
        self.breaks.sort_unstable();
        let mut breaks = std::mem::take(&mut self.breaks).into_iter().peekable();
        let mut last = 0;
        let mut in_tag = false;
        for piece in &mut self.pieces {
            let between = &self.source[last.min(piece.start as usize)..piece.start as usize];
            let gap = white(between, self.is_xml, in_tag);
            in_tag = self.is_xml && piece.other == SAME && matches!(piece.markup, Some(Markup::Address | Markup::Attribute));
            piece.gap = piece.gap.max(gap);
            while breaks.next_if(|at| *at <= piece.start).is_some() {
                piece.gap = piece.gap.max(Gap::Verse);
            }
            last = last.max(piece.end as usize);
        }
    }
}

impl Stream<'_> {
    /// Cuts words at some places, in order.
    pub fn cut_at(&mut self, places: Vec<u32>) {
        let mut places = places.into_iter().peekable();
        let mut cut = Vec::with_capacity(self.pieces.len());
        for mut piece in std::mem::take(&mut self.pieces) {
            while let Some(at) = places.next_if(|at| *at < piece.end) {
                if at > piece.start && piece.other == SAME && self.source.is_char_boundary(at as usize) {
                    cut.push(Piece { end: at, ..piece });
                    piece = Piece { start: at, gap: Gap::Close, ..piece };
                }
            }
            cut.push(piece);
        }
        self.pieces = cut;
    }
}

/// What the white space between two pieces makes of them.
/// `in_value`: whether the first of them is of an attribute's value.
/// Whether there are no words between two places: white space, and tags of a file in XML.
fn is_only_tags(between: &str) -> bool {
    let mut rest = between.trim_start();
    while let Some(end) = rest.strip_prefix('<').and_then(|tag| tag.find('>')) {
        // What opens holds other words.
        if !rest.starts_with("</") && !rest[..=end].ends_with('/') {
            break;
        }
        rest = rest[end + 2..].trim_start();
    }
    rest.is_empty()
}

fn white(between: &str, is_xml: bool, in_value: bool) -> Gap {
    let (mut gap, mut quote, mut in_tag) = (Gap::Close, None, in_value);
    let value = if in_value { between.find(['"', '\'']).map_or(between.len(), |end| end + 1) } else { 0 };
    let between = &between[value..];
    for c in between.chars() {
        match c {
            '<' if is_xml => in_tag = true,
            '>' if in_tag && quote.is_none() => in_tag = false,
            '"' | '\'' if in_tag && quote.is_none() => quote = Some(c),
            c if in_tag && quote == Some(c) => quote = None,
            _ if in_tag => {}
            '\n' => gap = gap.max(Gap::Line),
            // A reference, of which no piece is left, was white space.
            c if c.is_whitespace() || c.is_control() || matches!(c, '\u{200B}' | '&') => gap = gap.max(Gap::Space),
            _ => {}
        }
    }
    // One of a line's end is one.
    match gap {
        Gap::Space if ["&#10;", "&#xA;", "&#xa;"].iter().any(|reference| between.contains(reference)) => Gap::Line,
        gap => gap,
    }
}
