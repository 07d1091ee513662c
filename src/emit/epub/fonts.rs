//! Fonts that the book brings with it, where the user asks for them.

/// A font in the book.
pub(super) struct Font {
    /// Its path beside the package document.
    pub name: String,
    pub bytes: Vec<u8>,
}
