//! Spaces that a tool leaves where a word's style ends or begins: `*packages* . However`, `( *q.v.* )`. It reads each stretch of one face
//! by itself, and doesn't know that nothing stood between it and the mark.

use super::calls::part;
use super::guesses::Guesses;
use crate::report::RepairKind;
use crate::tree::{Blocks, Inline, Node, Style, lines_mut, plain_text};

/// How sure we are, where it is a habit.
const SURE: f32 = 0.95;
/// So many such spaces are one, at least, and where three of four words have them.
const HABIT: usize = 8;

/// What stands close to the word before it in every language, and what to the one behind it.
const CLOSE: [char; 6] = ['.', ',', ')', ']', '’', '”'];
const OPEN: [char; 4] = ['(', '[', '‘', '“'];

/// Closes these spaces where the text has them as a habit.
pub fn close(blocks: &mut Blocks, guesses: &mut Guesses) {
    let (mut apart, mut close) = (0, 0);
    lines_mut(blocks, false, &mut |line, _| {
        for side in line.windows(2).flat_map(sides) {
            apart += usize::from(side.apart);
            close += usize::from(!side.apart);
        }
    });
    if apart < HABIT || apart < close * 3 {
        return;
    }
    lines_mut(blocks, false, &mut |line, _| {
        for at in 1..line.len() {
            for side in sides(&line[at - 1..=at]).filter(|side| side.apart).collect::<Vec<_>>() {
                let (word, text) = if side.behind { (at - 1, at) } else { (at, at - 1) };
                let word = plain_text(&line[word..=word]);
                shut(&mut line[text], &word, side.behind, guesses);
            }
        }
    });
}

/// A text beside a styled word that has a mark where they meet.
struct Side {
    /// Whether it stands behind the word.
    behind: bool,
    /// Whether a space parts them.
    apart: bool,
}

/// What of two neighbours is such a text.
fn sides(pair: &[Node<Inline>]) -> impl Iterator<Item = Side> + use<> {
    let behind = text(&pair[1]).filter(|_| is_styled(&pair[0])).and_then(|text| {
        let apart = is_apart(text);
        (apart || text.starts_with(CLOSE)).then_some(Side { behind: true, apart })
    });
    let before = text(&pair[0]).filter(|_| is_styled(&pair[1])).and_then(|text| {
        let bare = text.trim_end_matches(' ');
        bare.ends_with(OPEN).then_some(Side { behind: false, apart: bare.len() < text.len() })
    });
    behind.into_iter().chain(before)
}

/// Takes the space between a text and the styled word before it, or behind it.
fn shut(node: &mut Node<Inline>, word: &str, behind: bool, guesses: &mut Guesses) {
    let Inline::Text(text) = &mut node.kind else { return };
    let exact = u32::from(node.span.range().len() == text.len());
    let mark = if behind { text.trim_start().chars().next() } else { text.trim_end().chars().next_back() };
    let mark = mark.map(String::from).unwrap_or_default();
    let (place, said) = match behind {
        true => (0..1 + mark.len(), [word.split(' ').next_back().unwrap_or(""), &mark]),
        false => (text.len() - 1..text.len(), [&mark, word.split(' ').next().unwrap_or("")]),
    };
    let place = part(text, node.span, place);
    if !guesses.make_of(RepairKind::SpaceClosed, place, SURE, || (said.join(" "), said.concat())) {
        return;
    }
    match behind {
        true => {
            text.remove(0);
            node.span.start += exact;
        }
        false => {
            text.pop();
            node.span.end -= exact;
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
