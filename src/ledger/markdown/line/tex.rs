//! What a backslash does: it escapes, or begins a command of TeX.

use super::super::super::stream::{Gap, Markup};
use super::super::formulas::renamed;
use super::{Mode, Scanner};

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
    "texttt",
    "textrm",
    "textsf",
    "textup",
    "textmd",
    "textnormal",
];

/// Commands of TeX that hold for the rest of their braces.
pub(super) const SWITCHES: &[&str] =
    &["em", "it", "itshape", "sl", "bf", "bfseries", "sc", "scshape", "tt", "ttfamily", "rm", "sf"];

/// Commands of TeX that are signs or words.
pub(super) const SIGNS: &[(&str, &str)] = &[
    ("ldots", "…"),
    ("dots", "…"),
    ("textellipsis", "…"),
    ("textemdash", "—"),
    ("textendash", "–"),
    ("LaTeX", "LaTeX"),
    ("TeX", "TeX"),
    ("quad", ""),
    ("qquad", ""),
    ("copyright", "©"),
    ("textcopyright", "©"),
    ("textregistered", "®"),
    ("texttrademark", "™"),
    ("textdegree", "°"),
    ("pounds", "£"),
    ("texteuro", "€"),
    ("euro", "€"),
    ("dag", "†"),
    ("ddag", "‡"),
    ("textsection", "§"),
    ("textparagraph", "¶"),
    ("textbackslash", "\\"),
    ("textasciitilde", "~"),
    ("textquoteleft", "‘"),
    ("textquoteright", "’"),
    ("textquotedblleft", "“"),
    ("textquotedblright", "”"),
    ("guillemotleft", "«"),
    ("guillemotright", "»"),
];

/// Those of few letters: empty braces stand behind them, or the number that `§` counts.
pub(super) const SHORT_SIGNS: &[(&str, &str)] = &[
    ("S", "§"),
    ("P", "¶"),
    ("ss", "ß"),
    ("ae", "æ"),
    ("oe", "œ"),
    ("AE", "Æ"),
    ("OE", "Œ"),
    ("o", "ø"),
    ("O", "Ø"),
    ("aa", "å"),
    ("AA", "Å"),
    ("l", "ł"),
    ("L", "Ł"),
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

    /// bookdown's text reference: its words are asked for by `(ref:name)`, and stand behind it at the beginning of a paragraph.
    pub(super) fn text_reference(&mut self) {
        let inner = &self.rest()["(ref:".len()..];
        let length = inner.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte)).count();
        if length == 0 || !inner[length..].starts_with(')') {
            return;
        }
        self.whole("(ref:)".len() + length, Markup::Label);
    }

    /// Signs around a reading of Japanese words (Aozora Bunko): marks, where kana stands between them.
    pub(super) fn reading(&mut self) {
        let rest = self.rest();
        let Some(sign) = rest.chars().next() else { return };
        let is_kana = |c: char| matches!(c, '\u{3041}'..='\u{30FF}');
        let is_read = match sign {
            '《' => rest.find('》').is_some_and(|end| end > 3 && rest[3..end].chars().all(is_kana)),
            '》' => self.text[..self.at].rfind('《').is_some_and(|open| self.text[open + 3..self.at].chars().all(is_kana)),
            _ => true,
        };
        if is_read {
            self.mark(sign.len_utf8(), Markup::Mark);
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
            // In a table a bar behind two is text, and both are its escape.
            b'\\' if self.mode == Mode::Table && self.rest().starts_with("\\\\|") => {
                self.mark(2, Markup::Escape);
                self.literal(1);
            }
            // In raw HTML it is text.
            b'&' if self.lines.is_raw => self.at += 1,
            // What would begin a reference to a character begins none.
            b'&' => {
                self.mark(1, Markup::Escape);
                self.literal(1);
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
                let place = self.lines.place(self.at);
                let is_text = |end: &usize| self.literal.is_text(&(place..place + end + 1));
                let is_name = |end: &usize| {
                    let name = rest[..*end].split_once('{').map_or("", |(_, name)| name);
                    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'*')
                };
                if let Some(end) = open.and_then(|_| rest.find('}')).filter(|end| is_name(end) && !is_text(end)) {
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
                if matches!(name, "label" | "ref" | "eqref" | "autoref" | "cref" | "Cref")
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
                let behind = &rest[1 + name.len()..];
                let counts = matches!(name, "S" | "P")
                    && !joined
                    && behind.trim_start_matches([' ', '~']).starts_with(|c: char| c.is_ascii_digit());
                if (counts || behind.starts_with("{}"))
                    && let Some((_, sign)) = SHORT_SIGNS.iter().find(|(known, _)| *known == name)
                {
                    self.says(1 + name.len() + if behind.starts_with("{}") { 2 } else { 0 }, (*sign).to_owned());
                    if self.rest().starts_with('~') {
                        self.parting_mark(1, Markup::Mark, Gap::Space);
                    }
                    return;
                }
                let is_path = self.text[..self.at].ends_with([':', '\\', '/']);
                if matches!(name, "quad" | "qquad") && !is_path {
                    self.flush(self.at);
                    self.parting_mark(1 + name.len() + if behind.starts_with("{}") { 2 } else { 0 }, Markup::Mark, Gap::Space);
                    return;
                }
                // A link, whose address stands first.
                if name == "href"
                    && let Some(end) = closing(behind)
                    && behind[end..].starts_with('{')
                {
                    self.whole(1 + name.len() + end + 1, Markup::Address);
                    return self.braces.push(true);
                }
                let joined = joined && (is_path || !name.ends_with("dots"));
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
pub fn closing(text: &str) -> Option<usize> {
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
