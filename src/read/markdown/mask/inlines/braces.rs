//! Braces: attributes of pandoc and of kramdown, changes, roles of MyST, comments of templates.

use super::{End, Scanner, VARIABLES, is_cjk, is_ideograph, unquoted};
use crate::read::markdown::mask::attributes::Attributes;
use crate::read::markdown::mask::{LONGEST, Mark, Opening, Told, roles};
use crate::tree::{Style, TERM, cross_target};

impl Scanner<'_, '_> {
    /// What editors write into a text of others (CriticMarkup): added, taken out, put in another's place, marked, remarked.
    pub(super) fn edited(&mut self, at: usize, end: usize) -> Option<usize> {
        let strike = || Opening::Style(Style::Strikethrough);
        let (kind, close, opening) = match self.text.as_bytes().get(at + 1..at + 3)? {
            b"++" => (End::Inserted, "++}", Opening::Style(Style::Underline)),
            b"--" => (End::Deleted, "--}", strike()),
            b"==" => (End::Marked, "==}", Opening::Highlight),
            b"~~" => (End::Replaced, "~~}", strike()),
            b">>" => (End::Remark, "<<}", Opening::Note),
            _ => return None,
        };
        let Some(to) = self.find(kind, at + 3, end, close) else {
            self.tell_change(at, end, close);
            return None;
        };
        let inner = &self.text[at + 3..to];
        if inner.trim().is_empty() {
            return None;
        }
        if matches!(kind, End::Remark) {
            let text = inner.trim().to_owned();
            (!text.contains("-->")).then_some(())?;
            self.edits.mark(at..to + 3, Mark::Comment(unquoted(&text, 0)));
            return Some(to + 3);
        }
        let last = match kind {
            End::Replaced => {
                let at_new = at + 3 + inner.find("~>")?;
                self.edits.mark(at_new..at_new + 1, Mark::Close(strike()));
                self.edits.mark(at_new + 1..at_new + 2, Mark::Open(Opening::Style(Style::Underline)));
                Opening::Style(Style::Underline)
            }
            _ => opening.clone(),
        };
        self.edits.mark(at..at + 3, Mark::Open(opening));
        self.edits.mark(to..to + 3, Mark::Close(last));
        Some(at + 3)
    }

    /// Says of a change that goes over an empty line that it stays as it is written.
    fn tell_change(&mut self, at: usize, end: usize, close: &'static str) {
        let text = self.text;
        let last = *self.last_changes.entry(close).or_insert_with(|| text.rfind(close).unwrap_or(0));
        // What opens between is closed there.
        let next = text.get(end..last).and_then(|between| between.find(&text[at..at + 3]));
        if last > end && next.is_none_or(|next| text[end..end + next].contains(close)) {
            self.edits.tell(Told::Change, at..at + 3);
        }
    }

    /// `{i: "word"}`: a place that an index leads to (Leanpub).
    fn place_of_index(&mut self, at: usize, end: usize) -> Option<usize> {
        let rest = self.text[at..end].strip_prefix("{i: \"")?;
        let length = rest.bytes().take(200).position(|byte| matches!(byte, b'"' | b'\n'))?;
        rest[length..].starts_with("\"}").then_some(())?;
        let to = at + 5 + length + 2;
        let inner = rest[..length].to_owned();
        self.edits.mark(at..to, Mark::Role { name: "index".to_owned(), inner });
        Some(to)
    }

    /// `{漢字|かんじ}`: words and how they are read, for all of them or for each letter (HackMD, DenDen).
    fn ruby(&mut self, at: usize, end: usize) -> Option<usize> {
        const LONGEST: usize = 120;
        let inner = &self.text[at + 1..end];
        let inner = &inner[..inner.bytes().take(LONGEST).position(|byte| matches!(byte, b'}' | b'{' | b'\n'))?];
        let to = at + inner.len() + 2;
        let mut parts = inner.split('|');
        let base = parts.next()?;
        let readings: Vec<_> = parts.collect();
        let is_word = |part: &str| !part.is_empty() && part.chars().all(|c| is_cjk(c) || matches!(c, '・' | 'ー' | '々'));
        let fits = is_word(base) && base.contains(is_ideograph) && !readings.is_empty();
        (fits && self.text[..to].ends_with('}') && readings.iter().all(|part| is_word(part))).then_some(())?;
        self.edits
            .mark(at..to, Mark::Ruby { base: base.to_owned(), readings: readings.into_iter().map(str::to_owned).collect() });
        Some(to)
    }

    pub(super) fn open_brace(&mut self, at: usize, end: usize) -> usize {
        let rest = &self.text[at..end];
        if self.known.lines
            && let Some(to) = self
                .edited(at, end)
                .or_else(|| self.kramdown(at, end))
                .or_else(|| self.ruby(at, end))
                .or_else(|| self.place_of_index(at, end))
                .or_else(|| self.switch(at, end))
        {
            return to;
        }
        // A cross reference in braces, which only hold it together (pandoc-xnos).
        if let Some(inner) = rest.strip_prefix("{@").and_then(|rest| rest.split_once('}')).map(|found| found.0)
            && self.known.lines
            && inner.contains(':')
            && inner.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_:".contains(&byte))
            && cross_target(inner).is_some()
        {
            let to = at + inner.len() + 3;
            self.edits.mark(at..to, Mark::Citation(format!("@{inner}")));
            return to;
        }
        // A comment of MDX.
        if self.known.lines
            && rest.starts_with("{/*")
            && let Some(length) = rest.find("*/}")
            && !rest[..length].contains("-->")
            && !rest[3..length].trim().is_empty()
        {
            self.edits.mark(at..at + length + 3, Mark::Comment(unquoted(rest[3..length].trim(), 0)));
            return at + length + 3;
        }
        let (kind, pattern, told) = match rest.as_bytes().get(1) {
            Some(b'{') if matches!(rest.as_bytes().get(2), Some(b'<' | b'%')) => (End::Moustache, "}}", Told::Shortcode),
            Some(b'{') => (End::Moustache, "}}", Told::Template),
            Some(b'%') => (End::Template, "%}", Told::Template),
            _ => {
                let name = rest[1..].bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'-').count();
                let name = name
                    + rest[1 + name..].strip_prefix(':').map_or(0, |behind| {
                        1 + behind.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'-').count()
                    });
                if name > 0 && rest[1 + name..].starts_with("}`") {
                    return self.role(at, at + name + 2, end);
                }
                self.braces.push(None);
                return at + 1;
            }
        };
        match self.find(kind, at + 2, end, pattern) {
            // Code and calls for other programs: no marks stand in them.
            Some(close) if VARIABLES.contains(&variable(&self.text[at + 2..close])) => {
                // As it is written, for the case that the metadata don't say it.
                let inner = &self.text[at + 2..close];
                let name = if inner.starts_with('<') { inner } else { inner.trim() }.to_owned();
                self.edits.mark(at..close + 2, Mark::Variable(name));
                close + 2
            }
            Some(close) if !self.text[at + 2..close].trim().is_empty() => {
                self.edits.tell(told, at..close + 2);
                for place in at..close + 2 {
                    if self.text.as_bytes()[place].is_ascii_punctuation() && self.text.as_bytes()[place] != b'|' {
                        self.edits.text(place..place + 1);
                    }
                }
                close + 2
            }
            _ => at + 2,
        }
    }

    /// kramdown's comments and options in a line, and what it says of emphasis.
    pub(super) fn kramdown(&mut self, at: usize, end: usize) -> Option<usize> {
        let rest = &self.text[at..end];
        if rest.starts_with("{::comment}") {
            let from = "{::comment}".len();
            let (length, close) = ["{:/comment}", "{:/}"]
                .into_iter()
                .filter_map(|close| rest[from..].find(close).map(|length| (length, close)))
                .min()?;
            let text = rest[from..from + length].trim();
            let to = at + from + length + close.len();
            let is_comment = !text.is_empty() && !text.contains("-->") && length < 8 * LONGEST;
            is_comment.then(|| self.edits.mark(at..to, Mark::Comment(unquoted(text, 0))))?;
            return Some(to);
        }
        if ["{::nomarkdown", "{::options", "{:/"].iter().any(|open| rest.starts_with(open)) {
            let to = at + rest.bytes().take(LONGEST).position(|byte| byte == b'}')? + 1;
            self.edits.tell(Told::Attribute, at..to);
            self.edits.fill(at..to, super::VOID);
            return Some(to);
        }
        let is_behind = self.before(at, 0).is_some_and(|c| matches!(c, '*' | '_' | '~'));
        // What braces say of a language or a class is meant for the words before them.
        let is_said = ["{:", "{lang=", "{.", "{#"].iter().any(|open| rest.starts_with(open));
        let to = if is_said && is_behind { self.attributes(at, end) } else { at };
        (to > at).then_some(to)
    }

    /// `` {name}`words` ``: the role at `at`, its words behind `tick`.
    pub(super) fn role(&mut self, at: usize, tick: usize, end: usize) -> usize {
        let ticks = self.run(tick, end, b'`');
        let name = &self.text[at + 1..tick - 1];
        let kind = if self.known.lines { roles::of(name) } else { None };
        let (Some(kind), Some(close)) = (kind, self.code_end(tick + ticks, end, ticks)) else {
            self.edits.tell(Told::Role, at..tick);
            return tick;
        };
        let (from, to) = (tick + ticks, close + ticks);
        let inner = self.text[from..close].trim();
        match kind {
            roles::Kind::Code => {
                // Sphinx shortens what a tilde stands before, and leads nowhere behind an exclamation mark.
                let words = roles::words(inner).trim_start_matches(['~', '!']);
                if words.len() == inner.len() {
                    self.edits.fill(at..tick, super::VOID);
                    return tick;
                }
                self.edits.mark(at..to, Mark::Role { name: "code".to_owned(), inner: unquoted(words, 0) });
                to
            }
            // By the name of its entry, which may be other words than those of the text.
            roles::Kind::Term => {
                let said = &self.text[from..close];
                let words = roles::words(said).len();
                let entry = said[words..].trim().strip_prefix('<').and_then(|entry| entry.strip_suffix('>'));
                let pairs = entry.map(|entry| ("entry".to_owned(), entry.to_owned()));
                let term =
                    Attributes { classes: vec![TERM.to_owned()], pairs: pairs.into_iter().collect(), ..Attributes::default() };
                self.edits.mark(at..from, Mark::Open(Opening::Span(term)));
                self.edits.mark(from + words..to, Mark::Close(Opening::Span(Attributes::default())));
                // What is behind the words names the entry alone.
                if words < said.len() { to } else { from }
            }
            roles::Kind::Text => {
                let said = &self.text[from..close];
                let words = roles::words(said).len();
                self.edits.fill(at..from, super::VOID);
                self.edits.fill(from + words..to, super::VOID);
                from
            }
            roles::Kind::Styled(style) => {
                self.edits.mark(at..from, Mark::Open(Opening::Style(style)));
                self.edits.mark(close..to, Mark::Close(Opening::Style(style)));
                from
            }
            roles::Kind::Formula => {
                let tex = unquoted(inner, 0);
                self.edits.mark(at..to, Mark::Formula { tex, displayed: false, attributes: None });
                to
            }
            roles::Kind::Citation { narrative } => {
                let keys = inner.split([',', ';']).map(|key| format!("@{}", key.trim()));
                let text = match narrative {
                    true if !inner.contains([',', ';']) => format!("@{inner}"),
                    _ => format!("[{}]", keys.collect::<Vec<_>>().join("; ")),
                };
                self.edits.mark(at..to, Mark::Citation(text));
                to
            }
            roles::Kind::Reference => {
                self.edits.mark(at..to, Mark::Role { name: name.to_owned(), inner: unquoted(inner, 0) });
                to
            }
        }
    }

    pub(super) fn close_brace(&mut self, at: usize) -> usize {
        if let Some(Some((opened, opening))) = self.braces.pop() {
            self.edits.mark(opened, Mark::Open(opening.clone()));
            self.edits.mark(at..at + 1, Mark::Close(opening));
        }
        at + 1
    }

    /// Obsidian's comments.
    pub(super) fn comment(&mut self, at: usize, end: usize) -> usize {
        let joined = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        if self.byte(at + 1, end) != Some(b'%') || joined(self.before(at, 0)) || !self.known.lines {
            return at + self.run(at, end, b'%');
        }
        let Some(close) = self.find(End::Percent, at + 2, end, "%%") else { return at + 2 };
        let text = self.text[at + 2..close].trim();
        let behind = self.text[close + 2..end].chars().next();
        if text.is_empty() || joined(behind) || text.contains("-->") {
            return close;
        }
        self.edits.mark(at..close + 2, Mark::Comment(unquoted(text, 0)));
        close + 2
    }
}

/// The name of a field between two pairs of braces: alone, or as Quarto has it, `{{< meta title >}}`.
fn variable(inner: &str) -> &str {
    let quarto =
        inner.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).and_then(|rest| rest.trim().strip_prefix("meta "));
    quarto.unwrap_or(inner).trim()
}
