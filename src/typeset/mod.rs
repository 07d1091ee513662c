//! The typesetter: it knows no PDF. Shape, break into lines, fill pages; its product is a [`Book`] of placed items.

mod design;
mod page;

pub use design::{Cut, Design, Faces, Folios, Front, Head, Margins, Opening, Size, Type};
pub use page::{
    Book, Bookmark, Element, ElementId, Face, FontId, Furniture, Glyph, Item, Page, Part, Placed, Role, Run, Target,
};
