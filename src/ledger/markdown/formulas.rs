//! Displayed formulas, and what they are called by.

use std::ops::Range;

use super::super::stream::{Gap, Markup};
use super::{Blocks, Open};

/// Environments of TeX that are displayed formulas, and what means the same inside a formula (amsmath's manual, 3.7).
const ENVIRONMENTS: &[(&str, &str)] = &[
    ("equation", ""),
    ("displaymath", ""),
    ("math", ""),
    ("align", "aligned"),
    ("alignat", "aligned"),
    ("flalign", "aligned"),
    ("eqnarray", "aligned"),
    ("gather", "gathered"),
    ("multline", "gathered"),
];

/// `\begin{align*}` or `\end{align*}` as it is called inside a formula, where the tree may have it under that name.
pub(super) fn renamed(mark: &str) -> Option<String> {
    let (open, rest) = mark.split_once('{')?;
    let name = rest.split('}').next()?.trim_end_matches('*');
    let (_, inside) = ENVIRONMENTS.iter().find(|(known, inside)| *known == name && !inside.is_empty())?;
    Some(format!("{open}{{{inside}}}"))
}

impl Blocks<'_, '_> {
    /// A formula's TeX. What it is called by leads nowhere in a book.
    pub(super) fn formula(&mut self, range: Range<usize>) {
        let mut at = range.start;
        while let Some((found, close)) = [("\\label{", '}'), ("(\\#", ')')]
            .into_iter()
            .filter_map(|(open, close)| self.source[at..range.end].find(open).map(|found| (found, close)))
            .min()
        {
            let Some(length) = self.source[at + found..range.end].find(close) else { break };
            self.out.text(at..at + found, false);
            let label = at + found..at + found + length + 1;
            at = label.end;
            // In a formula of the tree it is an id and nothing else.
            if !self.literal.is_math(&label) {
                self.out.whole(label, Markup::Label, Gap::Close);
            }
        }
        self.out.text(at..range.end, false);
    }

    /// What opens or closes a displayed formula. White space inside it parts nothing.
    pub(super) fn environment_mark(&mut self, range: Range<usize>) {
        for edge in [range.start, range.end] {
            self.out.loosen(edge);
            self.out.join(edge);
        }
        match renamed(&self.source[range.clone()]) {
            // A formula to the tree: there is no other name for it.
            Some(said) if self.literal.is_math(&range) => self.out.also(range.start, &said, Markup::Mark),
            said => {
                said.into_iter().for_each(|said| self.out.also(range.start, &said, Markup::Mark));
                self.out.whole(range, Markup::Mark, Gap::Close);
            }
        }
    }

    pub(super) fn in_formula(&mut self, range: Range<usize>, end: &str, quotes: usize) {
        let range = self.quote_marks_of(range, quotes).0;
        let text = &self.source[range.clone()];
        let Some(at) = text.find(end) else {
            self.open = Open::Formula { end: end.to_owned(), quotes };
            return self.formula(range);
        };
        self.formula(range.start..range.start + at);
        self.environment_mark(range.start + at..range.start + at + end.len());
        self.open = Open::Text;
        let mut behind = range.start + at + end.len()..range.end;
        // What the formula is called by.
        let rest = &self.source[behind.clone()];
        let name = rest.trim().strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
        let fits =
            |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_:".contains(&byte));
        if name.is_some_and(fits) {
            let lead = rest.len() - rest.trim_start().len();
            let to = behind.start + rest.trim_end().len();
            self.out.whole(behind.start + lead..to, Markup::Label, Gap::Close);
            behind.start = to;
        }
        self.lines.add(self.source, behind);
        self.flush();
    }
}

/// `\begin{equation}` at the front of a line, as long as it is with the number behind it, and what ends it.
pub(super) fn environment(source: &str, text: &str) -> Option<(usize, String)> {
    let inner = text.strip_prefix("\\begin{")?;
    let name = &inner[..inner.find('}')?];
    let bare = name.trim_end_matches('*');
    let end = format!("\\end{{{name}}}");
    if !ENVIRONMENTS.iter().any(|(known, _)| *known == bare) || !source.contains(&end) {
        return None;
    }
    let length = "\\begin{}".len() + name.len();
    let counted = text[length..].strip_prefix('{').filter(|_| bare == "alignat").and_then(|rest| rest.find('}'));
    Some((length + counted.map_or(0, |close| close + 2), end))
}
