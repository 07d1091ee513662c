//! Formulas in a line.

use super::super::super::stream::Markup;
use super::Scanner;
use super::braces::attributes;

impl Scanner<'_, '_> {
    /// White space inside a formula's marks parts nothing from what stands outside.
    pub(super) fn bind(&mut self) {
        let spaced = |c: Option<char>| c.is_some_and(char::is_whitespace);
        if self.at < self.text.len() && (spaced(self.rest().chars().next()) || spaced(self.text[..self.at].chars().next_back()))
        {
            let place = self.lines.place(self.at);
            self.out.join(place);
        }
    }

    /// Whether the bracket here, behind a backslash, has its partner in the block, behind a backslash, too.
    pub(super) fn is_tex(&mut self) -> bool {
        let partner = match self.byte(self.at) {
            b'(' => return self.find("\\)", 0).is_some(),
            b'[' => return self.find("\\]", 0).is_some(),
            b')' => "\\(",
            _ => "\\[",
        };
        let at = self.at;
        self.places.of(self.text, partner).first().is_some_and(|first| first + partner.len() <= at)
    }

    /// `$…$` by pandoc's rule: no space inside the marks, no digit behind the second; `$$…$$` around anything.
    pub(super) fn formula(&mut self) {
        if self.rest().starts_with("$$") {
            return match self.find("$$", 2) {
                // A formula of nothing is none.
                Some(length) if self.rest()[2..2 + length].trim().is_empty() => self.at += 2,
                Some(length) => {
                    self.mark(2, Markup::Mark);
                    self.bind();
                    // bookdown's label stands in the formula.
                    let inner = &self.rest()[..length];
                    let label = inner.find("(\\#eq:").and_then(|at| Some((at, inner[at..].find(')')? + 1)));
                    match label {
                        Some((at, label)) => {
                            let white = inner[..at].len() - inner[..at].trim_end().len();
                            self.literal(at - white);
                            self.mark(white, Markup::Mark);
                            self.whole(label, Markup::Label);
                            self.literal(length - at - label);
                        }
                        None => self.literal(length),
                    }
                    self.bind();
                    self.mark(2, Markup::Mark);
                    let rest = self.rest();
                    let white = rest.len() - rest.trim_start_matches([' ', '\t']).len();
                    if attributes(&rest[white..]).is_some() {
                        self.mark(white, Markup::Mark);
                        self.attributes();
                    }
                    self.called();
                }
                None => self.at += 2,
            };
        }
        let behind = &self.rest()[1..];
        let bytes = behind.as_bytes();
        // The next mark is its partner, or there is none.
        let from = self.at + 1;
        let places = self.places.of(self.text, "$");
        let next = places[places.partition_point(|at| *at < from)..].iter().map(|at| at - from);
        let is_escaped = |at: usize| bytes[..at].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1;
        let next = next.clone().find(|at| !is_escaped(*at));
        // GitLab's, which may hold dollars.
        let in_ticks = if bytes.first() == Some(&b'`') { self.find("`$", 2).map(|length| length + 2) } else { None };
        let Some(length) = in_ticks.or(next.filter(|at| *at > 0)) else { return };
        let inner = &behind[..length];
        // OCR tools put spaces inside; where there are signs of TeX, no price is meant.
        let spaced = inner.starts_with(|c: char| c.is_whitespace()) || inner.ends_with(|c: char| c.is_whitespace());
        // An escaped dollar is an amount's, too.
        let is_tex = inner.replace("\\$", "").contains(['\\', '^', '_', '{']);
        if !is_tex && (spaced || bytes.get(length + 1).is_some_and(u8::is_ascii_digit)) {
            return;
        }
        let place = self.lines.place(self.at);
        if self.literal.is_picture(&(place..place + 1)) {
            return self.mark(length + 2, Markup::Alternative);
        }
        let is_math = self.literal.is_math(&(place..place + 1));
        let partner = self.lines.place(self.at + length + 1);
        if !is_math && self.literal.is_math(&(partner..partner + 1)) {
            // What would close this one opens another.
            return;
        }
        let (lead, trail) = (inner.len() - inner.trim_start().len(), inner.len() - inner.trim_end().len());
        self.mark(1, Markup::Mark);
        if is_math {
            self.swallow(lead);
        } else {
            self.bind();
        }
        // Tags inside what is no formula after all are tags, bars ends of cells, braces escaped; numbers are raised.
        if !is_math
            && (inner.contains(['<', '&', '|', '`'])
                || inner.as_bytes().windows(2).any(|pair| pair[0] == b'\\' && pair[1].is_ascii_punctuation())
                || inner.matches('^').count() > 1
                || inner.contains("_ "))
        {
            return;
        }
        if inner.len() > 2 && inner.starts_with('`') && inner.ends_with('`') {
            self.mark(1, Markup::Mark);
            self.literal(length - 2);
            self.mark(1, Markup::Mark);
        } else {
            self.literal(length);
        }
        if !is_math {
            self.bind();
        }
        let close = self.out.pieces.len();
        self.mark(1, Markup::Mark);
        if is_math {
            self.out.reach_back(close, trail);
        }
    }

    /// What a displayed formula is called by, behind it: `(toll)`.
    pub(super) fn called(&mut self) {
        let line = self.rest().split('\n').next().unwrap_or("");
        let own = line.trim();
        let name = own.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
        let fits =
            |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_:".contains(&byte));
        if name.is_some_and(fits) {
            self.at += line.find('(').unwrap_or(0);
            self.whole(own.len(), Markup::Label);
        }
    }
}
