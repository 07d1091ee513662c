//! A drawing (SVG) as a book may have it: nothing in it runs, nothing is loaded, and its words stay. Only what is known to draw or to
//! tell is written again; all else falls away, and what a reader might miss is counted.

use std::collections::{BTreeMap, BTreeSet};

use super::css;
use super::dom::{Dom, Element, Kid, Space};
use super::names;
use super::percent_decoded;
use crate::budget::{Budget, DRAWING_ELEMENTS, DRAWING_LETTERS, DRAWING_PATHS, DRAWING_SIDE as LARGEST};
use crate::emit::xml::Xml;
use crate::tree::Ids;

/// What browsers take where a drawing has no size, in pixels (CSS 2.1, 10.3.2).
const DEFAULT_SIZE: (f64, f64) = (300.0, 150.0);

/// A cleaned drawing.
pub struct Drawing {
    pub svg: String,
    /// In CSS pixels, 96 to the inch.
    pub width: f64,
    pub height: f64,
    pub moves: bool,
    /// What was left out: what it was, in the singular and the plural, and how often.
    pub left_out: BTreeMap<(&'static str, &'static str), usize>,
}

const SCRIPT: (&str, &str) = ("script", "scripts");
const HANDLER: (&str, &str) = ("event handler", "event handlers");
const OUTSIDE: (&str, &str) = ("reference to another file", "references to other files");
const LINK: (&str, &str) = ("link", "links");
const PAGE: (&str, &str) = ("piece of a web page, its words kept", "pieces of web pages, their words kept");
const ANIMATION: (&str, &str) = ("animation of a link", "animations of links");
const UNKNOWN: (&str, &str) = ("element that draws nothing", "elements that draw nothing");

/// Whether bytes may be a drawing.
pub fn looks_like(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    text.starts_with(b"<") || bytes.starts_with(&[0x1F, 0x8B])
}

/// Cleans a drawing; one packed with gzip (`.svgz`) is unpacked.
///
/// # Errors
/// Why it can't be shown.
pub fn clean(bytes: &[u8], budget: &Budget) -> Result<Drawing, String> {
    let unpacked;
    let bytes = match bytes {
        [0x1F, 0x8B, ..] => {
            let unpacking = budget.unpacking(bytes.len());
            let read = unpacking.read(flate2::read::GzDecoder::new(bytes));
            unpacked = read.ok_or_else(|| match unpacking.breach() {
                Some(breach) => format!("it {}", breach.message),
                None => "it can't be unpacked".to_owned(),
            })?;
            &unpacked
        }
        bytes => bytes,
    };
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
    let dom = Dom::read(text.trim_start_matches('\u{FEFF}'))?;
    if dom.elements.first().is_none_or(|root| root.space != Space::Svg || root.name != "svg") {
        return Err("it is none of PNG, JPEG, GIF, WebP and SVG".to_owned());
    }
    if dom.elements.iter().flat_map(|element| &element.attributes).any(|(name, value)| bursts(name, value)) {
        return Err(format!("it has numbers above {LARGEST}"));
    }
    let ids = ids(&dom);
    Weights::new(&dom).weigh()?;
    let size = size(&dom.elements[0]);
    let mut cleaner =
        Cleaner { dom: &dom, ids, xml: Xml::document(), given: BTreeSet::new(), moves: false, left_out: BTreeMap::new() };
    if dom.calls_sheet {
        cleaner.leave(OUTSIDE);
    }
    cleaner.element(0, &At { words: false, switch: false });
    cleaner.xml.newline();
    Ok(Drawing { svg: cleaner.xml.finish(), width: size.0, height: size.1, moves: cleaner.moves, left_out: cleaner.left_out })
}

/// Whether an attribute that is made of numbers has one that is too large.
fn bursts(name: &str, value: &str) -> bool {
    let is_name = matches!(name, "class" | "style" | "id" | "href" | "version" | "result" | "in" | "in2");
    if is_name || value.contains('#') || name.starts_with("font-f") || name.starts_with("aria-") {
        return false;
    }
    let numeral = |c: char| c.is_ascii_digit() || c == '.' || matches!(c, 'e' | 'E');
    let mut rest = value;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        rest = &rest[start..];
        let mut end = rest.find(|c| !numeral(c)).unwrap_or(rest.len());
        // `1e+30`: a sign may follow an exponent's letter.
        if rest[..end].ends_with(['e', 'E']) && rest[end..].starts_with('+') {
            end += 1 + rest[end + 1..].find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len() - end - 1);
        }
        if rest[..end].parse::<f64>().is_ok_and(|number| number > LARGEST) {
            return true;
        }
        rest = &rest[end..];
    }
    false
}

/// The ids of a drawing, and what they are called where XML can't have them as they are.
fn ids(dom: &Dom) -> BTreeMap<&str, String> {
    let mut ids = BTreeMap::new();
    let mut taken = Ids::default();
    for id in dom.elements.iter().filter_map(|element| element.get("id")).filter(|id| !id.is_empty()) {
        if ids.contains_key(id) {
            continue;
        }
        let fits = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '_' };
        let mut name: String = id.chars().map(fits).collect();
        if !name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            name.insert(0, '_');
        }
        ids.insert(id, taken.fresh(name));
    }
    ids
}

/// How much a drawing grows when what it uses again is drawn again.
struct Weights<'d> {
    dom: &'d Dom,
    by_id: BTreeMap<&'d str, usize>,
    known: Vec<Option<Weight>>,
    /// Of the markers that stand at every corner, wherever it is: a style sheet or a group says so.
    everywhere: Weight,
}

/// What is drawn.
#[derive(Clone, Copy, Default)]
struct Weight {
    elements: u64,
    /// Bytes of path data.
    paths: u64,
    letters: u64,
}

impl Weight {
    fn add(&mut self, other: Self, times: u64) {
        self.elements = self.elements.saturating_add(other.elements.saturating_mul(times));
        self.paths = self.paths.saturating_add(other.paths.saturating_mul(times));
        self.letters = self.letters.saturating_add(other.letters.saturating_mul(times));
    }
}

impl<'d> Weights<'d> {
    fn new(dom: &'d Dom) -> Self {
        let ids = dom.elements.iter().enumerate().filter_map(|(at, element)| Some((element.get("id")?, at)));
        let known = vec![None; dom.elements.len()];
        Self { dom, by_id: ids.collect(), known, everywhere: Weight::default() }
    }

    fn weigh(mut self) -> Result<(), String> {
        self.everywhere = self.markers().ok_or("it is nested too deeply, or uses itself")?;
        self.known.fill(None);
        let weight = self.weight(0, 0).ok_or("it is nested too deeply, or uses itself")?;
        let limits = [
            (weight.elements, DRAWING_ELEMENTS, "elements"),
            (weight.paths, DRAWING_PATHS, "bytes of paths"),
            (weight.letters, DRAWING_LETTERS, "letters"),
        ];
        match limits.into_iter().find(|(weight, most, _)| weight > most) {
            Some((_, most, what)) => Err(format!("it draws more than {most} {what}")),
            None => Ok(()),
        }
    }

    /// What the markers weigh that are said elsewhere than at the shapes that have them.
    fn markers(&mut self) -> Option<Weight> {
        let dom = self.dom;
        let mut said = BTreeSet::new();
        for element in &dom.elements {
            if element.get("d").or(element.get("points")).is_none() {
                let own = element.attributes.iter().filter(|(name, value)| at_corners(name, value));
                said.extend(own.flat_map(|(_, value)| value.split("url(").skip(1)).filter_map(referred));
            }
            if element.name == "style" {
                for kid in &element.kids {
                    if let Kid::Text(sheet) = kid
                        && at_corners("style", sheet)
                    {
                        said.extend(sheet.split("url(").skip(1).filter_map(referred));
                    }
                }
            }
        }
        let mut whole = Weight::default();
        for target in said.into_iter().filter_map(|id| self.by_id.get(id).copied()).collect::<Vec<_>>() {
            if dom.elements[target].name == "marker" {
                whole.add(self.weight(target, 0)?, 1);
            }
        }
        Some(whole)
    }

    fn weight(&mut self, at: usize, depth: usize) -> Option<Weight> {
        if depth > 400 {
            return None;
        }
        if let Some(known) = self.known[at] {
            return Some(known);
        }
        let element = &self.dom.elements[at];
        // A gradient is made once.
        let is_drawn = !element.name.ends_with("Gradient") && element.name != "stop";
        let data = element.get("d").or(element.get("points")).unwrap_or_default();
        let mut weight = Weight { elements: u64::from(is_drawn), paths: data.len() as u64, letters: 0 };
        weight.add(self.everywhere, corners(data));
        for kid in &element.kids {
            match kid {
                Kid::Element(kid) => {
                    let kid = self.weight(*kid, depth + 1)?;
                    weight.add(kid, 1);
                }
                Kid::Text(text) if element.name != "style" => weight.letters += text.len() as u64,
                Kid::Text(_) => {}
            }
        }
        for (name, value) in &element.attributes {
            let ids: Vec<_> = match name.as_str() {
                "href" if element.name == "use" => value.strip_prefix('#').into_iter().collect(),
                // A style names several.
                _ => value.split("url(").skip(1).filter_map(referred).collect(),
            };
            let times = if at_corners(name, value) { corners(data) } else { 1 };
            let targets: Vec<_> = ids.into_iter().filter_map(|id| self.by_id.get(id).copied()).collect();
            for target in targets {
                let target = self.weight(target, depth + 1)?;
                weight.add(target, times);
            }
        }
        self.known[at] = Some(weight);
        Some(weight)
    }
}

/// Whether an attribute puts a marker at each corner.
fn at_corners(name: &str, value: &str) -> bool {
    let names = |text: &str| text.contains("marker-mid") || text.contains("marker:") || text.contains("marker :");
    value.contains("url(") && (matches!(name, "marker-mid" | "marker") || name == "style" && names(value))
}

/// How many corners a path has, at most: each has two numbers at least.
fn corners(data: &str) -> u64 {
    let numeral = |byte: &u8| byte.is_ascii_digit();
    let bytes = data.as_bytes();
    let starts = bytes.iter().enumerate().filter(|(at, byte)| numeral(byte) && (*at == 0 || !numeral(&bytes[at - 1])));
    starts.count() as u64 / 2
}

/// The id within a reference's brackets: `#a)`, `'#a')`.
fn referred(behind: &str) -> Option<&str> {
    let inner = behind.split(')').next()?.trim().trim_matches(['"', '\'']).trim();
    inner.strip_prefix('#')
}

/// The size of a drawing in pixels.
fn size(root: &Element) -> (f64, f64) {
    let view = view_box(root);
    let side = |name: &str| root.get(name).and_then(length);
    match (side("width"), side("height"), view) {
        (Some(width), Some(height), _) => (width, height),
        (Some(width), None, Some([_, _, wide, high])) => (width, width * high / wide),
        (None, Some(height), Some([_, _, wide, high])) => (height * wide / high, height),
        (None, None, Some([_, _, wide, high])) => (wide, high),
        (width, height, None) => (width.unwrap_or(DEFAULT_SIZE.0), height.unwrap_or(DEFAULT_SIZE.1)),
    }
}

fn view_box(root: &Element) -> Option<[f64; 4]> {
    let numbers = root.get("viewBox")?.split([' ', ',', '\n']).filter(|part| !part.is_empty());
    let numbers: Vec<f64> = numbers.map(str::parse).collect::<Result<_, _>>().ok()?;
    let view: [f64; 4] = numbers.try_into().ok()?;
    (view.iter().all(|number| number.is_finite()) && view[2] > 0.0 && view[3] > 0.0).then_some(view)
}

/// A length in pixels (CSS Values 3, chapter 5). None for a share of what is around.
fn length(text: &str) -> Option<f64> {
    let text = text.trim();
    let end = text.find(|c: char| c.is_ascii_alphabetic() && !matches!(c, 'e' | 'E') || c == '%').unwrap_or(text.len());
    // Both `1e3` and `1em` are lengths.
    let end = if text[..end].ends_with(['e', 'E']) { end - 1 } else { end };
    let number: f64 = text[..end].trim().parse().ok()?;
    let unit = match text[end..].to_ascii_lowercase().as_str() {
        "" | "px" => 1.0,
        "pt" => 4.0 / 3.0,
        "pc" | "em" | "rem" => 16.0,
        "ex" => 8.0,
        "mm" => 96.0 / 25.4,
        "cm" => 96.0 / 2.54,
        "q" => 96.0 / 101.6,
        "in" => 96.0,
        _ => return None,
    };
    Some(number * unit).filter(|pixels| pixels.is_finite() && *pixels > 0.0)
}

/// Where an element stands.
struct At {
    /// Whether text is drawn or told here.
    words: bool,
    /// Whether it is one of several that stand in for each other.
    switch: bool,
}

struct Cleaner<'d> {
    dom: &'d Dom,
    ids: BTreeMap<&'d str, String>,
    xml: Xml,
    given: BTreeSet<&'d str>,
    moves: bool,
    left_out: BTreeMap<(&'static str, &'static str), usize>,
}

impl<'d> Cleaner<'d> {
    fn leave(&mut self, what: (&'static str, &'static str)) {
        *self.left_out.entry(what).or_default() += 1;
    }

    fn element(&mut self, at: usize, place: &At) {
        let dom = self.dom;
        let element = &dom.elements[at];
        match (element.space, element.name.as_str()) {
            // What drawing programs remember for themselves.
            (Space::Other, _) | (Space::Svg, "metadata") => {}
            (Space::Svg, "script" | "handler" | "listener") => self.leave(SCRIPT),
            (Space::Svg, "foreignObject") => self.page(element, place),
            (Space::Svg, "style") => self.sheet(element),
            (Space::Svg, "a") => {
                if element.get("href").is_some_and(|href| !href.starts_with('#')) {
                    self.leave(LINK);
                }
                self.keep(if place.words { "tspan" } else { "g" }, at, place);
            }
            (Space::Svg, "animate" | "animateMotion" | "animateTransform" | "set") => {
                let what = element.get("attributeName").unwrap_or("").to_ascii_lowercase();
                if what.ends_with("href") || what.starts_with("on") || what == "style" {
                    return self.leave(ANIMATION);
                }
                self.moves = true;
                self.keep(&element.name, at, place);
            }
            (Space::Svg, "use" | "image" | "feImage")
                if element.get("href").is_none_or(|href| self.target(element, href).is_none()) =>
            {
                if element.get("href").is_some() {
                    self.leave(OUTSIDE);
                }
            }
            (Space::Svg, name) if names::element(name).is_some() => self.keep(name, at, place),
            (Space::Svg | Space::Html, _) => self.leave(UNKNOWN),
        }
    }

    fn keep(&mut self, name: &str, at: usize, place: &At) {
        let Some(name) = names::element(name) else { return };
        let dom = self.dom;
        let element = &dom.elements[at];
        let own = self.attributes(element, at == 0);
        let own: Vec<_> = own.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.xml.open(name, &own);
        let words = place.words || matches!(name, "text" | "title" | "desc");
        let inside = At { words, switch: name == "switch" };
        for kid in &element.kids {
            match kid {
                Kid::Element(kid) => {
                    if !words {
                        self.xml.newline();
                    }
                    self.element(*kid, &inside);
                }
                Kid::Text(text) if words => self.xml.text(text),
                Kid::Text(_) => {}
            }
        }
        self.xml.close();
    }

    fn attributes(&mut self, element: &'d Element, is_root: bool) -> Vec<(&'static str, String)> {
        let mut own: Vec<(&'static str, String)> = Vec::new();
        if is_root {
            own.extend(
                [("xmlns", "http://www.w3.org/2000/svg"), ("xmlns:xlink", "http://www.w3.org/1999/xlink")]
                    .map(|(name, value)| (name, value.to_owned())),
            );
            let (width, height) = size(element);
            own.extend([("width", number(width)), ("height", number(height))]);
            // Without one, a reading system can't make it smaller.
            own.push((
                "viewBox",
                view_box(element)
                    .map_or(format!("0 0 {} {}", number(width), number(height)), |view| view.map(number).join(" ")),
            ));
        }
        for (name, value) in &element.attributes {
            match name.as_str() {
                "width" | "height" | "viewBox" if is_root => {}
                "id" => {
                    if let Some((id, name)) = self.ids.get_key_value(value.as_str()).filter(|(id, _)| !self.given.contains(*id))
                    {
                        own.push(("id", name.clone()));
                        self.given.insert(id);
                    }
                }
                "href" if element.name == "a" => {}
                "href" => match self.target(element, value) {
                    Some(target) => own.push(("xlink:href", target)),
                    None => self.leave(OUTSIDE),
                },
                "style" => own.push(("style", self.css(value))),
                "xml:lang" => own.push(("xml:lang", value.clone())),
                "xml:space" => own.push(("xml:space", value.clone())),
                handler if handler.len() > 2 && handler.get(..2).is_some_and(|on| on.eq_ignore_ascii_case("on")) => {
                    self.leave(HANDLER)
                }
                other => {
                    if let Some(name) = names::attribute(other) {
                        own.push((name, self.value(name, value)));
                    }
                }
            }
        }
        own
    }

    /// What a reference may lead to: a part of the same drawing, or pixels that it brings itself.
    fn target(&self, element: &Element, href: &str) -> Option<String> {
        let href = href.trim();
        if let Some(id) = href.strip_prefix('#') {
            return self.id(id).map(|id| format!("#{id}"));
        }
        let pixels = ["png", "jpeg", "jpg", "gif", "webp"].iter().any(|format| {
            let rest = href.strip_prefix("data:image/").and_then(|rest| rest.strip_prefix(format));
            rest.is_some_and(|rest| rest.starts_with(";base64,"))
        });
        (pixels && matches!(element.name.as_str(), "image" | "feImage")).then(|| href.split_whitespace().collect())
    }

    fn id(&self, id: &str) -> Option<String> {
        self.ids.get(id).or_else(|| self.ids.get(percent_decoded(id).as_str())).cloned()
    }

    fn value(&mut self, name: &str, value: &str) -> String {
        if name.starts_with("aria-") && name.ends_with("by") {
            let known: Vec<_> = value.split_whitespace().filter_map(|id| self.id(id)).collect();
            return known.join(" ");
        }
        // Names of other files, however they are written.
        if value.contains(['(', '\\']) || value.contains("/*") { self.css(value) } else { value.to_owned() }
    }

    fn css(&mut self, text: &str) -> String {
        let clean = css::clean(text, |id| self.id(id));
        self.moves |= clean.moves;
        if clean.outside > 0 {
            *self.left_out.entry(OUTSIDE).or_default() += clean.outside;
        }
        clean.text
    }

    fn sheet(&mut self, element: &Element) {
        if element.get("type").is_some_and(|kind| kind != "text/css") {
            return self.leave(UNKNOWN);
        }
        let text: String =
            element.kids.iter().filter_map(|kid| if let Kid::Text(text) = kid { Some(text.as_str()) } else { None }).collect();
        let text = self.css(&text);
        let media = element.get("media").filter(|media| !matches!(*media, "all" | "screen"));
        match media {
            Some(media) => self.xml.leaf("style", &[("media", media)], &text),
            None => self.xml.leaf("style", &[], &text),
        }
    }

    /// A piece of a web page: its words are set in its middle, as programs that draw charts put their labels there.
    fn page(&mut self, element: &'d Element, place: &At) {
        let lines = self.words(element);
        if place.switch || lines.is_empty() {
            // Another element stands in for it, or it says nothing.
            return;
        }
        self.leave(PAGE);
        let side =
            |name: &str| element.get(name).and_then(|value| value.trim_end_matches("px").parse::<f64>().ok()).unwrap_or(0.0);
        let (x, middle) = (number(side("x") + side("width") / 2.0), side("y") + side("height") / 2.0);
        // A line is 1.2 times its size high, which is 16 pixels where nothing else is said.
        let y = number(middle - 9.6 * (lines.len() - 1) as f64);
        let mut own = self.attributes(element, false);
        own.retain(|(name, _)| matches!(*name, "transform" | "class" | "id" | "style" | "fill" | "font-size" | "font-family"));
        own.extend([
            ("x", x.clone()),
            ("y", y),
            ("text-anchor", "middle".to_owned()),
            ("dominant-baseline", "central".to_owned()),
        ]);
        let own: Vec<_> = own.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.xml.open("text", &own);
        for (count, line) in lines.iter().enumerate() {
            let dy = if count == 0 { "0" } else { "1.2em" };
            self.xml.leaf("tspan", &[("x", &x), ("dy", dy)], line);
        }
        self.xml.close();
    }

    /// The lines of a piece of a web page.
    fn words(&self, element: &Element) -> Vec<String> {
        let mut text = String::new();
        self.gather(element, &mut text);
        let lines = text.split('\n').map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
        lines.filter(|line| !line.is_empty()).collect()
    }

    fn gather(&self, element: &Element, text: &mut String) {
        if matches!(element.name.as_str(), "script" | "style" | "template") {
            return;
        }
        let breaks =
            matches!(element.name.as_str(), "p" | "div" | "br" | "li" | "tr" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6");
        if breaks {
            text.push('\n');
        }
        for kid in &element.kids {
            match kid {
                Kid::Element(at) => self.gather(&self.dom.elements[*at], text),
                Kid::Text(said) => text.push_str(&said.replace('\n', " ")),
            }
        }
        if breaks {
            text.push('\n');
        }
    }
}

/// A number of pixels, to a thousandth.
fn number(pixels: f64) -> String {
    let rounded = (pixels * 1000.0).round() / 1000.0;
    // Never minus nothing.
    format!("{}", rounded + 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(svg: &str, want: &str, left_out: &[&str]) {
        let drawing = clean(svg.as_bytes(), &Budget::default()).expect("a drawing");
        let (_, body) = drawing.svg.split_once("viewBox=\"").expect("a root");
        let (_, body) = body.split_once('>').expect("a root");
        assert_eq!(body.replace('\n', "").trim_end_matches("</svg>"), want);
        assert_eq!(drawing.left_out.keys().map(|what| what.0).collect::<Vec<_>>(), left_out);
    }

    #[test]
    fn nothing_runs_or_loads() {
        check(
            "<svg onload='a()'><script>a()</script><rect ONCLICK='a()'/></svg>",
            "<rect></rect>",
            &["event handler", "script"],
        );
        check("<svg><a href='javascript:a()'><circle r='1'/></a></svg>", "<g><circle r=\"1\"></circle></g>", &["link"]);
        check("<svg><image href='http://e.org/a.png'/><use href='a.svg#b'/></svg>", "", &["reference to another file"]);
        check(
            "<svg><g fill='url(http://e.org/#a)' style='fill:url(\"b.svg\")'/></svg>",
            "<g fill=\"none\" style=\"fill:none\"></g>",
            &["reference to another file"],
        );
        check("<svg><animate attributeName='xlink:href' to='javascript:a()'/></svg>", "", &["animation of a link"]);
        check("<svg><iframe src='a'/><video/></svg>", "", &["element that draws nothing"]);
    }

    #[test]
    fn words_and_parts_stay() {
        check(
            "<svg><title>A &amp; B</title><text>a <tspan>b</tspan></text></svg>",
            "<title>A &amp; B</title><text>a <tspan>b</tspan></text>",
            &[],
        );
        check(
            "<svg><defs><path id='1 a'/></defs><use xlink:href='#1 a'/><use href='#1%20a'/></svg>",
            "<defs><path id=\"_1_a\"></path></defs><use xlink:href=\"#_1_a\"></use><use xlink:href=\"#_1_a\"></use>",
            &[],
        );
        check(
            "<svg><foreignObject x='0' width='10' height='8'><p xmlns='http://www.w3.org/1999/xhtml'>A <b>label</b></p></foreignObject></svg>",
            "<text x=\"5\" y=\"4\" text-anchor=\"middle\" dominant-baseline=\"central\"><tspan x=\"5\" dy=\"0\">A label</tspan></text>",
            &["piece of a web page, its words kept"],
        );
    }

    #[test]
    fn sizes() {
        let size = |root: &str| {
            let drawing = clean(format!("<svg {root}/>").as_bytes(), &Budget::default()).expect("a drawing");
            (drawing.width.round(), drawing.height.round())
        };
        assert_eq!(size("width='2in' height='25.4mm'"), (192.0, 96.0));
        assert_eq!(size("width='100%' viewBox='0 0 40,20'"), (40.0, 20.0));
        assert_eq!(size("height='10em' viewBox='0 0 40 20'"), (320.0, 160.0));
        assert_eq!(size("width='1e2' height='1E1px'"), (100.0, 10.0));
        assert_eq!(size("viewBox='0 0 0 0'"), (300.0, 150.0));
    }

    #[test]
    fn markers_weigh_at_each_corner() {
        let marker = format!("<marker id='m'><path d='{}'/></marker>", "M0 0L1 1".repeat(1000));
        let path = |more: &str| format!("<path {more} d='M0 0{}'/>", "L1 1".repeat(20_000));
        let read = |svg: String| clean(format!("<svg>{svg}</svg>").as_bytes(), &Budget::default());
        assert!(read(format!("{marker}{}", path("marker-end='url(#m)'"))).is_ok());
        assert!(read(format!("{marker}{}", path("marker-mid='url(#m)'"))).is_err());
        assert!(read(format!("{marker}{}", path("style='marker:url(\"#m\")'"))).is_err());
        assert!(read(format!("{marker}<g marker-mid='url(#m)'>{}</g>", path(""))).is_err());
        assert!(read(format!("<style>path {{ marker-mid: url('#m') }}</style>{marker}{}", path(""))).is_err());
    }

    #[test]
    fn what_grows_without_end_is_refused() {
        let mut svg = "<svg><g id='a0'><path/></g>".to_owned();
        for level in 1..20 {
            svg += &format!("<g id='a{level}'>{}</g>", format!("<use href='#a{}'/>", level - 1).repeat(10));
        }
        assert!(clean((svg + "</svg>").as_bytes(), &Budget::default()).is_err());
        assert!(clean(b"<svg><g id='a'><use href='#a'/></g></svg>", &Budget::default()).is_err());
        assert!(clean(b"<svg><path d='M0-1e+38'/></svg>", &Budget::default()).is_err());
        assert!(clean(b"<svg><path d='M0 1e5' fill='#1e9999' class='a1e99'/></svg>", &Budget::default()).is_ok());
        assert!(clean(b"<html/>", &Budget::default()).is_err());
    }
}
