//! Numbers of pages in the text: on which page each thing stands that the text names by its page. They are known when the pages are
//! filled, and may change how the text fills them.

use std::collections::{BTreeMap, BTreeSet};

use super::page::{Item, Part};
use super::paginate::Leaf;
use super::structure::Lookup;
use crate::tree::{Document, Inline, ReferenceForm, Visit, walk_blocks};

/// The label of the page on which a thing stands, by its id.
pub type PagesOf = BTreeMap<String, String>;

/// A page that no round has found yet: as wide as most.
pub const UNKNOWN: &str = "000";

/// The ids whose pages the text names.
pub fn wanted(doc: &Document) -> BTreeSet<String> {
    let mut wanted = BTreeSet::new();
    walk_blocks(&doc.body, &mut |visit| {
        if let Visit::Inline(node) = visit
            && let Inline::Reference(reference) = &node.kind
            && matches!(reference.form, ReferenceForm::Page | ReferenceForm::Folio)
        {
            wanted.insert(reference.target.clone());
            wanted.extend(reference.through.clone());
        }
    });
    wanted
}

/// The pages of the ids on pages that are filled: where the first thing stands that was said when the element had begun.
pub fn find(wanted: &BTreeSet<String>, lookup: &Lookup, leaves: &[Leaf]) -> PagesOf {
    // How many elements at most had begun on each page and those before it.
    let mut most = 0;
    let begun: Vec<u32> = leaves
        .iter()
        .map(|leaf| {
            for placed in &leaf.page.items {
                if let (Item::Run(_) | Item::Image { .. } | Item::Rule { .. }, Part::Content { after, .. }) =
                    (&placed.item, placed.part)
                {
                    most = most.max(after);
                }
            }
            most
        })
        .collect();
    let page = |id: &String| {
        let element = lookup.id(id)?;
        let at = begun.partition_point(|begun| *begun <= element.0);
        Some((id.clone(), leaves.get(at)?.page.label.clone()))
    };
    wanted.iter().filter_map(page).collect()
}

/// Pages in a row: the place that the first number leads to, the number, and the same of the last.
pub type Run = (usize, String, Option<(usize, String)>);

/// A run of pages as an index says it: equal ones once, those that follow each other joined. Each with the place in `places` that its
/// first and last number lead to.
pub fn joined(places: &[(String, Option<String>)]) -> Vec<Run> {
    let number = |label: &str| label.parse::<u32>().ok();
    let mut runs: Vec<Run> = Vec::new();
    for (at, (from, to)) in places.iter().enumerate() {
        let to = to.as_ref().filter(|to| *to != from);
        if let Some((_, first, last)) = runs.last_mut() {
            let end = last.as_ref().map_or(&*first, |(_, end)| end);
            let next = number(end).zip(number(from)).is_some_and(|(end, from)| from == end + 1);
            let within = number(end).zip(number(from)).is_some_and(|(end, from)| from <= end);
            if end == from || next || within {
                let reaches = to.unwrap_or(from);
                let further = number(end).zip(number(reaches)).is_some_and(|(end, reaches)| reaches > end);
                if further {
                    *last = Some((at, reaches.clone()));
                }
                continue;
            }
        }
        runs.push((at, from.clone(), to.map(|to| (at, to.clone()))));
    }
    runs
}

#[cfg(test)]
mod tests {
    #[test]
    fn pages_are_joined() {
        let places: Vec<_> = ["3", "3", "4", "5", "9", "xi"].iter().map(|page| ((*page).to_owned(), None)).collect();
        let said: Vec<_> = super::joined(&places).into_iter().map(|(_, from, to)| (from, to.map(|(_, to)| to))).collect();
        assert_eq!(said, [("3".to_owned(), Some("5".to_owned())), ("9".to_owned(), None), ("xi".to_owned(), None)]);
    }
}
