//! Reads an edition that was handed on as its editors encoded it: the text that a reader of it reads (TEI P5, chapters 3, 11 and 12).
//! Of an entry of the apparatus that is the lemma, of a choice the corrected, regular or full form; what was deleted is not read.
//! Notes stand where they are called, wherever the file has them; other readings are notes.

mod apparatus;
mod described;
mod emptied;
mod glyphs;
mod hyphens;
mod notes;
mod parts;
mod tokens;
mod voices;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::reading::{Call, Column, FoundNote, Picture, Place, Reading};
use super::super::script::squeezed;
use super::super::words::{Cut, Kind};
use super::super::xml::{Piece, walk};
use crate::settings::{RestoreSettings, Spelling};
use words::{attachable, divides, is_apart, is_phrase};

/// How deep elements may stand in each other: what is handed on is no deeper.
const DEEPEST: usize = 300;
/// What a quotation begins with that has its own marks.
const MARKS: [char; 15] = ['"', '\'', '“', '”', '„', '«', '»', '‘', '’', '‚', '‹', '›', '–', '—', '-'];
/// By which a note leads back to its call, as books do by themselves.
const BACK: &str = "↑↩↵⏎←↖^▲\u{FE0E} ";
/// How long the words of a call may be if they are nothing but its mark.
const LONGEST_MARK: usize = 6;

#[derive(Default)]
struct Node {
    name: String,
    attributes: Vec<(String, String)>,
    children: Vec<Child>,
    line: usize,
    parent: usize,
}

enum Child {
    Node(usize),
    Text(String, usize),
}

impl Node {
    fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// What a flow is made of, before words that go on across breaks are joined.
enum Token {
    Text(String, usize),
    Close,
    /// A line of the print ends, of which nobody says whether a word does.
    Line,
    /// A word goes on, whatever white space stands here.
    Join,
    /// The same, and a hyphen before it is the word's own.
    Keep,
    Page(String, bool),
    Call(String),
    Image(String, String),
    Formula,
}

/// Reads the text that `settings` show of an edition.
pub fn read(bytes: &[u8], settings: &RestoreSettings) -> Reading {
    let mut reading = Reading::default();
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(reason) => {
            reading.fault("file-unreadable", format!("it is not UTF-8: {reason}"));
            return reading;
        }
    };
    match parse(text) {
        Ok(mut nodes) => {
            parts::examples(&mut nodes, text);
            Reader::new(nodes, settings).read(reading)
        }
        Err(reason) => {
            reading.fault("file-unreadable", format!("it is not well-formed: {reason}"));
            reading
        }
    }
}

/// The elements of a file; the first is around all.
fn parse(text: &str) -> Result<Vec<Node>, String> {
    let mut nodes = vec![Node::default()];
    let (mut open, mut deepest) = (vec![0_usize], 0);
    walk(text, |piece, line| {
        let at = *open.last().unwrap_or(&0);
        match piece {
            Piece::Open(element) => {
                let attributes = element.attributes().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
                let node = Node { name: element.name.to_owned(), attributes, line, parent: at, children: Vec::new() };
                nodes.push(node);
                let own = nodes.len() - 1;
                nodes[at].children.push(Child::Node(own));
                open.push(own);
                deepest = deepest.max(open.len());
            }
            Piece::Close => drop(open.pop()),
            Piece::Text(said) => match nodes[at].children.last_mut() {
                Some(Child::Text(so_far, _)) => so_far.push_str(said),
                _ => nodes[at].children.push(Child::Text(said.to_owned(), line)),
            },
        }
    })?;
    // One that points to nothing and holds words was meant as a stretch of its line.
    for at in 1..nodes.len() {
        let about = matches!(nodes[nodes[at].parent].name.as_str(), "spanGrp" | "standOff" | "annotation" | "listAnnotation");
        let words = nodes[at].children.iter().any(|child| matches!(child, Child::Text(text, _) if !text.trim().is_empty()));
        let points = ["from", "to", "target"].iter().any(|name| nodes[at].get(name).is_some());
        if nodes[at].name == "span" && words && !about && !points {
            nodes[at].name = "seg".to_owned();
        }
    }
    parts::continue_notes(&mut nodes);
    parts::join_paragraphs(&mut nodes);
    parts::call_lone_notes(&mut nodes);
    // Who speaks is said of an utterance, or of what holds it and its annotations.
    for at in 1..nodes.len() {
        let block = nodes[at].parent;
        if nodes[at].name == "u" && nodes[block].name == "annotationBlock" && nodes[at].get("who").is_none() {
            let who = nodes[block].get("who").map(str::to_owned);
            nodes[at].attributes.extend(who.map(|who| ("who".to_owned(), who)));
        }
    }
    if deepest > DEEPEST { Err("its elements stand too deep in each other".to_owned()) } else { Ok(nodes) }
}

struct Reader {
    nodes: Vec<Node>,
    spelling: Spelling,
    /// Whether signs stand around what editors say of words.
    signs: bool,
    /// Elements by their ids.
    ids: BTreeMap<String, usize>,
    /// Notes that are called before they stand anywhere: they stand at their calls.
    called: BTreeSet<usize>,
    /// Notes that stand among words: at their calls.
    among_words: BTreeSet<usize>,
    /// Notes that are all that stands in a paragraph.
    alone: BTreeSet<usize>,
    /// Images of pages of a document whose words stand beside them.
    looks: BTreeSet<usize>,
    /// Notes that are called anywhere.
    referred: BTreeSet<usize>,
    /// Notes that stand at the place that they point to.
    moved: BTreeSet<usize>,
    /// The first main title of a title page: the work's own.
    title: Option<usize>,
    /// References that call notes, by their ids.
    calls: BTreeSet<String>,
    /// Notes that point to where they belong, by the place.
    placed: BTreeMap<usize, Vec<usize>>,
    /// What a title page says that the header says already.
    said: Vec<String>,
    /// The flow of each note, and where it stands.
    notes: Vec<(String, usize, Vec<Token>)>,
    written: BTreeSet<usize>,
    /// Words that have a hyphen where no line ends.
    hyphenated: BTreeSet<String>,
    /// What is heard or seen among words, set between brackets.
    heard: BTreeSet<usize>,
    /// The head words for which some elements stand.
    head_words: BTreeMap<usize, String>,
    /// By what words places are pointed to.
    places: BTreeMap<usize, String>,
    /// Expansions that show the letters left out.
    expanded: BTreeSet<usize>,
    /// Breaks between two parts of a word that are marked as such.
    inside_words: BTreeSet<usize>,
    /// What signs without a code are shown as, by the ids of their descriptions.
    glyphs: BTreeMap<String, String>,
    /// Notes that say whose speech begins, as its first element.
    speakers: BTreeSet<usize>,
    /// The names of those who speak, by their ids, where no print says who does.
    names: BTreeMap<String, String>,
    /// Who spoke last.
    speaking: Option<String>,
    /// How many descriptions stand around us.
    listed: usize,
    /// Whether the header says that the text has quotations' marks.
    has_marks: bool,
    /// The notes in which we are.
    within: Vec<usize>,
    /// Entries of an apparatus that stand apart and say behind what they belong.
    apart: BTreeSet<usize>,
    /// Whether entries of the apparatus are put behind their words.
    by_place: bool,
    /// Elements among words of which nobody knows whether they part them.
    unknown: BTreeSet<usize>,
    /// Whether a caesura without white space stands inside a word: half of the file's have some, or more.
    caesuras_in_words: bool,
    /// Heads of notes that all stand at their calls.
    emptied: BTreeSet<usize>,
}

impl Reader {
    fn new(nodes: Vec<Node>, settings: &RestoreSettings) -> Self {
        let mut reader = Self {
            nodes,
            spelling: settings.spelling,
            signs: settings.signs,
            ids: BTreeMap::new(),
            called: BTreeSet::new(),
            among_words: BTreeSet::new(),
            alone: BTreeSet::new(),
            looks: BTreeSet::new(),
            referred: BTreeSet::new(),
            moved: BTreeSet::new(),
            title: None,
            calls: BTreeSet::new(),
            placed: BTreeMap::new(),
            said: Vec::new(),
            notes: Vec::new(),
            written: BTreeSet::new(),
            hyphenated: BTreeSet::new(),
            heard: BTreeSet::new(),
            head_words: BTreeMap::new(),
            places: BTreeMap::new(),
            expanded: BTreeSet::new(),
            inside_words: BTreeSet::new(),
            glyphs: BTreeMap::new(),
            speakers: BTreeSet::new(),
            names: BTreeMap::new(),
            speaking: None,
            listed: 0,
            has_marks: false,
            within: Vec::new(),
            apart: BTreeSet::new(),
            by_place: false,
            unknown: BTreeSet::new(),
            caesuras_in_words: false,
            emptied: BTreeSet::new(),
        };
        emptied::set_zones_apart(&mut reader.nodes);
        for (at, node) in reader.nodes.iter().enumerate() {
            if let Some(id) = node.get("xml:id").or(node.get("id")).map(str::trim).filter(|id| !id.is_empty()) {
                reader.ids.entry(id.to_owned()).or_insert(at);
            }
        }
        let worded: Vec<_> = (0..reader.nodes.len()).map(|at| reader.has_words(at)).collect();
        let is_unknown = |at: &usize| {
            let node = &reader.nodes[*at];
            worded[node.parent] && words::is_unknown(&node.name) && !reader.holds_blocks(*at)
        };
        reader.unknown = (0..reader.nodes.len()).filter(is_unknown).collect();
        let is_heard = |at: &usize| {
            let (node, parent) = (&reader.nodes[*at], reader.nodes[*at].parent);
            let among_words =
                worded[parent] || !words::holds_blocks_only(&reader.nodes[parent].name) && reader.nodes[parent].name != "u";
            let said = reader.line(*at);
            matches!(node.name.as_str(), "vocal" | "kinesic" | "incident" | "writing")
                && among_words
                && !said.is_empty()
                && !said.starts_with(['(', '[', '{', '/', '<', '*'])
        };
        reader.heard = (0..reader.nodes.len()).filter(is_heard).collect();
        let notes = (0..reader.nodes.len()).filter(|at| reader.nodes[*at].name == "note");
        reader.among_words = notes.filter(|at| worded[reader.place_of_note(*at)]).collect();
        for at in 0..reader.nodes.len() {
            let node = &reader.nodes[at];
            let first = |name: &str| {
                let target = node.get(name).and_then(|target| target.split_whitespace().next());
                target.and_then(|target| reader.ids.get(target.strip_prefix('#')?)).copied()
            };
            let is_place = |goal: &usize| attachable(&reader.nodes[*goal].name);
            let end = first("targetEnd").filter(|goal| node.name == "note" && is_place(goal));
            let Some(goal) = end.or_else(|| first("target")) else { continue };
            match node.name.as_str() {
                "ref" | "ptr" if reader.nodes[goal].name == "note" => {
                    reader.calls.extend(node.get("xml:id").map(str::to_owned));
                    reader.referred.insert(goal);
                    // A note among words is called where it stands.
                    if goal > at && !reader.among_words.contains(&goal) {
                        reader.called.insert(goal);
                    }
                }
                "note" if attachable(&reader.nodes[goal].name) && !reader.is_around(at, goal) => {
                    reader.moved.insert(at);
                    reader.placed.entry(goal).or_default().push(at);
                }
                _ => {}
            }
        }
        let is_alone = |at: &usize| {
            let parent = reader.nodes[*at].parent;
            let in_paragraph = reader.nodes[*at].name == "note" && reader.nodes[parent].name == "p" && !worded[parent];
            in_paragraph && reader.elements(parent).count() == 1 && !reader.is_within(parent, "note")
        };
        let looks = |at: &usize| {
            let parent = reader.nodes[*at].parent;
            reader.nodes[*at].name == "graphic" && reader.nodes[parent].name == "surface" && !reader.line(parent).is_empty()
        };
        let (looks, alone): (BTreeSet<_>, BTreeSet<_>) =
            ((0..reader.nodes.len()).filter(looks).collect(), (0..reader.nodes.len()).filter(is_alone).collect());
        (reader.looks, reader.alone) = (looks, alone);
        for at in (0..reader.nodes.len()).filter(|at| reader.nodes[*at].name == "app") {
            if let Some(goal) = reader.goal_of_readings(at).filter(|_| reader.stands_beside(at)) {
                reader.apart.insert(at);
                reader.placed.entry(goal).or_default().push(at);
            }
        }
        let method = reader.find("variantEncoding").and_then(|said| reader.nodes[said].get("method"));
        reader.by_place = method == Some("location-referenced");
        reader.emptied = reader.heads_of_nothing();
        reader.caesuras_in_words = caesuras_are_spaced(&reader.nodes);
        if let Some(statement) = reader.find("titleStmt") {
            let parts: Vec<_> = reader.elements(statement).map(|part| reader.line(part)).collect();
            let authors = reader.elements(statement).filter(|part| reader.nodes[*part].name == "author");
            reader.said.push(authors.map(|part| reader.line(part)).collect::<Vec<_>>().join(", "));
            reader.said.extend(parts);
            let said = reader.said.iter().map(|said| letters(said)).filter(|said| !said.is_empty()).collect();
            reader.said = said;
        }
        let quotation = reader.find("quotation").map(|said| &reader.nodes[said]);
        let said = quotation.and_then(|said| said.get("marks").or(said.get("form")));
        reader.has_marks = matches!(said, Some("all" | "data"));
        reader.title = (0..reader.nodes.len()).find(|at| reader.is_main_title(*at));
        reader.speakers = (0..reader.nodes.len()).filter(|at| reader.names_speaker(*at)).collect();
        reader.names = reader.names_of_speakers();
        for at in 0..reader.nodes.len() {
            let mut around = if reader.nodes[at].name == "ex" { reader.nodes[at].parent } else { 0 };
            while around > 0 {
                reader.expanded.extend((reader.nodes[around].name == "expan").then_some(around));
                around = reader.nodes[around].parent;
            }
        }
        reader.head_words = (0..reader.nodes.len())
            .filter(|at| reader.nodes[*at].name == "oRef")
            .map(|at| (at, reader.head_word(at)))
            .collect();
        let places = reader.ids.values().filter_map(|at| Some((*at, reader.place_words(*at)?))).collect();
        reader.places = places;
        tokens::join(&mut reader.nodes);
        reader.inside_words = tokens::breaks_inside(&reader.nodes);
        reader.glyphs = reader.glyphs();
        reader.hyphenated = reader.nodes.iter().flat_map(hyphens::compounds).collect();
        reader
    }

    /// Whether an element is a main title of a title page.
    fn is_main_title(&self, at: usize) -> bool {
        let node = &self.nodes[at];
        let is_main = node.name == "titlePart" && matches!(node.get("type"), None | Some("main"));
        is_main && self.on_title_page(at) && !self.is_within(at, "floatingText") && !self.line(at).is_empty()
    }

    fn find(&self, name: &str) -> Option<usize> {
        (0..self.nodes.len()).find(|at| self.nodes[*at].name == name)
    }

    fn elements(&self, at: usize) -> impl Iterator<Item = usize> + '_ {
        self.nodes[at].children.iter().filter_map(|child| match child {
            Child::Node(inner) => Some(*inner),
            Child::Text(..) => None,
        })
    }

    fn child(&self, at: usize, name: &str) -> Option<usize> {
        self.elements(at).find(|inner| self.nodes[*inner].name == name)
    }

    fn has_words(&self, at: usize) -> bool {
        self.nodes[at].children.iter().any(|child| matches!(child, Child::Text(text, _) if !text.trim().is_empty()))
    }

    /// All that stands in an element, as one line.
    fn line(&self, at: usize) -> String {
        fn gather(reader: &Reader, at: usize, out: &mut String) {
            for child in &reader.nodes[at].children {
                match child {
                    Child::Text(text, _) => out.push_str(text),
                    Child::Node(inner) => gather(reader, *inner, out),
                }
            }
        }
        let mut out = String::new();
        gather(self, at, &mut out);
        squeezed(&out)
    }

    fn read(mut self, mut reading: Reading) -> Reading {
        let mut body = Vec::new();
        self.works(0, &mut body);
        let hyphenated = std::mem::take(&mut self.hyphenated);
        reading.body = column(body, &hyphenated).finish();
        for (key, line, tokens) in std::mem::take(&mut self.notes) {
            let place = Some(Place::Tei { line, id: key.as_str().into() });
            reading.notes.push(FoundNote { key, found: column(tokens, &hyphenated).finish(), place, back: None });
        }
        reading
    }

    fn works(&mut self, at: usize, out: &mut Vec<Token>) {
        let inner: Vec<_> = self.elements(at).collect();
        for inner in inner {
            match self.nodes[inner].name.as_str() {
                "teiHeader" | "facsimile" | "standOff" | "xenoData" => {}
                // The document's lines, beside its text.
                "sourceDoc" if self.child(at, "text").is_some() => {}
                "TEI" | "teiCorpus" => {
                    if self.nodes[at].name == "teiCorpus" && self.nodes[inner].name == "TEI" {
                        self.title_of_part(inner, out);
                    }
                    self.works(inner, out);
                }
                _ => self.element(inner, out),
            }
        }
    }

    /// A text of a corpus without a head over all of it stands under the title that its header gives it.
    fn title_of_part(&mut self, work: usize, out: &mut Vec<Token>) {
        fn below(reader: &Reader, at: usize, name: &str) -> Option<usize> {
            reader
                .elements(at)
                .find_map(|inner| if reader.nodes[inner].name == name { Some(inner) } else { below(reader, inner, name) })
        }
        let headed = self.child(work, "text").is_some_and(|text| {
            let is_headed = |at: usize| self.child(at, "head").is_some();
            let body = self.child(text, "body").filter(|_| below(self, text, "titlePage").is_none());
            let divisions: Vec<_> = body
                .into_iter()
                .flat_map(|body| self.elements(body))
                .filter(|inner| self.nodes[*inner].name.starts_with("div"))
                .collect();
            match (body, &divisions[..]) {
                (None, _) => ["titlePage", "head"].iter().any(|name| below(self, text, name).is_some()),
                (Some(body), _) if is_headed(body) => true,
                (Some(body), []) => below(self, body, "head").is_some(),
                (Some(_), [only]) => is_headed(*only),
                (Some(_), _) => false,
            }
        });
        let header = self.child(work, "teiHeader").filter(|_| !headed);
        let statement = header.and_then(|header| below(self, header, "titleStmt"));
        if let Some(title) = statement.and_then(|statement| self.child(statement, "title")) {
            out.push(Token::Close);
            self.inside(title, out);
            out.push(Token::Close);
        }
    }

    /// What an element holds, without its own ends.
    fn inside(&mut self, at: usize, out: &mut Vec<Token>) {
        self.some(at, out, |_| true);
    }

    fn some(&mut self, at: usize, out: &mut Vec<Token>, wanted: impl Fn(&str) -> bool) {
        let bare = !self.has_words(at);
        let children = std::mem::take(&mut self.nodes[at].children);
        let mut before: Option<usize> = None;
        // The element before, with no words between.
        let mut last: Option<usize> = None;
        for child in &children {
            match child {
                Child::Text(text, line) => {
                    last = last.filter(|_| text.trim().is_empty());
                    let name = |at: usize| self.nodes[at].name.as_str();
                    let line_ended = before.take().is_some_and(|before| {
                        matches!(name(at), "opener" | "closer" | "postscript")
                            && matches!(name(before), "address" | "dateline" | "salute" | "signed")
                    });
                    if line_ended && text.starts_with(char::is_alphanumeric) {
                        out.push(Token::Close);
                    }
                    out.push(Token::Text(text.clone(), *line));
                }
                Child::Node(inner) => {
                    let name = |at: usize| self.nodes[at].name.as_str();
                    if name(*inner) == "line" && last.is_some_and(|last| name(last) == "line") {
                        out.push(Token::Line);
                    } else if before.is_some_and(|before| bare && divides(name(at), name(before), name(*inner))) {
                        out.push(Token::Close);
                    }
                    // Words for an entry in another language.
                    let gives = |at: usize| {
                        name(at) == "cit" && self.nodes[at].get("type").is_some_and(|kind| kind.starts_with("trans"))
                    };
                    let in_entry = matches!(name(at), "entry" | "entryFree" | "sense" | "hom" | "re");
                    if in_entry && gives(*inner) && last.is_some_and(gives) {
                        out.push(Token::Text(", ".to_owned(), self.nodes[*inner].line));
                    }
                    let is = |at: usize, wanted: &str| name(at) == wanted;
                    if self.listed > 0 && bare && last.is_some_and(|last| is(last, "surname")) && is(*inner, "forename") {
                        described::trim(out);
                        out.push(Token::Text(", ".to_owned(), self.nodes[*inner].line));
                    }
                    last = Some(*inner).filter(|inner| !words::is_passed(name(*inner))).or(last);
                    // A line of a letter's opening or end, right behind other words, or before them.
                    let is_line = |at: usize| matches!(name(at), "address" | "dateline" | "salute" | "signed");
                    let in_letter = matches!(name(at), "opener" | "closer" | "postscript") && !words::is_inside(name(*inner));
                    if in_letter && (is_line(*inner) || before.is_some_and(is_line)) && ends_close(out) {
                        out.push(Token::Close);
                    }
                    before = Some(*inner).filter(|inner| !words::is_passed(name(*inner))).or(before);
                    if wanted(name(*inner)) {
                        self.element(*inner, out);
                    }
                }
            }
        }
        self.nodes[at].children = children;
    }

    fn element(&mut self, at: usize, out: &mut Vec<Token>) {
        let name = self.nodes[at].name.clone();
        let inside = is_phrase(&name) && (words::is_global(&name) || !self.has_block(at));
        let phrase = inside || is_apart(&name) || self.unknown.contains(&at);
        if !phrase {
            out.push(Token::Close);
        }
        self.content(at, &name, out);
        for note in self.placed.get(&at).cloned().unwrap_or_default() {
            match self.nodes[note].name.as_str() {
                "app" => self.readings_behind(note, out),
                _ => self.note(note, "", out),
            }
        }
        if !phrase {
            out.push(Token::Close);
        }
    }

    fn content(&mut self, at: usize, name: &str, out: &mut Vec<Token>) {
        match name {
            "fw" => {}
            "head" if self.emptied.contains(&at) => {}
            "notatedMusic" => self.some(at, out, |name| matches!(name, "desc" | "graphic" | "label")),
            name if is_apart(name) => {}
            "del" | "add" | "supplied" | "surplus" | "secl" | "unclear" | "ex" if self.is_signed(at) => {
                let line = self.nodes[at].line;
                let (before, behind) = match name {
                    "del" => ("⟦", "⟧"),
                    "add" => ("\\", "/"),
                    "supplied" => ("⟨", "⟩"),
                    "unclear" => ("", "(?)"),
                    "ex" => ("(", ")"),
                    _ => ("{", "}"),
                };
                out.push(Token::Text(before.to_owned(), line));
                self.inside(at, out);
                out.push(Token::Text(behind.to_owned(), line));
            }
            "am" if self.is_written_out(at) => {}
            "g" if self.line(at).is_empty() => out.push(Token::Text(self.glyph(at), self.nodes[at].line)),
            "oRef" if self.line(at).is_empty() => {
                let word = self.head_words.get(&at).cloned().unwrap_or_else(|| "~".to_owned());
                out.push(Token::Text(word, self.nodes[at].line));
            }
            "caesura" => out.extend((!self.caesuras_in_words).then_some(Token::Close)),
            "del" if self.nodes[self.nodes[at].parent].name != "restore" => {}
            "pb" | "lb" | "cb" => {
                let said = self.nodes[at].get("break");
                let inside = |kind: &str| kind.eq_ignore_ascii_case("inWord");
                let joined = said == Some("no")
                    || said.is_none()
                        && (self.is_within(at, "w")
                            || self.nodes[at].get("type").is_some_and(inside)
                            || self.nodes[at].get("rend") == Some("shyphen")
                            || self.inside_words.contains(&at));
                if name == "pb" {
                    out.extend((said.is_none() && !joined).then_some(Token::Line));
                    out.push(Token::Page(self.nodes[at].get("n").unwrap_or_default().trim().to_owned(), !joined));
                } else {
                    out.push(match said {
                        _ if joined => Token::Join,
                        Some(_) => Token::Close,
                        None => Token::Line,
                    });
                }
            }
            // By which the apparatus calls it.
            "witness" if self.nodes[at].get("xml:id").is_some_and(|siglum| !self.line(at).starts_with(siglum.trim())) => {
                let siglum = self.nodes[at].get("xml:id").map(squeezed).unwrap_or_default();
                out.push(Token::Text(format!("{siglum} "), self.nodes[at].line));
                self.inside(at, out);
            }
            // What is heard or seen among words.
            "vocal" | "kinesic" | "incident" | "writing" if self.heard.contains(&at) => {
                let line = self.nodes[at].line;
                out.push(Token::Text("(".to_owned(), line));
                self.inside(at, out);
                out.push(Token::Text(")".to_owned(), line));
            }
            "u" => {
                let said = self.says_who(at);
                out.extend(said.map(|name| Token::Text(name, self.nodes[at].line)));
                out.push(Token::Close);
                self.inside(at, out);
            }
            // A page of a document: what is pasted on it is none.
            "surface" if !self.is_within(at, "surface") && !self.holds(at, "pb") => {
                out.push(Token::Page(self.nodes[at].get("n").unwrap_or_default().trim().to_owned(), true));
                self.inside(at, out);
            }
            "biblStruct" if !self.has_words(at) => self.described_work(at, out),
            _ if self.is_of_fields(at) => self.described(at, out),
            "space" => out.push(Token::Close),
            "dimensions" => {
                out.push(Token::Close);
                self.inside(at, out);
            }
            // A mark of the editors, behind which no word goes on.
            "gap" => {
                let bracketed = matches!(out.last(), Some(Token::Text(text, _)) if text.ends_with('['));
                out.push(Token::Text(if bracketed { "…" } else { "[…]" }.to_owned(), self.nodes[at].line));
            }
            "note" => self.note_here(at, out),
            "ref" | "ptr" | "xref" | "xptr" => self.reference(at, out),
            "app" => self.apparatus(at, out),
            "choice" => self.choice(at, out),
            "formula" => self.formula(at, out),
            "figure" => self.figure(at, out),
            "graphic" if self.looks.contains(&at) => {}
            "graphic" => {
                let alt = self.child(at, "desc").map(|desc| self.line(desc)).unwrap_or_default();
                out.push(Token::Image(alt, self.nodes[at].get("url").unwrap_or_default().to_owned()));
            }
            "q" | "quote" | "said" | "soCalled" if self.is_marked_by_books(at) => {
                out.push(Token::Close);
                self.inside(at, out);
                out.push(Token::Close);
            }
            "subst" if !self.has_words(at) => {
                let inner: Vec<_> = self.elements(at).collect();
                inner.into_iter().for_each(|inner| self.element(inner, out));
            }
            "ruby" => {
                for (part, divided) in [("rb", false), ("rt", true)] {
                    let inner: Vec<_> = self.elements(at).filter(|inner| self.nodes[*inner].name == part).collect();
                    out.extend(divided.then_some(Token::Close));
                    inner.into_iter().for_each(|inner| self.inside(inner, out));
                    out.extend(divided.then_some(Token::Close));
                }
            }
            "docTitle" | "byline" | "docAuthor" | "titlePart" | "docDate" | "docEdition" | "docImprint"
                if self.said_by_header(at, name) => {}
            _ => self.inside(at, out),
        }
    }

    /// Whether a sign of the editors stands around an element's words: not around blocks, nor around a deletion that was taken back.
    fn is_signed(&self, at: usize) -> bool {
        let restored = self.nodes[at].name == "del" && self.nodes[self.nodes[at].parent].name == "restore";
        self.signs && !restored && !self.holds_blocks(at)
    }

    /// Whether a book sets marks around a quotation: where the header does not say that the text has them, and it begins with none.
    fn is_marked_by_books(&self, at: usize) -> bool {
        let said = self.nodes[at].get("rend").or(self.nodes[at].get("rendition")).unwrap_or_default();
        let unmarked = |word: &str| matches!(word.trim_start_matches('#'), "none" | "unmarked" | "nomarks" | "noquotes");
        !self.has_marks && !self.line(at).starts_with(MARKS) && !said.split_whitespace().any(unmarked)
    }

    fn holds_blocks(&self, at: usize) -> bool {
        self.elements(at)
            .any(|inner| !is_phrase(&self.nodes[inner].name) && !is_apart(&self.nodes[inner].name) || self.holds_blocks(inner))
    }

    /// Whether a part of the title page only says again what the header says.
    fn said_by_header(&self, at: usize, name: &str) -> bool {
        let parent = &self.nodes[self.nodes[at].parent].name;
        let is_part = parent == "titlePage" || parent == "docTitle";
        if !is_part || name == "docTitle" || !self.said.contains(&letters(&self.line(at))) {
            return false;
        }
        self.title != Some(at)
    }

    fn on_title_page(&self, at: usize) -> bool {
        let parent = self.nodes[at].parent;
        matches!(self.nodes[parent].name.as_str(), "docTitle" | "titlePage")
    }

    /// Whether an element stands in another.
    fn is_around(&self, outer: usize, inner: usize) -> bool {
        let mut around = self.nodes[inner].parent;
        while around > outer {
            around = self.nodes[around].parent;
        }
        around == outer
    }

    fn holds(&self, at: usize, name: &str) -> bool {
        self.elements(at).any(|inner| self.nodes[inner].name == name || self.holds(inner, name))
    }

    fn is_within(&self, at: usize, name: &str) -> bool {
        let mut around = self.nodes[at].parent;
        while around > 0 && self.nodes[around].name != name {
            around = self.nodes[around].parent;
        }
        around > 0
    }

    /// The word of the entry in which an element stands, as its form says it.
    fn head_word(&self, at: usize) -> String {
        let mut around = self.nodes[at].parent;
        while around > 0 && !matches!(self.nodes[around].name.as_str(), "entry" | "entryFree") {
            around = self.nodes[around].parent;
        }
        let orth = self.child(around, "form").and_then(|form| self.child(form, "orth"));
        orth.map(|orth| self.line(orth)).filter(|word| !word.is_empty()).unwrap_or_else(|| "~".to_owned())
    }

    /// Whether the letters for which a sign stands are written out beside it.
    fn is_written_out(&self, at: usize) -> bool {
        let mut around = self.nodes[at].parent;
        while around > 0 {
            if self.nodes[around].name == "expan" && self.expanded.contains(&around) {
                return true;
            }
            around = self.nodes[around].parent;
        }
        false
    }

    fn holds_blocks_only(&self, at: usize) -> bool {
        words::holds_blocks_only(&self.nodes[at].name)
    }

    fn choice(&mut self, at: usize, out: &mut Vec<Token>) {
        let inner: Vec<_> = self.elements(at).collect();
        let named = |at: usize| self.nodes[at].name.clone();
        let best = self.spelling.prefers().iter().find(|name| self.child(at, name).is_some()).map(|name| (*name).to_owned());
        let Some(best) = best.or_else(|| inner.first().map(|first| named(*first))) else { return };
        let mut chosen = false;
        for one in inner {
            let name = self.nodes[one].name.clone();
            if name == best && (!chosen || matches!(best.as_str(), "ex" | "am")) {
                chosen = true;
                self.inside(one, out);
            } else if matches!(name.as_str(), "lb" | "pb" | "cb") {
                self.element(one, out);
            }
        }
    }

    fn formula(&mut self, at: usize, out: &mut Vec<Token>) {
        let notation = self.nodes[at].get("notation").unwrap_or("TeX").to_lowercase();
        let bare = self.elements(at).next().is_none();
        if notation.contains("tex") && bare || self.child(at, "math").is_some() {
            return out.push(Token::Formula);
        }
        self.inside(at, out);
    }

    /// Images first, with what is said in their place; then captions and the rest.
    fn figure(&mut self, at: usize, out: &mut Vec<Token>) {
        let panels = self.elements(at).filter(|inner| self.nodes[*inner].name == "figure").collect::<Vec<_>>();
        let are_panels = self.elements(at).all(|inner| match self.nodes[inner].name.as_str() {
            "head" => true,
            "figure" => {
                let mut parts = self.elements(inner).map(|part| self.nodes[part].name.as_str());
                parts.next() == Some("graphic") && parts.all(|part| part == "figDesc")
            }
            _ => false,
        });
        match self.child(at, "graphic") {
            Some(_) => {
                let named = |name: &str| self.elements(at).filter(|inner| self.nodes[*inner].name == name).collect::<Vec<_>>();
                let (graphics, said) = (named("graphic"), named("figDesc"));
                let of_each = graphics.len() == said.len();
                for (count, graphic) in graphics.into_iter().enumerate() {
                    let own = said.iter().enumerate().filter(|(place, _)| if of_each { *place == count } else { count == 0 });
                    let alt: Vec<_> = own.map(|(_, desc)| self.line(*desc)).collect();
                    out.push(Token::Image(alt.join(" "), self.nodes[graphic].get("url").unwrap_or_default().to_owned()));
                }
                out.push(Token::Close);
                self.some(at, out, |name| !matches!(name, "graphic" | "figDesc"));
            }
            None if !panels.is_empty() && are_panels => {
                panels.into_iter().for_each(|panel| self.element(panel, out));
                self.some(at, out, |name| name == "head");
            }
            None => self.some(at, out, |_| true),
        }
    }
}

/// Whether white space, or the line's edge, stands beside half of the caesuras or more.
fn caesuras_are_spaced(nodes: &[Node]) -> bool {
    let (mut spaced, mut close) = (0, 0);
    for node in nodes {
        for (at, child) in node.children.iter().enumerate() {
            if !matches!(child, Child::Node(inner) if nodes[*inner].name == "caesura") {
                continue;
            }
            let before = match at.checked_sub(1).map(|at| &node.children[at]) {
                Some(Child::Text(text, _)) => !text.ends_with(char::is_whitespace),
                Some(Child::Node(_)) => true,
                None => false,
            };
            let behind = match node.children.get(at + 1) {
                Some(Child::Text(text, _)) => !text.starts_with(char::is_whitespace),
                Some(Child::Node(_)) => true,
                None => false,
            };
            *if before && behind { &mut close } else { &mut spaced } += 1;
        }
    }
    spaced >= close
}

/// The letters and digits of a line, all small.
fn letters(line: &str) -> String {
    line.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Whether what was written ends in a word or a mark, with no white space behind it.
fn ends_close(out: &[Token]) -> bool {
    matches!(out.last(), Some(Token::Text(text, _)) if text.ends_with(|c: char| !c.is_whitespace() && !"([{“„«‘".contains(c)))
}

/// Whether words say more than the mark of a note: more than one letter that is no Roman numeral.
fn says_words(words: &str) -> bool {
    if words.trim().contains(' ') && words.contains(char::is_alphabetic) {
        return true;
    }
    let letters: Vec<_> = words.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect();
    letters.len() > 1 && letters.iter().any(|c| !matches!(c, 'i' | 'v' | 'x' | 'l' | 'c'))
}

/// Tokens as a column: words that go on across breaks are joined.
fn column(mut tokens: Vec<Token>, hyphenated: &BTreeSet<String>) -> Column {
    hyphens::attach(&mut tokens);
    hyphens::settle(&mut tokens, hyphenated);
    join(&mut tokens);
    let mut column = Column::new(Cut { encoded: true, ..Cut::default() });
    let no_id: Arc<str> = "".into();
    for token in tokens {
        match token {
            Token::Text(text, line) => {
                for (count, part) in text.split('\n').enumerate() {
                    if count > 0 {
                        column.lexer.close();
                    }
                    if !part.is_empty() {
                        column.at(Place::Tei { line: line + count, id: no_id.clone() });
                        column.text(part);
                    }
                }
            }
            Token::Close | Token::Line => column.lexer.close(),
            Token::Join | Token::Keep => {}
            Token::Page(label, whole) => {
                if whole {
                    column.lexer.close();
                }
                column.lexer.put(Kind::Page, &label);
            }
            Token::Call(note) => column.call(Call { note, key: String::new() }),
            Token::Image(alt, url) => {
                column.images.push(Picture::Address(url));
                column.lexer.put(Kind::Image, &alt);
            }
            Token::Formula => {
                column.lexer.close();
                column.formula("");
            }
        }
    }
    column
}

/// Takes away the white space, and the hyphen, around each place where a word goes on.
fn join(tokens: &mut [Token]) {
    for at in 0..tokens.len() {
        let keeps = matches!(tokens[at], Token::Keep);
        if !keeps && !matches!(tokens[at], Token::Join | Token::Page(_, false)) {
            continue;
        }
        let own = || if keeps { Token::Keep } else { Token::Join };
        for before in tokens[..at].iter_mut().rev() {
            match before {
                Token::Text(text, _) => {
                    text.truncate(text.trim_end().len());
                    let kept = text.trim_end_matches(hyphens::HYPHENS).len();
                    if keeps {
                        if text.ends_with('⸗') {
                            text.pop();
                            text.push('-');
                        }
                    } else if text[..kept].ends_with(char::is_alphabetic) || kept == 0 && text.chars().count() == 1 {
                        text.truncate(kept);
                    }
                    if !text.is_empty() {
                        break;
                    }
                }
                Token::Close | Token::Line => *before = own(),
                Token::Page(_, whole) => *whole = false,
                Token::Keep if !keeps => break,
                Token::Join | Token::Keep | Token::Call(_) => {}
                Token::Image(..) | Token::Formula => break,
            }
        }
        for behind in &mut tokens[at + 1..] {
            match behind {
                Token::Text(text, line) => {
                    let kept = text.trim_start();
                    *line += text[..text.len() - kept.len()].matches('\n').count();
                    *text = kept.to_owned();
                    if !text.is_empty() {
                        break;
                    }
                }
                Token::Close | Token::Line => *behind = own(),
                Token::Page(_, whole) => *whole = false,
                Token::Join | Token::Keep => {}
                Token::Call(_) | Token::Image(..) | Token::Formula => break,
            }
        }
    }
}
