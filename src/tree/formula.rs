//! The groups of a formula's TeX: whether all are closed, and how deep they nest, since what lays formulas out or translates them
//! goes into them by recursion.

mod habits;

use std::borrow::Cow;

pub use habits::has_bare_lines;

use super::MAX_DEPTH;

/// Whether the groups of a formula may stand in each other deeper than [`MAX_DEPTH`], six times what a printer would set. Who is
/// about to parse it says no then, rather than overflow a worker's stack.
pub fn is_formula_too_deep(tex: &str) -> bool {
    depth(tex) > MAX_DEPTH
}

/// How deep a formula may nest at most: its open groups, and the commands that follow each other straight away, since each may
/// have the next for its argument.
fn depth(tex: &str) -> usize {
    let (mut deepest, mut open, mut row) = (0, 0_usize, 0);
    let mut letters = tex.chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            '{' => (open, row) = (open + 1, 0),
            '}' => (open, row) = (open.saturating_sub(1), 0),
            '\\' => {
                let mut name = String::new();
                while let Some(letter) = letters.next_if(char::is_ascii_alphabetic) {
                    name.push(letter);
                }
                match &*name {
                    "" => drop(letters.next()),
                    "left" | "begin" => open += 1,
                    "right" | "end" => open = open.saturating_sub(1),
                    _ => {}
                }
                row += 1;
            }
            '^' | '_' => row += 1,
            _ if c.is_whitespace() => {}
            _ => row = 0,
        }
        deepest = deepest.max(open + row);
    }
    deepest
}

/// Whether every group of a formula is closed: one that isn't can't be set.
pub fn is_formula_balanced(tex: &str) -> bool {
    let (mut depth, mut escaped) = (0_i32, false);
    for byte in tex.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}

/// A formula for those who lay it out, which [`is_formula_too_deep`] has let pass: without what only TeX's counters need (labels go,
/// and the number that the author gives it stands behind it), and in the words of amsmath.
pub fn formula_for_layout(tex: &str) -> String {
    let mut out = tex.to_owned();
    for (command, open, close) in [("\\label", None, ""), ("\\tag*", Some(""), ""), ("\\tag", Some("("), ")")] {
        while let Some((at, from, end)) = with_argument(&out, command) {
            let number = open.map_or(String::new(), |open| format!("\\qquad\\text{{{open}{}{close}}}", out[from..end].trim()));
            out.replace_range(at..end + 1, &number);
        }
    }
    habits::modern(&out)
}

/// A displayed formula without the number that the author gave it as a whole, and that number as it is shown: for those who set numbers
/// at the margin. None where it has no number, or where several lines have their own.
pub fn formula_and_number(tex: &str) -> Option<(String, String)> {
    let (open, close, command) = if tex.contains("\\tag*") { ("", "", "\\tag*") } else { ("(", ")", "\\tag") };
    let (at, from, end) = with_argument(tex, command).filter(|_| tex.matches("\\tag").count() == 1)?;
    let (number, before, behind) = (tex[from..end].trim(), &tex[..at], tex[end + 1..].trim());
    // One in the midst of lines is that of its line.
    let last = behind.is_empty() || !before.contains("\\\\") && behind.starts_with("\\end{");
    let plain = !number.is_empty() && !number.contains(['{', '\\', '$', '^', '_', '~']);
    (last && plain).then(|| (format!("{}{behind}", before.trim_end()), format!("{open}{number}{close}")))
}

/// Where a command stands whose argument is in braces, and that argument.
fn with_argument(tex: &str, command: &str) -> Option<(usize, usize, usize)> {
    let mut from = 0;
    loop {
        let at = from + tex[from..].find(command)?;
        from = at + command.len();
        let white = tex[from..].len() - tex[from..].trim_start().len();
        if tex[from + white..].starts_with('{') {
            let inner = from + white + 1;
            return Some((at, inner, inner + tex[inner..].find('}')?));
        }
    }
}

/// The formula with another text for each command of one name. A longer name that begins with it is another command.
pub fn with_command(tex: &str, command: &str, own: &str) -> String {
    let name = format!("\\{command}");
    let (mut out, mut rest) = (String::with_capacity(tex.len()), tex);
    while let Some(at) = rest.find(&name) {
        let behind = &rest[at + name.len()..];
        out.push_str(&rest[..at]);
        let goes_on = !command.ends_with('*') && behind.starts_with(|c: char| c.is_ascii_alphabetic() || c == '*');
        out.push_str(if goes_on { &name } else { own });
        rest = behind;
    }
    out + rest
}

/// A formula as plain text has it: its TeX, with the number that a reader goes by behind it instead of TeX's command for one.
pub fn formula_as_text(tex: &str) -> Cow<'_, str> {
    let Some(at) = tex.rfind("\\tag{").filter(|_| tex.matches("\\tag").count() == 1) else { return Cow::Borrowed(tex) };
    let Some((number, behind)) = tex[at + 5..].split_once('}') else { return Cow::Borrowed(tex) };
    if number.contains(['{', '\\', '$']) || !behind.trim().is_empty() {
        return Cow::Borrowed(tex);
    }
    Cow::Owned(format!("{}    ({number})", tex[..at].trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_behind() {
        assert_eq!(formula_for_layout("a \\label{x}\\tag{7}"), "a \\qquad\\text{(7)}");
        assert_eq!(formula_for_layout("\\tag{7"), "\\tag{7");
    }

    #[test]
    fn a_formula_is_told_from_its_number() {
        let told = |tex: &str| formula_and_number(tex).map(|(tex, number)| format!("{tex}|{number}"));
        assert_eq!(told("a = b \\tag{3.1}").as_deref(), Some("a = b|(3.1)"));
        assert_eq!(told("a = b \\tag*{*}").as_deref(), Some("a = b|*"));
        let equation = "\\begin{equation}a\\tag{1}\\end{equation}";
        assert_eq!(told(equation).as_deref(), Some("\\begin{equation}a\\end{equation}|(1)"));
        assert_eq!(told("a \\tag{1} \\\\ b"), None);
        assert_eq!(told("a \\tag{1} \\\\ b \\tag{2}"), None);
        assert_eq!(told("a"), None);
    }

    #[test]
    fn in_text_a_number_stands_behind_its_formula() {
        assert_eq!(formula_as_text("a = b \\tag{3.1}"), "a = b    (3.1)");
        assert_eq!(formula_as_text("a \\tag{1} \\\\ b \\tag{2}"), "a \\tag{1} \\\\ b \\tag{2}");
        assert_eq!(formula_as_text("a \\tag{$x$}"), "a \\tag{$x$}");
    }

    #[test]
    fn whatever_can_nest_is_counted() {
        for (tex, want) in [
            ("", 0),
            ("a+b", 0),
            ("\\frac{a}{\\sqrt{b}}", 2),
            ("x^{y^{z}}", 2),
            ("\\sqrt\\sqrt\\sqrt x", 3),
            ("\\{\\{ x", 2),
            ("\\left(\\left(x\\right)\\right)", 3),
            ("\\begin{matrix}a\\end{matrix}", 2),
        ] {
            assert_eq!(depth(tex), want, "{tex}");
        }
        assert!(is_formula_too_deep(&"{".repeat(MAX_DEPTH + 1)));
    }
}
