//! The package document: what is in the book, and in what order it is read (EPUB 3.3, chapter 5).

use crate::verify::xml::{Piece, walk};

/// One item of the manifest.
pub struct Item {
    id: String,
    pub path: String,
    media: String,
    pub is_nav: bool,
}

impl Item {
    pub fn is_page(&self) -> bool {
        self.media == "application/xhtml+xml"
    }

    pub fn is_ncx(&self) -> bool {
        self.media == "application/x-dtbncx+xml"
    }
}

pub struct Package {
    pub items: Vec<Item>,
    /// Ids of items, in reading order.
    pub spine: Vec<String>,
}

/// The path of the package document.
pub fn root(container: &str) -> Result<String, String> {
    let mut root = None;
    walk(container, |piece, _| {
        if let Piece::Open(element) = piece
            && element.name == "rootfile"
        {
            root = root.take().or(element.get("full-path").map(str::to_owned));
        }
    })?;
    root.ok_or("the container names no package document".to_owned())
}

impl Package {
    pub fn read(text: &str, path: &str) -> Result<Self, String> {
        let mut package = Self { items: Vec::new(), spine: Vec::new() };
        walk(text, |piece, _| {
            let Piece::Open(element) = piece else { return };
            let get = |name: &str| element.get(name).unwrap_or("").to_owned();
            match element.name {
                "item" => package.items.push(Item {
                    id: get("id"),
                    path: super::resolve(path, &get("href")),
                    media: get("media-type"),
                    is_nav: element.has("properties", "nav"),
                }),
                "itemref" => package.spine.push(get("idref")),
                _ => {}
            }
        })
        .map_err(|reason| format!("{path}: {reason}"))?;
        Ok(package)
    }

    pub fn item(&self, id: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.id == id)
    }
}
