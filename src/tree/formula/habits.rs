//! TeX as people write it, in the words that those who lay out formulas know: what plain TeX has between its arguments, fonts that are
//! switched on, boxes of text, numbers that are switched off. What a formula says stays the same.

use std::borrow::Cow;

/// A piece of a formula.
enum Token<'a> {
    /// A backslash with its letters, or with the one sign behind it.
    Command(&'a str),
    /// What stands in braces.
    Group(Vec<Token<'a>>),
    Other(&'a str),
}

/// The formula in the words of amsmath. Its groups stand no deeper in each other than [`super::is_formula_too_deep`] allows.
pub(super) fn modern(tex: &str) -> String {
    let tex = with_signs(tex);
    let mut rest = &*tex;
    let mut out = String::with_capacity(tex.len() + 16);
    write(&tokens(&mut rest), &mut out);
    // A brace that closes nothing ends the groups; whoever lays it out says so.
    out + rest
}

/// A set whose one brace is a sign and whose other is a group's, as who reads formulas from a picture writes it (`{x\}`): both are
/// signs. Other braces that close nothing stay what they are.
fn with_signs(tex: &str) -> Cow<'_, str> {
    let (mut open, mut astray, mut signs, mut escaped) = (Vec::new(), Vec::new(), 0_isize, false);
    for (at, byte) in tex.bytes().enumerate() {
        match byte {
            b'{' | b'}' if escaped => signs += if byte == b'{' { 1 } else { -1 },
            b'{' => open.push(at),
            b'}' if open.pop().is_none() => astray.push(at),
            _ => {}
        }
        escaped = !escaped && byte == b'\\';
    }
    let lacking = open.len().cast_signed() - astray.len().cast_signed();
    if open.len() + astray.len() == 0 || lacking + signs != 0 {
        return tex.into();
    }
    let mut out = tex.to_owned();
    open.extend(astray);
    open.sort_unstable();
    open.iter().rev().for_each(|at| out.insert(*at, '\\'));
    out.into()
}

/// Whether a formula has several lines without an environment that says so.
pub fn has_bare_lines(tex: &str) -> bool {
    let mut rest = tex;
    let mut within = 0_usize;
    tokens(&mut rest).iter().any(|token| match token {
        Token::Command("\\begin") => {
            within += 1;
            false
        }
        Token::Command("\\end") => {
            within = within.saturating_sub(1);
            false
        }
        Token::Command(command) => *command == "\\\\" && within == 0,
        _ => false,
    })
}

/// Reads up to the brace that closes the group at hand.
fn tokens<'a>(rest: &mut &'a str) -> Vec<Token<'a>> {
    let mut tokens = Vec::new();
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '}' => break,
            '{' => {
                let open = &rest[..1];
                *rest = &rest[1..];
                let inner = self::tokens(rest);
                match rest.strip_prefix('}') {
                    Some(behind) => {
                        *rest = behind;
                        without_white(&mut tokens);
                        tokens.push(Token::Group(inner));
                    }
                    None => {
                        tokens.push(Token::Other(open));
                        tokens.extend(inner);
                    }
                }
                continue;
            }
            '\\' => {
                let letters = rest[1..].bytes().take_while(u8::is_ascii_alphabetic).count();
                let sign = rest[1..].chars().next().map_or(0, char::len_utf8);
                1 + if letters > 0 { letters } else { sign }
            }
            '&' => 1,
            _ => rest.find(['{', '}', '\\', '&']).unwrap_or(rest.len()),
        };
        let own = &rest[..length];
        tokens.push(if c == '\\' { Token::Command(own) } else { Token::Other(own) });
        *rest = &rest[length..];
    }
    tokens
}

/// Takes away the white, and an option in brackets, between a command and the group that comes now: those who read formulas off scans
/// put it everywhere, and not all who lay formulas out expect it.
fn without_white(tokens: &mut Vec<Token>) {
    let is_begin = |at: usize| matches!(tokens.get(at), Some(Token::Command("\\begin")));
    let [.., before, Token::Other(between)] = &tokens[..] else { return };
    let takes = match before {
        Token::Command(name) => between.trim().is_empty() && name.ends_with(|c: char| c.is_ascii_alphabetic()),
        Token::Group(_) => {
            let said = between.trim();
            is_begin(tokens.len().wrapping_sub(3)) && (said.is_empty() || said.starts_with('[') && said.ends_with(']'))
        }
        Token::Other(_) => false,
    };
    if takes {
        tokens.pop();
    }
}

/// What plain TeX writes between its arguments, and what takes them behind it.
const BETWEEN: &[(&str, &str)] = &[("\\choose", "\\binom"), ("\\over", "\\frac")];

/// Fonts that are switched on to the end of their group.
const SWITCHES: &[(&str, &str)] = &[
    ("\\rm", "\\mathrm"),
    ("\\bf", "\\mathbf"),
    ("\\it", "\\mathit"),
    ("\\sf", "\\mathsf"),
    ("\\tt", "\\mathtt"),
    ("\\cal", "\\mathcal"),
];

/// What is known by another name.
const RENAMED: &[(&str, &str)] = &[
    ("\\bm", "\\boldsymbol"),
    ("\\pmb", "\\boldsymbol"),
    ("\\mathds", "\\mathbb"),
    ("\\mathbbm", "\\mathbb"),
    ("\\emph", "\\textit"),
    ("\\widebar", "\\overline"),
    ("\\varlimsup", "\\limsup"),
    ("\\varliminf", "\\liminf"),
    ("\\injlim", "\\operatorname*{inj\\,lim}"),
    ("\\projlim", "\\operatorname*{proj\\,lim}"),
    ("\\idotsint", "\\int\\cdots\\int"),
    ("\\textdegree", "{}^{\\circ}"),
    ("\\degree", "{}^{\\circ}"),
    ("\\euro", "\\text{€}"),
    ("\\pounds", "\\text{£}"),
    ("\\mod", "\\quad\\mathrm{mod}\\;"),
    ("\\qed", "\\square"),
    ("\\hfill", "\\quad"),
];

/// What says nothing of what the formula says: how its parts stand, that they are of a formula.
const IDLE: &[&str] = &["\\nonumber", "\\notag", "\\xspace", "\\ensuremath", "\\mathnormal", "\\strut", "\\displaylimits"];

const FONTS: &[&str] = &["\\mathrm", "\\mathbf", "\\mathit", "\\mathsf", "\\mathtt", "\\operatorname"];

const TEXTS: &[&str] = &["\\text", "\\mbox", "\\hbox", "\\textrm", "\\textnormal", "\\textup"];

fn write(tokens: &[Token], out: &mut String) {
    let named = |token: &Token, known: &'static [(&'static str, &'static str)]| match token {
        Token::Command(own) => known.iter().find(|(name, _)| name == own).map(|(_, modern)| *modern),
        _ => None,
    };
    // Where cells or brackets part a group, only TeX knows how far what stands between arguments reaches.
    let between = tokens.iter().position(|token| named(token, BETWEEN).is_some()).filter(|_| !tokens.iter().any(ends_cell));
    if let Some(at) = between {
        out.push_str(named(&tokens[at], BETWEEN).unwrap_or_default());
        group(&tokens[..at], out);
        return group(&tokens[at + 1..], out);
    }
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at += 1;
        match token {
            Token::Command(command) => match named(token, SWITCHES) {
                Some(font) => {
                    let to = tokens[at..].iter().position(ends_cell).map_or(tokens.len(), |length| at + length);
                    out.push_str(font);
                    group(&tokens[at..to], out);
                    at = to;
                }
                None => at += self::command(command, &tokens[at..], out),
            },
            Token::Group(inner) => group(inner, out),
            // A space that no line ends at.
            Token::Other(text) => out.push_str(&text.replace('~', "\\ ")),
        }
    }
}

fn ends_cell(token: &Token) -> bool {
    match token {
        Token::Command(command) => matches!(*command, "\\\\" | "\\left" | "\\right" | "\\begin" | "\\end"),
        Token::Other(text) => *text == "&",
        Token::Group(_) => false,
    }
}

fn group(inner: &[Token], out: &mut String) {
    out.push('{');
    write(inner, out);
    out.push('}');
}

/// Writes a command, and of what stands behind it what it takes: gives how many tokens that are.
fn command(command: &str, behind: &[Token], out: &mut String) -> usize {
    match (command, behind) {
        (name, _) if IDLE.contains(&name) => return 0,
        // So much white: no layout asks for it by the millimetre.
        ("\\hskip", [Token::Other(length), ..]) if is_length(length) => {
            let length = length.trim_start();
            let unit = length.find(|c: char| c.is_ascii_alphabetic()).map_or(0, |unit| (unit + 2).min(length.len()));
            out.push_str("\\;");
            out.push_str(&length[unit..]);
            return 1;
        }
        (name, [Token::Group(inner), ..]) if TEXTS.contains(&name) => {
            let mut words = String::new();
            write(inner, &mut words);
            out.push_str("\\text{");
            // A line below is a sign of formulas.
            let words = words.replace("\\ ", " ");
            out.push_str(&if words.contains('$') { words } else { words.replace("\\_", "_").replace('_', "\\_") });
            out.push('}');
            return 1;
        }
        // What takes room and is not seen.
        ("\\phantom" | "\\hphantom" | "\\hspace", [Token::Group(_), ..]) => {
            out.push_str("\\;");
            return 1;
        }
        ("\\vphantom" | "\\vspace", [Token::Group(_), ..]) => return 1,
        // White between letters is none in a formula.
        (name, [Token::Group(inner), ..]) if FONTS.contains(&name) && is_spaced(inner) => {
            out.push_str(name);
            out.push('{');
            if let [Token::Other(letters)] = &inner[..] {
                out.extend(letters.chars().filter(|c| !c.is_whitespace()).map(|c| if c == '~' { ' ' } else { c }));
            }
            out.push('}');
            return 1;
        }
        ("\\operatorname", [Token::Other(star), Token::Group(inner), ..]) if star.trim() == "*" => {
            out.push_str("\\operatorname*");
            match name_of(inner) {
                Some(name) => out.push_str(&format!("{{{name}}}")),
                None => group(inner, out),
            }
            return 2;
        }
        ("\\sqrt", [Token::Other(root), ..]) if root.starts_with([' ', '\t']) && root.trim_start().starts_with('[') => {
            out.push_str("\\sqrt");
            out.push_str(root.trim());
            return 1;
        }
        ("\\mathop", [Token::Group(inner), ..]) => {
            match name_of(inner) {
                Some(name) => out.push_str(&format!("\\operatorname*{{{name}}}")),
                None => group(inner, out),
            }
            return 1;
        }
        ("\\frac" | "\\dfrac" | "\\tfrac" | "\\binom", _) => {
            out.push_str(command);
            return arguments(behind, out);
        }
        ("\\begin", [Token::Group(name), Token::Group(columns), ..]) if matches!(&name[..], [Token::Other("array")]) => {
            out.push_str("\\begin{array}{");
            columns_of(columns, out);
            out.push('}');
            return 2;
        }
        _ => out.push_str(RENAMED.iter().find(|(name, _)| *name == command).map_or(command, |(_, modern)| modern)),
    }
    // Letters behind what goes would go on with the name.
    if let [Token::Command(next), ..] = behind
        && IDLE.contains(next)
    {
        out.push(' ');
    }
    0
}

/// Two arguments, which one sign each may be, or a command without any. One that takes arguments itself is left as it is, and what
/// follows it.
fn arguments(behind: &[Token], out: &mut String) -> usize {
    const TAKES: &[&str] = &["\\frac", "\\sqrt", "\\mathrm", "\\mathbf", "\\text", "\\bar", "\\hat", "\\tilde", "\\left"];
    let mut left = 2;
    for (at, token) in behind.iter().enumerate() {
        if left == 0 {
            return at;
        }
        match token {
            Token::Group(inner) => {
                group(inner, out);
                left -= 1;
            }
            Token::Command(command) if TAKES.contains(command) => return at,
            Token::Command(command) => {
                out.push_str(&format!("{{{command}}}"));
                left -= 1;
            }
            Token::Other(text) => {
                let mut rest = text.trim_start();
                while left > 0
                    && let Some(sign) = rest.chars().next()
                {
                    out.push_str(&format!("{{{sign}}}"));
                    rest = &rest[sign.len_utf8()..];
                    left -= 1;
                    if left > 0 {
                        rest = rest.trim_start();
                    }
                }
                out.push_str(rest);
            }
        }
    }
    behind.len()
}

/// Whether a group holds letters with white between all of them, and no more.
fn is_spaced(inner: &[Token]) -> bool {
    let [Token::Other(letters)] = inner else { return false };
    let mut parts = letters.split_whitespace();
    letters.split_whitespace().nth(1).is_some() && parts.all(|part| part.chars().count() == 1 && part.is_ascii())
}

/// What an operator is called, if that is letters and nothing else, whatever their font.
fn name_of(inner: &[Token]) -> Option<String> {
    match inner {
        [Token::Other(letters)] => {
            let name: String = letters.chars().filter(|c| !c.is_whitespace()).collect();
            (name.len() > 1 && name.bytes().all(|byte| byte.is_ascii_alphabetic())).then_some(name)
        }
        [Token::Group(inner)] => name_of(inner),
        [Token::Command("\\mathrm" | "\\rm" | "\\operatorname" | "\\text"), rest @ ..] => name_of(rest),
        [Token::Other(white), rest @ ..] if white.trim().is_empty() => name_of(rest),
        [rest @ .., Token::Other(white)] if white.trim().is_empty() => name_of(rest),
        _ => None,
    }
}

/// No array has more columns of one kind.
const MOST_COLUMNS: usize = 64;

/// The columns of an array, without what stands between them.
fn columns_of(columns: &[Token], out: &mut String) {
    let mut at = 0;
    while let Some(token) = columns.get(at) {
        // `*{20}{c}`: so many of the same.
        if let [Token::Other(star), Token::Group(count), Token::Group(column), ..] = &columns[at..]
            && let Some(before) = star.strip_suffix('*')
            && let [Token::Other(count)] = &count[..]
            && let Ok(count) = count.trim().parse::<usize>()
        {
            out.push_str(before);
            (0..count.min(MOST_COLUMNS)).for_each(|_| columns_of(column, out));
            at += 3;
            continue;
        }
        let is_between = at > 0 && matches!(&columns[at - 1], Token::Other(before) if before.ends_with(['@', '!', '>', '<']));
        match token {
            Token::Other(text) => {
                out.extend(text.trim_end_matches(['@', '!', '>', '<']).chars().filter(|c| !c.is_whitespace()));
            }
            Token::Group(_) if is_between => {}
            Token::Group(inner) => group(inner, out),
            Token::Command(command) => out.push_str(command),
        }
        at += 1;
    }
}

/// `1mm`, `-.5 em`.
fn is_length(text: &str) -> bool {
    let number = text.trim_start().trim_start_matches(['-', '+']).trim_start();
    let digits = number.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
    let unit = number[digits..].trim_start();
    digits > 0 && ["mm", "cm", "pt", "em", "ex", "in", "mu", "pc"].iter().any(|known| unit.starts_with(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn habits_are_said_in_the_words_of_amsmath() {
        for (tex, want) in [
            ("a_{1} + \\{b\\} \\\\ c", "a_{1} + \\{b\\} \\\\ c"),
            ("f(y) = {N \\choose y} p^{y}", "f(y) = {\\binom{N }{ y}} p^{y}"),
            ("{a+b \\over c}", "{\\frac{a+b }{ c}}"),
            ("\\left( a \\over b \\right)", "\\left( a \\over b \\right)"),
            ("p_{\\rm loo} + {\\bf x}_1", "p_{\\mathrm{ loo}} + {\\mathbf{ x}}_1"),
            ("a \\rm b & c", "a \\mathrm{ b }& c"),
            ("\\mbox{for all } i", "\\text{for all } i"),
            ("\\text{multivariate_normal}(y)", "\\text{multivariate\\_normal}(y)"),
            ("\\text{a\\_b} \\mbox{$x_1$}", "\\text{a\\_b} \\text{$x_1$}"),
            ("\\alpha\\nonumber x", "\\alpha  x"),
            ("\\frac12 + \\frac1n\\sum \\frac{x}\\theta", "\\frac{1}{2} + \\frac{1}{n}\\sum \\frac{x}{\\theta}"),
            ("\\frac ab c", "\\frac{a}{b} c"),
            ("\\frac\\sqrt{2}3", "\\frac\\sqrt{2}3"),
            ("E \\hskip 1mm & C", "E \\; & C"),
            ("\\begin{array}{l@{\\qquad}l} a & b \\end{array}", "\\begin{array}{ll} a & b \\end{array}"),
            ("\\bm{x} \\mathds{1} 90\\textdegree", "\\boldsymbol{x} \\mathbb{1} 90{}^{\\circ}"),
            ("\\ensuremath{x}\\xspace", "{x}"),
            ("\\begin{array} { r l } & { x } \\end{array}", "\\begin{array}{rl} & { x } \\end{array}"),
            ("\\begin{array}[t]{*{2}{c}r} a \\end{array}", "\\begin{array}{ccr} a \\end{array}"),
            ("\\mathop { \\mathrm { a r g m i n } } _ { x }", "\\operatorname*{argmin} _ { x }"),
            ("a \\vphantom{x} \\hphantom { y } b", "a  \\; b"),
            ("\\operatorname* { m a x } _ { x } \\operatorname { s i n }", "\\operatorname*{max} _ { x } \\operatorname{sin}"),
            ("\\sqrt [ 3 ] { x }", "\\sqrt[ 3 ]{ x }"),
            ("\\mathrm {~if~} x~y \\text{a~b}", "\\mathrm{\\ if\\ } x\\ y \\text{a b}"),
            ("{x\\} y", "\\{x\\} y"),
            ("\\{x} y", "\\{x\\} y"),
            ("{a} } b", "{a} } b"),
            ("a {b", "a {b"),
        ] {
            assert_eq!(modern(tex), want, "{tex}");
        }
    }

    #[test]
    fn lines_without_an_environment_are_seen() {
        assert!(has_bare_lines("a \\\\ b"));
        assert!(!has_bare_lines("\\begin{cases} a \\\\ b \\end{cases}"));
        assert!(!has_bare_lines("\\sum_{\\substack{a \\\\ b}}"));
    }
}
