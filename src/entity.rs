//! Characters by their names in HTML (HTML Living Standard, 13.5), by which editions of the time before Unicode write them, too.

use std::borrow::Cow;

use pulldown_cmark::{Event, Parser};

/// What `&name;` stands for, where the name is known.
///
/// pulldown-cmark's table is asked, through a text of nothing else. That of quick-xml 0.42 (`resolve_html5_entity`) has 444 of its 2,031
/// names wrong, all letters of Greek and of Latin Extended-A among them: `&amacr;` is a control character there and `&alpha;` a
/// semicolon.
pub fn named(name: &str) -> Option<String> {
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let reference = format!("&{name};");
    let said = Parser::new(&reference).filter_map(|event| match event {
        Event::Text(said) => Some(said),
        _ => None,
    });
    let said: String = said.map(|said| said.to_string()).collect();
    // Nothing else than white space is cut off a paragraph: `&Tab;` and `&NewLine;`.
    match name {
        "Tab" => Some("\t".to_owned()),
        "NewLine" => Some("\n".to_owned()),
        _ => (said != reference && !said.is_empty()).then_some(said),
    }
}

/// A text with the characters for which it has names or numbers: `A &amp; B`.
pub fn resolved(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut parts = text.split('&');
    let mut said = parts.next().unwrap_or("").to_owned();
    for part in parts {
        let known = part.split_once(';').and_then(|(name, behind)| {
            let number = name.strip_prefix('#').map(|number| match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok(),
                None => number.parse().ok(),
            });
            let sign = match number {
                Some(number) => {
                    number.and_then(char::from_u32).filter(|c| !c.is_control() || matches!(c, '\t' | '\n')).map(String::from)
                }
                None => named(name),
            };
            Some((sign?, behind))
        });
        match known {
            Some((sign, behind)) => said.extend([&sign, behind]),
            None => said.extend(["&", part]),
        }
    }
    Cow::Owned(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_what_their_names_say() {
        for (name, said) in [
            ("amacr", "ā"),
            ("ccaron", "č"),
            ("sacute", "ś"),
            ("alpha", "α"),
            ("thetasym", "ϑ"),
            ("thorn", "þ"),
            ("nbsp", "\u{A0}"),
            ("amp", "&"),
            ("lt", "<"),
            ("mdash", "—"),
            ("fjlig", "fj"),
            ("Tab", "\t"),
            ("hyphen", "‐"),
        ] {
            assert_eq!(named(name).as_deref(), Some(said), "{name}");
        }
        for name in ["", "nosuch", "amp;&lt", "#38", "x y"] {
            assert_eq!(named(name), None, "{name}");
        }
    }
}
