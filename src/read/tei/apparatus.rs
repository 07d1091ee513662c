//! The critical apparatus (TEI P5, chapter 12): the lemma is the text, the other readings are a note at its end.

use super::Reader;
use super::blocks::{Mode, holds_blocks};
use super::dom::Element;
use super::words::{before_of, push, trim, trim_end};
use crate::tree::{Block, Blocks, Inline, Inlines, Item, List, Node, Note, NoteId, NotePlace, Numbering, plain_text};

/// Whether an element gives a reading.
fn is_reading(name: &str) -> bool {
    matches!(name, "lem" | "rdg")
}

impl<'a> Reader<'_> {
    /// What is read in the text: the lemma, else the first reading. Then the other readings, with their witnesses, and what editors say
    /// of them.
    pub fn apparatus(&mut self, element: &Element<'a>, line: &mut Inlines) {
        let points = !self.facts.own && ["from", "to"].into_iter().any(|name| element.attribute(name).is_some());
        // Where an entry points to its words, or is put behind them by its place, they stand before it.
        if (points || self.follows_its_words(element, line)) && !readings(element).is_empty() && !self.too_deep(element) {
            let span = self.span(&element.range);
            let note = self.note_of_readings(element);
            return line.push(Node::new(Inline::Note(note), span));
        }
        if let Some(lemma) = lemma(element) {
            self.inlines(lemma, line);
        }
        self.other_readings(element, line);
    }

    /// Whether an entry stands apart from its text and says to what it belongs: by points in it, or by the number of a line (TEI P5,
    /// 13.2.1 and 13.2.2).
    pub fn stands_beside(&self, element: &Element) -> bool {
        !self.facts.own && ["from", "to", "loc"].into_iter().any(|name| element.attribute(name).is_some())
    }

    /// Whether an entry in a line stands behind the words that it is about: it repeats them, or the file says that its entries are put
    /// where they belong (TEI P5, 13.2.1), and this one has no words for the text.
    fn follows_its_words(&self, element: &Element, line: &Inlines) -> bool {
        if self.facts.own || !self.facts.by_place && element.attribute("loc").is_none() {
            return false;
        }
        match readings(element).iter().find(|reading| reading.name == "lem") {
            None => self.facts.by_place,
            Some(lemma) => {
                let words = lemma.line();
                let before = plain_text(line);
                let rest = before.trim_end().strip_suffix(&words).filter(|_| !words.is_empty());
                rest.is_some_and(|rest| !rest.ends_with(char::is_alphanumeric))
            }
        }
    }

    /// Where an entry stands in a book: one that belongs to a note is a note on it, and stands behind it.
    fn place_of_entry(&self) -> NotePlace {
        if self.is_in_note() { NotePlace::Foot } else { NotePlace::Apparatus }
    }

    /// Such an entry: a note at its place, or a line that says the place.
    pub fn entry_apart(&mut self, element: &Element<'a>, out: &mut Blocks) {
        if self.readings_behind(element, out) {
            return;
        }
        let mut line = Inlines::new();
        match readings(element).is_empty() {
            true => self.remarks_of(element, &mut line),
            false => self.entry_of_readings(element, false, &mut line),
        }
        trim(&mut line);
        if !line.is_empty() {
            out.push(Node::new(Block::Paragraph(line), self.span(&element.range)));
        }
    }

    /// The entries and notes that stand apart from all texts and point into one.
    pub fn readings_apart(&mut self, element: &Element<'a>, out: &mut Blocks) {
        for entry in element.elements() {
            match entry.name {
                "app" => drop(self.readings_behind(entry, out)),
                "note" => self.notes_apart(entry),
                "listApp" | "listAnnotation" | "noteGrp" => self.readings_apart(entry, out),
                _ => {}
            }
        }
    }

    /// Puts an entry aside as a note for the place that it points to; false where it points to none.
    fn readings_behind(&mut self, element: &Element<'a>, out: &mut Blocks) -> bool {
        let said = element.attribute("to").or(element.attribute("from")).and_then(|said| said.split_whitespace().next());
        let goal = said.and_then(|said| said.strip_prefix('#')).filter(|id| self.facts.goals.contains(*id));
        let (Some(goal), span) = (goal, self.span(&element.range)) else { return false };
        let note = self.note_of_readings(element);
        self.put_aside(note, span, goal.to_owned(), out);
        true
    }

    /// The readings of an entry whose words stand in the text already.
    fn note_of_readings(&mut self, element: &Element<'a>) -> Note {
        let (span, mut line) = (self.span(&element.range), Inlines::new());
        let depth = std::mem::replace(&mut self.depth, super::DEPTH);
        self.notes.push(String::new());
        let id = NoteId(self.notes.len() as u32);
        match readings(element).is_empty() {
            true => self.remarks_of(element, &mut line),
            false => self.entry_of_readings(element, true, &mut line),
        }
        self.depth = depth;
        trim(&mut line);
        let body = vec![Node::new(Block::Paragraph(line), span)];
        Note { id, mark: String::new(), place: self.place_of_entry(), body }
    }

    /// The same where blocks are read: the note stands in the last line of them.
    pub fn apparatus_of_blocks(&mut self, element: &Element<'a>, level: u8, out: &mut Blocks) {
        if let Some(lemma) = lemma(element) {
            self.blocks(lemma, level, Mode::Mixed, None, out);
        }
        let mut notes = Inlines::new();
        self.other_readings(element, &mut notes);
        if notes.is_empty() {
            return;
        }
        match last_line(out) {
            Some(line) => line.append(&mut notes),
            None => out.push(Node::new(Block::Paragraph(notes), self.span(&element.range))),
        }
    }

    /// An apparatus that stands apart from its text: an entry a line.
    pub fn list_of_readings(&mut self, element: &Element<'a>, level: u8, out: &mut Blocks) {
        if self.too_deep(element) {
            return self.blocks(element, level, Mode::Mixed, None, out);
        }
        self.captions(element, out);
        self.stray_paragraph(element, out);
        let mut items = Vec::new();
        self.depth += 2;
        for entry in element.elements().filter(|entry| entry.name != "head") {
            let mut body = Blocks::new();
            match entry.name {
                "app" if !self.facts.own && self.readings_behind(entry, &mut body) => {
                    out.append(&mut body);
                }
                "app" => {
                    let mut line = Inlines::new();
                    if readings(entry).is_empty() {
                        self.remarks_of(entry, &mut line);
                    } else {
                        self.entry_of_readings(entry, false, &mut line);
                    }
                    trim(&mut line);
                    if !line.is_empty() {
                        body.push(Node::new(Block::Paragraph(line), self.span(&entry.range)));
                    }
                }
                _ => self.among_blocks(entry, level, &mut body),
            }
            if !body.is_empty() {
                items.push(Item { task: None, body });
            }
        }
        self.depth -= 2;
        if !items.is_empty() {
            let list = List { start: None, numbering: Numbering::Decimal, tight: true, items };
            out.push(Node::new(Block::List(list), self.span(&element.range)));
        }
    }

    /// An entry of an apparatus that stands apart: its place, the words of the text, and behind a bracket how others have them.
    /// `is_note`: it is a note itself, in which what editors say of all of it is read behind it.
    fn entry_of_readings(&mut self, entry: &Element<'a>, is_note: bool, line: &mut Inlines) {
        let span = self.span(&entry.range);
        let place = entry.attribute("loc").map(|loc| format!("{} ", crate::read::clean::line(loc)));
        push(line, &place.unwrap_or_default(), before_of(span));
        let readings = readings(entry);
        let lemma = readings.iter().copied().find(|reading| reading.name == "lem");
        if let Some(lemma) = lemma {
            self.inlines(lemma, line);
            trim_end(line);
            push(line, "] ", self.span(&lemma.range).after());
            // Where nobody reads otherwise, who reads so.
            if !self.facts.own && readings.len() == 1 {
                push(line, &sigla(lemma).join(" "), self.span(&lemma.range).after());
            }
        }
        let mut said = self.one_by_one(entry, readings.into_iter().filter(|reading| reading.name != "lem"));
        trim(&mut said);
        line.append(&mut said);
        for detail in entry.named("witDetail") {
            push(line, " ", before_of(self.span(&detail.range)));
            self.inlines(detail, line);
        }
        for inner in self.beside_readings(entry) {
            match is_note && inner.name == "note" && !holds_blocks(inner) && !self.is_called(inner) {
                true => {
                    super::words::part(line, before_of(self.span(&inner.range)));
                    self.inlines(inner, line);
                }
                false => self.inline(inner, line),
            }
        }
    }

    /// Readings and those who have them, parted from each other.
    fn one_by_one<'e>(&mut self, entry: &'e Element<'a>, readings: impl Iterator<Item = &'e Element<'a>>) -> Inlines
    where
        'a: 'e,
    {
        let mut said = Inlines::new();
        for reading in readings {
            if !said.is_empty() {
                push(&mut said, "; ", before_of(self.span(&reading.range)));
            }
            let notes = if self.facts.own { Vec::new() } else { notes_of(entry, reading) };
            for note in notes.iter().filter(|note| note.range.start < reading.range.start) {
                self.inlines(note, &mut said);
                push(&mut said, " ", self.span(&note.range).after());
            }
            self.reading(reading, &mut said);
            for note in notes.iter().filter(|note| note.range.start > reading.range.start) {
                push(&mut said, " ", before_of(self.span(&note.range)));
                self.inlines(note, &mut said);
                trim_end(&mut said);
            }
        }
        said
    }

    /// What else stands in an entry of the apparatus.
    fn beside_readings<'e>(&self, entry: &'e Element<'a>) -> Vec<&'e Element<'a>> {
        let (all, chosen) = (readings(entry), lemma(entry).map(|lemma| lemma.range.start));
        let others = all.iter().filter(|reading| Some(reading.range.start) != chosen && !self.facts.own);
        let said: Vec<_> = others.flat_map(|reading| notes_of(entry, reading)).map(|note| note.range.start).collect();
        let is_beside =
            |inner: &&Element| matches!(inner.name, "note" | "pb" | "lb" | "cb") && !said.contains(&inner.range.start);
        entry.elements().filter(is_beside).collect()
    }

    /// An entry that gives no reading: what its notes say, at the place of which it speaks.
    fn remarks_of(&mut self, entry: &Element<'a>, line: &mut Inlines) {
        let place = entry.attribute("loc").map(|loc| format!("{} ", crate::read::clean::line(loc)));
        push(line, &place.unwrap_or_default(), before_of(self.span(&entry.range)));
        for note in entry.named("note") {
            super::words::part(line, before_of(self.span(&note.range)));
            self.inlines(note, line);
        }
    }

    pub fn other_readings(&mut self, element: &Element<'a>, line: &mut Inlines) {
        let readings = readings(element);
        let chosen = readings.iter().position(|reading| reading.name == "lem").unwrap_or(0);
        let span = self.span(&element.range);
        let others = readings.iter().enumerate().filter(|(at, _)| *at != chosen).map(|(_, reading)| *reading);
        let mut said = self.one_by_one(element, others);
        for inner in element.elements().filter(|inner| inner.name == "witDetail") {
            push(&mut said, " ", before_of(self.span(&inner.range)));
            self.inlines(inner, &mut said);
        }
        trim(&mut said);
        // In an apparatus that stands apart, the line to which it belongs.
        if let (Some(place), false) = (element.attribute("loc").filter(|_| !self.facts.own), said.is_empty()) {
            let place = format!("{} ", crate::read::clean::line(place));
            said.insert(0, Node::new(Inline::Text(place), before_of(span)));
        }
        if !said.is_empty() && !self.too_deep(element) {
            self.notes.push(String::new());
            let id = NoteId(self.notes.len() as u32);
            let body = vec![Node::new(Block::Paragraph(said), span)];
            let note = Note { id, mark: String::new(), place: self.place_of_entry(), body };
            line.push(Node::new(Inline::Note(note), span));
        }
        self.beside_readings(element).into_iter().for_each(|inner| self.inline(inner, line));
    }

    /// A reading and those who have it; a dash where they have nothing.
    fn reading(&mut self, reading: &Element<'a>, said: &mut Inlines) {
        let span = self.span(&reading.range);
        if reading.line().is_empty() && reading.elements().all(|inner| inner.name == "space") {
            push(said, "–", span);
        } else {
            let (deepest, depth) = (self.deepest, self.depth);
            self.depth += 2;
            // What editors say in the place of a reading is read there.
            let only = reading.elements().next().filter(|note| {
                let alone = reading.elements().nth(1).is_none() && !super::phrase::has_words(reading);
                alone && note.name == "note" && !holds_blocks(note) && !self.facts.own
            });
            self.inlines(only.unwrap_or(reading), said);
            (self.deepest, self.depth) = (deepest, depth);
        }
        for siglum in sigla(reading) {
            push(said, " ", span.after());
            push(said, siglum, span);
        }
    }
}

/// The witnesses of a reading and the editions that have it; who conjectured it, where it has neither.
fn sigla<'e>(reading: &'e Element<'_>) -> Vec<&'e str> {
    let of = |name: &str| reading.attribute(name).unwrap_or_default().split_whitespace();
    let all: Vec<_> = of("wit").chain(of("source")).collect();
    let all = if all.is_empty() { of("resp").collect() } else { all };
    all.into_iter().map(|one| one.rsplit('#').next().unwrap_or(one)).collect()
}

/// What editors say of one reading of an entry, in a line: notes in the entry that point to it.
fn notes_of<'e, 'a>(entry: &'e Element<'a>, reading: &Element) -> Vec<&'e Element<'a>> {
    let Some(id) = reading.id() else { return Vec::new() };
    let leads = |note: &&Element| {
        let target = note.attribute("target").and_then(|target| target.split_whitespace().next());
        target.and_then(|target| target.strip_prefix('#')) == Some(id) && !holds_blocks(note)
    };
    let groups = entry.named("rdgGrp").flat_map(|group| group.named("note"));
    entry.named("note").chain(groups).filter(leads).collect()
}

/// The line in which blocks end, if they end in one.
pub fn last_line(blocks: &mut Blocks) -> Option<&mut Inlines> {
    match &mut blocks.last_mut()?.kind {
        Block::Paragraph(line) => Some(line),
        Block::Verse(stanzas) => stanzas.last_mut()?.last_mut().map(|line| &mut line.text),
        Block::List(list) => last_line(&mut list.items.last_mut()?.body),
        Block::Quote(inner) => last_line(inner),
        Block::Group(group) => last_line(&mut group.body),
        Block::Title(_)
        | Block::Heading { .. }
        | Block::Definitions(_)
        | Block::Table(_)
        | Block::Code { .. }
        | Block::Math(_)
        | Block::Figure(_)
        | Block::Bibliography(_)
        | Block::Index(_)
        | Block::Rule
        | Block::PageBreak(_)
        | Block::Comment(_) => None,
    }
}

/// The readings of an entry of the apparatus, those in groups among them.
fn readings<'e, 'a>(element: &'e Element<'a>) -> Vec<&'e Element<'a>> {
    let mut all = Vec::new();
    for inner in element.elements() {
        match inner.name {
            name if is_reading(name) => all.push(inner),
            "rdgGrp" => all.extend(readings(inner)),
            _ => {}
        }
    }
    all
}

/// The words that an entry of the apparatus has in the text.
pub fn lemma<'e, 'a>(element: &'e Element<'a>) -> Option<&'e Element<'a>> {
    let readings = readings(element);
    readings.iter().find(|reading| reading.name == "lem").or(readings.first()).copied()
}
