//! Notes in the margin. A scanner reads them where they stand beside the text: as blocks of short lines that cut a paragraph in
//! two. They are known by their width, by the sentence that goes on behind them, and by letters that call them.

use std::ops::Range;

use super::dress::Dress;
use super::evidence::{self, Ending};
use super::feet::{Called, FootNote};
use super::lines::{Lines, Role};
use super::marks::Form;
use super::vocabulary::HYPHENS;
use super::ways::Ways;

/// How wide a margin is at most, in hundredths of the measure.
const WIDTH: usize = 64;
/// And that of one whose first line bears a letter that the text has just called.
const CALLED_WIDTH: usize = 80;
/// So many blocks that cut sentences, or that letters call, show that a book has notes in its margin.
const ENOUGH: usize = 2;
/// How wide, in hundredths of the measure, what is too narrow for verse.
const TINY: usize = 30;

/// A block of short lines.
struct Block {
    lines: Range<usize>,
    /// Whether the text above stops in mid-sentence and goes on below.
    cuts: bool,
    /// Whether a letter in the text calls it.
    called: bool,
    /// Whether words are cut at the ends of its short lines: a margin does it, verse doesn't.
    divides: bool,
    /// Whether it is so narrow that no verse is.
    tiny: bool,
}

/// Finds the notes in the margins and claims their lines.
pub fn claim(lines: &mut Lines, leaves: &[Range<usize>], (dress, ways): (&Dress, Ways), notes: &mut Vec<FootNote>) {
    if dress.measure < 30 || !dress.is_wrapped() {
        return;
    }
    let blocks: Vec<Block> = leaves.iter().flat_map(|leaf| blocks(lines, leaf.clone(), dress.body, ways)).collect();
    let sure = blocks.iter().filter(|one| one.called || (one.cuts || one.tiny && one.divides) && one.lines.len() >= 2).count();
    let divided = blocks.iter().filter(|one| one.divides).count();
    if sure < ENOUGH || sure * 2 < blocks.len() && divided * 3 < blocks.len() {
        return;
    }
    for one in blocks {
        if !(one.called
            || one.cuts
            || one.divides && one.lines.len() >= 3
            || divided >= ENOUGH && one.lines.len() >= 2 && (one.tiny || !is_verse(lines, &one.lines)))
        {
            continue;
        }
        let opening = lines.opening(one.lines.start).filter(|opening| one.called && opening.mark.form == Form::Letter).cloned();
        let range = lines.bytes(&one.lines);
        let text = opening.as_ref().map_or(range.start, |opening| lines.all[one.lines.start].start + opening.text);
        let whole = text..range.end;
        lines.set(one.lines.clone(), Role::NoteMore);
        lines.set(one.lines.start..one.lines.start + 1, Role::Note(notes.len()));
        notes.push(FootNote {
            written: opening
                .as_ref()
                .map_or(String::new(), |opening| lines.line(one.lines.start)[..opening.text].trim().to_owned()),
            mark: opening.map(|opening| opening.mark),
            paragraphs: vec![whole],
            lines: one.lines,
            range,
            section: None,
            native: false,
            margin: true,
            inner: false,
        });
    }
}

/// The blocks of short lines on a page.
fn blocks(lines: &Lines, leaf: Range<usize>, measure: usize, ways: Ways) -> Vec<Block> {
    let groups = lines.groups(leaf);
    let width = |group: &Range<usize>| group.clone().map(|at| lines.line(at).trim().chars().count()).max().unwrap_or(0);
    let fits = |group: &Range<usize>, most: usize| {
        width(group) * 100 <= measure * most
            && !lines.all[group.start].code
            && !lines.line(group.start).starts_with(['#', '>', '|'])
    };
    let letter = |group: &Range<usize>| {
        lines.opening(group.start).filter(|opening| opening.mark.form == Form::Letter).map(|opening| opening.mark.clone())
    };
    let mut narrow: Vec<bool> = groups.iter().map(|group| fits(group, WIDTH)).collect();
    // A wide one must be called right above it.
    for n in 1..groups.len() {
        if !narrow[n] && fits(&groups[n], CALLED_WIDTH) && letter(&groups[n]).is_some() {
            let mut above = Called::new(ways);
            let text = (0..n).rev().find(|&at| !narrow[at]).map_or("", |at| &lines.text[lines.bytes(&groups[at])]);
            above.add(text, 0);
            narrow[n] = letter(&groups[n]).is_some_and(|mark| above.has(&mark, usize::MAX));
        }
    }
    let mut called = Called::new(ways);
    let mut blocks = Vec::new();
    for (n, group) in groups.iter().enumerate() {
        if !narrow[n] {
            called.add(&lines.text[lines.bytes(group)], n);
            continue;
        }
        let above = (0..n).rev().find(|&at| !narrow[at]).map(|at| lines.text[lines.bytes(&groups[at])].trim_end());
        let below = (n + 1..groups.len()).find(|&at| !narrow[at]).map(|at| lines.text[lines.bytes(&groups[at])].trim_start());
        let is_called = letter(group).is_some_and(|mark| called.has(&mark, usize::MAX));
        let cuts = match (above, below) {
            (Some(above), Some(below)) => {
                matches!(evidence::ending(above), Ending::NoStop | Ending::HalfStop | Ending::Hyphen)
                    && below.starts_with(char::is_lowercase)
            }
            _ => false,
        };
        let divides = group.len() >= 2 && (group.start..group.end - 1).any(|at| lines.line(at).trim_end().ends_with(HYPHENS));
        let capitals = !lines.text[lines.bytes(group)].contains(char::is_lowercase);
        let tiny = width(group) * 100 <= measure * TINY && group.len() >= 3;
        if (is_called || cuts || divides || group.len() >= 2) && !capitals {
            blocks.push(Block { lines: group.clone(), cuts, called: is_called, divides, tiny });
        }
    }
    blocks
}

/// Whether most lines begin with capitals, as verse and titles do.
fn is_verse(lines: &Lines, group: &Range<usize>) -> bool {
    let capitals = group.clone().filter(|&at| lines.line(at).trim_start().starts_with(char::is_uppercase)).count();
    capitals * 3 >= group.len() * 2
}
