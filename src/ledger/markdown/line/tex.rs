//! What a backslash does: it escapes, or begins a command of TeX.

use super::super::super::stream::{Gap, Markup};
use super::super::formulas::renamed;
use super::Scanner;

/// Commands of TeX whose argument is text.
pub(super) const COMMANDS: &[&str] = &[
    "footnote",
    "emph",
    "textit",
    "textbf",
    "textsl",
    "textsc",
    "textsuperscript",
    "textsubscript",
    "underline",
    "uline",
    "sout",
    "url",
];

/// Commands of TeX that are signs or words.
pub(super) const SIGNS: &[(&str, &str)] = &[
    ("ldots", "…"),
    ("dots", "…"),
    ("textellipsis", "…"),
    ("textemdash", "—"),
    ("textendash", "–"),
    ("LaTeX", "LaTeX"),
    ("TeX", "TeX"),
];

impl Scanner<'_, '_> {
    /// bookdown's label of a table or a figure at the front of its caption: `(\\#tab:tolls)`.
    pub(super) fn label_of_caption(&mut self) {
        let inner = &self.rest()[3..];
        let length = inner.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b"-_:".contains(byte)).count();
        if inner[length..].starts_with(')') && inner[..length].contains(':') {
            self.whole(3 + length + 1, Markup::Label);
        }
    }

    pub(super) fn escape(&mut self) {
        let next = self.byte(self.at + 1);
        match next {
            // Of TeX and of nothing else, or an escape.
            b'(' | b'[' | b')' | b']' => {
                if self.text[self.at + 1..].starts_with([')', ']']) {
                    self.bind();
                }
                self.mark(1, Markup::Escape);
                if self.is_tex() {
                    self.mark(1, Markup::Mark);
                    self.bind();
                } else {
                    self.at += 1;
                }
            }
            // bookdown's cross reference.
            b'@' if self.rest().starts_with("\\@ref(") => {
                let length = self.rest().find(')').map_or(1, |end| end + 1);
                self.whole(length, Markup::Label);
            }
            next if next.is_ascii_punctuation() => {
                self.mark(1, Markup::Escape);
                self.at += 1;
            }
            b'\n' => self.parting_mark(1, Markup::Escape, Gap::Verse),
            b' ' | 0 => self.mark(1, Markup::Escape),
            _ => {
                // An environment of TeX, which a displayed formula says by itself.
                let rest = self.rest();
                let open = ["\\begin{", "\\end{"].iter().find(|open| rest.starts_with(**open));
                if let Some(end) = open.and_then(|_| rest.find('}')) {
                    let place = self.lines.place(self.at);
                    if let Some(said) = renamed(&rest[..=end]) {
                        self.flush(self.at);
                        self.out.loosen(place);
                        self.out.also(place, &said, Markup::Mark);
                        self.out.loosen(self.lines.place(self.at + end) + 1);
                    }
                    return self.whole(end + 1, Markup::Mark);
                }
                let name = &rest[1..];
                let name = &name[..name.bytes().take_while(u8::is_ascii_alphabetic).count()];
                // It only lays out a line.
                if name == "noindent" && rest[1 + name.len()..].starts_with(' ') {
                    return self.whole(1 + name.len(), Markup::Mark);
                }
                // What a formula is called by.
                if matches!(name, "label" | "ref")
                    && rest[1 + name.len()..].starts_with('{')
                    && let Some(end) = self.find("}", 0)
                {
                    return self.whole(end + 1, Markup::Label);
                }
                // What an index says of a place is said there.
                if name == "index"
                    && let Some(end) = closing(&rest[1 + name.len()..])
                {
                    return self.whole(1 + name.len() + end, Markup::Label);
                }
                let joined = self.text[..self.at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, ':' | '\\' | '/'));
                if let Some((_, sign)) = SIGNS.iter().find(|(known, _)| *known == name && !joined) {
                    let length = 1 + name.len() + if rest[1 + name.len()..].starts_with("{}") { 2 } else { 0 };
                    return self.says(length, (*sign).to_owned());
                }
                // A command whose argument is text.
                let known = |name: &&&str| rest[1..].starts_with(**name) && rest[1 + name.len()..].starts_with('{');
                if let Some(name) = COMMANDS.iter().find(known) {
                    self.whole(name.len() + 2, Markup::Mark);
                    self.braces.push(true);
                }
            }
        }
    }
}

/// How long a text in braces is at the front of another, braces inside it with it.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    text.starts_with('{').then_some(())?;
    for (at, byte) in text.bytes().enumerate().take(400) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 1 => return Some(at + 1),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}
