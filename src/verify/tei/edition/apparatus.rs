//! The critical apparatus: the lemma is the text, other readings are a note, with what editors say of them.

use std::collections::BTreeSet;

use super::super::super::script::squeezed;
use super::words::attachable;
use super::{Reader, Token, words};

impl Reader {
    /// Whether an entry of the apparatus stands among blocks and says to what it belongs.
    pub(super) fn stands_beside(&self, at: usize) -> bool {
        let parent = &self.nodes[self.nodes[at].parent].name;
        let says = ["from", "to", "loc"].iter().any(|name| self.nodes[at].get(name).is_some());
        says && (parent == "listApp" || words::holds_blocks_only(parent) && parent != "lg")
    }

    /// Whether an entry in a line stands behind its words: it says them again, or the edition's entries do by their method, and this
    /// one offers none for the text.
    fn follows_its_words(&self, at: usize, readings: &[usize], out: &[Token]) -> bool {
        let parent = &self.nodes[self.nodes[at].parent].name;
        if parent == "listApp" || self.stands_beside(at) || !self.by_place && self.nodes[at].get("loc").is_none() {
            return false;
        }
        let Some(lemma) = readings.iter().find(|reading| self.nodes[**reading].name == "lem") else { return self.by_place };
        let (wanted, mut before) = (self.line(*lemma), String::new());
        for token in out.iter().rev() {
            match token {
                Token::Text(text, _) => before.insert_str(0, text),
                Token::Line | Token::Page(..) => before.insert(0, ' '),
                Token::Call(_) => {}
                Token::Close | Token::Join | Token::Keep | Token::Image(..) | Token::Formula => break,
            }
            if before.len() > 2 * wanted.len() + 8 {
                break;
            }
        }
        let before = squeezed(&before);
        let rest = before.strip_suffix(&wanted).filter(|_| !wanted.is_empty());
        rest.is_some_and(|rest| !rest.ends_with(char::is_alphanumeric))
    }

    /// The place behind which the readings of an entry belong.
    pub(super) fn goal_of_readings(&self, at: usize) -> Option<usize> {
        let said = self.nodes[at].get("to").or(self.nodes[at].get("from"))?;
        let goal = *self.ids.get(said.split_whitespace().next()?.strip_prefix('#')?)?;
        attachable(&self.nodes[goal].name).then_some(goal)
    }

    /// The readings of an entry as a note at their place.
    pub(super) fn readings_behind(&mut self, at: usize, out: &mut Vec<Token>) {
        let (key, line, place) = (format!("(apparatus {at})"), self.nodes[at].line, self.notes.len());
        self.notes.push((key.clone(), line, Vec::new()));
        let mut own = Vec::new();
        let readings = self.readings(at);
        match readings.is_empty() {
            true => self.some_of_notes(at, &mut own),
            false => self.entry_of_readings(at, &readings, true, &mut own),
        }
        self.notes[place].2 = own;
        out.push(Token::Call(key));
    }

    pub(super) fn readings(&self, at: usize) -> Vec<usize> {
        let mut all = Vec::new();
        for inner in self.elements(at) {
            match self.nodes[inner].name.as_str() {
                "lem" | "rdg" => all.push(inner),
                "rdgGrp" => all.extend(self.readings(inner)),
                _ => {}
            }
        }
        all
    }

    pub(super) fn apparatus(&mut self, at: usize, out: &mut Vec<Token>) {
        let readings = self.readings(at);
        if self.apart.contains(&at) {
            return;
        }
        let points = self.nodes[at].get("from").or(self.nodes[at].get("to")).is_some() && !self.stands_beside(at);
        if (points || self.follows_its_words(at, &readings, out)) && !readings.is_empty() {
            return self.readings_behind(at, out);
        }
        if readings.is_empty() && self.nodes[self.nodes[at].parent].name == "listApp" {
            out.extend(self.nodes[at].get("loc").map(|loc| Token::Text(format!("{} ", squeezed(loc)), self.nodes[at].line)));
            return self.some_of_notes(at, out);
        }
        if self.stands_beside(at) || self.nodes[self.nodes[at].parent].name == "listApp" {
            return self.entry_of_readings(at, &readings, false, out);
        }
        let chosen = readings.iter().position(|reading| self.nodes[*reading].name == "lem").unwrap_or(0);
        if let Some(chosen) = readings.get(chosen) {
            self.inside(*chosen, out);
        }
        let key = format!("(apparatus {at})");
        let (line, place) = (self.nodes[at].line, self.notes.len());
        self.notes.push((key.clone(), line, Vec::new()));
        let mut said = Vec::new();
        for (_, reading) in readings.iter().enumerate().filter(|(at, _)| *at != chosen) {
            if !said.is_empty() {
                said.push(Token::Text("; ".to_owned(), line));
            }
            self.reading_with_notes(at, *reading, &mut said);
        }
        let said_there: BTreeSet<usize> = readings
            .iter()
            .enumerate()
            .filter(|(count, _)| *count != chosen)
            .flat_map(|(_, reading)| self.notes_of(at, *reading))
            .collect();
        for detail in self.elements(at).filter(|inner| self.nodes[*inner].name == "witDetail").collect::<Vec<_>>() {
            said.push(Token::Close);
            self.inside(detail, &mut said);
        }
        if said.is_empty() {
            self.notes.remove(place);
        } else {
            let own = self.nodes[at].get("loc").map(|loc| Token::Text(format!("{} ", squeezed(loc)), line));
            said.splice(0..0, own);
            self.notes[place].2 = said;
            out.push(Token::Call(key));
        }
        let rest: Vec<_> = self.elements(at).collect();
        for inner in rest {
            if matches!(self.nodes[inner].name.as_str(), "note" | "pb" | "lb" | "cb") && !said_there.contains(&inner) {
                self.element(inner, out);
            }
        }
    }

    /// What editors say of one reading in its entry: notes there that point to it.
    pub(super) fn notes_of(&self, app: usize, reading: usize) -> Vec<usize> {
        let Some(id) = self.nodes[reading].get("xml:id").map(str::trim).filter(|id| !id.is_empty()) else { return Vec::new() };
        let groups =
            self.elements(app).filter(|inner| self.nodes[*inner].name == "rdgGrp").flat_map(|group| self.elements(group));
        let leads = |note: &usize| {
            let target = self.nodes[*note].get("target").and_then(|target| target.split_whitespace().next());
            self.nodes[*note].name == "note"
                && target.and_then(|target| target.strip_prefix('#')) == Some(id)
                && !self.has_block(*note)
        };
        self.elements(app).chain(groups).filter(leads).collect()
    }

    pub(super) fn reading_with_notes(&mut self, app: usize, reading: usize, said: &mut Vec<Token>) {
        let (line, notes) = (self.nodes[reading].line, self.notes_of(app, reading));
        for note in notes.iter().filter(|note| **note < reading) {
            self.within.push(*note);
            self.inside(*note, said);
            self.within.pop();
            said.push(Token::Text(" ".to_owned(), line));
        }
        self.reading(reading, said);
        for note in notes.iter().filter(|note| **note > reading) {
            said.push(Token::Text(" ".to_owned(), line));
            self.within.push(*note);
            self.inside(*note, said);
            self.within.pop();
        }
    }

    /// An entry of an apparatus that stands apart: its place, the words of the text, and behind a bracket how others have them.
    /// In one that is a note, what editors say of it stands behind it.
    pub(super) fn entry_of_readings(&mut self, at: usize, readings: &[usize], is_note: bool, out: &mut Vec<Token>) {
        let line = self.nodes[at].line;
        out.push(Token::Close);
        out.extend(self.nodes[at].get("loc").map(|loc| Token::Text(format!("{} ", squeezed(loc)), line)));
        if let Some(lemma) = readings.iter().find(|reading| self.nodes[**reading].name == "lem") {
            self.inside(*lemma, out);
            if let Some(Token::Text(text, _)) = out.last_mut() {
                text.truncate(text.trim_end().len());
            }
            let only = if readings.len() == 1 { self.sigla(*lemma) } else { String::new() };
            out.push(Token::Text(format!("] {only}"), line));
        }
        for (count, reading) in
            readings.iter().filter(|reading| self.nodes[**reading].name != "lem").copied().enumerate().collect::<Vec<_>>()
        {
            out.extend((count > 0).then(|| Token::Text("; ".to_owned(), line)));
            self.reading_with_notes(at, reading, out);
        }
        let others = readings.iter().filter(|reading| self.nodes[**reading].name != "lem");
        let said_there: BTreeSet<usize> = others.flat_map(|reading| self.notes_of(at, *reading)).collect();
        for inner in self.elements(at).collect::<Vec<_>>() {
            match self.nodes[inner].name.as_str() {
                "witDetail" => {
                    out.push(Token::Close);
                    self.inside(inner, out);
                }
                "note"
                    if is_note && !said_there.contains(&inner) && !self.has_block(inner) && !self.stands_elsewhere(inner) =>
                {
                    out.push(Token::Close);
                    self.within.push(inner);
                    self.inside(inner, out);
                    self.within.pop();
                }
                "note" | "pb" | "lb" | "cb" if !said_there.contains(&inner) => self.element(inner, out),
                _ => {}
            }
        }
        out.push(Token::Close);
    }

    /// What the notes of an entry say, in the line.
    pub(super) fn some_of_notes(&mut self, at: usize, out: &mut Vec<Token>) {
        for inner in self.elements(at).collect::<Vec<_>>() {
            if self.nodes[inner].name == "note" {
                self.within.push(inner);
                self.inside(inner, out);
                self.within.pop();
                out.push(Token::Close);
            }
        }
    }

    pub(super) fn reading(&mut self, reading: usize, said: &mut Vec<Token>) {
        let line = self.nodes[reading].line;
        if self.line(reading).is_empty() && self.elements(reading).all(|inner| self.nodes[inner].name == "space") {
            said.push(Token::Text("–".to_owned(), line));
        }
        let only = self.elements(reading).next().filter(|note| {
            let alone = self.elements(reading).nth(1).is_none() && !self.has_words(reading);
            alone && self.nodes[*note].name == "note" && !self.has_block(*note)
        });
        match only {
            Some(note) => {
                self.within.push(note);
                self.inside(note, said);
                self.within.pop();
            }
            None => self.inside(reading, said),
        }
        said.push(Token::Text(format!(" {}", self.sigla(reading)), line));
    }

    /// Who has a reading, or conjectured it.
    fn sigla(&self, reading: usize) -> String {
        let named = |attribute: &str| self.nodes[reading].get(attribute).unwrap_or_default().to_owned();
        let mut witnesses = format!("{} {}", named("wit"), named("source"));
        if witnesses.trim().is_empty() {
            witnesses = named("resp");
        }
        let sigla: Vec<_> = witnesses.split_whitespace().map(|one| one.rsplit('#').next().unwrap_or(one)).collect();
        sigla.join(" ")
    }
}
