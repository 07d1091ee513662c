//! How deep a formula's TeX nests: what lays formulas out or translates them goes into their groups by recursion.

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

#[cfg(test)]
mod tests {
    use super::*;

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
