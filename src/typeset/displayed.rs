//! Formulas that stand by themselves, with their numbers at the margin.

use super::blocks::NO_LANGUAGE;
use super::formula::{self, Formula};
use super::galley::{Slug, WITHIN};
use super::line::Side;
use super::math;
use super::page::{ElementId, Part, Placed, Role};
use super::setter::{Place, Setter, Voice};
use crate::tree::{Block, Node, formula_and_number};

impl<'a> Setter<'a> {
    pub fn formula(&mut self, tex: &'a str, node: &'a Node<Block>, place: &Place<'a>) {
        let element = self.open(Role::Formula, node, place);
        self.structure.last().alt = Some(tex.to_owned());
        let voice = Voice { italic: true, hyphenate: false, ..Voice::PLAIN };
        let own = Place { justify: false, voice, side: Side::Centre, lang: NO_LANGUAGE, ..place.clone() };
        let (bare, number) = match formula_and_number(tex) {
            Some((bare, number)) => (std::borrow::Cow::Owned(bare), Some(number)),
            None => (std::borrow::Cow::Borrowed(tex), None),
        };
        if let Some(formula) = self.displayed(&bare, place) {
            let middle = if formula::is_stacked(&bare) {
                (formula.depth - formula.height) / 2.0 + place.kind.size * MIDDLE
            } else {
                0.0
            };
            let number = number.and_then(|number| self.formula_number(&number, element, place));
            return self.formula_slug(formula, number.map(|slug| (slug, middle)), element, place);
        }
        self.set_off(place, |setter, grid| {
            let own = Place { grid, ..own };
            let set = math::lines(tex).filter(|lines| lines.iter().all(|line| setter.can_say(line)));
            if let Some(lines) = set {
                let own = Place { voice: Voice { italic: false, ..own.voice.clone() }, ..own };
                for line in &lines {
                    let copy = setter.formula_copy(line, &own, element);
                    setter.set(copy, &own, 0.0);
                }
                return;
            }
            setter.unset.push(node.span);
            for line in tex.trim().lines().filter(|line| !line.trim().is_empty()) {
                let copy = setter.plain(line.trim(), &own, element);
                setter.set(copy, &own, 0.0);
            }
        });
    }

    /// A formula laid out; smaller where the measure asks for it, but not so small that nobody reads it.
    fn displayed(&self, tex: &str, place: &Place) -> Option<Formula> {
        let set = |size| formula::set(tex, true, size, self.shaper.fonts());
        let whole = set(place.kind.size)?;
        let share = place.width / whole.width;
        match share {
            1.0.. => Some(whole),
            SMALLEST_FORMULA.. => set(place.kind.size * share * 0.999),
            _ => None,
        }
    }

    /// A formula's number as a line of its own, at the margin where lines end.
    fn formula_number(&mut self, number: &str, element: u32, place: &Place<'a>) -> Option<Slug> {
        let voice = Voice { hyphenate: false, old_style_figures: false, ..Voice::PLAIN };
        let side = if place.right_to_left() { Side::Start } else { Side::End };
        let own = Place { justify: false, voice, side, lang: NO_LANGUAGE, ..place.clone() };
        let copy = self.plain(number, &own, element);
        let line = self.lines(copy, &own, 0.0).into_iter().next()?;
        Some(self.slug(line, &own))
    }

    /// A formula in the middle of its measure. Its number stands at the margin, at so far a baseline below the formula's own: if it
    /// has no room there, the formula makes way, and if that is not enough, it stands below.
    fn formula_slug(&mut self, formula: Formula, number: Option<(Slug, f32)>, element: u32, place: &Place<'a>) {
        let part = Part::Content { element: ElementId(element), after: self.structure.begun() };
        let (line, leading) = (Slug::of(place.kind), place.kind.leading);
        let (ascent, mut descent) = (line.ascent.max(formula.height), line.descent.max(formula.depth));
        let mut x = place.x + (place.width - formula.width) / 2.0;
        let mut beside = Vec::new();
        if let Some((number, middle)) = number {
            let ends = |placed: &Placed| (placed.x, placed.x + placed.width(&self.shaper));
            let ends = number.items.iter().map(ends);
            let (from, to) = ends.fold((f32::MAX, f32::MIN), |(from, to), (left, right)| (from.min(left), to.max(right)));
            let taken = to - from + place.kind.size * BESIDE_FORMULA;
            let mut baseline = middle;
            if formula.width + taken > place.width {
                baseline = formula.depth + line.ascent;
                descent = descent.max(baseline + line.descent);
            } else if (place.width - formula.width) / 2.0 < taken {
                let room = place.width - taken - formula.width;
                x = place.x + room / 2.0 + if place.right_to_left() { taken } else { 0.0 };
            }
            beside = number.items;
            beside.iter_mut().for_each(|placed| placed.y += baseline);
        }
        let items = formula.items.into_iter().map(|(dx, y, item)| Placed { x: x + dx, y, item, part });
        let items: Vec<Placed> = items.chain(beside).collect();
        let height = ascent + descent + 2.0 * leading * AROUND_FORMULAS;
        // The lines below are on the grid again: what that takes stands half above, half below.
        let whole = if place.grid.is_some() { (height / leading - 0.01).ceil() * leading } else { height };
        let white = (whole - ascent - descent) / 2.0;
        self.space(white);
        self.flow.price = self.flow.price.max(WITHIN);
        self.push(Slug { ascent, descent, items, ..Slug::default() });
        self.space(white);
        self.flow.first = true;
    }
}

/// The white between a formula and its number, in ems, and how far a line's baseline is below its middle.
const BESIDE_FORMULA: f32 = 1.0;
const MIDDLE: f32 = 0.25;
/// The white above and below a formula is at least so many lines.
const AROUND_FORMULAS: f32 = 0.4;
/// A formula that is too wide for its measure is set smaller, down to this share of its size.
const SMALLEST_FORMULA: f32 = 0.65;
