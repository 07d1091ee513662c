//! Formulas that a file has as MathML, as TeX (MathML 3, chapter 3).

use super::dom::{Child, Element};

/// How deep a formula is followed: what stands deeper is said without its form.
const DEEPEST: usize = 32;

/// The formula of an element that holds one.
pub fn formula(element: &Element) -> Option<String> {
    let math = if element.name == "math" { element } else { element.child("math")? };
    let said = math.find("annotation").filter(|said| said.attribute("encoding").is_some_and(|name| name.contains("tex")));
    let tex = said.map_or_else(|| row(math, 0), Element::line);
    let tex = tex.trim().to_owned();
    (!tex.is_empty()).then_some(tex)
}

fn row(element: &Element, depth: usize) -> String {
    let parts: Vec<_> = element.elements().map(|part| say(part, depth + 1)).collect();
    // Names of commands end where something else than a letter begins.
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

fn say(element: &Element, depth: usize) -> String {
    if depth > DEEPEST {
        return escaped(&element.line());
    }
    let part = |at: usize| element.elements().nth(at).map(|part| say(part, depth + 1)).unwrap_or_default();
    match element.name {
        "mi" | "mn" | "mo" | "ms" => escaped(&element.line()),
        "mtext" => format!("\\text{{{}}}", escaped(&element.line())),
        "mfrac" => format!("\\frac{{{}}}{{{}}}", part(0), part(1)),
        "msup" | "mover" => format!("{{{}}}^{{{}}}", part(0), part(1)),
        "msub" | "munder" => format!("{{{}}}_{{{}}}", part(0), part(1)),
        "msubsup" | "munderover" => format!("{{{}}}_{{{}}}^{{{}}}", part(0), part(1), part(2)),
        "msqrt" => format!("\\sqrt{{{}}}", row(element, depth)),
        "mroot" => format!("\\sqrt[{}]{{{}}}", part(1), part(0)),
        "mfenced" => {
            let inner: Vec<_> = element.elements().map(|part| say(part, depth + 1)).collect();
            let (open, close) = (element.attribute("open").unwrap_or("("), element.attribute("close").unwrap_or(")"));
            format!("{}{}{}", escaped(open), inner.join(", "), escaped(close))
        }
        "mtable" => {
            let rows =
                element.elements().map(|line| line.elements().map(|cell| row(cell, depth + 2)).collect::<Vec<_>>().join(" & "));
            format!("\\begin{{matrix}}{}\\end{{matrix}}", rows.collect::<Vec<_>>().join(" \\\\ "))
        }
        "semantics" => part(0),
        "annotation" | "annotation-xml" | "mspace" | "mphantom" | "none" | "mprescripts" => String::new(),
        _ if element.children.iter().all(|child| matches!(child, Child::Text(..))) => escaped(&element.line()),
        _ => row(element, depth),
    }
}

/// Text whose signs mean themselves.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.trim().chars() {
        match c {
            '\\' => out.push_str("\\backslash "),
            '{' | '}' | '%' | '#' | '&' | '_' | '$' => {
                out.push('\\');
                out.push(c);
            }
            // What only says how operators bind.
            '\u{2061}'..='\u{2064}' => {}
            c => out.push(c),
        }
    }
    out
}
