//! Whether a text is page-broken at all: clean Markdown must never be taken for it.

use super::lines::Lines;
use super::marks;
use super::pages;

/// Whether the text has the marks of page-broken text.
pub fn looks_paged(text: &str) -> bool {
    let lines = Lines::of(text, 0);
    if !pages::found(&lines, None).is_empty() {
        return true;
    }
    ruled_notes(&lines) >= 2
}

/// How many rules have notes behind them.
fn ruled_notes(lines: &Lines) -> usize {
    let groups = lines.groups(0..lines.len());
    let noted = |pair: &&[std::ops::Range<usize>]| {
        super::feet::is_rule(lines.line(pair[0].start))
            && marks::opening(lines.line(pair[1].start)).is_some_and(|opening| opening.mark.form.is_strong())
    };
    groups.windows(2).filter(noted).count()
}
