//! The work's logical structure while it is being set. Stretches of a work are set side by side, so that each numbers its
//! elements from 0; [`Structure::join`] makes one row of them.

use super::page::{Element, ElementId, Role, Target};
use crate::tree::NoteId;

/// The elements of one stretch, in reading order.
#[derive(Clone, Debug, Default)]
pub struct Structure {
    pub elements: Vec<Draft>,
    /// Which element bears an id of the source.
    pub ids: Vec<(String, u32)>,
    pub notes: Vec<(NoteId, u32)>,
    /// Which element a section of the outline became.
    pub sections: Vec<(u32, u32)>,
    /// The elements of headings, by the section that they open.
    pub headings: Vec<(u32, u32)>,
    /// Captions, and of what they are.
    pub captions: Vec<Caption>,
}

/// The caption of a figure or a table that a list of such names.
#[derive(Clone, Debug)]
pub struct Caption {
    pub of: Captioned,
    /// Its own element.
    pub element: u32,
    pub text: String,
}

/// What bears captions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Captioned {
    Figure,
    Table,
}

/// An [`Element`] that is not in the whole row yet.
#[derive(Clone, Debug)]
pub struct Draft {
    pub role: Role,
    pub parent: Parent,
    pub lang: Option<String>,
    pub alt: Option<String>,
    pub aim: Option<Aim>,
}

/// What a draft stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parent {
    Root,
    /// A section of the outline, by its number, which another stretch may have begun.
    Section(u32),
    /// An element of the same stretch.
    Element(u32),
}

/// A [`Target`] whose element may stand in another stretch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Aim {
    /// An element of the same stretch.
    Element(u32),
    Id(String),
    Note(NoteId),
    /// The heading of a section of the outline.
    Heading(u32),
    /// An element by its number in the whole row.
    Whole(u32),
    Address(String),
}

impl Structure {
    /// Begins an element.
    pub fn begin(&mut self, role: Role, parent: Parent) -> u32 {
        self.elements.push(Draft { role, parent, lang: None, alt: None, aim: None });
        (self.elements.len() - 1) as u32
    }

    /// How far the structure is: for [`Structure::rewind`].
    pub fn extent(&self) -> [usize; 6] {
        let (elements, ids, notes) = (self.elements.len(), self.ids.len(), self.notes.len());
        [elements, ids, notes, self.sections.len(), self.headings.len(), self.captions.len()]
    }

    /// Forgets what was begun since the structure was so far.
    pub fn rewind(&mut self, [elements, ids, notes, sections, headings, captions]: [usize; 6]) {
        self.elements.truncate(elements);
        self.ids.truncate(ids);
        self.notes.truncate(notes);
        self.sections.truncate(sections);
        self.headings.truncate(headings);
        self.captions.truncate(captions);
    }

    pub fn last(&mut self) -> &mut Draft {
        self.elements.last_mut().expect("an element was begun")
    }

    /// How many elements have begun.
    pub fn begun(&self) -> u32 {
        self.elements.len() as u32
    }

    /// One row of all stretches, behind a root in `lang`, and where what can be aimed at stands in it.
    pub fn join(stretches: Vec<Structure>, lang: &str) -> (Vec<Element>, Lookup) {
        let mut starts = Vec::with_capacity(stretches.len());
        let mut lookup = Lookup::default();
        let mut next = 1;
        for stretch in &stretches {
            starts.push(next);
            lookup.add(stretch, next);
            next += stretch.begun();
        }
        lookup.sort();
        let mut elements = Vec::with_capacity(next as usize);
        let root = Element { role: Role::Document, parent: None, lang: Some(lang.to_owned()), alt: None, target: None };
        elements.push(root);
        for (stretch, start) in stretches.into_iter().zip(&starts) {
            elements.extend(stretch.elements.into_iter().map(|draft| draft.finish(*start, &lookup)));
        }
        (elements, lookup)
    }
}

impl Draft {
    fn finish(self, start: u32, lookup: &Lookup) -> Element {
        let parent = match self.parent {
            Parent::Root => ElementId(0),
            Parent::Section(section) => lookup.section(section),
            Parent::Element(own) => ElementId(start + own),
        };
        let target = self.aim.and_then(|aim| match aim {
            Aim::Element(own) => Some(Target::Element(ElementId(start + own))),
            Aim::Id(id) => lookup.id(&id).map(Target::Element),
            Aim::Note(note) => lookup.note(note).map(Target::Element),
            Aim::Heading(section) => lookup.heading(section).map(Target::Element),
            Aim::Whole(element) => Some(Target::Element(ElementId(element))),
            Aim::Address(address) => Some(Target::Address(address)),
        });
        Element { role: self.role, parent: Some(parent), lang: self.lang, alt: self.alt, target }
    }
}

/// Where everything that can be aimed at stands in the whole row.
#[derive(Clone, Debug, Default)]
pub struct Lookup {
    ids: Vec<(String, u32)>,
    notes: Vec<(NoteId, u32)>,
    sections: Vec<(u32, u32)>,
    headings: Vec<(u32, u32)>,
}

impl Lookup {
    fn add(&mut self, stretch: &Structure, start: u32) {
        self.ids.extend(stretch.ids.iter().map(|(id, at)| (id.clone(), start + at)));
        self.notes.extend(stretch.notes.iter().map(|(note, at)| (*note, start + at)));
        self.sections.extend(stretch.sections.iter().map(|(section, at)| (*section, start + at)));
        self.headings.extend(stretch.headings.iter().map(|(section, at)| (*section, start + at)));
    }

    fn sort(&mut self) {
        self.ids.sort();
        self.notes.sort();
        self.sections.sort();
        self.headings.sort();
    }

    pub fn id(&self, id: &str) -> Option<ElementId> {
        let at = self.ids.partition_point(|(known, _)| known.as_str() < id);
        self.ids.get(at).filter(|(known, _)| known == id).map(|(_, element)| ElementId(*element))
    }

    fn note(&self, note: NoteId) -> Option<ElementId> {
        self.notes.binary_search_by_key(&note, |(known, _)| *known).ok().map(|at| ElementId(self.notes[at].1))
    }

    fn section(&self, section: u32) -> ElementId {
        let at = self.sections.binary_search_by_key(&section, |(known, _)| *known);
        ElementId(at.map_or(0, |at| self.sections[at].1))
    }

    /// The heading of a section of the outline.
    pub fn heading(&self, section: u32) -> Option<ElementId> {
        self.headings.binary_search_by_key(&section, |(known, _)| *known).ok().map(|at| ElementId(self.headings[at].1))
    }
}
