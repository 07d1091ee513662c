//! A formula as words, where only words can stand: contents, bookmarks, the names of headings. What TeX says by signs that all
//! readers have is said so (`a² + b²`, `√2`); what it says otherwise keeps its letters, without the commands.

/// The letters that commands of TeX name.
pub const FORMULA_LETTERS: &[(&str, &str)] = &[
    ("alpha", "α"),
    ("beta", "β"),
    ("gamma", "γ"),
    ("delta", "δ"),
    ("epsilon", "ε"),
    ("varepsilon", "ε"),
    ("zeta", "ζ"),
    ("eta", "η"),
    ("theta", "θ"),
    ("iota", "ι"),
    ("kappa", "κ"),
    ("lambda", "λ"),
    ("mu", "μ"),
    ("nu", "ν"),
    ("xi", "ξ"),
    ("pi", "π"),
    ("rho", "ρ"),
    ("sigma", "σ"),
    ("tau", "τ"),
    ("upsilon", "υ"),
    ("phi", "φ"),
    ("varphi", "φ"),
    ("chi", "χ"),
    ("psi", "ψ"),
    ("omega", "ω"),
    ("Gamma", "Γ"),
    ("Delta", "Δ"),
    ("Theta", "Θ"),
    ("Lambda", "Λ"),
    ("Xi", "Ξ"),
    ("Pi", "Π"),
    ("Sigma", "Σ"),
    ("Phi", "Φ"),
    ("Psi", "Ψ"),
    ("Omega", "Ω"),
    ("ell", "ℓ"),
];

/// What a command says that names no letter.
const SIGNS: &[(&str, &str)] = &[
    ("cdot", "·"),
    ("times", "×"),
    ("div", "÷"),
    ("pm", "±"),
    ("mp", "∓"),
    ("le", "≤"),
    ("leq", "≤"),
    ("ge", "≥"),
    ("geq", "≥"),
    ("ne", "≠"),
    ("neq", "≠"),
    ("approx", "≈"),
    ("equiv", "≡"),
    ("sim", "∼"),
    ("to", "→"),
    ("rightarrow", "→"),
    ("leftarrow", "←"),
    ("Rightarrow", "⇒"),
    ("infty", "∞"),
    ("sum", "∑"),
    ("prod", "∏"),
    ("int", "∫"),
    ("partial", "∂"),
    ("nabla", "∇"),
    ("in", "∈"),
    ("notin", "∉"),
    ("subset", "⊂"),
    ("cup", "∪"),
    ("cap", "∩"),
    ("forall", "∀"),
    ("exists", "∃"),
    ("emptyset", "∅"),
    ("dots", "…"),
    ("ldots", "…"),
    ("cdots", "…"),
    ("degree", "°"),
    ("circ", "°"),
    ("dagger", "†"),
    ("ddagger", "‡"),
    ("prime", "′"),
    ("quad", " "),
    ("qquad", " "),
    ("langle", "⟨"),
    ("rangle", "⟩"),
    ("ast", "*"),
    ("star", "*"),
    ("hbar", "ħ"),
];

const RAISED: &[(char, char)] = &[
    ('0', '⁰'),
    ('1', '¹'),
    ('2', '²'),
    ('3', '³'),
    ('4', '⁴'),
    ('5', '⁵'),
    ('6', '⁶'),
    ('7', '⁷'),
    ('8', '⁸'),
    ('9', '⁹'),
    ('+', '⁺'),
    ('-', '⁻'),
    ('=', '⁼'),
    ('(', '⁽'),
    (')', '⁾'),
    ('n', 'ⁿ'),
    ('i', 'ⁱ'),
    ('°', '°'),
    ('′', '′'),
    ('†', '†'),
    ('*', '*'),
];

const LOWERED: &[(char, char)] = &[
    ('0', '₀'),
    ('1', '₁'),
    ('2', '₂'),
    ('3', '₃'),
    ('4', '₄'),
    ('5', '₅'),
    ('6', '₆'),
    ('7', '₇'),
    ('8', '₈'),
    ('9', '₉'),
    ('+', '₊'),
    ('-', '₋'),
    ('=', '₌'),
    ('(', '₍'),
    (')', '₎'),
];

/// The words of a formula.
pub fn formula_words(tex: &str) -> String {
    if super::is_formula_too_deep(tex) {
        return tex.to_owned();
    }
    let letters: Vec<char> = tex.chars().collect();
    let (mut out, mut at) = (String::new(), 0);
    while at < letters.len() {
        out.push_str(&next(&letters, &mut at));
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What the next sign, command or group says.
fn next(letters: &[char], at: &mut usize) -> String {
    let c = letters[*at];
    *at += 1;
    match c {
        '\\' => command(letters, at),
        '{' => {
            let mut out = String::new();
            while *at < letters.len() && letters[*at] != '}' {
                out.push_str(&next(letters, at));
            }
            *at += 1;
            out
        }
        '}' | '$' => String::new(),
        '&' | '~' => " ".to_owned(),
        '\'' => "′".to_owned(),
        '^' => set(&argument(letters, at), RAISED, '^'),
        '_' => set(&argument(letters, at), LOWERED, '_'),
        c => c.to_string(),
    }
}

fn argument(letters: &[char], at: &mut usize) -> String {
    while letters.get(*at).is_some_and(|c| c.is_whitespace()) {
        *at += 1;
    }
    if *at < letters.len() { next(letters, at) } else { String::new() }
}

/// Raised or lowered: by the signs that there are, else in brackets behind a mark.
fn set(words: &str, signs: &[(char, char)], mark: char) -> String {
    let words = words.trim();
    let known: Option<String> =
        words.chars().map(|c| signs.iter().find(|(plain, _)| *plain == c).map(|(_, sign)| *sign)).collect();
    match known {
        Some(known) => known,
        None if words.chars().count() == 1 => format!("{mark}{words}"),
        None => format!("{mark}({words})"),
    }
}

fn command(letters: &[char], at: &mut usize) -> String {
    let from = *at;
    while letters.get(*at).is_some_and(char::is_ascii_alphabetic) {
        *at += 1;
    }
    let name: String = letters[from..*at].iter().collect();
    match name.as_str() {
        "" => {
            // `\{` and `\%` are signs, `\,` and `\\` space.
            let sign = letters.get(*at).copied().unwrap_or(' ');
            *at += 1;
            match sign {
                '{' | '}' | '%' | '$' | '#' | '&' | '_' | '|' => sign.to_string(),
                _ => " ".to_owned(),
            }
        }
        "frac" | "tfrac" | "dfrac" => {
            let (above, below) = (argument(letters, at), argument(letters, at));
            format!("{}/{}", bracketed(&above), bracketed(&below))
        }
        "sqrt" => {
            if letters.get(*at) == Some(&'[') {
                let close = letters[*at..].iter().position(|c| *c == ']').unwrap_or(0);
                let root: String = letters[*at + 1..(*at + close).max(*at + 1)].iter().collect();
                *at += close + 1;
                return format!("{}√{}", set(&root, RAISED, ' '), bracketed(&argument(letters, at)));
            }
            format!("√{}", bracketed(&argument(letters, at)))
        }
        "label" | "begin" | "end" | "hspace" | "vspace" => {
            argument(letters, at);
            String::new()
        }
        "left" | "right" | "big" | "Big" | "bigl" | "bigr" | "displaystyle" | "limits" | "nolimits" | "nonumber" | "notag" => {
            String::new()
        }
        "tag" => format!(" ({})", argument(letters, at)),
        name => match FORMULA_LETTERS.iter().chain(SIGNS).find(|(known, _)| *known == name) {
            Some((_, sign)) => (*sign).to_owned(),
            // Of a font or a function the words that it is called by: `\sin x`, `\mathrm{kg}`.
            None if name.starts_with("math") || name.starts_with("text") || name == "operatorname" => String::new(),
            None => format!("{name} "),
        },
    }
}

/// In brackets, where it is more than one thing.
fn bracketed(words: &str) -> String {
    let words = words.trim();
    let is_one = words.chars().all(char::is_alphanumeric);
    if is_one { words.to_owned() } else { format!("({words})") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_in_words() {
        for (tex, want) in [
            ("\\sqrt{2}", "√2"),
            ("a^2 + b^{2} = c^2", "a² + b² = c²"),
            ("H_2O", "H₂O"),
            ("\\frac{a+b}{2}", "(a+b)/2"),
            ("\\alpha \\leq \\mathrm{max}", "α ≤ max"),
            ("x^{a+b}", "x^(a+b)"),
            ("\\sqrt[3]{x}", "³√x"),
            ("\\{1, 2\\}", "{1, 2}"),
            ("\\begin{aligned} a &= b \\end{aligned}", "a = b"),
            ("\\sin x", "sin x"),
            ("{", ""),
            ("\\", ""),
            ("^", ""),
            ("\\sqrt[", "√"),
        ] {
            assert_eq!(formula_words(tex), want, "{tex}");
        }
    }
}
