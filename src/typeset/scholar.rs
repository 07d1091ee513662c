//! Bibliographies and indexes as hanging lines.

use super::page::Role;
use super::setter::{Place, Setter, Voice};
use super::structure::Parent;
use crate::tree::{Bibliography, Block, Index, Inlines, Node};

impl<'a> Setter<'a> {
    /// The works cited, each a paragraph whose further lines stand in, in small type.
    pub fn bibliography(&mut self, bibliography: &'a Bibliography, node: &'a Node<Block>, place: &Place<'a>) {
        let element = self.open(Role::Group, node, place);
        let own = Place { parent: Parent::Element(element), ..place.clone() };
        for work in &bibliography.entries {
            self.hanging(&work.text, 0.0, &own);
        }
        self.flow.first = true;
    }

    /// An index or a list of places: ragged lines, those of lower entries further in.
    pub fn index(&mut self, index: &'a Index, node: &'a Node<Block>, place: &Place<'a>) {
        let element = self.open(Role::Group, node, place);
        let voice = Voice { hyphenate: false, ..place.voice.clone() };
        let own = Place { parent: Parent::Element(element), justify: false, voice, ..place.clone() };
        for entry in &index.entries {
            let depth = f32::from(entry.depth.clamp(1, DEEPEST) - 1);
            self.hanging(&entry.text, depth * self.design.inset, &own);
        }
        self.flow.first = true;
    }

    fn hanging(&mut self, text: &'a Inlines, inset: f32, place: &Place<'a>) {
        let own = place.inset(inset).inset(self.design.inset);
        let element = self.structure.begin(Role::Paragraph, place.parent);
        let copy = self.copy(text, &own, element);
        self.set(copy, &own, -self.design.inset);
        self.flow.first = false;
    }
}

/// Entries of an index stand no deeper in: the measure is narrow.
const DEEPEST: u8 = 5;
