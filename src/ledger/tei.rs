//! The witness for TEI: a scanner of tags that knows which elements' text a reader sees, which stand for each other, and which part
//! words. The guidelines' rules decide, whoever encoded the text.

use std::collections::{BTreeMap, BTreeSet};

use super::cut::{cut, reference};
use super::stream::{Element, Gap, Markup, Page, Sort, Stream};

/// Whether a file is XML by its first characters.
pub fn is_xml(text: &str) -> bool {
    let mut text = text.trim_start();
    while let Some(comment) = text.strip_prefix("<!--") {
        text = comment.split_once("-->").map_or("", |(_, behind)| behind.trim_start());
    }
    ["<?", "<TEI", "<tei:", "<teiCorpus", "<!DOCTYPE TEI"].iter().any(|open| text.starts_with(open))
}

/// Elements that begin and end blocks.
const BLOCKS: &[&str] = &["p", "ab", "lg", "item", "row", "cell", "sp", "div", "list", "table", "figure", "opener", "closer"];

/// Elements inside words and sentences, which part nothing.
const PHRASES: &[&str] = &[
    "hi",
    "emph",
    "c",
    "pc",
    "g",
    "ex",
    "am",
    "sic",
    "corr",
    "orig",
    "reg",
    "abbr",
    "expan",
    "unclear",
    "supplied",
    "surplus",
    "damage",
    "add",
    "del",
    "subst",
    "mod",
    "retrace",
    "restore",
    "choice",
    "foreign",
    "b",
    "i",
    "smcap",
    "sub",
    "sup",
    "ul",
    "anchor",
    "hs",
    "handShift",
    "milestone",
    "gap",
    "app",
    "index",
    "metamark",
];

/// Elements that hold elements alone, so that white space in them is the file's and not the text's (TEI P5, 1.3.2.3 and vi.1).
const ONLY_ELEMENTS: &[&str] = &["app", "choice", "subst", "rdgGrp"];

/// Elements whose fields a list parts by marks.
const IN_FIELDS: &[&str] = &[
    "biblStruct",
    "event",
    "listBibl",
    "msDesc",
    "msFrag",
    "msPart",
    "nym",
    "object",
    "org",
    "person",
    "personGrp",
    "persona",
    "place",
    "relation",
    "witness",
];

/// Reads a file that is well-formed.
pub fn read(out: &mut Stream) {
    let source = out.source;
    out.is_xml = true;
    let formatted = source.contains("<note type=\"formatted\"");
    let mut reader = Reader {
        source,
        out,
        open: Vec::new(),
        seen_text: false,
        formatted,
        callers: callers(source),
        entities: entities(source),
        has_text: source.contains("<text>") || source.contains("<text "),
        head_word: String::new(),
        places: places(source),
        glyphs: glyphs(source),
        marks: marks(source),
        numbers: numbers(source),
        is_older: is_older(source),
        speakers: speakers(source),
        continued: continued(source),
        joins_tokens: source.contains("<w ") && source.contains(" join=\""),
        cut_end: 0,
    };
    let mut at = 0;
    while at < source.len() {
        let Some(next) = source[at..].find('<') else {
            reader.text(at..source.len(), true);
            break;
        };
        reader.text(at..at + next, true);
        at = reader.markup(at + next);
    }
}

/// The ids of what something before it says to go on.
fn continued(source: &str) -> BTreeSet<&str> {
    let led = source.match_indices("next").filter_map(|(at, _)| source[at + 4..].trim_start().strip_prefix('='));
    led.filter_map(|said| said.trim_start().get(1..)?.strip_prefix('#')?.split(['"', '\'']).next()).collect()
}

/// The ids of what may call a note: a note that leads back to one bears its mark so.
fn callers(source: &str) -> BTreeSet<&str> {
    if !source.contains("<note") {
        return BTreeSet::new();
    }
    let named = source.match_indices("xml:id").filter_map(|(at, _)| {
        let open = source[..at].rfind('<')?;
        let tag = &source[open + 1..at + tag_end(&source[at..])? - 1];
        let name = local(tag.split(|c: char| c.is_whitespace()).next()?);
        matches!(name, "ref" | "ptr" | "anchor" | "seg" | "hi" | "w").then(|| value(tag, "xml:id")).flatten()
    });
    named.collect()
}

/// The entities that a document type defines by themselves, without tags in them.
fn entities(source: &str) -> BTreeMap<&str, String> {
    /// What is longer is an attack rather than a name.
    const LONGEST: usize = 4096;
    let mut all: BTreeMap<&str, String> = BTreeMap::new();
    let Some((_, inner)) = source.split_once("<!DOCTYPE") else { return all };
    let inner = inner.split_once("<TEI").map_or(inner, |(inner, _)| inner);
    for definition in inner.split("<!ENTITY").skip(1) {
        let Some((name, behind)) = definition.trim_start().split_once(char::is_whitespace) else { continue };
        let behind = behind.trim_start();
        let Some(quote) = behind.chars().next().filter(|quote| matches!(quote, '"' | '\'')) else { continue };
        let Some(value) = behind[1..].split(quote).next().filter(|value| value.len() < LONGEST) else { continue };
        let value = without_tags(value);
        let mut rest = &*value;
        let mut said = String::new();
        while let Some((before, reference)) = rest.split_once('&') {
            said.push_str(before);
            let known = reference.split_once(';').and_then(|(inner, behind)| Some((all.get(inner)?, behind)));
            rest = match known {
                Some((known, behind)) if said.len() + known.len() < LONGEST => {
                    said.push_str(known);
                    behind
                }
                _ => {
                    said.push('&');
                    reference
                }
            };
        }
        said.push_str(rest);
        let mut read = String::new();
        let mut last = 0;
        cut(&said, true, &mut |range, letters| {
            read.push_str(if range.start > last { " " } else { "" });
            last = range.end;
            read.push_str(&letters.unwrap_or_else(|| said[range].to_owned()));
        });
        all.entry(name).or_insert(read);
    }
    all
}

/// The words of an entity that has tags in it.
fn without_tags(value: &str) -> String {
    let mut words = String::new();
    for (count, part) in value.split('<').enumerate() {
        let Some((tag, behind)) = part.split_once('>').filter(|_| count > 0) else {
            words.push_str(part);
            continue;
        };
        let name = tag.trim_start_matches('/').split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or("");
        words.push_str(if PHRASES.contains(&local(name)) { "" } else { " " });
        words.push_str(behind);
    }
    words
}

/// The headings and numbers of places that are named.
fn places(source: &str) -> BTreeMap<&str, Vec<String>> {
    let mut all: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    if !source.contains("target=\"#") && !is_older(source) {
        return all;
    }
    // The last element that is named, until another head or division comes.
    let mut named = None;
    for part in source.split('<').skip(1) {
        let Some(end) = tag_end(part) else { continue };
        let tag = part[..end - 1].trim_end_matches('/');
        let end = part.as_ptr() as usize - source.as_ptr() as usize + end;
        let name = local(tag.split(|c: char| c.is_whitespace()).next().unwrap_or(""));
        if let (Some(id), Some(number)) = (id(tag), value(tag, "n")) {
            all.entry(id).or_default().push(number.to_owned());
        }
        match name {
            name if name.starts_with("div") || matches!(name, "figure" | "table" | "list" | "lg") => named = id(tag),
            "head" => {
                let Some(id) = named.take() else { continue };
                let head = source[end..].split("</head").next().unwrap_or("");
                let mut words = String::new();
                for part in head.split('<') {
                    let text = part.split_once('>').map_or(part, |(_, text)| text);
                    words.push_str(if part.starts_with("lb") { " " } else { "" });
                    words.push_str(text);
                }
                let mut said = String::new();
                let mut last = 0;
                cut(&words, true, &mut |range, letters| {
                    said.push_str(if range.start > last { " " } else { "" });
                    last = range.end;
                    said.push_str(&letters.unwrap_or_else(|| words[range].to_owned()));
                });
                all.entry(id).or_default().push(said);
            }
            _ => {}
        }
    }
    all
}

/// An element's id, as the editions of TEI have it.
fn id(tag: &str) -> Option<&str> {
    value(tag, "xml:id").or_else(|| value(tag, "id"))
}

/// Whether a file is of TEI P4, which points by ids alone.
fn is_older(source: &str) -> bool {
    source.contains("<TEI.2")
}

/// The short words of references.
fn marks(source: &str) -> BTreeSet<&str> {
    if !source.contains("<note") {
        return BTreeSet::new();
    }
    let words = source.match_indices("</ref>").filter_map(|(at, _)| Some(&source[source[..at].rfind('>')? + 1..at]));
    words.filter(|words| words.len() <= LONGEST_MARK).map(|words| words.trim_matches(AROUND_MARKS)).collect()
}

/// The numbers of notes.
fn numbers(source: &str) -> BTreeSet<&str> {
    let notes = source.match_indices("<note").filter_map(|(at, _)| {
        let end = tag_end(&source[at..])?;
        value(&source[at..at + end - 1], "n")
    });
    notes.map(|number| number.trim_matches(AROUND_MARKS)).collect()
}

/// Whether a zone of a document holds numbers in its margin, or running matter.
fn counts_or_runs(kind: &str) -> bool {
    let kind = kind.to_lowercase().replace(|c: char| !c.is_alphanumeric(), "");
    let counts = ["page", "line", "folio"].iter().any(|what| {
        kind.strip_prefix(what).is_some_and(|rest| matches!(rest, "number" | "numbers" | "num" | "no" | "numbering"))
    });
    let runs = kind.starts_with("running") && ["head", "header", "title"].iter().any(|what| kind.ends_with(what));
    let stands = ["header", "footer"].iter().any(|what| kind == *what || kind.strip_prefix("page") == Some(what));
    let others = ["pagination", "foliation", "folio", "catchword", "signature", "signaturemark", "quiremark"];
    counts || runs || stands || others.contains(&kind.as_str())
}

/// How many bytes the words of a reference have that may be the mark of a note.
const LONGEST_MARK: usize = 6;
/// How long the code of a hyphen may be.
const LONGEST_CODE: usize = 12;
/// By which print cuts a word at a line's end.
const CUTS: [char; 5] = ['-', '‐', '¬', '\u{AD}', '⸗'];
/// What may stand around it.
const AROUND_MARKS: [char; 7] = ['[', ']', '(', ')', '.', ':', ' '];

/// What persons are called, by their ids: as their names stand, and first names first.
fn speakers(source: &str) -> BTreeMap<&str, Vec<String>> {
    let mut all = BTreeMap::new();
    if !source.contains("<u ") && !source.contains("<annotationBlock ") {
        return all;
    }
    for person in source.split("<person ").skip(1) {
        let Some(id) = tag_end(person).and_then(|end| value(&person[..end - 1], "xml:id")) else { continue };
        let described = person.split("</person>").next().unwrap_or_default();
        let name = ["persName", "name"].into_iter().find_map(|name| {
            let (_, behind) = described.split_once(&format!("<{name}"))?;
            behind.split(&format!("</{name}")).next()
        });
        let Some(name) = name else { continue };
        let parts: Vec<_> =
            name.split('<').filter_map(|part| part.split_once('>')).map(|(tag, text)| (tag, text.trim())).collect();
        let of = |wanted: &str| {
            parts.iter().filter(|(tag, _)| tag.starts_with(wanted)).map(|(_, text)| *text).collect::<Vec<_>>().join(" ")
        };
        let ordered = [of("forename"), of("nameLink"), of("surname"), of("genName")].join(" ");
        let plain = parts.iter().map(|(_, text)| *text).collect::<Vec<_>>().join(" ");
        let said = [ordered, plain].map(|said| said.split_whitespace().collect::<Vec<_>>().join(" "));
        all.insert(id, said.into_iter().filter(|said| !said.is_empty()).collect());
    }
    all
}

/// What each sign without a code is shown as, by its id: letters, or how it is composed, or its name.
fn glyphs(source: &str) -> BTreeMap<&str, String> {
    let mut all = BTreeMap::new();
    for (open, close) in [("<char ", "</char>"), ("<glyph ", "</glyph>")] {
        // None stands in another.
        for described in source.split(open).skip(1) {
            let described = described.split_once(close).map_or(described, |(described, _)| described);
            let Some(id) = tag_end(described).and_then(|end| value(&described[..end - 1], "xml:id")) else { continue };
            all.extend(shown(described).map(|shown| (id, shown)));
        }
    }
    all
}

fn shown(described: &str) -> Option<String> {
    const KINDS: [&str; 9] =
        ["unicode", "precomposed", "composed", "standard", "normal_unicode", "normalized", "modern", "simplified", ""];
    let elements = described.split('<').skip(1).filter_map(|part| part.split_once('>'));
    let elements: Vec<_> = elements.map(|(tag, text)| (tag.trim_end_matches('/'), text.trim())).collect();
    let named = |name: &'static str| elements.iter().filter(move |(tag, _)| tag.split_whitespace().next() == Some(name));
    let of_kind = |kind: &str| {
        let mut all = named("mapping").filter(|(tag, _)| value(tag, "type").unwrap_or_default().eq_ignore_ascii_case(kind));
        all.find_map(|(_, text)| letters(text))
    };
    let property = |wanted: &str| {
        let is_newer = |tag: &str| tag.starts_with("localProp ") || tag.starts_with("unicodeProp ");
        let newer = elements.iter().filter(|(tag, _)| is_newer(tag) && value(tag, "name") == Some(wanted));
        let newer = newer.filter_map(|(tag, _)| value(tag, "value"));
        let older = elements.iter().skip_while(|(tag, text)| !(tag.ends_with("Name") && *text == wanted));
        let older = older.filter(|(tag, _)| tag.starts_with("value")).map(|(_, text)| *text);
        newer.chain(older).find(|said| !said.is_empty()).map(str::to_owned)
    };
    let name = || {
        let names = named("charName").chain(named("glyphName")).map(|(_, text)| (*text).to_owned());
        names.chain(property("Name")).find(|name| !name.is_empty()).map(|name| format!("[{name}]"))
    };
    KINDS.into_iter().find_map(of_kind).or_else(|| property("composition")).or_else(name)
}

/// The letters of a mapping, which may be written by their codes: `U+4ACC`. None of a range that every font fills as it likes.
fn letters(text: &str) -> Option<String> {
    let coded = |word: &str| char::from_u32(u32::from_str_radix(word.strip_prefix(['U', 'u'])?.strip_prefix('+')?, 16).ok()?);
    let letters: Option<String> = text.split_whitespace().map(coded).collect();
    let letters = letters.unwrap_or_else(|| {
        let mut read = String::new();
        cut(text, true, &mut |range, said| read.push_str(&said.unwrap_or_else(|| text[range].to_owned())));
        read
    });
    let is_private = |c: char| ('\u{E000}'..='\u{F8FF}').contains(&c) || c >= '\u{F0000}' || c.is_control();
    (!letters.trim().is_empty() && !letters.contains(is_private)).then_some(letters)
}

/// An element that is open.
struct Tag {
    name: String,
    /// By which rule its text may be missing.
    hidden: Option<Markup>,
    /// The construct of which its text is a part.
    construct: u32,
    /// The constructs of which one must be there, where it offers a choice.
    readings: Option<Vec<u32>>,
    /// Whether it holds elements alone, with no white space before it: that inside it parts no words.
    tight: bool,
    /// Which witnesses have a reading: an apparatus names them behind it.
    witnesses: Vec<String>,
    /// Where it begins.
    start: usize,
    /// Whether nothing stands in it yet.
    is_bare: bool,
    /// What the tree must have it as.
    sort: Option<Sort>,
    is_held: bool,
    /// What it is numbered as.
    mark: Option<String>,
    /// Where the element begins that stands first in it.
    first: Option<usize>,
    /// Whether a hyphen stands right before it that may cut a word.
    cuts: bool,
    /// Whether what stands behind it stands close to it.
    joins: bool,
    /// Whether it is a list whose items run on in their sentence, a figure in one, or a paragraph that goes on.
    runs_on: bool,
}

struct Reader<'s, 'a> {
    source: &'a str,
    out: &'s mut Stream<'a>,
    open: Vec<Tag>,
    seen_text: bool,
    /// Whether works cited stand as their fields, and as a style says them.
    formatted: bool,
    /// The ids of what may call a note.
    callers: BTreeSet<&'a str>,
    /// The last head word of an entry.
    head_word: String,
    /// By what words places may be pointed to, by their ids.
    places: BTreeMap<&'a str, Vec<String>>,
    /// What the document type defines.
    entities: BTreeMap<&'a str, String>,
    /// Whether the file has a text beside a transcription of its document.
    has_text: bool,
    /// What is said of signs without a code, by their ids.
    glyphs: BTreeMap<&'a str, String>,
    /// The words of references, where they are short: some are the numbers of notes.
    marks: BTreeSet<&'a str>,
    /// The numbers that notes bear.
    numbers: BTreeSet<&'a str>,
    is_older: bool,
    /// The names of persons who speak, by their ids, where no print says who does.
    speakers: BTreeMap<&'a str, Vec<String>>,
    /// The ids of what goes on with something before it.
    continued: BTreeSet<&'a str>,
    /// Whether tokens say which of them stand close to each other.
    joins_tokens: bool,
    /// Where the last element ends that stands between a hyphen and the rest of its word.
    cut_end: usize,
}

impl Reader<'_, '_> {
    fn text(&mut self, range: std::ops::Range<usize>, entities: bool) {
        if range.is_empty() {
            return;
        }
        let Some(element) = self.open.last_mut() else { return };
        let is_first = element.is_bare;
        element.is_bare &= self.source[range.clone()].trim().is_empty();
        if is_first && element.hidden.is_none() && !element.is_bare {
            let behind = self.number_of_note(&range);
            if behind > range.start {
                self.out.mark(range.start..behind, Markup::Label);
                return self.out.text(behind..range.end, entities);
            }
        }
        let Some(element) = self.open.last() else { return };
        let (hidden, construct) = (element.hidden, element.construct);
        if element.name == "formula" && hidden.is_none() {
            return self.formula(range);
        }
        match hidden {
            Some(markup) => self.out.soft_text(construct, range, markup),
            None => {
                if entities && !self.entities.is_empty() && self.source[range.clone()].contains('&') {
                    return self.text_with_entities(range);
                }
                if self.open.iter().any(|element| matches!(element.name.as_str(), "titlePage" | "front")) {
                    self.out.titles.push(range.clone());
                }
                self.out.text(range, entities);
            }
        }
    }

    /// A formula, without what TeX has around one in a text.
    fn formula(&mut self, range: std::ops::Range<usize>) {
        let text = &self.source[range.clone()];
        let lead = text.len() - text.trim_start().len();
        let around = [("$$", "$$"), ("\\[", "\\]"), ("\\(", "\\)"), ("$", "$")];
        let own = around.iter().find(|(open, close)| {
            let inner = text.trim().strip_prefix(open).and_then(|behind| behind.strip_suffix(close));
            inner.is_some_and(|inner| !inner.contains('$'))
        });
        let Some((open, close)) = own else { return self.out.text(range, true) };
        let (from, to) = (range.start + lead, range.start + text.trim_end().len());
        self.out.mark(from..from + open.len(), Markup::Mark);
        self.out.text(from + open.len()..to - close.len(), true);
        self.out.mark(to - close.len()..to, Markup::Mark);
    }

    /// Text in which the file's own entities stand.
    fn text_with_entities(&mut self, range: std::ops::Range<usize>) {
        let mut from = range.start;
        for (at, _) in self.source[range.clone()].match_indices('&') {
            let at = range.start + at;
            let Some(end) = self.source[at..range.end].find(';').map(|end| at + end) else { break };
            if let Some(said) = self.entities.get(&self.source[at + 1..end]) {
                self.out.text(from..at, true);
                self.out.said_for(at..end + 1, said, None, 0);
                from = end + 1;
            }
        }
        self.out.text(from..range.end, true);
    }

    /// How far the number goes by which a reference calls the note that begins with it.
    fn number_of_note(&self, range: &std::ops::Range<usize>) -> usize {
        let mut around = self.open.iter().rev();
        let in_note = match (around.next(), around.next()) {
            (Some(own), _) if own.name == "note" => true,
            (Some(own), Some(outer)) => own.name == "p" && outer.name == "note" && outer.first == Some(own.start),
            (None, _) | (Some(_), None) => false,
        };
        let text = &self.source[range.clone()];
        let lead = text.len() - text.trim_start().len();
        let length = text[lead..].find(char::is_whitespace).unwrap_or(0);
        let number = text[lead..lead + length].trim_matches(AROUND_MARKS);
        let is_mark = in_note && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        if is_mark && self.marks.contains(number) { range.start + lead + length } else { range.start }
    }

    /// Takes what begins with an angle bracket; gives where it ends.
    fn markup(&mut self, at: usize) -> usize {
        let rest = &self.source[at..];
        let behind = |close: &str| rest.find(close).map_or(self.source.len(), |end| at + end + close.len());
        if rest.starts_with("<!--") {
            let end = behind("-->");
            let cuts = ends_in_hyphen(&self.source[..at]);
            if cuts {
                self.out.soften_hyphen(at);
                self.cut_end = end;
            }
            self.out.whole(at..end, Markup::Comment, Gap::Close);
            return end;
        }
        if rest.starts_with("<![CDATA[") {
            let end = behind("]]>");
            self.text(at + 9..end - 3, false);
            return end;
        }
        if rest.starts_with("<?") {
            return behind("?>");
        }
        if rest.starts_with("<!") {
            let inner = rest.find('[').is_some_and(|open| rest[..open].find('>').is_none());
            return behind(if inner { "]>" } else { ">" });
        }
        let end = tag_end(rest).map_or(self.source.len(), |end| at + end);
        let tag = &self.source[at + 1..end - 1];
        if let Some(name) = tag.strip_prefix('/') {
            self.close(local(name.trim()), at);
        } else {
            let empty = tag.ends_with('/');
            let tag = tag.trim_end_matches('/');
            let name = local(tag.split(|c: char| c.is_whitespace()).next().unwrap_or(""));
            self.start(name, tag, at);
            if name == "oRef" && (empty || self.source[end..].starts_with("</")) {
                self.out.said_at(at, "~");
                self.out.said_at(at, &self.head_word.clone());
            }
            // A sign that is only pointed to, as the header has it.
            if name == "g" && (empty || self.source[end..].starts_with("</")) {
                let id = value(tag, "ref").and_then(|said| said.trim().rsplit(['#', ':']).next());
                let shown = match id {
                    Some("EOLhyphen" | "EOLunhyphen") => "",
                    id => match (id.and_then(|id| self.glyphs.get(id)), value(tag, "type").map(str::trim)) {
                        (Some(shown), _) => shown,
                        (None, Some("leaf" | "hedera" | "ivyleaf")) => "❦",
                        (None, Some("interpunct" | "middot" | "dot")) => "·",
                        (None, _) => "□",
                    },
                };
                let (hidden, construct) = self.open.last().map_or((None, 0), |own| (own.hidden, own.construct));
                self.out.said_for(at..end, shown, hidden, construct);
            }
            if empty {
                self.close(name, end);
            } else if name == "egXML" && self.open.iter().all(|around| around.name != "teiHeader") {
                return self.example(end);
            }
        }
        end
    }

    /// An example of encoding, whose tags are text; gives where it ends.
    fn example(&mut self, from: usize) -> usize {
        let mut closing = self.source[from..].match_indices("</").map(|(at, _)| from + at);
        let is_own = |at: &usize| local(self.source[at + 2..].split('>').next().unwrap_or("").trim()) == "egXML";
        let end = closing.find(is_own).unwrap_or(self.source.len());
        match self.open.last().and_then(|own| own.hidden.map(|hidden| (hidden, own.construct))) {
            Some((hidden, construct)) => self.out.part_of(construct, from..end, hidden, Gap::Close),
            None => self.out.text(from..end, false),
        }
        end
    }

    fn start(&mut self, name: &str, tag: &str, at: usize) {
        let cuts = matches!(name, "fw" | "mw" | "note") && self.is_cut(at);
        if cuts {
            self.out.soften_hyphen(at);
        }
        self.part(name, tag, at);
        let (parent, hidden, construct) = match self.open.last() {
            Some(parent) => (parent.name.as_str(), parent.hidden, parent.construct),
            None => ("", None, 0),
        };
        let is_first = self.open.last().is_some_and(|parent| parent.is_bare);
        let says_who = parent == "sp" && is_first;
        // The first words of a note, in its first paragraph or not.
        let begins_note = is_first
            && (parent == "note"
                || parent == "p"
                    && self.open.iter().rev().nth(1).is_some_and(|outer| {
                        outer.name == "note" && outer.first == Some(self.open[self.open.len() - 1].start)
                    }));
        let leads_back = || {
            value(tag, "target").and_then(|target| target.trim().strip_prefix('#')).is_some_and(|id| self.callers.contains(id))
        };
        let own = match (hidden, name, parent) {
            // A text of a corpus stands under the title that its header gives it.
            (Some(_), "title", "titleStmt") if self.open.iter().any(|element| element.name == "teiCorpus") => {
                Some((Markup::Metadata, 0))
            }
            // A note that points into a text stands there, wherever it is kept.
            (Some(Markup::Metadata), "note", _)
                if self.open.iter().any(|around| around.name == "standOff")
                    && (id(tag).is_some() || value(tag, "target").is_some()) =>
            {
                Some((Markup::Alternative, 0))
            }
            (Some(hidden), ..) if hidden != Markup::Alternative => Some((hidden, construct)),
            // A note to a reading is one by itself.
            (Some(_), "note" | "rdg", _) => Some((Markup::Alternative, 0)),
            (_, "teiHeader" | "standOff" | "facsimile" | "xenoData", _) => Some((Markup::Metadata, 0)),
            // The document's lines, where they are not all that there is of its text.
            (_, "sourceDoc", _) if self.has_text => Some((Markup::Metadata, 0)),
            // The mark of a note, or the way back to its call.
            (_, "label", _) if begins_note => Some((Markup::Label, 0)),
            (_, "ref", _) if begins_note && leads_back() => Some((Markup::Label, 0)),
            (_, "ref" | "hi" | "seg" | "sup", _) if begins_note && self.is_number_of_note(at) => Some((Markup::Label, 0)),
            (_, "ref", _) if self.is_way_back(at) => Some((Markup::Label, 0)),
            // The sign of an abbreviation, beside the letters for which it stands.
            (_, "am", _) if self.open.iter().any(|element| element.name == "expan") => Some((Markup::Alternative, 0)),
            (_, "fw", _) => Some((Markup::Furniture, 0)),
            (_, "mw", _) if value(tag, "type").is_some() => Some((Markup::Furniture, 0)),
            (_, "zone", _) if value(tag, "type").is_some_and(counts_or_runs) => Some((Markup::Furniture, 0)),
            // Fields that say what the entry beside them says.
            (_, "analytic" | "monogr" | "series" | "idno", "biblStruct") if self.formatted => Some((Markup::Metadata, 0)),
            (_, "index", _) => Some((Markup::Metadata, 0)),
            // A deletion that was taken back is read.
            (hidden, "del", "restore") => hidden.map(|hidden| (hidden, construct)),
            (_, "del" | "surplus", _) => Some((Markup::Alternative, 0)),
            // About the text, and shown where a format has a place for it.
            (_, "metamark" | "precision" | "fs" | "fvLib" | "join" | "joinGrp" | "link" | "linkGrp" | "spanGrp", _)
            | (_, "alt" | "altGrp" | "timeline" | "substJoin" | "binaryObject" | "listChange", _) => {
                Some((Markup::Metadata, 0))
            }
            // One that points to nothing is a stretch of its line.
            (_, "span", _) if ["from", "to", "target"].iter().any(|name| value(tag, name).is_some()) => {
                Some((Markup::Metadata, 0))
            }
            // What a list says of somebody or something, what is heard or seen among words.
            (hidden, "desc", "place" | "org" | "object" | "event" | "relation" | "person")
            | (hidden, "desc", "vocal" | "kinesic" | "incident" | "writing") => hidden.map(|hidden| (hidden, construct)),
            (_, "mei" | "svg" | "desc" | "interp" | "interpGrp" | "certainty" | "respons" | "witDetail" | "math", _) => {
                Some((Markup::Alternative, 0))
            }
            (_, _, "choice") | (_, "rdg" | "rdgGrp", "app") => Some((Markup::Alternative, 0)),
            (Some(hidden), ..) => Some((hidden, construct)),
            (None, ..) => None,
        };
        let own = own.map(|(markup, construct)| (markup, if construct == 0 { self.out.construct() } else { construct }));
        if let (Some((_, construct)), Some(parent)) = (own, self.open.last_mut())
            && let Some(readings) = &mut parent.readings
        {
            readings.push(construct);
        }
        if parent_is_app_with_lemma(self.open.last(), name)
            && let Some(parent) = self.open.last_mut()
        {
            parent.readings = None;
        }
        let is_page = match name {
            "pb" => self.seen_text,
            "surface" => {
                let own = self.source[at..].split("</surface>").next().unwrap_or_default();
                self.open.iter().all(|around| around.name != "surface") && !own.contains("<pb")
            }
            _ => false,
        };
        if is_page && hidden.is_none() {
            self.out.pages.push(Page { at, label: value(tag, "n").map(|label| label.trim().to_owned()) });
        }
        // By which a division is cited, and so may be shown.
        if let Some(number) =
            value(tag, "n").filter(|_| hidden.is_none() && (name.starts_with("div") || matches!(name, "head" | "note")))
        {
            let start = number.as_ptr() as usize - self.source.as_ptr() as usize;
            self.out.whole(start..start + number.len(), Markup::Attribute, Gap::Close);
        }
        // Where a pointer without words leads has to be said.
        if let ("ptr" | "ref" | "xptr" | "xref", Some(target)) = (name, value(tag, "target").or_else(|| value(tag, "url"))) {
            let start = target.as_ptr() as usize - self.source.as_ptr() as usize;
            // Each of several by itself: of them one may be said.
            for one in target.split_whitespace() {
                let start = one.as_ptr() as usize - self.source.as_ptr() as usize;
                self.out.whole(start..start + one.len(), Markup::Address, Gap::Close);
            }
            let end = tag_end(&self.source[at..]).map_or(self.source.len(), |end| at + end);
            let is_empty = self.source[..end].ends_with("/>") || self.source[end..].starts_with("</");
            if (target.trim_start().starts_with('#') || self.is_older) && (name == "ptr" || is_empty) {
                self.out.said_at(start, "→");
                // Or its heading, or its number.
                let words = target.split_whitespace().next().map(|first| first.trim_start_matches('#'));
                let words = words.and_then(|id| self.places.get(id)).cloned();
                words.iter().flatten().for_each(|words| self.out.said_at(start, words));
            }
        }
        // What is missing is marked by a sign of editors.
        if name == "gap" {
            ["[", "…", "]"].into_iter().for_each(|sign| self.out.said_at(at, sign));
        }
        if let ("witness", None, Some(siglum)) = (name, hidden, value(tag, "xml:id")) {
            let start = siglum.as_ptr() as usize - self.source.as_ptr() as usize;
            self.out.whole(start..start + siglum.len(), Markup::Attribute, Gap::Close);
            self.out.loosen(start + siglum.len());
        }
        let around = self.open.iter().rev().take(2).map(|element| element.name.as_str());
        // An entry is about the word of its first form.
        if matches!(name, "entry" | "entryFree") {
            self.head_word.clear();
        }
        if name == "orth" && around.eq(["form", "entry"]) && self.head_word.is_empty() {
            let end = tag_end(&self.source[at..]).map_or(self.source.len(), |end| at + end);
            self.head_word = self.source[end..].split('<').next().unwrap_or_default().trim().to_owned();
        }
        if name == "cit" && value(tag, "type").is_some_and(|kind| kind.starts_with("trans")) {
            self.out.said_at(at, ",");
        }
        // The fields of a work are parted by marks; some say by attributes what they say.
        if hidden.is_none() && self.open.iter().any(|element| IN_FIELDS.contains(&element.name.as_str())) {
            self.out.said_at(at, ",");
            self.out.said_at(at, ".");
            let of = |attribute: &str| value(tag, attribute).filter(|_| matches!(name, "date" | "biblScope"));
            let said = match (of("from"), of("to")) {
                (Some(from), Some(to)) => Some(format!("{from}–{to}")),
                (from, to) => from.or(to).or(of("when").filter(|_| name == "date")).map(str::to_owned),
            };
            said.iter().for_each(|said| self.out.said_at(at, said));
            let from = of("from").filter(|from| of("to") == Some(from));
            from.iter().for_each(|from| self.out.said_at(at, from));
        }
        // Whose an utterance is, where nothing else says it.
        if let ("u" | "annotationBlock", Some(who)) = (name, value(tag, "who")) {
            let names = who.split_whitespace().filter_map(|id| self.speakers.get(id.strip_prefix('#')?));
            for said in names.flatten().cloned().collect::<Vec<_>>() {
                self.out.said_at(at, &said);
                self.out.said_at(at, ",");
            }
        }
        // Where a reading belongs, in an apparatus that stands apart.
        if let ("app", Some(place)) = (name, value(tag, "loc")) {
            let start = place.as_ptr() as usize - self.source.as_ptr() as usize;
            self.out.whole(start..start + place.len(), Markup::Attribute, Gap::Close);
            place.match_indices(char::is_whitespace).for_each(|(white, _)| self.out.loosen(start + white));
        }
        // Who has a reading, or conjectured it.
        let witnesses = ["wit", "source", "resp"].into_iter().filter(|_| matches!(name, "rdg" | "lem"));
        let witnesses: Vec<&str> = witnesses.filter_map(|attribute| value(tag, attribute)).collect();
        let witnesses = witnesses.iter().flat_map(|all| all.split_whitespace());
        let witnesses = witnesses.map(|one| one.rsplit('#').next().unwrap_or(one).to_owned()).collect();
        self.seen_text |= name == "text";
        if self.open.last().is_some_and(|parent| parent.tight) {
            self.out.join(at);
        }
        let joined = value(tag, "join").filter(|_| matches!(name, "w" | "pc" | "seg"));
        let goes_on = name == "w" && value(tag, "part").is_some_and(|part| matches!(part, "M" | "F"));
        if goes_on || joined.is_some_and(|said| matches!(said, "left" | "both")) {
            self.out.join(at);
        }
        let tight = ONLY_ELEMENTS.contains(&name) && !self.source[..at].ends_with(char::is_whitespace);
        let is_apart = ["n", "place", "xml:id", "target"].iter().any(|attribute| value(tag, attribute).is_some());
        let sort = match name {
            _ if own.is_some() => None,
            "note" => Some(Sort::Note),
            "l" => Some(Sort::Line),
            "cell" => Some(Sort::Cell),
            "sp" => Some(Sort::Speech),
            "speaker" if says_who => Some(Sort::Speaker),
            _ => None,
        };
        // One without any of these, or that says who speaks, may stand among the text.
        // A part of a note that goes on is none by itself.
        let parent_name = self.open.last().map_or("", |parent| parent.name.as_str());
        let of_reading = matches!(parent_name, "app" | "rdgGrp");
        let goes_on = of_reading || value(tag, "prev").is_some() || id(tag).is_some_and(|id| self.continued.contains(id));
        let is_held = name != "note" || is_apart && value(tag, "type") != Some("speaker") && !goes_on;
        let mark = value(tag, "n").map(|mark| mark.split_whitespace().collect::<Vec<_>>().join(" "));
        let mark = mark.filter(|mark| sort == Some(Sort::Note) && !mark.is_empty());
        // An anchor is a place, and nothing that stands there.
        if let Some(parent) = self.open.last_mut().filter(|_| name != "anchor") {
            parent.first = parent.first.or(parent.is_bare.then_some(at));
            parent.is_bare = false;
        }
        // A line of verse in which blocks stand is no single line.
        if matches!(name, "p" | "ab" | "l" | "lg" | "list" | "table") && !runs_on(tag) {
            let around = self.open.iter_mut().rev().take_while(|outer| outer.name != "note").find(|outer| outer.name == "l");
            if let Some(line) = around {
                line.sort = None;
            }
        }
        let offers = hidden.is_none() && matches!(name, "choice" | "app");
        self.open.push(Tag {
            name: name.to_owned(),
            hidden: own.map(|(markup, _)| markup),
            construct: own.map_or(0, |(_, construct)| construct),
            readings: offers.then(Vec::new),
            tight,
            witnesses,
            start: at,
            is_bare: true,
            sort,
            is_held,
            mark,
            first: None,
            cuts,
            joins: joined.is_some_and(|said| matches!(said, "right" | "both")),
            runs_on: match name {
                "list" | "figure" => runs_on(tag),
                "p" => matches!(value(tag, "part"), Some("I" | "M")) || value(tag, "next").is_some(),
                _ => false,
            },
        });
    }

    /// What the element that begins at `at` says before it ends or another begins.
    fn first_words(&self, at: usize) -> &str {
        let behind = tag_end(&self.source[at..]).map_or("", |end| &self.source[at + end..]);
        behind.split('<').next().unwrap_or_default().trim()
    }

    /// Whether an element says nothing but a number by which something calls a note.
    fn is_number_of_note(&self, at: usize) -> bool {
        let number = self.first_words(at).trim_matches(AROUND_MARKS);
        let counts = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        counts && number.len() <= LONGEST_MARK && (self.marks.contains(number) || self.numbers.contains(number))
    }

    /// Whether a reference in a note is an arrow back to the text.
    fn is_way_back(&self, at: usize) -> bool {
        let words = self.first_words(at);
        let is_arrow = !words.is_empty() && words.chars().all(|c| "↑↩↵⏎←↖^▲\u{FE0E}".contains(c));
        is_arrow && self.open.iter().any(|around| around.name == "note")
    }

    /// Whether white space stands behind the tag that begins at `at`.
    fn is_before_white(&self, at: usize) -> bool {
        let behind = tag_end(&self.source[at..]).map_or("", |end| &self.source[at + end..]);
        behind.starts_with(char::is_whitespace)
    }

    /// Whether a hyphen that may cut a word stands before a place, and nothing behind it but running matter and notes.
    fn is_cut(&self, at: usize) -> bool {
        let before = self.source[..at].trim_end();
        ends_in_hyphen(before) || before.len() == self.cut_end && self.cut_end > 0
    }

    /// Two blocks, or two lines, are parted; those of a reading stand in the line of its note.
    fn divide(&mut self, gap: Gap, at: usize) {
        let in_reading = self.open.iter().any(|around| around.name == "rdg");
        self.out.part(if in_reading { Gap::Space } else { gap });
        // One that is read in the text has them as they are.
        if in_reading {
            self.out.loosen(at);
        }
    }

    /// What a tag makes of the words on its sides.
    fn part(&mut self, name: &str, tag: &str, at: usize) {
        match name {
            "lb" | "pb" | "cb" | "gb" => {
                // A hyphen there is the print's, which may cut a word.
                self.out.soften_hyphen(at);
                let in_word = self.open.iter().any(|element| element.name == "w");
                let said = value(tag, "break");
                let in_word = in_word || value(tag, "type").is_some_and(|kind| kind.eq_ignore_ascii_case("inWord"));
                let in_word = in_word || value(tag, "rend") == Some("shyphen");
                let cut = self.is_cut(at);
                if said.map_or(in_word || cut, |said| said == "no") {
                    self.out.join(at);
                }
                if said.is_none_or(|said| said != "no") && !in_word {
                    self.out.loosen(at);
                }
            }
            // Of a document, as its pages have them.
            "line" if before_milestones(&self.source[..at]).strip_suffix("</line>").is_some_and(ends_in_hyphen) => {
                self.out.soften_hyphen(at);
                self.out.join(at);
                self.out.loosen(at);
            }
            "line" => self.out.part(Gap::Line),
            // A word cut at the page's end goes on behind the page's furniture.
            "fw" | "mw" => {
                self.out.soften_hyphen(at);
                self.out.loosen(at);
            }
            "l" => self.divide(Gap::Verse, at),
            // Heads that follow each other may be lines of one.
            "head" => {
                self.out.part(Gap::Line);
                self.out.loosen(at);
            }
            // It goes on from a page before.
            "p" | "note" if matches!(value(tag, "part"), Some("M" | "F")) || value(tag, "prev").is_some() => {
                self.out.join(at);
                self.out.loosen(at);
            }
            "list" | "figure" if runs_on(tag) => self.out.loosen(at),
            "item" if self.open.last().is_some_and(|list| list.runs_on) => self.out.loosen(at),
            name if BLOCKS.contains(&name) => self.divide(Gap::Block, at),
            name if PHRASES.contains(&name) => {}
            // White space between tokens is the text's; where joins are said, those that are not joined are apart.
            "w" if self.source[..at].ends_with(char::is_whitespace) => {
                // Behind a bracket on a line of its own.
                if !self.joins_tokens && ["(</pc>", "[</pc>"].iter().any(|open| self.source[..at].trim_end().ends_with(open)) {
                    self.out.join(at);
                }
            }
            "w" if self.joins_tokens => {
                if self.source[..at].ends_with("</w>") {
                    self.out.part(Gap::Space);
                }
            }
            _ => self.out.loosen(at),
        }
    }

    fn close(&mut self, name: &str, end: usize) {
        let Some(at) = self.open.iter().rposition(|element| element.name == name) else { return };
        let runs_on = self.open[at].runs_on || name == "item" && at > 0 && self.open[at - 1].runs_on;
        for element in self.open.split_off(at) {
            if let Some(sort) = element.sort {
                self.out.elements.push(Element {
                    sort,
                    range: element.start..end,
                    is_held: element.is_held,
                    mark: element.mark,
                });
            }
            let behind = self.source[end..].split_once('>').map_or("", |(_, behind)| behind);
            if ONLY_ELEMENTS.contains(&element.name.as_str()) && behind.starts_with(|c: char| !c.is_whitespace()) {
                self.out.join(end);
            }
            // What is said of a gap may stand on lines of its own: the text goes on behind it.
            if element.joins || name == "gap" && !self.is_before_white(end) {
                self.out.join(end);
            }
            if element.cuts {
                self.cut_end = self.source[end..].find('>').map_or(end, |behind| end + behind + 1);
            }
            if element.name == "lem" && self.open.iter().any(|outer| outer.name == "listApp") {
                self.out.said_at(end, "]");
                self.out.join(end);
            }
            element.witnesses.into_iter().for_each(|siglum| self.out.said_at(end, &siglum));
            if let Some(readings) = element.readings.filter(|readings| !readings.is_empty()) {
                self.out.choices.push(readings);
            }
        }
        if name == "l" {
            self.divide(Gap::Verse, end);
        } else if BLOCKS.contains(&name) && !runs_on {
            self.divide(Gap::Block, end);
        } else if !PHRASES.contains(&name)
            && name != "line"
            && !(name == "w" && (self.joins_tokens || self.is_before_white(end)))
        {
            let place = self.out.pieces.last().map_or(0, |piece| piece.end as usize);
            self.out.loosen(place);
        }
    }
}

/// Where there is a lemma, the other readings need not be there at all.
fn parent_is_app_with_lemma(parent: Option<&Tag>, name: &str) -> bool {
    name == "lem" && parent.is_some_and(|parent| parent.name == "app")
}

/// Whether text ends in a hyphen by which print may cut a word, as itself or by its code.
fn ends_in_hyphen(before: &str) -> bool {
    let before = before.trim_end();
    let code = before.char_indices().rev().take(LONGEST_CODE).find(|(_, c)| *c == '&').filter(|_| before.ends_with(';'));
    let coded = code.and_then(|(at, _)| reference(&before[at..]));
    coded.map_or(before.ends_with(CUTS), |(said, _)| said.ends_with(CUTS))
}

/// What stands before the milestones at the end of a text.
fn before_milestones(before: &str) -> &str {
    let mut before = before.trim_end();
    while let Some(tag) = before.strip_suffix("/>").and_then(|tag| tag.rfind('<')) {
        let name = before[tag + 1..].split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default();
        if !["anchor", "gb", "handShift", "milestone"].contains(&local(name)) {
            break;
        }
        before = before[..tag].trim_end();
    }
    before
}

/// Whether a list's items, or a figure, are in the sentence around them.
fn runs_on(tag: &str) -> bool {
    let words = ["type", "rend", "place"].into_iter().filter_map(|name| value(tag, name)).flat_map(str::split_whitespace);
    words.into_iter().any(|word| matches!(word, "inline" | "run-on" | "runon" | "run-in"))
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

fn tag_end(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

fn value<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    for (at, _) in tag.match_indices(name) {
        let own = at == 0 || tag[..at].ends_with(|c: char| c.is_whitespace());
        let Some(behind) = tag[at + name.len()..].trim_start().strip_prefix('=').filter(|_| own) else { continue };
        let behind = behind.trim_start();
        let quote = behind.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        return behind[1..].split(quote).next();
    }
    None
}
