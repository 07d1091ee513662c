//! Lines of verse.

use super::Inlines;

/// A line of verse.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VerseLine {
    pub text: Inlines,
    /// By which the line is cited, where the source counts: `5`, `12a`.
    pub number: Option<String>,
    /// How many steps further in than the other lines it begins: the source says so, or the line goes on with one that another
    /// speaker began.
    pub indent: u8,
}

impl VerseLine {
    /// The furthest step in.
    pub const MOST_INDENT: u8 = 6;

    /// Lines are counted for readers in steps of five: the number, where it is one of those shown.
    pub fn shown_number(&self) -> Option<&str> {
        let number = self.number.as_deref()?;
        let value: u32 = number.parse().ok()?;
        (value > 0 && value.is_multiple_of(5)).then_some(number)
    }
}

impl From<Inlines> for VerseLine {
    fn from(text: Inlines) -> Self {
        Self { text, number: None, indent: 0 }
    }
}
