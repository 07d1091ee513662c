//! A second witness of a plain text, who knows nothing of how it is laid out. What [`mod@super::script`] expects follows the
//! conventions of such texts step by step, as whoever writes one does, so that both could make the same mistake. Here it is only
//! asked whether every word of the tree stands in the file, in its order: those of the text, those of each note at its mark, those
//! of tables and of what pictures show anywhere among what else there is. What the file has beyond them is no matter here.

use std::collections::BTreeMap;

use super::{Copy, cut};
use crate::align::{Texts, align};
use crate::env::Env;
use crate::span::Span;
use crate::tree::{
    Block, Document, Inline, Node, NoteId, NoteMarks, Part, Style, formula_as_text, inline_children, parts, plain_text,
};
use crate::verify::script::squeezed;
use crate::verify::words::{Flow, Kind, Lexer};
use crate::verify::{Difference, Place};

/// The sign before what is raised.
const RAISED: char = '^';

/// How far a note's lines stand in, but for the first.
const INDENT: &str = "    ";

/// The words of the tree that the file has not: how many, and what there is to say.
pub fn lost(doc: &Document, env: &Env, copy: &Copy, text: &str) -> (usize, Vec<Difference>) {
    let mut teller = Teller { flows: Vec::new(), now: 0, copy, env };
    teller.begin(0, false);
    doc.body.iter().for_each(|node| teller.block(node));
    let flow = &copy.reading.body.flow;
    let (bags, flows): (Vec<_>, Vec<_>) = teller.flows.into_iter().partition(|told| told.is_bag);
    let flows: Vec<_> = flows.into_iter().map(|told| (told.owner, told.lexer.finish())).collect();
    let marks = NoteMarks::numbers(doc);
    let lines = owners(text, &flows, &marks);
    let mut missing = Missing { flow, used: vec![false; flow.len()], left: BTreeMap::new(), count: 0, differences: Vec::new() };
    let mut words: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    let mut shared = Vec::new();
    for at in flow.of_kind(Kind::Word) {
        let line = match flow.place(at) {
            Some(Place::Text { line }) => *line,
            _ => 0,
        };
        let own = lines.get(line.wrapping_sub(1)).copied().unwrap_or_default();
        words.entry(own.owner).or_default().push(at);
        if own.is_shared {
            shared.push(at);
        }
    }
    let mut text = words.remove(&0).unwrap_or_default();
    let mut spare = Vec::new();
    for (owner, told) in flows.iter().filter(|(owner, _)| *owner > 0) {
        match words.remove(owner) {
            Some(own) => missing.in_order(told, &own),
            // Wherever the note is, there its words are.
            None => spare.push(told),
        }
    }
    text.extend(shared.into_iter().filter(|at| !missing.used[*at]));
    text.sort_unstable();
    flows.iter().filter(|(owner, _)| *owner == 0).for_each(|(_, told)| missing.in_order(told, &text));
    missing.leave();
    spare.into_iter().for_each(|told| missing.anywhere(told));
    bags.into_iter().for_each(|told| missing.anywhere(&told.lexer.finish()));
    (missing.count, missing.differences)
}

/// Whose a line is.
#[derive(Clone, Copy, Default)]
struct Own {
    /// 0: the text's, else the note's that is numbered so.
    owner: u32,
    /// Whether it may be the text's as well: what stands in behind a note's first lines may be a quotation below it.
    is_shared: bool,
}

/// Whose each line is. A note's mark stands first on its line, then its first word; its other lines stand in.
fn owners(text: &str, flows: &[(u32, Flow<Option<Span>>)], marks: &NoteMarks) -> Vec<Own> {
    let lines: Vec<&str> = text.lines().collect();
    let mut marked: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, line) in lines.iter().enumerate() {
        if let Some((mark, _)) = line.strip_prefix('[').and_then(|rest| rest.split_once("] ")) {
            marked.entry(mark).or_default().push(at);
        }
    }
    let mut notes: BTreeMap<String, Vec<(u32, &str)>> = BTreeMap::new();
    for (owner, told) in flows.iter().filter(|(owner, _)| *owner > 0) {
        if let Some(first) = told.of_kind(Kind::Word).next() {
            notes.entry(marks.mark(NoteId(*owner))).or_default().push((*owner, told.said(first)));
        }
    }
    // Where each note begins: with its first word, if it can be. Of one mark the last such line is a note's, and where chapters count
    // anew each note stands behind the last chapter's.
    let mut begins: BTreeMap<usize, u32> = BTreeMap::new();
    for (mark, mut notes) in notes {
        let places = marked.get(mark.as_str()).map(Vec::as_slice).unwrap_or_default();
        notes.sort_unstable();
        if let [(owner, first)] = notes[..] {
            let begins_with = |at: usize| {
                let said = lines[at].split_once("] ").map_or("", |(_, said)| said);
                said.trim_start_matches(|c: char| !c.is_alphanumeric()).starts_with(first)
            };
            let place = places.iter().copied().max_by_key(|at| (begins_with(*at), lines[*at].contains(first), *at));
            begins.extend(place.map(|at| (at, owner)));
            continue;
        }
        let mut from = 0;
        for (owner, first) in notes {
            let behind = || places.iter().copied().filter(|at| *at >= from);
            let Some(at) = behind().find(|at| lines[*at].contains(first)).or_else(|| behind().next()) else { break };
            begins.insert(at, owner);
            from = at + 1;
        }
    }
    let (mut open, mut blank) = (0, false);
    let own = lines.iter().enumerate().map(|(at, line)| {
        match begins.get(&at) {
            Some(owner) => (open, blank) = (*owner, false),
            None if line.is_empty() => blank = true,
            None if line.starts_with(INDENT) => {}
            None => open = 0,
        }
        Own { owner: open, is_shared: open > 0 && blank }
    });
    own.collect()
}

/// What is told of one flow.
struct Told {
    owner: u32,
    /// Whether its words may stand in any order.
    is_bag: bool,
    lexer: Lexer<Option<Span>>,
}

struct Teller<'a> {
    flows: Vec<Told>,
    now: usize,
    copy: &'a Copy,
    env: &'a Env,
}

impl Teller<'_> {
    fn begin(&mut self, owner: u32, is_bag: bool) {
        self.now = self.flows.len();
        self.flows.push(Told { owner, is_bag, lexer: Lexer::new(cut(self.env)) });
    }

    /// Tells of something in a flow of its own.
    fn apart(&mut self, owner: u32, is_bag: bool, tell: impl FnOnce(&mut Self)) {
        let before = self.now;
        self.begin(owner, is_bag);
        tell(self);
        self.now = before;
    }

    fn close(&mut self) {
        self.flows[self.now].lexer.close();
    }

    fn say(&mut self, text: &str, span: Span) {
        let lexer = &mut self.flows[self.now].lexer;
        lexer.at(Some(span));
        let replaced = &self.copy.replaced;
        if replaced.is_empty() || text.is_ascii() {
            return lexer.text(text);
        }
        let mut buffer = [0; 4];
        let said: String =
            text.chars().map(|c| replaced.get(&c).map_or(&*c.encode_utf8(&mut buffer), String::as_str).to_owned()).collect();
        lexer.text(&said);
    }

    fn bag(&mut self, tell: impl FnOnce(&mut Self)) {
        self.apart(self.flows[self.now].owner, true, tell);
    }

    fn block(&mut self, node: &Node<Block>) {
        self.close();
        match &node.kind {
            // What shows a table of hyphens is read by its cells.
            Block::Code { text, .. } if text.lines().any(|line| super::rule(line.trim_end()).is_some()) => {
                self.bag(|teller| teller.say(text, node.span));
            }
            Block::Code { text, .. } => self.say(text, node.span),
            Block::Math(tex) => self.say(&formula_as_text(tex), node.span),
            // Its cells may stand in columns or one below the other.
            Block::Table(table) => {
                self.line(&table.caption);
                let cells = table.head.iter().chain(&table.rows).flatten();
                self.bag(|teller| cells.flat_map(|cell| &cell.kind.body).for_each(|node| teller.block(node)));
            }
            // It may stand before all else.
            Block::Title(text) => self.bag(|teller| teller.line(text)),
            // What the caption says, no description says once more.
            Block::Figure(figure) => {
                let caption = plain_text(&figure.caption);
                for image in &figure.images {
                    if caption != squeezed(&image.kind.alt) {
                        self.bag(|teller| teller.say(&image.kind.alt, image.span));
                    }
                }
                self.line(&figure.caption);
            }
            Block::Heading { .. }
            | Block::Paragraph(_)
            | Block::Quote(_)
            | Block::Group(_)
            | Block::Verse(_)
            | Block::List(_)
            | Block::Definitions(_)
            | Block::Bibliography(_)
            | Block::Index(_)
            | Block::PageBreak(_)
            | Block::Rule => parts(&node.kind, &mut |part| {
                self.close();
                match part {
                    Part::Line(line) => self.line(line),
                    Part::Blocks(blocks) => blocks.iter().for_each(|node| self.block(node)),
                    Part::Cell(cell) => cell.kind.body.iter().for_each(|node| self.block(node)),
                    Part::Image(image) => self.bag(|teller| teller.say(&image.kind.alt, image.span)),
                }
            }),
            Block::Comment(_) => {}
        }
        self.close();
    }

    fn line(&mut self, line: &[Node<Inline>]) {
        for (at, node) in line.iter().enumerate() {
            match &node.kind {
                // The address behind a link's words parts them from what is set close to them; the rest of a word it waits for.
                Inline::Link(link) if !link.target.starts_with('#') => {
                    self.line(&link.text);
                    let waits = matches!(line.get(at + 1).map(|next| &next.kind),
                        Some(Inline::Text(text)) if text.starts_with(char::is_alphanumeric));
                    let shown = plain_text(&link.text);
                    if !waits && shown != link.target && shown != link.target.trim_start_matches("mailto:") {
                        self.close();
                    }
                }
                Inline::Text(text) | Inline::Code(text) | Inline::Math(text) => self.say(text, node.span),
                Inline::LineBreak => self.close(),
                // Figures have raised signs of their own: one that is said so is no word of a table's.
                Inline::Styled(Style::Superscript, inner) if !self.env.settings.text.ascii && is_figures(inner) => {
                    let raised = |c: char| RAISED_FIGURES.chars().nth(c.to_digit(10)? as usize);
                    self.close();
                    self.say(&plain_text(inner).chars().filter_map(raised).collect::<String>(), node.span);
                    self.close();
                }
                // A sign parts a number that is raised.
                Inline::Styled(Style::Superscript, inner) if !plain_text(inner).contains(char::is_alphabetic) => {
                    self.close();
                    self.line(inner);
                    self.close();
                }
                Inline::Ruby { base, reading } => {
                    self.line(base);
                    self.close();
                    self.say(reading, node.span);
                    self.close();
                }
                Inline::Image(image) => self.bag(|teller| teller.say(&image.alt, node.span)),
                Inline::Note(note) => {
                    // Words of a table are looked for one by one: the call parts one.
                    if self.flows[self.now].is_bag {
                        self.close();
                    }
                    self.apart(note.id.0, false, |teller| note.body.iter().for_each(|node| teller.block(node)))
                }
                Inline::PageBreak(page) => {
                    if page.space {
                        self.close();
                    }
                }
                Inline::Styled(..) | Inline::Span(_) | Inline::Link(_) | Inline::Citation(_) | Inline::Reference(_) => {
                    self.line(inline_children(&node.kind))
                }
                Inline::NoteCall(_) if self.flows[self.now].is_bag => self.close(),
                Inline::NoteCall(_) | Inline::IndexTerm(_) | Inline::LineEnd | Inline::Comment(_) => {}
            }
        }
    }
}

struct Missing<'a> {
    flow: &'a Flow<Place>,
    /// Which of its items a flow of the tree has.
    used: Vec<bool>,
    /// How often each word of the file is left that no flow has.
    left: BTreeMap<String, usize>,
    count: usize,
    differences: Vec<Difference>,
}

impl Missing<'_> {
    /// What no flow has is left.
    fn leave(&mut self) {
        for at in self.flow.of_kind(Kind::Word).filter(|at| !self.used[*at]) {
            for part in parted(self.flow.said(at)) {
                *self.left.entry(part).or_default() += 1;
            }
        }
    }

    /// The words of a flow stand in the file in their order. `have`: where the file's words are.
    fn in_order(&mut self, told: &Flow<Option<Span>>, have: &[usize]) {
        let want: Vec<usize> = told.of_kind(Kind::Word).collect();
        let shared = align(&Both { want: (told, &want), have: (self.flow, have) }, want.len(), have.len());
        let (mut a, mut b) = (0, 0);
        let ends = shared.iter().map(|shared| (shared.a, shared.b, shared.len)).chain([(want.len(), have.len(), 0)]);
        for (start, there, length) in ends.collect::<Vec<_>>() {
            // A sign inside a word may part it.
            let wanted = letters(want[a..start].iter().map(|at| told.said(*at)));
            let found = letters(have[b..there].iter().map(|at| self.flow.said(*at)));
            if !wanted.is_empty()
                && let Some(place) = found.rfind(&wanted)
            {
                // What stands beside them may be a table's.
                let (place, mut from) = (place..place + wanted.len(), 0);
                for at in &have[b..there] {
                    let own = from..from + letters(std::iter::once(self.flow.said(*at))).len();
                    from = own.end;
                    self.used[*at] |= own.start < place.end && place.start < own.end;
                }
            } else {
                // What begins as the file does there is not what is lost.
                let mut rest = found.as_str();
                let there_too = |at: &&usize| {
                    let own = letters(std::iter::once(told.said(**at)));
                    let behind = rest.strip_prefix(&own).filter(|_| !own.is_empty());
                    behind.map(|behind| rest = behind).is_some()
                };
                let first = a + want[a..start].iter().take_while(there_too).count();
                self.tell(told, &want[first..start]);
            }
            (a, b) = (start + length, there + length);
            have[there..b].iter().for_each(|at| self.used[*at] = true);
        }
    }

    /// The words stand somewhere among what is left.
    fn anywhere(&mut self, told: &Flow<Option<Span>>) {
        for at in told.of_kind(Kind::Word).collect::<Vec<_>>() {
            let parts = parted(told.said(at));
            let is_left = |part: &String| self.left.get(part).is_some_and(|count| *count > 0);
            if !parts.iter().all(is_left) {
                self.tell(told, &[at]);
                continue;
            }
            for part in parts {
                self.left.entry(part).and_modify(|count| *count = count.saturating_sub(1));
            }
        }
    }

    fn tell(&mut self, told: &Flow<Option<Span>>, lost: &[usize]) {
        let (Some(first), Some(last)) = (lost.first(), lost.last()) else { return };
        self.count += lost.len();
        let words = if lost.len() == 1 { "1 word".to_owned() } else { format!("{} words", lost.len()) };
        let message = format!("\"{}\" is lost ({words})", told.quote(*first..last + 1));
        let span = told.place(*first).copied().flatten();
        self.differences.push(Difference { code: "words-lost", span, place: None, message });
    }
}

/// A word where raised figures part it, each as the figure that it stands for.
fn parted(word: &str) -> Vec<String> {
    let (mut parts, mut part, mut is_raised) = (Vec::new(), String::new(), false);
    for c in word.chars().chain([RAISED]) {
        if (c == RAISED || figure(c).is_some() != is_raised) && !part.is_empty() {
            parts.push(std::mem::take(&mut part));
        }
        is_raised = figure(c).is_some();
        part.extend((c != RAISED).then(|| figure(c).unwrap_or(c)));
    }
    parts
}

/// What words say, without the signs in them.
fn letters<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.flat_map(str::chars).map(|c| figure(c).unwrap_or(c)).filter(|c| c.is_alphanumeric()).collect()
}

/// The raised figures, by what they stand for (Unicode, "Superscripts and Subscripts").
const RAISED_FIGURES: &str = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/// What a raised figure stands for.
fn figure(c: char) -> Option<char> {
    let value = if c.is_ascii() { None } else { RAISED_FIGURES.chars().position(|raised| raised == c) };
    char::from_digit(value? as u32, 10)
}

fn is_figures(line: &[Node<Inline>]) -> bool {
    let [Node { kind: Inline::Text(text), .. }] = line else { return false };
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Words of the tree and of the file.
struct Both<'a> {
    want: (&'a Flow<Option<Span>>, &'a [usize]),
    have: (&'a Flow<Place>, &'a [usize]),
}

impl Texts for Both<'_> {
    fn same(&self, a: usize, b: usize) -> bool {
        self.want.0.same(self.want.1[a], self.have.0, self.have.1[b])
    }

    fn hash(&self, a: bool, at: usize) -> u64 {
        if a { self.want.0.hash(self.want.1[at]) } else { self.have.0.hash(self.have.1[at]) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::Manuscript;
    use crate::report::Report;
    use crate::settings::RestoreSettings;
    use crate::span::{Source, Sources};

    /// What of a source is lost in a text.
    #[track_caller]
    fn check(source: &str, text: &str, want: &[&str]) {
        let mut sources = Sources::default();
        sources.add(Source { name: "a.md".to_owned(), text: source.to_owned() });
        let manuscript = Manuscript { sources, stem: "a".to_owned(), ..Manuscript::default() };
        let dialects = crate::Kit::BUILTIN.dialects;
        let doc = crate::read::read(&manuscript, dialects, None, &RestoreSettings::default(), &mut Report::default());
        let env = Env::default();
        let copy = super::super::read(text.as_bytes(), &env);
        let found = lost(&doc, &env, &copy, text).1;
        let found: Vec<_> = found.iter().map(|found| found.message.as_str()).collect();
        assert_eq!(found, want);
    }

    #[test]
    fn every_word_stands_in_the_file_whatever_else_does() {
        let source =
            "# Salt\n\nOne two[^a] x^2^ three.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n[^a]: Note of it.\n\n    And more.\n";
        let text = "Salt\n\n\nOne two[1] x^2 three.\n\na: 1\nb: 2\n\nNotes\n\n[1] Note of it.\n\n    And more.\n";
        check(source, text, &[]);
        let raised = "One.\n\n| a |\n|---|\n| 1 |\n\nEnd.\n\n^1^ Two.\n";
        check(raised, "One.\n\na\n-\n1\n\nEnd.\n\n¹ Two.\n", &[]);
        check("| a |\n|---|\n| 1 |\n\nH^2^ it is.\n", "a\n-\n1\n\nH² it is.\n", &[]);
        check(source, &text.replace("three", ""), &["\"three\" is lost (1 word)"]);
        check(source, &text.replace("And more", "And"), &["\"more\" is lost (1 word)"]);
        check(source, &text.replace("One two[1]", "two[1] One"), &["\"One\" is lost (1 word)"]);
        check(source, &text.replace("b: 2", "b:"), &["\"2\" is lost (1 word)"]);
        check(source, &text.replace("[1] Note of", "[1] of").replace("One", "Note One"), &["\"Note\" is lost (1 word)"]);
    }
}
