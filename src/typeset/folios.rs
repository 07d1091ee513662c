//! Numbers of pages in the text: on which page each thing stands that the text names by its page. They are known when the pages are
//! filled, and may change how the text fills them.

use std::collections::{BTreeMap, BTreeSet};

use super::page::{Item, Part};
use super::paginate::Leaf;
use super::structure::Lookup;
use crate::tree::{Block, Document, Inline, Node, ReferenceForm, Visit, walk_blocks};

/// Where a thing stands: the label of its page, and whether it is in a note there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folio {
    pub label: String,
    pub in_note: bool,
}

/// Where things stand, by their ids.
pub type PagesOf = BTreeMap<String, Folio>;

/// A page that no round has found yet: as wide as most.
pub const UNKNOWN: &str = "000";

/// The ids whose pages a node names itself.
pub fn named<'a>(visit: &Visit<'a>) -> Vec<&'a str> {
    match visit {
        Visit::Block(Node { kind: Block::Index(index), .. }) => index.captioned().collect(),
        Visit::Inline(Node { kind: Inline::Reference(reference), .. })
            if matches!(reference.form, ReferenceForm::Page | ReferenceForm::Folio) =>
        {
            std::iter::once(&*reference.target).chain(reference.through.as_deref()).collect()
        }
        _ => Vec::new(),
    }
}

/// The ids whose pages the text names, and whether they are in notes.
pub fn wanted(doc: &Document) -> BTreeMap<String, bool> {
    let mut wanted = BTreeMap::new();
    let mut in_notes: BTreeSet<&str> = BTreeSet::new();
    walk_blocks(&doc.body, &mut |visit| {
        wanted.extend(named(&visit).into_iter().map(|id| (id.to_owned(), false)));
        if let Visit::Inline(Node { kind: Inline::Note(note), .. }) = visit {
            walk_blocks(&note.body, &mut |visit| in_notes.extend(visit.id()));
        }
    });
    for (id, in_note) in &mut wanted {
        *in_note = in_notes.contains(id.as_str());
    }
    wanted
}

/// The pages of the ids on pages that are filled: where that stands which was said first when the element had begun. A figure or a note
/// may stand behind what was said later.
pub fn find(wanted: &BTreeMap<String, bool>, lookup: &Lookup, leaves: &[Leaf]) -> PagesOf {
    // How many elements had begun when something was said, and on which page it stands.
    let mut said: Vec<(u32, usize)> = Vec::new();
    for (at, leaf) in leaves.iter().enumerate() {
        let own = said.len();
        said.extend(leaf.page.items.iter().filter_map(|placed| match (&placed.item, placed.part) {
            (Item::Run(_) | Item::Image { .. } | Item::Rule { .. }, Part::Content { after, .. }) => Some((after, at)),
            (_, Part::Furniture(_)) => None,
        }));
        said[own..].sort_unstable();
        let distinct = said[own..].chunk_by(|a, b| a == b).map(|same| same[0]).collect::<Vec<_>>();
        said.truncate(own);
        said.extend(distinct);
    }
    said.sort_unstable();
    let page = |(id, in_note): (&String, &bool)| {
        let element = lookup.id(id)?;
        let (_, at) = said.get(said.partition_point(|(begun, _)| *begun <= element.0))?;
        Some((id.clone(), Folio { label: leaves[*at].page.label.clone(), in_note: *in_note }))
    };
    wanted.iter().filter_map(page).collect()
}

/// A place of an entry: its page, or its first and last.
#[derive(Clone, Debug)]
pub struct Place {
    pub from: Folio,
    pub to: Option<Folio>,
    /// Whether it says most.
    pub main: bool,
}

/// Pages in a row, as an index says them, each with the position of the place that it leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    pub first: (usize, Folio),
    pub last: Option<(usize, Folio)>,
    pub main: bool,
}

/// The places of an entry as an index says them: equal pages once, those that follow each other joined. A main page stands by itself,
/// and so does a note's: no reader would see it in a range.
pub fn joined(places: &[Place]) -> Vec<Run> {
    let number = |folio: &Folio| folio.label.parse::<u32>().ok().filter(|_| !folio.in_note);
    let mut runs: Vec<Run> = Vec::new();
    for (at, place) in places.iter().enumerate() {
        let from = &place.from;
        let to = place.to.as_ref().filter(|to| *to != from);
        let same = runs.iter_mut().rev().take(2).find(|run| to.is_none() && run.last.is_none() && run.first.1 == *from);
        if let Some(same) = same {
            same.main |= place.main;
            continue;
        }
        let ends_here = runs.last().is_some_and(|run| !run.main);
        let before = runs.iter_mut().rev().find(|run| !run.main).filter(|_| !place.main);
        if let Some(run) = before {
            let end = run.last.as_ref().map_or(&run.first.1, |(_, end)| end);
            let (end_number, reaches) = (number(end), to.unwrap_or(from));
            let follows = end_number.zip(number(from)).is_some_and(|(end, from)| from == end + 1) && ends_here;
            let within = end == from || end_number.zip(number(from)).is_some_and(|(end, from)| from <= end);
            let further = end_number.zip(number(reaches)).is_some_and(|(end, reaches)| reaches > end);
            if follows || within && (!further || ends_here) {
                if further {
                    run.last = Some((at, reaches.clone()));
                }
                continue;
            }
        }
        runs.push(Run { first: (at, from.clone()), last: to.map(|to| (at, to.clone())), main: place.main });
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::{Folio, Place, joined};

    /// `*4` is a main page, `4n` stands in a note, `4-6` is a range.
    #[track_caller]
    fn check(places: &str, want: &str) {
        let folio = |said: &str| Folio { label: said.trim_end_matches('n').to_owned(), in_note: said.ends_with('n') };
        let place = |said: &str| {
            let bare = said.trim_start_matches('*');
            let (from, to) = bare.split_once('-').map_or((bare, None), |(from, to)| (from, Some(folio(to))));
            Place { from: folio(from), to, main: said.starts_with('*') }
        };
        let places: Vec<_> = places.split(' ').map(place).collect();
        let say = |folio: &Folio| format!("{}{}", folio.label, if folio.in_note { "n" } else { "" });
        let said = joined(&places).into_iter().map(|run| {
            let last = run.last.map(|(_, last)| format!("-{}", say(&last))).unwrap_or_default();
            format!("{}{}{last}", if run.main { "*" } else { "" }, say(&run.first.1))
        });
        assert_eq!(said.collect::<Vec<_>>().join(" "), want);
    }

    #[test]
    fn pages_are_joined() {
        check("3 3 4 5 9 xi", "3-5 9 xi");
        check("3-5 4 6 6-9", "3-9");
    }

    #[test]
    fn main_pages_and_notes_stand_by_themselves() {
        check("3 *4 5", "3 *4 5");
        check("*4 5", "*4 5");
        check("4 *4 5 6", "*4 5-6");
        check("3-6 *5 6 7", "3-6 *5 7");
        check("3 3n 4 4n 4n", "3 3n 4 4n");
    }
}
