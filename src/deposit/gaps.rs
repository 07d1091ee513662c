//! What the metadata lack for a deposit. DataCite and RO-Crate refuse a record without creator, publisher, date or licence; without
//! a word on rights no archive can let anybody read.

use crate::tree::{Metadata, Person, Role};

/// Something that a repository asks for and the metadata do not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    pub name: &'static str,
    /// The line of YAML front matter that says it.
    pub cure: &'static str,
}

/// Every gap of `meta`, in the order in which a title page is read.
pub fn gaps(meta: &Metadata) -> Vec<Gap> {
    let known = [
        (creators(meta).is_empty(), "creator", "author: Ada Writer"),
        (meta.date.is_none(), "date", "date: 2026"),
        (meta.publisher.is_none(), "publisher", "publisher: Tetrapla Press"),
        (meta.rights.is_none(), "rights", "rights: © 2026 Ada Writer"),
        (meta.licence.is_none(), "licence", "licence: https://creativecommons.org/licenses/by/4.0/"),
    ];
    known.into_iter().filter(|(missing, ..)| *missing).map(|(_, name, cure)| Gap { name, cure }).collect()
}

/// Those whom a catalogue lists the work under: its authors, else its editors and compilers.
pub fn creators(meta: &Metadata) -> Vec<&Person> {
    let authors: Vec<_> = meta.people_as(Role::Author).collect();
    if authors.is_empty() {
        let makes = |person: &&Person| matches!(person.role, Role::Editor | Role::Compiler);
        return meta.people.iter().filter(makes).collect();
    }
    authors
}

/// Everybody else, in the order of the title page.
pub fn contributors(meta: &Metadata) -> Vec<&Person> {
    let first = creators(meta);
    meta.people.iter().filter(|person| !first.iter().any(|known| std::ptr::eq(*known, *person))).collect()
}
