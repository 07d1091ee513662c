//! Images: named, not held, since their bytes are in [`crate::env::Env::images`].

use super::{Inlines, Node};

/// Images that stand alone, one or several side by side, with the caption of them all. At least one image.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// The title of each is its own caption where there are several.
    pub images: Vec<Node<Image>>,
    /// May be empty.
    pub caption: Inlines,
}

impl Figure {
    /// One image and its caption.
    pub fn of(image: Node<Image>, caption: Inlines) -> Self {
        Self { images: vec![image], caption }
    }
}

/// An image.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Image {
    /// The path as the source writes it, relative to the work's folder.
    pub target: String,
    pub title: String,
    /// What a reader who can't see the image is told, may be empty.
    pub alt: String,
    /// How wide the author wants it; else as wide as its pixels are, or as there is room.
    pub width: Option<Length>,
}

impl Image {
    /// The title of a panel without the letter by which references name it: `(b) The keep`.
    pub fn unlettered(&self) -> &str {
        let behind = self.title.strip_prefix('(').and_then(|title| title.split_once(") "));
        behind.filter(|(letter, _)| letter.len() == 1).map_or(&self.title, |(_, title)| title)
    }
}

/// What remarks call an image: its path or address, of which the beginning is enough where it carries the image itself.
pub fn short_name(target: &str) -> &str {
    const ENOUGH: usize = 80;
    let is_data = target.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"));
    let end = if is_data { target.find([',', ';']).unwrap_or(target.len()).min(ENOUGH) } else { target.len().min(ENOUGH) };
    &target[..(0..=end).rev().find(|end| target.is_char_boundary(*end)).unwrap_or(0)]
}

/// How long something is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Length {
    /// Of the measure, in hundredths, above 0 and at most 100.
    Percent(f32),
    /// Above 0. CSS has 72 points, or 96 pixels, to the inch.
    Points(f32),
}

impl Length {
    /// Reads a length as HTML and CSS, pandoc and TEI write it: `50%`, `4cm`, `80` and `80px` for pixels. None where it is no length
    /// that an image can have.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let number: f32 = text[..end].parse().ok().filter(|number| *number > 0.0 && *number < 10_000.0)?;
        // To the hundredth, as it is written.
        let points = |each: f32| Some(Self::Points((number * each * 100.0).round() / 100.0));
        match text[end..].trim().to_ascii_lowercase().as_str() {
            "%" => Some(Self::Percent(number.min(100.0))),
            "" | "px" => points(0.75),
            "pt" => points(1.0),
            "pc" => points(12.0),
            "in" | "inch" => points(72.0),
            "cm" => points(72.0 / 2.54),
            "mm" => points(72.0 / 25.4),
            // Of the text around it, which is mostly set in ten or eleven points.
            "em" | "rem" => points(10.5),
            "vw" => Some(Self::Percent(number.min(100.0))),
            _ => None,
        }
    }
}

impl std::fmt::Display for Length {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Hundredths are finer than any printer; without them, a length read, written and read again would drift.
        let (number, unit) = match self {
            Self::Percent(number) => (number, "%"),
            Self::Points(number) => (number, "pt"),
        };
        let rounded = (f64::from(*number) * 100.0).round() / 100.0;
        write!(f, "{rounded}{unit}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_as_several_programs_write_them() {
        for (text, want) in [
            ("50%", Some("50%")),
            ("200%", Some("100%")),
            ("80", Some("60pt")),
            ("2cm", Some("56.69pt")),
            ("1in", Some("72pt")),
            (" 12 pt ", Some("12pt")),
            ("auto", None),
            ("0", None),
            ("-3cm", None),
            ("1e9px", None),
        ] {
            assert_eq!(Length::parse(text).map(|length| length.to_string()).as_deref(), want, "{text}");
        }
    }
}
