//! What an edition explains before its text: the witnesses that its apparatus names, and the signs of its editors.

use super::Words;
use crate::tree::Document;

/// A list that explains signs: its title, and each sign with what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conspectus {
    pub title: String,
    pub entries: Vec<(String, String)>,
}

/// The lists that a work needs, in the order in which they stand; none for most.
pub fn conspectus(doc: &Document, words: &Words) -> Vec<Conspectus> {
    let Some(encoding) = &doc.encoding else { return Vec::new() };
    let witnesses = encoding.witnesses.iter().map(|one| (one.siglum.clone(), one.description.clone()));
    let signs = encoding.signs.iter().map(|sign| {
        let (before, behind) = sign.marks();
        (format!("{before}…{behind}"), words.get(sign.name()).to_owned())
    });
    let lists = [("witnesses", witnesses.collect::<Vec<_>>()), ("signs", signs.collect())];
    let lists = lists.into_iter().filter(|(_, entries)| !entries.is_empty());
    lists.map(|(key, entries)| Conspectus { title: words.get(key).to_owned(), entries }).collect()
}
