//! Verse: stanzas, lines that are turned over, their numbers in the margin.

use super::design::Type;
use super::galley::WITHIN;
use super::line::Line;
use super::page::{Furniture, Part, Role};
use super::setter::{Place, Setter, Voice};
use super::shape::Shaper;
use super::strand::{Copy, Strand};
use super::structure::Parent;
use crate::tree::{Block, Node, VerseLine};

impl<'a> Setter<'a> {
    pub fn verse(&mut self, stanzas: &'a [Vec<VerseLine>], node: &'a Node<Block>, place: &Place<'a>) {
        let poem = self.open(Role::Verse, node, place);
        // A line that is turned over stands further in than any line begins.
        let turn = self.design.inset * 1.5;
        let step = self.design.inset;
        let set_in = place.inset(self.design.inset).inset(turn);
        let own = Place { justify: false, parent: Parent::Element(poem), ..set_in };
        self.set_off(place, |setter, grid| {
            let own = Place { grid, ..own };
            for (number, stanza) in stanzas.iter().enumerate() {
                // The first has the white of the whole, which is none below the name of who speaks.
                if number > 0 {
                    setter.space(place.kind.leading * 0.5);
                }
                let within = if stanza.len() <= SHORT_STANZA { IN_SHORT_STANZA } else { WITHIN };
                for (number, line) in stanza.iter().enumerate() {
                    let element = setter.structure.begin(Role::Line, own.parent);
                    let own = own.inset(step * f32::from(line.indent));
                    let copy = setter.copy(&line.text, &own, element);
                    let start = setter.slugs.len();
                    match line.shown_number() {
                        Some(number) => setter.numbered_line(copy, number, &own, -turn),
                        None => setter.set(copy, &own, -turn),
                    }
                    // A stanza is divided, if it must be, two lines from its ends.
                    let edge = number == 1 || number + 1 == stanza.len() && number > 0;
                    if let Some(slug) = setter.slugs.get_mut(start) {
                        slug.price = slug.price.max(if edge { super::galley::WIDOW / 2 } else { within });
                    }
                }
            }
        });
    }

    /// A line of verse with its number at the end of the measure, small: beside its first line of type that leaves room for it. One
    /// that fills them all is turned over earlier.
    fn numbered_line(&mut self, copy: Copy, number: &str, place: &Place<'a>, indent: f32) {
        let kind = Type { size: place.kind.size * LINE_NUMBER, leading: place.kind.leading };
        let own = Place { kind, voice: Voice { hyphenate: false, ..Voice::PLAIN }, justify: false, ..place.clone() };
        let said = self.plain(number, &own, 0);
        let mut items = self.lines(said, &own, 0.0).into_iter().next().map(|line| line.items).unwrap_or_default();
        let Some(first) = items.first().map(|placed| placed.x) else { return self.set(copy, place, indent) };
        let wide: f32 = items.iter().map(|placed| placed.width(&self.shaper)).sum();
        let taken = wide + place.kind.size;
        let rtl = place.right_to_left();
        self.carry(&copy);
        let strand = Strand::new(copy, rtl, &mut self.shaper);
        let mut own = place.clone();
        let mut lines = self.lines_of(&strand, &own, indent);
        let has_room = |line: &Line, shaper: &Shaper| {
            line.items.iter().all(|placed| match rtl {
                true => placed.x > taken,
                false => placed.x + placed.width(shaper) < place.width - taken,
            })
        };
        let mut free = lines.iter().position(|line| has_room(line, &self.shaper));
        if free.is_none() {
            own.width = (place.width - taken - 1.0).max(place.width * 0.5);
            own.x += if rtl { place.width - own.width } else { 0.0 };
            (lines, free) = (self.lines_of(&strand, &own, indent), Some(0));
        }
        let start = self.slugs.len();
        self.push_lines(lines, &own);
        let x = if rtl { place.x } else { place.x + place.width - wide };
        for placed in &mut items {
            placed.x += x - first;
            placed.y -= kind.size * super::heads::BESIDE_LETTERS;
            placed.part = Part::Furniture(Furniture::Decoration);
        }
        if let Some(slug) = free.and_then(|free| self.slugs.get_mut(start + free)) {
            slug.items.append(&mut items);
        }
    }
}

/// The size of a verse line's number, as a share of the text's.
const LINE_NUMBER: f32 = 0.75;
/// A stanza of so few lines is taken in at a glance: better three missing lines than a page's end in it.
const SHORT_STANZA: usize = 6;
const IN_SHORT_STANZA: u32 = 90;
