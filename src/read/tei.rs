//! The dialect `tei`: TEI P5, our own and reasonable TEI of others, becomes the tree. Our own is read back as the tree that it was
//! written from; what TEI of others says that the tree has no room for is remarked, and its text stays.
//!
//! XML is hostile until it is read: no entity is fetched, those that a file defines itself may not grow without bound, and
//! nesting is capped.

mod apparatus;
mod blocks;
mod breaks;
mod cuts;
mod described;
mod divisions;
mod dom;
mod drama;
mod encoding;
mod examples;
mod glyphs;
mod groups;
mod header;
mod inlines;
mod lists;
mod mathml;
mod notes;
mod parts;
mod phrase;
mod scholar;
mod spaceless;
mod strays;
mod tables;
mod tokens;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::{Reading, clean};
use crate::report::Report;
use crate::settings::Spelling;
use crate::span::{FileId, Span};
use crate::tree::{Block, Blocks, Inline, Node, NoteId, PartMut, Sign, inline_children_mut, parts_mut};
use dom::{Child, Element};

/// How deep blocks and inlines may stand in each other outside of notes, which may take the rest of
/// [`crate::tree::MAX_DEPTH`].
const DEPTH: usize = crate::tree::MAX_DEPTH / 2;

/// Whether a text is XML whose root is TEI's.
pub fn looks_like(text: &str) -> bool {
    let mut rest = text.trim_start();
    if !rest.starts_with('<') {
        return false;
    }
    // What may stand before the root: a declaration, instructions, comments, a document type.
    for _ in 0..50 {
        let end = match rest {
            _ if rest.starts_with("<?") => rest.find("?>").map(|at| at + 2),
            _ if rest.starts_with("<!--") => rest.find("-->").map(|at| at + 3),
            _ if rest.starts_with("<!DOCTYPE") => dom::doctype_end(rest),
            _ => break,
        };
        let Some(end) = end else { return false };
        rest = rest[end..].trim_start();
    }
    let Some(tag) = rest.strip_prefix('<') else { return false };
    let tag = &tag[..tag.find('>').unwrap_or(tag.len())];
    let name = tag.split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or("");
    let local = name.rsplit(':').next().unwrap_or("");
    matches!(local, "TEI" | "teiCorpus" | "TEI.2") || tag.contains("http://www.tei-c.org/ns/1.0")
}

/// Reads one file.
pub fn read(reading: &mut Reading) -> Blocks {
    let (text, base, file) = (reading.text(), reading.range.start, reading.file);
    let Some(dom::Parsed { mut root, too_deep }) = dom::parse(text, base, file, reading.report) else { return Vec::new() };
    if let Some(header) = root.find("teiHeader") {
        let span = Span::new(file, header.range.clone());
        reading.fields.add(header::fields(header, &root), span);
    }
    let own = root.find("teiHeader").is_some_and(header::is_own);
    if let Some(deep) = too_deep {
        reading
            .report
            .warn("nesting-capped", Span::new(file, deep), "elements stand so deep in each other that they are levelled")
            .hint("their words are kept; the encoding is not handed on as it is");
    } else if !own {
        *reading.encoding = encoding::of(&root).map(Box::new);
    }
    if root.child("TEI.2").is_some() {
        let mut ids = BTreeSet::new();
        root.walk(&mut |element| ids.extend(element.id().map(str::to_owned)));
        root.point_as_addresses(&ids);
    }
    let (mut spaceless, mut spans) = (Vec::new(), Vec::new());
    if !own {
        examples::as_code(&mut root, text, base);
        spans = strays::keep_spans(&mut root);
        strays::name_speakers(&mut root);
        strays::set_apart_zones(&mut root);
        parts::continue_notes(&mut root);
        parts::join_paragraphs(&mut root);
        parts::call_lone_notes(&mut root);
        tokens::join(&mut root);
        spaceless = spaceless::close(&mut root);
    }
    let settings = reading.settings;
    let encoding = reading.encoding.as_deref_mut().filter(|_| !own);
    let mut reader = Reader::new(file, &root, settings.spelling, reading.report);
    reader.facts.cut.extend(spaceless.into_iter().map(|place| (place, cuts::Hyphen::Kept)));
    reader.signs = (settings.signs && encoding.is_some()).then(BTreeSet::new);
    spans.into_iter().for_each(|range| reader.unknown_as("span", &range));
    let mut blocks = Vec::new();
    reader.works(&root, 0, &mut blocks);
    notes::resolve(&mut blocks, &mut reader);
    if let (Some(encoding), Some(signs)) = (encoding, reader.signs.take()) {
        encoding.signs = signs.into_iter().collect();
    }
    if !reader.facts.own {
        pages_as_goals(&mut blocks, &reader.facts.targets);
    }
    reader.remark_unknown();
    reader.remark_wordless(&root);
    let titled = reader.keep_title(&mut blocks);
    // Where the text itself says which words are the title, nobody has to look for them.
    if reader.facts.own || titled {
        reading.fields.settle_title();
    }
    blocks
}

/// What is known while the tree grows.
struct Reader<'a> {
    file: FileId,
    report: &'a mut Report,
    spelling: Spelling,
    /// The signs of editors that were set, where they are wanted.
    signs: Option<BTreeSet<Sign>>,
    /// The facts of the whole file.
    facts: Facts,
    /// The ids of the notes that were read, by their number.
    notes: Vec<String>,
    /// The notes that stand apart from their calls, until they are put there.
    apart: BTreeMap<NoteId, notes::Apart>,
    /// Where such notes stand among blocks.
    stands: BTreeMap<NoteId, Span>,
    /// The notes of the divisions that hold nothing else, by the places of their headings.
    note_sections: BTreeMap<Span, Vec<NoteId>>,
    /// Elements that have no place in the tree, each with its first place and how often.
    unknown: BTreeMap<String, (Span, usize)>,
    /// How many levels of the tree stand around us, and how many may.
    depth: usize,
    deepest: usize,
    /// Whether a title page has been read.
    titled: bool,
    /// How many divisions with a head stand around us.
    sections: usize,
    /// How many inline quotations stand around us.
    quotes: usize,
    /// What stood beside a page break that is still to come.
    furniture: Vec<crate::tree::Furniture>,
    /// How many descriptions of works, persons, places stand around us.
    listed: usize,
    /// How many elements that are one word stand around us.
    in_word: usize,
    /// How many expansions stand around us that show the letters left out.
    expansions: usize,
    /// Whether an entry of a dictionary stands around us, an example in it, a word for it in another language.
    in_entry: bool,
    in_example: bool,
    equivalents: bool,
    /// The head word of the entry that is read.
    head_word: String,
    /// Whether a page of a document stands around us.
    in_surface: bool,
    /// Whether a speech of a play stands around us.
    in_speech: bool,
    /// The place of the last speaker whom a note named.
    speaker: Option<Span>,
    /// Who spoke last, by the ids of an utterance.
    speaking: Option<String>,
}

/// What has to be known of a file before its text is read.
#[derive(Default)]
struct Facts {
    language: String,
    /// Whether this program wrote the file.
    own: bool,
    /// Whether quotation marks stand as characters, if the header says so.
    marks: Option<bool>,
    /// Notes that are called before they stand anywhere, or at all.
    called: BTreeSet<String>,
    /// Notes that stand among words.
    among_words: BTreeSet<String>,
    /// Every id that something in the text points to, and those to which a reference leads.
    targets: BTreeSet<String>,
    led_to: BTreeSet<String>,
    /// Ids to which a note points.
    noted: BTreeSet<String>,
    /// Ids of the places behind which a note can be put that points there.
    goals: BTreeSet<String>,
    /// Ids of notes, and of the references to them.
    notes: BTreeSet<String>,
    calls: BTreeSet<String>,
    /// Images of pages, by the id of their surface.
    images: BTreeMap<String, String>,
    /// What letters and signs without a code are shown as, by the ids of their descriptions.
    glyphs: BTreeMap<String, String>,
    /// By what words a place is pointed to: its heading, or its number.
    places: BTreeMap<String, String>,
    /// The names of those who speak, by their ids, where no print says who does.
    speakers: BTreeMap<String, String>,
    /// Whether the numbers of divisions say how deep they stand, as the Deutsches Textarchiv has them, and are no numbers to cite.
    levels: bool,
    /// What a title page says that the metadata say already.
    said: Vec<String>,
    /// The ids of what a glossary explains.
    explained: BTreeSet<String>,
    /// All ids.
    ids: BTreeSet<String>,
    /// Whether the entries of the apparatus are put behind the words that they are about, and do not hold them.
    by_place: bool,
    /// Whether a caesura with no white space beside it stands inside a word: most of the file's have some.
    caesuras_in_words: bool,
    /// Where breaks stand inside words, by the print's hyphen before them or by the script, and what becomes of a hyphen there.
    cut: BTreeMap<usize, cuts::Hyphen>,
}

impl<'a> Reader<'a> {
    fn new(file: FileId, root: &Element, spelling: Spelling, report: &'a mut Report) -> Self {
        let facts = Facts::of(root);
        Self {
            file,
            report,
            spelling,
            signs: None,
            facts,
            notes: Vec::new(),
            apart: BTreeMap::new(),
            stands: BTreeMap::new(),
            note_sections: BTreeMap::new(),
            unknown: BTreeMap::new(),
            depth: 0,
            deepest: DEPTH,
            titled: false,
            sections: 0,
            quotes: 0,
            furniture: Vec::new(),
            listed: 0,
            in_word: 0,
            expansions: 0,
            in_entry: false,
            in_example: false,
            equivalents: false,
            head_word: String::new(),
            in_surface: false,
            in_speech: false,
            speaker: None,
            speaking: None,
        }
    }

    fn span(&self, range: &Range<usize>) -> Span {
        Span::new(self.file, range.clone())
    }

    /// The text of every work in the file: a corpus has several. `level` is that of the heading around it.
    fn works(&mut self, root: &Element, level: u8, out: &mut Blocks) {
        for child in root.elements() {
            match child.name {
                "standOff" if !self.facts.own => self.readings_apart(child, out),
                "teiHeader" | "facsimile" | "standOff" | "xenoData" => {}
                "include" | "fallback" if !self.facts.own => {
                    self.unknown(child);
                    self.works(child, level, out);
                }
                "sourceDoc" if root.child("text").is_some() && !self.facts.own => self.transcription_aside(child),
                "TEI" | "TEI.2" | "teiCorpus" => {
                    let is_part = root.name == "teiCorpus" && child.name == "TEI" && !self.facts.own;
                    let level = if is_part && self.part_of_corpus(child, out) { 1 } else { level };
                    self.works(child, level, out);
                }
                _ => self.container(child, level, out),
            }
        }
        if !self.furniture.is_empty() {
            let mut furniture = std::mem::take(&mut self.furniture);
            // Behind the last page of an edition: it is that page's.
            let (mut pages, mut at) = (0, 0);
            each_page(out, &mut |_| pages += 1);
            if pages > 0 && !self.facts.own {
                return each_page(out, &mut |page| {
                    at += 1;
                    page.furniture.extend((at == pages).then(|| std::mem::take(&mut furniture)).into_iter().flatten());
                });
            }
            let page = crate::tree::PageBreak { furniture, ..Default::default() };
            out.push(Node::new(Block::PageBreak(page), Span::new(self.file, root.range.end..root.range.end)));
        }
    }

    /// The title of a text in a corpus, as its header has it, where the text has none of its own; whether it was set.
    fn part_of_corpus(&mut self, work: &Element, out: &mut Blocks) -> bool {
        let titled = work.child("text").is_some_and(heads_itself);
        let title = work.child("teiHeader").and_then(|header| header.find("titleStmt")?.child("title"));
        let Some(title) = title.filter(|_| !titled) else { return false };
        let (text, span) = (self.line(title), self.span(&title.range));
        if text.is_empty() {
            return false;
        }
        out.push(Node { kind: Block::Heading { level: 1, number: None, text }, span, attrs: None });
        true
    }

    /// Says that the lines of the document stand beside its text and are not printed again.
    fn transcription_aside(&mut self, element: &Element) {
        let span = self.span(&element.range);
        let span = Span { end: span.end.min(span.start + element.name.len() as u32 + 1), ..span };
        self.report
            .remark("tei-transcription", span, "the document's lines stand here beside the text: the books have the text")
            .hint("the TEI keeps both; a file with sourceDoc alone is printed from it");
    }

    fn unknown(&mut self, element: &Element) {
        match (element.name, element.attribute("href")) {
            ("include", Some(file)) => {
                let span = self.span(&element.range);
                let span = Span { end: span.end.min(span.start + element.name.len() as u32 + 1), ..span };
                let file = clean::line(file);
                self.report
                    .warn("tei-include", span, format!("the file {file} is not set in here"))
                    .hint("join the files first, as xmllint --xinclude does; a fallback is read in its place");
                return;
            }
            ("fallback", _) => return,
            _ => {}
        }
        self.unknown_as(element.name, &element.range);
    }

    fn unknown_as(&mut self, name: &str, range: &Range<usize>) {
        let span = self.span(range);
        let known = self.unknown.entry(super::clean::line(name)).or_insert((span, 0));
        known.1 += 1;
    }

    fn remark_unknown(&mut self) {
        let mut unknown: Vec<_> = std::mem::take(&mut self.unknown).into_iter().collect();
        unknown.sort_by_key(|(_, (span, _))| *span);
        for (name, (span, times)) in unknown {
            let again = if times > 1 { format!(" ({times} times)") } else { String::new() };
            let span = Span { end: span.end.min(span.start + name.len() as u32 + 1), ..span };
            self.report
                .remark("tei-unknown", span, format!("the element {name} has no place in a book{again}"))
                .hint("its text stays, without the mark");
        }
    }

    /// Says that a text holds nothing to be read, as that of a mere description does.
    fn remark_wordless(&mut self, root: &Element) {
        let is_shown = |element: &Element| {
            !element.line().is_empty() || ["graphic", "media", "formula"].iter().any(|name| element.find(name).is_some())
        };
        let mut texts = ["text", "sourceDoc"].into_iter().flat_map(|name| root.descendants(name)).peekable();
        let Some(first) = texts.peek().map(|text| text.range.clone()) else { return };
        if !self.facts.own && !texts.any(is_shown) {
            let span = self.span(&first);
            let span = Span { end: span.end.min(span.start + 5), ..span };
            self.report
                .remark("tei-empty", span, "there is no word in the text: what the file says stands in its header")
                .hint("the books have a title page and what it says of the source; the TEI keeps the header whole");
        }
    }

    fn too_deep(&mut self, element: &Element) -> bool {
        let deep = self.depth + 4 >= self.deepest;
        if deep && !self.report.diagnostics.iter().any(|known| known.code == "nesting-capped") {
            let span = self.span(&element.range);
            self.report
                .warn("nesting-capped", span, format!("nesting deeper than {DEPTH} levels is levelled"))
                .hint("what stands deeper keeps its words, and loses its marks");
        }
        deep
    }

    /// Keeps the tree's promise that one title at most stands before all headings; says whether there is one.
    fn keep_title(&mut self, blocks: &mut Blocks) -> bool {
        let mut titled = false;
        let mut headed = false;
        for node in blocks.iter_mut() {
            match &mut node.kind {
                Block::Heading { .. } => headed = true,
                Block::Title(text) if titled || headed => {
                    let text = std::mem::take(text);
                    let strong = Inline::Styled(crate::tree::Style::Strong, text);
                    node.kind = Block::Paragraph(vec![Node::new(strong, node.span)]);
                }
                Block::Title(_) => titled = true,
                _ => {}
            }
        }
        titled
    }
}

impl Facts {
    fn of(root: &Element) -> Self {
        let mut facts = Facts::default();
        root.walk(&mut |element| facts.first(element));
        let mut standing = BTreeSet::new();
        root.walk(&mut |element| facts.second(element, &mut standing));
        if let Some(header) = root.find("teiHeader") {
            facts.language = header::language(header, root);
            facts.own = header::is_own(header);
            facts.said = header::title_words(header);
        }
        if !facts.own {
            facts.speakers = speakers(root);
            facts.levels = numbers_are_levels(root);
            facts.cut = cuts::of(root);
            facts.caesuras_in_words = caesuras_are_spaced(root);
            // A note among words is called where it stands, whoever points to it.
            let Self { called, among_words, .. } = &mut facts;
            called.retain(|id| !among_words.contains(id));
        }
        facts
    }

    fn first(&mut self, element: &Element) {
        self.ids.extend(element.id().map(str::to_owned));
        if notes::GOALS.contains(&element.name) {
            self.goals.extend(element.id().map(str::to_owned));
        }
        let has_notes = element.child("note").is_some() || element.child("noteGrp").is_some();
        if has_notes && phrase::has_words(element) {
            let grouped = element.named("noteGrp").flat_map(|group| group.named("note"));
            self.among_words.extend(element.named("note").chain(grouped).filter_map(Element::id).map(str::to_owned));
        }
        if let Some((id, words)) = element.id().zip(place_words(element)) {
            self.places.insert(id.to_owned(), words);
        }
        if matches!(element.name, "list" | "listNym" | "entry" | "entryFree") || is_glossary(element) {
            self.explains(element);
        }
        match element.name {
            "note" => self.notes.extend(element.id().map(str::to_owned)),
            "char" | "glyph" => {
                let shown = element.id().map(str::to_owned).zip(glyphs::shown(element));
                self.glyphs.extend(shown);
            }
            "variantEncoding" => self.by_place |= element.attribute("method") == Some("location-referenced"),
            "quotation" => {
                let said = element.attribute("marks").or(element.attribute("form"));
                self.marks = self.marks.or(said.map(|said| said == "all" || said == "data"));
            }
            "surface" | "graphic" | "zone" => {
                let image = match element.name {
                    "graphic" => element.attribute("url"),
                    _ => element.find("graphic").and_then(|graphic| graphic.attribute("url")),
                };
                if let (Some(id), Some(url)) = (element.id(), image) {
                    self.images.insert(id.to_owned(), url.to_owned());
                }
            }
            _ => {}
        }
    }

    /// Remembers the entries of a glossary: by themselves, by their words, by what is said of these.
    fn explains(&mut self, glossary: &Element) {
        let is_list = matches!(glossary.name, "list" | "entry" | "entryFree" | "listNym");
        let is_entry = |one: &Element| matches!(one.name, "label" | "item" | "term" | "gloss" | "entry" | "entryFree" | "nym");
        if glossary.name == "list" && glossary.attribute("type") != Some("gloss") && glossary.child("label").is_none() {
            return;
        }
        let ids = &mut self.explained;
        if is_list {
            ids.extend(glossary.id().map(str::to_owned));
        }
        glossary.walk(&mut |one| ids.extend(one.id().filter(|_| is_entry(one)).map(str::to_owned)));
    }

    fn second(&mut self, element: &Element, standing: &mut BTreeSet<String>) {
        if element.name == "note" {
            standing.extend(element.id().map(str::to_owned));
        }
        let of_term = element.attribute("ref").filter(|_| element.name == "term");
        let targets = element.attribute("target").into_iter().chain(of_term).flat_map(str::split_whitespace);
        // Where an entry of the apparatus, or a note, ends that says so.
        let ends = ["from", "to", "targetEnd"].into_iter().filter(|_| matches!(element.name, "app" | "note"));
        let ends = ends.filter_map(|name| element.attribute(name)?.split_whitespace().next()?.strip_prefix('#'));
        self.targets.extend(ends.map(str::to_owned));
        for id in targets.filter_map(|target| target.strip_prefix('#')) {
            self.targets.insert(id.to_owned());
            if element.name == "note" {
                self.noted.insert(id.to_owned());
            }
            if matches!(element.name, "ref" | "ptr") {
                self.led_to.insert(id.to_owned());
            }
            if matches!(element.name, "ref" | "ptr") && self.notes.contains(id) {
                self.calls.extend(element.id().map(str::to_owned));
                if !standing.contains(id) {
                    self.called.insert(id.to_owned());
                }
            }
        }
    }
}

/// Whether a division is a glossary.
fn is_glossary(element: &Element) -> bool {
    element.name.starts_with("div") && element.attribute("type") == Some("glossary")
}

/// The names of persons by their ids, for utterances of which no note and no heading says whose they are.
fn speakers(root: &Element) -> BTreeMap<String, String> {
    let is_printed = root.find("speaker").is_some() || root.descendants("note").any(notes::names_speaker);
    if is_printed || root.find("u").is_none() {
        return BTreeMap::new();
    }
    let named = |person: &Element| {
        let name = person.child("persName").or(person.child("name")).map(header::called)?;
        Some((person.id()?.to_owned(), name)).filter(|(_, name)| !name.is_empty())
    };
    root.descendants("person").filter_map(named).collect()
}

/// Whether each number of a division is that of its level, and neighbours have the same.
fn numbers_are_levels(root: &Element) -> bool {
    fn below(element: &Element, depth: usize, holds: &mut bool, twice: &mut bool) {
        let mut before = BTreeSet::new();
        for inner in element.elements() {
            let is_division = inner.name.starts_with("div");
            let depth = depth + usize::from(is_division);
            if let Some(number) = inner.attribute("n").filter(|_| is_division) {
                *holds &= number.trim().parse() == Ok(depth);
                *twice |= !before.insert(number);
            }
            below(inner, depth, holds, twice);
        }
    }
    let (mut holds, mut twice) = (true, false);
    below(root, 0, &mut holds, &mut twice);
    holds && twice
}

/// Whether white space stands beside half of the caesuras at least.
fn caesuras_are_spaced(root: &Element) -> bool {
    let (mut spaced, mut close) = (0, 0);
    root.walk(&mut |element| {
        for at in 0..element.children.len() {
            if !matches!(&element.children[at], Child::Element(inner) if inner.name == "caesura") {
                continue;
            }
            let is_letter = |beside: Option<&Child>, edge: fn(&str) -> Option<char>| match beside {
                Some(Child::Text(text, _)) => edge(text).is_some_and(|c| !c.is_whitespace()),
                Some(Child::Element(_)) => true,
                Some(Child::Comment(..) | Child::Instruction(_)) | None => false,
            };
            let before = at.checked_sub(1).and_then(|at| element.children.get(at));
            let behind = element.children.get(at + 1);
            match is_letter(before, |text| text.chars().next_back()) && is_letter(behind, |text| text.chars().next()) {
                true => close += 1,
                false => spaced += 1,
            }
        }
    });
    spaced >= close
}

/// By what words a pointer without any leads to an element: its heading, where it is plain, else its number.
fn place_words(element: &Element) -> Option<String> {
    const LETTERS: &[&str] = &["hi", "lb", "pb", "emph", "title", "foreign", "seg", "name", "persName", "placeName"];
    let parts = element.name.starts_with("div") || matches!(element.name, "figure" | "table" | "list" | "lg");
    let head = element.child("head").filter(|_| parts);
    let is_plain = |head: &&Element| {
        let mut plain = true;
        head.elements().for_each(|inner| inner.walk(&mut |one| plain &= LETTERS.contains(&one.name)));
        plain
    };
    let heading = head.filter(is_plain).map(phrase::words).filter(|words| !words.is_empty());
    let number = || {
        let counts = parts || matches!(element.name, "p" | "ab" | "l" | "pb" | "item" | "milestone");
        let number = element.attribute("n").filter(|_| counts).map(super::clean::line)?;
        number.chars().all(char::is_alphanumeric).then_some(number).filter(|number| !number.is_empty())
    };
    heading.or_else(number)
}

/// Shows every page that begins in the blocks, outside of notes, in order.
fn each_page(blocks: &mut Blocks, see: &mut dyn FnMut(&mut crate::tree::PageBreak)) {
    fn in_line(line: &mut crate::tree::Inlines, see: &mut dyn FnMut(&mut crate::tree::PageBreak)) {
        for node in line {
            match &mut node.kind {
                Inline::PageBreak(page) => see(page),
                kind => inline_children_mut(kind).into_iter().for_each(|inner| in_line(inner, see)),
            }
        }
    }
    for node in blocks {
        if let Block::PageBreak(page) = &mut node.kind {
            see(page);
        }
        parts_mut(&mut node.kind, &mut |part| match part {
            PartMut::Line(line) => in_line(line, see),
            PartMut::Blocks(inner) => each_page(inner, see),
            PartMut::Cell(cell) => each_page(&mut cell.kind.body, see),
            PartMut::Image(_) => {}
        });
    }
}

/// What leads to a page that begins between blocks leads to the block that begins it.
fn pages_as_goals(blocks: &mut Blocks, targets: &BTreeSet<String>) {
    for at in 0..blocks.len() {
        let (before, behind) = blocks.split_at_mut(at + 1);
        let page = &mut before[at];
        parts_mut(&mut page.kind, &mut |part| match part {
            PartMut::Blocks(inner) => pages_as_goals(inner, targets),
            PartMut::Cell(cell) => pages_as_goals(&mut cell.kind.body, targets),
            PartMut::Line(_) | PartMut::Image(_) => {}
        });
        let Some(attrs) = page.attrs.as_mut().filter(|_| matches!(page.kind, Block::PageBreak(_))) else { continue };
        let next = behind.iter_mut().find(|node| !matches!(node.kind, Block::PageBreak(_) | Block::Comment(_)));
        let Some(next) = next.filter(|next| next.id().is_none()) else { continue };
        if attrs.id.as_ref().is_some_and(|id| targets.contains(id)) {
            next.attrs.get_or_insert_default().id = attrs.id.take();
        }
    }
}

/// Whether a text says what it is called: on a title page, by a head over all of it, or of the one division that it is. Heads of
/// several divisions are none of the text's.
fn heads_itself(text: &Element) -> bool {
    let Some(body) = text.child("body").filter(|_| text.find("titlePage").is_none()) else {
        return text.find("titlePage").or(text.find("head")).is_some();
    };
    let mut divisions = body.elements().filter(|inner| inner.name.starts_with("div"));
    match (body.child("head"), divisions.next(), divisions.next()) {
        (Some(_), ..) => true,
        (None, None, _) => body.find("head").is_some(),
        (None, Some(only), None) => only.child("head").is_some(),
        (None, Some(_), Some(_)) => false,
    }
}

/// Whether white space is all that there is.
fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' ' | b'\n' | b'\t' | b'\r'))
}

/// Whether a child is nothing but white space.
fn is_space(child: &Child) -> bool {
    matches!(child, Child::Text(text, _) if is_blank(text))
}

/// Whether nothing at all stands in an element.
fn is_void(element: &Element) -> bool {
    element.children.iter().all(is_space)
}
