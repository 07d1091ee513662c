//! Letters and signs that have no code of their own, or none that fonts have: what the header says of each (TEI P5, chapter 5).

use super::Reader;
use super::dom::Element;
use super::words::push;
use crate::tree::Inlines;

/// Kinds of mappings that readers can be given, best first. CBETA has `normal_unicode` and `normalized`.
const MAPPINGS: [&str; 9] =
    ["unicode", "precomposed", "composed", "standard", "normal_unicode", "normalized", "modern", "simplified", ""];

/// What the Text Creation Partnership calls the end of a line inside a word, with a hyphen in print and without.
const LINE_ENDS: [&str; 2] = ["EOLhyphen", "EOLunhyphen"];

/// Signs of inscriptions by their names (EpiDoc Guidelines, "Symbol").
const NAMED: [(&str, &str); 6] =
    [("leaf", "❦"), ("hedera", "❦"), ("ivyleaf", "❦"), ("interpunct", "·"), ("middot", "·"), ("dot", "·")];

/// What stands for a sign of which nobody says what it is.
const NAMELESS: &str = "□";

impl Reader<'_> {
    /// A sign that is only pointed to: as its description shows it.
    pub fn glyph(&mut self, element: &Element, line: &mut Inlines) {
        let span = self.span(&element.range);
        // By `#id`, or by a prefix that the header defines.
        let id = element.attribute("ref").and_then(|said| said.trim().rsplit(['#', ':']).next());
        if let Some(shown) = id.and_then(|id| self.facts.glyphs.get(id)).cloned() {
            return push(line, &shown, span);
        }
        // Where the print's line ends in a word.
        if id.is_some_and(|id| LINE_ENDS.contains(&id)) {
            return;
        }
        let kind = element.attribute("type").map(str::trim).filter(|kind| !kind.is_empty());
        if let Some((_, sign)) = NAMED.iter().find(|(name, _)| Some(*name) == kind) {
            return push(line, sign, span);
        }
        push(line, NAMELESS, span);
        let id = crate::read::clean::line(id.or(kind).unwrap_or("without a name"));
        self.report
            .remark("tei-glyph", span, format!("nothing in the header says what the sign {id} looks like"))
            .hint("give its char or glyph in charDecl a mapping; until then a box stands for it");
    }
}

/// What readers are shown for a sign: letters that fonts have, else how it is composed, else its name.
pub fn shown(described: &Element) -> Option<String> {
    let mappings: Vec<_> = described.descendants("mapping").collect();
    let mapped = MAPPINGS.iter().find_map(|kind| {
        let of_kind = |mapping: &&&Element| mapping.attribute("type").unwrap_or_default().eq_ignore_ascii_case(kind);
        mappings.iter().filter(of_kind).find_map(|mapping| letters(&mapping.line()))
    });
    mapped.or_else(|| property(described, "composition")).or_else(|| {
        let names = ["charName", "glyphName"].into_iter().filter_map(|name| described.child(name)).map(Element::line);
        let name = names.into_iter().find(|name| !name.is_empty());
        name.or_else(|| property(described, "Name")).map(|name| format!("[{name}]"))
    })
}

/// The letters of a mapping, which some write by their codes (`U+4ACC`). None that only one font has.
fn letters(said: &str) -> Option<String> {
    let coded = |word: &str| -> Option<char> {
        let code = word.strip_prefix("U+").or_else(|| word.strip_prefix("u+"))?;
        u32::from_str_radix(code, 16).ok().and_then(char::from_u32)
    };
    let codes: Option<String> = said.split_whitespace().map(coded).collect();
    let letters = codes.unwrap_or_else(|| said.to_owned());
    let is_private = |c: char| matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..);
    let shown = !letters.trim().is_empty() && !letters.contains(is_private) && !letters.contains(char::is_control);
    shown.then(|| crate::read::clean::line(&letters))
}

/// What a property says: as newer files have it (`localProp name="composition" value="…"`), or older ones.
fn property(described: &Element, wanted: &str) -> Option<String> {
    let newer = ["localProp", "unicodeProp"].into_iter().flat_map(|name| described.descendants(name));
    let newer = newer.filter(|one| one.attribute("name") == Some(wanted)).filter_map(|one| one.attribute("value"));
    let older = described.descendants("charProp").filter(|one| {
        ["localName", "unicodeName"].into_iter().filter_map(|name| one.child(name)).any(|name| name.line() == wanted)
    });
    let older = older.filter_map(|one| one.child("value")).map(Element::line);
    newer.map(crate::read::clean::line).chain(older).find(|said| !said.is_empty())
}
