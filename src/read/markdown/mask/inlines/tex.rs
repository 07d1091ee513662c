//! Backslashes: signs that they take their meaning from, commands of TeX, formulas and what refers to them.

use super::{COMMANDS, REFERENCES, SIGNS, SWITCHES, Scanner, braced, labelled, unquoted};
use crate::read::markdown::mask::attributes::braces;
use crate::read::markdown::mask::{Attributes, Mark, Opening, Told, VOID, formula};
use crate::read::signs::{short_sign, sign};

impl Scanner<'_, '_> {
    pub(super) fn backslash(&mut self, at: usize, end: usize) -> usize {
        match self.byte(at + 1, end) {
            Some(b'(' | b'[') => match formula::brackets(self.text, at, end, &mut self.closing) {
                Some(found) => self.formula(at, found, None),
                None => at + 2,
            },
            Some(byte) if byte.is_ascii_alphabetic() => self.command(at, end),
            Some(b' ') if self.is_bound(at, end) => {
                self.edits.mark(at..at + 2, Mark::Sign("\u{a0}"));
                at + 2
            }
            Some(b'@') if self.known.lines => self.bookdown(at, end).unwrap_or(at + 2),
            None if self.ends_picture(at) => {
                self.edits.fill(at..at + 1, VOID);
                at + 1
            }
            Some(byte) if byte.is_ascii() => at + 2,
            _ => at + 1,
        }
    }

    /// Whether a backslash at the end of its paragraph says that the picture before it is no figure (pandoc, `implicit_figures`).
    pub(super) fn ends_picture(&self, at: usize) -> bool {
        let before = self.text[..at].rsplit('\n').next().unwrap_or("");
        self.known.lines && before.trim_start().starts_with("![") && before.ends_with([')', '}'])
    }

    /// Whether a backslash and a space between two words are pandoc's space that no line ends at, and not a path's.
    pub(super) fn is_bound(&self, at: usize, end: usize) -> bool {
        let word = self.text[..at].rsplit(char::is_whitespace).next().unwrap_or("");
        let next = self.text[at + 2..end].chars().next();
        self.known.lines
            && word.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | ',' | ';' | ')'))
            && !word.contains(['\\', '/', ':'])
            && next.is_some_and(|c| c.is_alphanumeric() || matches!(c, '(' | '*' | '_' | '['))
    }

    /// A cross reference of bookdown, `\@ref(fig:plot)`, which gives the number alone.
    pub(super) fn bookdown(&mut self, at: usize, end: usize) -> Option<usize> {
        let (inner, end) = labelled(self.text, at..end, ("\\@ref(", b')'))?;
        self.edits.mark(at..end, Mark::Role { name: "number".to_owned(), inner });
        Some(end)
    }

    /// LaTeX's reference to a figure or a table that has a label in the text, `\ref{fig:plot}`, which gives the number alone: what it
    /// leads to, and where it ends.
    pub(super) fn reference(&mut self, at: usize, end: usize) -> Option<(String, usize)> {
        let commands = ["\\eqref{", "\\autoref{", "\\cref{", "\\Cref{", "\\ref{"];
        let command = commands.into_iter().find(|command| self.text[at..end].starts_with(command))?;
        let (key, end) = labelled(self.text, at..end, (command, b'}'))?;
        // Sections may have no number, and their titles are none.
        (!key.starts_with("sec")).then_some(())?;
        let text = self.text;
        let ids = self.ids.get_or_insert_with(|| {
            let behind = text.match_indices("id=\"").map(|(at, found)| &text[at + found.len()..]);
            let tags = behind.filter_map(|rest| rest.split_once('"')).map(|(id, _)| id);
            // Braces behind a heading, a group or a formula.
            let words = memchr::memchr_iter(b'#', text.as_bytes()).filter(|at| text[..*at].ends_with(['{', ' ']));
            let words = words.map(|at| {
                let rest = &text[at + 1..];
                &rest[..rest
                    .bytes()
                    .position(|byte| !(byte.is_ascii_alphanumeric() || b"-_:.".contains(&byte)))
                    .unwrap_or(rest.len())]
            });
            let labels = text.match_indices("\\label{eq").map(|(at, _)| &text[at + "\\label{".len()..]);
            let labels = labels.filter_map(|rest| rest.split_once('}')).map(|(id, _)| id);
            tags.chain(words.filter(|id| !id.is_empty())).chain(labels).collect()
        });
        (ids.contains(&*key.replace(':', "-")) || ids.contains(&*key)).then_some((key, end))
    }

    pub(super) fn command(&mut self, at: usize, end: usize) -> usize {
        let letters = self.text.as_bytes()[at + 1..end].iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let behind = at + 1 + letters;
        let name = &self.text[at + 1..behind];
        let joined = self.before(at, 0).is_some_and(|c| c.is_alphanumeric() || matches!(c, ':' | '\\' | '/'));
        // A word may stand right before a space.
        let is_space = name.ends_with("quad") || name.ends_with("dots");
        let is_parted = !joined || is_space && self.before(at, 0).is_some_and(char::is_alphanumeric);
        if self.known.lines
            && is_parted
            && let Some(sign) = sign(name, SIGNS)
        {
            let to = behind + if self.text[behind..end].starts_with("{}") { 2 } else { 0 };
            self.edits.mark(at..to, Mark::Sign(sign));
            return to;
        }
        if let Some(sign) = short_sign(name).filter(|_| self.known.lines) {
            let rest = &self.text[behind..end];
            let is_counting = matches!(name, "S" | "P")
                && !joined
                && rest.trim_start_matches([' ', '~']).starts_with(|c: char| c.is_ascii_digit());
            if is_counting || rest.starts_with("{}") {
                let to = behind + if rest.starts_with("{}") { 2 } else { 0 };
                self.edits.mark(at..to, Mark::Sign(sign));
                if is_counting && rest.starts_with('~') {
                    self.edits.mark(to..to + 1, Mark::Sign("\u{a0}"));
                    return to + 1;
                }
                return to;
            }
        }
        if self.known.lines && name == "noindent" && self.byte(behind, end) == Some(b' ') {
            self.edits.tell(Told::TexLayout, at..behind);
            self.edits.fill(at..behind, super::VOID);
            return behind;
        }
        if self.byte(behind, end) != Some(b'{') {
            return behind;
        }
        if name == "begin"
            && let Some((found, inside)) = formula::environment(self.text, at, &mut self.closing)
        {
            return self.formula(at, found, Some(inside));
        }
        if let Some((_, opening)) = COMMANDS.iter().find(|(known, _)| *known == name) {
            self.braces.push(Some((at..behind + 1, opening.clone())));
            return behind + 1;
        }
        if name == "href"
            && self.known.lines
            && let Some(length) = braced(&self.text[behind..end])
            && self.byte(behind + length, end) == Some(b'{')
            && let target = &self.text[behind + 1..behind + length - 1]
            && !target.trim().is_empty()
            && !target.contains(|c: char| c.is_whitespace() || matches!(c, '{' | '}'))
        {
            let opening = Opening::Link(target.replace('\\', ""));
            let inner = behind + length + 1;
            self.braces.push(Some((at..inner, opening)));
            return inner;
        }
        // An address stands between angles.
        if name == "url"
            && let Some(length) = self.text[behind..end].find('}')
            && self.text[behind + 1..].starts_with("http")
            && !self.text[behind + 1..behind + length]
                .contains(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '\\' | '{'))
        {
            self.edits.fill(at..behind, super::VOID);
            self.edits.fill(behind..behind + 1, b'<');
            self.edits.fill(behind + length..behind + length + 1, b'>');
            return behind + length + 1;
        }
        if matches!(name, "ref" | "eqref" | "autoref" | "cref" | "Cref")
            && let Some((inner, end)) = self.reference(at, end)
        {
            // With the word for what it is, or its number alone.
            let name = if matches!(name, "ref" | "eqref") { "number" } else { "numref" };
            self.edits.mark(at..end, Mark::Role { name: name.to_owned(), inner });
            return end;
        }
        if name == "index"
            && self.known.lines
            && let Some(length) = braced(&self.text[behind..end])
        {
            let inner = self.text[behind + 1..behind + length - 1].to_owned();
            let mut to = behind + length;
            // Of the spaces on both sides of a mark one stays, as in TeX.
            let is_space = |c: Option<char>| c.is_none_or(char::is_whitespace);
            if is_space(self.before(at, 0)) && self.byte(to, end) == Some(b' ') {
                to += 1;
            }
            self.edits.mark(at..to, Mark::Role { name: name.to_owned(), inner });
            return to;
        }
        if REFERENCES.contains(&name) || self.known.lines && !joined && name.len() > 1 {
            self.edits.tell(Told::TexCommand, at..behind);
        }
        behind
    }

    /// `{\em words}`: what holds for the rest of the braces at `at`; gives where the words begin. Or a letter, `{\ss}`, and where it ends.
    pub(super) fn switch(&mut self, at: usize, end: usize) -> Option<usize> {
        let rest = self.text[at..end].strip_prefix("{\\").filter(|_| self.known.lines)?;
        let name = &rest[..rest.bytes().take_while(u8::is_ascii_alphabetic).count()];
        if let Some(sign) = short_sign(name).filter(|_| rest[name.len()..].starts_with('}')) {
            let to = at + 2 + name.len() + 1;
            self.edits.mark(at..to, Mark::Sign(sign));
            return Some(to);
        }
        let (_, opening) = SWITCHES.iter().find(|(known, _)| *known == name)?;
        rest[name.len()..].starts_with(' ').then_some(())?;
        braced(&self.text[at..end])?;
        let from = at + 2 + name.len() + 1;
        self.braces.push(Some((at..from, opening.clone())));
        Some(from)
    }

    pub(super) fn formula(&mut self, at: usize, found: formula::Found, environment: Option<&str>) -> usize {
        let tex = unquoted(&self.text[found.tex.clone()], self.column(at));
        // In a row a bar is escaped, in formulas, too.
        let tex = if self.in_row { tex.replace("\\|", "|") } else { tex };
        let tex = match environment {
            Some(inside) => formula::inside(&tex, inside, self.text[at..].starts_with("\\begin{alignat")),
            None => tex,
        };
        // No blank line stands in a formula.
        let mut tex = tex.lines().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n");
        let (mut attributes, end) = match found.displayed {
            true => self.label_of_formula(&found, environment.is_some()),
            false => (None, found.end),
        };
        // bookdown's label, which stands in the formula.
        let own = &self.text[found.tex.clone()];
        if found.displayed
            && let Some(at) = own.find("(\\#eq:")
            && let Some((id, end)) = labelled(own, at..own.len(), ("(\\#", b')'))
        {
            tex = tex.replacen(&own[at..end], "", 1).trim_end().to_owned();
            attributes = attributes.or(Some(Attributes { id: Some(id), ..Attributes::default() }));
        }
        self.edits.mark(at..end, Mark::Formula { tex, displayed: found.displayed, attributes });
        end
    }

    /// What a displayed formula is called: in braces behind it, as Quarto has it, or by LaTeX's command. Gives where all of it ends.
    pub(super) fn label_of_formula(&self, found: &formula::Found, is_environment: bool) -> (Option<Attributes>, usize) {
        let rest = &self.text[found.end..];
        let white = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        if let Some((said, length)) = braces(&rest[white..]).filter(|(said, _)| said.id.is_some()) {
            return (Some(said), found.end + white + length);
        }
        if let Some((said, length)) = formula::label(rest) {
            return (Some(said), found.end + length);
        }
        let own = &self.text[found.tex.clone()];
        let label = own.split_once("\\label{").and_then(|(_, rest)| rest.split_once('}')).map(|(label, _)| label.trim());
        let label = label.filter(|label| is_environment && !label.is_empty());
        (label.map(|label| Attributes { id: Some(label.to_owned()), ..Attributes::default() }), found.end)
    }
}
