//! Formulas of one line, in the faces of the text, so that they are broken with it: letters in italics, signs for their names,
//! raised and lowered indices, fractions with a stroke. What needs more is laid out by `formula`, and what can't be laid out stands
//! as its TeX; in every case the TeX is what is read aloud.

use super::shape::Placement;
use crate::tree::{FORMULA_LETTERS, is_formula_too_deep};

/// A stretch of a formula.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bit {
    pub text: String,
    pub italic: bool,
    pub script: Placement,
}

/// The lines of a formula, unless it has something that a line of type can't show.
pub fn lines(tex: &str) -> Option<Vec<Vec<Bit>>> {
    tex.split("\\\\").filter(|line| !line.trim().is_empty()).map(line).collect()
}

/// One line of a formula.
pub fn line(tex: &str) -> Option<Vec<Bit>> {
    if is_formula_too_deep(tex) {
        return None;
    }
    let mut setter = Setter { bits: Vec::new(), script: Placement::Line, owes: false };
    setter.all(&mut Tokens { rest: tex })?;
    (!setter.bits.is_empty()).then_some(setter.bits)
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Token<'t> {
    Char(char),
    Command(&'t str),
    Group(&'t str),
}

struct Tokens<'t> {
    rest: &'t str,
}

impl<'t> Tokens<'t> {
    /// The next token; the outer none says that a brace is missing, the inner one that there is no more.
    fn next(&mut self) -> Option<Option<Token<'t>>> {
        self.rest = self.rest.trim_start();
        let Some(first) = self.rest.chars().next() else { return Some(None) };
        let taken = match first {
            '\\' => {
                let name = &self.rest[1..];
                let letters = name.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(name.len());
                let length = if letters > 0 { letters } else { name.chars().next().map_or(0, char::len_utf8) };
                self.rest = &name[length..];
                Token::Command(&name[..length])
            }
            '{' => {
                let mut depth = 0;
                let end = self.rest.char_indices().find(|(_, c)| {
                    depth += match c {
                        '{' => 1,
                        '}' => -1,
                        _ => 0,
                    };
                    depth == 0
                })?;
                let inner = &self.rest[1..end.0];
                self.rest = &self.rest[end.0 + 1..];
                Token::Group(inner)
            }
            '}' => return None,
            c => {
                self.rest = &self.rest[c.len_utf8()..];
                Token::Char(c)
            }
        };
        Some(Some(taken))
    }

    /// What a command or an index takes: a group or one token.
    fn argument(&mut self) -> Option<String> {
        Some(match self.next()?? {
            Token::Char(c) => c.to_string(),
            Token::Command(name) => format!("\\{name} "),
            Token::Group(inner) => inner.to_owned(),
        })
    }
}

struct Setter {
    bits: Vec<Bit>,
    script: Placement,
    /// Whether an operator with a name was said last, which stands apart from what it is of.
    owes: bool,
}

impl Setter {
    fn all(&mut self, tokens: &mut Tokens) -> Option<()> {
        while let Some(token) = tokens.next()? {
            self.token(token, tokens)?;
        }
        Some(())
    }

    fn token(&mut self, token: Token, tokens: &mut Tokens) -> Option<()> {
        self.pay(token)?;
        match token {
            Token::Char('^') => self.index(&tokens.argument()?, Placement::Above),
            Token::Char('_') => self.index(&tokens.argument()?, Placement::Below),
            Token::Char('&') => Some(()),
            Token::Char(c @ ('=' | '<' | '>' | '+')) => self.sign(&c.to_string()),
            Token::Char('-') => self.sign("−"),
            Token::Char('\'') => self.say("′", false),
            Token::Char('*') => self.sign("∗"),
            Token::Char('~') => self.say("\u{a0}", false),
            Token::Char('#' | '$' | '%') => None,
            Token::Char(c) => self.say(&c.to_string(), c.is_alphabetic()),
            Token::Group(inner) => self.all(&mut Tokens { rest: inner }),
            Token::Command(name) => self.command(name, tokens),
        }
    }

    fn command(&mut self, name: &str, tokens: &mut Tokens) -> Option<()> {
        match name {
            "frac" | "dfrac" | "tfrac" => {
                self.part(&tokens.argument()?)?;
                self.say("/", false)?;
                self.part(&tokens.argument()?)
            }
            // Which root it is stands small in its sign.
            "sqrt" if tokens.rest.trim_start().starts_with('[') => None,
            "sqrt" => {
                self.say("√", false)?;
                let inner = tokens.argument()?;
                // A root over more than one sign wants its stroke.
                is_simple(&inner)?.then(|| self.part(&inner))?
            }
            "text" | "textrm" => {
                let words = tokens.argument()?;
                if words.contains(['\\', '{']) { None } else { self.say(&words.replace([' ', '~'], "\u{a0}"), false) }
            }
            "mathrm" | "operatorname" => {
                if name == "operatorname" {
                    tokens.rest = tokens.rest.strip_prefix('*').unwrap_or(tokens.rest);
                }
                // White is none in a formula.
                let letters: String =
                    tokens.argument()?.replace("\\,", "\u{2009}").replace("\\ ", "\u{a0}").replace('~', "\u{a0}");
                let letters: String = letters.chars().filter(|c| !c.is_ascii_whitespace()).collect();
                match name {
                    _ if letters.contains(['\\', '{']) => None,
                    "mathrm" => self.say(&letters, false),
                    _ => self.operator(&letters),
                }
            }
            "left" | "right" | "displaystyle" | "limits" | "!" => Some(()),
            "," | ";" | ":" | " " => self.say("\u{2009}", false),
            "quad" | "qquad" => self.say("\u{2003}", false),
            "{" | "}" | "%" | "$" | "#" | "&" | "_" => self.say(name, false),
            _ => {
                if let Some((_, sign)) = FORMULA_LETTERS.iter().find(|(known, _)| *known == name) {
                    // Capital Greek letters stand upright, small ones slope.
                    return self.say(sign, sign.chars().all(char::is_lowercase));
                }
                if let Some((_, sign)) = RELATIONS.iter().find(|(known, _)| *known == name) {
                    return self.sign(sign);
                }
                if let Some((_, sign)) = OPERATORS.iter().find(|(known, _)| *known == name) {
                    return self.operator(sign);
                }
                if let Some((_, sign)) = SIGNS.iter().find(|(known, _)| *known == name) {
                    return self.say(sign, false);
                }
                FUNCTIONS.contains(&name).then(|| self.operator(name))?
            }
        }
    }

    /// An operator, apart from the term that it follows (TeX: `\thinmuskip`), and by and by from what it is of.
    fn operator(&mut self, said: &str) -> Option<()> {
        let behind_term = self.bits.last().is_some_and(|last| {
            let ends = |c: char| c.is_alphanumeric() || matches!(c, ')' | ']' | '}' | '|' | '′' | '!' | ',' | '∞' | '∂' | '∇');
            last.script != self.script && last.script != Placement::Line
                || last.text.ends_with(ends) && last.script == self.script
        });
        if behind_term {
            self.say(BOUND, false)?;
        }
        self.say(said, false)?;
        self.owes = true;
        Some(())
    }

    /// White behind an operator and its indices, if a term comes next.
    fn pay(&mut self, next: Token) -> Option<()> {
        const NO_TERMS: [&str; 16] = [
            "right",
            "!",
            ",",
            ";",
            ":",
            " ",
            "quad",
            "qquad",
            "operatorname",
            "left",
            "}",
            "{",
            "ldots",
            "dots",
            "cdots",
            "&",
        ];
        if !self.owes {
            return Some(());
        }
        self.owes = false;
        let term = match next {
            Token::Char('^' | '_') | Token::Command("limits" | "displaystyle") => {
                self.owes = true;
                false
            }
            Token::Char(c) => c.is_alphanumeric() || matches!(c, '|' | '-' | '+'),
            Token::Group(_) => true,
            Token::Command(name) => {
                let known = |list: &[(&str, &str)]| list.iter().any(|(known, _)| *known == name);
                !NO_TERMS.contains(&name) && !FUNCTIONS.contains(&name) && !known(RELATIONS) && !known(OPERATORS)
            }
        };
        if term { self.say(BOUND, false) } else { Some(()) }
    }

    /// A part of a fraction, or what stands under a root: in brackets, if it is more than one sign.
    fn part(&mut self, tex: &str) -> Option<()> {
        let simple = is_simple(tex)?;
        if !simple {
            self.say("(", false)?;
        }
        self.all(&mut Tokens { rest: tex })?;
        if simple { Some(()) } else { self.say(")", false) }
    }

    /// Raised or lowered; an index of an index can't be shown.
    fn index(&mut self, tex: &str, script: Placement) -> Option<()> {
        if self.script != Placement::Line {
            return None;
        }
        self.script = script;
        let owes = std::mem::take(&mut self.owes);
        self.all(&mut Tokens { rest: tex })?;
        (self.script, self.owes) = (Placement::Line, owes);
        Some(())
    }

    /// A sign between two terms, with white around it; none in an index, and none behind it where it stands first.
    fn sign(&mut self, sign: &str) -> Option<()> {
        if self.script != Placement::Line {
            return self.say(sign, false);
        }
        let unary = self.bits.last().is_none_or(|bit| bit.text.ends_with(['(', '[', '\u{2009}', '\u{202f}', ',']));
        if unary { self.say(sign, false) } else { self.say(&format!("\u{2009}{sign}\u{2009}"), false) }
    }

    fn say(&mut self, text: &str, italic: bool) -> Option<()> {
        match self.bits.last_mut() {
            Some(last) if last.italic == italic && last.script == self.script => last.text.push_str(text),
            _ => self.bits.push(Bit { text: text.to_owned(), italic, script: self.script }),
        }
        Some(())
    }
}

/// White around operators, in which no line ends.
const BOUND: &str = "\u{202f}";

/// Whether it is one sign or one number.
fn is_simple(tex: &str) -> Option<bool> {
    let mut tokens = Tokens { rest: tex };
    Some(tex.trim().chars().all(|c| c.is_ascii_digit()) || tokens.next()?.is_some() && tokens.next()?.is_none())
}

const RELATIONS: &[(&str, &str)] = &[
    ("times", "×"),
    ("cdot", "·"),
    ("pm", "±"),
    ("div", "÷"),
    ("leq", "≤"),
    ("le", "≤"),
    ("geq", "≥"),
    ("ge", "≥"),
    ("neq", "≠"),
    ("ne", "≠"),
    ("approx", "≈"),
    ("equiv", "≡"),
    ("sim", "∼"),
    ("to", "→"),
    ("rightarrow", "→"),
    ("Rightarrow", "⇒"),
    ("in", "∈"),
    ("subset", "⊂"),
    ("cup", "∪"),
    ("cap", "∩"),
];

const OPERATORS: &[(&str, &str)] = &[("sum", "∑"), ("prod", "∏"), ("int", "∫")];

const SIGNS: &[(&str, &str)] = &[
    ("infty", "∞"),
    ("partial", "∂"),
    ("nabla", "∇"),
    ("ldots", "…"),
    ("dots", "…"),
    ("cdots", "…"),
    ("forall", "∀"),
    ("exists", "∃"),
    ("emptyset", "∅"),
    ("prime", "′"),
    ("circ", "°"),
    ("hbar", "ħ"),
];

const FUNCTIONS: &[&str] = &["sin", "cos", "tan", "log", "ln", "exp", "lim", "max", "min", "det", "arg", "gcd"];

#[cfg(test)]
mod tests {
    use super::*;

    /// A formula as plain text: italics between slashes, indices behind their marks.
    #[track_caller]
    fn check(tex: &str, want: Option<&str>) {
        let said = line(tex).map(|bits| {
            bits.iter().fold(String::new(), |all, bit| {
                let mark = match bit.script {
                    Placement::Line => "",
                    Placement::Above => "^",
                    Placement::Below => "_",
                };
                let text = bit.text.replace(['\u{2009}', '\u{202f}'], " ");
                all + mark + &if bit.italic { format!("{{{text}}}") } else { text }
            })
        });
        assert_eq!(said.as_deref(), want);
    }

    #[test]
    fn what_fits_a_line_is_set() {
        check("E = mc^2", Some("{E} = {mc}^2"));
        check(r"\alpha_{i+1} \leq -1", Some("{α}_{i}_+1 ≤ −1"));
        check(r"\frac{a}{b+1}", Some("{a}/({b} + 1)"));
        check(r"\sqrt{2}\sin x", Some("√2 sin {x}"));
        check(r"\text{if } x \in \Omega", Some("if\u{a0}{x} ∈ Ω"));
    }

    #[test]
    fn operators_stand_apart_from_terms() {
        check(r"\sin x \cos y", Some("sin {x} cos {y}"));
        check(r"n \log n", Some("{n} log {n}"));
        check(r"\log\log n + \sin(x) \exp -x", Some("log log {n} + sin({x}) exp −{x}"));
        check(r"\sum_{i=1}^n x_i \sin^2 x", Some("∑_{i}_=1^{n} {x}_{i} sin^2 {x}"));
        check(r"\lim_{x \to 0} f = \max_i a_i", Some("lim_{x}_→0 {f} = max_{i} {a}_{i}"));
        check(r"x = \operatorname{rank} A, \max", Some("{x} = rank {A}, max"));
    }

    #[test]
    fn what_needs_more_is_left_to_its_tex() {
        check(r"\begin{matrix}1\end{matrix}", None);
        check("x^{y^2}", None);
        check("{a", None);
        check("a}", None);
        check(r"\unknown", None);
        check("", None);
    }
}
