//! TeX as authors write it, in the words that the layout of formulas knows: what it calls otherwise, what it numbers, what is
//! many lines.

use crate::tree::{formula_for_layout, is_formula_too_deep, with_command};

/// The lines of a formula, each for itself. None: it has something that would be laid out wrongly.
pub fn lines(tex: &str) -> Option<Vec<String>> {
    if is_formula_too_deep(tex) {
        return None;
    }
    let mut tex = formula_for_layout(tex.trim());
    // Environments that number their lines don't: only the author knows from which number on.
    for (environment, own) in ENVIRONMENTS {
        for name in [format!("{environment}*"), (*environment).to_owned()] {
            tex = tex.replace(&format!("\\begin{{{name}}}"), own.0).replace(&format!("\\end{{{name}}}"), own.1);
        }
    }
    for (command, own) in COMMANDS {
        tex = with_command(&tex, command, own);
    }
    tex = roots(&names(&tex));
    tex = modulo(&tex);
    tex = bars(&arrays(&tex)?);
    let lines = if tex.contains("\\begin") { vec![tex] } else { aligned(&tex) };
    Some(lines.into_iter().filter(|line| !line.trim().is_empty()).collect())
}

/// Lines without an environment.
fn aligned(tex: &str) -> Vec<String> {
    if tex.contains("\\\\") && tex.contains('&') && !tex.contains("\\substack") {
        return vec![format!("\\begin{{aligned}}{tex}\\end{{aligned}}")];
    }
    if tex.contains("\\substack") { vec![tex.to_owned()] } else { tex.split("\\\\").map(str::to_owned).collect() }
}

/// What environments around a whole formula are here.
const ENVIRONMENTS: &[(&str, (&str, &str))] = &[
    ("equation", ("", "")),
    ("gather", ("", "")),
    ("gathered", ("", "")),
    ("multline", ("", "")),
    ("align", ("\\begin{aligned}", "\\end{aligned}")),
    ("split", ("\\begin{aligned}", "\\end{aligned}")),
    ("smallmatrix", ("\\begin{matrix}", "\\end{matrix}")),
    ("dcases", ("\\begin{cases}", "\\end{cases}")),
];

/// What commands are called here.
const COMMANDS: &[(&str, &str)] = &[
    ("vec", "\\overrightarrow"),
    ("operatorname*", "\\operatorname"),
    ("bmod", "\\;\\mathrm{mod}\\;"),
    ("coloneqq", ":="),
    ("lbrace", "\\{"),
    ("rbrace", "\\}"),
    ("lbrack", "["),
    ("rbrack", "]"),
    ("enspace", "\\;"),
    ("thinspace", "\\,"),
    ("hom", "\\operatorname{hom}"),
    ("middle", ""),
    // How much white stands around them.
    ("mathrel", ""),
    ("mathbin", ""),
    ("mathord", ""),
    ("mathopen", ""),
    ("mathclose", ""),
    ("mathpunct", ""),
    ("mathop", ""),
    // Greek letters that Latin has, too.
    ("Alpha", "\\mathrm{A}"),
    ("Beta", "\\mathrm{B}"),
    ("Epsilon", "\\mathrm{E}"),
    ("Zeta", "\\mathrm{Z}"),
    ("Eta", "\\mathrm{H}"),
    ("Iota", "\\mathrm{I}"),
    ("Kappa", "\\mathrm{K}"),
    ("Mu", "\\mathrm{M}"),
    ("Nu", "\\mathrm{N}"),
    ("Omicron", "\\mathrm{O}"),
    ("Rho", "\\mathrm{P}"),
    ("Tau", "\\mathrm{T}"),
    ("Chi", "\\mathrm{X}"),
];

/// `\operatorname{arg\,max}` in letters of its own: layout takes a name that is a command's for that command (`div`). What the operator
/// is of stands apart from it, behind its indices.
fn names(tex: &str) -> String {
    const COMMAND: &str = "\\operatorname{";
    let (mut out, mut rest) = (String::with_capacity(tex.len()), tex);
    while let Some(at) = rest.find(COMMAND) {
        out.push_str(&rest[..at]);
        out.push_str("\\mathrm{");
        rest = &rest[at + COMMAND.len()..];
        let end = closed(rest);
        out.push_str(&rest[..end]);
        rest = &rest[end..];
        while let Some(index) = rest.trim_start().strip_prefix(['_', '^']) {
            let argument = index.trim_start();
            let length = match argument.as_bytes().first() {
                Some(b'{') => 1 + closed(&argument[1..]),
                Some(b'\\') => 1 + argument[1..].bytes().take_while(u8::is_ascii_alphabetic).count(),
                _ => argument.chars().next().map_or(0, char::len_utf8),
            };
            let taken = rest.len() - argument.len() + length.min(argument.len());
            out.push_str(&rest[..taken]);
            rest = &rest[taken..];
        }
        if rest.trim_start().starts_with(|c: char| c.is_alphanumeric() || c == '\\') {
            out.push_str("\\,");
        }
    }
    out + rest
}

/// The brace that closes what a text is the inside of.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 1_usize;
    text.bytes().position(|byte| {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        depth == 0
    })
}

/// How much of a text, the inside of a brace, stands up to its end and the brace that closes it.
fn closed(text: &str) -> usize {
    closing(text).map_or(text.len(), |end| end + 1)
}

/// `\sqrt[3]{x}`: the number of a root stands raised before its sign.
fn roots(tex: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(tex.len()), tex);
    while let Some(at) = rest.find("\\sqrt[") {
        let behind = &rest[at + "\\sqrt[".len()..];
        let Some((number, after)) = behind.split_once(']') else { break };
        out.push_str(&format!("{}{{}}^{{{}}}\\!\\sqrt", &rest[..at], number.trim()));
        rest = after;
    }
    out + rest
}

/// `\pmod{n}` in its brackets.
fn modulo(tex: &str) -> String {
    let Some((before, behind)) = tex.split_once("\\pmod{") else { return tex.to_owned() };
    let Some(end) = closing(behind) else { return tex.to_owned() };
    modulo(&format!("{before}\\;(\\mathrm{{mod}}\\;{}){}", &behind[..end], &behind[end + 1..]))
}

/// Bars that the author gave no size stand between empty groups: one at the end of its row would be taken for a bracket that is to be
/// as high as all of the row.
fn bars(tex: &str) -> String {
    const BARS: [&str; 7] = ["|", "vert", "Vert", "lvert", "rvert", "lVert", "rVert"];
    let (mut out, mut rest) = (String::with_capacity(tex.len()), tex);
    while let Some(at) = rest.find(['\\', '|']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let name = rest.strip_prefix('\\').map(command_name);
        let length = name.map_or(1, |name| 1 + name.len());
        let taken = match name {
            Some(name) if sizes(name) => {
                let sign = rest[length..].trim_start();
                let long = sign
                    .strip_prefix('\\')
                    .map_or_else(|| sign.chars().next().map_or(0, char::len_utf8), |behind| 1 + command_name(behind).len());
                rest.len() - sign.len() + long
            }
            // What is said in words is no formula.
            Some(name) if name.starts_with("text") || name == "mbox" => match rest[length..].strip_prefix('{') {
                Some(inner) => length + 1 + closed(inner),
                None => length,
            },
            _ => length,
        };
        let bar = name.is_none_or(|name| BARS.contains(&name));
        let (said, behind) = rest.split_at(taken);
        match bar {
            // An index is the bar's.
            true if behind.trim_start().starts_with(['_', '^', '\'']) => out.extend(["{}", said]),
            true => out.extend(["{}", said, "{}"]),
            false => out.push_str(said),
        }
        rest = behind;
    }
    out + rest
}

/// Whether a command says how large the bracket behind it is.
fn sizes(name: &str) -> bool {
    let plain = name.strip_suffix(['l', 'r', 'm']).unwrap_or(name);
    matches!(name, "left" | "right") || matches!(plain, "big" | "Big" | "bigg" | "Bigg")
}

/// The name of a command, from behind its stroke: letters, or one sign.
fn command_name(behind: &str) -> &str {
    let letters = behind.bytes().take_while(u8::is_ascii_alphabetic).count();
    &behind[..if letters > 0 { letters } else { behind.chars().next().map_or(0, char::len_utf8) }]
}

/// Arrays are matrices, whose columns are centred, or cases to the right of a brace, or lines that stand below each other at a sign
/// (`rcl`). One with rules between its columns or its rows is laid out by nobody.
fn arrays(tex: &str) -> Option<String> {
    const BEGIN: &str = "\\begin{array}";
    const END: &str = "\\end{array}";
    let Some(at) = tex.find(BEGIN) else { return Some(tex.to_owned()) };
    let (before, behind) = (&tex[..at], tex[at + BEGIN.len()..].trim_start());
    let (columns, body) = behind.strip_prefix('{')?.split_once('}')?;
    let (body, after) = body.split_once(END)?;
    if body.contains(BEGIN) || body.contains("\\hline") {
        return None;
    }
    let opened = before.trim_end().strip_suffix("\\left\\{");
    let closed = after.trim_start().strip_prefix("\\right.");
    let made = match (columns.trim(), opened, closed) {
        ("l" | "ll", Some(before), Some(after)) => format!("{before}\\begin{{cases}}{body}\\end{{cases}}{after}"),
        ("rcl", ..) if rows(body).all(|row| row.matches('&').count() == 2) => {
            let joined = |row: &str| row.rsplit_once('&').map_or_else(String::new, |(before, last)| format!("{before}{last}"));
            format!("{before}{}{after}", aligned_rows(body, joined))
        }
        ("l", ..) => format!("{before}{}{after}", aligned_rows(body, |row| format!("&{row}"))),
        (columns, _, _) if !columns.is_empty() && columns.chars().all(|column| matches!(column, 'c' | 'l' | 'r' | ' ')) => {
            format!("{before}\\begin{{matrix}}{body}\\end{{matrix}}{after}")
        }
        _ => return None,
    };
    arrays(&made)
}

/// The rows of an array, each made another, as lines that stand below each other at a sign.
fn aligned_rows(body: &str, own: impl Fn(&str) -> String) -> String {
    let rows: Vec<String> = rows(body).map(own).collect();
    format!("\\begin{{aligned}}{}\\end{{aligned}}", rows.join("\\\\"))
}

fn rows(body: &str) -> impl Iterator<Item = &str> {
    body.split("\\\\").filter(|row| !row.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[track_caller]
    fn check(tex: &str, want: &[&str]) {
        assert_eq!(lines(tex).unwrap_or_default(), want, "{tex}");
    }

    #[test]
    fn what_is_called_otherwise_is_found() {
        check("\\vec{v}\\vector", &["\\overrightarrow{v}\\vector"]);
        check("\\operatorname*{rank} A", &["\\mathrm{rank}\\, A"]);
        check("\\begin{equation} a \\nonumber \\end{equation}", &[" a  "]);
    }

    #[test]
    fn lines_are_told_apart() {
        check("a \\\\ b", &["a ", " b"]);
        check("a &= b \\\\ c &= d", &["\\begin{aligned}a &= b \\\\ c &= d\\end{aligned}"]);
        check("\\begin{align*}a\\end{align*}", &["\\begin{aligned}a\\end{aligned}"]);
        check("\\begin{gather}a\\\\b\\end{gather}", &["a", "b"]);
        check("\\sum_{\\substack{a\\\\b}}", &["\\sum_{\\substack{a\\\\b}}"]);
    }

    #[test]
    fn bars_without_a_size_are_no_brackets() {
        check("|x|^2 = \\|y\\|", &["{}|{}x{}|^2 = {}\\|{}y{}\\|{}"]);
        check("\\left|x\\right\\| \\big|", &["\\left|x\\right\\| \\big|"]);
        check("\\text{a|b}\\vert c", &["\\text{a|b}{}\\vert{} c"]);
    }

    #[test]
    fn arrays_are_matrices_or_cases() {
        check("\\left\\{\\begin{array}{ll}a\\end{array}\\right.", &["\\begin{cases}a\\end{cases}"]);
        check("\\begin{array}{cc}a\\end{array}", &["\\begin{matrix}a\\end{matrix}"]);
        check("\\begin{array}{rcl}a&=&b\\\\c&<&d\\end{array}", &["\\begin{aligned}a&=b\\\\c&<d\\end{aligned}"]);
        check("\\begin{array}{lr}a&b\\end{array}", &["\\begin{matrix}a&b\\end{matrix}"]);
        check("\\begin{array}{l|r}a\\end{array}", &[]);
    }
}
