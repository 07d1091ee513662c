//! Where a formula stands in a text, by pandoc's rule, and where what looks like one is money or an editor's brackets.

use std::ops::Range;

use super::attributes::{Attributes, braces};
use crate::tree::is_formula_balanced;

/// A formula: the bytes it takes, those of its TeX, and whether it is displayed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub end: usize,
    pub tex: Range<usize>,
    pub displayed: bool,
}

/// Environments of displayed formulas, each with the one that means the same inside a formula; those without stand for themselves.
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

/// Dollars at `at`: a formula, if the next dollar closes it. No white space stands inside the marks, but for
/// spaces around TeX, and no digit behind them.
pub fn dollars(text: &str, at: usize, limit: usize, closing: &mut Closing) -> Option<Found> {
    let bytes = &text.as_bytes()[..limit];
    if bytes.get(at + 1) == Some(&b'$') {
        let end = closing.pair(bytes, at + 2)?;
        let found = Found { end: end + 2, tex: at + 2..end, displayed: true };
        return (!text[at + 2..end].trim().is_empty()).then_some(found);
    }
    if bytes.get(at + 1) == Some(&b'`') {
        let end = closing.ticked(bytes, at + 2)?;
        return (end > at + 2).then_some(Found { end: end + 2, tex: at + 2..end, displayed: false });
    }
    let end = closing.one(bytes, at + 1)?;
    let inner = &text[at + 1..end];
    let (lead, trail) = (inner.len() - inner.trim_start().len(), inner.len() - inner.trim_end().len());
    let closes = (lead + trail == 0 || is_tex(inner)) && !bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
    // One whose groups don't close can't be set, but what it says is no prose.
    let is_formula = is_formula_balanced(inner) || inner.contains(['\\', '^', '_']) && !has_word_beside_commands(inner);
    (closes && is_formula && !is_money(text, at, inner)).then_some(Found {
        end: end + 1,
        tex: at + 1 + lead..end - trail,
        displayed: false,
    })
}

/// Whether what stands between dollars, with the spaces that some tools put there (PaddleOCR-VL), can be nothing else than TeX. A bar
/// may end a cell, and a drive's colon stand before a path.
fn is_tex(inner: &str) -> bool {
    (has_command(inner) || has_sign(inner, b"^_") && !has_word(inner)) && !inner.contains(['\n', '|']) && !inner.contains(":\\")
}

/// Whether a dollar before `inner` is a currency's sign: it stands right behind a letter and before a digit (`US$5`) or what closes
/// (`(A$)`), or words stand between an amount and the next dollar.
fn is_money(text: &str, at: usize, inner: &str) -> bool {
    let behind_letter = text[..at].chars().next_back().is_some_and(char::is_alphabetic);
    if behind_letter && inner.starts_with([')', ']', ',', ';', ':', '/']) {
        return true;
    }
    if !inner.starts_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let is_tex = inner.contains(['\\', '^', '_', '=', '{']);
    let mut words = inner.split(|c: char| !c.is_alphabetic()).filter(|word| word.chars().count() > 1);
    behind_letter || !is_tex && words.next().is_some()
}

/// `\(…\)` or `\[…\]` at `at`, if what stands in them is a formula. pandoc writes the same where it only escapes brackets.
pub fn brackets(text: &str, at: usize, limit: usize, closing: &mut Closing) -> Option<Found> {
    let displayed = text.as_bytes()[at + 1] == b'[';
    let end = closing.bracket(&text.as_bytes()[..limit], at + 2, displayed)?;
    let inner = &text[at + 2..end];
    let strong = has_command(inner) || has_sign(inner, b"^_") || has_sign(inner, b"=<>") && !has_word(inner);
    let is_formula = match displayed {
        true => strong || inner.contains('\n') && is_on_own_lines(text, at..end + 2) && !has_word(inner),
        false => strong || !behind_word(text, at) && is_sum(inner),
    };
    (is_formula && !inner.trim().is_empty()).then_some(Found { end: end + 2, tex: at + 2..end, displayed })
}

/// Whether nothing stands beside a formula in its first line and in its last, but what containers write.
pub fn is_on_own_lines(text: &str, formula: Range<usize>) -> bool {
    let before = text[..formula.start].trim_end_matches([' ', '>', '\t']);
    let behind = text[formula.end..].trim_start_matches(|c: char| c.is_whitespace() && c != '\n');
    (before.is_empty() || before.ends_with('\n')) && (behind.is_empty() || behind.starts_with('\n'))
}

fn behind_word(text: &str, at: usize) -> bool {
    text[..at].chars().next_back().is_some_and(char::is_alphanumeric)
}

/// Whether a bracket holds a letter or a sum, and no words.
fn is_sum(inner: &str) -> bool {
    let letters = inner.chars().filter(|c| c.is_alphabetic()).count();
    let signs = inner.chars().any(|c| "+-*/|".contains(c));
    !has_word(inner) && letters > 0 && (inner.trim().chars().count() == 1 || signs) && inner.is_ascii()
}

fn has_word(inner: &str) -> bool {
    inner.split(|c: char| !c.is_alphabetic()).any(|word| word.chars().count() > 2)
}

fn has_word_beside_commands(inner: &str) -> bool {
    inner.split('\\').enumerate().any(|(count, part)| {
        has_word(if count == 0 { part } else { part.trim_start_matches(|c: char| c.is_ascii_alphabetic()) })
    })
}

/// One of `signs`, not escaped.
fn has_sign(inner: &str, signs: &[u8]) -> bool {
    unescaped(inner.as_bytes(), 0, |at| signs.contains(&inner.as_bytes()[at])).is_some()
}

/// A backslash before a letter.
fn has_command(inner: &str) -> bool {
    inner.as_bytes().windows(2).any(|pair| pair[0] == b'\\' && pair[1].is_ascii_alphabetic())
}

/// `\begin{equation}…\end{equation}` at `at`, and what the environment is called inside a formula.
pub fn environment(text: &str, at: usize, closing: &mut Closing) -> Option<(Found, &'static str)> {
    let rest = text[at..].strip_prefix("\\begin{")?;
    let name = &rest[..rest.bytes().take(20).position(|byte| byte == b'}')?];
    let (_, inside) = ENVIRONMENTS.iter().find(|(known, _)| *known == name.trim_end_matches('*'))?;
    let from = at + "\\begin{}".len() + name.len();
    let end = closing.environment(text, from, name)?;
    Some((Found { end: end + "\\end{}".len() + name.len(), tex: from..end, displayed: true }, inside))
}

/// The TeX of an environment, as it stands between dollars. Labels lead nowhere in a book.
pub fn inside(tex: &str, environment: &str, name_is_counted: bool) -> String {
    let tex = if name_is_counted { tex.trim_start().split_once('}').map_or(tex, |(_, rest)| rest) } else { tex };
    let mut out = tex.trim().to_owned();
    for (open, close) in [("\\label{", '}'), ("(\\#", ')')] {
        while let Some(from) = out.find(open) {
            let Some(length) = out[from..].find(close) else { break };
            out.replace_range(from..from + length + 1, "");
        }
    }
    let out = out.trim();
    if environment.is_empty() { out.to_owned() } else { format!("\\begin{{{environment}}}\n{out}\n\\end{{{environment}}}") }
}

/// The first formula of a text in HTML, and where it begins: between dollars, or brackets behind backslashes.
pub fn first(text: &str) -> Option<(usize, Found)> {
    let mut closing = Closing::default();
    let mut at = 0;
    while let Some(next) = text[at..].find(['$', '\\']) {
        at += next;
        let found = match text.as_bytes()[at] {
            b'$' => dollars(text, at, text.len(), &mut closing),
            _ if text[at + 1..].starts_with(['(', '[']) => brackets(text, at, text.len(), &mut closing),
            _ => None,
        };
        if let Some(found) = found {
            return Some((at, found));
        }
        let is_escape = text.as_bytes()[at] == b'\\' && text.as_bytes().get(at + 1).is_some_and(u8::is_ascii);
        at += 1 + usize::from(is_escape || text[at + 1..].starts_with('$'));
    }
    None
}

/// What stands behind a displayed formula, up to its line's end, and says what it is called by: `{#eq-toll}`, `(toll)`.
pub fn label(behind: &str) -> Option<(Attributes, usize)> {
    let line = behind.split('\n').next().unwrap_or("");
    let rest = line.trim_start_matches([' ', '\t']);
    let lead = line.len() - rest.len();
    let own = rest.trim_end();
    if own.starts_with('{') {
        let (found, length) = braces(own)?;
        return (length == own.len() && found.id.is_some()).then_some((found, lead + length));
    }
    let name = own.strip_prefix('(')?.strip_suffix(')')?;
    let fits = name.contains(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_:".contains(&byte));
    // A letter or a short word is the author's own number.
    (lead > 0 && fits && name.contains(['-', '_', ':'])).then(|| (called(name), lead + own.len()))
}

fn called(name: &str) -> Attributes {
    Attributes { id: Some(name.to_owned()), ..Attributes::default() }
}

/// Where marks close, found from left to right: what has no end from one place on has none from a later one either, so that a
/// hundred thousand marks that nothing closes are looked through once.
#[derive(Default)]
pub struct Closing {
    /// From where on nothing closes, by kind.
    nowhere: [Option<usize>; 6],
    environments: Vec<(String, usize)>,
}

impl Closing {
    fn find(&mut self, kind: usize, from: usize, find: impl FnOnce() -> Option<usize>) -> Option<usize> {
        if self.nowhere[kind].is_some_and(|nowhere| from >= nowhere) {
            return None;
        }
        let found = find();
        if found.is_none() {
            self.nowhere[kind] = Some(from);
        }
        found
    }

    /// A new stretch of text begins.
    pub fn forget(&mut self) {
        self.nowhere = [None; 6];
    }

    fn one(&mut self, bytes: &[u8], from: usize) -> Option<usize> {
        self.find(0, from, || unescaped(bytes, from, |at| bytes[at] == b'$'))
    }

    fn pair(&mut self, bytes: &[u8], from: usize) -> Option<usize> {
        self.find(1, from, || unescaped(bytes, from, |at| bytes[at] == b'$' && bytes.get(at + 1) == Some(&b'$')))
    }

    fn ticked(&mut self, bytes: &[u8], from: usize) -> Option<usize> {
        self.find(2, from, || (from..bytes.len()).find(|&at| bytes[at..].starts_with(b"`$")))
    }

    /// Another opening before the end: the first was none. Seen at once, or it would be looked through again from each.
    fn bracket(&mut self, bytes: &[u8], from: usize, displayed: bool) -> Option<usize> {
        let (open, close) = if displayed { (b"\\[", b"\\]") } else { (b"\\(", b"\\)") };
        let mut opens = false;
        let found = self.find(3 + usize::from(displayed), from, || {
            let at = unescaped_or(bytes, from, |at| bytes[at..].starts_with(close) || bytes[at..].starts_with(open))?;
            opens = bytes[at..].starts_with(open);
            Some(at)
        });
        found.filter(|_| !opens)
    }

    fn environment(&mut self, text: &str, from: usize, name: &str) -> Option<usize> {
        if self.environments.iter().any(|(known, nowhere)| known == name && from >= *nowhere) {
            return None;
        }
        let found = text[from..].find(&format!("\\end{{{name}}}")).map(|length| from + length);
        if found.is_none() {
            self.environments.push((name.to_owned(), from));
        }
        found
    }
}

/// The first place from `from` on at which `is` holds and no backslash stands before it.
fn unescaped(bytes: &[u8], from: usize, is: impl Fn(usize) -> bool) -> Option<usize> {
    let mut at = from;
    while at < bytes.len() {
        if bytes[at] == b'\\' {
            at += 2;
        } else if is(at) {
            return Some(at);
        } else {
            at += 1;
        }
    }
    None
}

/// The first place at which `is` holds, backslashes with what they escape taken together.
fn unescaped_or(bytes: &[u8], from: usize, is: impl Fn(usize) -> bool) -> Option<usize> {
    let mut at = from;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if is(at) => return Some(at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The formulas of a text that holds no other marks.
    fn formulas(text: &str) -> Vec<&str> {
        let (mut at, mut out, mut closing) = (0, Vec::new(), Closing::default());
        while at < text.len() {
            let found = match text.as_bytes()[at] {
                b'$' => dollars(text, at, text.len(), &mut closing),
                b'\\' if text[at + 1..].starts_with(['(', '[']) => brackets(text, at, text.len(), &mut closing),
                b'\\' if text[at..].starts_with("\\begin") => environment(text, at, &mut closing).map(|(found, _)| found),
                _ => None,
            };
            match found {
                Some(found) => {
                    out.push(text[found.tex].trim());
                    at = found.end;
                }
                None => at += 1 + usize::from(text.as_bytes()[at] == b'\\'),
            }
            while !text.is_char_boundary(at) {
                at += 1;
            }
        }
        out
    }

    #[test]
    fn money_is_no_formula() {
        for text in [
            "US$5 or US$6",
            "from $5 to $6",
            "R$2-R$3, US$4/US$5",
            "$5 million, and 6$ more",
            "A$6,NZ$7.",
            "SGD (S$) to USD: 0.74, AUD (A$) to USD: 0.65",
            "a $ b $ c",
            "| US $ | A $ |, 5 $ at C:\\dir and 6 $ more",
            "| a $ | b_c $ |",
            "$ 5$",
            "\\$5 and \\$6",
        ] {
            assert_eq!(formulas(text), Vec::<&str>::new(), "{text}");
        }
    }

    #[test]
    fn formulas_are() {
        assert_eq!(formulas("if $k > 2$, else $9."), ["k > 2"]);
        assert_eq!(formulas("$$a$$ $`b_1`$ $x\\$y$"), ["a", "b_1", "x\\$y"]);
        assert_eq!(formulas("\\( n \\) and \\(n^2\\), \\[ a = b \\]"), ["n", "n^2", "a = b"]);
        assert_eq!(formulas("up to $ 10^{-3} $ of $ \\left\\{ x \\right\\} $, $ n $"), ["10^{-3}", "\\left\\{ x \\right\\}"]);
        assert_eq!(formulas("\\begin{align*} a &= b \\end{align*}"), ["a &= b"]);
    }

    #[test]
    fn brackets_are_escaped() {
        assert_eq!(
            formulas("\\[sic\\] nyne, \\(that is, 9\\), \\[…\\], bale\\(s\\), \\[4\\], \\(9\\), \\[\\^1\\], \\[= the mill\\]"),
            Vec::<&str>::new()
        );
    }
}
