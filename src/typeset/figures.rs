//! Figures of one image or several, their captions, and what may move to the top of the next page.

use super::galley::{NEVER, Slug, WITHIN};
use super::line::Side;
use super::page::{ElementId, Item, Part, Placed, Role};
use super::setter::{Place, Setter, Voice};
use super::structure::{Caption, Captioned, Parent};
use crate::tree::{Block, Figure, Image, Inlines, Length, Node};

impl<'a> Setter<'a> {
    pub fn figure(&mut self, figure: &'a Figure, node: &'a Node<Block>, place: &Place<'a>) {
        let (images, caption) = (&figure.images, &figure.caption);
        let [only] = &images[..] else { return self.panels(figure, node, place) };
        let element = self.open(Role::Figure, node, place);
        self.structure.ids.extend(only.id().map(|id| (id.to_owned(), element)));
        self.structure.last().alt = Some(only.kind.alt.clone());
        self.floating(place, |setter| {
            setter.picture_slug(&only.kind, element, place, false);
            if !caption.is_empty() {
                setter.space(place.kind.leading * 0.4);
                setter.keep();
                let inner = setter.structure.begin(Role::Caption, Parent::Element(element));
                setter.captioned(Captioned::Figure, inner, caption);
                let kind = setter.design.caption;
                let own = Place { kind, grid: None, justify: false, side: Side::Centre, ..place.clone() };
                let copy = setter.copy(caption, &own, inner);
                setter.set_balanced(copy, &own);
            }
        });
    }

    /// Takes note of a caption.
    pub fn captioned(&mut self, of: Captioned, element: u32, caption: &Inlines) {
        self.structure.captions.push(Caption { of, element, text: crate::tree::plain_text(caption) });
    }

    /// Several images, beside each other as far as their widths allow, each with its own caption, and that of them all.
    fn panels(&mut self, figure: &'a Figure, node: &'a Node<Block>, place: &Place<'a>) {
        let group = self.open(Role::Group, node, place);
        let gap = place.kind.size;
        self.floating(place, |setter| {
            for row in rows_of_panels(&figure.images) {
                let shares: Vec<f32> = row.iter().map(|image| share_of_panel(image, row.len())).collect();
                let room = place.width - gap * (row.len() - 1) as f32;
                let whole = shares.iter().sum::<f32>().max(1.0);
                let taken = room * shares.iter().sum::<f32>() / whole + gap * (row.len() - 1) as f32;
                let (rtl, mut x) = (place.right_to_left(), (place.width - taken) / 2.0);
                let mut slugs = vec![Vec::new()];
                for (image, share) in row.iter().zip(&shares) {
                    let width = room * share / whole;
                    let left = if rtl { place.width - x - width } else { x };
                    let own = Place { x: place.x + left, width, ..place.clone() };
                    let panel = setter.apart(|setter| setter.panel(image, group, &own));
                    super::table::beside(&mut slugs, panel);
                    x += width + gap;
                }
                slugs.into_iter().flatten().for_each(|slug| setter.push(slug));
                setter.space(place.kind.leading * 0.6);
                setter.keep();
            }
            if !figure.caption.is_empty() {
                let inner = setter.structure.begin(Role::Paragraph, Parent::Element(group));
                setter.captioned(Captioned::Figure, inner, &figure.caption);
                let own = setter.caption_place(place);
                let copy = setter.copy(&figure.caption, &own, inner);
                setter.set_balanced(copy, &own);
            }
        });
    }

    /// One image of several, as wide as its place at most.
    fn panel(&mut self, image: &'a Node<Image>, group: u32, place: &Place<'a>) {
        let element = self.structure.begin(Role::Figure, Parent::Element(group));
        self.structure.ids.extend(image.id().map(|id| (id.to_owned(), element)));
        self.structure.last().alt = Some(image.kind.alt.clone());
        self.picture_slug(&image.kind, element, place, true);
        if !image.kind.title.is_empty() {
            self.space(place.kind.leading * 0.4);
            self.keep();
            let inner = self.structure.begin(Role::Caption, Parent::Element(element));
            let own = self.caption_place(place);
            let copy = self.plain(&image.kind.title, &own, inner);
            self.set_balanced(copy, &own);
        }
    }

    fn caption_place(&self, place: &Place<'a>) -> Place<'a> {
        Place { kind: self.design.caption, grid: None, justify: false, side: Side::Centre, ..place.clone() }
    }

    /// What `act` sets stays together, with white around it. In the running text it may move to the top of the next page, and the
    /// paragraphs before and behind it follow each other as if it weren't there.
    fn floating(&mut self, place: &Place<'a>, act: impl FnOnce(&mut Self)) {
        let (start, first) = (self.slugs.len(), self.flow.first);
        let white = place.kind.leading * AROUND_FIGURES;
        self.space(white);
        self.flow.price = self.flow.price.max(WITHIN);
        act(self);
        if self.slugs.len() > start {
            let free = self.is_free(start, place);
            self.float(start, white, free);
            self.flow.first = first || !free;
        }
    }

    /// Whether what was set since `start` may move: it stands in the running text, which does not announce it right here, and
    /// calls no note.
    pub fn is_free(&self, start: usize, place: &Place<'a>) -> bool {
        let flows = matches!(place.parent, Parent::Root | Parent::Section(_));
        flows && !self.flow.announced && self.slugs[start..].iter().all(|slug| slug.notes.is_empty())
    }

    /// Makes one piece of what was set since `start`.
    pub fn float(&mut self, start: usize, white: f32, free: bool) {
        let count = self.slugs.len() - start;
        self.slugs[start + 1..].iter_mut().for_each(|slug| slug.price = NEVER);
        self.slugs[start].floats = if free { count as u32 } else { 0 };
        self.slugs[start + count - 1].below = white;
    }

    /// The picture, or where there is none, what it shows. That of a panel fills its place, whose width is its own.
    fn picture_slug(&mut self, image: &'a Image, element: u32, place: &Place<'a>, fills: bool) {
        let Some(picture) = self.env.images.get(&image.target) else {
            let voice = Voice { italic: true, ..place.voice.clone() };
            let own = Place { justify: false, side: Side::Centre, voice, ..place.clone() };
            let copy = self.plain(&image.alt, &own, element);
            return self.set(copy, &own, 0.0);
        };
        let (width, height) = picture.in_print();
        let page = self.design.trim.height - self.design.margins.top - self.design.margins.bottom;
        let wanted = image.width.map_or(1.0, |wanted| match wanted {
            Length::Percent(_) if fills => place.width / width,
            Length::Percent(share) => place.width * share / 100.0 / width,
            Length::Points(points) => points / width,
        });
        let scale = wanted.min(place.width / width).min(page * 0.7 / height);
        let (width, height) = (width * scale, height * scale);
        let item = Item::Image { target: image.target.clone(), width, height };
        let part = Part::Content { element: ElementId(element), after: self.structure.begun() };
        let x = place.x + (place.width - width) / 2.0;
        let items = vec![Placed { x, y: -height, item, part }];
        self.push(Slug { ascent: height, descent: 0.0, items, ..Slug::default() });
    }
}

/// The images of a figure in rows: as many beside each other as their widths leave room for, else two, or three where there are
/// just three.
fn rows_of_panels(images: &[Node<Image>]) -> Vec<&[Node<Image>]> {
    let most = if images.len() == 3 { 3 } else { 2 };
    let (mut rows, mut from, mut taken) = (Vec::new(), 0, 0.0);
    for (at, image) in images.iter().enumerate() {
        let share = share_of_panel(image, most);
        // A hair more than the whole: thirds of a hundred are written as 33 and as 34.
        if at > from && taken + share > 1.02 {
            rows.push(&images[from..at]);
            (from, taken) = (at, 0.0);
        }
        taken += share;
    }
    rows.extend((from < images.len()).then(|| &images[from..]));
    rows
}

/// The share of the measure that a panel in a row of so many takes.
fn share_of_panel(image: &Node<Image>, row: usize) -> f32 {
    match image.kind.width {
        Some(Length::Percent(share)) => (share / 100.0).clamp(0.05, 1.0),
        Some(Length::Points(_)) | None => 1.0 / row.max(1) as f32,
    }
}

/// The white around figures, in lines: they stand in the text, but are no part of its row of lines.
const AROUND_FIGURES: f32 = 0.75;
