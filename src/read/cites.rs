//! Citations as pandoc writes them: `[see @doe99, pp. 33-35 and passim; -@roe2001]`, `@doe99 [p. 33]`.

use super::clean;
use crate::entity;
use crate::span::Span;
use crate::tree::{Cite, CiteForm, Inline, Inlines, Locator, Node, Style, cross_target};

/// Words for kinds of locators (Citation Style Language 1.0.2) as several languages write them, longest first where one begins
/// another. Those that are letters alone need a stop or a space behind them.
const LOCATORS: &[(&str, &[&str])] = &[
    (
        "page",
        &[
            "pages", "page", "pp.", "p.", "pp", "p", "seiten", "seite", "S.", "Seiten", "Seite", "págs.", "pág.", "páginas",
            "página", "pagine", "pagina", "blz.", "str.", "σσ.", "σ.", "с.", "стр.",
        ],
    ),
    (
        "chapter",
        &[
            "chapters",
            "chapter",
            "chaps.",
            "chap.",
            "chs.",
            "ch.",
            "Kapitel",
            "Kap.",
            "chapitre",
            "capítulo",
            "cap.",
            "hfst.",
            "гл.",
        ],
    ),
    (
        "section",
        &["sections", "section", "secs.", "sec.", "sects.", "sect.", "§§", "§", "Abschnitt", "Abschn.", "sección", "sez."],
    ),
    ("volume", &["volumes", "volume", "vols.", "vol.", "Band", "Bände", "Bde.", "Bd.", "tome", "tomo", "t.", "т."]),
    ("book", &["books", "book", "bks.", "bk.", "Buch", "livre", "libro", "lib."]),
    ("part", &["parts", "part", "pts.", "pt.", "Teil", "partie", "parte"]),
    ("paragraph", &["paragraphs", "paragraph", "paras.", "para.", "¶¶", "¶", "Absatz", "Abs.", "paragr.", "párr."]),
    ("line", &["lines", "line", "ll.", "l.", "Zeilen", "Zeile", "Z.", "ligne", "línea"]),
    ("verse", &["verses", "verse", "vv.", "v.", "Verse", "Vers", "V.", "verso"]),
    ("note", &["notes", "note", "nn.", "n.", "Anm.", "nota"]),
    ("figure", &["figures", "figure", "figs.", "fig.", "Abbildung", "Abb.", "figura"]),
    ("table", &["tables", "table", "tbls.", "tbl.", "Tabelle", "Tab.", "tableau", "tabla"]),
    ("column", &["columns", "column", "cols.", "col.", "Spalten", "Spalte", "Sp.", "colonne", "columna"]),
    ("folio", &["folios", "folio", "fols.", "fol.", "ff.", "f.", "Blatt", "Bl."]),
    ("number", &["numbers", "number", "nos.", "no.", "Nummer", "Nr.", "n°", "núm."]),
    ("issue", &["issues", "issue"]),
    ("opus", &["opera", "opus", "opp.", "op."]),
    ("sub-verbo", &["s.vv.", "s.v.", "sub verbis", "sub verbo"]),
    ("appendix", &["appendices", "appendix", "apps.", "app.", "Anhang"]),
    ("equation", &["equations", "equation", "eqs.", "eq."]),
    ("article-locator", &["articles", "article", "arts.", "art.", "Artikel", "Art."]),
    ("rule", &["rules", "rule"]),
    ("canon", &["canons", "canon"]),
    ("act", &["acts", "act"]),
    ("scene", &["scenes", "scene", "scs.", "sc."]),
    ("title-locator", &["titles", "title", "tits.", "tit."]),
    ("supplement", &["supplements", "supplement", "supps.", "supp."]),
];

/// How long a key is at the front of `text`, and the key.
pub fn key(text: &str) -> Option<(usize, &str)> {
    if let Some(inner) = text.strip_prefix('{') {
        let end = inner.find(['}', '\n'])?;
        let key = &inner[..end];
        return (inner.as_bytes()[end] == b'}' && !key.is_empty() && !key.contains(char::is_whitespace))
            .then_some((end + 2, key));
    }
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    if !text.starts_with(is_word) {
        return None;
    }
    let mut end = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, c)| *c);
        let inner = ":.#$%&-+?<>~/".contains(c) && next.is_some_and(|next| is_word(next) || next == '/' && c == '/');
        if !is_word(c) && !inner {
            break;
        }
        end = at + c.len_utf8();
    }
    Some((end, &text[..end]))
}

/// The cites that stand between two brackets, if that is what they hold.
pub fn group(text: &str, span: Span) -> Option<Vec<Cite>> {
    let pieces = pieces(text);
    let cites: Option<Vec<_>> = pieces.into_iter().flat_map(each).map(|piece| cite(piece, span)).collect();
    cites.filter(|cites| !cites.is_empty())
}

/// Where a key stands in a text whose sign no other word holds.
fn key_at(text: &str) -> Option<usize> {
    let begins = |at: &usize| {
        let before = text[..*at].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric() && !"@_.\\".contains(c)) && key(&text[at + 1..]).is_some()
    };
    text.match_indices('@').map(|(at, _)| at).find(begins)
}

/// The cites of a piece that names several works: what joins two, `and` or `with`, is of the second.
fn each(piece: &str) -> Vec<&str> {
    let (mut found, mut from) = (Vec::new(), 0);
    while let Some(at) = key_at(&piece[from..]).map(|at| from + at) {
        let behind = at + 1 + key(&piece[at + 1..]).map_or(0, |(length, _)| length);
        let next = key_at(&piece[behind..]).map(|next| behind + next);
        let is_work = |next: &usize| key(&piece[next + 1..]).is_some_and(|(_, key)| cross_target(key).is_none());
        let Some(next) = next.filter(is_work) else { break };
        let parts = |c: char| c == ',' || c.is_ascii_digit() || c == '}';
        let end = piece[behind..next].rfind(parts).map_or(behind, |last| behind + last + 1);
        found.push(piece[from..end].trim_end_matches(','));
        from = end;
    }
    found.push(&piece[from..]);
    found
}

/// A cite that is part of its sentence, with what stands in brackets behind it.
pub fn narrative(key: &str, behind: &str, span: Span) -> Cite {
    let (locator, suffix) = locator(&format!(", {}", behind.trim()));
    let suffix = if behind.trim().is_empty() { String::new() } else { suffix };
    Cite {
        key: clean::line(key),
        form: CiteForm::Narrative,
        prefix: Vec::new(),
        locator: locator.filter(|_| !behind.trim().is_empty()),
        suffix: line(suffix.trim_start_matches(", "), span),
    }
}

/// A whole citation as it stands in a source, brackets included: what [`crate::tree::Citation::source`] writes.
pub fn read(text: &str, span: Span) -> Option<Vec<Cite>> {
    if let Some(inner) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return group(inner, span);
    }
    let rest = text.strip_prefix('@')?;
    let (length, key) = key(rest)?;
    let behind = rest[length..].trim().strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or("");
    let pieces = pieces(behind);
    // Behind its own place, further works may stand in its brackets.
    let own = pieces.iter().take_while(|piece| key_at(piece).is_none()).map(|piece| piece.len() + 1).sum::<usize>();
    let mut cites = vec![narrative(key, behind.get(..own.saturating_sub(1)).unwrap_or(behind), span)];
    if own < behind.len() {
        cites.extend(group(&behind[own..], span)?);
    }
    Some(cites)
}

/// The pieces between semicolons; those in braces part nothing.
fn pieces(text: &str) -> Vec<&str> {
    let (mut pieces, mut from, mut depth) = (Vec::new(), 0, 0_u32);
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ';' if depth == 0 => {
                pieces.push(&text[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    pieces.push(&text[from..]);
    pieces
}

fn cite(piece: &str, span: Span) -> Option<Cite> {
    let at = key_at(piece)?;
    let (length, key) = key(&piece[at + 1..])?;
    let (before, hyphen) = match piece[..at].strip_suffix('-') {
        Some(before) if before.is_empty() || before.ends_with(char::is_whitespace) => (before, true),
        _ => (&piece[..at], false),
    };
    let (locator, suffix) = locator(&piece[at + 1 + length..]);
    Some(Cite {
        key: clean::line(key),
        form: if hyphen { CiteForm::AuthorNamed } else { CiteForm::Apart },
        prefix: line(before.trim(), span),
        locator,
        suffix: line(suffix.trim_end(), span),
    })
}

/// The locator at the front of what stands behind a key, and the rest.
fn locator(behind: &str) -> (Option<Locator>, String) {
    let none = || (None, behind.trim().to_owned());
    let trimmed = behind.trim_start();
    let text = trimmed.strip_prefix(',').unwrap_or(trimmed).trim_start();
    if let Some(inner) = text.strip_prefix('{') {
        let Some((inner, rest)) = inner.split_once('}') else { return none() };
        let (kind, value) = kind(inner).unwrap_or(("page", inner));
        if value.trim().is_empty() {
            return (None, rest.trim().to_owned());
        }
        let locator = Locator { kind: kind.to_owned(), value: clean::line(value), said: format!("{{{}}}", clean::line(inner)) };
        return (Some(locator), rest.to_owned());
    }
    let (kind, rest) = kind(text).unwrap_or(("page", text));
    // The words of a dictionary are no numbers, though some look like Roman ones; they stand as the author has them.
    let length = if kind == "sub-verbo" { 0 } else { value(rest) };
    // A number behind a key without a comma is a locator, too, but not a year or a word.
    if length == 0 {
        return none();
    }
    let said = text[..text.len() - rest.len() + length].to_owned();
    let locator = Locator { kind: kind.to_owned(), value: clean::line(&rest[..length]), said: clean::line(&said) };
    (Some(locator), rest[length..].to_owned())
}

/// Whether a text begins with the word for a kind of locator: `p. 3`.
pub fn names_place(text: &str) -> bool {
    kind(text).is_some()
}

/// The kind of locator that a word at the front of `text` names, and what stands behind it.
fn kind(text: &str) -> Option<(&'static str, &str)> {
    let mut best: Option<(&'static str, &str, usize)> = None;
    for (kind, words) in LOCATORS {
        for word in *words {
            let Some(rest) = text.strip_prefix(word) else { continue };
            let is_sign = !word.ends_with(char::is_alphabetic);
            let parted = rest.starts_with(char::is_whitespace) || is_sign && rest.starts_with(|c: char| c.is_ascii_digit());
            if parted && best.is_none_or(|(_, _, length)| word.len() > length) {
                best = Some((kind, rest.trim_start(), word.len()));
            }
        }
    }
    best.map(|(kind, rest, _)| (kind, rest))
}

/// How long the numbers are at the front of `text`: digits and Roman numerals with what joins them.
fn value(text: &str) -> usize {
    let mut end = 0;
    let mut rest = text;
    loop {
        let word = rest.find(|c: char| c.is_whitespace() || c == ',' || c == ';').unwrap_or(rest.len());
        let said = rest[..word].trim_end_matches(['.', ')', ':']);
        let roman = !said.is_empty()
            && said.split(['-', '–']).all(|part| !part.is_empty() && part.chars().all(|c| "ivxlcdmIVXLCDM".contains(c)));
        if said.is_empty() || !(said.contains(|c: char| c.is_ascii_digit()) || roman) || said.starts_with(['@', '*', '_']) {
            return end;
        }
        let at = text.len() - rest.len();
        end = at + said.len();
        // A further number behind a comma or a word for "and".
        let behind = &text[end..];
        let further = behind
            .strip_prefix(',')
            .map(str::trim_start)
            .or_else(|| behind.trim_start().strip_prefix('&').map(str::trim_start));
        match further.filter(|further| further.starts_with(|c: char| c.is_ascii_digit())) {
            Some(further) => rest = further,
            None => return end,
        }
    }
}

/// Words with their marks of emphasis and of code, the only ones that are looked for beside a key.
pub fn line(text: &str, span: Span) -> Inlines {
    words(text, span, false)
}

/// The same of a title, in which characters may stand by their names: `A &amp; B`.
pub fn title(text: &str, span: Span) -> Inlines {
    words(text, span, true)
}

fn words(text: &str, span: Span, is_named: bool) -> Inlines {
    let mut out = Vec::new();
    let mut rest = text;
    let mut said = String::new();
    let say = |said: &mut String, out: &mut Inlines| {
        if !said.is_empty() {
            out.push(Node::new(Inline::Text(spaced(&std::mem::take(said))), span));
        }
    };
    let signs: &[char] = if is_named { &['*', '_', '`', '\\', '&'] } else { &['*', '_', '`', '\\'] };
    while let Some(at) = rest.find(signs) {
        said.push_str(&rest[..at]);
        let from = &rest[at..];
        let sign = &from[..1];
        // A backslash takes a sign its meaning (CommonMark 2.4).
        if let Some(behind) = from.strip_prefix('\\') {
            let escaped = behind.chars().next().filter(char::is_ascii_punctuation);
            said.push(escaped.unwrap_or('\\'));
            rest = &behind[escaped.map_or(0, char::len_utf8)..];
            continue;
        }
        if sign == "&" {
            let length = from.find(';').map_or(1, |end| end + 1);
            said.push_str(&entity::resolved(&from[..length]));
            rest = &from[length..];
            continue;
        }
        let length = if sign != "`" && from[1..].starts_with(sign) { 2 } else { 1 };
        let (mark, behind) = from.split_at(length);
        let is_outside = rest[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
        // Before white space nothing opens (CommonMark 6.2).
        let opens = sign == "`" || is_outside && !behind.starts_with(char::is_whitespace);
        let Some(close) = closing(behind, mark).filter(|close| opens && *close > 0) else {
            said.push_str(mark);
            rest = behind;
            continue;
        };
        say(&mut said, &mut out);
        let inner = &behind[..close];
        let kind = match (sign, length) {
            ("`", _) => Inline::Code(spaced(inner)),
            // No mark stands inside itself: what is inside ends at the first that closes.
            (_, 2) => Inline::Styled(Style::Strong, words(inner, span, is_named)),
            _ => Inline::Styled(Style::Emphasis, words(inner, span, is_named)),
        };
        out.push(Node::new(kind, span));
        rest = &behind[close + length..];
    }
    said.push_str(rest);
    say(&mut said, &mut out);
    out
}

/// Where `mark` closes: behind a backslash a sign has no meaning, but in code.
fn closing(text: &str, mark: &str) -> Option<usize> {
    if mark == "`" {
        return text.find(mark);
    }
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            _ if bytes[at..].starts_with(mark.as_bytes()) => return Some(at),
            _ => at += 1,
        }
    }
    None
}

/// Clean text with every run of white space one space, those at its ends kept.
fn spaced(text: &str) -> String {
    let mut out = String::new();
    for c in clean::clean(text).chars() {
        match c.is_whitespace() && c != '\u{A0}' {
            true if out.ends_with(' ') => {}
            true => out.push(' '),
            false => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::{Citation, plain_text};

    #[track_caller]
    fn check(text: &str, want: &str) {
        let said = read(text, Span::default()).map_or("none".to_owned(), |cites| {
            let one = |cite: &Cite| {
                let locator = cite.locator.as_ref().map(|at| format!(" {}={}", at.kind, at.value)).unwrap_or_default();
                let form = match cite.form {
                    CiteForm::Apart => "",
                    CiteForm::AuthorNamed => "-",
                    CiteForm::Narrative => "=",
                };
                format!("{}|{form}{}{locator}|{}", plain_text(&cite.prefix), cite.key, plain_text(&cite.suffix))
            };
            let again = Citation { cites: cites.clone(), text: Vec::new() }.source();
            assert_eq!(read(&again, Span::default()).as_ref(), Some(&cites), "{again}");
            cites.iter().map(one).collect::<Vec<_>>().join("; ")
        });
        assert_eq!(said, want, "{text}");
    }

    #[test]
    fn as_pandoc_reads_them() {
        check("[@doe99]", "|doe99|");
        check("[see @doe99, pp. 33-35 and elsewhere]", "see|doe99 page=33-35|and elsewhere");
        check("[@doe99, 33, 38; also -@roe:2001 ch. 3]", "|doe99 page=33, 38|; also|-roe:2001 chapter=3|");
        check("[@doe99, §4]", "|doe99 section=4|");
        check("[@doe99, passim]", "|doe99|, passim");
        check(r"[*R\&D* of a\*b and *c\*d* @doe99]", "R&D of a*b and c*d|doe99|");
        check(
            "[@{https://x.org/a;b}, {pp. iv, vi-xi, (xv)-(xvii)} with more]",
            "|https://x.org/a;b page=iv, vi-xi, (xv)-(xvii)|with more",
        );
        check("@doe99", "|=doe99|");
        check("@doe99 [p. 33; x]", "|=doe99 page=33|; x");
        check("[see @doe99 and @roe, p. 3]", "see|doe99|; and|roe page=3|");
        check("[@doe99, p. 3 and @roe]", "|doe99 page=3|; and|roe|");
        check("@doe99 [-@roe]", "|=doe99|; |-roe|");
        check("@doe99 [p. 3; see @roe, p. 5]", "|=doe99 page=3|; see|roe page=5|");
        check("[@doe99, s.v. mill]", "|doe99|, s.v. mill");
        check("[a@b.c]", "none");
        check("[words]", "none");
    }
}
