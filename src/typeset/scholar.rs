//! Bibliographies and indexes as hanging lines.

use super::galley::NEVER;
use super::page::Role;
use super::setter::{Place, Setter, Voice};
use super::structure::Parent;
use crate::tree::{Bibliography, Block, Index, IndexEntry, Inlines, Node};

impl<'a> Setter<'a> {
    /// The works cited, each a paragraph whose further lines stand in, in small type.
    pub fn bibliography(&mut self, bibliography: &'a Bibliography, node: &'a Node<Block>, place: &Place<'a>) {
        let element = self.open(Role::Group, node, place);
        let own = Place { parent: Parent::Element(element), ..place.clone() };
        for work in &bibliography.entries {
            self.hanging(&work.text, (0.0, self.design.inset), &own);
        }
        self.flow.first = true;
    }

    /// An index or a list of places: ragged lines, those of lower entries further in.
    pub fn index(&mut self, index: &'a Index, node: &'a Node<Block>, place: &Place<'a>) {
        let lists_captions = index.captioned().next().is_some();
        let element = self.open(if lists_captions { Role::Group } else { Role::Index }, node, place);
        let voice = Voice { hyphenate: false, ..place.voice.clone() };
        let own = Place { parent: Parent::Element(element), justify: false, voice, ..place.clone() };
        if !lists_captions && self.index_in_columns(index, element, &Place { parent: place.parent, ..own.clone() }) {
            return;
        }
        for entry in &index.entries {
            if lists_captions {
                self.listed(entry, &own);
                continue;
            }
            let depth = f32::from(entry.depth.clamp(1, DEEPEST) - 1);
            self.hanging(&entry.text, (depth * self.design.inset, self.design.inset), &own);
        }
        self.flow.first = true;
    }

    /// A figure or a table with the number of its page, as the contents have it.
    fn listed(&mut self, entry: &'a IndexEntry, whole: &Place<'a>) {
        let own = Self::beside_numbers(whole).inset(self.design.inset);
        let element = self.structure.begin(Role::Paragraph, whole.parent);
        let copy = self.copy(&entry.text, &own, element);
        let from = self.slugs.len();
        self.set(copy, &own, -self.design.inset);
        self.flow.first = false;
        if let (Some(id), true) = (entry.captioned(), self.slugs.len() > from) {
            self.slugs[from + 1..].iter_mut().for_each(|slug| slug.price = NEVER);
            let number = self.number_of(id, whole, element);
            self.lead_to(number, &own, whole);
        }
    }

    /// A paragraph so far in, whose further lines stand further in.
    pub fn hanging(&mut self, text: &'a Inlines, (inset, turned): (f32, f32), place: &Place<'a>) {
        let own = place.inset(inset).inset(turned);
        let element = self.structure.begin(Role::Paragraph, place.parent);
        let copy = self.copy(text, &own, element);
        self.set(copy, &own, -turned);
        self.flow.first = false;
    }
}

/// Entries of an index stand no deeper in: the measure is narrow.
const DEEPEST: u8 = 5;
