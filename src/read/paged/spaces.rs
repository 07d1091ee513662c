//! Spaces that a tool leaves where a word's style ends or begins: `*packages* . However`, `( *q.v.* )`. It reads each stretch of one face
//! by itself, and doesn't know that nothing stood between it and the mark.

use super::guesses::Guesses;
use crate::report::RepairKind;
use crate::span::Span;
use crate::tree::{Blocks, Inline, Inlines, Node, PartMut, Style, inline_children_mut, parts_mut, plain_text};

/// How sure we are, where it is a habit.
const SURE: f32 = 0.95;
/// So many such spaces are one, at least, and where three of four words have them.
const HABIT: usize = 8;

/// What stands close to the word before it in every language, and what to the one behind it.
const CLOSE: [char; 6] = ['.', ',', ')', ']', '’', '”'];
const OPEN: [char; 4] = ['(', '[', '‘', '“'];

/// How many styled words have a space beside their mark, and how many have none.
#[derive(Default)]
struct Habit {
    spaced: usize,
    close: usize,
}

/// Closes these spaces where the text has them as a habit.
pub fn close(blocks: &mut Blocks, guesses: &mut Guesses) {
    let mut habit = Habit::default();
    lines(blocks, &mut |line| habit.count(line));
    if habit.spaced < HABIT || habit.spaced < habit.close * 3 {
        return;
    }
    lines(blocks, &mut |line| {
        for at in 0..line.len() {
            let (styled, behind) = (is_styled(&line[at]), line.get(at + 1).is_some_and(is_styled));
            if styled && line.get(at + 1).and_then(text).is_some_and(is_apart) {
                let word = plain_text(&line[at..=at]);
                shut(&mut line[at + 1], Side::Behind(word.split(' ').next_back().unwrap_or("")), guesses);
            }
            if behind && text(&line[at]).is_some_and(|text| text.ends_with(' ') && ends_open(text)) {
                let word = plain_text(&line[at + 1..=at + 1]);
                shut(&mut line[at], Side::Before(word.split(' ').next().unwrap_or("")), guesses);
            }
        }
    });
}

impl Habit {
    fn count(&mut self, line: &Inlines) {
        for pair in line.windows(2) {
            let (before, behind) = (text(&pair[0]), text(&pair[1]));
            if let (true, Some(behind)) = (is_styled(&pair[0]), behind) {
                self.spaced += usize::from(is_apart(behind));
                self.close += usize::from(behind.starts_with(CLOSE));
            }
            if let (Some(before), true) = (before, is_styled(&pair[1])) {
                self.spaced += usize::from(before.ends_with(' ') && ends_open(before));
                self.close += usize::from(before.ends_with(OPEN));
            }
        }
    }
}

/// On which side of a styled word a text stands.
#[derive(Clone, Copy)]
enum Side<'w> {
    Before(&'w str),
    Behind(&'w str),
}

/// Takes the space between a text and the styled word beside it.
fn shut(node: &mut Node<Inline>, side: Side, guesses: &mut Guesses) {
    let span = node.span;
    let Inline::Text(text) = &mut node.kind else { return };
    let exact = span.range().len() == text.len();
    let (place, said) = match side {
        Side::Behind(word) => {
            let mark: String = text.trim_start().chars().take(1).collect();
            (Span { end: span.start + 1 + mark.len() as u32, ..span }, (format!("{word} {mark}"), format!("{word}{mark}")))
        }
        Side::Before(word) => {
            let mark: String = text.trim_end().chars().next_back().into_iter().collect();
            (Span { start: span.end - 1, ..span }, (format!("{mark} {word}"), format!("{mark}{word}")))
        }
    };
    if !guesses.make_of(RepairKind::SpaceClosed, if exact { place } else { span }, SURE, || said) {
        return;
    }
    match side {
        Side::Behind(_) => {
            text.remove(0);
            node.span.start += u32::from(exact);
        }
        Side::Before(_) => {
            text.pop();
            node.span.end -= u32::from(exact);
        }
    }
}

fn text(node: &Node<Inline>) -> Option<&str> {
    match &node.kind {
        Inline::Text(text) => Some(text),
        _ => None,
    }
}

fn is_styled(node: &Node<Inline>) -> bool {
    matches!(
        node.kind,
        Inline::Styled(Style::Emphasis | Style::Strong, _)
            | Inline::Code(_)
            | Inline::Link(_)
            | Inline::Note(_)
            | Inline::NoteCall(_)
    )
}

/// Whether a text begins with a space and a mark that stands close to what is before it, and no word: `.profile` is one.
fn is_apart(text: &str) -> bool {
    let mut signs = text.strip_prefix(' ').unwrap_or("").chars();
    signs.next().is_some_and(|sign| CLOSE.contains(&sign)) && !signs.next().is_some_and(char::is_alphanumeric)
}

/// Whether it ends in a mark that opens something, and a space perhaps.
fn ends_open(text: &str) -> bool {
    text.trim_end_matches(' ').ends_with(OPEN)
}

/// Calls `see` with every line of text, those of notes and inside of styles, too.
fn lines(blocks: &mut Blocks, see: &mut impl FnMut(&mut Inlines)) {
    fn within(line: &mut Inlines, see: &mut impl FnMut(&mut Inlines)) {
        see(line);
        for node in line {
            match &mut node.kind {
                Inline::Note(note) => lines(&mut note.body, see),
                kind => inline_children_mut(kind).into_iter().for_each(|inner| within(inner, see)),
            }
        }
    }
    for node in blocks {
        parts_mut(&mut node.kind, &mut |part| match part {
            PartMut::Blocks(inner) => lines(inner, see),
            PartMut::Cell(cell) => lines(&mut cell.kind.body, see),
            PartMut::Line(line) => within(line, see),
            PartMut::Image(_) => {}
        });
    }
}
