//! Marks of punctuation that a repair set: the witness says them as the repair does, so that the tree must say the very same. Only
//! marks have such a right: a repair that would change a word excuses nothing.

use super::balance::pieces;
use super::stream::Stream;
use crate::report::{Repair, RepairKind};
use crate::span::FileId;

/// Which mark of print may stand for which of a typewriter's.
const SET: &[(&[&str], &str)] = &[(&["\"", "'"], "“”„‟‘’‚‛«»‹›"), (&["--", "---"], "–—"), (&["..."], "…")];

/// Says the marks of a file as its repairs do.
pub fn set(stream: &mut Stream, repairs: &[Repair], file: FileId) {
    for repair in repairs.iter().filter(|repair| repair.kind == RepairKind::PunctuationSet && repair.span.file == file) {
        let own = pieces(stream, repair.span);
        let said: String = own.clone().map(|at| stream.said(at)).collect();
        let after = mark(&repair.after);
        let allowed =
            SET.iter().any(|(from, to)| from.contains(&said.as_str()) && after.is_some_and(|after| to.contains(after)));
        if let Some(after) = after.filter(|_| allowed) {
            stream.say(own.start, after.to_string());
            own.skip(1).for_each(|at| stream.withdraw(at));
        }
    }
}

/// The one mark of a repair, without the spaces that it names in brackets.
fn mark(after: &str) -> Option<char> {
    let mut inside = false;
    let mut chars = after.chars().filter(|c| {
        inside = *c == '[' || inside && *c != ']';
        !inside && *c != ']'
    });
    let mark = chars.next()?;
    chars.next().is_none().then_some(mark)
}
