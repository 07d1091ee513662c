//! Blocks with a role: an epigraph, a dedication, a box, a speech, an entry of a dictionary, the pieces of a letter.

use super::blocks::{DEDICATION, LEAST_UNDER_HEAD};
use super::galley::{NEVER, Slug};
use super::line::Side;
use super::page::{Furniture, Item, Part, Placed, Role};
use super::setter::{Place, Setter, Voice};
use super::structure::Parent;
use crate::tree::{Block, Blocks, Group, GroupRole, Node};

impl<'a> Setter<'a> {
    pub fn quote(&mut self, inner: &'a Blocks, node: &'a Node<Block>, place: &Place<'a>) {
        let element = self.open(Role::Quote, node, place);
        let set_in = place.inset(self.design.inset);
        // As far in on the other side.
        let (x, width) = (set_in.x, set_in.width.min(place.width - 2.0 * (place.width - set_in.width)).max(place.width * 0.5));
        let x = if place.right_to_left() { x + set_in.width - width } else { x };
        let own = Place { parent: Parent::Element(element), width, x, ..set_in };
        self.set_off(place, |setter, grid| setter.blocks(inner, &Place { grid, ..own }));
    }

    /// Blocks with a role: an epigraph is set in, small and to the far side; a dedication in front has a page of its own; a box stands
    /// between rules and says what kind it is; the rest runs on, with white around it.
    pub fn group(&mut self, group: &'a Group, node: &'a Node<Block>, place: &Place<'a>) {
        let element = self.open(Role::Group, node, place);
        let own = Place { parent: Parent::Element(element), ..place.clone() };
        let (own, alone) = match group.role {
            GroupRole::Epigraph => {
                (Place { kind: self.design.caption, grid: None, justify: false, ..own.inset(place.width * 0.3) }, false)
            }
            GroupRole::Dedication => {
                let voice = Voice { italic: true, ..own.voice.clone() };
                (Place { side: Side::Centre, justify: false, voice, ..own }, place.parent == Parent::Root)
            }
            GroupRole::Imprint => {
                let own = Place { kind: self.design.note, grid: None, justify: false, ..own };
                return self.set_off(place, |setter, _| setter.apart_by_white(group, &own));
            }
            GroupRole::Colophon => return self.colophon(group, &own),
            GroupRole::Abstract => (Place { kind: self.design.caption, grid: None, ..own.inset(self.design.inset) }, false),
            GroupRole::Admonition(_) => return self.boxed(group, &own),
            GroupRole::Closer | GroupRole::Byline => (Place { justify: false, side: Side::End, ..own }, false),
            GroupRole::Trailer => (Place { justify: false, side: Side::Centre, ..own }, false),
            GroupRole::Argument => (Place { kind: self.design.caption, grid: None, ..own.inset(self.design.inset) }, false),
            GroupRole::Stage => {
                let voice = Voice { italic: true, ..own.voice.clone() };
                (Place { justify: false, voice, ..own.inset(self.design.inset) }, false)
            }
            GroupRole::Speech => return self.speech(group, &own),
            GroupRole::Entry => return self.entry(group, &own),
            GroupRole::Opener | GroupRole::Postscript | GroupRole::Cast | GroupRole::Plain => (own, false),
        };
        let start = self.slugs.len();
        self.flow.turns |= alone;
        self.set_off(place, |setter, grid| setter.group_body(group, &Place { grid: own.grid.and(grid), ..own }));
        if group.role == GroupRole::Opener && self.slugs.len() - start <= LONGEST_OPENER {
            // As a heading, it stays with the letter that it opens.
            self.slugs.iter_mut().skip(start + 1).for_each(|slug| slug.price = NEVER);
            self.keep();
            self.flow.under_head = LEAST_UNDER_HEAD;
        }
        if alone {
            let page = self.design.trim.height - self.design.margins.top - self.design.margins.bottom;
            self.slugs.iter_mut().skip(start).take(1).for_each(|slug| slug.sink = page * DEDICATION);
            self.flow.turns = true;
        }
    }

    /// How the book was made: small, low on a page of its own.
    fn colophon(&mut self, group: &'a Group, place: &Place<'a>) {
        let start = self.slugs.len();
        self.flow.turns = true;
        let own = Place { kind: self.design.note, grid: None, justify: false, side: Side::Centre, ..place.clone() };
        self.set_off(place, |setter, _| setter.apart_by_white(group, &own));
        let page = self.design.trim.height - self.design.margins.top - self.design.margins.bottom;
        let height: f32 = self.slugs[start..].iter().map(|slug| slug.space + slug.height()).sum();
        self.slugs.iter_mut().skip(start).take(1).for_each(|slug| slug.sink = (page * COLOPHON).min(page - height).max(0.0));
        self.flow.turns = true;
    }

    /// A group whose paragraphs have white between them and no indent.
    fn apart_by_white(&mut self, group: &'a Group, place: &Place<'a>) {
        self.group_title(group, place);
        for block in &group.body {
            self.space(place.kind.leading * 0.5);
            self.flow.first = true;
            self.block(block, place);
        }
    }

    fn group_title(&mut self, group: &'a Group, place: &Place<'a>) {
        if !group.title.is_empty() {
            let title = self.structure.begin(Role::Paragraph, place.parent);
            let voice = Voice { bold: true, hyphenate: false, ..place.voice.clone() };
            let over = Place { voice, justify: false, ..place.clone() };
            let copy = self.copy(&group.title, &over, title);
            self.set(copy, &over, 0.0);
            self.keep();
            self.flow.first = true;
        }
    }

    fn group_body(&mut self, group: &'a Group, place: &Place<'a>) {
        self.group_title(group, place);
        self.blocks(&group.body, place);
    }

    /// A speech: who speaks in small capitals on a line of its own, which stays with what is said.
    fn speech(&mut self, group: &'a Group, place: &Place<'a>) {
        let white = place.kind.leading * BETWEEN_SPEECHES;
        self.space(white);
        if !group.title.is_empty() {
            let title = self.structure.begin(Role::Paragraph, place.parent);
            let voice = Voice { small_caps: true, speaker: true, hyphenate: false, ..place.voice.clone() };
            let over = Place { voice, justify: false, ..place.clone() };
            let copy = self.copy(&group.title, &over, title);
            self.set(copy, &over, 0.0);
            self.keep();
        }
        self.flow.first = true;
        self.flow.spoken = matches!(group.body.first(), Some(Node { kind: Block::Verse(_), .. }));
        self.blocks(&group.body, place);
        self.space(white);
        self.flow.first = true;
    }

    /// An entry of a dictionary: its first line hangs out over the others.
    fn entry(&mut self, group: &'a Group, place: &Place<'a>) {
        let inset = self.design.inset * 0.6;
        let own = Place { justify: place.justify, ..place.inset(inset) };
        // Entries follow each other without white: the heads that hang tell them apart.
        self.flow.first = true;
        if !group.title.is_empty() {
            let title = self.structure.begin(Role::Paragraph, own.parent);
            let voice = Voice { bold: true, hyphenate: false, ..own.voice.clone() };
            let over = Place { voice, justify: false, ..own.clone() };
            let copy = self.copy(&group.title, &over, title);
            self.set(copy, &over, -inset);
            self.keep();
        }
        let mut body = group.body.iter();
        if let (true, Some(Node { kind: Block::Paragraph(text), .. })) = (group.title.is_empty(), group.body.first()) {
            let node = &group.body[0];
            let lang = node.lang().unwrap_or(own.lang);
            let own = Place { lang, ..own.clone() };
            let element = self.open(Role::Paragraph, node, &own);
            let copy = self.copy(text, &own, element);
            self.set(copy, &own, -inset);
            body.next();
        }
        self.flow.first = true;
        for node in body {
            match &node.kind {
                Block::List(list) => {
                    let lang = node.lang().unwrap_or(own.lang);
                    self.list(list, node, &Place { lang, ..own.clone() }, true);
                }
                _ => self.block(node, &own),
            }
        }
        self.flow.first = true;
    }

    /// A box: between two rules, under the name of its kind in the work's language, which is no word of the author's.
    fn boxed(&mut self, group: &'a Group, place: &Place<'a>) {
        let own = place.inset(self.design.inset);
        // As far in on the other side.
        let inset = place.width - own.width;
        let (x, width) = (place.x + inset, (place.width - 2.0 * inset).max(place.width * 0.5));
        let own = Place { x, width, ..own };
        let name = self.env.words(place.lang).over_box(group).map(str::to_owned);
        // Off the grid: what it asks for would stand inside the box, on one side of the words.
        let own = Place { grid: None, ..own };
        self.set_off(place, |setter, _| {
            setter.push(box_rule(&own));
            setter.keep();
            if let Some(name) = name {
                let voice = Voice { small_caps: true, hyphenate: false, ..own.voice.clone() };
                let over = Place { voice, justify: false, ..own.clone() };
                let copy = setter.plain(&name, &over, 0);
                let lines = setter.lines(copy, &over, 0.0);
                let from = setter.slugs.len();
                setter.push_lines(lines, &over);
                super::galley::decorate(&mut setter.slugs[from..]);
                setter.keep();
            }
            setter.group_body(group, &own);
            setter.space(0.0);
            setter.keep();
            setter.push(box_rule(&own));
        });
    }
}

/// A thin line over a place's width.
fn box_rule(place: &Place) -> Slug {
    let item = Item::Rule { width: place.width, height: BOX_RULE };
    let part = Part::Furniture(Furniture::Decoration);
    let items = vec![Placed { x: place.x, y: -BOX_RULE_ROOM / 2.0, item, part }];
    Slug { ascent: BOX_RULE_ROOM, items, ..Slug::default() }
}

/// How far down its page a colophon stands, as a share.
const COLOPHON: f32 = 0.62;
/// The white above and below a speech or an entry, in lines; that of neighbours is one.
const BETWEEN_SPEECHES: f32 = 0.5;
/// The rules of a box, and the height that each takes up.
const BOX_RULE: f32 = 0.5;
const BOX_RULE_ROOM: f32 = 5.0;
/// An opener of more lines is a text of its own.
const LONGEST_OPENER: usize = 8;
