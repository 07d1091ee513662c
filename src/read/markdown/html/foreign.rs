//! Drawings and formulas that stand in the text in languages of their own: SVG becomes an image that carries its bytes in its address;
//! of MathML the TeX that most writers set beside it is taken, else its words.

use super::tokens::{self, Tag, Token};
use crate::read::clean;

/// A formula in MathML.
#[derive(Debug, Default, PartialEq)]
pub struct Formula {
    /// What stands beside it as TeX.
    pub tex: Option<String>,
    /// Its signs in a line.
    pub words: String,
    /// Whether it stands on a line of its own.
    pub is_block: bool,
}

/// The address that carries a drawing, and what it says of itself.
pub fn drawing(source: &str) -> (String, String) {
    let mut alt = String::new();
    let mut in_title = false;
    let mut has_namespace = false;
    tokens::each(source, |token, _| match token {
        Token::Open(tag) if tag.name == "svg" && alt.is_empty() => {
            has_namespace |= tag.get("xmlns").is_some();
            alt = tag.get("aria-label").map(clean::line).unwrap_or_default();
        }
        Token::Open(tag) => in_title = tag.name == "title" && alt.is_empty(),
        Token::Close(_) => in_title = false,
        Token::Text(text) if in_title => alt = clean::line(&text),
        Token::Text(_) | Token::Comment(_) | Token::Other(_) | Token::Broken(_) => {}
    });
    let source = match has_namespace || source.len() < 4 {
        true => source.to_owned(),
        false => format!("<svg xmlns=\"http://www.w3.org/2000/svg\"{}", &source[4..]),
    };
    let mut target = "data:image/svg+xml,".to_owned();
    for byte in source.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' | b':' | b';' | b'=' | b',' => {
                target.push(char::from(byte));
            }
            _ => target.push_str(&format!("%{byte:02X}")),
        }
    }
    (target, alt)
}

/// An element of a formula that is open.
struct Open {
    name: String,
    /// What its children say.
    children: Vec<String>,
    is_tex: bool,
}

/// Reads a formula.
pub fn formula(source: &str) -> Formula {
    let mut formula = Formula::default();
    let open = |name: &str, is_tex| Open { name: name.to_owned(), children: Vec::new(), is_tex };
    let mut stack = vec![open("", false)];
    tokens::each(source, |token, _| match token {
        Token::Open(tag) => {
            if tag.name == "math" {
                formula.is_block |= tag.get("display") == Some("block") || tag.get("mode") == Some("display");
                formula.tex = formula.tex.take().or_else(|| tag.get("alttext").map(str::to_owned));
            }
            if tag.is_self_closing {
                return;
            }
            // Nobody nests deeper; who does loses signs of raising, no sign else.
            if stack.len() < 200 {
                stack.push(open(&tag.name, is_tex(&tag)));
            }
        }
        Token::Text(text) => stack.last_mut().expect("the outermost stays").children.push(clean::line(&text)),
        Token::Close(name) => {
            while stack.len() > 1 && stack.iter().any(|open| open.name == name) {
                let inner = stack.pop().expect("there are two");
                let is_it = inner.name == name;
                if inner.is_tex {
                    formula.tex = Some(inner.children.concat());
                } else if !inner.name.starts_with("annotation") {
                    stack.last_mut().expect("the outermost stays").children.push(said(&inner));
                }
                if is_it {
                    break;
                }
            }
        }
        Token::Comment(_) | Token::Other(_) | Token::Broken(_) => {}
    });
    formula.words = clean::line(&stack.iter().map(|open| open.children.concat()).collect::<String>());
    formula.tex = formula.tex.map(|tex| clean::clean(bare(&tex)).into_owned()).filter(|tex| !tex.is_empty());
    formula
}

fn is_tex(tag: &Tag) -> bool {
    tag.name == "annotation" && tag.get("encoding").is_some_and(|encoding| encoding.to_ascii_lowercase().contains("tex"))
}

/// TeX without the marks that some set around it.
fn bare(tex: &str) -> &str {
    let tex = tex.trim();
    let pairs = [("$$", "$$"), ("$", "$"), ("\\[", "\\]"), ("\\(", "\\)")];
    let inner = pairs.iter().find_map(|(open, close)| tex.strip_prefix(open)?.strip_suffix(close));
    inner.unwrap_or(tex).trim()
}

/// What an element says in a line.
fn said(open: &Open) -> String {
    let parts: Vec<&str> = open.children.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    let group = |part: &str| if part.chars().count() > 1 { format!("({part})") } else { part.to_owned() };
    match (open.name.as_str(), &parts[..]) {
        ("mfrac", [above, below]) => format!("{}/{}", group(above), group(below)),
        ("msup" | "mover", [base, above]) => format!("{base}^{}", group(above)),
        ("msub" | "munder", [base, below]) => format!("{base}_{}", group(below)),
        ("msubsup" | "munderover", [base, below, above]) => format!("{base}_{}^{}", group(below), group(above)),
        ("mroot", [base, root]) => format!("{}√{}", root, group(base)),
        ("msqrt", parts) => format!("√{}", group(&parts.concat())),
        ("mtr" | "mtd" | "mtext", parts) => format!(" {} ", parts.concat()),
        (_, parts) => parts.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas() {
        let with_tex = "<math display='block'><semantics><mi>a</mi><annotation encoding=\"application/x-tex\">$a&amp;b$</annotation></semantics></math>";
        assert_eq!(formula(with_tex), Formula { tex: Some("a&b".to_owned()), words: "a".to_owned(), is_block: true });
        let without = "<math><mfrac><mn>1</mn><mrow><mi>x</mi><mo>+</mo><mn>2</mn></mrow></mfrac><msup><mi>y</mi><mn>2</mn></msup></math>";
        assert_eq!(formula(without).words, "1/(x+2)y^2");
    }

    #[test]
    fn drawings() {
        let (target, alt) = drawing("<svg width='9'><title>A bell</title><path d=\"M0 0\"/></svg>");
        assert!(target.starts_with("data:image/svg+xml,%3Csvg%20xmlns=%22http://www.w3.org/2000/svg%22%20width"), "{target}");
        assert_eq!(alt, "A bell");
    }
}
