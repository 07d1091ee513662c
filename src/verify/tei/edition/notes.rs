//! Notes and what leads to them: where each stands, and what of its words is only the mark by which it is called.

use super::super::super::script::squeezed;
use super::{BACK, Child, LONGEST_MARK, Reader, Token, says_words};

impl Reader {
    /// A note where it stands: there, if nothing calls it to another place. Between blocks it is text.
    pub(super) fn note_here(&mut self, at: usize, out: &mut Vec<Token>) {
        let is_void = self.elements(at).next().is_none() && !self.has_words(at);
        if is_void || self.stands_elsewhere(at) {
            return;
        }
        let parent = self.place_of_note(at);
        // One between lines, or rows, belongs to the words on its side.
        let among_blocks = match self.nodes[parent].name.as_str() {
            "lg" | "table" | "row" | "epigraph" => false,
            "figure" => true,
            _ if self.alone.contains(&at) => true,
            _ => self.holds_blocks_only(parent),
        };
        if (self.speakers.contains(&at) || among_blocks) && !self.referred.contains(&at) {
            out.push(Token::Close);
            let mark = self.nodes[at].get("n").map(squeezed).filter(|mark| !mark.is_empty());
            let line = self.nodes[at].line;
            self.within.push(at);
            if let Some(mark) = mark {
                out.push(Token::Text(format!("{mark} "), line));
            }
            self.inside(at, out);
            self.within.pop();
            return out.push(Token::Close);
        }
        if !among_blocks {
            self.note(at, "", out);
        }
    }

    /// Whether a note is called, or points, to another place.
    pub(super) fn stands_elsewhere(&self, at: usize) -> bool {
        self.called.contains(&at) || self.moved.contains(&at)
    }

    /// In which element a note stands: not in the group that it is of.
    pub(super) fn place_of_note(&self, at: usize) -> usize {
        let parent = self.nodes[at].parent;
        if self.nodes[parent].name == "noteGrp" { self.nodes[parent].parent } else { parent }
    }

    /// Calls a note by `words`, and writes its flow where it was not written yet.
    pub(super) fn note(&mut self, at: usize, words: &str, out: &mut Vec<Token>) {
        let key = self.nodes[at].get("xml:id").map_or_else(|| format!("(note {at})"), str::to_owned);
        out.push(Token::Call(key.clone()));
        if !self.written.insert(at) {
            return;
        }
        let place = self.notes.len();
        self.notes.push((key, self.nodes[at].line, Vec::new()));
        let mut own = Vec::new();
        self.within.push(at);
        let skipped = self.mark_of(at, words);
        if let Some(skipped) = skipped {
            self.nodes[skipped].children.clear();
            self.nodes[skipped].attributes.retain(|(name, _)| name != "target");
        }
        self.inside(at, &mut own);
        self.within.pop();
        self.notes[place].2 = own;
    }

    /// Takes the number off a note's words by which it is called.
    pub(super) fn drop_number(&mut self, note: usize, mark: &str) {
        let number = mark.trim_matches(['[', ']', '(', ')', '.']);
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return;
        }
        let Some((_, _, own)) = self.notes.get_mut(note) else { return };
        let is_blank = |token: &Token| {
            matches!(token, Token::Close | Token::Line) || matches!(token, Token::Text(text, _) if text.trim().is_empty())
        };
        let Some(first) = own.iter().position(|token| !is_blank(token)) else { return };
        let goes_on = own[first + 1..].iter().any(|token| !is_blank(token));
        let Token::Text(text, _) = &mut own[first] else { return };
        let Some(behind) = text.trim_start().trim_start_matches(['[', '(']).strip_prefix(number) else { return };
        let behind = behind.trim_start_matches([']', ')', '.', ':']);
        if behind.starts_with(char::is_whitespace) && (goes_on || !behind.trim().is_empty()) {
            *text = behind.trim_start().to_owned();
        }
    }

    /// The label before a note's words, or the reference there that leads back to its call: in print it is the mark.
    pub(super) fn mark_of(&self, note: usize, words: &str) -> Option<usize> {
        let first_of = |at: usize| {
            self.nodes[at].children.iter().find(|child| match child {
                Child::Text(text, _) => !text.trim().is_empty(),
                Child::Node(inner) => self.nodes[*inner].name != "anchor",
            })
        };
        let Some(Child::Node(first)) = first_of(note) else { return None };
        let mut at = *first;
        while matches!(self.nodes[at].name.as_str(), "p" | "ab") && !self.has_words(at) {
            at = self.elements(at).find(|inner| self.nodes[*inner].name != "anchor")?;
        }
        if self.nodes[at].name == "p" {
            match first_of(at) {
                Some(Child::Node(inner)) => at = *inner,
                _ => return None,
            }
        }
        let short = self.line(at).chars().count() <= LONGEST_MARK;
        let back = || {
            let target = self.nodes[at].get("target").and_then(|target| target.strip_prefix('#'));
            self.nodes[at].name == "ref" && target.is_some_and(|id| self.calls.contains(id))
        };
        // Its number, led back from to anywhere, or raised as the call is.
        let bare = |mark: &str| mark.trim_matches(['[', ']', '(', ')', '.', ' ']).to_owned();
        let (own, number) = (bare(&self.line(at)), bare(&self.nodes[note].get("n").map(squeezed).unwrap_or_default()));
        let leads = self.nodes[at].name == "ref" && self.nodes[at].get("target").is_some_and(|target| target.starts_with('#'));
        let raised = match self.nodes[at].name.as_str() {
            "ref" | "xref" | "seg" | "foreign" | "sup" => true,
            "hi" => self.nodes[at].get("rend").or(self.nodes[at].get("rendition")).is_some_and(|rend| rend.contains("sup")),
            _ => false,
        };
        let counts = !own.is_empty() && own.bytes().all(|byte| byte.is_ascii_digit());
        let called = raised && counts && own == bare(words) && (number.is_empty() || number == own);
        let numbered = leads && !own.is_empty() && own == number || called;
        (short && (self.nodes[at].name == "label" && self.nodes[at].parent == note || back() || numbered)).then_some(at)
    }

    pub(super) fn reference(&mut self, at: usize, out: &mut Vec<Token>) {
        let target = self.nodes[at].get("target").and_then(|target| target.split_whitespace().next()).map(str::to_owned);
        let goal = target.as_deref().and_then(|target| self.ids.get(target.strip_prefix('#')?)).copied();
        let words = self.line(at);
        if let Some(note) = goal.filter(|goal| self.nodes[*goal].name == "note" && !self.within.contains(goal)) {
            let mark = self.nodes[note].get("n").map(squeezed).unwrap_or_default();
            if (words.chars().count() > LONGEST_MARK || says_words(&words)) && words != mark {
                self.inside(at, out);
            }
            // One that stands among words is written there.
            if !self.among_words.contains(&note) {
                let is_new = !self.written.contains(&note);
                let place = self.notes.len();
                self.note(note, &words, out);
                let bare = |mark: &str| mark.trim_matches(['[', ']', '(', ')', '.', ' ']).to_owned();
                if is_new && (mark.is_empty() || bare(&mark) == bare(&words)) && self.called.contains(&note) {
                    self.drop_number(place, &words);
                }
                return;
            }
            let key = self.nodes[note].get("xml:id").map_or_else(|| format!("(note {note})"), str::to_owned);
            return out.push(Token::Call(key));
        }
        let is_local = target.as_deref().is_some_and(|target| target.starts_with('#'));
        if is_local && !self.within.is_empty() && !words.is_empty() && words.chars().all(|c| BACK.contains(c)) {
            return;
        }
        match target.filter(|target| words.is_empty() && !target.starts_with('#')) {
            // A pointer without words: the address has to be said.
            Some(target) => {
                out.push(Token::Close);
                out.push(Token::Text(target, self.nodes[at].line));
            }
            // A pointer to a place in the work: a sign stands for it.
            // One to nothing says nothing.
            None if words.is_empty() && goal.is_none() => {}
            None if words.is_empty() && self.nodes[at].get("target").is_some() => {
                let words = goal.and_then(|goal| self.places.get(&goal)).cloned();
                out.push(Token::Close);
                out.push(Token::Text(words.unwrap_or_else(|| "→".to_owned()), self.nodes[at].line));
                out.extend((self.nodes[at].name == "ptr").then_some(Token::Close));
            }
            None => self.inside(at, out),
        }
    }
}
