//! What the attributes of a tag say of its text: who it is, its language and direction, and the little of a style sheet that means
//! something in a book.

use crate::read::clean;
use crate::report::Report;
use crate::span::Span;
use crate::tree::{Align, Attrs, Direction, Length, Numbering, Style};

use super::tokens::Tag;

/// Classes that mean small capitals in the HTML of other tools.
const SMALL_CAPS: &[&str] = &["smallcaps", "small-caps", "smcap", "sc"];

/// What a tag's attributes say.
pub struct Said {
    pub attrs: Attrs,
    /// How its text is set, from the outermost style to the innermost.
    pub styles: Vec<Style>,
}

/// Reads `id`, `lang`, `dir`, `class`, and `style`.
pub fn said(tag: &Tag, span: Span, report: &mut Report) -> Said {
    let mut attrs = Attrs::default();
    let mut styles = Vec::new();
    for (name, value) in &tag.attributes {
        match name.as_str() {
            "lang" => attrs.lang = clean::language(value, span, report),
            "xml:lang" if attrs.lang.is_none() && tag.get("lang").is_none() => {
                attrs.lang = clean::language(value, span, report);
            }
            "dir" => attrs.dir = Direction::parse(value),
            "title" if matches!(tag.name.as_str(), "abbr" | "acronym") => {
                attrs.expansion = Some(clean::line(value)).filter(|said| !said.is_empty());
            }
            "id" => attrs.id = clean::id(value.trim(), span, report),
            "class" => {
                attrs.classes = clean::line(value).split(' ').filter(|name| !name.is_empty()).map(str::to_owned).collect()
            }
            "style" => {
                declarations(value).filter_map(|(property, value)| styled(property, value)).for_each(|style| {
                    if !styles.contains(&style) {
                        styles.push(style);
                    }
                });
            }
            _ => {}
        }
    }
    let classes = attrs.classes.len();
    attrs.classes.retain(|class| !SMALL_CAPS.contains(&class.as_str()));
    if attrs.classes.len() < classes && !styles.contains(&Style::SmallCaps) {
        styles.push(Style::SmallCaps);
    }
    Said { attrs, styles }
}

/// The declarations of a `style`.
fn declarations(style: &str) -> impl DoubleEndedIterator<Item = (&str, &str)> {
    style.split(';').filter_map(|one| one.split_once(':')).map(|(property, value)| (property.trim(), value.trim()))
}

/// The last value of a property, in lower case and without `!important`.
fn property(tag: &Tag, name: &str) -> Option<String> {
    let (_, value) = declarations(tag.get("style")?).rev().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
    Some(value.split('!').next().unwrap_or("").trim().to_ascii_lowercase())
}

/// The style that a declaration asks for.
fn styled(property: &str, value: &str) -> Option<Style> {
    let (property, value) = (property.to_ascii_lowercase(), value.to_ascii_lowercase());
    let has = |word: &str| value.split([' ', '!']).any(|part| part == word);
    match property.as_str() {
        "font-variant" | "font-variant-caps" if has("small-caps") => Some(Style::SmallCaps),
        "font-style" if has("italic") || has("oblique") => Some(Style::Emphasis),
        "font-weight" if has("bold") || has("bolder") || has("600") || has("700") || has("800") || has("900") => {
            Some(Style::Strong)
        }
        "text-decoration" | "text-decoration-line" if has("line-through") => Some(Style::Strikethrough),
        "text-decoration" | "text-decoration-line" if has("underline") => Some(Style::Underline),
        "vertical-align" if has("super") => Some(Style::Superscript),
        "vertical-align" if has("sub") => Some(Style::Subscript),
        _ => None,
    }
}

/// Whether a tag asks for a new page before or behind it.
pub fn breaks_page(tag: &Tag) -> bool {
    ["page-break-after", "page-break-before", "break-after", "break-before"].iter().any(|name| {
        let value = property(tag, name);
        value.is_some_and(|value| matches!(value.as_str(), "always" | "page" | "left" | "right" | "recto" | "verso"))
    })
}

/// How a cell's text is set in its column.
pub fn align(tag: &Tag) -> Option<Align> {
    let said = property(tag, "text-align").or_else(|| tag.get("align").map(|value| value.trim().to_ascii_lowercase()))?;
    match said.as_str() {
        "left" => Some(Align::Left),
        "right" | "char" | "decimal" => Some(Align::Right),
        "center" | "middle" | "-webkit-center" => Some(Align::Centre),
        _ => None,
    }
}

/// How wide an image shall be: its `style` comes before its `width`.
pub fn width(tag: &Tag) -> Option<Length> {
    let styled = property(tag, "width").or_else(|| property(tag, "max-width"));
    styled.as_deref().and_then(Length::parse).or_else(|| Length::parse(tag.get("width")?))
}

/// How the numbers of a list are written; none where it shall have none.
pub fn numbering(tag: &Tag) -> Option<Numbering> {
    let styled = property(tag, "list-style-type").or_else(|| property(tag, "list-style"));
    let said = styled.as_deref().and_then(|said| said.split(' ').next()).or(tag.get("type")).unwrap_or("").trim();
    match said {
        "a" | "lower-alpha" | "lower-latin" => Some(Numbering::LowerAlpha),
        "A" | "upper-alpha" | "upper-latin" => Some(Numbering::UpperAlpha),
        "i" | "lower-roman" => Some(Numbering::LowerRoman),
        "I" | "upper-roman" => Some(Numbering::UpperRoman),
        "none" | "disc" | "circle" | "square" => None,
        _ => Some(Numbering::Decimal),
    }
}

/// A number that HTML reads at the front of a value.
pub fn number(tag: &Tag, name: &str) -> Option<u64> {
    let value = tag.get(name)?.trim().trim_start_matches('+');
    let digits = value.len() - value.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    value[..digits].parse().ok().or((digits > 0).then_some(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(attributes: &[(&str, &str)]) -> Tag {
        let attributes = attributes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Tag { attributes, ..Tag::default() }
    }

    #[test]
    fn styles_that_mean_something() {
        let said = |style: &str| said(&tag(&[("style", style)]), Span::default(), &mut Report::default()).styles;
        assert_eq!(said("font-variant: small-caps; color: red"), [Style::SmallCaps]);
        assert_eq!(said("FONT-WEIGHT:Bold!important;font-style : italic"), [Style::Strong, Style::Emphasis]);
        assert_eq!(said("font-weight: normal; text-decoration: underline dotted"), [Style::Underline]);
        assert!(said("color").is_empty());
    }

    #[test]
    fn pages_and_columns() {
        assert!(breaks_page(&tag(&[("style", "page-break-after: always;")])));
        assert!(breaks_page(&tag(&[("style", "clear:both; break-before:page")])));
        assert!(!breaks_page(&tag(&[("style", "page-break-inside: avoid; break-after: auto")])));
        assert_eq!(align(&tag(&[("align", "RIGHT")])), Some(Align::Right));
        assert_eq!(align(&tag(&[("align", "right"), ("style", "text-align: center !important")])), Some(Align::Centre));
        assert_eq!(align(&tag(&[("align", "justify")])), None);
    }

    #[test]
    fn numbers() {
        assert_eq!(number(&tag(&[("colspan", " 3 ")]), "colspan"), Some(3));
        assert_eq!(number(&tag(&[("colspan", "2px")]), "colspan"), Some(2));
        assert_eq!(number(&tag(&[("colspan", "99999999999999999999999")]), "colspan"), Some(u64::MAX));
        assert_eq!(number(&tag(&[("colspan", "-1")]), "colspan"), None);
        assert_eq!(numbering(&tag(&[("type", "a")])), Some(Numbering::LowerAlpha));
        assert_eq!(numbering(&tag(&[("style", "list-style: upper-roman inside")])), Some(Numbering::UpperRoman));
    }
}
