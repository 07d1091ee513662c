//! A line's end between two signs of Chinese or Japanese is nothing: these scripts set no spaces, and a source's lines end where they
//! may (CSS Text 3, 4.1.2, "segment break transformation"). In all outputs alike, so that it is taken out of the tree.

use std::mem::take;

use crate::tree::{Block, Blocks, Inline, Inlines, Node, PartMut, VisitMut, inline_children_mut, parts_mut, walk_blocks_mut};

/// Takes out the line ends that are no spaces.
pub(super) fn close(blocks: &mut Blocks) {
    // Notes stand in lines, and are lines of their own.
    walk_blocks_mut(blocks, &mut |visit| match visit {
        VisitMut::Block(node) => of_block(&mut node.kind),
        VisitMut::Inline(_) | VisitMut::Cell(_) | VisitMut::Image(_) => {}
    });
}

fn of_block(kind: &mut Block) {
    parts_mut(kind, &mut |part| {
        if let PartMut::Line(line) = part {
            of_line(line);
        }
    });
}

/// One line of text, over all the stretches in it.
fn of_line(line: &mut Inlines) {
    // Most books have none: they aren't looked at sign by sign.
    let may_be_unspaced = |text: &str| text.bytes().any(|byte| byte >= 0xE2) && text.contains(is_unspaced);
    if !says(line, &|text| text.contains('\n')) || !says(line, &may_be_unspaced) {
        return;
    }
    let mut said = String::new();
    say(line, &mut said);
    let mut ends = Vec::new();
    let mut before = ' ';
    for (at, c) in said.char_indices() {
        if c == '\n' {
            let behind = said[at + 1..].chars().next().unwrap_or(' ');
            ends.push(parts_nothing(before, behind));
        }
        before = c;
    }
    if ends.contains(&true) {
        drop_ends(line, &mut ends.into_iter());
    }
}

/// Whether any text of a line is so.
fn says(line: &[Node<Inline>], is_so: &impl Fn(&str) -> bool) -> bool {
    line.iter().any(|node| match &node.kind {
        Inline::Text(text) | Inline::Code(text) => is_so(text),
        kind => says(crate::tree::inline_children(kind), is_so),
    })
}

/// The text of a line, a sign in the place of what is none.
fn say(line: &[Node<Inline>], said: &mut String) {
    for node in line {
        match &node.kind {
            Inline::Text(text) => said.push_str(text),
            Inline::Code(text) => said.push_str(&text.replace('\n', " ")),
            Inline::Note(_) | Inline::NoteCall(_) | Inline::IndexTerm(_) | Inline::Comment(_) | Inline::LineEnd => {}
            kind => match crate::tree::inline_children(kind) {
                [] => said.push('\u{FFFC}'),
                inner => say(inner, said),
            },
        }
    }
}

/// Takes the ends of lines out for which `ends` says so, in order.
fn drop_ends(line: &mut Inlines, ends: &mut impl Iterator<Item = bool>) {
    for node in line {
        if let Inline::Text(text) = &mut node.kind {
            if text.contains('\n') {
                *text = take(text).chars().filter(|c| *c != '\n' || !ends.next().unwrap_or(false)).collect();
            }
        } else if let Some(inner) = inline_children_mut(&mut node.kind) {
            drop_ends(inner, ends);
        }
    }
}

/// Whether a line's end between two characters is nothing. Quotation marks and dashes belong to the sign beside them.
fn parts_nothing(before: char, behind: char) -> bool {
    let mark = |c: char| matches!(c, '“' | '”' | '‘' | '’' | '—' | '…' | '·');
    is_unspaced(before) && (is_unspaced(behind) || mark(behind)) || mark(before) && is_unspaced(behind)
}

/// Signs of Chinese and Japanese, with the marks that are as wide. Korean parts its words.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{2E80}'..='\u{2FDF}' | '\u{3001}'..='\u{30FF}' | '\u{3105}'..='\u{312F}' | '\u{31A0}'..='\u{31FF}'
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{FE30}'..='\u{FE4F}'
        | '\u{FF01}'..='\u{FF9F}' | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::Span;
    use crate::tree::{Style, plain_text};

    #[track_caller]
    fn check(parts: &[&str], want: &str) {
        let text = |part: &&str| Node::new(Inline::Text((*part).to_owned()), Span::default());
        let mut line: Inlines = parts.iter().map(text).collect();
        if let Some(last) = line.pop() {
            line.push(Node::new(Inline::Styled(Style::Emphasis, vec![last]), Span::default()));
        }
        of_line(&mut line);
        // A line's end that is left reads as a space.
        assert_eq!(plain_text(&line), want);
    }

    #[test]
    fn ends_between_signs_without_spaces() {
        check(&["夜の底が\n", "白く"], "夜の底が白く");
        check(&["他说，\n“快走”\n了\nabc\n里"], "他说，“快走”了 abc 里");
        check(&["한국\n어", "\nwords\nof"], "한국 어 words of");
    }
}
