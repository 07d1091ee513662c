//! Formulas: TeX becomes MathML, with the TeX as the text for those who can't have the MathML.
//!
//! What pulldown-latex writes is read again and written by [`Xml`], name by name: only what MathML 3 knows where EPUBCheck looks
//! for it gets into the book, whatever the formula says.

use pulldown_latex::config::{DisplayMode, RenderConfig};
use pulldown_latex::{Parser, Storage, push_mathml};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use crate::emit::xml::Xml;
use crate::tree::{formula_for_layout, has_bare_lines, is_formula_too_deep, with_command};

const ELEMENTS: &[&str] = &[
    "menclose",
    "mfrac",
    "mi",
    "mmultiscripts",
    "mn",
    "mo",
    "mover",
    "mpadded",
    "mphantom",
    "mprescripts",
    "mroot",
    "mrow",
    "mspace",
    "msqrt",
    "mstyle",
    "msub",
    "msubsup",
    "msup",
    "mtable",
    "mtd",
    "mtext",
    "mtr",
    "munder",
    "munderover",
    "none",
];

const ATTRIBUTES: &[&str] = &[
    "accent",
    "accentunder",
    "class",
    "columnalign",
    "depth",
    "fence",
    "height",
    "largeop",
    "linethickness",
    "lspace",
    "mathvariant",
    "maxsize",
    "minsize",
    "movablelimits",
    "notation",
    "rspace",
    "separator",
    "stretchy",
    "style",
    "symmetric",
    "voffset",
    "width",
];

/// Writes a formula.
///
/// # Errors
/// Why the formula can't be said in MathML; nothing was written then.
pub(super) fn write(xml: &mut Xml, tex: &str, display: bool) -> Result<(), String> {
    let mathml = translate(tex, display)?;
    let fragment = clean(&mathml)?;
    let mut own = vec![("xmlns", "http://www.w3.org/1998/Math/MathML"), ("alttext", tex.trim())];
    if display {
        own.push(("display", "block"));
    }
    xml.element("math", &own, |xml| xml.raw(&fragment));
    Ok(())
}

fn translate(tex: &str, display: bool) -> Result<String, String> {
    if is_formula_too_deep(tex) {
        return Err("its groups stand too deep in each other".to_owned());
    }
    let storage = Storage::new();
    let mut tex = formula_for_layout(tex);
    for (command, own) in COMMANDS {
        tex = with_command(&tex, command, own);
    }
    tex = operators(&tex, display);
    if has_bare_lines(&tex) {
        let environment = if tex.contains('&') { "aligned" } else { "gathered" };
        tex = format!("\\begin{{{environment}}}{tex}\\end{{{environment}}}");
    }
    let events: Result<Vec<_>, _> = Parser::new(&tex, &storage).collect();
    let events = events.map_err(|reason| reason.to_string().lines().next().unwrap_or("").to_owned())?;
    let display_mode = if display { DisplayMode::Block } else { DisplayMode::Inline };
    let config = RenderConfig { display_mode, ..RenderConfig::default() };
    let mut mathml = String::new();
    let events = events.into_iter().map(Ok::<_, std::convert::Infallible>);
    push_mathml(&mut mathml, events, config).map_err(|reason| reason.to_string())?;
    // It escapes its own spaces.
    Ok(operators_escaped(&mathml.replace("&amp;nbsp;", "\u{A0}")))
}

/// What pulldown-latex (0.8) does not know, in its words: a letter's other shape, frames, rules.
const COMMANDS: &[(&str, &str)] = &[
    ("mathscr", "\\mathcal"),
    ("boxed", ""),
    ("fbox", "\\text"),
    ("hline", ""),
    ("smash", ""),
    ("dddot", "\\overset{\\cdots}"),
];

/// Operators with a name of their own. pulldown-latex (0.8) takes the star for the name, and whatever stands in the name for letters.
fn operators(tex: &str, display: bool) -> String {
    const COMMAND: &str = "\\operatorname";
    let (mut out, mut rest) = (String::with_capacity(tex.len()), tex);
    while let Some(at) = rest.find(COMMAND) {
        out.push_str(&rest[..at]);
        let behind = &rest[at + COMMAND.len()..];
        let starred = behind.strip_prefix('*');
        let argument = starred.unwrap_or(behind).trim_start();
        let found = argument.strip_prefix('{').and_then(|inner| inner.split_once('}'));
        let Some((name, after)) = found.filter(|(name, _)| !name.contains('{')) else {
            // Groups in a name are set as what they are.
            out.push_str(if argument.starts_with('{') { "\\mathrm" } else { COMMAND });
            rest = starred.unwrap_or(behind);
            continue;
        };
        let said = name.replace("\\,", "\u{2009}").replace("\\ ", "\u{A0}").replace("\\;", "\u{2005}").replace('~', "\u{A0}");
        let command = if said.contains('\\') { "\\mathrm" } else { COMMAND };
        let limits = starred.is_some() && display && after.trim_start().starts_with(['_', '^']) && command == COMMAND;
        out.push_str(&format!("{command}{{{}}}{}", said.trim(), if limits { "\\limits" } else { "" }));
        rest = after;
    }
    out + rest
}

/// pulldown-latex (0.8) escapes text, but not the operators `<` and `&`: one that begins no tag and no entity is such.
fn operators_escaped(mathml: &str) -> String {
    let mut out = String::with_capacity(mathml.len() + 16);
    let mut rest = mathml;
    while let Some(at) = rest.find(['<', '&']) {
        let (before, behind) = (&rest[..at], &rest[at + 1..]);
        out.push_str(before);
        let tag = behind.strip_prefix('/').unwrap_or(behind).starts_with(|c: char| c.is_ascii_lowercase());
        let entity = ["nbsp;", "lt;", "gt;", "amp;", "quot;", "#"].iter().any(|name| behind.starts_with(name));
        out.push_str(match (rest.as_bytes()[at], tag, entity) {
            (b'<', true, _) => "<",
            (b'<', false, _) => "&lt;",
            (_, _, true) => "&",
            (_, _, false) => "&amp;",
        });
        rest = behind;
    }
    out + rest
}

/// The inside of the `math` element, with nothing in it that is not known.
fn clean(mathml: &str) -> Result<String, String> {
    let mut xml = Xml::fragment();
    let mut reader = Reader::from_str(mathml);
    // How many elements each element of the source became: one, or two where a style had to be said around it.
    let mut open = Vec::new();
    let mut events = Vec::new();
    loop {
        match reader.read_event().map_err(|reason| reason.to_string())? {
            Event::Eof => break,
            event => events.push(event),
        }
    }
    spaces_out_of_scripts(&mut events);
    for event in events {
        match event {
            Event::Start(tag) if tag.name().as_ref() == "math" => {}
            Event::End(tag) if tag.name().as_ref() == "math" => {}
            Event::Start(tag) => open.push(start(&mut xml, &tag)?),
            Event::Empty(tag) => {
                let count = start(&mut xml, &tag)?;
                (0..count).for_each(|_| xml.close());
            }
            Event::End(_) => {
                let count = open.pop().ok_or("an element is closed that was not opened")?;
                (0..count).for_each(|_| xml.close());
            }
            Event::Text(text) => xml.text(&text),
            Event::GeneralRef(name) => match name.resolve_char_ref() {
                Ok(Some(c)) => xml.text(c.encode_utf8(&mut [0; 4])),
                _ if name.as_ref() == "nbsp" => xml.text("\u{A0}"),
                _ => {
                    let text = quick_xml::escape::resolve_xml_entity(&name).ok_or("an entity that XML does not know")?;
                    xml.text(text);
                }
            },
            Event::Eof | Event::Comment(_) | Event::CData(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
    Ok(xml.finish())
}

/// The white before an operator with indices stands before them. pulldown-latex (0.8) writes it into their element, whose first child
/// is the operator, and which has no room for another.
fn spaces_out_of_scripts(events: &mut [Event]) {
    let is_space = |event: &Event| match event {
        Event::Start(tag) | Event::Empty(tag) => tag.name().as_ref() == "mspace",
        _ => false,
    };
    // From the end, so that white which leaves an inner element can leave the outer one, too, where both begin together.
    for at in (0..events.len().saturating_sub(1)).rev() {
        let Event::Start(tag) = &events[at] else { continue };
        let room = match tag.name().as_ref() {
            "msub" | "msup" | "munder" | "mover" => 2,
            "msubsup" | "munderover" => 3,
            _ => continue,
        };
        let length = match &events[at + 1] {
            Event::Empty(_) => 1,
            _ => 2,
        };
        if is_space(&events[at + 1]) && children(&events[at + 1..]) > room {
            events[at..=at + length].rotate_left(1);
        }
    }
}

/// How many elements stand side by side before the one around them ends.
fn children(events: &[Event]) -> usize {
    let (mut depth, mut count) = (0_usize, 0);
    for event in events {
        match event {
            Event::Start(_) => {
                count += usize::from(depth == 0);
                depth += 1;
            }
            Event::Empty(_) => count += usize::from(depth == 0),
            Event::End(_) if depth == 0 => break,
            Event::End(_) => depth -= 1,
            _ => {}
        }
    }
    count
}

/// Opens an element and says how many were opened.
fn start(xml: &mut Xml, tag: &BytesStart) -> Result<usize, String> {
    let known = |list: &[&'static str], name: &str| list.iter().copied().find(|known| *known == name);
    let name = known(ELEMENTS, tag.name().as_ref()).ok_or_else(|| format!("<{}> is not MathML's", tag.name().as_ref()))?;
    let (mut own, mut style) = (Vec::new(), Vec::new());
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|reason| reason.to_string())?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|reason| reason.to_string())?.into_owned();
        // MathML 3 lets only `mstyle` have these.
        match attribute.key.as_ref() {
            "displaystyle" => style.push(("displaystyle", value)),
            "scriptlevel" => style.push(("scriptlevel", value)),
            key => own.extend(known(ATTRIBUTES, key).map(|name| (name, value))),
        }
    }
    own.extend(columns(&own).map(|columns| ("columnalign", columns.to_owned())));
    let mut count = 1;
    if name == "mstyle" {
        own.append(&mut style);
    } else if !style.is_empty() {
        xml.open("mstyle", &pairs(&style));
        count += 1;
    }
    xml.open(name, &pairs(&own));
    Ok(count)
}

/// On which sides columns stand, for reading systems that ask MathML 3 for it and not the style sheet. What is said too much of is
/// passed over, and where too little, the last holds for all.
fn columns(own: &[(&'static str, String)]) -> Option<&'static str> {
    let (_, classes) = own.iter().find(|(name, _)| *name == "class")?;
    classes.split(' ').find_map(|class| match class {
        "menv-alignlike" => Some("right left right left right left right left"),
        "menv-cells-left" | "cell-left" => Some("left"),
        "menv-cells-right" | "cell-right" => Some("right"),
        _ => None,
    })
}

fn pairs<'a>(own: &'a [(&'static str, String)]) -> Vec<(&'static str, &'a str)> {
    own.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(tex: &str, want: &str) {
        let mut xml = Xml::fragment();
        write(&mut xml, tex, false).expect("a formula that can be said");
        let said = xml.finish();
        let inner = said.split_once('>').expect("a math element").1;
        assert_eq!(inner.trim_end_matches("</math>"), want);
    }

    #[test]
    fn formulas_and_text_that_looks_like_markup() {
        check("a^2", "<msup><mi>a</mi><mn>2</mn></msup>");
        check(r"\text{a < b & c }", "<mtext>a &lt; b &amp; c\u{A0}</mtext>");
        check(r"a<b\&", "<mi>a</mi><mo>&lt;</mo><mi>b</mi><mi>&amp;</mi>");
        let mut xml = Xml::fragment();
        assert!(write(&mut xml, r"\frac{1", false).is_err());
        assert_eq!(xml.finish(), "");
    }
}
